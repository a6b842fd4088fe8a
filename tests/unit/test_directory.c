/* Offices, the network, direct rules, platform texts: what is found, and what is refused. */
#include "catalog/directory.h"

#include "catalog/check.h"
#include "catalog_fixture.h"

#define NS	   "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"
#define OFFICES(x) "<offices " NS ">\n" x "</offices>"
#define NETWORK(x) "<network " NS ">\n" x "</network>"
#define DIRECT(x)  "<direct " NS ">\n" x "</direct>"
#define TEXTS(x)   "<platform-texts " NS ">\n" x "</platform-texts>"
#define HOSPITAL   "institution='x-a'"
#define INPATIENT  HOSPITAL " service='inpatient' "
#define INSURANCE  "kind='insurance' "

static const char places[] =
	"<institutions " NS "><institution key='x-a' name='A' region='110101'/>"
	"<institution key='x-b' name='B' region='110101'/></institutions>";

static hr_catalog *open_catalog(const char *text)
{
	const hr_file files[] = { { HR_STR("a.xml"), hr_str_of(places) },
				  { HR_STR("b.xml"), hr_str_of(text) } };
	const hr_fileset set = { files, 2 };
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_build(&set, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, &err),
		     err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

static void assert_offices(const hr_catalog *catalog, const char *region, const char *insurance,
			   hr_filing filing, const char *want)
{
	const hr_office *found[2];
	size_t count = hr_catalog_find_offices(catalog, HR_OFFICE_INSURANCE, hr_str_of(region),
					       hr_str_of(insurance), filing,
					       fixture_day("2025-03-01"), found, 2);
	char text[64];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	for (size_t i = 0; i < count && i < 2; i++)
		hr_buf_addf(&buf, "%s%.*s", i ? " " : "", HR_STR_ARG(found[i]->phone));
	if (count > 2)
		HR_BUF_ADD(&buf, " ...");
	HR_ASSERT_TEXT(hr_buf_str(&buf), want);
}

static void test_find_offices__several_regions__the_longest_prefix_answers(void)
{
	hr_catalog *catalog = open_catalog(
		OFFICES("<office name='p' " INSURANCE "region='13' phone='1'/>"
			"<office name='c' " INSURANCE "region='130300' phone='2'/>"
			"<office name='l' " INSURANCE
			"region='130322' insurances='310' filings='long' phone='3'/>"
			"<office name='o' " INSURANCE
			"region='130322' insurances='310' filings='other' phone='4'/>"
			"<office name='e' " INSURANCE "region='130322' to='2025-02-28' phone='5'/>"
			"<office name='k' kind='card' phone='6'/>"));

	assert_offices(catalog, "130322", "310", HR_FILING_LONG, "3");
	assert_offices(catalog, "130322", "310", HR_FILING_OTHER, "4");
	assert_offices(catalog, "130322", "310", HR_FILING_COUNT, "3 4");
	/* The county has none for residents, the city has. */
	assert_offices(catalog, "130322", "390", HR_FILING_COUNT, "2");
	assert_offices(catalog, "130303", "310", HR_FILING_LONG, "2");
	assert_offices(catalog, "130600", "310", HR_FILING_COUNT, "1");
	assert_offices(catalog, "110101", "310", HR_FILING_COUNT, "");
	hr_catalog_unref(catalog);
}

static bool has_opened(const hr_catalog *catalog, const char *key, hr_service service,
		       const char *condition, bool across, const char *on)
{
	return hr_catalog_find_opened(catalog, fixture_institution(catalog, key), service,
				      hr_str_of(condition), across, fixture_day(on)) != NULL;
}

static void test_find_opened__service_reach_disease_and_day__decide(void)
{
	hr_catalog *catalog = open_catalog(NETWORK(
		"<opened institution='x-b' service='inpatient' reach='province'/>"
		"<opened " INPATIENT "reach='nation' from='2025-01-01' to='2025-03-01'/>"
		"<opened " HOSPITAL " service='chronic' reach='nation' conditions='M039 M046'/>"));

	CU_ASSERT_FALSE(has_opened(catalog, "x-a", HR_SERVICE_INPATIENT, "", true, "2024-12-31"));
	CU_ASSERT_TRUE(has_opened(catalog, "x-a", HR_SERVICE_INPATIENT, "", true, "2025-01-01"));
	CU_ASSERT_TRUE(has_opened(catalog, "x-a", HR_SERVICE_INPATIENT, "", false, "2025-03-01"));
	CU_ASSERT_FALSE(has_opened(catalog, "x-a", HR_SERVICE_INPATIENT, "", true, "2025-03-02"));
	CU_ASSERT_FALSE(has_opened(catalog, "x-b", HR_SERVICE_INPATIENT, "", true, "2025-01-01"));
	CU_ASSERT_TRUE(has_opened(catalog, "x-b", HR_SERVICE_INPATIENT, "", false, "2025-01-01"));
	CU_ASSERT_TRUE(
		has_opened(catalog, "x-a", HR_SERVICE_CHRONIC, "M04600", true, "2025-01-01"));
	CU_ASSERT_FALSE(
		has_opened(catalog, "x-a", HR_SERVICE_CHRONIC, "M01600", true, "2025-01-01"));
	CU_ASSERT_FALSE(has_opened(catalog, "x-a", HR_SERVICE_OUTPATIENT, "", true, "2025-01-01"));
	hr_catalog_unref(catalog);
}

static void test_find_opening__side_and_prefix__decide(void)
{
	hr_catalog *catalog = open_catalog(
		NETWORK("<region service='outpatient' state='open'/>"
			"<region region='13' service='outpatient' state='closed' side='insured'/>"
			"<list region='11' service='pharmacy' status='complete' expected='1'/>"));
	const hr_date on = fixture_day("2025-01-01");

	CU_ASSERT_FALSE(hr_catalog_find_opening(catalog, HR_STR("130302"), HR_SIDE_INSURED,
						HR_SERVICE_OUTPATIENT, on)
				->open);
	CU_ASSERT_TRUE(hr_catalog_find_opening(catalog, HR_STR("130302"), HR_SIDE_CARE,
					       HR_SERVICE_OUTPATIENT, on)
			       ->open);
	CU_ASSERT_PTR_NULL(hr_catalog_find_opening(catalog, HR_STR("130302"), HR_SIDE_CARE,
						   HR_SERVICE_INPATIENT, on));
	CU_ASSERT_TRUE(
		hr_catalog_find_opened_list(catalog, HR_STR("110101"), HR_SERVICE_PHARMACY, on)
			->complete);
	CU_ASSERT_PTR_NULL(
		hr_catalog_find_opened_list(catalog, HR_STR("120101"), HR_SERVICE_PHARMACY, on));
	hr_catalog_unref(catalog);
}

/* The codes of what the check says of a file: one for each issue. */
static void assert_issues(const char *text, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_file files[] = { { HR_STR("a.xml"), hr_str_of(places) },
				  { HR_STR("b.xml"), hr_str_of(text) } };
	const hr_fileset set = { files, 2 };
	hr_issues issues = { 0 };
	hr_error err = { 0 };
	hr_buf got;

	HR_ASSERT_OK(hr_catalog_check(&set, false, arena, &issues, &err), err);
	hr_buf_init(&got, arena, 1 << 16);
	for (size_t i = 0; i < issues.count; i++)
		if (hr_str_equal(issues.issues[i].file, HR_STR("b.xml")) &&
		    !hr_str_equal(issues.issues[i].code, HR_STR("schema")))
			hr_buf_addf(&got, "%s%u %.*s", got.len ? ", " : "", issues.issues[i].line,
				    HR_STR_ARG(issues.issues[i].code));
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
}

static void test_load__what_cannot_be__is_refused_with_its_place(void)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ OFFICES("<office name='n' phone='1'/>"), "2 missing" },
		{ OFFICES("<office kind='card'/>"), "2 missing" },
		{ OFFICES("<office name='n' kind='tax'/>"), "2 bad-value, 2 missing" },
		{ OFFICES("<office name='n' kind='card' region='1'/>"), "2 bad-value" },
		{ OFFICES("<office name='n' kind='card' filings='later'/>"),
		  "2 unknown-reference" },
		{ OFFICES("<office name='n' kind='card' fax='1'/>"), "2 unknown-attribute" },
		{ NETWORK("<opened institution='x-c' service='inpatient' reach='nation'/>"),
		  "2 unknown-reference" },
		{ NETWORK("<opened " INPATIENT "/>"), "2 missing" },
		{ NETWORK("<opened " INPATIENT "reach='nation' conditions='M039'/>"),
		  "2 bad-value" },
		{ NETWORK("<opened " HOSPITAL " service='chronic' reach='nation'/>"),
		  "2 bad-value" },
		{ NETWORK("<opened " HOSPITAL " service='dental' reach='nation'/>"),
		  "2 bad-value, 2 missing" },
		{ NETWORK("<list service='inpatient'/>"), "2 missing" },
		{ NETWORK("<region service='inpatient'/>"), "2 missing" },
		{ NETWORK("<coverage service='inpatient' group='county'/>"), "2 missing" },
		{ NETWORK("<coverage service='inpatient' group='county' least='1' share='9%'/>"),
		  "2 missing" },
		{ NETWORK("<coverage service='inpatient' group='county' share='101%'/>"),
		  "2 bad-value, 2 missing" },
		{ DIRECT("<closed visits='11'/>"), "2 missing" },
		{ DIRECT("<open visits='11' from='2025-02-02' to='2025-02-01'/>"), "2 bad-period" },
		{ DIRECT("<open zones='home'/>"), "2 unknown-attribute" },
		{ DIRECT("<condition code='M039'/>"), "2 missing" },
		{ DIRECT("<condition-list/>"), "2 missing" },
		{ TEXTS("<text cause='UNPAID'/>"), "2 missing" },
		{ TEXTS("<text cause='UNPAID' has='参保 x'/>"), "2 bad-value" },
		{ TEXTS("<text has='参保状态'/>"), "2 missing" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_issues(rows[i].text, rows[i].want);
}

