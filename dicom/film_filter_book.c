#include "dicom/film_filter_book.h"

#include "dicom/film_name.h"
#include "store/store.h"

enum {
	STUDY_DATE = 0x00080020,
	STUDY_TIME = 0x00080030,
	STUDY_UID = 0x0020000D,
	SERIES_UID = 0x0020000E,
	MODALITIES = 0x00080061,
	MOMENT_BYTES = 64,
};

static bool is_range(hr_str value)
{
	return hr_str_find(value, HR_STR("-")) < value.len;
}

static bool add(hr_film_filters *filters, uint32_t tag, hr_str value, bool fuzzy, hr_arena *arena,
		hr_error *err)
{
	hr_film_filter *filter = &filters->items[filters->count];

	*filter = (hr_film_filter){ .attribute = hr_film_attribute_find(tag), .value = value };
	if (!filter->attribute)
		return hr_fail(err, HR_E_INTERNAL, "a search by what is not indexed");
	if (filter->attribute->kind == HR_FILM_DATE || filter->attribute->kind == HR_FILM_TIME)
		filter->range = hr_film_range_of(value);
	if (filter->attribute->kind == HR_FILM_NUMBER)
		filter->number = hr_film_place(value);
	if (filter->attribute->kind == HR_FILM_NAME &&
	    !hr_name_query_make(value, fuzzy, arena, &filter->name, err))
		return false;
	filters->of_level[filter->attribute->level]++;
	filters->count++;
	return true;
}

static bool join(hr_str date, hr_str time, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, date.len + time.len + 1);
	hr_buf_add(&buf, date);
	/* Without a day its time means nothing. */
	if (date.len)
		hr_buf_add(&buf, time);
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}

/* A range of days and one of times are one range of moments (PS3.18 8.3.4.1, PS3.4 C.2.2.2.5). */
static bool join_moment(hr_film_filters *filters, hr_arena *arena, hr_error *err)
{
	hr_film_filter *date = NULL;
	hr_film_filter *time = NULL;

	for (size_t i = 0; i < filters->count; i++) {
		hr_film_filter *filter = &filters->items[i];

		if (filter->attribute->tag == STUDY_DATE && is_range(filter->value))
			date = filter;
		if (filter->attribute->tag == STUDY_TIME && is_range(filter->value))
			time = filter;
	}
	if (!date || !time)
		return true;
	date->is_moment = true;
	if (!join(date->range.from, time->range.from, arena, &date->range.from, err) ||
	    !join(date->range.to, time->range.to, arena, &date->range.to, err))
		return false;
	*time = filters->items[--filters->count];
	filters->of_level[HR_FILM_STUDY]--;
	return true;
}

bool hr_film_filters_make(const hr_film_query *query, hr_arena *arena, hr_film_filters *out,
			  hr_error *err)
{
	hr_film_filters filters = { .count = 0 };

	if (query->study_uid.len && !add(&filters, STUDY_UID, query->study_uid, false, arena, err))
		return false;
	if (query->series_uid.len &&
	    !add(&filters, SERIES_UID, query->series_uid, false, arena, err))
		return false;
	for (size_t i = 0; i < query->match_count; i++)
		if (!add(&filters, query->matches[i].tag, query->matches[i].value, query->fuzzy,
			 arena, err))
			return false;
	if (!join_moment(&filters, arena, err))
		return false;
	*out = filters;
	return true;
}

hr_film_filter *hr_film_filters_get(hr_film_filters *filters, uint32_t tag)
{
	for (size_t i = 0; i < filters->count; i++)
		if (filters->items[i].attribute->tag == tag)
			return &filters->items[i];
	return NULL;
}

void hr_film_filters_meet(hr_film_filters *filters, hr_film_filter *filter)
{
	filters->of_level[filter->attribute->level] -= !filter->is_met;
	filter->is_met = true;
}

/* --- a row --- */

static bool has_code(hr_str values, hr_str list)
{
	hr_str wanted;
	hr_str value;

	while (hr_film_next_of(&list, &wanted)) {
		hr_str rest = values;

		while (hr_film_next_of(&rest, &value))
			if (hr_film_is_like(value, wanted))
				return true;
	}
	return false;
}

bool hr_film_filters_pass_modalities(const hr_film_filters *filters, hr_str modalities)
{
	for (size_t i = 0; i < filters->count; i++)
		if (filters->items[i].attribute->tag == MODALITIES &&
		    !has_code(modalities, filters->items[i].value))
			return false;
	return true;
}

/* StudyTime is the column behind StudyDate. */
static bool is_moment_within(const hr_film_filter *filter, hr_rows *rows)
{
	hr_str date = hr_rows_text(rows, filter->attribute->column);
	hr_str time = hr_rows_text(rows, filter->attribute->column + 1);
	char bytes[MOMENT_BYTES];
	hr_buf moment;

	hr_buf_init_over(&moment, bytes, sizeof(bytes));
	hr_buf_add(&moment, date);
	hr_buf_add(&moment, hr_str_slice(time, 0, 16));
	return date.len && hr_film_is_within(hr_buf_str(&moment), filter->range);
}

static bool has_name(const hr_film_filter *filter, hr_rows *rows, hr_arena *scratch, bool *pass,
		     hr_error *err)
{
	hr_str keys[HR_NAME_KEYS_MAX];
	size_t count;

	hr_arena_reset(scratch);
	if (!hr_name_keys(hr_rows_text(rows, filter->attribute->column), scratch, keys, &count,
			  err))
		return false;
	*pass = hr_film_name_meets(keys, count, &filter->name);
	return true;
}

static bool pass_one(const hr_film_filter *filter, hr_rows *rows, hr_arena *scratch, bool *pass,
		     hr_error *err)
{
	unsigned column = filter->attribute->column;

	switch (filter->attribute->kind) {
	case HR_FILM_DATE:
	case HR_FILM_TIME:
		*pass = filter->is_moment
				? is_moment_within(filter, rows)
				: hr_film_is_within(hr_rows_text(rows, column), filter->range);
		return true;
	case HR_FILM_TEXT:
		*pass = hr_film_is_like(hr_rows_text(rows, column), filter->value);
		return true;
	case HR_FILM_CODES:
		*pass = has_code(hr_rows_text(rows, column), filter->value);
		return true;
	case HR_FILM_NUMBER:
		*pass = hr_rows_int(rows, column) == filter->number;
		return true;
	case HR_FILM_UID:
		*pass = hr_film_is_listed(hr_rows_text(rows, column), filter->value);
		return true;
	case HR_FILM_NAME:
		break;
	}
	return has_name(filter, rows, scratch, pass, err);
}

bool hr_film_filters_pass(const hr_film_filters *filters, hr_film_level level, hr_rows *rows,
			  hr_arena *scratch, bool *pass, hr_error *err)
{
	bool passes = true;

	for (size_t i = 0; passes && i < filters->count; i++)
		if (filters->items[i].attribute->level == level && !filters->items[i].is_met &&
		    !pass_one(&filters->items[i], rows, scratch, &passes, err))
			return false;
	*pass = passes;
	return true;
}
