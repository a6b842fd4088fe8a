/* ORU^R01 to reports: the mapping, and the traps of real interfaces. */
#include "hl7_fixture.h"

#include <dirent.h>
#include <stdio.h>

#define OBX(n, rest) "OBX|" #n "|NM|2823-3^钾^LN||4.1|mmol/L|||||" rest "\n"
#define POTASSIUM    "OBX|1|NM|2823-3^钾^LN||4.1|mmol/L|||||F\n"

static void check_refused(const char *bytes, hr_error_code code, const char *message)
{
	struct hl7_fixture f = hl7_read(hr_str_of(bytes));

	CU_ASSERT_EQUAL(f.reports.count, 0);
	CU_ASSERT_EQUAL(f.err.code, code);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	hl7_close(&f);
}

static void test_hl7__message_of_another_type__is_named(void)
{
	check_refused("MSH|^~\\&|||||||ADT^A01|1|P|2.4\r", HR_E_UNSUPPORTED,
		      "hl7: the message is ADT^A01; reports are ORU^R01");
	check_refused("MSH|^~\\&|||||||ACK|1|P|2.4\r", HR_E_UNSUPPORTED,
		      "hl7: the message is ACK; reports are ORU^R01");
	check_refused("MSH|^~\\&|||||||OUL^R22^OUL_R22|1|P|2.4\r", HR_E_UNSUPPORTED,
		      "hl7: the message is OUL^R22; reports are ORU^R01");
	check_refused("MSH|^~\\&|||||||OUL^R21|1|P|2.4\r", HR_E_UNSUPPORTED,
		      "hl7: the message is OUL^R21; reports are ORU^R01");
	check_refused("MSH|^~\\&||||||||1|P|2.4\r", HR_E_UNSUPPORTED,
		      "hl7: MSH-9 does not say what the message is; reports are ORU^R01");
	check_refused("MSH|^~\\&|||||||张三|1|P|2.4\r", HR_E_UNSUPPORTED,
		      "hl7: MSH-9 is no type of a message; reports are ORU^R01");
}

static void test_hl7__nothing_to_report__is_refused(void)
{
	check_refused("MSH|^~\\&|||||||ORU^R01|1|P|2.4\rPID|1\r", HR_E_INCOMPLETE,
		      "hl7: ORU^R01 without an order (OBR)");
	check_refused("MSH|^~\\&|||||||ORU^R30|1|P|2.4\rOBR|1||R1\r", HR_E_INCOMPLETE,
		      "hl7: ORU^R01 without results");
}

static void test_hl7__header__is_mapped(void)
{
	struct hl7_fixture f = hl7_read_results(OBX(1, "F"));
	const hr_report *r = hl7_report(&f, 0);

	CU_ASSERT_EQUAL(r->format, HR_FORMAT_HL7V2);
	CU_ASSERT_EQUAL(r->kind, HR_KIND_LAB);
	HR_ASSERT_TEXT(r->id.code, "MSG1");
	HR_ASSERT_TEXT(r->report_no.code, "R1");
	HR_ASSERT_TEXT(r->title.text, "生化");
	HR_ASSERT_TEXT(r->issuer.name.text, "示范医院");
	CU_ASSERT_EQUAL_FATAL(r->issuer.id_count, 1);
	HR_ASSERT_TEXT(r->issuer.ids[0].code, "12120000400000002B");
	CU_ASSERT_EQUAL_FATAL(r->patient.id_count, 2);
	HR_ASSERT_TEXT(r->patient.ids[0].system, "LIS");
	HR_ASSERT_TEXT(r->patient.ids[1].system, "2.16.156.10011.1.3");
	HR_ASSERT_TEXT(hl7_place(&f, r->patient.ids[1].place), "PID-3[2].1");
	HR_ASSERT_TEXT(r->patient.name.text, "示范患者");
	HR_ASSERT_TEXT(r->patient.birth.text, "19560315");
	HR_ASSERT_TEXT(r->patient.sex.text, "2");
	CU_ASSERT_FALSE(r->patient_ambiguous);
	CU_ASSERT_FALSE(r->carries_marks);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	HR_ASSERT_TEXT(r->times[HR_EVENT_COLLECTED].text, "20250218081200");
	HR_ASSERT_TEXT(r->times[HR_EVENT_RECEIVED].text, "20250218084000");
	HR_ASSERT_TEXT(r->times[HR_EVENT_REPORTED].text, "20250218153000");
	CU_ASSERT_EQUAL(r->deviation_count, 0);
	hl7_close(&f);
}

