/* A quote and what filings do for it: by what is stated, by the rules, and where neither can tell.
 */
#include "settlement/diagnose.h"

#include "catalog_fixture.h"

#define SETTLEMENT "tests/data/catalog/settlement"

static hr_catalog *open_catalog(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(SETTLEMENT, NULL, &catalog, &err), err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

#define STAY                                                                                       \
	"'insuplc_admdvs':'910101','insutype':'310','psn_type':'1101','med_type':'21',"            \
	"'hosp_lv':'3','inscp_scp_amt':10000,"
#define ELSEWHERE(day) STAY "'mdtrtarea_admvs':'440103','enddate':'" day "'"
#define FILED(more)    ",'filings':[{'id':'f1','rloc_admdvs':'440100'," more "}]"

/* A visit with ' for ". */
static bool read_visit(const hr_catalog *catalog, const char *members, hr_arena *arena,
		       hr_visit *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_buf text;
	bool ok;

	hr_buf_init(&text, arena, 1 << 16);
	hr_buf_addf(&text, "{%s}", members);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\'')
			text.data[i] = '"';
	ok = hr_json_read(parser, hr_buf_str(&text), arena, &node, err) &&
	     hr_visit_read(node, catalog, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static void add_filings(uint32_t filings, hr_buf *out)
{
	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		if (filings & HR_FILING_BIT(i))
			hr_buf_addf(out, " %.*s", HR_STR_ARG(hr_filing_word(i)));
}

static void add_reading(const hr_reading *reading, hr_buf *out)
{
	char text[HR_MONEY_TEXT];
	hr_money fund = { reading->settlement.fen[HR_FUND_PAY_SUMAMT] };

	add_filings(reading->filings, out);
	hr_buf_addf(out, " %.*s", HR_STR_ARG(hr_money_format(fund, text)));
	for (uint32_t i = 0; i < reading->if_filed.count; i++) {
		const hr_instead *row = &reading->if_filed.rows[i];

		HR_BUF_ADD(out, " (if");
		add_filings(row->filings, out);
		fund.fen = row->settlement.fen[HR_FUND_PAY_SUMAMT];
		hr_buf_addf(out, " %.*s)", HR_STR_ARG(hr_money_format(fund, text)));
	}
	HR_BUF_ADD(out, ";");
}

/* " long 7820.00;": under which filings, and what all funds pay; then where nothing is known. */
static void assert_quote(const char *members, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_visit visit;
	hr_quote quote = { .catalog = catalog };
	hr_error err = { 0 };
	hr_buf got;

	HR_ASSERT_OK(read_visit(catalog, members, arena, &visit, &err) &&
			     hr_quote_make(catalog, &visit, true, arena, &quote, &err),
		     err);
	hr_buf_init(&got, arena, 1 << 12);
	for (size_t i = 0; i < quote.reading_count; i++)
		add_reading(&quote.readings[i], &got);
	if (quote.unknown_under) {
		HR_BUF_ADD(&got, " ?");
		add_filings(quote.unknown_under, &got);
	}
	if (quote.outcome == HR_QUOTE_NOT_QUALIFIED)
		HR_BUF_ADD(&got, " not qualified");
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
	hr_catalog_unref(catalog);
}

#define UNFILED	 " none 4554.00" IF_FILED
#define IF_FILED " (if long 7820.00) (if referral 6900.00) (if other 5980.00);"

static void test_quote__filed__the_rules_say_what_it_gives(void)
{
	assert_quote(ELSEWHERE("2023-03-01") FILED("'rloc_rea':'07','begndate':'2023-01-01'"),
		     " long 7820.00;");
	assert_quote(ELSEWHERE("2023-03-01") FILED("'rloc_rea':'travel','begndate':'2023-01-01'"),
		     " other 5980.00;");
	assert_quote(ELSEWHERE("2023-03-01") ",'er_flag':'1'", " emergency 7820.00;");
	/* The day after its last, and before its first. */
	assert_quote(ELSEWHERE("2024-01-02") FILED("'rloc_rea':'travel','begndate':'2023-01-01'"),
		     UNFILED);
	assert_quote(ELSEWHERE("2023-03-01") FILED("'rloc_rea':'travel','begndate':'2023-03-02'"),
		     UNFILED);
	assert_quote(ELSEWHERE("2023-03-01") ",'filings':[]", UNFILED);
	/* Nothing told is counted as none. */
	assert_quote(ELSEWHERE("2023-03-01"), UNFILED);
}

static void test_quote__none_needed__is_exempt_whatever_was_filed(void)
{
	assert_quote(STAY "'mdtrtarea_admvs':'910202','enddate':'2023-03-01'", " exempt 7820.00;");
	assert_quote(STAY "'mdtrtarea_admvs':'920101','enddate':'2024-01-01'"
			  ",'filings':[{'rloc_rea':'travel','rloc_admdvs':'920100',"
			  "'begndate':'2023-12-01'}]",
		     " exempt 7820.00;");
	/* The day before the zone began, that filing counts. */
	assert_quote(STAY "'mdtrtarea_admvs':'920101','enddate':'2023-12-31'"
			  ",'filings':[{'rloc_rea':'travel','rloc_admdvs':'920100',"
			  "'begndate':'2023-12-01'}]",
		     " other 5980.00;");
}

static void test_quote__stated__wins_over_rules_and_records(void)
{
	assert_quote(ELSEWHERE("2023-03-01") ",'filing':'long'", " long 7820.00;");
	assert_quote(ELSEWHERE("2023-03-01")
			     FILED("'rloc_rea':'07','begndate':'2023-01-01'") ",'filing':'other'",
		     " other 5980.00;");
	assert_quote(ELSEWHERE("2019-03-01") ",'filing':'none'", UNFILED);
}

static void test_quote__undecided__answers_each_filing_that_is_possible(void)
{
	/* Six months at least: they are over. */
	assert_quote(ELSEWHERE("2023-03-01") FILED("'rloc_rea':'06','begndate':'2022-08-28'"),
		     UNFILED " referral 6900.00;");
	/* The area says nothing of that day. */
	assert_quote(ELSEWHERE("2019-03-01"), UNFILED " exempt 7820.00;");
	/* A kind that nobody knows, where it is not known either whether one is needed. */
	assert_quote(ELSEWHERE("2021-03-01") FILED("'rloc_rea':'x','begndate':'2021-01-01'"),
		     UNFILED " exempt long 7820.00; referral 6900.00; "
			     "other 5980.00;");
	/* What is surely worse changes nothing; what may be better does. */
#define ALSO(kind, day) "{'rloc_rea':'" kind "','rloc_admdvs':'440100','begndate':'" day "'}"
	assert_quote(ELSEWHERE("2023-03-01") ",'filings':[" ALSO("travel", "2023-01-01") "," ALSO(
			     "06", "2022-08-28") "," ALSO("unsaid", "2022-08-28") "]",
		     " referral 6900.00; other 5980.00;");
}

static void test_quote__filings_that_come_to_the_same__are_one_reading(void)
{
	/* No policy of the area asks for a filing. */
	assert_quote("'insuplc_admdvs':'930200','insutype':'310','psn_type':'11','med_type':'21',"
		     "'hosp_lv':'3','inscp_scp_amt':100,'mdtrtarea_admvs':'440103',"
		     "'enddate':'2025-03-01'",
		     " none exempt 5.00;");
	/* Outpatients have none outside, filed or not. */
	assert_quote("'insuplc_admdvs':'910101','insutype':'310','psn_type':'11','med_type':'11',"
		     "'inscp_scp_amt':100,'mdtrtarea_admvs':'440103','enddate':'2019-03-01'",
		     " ? none exempt");
}

#define CHRONIC                                                                                    \
	"'insuplc_admdvs':'910101','insutype':'390','psn_type':'15','med_type':'14',"              \
	"'opsp_dise_code':'M04600','fixmedins_code':'H1','inscp_scp_amt':1500,"                    \
	"'mdtrtarea_admvs':'440103','enddate':'2023-03-01'" FILED(                                 \
		"'rloc_rea':'07','begndate':'2023-01-01'")

static void test_quote__chronic_disease__is_none_before_it_is_qualified(void)
{
	assert_quote(CHRONIC ",'qualifications':[{'opsp_dise_code':'M04600'}]", " long 650.00;");
	assert_quote(CHRONIC ",'qualifications':[]", " not qualified");
	assert_quote(CHRONIC ",'filing':'long','qualifications':[]", " not qualified");
	assert_quote(CHRONIC ",'qualifications':[{'opsp_dise_code':'M04600',"
			     "'begndate':'2023-03-02'}]",
		     " not qualified");
	/* Not told: on the condition that it is. */
	assert_quote(CHRONIC, " long 650.00;");
}

/* --- a quote and a diagnosis of the same facts --- */

static void assert_one_answer(const char *members, hr_cause_state not_filed)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_diagnosis diagnosis = { .catalog = catalog };
	hr_quote quote = { .catalog = catalog };
	hr_error err = { 0 };
	hr_visit visit;

	HR_ASSERT_OK(read_visit(catalog, members, arena, &visit, &err) &&
			     hr_quote_make(catalog, &visit, false, arena, &quote, &err) &&
			     hr_diagnose(catalog, &visit, arena, &diagnosis, &err),
		     err);
	CU_ASSERT_EQUAL(diagnosis.causes[HR_CAUSE_NOT_FILED].state, not_filed);
	CU_ASSERT_EQUAL(diagnosis.home, quote.home);
	switch (quote.ruling->outcome) {
	case HR_FILING_HOLDS:
		CU_ASSERT_EQUAL(not_filed, HR_CAUSE_ABSENT);
		break;
	case HR_FILING_FAILS:
		CU_ASSERT_EQUAL(not_filed, HR_CAUSE_PRESENT);
		break;
	case HR_FILING_OPEN_STILL:
		CU_ASSERT_EQUAL(not_filed, HR_CAUSE_NOT_KNOWN);
		break;
	}
	hr_catalog_unref(catalog);
}

static void test_diagnose__of_the_same_visit__says_the_same_of_its_filing(void)
{
	assert_one_answer(ELSEWHERE("2023-03-01"), HR_CAUSE_NOT_KNOWN);
	assert_one_answer(ELSEWHERE("2023-03-01") ",'filings':[]", HR_CAUSE_PRESENT);
	assert_one_answer(ELSEWHERE("2023-03-01") ",'filing':'none'", HR_CAUSE_PRESENT);
	assert_one_answer(ELSEWHERE("2023-03-01") ",'filing':'exempt'", HR_CAUSE_NOT_KNOWN);
	assert_one_answer(ELSEWHERE("2023-03-01") ",'filing':'long'", HR_CAUSE_ABSENT);
	assert_one_answer(ELSEWHERE("2023-03-01") ",'er_flag':true", HR_CAUSE_ABSENT);
	assert_one_answer(ELSEWHERE("2023-03-01") FILED("'rloc_rea':'07','begndate':'2023-01-01'"),
			  HR_CAUSE_ABSENT);
	assert_one_answer(ELSEWHERE("2023-03-01") FILED("'rloc_rea':'06','begndate':'2022-08-28'"),
			  HR_CAUSE_NOT_KNOWN);
	assert_one_answer(ELSEWHERE("2019-03-01") ",'filing':'none'", HR_CAUSE_NOT_KNOWN);
	assert_one_answer(STAY "'mdtrtarea_admvs':'920101','enddate':'2024-01-01'",
			  HR_CAUSE_ABSENT);
}

static void assert_refused(const char *members, const char *message)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_error err = { 0 };
	hr_visit visit;

	CU_ASSERT_FALSE(read_visit(catalog, members, arena, &visit, &err));
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	hr_catalog_unref(catalog);
}

