#include "service/batch_tally.h"

#include "recognition/sentence.h"

#include <inttypes.h>

/* --- rows, the greatest first --- */

struct row {
	size_t at; /* in its part */
	uint64_t count;
	uint64_t outcomes[HR_OUTCOMES]; /* of items and institutions */
};

struct table {
	hr_tally_part part;
	size_t width; /* counters a row */
	hr_str name;
	hr_str counted; /* what a row counts; empty: its outcomes */
	hr_str zh;
	hr_str en;
};

static const struct table tables[] = {
	{ HR_TALLY_FAULTS, 1, HR_STR_INIT("unreadable"), HR_STR_INIT("inputs"),
	  HR_STR_INIT("读不了的输入 (份)"), HR_STR_INIT("Inputs that cannot be read") },
	{ HR_TALLY_REASONS, 1, HR_STR_INIT("reasons"), HR_STR_INIT("reports"),
	  HR_STR_INIT("按理由 (报告数)"), HR_STR_INIT("By reason (reports)") },
	{ HR_TALLY_ITEMS, HR_OUTCOMES, HR_STR_INIT("items"), HR_STR_NONE,
	  HR_STR_INIT("按项目 (结果数: 符合 / 无法判定 / 不在范围)"),
	  HR_STR_INIT("By item (results: recognised / undecided / not)") },
	{ HR_TALLY_ISSUERS, HR_OUTCOMES, HR_STR_INIT("institutions"), HR_STR_NONE,
	  HR_STR_INIT("按出具机构 (报告数: 符合 / 无法判定 / 不在范围)"),
	  HR_STR_INIT("By institution (reports: recognised / undecided / not)") },
};

static struct row read_row(const hr_tally *tally, const struct table *table, size_t at)
{
	struct row row = { .at = at };

	for (size_t i = 0; i < table->width; i++) {
		row.outcomes[i] = hr_tally_get(tally, table->part, at * table->width + i);
		row.count += row.outcomes[i];
	}
	return row;
}

static bool is_before(const struct row *a, const struct row *b)
{
	return a->count > b->count || (a->count == b->count && a->at < b->at);
}

/* The greatest after `last`, NULL being the start. False when there is none. */
static bool next_row(const hr_tally *tally, const struct table *table, const struct row *last,
		     struct row *out)
{
	size_t rows = (tally->begins[table->part + 1] - tally->begins[table->part]) / table->width;
	struct row best = { .count = 0 };

	for (size_t i = 0; i < rows; i++) {
		struct row row = read_row(tally, table, i);

		if (row.count && (!last || is_before(last, &row)) &&
		    (!best.count || is_before(&row, &best)))
			best = row;
	}
	if (best.count)
		*out = best;
	return best.count != 0;
}

/* The rows after the last one that is shown. */
static struct row rest_of(const hr_tally *tally, const struct table *table, const struct row *last)
{
	size_t rows = (tally->begins[table->part + 1] - tally->begins[table->part]) / table->width;
	struct row rest = { .at = 0 };

	for (size_t i = 0; i < rows; i++) {
		struct row row = read_row(tally, table, i);

		if (row.count && is_before(last, &row)) {
			rest.at++;
			rest.count += row.count;
		}
	}
	return rest;
}

/* --- what a row is of --- */

struct label {
	hr_str code;
	hr_str name;
};

static hr_str reason_sentence(hr_reason_id id, hr_lang lang, hr_buf *scratch)
{
	const hr_reason reason = { .id = id, .arg = HR_STR_INIT("…") };

	scratch->len = 0;
	hr_reason_format(&reason, lang, scratch);
	return hr_buf_str(scratch);
}

