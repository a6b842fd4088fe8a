/*
 * Hospitals with an OID tree of their own (T6): roots under 1.2.156, batteries
 * whose components are the items, the name in code/@displayName, the section's
 * code in LOINC. Seen from one vendor at two hospitals; below, H is the
 * hospital's root.
 */
#include "recognition/cda_observation.h"

static hr_kind kind_of(const hr_xml *section)
{
	hr_str code = hr_cda_raw(hr_xml_child(section, HR_STR("code")), HR_STR("code"));

	if (hr_str_equal(code, HR_STR("11502-2")))
		return HR_KIND_LAB;
	/* "STUDIES SUMMARY": this profile's examinations, not laboratory data as in WS/T 500. */
	return hr_str_equal(code, HR_STR("30954-2")) ? HR_KIND_EXAM : HR_KIND_UNKNOWN;
}

static void keep(hr_field *field, hr_field text)
{
	if (!field->text.len)
		*field = text;
}

/* H.1.1.98: 01 is what was seen, 02 what the physician makes of it. */
static bool read_finding(hr_cda *cda, const hr_xml *coded, hr_field text)
{
	hr_str system = hr_cda_raw(coded, HR_STR("codeSystem"));
	hr_str code = hr_cda_raw(coded, HR_STR("code"));

	if (!hr_str_ends_with(system, HR_STR(".1.1.98")))
		return false;
	if (hr_str_equal(code, HR_STR("02")))
		keep(&cda->report.conclusion, text);
	else
		keep(&cda->report.findings, text);
	return true;
}

/* An item's value elements may be its findings and its conclusion. */
static void settle_exam(hr_cda *cda, const hr_xml *observation, hr_result *result)
{
	const hr_xml *value = hr_xml_child(observation, HR_STR("value"));
	hr_field findings = { 0 };
	bool are_findings = false;

	for (; value; value = hr_xml_next_same(value)) {
		hr_field text = hr_cda_text(cda, hr_xml_child(value, HR_STR("originalText")));

		if (!read_finding(cda, value, text))
			continue;
		are_findings = true;
		if (!hr_str_equal(hr_cda_raw(value, HR_STR("code")), HR_STR("02")))
			keep(&findings, text);
	}
	if (are_findings)
		result->value = findings;
	result->times[HR_EVENT_COLLECTED] = result->times[HR_EVENT_TESTED];
}

/* SNOMED codes mark what is no item: critical values, comments, remarks. */
static bool settle(hr_cda *cda, const hr_xml *observation, hr_result *result)
{
	const hr_xml *code = hr_xml_child(observation, HR_STR("code"));
	const hr_xml *value = hr_xml_child(observation, HR_STR("value"));

	if (hr_str_equal(hr_cda_raw(code, HR_STR("codeSystem")), HR_CDA_SNOMED_OID))
		return false;
	if (read_finding(cda, code, hr_cda_text(cda, value)))
		return false;
	if (result->kind == HR_KIND_EXAM)
		settle_exam(cda, observation, result);
	return result->name.text.len || result->code_count;
}

static void read_section(hr_cda *cda, const hr_xml *section)
{
	hr_result common = { .kind = kind_of(section) };

	if (common.kind == HR_KIND_UNKNOWN)
		return;
	cda->report.kind = common.kind;
	for (const hr_xml *child = section->first; child; child = child->next)
		if (HR_CDA_IS(child, "entry"))
			hr_cda_read_entry(cda, child, &common, settle);
}

static void finish(hr_cda *cda)
{
	for (uint32_t i = 0; i < cda->result_count; i++)
		if (cda->results[i].kind == HR_KIND_EXAM)
			keep(&cda->results[i].value, cda->report.findings);
}

/* The rest are counters: of a domain, of a visit's number. */
static const hr_cda_id_rule id_rules[] = {
	{ HR_STR_INIT(".1.2.1.3"), HR_CDA_ID_PATIENT },	 /* patient */
	{ HR_STR_INIT(".1.2.1.12"), HR_CDA_ID_PATIENT }, /* visit, outpatient or inpatient */
};

const hr_cda_profile hr_cda_local = {
	.id_rules = id_rules,
	.id_rule_count = sizeof(id_rules) / sizeof(id_rules[0]),
	.other_ids = HR_CDA_ID_OTHER,
	.first_version = HR_STR_INIT("0"),
	.version_tells = true,
	.is_report = true,
	.read_section = read_section,
	.finish = finish,
};
