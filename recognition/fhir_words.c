/*
 * Words of FHIR's code systems that the reader understands: how far a report
 * has come, and whether it is a laboratory's or an examination's.
 */
#include "recognition/fhir_parts.h"
#include "recognition/service_section.h"

/*
 * DiagnosticReport, Observation, Composition and ImagingStudy, R4 and R5. What
 * is not known to be final is taken as not final: that refuses, and a wrong
 * "final" would recognise.
 */
static const struct {
	hr_str word;
	hr_status status;
} statuses[] = {
	{ HR_STR_INIT("final"), HR_STATUS_FINAL },
	{ HR_STR_INIT("available"), HR_STATUS_FINAL },
	{ HR_STR_INIT("amended"), HR_STATUS_CORRECTED },
	{ HR_STR_INIT("corrected"), HR_STATUS_CORRECTED },
	{ HR_STR_INIT("appended"), HR_STATUS_CORRECTED },
	{ HR_STR_INIT("registered"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("partial"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("preliminary"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("modified"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("specimen-in-process"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("cancelled"), HR_STATUS_CANCELLED },
	{ HR_STR_INIT("entered-in-error"), HR_STATUS_CANCELLED },
	{ HR_STR_INIT("deprecated"), HR_STATUS_CANCELLED },
	{ HR_STR_INIT("inactive"), HR_STATUS_CANCELLED },
};

hr_status hr_fhir_read_status(hr_fhir *f, const hr_json *node, const hr_fhir_resource *from)
{
	hr_str word = hr_fhir_text(node);

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (hr_str_equal(statuses[i].word, word))
			return statuses[i].status;
	if (word.len)
		hr_fhir_deviate(f, HR_FHIR_STATUS_UNKNOWN, node);
	else
		hr_fhir_deviate(f, HR_FHIR_STATUS_MISSING, from->node);
	return HR_STATUS_PRELIMINARY;
}

/* --- kinds --- */

/* http://terminology.hl7.org/CodeSystem/observation-category */
static const hr_str lab_categories[] = { HR_STR_INIT("laboratory") };
static const hr_str exam_categories[] = { HR_STR_INIT("imaging") };

/* Of HL7 v2 table 0074, as R4 and as older ones write it. */
static const hr_str section_systems[] = {
	HR_STR_INIT("http://terminology.hl7.org/CodeSystem/v2-0074"),
	HR_STR_INIT("http://hl7.org/fhir/v2/0074"),
};

/* LOINC codes and parts of whole classes of reports, not of single items. */
static const hr_str lab_reports[] = {
	HR_STR_INIT("11502-2"),	 /* laboratory report */
	HR_STR_INIT("26436-6"),	 /* laboratory studies */
	HR_STR_INIT("18717-9"),	 /* blood bank */
	HR_STR_INIT("18719-5"),	 /* chemistry */
	HR_STR_INIT("18720-3"),	 /* coagulation */
	HR_STR_INIT("18721-1"),	 /* therapeutic drug monitoring */
	HR_STR_INIT("18722-9"),	 /* fertility */
	HR_STR_INIT("18723-7"),	 /* haematology */
	HR_STR_INIT("18724-5"),	 /* HLA */
	HR_STR_INIT("18725-2"),	 /* microbiology */
	HR_STR_INIT("18727-8"),	 /* serology */
	HR_STR_INIT("18728-6"),	 /* toxicology */
	HR_STR_INIT("18729-4"),	 /* urinalysis */
	HR_STR_INIT("LP7839-6"), /* pathology */
};
static const hr_str exam_reports[] = {
	HR_STR_INIT("18748-4"),	  /* diagnostic imaging study */
	HR_STR_INIT("18726-0"),	  /* radiology studies */
	HR_STR_INIT("68604-8"),	  /* radiology diagnostic study note */
	HR_STR_INIT("LP29684-5"), /* radiology */
};

#define CODES(list) list, sizeof(list) / sizeof((list)[0])

static const struct {
	hr_str system;
	const hr_str *codes;
	size_t count;
	hr_kind kind;
} kinds[] = {
	{ HR_STR_INIT("http://terminology.hl7.org/CodeSystem/observation-category"),
	  CODES(lab_categories), HR_KIND_LAB },
	{ HR_STR_INIT("http://terminology.hl7.org/CodeSystem/observation-category"),
	  CODES(exam_categories), HR_KIND_EXAM },
	{ HR_STR_INIT("http://hl7.org/fhir/observation-category"), CODES(lab_categories),
	  HR_KIND_LAB },
	{ HR_STR_INIT("http://hl7.org/fhir/observation-category"), CODES(exam_categories),
	  HR_KIND_EXAM },
	{ HR_STR_INIT("http://loinc.org"), CODES(lab_reports), HR_KIND_LAB },
	{ HR_STR_INIT("http://loinc.org"), CODES(exam_reports), HR_KIND_EXAM },
};

static hr_kind kind_of_section(const hr_code *code)
{
	const hr_service_section *section = NULL;

	for (size_t i = 0; i < sizeof(section_systems) / sizeof(section_systems[0]); i++)
		if (hr_str_equal(section_systems[i], code->system))
			section = hr_service_section_find(code->code);
	return section ? section->kind : HR_KIND_UNKNOWN;
}

static hr_kind kind_of(const hr_code *code)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!hr_str_equal(kinds[i].system, code->system))
			continue;
		for (size_t k = 0; k < kinds[i].count; k++)
			if (hr_str_equal(kinds[i].codes[k], code->code))
				return kinds[i].kind;
	}
	return kind_of_section(code);
}

hr_kind hr_fhir_kind(hr_fhir *f, const hr_json *node)
{
	hr_fhir_list list = hr_fhir_open_list(f, node);
	const hr_json *concept = list.first;

	for (uint32_t i = 0; i < list.count; i++, concept = concept->next) {
		hr_fhir_list codings = hr_fhir_open_codings(f, concept);
		const hr_json *coding = codings.first;

		for (uint32_t k = 0; k < codings.count; k++, coding = coding->next) {
			hr_code code;
			hr_kind kind;

			hr_fhir_read_coding(coding, &code);
			kind = kind_of(&code);
			if (kind != HR_KIND_UNKNOWN)
				return kind;
		}
	}
	return HR_KIND_UNKNOWN;
}
