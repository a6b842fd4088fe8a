/*
 * A gzip stream (RFC 1952) put together from pieces that were deflated
 * earlier, each by itself and to a whole byte, with plain bytes between them.
 * Nothing is compressed again; the checksums are combined.
 */
#pragma once

#include "base/str.h"

typedef struct hr_gzip_piece {
	hr_str deflated;
	uint32_t plain_len;
	uint32_t crc; /* of the plain bytes */
} hr_gzip_piece;

/* `pieces` has room for `count`; none of `plain` is empty. HR_E_MEMORY. */
bool hr_gzip_deflate(const hr_str *plain, size_t count, hr_arena *arena, hr_gzip_piece *pieces,
		     hr_error *err);

/* For one piece after the other. NULL when memory is short. */
typedef struct hr_gzip_inflater hr_gzip_inflater;
hr_gzip_inflater *hr_gzip_inflater_new(hr_arena *arena);

/* Its plain bytes to `out`. False when they are not what it says; or `out` has failed. */
bool hr_gzip_inflate(hr_gzip_inflater *inflater, const hr_gzip_piece *piece, hr_buf *out);

typedef struct hr_gzip {
	hr_buf *out;
	uint32_t crc;
	uint32_t len; /* modulo 2^32, as gzip has it */
} hr_gzip;

void hr_gzip_begin(hr_gzip *gzip, hr_buf *out);
void hr_gzip_add(hr_gzip *gzip, const hr_gzip_piece *piece);
/* As it is; at most 65,535 bytes. */
void hr_gzip_add_plain(hr_gzip *gzip, hr_str plain);
void hr_gzip_end(hr_gzip *gzip);
