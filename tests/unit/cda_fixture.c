#include "cda_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#define NAMESPACES                                                                                 \
	"xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""

struct cda_fixture cda_read(hr_str bytes)
{
	struct cda_fixture f = { .arena = hr_test_arena() };
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_xml_document document;
	hr_reports reports;

	if (!parser)
		abort();
	if (hr_xml_read(parser, bytes, f.arena, &document, &f.err) &&
	    hr_cda_read(&document, f.arena, &reports, &f.err))
		f.report = reports.reports;
	hr_xml_parser_close(parser);
	return f;
}

struct cda_fixture cda_read_file(const char *name)
{
	hr_arena *arena = hr_test_arena();
	char path[256];
	struct cda_fixture f;

	snprintf(path, sizeof(path), "tests/data/cda/%s", name);
	f = cda_read(hr_test_read(arena, path));
	hr_arena_close(arena);
	return f;
}

struct cda_fixture cda_read_whole(const char *name)
{
	struct cda_fixture f = cda_read_file(name);

	if (!f.report)
		fprintf(stderr, "\n%s: %s\n", name, f.err.message);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	return f;
}

static struct cda_fixture read_parts(const char *header, hr_str entries)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;
	struct cda_fixture f;

	hr_buf_init(&buf, arena, HR_XML_DOCUMENT_MAX);
	HR_BUF_ADD(&buf, "<ClinicalDocument " NAMESPACES "><code code=\"C0007\"/>");
	hr_buf_add(&buf, hr_str_of(header));
	HR_BUF_ADD(&buf, "<component><structuredBody><component><section><code code=\"30954-2\"/>");
	hr_buf_add(&buf, entries);
	HR_BUF_ADD(&buf, "</section></component></structuredBody></component></ClinicalDocument>");
	f = cda_read(hr_buf_str(&buf));
	hr_arena_close(arena);
	return f;
}

static const struct {
	hr_str key;
	const char *code;
} elements[] = {
	{ HR_STR_INIT("015"), "DE04.30.015.00" }, { HR_STR_INIT("016"), "DE04.30.016.00" },
	{ HR_STR_INIT("017"), "DE04.30.017.00" }, { HR_STR_INIT("019"), "DE04.30.019.00" },
	{ HR_STR_INIT("020"), "DE04.30.020.00" }, { HR_STR_INIT("027"), "DE02.10.027.00" },
	{ HR_STR_INIT("131"), "DE04.50.131.00" }, { HR_STR_INIT("134"), "DE04.50.134.00" },
	{ HR_STR_INIT("137"), "DE04.50.137.00" }, { HR_STR_INIT("140"), "DE04.50.140.00" },
	{ HR_STR_INIT("141"), "DE04.50.141.00" },
};

static const char *code_of(hr_str key)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (hr_str_equal(key, elements[i].key))
			return elements[i].code;
	abort();
}

/* "019=钾" in an entry or a component. */
static void add_element(hr_buf *xml, hr_str word, const char *around)
{
	size_t at = hr_str_find(word, HR_STR("="));
	hr_str value = hr_str_slice(word, at + 1, word.len);

	hr_buf_addf(xml, "<%s><observation><code code='%s'/><value xsi:type='ST'>%.*s</value>",
		    around, code_of(hr_str_slice(word, 0, at)), HR_STR_ARG(value));
	hr_buf_addf(xml, "</observation></%s>", around);
}

static void add_word(hr_buf *xml, hr_str word, const char **around)
{
	bool closes = hr_str_ends_with(word, HR_STR(")"));

	if (hr_str_starts_with(word, HR_STR("("))) {
		HR_BUF_ADD(xml, "<entry><organizer>");
		*around = "component";
		word = hr_str_slice(word, 1, word.len);
	}
	add_element(xml, hr_str_slice(word, 0, word.len - closes), *around);
	if (closes) {
		HR_BUF_ADD(xml, "</organizer></entry>");
		*around = "entry";
	}
}

struct cda_fixture cda_read_short(const char *notation)
{
	hr_arena *arena = hr_test_arena();
	hr_str rest = hr_str_of(notation);
	const char *around = "entry";
	struct cda_fixture f;
	hr_buf xml;

	hr_buf_init(&xml, arena, HR_XML_DOCUMENT_MAX);
	for (hr_str word; (word = hr_str_next_word(&rest)).len;)
		add_word(&xml, word, &around);
	f = read_parts("", hr_buf_str(&xml));
	hr_arena_close(arena);
	return f;
}

struct cda_fixture cda_read_header(const char *header)
{
	return read_parts(header, HR_STR("<entry><observation><code code='DE04.30.019.00'/>"
					 "<value xsi:type='ST'>K</value></observation></entry>"));
}

void cda_close(struct cda_fixture *f)
{
	hr_arena_close(f->arena);
}

const hr_result *cda_result(const struct cda_fixture *f, const char *name)
{
	for (uint32_t i = 0; f->report && i < f->report->result_count; i++)
		if (hr_str_equal(f->report->results[i].name.text, hr_str_of(name)))
			return &f->report->results[i];
	fprintf(stderr, "no result '%s': %s\n", name, f->err.message);
	abort();
}

hr_str cda_place(const struct cda_fixture *f, hr_place place)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 4096);
	hr_place_format(place, &buf);
	return hr_buf_str(&buf);
}

hr_str cda_deviation(const struct cda_fixture *f, const char *code)
{
	for (uint32_t i = 0; f->report && i < f->report->deviation_count; i++)
		if (strcmp(f->report->deviations[i].code, code) == 0)
			return cda_place(f, f->report->deviations[i].place);
	return HR_STR_NONE;
}
