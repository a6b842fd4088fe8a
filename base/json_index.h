/*
 * Where things begin in a JSON text. simdjson finds them, in C++, behind this
 * header; the grammar over them is ours (json_read.c).
 */
#pragma once

#include "base/json.h"

typedef struct hr_json_index {
	const uint32_t *offsets; /* `count` of them, then one more: the length of the text */
	size_t count;
} hr_json_index;

/*
 * The offsets of each { } [ ] : and , outside of strings, of each string's
 * opening quote, and of the first byte of anything else but white space. They
 * belong to `parser` until its next call.
 *
 * HR_E_SYNTAX, without a place, for bytes that are not UTF-8, a string without
 * its end, or a control character in one: the caller must look which, and where.
 */
bool hr_json_index_text(hr_json_parser *parser, hr_str text, hr_json_index *out, hr_error *err);
