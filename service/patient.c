#include "service/question.h"

#include "recognition/reader.h"

static bool check(const hr_patient *patient, hr_error *err)
{
	return patient->id_count || patient->name.text.len || patient->birth.text.len ||
	       hr_fail(err, HR_E_INCOMPLETE,
		       "the patient has no identifier, name or birthDate to compare");
}

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
	if (!check(&patient, err))
		return false;
	*out = patient;
	return true;
}

bool hr_patient_make(const hr_patient_answers *answers, hr_arena *arena, hr_patient *out,
		     hr_error *err)
{
	hr_code *card = HR_NEW(arena, hr_code);
	hr_patient patient = {
		.ids = card,
		.id_count = answers->id_card.len > 0,
		.name.text = answers->name,
		.birth.text = answers->birth,
		.sex.text = answers->sex,
	};

	if (!card)
		return hr_fail_memory(err);
	*card = (hr_code){ .system = HR_STR(HR_ID_CARD_OID), .code = answers->id_card };
	if (!check(&patient, err))
		return false;
	*out = patient;
	return true;
}
