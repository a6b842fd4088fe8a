#include "service/claim_code.h"

#include "testing.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void draw(char code[HR_CLAIM_CODE_TEXT])
{
	hr_error err;

	HR_ASSERT_OK(hr_claim_code_draw(code, &err), err);
}

static bool is_code(const char *text)
{
	char out[HR_CLAIM_CODE_TEXT];

	return hr_claim_code_read(hr_str_of(text), out);
}

static void test_claim_code__drawn__is_read_back(void)
{
	char code[HR_CLAIM_CODE_TEXT];
	char read[HR_CLAIM_CODE_TEXT];
	unsigned seen[32] = { 0 };

	for (int n = 0; n < 1000; n++) {
		draw(code);
		CU_ASSERT_EQUAL(strlen(code), HR_CLAIM_CODE_TEXT - 1);
		CU_ASSERT_EQUAL(code[5], '-');
		CU_ASSERT_TRUE(hr_claim_code_read(hr_str_of(code), read));
		CU_ASSERT_STRING_EQUAL(read, code);
		for (const char *c = code; *c; c++)
			if (*c != '-' && strchr(alphabet, *c))
				seen[strchr(alphabet, *c) - alphabet]++;
	}
	/* 10,000 characters: each of the 32 about 312 times. */
	for (int i = 0; i < 32; i++)
		CU_ASSERT_TRUE(seen[i] > 150 && seen[i] < 500);
}

static void test_claim_code__as_people_type_it__is_the_same(void)
{
	static const char *const typed[] = { "00000-00000", "0000000000", " 00000 00000 ",
					     "ooooo-OOOOO", "0-0-0-0-0-0-0-0-0-0" };
	char code[HR_CLAIM_CODE_TEXT];
	char small[HR_CLAIM_CODE_TEXT];

	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		CU_ASSERT_TRUE(hr_claim_code_read(hr_str_of(typed[i]), code));
		CU_ASSERT_STRING_EQUAL(code, "00000-00000");
	}
	draw(code);
	for (size_t i = 0; i < sizeof(code); i++)
		small[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + 32 : code[i]);
	for (char *c = small; *c; c++)
		if (*c == '1')
			*c = 'l';
	CU_ASSERT_TRUE(is_code(small));
}

static void test_claim_code__what_is_none__is_refused(void)
{
	static const char *const bad[] = { "",
					   "-",
					   "00000-0000",
					   "00000-000000",
					   "00000-0000U",
					   "00000-0000\n",
					   "00000_00000",
					   "00000-000\xe5\xbc\xa0" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(is_code(bad[i]));
}

/* Every change of one character, and every exchange of two that differ. */
static void test_claim_code__mistyped__is_always_noticed(void)
{
	char code[HR_CLAIM_CODE_TEXT];

	draw(code);
	for (size_t i = 0; i < sizeof(code) - 1; i++) {
		char was = code[i];

		for (const char *c = alphabet; was != '-' && *c; c++) {
			code[i] = *c;
			CU_ASSERT_EQUAL(is_code(code), *c == was);
		}
		code[i] = was;
		for (size_t k = i + 1; was != '-' && k < sizeof(code) - 1; k++) {
			char other = code[k];

			if (other == '-')
				continue;
			code[i] = other;
			code[k] = was;
			CU_ASSERT_EQUAL(is_code(code), other == was);
			code[i] = was;
			code[k] = other;
		}
	}
}

static const hr_test tests[] = {
	HR_TEST(test_claim_code__drawn__is_read_back),
	HR_TEST(test_claim_code__as_people_type_it__is_the_same),
	HR_TEST(test_claim_code__what_is_none__is_refused),
	HR_TEST(test_claim_code__mistyped__is_always_noticed),
};

int main(void)
{
	return hr_test_run("claim code", tests, sizeof(tests) / sizeof(tests[0]));
}
