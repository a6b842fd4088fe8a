#include "base/xml_pass.h"

#include "base/text.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

/* libxml2's own messages quote the document, which may be a patient's; these do not. */
static const struct {
	int code;
	const char *phrase;
} phrases[] = {
	{ XML_ERR_DOCUMENT_START, "there is no element" },
	{ XML_ERR_DOCUMENT_EMPTY, "there is no element" },
	{ XML_ERR_DOCUMENT_END, "there is something behind the last element" },
	{ XML_ERR_INVALID_HEX_CHARREF, "a character reference is no number" },
	{ XML_ERR_INVALID_DEC_CHARREF, "a character reference is no number" },
	{ XML_ERR_INVALID_CHARREF, "a character reference is no number" },
	{ XML_ERR_INVALID_CHAR, "a character here is not allowed in XML" },
	{ XML_ERR_ENTITYREF_NO_NAME, "an '&' is not followed by the name of an entity" },
	{ XML_ERR_ENTITYREF_SEMICOL_MISSING, "an entity is not closed with ';'" },
	{ XML_ERR_UNDECLARED_ENTITY, "an entity is not one of the five of XML" },
	{ XML_WAR_UNDECLARED_ENTITY, "an entity is not one of the five of XML" },
	{ XML_ERR_UNSUPPORTED_ENCODING, "the encoding that is named is not known" },
	{ XML_ERR_STRING_NOT_STARTED, "a quote is missing" },
	{ XML_ERR_STRING_NOT_CLOSED, "a quote is not closed" },
	{ XML_ERR_LT_IN_ATTRIBUTE, "an attribute holds a '<'" },
	{ XML_ERR_ATTRIBUTE_NOT_STARTED, "an attribute has no quotes" },
	{ XML_ERR_ATTRIBUTE_NOT_FINISHED, "the quotes of an attribute are not closed" },
	{ XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "an attribute has no value" },
	{ XML_ERR_ATTRIBUTE_REDEFINED, "an attribute stands twice in one tag" },
	{ XML_ERR_COMMENT_NOT_FINISHED, "a comment is not closed" },
	{ XML_ERR_PI_NOT_STARTED, "a processing instruction has no name" },
	{ XML_ERR_PI_NOT_FINISHED, "a processing instruction is not closed" },
	{ XML_ERR_XMLDECL_NOT_FINISHED, "the XML declaration is not closed" },
	{ XML_ERR_MISPLACED_CDATA_END, "']]>' stands outside a CDATA section" },
	{ XML_ERR_CDATA_NOT_FINISHED, "a CDATA section is not closed" },
	{ XML_ERR_RESERVED_XML_NAME, "an XML declaration does not stand at the start" },
	{ XML_ERR_SPACE_REQUIRED, "a blank is missing" },
	{ XML_ERR_NAME_REQUIRED, "a name is missing" },
	{ XML_ERR_GT_REQUIRED, "a tag is not closed with '>'" },
	{ XML_ERR_LTSLASH_REQUIRED, "an end tag is missing" },
	{ XML_ERR_EQUAL_REQUIRED, "an '=' is missing" },
	{ XML_ERR_TAG_NAME_MISMATCH, "a start tag and its end tag differ" },
	{ XML_ERR_TAG_NOT_FINISHED, "the document ends before its last end tag" },
	{ XML_ERR_STANDALONE_VALUE, "standalone is neither yes nor no" },
	{ XML_ERR_ENCODING_NAME, "the encoding in the XML declaration is no name" },
	{ XML_ERR_HYPHEN_IN_COMMENT, "a comment holds '--'" },
	{ XML_ERR_EXTRA_CONTENT, "there is something behind the last element" },
	{ XML_ERR_VERSION_MISSING, "the XML declaration has no version" },
	{ XML_ERR_UNKNOWN_VERSION, "the XML declaration has an unknown version" },
	{ XML_ERR_NAME_TOO_LONG, "a name is too long" },
	{ XML_NS_ERR_XML_NAMESPACE, "a prefix or namespace of XML itself is declared anew" },
	{ XML_NS_ERR_QNAME, "a name has a misplaced ':'" },
	{ XML_NS_ERR_ATTRIBUTE_REDEFINED, "an attribute stands twice in one tag" },
	{ XML_NS_ERR_EMPTY, "a prefix is declared with an empty namespace" },
	{ XML_NS_ERR_COLON, "a name has a misplaced ':'" },
};

static const char *find_phrase(int code)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (phrases[i].code == code)
			return phrases[i].phrase;
	return NULL;
}

static void fail_here(hr_xml_pass *pass, hr_error_code code, const char *what)
{
	const char *at = (const char *)pass->ctxt->input->cur;
	uint32_t line = 0;
	uint32_t column = 0;

	if (pass->failed)
		return;
	pass->failed = true;
	/* A parser that has stopped by itself stands in a text of its own. */
	if (at >= pass->text.data && at <= pass->text.data + pass->text.len)
		hr_text_place(pass->text, (size_t)(at - pass->text.data), &line, &column);
	hr_fail_at(pass->err, code, line, column, "%s", what);
}

size_t hr_xml_pass_offset(const hr_xml_pass *pass)
{
	return (size_t)((const char *)pass->ctxt->input->cur - pass->text.data);
}

