/* A comparison as one line of JSON, in the national names. */
#include "settlement/compare_parts.h"
#include "settlement/origin.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

static hr_str way_word(hr_way way)
{
	static const hr_str words[] = {
#define X(name, word, zh, en) [HR_WAY_##name] = HR_STR_INIT(word),
		HR_WAYS(X)
#undef X
	};

	return words[way];
}

static void put_money(hr_json_writer *w, hr_str name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_member(w, name, hr_money_format((hr_money){ fen }, text));
}

static void put_policy(hr_json_writer *w, const hr_policy *policy)
{
	hr_json_open_object(w);
	MEMBER(w, "id", policy->id);
	MEMBER(w, "fund", hr_fund_word(policy->fund));
	MEMBER(w, "conflict", policy->conflict);
	hr_origin_write(w, &policy->origin);
	hr_json_close_object(w);
}

static void put_words(hr_json_writer *w, const hr_comparison *all, const hr_remark *remark)
{
	static const hr_str names[] = {
		[HR_QUOTE_ZH] = HR_STR_INIT("zh"), [HR_QUOTE_EN] = HR_STR_INIT("en")
	};
	char text[3000];
	hr_buf words;

	for (hr_quote_lang lang = HR_QUOTE_ZH; lang <= HR_QUOTE_EN; lang++) {
		hr_buf_init_over(&words, text, sizeof(text));
		hr_remark_format(all, remark, lang, &words);
		hr_json_member(w, names[lang], hr_buf_str(&words));
	}
}

static void put_remark(hr_json_writer *w, const hr_comparison *all, const hr_remark *remark)
{
	hr_json_open_object(w);
	MEMBER(w, "code", hr_remark_code(remark->kind));
	MEMBER(w, "effect", hr_remark_effect_word(hr_remark_effect_of(remark->kind)));
	if (remark->kind == HR_REMARK_CAUSE || remark->kind == HR_REMARK_NO_INSURANCE)
		MEMBER(w, "cause", hr_cause_code(remark->cause));
	put_words(w, all, remark);
	if (remark->origin) {
		NAME(w, "by");
		hr_json_open_object(w);
		hr_origin_write(w, remark->origin);
		hr_json_close_object(w);
	}
	hr_json_close_object(w);
}

