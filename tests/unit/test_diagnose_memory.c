/* A catalogue of causes and a visit, of which any allocation fails. */
#include "settlement/network.h"

#include "catalog_fixture.h"
#include "failing_malloc.h"

#define FOLDER "tests/data/catalog/diagnose"

static bool build(void *context, hr_error *err)
{
	const hr_fileset *files = context;
	hr_catalog *catalog = NULL;

	if (!hr_catalog_build(files, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, err))
		return false;
	hr_catalog_unref(catalog);
	return true;
}

static void test_build__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, FOLDER, NULL, NULL);

	CU_ASSERT_TRUE(hr_failing_malloc_each(build, &files) > 0);
}

static const char visit_text[] =
	"{\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":\"920101\",\"insutype\":\"390\","
	"\"psn_type\":\"15\",\"med_type\":\"21\",\"enddate\":\"2025-03-01\",\"filing\":\"none\","
	"\"err_msg\":\"在院状态，不能办理入院\"}";

static bool diagnose(void *context, hr_error *err)
{
	const hr_network_query query = { .service = HR_SERVICE_COUNT };
	const hr_catalog *catalog = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 22);
	hr_json_parser *parser = hr_json_parser_open();
	hr_diagnosis diagnosis;
	const hr_json *node;
	hr_visit visit;
	hr_buf out;
	bool ok;

	if (!arena || !parser) {
		hr_json_parser_close(parser);
		return hr_fail_memory(err);
	}
	ok = hr_json_read(parser, hr_str_of(visit_text), arena, &node, err) &&
	     hr_visit_read_unbilled(node, catalog, arena, &visit, err) &&
	     hr_diagnose(catalog, &visit, arena, &diagnosis, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	CU_ASSERT_EQUAL(diagnosis.said.count, 1);
	hr_buf_init(&out, arena, 1 << 20);
	hr_diagnosis_format_json(&diagnosis, &out);
	hr_diagnosis_format_text(&diagnosis, HR_QUOTE_ZH, &out);
	hr_network_format_json(catalog, &query, &out);
	hr_network_format_text(catalog, &query, HR_QUOTE_EN, &out);
	return out.failed ? hr_fail_memory(err) : true;
}

static void test_diagnose__any_allocation_fails__says_so(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(FOLDER, NULL, &catalog, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(diagnose, catalog) > 0);
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_build__any_allocation_fails__says_so),
	HR_TEST(test_diagnose__any_allocation_fails__says_so),
};

HR_TEST_MAIN("diagnose_memory", tests)
