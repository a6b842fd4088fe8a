/*
 * Any file is a manifest, or refused with words. One that is read can be
 * written, unless it is too large to describe or has no day; and what is
 * written says the same when it is read, to the byte.
 */
#include "dicom/manifest.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first writing cleans texts; from then on nothing changes. */
static void write_thrice(const hr_manifest *read, hr_manifest_form form, hr_arena *arena)
{
	hr_manifest manifest = *read;
	hr_str file[3];
	hr_error err = { 0 };

	for (int i = 0; i < 3; i++) {
		if (!hr_manifest_write_kos(&manifest, form, arena, &file[i], &err)) {
			assert(i == 0 && (err.code == HR_E_LIMIT || err.code == HR_E_INCOMPLETE));
			return;
		}
		assert(hr_manifest_read_kos(file[i], arena, &manifest, &err));
		assert(manifest.series_count == read->series_count);
		assert(manifest.instance_count == read->instance_count);
	}
	assert(hr_str_equal(file[1], file[2]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)1 << 30);
	hr_manifest manifest;
	hr_error err = { 0 };

	if (!arena)
		abort();
	if (hr_manifest_read_kos((hr_str){ (const char *)data, size }, arena, &manifest, &err)) {
		write_thrice(&manifest, HR_MANIFEST_PLAIN, arena);
		write_thrice(&manifest, HR_MANIFEST_DESCRIBED, arena);
	} else {
		assert(err.code != HR_E_NONE && err.message[0]);
	}
	hr_arena_close(arena);
	return 0;
}
