#include "catalog/xml_write.h"

#include "testing.h"

static void test_xml_write__an_element__is_one_line(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_xml_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1024);
	hr_xml_writer_init(&w, &buf, 1);
	hr_xml_write_open(&w, HR_STR("grant"));
	hr_xml_write_attr(&w, HR_STR("institution"), HR_STR("x-a"));
	hr_xml_write_attr(&w, HR_STR("to"), HR_STR_NONE);
	hr_xml_write_attr(&w, HR_STR("items"), HR_STR("all"));
	hr_xml_write_close(&w, HR_STR("grant"));
	HR_ASSERT_TEXT(hr_buf_str(&buf), "\t<grant institution=\"x-a\" items=\"all\"/>\n");
}

static void test_xml_write__children_and_text__are_indented(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_xml_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1024);
	hr_xml_writer_init(&w, &buf, 0);
	hr_xml_write_prolog(&w);
	hr_xml_write_open(&w, HR_STR("items"));
	hr_xml_write_open(&w, HR_STR("lab"));
	hr_xml_write_attr(&w, HR_STR("code"), HR_STR("K"));
	hr_xml_write_open(&w, HR_STR("name"));
	hr_xml_write_text(&w, HR_STR("钾"));
	hr_xml_write_close(&w, HR_STR("name"));
	hr_xml_write_open(&w, HR_STR("name"));
	hr_xml_write_close(&w, HR_STR("name"));
	hr_xml_write_close(&w, HR_STR("lab"));
	hr_xml_write_close(&w, HR_STR("items"));
	HR_ASSERT_TEXT(hr_buf_str(&buf), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
					 "<items>\n"
					 "\t<lab code=\"K\">\n"
					 "\t\t<name>钾</name>\n"
					 "\t\t<name/>\n"
					 "\t</lab>\n"
					 "</items>\n");
}

static void test_xml_write__what_xml_reads_otherwise__is_escaped(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_xml_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1024);
	hr_xml_writer_init(&w, &buf, 0);
	hr_xml_write_open(&w, HR_STR("a"));
	hr_xml_write_attr(&w, HR_STR("b"), HR_STR("<&>\"'\t\r\n"));
	hr_xml_write_text(&w, HR_STR("]]>&"));
	hr_xml_write_close(&w, HR_STR("a"));
	HR_ASSERT_TEXT(hr_buf_str(&buf),
		       "<a b=\"&lt;&amp;&gt;&quot;'&#9;&#13;&#10;\">]]&gt;&amp;</a>\n");
}

static const hr_test tests[] = {
	HR_TEST(test_xml_write__an_element__is_one_line),
	HR_TEST(test_xml_write__children_and_text__are_indented),
	HR_TEST(test_xml_write__what_xml_reads_otherwise__is_escaped),
};
HR_TEST_MAIN("xml_write", tests)
