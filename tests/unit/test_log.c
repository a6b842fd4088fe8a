#include "base/log.h"

#include "base/json.h"
#include "testing.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A pipe in the place of standard error: what is logged is read at its other end. */
struct fixture {
	hr_arena *arena;
	hr_log log;
	int reader;
};

static const hr_instant noon = { 1700452800 };

static struct fixture open_log(hr_log_level level)
{
	struct fixture f = { .arena = hr_test_arena() };
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) != 0)
		abort();
	f.reader = ends[0];
	f.log = (hr_log){ .fd = ends[1], .level = level };
	return f;
}

static void close_log(struct fixture *f)
{
	close(f->reader);
	close(f->log.fd);
	hr_arena_close(f->arena);
}

static hr_str read_log(struct fixture *f)
{
	char *data = hr_arena_alloc_text(f->arena, 65536);
	ssize_t got = read(f->reader, data, 65536);

	return (hr_str){ data, got > 0 ? (size_t)got : 0 };
}

static const hr_json *read_json(struct fixture *f, hr_str line)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *json = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_json_read(parser, line, f->arena, &json, &err), err);
	hr_json_parser_close(parser);
	return json;
}

static void test_log__fields__are_one_line_in_their_order(void)
{
	struct fixture f = open_log(HR_LOG_INFO);
	const hr_log_field fields[] = {
		{ .name = "catalogue", .text = HR_STR("3f1c9a2") },
		{ .name = "items", .number = -12 },
		{ .name = "mark", .text = HR_STR("") },
	};

	hr_log_write(&f.log, HR_LOG_INFO, noon, "verify", fields, 3);
	HR_ASSERT_TEXT(read_log(&f), "{\"time\":\"2023-11-20T12:00:00+08:00\",\"level\":\"info\","
				     "\"event\":\"verify\",\"catalogue\":\"3f1c9a2\",\"items\":-12,"
				     "\"mark\":\"\"}\n");
	close_log(&f);
}

static void test_log__no_fields__is_time_level_and_event(void)
{
	struct fixture f = open_log(HR_LOG_DEBUG);

	hr_log_write(&f.log, HR_LOG_ERROR, noon, "stop", NULL, 0);
	HR_ASSERT_TEXT(read_log(&f), "{\"time\":\"2023-11-20T12:00:00+08:00\","
				     "\"level\":\"error\",\"event\":\"stop\"}\n");
	close_log(&f);
}

static void test_log__levels__are_written_up_to_the_chosen_one(void)
{
	for (int chosen = HR_LOG_ERROR; chosen <= HR_LOG_DEBUG; chosen++)
		for (int level = HR_LOG_ERROR; level <= HR_LOG_DEBUG; level++) {
			struct fixture f = open_log((hr_log_level)chosen);

			hr_log_write(&f.log, (hr_log_level)level, noon, "x", NULL, 0);
			CU_ASSERT_EQUAL(read_log(&f).len > 0, level <= chosen);
			close_log(&f);
		}
}

static void test_log__text_from_outside__cannot_begin_a_line_of_its_own(void)
{
	struct fixture f = open_log(HR_LOG_INFO);
	const hr_str evil = HR_STR("a\n{\"event\":\"forged\"}\r\x1b[2J\\\"\0互");
	const hr_log_field field = { .name = "message", .text = evil };
	hr_str line;

	hr_log_write(&f.log, HR_LOG_INFO, noon, "verify", &field, 1);
	line = read_log(&f);
	CU_ASSERT_EQUAL(hr_str_find(line, HR_STR("\n")), line.len - 1);
	CU_ASSERT_EQUAL(hr_str_find(line, HR_STR("\x1b")), line.len);
	CU_ASSERT_TRUE(hr_str_find(line, HR_STR("\\u001b[2J")) < line.len);
	CU_ASSERT_TRUE(hr_str_find(line, HR_STR("\\u0000互\"}")) < line.len);
	close_log(&f);
}

