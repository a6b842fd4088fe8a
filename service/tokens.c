#include "service/tokens.h"

#include "base/file.h"
#include "base/json.h"
#include "base/utf8.h"
#include "service/secret.h"
#include "service/state.h"

#include <errno.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 1 << 20 };

static const hr_str token_mark = HR_STR_INIT("hrn_");
static const hr_str format_word = HR_STR_INIT("huren-access-1");

static const struct {
	hr_str word;
	hr_token_scope scope;
} scopes[] = {
	{ HR_STR_INIT("verify"), HR_SCOPE_VERIFY },
	{ HR_STR_INIT("metrics"), HR_SCOPE_METRICS },
	{ HR_STR_INIT("film-read"), HR_SCOPE_FILM_READ },
	{ HR_STR_INIT("film-write"), HR_SCOPE_FILM_WRITE },
	{ HR_STR_INIT("share"), HR_SCOPE_SHARE },
	{ HR_STR_INIT("patient-session"), HR_SCOPE_PATIENT_SESSION },
	{ HR_STR_INIT("settle"), HR_SCOPE_SETTLE },
	{ HR_STR_INIT("settle-book"), HR_SCOPE_SETTLE_BOOK },
};
enum { SCOPES = sizeof(scopes) / sizeof(scopes[0]) };

hr_token_scope hr_scope_find(hr_str word)
{
	for (size_t i = 0; i < SCOPES; i++)
		if (hr_str_equal(scopes[i].word, word))
			return scopes[i].scope;
	return HR_SCOPE_NONE;
}

void hr_scopes_format(unsigned set, hr_buf *out)
{
	bool first = true;

	for (size_t i = 0; i < SCOPES; i++) {
		if (!(set & scopes[i].scope))
			continue;
		if (!first)
			HR_BUF_ADD(out, " ");
		hr_buf_add(out, scopes[i].word);
		first = false;
	}
}

bool hr_token_is_valid(const hr_token *token, hr_instant now)
{
	return token->revoked_at.second == 0 && now.second < token->expires_at.second;
}

bool hr_token_digest(hr_str token, hr_digest *out, hr_error *err)
{
	if (token.len != HR_TOKEN_TEXT - 1 || !hr_str_starts_with(token, token_mark))
		return hr_fail(err, HR_E_NO_TOKEN, "the token is not valid");
	return hr_sha256(token, out, err);
}

static void set_id(hr_token *token)
{
	char digest[HR_SHA256_TEXT];

	hr_digest_format(&token->digest, digest);
	memcpy(token->id, digest, HR_TOKEN_ID_TEXT - 1);
	token->id[HR_TOKEN_ID_TEXT - 1] = '\0';
}

/* What may be shown on a terminal. */
static bool is_name(hr_str name)
{
	bool ok = name.len >= 1 && name.len <= HR_TOKEN_NAME_MAX &&
		  hr_utf8_prefix(name) == name.len && hr_str_trim(name).len == name.len;

	for (size_t i = 0; ok && i < name.len; i++)
		ok = (unsigned char)name.data[i] >= ' ' && name.data[i] != 0x7f;
	return ok;
}

/* --- the file --- */

static bool parse_scopes(const hr_json *list, unsigned *out)
{
	if (!list || list->kind != HR_JSON_ARRAY)
		return false;
	for (const hr_json *word = list->first; word; word = word->next) {
		hr_token_scope scope = hr_scope_find(hr_json_text(word));

		if (scope == HR_SCOPE_NONE)
			return false;
		*out |= scope;
	}
	return true;
}

static bool parse_instant(const hr_json *node, hr_instant *out)
{
	return hr_instant_parse(hr_json_text(node), out);
}

static bool parse_token(const hr_json *node, hr_token *out)
{
	const hr_json *revoked = hr_json_get(node, HR_STR("revoked"));
	hr_token token = { .name = hr_json_text(hr_json_get(node, HR_STR("name"))) };

	if (!is_name(token.name) ||
	    !hr_digest_parse(hr_json_text(hr_json_get(node, HR_STR("sha256"))), &token.digest) ||
	    !parse_scopes(hr_json_get(node, HR_STR("scopes")), &token.scopes) ||
	    !parse_instant(hr_json_get(node, HR_STR("made")), &token.made_at) ||
	    !parse_instant(hr_json_get(node, HR_STR("expires")), &token.expires_at) ||
	    (revoked && (!parse_instant(revoked, &token.revoked_at) || !token.revoked_at.second)))
		return false;
	set_id(&token);
	*out = token;
	return true;
}

