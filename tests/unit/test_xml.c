#include "base/xml.h"

#include "base/text.h"
#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

struct fixture {
	hr_xml_parser *parser;
	hr_arena *arena;
	hr_xml_document document;
	hr_error err;
	bool ok;
};

static struct fixture read_xml(hr_str bytes)
{
	struct fixture f = { .parser = hr_xml_parser_open(), .arena = hr_test_arena() };
	/* Ends where its allocation ends, so that a sanitizer sees a read past it. */
	char *copy = malloc(bytes.len ? bytes.len : 1);

	if (!f.parser || !copy)
		abort();
	memcpy(copy, bytes.data ? bytes.data : "", bytes.len);
	f.ok = hr_xml_read(f.parser, (hr_str){ copy, bytes.len }, f.arena, &f.document, &f.err);
	/* From here on the tree must stand by itself. */
	free(copy);
	hr_xml_parser_close(f.parser);
	return f;
}

static struct fixture read_text(const char *text)
{
	return read_xml(hr_str_of(text));
}

static void close_fixture(struct fixture *f)
{
	hr_arena_close(f->arena);
}

static void check_refused(hr_str bytes, hr_error_code code, uint32_t line, uint32_t column,
			  const char *message)
{
	struct fixture f = read_xml(bytes);

	CU_ASSERT_FALSE(f.ok);
	if (!f.ok) {
		HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
		CU_ASSERT_EQUAL(f.err.code, code);
		CU_ASSERT_EQUAL(f.err.line, line);
		CU_ASSERT_EQUAL(f.err.column, column);
	}
	close_fixture(&f);
}

/* `count` times `piece` between `head` and `tail`. */
static hr_str repeat(hr_arena *arena, const char *head, const char *piece, size_t count,
		     const char *tail)
{
	size_t len = strlen(head) + count * strlen(piece) + strlen(tail);
	char *text = hr_arena_alloc_text(arena, len + 1);
	char *at;

	if (!text)
		abort();
	at = stpcpy(text, head);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, piece);
	stpcpy(at, tail);
	return (hr_str){ text, len };
}

static void test_read__elements_attributes_and_text__become_a_tree(void)
{
	struct fixture f = read_text("<a x='1' y=\"汉\">\n  <b>t</b>\n  <c/>\n</a>");
	const hr_xml *a = f.document.root;

	HR_ASSERT_OK(f.ok, f.err);
	HR_ASSERT_TEXT(a->name, "a");
	HR_ASSERT_TEXT(a->ns, "");
	CU_ASSERT_EQUAL(a->attr_count, 2);
	HR_ASSERT_TEXT(hr_xml_attr_value(a, HR_STR("x")), "1");
	HR_ASSERT_TEXT(hr_xml_attr_value(a, HR_STR("y")), "汉");
	HR_ASSERT_TEXT(a->first->name, "b");
	HR_ASSERT_TEXT(a->first->text, "t");
	HR_ASSERT_TEXT(a->first->next->name, "c");
	CU_ASSERT_PTR_EQUAL(a->first->next->parent, a);
	CU_ASSERT_PTR_NULL(a->first->next->next);
	CU_ASSERT_PTR_NULL(a->parent);
	CU_ASSERT_FALSE(f.document.prolog_lied);
	close_fixture(&f);
}

static void test_read__namespaces__are_resolved(void)
{
	struct fixture f = read_text("<h:a xmlns:h='urn:h' xmlns='urn:d'><b xmlns=''/>"
				     "<c xmlns:h='urn:i'><h:d/></c><h:e h:t='1' t='2'/></h:a>");
	const hr_xml *a = f.document.root;

	HR_ASSERT_OK(f.ok, f.err);
	HR_ASSERT_TEXT(a->ns, "urn:h");
	CU_ASSERT_EQUAL(a->attr_count, 0);
	HR_ASSERT_TEXT(hr_xml_child(a, HR_STR("b"))->ns, "");
	HR_ASSERT_TEXT(hr_xml_child(a, HR_STR("c"))->ns, "urn:d");
	HR_ASSERT_TEXT(hr_xml_path(a, HR_STR("c/d"))->ns, "urn:i");
	HR_ASSERT_TEXT(hr_xml_child(a, HR_STR("e"))->ns, "urn:h");
	CU_ASSERT_TRUE(hr_xml_child(a, HR_STR("e"))->attrs[0].prefixed);
	HR_ASSERT_TEXT(hr_xml_attr_value(hr_xml_child(a, HR_STR("e")), HR_STR("t")), "2");
	close_fixture(&f);
}

static void test_read__prefixed_attribute_alone__is_found_by_its_local_name(void)
{
	struct fixture f = read_text("<v xmlns:xsi='urn:x' xsi:type='ST' xml:lang='zh'/>");

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_TRUE(hr_xml_find_attr(f.document.root, HR_STR("type"))->prefixed);
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("type")), "ST");
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("lang")), "zh");
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("typ")), "");
	HR_ASSERT_TEXT(hr_xml_attr_value(NULL, HR_STR("type")), "");
	close_fixture(&f);
}

