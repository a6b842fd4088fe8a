/*
 * Any bytes as the head of a request, taken apart leniently. What the check
 * then lets through must be, byte for byte, a head as RFC 9112 writes it: a
 * second reader, which shares nothing with the first two, goes over the bytes
 * as they were sent. Out of sight is a NUL that stands in an end of line, for
 * the end leaves NULs behind itself (SECURITY.md).
 */
#include "http_split.h"

#include "service/forwarded.h"
#include "service/http_request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_token(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_target(unsigned char c)
{
	return c > 0x20 && c != 0x7f && c != '#';
}

static bool is_value(unsigned char c)
{
	return c == '\t' || (c >= 0x20 && c != 0x7f);
}

static size_t skip(hr_str s, size_t at, bool (*is)(unsigned char))
{
	while (at < s.len && is((unsigned char)s.data[at]))
		at++;
	return at;
}

static bool eat(hr_str s, size_t *at, hr_str word)
{
	bool there = hr_str_starts_with(hr_str_slice(s, *at, s.len), word);

	if (there)
		*at += word.len;
	return there;
}

static bool eat_line_end(hr_str s, size_t *at)
{
	return eat(s, at, HR_STR("\r\n")) || eat(s, at, HR_STR("\0\n"));
}

/* The last line and the empty one behind it. */
static bool is_end(hr_str s, size_t at)
{
	for (size_t i = at; i < s.len; i++)
		if (s.data[i] != '\0' && s.data[i] != '\r' && s.data[i] != '\n')
			return false;
	return s.len - at == 4;
}

static bool is_first_line(hr_str s, size_t *at)
{
	size_t word = skip(s, 0, is_token);

	*at = word;
	if (!word || !eat(s, at, HR_STR(" ")) || *at == s.len || s.data[*at] != '/')
		return false;
	*at = skip(s, *at, is_target);
	return eat(s, at, HR_STR(" HTTP/1.1")) || eat(s, at, HR_STR(" HTTP/1.0"));
}

static bool is_head(hr_str s)
{
	size_t at = 0;

	if (!is_first_line(s, &at))
		return false;
	while (!is_end(s, at)) {
		size_t name;

		if (!eat_line_end(s, &at))
			return false;
		name = skip(s, at, is_token);
		if (name == at || !eat(s, &name, HR_STR(":")))
			return false;
		at = skip(s, name, is_value);
	}
	return true;
}

/* Behind a proxy that passes everything on: the client is an address, our own a host. */
static void try_forwarded(hr_http_request *request)
{
	static const hr_network all = { .bits = 0 };
	static const hr_proxies proxies = { &all, 1 };
	hr_str client;
	hr_str origin;
	hr_error err;

	request->proxies = &proxies;
	client = hr_forwarded_client(request);
	if (client.len && !hr_address_is(client))
		abort();
	if (hr_forwarded_origin(request, &origin, &err) &&
	    !hr_str_starts_with(origin, HR_STR("http")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	hr_str sent = { (const char *)data, size };
	hr_http_request request = { .arena = arena };
	hr_error err = { 0 };
	http_split split;
	char *bytes;
	int status;

	bytes = arena ? hr_arena_alloc_text(arena, size + 1) : NULL;
	if (!bytes || size == 0)
		return 0;
	memcpy(bytes, data, size);
	if (!http_split_head(bytes, size, arena, &split))
		return 0;
	request.headers = split.fields;
	request.header_count = split.head.field_count;
	if (!hr_http_request_read(&split.head, 16 * 1024, &request, &status, &err))
		return 0;
	try_forwarded(&request);
	if (!is_head(hr_str_slice(sent, 0, split.len)))
		abort();
	if (request.path.len == 0 || request.path.data[0] != '/')
		abort();
	return 0;
}
