/*
 * A visit, settled by the policies of tests: whatever it is, what comes out
 * adds up and can be asked on with. The same bytes as a result that was received,
 * and as a visit that is explained, with its result or without.
 */
#include "settlement/compare.h"
#include "settlement/explain.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NS  "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"
#define KEY "fund='hifp' base='scope' counter='c' "

static const hr_file files[] = {
	{ HR_STR_INIT("a.xml"),
	  HR_STR_INIT("<settlement " NS " region='91'><rounding mode='half-even' place='segment'/>"
		      "<cross-year mode='discharge-year'/><accounts mutual-aid='apart'/>"
		      "<zone name='near' care='92' filing='exempt' visits='11'/>"
		      "<policy id='a' " KEY "visits='11' segments-of='year' conflict='x'>"
		      "<deductible mode='hospital-year' amounts='10'/>"
		      "<segment upto='100' share='50%'/><segment share='70.5%'/>"
		      "<cap of='amounts' per='year' amount='1000'/>"
		      "<reduction filings='other none' points='60'/></policy>"
		      "<policy id='b' " KEY "visits='11' conflict='x'>"
		      "<deductible mode='once' amounts='10'/><segment share='33.3333%'/>"
		      "<cap of='payments' per='year' amount='50'/></policy>"
		      "<policy id='c' fund='hifob' base='over-cap'><segment share='99%'/></policy>"
		      "<policy id='d' fund='maf' base='own' identities='poor'>"
		      "<segment upto='5' share='0%'/><segment share='100%'/></policy>"
		      "<filing from='2024-09-01' kinds='partial'>"
		      "<outside filing='needed'/>"
		      "<kind name='resident' codes='07' class='long' gives='long' open='true'/>"
		      "<kind name='referral' codes='06' class='temporary' gives='referral' "
		      "months='6' at-least='true'/>"
		      "<kind name='travel' class='temporary' gives='other' months='12'/>"
		      "<kind name='unsaid' class='temporary' gives='other'/>"
		      "<kind name='er' class='temporary' gives='emergency' flagged='true'/>"
		      "<chronic qualification='needed'/></filing>"
		      "</settlement>") },
	{ HR_STR_INIT("b.xml"),
	  HR_STR_INIT("<settlement " NS " region='9201'><rounding mode='up' place='fund' unit='1'/>"
		      "<policy id='e' " KEY "segments-of='year' segments-from='deductible'>"
		      "<deductible mode='visit' amounts='3 2 1'/>"
		      "<segment upto='0.01' share='1%'/><segment share='100%'/></policy>"
		      "</settlement>") },
	{ HR_STR_INIT("c.xml"),
	  HR_STR_INIT("<manual " NS " region='91'><reimbursement open='yes' files-after='no'/>"
		      "<reimbursement by='policies' catalogue='insured' visits='11'/>"
		      "<reimbursement by='policies' catalogue='care' visits='21'/>"
		      "<dual-channel filing='needed' standards='own lowest'/>"
		      "<drug name='A' spec='5mg' code='x' amount='7'/>"
		      "<drug name='A' spec='5mg' code='y' amount='8'/></manual>") },
};

static hr_catalog *open_catalog(void)
{
	const hr_fileset set = { files, sizeof(files) / sizeof(files[0]) };
	hr_catalog *catalog;
	hr_error err;

	if (!hr_catalog_build(&set, NULL, HR_STR("fuzz"), (hr_instant){ 0 }, &catalog, &err))
		abort();
	return catalog;
}

/* Every amount is an amount, and every identity holds. */
static void check(const hr_reading *reading)
{
	const hr_settlement *s = &reading->settlement;
	const hr_breaches breaches =
		hr_identities_check(s, reading->rules.area->mutual_aid, s->fen[HR_FUND_PAY_SUMAMT]);

	assert(breaches.count == breaches.notes);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		assert(s->fen[i] >= 0 && s->fen[i] <= HR_FEN_MAX);
	assert(s->fen[HR_FUND_PAY_SUMAMT] <= s->fen[HR_INSCP_SCP_AMT]);
	for (uint32_t i = 0; i < reading->after.count; i++)
		assert(reading->after.counted[i].paid_fen <= HR_FEN_MAX);
}

