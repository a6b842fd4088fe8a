#include "base/xml.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

#define XSD(body)                                                                                  \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t'"           \
	" xmlns='urn:t' xmlns:t='urn:t' elementFormDefault='qualified'>" body "</xs:schema>"

static const hr_str xsd = HR_STR_INIT(
	XSD("<xs:simpleType name='code'><xs:restriction base='xs:string'>"
	    "<xs:pattern value='[a-z]{1,3}'/></xs:restriction></xs:simpleType>"
	    "<xs:element name='r'><xs:complexType><xs:sequence>"
	    "<xs:element name='a' minOccurs='0' maxOccurs='unbounded'><xs:complexType>"
	    "<xs:attribute name='c' type='code' use='required'/></xs:complexType></xs:element>"
	    "<xs:element name='n' type='xs:int' minOccurs='0'/>"
	    "</xs:sequence></xs:complexType>"
	    "<xs:unique name='k'><xs:selector xpath='t:a'/><xs:field xpath='@c'/></xs:unique>"
	    "</xs:element>"));

/* What was reported, a line each: "3:5 message". */
struct issues {
	hr_buf text;
	int count;
};

static void add_issue(void *context, uint32_t line, uint32_t column, const char *message)
{
	struct issues *issues = context;

	hr_buf_addf(&issues->text, "%u:%u %s\n", line, column, message);
	issues->count++;
}

static void check_issues(hr_str document, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_xml_schema) schema = NULL;
	struct issues issues = { .count = 0 };
	hr_error err;
	bool ok;

	hr_buf_init(&issues.text, arena, 1 << 20);
	HR_ASSERT_OK(hr_xml_schema_open(xsd, &schema, &err), err);
	ok = schema && hr_xml_schema_check(schema, document, add_issue, &issues, &err);
	HR_ASSERT_OK(ok, err);
	HR_ASSERT_TEXT(hr_buf_str(&issues.text), want);
}

static void test_check__valid_document__has_no_issue(void)
{
	check_issues(HR_STR("<r xmlns='urn:t'/>"), "");
	check_issues(HR_STR("<r xmlns='urn:t'>\n<a c='x'/><a c='y'/><n>12</n></r>"), "");
	check_issues(HR_STR("<p:r xmlns:p='urn:t'><p:a c='&#97;'/></p:r>"), "");
}

static void test_check__issue__has_the_place_of_its_start_tag(void)
{
	check_issues(HR_STR("<r xmlns='urn:t'>\n  <a\n c='ABC'/>\n</r>"),
		     "2:3 element 'a', attribute 'c': the value 'ABC' is not accepted by the "
		     "pattern '[a-z]{1,3}'\n");
	check_issues(
		HR_STR("<r xmlns='urn:t'>\n <a/><b/></r>"),
		"2:2 element 'a': the attribute 'c' is required but missing\n"
		"2:6 element 'b': this element is not expected; expected is one of ( a, n )\n");
	check_issues(HR_STR("<r xmlns='urn:t'><n>\n\n12 x</n></r>"),
		     "1:18 element 'n': '\n\n12 x' is not a valid value of the atomic type "
		     "'xs:int'\n");
	check_issues(HR_STR("<r/>"), "1:1 element 'r': no matching global declaration available "
				     "for the validation root\n");
}

static void test_check__issue_of_the_parent__has_the_place_of_the_parent(void)
{
	check_issues(HR_STR("\n<r xmlns='urn:t'>\n<a c='x'/>text</r>"),
		     "2:1 element 'r': character content other than whitespace is not allowed "
		     "because the content type is 'element-only'\n");
	check_issues(HR_STR("\n<r xmlns='urn:t'>\n <a c='x'/>\n  <a c='x'/>\n</r>"),
		     "4:3 element 'a': duplicate key-sequence ['x'] in unique identity-constraint "
		     "'k'\n");
}

static void test_check__line_past_65535__is_right(void)
{
	enum { LINES = 70000 };
	static const char head[] = "<r xmlns='urn:t'>";
	static const char tail[] = "<a c='A'/></r>";
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char *text = hr_arena_alloc_text(arena, sizeof(head) + LINES + sizeof(tail));
	size_t len = 0;

	if (!text)
		abort();
	memcpy(text, head, sizeof(head) - 1);
	len += sizeof(head) - 1;
	memset(text + len, '\n', LINES);
	len += LINES;
	memcpy(text + len, tail, sizeof(tail) - 1);
	len += sizeof(tail) - 1;
	check_issues((hr_str){ text, len },
		     "70001:1 element 'a', attribute 'c': the value 'A' is not accepted by the "
		     "pattern '[a-z]{1,3}'\n");
}

static void test_check__other_encoding__is_checked_as_utf8(void)
{
	check_issues(HR_STR("<?xml version='1.0' encoding='GBK'?><r xmlns='urn:t'><a c='\xba\xba'/>"
			    "</r>"),
		     "1:54 element 'a', attribute 'c': the value '汉' is not accepted by the "
		     "pattern '[a-z]{1,3}'\n");
}

static void test_check__schema_location_in_the_document__opens_nothing(void)
{
	check_issues(HR_STR("<r xmlns='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
			    " xsi:schemaLocation='urn:t file:///no/such.xsd'><a c='x'/></r>"),
		     "");
}

