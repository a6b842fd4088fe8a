#include "service/json_body.h"

bool hr_json_body(const hr_http_request *request, const hr_json **out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, request->body, request->arena, &root, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	if (root->kind != HR_JSON_OBJECT)
		return hr_fail(err, HR_E_USAGE, "the body is no object of JSON");
	*out = root;
	return true;
}

bool hr_json_texts(const hr_json *object, const hr_json_field *fields, size_t count, hr_error *err)
{
	for (const hr_json *member = object->first; member; member = member->next) {
		size_t i = 0;

		while (i < count && !hr_str_equal(fields[i].name, member->name))
			i++;
		if (i == count)
			return hr_fail(err, HR_E_USAGE,
				       "the body has a member that is not known here");
		if (member->kind != HR_JSON_STRING)
			return hr_fail(err, HR_E_USAGE, "'%.*s' is a text",
				       HR_STR_ARG(fields[i].name));
		*fields[i].out = member->text;
	}
	return true;
}
