#include "registry/git.h"

#include "repo.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- init and open --- */

static void test_init__new_place__is_an_empty_registry(void)
{
	hr_test_repo f;

	hr_test_repo_open(&f);
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 0);
	HR_ASSERT_FAILS(hr_registry_resolve(f.registry, HR_STR(""), f.arena, &f.version, &f.err), f,
			HR_E_NOT_FOUND, "no version yet");
	hr_test_repo_close(&f);
}

static void test_init__empty_folder__is_taken(void)
{
	hr_test_repo f;

	hr_test_repo_make_root(&f);
	CU_ASSERT_EQUAL(mkdir(f.path, 0777), 0);
	HR_ASSERT_OK(hr_registry_init(f.path, &f.err), f.err);
	HR_ASSERT_OK(hr_registry_open(f.path, &f.registry, &f.err), f.err);
	hr_test_repo_close(&f);
}

static void test_init__where_something_is__is_refused(void)
{
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_FAILS(hr_registry_init(f.path, &f.err), f, HR_E_EXISTS, "is not empty");
	HR_ASSERT_FAILS(hr_registry_init(f.root, &f.err), f, HR_E_EXISTS, "is not empty");
	hr_test_repo_close(&f);
}

static void test_open__no_such_place__is_not_found(void)
{
	hr_test_repo f;

	hr_test_repo_make_root(&f);
	HR_ASSERT_FAILS(hr_registry_open(f.path, &f.registry, &f.err), f, HR_E_NOT_FOUND,
			"No such file");
	hr_test_repo_close(&f);
}

static void test_open__what_is_no_bare_repository__is_refused(void)
{
	HR_AUTO(git_repository) other = NULL;
	hr_test_repo f;
	char path[400];

	hr_test_repo_open(&f);
	HR_ASSERT_FAILS(hr_registry_open(f.root, &f.registry, &f.err), f, HR_E_NOT_FOUND,
			"cannot open the registry");
	snprintf(path, sizeof(path), "%s/worktree", f.root);
	CU_ASSERT_EQUAL(git_repository_init(&other, path, 0), 0);
	HR_ASSERT_FAILS(hr_registry_open(path, &f.registry, &f.err), f, HR_E_NOT_FOUND,
			"cannot open the registry");
	snprintf(path, sizeof(path), "%s/worktree/.git", f.root);
	HR_ASSERT_FAILS(hr_registry_open(path, &f.registry, &f.err), f, HR_E_REGISTRY,
			"is not a bare repository");
	hr_test_repo_close(&f);
}

static void test_open__of_another_user__is_refused(void)
{
	hr_registry *registry = NULL;
	hr_test_repo f;

	if (geteuid() != 0) {
		fprintf(stderr, "skipped: only root can give a folder away\n");
		return;
	}
	hr_test_repo_open(&f);
	CU_ASSERT_EQUAL(chown(f.path, 12345, 12345), 0);
	HR_ASSERT_FAILS(hr_registry_open(f.path, &registry, &f.err), f, HR_E_REGISTRY,
			"belongs to user 12345");
	CU_ASSERT_PTR_NULL(registry);
	hr_test_repo_close(&f);
}

static void test_open__head_not_main__is_refused(void)
{
	HR_AUTO(git_reference) head = NULL;
	hr_registry *registry = NULL;
	hr_test_repo f;
	git_oid id;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	git_oid_fromstr(&id, f.version.id);
	CU_ASSERT_EQUAL(git_repository_set_head_detached(f.registry->repo, &id), 0);
	HR_ASSERT_FAILS(hr_registry_open(f.path, &registry, &f.err), f, HR_E_REGISTRY, "HEAD");
	CU_ASSERT_EQUAL(git_reference_symbolic_create(&head, f.registry->repo, "HEAD",
						      "refs/heads/other", 1, NULL),
			0);
	HR_ASSERT_FAILS(hr_registry_open(f.path, &registry, &f.err), f, HR_E_REGISTRY, "HEAD");
	hr_test_repo_close(&f);
}

/* --- publish --- */

