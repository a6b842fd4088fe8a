/* How often a client may ask. */
#include "service/limits.h"

#include "testing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { SECOND = 1000000 };
static const uint64_t start = 5 * SECOND;

static hr_limits *open_limits(uint32_t per_second)
{
	hr_limits *limits = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_limits_open(per_second, 1, &limits, &err), err);
	return limits;
}

/* How many of `tries` at that moment may. */
static unsigned take(hr_limits *limits, const char *client, unsigned tries, uint64_t at)
{
	unsigned may = 0;

	while (tries--)
		may += hr_limits_take(limits, hr_str_of(client), at);
	return may;
}

static void test_limits__none__lets_all(void)
{
	hr_limits *limits = open_limits(0);

	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 1000, start), 1000);
	hr_limits_close(limits);
}

static void test_limits__one_second__is_the_largest_burst(void)
{
	hr_limits *limits = open_limits(10);

	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 11, start), 10);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 2, start + SECOND / 10 - 1), 0);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 2, start + SECOND / 10), 1);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 20, start + 60ull * SECOND), 10);
	hr_limits_close(limits);
}

static void test_limits__one_a_second__is_one_in_each(void)
{
	hr_limits *limits = open_limits(1);

	for (uint64_t s = 0; s < 5; s++)
		CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 3, start + s * SECOND), 1);
	hr_limits_close(limits);
}

static void test_limits__longer_period__is_one_bucket_for_all_of_it(void)
{
	hr_limits *limits = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_limits_open(10, 600, &limits, &err), err);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 11, start), 10);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 2, start + 60ull * SECOND - 1), 0);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 2, start + 60ull * SECOND), 1);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 20, start + 6000ull * SECOND), 10);
	hr_limits_close(limits);
}

static void test_limits__given_back__may_be_taken_again_and_is_no_more_than_a_bucket(void)
{
	hr_limits *limits = open_limits(2);

	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 3, start), 2);
	hr_limits_give_back(limits, HR_STR("10.0.0.1"), start);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 3, start), 1);
	for (unsigned i = 0; i < 5; i++)
		hr_limits_give_back(limits, HR_STR("10.0.0.1"), start);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start), 2);
	hr_limits_close(limits);
	limits = open_limits(0);
	hr_limits_give_back(limits, HR_STR("10.0.0.1"), start);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 3, start), 3);
	hr_limits_close(limits);
}

static void test_limits__clients__do_not_take_from_each_other(void)
{
	hr_limits *limits = open_limits(2);

	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start), 2);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.2", 9, start), 2);
	CU_ASSERT_EQUAL(take(limits, "001122334455", 9, start), 2);
	CU_ASSERT_EQUAL(take(limits, "", 9, start), 2);
	hr_limits_close(limits);
}

static void test_limits__ipv6__is_one_client_a_network(void)
{
	hr_limits *limits = open_limits(2);

	CU_ASSERT_EQUAL(take(limits, "2001:db8::1", 9, start), 2);
	CU_ASSERT_EQUAL(take(limits, "2001:db8::ffff:1", 9, start), 0);
	CU_ASSERT_EQUAL(take(limits, "2001:db8:0:1::1", 9, start), 2);
	hr_limits_close(limits);
}

static void test_limits__time_going_back__gives_nothing(void)
{
	hr_limits *limits = open_limits(2);

	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start), 2);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start - SECOND), 0);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start), 0);
	hr_limits_close(limits);
}

static void test_limits__changed__counts_from_the_next_on(void)
{
	hr_limits *limits = open_limits(100);

	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 1, start), 1);
	hr_limits_set(limits, 3);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start), 3);
	hr_limits_set(limits, 0);
	CU_ASSERT_EQUAL(take(limits, "10.0.0.1", 9, start), 9);
	hr_limits_close(limits);
}

static void test_limits__many_clients__push_the_silent_out(void)
{
	hr_limits *limits = open_limits(1);
	char client[16];
	unsigned may = 0;

	for (unsigned i = 0; i < 200000; i++) {
		snprintf(client, sizeof(client), "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		may += take(limits, client, 1, start + i);
	}
	CU_ASSERT_EQUAL(may, 200000);
	/* The newest are remembered. */
	CU_ASSERT_EQUAL(take(limits, client, 1, start + 200000), 0);
	hr_limits_close(limits);
}

struct crowd {
	hr_limits *limits;
	atomic_uint may;
};

static void *run(void *context)
{
	struct crowd *crowd = context;

	atomic_fetch_add(&crowd->may, take(crowd->limits, "10.0.0.1", 10000, start));
	return NULL;
}

static void test_limits__threads__share_one_bucket(void)
{
	struct crowd crowd = { .limits = open_limits(5000) };
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, run, &crowd), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(atomic_load(&crowd.may), 5000);
	hr_limits_close(crowd.limits);
}

static const hr_test tests[] = {
	HR_TEST(test_limits__none__lets_all),
	HR_TEST(test_limits__one_second__is_the_largest_burst),
	HR_TEST(test_limits__one_a_second__is_one_in_each),
	HR_TEST(test_limits__longer_period__is_one_bucket_for_all_of_it),
	HR_TEST(test_limits__given_back__may_be_taken_again_and_is_no_more_than_a_bucket),
	HR_TEST(test_limits__clients__do_not_take_from_each_other),
	HR_TEST(test_limits__ipv6__is_one_client_a_network),
	HR_TEST(test_limits__time_going_back__gives_nothing),
	HR_TEST(test_limits__changed__counts_from_the_next_on),
	HR_TEST(test_limits__many_clients__push_the_silent_out),
	HR_TEST(test_limits__threads__share_one_bucket),
};
HR_TEST_MAIN("limits", tests)
