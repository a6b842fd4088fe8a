/*
 * A FHIR input to reports: each DiagnosticReport, each ImagingStudy that none
 * of them names, and, where there is no DiagnosticReport, the laboratory
 * results that stand alone.
 */
#include "recognition/fhir_parts.h"

static void make_reports(hr_fhir *f, hr_fhir_type type, hr_report *reports)
{
	for (uint32_t i = 0; i < f->resource_count && !f->failed; i++) {
		hr_fhir_resource *r = &f->resources[i];

		/* A study that a report has taken is that report's. */
		if (r->type != type || r->report)
			continue;
		if (f->report == HR_REPORTS_MAX)
			hr_fhir_fail(f, HR_E_LIMIT, "fhir: the input holds over 1000 reports");
		else if (type == HR_FHIR_DIAGNOSTIC_REPORT)
			hr_fhir_make_report(f, r, &reports[f->report]);
		else
			hr_fhir_make_study_report(f, r, &reports[f->report]);
	}
}

/* The first laboratory result that no report has taken is told at the first report. */
static void note_unlinked(hr_fhir *f, hr_report *first)
{
	for (uint32_t i = 0; i < f->resource_count && !f->failed; i++) {
		const hr_fhir_resource *r = &f->resources[i];

		if (r->type != HR_FHIR_OBSERVATION || r->report ||
		    hr_fhir_kind(f, hr_fhir_get(r->node, HR_STR("category"))) != HR_KIND_LAB)
			continue;
		hr_fhir_add_deviation(f, first, HR_FHIR_RESULTS_UNLINKED, r->node);
		return;
	}
}

static void mark_replaced(hr_fhir *f, hr_report *reports)
{
	for (uint32_t i = 0; i < f->resource_count; i++) {
		const hr_fhir_resource *r = &f->resources[i];

		if (r->replaced && r->type == HR_FHIR_DIAGNOSTIC_REPORT)
			reports[r->report - 1].replaced = true;
	}
	hr_reports_find_replaced(reports, f->report);
}

static hr_report *make_all(hr_fhir *f)
{
	uint32_t most = f->counts[HR_FHIR_DIAGNOSTIC_REPORT] + f->counts[HR_FHIR_IMAGING_STUDY];
	hr_fhir_loose *loose = NULL;
	uint32_t groups = 0;
	hr_report *reports;

	if (f->counts[HR_FHIR_DIAGNOSTIC_REPORT] == 0)
		groups = hr_fhir_find_loose(f, &loose);
	most += groups;
	if (most == 0)
		return NULL;
	reports = HR_NEW_N(f->arena, hr_report, most < HR_REPORTS_MAX ? most : HR_REPORTS_MAX);
	if (!reports)
		return NULL;
	make_reports(f, HR_FHIR_DIAGNOSTIC_REPORT, reports);
	make_reports(f, HR_FHIR_IMAGING_STUDY, reports);
	for (uint32_t i = 0; i < groups && !f->failed; i++) {
		if (f->report == HR_REPORTS_MAX)
			hr_fhir_fail(f, HR_E_LIMIT, "fhir: the input holds over 1000 reports");
		else
			hr_fhir_make_loose_report(f, loose, i, &reports[f->report]);
	}
	if (f->failed)
		return NULL;
	if (f->counts[HR_FHIR_DIAGNOSTIC_REPORT])
		note_unlinked(f, reports);
	mark_replaced(f, reports);
	return reports;
}

/* A type that the sender made up is not repeated to him. */
static bool fail_empty(const hr_fhir *f, hr_str word)
{
	size_t letters = 0;

	if (f->bundle)
		return hr_fail(
			f->err, HR_E_INCOMPLETE,
			"a FHIR Bundle of %u resources holds no report: no DiagnosticReport, "
			"ImagingStudy or laboratory Observation",
			f->resource_count);
	while (letters < word.len && ((word.data[letters] | 32) >= 'a') &&
	       ((word.data[letters] | 32) <= 'z'))
		letters++;
	if (letters < word.len || word.len > 40)
		word = HR_STR("resource of no known type");
	return hr_fail(f->err, HR_E_INCOMPLETE, "a FHIR %.*s holds no report", HR_STR_ARG(word));
}

bool hr_fhir_read(const hr_json *root, hr_arena *arena, hr_reports *out, hr_error *err)
{
	hr_fhir f = { .arena = arena, .err = err };
	hr_str word = hr_json_text(hr_fhir_get(root, HR_STR("resourceType")));
	hr_report *reports;

	if (word.len == 0)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "json, but not FHIR: the top is no object with a resourceType");
	hr_fhir_open(&f, root);
	reports = f.failed ? NULL : make_all(&f);
	if (f.failed)
		return false;
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	if (f.report == 0)
		return fail_empty(&f, word);
	out->reports = reports;
	out->count = f.report;
	return true;
}
