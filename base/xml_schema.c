/*
 * XSD, by libxml2, as a stream: its check stands behind a pass as the reader's
 * does, so no second tree is built and every place is our own, also past line
 * 65,535, where libxml2's nodes stop counting.
 *
 * This is for catalogues, not for what strangers send with a request: this
 * part of libxml2 2.9 uses what malloc gave it without a look, so it crashes
 * when memory is short, and nothing that we could do around it would help.
 */
#include "base/utf8.h"
#include "base/xml_lines.h"
#include "base/xml_pass.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdlib.h>

enum { ARENA_MAX = 64 * 1024 * 1024, MESSAGE_MAX = 512 };

struct hr_xml_schema {
	xmlDocPtr doc; /* the schema points into it */
	xmlSchemaPtr schema;
};

static inline void xmlSchemaParserCtxt_auto_close(xmlSchemaParserCtxt **ctxt)
{
	xmlSchemaFreeParserCtxt(*ctxt);
}

static inline void xmlSchemaValidCtxt_auto_close(xmlSchemaValidCtxt **ctxt)
{
	xmlSchemaFreeValidCtxt(*ctxt);
}

/* These would make libxml2 open files, or ask the network for them. */
static bool check_stands_alone(const hr_xml *root, hr_error *err)
{
	static const hr_str others[] = { HR_STR_INIT("include"), HR_STR_INIT("import"),
					 HR_STR_INIT("redefine") };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const hr_xml *node = hr_xml_child(root, others[i]);

		if (node)
			return hr_fail_at(err, HR_E_FORBIDDEN, hr_xml_line(node),
					  hr_xml_column(node), "a schema may not name other files");
	}
	return true;
}

/* The text of a schema that is safe to give to libxml2 as a whole. */
static bool read_schema(hr_str xsd, hr_arena *arena, hr_str *out, hr_error *err)
{
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	hr_xml_document document;
	hr_xml_source source;

	if (!parser)
		return hr_fail_memory(err);
	if (!hr_xml_read(parser, xsd, arena, &document, err) ||
	    !check_stands_alone(document.root, err) ||
	    !hr_xml_source_open(xsd, arena, &source, err))
		return false;
	*out = source.text;
	return true;
}

/* Cuts away "{namespace}", "[facet 'x'] " and the full stop of a message of libxml2. */
static hr_str skip_noise(hr_str rest)
{
	size_t close;

	if (hr_str_starts_with(rest, HR_STR("[facet '")))
		return hr_str_slice(rest, hr_str_find(rest, HR_STR("] ")) + 2, rest.len);
	if (!hr_str_starts_with(rest, HR_STR("{")))
		return rest;
	/* A brace without a colon is of a pattern, not of a namespace. */
	close = hr_str_find(rest, HR_STR("}"));
	if (hr_str_find(hr_str_slice(rest, 0, close), HR_STR(":")) == close)
		return rest;
	return hr_str_slice(rest, close + 1, rest.len);
}

static bool ends_sentence(hr_str rest)
{
	return rest.len > 2 && rest.data[0] == '.' && rest.data[1] == ' ' && rest.data[2] >= 'A' &&
	       rest.data[2] <= 'Z';
}

static char to_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* "Element '{urn:x}a': This is not expected. Expected is ( {urn:x}b ).\n" as we would say it. */
static void tidy(const char *from, char out[MESSAGE_MAX])
{
	hr_str message = hr_str_trim(hr_str_of(from));
	bool quoted = false;
	bool starts = true; /* a sentence */
	hr_buf buf;

	hr_buf_init_over(&buf, out, MESSAGE_MAX);
	if (hr_str_ends_with(message, HR_STR(".")))
		message.len--;
	for (hr_str rest = skip_noise(message); rest.len;) {
		char c = rest.data[0];

		quoted ^= c == '\'';
		if (!quoted && ends_sentence(rest))
			c = ';';
		if (starts)
			c = to_lower(c);
		hr_buf_add_char(&buf, c);
		starts = !quoted && (c == ';' || c == ':' || (starts && c == ' '));
		rest = skip_noise(hr_str_slice(rest, 1, rest.len));
	}
	/* It may have been cut inside a character. */
	out[hr_utf8_prefix(hr_buf_str(&buf))] = '\0';
}

