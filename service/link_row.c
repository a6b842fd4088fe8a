/* One row: each value is what its column says, or the row is a problem. */
#include "service/link_rows_parts.h"

#include "base/calendar.h"
#include "base/id_card.h"
#include "base/uscc.h"
#include "dicom/facts.h"
#include "dicom/manifest.h"
#include "recognition/identity_feed.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { YEAR_MIN = 1850, MODALITY_MAX = 16 };

struct reading {
	const hr_str *values;
	hr_arena *arena;
	hr_link_row *row;
	hr_link_problem *problem;
};

static bool refuse(struct reading *r, hr_link_problem_kind kind, hr_link_column column)
{
	return hr_link_refuse(r->problem, kind, column);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- lengths and characters, of all of them --- */

/* DICOM parts values by a backslash, and has no control characters in a text of one line. */
static bool is_text(hr_str value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.data[i] < 0x20 || value.data[i] == 0x7F ||
		    value.data[i] == '\\')
			return false;
	return true;
}

static bool check_texts(struct reading *r)
{
	for (int i = 0; i < HR_LINK_COLUMNS; i++) {
		size_t max = i == HR_LINK_RETRIEVE_URL ? HR_MANIFEST_URL_MAX : HR_LINK_TEXT_MAX;

		if (r->values[i].len > max)
			return refuse(r, HR_LINK_TOO_LONG, (hr_link_column)i);
		if (!is_text(r->values[i]))
			return refuse(r, HR_LINK_TEXT, (hr_link_column)i);
	}
	return true;
}

/* --- days and times --- */

/* A number of at most `digits` digits off the front; what parts it from the next goes, too. */
static int take_number(hr_str *rest, size_t digits)
{
	size_t n = 0;
	int number = 0;

	while (n < rest->len && n < digits && is_digit(rest->data[n]))
		number = number * 10 + (rest->data[n++] - '0');
	*rest = hr_str_slice(*rest, n, rest->len);
	if (rest->len && strchr("-/.", rest->data[0]))
		*rest = hr_str_slice(*rest, 1, rest->len);
	return n ? number : -1;
}

/* 2026-01-03, 2026/1/3 as spreadsheets write it, 20260103. */
static bool parse_day(hr_str text, hr_date *out)
{
	int year = take_number(&text, 4);
	int month = take_number(&text, 2);
	int day = take_number(&text, 2);

	return year >= YEAR_MIN && text.len == 0 && hr_date_from_civil(year, month, day, out);
}

/* To DA. */
static bool read_day(struct reading *r, hr_link_column column, hr_str *out)
{
	hr_str text = r->values[column];
	char iso[HR_DATE_TEXT];
	hr_date date;
	hr_buf buf;

	if (text.len == 0)
		return true;
	if (!parse_day(text, &date))
		return refuse(r, HR_LINK_DATE, column);
	hr_buf_init(&buf, r->arena, HR_DATE_TEXT);
	hr_date_format(date, iso);
	hr_buf_addf(&buf, "%.4s%.2s%.2s", iso, iso + 5, iso + 8);
	*out = hr_buf_str(&buf);
	return !buf.failed;
}

/* 08:09, 8:09:10, 080910.5: to TM. */
static bool read_time(struct reading *r)
{
	hr_str text = r->values[HR_LINK_STUDY_TIME];
	hr_buf buf;

	if (text.len == 0)
		return true;
	hr_buf_init(&buf, r->arena, HR_LINK_TEXT_MAX + 2);
	if (text.len > 1 && text.data[1] == ':')
		hr_buf_add_char(&buf, '0');
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != ':')
			hr_buf_add_char(&buf, text.data[i]);
	r->row->study_time = hr_buf_str(&buf);
	return (!buf.failed && hr_facts_is_time(r->row->study_time)) ||
	       refuse(r, HR_LINK_TIME, HR_LINK_STUDY_TIME);
}

/* --- words --- */

struct word {
	hr_str word;
	int means;
};

enum { SEX_M = 'M', SEX_F = 'F', SEX_O = 'O' };

