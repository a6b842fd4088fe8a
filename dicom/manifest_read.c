/*
 * A Key Object Selection Document as a manifest. What it holds is its evidence,
 * CurrentRequestedProcedureEvidenceSequence; the content tree says no more of
 * it, but in MADO's form describes it.
 */
#include "base/calendar.h"
#include "base/map.h"
#include "dicom/dicom.h"
#include "dicom/manifest_parts.h"

#include <stddef.h>

struct reader {
	const hr_dicom_item *root;
	hr_arena *arena;
	hr_error *err;
	hr_manifest_series *series;
	hr_manifest_instance *instances; /* of all series, in the order of the evidence */
	uint32_t series_count;
	uint32_t instance_count;
	hr_map by_uid; /* SOPInstanceUID: the place in `instances` */
	hr_manifest found;
};

static bool has_concept(const hr_dicom_item *item, const hr_concept *concept)
{
	const hr_dicom_item *code = hr_dicom_first(item, 0x0040A043);

	return hr_str_equal(hr_dicom_text_of(code, 0x00080100), concept->code) &&
	       hr_str_equal(hr_dicom_text_of(code, 0x00080102), concept->scheme);
}

static bool check_title(const hr_dicom_object *object, hr_error *err)
{
	if (!hr_str_equal(object->sop_class, HR_KOS_CLASS))
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: it is no key object selection");
	for (size_t i = 0; i < sizeof(hr_manifest_titles) / sizeof(hr_manifest_titles[0]); i++)
		if (has_concept(object->root, &hr_manifest_titles[i]))
			return true;
	return hr_fail(err, HR_E_UNSUPPORTED,
		       "dicom: a key object selection that is not titled as a manifest");
}

/* "20260103"; empty when it is no day. */
static hr_str day_of(hr_str text)
{
	hr_span span;
	bool is_day =
		text.len == 8 && hr_span_parse(text, &span) && span.precision == HR_PRECISION_DAY;

	return is_day ? text : HR_STR_NONE;
}

/* "080910.123" or the front of it; empty for anything else. */
static hr_str time_of(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '.' && !(text.data[i] >= '0' && text.data[i] <= '9'))
			return HR_STR_NONE;
	return text.len <= 13 ? text : HR_STR_NONE;
}

static void read_universal(const hr_dicom_item *item, hr_manifest_issuer *out)
{
	out->universal = hr_dicom_text_of(item, 0x00400032);
	out->universal_type = hr_dicom_text_of(item, 0x00400033);
}

static void read_issuer(const hr_dicom_item *item, uint32_t tag, hr_manifest_issuer *out)
{
	const hr_dicom_item *issuer = hr_dicom_first(item, tag);

	out->local = hr_dicom_text_of(issuer, 0x00400031);
	read_universal(issuer, out);
}

static const struct root_text {
	uint32_t tag;
	size_t offset;
} root_texts[] = {
	{ 0x00080018, offsetof(hr_manifest, uid) },
	{ 0x00080020, offsetof(hr_manifest, study_date) },
	{ 0x00080023, offsetof(hr_manifest, made_date) },
	{ 0x00080030, offsetof(hr_manifest, study_time) },
	{ 0x00080033, offsetof(hr_manifest, made_time) },
	{ 0x00080050, offsetof(hr_manifest, accession.value) },
	{ 0x00080070, offsetof(hr_manifest, manufacturer) },
	{ 0x00080080, offsetof(hr_manifest, institution) },
	{ 0x00080090, offsetof(hr_manifest, referring_physician) },
	{ 0x00080201, offsetof(hr_manifest, timezone) },
	{ 0x00081030, offsetof(hr_manifest, study_description) },
	{ 0x00100010, offsetof(hr_manifest, patient_name) },
	{ 0x00100020, offsetof(hr_manifest, patient.value) },
	{ 0x00100021, offsetof(hr_manifest, patient.issuer.local) },
	{ 0x00100030, offsetof(hr_manifest, patient_birth_date) },
	{ 0x00100040, offsetof(hr_manifest, patient_sex) },
	{ 0x00200010, offsetof(hr_manifest, study_id) },
};

