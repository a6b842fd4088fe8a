/* Why a patient pays what he pays: the parts sum to it, and a received result is held against it.
 */
#include "settlement/explain.h"

#include "catalog_fixture.h"

#define SETTLEMENT "tests/data/catalog/settlement"
#define OFFICIAL   "catalog/sample/official"

static hr_catalog *open_catalog(const char *folder)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(folder, NULL, &catalog, &err), err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

/* A document with ' for ". */
static bool explain(const hr_catalog *catalog, hr_str text, hr_arena *arena, hr_explain *out,
		    hr_error *err)
{
	hr_explain_ask *ask = HR_NEW(arena, hr_explain_ask);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_buf buf;
	bool ok;

	hr_buf_init(&buf, arena, 1 << 16);
	hr_buf_add(&buf, text);
	for (size_t i = 0; i < buf.len; i++)
		if (buf.data[i] == '\'')
			buf.data[i] = '"';
	ok = hr_json_read(parser, hr_buf_str(&buf), arena, &node, err) &&
	     hr_explain_read(node, catalog, arena, ask, err) &&
	     hr_explain_make(catalog, ask, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static void add_money(hr_buf *out, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_buf_addf(out, " %.*s", HR_STR_ARG(hr_money_format((hr_money){ fen }, text)));
}

/* "deductible 8.89 own-share 71.11 = 80.00;" of each reading, then what may be the cause. */
static void assert_explained(const char *folder, const char *text, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog(folder);
	hr_explain x = { .quote = NULL };
	hr_error err = { 0 };
	hr_buf got;

	HR_ASSERT_OK(explain(catalog, hr_str_of(text), arena, &x, &err), err);
	hr_buf_init(&got, arena, 1 << 14);
	for (size_t i = 0; i < x.reading_count; i++) {
		const hr_explained *e = &x.readings[i];

		for (uint32_t j = 0; j < e->part_count; j++) {
			hr_buf_addf(&got, " %.*s",
				    HR_STR_ARG(hr_borne_kind_word(e->parts[j].kind)));
			add_money(&got, e->parts[j].fen);
		}
		HR_BUF_ADD(&got, " =");
		add_money(&got, e->settlement->fen[HR_PSN_PART_AMT]);
		HR_BUF_ADD(&got, ";");
	}
	for (uint32_t i = 0; x.compared && i < x.compared->cause_count; i++)
		hr_buf_addf(&got, " ?%.*s",
			    HR_STR_ARG(hr_explain_word_code(x.compared->causes[i].word)));
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
	hr_catalog_unref(catalog);
}

#define C09                                                                                        \
	"{'insuplc_admdvs':'120101','mdtrtarea_admvs':'110105','insutype':'310',"                  \
	"'psn_type':'1201','age':68,'med_type':'14','opsp_dise_code':'M04600','hosp_lv':'3',"      \
	"'enddate':'2025-10-20','filing':'long','medfee_sumamt':850,'fulamt_ownpay_amt':130,"      \
	"'inscp_scp_amt':720,'year':[{'counter':'tj-employee-chronic','visits':4,"                 \
	"'deductible':'1291.11','base':'1291.11'}]}"

static void test_explain__210_and_not_80__is_130_outside_and_80_within(void)
{
	assert_explained(OFFICIAL, C09,
			 " outside-catalogue 130.00 deductible 8.89 own-share 71.11 = 210.00;");
}

#define STAY(insured, more)                                                                        \
	"{'insuplc_admdvs':'" insured "','mdtrtarea_admvs':'" insured "','insutype':'310',"        \
	"'psn_type':'1101','med_type':'21','hosp_lv':'3','enddate':'2025-03-01'," more "}"

static void test_explain__every_kind_of_part__sums_to_the_person(void)
{
	/* Segments, another fund, the hospital, class B and a price limit. */
	assert_explained(SETTLEMENT,
			 STAY("910101", "'psn_idet_type':['poor'],'inscp_scp_amt':81000,"
					"'overlmt_selfpay':10,'preselfpay_amt':20,"
					"'hosp_part_amt':5"),
			 " over-limit 10.00 paid-first 20.00 deductible 800.00 own-share 9225.00 "
			 "other-fund -4917.50 hospital -5.00 = 5132.50;");
	/* Both caps, of sources that conflict. */
	assert_explained(SETTLEMENT, STAY("920101", "'inscp_scp_amt':80000"),
			 " deductible 1234.56 own-share 5583.95 above-cap-of-amounts 20000.00 "
			 "other-fund -12500.00 = 14318.51; deductible 1000.00 own-share 11850.00 "
			 "above-cap-of-payments 17150.00 = 30000.00;");
	/* Below the deductible, and nothing at all. */
	assert_explained(SETTLEMENT, STAY("910101", "'inscp_scp_amt':799.99"),
			 " deductible 799.99 = 799.99;");
	assert_explained(SETTLEMENT, STAY("910101", "'inscp_scp_amt':0"), " = 0.00;");
	/* Of an area that is not known there is nothing to explain. */
	assert_explained(SETTLEMENT, STAY("550101", "'inscp_scp_amt':1"), "");
}

/* --- a received result --- */

#define RESULT(total, own, scope, dedc, fund, person)                                              \
	"'result':{'setlinfo':{'medfee_sumamt':" total ",'fulamt_ownpay_amt':" own                 \
	",'overlmt_selfpay':0,'preselfpay_amt':0,'inscp_scp_amt':" scope ",'act_pay_dedc':" dedc   \
	",'hifp_pay':" fund ",'cvlserv_pay':0,'hifes_pay':0,'hifmi_pay':0,'hifob_pay':0,"          \
	"'maf_pay':0,'oth_pay':0,'fund_pay_sumamt':" fund ",'psn_part_amt':" person                \
	",'acct_pay':0,'psn_cash_pay':" person "}}"
#define C09_PARTS " outside-catalogue 130.00 deductible 8.89 own-share 71.11 = 210.00;"

static void test_explain__received_result__each_difference_has_a_cause_that_may_be(void)
{
	assert_explained(OFFICIAL,
			 "{'visit':" C09 "," RESULT("850", "130", "720", "8.89", "640", "210") "}",
			 C09_PARTS);
	assert_explained(OFFICIAL,
			 "{'visit':" C09 "," RESULT("850", "130", "720", "720", "0", "850") "}",
			 C09_PARTS " ?fits-first-visit");
	assert_explained(OFFICIAL,
			 "{'visit':" C09
			 "," RESULT("850", "130", "720", "8.89", "639.99", "210.01") "}",
			 C09_PARTS " ?rounding-differs");
	assert_explained(OFFICIAL,
			 "{'visit':" C09 "," RESULT("850", "130", "720", "8.89", "600", "250") "}",
			 C09_PARTS " ?share-differs");
	assert_explained(OFFICIAL,
			 "{'visit':" C09 "," RESULT("850", "130", "720", "100", "600", "250") "}",
			 C09_PARTS " ?deductible-differs");
	assert_explained(OFFICIAL,
			 "{'visit':" C09 "," RESULT("850", "120", "730", "8.89", "649", "201") "}",
			 C09_PARTS " ?charges-differ");
	/* A fen is lost within the result itself. */
	assert_explained(OFFICIAL,
			 "{'visit':" C09
			 "," RESULT("850", "130", "720", "8.89", "640", "209.99") "}",
			 C09_PARTS " ?does-not-add-up");
}

#define UNFILED                                                                                    \
	"{'insuplc_admdvs':'910101','mdtrtarea_admvs':'440103','insutype':'310',"                  \
	"'psn_type':'1101','med_type':'21','hosp_lv':'3','enddate':'2023-03-01',"                  \
	"'inscp_scp_amt':10000,'filing':'none'}"

static void test_explain__received_as_of_another_filing__is_found(void)
{
	assert_explained(SETTLEMENT,
			 "{'visit':" UNFILED
			 "," RESULT("10000", "0", "10000", "800", "6900", "3100") "}",
			 " deductible 800.00 own-share 4646.00 = 5446.00; ?fits-filing");
}

static void test_explain__no_policy__the_result_is_taken_apart_itself(void)
{
	assert_explained(
		SETTLEMENT,
		"{'visit':" STAY(
			"550101",
			"'inscp_scp_amt':720,'fulamt_ownpay_amt':130") "," RESULT("850", "130",
										  "720", "8.89",
										  "640", "210") "}",
		" outside-catalogue 130.00 deductible 8.89 own-share 71.11 = 210.00;");
}

static void assert_refused(const char *text, const char *message)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog(SETTLEMENT);
	hr_error err = { 0 };
	hr_explain x;

	CU_ASSERT_FALSE(explain(catalog, hr_str_of(text), arena, &x, &err));
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	hr_catalog_unref(catalog);
}

static void test_read__what_cannot_be__is_refused(void)
{
	assert_refused("{'result':{}}", "explain: 'visit', which the result is of, is missing");
	assert_refused("{'visit':" UNFILED ",'result':{}}", "result: 'medfee_sumamt' is missing");
	assert_refused("{'visit':" UNFILED ",'name':'x'}",
		       "explain: beside 'visit' and 'result' there is nothing else");
	assert_refused("[]", "visit: $ is not an object");
}

/* --- random visits --- */

static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (*seed >> 11) % below;
}

