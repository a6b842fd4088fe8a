/* Three ways of one visit: what is known of each, who pays, and what makes the difference. */
#include "settlement/compare.h"

#include "catalog_fixture.h"

#define FOLDER "tests/data/catalog/compare"

#define PERSON                                                                                     \
	"\"insuplc_admdvs\":\"940100\",\"insutype\":\"310\",\"psn_type\":\"1101\","                \
	"\"enddate\":\"2025-03-20\","
#define INPATIENT PERSON "\"mdtrtarea_admvs\":\"950100\",\"med_type\":\"21\","
#define DRUGSTORE PERSON "\"mdtrtarea_admvs\":\"950100\",\"med_type\":\"41\",\"filing\":\"other\","

static hr_catalog *open_folder(const char *folder)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(folder, NULL, &catalog, &err), err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

static bool read_visit(const hr_catalog *catalog, const char *text, hr_arena *arena, hr_visit *out)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_error err = { 0 };
	bool ok = hr_json_read(parser, hr_str_of(text), arena, &node, &err) &&
		  hr_visit_read(node, catalog, arena, out, &err);

	hr_json_parser_close(parser);
	HR_ASSERT_OK(ok, err);
	return ok;
}

static const hr_comparison *compare(const hr_catalog *catalog, const char *text, hr_arena *arena)
{
	const hr_comparison *comparison = NULL;
	hr_visit visit;
	hr_error err = { 0 };

	if (read_visit(catalog, text, arena, &visit))
		HR_ASSERT_OK(hr_compare(catalog, &visit, arena, &comparison, &err), err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(comparison);
	return comparison;
}

static bool remarks(const hr_way_row *row, hr_remark_kind kind)
{
	for (uint32_t i = 0; i < row->remark_count; i++)
		if (row->remarks[i].kind == kind)
			return true;
	return false;
}

/* "drugs 96.01, share -1.00": the parts in the order in which they were taken. */
static void assert_parts(const hr_comparison *all, hr_way from, hr_way to, const char *want)
{
	static const char *const words[] = {
#define X(name, word, zh, en) [HR_PART_##name] = (word),
		HR_PARTS(X)
#undef X
	};
	char text[400];
	char amount[HR_MONEY_TEXT];
	hr_buf got;

	hr_buf_init_over(&got, text, sizeof(text));
	for (size_t i = 0; i < all->difference_count; i++) {
		const hr_difference *d = &all->differences[i];

		if (d->from != from || d->to != to || d->reading)
			continue;
		for (uint32_t k = 0; k < d->part_count; k++)
			hr_buf_addf(
				&got, "%s%s %.*s", got.len ? ", " : "", words[d->parts[k].kind],
				HR_STR_ARG(hr_money_format((hr_money){ d->parts[k].fen }, amount)));
	}
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
}

static bool is_in(const char *words, const hr_buf *text)
{
	return hr_str_find(hr_buf_str(text), hr_str_of(words)) < text->len;
}

static int64_t amount_of(const hr_comparison *all, hr_way way, hr_amount amount)
{
	CU_ASSERT_EQUAL_FATAL(all->ways[way].state, HR_WAY_COMPUTED);
	return all->ways[way].quote.readings[0].settlement.fen[amount];
}

static void test_compare__three_rules__each_reason_by_itself(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all = compare(
		catalog, "{" INPATIENT "\"filing\":\"referral\",\"inscp_scp_amt\":11000}", arena);

	/* (11000 - 1000) x 70 %; (11000 - 800) x 85 %; (11000 - 1500) x 70 %. */
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_DIRECT, HR_FUND_PAY_SUMAMT), 700000);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_HOME, HR_FUND_PAY_SUMAMT), 867000);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_MANUAL, HR_FUND_PAY_SUMAMT), 665000);
	/* 200 x 70 %; 10200 x 5 %; 10200 x 10 %. */
	assert_parts(all, HR_WAY_DIRECT, HR_WAY_HOME,
		     "deductible -140.00, share -510.00, reduction -1020.00");
	/* 500 x 70 %; 9500 x 10 % more and the 10 points of a referral less. */
	assert_parts(all, HR_WAY_DIRECT, HR_WAY_MANUAL,
		     "deductible 350.00, share 950.00, reduction -950.00");
	hr_catalog_unref(catalog);
}