static void read_root(struct reader *r)
{
	hr_manifest *m = &r->found;

	for (size_t i = 0; i < sizeof(root_texts) / sizeof(root_texts[0]); i++) {
		hr_str text = hr_dicom_text_of(r->root, root_texts[i].tag);

		memcpy((char *)m + root_texts[i].offset, &text, sizeof(text));
	}
	m->study_date = day_of(m->study_date);
	m->made_date = day_of(m->made_date);
	m->patient_birth_date = day_of(m->patient_birth_date);
	m->study_time = time_of(m->study_time);
	m->made_time = time_of(m->made_time);
	read_issuer(r->root, 0x00080051, &m->accession.issuer);
	read_universal(hr_dicom_first(r->root, 0x00100024), &m->patient.issuer);
}

static bool read_requests(struct reader *r)
{
	const hr_dicom_element *list = hr_dicom_find(r->root, 0x0040A370);
	uint32_t count = list ? list->item_count : 0;
	hr_manifest_request *requests;

	if (count == 0)
		return true;
	if (count > HR_MANIFEST_REQUESTS_MAX)
		return hr_fail(r->err, HR_E_LIMIT, "manifest: %u orders, more than %d", count,
			       HR_MANIFEST_REQUESTS_MAX);
	requests = HR_NEW_N(r->arena, hr_manifest_request, count);
	if (!requests)
		return hr_fail_memory(r->err);
	for (uint32_t i = 0; i < count; i++) {
		const hr_dicom_item *item = &list->items[i];

		requests[i].accession.value = hr_dicom_text_of(item, 0x00080050);
		read_issuer(item, 0x00080051, &requests[i].accession.issuer);
		requests[i].description = hr_dicom_text_of(item, 0x00321060);
		read_issuer(item, 0x00400026, &requests[i].placer.issuer);
		read_issuer(item, 0x00400027, &requests[i].filler.issuer);
		requests[i].procedure_id = hr_dicom_text_of(item, 0x00401001);
		requests[i].placer.value = hr_dicom_text_of(item, 0x00402016);
		requests[i].filler.value = hr_dicom_text_of(item, 0x00402017);
	}
	r->found.requests = requests;
	r->found.request_count = count;
	return true;
}

static uint32_t items_of(const hr_dicom_item *item, uint32_t tag, const hr_dicom_item **out)
{
	const hr_dicom_element *element = hr_dicom_find(item, tag);

	*out = element ? element->items : NULL;
	return element ? element->item_count : 0;
}

/* Of one study alone; several items may tell of it. */
static bool check_study(struct reader *r, const hr_dicom_item *evidence, uint32_t count)
{
	if (count == 0)
		return hr_fail(r->err, HR_E_INCOMPLETE, "manifest: it has no evidence");
	r->found.study_uid = hr_dicom_text_of(evidence, 0x0020000D);
	for (uint32_t i = 1; i < count; i++)
		if (!hr_str_equal(hr_dicom_text_of(&evidence[i], 0x0020000D), r->found.study_uid))
			return hr_fail(r->err, HR_E_UNSUPPORTED,
				       "manifest: it is of several studies");
	return true;
}

static bool make_room(struct reader *r, const hr_dicom_item *evidence, uint32_t count)
{
	uint64_t series = 0;
	uint64_t instances = 0;
	const hr_dicom_item *list;
	const hr_dicom_item *unused;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t of_item = items_of(&evidence[i], 0x00081115, &list);

		series += of_item;
		for (uint32_t k = 0; k < of_item; k++)
			instances += items_of(&list[k], 0x00081199, &unused);
	}
	if (series > HR_MANIFEST_SERIES_MAX || instances > HR_MANIFEST_INSTANCES_MAX)
		return hr_fail(r->err, HR_E_LIMIT,
			       "manifest: more than %d series, or than %d instances",
			       HR_MANIFEST_SERIES_MAX, HR_MANIFEST_INSTANCES_MAX);
	r->series = HR_NEW_N(r->arena, hr_manifest_series, series);
	r->instances = HR_NEW_N(r->arena, hr_manifest_instance, instances);
	if (!r->series || !r->instances)
		return hr_fail_memory(r->err);
	return hr_map_init(&r->by_uid, r->arena, (size_t)instances, r->err);
}

