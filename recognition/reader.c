#include "recognition/reader.h"

#include "base/text.h"
#include "recognition/fhir_enclosed.h"
#include "recognition/fhir_xml.h"
#include "recognition/hl7_message.h"

#include <ctype.h>

#define READ_HERE "; reports are read as CDA, FHIR, DICOM, HL7 v2 or huren's own"

enum {
	READER_BYTES = 256,	/* its own memory: the parsers bring theirs */
	PROLOG_MAX = 64 * 1024, /* how far the root element is looked for */
	ROOT_NAME_MAX = 64,
};

struct hr_reader {
	hr_arena *arena;
	hr_xml_parser *xml;
	hr_json_parser *json;
	int depth; /* documents around the one that is read */
};

hr_reader *hr_reader_open(void)
{
	hr_arena *arena = hr_arena_open(READER_BYTES);
	hr_reader *reader = arena ? HR_NEW(arena, hr_reader) : NULL;

	if (!reader) {
		hr_arena_close(arena);
		return NULL;
	}
	reader->arena = arena;
	reader->xml = hr_xml_parser_open();
	reader->json = hr_json_parser_open();
	if (reader->xml && reader->json)
		return reader;
	hr_reader_close(reader);
	return NULL;
}

void hr_reader_close(hr_reader *reader)
{
	if (!reader)
		return;
	hr_xml_parser_close(reader->xml);
	hr_json_parser_close(reader->json);
	hr_arena_close(reader->arena);
}

/* --- what the bytes are --- */

/* Formats that are known and not read here. */
static const struct {
	hr_str bytes;
	const char *name;
} strangers[] = {
	{ HR_STR_INIT("%PDF-"), "PDF" },
	{ HR_STR_INIT("\x1f\x8b"), "gzip" },
	{ HR_STR_INIT("PK\x03\x04"), "a zip archive" },
	{ HR_STR_INIT("\xff\xd8\xff"), "JPEG" },
	{ HR_STR_INIT("\x89PNG\r\n"), "PNG" },
	{ HR_STR_INIT("GIF8"), "GIF" },
	{ HR_STR_INIT("II*\0"), "TIFF" },
	{ HR_STR_INIT("MM\0*"), "TIFF" },
	{ HR_STR_INIT("\x28\xb5\x2f\xfd"), "zstd" },
	{ HR_STR_INIT("\xfd\x37zXZ"), "xz" },
	{ HR_STR_INIT("7z\xbc\xaf"), "a 7z archive" },
	{ HR_STR_INIT("Rar!"), "a RAR archive" },
	{ HR_STR_INIT("\xd0\xcf\x11\xe0"), "an old Word or Excel file" },
	{ HR_STR_INIT("{\\rtf"), "RTF" },
};

/* A page, well-formed or not: its first tag, in whatever case. */
static bool is_html(hr_str bytes)
{
	static const hr_str tags[] = { HR_STR_INIT("<!doctype html"), HR_STR_INIT("<html") };
	hr_str text = hr_str_trim(hr_str_slice(bytes, 0, PROLOG_MAX));

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (hr_str_equal_nocase(hr_str_slice(text, 0, tags[i].len), tags[i]))
			return true;
	return false;
}

static const char *stranger(hr_str bytes)
{
	if (is_html(bytes))
		return "HTML";
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		if (hr_str_starts_with(bytes, strangers[i].bytes))
			return strangers[i].name;
	return NULL;
}

/* Text whose letters are ASCII, one or two bytes each: UTF-8, GB 18030, UTF-16. */
struct letters {
	hr_str bytes;
	size_t step;
	size_t low; /* where in a letter of two bytes the ASCII one is */
	size_t at;
};

static struct letters open_letters(hr_str bytes)
{
	struct letters text = { bytes, 1, 0, 0 };

	if (hr_str_starts_with(bytes, HR_STR("\xef\xbb\xbf")))
		text.at = 3;
	else if (hr_str_starts_with(bytes, HR_STR("\xff\xfe")))
		text = (struct letters){ bytes, 2, 0, 2 };
	else if (hr_str_starts_with(bytes, HR_STR("\xfe\xff")))
		text = (struct letters){ bytes, 2, 1, 2 };
	return text;
}