static const struct word sexes[] = {
	{ HR_STR_INIT("M"), SEX_M },	  { HR_STR_INIT("F"), SEX_F },
	{ HR_STR_INIT("O"), SEX_O },	  { HR_STR_INIT("男"), SEX_M },
	{ HR_STR_INIT("女"), SEX_F },	  { HR_STR_INIT("1"), SEX_M },
	{ HR_STR_INIT("2"), SEX_F },	  { HR_STR_INIT("male"), SEX_M },
	{ HR_STR_INIT("female"), SEX_F }, { HR_STR_INIT("男性"), SEX_M },
	{ HR_STR_INIT("女性"), SEX_F },
};

enum { IS_THERE, IS_NOT_THERE };

/* ONLINE is meant as seen from the hospital. */
static const struct word availabilities[] = {
	{ HR_STR_INIT("ONLINE"), IS_THERE },	  { HR_STR_INIT("NEARLINE"), IS_THERE },
	{ HR_STR_INIT("OFFLINE"), IS_NOT_THERE }, { HR_STR_INIT("UNAVAILABLE"), IS_NOT_THERE },
	{ HR_STR_INIT("在线"), IS_THERE },	  { HR_STR_INIT("近线"), IS_THERE },
	{ HR_STR_INIT("离线"), IS_NOT_THERE },	  { HR_STR_INIT("不可用"), IS_NOT_THERE },
};

static const struct word states[] = {
	{ HR_STR_INIT("held"), false },	  { HR_STR_INIT("published"), true },
	{ HR_STR_INIT("待发布"), false }, { HR_STR_INIT("已发布"), true },
	{ HR_STR_INIT("发布"), true },
};

static bool find_word(const struct word *words, size_t count, hr_str text, int *out)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal_nocase(text, words[i].word)) {
			*out = words[i].means;
			return true;
		}
	return false;
}

static bool read_sex(struct reading *r)
{
	static const char letters[] = "MFO";
	hr_str text = r->values[HR_LINK_PATIENT_SEX];
	int means;

	if (text.len == 0)
		return true;
	if (!find_word(sexes, COUNT(sexes), text, &means))
		return refuse(r, HR_LINK_SEX, HR_LINK_PATIENT_SEX);
	r->row->sex = (hr_str){ strchr(letters, means), 1 };
	return true;
}

static bool read_state(struct reading *r)
{
	hr_str text = r->values[HR_LINK_FILM_STATE];
	int means = false;

	if (text.len && !find_word(states, COUNT(states), text, &means))
		return refuse(r, HR_LINK_STATE, HR_LINK_FILM_STATE);
	r->row->releases = means;
	return true;
}

/* --- modalities --- */

/* The front of `*rest` as far as a separator of a list; what is behind it stays. */
static hr_str next_of_list(hr_str *rest)
{
	static const hr_str separators[] = {
		HR_STR_INIT(","),  HR_STR_INIT(";"),  HR_STR_INIT("|"),
		HR_STR_INIT("、"), HR_STR_INIT("，"), HR_STR_INIT("；")
	};
	size_t end = rest->len;
	size_t skip = 0;
	hr_str item;

	for (size_t i = 0; i < COUNT(separators); i++) {
		size_t at = hr_str_find(*rest, separators[i]);

		if (at < end) {
			end = at;
			skip = separators[i].len;
		}
	}
	item = hr_str_trim(hr_str_slice(*rest, 0, end));
	*rest = hr_str_slice(*rest, end + skip, rest->len);
	return item;
}

/* A code string of DICOM: capitals, digits, a blank or a line within (PS3.5 6.2). */
static bool is_modality(hr_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (!(c >= 'A' && c <= 'Z') && !is_digit(c) && c != '_')
			return false;
	}
	return text.len > 0 && text.len <= MODALITY_MAX;
}

static bool read_modalities(struct reading *r)
{
	hr_str rest = r->values[HR_LINK_MODALITIES];
	size_t count = 0;
	hr_buf list;

	hr_buf_init(&list, r->arena, HR_LINK_TEXT_MAX + 1);
	while (rest.len) {
		hr_str item = next_of_list(&rest);

		if (!is_modality(item) || ++count > HR_LINK_MODALITIES_MAX)
			return refuse(r, HR_LINK_MODALITY, HR_LINK_MODALITIES);
		if (list.len)
			HR_BUF_ADD(&list, "\\");
		hr_buf_add(&list, item);
	}
	r->row->modalities = hr_buf_str(&list);
	return !list.failed;
}

/* --- who --- */

