/*
 * Whose report it is, who made it, of what and with what: Patient,
 * Organization, Specimen, Device. Each resource is read once.
 */
#include "recognition/fhir_parts.h"

enum { PART_OF_MAX = 4 };

/* --- Patient --- */

enum { PAT_IDENTIFIER, PAT_ACTIVE, PAT_NAME, PAT_TELECOM, PAT_GENDER, PAT_BIRTH, PAT_FIELDS };

static const hr_str patient_names[PAT_FIELDS] = {
	[PAT_IDENTIFIER] = HR_STR_INIT("identifier"),
	[PAT_ACTIVE] = HR_STR_INIT("active"),
	[PAT_NAME] = HR_STR_INIT("name"),
	[PAT_TELECOM] = HR_STR_INIT("telecom"),
	[PAT_GENDER] = HR_STR_INIT("gender"),
	[PAT_BIRTH] = HR_STR_INIT("birthDate"),
};

enum { NAME_USE, NAME_TEXT, NAME_FAMILY, NAME_GIVEN, NAME_FIELDS };

static const hr_str name_names[NAME_FIELDS] = {
	[NAME_USE] = HR_STR_INIT("use"),
	[NAME_TEXT] = HR_STR_INIT("text"),
	[NAME_FAMILY] = HR_STR_INIT("family"),
	[NAME_GIVEN] = HR_STR_INIT("given"),
};

/* Family name first, as in Chinese; parted by a blank only where the letters are Latin. */
static hr_field join_name(hr_fhir *f, const hr_json *family, const hr_json *given)
{
	hr_field first = hr_fhir_field(hr_fhir_first(family));
	hr_field second = hr_fhir_field(hr_fhir_first(given));
	bool latin = first.text.len && (unsigned char)first.text.data[0] < 0x80;
	hr_str parts[] = { first.text, latin ? HR_STR(" ") : HR_STR_NONE, second.text };

	if (first.text.len == 0 || second.text.len == 0)
		return first.text.len ? first : second;
	return (hr_field){ hr_fhir_join(f, parts, 3), first.place };
}

static hr_field read_name(hr_fhir *f, const hr_json *node)
{
	const hr_json *n[NAME_FIELDS] = { NULL };
	hr_field text;

	hr_fhir_pick(node, name_names, NAME_FIELDS, n);
	text = hr_fhir_field(n[NAME_TEXT]);
	return text.text.len ? text : join_name(f, n[NAME_FAMILY], n[NAME_GIVEN]);
}

/* How well a name of that use is the person's: the greater, the better. */
static int rank_of_use(hr_str use)
{
	static const struct {
		hr_str use;
		int rank;
	} ranks[] = {
		{ HR_STR_INIT("official"), 3 },
		{ HR_STR_INIT("usual"), 2 },
		{ HR_STR_INIT("old"), 0 },
	};

	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		if (hr_str_equal(use, ranks[i].use))
			return ranks[i].rank;
	return 1;
}

/* The official name, else the usual one, else any; a former one only where there is no other. */
static const hr_json *choose_name(hr_fhir *f, const hr_json *names)
{
	hr_fhir_list list = hr_fhir_open_list(f, names);
	const hr_json *name = list.first;
	const hr_json *best = NULL;
	int best_rank = -1;

	for (uint32_t i = 0; i < list.count; i++, name = name->next) {
		int rank = rank_of_use(hr_json_text(hr_fhir_get(name, HR_STR("use"))));

		if (rank <= best_rank)
			continue;
		best = name;
		best_rank = rank;
	}
	return best;
}

static hr_field read_sex(const hr_json *gender)
{
	hr_str word = hr_fhir_text(gender);

	if (hr_str_equal(word, HR_STR("male")))
		return (hr_field){ HR_STR("1"), hr_fhir_place(gender) };
	if (hr_str_equal(word, HR_STR("female")))
		return (hr_field){ HR_STR("2"), hr_fhir_place(gender) };
	return (hr_field){ .text = HR_STR_NONE };
}