/* What libxml2 says first while it compiles a schema. */
struct complaint {
	hr_error *err;
	bool any;
};

static void on_complaint(void *user, xmlErrorPtr error)
{
	struct complaint *complaint = user;
	long line = error->node ? xmlGetLineNo(error->node) : error->line;
	char message[MESSAGE_MAX];

	if (complaint->any || error->level < XML_ERR_ERROR)
		return;
	complaint->any = true;
	if (error->code == XML_ERR_NO_MEMORY) {
		hr_fail_memory(complaint->err);
		return;
	}
	tidy(error->message, message);
	hr_fail_at(complaint->err, HR_E_SYNTAX, line > 0 ? (uint32_t)line : 0, 0,
		   "the schema is wrong: %s", message);
}

static bool compile(hr_xml_schema *schema, hr_str text)
{
	HR_AUTO(xmlSchemaParserCtxt) ctxt = NULL;

	schema->doc = xmlReadMemory(text.data, (int)text.len, NULL, NULL,
				    XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
	if (!schema->doc)
		return false;
	ctxt = xmlSchemaNewDocParserCtxt(schema->doc);
	if (!ctxt)
		return false;
	schema->schema = xmlSchemaParse(ctxt);
	return schema->schema != NULL;
}

/* Some faults, of patterns for one, libxml2 tells to the thread's listener alone. */
static bool compile_quietly(hr_xml_schema *schema, hr_str text, hr_error *err)
{
	struct complaint complaint = { .err = err };
	hr_xml_listener before =
		hr_xml_listen((hr_xml_listener){ .hear = on_complaint, .user = &complaint });
	bool ok = compile(schema, text);

	hr_xml_listen(before);
	if (complaint.any)
		return false;
	return ok || hr_fail_memory(err);
}

bool hr_xml_schema_open(hr_str xsd, hr_xml_schema **out, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_MAX);
	hr_xml_schema *schema;
	hr_str text = HR_STR_NONE;

	if (!arena)
		return hr_fail_memory(err);
	if (!read_schema(xsd, arena, &text, err))
		return false;
	schema = calloc(1, sizeof(*schema));
	if (!schema)
		return hr_fail_memory(err);
	if (!compile_quietly(schema, text, err)) {
		hr_xml_schema_close(schema);
		return false;
	}
	*out = schema;
	return true;
}

void hr_xml_schema_close(hr_xml_schema *schema)
{
	if (!schema)
		return;
	xmlSchemaFree(schema->schema);
	xmlFreeDoc(schema->doc);
	free(schema);
}

/* An element that is open: its name, as libxml2 has it, and where its start tag ends. */
struct spot {
	const xmlChar *name;
	const xmlChar *uri;
	size_t tag_end;
};

struct check {
	hr_xml_pass pass; /* first: libxml2's `user` is one */
	hr_xml_lines *lines;
	hr_xml_issue_fn *report;
	void *context;
	uint32_t depth;
	struct spot spots[HR_XML_DEPTH_MAX + 1]; /* one for the element that is too deep */
	struct spot spot;			 /* what libxml2 speaks of now */
};

/* These three run before libxml2 checks the same event. */
static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int namespace_count, const xmlChar **namespaces, int attr_count,
		     int defaulted_count, const xmlChar **attrs)
{
	struct check *check = user;

	(void)prefix, (void)namespace_count, (void)namespaces;
	(void)attr_count, (void)defaulted_count, (void)attrs;
	check->spot = (struct spot){ name, uri, hr_xml_pass_offset(&check->pass) };
	check->spots[check->depth++] = check->spot;
	if (check->depth > HR_XML_DEPTH_MAX)
		hr_xml_pass_refuse(&check->pass, HR_E_LIMIT, "elements are nested over 64 deep");
}

