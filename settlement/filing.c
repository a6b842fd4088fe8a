#include "settlement/filing.h"

#include <string.h>

void hr_filing_add(hr_filing_findings *findings, hr_filing_finding finding)
{
	if (findings->count < HR_FILING_FINDINGS_MAX)
		findings->rows[findings->count++] = finding;
}

bool hr_filing_has(const hr_filing_findings *findings, hr_filing_effect effect)
{
	for (uint32_t i = 0; i < findings->count; i++)
		if (hr_filing_reason_effect(findings->rows[i].reason) == effect)
			return true;
	return false;
}

bool hr_filing_says(const hr_filing_findings *findings, hr_filing_reason reason)
{
	for (uint32_t i = 0; i < findings->count; i++)
		if (findings->rows[i].reason == reason)
			return true;
	return false;
}

bool hr_filing_findings_are_synthetic(const hr_filing_findings *findings)
{
	for (uint32_t i = 0; i < findings->count; i++)
		if (findings->rows[i].origin &&
		    findings->rows[i].origin->grade == HR_GRADE_SYNTHETIC)
			return true;
	return false;
}

static void say(hr_filing_ruling *out, hr_filing_reason reason, hr_str word,
		const hr_origin *origin)
{
	hr_filing_add(&out->findings, (hr_filing_finding){ .reason = reason,
							   .word = word,
							   .day = HR_DATE_MIN,
							   .filing = HR_ID_NONE,
							   .origin = origin });
}

/* --- is one needed? --- */

static hr_str name_of_zone(const hr_zone *zone)
{
	return zone->title.len ? zone->title : zone->name;
}

static hr_filing_need need_outside(const hr_area *area, hr_date on, const hr_scope_key *key,
				   hr_filing_ruling *out)
{
	const hr_filing_rules *rules = hr_area_find_filing(area, on);

	if (!rules) {
		say(out, HR_FILING_REASON_RULES_MISSING, HR_STR_NONE, NULL);
		return HR_FILING_UNDECIDED;
	}
	for (uint32_t i = 0; i < rules->place_count; i++) {
		const hr_filing_place *place = &rules->places[i];

		if (!hr_scope_has(&place->scope, key))
			continue;
		say(out,
		    place->exempt ? HR_FILING_REASON_OUTSIDE_EXEMPT
				  : HR_FILING_REASON_OUTSIDE_NEEDS,
		    HR_STR_NONE, &place->origin);
		return place->exempt ? HR_FILING_NOT_NEEDED : HR_FILING_NEEDED;
	}
	say(out, HR_FILING_REASON_NEED_MISSING, HR_STR_NONE, &rules->origin);
	return HR_FILING_UNDECIDED;
}

hr_filing_need hr_filing_find_need(const hr_area *area, hr_str care, hr_date on, hr_scope_key *key,
				   hr_filing_ruling *out)
{
	out->zone = hr_area_find_zone(area, care, on, key, &out->home);
	if (out->home) {
		say(out, HR_FILING_REASON_AT_HOME, HR_STR_NONE, &area->origin);
		return HR_FILING_NOT_NEEDED;
	}
	if (!out->zone)
		return need_outside(area, on, key, out);
	say(out, out->zone->exempt ? HR_FILING_REASON_ZONE_EXEMPT : HR_FILING_REASON_ZONE_NEEDS,
	    name_of_zone(out->zone), &out->zone->origin);
	return out->zone->exempt ? HR_FILING_NOT_NEEDED : HR_FILING_NEEDED;
}

const hr_origin *hr_filing_need_by(const hr_filing_ruling *ruling)
{
	return ruling->findings.count ? ruling->findings.rows[0].origin : NULL;
}

/* --- for how long one holds --- */

static hr_date before(hr_date day)
{
	return hr_date_add_days(day, -1);
}

static hr_date earlier(hr_date a, hr_date b)
{
	return a.day < b.day ? a : b;
}

/* Those of the day on which it was applied for, as far as that is told. */
static const hr_filing_rules *rules_of(const hr_area *area, const hr_filed *filed)
{
	bool told = filed->applied.day != HR_DATE_MIN.day;

	return hr_area_find_filing(area, told ? filed->applied : filed->from);
}