static void test_hl7__time_without_an_offset__is_one_in_china(void)
{
	struct hl7_fixture f =
		hl7_read_segments("OBR|1||R1||||20250218081200||||||||||||||||||LAB|F\n"
				  "OBX|1|NM|K||4.1||||||F|||20250218001200+0000\n");
	const hr_result *r = hl7_result(&f, 0);

	CU_ASSERT_EQUAL(hl7_report(&f, 0)->times[HR_EVENT_COLLECTED].span.from.second,
			r->times[HR_EVENT_TESTED].span.from.second);
	hl7_close(&f);
}

static void test_hl7__time_to_the_hour__is_that_hour(void)
{
	struct hl7_fixture f = hl7_read_segments("OBR|1||R1||||2025021808+0800\nOBX|1|NM|K||4.1\n");
	const hr_span *span = &hl7_report(&f, 0)->times[HR_EVENT_COLLECTED].span;

	CU_ASSERT_EQUAL(span->precision, HR_PRECISION_HOUR);
	CU_ASSERT_EQUAL(span->to.second - span->from.second, 3600);
	CU_ASSERT_FALSE(hl7_deviates(hl7_report(&f, 0), "time-unreadable"));
	hl7_close(&f);
}

/* The next time that may stand for it does. */
static void test_hl7__time_that_is_null_or_na__is_absent(void)
{
	struct hl7_fixture f = hl7_read_results(OBX(1, "F|||null") OBX(2, "F|||20250218|||||NA"));

	HR_ASSERT_TEXT(hl7_result(&f, 0)->times[HR_EVENT_TESTED].text, "");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->times[HR_EVENT_TESTED].text, "20250218");
	CU_ASSERT_FALSE(hl7_deviates(hl7_report(&f, 0), "time-unreadable"));
	hl7_close(&f);
}

/* --- results --- */

static void check_value(const char *type, const char *value, const char *want)
{
	char segments[256];
	struct hl7_fixture f;

	snprintf(segments, sizeof(segments), "OBX|1|%s|K^钾||%s||||||F\n", type, value);
	f = hl7_read_results(segments);
	HR_ASSERT_TEXT(hl7_result(&f, 0)->value.text, want);
	hl7_close(&f);
}

static void test_hl7__values_of_every_type__are_read(void)
{
	check_value("NM", " 4.10 ", "4.10");
	check_value("SN", "<^0.10", "<0.10");
	check_value("SN", "^1^:^128", "1:128");
	check_value("SN", "5", "5");
	check_value("ST", "阴性(-)", "阴性(-)");
	check_value("TX", "第一行~第二行", "第一行\n第二行");
	check_value("FT", "一\\.br\\二", "一\n二");
	check_value("CE", "260385009^阴性^SCT", "阴性");
	check_value("CWE", "POS", "POS");
	check_value("CX", "77^^^A", "77");
	check_value("", "3.5", "3.5");
	check_value("NM", "\"\"", "");
	check_value("NM", "", "");
	check_value("NM", "NULL", "");
	check_value("ST", "NA", "");
	check_value("CE", "^N/A", "");
	/* Not repeats: a range, as microscopes write it. */
	check_value("ST", "0~3", "0~3");
}

static void test_hl7__embedded_document__is_no_value(void)
{
	struct hl7_fixture f =
		hl7_read_results("OBX|1|ED|PDF^报告||^AP^PDF^Base64^JVBERi0=||||||F\n" OBX(2, "F"));

	CU_ASSERT_TRUE(hl7_deviates(hl7_report(&f, 0), "value-not-read"));
	HR_ASSERT_TEXT(hl7_result(&f, 0)->value.text, "");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->value.text, "4.1");
	hl7_close(&f);
}

