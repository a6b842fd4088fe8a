/*
 * What stands around and beside a report: the Composition of a document, marks
 * of recognition, and what the report replaces.
 *
 * FHIR has no element for a mark. Ours is an extension of DiagnosticReport or
 * Observation, "urn:huren:fhir:recognition-mark" with a valueString; an empty
 * value says that marks were looked for and there is none.
 */
#include "recognition/fhir_parts.h"

enum { MARKS_MAX = 16, REPLACES_MAX = 16 };

#define MARK_URL     HR_STR("urn:huren:fhir:recognition-mark")
#define REPLACES_URL HR_STR("http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces")

enum { EXT_URL, EXT_STRING, EXT_REFERENCE, EXT_FIELDS };

static const hr_str extension_names[EXT_FIELDS] = {
	[EXT_URL] = HR_STR_INIT("url"),
	[EXT_STRING] = HR_STR_INIT("valueString"),
	[EXT_REFERENCE] = HR_STR_INIT("valueReference"),
};

static void add_mark(hr_fhir *f, hr_field mark)
{
	if (mark.text.len == 0)
		return;
	for (uint32_t i = 0; i < f->out->mark_count; i++)
		if (hr_str_equal(f->marks[i].text, mark.text))
			return;
	if (!f->marks)
		f->marks = HR_NEW_N(f->arena, hr_field, MARKS_MAX);
	if (f->out->mark_count == MARKS_MAX)
		hr_fhir_fail(f, HR_E_LIMIT, "fhir: a report carries over 16 different marks");
	else if (f->marks)
		f->marks[f->out->mark_count++] = mark;
}

void hr_fhir_read_marks(hr_fhir *f, const hr_json *extensions)
{
	hr_fhir_list list = hr_fhir_open_list(f, extensions);
	const hr_json *extension = list.first;

	for (uint32_t i = 0; i < list.count; i++, extension = extension->next) {
		const hr_json *e[EXT_FIELDS] = { NULL };

		hr_fhir_pick(extension, extension_names, EXT_FIELDS, e);
		if (!hr_str_equal(hr_json_text(e[EXT_URL]), MARK_URL))
			continue;
		f->out->carries_marks = true;
		add_mark(f, hr_fhir_field(e[EXT_STRING]));
	}
}

/* --- what it replaces --- */

static void add_replaced(hr_fhir *f, hr_code code)
{
	if (code.code.len == 0)
		return;
	if (!f->replaces)
		f->replaces = HR_NEW_N(f->arena, hr_code, REPLACES_MAX);
	if (f->out->replace_count == REPLACES_MAX)
		hr_fhir_fail(f, HR_E_LIMIT, "fhir: a report replaces over 16 others");
	else if (f->replaces)
		f->replaces[f->out->replace_count++] = code;
}

/* By the identifier of what is replaced, or, where that is not known, as it is referred to. */
static void add_replaced_at(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_reference reference;
	hr_code code;

	hr_fhir_follow(f, from, node, &reference);
	code = hr_fhir_reference_identifier(&reference);
	if (reference.target) {
		reference.target->replaced = true;
		code = hr_fhir_identifier(
			hr_fhir_get(reference.target->node, HR_STR("identifier")));
	}
	if (code.code.len == 0)
		code = (hr_code){ .code = reference.text, .place = hr_fhir_place(node) };
	add_replaced(f, code);
}

void hr_fhir_read_replaced(hr_fhir *f, hr_fhir_resource *from, const hr_json *extensions)
{
	hr_fhir_list list = hr_fhir_open_list(f, extensions);
	const hr_json *extension = list.first;

	for (uint32_t i = 0; i < list.count; i++, extension = extension->next) {
		const hr_json *e[EXT_FIELDS] = { NULL };

		hr_fhir_pick(extension, extension_names, EXT_FIELDS, e);
		if (e[EXT_REFERENCE] && hr_str_equal(hr_json_text(e[EXT_URL]), REPLACES_URL))
			add_replaced_at(f, from, e[EXT_REFERENCE]);
	}
}

enum { REL_CODE, REL_IDENTIFIER, REL_TARGET, REL_TYPE, REL_RESOURCE, REL_FIELDS };

static const hr_str relation_names[REL_FIELDS] = {
	[REL_CODE] = HR_STR_INIT("code"), /* R4 */
	[REL_IDENTIFIER] = HR_STR_INIT("targetIdentifier"),
	[REL_TARGET] = HR_STR_INIT("targetReference"),
	[REL_TYPE] = HR_STR_INIT("type"), /* R5 */
	[REL_RESOURCE] = HR_STR_INIT("resourceReference"),
};

