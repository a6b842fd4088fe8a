/* A multipart answer: heads in memory, bytes where they lie. */
#include "service/dicomweb.h"

enum { HEAD_MAX = 1024, FIRST_PIECES = 8 };

void hr_parts_init(hr_parts *parts, hr_str etag, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 64);
	hr_buf_addf(&buf, "hr%.*s", HR_STR_ARG(hr_str_slice(etag, 1, 25)));
	*parts = (hr_parts){ .arena = arena, .boundary = hr_buf_str(&buf), .failed = buf.failed };
}

static void add(hr_parts *parts, hr_http_piece piece)
{
	if (parts->count == parts->room && !parts->failed) {
		size_t room = parts->room ? parts->room * 2 : FIRST_PIECES;
		hr_http_piece *pieces = HR_NEW_N(parts->arena, hr_http_piece, room);

		if (pieces && parts->count)
			memcpy(pieces, parts->pieces, parts->count * sizeof(*pieces));
		parts->failed = !pieces;
		parts->pieces = pieces ? pieces : parts->pieces;
		parts->room = pieces ? room : parts->room;
	}
	if (!parts->failed && piece.length)
		parts->pieces[parts->count++] = piece;
}

void hr_parts_add_bytes(hr_parts *parts, hr_str bytes)
{
	add(parts, (hr_http_piece){ .bytes = bytes.data, .length = bytes.len });
}

void hr_parts_add_file(hr_parts *parts, uint32_t file, uint64_t offset, uint64_t length)
{
	add(parts, (hr_http_piece){ .file = file, .offset = offset, .length = length });
}

static void add_type(hr_buf *buf, hr_str type, hr_str transfer_syntax)
{
	hr_buf_add(buf, type);
	if (transfer_syntax.len)
		hr_buf_addf(buf, "; transfer-syntax=%.*s", HR_STR_ARG(transfer_syntax));
}

void hr_parts_begin(hr_parts *parts, hr_str type, hr_str transfer_syntax, hr_str location,
		    uint64_t length)
{
	hr_buf buf;

	hr_buf_init(&buf, parts->arena, HEAD_MAX);
	hr_buf_addf(&buf, "%s--%.*s\r\nContent-Type: ", parts->count ? "\r\n" : "",
		    HR_STR_ARG(parts->boundary));
	add_type(&buf, type, transfer_syntax);
	hr_buf_addf(&buf, "\r\nContent-Length: %llu\r\n", (unsigned long long)length);
	if (location.len)
		hr_buf_addf(&buf, "Content-Location: %.*s\r\n", HR_STR_ARG(location));
	HR_BUF_ADD(&buf, "\r\n");
	parts->failed |= buf.failed;
	hr_parts_add_bytes(parts, hr_buf_str(&buf));
}

static bool end(hr_parts *parts, const hr_buf *type, hr_http_response *out, hr_error *err)
{
	if (parts->failed || type->failed)
		return hr_fail_memory(err);
	out->type = hr_buf_str(type);
	out->pieces = parts->pieces;
	out->piece_count = parts->count;
	return true;
}

bool hr_parts_end(hr_parts *parts, hr_str type, hr_http_response *out, hr_error *err)
{
	hr_buf last;
	hr_buf buf;

	hr_buf_init(&last, parts->arena, HEAD_MAX);
	hr_buf_addf(&last, "%s--%.*s--\r\n", parts->count ? "\r\n" : "",
		    HR_STR_ARG(parts->boundary));
	parts->failed |= last.failed;
	hr_parts_add_bytes(parts, hr_buf_str(&last));
	hr_buf_init(&buf, parts->arena, HEAD_MAX);
	hr_buf_addf(&buf, "multipart/related; type=\"%.*s\"; boundary=%.*s", HR_STR_ARG(type),
		    HR_STR_ARG(parts->boundary));
	return end(parts, &buf, out, err);
}

bool hr_parts_end_single(hr_parts *parts, hr_str type, hr_str transfer_syntax,
			 hr_http_response *out, hr_error *err)
{
	hr_buf buf;

	hr_buf_init(&buf, parts->arena, HEAD_MAX);
	add_type(&buf, type, transfer_syntax);
	return end(parts, &buf, out, err);
}
