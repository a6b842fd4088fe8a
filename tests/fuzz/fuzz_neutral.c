/*
 * Any JSON as our own. What comes out must be whole, and hold as many results
 * as the input has: nothing is passed over.
 */
#include "touch_report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const hr_reports *reports, const hr_json *root)
{
	const hr_json *list = hr_json_get(root, HR_STR("reports"));
	const hr_json *node = list->first;

	if (reports->count != list->count || list->count == 0 || list->count > HR_REPORTS_MAX)
		abort();
	for (size_t i = 0; i < reports->count; i++, node = node->next) {
		const hr_json *results = hr_json_get(node, HR_STR("results"));

		if (reports->reports[i].result_count != (results ? results->count : 0))
			abort();
		touch_report(&reports->reports[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_json_parser *parser = hr_json_parser_open();
	hr_reports reports;
	const hr_json *root;
	hr_error err;

	if (arena && parser &&
	    hr_json_read(parser, (hr_str){ (const char *)data, size }, arena, &root, &err) &&
	    hr_neutral_read(root, arena, &reports, &err))
		check(&reports, root);
	hr_json_parser_close(parser);
	hr_arena_close(arena);
	return 0;
}
