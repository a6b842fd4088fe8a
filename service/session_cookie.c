#include "service/session_cookie.h"

#include "service/forwarded.h"
#include "service/sessions.h"

static const hr_str name_of_https = HR_STR_INIT("__Host-huren-session");
static const hr_str name_of_http = HR_STR_INIT("huren-session");

static bool is_https(const hr_http_request *request)
{
	hr_str origin;
	hr_error err;

	return hr_forwarded_origin(request, &origin, &err) &&
	       hr_str_starts_with(origin, HR_STR("https:"));
}

static bool is_digit(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_';
}

static bool is_session(hr_str text)
{
	if (text.len != HR_SESSION_TEXT - 1 || !hr_str_starts_with(text, HR_STR("hrs_")))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.data[i]))
			return false;
	return true;
}

/* The next "NAME=VALUE" of a Cookie header, without blanks around it. */
static hr_str next_pair(hr_str *rest)
{
	const size_t end = hr_str_find(*rest, HR_STR(";"));
	const hr_str pair = hr_str_trim(hr_str_slice(*rest, 0, end));

	*rest = hr_str_slice(*rest, end + 1, rest->len);
	return pair;
}

/* How many cookies of that name are in one header; the last of them in `*value`. */
static size_t count_in(hr_str header, hr_str name, hr_str *value)
{
	size_t count = 0;

	while (header.len) {
		const hr_str pair = next_pair(&header);
		const size_t equals = hr_str_find(pair, HR_STR("="));

		if (!hr_str_equal(hr_str_slice(pair, 0, equals), name))
			continue;
		*value = hr_str_slice(pair, equals + 1, pair.len);
		count++;
	}
	return count;
}

hr_session_cookie hr_session_cookie_read(const hr_http_request *request, hr_str *out)
{
	hr_str value = HR_STR_NONE;
	hr_str name = HR_STR_NONE;
	size_t count = 0;

	for (size_t i = 0; i < request->header_count; i++) {
		if (!hr_str_equal_nocase(request->headers[i].name, HR_STR("Cookie")))
			continue;
		if (!name.len)
			name = is_https(request) ? name_of_https : name_of_http;
		count += count_in(request->headers[i].value, name, &value);
	}
	if (count == 0)
		return HR_COOKIE_NONE;
	if (count > 1 || !is_session(value))
		return HR_COOKIE_WRONG;
	*out = value;
	return HR_COOKIE_SENT;
}

bool hr_session_cookie_set(const hr_http_request *request, hr_str text, hr_http_response *out,
			   hr_error *err)
{
	const bool https = is_https(request);
	hr_buf buf;

	hr_buf_init(&buf, request->arena, 256);
	hr_buf_add(&buf, https ? name_of_https : name_of_http);
	hr_buf_addf(&buf, "=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s", HR_STR_ARG(text),
		    https ? "; Secure" : "", text.len ? "" : "; Max-Age=0");
	if (buf.failed)
		return hr_fail_memory(err);
	hr_http_add_field(out, HR_STR("Set-Cookie"), hr_buf_str(&buf));
	return true;
}

bool hr_same_origin(const hr_http_request *request, bool has_cookie, hr_error *err)
{
	const hr_str site = hr_http_header(request, HR_STR("Sec-Fetch-Site"));
	const hr_str origin = hr_http_header(request, HR_STR("Origin"));
	bool same = !has_cookie;
	hr_str own;

	if (site.len) {
		same = hr_str_equal(site, HR_STR("same-origin"));
	} else if (origin.len) {
		if (!hr_forwarded_origin(request, &own, err))
			return false;
		same = hr_str_equal_nocase(origin, own);
	}
	return same || hr_fail(err, HR_E_CROSS_SITE, "this is asked from our own pages alone");
}
