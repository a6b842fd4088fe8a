/*
 * A bucket of an S3 server, addressed by path, and what lies in it below a
 * prefix. Every request is signed, and every PUT names the SHA-256 of its bytes
 * under the signature: the server stores these bytes or none.
 *
 * What a server that is gone, slow or overrun does not answer is asked again,
 * at growing intervals, and given up after `retry_ms`: HR_E_UNAVAILABLE. So is
 * a key or a bucket that it does not take, at once. HR_E_NO_SPACE when it is
 * full. No message holds a key.
 */
#pragma once

#include "base/crypto.h"

typedef struct hr_s3_settings {
	const char *endpoint; /* "https://s3.example.org"; "http://" to this machine alone */
	const char *region;
	const char *key_id;
	const char *secret;
	const char *token;	/* of a session; NULL: none */
	const char *ca_file;	/* NULL: those of the system */
	unsigned retry_ms;	/* 0: 20,000 */
	unsigned connect_ms;	/* 0: 5,000 */
	unsigned stall_seconds; /* 0: 10 */
} hr_s3_settings;

/*
 * As other programs for S3 take them: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL,
 * AWS_REGION or AWS_DEFAULT_REGION, AWS_CA_BUNDLE; AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, or else the section AWS_PROFILE
 * ("default") of the file AWS_SHARED_CREDENTIALS_FILE.
 */
bool hr_s3_settings_read(hr_arena *arena, hr_s3_settings *out, hr_error *err);

typedef struct hr_s3 hr_s3;

/*
 * `url` is "s3://bucket[/prefix]". Asks the server once, so that what is wrong
 * with the key or the bucket is told at once; a server that is not there now
 * is not a fault. Lives in the arena, which nobody may use at the same time.
 */
bool hr_s3_open(const char *url, const hr_s3_settings *settings, hr_arena *arena, hr_s3 **out,
		hr_error *err);
void hr_s3_close(hr_s3 *s3);

/* All from here on from any thread. `size` bytes of `fd` from its start; there is no half. */
bool hr_s3_put(hr_s3 *s3, hr_str key, const hr_digest *digest, int fd, uint64_t size,
	       hr_error *err);

/* `length` bytes from `offset` on, of an object of `size`; written from the start of `fd`. */
bool hr_s3_get(hr_s3 *s3, hr_str key, uint64_t size, uint64_t offset, uint64_t length, int fd,
	       hr_error *err);

/* One that is not there is removed. */
bool hr_s3_remove(hr_s3 *s3, hr_str key, hr_error *err);

/* Each key without the prefix, in byte order; `visit` returns false to end it. */
typedef bool hr_s3_visit(void *context, hr_str key, uint64_t size, hr_error *err);

bool hr_s3_list(hr_s3 *s3, hr_s3_visit *visit, void *context, hr_error *err);
