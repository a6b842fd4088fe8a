#include "dicom/retrieve_url.h"
#include "dicom/manifest.h"

#include <arpa/inet.h>

enum { HTTP_PORT = 80, HTTPS_PORT = 443, PORT_MAX = 65535, LABEL_MAX = 63, LOOPBACK_NET = 127 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static hr_str front_as_far_as(hr_str text, const char *any)
{
	size_t at = 0;

	while (at < text.len && !strchr(any, text.data[at]))
		at++;
	return hr_str_slice(text, 0, at);
}

static bool is_label(hr_str label)
{
	if (label.len == 0 || label.len > LABEL_MAX || label.data[0] == '-' ||
	    label.data[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!is_letter(label.data[i]) && !is_digit(label.data[i]) && label.data[i] != '-')
			return false;
	return true;
}

/* Of the one way of writing that inet_pton takes: no 127.1, 0177.0.0.1 or 2130706433. */
static bool is_address(int family, hr_str host, unsigned char out[16])
{
	char text[INET6_ADDRSTRLEN];

	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.data, host.len);
	text[host.len] = '\0';
	return inet_pton(family, text, out) == 1;
}

/* No name of the world ends in a label that begins with a digit: that is an address. */
static bool is_name(hr_str host)
{
	hr_str rest = host;
	unsigned char unused[16];

	if (host.len == 0 || host.len > HR_RETRIEVE_HOST_MAX)
		return false;
	for (;;) {
		hr_str label = front_as_far_as(rest, ".");

		if (!is_label(label))
			return false;
		if (label.len == rest.len)
			return !is_digit(label.data[0]) || is_address(AF_INET, host, unused);
		rest = hr_str_slice(rest, label.len + 1, rest.len);
	}
}

static bool is_bracketed(hr_str host)
{
	unsigned char unused[16];

	return host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']' &&
	       is_address(AF_INET6, hr_str_slice(host, 1, host.len - 1), unused);
}

static bool is_loopback(hr_str host)
{
	unsigned char address[16];

	if (hr_str_equal_nocase(host, HR_STR("localhost")) || hr_str_equal(host, HR_STR("[::1]")))
		return true;
	return is_address(AF_INET, host, address) && address[0] == LOOPBACK_NET;
}

static bool read_port(hr_str text, uint16_t *out)
{
	uint32_t port = 0;

	if (text.len == 0 || text.len > 5 || text.data[0] == '0')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.data[i]))
			return false;
		port = port * 10 + (uint32_t)(text.data[i] - '0');
	}
	*out = (uint16_t)port;
	return port <= PORT_MAX;
}

static bool take_scheme(hr_str *rest, bool *is_plain)
{
	static const hr_str schemes[] = { HR_STR_INIT("https://"), HR_STR_INIT("http://") };

	for (int i = 0; i < 2; i++) {
		if (!hr_str_equal_nocase(hr_str_slice(*rest, 0, schemes[i].len), schemes[i]))
			continue;
		*rest = hr_str_slice(*rest, schemes[i].len, rest->len);
		*is_plain = i == 1;
		return true;
	}
	return false;
}

/* Scheme and authority; what is left stands in `*rest`. */
static bool take_origin(hr_str *rest, hr_web_origin *out)
{
	hr_str authority;
	size_t host;

	if (!take_scheme(rest, &out->is_plain))
		return false;
	authority = front_as_far_as(*rest, "/?#\\");
	*rest = hr_str_slice(*rest, authority.len, rest->len);
	if (authority.len && authority.data[0] == '[')
		host = front_as_far_as(authority, "]").len + 1;
	else
		host = front_as_far_as(authority, ":").len;
	out->host = hr_str_slice(authority, 0, host < authority.len ? host : authority.len);
	out->port = out->is_plain ? HTTP_PORT : HTTPS_PORT;
	if (!is_name(out->host) && !is_bracketed(out->host))
		return false;
	if (out->host.len == authority.len)
		return true;
	return authority.data[host] == ':' &&
	       read_port(hr_str_slice(authority, host + 1, authority.len), &out->port);
}

bool hr_web_origin_parse(hr_str text, hr_web_origin *out, hr_error *err)
{
	hr_web_origin origin;
	hr_str rest = text;

	if (text.len > HR_RETRIEVE_URL_MAX || !take_origin(&rest, &origin) || rest.len)
		return hr_fail(err, HR_E_SYNTAX,
			       "an origin is https://HOST or https://HOST:PORT and nothing more");
	if (origin.is_plain && !is_loopback(origin.host))
		return hr_fail(err, HR_E_SYNTAX,
			       "an origin of http is a loopback address: others have https");
	*out = origin;
	return true;
}

/* A byte that stands for itself in a path or query (RFC 3986 3.3, 3.4). */
static bool is_plain_byte(char c)
{
	return is_letter(c) || is_digit(c) || (c && strchr("-._~!$&'()*+,;=:@/?", c));
}

/* What a path must not hide: a server may decode before it splits, or twice. */
static bool may_hide(int c, bool in_query)
{
	return c >= 0x20 && c != 0x7F && (in_query || !strchr("/\\.%?#;", c));
}

static bool check_bytes(hr_str path)
{
	bool in_query = false;

	for (size_t i = 0; i < path.len; i++) {
		int high;
		int low;

		in_query |= path.data[i] == '?';
		if (is_plain_byte(path.data[i]))
			continue;
		if (path.data[i] != '%' || path.len - i < 3)
			return false;
		high = hex_value(path.data[i + 1]);
		low = hex_value(path.data[i + 2]);
		if (high < 0 || low < 0 || !may_hide(high << 4 | low, in_query))
			return false;
		i += 2;
	}
	return true;
}

