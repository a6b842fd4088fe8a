#include "registry/git.h"

#include "repo.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static git_oid put(hr_test_repo *repo, git_object_t type, hr_str bytes)
{
	hr_error err;
	git_oid id;

	if (!hr_git_write(repo->registry, type, bytes, &id, &err))
		abort();
	return id;
}

static git_oid put_blob(hr_test_repo *repo, const char *text)
{
	return put(repo, GIT_OBJECT_BLOB, hr_str_of(text));
}

/* A tree's bytes, entry by entry, right or wrong. */
static void add(hr_buf *tree, const char *mode, hr_str name, const git_oid *id)
{
	hr_buf_addf(tree, "%s ", mode);
	hr_buf_add(tree, name);
	hr_buf_add_char(tree, '\0');
	hr_buf_add(tree, (hr_str){ (const char *)id->id, GIT_OID_RAWSZ });
}

static hr_buf new_tree(hr_test_repo *repo)
{
	hr_buf tree;

	hr_buf_init(&tree, repo->arena, SIZE_MAX);
	return tree;
}

static git_oid put_tree(hr_test_repo *repo, const hr_buf *tree)
{
	return put(repo, GIT_OBJECT_TREE, hr_buf_str(tree));
}

/* A folder of one entry. */
static git_oid put_folder(hr_test_repo *repo, const char *mode, const char *name, const git_oid *id)
{
	hr_buf tree = new_tree(repo);

	add(&tree, mode, hr_str_of(name), id);
	return put_tree(repo, &tree);
}

static git_oid put_commit(hr_test_repo *repo, const git_oid *tree, const char *message)
{
	char hex[HR_COMMIT_TEXT];
	char text[400];

	snprintf(text, sizeof(text), "tree %s\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\n%s",
		 git_oid_tostr(hex, sizeof(hex), tree), message);
	return put(repo, GIT_OBJECT_COMMIT, hr_str_of(text));
}

static bool read_commit(hr_test_repo *repo, const git_oid *commit, hr_fileset *out)
{
	git_oid_tostr(repo->version.id, sizeof(repo->version.id), commit);
	return hr_registry_read(repo->registry, &repo->version, repo->arena, out, &repo->err);
}

/* A version with that tree, without a seal. */
static bool read_tree(hr_test_repo *repo, const git_oid *tree, hr_fileset *out)
{
	git_oid commit = put_commit(repo, tree, "by hand\n");

	return read_commit(repo, &commit, out);
}

/* Where a loose object lies. */
static const char *path_of(hr_test_repo *repo, const git_oid *id)
{
	char hex[HR_COMMIT_TEXT];
	char path[400];

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, sizeof(path), "%s/objects/%.2s/%s", repo->path, hex, hex + 2);
	return hr_str_terminated(repo->arena, hr_str_of(path));
}

static void replace_file(const char *path, const void *bytes, size_t len)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
		abort();
}

static void test_read__plain_tree_of_another_tool__is_read(void)
{
	hr_fileset files;
	hr_test_repo f;
	hr_buf top;
	git_oid blob;
	git_oid folder;

	hr_test_repo_open(&f);
	blob = put_blob(&f, "<x/>");
	folder = put_folder(&f, "100644", "b.xml", &blob);
	top = new_tree(&f);
	add(&top, "100644", HR_STR("a-1.xml"), &blob);
	add(&top, "40000", HR_STR("a"), &folder);
	add(&top, "100644", HR_STR("a0.xml"), &blob);
	folder = put_tree(&f, &top);
	HR_ASSERT_OK(read_tree(&f, &folder, &files), f.err);
	CU_ASSERT_EQUAL_FATAL(files.count, 3);
	HR_ASSERT_TEXT(files.files[0].name, "a-1.xml");
	HR_ASSERT_TEXT(files.files[1].name, "a/b.xml");
	HR_ASSERT_TEXT(files.files[2].name, "a0.xml");
	HR_ASSERT_TEXT(files.files[1].bytes, "<x/>");
	hr_test_repo_close(&f);
}

