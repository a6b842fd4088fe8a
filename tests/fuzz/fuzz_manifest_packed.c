/* What a worker hands back: a manifest of which facts can be made, or refused. */
#include "dicom/dicom_json.h"
#include "dicom/manifest_facts.h"
#include "dicom/manifest_packed.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_facts(const hr_manifest *manifest, hr_arena *arena)
{
	hr_film_facts *facts;
	hr_error err = { 0 };

	for (uint32_t i = 0; i < manifest->series_count; i++) {
		if (!hr_manifest_facts(manifest, &manifest->series[i], arena, &facts, &err)) {
			assert(err.code == HR_E_MEMORY);
			return;
		}
		assert(hr_dicom_json_check(facts->study_json.shown));
		assert(hr_dicom_json_check(facts->study_json.more));
		assert(hr_dicom_json_check(facts->series_json.shown));
		assert(hr_dicom_json_check(facts->instance_json.shown));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)1 << 28);
	hr_manifest manifest;
	hr_error err = { 0 };

	if (!arena)
		abort();
	if (hr_manifest_unpack((hr_str){ (const char *)data, size }, arena, &manifest, &err))
		make_facts(&manifest, arena);
	else
		assert(err.code != HR_E_NONE && err.message[0]);
	hr_arena_close(arena);
	return 0;
}