void hr_xml_pass_refuse(hr_xml_pass *pass, hr_error_code code, const char *what)
{
	fail_here(pass, code, what);
	xmlStopParser(pass->ctxt);
}

void hr_xml_pass_refuse_memory(hr_xml_pass *pass)
{
	if (!pass->failed)
		hr_fail_memory(pass->err);
	pass->failed = true;
	xmlStopParser(pass->ctxt);
}

/*
 * libxml2 calls a prefix's namespace empty also when it had no memory for it.
 * One that is empty ends in two quotes.
 */
static int code_of(const xmlError *error, const xmlParserInput *input)
{
	if (!error->message) /* nor had it any for its words */
		return XML_ERR_NO_MEMORY;
	if (error->code != XML_NS_ERR_XML_NAMESPACE || !error->str1)
		return error->code;
	return input->cur[-1] == input->cur[-2] ? XML_NS_ERR_EMPTY : XML_ERR_NO_MEMORY;
}

/* `user` is not the pass when a schema stands between, so the context tells. */
static void on_error(void *user, xmlErrorPtr error)
{
	xmlParserCtxtPtr ctxt = error->ctxt;
	hr_xml_pass *pass = ctxt->_private;
	int code = code_of(error, ctxt->input);
	const char *phrase = find_phrase(code);
	char unknown[64];

	(void)user;
	if (error->level < XML_ERR_ERROR)
		return;
	/* Sloppy and without harm: the prefix and the local name are there to be read. */
	if (code == XML_NS_ERR_UNDEFINED_NAMESPACE) {
		pass->prefix_undeclared = true;
		return;
	}
	/* A namespace is a name; that it also be a URI is none of our business. */
	if (code == XML_WAR_NS_URI)
		return;
	if (code == XML_ERR_NO_MEMORY) {
		hr_xml_pass_refuse_memory(pass);
		return;
	}
	snprintf(unknown, sizeof(unknown), "not well formed (libxml2 error %d)", code);
	hr_xml_pass_refuse(pass, HR_E_SYNTAX, phrase ? phrase : unknown);
}

/* The prolog was searched for a DOCTYPE before; this is the second wall. */
static void on_doctype(void *user, const xmlChar *name, const xmlChar *public_id,
		       const xmlChar *system_id)
{
	(void)name, (void)public_id, (void)system_id;
	hr_xml_pass_refuse(user, HR_E_FORBIDDEN, "a DOCTYPE is forbidden");
}

static void print_nothing(void *printer, const char *format, ...)
{
	(void)printer, (void)format;
}

hr_xml_listener hr_xml_listen(hr_xml_listener listener)
{
	hr_xml_listener before = { xmlStructuredError, xmlStructuredErrorContext, xmlGenericError,
				   xmlGenericErrorContext };

	xmlSetStructuredErrorFunc(listener.user, listener.hear);
	xmlSetGenericErrorFunc(listener.printer, listener.print ? listener.print : print_nothing);
	return before;
}

/* Without a context it is a lack of memory; there is no pass before there is a context. */
static void on_stray(void *user, xmlErrorPtr error)
{
	hr_xml_pass *pass = user;

	if (pass && error->code == XML_ERR_NO_MEMORY)
		hr_xml_pass_refuse_memory(pass);
}

struct _xmlParserCtxt *hr_xml_context_new(const struct _xmlSAXHandler *handler, void *user)
{
	hr_xml_listener before = hr_xml_listen((hr_xml_listener){ .hear = on_stray });
	xmlParserCtxtPtr ctxt;

	xmlInitParser();
	ctxt = xmlNewParserCtxt();
	hr_xml_listen(before);
	if (!ctxt)
		return NULL;
	/*
	 * NOENT looks wrong and is right: without it libxml2 gives "&amp;" in
	 * an attribute as "&#38;", and without a DOCTYPE there is no entity
	 * to substitute but the five. The text is UTF-8, whatever its prolog
	 * says.
	 */
	xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
	*ctxt->sax = *handler;
	ctxt->sax->initialized = XML_SAX2_MAGIC;
	ctxt->sax->internalSubset = on_doctype;
	ctxt->userData = user;
	return ctxt;
}

/* libxml2 reads the text where it lies; it needs the NUL behind it. */
static bool push_text(xmlParserCtxtPtr ctxt, hr_str text)
{
	xmlParserInputPtr input = xmlNewInputStream(ctxt);

	if (!input)
		return false;
	input->base = (const xmlChar *)text.data;
	input->cur = input->base;
	input->end = input->base + text.len;
	if (inputPush(ctxt, input) >= 0)
		return true;
	xmlFreeInputStream(input);
	return false;
}

bool hr_xml_pass_run(hr_xml_pass *pass)
{
	hr_xml_listener before = hr_xml_listen((hr_xml_listener){ .hear = on_stray, .user = pass });
	xmlParserCtxtPtr ctxt = pass->ctxt;

	ctxt->_private = pass;
	/* Here, because a schema that stands between brings a handler without one. */
	ctxt->sax->serror = on_error;
	if (push_text(ctxt, pass->text))
		xmlParseDocument(ctxt);
	else
		hr_xml_pass_refuse_memory(pass);
	if (!pass->failed && !ctxt->wellFormed)
		fail_here(pass, HR_E_SYNTAX, "not well formed");
	xmlCtxtReset(ctxt);
	hr_xml_listen(before);
	return !pass->failed;
}