static void test_check__long_value__is_cut_between_characters(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_xml_schema) schema = NULL;
	struct issues issues = { .count = 0 };
	hr_error err;
	hr_buf text;

	hr_buf_init(&text, arena, 10000);
	hr_buf_init(&issues.text, arena, 10000);
	HR_BUF_ADD(&text, "<r xmlns='urn:t'><a c='");
	for (int i = 0; i < 500; i++)
		HR_BUF_ADD(&text, "汉");
	HR_BUF_ADD(&text, "'/></r>");
	HR_ASSERT_OK(hr_xml_schema_open(xsd, &schema, &err), err);
	HR_ASSERT_OK(hr_xml_schema_check(schema, hr_buf_str(&text), add_issue, &issues, &err), err);
	CU_ASSERT_EQUAL(issues.count, 1);
	CU_ASSERT_TRUE(hr_str_ends_with(hr_buf_str(&issues.text), HR_STR("汉\n")));
}

static void test_check__document_that_cannot_be_read__is_an_error(void)
{
	static const struct {
		hr_str document;
		hr_error_code code;
	} bad[] = {
		{ HR_STR_INIT(""), HR_E_SYNTAX },
		{ HR_STR_INIT("<r xmlns='urn:t'><a c='x'>"), HR_E_SYNTAX },
		{ HR_STR_INIT("<!DOCTYPE r [<!ENTITY e 'x'>]><r/>"), HR_E_FORBIDDEN },
		{ HR_STR_INIT("<r xmlns='urn:t'><n>&e;</n></r>"), HR_E_SYNTAX },
		{ HR_STR_INIT("<r>\xff</r>"), HR_E_ENCODING },
	};
	HR_AUTO(hr_xml_schema) schema = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_xml_schema_open(xsd, &schema, &err), err);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		struct issues issues = { .count = 0 };

		hr_buf_init(&issues.text, arena, 1000);
		CU_ASSERT_FALSE(
			hr_xml_schema_check(schema, bad[i].document, add_issue, &issues, &err));
		CU_ASSERT_EQUAL(err.code, bad[i].code);
	}
}

static void test_check__depth_over_64__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_xml_schema) schema = NULL;
	struct issues issues = { .count = 0 };
	hr_error err;
	hr_buf text;

	hr_buf_init(&text, arena, 10000);
	hr_buf_init(&issues.text, arena, 100000);
	for (int i = 0; i < 65; i++)
		HR_BUF_ADD(&text, "<r>");
	HR_ASSERT_OK(hr_xml_schema_open(xsd, &schema, &err), err);
	CU_ASSERT_FALSE(hr_xml_schema_check(schema, hr_buf_str(&text), add_issue, &issues, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
}

static void check_open_refused(hr_str bytes, hr_error_code code, uint32_t line, const char *message)
{
	hr_xml_schema *schema = NULL;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_xml_schema_open(bytes, &schema, &err));
	CU_ASSERT_PTR_NULL(schema);
	CU_ASSERT_EQUAL(err.code, code);
	CU_ASSERT_EQUAL(err.line, line);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	hr_xml_schema_close(schema);
}

static void test_open__schema_that_is_wrong__is_refused(void)
{
	check_open_refused(HR_STR(""), HR_E_SYNTAX, 0, "the document is empty");
	check_open_refused(HR_STR("<a/>"), HR_E_SYNTAX, 0,
			   "the schema is wrong: the XML document 'in_memory_buffer' is not a "
			   "schema document");
	check_open_refused(HR_STR(XSD("\n<xs:element name='a' type='b'/>")), HR_E_SYNTAX, 2,
			   "the schema is wrong: element decl. 'a', attribute 'type': the QName "
			   "value 'b' does not resolve to a(n) type definition");
	check_open_refused(HR_STR(XSD("\n<xs:simpleType name='a'><xs:restriction base='xs:string'>"
				      "<xs:pattern value='['/></xs:restriction></xs:simpleType>")),
			   HR_E_SYNTAX, 0, "the schema is wrong: failed to compile: expecting ']'");
}

static void test_open__schema_that_names_files__is_forbidden(void)
{
	static const char message[] = "a schema may not name other files";

	check_open_refused(HR_STR(XSD("<xs:include schemaLocation='file:///etc/passwd'/>")),
			   HR_E_FORBIDDEN, 1, message);
	check_open_refused(HR_STR(XSD("\n<xs:import namespace='urn:u' schemaLocation='u.xsd'/>")),
			   HR_E_FORBIDDEN, 2, message);
	check_open_refused(HR_STR(XSD("<xs:redefine schemaLocation='http://127.0.0.1:1/'/>")),
			   HR_E_FORBIDDEN, 1, message);
	check_open_refused(HR_STR("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a/>"),
			   HR_E_FORBIDDEN, 1, "a DOCTYPE is forbidden");
}

static const hr_test tests[] = {
	HR_TEST(test_check__valid_document__has_no_issue),
	HR_TEST(test_check__issue__has_the_place_of_its_start_tag),
	HR_TEST(test_check__issue_of_the_parent__has_the_place_of_the_parent),
	HR_TEST(test_check__line_past_65535__is_right),
	HR_TEST(test_check__other_encoding__is_checked_as_utf8),
	HR_TEST(test_check__schema_location_in_the_document__opens_nothing),
	HR_TEST(test_check__long_value__is_cut_between_characters),
	HR_TEST(test_check__document_that_cannot_be_read__is_an_error),
	HR_TEST(test_check__depth_over_64__is_refused),
	HR_TEST(test_open__schema_that_is_wrong__is_refused),
	HR_TEST(test_open__schema_that_names_files__is_forbidden),
};
HR_TEST_MAIN("xml_schema", tests)
