/*
 * What XML and encodings do when memory is short: the n-th allocation fails,
 * for every n. Not tried with schemas, where libxml2 crashes.
 */
#include "base/text.h"
#include "base/xml.h"

#include "failing_malloc.h"
#include "testing.h"

static const hr_str document = HR_STR_INIT(
	"<?xml version='1.0' encoding='GBK'?><r xmlns='urn:t' xmlns:p='urn:p' a='\xba\xba&amp;'>"
	"x<b p:c='1'/>\xba\xba&#65;<?i n?><!-- --><![CDATA[y]]></r>");

static bool convert(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_str text;

	(void)context;
	if (!arena)
		return hr_fail_memory(err);
	return hr_text_to_utf8(HR_STR("\xba\xba"), HR_STR("GBK"), 100, arena, &text, err);
}

static void test_memory__conversion__every_allocation_may_fail(void)
{
	hr_error err;

	/* libc's first conversion reads its table of encodings, and takes a lack of memory for
	 * a table without ours. */
	HR_ASSERT_OK(convert(NULL, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(convert, NULL) >= 3);
}

static bool read_document(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	hr_xml_document out = { 0 };

	(void)context;
	if (!arena || !parser)
		return hr_fail_memory(err);
	if (!hr_xml_read(parser, document, arena, &out, err)) {
		CU_ASSERT_PTR_NULL(out.root);
		return false;
	}
	HR_ASSERT_TEXT(out.root->text, "x汉Ay");
	HR_ASSERT_TEXT(hr_xml_attr_value(out.root, HR_STR("a")), "汉&");
	return true;
}

static void test_memory__xml__every_allocation_may_fail(void)
{
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_document, NULL) > 20);
}

/* libxml2's dictionary takes memory for a name only now and then: many of them hit every case. */
static bool read_namespaces(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	const hr_str *text = context;
	hr_xml_document out;

	if (!arena || !parser)
		return hr_fail_memory(err);
	return hr_xml_read(parser, *text, arena, &out, err);
}

static void test_memory__namespaces__every_allocation_may_fail(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str text;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 16);
	HR_BUF_ADD(&buf, "<r");
	for (int i = 0; i < HR_XML_NAMESPACES_MAX; i++)
		hr_buf_addf(&buf, " xmlns:p%d='urn:%d'", i, i);
	HR_BUF_ADD(&buf, "/>");
	text = hr_buf_str(&buf);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_namespaces, &text) > 20);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__conversion__every_allocation_may_fail),
	HR_TEST(test_memory__xml__every_allocation_may_fail),
	HR_TEST(test_memory__namespaces__every_allocation_may_fail),
};
HR_TEST_MAIN("xml memory", tests)
