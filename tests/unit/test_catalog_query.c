#include "catalog/catalog.h"

#include "catalog_fixture.h"

#include <pthread.h>

#define FIRST  "121100004000000014"
#define SECOND "12120000400000002B"
#define THIRD  "12130000400000003J"

/* --- institutions and regions --- */

static void test_institution__any_of_its_codes__leads_to_it(void)
{
	static const char *const codes[] = { FIRST, "400000001", "H11010100001" };
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id id = fixture_institution(catalog, FIRST);

	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(hr_catalog_find_institution(catalog, hr_str_of(codes[i])), id);
	CU_ASSERT_NOT_EQUAL(hr_catalog_find_institution(catalog, HR_STR("x-island-clinic")),
			    HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_institution(catalog, HR_STR("")), HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_institution(catalog, HR_STR("12110000400000001")),
			HR_ID_NONE);
	hr_catalog_unref(catalog);
}

static void test_institution_by_oid__longest_root_wins(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);

	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, HR_STR("1.2.156.112606")),
			fixture_institution(catalog, FIRST));
	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, HR_STR("1.2.156.112606.1.33")),
			fixture_institution(catalog, FIRST));
	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, HR_STR("1.2.156.112606.7.1")),
			fixture_institution(catalog, SECOND));
	hr_catalog_unref(catalog);
}

static void test_institution_by_oid__a_root_is_whole_numbers(void)
{
	static char dots[100000];
	hr_catalog *catalog = fixture_catalog(NULL);

	memset(dots, '.', sizeof(dots));
	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, HR_STR("1.2.156.1126067")),
			HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, HR_STR("1.2.156")), HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, HR_STR("")), HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_institution_by_oid(catalog, (hr_str){ dots, sizeof(dots) }),
			HR_ID_NONE);
	hr_catalog_unref(catalog);
}

/* How many bore the name on the day; the first of them in `*id`. */
static size_t count_named(const hr_catalog *catalog, const char *name, const char *day,
			  hr_institution_id *id)
{
	hr_institution_id found[4] = { HR_ID_NONE, HR_ID_NONE, HR_ID_NONE, HR_ID_NONE };
	size_t count = hr_catalog_find_institutions_by_name(catalog, hr_str_of(name),
							    fixture_day(day), found, 4);

	*id = found[0];
	return count;
}

static void test_institution_name__passed_on__belongs_to_who_bore_it_on_the_day(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id id;

	CU_ASSERT_EQUAL(count_named(catalog, "示范人民医院", "2015-12-31", &id), 1);
	CU_ASSERT_EQUAL(id, fixture_institution(catalog, FIRST));
	CU_ASSERT_EQUAL(count_named(catalog, "示范人民医院", "2016-01-01", &id), 1);
	CU_ASSERT_EQUAL(id, fixture_institution(catalog, SECOND));
	CU_ASSERT_EQUAL(count_named(catalog, "示范人民医院", "2020-01-01", &id), 0);
	hr_catalog_unref(catalog);
}

static void test_institution_name__borne_by_two_on_a_day__is_ambiguous(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id id;
	hr_institution_id untouched = HR_ID_NONE;

	CU_ASSERT_EQUAL(count_named(catalog, "示范中心医院", "2017-12-31", &id), 1);
	CU_ASSERT_EQUAL(count_named(catalog, "示范中心医院", "2018-01-01", &id), 2);
	CU_ASSERT_EQUAL(count_named(catalog, "示范中心医院", "2020-06-30", &id), 2);
	CU_ASSERT_EQUAL(count_named(catalog, "示范中心医院", "2020-07-01", &id), 1);
	CU_ASSERT_EQUAL(id, fixture_institution(catalog, THIRD));
	CU_ASSERT_EQUAL(hr_catalog_find_institutions_by_name(catalog, HR_STR("示范中心医院"),
							     fixture_day("2018-01-01"), &untouched,
							     0),
			2);
	CU_ASSERT_EQUAL(untouched, HR_ID_NONE);
	hr_catalog_unref(catalog);
}