static void test_read__prefix_that_is_not_declared__is_read_and_told(void)
{
	struct fixture f = read_text("<a xmlns='urn:d'><v xsi:type='ST'/><q:b/></a>");
	const hr_xml *v = f.document.root->first;

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_TRUE(f.document.prefix_undeclared);
	CU_ASSERT_TRUE(v->attrs[0].prefixed);
	HR_ASSERT_TEXT(hr_xml_attr_value(v, HR_STR("type")), "ST");
	HR_ASSERT_TEXT(v->next->name, "b");
	HR_ASSERT_TEXT(v->next->ns, "");
	close_fixture(&f);
	f = read_text("<a xmlns:xsi='urn:x' xsi:type='ST'/>");
	CU_ASSERT_FALSE(f.document.prefix_undeclared);
	close_fixture(&f);
}

static void test_read__namespace_that_is_no_uri__is_read(void)
{
	struct fixture f = read_text("<a xmlns='%% not a URI'/>");

	HR_ASSERT_OK(f.ok, f.err);
	HR_ASSERT_TEXT(f.document.root->ns, "%% not a URI");
	close_fixture(&f);
}

static void check_root_text(const char *document, const char *want)
{
	struct fixture f = read_text(document);

	HR_ASSERT_OK(f.ok, f.err);
	if (f.ok)
		HR_ASSERT_TEXT(f.document.root->text, want);
	close_fixture(&f);
}

static void test_read__text__is_joined_from_its_pieces(void)
{
	check_root_text("<a/>", "");
	check_root_text("<a>one</a>", "one");
	check_root_text("<a>1<b>2</b>3<b/>4</a>", "134");
	check_root_text("<a>x &amp; y</a>", "x & y");
	check_root_text("<a>&lt;&#x4e2d;&#25991;&gt;&apos;&quot;</a>", "<中文>'\"");
	check_root_text("<a>x<![CDATA[<b>&amp;]]>y</a>", "x<b>&amp;y");
	check_root_text("<a>x<!-- c -->y<?p i?>z</a>", "xyz");
	check_root_text("<a>血红蛋白 g/L\n中</a>", "血红蛋白 g/L\n中");
	check_root_text("<a>1\r\n2\r3</a>", "1\n2\n3");
}

static void test_read__white_space__is_dropped_only_alone_beside_children(void)
{
	check_root_text("<a> \n </a>", " \n ");
	check_root_text("<a>\n <b/>\n <b/>\n</a>", "");
	check_root_text("<a>\r\n <b/>\r\n \r\n<b/>\r\n</a>", "");
	check_root_text("<a>\n x <b/> \n</a>", "\n x ");
	check_root_text("<a>x<b/> y</a>", "x y");
	check_root_text("<a>x<b/> <b/> y &amp; z<b/> </a>", "x y & z");
	check_root_text("<a>&#32;<b/></a>", " ");
	check_root_text("<a><b/><![CDATA[ ]]></a>", " ");
}

static void test_read__long_text__is_whole(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str bytes = repeat(arena, "<a>", "中文&amp;\r\n", 50000, "<b/>z</a>");
	hr_str want = repeat(arena, "", "中文&\n", 50000, "z");
	struct fixture f = read_xml(bytes);

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_TRUE(f.ok && hr_str_equal(f.document.root->text, want));
	close_fixture(&f);
	hr_arena_close(arena);
}

static void test_read__attribute_values__are_normalised_and_decoded(void)
{
	struct fixture f = read_text("<a v='a&amp;b' w='&#x4e2d;&#38;&lt;' x='1\n2\t3' y = '' "
				     "z='&amp;amp;'/>");

	HR_ASSERT_OK(f.ok, f.err);
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("v")), "a&b");
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("w")), "中&<");
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("x")), "1 2 3");
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("y")), "");
	HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("z")), "&amp;");
	close_fixture(&f);
}

static void test_read__places__are_of_the_start_tags(void)
{
	struct fixture f = read_text("<?xml version='1.0'?>\n<!-- <x>\n -->\n"
				     "<a>汉<b\n c='1'\n/>\n\t<d>\n<![CDATA[<no>\n]]></d><e/></a>");
	const hr_xml *a = f.document.root;
	const hr_xml *b = a->first;

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL(hr_xml_line(a), 4);
	CU_ASSERT_EQUAL(hr_xml_column(a), 1);
	CU_ASSERT_EQUAL(hr_xml_line(b), 4);
	CU_ASSERT_EQUAL(hr_xml_column(b), 7);
	CU_ASSERT_EQUAL(hr_xml_line(b->next), 7);
	CU_ASSERT_EQUAL(hr_xml_column(b->next), 2);
	CU_ASSERT_EQUAL(hr_xml_line(b->next->next), 9);
	CU_ASSERT_EQUAL(hr_xml_column(b->next->next), 8);
	close_fixture(&f);
}