static void test_publish__first_version__is_newest_and_comes_back_whole(void)
{
	hr_fileset wanted;
	hr_fileset files;
	hr_version newest;
	hr_test_repo f;

	hr_test_repo_open(&f);
	wanted = hr_test_catalogue(f.arena, 1);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	HR_ASSERT_OK(hr_registry_resolve(f.registry, HR_STR("HEAD"), f.arena, &newest, &f.err),
		     f.err);
	CU_ASSERT_STRING_EQUAL(newest.id, f.version.id);
	CU_ASSERT_EQUAL(newest.time.second, hr_test_time(1).second);
	HR_ASSERT_TEXT(newest.author, "卫健委 <office@example.cn>");
	HR_ASSERT_TEXT(newest.message, "互认目录：更新");
	HR_ASSERT_OK(hr_registry_read(f.registry, &newest, f.arena, &files, &f.err), f.err);
	CU_ASSERT_EQUAL_FATAL(files.count, wanted.count);
	for (size_t i = 0; i < files.count; i++) {
		CU_ASSERT_TRUE(hr_str_equal(files.files[i].name, wanted.files[i].name));
		CU_ASSERT_TRUE(hr_str_equal(files.files[i].bytes, wanted.files[i].bytes));
	}
	hr_test_repo_close(&f);
}

static void test_publish__the_commit__carries_its_parent_and_a_seal(void)
{
	char first[HR_COMMIT_TEXT];
	hr_test_repo f;
	hr_commit commit;
	hr_str body;
	hr_str seal;
	git_oid id;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	memcpy(first, f.version.id, sizeof(first));
	HR_ASSERT_OK(hr_test_publish(&f, 2), f.err);
	git_oid_fromstr(&id, f.version.id);
	HR_ASSERT_OK(hr_commit_read(f.registry, &id, f.arena, &commit, &f.err), f.err);
	CU_ASSERT_TRUE(commit.has_parent);
	CU_ASSERT_EQUAL(git_oid_streq(&commit.parent, first), 0);
	CU_ASSERT_TRUE(hr_seal_find(commit.message, &body, &seal));
	CU_ASSERT_EQUAL(seal.len, 64);
	HR_ASSERT_TEXT(body, "互认目录：更新");
	hr_test_repo_close(&f);
}

static void test_publish__same_files_again__is_refused_as_unchanged(void)
{
	hr_fileset files;
	hr_publication again;
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	files = hr_test_catalogue(f.arena, 1);
	again = hr_test_publication(&files, 2);
	HR_ASSERT_FAILS(
		hr_registry_publish(f.registry, &again, f.arena, &f.issues, &f.version, &f.err), f,
		HR_E_EXISTS, "nothing changed");
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 1);
	hr_test_repo_close(&f);
}

static void test_publish__older_files_as_a_new_version__is_allowed(void)
{
	hr_fileset files;
	hr_publication back;
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	HR_ASSERT_OK(hr_test_publish(&f, 2), f.err);
	files = hr_test_catalogue(f.arena, 1);
	back = hr_test_publication(&files, 3);
	HR_ASSERT_OK(hr_registry_publish(f.registry, &back, f.arena, &f.issues, &f.version, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 3);
	hr_test_repo_close(&f);
}

static void test_publish__time_against_the_newest__same_passes_before_is_refused(void)
{
	hr_fileset files;
	hr_publication p;
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	files = hr_test_catalogue(f.arena, 2);
	p = hr_test_publication(&files, 1);
	p.now.second--;
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CONFLICT, "2026-01-01T01:00:00+08:00");
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 1);
	p.now.second++;
	HR_ASSERT_OK(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
		     f.err);
	hr_test_repo_close(&f);
}

static void test_publish__before_1970__is_refused(void)
{
	hr_fileset files;
	hr_publication p;
	hr_test_repo f;

	hr_test_repo_open(&f);
	files = hr_test_catalogue(f.arena, 1);
	p = hr_test_publication(&files, 1);
	p.now.second = -1;
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_USAGE, "before 1970");
	p.now.second = 0;
	HR_ASSERT_OK(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
		     f.err);
	hr_test_repo_close(&f);
}

