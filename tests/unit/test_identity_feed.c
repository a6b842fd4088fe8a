/* Who the patients of a hospital are, from HL7 v2 and CSV. */
#include "recognition/identity_feed.h"

#include "testing.h"

#include <stdio.h>

#define MSH(type)   "MSH|^~\\&|HIS|H1|||20260103||" type "|M1|P|2.4\r"
#define CARD	    "11010519491231002X"
#define CARD_CX	    CARD "^^^PSB^NNCHN"
#define PID(number) "PID|1||" number "||张^建国||19491231|M\r"
#define ZHANG	    "|张建国|19491231|1||"

static void format_row(const hr_identity_row *row, hr_buf *out)
{
	const hr_str values[] = {
		row->issuer,	     row->patient_id,	      row->accession_number,
		row->id_type,	     row->id_issuer,	      row->id,
		row->name,	     row->birth_date,	      row->sex,
		row->earlier_issuer, row->earlier_patient_id,
	};

	hr_buf_add_char(out, row->kind == HR_IDENTITY_CORRECT ? '!' : '+');
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		hr_buf_add(out, values[i]);
		hr_buf_add_char(out, i + 1 < sizeof(values) / sizeof(values[0]) ? '|' : '@');
	}
	hr_buf_addf(out, "%u\n", (unsigned)row->line);
}

static void format(const hr_identity_feed *feed, hr_buf *out)
{
	for (size_t i = 0; i < feed->count; i++)
		format_row(&feed->rows[i], out);
	for (size_t i = 0; i < feed->problem_count; i++)
		hr_buf_addf(out, "-%s@%u\n", hr_identity_problem_word(feed->problems[i].kind),
			    (unsigned)feed->problems[i].line);
}

static void check_bytes(hr_str bytes, size_t sources, const char *rows)
{
	hr_arena *arena = hr_test_arena();
	hr_identity_feed feed = { .count = 0 };
	hr_error err;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_ASSERT_OK(hr_identity_feed_read(bytes, HR_STR("H9"), arena, &feed, &err), err);
	CU_ASSERT_EQUAL(feed.sources, sources);
	format(&feed, &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), rows);
	hr_arena_close(arena);
}

static void check(const char *text, size_t sources, const char *rows)
{
	check_bytes(hr_str_of(text), sources, rows);
}

static void check_refused(const char *text, hr_error_code code, const char *message)
{
	hr_arena *arena = hr_test_arena();
	hr_identity_feed feed;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_identity_feed_read(hr_str_of(text), HR_STR_NONE, arena, &feed, &err));
	CU_ASSERT_EQUAL(err.code, code);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	hr_arena_close(arena);
}

/* --- HL7 v2 --- */

static void test_adt__number_and_card__are_tied(void)
{
	static const char *const types[] = { "A01", "A04", "A05", "A08", "A28", "A31" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text),
			 "MSH|^~\\&|HIS|H1|||20260103||ADT^%s|M1|P|2.4\rEVN||2026\r" PID(
				 "P-7^^^HOSP&1.2.3&ISO^MR~" CARD_CX),
			 types[i]);
		check(text, 1, "+HOSP|P-7||identity-card||" CARD ZHANG "@3\n");
	}
}

static void test_adt__authority__is_by_name_or_oid_or_the_sender(void)
{
	check(MSH("ADT^A01") PID("P-7^^^&1.2.3&ISO^MR~P-8~P-9^^^H2"), 1,
	      "+1.2.3|P-7||||" ZHANG "@2\n+H1|P-8||||" ZHANG "@2\n+H2|P-9||||" ZHANG "@2\n");
	check("MSH|^~\\&|HIS||||2026||ADT^A01|M|P|2.4\r" PID("P-8"), 1, "+H9|P-8||||" ZHANG "@2\n");
}

static void test_adt__numbers_of_persons_and_visits__are_no_patient_ids(void)
{
	check(MSH("ADT^A01") PID("V1^^^H^VN~A1^^^H^AN~P-7^^^H^MR~E1^^^CHN^PPN"), 1,
	      "+H|P-7||passport|CHN|E1" ZHANG "@2\n");
	/* The card goes before the passport, wherever it stands. */
	check(MSH("ADT^A01") "PID|1|P-2|E1^^^CHN^PPN||张^建国||19491231|M|||||||||||" CARD "\r", 1,
	      "+H1|P-2||identity-card||" CARD ZHANG "@2\n");
	check(MSH("ADT^A01") "PID|1|P-2|P-3|P-4^^^X\r", 1, "+H1|P-3|||||||||@2\n");
	/* A hospital without numbers of its own. */
	check(MSH("ADT^A01") PID(CARD_CX), 1, "+H1|" CARD "||identity-card||" CARD ZHANG "@2\n");
}

