/* FHIR in XML: the tree that the same resource has in JSON. */
#include "recognition/fhir_xml.h"

#include "fhir_fixture.h"
#include "recognition/reader.h"

#include <dirent.h>
#include <stdio.h>

#define FHIR(text) "<Observation xmlns='http://hl7.org/fhir'>" text "</Observation>"

struct tree {
	hr_arena *arena;
	hr_xml_parser *parser;
	const hr_json *top;
	hr_error err;
	bool ok;
};

static struct tree tree_of(const char *text)
{
	struct tree t = { .arena = hr_test_arena(), .parser = hr_xml_parser_open() };
	hr_xml_document document;

	t.ok = hr_xml_read(t.parser, hr_str_of(text), t.arena, &document, &t.err) &&
	       hr_fhir_from_xml(document.root, t.arena, &t.top, &t.err);
	return t;
}

static void tree_close(struct tree *t)
{
	hr_xml_parser_close(t->parser);
	hr_arena_close(t->arena);
}

static void write_tree(hr_json_writer *w, const hr_json *node)
{
	const hr_json *child = node->first;

	switch (node->kind) {
	case HR_JSON_OBJECT:
		hr_json_open_object(w);
		for (; child; child = child->next) {
			hr_json_name(w, child->name);
			write_tree(w, child);
		}
		hr_json_close_object(w);
		break;
	case HR_JSON_ARRAY:
		hr_json_open_array(w);
		for (; child; child = child->next)
			write_tree(w, child);
		hr_json_close_array(w);
		break;
	case HR_JSON_STRING:
		hr_json_string(w, node->text);
		break;
	default:
		hr_json_null(w);
	}
}

static void check(const char *xml, const char *json)
{
	struct tree t = tree_of(xml);
	hr_json_writer w;
	hr_buf buf;

	HR_ASSERT_OK(t.ok, t.err);
	hr_buf_init(&buf, t.arena, 65536);
	hr_json_writer_init(&w, &buf, false);
	if (t.ok)
		write_tree(&w, t.top);
	HR_ASSERT_TEXT(hr_buf_str(&buf), json);
	tree_close(&t);
}

static void check_refused(const char *xml, hr_error_code code, uint32_t line, const char *message)
{
	struct tree t = tree_of(xml);

	CU_ASSERT_FALSE(t.ok);
	CU_ASSERT_EQUAL(t.err.code, code);
	CU_ASSERT_EQUAL(t.err.line, line);
	CU_ASSERT_PTR_NULL(t.top);
	HR_ASSERT_TEXT(hr_str_of(t.err.message), message);
	tree_close(&t);
}

static void test_fhir_xml__a_value__is_a_string(void)
{
	check(FHIR("<id value='a'/><valueBoolean value='true'/><valueInteger value='007'/>"),
	      "{\"resourceType\":\"Observation\",\"id\":\"a\",\"valueBoolean\":\"true\","
	      "\"valueInteger\":\"007\"}");
}

static void test_fhir_xml__what_may_repeat__is_an_array(void)
{
	check(FHIR("<category><coding><code value='laboratory'/></coding></category>"
		   "<code><text value='K'/></code>"),
	      "{\"resourceType\":\"Observation\",\"category\":[{\"coding\":[{\"code\":"
	      "\"laboratory\"}]}],\"code\":{\"text\":\"K\"}}");
	/* The same name is a list in one place and none in another. */
	check("<DiagnosticReport xmlns='http://hl7.org/fhir'><performer><identifier>"
	      "<value value='1'/></identifier></performer></DiagnosticReport>",
	      "{\"resourceType\":\"DiagnosticReport\",\"performer\":[{\"identifier\":"
	      "{\"value\":\"1\"}}]}");
	/* What does repeat is an array, whatever the table says. */
	check(FHIR("<method><text value='a'/></method><method><text value='b'/></method>"),
	      "{\"resourceType\":\"Observation\",\"method\":[{\"text\":\"a\"},{\"text\":\"b\"}]}");
}

