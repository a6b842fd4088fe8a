#include "dicom/film_query.h"

#include "base/calendar.h"
#include "dicom/film_attribute.h"
#include "dicom/film_match.h"

enum { VALUE_BYTES_MAX = 16 * 1024, TEXT_BYTES_MAX = 1024 };

struct reading {
	hr_film_query query;
	hr_arena *arena;
};

/* The name of a field is its sender's, too: only what looks like one is said again. */
static hr_str shown_name(hr_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] > '~')
			return HR_STR("?");
	return hr_str_slice(name, 0, 40);
}

static bool fail_field(const hr_film_field *field, const char *why, hr_error *err)
{
	return hr_fail(err, HR_E_USAGE, "the field '%.*s' %s", HR_STR_ARG(shown_name(field->name)),
		       why);
}

/* --- limit, offset, fuzzymatching --- */

static bool read_count(const hr_film_field *field, size_t *out, hr_error *err)
{
	hr_str digits = hr_str_trim(field->value);
	size_t number = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9' || number > INT32_MAX / 10)
			return fail_field(field, "is not a number that can be meant", err);
		number = number * 10 + (size_t)(digits.data[i] - '0');
	}
	if (digits.len == 0)
		return fail_field(field, "lacks its number", err);
	*out = number;
	return true;
}

static bool read_limit(struct reading *r, const hr_film_field *field, hr_error *err)
{
	if (!read_count(field, &r->query.limit, err))
		return false;
	r->query.limit_cut = r->query.limit > HR_FILM_RESULTS_MAX;
	if (r->query.limit_cut)
		r->query.limit = HR_FILM_RESULTS_MAX;
	return true;
}

static bool read_offset(struct reading *r, const hr_film_field *field, hr_error *err)
{
	return read_count(field, &r->query.offset, err);
}

static bool read_fuzzy(struct reading *r, const hr_film_field *field, hr_error *err)
{
	hr_str value = hr_str_trim(field->value);

	r->query.fuzzy = hr_str_equal_nocase(value, HR_STR("true"));
	return r->query.fuzzy || hr_str_equal_nocase(value, HR_STR("false")) ||
	       fail_field(field, "is neither 'true' nor 'false'", err);
}

/* --- attributes --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_tag(hr_str name, uint32_t *out)
{
	uint32_t tag = 0;

	for (size_t i = 0; i < name.len && name.len == 8; i++) {
		int digit = hex_digit(name.data[i]);

		if (digit < 0)
			return hr_film_attribute_tag(name, out);
		tag = tag << 4 | (uint32_t)digit;
	}
	if (name.len != 8)
		return hr_film_attribute_tag(name, out);
	*out = tag;
	return true;
}

typedef enum named { NOT_NAMED, NAMED, NAMED_DEEP } named;

/* "00400275.00400009": what it leads to, and whether it is within a sequence. */
static named read_path(hr_str path, uint32_t *tag)
{
	size_t dot = hr_str_find(path, HR_STR("."));
	uint32_t below;

	if (!read_tag(hr_str_slice(path, 0, dot), tag))
		return NOT_NAMED;
	if (dot == path.len)
		return NAMED;
	do {
		path = hr_str_slice(path, dot + 1, path.len);
		dot = hr_str_find(path, HR_STR("."));
		if (!read_tag(hr_str_slice(path, 0, dot), &below))
			return NOT_NAMED;
	} while (dot < path.len);
	return NAMED_DEEP;
}

static bool add_include(struct reading *r, uint32_t tag, hr_error *err)
{
	hr_film_query *q = &r->query;

	for (size_t i = 0; i < q->include_count; i++)
		if (q->includes[i] == tag)
			return true;
	if (q->include_count == HR_FILM_INCLUDES_MAX)
		return hr_fail(err, HR_E_USAGE, "over %d attributes are asked for",
			       HR_FILM_INCLUDES_MAX);
	q->includes[q->include_count++] = tag;
	return true;
}

/* A sequence is told whole, whatever in it was asked for. */
static bool read_includes(struct reading *r, const hr_film_field *field, hr_error *err)
{
	hr_str list = field->value;
	hr_str entry;
	uint32_t tag;

	while (hr_film_next_of(&list, &entry)) {
		if (hr_str_equal_nocase(entry, HR_STR("all")))
			r->query.include_all = true;
		else if (read_path(entry, &tag) == NOT_NAMED)
			r->query.fields_ignored = true;
		else if (!add_include(r, tag, err))
			return false;
	}
	return true;
}

/* --- what is asked of them --- */

static bool is_day(hr_str text)
{
	hr_date day;
	int number = 0;

	if (text.len != 8)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		number = number * 10 + (text.data[i] - '0');
	}
	return hr_date_from_civil(number / 10000, number / 100 % 100, number % 100, &day);
}

static bool is_two_digits(hr_str text, size_t at, int limit)
{
	if (text.len < at + 2 || text.data[at] < '0' || text.data[at] > '9' ||
	    text.data[at + 1] < '0' || text.data[at + 1] > '9')
		return false;
	return (text.data[at] - '0') * 10 + text.data[at + 1] - '0' < limit;
}

/* "08", "0809", "080910", "080910.123456" */
static bool is_time(hr_str text)
{
	static const int limits[] = { 24, 60, 61 };
	size_t at = 0;

	for (size_t i = 0; i < 3 && at < text.len && text.data[at] != '.'; i++, at += 2)
		if (!is_two_digits(text, at, limits[i]))
			return false;
	if (at == text.len)
		return at > 0;
	if (at != 6 || text.data[at] != '.' || text.len < 8 || text.len > 13)
		return false;
	for (at++; at < text.len; at++)
		if (text.data[at] < '0' || text.data[at] > '9')
			return false;
	return true;
}

