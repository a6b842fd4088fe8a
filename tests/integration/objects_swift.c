/*
 * Objects in a real S3 server of three nodes: what is acknowledged is there,
 * with one of them down and back, with the server gone in the middle.
 */
#include "store/objects.h"

#include "s3_server.h"
#include "testing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, EACH = 6, BIG = 525 * 1024 };

static struct {
	hr_arena *arena;
	hr_test_s3 *server;
} all;

struct fixture {
	hr_arena *arena;
	hr_s3_settings settings;
	const char *spool;
	char url[60];
	hr_objects *objects;
	hr_error err;
};

static bool open_objects(struct fixture *f)
{
	const hr_objects_options options = { .url = f->url, .spool = f->spool, .s3 = &f->settings };

	return hr_objects_open(&options, &f->objects, &f->err);
}

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena(), .err = { 0 } };
	static unsigned number;

	f.settings = hr_test_s3_settings(all.server);
	f.spool = hr_test_folder(f.arena);
	snprintf(f.url, sizeof(f.url), "s3://films/room%u", number++);
	HR_ASSERT_OK(open_objects(&f), f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_objects_close(f->objects);
	hr_arena_close(f->arena);
}

static bool keep(hr_objects *objects, hr_str bytes, hr_object *out, hr_error *err)
{
	hr_draft draft;

	if (!hr_objects_draft(objects, &draft, err))
		return false;
	if (!hr_draft_add(&draft, bytes, err))
		return hr_draft_drop(&draft);
	return hr_draft_keep(&draft, out, err);
}

/* Bytes that no other object has. */
static hr_str make_bytes(unsigned number, hr_arena *arena)
{
	char *bytes = hr_arena_alloc(arena, BIG);

	if (!bytes)
		abort();
	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (char)(i * 2654435761u >> 13 ^ number);
	memcpy(bytes, &number, sizeof(number));
	return (hr_str){ bytes, BIG };
}

static bool count_object(void *context, const hr_object *object, hr_error *err)
{
	(void)object;
	(void)err;
	++*(unsigned *)context;
	return true;
}

static unsigned swept(struct fixture *f)
{
	unsigned count = 0;

	HR_ASSERT_OK(hr_objects_sweep(f->objects, count_object, &count, &f->err), f->err);
	return count;
}

static void check_part(struct fixture *f, const hr_object *object, hr_str bytes, uint64_t offset,
		       uint64_t length)
{
	char *got = hr_arena_alloc(f->arena, length + 1);
	uint64_t at;
	int fd;

	HR_ASSERT_OK(hr_objects_get_part(f->objects, object, offset, length, &fd, &at, &f->err),
		     f->err);
	CU_ASSERT_EQUAL(pread(fd, got, length, (off_t)at), (ssize_t)length);
	CU_ASSERT_EQUAL(memcmp(got, bytes.data + offset, length), 0);
	close(fd);
}

