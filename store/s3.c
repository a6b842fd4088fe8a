#include "store/s3.h"

#include "store/s3_answer.h"
#include "store/s3_http.h"
#include "store/s3_sign.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

enum {
	ARENA_BYTES = 64 << 20, /* of one call: a list of hostile length is read to its end */
	ANSWER_MAX = 4 << 20,
	PATH_MAX_BYTES = 2048,
	PREFIX_MAX = 512,
	HEADERS_MAX = 8,
	PAUSE_MS = 100,
	PAUSE_MAX_MS = 3000,
};

struct hr_s3 {
	hr_s3_http *http;
	hr_s3_key key;
	hr_str endpoint; /* without a '/' at its end */
	hr_str host;
	hr_str bucket;
	hr_str prefix; /* with a '/' at its end, or empty */
	hr_str token;
	unsigned retry_ms;
};

/* --- opening --- */

static bool is_bucket_name(hr_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", name.data[i]))
			return false;
	return name.len >= 3 && name.len <= 63 && name.data[0] != '.';
}

/* Of plain letters, so that no server and no proxy reads it in another way. */
static bool is_prefix(hr_str prefix)
{
	char before = '/';

	for (size_t i = 0; i < prefix.len; i++) {
		char c = prefix.data[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_' || c == '/' || c == '.') ||
		    (before == '/' && (c == '/' || c == '.')))
			return false;
		before = c;
	}
	return prefix.len == 0 || (prefix.len <= PREFIX_MAX && before != '/');
}

static bool read_url(const char *text, hr_arena *arena, hr_s3 *s3, hr_error *err)
{
	hr_str url = hr_str_of(text);
	hr_str rest = hr_str_slice(url, strlen("s3://"), url.len);
	hr_str prefix;
	size_t slash = hr_str_find(rest, HR_STR("/"));
	hr_buf buf;

	s3->bucket = hr_str_copy(arena, hr_str_slice(rest, 0, slash));
	prefix = hr_str_slice(rest, slash < rest.len ? slash + 1 : slash, rest.len);
	if (hr_str_ends_with(prefix, HR_STR("/")))
		prefix.len--;
	if (!s3->bucket.data)
		return hr_fail_memory(err);
	if (!hr_str_starts_with(url, HR_STR("s3://")) || !is_bucket_name(s3->bucket) ||
	    !is_prefix(prefix))
		return hr_fail(err, HR_E_USAGE, "'%s' is not s3://bucket[/prefix]", text);
	hr_buf_init(&buf, arena, PREFIX_MAX + 2);
	hr_buf_add(&buf, prefix);
	if (prefix.len)
		HR_BUF_ADD(&buf, "/");
	s3->prefix = hr_buf_str(&buf);
	return !buf.failed || hr_fail_memory(err);
}

static bool is_this_machine(hr_str host)
{
	size_t colon = host.len;

	while (colon && host.data[colon - 1] >= '0' && host.data[colon - 1] <= '9')
		colon--;
	if (colon && host.data[colon - 1] == ':')
		host.len = colon - 1;
	if (hr_str_equal(host, HR_STR("localhost")) || hr_str_equal(host, HR_STR("[::1]")))
		return true;
	for (size_t i = 0; i < host.len; i++)
		if (!strchr("0123456789.", host.data[i]))
			return false;
	return hr_str_starts_with(host, HR_STR("127."));
}

/* A port that goes without saying is not said: so every client writes Host. */
static hr_str host_of(hr_str authority, bool tls)
{
	hr_str port = tls ? HR_STR(":443") : HR_STR(":80");

	if (hr_str_ends_with(authority, port))
		authority.len -= port.len;
	return authority;
}

