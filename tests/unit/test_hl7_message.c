#include "recognition/hl7_message.h"

#include "testing.h"

#define MSH "MSH|^~\\&|LIS|HOSP|||20250218||ORU^R01|MSG1|P|2.4"

struct fixture {
	hr_arena *arena;
	hr_hl7_messages messages;
	hr_error err;
	bool ok;
};

static struct fixture read_bytes(hr_str bytes)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.ok = hr_hl7_read(bytes, f.arena, &f.messages, &f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_arena_close(f->arena);
}

static void check_refused(hr_str bytes, hr_error_code code, const char *message)
{
	struct fixture f = read_bytes(bytes);

	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, code);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	close_fixture(&f);
}

/* --- the head --- */

static void test_head__of_a_message__gives_what_an_answer_needs(void)
{
	hr_hl7_head head;
	hr_error err;

	HR_ASSERT_OK(hr_hl7_read_head(HR_STR("\vMSH|^~\\&|LIS|H||||| ORU^R01^ORU_R01|M-1|P|2.4|||||"
					     "|UNICODE UTF-8\rPID|1\r\x1c\r"),
				      &head, &err),
		     err);
	HR_ASSERT_TEXT(head.fields[1], "|");
	HR_ASSERT_TEXT(head.fields[2], "^~\\&");
	HR_ASSERT_TEXT(head.fields[3], "LIS");
	HR_ASSERT_TEXT(hr_hl7_part(head.fields[9], head.delimiters.component, 2), "R01");
	HR_ASSERT_TEXT(hr_hl7_part(head.fields[9], head.delimiters.component, 4), "");
	HR_ASSERT_TEXT(head.fields[10], "M-1");
	HR_ASSERT_TEXT(head.fields[18], "UNICODE UTF-8");
	HR_ASSERT_TEXT(head.fields[19], "");
}

static void test_head__other_delimiters__are_those_of_the_message(void)
{
	hr_hl7_head head;
	hr_error err;

	HR_ASSERT_OK(hr_hl7_read_head(HR_STR("MSH$*%!@$LIS$H"), &head, &err), err);
	CU_ASSERT_EQUAL(head.delimiters.field, '$');
	CU_ASSERT_EQUAL(head.delimiters.component, '*');
	CU_ASSERT_EQUAL(head.delimiters.repetition, '%');
	CU_ASSERT_EQUAL(head.delimiters.escape, '!');
	CU_ASSERT_EQUAL(head.delimiters.subcomponent, '@');
	HR_ASSERT_TEXT(head.fields[4], "H");
}

static void test_head__delimiters_left_out__part_nothing(void)
{
	hr_hl7_head head;
	hr_error err;

	HR_ASSERT_OK(hr_hl7_read_head(HR_STR("MSH|^|LIS"), &head, &err), err);
	CU_ASSERT_EQUAL(head.delimiters.repetition, '\0');
	HR_ASSERT_TEXT(head.fields[3], "LIS");
	HR_ASSERT_TEXT(hr_hl7_part(HR_STR("a~b"), head.delimiters.repetition, 1), "a~b");
}

static void test_head__gbk_name_that_ends_in_a_delimiter__moves_no_field(void)
{
	hr_hl7_head head;
	hr_error err;

	/* 珅 is AB 7C. */
	HR_ASSERT_OK(
		hr_hl7_read_head(HR_STR("MSH|^~\\&|LIS|\xab\x7c|||2025||ORU^R01|M1"), &head, &err),
		err);
	HR_ASSERT_TEXT(head.fields[4], "\xab\x7c");
	HR_ASSERT_TEXT(head.fields[10], "M1");
	/* In Latin-1 it is a letter before a delimiter. */
	HR_ASSERT_OK(hr_hl7_read_head(HR_STR("MSH|^~\\&|LIS|caf\xe9|||2025||ORU^R01|M1|P|2.4|||||"
					     "|8859/1"),
				      &head, &err),
		     err);
	HR_ASSERT_TEXT(head.fields[4], "caf\xe9");
	HR_ASSERT_TEXT(head.fields[10], "M1");
}

