/*
 * A manifest as MADO's document Bundle. Each entry is known by a number below
 * the manifest's own UID, so the same study gives the same bytes here as well.
 */
#include "recognition/manifest_fhir_parts.h"

enum { BUNDLE_MAX = HR_JSON_DOCUMENT_MAX, NUMBER_DIGITS = 9 };

enum { COMPOSITION = 1, STUDY, PATIENT, MAKER, INSTITUTION, FIRST_FREE };

/* --- pieces --- */

bool hr_fhir_writer_open(hr_fhir_writer *w, const hr_manifest *manifest, hr_manifest_form form,
			 hr_arena *arena, hr_error *err)
{
	w->manifest = manifest;
	w->arena = arena;
	hr_buf_init(&w->buf, arena, BUNDLE_MAX);
	hr_json_writer_init(&w->json, &w->buf, false);
	return hr_manifest_uid(manifest, form, arena, w->uid, err);
}

bool hr_fhir_writer_close(hr_fhir_writer *w, hr_str *out, hr_error *err)
{
	if (hr_arena_is_short(w->arena))
		return hr_fail_memory(err);
	if (w->buf.failed)
		return hr_fail(err, HR_E_LIMIT, "manifest: it passes %d bytes", BUNDLE_MAX);
	*out = hr_buf_str(&w->buf);
	return true;
}

void hr_fhir_open_member(hr_fhir_writer *w, const char *name)
{
	hr_json_name(&w->json, hr_str_of(name));
	hr_json_open_object(&w->json);
}

void hr_fhir_open_elements(hr_fhir_writer *w, const char *name)
{
	hr_json_name(&w->json, hr_str_of(name));
	hr_json_open_array(&w->json);
	hr_json_open_object(&w->json);
}

void hr_fhir_close_elements(hr_fhir_writer *w)
{
	hr_json_close_object(&w->json);
	hr_json_close_array(&w->json);
}

static void put(hr_fhir_writer *w, const char *name, hr_str value)
{
	hr_json_member(&w->json, hr_str_of(name), value);
}

static hr_str joined(hr_fhir_writer *w, const char *front, hr_str rest)
{
	hr_buf buf;

	hr_buf_init(&buf, w->arena, HR_MANIFEST_TEXT_MAX + 100);
	hr_buf_add(&buf, hr_str_of(front));
	hr_buf_add(&buf, rest);
	w->buf.failed |= buf.failed;
	return hr_buf_str(&buf);
}

void hr_fhir_put_oid(hr_fhir_writer *w, const char *name, hr_str uid)
{
	put(w, name, joined(w, "urn:oid:", uid));
}

void hr_fhir_put_coding(hr_fhir_writer *w, hr_str system, hr_str code)
{
	put(w, "system", system);
	put(w, "code", code);
}

void hr_fhir_put_concept(hr_fhir_writer *w, const char *name, hr_str system, hr_str code)
{
	if (name)
		hr_fhir_open_member(w, name);
	else
		hr_json_open_object(&w->json);
	hr_fhir_open_elements(w, "coding");
	hr_fhir_put_coding(w, system, code);
	hr_fhir_close_elements(w);
	hr_json_close_object(&w->json);
}

static void put_system(hr_fhir_writer *w, const hr_manifest_issuer *issuer)
{
	bool is_oid = hr_str_equal(issuer->universal_type, HR_STR("ISO")) ||
		      (!issuer->universal_type.len && hr_manifest_is_uid(issuer->universal));

	if (issuer->universal.len == 0)
		return;
	if (is_oid)
		hr_fhir_put_oid(w, "system", issuer->universal);
	else if (hr_str_equal(issuer->universal_type, HR_STR("UUID")))
		put(w, "system", joined(w, "urn:uuid:", issuer->universal));
	else
		put(w, "system", issuer->universal);
}

void hr_fhir_put_id(hr_fhir_writer *w, const hr_manifest_id *id, hr_str type)
{
	if (type.len)
		hr_fhir_put_concept(w, "type", HR_SYSTEM_V2_0203, type);
	put_system(w, &id->issuer);
	put(w, "value", id->value);
	if (id->issuer.local.len) {
		hr_fhir_open_member(w, "assigner");
		put(w, "display", id->issuer.local);
		hr_json_close_object(&w->json);
	}
}

