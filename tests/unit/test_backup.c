/* A backup: made, put back, and refused when anything about it is not as it was made. */
#include "service/backup.h"

#include "base/file.h"
#include "service/state.h"
#include "service/tokens.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const hr_instant now = { 1767225600 };
static const char *const names[] = { "MANIFEST.json", "MANIFEST.sha256", HR_TOKENS_FILE };
enum { NAMES = sizeof(names) / sizeof(names[0]) };

struct fixture {
	hr_arena *arena;
	const char *folder;
	const char *state;
	const char *backup;
	const char *again; /* where it is put back */
	size_t files;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	const hr_token_wish wish = { HR_STR("his"), 1, HR_SCOPE_VERIFY };
	char secret[HR_TOKEN_TEXT];
	hr_token token;

	f.folder = hr_test_folder(f.arena);
	f.state = hr_state_path(f.folder, "state", f.arena);
	f.backup = hr_state_path(f.folder, "backup", f.arena);
	f.again = hr_state_path(f.folder, "again", f.arena);
	HR_ASSERT_OK(hr_tokens_add(f.state, &wish, now, f.arena, secret, &token, &f.err), f.err);
	HR_ASSERT_OK(hr_backup_make(f.state, f.backup, now, f.arena, &f.files, &f.err), f.err);
	return f;
}

static hr_str read_file(struct fixture *f, const char *folder, const char *name)
{
	hr_str bytes = HR_STR_NONE;

	HR_ASSERT_OK(hr_file_read(hr_state_path(folder, name, f->arena), 1 << 20, f->arena, &bytes,
				  &f->err),
		     f->err);
	return bytes;
}