static hr_filing_validity validity_as(const hr_filing_kind *kind, const hr_filed *filed)
{
	hr_filing_validity v = { kind, filed->from, before(filed->from), HR_DATE_MAX };

	if (filed->until.day != HR_DATE_MIN.day) {
		v.sure = v.possible = filed->until;
	} else if (kind && kind->open) {
		v.sure = v.possible = HR_DATE_MAX;
	} else if (kind && kind->months != HR_FILING_MONTHS_UNKNOWN) {
		v.sure = hr_date_add_months(filed->from, kind->months);
		v.possible = kind->at_least ? HR_DATE_MAX : v.sure;
	}
	if (filed->state == HR_FILING_STATE_CHANGED || filed->state == HR_FILING_STATE_CANCELLED) {
		v.sure = earlier(v.sure, before(filed->ended));
		v.possible = earlier(v.possible, before(filed->ended));
	}
	return v;
}

hr_filing_validity hr_filing_validity_of(const hr_area *area, const hr_filed *filed)
{
	const hr_filing_rules *rules = rules_of(area, filed);

	return validity_as(rules ? hr_filing_find_kind(rules, filed->kind) : NULL, filed);
}

/* 直辖市: the filing is for all of it. */
static bool is_municipality(hr_str region)
{
	static const hr_str codes[] = { HR_STR_INIT("11"), HR_STR_INIT("12"), HR_STR_INIT("31"),
					HR_STR_INIT("50") };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (hr_str_starts_with(region, codes[i]))
			return true;
	return false;
}

bool hr_filing_covers(hr_str region, hr_str care)
{
	size_t len = 4;

	if (region.len != 6 || care.len != 6)
		return false;
	if (is_municipality(region) || hr_str_ends_with(region, HR_STR("0000")))
		len = 2;
	else if (hr_str_equal(hr_str_slice(region, 2, 4), HR_STR("90")))
		len = 6; /* Cities right under the province share these digits (GB/T 2260). */
	return hr_str_equal(hr_str_slice(region, 0, len), hr_str_slice(care, 0, len));
}

/* --- does one fulfil it? --- */

struct judging {
	const hr_area *area;
	const hr_filing_visit *visit;
	const hr_scope_key *key;
	hr_filing_ruling *out;
	hr_filing best; /* HR_FILING_COUNT: none yet */
	uint32_t maybe; /* bits: what those give of which it is not known whether they hold */
};

static void tell(struct judging *j, uint32_t filing, hr_filing_reason reason, hr_str word,
		 hr_date day, const hr_origin *origin)
{
	hr_filing_add(&j->out->findings, (hr_filing_finding){ reason, word, day, filing, origin });
}

/* All that a person may apply for. */
static const uint32_t any_filing = HR_FILING_BIT(HR_FILING_LONG) |
				   HR_FILING_BIT(HR_FILING_REFERRAL) |
				   HR_FILING_BIT(HR_FILING_OTHER);

uint32_t hr_filing_could_give(const hr_area *area, const hr_scope_key *key, hr_date on)
{
	const hr_filing_rules *rules = hr_area_find_filing(area, on);
	uint32_t gives = 0;

	for (uint32_t i = 0; rules && i < rules->kind_count; i++)
		if (!rules->kinds[i].flagged && hr_scope_has(&rules->kinds[i].scope, key))
			gives |= HR_FILING_BIT(rules->kinds[i].gives);
	return gives || (rules && rules->complete) ? gives : any_filing;
}

/* Of the state it is in; false when it cannot count. */
static bool judge_state(struct judging *j, const hr_filed *filed, uint32_t i)
{
	if (filed->state == HR_FILING_STATE_QUEUED)
		tell(j, i, HR_FILING_REASON_PENDING, HR_STR_NONE, HR_DATE_MIN, NULL);
	else if (filed->state == HR_FILING_STATE_REFUSED)
		tell(j, i, HR_FILING_REASON_REFUSED_BEFORE, HR_STR_NONE, HR_DATE_MIN, NULL);
	else if (filed->insured.len && !hr_region_within(filed->insured, j->area->region))
		tell(j, i, HR_FILING_REASON_OTHER_AREA, filed->insured, HR_DATE_MIN, NULL);
	else if (!hr_filing_covers(filed->region, j->visit->care))
		tell(j, i, HR_FILING_REASON_WRONG_REGION, filed->region, HR_DATE_MIN, NULL);
	else
		return true;
	return false;
}

