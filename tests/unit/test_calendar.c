#include "base/calendar.h"

#include "testing.h"

#include <stdlib.h>
#include <time.h>

static hr_date day(int year, int month, int day)
{
	hr_date date = { INT32_MIN };

	CU_ASSERT_TRUE(hr_date_from_civil(year, month, day, &date));
	return date;
}

static void assert_date(hr_date date, const char *want)
{
	char text[HR_DATE_TEXT];

	HR_ASSERT_TEXT(hr_date_format(date, text), want);
}

/*
 * Days
 */

static void test_date__every_day_of_1900_to_2100__goes_there_and_back(void)
{
	int32_t expected = -25567; /* 1900-01-01 */
	unsigned wrong = 0;

	for (int y = 1900; y <= 2100; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= 31; d++) {
				hr_date date;
				int year, month, dom;

				if (!hr_date_from_civil(y, m, d, &date))
					continue;
				hr_date_to_civil(date, &year, &month, &dom);
				wrong += date.day != expected++;
				wrong += year != y || month != m || dom != d;
			}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(expected, day(2101, 1, 1).day);
}

/* All that this calendar holds, against the C library's. */
static void test_date__every_day_of_the_calendar__is_that_of_the_library(void)
{
	unsigned wrong = 0;

	for (int32_t n = HR_DATE_MIN.day; n <= HR_DATE_MAX.day; n++) {
		time_t second = (time_t)n * HR_DAY_S;
		struct tm tm;
		int year, month, dom;

		gmtime_r(&second, &tm);
		hr_date_to_civil((hr_date){ n }, &year, &month, &dom);
		wrong += year != tm.tm_year + 1900 || month != tm.tm_mon + 1 || dom != tm.tm_mday;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_date__days_that_are_not__are_refused(void)
{
	static const int none[][3] = {
		{ 2023, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 }, { 2024, 2, 30 }, { 2023, 2, 31 },
		{ 2023, 4, 31 }, { 2023, 1, 32 }, { 2023, 1, 0 },  { 2023, 0, 1 },  { 2023, 13, 1 },
		{ 0, 1, 1 },	 { 10000, 1, 1 }, { -1, 1, 1 },	   { 2023, -1, 1 }, { 2023, 1, -1 },
	};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		hr_date date = { 77 };

		CU_ASSERT_FALSE(hr_date_from_civil(none[i][0], none[i][1], none[i][2], &date));
		CU_ASSERT_EQUAL(date.day, 77);
	}
}

static void test_date__leap_days__are(void)
{
	assert_date(day(2000, 2, 29), "2000-02-29");
	assert_date(day(2024, 2, 29), "2024-02-29");
	assert_date(hr_date_add_days(day(1900, 2, 28), 1), "1900-03-01");
}

static void test_date__around_1970_and_the_ends__are_the_right_numbers(void)
{
	CU_ASSERT_EQUAL(day(1970, 1, 1).day, 0);
	CU_ASSERT_EQUAL(day(1969, 12, 31).day, -1);
	CU_ASSERT_EQUAL(day(1, 1, 1).day, HR_DATE_MIN.day);
	CU_ASSERT_EQUAL(day(9999, 12, 31).day, HR_DATE_MAX.day);
	assert_date(HR_DATE_MIN, "0001-01-01");
	assert_date(HR_DATE_MAX, "9999-12-31");
	CU_ASSERT_EQUAL(hr_date_year(HR_DATE_MIN), 1);
	CU_ASSERT_EQUAL(hr_date_year(day(1969, 12, 31)), 1969);
	CU_ASSERT_EQUAL(hr_date_year(HR_DATE_MAX), 9999);
}

static void test_date_add_days__past_the_ends__stops_there(void)
{
	assert_date(hr_date_add_days(day(2023, 12, 31), 1), "2024-01-01");
	assert_date(hr_date_add_days(day(1970, 1, 1), -1), "1969-12-31");
	assert_date(hr_date_add_days(HR_DATE_MAX, 1), "9999-12-31");
	assert_date(hr_date_add_days(HR_DATE_MAX, INT32_MAX), "9999-12-31");
	assert_date(hr_date_add_days(HR_DATE_MIN, -1), "0001-01-01");
	assert_date(hr_date_add_days(HR_DATE_MIN, INT32_MIN), "0001-01-01");
}

static void test_date_add_months__no_such_day__is_the_last_of_the_month(void)
{
	assert_date(hr_date_add_months(day(2023, 8, 31), 6), "2024-02-29");
	assert_date(hr_date_add_months(day(2022, 8, 31), 6), "2023-02-28");
	assert_date(hr_date_add_months(day(2024, 2, 29), 12), "2025-02-28");
	assert_date(hr_date_add_months(day(2024, 2, 29), 48), "2028-02-29");
	assert_date(hr_date_add_months(day(2024, 3, 31), -1), "2024-02-29");
	assert_date(hr_date_add_months(day(2024, 5, 31), 1), "2024-06-30");
}

static void test_date_add_months__over_years_and_ends__counts_on_and_stops(void)
{
	assert_date(hr_date_add_months(day(2023, 11, 20), 0), "2023-11-20");
	assert_date(hr_date_add_months(day(2023, 12, 1), 1), "2024-01-01");
	assert_date(hr_date_add_months(day(2023, 1, 15), -1), "2022-12-15");
	assert_date(hr_date_add_months(day(2023, 1, 15), -13), "2021-12-15");
	assert_date(hr_date_add_months(day(9999, 11, 30), 1), "9999-12-30");
	assert_date(hr_date_add_months(day(9999, 11, 30), 2), "9999-12-31");
	assert_date(hr_date_add_months(day(1, 2, 5), -1), "0001-01-05");
	assert_date(hr_date_add_months(day(1, 2, 5), -2), "0001-01-01");
	assert_date(hr_date_add_months(day(2023, 1, 1), INT32_MAX), "9999-12-31");
	assert_date(hr_date_add_months(day(2023, 1, 1), INT32_MIN), "0001-01-01");
}

static void test_period__first_day_is_in_and_last_is_not(void)
{
	hr_period period = { day(2023, 11, 20), day(2023, 11, 22) };
	hr_period always = { HR_DATE_MIN, HR_DATE_MAX };
	hr_period after = { day(2023, 11, 22), day(2023, 11, 23) };
	hr_period over = { day(2023, 11, 21), day(2023, 11, 23) };

	CU_ASSERT_FALSE(hr_period_contains(period, day(2023, 11, 19)));
	CU_ASSERT_TRUE(hr_period_contains(period, day(2023, 11, 20)));
	CU_ASSERT_TRUE(hr_period_contains(period, day(2023, 11, 21)));
	CU_ASSERT_FALSE(hr_period_contains(period, day(2023, 11, 22)));
	CU_ASSERT_TRUE(hr_period_overlaps(period, over));
	CU_ASSERT_TRUE(hr_period_overlaps(over, period));
	CU_ASSERT_FALSE(hr_period_overlaps(period, after));
	CU_ASSERT_FALSE(hr_period_overlaps(after, period));
	CU_ASSERT_TRUE(hr_period_overlaps(always, period));
}

static void test_date_parse__only_the_dashed_form__is_read(void)
{
	static const char *others[] = {
		"",
		"20231120",
		"2023-11-2",
		"2023-1-20",
		" 2023-11-20",
		"2023-11-20 ",
		"2023/11/20",
		"2023-11-200",
		"2023-02-30",
		"2023-11-20T00:00:00",
		"0000-01-01",
		"+023-11-20",
		"２０２３-11-20",
	};
	hr_date date = { 77 };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_FALSE(hr_date_parse(hr_str_of(others[i]), &date));
	CU_ASSERT_FALSE(hr_date_parse(HR_STR_NONE, &date));
	CU_ASSERT_EQUAL(date.day, 77);
	CU_ASSERT_TRUE(hr_date_parse(HR_STR("2023-11-20"), &date));
	assert_date(date, "2023-11-20");
}

/*
 * Spans
 */

/* 2023-11-20T00:00:00Z, and the same day's start in China. */
enum { UTC_DAY = 1700438400, CHINA_DAY = UTC_DAY - HR_CHINA_OFFSET_S };
enum { AT_0830 = CHINA_DAY + 8 * 3600 + 30 * 60 };

static const struct form {
	const char *text;
	int64_t from;
	int64_t seconds;
	hr_precision precision;
} forms[] = {
	{ "2023", 1672502400, 365 * HR_DAY_S, HR_PRECISION_YEAR },
	{ "2024", 1704038400, 366 * HR_DAY_S, HR_PRECISION_YEAR },
	{ "202311", 1698768000, 30 * HR_DAY_S, HR_PRECISION_MONTH },
	{ "2023-11", 1698768000, 30 * HR_DAY_S, HR_PRECISION_MONTH },
	{ "2024-02", 1706716800, 29 * HR_DAY_S, HR_PRECISION_MONTH },
	{ "20231120", CHINA_DAY, HR_DAY_S, HR_PRECISION_DAY },
	{ "2023-11-20", CHINA_DAY, HR_DAY_S, HR_PRECISION_DAY },
	{ "2023112008", AT_0830 - 1800, 3600, HR_PRECISION_HOUR },
	{ "20231120T08", AT_0830 - 1800, 3600, HR_PRECISION_HOUR },
	{ "2023-11-20 08", AT_0830 - 1800, 3600, HR_PRECISION_HOUR },
	{ "2023112000Z", AT_0830 - 1800, 3600, HR_PRECISION_HOUR },
	{ "2023112009+0900", AT_0830 - 1800, 3600, HR_PRECISION_HOUR },
	{ "202311200830", AT_0830, 60, HR_PRECISION_MINUTE },
	{ "20231120T0830", AT_0830, 60, HR_PRECISION_MINUTE },
	{ "2023-11-20 08:30", AT_0830, 60, HR_PRECISION_MINUTE },
	{ "2023-11-20T08:30", AT_0830, 60, HR_PRECISION_MINUTE },
	{ "20231120083005", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "20231120T083005", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T08:30:05", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20 08:30:05", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "20231120083005.999", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T08:30:05.0001", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "20231120083005+0800", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "20231120083005.123+0800", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T08:30:05+08:00", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T00:30:05Z", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "20231120003005Z", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T00:30:05+00:00", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T00:30Z", AT_0830, 60, HR_PRECISION_MINUTE },
	{ "2023-11-19T19:30:05-05:00", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T06:00:05+0530", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ "2023-11-20T14:30:05+14:00", AT_0830 + 5, 1, HR_PRECISION_SECOND },
	{ " 20231120 ", CHINA_DAY, HR_DAY_S, HR_PRECISION_DAY },
	{ "\n2023-11-20T08:30:05\t", AT_0830 + 5, 1, HR_PRECISION_SECOND },
};

static void test_span_parse__every_form_of_reports__is_read(void)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		hr_span span = { 0 };

		if (!hr_span_parse(hr_str_of(forms[i].text), &span))
			HR_ASSERT_TEXT(HR_STR("refused"), forms[i].text);
		CU_ASSERT_EQUAL(span.from.second, forms[i].from);
		CU_ASSERT_EQUAL(span.to.second - span.from.second, forms[i].seconds);
		CU_ASSERT_EQUAL(span.precision, forms[i].precision);
	}
}

static void test_span_parse__what_is_no_time__is_refused_and_leaves_out(void)
{
	static const char *texts[] = {
		"",
		" ",
		"2",
		"202",
		"20231",
		"2023112",
		"202311200",
		"20231120083",
		"2023112008300",
		"202311200830055",
		"20230231",
		"2023-02-31",
		"20231320",
		"20230020",
		"20231100",
		"20231120240000",
		"20231120086000",
		"20231120083061",
		"00000101",
		"2023-11-20T",
		"2023-11-20T8:30",
		"2023112024",
		"2023112008-05",
		"2023112008+0530",
		"1711081208",
		"2023-11-20T08:",
		"2023-11-20T08:3",
		"2023-11-20T08:30:",
		"2023-11-20T08:30:05.",
		"2023-11-20T08:30:05,5",
		"2023-11-20T08:30:05+",
		"2023-11-20T08:30:05+8",
		"2023-11-20T08:30:05+08",
		"2023-11-20T08:30:05+08:",
		"2023-11-20T08:30:05+15:00",
		"2023-11-20T08:30:05+08:60",
		"2023-11-20T08:30:05z",
		"2023-11-20T08:30:05Z+08:00",
		"2023-11-20t08:30:05",
		"2023-11-20  08:30",
		"2023-11-",
		"2023-1120",
		"202311-20",
		"202311-08",
		"2023/11/20",
		"2023年11月20日",
		"20231120x",
		"-0231120",
		"+0231120",
		"now",
		"1700438400000",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		hr_span span = { .precision = HR_PRECISION_MONTH };

		if (hr_span_parse(hr_str_of(texts[i]), &span))
			HR_ASSERT_TEXT(HR_STR("accepted"), texts[i]);
		CU_ASSERT_EQUAL(span.precision, HR_PRECISION_MONTH);
	}
	CU_ASSERT_FALSE(hr_span_parse(HR_STR_NONE, &(hr_span){ 0 }));
	CU_ASSERT_FALSE(hr_span_parse(HR_STR("2023\0001120"), &(hr_span){ 0 }));
}

/* One "Z" after a day: the day that a doctor in China reads, not one that begins at eight. */
static void test_span_parse__day_with_a_zone__is_the_day_in_china(void)
{
	static const char *texts[] = { "20231120Z", "2023-11-20Z", "20231120-0500" };

	for (size_t i = 0; i < 3; i++) {
		hr_span span;

		CU_ASSERT_TRUE_FATAL(hr_span_parse(hr_str_of(texts[i]), &span));
		CU_ASSERT_EQUAL(span.from.second, CHINA_DAY);
		CU_ASSERT_EQUAL(span.to.second, CHINA_DAY + HR_DAY_S);
	}
}

static void test_span_parse__z_late_in_the_day__is_the_next_day_in_china(void)
{
	hr_instant before;
	hr_instant after;

	CU_ASSERT_TRUE(hr_instant_parse(HR_STR("2023-11-19T15:59:59Z"), &before));
	CU_ASSERT_TRUE(hr_instant_parse(HR_STR("2023-11-19T16:00:00Z"), &after));
	assert_date(hr_instant_date(before), "2023-11-19");
	assert_date(hr_instant_date(after), "2023-11-20");
}

static void test_span_parse__leap_second__ends_with_its_minute(void)
{
	hr_span span;
	hr_span last;

	CU_ASSERT_TRUE(hr_span_parse(HR_STR("20170101075960"), &span));
	CU_ASSERT_TRUE(hr_span_parse(HR_STR("20170101075959"), &last));
	CU_ASSERT_EQUAL(span.from.second, last.from.second);
	CU_ASSERT_EQUAL(span.to.second, last.to.second);
}

static void test_span_parse__first_and_last_year__are_whole(void)
{
	hr_span span;

	CU_ASSERT_TRUE(hr_span_parse(HR_STR("0001"), &span));
	CU_ASSERT_EQUAL(span.from.second, hr_date_start(HR_DATE_MIN).second);
	CU_ASSERT_EQUAL(span.to.second - span.from.second, 365 * HR_DAY_S);
	CU_ASSERT_TRUE(hr_span_parse(HR_STR("9999"), &span));
	CU_ASSERT_EQUAL(span.to.second - span.from.second, 365 * HR_DAY_S);
	CU_ASSERT_TRUE(hr_span_parse(HR_STR("999912"), &span));
	CU_ASSERT_EQUAL(span.to.second - span.from.second, 31 * HR_DAY_S);
	CU_ASSERT_TRUE(hr_span_parse(HR_STR("9999-12-31T23:59:59-14:00"), &span));
	assert_date(hr_instant_date(span.from), "9999-12-31");
	CU_ASSERT_TRUE(hr_span_parse(HR_STR("0001-01-01T00:00:00+14:00"), &span));
	assert_date(hr_instant_date(span.from), "0001-01-01");
}

static void test_span_parse__before_1970__is_negative_and_exact(void)
{
	hr_span span;

	CU_ASSERT_TRUE(hr_span_parse(HR_STR("19700101075959"), &span));
	CU_ASSERT_EQUAL(span.from.second, -1);
	assert_date(hr_instant_date(span.from), "1970-01-01");
	CU_ASSERT_TRUE(hr_span_parse(HR_STR("19691231235959"), &span));
	assert_date(hr_instant_date(span.from), "1969-12-31");
}

static void test_instant_parse__less_than_a_day__is_refused(void)
{
	hr_instant instant = { 77 };

	CU_ASSERT_FALSE(hr_instant_parse(HR_STR("2023"), &instant));
	CU_ASSERT_FALSE(hr_instant_parse(HR_STR("2023-11"), &instant));
	CU_ASSERT_EQUAL(instant.second, 77);
	CU_ASSERT_TRUE(hr_instant_parse(HR_STR("2023-11-20"), &instant));
	CU_ASSERT_EQUAL(instant.second, CHINA_DAY);
	CU_ASSERT_TRUE(hr_instant_parse(HR_STR("2023-11-20T00:30:00Z"), &instant));
	CU_ASSERT_EQUAL(instant.second, AT_0830);
}

static void test_instant_format__shows_the_clock_of_china(void)
{
	char text[HR_INSTANT_TEXT];

	HR_ASSERT_TEXT(hr_instant_format((hr_instant){ 0 }, text), "1970-01-01T08:00:00+08:00");
	HR_ASSERT_TEXT(hr_instant_format((hr_instant){ -28801 }, text),
		       "1969-12-31T23:59:59+08:00");
	HR_ASSERT_TEXT(hr_instant_format((hr_instant){ AT_0830 + 5 }, text),
		       "2023-11-20T08:30:05+08:00");
	CU_ASSERT_EQUAL(text[HR_INSTANT_TEXT - 1], '\0');
}

static void test_span_format__shows_as_much_as_is_known(void)
{
	static const char *rows[][2] = {
		{ "2023", "2023" },
		{ "202311", "2023-11" },
		{ "20231120", "2023-11-20" },
		{ "2023112008", "2023-11-20 08" },
		{ "202311200830", "2023-11-20 08:30" },
		{ "20231120003005Z", "2023-11-20 08:30:05" },
	};
	char text[HR_INSTANT_TEXT];

	HR_ASSERT_TEXT(hr_span_format((hr_span){ 0 }, text), "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_span span;

		CU_ASSERT_TRUE(hr_span_parse(hr_str_of(rows[i][0]), &span));
		HR_ASSERT_TEXT(hr_span_format(span, text), rows[i][1]);
		CU_ASSERT_EQUAL(strlen(text), strlen(rows[i][1]));
	}
}

/* Each form with bytes changed, dropped and added, in a piece of memory of its exact length. */
static void mutate(hr_arena *arena, unsigned *seed, const char *text)
{
	static const char letters[] = "0123456789-:TZ+. /\n\xe5\x00x";
	size_t len = strlen(text);
	char copy[64];
	hr_span span = { 0 };
	char shown[HR_INSTANT_TEXT];

	memcpy(copy, text, len + 1);
	for (int changes = rand_r(seed) % 4; changes >= 0; changes--)
		copy[(size_t)rand_r(seed) % (len + 1)] =
			letters[(size_t)rand_r(seed) % sizeof(letters)];
	len = (size_t)rand_r(seed) % (len + 2);
	if (!hr_span_parse(hr_str_copy(arena, (hr_str){ copy, len }), &span))
		return;
	CU_ASSERT_TRUE(span.from.second < span.to.second);
	CU_ASSERT_TRUE(span.precision > HR_PRECISION_NONE);
	CU_ASSERT_TRUE(hr_span_parse(hr_span_format(span, shown), &(hr_span){ 0 }));
}

static void test_span_parse__random_text__never_does_harm(void)
{
	hr_arena *arena = hr_test_arena();
	unsigned seed = 20231120;

	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
			mutate(arena, &seed, forms[i].text);
		hr_arena_reset(arena);
	}
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_date__every_day_of_1900_to_2100__goes_there_and_back),
	HR_TEST(test_date__every_day_of_the_calendar__is_that_of_the_library),
	HR_TEST(test_date__days_that_are_not__are_refused),
	HR_TEST(test_date__leap_days__are),
	HR_TEST(test_date__around_1970_and_the_ends__are_the_right_numbers),
	HR_TEST(test_date_add_days__past_the_ends__stops_there),
	HR_TEST(test_date_add_months__no_such_day__is_the_last_of_the_month),
	HR_TEST(test_date_add_months__over_years_and_ends__counts_on_and_stops),
	HR_TEST(test_period__first_day_is_in_and_last_is_not),
	HR_TEST(test_date_parse__only_the_dashed_form__is_read),
	HR_TEST(test_span_parse__every_form_of_reports__is_read),
	HR_TEST(test_span_parse__what_is_no_time__is_refused_and_leaves_out),
	HR_TEST(test_span_parse__day_with_a_zone__is_the_day_in_china),
	HR_TEST(test_span_parse__z_late_in_the_day__is_the_next_day_in_china),
	HR_TEST(test_span_parse__leap_second__ends_with_its_minute),
	HR_TEST(test_span_parse__first_and_last_year__are_whole),
	HR_TEST(test_span_parse__before_1970__is_negative_and_exact),
	HR_TEST(test_instant_parse__less_than_a_day__is_refused),
	HR_TEST(test_instant_format__shows_the_clock_of_china),
	HR_TEST(test_span_format__shows_as_much_as_is_known),
	HR_TEST(test_span_parse__random_text__never_does_harm),
};
HR_TEST_MAIN("calendar", tests)
