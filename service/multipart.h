/*
 * A multipart body taken apart while it comes (RFC 2046 5.1.1), whatever its
 * size: a machine over the bytes that there are, the same parts however they
 * were cut.
 *
 *	for (;;)
 *		switch (hr_multipart_next(&m, &rest, &bytes, err)) {
 *		case HR_MULTIPART_WANTS: ... `rest` is used up ...
 *		case HR_MULTIPART_PART:	 ... a part begins, of m.type ...
 *		case HR_MULTIPART_BYTES: ... of the part ...
 *		case HR_MULTIPART_END:	 ... of the part ...
 *		case HR_MULTIPART_FAULT: ... err ...
 *		}
 *
 * http_form.h reads forms, which are small and whole in memory.
 */
#pragma once

#include "base/str.h"

enum {
	HR_MULTIPART_BOUNDARY_MAX = 70,
	HR_MULTIPART_HEAD_MAX = 4096,	   /* of a part, with its blank line */
	HR_MULTIPART_AROUND_MAX = 1 << 16, /* in front of the first boundary; behind the last */
};

typedef enum hr_multipart_event {
	HR_MULTIPART_WANTS,
	HR_MULTIPART_PART,
	HR_MULTIPART_BYTES,
	HR_MULTIPART_END,
	HR_MULTIPART_FAULT,
} hr_multipart_event;

typedef enum hr_multipart_state {
	HR_MULTIPART_IN_FRONT, /* of the first boundary */
	HR_MULTIPART_IN_LINE,  /* behind a boundary, before its line's end */
	HR_MULTIPART_IN_HEAD,
	HR_MULTIPART_IN_PART,
	HR_MULTIPART_IS_OVER,
} hr_multipart_state;

typedef struct hr_multipart {
	hr_multipart_state state;
	char delimiter[HR_MULTIPART_BOUNDARY_MAX + 4]; /* CR LF "--" and the boundary */
	size_t delimiter_len;
	size_t matched; /* of the delimiter, at the end of what has come */
	size_t owed;	/* what is owed of these when they are none begins here */
	char line[2];	/* behind a boundary */
	size_t line_len;
	char head[HR_MULTIPART_HEAD_MAX];
	size_t head_len;
	size_t around;
	hr_str type; /* of the part, as it says; "" when it says none */
} hr_multipart;

/* HR_E_USAGE when `content_type` has no boundary of 1 to 70 characters that may be in one. */
bool hr_multipart_init(hr_multipart *m, hr_str content_type, hr_error *err);

/*
 * From the front of `*rest`. What is in `*bytes` is valid until the next call.
 * HR_E_SYNTAX for what is no multipart body, HR_E_LIMIT past the limits.
 */
hr_multipart_event hr_multipart_next(hr_multipart *m, hr_str *rest, hr_str *bytes, hr_error *err);

/* Has the last boundary come? */
bool hr_multipart_is_over(const hr_multipart *m);
