#include "service/http.h"

#include <assert.h>
#include <strings.h>

const hr_http_options hr_http_defaults = {
	.listen = "127.0.0.1:8080",
	.listen_fd = -1,
	.threads = 2,
	.connections_max = 1000,
	.connections_per_client_max = 100,
	.head_bytes_max = 16 * 1024,
	.bodies_bytes_max = (size_t)1 << 30,
	.request_bytes_max = (size_t)512 << 20,
	.head_seconds = 10,
	.body_seconds = 10,
};

hr_str hr_http_header(const hr_http_request *request, hr_str name)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const hr_http_field *field = &request->headers[i];

		if (field->name.len == name.len &&
		    strncasecmp(field->name.data, name.data, name.len) == 0)
			return field->value;
	}
	return HR_STR_NONE;
}

hr_str hr_http_query(const hr_http_request *request, hr_str name)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (hr_str_equal(request->query[i].name, name))
			return request->query[i].value;
	return HR_STR_NONE;
}

void hr_http_add_field(hr_http_response *response, hr_str name, hr_str value)
{
	assert(response->field_count < HR_HTTP_FIELDS_MAX);
	response->fields[response->field_count++] = (hr_http_field){ name, value };
}
