#include "dicom/codestream.h"

enum {
	JPEG_SEGMENTS_MAX = 10000,

	/* JPEG's markers, behind FF. */
	SOF0 = 0xC0,
	DHT = 0xC4,
	JPG = 0xC8,
	DAC = 0xCC,
	SOF15 = 0xCF,
	RST0 = 0xD0,
	SOI = 0xD8,
	EOI = 0xD9,
	SOS = 0xDA,
	SOF55 = 0xF7,

	SIZ_FRONT = 42, /* SOC, SIZ, and all of its segment in front of the components */
};

static uint32_t u16(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint32_t)b[0] << 8 | b[1];
}

static uint32_t u32(const char *at)
{
	return u16(at) << 16 | u16(at + 2);
}

/* --- JPEG, JPEG-LS --- */

static bool is_frame_header(unsigned char marker)
{
	return marker == SOF55 || (marker >= SOF0 && marker <= SOF15 && marker != DHT &&
				   marker != JPG && marker != DAC);
}

static bool is_alone(unsigned char marker)
{
	return marker == 0x01 || (marker >= RST0 && marker <= SOI);
}

/* Where the next marker's second byte stands; bytes.len when there is none. */
static size_t find_marker(hr_str bytes, size_t at)
{
	if (at >= bytes.len || (unsigned char)bytes.data[at] != 0xFF)
		return bytes.len;
	while (at < bytes.len && (unsigned char)bytes.data[at] == 0xFF)
		at++;
	return at;
}

static bool read_frame_header(hr_str segment, hr_codestream *out)
{
	if (segment.len < 8)
		return false;
	out->bits = (unsigned char)segment.data[2];
	out->height = u16(segment.data + 3);
	out->width = u16(segment.data + 5);
	out->components = (unsigned char)segment.data[7];
	return true;
}

bool hr_codestream_read_jpeg(hr_str bytes, hr_codestream *out, hr_error *err)
{
	size_t at = 0;

	for (int i = 0; i < JPEG_SEGMENTS_MAX; i++) {
		size_t length;
		unsigned char marker;

		at = find_marker(bytes, at);
		if (at == bytes.len)
			break;
		marker = (unsigned char)bytes.data[at++];
		if (is_alone(marker))
			continue;
		if (marker == EOI || marker == SOS || bytes.len - at < 2)
			break;
		length = u16(bytes.data + at);
		if (length < 2 || length > bytes.len - at)
			break;
		if (is_frame_header(marker) &&
		    read_frame_header(hr_str_slice(bytes, at, at + length), out))
			return true;
		at += length;
	}
	return hr_fail(err, HR_E_SYNTAX, "dicom: the compressed frame has no head of JPEG");
}

/* --- JPEG 2000 --- */

static bool has_siz(hr_str bytes)
{
	return bytes.len >= SIZ_FRONT && hr_str_starts_with(bytes, HR_STR("\xFF\x4F\xFF\x51"));
}

static hr_str without_boxes(hr_str bytes)
{
	size_t at;

	if (!hr_str_starts_with(bytes, HR_STR("\0\0\0\x0CjP  ")))
		return bytes;
	at = hr_str_find(bytes, HR_STR("jp2c\xFF\x4F\xFF\x51"));
	return hr_str_slice(bytes, at + 4, bytes.len);
}

/* The size of each component: depth, and how far its samples stand apart. */
static bool read_components(hr_str bytes, uint32_t count, hr_codestream *out, hr_error *err)
{
	if (count == 0 || count > (bytes.len - SIZ_FRONT) / 3)
		return hr_fail(err, HR_E_SYNTAX, "dicom: the JPEG 2000 frame is cut in its head");
	out->bits = 0;
	for (uint32_t i = 0; i < count; i++) {
		const unsigned char *at =
			(const unsigned char *)bytes.data + SIZ_FRONT + (size_t)3 * i;
		uint32_t bits = (at[0] & 0x7Fu) + 1;

		if (at[1] != 1 || at[2] != 1)
			return hr_fail(err, HR_E_UNSUPPORTED,
				       "dicom: the JPEG 2000 frame has components of different "
				       "sizes");
		out->bits = bits > out->bits ? bits : out->bits;
	}
	return true;
}

static bool check_tiles(const char *siz, hr_error *err)
{
	uint64_t width = u32(siz + 24);
	uint64_t height = u32(siz + 28);
	uint64_t across;
	uint64_t down;

	if (width == 0 || height == 0)
		return hr_fail(err, HR_E_SYNTAX, "dicom: the JPEG 2000 frame has tiles of no size");
	across = u32(siz + 8) / width + 1;
	down = u32(siz + 12) / height + 1;
	if (across > HR_CODESTREAM_TILES_MAX || across * down > HR_CODESTREAM_TILES_MAX)
		return hr_fail(err, HR_E_LIMIT, "dicom: the JPEG 2000 frame has over %d tiles",
			       HR_CODESTREAM_TILES_MAX);
	return true;
}

bool hr_codestream_read_2000(hr_str *bytes, hr_codestream *out, hr_error *err)
{
	hr_str stream = without_boxes(*bytes);
	hr_codestream found;
	const char *siz = stream.data;

	if (!has_siz(stream))
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: the compressed frame has no head of JPEG 2000");
	if (u32(siz + 8) <= u32(siz + 16) || u32(siz + 12) <= u32(siz + 20))
		return hr_fail(err, HR_E_SYNTAX, "dicom: the JPEG 2000 frame has no size");
	found.width = u32(siz + 8) - u32(siz + 16);
	found.height = u32(siz + 12) - u32(siz + 20);
	found.components = u16(siz + 40);
	if (!read_components(stream, found.components, &found, err) || !check_tiles(siz, err))
		return false;
	*bytes = stream;
	*out = found;
	return true;
}