static void write_file(struct fixture *f, const char *name, hr_str bytes)
{
	HR_ASSERT_OK(hr_file_write(hr_state_path(f->backup, name, f->arena), bytes, &f->err),
		     f->err);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void check_refused(struct fixture *f)
{
	CU_ASSERT_FALSE(hr_backup_restore(f->backup, f->again, f->arena, &f->files, &f->err));
	CU_ASSERT_EQUAL(f->err.code, HR_E_SYNTAX);
	CU_ASSERT_FALSE(exists(f->again));
}

static void test_backup__put_back__is_the_same(void)
{
	struct fixture f = open_fixture();
	hr_str before = read_file(&f, f.state, HR_TOKENS_FILE);

	CU_ASSERT_EQUAL(f.files, 1);
	HR_ASSERT_OK(hr_backup_restore(f.backup, f.again, f.arena, &f.files, &f.err), f.err);
	CU_ASSERT_EQUAL(f.files, 1);
	CU_ASSERT(hr_str_equal(before, read_file(&f, f.again, HR_TOKENS_FILE)));
	CU_ASSERT_FALSE(exists(hr_state_path(f.again, "MANIFEST.json", f.arena)));
	hr_arena_close(f.arena);
}

static void test_backup__nothing_kept__is_refused(void)
{
	struct fixture f = open_fixture();
	const char *empty = hr_state_path(f.folder, "empty", f.arena);

	CU_ASSERT_EQUAL(mkdir(empty, 0700), 0);
	CU_ASSERT_FALSE(hr_backup_make(empty, f.again, now, f.arena, &f.files, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_FALSE(exists(f.again));
	CU_ASSERT_FALSE(hr_backup_make("no/such", f.again, now, f.arena, &f.files, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	hr_arena_close(f.arena);
}

static void test_backup__over_another__is_refused(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_FALSE(hr_backup_make(f.state, f.backup, now, f.arena, &f.files, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	hr_arena_close(f.arena);
}

static void test_restore__into_a_full_folder__is_refused(void)
{
	struct fixture f = open_fixture();
	hr_str before = read_file(&f, f.state, HR_TOKENS_FILE);

	CU_ASSERT_FALSE(hr_backup_restore(f.backup, f.state, f.arena, &f.files, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	CU_ASSERT(hr_str_equal(before, read_file(&f, f.state, HR_TOKENS_FILE)));
	hr_arena_close(f.arena);
}

static void test_restore__into_an_empty_folder__takes_its_place(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_EQUAL(mkdir(f.again, 0700), 0);
	HR_ASSERT_OK(hr_backup_restore(f.backup, f.again, f.arena, &f.files, &f.err), f.err);
	hr_arena_close(f.arena);
}

static void test_restore__any_byte_changed__is_refused(void)
{
	struct fixture f = open_fixture();

	for (size_t n = 0; n < NAMES; n++) {
		hr_str before = read_file(&f, f.backup, names[n]);
		char *bytes = hr_str_terminated(f.arena, before);

		for (size_t i = 0; i < before.len; i += 7) {
			bytes[i] ^= 1;
			write_file(&f, names[n], (hr_str){ bytes, before.len });
			check_refused(&f);
			bytes[i] ^= 1;
		}
		write_file(&f, names[n], before);
	}
	HR_ASSERT_OK(hr_backup_restore(f.backup, f.again, f.arena, &f.files, &f.err), f.err);
	hr_arena_close(f.arena);
}

static void test_restore__cut_short__is_refused(void)
{
	struct fixture f = open_fixture();

	for (size_t n = 0; n < NAMES; n++) {
		hr_str before = read_file(&f, f.backup, names[n]);

		for (size_t len = 0; len < before.len; len += before.len / 9) {
			write_file(&f, names[n], hr_str_slice(before, 0, len));
			check_refused(&f);
		}
		write_file(&f, names[n], before);
	}
	hr_arena_close(f.arena);
}

static void test_restore__a_file_missing__is_named(void)
{
	for (size_t n = 0; n < NAMES; n++) {
		struct fixture f = open_fixture();

		CU_ASSERT_EQUAL(unlink(hr_state_path(f.backup, names[n], f.arena)), 0);
		check_refused(&f);
		CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, names[n]));
		CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "is missing"));
		hr_arena_close(f.arena);
	}
}

static void test_restore__a_file_too_much__is_named(void)
{
	struct fixture f = open_fixture();

	write_file(&f, "notes.txt", HR_STR("x"));
	check_refused(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "'notes.txt' is not in its manifest"));
	hr_arena_close(f.arena);
}

static void test_restore__a_link__is_refused(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_EQUAL(symlink("/etc/passwd", hr_state_path(f.backup, "link", f.arena)), 0);
	check_refused(&f);
	hr_arena_close(f.arena);
}

/* A manifest that someone wrote, with its digest right. */
static void write_manifest(struct fixture *f, const char *text)
{
	char digest[HR_SHA256_TEXT];
	hr_digest sum;
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 4096);
	HR_ASSERT_OK(hr_sha256(hr_str_of(text), &sum, &f->err), f->err);
	hr_digest_format(&sum, digest);
	hr_buf_addf(&buf, "%s  MANIFEST.json\n", digest);
	write_file(f, "MANIFEST.json", hr_str_of(text));
	write_file(f, "MANIFEST.sha256", hr_buf_str(&buf));
}

static void test_restore__of_something_else__is_refused(void)
{
	struct fixture f = open_fixture();

	write_manifest(&f, "{\"format\":\"huren-backup-2\",\"files\":[]}");
	check_refused(&f);
	write_manifest(&f, "{\"format\":\"huren-backup-1\"}");
	check_refused(&f);
	write_manifest(&f, "[]");
	check_refused(&f);
	write_manifest(&f,
		       "{\"format\":\"huren-backup-1\",\"files\":[{\"name\":\"access.json\"}]}");
	check_refused(&f);
	write_manifest(&f, "{\"format\":\"huren-backup-1\",\"files\":[{\"name\":\"../passwd\"}]}");
	check_refused(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "is nothing that this version keeps"));
	hr_arena_close(f.arena);
}

static void test_restore__no_folder__is_told(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_FALSE(hr_backup_restore("no/such", f.again, f.arena, &f.files, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	hr_arena_close(f.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_backup__put_back__is_the_same),
	HR_TEST(test_backup__nothing_kept__is_refused),
	HR_TEST(test_backup__over_another__is_refused),
	HR_TEST(test_restore__into_a_full_folder__is_refused),
	HR_TEST(test_restore__into_an_empty_folder__takes_its_place),
	HR_TEST(test_restore__any_byte_changed__is_refused),
	HR_TEST(test_restore__cut_short__is_refused),
	HR_TEST(test_restore__a_file_missing__is_named),
	HR_TEST(test_restore__a_file_too_much__is_named),
	HR_TEST(test_restore__a_link__is_refused),
	HR_TEST(test_restore__of_something_else__is_refused),
	HR_TEST(test_restore__no_folder__is_told),
};
HR_TEST_MAIN("backup", tests)
