/* A DICOM object as a tree of UTF-8 texts. */
#include "dicom/dicom.h"

#include "dicom_fixture.h"
#include "testing.h"

enum { CHARSETS = 0x00080005, NAME = 0x00100010, CONTENT = 0x0040A730 };

#define ZHANG_UTF8 "\xe5\xbc\xa0^\xe5\xbb\xba\xe5\x9b\xbd" /* 张^建国 */
#define ZHANG_GBK  "\xd5\xc5^\xbd\xa8\xb9\xfa"

static hr_dicom_object read_object(const dcm *d, hr_arena *arena)
{
	hr_dicom_object object = { 0 };
	hr_error err;

	HR_ASSERT_OK(hr_dicom_read(dcm_file(d), arena, &object, &err), err);
	return object;
}

static void check_name(const char *charsets, const char *raw, const char *text, hr_dicom_text is)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_dicom_object object;

	if (charsets)
		dcm_text(&d, CHARSETS, "CS", charsets);
	dcm_text(&d, NAME, "PN", raw);
	object = read_object(&d, arena);
	HR_ASSERT_TEXT(hr_dicom_text_of(object.root, NAME), text);
	CU_ASSERT_EQUAL(hr_dicom_find(object.root, NAME)->text_is, is);
	CU_ASSERT_EQUAL(object.repaired != NULL, is == HR_DICOM_TEXT_REPAIRED);
	CU_ASSERT_EQUAL(object.guessed != NULL, is == HR_DICOM_TEXT_GUESSED);
	hr_arena_close(arena);
}

static void test_dicom__declared_character_set__is_taken(void)
{
	check_name("ISO_IR 192", ZHANG_UTF8, ZHANG_UTF8, HR_DICOM_TEXT_DECLARED);
	check_name("GB18030", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_DECLARED);
	check_name("GBK", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_DECLARED);
	check_name("\\ISO 2022 IR 58", "Zhang^JianGuo=\x1b$)A\xd5\xc5^\x1b$)A\xbd\xa8\xb9\xfa=",
		   "Zhang^JianGuo=" ZHANG_UTF8 "=", HR_DICOM_TEXT_DECLARED);
	check_name("ISO_IR 100", "J\xe9r\xf4me", "J\xc3\xa9r\xc3\xb4me", HR_DICOM_TEXT_DECLARED);
	check_name(NULL, "Wang^Li", "Wang^Li", HR_DICOM_TEXT_DECLARED);
}

/* The names of PS3.5 H.3, examples 1 and 2. */
static void test_dicom__japanese_character_sets__are_taken(void)
{
	check_name("\\ISO 2022 IR 87",
		   "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B="
		   "\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
		   "Yamada^Tarou=山田^太郎=やまだ^たろう", HR_DICOM_TEXT_DECLARED);
	check_name("ISO 2022 IR 13\\ISO 2022 IR 87",
		   "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
		   "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎", HR_DICOM_TEXT_DECLARED);
	check_name("ISO_IR 13", "\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ", HR_DICOM_TEXT_DECLARED);
	check_name("ISO 2022 IR 6\\ISO 2022 IR 159", "\x1b$(D\x30\x21\x1b(B", "丂",
		   HR_DICOM_TEXT_DECLARED);
	check_name("\\ISO 2022 IR 13", "\x1b(I\x54\x4f\x1b(B^\x1b)I\xd4\xcf", "ﾔﾏ^ﾔﾏ",
		   HR_DICOM_TEXT_DECLARED);
}

/* The second byte of ボ is a backslash's; so is the first of 楜. */
static void test_dicom__backslash_inside_a_japanese_character__parts_nothing(void)
{
	check_name("\\ISO 2022 IR 87", "\x1b$B%\\\\5\x1b(B", "ボ楜", HR_DICOM_TEXT_DECLARED);
}