static void test_adt__what_cannot_be_tied__is_a_problem(void)
{
	check(MSH("ADT^A01") PID("P-7~110105194912310021^^^PSB^NNCHN"), 1, "-bad-id-card@2\n");
	check(MSH("ADT^A01") PID("P-7~E1^^^^PPN"), 1, "-no-issuer@2\n");
	check(MSH("ADT^A01") PID(""), 1, "-no-number@2\n");
	check(MSH("ADT^A01") PID("\"\""), 1, "-no-number@2\n");
	check(MSH("ADT^A01") "EVN||2026\r", 1, "-no-patient@1\n");
	check(MSH("ADT^A03") PID("P-7"), 1, "-message-type@1\n");
	check(MSH("ORU^R01") PID("P-7"), 1, "-message-type@1\n");
	check("MSH|^~\\&|HIS|H1|||2026||ADT^A01|M1|T|2.4\r" PID("P-7"), 1, "-not-production@1\n");
	check(MSH("ADT^A01") PID("1~2~3~4~5~6~7~8~9~10~11~12~13~14~15~16~17"), 1,
	      "-too-many-numbers@2\n");
}

static void test_order__accession_number__is_the_best_that_there_is(void)
{
	check(MSH("ORM^O01") PID("P-7") "ORC|NW|PL|F1\rOBR|1|PL|F2|CT\r", 1,
	      "+H1|P-7|F2|||" ZHANG "@2\n");
	check(MSH("ORM^O01") PID("P-7") "ORC|NW|PL|F1^RIS\r", 1, "+H1|P-7|F1|||" ZHANG "@2\n");
	check(MSH("ORM^O01") PID("P-7") "ORC|NW||F1\rOBR|1||F2|CT||||||||||||||A3\r", 1,
	      "+H1|P-7|A3|||" ZHANG "@2\n");
	check(MSH("OMI^O23") PID("P-7") "ORC|NW||F1\rOBR|1||F2\rIPC|A4^RIS|RP|1.2.3\r", 1,
	      "+H1|P-7|A4|||" ZHANG "@2\n");
	check(MSH("OMG^O19") PID("P-7") "OBR|1||F2\rOBR|2||F3\r", 1,
	      "+H1|P-7|F2|||" ZHANG "@2\n+H1|P-7|F3|||" ZHANG "@2\n");
	check(MSH("OMI^O23") PID("") "ORC|NW||F1\rIPC|A4\r", 1, "+H1||A4|||" ZHANG "@2\n");
}

static void test_order__cancelled_or_without_number__ties_the_patient_alone(void)
{
	check(MSH("ORM^O01") PID("P-7") "ORC|CA||F1\rOBR|1||F2\r", 1, "+H1|P-7||||" ZHANG "@2\n");
	check(MSH("ORM^O01") PID("P-7") "ORC|CA||F1\rOBR|1||F1\rORC|NW||F2\r", 1,
	      "+H1|P-7|F2|||" ZHANG "@2\n");
	check(MSH("ORM^O01") PID("P-7") "ORC|NW\rOBR|1\r", 1, "+H1|P-7||||" ZHANG "@2\n");
}

static void test_merge__earlier_number__is_corrected(void)
{
	check(MSH("ADT^A40") PID("P-7^^^H1~X-7^^^H2") "MRG|P-6^^^H1~X-6^^^H2\r", 1,
	      "!H1|P-7||||"
	      "|张建国|19491231|1|H1|P-6@3\n"
	      "!H2|X-7||||"
	      "|张建国|19491231|1|H2|X-6@3\n");
	check(MSH("ADT^A34") PID("P-7") "MRG|P-6\r", 1,
	      "!H1|P-7||||"
	      "|张建国|19491231|1|H1|P-6@3\n");
	check(MSH("ADT^A40") PID("P-7") "MRG|P-6\r" PID("P-9") "MRG|P-8\r", 1,
	      "!H1|P-7||||"
	      "|张建国|19491231|1|H1|P-6@3\n"
	      "!H1|P-9||||"
	      "|张建国|19491231|1|H1|P-8@5\n");
	check(MSH("ADT^A40") PID("P-7"), 1, "-no-earlier-number@2\n");
	check(MSH("ADT^A40") PID("P-7") "MRG|\r", 1, "-no-earlier-number@3\n");
	check(MSH("ADT^A40") PID("P-7") "MRG|" CARD_CX "\r", 1, "-no-earlier-number@3\n");
	check(MSH("ADT^A40") PID("P-7") "MRG|P-7\r", 1, "-same-number@3\n");
	check(MSH("ADT^A40") PID("") "MRG|P-7\r", 1, "-no-number@3\n");
}