static void test_compare__a_cap_that_one_way_reaches__is_its_own_reason(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all = compare(
		catalog, "{" INPATIENT "\"filing\":\"long\",\"inscp_scp_amt\":101000}", arena);

	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_DIRECT, HR_HIFP_PAY), 8000000);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_MANUAL, HR_HIFP_PAY), 5000000);
	HR_ASSERT_TEXT(hr_comparison_outcome_word(all), "compared");
	/* 500 x 80 %; 99500 x 10 %; 69650 down to 50000. */
	assert_parts(all, HR_WAY_DIRECT, HR_WAY_MANUAL,
		     "deductible 400.00, share 9950.00, cap 19650.00");
	hr_catalog_unref(catalog);
}

static void test_compare__another_count_and_another_fund__are_reasons(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	/* The cap of direct settlement has 100 left; that by hand has counted nothing yet. */
	const hr_comparison *all =
		compare(catalog,
			"{" INPATIENT "\"filing\":\"long\",\"psn_idet_type\":[\"poor\"],"
			"\"inscp_scp_amt\":3000,\"year\":[{\"counter\":\"c-inpatient\","
			"\"visits\":1,\"paid\":149900}]}",
			arena);

	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_DIRECT, HR_HIFP_PAY), 10000);
	/* (3000 - 100 - 100) x 70 % of assistance. */
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_DIRECT, HR_MAF_PAY), 196000);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_MANUAL, HR_FUND_PAY_SUMAMT), 105000);
	/* Assistance bears 70 % of what the basic fund does not, until it goes. */
	assert_parts(all, HR_WAY_DIRECT, HR_WAY_MANUAL,
		     "counter -450.00, deductible 120.00, share 45.00, fund 1295.00");
	hr_catalog_unref(catalog);
}

static void test_compare__not_filed__direct_is_closed_and_hand_is_open(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all =
		compare(catalog, "{" INPATIENT "\"inscp_scp_amt\":11500.01}", arena);
	const hr_settlement *s = &all->ways[HR_WAY_MANUAL].quote.readings[0].settlement;

	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].state, HR_WAY_CLOSED);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].remarks[0].cause, HR_CAUSE_NOT_FILED);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_FILES_AFTER));
	/* (11500.01 - 1500) x (70 - 15.5) %: 5450.00545. */
	CU_ASSERT_EQUAL(s->fen[HR_HIFP_PAY], 545001);
	CU_ASSERT_EQUAL(hr_way_laid_out(HR_WAY_MANUAL, s), 1150001);
	CU_ASSERT_EQUAL(hr_way_paid_back(HR_WAY_MANUAL, s), 545001);
	CU_ASSERT_EQUAL(hr_way_paid_back(HR_WAY_DIRECT, s), 0);
	/* Against home, the first way that is computed. */
	CU_ASSERT_EQUAL(all->difference_count, 1);
	CU_ASSERT_EQUAL(all->differences[0].from, HR_WAY_HOME);
	hr_catalog_unref(catalog);
}

static void test_compare__what_nobody_says__is_open_and_not_as_direct(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder("tests/data/catalog/settlement");
	const hr_comparison *all =
		compare(catalog,
			"{\"insuplc_admdvs\":\"910100\",\"mdtrtarea_admvs\":\"920500\","
			"\"insutype\":\"310\","
			"\"psn_type\":\"1101\",\"med_type\":\"21\",\"hosp_lv\":\"3\","
			"\"enddate\":\"2025-03-20\",\"inscp_scp_amt\":9000}",
			arena);

	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].state, HR_WAY_COMPUTED);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_OPEN);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_MANUAL_NOT_TOLD));
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_POLICIES_NOT_TOLD));
	CU_ASSERT_FALSE(hr_comparison_is_told(all));
	HR_ASSERT_TEXT(hr_comparison_outcome_word(all), "unknown");
	hr_catalog_unref(catalog);
}

static void test_compare__residents__may_not_by_hand(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all =
		compare(catalog,
			"{\"insuplc_admdvs\":\"940100\",\"mdtrtarea_admvs\":\"950100\","
			"\"insutype\":\"390\",\"psn_type\":\"1501\",\"med_type\":\"21\","
			"\"enddate\":\"2025-03-20\",\"inscp_scp_amt\":9000}",
			arena);

	/* Closed it is, though its policies are not known either. */
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_CLOSED);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_HOME].state, HR_WAY_OPEN);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_HOME], HR_REMARK_NO_POLICY));
	CU_ASSERT_EQUAL(all->difference_count, 0);
	hr_catalog_unref(catalog);
}