static void test_read__filings_that_cannot_be__are_refused_with_their_place(void)
{
	assert_refused(ELSEWHERE("2023-03-01") ",'filings':{}",
		       "visit: $.filings is not an array of at most 64 filings");
	assert_refused(ELSEWHERE("2023-03-01") ",'er_flag':'maybe'",
		       "visit: $.er_flag is not true or false, \"1\" or \"0\"");
	assert_refused(ELSEWHERE("2023-03-01") ",'filings':[{'rloc_rea':'07'}]",
		       "visit: 'rloc_admdvs' is missing");
	assert_refused(ELSEWHERE("2023-03-01")
			       FILED("'rloc_rea':'07','begndate':'2023-01-01','stas':'changed'"),
		       "visit: $.filings[0] is not whole: it was changed or cancelled, and needs "
		       "'ended'");
}

static void test_points_format__one__is_one_point(void)
{
	static const struct {
		int32_t share;
		const char *zh;
		const char *en;
	} rows[] = {
		{ HR_SHARE_ONE / 200, "0.5 个百分点", "0.5 points" },
		{ HR_SHARE_ONE / 100, "1 个百分点", "1 point" },
		{ HR_SHARE_ONE / 50, "2 个百分点", "2 points" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[2][40];
		hr_buf bufs[2];

		for (hr_quote_lang lang = HR_QUOTE_ZH; lang <= HR_QUOTE_EN; lang++) {
			hr_buf_init_over(&bufs[lang], text[lang], sizeof(text[lang]));
			hr_points_format(rows[i].share, lang, &bufs[lang]);
		}
		HR_ASSERT_TEXT(hr_buf_str(&bufs[HR_QUOTE_ZH]), rows[i].zh);
		HR_ASSERT_TEXT(hr_buf_str(&bufs[HR_QUOTE_EN]), rows[i].en);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_quote__filed__the_rules_say_what_it_gives),
	HR_TEST(test_quote__none_needed__is_exempt_whatever_was_filed),
	HR_TEST(test_quote__stated__wins_over_rules_and_records),
	HR_TEST(test_quote__undecided__answers_each_filing_that_is_possible),
	HR_TEST(test_quote__filings_that_come_to_the_same__are_one_reading),
	HR_TEST(test_quote__chronic_disease__is_none_before_it_is_qualified),
	HR_TEST(test_diagnose__of_the_same_visit__says_the_same_of_its_filing),
	HR_TEST(test_read__filings_that_cannot_be__are_refused_with_their_place),
	HR_TEST(test_points_format__one__is_one_point),
};

HR_TEST_MAIN("quote", tests)