static void read_patient(hr_fhir *f, const hr_json *node, hr_patient *out)
{
	const hr_json *p[PAT_FIELDS] = { NULL };

	hr_fhir_pick(node, patient_names, PAT_FIELDS, p);
	hr_fhir_read_identifiers(f, p[PAT_IDENTIFIER], &out->ids, &out->id_count);
	out->name = read_name(f, choose_name(f, p[PAT_NAME]));
	out->birth = hr_fhir_field(p[PAT_BIRTH]);
	out->sex = read_sex(p[PAT_GENDER]);
}

bool hr_fhir_read_patient(const hr_json *resource, hr_arena *arena, hr_patient *out, hr_error *err)
{
	hr_fhir f = { .arena = arena, .err = err };
	hr_patient patient = { .id_count = 0 };

	read_patient(&f, resource, &patient);
	if (f.failed)
		return false;
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = patient;
	return true;
}

static const hr_patient *patient_of(hr_fhir *f, hr_fhir_resource *r)
{
	hr_patient *patient;

	if (r->facts)
		return r->facts;
	patient = HR_NEW_N(f->arena, hr_patient, 1);
	if (!patient)
		return NULL;
	r->facts = patient;
	read_patient(f, r->node, patient);
	return patient;
}

/* A list of the one identifier that a reference carries; of none when it carries none. */
static hr_code *listed(hr_fhir *f, const hr_fhir_reference *reference, uint32_t *count)
{
	hr_code identifier = hr_fhir_reference_identifier(reference);
	hr_code *list = identifier.code.len ? HR_NEW_N(f->arena, hr_code, 1) : NULL;

	*count = list ? 1 : 0;
	if (list)
		*list = identifier;
	return list;
}

static hr_patient patient_at(hr_fhir *f, const hr_fhir_reference *subject)
{
	hr_patient patient = { .name = hr_fhir_field(subject->display) };
	const hr_patient *known;

	if (subject->target && subject->target->type == HR_FHIR_PATIENT) {
		known = patient_of(f, subject->target);
		return known ? *known : patient;
	}
	if (subject->target ||
	    (subject->type.len && hr_fhir_type_of(subject->type) != HR_FHIR_PATIENT)) {
		hr_fhir_deviate(f, HR_FHIR_SUBJECT_NOT_PATIENT, subject->node);
		return (hr_patient){ .id_count = 0 };
	}
	hr_fhir_note_unresolved(f, subject);
	patient.ids = listed(f, subject, &patient.id_count);
	return patient;
}

/* The same person as far as can be told. A name alone tells only of one without a reference. */
static bool same_subject(hr_fhir *f, const hr_fhir_reference *a, const hr_fhir_reference *b)
{
	hr_patient x;
	hr_patient y;

	if (a->target && a->target == b->target)
		return true;
	x = patient_at(f, a);
	y = patient_at(f, b);
	if (x.id_count && y.id_count)
		return hr_codes_overlap(x.ids, x.id_count, y.ids, y.id_count);
	if (a->text.len && b->text.len)
		return false;
	return x.name.text.len && hr_str_equal(x.name.text, y.name.text);
}

/* Nearly every result names its patient in the words of its report, at the same server. */
static bool says_the_same(const hr_fhir *f, const hr_fhir_resource *from, const hr_json *node)
{
	hr_str text = hr_fhir_text(hr_fhir_get(node, HR_STR("reference")));

	return text.len && hr_str_equal(text, f->subject.text) &&
	       hr_str_equal(from->base, f->subject_from->base) &&
	       (text.data[0] != '#' || from->container == f->subject_from);
}

void hr_fhir_set_subject(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	node = hr_fhir_first(node); /* R5's Composition has a list */
	if (!node)
		return;
	f->subject_from = from;
	hr_fhir_follow(f, from, node, &f->subject);
	f->out->patient = patient_at(f, &f->subject);
}