static void test_read__line_past_65535__is_right(void)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_xml(repeat(arena, "<a>", "\n", 70000, " <b/></a>"));

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL(hr_xml_line(f.document.root->first), 70001);
	CU_ASSERT_EQUAL(hr_xml_column(f.document.root->first), 2);
	close_fixture(&f);
	check_refused(repeat(arena, "<a>", "\n", 70000, "</b>"), HR_E_SYNTAX, 70001, 5,
		      "a start tag and its end tag differ");
	hr_arena_close(arena);
}

static void test_helpers__child_next_path_walk(void)
{
	struct fixture f =
		read_text("<r><a><x/></a><b/><a><x><y i='1'/></x><x><y/><z/></x></a></r>");
	const hr_xml *r = f.document.root;
	const hr_xml *a = hr_xml_child(r, HR_STR("a"));
	hr_buf names;

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_TRUE(hr_xml_is(r, HR_STR("r")));
	CU_ASSERT_FALSE(hr_xml_is(r, HR_STR("a")));
	CU_ASSERT_FALSE(hr_xml_is(NULL, HR_STR("a")));
	CU_ASSERT_PTR_NULL(hr_xml_child(r, HR_STR("x")));
	CU_ASSERT_PTR_NULL(hr_xml_child(NULL, HR_STR("x")));
	CU_ASSERT_PTR_EQUAL(hr_xml_next_same(a), r->first->next->next);
	CU_ASSERT_PTR_NULL(hr_xml_next_same(hr_xml_next_same(a)));
	/* The first branch that goes all the way is not the first branch. */
	CU_ASSERT_PTR_EQUAL(hr_xml_path(r, HR_STR("a/x/z"))->parent->next, NULL);
	HR_ASSERT_TEXT(hr_xml_attr_value(hr_xml_path(r, HR_STR("a/x/y")), HR_STR("i")), "1");
	CU_ASSERT_PTR_NULL(hr_xml_path(r, HR_STR("a/y")));
	CU_ASSERT_PTR_NULL(hr_xml_path(NULL, HR_STR("a")));
	hr_buf_init(&names, f.arena, 100);
	for (const hr_xml *n = r; n; n = hr_xml_walk(n, r))
		hr_buf_add(&names, n->name);
	HR_ASSERT_TEXT(hr_buf_str(&names), "raxbaxyxyz");
	names.len = 0;
	for (const hr_xml *n = a; n; n = hr_xml_walk(n, a))
		hr_buf_add(&names, n->name);
	HR_ASSERT_TEXT(hr_buf_str(&names), "ax");
	close_fixture(&f);
}

static void check_xpath(const hr_xml *node, const char *attr, const char *want)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000);
	hr_xml_format_xpath(node, hr_str_of(attr), &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), want);
	hr_arena_close(arena);
}

static void test_xpath__counts_only_where_a_name_repeats(void)
{
	struct fixture f = read_text("<r><a/><b/><a><c/></a></r>");
	const hr_xml *r = f.document.root;

	HR_ASSERT_OK(f.ok, f.err);
	check_xpath(r, "", "/r");
	check_xpath(r->first, "", "/r/a[1]");
	check_xpath(hr_xml_child(r, HR_STR("b")), "id", "/r/b/@id");
	check_xpath(hr_xml_path(r, HR_STR("a/c")), NULL, "/r/a[2]/c");
	close_fixture(&f);
}

/* Whatever was asked before, an answer is what it would be alone. */
static void test_xpath_trail__any_two_nodes__as_each_alone(void)
{
	struct fixture f =
		read_text("<r><a/><b><a/><a/></b><a><c/><a><c/></a><a/></a><b/><a/><d/></r>");
	const hr_xml *r = f.document.root;

	HR_ASSERT_OK(f.ok, f.err);
	for (const hr_xml *one = r; one; one = hr_xml_walk(one, r))
		for (const hr_xml *two = r; two; two = hr_xml_walk(two, r)) {
			hr_xml_trail trail;
			hr_buf alone;

			hr_xml_trail_init(&trail, f.arena, 1000);
			hr_buf_init(&alone, f.arena, 1000);
			hr_xml_format_xpath(two, HR_STR("id"), &alone);
			hr_xml_trail_xpath(&trail, one, HR_STR("x"));
			CU_ASSERT_TRUE(hr_str_equal(hr_xml_trail_xpath(&trail, two, HR_STR("id")),
						    hr_buf_str(&alone)));
		}
	close_fixture(&f);
}

static void check_value(hr_str bytes, const char *want, bool lied)
{
	struct fixture f = read_xml(bytes);

	HR_ASSERT_OK(f.ok, f.err);
	if (f.ok) {
		HR_ASSERT_TEXT(hr_xml_attr_value(f.document.root, HR_STR("v")), want);
		CU_ASSERT_EQUAL(f.document.prolog_lied, lied);
	}
	close_fixture(&f);
}