static void test_publish__expect__only_the_newest_id_passes(void)
{
	char first[HR_COMMIT_TEXT];
	hr_fileset files;
	hr_publication p;
	hr_test_repo f;

	hr_test_repo_open(&f);
	files = hr_test_catalogue(f.arena, 9);
	p = hr_test_publication(&files, 9);
	p.expect = HR_STR("0123456789012345678901234567890123456789");
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CONFLICT, "none yet");
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	memcpy(first, f.version.id, sizeof(first));
	HR_ASSERT_OK(hr_test_publish(&f, 2), f.err);
	p.expect = hr_str_of(first);
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CONFLICT, f.version.id);
	p.expect = hr_str_of(f.version.id);
	HR_ASSERT_OK(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
		     f.err);
	hr_test_repo_close(&f);
}

static bool publish_words(hr_test_repo *f, hr_str message, hr_str author)
{
	static int n = 100;
	hr_fileset files = hr_test_catalogue(f->arena, ++n);
	hr_publication p = hr_test_publication(&files, n);

	p.message = message;
	p.author = author;
	return hr_registry_publish(f->registry, &p, f->arena, &f->issues, &f->version, &f->err);
}

static void test_publish__author__is_a_name_and_a_mail(void)
{
	static const char *const right[] = { "a <b>", " A. B <a@b> ", "王 五 <w@例子.cn>" };
	static const char *const wrong[] = { "",	  "a",	     "<a@b>",	" <a@b>",
					     "a <>",	  "a <b",    "a b>",	"a <b> c",
					     "a <b <c>",  "a> <b>",  "a <b c>", "a\n <b>",
					     "a <b\x01>", "a <\xff>" };
	hr_test_repo f;

	hr_test_repo_open(&f);
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		HR_ASSERT_OK(publish_words(&f, HR_STR("m"), hr_str_of(right[i])), f.err);
	HR_ASSERT_TEXT(f.version.author, "王 五 <w@例子.cn>");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		HR_ASSERT_FAILS(publish_words(&f, HR_STR("m"), hr_str_of(wrong[i])), f, HR_E_USAGE,
				"the author is not written");
	hr_test_repo_close(&f);
}

static void test_publish__message__is_plain_text_within_64_kib(void)
{
	hr_str author = HR_STR("a <b>");
	hr_test_repo f;
	char *text;

	hr_test_repo_open(&f);
	text = hr_arena_alloc_text(f.arena, 65537);
	memset(text, 'm', 65537);
	HR_ASSERT_OK(publish_words(&f, (hr_str){ text, 65536 }, author), f.err);
	CU_ASSERT_EQUAL(f.version.message.len, 65536);
	HR_ASSERT_FAILS(publish_words(&f, (hr_str){ text, 65537 }, author), f, HR_E_LIMIT, "65536");
	HR_ASSERT_OK(publish_words(&f, HR_STR("one\n\ntwo\tthree\n"), author), f.err);
	HR_ASSERT_TEXT(f.version.message, "one\n\ntwo\tthree");
	HR_ASSERT_FAILS(publish_words(&f, HR_STR(" \n "), author), f, HR_E_USAGE,
			"needs a message");
	HR_ASSERT_FAILS(publish_words(&f, HR_STR("a\0b"), author), f, HR_E_USAGE, "plain UTF-8");
	HR_ASSERT_FAILS(publish_words(&f, HR_STR("a\x1b[2J"), author), f, HR_E_USAGE,
			"plain UTF-8");
	HR_ASSERT_FAILS(publish_words(&f, HR_STR("\xb9\xcc"), author), f, HR_E_USAGE,
			"plain UTF-8");
	HR_ASSERT_FAILS(publish_words(&f, HR_STR("a\n\nCatalogue-SHA256: 0\n"), author), f,
			HR_E_USAGE, "seal");
	hr_test_repo_close(&f);
}