static void test_compare__a_bill_that_home_sorts_otherwise__another_catalogue(void)
{
	static const char bill[] =
		"{" INPATIENT "\"filing\":\"long\",\"lines\":["
		"{\"det_item_fee_sumamt\":9000,\"chrgitm_lv\":\"01\",\"insuplc\":{"
		"\"chrgitm_lv\":\"02\",\"selfpay_prop\":0.1}},"
		"{\"det_item_fee_sumamt\":3000,\"chrgitm_lv\":\"01\",\"cnt\":2,\"insuplc\":{"
		"\"chrgitm_lv\":\"01\",\"pric_uplmt_amt\":1000}},"
		"{\"det_item_fee_sumamt\":1000,\"chrgitm_lv\":\"03\"%s}]}";
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all;
	char text[sizeof(bill) + 40];

	snprintf(text, sizeof(text), bill, ",\"insuplc\":{\"chrgitm_lv\":\"01\"}");
	all = compare(catalog, text, arena);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_DIRECT, HR_INSCP_SCP_AMT), 1200000);
	/* 8100, 2000 of two at 1000 each, 1000. */
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_HOME, HR_INSCP_SCP_AMT), 1110000);
	CU_ASSERT_FALSE(remarks(&all->ways[HR_WAY_HOME], HR_REMARK_BILL_AS_IT_IS));
	/* 900 out of scope x 80 %; 200 x 80 %; 10300 x 5 %. */
	assert_parts(all, HR_WAY_DIRECT, HR_WAY_HOME,
		     "catalogue 720.00, deductible -160.00, share -515.00");
	/* One line of which it is not told: it stays as it is, and that is said. */
	snprintf(text, sizeof(text), bill, "");
	all = compare(catalog, text, arena);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_HOME, HR_INSCP_SCP_AMT), 1010000);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_HOME], HR_REMARK_BILL_AS_IT_IS));
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_BILL_AS_IT_IS));
	hr_catalog_unref(catalog);
}

static void test_compare__treated_at_home__one_catalogue_and_no_difference(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all = compare(catalog,
					   "{" PERSON "\"mdtrtarea_admvs\":\"940500\","
					   "\"med_type\":\"21\",\"inscp_scp_amt\":20000}",
					   arena);

	for (hr_way i = 0; i < HR_WAY_COUNT; i++) {
		CU_ASSERT_EQUAL(all->ways[i].state, HR_WAY_COMPUTED);
		CU_ASSERT_FALSE(remarks(&all->ways[i], HR_REMARK_BILL_AS_IT_IS));
	}
	CU_ASSERT_EQUAL(all->difference_count, 2);
	CU_ASSERT_EQUAL(all->differences[0].fen, 0);
	CU_ASSERT_EQUAL(all->differences[1].fen, 0);
	hr_catalog_unref(catalog);
}

/* --- drugs --- */

static void assert_drug(const hr_catalog *catalog, const char *name, const char *spec,
			const char *code, const char *on, hr_drug_outcome outcome, int64_t fen)
{
	const hr_line line = { .code = hr_str_of(code),
			       .name = hr_str_of(name),
			       .spec = hr_str_of(spec) };
	hr_drug_ruling ruling = hr_drug_rule(catalog, HR_STR("940100"), fixture_day(on), &line);

	CU_ASSERT_EQUAL(ruling.outcome, outcome);
	CU_ASSERT_EQUAL(ruling.standard ? ruling.standard->amount.fen : 0, fen);
}

static void test_drug_rule__own_else_the_lowest__else_it_is_not_known(void)
{
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_line line = { .name = HR_STR("示范药甲"), .spec = HR_STR("10mg*7片") };

	/* The own one, though another region's is lower. */
	assert_drug(catalog, "示范药甲", "10mg*7片", NULL, "2025-01-01", HR_DRUG_OWN, 10000);
	assert_drug(catalog, "示范药甲", "10MG * 7片", "any", "2024-12-31", HR_DRUG_OWN, 12000);
	assert_drug(catalog, "示范药丙", "1g*10支", NULL, "2025-01-01", HR_DRUG_LOWEST, 79999);
	/* Another strength is another drug. */
	assert_drug(catalog, "示范药丙", "2g*10支", NULL, "2025-01-01", HR_DRUG_LOWEST, 100);
	assert_drug(catalog, "示范药丙", "3g*10支", NULL, "2025-01-01", HR_DRUG_NOT_KNOWN, 0);
	assert_drug(catalog, "示范药乙", "5mg*14片", "YB0002", "2025-01-01", HR_DRUG_OWN, 6600);
	assert_drug(catalog, "示范药乙", "5mg*14片", "YB0009", "2025-01-01", HR_DRUG_LOWEST, 6600);
	assert_drug(catalog, "示范药乙", NULL, "YB0002", "2025-01-01", HR_DRUG_NO_NAME, 0);
	CU_ASSERT_EQUAL(
		hr_drug_rule(catalog, HR_STR("940100"), fixture_day("2025-01-01"),
			     &(hr_line){ .name = HR_STR("示范药乙"), .spec = HR_STR("5mg*14片") })
			.outcome,
		HR_DRUG_SEVERAL);
	CU_ASSERT_EQUAL(
		hr_drug_rule(catalog, HR_STR("960100"), fixture_day("2025-01-01"), &line).outcome,
		HR_DRUG_NO_RULE);
	hr_catalog_unref(catalog);
}

