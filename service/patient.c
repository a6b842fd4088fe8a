#include "service/question.h"

#include "base/json.h"

static hr_field field_of(const hr_json *node)
{
	return (hr_field){ hr_json_text(node), { HR_PLACE_JSON, node, HR_STR_NONE } };
}

/* FHIR gives a list of given names; the first, as the readers of reports take it. */
static hr_str given_of(const hr_json *patient)
{
	const hr_json *given = hr_json_path(patient, HR_STR("name.given"));

	return hr_json_text(given && given->kind == HR_JSON_ARRAY ? given->first : given);
}

/* name.text, else family name first, as in Chinese; a blank only where the letters are Latin. */
static hr_field name_of(const hr_json *patient, hr_arena *arena)
{
	const hr_json *text = hr_json_path(patient, HR_STR("name.text"));
	hr_field field = field_of(hr_json_path(patient, HR_STR("name.family")));
	hr_str given = given_of(patient);
	hr_buf buf;

	if (text)
		return field_of(text);
	hr_buf_init(&buf, arena, 1024);
	hr_buf_add(&buf, field.text);
	if (field.text.len && given.len && (unsigned char)field.text.data[0] < 0x80)
		hr_buf_add_char(&buf, ' ');
	hr_buf_add(&buf, given);
	field.text = hr_buf_str(&buf);
	return field;
}

static hr_field sex_of(const hr_json *patient)
{
	hr_field field = field_of(hr_json_get(patient, HR_STR("gender")));

	if (hr_str_equal(field.text, HR_STR("male")))
		field.text = HR_STR("1");
	else if (hr_str_equal(field.text, HR_STR("female")))
		field.text = HR_STR("2");
	else
		field.text = HR_STR_NONE;
	return field;
}

static bool read_ids(const hr_json *list, hr_arena *arena, hr_patient *out, hr_error *err)
{
	hr_code *ids;
	uint32_t count = 0;

	if (!list || list->kind != HR_JSON_ARRAY)
		return true;
	ids = HR_NEW_N(arena, hr_code, list->count);
	if (!ids)
		return hr_fail_memory(err);
	for (const hr_json *id = list->first; id; id = id->next) {
		ids[count].system = hr_json_path_text(id, HR_STR("system"));
		ids[count].code = hr_json_path_text(id, HR_STR("value"));
		count += ids[count].code.len > 0;
	}
	out->ids = ids;
	out->id_count = count;
	return true;
}

bool hr_patient_read(hr_str json, hr_arena *arena, hr_patient *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	hr_patient patient = { .id_count = 0 };
	const hr_json *root;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, json, arena, &root, err);
	hr_json_parser_close(parser);
	if (!ok)
		return false;
	if (!hr_str_equal(hr_json_path_text(root, HR_STR("resourceType")), HR_STR("Patient")))
		return hr_fail(err, HR_E_UNSUPPORTED, "the patient is not a FHIR Patient in JSON");
	if (!read_ids(hr_json_get(root, HR_STR("identifier")), arena, &patient, err))
		return false;
	patient.name = name_of(root, arena);
	patient.birth = field_of(hr_json_get(root, HR_STR("birthDate")));
	patient.sex = sex_of(root);
	if (!patient.id_count && !patient.name.text.len && !patient.birth.text.len)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "the patient has no identifier, name or birthDate to compare");
	*out = patient;
	return true;
}
