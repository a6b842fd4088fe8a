/* An answer, smaller, for who takes it so (RFC 9110 8.4, RFC 1952). */
#pragma once

#include "service/http.h"

/* Does Accept-Encoding take gzip? */
bool hr_http_takes_gzip(const hr_http_request *request);

/* A body of 1 KiB or more, for who takes gzip: compressed, with the fields that say so. */
bool hr_http_gzip(const hr_http_request *request, hr_http_response *out, hr_error *err);