#define DRUG_A                                                                                     \
	"{\"det_item_fee_sumamt\":260,\"cnt\":2,\"chrgitm_lv\":\"01\",\"dual_channel\":true,"      \
	"\"drug_genname\":\"示范药甲\",\"drug_spec\":\"10mg*7片\"}"

static void test_compare__dual_channel_drugs__by_hand_at_their_standard(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all = compare(catalog, "{" DRUGSTORE "\"lines\":[" DRUG_A "]}", arena);

	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].state, HR_WAY_CLOSED);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_DIRECT], HR_REMARK_DRUGS_BY_HAND));
	/* Two at 100: 60 over, 60 % of 200. */
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_MANUAL, HR_OVERLMT_SELFPAY), 6000);
	CU_ASSERT_EQUAL(amount_of(all, HR_WAY_MANUAL, HR_HIFP_PAY), 12000);
	assert_parts(all, HR_WAY_HOME, HR_WAY_MANUAL, "drug-standards 36.00");
	/* Not filed first; a drug of which nothing is known. */
	all = compare(catalog,
		      "{" PERSON
		      "\"mdtrtarea_admvs\":\"950100\",\"med_type\":\"41\",\"lines\":[" DRUG_A "]}",
		      arena);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_CLOSED);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_DRUGS_FILED_FIRST));
	all = compare(catalog,
		      "{" DRUGSTORE "\"lines\":[" DRUG_A
		      ",{\"det_item_fee_sumamt\":1,\"chrgitm_lv\":\"01\",\"dual_channel\":true}]}",
		      arena);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_OPEN);
	CU_ASSERT_EQUAL(all->drug_count, 2);
	CU_ASSERT_EQUAL(all->drugs[1].line, 1);
	hr_catalog_unref(catalog);
}

/* That it was not filed closes it, though no standard is known; that it may be filed does not. */
static void test_compare__dual_channel_drugs__not_filed_closes_whatever_the_standard(void)
{
#define DRUG_UNKNOWN                                                                               \
	"\"mdtrtarea_admvs\":\"950100\",\"med_type\":\"41\",\"lines\":["                           \
	"{\"det_item_fee_sumamt\":1,\"chrgitm_lv\":\"01\",\"dual_channel\":true}]}"
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all = compare(catalog, "{" PERSON DRUG_UNKNOWN, arena);

	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_CLOSED);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_DRUGS_FILED_FIRST));
	all = compare(catalog,
		      "{" PERSON "\"filings\":[{\"rloc_rea\":\"x\",\"rloc_admdvs\":\"950100\","
		      "\"begndate\":\"2025-03-01\"}]," DRUG_UNKNOWN,
		      arena);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_OPEN);
	CU_ASSERT_FALSE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_DRUGS_FILED_FIRST));
	hr_catalog_unref(catalog);
}

/* An emergency flag that may count: not surely unfiled, and by hand as one of what is possible. */
static void test_compare__filing_not_known__closes_nothing_and_is_told(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all =
		compare(catalog, "{" INPATIENT "\"er_flag\":\"1\",\"inscp_scp_amt\":11000}", arena);

	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].state, HR_WAY_COMPUTED);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_FILING_NOT_KNOWN));
	all = compare(catalog, "{" INPATIENT "\"filings\":[],\"inscp_scp_amt\":11000}", arena);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].state, HR_WAY_CLOSED);
	CU_ASSERT_FALSE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_FILING_NOT_KNOWN));
	hr_catalog_unref(catalog);
}

static bool is_closed_by(const hr_way_row *row, hr_cause cause)
{
	for (uint32_t i = 0; i < row->remark_count; i++)
		if (row->remarks[i].kind == HR_REMARK_CAUSE && row->remarks[i].cause == cause)
			return true;
	return false;
}

