/* huren access: the tokens by which others may ask the service. */
#include "service/tokens.h"
#include "tools/cli.h"

#include <errno.h>
#include <stdlib.h>

enum { LIST_BYTES_MAX = 1 << 20, DAYS_BY_DEFAULT = 365 };

/* --- add --- */

struct values {
	const char *days;
	hr_cli_list scopes;
};

static const hr_cli_option add_options[] = {
	HR_CLI_OPTION("days", HR_CLI_TEXT, days, "N", "valid for 1 to 3650 days; default 365"),
	HR_CLI_OPTION("scope", HR_CLI_LIST, scopes, "SCOPE",
		      "verify (default), metrics, film-read, film-write, share, patient-session, "
		      "settle or settle-book; several times"),
};

static bool read_wish(hr_cli *cli, hr_token_wish *out)
{
	const struct values *v = cli->values;
	hr_token_wish wish = { .name = hr_cli_word(cli, 0), .days = DAYS_BY_DEFAULT };
	char *end = NULL;

	if (v->days)
		wish.days = strtoll(v->days, &end, 10);
	if (end && *end)
		return hr_fail(&cli->err, HR_E_USAGE, "--days wants a number");
	for (size_t i = 0; i < v->scopes.count; i++) {
		hr_token_scope scope = hr_scope_find(hr_str_of(v->scopes.items[i]));

		if (scope == HR_SCOPE_NONE)
			return hr_fail(&cli->err, HR_E_USAGE,
				       "--scope wants verify, metrics, film-read, film-write, "
				       "share, patient-session, settle or settle-book");
		wish.scopes |= scope;
	}
	if (!v->scopes.count)
		wish.scopes = HR_SCOPE_VERIFY;
	*out = wish;
	return true;
}

static int run_add(hr_cli *cli)
{
	char secret[HR_TOKEN_TEXT];
	char day[HR_DATE_TEXT];
	hr_token_wish wish;
	hr_token token;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, (size_t)2 * HR_TOKEN_TEXT);
	if (!read_wish(cli, &wish) || !hr_cli_enter_state(cli) ||
	    !hr_tokens_add(cli->config.state, &wish, (hr_instant){ hr_cli_now() }, cli->arena,
			   secret, &token, &cli->err))
		return HR_CLI_FAILED;
	hr_date_format(hr_instant_date(token.expires_at), day);
	fprintf(stderr, "huren: token %s of '%.*s', until %s; it is shown this once:\n", token.id,
		HR_STR_ARG(token.name), day);
	hr_buf_addf(&buf, "%s\n", secret);
	return hr_cli_print_buf(cli, &buf, 0);
}

const hr_cli_command hr_cli_access_add = {
	.name = "access add",
	.usage = "NAME",
	.summary = "Make a bearer token for a system that asks 'huren serve'; prints it.",
	.notes = "It is sent as 'Authorization: Bearer TOKEN'. Only its digest is kept. A running\n"
		 "service takes it within two seconds.\n",
	HR_CLI_OPTIONS(add_options),
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_add,
};

/* --- list --- */

static const char *standing(const hr_token *token, hr_instant now)
{
	if (hr_token_is_valid(token, now))
		return "valid";
	return token->revoked_at.second ? "revoked" : "expired";
}

static void add_line(hr_buf *out, const hr_token *token, hr_instant now)
{
	char made[HR_DATE_TEXT];
	char expires[HR_DATE_TEXT];

	hr_date_format(hr_instant_date(token->made_at), made);
	hr_date_format(hr_instant_date(token->expires_at), expires);
	hr_buf_addf(out, "%s\t%s\t%s\t%s\t", token->id, standing(token, now), made, expires);
	hr_scopes_format(token->scopes, out);
	hr_buf_addf(out, "\t%.*s\n", HR_STR_ARG(token->name));
}

static int run_list(hr_cli *cli)
{
	const hr_instant now = { hr_cli_now() };
	hr_tokens tokens;
	hr_buf buf;

	hr_buf_init(&buf, cli->arena, LIST_BYTES_MAX);
	if (!hr_cli_want_state(cli) ||
	    !hr_tokens_read(cli->config.state, cli->arena, &tokens, &cli->err))
		return HR_CLI_FAILED;
	for (size_t i = 0; i < tokens.count; i++)
		add_line(&buf, &tokens.items[i], now);
	return hr_cli_print_buf(cli, &buf, 0);
}

const hr_cli_command hr_cli_access_list = {
	.name = "access list",
	.usage = "",
	.summary = "The tokens: id, standing, made, expires, scopes, name; parted by tabs.",
	.takes_settings = true,
	.run = run_list,
};

/* --- revoke --- */

static int run_revoke(hr_cli *cli)
{
	hr_token token;

	if (!hr_cli_want_state(cli) || !hr_cli_become_owner(cli) ||
	    !hr_tokens_revoke(cli->config.state, hr_cli_word(cli, 0), (hr_instant){ hr_cli_now() },
			      cli->arena, &token, &cli->err))
		return HR_CLI_FAILED;
	fprintf(stderr, "huren: token %s of '%.*s' is revoked\n", token.id, HR_STR_ARG(token.name));
	return 0;
}

const hr_cli_command hr_cli_access_revoke = {
	.name = "access revoke",
	.usage = "NAME|ID",
	.summary = "Revoke a token; a running service refuses it within two seconds.",
	.words_min = 1,
	.words_max = 1,
	.takes_settings = true,
	.run = run_revoke,
};