static void test_read__entry_that_a_catalogue_does_not_hold__is_refused_by_name(void)
{
	static const struct {
		const char *mode;
		hr_str name;
		const char *words;
	} rows[] = {
		{ "100755", HR_STR_INIT("a.xml"), "'sub/a.xml' in the version is an executable" },
		{ "120000", HR_STR_INIT("a.xml"), "'sub/a.xml' in the version is a symbolic link" },
		{ "160000", HR_STR_INIT("a"), "'sub/a' in the version is a submodule" },
		{ "100664", HR_STR_INIT("a.xml"), "is neither a plain file nor a folder" },
		{ "0100644", HR_STR_INIT("a.xml"), "is neither a plain file nor a folder" },
		{ "040000", HR_STR_INIT("a"), "is neither a plain file nor a folder" },
		{ "", HR_STR_INIT("a.xml"), "is neither a plain file nor a folder" },
		{ "100644", HR_STR_INIT(""), "is not a safe name" },
		{ "100644", HR_STR_INIT(".git"), "'sub/.git' in the version is not a safe name" },
		{ "40000", HR_STR_INIT(".."), "'sub/..' in the version is not a safe name" },
		{ "40000", HR_STR_INIT("."), "is not a safe name" },
		{ "40000", HR_STR_INIT(".GIT"), "is not a safe name" },
		{ "100644", HR_STR_INIT("a/b.xml"), "is not a safe name" },
		{ "100644", HR_STR_INIT("a b.xml"), "'sub/a?b.xml' in the version" },
		{ "100644", HR_STR_INIT("\x1b[2J.xml"), "'sub/?[2J.xml' in the version" },
		{ "100644", HR_STR_INIT("\xe9\xa1\xb9.xml"), "is not a safe name" },
		{ "100644", HR_STR_INIT("README.md"), "is not an .xml file" },
		{ "100644", HR_STR_INIT("a.XML"), "is not an .xml file" },
		{ "40000", HR_STR_INIT("a.xml"), "is a folder named like a file" },
	};
	hr_test_repo f;
	git_oid blob;

	hr_test_repo_open(&f);
	blob = put_blob(&f, "<x/>");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_buf tree = new_tree(&f);
		hr_fileset files;
		git_oid id;

		add(&tree, rows[i].mode, rows[i].name, &blob);
		id = put_tree(&f, &tree);
		id = put_folder(&f, "40000", "sub", &id);
		HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY, rows[i].words);
	}
	hr_test_repo_close(&f);
}

static void test_read__names_twice_or_out_of_order__are_refused(void)
{
	static const char *const pairs[][2] = { { "a.xml", "a.xml" },
						{ "b.xml", "a.xml" },
						{ "a.xml", "a-.xml" } };
	hr_test_repo f;
	git_oid blob;

	hr_test_repo_open(&f);
	blob = put_blob(&f, "<x/>");
	for (size_t i = 0; i < 3; i++) {
		hr_buf tree = new_tree(&f);
		hr_fileset files;
		git_oid id;

		add(&tree, "100644", hr_str_of(pairs[i][0]), &blob);
		add(&tree, "100644", hr_str_of(pairs[i][1]), &blob);
		id = put_tree(&f, &tree);
		HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY,
				"is out of order or stands twice");
	}
	hr_test_repo_close(&f);
}

static void test_read__entry_of_the_wrong_type__is_refused(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid blob;
	git_oid tree;
	git_oid id;

	hr_test_repo_open(&f);
	blob = put_blob(&f, "<x/>");
	id = put_folder(&f, "40000", "a", &blob);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY, "not of the type");
	tree = put_folder(&f, "100644", "a.xml", &blob);
	id = put_folder(&f, "100644", "a.xml", &tree);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY, "not of the type");
	HR_ASSERT_FAILS(read_tree(&f, &blob, &files), f, HR_E_REGISTRY, "not of the type");
	HR_ASSERT_FAILS(read_commit(&f, &tree, &files), f, HR_E_REGISTRY, "not of the type");
	hr_test_repo_close(&f);
}

