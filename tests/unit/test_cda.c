/* CDA: the header, and what is refused. */
#include "cda_fixture.h"

#include <stdio.h>

#define NO_REPORT "it is no report of a laboratory or of images"

static void check_refused(struct cda_fixture f, hr_error_code code, const char *message)
{
	CU_ASSERT_PTR_NULL(f.report);
	CU_ASSERT_EQUAL(f.err.code, code);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	cda_close(&f);
}

/* --- the header --- */

static void test_cda__thyroid_report__header_is_read(void)
{
	struct cda_fixture f = cda_read_whole("thyroid.xml");
	const hr_report *r = f.report;

	CU_ASSERT_EQUAL(r->format, HR_FORMAT_CDA);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	HR_ASSERT_TEXT(r->title.text, "检验报告");
	HR_ASSERT_TEXT(r->id.system, "2.16.156.10011.1.1");
	HR_ASSERT_TEXT(r->id.code, "SYN-D-0001");
	HR_ASSERT_TEXT(r->set_id.text, "SYN-S-0001");
	HR_ASSERT_TEXT(r->version.text, "1");
	HR_ASSERT_TEXT(r->report_no.code, "SYN-R-0001");
	HR_ASSERT_TEXT(r->issuer.name.text, "天津市第五中心医院");
	CU_ASSERT_EQUAL(r->issuer.id_count, 1);
	HR_ASSERT_TEXT(r->issuer.ids[0].system, "2.16.156.10011.1.5");
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "12120000400000002B");
	CU_ASSERT_EQUAL(r->replace_count, 0);
	CU_ASSERT_PTR_NULL(r->performer);
	CU_ASSERT_FALSE(r->carries_marks);
	CU_ASSERT_EQUAL(r->deviation_count, 0);
	cda_close(&f);
}

static void test_cda__thyroid_report__patient_is_read(void)
{
	struct cda_fixture f = cda_read_whole("thyroid.xml");
	const hr_patient *p = &f.report->patient;

	HR_ASSERT_TEXT(p->name.text, "示范患者");
	HR_ASSERT_TEXT(p->birth.text, "19560315");
	HR_ASSERT_TEXT(p->sex.text, "2");
	CU_ASSERT_EQUAL_FATAL(p->id_count, 2);
	HR_ASSERT_TEXT(p->ids[0].system, "2.16.156.10011.1.11");
	HR_ASSERT_TEXT(p->ids[1].system, "2.16.156.10011.1.3");
	HR_ASSERT_TEXT(p->ids[1].code, "120116195603150021");
	CU_ASSERT_FALSE(f.report->patient_ambiguous);
	cda_close(&f);
}

static void test_cda__author_time__is_the_report_date_and_effective_time_is_not(void)
{
	struct cda_fixture f = cda_read_whole("thyroid.xml");

	HR_ASSERT_TEXT(f.report->times[HR_EVENT_REPORTED].text, "20250218153000");
	HR_ASSERT_TEXT(cda_place(&f, f.report->times[HR_EVENT_REPORTED].place),
		       "/ClinicalDocument/author/time/@value");
	CU_ASSERT_EQUAL(f.report->times[HR_EVENT_COLLECTED].text.len, 0);
	cda_close(&f);
}

static void test_cda__order_and_specimen_numbers__are_not_the_patients(void)
{
	struct cda_fixture f = cda_read_whole("exam.xml");

	CU_ASSERT_EQUAL(f.report->patient.id_count, 1);
	HR_ASSERT_TEXT(f.report->report_no.system, "2.16.156.10011.1.32");
	/* But its images may stand under them. */
	CU_ASSERT_EQUAL_FATAL(f.report->image_number_count, 2);
	HR_ASSERT_TEXT(f.report->image_numbers[0].code, "SYN-R-0001");
	HR_ASSERT_TEXT(f.report->image_numbers[1].code, "SYN-O-0001");
	cda_close(&f);
	f = cda_read_whole("thyroid.xml");
	CU_ASSERT_EQUAL(f.report->image_number_count, 0);
	cda_close(&f);
}

