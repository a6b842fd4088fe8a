/* The words of an act, as the control socket brings them: what is taken packs to the same bytes. */
#include "service/film_acts.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(hr_str bytes, const hr_str *words, size_t count, hr_arena *arena)
{
	hr_buf buf;

	assert(count <= HR_ACT_WORDS_MAX);
	for (size_t i = 0; i < count; i++)
		assert(!memchr(words[i].data, '\0', words[i].len));
	hr_buf_init(&buf, arena, bytes.len + 1);
	assert(hr_film_act_pack(words, count, &buf));
	assert(hr_str_equal(hr_buf_str(&buf), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	const hr_str bytes = { (const char *)data, size };
	hr_str words[HR_ACT_WORDS_MAX];
	hr_error err = { 0 };
	size_t count = 0;

	if (!arena)
		abort();
	if (hr_film_act_unpack(bytes, words, &count, &err))
		check_words(bytes, words, count, arena);
	else
		assert(err.code == HR_E_USAGE && err.message[0] && count == 0);
	return 0;
}