static void test_institution_name__after_it_closed__is_nobodys(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id id;

	CU_ASSERT_EQUAL(count_named(catalog, "示范第三医院", "2024-06-30", &id), 1);
	CU_ASSERT_EQUAL(count_named(catalog, "示范第三医院", "2024-07-01", &id), 0);
	CU_ASSERT_EQUAL(count_named(catalog, "示范中心医院", "2024-07-01", &id), 0);
	hr_catalog_unref(catalog);
}

static void test_institution_name__is_folded_and_never_part_of_another(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id id;

	CU_ASSERT_EQUAL(count_named(catalog, " 示范 第一医院", "2024-01-01", &id), 1);
	CU_ASSERT_EQUAL(count_named(catalog, "示范第一", "2024-01-01", &id), 0);
	CU_ASSERT_EQUAL(count_named(catalog, "", "2024-01-01", &id), 0);
	hr_catalog_unref(catalog);
}

static void test_name__longer_than_any__is_not_found(void)
{
	static char name[4097];
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_item_id item;

	memset(name, 'a', sizeof(name));
	for (size_t len = 3999; len <= sizeof(name); len++)
		CU_ASSERT_EQUAL(
			hr_catalog_find_items_by_name(catalog, (hr_str){ name, len }, &item, 1), 0);
	hr_catalog_unref(catalog);
}

static void test_region__name_of_two__is_none(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_region *region = hr_catalog_find_region_by_name(catalog, HR_STR("河北区"));

	CU_ASSERT_PTR_NULL(hr_catalog_find_region_by_name(catalog, HR_STR("朝阳区")));
	CU_ASSERT_PTR_NULL(hr_catalog_find_region_by_name(catalog, HR_STR("河北")));
	CU_ASSERT_PTR_NOT_NULL_FATAL(region);
	HR_ASSERT_TEXT(region->code, "120105");
	CU_ASSERT_PTR_EQUAL(hr_catalog_find_region(catalog, HR_STR("120105")), region);
	CU_ASSERT_PTR_NULL(hr_catalog_find_region(catalog, HR_STR("1201")));
	hr_catalog_unref(catalog);
}

static void test_region_within__goes_by_code_not_by_name(void)
{
	/* 河北区 is in Tianjin; 定州 is managed by 河北 itself. */
	CU_ASSERT_TRUE(hr_region_within(HR_STR("120105"), HR_STR("12")));
	CU_ASSERT_FALSE(hr_region_within(HR_STR("120105"), HR_STR("13")));
	CU_ASSERT_TRUE(hr_region_within(HR_STR("130682"), HR_STR("13")));
	CU_ASSERT_TRUE(hr_region_within(HR_STR("130682"), HR_STR("1306")));
	CU_ASSERT_TRUE(hr_region_within(HR_STR("130682"), HR_STR("130682")));
	CU_ASSERT_FALSE(hr_region_within(HR_STR("130682"), HR_STR("130681")));
}

static void test_region_within__zeros_at_the_end_stand_for_all(void)
{
	CU_ASSERT_TRUE(hr_region_within(HR_STR("130682"), HR_STR("130000")));
	CU_ASSERT_TRUE(hr_region_within(HR_STR("130682"), HR_STR("130600")));
	CU_ASSERT_FALSE(hr_region_within(HR_STR("130682"), HR_STR("130200")));
	CU_ASSERT_TRUE(hr_region_within(HR_STR("130682"), HR_STR("")));
	CU_ASSERT_FALSE(hr_region_within(HR_STR("13"), HR_STR("1306")));
}

/* --- items --- */

/* The codes of the items of that name, parted by blanks. */
static void assert_items_named(const char *name, const char *codes)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_arena *arena = hr_test_arena();
	hr_item_id found[8];
	size_t count = hr_catalog_find_items_by_name(catalog, hr_str_of(name), found, 8);
	hr_buf buf;

	hr_buf_init(&buf, arena, 256);
	for (size_t i = 0; i < count; i++) {
		if (i)
			hr_buf_add_char(&buf, ' ');
		hr_buf_add(&buf, hr_catalog_get_item(catalog, found[i])->code);
	}
	HR_ASSERT_TEXT(hr_buf_str(&buf), codes);
	hr_arena_close(arena);
	hr_catalog_unref(catalog);
}