void hr_fhir_put_study_id(hr_fhir_writer *w)
{
	hr_fhir_put_concept(w, "type", HR_SYSTEM_DCM, HR_STR("110180"));
	put(w, "system", HR_SYSTEM_UID);
	hr_fhir_put_oid(w, "value", w->manifest->study_uid);
}

void hr_fhir_put_time(hr_fhir_writer *w, const char *name, hr_str date, hr_str time, bool whole)
{
	put(w, name, hr_manifest_join_time(w->manifest->timezone, date, time, whole, w->arena));
}

void hr_fhir_put_made(hr_fhir_writer *w, const char *name)
{
	const hr_manifest *m = w->manifest;
	bool is_made = m->made_date.len > 0;

	hr_fhir_put_time(w, name, is_made ? m->made_date : m->study_date,
			 is_made ? m->made_time : m->study_time, true);
}

/* unsignedInt, where it is one. */
static void put_number(hr_fhir_writer *w, const char *name, hr_str digits)
{
	int64_t n = 0;

	if (digits.len == 0 || digits.len > NUMBER_DIGITS)
		return;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return;
		n = n * 10 + (digits.data[i] - '0');
	}
	hr_json_name(&w->json, hr_str_of(name));
	hr_json_int(&w->json, n);
}

static void put_count(hr_fhir_writer *w, const char *name, uint32_t n)
{
	hr_json_name(&w->json, hr_str_of(name));
	hr_json_int(&w->json, n);
}

bool hr_fhir_is_new_modality(const hr_manifest *manifest, uint32_t series)
{
	hr_str modality = manifest->series[series].modality;

	for (uint32_t i = 0; i < series; i++)
		if (hr_str_equal(manifest->series[i].modality, modality))
			return false;
	return modality.len > 0;
}

/* --- entries and references --- */

static hr_str address_of(hr_fhir_writer *w, uint32_t entry)
{
	hr_buf buf;

	hr_buf_init(&buf, w->arena, 100);
	hr_buf_addf(&buf, "urn:oid:%s.%u", w->uid, entry);
	w->buf.failed |= buf.failed;
	return hr_buf_str(&buf);
}

static void put_target(hr_fhir_writer *w, uint32_t entry)
{
	put(w, "reference", address_of(w, entry));
}

static void put_reference(hr_fhir_writer *w, const char *name, uint32_t entry)
{
	hr_fhir_open_member(w, name);
	put_target(w, entry);
	hr_json_close_object(&w->json);
}

static void open_entry(hr_fhir_writer *w, uint32_t entry, const char *type)
{
	hr_json_open_object(&w->json);
	put(w, "fullUrl", address_of(w, entry));
	hr_fhir_open_member(w, "resource");
	put(w, "resourceType", hr_str_of(type));
}

static void close_entry(hr_fhir_writer *w)
{
	hr_json_close_object(&w->json);
	hr_json_close_object(&w->json);
}

/* Without a word of the sender's, so nothing in it has to be made safe. */
static void put_narrative(hr_fhir_writer *w)
{
	hr_buf div;

	hr_buf_init(&div, w->arena, 1000);
	hr_buf_addf(&div,
		    "<div xmlns=\"http://www.w3.org/1999/xhtml\">DICOM study %.*s: %u series</div>",
		    HR_STR_ARG(w->manifest->study_uid), w->manifest->series_count);
	hr_fhir_open_member(w, "text");
	put(w, "status", HR_STR("generated"));
	put(w, "div", hr_buf_str(&div));
	hr_json_close_object(&w->json);
}

static void put_composition(hr_fhir_writer *w)
{
	open_entry(w, COMPOSITION, "Composition");
	put_narrative(w);
	hr_fhir_open_member(w, "identifier");
	put(w, "system", HR_SYSTEM_UID);
	hr_fhir_put_oid(w, "value", hr_str_of(w->uid));
	hr_json_close_object(&w->json);
	put(w, "status", HR_STR("final"));
	hr_fhir_put_concept(w, "type", HR_SYSTEM_LOINC, HR_STR("18748-4"));
	put_reference(w, "subject", PATIENT);
	hr_fhir_put_made(w, "date");
	hr_fhir_open_elements(w, "author");
	put_target(w, MAKER);
	hr_json_close_object(&w->json);
	hr_json_open_object(&w->json);
	put_target(w, INSTITUTION);
	hr_fhir_close_elements(w);
	put(w, "title",
	    w->manifest->study_description.len ? w->manifest->study_description
					       : HR_STR("Imaging study manifest"));
	hr_fhir_open_elements(w, "event");
	hr_fhir_open_elements(w, "detail");
	put_target(w, STUDY);
	hr_fhir_close_elements(w);
	hr_fhir_close_elements(w);
	close_entry(w);
}