static bool read_patient(struct reading *r)
{
	hr_str type = r->values[HR_LINK_PATIENT_ID_TYPE];
	hr_str id = r->values[HR_LINK_PATIENT_ID];

	if (id.len == 0)
		return refuse(r, HR_LINK_MISSING, HR_LINK_PATIENT_ID);
	r->row->patient_id = id;
	r->row->issuer = r->values[HR_LINK_ISSUER];
	if (type.len == 0 || hr_str_equal_nocase(type, HR_STR("MR")) ||
	    hr_str_equal_nocase(type, HR_STR("PI")))
		return true;
	if (!hr_str_equal(hr_identity_type_of(type), HR_STR("identity-card")))
		return refuse(r, HR_LINK_ID_TYPE, HR_LINK_PATIENT_ID_TYPE);
	return hr_is_id_card(id) || refuse(r, HR_LINK_CARD, HR_LINK_PATIENT_ID);
}

static bool read_institution(struct reading *r)
{
	hr_str uscc = r->values[HR_LINK_INSTITUTION];

	r->row->institution = uscc;
	r->row->institution_name = r->values[HR_LINK_INSTITUTION_NAME];
	return uscc.len == 0 || hr_uscc_is_valid(uscc) ||
	       refuse(r, HR_LINK_USCC, HR_LINK_INSTITUTION);
}

/* --- where --- */

static bool read_place(struct reading *r)
{
	hr_str text = r->values[HR_LINK_IS_AVAILABLE];
	hr_str url = r->values[HR_LINK_RETRIEVE_URL];
	int means = url.len ? IS_THERE : IS_NOT_THERE;

	if (text.len && !find_word(availabilities, COUNT(availabilities), text, &means))
		return refuse(r, HR_LINK_AVAILABILITY, HR_LINK_IS_AVAILABLE);
	if (means == IS_THERE && url.len == 0)
		return refuse(r, HR_LINK_NO_ADDRESS, HR_LINK_RETRIEVE_URL);
	r->row->retrieve_url = url;
	r->row->is_offline = means == IS_NOT_THERE;
	return true;
}

/* --- all of it --- */

static bool read_index(struct reading *r)
{
	hr_str text = r->values[HR_LINK_IMAGE_INDEX];
	hr_error why;

	r->row->has_index = text.len > 0;
	return text.len == 0 || hr_image_index_parse(text, &r->row->index, &why) ||
	       refuse(r, HR_LINK_INDEX, HR_LINK_IMAGE_INDEX);
}

static bool read_study(struct reading *r)
{
	r->row->has_study = true;
	r->row->study_uid = r->values[HR_LINK_STUDY_UID];
	r->row->accession_number = r->values[HR_LINK_ACCESSION];
	r->row->name = r->values[HR_LINK_NAME];
	r->row->description = r->values[HR_LINK_DESCRIPTION];
	if (!hr_manifest_is_uid(r->row->study_uid))
		return refuse(r, HR_LINK_UID, HR_LINK_STUDY_UID);
	if (r->values[HR_LINK_STUDY_DATE].len == 0)
		return refuse(r, HR_LINK_MISSING, HR_LINK_STUDY_DATE);
	return read_institution(r) && read_patient(r) &&
	       read_day(r, HR_LINK_STUDY_DATE, &r->row->study_date) &&
	       read_day(r, HR_LINK_BIRTH_DATE, &r->row->birth_date) && read_time(r) &&
	       read_sex(r) && read_modalities(r) && read_place(r) && read_state(r);
}

/* An image index says all there is to it; a value beside it is of a study, which must be named. */
static bool is_index_alone(const struct reading *r)
{
	for (int i = 0; i < HR_LINK_COLUMNS; i++)
		if (i != HR_LINK_IMAGE_INDEX && r->values[i].len)
			return false;
	return r->values[HR_LINK_IMAGE_INDEX].len > 0;
}

bool hr_link_row_read(const hr_str values[HR_LINK_COLUMNS], hr_arena *arena, hr_link_row *out,
		      hr_link_problem *problem)
{
	hr_link_row row = { .is_offline = true };
	struct reading r = { values, arena, &row, problem };

	if (!check_texts(&r) || !read_index(&r))
		return false;
	if (!is_index_alone(&r)) {
		if (values[HR_LINK_STUDY_UID].len == 0)
			return refuse(&r, HR_LINK_MISSING, HR_LINK_STUDY_UID);
		if (!read_study(&r))
			return false;
	}
	*out = row;
	return !hr_arena_is_short(arena);
}
