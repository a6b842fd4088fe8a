/*
 * Examinations: what was imaged, how and when, out of an ImagingStudy. R5 says
 * with concepts what R4 says with codings; both are read.
 *
 * A report of an examination has one result for each study, and one without a
 * study where it names none. Its Observations are findings.
 */
#include "recognition/fhir_parts.h"
#include "recognition/imaging_terms.h"

enum { IMAGE_NUMBERS_MAX = 16 };

enum {
	ST_IDENTIFIER,
	ST_STATUS,
	ST_MODALITY,
	ST_SUBJECT,
	ST_STARTED,
	ST_BASED_ON,
	ST_PROCEDURE,
	ST_PROCEDURE_CODE,
	ST_DESCRIPTION,
	ST_SERIES,
	ST_FIELDS,
};

static const hr_str study_names[ST_FIELDS] = {
	[ST_IDENTIFIER] = HR_STR_INIT("identifier"),
	[ST_STATUS] = HR_STR_INIT("status"),
	[ST_MODALITY] = HR_STR_INIT("modality"),
	[ST_SUBJECT] = HR_STR_INIT("subject"),
	[ST_STARTED] = HR_STR_INIT("started"),
	[ST_BASED_ON] = HR_STR_INIT("basedOn"),
	[ST_PROCEDURE] = HR_STR_INIT("procedure"),	    /* R5 */
	[ST_PROCEDURE_CODE] = HR_STR_INIT("procedureCode"), /* R4 */
	[ST_DESCRIPTION] = HR_STR_INIT("description"),
	[ST_SERIES] = HR_STR_INIT("series"),
};

enum { SE_MODALITY, SE_BODY_SITE, SE_LATERALITY, SE_PERFORMER, SE_FIELDS };

static const hr_str series_names[SE_FIELDS] = {
	[SE_MODALITY] = HR_STR_INIT("modality"),
	[SE_BODY_SITE] = HR_STR_INIT("bodySite"),
	[SE_LATERALITY] = HR_STR_INIT("laterality"),
	[SE_PERFORMER] = HR_STR_INIT("performer"),
};

static void add_modality(hr_fhir *f, hr_field modality, hr_field *out)
{
	if (hr_imaging_add_modality(modality, f->arena, out))
		hr_fhir_deviate(f, HR_FHIR_MODALITY_SEVERAL, modality.place.node);
}

static void add_body_part(hr_fhir *f, const hr_json *node, hr_field *out)
{
	hr_field part = hr_fhir_field(hr_fhir_code(f, node));

	part.text = hr_imaging_body_part(part.text);
	if (out->text.len == 0)
		*out = part;
	else if (part.text.len && !hr_str_equal(part.text, out->text))
		hr_fhir_deviate(f, HR_FHIR_BODY_PART_SEVERAL, node);
}

/* Both sides were imaged when one series is of the left and another of the right. */
static void add_laterality(hr_fhir *f, const hr_json *node, hr_field *out)
{
	hr_field side = hr_fhir_field(hr_fhir_code(f, node));

	side.text = hr_imaging_laterality(side.text);
	if (out->text.len == 0)
		*out = side;
	else if (side.text.len && !hr_str_equal(side.text, out->text))
		out->text = HR_STR("B");
}

static void read_series(hr_fhir *f, const hr_json *list, hr_result *out)
{
	hr_fhir_list series = hr_fhir_open_list(f, list);
	const hr_json *node = series.first;
	bool of_study = out->modality.text.len > 0;

	for (uint32_t i = 0; i < series.count; i++, node = node->next) {
		const hr_json *s[SE_FIELDS] = { NULL };
		hr_field modality;

		hr_fhir_pick(node, series_names, SE_FIELDS, s);
		modality = hr_fhir_field(hr_fhir_code(f, s[SE_MODALITY]));
		if (hr_imaging_is_auxiliary(modality.text))
			continue;
		if (!of_study)
			add_modality(f, modality, &out->modality);
		add_body_part(f, s[SE_BODY_SITE], &out->body_part);
		add_laterality(f, s[SE_LATERALITY], &out->laterality);
	}
}

