#define ZLIB_CONST
#include "dicom/inflate.h"

#include <zlib.h>

enum { STEP = 64 * 1024, RAW = -15 };

/* Until the end, the limit, or a fault: what came before one may still be a whole header. */
static int inflate_steps(z_stream *z, hr_buf *out, size_t limit)
{
	int code = Z_OK;

	while (code == Z_OK && out->len < limit) {
		size_t room = limit - out->len < STEP ? limit - out->len : STEP;
		char *at = hr_buf_extend(out, room);

		if (!at)
			return Z_MEM_ERROR;
		z->next_out = (Bytef *)at;
		z->avail_out = (uInt)room;
		code = inflate(z, Z_NO_FLUSH);
		out->len -= z->avail_out;
	}
	return code;
}

bool hr_inflate(hr_str deflated, size_t limit, hr_arena *arena, hr_str *out, bool *whole,
		hr_error *err)
{
	z_stream z = { .next_in = (const Bytef *)deflated.data, .avail_in = (uInt)deflated.len };
	hr_buf buf;
	int code;

	hr_buf_init(&buf, arena, limit + 1);
	if (inflateInit2(&z, RAW) != Z_OK)
		return hr_fail_memory(err);
	code = inflate_steps(&z, &buf, limit);
	inflateEnd(&z);
	if (code == Z_MEM_ERROR || buf.failed)
		return hr_fail_memory(err);
	if (buf.len == 0)
		return hr_fail(err, HR_E_SYNTAX, "dicom: the deflated data set cannot be inflated");
	*out = hr_buf_str(&buf);
	*whole = code == Z_STREAM_END || code == Z_BUF_ERROR || code == Z_DATA_ERROR;
	return true;
}

bool hr_inflate_count(hr_str deflated, size_t limit, size_t *out, hr_error *err)
{
	z_stream z = { .next_in = (const Bytef *)deflated.data, .avail_in = (uInt)deflated.len };
	char kept[STEP];
	size_t count = 0;
	int code = Z_OK;

	if (inflateInit2(&z, RAW) != Z_OK)
		return hr_fail_memory(err);
	while (code == Z_OK && count <= limit) {
		z.next_out = (Bytef *)kept;
		z.avail_out = STEP;
		code = inflate(&z, Z_NO_FLUSH);
		count += STEP - z.avail_out;
	}
	inflateEnd(&z);
	*out = count > limit ? limit + 1 : count;
	return code == Z_MEM_ERROR ? hr_fail_memory(err) : true;
}
