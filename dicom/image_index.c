#include "dicom/image_index.h"
#include "base/uscc.h"

enum { PERSON, EXAMINED, BODY_PART, EQUIPMENT, INSTITUTION, PARTS };

enum { MINUTE_DIGITS = 12, MINUTE_S = 60 };

/* The parts in their order, one '-' between two. */
static const struct part {
	const char *name;
	size_t len;
} parts[PARTS] = {
	[PERSON] = { "personnel code", HR_IMAGE_INDEX_PERSON },
	[EXAMINED] = { "time", MINUTE_DIGITS },
	[BODY_PART] = { "body part", HR_IMAGE_INDEX_PART },
	[EQUIPMENT] = { "equipment", HR_IMAGE_INDEX_DEVICE },
	[INSTITUTION] = { "institution", HR_IMAGE_INDEX_USCC },
};

static bool is_of(hr_str text, const char *first_and_last)
{
	for (size_t i = 0; i < text.len; i++) {
		const char *range = first_and_last;

		while (*range && (text.data[i] < range[0] || text.data[i] > range[1]))
			range += 2;
		if (!*range)
			return false;
	}
	return true;
}

static bool is_zeros(hr_str text)
{
	return is_of(text, "00");
}

static bool refuse(int part, hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "image index: its %s is none", parts[part].name);
}

static bool split(hr_str text, hr_str out[PARTS], hr_error *err)
{
	size_t at = 0;

	if (text.len != HR_IMAGE_INDEX_CHARACTERS)
		return hr_fail(err, HR_E_SYNTAX, "image index: it has %zu characters, not %d",
			       text.len, HR_IMAGE_INDEX_CHARACTERS);
	for (int i = 0; i < PARTS; i++) {
		out[i] = hr_str_slice(text, at, at + parts[i].len);
		at += parts[i].len + 1;
		if (at <= text.len && text.data[at - 1] != '-')
			return hr_fail(err, HR_E_SYNTAX, "image index: no '-' behind its %s",
				       parts[i].name);
		if (!is_of(out[i], "09AZ"))
			return refuse(i, err);
	}
	return true;
}

static bool read_minute(hr_str text, hr_instant *out)
{
	hr_span span;

	if (!is_of(text, "09") || !hr_span_parse(text, &span) ||
	    span.precision != HR_PRECISION_MINUTE)
		return false;
	*out = span.from;
	return true;
}

/* Nine or thirteen zeros stand where it is not known. */
static hr_str known(hr_str part)
{
	return is_zeros(part) ? HR_STR_NONE : part;
}

bool hr_image_index_parse(hr_str text, hr_image_index *out, hr_error *err)
{
	hr_image_index index;
	hr_str part[PARTS];

	if (!split(text, part, err))
		return false;
	if (is_zeros(part[PERSON]))
		return refuse(PERSON, err);
	if (!read_minute(part[EXAMINED], &index.examined))
		return refuse(EXAMINED, err);
	if (!hr_uscc_is_valid(part[INSTITUTION]))
		return refuse(INSTITUTION, err);
	index.person = part[PERSON];
	index.body_part = known(part[BODY_PART]);
	index.equipment = known(part[EQUIPMENT]);
	index.uscc = part[INSTITUTION];
	*out = index;
	return true;
}

static void add_minute(hr_instant instant, hr_buf *out)
{
	hr_date date = hr_instant_date(instant);
	int64_t second = instant.second - hr_date_start(date).second;
	int year;
	int month;
	int day;

	hr_date_to_civil(date, &year, &month, &day);
	hr_buf_addf(out, "%04d%02d%02d%02d%02d-", year, month, day, (int)(second / HR_HOUR_S),
		    (int)(second % HR_HOUR_S / MINUTE_S));
}

static void add_known(hr_str part, const char *zeros, hr_buf *out)
{
	hr_buf_add(out, part.len ? part : hr_str_of(zeros));
	hr_buf_add_char(out, '-');
}

bool hr_image_index_format(const hr_image_index *index, char out[HR_IMAGE_INDEX_TEXT],
			   hr_error *err)
{
	char text[HR_IMAGE_INDEX_TEXT];
	hr_image_index again;
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	hr_buf_add(&buf, index->person);
	hr_buf_add_char(&buf, '-');
	add_minute(index->examined, &buf);
	add_known(index->body_part, "000000000", &buf);
	add_known(index->equipment, "0000000000000", &buf);
	hr_buf_add(&buf, index->uscc);
	if (buf.failed)
		return hr_fail(err, HR_E_SYNTAX, "image index: a part of it is too long");
	/* What is written is read: a part of another length shows itself there. */
	if (!hr_image_index_parse(hr_buf_str(&buf), &again, err))
		return false;
	if (again.examined.second != index->examined.second)
		return refuse(EXAMINED, err);
	memcpy(out, text, sizeof(text));
	return true;
}