/* DICOM's Study Instance UID: system urn:dicom:uid, value "urn:oid:1.2.3". */
static hr_field read_uid(hr_fhir *f, const hr_json *identifiers)
{
	hr_fhir_list list = hr_fhir_open_list(f, identifiers);
	const hr_json *node = list.first;

	for (uint32_t i = 0; i < list.count; i++, node = node->next) {
		hr_code id = hr_fhir_identifier(node);

		if (!hr_str_equal(id.system, HR_STR("urn:dicom:uid")))
			continue;
		if (hr_str_starts_with(id.code, HR_STR("urn:oid:")))
			id.code = hr_str_slice(id.code, 8, id.code.len);
		return (hr_field){ id.code, id.place };
	}
	return (hr_field){ .text = HR_STR_NONE };
}

/* --- under which numbers its images may stand --- */

/* HL7 table 0203: accession number, and what the filler and the placer call an order. */
static bool is_number_of_images(hr_fhir *f, const hr_json *identifier, bool is_of_order)
{
	static const hr_str types[] = { HR_STR_INIT("ACSN"), HR_STR_INIT("FILL"),
					HR_STR_INIT("PLAC") };
	hr_str type = hr_fhir_text(hr_fhir_code(f, hr_fhir_get(identifier, HR_STR("type"))));

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (hr_str_equal(type, types[i]))
			return true;
	return is_of_order && type.len == 0;
}

/* Those behind the last that there is room for are not looked for. */
static void add_number(hr_fhir *f, hr_code number)
{
	hr_report *out = f->out;

	if (!f->image_numbers)
		f->image_numbers = HR_NEW_N(f->arena, hr_code, IMAGE_NUMBERS_MAX);
	if (!f->image_numbers || !number.code.len || out->image_number_count == IMAGE_NUMBERS_MAX ||
	    hr_codes_overlap(&number, 1, f->image_numbers, out->image_number_count))
		return;
	f->image_numbers[out->image_number_count++] = number;
}

static void add_numbers(hr_fhir *f, const hr_json *identifiers, bool is_of_order)
{
	hr_fhir_list list = hr_fhir_open_list(f, identifiers);
	const hr_json *node = list.first;

	for (uint32_t i = 0; i < list.count; i++, node = node->next)
		if (is_number_of_images(f, node, is_of_order))
			add_number(f, hr_fhir_identifier(node));
}

void hr_fhir_add_image_numbers(hr_fhir *f, hr_fhir_resource *from, const hr_json *identifiers,
			       const hr_json *based_on)
{
	hr_fhir_list orders = hr_fhir_open_list(f, based_on);
	const hr_json *node = orders.first;

	add_numbers(f, identifiers, false);
	for (uint32_t i = 0; i < orders.count; i++, node = node->next) {
		hr_fhir_reference order;

		hr_fhir_follow(f, from, node, &order);
		add_numbers(f, order.identifier, true);
		if (order.target)
			add_numbers(f, hr_fhir_get(order.target->node, HR_STR("identifier")), true);
	}
}

/* --- a study --- */

