/* What is counted, and how Prometheus reads it. */
#include "service/metrics.h"

#include "testing.h"

static void check_text(const hr_buf *buf, const char *want)
{
	CU_ASSERT_FALSE(buf->failed);
	HR_ASSERT_TEXT(hr_buf_str(buf), want);
}

static hr_buf text(hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 16);
	return buf;
}

static void test_answers__each_class__is_counted_for_itself(void)
{
	hr_arena *arena = hr_test_arena();
	hr_metrics *m = HR_NEW(arena, hr_metrics);
	hr_buf buf = text(arena);

	hr_metrics_count(m, 0, 200, 1);
	hr_metrics_count(m, 0, 204, 1);
	hr_metrics_count(m, 0, 404, 1);
	hr_metrics_count(m, 0, 599, 1);
	hr_metrics_add_answers(&buf, "n", HR_STR("route=\"/a\""), &m->routes[0]);
	check_text(&buf, "n{route=\"/a\",status=\"2xx\"} 2\nn{route=\"/a\",status=\"4xx\"} 1\n"
			 "n{route=\"/a\",status=\"5xx\"} 1\n");
	hr_arena_close(arena);
}

static void test_answers__no_route__is_counted_last(void)
{
	hr_arena *arena = hr_test_arena();
	hr_metrics *m = HR_NEW(arena, hr_metrics);

	hr_metrics_count(m, SIZE_MAX, 404, 1);
	hr_metrics_count(m, HR_METRICS_ROUTES, 404, 1);
	hr_metrics_count(m, HR_METRICS_ROUTES - 1, 404, 1);
	CU_ASSERT_EQUAL(atomic_load(&m->routes[HR_METRICS_ROUTES - 1].answers[3]), 3);
	hr_arena_close(arena);
}

static void test_answers__never_asked__say_nothing(void)
{
	hr_arena *arena = hr_test_arena();
	hr_metrics *m = HR_NEW(arena, hr_metrics);
	hr_buf buf = text(arena);

	hr_metrics_add_answers(&buf, "n", HR_STR("a=\"b\""), &m->routes[0]);
	hr_metrics_add_durations(&buf, "n", HR_STR("a=\"b\""), &m->routes[0].durations);
	check_text(&buf, "");
	hr_arena_close(arena);
}

/* An end belongs to its bucket; buckets add up; the sum keeps its microseconds. */
static void test_durations__at_the_ends__fall_into_their_buckets(void)
{
	hr_arena *arena = hr_test_arena();
	hr_metrics *m = HR_NEW(arena, hr_metrics);
	hr_buf buf = text(arena);

	hr_metrics_count(m, 0, 200, 0);
	hr_metrics_count(m, 0, 200, 100);
	hr_metrics_count(m, 0, 200, 101);
	hr_metrics_count(m, 0, 200, 5000001);
	hr_metrics_add_durations(&buf, "t", HR_STR("r=\"a\""), &m->routes[0].durations);
	check_text(&buf,
		   "t_bucket{r=\"a\",le=\"0.000100\"} 2\nt_bucket{r=\"a\",le=\"0.000250\"} 3\n"
		   "t_bucket{r=\"a\",le=\"0.000500\"} 3\nt_bucket{r=\"a\",le=\"0.001000\"} 3\n"
		   "t_bucket{r=\"a\",le=\"0.002500\"} 3\nt_bucket{r=\"a\",le=\"0.005000\"} 3\n"
		   "t_bucket{r=\"a\",le=\"0.010000\"} 3\nt_bucket{r=\"a\",le=\"0.050000\"} 3\n"
		   "t_bucket{r=\"a\",le=\"0.250000\"} 3\nt_bucket{r=\"a\",le=\"1.000000\"} 3\n"
		   "t_bucket{r=\"a\",le=\"5.000000\"} 3\nt_bucket{r=\"a\",le=\"+Inf\"} 4\n"
		   "t_sum{r=\"a\"} 5.000202\nt_count{r=\"a\"} 4\n");
	hr_arena_close(arena);
}

static void test_sample__with_and_without_labels(void)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf = text(arena);

	hr_metrics_add_head(&buf, "g", "gauge", "What it is.");
	hr_metrics_add_sample(&buf, "g", HR_STR_NONE, -3);
	hr_metrics_add_sample(&buf, "g", HR_STR("a=\"b\""), 7);
	check_text(&buf, "# HELP g What it is.\n# TYPE g gauge\ng -3\ng{a=\"b\"} 7\n");
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_answers__each_class__is_counted_for_itself),
	HR_TEST(test_answers__no_route__is_counted_last),
	HR_TEST(test_answers__never_asked__say_nothing),
	HR_TEST(test_durations__at_the_ends__fall_into_their_buckets),
	HR_TEST(test_sample__with_and_without_labels),
};
HR_TEST_MAIN("metrics", tests)
