#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Defined here, so not under the analyzer's words for them. */
#undef hr_fail
#undef hr_fail_at
#undef hr_fail_errno
#undef hr_fail_memory

static const struct {
	const char *word;
	const char *zh;
	const char *en;
	const char *hint;
	int http;
	int exit;
} errors[HR_E_COUNT] = {
#define X(code, word, http, exit, zh, en, hint) [HR_E_##code] = { word, zh, en, hint, http, exit },
	HR_ERRORS(X)
#undef X
};

/* Of the character that `lead` begins; 1 for a byte that begins none. */
static size_t character_bytes(unsigned char lead)
{
	if (lead < 0xc0)
		return 1;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/*
 * Names come from outside and go to terminals and logs: no control characters,
 * so that a name cannot write lines or colours of its own, and, where the
 * message was too long, no half character at the end.
 */
static void tidy(char *message)
{
	size_t len = strlen(message);
	size_t last = len;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)message[i] < 0x20 || message[i] == 0x7f)
			message[i] = '?';
	while (last && ((unsigned char)message[last - 1] & 0xc0) == 0x80)
		last--;
	if (last && last - 1 + character_bytes((unsigned char)message[last - 1]) > len)
		message[last - 1] = '\0';
}

static void __attribute__((format(printf, 3, 0)))
fill(hr_error *err, hr_error_code code, const char *format, va_list args)
{
	err->code = code;
	err->line = 0;
	err->column = 0;
	err->detail[0] = '\0';
	vsnprintf(err->message, sizeof(err->message), format, args);
	tidy(err->message);
}

bool hr_fail(hr_error *err, hr_error_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, code, format, args);
	va_end(args);
	return false;
}

bool hr_fail_at(hr_error *err, hr_error_code code, uint32_t line, uint32_t column,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, code, format, args);
	va_end(args);
	err->line = line;
	err->column = column;
	return false;
}

static const struct {
	int errnum;
	hr_error_code code;
} of_errno[] = {
	{ ENOSPC, HR_E_NO_SPACE },   { EDQUOT, HR_E_NO_SPACE }, { ENOENT, HR_E_NOT_FOUND },
	{ ENOTDIR, HR_E_NOT_FOUND }, { EEXIST, HR_E_EXISTS },	{ ENOMEM, HR_E_MEMORY },
	{ EROFS, HR_E_READ_ONLY },
};

bool hr_fail_errno(hr_error *err, int errnum, const char *what, const char *name)
{
	char reason[96];
	hr_error_code code = HR_E_IO;

	for (size_t i = 0; i < sizeof(of_errno) / sizeof(of_errno[0]); i++)
		if (of_errno[i].errnum == errnum)
			code = of_errno[i].code;
	return hr_fail(err, code, "cannot %s '%s': %s", what, name,
		       strerror_r(errnum, reason, sizeof(reason)));
}

bool hr_fail_memory(hr_error *err)
{
	return hr_fail(err, HR_E_MEMORY, "out of memory, or over the cap of this request");
}

const char *hr_error_word(hr_error_code code)
{
	return errors[code].word;
}

const char *hr_error_title(hr_error_code code)
{
	return errors[code].en;
}

const char *hr_error_title_zh(hr_error_code code)
{
	return errors[code].zh;
}

const char *hr_error_hint(hr_error_code code)
{
	return errors[code].hint;
}

int hr_error_http(hr_error_code code)
{
	return errors[code].http;
}

int hr_error_exit(hr_error_code code)
{
	return errors[code].exit;
}