static void check_unit(const char *unit, const char *want, const char *code, bool deviates)
{
	char segments[256];
	struct hl7_fixture f;

	snprintf(segments, sizeof(segments), "OBX|1|NM|K^钾||4|%s|||||F\n", unit);
	f = hl7_read_results(segments);
	HR_ASSERT_TEXT(hl7_result(&f, 0)->unit.text, want);
	HR_ASSERT_TEXT(hl7_result(&f, 0)->unit_code.text, code);
	CU_ASSERT_EQUAL(hl7_deviates(hl7_report(&f, 0), "unit-unescaped"), deviates);
	hl7_close(&f);
}

static void test_hl7__unit_with_a_power__is_whole(void)
{
	check_unit("mmol/L", "mmol/L", "", false);
	check_unit("10\\S\\9/L", "10^9/L", "", false);
	check_unit("10^9/L", "10^9/L", "", true);
	check_unit("×10^12/L", "×10^12/L", "", true);
	check_unit("m[IU]/L^mIU/L^UCUM", "mIU/L", "m[IU]/L", false);
	check_unit("", "", "", false);
}

static void test_hl7__codes__are_all_kept(void)
{
	struct hl7_fixture f =
		hl7_read_results("OBX|1|NM|2823-3^钾^LN^K^血钾^L||4.1|mmol/L|3.5~5.5|H"
				 "|||F|||||||||\n"
				 "OBX|2|NM|K||4.1||||||F\n"
				 "OBX|3|NM|^^^K^血钾^99LIS||4.1||||||F\n");
	const hr_result *r = hl7_result(&f, 0);

	CU_ASSERT_EQUAL_FATAL(r->code_count, 2);
	HR_ASSERT_TEXT(r->codes[0].system, "http://loinc.org");
	HR_ASSERT_TEXT(r->codes[0].code, "2823-3");
	HR_ASSERT_TEXT(r->codes[1].system, "");
	HR_ASSERT_TEXT(r->codes[1].code, "K");
	HR_ASSERT_TEXT(r->name.text, "钾");
	HR_ASSERT_TEXT(r->range.text, "3.5~5.5");
	HR_ASSERT_TEXT(r->flag.text, "H");
	HR_ASSERT_TEXT(hl7_place(&f, r->codes[1].place), "OBR[1]/OBX[1]-3.4");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->name.text, "");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->codes[0].code, "K");
	HR_ASSERT_TEXT(hl7_result(&f, 2)->name.text, "血钾");
	HR_ASSERT_TEXT(hl7_result(&f, 2)->codes[0].system, "");
	hl7_close(&f);
}

/* --- status --- */

static void check_status(const char *obr, const char *obx, hr_status want, const char *deviation)
{
	char segments[256];
	struct hl7_fixture f;
	const hr_report *report;
	hr_status status;

	snprintf(segments, sizeof(segments),
		 "OBR|1||R1||||2025|||||||||||||||||LAB|%s\nOBX|1|NM|K||4||||||%s\n", obr, obx);
	f = hl7_read_segments(segments);
	report = hl7_report(&f, 0);
	status = hl7_result(&f, 0)->status;
	CU_ASSERT_EQUAL(status > report->status ? status : report->status, want);
	CU_ASSERT_EQUAL(report->deviation_count, deviation[0] != '\0');
	CU_ASSERT_TRUE(!deviation[0] || hl7_deviates(report, deviation));
	hl7_close(&f);
}