/* --- the patient --- */

/* The part of `*rest` before the next `by`, which goes with it. */
static hr_str take_part(hr_str *rest, char by)
{
	size_t at = 0;
	hr_str part;

	while (at < rest->len && rest->data[at] != by)
		at++;
	part = hr_str_trim(hr_str_slice(*rest, 0, at));
	*rest = hr_str_slice(*rest, at + 1, rest->len);
	return part;
}

static void put_words(hr_fhir_writer *w, const char *name, const hr_str *words, size_t count)
{
	bool is_any = false;

	for (size_t i = 0; i < count; i++)
		is_any |= words[i].len > 0;
	if (!is_any)
		return;
	hr_json_name(&w->json, hr_str_of(name));
	hr_json_open_array(&w->json);
	for (size_t i = 0; i < count; i++)
		if (words[i].len)
			hr_json_string(&w->json, words[i]);
	hr_json_close_array(&w->json);
}

static void put_name(hr_fhir_writer *w, hr_str group, hr_str representation)
{
	hr_str parts[5];

	for (size_t i = 0; i < 5; i++)
		parts[i] = take_part(&group, '^');
	hr_json_open_object(&w->json);
	hr_fhir_open_elements(w, "extension");
	put(w, "url", HR_NAME_REPRESENTATION);
	put(w, "valueCode", representation);
	hr_fhir_close_elements(w);
	put(w, "family", parts[0]);
	put_words(w, "given", parts + 1, 2);
	put_words(w, "prefix", parts + 3, 1);
	put_words(w, "suffix", parts + 4, 1);
	hr_json_close_object(&w->json);
}

static void put_names(hr_fhir_writer *w)
{
	hr_str rest = w->manifest->patient_name;

	if (rest.len == 0)
		return;
	hr_json_name(&w->json, HR_STR("name"));
	hr_json_open_array(&w->json);
	for (size_t i = 0; i < 3; i++) {
		hr_str group = take_part(&rest, '=');

		if (group.len)
			put_name(w, group, hr_name_groups[i]);
	}
	hr_json_close_array(&w->json);
}

static void put_patient(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;

	open_entry(w, PATIENT, "Patient");
	if (m->patient.value.len) {
		hr_fhir_open_elements(w, "identifier");
		hr_fhir_put_id(w, &m->patient, HR_STR_NONE);
		hr_fhir_close_elements(w);
	}
	put_names(w);
	for (size_t i = 0; i < 3; i++)
		if (hr_str_equal(m->patient_sex, hr_gender_letters[i]))
			put(w, "gender", hr_gender_words[i]);
	hr_fhir_put_time(w, "birthDate", m->patient_birth_date, HR_STR_NONE, false);
	close_entry(w);
}

/* --- who made it, orders, endpoints --- */

static void put_maker(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;

	open_entry(w, MAKER, "Device");
	put(w, "manufacturer", m->manufacturer);
	hr_fhir_put_concept(w, "type",
			    HR_STR("https://profiles.ihe.net/RAD/MADO/CodeSystem/MadoDeviceType"),
			    HR_STR("mado-creator"));
	put_reference(w, "owner", INSTITUTION);
	close_entry(w);
	open_entry(w, INSTITUTION, "Organization");
	put(w, "name", m->institution);
	close_entry(w);
}

static void put_order_id(hr_fhir_writer *w, const hr_manifest_id *id, const char *type)
{
	if (id->value.len == 0)
		return;
	hr_json_open_object(&w->json);
	hr_fhir_put_id(w, id, hr_str_of(type));
	hr_json_close_object(&w->json);
}

