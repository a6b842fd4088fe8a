/* The routes of the book of filings when memory is short: the n-th allocation fails, for every n.
 */
#include "asked.h"
#include "base/json.h"
#include "failing_malloc.h"
#include "film_fixture.h"
#include "service/data_book.h"
#include "service/films.h"

#include <unistd.h>

#define PERSON                                                                                     \
	"{\"question\":{\"insuplc_admdvs\":\"130302\",\"insutype\":\"310\",\"psn_type\":\"1101\"," \
	"\"psn_cert_type\":\"01\",\"certno\":\"11010519491231002X\""

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

struct asking {
	hr_asked *f;
	const char *path;
	const char *body;
	hr_error_code wanted; /* with memory enough */
};

static bool attempt(void *context, hr_error *err)
{
	const struct asking *a = context;
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_http_request request = { .path = hr_str_of(a->path),
				    .body = hr_str_of(a->body),
				    .arena = arena,
				    .kept = arena };
	hr_call call = { .request = &request };
	hr_http_response response = { .status = 200 };
	bool known;

	if (!arena)
		return hr_fail_memory(err);
	call.route = hr_route_find(HR_HTTP_POST, request.path, &call, &known);
	if (call.route->answer(a->f->app, &call, &response, err))
		return hr_str_ends_with(response.body, HR_STR("}\n")) ||
		       hr_fail(err, HR_E_INTERNAL, "half an answer");
	return a->wanted != HR_E_NONE && err->code == a->wanted;
}

#define APPLIED(kind)                                                                              \
	PERSON ",\"application\":{\"rloc_rea\":\"" kind "\",\"rloc_admdvs\":\"310000\","           \
	       "\"begndate\":\"2099-01-01\"}}}"

/*
 * SQLite does without some of its memory, so an act is done more than once;
 * what is refused is kept, and fills no book.
 */
static const struct {
	const char *path;
	const char *body;
	hr_error_code wanted;
} rows[] = {
	{ "/v1/settlement/filings", APPLIED("no-such-kind"), HR_E_NONE },
	{ "/v1/settlement/filings/list", PERSON "}}", HR_E_NONE },
	{ "/v1/settlement/filings/change",
	  PERSON ",\"change\":{\"id\":\"1\",\"rloc_rea\":\"no-such-kind\",\"rloc_admdvs\":"
		 "\"440000\",\"begndate\":\"2099-01-01\"}}}",
	  HR_E_NONE },
	{ "/v1/settlement/filings/approve", PERSON "},\"id\":\"9\",\"reason\":\"seen\"}",
	  HR_E_CONFLICT },
	{ "/v1/settlement/filings/approve", PERSON "},\"id\":\"1\",\"reason\":\"seen\"}",
	  HR_E_CONFLICT },
	{ "/v1/settlement/filings/cancel", PERSON ",\"cancel\":{\"id\":\"1\"}}}", HR_E_NONE },
};

static void test_memory__filings__every_allocation_may_fail(void)
{
	hr_data_options options = { .who = "test" };
	hr_arena *arena = hr_test_arena();
	hr_films films = { .store = NULL };
	hr_asked f;
	hr_error err;
	hr_buf key;

	hr_asked_open(&f, NULL);
	hr_buf_init(&key, arena, 300);
	hr_buf_addf(&key, "%s/key", hr_test_folder(arena));
	options.url = hr_test_film_url(arena);
	options.key = hr_str_terminated(arena, hr_buf_str(&key));
	HR_ASSERT_OK(hr_data_open(&options, arena, &films.store, &films.node, &err), err);
	f.app->films = &films;
	/* simdjson's own list of processors, made at its first use in the process, ends it. */
	hr_json_parser_close(hr_json_parser_open());
	HR_ASSERT_OK(
		attempt(&(struct asking){ &f, rows[0].path, APPLIED("travel"), HR_E_NONE }, &err),
		err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct asking a = { &f, rows[i].path, rows[i].body, rows[i].wanted };

		CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, &a) > 1);
	}
	f.app->films = NULL;
	hr_data_close(films.store);
	hr_arena_close(arena);
	hr_asked_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__filings__every_allocation_may_fail),
};
HR_TEST_MAIN("filings_memory", tests)
