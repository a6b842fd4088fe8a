/* huren settle: what does each party pay for this visit; and do received results add up? */
#include "tools/cli_catalog.h"

#include "settlement/quote.h"
#include "settlement/result.h"

struct values {
	const char *rev, *folder, *mutual_aid;
	bool json, explain, lines;
};

enum { LINES_BYTES_MAX = 1 << 29, ANSWER_BYTES_MAX = 4 << 20 };

/* --- quote --- */

static const hr_cli_option quote_options[] = {
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",
		      "a version: commit, tag, or @TIME for what was known then"),
	HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",
		      "a catalogue folder instead of a registry"),
	HR_CLI_OPTION("explain", HR_CLI_FLAG, explain, NULL,
		      "every step: amount, rule, record, source"),
	HR_CLI_OPTION("lines", HR_CLI_FLAG, lines, NULL,
		      "FILE has a visit in each line; with --json an answer in each"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON, in the names of the national interface"),
};

struct session {
	hr_cli *cli;
	const hr_catalog *catalog;
	hr_json_parser *parser;
	hr_arena *arena; /* of one visit */
	bool unknown;	 /* a visit had no policy */
};

static bool quote_visit(struct session *s, hr_str bytes, hr_buf *out, hr_error *err)
{
	const struct values *v = s->cli->values;
	const hr_json *node;
	hr_visit visit;
	hr_quote quote;

	if (!hr_json_read(s->parser, bytes, s->arena, &node, err) ||
	    !hr_visit_read(node, s->catalog, s->arena, &visit, err) ||
	    !hr_quote_make(s->catalog, &visit, v->explain, s->arena, &quote, err))
		return false;
	s->unknown |= quote.outcome != HR_QUOTE_COMPUTED;
	if (v->json)
		hr_quote_format_json(&quote, out);
	else
		hr_quote_format_text(&quote, hr_cli_is_english(s->cli) ? HR_QUOTE_EN : HR_QUOTE_ZH,
				     out);
	return true;
}

/* One line; a bad one is told in its place and does not stop the others. */
static int quote_line(struct session *s, hr_str line, uint32_t number, int *failure)
{
	hr_error *err = &s->cli->err;
	hr_buf buf;

	hr_arena_reset(s->arena);
	hr_buf_init(&buf, s->arena, ANSWER_BYTES_MAX);
	if (quote_visit(s, line, &buf, err))
		return hr_cli_print_buf(s->cli, &buf, 0);
	if (err->code == HR_E_MEMORY)
		return HR_CLI_FAILED;
	*failure = hr_error_exit(err->code);
	buf.len = 0;
	hr_cli_format_line_fault(err, number, &buf);
	return hr_cli_print_buf(s->cli, &buf, 0);
}

static int quote_lines(struct session *s, hr_str bytes)
{
	uint32_t number = 0;
	int failure = 0;

	while (bytes.len) {
		size_t end = hr_str_find(bytes, HR_STR("\n"));
		hr_str line = hr_str_trim(hr_str_slice(bytes, 0, end));

		bytes = hr_str_slice(bytes, end + 1, bytes.len);
		number++;
		if (line.len && quote_line(s, line, number, &failure) == HR_CLI_FAILED)
			return HR_CLI_FAILED;
	}
	return failure ? failure : s->unknown ? 4 : 0;
}

static int quote_one(struct session *s, hr_str bytes)
{
	hr_buf buf;

	hr_buf_init(&buf, s->arena, ANSWER_BYTES_MAX);
	if (!quote_visit(s, bytes, &buf, &s->cli->err))
		return HR_CLI_FAILED;
	return hr_cli_print_buf(s->cli, &buf, s->unknown ? 4 : 0);
}

static void close_parser(void *parser)
{
	hr_json_parser_close(parser);
}

static int run_quote(hr_cli *cli)
{
	const struct values *v = cli->values;
	const char *path = cli->words.items[0];
	HR_AUTO(hr_arena) arena = hr_arena_open(HR_CLI_ARENA_BYTES);
	struct session s = { .cli = cli, .arena = arena, .parser = hr_json_parser_open() };
	hr_catalog *catalog;
	hr_str bytes;

	if (!arena || !s.parser) {
		hr_json_parser_close(s.parser);
		hr_fail_memory(&cli->err);
		return HR_CLI_FAILED;
	}
	if (!hr_arena_on_reset(cli->arena, close_parser, s.parser, &cli->err) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog))
		return HR_CLI_FAILED;
	s.catalog = catalog;
	if (v->lines && !v->json) {
		hr_fail(&cli->err, HR_E_USAGE, "--lines goes with --json");
		return HR_CLI_FAILED;
	}
	cli->input = path;
	if (!hr_file_read(path, v->lines ? LINES_BYTES_MAX : HR_VISIT_BYTES_MAX, cli->arena, &bytes,
			  &cli->err))
		return HR_CLI_FAILED;
	return v->lines ? quote_lines(&s, bytes) : quote_one(&s, bytes);
}

