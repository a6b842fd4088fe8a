/* A catalogue of policies and a visit, of which any allocation fails. */
#include "settlement/compare.h"
#include "settlement/explain.h"

#include "catalog_fixture.h"
#include "failing_malloc.h"

#define SETTLEMENT "tests/data/catalog/settlement"
#define COMPARE	   "tests/data/catalog/compare"

static bool build(void *context, hr_error *err)
{
	const hr_fileset *files = context;
	hr_catalog *catalog = NULL;

	if (!hr_catalog_build(files, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, err))
		return false;
	hr_catalog_unref(catalog);
	return true;
}

static void test_build__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, SETTLEMENT, NULL, NULL);

	CU_ASSERT_TRUE(hr_failing_malloc_each(build, &files) > 0);
}

/* Conflicting sources, filings, lines and a year: everything that takes memory. */
static const char visit_text[] =
	"{\"insuplc_admdvs\":\"920101\",\"mdtrtarea_admvs\":\"920105\",\"insutype\":\"310\","
	"\"psn_type\":\"1101\",\"med_type\":\"21\",\"enddate\":\"2025-03-01\","
	"\"filings\":[{\"rloc_rea\":\"travel\",\"rloc_admdvs\":\"920100\","
	"\"begndate\":\"2025-03-01\"}],"
	"\"lines\":[{\"det_item_fee_sumamt\":70000,\"chrgitm_lv\":\"02\",\"selfpay_prop\":0.1}],"
	"\"year\":[{\"counter\":\"b-inpatient\",\"visits\":1}]}";

static bool quote(void *context, hr_error *err)
{
	const hr_catalog *catalog = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 22);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_visit visit;
	hr_quote answer;
	hr_buf out;
	bool ok;

	if (!arena || !parser) {
		hr_json_parser_close(parser);
		return hr_fail_memory(err);
	}
	ok = hr_json_read(parser, hr_str_of(visit_text), arena, &node, err) &&
	     hr_visit_read(node, catalog, arena, &visit, err) &&
	     hr_quote_make(catalog, &visit, true, arena, &answer, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	CU_ASSERT_EQUAL(answer.reading_count, 2);
	hr_buf_init(&out, arena, 1 << 20);
	hr_quote_format_json(&answer, &out);
	hr_quote_format_text(&answer, HR_QUOTE_ZH, &out);
	return out.failed ? hr_fail_memory(err) : true;
}

static void test_quote__any_allocation_fails__says_so(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(SETTLEMENT, NULL, &catalog, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(quote, catalog) > 0);
	hr_catalog_unref(catalog);
}

/* Not filed, with a result that differs: all that an explanation looks at. */
static const char explain_text[] =
	"{\"visit\":{\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":\"440103\","
	"\"insutype\":\"310\",\"psn_type\":\"1101\",\"med_type\":\"21\",\"hosp_lv\":\"3\","
	"\"enddate\":\"2023-03-01\",\"inscp_scp_amt\":10000,\"filings\":[]},\"result\":{"
	"\"medfee_sumamt\":10000,\"fulamt_ownpay_amt\":0,\"overlmt_selfpay\":0,"
	"\"preselfpay_amt\":0,\"inscp_scp_amt\":10000,\"hifp_pay\":6900,\"cvlserv_pay\":0,"
	"\"hifes_pay\":0,\"hifmi_pay\":0,\"hifob_pay\":0,\"maf_pay\":0,\"oth_pay\":0,"
	"\"fund_pay_sumamt\":6900,\"psn_part_amt\":3100,\"acct_pay\":0,\"psn_cash_pay\":3100}}";

static bool explain(void *context, hr_error *err)
{
	const hr_catalog *catalog = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 22);
	hr_json_parser *parser = hr_json_parser_open();
	hr_explain_ask *ask = arena ? HR_NEW(arena, hr_explain_ask) : NULL;
	const hr_json *node;
	hr_explain answer;
	hr_buf out;
	bool ok;

	if (!ask || !parser) {
		hr_json_parser_close(parser);
		return hr_fail_memory(err);
	}
	ok = hr_json_read(parser, hr_str_of(explain_text), arena, &node, err) &&
	     hr_explain_read(node, catalog, arena, ask, err) &&
	     hr_explain_make(catalog, ask, arena, &answer, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	CU_ASSERT_EQUAL(answer.compared->cause_count, 1);
	hr_buf_init(&out, arena, 1 << 20);
	hr_explain_format_json(&answer, &out);
	hr_explain_format_text(&answer, HR_QUOTE_ZH, &out);
	return out.failed ? hr_fail_memory(err) : true;
}

static void test_explain__any_allocation_fails__says_so(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(SETTLEMENT, NULL, &catalog, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(explain, catalog) > 0);
	hr_catalog_unref(catalog);
}

/* Three ways, of which one has drugs at their standards, and lines that home sorts otherwise. */
static const char compared_text[] =
	"{\"insuplc_admdvs\":\"940100\",\"mdtrtarea_admvs\":\"950100\",\"insutype\":\"310\","
	"\"psn_type\":\"1101\",\"med_type\":\"21\",\"enddate\":\"2025-03-01\",\"filing\":\"long\","
	"\"lines\":[{\"det_item_fee_sumamt\":260,\"cnt\":2,\"chrgitm_lv\":\"01\","
	"\"insuplc\":{\"chrgitm_lv\":\"02\"},\"dual_channel\":true,"
	"\"drug_genname\":\"示范药甲\",\"drug_spec\":\"10mg*7片\"}]}";

static bool compare(void *context, hr_error *err)
{
	const hr_catalog *catalog = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 22);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_comparison *answer;
	const hr_json *node;
	hr_visit visit;
	hr_buf out;
	bool ok;

	if (!arena || !parser) {
		hr_json_parser_close(parser);
		return hr_fail_memory(err);
	}
	ok = hr_json_read(parser, hr_str_of(compared_text), arena, &node, err) &&
	     hr_visit_read(node, catalog, arena, &visit, err) &&
	     hr_compare(catalog, &visit, arena, &answer, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	CU_ASSERT_EQUAL(answer->drug_count, 1);
	CU_ASSERT_EQUAL(answer->difference_count, 1);
	hr_buf_init(&out, arena, 1 << 20);
	hr_comparison_format_json(answer, &out);
	hr_comparison_format_text(answer, HR_QUOTE_ZH, &out);
	return out.failed ? hr_fail_memory(err) : true;
}

static void test_compare__any_allocation_fails__says_so(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(COMPARE, NULL, &catalog, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(compare, catalog) > 0);
	hr_catalog_unref(catalog);
}

static void test_build_manual__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, COMPARE, NULL, NULL);

	CU_ASSERT_TRUE(hr_failing_malloc_each(build, &files) > 0);
}

static const hr_test tests[] = {
	HR_TEST(test_build__any_allocation_fails__says_so),
	HR_TEST(test_quote__any_allocation_fails__says_so),
	HR_TEST(test_explain__any_allocation_fails__says_so),
	HR_TEST(test_build_manual__any_allocation_fails__says_so),
	HR_TEST(test_compare__any_allocation_fails__says_so),
};

HR_TEST_MAIN("settle_memory", tests)
