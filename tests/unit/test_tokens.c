/* The tokens of a state folder: made, listed, revoked, and read back from damaged files. */
#include "service/tokens.h"

#include "base/file.h"
#include "service/state.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const hr_instant now = { 1767225600 };

struct fixture {
	hr_arena *arena;
	const char *state;
	char secret[HR_TOKEN_TEXT];
	hr_token token;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.state = hr_state_path(hr_test_folder(f.arena), "state", f.arena);
	return f;
}

static bool add(struct fixture *f, const char *name, int64_t days, unsigned scopes)
{
	const hr_token_wish wish = { hr_str_of(name), days, scopes };

	return hr_tokens_add(f->state, &wish, now, f->arena, f->secret, &f->token, &f->err);
}

static hr_tokens read_back(struct fixture *f)
{
	hr_tokens tokens = { .count = 0 };

	HR_ASSERT_OK(hr_tokens_read(f->state, f->arena, &tokens, &f->err), f->err);
	return tokens;
}

static void test_tokens__no_folder__is_none(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_EQUAL(read_back(&f).count, 0);
	hr_arena_close(f.arena);
}

static void test_tokens__added__is_kept_as_its_digest_alone(void)
{
	struct fixture f = open_fixture();
	hr_digest digest;
	hr_tokens tokens;
	hr_str file = HR_STR_NONE;

	HR_ASSERT_OK(add(&f, "市一院 HIS", 365, HR_SCOPE_VERIFY), f.err);
	CU_ASSERT_EQUAL(strlen(f.secret), HR_TOKEN_TEXT - 1);
	CU_ASSERT_EQUAL(strspn(f.secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					 "0123456789-_"),
			HR_TOKEN_TEXT - 1);
	tokens = read_back(&f);
	CU_ASSERT_EQUAL_FATAL(tokens.count, 1);
	HR_ASSERT_TEXT(tokens.items[0].name, "市一院 HIS");
	CU_ASSERT(hr_token_digest(hr_str_of(f.secret), &digest, &f.err));
	CU_ASSERT(hr_digest_equal(&digest, &tokens.items[0].digest));
	HR_ASSERT_TEXT(hr_str_of(tokens.items[0].id), f.token.id);
	CU_ASSERT_EQUAL(tokens.items[0].expires_at.second, now.second + 365 * HR_DAY_S);
	HR_ASSERT_OK(hr_file_read(hr_state_path(f.state, HR_TOKENS_FILE, f.arena), 1 << 20, f.arena,
				  &file, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(hr_str_find(file, hr_str_of(f.secret + 4)), file.len);
	hr_arena_close(f.arena);
}

static void test_tokens__two__are_different(void)
{
	struct fixture f = open_fixture();
	char first[HR_TOKEN_TEXT];

	HR_ASSERT_OK(add(&f, "a", 1, HR_SCOPE_VERIFY), f.err);
	memcpy(first, f.secret, sizeof(first));
	HR_ASSERT_OK(add(&f, "b", 1, HR_SCOPE_METRICS), f.err);
	CU_ASSERT_STRING_NOT_EQUAL(first, f.secret);
	CU_ASSERT_EQUAL(read_back(&f).count, 2);
	hr_arena_close(f.arena);
}

static void test_tokens__folder__is_for_its_owner_alone(void)
{
	struct fixture f = open_fixture();
	struct stat st;

	HR_ASSERT_OK(add(&f, "a", 1, HR_SCOPE_VERIFY), f.err);
	CU_ASSERT_EQUAL(stat(f.state, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
	hr_arena_close(f.arena);
}

static void check_refused(const char *name, int64_t days, unsigned scopes, hr_error_code code)
{
	struct fixture f = open_fixture();

	CU_ASSERT_FALSE(add(&f, name, days, scopes));
	CU_ASSERT_EQUAL(f.err.code, code);
	CU_ASSERT_EQUAL(read_back(&f).count, 0);
	hr_arena_close(f.arena);
}

static void test_tokens__wish_out_of_bounds__is_refused(void)
{
	char name[HR_TOKEN_NAME_MAX + 2];

	check_refused("a", 0, HR_SCOPE_VERIFY, HR_E_USAGE);
	check_refused("a", HR_TOKEN_DAYS_MAX + 1, HR_SCOPE_VERIFY, HR_E_USAGE);
	check_refused("a", 1, HR_SCOPE_NONE, HR_E_USAGE);
	check_refused("", 1, HR_SCOPE_VERIFY, HR_E_USAGE);
	check_refused(" a", 1, HR_SCOPE_VERIFY, HR_E_USAGE);
	check_refused("a\n", 1, HR_SCOPE_VERIFY, HR_E_USAGE);
	check_refused("\x1b[31m", 1, HR_SCOPE_VERIFY, HR_E_USAGE);
	check_refused("\xff", 1, HR_SCOPE_VERIFY, HR_E_USAGE);
	memset(name, 'a', sizeof(name));
	name[HR_TOKEN_NAME_MAX + 1] = '\0';
	check_refused(name, 1, HR_SCOPE_VERIFY, HR_E_USAGE);
}

static void test_tokens__longest_name_and_term__are_taken(void)
{
	struct fixture f = open_fixture();
	char name[HR_TOKEN_NAME_MAX + 1];

	memset(name, 'a', sizeof(name));
	name[HR_TOKEN_NAME_MAX] = '\0';
	HR_ASSERT_OK(add(&f, name, HR_TOKEN_DAYS_MAX, HR_SCOPE_VERIFY | HR_SCOPE_METRICS), f.err);
	CU_ASSERT_EQUAL(read_back(&f).items[0].scopes, HR_SCOPE_VERIFY | HR_SCOPE_METRICS);
	hr_arena_close(f.arena);
}

static void test_tokens__name_in_use__is_refused_until_it_is_revoked(void)
{
	struct fixture f = open_fixture();
	hr_token token;

	HR_ASSERT_OK(add(&f, "his", 1, HR_SCOPE_VERIFY), f.err);
	CU_ASSERT_FALSE(add(&f, "his", 1, HR_SCOPE_VERIFY));
	CU_ASSERT_EQUAL(f.err.code, HR_E_EXISTS);
	HR_ASSERT_OK(hr_tokens_revoke(f.state, HR_STR("his"), now, f.arena, &token, &f.err), f.err);
	HR_ASSERT_OK(add(&f, "his", 1, HR_SCOPE_VERIFY), f.err);
	CU_ASSERT_EQUAL(read_back(&f).count, 2);
	hr_arena_close(f.arena);
}

static void test_tokens__revoked__by_name_or_id_once(void)
{
	struct fixture f = open_fixture();
	hr_instant later = { now.second + 60 };
	hr_token token;
	hr_tokens tokens;

	HR_ASSERT_OK(add(&f, "his", 1, HR_SCOPE_VERIFY), f.err);
	CU_ASSERT_FALSE(hr_tokens_revoke(f.state, HR_STR("lis"), now, f.arena, &token, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	HR_ASSERT_OK(hr_tokens_revoke(f.state, hr_str_of(f.token.id), now, f.arena, &token, &f.err),
		     f.err);
	/* Once more, by id: the day of the first time stays. */
	HR_ASSERT_OK(
		hr_tokens_revoke(f.state, hr_str_of(f.token.id), later, f.arena, &token, &f.err),
		f.err);
	tokens = read_back(&f);
	CU_ASSERT_EQUAL(tokens.items[0].revoked_at.second, now.second);
	CU_ASSERT_FALSE(hr_token_is_valid(&tokens.items[0], now));
	CU_ASSERT_FALSE(hr_tokens_revoke(f.state, HR_STR("his"), now, f.arena, &token, &f.err));
	hr_arena_close(f.arena);
}

static void test_tokens__validity__ends_with_its_second(void)
{
	hr_token token = { .expires_at = { 100 } };

	CU_ASSERT(hr_token_is_valid(&token, (hr_instant){ 99 }));
	CU_ASSERT_FALSE(hr_token_is_valid(&token, (hr_instant){ 100 }));
	token.revoked_at.second = 1;
	CU_ASSERT_FALSE(hr_token_is_valid(&token, (hr_instant){ 99 }));
}

static void write_full_list(struct fixture *f, bool valid)
{
	hr_tokens tokens = { .items = HR_NEW_N(f->arena, hr_token, HR_TOKENS_MAX) };
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 22);
	for (; tokens.count < HR_TOKENS_MAX; tokens.count++) {
		hr_token *token = &tokens.items[tokens.count];
		char *name = hr_arena_alloc_text(f->arena, 16);

		snprintf(name, 16, "t%zu", tokens.count);
		*token = (hr_token){ .name = hr_str_of(name), .scopes = HR_SCOPE_VERIFY };
		token->digest.bytes[0] = (unsigned char)(tokens.count >> 8);
		token->digest.bytes[1] = (unsigned char)tokens.count;
		token->expires_at.second = valid || tokens.count != 500 ? now.second + 9 : 1;
	}
	hr_tokens_format(&tokens, &buf);
	HR_ASSERT_OK(hr_state_make(f->state, &f->err), f->err);
	HR_ASSERT_OK(hr_file_write(hr_state_path(f->state, HR_TOKENS_FILE, f->arena),
				   hr_buf_str(&buf), &f->err),
		     f->err);
}

static void test_tokens__full_list__forgets_what_is_of_no_use(void)
{
	struct fixture f = open_fixture();
	hr_tokens tokens;

	write_full_list(&f, false);
	HR_ASSERT_OK(add(&f, "new", 1, HR_SCOPE_VERIFY), f.err);
	tokens = read_back(&f);
	CU_ASSERT_EQUAL(tokens.count, HR_TOKENS_MAX);
	HR_ASSERT_TEXT(tokens.items[500].name, "t501");
	HR_ASSERT_TEXT(tokens.items[HR_TOKENS_MAX - 1].name, "new");
	hr_arena_close(f.arena);
}

static void test_tokens__full_of_valid_ones__is_refused(void)
{
	struct fixture f = open_fixture();

	write_full_list(&f, true);
	CU_ASSERT_FALSE(add(&f, "new", 1, HR_SCOPE_VERIFY));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	hr_arena_close(f.arena);
}

static void check_damaged(const char *json)
{
	struct fixture f = open_fixture();
	hr_tokens tokens = { .count = 77 };

	CU_ASSERT_FALSE(hr_tokens_parse(hr_str_of(json), f.arena, &tokens, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	CU_ASSERT_EQUAL(tokens.count, 77);
	hr_arena_close(f.arena);
}

#define TOKEN_OF(name, digest, rest)                                                               \
	"{\"format\":\"huren-access-1\",\"tokens\":[{\"name\":\"" name "\",\"sha256\":\"" digest   \
	"\"," rest "}]}"
#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define DATES  "\"made\":\"2026-01-01T00:00:00Z\",\"expires\":\"2027-01-01T00:00:00Z\""

static void test_tokens__damaged_file__is_refused(void)
{
	struct fixture f = open_fixture();
	hr_tokens tokens;

	HR_ASSERT_OK(
		hr_tokens_parse(HR_STR(TOKEN_OF("a", DIGEST, "\"scopes\":[\"verify\"]," DATES)),
				f.arena, &tokens, &f.err),
		f.err);
	HR_ASSERT_TEXT(hr_str_of(tokens.items[0].id), "001122334455");
	hr_arena_close(f.arena);
	check_damaged("");
	check_damaged("[]");
	check_damaged("{\"format\":\"huren-access-1\"}");
	check_damaged("{\"format\":\"huren-access-2\",\"tokens\":[]}");
	check_damaged("{\"format\":\"huren-access-1\",\"tokens\":[1]}");
	check_damaged(TOKEN_OF("", DIGEST, "\"scopes\":[\"verify\"]," DATES));
	check_damaged(TOKEN_OF("a", "00", "\"scopes\":[\"verify\"]," DATES));
	check_damaged(TOKEN_OF("a", DIGEST, "\"scopes\":[\"root\"]," DATES));
	check_damaged(TOKEN_OF("a", DIGEST, "\"scopes\":[\"verify\"],\"made\":\"2026\""));
	check_damaged(TOKEN_OF("a", DIGEST, "\"scopes\":[\"verify\"],\"revoked\":\"\"," DATES));
	check_damaged(TOKEN_OF("a", DIGEST, DATES));
}

static void test_digest__of_something_else__is_none(void)
{
	hr_digest digest;
	hr_error err;

	CU_ASSERT_FALSE(hr_token_digest(HR_STR_NONE, &digest, &err));
	CU_ASSERT_FALSE(hr_token_digest(HR_STR("hrn_"), &digest, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_NO_TOKEN);
	CU_ASSERT(hr_token_digest(HR_STR("hrn_0123456789012345678901234567890123456789012"),
				  &digest, &err));
	CU_ASSERT_FALSE(hr_token_digest(HR_STR("hrm_0123456789012345678901234567890123456789012"),
					&digest, &err));
	CU_ASSERT_FALSE(hr_token_digest(HR_STR("hrn_01234567890123456789012345678901234567890123"),
					&digest, &err));
}

/* --- the folder --- */

static void test_space__no_disk_has_that_much__is_refused(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_FALSE(hr_state_check_space(f.state, INT64_MAX, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NO_SPACE);
	CU_ASSERT(hr_state_check_space(f.state, 0, &f.err));
	CU_ASSERT(hr_state_check_space("no/such/folder", 0, &f.err));
	CU_ASSERT_FALSE(hr_state_check_space("no/such/folder", INT64_MAX, &f.err));
	hr_arena_close(f.arena);
}

static void test_space__not_told__is_no_refusal(void)
{
	hr_error err;

	CU_ASSERT(hr_state_check_space("/dev/null/x", INT64_MAX, &err));
}

static const hr_test tests[] = {
	HR_TEST(test_tokens__no_folder__is_none),
	HR_TEST(test_tokens__added__is_kept_as_its_digest_alone),
	HR_TEST(test_tokens__two__are_different),
	HR_TEST(test_tokens__folder__is_for_its_owner_alone),
	HR_TEST(test_tokens__wish_out_of_bounds__is_refused),
	HR_TEST(test_tokens__longest_name_and_term__are_taken),
	HR_TEST(test_tokens__name_in_use__is_refused_until_it_is_revoked),
	HR_TEST(test_tokens__revoked__by_name_or_id_once),
	HR_TEST(test_tokens__validity__ends_with_its_second),
	HR_TEST(test_tokens__full_list__forgets_what_is_of_no_use),
	HR_TEST(test_tokens__full_of_valid_ones__is_refused),
	HR_TEST(test_tokens__damaged_file__is_refused),
	HR_TEST(test_digest__of_something_else__is_none),
	HR_TEST(test_space__no_disk_has_that_much__is_refused),
	HR_TEST(test_space__not_told__is_no_refusal),
};
HR_TEST_MAIN("tokens", tests)
