#include "fhir_fixture.h"

#include <stdio.h>

/* --- whole documents --- */

static void test_fhir__thyroid_panel__is_read_whole(void)
{
	static const char *const rows[][4] = {
		{ "促甲状腺激素", "3016-3", "3.21", "mIU/L" },
		{ "游离甲状腺素", "14920-3", "15.2", "pmol/L" },
		{ "游离三碘甲状腺原氨酸", "14928-6", "4.6", "pmol/L" },
		{ "三碘甲状腺原氨酸", "14930-2", "1.8", "nmol/L" },
		{ "甲状腺素", "14921-1", "105", "nmol/L" },
	};
	struct fhir_fixture f = fhir_read_file("thyroid");
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL(f.reports.count, 1);
	CU_ASSERT_EQUAL(r->format, HR_FORMAT_FHIR);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	HR_ASSERT_TEXT(r->title.text, "甲状腺功能五项");
	fhir_assert_code(&r->report_no, "urn:oid:2.16.156.10011.1.33", "SYN-THYROID-0001");
	fhir_assert_issuer(r);
	fhir_assert_patient(r);
	HR_ASSERT_TEXT(r->patient.birth.text, "1956-03-15");
	HR_ASSERT_TEXT(r->patient.sex.text, "2");
	CU_ASSERT_EQUAL(r->deviation_count, 0);
	CU_ASSERT_EQUAL(r->result_count, 5);
	for (uint32_t i = 0; i < 5; i++) {
		const hr_result *x = fhir_result(r, i);

		fhir_assert_result(x, rows[i][0], rows[i][2], rows[i][3]);
		CU_ASSERT_EQUAL(x->code_count, 1);
		fhir_assert_code(x->codes, "http://loinc.org", rows[i][1]);
		CU_ASSERT_EQUAL(x->kind, HR_KIND_LAB);
		CU_ASSERT_EQUAL(x->specimen_count, 1);
		HR_ASSERT_TEXT(x->specimens[0].display, "血清");
		CU_ASSERT_PTR_NULL(x->performer);
	}
	fhir_close(&f);
}

static void test_fhir__thyroid_panel__has_its_times_and_no_time_of_test(void)
{
	struct fhir_fixture f = fhir_read_file("thyroid");
	const hr_report *r = fhir_report(&f, 0);
	const hr_result *x = fhir_result(r, 0);

	fhir_assert_time(&r->times[HR_EVENT_REPORTED], "2025-02-18T15:30:00+08:00",
			 "2025-02-18T15:30:00+08:00");
	fhir_assert_time(&x->times[HR_EVENT_COLLECTED], "2025-02-18T08:12:00+08:00",
			 "2025-02-18T08:12:00+08:00");
	fhir_assert_time(&x->times[HR_EVENT_RECEIVED], "2025-02-18T08:40:00+08:00",
			 "2025-02-18T08:40:00+08:00");
	CU_ASSERT_EQUAL(x->times[HR_EVENT_TESTED].text.len, 0);
	CU_ASSERT_EQUAL(r->times[HR_EVENT_TESTED].text.len, 0);
	fhir_close(&f);
}

static void test_fhir__values__know_their_places(void)
{
	struct fhir_fixture f = fhir_read_file("thyroid");
	const hr_report *r = fhir_report(&f, 0);
	const hr_result *x = fhir_result(r, 1);

	fhir_assert_place(x->value.place, "Bundle.entry[5].resource.valueQuantity.value");
	fhir_assert_place(x->unit.place, "Bundle.entry[5].resource.valueQuantity.unit");
	fhir_assert_place(x->codes[0].place, "Bundle.entry[5].resource.code.coding[0].code");
	fhir_assert_place(x->times[HR_EVENT_COLLECTED].place,
			  "Bundle.entry[3].resource.collection.collectedDateTime");
	fhir_assert_place(r->issuer.ids[0].place, "Bundle.entry[2].resource.identifier[0].value");
	fhir_assert_place(r->patient.name.place, "Bundle.entry[1].resource.name[0].text");
	fhir_close(&f);
}

