/*
 * Laboratory results that no report holds: one report for each patient and
 * each organization that performed them.
 */
#include "recognition/fhir_parts.h"

enum { NO_RESULT = 0xffffffffu };

typedef struct group {
	hr_fhir_resource *from; /* of its first result */
	hr_fhir_reference subject;
	const hr_party *issuer;
	uint64_t key;
	uint32_t first; /* index of a resource; the others follow by `next` */
	uint32_t last;
	uint32_t count;
} group;

struct hr_fhir_loose {
	group *groups;
	uint32_t count;
	uint32_t *next; /* by index of a resource; NO_RESULT at a group's end */
};

enum { L_STATUS, L_CATEGORY, L_CODE, L_SUBJECT, L_PERFORMER, L_FIELDS };

static const hr_str loose_names[L_FIELDS] = {
	[L_STATUS] = HR_STR_INIT("status"),	  [L_CATEGORY] = HR_STR_INIT("category"),
	[L_CODE] = HR_STR_INIT("code"),		  [L_SUBJECT] = HR_STR_INIT("subject"),
	[L_PERFORMER] = HR_STR_INIT("performer"),
};

/* Those that stand in a panel come with it. */
static void note_members(hr_fhir *f, hr_fhir_resource *r)
{
	const hr_json *member = hr_fhir_elements(hr_fhir_get(r->node, HR_STR("hasMember")));

	for (; member && !f->failed; member = member->next) {
		hr_fhir_resource *target = hr_fhir_target(f, r, member);

		if (target && target != r)
			target->is_member = true;
	}
}

/* Written the same: two patients of the input are two, whatever their numbers say. */
static bool same_reference(const hr_fhir_reference *a, const hr_fhir_reference *b)
{
	hr_code x;
	hr_code y;

	if (a->target || b->target)
		return a->target == b->target;
	if (a->text.len || b->text.len)
		return hr_str_equal(a->text, b->text);
	x = hr_fhir_reference_identifier(a);
	y = hr_fhir_reference_identifier(b);
	return hr_str_equal(x.code, y.code) && hr_str_equal(x.system, y.system) &&
	       hr_str_equal(hr_fhir_text(a->display), hr_fhir_text(b->display));
}

/* A resource is read once; of what only a reference says there is at most one identifier. */
static bool same_issuer(const hr_party *a, const hr_party *b)
{
	if (a == b || !a || !b)
		return a == b;
	if (a->id_count > 1 || a->id_count != b->id_count)
		return false;
	return hr_str_equal(a->name.text, b->name.text) &&
	       (a->id_count == 0 || (hr_str_equal(a->ids->code, b->ids->code) &&
				     hr_str_equal(a->ids->system, b->ids->system)));
}

/* Equal for what is the same, so that most groups are passed over at a glance. */
static uint64_t key_of(const group *g)
{
	hr_str subject = g->subject.target ? g->subject.target->id : g->subject.text;

	return hr_str_hash(subject, g->issuer ? hr_str_hash(g->issuer->name.text, 0) : 0);
}

/* Results of one group mostly stand together, so the newest is asked first. */
static group *find_group(hr_fhir_loose *loose, const group *wanted)
{
	for (uint32_t i = loose->count; i-- > 0;) {
		group *g = &loose->groups[i];

		if (g->key == wanted->key && same_reference(&g->subject, &wanted->subject) &&
		    same_issuer(g->issuer, wanted->issuer))
			return g;
	}
	return NULL;
}

static void add_to_group(hr_fhir *f, hr_fhir_loose *loose, const group *one)
{
	group *g = find_group(loose, one);

	loose->next[one->first] = NO_RESULT;
	if (g) {
		loose->next[g->last] = one->first;
		g->last = one->first;
		g->count++;
	} else if (loose->count == HR_REPORTS_MAX) {
		hr_fhir_fail(f, HR_E_LIMIT, "fhir: the input holds over 1000 reports");
	} else {
		loose->groups[loose->count++] = *one;
	}
}

static void group_result(hr_fhir *f, hr_fhir_loose *loose, uint32_t index)
{
	hr_fhir_resource *r = &f->resources[index];
	group one = { .from = r, .first = index, .last = index, .count = 1 };
	const hr_json *l[L_FIELDS] = { NULL };

	if (r->type != HR_FHIR_OBSERVATION || r->is_member)
		return;
	hr_fhir_pick(r->node, loose_names, L_FIELDS, l);
	if (f->bundle && hr_fhir_kind(f, l[L_CATEGORY]) != HR_KIND_LAB)
		return;
	hr_fhir_follow(f, r, l[L_SUBJECT], &one.subject);
	one.issuer = hr_fhir_read_performer(f, r, l[L_PERFORMER]);
	one.key = key_of(&one);
	add_to_group(f, loose, &one);
}

uint32_t hr_fhir_find_loose(hr_fhir *f, hr_fhir_loose **out)
{
	hr_fhir_loose *loose = HR_NEW_N(f->arena, hr_fhir_loose, 1);
	uint32_t most = f->counts[HR_FHIR_OBSERVATION];

	if (!loose || most == 0)
		return 0;
	loose->groups = HR_NEW_N(f->arena, group, most < HR_REPORTS_MAX ? most : HR_REPORTS_MAX);
	loose->next = HR_NEW_N(f->arena, uint32_t, f->resource_count);
	if (!loose->groups || !loose->next)
		return 0;
	for (uint32_t i = 0; i < f->resource_count; i++)
		if (f->resources[i].type == HR_FHIR_OBSERVATION)
			note_members(f, &f->resources[i]);
	for (uint32_t i = 0; i < f->resource_count && !f->failed; i++)
		group_result(f, loose, i);
	*out = loose;
	return loose->count;
}

void hr_fhir_make_loose_report(hr_fhir *f, const hr_fhir_loose *loose, uint32_t index,
			       hr_report *out)
{
	const group *g = &loose->groups[index];
	const hr_json *l[L_FIELDS] = { NULL };

	hr_fhir_begin(f, out);
	hr_fhir_pick(g->from->node, loose_names, L_FIELDS, l);
	out->kind = hr_fhir_kind(f, l[L_CATEGORY]);
	f->issuer = g->issuer;
	hr_fhir_set_subject(f, g->from, l[L_SUBJECT]);
	if (!f->bundle) {
		out->title = hr_fhir_field(hr_fhir_word(f, l[L_CODE]));
		hr_fhir_read_ids(f, g->from, hr_fhir_get(g->from->node, HR_STR("identifier")));
	}
	hr_fhir_apply_composition(f, g->from, NULL);
	hr_fhir_deviate(f, HR_FHIR_RESULTS_WITHOUT_REPORT, g->from->node);
	hr_fhir_expect_results(f, g->count);
	for (uint32_t i = g->first; i != NO_RESULT; i = loose->next[i])
		hr_fhir_add_observation(f, &f->resources[i]);
	hr_fhir_finish(f);
}
