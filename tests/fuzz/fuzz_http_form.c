/*
 * The first line is the Content-Type, the rest the body. Parts are slices of
 * the body, in order and apart; and what was read of a multipart form is read
 * again the same when it is written anew.
 */
#include "service/http_form.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_quoted(hr_buf *buf, const char *name, hr_str value)
{
	hr_buf_addf(buf, "; %s=\"", name);
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] == '"' || value.data[i] == '\\')
			hr_buf_add_char(buf, '\\');
		hr_buf_add_char(buf, value.data[i]);
	}
	hr_buf_add_char(buf, '"');
}

static void write_form(hr_buf *buf, const hr_form *form, hr_str boundary)
{
	for (size_t i = 0; i < form->count; i++) {
		const hr_form_part *part = &form->parts[i];

		hr_buf_addf(buf, "--%.*s\r\nContent-Disposition: form-data", HR_STR_ARG(boundary));
		write_quoted(buf, "name", part->name);
		write_quoted(buf, "filename", part->filename);
		hr_buf_addf(buf, "\r\nContent-Type: %.*s\r\n\r\n", HR_STR_ARG(part->type));
		hr_buf_add(buf, part->bytes);
		HR_BUF_ADD(buf, "\r\n");
	}
	hr_buf_addf(buf, "--%.*s--", HR_STR_ARG(boundary));
}

static bool same(const hr_form *a, const hr_form *b)
{
	bool all = a->count == b->count;

	for (size_t i = 0; all && i < a->count; i++)
		all = hr_str_equal(a->parts[i].name, b->parts[i].name) &&
		      hr_str_equal(a->parts[i].filename, b->parts[i].filename) &&
		      hr_str_equal(a->parts[i].type, b->parts[i].type) &&
		      hr_str_equal(a->parts[i].bytes, b->parts[i].bytes);
	return all;
}

static void check_slices(const hr_form *form, hr_str body)
{
	const char *at = body.data;

	for (size_t i = 0; i < form->count; i++) {
		hr_str bytes = form->parts[i].bytes;

		if (bytes.data < at || bytes.data + bytes.len > body.data + body.len)
			abort();
		at = bytes.data + bytes.len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const hr_str boundary = HR_STR_INIT("'a boundary that no corpus has'");
	static const hr_str again_type =
		HR_STR_INIT("multipart/form-data; boundary=\"'a boundary that no corpus has'\"");
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_str all = { (const char *)data, size };
	size_t end = hr_str_find(all, HR_STR("\n"));
	hr_str type = hr_str_slice(all, 0, end);
	hr_str body = hr_str_slice(all, end + 1, size);
	hr_error err = { 0 };
	hr_form form;
	hr_form again = { .count = SIZE_MAX };
	hr_buf buf;

	if (!arena || !hr_http_form_read(type, body, arena, &form, &err))
		return 0;
	if (hr_str_find(type, HR_STR("multipart")) != 0)
		return 0;
	check_slices(&form, body);
	hr_buf_init(&buf, arena, (size_t)16 << 20);
	write_form(&buf, &form, boundary);
	if (buf.failed || hr_str_find(body, boundary) < body.len)
		return 0;
	/* Escapes may have made a head too long. */
	if (!hr_http_form_read(again_type, hr_buf_str(&buf), arena, &again, &err) &&
	    err.code == HR_E_LIMIT)
		return 0;
	if (!same(&form, &again))
		abort();
	return 0;
}
