#include "dicom/manifest.h"
#include "dicom/prescan.h"

bool hr_manifest_is_uid(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '.' && !(text.data[i] >= '0' && text.data[i] <= '9'))
			return false;
	return text.len > 0 && text.len <= HR_DICOM_UID_MAX;
}

static bool check_uid(hr_str uid, const char *whose, hr_error *err)
{
	if (uid.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "manifest: a %s without its UID", whose);
	if (!hr_manifest_is_uid(uid))
		return hr_fail(err, HR_E_SYNTAX, "manifest: the UID of a %s is none", whose);
	return true;
}

static bool check_optional_uid(hr_str uid, const char *whose, hr_error *err)
{
	return uid.len == 0 || check_uid(uid, whose, err);
}

static bool check_text(hr_str text, hr_error *err)
{
	if (text.len <= HR_MANIFEST_TEXT_MAX)
		return true;
	return hr_fail(err, HR_E_LIMIT, "manifest: a text has %zu bytes, more than %d", text.len,
		       HR_MANIFEST_TEXT_MAX);
}

static bool check_id(const hr_manifest_id *id, hr_error *err)
{
	return check_text(id->value, err) && check_text(id->issuer.local, err) &&
	       check_text(id->issuer.universal, err) && check_text(id->issuer.universal_type, err);
}

static bool check_texts(const hr_manifest *m, hr_error *err)
{
	const hr_str texts[] = {
		m->made_date,		m->made_time,	m->timezone,
		m->manufacturer,	m->institution, m->patient_name,
		m->patient_birth_date,	m->patient_sex, m->study_id,
		m->study_date,		m->study_time,	m->study_description,
		m->referring_physician,
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!check_text(texts[i], err))
			return false;
	return check_id(&m->patient, err) && check_id(&m->accession, err);
}

static bool check_requests(const hr_manifest *m, hr_error *err)
{
	if (m->request_count > HR_MANIFEST_REQUESTS_MAX)
		return hr_fail(err, HR_E_LIMIT, "manifest: %u orders, more than %d",
			       m->request_count, HR_MANIFEST_REQUESTS_MAX);
	for (uint32_t i = 0; i < m->request_count; i++) {
		const hr_manifest_request *request = &m->requests[i];

		if (!check_id(&request->accession, err) || !check_id(&request->placer, err) ||
		    !check_id(&request->filler, err) || !check_text(request->procedure_id, err) ||
		    !check_text(request->description, err))
			return false;
	}
	return true;
}

static bool check_instances(const hr_manifest_series *series, hr_error *err)
{
	if (series->instance_count == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "manifest: a series without an instance");
	for (uint32_t i = 0; i < series->instance_count; i++) {
		const hr_manifest_instance *instance = &series->instances[i];

		if (!check_uid(instance->sop_instance, "instance", err) ||
		    !check_uid(instance->sop_class, "class of instances", err) ||
		    !check_text(instance->number, err))
			return false;
	}
	return true;
}

static bool check_series(const hr_manifest_series *series, hr_error *err)
{
	if (series->retrieve_url.len > HR_MANIFEST_URL_MAX)
		return hr_fail(err, HR_E_LIMIT, "manifest: an address of %zu bytes, more than %d",
			       series->retrieve_url.len, HR_MANIFEST_URL_MAX);
	return check_uid(series->uid, "series", err) &&
	       check_optional_uid(series->retrieve_location_uid, "place of retrieval", err) &&
	       check_text(series->modality, err) && check_text(series->description, err) &&
	       check_text(series->number, err) && check_text(series->date, err) &&
	       check_text(series->time, err) && check_text(series->retrieve_ae, err) &&
	       check_instances(series, err);
}

bool hr_manifest_check(const hr_manifest *manifest, hr_error *err)
{
	uint64_t instances = 0;

	if (manifest->series_count == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "manifest: it names no series");
	if (manifest->series_count > HR_MANIFEST_SERIES_MAX)
		return hr_fail(err, HR_E_LIMIT, "manifest: %u series, more than %d",
			       manifest->series_count, HR_MANIFEST_SERIES_MAX);
	if (!check_uid(manifest->study_uid, "study", err) || !check_texts(manifest, err) ||
	    !check_requests(manifest, err))
		return false;
	for (uint32_t i = 0; i < manifest->series_count; i++) {
		if (!check_series(&manifest->series[i], err))
			return false;
		instances += manifest->series[i].instance_count;
	}
	if (instances > HR_MANIFEST_INSTANCES_MAX)
		return hr_fail(err, HR_E_LIMIT, "manifest: %llu instances, more than %d",
			       (unsigned long long)instances, HR_MANIFEST_INSTANCES_MAX);
	return true;
}