static bool read_endpoint(const char *text, hr_arena *arena, hr_s3 *s3, bool *tls, hr_error *err)
{
	hr_str url = hr_str_copy(arena, hr_str_of(text));
	hr_str host;

	if (!url.data)
		return hr_fail_memory(err);
	if (hr_str_ends_with(url, HR_STR("/")))
		url.len--;
	*tls = hr_str_starts_with(url, HR_STR("https://"));
	if (!*tls && !hr_str_starts_with(url, HR_STR("http://")))
		return hr_fail(err, HR_E_USAGE, "the S3 endpoint is not https://HOST");
	host = hr_str_slice(url, *tls ? strlen("https://") : strlen("http://"), url.len);
	for (size_t i = 0; i < host.len; i++)
		if (host.data[i] <= ' ' || host.data[i] > '~' || strchr("/@?#\\%", host.data[i]))
			return hr_fail(err, HR_E_USAGE, "the S3 endpoint is not https://HOST");
	if (!*tls && !is_this_machine(host))
		return hr_fail(err, HR_E_USAGE,
			       "the S3 endpoint is another machine and must be https://");
	s3->endpoint = url;
	s3->host = host_of(host, *tls);
	return host.len || hr_fail(err, HR_E_USAGE, "the S3 endpoint is not https://HOST");
}

static unsigned or_else(unsigned value, unsigned otherwise)
{
	return value ? value : otherwise;
}

static bool copy_text(const char *text, hr_arena *arena, hr_str *out, hr_error *err)
{
	*out = hr_str_copy(arena, hr_str_of(text ? text : ""));
	return out->data || hr_fail_memory(err);
}

static bool look(hr_s3 *s3, hr_error *err);

bool hr_s3_open(const char *url, const hr_s3_settings *settings, hr_arena *arena, hr_s3 **out,
		hr_error *err)
{
	hr_s3_http_options options = {
		.connect_ms = or_else(settings->connect_ms, 5000),
		.stall_seconds = or_else(settings->stall_seconds, 10),
	};
	hr_s3 *s3 = HR_NEW(arena, hr_s3);

	if (!s3)
		return hr_fail_memory(err);
	s3->retry_ms = or_else(settings->retry_ms, 20000);
	if (settings->ca_file) {
		options.ca_file = hr_str_terminated(arena, hr_str_of(settings->ca_file));
		if (!options.ca_file)
			return hr_fail_memory(err);
	}
	if (!read_url(url, arena, s3, err) ||
	    !read_endpoint(settings->endpoint, arena, s3, &options.tls, err) ||
	    !copy_text(settings->region, arena, &s3->key.region, err) ||
	    !copy_text(settings->key_id, arena, &s3->key.id, err) ||
	    !copy_text(settings->secret, arena, &s3->key.secret, err) ||
	    !copy_text(settings->token, arena, &s3->token, err) ||
	    !hr_s3_http_open(&options, arena, &s3->http, err))
		return false;
	if (!look(s3, err)) {
		hr_s3_close(s3);
		return false;
	}
	*out = s3;
	return true;
}

void hr_s3_close(hr_s3 *s3)
{
	hr_s3_http_close(s3->http);
}

/* --- one attempt --- */

struct call {
	const char *method;
	bool whole_bucket;
	hr_str key;
	hr_s3_pairs query;
	hr_str range;
	const hr_digest *digest; /* of the body; NULL: there is none */
	hr_s3_exchange exchange;
	char code[HR_S3_CODE]; /* of an error */
};

static bool digest_body(const struct call *call, char out[HR_SHA256_TEXT], hr_error *err)
{
	hr_digest none;

	if (!call->digest && !hr_sha256(HR_STR_NONE, &none, err))
		return false;
	hr_digest_format(call->digest ? call->digest : &none, out);
	return true;
}

static bool format_place(const hr_s3 *s3, const struct call *call, hr_arena *arena,
			 hr_s3_request *request, hr_error *err)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, PATH_MAX_BYTES);
	HR_BUF_ADD(&buf, "/");
	hr_buf_add(&buf, s3->bucket);
	if (!call->whole_bucket) {
		HR_BUF_ADD(&buf, "/");
		hr_s3_format_path(s3->prefix, &buf);
		hr_s3_format_path(call->key, &buf);
	}
	request->path = hr_buf_str(&buf);
	return buf.failed ? hr_fail_memory(err)
			  : hr_s3_format_query(call->query, arena, &request->query, err);
}

static const char *join(hr_arena *arena, hr_str a, const char *between, hr_str b)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, ANSWER_MAX);
	hr_buf_addf(&buf, "%.*s%s%.*s", HR_STR_ARG(a), between, HR_STR_ARG(b));
	return buf.failed ? NULL : hr_str_terminated(arena, hr_buf_str(&buf));
}

