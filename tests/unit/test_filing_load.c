/* What a catalogue says of filings and of working days, and which files are refused. */
#include "catalog/filing_rules.h"

#include "catalog/workdays.h"
#include "catalog_fixture.h"

#define SETTLEMENT "tests/data/catalog/settlement"
#define NS	   "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"
#define ROOT	   "<settlement " NS " region='91'><rounding mode='up' place='fund'/>\n"
#define KIND	   "<kind name='k' class='long' gives='long' "

static hr_catalog *open_catalog(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(SETTLEMENT, NULL, &catalog, &err), err);
	return catalog;
}

static void test_find_filing__day__decides_at_its_edges(void)
{
	hr_catalog *catalog = open_catalog();
	const hr_area *area = hr_catalog_find_area(catalog, HR_STR("910000"));

	CU_ASSERT_PTR_NULL(hr_area_find_filing(area, fixture_day("2019-12-31")));
	CU_ASSERT_EQUAL(hr_area_find_filing(area, fixture_day("2020-01-01"))->kind_count, 0);
	CU_ASSERT_EQUAL(hr_area_find_filing(area, fixture_day("2021-12-31"))->kind_count, 0);
	CU_ASSERT_EQUAL(hr_area_find_filing(area, fixture_day("2022-01-01"))->kind_count, 6);
	CU_ASSERT_PTR_NULL(hr_area_find_filing(hr_catalog_find_area(catalog, HR_STR("930201")),
					       fixture_day("2022-01-01")));
	hr_catalog_unref(catalog);
}

static void test_find_kind__name_or_code__leads_to_it(void)
{
	hr_catalog *catalog = open_catalog();
	const hr_area *area = hr_catalog_find_area(catalog, HR_STR("910000"));
	const hr_filing_rules *rules = hr_area_find_filing(area, fixture_day("2022-01-01"));
	const hr_filing_kind *kind = hr_filing_find_kind(rules, HR_STR("06"));

	CU_ASSERT_PTR_NOT_NULL_FATAL(kind);
	HR_ASSERT_TEXT(kind->name, "referral");
	CU_ASSERT_EQUAL(kind->months, 6);
	CU_ASSERT_TRUE(kind->at_least && !kind->open);
	CU_ASSERT_EQUAL(kind->change_months, 0);
	kind = hr_filing_find_kind(rules, HR_STR("unsaid"));
	CU_ASSERT_EQUAL(kind->months, HR_FILING_MONTHS_UNKNOWN);
	CU_ASSERT_EQUAL(kind->change_months, HR_FILING_MONTHS_UNKNOWN);
	CU_ASSERT_PTR_NULL(hr_filing_find_kind(rules, HR_STR("99")));
	CU_ASSERT_PTR_NULL(hr_filing_find_kind(rules, HR_STR_NONE));
	CU_ASSERT_EQUAL(hr_filing_find_channel(rules, HR_STR("quick"))->days, 3);
	CU_ASSERT_PTR_NULL(hr_filing_find_channel(rules, HR_STR("fax")));
	hr_catalog_unref(catalog);
}

/* Two kinds of one code: which it is cannot be told. */
static void test_find_kind__code_of_two__leads_to_none(void)
{
	const hr_str code = HR_STR("07");
	const hr_filing_kind kinds[] = {
		{ .name = HR_STR("a"), .codes = &code, .code_count = 1 },
		{ .name = HR_STR("b"), .codes = &code, .code_count = 1 },
	};
	const hr_filing_rules rules = { .kinds = kinds, .kind_count = 2 };

	CU_ASSERT_PTR_NULL(hr_filing_find_kind(&rules, code));
	CU_ASSERT_PTR_EQUAL(hr_filing_find_kind(&rules, HR_STR("b")), &kinds[1]);
}

static void assert_work_days(const char *from, uint32_t count, const char *want)
{
	hr_catalog *catalog = open_catalog();
	hr_date day = HR_DATE_MIN;
	char text[HR_DATE_TEXT];

	if (hr_catalog_add_work_days(catalog, fixture_day(from), count, &day))
		HR_ASSERT_TEXT(hr_date_format(day, text), want);
	else
		CU_ASSERT_STRING_EQUAL(want, "");
	hr_catalog_unref(catalog);
}

static void test_work_days__weekends_and_holidays__are_passed_over(void)
{
	assert_work_days("2022-01-06", 0, "2022-01-06");
	assert_work_days("2022-01-06", 1, "2022-01-07");
	assert_work_days("2022-01-06", 3, "2022-01-11"); /* a weekend between */
	assert_work_days("2022-09-30", 1, "2022-10-08"); /* a Saturday that is worked */
	assert_work_days("2022-09-30", 2, "2022-10-09");
	assert_work_days("2022-09-30", 3, "2022-10-10");
	/* Over the end of what is known, and of a year that is not. */
	assert_work_days("2022-12-30", 1, "2023-01-02");
	assert_work_days("2023-12-29", 1, "");
	assert_work_days("2021-06-01", 1, "");
}

