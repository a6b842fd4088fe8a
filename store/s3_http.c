#include "store/s3_http.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

/* A whole body must have come or gone after this, and another second for each 64 KiB. */
enum {
	WHOLE_SECONDS = 60,
	BYTES_A_SECOND = 64 * 1024,
	STALLED_BYTES_A_SECOND = 1000,
	BUFFER_BYTES = 256 * 1024
};

struct hr_s3_http {
	hr_s3_http_options options;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t given_back;
	CURL *idle[HR_S3_CONNECTIONS];
	unsigned idle_count;
	unsigned count; /* with those in use */
};

/* --- the pool --- */

static bool init_locks(hr_s3_http *http)
{
	if (pthread_mutex_init(&http->lock, NULL) != 0)
		return false;
	if (pthread_cond_init(&http->given_back, NULL) == 0)
		return true;
	pthread_mutex_destroy(&http->lock);
	return false;
}

bool hr_s3_http_open(const hr_s3_http_options *options, hr_arena *arena, hr_s3_http **out,
		     hr_error *err)
{
	hr_s3_http *http = HR_NEW(arena, hr_s3_http);

	if (!http)
		return hr_fail_memory(err);
	http->options = *options;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return hr_fail_memory(err);
	if (!init_locks(http)) {
		curl_global_cleanup();
		return hr_fail_memory(err);
	}
	*out = http;
	return true;
}

void hr_s3_http_close(hr_s3_http *http)
{
	for (unsigned i = 0; i < http->idle_count; i++)
		curl_easy_cleanup(http->idle[i]);
	pthread_cond_destroy(&http->given_back);
	pthread_mutex_destroy(&http->lock);
	curl_global_cleanup();
}

/* NULL when memory is short. Who waits does so for others' exchanges, which end. */
static CURL *take_handle(hr_s3_http *http)
{
	CURL *handle = NULL;

	pthread_mutex_lock(&http->lock);
	while (http->idle_count == 0 && http->count == HR_S3_CONNECTIONS)
		pthread_cond_wait(&http->given_back, &http->lock);
	if (http->idle_count) {
		handle = http->idle[--http->idle_count];
	} else {
		handle = curl_easy_init();
		http->count += handle != NULL;
	}
	pthread_mutex_unlock(&http->lock);
	return handle;
}

/* One that has failed is not used again: short of memory it may be left half made. */
static void give_handle(hr_s3_http *http, CURL *handle, bool well)
{
	if (well)
		curl_easy_reset(handle); /* keeps its connection */
	else
		curl_easy_cleanup(handle);
	pthread_mutex_lock(&http->lock);
	if (well)
		http->idle[http->idle_count++] = handle;
	else
		http->count--;
	pthread_cond_signal(&http->given_back);
	pthread_mutex_unlock(&http->lock);
}

/* --- one exchange --- */

struct transfer {
	hr_s3_exchange *exchange;
	CURL *handle;
	uint64_t sent;
	int errnum;    /* of our own disk */
	bool cut_off;  /* our own file is shorter than was said */
	bool too_much; /* the server sends more than there is */
};

static size_t send_body(char *out, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	const hr_s3_exchange *exchange = transfer->exchange;
	uint64_t left = exchange->size - transfer->sent;
	size_t room = size * count < left ? size * count : (size_t)left;
	ssize_t got;

	do
		got = pread(exchange->from, out, room, (off_t)transfer->sent);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		transfer->errnum = errno;
	transfer->cut_off = got == 0 && room > 0;
	if (got < 0 || transfer->cut_off)
		return CURL_READFUNC_ABORT;
	transfer->sent += (uint64_t)got;
	return (size_t)got;
}

/* libcurl sends a body anew when a connection that it had kept turns out to be closed. */
static int rewind_body(void *context, curl_off_t offset, int origin)
{
	struct transfer *transfer = context;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	transfer->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

static bool write_at(int fd, const char *bytes, size_t size, uint64_t at)
{
	while (size) {
		ssize_t put = pwrite(fd, bytes, size, (off_t)at);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0) {
			bytes += put;
			size -= (size_t)put;
			at += (uint64_t)put;
		}
	}
	return true;
}

/* Anything but `size` ends the exchange. */
static size_t take_body(char *bytes, size_t one, size_t size, void *context)
{
	struct transfer *transfer = context;
	hr_s3_exchange *exchange = transfer->exchange;
	long status = 0;

	(void)one;
	curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
	if (exchange->to < 0 || (status != 200 && status != 206)) {
		hr_buf_add(&exchange->text, (hr_str){ bytes, size });
		transfer->too_much = exchange->text.failed;
		return transfer->too_much ? 0 : size;
	}
	transfer->too_much = size > exchange->size - exchange->received;
	if (transfer->too_much)
		return 0;
	if (!write_at(exchange->to, bytes, size, exchange->received)) {
		transfer->errnum = errno;
		return 0;
	}
	exchange->received += size;
	return size;
}

struct option {
	CURLoption name;
	long value;
};

