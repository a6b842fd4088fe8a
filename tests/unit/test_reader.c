#include "recognition/reader.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

struct fixture {
	hr_arena *arena;
	hr_reader *reader;
	hr_reports reports;
	hr_error err;
	bool ok;
};

static struct fixture read_bytes(hr_str bytes)
{
	struct fixture f = { .arena = hr_test_arena(), .reader = hr_reader_open() };

	if (!f.reader)
		abort();
	f.ok = hr_reader_read(f.reader, bytes, f.arena, &f.reports, &f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_reader_close(f->reader);
	hr_arena_close(f->arena);
}

static void check_refused(hr_str bytes, hr_error_code code, const char *message)
{
	struct fixture f = read_bytes(bytes);

	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, code);
	CU_ASSERT_EQUAL(f.reports.count, 0);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	close_fixture(&f);
}

static void check_unsupported(hr_str bytes, const char *message)
{
	check_refused(bytes, HR_E_UNSUPPORTED, message);
}

#define READ_HERE "; reports are read as CDA, FHIR, DICOM, HL7 v2 or huren's own"

static void test_reader__other_formats__are_named(void)
{
	check_unsupported(HR_STR("%PDF-1.7"), "the input is PDF" READ_HERE);
	check_unsupported(HR_STR("\x1f\x8b\x08"), "the input is gzip" READ_HERE);
	check_unsupported(HR_STR("PK\x03\x04"), "the input is a zip archive" READ_HERE);
	check_unsupported(HR_STR("\xff\xd8\xff\xe0"), "the input is JPEG" READ_HERE);
	check_unsupported(HR_STR("\x89PNG\r\n\x1a\n"), "the input is PNG" READ_HERE);
	check_unsupported(HR_STR("\x28\xb5\x2f\xfd"), "the input is zstd" READ_HERE);
	check_unsupported(HR_STR("\xd0\xcf\x11\xe0\xa1"),
			  "the input is an old Word or Excel file" READ_HERE);
	/* Begins as JSON does. */
	check_unsupported(HR_STR("{\\rtf1\\ansi}"), "the input is RTF" READ_HERE);
}

static void test_reader__a_page__is_named_however_it_is_written(void)
{
	check_unsupported(HR_STR("<html><body>TSH<br></html>"), "the input is HTML" READ_HERE);
	check_unsupported(HR_STR("\n<!DOCTYPE HTML>\n<title>TSH</title>"),
			  "the input is HTML" READ_HERE);
}

static void test_reader__a_piece_of_cda__is_not_a_document(void)
{
	check_unsupported(HR_STR("<section xmlns='urn:hl7-org:v3'/>"),
			  "'section' alone is a piece of CDA; give the whole ClinicalDocument");
	check_unsupported(HR_STR("<act/>"),
			  "'act' alone is a piece of CDA; give the whole ClinicalDocument");
	check_unsupported(HR_STR("<act xmlns='urn:other'/>"),
			  "an XML document of root 'act' is no report that is read here");
}

/* Its preamble of 128 bytes may hold anything, markup as well. */
static void test_reader__dicom_that_is_markup_as_well__is_refused(void)
{
	char dicom[133];

	snprintf(dicom, sizeof(dicom), "%-128sDICM", "<ClinicalDocument/>");
	CU_ASSERT_EQUAL(hr_format_sniff(hr_str_of(dicom)), HR_FORMAT_DICOM);
	check_unsupported(hr_str_of(dicom),
			  "dicom: the preamble makes the file a program or a page as well; write "
			  "zeros over its first 128 bytes");
}

static void test_reader__nothing_and_text__are_refused(void)
{
	check_unsupported(HR_STR_NONE, "the input is empty");
	check_unsupported(HR_STR(" \n"), "the input is neither XML nor JSON nor HL7 v2" READ_HERE);
	check_unsupported(HR_STR("TSH 3.21"),
			  "the input is neither XML nor JSON nor HL7 v2" READ_HERE);
	check_unsupported(HR_STR("\xef\xbb\xbf"),
			  "the input is neither XML nor JSON nor HL7 v2" READ_HERE);
}

static void test_reader__other_xml__is_named_by_its_root(void)
{
	check_unsupported(HR_STR("<page/>"),
			  "an XML document of root 'page' is no report that is read here");
	check_unsupported(HR_STR("<Bundle/>"),
			  "an XML document of root 'Bundle' is no report that is read here");
}