static void check_no_head(hr_str bytes, const char *message)
{
	hr_hl7_head head;
	hr_error err;

	CU_ASSERT_FALSE(hr_hl7_read_head(bytes, &head, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
}

static void test_head__nothing_to_part_by__is_refused(void)
{
	check_no_head(HR_STR_NONE, "hl7: the message does not begin with MSH");
	check_no_head(HR_STR("PID|1"), "hl7: the message does not begin with MSH");
	check_no_head(HR_STR("MSH"), "hl7: MSH-1 and MSH-2 name no delimiters");
	check_no_head(HR_STR("MSH||LIS"), "hl7: MSH-1 and MSH-2 name no delimiters");
	check_no_head(HR_STR("MSHa^~\\&"), "hl7: MSH-1 and MSH-2 name no delimiters");
	check_no_head(HR_STR("MSH|^^\\&|"), "hl7: MSH-2 gives one character two meanings");
}

/* --- parts --- */

static void test_split__more_parts_than_room__leaves_the_rest(void)
{
	hr_str parts[3];

	CU_ASSERT_EQUAL(hr_hl7_split(HR_STR("a||c|d"), '|', parts, 3), 3);
	HR_ASSERT_TEXT(parts[0], "a");
	HR_ASSERT_TEXT(parts[1], "");
	HR_ASSERT_TEXT(parts[2], "c");
	CU_ASSERT_EQUAL(hr_hl7_split(HR_STR("a|"), '|', parts, 3), 2);
	HR_ASSERT_TEXT(parts[2], "");
	CU_ASSERT_EQUAL(hr_hl7_split(HR_STR_NONE, '|', parts, 3), 0);
}

static void test_part__counts_from_one(void)
{
	HR_ASSERT_TEXT(hr_hl7_part(HR_STR("a^b^"), '^', 1), "a");
	HR_ASSERT_TEXT(hr_hl7_part(HR_STR("a^b^"), '^', 2), "b");
	HR_ASSERT_TEXT(hr_hl7_part(HR_STR("a^b^"), '^', 3), "");
	HR_ASSERT_TEXT(hr_hl7_part(HR_STR("a^b^"), '^', 4), "");
	HR_ASSERT_TEXT(hr_hl7_part(HR_STR_NONE, '^', 1), "");
}

/* --- segments --- */

static void check_segments(const char *bytes, uint32_t count, uint32_t last_line)
{
	struct fixture f = read_bytes(hr_str_of(bytes));

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL_FATAL(f.messages.count, 1);
	CU_ASSERT_EQUAL_FATAL(f.messages.list->count, count);
	HR_ASSERT_TEXT(f.messages.list->segments[count - 1].text, "OBX|1");
	CU_ASSERT_EQUAL(f.messages.list->segments[count - 1].line, last_line);
	CU_ASSERT_EQUAL(f.messages.list->segments[count - 1].index, count - 1);
	CU_ASSERT_FALSE(f.messages.list->broken_lines);
	close_fixture(&f);
}

static void test_segments__any_line_end__parts_them(void)
{
	check_segments(MSH "\rPID|1\rOBX|1", 3, 3);
	check_segments(MSH "\nPID|1\nOBX|1\n", 3, 3);
	check_segments(MSH "\r\nPID|1\r\nOBX|1\r\n", 3, 3);
	check_segments(MSH "\r\n\r\nPID|1\r\n\r\nOBX|1\r\n\r\n", 3, 5);
	check_segments("\v" MSH "\rPID|1\rOBX|1\r\x1c\r", 3, 3);
	check_segments("\xef\xbb\xbf" MSH "\rPID|1\rOBX|1\x1c\r", 3, 3);
}

static void test_segments__line_broken_in_a_value__stays_whole(void)
{
	struct fixture f = read_bytes(HR_STR(MSH "\rOBX|1|TX|||所见\n正常||||||F\rOBX|2"));

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL(f.messages.list->count, 3);
	CU_ASSERT_TRUE(f.messages.list->broken_lines);
	HR_ASSERT_TEXT(f.messages.list->segments[1].text, "OBX|1|TX|||所见\n正常||||||F");
	CU_ASSERT_EQUAL(f.messages.list->segments[2].line, 4);
	close_fixture(&f);
}

static void test_messages__batch__is_read_message_by_message(void)
{
	struct fixture f = read_bytes(HR_STR("FHS|^~\\&\rBHS|^~\\&\r" MSH "\rPID|1\r"
					     "\x1c\r\vMSH$*$X$Y\rPID$2\rBTS|1\rFTS|1\r"));

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL_FATAL(f.messages.count, 2);
	CU_ASSERT_EQUAL(f.messages.list[0].segments[1].line, 4);
	CU_ASSERT_EQUAL(f.messages.list[1].segments[1].line, 7);
	CU_ASSERT_EQUAL(f.messages.list[1].segments[1].message, 2);
	CU_ASSERT_EQUAL(f.messages.list[1].head.delimiters.field, '$');
	close_fixture(&f);
}

static void test_messages__none_or_a_zero__are_refused(void)
{
	check_refused(HR_STR("FHS|^~\\&\rBHS|^~\\&\r"), HR_E_SYNTAX,
		      "hl7: no message: no line begins with MSH");
	check_refused(HR_STR(MSH "\rPID|\0|"), HR_E_SYNTAX,
		      "hl7: the message holds a byte of zero");
}

static void check_lines(size_t lines, bool ok)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;
	struct fixture f;

	hr_buf_init(&buf, arena, HR_HL7_BYTES_MAX + 2);
	HR_BUF_ADD(&buf, MSH);
	for (size_t i = 1; i < lines; i++)
		HR_BUF_ADD(&buf, "\rNTE");
	f = read_bytes(hr_buf_str(&buf));
	CU_ASSERT_EQUAL(f.ok, ok);
	CU_ASSERT_TRUE(ok || f.err.code == HR_E_LIMIT);
	close_fixture(&f);
	hr_arena_close(arena);
}

static void check_messages(size_t count, bool ok)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;
	struct fixture f;

	hr_buf_init(&buf, arena, HR_HL7_BYTES_MAX + 2);
	for (size_t i = 0; i < count; i++)
		HR_BUF_ADD(&buf, MSH "\r");
	f = read_bytes(hr_buf_str(&buf));
	CU_ASSERT_EQUAL(f.ok, ok);
	CU_ASSERT_TRUE(ok || f.err.code == HR_E_LIMIT);
	close_fixture(&f);
	hr_arena_close(arena);
}