/* '\0' at the end. */
static char letter(const struct letters *text, size_t ahead)
{
	size_t at = text->at + ahead * text->step + text->low;

	if (at >= text->bytes.len || at >= PROLOG_MAX)
		return '\0';
	return text->bytes.data[at];
}

static bool is_next(const struct letters *text, const char *word)
{
	for (size_t i = 0; word[i]; i++)
		if (letter(text, i) != word[i])
			return false;
	return true;
}

static void skip_past(struct letters *text, const char *end)
{
	while (letter(text, 0) && !is_next(text, end))
		text->at += text->step;
	text->at += strlen(end) * text->step;
}

static void skip_blanks(struct letters *text)
{
	while (letter(text, 0) && strchr(" \t\r\n", letter(text, 0)))
		text->at += text->step;
}

static void skip_prolog(struct letters *text)
{
	for (skip_blanks(text); is_next(text, "<?") || is_next(text, "<!--"); skip_blanks(text))
		skip_past(text, is_next(text, "<?") ? "?>" : "-->");
}

static bool ends_name(char c)
{
	return c == '\0' || strchr(" \t\r\n/>", c);
}

/* Is the root element named so, whatever its prefix? */
static bool has_root(struct letters text, const char *name)
{
	size_t colon = 0;

	skip_prolog(&text);
	if (letter(&text, 0) != '<')
		return false;
	text.at += text.step;
	while (!ends_name(letter(&text, colon)) && letter(&text, colon) != ':')
		colon++;
	if (letter(&text, colon) == ':')
		text.at += (colon + 1) * text.step;
	return is_next(&text, name) && ends_name(letter(&text, strlen(name)));
}

/* The namespace stands in the start tag of the root, or FHIR is not what it is. */
static bool names_fhir(struct letters text)
{
	skip_prolog(&text);
	while (letter(&text, 0) && letter(&text, 0) != '>') {
		if (is_next(&text, "http://hl7.org/fhir"))
			return true;
		text.at += text.step;
	}
	return false;
}

/* A message or a batch of HL7 v2, which may be framed as on a connection. */
static bool is_hl7(hr_str bytes)
{
	static const char *const names[] = { "MSH", "FHS", "BHS" };
	struct letters text = open_letters(bytes);

	while (letter(&text, 0) && strchr("\v\r\n", letter(&text, 0)))
		text.at += text.step;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_next(&text, names[i]) && ispunct((unsigned char)letter(&text, 3)))
			return true;
	return false;
}

static char first_letter(hr_str bytes)
{
	struct letters text = open_letters(bytes);

	skip_blanks(&text);
	return letter(&text, 0);
}

static bool names_schema(hr_str start)
{
	return hr_str_find(start, HR_NEUTRAL_SCHEMA) < start.len;
}

hr_format hr_format_sniff(hr_str bytes)
{
	char first = first_letter(bytes);

	/* First: its preamble may hold anything. */
	if (hr_dicom_sniff(bytes))
		return HR_FORMAT_DICOM;
	if (stranger(bytes))
		return HR_FORMAT_UNKNOWN;
	if (is_hl7(bytes))
		return HR_FORMAT_HL7V2;
	if (first == '{' || first == '[')
		return names_schema(hr_str_slice(bytes, 0, PROLOG_MAX)) ? HR_FORMAT_NEUTRAL
									: HR_FORMAT_FHIR;
	if (first != '<')
		return HR_FORMAT_UNKNOWN;
	if (has_root(open_letters(bytes), "ClinicalDocument"))
		return HR_FORMAT_CDA;
	return names_fhir(open_letters(bytes)) ? HR_FORMAT_FHIR : HR_FORMAT_UNKNOWN;
}

/* --- reading --- */

static bool read_fhir(hr_reader *reader, const hr_json *root, hr_arena *arena, hr_reports *out,
		      hr_error *err)
{
	hr_fhir_enclosures enclosures;

	if (!hr_fhir_find_enclosures(root, arena, &enclosures, err))
		return false;
	if (enclosures.count == 0)
		return hr_fhir_read(root, arena, out, err);
	return hr_fhir_read_enclosed(reader, root, &enclosures, arena, out, err);
}

