#include "dicom/manifest_packed.h"

#include "base/text.h"
#include "dicom/packed.h"

#include <stddef.h>

enum { MARK = 0x314D5248 /* "HRM1" */ };

#define ID(type, name)                                                                             \
	offsetof(type, name.value), offsetof(type, name.issuer.local),                             \
		offsetof(type, name.issuer.universal), offsetof(type, name.issuer.universal_type)

static const size_t root_texts[] = {
	offsetof(hr_manifest, uid),
	offsetof(hr_manifest, made_date),
	offsetof(hr_manifest, made_time),
	offsetof(hr_manifest, timezone),
	offsetof(hr_manifest, manufacturer),
	offsetof(hr_manifest, institution),
	ID(hr_manifest, patient),
	offsetof(hr_manifest, patient_name),
	offsetof(hr_manifest, patient_birth_date),
	offsetof(hr_manifest, patient_sex),
	offsetof(hr_manifest, study_uid),
	ID(hr_manifest, accession),
	offsetof(hr_manifest, study_id),
	offsetof(hr_manifest, study_date),
	offsetof(hr_manifest, study_time),
	offsetof(hr_manifest, study_description),
	offsetof(hr_manifest, referring_physician),
};

static const size_t request_texts[] = {
	ID(hr_manifest_request, accession),
	ID(hr_manifest_request, placer),
	ID(hr_manifest_request, filler),
	offsetof(hr_manifest_request, procedure_id),
	offsetof(hr_manifest_request, description),
};

static const size_t series_texts[] = {
	offsetof(hr_manifest_series, uid),
	offsetof(hr_manifest_series, modality),
	offsetof(hr_manifest_series, description),
	offsetof(hr_manifest_series, number),
	offsetof(hr_manifest_series, date),
	offsetof(hr_manifest_series, time),
	offsetof(hr_manifest_series, retrieve_url),
	offsetof(hr_manifest_series, retrieve_location_uid),
	offsetof(hr_manifest_series, retrieve_ae),
};

static const size_t instance_texts[] = {
	offsetof(hr_manifest_instance, sop_class),
	offsetof(hr_manifest_instance, sop_instance),
	offsetof(hr_manifest_instance, number),
};

#define TEXTS(list) (list), sizeof(list) / sizeof((list)[0])

/* --- writing --- */

static void add_texts(const void *of, const size_t *offsets, size_t count, hr_buf *out)
{
	for (size_t i = 0; i < count; i++)
		hr_packed_add_str(out, *(const hr_str *)((const char *)of + offsets[i]));
}

static void add_series(const hr_manifest_series *series, hr_buf *out)
{
	add_texts(series, TEXTS(series_texts), out);
	hr_packed_add_u32(out, series->instance_count);
	for (uint32_t i = 0; i < series->instance_count; i++) {
		const hr_manifest_instance *instance = &series->instances[i];

		add_texts(instance, TEXTS(instance_texts), out);
		hr_packed_add_u32(out, instance->frames);
		hr_packed_add_u32(out, instance->rows);
		hr_packed_add_u32(out, instance->columns);
	}
}

void hr_manifest_pack(const hr_manifest *manifest, hr_buf *out)
{
	hr_packed_add_u32(out, MARK);
	add_texts(manifest, TEXTS(root_texts), out);
	hr_packed_add_u32(out, manifest->request_count);
	for (uint32_t i = 0; i < manifest->request_count; i++)
		add_texts(&manifest->requests[i], TEXTS(request_texts), out);
	hr_packed_add_u32(out, manifest->series_count);
	for (uint32_t i = 0; i < manifest->series_count; i++)
		add_series(&manifest->series[i], out);
}

/* --- reading --- */

struct reader {
	hr_packed from;
	hr_arena *arena;
	uint32_t instances; /* of all series so far */
};

static bool is_text(hr_str text)
{
	return hr_text_is_utf8(text) && !(text.len && memchr(text.data, '\0', text.len));
}

static void take_texts(struct reader *r, void *to, const size_t *offsets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		hr_str text = hr_packed_str(&r->from, HR_MANIFEST_TEXT_MAX);

		r->from.failed |= !is_text(text);
		*(hr_str *)((char *)to + offsets[i]) = text;
	}
}

/* A count, before memory is taken for so many. */
static uint32_t take_count(struct reader *r, uint32_t max)
{
	uint32_t count = hr_packed_u32(&r->from);

	r->from.failed |= count > max;
	return r->from.failed ? 0 : count;
}

static void take_requests(struct reader *r, hr_manifest *m)
{
	uint32_t count = take_count(r, HR_MANIFEST_REQUESTS_MAX);
	hr_manifest_request *requests = HR_NEW_N(r->arena, hr_manifest_request, count + 1);

	for (uint32_t i = 0; requests && i < count; i++)
		take_texts(r, &requests[i], TEXTS(request_texts));
	m->requests = requests;
	m->request_count = requests ? count : 0;
}

static void take_instances(struct reader *r, hr_manifest_series *series)
{
	uint32_t count = take_count(r, HR_MANIFEST_INSTANCES_MAX - r->instances);
	hr_manifest_instance *instances = HR_NEW_N(r->arena, hr_manifest_instance, count + 1);

	for (uint32_t i = 0; instances && i < count; i++) {
		take_texts(r, &instances[i], TEXTS(instance_texts));
		instances[i].frames = hr_packed_u32(&r->from);
		instances[i].rows = hr_packed_u32(&r->from);
		instances[i].columns = hr_packed_u32(&r->from);
	}
	r->instances += count;
	series->instances = instances;
	series->instance_count = instances ? count : 0;
}

static void take_series(struct reader *r, hr_manifest *m)
{
	uint32_t count = take_count(r, HR_MANIFEST_SERIES_MAX);
	hr_manifest_series *series = HR_NEW_N(r->arena, hr_manifest_series, count + 1);

	for (uint32_t i = 0; series && i < count; i++) {
		take_texts(r, &series[i], TEXTS(series_texts));
		take_instances(r, &series[i]);
	}
	m->series = series;
	m->series_count = series ? count : 0;
	m->instance_count = r->instances;
}

bool hr_manifest_unpack(hr_str bytes, hr_arena *arena, hr_manifest *out, hr_error *err)
{
	struct reader r = { .from = { .rest = bytes }, .arena = arena };
	hr_manifest m = { .series = NULL };

	r.from.failed = hr_packed_u32(&r.from) != MARK;
	take_texts(&r, &m, TEXTS(root_texts));
	take_requests(&r, &m);
	take_series(&r, &m);
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	if (r.from.failed || r.from.rest.len)
		return hr_fail(err, HR_E_SYNTAX, "manifest: what was read of it is no manifest");
	if (!hr_manifest_check(&m, err))
		return false;
	*out = m;
	return true;
}
