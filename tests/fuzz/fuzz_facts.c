/* Any file has facts that can be written and read back, or is refused with words. */
#include "dicom/facts.h"
#include "dicom/metadata.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_bulk(hr_str file, const hr_film_facts *facts, hr_arena *arena)
{
	hr_error err = { 0 };
	hr_bulk bulk;
	hr_str bytes;

	if (!hr_metadata_bulk(facts->metadata, HR_STR("7FE00010"), &bulk, &err))
		return;
	assert(hr_metadata_bulk_read(file, HR_STR("7FE00010"), arena, &bytes, &err) ||
	       err.code == HR_E_MEMORY);
	assert(!bulk.in_file || bulk.offset + bulk.length <= file.len);
}

static void look_at(hr_str file, const hr_film_facts *facts, hr_arena *arena)
{
	hr_film_facts read;
	hr_error err = { 0 };
	hr_buf bytes;
	hr_buf joined;

	hr_buf_init(&bytes, arena, HR_FACTS_BYTES_MAX);
	hr_facts_write(facts, &bytes);
	if (bytes.failed)
		return;
	assert(hr_facts_read(hr_buf_str(&bytes), arena, &read, &err) || err.code == HR_E_MEMORY);
	hr_buf_init(&joined, arena, SIZE_MAX);
	assert(hr_metadata_join(&facts->metadata, 1, HR_STR("http://a"), false, &joined, &err) ||
	       hr_arena_is_short(arena));
	look_at_bulk(file, facts, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_str file = { (const char *)data, size };
	hr_film_facts facts;
	hr_error err = { 0 };

	if (!arena)
		abort();
	if (hr_facts_find(file, arena, &facts, &err))
		look_at(file, &facts, arena);
	else
		assert(err.code != HR_E_NONE && err.message[0]);
	hr_arena_close(arena);
	return 0;
}
