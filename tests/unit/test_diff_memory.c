/* A comparison of which any allocation fails. */
#include "registry/diff.h"

#include "catalog_fixture.h"
#include "failing_malloc.h"

struct versions {
	hr_catalog *before;
	hr_catalog *after;
};

static hr_catalog *open_folder(const char *path)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(path, NULL, &catalog, &err), err);
	return catalog;
}

static bool diff(void *context, hr_error *err)
{
	const struct versions *versions = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(16 << 20);
	const hr_change *changes = NULL;
	size_t count = 0;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_catalog_diff(versions->before, versions->after, arena, &changes, &count, err)) {
		CU_ASSERT_PTR_NULL(changes);
		return false;
	}
	CU_ASSERT_TRUE(count > 100);
	return true;
}

/* All kinds of records, of which each came, went or changed. */
static void test_diff__any_allocation_fails__says_so(void)
{
	struct versions versions = { open_folder("catalog/template"),
				     open_folder("catalog/sample/official") };

	CU_ASSERT_TRUE(hr_failing_malloc_each(diff, &versions) > 10);
	hr_catalog_unref(versions.before);
	hr_catalog_unref(versions.after);
}

static const hr_test tests[] = {
	HR_TEST(test_diff__any_allocation_fails__says_so),
};
HR_TEST_MAIN("diff_memory", tests)
