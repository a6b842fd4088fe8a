/* SHA-256, HMAC-SHA-256 and scrypt, by libcrypto. */
#pragma once

#include "base/str.h"

enum { HR_SHA256_BYTES = 32, HR_SHA256_TEXT = 65 };

typedef struct hr_digest {
	unsigned char bytes[HR_SHA256_BYTES];
} hr_digest;

bool hr_sha256(hr_str data, hr_digest *out, hr_error *err);

/* Of bytes that come piece by piece. NULL when memory is short. */
typedef struct hr_sha256_run hr_sha256_run;

hr_sha256_run *hr_sha256_begin(hr_error *err);
bool hr_sha256_add(hr_sha256_run *run, hr_str bytes, hr_error *err);

/* Ends the run, whatever it returns; without `out` that is all. */
bool hr_sha256_end(hr_sha256_run *run, hr_digest *out, hr_error *err);

bool hr_hmac_sha256(hr_str key, hr_str data, hr_digest *out, hr_error *err);

/* scrypt (RFC 7914) with N = 2^log2_n, r = 8, p = 1: takes 2^(log2_n + 10) bytes meanwhile. */
bool hr_scrypt(hr_str word, hr_str salt, unsigned log2_n, hr_digest *out, hr_error *err);

/* In time that does not depend on where they differ. */
bool hr_digest_equal(const hr_digest *a, const hr_digest *b);

/* Lower-case hexadecimal, NUL-terminated. */
hr_str hr_digest_format(const hr_digest *digest, char out[HR_SHA256_TEXT]);

/* 64 hexadecimal digits, lower-case; false for anything else. */
bool hr_digest_parse(hr_str text, hr_digest *out);
