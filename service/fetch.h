/*
 * One GET to an address that a manifest names and dicom/retrieve_url.h has
 * taken. What its name resolves to is looked at again when it is connected to:
 * a listed name may not lead into this machine or its network. No redirect is
 * followed, no proxy and no file of the machine is asked, nothing is kept.
 *
 * Blocks; safe from any thread, each call with its own handle. libcurl has its
 * home here.
 */
#pragma once

#include "dicom/retrieve_url.h"

typedef struct hr_fetch_limits {
	uint64_t body_bytes;
	uint32_t connect_ms;
	uint32_t total_ms;
	uint32_t stall_ms; /* with less than 1 byte a second */
} hr_fetch_limits;

/* A list of the operator's may name a private network as well: a hospital's own. */
typedef struct hr_fetch_rules {
	hr_fetch_limits limits;
	bool private_allowed; /* 10/8, 172.16/12, 192.168/16, fc00::/7, 100.64/10 */
	hr_str ca_file;	      /* further certificates; empty: the machine's */
	hr_str user_agent;
} hr_fetch_rules;

/* What is told of an answer before its body: false ends it. */
typedef struct hr_fetch_head {
	uint16_t status;
	hr_str content_type;	/* as sent, at most 256 bytes; borrowed */
	int64_t content_length; /* -1: not told */
} hr_fetch_head;

typedef struct hr_fetch_sink {
	bool (*head)(void *to, const hr_fetch_head *head, hr_error *err);
	bool (*body)(void *to, hr_str piece, hr_error *err);
	void *to;
} hr_fetch_sink;

typedef struct hr_fetch_request {
	const hr_retrieve_url *url;
	hr_str accept;	      /* the header's value; empty: any */
	hr_str authorization; /* that of the origin; empty: none. Never logged. */
} hr_fetch_request;

/*
 * The codes of the sink, when it said false. Else HR_E_UPSTREAM when there
 * is no answer, HR_E_UPSTREAM_SLOW when there is none in time (their words name
 * neither address nor path), HR_E_FORBIDDEN when the name leads where it may not,
 * HR_E_LIMIT past body_bytes. A status that is no 200 is an answer, for `head`
 * to judge.
 */
bool hr_fetch(const hr_fetch_request *request, const hr_fetch_rules *rules,
	      const hr_fetch_sink *sink, hr_arena *arena, hr_error *err);
