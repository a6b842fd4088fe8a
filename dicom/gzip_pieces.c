#define ZLIB_CONST
#include "dicom/gzip_pieces.h"
#include "dicom/packed.h"

#include <assert.h>
#include <zlib.h>

enum {
	/* As quick as 1; 6 is a seventh smaller and takes twice the time. */
	LEVEL = 3,
	WINDOW_MIN = 9, /* bits */
	WINDOW_MAX = 15,
	MEMORY_BELOW_WINDOW = 7, /* tables as wide as the window */
	STORED_MAX = 65535,
	FLUSH_BYTES = 16, /* what a flush writes, and the bits in front of it */
};

/* zlib has no memory of its own here: what it takes goes with the arena. */
static voidpf take_memory(voidpf arena, uInt count, uInt size)
{
	return hr_arena_alloc_raw(arena, (size_t)count * size);
}

static void leave_memory(voidpf arena, voidpf memory)
{
	(void)arena;
	(void)memory;
}

/* No wider than all of it: a window costs its width, even for a small text. */
static int window_for(const hr_str *plain, size_t count)
{
	int bits = WINDOW_MIN;
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += plain[i].len;
	while (bits < WINDOW_MAX && (size_t)1 << bits < len)
		bits++;
	return bits;
}

/* A full flush: the next piece refers to nothing in front of it. */
static bool deflate_one(z_stream *z, hr_str plain, hr_arena *arena, hr_gzip_piece *out)
{
	size_t room = deflateBound(z, plain.len) + FLUSH_BYTES;
	char *to = hr_arena_alloc_text(arena, room);

	if (!to)
		return false;
	z->next_in = (const Bytef *)plain.data;
	z->avail_in = (uInt)plain.len;
	z->next_out = (Bytef *)to;
	z->avail_out = (uInt)room;
	if (deflate(z, Z_FULL_FLUSH) != Z_OK || z->avail_in || z->avail_out == 0)
		return false;
	out->deflated = (hr_str){ to, room - z->avail_out };
	out->plain_len = (uint32_t)plain.len;
	out->crc = (uint32_t)crc32(0, (const Bytef *)plain.data, (uInt)plain.len);
	return true;
}

bool hr_gzip_deflate(const hr_str *plain, size_t count, hr_arena *arena, hr_gzip_piece *pieces,
		     hr_error *err)
{
	z_stream z = { .zalloc = take_memory, .zfree = leave_memory, .opaque = arena };

	int window = window_for(plain, count);

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, -window, window - MEMORY_BELOW_WINDOW,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		if (!deflate_one(&z, plain[i], arena, &pieces[i]))
			return hr_fail_memory(err);
	return true;
}

struct hr_gzip_inflater {
	z_stream z;
};

hr_gzip_inflater *hr_gzip_inflater_new(hr_arena *arena)
{
	hr_gzip_inflater *inflater = HR_NEW(arena, hr_gzip_inflater);

	if (!inflater)
		return NULL;
	inflater->z.zalloc = take_memory;
	inflater->z.zfree = leave_memory;
	inflater->z.opaque = arena;
	return inflateInit2(&inflater->z, -WINDOW_MAX) == Z_OK ? inflater : NULL;
}

bool hr_gzip_inflate(hr_gzip_inflater *inflater, const hr_gzip_piece *piece, hr_buf *out)
{
	z_stream *z = &inflater->z;
	char *to = hr_buf_extend(out, piece->plain_len);

	if (!to || inflateReset(z) != Z_OK)
		return false;
	z->next_in = (const Bytef *)piece->deflated.data;
	z->avail_in = (uInt)piece->deflated.len;
	z->next_out = (Bytef *)to;
	z->avail_out = piece->plain_len;
	if (inflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_in || z->avail_out)
		return false;
	return crc32(0, (const Bytef *)to, piece->plain_len) == piece->crc;
}

void hr_gzip_begin(hr_gzip *gzip, hr_buf *out)
{
	*gzip = (hr_gzip){ .out = out };
	/* No name, no time; from no system. */
	hr_buf_add(out, HR_STR("\x1f\x8b\x08\0\0\0\0\0\0\xff"));
}

static void count(hr_gzip *gzip, uint32_t crc, uint32_t len)
{
	gzip->crc = (uint32_t)crc32_combine(gzip->crc, crc, (z_off_t)len);
	gzip->len += len;
}

void hr_gzip_add(hr_gzip *gzip, const hr_gzip_piece *piece)
{
	hr_buf_add(gzip->out, piece->deflated);
	count(gzip, piece->crc, piece->plain_len);
}

/* A stored block (RFC 1951 3.2.4): its length, and that with each bit turned. */
static void add_stored(hr_buf *out, bool last, hr_str plain)
{
	uint32_t len = (uint32_t)plain.len;

	hr_buf_add_char(out, last ? '\1' : '\0');
	hr_packed_add_u32(out, len | (~len & 0xFFFF) << 16);
	hr_buf_add(out, plain);
}

void hr_gzip_add_plain(hr_gzip *gzip, hr_str plain)
{
	assert(plain.len <= STORED_MAX);
	add_stored(gzip->out, false, plain);
	gzip->crc = (uint32_t)crc32(gzip->crc, (const Bytef *)plain.data, (uInt)plain.len);
	gzip->len += (uint32_t)plain.len;
}

void hr_gzip_end(hr_gzip *gzip)
{
	add_stored(gzip->out, true, HR_STR_NONE);
	hr_packed_add_u32(gzip->out, gzip->crc);
	hr_packed_add_u32(gzip->out, gzip->len);
}