/* What every bundle type, and a report that contains all it needs, have in common. */
static void test_fhir__bundles_and_contained__say_the_same(void)
{
	static const struct {
		const char *name;
		size_t reports;
		uint32_t results;
	} files[] = {
		{ "r4_collection", 1, 2 }, { "r4_document", 1, 1 }, { "contained", 1, 2 },
		{ "searchset", 2, 1 },	   { "transaction", 1, 1 }, { "unresolved", 1, 1 },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct fhir_fixture f = fhir_read_file(files[i].name);

		CU_ASSERT_EQUAL(f.reports.count, files[i].reports);
		for (size_t k = 0; k < files[i].reports; k++) {
			const hr_report *r = fhir_report(&f, k);

			fhir_assert_issuer(r);
			fhir_assert_patient(r);
			CU_ASSERT_EQUAL(r->result_count, files[i].results);
		}
		fhir_assert_result(fhir_result(fhir_report(&f, 0), 0), "促甲状腺激素", "3.21",
				   "mIU/L");
		fhir_close(&f);
	}
}

static void test_fhir__practitioner_among_performers__is_not_the_issuer(void)
{
	struct fhir_fixture f = fhir_read_file("r4_collection");

	CU_ASSERT_FALSE(fhir_deviates(fhir_report(&f, 0), "performer-untyped"));
	CU_ASSERT_FALSE(fhir_deviates(fhir_report(&f, 0), "performer-several"));
	fhir_close(&f);
}

static void test_fhir__document__takes_ids_and_relations_of_its_composition(void)
{
	struct fhir_fixture f = fhir_read_file("r4_document");
	const hr_report *r = fhir_report(&f, 0);

	fhir_assert_code(&r->id, "urn:oid:2.16.156.10011.1.1", "SYN-D-0001");
	fhir_assert_code(&r->report_no, "urn:oid:2.16.156.10011.1.33", "SYN-R-0001");
	HR_ASSERT_TEXT(r->set_id.text, "SYN-SET-0001");
	CU_ASSERT_EQUAL(r->replace_count, 1);
	fhir_assert_code(r->replaces, "urn:oid:2.16.156.10011.1.1", "SYN-D-0000");
	CU_ASSERT_TRUE(fhir_deviates(r, "issuer-from-custodian"));
	CU_ASSERT_TRUE(fhir_deviates(r, "issued-from-composition"));
	fhir_close(&f);
}

static void test_fhir__composition_and_report_disagree__the_less_final_counts(void)
{
	struct fhir_fixture f = fhir_read_file("r4_document");
	const hr_report *r = fhir_report(&f, 0);

	CU_ASSERT_EQUAL(r->status, HR_STATUS_CORRECTED);
	CU_ASSERT_TRUE(fhir_deviates(r, "status-disagrees"));
	fhir_close(&f);
	f = fhir_read_file("r5");
	r = fhir_report(&f, 0);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_PRELIMINARY);
	HR_ASSERT_TEXT(r->status_text.text, "preliminary");
	fhir_close(&f);
}

static void test_fhir__collected_period__is_one_span(void)
{
	struct fhir_fixture f = fhir_read_file("r4_document");
	const hr_time *time = &fhir_result(fhir_report(&f, 0), 0)->times[HR_EVENT_COLLECTED];

	fhir_assert_time(time, "2025-02-18T08:10:00+08:00", "2025-02-18T08:10:00+08:00");
	CU_ASSERT_EQUAL(time->span.to.second - time->span.from.second, 4 * 60 + 1);
	fhir_close(&f);
}

static void test_fhir__history_and_absolute_references__are_followed(void)
{
	struct fhir_fixture f = fhir_read_file("searchset");

	fhir_assert_result(fhir_result(fhir_report(&f, 1), 0), "游离甲状腺素", "15.2", "pmol/L");
	CU_ASSERT_EQUAL(fhir_report(&f, 0)->deviation_count, 0);
	CU_ASSERT_EQUAL(fhir_report(&f, 1)->deviation_count, 0);
	fhir_close(&f);
}

