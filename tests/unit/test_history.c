#include "registry/git.h"

#include "repo.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* Three versions, an hour apart. */
struct fixture {
	hr_test_repo repo;
	char id[4][HR_COMMIT_TEXT];
};

static struct fixture three_versions(void)
{
	struct fixture f;

	hr_test_repo_open(&f.repo);
	for (int n = 1; n <= 3; n++) {
		HR_ASSERT_OK(hr_test_publish(&f.repo, n), f.repo.err);
		memcpy(f.id[n], f.repo.version.id, HR_COMMIT_TEXT);
	}
	return f;
}

static bool resolve(hr_test_repo *repo, const char *rev)
{
	return hr_registry_resolve(repo->registry, hr_str_of(rev), repo->arena, &repo->version,
				   &repo->err);
}

static void assert_leads_to(hr_test_repo *repo, const char *rev, const char *id)
{
	HR_ASSERT_OK(resolve(repo, rev), repo->err);
	CU_ASSERT_STRING_EQUAL(repo->version.id, id);
}

static git_oid put(hr_test_repo *repo, git_object_t type, const char *text)
{
	hr_error err;
	git_oid id;

	if (!hr_git_write(repo->registry, type, hr_str_of(text), &id, &err))
		abort();
	return id;
}

static void point(hr_test_repo *repo, const char *name, const git_oid *id)
{
	char path[400];
	char hex[HR_COMMIT_TEXT];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", repo->path, name);
	file = fopen(path, "w");
	if (!file)
		abort();
	fprintf(file, "%s\n", git_oid_tostr(hex, sizeof(hex), id));
	fclose(file);
}

static git_oid put_commit(hr_test_repo *repo, const char *words)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
		 "author a <b> 1 +0000\ncommitter a <b> 1 +0000\n\n%s\n",
		 words);
	return put(repo, GIT_OBJECT_COMMIT, text);
}

static git_oid put_tag(hr_test_repo *repo, const git_oid *target, const char *type)
{
	char hex[HR_COMMIT_TEXT];
	char text[400];

	snprintf(text, sizeof(text), "object %s\ntype %s\ntag t\ntagger a <b> 1 +0000\n\nm\n",
		 git_oid_tostr(hex, sizeof(hex), target), type);
	return put(repo, GIT_OBJECT_TAG, text);
}

static void test_resolve__empty_and_head__are_the_newest(void)
{
	struct fixture f = three_versions();

	assert_leads_to(&f.repo, "", f.id[3]);
	assert_leads_to(&f.repo, "HEAD", f.id[3]);
	hr_test_repo_close(&f.repo);
}

