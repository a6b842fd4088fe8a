#include "service/forwarded.h"

enum { HOST_BYTES_MAX = 260 };

static hr_str unquoted(hr_str s)
{
	return s.len >= 2 && s.data[0] == '"' && s.data[s.len - 1] == '"'
		       ? hr_str_slice(s, 1, s.len - 1)
		       : s;
}

/* What stands behind the last comma: our own proxy wrote it, the rest came with the request. */
static hr_str last_of(hr_str list)
{
	const char *comma = list.len ? memrchr(list.data, ',', list.len) : NULL;

	return hr_str_trim(comma ? hr_str_slice(list, (size_t)(comma + 1 - list.data), list.len)
				 : list);
}

/* The last field of that name, as the last proxy added it. */
static hr_str last_field(const hr_http_request *request, hr_str name)
{
	for (size_t i = request->header_count; i-- > 0;)
		if (hr_str_equal_nocase(request->headers[i].name, name))
			return last_of(request->headers[i].value);
	return HR_STR_NONE;
}

/* "for=1.2.3.4;proto=https;host=film.example" */
static hr_str pair_of(hr_str element, hr_str name)
{
	while (element.len) {
		size_t end = hr_str_find(element, HR_STR(";"));
		hr_str pair = hr_str_trim(hr_str_slice(element, 0, end));
		size_t equals = hr_str_find(pair, HR_STR("="));

		element = hr_str_slice(element, end + 1, element.len);
		if (hr_str_equal_nocase(hr_str_slice(pair, 0, equals), name))
			return unquoted(hr_str_slice(pair, equals + 1, pair.len));
	}
	return HR_STR_NONE;
}

static bool is_host(hr_str host)
{
	for (size_t i = 0; i < host.len; i++) {
		char c = host.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c && strchr("-._:[]", c))))
			return false;
	}
	return host.len && host.len <= HOST_BYTES_MAX;
}

static bool is_scheme(hr_str scheme)
{
	return hr_str_equal_nocase(scheme, HR_STR("https")) ||
	       hr_str_equal_nocase(scheme, HR_STR("http"));
}

bool hr_forwarded_origin(const hr_http_request *request, bool behind_proxy, hr_str *out,
			 hr_error *err)
{
	hr_str scheme = request->is_tls ? HR_STR("https") : HR_STR("http");
	hr_str host = hr_str_trim(hr_http_header(request, HR_STR("Host")));
	hr_buf buf;

	if (behind_proxy) {
		hr_str forwarded = last_field(request, HR_STR("Forwarded"));
		hr_str proto = pair_of(forwarded, HR_STR("proto"));
		hr_str name = pair_of(forwarded, HR_STR("host"));

		if (!proto.len)
			proto = last_field(request, HR_STR("X-Forwarded-Proto"));
		if (!name.len)
			name = last_field(request, HR_STR("X-Forwarded-Host"));
		scheme = proto.len ? proto : scheme;
		host = name.len ? name : host;
	}
	if (!is_host(host) || !is_scheme(scheme))
		return hr_fail(err, HR_E_USAGE,
			       "what the request says of its own address is no address");
	hr_buf_init(&buf, request->arena, HOST_BYTES_MAX + 16);
	hr_buf_addf(&buf, "%s://%.*s", scheme.len == 5 ? "https" : "http", HR_STR_ARG(host));
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}
