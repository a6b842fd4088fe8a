/*
 * C-CDA's Diagnostic Imaging Report: a DICOM structured report turned into a
 * document, its concepts kept.
 *
 *	documentationOf/serviceEvent	the procedure: code, when, UID of the study, who
 *	section 121181, acts 113014, 113015	studies and their series: UID, when, modality
 *	act or procedure 10.20.6.2.5	another procedure, for the section that it is in
 *	section 121070, 121072 ...	findings; impression, which is the physician's
 *
 * The catalogue of objects lists studies that were compared with as well: the
 * one that was reported is the one whose UID the header gives, or the only one.
 *
 * Source: C-CDA R2.1 volume 2, 1.1.7 and CONF:81-9199; for the meaning of
 * serviceEvent/effectiveTime CDA R2. That a time of the header goes before the
 * study's and its series': our choice, a person signed it.
 */
#include "recognition/cda_observation.h"
#include "recognition/dicom_concepts.h"
#include "recognition/imaging_terms.h"

#define DCM HR_STR("1.2.840.10008.2.16.4")

struct hr_cda_imaging {
	hr_result service; /* what the header says */
	const hr_code *uids;
	uint32_t uid_count;
	hr_result study; /* the one reported; of a catalogue of one, that */
	uint32_t study_count;
	bool study_is_known;
	hr_buf findings;
	hr_buf conclusion;
	hr_place findings_place;
	hr_place conclusion_place;
};

static struct hr_cda_imaging *imaging_of(hr_cda *cda)
{
	if (cda->imaging)
		return cda->imaging;
	cda->imaging = HR_NEW(cda->arena, struct hr_cda_imaging);
	if (cda->imaging) {
		hr_buf_init(&cda->imaging->findings, cda->arena, HR_XML_DOCUMENT_MAX);
		hr_buf_init(&cda->imaging->conclusion, cda->arena, HR_XML_DOCUMENT_MAX);
	}
	return cda->imaging;
}

/* --- the procedure --- */

/* Of an interval its start. */
static void read_began(hr_cda *cda, const hr_xml *node, hr_result *out)
{
	hr_field time = hr_cda_attr(cda, node, HR_STR("value"));

	if (!time.text.len)
		time = hr_cda_attr(cda, hr_xml_child(node, HR_STR("low")), HR_STR("value"));
	hr_cda_set_time(cda, time, HR_EVENT_COLLECTED, &out->times[HR_EVENT_COLLECTED]);
}

static void read_procedure(hr_cda *cda, const hr_xml *act, hr_result *out)
{
	for (const hr_xml *child = act->first; child; child = child->next) {
		if (HR_CDA_IS(child, "code")) {
			hr_cda_add_coded(cda, child, &out->codes, &out->code_count);
			out->name =
				hr_cda_narrated(cda, hr_xml_child(child, HR_STR("originalText")));
			if (!out->name.text.len)
				out->name = hr_cda_attr(cda, child, HR_STR("displayName"));
		} else if (HR_CDA_IS(child, "effectiveTime")) {
			read_began(cda, child, out);
		} else if (HR_CDA_IS(child, "targetSiteCode")) {
			out->body_part = hr_cda_attr(cda, child, HR_STR("code"));
			out->body_part.text = hr_imaging_body_part(out->body_part.text);
		}
	}
}

static void read_performer(hr_cda *cda, const hr_xml *node)
{
	hr_party *party = HR_NEW(cda->arena, hr_party);

	if (party && !cda->report.performer &&
	    hr_cda_party(cda, hr_xml_path(node, HR_STR("assignedEntity/representedOrganization")),
			 party))
		cda->report.performer = party;
}

static void read_service(hr_cda *cda, const hr_xml *service)
{
	struct hr_cda_imaging *imaging = imaging_of(cda);

	if (!imaging)
		return;
	/* One document is about one; a second is no other examination. */
	if (!imaging->service.code_count)
		read_procedure(cda, service, &imaging->service);
	for (const hr_xml *child = service->first; child; child = child->next) {
		if (HR_CDA_IS(child, "id"))
			hr_cda_add_code(cda, &imaging->uids, &imaging->uid_count,
					hr_cda_id(cda, child));
		else if (HR_CDA_IS(child, "performer"))
			read_performer(cda, child);
	}
}

