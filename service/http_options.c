#include "service/http.h"

#include <sys/resource.h>

const hr_http_options hr_http_defaults = {
	.listen = "127.0.0.1:8080",
	.listen_fd = -1,
	.threads = 2,
	.connections_max = 900,
	.connections_per_client_max = 100,
	.head_bytes_max = (size_t)16 << 10,
	.bodies_bytes_max = (size_t)1 << 30,
	.answers_bytes_max = (size_t)1 << 30,
	.request_bytes_max = (size_t)512 << 20,
	.head_seconds = 10,
	.body_seconds = 10,
};

/* What a server has open beside its connections. */
enum { FILES_BESIDE = 100 };

static const struct limit {
	const char *name;
	size_t offset;
	size_t size;
	size_t min;
	size_t max;
} limits[] = {
#define LIMIT(field, min, max)                                                                     \
	{                                                                                          \
#field, offsetof(hr_http_options, field), sizeof(((hr_http_options *)0)->field),   \
			min, max                                                                   \
	}
	LIMIT(threads, 1, 256),
	LIMIT(connections_max, 1, 100000),
	LIMIT(connections_per_client_max, 1, 100000),
	LIMIT(head_bytes_max, 1024, 1 << 20),
	LIMIT(bodies_bytes_max, 1, SIZE_MAX),
	LIMIT(answers_bytes_max, 1, SIZE_MAX),
	LIMIT(request_bytes_max, 1 << 16, SIZE_MAX),
	LIMIT(head_seconds, 1, 3600),
	LIMIT(body_seconds, 1, 3600),
#undef LIMIT
};

static bool check_limit(const hr_http_options *options, const struct limit *limit, hr_error *err)
{
	const char *place = (const char *)options + limit->offset;
	unsigned small = 0;
	size_t value = 0;

	if (limit->size == sizeof(small)) {
		memcpy(&small, place, sizeof(small));
		value = small;
	} else {
		memcpy(&value, place, sizeof(value));
	}
	return (value >= limit->min && value <= limit->max) ||
	       hr_fail(err, HR_E_USAGE, "%s of %zu is not %zu to %zu", limit->name, value,
		       limit->min, limit->max);
}

bool hr_http_options_check(const hr_http_options *options, hr_error *err)
{
	struct rlimit files;

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (!check_limit(options, &limits[i], err))
			return false;
	if (options->connections_max < options->threads)
		return hr_fail(err, HR_E_USAGE, "there are fewer connections than threads");
	if (!options->tls_certificate.len != !options->tls_key.len)
		return hr_fail(err, HR_E_USAGE, "TLS wants a certificate and a key");
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
	    files.rlim_cur < (rlim_t)options->connections_max + FILES_BESIDE)
		return hr_fail(
			err, HR_E_USAGE,
			"for %u connections %u files must be open at once, but only %llu may",
			options->connections_max, options->connections_max + FILES_BESIDE,
			(unsigned long long)files.rlim_cur);
	return true;
}