static void put_request(hr_fhir_writer *w, const hr_manifest_request *request, uint32_t entry)
{
	open_entry(w, entry, "ServiceRequest");
	hr_json_name(&w->json, HR_STR("identifier"));
	hr_json_open_array(&w->json);
	put_order_id(w, &request->accession, "ACSN");
	put_order_id(w, &request->placer, "PLAC");
	put_order_id(w, &request->filler, "FILL");
	hr_json_close_array(&w->json);
	put(w, "status", HR_STR("completed"));
	put(w, "intent", HR_STR("order"));
	if (request->description.len) {
		hr_fhir_open_member(w, "code");
		put(w, "text", request->description);
		hr_json_close_object(&w->json);
	}
	put_reference(w, "subject", PATIENT);
	close_entry(w);
}

static bool is_same_place(const hr_manifest_series *a, const hr_manifest_series *b)
{
	return hr_str_equal(a->retrieve_url, b->retrieve_url) &&
	       hr_str_equal(a->retrieve_location_uid, b->retrieve_location_uid);
}

/* The entry of a series' Endpoint: that of the first series of the same place. */
static uint32_t endpoint_of(const hr_manifest *m, uint32_t series)
{
	uint32_t first = 0;

	while (!is_same_place(&m->series[first], &m->series[series]))
		first++;
	return FIRST_FREE + m->request_count + first;
}

static void put_endpoint(hr_fhir_writer *w, uint32_t series)
{
	static const char *const types[] = { "application/dicom", "application/octet-stream",
					     "application/dicom+xml", "application/json" };
	const hr_manifest_series *s = &w->manifest->series[series];
	uint32_t entry = FIRST_FREE + w->manifest->request_count + series;

	if (s->retrieve_url.len == 0 || endpoint_of(w->manifest, series) != entry)
		return;
	open_entry(w, entry, "Endpoint");
	if (s->retrieve_location_uid.len) {
		hr_fhir_open_elements(w, "extension");
		put(w, "url", HR_MADO_LOCATION);
		put(w, "valueString", s->retrieve_location_uid);
		hr_fhir_close_elements(w);
	}
	put(w, "status", HR_STR("active"));
	hr_fhir_open_member(w, "connectionType");
	hr_fhir_put_coding(w,
			   HR_STR("http://terminology.hl7.org/CodeSystem/endpoint-connection-type"),
			   HR_STR("dicom-wado-rs"));
	hr_json_close_object(&w->json);
	hr_fhir_open_elements(w, "payloadType");
	put(w, "text", HR_STR("DICOM WADO-RS"));
	hr_fhir_close_elements(w);
	hr_json_name(&w->json, HR_STR("payloadMimeType"));
	hr_json_open_array(&w->json);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		hr_json_string(&w->json, hr_str_of(types[i]));
	hr_json_close_array(&w->json);
	put(w, "address", s->retrieve_url);
	close_entry(w);
}

/* --- the study --- */

static void put_orders(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;

	if (m->request_count == 0 && m->accession.value.len == 0)
		return;
	hr_json_name(&w->json, HR_STR("basedOn"));
	hr_json_open_array(&w->json);
	for (uint32_t i = 0; i < m->request_count; i++) {
		hr_json_open_object(&w->json);
		put_target(w, FIRST_FREE + i);
		hr_json_close_object(&w->json);
	}
	if (m->request_count == 0) {
		hr_json_open_object(&w->json);
		put(w, "type", HR_STR("ServiceRequest"));
		hr_fhir_open_member(w, "identifier");
		hr_fhir_put_id(w, &m->accession, HR_STR("ACSN"));
		hr_json_close_object(&w->json);
		hr_json_close_object(&w->json);
	}
	hr_json_close_array(&w->json);
}

static void put_instance(hr_fhir_writer *w, const hr_manifest_instance *instance)
{
	hr_json_open_object(&w->json);
	if (instance->frames) {
		hr_fhir_open_elements(w, "extension");
		put(w, "url", HR_MADO_FRAMES);
		put_count(w, "valueInteger", instance->frames);
		hr_fhir_close_elements(w);
	}
	put(w, "uid", instance->sop_instance);
	hr_fhir_open_member(w, "sopClass");
	put(w, "system", HR_SYSTEM_URI);
	hr_fhir_put_oid(w, "code", instance->sop_class);
	hr_json_close_object(&w->json);
	put_number(w, "number", instance->number);
	hr_json_close_object(&w->json);
}

