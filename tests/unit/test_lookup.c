/* What the public may ask of the catalogue. */
#include "service/lookup.h"

#include "testing.h"

struct fixture {
	hr_catalog *catalog;
	hr_found found;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .catalog = NULL };

	HR_ASSERT_OK(
		hr_catalog_open_folder("tests/data/catalog/decision", NULL, &f.catalog, &f.err),
		f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_catalog_unref(f->catalog);
}

static hr_str code_at(const struct fixture *f, size_t i)
{
	return hr_catalog_get_item(f->catalog, f->found.ids[i])->code;
}

static hr_date day(const char *text)
{
	hr_date date = { 0 };

	CU_ASSERT_TRUE(hr_date_parse(hr_str_of(text), &date));
	return date;
}

static void test_items__without_text__come_page_by_page(void)
{
	struct fixture f = open_fixture();
	hr_lookup lookup = { .limit = 3 };
	size_t total = 0;

	do {
		HR_ASSERT_OK(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err), f.err);
		CU_ASSERT_TRUE_FATAL(f.found.count > 0);
		total += f.found.count;
		lookup.after = code_at(&f, f.found.count - 1);
	} while (f.found.more);
	CU_ASSERT_EQUAL(total, hr_catalog_item_count(f.catalog));
	close_fixture(&f);
}

static void test_items__limit_is_all_there_are__no_more(void)
{
	struct fixture f = open_fixture();
	hr_lookup lookup = { .limit = hr_catalog_item_count(f.catalog) };

	HR_ASSERT_OK(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err), f.err);
	CU_ASSERT_FALSE(f.found.more);
	lookup.limit--;
	HR_ASSERT_OK(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err), f.err);
	CU_ASSERT_TRUE(f.found.more);
	close_fixture(&f);
}

static void test_items__behind_the_last__is_an_empty_page(void)
{
	struct fixture f = open_fixture();
	hr_item_id last = (hr_item_id)hr_catalog_item_count(f.catalog) - 1;
	hr_lookup lookup = { .limit = 1, .after = hr_catalog_get_item(f.catalog, last)->code };

	HR_ASSERT_OK(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err), f.err);
	CU_ASSERT_EQUAL(f.found.count, 0);
	CU_ASSERT_FALSE(f.found.more);
	close_fixture(&f);
}

static void test_items__part_of_a_name__finds_best_first(void)
{
	struct fixture f = open_fixture();
	hr_lookup lookup = { .text = HR_STR("IgG"), .limit = 2 };

	HR_ASSERT_OK(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err), f.err);
	CU_ASSERT_EQUAL_FATAL(f.found.count, 2);
	HR_ASSERT_TEXT(code_at(&f, 0), "IgG");
	HR_ASSERT_TEXT(code_at(&f, 1), "IgG4");
	CU_ASSERT_FALSE(f.found.more);
	lookup.limit = 1;
	HR_ASSERT_OK(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err), f.err);
	CU_ASSERT_EQUAL(f.found.count, 1);
	CU_ASSERT_TRUE(f.found.more);
	close_fixture(&f);
}

