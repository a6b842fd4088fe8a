#include "base/money.h"

#include "testing.h"

#define MOST  HR_STR("92233720368547758.07")
#define LEAST HR_STR("-92233720368547758.08")

static hr_money yuan(const char *text)
{
	hr_money amount = { -1 };

	CU_ASSERT_TRUE(hr_money_parse(hr_str_of(text), &amount));
	return amount;
}

static void assert_money(hr_money amount, const char *want)
{
	char text[HR_MONEY_TEXT];

	HR_ASSERT_TEXT(hr_money_format(amount, text), want);
}

static void test_money_parse__what_is_money__is_read_to_the_fen(void)
{
	static const struct {
		const char *text;
		int64_t fen;
	} rows[] = {
		{ "0", 0 },	    { "-0", 0 },	 { "0.0", 0 },	  { "850", 85000 },
		{ "850.5", 85050 }, { "850.05", 85005 }, { "-0.01", -1 }, { "007.10", 710 },
		{ "0.99", 99 },	    { "-12.3", -1230 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(yuan(rows[i].text).fen, rows[i].fen);
}

static void test_money_parse__what_is_not_money__is_refused_and_leaves_out(void)
{
	static const hr_str texts[] = {
		HR_STR_INIT(""),      HR_STR_INIT("-"),	    HR_STR_INIT("."),
		HR_STR_INIT("0.001"), HR_STR_INIT("1e3"),   HR_STR_INIT(" 1"),
		HR_STR_INIT("1 "),    HR_STR_INIT("+1"),    HR_STR_INIT("1."),
		HR_STR_INIT(".5"),    HR_STR_INIT("-.5"),   HR_STR_INIT("--1"),
		HR_STR_INIT("1.-1"),  HR_STR_INIT("1,000"), HR_STR_INIT("1.2.3"),
		HR_STR_INIT("1..2"),  HR_STR_INIT("1.2."),  HR_STR_INIT("0x10"),
		HR_STR_INIT("1\0"),   HR_STR_INIT("¥1"),    HR_STR_INIT("１"),
		HR_STR_INIT("NaN"),   HR_STR_INIT("1.0:"),  HR_STR_INIT("1/"),
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		hr_money amount = { 77 };

		CU_ASSERT_FALSE(hr_money_parse(texts[i], &amount));
		CU_ASSERT_EQUAL(amount.fen, 77);
	}
	CU_ASSERT_FALSE(hr_money_parse(HR_STR_NONE, &(hr_money){ 0 }));
}

static void test_decimal_parse__so_many_decimals__are_exact(void)
{
	int64_t number = 77;

	CU_ASSERT_TRUE(hr_decimal_parse(HR_STR("0.5"), 4, &number));
	CU_ASSERT_EQUAL(number, 5000);
	CU_ASSERT_TRUE(hr_decimal_parse(HR_STR("-12.3456"), 4, &number));
	CU_ASSERT_EQUAL(number, -123456);
	CU_ASSERT_TRUE(hr_decimal_parse(HR_STR("7"), 0, &number));
	CU_ASSERT_EQUAL(number, 7);
	CU_ASSERT_FALSE(hr_decimal_parse(HR_STR("0.12345"), 4, &number));
	CU_ASSERT_FALSE(hr_decimal_parse(HR_STR("7.0"), 0, &number));
	CU_ASSERT_FALSE(hr_decimal_parse(HR_STR("1000000000000000"), 4, &number));
	CU_ASSERT_EQUAL(number, 7);
}

static void test_money_parse__limits__are_met_and_not_passed(void)
{
	static const hr_str over[] = {
		HR_STR_INIT("92233720368547758.08"),
		HR_STR_INIT("-92233720368547758.09"),
		HR_STR_INIT("92233720368547759"),
		HR_STR_INIT("92233720368547758.1"),
		HR_STR_INIT("-99999999999999999999999999999999999"),
	};
	hr_money amount;

	CU_ASSERT_TRUE(hr_money_parse(MOST, &amount));
	CU_ASSERT_EQUAL(amount.fen, INT64_MAX);
	CU_ASSERT_TRUE(hr_money_parse(LEAST, &amount));
	CU_ASSERT_EQUAL(amount.fen, INT64_MIN);
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
		CU_ASSERT_FALSE(hr_money_parse(over[i], &amount));
	CU_ASSERT_EQUAL(amount.fen, INT64_MIN);
}

static void test_money_format__always_two_decimals(void)
{
	assert_money((hr_money){ 0 }, "0.00");
	assert_money((hr_money){ 1 }, "0.01");
	assert_money((hr_money){ -1 }, "-0.01");
	assert_money((hr_money){ 85000 }, "850.00");
	assert_money((hr_money){ -85010 }, "-850.10");
	assert_money((hr_money){ INT64_MAX }, "92233720368547758.07");
	assert_money((hr_money){ INT64_MIN }, "-92233720368547758.08");
}

static void test_decimal_format__so_many_decimals(void)
{
	static const struct {
		int64_t number;
		unsigned decimals;
		const char *want;
	} rows[] = {
		{ 0, 0, "0" },
		{ -7, 0, "-7" },
		{ 5000, 4, "0.5000" },
		{ 10000, 4, "1.0000" },
		{ -1, 4, "-0.0001" },
		{ 1, 18, "0.000000000000000001" },
		{ INT64_MIN, 18, "-9.223372036854775808" },
		{ INT64_MIN, 0, "-9223372036854775808" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[HR_MONEY_TEXT];

		HR_ASSERT_TEXT(hr_decimal_format(rows[i].number, rows[i].decimals, text),
			       rows[i].want);
	}
}

static void test_money_format__reads_back_the_same(void)
{
	int64_t fen = 1;

	for (int i = 0; i < 60; i++, fen = fen * 2 + i % 3) {
		int64_t cases[] = { fen, -fen, fen - 1, 1 - fen };

		for (size_t j = 0; j < 4; j++) {
			char text[HR_MONEY_TEXT];
			hr_money back;

			CU_ASSERT_TRUE(hr_money_parse(hr_money_format((hr_money){ cases[j] }, text),
						      &back));
			CU_ASSERT_EQUAL(back.fen, cases[j]);
		}
	}
}

static void test_money_add_sub__limits__are_met_and_not_passed(void)
{
	hr_money most = { INT64_MAX };
	hr_money least = { INT64_MIN };
	hr_money one = { 1 };
	hr_money out = { 77 };

	CU_ASSERT_FALSE(hr_money_add(most, one, &out));
	CU_ASSERT_FALSE(hr_money_sub(least, one, &out));
	CU_ASSERT_FALSE(hr_money_sub((hr_money){ 0 }, least, &out));
	CU_ASSERT_EQUAL(out.fen, 77);
	CU_ASSERT_TRUE(hr_money_add(most, least, &out));
	CU_ASSERT_EQUAL(out.fen, -1);
	CU_ASSERT_TRUE(hr_money_sub((hr_money){ -1 }, most, &out));
	CU_ASSERT_EQUAL(out.fen, INT64_MIN);
}

/* (720 - 8.89) x 0.9 = 639.999: to cut it off would lose a fen. */
static void test_money_times__deductible_then_ratio__is_rounded_half_up(void)
{
	hr_money in_scope;
	hr_money paid;

	CU_ASSERT_TRUE(hr_money_sub(yuan("720"), yuan("8.89"), &in_scope));
	CU_ASSERT_TRUE(hr_money_times_half_up(in_scope, 9000, 10000, &paid));
	assert_money(paid, "640.00");
}

/* One fen over a deductible of 800, at 85 %: 0.0085. */
static void test_money_times__one_fen_over_the_deductible__is_one_fen(void)
{
	hr_money in_scope;
	hr_money paid;

	CU_ASSERT_TRUE(hr_money_sub(yuan("800.01"), yuan("800"), &in_scope));
	CU_ASSERT_TRUE(hr_money_times_half_up(in_scope, 8500, 10000, &paid));
	assert_money(paid, "0.01");
}

static void test_money_times__halves__go_away_from_zero(void)
{
	static const struct {
		int64_t fen, numerator, denominator, want;
	} rows[] = {
		{ 1, 1, 2, 1 },	   { -1, 1, 2, -1 },   { 3, 1, 2, 2 },	      { -3, 1, 2, -2 },
		{ 1, 49, 100, 0 }, { -1, 49, 100, 0 }, { 1, -1, 2, -1 },      { 1, 50, 100, 1 },
		{ 1, 1, 3, 0 },	   { 2, 1, 3, 1 },     { -2, 1, 3, -1 },      { 5, 1, 10, 1 },
		{ 4, 1, 10, 0 },   { 15, 1, 10, 2 },   { 25, 1, 10, 3 },      { 0, 5, 7, 0 },
		{ 7, 0, 7, 0 },	   { 7, 1, 1, 7 },     { 1, 4999, 10000, 0 }, { 1, 5000, 10000, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_money out = { 77 };

		CU_ASSERT_TRUE(hr_money_times_half_up((hr_money){ rows[i].fen }, rows[i].numerator,
						      rows[i].denominator, &out));
		CU_ASSERT_EQUAL(out.fen, rows[i].want);
	}
}

static void test_money_times__limits__are_met_and_not_passed(void)
{
	hr_money most = { INT64_MAX };
	hr_money least = { INT64_MIN };
	hr_money out = { 77 };

	CU_ASSERT_FALSE(hr_money_times_half_up(most, 2, 1, &out));
	CU_ASSERT_FALSE(hr_money_times_half_up(least, -1, 1, &out));
	CU_ASSERT_FALSE(hr_money_times_half_up(least, INT64_MIN, 1, &out));
	CU_ASSERT_FALSE(hr_money_times_half_up(most, INT64_MAX, INT64_MAX - 1, &out));
	CU_ASSERT_EQUAL(out.fen, 77);
	CU_ASSERT_TRUE(hr_money_times_half_up(most, INT64_MAX, INT64_MAX, &out));
	CU_ASSERT_EQUAL(out.fen, INT64_MAX);
	CU_ASSERT_TRUE(hr_money_times_half_up(least, INT64_MAX, INT64_MAX, &out));
	CU_ASSERT_EQUAL(out.fen, INT64_MIN);
	CU_ASSERT_TRUE(hr_money_times_half_up((hr_money){ 1 }, 1, INT64_MAX, &out));
	CU_ASSERT_EQUAL(out.fen, 0);
}

static const hr_test tests[] = {
	HR_TEST(test_money_parse__what_is_money__is_read_to_the_fen),
	HR_TEST(test_money_parse__what_is_not_money__is_refused_and_leaves_out),
	HR_TEST(test_decimal_parse__so_many_decimals__are_exact),
	HR_TEST(test_money_parse__limits__are_met_and_not_passed),
	HR_TEST(test_money_format__always_two_decimals),
	HR_TEST(test_decimal_format__so_many_decimals),
	HR_TEST(test_money_format__reads_back_the_same),
	HR_TEST(test_money_add_sub__limits__are_met_and_not_passed),
	HR_TEST(test_money_times__deductible_then_ratio__is_rounded_half_up),
	HR_TEST(test_money_times__one_fen_over_the_deductible__is_one_fen),
	HR_TEST(test_money_times__halves__go_away_from_zero),
	HR_TEST(test_money_times__limits__are_met_and_not_passed),
};
HR_TEST_MAIN("money", tests)
