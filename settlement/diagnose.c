/*
 * Every question is asked; then what the platform has said, and the offices
 * that can cure it, are laid to the answers.
 */
#include "settlement/diagnose_ask.h"

static hr_service service_of(hr_str type)
{
	static const struct {
		hr_str type;
		hr_service service;
	} rows[] = {
		{ HR_STR_INIT("14"), HR_SERVICE_CHRONIC },
		{ HR_STR_INIT("1"), HR_SERVICE_OUTPATIENT },
		{ HR_STR_INIT("2"), HR_SERVICE_INPATIENT },
		{ HR_STR_INIT("41"), HR_SERVICE_PHARMACY },
	};

	for (size_t i = 0; type.len == 2 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_starts_with(type, rows[i].type))
			return rows[i].service;
	return HR_SERVICE_COUNT;
}

/* Is one needed, and is one there? As a quote has it, unless a ruling was taken before. */
static void ask_of_filing(hr_diagnosing *a, hr_visit *own)
{
	const uint32_t faults = own->facts.filed;
	const bool told = own->facts.filed_given;
	hr_filing_ruling ruling;

	if (own->facts.ruled) {
		a->need = !own->facts.need_given ? HR_FILING_UNDECIDED
			  : own->facts.need	 ? HR_FILING_NEEDED
						 : HR_FILING_NOT_NEEDED;
		a->need_by = own->facts.need_by;
		return;
	}
	hr_visit_rule_filing(a->area, own, &a->key, &ruling);
	a->need = ruling.need;
	a->need_by = hr_filing_need_by(&ruling);
	if (own->filing_given || !(own->filings_given || own->emergency))
		return;
	hr_visit_take_filing(&ruling, own);
	/* What the place of insurance has found wrong stays so. */
	own->facts.filed |= faults;
	own->facts.filed_given |= told;
}

/* `own` is the visit as it is asked about. */
static hr_diagnosing ask_about(const hr_catalog *catalog, hr_visit *own)
{
	hr_diagnosing a = {
		.catalog = catalog,
		.visit = own,
		.facts = &own->facts,
		.area = hr_catalog_find_area(catalog, own->insured),
		.key = hr_visit_key(own, catalog),
		.service = service_of(own->type),
		.home = hr_str_equal(own->insured, own->care),
		.across = !hr_str_starts_with(own->care, hr_str_slice(own->insured, 0, 2)),
	};

	if (a.area) {
		hr_filing filing;

		a.zone = hr_area_find_zone(a.area, own->care, own->ended, &a.key, &a.home);
		ask_of_filing(&a, own);
		filing = own->filing;
		if (!own->filing_given)
			filing = a.need == HR_FILING_NOT_NEEDED ? HR_FILING_EXEMPT : HR_FILING_NONE;
		hr_scope_key_set_filing(filing, &a.key);
	}
	return a;
}

/* Those of the person's own region; of the card's, where there are any. */
static void find_offices(const hr_diagnosing *a, hr_cause cause, hr_cause_ruling *ruling)
{
	hr_cure_by by = hr_cause_cure_by(cause);
	hr_office_kind kind = by == HR_CURE_CARD ? HR_OFFICE_CARD : HR_OFFICE_INSURANCE;
	hr_filing filing = a->visit->filing_given && a->visit->filing > HR_FILING_EXEMPT
				   ? a->visit->filing
				   : HR_FILING_COUNT;

	if (ruling->state != HR_CAUSE_PRESENT || by == HR_CURE_HOSPITAL || by == HR_CURE_STAY)
		return;
	ruling->office_count = hr_catalog_find_offices(a->catalog, kind, a->visit->insured,
						       a->visit->insurance, filing, a->visit->ended,
						       ruling->offices, HR_CAUSE_OFFICES_MAX);
	if (ruling->office_count > HR_CAUSE_OFFICES_MAX)
		ruling->office_count = HR_CAUSE_OFFICES_MAX;
}

/* What the platform says is so, whatever our facts say. */
static void take_what_was_said(const hr_platform_said *said, hr_cause cause,
			       hr_cause_ruling *ruling)
{
	for (size_t i = 0; i < said->count; i++) {
		if (!hr_str_equal(said->rows[i]->cause, hr_cause_code(cause)))
			continue;
		if (ruling->state != HR_CAUSE_PRESENT)
			*ruling = HR_RULE_PRESENT("平台报错所指", "by the platform's error text",
						  &said->rows[i]->origin);
		ruling->said = true;
	}
}

static hr_diagnosis_outcome judge(const hr_diagnosis *d)
{
	/* An error text that nobody understands is a failure whose cause is not known. */
	hr_diagnosis_outcome outcome =
		d->said.text.len && !d->said.count ? HR_DIAGNOSIS_NOT_KNOWN : HR_DIAGNOSIS_DIRECT;

	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		if (d->causes[i].state == HR_CAUSE_PRESENT)
			return HR_DIAGNOSIS_NOT_DIRECT;
		if (d->causes[i].state == HR_CAUSE_NOT_KNOWN)
			outcome = HR_DIAGNOSIS_NOT_KNOWN;
	}
	return outcome;
}

bool hr_diagnose(const hr_catalog *catalog, const hr_visit *visit, hr_arena *arena,
		 hr_diagnosis *out, hr_error *err)
{
	static hr_cause_ruling (*const questions[HR_CAUSE_COUNT])(const hr_diagnosing *) = {
#define C(name, office, zh, en, cure_zh, cure_en) [HR_CAUSE_##name] = hr_ask_##name,
#include "settlement/causes.def"
#undef C
	};
	hr_diagnosis d = { .catalog = catalog, .visit = visit };
	hr_visit *own = hr_arena_copy(arena, visit, sizeof(*visit));
	hr_diagnosing a;

	if (!own)
		return hr_fail_memory(err);
	a = ask_about(catalog, own);
	d.service = a.service;
	d.home = a.home;
	d.across = a.across;
	if (!hr_platform_read(catalog, visit->facts.err_msg, arena, &d.said, err))
		return false;
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		d.causes[i] = questions[i](&a);
		take_what_was_said(&d.said, i, &d.causes[i]);
		find_offices(&a, i, &d.causes[i]);
	}
	d.outcome = judge(&d);
	*out = d;
	return true;
}

static bool is_made_up(const hr_cause_ruling *ruling)
{
	for (size_t i = 0; i < ruling->office_count; i++)
		if (ruling->offices[i]->origin.grade == HR_GRADE_SYNTHETIC)
			return true;
	return ruling->origin && ruling->origin->grade == HR_GRADE_SYNTHETIC;
}

bool hr_diagnosis_is_synthetic(const hr_diagnosis *diagnosis)
{
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		if (is_made_up(&diagnosis->causes[i]))
			return true;
	return false;
}