static bool publish_file(hr_test_repo *f, const char *name, size_t size)
{
	char *bytes = hr_arena_alloc(f->arena, size + 1);
	hr_file file = { hr_str_of(name), { bytes, size } };
	hr_fileset files = { &file, 1 };
	hr_publication p = hr_test_publication(&files, 1);

	memset(bytes, ' ', size);
	return hr_registry_publish(f->registry, &p, f->arena, &f->issues, &f->version, &f->err);
}

static void test_publish__names_that_a_catalogue_cannot_have__are_refused(void)
{
	static const char *const wrong[] = { "a",	 "a.txt",	  ".xml",     ".a.xml",
					     "../a.xml", "/a.xml",	  "a//b.xml", "b.xml/a.xml",
					     "a b.xml",	 "a/b/c/d/e.xml", "项目.xml", "a\\b.xml",
					     "" };
	hr_test_repo f;

	hr_test_repo_open(&f);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		HR_ASSERT_FAILS(publish_file(&f, wrong[i], 1), f, HR_E_CATALOG, "no name for");
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 0);
	hr_test_repo_close(&f);
}

static void test_publish__files_unsorted_or_twice_or_none__are_refused(void)
{
	hr_file files[] = { { HR_STR_INIT("b.xml"), HR_STR_INIT("1") },
			    { HR_STR_INIT("a.xml"), HR_STR_INIT("2") } };
	hr_fileset set = { files, 2 };
	hr_publication p = hr_test_publication(&set, 1);
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CATALOG, "'a.xml'");
	files[1].name = files[0].name;
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CATALOG, "'b.xml'");
	set.count = 0;
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CATALOG, "no .xml file");
	hr_test_repo_close(&f);
}

static void test_publish__more_than_a_catalogue_holds__is_refused(void)
{
	size_t most = hr_fileset_catalogue_limits.file_bytes;
	const char *bytes;
	hr_file *files;
	hr_fileset set;
	hr_publication p;
	hr_test_repo f;

	hr_test_repo_open(&f);
	bytes = hr_arena_alloc(f.arena, most);
	HR_ASSERT_FAILS(publish_file(&f, "a.xml", most + 1), f, HR_E_LIMIT, "too large");
	files = HR_NEW_N(f.arena, hr_file, 4097);
	for (int i = 0; i < 4097; i++) {
		hr_buf name;

		hr_buf_init(&name, f.arena, 64);
		hr_buf_addf(&name, "%04d.xml", i);
		files[i] = (hr_file){ hr_buf_str(&name), HR_STR("1") };
	}
	set = (hr_fileset){ files, 4097 };
	p = hr_test_publication(&set, 1);
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_LIMIT, "4097 files");
	set.count = 65;
	for (int i = 0; i < 65; i++)
		files[i].bytes = (hr_str){ bytes, most };
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_LIMIT, "'0064.xml' makes");
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 0);
	hr_test_repo_close(&f);
}

static void test_publish__files_that_the_check_finds_wrong__are_refused_with_the_issues(void)
{
	hr_fileset files;
	hr_publication p;
	hr_test_repo f;

	hr_test_repo_open(&f);
	files = hr_test_catalogue(f.arena, 1);
	((hr_file *)(uintptr_t)files.files)[2].bytes = HR_STR("<regions/>");
	p = hr_test_publication(&files, 1);
	HR_ASSERT_FAILS(hr_registry_publish(f.registry, &p, f.arena, &f.issues, &f.version, &f.err),
			f, HR_E_CATALOG, "errors in the catalogue: 1");
	CU_ASSERT_EQUAL(f.issues.errors, 1);
	HR_ASSERT_TEXT(f.issues.issues[0].file, "regions.xml");
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 0);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	CU_ASSERT_EQUAL(f.issues.errors, 0);
	hr_test_repo_close(&f);
}