static bool same_codes(const hr_result *a, const hr_result *b)
{
	return a->code_count && b->code_count && hr_str_equal(a->codes->code, b->codes->code) &&
	       hr_str_equal(a->codes->system, b->codes->system);
}

/* Several sections may be about one procedure. */
static void read_context(hr_cda *cda, const hr_xml *act)
{
	hr_result exam = { .kind = HR_KIND_EXAM };

	read_procedure(cda, act, &exam);
	for (uint32_t i = 0; i < cda->result_count; i++)
		if (same_codes(&cda->results[i], &exam))
			return;
	if (exam.code_count || exam.name.text.len)
		hr_cda_add_result(cda, &exam);
}

/* --- the catalogue of objects --- */

static bool is_coded(const hr_xml *act, hr_str code)
{
	const hr_xml *node = hr_xml_child(act, HR_STR("code"));

	return node && hr_str_equal(hr_cda_raw(node, HR_STR("code")), code) &&
	       hr_str_equal(hr_cda_raw(node, HR_STR("codeSystem")), DCM);
}

static void read_series(hr_cda *cda, const hr_xml *series, hr_result *study)
{
	const hr_xml *qualifier = hr_xml_path(series, HR_STR("code/qualifier"));

	for (; qualifier; qualifier = hr_xml_next_same(qualifier)) {
		const hr_xml *name = hr_xml_child(qualifier, HR_STR("name"));
		const hr_xml *value = hr_xml_child(qualifier, HR_STR("value"));

		if (name && hr_str_equal(hr_cda_raw(name, HR_STR("code")), HR_STR("121139")))
			hr_imaging_add_modality(hr_cda_attr(cda, value, HR_STR("code")), cda->arena,
						&study->modality);
	}
	read_began(cda, hr_xml_child(series, HR_STR("effectiveTime")), study);
}

static bool is_reported(const struct hr_cda_imaging *imaging, hr_str uid)
{
	for (uint32_t i = 0; i < imaging->uid_count; i++)
		if (hr_str_equal(imaging->uids[i].code, uid))
			return true;
	return false;
}

static void read_study(hr_cda *cda, const hr_xml *act)
{
	struct hr_cda_imaging *imaging = imaging_of(cda);
	const hr_xml *related = hr_xml_child(act, HR_STR("entryRelationship"));
	hr_result study = { .kind = HR_KIND_EXAM };
	hr_code uid = hr_cda_id(cda, hr_xml_child(act, HR_STR("id")));

	if (!imaging || imaging->study_is_known)
		return;
	imaging->study_count++;
	imaging->study_is_known = is_reported(imaging, uid.code);
	if (imaging->study_count > 1 && !imaging->study_is_known)
		return;
	study.study_uid = (hr_field){ uid.code, uid.place };
	read_began(cda, hr_xml_child(act, HR_STR("effectiveTime")), &study);
	for (; related; related = hr_xml_next_same(related)) {
		const hr_xml *series = hr_xml_child(related, HR_STR("act"));

		if (series && is_coded(series, HR_STR("113015")))
			read_series(cda, series, &study);
	}
	imaging->study = study;
}

/* --- words --- */

static bool begins_line(const hr_xml *node)
{
	static const hr_str names[] = { HR_STR_INIT("text"), HR_STR_INIT("paragraph"),
					HR_STR_INIT("item"), HR_STR_INIT("tr") };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hr_str_equal(node->name, names[i]))
			return true;
	return false;
}

/* All that the section shows, but its headings. */
static void add_narrative(hr_cda *cda, const hr_xml *top, hr_buf *out, hr_place *place)
{
	bool line = true;

	for (const hr_xml *node = top; node; node = hr_xml_walk(node, top)) {
		hr_str words = hr_cda_text(cda, node).text;

		line |= begins_line(node);
		if (!words.len || HR_CDA_IS(node, "caption"))
			continue;
		if (!out->len)
			*place = hr_cda_place(node, HR_STR_NONE);
		else
			hr_buf_add_char(out, line ? '\n' : ' ');
		hr_buf_add(out, words);
		line = false;
	}
}

