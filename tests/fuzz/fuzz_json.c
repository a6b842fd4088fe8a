/*
 * The JSON reader on any bytes: a tree that is whole, or an error with a place
 * in the input; and never another answer than simdjson's DOM parser gives,
 * but for what we refuse on purpose (json_oracle.cc).
 */
#include "json_oracle.h"

#include <assert.h>

static void check_tree(const hr_json *node, size_t size, int depth)
{
	uint32_t count = 0;

	assert(depth <= HR_JSON_DEPTH_MAX && node->offset < size);
	for (const hr_json *child = node->first; child; child = child->next) {
		assert(child->parent == node && child->index == count++);
		assert(child->offset > node->offset);
		check_tree(child, size, depth + 1);
	}
	assert(count == node->count);
}

static void check_error(const hr_error *err, size_t size)
{
	assert(err->code == HR_E_SYNTAX || err->code == HR_E_ENCODING || err->code == HR_E_LIMIT);
	assert(err->line >= 1 && err->line <= size + 1);
	assert(err->column >= 1 && err->column <= size + 1);
	assert(err->message[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_str text = { (const char *)data, size };
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 30);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root = NULL;
	hr_error err;

	assert(arena && parser);
	if (hr_json_read(parser, text, arena, &root, &err))
		check_tree(root, size, 0);
	else
		check_error(&err, size);
	hr_json_oracle_check(text, root);
	hr_json_parser_close(parser);
	return 0;
}