static void test_items__unknown_after__is_refused(void)
{
	struct fixture f = open_fixture();
	hr_lookup lookup = { .limit = 1, .after = HR_STR("no-such") };

	CU_ASSERT_FALSE(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	lookup = (hr_lookup){ .limit = 1, .after = HR_STR("TSH"), .text = HR_STR("T") };
	CU_ASSERT_FALSE(hr_lookup_items(f.catalog, &lookup, &f.found, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	close_fixture(&f);
}

static void test_institutions__by_a_part_of_the_name(void)
{
	struct fixture f = open_fixture();
	hr_lookup lookup = { .text = HR_STR("滨海"), .limit = 5 };

	HR_ASSERT_OK(hr_lookup_institutions(f.catalog, &lookup, &f.found, &f.err), f.err);
	CU_ASSERT_EQUAL_FATAL(f.found.count, 1);
	HR_ASSERT_TEXT(hr_catalog_get_institution(f.catalog, f.found.ids[0])->name, "滨海示范医院");
	close_fixture(&f);
}

static void test_institution__by_code_or_not_found(void)
{
	struct fixture f = open_fixture();
	hr_institution_id id = HR_ID_NONE;

	HR_ASSERT_OK(hr_lookup_institution(f.catalog, HR_STR("12120000400000002B"), &id, &f.err),
		     f.err);
	HR_ASSERT_TEXT(hr_catalog_get_institution(f.catalog, id)->name, "滨海示范医院");
	CU_ASSERT_FALSE(hr_lookup_institution(f.catalog, HR_STR("1"), &id, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close_fixture(&f);
}

static const hr_regime *find_regime(const struct fixture *f, const char *id)
{
	for (size_t i = 0; i < hr_catalog_regime_count(f->catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(f->catalog, i);

		if (hr_str_equal(regime->id, hr_str_of(id)))
			return regime;
	}
	CU_FAIL_FATAL("no such regime");
	return NULL;
}

static void check_listed(const char *regime, const char *item, const char *on, hr_listed want,
			 bool with_list)
{
	struct fixture f = open_fixture();
	const hr_list *list;

	CU_ASSERT_EQUAL(hr_lookup_listed(f.catalog, find_regime(&f, regime),
					 hr_catalog_find_item(f.catalog, hr_str_of(item)), day(on),
					 &list),
			want);
	CU_ASSERT_EQUAL(list != NULL, with_list);
	close_fixture(&f);
}

static void test_listed__is_what_the_list_of_that_day_says(void)
{
	check_listed("jjj", "TSH", "2024-12-31", HR_LISTED_YES, true);
	check_listed("jjj", "IgG4", "2024-12-31", HR_LISTED_NO, true);
	check_listed("jjj", "IgG4", "2025-01-01", HR_LISTED_UNKNOWN, true);
	check_listed("jjj", "TSH", "2026-01-01", HR_LISTED_UNKNOWN, false);
	check_listed("jjj", "TSH", "2016-09-30", HR_LISTED_NO, false);
	check_listed("ended", "TSH", "2020-12-31", HR_LISTED_YES, true);
	check_listed("ended", "TSH", "2021-01-01", HR_LISTED_NO, false);
	check_listed("alliance", "IgG4", "2025-01-01", HR_LISTED_YES, true);
}

static void test_grant_holds__until_it_ends_or_is_withdrawn(void)
{
	struct fixture f = open_fixture();
	size_t count;
	const hr_grant *grants = hr_catalog_find_grants(
		f.catalog, find_regime(&f, "jjj"),
		hr_catalog_find_institution(f.catalog, HR_STR("12130000400000003J")), &count);

	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_FALSE(hr_lookup_grant_holds(grants, day("2019-12-31")));
	CU_ASSERT_TRUE(hr_lookup_grant_holds(grants, day("2020-01-01")));
	CU_ASSERT_TRUE(hr_lookup_grant_holds(grants, day("2025-01-31")));
	CU_ASSERT_FALSE(hr_lookup_grant_holds(grants, day("2025-02-01")));
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_items__without_text__come_page_by_page),
	HR_TEST(test_items__limit_is_all_there_are__no_more),
	HR_TEST(test_items__behind_the_last__is_an_empty_page),
	HR_TEST(test_items__part_of_a_name__finds_best_first),
	HR_TEST(test_items__unknown_after__is_refused),
	HR_TEST(test_institutions__by_a_part_of_the_name),
	HR_TEST(test_institution__by_code_or_not_found),
	HR_TEST(test_listed__is_what_the_list_of_that_day_says),
	HR_TEST(test_grant_holds__until_it_ends_or_is_withdrawn),
};
HR_TEST_MAIN("lookup", tests)
