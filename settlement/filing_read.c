/* JSON to a question about filings. */
#include "settlement/filing_ask.h"

static const hr_str id_card_type = HR_STR_INIT("01");
static const hr_str chronic_type = HR_STR_INIT("14"); /* 门慢特 */

/* Without a catalogue nobody judges by it. */
static void add_word(const hr_catalog *catalog, hr_dimension dimension, hr_str word,
		     hr_scope_key *key)
{
	if (catalog)
		hr_scope_key_add(catalog, dimension, word, key);
}

/* --- the person --- */

struct enrolment {
	hr_str region;
	hr_str insurance;
	hr_str state;
};

static const hr_member enrolment_members[] = {
	HR_MEMBER(struct enrolment, "insuplc_admdvs", hr_member_region, region, true),
	HR_MEMBER(struct enrolment, "insutype", hr_member_code, insurance, false),
	HR_MEMBER(struct enrolment, "psn_insu_stas", hr_member_code, state, false),
};

static void read_enrolments(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_person *person = (void *)(at - offsetof(hr_filing_person, enrolled));

	if (node->kind != HR_JSON_ARRAY || node->count > HR_ENROLLED_MAX) {
		hr_members_refuse(r, node, "an array of at most 16 enrolments");
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		struct enrolment row = { .region = HR_STR_NONE };

		HR_MEMBERS_OBJECT(r, child, enrolment_members, &row);
		person->enrolled[person->enrolled_count++] = row.region;
	}
}

/* --- what was filed --- */

static void read_state(hr_members *r, const hr_json *node, char *at)
{
	for (hr_filing_state i = 0; i < HR_FILING_STATES; i++)
		if (hr_str_equal(hr_filing_state_word(i), hr_json_text(node))) {
			*(hr_filing_state *)(void *)at = i;
			return;
		}
	hr_members_refuse(r, node, "approved, queued, refused, changed or cancelled");
}

static const hr_member filed_members[] = {
	HR_MEMBER(hr_filed, "id", hr_member_code, id, false),
	HR_MEMBER(hr_filed, "rloc_rea", hr_member_code, kind, true),
	HR_MEMBER(hr_filed, "insuplc_admdvs", hr_member_region, insured, false),
	HR_MEMBER(hr_filed, "rloc_admdvs", hr_member_region, region, true),
	HR_MEMBER(hr_filed, "appy_date", hr_member_day, applied, false),
	HR_MEMBER(hr_filed, "begndate", hr_member_day, from, true),
	HR_MEMBER(hr_filed, "enddate", hr_member_day, until, false),
	HR_MEMBER(hr_filed, "stas", read_state, state, false),
	HR_MEMBER(hr_filed, "ended", hr_member_day, ended, false),
};

static void check_filed(hr_members *r, const hr_json *node, const hr_filed *filed)
{
	bool ends = filed->state == HR_FILING_STATE_CHANGED ||
		    filed->state == HR_FILING_STATE_CANCELLED;

	if (!r->failed && ends && filed->ended.day == HR_DATE_MIN.day)
		hr_members_refuse(r, node, "whole: it was changed or cancelled, and needs 'ended'");
}

void hr_filed_read_list(hr_members *r, const hr_json *node, hr_filed **out, size_t *count)
{
	hr_filed *list;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_FILINGS_MAX) {
		hr_members_refuse(r, node, "an array of at most 64 filings");
		return;
	}
	list = HR_NEW_N(r->arena, hr_filed, node->count);
	if (!list) {
		r->failed = !hr_fail_memory(r->err);
		return;
	}
	*out = list;
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		hr_filed *filed = &list[(*count)++];

		*filed = (hr_filed){ .applied = HR_DATE_MIN,
				     .until = HR_DATE_MIN,
				     .ended = HR_DATE_MIN };
		HR_MEMBERS_OBJECT(r, child, filed_members, filed);
		check_filed(r, child, filed);
	}
}

static void read_filings(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_ask *ask = (void *)(at - offsetof(hr_filing_ask, filings));

	hr_filed_read_list(r, node, &ask->filings, &ask->filing_count);
}

/* --- what is asked --- */

