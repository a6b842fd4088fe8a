/* CDA: hospitals' own OID trees, C-CDA, short memory, and the documents of others. */
#include "cda_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* --- a hospital's own tree --- */

static void test_cda_profiles__own_tree__header_is_read(void)
{
	struct cda_fixture f = cda_read_whole("local_oid.xml");
	const hr_report *r = f.report;

	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	HR_ASSERT_TEXT(r->id.system, "S008");
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "1.2.156.999999");
	CU_ASSERT_EQUAL_FATAL(r->patient.id_count, 2);
	HR_ASSERT_TEXT(r->patient.ids[0].code, "SYN-H-0001");
	HR_ASSERT_TEXT(r->patient.ids[1].code, "SYN-V-0001");
	HR_ASSERT_TEXT(r->patient.sex.text, "2");
	CU_ASSERT_EQUAL(r->times[HR_EVENT_REPORTED].span.precision, HR_PRECISION_MINUTE);
	CU_ASSERT_PTR_NULL(r->performer);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	cda_close(&f);
}

static void test_cda_profiles__own_tree__items_and_nothing_else_are_read(void)
{
	struct cda_fixture f = cda_read_whole("local_oid.xml");
	const hr_result *k = cda_result(&f, "钾");

	CU_ASSERT_EQUAL(f.report->result_count, 2);
	HR_ASSERT_TEXT(k->codes[0].system, "1.2.156.999999.1.1.106");
	HR_ASSERT_TEXT(k->value.text, "4.1");
	HR_ASSERT_TEXT(k->unit.text, "mmol/L");
	HR_ASSERT_TEXT(k->range.text, "3.5-5.3");
	HR_ASSERT_TEXT(k->flag.text, "N");
	HR_ASSERT_TEXT(cda_result(&f, "铜绿假单胞菌")->value.text, "++(少量)");
	cda_close(&f);
}

static void test_cda_profiles__own_tree__the_specimen_behind_the_items_is_theirs(void)
{
	struct cda_fixture f = cda_read_whole("local_oid.xml");
	const hr_result *k = cda_result(&f, "钾");

	CU_ASSERT_EQUAL_FATAL(k->specimen_count, 1);
	HR_ASSERT_TEXT(k->specimens[0].display, "血清");
	HR_ASSERT_TEXT(k->times[HR_EVENT_COLLECTED].text, "202502180812");
	HR_ASSERT_TEXT(k->times[HR_EVENT_RECEIVED].text, "202502180840");
	cda_close(&f);
}

static void test_cda_profiles__own_tree__examination_is_read(void)
{
	struct cda_fixture f = cda_read_whole("local_exam.xml");
	const hr_result *us = cda_result(&f, "颈部血管彩色多普勒超声");

	CU_ASSERT_EQUAL(f.report->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL(f.report->result_count, 1);
	HR_ASSERT_TEXT(us->value.text, "颈动脉内膜光滑。");
	HR_ASSERT_TEXT(us->body_part.text, "颈部");
	HR_ASSERT_TEXT(us->method.text, "正侧位");
	HR_ASSERT_TEXT(us->times[HR_EVENT_TESTED].text, "20250217");
	HR_ASSERT_TEXT(us->times[HR_EVENT_COLLECTED].text, "20250217");
	HR_ASSERT_TEXT(f.report->findings.text, "颈动脉内膜光滑。");
	HR_ASSERT_TEXT(f.report->conclusion.text, "未见异常。");
	cda_close(&f);
}

static void check_local_version(const char *version, hr_status status)
{
	char xml[512];
	struct cda_fixture f;

	snprintf(xml, sizeof(xml),
		 "<ClinicalDocument><code codeSystem='1.2.156.1'/><versionNumber value='%s'/>"
		 "<component><structuredBody><component><section><code code='11502-2'/><entry>"
		 "<observation><code code='K' displayName='K'/></observation></entry></section>"
		 "</component></structuredBody></component></ClinicalDocument>",
		 version);
	f = cda_read(hr_str_of(xml));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(f.report->status, status);
	cda_close(&f);
}

static void test_cda_profiles__own_tree__version_one_is_a_correction(void)
{
	check_local_version("", HR_STATUS_FINAL);
	check_local_version("0", HR_STATUS_FINAL);
	check_local_version("1", HR_STATUS_CORRECTED);
}

/* --- C-CDA --- */

static void test_cda_profiles__ccda__header_is_read(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");
	const hr_report *r = f.report;

	HR_ASSERT_TEXT(r->id.code, "0a1b2c3d-0000-4000-8000-000000000001");
	HR_ASSERT_TEXT(r->id.system, "");
	HR_ASSERT_TEXT(r->patient.name.text, "Ada Example");
	HR_ASSERT_TEXT(r->issuer.name.text, "Example Health Exchange");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_CORRECTED);
	CU_ASSERT_EQUAL_FATAL(r->replace_count, 1);
	HR_ASSERT_TEXT(r->replaces[0].code, "0a1b2c3d-0000-4000-8000-000000000000");
	cda_close(&f);
}