/* What is wrong with another filing is no cause, be it that the disease is not qualified. */
static void test_compare__not_qualified__a_valid_filing_has_no_faults(void)
{
#define CHRONIC_WITH(more)                                                                         \
	"{\"insuplc_admdvs\":\"910101\",\"insutype\":\"390\",\"psn_type\":\"1501\","               \
	"\"med_type\":\"14\",\"opsp_dise_code\":\"M04600\",\"fixmedins_code\":\"H1\","             \
	"\"mdtrtarea_admvs\":\"440103\",\"enddate\":\"2023-03-01\",\"inscp_scp_amt\":1500,"        \
	"\"qualifications\":[],\"filings\":[" more                                                 \
	"{\"rloc_rea\":\"07\",\"rloc_admdvs\":\"310000\",\"begndate\":\"2023-01-01\"}]}"
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder("tests/data/catalog/settlement");
	const hr_comparison *all = compare(
		catalog,
		CHRONIC_WITH("{\"rloc_rea\":\"travel\",\"rloc_admdvs\":\"440100\",\"begndate\":"
			     "\"2023-01-01\"},"),
		arena);

	CU_ASSERT_TRUE(is_closed_by(&all->ways[HR_WAY_DIRECT], HR_CAUSE_NO_QUALIFICATION));
	CU_ASSERT_FALSE(is_closed_by(&all->ways[HR_WAY_DIRECT], HR_CAUSE_FILING_WRONG_REGION));
	all = compare(catalog, CHRONIC_WITH(""), arena);
	CU_ASSERT_TRUE(is_closed_by(&all->ways[HR_WAY_DIRECT], HR_CAUSE_NO_QUALIFICATION));
	CU_ASSERT_TRUE(is_closed_by(&all->ways[HR_WAY_DIRECT], HR_CAUSE_FILING_WRONG_REGION));
	hr_catalog_unref(catalog);
}

static void test_compare__more_drugs_than_remarks__an_unknown_last_one_counts(void)
{
	enum { DRUGS = 200 };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(FOLDER);
	const hr_comparison *all;
	hr_buf text;

	hr_buf_init(&text, arena, 1 << 20);
	HR_BUF_ADD(&text, "{" DRUGSTORE "\"lines\":[");
	for (size_t i = 0; i < DRUGS; i++)
		HR_BUF_ADD(&text, DRUG_A ",");
	HR_BUF_ADD(&text, "{\"det_item_fee_sumamt\":1,\"chrgitm_lv\":\"01\","
			  "\"dual_channel\":true}]}");
	hr_buf_add_char(&text, '\0');
	all = compare(catalog, text.data, arena);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_OPEN);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].remark_count, HR_REMARKS_MAX);
	CU_ASSERT_EQUAL(all->drug_count, DRUGS + 1);
	hr_catalog_unref(catalog);
}

/* --- whatever the visit is --- */

static uint64_t seed = 20261123;

static uint32_t draw(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % below;
}

#define DRAW(words) ((words)[draw(sizeof(words) / sizeof((words)[0]))])

static void draw_lines(hr_buf *out)
{
	static const char *const classes[] = { "01", "02", "03" };
	uint32_t count = 1 + draw(4);

	HR_BUF_ADD(out, "\"lines\":[");
	for (uint32_t i = 0; i < count; i++) {
		hr_buf_addf(out,
			    "%s{\"det_item_fee_sumamt\":\"%u.%02u\",\"chrgitm_lv\":\"%s\","
			    "\"selfpay_prop\":0.%u,\"cnt\":%u",
			    i ? "," : "", draw(40000), draw(100), DRAW(classes), draw(10),
			    1 + draw(3));
		if (draw(2))
			hr_buf_addf(out,
				    ",\"insuplc\":{\"chrgitm_lv\":\"%s\",\"pric_uplmt_amt\":%u}",
				    DRAW(classes), draw(9000));
		HR_BUF_ADD(out, "}");
	}
	HR_BUF_ADD(out, "]}");
}

static void draw_visit(hr_buf *out, const char *area)
{
	static const char *const cares[] = { "910100", "920100", "930100", "940500", "950100" };
	static const char *const insurances[] = { "310", "310", "390" };
	static const char *const persons[] = { "1101", "1102", "1201", "1501" };
	static const char *const types[] = { "11", "14", "21", "21", "41" };
	static const char *const filings[] = { "none", "long", "referral", "emergency", "other" };

	hr_buf_addf(out,
		    "{\"insuplc_admdvs\":\"%s0100\",\"mdtrtarea_admvs\":\"%s\",\"insutype\":\"%s\","
		    "\"psn_type\":\"%s\",\"med_type\":\"%s\",\"hosp_lv\":\"%u\",\"age\":%u,"
		    "\"fixmedins_code\":\"H%u\",\"enddate\":\"2025-%02u-15\","
		    "\"opsp_dise_code\":\"M04600\",",
		    area, DRAW(cares), DRAW(insurances), DRAW(persons), DRAW(types), 1 + draw(3),
		    draw(100), draw(3), 1 + draw(12));
	if (draw(4))
		hr_buf_addf(out, "\"filing\":\"%s\",", DRAW(filings));
	if (draw(2))
		HR_BUF_ADD(out, "\"psn_idet_type\":[\"poor\",\"enterprise\"],");
	if (draw(3) == 0)
		hr_buf_addf(out, "\"acct_balc\":%u,", draw(5000));
	if (draw(2))
		draw_lines(out);
	else
		hr_buf_addf(out, "\"fulamt_ownpay_amt\":%u,\"inscp_scp_amt\":\"%u.%02u\"}",
			    draw(900), draw(draw(2) ? 3000 : 400000), draw(100));
	hr_buf_add_char(out, '\0');
}