static void read_materials(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_ask *ask = (void *)(at - offsetof(hr_filing_ask, application.materials));
	hr_filing_application *a = &ask->application;
	hr_str *materials;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_MATERIALS_MAX) {
		hr_members_refuse(r, node, "an array of at most 32 papers");
		return;
	}
	materials = HR_NEW_N(r->arena, hr_str, node->count);
	if (!materials) {
		r->failed = !hr_fail_memory(r->err);
		return;
	}
	a->materials_told = true;
	a->materials = materials;
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		hr_member_text(r, child, (char *)&materials[a->material_count++]);
}

#define APPLICATION                                                                                \
	HR_MEMBER(hr_filing_ask, "rloc_rea", hr_member_code, application.kind, true),              \
		HR_MEMBER(hr_filing_ask, "rloc_admdvs", hr_member_region, application.region,      \
			  true),                                                                   \
		HR_MEMBER(hr_filing_ask, "begndate", hr_member_day, application.from, true),       \
		HR_MEMBER(hr_filing_ask, "enddate", hr_member_day, application.until, false),      \
		HR_MEMBER(hr_filing_ask, "out_onln_way", hr_member_code, application.channel,      \
			  false),                                                                  \
		HR_MEMBER(hr_filing_ask, "adm_date", hr_member_day, application.admitted, false),  \
		HR_MEMBER(hr_filing_ask, "setl_date", hr_member_day, application.settled, false),  \
		HR_MEMBER(hr_filing_ask, "again", hr_member_flag, application.again, false),       \
		HR_MEMBER(hr_filing_ask, "promise", hr_member_flag, application.promised, false),  \
		HR_MEMBER(hr_filing_ask, "materials", read_materials, application.materials,       \
			  false),                                                                  \
		HR_MEMBER(hr_filing_ask, "proxy_for", hr_member_code, application.proxy, false)

static const hr_member application_members[] = { APPLICATION };
static const hr_member change_members[] = {
	APPLICATION,
	HR_MEMBER(hr_filing_ask, "id", hr_member_code, id, true),
	HR_MEMBER(hr_filing_ask, "objective", hr_member_flag, objective, false),
};
static const hr_member cancel_members[] = {
	HR_MEMBER(hr_filing_ask, "id", hr_member_code, id, true),
	HR_MEMBER(hr_filing_ask, "objective", hr_member_flag, objective, false),
};

/* The words of a visit, of which scopes see bits. */
struct visit_words {
	hr_filing_visit visit;
	hr_str type;
	hr_str condition;
	hr_str level;
	bool qualified;
};

static const hr_member visit_members[] = {
	HR_MEMBER(struct visit_words, "mdtrtarea_admvs", hr_member_region, visit.care, true),
	HR_MEMBER(struct visit_words, "med_type", hr_member_code, type, true),
	HR_MEMBER(struct visit_words, "opsp_dise_code", hr_member_code, condition, false),
	HR_MEMBER(struct visit_words, "hosp_lv", hr_member_code, level, false),
	HR_MEMBER(struct visit_words, "begndate", hr_member_day, visit.begun, false),
	HR_MEMBER(struct visit_words, "enddate", hr_member_day, visit.ended, true),
	HR_MEMBER(struct visit_words, "er_flag", hr_member_flag, visit.emergency, false),
	HR_MEMBER(struct visit_words, "qualified", hr_member_flag, qualified, false),
};

static void begin(hr_members *r, const hr_json *node, hr_filing_ask *ask, hr_filing_asks asks)
{
	if (ask->asks != HR_FILING_ASKS_NOTHING)
		hr_members_refuse(r, node, "the only thing that is asked");
	ask->asks = asks;
}

static void read_application(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_ask *ask = (void *)at;

	begin(r, node, ask, HR_FILING_ASKS_APPLY);
	HR_MEMBERS_OBJECT(r, node, application_members, ask);
}

static void read_change(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_ask *ask = (void *)at;

	begin(r, node, ask, HR_FILING_ASKS_CHANGE);
	HR_MEMBERS_OBJECT(r, node, change_members, ask);
}

static void read_cancel(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_ask *ask = (void *)at;

	begin(r, node, ask, HR_FILING_ASKS_CANCEL);
	HR_MEMBERS_OBJECT(r, node, cancel_members, ask);
}

