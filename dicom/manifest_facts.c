#include "dicom/manifest_facts.h"

#include "dicom/dicom_json_value.h"

#include <inttypes.h>
#include <stddef.h>

/* --- members of JSON --- */

typedef void add_fn(hr_buf *out, hr_str text);

struct member {
	uint32_t tag;
	char vr[3];
	bool shown; /* unasked */
	add_fn *add;
	size_t offset; /* in hr_film_facts */
};

#define MEMBER(tag, vr, shown, add, name)                                                          \
	{                                                                                          \
		tag, vr, shown, add, offsetof(hr_film_facts, name)                                 \
	}

/* By tag, as hr_facts_level has them. */
static const struct member study_members[] = {
	MEMBER(0x00080020, "DA", true, hr_dicom_add_texts, study_date),
	MEMBER(0x00080030, "TM", true, hr_dicom_add_texts, study_time),
	MEMBER(0x00080050, "SH", true, hr_dicom_add_texts, accession_number),
	MEMBER(0x00080080, "LO", false, hr_dicom_add_texts, institution),
	MEMBER(0x00080090, "PN", true, hr_dicom_add_names, referring_physician),
	MEMBER(0x00081030, "LO", false, hr_dicom_add_texts, study_description),
	MEMBER(0x00100010, "PN", true, hr_dicom_add_names, patient_name),
	MEMBER(0x00100020, "LO", true, hr_dicom_add_texts, patient_id),
	MEMBER(0x00100021, "LO", false, hr_dicom_add_texts, patient_id_issuer),
	MEMBER(0x00100030, "DA", true, hr_dicom_add_texts, patient_birth_date),
	MEMBER(0x00100040, "CS", true, hr_dicom_add_texts, patient_sex),
	MEMBER(0x0020000D, "UI", true, hr_dicom_add_texts, study_uid),
	MEMBER(0x00200010, "SH", true, hr_dicom_add_texts, study_id),
};

static const struct member series_members[] = {
	MEMBER(0x00080021, "DA", false, hr_dicom_add_texts, series_date),
	MEMBER(0x00080031, "TM", false, hr_dicom_add_texts, series_time),
	MEMBER(0x00080060, "CS", true, hr_dicom_add_texts, modality),
	MEMBER(0x0008103E, "LO", true, hr_dicom_add_texts, series_description),
	MEMBER(0x0020000E, "UI", true, hr_dicom_add_texts, series_uid),
	MEMBER(0x00200011, "IS", true, hr_dicom_add_decimals, series_number),
};

static const struct member instance_members[] = {
	MEMBER(0x00080016, "UI", true, hr_dicom_add_texts, sop_class),
	MEMBER(0x00080018, "UI", true, hr_dicom_add_texts, instance_uid),
	MEMBER(0x00200013, "IS", true, hr_dicom_add_decimals, instance_number),
};

#define MEMBERS(list) (list), sizeof(list) / sizeof((list)[0])

enum { LEVEL_BYTES_MAX = 1 << 20 };

static void begin_member(hr_buf *out, uint32_t tag, const char *vr)
{
	hr_buf_addf(out, "%s\"%08" PRIX32 "\":{\"vr\":\"%s\"", out->len ? "," : "", tag, vr);
}

static void add_members(const hr_film_facts *facts, const struct member *members, size_t count,
			bool shown, hr_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct member *m = &members[i];
		hr_str text = *(const hr_str *)((const char *)facts + m->offset);

		if (m->shown != shown || hr_dicom_unpad(text).len == 0)
			continue;
		begin_member(out, m->tag, m->vr);
		m->add(out, text);
		HR_BUF_ADD(out, "}");
	}
}