static void assert_same_quote(const hr_quote *a, const hr_quote *b)
{
	CU_ASSERT_EQUAL(a->outcome, b->outcome);
	CU_ASSERT_EQUAL_FATAL(a->reading_count, b->reading_count);
	CU_ASSERT_EQUAL(a->filing, b->filing);
	for (size_t i = 0; i < a->reading_count; i++)
		for (hr_amount k = 0; k < HR_AMOUNT_COUNT; k++)
			CU_ASSERT_EQUAL(a->readings[i].settlement.fen[k],
					b->readings[i].settlement.fen[k]);
}

/* What a command without --compare would say. */
static void assert_plain(const hr_catalog *catalog, hr_visit visit, const hr_way_row *row,
			 hr_arena *arena)
{
	hr_quote quote;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_quote_make(catalog, &visit, false, arena, &quote, &err), err);
	assert_same_quote(&quote, &row->quote);
}

/* As who is treated at home would send it, by the catalogue there. */
static hr_visit move_home(const hr_visit *visit, const hr_area *area, hr_arena *arena)
{
	hr_visit moved = *visit;
	hr_line *lines = HR_NEW_N(arena, hr_line, visit->line_count);

	if (area && hr_region_within(visit->care, area->region))
		return moved;
	for (uint32_t i = 0; i < visit->line_count; i++) {
		lines[i] = visit->lines[i];
		if (lines[i].insured.class)
			lines[i].by = lines[i].insured;
	}
	moved.lines = lines;
	moved.care = visit->insured;
	moved.filing_given = false;
	return moved;
}

static int64_t person_of(const hr_comparison *all, hr_way way, size_t reading)
{
	const hr_quote *quote = &all->ways[way].quote;
	size_t last = quote->reading_count - 1;

	return quote->readings[reading < last ? reading : last].settlement.fen[HR_PSN_PART_AMT];
}

static void assert_sums(const hr_comparison *all)
{
	for (size_t i = 0; i < all->difference_count; i++) {
		const hr_difference *d = &all->differences[i];
		int64_t sum = 0;

		for (uint32_t k = 0; k < d->part_count; k++)
			sum += d->parts[k].fen;
		CU_ASSERT_EQUAL(sum, d->fen);
		CU_ASSERT_EQUAL(d->fen, person_of(all, d->to, d->reading) -
						person_of(all, d->from, d->reading));
	}
}

/* The direct row is the plain quote, the home row that of the visit moved home. */
static void compare_one(const hr_catalog *catalog, const char *text, hr_arena *arena, size_t *parts)
{
	const hr_comparison *all;
	hr_visit visit;
	hr_buf out;

	CU_ASSERT_TRUE_FATAL(read_visit(catalog, text, arena, &visit));
	all = compare(catalog, text, arena);
	assert_plain(catalog, visit, &all->ways[HR_WAY_DIRECT], arena);
	assert_plain(catalog, move_home(&visit, all->ways[HR_WAY_DIRECT].quote.area, arena),
		     &all->ways[HR_WAY_HOME], arena);
	assert_sums(all);
	for (size_t i = 0; i < all->difference_count; i++)
		*parts += all->differences[i].part_count;
	hr_buf_init(&out, arena, 1 << 20);
	hr_comparison_format_json(all, &out);
	hr_comparison_format_text(all, HR_QUOTE_EN, &out);
	CU_ASSERT_FALSE(out.failed);
}

static void test_compare__any_visit__rows_are_quotes_and_parts_are_the_whole(void)
{
	static const char *const areas[] = { "91", "92", "93" };
	enum { VISITS = 20000 };
	hr_catalog *catalogs[] = { open_folder(FOLDER),
				   open_folder("tests/data/catalog/settlement") };
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	size_t parts = 0;

	for (size_t i = 0; i < VISITS; i++) {
		bool other = i % 2;
		hr_buf text;

		hr_arena_reset(arena);
		hr_buf_init(&text, arena, 1 << 16);
		draw_visit(&text, other ? areas[draw(3)] : "94");
		compare_one(catalogs[other], text.data, arena, &parts);
	}
	/* Not an empty claim. */
	CU_ASSERT_TRUE(parts > VISITS / 2);
	hr_catalog_unref(catalogs[0]);
	hr_catalog_unref(catalogs[1]);
}