static void test_hl7__status__is_the_worse_of_order_and_result(void)
{
	check_status("F", "F", HR_STATUS_FINAL, "");
	check_status("F", "", HR_STATUS_FINAL, "");
	check_status("", "F", HR_STATUS_FINAL, "");
	check_status("F", "C", HR_STATUS_CORRECTED, "");
	check_status("C", "F", HR_STATUS_CORRECTED, "");
	check_status("P", "F", HR_STATUS_PRELIMINARY, "");
	check_status("A", "F", HR_STATUS_PRELIMINARY, "");
	check_status("F", "P", HR_STATUS_PRELIMINARY, "");
	check_status("F", "R", HR_STATUS_PRELIMINARY, "");
	check_status("F", "S", HR_STATUS_PRELIMINARY, "");
	check_status("F", "I", HR_STATUS_PRELIMINARY, "");
	check_status("F", "U", HR_STATUS_FINAL, "");
	check_status("F", "D", HR_STATUS_CANCELLED, "");
	check_status("F", "W", HR_STATUS_CANCELLED, "");
	check_status("F", "X", HR_STATUS_CANCELLED, "");
	check_status("F", "N", HR_STATUS_CANCELLED, "");
	check_status("X", "F", HR_STATUS_CANCELLED, "");
	check_status("", "", HR_STATUS_PRELIMINARY, "status-missing");
	check_status("F", "?", HR_STATUS_PRELIMINARY, "status-unknown");
	check_status("FINAL", "F", HR_STATUS_PRELIMINARY, "status-unknown");
	check_status("\"\"", "\"\"", HR_STATUS_PRELIMINARY, "status-missing");
}

/* --- orders and patients --- */

static void test_hl7__orders_of_one_number__are_one_report(void)
{
	struct hl7_fixture f =
		hl7_read_segments("OBR|1||R1||||20250218081200|||||||||||||||||LAB|F\n" POTASSIUM
				  "OBR|2||R2||||20250218081200|||||||||||||||||LAB|F\n" POTASSIUM
				  "OBR|3||R1||||20250218091200|||||||||||||||||LAB|P\n" POTASSIUM);
	const hr_report *r = hl7_report(&f, 0);

	CU_ASSERT_EQUAL(f.reports.count, 2);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 2);
	CU_ASSERT_EQUAL(r->status, HR_STATUS_FINAL);
	CU_ASSERT_EQUAL(r->results[0].status, HR_STATUS_FINAL);
	CU_ASSERT_EQUAL(r->results[1].status, HR_STATUS_PRELIMINARY);
	/* Their times differ, so each has its own. */
	HR_ASSERT_TEXT(r->times[HR_EVENT_COLLECTED].text, "");
	HR_ASSERT_TEXT(r->results[0].times[HR_EVENT_COLLECTED].text, "20250218081200");
	HR_ASSERT_TEXT(r->results[1].times[HR_EVENT_COLLECTED].text, "20250218091200");
	hl7_close(&f);
}

static void test_hl7__orders_without_a_number__are_reports_by_themselves(void)
{
	struct hl7_fixture f =
		hl7_read_segments("OBR|1||||||||||||||||||||||LAB|F\n" POTASSIUM
				  "OBR|2||||||||||||||||||||||LAB|F\n" POTASSIUM "ORC|RE||R3\n"
				  "OBR|3||||||||||||||||||||||LAB|F\n" POTASSIUM);

	CU_ASSERT_EQUAL(f.reports.count, 3);
	HR_ASSERT_TEXT(hl7_report(&f, 1)->report_no.code, "");
	HR_ASSERT_TEXT(hl7_report(&f, 2)->report_no.code, "R3");
	hl7_close(&f);
}

static void test_hl7__two_patients__keep_apart(void)
{
	struct hl7_fixture f = hl7_read_segments("OBR|1||R1|||||||||||||||||||||LAB|F\n" OBX(
		1, "F") "PID|2||8||李^四\nOBR|1||R1|||||||||||||||||||||LAB|F\n" OBX(1, "F"));

	CU_ASSERT_EQUAL(f.reports.count, 2);
	HR_ASSERT_TEXT(hl7_report(&f, 0)->patient.name.text, "示范患者");
	HR_ASSERT_TEXT(hl7_report(&f, 1)->patient.name.text, "李四");
	hl7_close(&f);
}

static void test_hl7__no_patient__is_ambiguous(void)
{
	struct hl7_fixture f = hl7_read(HR_STR("MSH|^~\\&|||||||ORU|1|P|2.4\rOBR|1||R1\r"
					       "OBX|1|NM|K||4||||||F\r"));

	CU_ASSERT_TRUE(hl7_report(&f, 0)->patient_ambiguous);
	hl7_close(&f);
}