/* Servers in Java see ".." in "..;x" as well. */
static bool check_steps(hr_str path)
{
	hr_str rest = front_as_far_as(path, "?");

	while (rest.len) {
		hr_str step = front_as_far_as(hr_str_slice(rest, 1, rest.len), "/");
		hr_str name = front_as_far_as(step, ";");

		rest = hr_str_slice(rest, 1 + step.len, rest.len);
		if ((step.len == 0 && rest.len) || hr_str_equal(name, HR_STR(".")) ||
		    hr_str_equal(name, HR_STR("..")))
			return false;
	}
	return true;
}

static bool is_same(const hr_web_origin *a, const hr_web_origin *b)
{
	return a->is_plain == b->is_plain && a->port == b->port &&
	       hr_str_equal_nocase(a->host, b->host);
}

static const hr_web_origin *find(hr_web_origins allowed, const hr_web_origin *origin)
{
	for (size_t i = 0; i < allowed.count; i++)
		if (is_same(&allowed.list[i], origin))
			return &allowed.list[i];
	return NULL;
}

bool hr_retrieve_url_check(hr_str text, hr_web_origins allowed, hr_retrieve_url *out, hr_error *err)
{
	hr_retrieve_url url = { .text = text };
	hr_str rest = text;
	hr_web_origin origin;

	if (text.len > HR_RETRIEVE_URL_MAX)
		return hr_fail(err, HR_E_SYNTAX, "a retrieve address of %zu bytes, more than %d",
			       text.len, HR_RETRIEVE_URL_MAX);
	if (!take_origin(&rest, &origin) || (rest.len && rest.data[0] != '/') ||
	    !check_bytes(rest) || !check_steps(rest))
		return hr_fail(err, HR_E_SYNTAX, "a retrieve address that is no plain one");
	url.origin = find(allowed, &origin);
	if (!url.origin)
		return hr_fail(err, HR_E_FORBIDDEN,
			       "a retrieve address of an origin that is not listed");
	url.path = rest.len ? rest : HR_STR("/");
	*out = url;
	return true;
}

static bool take(hr_str *rest, hr_str word)
{
	if (!hr_str_starts_with(*rest, word))
		return false;
	*rest = hr_str_slice(*rest, word.len, rest->len);
	return true;
}

static bool is_at_end(hr_str rest, hr_str allowed)
{
	return rest.len == 0 || hr_str_equal(rest, allowed);
}

/* What stands behind "/studies": nothing, this study, or this series of it. */
static bool fits(hr_str rest, hr_str study, hr_str series)
{
	if (is_at_end(rest, HR_STR("/")))
		return true;
	if (!take(&rest, HR_STR("/")) || !take(&rest, study))
		return false;
	if (is_at_end(rest, HR_STR("/")) || is_at_end(rest, HR_STR("/series")))
		return true;
	return take(&rest, HR_STR("/series/")) && take(&rest, series) &&
	       is_at_end(rest, HR_STR("/"));
}

/* Where the last step named so begins, with its '/'; the length when there is none. */
static size_t find_step(hr_str path, hr_str step)
{
	for (size_t at = path.len; at-- > 0;) {
		hr_str rest = hr_str_slice(path, at, path.len);

		if (take(&rest, step) && (rest.len == 0 || rest.data[0] == '/'))
			return at;
	}
	return path.len;
}

/* The address of the service, without what stands behind it, and without a '/' at its end. */
static bool take_root(hr_str url, hr_str study, hr_str series, hr_str *root)
{
	const hr_str studies = HR_STR("/studies");
	hr_str path = url;
	hr_web_origin origin;
	size_t at;

	if (!take_origin(&path, &origin) || front_as_far_as(path, "?#").len != path.len)
		return false;
	at = find_step(path, studies);
	if (!fits(hr_str_slice(path, at + studies.len, path.len), study, series))
		return false;
	if (at && at == path.len && path.data[at - 1] == '/')
		at--;
	*root = hr_str_slice(url, 0, url.len - path.len + at);
	return true;
}

bool hr_retrieve_url_series(hr_str url, hr_str study, hr_str series, hr_str instance, hr_buf *out,
			    hr_error *err)
{
	hr_str root;

	if (!hr_manifest_is_uid(study) || !hr_manifest_is_uid(series) ||
	    (instance.len && !hr_manifest_is_uid(instance)))
		return hr_fail(err, HR_E_SYNTAX, "a UID to retrieve that is none");
	if (!take_root(url, study, series, &root))
		return hr_fail(err, HR_E_SYNTAX, "a retrieve address of another study, or none");
	hr_buf_add(out, root);
	HR_BUF_ADD(out, "/studies/");
	hr_buf_add(out, study);
	HR_BUF_ADD(out, "/series/");
	hr_buf_add(out, series);
	if (instance.len) {
		HR_BUF_ADD(out, "/instances/");
		hr_buf_add(out, instance);
	}
	return true;
}

bool hr_retrieve_url_study(hr_str url, hr_str study, hr_buf *out, hr_error *err)
{
	hr_str root;

	if (!hr_manifest_is_uid(study))
		return hr_fail(err, HR_E_SYNTAX, "a UID to retrieve that is none");
	if (!take_root(url, study, HR_STR_NONE, &root))
		return hr_fail(err, HR_E_SYNTAX, "a retrieve address of another study, or none");
	hr_buf_add(out, root);
	HR_BUF_ADD(out, "/studies/");
	hr_buf_add(out, study);
	return true;
}
