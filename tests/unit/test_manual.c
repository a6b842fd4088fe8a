/* Reimbursement by hand: what is found, whose word counts, and what is refused. */
#include "catalog/manual.h"

#include "catalog/check.h"
#include "catalog_fixture.h"

#define NS	     "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"
#define MANUAL(x)    "<manual " NS ">\n" x "</manual>"
#define MANUAL_36(x) "<manual " NS " region='36'>\n" x "</manual>"
#define RULE	     "<reimbursement "
#define DRUG	     "<drug name='A' spec='5mg' "

static hr_catalog *open_catalog(const char *everywhere, const char *of_36)
{
	const hr_file files[] = { { HR_STR("a.xml"), hr_str_of(everywhere) },
				  { HR_STR("b.xml"), hr_str_of(of_36) } };
	const hr_fileset set = { files, 2 };
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_build(&set, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, &err),
		     err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

static unsigned line_of(const hr_catalog *catalog, const char *insured, bool across,
			hr_filing filing, const char *on, uint32_t says)
{
	hr_scope_key key = hr_scope_key_init();
	const hr_manual *found;

	hr_scope_key_add(catalog, HR_DIMENSION_INSURANCE, HR_STR("310"), &key);
	hr_scope_key_set_filing(filing, &key);
	found = hr_catalog_find_manual(catalog, hr_str_of(insured), across, &key, fixture_day(on),
				       says);
	return found ? found->origin.line : 0;
}

static void test_find_manual__several_regions__each_thing_is_asked_by_itself(void)
{
	hr_catalog *catalog = open_catalog(
		MANUAL(RULE "open='yes' files-after='yes' from='2023-01-01'/>\n" RULE
			    "catalogue='care'/>\n"),
		MANUAL_36("\n\n\n" RULE "by='policies' filings='none' across='province'/>\n" RULE
			  "open='no' insurances='390'/>\n"));

	/* Nobody nearer says it: the nation does. */
	CU_ASSERT_EQUAL(
		line_of(catalog, "360100", true, HR_FILING_NONE, "2024-01-01", HR_MANUAL_SAYS_OPEN),
		2);
	CU_ASSERT_EQUAL(
		line_of(catalog, "360100", true, HR_FILING_NONE, "2022-12-31", HR_MANUAL_SAYS_OPEN),
		0);
	CU_ASSERT_EQUAL(line_of(catalog, "360100", true, HR_FILING_NONE, "2022-12-31",
				HR_MANUAL_SAYS_SORTED_BY),
			3);
	CU_ASSERT_EQUAL(line_of(catalog, "360100", true, HR_FILING_NONE, "2024-01-01",
				HR_MANUAL_SAYS_POLICIES),
			5);
	/* Of another filing, of the own province, of another place of insurance: nobody. */
	CU_ASSERT_EQUAL(line_of(catalog, "360100", true, HR_FILING_LONG, "2024-01-01",
				HR_MANUAL_SAYS_POLICIES),
			0);
	CU_ASSERT_EQUAL(line_of(catalog, "360100", false, HR_FILING_NONE, "2024-01-01",
				HR_MANUAL_SAYS_POLICIES),
			0);
	CU_ASSERT_EQUAL(line_of(catalog, "350100", true, HR_FILING_NONE, "2024-01-01",
				HR_MANUAL_SAYS_POLICIES),
			0);
	hr_catalog_unref(catalog);
}

static void test_find_standards__one_name_and_strength__whoever_wrote_them(void)
{
	hr_catalog *catalog = open_catalog(
		MANUAL("<drug name='Ａ' spec='5 mg' amount='9'/>\n<drug name='A' spec='50mg' "
		       "amount='1'/>\n<drug name='B' spec='5mg' amount='2'/>\n"),
		MANUAL_36(DRUG "code='x' amount='8.50'/>\n"));
	const hr_drug_standard *found = NULL;

	CU_ASSERT_EQUAL_FATAL(
		hr_catalog_find_standards(catalog, HR_STR("a"), HR_STR("5mg"), &found), 2);
	CU_ASSERT_EQUAL(found[0].amount.fen, 900);
	CU_ASSERT_EQUAL(found[1].amount.fen, 850);
	HR_ASSERT_TEXT(found[1].region, "36");
	CU_ASSERT_EQUAL(hr_catalog_find_standards(catalog, HR_STR("A"), HR_STR("5"), &found), 0);
	CU_ASSERT_EQUAL(hr_catalog_find_standards(catalog, HR_STR_NONE, HR_STR_NONE, &found), 0);
	hr_catalog_unref(catalog);
}

static void test_find_standards__a_name_of_the_most_bytes_and_one_more(void)
{
	hr_catalog *catalog = open_catalog(MANUAL(DRUG "amount='9'/>"), MANUAL(""));
	const hr_drug_standard *found;
	char name[HR_DRUG_NAME_MAX + 1];

	memset(name, 'x', sizeof(name));
	CU_ASSERT_EQUAL(hr_catalog_find_standards(catalog, (hr_str){ name, HR_DRUG_NAME_MAX },
						  HR_STR("5mg"), &found),
			0);
	CU_ASSERT_EQUAL(hr_catalog_find_standards(catalog, (hr_str){ name, sizeof(name) },
						  HR_STR("5mg"), &found),
			0);
	hr_catalog_unref(catalog);
}

static void test_find_dual_channel__the_longest_prefix_of_the_day(void)
{
	hr_catalog *catalog =
		open_catalog(MANUAL("<dual-channel standards='own'/>"),
			     MANUAL_36("<dual-channel filing='needed' standards='own lowest' "
				       "from='2025-09-10'/>"));
	const hr_dual_channel *row =
		hr_catalog_find_dual_channel(catalog, HR_STR("360100"), fixture_day("2025-09-10"));

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_EQUAL(row->filing, HR_SAID_YES);
	CU_ASSERT_EQUAL(row->standard_count, 2);
	CU_ASSERT_EQUAL(row->standards[1], HR_STANDARD_LOWEST);
	row = hr_catalog_find_dual_channel(catalog, HR_STR("360100"), fixture_day("2025-09-09"));
	CU_ASSERT_EQUAL(row->standard_count, 1);
	CU_ASSERT_EQUAL(row->filing, HR_SAID_NOTHING);
	hr_catalog_unref(catalog);
}

static void assert_issues(const char *text, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_file files[] = { { HR_STR("a.xml"), hr_str_of(text) } };
	const hr_fileset set = { files, 1 };
	hr_issues issues = { 0 };
	hr_error err = { 0 };
	hr_buf got;

	HR_ASSERT_OK(hr_catalog_check(&set, false, arena, &issues, &err), err);
	hr_buf_init(&got, arena, 1 << 16);
	for (size_t i = 0; i < issues.count; i++)
		if (!hr_str_equal(issues.issues[i].code, HR_STR("schema")) &&
		    !hr_str_equal(issues.issues[i].code, HR_STR("synthetic-rows")))
			hr_buf_addf(&got, "%s%u %.*s", got.len ? ", " : "", issues.issues[i].line,
				    HR_STR_ARG(issues.issues[i].code));
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
}

static void test_check__what_cannot_be__is_told_with_its_place(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ MANUAL(RULE "open='yes'/>"), "" },
		{ MANUAL(RULE "visits='21'/>"), "2 missing" },
		{ MANUAL(RULE "open='no' by='policies'/>"), "2 bad-value" },
		{ MANUAL(RULE "open='maybe'/>"), "2 bad-value, 2 missing" },
		{ MANUAL(RULE "open='yes' filings='lng'/>"), "2 unknown-reference" },
		{ MANUAL(RULE "open='yes' from='2025-02-30'/>"), "2 bad-day" },
		{ MANUAL("<dual-channel/>"), "2 missing" },
		{ MANUAL("<dual-channel standards='lowest lowest'/>"), "2 duplicate" },
		{ MANUAL("<dual-channel standards='own cheapest'/>"), "2 bad-value" },
		{ MANUAL("<dual-channel standards='own lowest own'/>"), "2 bad-value" },
		{ MANUAL(DRUG "/>"), "2 missing" },
		{ MANUAL(DRUG "amount='-1'/>"), "2 bad-value, 2 missing" },
		{ MANUAL("<drug spec='5mg' amount='1'/>"), "2 missing" },
		{ MANUAL(DRUG "amount='1' pack='2'/>"), "2 unknown-attribute" },
		{ "<manual " NS " region='3'/>", "1 bad-value" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_issues(cases[i].text, cases[i].want);
}

static void test_check__said_twice__is_told(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ MANUAL(RULE "open='yes'/>\n" RULE "open='no' visits='21'/>"),
		  "3 overlapping-manual" },
		/* Of other visits, of other days, another thing. */
		{ MANUAL(RULE "open='yes' visits='11'/>\n" RULE "open='no' visits='21'/>"), "" },
		{ MANUAL(RULE "open='yes' to='2024-12-31'/>\n" RULE
			      "open='no' from='2025-01-01'/>"),
		  "" },
		{ MANUAL(RULE "open='yes'/>\n" RULE "catalogue='care'/>"), "" },
		{ MANUAL(RULE "by='policies' filings='none'/>\n" RULE
			      "by='policies' filings='long none'/>"),
		  "3 overlapping-manual" },
		{ MANUAL("<dual-channel standards='own'/>\n<dual-channel standards='lowest'/>"),
		  "3 overlapping-manual" },
		{ MANUAL(DRUG "amount='1'/>\n" DRUG "amount='2'/>"), "3 overlapping-standards" },
		{ MANUAL(DRUG "code='x' amount='1'/>\n" DRUG "amount='2'/>"),
		  "3 overlapping-standards" },
		{ MANUAL(DRUG "code='x' amount='1'/>\n" DRUG "code='y' amount='2'/>"), "" },
		{ MANUAL(DRUG "amount='1' to='2024-12-31'/>\n" DRUG
			      "amount='2' from='2025-01-01'/>"),
		  "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_issues(cases[i].text, cases[i].want);
}

static const hr_test tests[] = {
	HR_TEST(test_find_manual__several_regions__each_thing_is_asked_by_itself),
	HR_TEST(test_find_standards__one_name_and_strength__whoever_wrote_them),
	HR_TEST(test_find_standards__a_name_of_the_most_bytes_and_one_more),
	HR_TEST(test_find_dual_channel__the_longest_prefix_of_the_day),
	HR_TEST(test_check__what_cannot_be__is_told_with_its_place),
	HR_TEST(test_check__said_twice__is_told),
};

HR_TEST_MAIN("manual", tests)
