#include "service/verify.h"

#include "service/fhir_answer.h"

bool hr_document_check(hr_str front, bool cut, const char *name, hr_error *err)
{
	if (cut && hr_format_sniff(front) != HR_FORMAT_DICOM)
		return hr_fail(err, HR_E_LIMIT, "'%s' is over %d bytes", name, HR_DOCUMENT_MAX);
	return true;
}

bool hr_verify_reports(const hr_catalog *catalog, const hr_question *question, hr_reports reports,
		       hr_arena *arena, hr_verdicts *out, hr_error *err)
{
	hr_verdicts all = { .outcome = HR_OUTCOME_RECOGNISED };
	hr_verdict *verdicts = HR_NEW_N(arena, hr_verdict, reports.count);

	if (!verdicts)
		return hr_fail_memory(err);
	for (size_t i = 0; i < reports.count; i++) {
		if (!hr_recognise(catalog, &reports.reports[i], question, arena, &verdicts[i], err))
			return false;
		if (verdicts[i].outcome < all.outcome)
			all.outcome = verdicts[i].outcome;
	}
	all.verdicts = verdicts;
	all.count = reports.count;
	*out = all;
	return true;
}

bool hr_verify(const hr_catalog *catalog, hr_reader *reader, const hr_question *question,
	       hr_str document, hr_arena *arena, hr_verdicts *out, hr_error *err)
{
	hr_reports reports;

	return hr_reader_read(reader, document, arena, &reports, err) &&
	       hr_verify_reports(catalog, question, reports, arena, out, err);
}

void hr_verdicts_format(const hr_verdicts *verdicts, hr_verdict_form form, hr_verdict_style style,
			hr_buf *out)
{
	if (form == HR_VERDICT_FHIR) {
		hr_fhir_answer_format(verdicts, style.lang, out);
		return;
	}
	for (size_t i = 0; i < verdicts->count; i++) {
		if (form == HR_VERDICT_JSON)
			hr_verdict_format_json(&verdicts->verdicts[i], out);
		else
			hr_verdict_format_text(&verdicts->verdicts[i], style, out);
		if (form == HR_VERDICT_JSON || i + 1 < verdicts->count)
			HR_BUF_ADD(out, "\n");
	}
}
