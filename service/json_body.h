/* The small bodies of JSON that requests bring: objects whose members are all known. */
#pragma once

#include "base/json.h"
#include "service/http.h"

/* HR_E_SYNTAX with its place for what is no JSON, HR_E_USAGE for another value than an object. */
bool hr_json_body(const hr_http_request *request, const hr_json **out, hr_error *err);

typedef struct hr_json_field {
	hr_str name;
	hr_str *out; /* a text, borrowed; not touched when the member is absent */
} hr_json_field;

/* All of an object's members as texts. HR_E_USAGE for another one; it is not repeated: it may be
 * a secret. */
bool hr_json_texts(const hr_json *object, const hr_json_field *fields, size_t count, hr_error *err);
