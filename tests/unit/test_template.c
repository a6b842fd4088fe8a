#include "catalog/template.h"

#include "catalog/catalog.h"
#include "catalog/check.h"
#include "testing.h"

static hr_fileset template_files(hr_arena *arena)
{
	hr_fileset files = { 0 };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_catalog_template(arena, &files, &err), err);
	return files;
}

static void test_template__the_check__finds_nothing(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = template_files(arena);
	hr_error err = { 0 };
	hr_issues issues = { 0 };

	HR_ASSERT_OK(hr_catalog_check(&files, false, arena, &issues, &err), err);
	for (size_t i = 0; i < issues.count; i++)
		HR_ASSERT_TEXT(issues.issues[i].message, "");
}

static void test_template__names__are_sorted_and_safe(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = template_files(arena);

	CU_ASSERT_TRUE(files.count > 0);
	for (size_t i = 0; i < files.count; i++) {
		CU_ASSERT_TRUE(hr_file_name_is_safe(files.files[i].name));
		if (i)
			CU_ASSERT_TRUE(
				hr_str_compare(files.files[i - 1].name, files.files[i].name) < 0);
	}
}

/* A code-map stands in overlays only. */
static void test_template__each_kind_of_file__is_there(void)
{
	static const char *const roots[] = {
		"<documents ",	"<regions ",	    "<institutions ", "<units ",   "<items ",
		"<regimes ",	"<grants ",	    "<windows ",      "<marks ",   "<situations ",
		"<settlement ", "<missing ",	    "<calendar ",     "<offices ", "<network ",
		"<direct ",	"<platform-texts ", "<manual ",
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = template_files(arena);

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		hr_str root = hr_str_of(roots[i]);
		bool found = false;

		for (size_t k = 0; k < files.count; k++)
			found |= hr_str_find(files.files[k].bytes, root) < files.files[k].bytes.len;
		CU_ASSERT_TRUE(found);
	}
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* As a word of its own. */
static bool has_word(hr_str text, hr_str word)
{
	size_t at;

	while ((at = hr_str_find(text, word)) < text.len) {
		size_t end = at + word.len;

		if ((at == 0 || !is_letter(text.data[at - 1])) &&
		    (end == text.len || !is_letter(text.data[end])))
			return true;
		text = hr_str_slice(text, end, text.len);
	}
	return false;
}

/* Each attribute that the schema knows is explained in some file. */
static void test_template__every_attribute_of_the_schema__is_explained(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str xsd = hr_test_read(arena, "catalog/catalog.xsd");
	hr_fileset files = template_files(arena);
	hr_str mark = HR_STR("<xs:attribute name=\"");
	size_t count = 0;
	size_t at;

	while ((at = hr_str_find(xsd, mark)) < xsd.len) {
		hr_str name = hr_str_slice(xsd, at + mark.len, xsd.len);
		bool found = false;

		xsd = name;
		name.len = hr_str_find(name, HR_STR("\""));
		for (size_t k = 0; k < files.count; k++)
			found |= has_word(files.files[k].bytes, name);
		if (!found)
			HR_ASSERT_TEXT(name, "");
		count++;
	}
	CU_ASSERT_TRUE(count > 60);
}

static void test_template__a_snapshot__says_that_it_is_made_up(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_fileset files = template_files(arena);
	hr_catalog *catalog = NULL;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_catalog_build(&files, NULL, HR_STR("t"), (hr_instant){ 0 }, &catalog, &err),
		     err);
	CU_ASSERT_TRUE(hr_catalog_has_synthetic(catalog));
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_template__the_check__finds_nothing),
	HR_TEST(test_template__names__are_sorted_and_safe),
	HR_TEST(test_template__each_kind_of_file__is_there),
	HR_TEST(test_template__every_attribute_of_the_schema__is_explained),
	HR_TEST(test_template__a_snapshot__says_that_it_is_made_up),
};
HR_TEST_MAIN("template", tests)