static void test_fhir_xml__a_resource__leaves_its_wrapper(void)
{
	check("<Bundle xmlns='http://hl7.org/fhir'><entry><fullUrl value='urn:x'/><resource>"
	      "<Patient><contained><Device/></contained></Patient></resource></entry></Bundle>",
	      "{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"urn:x\",\"resource\":"
	      "{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Device\"}]}}]}");
	check_refused("<Bundle xmlns='http://hl7.org/fhir'><entry><resource><Patient/>\n<Patient/>"
		      "</resource></entry></Bundle>",
		      HR_E_SYNTAX, 2, "fhir: a second resource stands where there can be one");
}

static void test_fhir_xml__attributes__are_members(void)
{
	check(FHIR("<extension url='urn:e' id='x'><valueString value=''/></extension>"),
	      "{\"resourceType\":\"Observation\",\"extension\":[{\"id\":\"x\",\"url\":\"urn:e\","
	      "\"valueString\":\"\"}]}");
}

static void test_fhir_xml__no_value__is_null(void)
{
	check(FHIR("<valueString><extension url='urn:why'/></valueString>"),
	      "{\"resourceType\":\"Observation\",\"valueString\":null}");
	check(FHIR("<status/>"), "{\"resourceType\":\"Observation\",\"status\":null}");
	/* A patient of whom nothing is said is one all the same. */
	check(FHIR("<subject><extension url='urn:why'/></subject>"),
	      "{\"resourceType\":\"Observation\",\"subject\":{\"extension\":[{\"url\":"
	      "\"urn:why\"}]}}");
	/* What hangs on a value is left out. */
	check(FHIR("<status value='final'><extension url='urn:e'/></status>"),
	      "{\"resourceType\":\"Observation\",\"status\":\"final\"}");
}

static void test_fhir_xml__narrative__is_left_out(void)
{
	check(FHIR("<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>"
		   "<p>K</p></div></text>"),
	      "{\"resourceType\":\"Observation\",\"text\":{\"status\":\"generated\"}}");
}

static void test_fhir_xml__another_namespace__is_refused(void)
{
	check_refused("<Observation/>", HR_E_SYNTAX, 1, "fhir: the root element is no resource");
	check_refused("<observation xmlns='http://hl7.org/fhir'/>", HR_E_SYNTAX, 1,
		      "fhir: the root element is no resource");
	check_refused(FHIR("\n<status xmlns='' value='final'/>"), HR_E_SYNTAX, 2,
		      "fhir: an element is not in the namespace http://hl7.org/fhir");
	check_refused(FHIR("<subject>\n<x:reference xmlns:x='urn:x' value='a'/></subject>"),
		      HR_E_SYNTAX, 2,
		      "fhir: an element is not in the namespace http://hl7.org/fhir");
}

static void test_fhir_xml__a_name_again__is_refused(void)
{
	check_refused(FHIR("<status value='final'/><code/>\n<status value='cancelled'/>"),
		      HR_E_SYNTAX, 2, "fhir: elements of one name stand apart from each other");
	check_refused(FHIR("\n<code value='a'><coding/></code>"), HR_E_SYNTAX, 2,
		      "fhir: an element has both a value and elements in it");
}

/* Elements 63 deep under the root; as arrays each costs two of JSON's 64. */
static void test_fhir_xml__too_deep__is_refused(void)
{
	hr_arena *arena = hr_test_arena();

	for (int deep = 31; deep <= 33; deep++) {
		hr_buf buf;
		struct tree t;

		hr_buf_init(&buf, arena, 8192);
		HR_BUF_ADD(&buf, "<Patient xmlns='http://hl7.org/fhir'>");
		for (int i = 0; i < deep; i++)
			HR_BUF_ADD(&buf, "<extension>");
		for (int i = 0; i < deep; i++)
			HR_BUF_ADD(&buf, "</extension>");
		HR_BUF_ADD(&buf, "</Patient>");
		hr_buf_add_char(&buf, '\0');
		t = tree_of(buf.data);
		CU_ASSERT_EQUAL(t.ok, deep == 31);
		if (!t.ok)
			CU_ASSERT_EQUAL(t.err.code, HR_E_LIMIT);
		tree_close(&t);
	}
	hr_arena_close(arena);
}