/* A folder and one document more. */
static hr_catalog *open_with(const char *folder, const char *text, hr_arena *arena)
{
	hr_fileset files = fixture_files(arena, folder, "more.xml", text);
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(
		hr_catalog_build(&files, NULL, HR_STR("made"), (hr_instant){ 0 }, &catalog, &err),
		err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

/* Not by hand either: what has no reading is no row to compare with. */
static void test_compare__disease_not_qualified__is_closed_away_from_home(void)
{
	static const char manual[] =
		"<manual xmlns='urn:huren:catalogue:1' region='91' grade='synthetic' source='made "
		"up'><reimbursement open='yes' insurances='390'/><reimbursement by='policies' "
		"catalogue='care' insurances='390'/></manual>";
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_with("tests/data/catalog/settlement", manual, arena);
	const hr_comparison *all = compare(
		catalog,
		"{\"insuplc_admdvs\":\"910101\",\"insutype\":\"390\",\"psn_type\":\"15\","
		"\"med_type\":\"14\",\"opsp_dise_code\":\"M04600\",\"fixmedins_code\":\"H1\","
		"\"inscp_scp_amt\":1500,\"mdtrtarea_admvs\":\"440103\",\"enddate\":"
		"\"2023-03-01\",\"filing\":\"long\",\"qualifications\":[]}",
		arena);

	CU_ASSERT_EQUAL(all->ways[HR_WAY_DIRECT].state, HR_WAY_CLOSED);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_HOME].state, HR_WAY_COMPUTED);
	CU_ASSERT_EQUAL(all->ways[HR_WAY_MANUAL].state, HR_WAY_CLOSED);
	CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_NOT_QUALIFIED));
	CU_ASSERT_EQUAL(all->difference_count, 0);
	hr_catalog_unref(catalog);
}

/* Who is not insured, or still waits, is paid by no way. */
static void test_compare__no_insurance__every_way_is_closed(void)
{
	static const char *const facts[] = { "\"psn_insu_stas\":\"0\"",
					     "\"waiting_until\":\"2023-06-30\"" };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder("tests/data/catalog/settlement", NULL, &catalog, &err),
		     err);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		char text[512];
		const hr_comparison *all;

		snprintf(
			text, sizeof(text),
			"{\"insuplc_admdvs\":\"910101\",\"insutype\":\"310\",\"psn_type\":\"1101\","
			"\"med_type\":\"21\",\"hosp_lv\":\"3\",\"inscp_scp_amt\":10000,"
			"\"mdtrtarea_admvs\":\"440103\",\"enddate\":\"2023-03-01\",\"filing\":"
			"\"long\",%s}",
			facts[i]);
		all = compare(catalog, text, arena);
		for (hr_way way = 0; way < HR_WAY_COUNT; way++)
			CU_ASSERT_EQUAL(all->ways[way].state, HR_WAY_CLOSED);
		CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_HOME], HR_REMARK_NO_INSURANCE));
		CU_ASSERT_TRUE(remarks(&all->ways[HR_WAY_MANUAL], HR_REMARK_NO_INSURANCE));
	}
	hr_catalog_unref(catalog);
}

/* Every reading says what it is the answer of: the filing that it is taken for, or its source. */
static void test_compare__several_readings__each_says_by_what_it_stands(void)
{
#define CONFLICTING                                                                                \
	"{" PERSON "\"mdtrtarea_admvs\":\"950100\",\"filing\":\"other\",\"med_type\":\"11\","      \
	"\"fixmedins_code\":\"H1\",\"inscp_scp_amt\":7000}"
	static const struct {
		const char *visit;
		const char *says[2];
		const char *json;
		bool conflict;
	} rows[] = {
		{ "{" INPATIENT "\"er_flag\":\"1\",\"inscp_scp_amt\":11000}",
		  { "-- reading 1 of 2\n   directly: taken as not filed\n",
		    "-- reading 2 of 2\n   directly: taken as an emergency" },
		  "\"way\":\"direct\",\"state\":\"computed\",\"filing\":\"undecided\"",
		  false },
		{ CONFLICTING,
		  { "-- reading 1 of 2\n   directly: sources conflict, by c-outpatient-a\n",
		    "-- reading 2 of 2\n   directly: sources conflict, by c-outpatient-b\n" },
		  "\"readings\":[{\"filings\":[\"other\"],",
		  true },
	};
	hr_catalog *catalog = open_folder(FOLDER);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		const hr_comparison *all = compare(catalog, rows[i].visit, arena);
		hr_buf text;
		hr_buf json;

		hr_buf_init(&text, arena, 1 << 16);
		hr_buf_init(&json, arena, 1 << 16);
		hr_comparison_format_text(all, HR_QUOTE_EN, &text);
		hr_comparison_format_json(all, &json);
		CU_ASSERT_TRUE(is_in(rows[i].says[0], &text));
		CU_ASSERT_TRUE(is_in(rows[i].says[1], &text));
		CU_ASSERT_EQUAL(is_in("conflict", &text), rows[i].conflict);
		CU_ASSERT_TRUE(is_in(rows[i].json, &json));
	}
	hr_catalog_unref(catalog);
}

