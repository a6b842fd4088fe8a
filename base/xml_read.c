/*
 * The reader: libxml2's events to a tree.
 *
 * libxml2 reads the text where it lies, in the caller's arena, so most values
 * it hands out are slices of that text and go into the tree as they are. Only
 * what it had to change (references, non-ASCII values, joined text) is copied.
 * No slice may point into memory of libxml2.
 */
#include "base/xml_lines.h"
#include "base/xml_pass.h"

#include <libxml/parser.h>
#include <stdlib.h>

enum {
	/* Different names seen lately; a power of two. */
	NAMES = 256,
	/* Bytes of names. The dictionary outlives documents; past this its context goes. */
	DICTIONARY_MAX = 256 * 1024,
};

/* An element that is open. */
struct frame {
	hr_xml *node;
	hr_xml *last; /* child */
	char *joined; /* where node->text is built when it is no slice of the document */
	size_t room;
	uint32_t namespaces; /* in force around it */
};

/* A string of libxml2's dictionary, where equal means the same pointer, and our copy. */
struct name {
	const xmlChar *key;
	hr_str text;
};

struct builder {
	hr_xml_pass pass; /* first: libxml2's `user` is one */
	hr_arena *arena;
	hr_xml_lines *lines;
	hr_xml *root;
	bool in_run;	/* character data was seen since the last tag: a run of it */
	bool run_white; /* all of the run is white space, written as such */
	size_t run_from;
	uint32_t depth;
	uint32_t namespace_count;
	struct frame frames[HR_XML_DEPTH_MAX];
	struct name namespaces[HR_XML_NAMESPACES_MAX];
	struct name namespace; /* the last one that was used */
	struct name names[NAMES];
	int names_before; /* of the dictionary, from other documents */
};

struct hr_xml_parser {
	xmlParserCtxtPtr ctxt; /* NULL before the first document and after a bad one */
	struct builder builder;
};

static bool is_in_document(const struct builder *b, const char *at)
{
	return at >= b->pass.text.data && at < b->pass.text.data + b->pass.text.len;
}

/* A slice of the document as it is, anything else copied. */
static bool keep(struct builder *b, const xmlChar *data, size_t len, hr_str *out)
{
	*out = (hr_str){ (const char *)data, len };
	if (len == 0 || is_in_document(b, out->data))
		return true;
	*out = hr_str_copy(b->arena, *out);
	if (!out->data)
		hr_xml_pass_refuse_memory(&b->pass);
	return out->data != NULL;
}

/*
 * libxml2's dictionary grows to 16,384 chains and no further, after which a
 * document full of new names takes time quadratic in them: half a minute for
 * 8 MiB.
 */
static bool names_are_few(struct builder *b)
{
	if (xmlDictSize(b->pass.ctxt->dict) - b->names_before <= HR_XML_NAMES_MAX)
		return true;
	hr_xml_pass_refuse(&b->pass, HR_E_LIMIT, "the document has over 4,096 different names");
	return false;
}

static bool copy_name(struct builder *b, const xmlChar *key, struct name *name)
{
	hr_str text;

	if (!names_are_few(b))
		return false;
	text = hr_str_copy(b->arena, hr_str_of((const char *)key));
	if (!text.data) {
		hr_xml_pass_refuse_memory(&b->pass);
		return false;
	}
	*name = (struct name){ key, text };
	return true;
}

/* A name of the dictionary, copied the first time it is met. */
static inline bool keep_name(struct builder *b, const xmlChar *key, hr_str *out)
{
	struct name *name = &b->names[((uintptr_t)key >> 1) % NAMES];

	if (name->key != key && !copy_name(b, key, name))
		return false;
	*out = name->text;
	return true;
}

/* Pairs of prefix and URI. libxml2 searches all in force for each prefix, so they are limited. */
static bool declare_namespaces(struct builder *b, int count, const xmlChar **pairs)
{
	for (int i = 0; i < count; i++) {
		if (b->namespace_count == HR_XML_NAMESPACES_MAX) {
			hr_xml_pass_refuse(&b->pass, HR_E_LIMIT,
					   "over 64 namespaces are declared here and around");
			return false;
		}
		if (!copy_name(b, pairs[2 * i + 1], &b->namespaces[b->namespace_count]))
			return false;
		b->namespace_count++;
	}
	return true;
}