static bool read_instance(struct reader *r, const hr_dicom_item *item)
{
	hr_manifest_instance *instance = &r->instances[r->instance_count];
	uint32_t before;

	instance->sop_class = hr_dicom_text_of(item, 0x00081150);
	instance->sop_instance = hr_dicom_text_of(item, 0x00081155);
	return hr_map_find(&r->by_uid, instance->sop_instance, &before) ||
	       hr_map_put(&r->by_uid, instance->sop_instance, r->instance_count, r->err);
}

static bool read_series(struct reader *r, const hr_dicom_item *item)
{
	hr_manifest_series *series = &r->series[r->series_count++];
	const hr_dicom_item *list;
	uint32_t count = items_of(item, 0x00081199, &list);

	series->uid = hr_dicom_text_of(item, 0x0020000E);
	series->retrieve_url = hr_dicom_text_of(item, 0x00081190);
	series->retrieve_location_uid = hr_dicom_text_of(item, 0x0040E011);
	series->retrieve_ae = hr_dicom_text_of(item, 0x00080054);
	series->instances = &r->instances[r->instance_count];
	series->instance_count = count;
	for (uint32_t i = 0; i < count; i++) {
		if (!read_instance(r, &list[i]))
			return false;
		r->instance_count++;
	}
	return true;
}

static bool read_evidence(struct reader *r)
{
	const hr_dicom_item *evidence;
	const hr_dicom_item *list;
	uint32_t count = items_of(r->root, 0x0040A375, &evidence);

	if (!check_study(r, evidence, count) || !make_room(r, evidence, count))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t of_item = items_of(&evidence[i], 0x00081115, &list);

		for (uint32_t k = 0; k < of_item; k++)
			if (!read_series(r, &list[k]))
				return false;
	}
	r->found.series = r->series;
	r->found.series_count = r->series_count;
	r->found.instance_count = r->instance_count;
	return true;
}

/* What is told with a concept: of any of the value types that are seen there. */
static hr_str told_value(const hr_dicom_item *item)
{
	static const uint32_t tags[] = { 0x0040A160, 0x0040A121, 0x0040A122, 0x0040A124 };
	const hr_dicom_item *number = hr_dicom_first(item, 0x0040A300);

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (hr_dicom_find(item, tags[i]))
			return hr_dicom_text_of(item, tags[i]);
	if (number)
		return hr_dicom_text_of(number, 0x0040A30A);
	return hr_dicom_text_of(hr_dicom_first(item, 0x0040A168), 0x00080100);
}

/* Up to 9 digits; 0 for anything else: not said. */
static uint32_t count_of(hr_str text)
{
	uint32_t n = 0;

	if (text.len > 9)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return 0;
		n = n * 10 + (uint32_t)(text.data[i] - '0');
	}
	return n;
}

static void tell_instance(const hr_dicom_item *item, hr_manifest_instance *instance)
{
	hr_str value = told_value(item);

	if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_INSTANCE_NUMBER]))
		instance->number = value;
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_FRAMES]))
		instance->frames = count_of(value);
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_ROWS]))
		instance->rows = count_of(value);
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_COLUMNS]))
		instance->columns = count_of(value);
}

static void tell_series(const hr_dicom_item *item, hr_manifest_series *series)
{
	hr_str value = told_value(item);

	if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_MODALITY]))
		series->modality = value;
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_SERIES_TEXT]))
		series->description = value;
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_SERIES_NUMBER]))
		series->number = value;
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_SERIES_DATE]))
		series->date = day_of(value);
	else if (has_concept(item, &hr_manifest_concepts[HR_CONCEPT_SERIES_TIME]))
		series->time = time_of(value);
}

