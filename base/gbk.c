#include "base/gbk.h"

#include "base/utf8.h"

enum {
	LEAD_FIRST = 0x81,
	LEAD_LAST = 0xfe,
	TRAIL_FIRST = 0x40,
	TRAIL_LAST = 0xfe,
	TRAILS = TRAIL_LAST - TRAIL_FIRST + 1,
};

/* A row of trail bytes for each lead byte; 0 where iconv is to be asked. */
extern const uint16_t hr_gbk_table[];

static uint16_t pair_at(const unsigned char *at)
{
	if (at[0] < LEAD_FIRST || at[0] > LEAD_LAST || at[1] < TRAIL_FIRST || at[1] > TRAIL_LAST)
		return 0;
	return hr_gbk_table[(at[0] - LEAD_FIRST) * TRAILS + (at[1] - TRAIL_FIRST)];
}

/* Nearly all that is Chinese has three bytes. */
static inline size_t write_char(uint16_t c, char *out)
{
	if (c < 0x800)
		return hr_utf8_write(c, out);
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 0x3f));
	out[2] = (char)(0x80 | (c & 0x3f));
	return 3;
}

/* As hr_gbk_front, of pairs alone. */
static size_t write_pairs(hr_str s, char *out, size_t room, size_t *written)
{
	const unsigned char *bytes = (const unsigned char *)s.data;
	size_t at = 0;
	size_t len = 0;

	while (s.len - at >= 2 && room - len >= 3) {
		uint16_t c = pair_at(bytes + at);

		if (c == 0)
			break;
		len += write_char(c, out + len);
		at += 2;
	}
	*written = len;
	return at;
}

size_t hr_gbk_front(hr_str s, char *out, size_t room, size_t *written)
{
	size_t at = 0;
	size_t len = 0;
	size_t n;

	do {
		hr_str rest = hr_str_slice(s, at, s.len);
		size_t pairs_written;
		size_t pairs;

		n = hr_utf8_ascii_prefix(rest);
		if (n > room - len)
			n = room - len;
		if (n)
			memcpy(out + len, rest.data, n);
		len += n;
		pairs = write_pairs(hr_str_slice(rest, n, rest.len), out + len, room - len,
				    &pairs_written);
		len += pairs_written;
		n += pairs;
		at += n;
	} while (n);
	*written = len;
	return at;
}