const hr_cli_command hr_cli_settle_quote = {
	.name = "settle quote",
	.usage = "FILE|-",
	.summary = "What does each party pay for a visit? A trial calculation by the policies of\n"
		   "the place of insurance, which alone decides.",
	.notes = "FILE is JSON in the names of the national interface. Needed: insuplc_admdvs,\n"
		 "mdtrtarea_admvs (six digits), insutype, psn_type, med_type, enddate. Where they\n"
		 "are known: hosp_lv, psn_idet_type [], age, opsp_dise_code, fixmedins_code,\n"
		 "begndate, medins_setl_id; filing: none, exempt, long, referral, emergency or\n"
		 "other; left out it is what the place of treatment says of itself.\n"
		 "The charges: fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt,\n"
		 "inscp_scp_amt, medfee_sumamt; or lines [] of det_item_fee_sumamt, chrgitm_lv\n"
		 "(01, 02, 03), selfpay_prop, pric_uplmt_amt, cnt. What else pays: hosp_part_amt;\n"
		 "acct_balc and acct_mulaid_balc, as far as they are to be used. The year so far:\n"
		 "year [], as the answer to the visit before gave it.\n"
		 "\n"
		 "Where the sources of a policy conflict, every reading is answered.\n"
		 "\n"
		 "Exit: 0 computed; 4 no policy is known for it; 3 the input is damaged or lacks\n"
		 "what is needed.\n",
	HR_CLI_OPTIONS(quote_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_quote,
};

/* --- check --- */

static bool place_of(hr_cli *cli, hr_mutual_aid *out)
{
	const struct values *v = cli->values;
	hr_str word = hr_str_of(v->mutual_aid);

	*out = HR_MUTUAL_AID_UNKNOWN;
	if (hr_str_equal(word, HR_STR("apart")))
		*out = HR_MUTUAL_AID_APART;
	else if (hr_str_equal(word, HR_STR("account")))
		*out = HR_MUTUAL_AID_ACCOUNT;
	else if (word.len)
		return hr_fail(&cli->err, HR_E_USAGE, "--mutual-aid is apart or account");
	return true;
}

static bool read_result(hr_cli *cli, hr_json_parser *parser, hr_settle_result *out)
{
	const char *path = cli->words.items[0];
	const hr_json *node;
	hr_str bytes;

	cli->input = path;
	return hr_file_read(path, HR_VISIT_BYTES_MAX, cli->arena, &bytes, &cli->err) &&
	       hr_json_read(parser, bytes, cli->arena, &node, &cli->err) &&
	       hr_result_read(node, out, &cli->err);
}

static int run_check(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_json_parser *parser = hr_json_parser_open();
	hr_breaches breaches;
	hr_mutual_aid place;
	hr_settle_result result;
	hr_buf buf;
	bool ok;

	if (!parser) {
		hr_fail_memory(&cli->err);
		return HR_CLI_FAILED;
	}
	ok = place_of(cli, &place) && read_result(cli, parser, &result);
	hr_json_parser_close(parser);
	if (!ok)
		return HR_CLI_FAILED;
	breaches = hr_identities_check(&result.settlement, place, result.details_fen);
	hr_buf_init(&buf, cli->arena, ANSWER_BYTES_MAX);
	if (v->json)
		hr_breaches_format_json(&breaches, &buf);
	else
		hr_breaches_format_text(&breaches, hr_cli_is_english(cli), &buf);
	return hr_cli_print_buf(cli, &buf, breaches.count > breaches.notes);
}

static const hr_cli_option check_options[] = {
	HR_CLI_OPTION(
		"mutual-aid", HR_CLI_TEXT, mutual_aid, "PLACE",
		"where the region counts acct_mulaid_pay: apart, or account (within acct_pay)"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL, "one line of JSON"),
};

const hr_cli_command hr_cli_settle_check = {
	.name = "settle check",
	.usage = "FILE|-",
	.summary = "Does a settlement result (of 2207 or 2304) add up? Every identity that is\n"
		   "broken is named, with both sides.",
	.notes = "FILE is JSON: setlinfo and setldetail, in 'output' or at the top.\n"
		 "I1 to I7 are asked; I8, the fund by the stored share, is only noted, because\n"
		 "that share is rounded.\n"
		 "\n"
		 "Exit: 0 it adds up, 1 it does not; 3 the input is damaged or lacks an amount.\n",
	HR_CLI_OPTIONS(check_options),
	.takes_settings = true,
	.words_min = 1,
	.words_max = 1,
	.run = run_check,
};
