/* An application for a filing, decided by the area's rules of the day. */
#include "settlement/filing_parts.h"

#include "base/id_card.h"

#include <string.h>

void hr_filing_tell(hr_filing_decision *out, hr_filing_reason reason, hr_str word, hr_date day,
		    const hr_origin *origin)
{
	hr_filing_add(&out->findings, (hr_filing_finding){ reason, word, day, HR_ID_NONE, origin });
}

/* --- the kind, and for whom --- */

static bool is_a_code(const hr_filing_rules *rules, hr_str word)
{
	for (uint32_t i = 0; i < rules->kind_count; i++) {
		const hr_filing_kind *kind = &rules->kinds[i];

		if (kind->code_count && hr_filing_lists(kind->codes, kind->code_count, word))
			return true;
	}
	return false;
}

static void check_kind(const hr_filing_case *c)
{
	hr_filing_decision *out = c->out;
	hr_str word = c->asked->kind;

	if (!c->rules) {
		hr_filing_tell_word(out, HR_FILING_REASON_RULES_MISSING, HR_STR_NONE, NULL);
		return;
	}
	out->kind = hr_filing_find_kind(c->rules, word);
	if (out->kind) {
		out->filed.kind = out->kind->name;
		if (!hr_scope_has(&out->kind->scope, &c->asked->key))
			hr_filing_tell_word(out, HR_FILING_REASON_NOT_FOR_PERSON, out->kind->title,
					    &out->kind->origin);
		return;
	}
	if (is_a_code(c->rules, word))
		hr_filing_tell_word(out, HR_FILING_REASON_KIND_AMBIGUOUS, word, &c->rules->origin);
	else
		hr_filing_tell_word(out,
				    c->rules->complete ? HR_FILING_REASON_KIND_UNKNOWN
						       : HR_FILING_REASON_KIND_MISSING,
				    word, &c->rules->origin);
}

/* --- the person's data --- */

/* GB 11643: the day of birth stands in the number. */
static bool is_born_on(hr_str id_card, hr_date born)
{
	char text[HR_DATE_TEXT];
	hr_str day = hr_date_format(born, text);

	return hr_str_equal(hr_str_slice(id_card, 6, 10), hr_str_slice(day, 0, 4)) &&
	       hr_str_equal(hr_str_slice(id_card, 10, 12), hr_str_slice(day, 5, 7)) &&
	       hr_str_equal(hr_str_slice(id_card, 12, 14), hr_str_slice(day, 8, 10));
}

static void check_data(const hr_filing_case *c)
{
	const hr_filing_application *asked = c->asked;
	bool enrolled = asked->enrolled_count == 0;

	for (uint32_t i = 0; i < asked->enrolled_count; i++)
		enrolled |= hr_str_equal(asked->enrolled[i], asked->insured);
	if (!enrolled)
		hr_filing_tell_word(c->out, HR_FILING_REASON_ENROLLED_ELSEWHERE, asked->insured,
				    NULL);
	if (asked->id_card.len && !hr_is_id_card(asked->id_card))
		hr_filing_tell_word(c->out, HR_FILING_REASON_BAD_IDENTITY, HR_STR_NONE, NULL);
	else if (asked->id_card.len && asked->born.day != HR_DATE_MIN.day &&
		 !is_born_on(asked->id_card, asked->born))
		hr_filing_tell_word(c->out, HR_FILING_REASON_IDENTITY_DIFFERS, HR_STR_NONE, NULL);
	if (hr_region_within(asked->region, c->area->region))
		hr_filing_tell_word(c->out, HR_FILING_REASON_REGION_AT_HOME, HR_STR_NONE,
				    &c->area->origin);
}

/* --- days --- */

static void check_length(const hr_filing_case *c)
{
	const hr_filing_application *asked = c->asked;
	hr_filed whole = c->out->filed;
	hr_filing_validity longest;

	if (asked->until.day == HR_DATE_MIN.day)
		return;
	if (asked->until.day < asked->from.day)
		hr_filing_tell_word(c->out, HR_FILING_REASON_ENDS_BEFORE, HR_STR_NONE, NULL);
	whole.until = HR_DATE_MIN;
	longest = hr_filing_validity_of(c->area, &whole);
	if (longest.kind && asked->until.day > longest.possible.day)
		hr_filing_tell_day(c->out, HR_FILING_REASON_TOO_LONG, longest.possible,
				   &longest.kind->origin);
}

/* --- beside other filings --- */

static hr_said may_be_beside(const hr_filing_rules *rules, const hr_filing_kind *a,
			     const hr_filing_kind *b)
{
	if (!rules || !a || !b)
		return HR_SAID_NOTHING;
	if (a->class != b->class)
		return rules->overlap.mixed;
	return a->class == HR_FILING_FOR_LONG ? rules->overlap.both_long
					      : rules->overlap.both_short;
}

