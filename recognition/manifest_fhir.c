/*
 * An ImagingStudy, alone or in a Bundle, as a manifest. Source: FHIR R4
 * imagingstudy.html; the mapping of IHE RAD MADO between its two forms.
 */
#include "recognition/manifest_fhir.h"
#include "recognition/fhir_parts.h"
#include "recognition/manifest_fhir_parts.h"

const hr_str hr_name_groups[3] = { HR_STR_INIT("ABC"), HR_STR_INIT("IDE"), HR_STR_INIT("SYL") };
const hr_str hr_gender_words[3] = { HR_STR_INIT("male"), HR_STR_INIT("female"),
				    HR_STR_INIT("other") };
const hr_str hr_gender_letters[3] = { HR_STR_INIT("M"), HR_STR_INIT("F"), HR_STR_INIT("O") };

struct reader {
	hr_fhir f;
	hr_fhir_resource *study;
	hr_manifest found;
	hr_manifest_series *series;
	hr_manifest_instance *instances;
	uint32_t instance_count;
};

/* All elements of a list, or the one that stands for it: their number is looked at by the caller.
 */
static uint32_t list_of(const hr_json *node, const hr_json **first)
{
	bool is_list = node && node->kind == HR_JSON_ARRAY;

	*first = is_list ? node->first : node;
	return is_list ? node->count : node != NULL;
}

static hr_str text_in(const hr_json *node, const char *name)
{
	return hr_fhir_text(hr_fhir_get(node, hr_str_of(name)));
}

static hr_str without_oid(hr_str text)
{
	const hr_str urn = HR_STR("urn:oid:");

	return hr_str_starts_with(text, urn) ? hr_str_slice(text, urn.len, text.len) : text;
}

/* --- identifiers --- */

static bool is_coded(hr_fhir *f, const hr_json *concept, hr_str code)
{
	hr_fhir_list codings = hr_fhir_open_codings(f, concept);
	const hr_json *node = codings.first;

	for (uint32_t i = 0; i < codings.count; i++, node = node->next)
		if (hr_str_equal(text_in(node, "code"), code))
			return true;
	return false;
}

/* The first of a list that is typed so; with no type, the first. NULL when there is none. */
static const hr_json *find_identifier(hr_fhir *f, const hr_json *list, const char *type)
{
	const hr_json *node;
	uint32_t count = list_of(list, &node);

	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, node = node->next)
		if (!type || is_coded(f, hr_fhir_get(node, HR_STR("type")), hr_str_of(type)))
			return node;
	return NULL;
}

static void read_identifier(const hr_json *node, hr_manifest_id *out)
{
	static const struct {
		hr_str urn;
		hr_str type;
	} kinds[] = {
		{ HR_STR_INIT("urn:oid:"), HR_STR_INIT("ISO") },
		{ HR_STR_INIT("urn:uuid:"), HR_STR_INIT("UUID") },
		{ HR_STR_INIT(""), HR_STR_INIT("URI") },
	};
	hr_str system = text_in(node, "system");
	hr_manifest_issuer *issuer = &out->issuer;
	size_t kind = 0;

	out->value = text_in(node, "value");
	issuer->local = text_in(hr_fhir_get(node, HR_STR("assigner")), "display");
	if (system.len == 0)
		return;
	while (!hr_str_starts_with(system, kinds[kind].urn))
		kind++;
	issuer->universal = hr_str_slice(system, kinds[kind].urn.len, system.len);
	issuer->universal_type = kinds[kind].type;
}

static void read_typed(hr_fhir *f, const hr_json *list, const char *type, hr_manifest_id *out)
{
	const hr_json *node = find_identifier(f, list, type);

	if (node)
		read_identifier(node, out);
}

/* The study's UID is the identifier of its system, or of its type. */
static hr_str find_study_uid(hr_fhir *f, const hr_json *list)
{
	const hr_json *node;
	uint32_t count = list_of(list, &node);

	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, node = node->next)
		if (hr_str_equal(text_in(node, "system"), HR_SYSTEM_UID))
			return without_oid(text_in(node, "value"));
	return without_oid(text_in(find_identifier(f, list, "110180"), "value"));
}

/* --- the patient --- */

static size_t group_of(const hr_json *name)
{
	const hr_json *node;
	uint32_t count = list_of(hr_fhir_get(name, HR_STR("extension")), &node);

	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, node = node->next) {
		if (!hr_str_equal(text_in(node, "url"), HR_NAME_REPRESENTATION))
			continue;
		for (size_t k = 0; k < 3; k++)
			if (hr_str_equal(text_in(node, "valueCode"), hr_name_groups[k]))
				return k;
	}
	return 0;
}