static void on_text(void *user, const xmlChar *text, int len)
{
	struct check *check = user;

	(void)text, (void)len;
	check->spot = check->spots[check->depth - 1];
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct check *check = user;

	(void)name, (void)prefix, (void)uri;
	check->spot = check->spots[--check->depth];
}

static void on_issue(void *user, xmlErrorPtr error)
{
	struct check *check = user;
	char message[MESSAGE_MAX];
	uint32_t line = 0;
	uint32_t column = 0;

	if (check->pass.failed)
		return;
	/* It follows a value that was found wrong already, and means only itself. */
	if (error->message && strstr(error->message, "Warning: No precomputed value"))
		return;
	if (error->code == XML_ERR_NO_MEMORY) {
		hr_xml_pass_refuse_memory(&check->pass);
		return;
	}
	if (error->code == XML_SCHEMAV_INTERNAL) {
		hr_xml_pass_refuse(&check->pass, HR_E_INTERNAL, "libxml2 failed to check a schema");
		return;
	}
	tidy(error->message, message);
	if (check->spot.tag_end)
		hr_xml_lines_find(check->lines, check->spot.tag_end, &line, &column);
	check->report(check->context, line, column, message);
}

static const xmlSAXHandler handler = {
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
};

/* What an element holds in libxml2's check is freed where it ends. */
static void end_open_elements(struct check *check)
{
	xmlParserCtxtPtr ctxt = check->pass.ctxt;

	while (check->depth > 0) {
		const struct spot *last = &check->spots[check->depth - 1];

		ctxt->sax->endElementNs(ctxt->userData, last->name, NULL, last->uri);
	}
}

/* What libxml2 has no context for is a lack of memory, which its NULLs tell as well. */
static void hear_nothing(void *user, xmlErrorPtr error)
{
	(void)user, (void)error;
}

/* The schema's check stands between the pass and the functions above. */
static bool run(struct check *check, xmlSchemaPtr schema)
{
	HR_AUTO(xmlSchemaValidCtxt) ctxt = xmlSchemaNewValidCtxt(schema);
	xmlParserCtxtPtr parser = check->pass.ctxt;
	xmlSchemaSAXPlugPtr plug;
	bool ok;

	if (!ctxt)
		return hr_fail_memory(check->pass.err);
	xmlSchemaSetValidStructuredErrors(ctxt, on_issue, check);
	plug = xmlSchemaSAXPlug(ctxt, &parser->sax, &parser->userData);
	if (!plug)
		return hr_fail_memory(check->pass.err);
	ok = hr_xml_pass_run(&check->pass);
	end_open_elements(check);
	xmlSchemaSAXUnplug(plug);
	return ok;
}

bool hr_xml_schema_check(const hr_xml_schema *schema, hr_str bytes, hr_xml_issue_fn *report,
			 void *context, hr_error *err)
{
	struct check check = { .report = report, .context = context };
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_MAX);
	hr_xml_listener before;
	hr_xml_source source;
	bool ok;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_xml_source_open(bytes, arena, &source, err))
		return false;
	check.lines = hr_xml_lines_new(source.text, arena);
	if (!check.lines)
		return hr_fail_memory(err);
	check.pass.text = source.text;
	check.pass.err = err;
	check.pass.ctxt = hr_xml_context_new(&handler, &check);
	if (!check.pass.ctxt)
		return hr_fail_memory(err);
	before = hr_xml_listen((hr_xml_listener){ .hear = hear_nothing });
	ok = run(&check, schema->schema);
	hr_xml_listen(before);
	xmlFreeParserCtxt(check.pass.ctxt);
	return ok;
}