static void put_series(hr_fhir_writer *w, uint32_t index)
{
	const hr_manifest_series *series = &w->manifest->series[index];

	hr_json_open_object(&w->json);
	put(w, "uid", series->uid);
	put_number(w, "number", series->number);
	hr_fhir_open_member(w, "modality");
	hr_fhir_put_coding(w, HR_SYSTEM_DCM, series->modality);
	hr_json_close_object(&w->json);
	put(w, "description", series->description);
	put_count(w, "numberOfInstances", series->instance_count);
	if (series->retrieve_url.len) {
		hr_fhir_open_elements(w, "endpoint");
		put_target(w, endpoint_of(w->manifest, index));
		hr_fhir_close_elements(w);
	}
	hr_fhir_put_time(w, "started", series->date, series->time, false);
	hr_json_name(&w->json, HR_STR("instance"));
	hr_json_open_array(&w->json);
	for (uint32_t i = 0; i < series->instance_count; i++)
		put_instance(w, &series->instances[i]);
	hr_json_close_array(&w->json);
	hr_json_close_object(&w->json);
}

static void put_study_ids(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;

	hr_fhir_open_elements(w, "identifier");
	hr_fhir_put_study_id(w);
	if (m->accession.value.len) {
		hr_json_close_object(&w->json);
		hr_json_open_object(&w->json);
		hr_fhir_put_id(w, &m->accession, HR_STR("ACSN"));
	}
	hr_fhir_close_elements(w);
}

static void put_study(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;
	uint32_t instances = 0;

	open_entry(w, STUDY, "ImagingStudy");
	put_study_ids(w);
	put(w, "status", HR_STR("available"));
	hr_json_name(&w->json, HR_STR("modality"));
	hr_json_open_array(&w->json);
	for (uint32_t i = 0; i < m->series_count; i++) {
		instances += m->series[i].instance_count;
		if (!hr_fhir_is_new_modality(m, i))
			continue;
		hr_json_open_object(&w->json);
		hr_fhir_put_coding(w, HR_SYSTEM_DCM, m->series[i].modality);
		hr_json_close_object(&w->json);
	}
	hr_json_close_array(&w->json);
	put_reference(w, "subject", PATIENT);
	hr_fhir_put_time(w, "started", m->study_date, m->study_time, false);
	put_orders(w);
	put_count(w, "numberOfSeries", m->series_count);
	put_count(w, "numberOfInstances", instances);
	put(w, "description", m->study_description);
	hr_json_name(&w->json, HR_STR("series"));
	hr_json_open_array(&w->json);
	for (uint32_t i = 0; i < m->series_count; i++)
		put_series(w, i);
	hr_json_close_array(&w->json);
	close_entry(w);
}

static void put_entries(hr_fhir_writer *w)
{
	const hr_manifest *m = w->manifest;

	hr_json_name(&w->json, HR_STR("entry"));
	hr_json_open_array(&w->json);
	put_composition(w);
	put_study(w);
	put_patient(w);
	put_maker(w);
	for (uint32_t i = 0; i < m->request_count; i++)
		put_request(w, &m->requests[i], FIRST_FREE + i);
	for (uint32_t i = 0; i < m->series_count; i++)
		put_endpoint(w, i);
	hr_json_close_array(&w->json);
}

bool hr_manifest_write_fhir(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena,
			    hr_str *out, hr_error *err)
{
	hr_fhir_writer w;

	if (!hr_fhir_writer_open(&w, manifest, form, arena, err))
		return false;
	hr_json_open_object(&w.json);
	put(&w, "resourceType", HR_STR("Bundle"));
	hr_fhir_open_member(&w, "identifier");
	put(&w, "system", HR_SYSTEM_UID);
	hr_fhir_put_oid(&w, "value", hr_str_of(w.uid));
	hr_json_close_object(&w.json);
	put(&w, "type", HR_STR("document"));
	hr_fhir_put_made(&w, "timestamp");
	put_entries(&w);
	hr_json_close_object(&w.json);
	return hr_fhir_writer_close(&w, out, err);
}
