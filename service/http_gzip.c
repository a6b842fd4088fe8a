#include "service/http_gzip.h"

#include "dicom/gzip_pieces.h"
#include "service/media.h"

/* Less is not worth it; of more the bounds below are not those of a search. */
enum { SMALL = 1024, LARGE = 1 << 30, BESIDE = 64 };

bool hr_http_takes_gzip(const hr_http_request *request)
{
	static const hr_str codings[] = { HR_STR_INIT("identity"), HR_STR_INIT("gzip") };

	return hr_media_choose(hr_http_header(request, HR_STR("Accept-Encoding")), codings, 2) == 1;
}

bool hr_http_gzip(const hr_http_request *request, hr_http_response *out, hr_error *err)
{
	hr_gzip_piece piece;
	hr_gzip gzip;
	hr_buf buf;

	if (out->body.len < SMALL || out->body.len > LARGE || !hr_http_takes_gzip(request))
		return true;
	if (!hr_gzip_deflate(&out->body, 1, request->arena, &piece, err))
		return false;
	hr_buf_init(&buf, request->arena, piece.deflated.len + BESIDE);
	hr_gzip_begin(&gzip, &buf);
	hr_gzip_add(&gzip, &piece);
	hr_gzip_end(&gzip);
	if (buf.failed)
		return hr_fail_memory(err);
	out->body = hr_buf_str(&buf);
	hr_http_add_field(out, HR_STR("Content-Encoding"), HR_STR("gzip"));
	return true;
}
