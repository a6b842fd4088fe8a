#include "base/utf8.h"

/* Unicode table 3-7: by first byte, the length and the range of the second. */
static const struct form {
	unsigned char first;
	unsigned char last;
	unsigned char len;
	unsigned char second_from;
	unsigned char second_to;
} forms[] = {
	{ 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf }, { 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static bool fits(const struct form *form, const unsigned char *at, size_t len)
{
	if (len < form->len || at[1] < form->second_from || at[1] > form->second_to)
		return false;
	for (size_t i = 2; i < form->len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t hr_utf8_front(hr_str s)
{
	const unsigned char *at = (const unsigned char *)s.data;

	if (s.len == 0)
		return 0;
	if (at[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (at[0] >= forms[i].first && at[0] <= forms[i].last)
			return fits(&forms[i], at, s.len) ? forms[i].len : 0;
	return 0;
}

size_t hr_utf8_prefix(hr_str s)
{
	size_t at = 0;
	size_t n;

	while ((n = hr_utf8_front((hr_str){ s.data + at, s.len - at })))
		at += n;
	return at;
}
