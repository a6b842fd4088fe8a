/* The viewer's files: what is noted of a folder, and what is answered of them. */
#include "asked.h"
#include "service/viewer.h"
#include "testing.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASHED "app.bundle.0f6159c501addfe9.js"

struct fixture {
	hr_arena *arena;
	const char *folder;
	hr_viewer *viewer;
	hr_error err;
};

static struct fixture fixture_open(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	char path[1000];

	f.folder = hr_test_folder(f.arena);
	snprintf(path, sizeof(path), "%s/assets", f.folder);
	if (mkdir(path, 0700) != 0)
		abort();
	hr_test_write(f.folder, "index.html", "<html>");
	hr_test_write(f.folder, HASHED, "plain");
	hr_test_write(f.folder, HASHED ".gz", "zipped");
	hr_test_write(f.folder, ".hidden", "x");
	hr_test_write(path, "icon.png", "png");
	return f;
}

static void open_viewer(struct fixture *f)
{
	HR_ASSERT_OK(hr_viewer_open(f->folder, &f->viewer, &f->err), f->err);
}

static void close_fixture(struct fixture *f)
{
	hr_viewer_close(f->viewer);
	hr_arena_close(f->arena);
}

static void test_viewer__files__are_found_by_their_paths_alone(void)
{
	static const char *const none[] = { "",	 "assets", "/index.html", "./index.html",
					    ".", "..",	   ".hidden",	  "assets/../index.html" };
	struct fixture f = fixture_open();
	const hr_viewer_file *file;

	open_viewer(&f);
	file = hr_viewer_find(f.viewer, HR_STR("assets/icon.png"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	HR_ASSERT_TEXT(file->type, "image/png");
	CU_ASSERT_TRUE(file->size == 3 && !file->is_for_ever && !file->zipped);
	file = hr_viewer_find(f.viewer, HR_STR(HASHED));
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_TRUE(file->is_for_ever && file->zipped && file->zipped->size == 6);
	CU_ASSERT_FALSE(hr_viewer_find(f.viewer, HR_STR("index.html"))->is_for_ever);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CU_ASSERT_PTR_NULL(hr_viewer_find(f.viewer, hr_str_of(none[i])));
	close_fixture(&f);
}

static void test_viewer__a_link__is_refused(void)
{
	struct fixture f = fixture_open();
	char path[1000];

	snprintf(path, sizeof(path), "%s/assets/link", f.folder);
	CU_ASSERT_EQUAL(symlink("/etc/passwd", path), 0);
	CU_ASSERT_FALSE(hr_viewer_open(f.folder, &f.viewer, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNSUPPORTED);
	close_fixture(&f);
}

static void test_viewer__without_its_first_page__is_none(void)
{
	struct fixture f = fixture_open();

	CU_ASSERT_FALSE(hr_viewer_open("/nowhere", &f.viewer, &f.err));
	f.folder = hr_test_folder(f.arena);
	CU_ASSERT_FALSE(hr_viewer_open(f.folder, &f.viewer, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INCOMPLETE);
	close_fixture(&f);
}

static void test_viewer__a_file_put_in_its_place__is_not_sent(void)
{
	struct fixture f = fixture_open();
	const hr_viewer_file *file;
	char path[1000];
	int fd;

	open_viewer(&f);
	file = hr_viewer_find(f.viewer, HR_STR("index.html"));
	HR_ASSERT_OK(hr_viewer_open_file(file, &fd, &f.err), f.err);
	close(fd);
	hr_test_write(f.folder, "index.html", "another one");
	CU_ASSERT_FALSE(hr_viewer_open_file(file, &fd, &f.err));
	snprintf(path, sizeof(path), "%s/index.html", f.folder);
	CU_ASSERT_TRUE(unlink(path) == 0 && symlink("/etc/passwd", path) == 0);
	CU_ASSERT_FALSE(hr_viewer_open_file(file, &fd, &f.err));
	close_fixture(&f);
}

static void test_route__viewer__is_answered_in_words_when_there_is_none(void)
{
	hr_asked asked;

	hr_asked_open(&asked, NULL);
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer"), 404);
	CU_ASSERT_TRUE(hr_asked_says(&asked, "tools/viewer"));
	hr_asked_close(&asked);
}

static void test_route__viewer__sends_what_there_is(void)
{
	struct fixture f = fixture_open();
	hr_asked asked;
	hr_str etag;

	open_viewer(&f);
	hr_asked_open(&asked, NULL);
	asked.app->options.viewer = f.viewer;
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer"), 200);
	HR_ASSERT_TEXT(asked.response.type, "text/html; charset=utf-8");
	HR_ASSERT_TEXT(hr_asked_field(&asked, "Cache-Control"), "no-cache");
	CU_ASSERT_TRUE(hr_asked_field(&asked, "Content-Security-Policy").len > 0);
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer/viewer"), 200);
	HR_ASSERT_TEXT(asked.response.type, "text/html; charset=utf-8");
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer/app-config.js"), 200);
	CU_ASSERT_TRUE(hr_asked_says(&asked, "qidoRoot:'/dicom-web'"));
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer/no.js"), 404);
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer/../index.html"), 404);
	CU_ASSERT_EQUAL(hr_asked_get(&asked, "/viewer/" HASHED), 200);
	CU_ASSERT_EQUAL(asked.response.pieces[0].length, 5);
	CU_ASSERT_TRUE(
		hr_str_ends_with(hr_asked_field(&asked, "Cache-Control"), HR_STR("immutable")));
	etag = hr_str_copy(f.arena, hr_asked_field(&asked, "ETag"));
	hr_asked_start(&asked, HR_HTTP_GET, "/viewer/" HASHED);
	hr_asked_add_header(&asked, "If-None-Match", etag.data);
	CU_ASSERT_EQUAL(hr_asked_run(&asked), 304);
	hr_asked_start(&asked, HR_HTTP_GET, "/viewer/" HASHED);
	hr_asked_add_header(&asked, "Accept-Encoding", "gzip, br");
	CU_ASSERT_EQUAL(hr_asked_run(&asked), 200);
	HR_ASSERT_TEXT(hr_asked_field(&asked, "Content-Encoding"), "gzip");
	HR_ASSERT_TEXT(asked.response.type, "text/javascript; charset=utf-8");
	CU_ASSERT_EQUAL(asked.response.pieces[0].length, 6);
	CU_ASSERT_FALSE(hr_str_equal(hr_asked_field(&asked, "ETag"), etag));
	hr_asked_close(&asked);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_viewer__files__are_found_by_their_paths_alone),
	HR_TEST(test_viewer__a_link__is_refused),
	HR_TEST(test_viewer__without_its_first_page__is_none),
	HR_TEST(test_viewer__a_file_put_in_its_place__is_not_sent),
	HR_TEST(test_route__viewer__is_answered_in_words_when_there_is_none),
	HR_TEST(test_route__viewer__sends_what_there_is),
};
HR_TEST_MAIN("viewer", tests)
