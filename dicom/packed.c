#include "dicom/packed.h"

static void add_number(hr_buf *out, uint64_t n, size_t size)
{
	char *at = hr_buf_extend(out, size);

	for (size_t i = 0; at && i < size; i++)
		at[i] = (char)(n >> (8 * i) & 0xFF);
}

void hr_packed_add_u32(hr_buf *out, uint32_t n)
{
	add_number(out, n, sizeof(n));
}

void hr_packed_add_u64(hr_buf *out, uint64_t n)
{
	add_number(out, n, sizeof(n));
}

void hr_packed_add_str(hr_buf *out, hr_str s)
{
	if (s.len > UINT32_MAX) {
		out->failed = true;
		return;
	}
	hr_packed_add_u32(out, (uint32_t)s.len);
	hr_buf_add(out, s);
}

hr_str hr_packed_bytes(hr_packed *from, size_t len)
{
	hr_str bytes;

	if (from->failed || len > from->rest.len) {
		from->failed = true;
		return HR_STR_NONE;
	}
	bytes = hr_str_slice(from->rest, 0, len);
	from->rest = hr_str_slice(from->rest, len, from->rest.len);
	return bytes;
}

static uint64_t take_number(hr_packed *from, size_t size)
{
	hr_str bytes = hr_packed_bytes(from, size);
	uint64_t n = 0;

	for (size_t i = 0; i < bytes.len; i++)
		n |= (uint64_t)(unsigned char)bytes.data[i] << (8 * i);
	return n;
}

uint32_t hr_packed_u32(hr_packed *from)
{
	return (uint32_t)take_number(from, sizeof(uint32_t));
}

uint64_t hr_packed_u64(hr_packed *from)
{
	return take_number(from, sizeof(uint64_t));
}

hr_str hr_packed_str(hr_packed *from, size_t max)
{
	uint32_t len = hr_packed_u32(from);

	from->failed |= len > max;
	return hr_packed_bytes(from, len);
}
