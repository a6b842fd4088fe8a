/* The first page: its boxes, what they ask, and the words for what went wrong. */
#include "service/page.h"

#include "asked.h"
#include "service/page_form.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define CDA "tests/data/cda/thyroid.xml"
#define PART(name, value)                                                                          \
	"--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define ASKED                                                                                      \
	PART("receiver", "121100004000000014")                                                     \
	PART("at", "2025-02-20 09:30")
#define CARD "120116195603150021"

/* The boxes of `parts`, and the report's file with them. */
static int post(hr_asked *f, const char *parts, bool with_file)
{
	hr_buf body;

	hr_asked_start(f, HR_HTTP_POST, "/");
	hr_asked_add_header(f, "Content-Type", "multipart/form-data; boundary=b");
	hr_asked_add_header(f, "Accept", "text/html");
	hr_buf_init(&body, f->arena, 1 << 20);
	hr_buf_add(&body, hr_str_of(parts));
	if (with_file) {
		HR_BUF_ADD(&body, "--b\r\nContent-Disposition: form-data; name=\"report\"; "
				  "filename=\"r.xml\"\r\n\r\n");
		hr_buf_add(&body, hr_test_read(f->arena, CDA));
		HR_BUF_ADD(&body, "\r\n");
	}
	HR_BUF_ADD(&body, "--b--\r\n");
	hr_asked_set_body(f, hr_buf_str(&body));
	return hr_asked_run(f);
}

static void check_post(hr_asked *f, const char *parts, int status, const char *words)
{
	CU_ASSERT_EQUAL(post(f, parts, true), status);
	CU_ASSERT_TRUE(hr_asked_says(f, words));
}

/* --- orders --- */

static void test_page__orders__are_answered_one_by_one(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_post(&f, ASKED PART("orders", " TSH \r\n\r\n\r\nCT-HEAD"), 200,
		   "拟开 TSH: 已有可用结果");
	CU_ASSERT_TRUE(hr_asked_says(&f, "拟开 CT-HEAD: 需要做"));
	CU_ASSERT_TRUE(hr_asked_says(&f, ">TSH\nCT-HEAD</textarea>"));
	check_post(&f, ASKED PART("orders", " \r\n "), 200, "符合互认条件");
	CU_ASSERT_FALSE(hr_asked_says(&f, "拟开 "));
	hr_asked_close(&f);
}

/* `count` orders of one letter. */
static const char *many_orders(hr_arena *arena, int count)
{
	hr_buf parts;

	hr_buf_init(&parts, arena, 1 << 16);
	HR_BUF_ADD(&parts, "--b\r\nContent-Disposition: form-data; name=\"orders\"\r\n\r\n");
	for (int i = 0; i < count; i++)
		HR_BUF_ADD(&parts, "x\n");
	HR_BUF_ADD(&parts, "\r\n");
	return parts.data;
}

static void test_page__orders__at_and_over_the_limit(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(post(&f, many_orders(f.arena, HR_ORDERS_MAX), true), 200);
	CU_ASSERT_EQUAL(post(&f, many_orders(f.arena, HR_ORDERS_MAX + 1), true), 413);
	CU_ASSERT_TRUE(hr_asked_says(&f, "请减少内容"));
	CU_ASSERT_EQUAL(post(&f, many_orders(f.arena, HR_PAGE_LINES_MAX / 2 + 1), true), 413);
	hr_asked_close(&f);
}

/* --- the patient at hand --- */

static void test_page__same_patient__is_recognised(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_post(&f, ASKED PART("patient-name", "示范患者") PART("patient-id", CARD), 200,
		   "符合互认条件 <strong>5");
	check_post(&f,
		   ASKED PART("patient-name", "示范患者") PART("patient-birth", "1956-03-15")
			   PART("patient-sex", "2"),
		   200, "符合互认条件 <strong>5");
	hr_asked_close(&f);
}

static void test_page__another_patient__is_not(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_post(&f, ASKED PART("patient-name", "李四") PART("patient-birth", "1980-01-01"), 200,
		   "姓名");
	CU_ASSERT_FALSE(hr_asked_says(&f, "符合互认条件 <strong>"));
	hr_asked_close(&f);
}