void hr_fhir_check_subject(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_reference subject;

	if (!node || f->out->patient_ambiguous)
		return;
	if (!f->subject.node) {
		hr_fhir_set_subject(f, from, node);
		return;
	}
	if (says_the_same(f, from, node))
		return;
	hr_fhir_follow(f, from, node, &subject);
	f->out->patient_ambiguous = !same_subject(f, &f->subject, &subject);
}

/* Nobody said whose it is: the only patient of the input's, or nobody's. */
void hr_fhir_settle_subject(hr_fhir *f)
{
	hr_fhir_resource *patient = f->first[HR_FHIR_PATIENT];
	const hr_patient *known;

	if (f->subject.node || !patient)
		return;
	if (f->counts[HR_FHIR_PATIENT] > 1) {
		f->out->patient_ambiguous = true;
		return;
	}
	known = patient_of(f, patient);
	if (known)
		f->out->patient = *known;
	hr_fhir_deviate(f, HR_FHIR_PATIENT_ASSUMED, patient->node);
}

/* --- Organization --- */

enum { ORG_IDENTIFIER, ORG_ACTIVE, ORG_TYPE, ORG_NAME, ORG_PART_OF, ORG_FIELDS };

static const hr_str organization_names[ORG_FIELDS] = {
	[ORG_IDENTIFIER] = HR_STR_INIT("identifier"),
	[ORG_ACTIVE] = HR_STR_INIT("active"),
	[ORG_TYPE] = HR_STR_INIT("type"),
	[ORG_NAME] = HR_STR_INIT("name"),
	[ORG_PART_OF] = HR_STR_INIT("partOf"),
};

/* A department or a team of one: http://terminology.hl7.org/CodeSystem/organization-type. */
static bool is_department(hr_fhir *f, const hr_json *type)
{
	hr_str code = hr_fhir_text(hr_fhir_code(f, type));

	return hr_str_equal(code, HR_STR("dept")) || hr_str_equal(code, HR_STR("team"));
}

/*
 * What is recognised is a hospital, and reports name its laboratory: from a
 * department up to what it is part of. Never from a hospital to its group.
 */
static hr_fhir_resource *climb(hr_fhir *f, hr_fhir_resource *r, const hr_json **o)
{
	for (int i = 0; i < PART_OF_MAX; i++) {
		const hr_json *level[ORG_FIELDS] = { NULL };
		hr_fhir_resource *above;

		hr_fhir_pick(r->node, organization_names, ORG_FIELDS, level);
		memcpy(o, level, sizeof(level));
		if (!o[ORG_PART_OF] || !is_department(f, o[ORG_TYPE]))
			break;
		above = hr_fhir_target(f, r, o[ORG_PART_OF]);
		if (!above || above->type != HR_FHIR_ORGANIZATION)
			break;
		r = above;
	}
	return r;
}

struct organization {
	hr_party party;
	bool is_department;
};

static const struct organization *read_organization(hr_fhir *f, hr_fhir_resource *r)
{
	const hr_json *o[ORG_FIELDS] = { NULL };
	struct organization *organization = HR_NEW_N(f->arena, struct organization, 1);
	hr_party *party;

	if (!organization)
		return NULL;
	party = &organization->party;
	organization->is_department = climb(f, r, o) != r;
	party->name = hr_fhir_field(o[ORG_NAME]);
	hr_fhir_read_identifiers(f, o[ORG_IDENTIFIER], &party->ids, &party->id_count);
	return organization;
}

static const hr_party *organization_of(hr_fhir *f, hr_fhir_resource *r)
{
	const struct organization *organization = r->facts;

	if (!organization)
		r->facts = organization = read_organization(f, r);
	if (!organization)
		return NULL;
	if (organization->is_department)
		hr_fhir_deviate(f, HR_FHIR_PERFORMER_DEPARTMENT, r->node);
	return &organization->party;
}

static const hr_party *party_of_words(hr_fhir *f, const hr_fhir_reference *reference)
{
	hr_party *party = HR_NEW_N(f->arena, hr_party, 1);

	if (!party)
		return NULL;
	party->name = hr_fhir_field(reference->display);
	party->ids = listed(f, reference, &party->id_count);
	return party->name.text.len || party->id_count ? party : NULL;
}