static void test_item_name__that_is_part_of_another__stays_apart(void)
{
	assert_items_named("钙", "Ca");
	assert_items_named("降钙素原", "PCT");
	assert_items_named("IgG", "IgG");
	assert_items_named("IgG4", "IgG4");
	assert_items_named("T3", "T3");
	assert_items_named("FT3", "FT3");
	assert_items_named("TG", "TG");
	assert_items_named("甲状腺球蛋白", "TGB");
	assert_items_named("胸部", "");
}

static void test_item_name__of_two_items__gives_both(void)
{
	assert_items_named("P", "P PROG");
	assert_items_named("磷", "P");
	assert_items_named("孕酮", "PROG");
}

static void test_item_name__code_abbreviation_and_english_name__lead_to_it(void)
{
	assert_items_named("tsh", "TSH");
	assert_items_named("ＴＳＨ", "TSH");
	assert_items_named("hs-TSH", "TSH");
	assert_items_named("促甲状腺素", "TSH");
	assert_items_named("phosphorus", "P");
	assert_items_named("胸部平扫", "CT-CHEST");
}

static void test_item__code__keeps_its_case(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);

	CU_ASSERT_NOT_EQUAL(hr_catalog_find_item(catalog, HR_STR("Ca")), HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_item(catalog, HR_STR("CA")), HR_ID_NONE);
	hr_catalog_unref(catalog);
}

static hr_code_relation relation_of(const char *loinc, const char *code)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_code_relation relation = HR_CODE_SAME;

	CU_ASSERT_EQUAL(hr_catalog_find_item_by_loinc(catalog, hr_str_of(loinc), &relation),
			code ? fixture_item(catalog, code) : HR_ID_NONE);
	hr_catalog_unref(catalog);
	return relation;
}

static void test_loinc__says_whether_it_is_the_item_or_a_sibling(void)
{
	CU_ASSERT_EQUAL(relation_of("14749-6", "GLU"), HR_CODE_SAME);
	CU_ASSERT_EQUAL(relation_of("14771-0", "GLU"), HR_CODE_SAME);
	CU_ASSERT_EQUAL(relation_of("2345-7", "GLU"), HR_CODE_UNIT);
	CU_ASSERT_EQUAL(relation_of("22705-8", "GLU"), HR_CODE_SPECIMEN);
	relation_of("2345-8", NULL);
	relation_of("", NULL);
}