static bool make_level(const hr_film_facts *facts, const struct member *members, size_t count,
		       hr_arena *arena, hr_facts_level *out, hr_error *err)
{
	hr_buf shown;
	hr_buf more;

	hr_buf_init(&shown, arena, LEVEL_BYTES_MAX);
	hr_buf_init(&more, arena, LEVEL_BYTES_MAX);
	add_members(facts, members, count, true, &shown);
	add_members(facts, members, count, false, &more);
	if (shown.failed || more.failed)
		return hr_fail_memory(err);
	*out = (hr_facts_level){ hr_buf_str(&shown), hr_buf_str(&more) };
	return true;
}

static void add_number(hr_buf *out, uint32_t tag, const char *vr, uint32_t number)
{
	if (number == 0)
		return;
	begin_member(out, tag, vr);
	hr_buf_addf(out, ",\"Value\":[%" PRIu32 "]}", number);
}

/* --- facts --- */

static hr_str date_of(hr_str text)
{
	return hr_facts_is_date(text) ? text : HR_STR_NONE;
}

static hr_str time_of(hr_str text)
{
	return hr_facts_is_time(text) ? text : HR_STR_NONE;
}

static hr_film_facts facts_of(const hr_manifest *m, const hr_manifest_series *s)
{
	const hr_manifest_issuer *issuer = &m->patient.issuer;

	return (hr_film_facts){
		.study_uid = m->study_uid,
		.series_uid = s->uid,
		.patient_id = m->patient.value,
		.patient_id_issuer = issuer->local.len ? issuer->local : issuer->universal,
		.patient_name = m->patient_name,
		.patient_birth_date = date_of(m->patient_birth_date),
		.patient_sex = m->patient_sex,
		.study_date = date_of(m->study_date),
		.study_time = time_of(m->study_time),
		.study_id = m->study_id,
		.study_description = m->study_description,
		.accession_number = m->accession.value,
		.referring_physician = m->referring_physician,
		.institution = m->institution,
		.modality = s->modality,
		.series_number = s->number,
		.series_description = s->description,
		.series_date = date_of(s->date),
		.series_time = time_of(s->time),
	};
}

static bool add_instance(const hr_manifest_instance *instance, hr_arena *arena,
			 hr_film_facts *facts, hr_error *err)
{
	hr_buf shown;

	facts->sop_class = instance->sop_class;
	facts->instance_uid = instance->sop_instance;
	facts->instance_number = instance->number;
	facts->rows = instance->rows;
	facts->columns = instance->columns;
	facts->frame_count = instance->frames;
	hr_buf_init(&shown, arena, LEVEL_BYTES_MAX);
	add_members(facts, MEMBERS(instance_members), true, &shown);
	add_number(&shown, 0x00280008, "IS", instance->frames);
	add_number(&shown, 0x00280010, "US", instance->rows);
	add_number(&shown, 0x00280011, "US", instance->columns);
	facts->instance_json.shown = hr_buf_str(&shown);
	return !shown.failed || hr_fail_memory(err);
}

bool hr_manifest_facts(const hr_manifest *manifest, const hr_manifest_series *series,
		       hr_arena *arena, hr_film_facts **out, hr_error *err)
{
	hr_film_facts of_all = facts_of(manifest, series);
	hr_film_facts *facts = HR_NEW_N(arena, hr_film_facts, series->instance_count);

	if (!facts)
		return hr_fail_memory(err);
	if (!make_level(&of_all, MEMBERS(study_members), arena, &of_all.study_json, err) ||
	    !make_level(&of_all, MEMBERS(series_members), arena, &of_all.series_json, err))
		return false;
	for (uint32_t i = 0; i < series->instance_count; i++) {
		facts[i] = of_all;
		if (!add_instance(&series->instances[i], arena, &facts[i], err))
			return false;
	}
	*out = facts;
	return true;
}

bool hr_manifest_study_facts(const hr_manifest *manifest, hr_arena *arena, hr_film_facts *out,
			     hr_error *err)
{
	const hr_manifest_series none = { .instance_count = 0 };
	hr_film_facts facts = facts_of(manifest, &none);

	if (!make_level(&facts, MEMBERS(study_members), arena, &facts.study_json, err))
		return false;
	*out = facts;
	return true;
}