/* The signed fields, in order of their names, which those that are empty are not among. */
static size_t collect_headers(const hr_s3 *s3, const struct call *call,
			      const hr_s3_request *request, hr_s3_pair out[HEADERS_MAX])
{
	const hr_s3_pair all[] = {
		{ HR_STR("host"), s3->host },
		{ HR_STR("range"), call->range },
		{ HR_STR("x-amz-content-sha256"), request->payload },
		{ HR_STR("x-amz-date"), request->time },
		{ HR_STR("x-amz-security-token"), s3->token },
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].value.len)
			out[count++] = all[i];
	return count;
}

/* NULL-terminated, as libcurl's helper wants them; false when memory is short. */
static bool format_headers(const hr_s3_request *request, hr_str authorization, hr_arena *arena,
			   const char **out)
{
	size_t count = 0;

	for (size_t i = 0; i < request->headers.count; i++)
		out[count++] = join(arena, request->headers.items[i].name, ": ",
				    request->headers.items[i].value);
	out[count++] = join(arena, HR_STR("Authorization"), ": ", authorization);
	/* Else libcurl waits for leave to send, a round trip for each object. */
	out[count++] = "Expect:";
	for (size_t i = 0; i < count; i++)
		if (!out[i])
			return false;
	out[count] = NULL;
	return true;
}

static bool attempt(hr_s3 *s3, struct call *call, hr_arena *arena, hr_error *err)
{
	hr_s3_request request = { .method = hr_str_of(call->method) };
	const char *headers[HEADERS_MAX + 3];
	hr_s3_pair pairs[HEADERS_MAX];
	char payload[HR_SHA256_TEXT];
	char at[HR_S3_TIME];
	hr_str authorization;

	hr_s3_format_time(time(NULL), at);
	if (!digest_body(call, payload, err) || !format_place(s3, call, arena, &request, err))
		return false;
	request.payload = hr_str_of(payload);
	request.time = hr_str_of(at);
	request.headers = (hr_s3_pairs){ pairs, collect_headers(s3, call, &request, pairs) };
	if (!hr_s3_sign(&s3->key, &request, arena, &authorization, err))
		return false;
	call->exchange.url = join(arena, s3->endpoint, "", request.path);
	if (call->exchange.url && request.query.len)
		call->exchange.url = join(arena, hr_str_of(call->exchange.url), "?", request.query);
	if (!call->exchange.url || !format_headers(&request, authorization, arena, headers))
		return hr_fail_memory(err);
	call->exchange.method = call->method;
	call->exchange.headers = headers;
	hr_buf_init(&call->exchange.text, arena, ANSWER_MAX);
	return hr_s3_http_ask(s3->http, &call->exchange, err);
}

/* --- as often as it takes --- */

static bool is_success(long status)
{
	return status == 200 || status == 204 || status == 206;
}

static bool is_for_later(const struct call *call)
{
	static const char *const codes[] = { "SlowDown", "RequestTimeout", "OperationAborted",
					     "ServiceUnavailable", "InternalError" };
	long status = call->exchange.status;

	if (call->exchange.lost || status == 408 || status == 429)
		return true;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(call->code, codes[i]) == 0)
			return true;
	return status == 500 || (status >= 502 && status <= 504);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Between a half and all of it, so that those who were refused together do not come back so. */
static int64_t draw_pause(unsigned attempts)
{
	int64_t whole = PAUSE_MS;
	uint32_t drawn = 0;

	for (unsigned i = 0; i < attempts && whole < PAUSE_MAX_MS; i++)
		whole *= 2;
	if (whole > PAUSE_MAX_MS)
		whole = PAUSE_MAX_MS;
	if (getrandom(&drawn, sizeof(drawn), GRND_NONBLOCK) != (ssize_t)sizeof(drawn))
		drawn = (uint32_t)now_ms();
	return whole / 2 + drawn % (whole / 2);
}

static bool fail_for_later(const struct call *call, unsigned attempts, hr_error *err)
{
	if (call->exchange.lost)
		return hr_fail(err, HR_E_UNAVAILABLE,
			       "the S3 server cannot be reached, tried %u times: %s", attempts,
			       call->exchange.lost);
	return hr_fail(err, HR_E_UNAVAILABLE, "the S3 server is not ready, tried %u times: %ld %s",
		       attempts, call->exchange.status, call->code);
}

