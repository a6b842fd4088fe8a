#include "fhir_fixture.h"

/* --- values --- */

static void test_fhir__values_of_every_kind__keep_what_was_written(void)
{
	static const char *const rows[][4] = {
		{ "tsh", "<0.10", "mIU/L", "0.27-4.20" },
		{ "afp", "1.50e1", "ng/mL", "<=7.0" },
		{ "local", "5", "", ">=3.0" },
		{ "hbsag", "阴性(-)", "", "阴性" },
		{ "titre", "1:128", "", "" },
		{ "span", "0-2", "/HPF", "" },
		{ "count", "12", "", "" },
		{ "flag", "true", "", "" },
		{ "words", "黄色", "", "" },
		{ "absent", "", "", "" },
		{ "curve", "", "", "" },
	};
	struct fhir_fixture f = fhir_read_file("values");
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL(r->result_count, sizeof(rows) / sizeof(rows[0]));
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const hr_result *x = fhir_result(r, i);

		fhir_assert_result(x, rows[i][0], rows[i][1], rows[i][2]);
		HR_ASSERT_TEXT(x->range.text, rows[i][3]);
	}
	HR_ASSERT_TEXT(fhir_result(r, 0)->flag.text, "L");
	HR_ASSERT_TEXT(fhir_result(r, 0)->method.text, "化学发光法");
	HR_ASSERT_TEXT(fhir_result(r, 0)->device.text, "示范分析仪 600");
	CU_ASSERT_TRUE(fhir_deviates(r, "value-not-read"));
	CU_ASSERT_TRUE(fhir_deviates(r, "performer-untyped"));
	HR_ASSERT_TEXT(r->issuer.name.text, "天津市第五中心医院");
	fhir_close(&f);
}

static void test_fhir__components__are_results_with_what_their_panel_says(void)
{
	struct fhir_fixture f = fhir_read_file("panel_components");
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL(r->result_count, 2);
	fhir_assert_result(fhir_result(r, 0), "白细胞", "6.10", "10^9/L");
	fhir_assert_result(fhir_result(r, 1), "血红蛋白", "131", "g/L");
	HR_ASSERT_TEXT(fhir_result(r, 1)->flag.text, "N");
	for (uint32_t i = 0; i < 2; i++) {
		const hr_result *x = fhir_result(r, i);

		CU_ASSERT_EQUAL(x->status, HR_STATUS_CORRECTED);
		HR_ASSERT_TEXT(x->method.text, "流式");
		CU_ASSERT_EQUAL(x->specimen_count, 1);
		fhir_assert_time(&x->times[HR_EVENT_COLLECTED], "2025-02-18T08:01:00+08:00",
				 "2025-02-18T08:01:00+08:00");
		fhir_assert_time(&x->times[HR_EVENT_REPORTED], "2025-02-18T09:00:00+08:00",
				 "2025-02-18T09:00:00+08:00");
	}
	fhir_close(&f);
}

static void test_fhir__members_in_a_ring__come_once_each(void)
{
	struct fhir_fixture f = fhir_read_file("panel_members");
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL(r->result_count, 2);
	fhir_assert_result(fhir_result(r, 0), "促甲状腺激素", "3.21", "mIU/L");
	fhir_assert_result(fhir_result(r, 1), "游离甲状腺素", "15.2", "pmol/L");
	for (uint32_t i = 0; i < r->result_count; i++)
		CU_ASSERT_EQUAL(r->results[i].specimen_count, 2);
	fhir_close(&f);
}

/* --- marks --- */

static void test_fhir__mark__is_carried_only_by_the_extension(void)
{
	struct fhir_fixture f = fhir_read_file("thyroid");

	CU_ASSERT_FALSE(fhir_report(&f, 0)->carries_marks);
	fhir_close(&f);
	f = fhir_read_file("mark_none");
	CU_ASSERT_TRUE(fhir_report(&f, 0)->carries_marks);
	CU_ASSERT_EQUAL(fhir_report(&f, 0)->mark_count, 0);
	fhir_close(&f);
	f = fhir_read_file("mark");
	CU_ASSERT_TRUE(fhir_report(&f, 0)->carries_marks);
	CU_ASSERT_EQUAL(fhir_report(&f, 0)->mark_count, 1);
	if (fhir_report(&f, 0)->mark_count) {
		HR_ASSERT_TEXT(fhir_report(&f, 0)->marks[0].text, "京津冀HR");
		fhir_assert_place(fhir_report(&f, 0)->marks[0].place,
				  "Bundle.entry[0].resource.extension[0].valueString");
	}
	fhir_close(&f);
}

/* --- examinations --- */