static hr_str find_namespace(struct builder *b, const xmlChar *uri)
{
	if (!uri)
		return HR_STR_NONE;
	/* Most often the one of the tag before. */
	if (b->namespace.key == uri)
		return b->namespace.text;
	/* The one that needs no declaration. */
	b->namespace = (struct name){ uri, HR_STR("http://www.w3.org/XML/1998/namespace") };
	for (uint32_t i = 0; i < b->namespace_count; i++)
		if (b->namespaces[i].key == uri)
			b->namespace = b->namespaces[i];
	return b->namespace.text;
}

/* libxml2 gives five pointers an attribute: name, prefix, URI, value and its end. */
static bool fill_attrs(struct builder *b, int count, const xmlChar **from, hr_xml_attr *to)
{
	for (int i = 0; i < count; i++, from += 5, to++) {
		to->prefixed = from[1] != NULL;
		if (!keep_name(b, from[0], &to->name))
			return false;
		if (!keep(b, from[3], (size_t)(from[4] - from[3]), &to->value))
			return false;
	}
	return true;
}

/* The element and its attributes in one piece; NULL when the pass has been refused. */
static hr_xml *new_node(struct builder *b, const xmlChar *name, const xmlChar *uri, int attr_count,
			const xmlChar **attrs)
{
	size_t count = (size_t)attr_count;
	hr_xml *node = hr_arena_alloc_raw(b->arena, sizeof(*node) + count * sizeof(hr_xml_attr));
	hr_xml_attr *to = (hr_xml_attr *)(node + 1);

	if (!node) {
		hr_xml_pass_refuse_memory(&b->pass);
		return NULL;
	}
	*node = (hr_xml){
		.ns = find_namespace(b, uri),
		.attrs = to,
		.attr_count = (uint32_t)count,
		.tag_end = (uint32_t)hr_xml_pass_offset(&b->pass),
		.lines = b->lines,
	};
	if (!keep_name(b, name, &node->name) || !fill_attrs(b, attr_count, attrs, to))
		return NULL;
	return node;
}

static void link_node(struct builder *b, hr_xml *node)
{
	struct frame *parent;

	if (b->depth == 0) {
		b->root = node;
		return;
	}
	parent = &b->frames[b->depth - 1];
	node->parent = parent->node;
	if (parent->last)
		parent->last->next = node;
	else
		parent->node->first = node;
	parent->last = node;
}

/* To the text of the innermost element; sizes double, so that joining takes linear time. */
static bool add_text(struct builder *b, hr_str piece)
{
	struct frame *frame = &b->frames[b->depth - 1];
	hr_str *text = &frame->node->text;
	size_t len = text->len + piece.len;

	if (piece.len == 0)
		return true;
	if (is_in_document(b, piece.data) &&
	    (text->len == 0 || text->data + text->len == piece.data)) {
		*text = (hr_str){ text->len ? text->data : piece.data, len };
		return true;
	}
	if (len > frame->room) {
		frame->room = text->len ? 2 * len : len;
		frame->joined = hr_arena_alloc_text(b->arena, frame->room);
		if (!frame->joined)
			return false;
	}
	if (text->len && text->data != frame->joined)
		memcpy(frame->joined, text->data, text->len);
	memcpy(frame->joined + text->len, piece.data, piece.len);
	*text = (hr_str){ frame->joined, len };
	return true;
}

/* True when one of the eight bytes is over the blank: the sum carries into its high bit. */
static bool has_ink(const char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return ((word | ((word & 0x7f7f7f7f7f7f7f7fu) + 0x5f5f5f5f5f5f5f5fu)) &
		0x8080808080808080u) != 0;
}

/* No character below the blank but the white ones is allowed in XML, so none is looked for. */
static bool is_white(hr_str s)
{
	size_t at = 0;

	if (s.len >= 8) {
		for (; s.len - at >= 8; at += 8)
			if (has_ink(s.data + at))
				return false;
		return !has_ink(s.data + s.len - 8);
	}
	while (at < s.len && (unsigned char)s.data[at] <= ' ')
		at++;
	return at == s.len;
}