static void test_local_code__leads_only_from_its_institution(void)
{
	hr_catalog *catalog = fixture_catalog(SMALL_OVERLAY);
	const hr_origin *origin = NULL;

	CU_ASSERT_EQUAL(hr_catalog_find_item_by_local_code(catalog,
							   fixture_institution(catalog, SECOND),
							   HR_STR_NONE, HR_STR("9001"), &origin),
			fixture_item(catalog, "TSH"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(origin);
	HR_ASSERT_TEXT(origin->file, "code-map.xml");
	CU_ASSERT_EQUAL(origin->line, 3);
	CU_ASSERT_EQUAL(origin->grade, HR_GRADE_LOCAL);
	CU_ASSERT_EQUAL(hr_catalog_find_item_by_local_code(catalog,
							   fixture_institution(catalog, FIRST),
							   HR_STR_NONE, HR_STR("9001"), &origin),
			HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_item_by_local_code(catalog,
							   fixture_institution(catalog, SECOND),
							   HR_STR_NONE, HR_STR("900"), &origin),
			HR_ID_NONE);
	hr_catalog_unref(catalog);
}

static void test_unit__every_spelling__has_its_class(void)
{
	static const struct {
		const char *unit;
		hr_unit_class class;
	} rows[] = {
		{ "mmol/L", HR_UNIT_SUBSTANCE },
		{ " mmol/L\n", HR_UNIT_SUBSTANCE },
		{ "ｍｍｏｌ／Ｌ", HR_UNIT_SUBSTANCE },
		{ "Mmol/L", HR_UNIT_MASS },
		{ "MMOL/L", HR_UNIT_UNKNOWN },
		{ "\xce\xbcmol/L", HR_UNIT_SUBSTANCE },
		{ "\xc2\xb5mol/L", HR_UNIT_SUBSTANCE },
		{ "umol/L", HR_UNIT_SUBSTANCE },
		{ "mIU/L", HR_UNIT_ARBITRARY },
		{ "uIU/mL", HR_UNIT_ARBITRARY },
		{ "\xce\xbcIU/mL", HR_UNIT_ARBITRARY },
		{ "\xc2\xb5IU/mL", HR_UNIT_ARBITRARY },
		{ "uiu/ml", HR_UNIT_UNKNOWN },
		{ "10*9/L", HR_UNIT_COUNT },
		{ "10^9/L", HR_UNIT_COUNT },
		{ "×10⁹/L", HR_UNIT_COUNT },
		{ "X10E9/L", HR_UNIT_COUNT },
		{ "x10e9/l", HR_UNIT_UNKNOWN },
		{ "％", HR_UNIT_FRACTION },
		{ "", HR_UNIT_NONE },
		{ " ", HR_UNIT_NONE },
		{ "\xef\xbc", HR_UNIT_UNKNOWN },
	};
	hr_catalog *catalog = fixture_catalog(NULL);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(hr_catalog_find_unit(catalog, hr_str_of(rows[i].unit)),
				rows[i].class);
	hr_catalog_unref(catalog);
}

static void test_unit__longer_than_any__is_unknown(void)
{
	static char unit[257];
	hr_catalog *catalog = fixture_catalog(NULL);

	memset(unit, ' ', sizeof(unit));
	CU_ASSERT_EQUAL(hr_catalog_find_unit(catalog, (hr_str){ unit, 256 }), HR_UNIT_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_unit(catalog, (hr_str){ unit, 257 }), HR_UNIT_UNKNOWN);
	hr_catalog_unref(catalog);
}

/* --- regimes --- */

static bool is_member(const char *regime, const char *key)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	hr_institution_id id = fixture_institution(catalog, key);
	bool member = hr_regime_has_member(fixture_regime(catalog, regime),
					   hr_catalog_get_institution(catalog, id));

	hr_catalog_unref(catalog);
	return member;
}

static void test_regime__members__by_region_key_alliance_or_all(void)
{
	CU_ASSERT_TRUE(is_member("jjj-lab", FIRST));
	CU_ASSERT_TRUE(is_member("jjj-lab", THIRD));
	CU_ASSERT_FALSE(is_member("jjj-lab", "x-island-clinic"));
	CU_ASSERT_TRUE(is_member("jjj-exam", "x-island-clinic"));
	CU_ASSERT_TRUE(is_member("heart", "x-island-clinic"));
	CU_ASSERT_TRUE(is_member("heart", FIRST));
	CU_ASSERT_FALSE(is_member("heart", SECOND));
	CU_ASSERT_TRUE(is_member("nation", "x-island-clinic"));
}

static void test_list__of_several_that_cover_the_day__is_the_latest(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_regime *regime = fixture_regime(catalog, "jjj-lab");
	hr_item_id tsh = fixture_item(catalog, "TSH");
	const hr_list *list;

	CU_ASSERT_PTR_NULL(hr_regime_find_list(regime, HR_LIST_ITEMS, fixture_day("2022-12-31")));
	list = hr_regime_find_list(regime, HR_LIST_ITEMS, fixture_day("2023-01-01"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_TRUE(list->complete && hr_item_in(list->items, tsh));
	CU_ASSERT_EQUAL(list->expected, 5);
	list = hr_regime_find_list(regime, HR_LIST_ITEMS, fixture_day("2024-06-30"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_FALSE(hr_item_in(list->items, tsh));
	list = hr_regime_find_list(regime, HR_LIST_ITEMS, fixture_day("2024-12-31"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_TRUE(hr_item_in(list->items, tsh));
	list = hr_regime_find_list(regime, HR_LIST_ITEMS, fixture_day("2025-01-01"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_FALSE(list->complete);
	CU_ASSERT_EQUAL(list->expected, 104);
	hr_catalog_unref(catalog);
}

static void test_list__all__is_every_item_of_the_kind(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_regime *regime = fixture_regime(catalog, "jjj-exam");
	const hr_list *list = hr_regime_find_list(regime, HR_LIST_ITEMS, fixture_day("2024-01-01"));

	CU_ASSERT_PTR_NOT_NULL_FATAL(list);
	CU_ASSERT_TRUE(list->all);
	CU_ASSERT_TRUE(hr_item_in(list->items, fixture_item(catalog, "CT-CHEST")));
	CU_ASSERT_FALSE(hr_item_in(list->items, fixture_item(catalog, "TSH")));
	CU_ASSERT_FALSE(hr_item_in(list->items, HR_ID_NONE));
	list = hr_regime_find_list(regime, HR_LIST_GRANTS, fixture_day("2024-01-01"));
	CU_ASSERT_TRUE(list && list->all);
	CU_ASSERT_PTR_NULL(hr_regime_find_list(regime, HR_LIST_WINDOWS, fixture_day("2024-01-01")));
	hr_catalog_unref(catalog);
}

static void test_grants__of_an_institution__oldest_first(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_regime *regime = fixture_regime(catalog, "jjj-lab");
	size_t count;
	const hr_grant *grants = hr_catalog_find_grants(
		catalog, regime, fixture_institution(catalog, FIRST), &count);

	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT_EQUAL(grants[0].period.from.day, fixture_day("2023-01-01").day);
	CU_ASSERT_EQUAL(grants[0].period.to.day, fixture_day("2024-01-01").day);
	CU_ASSERT_FALSE(hr_item_in(grants[0].items, fixture_item(catalog, "GLU")));
	CU_ASSERT_TRUE(hr_item_in(grants[1].items, fixture_item(catalog, "GLU")));
	HR_ASSERT_TEXT(grants[1].campus, "east");
	HR_ASSERT_TEXT(grants[1].device, "cobas");
	grants = hr_catalog_find_grants(catalog, fixture_regime(catalog, "nation"),
					fixture_institution(catalog, FIRST), &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_FALSE(hr_item_in(grants[0].items, fixture_item(catalog, "CT-CHEST")));
	hr_catalog_unref(catalog);
}

static void test_grants__withdrawn_and_except__are_told(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	size_t count;
	const hr_grant *grant =
		hr_catalog_find_grants(catalog, fixture_regime(catalog, "jjj-lab"),
				       fixture_institution(catalog, SECOND), &count);

	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_EQUAL(grant->withdrawn_on.day, fixture_day("2024-03-01").day);
	HR_ASSERT_TEXT(grant->withdrawn_why, "未通过室间质评");
	CU_ASSERT_EQUAL(grant->period.to.day, HR_DATE_MAX.day);
	CU_ASSERT_EQUAL(grant->evaluated.to.day, fixture_day("2023-01-01").day);
	CU_ASSERT_TRUE(hr_item_in(grant->items, fixture_item(catalog, "TSH")));
	CU_ASSERT_FALSE(hr_item_in(grant->items, fixture_item(catalog, "WBC")));
	CU_ASSERT_FALSE(hr_item_in(grant->items, fixture_item(catalog, "CT-CHEST")));
	hr_catalog_unref(catalog);
}

static void test_grants__none__is_a_null_and_0(void)
{
	hr_catalog *catalog = fixture_catalog(NULL);
	const hr_regime *regime = fixture_regime(catalog, "jjj-lab");
	size_t count = 7;

	CU_ASSERT_PTR_NULL(hr_catalog_find_grants(
		catalog, regime, fixture_institution(catalog, "x-island-clinic"), &count));
	CU_ASSERT_EQUAL(count, 0);
	CU_ASSERT_PTR_NULL(hr_catalog_find_grants(catalog, regime, HR_ID_NONE, &count));
	CU_ASSERT_EQUAL(hr_catalog_grant_count(catalog, regime), 4);
	CU_ASSERT_EQUAL(hr_catalog_grant_count(catalog, fixture_regime(catalog, "heart")), 0);
	CU_ASSERT_EQUAL(hr_catalog_get_grant(catalog, regime, 0)->institution,
			fixture_institution(catalog, FIRST));
	hr_catalog_unref(catalog);
}

/* --- windows --- */

struct asked {
	const char *regime;
	const char *item;
	hr_setting setting;
	const char *day;
	uint32_t length; /* 0: none */
	hr_window_unit unit;
};

static void assert_window(const hr_catalog *catalog, struct asked asked)
{
	const hr_window *window = hr_catalog_find_window(
		catalog, fixture_regime(catalog, asked.regime), fixture_item(catalog, asked.item),
		asked.setting, fixture_day(asked.day));

	CU_ASSERT_EQUAL(window ? window->length : 0, asked.length);
	if (window)
		CU_ASSERT_EQUAL(window->unit, asked.unit);
}

static void test_window__closest_fit__wins(void)
{
	static const struct asked rows[] = {
		{ "jjj-lab", "TSH", HR_SETTING_ANY, "2024-01-01", 180, HR_WINDOW_DAYS },
		{ "jjj-lab", "GLU", HR_SETTING_INPATIENT, "2024-01-01", 30, HR_WINDOW_DAYS },
		{ "jjj-lab", "GLU", HR_SETTING_EMERGENCY, "2024-01-01", 12, HR_WINDOW_HOURS },
		{ "jjj-lab", "Ca", HR_SETTING_EMERGENCY, "2024-12-31", 7, HR_WINDOW_DAYS },
		{ "jjj-lab", "Ca", HR_SETTING_ANY, "2025-01-01", 14, HR_WINDOW_DAYS },
		{ "jjj-lab", "CT-CHEST", HR_SETTING_ANY, "2024-01-01", 0, HR_WINDOW_DAYS },
		{ "nation", "WBC", HR_SETTING_ANY, "2024-01-01", 6, HR_WINDOW_HOURS },
		{ "nation", "TSH", HR_SETTING_ANY, "2024-01-01", 0, HR_WINDOW_DAYS },
		{ "heart", "TSH", HR_SETTING_ANY, "2024-01-01", 0, HR_WINDOW_DAYS },
	};
	hr_catalog *catalog = fixture_catalog(NULL);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_window(catalog, rows[i]);
	hr_catalog_unref(catalog);
}

static void test_window__local__fills_and_does_not_override(void)
{
	static const struct asked rows[] = {
		/* The regime speaks of all items, so the closer local one is not asked. */
		{ "jjj-lab", "TSH", HR_SETTING_INPATIENT, "2024-01-01", 180, HR_WINDOW_DAYS },
		{ "nation", "WBC", HR_SETTING_ANY, "2024-01-01", 6, HR_WINDOW_HOURS },
		/* A local one that names the regime comes before one for any. */
		{ "nation", "TSH", HR_SETTING_INPATIENT, "2024-01-01", 3, HR_WINDOW_MONTHS },
		{ "heart", "TSH", HR_SETTING_INPATIENT, "2024-01-01", 60, HR_WINDOW_DAYS },
		{ "heart", "TSH", HR_SETTING_ANY, "2024-01-01", 90, HR_WINDOW_DAYS },
		{ "jjj-exam", "CT-CHEST", HR_SETTING_ANY, "2024-01-01", 90, HR_WINDOW_DAYS },
	};
	hr_catalog *catalog = fixture_catalog(SMALL_OVERLAY);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_window(catalog, rows[i]);
	hr_catalog_unref(catalog);
}

/* --- the slot --- */

static void test_slot__before_the_first_set__has_none(void)
{
	hr_catalog_slot *slot = hr_catalog_slot_open();
	hr_arena *arena = hr_test_arena();
	hr_error err;

	CU_ASSERT_PTR_NULL(hr_catalog_slot_get(slot, arena, &err));
	HR_ASSERT_TEXT(hr_str_of(err.message), "no catalogue is loaded yet");
	hr_arena_close(arena);
	hr_catalog_slot_close(slot);
	hr_catalog_slot_close(NULL);
}

static void test_slot__new_version__leaves_the_old_to_who_holds_it(void)
{
	hr_catalog_slot *slot = hr_catalog_slot_open();
	hr_arena *arena = hr_test_arena();
	hr_catalog *old;
	hr_error err;

	hr_catalog_slot_set(slot, fixture_catalog(NULL));
	old = hr_catalog_slot_get(slot, arena, &err);
	hr_catalog_slot_set(slot, fixture_catalog(SMALL_OVERLAY));
	CU_ASSERT_NOT_EQUAL(hr_catalog_slot_get(slot, arena, &err), old);
	hr_catalog_slot_close(slot);
	HR_ASSERT_TEXT(hr_catalog_id(old), "folder");
	CU_ASSERT_EQUAL(hr_catalog_window_count(old), 6);
	hr_arena_close(arena);
}

enum { READERS = 4, ROUNDS = 2000, VERSIONS = 20 };

/* Every round sees one whole version, whatever the writer does. */
static void *read_versions(void *context)
{
	hr_catalog_slot *slot = context;
	hr_arena *arena = hr_test_arena();
	size_t wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		hr_error err;
		const hr_catalog *catalog = hr_catalog_slot_get(slot, arena, &err);

		wrong += !catalog || hr_catalog_find_item(catalog, HR_STR("TSH")) == HR_ID_NONE;
		hr_arena_reset(arena);
	}
	hr_arena_close(arena);
	return wrong ? context : NULL;
}

static void test_slot__readers_and_a_writer__never_meet(void)
{
	hr_catalog_slot *slot = hr_catalog_slot_open();
	pthread_t readers[READERS];

	hr_catalog_slot_set(slot, fixture_catalog(NULL));
	for (size_t i = 0; i < READERS; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&readers[i], NULL, read_versions, slot), 0);
	for (int i = 0; i < VERSIONS; i++)
		hr_catalog_slot_set(slot, fixture_catalog(NULL));
	for (size_t i = 0; i < READERS; i++) {
		void *wrong;

		pthread_join(readers[i], &wrong);
		CU_ASSERT_PTR_NULL(wrong);
	}
	hr_catalog_slot_close(slot);
}

static void test_words__of_grades_and_events__are_those_of_the_files(void)
{
	HR_ASSERT_TEXT(hr_grade_word(HR_GRADE_OFFICIAL), "official");
	HR_ASSERT_TEXT(hr_grade_zh(HR_GRADE_LOCAL), "本院");
	HR_ASSERT_TEXT(hr_event_kind_word(HR_EVENT_COLLECTED), "collected");
	HR_ASSERT_TEXT(hr_event_kind_word(HR_EVENT_UNSTATED), "unstated");
}

static const hr_test tests[] = {
	HR_TEST(test_institution__any_of_its_codes__leads_to_it),
	HR_TEST(test_institution_by_oid__longest_root_wins),
	HR_TEST(test_institution_by_oid__a_root_is_whole_numbers),
	HR_TEST(test_institution_name__passed_on__belongs_to_who_bore_it_on_the_day),
	HR_TEST(test_institution_name__borne_by_two_on_a_day__is_ambiguous),
	HR_TEST(test_institution_name__after_it_closed__is_nobodys),
	HR_TEST(test_institution_name__is_folded_and_never_part_of_another),
	HR_TEST(test_name__longer_than_any__is_not_found),
	HR_TEST(test_region__name_of_two__is_none),
	HR_TEST(test_region_within__goes_by_code_not_by_name),
	HR_TEST(test_region_within__zeros_at_the_end_stand_for_all),
	HR_TEST(test_item_name__that_is_part_of_another__stays_apart),
	HR_TEST(test_item_name__of_two_items__gives_both),
	HR_TEST(test_item_name__code_abbreviation_and_english_name__lead_to_it),
	HR_TEST(test_item__code__keeps_its_case),
	HR_TEST(test_loinc__says_whether_it_is_the_item_or_a_sibling),
	HR_TEST(test_local_code__leads_only_from_its_institution),
	HR_TEST(test_unit__every_spelling__has_its_class),
	HR_TEST(test_unit__longer_than_any__is_unknown),
	HR_TEST(test_regime__members__by_region_key_alliance_or_all),
	HR_TEST(test_list__of_several_that_cover_the_day__is_the_latest),
	HR_TEST(test_list__all__is_every_item_of_the_kind),
	HR_TEST(test_grants__of_an_institution__oldest_first),
	HR_TEST(test_grants__withdrawn_and_except__are_told),
	HR_TEST(test_grants__none__is_a_null_and_0),
	HR_TEST(test_window__closest_fit__wins),
	HR_TEST(test_window__local__fills_and_does_not_override),
	HR_TEST(test_slot__before_the_first_set__has_none),
	HR_TEST(test_slot__new_version__leaves_the_old_to_who_holds_it),
	HR_TEST(test_slot__readers_and_a_writer__never_meet),
	HR_TEST(test_words__of_grades_and_events__are_those_of_the_files),
};
HR_TEST_MAIN("catalog_query", tests)
