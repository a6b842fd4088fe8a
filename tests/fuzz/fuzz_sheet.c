/*
 * Lays any bytes as a sheet over the template's catalogue. When the sheet is
 * good, its rows stand in the files: laid over them again it changes nothing.
 */
#include "catalog/sheet.h"
#include "catalog/template.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_sheet_options options = { .regime = HR_STR("demo-hr"),
				     .source = HR_STR("s"),
				     .grade = HR_STR("synthetic") };
	hr_sheet_import_result first;
	hr_sheet_import_result again;
	hr_error err = { 0 };
	hr_sheet_kind kind;
	hr_fileset set;
	hr_str csv;

	/* The first byte chooses the kind, and whether the days are replaced. */
	if (!arena || size == 0 || !hr_catalog_template(arena, &set, &err))
		return 0;
	kind = (hr_sheet_kind)(data[0] % HR_SHEET_KINDS);
	options.replace_period = kind >= HR_SHEET_GRANTS && data[0] & 4;
	csv = (hr_str){ (const char *)data + 1, size - 1 };
	if (!hr_sheet_import(kind, &set, csv, &options, arena, &first, &err) ||
	    first.files.count == 0)
		return 0;
	if (!hr_sheet_import(kind, &first.files, csv, &options, arena, &again, &err) ||
	    again.problem_count || again.change_count)
		abort();
	return 0;
}
