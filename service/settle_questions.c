#include "service/settle_questions.h"

#include "service/filing_deeds.h"
#include "service/line_fault.h"
#include "service/verify.h"
#include "settlement/compare.h"
#include "settlement/explain.h"

typedef bool answer_fn(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
		       hr_buf *out, unsigned *outcome, hr_error *err);

static hr_quote_lang lang_of(const hr_settle_asking *asking)
{
	return asking->english ? HR_QUOTE_EN : HR_QUOTE_ZH;
}

/* --- quotes --- */

static bool answer_quote(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
			 hr_buf *out, unsigned *outcome, hr_error *err)
{
	hr_visit visit;
	hr_quote quote;

	if (!hr_visit_read(node, asking->catalog, arena, &visit, err) ||
	    !hr_quote_make(asking->catalog, &visit, asking->explain, arena, &quote, err))
		return false;
	*outcome = quote.outcome;
	if (asking->text)
		hr_quote_format_text(&quote, lang_of(asking), out);
	else
		hr_quote_format_json(&quote, out);
	return true;
}

/* --- explanations --- */

enum { EXPLAINED, EXPLAINED_DIFFERS, EXPLAINED_UNKNOWN };

static unsigned outcome_of_explain(const hr_explain *explain)
{
	switch (hr_explain_code(explain)) {
	case 0:
		return EXPLAINED;
	case 1:
		return EXPLAINED_DIFFERS;
	default:
		return EXPLAINED_UNKNOWN;
	}
}

static bool answer_explanation(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
			       hr_buf *out, unsigned *outcome, hr_error *err)
{
	hr_explain_ask *ask = HR_NEW(arena, hr_explain_ask);
	hr_explain explain;

	if (!ask)
		return hr_fail_memory(err);
	if (!hr_explain_read(node, asking->catalog, arena, ask, err) ||
	    !hr_explain_make(asking->catalog, ask, arena, &explain, err))
		return false;
	*outcome = outcome_of_explain(&explain);
	if (asking->text)
		hr_explain_format_text(&explain, lang_of(asking), out);
	else
		hr_explain_format_json(&explain, out);
	return true;
}

/* --- comparisons --- */

enum { COMPARED, COMPARED_UNKNOWN };

static bool answer_comparison(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
			      hr_buf *out, unsigned *outcome, hr_error *err)
{
	const hr_comparison *comparison;
	hr_visit visit;

	if (!hr_visit_read(node, asking->catalog, arena, &visit, err) ||
	    !hr_compare(asking->catalog, &visit, arena, &comparison, err))
		return false;
	*outcome = hr_comparison_is_told(comparison) ? COMPARED : COMPARED_UNKNOWN;
	if (asking->text)
		hr_comparison_format_text(comparison, lang_of(asking), out);
	else
		hr_comparison_format_json(comparison, out);
	return true;
}

/* --- diagnoses --- */

static bool answer_diagnosis(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
			     hr_buf *out, unsigned *outcome, hr_error *err)
{
	hr_diagnosis diagnosis;
	hr_visit visit;

	if (!hr_visit_read_unbilled(node, asking->catalog, arena, &visit, err) ||
	    !hr_diagnose(asking->catalog, &visit, arena, &diagnosis, err))
		return false;
	*outcome = diagnosis.outcome;
	if (asking->text)
		hr_diagnosis_format_text(&diagnosis, lang_of(asking), out);
	else
		hr_diagnosis_format_json(&diagnosis, out);
	return true;
}

/* --- checks --- */

enum { CHECK_SOUND, CHECK_BROKEN };

static bool answer_check(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
			 hr_buf *out, unsigned *outcome, hr_error *err)
{
	hr_settle_result result;
	hr_breaches breaches;

	(void)arena;
	if (!hr_result_read(node, &result, err))
		return false;
	breaches = hr_identities_check(&result.settlement, asking->place, result.details_fen);
	*outcome = breaches.count > breaches.notes ? CHECK_BROKEN : CHECK_SOUND;
	if (asking->text)
		hr_breaches_format_text(&breaches, asking->english, out);
	else
		hr_breaches_format_json(&breaches, out);
	return true;
}