static void test_reader__damaged_xml__is_the_parsers_to_refuse(void)
{
	struct fixture f = read_bytes(HR_STR("<ClinicalDocument>"));

	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	close_fixture(&f);
	f = read_bytes(HR_STR("<!DOCTYPE a><ClinicalDocument/>"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_FORBIDDEN);
	close_fixture(&f);
	f = read_bytes(HR_STR("{\"resourceType\":"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	close_fixture(&f);
}

static void check_file(const char *path, hr_format format, const char *item)
{
	hr_arena *arena = hr_test_arena();
	hr_str bytes = hr_test_read(arena, path);
	struct fixture f = read_bytes(bytes);

	CU_ASSERT_EQUAL(hr_format_sniff(bytes), format);
	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL_FATAL(f.reports.count, 1);
	CU_ASSERT_EQUAL(f.reports.reports[0].format, format);
	HR_ASSERT_TEXT(f.reports.reports[0].results[0].name.text, item);
	close_fixture(&f);
	hr_arena_close(arena);
}

static void test_reader__cda__is_read_in_every_encoding(void)
{
	check_file("tests/data/cda/thyroid.xml", HR_FORMAT_CDA, "TSH");
	check_file("tests/data/cda/gbk.xml", HR_FORMAT_CDA, "钾");
	check_file("tests/data/cda/prolog_lied.xml", HR_FORMAT_CDA, "钾");
}

static void test_reader__fhir__is_read(void)
{
	check_file("tests/data/fhir/thyroid.json", HR_FORMAT_FHIR, "促甲状腺激素");
}

static void test_reader__hl7__is_read_in_gbk(void)
{
	check_file("tests/data/hl7v2/thyroid_gbk.hl7", HR_FORMAT_HL7V2, "TSH");
}

static void test_reader__hl7__is_known_by_its_first_segment(void)
{
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("MSH|^~\\&|")), HR_FORMAT_HL7V2);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("\vMSH$^~\\&$")), HR_FORMAT_HL7V2);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("\xef\xbb\xbf\r\nFHS|^~\\&|")), HR_FORMAT_HL7V2);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("\xff\xfeM\0S\0H\0|\0")), HR_FORMAT_HL7V2);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("MSH")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("MSHA")), HR_FORMAT_UNKNOWN);
}

static void test_reader__our_own_json__is_read(void)
{
	check_file("tests/data/neutral/thyroid.json", HR_FORMAT_NEUTRAL, "TSH");
}

static void test_reader__json_that_says_no_more__is_refused(void)
{
	check_unsupported(HR_STR("{}"),
			  "json, but not FHIR: the top is no object with a resourceType");
	check_unsupported(HR_STR("{\"schema\":\"urn:huren:verdict:1\"}"),
			  "report: json of another schema than urn:huren:report:1, which is read "
			  "here");
}

static void check_same_time(const hr_report *a, const hr_report *b, uint32_t i, hr_event_kind kind)
{
	const hr_time *time_a = hr_result_time(a, &a->results[i], kind);
	const hr_time *time_b = hr_result_time(b, &b->results[i], kind);

	CU_ASSERT_EQUAL(time_a->span.precision, time_b->span.precision);
	CU_ASSERT_EQUAL(time_a->span.from.second, time_b->span.from.second);
}

static void check_same_result(const hr_report *a, const hr_report *b, uint32_t i)
{
	CU_ASSERT_EQUAL(a->results[i].kind, b->results[i].kind);
	CU_ASSERT_TRUE(hr_str_equal(a->results[i].value.text, b->results[i].value.text));
	CU_ASSERT_TRUE(hr_str_equal(a->results[i].unit.text, b->results[i].unit.text));
	check_same_time(a, b, i, HR_EVENT_COLLECTED);
	check_same_time(a, b, i, HR_EVENT_RECEIVED);
	check_same_time(a, b, i, HR_EVENT_REPORTED);
}

static void test_reader__one_report_in_two_formats__says_the_same(void)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_bytes(hr_test_read(arena, "tests/data/cda/thyroid.xml"));
	struct fixture g = read_bytes(hr_test_read(arena, "tests/data/fhir/thyroid.json"));
	const hr_report *a = f.reports.reports;
	const hr_report *b = g.reports.reports;

	CU_ASSERT_TRUE_FATAL(f.ok && g.ok);
	CU_ASSERT_EQUAL_FATAL(a->result_count, b->result_count);
	for (uint32_t i = 0; i < a->result_count; i++)
		check_same_result(a, b, i);
	CU_ASSERT_EQUAL(a->kind, b->kind);
	CU_ASSERT_EQUAL(a->status, b->status);
	CU_ASSERT_TRUE(hr_str_equal(a->issuer.name.text, b->issuer.name.text));
	CU_ASSERT_TRUE(hr_str_equal(a->patient.name.text, b->patient.name.text));
	CU_ASSERT_TRUE(hr_str_equal(a->patient.sex.text, b->patient.sex.text));
	close_fixture(&f);
	close_fixture(&g);
	hr_arena_close(arena);
}

