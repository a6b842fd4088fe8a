#include "service/forwarded.h"

#include "service/proxies.h"

enum { HOST_BYTES_MAX = 260 };

/* --- a list, from its end --- */

/* Of all fields of that name: together they are one list (RFC 9110, 5.3). */
struct list {
	const hr_http_request *request;
	hr_str name;
	size_t field; /* those before it are still to be read */
	hr_str rest;
};

static struct list list_of(const hr_http_request *request, hr_str name)
{
	return (struct list){ request, name, request->header_count, HR_STR_NONE };
}

/* The element before the one that was given last; empty, too, when there is none. */
static hr_str previous(struct list *list)
{
	const char *comma;
	size_t begin;
	hr_str element;

	while (!list->rest.data && list->field > 0) {
		const hr_http_field *field = &list->request->headers[--list->field];

		if (hr_str_equal_nocase(field->name, list->name))
			list->rest = field->value.len ? field->value : HR_STR("");
	}
	comma = list->rest.data ? memrchr(list->rest.data, ',', list->rest.len) : NULL;
	begin = comma ? (size_t)(comma + 1 - list->rest.data) : 0;
	element = hr_str_slice(list->rest, begin, list->rest.len);
	list->rest = comma ? hr_str_slice(list->rest, 0, begin - 1) : HR_STR_NONE;
	return hr_str_trim(element);
}

static hr_str last_of(const hr_http_request *request, hr_str name)
{
	struct list list = list_of(request, name);

	return previous(&list);
}

/* --- an element --- */

static hr_str unquoted(hr_str s)
{
	return s.len >= 2 && s.data[0] == '"' && s.data[s.len - 1] == '"'
		       ? hr_str_slice(s, 1, s.len - 1)
		       : s;
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

/* "1.2.3.4", "1.2.3.4:5", "[fd00::1]:5", "fd00::1"; empty for "unknown" and "_hidden". */
static hr_str address_of(hr_str node)
{
	const size_t colon = hr_str_find(node, HR_STR(":"));
	const hr_str port = hr_str_slice(node, colon + 1, node.len);

	if (hr_str_starts_with(node, HR_STR("[")))
		node = hr_str_slice(node, 1, hr_str_find(node, HR_STR("]")));
	else if (hr_str_find(port, HR_STR(":")) == port.len)
		node = hr_str_slice(node, 0, colon);
	return hr_address_is(node) ? node : HR_STR_NONE;
}

/* --- the client --- */

static bool has_older_fields(const hr_http_request *request)
{
	return hr_http_header(request, HR_STR("X-Forwarded-For")).len ||
	       hr_http_header(request, HR_STR("X-Forwarded-Proto")).len ||
	       hr_http_header(request, HR_STR("X-Forwarded-Host")).len;
}

/* What our proxies wrote: from the end, as far as the one before is still ours. */
struct word {
	hr_str client;
	hr_str proto;
	hr_str host;
};

static struct word read_older(const hr_http_request *request)
{
	struct list list = list_of(request, HR_STR("X-Forwarded-For"));
	struct word word = { .proto = last_of(request, HR_STR("X-Forwarded-Proto")),
			     .host = last_of(request, HR_STR("X-Forwarded-Host")) };
	hr_str client;

	do {
		client = address_of(previous(&list));
		word.client = client.len ? client : word.client;
	} while (hr_proxies_trust(request->proxies, client));
	return word;
}

static struct word read_forwarded(const hr_http_request *request)
{
	struct list list = list_of(request, HR_STR("Forwarded"));
	struct word word = { .client = HR_STR_NONE };
	hr_str client;

	do {
		const hr_str element = previous(&list);
		const hr_str proto = pair_of(element, HR_STR("proto"));
		const hr_str host = pair_of(element, HR_STR("host"));

		client = address_of(pair_of(element, HR_STR("for")));
		word.client = client.len ? client : word.client;
		word.proto = proto.len ? proto : word.proto;
		word.host = host.len ? host : word.host;
	} while (hr_proxies_trust(request->proxies, client));
	return word;
}

static struct word read(const hr_http_request *request)
{
	if (!request->proxies)
		return (struct word){ .client = HR_STR_NONE };
	return has_older_fields(request) ? read_older(request) : read_forwarded(request);
}

hr_str hr_forwarded_client(const hr_http_request *request)
{
	const hr_str client = read(request).client;

	return client.len ? client : request->client;
}

/* --- our address --- */

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

bool hr_forwarded_origin(const hr_http_request *request, hr_str *out, hr_error *err)
{
	const struct word word = read(request);
	const hr_str own = request->is_tls ? HR_STR("https") : HR_STR("http");
	const hr_str scheme = word.proto.len ? word.proto : own;
	const hr_str host =
		word.host.len ? word.host : hr_str_trim(hr_http_header(request, HR_STR("Host")));
	hr_buf buf;

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