/* By their types; of an order also those without one, whether it is here or only named. */
static void test_fhir__imaging_report__numbers_of_its_images(void)
{
	static const char *const numbers[] = { "A1", "P1", "O1", "A2" };
	struct fhir_fixture f = fhir_read(HR_STR(
		"{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\",\"identifier\":["
		"{\"value\":\"R1\"},"
		"{\"type\":{\"coding\":[{\"code\":\"ACSN\"}]},\"system\":\"urn:oid:1.2\","
		"\"value\":\"A1\"}],"
		"\"basedOn\":[{\"reference\":\"#order\"},{\"identifier\":{\"value\":\"O1\"}},"
		"{\"reference\":\"ServiceRequest/9\"}],"
		"\"code\":{\"text\":\"胸部CT\"},\"imagingStudy\":[{\"reference\":\"#study\"}],"
		"\"contained\":[{\"resourceType\":\"ServiceRequest\",\"id\":\"order\","
		"\"identifier\":[{\"type\":{\"coding\":[{\"code\":\"PLAC\"}]},\"value\":\"P1\"},"
		"{\"type\":{\"coding\":[{\"code\":\"MR\"}]},\"value\":\"100\"}]},"
		"{\"resourceType\":\"ImagingStudy\",\"id\":\"study\",\"identifier\":["
		"{\"system\":\"urn:dicom:uid\",\"value\":\"urn:oid:1.2.3\"},"
		"{\"type\":{\"coding\":[{\"code\":\"ACSN\"}]},\"value\":\"A2\"}]}]}"));
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL_FATAL(r->image_number_count, 4);
	for (size_t i = 0; i < 4; i++)
		HR_ASSERT_TEXT(r->image_numbers[i].code, numbers[i]);
	fhir_assert_code(&r->image_numbers[0], "urn:oid:1.2", "A1");
	HR_ASSERT_TEXT(fhir_result(r, 0)->study_uid.text, "1.2.3");
	fhir_close(&f);
}

static void assert_chest_ct(const hr_report *r)
{
	const hr_result *x = fhir_result(r, 0);

	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL(r->result_count, 1);
	CU_ASSERT_EQUAL(x->kind, HR_KIND_EXAM);
	HR_ASSERT_TEXT(x->modality.text, "CT");
	HR_ASSERT_TEXT(x->body_part.text, "CHEST");
	HR_ASSERT_TEXT(x->study_uid.text, "1.2.826.0.1.3680043.9.9999.1");
	fhir_assert_time(&x->times[HR_EVENT_COLLECTED], "2025-02-20T10:05:00+08:00",
			 "2025-02-20T10:05:00+08:00");
	fhir_assert_time(&x->times[HR_EVENT_TESTED], "2025-02-20T10:05:00+08:00",
			 "2025-02-20T10:05:00+08:00");
}

static void test_fhir__imaging_report__is_one_exam_with_findings(void)
{
	struct fhir_fixture f = fhir_read_file("imaging_study");
	const hr_report *r = fhir_report(&f, 0);
	const hr_result *x = fhir_result(r, 0);

	CU_ASSERT_EQUAL(f.reports.count, 1);
	assert_chest_ct(r);
	fhir_assert_issuer(r);
	HR_ASSERT_TEXT(x->name.text, "胸部CT平扫");
	CU_ASSERT_EQUAL(x->code_count, 2);
	HR_ASSERT_TEXT(x->laterality.text, "B");
	HR_ASSERT_TEXT(r->findings.text, "双肺纹理清晰。\n纵隔居中。");
	HR_ASSERT_TEXT(r->conclusion.text, "双肺未见明显异常。");
	fhir_close(&f);
}

static void test_fhir__r5_imaging_report__reads_as_r4(void)
{
	struct fhir_fixture f = fhir_read_file("r5");
	const hr_report *r = fhir_report(&f, 0);

	assert_chest_ct(r);
	HR_ASSERT_TEXT(r->set_id.text, "SYN-SET-0002");
	HR_ASSERT_TEXT(r->version.text, "2");
	HR_ASSERT_TEXT(r->conclusion.text, "肺结节");
	CU_ASSERT_EQUAL(r->replace_count, 1);
	fhir_assert_code(r->replaces, "urn:oid:2.16.156.10011.1.1", "SYN-D-0009");
	fhir_close(&f);
}

static void test_fhir__study_alone__is_an_exam_report(void)
{
	struct fhir_fixture f = fhir_read_file("study_alone");
	const hr_report *r = fhir_report(&f, 0);

	assert_chest_ct(r);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	HR_ASSERT_TEXT(r->title.text, "胸部CT");
	HR_ASSERT_TEXT(r->issuer.name.text, "天津市第五中心医院");
	CU_ASSERT_TRUE(fhir_deviates(r, "results-without-report"));
	fhir_close(&f);
}

