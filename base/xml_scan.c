#include "base/xml_scan.h"

#include "base/text.h"

static bool fail_there(hr_str text, const char *at, hr_error_code code, const char *what,
		       hr_error *err)
{
	uint32_t line;
	uint32_t column;

	hr_text_place(text, (size_t)(at - text.data), &line, &column);
	return hr_fail_at(err, code, line, column, "%s", what);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static hr_str skip_blanks(hr_str s)
{
	while (s.len && is_blank(s.data[0]))
		s = hr_str_slice(s, 1, s.len);
	return s;
}

/* The encoding that an XML declaration in ASCII names; empty when there is none. */
static hr_str declared_encoding(hr_str bytes)
{
	enum { DECLARATION_MAX = 512 };
	hr_str rest = hr_str_slice(bytes, 0, DECLARATION_MAX);
	char quote[1];

	if (!hr_str_starts_with(rest, HR_STR("<?xml")) || rest.len == 5 || !is_blank(rest.data[5]))
		return HR_STR_NONE;
	rest = hr_str_slice(rest, 0, hr_str_find(rest, HR_STR("?>")));
	rest = hr_str_slice(rest, hr_str_find(rest, HR_STR("encoding")) + 8, rest.len);
	rest = skip_blanks(rest);
	if (!hr_str_starts_with(rest, HR_STR("=")))
		return HR_STR_NONE;
	rest = skip_blanks(hr_str_slice(rest, 1, rest.len));
	if (rest.len == 0)
		return HR_STR_NONE;
	quote[0] = rest.data[0];
	rest = hr_str_slice(rest, 1, rest.len);
	return hr_str_slice(rest, 0, hr_str_find(rest, (hr_str){ quote, 1 }));
}

static bool is_named(hr_str encoding, const char *start)
{
	return hr_str_equal_nocase(hr_str_slice(encoding, 0, strlen(start)), hr_str_of(start));
}

static bool is_ascii(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] >= 0x80)
			return false;
	return true;
}

/* UTF-16 shows itself: by its mark, or because the first character, '<', takes two bytes. */
static hr_str utf16_by_look(hr_str bytes)
{
	static const struct {
		hr_str start;
		hr_str encoding;
	} looks[] = {
		{ HR_STR_INIT("\xff\xfe"), HR_STR_INIT("UTF-16LE") },
		{ HR_STR_INIT("\xfe\xff"), HR_STR_INIT("UTF-16BE") },
		{ HR_STR_INIT("<\0"), HR_STR_INIT("UTF-16LE") },
		{ HR_STR_INIT("\0<"), HR_STR_INIT("UTF-16BE") },
	};

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (hr_str_starts_with(bytes, looks[i].start))
			return looks[i].encoding;
	return HR_STR_NONE;
}

/*
 * Bytes that are UTF-8 are read as UTF-8, whatever the prolog names: programs
 * convert a text and forget its prolog. Bytes that are not, under a prolog
 * that says UTF-8 or nothing, are refused: to guess GBK could change a result.
 */
static bool decode(hr_str bytes, hr_arena *arena, hr_xml_source *out, hr_error *err)
{
	hr_str read_as = utf16_by_look(bytes);
	bool marked = hr_str_starts_with(bytes, HR_STR("\xef\xbb\xbf"));
	hr_str named;
	bool is_utf8;

	if (read_as.len)
		return hr_text_to_utf8(bytes, read_as, HR_XML_DOCUMENT_MAX, arena, &out->text, err);
	if (marked)
		bytes = hr_str_slice(bytes, 3, bytes.len);
	named = declared_encoding(bytes);
	/* UTF-16 that is named in single bytes is a lie on its face. */
	is_utf8 = marked || named.len == 0 || is_named(named, "UTF") || hr_text_is_utf8(bytes);
	read_as = is_utf8 ? HR_STR("UTF-8") : named;
	if (!hr_text_to_utf8(bytes, read_as, HR_XML_DOCUMENT_MAX, arena, &out->text, err))
		return false;
	if (is_utf8 && named.len && !is_named(named, "UTF-8") && !is_named(named, "UTF8"))
		out->prolog_lied = is_named(named, "UTF") || !is_ascii(bytes);
	return true;
}

/* Markup that may hold a '<' or a tag without meaning it. */
static const struct opaque {
	hr_str start;
	hr_str end;
	const char *unfinished;
} opaques[] = {
	{ HR_STR_INIT("<!--"), HR_STR_INIT("-->"), "the document ends inside a comment" },
	{ HR_STR_INIT("<?"), HR_STR_INIT("?>"),
	  "the document ends inside a processing instruction" },
	{ HR_STR_INIT("<![CDATA["), HR_STR_INIT("]]>"),
	  "the document ends inside a CDATA section" },
};

