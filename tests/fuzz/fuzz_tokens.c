/* A list of tokens that is read is written, read again, and written the same. */
#include "service/tokens.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open(64 << 20);
	hr_tokens tokens;
	hr_error err;
	hr_buf first;
	hr_buf second;

	hr_buf_init(&first, arena, 8 << 20);
	hr_buf_init(&second, arena, 8 << 20);
	if (hr_tokens_parse((hr_str){ (const char *)data, size }, arena, &tokens, &err)) {
		hr_tokens_format(&tokens, &first);
		if (first.failed || !hr_tokens_parse(hr_buf_str(&first), arena, &tokens, &err))
			abort();
		hr_tokens_format(&tokens, &second);
		if (!hr_str_equal(hr_buf_str(&first), hr_buf_str(&second)))
			abort();
	}
	hr_arena_close(arena);
	return 0;
}