static void test_read__three_folders_deep__is_the_deepest(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid id;

	hr_test_repo_open(&f);
	id = put_blob(&f, "<x/>");
	id = put_folder(&f, "100644", "x.xml", &id);
	for (int depth = 1; depth <= 3; depth++)
		id = put_folder(&f, "40000", "d", &id);
	HR_ASSERT_OK(read_tree(&f, &id, &files), f.err);
	HR_ASSERT_TEXT(files.files[0].name, "d/d/d/x.xml");
	id = put_folder(&f, "40000", "d", &id);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY,
			"'d/d/d/d' in the version lies deeper");
	hr_test_repo_close(&f);
}

/* `count` entries that are all the same object. */
static git_oid put_wide(hr_test_repo *repo, const char *mode, const char *suffix, size_t count,
			const git_oid *id)
{
	hr_buf tree = new_tree(repo);

	for (size_t i = 0; i < count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%05zu%s", i, suffix);
		add(&tree, mode, hr_str_of(name), id);
	}
	return put_tree(repo, &tree);
}

static void test_read__4096_files__are_the_most(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid blob;
	git_oid id;

	hr_test_repo_open(&f);
	blob = put_blob(&f, "<x/>");
	id = put_wide(&f, "100644", ".xml", 4096, &blob);
	HR_ASSERT_OK(read_tree(&f, &id, &files), f.err);
	CU_ASSERT_EQUAL(files.count, 4096);
	id = put_wide(&f, "100644", ".xml", 4097, &blob);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY,
			"'04096.xml' in the version is one file more");
	hr_test_repo_close(&f);
}

/* Ten names for one folder, which has ten names for one folder ...: 10^10 files in 11 objects. */
static void test_read__tree_bomb__is_refused_at_once(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid id;

	hr_test_repo_open(&f);
	id = put_blob(&f, "<x/>");
	id = put_wide(&f, "100644", ".xml", 10, &id);
	for (int depth = 1; depth < 10; depth++)
		id = put_wide(&f, "40000", "", 10, &id);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY, "lies deeper");
	hr_test_repo_close(&f);
}

/* The same made wide and empty: 40 x 40 x 40 folders without a file. */
static void test_read__folders_without_end__are_refused(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid id;

	hr_test_repo_open(&f);
	id = put(&f, GIT_OBJECT_TREE, HR_STR(""));
	for (int depth = 1; depth <= 3; depth++)
		id = put_wide(&f, "40000", "", 40, &id);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY, "one folder more");
	hr_test_repo_close(&f);
}

static void test_read__tree_cut_short__is_refused(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid blob;
	hr_buf tree;

	hr_test_repo_open(&f);
	blob = put_blob(&f, "<x/>");
	tree = new_tree(&f);
	add(&tree, "100644", HR_STR("a.xml"), &blob);
	for (size_t len = 1; len < tree.len; len++) {
		git_oid id = put(&f, GIT_OBJECT_TREE, (hr_str){ tree.data, len });

		HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY, "damaged folder");
	}
	hr_test_repo_close(&f);
}

static void test_read__file_over_8_mib__is_refused_unread(void)
{
	size_t most = hr_fileset_catalogue_limits.file_bytes;
	hr_fileset files;
	hr_test_repo f;
	git_oid id;
	char *bytes;

	hr_test_repo_open(&f);
	bytes = hr_arena_alloc(f.arena, most + 1);
	id = put(&f, GIT_OBJECT_BLOB, (hr_str){ bytes, most });
	id = put_folder(&f, "100644", "a.xml", &id);
	HR_ASSERT_OK(read_tree(&f, &id, &files), f.err);
	CU_ASSERT_EQUAL(files.files[0].bytes.len, most);
	id = put(&f, GIT_OBJECT_BLOB, (hr_str){ bytes, most + 1 });
	id = put_folder(&f, "100644", "a.xml", &id);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY,
			"'a.xml' in the version is larger");
	hr_test_repo_close(&f);
}