static void check_bytes(size_t size, bool ok)
{
	hr_arena *arena = hr_test_arena();
	char *bytes = hr_arena_alloc_text(arena, size);
	struct fixture f;

	memset(bytes, 'x', size);
	memcpy(bytes, MSH, sizeof(MSH) - 1);
	f = read_bytes((hr_str){ bytes, size });
	CU_ASSERT_EQUAL(f.ok, ok);
	CU_ASSERT_TRUE(ok || f.err.code == HR_E_LIMIT);
	close_fixture(&f);
	hr_arena_close(arena);
}

static void test_messages__limits__hold(void)
{
	check_lines(HR_HL7_SEGMENTS_MAX, true);
	check_lines(HR_HL7_SEGMENTS_MAX + 1, false);
	check_messages(HR_HL7_MESSAGES_MAX, true);
	check_messages(HR_HL7_MESSAGES_MAX + 1, false);
	check_bytes(HR_HL7_BYTES_MAX, true);
	check_bytes(HR_HL7_BYTES_MAX + 1, false);
}

/* --- character sets --- */

static hr_str message_in(hr_arena *arena, const char *charset, const char *name)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 4096);
	hr_buf_addf(&buf, MSH "||||||%s\rPID|1||7||%s^^A|X", charset, name);
	return hr_buf_str(&buf);
}

static void check_name(const char *charset, const char *name, const char *want, bool lied)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_bytes(message_in(arena, charset, name));
	hr_str fields[7];

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_EQUAL(f.messages.list->charset_lied, lied);
	hr_hl7_split(f.messages.list->segments[1].text, '|', fields, 7);
	HR_ASSERT_TEXT(hr_hl7_part(fields[5], '^', 1), want);
	HR_ASSERT_TEXT(fields[6], "X");
	close_fixture(&f);
	hr_arena_close(arena);
}

/* 珅 is AB 7C, 玘 AB 5E, 韡 ED 7C in GBK: their second bytes are | and ^. */
#define GBK_NAME  "\xab\x7c\xab\x5e\xed\x7c"
#define UTF8_NAME "珅玘韡"

static void test_charset__gbk_that_ends_in_delimiters__moves_no_field(void)
{
	check_name("", GBK_NAME, UTF8_NAME, false);
	check_name("GB 18030-2000", GBK_NAME, UTF8_NAME, false);
	check_name("GBK", GBK_NAME, UTF8_NAME, false);
	/* 𠀀 has four bytes in GB18030. */
	check_name("GB 18030-2000", "\x95\x32\x82\x36", "𠀀", false);
}