#define ONE_OF(seed, words) words[draw((seed), sizeof(words) / sizeof((words)[0]))]

static int64_t draw_fen(uint64_t *seed)
{
	static const int64_t below[] = { 1, 100, 100000, 10000000, 100000000 };

	return (int64_t)draw(seed, (uint64_t)ONE_OF(seed, below));
}

static hr_visit draw_visit(uint64_t *seed, const hr_catalog *catalog, const char *const *places)
{
	const char *const insured[] = { places[0], places[1], places[2], places[3] };
	static const char *const care[] = { "910105", "920105", "440103", "110105", "130105" };
	static const char *const insurances[] = { "310", "390" };
	static const char *const people[] = { "1101", "1102", "1201", "1501" };
	static const char *const types[] = { "11", "14", "21", "21" };
	static const char *const levels[] = { "1", "2", "3", "3" };
	static const char *const days[] = { "2021-06-01", "2023-03-01", "2024-12-31",
					    "2025-03-01" };
	static const char *const who[] = { "poor", "enterprise", "nobody" };
	hr_visit v = {
		.insured = hr_str_of(ONE_OF(seed, insured)),
		.care = hr_str_of(ONE_OF(seed, care)),
		.insurance = hr_str_of(ONE_OF(seed, insurances)),
		.person = hr_str_of(ONE_OF(seed, people)),
		.type = hr_str_of(ONE_OF(seed, types)),
		.condition = HR_STR("M04600"),
		.level = hr_str_of(ONE_OF(seed, levels)),
		.hospital = HR_STR("H1"),
		.identities = { hr_str_of(ONE_OF(seed, who)) },
		.identity_count = 1,
		.age = (uint8_t)draw(seed, 100),
		.filing = (hr_filing)draw(seed, HR_FILING_COUNT),
		.filing_given = draw(seed, 3),
		.total_fen = -1,
		.charges = { draw_fen(seed), draw_fen(seed), draw_fen(seed), draw_fen(seed), 0,
			     draw_fen(seed), 0 },
		.year.count = 1,
		.facts.year_given = true,
	};

	v.begun = v.ended = fixture_day(ONE_OF(seed, days));
	v.charges.hospital_fen = (int64_t)draw(seed, (uint64_t)v.charges.own_fen + 1);
	v.year.counted[0] = (hr_counted){
		.counter = (uint32_t)draw(seed, hr_catalog_counter_count(catalog)),
		.visits = (uint32_t)draw(seed, 4),
		.deductible_fen = draw_fen(seed),
		.standard_fen = draw_fen(seed),
		.base_fen = draw_fen(seed),
		.paid_fen = draw_fen(seed),
	};
	return v;
}