static void read_visit(hr_members *r, const hr_json *node, char *at)
{
	hr_filing_ask *ask = (void *)at;
	struct visit_words words = { .visit.begun = HR_DATE_MIN };
	hr_scope_key key = hr_scope_key_init();

	begin(r, node, ask, HR_FILING_ASKS_VISIT);
	HR_MEMBERS_OBJECT(r, node, visit_members, &words);
	if (r->failed)
		return;
	if (words.visit.begun.day == HR_DATE_MIN.day)
		words.visit.begun = words.visit.ended;
	if (words.visit.begun.day > words.visit.ended.day)
		hr_members_refuse(r, node, "possible: begndate is after enddate");
	add_word(r->catalog, HR_DIMENSION_VISIT, words.type, &key);
	add_word(r->catalog, HR_DIMENSION_CONDITION, words.condition, &key);
	add_word(r->catalog, HR_DIMENSION_LEVEL, words.level, &key);
	words.visit.key = key;
	words.visit.chronic = hr_str_equal(words.type, chronic_type);
	if (hr_json_get(node, HR_STR("qualified")))
		words.visit.qualified = words.qualified ? HR_QUALIFIED_YES : HR_QUALIFIED_NO;
	ask->visit = words.visit;
}

static const hr_member members[] = {
	HR_MEMBER(hr_filing_ask, "today", hr_member_day, today, false),
	HR_MEMBER(hr_filing_ask, "insuplc_admdvs", hr_member_region, person.insured, true),
	HR_MEMBER(hr_filing_ask, "insutype", hr_member_code, person.insurance, false),
	HR_MEMBER(hr_filing_ask, "psn_type", hr_member_code, person.type, false),
	HR_MEMBER(hr_filing_ask, "age", hr_member_age, person.age, false),
	HR_MEMBER(hr_filing_ask, "psn_cert_type", hr_member_code, person.certificate, false),
	HR_MEMBER(hr_filing_ask, "certno", hr_member_text, person.number, false),
	HR_MEMBER(hr_filing_ask, "brdy", hr_member_day, person.born, false),
	HR_MEMBER(hr_filing_ask, "insuinfo", read_enrolments, person.enrolled, false),
	HR_MEMBER(hr_filing_ask, "filings", read_filings, filings, false),
	HR_MEMBER(hr_filing_ask, "application", read_application, today, false),
	HR_MEMBER(hr_filing_ask, "change", read_change, today, false),
	HR_MEMBER(hr_filing_ask, "cancel", read_cancel, today, false),
	HR_MEMBER(hr_filing_ask, "visit", read_visit, today, false),
};
_Static_assert(offsetof(hr_filing_ask, today) == 0, "what is asked is read into the whole");

/* What of the person an application and a visit are judged by. */
static void fill_in(const hr_catalog *catalog, hr_filing_ask *ask)
{
	const hr_filing_person *person = &ask->person;
	hr_filing_application *a = &ask->application;
	hr_scope_key key = hr_scope_key_init();
	hr_scope_key *of_visit = &ask->visit.key;

	add_word(catalog, HR_DIMENSION_INSURANCE, person->insurance, &key);
	add_word(catalog, HR_DIMENSION_PERSON, person->type, &key);
	key.age = person->age;
	a->key = key;
	for (size_t i = 0; i < HR_DIMENSION_COUNT; i++)
		of_visit->words[i] |= key.words[i];
	of_visit->age = person->age;
	a->insured = person->insured;
	a->born = person->born;
	a->enrolled = person->enrolled;
	a->enrolled_count = person->enrolled_count;
	a->objective = ask->objective;
	if (hr_str_equal(person->certificate, id_card_type))
		a->id_card = person->number;
}

bool hr_filing_ask_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
			hr_filing_ask *out, hr_error *err)
{
	hr_members r = { HR_STR("filing"), catalog, arena, err, false };
	hr_filing_ask *ask = HR_NEW(arena, hr_filing_ask);

	if (!ask)
		return hr_fail_memory(err);
	ask->today = HR_DATE_MIN;
	ask->person.born = HR_DATE_MIN;
	ask->person.age = HR_AGE_UNKNOWN;
	ask->asks = HR_FILING_ASKS_NOTHING;
	ask->application = (hr_filing_application){ .from = HR_DATE_MIN,
						    .until = HR_DATE_MIN,
						    .admitted = HR_DATE_MIN,
						    .settled = HR_DATE_MIN,
						    .replaces = HR_ID_NONE };
	HR_MEMBERS_OBJECT(&r, node, members, ask);
	if (r.failed)
		return false;
	fill_in(catalog, ask);
	/* The enrolments are part of what is copied. */
	*out = *ask;
	out->application.enrolled = ask->person.enrolled;
	return true;
}