static void test_read__many_names_for_one_large_file__are_refused_at_512_mib(void)
{
	size_t most = hr_fileset_catalogue_limits.file_bytes;
	hr_fileset files;
	hr_test_repo f;
	git_oid id;

	if (!getenv("HUREN_LONG")) {
		fprintf(stderr, "skipped: takes 512 MiB (set HUREN_LONG)\n");
		return;
	}
	hr_test_repo_open(&f);
	id = put(&f, GIT_OBJECT_BLOB, (hr_str){ hr_arena_alloc(f.arena, most), most });
	id = put_wide(&f, "100644", ".xml", 65, &id);
	HR_ASSERT_FAILS(read_tree(&f, &id, &files), f, HR_E_REGISTRY,
			"'00064.xml' in the version makes the catalogue larger");
	hr_test_repo_close(&f);
}

/* What zlib makes of "blob 4", a zero byte, and "<y/>". */
static const char other_blob[] = "x\x9cK\xca\xc9OR0a\xb0\xa9\xd4\xb7\x03\x00\x14\x7f\x03\x16";

/* A version of one file, a.xml: "<x/>". */
static git_oid put_small_version(hr_test_repo *repo, git_oid *blob)
{
	git_oid folder;

	*blob = put_blob(repo, "<x/>");
	folder = put_folder(repo, "100644", "a.xml", blob);
	return put_commit(repo, &folder, "by hand\n");
}

static void test_read__object_of_other_content__is_refused(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid commit;
	git_oid blob;

	hr_test_repo_open(&f);
	commit = put_small_version(&f, &blob);
	HR_ASSERT_OK(read_commit(&f, &commit, &files), f.err);
	replace_file(path_of(&f, &blob), other_blob, sizeof(other_blob) - 1);
	HR_ASSERT_FAILS(read_commit(&f, &commit, &files), f, HR_E_REGISTRY,
			"does not have the content that its id promises");
	unlink(path_of(&f, &blob));
	HR_ASSERT_FAILS(read_commit(&f, &commit, &files), f, HR_E_REGISTRY, "is missing");
	hr_test_repo_close(&f);
}

/* libgit2 1.5 would never come back from some of these. */
static void test_read__object_cut_or_one_bit_off_or_with_more_behind__is_refused(void)
{
	char bytes[sizeof(other_blob)];
	size_t len = sizeof(bytes) - 1;
	hr_fileset files;
	hr_test_repo f;
	git_oid commit;
	git_oid blob;

	hr_test_repo_open(&f);
	commit = put_small_version(&f, &blob);
	for (size_t cut = 0; cut < len; cut++) {
		replace_file(path_of(&f, &blob), other_blob, cut);
		CU_ASSERT_FALSE(read_commit(&f, &commit, &files));
	}
	for (size_t bit = 0; bit < len * 8; bit++) {
		memcpy(bytes, other_blob, len);
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
		replace_file(path_of(&f, &blob), bytes, len);
		CU_ASSERT_FALSE(read_commit(&f, &commit, &files));
		CU_ASSERT_EQUAL(f.err.code, HR_E_REGISTRY);
	}
	replace_file(path_of(&f, &blob), other_blob, sizeof(other_blob));
	HR_ASSERT_FAILS(read_commit(&f, &commit, &files), f, HR_E_REGISTRY, "is damaged");
	hr_test_repo_close(&f);
}

static void test_read__header_that_claims_a_gibibyte__is_refused_at_once(void)
{
	static const char header[] = "x\x9cK\xca\xc9OR0407671\xb4"
				     "02a\x00\x00&\x1e\x03\xc5";
	hr_fileset files;
	hr_test_repo f;
	git_oid commit;
	git_oid blob;

	hr_test_repo_open(&f);
	commit = put_small_version(&f, &blob);
	replace_file(path_of(&f, &blob), header, sizeof(header) - 1);
	HR_ASSERT_FAILS(read_commit(&f, &commit, &files), f, HR_E_REGISTRY,
			"'a.xml' in the version is larger");
	hr_test_repo_close(&f);
}