/* The parts as they are told, summed by whoever reads them. */
static int64_t sum_told(const hr_explained *e)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < e->part_count; i++) {
		char text[4000];
		hr_buf words;

		CU_ASSERT_NOT_EQUAL(e->parts[i].fen, 0);
		CU_ASSERT_EQUAL(e->parts[i].fen < 0, e->parts[i].kind >= HR_BORNE_FUND);
		for (hr_quote_lang lang = HR_QUOTE_ZH; lang <= HR_QUOTE_EN; lang++) {
			hr_buf_init_over(&words, text, sizeof(text));
			hr_borne_format(&e->parts[i], lang, &words);
			CU_ASSERT_TRUE(words.len > 0 && !words.failed);
		}
		sum += e->parts[i].fen;
	}
	return sum;
}

/* How many readings were explained. */
static size_t explain_random(const char *folder, const char *const *places, size_t visits,
			     uint64_t seed)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog(folder);
	size_t readings = 0;
	size_t wrong = 0;

	for (size_t i = 0; i < visits; i++) {
		hr_explain_ask *ask;
		hr_explain x = { .quote = NULL };
		hr_error err = { 0 };

		hr_arena_reset(arena);
		ask = HR_NEW(arena, hr_explain_ask);
		ask->visit = draw_visit(&seed, catalog, places);
		HR_ASSERT_OK(hr_explain_make(catalog, ask, arena, &x, &err), err);
		for (size_t j = 0; j < x.reading_count; j++)
			wrong += sum_told(&x.readings[j]) !=
				 x.readings[j].settlement->fen[HR_PSN_PART_AMT];
		readings += x.reading_count;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	hr_catalog_unref(catalog);
	return readings;
}

static void test_explain__random_visits__parts_sum_to_the_fen(void)
{
	static const char *const made_up[] = { "910101", "920101", "930200", "930102" };
	static const char *const official[] = { "120101", "110101", "130302", "130802" };

	CU_ASSERT_TRUE(explain_random(SETTLEMENT, made_up, 20000, 88172645463325252u) > 15000);
	CU_ASSERT_TRUE(explain_random(OFFICIAL, official, 20000, 20230210u) > 5000);
}

static const hr_test tests[] = {
	HR_TEST(test_explain__210_and_not_80__is_130_outside_and_80_within),
	HR_TEST(test_explain__every_kind_of_part__sums_to_the_person),
	HR_TEST(test_explain__received_result__each_difference_has_a_cause_that_may_be),
	HR_TEST(test_explain__received_as_of_another_filing__is_found),
	HR_TEST(test_explain__no_policy__the_result_is_taken_apart_itself),
	HR_TEST(test_read__what_cannot_be__is_refused),
	HR_TEST(test_explain__random_visits__parts_sum_to_the_fen),
};

HR_TEST_MAIN("explain", tests)