static bool parse_list(const hr_json *root, hr_arena *arena, hr_tokens *out, hr_error *err)
{
	const hr_json *list = hr_json_get(root, HR_STR("tokens"));
	hr_tokens tokens = { .count = 0 };

	if (!hr_str_equal(hr_json_text(hr_json_get(root, HR_STR("format"))), format_word) ||
	    !list || list->kind != HR_JSON_ARRAY)
		return hr_fail(err, HR_E_SYNTAX, "this is not a list of tokens of this version");
	if (list->count > HR_TOKENS_MAX)
		return hr_fail(err, HR_E_LIMIT, "there are over %d tokens", HR_TOKENS_MAX);
	tokens.items = HR_NEW_N(arena, hr_token, list->count + 1);
	if (!tokens.items)
		return hr_fail_memory(err);
	for (const hr_json *node = list->first; node; node = node->next)
		if (!parse_token(node, &tokens.items[tokens.count++]))
			return hr_fail(err, HR_E_SYNTAX, "token %zu of the list is damaged",
				       tokens.count);
	*out = tokens;
	return true;
}

bool hr_tokens_parse(hr_str json, hr_arena *arena, hr_tokens *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, json, arena, &root, err) && parse_list(root, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static void add_instant(hr_json_writer *w, hr_str name, hr_instant instant)
{
	char text[HR_INSTANT_TEXT];

	hr_json_member(w, name, hr_instant_format(instant, text));
}

static void add_token(hr_json_writer *w, const hr_token *token)
{
	char digest[HR_SHA256_TEXT];

	hr_json_open_object(w);
	hr_json_member(w, HR_STR("name"), token->name);
	hr_json_member(w, HR_STR("sha256"), hr_digest_format(&token->digest, digest));
	hr_json_name(w, HR_STR("scopes"));
	hr_json_open_array(w);
	for (size_t i = 0; i < SCOPES; i++)
		if (token->scopes & scopes[i].scope)
			hr_json_string(w, scopes[i].word);
	hr_json_close_array(w);
	add_instant(w, HR_STR("made"), token->made_at);
	add_instant(w, HR_STR("expires"), token->expires_at);
	if (token->revoked_at.second)
		add_instant(w, HR_STR("revoked"), token->revoked_at);
	hr_json_close_object(w);
}

void hr_tokens_format(const hr_tokens *tokens, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, true);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("format"), format_word);
	hr_json_name(&w, HR_STR("tokens"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < tokens->count; i++)
		add_token(&w, &tokens->items[i]);
	hr_json_close_array(&w);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}

bool hr_tokens_read(const char *state, hr_arena *arena, hr_tokens *out, hr_error *err)
{
	const char *path = hr_state_path(state, HR_TOKENS_FILE, arena);
	hr_str json;

	if (!path)
		return hr_fail_memory(err);
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		*out = (hr_tokens){ .count = 0 };
		return true;
	}
	return hr_file_read(path, FILE_BYTES_MAX, arena, &json, err) &&
	       hr_tokens_parse(json, arena, out, err);
}

static bool write_list(const char *state, const hr_tokens *tokens, hr_arena *arena, hr_error *err)
{
	const char *path = hr_state_path(state, HR_TOKENS_FILE, arena);
	hr_buf buf;

	hr_buf_init(&buf, arena, FILE_BYTES_MAX);
	hr_tokens_format(tokens, &buf);
	if (!path || buf.failed)
		return hr_fail_memory(err);
	return hr_file_write(path, hr_buf_str(&buf), err);
}

/* --- changes --- */

static bool check_wish(const hr_token_wish *wish, hr_error *err)
{
	if (wish->days < 1 || wish->days > HR_TOKEN_DAYS_MAX)
		return hr_fail(err, HR_E_USAGE, "a token is valid for 1 to %d days",
			       HR_TOKEN_DAYS_MAX);
	if (!wish->scopes)
		return hr_fail(err, HR_E_USAGE, "a token without a scope opens nothing");
	return is_name(wish->name) ||
	       hr_fail(err, HR_E_USAGE, "a token's name has 1 to %d bytes of plain text",
		       HR_TOKEN_NAME_MAX);
}