static void test_read__commit_that_is_none__is_refused(void)
{
	static const char *const texts[] = {
		"",
		"tree\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee490\n\n",
		"author a <b> 1 +0000\n\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent 12\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\n"
		"committer a <b> x +0000\n\nm\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\n"
		"committer a 1 +0000\n\nm\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\n"
		"committer a <b> 1234567890123 +0000\n\nm\n",
	};
	hr_fileset files;
	hr_test_repo f;

	hr_test_repo_open(&f);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		git_oid id = put(&f, GIT_OBJECT_COMMIT, hr_str_of(texts[i]));

		HR_ASSERT_FAILS(read_commit(&f, &id, &files), f, HR_E_REGISTRY, "not a commit");
	}
	snprintf(f.version.id, sizeof(f.version.id), "no id");
	HR_ASSERT_FAILS(hr_registry_read(f.registry, &f.version, f.arena, &files, &f.err), f,
			HR_E_USAGE, "is not the id of a version");
	hr_test_repo_close(&f);
}

/* The cap of the arena in steps: each of its allocations is the one that fails. */
static void test_read__short_of_memory_anywhere__says_so(void)
{
	hr_error err = { 0 };
	hr_version versions[2];
	hr_version version;
	hr_fileset files;
	hr_test_repo f;
	size_t count;
	bool ok = false;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	for (size_t cap = 0; !ok && cap < (size_t)1 << 24; cap += 64) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);

		ok = hr_registry_resolve(f.registry, hr_str_of(f.version.id), arena, &version,
					 &err) &&
		     hr_registry_log(f.registry, arena, versions, 2, &count, &err) &&
		     hr_registry_read(f.registry, &version, arena, &files, &err);
		if (!ok && err.code != HR_E_MEMORY)
			break;
	}
	HR_ASSERT_OK(ok, err);
	CU_ASSERT_EQUAL(files.count, 3);
	hr_test_repo_close(&f);
}

/* --- the seal --- */

static git_oid commit_of(const hr_test_repo *repo)
{
	git_oid id;

	git_oid_fromstr(&id, repo->version.id);
	return id;
}

static void test_seal__of_two_files__is_what_sha256sum_prints(void)
{
	const hr_file files[] = { { HR_STR_INIT("a/b.xml"), HR_STR_INIT("<a/>\n") },
				  { HR_STR_INIT("c.xml"), HR_STR_INIT("") } };
	const hr_fileset set = { files, 2 };
	char seal[HR_SHA256_TEXT];
	hr_test_repo f;

	hr_test_repo_make_root(&f);
	HR_ASSERT_OK(hr_seal_compute(&set, f.arena, seal, &f.err), f.err);
	CU_ASSERT_STRING_EQUAL(seal,
			       "d3d2a2565200b51d7108ae2c0b85ce426a252450fac1a1b3763f2ac6fb53193a");
	hr_test_repo_close(&f);
}

static void test_seal__found_only_as_the_last_line(void)
{
	hr_str body;
	hr_str seal;

	CU_ASSERT_TRUE(hr_seal_find(HR_STR("m\n\nCatalogue-SHA256: 12\n"), &body, &seal));
	HR_ASSERT_TEXT(body, "m");
	HR_ASSERT_TEXT(seal, "12");
	CU_ASSERT_TRUE(hr_seal_find(HR_STR("Catalogue-SHA256:"), &body, &seal));
	HR_ASSERT_TEXT(body, "");
	HR_ASSERT_TEXT(seal, "");
	CU_ASSERT_FALSE(hr_seal_find(HR_STR("Catalogue-SHA256: 12\n\nm\n"), &body, &seal));
	HR_ASSERT_TEXT(body, "Catalogue-SHA256: 12\n\nm");
	CU_ASSERT_FALSE(hr_seal_find(HR_STR(""), &body, &seal));
}

