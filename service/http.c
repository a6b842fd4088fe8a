#include "service/http.h"

#include "service/http_body.h"

#include <assert.h>

hr_str hr_http_header(const hr_http_request *request, hr_str name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (hr_str_equal_nocase(request->headers[i].name, name))
			return request->headers[i].value;
	return HR_STR_NONE;
}

hr_str hr_http_query(const hr_http_request *request, hr_str name)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (hr_str_equal(request->query[i].name, name))
			return request->query[i].value;
	return HR_STR_NONE;
}

bool hr_http_hold_answer(const hr_http_request *request, hr_error *err)
{
	return !request->share || hr_http_hold(request->share, hr_arena_used(request->arena), err);
}

uint64_t hr_http_length(const hr_http_response *response)
{
	uint64_t length = response->body.len;

	for (size_t i = 0; i < response->piece_count; i++)
		length += response->pieces[i].length;
	return length;
}

void hr_http_add_field(hr_http_response *response, hr_str name, hr_str value)
{
	assert(response->field_count < HR_HTTP_FIELDS_MAX);
	response->fields[response->field_count++] = (hr_http_field){ name, value };
}
