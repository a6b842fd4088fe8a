/*
 * What a DocumentReference says of a document: how far it has come, and which
 * other it replaces. The document stands in it, or in the Binary that its
 * attachment names (as IHE's MHD sends them).
 */
#include "recognition/fhir_enclosed.h"
#include "recognition/fhir_parts.h"

enum { W_STATUS, W_DOC_STATUS, W_RELATES_TO, W_CONTENT, W_FIELDS };

static const hr_str wrapper_names[W_FIELDS] = {
	[W_STATUS] = HR_STR_INIT("status"),
	[W_DOC_STATUS] = HR_STR_INIT("docStatus"),
	[W_RELATES_TO] = HR_STR_INIT("relatesTo"),
	[W_CONTENT] = HR_STR_INIT("content"),
};

struct wrapping {
	hr_fhir f;
	hr_report *reports;
};

/* Done to each report of a document. */
typedef void report_fn(struct wrapping *w, hr_report *report, const void *context);

static void for_each(struct wrapping *w, const hr_fhir_resource *holder, report_fn *act,
		     const void *context)
{
	const hr_fhir_enclosure *e = holder->facts;

	for (uint32_t i = 0; e && i < e->report_count; i++)
		act(w, &w->reports[e->first_report + i], context);
}

/* Its own documents, and those of the Binaries that it names. */
static void for_each_of(struct wrapping *w, hr_fhir_resource *wrapper, report_fn *act,
			const void *context)
{
	hr_fhir_list list = hr_fhir_open_list(&w->f, hr_fhir_get(wrapper->node, HR_STR("content")));
	const hr_json *content = list.first;

	for_each(w, wrapper, act, context);
	for (uint32_t i = 0; i < list.count; i++, content = content->next) {
		hr_str url = hr_json_path_text(content, HR_STR("attachment.url"));
		hr_fhir_resource *binary = hr_fhir_find(&w->f, wrapper, url);

		if (binary && hr_str_equal(binary->word, HR_STR("Binary")))
			for_each(w, binary, act, context);
	}
}

/* --- how far it has come --- */

/* What the wrapper says holds of what is in it. Of two, the greater counts. */
static void apply_status(struct wrapping *w, hr_report *report, const void *context)
{
	static const struct {
		int member;
		hr_str word;
		hr_status status;
		bool replaced;
	} rows[] = {
		{ W_STATUS, HR_STR_INIT("superseded"), HR_STATUS_FINAL, true },
		{ W_STATUS, HR_STR_INIT("entered-in-error"), HR_STATUS_CANCELLED, false },
		{ W_DOC_STATUS, HR_STR_INIT("preliminary"), HR_STATUS_PRELIMINARY, false },
		{ W_DOC_STATUS, HR_STR_INIT("entered-in-error"), HR_STATUS_CANCELLED, false },
	};
	const hr_json *const *members = context;

	(void)w;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!hr_str_equal(hr_fhir_text(members[rows[i].member]), rows[i].word))
			continue;
		report->replaced |= rows[i].replaced;
		if (rows[i].status > report->status)
			report->status = rows[i].status;
	}
}

/* --- what it replaces --- */

static void mark_replaced(struct wrapping *w, hr_report *report, const void *context)
{
	(void)w;
	(void)context;
	report->replaced = true;
}

/* R4 has an identifier of the document and others; R5 a list. */
static hr_code name_of(const hr_fhir_reference *target)
{
	const hr_json *node = target->target ? target->target->node : NULL;
	hr_code code = hr_fhir_reference_identifier(target);

	if (node)
		code = hr_fhir_identifier(hr_fhir_get(node, HR_STR("masterIdentifier")));
	if (node && !code.code.len)
		code = hr_fhir_identifier(hr_fhir_get(node, HR_STR("identifier")));
	if (!code.code.len)
		code = (hr_code){ .code = target->text, .place = hr_fhir_place(target->node) };
	return code;
}

static void add_replaced(struct wrapping *w, hr_report *report, const void *context)
{
	const hr_code *code = context;
	hr_code *list = HR_NEW_N(w->f.arena, hr_code, (size_t)report->replace_count + 1);

	if (report->status == HR_STATUS_FINAL) {
		report->status = HR_STATUS_CORRECTED;
		report->status_text = (hr_field){ code->code, code->place };
	}
	if (!list)
		return;
	if (report->replace_count)
		memcpy(list, report->replaces, report->replace_count * sizeof(*list));
	list[report->replace_count++] = *code;
	report->replaces = list;
}

/* R4: a code; R5: a concept. */
static bool says_replaces(struct wrapping *w, const hr_json *node)
{
	hr_str code = hr_fhir_text(node);

	if (!code.len && node)
		code = hr_fhir_text(hr_fhir_code(&w->f, node));
	return hr_str_equal(code, HR_STR("replaces"));
}

static void apply_relations(struct wrapping *w, hr_fhir_resource *wrapper, const hr_json *node)
{
	hr_fhir_list list = hr_fhir_open_list(&w->f, node);
	const hr_json *relation = list.first;

	for (uint32_t i = 0; i < list.count; i++, relation = relation->next) {
		hr_fhir_reference target;
		hr_code code;

		if (!says_replaces(w, hr_fhir_get(relation, HR_STR("code"))))
			continue;
		hr_fhir_follow(&w->f, wrapper, hr_fhir_get(relation, HR_STR("target")), &target);
		code = name_of(&target);
		if (code.code.len)
			for_each_of(w, wrapper, add_replaced, &code);
		if (target.target && target.target != wrapper)
			for_each_of(w, target.target, mark_replaced, NULL);
	}
}

/* --- all of them --- */

/* Both lists are in the order of the entries. */
static void note_holders(struct wrapping *w, const hr_fhir_enclosures *enclosures)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < w->f.resource_count; i++) {
		hr_fhir_resource *r = &w->f.resources[i];

		for (; next < enclosures->count && enclosures->list[next].resource == r->node;
		     next++)
			if (enclosures->list[next].report_count)
				r->facts = &enclosures->list[next];
	}
}

bool hr_fhir_apply_wrappers(const hr_json *root, const hr_fhir_enclosures *enclosures,
			    hr_report *reports, hr_arena *arena, hr_error *err)
{
	struct wrapping w = { .f = { .arena = arena, .err = err }, .reports = reports };

	hr_fhir_open(&w.f, root);
	note_holders(&w, enclosures);
	for (uint32_t i = 0; i < w.f.resource_count && !w.f.failed; i++) {
		const hr_json *members[W_FIELDS] = { NULL };
		hr_fhir_resource *r = &w.f.resources[i];

		if (!hr_str_equal(r->word, HR_STR("DocumentReference")))
			continue;
		hr_fhir_pick(r->node, wrapper_names, W_FIELDS, members);
		for_each_of(&w, r, apply_status, members);
		apply_relations(&w, r, members[W_RELATES_TO]);
	}
	if (w.f.failed)
		return false;
	return hr_arena_is_short(arena) ? hr_fail_memory(err) : true;
}
