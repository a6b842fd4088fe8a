/* huren settle: what does each party pay for this visit; and do received results add up? */
#include "tools/cli_catalog.h"
#include "tools/cli_documents.h"

#include "settlement/compare.h"
#include "settlement/result.h"

struct values {
	const char *rev, *folder, *mutual_aid;
	bool json, explain, lines, compare;
};

enum { ANSWER_BYTES_MAX = 4 << 20 };

/* --- quote --- */

static const hr_cli_option quote_options[] = {
	HR_CLI_OPTION("rev", HR_CLI_TEXT, rev, "REV",
		      "a version: commit, tag, or @TIME for what was known then"),
	HR_CLI_OPTION("catalog", HR_CLI_TEXT, folder, "DIR",
		      "a catalogue folder instead of a registry"),
	HR_CLI_OPTION("explain", HR_CLI_FLAG, explain, NULL,
		      "every step: amount, rule, record, source"),
	HR_CLI_OPTION("compare", HR_CLI_FLAG, compare, NULL,
		      "directly, at home, by hand (手工报销): side by side, and why they differ"),
	HR_CLI_OPTION("lines", HR_CLI_FLAG, lines, NULL,
		      "FILE has a visit in each line; with --json an answer in each"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON ('huren help settle-schema')"),
};

struct quoting {
	hr_cli *cli;
	const hr_catalog *catalog;
	bool unknown; /* a visit had no policy, or a way of it */
};

static bool compare_visit(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
			  hr_error *err)
{
	struct quoting *q = context;
	const struct values *v = q->cli->values;
	const hr_comparison *comparison;
	hr_visit visit;

	if (!hr_visit_read(node, q->catalog, arena, &visit, err) ||
	    !hr_compare(q->catalog, &visit, arena, &comparison, err))
		return false;
	q->unknown |= !hr_comparison_is_told(comparison);
	if (v->json)
		hr_comparison_format_json(comparison, out);
	else
		hr_comparison_format_text(
			comparison, hr_cli_is_english(q->cli) ? HR_QUOTE_EN : HR_QUOTE_ZH, out);
	return true;
}

static bool quote_visit(void *context, const hr_json *node, hr_arena *arena, hr_buf *out,
			hr_error *err)
{
	struct quoting *q = context;
	const struct values *v = q->cli->values;
	hr_visit visit;
	hr_quote quote;

	if (!hr_visit_read(node, q->catalog, arena, &visit, err) ||
	    !hr_quote_make(q->catalog, &visit, v->explain, arena, &quote, err))
		return false;
	q->unknown |= quote.outcome != HR_QUOTE_COMPUTED;
	if (v->json)
		hr_quote_format_json(&quote, out);
	else
		hr_quote_format_text(&quote, hr_cli_is_english(q->cli) ? HR_QUOTE_EN : HR_QUOTE_ZH,
				     out);
	return true;
}

static int run_quote(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct quoting quoting = { .cli = cli };
	const hr_cli_documents documents = {
		.lines = v->lines,
		.bytes_max = HR_VISIT_BYTES_MAX,
		.words = { "已试算 ", " 人次", " quoted" },
		.answer = v->compare ? compare_visit : quote_visit,
		.context = &quoting,
	};
	hr_catalog *catalog;
	int code;

	if (v->compare && v->explain) {
		hr_fail(&cli->err, HR_E_USAGE, "--compare has no steps: --explain one quote");
		return HR_CLI_FAILED;
	}
	if (!hr_cli_check_lines(cli, v->lines, v->json) ||
	    !hr_cli_load_catalog(cli, v->folder, v->rev, NULL, &catalog))
		return HR_CLI_FAILED;
	quoting.catalog = catalog;
	code = hr_cli_answer_documents(cli, &documents);
	return code ? code : quoting.unknown ? 4 : 0;
}

const hr_cli_command hr_cli_settle_quote = {
	.name = "settle quote",
	.usage = "FILE|-",
	.summary = "What does each party pay for a visit? A trial calculation by the policies of\n"
		   "the place of insurance, which alone decides.",
	.notes = "FILE is JSON in the names of the national interface. Needed: insuplc_admdvs,\n"
		 "mdtrtarea_admvs (six digits), insutype, psn_type, med_type, enddate. Where they\n"
		 "are known: hosp_lv, psn_idet_type [], age, opsp_dise_code, fixmedins_code,\n"
		 "begndate, medins_setl_id.\n"
		 "Filings: what the person has filed, filings [] as 'huren settle file check' has\n"
		 "them, and er_flag; of 门慢特 also qualifications [] (settle diagnose). The\n"
		 "rules of the place of insurance then say what they give. Or filing, which wins:\n"
		 "none, exempt, long, referral, emergency, other. Told nothing, a visit is taken\n"
		 "as not filed where a filing is needed.\n"
		 "The charges: fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt,\n"
		 "inscp_scp_amt, medfee_sumamt; or lines [] of det_item_fee_sumamt, chrgitm_lv\n"
		 "(01, 02, 03), selfpay_prop, pric_uplmt_amt, cnt. What else pays: hosp_part_amt;\n"
		 "acct_balc and acct_mulaid_balc, as far as they are to be used. The year so far:\n"
		 "year [], as the answer to the visit before gave it.\n"
		 "\n"
		 "Where the sources of a policy conflict, or it cannot be told what is filed,\n"
		 "every reading is answered; one that is not filed, with what a filing changes.\n"
		 "\n"
		 "--compare settles it directly where it is, at home, and by hand (手工报销: paid\n"
		 "first, claimed at home), and takes the differences apart by what makes them:\n"
		 "catalogue, standards of drugs, deductible, shares, reduction, cap, funds. What\n"
		 "the catalogue does not say of a way is told, never taken to be as another is.\n"
		 "For it a line may have insuplc {chrgitm_lv, selfpay_prop, pric_uplmt_amt}: how\n"
		 "the catalogue of the place of insurance sorts it; and, of a drug of 双通道,\n"
		 "dual_channel (true), drug_genname, drug_spec, hilist_code.\n"
		 "\n"
		 "Exit: 0 computed; 4 no policy is known for it, or with --compare for one of the\n"
		 "ways; 3 the input is damaged or lacks what is needed.\n",
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

static int run_check(hr_cli *cli)
{
	const struct values *v = cli->values;
	hr_breaches breaches;
	hr_mutual_aid place;
	hr_settle_result result;
	const hr_json *node;
	hr_buf buf;

	if (!place_of(cli, &place) ||
	    !hr_cli_read_json(cli, cli->words.items[0], HR_VISIT_BYTES_MAX, &node))
		return HR_CLI_FAILED;
	cli->input = cli->words.items[0];
	if (!hr_result_read(node, &result, &cli->err))
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
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL,
		      "one line of JSON ('huren help settle-schema')"),
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