static void test_hl7__correction_in_a_batch__replaces_the_earlier(void)
{
	static const char *const message =
		"MSH|^~\\&|L|H|||||ORU^R01|%d|P|2.4\rPID|1||7\rOBR|1||R1||||2025|||||||||||||||"
		"2025021%d||LAB|%c\rOBX|1|NM|K||4||||||%c\r";
	char bytes[1024];
	int len = snprintf(bytes, sizeof(bytes), message, 1, 1, 'F', 'F');
	struct hl7_fixture f;

	snprintf(bytes + len, sizeof(bytes) - (size_t)len, message, 2, 2, 'C', 'C');
	f = hl7_read(hr_str_of(bytes));
	CU_ASSERT_EQUAL(f.reports.count, 2);
	CU_ASSERT_TRUE(hl7_report(&f, 0)->replaced);
	CU_ASSERT_FALSE(hl7_report(&f, 1)->replaced);
	hl7_close(&f);
}

static void test_hl7__name_in_two_scripts__the_chinese_one_counts(void)
{
	struct hl7_fixture f =
		hl7_read_segments("PID|2||8||ZHANG^SAN~张^三||19560315|男\n"
				  "OBR|1||R1|||||||||||||||||||||LAB|F\n" OBX(1, "F"));

	HR_ASSERT_TEXT(hl7_report(&f, 0)->patient.name.text, "张三");
	HR_ASSERT_TEXT(hl7_report(&f, 0)->patient.sex.text, "1");
	hl7_close(&f);
}

/* IDCard is the hospital's own card where IdentifyNO is the one of identity. */
static void test_hl7__numbers_of_the_patient__are_what_they_are(void)
{
	struct hl7_fixture f = hl7_read_segments(
		"PID|2||AA01^^^^LocalID~120116195603150021^^^^IdentifyNO~AA01^^^^IDCard~^^^^UPID~"
		"null^^^^NI||张三\nOBR|1||R1|||||||||||||||||||||LAB|F\n" OBX(
			1, "F") "PID|3||120116195603150021^^^^IDCard||张三\nOBR|1||R2\n" OBX(1,
											     "F"));
	const hr_patient *first = &hl7_report(&f, 0)->patient;

	CU_ASSERT_EQUAL_FATAL(first->id_count, 3);
	HR_ASSERT_TEXT(first->ids[0].system, "LocalID");
	HR_ASSERT_TEXT(first->ids[1].system, HR_ID_CARD_OID);
	HR_ASSERT_TEXT(first->ids[2].system, "IDCard");
	HR_ASSERT_TEXT(hl7_report(&f, 1)->patient.ids[0].system, HR_ID_CARD_OID);
	hl7_close(&f);
}

static void test_hl7__performer__is_who_tested(void)
{
	struct hl7_fixture f = hl7_read_results(
		OBX(1, "F||||||||||||检验所^^^^^^^^^121200004000000106")
			OBX(2, "F||||X1^外送实验室")
				OBX(3, "F||||||||||||示范医院^^^^^USCC^^^^12120000400000002B"));

	HR_ASSERT_TEXT(hl7_result(&f, 0)->performer->name.text, "检验所");
	HR_ASSERT_TEXT(hl7_result(&f, 0)->performer->ids[0].code, "121200004000000106");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->performer->name.text, "外送实验室");
	/* The letterhead itself. */
	CU_ASSERT_PTR_NULL(hl7_result(&f, 2)->performer);
	hl7_close(&f);
}

/* --- specimens --- */

static void check_specimen(const char *segments, const char *code, const char *display,
			   const char *deviation)
{
	struct hl7_fixture f = hl7_read_segments(segments);
	const hr_result *r = hl7_result(&f, 0);

	CU_ASSERT_EQUAL(hl7_report(&f, 0)->result_count, 1);
	CU_ASSERT_EQUAL(r->specimen_count, code[0] || display[0]);
	if (r->specimen_count) {
		HR_ASSERT_TEXT(r->specimens[0].code, code);
		HR_ASSERT_TEXT(r->specimens[0].display, display);
	}
	CU_ASSERT_TRUE(!deviation[0] || hl7_deviates(hl7_report(&f, 0), deviation));
	hl7_close(&f);
}