static void test_cda__replacement__is_corrected_and_names_what_it_replaces(void)
{
	struct cda_fixture f = cda_read_whole("replacement.xml");

	CU_ASSERT_EQUAL(f.report->status, HR_STATUS_CORRECTED);
	CU_ASSERT_EQUAL_FATAL(f.report->replace_count, 1);
	HR_ASSERT_TEXT(f.report->replaces[0].code, "SYN-D-0001");
	cda_close(&f);
}

static void check_status(const char *header, hr_status status, uint32_t replace_count)
{
	struct cda_fixture f = cda_read_header(header);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(f.report->status, status);
	CU_ASSERT_EQUAL(f.report->replace_count, replace_count);
	cda_close(&f);
}

#define RPLC(id)                                                                                   \
	"<relatedDocument typeCode='RPLC'><parentDocument>" id "</parentDocument></relatedDocument>"

static void test_cda__version_and_replaced_document__decide_the_status(void)
{
	check_status("", HR_STATUS_FINAL, 0);
	check_status("<versionNumber value='2'/>", HR_STATUS_FINAL, 0);
	check_status("<versionNumber value='2'/>" RPLC("<id/>"), HR_STATUS_FINAL, 0);
	check_status("<versionNumber>2</versionNumber>" RPLC("<id>D0</id>"), HR_STATUS_CORRECTED,
		     1);
	check_status("<versionNumber value=''/>" RPLC("<id extension='D0'/>"), HR_STATUS_CORRECTED,
		     1);
	check_status("<versionNumber value='1'/>" RPLC("<id extension='D0'/>"), HR_STATUS_FINAL, 1);
	check_status("<statusCode code='nullified'/>", HR_STATUS_CANCELLED, 0);
	check_status("<statusCode code='active'/>", HR_STATUS_PRELIMINARY, 0);
	check_status("<statusCode code='strange'/>", HR_STATUS_FINAL, 0);
}

static void test_cda__two_record_targets__make_the_patient_ambiguous(void)
{
	struct cda_fixture f = cda_read_whole("mother_and_child.xml");

	CU_ASSERT_TRUE(f.report->patient_ambiguous);
	HR_ASSERT_TEXT(f.report->patient.name.text, "示范患者");
	cda_close(&f);
}

static void test_cda__requesting_hospital__is_never_the_performer(void)
{
	struct cda_fixture f = cda_read_whole("performer.xml");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report->performer);
	HR_ASSERT_TEXT(f.report->performer->name.text, "示范医学检验中心");
	CU_ASSERT_EQUAL(f.report->performer->id_count, 0);
	CU_ASSERT_PTR_EQUAL(hr_result_performer(f.report, &f.report->results[0]),
			    f.report->performer);
	cda_close(&f);
}

static void check_sex(const char *attrs, const char *sex)
{
	char header[256];
	struct cda_fixture f;

	snprintf(header, sizeof(header),
		 "<recordTarget><patientRole><patient><administrativeGenderCode %s/></patient>"
		 "</patientRole></recordTarget>",
		 attrs);
	f = cda_read_header(header);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	HR_ASSERT_TEXT(f.report->patient.sex.text, sex);
	cda_close(&f);
}

static void test_cda__sex__in_every_code_system_is_gb_2261(void)
{
	check_sex("code='1'", "1");
	check_sex("code='F'", "2");
	check_sex("displayName='男'", "1");
	check_sex("code='9' displayName='未说明的性别'", "");
	check_sex("code='UN'", "");
}

/* --- what is refused --- */

static void test_cda__another_kind_of_document__is_named(void)
{
	check_refused(cda_read_file("discharge.xml"), HR_E_INCOMPLETE,
		      "a CDA document of type C0053 without results: " NO_REPORT);
	check_refused(cda_read(HR_STR("<ClinicalDocument/>")), HR_E_INCOMPLETE,
		      "a CDA document of type unknown without results: " NO_REPORT);
	check_refused(
		cda_read(HR_STR("<ClinicalDocument><code code='C0006'/></ClinicalDocument>")),
		HR_E_INCOMPLETE,
		"a CDA document of type C0006 without results: no section of it holds an item");
}

