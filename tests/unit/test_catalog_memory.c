/* A build, a check and an import of which any allocation fails. */
#include "catalog/catalog.h"

#include "catalog/check.h"
#include "catalog/sheet.h"
#include "catalog_fixture.h"
#include "failing_malloc.h"

struct sets {
	hr_fileset shared;
	hr_fileset local;
};

static bool build(void *context, hr_error *err)
{
	const struct sets *sets = context;
	hr_catalog *catalog = NULL;

	if (!hr_catalog_build(&sets->shared, &sets->local, HR_STR("test"), (hr_instant){ 0 },
			      &catalog, err))
		return false;
	hr_catalog_unref(catalog);
	return true;
}

static void test_build__any_allocation_fails__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	struct sets sets = {
		.shared = fixture_files(arena, SMALL_CATALOG, NULL, NULL),
		.local = fixture_files(arena, SMALL_OVERLAY, NULL, NULL),
	};

	CU_ASSERT_TRUE(hr_failing_malloc_each(build, &sets) > 0);
	hr_arena_close(arena);
}

static bool check(void *context, hr_error *err)
{
	const struct sets *sets = context;
	hr_arena *arena = hr_arena_open(1 << 20);
	hr_issues issues;
	bool ok;

	if (!arena)
		return hr_fail_memory(err);
	ok = hr_catalog_check(&sets->shared, false, arena, &issues, err);
	hr_arena_close(arena);
	return ok;
}

static void test_check__any_allocation_fails__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	struct sets sets = { .shared = fixture_files(arena, SMALL_CATALOG, NULL, NULL) };

	CU_ASSERT_TRUE(hr_failing_malloc_each(check, &sets) > 0);
	hr_arena_close(arena);
}

static bool import(void *context, hr_error *err)
{
	const struct sets *sets = context;
	hr_sheet_options options = { .regime = HR_STR("jjj-lab"),
				     .source = HR_STR("s"),
				     .grade = HR_STR("synthetic"),
				     .replace_period = true };
	hr_arena *arena = hr_arena_open(1 << 20);
	hr_sheet_import_result result;
	bool ok;

	if (!arena)
		return hr_fail_memory(err);
	ok = hr_sheet_import(HR_SHEET_GRANTS, &sets->shared,
			     HR_STR("机构名称,项目,起\n示范第一医院,\"TSH、血糖\",2026-01-01\n"),
			     &options, arena, &result, err);
	hr_arena_close(arena);
	return ok;
}

static void test_import__any_allocation_fails__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	struct sets sets = { .shared = fixture_files(arena, SMALL_CATALOG, NULL, NULL) };

	CU_ASSERT_TRUE(hr_failing_malloc_each(import, &sets) > 0);
	hr_arena_close(arena);
}

static bool get(void *context, hr_error *err)
{
	hr_catalog_slot *slot = context;
	hr_arena *arena = hr_arena_open(1 << 20);
	bool ok;

	if (!arena)
		return hr_fail_memory(err);
	ok = hr_catalog_slot_get(slot, arena, err) != NULL;
	hr_arena_close(arena);
	return ok;
}

static void test_slot_get__any_allocation_fails__says_so(void)
{
	hr_catalog_slot *slot = hr_catalog_slot_open();

	hr_catalog_slot_set(slot, fixture_catalog(NULL));
	CU_ASSERT_TRUE(hr_failing_malloc_each(get, slot) > 0);
	hr_catalog_slot_close(slot);
}

static const hr_test tests[] = {
	HR_TEST(test_build__any_allocation_fails__says_so),
	HR_TEST(test_check__any_allocation_fails__says_so),
	HR_TEST(test_import__any_allocation_fails__says_so),
	HR_TEST(test_slot_get__any_allocation_fails__says_so),
};
HR_TEST_MAIN("catalog_memory", tests)