static void test_cda_profiles__ccda__time_of_a_summary_is_not_that_of_its_results(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");
	const hr_result *wbc = cda_result(&f, "WBC");

	CU_ASSERT_EQUAL(f.report->times[HR_EVENT_REPORTED].text.len, 0);
	HR_ASSERT_TEXT(wbc->times[HR_EVENT_COLLECTED].text, "20250218081200+0800");
	HR_ASSERT_TEXT(wbc->times[HR_EVENT_TESTED].text, "20250218100000+0800");
	HR_ASSERT_TEXT(wbc->times[HR_EVENT_REPORTED].text, "20250218153000+0800");
	cda_close(&f);
}

static void test_cda_profiles__ccda__codes_and_the_printed_name_are_read(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");
	const hr_result *k = cda_result(&f, "Potassium ★");

	CU_ASSERT_EQUAL_FATAL(k->code_count, 2);
	HR_ASSERT_TEXT(k->codes[0].code, "2823-3");
	CU_ASSERT_TRUE(hr_str_equal(k->codes[0].system, HR_LOINC_SYSTEM_OID));
	HR_ASSERT_TEXT(k->codes[0].display, "Potassium [Moles/volume] in Serum or Plasma");
	HR_ASSERT_TEXT(k->codes[1].code, "K01");
	HR_ASSERT_TEXT(k->range.text, "3.5-5.3 mmol/L");
	HR_ASSERT_TEXT(k->flag.text, "N");
	CU_ASSERT_EQUAL(k->specimen_count, 2);
	HR_ASSERT_TEXT(k->specimens[0].display, "Serum specimen");
	CU_ASSERT_EQUAL(k->kind, HR_KIND_LAB);
	cda_close(&f);
}

static void check_value(const struct cda_fixture *f, const char *name, const char *value,
			const char *unit)
{
	HR_ASSERT_TEXT(cda_result(f, name)->value.text, value);
	HR_ASSERT_TEXT(cda_result(f, name)->unit.text, unit);
}

static void test_cda_profiles__ccda__values_of_every_type_are_read(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");

	check_value(&f, "Potassium ★", "4.1", "mmol/L");
	check_value(&f, "LDL by calculation", "Unable to calculate", "mg/dL");
	check_value(&f, "Glucose", ">500", "mg/dL");
	check_value(&f, "BNP", "<=5", "pg/mL");
	check_value(&f, "WBC", "152", "THOUS/MCL");
	check_value(&f, "SARS-CoV-2 RNA", "Detected", "");
	check_value(&f, "Nuclear Ab", "1:80", "");
	check_value(&f, "Hematocrit", "", "");
	check_value(&f, "Hemoglobin", "140", "");
	cda_close(&f);
}

static void test_cda_profiles__ccda__status_of_each_result_is_its_own(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");

	CU_ASSERT_EQUAL(cda_result(&f, "WBC")->status, HR_STATUS_FINAL);
	CU_ASSERT_EQUAL(cda_result(&f, "Hematocrit")->status, HR_STATUS_PRELIMINARY);
	CU_ASSERT_EQUAL(cda_result(&f, "Hemoglobin")->status, HR_STATUS_CANCELLED);
	CU_ASSERT_EQUAL(cda_result(&f, "Sodium")->status, HR_STATUS_CANCELLED);
	HR_ASSERT_TEXT(cda_result(&f, "Hemoglobin")->status_text.text, "aborted");
	cda_close(&f);
}