/* A '^' or '=' of the name itself would part it. */
static void add_component(hr_buf *out, hr_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (strchr("^=\\", c))
			c = ' ';
		hr_buf_add_char(out, c);
	}
}

/* family^given^middle names^prefix^suffix (PS3.5 6.2.1.1), no '^' behind the last. */
static hr_str read_name(hr_fhir *f, const hr_json *name)
{
	static const char *const behind[] = { "prefix", "suffix" };
	const hr_json *given;
	uint32_t count = list_of(hr_fhir_get(name, HR_STR("given")), &given);
	hr_str family = text_in(name, "family");
	hr_buf out;

	hr_buf_init(&out, f->arena, HR_MANIFEST_TEXT_MAX);
	add_component(&out, family.len || count ? family : text_in(name, "text"));
	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, given = given->next) {
		hr_buf_add_char(&out, i < 2 ? '^' : ' ');
		add_component(&out, hr_fhir_text(given));
	}
	for (uint32_t i = count; i < 2; i++)
		hr_buf_add_char(&out, '^');
	for (size_t i = 0; i < 2; i++) {
		hr_buf_add_char(&out, '^');
		add_component(&out,
			      hr_fhir_text(hr_fhir_first(hr_fhir_get(name, hr_str_of(behind[i])))));
	}
	while (out.len && out.data[out.len - 1] == '^')
		out.len--;
	return hr_buf_str(&out);
}

static hr_str read_names(hr_fhir *f, const hr_json *list)
{
	hr_str groups[3] = { HR_STR_NONE, HR_STR_NONE, HR_STR_NONE };
	const hr_json *node;
	uint32_t count = list_of(list, &node);
	hr_buf out;

	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, node = node->next) {
		hr_str *group = &groups[group_of(node)];

		if (group->len == 0)
			*group = read_name(f, node);
	}
	hr_buf_init(&out, f->arena, HR_MANIFEST_TEXT_MAX);
	for (size_t i = 0; i < 3; i++) {
		if (i)
			hr_buf_add_char(&out, '=');
		hr_buf_add(&out, groups[i]);
	}
	while (out.len && out.data[out.len - 1] == '=')
		out.len--;
	return hr_buf_str(&out);
}

static void read_patient(struct reader *r)
{
	const hr_json *subject = hr_fhir_get(r->study->node, HR_STR("subject"));
	const hr_fhir_resource *patient = hr_fhir_target(&r->f, r->study, subject);
	hr_manifest *m = &r->found;
	hr_str unused = HR_STR_NONE;
	hr_str gender;

	if (!patient) {
		read_typed(&r->f, hr_fhir_get(subject, HR_STR("identifier")), NULL, &m->patient);
		return;
	}
	read_typed(&r->f, hr_fhir_get(patient->node, HR_STR("identifier")), NULL, &m->patient);
	m->patient_name = read_names(&r->f, hr_fhir_get(patient->node, HR_STR("name")));
	(void)hr_manifest_split_time(text_in(patient->node, "birthDate"), r->f.arena, &unused,
				     &m->patient_birth_date, &unused);
	gender = text_in(patient->node, "gender");
	for (size_t i = 0; i < 3; i++)
		if (hr_str_equal(gender, hr_gender_words[i]))
			m->patient_sex = hr_gender_letters[i];
}

/* --- orders --- */

static void read_request(struct reader *r, const hr_json *node, hr_manifest_request *out)
{
	const hr_fhir_resource *order = hr_fhir_target(&r->f, r->study, node);
	const hr_json *identifiers;

	if (!order) {
		read_typed(&r->f, hr_fhir_get(node, HR_STR("identifier")), NULL, &out->accession);
		return;
	}
	identifiers = hr_fhir_get(order->node, HR_STR("identifier"));
	read_typed(&r->f, identifiers, "ACSN", &out->accession);
	read_typed(&r->f, identifiers, "PLAC", &out->placer);
	read_typed(&r->f, identifiers, "FILL", &out->filler);
	out->description =
		hr_fhir_text(hr_fhir_word(&r->f, hr_fhir_get(order->node, HR_STR("code"))));
}

