/*
 * The envelope of a manifest (IHE MHD, as MADO narrows it): what is searched
 * for, before the manifest itself is asked for.
 */
#include "recognition/manifest_fhir_parts.h"

#define R5_DOCUMENT "http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference."

static const struct format {
	hr_str content_type;
	hr_str system;
	hr_str code;
} formats[] = {
	[HR_MANIFEST_KOS] = { HR_STR_INIT("application/dicom"),
			      HR_STR_INIT("http://dicom.nema.org/resources/ontology/DCMUID"),
			      HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.59") },
	[HR_MANIFEST_FHIR] = { HR_STR_INIT("application/fhir+json"),
			       HR_STR_INIT("http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/"
					   "formatcode"),
			       HR_STR_INIT("urn:ihe:rad:MADO:fhir-manifest:2026") },
};

static void put(hr_fhir_writer *w, const char *name, hr_str value)
{
	hr_json_member(&w->json, hr_str_of(name), value);
}

/* KO, and each modality of the study. */
static void put_modality(hr_fhir_writer *w, hr_str modality)
{
	hr_json_open_object(&w->json);
	put(w, "url", HR_STR(R5_DOCUMENT "modality"));
	hr_fhir_put_concept(w, "valueCodeableConcept", HR_SYSTEM_DCM, modality);
	hr_json_close_object(&w->json);
}

static void put_modalities(hr_fhir_writer *w, hr_manifest_format format)
{
	const hr_manifest *m = w->manifest;

	hr_json_name(&w->json, HR_STR("extension"));
	hr_json_open_array(&w->json);
	if (format == HR_MANIFEST_KOS)
		put_modality(w, HR_STR("KO"));
	for (uint32_t i = 0; i < m->series_count; i++)
		if (hr_fhir_is_new_modality(m, i))
			put_modality(w, m->series[i].modality);
	hr_json_close_array(&w->json);
}

static void put_own_id(hr_fhir_writer *w)
{
	put(w, "system", HR_SYSTEM_UID);
	hr_fhir_put_oid(w, "value", hr_str_of(w->uid));
}

static void put_head(hr_fhir_writer *w)
{
	hr_fhir_open_member(w, "masterIdentifier");
	put_own_id(w);
	hr_json_close_object(&w->json);
	hr_fhir_open_elements(w, "identifier");
	put_own_id(w);
	hr_fhir_close_elements(w);
	put(w, "status", HR_STR("current"));
	hr_fhir_put_concept(w, "type", HR_SYSTEM_LOINC, HR_STR("18748-4"));
	hr_json_name(&w->json, HR_STR("category"));
	hr_json_open_array(&w->json);
	hr_fhir_put_concept(w, NULL, HR_SYSTEM_LOINC, HR_STR("18748-4"));
	hr_json_close_array(&w->json);
	hr_fhir_open_member(w, "subject");
	put(w, "type", HR_STR("Patient"));
	if (w->manifest->patient.value.len) {
		hr_fhir_open_member(w, "identifier");
		hr_fhir_put_id(w, &w->manifest->patient, HR_STR_NONE);
		hr_json_close_object(&w->json);
	}
	hr_json_close_object(&w->json);
	hr_fhir_put_made(w, "date");
}

static void put_other(hr_fhir_writer *w, hr_str url)
{
	if (url.len == 0)
		return;
	hr_fhir_open_elements(w, "relatesTo");
	put(w, "code", HR_STR("transforms"));
	hr_fhir_open_member(w, "target");
	put(w, "reference", url);
	hr_json_close_object(&w->json);
	hr_fhir_close_elements(w);
}

static void put_content(hr_fhir_writer *w, const struct format *format, hr_str url)
{
	hr_fhir_open_elements(w, "content");
	if (format == &formats[HR_MANIFEST_FHIR]) {
		hr_fhir_open_elements(w, "extension");
		put(w, "url", HR_STR(R5_DOCUMENT "content.profile"));
		hr_fhir_open_elements(w, "extension");
		put(w, "url", HR_STR("value[x]"));
		put(w, "valueCanonical", HR_STR(HR_MADO_DEFINITION "MadoFhirBundle"));
		hr_fhir_close_elements(w);
		hr_fhir_close_elements(w);
	}
	hr_fhir_open_member(w, "attachment");
	put(w, "contentType", format->content_type);
	put(w, "language", HR_STR("zh-CN"));
	put(w, "url", url);
	hr_fhir_put_made(w, "creation");
	hr_json_close_object(&w->json);
	hr_fhir_open_member(w, "format");
	hr_fhir_put_coding(w, format->system, format->code);
	hr_json_close_object(&w->json);
	hr_fhir_close_elements(w);
}

static void put_context(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;
	const hr_str snomed = HR_STR("http://snomed.info/sct");

	hr_fhir_open_member(w, "context");
	hr_fhir_open_member(w, "period");
	hr_fhir_put_time(w, "start", m->study_date, m->study_time, false);
	hr_json_close_object(&w->json);
	hr_fhir_put_concept(w, "facilityType", snomed, HR_STR("79491001"));
	hr_fhir_put_concept(w, "practiceSetting", snomed, HR_STR("394914008"));
	hr_fhir_open_elements(w, "related");
	hr_fhir_open_member(w, "identifier");
	hr_fhir_put_study_id(w);
	hr_json_close_object(&w->json);
	if (m->accession.value.len) {
		hr_json_close_object(&w->json);
		hr_json_open_object(&w->json);
		hr_fhir_open_member(w, "identifier");
		hr_fhir_put_id(w, &m->accession, HR_STR("ACSN"));
		hr_json_close_object(&w->json);
	}
	hr_fhir_close_elements(w);
	hr_json_close_object(&w->json);
}

bool hr_manifest_write_reference(const hr_manifest *manifest, hr_manifest_form form,
				 hr_manifest_format format, hr_str url, hr_str other_url,
				 hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_fhir_writer w;

	if (!hr_fhir_writer_open(&w, manifest, form, arena, err))
		return false;
	hr_json_open_object(&w.json);
	put(&w, "resourceType", HR_STR("DocumentReference"));
	put_modalities(&w, format);
	put_head(&w);
	put_other(&w, other_url);
	put_content(&w, &formats[format], url);
	put_context(&w);
	hr_json_close_object(&w.json);
	return hr_fhir_writer_close(&w, out, err);
}
