/* C-CDA's Diagnostic Imaging Report: what was examined, and what was seen. */
#include "cda_fixture.h"

#include <stdio.h>

#define NO_REPORT "it is no report of a laboratory or of images"

#define DCM  "codeSystem='1.2.840.10008.2.16.4'"
#define CODE "codeSystem='1.2.156.9'"

/* A report of this type with a header and the content of its body. */
static struct cda_fixture read_parts(const char *type, const char *header, const char *body)
{
	char document[8192];
	int len = snprintf(document, sizeof(document),
			   "<ClinicalDocument xmlns='urn:hl7-org:v3'>"
			   "<code code='%s' codeSystem='2.16.840.1.113883.6.1'/>%s"
			   "<component><structuredBody>%s</structuredBody></component>"
			   "</ClinicalDocument>",
			   type, header, body);

	CU_ASSERT_TRUE_FATAL(len > 0 && (size_t)len < sizeof(document));
	return cda_read((hr_str){ document, (size_t)len });
}

#define SECTION(code, content)                                                                     \
	"<component><section><code code='" code "' " DCM "/>" content "</section></component>"
#define STUDY(uid, modality)                                                                       \
	"<entry><act><id root='" uid "'/><code code='113014' " DCM "/>"                            \
	"<entryRelationship><act><code code='113015' " DCM "><qualifier>"                          \
	"<name code='121139' " DCM "/><value code='" modality "' " DCM "/></qualifier></code>"     \
	"<effectiveTime value='202502180812'/></act></entryRelationship></act></entry>"
#define CONTEXT(element, code)                                                                     \
	"<entry><" element "><templateId root='2.16.840.1.113883.10.20.6.2.5'/>"                   \
	"<code code='" code "' " CODE " displayName='" code "'/>"                                  \
	"<effectiveTime value='202502180900'/></" element "></entry>"

static void test_cda_imaging__whole__tells_what_was_examined(void)
{
	struct cda_fixture f = cda_read_whole("ccda_imaging.xml");
	const hr_report *r = f.report;
	const hr_result *exam = r->results;

	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	CU_ASSERT_EQUAL_FATAL(exam->code_count, 2);
	HR_ASSERT_TEXT(exam->codes[1].code, "29252-4");
	HR_ASSERT_TEXT(exam->name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(exam->modality.text, "CT");
	HR_ASSERT_TEXT(exam->study_uid.text, "1.2.3.1");
	HR_ASSERT_TEXT(exam->times[HR_EVENT_COLLECTED].text, "20250218081200+0800");
	HR_ASSERT_TEXT(exam->times[HR_EVENT_TESTED].text, "20250218081200+0800");
	HR_ASSERT_TEXT(r->times[HR_EVENT_REPORTED].text, "20250218153000+0800");
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "12120000400000002B");
	HR_ASSERT_TEXT(r->performer->name.text, "河北区示范医院");
	HR_ASSERT_TEXT(r->patient.ids[1].code, "120116195603150021");
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	cda_close(&f);
}

static void test_cda_imaging__words__are_those_of_findings_and_impression(void)
{
	struct cda_fixture f = cda_read_whole("ccda_imaging.xml");

	HR_ASSERT_TEXT(f.report->findings.text,
		       "双肺纹理清晰, 未见实变。\n气管居中。\n纵隔无增宽。");
	HR_ASSERT_TEXT(f.report->conclusion.text, "胸部CT平扫未见异常。");
	HR_ASSERT_TEXT(cda_place(&f, f.report->findings.place),
		       "/ClinicalDocument/component/structuredBody/component[3]/section/text/"
		       "paragraph/content[1]");
	cda_close(&f);
}