static struct label label_of(const hr_tally *tally, hr_tally_part part, size_t at, hr_lang lang,
			     hr_buf *scratch)
{
	const hr_str unknown =
		lang == HR_LANG_EN ? HR_STR("not in the catalogue") : HR_STR("目录中没有");
	const hr_error_code fault = (hr_error_code)at;

	if (part == HR_TALLY_FAULTS)
		return (struct label){ hr_str_of(hr_error_word(fault)),
				       hr_str_of(lang == HR_LANG_EN ? hr_error_title(fault)
								    : hr_error_title_zh(fault)) };
	if (part == HR_TALLY_REASONS)
		return (struct label){ hr_reason_row_get((hr_reason_id)at)->code,
				       reason_sentence((hr_reason_id)at, lang, scratch) };
	if (part == HR_TALLY_ITEMS && at < hr_catalog_item_count(tally->catalog)) {
		const hr_item *item = hr_catalog_get_item(tally->catalog, (hr_item_id)at);

		return (struct label){ item->code, item->name };
	}
	if (part == HR_TALLY_ISSUERS && at < hr_catalog_institution_count(tally->catalog)) {
		const hr_institution *institution =
			hr_catalog_get_institution(tally->catalog, (hr_institution_id)at);

		return (struct label){ institution->key, institution->name };
	}
	return (struct label){ HR_STR_NONE, unknown };
}

/* --- for people --- */

static void add_totals(const hr_tally *tally, hr_lang lang, hr_buf *out)
{
	static const hr_outcome order[] = { HR_OUTCOME_RECOGNISED, HR_OUTCOME_UNDECIDED,
					    HR_OUTCOME_NOT_RECOGNISED };
	const bool english = lang == HR_LANG_EN;

	hr_buf_addf(out,
		    english ? "%" PRIu64 " reports, %" PRIu64 " results; %" PRIu64 " unreadable\n"
			    : "报告 %" PRIu64 " 份, 结果 %" PRIu64 " 项; 读不了的输入 %" PRIu64
			      " 份\n",
		    hr_tally_sum(tally, HR_TALLY_REPORTS), hr_tally_sum(tally, HR_TALLY_RESULTS),
		    hr_tally_sum(tally, HR_TALLY_FAULTS));
	for (size_t i = 0; i < HR_OUTCOMES; i++) {
		hr_str word = english ? hr_outcome_word(order[i]) : hr_outcome_zh(order[i]);

		hr_buf_addf(out,
			    english ? "  %.*s: %" PRIu64 " reports, %" PRIu64 " results\n"
				    : "  %.*s: 报告 %" PRIu64 " 份, 结果 %" PRIu64 " 项\n",
			    HR_STR_ARG(word), hr_tally_get(tally, HR_TALLY_REPORTS, order[i]),
			    hr_tally_get(tally, HR_TALLY_RESULTS, order[i]));
	}
}

static void add_row(const hr_tally *tally, const struct table *table, const struct row *row,
		    hr_lang lang, hr_buf *scratch, hr_buf *out)
{
	struct label label = label_of(tally, table->part, row->at, lang, scratch);

	if (table->counted.len)
		hr_buf_addf(out, "  %10" PRIu64, row->count);
	else
		hr_buf_addf(out, "  %10" PRIu64 " / %" PRIu64 " / %" PRIu64,
			    row->outcomes[HR_OUTCOME_RECOGNISED],
			    row->outcomes[HR_OUTCOME_UNDECIDED],
			    row->outcomes[HR_OUTCOME_NOT_RECOGNISED]);
	hr_buf_addf(out, "  %.*s%s%.*s\n", HR_STR_ARG(label.name), label.code.len ? "  " : "",
		    HR_STR_ARG(label.code));
}

static void add_table(const hr_tally *tally, const struct table *table, hr_lang lang,
		      hr_buf *scratch, hr_buf *out)
{
	struct row row;
	struct row rest;

	if (!next_row(tally, table, NULL, &row))
		return;
	hr_buf_addf(out, "%.*s\n", HR_STR_ARG(lang == HR_LANG_EN ? table->en : table->zh));
	for (int i = 1;; i++) {
		add_row(tally, table, &row, lang, scratch, out);
		if (i == HR_SUMMARY_ROWS || !next_row(tally, table, &row, &row))
			break;
	}
	rest = rest_of(tally, table, &row);
	if (rest.at)
		hr_buf_addf(out,
			    lang == HR_LANG_EN ? "  %10" PRIu64 "  in %zu more\n"
					       : "  %10" PRIu64 "  其余 %zu 种\n",
			    rest.count, rest.at);
}