static bool check_range(const hr_film_field *field, bool (*is_one)(hr_str), const char *why,
			hr_error *err)
{
	hr_film_range range = hr_film_range_of(field->value);

	if ((range.from.len && !is_one(range.from)) || (range.to.len && !is_one(range.to)) ||
	    (range.from.len == 0 && range.to.len == 0))
		return fail_field(field, why, err);
	return true;
}

static bool check_uids(const hr_film_field *field, hr_error *err)
{
	hr_str list = field->value;
	size_t count = 0;
	hr_str uid;

	while (hr_film_next_of(&list, &uid)) {
		if (!hr_film_is_uid(uid))
			return fail_field(field, "has a UID that is none", err);
		if (++count > HR_FILM_UIDS_MAX)
			return fail_field(field, "has too many UIDs", err);
	}
	return true;
}

static bool check_value(const hr_film_attribute *attribute, const hr_film_field *field,
			hr_error *err)
{
	switch (attribute->kind) {
	case HR_FILM_DATE:
		return check_range(field, is_day,
				   "is not a day, nor days as in "
				   "'20260101-20260131'",
				   err);
	case HR_FILM_TIME:
		return check_range(field, is_time, "is not a time, nor times as in '0800-1200'",
				   err);
	case HR_FILM_UID:
		return check_uids(field, err);
	case HR_FILM_NUMBER:
		return hr_film_place(field->value) != HR_FILM_PLACE_NONE ||
		       fail_field(field, "is not a number", err);
	case HR_FILM_TEXT:
	case HR_FILM_CODES:
	case HR_FILM_NAME:
		break;
	}
	return field->value.len <= TEXT_BYTES_MAX || fail_field(field, "is too long", err);
}

/* A list that comes in several fields is one. */
static bool join(struct reading *r, const hr_film_attribute *attribute, hr_film_match *match,
		 const hr_film_field *field, hr_error *err)
{
	hr_film_field joined = { .name = field->name };
	hr_buf buf;

	hr_buf_init(&buf, r->arena, match->value.len + field->value.len + 2);
	hr_buf_add(&buf, match->value);
	HR_BUF_ADD(&buf, "\\");
	hr_buf_add(&buf, field->value);
	if (buf.failed)
		return hr_fail_memory(err);
	joined.value = hr_buf_str(&buf);
	match->value = joined.value;
	return check_value(attribute, &joined, err);
}

static bool add_match(struct reading *r, const hr_film_attribute *attribute,
		      const hr_film_field *field, hr_error *err)
{
	hr_film_query *q = &r->query;
	bool is_list = attribute->kind == HR_FILM_UID || attribute->kind == HR_FILM_CODES;

	if (!check_value(attribute, field, err))
		return false;
	for (size_t i = 0; i < q->match_count; i++)
		if (q->matches[i].tag == attribute->tag)
			return is_list ? join(r, attribute, &q->matches[i], field, err)
				       : fail_field(field, "is there twice", err);
	if (q->match_count == HR_FILM_MATCHES_MAX)
		return hr_fail(err, HR_E_USAGE, "the search has over %d conditions",
			       HR_FILM_MATCHES_MAX);
	q->matches[q->match_count++] = (hr_film_match){ attribute->tag, hr_str_trim(field->value) };
	return true;
}

/* What is asked for without a value, or with '*' alone, is everything, and told. */
static bool read_attribute(struct reading *r, const hr_film_field *field, hr_error *err)
{
	hr_str value = hr_str_trim(field->value);
	const hr_film_attribute *attribute;
	uint32_t tag;
	named found = read_path(field->name, &tag);

	attribute = found == NAMED ? hr_film_attribute_find(tag) : NULL;
	if (found == NOT_NAMED || (!attribute && value.len) ||
	    (attribute && attribute->level > r->query.level)) {
		r->query.fields_ignored = true;
		return true;
	}
	if (!add_include(r, tag, err))
		return false;
	if (value.len == 0 || hr_str_equal(value, HR_STR("*")))
		return true;
	return add_match(r, attribute, field, err);
}

static const struct {
	hr_str name;
	bool (*read)(struct reading *r, const hr_film_field *field, hr_error *err);
} words[] = {
	{ HR_STR_INIT("limit"), read_limit },
	{ HR_STR_INIT("offset"), read_offset },
	{ HR_STR_INIT("fuzzymatching"), read_fuzzy },
	{ HR_STR_INIT("includefield"), read_includes },
};

static bool read_field(struct reading *r, const hr_film_field *field, hr_error *err)
{
	if (field->value.len > VALUE_BYTES_MAX)
		return fail_field(field, "is too long", err);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_str_equal_nocase(field->name, words[i].name))
			return words[i].read(r, field, err);
	return read_attribute(r, field, err);
}

bool hr_film_query_read(hr_film_level level, const hr_film_field *fields, size_t count,
			hr_arena *arena, hr_film_query *out, hr_error *err)
{
	struct reading r = { .query = { .level = level, .limit = HR_FILM_RESULTS_DEFAULT },
			     .arena = arena };

	for (size_t i = 0; i < count; i++)
		if (!read_field(&r, &fields[i], err))
			return false;
	*out = r.query;
	return true;
}