/* The index of the token that the word names; count when there is none. */
static size_t find(const hr_tokens *tokens, hr_str word, hr_instant now)
{
	for (size_t i = 0; i < tokens->count; i++)
		if (hr_str_equal(word, hr_str_of(tokens->items[i].id)))
			return i;
	for (size_t i = 0; i < tokens->count; i++)
		if (hr_token_is_valid(&tokens->items[i], now) &&
		    hr_str_equal(word, tokens->items[i].name))
			return i;
	return tokens->count;
}

static bool make_token(const hr_token_wish *wish, hr_instant now, char secret[HR_TOKEN_TEXT],
		       hr_token *out, hr_error *err)
{
	hr_token token = {
		.name = wish->name,
		.scopes = wish->scopes,
		.made_at = now,
		.expires_at = { now.second + wish->days * HR_DAY_S },
	};

	if (!hr_secret_draw(token_mark, secret, err) ||
	    !hr_sha256(hr_str_of(secret), &token.digest, err))
		return false;
	set_id(&token);
	*out = token;
	return true;
}

/* A full list loses the oldest that is of no use any more. */
static bool make_room(hr_tokens *tokens, hr_instant now, hr_error *err)
{
	size_t i = 0;

	if (tokens->count < HR_TOKENS_MAX)
		return true;
	while (i < tokens->count && hr_token_is_valid(&tokens->items[i], now))
		i++;
	if (i == tokens->count)
		return hr_fail(err, HR_E_LIMIT, "there are %d valid tokens; revoke one first",
			       HR_TOKENS_MAX);
	tokens->count--;
	memmove(&tokens->items[i], &tokens->items[i + 1],
		(tokens->count - i) * sizeof(*tokens->items));
	return true;
}

static bool append(const char *state, hr_tokens tokens, const hr_token *token, hr_instant now,
		   hr_arena *arena, hr_error *err)
{
	hr_tokens grown;

	if (!make_room(&tokens, now, err))
		return false;
	grown.count = tokens.count;
	grown.items = HR_NEW_N(arena, hr_token, grown.count + 1);
	if (!grown.items)
		return hr_fail_memory(err);
	if (tokens.count)
		memcpy(grown.items, tokens.items, tokens.count * sizeof(*tokens.items));
	grown.items[grown.count++] = *token;
	return write_list(state, &grown, arena, err);
}

static bool add_locked(const char *state, const hr_token_wish *wish, hr_instant now,
		       hr_arena *arena, char secret[HR_TOKEN_TEXT], hr_token *out, hr_error *err)
{
	hr_tokens tokens;
	hr_token token;

	if (!hr_tokens_read(state, arena, &tokens, err))
		return false;
	if (find(&tokens, wish->name, now) < tokens.count)
		return hr_fail(err, HR_E_EXISTS, "there is a valid token of that name already");
	if (!make_token(wish, now, secret, &token, err) ||
	    !append(state, tokens, &token, now, arena, err))
		return false;
	*out = token;
	return true;
}

bool hr_tokens_add(const char *state, const hr_token_wish *wish, hr_instant now, hr_arena *arena,
		   char secret[HR_TOKEN_TEXT], hr_token *out, hr_error *err)
{
	bool ok;
	int lock;

	if (!check_wish(wish, err) || !hr_state_make(state, err) ||
	    !hr_state_lock(state, &lock, err))
		return false;
	ok = add_locked(state, wish, now, arena, secret, out, err);
	close(lock);
	return ok;
}

static bool revoke_locked(const char *state, hr_str word, hr_instant now, hr_arena *arena,
			  hr_token *out, hr_error *err)
{
	hr_tokens tokens;
	size_t i;

	if (!hr_tokens_read(state, arena, &tokens, err))
		return false;
	i = find(&tokens, word, now);
	if (i == tokens.count)
		return hr_fail(err, HR_E_NOT_FOUND, "there is no valid token '%.*s'",
			       HR_STR_ARG(word));
	if (!tokens.items[i].revoked_at.second) {
		tokens.items[i].revoked_at = now;
		if (!write_list(state, &tokens, arena, err))
			return false;
	}
	*out = tokens.items[i];
	return true;
}

bool hr_tokens_revoke(const char *state, hr_str word, hr_instant now, hr_arena *arena,
		      hr_token *out, hr_error *err)
{
	bool ok;
	int lock;

	if (!hr_state_lock(state, &lock, err))
		return false;
	ok = revoke_locked(state, word, now, arena, out, err);
	close(lock);
	return ok;
}