/* --- filings --- */

enum { FILING_YES, FILING_NO, FILING_UNDECIDED };

static bool answer_filing(const hr_settle_asking *asking, const hr_json *node, hr_arena *arena,
			  hr_buf *out, unsigned *outcome, hr_error *err)
{
	const hr_filing_style style = { asking->text, asking->english };
	hr_filing_answer answer;
	hr_filing_ask ask;

	if (!hr_filing_ask_read(node, asking->catalog, arena, &ask, err) ||
	    !hr_filing_answer_make(asking->catalog, &ask, &answer, err))
		return false;
	*outcome = (unsigned)hr_filing_answer_code(&answer);
	if (*outcome > FILING_NO)
		*outcome = FILING_UNDECIDED;
	hr_filing_answer_format(&answer, HR_STR_NONE, style, out);
	return true;
}

/* --- one --- */

static const struct question {
	hr_str word;
	size_t bytes_max; /* of a document */
	answer_fn *answer;
	hr_str outcomes[HR_SETTLE_OUTCOMES];
} questions[HR_SETTLE_QUESTIONS] = {
	[HR_SETTLE_QUOTE] = { HR_STR_INIT("quote"),
			      HR_VISIT_BYTES_MAX,
			      answer_quote,
			      { [HR_QUOTE_COMPUTED] = HR_STR_INIT("computed"),
				[HR_QUOTE_NO_AREA] = HR_STR_INIT("no-area"),
				[HR_QUOTE_NO_POLICY] = HR_STR_INIT("no-policy"),
				[HR_QUOTE_NOT_QUALIFIED] = HR_STR_INIT("not-qualified"),
				[HR_SETTLE_REFUSED] = HR_STR_INIT("error") } },
	[HR_SETTLE_EXPLANATION] = { HR_STR_INIT("explanation"),
				    HR_EXPLAIN_BYTES_MAX,
				    answer_explanation,
				    { [EXPLAINED] = HR_STR_INIT("explained"),
				      [EXPLAINED_DIFFERS] = HR_STR_INIT("differs"),
				      [EXPLAINED_UNKNOWN] = HR_STR_INIT("unknown"),
				      [HR_SETTLE_REFUSED] = HR_STR_INIT("error") } },
	[HR_SETTLE_COMPARISON] = { HR_STR_INIT("comparison"),
				   HR_VISIT_BYTES_MAX,
				   answer_comparison,
				   { [COMPARED] = HR_STR_INIT("compared"),
				     [COMPARED_UNKNOWN] = HR_STR_INIT("unknown"),
				     [HR_SETTLE_REFUSED] = HR_STR_INIT("error") } },
	[HR_SETTLE_DIAGNOSIS] = { HR_STR_INIT("diagnosis"),
				  HR_VISIT_BYTES_MAX,
				  answer_diagnosis,
				  { [HR_DIAGNOSIS_DIRECT] = HR_STR_INIT("direct"),
				    [HR_DIAGNOSIS_NOT_DIRECT] = HR_STR_INIT("not-direct"),
				    [HR_DIAGNOSIS_NOT_KNOWN] = HR_STR_INIT("undecided"),
				    [HR_SETTLE_REFUSED] = HR_STR_INIT("error") } },
	[HR_SETTLE_CHECK] = { HR_STR_INIT("check"),
			      HR_VISIT_BYTES_MAX,
			      answer_check,
			      { [CHECK_SOUND] = HR_STR_INIT("sound"),
				[CHECK_BROKEN] = HR_STR_INIT("broken"),
				[HR_SETTLE_REFUSED] = HR_STR_INIT("error") } },
	[HR_SETTLE_FILING] = { HR_STR_INIT("filing-check"),
			       HR_FILING_BYTES_MAX,
			       answer_filing,
			       { [FILING_YES] = HR_STR_INIT("yes"),
				 [FILING_NO] = HR_STR_INIT("no"),
				 [FILING_UNDECIDED] = HR_STR_INIT("undecided"),
				 [HR_SETTLE_REFUSED] = HR_STR_INIT("error") } },
};

