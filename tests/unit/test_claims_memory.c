/* Claims and tickets when memory is short: the n-th allocation fails, for every n. */
#include "service/claims.h"
#include "service/tickets.h"

#include "failing_malloc.h"
#include "film_fixture.h"
#include "testing.h"

#include <unistd.h>

enum { ARENA_BYTES = 1 << 20 };

/* The disk is not what is tested here. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

static const hr_instant now = { 1790000000 };

struct place {
	hr_arena *arena;
	hr_node_key node;
	hr_films films;
	hr_claim claim;
};

static bool make_claim(void *context, hr_error *err)
{
	const hr_claim_wish wish = { .study_uid = HR_STR("1.2.3.1"),
				     .patient = { .id = HR_STR("11010519491231002X") },
				     .actor = HR_STR("command") };
	struct place *p = context;
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	bool ok = arena ? hr_claim_make(&p->films, &wish, now, arena, &p->claim, err)
			: hr_fail_memory(err);

	hr_arena_close(arena);
	return ok;
}

static bool open_claim(struct place *p, hr_str code, bool *opened, hr_error *err)
{
	const hr_claim_attempt attempt = { code, HR_STR("31002X"), HR_STR("张建国"),
					   HR_STR("0123456789ab") };
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_patient_key key;
	bool ok = arena ? hr_claim_open(&p->films, &attempt, now, arena, opened, &key, err)
			: hr_fail_memory(err);

	hr_arena_close(arena);
	return ok;
}

static bool open_known(void *context, hr_error *err)
{
	struct place *p = context;
	bool opened = true;
	bool ok = open_claim(p, hr_str_of(p->claim.code), &opened, err);

	/* Short memory is an error, and never a refusal. */
	CU_ASSERT_TRUE(opened);
	return ok;
}

static bool open_unknown(void *context, hr_error *err)
{
	bool opened = false;
	bool ok = open_claim(context, HR_STR("00000-00000"), &opened, err);

	CU_ASSERT_FALSE(opened);
	return ok;
}

static bool open_tickets(void *context, hr_error *err)
{
	hr_tickets *tickets = NULL;
	bool ok = hr_tickets_open(&tickets, err);

	(void)context;
	hr_tickets_close(tickets);
	return ok;
}

static void open_place(struct place *p)
{
	const hr_film_source source = { HR_STR("command"), HR_STR("121200004013592640"), now };
	const hr_room rooms[] = { hr_node_key_room, hr_audit_room, hr_film_room, hr_claim_room };
	const hr_test_film film = { 1, 1, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国" };
	hr_film_facts facts = hr_test_film_facts(p->arena, &film);
	hr_object object = hr_test_film_object(1);
	hr_store_options options = { .who = "test", .rooms = rooms, .room_count = 4 };
	hr_film_put done;
	hr_error err;

	options.url = hr_test_film_url(p->arena);
	memset(&p->node, 7, sizeof(p->node));
	p->films.node = &p->node;
	HR_ASSERT_OK(hr_store_open(&options, &p->films.store, &err), err);
	HR_ASSERT_OK(hr_film_put_instance(p->films.store, &p->node, &source, &facts, &object, &done,
					  &err),
		     err);
}

static void test_claims__nth_allocation_fails__error(void)
{
	struct place p = { .arena = hr_test_arena() };

	open_place(&p);
	CU_ASSERT_TRUE(hr_failing_malloc_each(make_claim, &p) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(open_known, &p) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(open_unknown, &p) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(open_tickets, &p) > 0);
	hr_store_close(p.films.store);
	hr_arena_close(p.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_claims__nth_allocation_fails__error),
};

int main(void)
{
	return hr_test_run("claims without memory", tests, sizeof(tests) / sizeof(tests[0]));
}
