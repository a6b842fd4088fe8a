/* What an S3 server answers: the code of its error, a page of its list. */
#include "store/s3_answer.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(64 << 20);
	hr_str body = { (const char *)data, size };
	char code[HR_S3_CODE];
	hr_s3_page page;
	hr_error err;

	if (!arena)
		return 0;
	if (hr_s3_read_code(body, arena, code, &err))
		assert(strlen(code) < HR_S3_CODE && strspn(code, "\n\"<> ") == 0);
	if (!hr_s3_read_page(body, arena, &page, &err)) {
		assert(err.code == HR_E_IO || err.code == HR_E_MEMORY);
		return 0;
	}
	assert(page.next.len <= HR_S3_TOKEN_MAX);
	for (size_t i = 0; i < page.count; i++)
		assert(page.entries[i].key.len && page.entries[i].size < 1000000000000000000);
	return 0;
}
