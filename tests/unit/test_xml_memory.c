/*
 * What XML and encodings do when memory is short: the n-th allocation fails,
 * for every n. With schemas libxml2 crashes; there only its silence is tried,
 * each time in a process of its own.
 */
#include "base/text.h"
#include "base/xml.h"

#include "failing_malloc.h"
#include "testing.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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
	/* Of four bytes, for which iconv is asked. */
	return hr_text_to_utf8(HR_STR("\x81\x30\x84\x36"), HR_STR("GB18030"), 100, arena, &text,
			       err);
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

static const hr_str schema_text = HR_STR_INIT(
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' "
	"elementFormDefault='qualified'><xs:element name='r'><xs:complexType><xs:sequence>"
	"<xs:element name='a' type='xs:integer' maxOccurs='9'/></xs:sequence>"
	"<xs:attribute name='b'><xs:simpleType><xs:restriction base='xs:string'>"
	"<xs:pattern value='x[0-9]+'/></xs:restriction></xs:simpleType></xs:attribute>"
	"</xs:complexType></xs:element></xs:schema>");

static void ignore_issue(void *context, uint32_t line, uint32_t column, const char *message)
{
	(void)context, (void)line, (void)column, (void)message;
}

static void check_schema(void)
{
	hr_xml_schema *schema = NULL;
	hr_error err;

	if (!hr_xml_schema_open(schema_text, &schema, &err))
		return;
	hr_xml_schema_check(schema, HR_STR("<r xmlns='urn:t' b='y'><a>1</a><a>q</a></r>"),
			    ignore_issue, NULL, &err);
	hr_xml_schema_close(schema);
}

/* What a process wrote to stderr while its n-th allocation failed, whether it crashed or not. */
static size_t words_when_failing(unsigned long n, unsigned long *made)
{
	struct rlimit no_core = { 0, 0 };
	unsigned long count = n;
	char words[256];
	int out[2] = { -1, -1 };
	int told[2] = { -1, -1 };
	ssize_t len;
	pid_t child;

	CU_ASSERT_FATAL(pipe(out) == 0 && pipe(told) == 0);
	child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		dup2(out[1], STDERR_FILENO);
		hr_failing_malloc_set(n);
		check_schema();
		count = hr_failing_malloc_count();
		_exit(write(told[1], &count, sizeof(count)) != sizeof(count));
	}
	close(out[1]);
	close(told[1]);
	len = read(out[0], words, sizeof(words));
	if (read(told[0], &count, sizeof(count)) == sizeof(count))
		*made = count;
	waitpid(child, NULL, 0);
	close(out[0]);
	close(told[0]);
	return len > 0 ? (size_t)len : 0;
}

static void test_memory__schema__says_nothing_on_stderr(void)
{
	unsigned long made = 0;
	unsigned long spoken = 0;

	/* One that is not told, because the process crashed, counts as more. */
	for (unsigned long n = 1; n < 20000; n += 1) {
		made = ~0ul;
		spoken += words_when_failing(n, &made) > 0;
		if (made < n)
			break;
	}
	CU_ASSERT_TRUE(made < 20000);
	CU_ASSERT_EQUAL(spoken, 0);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__conversion__every_allocation_may_fail),
	HR_TEST(test_memory__xml__every_allocation_may_fail),
	HR_TEST(test_memory__namespaces__every_allocation_may_fail),
	HR_TEST(test_memory__schema__says_nothing_on_stderr),
};
HR_TEST_MAIN("xml memory", tests)
