#include "service/http_request.h"

#include "service/http_target.h"

static hr_http_method method_of(hr_str word)
{
	static const struct {
		hr_str word;
		hr_http_method method;
	} methods[] = {
		{ HR_STR_INIT("GET"), HR_HTTP_GET },
		{ HR_STR_INIT("HEAD"), HR_HTTP_HEAD },
		{ HR_STR_INIT("POST"), HR_HTTP_POST },
		{ HR_STR_INIT("PUT"), HR_HTTP_PUT },
		{ HR_STR_INIT("DELETE"), HR_HTTP_DELETE },
		{ HR_STR_INIT("OPTIONS"), HR_HTTP_OPTIONS },
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (hr_str_equal(methods[i].word, word))
			return methods[i].method;
	return HR_HTTP_OTHER;
}

/* Of a head that was checked, so that 19 digits are the most. */
static size_t announced(const hr_http_request *request)
{
	hr_str length = hr_http_header(request, HR_STR("Content-Length"));
	size_t n = 0;

	if (hr_http_header(request, HR_STR("Transfer-Encoding")).len)
		return SIZE_MAX;
	for (size_t i = 0; i < length.len; i++)
		n = n * 10 + (size_t)(length.data[i] - '0');
	return n;
}

bool hr_http_request_read(const hr_http_head *head, size_t head_bytes_max, hr_http_request *request,
			  int *status, hr_error *err)
{
	hr_http_target target;

	if (head->raw.len > head_bytes_max) {
		*status = 431;
		return hr_fail(err, HR_E_LIMIT, "the head has more than %zu bytes", head_bytes_max);
	}
	if (!hr_http_strict_check(head, status, err))
		return false;
	if (!hr_http_target_parse(head->target, request->arena, &target, err)) {
		*status = err->code == HR_E_LIMIT ? 414 : hr_error_http(err->code);
		return false;
	}
	request->method = method_of(head->method);
	request->path = target.path;
	request->query = target.query;
	request->query_count = target.query_count;
	request->body_len = announced(request);
	return true;
}

void hr_http_id_format(uint64_t id, char out[HR_HTTP_ID_BYTES])
{
	for (int i = HR_HTTP_ID_BYTES - 1; i >= 0; i--, id >>= 4)
		out[i] = "0123456789abcdef"[id & 15];
}