static void test_cda_imaging__procedures_of_sections__are_examinations_of_their_own(void)
{
	static const struct {
		const char *body;
		uint32_t count;
		const char *first, *last;
	} rows[] = {
		{ "", 1, "A", "A" },
		{ SECTION("121070", CONTEXT("act", "B")), 1, "B", "B" },
		{ SECTION("121070", CONTEXT("procedure", "B"))
			  SECTION("121072", CONTEXT("act", "B")),
		  1, "B", "B" },
		{ SECTION("121070", CONTEXT("act", "B")) SECTION("121070", CONTEXT("act", "C")), 2,
		  "B", "C" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cda_fixture f = read_parts(
			"18747-6",
			"<documentationOf><serviceEvent><code code='A' " CODE "/>"
			"<effectiveTime><low value='20250218'/></effectiveTime></serviceEvent>"
			"</documentationOf>",
			rows[i].body);
		const hr_result *last;

		CU_ASSERT_EQUAL_FATAL(f.report->result_count, rows[i].count);
		last = &f.report->results[rows[i].count - 1];
		HR_ASSERT_TEXT(f.report->results->codes[0].code, rows[i].first);
		HR_ASSERT_TEXT(last->codes[0].code, rows[i].last);
		HR_ASSERT_TEXT(last->times[HR_EVENT_TESTED].text, i ? "202502180900" : "20250218");
		cda_close(&f);
	}
}

/* Where no catalogue names the study, the header does; the order's numbers are its images'. */
static void test_cda_imaging__header__tells_study_and_numbers_of_the_images(void)
{
	struct cda_fixture f = read_parts(
		"18748-4",
		"<inFulfillmentOf><order><id root='1.2.9' extension='P1'/>"
		"<accessionNumber root='1.2.8' extension='A1'/></order></inFulfillmentOf>"
		"<inFulfillmentOf/>"
		"<documentationOf><serviceEvent><id root='1.2.1'/>"
		"<code code='A' " CODE "/></serviceEvent></documentationOf>",
		"");

	CU_ASSERT_EQUAL_FATAL(f.report->image_study_count, 1);
	HR_ASSERT_TEXT(f.report->image_studies[0].code, "1.2.1");
	CU_ASSERT_EQUAL_FATAL(f.report->image_number_count, 2);
	HR_ASSERT_TEXT(f.report->image_numbers[0].code, "P1");
	HR_ASSERT_TEXT(f.report->image_numbers[1].code, "A1");
	HR_ASSERT_TEXT(f.report->image_numbers[1].system, "1.2.8");
	HR_ASSERT_TEXT(cda_place(&f, f.report->image_numbers[0].place),
		       "/ClinicalDocument/inFulfillmentOf[1]/order/id/@extension");
	cda_close(&f);
}

static void test_cda_imaging__study__is_the_one_of_the_header_or_the_only_one(void)
{
	static const struct {
		const char *catalogue, *uid, *modality;
	} rows[] = {
		{ STUDY("1.2.1", "CT"), "1.2.1", "CT" },
		{ STUDY("1.2.7", "MR"), "1.2.7", "MR" },
		{ STUDY("1.2.7", "MR") STUDY("1.2.1", "CT"), "1.2.1", "CT" },
		{ STUDY("1.2.1", "CT") STUDY("1.2.7", "MR"), "1.2.1", "CT" },
		{ STUDY("1.2.7", "MR") STUDY("1.2.8", "CT"), "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char body[4096];
		struct cda_fixture f;

		snprintf(body, sizeof(body), SECTION("121181", "%s"), rows[i].catalogue);
		f = read_parts("18748-4",
			       "<documentationOf><serviceEvent><id root='1.2.1'/>"
			       "<code code='A' " CODE "/></serviceEvent></documentationOf>",
			       body);
		HR_ASSERT_TEXT(f.report->results->study_uid.text, rows[i].uid);
		HR_ASSERT_TEXT(f.report->results->modality.text, rows[i].modality);
		HR_ASSERT_TEXT(f.report->results->times[HR_EVENT_TESTED].text,
			       rows[i].uid[0] ? "202502180812" : "");
		cda_close(&f);
	}
}

static void test_cda_imaging__several_modalities__stand_side_by_side(void)
{
	struct cda_fixture f = read_parts(
		"18748-4", "<title>融合</title>",
		SECTION("121181",
			"<entry><act><code code='113014' " DCM "/>"
			"<entryRelationship><act><code code='113015' " DCM "><qualifier>"
			"<name code='121139'/><value code='CT'/></qualifier></code></act>"
			"</entryRelationship><entryRelationship><act><code code='113015' " DCM
			"><qualifier><name code='121139'/><value code='PT'/></qualifier>"
			"</code></act></entryRelationship></act></entry>"));

	HR_ASSERT_TEXT(f.report->results->modality.text, "CT\\PT");
	HR_ASSERT_TEXT(f.report->results->name.text, "融合");
	cda_close(&f);
}

static void test_cda_imaging__findings_of_a_fetus__make_the_patient_ambiguous(void)
{
	struct cda_fixture f = read_parts(
		"18760-9", "",
		SECTION("121070", "<text>胎儿未见异常</text><subject><relatedSubject/></subject>"));

	CU_ASSERT_TRUE(f.report->patient_ambiguous);
	HR_ASSERT_TEXT(f.report->findings.text, "胎儿未见异常");
	cda_close(&f);
}

static void check_refused(struct cda_fixture f, const char *says)
{
	CU_ASSERT_PTR_NULL(f.report);
	CU_ASSERT_EQUAL(f.err.code, HR_E_INCOMPLETE);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), says);
	cda_close(&f);
}

static void test_cda_imaging__nothing_to_decide_on__is_refused_with_why(void)
{
	check_refused(
		read_parts("18748-4", "<title>CT</title>",
			   SECTION("121072", "<text>未见异常</text>")),
		"a CDA document of type 18748-4 without results: it names no procedure and no "
		"modality, and has no findings");
	check_refused(read_parts("34133-9", "", SECTION("121060", "<text>咳嗽</text>")),
		      "a CDA document of type 34133-9 without results: " NO_REPORT);
	check_refused(
		cda_read(HR_STR("<ClinicalDocument xmlns='urn:hl7-org:v3'><code code='18748-4'/>"
				"<component><nonXMLBody><text mediaType='application/pdf'/>"
				"</nonXMLBody></component></ClinicalDocument>")),
		"a CDA document of type 18748-4 without results: its body is no XML "
		"(application/pdf); of a report on paper 'huren verify --paper' asks");
	check_refused(
		cda_read(HR_STR("<ClinicalDocument xmlns='urn:hl7-org:v3'><code code='18748-4'/>"
				"<component><nonXMLBody><text mediaType='120116195603150021'/>"
				"</nonXMLBody></component></ClinicalDocument>")),
		"a CDA document of type 18748-4 without results: its body is no XML "
		"(of unknown type); of a report on paper 'huren verify --paper' asks");
}

static const hr_test tests[] = {
	HR_TEST(test_cda_imaging__whole__tells_what_was_examined),
	HR_TEST(test_cda_imaging__words__are_those_of_findings_and_impression),
	HR_TEST(test_cda_imaging__procedures_of_sections__are_examinations_of_their_own),
	HR_TEST(test_cda_imaging__header__tells_study_and_numbers_of_the_images),
	HR_TEST(test_cda_imaging__study__is_the_one_of_the_header_or_the_only_one),
	HR_TEST(test_cda_imaging__several_modalities__stand_side_by_side),
	HR_TEST(test_cda_imaging__findings_of_a_fetus__make_the_patient_ambiguous),
	HR_TEST(test_cda_imaging__nothing_to_decide_on__is_refused_with_why),
};
HR_TEST_MAIN("cda_imaging", tests)