static void test_hl7__several_messages__each_gives_a_row_or_a_problem(void)
{
	check(MSH("ADT^A01") PID("P-1") MSH("ADT^A03") PID("P-2") MSH("ADT^A08") PID("P-3"), 3,
	      "+H1|P-1||||" ZHANG "@2\n+H1|P-3||||" ZHANG "@6\n-message-type@3\n");
	/* GBK that nobody declares: 张. */
	check("\vMSH|^~\\&|HIS|H1|||2026||ADT^A01|M1|P|2.4\rPID|||P-1||\xd5\xc5\r\x1c\r", 1,
	      "+H1|P-1|||||张||||@2\n");
	check("FHS|^~\\&\rBHS|^~\\&\r" MSH("ADT^A01") PID("P-1") "BTS|1\rFTS|1\r", 1,
	      "+H1|P-1||||" ZHANG "@4\n");
}

/* --- CSV --- */

static void test_csv__columns_in_any_order__are_read(void)
{
	check("name,id_number,patient_id,issuer,accession_number,birth_date,sex\n"
	      "张建国," CARD ",P-7,H1,A1,1949-12-31,男\n",
	      1, "+H1|P-7|A1|identity-card||" CARD "|张建国|1949-12-31|1||@2\n");
	check("\xef\xbb\xbf"
	      "患者身份对照\n\n患者编号,检查号,证件类型,发证机构,证件号码,姓名,备注\n"
	      "\"P-7\t\",,护照,CHN,E1,Li,x\n,A1,03,CHN,E2,,\n\nP-8,A2\n",
	      3,
	      "+H9|P-7||passport|CHN|E1|Li||||@4\n+H9||A1|passport|CHN|E2|||||@5\n"
	      "+H9|P-8|A2||||||||@7\n");
}

static void test_csv__rows_that_cannot_be_taken__are_problems_and_the_others_read(void)
{
	check("patient_id,id_type,id_issuer,id_number\n"
	      "P-1,,,123\n"
	      ",,," CARD "\n"
	      "P-3,护照,,E1\n"
	      "P-4,身份证,,110105194912310021\n"
	      "P-5,,,,more\n"
	      "P-6,居住证,PSB,X9\n"
	      "P-7,,," CARD ",\n",
	      7,
	      "+H9|P-6||居住证|PSB|X9|||||@7\n+H9|P-7||identity-card||" CARD "|||||@8\n"
	      "-bad-id-card@2\n-no-number@3\n-no-issuer@4\n-bad-id-card@5\n-too-many-cells@6\n");
	check("patient_id,earlier_patient_id,earlier_issuer,issuer\nP-1,P-0,,H1\nP-1,P-1,H2,H1\n"
	      "P-1,P-1,,H1\nP-1,,H2,H1\n,P-1,,H1\n",
	      5,
	      "!H1|P-1||||||||H1|P-0@2\n!H1|P-1||||||||H2|P-1@3\n"
	      "-same-number@4\n-no-earlier-number@5\n-no-number@6\n");
}

static void test_csv__value_of_the_limit__is_taken_and_one_more_is_not(void)
{
	char text[700];

	snprintf(text, sizeof(text), "patient_id\n%0*d\n%0*d\n", HR_IDENTITY_TEXT_MAX, 1,
		 HR_IDENTITY_TEXT_MAX + 1, 1);
	{
		hr_arena *arena = hr_test_arena();
		hr_identity_feed feed = { .count = 0 };
		hr_error err;

		HR_ASSERT_OK(
			hr_identity_feed_read(hr_str_of(text), HR_STR("H"), arena, &feed, &err),
			err);
		CU_ASSERT_EQUAL(feed.count, 1);
		CU_ASSERT_EQUAL(feed.problem_count, 1);
		CU_ASSERT_EQUAL(feed.problems[0].kind, HR_IDENTITY_TOO_LONG);
		hr_arena_close(arena);
	}
}

