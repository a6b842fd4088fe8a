#include "dicom/film_attribute.h"

#include "dicom/dcmtk.h"

/* The column counts itself: a level's attributes stand in its statements in this order. */
#define COLUMN(tag, keyword, kind, column) keyword,
enum study_column { HR_FILM_STUDY_ATTRIBUTES(COLUMN) };
enum series_column { HR_FILM_SERIES_ATTRIBUTES(COLUMN) };
enum instance_column { HR_FILM_INSTANCE_ATTRIBUTES(COLUMN) };

#define ROW(level, tag, keyword, kind)                                                             \
	{ tag, HR_FILM_##level, HR_FILM_##kind, keyword, HR_STR_INIT(#keyword) },
#define STUDY_ROW(tag, keyword, kind, column)	 ROW(STUDY, tag, keyword, kind)
#define SERIES_ROW(tag, keyword, kind, column)	 ROW(SERIES, tag, keyword, kind)
#define INSTANCE_ROW(tag, keyword, kind, column) ROW(INSTANCE, tag, keyword, kind)

static const hr_film_attribute attributes[] = { HR_FILM_STUDY_ATTRIBUTES(
	STUDY_ROW) HR_FILM_SERIES_ATTRIBUTES(SERIES_ROW)
							HR_FILM_INSTANCE_ATTRIBUTES(INSTANCE_ROW) };
enum { ATTRIBUTES = sizeof(attributes) / sizeof(attributes[0]) };

const hr_film_attribute *hr_film_attribute_find(uint32_t tag)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (attributes[i].tag == tag)
			return &attributes[i];
	return NULL;
}

bool hr_film_attribute_tag(hr_str keyword, uint32_t *tag)
{
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (hr_str_equal(attributes[i].keyword, keyword)) {
			*tag = attributes[i].tag;
			return true;
		}
	return hr_dcmtk_find_keyword(keyword, tag);
}

int64_t hr_film_place(hr_str number)
{
	int64_t place = 0;
	bool minus;

	number = hr_str_trim(number);
	minus = hr_str_starts_with(number, HR_STR("-"));
	if (minus || hr_str_starts_with(number, HR_STR("+")))
		number = hr_str_slice(number, 1, number.len);
	if (number.len == 0)
		return HR_FILM_PLACE_NONE;
	for (size_t i = 0; i < number.len; i++) {
		if (number.data[i] < '0' || number.data[i] > '9' || place > INT32_MAX / 10)
			return HR_FILM_PLACE_NONE;
		place = place * 10 + (number.data[i] - '0');
	}
	return minus ? -place : place;
}

bool hr_film_is_uid(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '.' && (text.data[i] < '0' || text.data[i] > '9'))
			return false;
	return text.len >= 1 && text.len <= 64;
}