/* What surely meets is refused; what only may meet is not known. */
static void check_beside(const hr_filing_case *c, const hr_filed *other, uint32_t index)
{
	const hr_filing_validity mine = c->out->validity;
	const hr_filing_validity v = hr_filing_validity_of(c->area, other);
	hr_said said = may_be_beside(c->rules, c->out->kind, v.kind);
	bool surely = mine.from.day <= v.sure.day && v.from.day <= mine.sure.day;
	bool perhaps = mine.from.day <= v.possible.day && v.from.day <= mine.possible.day;

	if (!perhaps || said == HR_SAID_YES ||
	    (other->state != HR_FILING_STATE_APPROVED && other->state != HR_FILING_STATE_QUEUED))
		return;
	hr_filing_add(&c->out->findings,
		      (hr_filing_finding){ said == HR_SAID_NO && surely
						   ? HR_FILING_REASON_OVERLAP
						   : HR_FILING_REASON_OVERLAP_MISSING,
					   other->region, HR_DATE_MIN, index,
					   c->rules ? &c->rules->overlap.origin : NULL });
}

/* --- all of it --- */

static hr_filing_decision begin(const hr_filing_application *asked, hr_date today)
{
	return (hr_filing_decision){
		.filed = { .kind = asked->kind,
			   .insured = asked->insured,
			   .region = asked->region,
			   .applied = today,
			   .from = asked->from,
			   .until = asked->until,
			   .state = HR_FILING_STATE_APPROVED,
			   .ended = HR_DATE_MIN },
		.due = HR_DATE_MIN,
		.change_from = HR_DATE_MIN,
	};
}

static void conclude(const hr_filing_case *c, const hr_filing_channel *at_once)
{
	hr_filing_decision *out = c->out;

	if (hr_filing_has(&out->findings, HR_FILING_NO))
		out->verdict = HR_FILING_REFUSED;
	else if (hr_filing_has(&out->findings, HR_FILING_OPEN))
		out->verdict = HR_FILING_UNKNOWN;
	else if (at_once && !hr_filing_says(&out->findings, HR_FILING_REASON_EARLY_AT_OFFICE))
		out->verdict = HR_FILING_APPROVED;
	else
		out->verdict = HR_FILING_QUEUED;
	if (at_once && out->verdict == HR_FILING_APPROVED)
		hr_filing_tell_word(out, HR_FILING_REASON_APPROVED_AT_ONCE, HR_STR_NONE,
				    &at_once->origin);
	out->filed.state = out->verdict == HR_FILING_APPROVED  ? HR_FILING_STATE_APPROVED
			   : out->verdict == HR_FILING_REFUSED ? HR_FILING_STATE_REFUSED
							       : HR_FILING_STATE_QUEUED;
	out->change_from = HR_DATE_MIN;
	if (out->kind && out->kind->change_months > 0)
		out->change_from =
			hr_date_add_days(hr_date_add_months(c->today, out->kind->change_months), 1);
	else if (out->kind && out->kind->change_months == 0)
		out->change_from = c->today;
}

void hr_filing_apply(const hr_catalog *catalog, const hr_area *area, const hr_filed *filings,
		     size_t count, const hr_filing_application *application, hr_date today,
		     hr_filing_decision *out)
{
	const hr_filing_case c = {
		.catalog = catalog,
		.area = area,
		.rules = hr_area_find_filing(area, today),
		.asked = application,
		.today = today,
		.out = out,
	};
	const hr_filing_channel *at_once;

	*out = begin(application, today);
	check_kind(&c);
	check_data(&c);
	out->validity = hr_filing_validity_of(area, &out->filed);
	check_length(&c);
	hr_filing_check_back(&c);
	for (size_t i = 0; i < count && i < HR_FILINGS_MAX; i++) {
		if (i == application->replaces)
			hr_filing_check_change(&c, &filings[i], false, application->objective);
		else
			check_beside(&c, &filings[i], (uint32_t)i);
	}
	hr_filing_check_materials(&c);
	at_once = hr_filing_check_channel(&c);
	conclude(&c, at_once);
}

hr_str hr_filing_verdict_word(hr_filing_verdict verdict)
{
	static const hr_str words[HR_FILING_VERDICTS] = {
		[HR_FILING_APPROVED] = HR_STR_INIT("approved"),
		[HR_FILING_QUEUED] = HR_STR_INIT("queued"),
		[HR_FILING_REFUSED] = HR_STR_INIT("refused"),
		[HR_FILING_UNKNOWN] = HR_STR_INIT("undecided"),
	};

	return words[verdict];
}
