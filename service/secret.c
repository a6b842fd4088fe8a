#include "service/secret.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>

enum { SECRET_BYTES = 32, MARK_BYTES = 4 };

/* 32 bytes are 42 characters of 6 bits and one of 4. */
static void format_secret(hr_str mark, const unsigned char bytes[SECRET_BYTES],
			  char out[HR_SECRET_TEXT])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned held = 0;
	unsigned bits = 0;
	size_t at = MARK_BYTES;

	memcpy(out, mark.data, MARK_BYTES);
	for (size_t i = 0; i < SECRET_BYTES; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			out[at++] = digits[held >> (bits - 6) & 63];
	}
	out[at++] = digits[held << (6 - bits) & 63];
	out[at] = '\0';
}

bool hr_secret_draw(hr_str mark, char out[HR_SECRET_TEXT], hr_error *err)
{
	unsigned char bytes[SECRET_BYTES];

	assert(mark.len == MARK_BYTES);
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return hr_fail_errno(err, errno, "draw", "random numbers");
	format_secret(mark, bytes, out);
	explicit_bzero(bytes, sizeof(bytes));
	return true;
}
