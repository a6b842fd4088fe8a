/* What a worker hands back: read whole, or refused; what is read can be joined. */
#include "dicom/facts.h"
#include "dicom/metadata.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)128 << 20);
	hr_film_facts facts;
	hr_error err = { 0 };
	hr_buf out;
	hr_bulk bulk;

	if (!arena)
		abort();
	/* Metadata alone, too: behind all the texts they are seldom reached. */
	(void)hr_metadata_check((hr_str){ (const char *)data, size }, arena, &err);
	if (hr_facts_read((hr_str){ (const char *)data, size }, arena, &facts, &err)) {
		hr_buf_init(&out, arena, SIZE_MAX);
		assert(hr_metadata_join(&facts.metadata, 1, HR_STR("http://a"), true, &out, &err) ||
		       hr_arena_is_short(arena));
		assert(hr_metadata_bulk(facts.metadata, HR_STR("7FE00010"), &bulk, &err) ||
		       err.code == HR_E_NOT_FOUND);
	} else {
		assert(err.code != HR_E_NONE && err.message[0]);
	}
	hr_arena_close(arena);
	return 0;
}
