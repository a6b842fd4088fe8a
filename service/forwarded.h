/*
 * What a proxy in front says of a request: who its client is, and under which
 * address he reaches this service. Of anybody else such fields are not
 * believed: `request->proxies` is NULL, and nothing here reads them.
 *
 * X-Forwarded-For, -Proto and -Host are read where there is one of them, else
 * Forwarded (RFC 7239); never both, because a proxy that writes the one family
 * passes on what a client wrote of the other.
 */
#pragma once

#include "service/http.h"

/*
 * The last address that is not a proxy of ours: each proxy adds whom it saw,
 * and what stands before the first that is a stranger's anybody may have
 * written. `request->client` when no address is said.
 */
hr_str hr_forwarded_client(const hr_http_request *request);

/*
 * "https://film.example:8443", in the request's arena. HR_E_USAGE when the
 * Host, or what the proxy says, is no name of a host.
 */
bool hr_forwarded_origin(const hr_http_request *request, hr_str *out, hr_error *err);