static void test_fhir__several_modalities__are_told_together(void)
{
	struct fhir_fixture f = fhir_read(HR_STR(
		"{\"resourceType\":\"ImagingStudy\",\"status\":\"available\",\"modality\":["
		"{\"code\":\"PT\"},{\"code\":\"KO\"},{\"code\":\"CT\"},{\"code\":\"PT\"}],"
		"\"series\":[{\"modality\":{\"code\":\"CT\"},\"bodySite\":{\"code\":\"CHEST\"},"
		"\"laterality\":{\"code\":\"L\"}},"
		"{\"modality\":{\"code\":\"PT\"},\"bodySite\":{\"code\":\"69536005\"},"
		"\"laterality\":{\"code\":\"24028007\"}}]}"));
	const hr_report *r = fhir_report(&f, 0);

	HR_ASSERT_TEXT(fhir_result(r, 0)->modality.text, "PT\\CT");
	HR_ASSERT_TEXT(fhir_result(r, 0)->body_part.text, "CHEST");
	HR_ASSERT_TEXT(fhir_result(r, 0)->laterality.text, "B");
	CU_ASSERT_TRUE(fhir_deviates(r, "modality-several"));
	CU_ASSERT_TRUE(fhir_deviates(r, "body-part-several"));
	fhir_close(&f);
}

/* --- results without a report --- */

static void test_fhir__loose_results__are_grouped_by_patient_and_performer(void)
{
	static const char *const rows[][2] = {
		{ "示范患者", "天津市第五中心医院" },
		{ "示范患者乙", "天津市第五中心医院" },
		{ "示范患者", "示范医学检验所" },
	};
	struct fhir_fixture f = fhir_read_file("loose");

	CU_ASSERT_EQUAL(f.reports.count, 3);
	for (size_t i = 0; i < 3; i++) {
		const hr_report *r = fhir_report(&f, i);

		HR_ASSERT_TEXT(r->patient.name.text, rows[i][0]);
		HR_ASSERT_TEXT(r->issuer.name.text, rows[i][1]);
		CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
		CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
		CU_ASSERT_FALSE(r->patient_ambiguous);
		CU_ASSERT_EQUAL(r->result_count, i == 0 ? 2 : 1);
		CU_ASSERT_TRUE(fhir_deviates(r, "results-without-report"));
	}
	fhir_close(&f);
}

static void test_fhir__observation_alone__is_a_report_of_one_result(void)
{
	struct fhir_fixture f = fhir_read_file("observation");
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_EQUAL(r->result_count, 1);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	fhir_assert_patient(r);
	CU_ASSERT_EQUAL(r->issuer.id_count, 1);
	fhir_assert_code(&r->report_no, "urn:oid:1.2.156.99999.1", "SYN-O-0001");
	fhir_assert_result(fhir_result(r, 0), "促甲状腺激素", "3.21", "mIU/L");
	fhir_assert_time(&fhir_result(r, 0)->times[HR_EVENT_COLLECTED], "2025-02-18T08:12:00+08:00",
			 "2025-02-18T08:12:00+08:00");
	fhir_close(&f);
}

static void test_fhir__laboratory_results_beside_a_report__are_told(void)
{
	struct fhir_fixture f = fhir_read(HR_STR(
		"{\"resourceType\":\"Bundle\",\"entry\":["
		"{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\"}},"
		"{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\","
		"\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
		"observation-category\",\"code\":\"laboratory\"}]}]}}]}"));

	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_TRUE(fhir_deviates(fhir_report(&f, 0), "results-unlinked"));
	fhir_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_fhir__values_of_every_kind__keep_what_was_written),
	HR_TEST(test_fhir__components__are_results_with_what_their_panel_says),
	HR_TEST(test_fhir__members_in_a_ring__come_once_each),
	HR_TEST(test_fhir__mark__is_carried_only_by_the_extension),
	HR_TEST(test_fhir__imaging_report__numbers_of_its_images),
	HR_TEST(test_fhir__imaging_report__is_one_exam_with_findings),
	HR_TEST(test_fhir__r5_imaging_report__reads_as_r4),
	HR_TEST(test_fhir__study_alone__is_an_exam_report),
	HR_TEST(test_fhir__several_modalities__are_told_together),
	HR_TEST(test_fhir__loose_results__are_grouped_by_patient_and_performer),
	HR_TEST(test_fhir__observation_alone__is_a_report_of_one_result),
	HR_TEST(test_fhir__laboratory_results_beside_a_report__are_told),
};
HR_TEST_MAIN("fhir_results", tests)
