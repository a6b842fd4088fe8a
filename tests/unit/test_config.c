/* The settings: one table, four origins. */
#include "service/config.h"

#include "testing.h"

#include <stdlib.h>

struct fixture {
	hr_arena *arena;
	hr_config config;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	for (size_t i = 0; i < hr_config_row_count; i++)
		unsetenv(hr_config_rows[i].variable);
	setenv("HUREN_CONFIG", "/dev/null", 1);
	return f;
}

static bool parse(struct fixture *f, const char *text)
{
	return hr_config_parse(hr_str_of(text), "huren.conf", f->arena, &f->config, &f->err);
}

static bool set_flag(struct fixture *f, const char *key, const char *value)
{
	return hr_config_set(&f->config, hr_config_find(hr_str_of(key)), hr_str_of(value),
			     (hr_config_origin){ .kind = HR_BY_FLAG }, f->arena, &f->err);
}

static void test_config__kinds__are_read(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(parse(&f, "# where\r\n\n  registry = /a b = c\r\nlocal=/l\n"
			       "\treceiver =\t1211\n#lang = zh\nthreads = 64\n"
			       "retrieve-private = yes\nauthor = 示范 <a@example.org>"),
		     f.err);
	HR_ASSERT_TEXT(hr_str_of(f.config.registry), "/a b = c");
	HR_ASSERT_TEXT(hr_str_of(f.config.local), "/l");
	HR_ASSERT_TEXT(hr_str_of(f.config.receiver), "1211");
	HR_ASSERT_TEXT(hr_str_of(f.config.author), "示范 <a@example.org>");
	CU_ASSERT_PTR_NULL(f.config.lang);
	CU_ASSERT_EQUAL(f.config.threads, 64);
	CU_ASSERT(f.config.retrieve_private);
	hr_arena_close(f.arena);
}

static void test_config__nothing__leaves_the_defaults(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(parse(&f, "\n\n# only words\n"), f.err);
	CU_ASSERT_PTR_NULL(f.config.registry);
	HR_ASSERT_TEXT(hr_str_of(f.config.listen), "127.0.0.1:8080");
	CU_ASSERT_EQUAL(f.config.threads, 0);
	CU_ASSERT_EQUAL(f.config.connections, 900);
	CU_ASSERT_FALSE(f.config.retrieve_private);
	hr_arena_close(f.arena);
}

static void check_fails(const char *text, const char *message)
{
	struct fixture f = open_fixture();

	f.config.registry = "before";
	CU_ASSERT_FALSE(parse(&f, text));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	HR_ASSERT_TEXT(hr_str_of(f.config.registry), "before");
	hr_arena_close(f.arena);
}

static void test_config__faults__are_told_with_their_line(void)
{
	check_fails("# a\n\ncolour = red\n",
		    "huren.conf:3: there is no setting 'colour'; 'huren help settings' lists them");
	check_fails("= red",
		    "huren.conf:1: there is no setting ''; 'huren help settings' lists them");
	check_fails("lang = zh\nlocal = l\nlang = en", "huren.conf:3: 'lang' stands twice");
	check_fails("lang =\n", "huren.conf:1: 'lang' wants zh|en");
	check_fails("lang = fr\n", "huren.conf:1: 'lang' wants zh|en");
	check_fails("lang = zh|en\n", "huren.conf:1: 'lang' wants zh|en");
	check_fails("lang zh", "huren.conf:1: not of the form 'key = value'");
}

static void test_config__numbers__have_a_range(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT(parse(&f, "head-seconds = 1"));
	CU_ASSERT(parse(&f, "head-seconds = 3600"));
	CU_ASSERT_EQUAL(f.config.head_seconds, 3600);
	CU_ASSERT(parse(&f, "min-free-bytes = 9223372036854775807"));
	CU_ASSERT_EQUAL(f.config.min_free_bytes, INT64_MAX);
	check_fails("head-seconds = 0",
		    "huren.conf:1: 'head-seconds' wants a number from 1 to 3600");
	check_fails("head-seconds = 3601",
		    "huren.conf:1: 'head-seconds' wants a number from 1 to 3600");
	check_fails("\nthreads = -1", "huren.conf:2: 'threads' wants a number from 0 to 64");
	check_fails("threads = 2 4", "huren.conf:1: 'threads' wants a number from 0 to 64");
	check_fails("min-free-bytes = 9223372036854775808",
		    "huren.conf:1: 'min-free-bytes' wants a number from 0 to 9223372036854775807");
	hr_arena_close(f.arena);
}

