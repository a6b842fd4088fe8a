/*
 * The cookie of a session: what a browser sends with each request, and no page
 * can read. Where the service is reached by https its name is
 * __Host-huren-session, which no neighbouring site can set (RFC 6265bis 4.1.3.2).
 */
#pragma once

#include "service/http.h"

typedef enum hr_session_cookie {
	HR_COOKIE_NONE,
	HR_COOKIE_SENT,	 /* one, of the form of a session */
	HR_COOKIE_WRONG, /* several of that name, or of another form */
} hr_session_cookie;

/* `*out` of one that was sent: borrowed. Of any other form of the name nothing is read. */
hr_session_cookie hr_session_cookie_read(const hr_http_request *request, hr_str *out);

/* "Set-Cookie"; an empty `text` takes it away. */
bool hr_session_cookie_set(const hr_http_request *request, hr_str text, hr_http_response *out,
			   hr_error *err);

/*
 * Does the request come from a page of ours, or from no page? What a browser
 * says of it counts (Sec-Fetch-Site, else Origin); where it says nothing, a
 * request with a cookie is refused: HR_E_CROSS_SITE.
 */
bool hr_same_origin(const hr_http_request *request, bool has_cookie, hr_error *err);
