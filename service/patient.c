#include "service/question.h"

#include "recognition/reader.h"

bool hr_patient_read(hr_str json, hr_arena *arena, hr_patient *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	hr_patient patient;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, json, arena, &root, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	if (!hr_str_equal(hr_json_path_text(root, HR_STR("resourceType")), HR_STR("Patient")))
		return hr_fail(err, HR_E_UNSUPPORTED, "the patient is not a FHIR Patient in JSON");
	if (!hr_fhir_read_patient(root, arena, &patient, err))
		return false;
	if (!patient.id_count && !patient.name.text.len && !patient.birth.text.len)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "the patient has no identifier, name or birthDate to compare");
	*out = patient;
	return true;
}