static void read_study(hr_fhir *f, hr_fhir_resource *study, const hr_json *const *s, hr_result *out)
{
	hr_fhir_list modalities = hr_fhir_open_list(f, s[ST_MODALITY]);
	hr_fhir_list procedures =
		hr_fhir_open_list(f, s[ST_PROCEDURE_CODE] ? s[ST_PROCEDURE_CODE] : s[ST_PROCEDURE]);
	const hr_json *node = procedures.first;

	for (uint32_t i = 0; i < procedures.count; i++, node = node->next) {
		const hr_json *word = hr_fhir_add_codes(f, node, &out->codes, &out->code_count);

		if (out->name.text.len == 0)
			out->name = hr_fhir_field(word);
	}
	if (out->name.text.len == 0)
		out->name = hr_fhir_field(s[ST_DESCRIPTION]);
	out->study_uid = read_uid(f, s[ST_IDENTIFIER]);
	hr_fhir_add_image_numbers(f, study, s[ST_IDENTIFIER], s[ST_BASED_ON]);
	node = modalities.first;
	for (uint32_t i = 0; i < modalities.count; i++, node = node->next)
		add_modality(f, hr_fhir_field(hr_fhir_code(f, node)), &out->modality);
	read_series(f, s[ST_SERIES], out);
	hr_fhir_read_time(f, s[ST_STARTED], HR_EVENT_COLLECTED, &out->times[HR_EVENT_COLLECTED]);
	out->times[HR_EVENT_TESTED] = out->times[HR_EVENT_COLLECTED];
	hr_fhir_check_subject(f, study, s[ST_SUBJECT]);
	if (hr_fhir_read_status(f, s[ST_STATUS], study) == HR_STATUS_CANCELLED)
		out->status = HR_STATUS_CANCELLED;
}

void hr_fhir_add_exam(hr_fhir *f, hr_fhir_resource *study, const hr_json *code)
{
	const hr_json *s[ST_FIELDS] = { NULL };
	hr_result *result = hr_fhir_new_result(f);

	if (!result)
		return;
	result->kind = HR_KIND_EXAM;
	result->name =
		hr_fhir_field(hr_fhir_add_codes(f, code, &result->codes, &result->code_count));
	if (!study)
		return;
	study->report = f->report;
	hr_fhir_pick(study->node, study_names, ST_FIELDS, s);
	read_study(f, study, s, result);
}

/* --- a study without a report --- */

enum { PER_FUNCTION, PER_ACTOR, PER_FIELDS };

static const hr_str performer_names[PER_FIELDS] = {
	[PER_FUNCTION] = HR_STR_INIT("function"),
	[PER_ACTOR] = HR_STR_INIT("actor"),
};

/* The first organization that performed a series. */
static const hr_party *read_performers(hr_fhir *f, hr_fhir_resource *study, const hr_json *list)
{
	hr_fhir_list series = hr_fhir_open_list(f, list);
	const hr_json *node = series.first;
	const hr_party *party = NULL;

	for (uint32_t i = 0; i < series.count && !party; i++, node = node->next) {
		hr_fhir_list performers =
			hr_fhir_open_list(f, hr_fhir_get(node, HR_STR("performer")));
		const hr_json *performer = performers.first;

		for (uint32_t k = 0; k < performers.count && !party; k++) {
			const hr_json *p[PER_FIELDS] = { NULL };

			hr_fhir_pick(performer, performer_names, PER_FIELDS, p);
			party = hr_fhir_read_performer(f, study, p[PER_ACTOR]);
			performer = performer->next;
		}
	}
	return party;
}

void hr_fhir_make_study_report(hr_fhir *f, hr_fhir_resource *study, hr_report *out)
{
	const hr_json *s[ST_FIELDS] = { NULL };

	hr_fhir_begin(f, out);
	hr_fhir_pick(study->node, study_names, ST_FIELDS, s);
	out->kind = HR_KIND_EXAM;
	out->id = hr_fhir_identifier(s[ST_IDENTIFIER]);
	out->title = hr_fhir_field(s[ST_DESCRIPTION]);
	out->status_text = hr_fhir_field(s[ST_STATUS]);
	out->status = hr_fhir_read_status(f, s[ST_STATUS], study);
	hr_fhir_set_subject(f, study, s[ST_SUBJECT]);
	f->issuer = read_performers(f, study, s[ST_SERIES]);
	hr_fhir_apply_composition(f, study, NULL);
	hr_fhir_deviate(f, HR_FHIR_RESULTS_WITHOUT_REPORT, study->node);
	hr_fhir_add_exam(f, study, NULL);
	hr_fhir_finish(f);
}