static bool set_numbers(const hr_s3_http *http, const struct transfer *transfer)
{
	const hr_s3_exchange *exchange = transfer->exchange;
	const struct option options[] = {
		{ CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_FOLLOWLOCATION, 0 },
		{ CURLOPT_PATH_AS_IS, 1 },
		{ CURLOPT_MAXCONNECTS, 1 },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_SSL_VERIFYPEER, 1 },
		{ CURLOPT_SSL_VERIFYHOST, 2 },
		{ CURLOPT_CONNECTTIMEOUT_MS, (long)http->options.connect_ms },
		{ CURLOPT_LOW_SPEED_LIMIT, STALLED_BYTES_A_SECOND },
		{ CURLOPT_LOW_SPEED_TIME, (long)http->options.stall_seconds },
		{ CURLOPT_TIMEOUT, WHOLE_SECONDS + (long)(exchange->size / BYTES_A_SECOND) },
		{ CURLOPT_BUFFERSIZE, BUFFER_BYTES },
		{ CURLOPT_UPLOAD_BUFFERSIZE, BUFFER_BYTES },
		{ CURLOPT_UPLOAD, exchange->from >= 0 },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (curl_easy_setopt(transfer->handle, options[i].name, options[i].value) !=
		    CURLE_OK)
			return false;
	return curl_easy_setopt(transfer->handle, CURLOPT_INFILESIZE_LARGE,
				(curl_off_t)(exchange->from >= 0 ? exchange->size : 0)) == CURLE_OK;
}

static bool set_texts(const hr_s3_http *http, const struct transfer *transfer)
{
	const hr_s3_exchange *exchange = transfer->exchange;
	CURL *handle = transfer->handle;

	return curl_easy_setopt(handle, CURLOPT_URL, exchange->url) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR,
				http->options.tls ? "https" : "http") == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, exchange->method) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_PROXY, "") == CURLE_OK &&
	       (!http->options.ca_file ||
		curl_easy_setopt(handle, CURLOPT_CAINFO, http->options.ca_file) == CURLE_OK);
}

static bool set_functions(struct transfer *transfer)
{
	CURL *handle = transfer->handle;

	return curl_easy_setopt(handle, CURLOPT_READFUNCTION, send_body) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_READDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, rewind_body) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_SEEKDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

/* NULL when memory is short. */
static struct curl_slist *list_headers(const char *const *headers)
{
	struct curl_slist *list = NULL;

	for (; *headers; headers++) {
		struct curl_slist *longer = curl_slist_append(list, *headers);

		if (!longer) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

static void read_head(struct transfer *transfer)
{
	hr_s3_exchange *exchange = transfer->exchange;
	struct curl_header *range;

	curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &exchange->status);
	if (curl_easy_header(transfer->handle, "Content-Range", 0, CURLH_HEADER, -1, &range) ==
	    CURLHE_OK)
		snprintf(exchange->range, sizeof(exchange->range), "%s", range->value);
	if (exchange->from >= 0 && exchange->status == 200 && transfer->sent != exchange->size)
		exchange->lost = "it answers before it has all";
}

/* No certificate becomes good by waiting. */
static bool is_hopeless(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

static bool judge(struct transfer *transfer, CURLcode code, hr_error *err)
{
	hr_s3_exchange *exchange = transfer->exchange;

	if (code == CURLE_OUT_OF_MEMORY || hr_arena_is_short(exchange->text.arena))
		return hr_fail_memory(err);
	if (transfer->errnum)
		return hr_fail_errno(err, transfer->errnum, exchange->from >= 0 ? "read" : "write",
				     "objects");
	if (transfer->cut_off)
		return hr_fail(err, HR_E_IO, "an object is shorter than when it was written");
	if (transfer->too_much)
		return hr_fail(err, HR_E_IO, "the S3 server sends more than there is");
	if (is_hopeless(code))
		return hr_fail(err, HR_E_UNAVAILABLE, "cannot speak with the S3 server: %s",
			       curl_easy_strerror(code));
	if (code == CURLE_OK)
		read_head(transfer);
	else
		exchange->lost = curl_easy_strerror(code);
	return true;
}

static CURLcode perform(hr_s3_http *http, struct transfer *transfer, struct curl_slist *headers)
{
	if (!set_numbers(http, transfer) || !set_texts(http, transfer) ||
	    !set_functions(transfer) ||
	    curl_easy_setopt(transfer->handle, CURLOPT_HTTPHEADER, headers) != CURLE_OK)
		return CURLE_OUT_OF_MEMORY;
	return curl_easy_perform(transfer->handle);
}

bool hr_s3_http_ask(hr_s3_http *http, hr_s3_exchange *exchange, hr_error *err)
{
	struct transfer transfer = { .exchange = exchange };
	struct curl_slist *headers = list_headers(exchange->headers);
	CURLcode code;
	bool ok;

	exchange->status = 0;
	exchange->received = 0;
	exchange->range[0] = '\0';
	exchange->lost = NULL;
	transfer.handle = headers ? take_handle(http) : NULL;
	if (!transfer.handle) {
		curl_slist_free_all(headers);
		return hr_fail_memory(err);
	}
	code = perform(http, &transfer, headers);
	ok = judge(&transfer, code, err);
	give_handle(http, transfer.handle, code == CURLE_OK);
	curl_slist_free_all(headers);
	return ok;
}
