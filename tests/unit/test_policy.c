/* Settlement policies: which hold for a visit, and which files are refused. */
#include "catalog/policy.h"

#include "catalog/check.h"
#include "catalog/filing_rules.h"
#include "catalog_fixture.h"

#define SETTLEMENT "tests/data/catalog/settlement"
#define NS	   "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"
#define ROOT	   "<settlement " NS " region='91'>\n"
#define ROUNDING   "<rounding mode='half-up' place='fund'/>\n"
#define POLICY	   "<policy id='p' fund='hifp' base='scope'>"
#define NONE	   "<deductible mode='none'/>"

static hr_catalog *open_catalog(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(SETTLEMENT, NULL, &catalog, &err), err);
	return catalog;
}

static hr_scope_key key_of(const hr_catalog *catalog, const char *insurance, const char *person,
			   const char *visit, const char *level)
{
	hr_scope_key key = hr_scope_key_init();

	hr_scope_key_add(catalog, HR_DIMENSION_INSURANCE, hr_str_of(insurance), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_PERSON, hr_str_of(person), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_VISIT, hr_str_of(visit), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_LEVEL, hr_str_of(level), &key);
	hr_scope_key_set_filing(HR_FILING_EXEMPT, &key);
	return key;
}

/* The id of the first policy of a fund for a visit in its own area; "" when there is none. */
static hr_str policy_of(const hr_catalog *catalog, const char *region, hr_fund fund,
			hr_scope_key key, const char *on)
{
	const hr_area *area = hr_catalog_find_area(catalog, hr_str_of(region));
	const hr_policy *policy = NULL;
	bool home;

	CU_ASSERT_PTR_NOT_NULL_FATAL(area);
	hr_area_find_zone(area, hr_str_of(region), fixture_day(on), &key, &home);
	CU_ASSERT_TRUE(home);
	if (!hr_area_find_policies(area, fund, &key, fixture_day(on), &policy, 1))
		return HR_STR_NONE;
	return policy->id;
}

static void test_find_area__several_prefixes__the_longest_wins(void)
{
	hr_catalog *catalog = open_catalog();

	HR_ASSERT_TEXT(hr_catalog_find_area(catalog, HR_STR("930101"))->region, "9301");
	HR_ASSERT_TEXT(hr_catalog_find_area(catalog, HR_STR("930201"))->region, "93");
	CU_ASSERT_PTR_NULL(hr_catalog_find_area(catalog, HR_STR("110000")));
	CU_ASSERT_PTR_NULL(hr_catalog_find_area(catalog, HR_STR("9301")));
	CU_ASSERT_EQUAL(hr_catalog_area_count(catalog), 4);
	hr_catalog_unref(catalog);
}

static void test_find_policies__a_word__stands_for_codes_that_begin_with_it(void)
{
	hr_catalog *catalog = open_catalog();
	hr_scope_key key = key_of(catalog, "310", "1101", "21", "3");

	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"),
		       "a-employee-inpatient");
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_CVLSERV, key, "2024-01-01"), "");
	key = key_of(catalog, "310", "1102", "21", "3-city");
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"),
		       "a-employee-inpatient");
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_CVLSERV, key, "2024-01-01"), "a-civil");
	key = key_of(catalog, "310", "1201", "21", "3");
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"),
		       "a-retired-inpatient");
	/* No policy names these. */
	key = key_of(catalog, "310", "1101", "2", "3");
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"), "");
	key = key_of(catalog, "999", "1101", "21", "3");
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"), "");
	hr_catalog_unref(catalog);
}

static void test_find_policies__days_and_ages__decide_at_their_edges(void)
{
	hr_catalog *catalog = open_catalog();
	hr_scope_key key = key_of(catalog, "310", "1101", "11", "3");

	HR_ASSERT_TEXT(policy_of(catalog, "920000", HR_FUND_HIFP, key, "2023-12-31"), "");
	HR_ASSERT_TEXT(policy_of(catalog, "920000", HR_FUND_HIFP, key, "2024-01-01"),
		       "b-outpatient");
	HR_ASSERT_TEXT(policy_of(catalog, "920000", HR_FUND_HIFP, key, "2024-12-31"),
		       "b-outpatient");
	HR_ASSERT_TEXT(policy_of(catalog, "920000", HR_FUND_HIFP, key, "2025-01-01"),
		       "b-outpatient-2025");
	/* Whose age is not known meets no policy of an age. */
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"), "");
	key.age = 69;
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"),
		       "a-employee-outpatient");
	key.age = 70;
	HR_ASSERT_TEXT(policy_of(catalog, "910000", HR_FUND_HIFP, key, "2024-01-01"),
		       "a-elder-outpatient");
	hr_catalog_unref(catalog);
}