static void test_cda_profiles__ccda__two_laboratories_keep_apart(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");
	const hr_party *first = cda_result(&f, "WBC")->performer;
	const hr_party *second = cda_result(&f, "Glucose")->performer;

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	HR_ASSERT_TEXT(first->name.text, "Example Laboratory One");
	HR_ASSERT_TEXT(first->ids[0].code, "SYN-LAB-1");
	HR_ASSERT_TEXT(second->name.text, "Example Laboratory Two");
	CU_ASSERT_PTR_NULL(f.report->performer);
	cda_close(&f);
}

static void test_cda_profiles__ccda__what_is_only_asked_for_or_elsewhere_is_no_result(void)
{
	struct cda_fixture f = cda_read_whole("ccda.xml");

	CU_ASSERT_EQUAL(f.report->result_count, 10);
	cda_close(&f);
}

#define CCDA_HEAD                                                                                  \
	"<ClinicalDocument><component><structuredBody><component><section>"                        \
	"<templateId root='2.16.840.1.113883.10.20.22.2.3'/>"
#define CCDA_TAIL "</section></component></structuredBody></component></ClinicalDocument>"

static void test_cda_profiles__ccda__without_a_specimen_the_kind_is_not_said(void)
{
	struct cda_fixture f =
		cda_read(HR_STR(CCDA_HEAD "<entry><observation><code code='8-2' displayName='X'/>"
					  "</observation></entry>" CCDA_TAIL));

	CU_ASSERT_EQUAL(cda_result(&f, "X")->kind, HR_KIND_UNKNOWN);
	CU_ASSERT_EQUAL(f.report->kind, HR_KIND_UNKNOWN);
	cda_close(&f);
}

static void test_cda_profiles__ccda__results_of_a_fetus_make_the_patient_ambiguous(void)
{
	struct cda_fixture f =
		cda_read(HR_STR(CCDA_HEAD "<entry><organizer><subject/><component><observation>"
					  "<code code='8-2' displayName='X'/></observation>"
					  "</component></organizer></entry>" CCDA_TAIL));

	CU_ASSERT_TRUE(f.report->patient_ambiguous);
	cda_close(&f);
}

static void test_cda_profiles__ccda__a_reference_to_nowhere_leaves_the_display_name(void)
{
	struct cda_fixture f = cda_read(HR_STR(
		CCDA_HEAD
		"<text><content ID='a'/><content ID='b'>B</content></text><entry>"
		"<observation><code code='8-2' displayName='X'><originalText>"
		"<reference value='#c'/></originalText></code></observation></entry>"
		"<entry><observation><code code='8-2' displayName='Y'><originalText>"
		"<reference value='#b'/></originalText></code></observation></entry>" CCDA_TAIL));

	CU_ASSERT_EQUAL(f.report->result_count, 2);
	CU_ASSERT_EQUAL(cda_result(&f, "X")->code_count, 1);
	HR_ASSERT_TEXT(cda_result(&f, "B")->codes[0].display, "Y");
	cda_close(&f);
}

/* --- short memory --- */

static void check_short_memory(const char *name)
{
	hr_arena *arena = hr_test_arena();
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_xml_document document;
	char path[256];
	hr_error err = { 0 };
	size_t refused = 0;

	snprintf(path, sizeof(path), "tests/data/cda/%s", name);
	if (!parser || !hr_xml_read(parser, hr_test_read(arena, path), arena, &document, &err))
		abort();
	for (size_t cap = 0; cap < (1 << 17); cap += 61) {
		hr_arena *small = hr_arena_open(cap);
		hr_reports reports = { 0 };

		if (hr_cda_read(&document, small, &reports, &err)) {
			CU_ASSERT_EQUAL(reports.count, 1);
		} else {
			CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
			CU_ASSERT_EQUAL(reports.count, 0);
			refused++;
		}
		hr_arena_close(small);
	}
	CU_ASSERT_TRUE(refused > 0);
	hr_xml_parser_close(parser);
	hr_arena_close(arena);
}

static void test_cda_profiles__memory_short_at_any_point__is_said(void)
{
	check_short_memory("thyroid.xml");
	check_short_memory("exam_category.xml");
	check_short_memory("performer.xml");
	check_short_memory("local_exam.xml");
	check_short_memory("ccda.xml");
	check_short_memory("ccda_imaging.xml");
}