static void test_fhir__same_id_on_two_servers__each_has_its_own(void)
{
	struct fhir_fixture f = fhir_read_file("namesakes");

	CU_ASSERT_EQUAL(f.reports.count, 3);
	fhir_assert_result(fhir_result(fhir_report(&f, 0), 0), "促甲状腺激素", "3.21", "mIU/L");
	HR_ASSERT_TEXT(fhir_report(&f, 0)->patient.name.text, "示范患者");
	fhir_assert_result(fhir_result(fhir_report(&f, 1), 0), "游离甲状腺素", "15.2", "pmol/L");
	HR_ASSERT_TEXT(fhir_report(&f, 1)->patient.name.text, "示范患者乙");
	/* One of no server cannot mean either. */
	CU_ASSERT_EQUAL(fhir_report(&f, 2)->result_count, 0);
	CU_ASSERT_EQUAL(fhir_report(&f, 2)->patient.id_count, 0);
	CU_ASSERT_TRUE(fhir_deviates(fhir_report(&f, 2), "reference-ambiguous"));
	fhir_close(&f);
}

static void test_fhir__unresolved_references__give_what_they_carry(void)
{
	struct fhir_fixture f = fhir_read_file("unresolved");
	const hr_report *r = fhir_report(&f, 0);
	const hr_result *x = fhir_result(r, 0);

	CU_ASSERT_TRUE(fhir_deviates(r, "reference-unresolved"));
	CU_ASSERT_EQUAL(x->specimen_count, 1);
	HR_ASSERT_TEXT(x->specimens[0].display, "血清");
	HR_ASSERT_TEXT(x->device.text, "示范分析仪 600");
	fhir_close(&f);
}

/* --- patients --- */

static void test_fhir__results_of_another_patient__make_it_ambiguous(void)
{
	struct fhir_fixture f = fhir_read_file("two_patients");

	HR_ASSERT_TEXT(fhir_report(&f, 0)->patient.name.text, "示范患者");
	CU_ASSERT_TRUE(fhir_report(&f, 0)->patient_ambiguous);
	fhir_close(&f);
}

static void test_fhir__no_subject__one_patient_is_assumed_and_two_are_ambiguous(void)
{
	struct fhir_fixture f = fhir_read_file("only_patient");

	fhir_assert_patient(fhir_report(&f, 0));
	CU_ASSERT_TRUE(fhir_deviates(fhir_report(&f, 0), "patient-assumed"));
	fhir_close(&f);
	f = fhir_read_file("no_subject");
	CU_ASSERT_TRUE(fhir_report(&f, 0)->patient_ambiguous);
	CU_ASSERT_EQUAL(fhir_report(&f, 0)->patient.id_count, 0);
	fhir_close(&f);
}

/* Whether a result of `subject` belongs to a report of `whose`, both a Reference. */
static bool is_same_patient(const char *whose, const char *subject)
{
	char text[1024];
	int len = snprintf(
		text, sizeof(text),
		"{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\",\"subject\":%s,"
		"\"result\":[{\"reference\":\"#o\"}],\"contained\":[{\"resourceType\":\"Patient\","
		"\"id\":\"p\",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"}],\"name\":"
		"[{\"text\":\"示范\"}]},{\"resourceType\":\"Patient\",\"id\":\"q\",\"name\":"
		"[{\"text\":\"示范\"}]},{\"resourceType\":\"Observation\",\"id\":\"o\","
		"\"subject\":%s}]}",
		whose, subject);
	struct fhir_fixture f = fhir_read((hr_str){ text, (size_t)len });
	bool same = !fhir_report(&f, 0)->patient_ambiguous;

	CU_ASSERT_EQUAL(fhir_report(&f, 0)->result_count, 1);
	fhir_close(&f);
	return same;
}