static void test_encoding__every_one_is_read(void)
{
	check_value(HR_STR("<a v='汉'/>"), "汉", false);
	check_value(HR_STR("\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><a v='汉'/>"), "汉",
		    false);
	check_value(HR_STR("<?xml version=\"1.0\" encoding=\"GBK\"?><a v='\xba\xba'/>"), "汉",
		    false);
	check_value(HR_STR("<?xml version='1.0' encoding = 'gb2312' ?><a v='\xba\xba'/>"), "汉",
		    false);
	check_value(HR_STR("<?xml version='1.0' encoding='GB18030'?><a v='\x81\x30\x84\x36'/>"),
		    "¥", false);
	check_value(HR_STR("<?xml version='1.0' encoding='ISO-8859-1'?><a v='\xb5g'/>"), "µg",
		    false);
}

static void test_encoding__gbk_trail_byte_that_is_ascii__cannot_be_markup(void)
{
	check_value(HR_STR("<?xml version='1.0' encoding='GBK'?><a v='\x81\x5c\x81\x7c'/>"), "乗亅",
		    false);
}

/* ASCII text with 汉 for '#', in UTF-16. */
static hr_str utf16(hr_arena *arena, const char *text, bool little, bool mark)
{
	hr_buf buf;
	size_t low = little ? 0 : 1;

	hr_buf_init(&buf, arena, 10000);
	if (mark)
		hr_buf_add(&buf, little ? HR_STR("\xff\xfe") : HR_STR("\xfe\xff"));
	for (; *text; text++) {
		unsigned c = *text == '#' ? 0x6c49 : (unsigned char)*text;
		char unit[2];

		unit[low] = (char)(c & 0xff);
		unit[1 - low] = (char)(c >> 8);
		hr_buf_add(&buf, (hr_str){ unit, 2 });
	}
	return hr_buf_str(&buf);
}

static void test_encoding__utf16__in_both_orders_with_and_without_mark(void)
{
	static const char text[] = "<?xml version='1.0' encoding='UTF-16'?><a v='#'/>";
	hr_arena *arena = hr_test_arena();

	for (int i = 0; i < 4; i++)
		check_value(utf16(arena, text, i & 1, i & 2), "汉", false);
	check_value(utf16(arena, "<a v='#'/>", true, false), "汉", false);
	hr_arena_close(arena);
}

static void test_encoding__utf8_under_another_prolog__is_read_and_told(void)
{
	check_value(HR_STR("<?xml version='1.0' encoding='GBK'?><a v='汉'/>"), "汉", true);
	check_value(HR_STR("<?xml version='1.0' encoding='Big5'?><a v='汉'/>"), "汉", true);
	check_value(HR_STR("<?xml version='1.0' encoding='UTF-16'?><a v='x'/>"), "x", true);
	/* This is another instruction, not a prolog. */
	check_value(HR_STR("<?xml-x encoding='GBK'?><a v='汉'/>"), "汉", false);
	/* In ASCII the prolog says no untruth. */
	check_value(HR_STR("<?xml version='1.0' encoding='GBK'?><a v='x'/>"), "x", false);
}

static void test_encoding__bytes_that_do_not_fit__are_refused_with_the_place(void)
{
	check_refused(HR_STR("<?xml version='1.0' encoding='UTF-8'?>\n<a v='\xba\xba'/>"),
		      HR_E_ENCODING, 2, 7, "the bytes here are no character of UTF-8");
	check_refused(HR_STR("<a v='\xba\xba'/>"), HR_E_ENCODING, 1, 7,
		      "the bytes here are no character of UTF-8");
	check_refused(HR_STR("\xef\xbb\xbf<?xml version='1.0' encoding='GBK'?><a v='\xba\xba'/>"),
		      HR_E_ENCODING, 1, 43, "the bytes here are no character of UTF-8");
	check_refused(HR_STR("<?xml version='1.0' encoding='UTF-16'?><a v='\xba\xba'/>"),
		      HR_E_ENCODING, 1, 46, "the bytes here are no character of UTF-8");
	check_refused(HR_STR("<?xml version='1.0' encoding='GBK'?><a v='\xba\xff'/>"),
		      HR_E_ENCODING, 1, 43, "the bytes here are no character of GB18030");
	check_refused(HR_STR("<?xml version='1.0' encoding='Shift_JIS'?><a v='\x8a\xbf'/>"),
		      HR_E_ENCODING, 0, 0, "encoding 'Shift_JIS' is not known");
}