static bool read_requests(struct reader *r)
{
	const hr_json *node;
	uint32_t count = list_of(hr_fhir_get(r->study->node, HR_STR("basedOn")), &node);
	hr_manifest_request *requests;

	if (count == 0)
		return true;
	if (count > HR_MANIFEST_REQUESTS_MAX)
		return hr_fail(r->f.err, HR_E_LIMIT, "manifest: %u orders, more than %d", count,
			       HR_MANIFEST_REQUESTS_MAX);
	requests = HR_NEW_N(r->f.arena, hr_manifest_request, count);
	if (!requests)
		return hr_fail_memory(r->f.err);
	for (uint32_t i = 0; i < count; i++, node = node->next)
		read_request(r, node, &requests[i]);
	r->found.requests = requests;
	r->found.request_count = count;
	return true;
}

/* --- series and instances --- */

/* An extension, by the last step of its name: drafts of MADO have had others before it. */
static const hr_json *find_extension(const hr_json *node, hr_str end)
{
	const hr_json *extension;
	uint32_t count = list_of(hr_fhir_get(node, HR_STR("extension")), &extension);

	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, extension = extension->next)
		if (hr_str_ends_with(text_in(extension, "url"), end))
			return extension;
	return NULL;
}

static bool is_wado(struct reader *r, const hr_fhir_resource *endpoint)
{
	return endpoint && text_in(endpoint->node, "address").len &&
	       is_coded(&r->f, hr_fhir_get(endpoint->node, HR_STR("connectionType")),
			HR_STR("dicom-wado-rs"));
}

static const hr_json *find_endpoint(struct reader *r, const hr_json *list)
{
	const hr_json *node;
	uint32_t count = list_of(list, &node);

	for (uint32_t i = 0; i < count && i < HR_FHIR_LIST_MAX; i++, node = node->next) {
		const hr_fhir_resource *endpoint = hr_fhir_target(&r->f, r->study, node);

		if (is_wado(r, endpoint))
			return endpoint->node;
	}
	return NULL;
}

static void read_endpoint(struct reader *r, const hr_json *series, const hr_json *of_study,
			  hr_manifest_series *out)
{
	const hr_json *endpoint = find_endpoint(r, hr_fhir_get(series, HR_STR("endpoint")));
	const hr_json *location;

	if (!endpoint)
		endpoint = of_study;
	location = find_extension(endpoint, HR_STR("RetrieveLocationUIDExtension"));
	out->retrieve_url = text_in(endpoint, "address");
	out->retrieve_location_uid = without_oid(text_in(location, "valueString"));
}

static uint32_t frames_of(const hr_json *node)
{
	hr_str text = text_in(find_extension(node, HR_STR("NumberOfFrames")), "valueInteger");
	uint32_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || text.len > 9)
			return 0;
		n = n * 10 + (uint32_t)(text.data[i] - '0');
	}
	return n;
}

static bool read_instances(struct reader *r, const hr_json *list, hr_manifest_series *out)
{
	const hr_json *node;
	uint32_t count = list_of(list, &node);

	if (count > HR_MANIFEST_INSTANCES_MAX - r->instance_count)
		return hr_fail(r->f.err, HR_E_LIMIT, "manifest: more than %d instances",
			       HR_MANIFEST_INSTANCES_MAX);
	out->instances = &r->instances[r->instance_count];
	out->instance_count = count;
	for (uint32_t i = 0; i < count; i++, node = node->next) {
		hr_manifest_instance *instance = &r->instances[r->instance_count++];

		instance->sop_instance = without_oid(text_in(node, "uid"));
		instance->sop_class = without_oid(
			hr_fhir_text(hr_fhir_code(&r->f, hr_fhir_get(node, HR_STR("sopClass")))));
		instance->number = text_in(node, "number");
		instance->frames = frames_of(node);
	}
	return true;
}

static bool read_series(struct reader *r, const hr_json *node, const hr_json *endpoint,
			hr_manifest_series *out)
{
	out->uid = without_oid(text_in(node, "uid"));
	out->modality = hr_fhir_text(hr_fhir_code(&r->f, hr_fhir_get(node, HR_STR("modality"))));
	out->description = text_in(node, "description");
	out->number = text_in(node, "number");
	(void)hr_manifest_split_time(text_in(node, "started"), r->f.arena, &r->found.timezone,
				     &out->date, &out->time);
	read_endpoint(r, node, endpoint, out);
	return read_instances(r, hr_fhir_get(node, HR_STR("instance")), out);
}