static void test_resolve__id__whole_or_seven_digits_in_either_case(void)
{
	struct fixture f = three_versions();
	char rev[HR_COMMIT_TEXT];

	for (int n = 1; n <= 3; n++) {
		assert_leads_to(&f.repo, f.id[n], f.id[n]);
		snprintf(rev, sizeof(rev), "%.7s", f.id[n]);
		assert_leads_to(&f.repo, rev, f.id[n]);
		for (char *c = rev; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		assert_leads_to(&f.repo, rev, f.id[n]);
	}
	snprintf(rev, sizeof(rev), "%.6s", f.id[1]);
	HR_ASSERT_FAILS(resolve(&f.repo, rev), f.repo, HR_E_NOT_FOUND, "neither a tag nor");
	hr_test_repo_close(&f.repo);
}

static void test_resolve__what_nothing_is_called__is_not_found(void)
{
	struct fixture f = three_versions();
	char long_name[202];

	HR_ASSERT_FAILS(resolve(&f.repo, "0000000"), f.repo, HR_E_NOT_FOUND, "no published");
	HR_ASSERT_FAILS(resolve(&f.repo, "2026年版"), f.repo, HR_E_NOT_FOUND, "neither a tag");
	HR_ASSERT_FAILS(resolve(&f.repo, "../../HEAD"), f.repo, HR_E_NOT_FOUND, "neither a tag");
	HR_ASSERT_FAILS(resolve(&f.repo, "main"), f.repo, HR_E_NOT_FOUND, "neither a tag");
	HR_ASSERT_FAILS(resolve(&f.repo, "a b"), f.repo, HR_E_NOT_FOUND, "neither a tag");
	HR_ASSERT_FAILS(resolve(&f.repo, "a\tb"), f.repo, HR_E_USAGE, "is not a name");
	HR_ASSERT_FAILS(resolve(&f.repo, "\xff"), f.repo, HR_E_USAGE, "is not a name");
	memset(long_name, 'a', 201);
	long_name[201] = '\0';
	HR_ASSERT_FAILS(resolve(&f.repo, long_name), f.repo, HR_E_USAGE, "is not a name");
	long_name[200] = '\0';
	HR_ASSERT_FAILS(resolve(&f.repo, long_name), f.repo, HR_E_NOT_FOUND, "neither a tag");
	hr_test_repo_close(&f.repo);
}

static void test_resolve__instant__is_the_newest_not_later(void)
{
	struct fixture f = three_versions();

	assert_leads_to(&f.repo, "@2026-01-01T01:00:00+08:00", f.id[1]);
	assert_leads_to(&f.repo, "@2026-01-01T01:59:59+08:00", f.id[1]);
	assert_leads_to(&f.repo, "@2026-01-01T02:00:00", f.id[2]);
	assert_leads_to(&f.repo, "@2025-12-31T18:00:00Z", f.id[2]);
	assert_leads_to(&f.repo, "@2026-01-01 02:30", f.id[2]);
	assert_leads_to(&f.repo, "@2026-01-02", f.id[3]);
	HR_ASSERT_FAILS(resolve(&f.repo, "@2026-01-01T00:59:59"), f.repo, HR_E_NOT_FOUND,
			"no version was published by that time");
	HR_ASSERT_FAILS(resolve(&f.repo, "@2026-01-01"), f.repo, HR_E_NOT_FOUND, "by that time");
	HR_ASSERT_FAILS(resolve(&f.repo, "@"), f.repo, HR_E_USAGE, "is not a time");
	HR_ASSERT_FAILS(resolve(&f.repo, "@yesterday"), f.repo, HR_E_USAGE, "'@yesterday'");
	hr_test_repo_close(&f.repo);
}

static void test_resolve__tag__plain_annotated_and_of_a_tag(void)
{
	struct fixture f = three_versions();
	git_oid id;
	git_oid tag;

	git_oid_fromstr(&id, f.id[2]);
	point(&f.repo, "refs/tags/plain", &id);
	assert_leads_to(&f.repo, "plain", f.id[2]);
	tag = put_tag(&f.repo, &id, "commit");
	point(&f.repo, "refs/tags/annotated", &tag);
	assert_leads_to(&f.repo, "annotated", f.id[2]);
	for (int depth = 2; depth <= 8; depth++)
		tag = put_tag(&f.repo, &tag, "tag");
	point(&f.repo, "refs/tags/deep", &tag);
	HR_ASSERT_FAILS(resolve(&f.repo, "deep"), f.repo, HR_E_REGISTRY, "does not lead to");
	hr_test_repo_close(&f.repo);
}

static void test_resolve__tag_named_like_digits__is_the_tag(void)
{
	struct fixture f = three_versions();
	char name[64];
	git_oid id;

	git_oid_fromstr(&id, f.id[1]);
	snprintf(name, sizeof(name), "refs/tags/%.7s", f.id[3]);
	point(&f.repo, name, &id);
	assert_leads_to(&f.repo, name + strlen("refs/tags/"), f.id[1]);
	snprintf(name, sizeof(name), "refs/tags/%s", f.id[3]);
	point(&f.repo, name, &id);
	assert_leads_to(&f.repo, f.id[3], f.id[3]);
	hr_test_repo_close(&f.repo);
}

static void test_resolve__tag_on_something_else__is_refused(void)
{
	struct fixture f = three_versions();
	git_oid blob = put(&f.repo, GIT_OBJECT_BLOB, "not a version");
	git_oid tag = put_tag(&f.repo, &blob, "blob");
	git_oid odd = put(&f.repo, GIT_OBJECT_TAG, "object 12\ntype commit\n");
	git_oid missing = { { 1 } };

	point(&f.repo, "refs/tags/blob", &blob);
	HR_ASSERT_FAILS(resolve(&f.repo, "blob"), f.repo, HR_E_REGISTRY, "does not lead to");
	point(&f.repo, "refs/tags/of-blob", &tag);
	HR_ASSERT_FAILS(resolve(&f.repo, "of-blob"), f.repo, HR_E_REGISTRY, "does not lead to");
	point(&f.repo, "refs/tags/odd", &odd);
	HR_ASSERT_FAILS(resolve(&f.repo, "odd"), f.repo, HR_E_REGISTRY, "does not lead to");
	point(&f.repo, "refs/tags/missing", &missing);
	HR_ASSERT_FAILS(resolve(&f.repo, "missing"), f.repo, HR_E_REGISTRY, "is missing");
	assert_leads_to(&f.repo, f.id[1], f.id[1]);
	hr_test_repo_close(&f.repo);
}

static void test_resolve__commit_that_was_never_published__is_not_found(void)
{
	struct fixture f = three_versions();
	git_oid stray = put_commit(&f.repo, "left by a killed publisher");
	char hex[HR_COMMIT_TEXT];

	git_oid_tostr(hex, sizeof(hex), &stray);
	HR_ASSERT_FAILS(resolve(&f.repo, hex), f.repo, HR_E_NOT_FOUND, "no published version");
	point(&f.repo, "refs/tags/now-it-is", &stray);
	assert_leads_to(&f.repo, hex, hex);
	hr_test_repo_close(&f.repo);
}

struct candidate {
	git_oid id;
	unsigned n;
};

static int by_id(const void *a, const void *b)
{
	return git_oid_cmp(&((const struct candidate *)a)->id, &((const struct candidate *)b)->id);
}

/* Two commits whose ids begin with the same seven digits: a birthday among 2^16. */
static void make_alike(hr_test_repo *repo, git_oid *a, git_oid *b)
{
	enum { MANY = 1 << 16 };
	struct candidate *all = calloc(MANY, sizeof(*all));
	char text[200];

	for (unsigned i = 0; all && i < MANY; i++) {
		int len = snprintf(text, sizeof(text),
				   "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
				   "author a <b> 1 +0000\ncommitter a <b> 1 +0000\n\n%u\n",
				   i);
		all[i].n = i;
		git_odb_hash(&all[i].id, text, (size_t)len, GIT_OBJECT_COMMIT);
	}
	qsort(all, MANY, sizeof(*all), by_id);
	for (unsigned i = 1; i < MANY; i++)
		if (git_oid_ncmp(&all[i - 1].id, &all[i].id, 7) == 0) {
			snprintf(text, sizeof(text), "%u", all[i - 1].n);
			*a = put_commit(repo, text);
			snprintf(text, sizeof(text), "%u", all[i].n);
			*b = put_commit(repo, text);
			break;
		}
	free(all);
}

static void test_resolve__digits_that_begin_two_ids__are_ambiguous(void)
{
	char hex[HR_COMMIT_TEXT];
	hr_test_repo f;
	git_oid a = { 0 };
	git_oid b = { 0 };

	hr_test_repo_open(&f);
	make_alike(&f, &a, &b);
	CU_ASSERT_FALSE(git_oid_equal(&a, &b));
	point(&f, "refs/tags/a", &a);
	point(&f, "refs/tags/b", &b);
	git_oid_tostr(hex, sizeof(hex), &a);
	assert_leads_to(&f, hex, hex);
	hex[7] = '\0';
	HR_ASSERT_FAILS(resolve(&f, hex), f, HR_E_USAGE, "several versions");
	point(&f, "refs/tags/b", &a);
	HR_ASSERT_OK(resolve(&f, hex), f.err);
	hr_test_repo_close(&f);
}

static void test_resolve__main_on_a_blob__is_refused(void)
{
	struct fixture f = three_versions();
	git_oid blob = put(&f.repo, GIT_OBJECT_BLOB, "not a version");

	point(&f.repo, HR_MAIN, &blob);
	HR_ASSERT_FAILS(resolve(&f.repo, ""), f.repo, HR_E_REGISTRY, "not of the type");
	HR_ASSERT_FAILS(hr_test_publish(&f.repo, 4), f.repo, HR_E_REGISTRY, "not of the type");
	hr_test_repo_close(&f.repo);
}

static void test_log__room_of_0_2_and_9__gives_the_newest_first(void)
{
	struct fixture f = three_versions();
	hr_version got[9];
	size_t count = 9;

	HR_ASSERT_OK(hr_registry_log(f.repo.registry, f.repo.arena, got, 0, &count, &f.repo.err),
		     f.repo.err);
	CU_ASSERT_EQUAL(count, 0);
	HR_ASSERT_OK(hr_registry_log(f.repo.registry, f.repo.arena, got, 2, &count, &f.repo.err),
		     f.repo.err);
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT_STRING_EQUAL(got[0].id, f.id[3]);
	CU_ASSERT_STRING_EQUAL(got[1].id, f.id[2]);
	HR_ASSERT_OK(hr_registry_log(f.repo.registry, f.repo.arena, got, 9, &count, &f.repo.err),
		     f.repo.err);
	CU_ASSERT_EQUAL(count, 3);
	CU_ASSERT_STRING_EQUAL(got[2].id, f.id[1]);
	hr_test_repo_close(&f.repo);
}

static void test_log__words_that_a_terminal_would_obey__are_made_harmless(void)
{
	hr_version got[2];
	hr_test_repo f;
	size_t count;
	git_oid id;

	hr_test_repo_open(&f);
	id = put_commit(&f, "red \x1b[31m and \xd6\xd0\nnext");
	point(&f, HR_MAIN, &id);
	HR_ASSERT_OK(hr_registry_log(f.registry, f.arena, got, 2, &count, &f.err), f.err);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	HR_ASSERT_TEXT(got[0].message, "red ?[31m and ??\nnext");
	hr_test_repo_close(&f);
}

static void test_log__commit_over_a_mebibyte__is_refused(void)
{
	hr_version got[2];
	hr_test_repo f;
	size_t count;
	git_oid id;
	char *words;
	hr_buf text;

	hr_test_repo_open(&f);
	words = hr_arena_alloc_text(f.arena, HR_COMMIT_BYTES_MAX);
	memset(words, 'w', HR_COMMIT_BYTES_MAX);
	hr_buf_init(&text, f.arena, SIZE_MAX);
	HR_BUF_ADD(&text, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
			  "author a <b> 1 +0000\ncommitter a <b> 1 +0000\n\n");
	hr_buf_add(&text, (hr_str){ words, HR_COMMIT_BYTES_MAX - text.len });
	id = put(&f, GIT_OBJECT_COMMIT, text.data);
	point(&f, HR_MAIN, &id);
	HR_ASSERT_OK(hr_registry_log(f.registry, f.arena, got, 2, &count, &f.err), f.err);
	hr_buf_add_char(&text, 'w');
	id = put(&f, GIT_OBJECT_COMMIT, text.data);
	point(&f, HR_MAIN, &id);
	HR_ASSERT_FAILS(hr_registry_log(f.registry, f.arena, got, 2, &count, &f.err), f,
			HR_E_REGISTRY, "larger than");
	hr_test_repo_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_resolve__empty_and_head__are_the_newest),
	HR_TEST(test_resolve__id__whole_or_seven_digits_in_either_case),
	HR_TEST(test_resolve__what_nothing_is_called__is_not_found),
	HR_TEST(test_resolve__instant__is_the_newest_not_later),
	HR_TEST(test_resolve__tag__plain_annotated_and_of_a_tag),
	HR_TEST(test_resolve__tag_named_like_digits__is_the_tag),
	HR_TEST(test_resolve__tag_on_something_else__is_refused),
	HR_TEST(test_resolve__commit_that_was_never_published__is_not_found),
	HR_TEST(test_resolve__digits_that_begin_two_ids__are_ambiguous),
	HR_TEST(test_resolve__main_on_a_blob__is_refused),
	HR_TEST(test_log__room_of_0_2_and_9__gives_the_newest_first),
	HR_TEST(test_log__words_that_a_terminal_would_obey__are_made_harmless),
	HR_TEST(test_log__commit_over_a_mebibyte__is_refused),
};
HR_TEST_MAIN("history", tests)