/* --- documents of others --- */

struct count {
	unsigned documents;
	unsigned refused;
	unsigned results;
	unsigned fragments; /* sections and entries alone */
};

/* C-CDA-Examples has most of its result sections in files of their own. */
static hr_str in_a_document(hr_arena *arena, hr_str section)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_XML_DOCUMENT_MAX);
	HR_BUF_ADD(&buf, "<ClinicalDocument xmlns='urn:hl7-org:v3' "
			 "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
			 "xmlns:sdtc='urn:hl7-org:sdtc'><component><structuredBody><component>");
	hr_buf_add(&buf, section);
	HR_BUF_ADD(&buf, "</component></structuredBody></component></ClinicalDocument>");
	return hr_buf_str(&buf);
}

static void count_file(hr_str bytes, struct count *count)
{
	struct cda_fixture f = cda_read(bytes);

	if (f.report) {
		count->documents++;
		count->results += f.report->result_count;
	} else if (f.err.code == HR_E_INCOMPLETE) {
		count->refused++;
	} else {
		count->fragments++;
		CU_ASSERT_TRUE(f.err.code == HR_E_UNSUPPORTED || f.err.code == HR_E_SYNTAX);
	}
	cda_close(&f);
}

static struct count count_folder(const char *folder)
{
	char path[4096];
	struct count count = { 0 };
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/cda/%s", hr_test_corpora(), folder);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		hr_arena *arena = hr_test_arena();
		char name[8192];
		hr_str bytes;

		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.') {
			bytes = hr_test_read(arena, name);
			if (hr_str_starts_with(hr_str_of(entry->d_name), HR_STR("Results_")))
				bytes = in_a_document(arena, bytes);
			count_file(bytes, &count);
		}
		hr_arena_close(arena);
	}
	if (dir)
		closedir(dir);
	printf("%s: %u documents with %u results, %u without, %u fragments\n", folder,
	       count.documents, count.results, count.refused, count.fragments);
	return count;
}

static void test_cda_profiles__documents_of_others__are_read_or_refused(void)
{
	struct count count;

	if (!hr_test_corpora())
		return;
	/* Counted by another XML library as well: observations under the entries of result
	 * sections. */
	count = count_folder("ccda-cc0");
	CU_ASSERT_EQUAL(count.documents, 11);
	CU_ASSERT_EQUAL(count.results, 27);
	count = count_folder("fhir-converter-mit");
	CU_ASSERT_EQUAL(count.documents, 5);
	CU_ASSERT_EQUAL(count.results, 17);
}

static const hr_test tests[] = {
	HR_TEST(test_cda_profiles__own_tree__header_is_read),
	HR_TEST(test_cda_profiles__own_tree__items_and_nothing_else_are_read),
	HR_TEST(test_cda_profiles__own_tree__the_specimen_behind_the_items_is_theirs),
	HR_TEST(test_cda_profiles__own_tree__examination_is_read),
	HR_TEST(test_cda_profiles__own_tree__version_one_is_a_correction),
	HR_TEST(test_cda_profiles__ccda__header_is_read),
	HR_TEST(test_cda_profiles__ccda__time_of_a_summary_is_not_that_of_its_results),
	HR_TEST(test_cda_profiles__ccda__codes_and_the_printed_name_are_read),
	HR_TEST(test_cda_profiles__ccda__values_of_every_type_are_read),
	HR_TEST(test_cda_profiles__ccda__status_of_each_result_is_its_own),
	HR_TEST(test_cda_profiles__ccda__two_laboratories_keep_apart),
	HR_TEST(test_cda_profiles__ccda__what_is_only_asked_for_or_elsewhere_is_no_result),
	HR_TEST(test_cda_profiles__ccda__without_a_specimen_the_kind_is_not_said),
	HR_TEST(test_cda_profiles__ccda__results_of_a_fetus_make_the_patient_ambiguous),
	HR_TEST(test_cda_profiles__ccda__a_reference_to_nowhere_leaves_the_display_name),
	HR_TEST(test_cda_profiles__memory_short_at_any_point__is_said),
	HR_TEST(test_cda_profiles__documents_of_others__are_read_or_refused),
};
HR_TEST_MAIN("cda_profiles", tests)
