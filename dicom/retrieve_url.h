/*
 * An address that a manifest names, before anything is fetched from it: the
 * guard against being sent where a stranger likes (SSRF). An address is taken
 * when its origin is one that the operator has listed, exactly, and nothing in
 * it can be read in two ways.
 *
 * What the name resolves to is looked at when it is connected to: service/fetch.h.
 * Safe from any thread. Source: RFC 3986; RFC 6890 for the ranges of addresses.
 */
#pragma once

#include "base/str.h"

enum { HR_RETRIEVE_URL_MAX = 2048, HR_RETRIEVE_HOST_MAX = 253, HR_RETRIEVE_ORIGINS_MAX = 1000 };

/* "https://pacs.example.cn:8443"; borrows the text that it was read from. */
typedef struct hr_web_origin {
	hr_str host;   /* as written, compared without case; an IPv6 address in its brackets */
	uint16_t port; /* the scheme's own when none is written */
	bool is_plain; /* http */
} hr_web_origin;

typedef struct hr_web_origins {
	const hr_web_origin *list;
	size_t count;
} hr_web_origins;

/*
 * A line of the operator's list: scheme, host and port, nothing behind them.
 * http for a loopback address or localhost alone. An address of numbers is taken
 * as it stands: who lists it means it. HR_E_SYNTAX.
 */
bool hr_web_origin_parse(hr_str text, hr_web_origin *out, hr_error *err);

typedef struct hr_retrieve_url {
	hr_str text; /* as it was given */
	const hr_web_origin *origin;
	hr_str path; /* with the query, from its '/' */
} hr_retrieve_url;

/*
 * HR_E_SYNTAX for what is no plain address of http or https: user and
 * password, a fragment, a step of "." or ".." or of nothing, in its path %2F,
 * %5C, %2E or %25, bytes outside ASCII, blanks, a backslash. HR_E_FORBIDDEN when
 * its origin is not listed. No error repeats the address.
 */
bool hr_retrieve_url_check(hr_str text, hr_web_origins allowed, hr_retrieve_url *out,
			   hr_error *err);

/*
 * The WADO-RS address of a series, or of an instance when `instance` is not
 * empty: a manifest gives the root of the service, its study, or the series.
 * HR_E_SYNTAX when it is of another study or series. What comes out is checked
 * by hr_retrieve_url_check before anything is done with it.
 */
bool hr_retrieve_url_series(hr_str url, hr_str study, hr_str series, hr_str instance, hr_buf *out,
			    hr_error *err);

/* The same of a whole study. */
bool hr_retrieve_url_study(hr_str url, hr_str study, hr_buf *out, hr_error *err);