static void test_charset__utf8__is_that_whatever_is_declared(void)
{
	check_name("", UTF8_NAME, UTF8_NAME, false);
	check_name("UNICODE UTF-8", UTF8_NAME, UTF8_NAME, false);
	check_name("UNICODE", UTF8_NAME, UTF8_NAME, false);
	check_name("~UNICODE UTF-8", UTF8_NAME, UTF8_NAME, false);
	check_name("ASCII~UNICODE UTF-8", UTF8_NAME, UTF8_NAME, false);
	check_name("GB 18030-2000", UTF8_NAME, UTF8_NAME, true);
	check_name("ASCII", UTF8_NAME, UTF8_NAME, true);
	check_name("GB 18030-2000", "ZHANG", "ZHANG", false);
	/* 血 is D1 AA in GBK, which in UTF-8 would be one letter of Cyrillic. */
	check_name("GB 18030-2000", "\xd1\xaa", "血", false);
}

static void test_charset__declared_wrongly__is_gb18030(void)
{
	check_name("UNICODE UTF-8", GBK_NAME, UTF8_NAME, true);
	check_name("ASCII", GBK_NAME, UTF8_NAME, true);
	check_name("8859/1", "Andr\xe9", "André", false);
}

static void test_charset__unknown_word__is_told(void)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_bytes(message_in(arena, "CHINESE", GBK_NAME));

	HR_ASSERT_OK(f.ok, f.err);
	CU_ASSERT_TRUE(f.messages.list->charset_unknown);
	CU_ASSERT_FALSE(f.messages.list->charset_lied);
	close_fixture(&f);
	hr_arena_close(arena);
}

static void check_not_in(const char *charset, const char *name, const char *message)
{
	hr_arena *arena = hr_test_arena();
	struct fixture f = read_bytes(message_in(arena, charset, name));

	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, HR_E_ENCODING);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	if (charset[0] != 'B') {
		CU_ASSERT_EQUAL(f.err.line, 2);
		CU_ASSERT_EQUAL(f.err.column, 12);
	}
	close_fixture(&f);
	hr_arena_close(arena);
}

static void test_charset__bytes_in_none__are_refused_with_their_place(void)
{
	check_not_in("", "A\xff", "the bytes here are no character of GB18030");
	check_not_in("BIG-5", "\xa4\xa4",
		     "hl7: MSH-18 names a character set that is not read; send UTF-8, GBK or "
		     "GB18030");
}

static void test_charset__damaged_utf8__is_not_read_as_gbk(void)
{
	struct fixture f = read_bytes(HR_STR(MSH "||||||UNICODE UTF-8\rPID|1||7||钾\xe9\x92^"));

	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, HR_E_ENCODING);
	CU_ASSERT_EQUAL(f.err.line, 2);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), "the bytes here are no character of UTF-8");
	close_fixture(&f);
}

static void test_charset__utf16__is_read(void)
{
	static const char ascii[] = MSH "\rPID|1";
	char little[2 * sizeof(ascii)] = { '\xff', '\xfe' };
	struct fixture f;

	for (size_t i = 0; i + 1 < sizeof(ascii); i++)
		little[2 * i + 2] = ascii[i];
	f = read_bytes((hr_str){ little, sizeof(little) });
	HR_ASSERT_OK(f.ok, f.err);
	HR_ASSERT_TEXT(f.messages.list->segments[1].text, "PID|1");
	close_fixture(&f);
	/* Without the mark. */
	f = read_bytes((hr_str){ little + 2, sizeof(little) - 2 });
	HR_ASSERT_OK(f.ok, f.err);
	close_fixture(&f);
}

/* --- escapes --- */

static void check_escape(const char *escaped, const char *want)
{
	static const hr_hl7_delimiters d = { '|', '^', '~', '\\', '&' };
	hr_arena *arena = hr_test_arena();

	HR_ASSERT_TEXT(hr_hl7_unescape(&d, hr_str_of(escaped), arena), want);
	hr_arena_close(arena);
}

static void test_unescape__what_hl7_defines__becomes_text(void)
{
	check_escape("", "");
	check_escape("10\\S\\9/L", "10^9/L");
	check_escape("\\F\\\\S\\\\R\\\\E\\\\T\\", "|^~\\&");
	check_escape("a\\.br\\b\\.sp\\c", "a\nb\nc");
	check_escape("\\H\\高\\N\\", "高");
	check_escape("\\.in+4\\a", "a");
	check_escape("\\X0D0A\\", "\r\n");
	check_escape("\\XD1AA\\\\XE8A180\\", "血血");
}

