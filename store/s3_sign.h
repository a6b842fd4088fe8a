/*
 * Signature Version 4, as S3 takes it in the Authorization field. Pure.
 * Source: AWS, "Signature Calculations for the Authorization Header:
 * Transferring Payload in a Single Chunk".
 */
#pragma once

#include "base/crypto.h"

enum { HR_S3_TIME = 17 };

typedef struct hr_s3_pair {
	hr_str name;
	hr_str value;
} hr_s3_pair;

typedef struct hr_s3_pairs {
	const hr_s3_pair *items;
	size_t count;
} hr_s3_pairs;

typedef struct hr_s3_key {
	hr_str id;
	hr_str secret;
	hr_str region;
} hr_s3_key;

typedef struct hr_s3_request {
	hr_str method;
	hr_str path;	     /* as hr_s3_format_path writes it */
	hr_str query;	     /* as hr_s3_format_query writes it */
	hr_s3_pairs headers; /* in the order of their names, which are in lower case */
	hr_str payload;	     /* its SHA-256, in hexadecimal digits */
	hr_str time;	     /* as hr_s3_format_time writes it */
} hr_s3_request;

/* Percent-encoded but for '/': once, as S3 alone of all services wants it. */
void hr_s3_format_path(hr_str path, hr_buf *out);

/* "max-keys=2&prefix=J": encoded, and in order of names, then of values. */
bool hr_s3_format_query(hr_s3_pairs query, hr_arena *arena, hr_str *out, hr_error *err);

/* "20130524T000000Z". */
void hr_s3_format_time(int64_t second, char out[HR_S3_TIME]);

/* What is hashed and signed; for who looks for the fault in a signature. */
void hr_s3_format_canonical(const hr_s3_request *request, hr_buf *out);

/* The value of Authorization. */
bool hr_s3_sign(const hr_s3_key *key, const hr_s3_request *request, hr_arena *arena, hr_str *out,
		hr_error *err);