static void test_check__the_network__is_compared_with_itself(void)
{
	assert_issues(NETWORK("<opened " INPATIENT "reach='nation' to='2025-01-01'/>\n"
			      "<opened " INPATIENT "reach='nation' from='2025-01-01'/>\n"),
		      "3 overlapping-opened");
	assert_issues(NETWORK("<opened " INPATIENT "reach='nation' to='2024-12-31'/>\n"
			      "<opened " INPATIENT "reach='nation' from='2025-01-01'/>\n"),
		      "");
	assert_issues(NETWORK("<list region='11' service='inpatient' status='partial' "
			      "expected='1'/>\n"
			      "<opened " INPATIENT "reach='nation'/>\n"
			      "<opened institution='x-b' service='inpatient' reach='nation'/>\n"),
		      "2 opened-over-expected");
}

static const hr_test tests[] = {
	HR_TEST(test_find_offices__several_regions__the_longest_prefix_answers),
	HR_TEST(test_find_opened__service_reach_disease_and_day__decide),
	HR_TEST(test_find_opening__side_and_prefix__decide),
	HR_TEST(test_load__what_cannot_be__is_refused_with_its_place),
	HR_TEST(test_check__the_network__is_compared_with_itself),
};

HR_TEST_MAIN("directory", tests)