static void test_seal__files_that_do_not_have_it__are_refused(void)
{
	char message[100];
	hr_fileset files;
	hr_commit commit;
	hr_test_repo f;
	hr_str body;
	hr_str seal;
	git_oid id;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	id = commit_of(&f);
	HR_ASSERT_OK(hr_commit_read(f.registry, &id, f.arena, &commit, &f.err), f.err);
	CU_ASSERT_TRUE(hr_seal_find(commit.message, &body, &seal));
	snprintf(message, sizeof(message), "m\n\nCatalogue-SHA256: %.*s\n", HR_STR_ARG(seal));
	id = put_commit(&f, &commit.tree, message);
	HR_ASSERT_OK(read_commit(&f, &id, &files), f.err);
	message[40] = message[40] == '0' ? '1' : '0';
	id = put_commit(&f, &commit.tree, message);
	HR_ASSERT_FAILS(read_commit(&f, &id, &files), f, HR_E_REGISTRY, "of its seal");
	id = put_commit(&f, &commit.tree, "m\n\nCatalogue-SHA256: \n");
	HR_ASSERT_FAILS(read_commit(&f, &id, &files), f, HR_E_REGISTRY, "of its seal");
	hr_test_repo_close(&f);
}

/* Under a seal a file's SHA-1 is not computed: its SHA-256 must catch this. */
static void test_seal__file_replaced_on_disk__is_caught(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid blob;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	HR_ASSERT_OK(hr_registry_read(f.registry, &f.version, f.arena, &files, &f.err), f.err);
	git_odb_hash(&blob, files.files[2].bytes.data, files.files[2].bytes.len, GIT_OBJECT_BLOB);
	replace_file(path_of(&f, &blob), other_blob, sizeof(other_blob) - 1);
	HR_ASSERT_FAILS(hr_registry_read(f.registry, &f.version, f.arena, &files, &f.err), f,
			HR_E_REGISTRY, "of its seal");
	hr_test_repo_close(&f);
}

/* A damaged file that a new version needs again is found before the version counts. */
static void test_publish__on_a_damaged_object__is_refused(void)
{
	hr_fileset files;
	hr_test_repo f;
	git_oid blob;

	hr_test_repo_open(&f);
	HR_ASSERT_OK(hr_test_publish(&f, 1), f.err);
	HR_ASSERT_OK(hr_registry_read(f.registry, &f.version, f.arena, &files, &f.err), f.err);
	git_odb_hash(&blob, files.files[2].bytes.data, files.files[2].bytes.len, GIT_OBJECT_BLOB);
	replace_file(path_of(&f, &blob), other_blob, 10);
	HR_ASSERT_FAILS(hr_test_publish(&f, 2), f, HR_E_REGISTRY, "is damaged");
	CU_ASSERT_EQUAL(hr_test_count_versions(&f), 1);
	hr_test_repo_close(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_read__plain_tree_of_another_tool__is_read),
	HR_TEST(test_read__entry_that_a_catalogue_does_not_hold__is_refused_by_name),
	HR_TEST(test_read__names_twice_or_out_of_order__are_refused),
	HR_TEST(test_read__entry_of_the_wrong_type__is_refused),
	HR_TEST(test_read__three_folders_deep__is_the_deepest),
	HR_TEST(test_read__4096_files__are_the_most),
	HR_TEST(test_read__tree_bomb__is_refused_at_once),
	HR_TEST(test_read__folders_without_end__are_refused),
	HR_TEST(test_read__tree_cut_short__is_refused),
	HR_TEST(test_read__file_over_8_mib__is_refused_unread),
	HR_TEST(test_read__many_names_for_one_large_file__are_refused_at_512_mib),
	HR_TEST(test_read__object_of_other_content__is_refused),
	HR_TEST(test_read__object_cut_or_one_bit_off_or_with_more_behind__is_refused),
	HR_TEST(test_read__header_that_claims_a_gibibyte__is_refused_at_once),
	HR_TEST(test_read__commit_that_is_none__is_refused),
	HR_TEST(test_read__short_of_memory_anywhere__says_so),
	HR_TEST(test_seal__of_two_files__is_what_sha256sum_prints),
	HR_TEST(test_seal__found_only_as_the_last_line),
	HR_TEST(test_seal__files_that_do_not_have_it__are_refused),
	HR_TEST(test_seal__file_replaced_on_disk__is_caught),
	HR_TEST(test_publish__on_a_damaged_object__is_refused),
};
HR_TEST_MAIN("tree_read", tests)
