/*
 * What a page sends: multipart/form-data (RFC 7578, its parts as RFC 2046
 * writes them) and application/x-www-form-urlencoded. The body is whole in
 * memory and the parts are slices of it.
 */
#pragma once

#include "base/str.h"

enum {
	HR_FORM_PARTS_MAX = 64,
	HR_FORM_HEAD_MAX = 4096, /* of one part */
	HR_FORM_BOUNDARY_MAX = 70,
};

typedef struct hr_form_part {
	hr_str name;
	hr_str filename; /* as the page says: for people, never a path */
	hr_str type;	 /* empty when it says none */
	hr_str bytes;
} hr_form_part;

typedef struct hr_form {
	const hr_form_part *parts;
	size_t count;
} hr_form;

/* Is it the type of a form? */
bool hr_http_form_is(hr_str content_type);

/*
 * HR_E_UNSUPPORTED when `content_type` is not that of a form, HR_E_SYNTAX with
 * the line when the body is none (of a multipart: lines of the body), HR_E_LIMIT
 * past the limits above. Names and filenames must be UTF-8. Borrowed from
 * `body` and `content_type`; what had escapes is in the arena.
 */
bool hr_http_form_read(hr_str content_type, hr_str body, hr_arena *arena, hr_form *out,
		       hr_error *err);

/* The first part of that name; NULL when there is none. */
const hr_form_part *hr_http_form_find(const hr_form *form, hr_str name);