static void test_find_policies__sources_conflict__are_all_found(void)
{
	hr_catalog *catalog = open_catalog();
	const hr_area *area = hr_catalog_find_area(catalog, HR_STR("920000"));
	hr_scope_key key = key_of(catalog, "310", "1101", "21", "3");
	const hr_policy *found[2] = { NULL, NULL };

	CU_ASSERT_EQUAL(hr_area_find_policies(area, HR_FUND_HIFP, &key, fixture_day("2024-01-01"),
					      found, 2),
			2);
	HR_ASSERT_TEXT(found[0]->id, "b-inpatient-x");
	HR_ASSERT_TEXT(found[1]->id, "b-inpatient-y");
	HR_ASSERT_TEXT(found[1]->conflict, "b-inpatient");
	CU_ASSERT_EQUAL(found[0]->origin.grade, HR_GRADE_SYNTHETIC);
	CU_ASSERT_EQUAL(found[0]->origin.line, 7);
	hr_catalog_unref(catalog);
}

/* "near exempt", "outside", "home". */
static void assert_zone(const char *care, const char *visit, const char *on, const char *want)
{
	hr_catalog *catalog = open_catalog();
	const hr_area *area = hr_catalog_find_area(catalog, HR_STR("910000"));
	hr_scope_key key = key_of(catalog, "310", "1101", visit, "3");
	const hr_zone *zone;
	bool home;

	zone = hr_area_find_zone(area, hr_str_of(care), fixture_day(on), &key, &home);
	if (zone)
		CU_ASSERT_TRUE(zone->exempt && !home);
	HR_ASSERT_TEXT(zone ? zone->name : home ? HR_STR("home") : HR_STR("outside"), want);
	hr_catalog_unref(catalog);
}

static void test_find_zone__day_visit_and_place__decide(void)
{
	assert_zone("910101", "21", "2024-01-01", "home");
	assert_zone("920101", "21", "2023-12-31", "outside");
	assert_zone("920101", "21", "2024-01-01", "near");
	assert_zone("920101", "14", "2024-01-01", "outside");
	assert_zone("930101", "11", "2024-01-01", "near");
	assert_zone("930201", "11", "2024-01-01", "outside");
}

static void test_counter__name__leads_to_it_and_back(void)
{
	hr_catalog *catalog = open_catalog();
	uint32_t counter = hr_catalog_find_counter(catalog, HR_STR("a-outpatient"));

	CU_ASSERT_NOT_EQUAL_FATAL(counter, HR_ID_NONE);
	HR_ASSERT_TEXT(hr_catalog_get_counter(catalog, counter), "a-outpatient");
	CU_ASSERT_EQUAL(hr_catalog_find_counter(catalog, HR_STR("none")), HR_ID_NONE);
	hr_catalog_unref(catalog);
}