/* What a reference to a performer leads to; `*sure` when it is surely an organization. */
static const hr_party *performer_at(hr_fhir *f, hr_fhir_resource *from, const hr_json *node,
				    bool *sure)
{
	hr_fhir_reference performer;
	hr_fhir_type type;

	hr_fhir_follow(f, from, node, &performer);
	type = hr_fhir_type_of(performer.type);
	if (type == HR_FHIR_PRACTITIONER_ROLE && performer.target) {
		hr_fhir_resource *role = performer.target;

		node = hr_fhir_get(role->node, HR_STR("organization"));
		hr_fhir_follow(f, role, node, &performer);
		type = HR_FHIR_ORGANIZATION;
	}
	*sure = type == HR_FHIR_ORGANIZATION;
	if (performer.target)
		return performer.target->type == HR_FHIR_ORGANIZATION
			       ? organization_of(f, performer.target)
			       : NULL;
	if (performer.type.len && !*sure)
		return NULL;
	if (*sure)
		hr_fhir_note_unresolved(f, &performer);
	return party_of_words(f, &performer);
}

const hr_party *hr_fhir_read_performer(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_list list = hr_fhir_open_list(f, node);
	const hr_json *reference = list.first;
	const hr_party *maybe = NULL;
	const hr_party *first = NULL;

	for (uint32_t i = 0; i < list.count; i++, reference = reference->next) {
		bool sure;
		const hr_party *party = performer_at(f, from, reference, &sure);

		if (party && !sure && !maybe)
			maybe = party;
		if (!party || !sure)
			continue;
		if (!first)
			first = party;
		else if (!hr_party_is_same(first, party))
			hr_fhir_deviate(f, HR_FHIR_PERFORMER_SEVERAL, reference);
	}
	if (!first && maybe)
		hr_fhir_deviate(f, HR_FHIR_PERFORMER_UNTYPED, list.first);
	return first ? first : maybe;
}

/* --- Specimen --- */

enum { SPM_TYPE, SPM_SUBJECT, SPM_RECEIVED, SPM_COLLECTION, SPM_FIELDS };

static const hr_str specimen_names[SPM_FIELDS] = {
	[SPM_TYPE] = HR_STR_INIT("type"),
	[SPM_SUBJECT] = HR_STR_INIT("subject"),
	[SPM_RECEIVED] = HR_STR_INIT("receivedTime"),
	[SPM_COLLECTION] = HR_STR_INIT("collection"),
};

enum { COL_COLLECTOR, COL_TIME, COL_PERIOD, COL_FIELDS };

static const hr_str collection_names[COL_FIELDS] = {
	[COL_COLLECTOR] = HR_STR_INIT("collector"),
	[COL_TIME] = HR_STR_INIT("collectedDateTime"),
	[COL_PERIOD] = HR_STR_INIT("collectedPeriod"),
};

static void add_specimen_word(hr_fhir *f, hr_fhir_specimen *specimen, const hr_json *node)
{
	hr_field word = hr_fhir_field(node);
	hr_code *grown;

	if (word.text.len == 0)
		return;
	for (uint32_t i = 0; i < specimen->code_count; i++)
		if (hr_str_equal(specimen->codes[i].display, word.text) ||
		    hr_str_equal(specimen->codes[i].code, word.text))
			return;
	grown = HR_NEW_N(f->arena, hr_code, specimen->code_count + 1);
	if (!grown)
		return;
	if (specimen->code_count)
		memcpy(grown, specimen->codes, specimen->code_count * sizeof(*grown));
	grown[specimen->code_count++] = (hr_code){ .display = word.text, .place = word.place };
	specimen->codes = grown;
}

