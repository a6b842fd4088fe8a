/* An import of which any allocation fails. */
#include "catalog/sheet.h"

#include "catalog_fixture.h"
#include "failing_malloc.h"

/* In the place of the real one, whose schema part crashes in libxml2 when malloc fails. */
bool hr_catalog_check(const hr_fileset *files, bool local, hr_arena *arena, hr_issues *out,
		      hr_error *err)
{
	(void)files, (void)local, (void)arena, (void)err;
	*out = (hr_issues){ 0 };
	return true;
}

static bool import(void *context, hr_error *err)
{
	const hr_fileset *set = context;
	hr_sheet_options options = { .regime = HR_STR("jjj-lab"),
				     .source = HR_STR("s"),
				     .grade = HR_STR("synthetic"),
				     .replace_period = true };
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 20);
	hr_sheet_import_result result;

	if (!arena)
		return hr_fail_memory(err);
	return hr_sheet_import(HR_SHEET_GRANTS, set,
			       HR_STR("机构名称,项目,起\n示范第一医院,\"TSH、血糖\",2026-01-01\n"),
			       &options, arena, &result, err);
}

static void test_import__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset set = fixture_files(arena, SMALL_CATALOG, NULL, NULL);

	CU_ASSERT_TRUE(hr_failing_malloc_each(import, &set) > 0);
}

static const hr_test tests[] = {
	HR_TEST(test_import__any_allocation_fails__says_so),
};
HR_TEST_MAIN("sheet_memory", tests)