static void test_refused__nothing_or_no_element(void)
{
	check_refused(HR_STR_NONE, HR_E_SYNTAX, 0, 0, "the document is empty");
	check_refused(HR_STR(" \n "), HR_E_SYNTAX, 2, 2, "there is no element");
	check_refused(HR_STR("\xef\xbb\xbf"), HR_E_SYNTAX, 1, 1, "there is no element");
	check_refused(HR_STR("<?xml version='1.0'?><!-- x -->"), HR_E_SYNTAX, 1, 32,
		      "there is no element");
	check_refused(HR_STR("MSH|^~\\&|"), HR_E_SYNTAX, 1, 1,
		      "there is text before the first element");
	check_refused(HR_STR("\n{\"resourceType\":"), HR_E_SYNTAX, 2, 1,
		      "there is text before the first element");
	check_refused(HR_STR("<!-- "), HR_E_SYNTAX, 1, 1, "the document ends inside a comment");
}

static void test_refused__zero_byte(void)
{
	check_refused(HR_STR("<a>\n\0</a>"), HR_E_SYNTAX, 2, 1, "a zero byte is not XML");
	check_refused(HR_STR("<a/>\0"), HR_E_SYNTAX, 1, 5, "a zero byte is not XML");
	check_refused(HR_STR("\0"), HR_E_SYNTAX, 1, 1, "a zero byte is not XML");
}

static void test_refused__faults_of_syntax__have_a_place_and_quote_nothing(void)
{
	check_refused(HR_STR("<zhang><san></zhang>"), HR_E_SYNTAX, 1, 21,
		      "a start tag and its end tag differ");
	check_refused(HR_STR("<a>\n&zhangsan;</a>"), HR_E_SYNTAX, 2, 11,
		      "an entity is not one of the five of XML");
	check_refused(HR_STR("<a b='&zhangsan;'/>"), HR_E_SYNTAX, 1, 17,
		      "an entity is not one of the five of XML");
	check_refused(HR_STR("<a zhang='1' zhang='2'/>"), HR_E_SYNTAX, 1, 23,
		      "an attribute stands twice in one tag");
	check_refused(HR_STR("<a/><b/>"), HR_E_SYNTAX, 1, 5,
		      "there is something behind the last element");
	check_refused(HR_STR("<a b='<'/>"), HR_E_SYNTAX, 1, 7, "an attribute holds a '<'");
	check_refused(HR_STR("<a xmlns:p=''/>"), HR_E_SYNTAX, 1, 14,
		      "a prefix is declared with an empty namespace");
	check_refused(HR_STR("<a xmlns:xml='urn:p'/>"), HR_E_SYNTAX, 1, 21,
		      "a prefix or namespace of XML itself is declared anew");
	check_refused(HR_STR("<a>\x01</a>"), HR_E_SYNTAX, 1, 4,
		      "a character here is not allowed in XML");
}

static void test_refused__cut_at_any_byte__with_a_place(void)
{
	static const hr_str whole = HR_STR_INIT("<?xml version='1.0' encoding='UTF-8'?>\n"
						"<!-- c --><a xmlns:p='urn:p' p:b=\"汉&amp;\">"
						"x<![CDATA[y]]>&#x4e2d;<?i n?>\n<p:c/></a>");
	struct fixture f = read_xml(whole);

	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	for (size_t n = 1; n < whole.len; n++) {
		f = read_xml(hr_str_slice(whole, 0, n));
		CU_ASSERT_FALSE(f.ok);
		CU_ASSERT_TRUE(f.err.code == HR_E_SYNTAX || f.err.code == HR_E_ENCODING);
		CU_ASSERT_TRUE(f.err.line >= 1 && f.err.line <= 3 && f.err.column >= 1);
		close_fixture(&f);
	}
}