static void test_fhir_xml__too_many_members__is_refused(void)
{
	hr_arena *arena = hr_test_arena();

	for (int count = 255; count <= 256; count++) {
		hr_buf buf;
		struct tree t;

		hr_buf_init(&buf, arena, 8192);
		HR_BUF_ADD(&buf, "<Patient xmlns='http://hl7.org/fhir'>");
		for (int i = 0; i < count; i++)
			hr_buf_addf(&buf, "<e%d value='1'/>", i);
		HR_BUF_ADD(&buf, "</Patient>");
		hr_buf_add_char(&buf, '\0');
		t = tree_of(buf.data);
		CU_ASSERT_EQUAL(t.ok, count == 255);
		if (!t.ok)
			CU_ASSERT_EQUAL(t.err.code, HR_E_LIMIT);
		tree_close(&t);
	}
	hr_arena_close(arena);
}

static void test_fhir_xml__places__are_fhirpath_with_lines(void)
{
	struct tree t = tree_of("<Bundle xmlns='http://hl7.org/fhir'>\n<entry>\n<resource>\n"
				"<Observation>\n<code>\n<coding>\n<code value='K'/></coding></code>"
				"</Observation></resource></entry></Bundle>");
	const hr_json *code = hr_json_path(t.top, HR_STR("entry.resource.code.coding.code"));
	hr_place place = { .kind = HR_PLACE_JSON, .node = code };
	hr_buf buf;

	CU_ASSERT_PTR_NOT_NULL_FATAL(code);
	hr_buf_init(&buf, t.arena, 256);
	hr_place_format(place, &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), "Bundle.entry[0].resource.code.coding[0].code");
	CU_ASSERT_EQUAL(hr_place_line(place), 7);
	tree_close(&t);
}

static void test_fhir_xml__a_tree_of_json__has_no_lines(void)
{
	struct fhir_fixture f = fhir_read_file("thyroid");

	CU_ASSERT_EQUAL(hr_place_line(fhir_result(fhir_report(&f, 0), 0)->name.place), 0);
	fhir_close(&f);
}

/* --- corpora --- */

static void count_file(const char *path, int *read, int *empty)
{
	hr_arena *arena = hr_test_arena();
	hr_reader *reader = hr_reader_open();
	hr_reports reports;
	hr_error err = { .code = HR_E_NONE };

	if (hr_reader_read(reader, hr_test_read(arena, path), arena, &reports, &err))
		++*read;
	else if (err.code == HR_E_INCOMPLETE)
		++*empty;
	hr_reader_close(reader);
	hr_arena_close(arena);
}

static void test_fhir_xml__corpora__are_read_or_hold_no_report(void)
{
	const char *corpora = hr_test_corpora();
	int read = 0;
	int empty = 0;
	char folder[512];
	struct dirent *entry;
	DIR *dir;

	if (!corpora)
		return;
	snprintf(folder, sizeof(folder), "%s/fhir/fhir-test-cases-apache", corpora);
	dir = opendir(folder);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	while ((entry = readdir(dir))) {
		char path[1024];

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (hr_str_ends_with(hr_str_of(path), HR_STR(".xml")))
			count_file(path, &read, &empty);
	}
	closedir(dir);
	CU_ASSERT_EQUAL(read, 2);
	CU_ASSERT_EQUAL(empty, 3);
}

static const hr_test tests[] = {
	HR_TEST(test_fhir_xml__a_value__is_a_string),
	HR_TEST(test_fhir_xml__what_may_repeat__is_an_array),
	HR_TEST(test_fhir_xml__a_resource__leaves_its_wrapper),
	HR_TEST(test_fhir_xml__attributes__are_members),
	HR_TEST(test_fhir_xml__no_value__is_null),
	HR_TEST(test_fhir_xml__narrative__is_left_out),
	HR_TEST(test_fhir_xml__another_namespace__is_refused),
	HR_TEST(test_fhir_xml__a_name_again__is_refused),
	HR_TEST(test_fhir_xml__too_deep__is_refused),
	HR_TEST(test_fhir_xml__too_many_members__is_refused),
	HR_TEST(test_fhir_xml__places__are_fhirpath_with_lines),
	HR_TEST(test_fhir_xml__a_tree_of_json__has_no_lines),
	HR_TEST(test_fhir_xml__corpora__are_read_or_hold_no_report),
};
HR_TEST_MAIN("fhir_xml", tests)