/* What a file with this in it is refused with. */
static const struct {
	const char *body;
	const char *want;
} refused[] = {
	{ "<filing>" KIND "/>" KIND "/></filing>", "s.xml:2:52: a kind of filing is told twice" },
	{ "<filing to='2022-01-01'/>\n<filing from='2022-01-01'/>",
	  "s.xml:3:1: two <filing> are both for some days" },
	{ "<filing>\n<kind name='k' class='long' gives='none'/></filing>",
	  "s.xml:3:1: <kind> needs 'class', and 'gives': long, referral, emergency or other" },
	{ "<filing>\n" KIND "open='true' months='6'/></filing>",
	  "s.xml:3:1: a filing lasts 'months' or is 'open'" },
	{ "<filing>\n" KIND "at-least='true'/></filing>", "s.xml:3:1: 'at-least' needs 'months'" },
	{ "<filing>\n" KIND "months='0'/></filing>", "s.xml:3:1: months '0' is no time" },
	{ "<filing>\n" KIND "months='1201'/></filing>",
	  "s.xml:3:1: months '1201' is not 1 to 1200" },
	{ "<filing>\n" KIND "early-at-office='true' change-after='0'/></filing>",
	  "s.xml:3:1: 'early' needs 'change-after' or 'cancel-after'" },
	{ "<filing>\n<channel name='c' approval='automatic' days='1'/></filing>",
	  "s.xml:3:1: what is approved at once has no 'days'" },
	{ "<filing>\n<channel name='c'/></filing>",
	  "s.xml:3:1: <channel> needs 'approval': automatic or manual" },
	{ "<filing>\n<outside visits='21'/></filing>",
	  "s.xml:3:1: <outside> needs 'filing': needed or exempt" },
	{ "<filing>\n<back-filing within='days'/></filing>",
	  "s.xml:3:1: <back-filing> needs 'within': discharge, or days with 'days'" },
	{ "<filing>\n<back-filing within='discharge' days='1'/></filing>",
	  "s.xml:3:1: <back-filing> needs 'within': discharge, or days with 'days'" },
	{ "<filing><stay counts='admission'/>\n<stay counts='discharge'/></filing>",
	  "s.xml:3:1: <filing> has one <stay>" },
	{ "<filing><material name='m' kinds='x'/></filing>",
	  "s.xml:2:1: kind of filing 'x' is not known" },
	{ "<filing>\n<material name='m' care='1'/></filing>",
	  "s.xml:3:1: region '1' is not two, four or six digits" },
};

static void assert_refused(const char *text, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = NULL;
	hr_error err = { 0 };
	hr_fileset files = fixture_files(arena, NULL, "s.xml", text);

	CU_ASSERT_FALSE(
		hr_catalog_build(&files, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_CATALOG);
	HR_ASSERT_TEXT(hr_str_of(err.message), want);
	hr_catalog_unref(catalog);
}

static void test_load__filing_that_cannot_be__is_refused_with_its_place(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_buf text;

		hr_buf_init(&text, arena, 1 << 16);
		hr_buf_addf(&text, ROOT "%s</settlement>", refused[i].body);
		assert_refused(hr_str_terminated(arena, hr_buf_str(&text)), refused[i].want);
	}
}

static void test_load__calendar_that_cannot_be__is_refused_with_its_place(void)
{
	assert_refused("<calendar " NS "><year of='2022' off='2023-01-02'/></calendar>",
		       "s.xml:1:70: '2023-01-02' is not a day of the year");
	assert_refused("<calendar " NS "><year of='2022' off='2022-02-30'/></calendar>",
		       "s.xml:1:70: '2022-02-30' is not a day of the year");
	assert_refused("<calendar " NS "><year of='2022' off='2022-01-01'/></calendar>",
		       "s.xml:1:70: 'off' names a Saturday or Sunday, which is off by itself");
	assert_refused("<calendar " NS "><year of='2022' work='2022-01-03'/></calendar>",
		       "s.xml:1:70: 'work' names a day that is a working day by itself");
	assert_refused("<calendar " NS "><year of='2022'/>\n<year of='2022'/></calendar>",
		       "s.xml:2:1: year '2022' is declared twice");
}

static const hr_test tests[] = {
	HR_TEST(test_find_filing__day__decides_at_its_edges),
	HR_TEST(test_find_kind__name_or_code__leads_to_it),
	HR_TEST(test_find_kind__code_of_two__leads_to_none),
	HR_TEST(test_work_days__weekends_and_holidays__are_passed_over),
	HR_TEST(test_load__filing_that_cannot_be__is_refused_with_its_place),
	HR_TEST(test_load__calendar_that_cannot_be__is_refused_with_its_place),
};

HR_TEST_MAIN("filing_load", tests)