static void on_text(void *user, const xmlChar *data, int len)
{
	struct builder *b = user;
	hr_str piece = { (const char *)data, (size_t)len };

	if (!b->in_run) {
		b->in_run = true;
		b->run_white = true;
		b->run_from = b->frames[b->depth - 1].node->text.len;
	}
	/* White space that was written as a reference or in CDATA is meant. */
	b->run_white = b->run_white && is_in_document(b, piece.data) && is_white(piece);
	if (!add_text(b, piece))
		hr_xml_pass_refuse_memory(&b->pass);
}

/* At a tag: white space alone beside a child element is indentation and goes. */
static void end_run(struct builder *b, bool has_child)
{
	if (b->in_run && b->run_white && has_child)
		b->frames[b->depth - 1].node->text.len = b->run_from;
	b->in_run = false;
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int namespace_count, const xmlChar **namespaces, int attr_count,
		     int defaulted_count, const xmlChar **attrs)
{
	struct builder *b = user;
	uint32_t namespaces_around = b->namespace_count;
	hr_xml *node;

	(void)prefix, (void)defaulted_count;
	if (b->depth == HR_XML_DEPTH_MAX) {
		hr_xml_pass_refuse(&b->pass, HR_E_LIMIT, "elements are nested over 64 deep");
		return;
	}
	if (!declare_namespaces(b, namespace_count, namespaces))
		return;
	node = new_node(b, name, uri, attr_count, attrs);
	if (!node)
		return;
	end_run(b, true);
	link_node(b, node);
	b->frames[b->depth++] = (struct frame){ .node = node, .namespaces = namespaces_around };
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct builder *b = user;
	struct frame *frame = &b->frames[b->depth - 1];

	(void)name, (void)prefix, (void)uri;
	end_run(b, frame->last != NULL);
	b->namespace_count = frame->namespaces;
	b->depth--;
}

/* Instructions go; but their names are in the dictionary. */
static void on_instruction(void *user, const xmlChar *target, const xmlChar *data)
{
	(void)target, (void)data;
	names_are_few(user);
}

static const xmlSAXHandler handler = {
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.processingInstruction = on_instruction,
};

hr_xml_parser *hr_xml_parser_open(void)
{
	return calloc(1, sizeof(hr_xml_parser));
}

static void drop_context(hr_xml_parser *parser)
{
	xmlFreeParserCtxt(parser->ctxt);
	parser->ctxt = NULL;
}

void hr_xml_parser_close(hr_xml_parser *parser)
{
	if (!parser)
		return;
	drop_context(parser);
	free(parser);
}

static bool start_builder(struct builder *b, xmlParserCtxtPtr ctxt, hr_str text, hr_arena *arena,
			  hr_error *err)
{
	b->lines = hr_xml_lines_new(text, arena);
	if (!b->lines)
		return hr_fail_memory(err);
	b->pass = (hr_xml_pass){ .ctxt = ctxt, .text = text, .err = err };
	b->arena = arena;
	b->root = NULL;
	b->in_run = false;
	b->depth = 0;
	b->namespace_count = 0;
	b->namespace = (struct name){ NULL, HR_STR_NONE };
	memset(b->names, 0, sizeof(b->names));
	b->names_before = xmlDictSize(ctxt->dict);
	return true;
}

bool hr_xml_read(hr_xml_parser *parser, hr_str bytes, hr_arena *arena, hr_xml_document *out,
		 hr_error *err)
{
	struct builder *b = &parser->builder;
	hr_xml_source source;

	if (!hr_xml_source_open(bytes, arena, &source, err))
		return false;
	if (!parser->ctxt)
		parser->ctxt = hr_xml_context_new(&handler, b);
	if (!parser->ctxt)
		return hr_fail_memory(err);
	if (!start_builder(b, parser->ctxt, source.text, arena, err))
		return false;
	if (!hr_xml_pass_run(&b->pass)) {
		drop_context(parser);
		return false;
	}
	if (xmlDictGetUsage(parser->ctxt->dict) > DICTIONARY_MAX)
		drop_context(parser);
	*out = (hr_xml_document){
		.root = b->root,
		.prolog_lied = source.prolog_lied,
		.prefix_undeclared = b->pass.prefix_undeclared,
	};
	return true;
}