/* What is told of a group holds for each of its instances. */
static void tell_group(const hr_dicom_item *item, hr_manifest_series *series,
		       hr_manifest_instance *instances)
{
	hr_manifest_instance size = { 0 };

	tell_series(item, series);
	tell_instance(item, &size);
	for (uint32_t i = 0; i < series->instance_count; i++) {
		if (size.frames)
			instances[i].frames = size.frames;
		if (size.rows)
			instances[i].rows = size.rows;
		if (size.columns)
			instances[i].columns = size.columns;
	}
}

/* NULL when the item refers to none, or to one that is not in the evidence. */
static hr_manifest_instance *find_instance(struct reader *r, const hr_dicom_item *item)
{
	const hr_dicom_item *reference = hr_dicom_first(item, 0x00081199);
	hr_str uid = hr_dicom_text_of(reference, 0x00081155);
	uint32_t at;

	return uid.len && hr_map_find(&r->by_uid, uid, &at) ? &r->instances[at] : NULL;
}

static hr_manifest_series *find_series(struct reader *r, const hr_dicom_item *list, uint32_t count)
{
	hr_str uid = HR_STR_NONE;

	for (uint32_t i = 0; i < count && uid.len == 0; i++)
		if (has_concept(&list[i], &hr_manifest_concepts[HR_CONCEPT_SERIES_UID]))
			uid = told_value(&list[i]);
	for (uint32_t i = 0; i < r->series_count; i++)
		if (hr_str_equal(r->series[i].uid, uid))
			return &r->series[i];
	return NULL;
}

/* Below an instance stands what is told of it (TID 1601); MADO's examples have it behind. */
static void read_group(struct reader *r, const hr_dicom_item *group)
{
	const hr_dicom_item *list;
	const hr_dicom_item *below;
	uint32_t count = items_of(group, 0x0040A730, &list);
	hr_manifest_series *series = find_series(r, list, count);
	hr_manifest_instance *instance = NULL;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t below_count = items_of(&list[i], 0x0040A730, &below);

		if (hr_dicom_find(&list[i], 0x00081199))
			instance = find_instance(r, &list[i]);
		else if (instance)
			tell_instance(&list[i], instance);
		else if (series)
			tell_group(&list[i], series,
				   &r->instances[series->instances - r->instances]);
		for (uint32_t k = 0; instance && k < below_count; k++)
			tell_instance(&below[k], instance);
	}
}

static void read_library(struct reader *r, const hr_dicom_item *library)
{
	const hr_dicom_item *list;
	uint32_t count = items_of(library, 0x0040A730, &list);

	for (uint32_t i = 0; i < count; i++)
		if (has_concept(&list[i], &hr_manifest_concepts[HR_CONCEPT_LIBRARY_GROUP]))
			read_group(r, &list[i]);
}

static void read_content(struct reader *r)
{
	const hr_dicom_item *list;
	uint32_t count = items_of(r->root, 0x0040A730, &list);

	for (uint32_t i = 0; i < count; i++)
		if (has_concept(&list[i], &hr_manifest_concepts[HR_CONCEPT_IMAGE_LIBRARY]))
			read_library(r, &list[i]);
}

bool hr_manifest_read_kos(hr_str file, hr_arena *arena, hr_manifest *out, hr_error *err)
{
	struct reader r = { .arena = arena, .err = err };
	hr_dicom_object object;

	if (file.len > HR_MANIFEST_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "manifest: it has %zu bytes, more than %d",
			       file.len, HR_MANIFEST_BYTES_MAX);
	if (!hr_dicom_read(file, arena, &object, err) || !check_title(&object, err))
		return false;
	r.root = object.root;
	read_root(&r);
	if (!read_requests(&r) || !read_evidence(&r))
		return false;
	read_content(&r);
	if (!hr_manifest_check(&r.found, err))
		return false;
	*out = r.found;
	return true;
}
