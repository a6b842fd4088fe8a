/*
 * A visit, diagnosed by the catalogue of tests: whatever it is, every cause is
 * in one of four states and the outcome follows from them. The same bytes as
 * an error text of the platform.
 */
#include "settlement/diagnose.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static hr_catalog *open_catalog(void)
{
	hr_catalog *catalog;
	hr_error err;

	if (!hr_catalog_open_folder(FUZZ_CATALOG, NULL, &catalog, &err))
		abort();
	return catalog;
}

static void check(const hr_diagnosis *d)
{
	bool present = false;
	bool unknown = d->said.text.len && !d->said.count;

	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		assert(d->causes[i].state <= HR_CAUSE_PRESENT);
		assert(d->causes[i].office_count <= HR_CAUSE_OFFICES_MAX);
		present |= d->causes[i].state == HR_CAUSE_PRESENT;
		unknown |= d->causes[i].state == HR_CAUSE_NOT_KNOWN;
	}
	assert(d->outcome == (present	? HR_DIAGNOSIS_NOT_DIRECT
			      : unknown ? HR_DIAGNOSIS_NOT_KNOWN
					: HR_DIAGNOSIS_DIRECT));
}

static void diagnose(const hr_catalog *catalog, const hr_json *node, hr_arena *arena)
{
	hr_diagnosis diagnosis;
	hr_visit visit;
	hr_error err;
	hr_buf out;

	if (!hr_visit_read_unbilled(node, catalog, arena, &visit, &err) ||
	    !hr_diagnose(catalog, &visit, arena, &diagnosis, &err))
		return;
	check(&diagnosis);
	hr_buf_init(&out, arena, 1 << 21);
	hr_diagnosis_format_json(&diagnosis, &out);
	hr_diagnosis_format_text(&diagnosis, HR_QUOTE_ZH, &out);
	hr_diagnosis_format_text(&diagnosis, HR_QUOTE_EN, &out);
	assert(!out.failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static hr_catalog *catalog;
	const hr_str bytes = { (const char *)data, size };
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	hr_json_parser *parser = hr_json_parser_open();
	hr_platform_said said;
	const hr_json *node;
	hr_error err;

	if (!catalog)
		catalog = open_catalog();
	if (!arena || !parser)
		abort();
	if (hr_json_read(parser, bytes, arena, &node, &err))
		diagnose(catalog, node, arena);
	if (hr_platform_read(catalog, bytes, arena, &said, &err))
		assert(said.count <= HR_PLATFORM_TEXTS_MAX);
	hr_json_parser_close(parser);
	return 0;
}