static void test_fhir__subjects__are_one_by_reference_or_identifier_seldom_by_name(void)
{
	static const struct {
		const char *whose;
		const char *subject;
		bool same;
	} rows[] = {
		{ "{\"reference\":\"#p\"}", "{\"reference\":\"#p\"}", true },
		{ "{\"reference\":\"#p\"}", "{\"reference\":\"#q\"}", false },
		{ "{\"reference\":\"#p\"}", "{\"identifier\":{\"system\":\"s\",\"value\":\"1\"}}",
		  true },
		{ "{\"reference\":\"#p\"}", "{\"identifier\":{\"system\":\"s\",\"value\":\"2\"}}",
		  false },
		{ "{\"reference\":\"#p\"}", "{\"display\":\"示范\"}", true },
		{ "{\"reference\":\"#p\"}", "{\"display\":\"别人\"}", false },
		{ "{\"reference\":\"Patient/1\"}", "{\"reference\":\"Patient/1\"}", true },
		{ "{\"reference\":\"Patient/1\",\"display\":\"示范\"}",
		  "{\"reference\":\"Patient/2\",\"display\":\"示范\"}", false },
		{ "null", "{\"reference\":\"#p\"}", true },
		{ "{\"reference\":\"#p\"}", "null", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(is_same_patient(rows[i].whose, rows[i].subject), rows[i].same);
}

static hr_str name_of(struct fhir_fixture *f, const char *name)
{
	char text[512];
	int len =
		snprintf(text, sizeof(text),
			 "{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\","
			 "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":%s}],"
			 "\"subject\":{\"reference\":\"#p\"}}",
			 name);

	*f = fhir_read((hr_str){ text, (size_t)len });
	return fhir_report(f, 0)->patient.name.text;
}

