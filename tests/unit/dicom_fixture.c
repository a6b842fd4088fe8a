#include "dicom_fixture.h"

#include <stdlib.h>

static void add_u16(dcm *d, uint32_t n)
{
	bool big = d->encoding == HR_DICOM_EXPLICIT_BE;

	hr_buf_add_char(&d->buf, (char)(big ? n >> 8 : n & 0xFF));
	hr_buf_add_char(&d->buf, (char)(big ? n & 0xFF : n >> 8));
}

static void add_u32(dcm *d, uint32_t n)
{
	bool big = d->encoding == HR_DICOM_EXPLICIT_BE;

	add_u16(d, big ? n >> 16 : n & 0xFFFF);
	add_u16(d, big ? n & 0xFFFF : n >> 16);
}

void dcm_head(dcm *d, uint32_t tag, const char *vr, uint32_t length)
{
	static const char longs[] = "OB OD OF OL OV OW SQ SV UC UN UR UT UV ZZ";
	bool delimiter = tag >> 16 == 0xFFFE;

	add_u16(d, tag >> 16);
	add_u16(d, tag & 0xFFFF);
	if (d->encoding == HR_DICOM_IMPLICIT_LE || delimiter) {
		add_u32(d, length);
		return;
	}
	hr_buf_add(&d->buf, (hr_str){ vr, 2 });
	if (strstr(longs, vr)) {
		add_u16(d, 0);
		add_u32(d, length);
	} else {
		add_u16(d, length);
	}
}

void dcm_bytes(dcm *d, uint32_t tag, const char *vr, hr_str value)
{
	dcm_head(d, tag, vr, (uint32_t)(value.len + value.len % 2));
	hr_buf_add(&d->buf, value);
	if (value.len % 2)
		hr_buf_add_char(&d->buf, memcmp(vr, "UI", 2) == 0 ? '\0' : ' ');
}

void dcm_text(dcm *d, uint32_t tag, const char *vr, const char *value)
{
	dcm_bytes(d, tag, vr, hr_str_of(value));
}

void dcm_sequence(dcm *d, uint32_t tag)
{
	dcm_head(d, tag, "SQ", UINT32_MAX);
}

void dcm_item(dcm *d)
{
	dcm_head(d, 0xFFFEE000, "", UINT32_MAX);
}

void dcm_item_end(dcm *d)
{
	dcm_head(d, 0xFFFEE00D, "", 0);
}

void dcm_sequence_end(dcm *d)
{
	dcm_head(d, 0xFFFEE0DD, "", 0);
}

dcm dcm_open(hr_arena *arena, const char *transfer_syntax, hr_dicom_encoding encoding)
{
	dcm d = { .encoding = HR_DICOM_EXPLICIT_LE };

	hr_buf_init(&d.buf, arena, (size_t)64 << 20);
	if (transfer_syntax) {
		static const char preamble[128];

		hr_buf_add(&d.buf, (hr_str){ preamble, sizeof(preamble) });
		HR_BUF_ADD(&d.buf, "DICM");
		dcm_text(&d, 0x00020002, "UI", DCM_CT);
		dcm_text(&d, 0x00020010, "UI", transfer_syntax);
	}
	d.encoding = encoding;
	return d;
}

hr_str dcm_file(const dcm *d)
{
	if (d->buf.failed)
		abort();
	return hr_buf_str(&d->buf);
}