static void test_objects__whole_life__is_as_in_a_folder(void)
{
	struct fixture f = open_fixture();
	hr_str bytes = make_bytes(1, f.arena);
	hr_object first;
	hr_object second;
	hr_object empty;
	int fd;

	HR_ASSERT_OK(keep(f.objects, bytes, &first, &f.err), f.err);
	HR_ASSERT_OK(keep(f.objects, bytes, &second, &f.err), f.err);
	HR_ASSERT_OK(keep(f.objects, HR_STR(""), &empty, &f.err), f.err);
	CU_ASSERT_EQUAL(swept(&f), 3);
	check_part(&f, &first, bytes, 0, BIG);
	check_part(&f, &first, bytes, 1000, 2000);
	check_part(&f, &first, bytes, BIG - 1, 1);
	HR_ASSERT_OK(hr_objects_check(f.objects, &empty, &f.err), f.err);
	HR_ASSERT_OK(hr_objects_remove(f.objects, &first, &f.err), f.err);
	HR_ASSERT_OK(hr_objects_remove(f.objects, &first, &f.err), f.err);
	CU_ASSERT_FALSE(hr_objects_get(f.objects, &first, &fd, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	HR_ASSERT_OK(hr_objects_check(f.objects, &second, &f.err), f.err);
	second.size--;
	CU_ASSERT_FALSE(hr_objects_get(f.objects, &second, &fd, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	close_fixture(&f);
}

static void test_objects__writer_that_lies__is_refused_by_the_server(void)
{
	struct fixture f = open_fixture();
	const hr_digest digest = { .bytes = { 1 } };
	hr_object object;
	hr_draft draft;

	HR_ASSERT_OK(hr_objects_draft(f.objects, &draft, &f.err), f.err);
	CU_ASSERT_EQUAL(write(draft.fd, "x", 1), 1);
	HR_ASSERT_OK(hr_draft_written(&draft, &digest, 1, &f.err), f.err);
	CU_ASSERT_FALSE(hr_draft_keep(&draft, &object, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
	CU_ASSERT_EQUAL(swept(&f), 0);
	close_fixture(&f);
}

static void test_open__wrong_key_or_bucket__is_told(void)
{
	static const struct {
		const char *key_id;
		const char *secret;
		const char *url;
	} rows[] = { { "test:tester", "wrong", "s3://films" },
		     { "test:nobody", "testing", "s3://films" },
		     { "test:reader", "reading", "s3://films" },
		     { "test:tester", "testing", "s3://other" } };
	struct fixture f = open_fixture();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture other = f;

		other.settings.key_id = rows[i].key_id;
		other.settings.secret = rows[i].secret;
		snprintf(other.url, sizeof(other.url), "%s", rows[i].url);
		CU_ASSERT_FALSE(open_objects(&other));
		CU_ASSERT_EQUAL(other.err.code, HR_E_UNAVAILABLE);
		CU_ASSERT_PTR_NULL(strstr(other.err.message, rows[i].secret));
	}
	close_fixture(&f);
}

struct sender {
	struct fixture *f;
	unsigned number;
	unsigned kept;
	hr_object objects[EACH];
	pthread_t thread;
};

static void *send_many(void *context)
{
	struct sender *sender = context;
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (unsigned i = 0; i < EACH; i++) {
		hr_error err;
		hr_str bytes = make_bytes(sender->number * EACH + i + 100, arena);

		if (keep(sender->f->objects, bytes, &sender->objects[sender->kept], &err))
			sender->kept++;
		else
			fprintf(stderr, "not kept: %s\n", err.message);
	}
	return NULL;
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* All of what was acknowledged is there, and it is all that was sent. */
static void check_senders(struct fixture *f, const struct sender *senders)
{
	for (int t = 0; t < THREADS; t++) {
		CU_ASSERT_EQUAL(senders[t].kept, EACH);
		for (unsigned i = 0; i < senders[t].kept; i++)
			HR_ASSERT_OK(hr_objects_check(f->objects, &senders[t].objects[i], &f->err),
				     f->err);
	}
}

static void test_objects__node_down_and_back__acknowledged_are_there(void)
{
	struct fixture f = open_fixture();
	struct sender senders[THREADS] = { { .f = NULL } };
	double from = now_seconds();

	for (unsigned t = 0; t < THREADS; t++) {
		senders[t] = (struct sender){ .f = &f, .number = t };
		CU_ASSERT_EQUAL_FATAL(
			pthread_create(&senders[t].thread, NULL, send_many, &senders[t]), 0);
	}
	hr_test_s3_down(all.server, 2);
	for (unsigned t = 0; t < THREADS; t++)
		pthread_join(senders[t].thread, NULL);
	printf("%d objects of 525 KB by %d threads, a node down: %.1f a second\n", THREADS * EACH,
	       THREADS, THREADS * EACH / (now_seconds() - from));
	check_senders(&f, senders);
	hr_test_s3_up(all.server, 2);
	check_senders(&f, senders);
	close_fixture(&f);
}

static void test_objects__two_nodes_down__is_for_later_and_then_goes_on(void)
{
	struct fixture f = open_fixture();
	hr_str bytes = make_bytes(2, f.arena);
	double from = now_seconds();
	hr_object object;

	hr_objects_close(f.objects);
	f.settings.retry_ms = 1500;
	HR_ASSERT_OK(open_objects(&f), f.err);
	hr_test_s3_down(all.server, 1);
	hr_test_s3_down(all.server, 3);
	CU_ASSERT_FALSE(keep(f.objects, bytes, &object, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_TRUE(now_seconds() - from < 15);
	hr_test_s3_up(all.server, 1);
	hr_test_s3_up(all.server, 3);
	HR_ASSERT_OK(keep(f.objects, bytes, &object, &f.err), f.err);
	HR_ASSERT_OK(hr_objects_check(f.objects, &object, &f.err), f.err);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_objects__whole_life__is_as_in_a_folder),
	HR_TEST(test_objects__writer_that_lies__is_refused_by_the_server),
	HR_TEST(test_open__wrong_key_or_bucket__is_told),
	HR_TEST(test_objects__node_down_and_back__acknowledged_are_there),
	HR_TEST(test_objects__two_nodes_down__is_for_later_and_then_goes_on),
};

int main(void)
{
	int code;

	all.arena = hr_test_arena();
	all.server = hr_test_s3_open(all.arena);
	if (!all.server)
		return 77;
	code = hr_test_run("objects in Swift", tests, sizeof(tests) / sizeof(tests[0]));
	hr_arena_close(all.arena);
	return code;
}