static const struct refusal {
	const char *code;
	hr_error_code is;
	const char *words;
} refusals[] = {
	{ "NoSuchKey", HR_E_NOT_FOUND, "an object is not there" },
	{ "NoSuchBucket", HR_E_UNAVAILABLE, "the S3 server has no such bucket" },
	{ "InvalidBucketName", HR_E_UNAVAILABLE, "the S3 server has no such bucket" },
	{ "InvalidAccessKeyId", HR_E_UNAVAILABLE, "the S3 server does not know the access key" },
	{ "SignatureDoesNotMatch", HR_E_UNAVAILABLE, "the S3 server does not take the access key" },
	{ "ExpiredToken", HR_E_UNAVAILABLE, "the session of the access key is over" },
	{ "AccessDenied", HR_E_UNAVAILABLE, "the access key is not allowed to do this" },
	{ "RequestTimeTooSkewed", HR_E_UNAVAILABLE, "our clock differs from the S3 server's" },
	{ "AuthorizationHeaderMalformed", HR_E_UNAVAILABLE, "the bucket is in another region" },
	{ "PermanentRedirect", HR_E_UNAVAILABLE, "the bucket is at another endpoint" },
	{ "TemporaryRedirect", HR_E_UNAVAILABLE, "the bucket is at another endpoint" },
	{ "QuotaExceeded", HR_E_NO_SPACE, "the quota of the bucket is used up" },
	{ "XMinioStorageFull", HR_E_NO_SPACE, "the S3 server is full" },
	{ "EntityTooLarge", HR_E_LIMIT, "the S3 server takes no object of this size" },
	{ "BadDigest", HR_E_IO, "an object has other bytes than its digest says" },
	{ "XAmzContentSHA256Mismatch", HR_E_IO, "an object has other bytes than its digest says" },
	{ "InvalidRange", HR_E_IO, "an object has another size than when it was kept" },
};

static bool fail_refused(const struct call *call, hr_error *err)
{
	long status = call->exchange.status;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(call->code, refusals[i].code) == 0)
			return hr_fail(err, refusals[i].is, "%s (%ld %s)", refusals[i].words,
				       status, call->code);
	if (status == 507)
		return hr_fail(err, HR_E_NO_SPACE, "the S3 server is full (507 %s)", call->code);
	return hr_fail(err, status == 401 || status == 403 ? HR_E_UNAVAILABLE : HR_E_IO,
		       "the S3 server answers %ld %s", status, call->code);
}

/* The arena is reset for each attempt. `gone`, when it is asked for: it may be there later. */
static bool ask(hr_s3 *s3, struct call *call, unsigned retry_ms, hr_arena *arena, bool *gone,
		hr_error *err)
{
	int64_t until = now_ms() + retry_ms;

	for (unsigned attempts = 1;; attempts++) {
		int64_t pause = draw_pause(attempts - 1);

		hr_arena_reset(arena);
		call->code[0] = '\0';
		if (!attempt(s3, call, arena, err))
			return false;
		if (!call->exchange.lost && is_success(call->exchange.status))
			return true;
		if (!call->exchange.lost &&
		    !hr_s3_read_code(hr_buf_str(&call->exchange.text), arena, call->code, err))
			return false;
		if (!is_for_later(call))
			return fail_refused(call, err);
		if (gone)
			*gone = true;
		if (now_ms() + pause >= until)
			return fail_for_later(call, attempts, err);
		nanosleep(&(struct timespec){ pause / 1000, pause % 1000 * 1000000 }, NULL);
	}
}

static bool ask_with_arena(hr_s3 *s3, struct call *call, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);

	return arena ? ask(s3, call, s3->retry_ms, arena, NULL, err) : hr_fail_memory(err);
}

/* --- what can be asked --- */

bool hr_s3_put(hr_s3 *s3, hr_str key, const hr_digest *digest, int fd, uint64_t size, hr_error *err)
{
	struct call call = { .method = "PUT",
			     .key = key,
			     .digest = digest,
			     .exchange = { .from = fd, .to = -1, .size = size } };

	return ask_with_arena(s3, &call, err);
}

static bool fail_size(hr_error *err)
{
	return hr_fail(err, HR_E_IO, "an object has another size than when it was kept");
}