static void test_page__patient_that_cannot_be_compared__is_asked_again(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	check_post(&f, ASKED PART("patient-id", "120116195603150022"), 422,
		   "这不是有效的 18 位居民身份证号");
	check_post(&f, ASKED PART("patient-id", "E12345678"), 422, "其他证件请空着");
	check_post(&f, ASKED PART("patient-birth", "1956-13-15"), 422, "没有这样的出生日期");
	check_post(&f, ASKED PART("patient-sex", "1"), 422, "只有性别不能比对");
	check_post(&f, ASKED PART("patient-sex", "none of them"), 200, "符合互认条件");
	hr_asked_close(&f);
}

#define PAPER                                                                                      \
	PART("ask", "paper")                                                                       \
	PART("issuer", "天津市第五中心医院")                                                       \
	PART("collected", "2025-02-18")                                                            \
	PART("item-1", "TSH")                                                                      \
	PART("value-1", "3.21") PART("unit-1", "mIU/L") PART("specimen-1", "血清")

static void test_page__paper__is_compared_with_what_is_printed(void)
{
	hr_asked f;

	hr_asked_open(&f, NULL);
	CU_ASSERT_EQUAL(
		post(&f,
		     ASKED PAPER PART("patient-name", "李四") PART("patient-birth", "1980-01-01")
			     PART("printed-name", "李四") PART("printed-birth", "1980-01-01"),
		     false),
		200);
	CU_ASSERT_TRUE(hr_asked_says(&f, "符合互认条件 <strong>1"));
	CU_ASSERT_EQUAL(
		post(&f,
		     ASKED PAPER PART("patient-name", "李四") PART("patient-birth", "1980-01-01")
			     PART("printed-name", "张三") PART("printed-birth", "1980-01-01"),
		     false),
		200);
	CU_ASSERT_FALSE(hr_asked_says(&f, "符合互认条件 <strong>1"));
	CU_ASSERT_EQUAL(post(&f, ASKED PAPER PART("printed-birth", "no day"), false), 422);
	CU_ASSERT_TRUE(hr_asked_says(&f, "id=\"printed-birth\""));
	CU_ASSERT_TRUE(hr_asked_says(&f, "没有这样的时间"));
	hr_asked_close(&f);
}

/* Neither the log nor an address gets a word of what was entered. */
static void test_page__log__has_nothing_that_was_entered(void)
{
	static char log[1 << 16];
	hr_asked f;
	ssize_t len;

	hr_asked_open(&f, NULL);
	check_post(&f,
		   ASKED PART("orders", "TSH") PART("patient-name", "李四")
			   PART("patient-birth", "1980-01-01"),
		   200, "action=\"/?lang=zh\"");
	len = pread(f.log, log, sizeof(log) - 1, 0);
	CU_ASSERT_TRUE(len > 0 && strstr(log, "\"route\":\"/\"") != NULL);
	CU_ASSERT_PTR_NULL(strstr(log, "李四"));
	CU_ASSERT_PTR_NULL(strstr(log, "1980"));
	CU_ASSERT_PTR_NULL(strstr(log, "TSH"));
	HR_ASSERT_TEXT(hr_asked_field(&f, "Cache-Control"), "no-store");
	hr_asked_close(&f);
}

static void test_page__box_at_and_over_its_limit(void)
{
	hr_asked f;
	char parts[HR_PAGE_TEXT_MAX + 200];
	char name[HR_PAGE_TEXT_MAX + 2] = "";

	hr_asked_open(&f, NULL);
	for (int over = 0; over <= 1; over++) {
		memset(name, 'x', HR_PAGE_TEXT_MAX + (size_t)over);
		snprintf(parts, sizeof(parts), PART("patient-name", "%s"), name);
		CU_ASSERT_EQUAL(post(&f, parts, true), over ? 413 : 200);
	}
	CU_ASSERT_TRUE(hr_asked_says(&f, "技术细节 (英文)"));
	hr_asked_close(&f);
}

/* --- the version that is served --- */