static void test_cda__elements_of_the_standard_elsewhere__are_no_items(void)
{
	check_refused(cda_read(HR_STR(
			      "<ClinicalDocument><component><section><code code='30954-2'/><entry>"
			      "<observation><code code='DE04.30.019.00' displayName='项目'/>"
			      "<value>K</value></observation></entry></section></component>"
			      "</ClinicalDocument>")),
		      HR_E_INCOMPLETE,
		      "a CDA document of type unknown without results: "
		      "its sections of results hold none");
	check_refused(
		cda_read(HR_STR("<ClinicalDocument><templateId root='2.16.156.10011.2.1.1.73'/>"
				"<code code='C0053'/><component><section><code code='30954-2'/>"
				"<entry><observation><code code='8-2' displayName='X'/>"
				"</observation></entry></section></component></ClinicalDocument>")),
		HR_E_INCOMPLETE, "a CDA document of type C0053 without results: " NO_REPORT);
}

static void test_cda__unfilled_template__is_refused(void)
{
	check_refused(cda_read_file("template.xml"), HR_E_INCOMPLETE,
		      "the document is an unfilled template");
}

static void test_cda__another_root__is_refused(void)
{
	check_refused(cda_read(HR_STR("<html/>")), HR_E_UNSUPPORTED, "not a CDA document");
}

static struct cda_fixture read_items(uint32_t count)
{
	hr_arena *arena = hr_test_arena();
	struct cda_fixture f;
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_XML_DOCUMENT_MAX);
	for (uint32_t i = 0; i < count; i++)
		HR_BUF_ADD(&buf, "019=K ");
	f = cda_read_short(hr_buf_str(&buf).data);
	hr_arena_close(arena);
	return f;
}

static void test_cda__results_to_the_limit__are_read_and_one_more_is_refused(void)
{
	struct cda_fixture f = read_items(HR_RESULTS_MAX);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f.report);
	CU_ASSERT_EQUAL(f.report->result_count, HR_RESULTS_MAX);
	cda_close(&f);
	check_refused(read_items(HR_RESULTS_MAX + 1), HR_E_LIMIT,
		      "the report has more than 5000 results");
}

static void test_cda__an_error__never_holds_the_patients_data(void)
{
	check_refused(cda_read(HR_STR("<ClinicalDocument><code code='120116195603150021'/>"
				      "</ClinicalDocument>")),
		      HR_E_INCOMPLETE,
		      "a CDA document of type unknown without results: " NO_REPORT);
}

static const hr_test tests[] = {
	HR_TEST(test_cda__thyroid_report__header_is_read),
	HR_TEST(test_cda__thyroid_report__patient_is_read),
	HR_TEST(test_cda__author_time__is_the_report_date_and_effective_time_is_not),
	HR_TEST(test_cda__order_and_specimen_numbers__are_not_the_patients),
	HR_TEST(test_cda__replacement__is_corrected_and_names_what_it_replaces),
	HR_TEST(test_cda__version_and_replaced_document__decide_the_status),
	HR_TEST(test_cda__two_record_targets__make_the_patient_ambiguous),
	HR_TEST(test_cda__requesting_hospital__is_never_the_performer),
	HR_TEST(test_cda__sex__in_every_code_system_is_gb_2261),
	HR_TEST(test_cda__another_kind_of_document__is_named),
	HR_TEST(test_cda__elements_of_the_standard_elsewhere__are_no_items),
	HR_TEST(test_cda__unfilled_template__is_refused),
	HR_TEST(test_cda__another_root__is_refused),
	HR_TEST(test_cda__results_to_the_limit__are_read_and_one_more_is_refused),
	HR_TEST(test_cda__an_error__never_holds_the_patients_data),
};
HR_TEST_MAIN("cda", tests)