bool hr_s3_get(hr_s3 *s3, hr_str key, uint64_t size, uint64_t offset, uint64_t length, int fd,
	       hr_error *err)
{
	struct call call = { .method = "GET",
			     .key = key,
			     .exchange = { .from = -1, .to = fd, .size = length } };
	bool whole = length == size;
	char range[64];
	char want[64];

	snprintf(range, sizeof(range), "bytes=%ju-%ju", (uintmax_t)offset,
		 (uintmax_t)(offset + length - 1));
	snprintf(want, sizeof(want), "bytes %ju-%ju/%ju", (uintmax_t)offset,
		 (uintmax_t)(offset + length - 1), (uintmax_t)size);
	if (!whole)
		call.range = hr_str_of(range);
	if (!ask_with_arena(s3, &call, err))
		return false;
	if (call.exchange.received != length || call.exchange.status != (whole ? 200 : 206) ||
	    (!whole && strcmp(call.exchange.range, want) != 0))
		return fail_size(err);
	return true;
}

bool hr_s3_remove(hr_s3 *s3, hr_str key, hr_error *err)
{
	struct call call = { .method = "DELETE", .key = key, .exchange = { .from = -1, .to = -1 } };

	return ask_with_arena(s3, &call, err) || err->code == HR_E_NOT_FOUND;
}

/* --- lists --- */

static bool ask_page(hr_s3 *s3, hr_str token, hr_str count, unsigned retry_ms, hr_arena *arena,
		     hr_s3_page *out, bool *gone, hr_error *err)
{
	const hr_s3_pair query[] = { { HR_STR("list-type"), HR_STR("2") },
				     { HR_STR("max-keys"), count },
				     { HR_STR("prefix"), s3->prefix },
				     { HR_STR("continuation-token"), token } };
	struct call call = { .method = "GET",
			     .whole_bucket = true,
			     .query = { query, token.len ? 4 : 3 },
			     .exchange = { .from = -1, .to = -1 } };

	return ask(s3, &call, retry_ms, arena, gone, err) &&
	       hr_s3_read_page(hr_buf_str(&call.exchange.text), arena, out, err);
}

static bool look(hr_s3 *s3, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	bool gone = false;
	hr_s3_page page;

	if (!arena)
		return hr_fail_memory(err);
	return ask_page(s3, HR_STR_NONE, HR_STR("1"), 0, arena, &page, &gone, err) || gone;
}

/* A place in a list, to be told from the one before: a hostile list must not go round for ever. */
struct place {
	char key[PATH_MAX_BYTES];
	char token[HR_S3_TOKEN_MAX + 1];
};

static bool visit_entry(const hr_s3 *s3, const hr_s3_entry *entry, struct place *place,
			hr_s3_visit *visit, void *context, hr_error *err)
{
	if (hr_str_compare(entry->key, hr_str_of(place->key)) <= 0 ||
	    entry->key.len >= sizeof(place->key) || !hr_str_starts_with(entry->key, s3->prefix))
		return hr_fail(err, HR_E_IO, "the S3 server sends a list that is not in order");
	snprintf(place->key, sizeof(place->key), "%.*s", HR_STR_ARG(entry->key));
	return visit(context, hr_str_slice(entry->key, s3->prefix.len, entry->key.len), entry->size,
		     err);
}

static bool list_with_arena(hr_s3 *s3, hr_arena *arena, hr_s3_visit *visit, void *context,
			    hr_error *err)
{
	struct place place = { .key = "" };
	hr_s3_page page;

	do {
		if (!ask_page(s3, hr_str_of(place.token), HR_STR("1000"), s3->retry_ms, arena,
			      &page, NULL, err))
			return false;
		for (size_t i = 0; i < page.count; i++)
			if (!visit_entry(s3, &page.entries[i], &place, visit, context, err))
				return false;
		if (page.next.len && page.count == 0)
			return hr_fail(err, HR_E_IO, "the S3 server sends a list without an end");
		snprintf(place.token, sizeof(place.token), "%.*s", HR_STR_ARG(page.next));
	} while (page.next.len);
	return true;
}

bool hr_s3_list(hr_s3 *s3, hr_s3_visit *visit, void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);

	return arena ? list_with_arena(s3, arena, visit, context, err) : hr_fail_memory(err);
}