/* The cap of the arena in steps: each of its allocations is the one that fails. */
static void test_publish__short_of_memory_anywhere__leaves_nothing_published(void)
{
	hr_error err = { 0 };
	hr_version version;
	hr_issues issues;
	hr_fileset files;
	hr_publication p;
	hr_test_repo f;
	bool ok = false;

	hr_test_repo_open(&f);
	files = hr_test_catalogue(f.arena, 1);
	p = hr_test_publication(&files, 1);
	for (size_t cap = 0; !ok && cap < (size_t)1 << 24; cap += 64) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);

		ok = hr_registry_publish(f.registry, &p, arena, &issues, &version, &err);
		if (!ok && err.code != HR_E_MEMORY)
			break;
		CU_ASSERT_EQUAL(hr_test_count_versions(&f), ok ? 1 : 0);
	}
	HR_ASSERT_OK(ok, err);
	hr_test_repo_close(&f);
}

static void test_publish__lock_left_by_a_killed_publisher__is_removed(void)
{
	hr_test_repo f;
	char path[400];
	FILE *lock;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	snprintf(path, sizeof(path), "%s/refs/heads/main.lock", f.path);
	lock = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(lock);
	fclose(lock);
	HR_ASSERT_OK(hr_test_publish(&f, 2), f.err);
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	hr_test_repo_close(&f);
}

static void test_publish__main_that_is_a_symbolic_reference__is_refused(void)
{
	HR_AUTO(git_reference) main = NULL;
	hr_test_repo f;

	hr_test_repo_open(&f);
	CU_ASSERT_EQUAL(git_reference_symbolic_create(&main, f.registry->repo, HR_MAIN,
						      "refs/heads/other", 1, NULL),
			0);
	HR_ASSERT_FAILS(hr_test_publish(&f, 1), f, HR_E_REGISTRY, "not a plain branch");
	hr_test_repo_close(&f);
}

/* --- load --- */

static bool publish_folder(hr_test_repo *f, const char *path)
{
	hr_fileset files = { 0 };
	hr_publication p = hr_test_publication(&files, 1);

	return hr_fileset_read(path, HR_STR(".xml"), &hr_fileset_catalogue_limits, f->arena, &files,
			       &f->err) &&
	       hr_registry_publish(f->registry, &p, f->arena, &f->issues, &f->version, &f->err);
}

static void test_load__published_with_warnings__is_a_snapshot_named_by_its_commit(void)
{
	hr_catalog *catalog = NULL;
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(publish_folder(&f, "catalog/sample"), f.err);
	CU_ASSERT_EQUAL(f.issues.errors, 0);
	CU_ASSERT_TRUE(f.issues.count > 0);
	HR_ASSERT_OK(hr_registry_load(f.registry, HR_STR(""), NULL, &catalog, &f.err), f.err);
	HR_ASSERT_TEXT(hr_catalog_id(catalog), f.version.id);
	CU_ASSERT_EQUAL(hr_catalog_known_at(catalog).second, hr_test_time(1).second);
	CU_ASSERT_TRUE(hr_catalog_find_item(catalog, HR_STR("TSH")) != HR_ID_NONE);
	hr_catalog_unref(catalog);
	hr_test_repo_close(&f);
}