static void test_config__environment__goes_before_the_file(void)
{
	struct fixture f = open_fixture();

	setenv("HUREN_LOCAL", "/from/environment", 1);
	setenv("HUREN_RECEIVER", "", 1);
	HR_ASSERT_OK(hr_config_read(f.arena, &f.config, &f.err), f.err);
	HR_ASSERT_TEXT(hr_str_of(f.config.local), "/from/environment");
	CU_ASSERT_PTR_NULL(f.config.receiver);
	setenv("HUREN_THREADS", "many", 1);
	CU_ASSERT_FALSE(hr_config_read(f.arena, &f.config, &f.err));
	HR_ASSERT_TEXT(hr_str_of(f.err.message),
		       "HUREN_THREADS: 'threads' wants a number from 0 to 64");
	setenv("HUREN_CONFIG", "/no/such/file", 1);
	CU_ASSERT_FALSE(hr_config_read(f.arena, &f.config, &f.err));
	hr_arena_close(f.arena);
}

static void test_config__flag__goes_before_the_environment(void)
{
	struct fixture f = open_fixture();

	setenv("HUREN_THREADS", "3", 1);
	HR_ASSERT_OK(hr_config_read(f.arena, &f.config, &f.err), f.err);
	CU_ASSERT_EQUAL(f.config.threads, 3);
	HR_ASSERT_OK(set_flag(&f, "threads", "4"), f.err);
	CU_ASSERT_EQUAL(f.config.threads, 4);
	CU_ASSERT(hr_config_is_flag(&f.config, HR_STR("threads")));
	CU_ASSERT_FALSE(hr_config_is_flag(&f.config, HR_STR("registry")));
	CU_ASSERT_FALSE(set_flag(&f, "threads", "5"));
	HR_ASSERT_TEXT(hr_str_of(f.err.message), "--threads is given twice");
	CU_ASSERT_EQUAL(f.config.threads, 4);
	CU_ASSERT_FALSE(set_flag(&f, "retrieve-private", "maybe"));
	HR_ASSERT_TEXT(hr_str_of(f.err.message),
		       "--retrieve-private: 'retrieve-private' wants yes|no");
	hr_arena_close(f.arena);
}

static void test_config__format__tells_value_and_origin_and_can_be_read_back(void)
{
	struct fixture f = open_fixture();
	struct fixture again = open_fixture();
	hr_buf buf;

	hr_buf_init(&buf, f.arena, 1 << 16);
	setenv("HUREN_LANG", "en", 1);
	HR_ASSERT_OK(hr_config_read(f.arena, &f.config, &f.err), f.err);
	HR_ASSERT_OK(set_flag(&f, "connections", "7"), f.err);
	hr_config_format(&f.config, &buf);
	CU_ASSERT(hr_str_find(hr_buf_str(&buf), HR_STR("# HUREN_LANG\nlang = en\n")) < buf.len);
	CU_ASSERT(hr_str_find(hr_buf_str(&buf), HR_STR("# --connections\nconnections = 7\n")) <
		  buf.len);
	CU_ASSERT(hr_str_find(hr_buf_str(&buf), HR_STR("# not set\n#tls-key = \n")) < buf.len);
	HR_ASSERT_OK(parse(&again, buf.data), again.err);
	HR_ASSERT_TEXT(hr_str_of(again.config.lang), "en");
	CU_ASSERT_EQUAL(again.config.connections, 7);
	hr_arena_close(f.arena);
	hr_arena_close(again.arena);
}

static void test_settings__table__is_sound(void)
{
	for (size_t i = 0; i < hr_config_row_count; i++) {
		const hr_config_row *setting = &hr_config_rows[i];
		char variable[64] = "HUREN_";

		for (size_t at = 0; at < setting->key.len; at++) {
			char c = setting->key.data[at];

			variable[6 + at] = (char)(c == '-' ? '_' : c - 32);
		}
		HR_ASSERT_TEXT(hr_str_of(setting->variable), variable);
		CU_ASSERT_PTR_EQUAL(hr_config_find(setting->key), setting);
	}
	CU_ASSERT(hr_config_is_for(hr_config_find(HR_STR("state")), HR_STR("access add")));
	CU_ASSERT_FALSE(hr_config_is_for(hr_config_find(HR_STR("state")), HR_STR("acc")));
	CU_ASSERT_FALSE(hr_config_is_for(hr_config_find(HR_STR("author")), HR_STR("serve")));
	CU_ASSERT(hr_config_is_for(hr_config_find(HR_STR("lang")), HR_STR("registry diff")));
	CU_ASSERT_FALSE(hr_config_is_for(hr_config_find(HR_STR("lang")), HR_STR("registry log")));
}

static const hr_test tests[] = {
	HR_TEST(test_config__kinds__are_read),
	HR_TEST(test_config__nothing__leaves_the_defaults),
	HR_TEST(test_config__faults__are_told_with_their_line),
	HR_TEST(test_config__numbers__have_a_range),
	HR_TEST(test_config__environment__goes_before_the_file),
	HR_TEST(test_config__flag__goes_before_the_environment),
	HR_TEST(test_config__format__tells_value_and_origin_and_can_be_read_back),
	HR_TEST(test_settings__table__is_sound),
};
HR_TEST_MAIN("config", tests)
