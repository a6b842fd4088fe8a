/* Objects in S3 when memory is short: the n-th allocation fails, for every n. */
#include "store/objects.h"
#include "store/s3.h"

#include "failing_malloc.h"
#include "testing.h"
#include "told_server.h"

#include <unistd.h>

#define LIST "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"

struct place {
	hr_objects_options options;
	hr_objects *objects;
	bool (*attempt)(struct place *place, hr_error *err);
};

static bool keep(hr_objects *objects, hr_object *out, hr_error *err)
{
	hr_draft draft;

	if (!hr_objects_draft(objects, &draft, err))
		return false;
	if (!hr_draft_add(&draft, HR_STR("x"), err))
		return hr_draft_drop(&draft);
	return hr_draft_keep(&draft, out, err);
}

static bool visit(void *context, const hr_object *object, hr_error *err)
{
	(void)context;
	(void)object;
	(void)err;
	return true;
}

static bool open_and_close(struct place *place, hr_error *err)
{
	hr_objects *objects;

	if (!hr_objects_open(&place->options, &objects, err))
		return false;
	hr_objects_close(objects);
	return true;
}

static bool keep_one(struct place *place, hr_error *err)
{
	hr_object object;

	return keep(place->objects, &object, err);
}

static bool remove_one(struct place *place, hr_error *err)
{
	const hr_object object = { .shelf = 1, .size = 4 };

	return hr_objects_remove(place->objects, &object, err);
}

static bool get_one(struct place *place, hr_error *err)
{
	const hr_object object = { .shelf = 1, .size = 4 };
	int fd;

	if (!hr_objects_get(place->objects, &object, &fd, err))
		return false;
	close(fd);
	return true;
}

static bool sweep(struct place *place, hr_error *err)
{
	return hr_objects_sweep(place->objects, visit, NULL, err);
}

/* libcurl calls an address for which it has no memory a host that cannot be resolved. */
static bool attempt(void *context, hr_error *err)
{
	struct place *place = context;

	if (place->attempt(place, err))
		return true;
	if (err->code == HR_E_UNAVAILABLE && strstr(err->message, "resolve host"))
		err->code = HR_E_MEMORY;
	return false;
}

static void test_s3_memory__every_allocation_may_fail(void)
{
	static const hr_told_answer list = { .status = "200 OK", .body = LIST };
	static const hr_told_answer put = { .status = "200 OK" };
	static const hr_told_answer get = { .status = "200 OK", .body = "0123" };
	static const hr_told_answer none = { .status = "404 Not Found",
					     .body = "<Error><Code>NoSuchKey</Code></Error>" };
	static const struct {
		const hr_told_answer *answer;
		bool (*attempt)(struct place *place, hr_error *err);
	} rows[] = { { &list, open_and_close },
		     { &put, keep_one },
		     { &get, get_one },
		     { &list, sweep },
		     { &none, remove_one } };
	hr_arena *arena = hr_test_arena();
	hr_told_server *server = hr_told_server_open(arena, &list, 1);
	hr_s3_settings settings = { .endpoint = hr_told_server_url(server),
				    .region = "us-east-1",
				    .key_id = "a",
				    .secret = "b",
				    .retry_ms = 1 };
	struct place place = {
		.options = { .url = "s3://bucket", .spool = hr_test_folder(arena), .s3 = &settings }
	};
	hr_error err;

	/* What the libraries take once for all is not ours. */
	HR_ASSERT_OK(hr_objects_open(&place.options, &place.objects, &err), err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_told_server_tell(server, rows[i].answer, 1);
		place.attempt = rows[i].attempt;
		CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, &place) > 5);
	}
	hr_objects_close(place.objects);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_s3_memory__every_allocation_may_fail),
};
HR_TEST_MAIN("S3 and memory", tests)