/* Sources that conflict, each under each filing that is possible. */
static void test_compare__more_readings_than_sources__has_room_for_each(void)
{
	enum { READINGS = 20 };
#define SOURCE(id, share)                                                                          \
	"<policy id='" id "' fund='hifp' base='scope' conflict='c'><deductible mode='none'/>"      \
	"<segment share='" share "'/><reduction filings='none' points='10'/><reduction "           \
	"filings='referral' points='5'/><reduction filings='other' points='7'/></policy>"
	static const char area[] =
		"<settlement xmlns='urn:huren:catalogue:1' region='96' grade='synthetic' "
		"source='made up'><rounding mode='half-up' place='fund'/><accounts "
		"mutual-aid='apart'/>" SOURCE("a", "50%") SOURCE("b", "51%") SOURCE("c", "52%")
			SOURCE("d", "53%")
				SOURCE("e", "54%") "<filing kinds='partial'/></settlement>";
#undef SOURCE
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_with(NULL, area, arena);
	const hr_comparison *all =
		compare(catalog,
			"{\"insuplc_admdvs\":\"960100\",\"insutype\":\"310\",\"psn_type\":\"11\","
			"\"med_type\":\"21\",\"inscp_scp_amt\":1000,\"mdtrtarea_admvs\":\"440103\","
			"\"enddate\":\"2023-03-01\",\"filings\":[{\"id\":\"f\",\"rloc_admdvs\":"
			"\"440100\",\"rloc_rea\":\"x\",\"begndate\":\"2023-01-01\"}]}",
			arena);

	CU_ASSERT_EQUAL_FATAL(all->ways[HR_WAY_DIRECT].quote.reading_count, READINGS);
	CU_ASSERT_EQUAL_FATAL(all->difference_count, READINGS);
	/* What comes behind them does not lie in them. */
	CU_ASSERT_PTR_NOT_NULL(HR_NEW_N(arena, char, 16384));
	CU_ASSERT_EQUAL(all->differences[READINGS - 1].reading, READINGS - 1);
	CU_ASSERT_EQUAL(all->differences[READINGS - 1].to, HR_WAY_HOME);
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_compare__disease_not_qualified__is_closed_away_from_home),
	HR_TEST(test_compare__no_insurance__every_way_is_closed),
	HR_TEST(test_compare__several_readings__each_says_by_what_it_stands),
	HR_TEST(test_compare__more_readings_than_sources__has_room_for_each),
	HR_TEST(test_compare__three_rules__each_reason_by_itself),
	HR_TEST(test_compare__a_cap_that_one_way_reaches__is_its_own_reason),
	HR_TEST(test_compare__another_count_and_another_fund__are_reasons),
	HR_TEST(test_compare__not_filed__direct_is_closed_and_hand_is_open),
	HR_TEST(test_compare__what_nobody_says__is_open_and_not_as_direct),
	HR_TEST(test_compare__residents__may_not_by_hand),
	HR_TEST(test_compare__a_bill_that_home_sorts_otherwise__another_catalogue),
	HR_TEST(test_compare__treated_at_home__one_catalogue_and_no_difference),
	HR_TEST(test_drug_rule__own_else_the_lowest__else_it_is_not_known),
	HR_TEST(test_compare__dual_channel_drugs__by_hand_at_their_standard),
	HR_TEST(test_compare__dual_channel_drugs__not_filed_closes_whatever_the_standard),
	HR_TEST(test_compare__filing_not_known__closes_nothing_and_is_told),
	HR_TEST(test_compare__not_qualified__a_valid_filing_has_no_faults),
	HR_TEST(test_compare__more_drugs_than_remarks__an_unknown_last_one_counts),
	HR_TEST(test_compare__any_visit__rows_are_quotes_and_parts_are_the_whole),
};

HR_TEST_MAIN("compare", tests)