/* Fields of all lengths around the edge: the line stays JSON and within 4 KiB, cut or not. */
static void test_log__field_too_long__is_left_out_and_said(void)
{
	char data[5000];
	bool seen[2] = { false, false };

	memset(data, 'x', sizeof(data));
	for (size_t len = 3950; len < 4100; len++) {
		struct fixture f = open_log(HR_LOG_INFO);
		const hr_log_field fields[] = {
			{ .name = "first", .text = { data, len } },
			{ .name = "second", .number = 2 },
		};
		const hr_json *json;
		hr_str line;
		bool cut;

		hr_log_write(&f.log, HR_LOG_INFO, noon, "verify", fields, 2);
		line = read_log(&f);
		CU_ASSERT_TRUE(line.len > 50 && line.len <= 4096);
		json = read_json(&f, line);
		cut = hr_json_get(json, HR_STR("cut")) != NULL;
		seen[cut] = true;
		CU_ASSERT_TRUE(cut || hr_json_get(json, HR_STR("second")));
		if (hr_json_get(json, HR_STR("first")))
			CU_ASSERT_EQUAL(hr_json_path_text(json, HR_STR("first")).len, len);
		close_log(&f);
	}
	CU_ASSERT_TRUE(seen[false] && seen[true]);
}

static void test_log__event_too_long__is_left_out_and_said(void)
{
	struct fixture f = open_log(HR_LOG_INFO);
	char event[5000];

	memset(event, 'e', sizeof(event) - 1);
	event[sizeof(event) - 1] = '\0';
	hr_log_write(&f.log, HR_LOG_INFO, noon, event, NULL, 0);
	HR_ASSERT_TEXT(read_log(&f), "{\"time\":\"2023-11-20T12:00:00+08:00\","
				     "\"level\":\"info\",\"cut\":true}\n");
	close_log(&f);
}

static void test_log__nobody_listens__does_no_harm(void)
{
	const hr_log log = { .fd = -1, .level = HR_LOG_DEBUG };

	hr_log_write(&log, HR_LOG_INFO, noon, "verify", NULL, 0);
	CU_ASSERT_EQUAL(fcntl(-1, F_GETFD), -1);
}

enum { THREADS = 4, LINES = 500 };

static void *write_lines(void *context)
{
	const hr_log *log = context;
	char data[1000];

	memset(data, 'y', sizeof(data));
	for (int64_t i = 0; i < LINES; i++) {
		const hr_log_field fields[] = {
			{ .name = "data", .text = { data, (size_t)i * 2 } },
			{ .name = "number", .number = i },
		};

		hr_log_write(log, HR_LOG_INFO, noon, "many", fields, 2);
	}
	return NULL;
}

static void test_log__several_threads__do_not_mix_their_lines(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char path[300];
	hr_log log = { .level = HR_LOG_INFO };
	pthread_t threads[THREADS];
	hr_str rest;
	int lines = 0;

	snprintf(path, sizeof(path), "%s/log", hr_test_folder(arena));
	log.fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, write_lines, &log);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	close(log.fd);
	rest = hr_test_read(arena, path);
	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\n"));
		hr_str line = hr_str_slice(rest, 0, end);

		lines += hr_str_starts_with(line, HR_STR("{\"time\"")) &&
			 hr_str_ends_with(line, HR_STR("}")) &&
			 hr_str_find(hr_str_slice(line, 1, line.len), HR_STR("{")) == line.len - 1;
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	CU_ASSERT_EQUAL(lines, THREADS * LINES);
}

static const hr_test tests[] = {
	HR_TEST(test_log__fields__are_one_line_in_their_order),
	HR_TEST(test_log__no_fields__is_time_level_and_event),
	HR_TEST(test_log__levels__are_written_up_to_the_chosen_one),
	HR_TEST(test_log__text_from_outside__cannot_begin_a_line_of_its_own),
	HR_TEST(test_log__field_too_long__is_left_out_and_said),
	HR_TEST(test_log__event_too_long__is_left_out_and_said),
	HR_TEST(test_log__nobody_listens__does_no_harm),
	HR_TEST(test_log__several_threads__do_not_mix_their_lines),
};
HR_TEST_MAIN("log", tests)