static void read_relations(hr_fhir *f, hr_fhir_resource *composition, const hr_json *relations)
{
	hr_fhir_list list = hr_fhir_open_list(f, relations);
	const hr_json *relation = list.first;

	for (uint32_t i = 0; i < list.count; i++, relation = relation->next) {
		const hr_json *r[REL_FIELDS] = { NULL };
		const hr_json *target;

		hr_fhir_pick(relation, relation_names, REL_FIELDS, r);
		if (!hr_str_equal(hr_json_text(r[REL_CODE] ? r[REL_CODE] : r[REL_TYPE]),
				  HR_STR("replaces")))
			continue;
		target = r[REL_TARGET] ? r[REL_TARGET] : r[REL_RESOURCE];
		if (r[REL_IDENTIFIER])
			add_replaced(f, hr_fhir_identifier(r[REL_IDENTIFIER]));
		else if (target)
			add_replaced_at(f, composition, target);
	}
}

/* --- the document around it --- */

enum {
	C_IDENTIFIER,
	C_VERSION,
	C_STATUS,
	C_SUBJECT,
	C_DATE,
	C_TITLE,
	C_CUSTODIAN,
	C_RELATES_TO,
	C_FIELDS,
};

static const hr_str composition_names[C_FIELDS] = {
	[C_IDENTIFIER] = HR_STR_INIT("identifier"),
	[C_VERSION] = HR_STR_INIT("version"), /* R5 */
	[C_STATUS] = HR_STR_INIT("status"),
	[C_SUBJECT] = HR_STR_INIT("subject"),
	[C_DATE] = HR_STR_INIT("date"),
	[C_TITLE] = HR_STR_INIT("title"),
	[C_CUSTODIAN] = HR_STR_INIT("custodian"),
	[C_RELATES_TO] = HR_STR_INIT("relatesTo"),
};

static bool is_document(const hr_fhir *f)
{
	return hr_str_equal(hr_json_text(hr_fhir_get(f->bundle, HR_STR("type"))),
			    HR_STR("document"));
}

static hr_fhir_resource *composition_of(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_resource *target = node ? hr_fhir_target(f, from, node) : NULL;

	if (target && target->type == HR_FHIR_COMPOSITION)
		return target;
	return is_document(f) ? f->first[HR_FHIR_COMPOSITION] : NULL;
}

/* Both say how far it has come, and should agree; the further from final counts. */
static void apply_status(hr_fhir *f, hr_fhir_resource *composition, const hr_json *node)
{
	hr_status status;

	if (!node)
		return;
	status = hr_fhir_read_status(f, node, composition);
	if (f->out->status_text.text.len && status != f->out->status)
		hr_fhir_deviate(f, HR_FHIR_STATUS_DISAGREES, node);
	if (status > f->out->status || f->out->status_text.text.len == 0) {
		f->out->status = status;
		f->out->status_text = hr_fhir_field(node);
	}
}

static void apply_ids(hr_fhir *f, const hr_json *const *c)
{
	hr_code id = hr_fhir_identifier(hr_fhir_get(f->bundle, HR_STR("identifier")));
	hr_code set = hr_fhir_identifier(c[C_IDENTIFIER]);

	if (is_document(f) && id.code.len)
		f->out->id = id;
	f->out->set_id = (hr_field){ set.code, set.place };
	f->out->version = hr_fhir_field(c[C_VERSION]);
}

/* The Composition of a document says what its report does not. */
void hr_fhir_apply_composition(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_resource *composition = composition_of(f, from, node);
	const hr_json *c[C_FIELDS] = { NULL };
	hr_time *reported = &f->out->times[HR_EVENT_REPORTED];

	if (!composition)
		return;
	hr_fhir_pick(composition->node, composition_names, C_FIELDS, c);
	apply_ids(f, c);
	apply_status(f, composition, c[C_STATUS]);
	if (f->out->title.text.len == 0)
		f->out->title = hr_fhir_field(c[C_TITLE]);
	if (!f->subject.node)
		hr_fhir_set_subject(f, composition, c[C_SUBJECT]);
	if (!f->issuer) {
		f->issuer = hr_fhir_read_performer(f, composition, c[C_CUSTODIAN]);
		if (f->issuer)
			hr_fhir_deviate(f, HR_FHIR_ISSUER_FROM_CUSTODIAN, c[C_CUSTODIAN]);
	}
	if (reported->text.len == 0 && c[C_DATE]) {
		hr_fhir_read_time(f, c[C_DATE], HR_EVENT_REPORTED, reported);
		hr_fhir_deviate(f, HR_FHIR_ISSUED_FROM_COMPOSITION, c[C_DATE]);
	}
	read_relations(f, composition, c[C_RELATES_TO]);
}
