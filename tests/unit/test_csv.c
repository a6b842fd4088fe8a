#include "catalog/csv.h"

#include "testing.h"

/* Reads `bytes` and writes what came out with bars between cells and a slash behind each row. */
static hr_str read_back(hr_arena *arena, hr_str bytes)
{
	hr_error err = { 0 };
	hr_csv csv;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	if (!hr_csv_read(bytes, arena, &csv, &err))
		return hr_str_of("(refused)");
	for (size_t i = 0; i < csv.count; i++) {
		for (uint32_t k = 0; k < csv.rows[i].count; k++) {
			if (k)
				HR_BUF_ADD(&buf, "|");
			hr_buf_add(&buf, csv.rows[i].cells[k]);
		}
		HR_BUF_ADD(&buf, "/");
	}
	return hr_buf_str(&buf);
}

static void test_csv__plain_and_quoted_cells__are_read(void)
{
	static const struct {
		const char *bytes;
		const char *want;
	} rows[] = {
		{ "", "" },
		{ "a", "a/" },
		{ "a,b\n", "a|b/" },
		{ "a,b\r\nc,d\r\n", "a|b/c|d/" },
		{ "a\rb\r", "a/b/" },
		{ "a,", "a|/" },
		{ ",\n", "|/" },
		{ "\n", "/" },
		{ "a\n\nb", "a//b/" },
		{ "\"\"", "/" },
		{ "\"a,b\"", "a,b/" },
		{ "\"a\"\"b\",c", "a\"b|c/" },
		{ "\"\"\"\"", "\"/" },
		{ "\"a\r\nb\"\nc", "a\r\nb/c/" },
		{ " a , b ", " a | b /" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();

		HR_ASSERT_TEXT(read_back(arena, hr_str_of(rows[i].bytes)), rows[i].want);
	}
}

static void test_csv__what_is_malformed__is_refused_with_its_place(void)
{
	static const struct {
		const char *bytes;
		uint32_t line;
		uint32_t column;
	} rows[] = {
		{ "a\"b", 1, 2 },      { "a,\"b", 1, 3 },	{ "a\n\"b\n\n", 2, 1 },
		{ "a\n\"b\"c", 2, 4 }, { "\"a\nb\" ,c", 2, 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_error err = { 0 };
		hr_csv csv;

		CU_ASSERT_FALSE(hr_csv_read(hr_str_of(rows[i].bytes), arena, &csv, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
		CU_ASSERT_EQUAL(err.line, rows[i].line);
		CU_ASSERT_EQUAL(err.column, rows[i].column);
	}
}

static void test_csv__each_row__knows_the_line_it_starts_on(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_csv csv;

	HR_ASSERT_OK(hr_csv_read(HR_STR("a\r\n\"b\nb\rb\"\nc"), arena, &csv, &err), err);
	CU_ASSERT_EQUAL_FATAL(csv.count, 3);
	CU_ASSERT_EQUAL(csv.rows[0].line, 1);
	CU_ASSERT_EQUAL(csv.rows[1].line, 2);
	CU_ASSERT_EQUAL(csv.rows[2].line, 5);
}

static void test_csv__byte_order_mark_and_gb18030__are_understood(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(read_back(arena, HR_STR("\xef\xbb\xbf项目,起")), "项目|起/");
	HR_ASSERT_TEXT(read_back(arena, HR_STR("\xcf\xee\xc4\xbf,\xc6\xf0")), "项目|起/");
	HR_ASSERT_TEXT(read_back(arena, HR_STR("\xef\xbb\xbf")), "");
}

static void test_csv__bytes_in_no_encoding__are_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_csv csv;

	CU_ASSERT_FALSE(hr_csv_read(HR_STR("a,\xff\xff\xff"), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_ENCODING);
	CU_ASSERT_FALSE(hr_csv_read(HR_STR("a\0b"), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
}

static void test_csv__a_workbook__is_refused_with_advice(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_csv csv;

	CU_ASSERT_FALSE(hr_csv_read(HR_STR("PK\x03\x04\x14\0\0"), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_UNSUPPORTED);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.message, "CSV UTF-8"));
}

static hr_str repeat(hr_arena *arena, char c, size_t count)
{
	char *data = hr_arena_alloc_text(arena, count);

	if (!data)
		return HR_STR_NONE;
	memset(data, c, count);
	return (hr_str){ data, count };
}

static void test_csv__limits__hold_and_one_more_is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_csv csv;

	HR_ASSERT_OK(hr_csv_read(repeat(arena, ',', HR_CSV_COLUMNS_MAX - 1), arena, &csv, &err),
		     err);
	CU_ASSERT_EQUAL(csv.rows[0].count, HR_CSV_COLUMNS_MAX);
	CU_ASSERT_FALSE(hr_csv_read(repeat(arena, ',', HR_CSV_COLUMNS_MAX), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	HR_ASSERT_OK(hr_csv_read(repeat(arena, '\n', HR_CSV_ROWS_MAX), arena, &csv, &err), err);
	CU_ASSERT_EQUAL(csv.count, HR_CSV_ROWS_MAX);
	CU_ASSERT_FALSE(hr_csv_read(repeat(arena, '\n', HR_CSV_ROWS_MAX + 1), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
	CU_ASSERT_FALSE(hr_csv_read(repeat(arena, 'x', HR_CSV_BYTES_MAX + 1), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
}

static void test_csv__when_memory_is_short__it_says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(100);
	hr_error err = { 0 };
	hr_csv csv;

	CU_ASSERT_FALSE(hr_csv_read(HR_STR("a\nb\nc\nd\ne\nf"), arena, &csv, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
}

static void test_csv__what_is_written__is_quoted_where_it_must_be(void)
{
	static const hr_str cells[] = {
		HR_STR_INIT("a"),    HR_STR_INIT(""),	    HR_STR_INIT("b,c"),
		HR_STR_INIT("d\"e"), HR_STR_INIT("f\r\ng"), HR_STR_INIT(" h"),
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 1024);
	hr_csv_write_row(&buf, cells, 6);
	HR_ASSERT_TEXT(hr_buf_str(&buf), "a,,\"b,c\",\"d\"\"e\",\"f\r\ng\",\" h\"\r\n");
	HR_ASSERT_TEXT(read_back(arena, hr_buf_str(&buf)), "a||b,c|d\"e|f\r\ng| h/");
}

static const hr_test tests[] = {
	HR_TEST(test_csv__plain_and_quoted_cells__are_read),
	HR_TEST(test_csv__what_is_malformed__is_refused_with_its_place),
	HR_TEST(test_csv__each_row__knows_the_line_it_starts_on),
	HR_TEST(test_csv__byte_order_mark_and_gb18030__are_understood),
	HR_TEST(test_csv__bytes_in_no_encoding__are_refused),
	HR_TEST(test_csv__a_workbook__is_refused_with_advice),
	HR_TEST(test_csv__limits__hold_and_one_more_is_refused),
	HR_TEST(test_csv__when_memory_is_short__it_says_so),
	HR_TEST(test_csv__what_is_written__is_quoted_where_it_must_be),
};
HR_TEST_MAIN("csv", tests)