/* Of HL7 v3, or called as what stands in its documents. */
static bool is_piece_of_cda(const hr_xml *root)
{
	static const hr_str names[] = {
		HR_STR_INIT("section"),	    HR_STR_INIT("entry"),     HR_STR_INIT("component"),
		HR_STR_INIT("observation"), HR_STR_INIT("organizer"), HR_STR_INIT("act"),
		HR_STR_INIT("procedure"),   HR_STR_INIT("encounter"),
	};

	if (root->ns.len)
		return hr_str_equal(root->ns, HR_STR("urn:hl7-org:v3"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hr_str_equal(root->name, names[i]))
			return true;
	return false;
}

static bool fail_root(const hr_xml *root, hr_error *err)
{
	hr_str name = hr_text_cut(root->name, ROOT_NAME_MAX);

	if (is_piece_of_cda(root))
		return hr_fail_at(err, HR_E_UNSUPPORTED, hr_xml_line(root), hr_xml_column(root),
				  "'%.*s' alone is a piece of CDA; give the whole ClinicalDocument",
				  HR_STR_ARG(name));
	return hr_fail_at(err, HR_E_UNSUPPORTED, hr_xml_line(root), hr_xml_column(root),
			  "an XML document of root '%.*s' is no report that is read here",
			  HR_STR_ARG(name));
}

static bool read_xml(hr_reader *reader, hr_str bytes, hr_arena *arena, hr_reports *out,
		     hr_error *err)
{
	hr_xml_document document;
	const hr_json *resource;

	if (!hr_xml_read(reader->xml, bytes, arena, &document, err))
		return false;
	if (hr_str_equal(document.root->ns, HR_FHIR_NAMESPACE))
		return hr_fhir_from_xml(document.root, arena, &resource, err) &&
		       read_fhir(reader, resource, arena, out, err);
	if (!hr_xml_is(document.root, HR_STR("ClinicalDocument")))
		return fail_root(document.root, err);
	return hr_cda_read(&document, arena, out, err);
}

static bool read_json(hr_reader *reader, hr_str bytes, hr_arena *arena, hr_reports *out,
		      hr_error *err)
{
	const hr_json *root;

	if (!hr_json_read(reader->json, bytes, arena, &root, err))
		return false;
	/* No resource of FHIR has a member `schema`. */
	if (hr_json_get(root, HR_STR("schema")))
		return hr_neutral_read(root, arena, out, err);
	return read_fhir(reader, root, arena, out, err);
}

bool hr_reader_read_within(hr_reader *reader, hr_str bytes, hr_arena *arena, hr_reports *out,
			   hr_error *err)
{
	bool ok;

	if (reader->depth == HR_ENCLOSED_DEPTH_MAX)
		return hr_fail(err, HR_E_LIMIT, "documents stand in each other over %d deep",
			       HR_ENCLOSED_DEPTH_MAX);
	reader->depth++;
	ok = hr_reader_read(reader, bytes, arena, out, err);
	reader->depth--;
	return ok;
}

static bool read_hl7(hr_str bytes, hr_arena *arena, hr_reports *out, hr_error *err)
{
	hr_hl7_messages messages;

	return hr_hl7_read(bytes, arena, &messages, err) &&
	       hr_hl7_read_reports(&messages, arena, out, err);
}

bool hr_reader_read(hr_reader *reader, hr_str bytes, hr_arena *arena, hr_reports *out,
		    hr_error *err)
{
	const char *name = stranger(bytes);
	char first = first_letter(bytes);

	if (hr_dicom_sniff(bytes))
		return hr_dicom_read_report(bytes, arena, out, err);
	if (name)
		return hr_fail(err, HR_E_UNSUPPORTED, "the input is %s" READ_HERE, name);
	if (first == '<')
		return read_xml(reader, bytes, arena, out, err);
	if (first == '{' || first == '[')
		return read_json(reader, bytes, arena, out, err);
	if (is_hl7(bytes))
		return read_hl7(bytes, arena, out, err);
	if (bytes.len == 0)
		return hr_fail(err, HR_E_UNSUPPORTED, "the input is empty");
	return hr_fail(err, HR_E_UNSUPPORTED,
		       "the input is neither XML nor JSON nor HL7 v2" READ_HERE);
}