static void test_refused__every_doctype(void)
{
	static const hr_str doctypes[] = {
		HR_STR_INIT("<!DOCTYPE a><a/>"),
		HR_STR_INIT("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
		HR_STR_INIT("<!DOCTYPE a PUBLIC 'p' 'http://127.0.0.1:1/x.dtd'><a/>"),
		HR_STR_INIT("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"),
		HR_STR_INIT("<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'>%p;]><a/>"),
		HR_STR_INIT("<!DOCTYPE a [<!ENTITY b 'lol'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;'>"
			    "<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;'>]><a>&d;</a>"),
		HR_STR_INIT("<!doctype html><html/>"),
	};

	for (size_t i = 0; i < sizeof(doctypes) / sizeof(doctypes[0]); i++)
		check_refused(doctypes[i], HR_E_FORBIDDEN, 1, 1, "a DOCTYPE is forbidden");
	check_refused(HR_STR("<?xml version='1.0'?><!-- -->\n <!DOCTYPE a><a/>"), HR_E_FORBIDDEN, 2,
		      2, "a DOCTYPE is forbidden");
}

static void test_refused__doctype_in_every_encoding(void)
{
	hr_arena *arena = hr_test_arena();

	check_refused(utf16(arena, "<!DOCTYPE a><a/>", true, true), HR_E_FORBIDDEN, 1, 1,
		      "a DOCTYPE is forbidden");
	check_refused(utf16(arena, "<!DOCTYPE a><a/>", false, false), HR_E_FORBIDDEN, 1, 1,
		      "a DOCTYPE is forbidden");
	check_refused(HR_STR("<?xml version='1.0' encoding='GBK'?><!--\xba\xba--><!DOCTYPE a><a/>"),
		      HR_E_FORBIDDEN, 1, 47, "a DOCTYPE is forbidden");
	hr_arena_close(arena);
}

static void test_read__doctype_in_a_comment_or_text__is_no_doctype(void)
{
	check_root_text("<!-- <!DOCTYPE a> --><a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>",
			"<!DOCTYPE a>");
	check_refused(HR_STR("<a><!DOCTYPE a></a>"), HR_E_SYNTAX, 1, 5, "a name is missing");
}

static void test_limit__document(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str text = repeat(arena, "<a>", "x", HR_XML_DOCUMENT_MAX - 7, "</a>");
	hr_str gbk = repeat(arena, "<?xml version='1.0' encoding='GBK'?><a>", "\xba\xba",
			    HR_XML_DOCUMENT_MAX / 3, "</a>");
	struct fixture f = read_xml(text);

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL(f.document.root->text.len, HR_XML_DOCUMENT_MAX - 7);
	close_fixture(&f);
	text = repeat(arena, "<a>", "x", HR_XML_DOCUMENT_MAX - 6, "</a>");
	check_refused(text, HR_E_LIMIT, 0, 0,
		      "the document has 8388609 bytes, the limit is 8388608");
	text = repeat(arena, "<a>", "0123456789", 10 * 1000 * 1000, "</a>");
	check_refused(text, HR_E_LIMIT, 0, 0,
		      "the document has 100000007 bytes, the limit is 8388608");
	check_refused(gbk, HR_E_LIMIT, 0, 0, "the text is over 8388608 bytes as UTF-8");
	hr_arena_close(arena);
}

static hr_str nested(hr_arena *arena, size_t depth)
{
	hr_str starts = repeat(arena, "", "<a>", depth, "");
	hr_str ends = repeat(arena, "", "</a>", depth, "");

	return repeat(arena, starts.data, "", 0, ends.data);
}

static void test_limit__depth(void)
{
	static const char over[] = "elements are nested over 64 deep";
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_xml(nested(arena, 64));

	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	check_refused(nested(arena, 65), HR_E_LIMIT, 1, 195, over);
	check_refused(nested(arena, 100000), HR_E_LIMIT, 1, 195, over);
	hr_arena_close(arena);
}

static hr_str tag_with_attributes(hr_arena *arena, const char *head, size_t count, const char *tail)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, (size_t)16 << 20);
	hr_buf_add(&buf, hr_str_of(head));
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&buf, " a%zu='>'", i);
	hr_buf_add(&buf, hr_str_of(tail));
	return hr_buf_str(&buf);
}

static void test_limit__attributes(void)
{
	static const char over[] = "a start tag has over 256 attributes";
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_xml(tag_with_attributes(arena, "<r\n><e", 256, "/></r>"));

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL(f.document.root->first->attr_count, 256);
	close_fixture(&f);
	check_refused(tag_with_attributes(arena, "<r\n><e", 257, "/></r>"), HR_E_LIMIT, 2, 2, over);
	check_refused(tag_with_attributes(arena, "<e", 100000, "/>"), HR_E_LIMIT, 1, 1,
		      "a start tag is over 65,536 bytes");
	hr_arena_close(arena);
}

/* Whatever stands before a tag, its attributes are counted; and only those of a tag. */
static void test_limit__attributes__cannot_be_hidden(void)
{
	static const char over[] = "a start tag has over 256 attributes";
	hr_arena *arena = hr_test_arena();
	struct fixture f;

	check_refused(tag_with_attributes(arena, "<r><!-- ' <![CDATA[ --><e", 257, "/></r>"),
		      HR_E_LIMIT, 1, 24, over);
	check_refused(tag_with_attributes(arena, "<r><![CDATA[ <!-- \" ]]><e", 257, "/></r>"),
		      HR_E_LIMIT, 1, 24, over);
	check_refused(tag_with_attributes(arena, "<r><?p <!-- ' ?><e", 257, "/></r>"), HR_E_LIMIT,
		      1, 17, over);
	check_refused(tag_with_attributes(arena, "<r a='<!--'><e", 257, "/></r>"), HR_E_LIMIT, 1,
		      13, over);
	check_refused(tag_with_attributes(arena,
					  "<?xml version='1.0' encoding='GBK'?>"
					  "<r a='\x81\x5c'><e",
					  257, "/></r>"),
		      HR_E_LIMIT, 1, 48, over);
	f = read_xml(tag_with_attributes(arena, "<r><!-- <e", 300, "/> --></r>"));
	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	f = read_xml(tag_with_attributes(arena, "<r><![CDATA[ <e", 9000, "/> ]]></r>"));
	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	hr_arena_close(arena);
}