static void test_fhir__patient_names__text_or_parts_the_official_first(void)
{
	static const char *const rows[][2] = {
		{ "[{\"family\":\"示\",\"given\":[\"范\"]}]", "示范" },
		{ "[{\"family\":\"Shi\",\"given\":[\"Fan\",\"X\"]}]", "Shi Fan" },
		{ "[{\"given\":[\"范\"]}]", "范" },
		{ "[{\"use\":\"old\",\"text\":\"旧名\"},{\"use\":\"official\",\"text\":\"示范\"}]",
		  "示范" },
		{ "[{\"use\":\"old\",\"text\":\"旧名\"},{\"text\":\"示范\"}]", "示范" },
		{ "{\"text\":\"示范\"}", "示范" },
		{ "[]", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fhir_fixture f;

		HR_ASSERT_TEXT(name_of(&f, rows[i][0]), rows[i][1]);
		fhir_close(&f);
	}
}

/* --- status --- */

static void test_fhir__status__final_only_when_it_says_so(void)
{
	static const struct {
		const char *word;
		hr_status status;
		const char *deviation;
	} rows[] = {
		{ "final", HR_STATUS_FINAL, NULL },
		{ "amended", HR_STATUS_CORRECTED, NULL },
		{ "corrected", HR_STATUS_CORRECTED, NULL },
		{ "appended", HR_STATUS_CORRECTED, NULL },
		{ "registered", HR_STATUS_PRELIMINARY, NULL },
		{ "partial", HR_STATUS_PRELIMINARY, NULL },
		{ "preliminary", HR_STATUS_PRELIMINARY, NULL },
		{ "cancelled", HR_STATUS_CANCELLED, NULL },
		{ "entered-in-error", HR_STATUS_CANCELLED, NULL },
		{ "unknown", HR_STATUS_PRELIMINARY, "status-unknown" },
		{ "FINAL", HR_STATUS_PRELIMINARY, "status-unknown" },
		{ "", HR_STATUS_PRELIMINARY, "status-missing" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[128];
		int len = snprintf(text, sizeof(text),
				   "{\"resourceType\":\"DiagnosticReport\",\"status\":\"%s\"}",
				   rows[i].word);
		struct fhir_fixture f = fhir_read((hr_str){ text, (size_t)len });
		const hr_report *r = fhir_report(&f, 0);

		CU_ASSERT_EQUAL(r->status, rows[i].status);
		HR_ASSERT_TEXT(r->status_text.text, rows[i].word);
		CU_ASSERT_EQUAL(r->deviation_count, rows[i].deviation != NULL);
		CU_ASSERT_TRUE(!rows[i].deviation || fhir_deviates(r, rows[i].deviation));
		fhir_close(&f);
	}
}

static void test_fhir__preliminary_and_cancelled__reach_report_and_result(void)
{
	struct fhir_fixture f = fhir_read_file("preliminary");

	CU_ASSERT_EQUAL(fhir_report(&f, 0)->status, HR_STATUS_PRELIMINARY);
	CU_ASSERT_EQUAL(fhir_result(fhir_report(&f, 0), 0)->status, HR_STATUS_PRELIMINARY);
	fhir_close(&f);
	f = fhir_read_file("cancelled");
	CU_ASSERT_EQUAL(fhir_report(&f, 0)->status, HR_STATUS_CANCELLED);
	CU_ASSERT_EQUAL(fhir_result(fhir_report(&f, 0), 0)->status, HR_STATUS_CANCELLED);
	fhir_close(&f);
}

static void test_fhir__correction__replaces_its_namesake_and_what_it_names(void)
{
	struct fhir_fixture f = fhir_read_file("corrected");

	CU_ASSERT_EQUAL(f.reports.count, 4);
	CU_ASSERT_TRUE(fhir_report(&f, 0)->replaced);
	CU_ASSERT_FALSE(fhir_report(&f, 1)->replaced);
	CU_ASSERT_TRUE(fhir_report(&f, 2)->replaced);
	CU_ASSERT_FALSE(fhir_report(&f, 3)->replaced);
	CU_ASSERT_EQUAL(fhir_report(&f, 3)->replace_count, 1);
	fhir_assert_code(fhir_report(&f, 3)->replaces, "urn:oid:2.16.156.10011.1.33", "SYN-R-0003");
	fhir_close(&f);
}

/* --- performers --- */

static void test_fhir__result_of_another_laboratory__names_it(void)
{
	struct fhir_fixture f = fhir_read_file("performer");
	const hr_report *r = fhir_report(&f, 0);
	const hr_result *x = fhir_result(r, 0);

	fhir_assert_issuer(r);
	CU_ASSERT_PTR_NOT_NULL(x->performer);
	if (x->performer)
		HR_ASSERT_TEXT(x->performer->name.text, "示范医学检验所");
	fhir_close(&f);
}

static void test_fhir__department__counts_as_its_hospital_but_a_hospital_not_as_its_group(void)
{
	struct fhir_fixture f = fhir_read_file("department");
	const hr_report *r = fhir_report(&f, 0);

	fhir_assert_issuer(r);
	CU_ASSERT_TRUE(fhir_deviates(r, "performer-department"));
	CU_ASSERT_PTR_NULL(fhir_result(r, 0)->performer);
	CU_ASSERT_PTR_NULL(fhir_result(r, 1)->performer);
	fhir_close(&f);
}

static void test_fhir__two_organizations__the_first_is_the_issuer(void)
{
	struct fhir_fixture f = fhir_read(
		HR_STR("{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\",\"performer\":["
		       "{\"type\":\"Practitioner\",\"display\":\"甲\"},"
		       "{\"reference\":\"Organization/1\",\"display\":\"乙\"},"
		       "{\"type\":\"Organization\",\"display\":\"丙\"}],"
		       "\"resultsInterpreter\":[{\"type\":\"Organization\",\"display\":\"丁\"}]}"));

	HR_ASSERT_TEXT(fhir_report(&f, 0)->issuer.name.text, "乙");
	CU_ASSERT_TRUE(fhir_deviates(fhir_report(&f, 0), "performer-several"));
	fhir_close(&f);
}

/* --- times --- */

static void test_fhir__z_times_and_days__are_civil_time_in_china(void)
{
	struct fhir_fixture f = fhir_read_file("z_times");
	const hr_report *r = fhir_report(&f, 0);
	const hr_result *x = fhir_result(r, 0);

	fhir_assert_time(&x->times[HR_EVENT_COLLECTED], "2025-02-19T07:50:00+08:00",
			 "2025-02-18T23:50:00Z");
	fhir_assert_time(&x->times[HR_EVENT_RECEIVED], "2025-02-19T00:00:00+08:00", "2025-02-19");
	CU_ASSERT_EQUAL(x->times[HR_EVENT_RECEIVED].span.precision, HR_PRECISION_DAY);
	fhir_assert_time(&r->times[HR_EVENT_REPORTED], "2025-02-20T00:30:00+08:00",
			 "2025-02-19T16:30:00.250Z");
	fhir_close(&f);
}

static void test_fhir__future_dates__are_read_as_they_are(void)
{
	struct fhir_fixture f = fhir_read_file("future");

	fhir_assert_time(&fhir_report(&f, 0)->times[HR_EVENT_REPORTED], "2099-02-18T15:30:00+08:00",
			 "2099-02-18T15:30:00+08:00");
	fhir_close(&f);
}

static void test_fhir__missing_and_unreadable_times__stay_apart(void)
{
	struct fhir_fixture f = fhir_read_file("no_dates");
	const hr_report *r = fhir_report(&f, 0);
	const hr_time *collected = &fhir_result(r, 0)->times[HR_EVENT_COLLECTED];

	for (int kind = 0; kind < HR_EVENT_KINDS; kind++)
		CU_ASSERT_EQUAL(r->times[kind].text.len, 0);
	HR_ASSERT_TEXT(collected->text, "不详");
	CU_ASSERT_EQUAL(collected->span.precision, HR_PRECISION_NONE);
	CU_ASSERT_TRUE(fhir_deviates(r, "time-unreadable"));
	fhir_close(&f);
}

static void test_fhir__period__needs_a_start_and_an_end_behind_it(void)
{
	static const struct {
		const char *period;
		int64_t seconds; /* 0: unreadable */
	} rows[] = {
		{ "{\"start\":\"2025-02-18\"}", HR_DAY_S },
		{ "{\"start\":\"2025-02-18\",\"end\":\"2025-02-19\"}", 2 * HR_DAY_S },
		{ "{\"start\":\"2025-02-18T08:00:00+08:00\",\"end\":\"2025-02-18\"}", 16 * 3600 },
		{ "{\"end\":\"2025-02-18\"}", 0 },
		{ "{\"start\":\"2025-02-19\",\"end\":\"2025-02-18\"}", 0 },
		{ "{}", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		int len = snprintf(text, sizeof(text),
				   "{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\","
				   "\"effectivePeriod\":%s}",
				   rows[i].period);
		struct fhir_fixture f = fhir_read((hr_str){ text, (size_t)len });
		const hr_time *time = &fhir_report(&f, 0)->times[HR_EVENT_COLLECTED];

		CU_ASSERT_EQUAL(time->span.to.second - time->span.from.second, rows[i].seconds);
		CU_ASSERT_EQUAL(time->span.precision == HR_PRECISION_NONE, rows[i].seconds == 0);
		fhir_close(&f);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_fhir__thyroid_panel__is_read_whole),
	HR_TEST(test_fhir__thyroid_panel__has_its_times_and_no_time_of_test),
	HR_TEST(test_fhir__values__know_their_places),
	HR_TEST(test_fhir__bundles_and_contained__say_the_same),
	HR_TEST(test_fhir__practitioner_among_performers__is_not_the_issuer),
	HR_TEST(test_fhir__document__takes_ids_and_relations_of_its_composition),
	HR_TEST(test_fhir__composition_and_report_disagree__the_less_final_counts),
	HR_TEST(test_fhir__collected_period__is_one_span),
	HR_TEST(test_fhir__history_and_absolute_references__are_followed),
	HR_TEST(test_fhir__same_id_on_two_servers__each_has_its_own),
	HR_TEST(test_fhir__unresolved_references__give_what_they_carry),
	HR_TEST(test_fhir__results_of_another_patient__make_it_ambiguous),
	HR_TEST(test_fhir__no_subject__one_patient_is_assumed_and_two_are_ambiguous),
	HR_TEST(test_fhir__subjects__are_one_by_reference_or_identifier_seldom_by_name),
	HR_TEST(test_fhir__patient_names__text_or_parts_the_official_first),
	HR_TEST(test_fhir__status__final_only_when_it_says_so),
	HR_TEST(test_fhir__preliminary_and_cancelled__reach_report_and_result),
	HR_TEST(test_fhir__correction__replaces_its_namesake_and_what_it_names),
	HR_TEST(test_fhir__result_of_another_laboratory__names_it),
	HR_TEST(test_fhir__department__counts_as_its_hospital_but_a_hospital_not_as_its_group),
	HR_TEST(test_fhir__two_organizations__the_first_is_the_issuer),
	HR_TEST(test_fhir__z_times_and_days__are_civil_time_in_china),
	HR_TEST(test_fhir__future_dates__are_read_as_they_are),
	HR_TEST(test_fhir__missing_and_unreadable_times__stay_apart),
	HR_TEST(test_fhir__period__needs_a_start_and_an_end_behind_it),
};
HR_TEST_MAIN("fhir", tests)