/* One of those filed: its word resolved for the visit, its time, and as what it may be taken. */
struct judged {
	const hr_filed *filed;
	uint32_t i;
	hr_filing_validity v; /* its kind is NULL where the word is none, or that of several */
	bool several;
	uint32_t gives; /* bits */
};

/* False when it is of no kind that is for the visit, whenever it holds. */
static bool judge_kind(struct judging *j, struct judged *f)
{
	const hr_filing_rules *rules = rules_of(j->area, f->filed);
	hr_str word = f->filed->kind;
	const hr_filing_kind *kind = rules ? hr_filing_find_kind_for(rules, word, j->key) : NULL;

	f->v = validity_as(kind, f->filed);
	if (kind && !hr_scope_has(&kind->scope, j->key)) {
		tell(j, f->i, HR_FILING_REASON_WRONG_TYPE, kind->title, HR_DATE_MIN, &kind->origin);
		return false;
	}
	f->gives = kind	   ? HR_FILING_BIT(kind->gives)
		   : rules ? hr_filing_code_gives(rules, word, j->key)
			   : 0;
	f->several = !kind && f->gives;
	if (!f->gives && rules && rules->complete) {
		tell(j, f->i, HR_FILING_REASON_KIND_UNKNOWN, word, HR_DATE_MIN, &rules->origin);
		return false;
	}
	if (!f->gives) /* Of a kind that nobody knows it may be any. */
		f->gives = any_filing;
	return true;
}

/* Why it holds no more on the day of admission; which may be that nobody knows. */
static void tell_end(struct judging *j, const struct judged *f)
{
	const hr_filed *filed = f->filed;
	const hr_filing_validity *v = &f->v;
	const hr_origin *origin = v->kind ? &v->kind->origin : NULL;
	bool ended = filed->state == HR_FILING_STATE_CHANGED ||
		     filed->state == HR_FILING_STATE_CANCELLED;

	if (j->visit->begun.day <= v->possible.day) {
		bool some = v->sure.day >= v->from.day;

		tell(j, f->i,
		     some	  ? HR_FILING_REASON_LENGTH_AT_LEAST
		     : f->several ? HR_FILING_REASON_KIND_AMBIGUOUS
				  : HR_FILING_REASON_LENGTH_MISSING,
		     some ? HR_STR_NONE : filed->kind, some ? v->sure : HR_DATE_MIN, origin);
		j->maybe |= f->gives;
	} else if (ended && before(filed->ended).day == v->possible.day) {
		tell(j, f->i, HR_FILING_REASON_WITHDRAWN, HR_STR_NONE, filed->ended, NULL);
	} else {
		tell(j, f->i, HR_FILING_REASON_EXPIRED, HR_STR_NONE, v->possible, origin);
	}
}

/* Admitted within its time, and discharged after it. */
static bool judge_stay(struct judging *j, const struct judged *f)
{
	const hr_filing_rules *rules = hr_area_find_filing(j->area, j->visit->begun);
	hr_said said = rules ? rules->stay_by_admission : HR_SAID_NOTHING;

	if (j->visit->ended.day <= f->v.sure.day)
		return true;
	if (said == HR_SAID_YES) {
		tell(j, f->i, HR_FILING_REASON_STAY_BY_ADMISSION, HR_STR_NONE, HR_DATE_MIN,
		     &rules->stay_origin);
	} else if (said == HR_SAID_NOTHING || j->visit->ended.day <= f->v.possible.day) {
		tell(j, f->i, HR_FILING_REASON_STAY_MISSING, HR_STR_NONE, HR_DATE_MIN, NULL);
		j->maybe |= f->gives;
	} else {
		tell(j, f->i, HR_FILING_REASON_EXPIRED, HR_STR_NONE, f->v.possible,
		     &rules->stay_origin);
	}
	return said == HR_SAID_YES;
}