static void test_hl7__specimen__is_that_of_spm_else_of_the_order(void)
{
	check_specimen("OBR|1||R1\n" OBX(1, "F") "SPM|1|||SER^血清^HL70487\n" OBX(2, "F"), "SER",
		       "血清", "");
	check_specimen("OBR|1||R1\n" OBX(1, "F") "SPM|1|||^血清\n", "", "血清", "");
	check_specimen("OBR|1||R1\nSPM|1|||SER\n" OBX(1, "F"), "SER", "",
		       "specimen-before-results");
	check_specimen("OBR|1||R1\n" OBX(1, "F") "SPM|1|||SER\nSPM|2|||PLAS\n", "", "",
		       "specimen-several");
	check_specimen("OBR|1||R1||||||||||||SER&血清\n" OBX(1, "F"), "SER", "血清", "");
	check_specimen("OBR|1||R1\n" OBX(1, "F"), "", "", "");
}

static void test_hl7__times_of_the_result__are_its_own(void)
{
	struct hl7_fixture f = hl7_read_segments("OBR|1||R1|||||||||||||||||||||LAB|F\n" OBX(
		1, "F|||20250218") OBX(2, "F|||20250218|||||20250219") OBX(3, "F|||18/02/2025"));

	HR_ASSERT_TEXT(hl7_result(&f, 0)->times[HR_EVENT_TESTED].text, "20250218");
	HR_ASSERT_TEXT(hl7_result(&f, 0)->times[HR_EVENT_COLLECTED].text, "");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->times[HR_EVENT_TESTED].text, "20250219");
	HR_ASSERT_TEXT(hl7_result(&f, 1)->times[HR_EVENT_COLLECTED].text, "20250218");
	CU_ASSERT_FALSE(hr_time_is_known(&hl7_result(&f, 2)->times[HR_EVENT_TESTED]));
	CU_ASSERT_TRUE(hl7_deviates(hl7_report(&f, 0), "time-unreadable"));
	hl7_close(&f);
}

/* --- examinations, marks --- */

/* The accession number where IHE has it, then the filler's and the placer's. */
static void test_hl7__examination__numbers_of_the_order_are_its_images(void)
{
	static const char *const numbers[] = { "A1", "CT1", "P1", "A2", "P2" };
	struct hl7_fixture f = hl7_read_segments(
		"ORC|RE|P1^HIS|CT1^RIS\n"
		"OBR|1|P1^HIS|CT1^RIS|24627-2^胸部CT平扫^LN||||||||||||||A1^RIS||||||CT|F\n"
		"ZDS|1.2.3^RIS^Application^DICOM\nOBX|1|TX|X||双肺清晰||||||F\n"
		"ORC|RE|P2\nOBR|2||CT1^RIS|X^X||||||||||||||A2||||||CT|F\n"
		"OBX|1|TX|X||双肺清晰||||||F\n"
		"OBR|3|P3|LAB1|X^X||||||||||||||A3||||||LAB|F\nOBX|1|NM|K||4.1||||||F\n");
	const hr_report *r = hl7_report(&f, 0);

	CU_ASSERT_EQUAL_FATAL(r->image_number_count, 6);
	for (size_t i = 0, k = 0; i < r->image_number_count; i++)
		if (i != 4) /* CT1 of the second order again */
			HR_ASSERT_TEXT(r->image_numbers[i].code, numbers[k++]);
	HR_ASSERT_TEXT(r->image_numbers[0].system, "RIS");
	HR_ASSERT_TEXT(hl7_place(&f, r->image_numbers[0].place), "OBR[1]-18.1");
	HR_ASSERT_TEXT(r->results[0].study_uid.text, "1.2.3");
	HR_ASSERT_TEXT(r->findings.text, "双肺清晰\n双肺清晰");
	CU_ASSERT_EQUAL(hl7_report(&f, 1)->image_number_count, 0);
	hl7_close(&f);
}

