#include "dicom/encode.h"

enum {
	UNDEFINED = -1,
	PREAMBLE = 128,
	UID_MAX = 64,
	AE_MAX = 16,
	SHORT_MAX = 0xFFFE,
	LONG_MAX_BYTES = 0x7FFFFFFE,
	TAG_ITEM = (int)0xFFFEE000,
	TAG_ITEM_END = (int)0xFFFEE00D,
	TAG_SEQUENCE_END = (int)0xFFFEE0DD,
};

static void put_u16(hr_buf *buf, uint32_t n)
{
	char *to = hr_buf_extend(buf, 2);

	if (!to)
		return;
	to[0] = (char)(n & 0xFF);
	to[1] = (char)(n >> 8 & 0xFF);
}

static void put_u32(hr_buf *buf, uint32_t n)
{
	put_u16(buf, n & 0xFFFF);
	put_u16(buf, n >> 16);
}

static void put_tag(hr_buf *buf, uint32_t tag)
{
	put_u16(buf, tag >> 16);
	put_u16(buf, tag & 0xFFFF);
}

/* Those whose length has 32 bits (PS3.5 7.1.2). */
static bool is_long(const char *vr)
{
	static const char longs[] = "OBODOFOLOVOWSQSVUCUNURUTUV";

	for (size_t i = 0; i + 1 < sizeof(longs); i += 2)
		if (memcmp(longs + i, vr, 2) == 0)
			return true;
	return false;
}

static void put_head(hr_buf *buf, uint32_t tag, const char *vr, size_t length)
{
	if (length > (is_long(vr) ? LONG_MAX_BYTES : SHORT_MAX)) {
		buf->failed = true;
		return;
	}
	put_tag(buf, tag);
	hr_buf_add(buf, (hr_str){ vr, 2 });
	if (is_long(vr)) {
		put_u16(buf, 0);
		put_u32(buf, (uint32_t)length);
	} else {
		put_u16(buf, (uint32_t)length);
	}
}

void hr_dicom_put(hr_buf *buf, uint32_t tag, const char *vr, hr_str value)
{
	put_head(buf, tag, vr, value.len + value.len % 2);
	hr_buf_add(buf, value);
	if (value.len % 2)
		hr_buf_add_char(buf, memcmp(vr, "UI", 2) == 0 ? '\0' : ' ');
}

void hr_dicom_put_known(hr_buf *buf, uint32_t tag, const char *vr, hr_str value)
{
	if (value.len)
		hr_dicom_put(buf, tag, vr, value);
}

static void put_mark(hr_buf *buf, int tag, int length)
{
	put_tag(buf, (uint32_t)tag);
	put_u32(buf, (uint32_t)length);
}

void hr_dicom_open_sequence(hr_buf *buf, uint32_t tag)
{
	put_tag(buf, tag);
	HR_BUF_ADD(buf, "SQ");
	put_u16(buf, 0);
	put_u32(buf, (uint32_t)UNDEFINED);
}

void hr_dicom_close_sequence(hr_buf *buf)
{
	put_mark(buf, TAG_SEQUENCE_END, 0);
}

void hr_dicom_open_item(hr_buf *buf)
{
	put_mark(buf, TAG_ITEM, UNDEFINED);
}

void hr_dicom_close_item(hr_buf *buf)
{
	put_mark(buf, TAG_ITEM_END, 0);
}

void hr_dicom_open_single(hr_buf *buf, uint32_t tag)
{
	hr_dicom_open_sequence(buf, tag);
	hr_dicom_open_item(buf);
}

void hr_dicom_close_single(hr_buf *buf)
{
	hr_dicom_close_item(buf);
	hr_dicom_close_sequence(buf);
}

static bool is_too_long(const hr_dicom_meta *meta)
{
	return meta->sop_class.len > UID_MAX || meta->sop_instance.len > UID_MAX ||
	       meta->transfer_syntax.len > UID_MAX || meta->sender.len > AE_MAX;
}

static void put_meta_elements(hr_buf *buf, const hr_dicom_meta *meta)
{
	put_head(buf, 0x00020001, "OB", 2);
	hr_buf_add(buf, (hr_str){ "\0\1", 2 });
	hr_dicom_put(buf, 0x00020002, "UI", meta->sop_class);
	hr_dicom_put(buf, 0x00020003, "UI", meta->sop_instance);
	hr_dicom_put(buf, 0x00020010, "UI",
		     meta->transfer_syntax.len ? meta->transfer_syntax
					       : HR_STR("1.2.840.10008.1.2.1"));
	hr_dicom_put(buf, 0x00020012, "UI", HR_STR(HR_DICOM_IMPLEMENTATION));
	hr_dicom_put(buf, 0x00020013, "SH", HR_STR(HR_DICOM_IMPLEMENTATION_NAME));
	hr_dicom_put_known(buf, 0x00020016, "AE", meta->sender);
}

void hr_dicom_put_meta(hr_buf *buf, const hr_dicom_meta *meta)
{
	char memory[512];
	hr_buf elements;
	char *preamble = hr_buf_extend(buf, PREAMBLE);

	if (!preamble)
		return;
	memset(preamble, 0, PREAMBLE);
	hr_buf_init_over(&elements, memory, sizeof(memory));
	put_meta_elements(&elements, meta);
	buf->failed |= elements.failed || is_too_long(meta);
	HR_BUF_ADD(buf, "DICM");
	put_head(buf, 0x00020000, "UL", 4);
	put_u32(buf, (uint32_t)elements.len);
	hr_buf_add(buf, hr_buf_str(&elements));
}
