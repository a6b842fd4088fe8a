/*
 * A question about filings, judged by the rules of tests: whatever it is, the
 * answer is one of three, and says why.
 */
#include "settlement/filing_ask.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NS "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"

static const hr_file files[] = {
	{ HR_STR_INIT("a.xml"),
	  HR_STR_INIT(
		  "<settlement " NS " region='91'><rounding mode='up' place='fund'/>"
		  "<zone name='near' care='92' filing='exempt' visits='11'/>"
		  "<filing from='2022-01-01' kinds='complete'>"
		  "<outside filing='exempt' visits='41'/><outside filing='needed'/>"
		  "<kind name='long' codes='02' class='long' gives='long' persons='12' "
		  "open='true' change-after='6' cancel-after='6' early-at-office='true'/>"
		  "<kind name='both' codes='06 02' class='temporary' gives='referral' months='6' "
		  "at-least='true' change-after='0'/>"
		  "<kind name='while' class='temporary' gives='other' months='12'/>"
		  "<kind name='flag' class='temporary' gives='emergency' flagged='true'/>"
		  "<channel name='self' approval='automatic' kinds='while'/>"
		  "<channel name='office' approval='manual' days='3'/>"
		  "<material name='m' kinds='both' care='11' first-only='true' promise='true' "
		  "proxies='old'/>"
		  "<back-filing within='days' days='10'/>"
		  "<overlap long='refused' mixed='allowed'/><stay counts='admission'/>"
		  "<chronic qualification='needed'/></filing></settlement>") },
	{ HR_STR_INIT("b.xml"),
	  HR_STR_INIT("<settlement " NS " region='9201'><rounding mode='up' place='fund'/>"
		      "<filing kinds='partial'><kind name='while' class='temporary' gives='other'/>"
		      "<back-filing within='discharge'/></filing></settlement>") },
	{ HR_STR_INIT("c.xml"), HR_STR_INIT("<calendar " NS "><year of='2023' off='2023-05-01' "
					    "work='2023-05-06'/></calendar>") },
};

static hr_catalog *open_catalog(void)
{
	const hr_fileset set = { files, 3 };
	hr_catalog *catalog;
	hr_error err;

	if (!hr_catalog_build(&set, NULL, HR_STR("fuzz"), (hr_instant){ 0 }, &catalog, &err))
		abort();
	return catalog;
}

/* What is against it decides, then what is open; and no answer is without a reason. */
static void check(const hr_filing_answer *answer)
{
	const hr_filing_decision *d = &answer->decision;

	if (!answer->area)
		return;
	if (answer->is_ruling) {
		assert(answer->ruling.findings.count > 0);
		assert((answer->ruling.gives != HR_FILING_NONE) ==
		       (answer->ruling.outcome == HR_FILING_HOLDS));
		return;
	}
	assert(d->findings.count > 0);
	if (hr_filing_has(&d->findings, HR_FILING_NO))
		assert(d->verdict == HR_FILING_REFUSED);
	else if (hr_filing_has(&d->findings, HR_FILING_OPEN))
		assert(d->verdict == HR_FILING_UNKNOWN);
	else
		assert(d->verdict == HR_FILING_APPROVED || d->verdict == HR_FILING_QUEUED);
}

static void ask(const hr_catalog *catalog, const hr_json *node, hr_arena *arena)
{
	hr_filing_answer answer;
	hr_filing_ask asked;
	hr_json_writer w;
	hr_error err;
	hr_buf out;

	if (!hr_filing_ask_read(node, catalog, arena, &asked, &err) ||
	    !hr_filing_answer_make(catalog, &asked, &answer, &err))
		return;
	check(&answer);
	hr_buf_init(&out, arena, 1 << 20);
	hr_json_writer_init(&w, &out, false);
	hr_json_open_object(&w);
	hr_filing_answer_write(&answer, &w);
	hr_json_close_object(&w);
	hr_filing_answer_format_text(&answer, false, &out);
	hr_filing_answer_format_text(&answer, true, &out);
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
	if (hr_json_read(parser, (hr_str){ (const char *)data, size }, arena, &node, &err))
		ask(catalog, node, arena);
	hr_json_parser_close(parser);
	return 0;
}