static void read_specimen(hr_fhir *f, const hr_json *node, hr_fhir_specimen *out)
{
	const hr_json *s[SPM_FIELDS] = { NULL };
	const hr_json *c[COL_FIELDS] = { NULL };
	const hr_json *word;

	hr_fhir_pick(node, specimen_names, SPM_FIELDS, s);
	hr_fhir_pick(s[SPM_COLLECTION], collection_names, COL_FIELDS, c);
	word = hr_fhir_add_codes(f, s[SPM_TYPE], &out->codes, &out->code_count);
	add_specimen_word(f, out, word);
	hr_fhir_read_time(f, c[COL_TIME] ? c[COL_TIME] : c[COL_PERIOD], HR_EVENT_COLLECTED,
			  &out->collected);
	hr_fhir_read_time(f, s[SPM_RECEIVED], HR_EVENT_RECEIVED, &out->received);
}

/* Read once, told in each report. */
static void note_unreadable(hr_fhir *f, const hr_time *time)
{
	if (time->place.node && !hr_time_is_known(time))
		hr_fhir_deviate(f, HR_FHIR_TIME_UNREADABLE, time->place.node);
}

static const hr_fhir_specimen *specimen_of(hr_fhir *f, hr_fhir_resource *r)
{
	const hr_fhir_specimen *known = r->facts;
	hr_fhir_specimen *specimen;

	if (known) {
		note_unreadable(f, &known->collected);
		note_unreadable(f, &known->received);
		return known;
	}
	specimen = HR_NEW_N(f->arena, hr_fhir_specimen, 1);
	if (specimen)
		read_specimen(f, r->node, specimen);
	r->facts = specimen;
	return specimen;
}

const hr_fhir_specimen *hr_fhir_read_specimen(hr_fhir *f, hr_fhir_resource *from,
					      const hr_json *node)
{
	hr_fhir_reference reference;
	hr_fhir_specimen *specimen;

	hr_fhir_follow(f, from, node, &reference);
	if (reference.target)
		return reference.target->type == HR_FHIR_SPECIMEN ? specimen_of(f, reference.target)
								  : NULL;
	hr_fhir_note_unresolved(f, &reference);
	specimen = HR_NEW_N(f->arena, hr_fhir_specimen, 1);
	if (specimen)
		add_specimen_word(f, specimen, reference.display);
	return specimen;
}

/* --- Device --- */

enum { DEV_DISPLAY_NAME, DEV_DEVICE_NAME, DEV_MODEL, DEV_NAME, DEV_TYPE, DEV_FIELDS };

static const hr_str device_names[DEV_FIELDS] = {
	[DEV_DISPLAY_NAME] = HR_STR_INIT("displayName"), /* R5 */
	[DEV_DEVICE_NAME] = HR_STR_INIT("deviceName"),	 /* R4 */
	[DEV_MODEL] = HR_STR_INIT("modelNumber"),
	[DEV_NAME] = HR_STR_INIT("name"), /* R5 */
	[DEV_TYPE] = HR_STR_INIT("type"),
};

static const hr_json *name_of_device(hr_fhir *f, const hr_json *node)
{
	const hr_json *d[DEV_FIELDS] = { NULL };
	const hr_json *candidates[5];

	hr_fhir_pick(node, device_names, DEV_FIELDS, d);
	candidates[0] = d[DEV_DISPLAY_NAME];
	candidates[1] = hr_fhir_get(hr_fhir_first(d[DEV_DEVICE_NAME]), HR_STR("name"));
	candidates[2] = hr_fhir_get(hr_fhir_first(d[DEV_NAME]), HR_STR("value"));
	candidates[3] = d[DEV_MODEL];
	candidates[4] = hr_fhir_word(f, d[DEV_TYPE]);
	for (int i = 0; i < 5; i++)
		if (hr_fhir_text(candidates[i]).len)
			return candidates[i];
	return NULL;
}

const hr_json *hr_fhir_device(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_reference reference;
	const hr_json *name;

	if (!node)
		return NULL;
	hr_fhir_follow(f, from, node, &reference);
	if (!reference.target || reference.target->type != HR_FHIR_DEVICE)
		return reference.display;
	name = reference.target->facts;
	if (!name)
		name = name_of_device(f, reference.target->node);
	reference.target->facts = name;
	return name ? name : reference.display;
}
