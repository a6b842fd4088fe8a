/*
 * Any bytes as rows of links: what is read is within its limits; what is
 * written as a file of its own is read again to the same.
 */
#include "service/link_rows.h"

#include "dicom/facts.h"
#include "dicom/manifest.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(hr_str value, size_t max)
{
	assert(value.len <= max);
	for (size_t i = 0; i < value.len; i++)
		assert((unsigned char)value.data[i] >= 0x20);
}

static void check_row(const hr_link_row *row)
{
	if (row->manifest.len) {
		assert(!row->has_study && !row->has_index);
		return;
	}
	assert(row->has_study || row->has_index);
	if (!row->has_study)
		return;
	assert(hr_manifest_is_uid(row->study_uid) && hr_facts_is_date(row->study_date));
	assert(row->patient_id.len && (row->is_offline || row->retrieve_url.len));
	assert(!row->study_time.len || hr_facts_is_time(row->study_time));
	assert(!row->birth_date.len || hr_facts_is_date(row->birth_date));
	check_text(row->name, HR_LINK_TEXT_MAX);
	check_text(row->patient_id, HR_LINK_TEXT_MAX);
	check_text(row->modalities, HR_LINK_TEXT_MAX);
	check_text(row->retrieve_url, HR_MANIFEST_URL_MAX);
}

/* Of a row; a problem's kind, or none. */
static hr_link_problem_kind kind_of(hr_link_rows *rows, size_t row, hr_arena *arena)
{
	hr_link_problem problem = { HR_LINK_PROBLEM_KINDS, HR_STR_NONE };
	hr_link_row read;

	if (hr_link_rows_get(rows, row, arena, &read, &problem))
		check_row(&read);
	else
		assert(hr_arena_is_short(arena) || problem.kind < HR_LINK_PROBLEM_KINDS);
	return problem.kind;
}

/* A problem in front takes a cell: a row that had all of them has one more. */
static void check_again(hr_link_rows *rows, size_t row, hr_link_problem_kind kind, hr_arena *arena)
{
	hr_link_rows *again;
	hr_error err;
	hr_buf file;

	hr_buf_init(&file, arena, (size_t)1 << 24);
	hr_link_rows_write_header(rows, false, &file);
	hr_link_rows_write(rows, row, NULL, &file);
	if (file.failed)
		return;
	assert(hr_link_rows_open(hr_buf_str(&file), hr_link_rows_form(rows), arena, &again, &err));
	assert(hr_link_rows_count(again) == 1);
	assert(kind_of(again, 0, arena) == kind || hr_arena_is_short(arena));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_link_rows *rows;
	hr_error err;

	if (!arena)
		abort();
	if (!hr_link_rows_open((hr_str){ (const char *)data, size }, HR_LINK_ANY, arena, &rows,
			       &err)) {
		assert(err.code != HR_E_NONE && err.message[0]);
		return 0;
	}
	for (size_t i = 0; i < hr_link_rows_count(rows) && i < 20; i++) {
		assert(hr_link_rows_number(rows, i) > 0);
		check_again(rows, i, kind_of(rows, i, arena), arena);
	}
	return 0;
}