static bool comes_to_say(hr_asked *f, const char *words)
{
	const struct timespec step = { .tv_nsec = 20000000 };

	for (int i = 0; i < 500; i++) {
		CU_ASSERT_EQUAL(hr_asked_get(f, "/"), 200);
		if (hr_asked_says(f, words))
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

static void test_page__newest_version_refused__says_so(void)
{
	hr_asked f;
	hr_arena *arena = hr_test_arena();
	const char *local = hr_test_folder(arena);

	hr_test_write(local, "windows.xml",
		      "<windows xmlns=\"urn:huren:catalogue:1\" source=\"made up\" grade=\"local\">"
		      "<window items=\"TSH\" days=\"7\" event=\"reported\"/></windows>\n");
	hr_asked_open(&f, local);
	CU_ASSERT_EQUAL(hr_asked_get(&f, "/"), 200);
	CU_ASSERT_FALSE(hr_asked_says(&f, "最新目录版本未能载入"));
	hr_test_write(local, "broken.xml", "<no");
	hr_follower_reload(f.app->follower);
	CU_ASSERT_TRUE(
		comes_to_say(&f, "最新目录版本未能载入, 仍用上述版本; 请告知本系统的管理员"));
	CU_ASSERT_TRUE(hr_asked_says(&f, "broken.xml:1:"));
	hr_asked_start(&f, HR_HTTP_GET, "/");
	hr_asked_add_query(&f, "lang", "en");
	CU_ASSERT_EQUAL(hr_asked_run(&f), 200);
	CU_ASSERT_TRUE(
		hr_asked_says(&f, "The newest version of the catalogue could not be loaded"));
	hr_asked_close(&f);
	hr_arena_close(arena);
}

static void test_page__registry_gone__says_so(void)
{
	hr_asked f;
	char away[400];

	hr_asked_open(&f, NULL);
	snprintf(away, sizeof(away), "%s.away", f.repo.path);
	CU_ASSERT_EQUAL(rename(f.repo.path, away), 0);
	CU_ASSERT_TRUE(comes_to_say(&f, "目录库暂时读不到, 仍用上述版本"));
	CU_ASSERT_FALSE(hr_asked_says(&f, "未能载入"));
	CU_ASSERT_EQUAL(rename(away, f.repo.path), 0);
	hr_asked_close(&f);
}

/* --- what went wrong --- */

/* Of every error: title and what to do in Chinese, before the technical words. */
static void test_problem__every_code__is_chinese_first(void)
{
	for (int code = HR_E_USAGE; code < HR_E_COUNT; code++) {
		hr_arena *arena = hr_test_arena();
		const hr_http_request request = { .arena = arena, .path = HR_STR("/") };
		hr_http_response out = { .status = 0 };
		hr_error err;
		size_t title;
		size_t action;
		size_t detail;

		hr_fail_at(&err, (hr_error_code)code, 3, 7, "the technical words");
		CU_ASSERT_TRUE(hr_page_problem(&request, 500, &err, &out));
		title = hr_str_find(out.body, hr_str_of(hr_error_title_zh(err.code)));
		action = hr_str_find(out.body, HR_STR("<p>请"));
		detail = hr_str_find(out.body, HR_STR("技术细节 (英文): 第 3 行, 第 7 列 "
						      "<span lang=\"en\">the technical words"));
		CU_ASSERT_TRUE(title < action && action < detail && detail < out.body.len);
		hr_arena_close(arena);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_page__orders__are_answered_one_by_one),
	HR_TEST(test_page__orders__at_and_over_the_limit),
	HR_TEST(test_page__same_patient__is_recognised),
	HR_TEST(test_page__another_patient__is_not),
	HR_TEST(test_page__patient_that_cannot_be_compared__is_asked_again),
	HR_TEST(test_page__paper__is_compared_with_what_is_printed),
	HR_TEST(test_page__log__has_nothing_that_was_entered),
	HR_TEST(test_page__box_at_and_over_its_limit),
	HR_TEST(test_page__newest_version_refused__says_so),
	HR_TEST(test_page__registry_gone__says_so),
	HR_TEST(test_problem__every_code__is_chinese_first),
};
HR_TEST_MAIN("page", tests)