static const struct opaque *find_opaque(hr_str s)
{
	for (size_t i = 0; i < sizeof(opaques) / sizeof(opaques[0]); i++)
		if (hr_str_starts_with(s, opaques[i].start))
			return &opaques[i];
	return NULL;
}

/* `*rest` moves behind the markup it starts with; false, at its end, when that has no end. */
static bool skip_opaque(const struct opaque *opaque, hr_str *rest)
{
	hr_str inside = hr_str_slice(*rest, opaque->start.len, rest->len);
	size_t length = hr_str_find(inside, opaque->end);

	*rest = hr_str_slice(inside, length + opaque->end.len, inside.len);
	return length < inside.len;
}

/* What stands before the root element: blanks, comments, instructions. `*rest` is left there. */
static bool skip_prolog(hr_str text, hr_str *rest, hr_error *err)
{
	const struct opaque *opaque;

	*rest = skip_blanks(text);
	while ((opaque = find_opaque(*rest))) {
		const char *at = rest->data;

		if (!skip_opaque(opaque, rest))
			return fail_there(text, at, HR_E_SYNTAX, opaque->unfinished, err);
		*rest = skip_blanks(*rest);
	}
	if (rest->len == 0)
		return fail_there(text, text.data + text.len, HR_E_SYNTAX, "there is no element",
				  err);
	if (rest->data[0] != '<')
		return fail_there(text, rest->data, HR_E_SYNTAX,
				  "there is text before the first element", err);
	if (hr_str_equal_nocase(hr_str_slice(*rest, 0, 3), HR_STR("<!D")))
		return fail_there(text, rest->data, HR_E_FORBIDDEN, "a DOCTYPE is forbidden", err);
	return true;
}

/*
 * True when no start tag can be over its limits, seen without reading any: in
 * a document that is well formed a tag holds no second '<', and 256 attributes
 * of four bytes need 1024. libxml2 stops at the first fault, so what stands
 * behind one is of no concern. Looks at a byte in a thousand or so.
 */
static bool tags_are_surely_short(hr_str s)
{
	enum { ATTRIBUTE_MIN = 4, SHORT_TAG = HR_XML_ATTRIBUTES_MAX * ATTRIBUTE_MIN };
	const char *at = s.data;
	const char *end = s.data + s.len;

	while (end - at > SHORT_TAG) {
		at = memrchr(at + 1, '<', SHORT_TAG - 1);
		if (!at)
			return false;
	}
	return true;
}

/* `*rest` moves behind the start tag it starts with. */
static bool measure_tag(hr_str text, hr_str *rest, hr_error *err)
{
	const char *start = rest->data;
	const char *end = rest->data + rest->len;
	const char *at = start + 1;
	size_t attributes = 0;

	while (at < end && *at != '>' && *at != '<') {
		if (*at == '"' || *at == '\'') {
			const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));

			at = close ? close : end - 1;
			attributes++;
		}
		at++;
	}
	if (at - start >= HR_XML_TAG_MAX)
		return fail_there(text, start, HR_E_LIMIT, "a start tag is over 65,536 bytes", err);
	if (attributes > HR_XML_ATTRIBUTES_MAX)
		return fail_there(text, start, HR_E_LIMIT, "a start tag has over 256 attributes",
				  err);
	*rest = hr_str_slice(*rest, (size_t)(at - start), rest->len);
	return true;
}

static bool measure_tags(hr_str text, hr_str rest, hr_error *err)
{
	const char *next;

	while ((next = memchr(rest.data, '<', rest.len))) {
		const struct opaque *opaque;

		rest = hr_str_slice(rest, (size_t)(next - rest.data), rest.len);
		opaque = find_opaque(rest);
		if (opaque)
			skip_opaque(opaque, &rest);
		else if (!measure_tag(text, &rest, err))
			return false;
	}
	return true;
}

bool hr_xml_source_open(hr_str bytes, hr_arena *arena, hr_xml_source *out, hr_error *err)
{
	hr_xml_source source = { HR_STR_NONE, false };
	const char *zero;
	hr_str body;

	if (bytes.len == 0)
		return hr_fail(err, HR_E_SYNTAX, "the document is empty");
	if (bytes.len > HR_XML_DOCUMENT_MAX)
		return hr_fail(err, HR_E_LIMIT, "the document has %zu bytes, the limit is %d",
			       bytes.len, HR_XML_DOCUMENT_MAX);
	if (!decode(bytes, arena, &source, err))
		return false;
	zero = memchr(source.text.data, '\0', source.text.len);
	if (zero)
		return fail_there(source.text, zero, HR_E_SYNTAX, "a zero byte is not XML", err);
	if (!skip_prolog(source.text, &body, err))
		return false;
	if (!tags_are_surely_short(body) && !measure_tags(source.text, body, err))
		return false;
	*out = source;
	return true;
}
