/* The index of films when memory is short: the n-th allocation fails, for every n. */
#include "dicom/film_manifest_book.h"

#include "failing_malloc.h"
#include "film_fixture.h"
#include "testing.h"

#include <unistd.h>

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

struct place {
	hr_arena *arena;
	hr_store *store;
	hr_node_key node;
	int instance;
};

static bool put_film(struct place *p, int study, hr_error *err)
{
	const hr_film_source source = { HR_STR("command"), HR_STR("121200004013592640"), { 1 } };
	hr_test_film film = { study,
			      1,
			      1,
			      .patient_id = "100",
			      .name = "Zhang^Jianguo=张^建国",
			      .date = "20260101",
			      .accession = "A1" };
	hr_film_facts facts = hr_test_film_facts(p->arena, &film);
	hr_object object = hr_test_film_object(1);
	hr_film_put done = HR_FILM_DIFFERENT;
	bool ok = hr_film_put_instance(p->store, &p->node, &source, &facts, &object, &done, err);

	/* SQLite and libcrypto can do without some of what they ask for. */
	if (ok)
		CU_ASSERT_NOT_EQUAL(done, HR_FILM_DIFFERENT);
	return ok;
}

/* Of a study, a series and an object that are new; a failed attempt has left nothing. */
static bool put_one(void *context, hr_error *err)
{
	return put_film(context, 1, err);
}

static bool search_all(void *context, hr_error *err)
{
	static const hr_film_field fields[] = {
		{ HR_STR_INIT("PatientName"), HR_STR_INIT("张*") },
		{ HR_STR_INIT("includefield"), HR_STR_INIT("all") },
		{ HR_STR_INIT("StudyInstanceUID"), HR_STR_INIT("1.2.3.1") },
		{ HR_STR_INIT("StudyInstanceUID"), HR_STR_INIT("1.2.3.2") },
	};
	struct place *p = context;
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	hr_film_instance *list;
	hr_film_query query;
	hr_film_page page;
	size_t count;
	hr_buf out;

	if (!arena)
		return hr_fail_memory(err);
	hr_buf_init(&out, arena, 1 << 20);
	if (!hr_film_query_read(HR_FILM_INSTANCE, fields, 4, arena, &query, err) ||
	    !hr_film_search(p->store, &query, NULL, HR_STR("https://h"), &out, &page, err))
		return false;
	CU_ASSERT_EQUAL(page.count, 1);
	if (!hr_film_instances(p->store, HR_STR("1.2.3.1"), HR_STR_NONE, HR_STR_NONE, NULL,
			       HR_FILM_WITH_FRAMES | HR_FILM_WITH_METADATA, arena, &list, &count,
			       err))
		return false;
	CU_ASSERT_EQUAL(count, 1);
	return true;
}

static bool make_manifest(void *context, hr_error *err)
{
	struct place *p = context;
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	hr_manifest manifest;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_film_manifest(p->store, HR_STR("1.2.3.1"), NULL, HR_STR("https://h"), arena,
			      &manifest, err))
		return false;
	CU_ASSERT_EQUAL(manifest.instance_count, 1);
	return true;
}

static void test_film_memory__every_allocation_may_fail(void)
{
	struct place p = { .arena = hr_test_arena() };
	hr_error err;

	p.store = hr_test_film_store(hr_test_film_url(p.arena), &p.node);
	/* libcrypto sets itself up with its first use, and does not survive a lack of memory there.
	 */
	HR_ASSERT_OK(put_film(&p, 3, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(put_one, &p) > 10);
	/* A reader that could not be opened is not tried again at once (store/link.h). */
	HR_ASSERT_OK(search_all(&p, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(search_all, &p) > 10);
	HR_ASSERT_OK(make_manifest(&p, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(make_manifest, &p) > 5);
	hr_store_close(p.store);
	hr_arena_close(p.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_film_memory__every_allocation_may_fail),
};

HR_TEST_MAIN("film memory", tests)
