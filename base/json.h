/*
 * Safe JSON: bytes in, a small tree in the arena out; and a writer.
 *
 * Stricter than RFC 8259 where it leaves a choice: bytes must be UTF-8, a name
 * twice in one object is refused, so are \u0000, a lone surrogate, bytes after
 * the value, and depth over 64. Numbers are never made binary: a FHIR decimal
 * 0.10 stays "0.10". Source: RFC 8259; FHIR R4 decimal ("precision has meaning").
 */
#pragma once

#include "base/str.h"

enum { HR_JSON_DEPTH_MAX = 64, HR_JSON_DOCUMENT_MAX = 32 * 1024 * 1024 };

typedef enum hr_json_kind {
	HR_JSON_NULL,
	HR_JSON_FALSE,
	HR_JSON_TRUE,
	HR_JSON_NUMBER,
	HR_JSON_STRING,
	HR_JSON_ARRAY,
	HR_JSON_OBJECT,
} hr_json_kind;

typedef struct hr_json hr_json;
struct hr_json {
	hr_json_kind kind;
	uint32_t index;	 /* among its siblings, from 0 */
	uint32_t count;	 /* of an array's or object's children */
	uint32_t offset; /* of the value's first byte in the input */
	hr_str name;	 /* of the member; empty in an array and at the top */
	hr_str text;	 /* a string's characters, a number as it was written */
	const hr_json *parent;
	const hr_json *first;
	const hr_json *next;
};

/* Reusable, by one thread at a time; keeps its buffers between documents. */
typedef struct hr_json_parser hr_json_parser;

hr_json_parser *hr_json_parser_open(void);
void hr_json_parser_close(hr_json_parser *parser);

/*
 * HR_E_SYNTAX with line and column of the first fault, HR_E_ENCODING for bytes
 * that are not UTF-8, HR_E_LIMIT past size or depth.
 */
bool hr_json_read(hr_json_parser *parser, hr_str bytes, hr_arena *arena, const hr_json **out,
		  hr_error *err);

/* Member of an object; NULL when absent, or when `node` is NULL or no object. */
const hr_json *hr_json_get(const hr_json *node, hr_str name);

/*
 * The same, looked for behind `last` first, a member of `node` or NULL: one
 * step each for who asks in the order in which they were written.
 */
const hr_json *hr_json_get_after(const hr_json *node, const hr_json *last, hr_str name);

/* Members and elements on the way, names parted by '.'; an array stands for its first element.
 * NULL-safe. */
const hr_json *hr_json_path(const hr_json *node, hr_str path);

/* A string's text; empty when NULL or not a string. */
hr_str hr_json_text(const hr_json *node);

/* hr_json_text(hr_json_path(node, path)). */
hr_str hr_json_path_text(const hr_json *node, hr_str path);

/* "Bundle.entry[3].resource.valueQuantity.unit", `root` being the word for the top. */
void hr_json_format_path(const hr_json *node, hr_str root, hr_buf *out);

/*
 * The writer: calls in document order; commas, quotes and escapes are its
 * business. Compact, or two blanks a level. Bytes that are not UTF-8 come out
 * as U+FFFD. What fails fails in `buf`; a call out of order is a bug, asserted.
 */
typedef struct hr_json_writer {
	hr_buf *buf;
	uint64_t objects; /* a bit a level, the lowest is the innermost: object, not array */
	uint32_t depth;
	bool pretty;
	bool fresh; /* nothing yet in the innermost array or object */
	bool named; /* a member's name has been written, its value is next */
} hr_json_writer;

void hr_json_writer_init(hr_json_writer *w, hr_buf *buf, bool pretty);
void hr_json_open_object(hr_json_writer *w);
void hr_json_close_object(hr_json_writer *w);
void hr_json_open_array(hr_json_writer *w);
void hr_json_close_array(hr_json_writer *w);
void hr_json_name(hr_json_writer *w, hr_str name);
void hr_json_string(hr_json_writer *w, hr_str value);
void hr_json_int(hr_json_writer *w, int64_t value);
void hr_json_bool(hr_json_writer *w, bool value);
void hr_json_null(hr_json_writer *w);

/* name and string in one call; nothing at all when the value is empty. */
void hr_json_member(hr_json_writer *w, hr_str name, hr_str value);