static void test_dicom__no_japanese_under_its_name__is_repaired_or_guessed(void)
{
	check_name("\\ISO 2022 IR 87", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
	check_name("\\ISO 2022 IR 87", "\x1b$B;3E", "\x1b$B;3E", HR_DICOM_TEXT_GUESSED);
	check_name("\\ISO 2022 IR 87", "\x1b$B;\x1b(B", "\x1b$B;\x1b(B", HR_DICOM_TEXT_GUESSED);
	check_name("\\ISO 2022 IR 87", "A\x1b", "A\x1b", HR_DICOM_TEXT_GUESSED);
	check_name("\\ISO 2022 IR 87\\ISO 2022 IR 149", "\x1b$B;3ED\x1b(B", "\x1b$B;3ED\x1b(B",
		   HR_DICOM_TEXT_GUESSED);
}

static void test_dicom__gbk_that_nobody_declared__is_repaired(void)
{
	check_name(NULL, ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
	check_name("ISO_IR 100", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
	check_name("ISO_IR 192", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
	check_name("\\ISO 2022 IR 58", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
	check_name("ISO_IR 999", ZHANG_GBK, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
}

static void test_dicom__utf8_that_nobody_declared__is_repaired(void)
{
	check_name(NULL, ZHANG_UTF8, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
	check_name("ISO_IR 100", ZHANG_UTF8, ZHANG_UTF8, HR_DICOM_TEXT_REPAIRED);
}

/* 全血 is C8 AB D1 AA in GBK, and "ȫѪ" in UTF-8. */
static void test_dicom__gbk_that_is_utf8_as_well__is_told_by_the_texts_beside_it(void)
{
	static const struct {
		const char *charsets, *name, *text, *read;
	} rows[] = {
		{ "", ZHANG_GBK, "\xc8\xab\xd1\xaa", "\xe5\x85\xa8\xe8\xa1\x80" },
		{ "ISO_IR 192", ZHANG_GBK, "\xc8\xab\xd1\xaa", "\xe5\x85\xa8\xe8\xa1\x80" },
		{ "ISO_IR 100", ZHANG_GBK, "\xc8\xab\xd1\xaa", "\xe5\x85\xa8\xe8\xa1\x80" },
		{ "ISO_IR 100", ZHANG_GBK, "\xc4\xf2", "\xe5\xb0\xbf" }, /* 尿 */
		{ "", "Zhang^Jianguo", "\xc8\xab\xd1\xaa", "\xc8\xab\xd1\xaa" },
		{ "", ZHANG_UTF8, "\xc8\xab\xd1\xaa", "\xc8\xab\xd1\xaa" },
		/* UTF-8, one text of which was cut in a character, stays UTF-8. */
		{ "ISO_IR 192", "\xe5\xbc\xa0^\xe5\xbb\xba\xe5\x9b", ZHANG_UTF8, ZHANG_UTF8 },
		{ "ISO_IR 100", "M\xfcller", "\xc4\xf2", "\xc3\x84\xc3\xb2" },
		/* One text of Latin letters makes no object Chinese. */
		{ "", "M\xfcller", "\xce\xbcmol/L", "\xce\xbcmol/L" },
		{ "ISO_IR 192", "M\xfcller", "\xce\xbcmol/L", "\xce\xbcmol/L" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
		hr_dicom_object object;

		dcm_text(&d, CHARSETS, "CS", rows[i].charsets);
		dcm_text(&d, NAME, "PN", rows[i].name);
		dcm_text(&d, 0x00104000, "LT", rows[i].text);
		object = read_object(&d, arena);
		HR_ASSERT_TEXT(hr_dicom_text_of(object.root, 0x00104000), rows[i].read);
		hr_arena_close(arena);
	}
}

/* 珅 is AB 7C in GBK, 乗 is 81 5C: no delimiter stands inside a character. */
static void test_dicom__delimiters_inside_characters__do_not_part_them(void)
{
	check_name("GB18030", "\xcd\xf5^\xab|", "\xe7\x8e\x8b^\xe7\x8f\x85",
		   HR_DICOM_TEXT_DECLARED);
	check_name(NULL, "\xcd\xf5^\x81\\", "\xe7\x8e\x8b^\xe4\xb9\x97", HR_DICOM_TEXT_REPAIRED);
}

static void test_dicom__bytes_of_no_encoding__become_letters_and_say_so(void)
{
	check_name("ISO_IR 192", "A\xff\xff", "A\xc3\xbf\xc3\xbf", HR_DICOM_TEXT_GUESSED);
}

static void test_dicom__item_with_its_own_character_set__is_read_by_it(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_dicom_object object;
	const hr_dicom_item *item;

	dcm_text(&d, CHARSETS, "CS", "ISO_IR 192");
	dcm_sequence(&d, 0x00101002);
	dcm_item(&d);
	dcm_text(&d, CHARSETS, "CS", "GB18030");
	dcm_text(&d, NAME, "PN", ZHANG_GBK);
	dcm_item_end(&d);
	dcm_item(&d);
	dcm_text(&d, NAME, "PN", ZHANG_UTF8);
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	object = read_object(&d, arena);
	item = hr_dicom_first(object.root, 0x00101002);
	HR_ASSERT_TEXT(hr_dicom_text_of(&item[0], NAME), ZHANG_UTF8);
	HR_ASSERT_TEXT(hr_dicom_text_of(&item[1], NAME), ZHANG_UTF8);
	CU_ASSERT_PTR_NULL(object.repaired);
	hr_arena_close(arena);
}

static void test_dicom__place__is_written_in_keywords(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	const hr_dicom_item *item;
	hr_buf path;

	dcm_sequence(&d, CONTENT);
	dcm_item(&d);
	dcm_item_end(&d);
	dcm_item(&d);
	dcm_sequence(&d, 0x0040A300);
	dcm_item(&d);
	dcm_text(&d, 0x0040A30A, "DS", "4.10");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	item = hr_dicom_first(read_object(&d, arena).root, CONTENT);
	item = hr_dicom_first(&item[1], 0x0040A300);
	hr_buf_init(&path, arena, 1000);
	hr_dicom_format_path(hr_dicom_find(item, 0x0040A30A), &path);
	HR_ASSERT_TEXT(hr_buf_str(&path),
		       "ContentSequence[1].MeasuredValueSequence[0].NumericValue");
	hr_arena_close(arena);
}

static void test_dicom__values__are_texts(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_BIG, HR_DICOM_EXPLICIT_BE);
	hr_dicom_object object;

	dcm_text(&d, 0x00080008, "CS", "ORIGINAL\\PRIMARY");
	dcm_text(&d, 0x00091010, "LO", "a maker's own");
	dcm_bytes(&d, 0x00280010, "US", HR_STR("\x02\x00"));
	dcm_bytes(&d, 0x00420011, "OB", HR_STR("%PDF"));
	object = read_object(&d, arena);
	CU_ASSERT_EQUAL(object.root->count, 3);
	HR_ASSERT_TEXT(hr_dicom_text_of(object.root, 0x00080008), "ORIGINAL\\PRIMARY");
	HR_ASSERT_TEXT(hr_dicom_text_of(object.root, 0x00280010), "512");
	HR_ASSERT_TEXT(hr_dicom_text_of(object.root, 0x00420011), "");
	HR_ASSERT_TEXT(hr_dicom_text_of(object.root, 0x00080060), "");
	CU_ASSERT_PTR_NULL(hr_dicom_first(object.root, 0x00080008));
	CU_ASSERT_PTR_NULL(hr_dicom_find(NULL, 0x00080008));
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_dicom__declared_character_set__is_taken),
	HR_TEST(test_dicom__japanese_character_sets__are_taken),
	HR_TEST(test_dicom__backslash_inside_a_japanese_character__parts_nothing),
	HR_TEST(test_dicom__no_japanese_under_its_name__is_repaired_or_guessed),
	HR_TEST(test_dicom__gbk_that_nobody_declared__is_repaired),
	HR_TEST(test_dicom__utf8_that_nobody_declared__is_repaired),
	HR_TEST(test_dicom__gbk_that_is_utf8_as_well__is_told_by_the_texts_beside_it),
	HR_TEST(test_dicom__delimiters_inside_characters__do_not_part_them),
	HR_TEST(test_dicom__bytes_of_no_encoding__become_letters_and_say_so),
	HR_TEST(test_dicom__item_with_its_own_character_set__is_read_by_it),
	HR_TEST(test_dicom__place__is_written_in_keywords),
	HR_TEST(test_dicom__values__are_texts),
};
HR_TEST_MAIN("dicom", tests)
