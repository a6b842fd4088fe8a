/*
 * HTTP for S3, by libcurl: a request, its body from a file or none, the answer
 * to a file or to memory. Connections are kept and shared by all threads, a
 * bounded number of them. No redirect is followed, no proxy used. The process
 * must ignore SIGPIPE.
 */
#pragma once

#include "base/str.h"

enum { HR_S3_CONNECTIONS = 16 };

typedef struct hr_s3_http hr_s3_http;

typedef struct hr_s3_http_options {
	bool tls;	     /* https alone, else http alone */
	const char *ca_file; /* NULL: those of the system */
	unsigned connect_ms;
	unsigned stall_seconds; /* without a thousand bytes in each */
} hr_s3_http_options;

bool hr_s3_http_open(const hr_s3_http_options *options, hr_arena *arena, hr_s3_http **out,
		     hr_error *err);
void hr_s3_http_close(hr_s3_http *http);

typedef struct hr_s3_exchange {
	const char *method;
	const char *url;
	const char *const *headers; /* "name: value", NULL behind the last */
	int from;		    /* the body of a PUT; -1: none */
	int to;			    /* for the body of a 200 or 206; -1: to `text`, as any other */
	uint64_t size;		    /* of what is in `from`, or to come to `to` */
	hr_buf text;

	/* The answer: */
	long status;
	uint64_t received; /* to `to` */
	char range[64];	   /* its Content-Range */
	const char *lost;  /* why there is none, or not all of one; NULL: it is there */
} hr_s3_exchange;

/*
 * False for what another attempt would not mend: memory, our disk, a
 * certificate, a body of another size. A server that is gone is not that:
 * `lost` tells.
 */
bool hr_s3_http_ask(hr_s3_http *http, hr_s3_exchange *exchange, hr_error *err);
