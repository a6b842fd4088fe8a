#include "catalog/search.h"

#include "catalog_fixture.h"

/* The codes of the items found, a blank behind each. */
static hr_str items(hr_arena *arena, const char *part, hr_kind kind, size_t room)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_item_id found[HR_SEARCH_MAX];
	size_t count = hr_catalog_search_items(catalog, hr_str_of(part), kind, found, room);
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 16);
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&buf, "%.*s ",
			    HR_STR_ARG(hr_catalog_get_item(catalog, found[i])->code));
	hr_catalog_unref(catalog);
	return hr_buf_str(&buf);
}

static hr_str institutions(hr_arena *arena, const char *part, size_t room)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id found[HR_SEARCH_MAX];
	size_t count = hr_catalog_search_institutions(catalog, hr_str_of(part), found, room);
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 16);
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&buf, "%.*s ",
			    HR_STR_ARG(hr_catalog_get_institution(catalog, found[i])->key));
	hr_catalog_unref(catalog);
	return hr_buf_str(&buf);
}

#define ALL HR_SEARCH_MAX

static void test_items__whole_name_first__then_the_start__then_inside(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(items(arena, "钙", HR_KIND_UNKNOWN, ALL), "Ca PCT ");
	HR_ASSERT_TEXT(items(arena, "IgG", HR_KIND_UNKNOWN, ALL), "IgG IgG4 ");
	HR_ASSERT_TEXT(items(arena, "三碘甲状腺", HR_KIND_UNKNOWN, ALL), "T3 FT3 ");
	HR_ASSERT_TEXT(items(arena, "甲状腺", HR_KIND_UNKNOWN, ALL), "TGB T3 FT3 TSH ");
	HR_ASSERT_TEXT(items(arena, "p", HR_KIND_LAB, ALL), "P PROG PCT ");
}

static void test_items__by_any_of_its_names_and_codes__once(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(items(arena, "ｈｓ tsh", HR_KIND_UNKNOWN, ALL), "TSH ");
	HR_ASSERT_TEXT(items(arena, "促甲状腺", HR_KIND_UNKNOWN, ALL), "TSH ");
	HR_ASSERT_TEXT(items(arena, " 14771-0 ", HR_KIND_UNKNOWN, ALL), "GLU ");
	HR_ASSERT_TEXT(items(arena, "2345-7", HR_KIND_UNKNOWN, ALL), "");
	HR_ASSERT_TEXT(items(arena, "14771", HR_KIND_UNKNOWN, ALL), "");
}

static void test_items__of_one_kind__only_these(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(items(arena, "胸", HR_KIND_EXAM, ALL), "CT-CHEST ");
	HR_ASSERT_TEXT(items(arena, "胸", HR_KIND_LAB, ALL), "");
	HR_ASSERT_TEXT(items(arena, "14771-0", HR_KIND_EXAM, ALL), "");
}

static void test_items__more_than_there_is_room_for__the_best(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(items(arena, "甲状腺", HR_KIND_UNKNOWN, 3), "TGB T3 FT3 ");
	HR_ASSERT_TEXT(items(arena, "p", HR_KIND_LAB, 2), "P PROG ");
	HR_ASSERT_TEXT(items(arena, "p", HR_KIND_LAB, 1), "P ");
	HR_ASSERT_TEXT(items(arena, "p", HR_KIND_LAB, 0), "");
}

static void test_items__nothing_to_look_for__none(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char at[HR_SEARCH_PART_MAX + 2];

	memset(at, 'x', sizeof(at));
	at[HR_SEARCH_PART_MAX + 1] = '\0';
	HR_ASSERT_TEXT(items(arena, "", HR_KIND_UNKNOWN, ALL), "");
	HR_ASSERT_TEXT(items(arena, " 　-", HR_KIND_UNKNOWN, ALL), "");
	HR_ASSERT_TEXT(items(arena, at, HR_KIND_UNKNOWN, ALL), "");
	HR_ASSERT_TEXT(items(arena, at + 1, HR_KIND_UNKNOWN, ALL), "");
}

static void test_institutions__by_part_of_a_present_or_former_name(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(institutions(arena, "诊所", ALL), "x-island-clinic ");
	HR_ASSERT_TEXT(institutions(arena, "示范人民医院", ALL),
		       "121100004000000014 12120000400000002B ");
	HR_ASSERT_TEXT(institutions(arena, "中心", ALL), "12120000400000002B 12130000400000003J ");
	HR_ASSERT_TEXT(institutions(arena, "示范", 2), "121100004000000014 12120000400000002B ");
}

static void test_institutions__by_whole_code__or_start_of_the_key(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(institutions(arena, "H11010100001", ALL), "121100004000000014 ");
	HR_ASSERT_TEXT(institutions(arena, "1213", ALL), "12130000400000003J ");
	HR_ASSERT_TEXT(institutions(arena, "x-island-clinic", ALL), "x-island-clinic ");
	HR_ASSERT_TEXT(institutions(arena, "00004000", ALL), "");
}

static const hr_test tests[] = {
	HR_TEST(test_items__whole_name_first__then_the_start__then_inside),
	HR_TEST(test_items__by_any_of_its_names_and_codes__once),
	HR_TEST(test_items__of_one_kind__only_these),
	HR_TEST(test_items__more_than_there_is_room_for__the_best),
	HR_TEST(test_items__nothing_to_look_for__none),
	HR_TEST(test_institutions__by_part_of_a_present_or_former_name),
	HR_TEST(test_institutions__by_whole_code__or_start_of_the_key),
};

HR_TEST_MAIN("catalog_search", tests)