static void test_unescape__what_is_not_known__stays(void)
{
	check_escape("\\Z01\\", "\\Z01\\");
	check_escape("\\C2842\\", "\\C2842\\");
	check_escape("\\M2442\\", "\\M2442\\");
	check_escape("阴\\阳", "阴\\阳");
	check_escape("C:\\temp\\F\\", "C:\\temp|");
	check_escape("\\", "\\");
	check_escape("\\\\", "\\\\");
	check_escape("\\X0\\", "\\X0\\");
	check_escape("\\XZZ\\", "\\XZZ\\");
	check_escape("\\X00\\", "\\X00\\");
	check_escape("\\XFF\\", "\\XFF\\");
	check_escape("\\X\\", "\\X\\");
}

/* --- places --- */

static void check_place(const hr_hl7_message *message, uint32_t index, const char *slice,
			const char *want)
{
	const hr_hl7_segment *segment = &message->segments[index];
	size_t at = hr_str_find(segment->text, hr_str_of(slice));
	char memory[64];
	hr_buf buf;

	hr_buf_init_over(&buf, memory, sizeof(memory));
	hr_hl7_format_place(segment, hr_str_slice(segment->text, at, at + strlen(slice)), &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), want);
}

static void test_place__is_said_as_hl7_says_it(void)
{
	struct fixture f = read_bytes(HR_STR(
		MSH "\rPID|1||7^^^A~8^^^B&C||ZHANG\rNTE|1||x\rOBR|1||R1\rOBX|1|NM|K\rOBR|2||R2\r"
		    "OBX|1|NM|NA\rOBX|2|NM|CL^y| 4.1 \rSPM|1|SP1\r" MSH "\rPID|1||9"));

	HR_ASSERT_OK(f.ok, f.err);
	check_place(f.messages.list, 0, "MSG1", "MSH-10");
	check_place(f.messages.list, 1, "", "PID");
	check_place(f.messages.list, 1, "ZHANG", "PID-5");
	check_place(f.messages.list, 1, "7^^^A", "PID-3[1]");
	check_place(f.messages.list, 1, "8", "PID-3[2].1");
	check_place(f.messages.list, 1, "C", "PID-3[2].4.2");
	check_place(f.messages.list, 2, "x", "NTE-3");
	check_place(f.messages.list, 3, "R1", "OBR[1]-3");
	check_place(f.messages.list, 4, "K", "OBR[1]/OBX[1]-3");
	check_place(f.messages.list, 7, "CL", "OBR[2]/OBX[2]-3.1");
	check_place(f.messages.list, 7, "4.1", "OBR[2]/OBX[2]-4");
	check_place(f.messages.list, 8, "SP1", "OBR[2]/SPM[1]-2");
	check_place(f.messages.list + 1, 1, "9", "MSH[2]/PID-3");
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_head__of_a_message__gives_what_an_answer_needs),
	HR_TEST(test_head__other_delimiters__are_those_of_the_message),
	HR_TEST(test_head__delimiters_left_out__part_nothing),
	HR_TEST(test_head__gbk_name_that_ends_in_a_delimiter__moves_no_field),
	HR_TEST(test_head__nothing_to_part_by__is_refused),
	HR_TEST(test_split__more_parts_than_room__leaves_the_rest),
	HR_TEST(test_part__counts_from_one),
	HR_TEST(test_segments__any_line_end__parts_them),
	HR_TEST(test_segments__line_broken_in_a_value__stays_whole),
	HR_TEST(test_messages__batch__is_read_message_by_message),
	HR_TEST(test_messages__none_or_a_zero__are_refused),
	HR_TEST(test_messages__limits__hold),
	HR_TEST(test_charset__gbk_that_ends_in_delimiters__moves_no_field),
	HR_TEST(test_charset__utf8__is_that_whatever_is_declared),
	HR_TEST(test_charset__declared_wrongly__is_gb18030),
	HR_TEST(test_charset__unknown_word__is_told),
	HR_TEST(test_charset__bytes_in_none__are_refused_with_their_place),
	HR_TEST(test_charset__damaged_utf8__is_not_read_as_gbk),
	HR_TEST(test_charset__utf16__is_read),
	HR_TEST(test_unescape__what_hl7_defines__becomes_text),
	HR_TEST(test_unescape__what_is_not_known__stays),
	HR_TEST(test_place__is_said_as_hl7_says_it),
};
HR_TEST_MAIN("hl7_message", tests)
