#include "base/base64.h"

#include "testing.h"

static void check(const char *text, const char *bytes)
{
	hr_arena *arena = hr_test_arena();
	hr_str out = HR_STR_NONE;
	hr_error err;

	HR_ASSERT_OK(hr_base64_decode(hr_str_of(text), arena, &out, &err), err);
	HR_ASSERT_TEXT(out, bytes);
	hr_arena_close(arena);
}

static void check_refused(const char *text, const char *message)
{
	hr_arena *arena = hr_test_arena();
	hr_str out = HR_STR_NONE;
	hr_error err = { .code = HR_E_NONE };

	CU_ASSERT_FALSE(hr_base64_decode(hr_str_of(text), arena, &out, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	CU_ASSERT_PTR_NULL(out.data);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
	hr_arena_close(arena);
}

static void test_base64__vectors_of_the_rfc__are_written(void)
{
	static const char *const vectors[] = { "Zg==",	   "Zm8=",     "Zm9v",
					       "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf out;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		hr_buf_init(&out, arena, 8);
		hr_base64_add((hr_str){ "foobar", i + 1 }, &out);
		HR_ASSERT_TEXT(hr_buf_str(&out), vectors[i]);
	}
	hr_buf_init(&out, arena, 8);
	hr_base64_add(HR_STR_NONE, &out);
	CU_ASSERT_EQUAL(out.len, 0);
	hr_base64_add(HR_STR("\xff\xfe\xfd"), &out);
	HR_ASSERT_TEXT(hr_buf_str(&out), "//79");
	hr_base64_add(HR_STR("1234"), &out);
	CU_ASSERT_TRUE(out.failed);
}

/* RFC 4648 section 10. */
static void test_base64__vectors_of_the_rfc__are_read(void)
{
	check("", "");
	check("Zg==", "f");
	check("Zm8=", "fo");
	check("Zm9v", "foo");
	check("Zm9vYg==", "foob");
	check("Zm9vYmE=", "fooba");
	check("Zm9vYmFy", "foobar");
}

static void test_base64__every_byte__comes_back(void)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	hr_arena *arena = hr_test_arena();

	for (unsigned byte = 0; byte < 256; byte++) {
		char text[4] = { digits[byte >> 2], digits[byte << 4 & 63], '=', '=' };
		hr_str out = HR_STR_NONE;
		hr_error err;

		HR_ASSERT_OK(hr_base64_decode((hr_str){ text, 4 }, arena, &out, &err), err);
		CU_ASSERT_EQUAL_FATAL(out.len, 1);
		CU_ASSERT_EQUAL((unsigned char)out.data[0], byte);
	}
	hr_arena_close(arena);
}

static void test_base64__white_space__parts_groups_only(void)
{
	check(" Zm9v\r\n\tYmFy \n", "foobar");
	check("Zm8=\n", "fo");
	check(" ", "");
	check_refused("Zm 9v", "base64: group 1 is malformed");
	check_refused("Zm9v Z", "base64: the text ends inside a group");
}

static void test_base64__malformed__is_refused(void)
{
	check_refused("Zg=", "base64: the text ends inside a group");
	check_refused("Zm9vZ", "base64: the text ends inside a group");
	check_refused("Zg==Zg==", "base64: text behind the end");
	check_refused("Zm8=Zm9v", "base64: text behind the end");
	check_refused("====", "base64: group 1 is malformed");
	check_refused("Z===", "base64: group 1 is malformed");
	check_refused("Zm9v=m9v", "base64: group 2 is malformed");
	check_refused("Zm=v", "base64: group 1 is malformed");
	/* The alphabet for URLs is another one. */
	check_refused("Zm-_", "base64: group 1 is malformed");
	check_refused("Zm9\xc3", "base64: group 1 is malformed");
}

static void test_base64__bits_behind_the_last_byte__are_refused(void)
{
	check_refused("Zh==", "base64: group 1 is malformed");
	check_refused("Zm9=", "base64: group 1 is malformed");
}

static const hr_test tests[] = {
	HR_TEST(test_base64__vectors_of_the_rfc__are_written),
	HR_TEST(test_base64__vectors_of_the_rfc__are_read),
	HR_TEST(test_base64__every_byte__comes_back),
	HR_TEST(test_base64__white_space__parts_groups_only),
	HR_TEST(test_base64__malformed__is_refused),
	HR_TEST(test_base64__bits_behind_the_last_byte__are_refused),
};
HR_TEST_MAIN("base64", tests)
