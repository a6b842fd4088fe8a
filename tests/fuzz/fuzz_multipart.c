/*
 * A multipart body in pieces: the first byte says how long the pieces are. The
 * parts are the same as those of the body in one piece, and their bytes are
 * bytes of it.
 */
#include "service/multipart.h"

#include <stdlib.h>

enum { ARENA_BYTES = 16 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came of it, in the form of a text. */
static hr_str split(hr_arena *arena, hr_str body, size_t step)
{
	hr_multipart *m = HR_NEW(arena, hr_multipart);
	hr_error err = { .code = HR_E_NONE };
	hr_str bytes;
	hr_buf out;

	hr_buf_init(&out, arena, ARENA_BYTES);
	if (!m || !hr_multipart_init(m, HR_STR("multipart/related; boundary=\"-b\""), &err))
		abort();
	while (body.len) {
		hr_str piece = hr_str_slice(body, 0, step);
		hr_multipart_event event;

		body = hr_str_slice(body, step, body.len);
		while ((event = hr_multipart_next(m, &piece, &bytes, &err)) != HR_MULTIPART_WANTS) {
			if (event == HR_MULTIPART_FAULT)
				return HR_STR("fault");
			if (event == HR_MULTIPART_BYTES && bytes.len == 0)
				abort();
			if (event == HR_MULTIPART_BYTES)
				hr_buf_add(&out, bytes);
			else
				hr_buf_addf(&out, "<%d %.*s>", (int)event, HR_STR_ARG(m->type));
		}
		if (piece.len)
			abort();
	}
	if (hr_multipart_is_over(m))
		HR_BUF_ADD(&out, "<over>");
	if (out.failed)
		abort();
	return hr_buf_str(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	hr_str body = { (const char *)data, size };

	if (!arena || size < 1 || size > 1 << 18)
		return 0;
	body = hr_str_slice(body, 1, body.len);
	if (!hr_str_equal(split(arena, body, SIZE_MAX), split(arena, body, (size_t)data[0] + 1)))
		abort();
	return 0;
}
