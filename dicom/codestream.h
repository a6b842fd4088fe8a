/*
 * What a compressed frame says of its size, read before a decoder starts: a
 * head of a few bytes may ask for gigabytes. Untrusted bytes, nothing taken
 * from an arena.
 */
#pragma once

#include "base/str.h"

enum {
	HR_CODESTREAM_TILES_MAX = 16384, /* a decoder keeps kilobytes for each */
};

typedef struct hr_codestream {
	uint32_t width;
	uint32_t height;
	uint32_t components;
	uint32_t bits; /* of the widest component */
} hr_codestream;

/* JPEG (ISO 10918-1 B.2.2) and JPEG-LS (ISO 14495-1 C.2.2): the frame header. HR_E_SYNTAX. */
bool hr_codestream_read_jpeg(hr_str bytes, hr_codestream *out, hr_error *err);

/*
 * JPEG 2000 and HTJ2K (ISO 15444-1 A.5.1): the marker segment SIZ. HR_E_SYNTAX;
 * HR_E_UNSUPPORTED for components of different sizes, HR_E_LIMIT for too many
 * tiles. `*bytes` loses what stands in front of the stream (a JP2 file's
 * boxes, which DICOM forbids and some write).
 */
bool hr_codestream_read_2000(hr_str *bytes, hr_codestream *out, hr_error *err);