static void test_feed__not_one_at_all__is_refused(void)
{
	check_refused("", HR_E_INCOMPLETE,
		      "identity feed: no header has a column patient_id or accession_number");
	check_refused("name,id_number\nLi,1\n", HR_E_INCOMPLETE,
		      "identity feed: no header has a column patient_id or accession_number");
	check_refused("patient_id,患者编号\n1,2\n", HR_E_SYNTAX,
		      "identity feed: two columns are 'patientid'");
	check_refused("MSH\r", HR_E_SYNTAX, "hl7: no message: no line begins with MSH");
}

static void test_csv__no_issuer_anywhere__is_a_problem(void)
{
	hr_arena *arena = hr_test_arena();
	hr_identity_feed feed = { .count = 0 };
	hr_error err;

	HR_ASSERT_OK(
		hr_identity_feed_read(HR_STR("patient_id\nP-1\n"), HR_STR(" "), arena, &feed, &err),
		err);
	CU_ASSERT_EQUAL(feed.count, 0);
	CU_ASSERT_EQUAL(feed.problem_count, 1);
	CU_ASSERT_EQUAL(feed.problems[0].kind, HR_IDENTITY_NO_ISSUER);
	hr_arena_close(arena);
}

static void check_short(const char *text)
{
	size_t refused = 0;
	bool read = false;

	for (size_t cap = 0; cap < 100000 && !read; cap += 16) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);
		hr_identity_feed feed = { .count = 99 };
		hr_error err = { 0 };

		read = hr_identity_feed_read(hr_str_of(text), HR_STR("H"), arena, &feed, &err);
		if (read)
			break;
		CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
		CU_ASSERT_EQUAL(feed.count, 99);
		refused++;
	}
	CU_ASSERT_TRUE(read);
	CU_ASSERT_TRUE(refused > 10);
}

static void test_feed__short_of_memory__says_so(void)
{
	check_short(MSH("ORM^O01") PID("P-7\\T\\1~" CARD_CX) "ORC|NW||F1\rOBR|1||F2\r" MSH(
		"ADT^A40") PID("P-7") "MRG|P-6\r" MSH("ADT^A03"));
	check_short("patient_id,id_number\nP-1," CARD "\n,\nP-2,x\n");
}

static void test_type__words__are_of_one_kind(void)
{
	HR_ASSERT_TEXT(hr_identity_type_of(HR_STR("01")), "identity-card");
	HR_ASSERT_TEXT(hr_identity_type_of(HR_STR("居民身份证")), "identity-card");
	HR_ASSERT_TEXT(hr_identity_type_of(HR_STR("ppn")), "passport");
	HR_ASSERT_TEXT(hr_identity_type_of(HR_STR("Passport")), "passport");
	HR_ASSERT_TEXT(hr_identity_type_of(HR_STR("MR")), "");
	HR_ASSERT_TEXT(hr_identity_type_of(HR_STR_NONE), "");
}

static const hr_test tests[] = {
	HR_TEST(test_adt__number_and_card__are_tied),
	HR_TEST(test_adt__authority__is_by_name_or_oid_or_the_sender),
	HR_TEST(test_adt__numbers_of_persons_and_visits__are_no_patient_ids),
	HR_TEST(test_adt__what_cannot_be_tied__is_a_problem),
	HR_TEST(test_order__accession_number__is_the_best_that_there_is),
	HR_TEST(test_order__cancelled_or_without_number__ties_the_patient_alone),
	HR_TEST(test_merge__earlier_number__is_corrected),
	HR_TEST(test_hl7__several_messages__each_gives_a_row_or_a_problem),
	HR_TEST(test_csv__columns_in_any_order__are_read),
	HR_TEST(test_csv__rows_that_cannot_be_taken__are_problems_and_the_others_read),
	HR_TEST(test_csv__value_of_the_limit__is_taken_and_one_more_is_not),
	HR_TEST(test_csv__no_issuer_anywhere__is_a_problem),
	HR_TEST(test_feed__not_one_at_all__is_refused),
	HR_TEST(test_feed__short_of_memory__says_so),
	HR_TEST(test_type__words__are_of_one_kind),
};
HR_TEST_MAIN("identity_feed", tests)
