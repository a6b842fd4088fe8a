#include "base/base64.h"

enum { GROUP = 4, NOT_A_DIGIT = 64 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static unsigned digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0') + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : NOT_A_DIGIT;
}

/* Three bytes of a group, or fewer of the last one; 0 when it is no group. */
static size_t decode_group(const char *from, char *to)
{
	size_t len = from[3] != '=' ? 3 : from[2] != '=' ? 2 : 1;
	uint32_t bits = 0;

	for (size_t i = 0; i < GROUP; i++) {
		unsigned value = i <= len ? digit(from[i]) : 0;

		if (value == NOT_A_DIGIT)
			return 0;
		bits = bits << 6 | value;
	}
	/* Two texts of the same bytes would be two documents. */
	if (bits & ((UINT32_C(1) << (8 * (3 - len))) - 1))
		return 0;
	for (size_t i = 0; i < len; i++)
		to[i] = (char)(bits >> (16 - 8 * i) & 0xff);
	return len;
}

bool hr_base64_decode(hr_str text, hr_arena *arena, hr_str *out, hr_error *err)
{
	char *bytes = hr_arena_alloc_text(arena, text.len / GROUP * 3 + 1);
	size_t len = 0;
	size_t step = 3; /* of the last group: fewer than three bytes end the text */
	size_t at = 0;

	if (!bytes)
		return hr_fail_memory(err);
	for (; at < text.len; at += GROUP) {
		while (at < text.len && is_blank(text.data[at]))
			at++;
		if (at == text.len)
			break;
		if (text.len - at < GROUP)
			return hr_fail(err, HR_E_SYNTAX, "base64: the text ends inside a group");
		if (step < 3)
			return hr_fail(err, HR_E_SYNTAX, "base64: text behind the end");
		step = decode_group(text.data + at, bytes + len);
		if (step == 0)
			return hr_fail(err, HR_E_SYNTAX, "base64: group %zu is malformed",
				       len / 3 + 1);
		len += step;
	}
	*out = (hr_str){ bytes, len };
	return true;
}

void hr_base64_add(hr_str bytes, hr_buf *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *to = hr_buf_extend(out, (bytes.len + 2) / 3 * GROUP);

	for (size_t i = 0; to && i < bytes.len; i += 3, to += GROUP) {
		size_t left = bytes.len - i;
		uint32_t bits = (uint32_t)(unsigned char)bytes.data[i] << 16;

		bits |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
		bits |= left > 2 ? (unsigned char)bytes.data[i + 2] : 0;
		to[0] = digits[bits >> 18];
		to[1] = digits[bits >> 12 & 63];
		to[2] = '=';
		to[3] = '=';
		if (left > 1)
			to[2] = digits[bits >> 6 & 63];
		if (left > 2)
			to[3] = digits[bits & 63];
	}
}