static void settle(const hr_catalog *catalog, const hr_json *node, hr_arena *arena)
{
	hr_visit visit;
	hr_quote quote;
	hr_error err;
	hr_buf out;

	if (!hr_visit_read(node, catalog, arena, &visit, &err) ||
	    !hr_quote_make(catalog, &visit, true, arena, &quote, &err))
		return;
	for (size_t i = 0; i < quote.reading_count; i++)
		check(&quote.readings[i]);
	hr_buf_init(&out, arena, 1 << 20);
	hr_quote_format_json(&quote, &out);
	hr_quote_format_text(&quote, HR_QUOTE_ZH, &out);
	hr_quote_format_text(&quote, HR_QUOTE_EN, &out);
	assert(!out.failed);
}

/* What is told to a patient sums to what he pays. */
static void explain(const hr_catalog *catalog, const hr_json *node, hr_arena *arena)
{
	hr_explain_ask *ask = HR_NEW(arena, hr_explain_ask);
	hr_explain x;
	hr_error err;
	hr_buf out;

	if (!ask)
		abort();
	if (!hr_explain_read(node, catalog, arena, ask, &err) ||
	    !hr_explain_make(catalog, ask, arena, &x, &err))
		return;
	hr_buf_init(&out, arena, 1 << 20);
	hr_explain_format_json(&x, &out);
	hr_explain_format_text(&x, HR_QUOTE_ZH, &out);
	hr_explain_format_text(&x, HR_QUOTE_EN, &out);
	assert(!out.failed);
	for (size_t i = 0; i < x.quote->reading_count; i++) {
		int64_t sum = 0;

		for (uint32_t j = 0; j < x.readings[i].part_count; j++)
			sum += x.readings[i].parts[j].fen;
		assert(sum == x.readings[i].settlement->fen[HR_PSN_PART_AMT]);
	}
}

/* Parts are the whole, and every answer can be written. */
static void compare(const hr_catalog *catalog, const hr_json *node, hr_arena *arena)
{
	const hr_comparison *all;
	hr_visit visit;
	hr_error err;
	hr_buf out;

	if (!hr_visit_read(node, catalog, arena, &visit, &err) ||
	    !hr_compare(catalog, &visit, arena, &all, &err))
		return;
	for (size_t i = 0; i < all->difference_count; i++) {
		int64_t sum = 0;

		for (uint32_t k = 0; k < all->differences[i].part_count; k++)
			sum += all->differences[i].parts[k].fen;
		assert(sum == all->differences[i].fen);
	}
	hr_buf_init(&out, arena, 1 << 20);
	hr_comparison_format_json(all, &out);
	hr_comparison_format_text(all, HR_QUOTE_ZH, &out);
	hr_comparison_format_text(all, HR_QUOTE_EN, &out);
	assert(!out.failed || hr_arena_is_short(arena) || all->drug_count);
}

static void check_result(const hr_json *node, hr_arena *arena)
{
	hr_settle_result result;
	hr_breaches breaches;
	hr_error err;
	hr_buf out;

	if (!hr_result_read(node, &result, &err))
		return;
	breaches =
		hr_identities_check(&result.settlement, HR_MUTUAL_AID_UNKNOWN, result.details_fen);
	hr_buf_init(&out, arena, 1 << 16);
	hr_breaches_format_json(&breaches, &out);
	hr_breaches_format_text(&breaches, true, &out);
	assert(!out.failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static hr_catalog *catalog;
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	hr_error err;

	if (!catalog)
		catalog = open_catalog();
	if (!arena || !parser)
		abort();
	if (hr_json_read(parser, (hr_str){ (const char *)data, size }, arena, &node, &err)) {
		settle(catalog, node, arena);
		compare(catalog, node, arena);
		check_result(node, arena);
		explain(catalog, node, arena);
	}
	hr_json_parser_close(parser);
	return 0;
}