static void test_hl7__examination__is_the_order_and_its_texts_are_findings(void)
{
	struct hl7_fixture f = hl7_read_segments(
		"OBR|1||CT1|24627-2^胸部CT平扫^LN|||20250218081200|||||||||||||||2025||CT|F\n"
		"OBX|1|TX|1&GDT^影像所见||双肺清晰||||||F\n"
		"OBX|2|TX|1&IMP^影像诊断||未见异常||||||F\n"
		"OBX|3|HD|113014^Study Instance UID^DCM||1.2.3||||||F\nOBX|4|TX|X||误发||||||W\n");
	const hr_report *r = hl7_report(&f, 0);

	CU_ASSERT_EQUAL(r->kind, HR_KIND_EXAM);
	CU_ASSERT_EQUAL_FATAL(r->result_count, 1);
	HR_ASSERT_TEXT(r->results[0].name.text, "胸部CT平扫");
	HR_ASSERT_TEXT(r->results[0].codes[0].code, "24627-2");
	HR_ASSERT_TEXT(r->results[0].modality.text, "CT");
	HR_ASSERT_TEXT(hl7_place(&f, r->results[0].modality.place), "OBR[1]-24");
	HR_ASSERT_TEXT(r->results[0].study_uid.text, "1.2.3");
	HR_ASSERT_TEXT(r->findings.text, "双肺清晰");
	HR_ASSERT_TEXT(r->conclusion.text, "未见异常");
	HR_ASSERT_TEXT(r->times[HR_EVENT_TESTED].text, "20250218081200");
	hl7_close(&f);
}

static void test_hl7__note_that_is_a_mark__is_one(void)
{
	struct hl7_fixture f = hl7_read_results("NTE|1||京津冀HR\nNTE|2||请结合临床\nNTE|3||HR\n"
						"NTE|4||WATCH HR\n" OBX(1, "F"));
	const hr_report *r = hl7_report(&f, 0);

	CU_ASSERT_EQUAL_FATAL(r->mark_count, 1);
	HR_ASSERT_TEXT(r->marks[0].text, "京津冀HR");
	HR_ASSERT_TEXT(hl7_place(&f, r->marks[0].place), "OBR[1]/NTE[1]-3");
	/* HL7 has no place for one, so that there is none says nothing. */
	CU_ASSERT_FALSE(r->carries_marks);
	hl7_close(&f);
}

static void check_production(const char *msh, bool want)
{
	char text[256];
	struct hl7_fixture f;

	snprintf(text, sizeof(text), "%s\rPID|1||7\rOBR|1||R1\rOBX|1|NM|K||4||||||F\r", msh);
	f = hl7_read(hr_str_of(text));
	CU_ASSERT_EQUAL(!hl7_deviates(hl7_report(&f, 0), "not-production"), want);
	hl7_close(&f);
}

static void test_hl7__training_message_and_control__are_told(void)
{
	check_production("MSH|^~\\&|||||||ORU^R01|1|T|2.4", false);
	check_production("MSH|^~\\&|||||||ORU^R01|1|D^T|2.4", false);
	check_production("MSH|^~\\&|||||||ORU^R01|1|Q|2.3.1", false);
	check_production("MSH|^~\\&|||||||ORU^R01|1|P|2.3.1||||2||ASCII", false);
	check_production("MSH|^~\\&|||||||ORU^R01|1|P|2.3.1||||0||ASCII", true);
	check_production("MSH|^~\\&|||||||ORU^R01|1||2.3.1|||NE|AL||UNICODE", true);
}

/* --- limits --- */

static struct hl7_fixture read_many(const char *segment, size_t count)
{
	hr_arena *arena = hr_test_arena();
	struct hl7_fixture f;
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_HL7_BYTES_MAX);
	HR_BUF_ADD(&buf, "MSH|^~\\&|||||||ORU^R01|1|P|2.4\rPID|1||7\rOBR|1\rOBX|1|NM|K||4");
	for (size_t i = 1; i < count; i++)
		hr_buf_add(&buf, hr_str_of(segment));
	f = hl7_read(hr_buf_str(&buf));
	hr_arena_close(arena);
	return f;
}

