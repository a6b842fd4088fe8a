/*
 * Result sections of C-CDA, in a summary or in a document of their own. What
 * kind of result it is, the section does not say: laboratory and imaging stand
 * side by side. A specimen makes it a laboratory's.
 */
#include "recognition/cda_observation.h"

static bool is_result_section(const hr_xml *section)
{
	for (const hr_xml *child = section->first; child; child = child->next) {
		hr_str root = hr_cda_raw(child, HR_STR("root"));
		hr_str code = hr_cda_raw(child, HR_STR("code"));

		if (HR_CDA_IS(child, "templateId") &&
		    (hr_str_equal(root, HR_STR("2.16.840.1.113883.10.20.22.2.3")) ||
		     hr_str_equal(root, HR_STR("2.16.840.1.113883.10.20.22.2.3.1"))))
			return true;
		if (HR_CDA_IS(child, "code") && hr_str_equal(code, HR_STR("30954-2")))
			return true;
	}
	return false;
}

/* nullFlavor in place of a code and of a value: the section says that it holds no information. */
static bool settle(hr_cda *cda, const hr_xml *observation, hr_result *result)
{
	(void)cda;
	(void)observation;
	if (result->specimen_count)
		result->kind = HR_KIND_LAB;
	return result->name.text.len || result->code_count || result->value.text.len;
}

static void read_section(hr_cda *cda, const hr_xml *section)
{
	static const hr_result nothing;

	if (!is_result_section(section))
		return;
	for (const hr_xml *child = section->first; child; child = child->next)
		if (HR_CDA_IS(child, "entry"))
			hr_cda_read_entry(cda, child, &nothing, settle);
}

static void finish(hr_cda *cda)
{
	hr_kind kind = cda->result_count ? cda->results[0].kind : HR_KIND_UNKNOWN;

	for (uint32_t i = 0; i < cda->result_count; i++)
		if (cda->results[i].kind != kind)
			kind = HR_KIND_UNKNOWN;
	cda->report.kind = kind;
}

const hr_cda_profile hr_cda_ccda = {
	.other_ids = HR_CDA_ID_PATIENT,
	.first_version = HR_STR_INIT("1"),
	.read_section = read_section,
	.finish = finish,
	.nothing = "its sections of results hold none",
};
