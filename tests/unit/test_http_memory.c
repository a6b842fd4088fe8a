/* What the server does when memory is short: the n-th allocation fails, for every n. */
#include "service/http.h"
#include "service/http_form.h"

#include "failing_malloc.h"
#include "testing.h"

static bool read_multipart(void *context, hr_error *err)
{
	static const char body[] = "--B\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n\r\n"
				   "1\r\n--B--\r\n";
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_form form;

	(void)context;
	if (!arena)
		return hr_fail_memory(err);
	return hr_http_form_read(HR_STR("multipart/form-data; boundary=B"), hr_str_of(body), arena,
				 &form, err);
}

static bool read_urlencoded(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_form form;

	(void)context;
	if (!arena)
		return hr_fail_memory(err);
	return hr_http_form_read(HR_STR("application/x-www-form-urlencoded"), HR_STR("a=%41&b+c=d"),
				 arena, &form, err);
}

static void test_memory__forms__every_allocation_may_fail(void)
{
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_multipart, NULL) > 1);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_urlencoded, NULL) > 1);
}

/* An arena of every size up to what is needed: its end is met at every allocation. */
static void test_memory__forms__an_arena_is_enough_or_short(void)
{
	bool enough = false;
	size_t size = 0;

	while (!enough && size < 65536) {
		HR_AUTO(hr_arena) arena = hr_arena_open(++size);
		hr_error err = { 0 };
		hr_form form;

		enough = hr_http_form_read(
			HR_STR("multipart/form-data; boundary=B"),
			HR_STR("--B\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n\r\n"
			       "1\r\n--B--\r\n"),
			arena, &form, &err);
		if (!enough && err.code != HR_E_MEMORY)
			CU_FAIL("another fault than that memory is short");
	}
	CU_ASSERT_TRUE(enough);
	CU_ASSERT_TRUE(size > HR_FORM_PARTS_MAX * sizeof(hr_form_part));
}

/* Starting may fail in the library too; then nothing is left open. */
static bool admit(void *app, hr_http_request *request, size_t *body_max, hr_http_response *out)
{
	(void)app;
	(void)request;
	(void)out;
	*body_max = 0;
	return true;
}

static void answer(void *app, const hr_http_request *request, hr_http_response *out)
{
	(void)app;
	(void)request;
	out->status = 204;
}

static void refuse(void *app, const hr_http_request *request, int status, const hr_error *err,
		   hr_http_response *out)
{
	(void)app;
	(void)request;
	(void)err;
	out->status = status;
}

static void test_memory__open__every_allocation_may_fail(void)
{
	hr_http_options options = hr_http_defaults;
	unsigned failed = 0;
	bool ok = false;

	options.listen = "127.0.0.1:0";
	options.connections_max = 8;
	options.handler = (hr_http_handler){ admit, answer, refuse, NULL };
	for (unsigned long n = 1; !ok && n < 1000; n++) {
		hr_error err = { 0 };
		hr_http *http = NULL;

		hr_failing_malloc_set(n);
		ok = hr_http_open(&options, &http, &err);
		hr_failing_malloc_set(0);
		failed += !ok;
		if (ok)
			hr_http_close(http);
		else
			CU_ASSERT_NOT_EQUAL(err.message[0], '\0');
	}
	CU_ASSERT_TRUE(ok);
	CU_ASSERT_TRUE(failed > 5);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__forms__every_allocation_may_fail),
	HR_TEST(test_memory__forms__an_arena_is_enough_or_short),
	HR_TEST(test_memory__open__every_allocation_may_fail),
};
HR_TEST_MAIN("http_memory", tests)