void hr_tally_format_text(const hr_tally *tally, hr_lang lang, hr_buf *out)
{
	char memory[1024];
	hr_buf scratch;

	hr_buf_init_over(&scratch, memory, sizeof(memory));
	add_totals(tally, lang, out);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		add_table(tally, &tables[i], lang, &scratch, out);
}

/* --- for machines --- */

#define NAME(w, literal) hr_json_name((w), HR_STR(literal))

static void write_count(hr_json_writer *w, hr_str name, uint64_t count)
{
	hr_json_name(w, name);
	hr_json_int(w, (int64_t)count);
}

static void write_outcomes(hr_json_writer *w, const uint64_t *outcomes)
{
	for (int i = HR_OUTCOMES - 1; i >= 0; i--)
		write_count(w, hr_outcome_word((hr_outcome)i), outcomes[i]);
}

static void write_part(hr_json_writer *w, const hr_tally *tally, hr_str name, hr_tally_part part)
{
	hr_json_name(w, name);
	hr_json_open_object(w);
	write_outcomes(w, tally->counters + tally->begins[part]);
	hr_json_close_object(w);
}

static void write_row(hr_json_writer *w, const hr_tally *tally, const struct table *table,
		      const struct row *row, hr_buf *scratch)
{
	struct label label = label_of(tally, table->part, row->at, HR_LANG_ZH, scratch);

	hr_json_open_object(w);
	hr_json_member(w, HR_STR("code"), label.code);
	hr_json_member(w, HR_STR("name"), label.name);
	if (table->counted.len)
		write_count(w, table->counted, row->count);
	else
		write_outcomes(w, row->outcomes);
	hr_json_close_object(w);
}

/* {"rows": [...], "more": {"rows": 12, "count": 345}} */
static void write_table(hr_json_writer *w, const hr_tally *tally, const struct table *table,
			hr_buf *scratch)
{
	struct row row = { .at = 0 };
	struct row rest;
	bool has_row = next_row(tally, table, NULL, &row);

	hr_json_name(w, table->name);
	hr_json_open_object(w);
	NAME(w, "rows");
	hr_json_open_array(w);
	for (int i = 0; has_row && i < HR_SUMMARY_JSON_ROWS; i++) {
		write_row(w, tally, table, &row, scratch);
		if (i + 1 < HR_SUMMARY_JSON_ROWS)
			has_row = next_row(tally, table, &row, &row);
	}
	hr_json_close_array(w);
	rest = has_row ? rest_of(tally, table, &row) : (struct row){ .at = 0 };
	NAME(w, "more");
	hr_json_open_object(w);
	write_count(w, HR_STR("rows"), rest.at);
	write_count(w, HR_STR("count"), rest.count);
	hr_json_close_object(w);
	hr_json_close_object(w);
}

void hr_tally_format_json(const hr_tally *tally, hr_instant at, hr_buf *out)
{
	char memory[1024];
	char time[HR_INSTANT_TEXT];
	hr_json_writer w;
	hr_buf scratch;

	hr_buf_init_over(&scratch, memory, sizeof(memory));
	hr_json_writer_init(&w, out, true);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("schema"), HR_STR("urn:huren:batch-summary:1"));
	hr_json_member(&w, HR_STR("catalogue"), hr_catalog_id(tally->catalog));
	hr_json_member(&w, HR_STR("at"), hr_instant_format(at, time));
	write_part(&w, tally, HR_STR("reports"), HR_TALLY_REPORTS);
	write_part(&w, tally, HR_STR("results"), HR_TALLY_RESULTS);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		write_table(&w, tally, &tables[i], &scratch);
	hr_json_close_object(&w);
	HR_BUF_ADD(out, "\n");
}