/* What a file with this in it is refused with. */
static const struct {
	const char *body;
	const char *want;
} refused[] = {
	{ "", "s.xml:1:1: <settlement> needs a <rounding>" },
	{ ROUNDING POLICY NONE "</policy>",
	  "s.xml:3:1: <policy> has no segment: no amount is covered" },
	{ ROUNDING POLICY NONE "<segment upto='100' share='50%'/></policy>",
	  "s.xml:3:1: the last segment has an 'upto': amounts above it are not covered" },
	{ ROUNDING POLICY NONE "<segment upto='100' share='50%'/>\n"
			       "<segment upto='100' share='60%'/><segment share='1%'/></policy>",
	  "s.xml:4:1: the segment does not end above where the one before does: amounts are "
	  "covered twice" },
	{ ROUNDING POLICY NONE "<segment share='50%'/>\n<segment share='60%'/></policy>",
	  "s.xml:4:1: the segment before has no 'upto': amounts are covered twice" },
	{ ROUNDING POLICY NONE "<segment upto='0' share='50%'/><segment share='60%'/></policy>",
	  "s.xml:3:66: the segment does not end above where the one before does: amounts are "
	  "covered twice" },
	{ ROUNDING POLICY NONE "\n<segment share='100.0001%'/></policy>",
	  "s.xml:4:1: share '100.0001%' is not a share of 0% to 100%" },
	{ ROUNDING POLICY NONE "\n<segment share='0.85'/></policy>",
	  "s.xml:4:1: share '0.85' is not a share of 0% to 100%" },
	{ ROUNDING POLICY NONE "\n<segment share='-1%'/></policy>",
	  "s.xml:4:1: share '-1%' is not a share of 0% to 100%" },
	{ ROUNDING POLICY "<segment share='1%'/></policy>",
	  "s.xml:3:1: a policy of the basic fund needs <deductible>, be it 'none'" },
	{ ROUNDING POLICY
	  "\n<deductible mode='visit' amounts='1.001'/><segment share='1%'/></policy>",
	  "s.xml:4:1: amounts '1.001' is not an amount of yuan" },
	{ ROUNDING POLICY "\n<deductible mode='year' amounts='1 2'/><segment share='1%'/></policy>",
	  "s.xml:4:1: several standards are for repeated visits: mode 'visit'" },
	{ ROUNDING POLICY "<deductible mode='year' amounts='1'/><segment share='1%'/></policy>",
	  "s.xml:3:1: <policy> looks at the year's other visits and needs 'counter'" },
	{ ROUNDING POLICY NONE "<segment share='1%'/>\n<reduction filings='sometimes' points='1'/>"
			       "</policy>",
	  "s.xml:4:1: filing 'sometimes' is not known" },
	{ ROUNDING POLICY NONE "<segment share='1%'/><reduction filings='other' points='1'/>\n"
			       "<reduction filings='other referral' points='2'/></policy>",
	  "s.xml:4:1: a filing is reduced twice" },
	{ ROUNDING POLICY NONE "<segment share='1%'/>\n<cap of='payments' per='visit'/></policy>",
	  "s.xml:4:1: <cap> needs 'amount'" },
	{ ROUNDING "<policy id='p' fund='hifp' base='scope' zones='near'>" NONE
		   "<segment share='1%'/></policy>",
	  "s.xml:3:1: zone 'near' is not known" },
	{ ROUNDING "<zone name='home' care='92' filing='exempt'/>",
	  "s.xml:3:1: home and outside are what no zone declares" },
	{ ROUNDING "<zone name='near' care='1' filing='exempt'/>",
	  "s.xml:3:1: region '1' is not two, four or six digits" },
	{ ROUNDING "<policy id='p' fund='maf' base='scope'><segment share='1%'/></policy>",
	  "s.xml:3:1: base 'scope' is the basic fund's (hifp), and its only one" },
	{ ROUNDING ROUNDING, "s.xml:3:1: an area rounds in one way" },
	{ ROUNDING POLICY NONE "<segment share='1%'/></policy>\n" POLICY NONE
			       "<segment share='1%'/></policy>",
	  "s.xml:4:1: policy 'p' is declared twice" },
};

static void test_load__policy_that_cannot_be__is_refused_with_its_place(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_catalog *catalog = NULL;
		hr_error err = { 0 };
		hr_fileset files;
		hr_buf text;

		hr_buf_init(&text, arena, 1 << 16);
		hr_buf_addf(&text, ROOT "%s</settlement>", refused[i].body);
		files = fixture_files(arena, NULL, "s.xml",
				      hr_str_terminated(arena, hr_buf_str(&text)));
		CU_ASSERT_FALSE(hr_catalog_build(&files, NULL, HR_STR("t"), (hr_instant){ 0 },
						 &catalog, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_CATALOG);
		HR_ASSERT_TEXT(hr_str_of(err.message), refused[i].want);
		hr_catalog_unref(catalog);
	}
}

/* The codes of what the check says of a file: one for each issue. */
static void assert_issues(const char *body, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_issues issues = { 0 };
	hr_error err = { 0 };
	hr_fileset files;
	hr_buf text;
	hr_buf got;

	hr_buf_init(&text, arena, 1 << 16);
	hr_buf_addf(&text, ROOT ROUNDING "%s</settlement>", body);
	files = fixture_files(arena, NULL, "s.xml", hr_str_terminated(arena, hr_buf_str(&text)));
	HR_ASSERT_OK(hr_catalog_check(&files, false, arena, &issues, &err), err);
	hr_buf_init(&got, arena, 1 << 16);
	for (size_t i = 0; i < issues.count; i++)
		hr_buf_addf(&got, "%s%u %.*s", i ? ", " : "", issues.issues[i].line,
			    HR_STR_ARG(issues.issues[i].code));
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
}

