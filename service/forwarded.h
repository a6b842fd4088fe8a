/*
 * Under which address a client reaches this service: for addresses that are
 * given back to it. A proxy in front knows it (RFC 7239, or X-Forwarded-*); of
 * anybody else such fields are not believed.
 */
#pragma once

#include "service/http.h"

/*
 * "https://film.example:8443", in the request's arena. HR_E_USAGE when the
 * Host, or what the proxy says, is no name of a host.
 */
bool hr_forwarded_origin(const hr_http_request *request, bool behind_proxy, hr_str *out,
			 hr_error *err);