static void judge(struct judging *j, const hr_filed *filed, uint32_t i)
{
	struct judged f = { .filed = filed, .i = i };
	const hr_filing_kind *kind;

	if (!judge_state(j, filed, i) || !judge_kind(j, &f))
		return;
	kind = f.v.kind;
	if (j->visit->begun.day < f.v.from.day) {
		tell(j, i, HR_FILING_REASON_NOT_BEGUN, HR_STR_NONE, f.v.from, NULL);
	} else if (j->visit->begun.day > f.v.sure.day) {
		tell_end(j, &f);
	} else if (!judge_stay(j, &f)) {
		return;
	} else if (!kind) {
		tell(j, i,
		     f.several ? HR_FILING_REASON_KIND_AMBIGUOUS : HR_FILING_REASON_KIND_MISSING,
		     filed->kind, HR_DATE_MIN, NULL);
		j->maybe |= f.gives;
	} else {
		tell(j, i, HR_FILING_REASON_FILED, kind->title, HR_DATE_MIN, &kind->origin);
		/* HR_FILINGS has the better ones first. */
		if (kind->gives < j->best) {
			j->best = kind->gives;
			j->out->by = i;
		}
	}
}

static void judge_flag(struct judging *j)
{
	const hr_filing_rules *rules = hr_area_find_filing(j->area, j->visit->begun);

	if (!j->visit->emergency)
		return;
	for (uint32_t i = 0; rules && i < rules->kind_count; i++) {
		const hr_filing_kind *kind = &rules->kinds[i];

		if (!kind->flagged || !hr_scope_has(&kind->scope, j->key))
			continue;
		say(j->out, HR_FILING_REASON_EMERGENCY, HR_STR_NONE, &kind->origin);
		if (kind->gives < j->best) {
			j->best = kind->gives;
			j->out->by = HR_ID_NONE;
		}
		return;
	}
	say(j->out, HR_FILING_REASON_EMERGENCY_MISSING, HR_STR_NONE, NULL);
	j->maybe |= HR_FILING_BIT(HR_FILING_EMERGENCY);
}

/* A chronic disease is qualified at home first, wherever the visit is but at home. */
static void judge_qualification(struct judging *j)
{
	const hr_filing_rules *rules = hr_area_find_filing(j->area, j->visit->begun);
	hr_filing_reason reason = HR_FILING_REASON_QUALIFICATION_UNTOLD;

	if (!j->visit->chronic || j->out->home)
		return;
	if (!rules || rules->qualification == HR_SAID_NOTHING) {
		say(j->out, HR_FILING_REASON_QUALIFICATION_MISSING, HR_STR_NONE, NULL);
		return;
	}
	if (rules->qualification == HR_SAID_NO)
		return;
	if (j->visit->qualified == HR_QUALIFIED_YES)
		reason = HR_FILING_REASON_QUALIFIED;
	else if (j->visit->qualified == HR_QUALIFIED_NO)
		reason = HR_FILING_REASON_QUALIFICATION_NEEDED;
	say(j->out, reason, HR_STR_NONE, &rules->qualification_origin);
}

/* What the filing would carry falls without the qualification; what is not known of it stays open.
 */
static hr_filing_outcome outcome_of(const hr_filing_ruling *out, bool carried)
{
	if (hr_filing_says(&out->findings, HR_FILING_REASON_QUALIFICATION_NEEDED))
		return HR_FILING_FAILS;
	if (carried)
		return hr_filing_says(&out->findings, HR_FILING_REASON_QUALIFICATION_MISSING) ||
				       hr_filing_says(&out->findings,
						      HR_FILING_REASON_QUALIFICATION_UNTOLD)
			       ? HR_FILING_OPEN_STILL
			       : HR_FILING_HOLDS;
	/* A qualification nobody told of does not make up for a filing that is not there. */
	return out->need == HR_FILING_UNDECIDED || out->possible != HR_FILING_BIT(HR_FILING_NONE) ||
			       hr_filing_says(&out->findings, HR_FILING_REASON_FILING_UNTOLD)
		       ? HR_FILING_OPEN_STILL
		       : HR_FILING_FAILS;
}

