/*
 * Safe XML: bytes in, a small tree in the arena out.
 *
 * What is refused, whoever sent it: any DOCTYPE (HR_E_FORBIDDEN); a document
 * over 8 MiB, depth over 64, a start tag over 64 KiB or with over 256
 * attributes, over 64 namespaces declared around an element, over 4,096
 * different names (HR_E_LIMIT); an encoding that is not in base/text.h
 * (HR_E_ENCODING). No entity is substituted but the five of XML and character
 * references, no file is opened, no network used, no XInclude done. What is
 * said of a fault never quotes the document.
 *
 * Everything in a tree lives in the arena that it was read into.
 */
#pragma once

#include "base/str.h"

enum {
	HR_XML_DOCUMENT_MAX = 8 * 1024 * 1024,
	HR_XML_DEPTH_MAX = 64,
	HR_XML_TAG_MAX = 64 * 1024,
	HR_XML_ATTRIBUTES_MAX = 256,
	HR_XML_NAMESPACES_MAX = 64,
	HR_XML_NAMES_MAX = 4096,
};

typedef struct hr_xml_attr {
	hr_str name; /* local name */
	hr_str value;
	bool prefixed; /* `xsi:type` is "type", prefixed */
} hr_xml_attr;

typedef struct hr_xml hr_xml;
struct hr_xml {
	hr_str name; /* local name */
	hr_str ns;   /* namespace URI, empty for none */
	/* The direct character data, pieces joined, not trimmed; beside child elements without the
	 * white space that stands alone between tags. */
	hr_str text;
	const hr_xml_attr *attrs;
	uint32_t attr_count;
	uint32_t tag_end;	    /* for hr_xml_line, as is: */
	struct hr_xml_lines *lines; /* of the document */
	const hr_xml *parent;
	const hr_xml *first; /* child element */
	const hr_xml *next;  /* sibling element */
};

typedef struct hr_xml_document {
	const hr_xml *root;
	bool prolog_lied;	/* the bytes are UTF-8 under a prolog that names another encoding */
	bool prefix_undeclared; /* somewhere; what bears such a prefix has no namespace */
} hr_xml_document;

/*
 * A parser that may be used again and again, by one thread at a time: setting
 * libxml2 up costs half as much as reading a report.
 */
typedef struct hr_xml_parser hr_xml_parser;

/* NULL when memory is short. */
hr_xml_parser *hr_xml_parser_open(void);
void hr_xml_parser_close(hr_xml_parser *parser);
static inline void hr_xml_parser_auto_close(hr_xml_parser **parser)
{
	hr_xml_parser_close(*parser);
}

bool hr_xml_read(hr_xml_parser *parser, hr_str bytes, hr_arena *arena, hr_xml_document *out,
		 hr_error *err);

/*
 * Where the '<' of the start tag stands: 1-based, the column in bytes. The
 * document's lines are counted when this is first asked, so a tree belongs to
 * one thread at a time.
 */
uint32_t hr_xml_line(const hr_xml *node);
uint32_t hr_xml_column(const hr_xml *node);

bool hr_xml_is(const hr_xml *node, hr_str local_name);

/* First child element of that local name, of any namespace; NULL when there is none. */
const hr_xml *hr_xml_child(const hr_xml *node, hr_str local_name);

/* The next sibling of the same local name; NULL at the end. */
const hr_xml *hr_xml_next_same(const hr_xml *node);

/* Child of child ..., names parted by '/'; the first branch that goes all the way. NULL-safe. */
const hr_xml *hr_xml_path(const hr_xml *node, hr_str path);

/* Next node of the subtree of `top` in document order after `node`; NULL at the end. */
const hr_xml *hr_xml_walk(const hr_xml *node, const hr_xml *top);

/* The attribute of that name without prefix, or else the first with one; NULL when absent. */
const hr_xml_attr *hr_xml_find_attr(const hr_xml *node, hr_str name);

/* As hr_xml_find_attr, but the value, empty when absent. NULL-safe. */
hr_str hr_xml_attr_value(const hr_xml *node, hr_str name);

/* "/ClinicalDocument/component/section[2]/@code", for people: positions where a name repeats. */
void hr_xml_format_xpath(const hr_xml *node, hr_str attr, hr_buf *out);

/*
 * The way to the node whose path was asked last. Paths of one document asked in
 * its order share most of their steps, and no sibling is counted twice: without
 * it a thousand paths take time quadratic in the siblings.
 */
typedef struct hr_xml_step {
	const hr_xml *node;
	uint32_t position;
	uint32_t end; /* of the step in the text */
} hr_xml_step;

typedef struct hr_xml_trail {
	hr_xml_step steps[HR_XML_DEPTH_MAX];
	hr_buf text;
} hr_xml_trail;

void hr_xml_trail_init(hr_xml_trail *trail, hr_arena *arena, size_t limit);

/* As hr_xml_format_xpath; good until the next call. What fails fails in `trail->text`. */
hr_str hr_xml_trail_xpath(hr_xml_trail *trail, const hr_xml *node, hr_str attr);

/*
 * An XSD, compiled once; checks may then run in several threads at once. It
 * stands alone: one that includes or imports others is HR_E_FORBIDDEN, because
 * no file is opened for it.
 */
typedef struct hr_xml_schema hr_xml_schema;

bool hr_xml_schema_open(hr_str xsd, hr_xml_schema **out, hr_error *err);
void hr_xml_schema_close(hr_xml_schema *schema);
static inline void hr_xml_schema_auto_close(hr_xml_schema **schema)
{
	hr_xml_schema_close(*schema);
}

/* The place is that of the start tag of what is wrong. The message quotes the document. */
typedef void hr_xml_issue_fn(void *context, uint32_t line, uint32_t column, const char *message);

/*
 * Calls `report` for each thing that is wrong; true when the check was made,
 * however many there were. `bytes` must have been read by hr_xml_read before:
 * not all limits are checked again.
 */
bool hr_xml_schema_check(const hr_xml_schema *schema, hr_str bytes, hr_xml_issue_fn *report,
			 void *context, hr_error *err);
