/*
 * Any JSON is a manifest, or refused with words. One that is read can be
 * written, unless it has no day or is too large; and what is written is read
 * and written the same from then on.
 */
#include "recognition/manifest_fhir.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_it(hr_str text, hr_arena *arena, hr_manifest *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	bool ok;

	if (!parser)
		abort();
	ok = hr_json_read(parser, text, arena, &root, err) &&
	     hr_manifest_read_fhir(root, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static void write_thrice(hr_manifest *manifest, hr_arena *arena)
{
	uint32_t series = manifest->series_count;
	uint32_t instances = manifest->instance_count;
	hr_str text[3];
	hr_error err = { 0 };

	for (int i = 0; i < 3; i++) {
		if (!hr_manifest_write_fhir(manifest, HR_MANIFEST_PLAIN, arena, &text[i], &err)) {
			assert(i == 0 && (err.code == HR_E_LIMIT || err.code == HR_E_INCOMPLETE));
			return;
		}
		assert(read_it(text[i], arena, manifest, &err));
		assert(manifest->series_count == series && manifest->instance_count == instances);
	}
	assert(hr_str_equal(text[1], text[2]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)1 << 30);
	hr_manifest manifest;
	hr_error err = { 0 };

	if (!arena)
		abort();
	if (read_it((hr_str){ (const char *)data, size }, arena, &manifest, &err))
		write_thrice(&manifest, arena);
	else
		assert(err.code != HR_E_NONE && err.message[0]);
	hr_arena_close(arena);
	return 0;
}