static void test_limit__start_tag_bytes(void)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_xml(repeat(arena, "<a b='", "x", HR_XML_TAG_MAX - 9, "'/>"));

	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	check_refused(repeat(arena, "<a b='", "x", HR_XML_TAG_MAX - 8, "'/>"), HR_E_LIMIT, 1, 1,
		      "a start tag is over 65,536 bytes");
	check_refused(repeat(arena, "<a b='", "x", HR_XML_TAG_MAX, ""), HR_E_LIMIT, 1, 1,
		      "a start tag is over 65,536 bytes");
	hr_arena_close(arena);
}

static hr_str nested_namespaces(hr_arena *arena, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 100000);
	HR_BUF_ADD(&buf, "<r><s");
	for (size_t i = 0; i < count / 2; i++)
		hr_buf_addf(&buf, " xmlns:n%zu='u'", i);
	HR_BUF_ADD(&buf, "/><t");
	for (size_t i = 0; i < count / 2; i++)
		hr_buf_addf(&buf, " xmlns:n%zu='u'", i);
	HR_BUF_ADD(&buf, "><u");
	for (size_t i = count / 2; i < count; i++)
		hr_buf_addf(&buf, " xmlns:n%zu='u'", i);
	HR_BUF_ADD(&buf, "/></t></r>");
	return hr_buf_str(&buf);
}

static void test_limit__namespaces_in_force(void)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_xml(nested_namespaces(arena, 64));

	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
	f = read_xml(nested_namespaces(arena, 65));
	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), "over 64 namespaces are declared here and around");
	close_fixture(&f);
	hr_arena_close(arena);
}

/* `count` different names, the root's own among them. */
static hr_str different_names(hr_arena *arena, const char *before, const char *after, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000000);
	HR_BUF_ADD(&buf, "<r>");
	for (size_t i = 1; i < count; i++)
		hr_buf_addf(&buf, "%s%zu%s", before, i, after);
	HR_BUF_ADD(&buf, "</r>");
	return hr_buf_str(&buf);
}

static void test_limit__different_names(void)
{
	static const char *const around[][2] = {
		{ "<n", "/>" },
		{ "<r n", "='1'/>" },
		{ "<r xmlns='u", "'/>" },
		{ "<?n", "?>" },
	};
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		/* xml, xmlns and the namespace of xml stand in the dictionary too. */
		const size_t of_libxml2 = 3;
		const char *const *a = around[i];
		struct fixture f =
			read_xml(different_names(arena, a[0], a[1], HR_XML_NAMES_MAX - of_libxml2));

		HR_ASSERT_OK(f.ok, f.err);
		close_fixture(&f);
		f = read_xml(different_names(arena, a[0], a[1], HR_XML_NAMES_MAX + 1));
		CU_ASSERT_FALSE(f.ok);
		CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
		HR_ASSERT_TEXT(hr_str_of(f.err.message),
			       "the document has over 4,096 different names");
		close_fixture(&f);
	}
	hr_arena_close(arena);
}

static void test_parser__after_a_failure__reads_the_next_document(void)
{
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_arena *arena = hr_test_arena();
	hr_xml_document document = { 0 };
	hr_error err;

	CU_ASSERT_FALSE(
		hr_xml_read(parser, HR_STR("<a xmlns:p='u'><p:b><c"), arena, &document, &err));
	CU_ASSERT_PTR_NULL(document.root);
	/* The prefix of the document that failed is not declared in this one. */
	HR_ASSERT_OK(hr_xml_read(parser, HR_STR("<a><p:b/></a>"), arena, &document, &err), err);
	CU_ASSERT_TRUE(document.prefix_undeclared);
	HR_ASSERT_OK(hr_xml_read(parser, HR_STR("<a p='1'/>"), arena, &document, &err), err);
	HR_ASSERT_OK(hr_xml_read(parser, HR_STR("<b p='2'/>"), arena, &document, &err), err);
	HR_ASSERT_TEXT(hr_xml_attr_value(document.root, HR_STR("p")), "2");
	hr_xml_parser_close(parser);
	hr_xml_parser_close(NULL);
	hr_arena_close(arena);
}

static void test_parser__names_of_many_documents__do_not_pile_up(void)
{
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_arena *arena = hr_test_arena();
	hr_xml_document document = { 0 };
	hr_error err;

	/* Each has new names of 32 KiB in all: the dictionary must be dropped now and then. */
	for (int i = 0; i < 40; i++) {
		hr_buf buf;

		hr_arena_reset(arena);
		hr_buf_init(&buf, arena, 1 << 20);
		HR_BUF_ADD(&buf, "<a>");
		for (int k = 0; k < 1024; k++)
			hr_buf_addf(&buf, "<n%015d_%015d x='%d'/>", i, k, k);
		HR_BUF_ADD(&buf, "</a>");
		HR_ASSERT_OK(hr_xml_read(parser, hr_buf_str(&buf), arena, &document, &err), err);
		CU_ASSERT_TRUE(
			hr_str_ends_with(document.root->first->name, HR_STR("_000000000000000")));
	}
	hr_xml_parser_close(parser);
	hr_arena_close(arena);
}