/* The instances of all series, as many as there is room for; more are told where they are read. */
static uint32_t count_instances(const hr_json *series, uint32_t count)
{
	uint32_t sum = 0;
	const hr_json *unused;

	for (uint32_t i = 0; i < count; i++, series = series->next) {
		uint32_t more = list_of(hr_fhir_get(series, HR_STR("instance")), &unused);

		if (more > HR_MANIFEST_INSTANCES_MAX - sum)
			return HR_MANIFEST_INSTANCES_MAX;
		sum += more;
	}
	return sum;
}

static bool read_all_series(struct reader *r)
{
	const hr_json *node;
	uint32_t count = list_of(hr_fhir_get(r->study->node, HR_STR("series")), &node);
	const hr_json *endpoint = find_endpoint(r, hr_fhir_get(r->study->node, HR_STR("endpoint")));

	if (count > HR_MANIFEST_SERIES_MAX)
		return hr_fail(r->f.err, HR_E_LIMIT, "manifest: %u series, more than %d", count,
			       HR_MANIFEST_SERIES_MAX);
	r->series = HR_NEW_N(r->f.arena, hr_manifest_series, count);
	r->instances = HR_NEW_N(r->f.arena, hr_manifest_instance, count_instances(node, count));
	if (!r->series || !r->instances)
		return hr_fail_memory(r->f.err);
	for (uint32_t i = 0; i < count; i++, node = node->next)
		if (!read_series(r, node, endpoint, &r->series[i]))
			return false;
	r->found.series = r->series;
	r->found.series_count = count;
	r->found.instance_count = r->instance_count;
	return true;
}

/* --- the whole --- */

static bool find_study(struct reader *r)
{
	hr_fhir *f = &r->f;

	if (f->counts[HR_FHIR_IMAGING_STUDY] != 1)
		return hr_fail(f->err, HR_E_UNSUPPORTED,
			       "fhir: %u ImagingStudies, where a manifest has one",
			       f->counts[HR_FHIR_IMAGING_STUDY]);
	r->study = f->first[HR_FHIR_IMAGING_STUDY];
	return true;
}

/* Who made it: the Device and Organization of MADO's Bundle. */
static void read_maker(struct reader *r)
{
	for (uint32_t i = 0; i < r->f.resource_count; i++) {
		const hr_fhir_resource *resource = &r->f.resources[i];

		if (resource->type == HR_FHIR_DEVICE && r->found.manufacturer.len == 0)
			r->found.manufacturer = text_in(resource->node, "manufacturer");
		if (resource->type == HR_FHIR_ORGANIZATION && r->found.institution.len == 0)
			r->found.institution = text_in(resource->node, "name");
	}
}

static void read_study(struct reader *r)
{
	const hr_json *node = r->study->node;
	const hr_json *bundle = r->f.bundle;
	hr_manifest *m = &r->found;
	hr_str uid = without_oid(text_in(hr_fhir_get(bundle, HR_STR("identifier")), "value"));

	(void)hr_manifest_split_time(text_in(node, "started"), r->f.arena, &m->timezone,
				     &m->study_date, &m->study_time);
	(void)hr_manifest_split_time(text_in(bundle, "timestamp"), r->f.arena, &m->timezone,
				     &m->made_date, &m->made_time);
	m->uid = hr_manifest_is_uid(uid) ? uid : HR_STR_NONE;
	m->study_uid = find_study_uid(&r->f, hr_fhir_get(node, HR_STR("identifier")));
	m->study_description = text_in(node, "description");
	read_typed(&r->f, hr_fhir_get(node, HR_STR("identifier")), "ACSN", &m->accession);
}

/* The order's number is the study's, where the study has none of its own. */
static void settle_accession(struct reader *r)
{
	if (r->found.accession.value.len == 0 && r->found.request_count == 1)
		r->found.accession = r->found.requests[0].accession;
}

bool hr_manifest_read_fhir(const hr_json *root, hr_arena *arena, hr_manifest *out, hr_error *err)
{
	struct reader r = { .f = { .arena = arena, .err = err } };

	if (text_in(root, "resourceType").len == 0)
		return hr_fail(err, HR_E_UNSUPPORTED, "json, but not FHIR: no resourceType");
	hr_fhir_open(&r.f, root);
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	if (r.f.failed || !find_study(&r))
		return false;
	read_study(&r);
	read_maker(&r);
	read_patient(&r);
	if (!read_requests(&r) || !read_all_series(&r))
		return false;
	settle_accession(&r);
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	if (r.f.failed || !hr_manifest_check(&r.found, err))
		return false;
	*out = r.found;
	return true;
}