/* Who pays from what the person bears is left to the day: accounts are not told of each way. */
static void put_reading(hr_json_writer *w, hr_way way, const hr_reading *reading)
{
	const hr_settlement *s = &reading->settlement;

	hr_json_open_object(w);
	hr_filing_set_write(w, HR_STR("filings"), reading->filings);
	for (hr_amount i = 0; i <= HR_PSN_PART_AMT; i++)
		put_money(w, hr_amount_word(i), s->fen[i]);
	put_money(w, HR_STR("laid_out"), hr_way_laid_out(way, s));
	put_money(w, HR_STR("paid_back"), hr_way_paid_back(way, s));
	NAME(w, "policies");
	hr_json_open_array(w);
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
		if (reading->rules.of[i])
			put_policy(w, reading->rules.of[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

static void put_way(hr_json_writer *w, const hr_comparison *all, hr_way way)
{
	static const hr_str states[] = {
		[HR_WAY_COMPUTED] = HR_STR_INIT("computed"),
		[HR_WAY_CLOSED] = HR_STR_INIT("closed"),
		[HR_WAY_OPEN] = HR_STR_INIT("open"),
	};
	const hr_way_row *row = &all->ways[way];

	hr_json_open_object(w);
	MEMBER(w, "way", way_word(way));
	MEMBER(w, "state", states[row->state]);
	MEMBER(w, "filing",
	       hr_quote_filing_is_open(&row->quote) ? HR_STR("undecided")
						    : hr_filing_word(row->quote.filing));
	NAME(w, "remarks");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < row->remark_count; i++)
		put_remark(w, all, &row->remarks[i]);
	hr_json_close_array(w);
	NAME(w, "readings");
	hr_json_open_array(w);
	for (size_t i = 0; row->state == HR_WAY_COMPUTED && i < row->quote.reading_count; i++)
		put_reading(w, way, &row->quote.readings[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

static void put_drug(hr_json_writer *w, const hr_visit *visit, const hr_drug_ruling *drug)
{
	const hr_line *line = &visit->lines[drug->line];

	hr_json_open_object(w);
	NAME(w, "line");
	hr_json_int(w, drug->line);
	MEMBER(w, "drug_genname", line->name);
	MEMBER(w, "drug_spec", line->spec);
	MEMBER(w, "outcome", hr_drug_outcome_word(drug->outcome));
	if (drug->outcome <= HR_DRUG_LOWEST) {
		put_money(w, HR_STR("standard"), drug->standard->amount.fen);
		MEMBER(w, "region", drug->standard->region);
		NAME(w, "by");
		hr_json_open_object(w);
		hr_origin_write(w, &drug->standard->origin);
		hr_json_close_object(w);
	}
	if (drug->rule) {
		NAME(w, "rule");
		hr_json_open_object(w);
		hr_origin_write(w, &drug->rule->origin);
		hr_json_close_object(w);
	}
	hr_json_close_object(w);
}

static void put_part(hr_json_writer *w, const hr_part *part)
{
	static const hr_str words[] = {
#define X(name, word, zh, en) [HR_PART_##name] = HR_STR_INIT(word),
		HR_PARTS(X)
#undef X
	};

	hr_json_open_object(w);
	MEMBER(w, "part", words[part->kind]);
	MEMBER(w, "fund", hr_fund_word(part->fund));
	put_money(w, HR_STR("amount"), part->fen);
	if (part->from) {
		NAME(w, "from");
		put_policy(w, part->from);
	}
	if (part->to) {
		NAME(w, "to");
		put_policy(w, part->to);
	}
	hr_json_close_object(w);
}

static void put_difference(hr_json_writer *w, const hr_difference *d)
{
	hr_json_open_object(w);
	MEMBER(w, "from", way_word(d->from));
	MEMBER(w, "to", way_word(d->to));
	NAME(w, "reading");
	hr_json_int(w, (int64_t)d->reading + 1);
	put_money(w, HR_STR("amount"), d->fen);
	NAME(w, "parts");
	hr_json_open_array(w);
	for (uint32_t i = 0; i < d->part_count; i++)
		put_part(w, &d->parts[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

hr_str hr_comparison_outcome_word(const hr_comparison *comparison)
{
	static const hr_str words[] = {
		[false] = HR_STR_INIT("unknown"),
		[true] = HR_STR_INIT("compared"),
	};

	return words[hr_comparison_is_told(comparison)];
}

static void put_head(hr_json_writer *w, const hr_comparison *all)
{
	MEMBER(w, "outcome", hr_comparison_outcome_word(all));
	MEMBER(w, "medins_setl_id", all->ways[HR_WAY_DIRECT].visit.id);
	NAME(w, "trial");
	hr_json_bool(w, true);
	NAME(w, "synthetic");
	hr_json_bool(w, hr_comparison_is_synthetic(all));
	MEMBER(w, "note_zh", HR_STR(HR_TRIAL_ZH));
	MEMBER(w, "note_en", HR_STR(HR_TRIAL_EN));
	MEMBER(w, "catalogue", hr_catalog_id(all->catalog));
}

void hr_comparison_format_json(const hr_comparison *comparison, hr_buf *out)
{
	const hr_visit *by_hand = &comparison->ways[HR_WAY_MANUAL].visit;
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	put_head(&w, comparison);
	NAME(&w, "ways");
	hr_json_open_array(&w);
	for (hr_way i = 0; i < HR_WAY_COUNT; i++)
		put_way(&w, comparison, i);
	hr_json_close_array(&w);
	NAME(&w, "drugs");
	hr_json_open_array(&w);
	for (size_t i = 0; i < comparison->drug_count; i++)
		put_drug(&w, by_hand, &comparison->drugs[i]);
	hr_json_close_array(&w);
	NAME(&w, "differences");
	hr_json_open_array(&w);
	for (size_t i = 0; i < comparison->difference_count; i++)
		put_difference(&w, &comparison->differences[i]);
	hr_json_close_array(&w);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