/* HR_FILINGS has the better ones first, behind NONE: a worse one changes nothing. */
static uint32_t possible_of(const struct judging *j)
{
	uint32_t possible = j->maybe;

	if (j->out->need == HR_FILING_NOT_NEEDED)
		return HR_FILING_BIT(HR_FILING_EXEMPT);
	if (j->best == HR_FILING_COUNT)
		possible |= HR_FILING_BIT(HR_FILING_NONE);
	else
		possible = (possible & (HR_FILING_BIT(j->best) - 1)) | HR_FILING_BIT(j->best);
	if (j->out->need == HR_FILING_UNDECIDED)
		possible |= HR_FILING_BIT(HR_FILING_EXEMPT);
	return possible;
}

/* Neither stated nor on record. */
static void judge_nothing(struct judging *j)
{
	if (j->visit->untold)
		say(j->out, HR_FILING_REASON_FILING_UNTOLD, HR_STR_NONE, NULL);
	else if (j->best == HR_FILING_COUNT && j->out->need == HR_FILING_NEEDED)
		say(j->out, HR_FILING_REASON_NOT_FILED, HR_STR_NONE, NULL);
}

/* The word of whoever asks, beside what rules and records (`recorded`) give. */
static void take_stated(struct judging *j, bool recorded)
{
	const hr_filing filing = j->visit->filing;
	const bool needed = j->out->need == HR_FILING_NEEDED;
	const bool contradicts = recorded && !(j->out->possible & HR_FILING_BIT(filing));

	if (contradicts || (filing == HR_FILING_NONE && j->out->need == HR_FILING_NOT_NEEDED))
		say(j->out, HR_FILING_REASON_STATED_DIFFERS, HR_STR_NONE, NULL);
	else
		say(j->out, HR_FILING_REASON_STATED, HR_STR_NONE, NULL);
	if (needed && filing == HR_FILING_NONE)
		say(j->out, HR_FILING_REASON_NOT_FILED, HR_STR_NONE, NULL);
	if (needed && filing == HR_FILING_EXEMPT)
		say(j->out, HR_FILING_REASON_STATED_EXEMPT, HR_STR_NONE, NULL);
	j->out->possible = HR_FILING_BIT(filing);
	j->out->by = HR_ID_NONE;
	if (j->out->need == HR_FILING_NOT_NEEDED || filing > HR_FILING_EXEMPT)
		j->best = filing;
	else
		j->best = HR_FILING_COUNT;
}

void hr_filing_rule(const hr_area *area, const hr_filing_visit *visit, const hr_filed *filings,
		    size_t count, hr_filing_ruling *out)
{
	hr_scope_key key = visit->key;
	struct judging j = { area, visit, &key, out, HR_FILING_COUNT, 0 };
	bool carried;

	memset(out, 0, sizeof(*out));
	out->by = HR_ID_NONE;
	out->need = hr_filing_find_need(area, visit->care, visit->ended, &key, out);
	judge_qualification(&j);
	if (out->need == HR_FILING_NOT_NEEDED) {
		j.best = HR_FILING_EXEMPT;
	} else {
		judge_flag(&j);
		for (size_t i = 0; i < count && i < HR_FILINGS_MAX; i++)
			judge(&j, &filings[i], (uint32_t)i);
		if (count == 0 && !visit->stated)
			judge_nothing(&j);
	}
	out->possible = possible_of(&j);
	if (visit->stated)
		take_stated(&j, count > 0 || visit->emergency);
	carried = j.best != HR_FILING_COUNT;
	out->outcome = outcome_of(out, carried);
	out->gives = out->outcome == HR_FILING_HOLDS ? j.best : HR_FILING_NONE;
	if (out->outcome != HR_FILING_HOLDS)
		out->by = HR_ID_NONE;
}
