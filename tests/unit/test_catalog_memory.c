/* A build, and a check, of which any allocation fails. */
#include "catalog/catalog.h"

#include "catalog/check_parts.h"
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

/* Without the schema: that part of libxml2 crashes when malloc fails (base/xml_schema.c). */
static bool check(void *context, hr_error *err)
{
	const struct sets *sets = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 20);
	HR_AUTO(hr_arena) scratch = hr_arena_open(1 << 20);
	hr_check run = { .arena = arena, .scratch = scratch };

	if (!arena || !scratch)
		return hr_fail_memory(err);
	return hr_check_facts(&run, &sets->shared, false, err);
}

static void test_check__any_allocation_fails__says_so(void)
{
	hr_arena *arena = hr_test_arena();
	struct sets sets = { .shared = fixture_files(arena, SMALL_CATALOG, NULL, NULL) };

	CU_ASSERT_TRUE(hr_failing_malloc_each(check, &sets) > 0);
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
	HR_TEST(test_slot_get__any_allocation_fails__says_so),
};
HR_TEST_MAIN("catalog_memory", tests)