/* Its own, or of the section that it is a part of. */
static hr_dcm_meaning meaning_of(hr_cda *cda, const hr_xml *section)
{
	hr_dcm_meaning meaning = HR_DCM_MEANS_NOTHING;

	for (; section && meaning == HR_DCM_MEANS_NOTHING; section = section->parent) {
		const hr_xml *code = hr_xml_child(section, HR_STR("code"));

		if (HR_CDA_IS(section, "section") && code)
			meaning = hr_dcm_meaning_of(hr_cda_coded(cda, code));
	}
	return meaning;
}

static void read_words(hr_cda *cda, const hr_xml *section)
{
	struct hr_cda_imaging *imaging = imaging_of(cda);
	const hr_xml *text = hr_xml_child(section, HR_STR("text"));
	hr_dcm_meaning meaning = meaning_of(cda, section);

	if (!imaging || !text)
		return;
	if (meaning == HR_DCM_MEANS_FINDINGS)
		add_narrative(cda, text, &imaging->findings, &imaging->findings_place);
	else if (meaning == HR_DCM_MEANS_CONCLUSION)
		add_narrative(cda, text, &imaging->conclusion, &imaging->conclusion_place);
}

/* --- the document --- */

static bool is_context(const hr_xml *act)
{
	const hr_xml *template = hr_xml_child(act, HR_STR("templateId"));

	for (; template; template = hr_xml_next_same(template))
		if (hr_str_equal(hr_cda_raw(template, HR_STR("root")),
				 HR_STR("2.16.840.1.113883.10.20.6.2.5")))
			return true;
	return false;
}

static void read_section(hr_cda *cda, const hr_xml *section)
{
	read_words(cda, section);
	for (const hr_xml *child = section->first; child; child = child->next) {
		const hr_xml *act = HR_CDA_IS(child, "entry") ? child->first : NULL;

		/* Of a fetus (10.20.6.2.3), which has no item of its own. */
		if (HR_CDA_IS(child, "subject"))
			cda->report.patient_ambiguous = true;
		for (; act; act = act->next) {
			if (is_context(act))
				read_context(cda, act);
			else if (is_coded(act, HR_STR("113014")))
				read_study(cda, act);
		}
	}
}

static void set(hr_field *field, hr_field value)
{
	if (!field->text.len)
		*field = value;
}

/* What a procedure does not say itself, the header says, and then the study. */
static void settle(hr_cda *cda, const struct hr_cda_imaging *imaging, hr_result *exam)
{
	const hr_result *from[] = { &imaging->service, &imaging->study };
	hr_time *began = &exam->times[HR_EVENT_COLLECTED];

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		if (!began->text.len)
			*began = from[i]->times[HR_EVENT_COLLECTED];
		set(&exam->modality, from[i]->modality);
		set(&exam->body_part, from[i]->body_part);
		set(&exam->study_uid, from[i]->study_uid);
	}
	exam->times[HR_EVENT_TESTED] = *began;
	set(&exam->name, cda->report.title);
}

static void finish(hr_cda *cda)
{
	struct hr_cda_imaging *imaging = imaging_of(cda);
	hr_report *report = &cda->report;
	hr_result exam;

	if (!imaging)
		return;
	if (imaging->study_count > 1 && !imaging->study_is_known)
		imaging->study = (hr_result){ .kind = HR_KIND_EXAM };
	exam = imaging->service;
	exam.kind = HR_KIND_EXAM;
	if (!cda->result_count &&
	    (exam.code_count || imaging->study.modality.text.len || imaging->findings.len))
		hr_cda_add_result(cda, &exam);
	for (uint32_t i = 0; i < cda->result_count; i++)
		settle(cda, imaging, &cda->results[i]);
	report->image_studies = imaging->uids;
	report->image_study_count = imaging->uid_count;
	report->findings = (hr_field){ hr_buf_str(&imaging->findings), imaging->findings_place };
	report->conclusion =
		(hr_field){ hr_buf_str(&imaging->conclusion), imaging->conclusion_place };
}

const hr_cda_profile hr_cda_imaging = {
	.kind = HR_KIND_EXAM,
	.other_ids = HR_CDA_ID_PATIENT,
	.first_version = HR_STR_INIT("1"),
	.is_report = true,
	.read_service = read_service,
	.read_section = read_section,
	.finish = finish,
	.nothing = "it names no procedure and no modality, and has no findings",
};