static void test_read__arena_of_every_size__reads_or_says_memory(void)
{
	static const hr_str text = HR_STR_INIT("<a xmlns='u'><b c='汉' d='1'>x&amp;中</b><e/></a>");
	hr_xml_parser *parser = hr_xml_parser_open();
	bool done = false;

	for (size_t cap = 1; !done && cap < 4096; cap++) {
		hr_arena *arena = hr_arena_open(cap);
		hr_xml_document document = { 0 };
		hr_error err;

		done = hr_xml_read(parser, text, arena, &document, &err);
		if (!done) {
			CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
			CU_ASSERT_PTR_NULL(document.root);
		}
		hr_arena_close(arena);
	}
	CU_ASSERT_TRUE(done);
	hr_xml_parser_close(parser);
}

static void read_folder(hr_xml_parser *parser, const char *folder, int *read, int *refused)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		hr_arena *arena;
		hr_xml_document document;
		hr_error err;
		char path[1024];

		if (!strstr(entry->d_name, ".xml"))
			continue;
		arena = hr_test_arena();
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (hr_xml_read(parser, hr_test_read(arena, path), arena, &document, &err))
			++*read;
		else
			++*refused;
		hr_arena_close(arena);
	}
	if (dir)
		closedir(dir);
}

static void test_read__corpora(void)
{
	static const char *const folders[] = { "cda/ccda-cc0", "cda/fhir-converter-mit" };
	const char *corpora = hr_test_corpora();
	hr_xml_parser *parser = hr_xml_parser_open();
	int read = 0;
	int refused = 0;

	for (size_t i = 0; corpora && i < 2; i++) {
		char folder[512];

		snprintf(folder, sizeof(folder), "%s/%s", corpora, folders[i]);
		read_folder(parser, folder, &read, &refused);
	}
	if (corpora) {
		printf("%d read, %d refused ", read, refused);
		CU_ASSERT_TRUE(read > 100);
		CU_ASSERT_EQUAL(refused, 0);
	}
	hr_xml_parser_close(parser);
}

static const hr_test tests[] = {
	HR_TEST(test_read__elements_attributes_and_text__become_a_tree),
	HR_TEST(test_read__namespaces__are_resolved),
	HR_TEST(test_read__prefixed_attribute_alone__is_found_by_its_local_name),
	HR_TEST(test_read__prefix_that_is_not_declared__is_read_and_told),
	HR_TEST(test_read__namespace_that_is_no_uri__is_read),
	HR_TEST(test_read__text__is_joined_from_its_pieces),
	HR_TEST(test_read__white_space__is_dropped_only_alone_beside_children),
	HR_TEST(test_read__long_text__is_whole),
	HR_TEST(test_read__attribute_values__are_normalised_and_decoded),
	HR_TEST(test_read__places__are_of_the_start_tags),
	HR_TEST(test_read__line_past_65535__is_right),
	HR_TEST(test_helpers__child_next_path_walk),
	HR_TEST(test_xpath__counts_only_where_a_name_repeats),
	HR_TEST(test_xpath_trail__any_two_nodes__as_each_alone),
	HR_TEST(test_encoding__every_one_is_read),
	HR_TEST(test_encoding__gbk_trail_byte_that_is_ascii__cannot_be_markup),
	HR_TEST(test_encoding__utf16__in_both_orders_with_and_without_mark),
	HR_TEST(test_encoding__utf8_under_another_prolog__is_read_and_told),
	HR_TEST(test_encoding__bytes_that_do_not_fit__are_refused_with_the_place),
	HR_TEST(test_refused__nothing_or_no_element),
	HR_TEST(test_refused__zero_byte),
	HR_TEST(test_refused__faults_of_syntax__have_a_place_and_quote_nothing),
	HR_TEST(test_refused__cut_at_any_byte__with_a_place),
	HR_TEST(test_refused__every_doctype),
	HR_TEST(test_refused__doctype_in_every_encoding),
	HR_TEST(test_read__doctype_in_a_comment_or_text__is_no_doctype),
	HR_TEST(test_limit__document),
	HR_TEST(test_limit__depth),
	HR_TEST(test_limit__attributes),
	HR_TEST(test_limit__attributes__cannot_be_hidden),
	HR_TEST(test_limit__start_tag_bytes),
	HR_TEST(test_limit__namespaces_in_force),
	HR_TEST(test_limit__different_names),
	HR_TEST(test_parser__after_a_failure__reads_the_next_document),
	HR_TEST(test_parser__names_of_many_documents__do_not_pile_up),
	HR_TEST(test_read__arena_of_every_size__reads_or_says_memory),
	HR_TEST(test_read__corpora),
};
HR_TEST_MAIN("xml", tests)