static void test_load__with_an_overlay__holds_its_codes_too(void)
{
	hr_institution_id institution;
	hr_catalog *catalog = NULL;
	const hr_origin *origin;
	char overlay[400];
	hr_test_repo f;
	FILE *file;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(publish_folder(&f, "catalog/sample"), f.err);
	snprintf(overlay, sizeof(overlay), "%s/overlay", f.root);
	CU_ASSERT_EQUAL_FATAL(mkdir(overlay, 0777), 0);
	snprintf(overlay + strlen(overlay), 20, "/codes.xml");
	file = fopen(overlay, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs("<code-map xmlns=\"urn:huren:catalogue:1\" institution=\"121100004000000014\" "
	      "source=\"ours\" grade=\"local\"><map code=\"0815\" item=\"TSH\"/></code-map>",
	      file);
	fclose(file);
	*strrchr(overlay, '/') = '\0';
	HR_ASSERT_OK(hr_registry_load(f.registry, HR_STR("HEAD"), overlay, &catalog, &f.err),
		     f.err);
	institution = hr_catalog_find_institution(catalog, HR_STR("121100004000000014"));
	CU_ASSERT_EQUAL(hr_catalog_find_item_by_local_code(catalog, institution, HR_STR_NONE,
							   HR_STR("0815"), &origin),
			hr_catalog_find_item(catalog, HR_STR("TSH")));
	hr_catalog_unref(catalog);
	hr_test_repo_close(&f);
}

/* NULL when all went well. */
static void *load_often(void *path)
{
	for (int i = 0; i < 10; i++) {
		hr_registry *registry = NULL;
		hr_catalog *catalog = NULL;
		hr_error err;

		if (!hr_registry_open(path, &registry, &err) ||
		    !hr_registry_load(registry, HR_STR(""), NULL, &catalog, &err))
			return path;
		hr_catalog_unref(catalog);
		hr_registry_close(registry);
	}
	return NULL;
}

static void test_load__in_four_threads_with_a_handle_each__succeeds(void)
{
	pthread_t threads[4];
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(publish_folder(&f, "catalog/sample"), f.err);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, load_often, f.path), 0);
	for (int i = 0; i < 4; i++) {
		void *result = NULL;

		CU_ASSERT_EQUAL(pthread_join(threads[i], &result), 0);
		CU_ASSERT_PTR_NULL(result);
	}
	hr_test_repo_close(&f);
}

static void test_load__what_cannot_be_had__leaves_the_old_one(void)
{
	hr_catalog *catalog = NULL;
	hr_test_repo f;

	hr_test_repo_open(&f);
	HR_ASSERT_FAILS(hr_registry_load(f.registry, HR_STR(""), NULL, &catalog, &f.err), f,
			HR_E_NOT_FOUND, "no version yet");
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	HR_ASSERT_FAILS(
		hr_registry_load(f.registry, HR_STR(""), "no/such/overlay", &catalog, &f.err), f,
		HR_E_NOT_FOUND, "no/such/overlay");
	CU_ASSERT_PTR_NULL(catalog);
	hr_test_repo_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_init__new_place__is_an_empty_registry),
	HR_TEST(test_init__empty_folder__is_taken),
	HR_TEST(test_init__where_something_is__is_refused),
	HR_TEST(test_open__no_such_place__is_not_found),
	HR_TEST(test_open__what_is_no_bare_repository__is_refused),
	HR_TEST(test_open__of_another_user__is_refused),
	HR_TEST(test_open__head_not_main__is_refused),
	HR_TEST(test_publish__first_version__is_newest_and_comes_back_whole),
	HR_TEST(test_publish__the_commit__carries_its_parent_and_a_seal),
	HR_TEST(test_publish__same_files_again__is_refused_as_unchanged),
	HR_TEST(test_publish__older_files_as_a_new_version__is_allowed),
	HR_TEST(test_publish__time_against_the_newest__same_passes_before_is_refused),
	HR_TEST(test_publish__before_1970__is_refused),
	HR_TEST(test_publish__expect__only_the_newest_id_passes),
	HR_TEST(test_publish__author__is_a_name_and_a_mail),
	HR_TEST(test_publish__message__is_plain_text_within_64_kib),
	HR_TEST(test_publish__names_that_a_catalogue_cannot_have__are_refused),
	HR_TEST(test_publish__files_unsorted_or_twice_or_none__are_refused),
	HR_TEST(test_publish__more_than_a_catalogue_holds__is_refused),
	HR_TEST(test_publish__files_that_the_check_finds_wrong__are_refused_with_the_issues),
	HR_TEST(test_publish__short_of_memory_anywhere__leaves_nothing_published),
	HR_TEST(test_publish__lock_left_by_a_killed_publisher__is_removed),
	HR_TEST(test_publish__main_that_is_a_symbolic_reference__is_refused),
	HR_TEST(test_load__published_with_warnings__is_a_snapshot_named_by_its_commit),
	HR_TEST(test_load__with_an_overlay__holds_its_codes_too),
	HR_TEST(test_load__in_four_threads_with_a_handle_each__succeeds),
	HR_TEST(test_load__what_cannot_be_had__leaves_the_old_one),
};
HR_TEST_MAIN("registry", tests)