hr_str hr_settle_question_word(hr_settle_question question)
{
	return questions[question].word;
}

hr_str hr_settle_outcome_word(hr_settle_question question, unsigned outcome)
{
	return questions[question].outcomes[outcome];
}

static bool check_room(const hr_buf *out, hr_error *err)
{
	if (!out->failed)
		return true;
	if (hr_arena_is_short(out->arena))
		return hr_fail_memory(err);
	return hr_fail(err, HR_E_LIMIT, "the answer has more than %zu bytes: ask for less at once",
		       out->limit);
}

static bool answer_document(const hr_settle_asking *asking, hr_json_parser *parser, hr_str document,
			    hr_arena *arena, hr_buf *out, unsigned *outcome, hr_error *err)
{
	const struct question *q = &questions[asking->question];
	const hr_json *node;

	if (document.len > q->bytes_max)
		return hr_fail(err, HR_E_LIMIT, "a document is longer than %zu bytes",
			       q->bytes_max);
	return hr_json_read(parser, document, arena, &node, err) &&
	       q->answer(asking, node, arena, out, outcome, err);
}

bool hr_settle_answer(const hr_settle_asking *asking, hr_str document, hr_arena *arena, hr_buf *out,
		      unsigned *outcome, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = answer_document(asking, parser, document, arena, out, outcome, err) &&
	     check_room(out, err);
	hr_json_parser_close(parser);
	return ok;
}

/* --- one in each line --- */

struct reading {
	const hr_settle_asking *asking;
	hr_json_parser *parser;
	hr_arena *arena; /* of one line */
	hr_buf *out;
	hr_settle_put *put;
	void *context;
	hr_settle_tally tally;
};

/* Memory that was short is not the line's fault. */
static bool answer_line(struct reading *r, hr_str line, uint64_t number, hr_error *err)
{
	unsigned outcome = HR_SETTLE_REFUSED;
	hr_error fault = { .code = HR_E_NONE };

	if (!answer_document(r->asking, r->parser, line, r->arena, r->out, &outcome, &fault)) {
		if (fault.code == HR_E_MEMORY)
			return hr_fail_memory(err);
		outcome = HR_SETTLE_REFUSED;
		hr_line_fault_write(&fault, number, r->out);
	}
	r->tally.outcomes[outcome]++;
	return check_room(r->out, err) && r->put(r->context, err);
}

static bool answer_each(struct reading *r, hr_str lines, hr_error *err)
{
	uint64_t answered = 0;

	for (uint64_t number = 1; lines.len; number++) {
		const size_t end = hr_str_find(lines, HR_STR("\n"));
		const hr_str line = hr_str_trim(hr_str_slice(lines, 0, end));

		lines = hr_str_slice(lines, end + 1, lines.len);
		if (line.len == 0)
			continue;
		if (answered++ == HR_SETTLE_LINES_MAX)
			return hr_fail(err, HR_E_LIMIT,
				       "a request has at most %d lines: send the next in another",
				       HR_SETTLE_LINES_MAX);
		hr_arena_reset(r->arena);
		if (!answer_line(r, line, number, err))
			return false;
	}
	return true;
}

bool hr_settle_answer_lines(const hr_settle_asking *asking, hr_str lines, hr_buf *out,
			    hr_settle_put *put, void *context, hr_settle_tally *tally,
			    hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(HR_REQUEST_BYTES_MAX);
	struct reading r = { .asking = asking,
			     .parser = hr_json_parser_open(),
			     .arena = arena,
			     .out = out,
			     .put = put,
			     .context = context };
	bool ok;

	ok = arena && r.parser ? answer_each(&r, lines, err) : hr_fail_memory(err);
	hr_json_parser_close(r.parser);
	if (ok)
		*tally = r.tally;
	return ok;
}
