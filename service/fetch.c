#include "service/fetch.h"
#include "service/fetch_address.h"

#include <curl/curl.h>
#include <unistd.h>

enum { CONTENT_TYPE_MAX = 256, HEADER_MAX = 4096 };

struct fetch {
	const hr_fetch_request *request;
	const hr_fetch_rules *rules;
	const hr_fetch_sink *sink;
	hr_arena *arena;
	hr_error *err;
	CURL *handle;
	uint64_t received;
	bool is_refused; /* an address was, by us */
	bool is_told;	 /* the head was, to the sink */
	bool has_failed; /* and `err` says why */
};

static void release_handle(CURL **handle)
{
	curl_easy_cleanup(*handle);
}

static void release_list(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* The one place that makes a connection: whatever was resolved, before it is used. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch *f = context;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !hr_fetch_may_connect(f->request->url->origin, f->rules->private_allowed,
				  &address->addr, address->addrlen)) {
		f->is_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool tell_head(struct fetch *f)
{
	hr_fetch_head head = { .content_length = -1 };
	curl_off_t length = -1;
	char *type = NULL;
	long status = 0;

	if (f->is_told)
		return true;
	f->is_told = true;
	curl_easy_getinfo(f->handle, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->handle, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(f->handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	head.status = (uint16_t)status;
	head.content_type = hr_str_slice(hr_str_of(type), 0, CONTENT_TYPE_MAX);
	head.content_length = length;
	return f->sink->head(f->sink->to, &head, f->err);
}

static bool take_body(struct fetch *f, hr_str piece)
{
	f->received += piece.len;
	if (f->received > f->rules->limits.body_bytes)
		return hr_fail(f->err, HR_E_LIMIT, "what is retrieved passes %llu bytes",
			       (unsigned long long)f->rules->limits.body_bytes);
	return f->sink->body(f->sink->to, piece, f->err);
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct fetch *f = context;
	hr_str piece = { data, size * count };

	if (tell_head(f) && take_body(f, piece))
		return piece.len;
	f->has_failed = true;
	return CURL_WRITEFUNC_ERROR;
}

static bool set_text(struct fetch *f, CURLoption option, hr_str text)
{
	char *copy = hr_str_terminated(f->arena, text);

	if (!copy)
		return hr_fail_memory(f->err);
	return curl_easy_setopt(f->handle, option, copy) == CURLE_OK || hr_fail_memory(f->err);
}

/* A header of ours: nothing in it ends its line. */
static bool add_header(struct fetch *f, struct curl_slist **list, const char *name, hr_str value)
{
	struct curl_slist *longer;
	hr_buf line;

	if (value.len == 0)
		return true;
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.data[i] < 0x20 || value.data[i] == 0x7F)
			return hr_fail(f->err, HR_E_SYNTAX, "a header with a control character");
	hr_buf_init(&line, f->arena, HEADER_MAX);
	hr_buf_addf(&line, "%s: %.*s", name, HR_STR_ARG(value));
	if (line.failed)
		return hr_fail(f->err, HR_E_LIMIT, "a header of over %d bytes", HEADER_MAX);
	longer = curl_slist_append(*list, line.data);
	if (!longer)
		return hr_fail_memory(f->err);
	*list = longer;
	return true;
}

/* Numbers: what is not followed, not asked, not kept; and the limits. */
static bool set_numbers(struct fetch *f)
{
	const hr_fetch_limits *limits = &f->rules->limits;
	const struct {
		CURLoption option;
		long value;
	} options[] = {
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_PATH_AS_IS, 1 },
		{ CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
		{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_HTTP09_ALLOWED, 0 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms },
		{ CURLOPT_TIMEOUT_MS, (long)limits->total_ms },
		{ CURLOPT_LOW_SPEED_LIMIT, 1 },
		{ CURLOPT_LOW_SPEED_TIME, ((long)limits->stall_ms + 999) / 1000 },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (curl_easy_setopt(f->handle, options[i].option, options[i].value) != CURLE_OK)
			return hr_fail(f->err, HR_E_INTERNAL, "libcurl lacks option %d",
				       (int)options[i].option);
	return true;
}

static bool set_texts(struct fetch *f)
{
	const hr_retrieve_url *url = f->request->url;

	return set_text(f, CURLOPT_URL, url->text) &&
	       set_text(f, CURLOPT_PROTOCOLS_STR,
			url->origin->is_plain ? HR_STR("http") : HR_STR("https")) &&
	       set_text(f, CURLOPT_PROXY, HR_STR("")) &&
	       (!f->rules->user_agent.len ||
		set_text(f, CURLOPT_USERAGENT, f->rules->user_agent)) &&
	       (!f->rules->ca_file.len || set_text(f, CURLOPT_CAINFO, f->rules->ca_file));
}

static bool set_calls(struct fetch *f)
{
	curl_off_t limit = (curl_off_t)f->rules->limits.body_bytes;

	if (curl_easy_setopt(f->handle, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	    curl_easy_setopt(f->handle, CURLOPT_OPENSOCKETDATA, f) == CURLE_OK &&
	    curl_easy_setopt(f->handle, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	    curl_easy_setopt(f->handle, CURLOPT_WRITEDATA, f) == CURLE_OK &&
	    curl_easy_setopt(f->handle, CURLOPT_MAXFILESIZE_LARGE, limit) == CURLE_OK)
		return true;
	return hr_fail(f->err, HR_E_INTERNAL, "libcurl lacks an option");
}

/* In words that hold neither address nor path: those of the code alone. */
static bool fail(struct fetch *f, CURLcode code)
{
	if (f->has_failed)
		return false;
	if (code == CURLE_FILESIZE_EXCEEDED)
		return hr_fail(f->err, HR_E_LIMIT, "what is retrieved passes %llu bytes",
			       (unsigned long long)f->rules->limits.body_bytes);
	if (code == CURLE_OUT_OF_MEMORY)
		return hr_fail_memory(f->err);
	if (f->is_refused)
		return hr_fail(f->err, HR_E_FORBIDDEN,
			       "a listed name leads to an address that may not be connected to");
	return hr_fail(f->err,
		       code == CURLE_OPERATION_TIMEDOUT ? HR_E_UPSTREAM_SLOW : HR_E_UPSTREAM,
		       "cannot retrieve: %s", curl_easy_strerror(code));
}

static bool run(struct fetch *f)
{
	__attribute__((cleanup(release_list))) struct curl_slist *headers = NULL;
	CURLcode code;

	if (!add_header(f, &headers, "Accept", f->request->accept) ||
	    !add_header(f, &headers, "Authorization", f->request->authorization) || !set_texts(f) ||
	    !set_numbers(f) || !set_calls(f))
		return false;
	if (headers && curl_easy_setopt(f->handle, CURLOPT_HTTPHEADER, headers) != CURLE_OK)
		return hr_fail_memory(f->err);
	code = curl_easy_perform(f->handle);
	if (code != CURLE_OK)
		return fail(f, code);
	/* An answer without a body has a head all the same. */
	return tell_head(f);
}

bool hr_fetch(const hr_fetch_request *request, const hr_fetch_rules *rules,
	      const hr_fetch_sink *sink, hr_arena *arena, hr_error *err)
{
	__attribute__((cleanup(release_handle))) CURL *handle = curl_easy_init();
	struct fetch f = {
		.request = request,
		.rules = rules,
		.sink = sink,
		.arena = arena,
		.err = err,
		.handle = handle,
	};

	return handle ? run(&f) : hr_fail_memory(err);
}
