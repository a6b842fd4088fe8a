#include "service/http_select.h"

static const hr_str unit = HR_STR_INIT("bytes=");

/* In a list of them; a weak one is as good, here (RFC 9110 13.1.2). */
static bool names(hr_str list, hr_str etag)
{
	while (list.len) {
		size_t end = hr_str_find(list, HR_STR(","));
		hr_str tag = hr_str_trim(hr_str_slice(list, 0, end));

		list = hr_str_slice(list, end + 1, list.len);
		if (hr_str_starts_with(tag, HR_STR("W/")))
			tag = hr_str_slice(tag, 2, tag.len);
		if (hr_str_equal(tag, etag) || hr_str_equal(tag, HR_STR("*")))
			return true;
	}
	return false;
}

/* --- ranges --- */

struct range {
	uint64_t from;
	uint64_t to; /* behind its last byte */
};

/* At most 18 digits; false for none and for anything else. */
static bool read_number(hr_str text, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(text.data[i] - '0');
	}
	*out = n;
	return text.len && text.len <= 18;
}

/* "7-9", "7-", "-3". False for what is none: then there is no range. */
static bool read_range(hr_str text, uint64_t length, struct range *out)
{
	size_t dash = hr_str_find(text, HR_STR("-"));
	hr_str first = hr_str_trim(hr_str_slice(text, 0, dash));
	hr_str last = hr_str_trim(hr_str_slice(text, dash + 1, text.len));
	struct range range = { .to = length };
	uint64_t n = 0;

	if (dash == text.len || (first.len && !read_number(first, &range.from)) ||
	    (last.len && !read_number(last, &n)) || (!first.len && !last.len))
		return false;
	if (!first.len)
		range.from = n < length ? length - n : 0;
	else if (last.len && n < range.from)
		return false;
	else if (last.len && n < length)
		range.to = n + 1;
	/* The last none of nothing. */
	if (!first.len && n == 0)
		range.from = length;
	*out = range;
	return true;
}

static bool has_range(const hr_http_request *request, hr_str etag, uint64_t length,
		      struct range *out)
{
	hr_str text = hr_str_trim(hr_http_header(request, HR_STR("Range")));
	hr_str only_if = hr_str_trim(hr_http_header(request, HR_STR("If-Range")));

	return request->method == HR_HTTP_GET && text.len > unit.len &&
	       hr_str_equal_nocase(hr_str_slice(text, 0, unit.len), unit) &&
	       (only_if.len == 0 || hr_str_equal(only_if, etag)) &&
	       read_range(hr_str_slice(text, unit.len, text.len), length, out);
}

/* The pieces that have bytes in the range, the first and the last cut. */
static bool cut_pieces(struct range range, hr_arena *arena, hr_http_response *out, hr_error *err)
{
	hr_http_piece *pieces = HR_NEW_N(arena, hr_http_piece, out->piece_count);
	size_t count = 0;
	uint64_t at = 0;

	if (!pieces)
		return hr_fail_memory(err);
	for (size_t i = 0; i < out->piece_count; i++) {
		hr_http_piece piece = out->pieces[i];
		uint64_t end = at + piece.length;
		uint64_t skipped = range.from > at ? range.from - at : 0;

		at = end;
		if (end <= range.from || end - piece.length >= range.to)
			continue;
		if (piece.bytes)
			piece.bytes += skipped;
		piece.offset += skipped;
		piece.length -= skipped + (end > range.to ? end - range.to : 0);
		pieces[count++] = piece;
	}
	out->pieces = pieces;
	out->piece_count = count;
	return true;
}

static bool add_formatted(hr_arena *arena, hr_http_response *out, hr_str name, const hr_buf *value,
			  hr_error *err)
{
	hr_str copy = hr_str_copy(arena, hr_buf_str(value));

	if (!copy.data)
		return hr_fail_memory(err);
	hr_http_add_field(out, name, copy);
	return true;
}

static bool cut(struct range range, hr_arena *arena, hr_http_response *out, hr_error *err)
{
	const hr_str name = HR_STR("Content-Range");
	const uint64_t length = hr_http_length(out);
	char text[80];
	hr_buf value;

	hr_buf_init_over(&value, text, sizeof(text));
	if (range.from >= range.to) {
		hr_buf_addf(&value, "bytes */%llu", (unsigned long long)length);
		out->status = 416;
		out->body = HR_STR_NONE;
		out->piece_count = 0;
		return add_formatted(arena, out, name, &value, err);
	}
	hr_buf_addf(&value, "bytes %llu-%llu/%llu", (unsigned long long)range.from,
		    (unsigned long long)range.to - 1, (unsigned long long)length);
	out->status = 206;
	out->body = hr_str_slice(out->body, (size_t)range.from, (size_t)range.to);
	return (!out->piece_count || cut_pieces(range, arena, out, err)) &&
	       add_formatted(arena, out, name, &value, err);
}

bool hr_http_select(const hr_http_request *request, hr_str etag, hr_http_response *out,
		    hr_error *err)
{
	struct range range;

	hr_http_add_field(out, HR_STR("ETag"), etag);
	if (names(hr_http_header(request, HR_STR("If-None-Match")), etag)) {
		out->status = 304;
		out->body = HR_STR_NONE;
		out->piece_count = 0;
		return true;
	}
	hr_http_add_field(out, HR_STR("Accept-Ranges"), HR_STR("bytes"));
	if (!has_range(request, etag, hr_http_length(out), &range))
		return true;
	return cut(range, request->arena, out, err);
}
