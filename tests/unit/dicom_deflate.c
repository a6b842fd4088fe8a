#include "dicom_deflate.h"

#include "base/arena.h"

#include <stdlib.h>
#include <zlib.h>

hr_str dcm_deflate(hr_arena *arena, hr_str bytes)
{
	size_t room = bytes.len + 1024;
	char *out = hr_arena_alloc_text(arena, room);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.data, .avail_in = (uInt)bytes.len };

	deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)room;
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return (hr_str){ out, z.total_out };
}

hr_str dcm_gunzip(hr_arena *arena, hr_str bytes)
{
	enum { ROOM = 1 << 22, GZIP = 16 + 15 };
	char *out = hr_arena_alloc_text(arena, ROOM);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.data, .avail_in = (uInt)bytes.len };

	inflateInit2(&z, GZIP);
	z.next_out = (Bytef *)out;
	z.avail_out = ROOM;
	if (inflate(&z, Z_FINISH) != Z_STREAM_END || z.avail_in)
		abort();
	inflateEnd(&z);
	return (hr_str){ out, z.total_out };
}