static void test_reader__one_reader__reads_one_after_the_other(void)
{
	struct fixture f = read_bytes(HR_STR("<ClinicalDocument>"));
	hr_arena *arena = hr_test_arena();

	HR_ASSERT_OK(hr_reader_read(f.reader, hr_test_read(arena, "tests/data/cda/exam.xml"),
				    f.arena, &f.reports, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(f.reports.count, 1);
	hr_arena_close(arena);
	close_fixture(&f);
}

static void test_sniff__cda__is_known_by_its_root(void)
{
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<ClinicalDocument/>")), HR_FORMAT_CDA);
	CU_ASSERT_EQUAL(
		hr_format_sniff(HR_STR("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- > -->"
				       "<hl7:ClinicalDocument xmlns:hl7='urn:hl7-org:v3'>")),
		HR_FORMAT_CDA);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<ClinicalDocuments/>")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<a:b:ClinicalDocument/>")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<!-- ClinicalDocument -->")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<?xml ")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<f:Bundle xmlns:f=\"http://hl7.org/fhir\">")),
			HR_FORMAT_FHIR);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<Bundle>http://hl7.org/fhir")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("<")), HR_FORMAT_UNKNOWN);
}

static void test_sniff__cda_in_utf_16__is_known(void)
{
	static const char text[] = "<ClinicalDocument>";
	char little[2 + 2 * sizeof(text)] = { '\xff', '\xfe' };
	char big[2 + 2 * sizeof(text)] = { '\xfe', '\xff' };

	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		little[2 + 2 * i] = text[i];
		big[3 + 2 * i] = text[i];
	}
	CU_ASSERT_EQUAL(hr_format_sniff((hr_str){ little, sizeof(little) }), HR_FORMAT_CDA);
	CU_ASSERT_EQUAL(hr_format_sniff((hr_str){ big, sizeof(big) }), HR_FORMAT_CDA);
}

static void test_sniff__json_and_strangers__are_told_apart(void)
{
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR(" {\"resourceType\":\"Bundle\"}")), HR_FORMAT_FHIR);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("[]")), HR_FORMAT_FHIR);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("{ \"schema\": \"urn:huren:report:1\"}")),
			HR_FORMAT_NEUTRAL);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("\"urn:huren:report:1\"")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR("%PDF-1.7")), HR_FORMAT_UNKNOWN);
	CU_ASSERT_EQUAL(hr_format_sniff(HR_STR_NONE), HR_FORMAT_UNKNOWN);
}

static const hr_test tests[] = {
	HR_TEST(test_reader__other_formats__are_named),
	HR_TEST(test_reader__a_page__is_named_however_it_is_written),
	HR_TEST(test_reader__a_piece_of_cda__is_not_a_document),
	HR_TEST(test_reader__dicom_that_is_markup_as_well__is_refused),
	HR_TEST(test_reader__nothing_and_text__are_refused),
	HR_TEST(test_reader__other_xml__is_named_by_its_root),
	HR_TEST(test_reader__damaged_xml__is_the_parsers_to_refuse),
	HR_TEST(test_reader__cda__is_read_in_every_encoding),
	HR_TEST(test_reader__fhir__is_read),
	HR_TEST(test_reader__hl7__is_read_in_gbk),
	HR_TEST(test_reader__hl7__is_known_by_its_first_segment),
	HR_TEST(test_reader__our_own_json__is_read),
	HR_TEST(test_reader__json_that_says_no_more__is_refused),
	HR_TEST(test_reader__one_report_in_two_formats__says_the_same),
	HR_TEST(test_reader__one_reader__reads_one_after_the_other),
	HR_TEST(test_sniff__cda__is_known_by_its_root),
	HR_TEST(test_sniff__cda_in_utf_16__is_known),
	HR_TEST(test_sniff__json_and_strangers__are_told_apart),
};
HR_TEST_MAIN("reader", tests)
