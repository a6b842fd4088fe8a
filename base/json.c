#include "base/json.h"

const hr_json *hr_json_get(const hr_json *node, hr_str name)
{
	if (!node || node->kind != HR_JSON_OBJECT)
		return NULL;
	for (node = node->first; node; node = node->next)
		if (hr_str_equal(node->name, name))
			return node;
	return NULL;
}

const hr_json *hr_json_get_after(const hr_json *node, const hr_json *last, hr_str name)
{
	for (const hr_json *behind = last ? last->next : NULL; behind; behind = behind->next)
		if (hr_str_equal(behind->name, name))
			return behind;
	return hr_json_get(node, name);
}

/* The name up to the next '.' of `*rest`, which is moved past it. */
static hr_str next_step(hr_str *rest)
{
	size_t len = hr_str_find(*rest, HR_STR("."));
	hr_str step = hr_str_slice(*rest, 0, len);

	*rest = hr_str_slice(*rest, len + 1, rest->len);
	return step;
}

const hr_json *hr_json_path(const hr_json *node, hr_str path)
{
	while (node && !hr_str_is_empty(path)) {
		while (node && node->kind == HR_JSON_ARRAY)
			node = node->first;
		node = hr_json_get(node, next_step(&path));
	}
	return node;
}

hr_str hr_json_text(const hr_json *node)
{
	return node && node->kind == HR_JSON_STRING ? node->text : HR_STR_NONE;
}

hr_str hr_json_path_text(const hr_json *node, hr_str path)
{
	return hr_json_text(hr_json_path(node, path));
}

void hr_json_format_path(const hr_json *node, hr_str root, hr_buf *out)
{
	const hr_json *steps[HR_JSON_DEPTH_MAX + 1];
	size_t count = 0;

	for (; node && node->parent; node = node->parent)
		steps[count++] = node;
	hr_buf_add(out, root);
	while (count > 0) {
		const hr_json *step = steps[--count];

		if (step->parent->kind == HR_JSON_OBJECT) {
			hr_buf_add_char(out, '.');
			hr_buf_add(out, step->name);
		} else {
			hr_buf_add_char(out, '[');
			hr_buf_add_int(out, step->index);
			hr_buf_add_char(out, ']');
		}
	}
}