#define ONE(attributes)                                                                            \
	"<policy fund='hifp' base='scope' " attributes ">" NONE "<segment share='1%'/></policy>\n"

static void test_check__two_policies_for_one_visit__are_told(void)
{
	assert_issues(ONE("id='p' visits='21'") ONE("id='q' visits='11'"), "");
	assert_issues(ONE("id='p' visits='21'") ONE("id='q' visits='11 21'"),
		      "4 overlapping-policies");
	assert_issues(ONE("id='p' visits='21'") ONE("id='q'"), "4 overlapping-policies");
	/* 11 stands for 1102 as well. */
	assert_issues(ONE("id='p' persons='11'") ONE("id='q' persons='1102'"),
		      "4 overlapping-policies");
	assert_issues(ONE("id='p' to='2024-12-31'") ONE("id='q' from='2025-01-01'"), "");
	assert_issues(ONE("id='p' to='2025-01-01'") ONE("id='q' from='2025-01-01'"),
		      "4 overlapping-policies");
	assert_issues(ONE("id='p' age-to='69'") ONE("id='q' age-from='70'"), "");
	assert_issues(ONE("id='p' age-to='70'") ONE("id='q' age-from='70'"),
		      "4 overlapping-policies");
	assert_issues(ONE("id='p' routes='direct'") ONE("id='q' routes='manual'"), "");
	assert_issues(ONE("id='p'") ONE("id='q' routes='manual'"), "4 overlapping-policies");
	assert_issues(ONE("id='p' routes='post'"), "3 unknown-reference");
	assert_issues(ONE("id='p' conflict='c'") ONE("id='q' conflict='c'"), "");
	assert_issues(ONE("id='p' conflict='c' visits='21'") ONE("id='q' visits='11'"),
		      "3 lone-reading");
}

/* Without a first day a record decides for any, and its origin says so: what stands in it, too. */
static void test_load__no_first_day__origin_says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const char text[] =
		ROOT ROUNDING "<zone name='z' care='92' filing='exempt'/>\n"
			      "<zone name='y' care='93' filing='exempt' from='2025-01-01'/>\n"
			      "<filing to='2024-12-31'><outside filing='needed'/></filing>\n"
			      "<filing from='2025-01-01'><outside filing='needed'/></filing>\n" ONE(
				      "id='p' visits='11'")
				      ONE("id='q' visits='21' from='2025-01-01'") "</settlement>";
	const hr_fileset files = fixture_files(arena, NULL, "s.xml", text);
	hr_catalog *catalog = NULL;
	const hr_area *area;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_build(&files, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, &err),
		     err);
	area = hr_catalog_get_area(catalog, 0);
	for (size_t i = 0; i < 2; i++) {
		const bool undated = i == 0;

		CU_ASSERT_EQUAL(area->zones[i].origin.undated, undated);
		CU_ASSERT_EQUAL(area->filings[i].origin.undated, undated);
		CU_ASSERT_EQUAL(area->filings[i].places[0].origin.undated, undated);
		CU_ASSERT_EQUAL(area->policies[i].origin.undated, undated);
	}
	CU_ASSERT_FALSE(area->rounding.origin.undated);
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_find_area__several_prefixes__the_longest_wins),
	HR_TEST(test_find_policies__a_word__stands_for_codes_that_begin_with_it),
	HR_TEST(test_find_policies__days_and_ages__decide_at_their_edges),
	HR_TEST(test_find_policies__sources_conflict__are_all_found),
	HR_TEST(test_find_zone__day_visit_and_place__decide),
	HR_TEST(test_counter__name__leads_to_it_and_back),
	HR_TEST(test_load__policy_that_cannot_be__is_refused_with_its_place),
	HR_TEST(test_check__two_policies_for_one_visit__are_told),
	HR_TEST(test_load__no_first_day__origin_says_so),
};

HR_TEST_MAIN("policy", tests)
