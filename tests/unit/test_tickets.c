#include "service/tickets.h"

#include "testing.h"

static const hr_instant now = { 1790000000 };

static hr_tickets *tickets_open(void)
{
	hr_tickets *tickets = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_tickets_open(&tickets, &err), err);
	return tickets;
}

static hr_patient_key patient_of(int n)
{
	hr_patient_key key = { { { 0 } } };

	memcpy(key.digest.bytes, &n, sizeof(n));
	return key;
}

static bool draw(hr_tickets *tickets, int patient, hr_instant at, char text[HR_SECRET_TEXT],
		 hr_error *err)
{
	hr_patient_key key = patient_of(patient);

	return hr_ticket_draw(tickets, &key, at, text, err);
}

/* The patient's number; -1: no ticket. */
static int taken(hr_tickets *tickets, const char *text, hr_instant at)
{
	hr_patient_key key;
	hr_error err;
	bool was = false;
	int n = -1;

	HR_ASSERT_OK(hr_ticket_take(tickets, hr_str_of(text), at, &was, &key, &err), err);
	if (was)
		memcpy(&n, key.digest.bytes, sizeof(n));
	return n;
}

static hr_instant after(int seconds)
{
	return (hr_instant){ now.second + seconds };
}

static void test_ticket__is_for_one_opening(void)
{
	hr_tickets *tickets = tickets_open();
	char first[HR_SECRET_TEXT];
	char second[HR_SECRET_TEXT];
	hr_error err;

	HR_ASSERT_OK(draw(tickets, 1, now, first, &err), err);
	HR_ASSERT_OK(draw(tickets, 2, now, second, &err), err);
	CU_ASSERT_TRUE(hr_str_starts_with(hr_str_of(first), HR_STR("hrp_")));
	CU_ASSERT_EQUAL(taken(tickets, second, now), 2);
	CU_ASSERT_EQUAL(taken(tickets, second, now), -1);
	CU_ASSERT_EQUAL(taken(tickets, first, now), 1);
	CU_ASSERT_EQUAL(taken(tickets, first, now), -1);
	CU_ASSERT_EQUAL(taken(tickets, "", now), -1);
	CU_ASSERT_EQUAL(taken(tickets, "hrp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", now), -1);
	hr_tickets_close(tickets);
}

static void test_ticket__after_five_minutes__is_none(void)
{
	hr_tickets *tickets = tickets_open();
	char in_time[HR_SECRET_TEXT];
	char late[HR_SECRET_TEXT];
	hr_error err;

	HR_ASSERT_OK(draw(tickets, 1, now, in_time, &err), err);
	HR_ASSERT_OK(draw(tickets, 2, now, late, &err), err);
	CU_ASSERT_EQUAL(taken(tickets, in_time, after(HR_TICKET_SECONDS - 1)), 1);
	CU_ASSERT_EQUAL(taken(tickets, late, after(HR_TICKET_SECONDS)), -1);
	hr_tickets_close(tickets);
}

static void test_ticket__over_the_limit__is_refused_until_the_oldest_ends(void)
{
	hr_tickets *tickets = tickets_open();
	char text[HR_SECRET_TEXT];
	char last[HR_SECRET_TEXT];
	hr_error err;

	for (int i = 0; i < HR_TICKETS_MAX; i++)
		HR_ASSERT_OK(draw(tickets, i, after(i > 0), text, &err), err);
	CU_ASSERT_FALSE(draw(tickets, 7, after(1), last, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_TOO_MANY);
	/* Used ones give their place back as they end, too. */
	CU_ASSERT_EQUAL(taken(tickets, text, after(1)), HR_TICKETS_MAX - 1);
	HR_ASSERT_OK(draw(tickets, 7, after(HR_TICKET_SECONDS), last, &err), err);
	CU_ASSERT_FALSE(draw(tickets, 8, after(HR_TICKET_SECONDS), text, &err));
	for (int i = 0; i < HR_TICKETS_MAX / 2; i++)
		HR_ASSERT_OK(draw(tickets, i, after(HR_TICKET_SECONDS + 1), text, &err), err);
	CU_ASSERT_EQUAL(taken(tickets, last, after(HR_TICKET_SECONDS + 1)), 7);
	CU_ASSERT_EQUAL(taken(tickets, text, after(HR_TICKET_SECONDS + 1)), HR_TICKETS_MAX / 2 - 1);
	hr_tickets_close(tickets);
}

static const hr_test tests[] = {
	HR_TEST(test_ticket__is_for_one_opening),
	HR_TEST(test_ticket__after_five_minutes__is_none),
	HR_TEST(test_ticket__over_the_limit__is_refused_until_the_oldest_ends),
};

int main(void)
{
	return hr_test_run("tickets", tests, sizeof(tests) / sizeof(tests[0]));
}