static void check_limit(const char *segment, size_t count, const char *refusal)
{
	struct hl7_fixture f = read_many(segment, count);

	CU_ASSERT_EQUAL(f.reports.count > 0, refusal == NULL);
	if (refusal)
		HR_ASSERT_TEXT(hr_str_of(f.err.message), refusal);
	hl7_close(&f);
}

static void test_hl7__limits__hold(void)
{
	check_limit("\rOBX|1|NM|K||4", HR_RESULTS_MAX, NULL);
	check_limit("\rOBX|1|NM|K||4", HR_RESULTS_MAX + 1,
		    "hl7: a report has more than 5000 results");
	check_limit("\rOBR|1", HR_REPORTS_MAX, NULL);
	check_limit("\rOBR|1", HR_REPORTS_MAX + 1, "hl7: over 1000 reports");
}

/* --- others' messages --- */

struct count {
	unsigned read, refused;
};

static void count_folder(const char *folder, struct count *count)
{
	char path[4096];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/hl7v2/%s", hr_test_corpora(), folder);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		hr_arena *arena = hr_test_arena();
		char name[8192];

		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (hr_str_ends_with(hr_str_of(entry->d_name), HR_STR(".hl7"))) {
			struct hl7_fixture f = hl7_read(hr_test_read(arena, name));

			count->read += f.reports.count > 0;
			count->refused += f.reports.count == 0 && f.err.message[0] != '\0';
			hl7_close(&f);
		}
		hr_arena_close(arena);
	}
	if (dir)
		closedir(dir);
}

static void test_hl7__messages_of_others__are_read_or_refused(void)
{
	struct count count = { 0, 0 };

	if (!hr_test_corpora())
		return;
	count_folder("fhir-converter-mit", &count);
	count_folder("linuxforhealth-apache", &count);
	/* The others are ORM, OUL and ADT. */
	CU_ASSERT_EQUAL(count.read, 4);
	CU_ASSERT_EQUAL(count.refused, 6);
}

static const hr_test tests[] = {
	HR_TEST(test_hl7__message_of_another_type__is_named),
	HR_TEST(test_hl7__nothing_to_report__is_refused),
	HR_TEST(test_hl7__header__is_mapped),
	HR_TEST(test_hl7__time_without_an_offset__is_one_in_china),
	HR_TEST(test_hl7__time_to_the_hour__is_that_hour),
	HR_TEST(test_hl7__time_that_is_null_or_na__is_absent),
	HR_TEST(test_hl7__values_of_every_type__are_read),
	HR_TEST(test_hl7__embedded_document__is_no_value),
	HR_TEST(test_hl7__unit_with_a_power__is_whole),
	HR_TEST(test_hl7__codes__are_all_kept),
	HR_TEST(test_hl7__status__is_the_worse_of_order_and_result),
	HR_TEST(test_hl7__orders_of_one_number__are_one_report),
	HR_TEST(test_hl7__orders_without_a_number__are_reports_by_themselves),
	HR_TEST(test_hl7__two_patients__keep_apart),
	HR_TEST(test_hl7__no_patient__is_ambiguous),
	HR_TEST(test_hl7__correction_in_a_batch__replaces_the_earlier),
	HR_TEST(test_hl7__name_in_two_scripts__the_chinese_one_counts),
	HR_TEST(test_hl7__numbers_of_the_patient__are_what_they_are),
	HR_TEST(test_hl7__performer__is_who_tested),
	HR_TEST(test_hl7__specimen__is_that_of_spm_else_of_the_order),
	HR_TEST(test_hl7__times_of_the_result__are_its_own),
	HR_TEST(test_hl7__examination__numbers_of_the_order_are_its_images),
	HR_TEST(test_hl7__examination__is_the_order_and_its_texts_are_findings),
	HR_TEST(test_hl7__note_that_is_a_mark__is_one),
	HR_TEST(test_hl7__training_message_and_control__are_told),
	HR_TEST(test_hl7__limits__hold),
	HR_TEST(test_hl7__messages_of_others__are_read_or_refused),
};
HR_TEST_MAIN("hl7", tests)
