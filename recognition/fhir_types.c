/*
 * FHIR's data types. Nothing is converted: an identifier, a number, a unit and
 * a time keep the characters that the document wrote (FHIR R4 decimal: the
 * precision has meaning).
 */
#include "recognition/fhir_parts.h"

void hr_fhir_fail(hr_fhir *f, hr_error_code code, const char *message)
{
	if (f->failed)
		return;
	f->failed = true;
	hr_fail(f->err, code, "%s", message);
}

void hr_fhir_deviate(hr_fhir *f, hr_fhir_deviation deviation, const hr_json *node)
{
	if (!f->deviations[deviation])
		f->deviations[deviation] = node;
}

/* hr_str_equal, without a call for most names: they have four to sixteen letters. */
static inline bool same_name(hr_str a, hr_str b)
{
	size_t len = a.len;

	if (len != b.len)
		return false;
	if (len >= 8)
		return memcmp(a.data, b.data, 8) == 0 &&
		       memcmp(a.data + len - 8, b.data + len - 8, 8) == 0 &&
		       (len <= 16 || memcmp(a.data + 8, b.data + 8, len - 16) == 0);
	if (len >= 4)
		return memcmp(a.data, b.data, 4) == 0 &&
		       memcmp(a.data + len - 4, b.data + len - 4, 4) == 0;
	return memcmp(a.data, b.data, len) == 0;
}

void hr_fhir_pick(const hr_json *node, const hr_str *names, size_t count, const hr_json **out)
{
	const hr_json *member = node && node->kind == HR_JSON_OBJECT ? node->first : NULL;
	size_t at = 0;

	for (int i = 0; member && i < HR_FHIR_MEMBERS_MAX; i++, member = member->next) {
		for (size_t tried = 0; tried < count; tried++) {
			size_t here = at;

			at = at + 1 < count ? at + 1 : 0;
			if (!same_name(names[here], member->name))
				continue;
			if (member->kind != HR_JSON_NULL)
				out[here] = member;
			break;
		}
	}
}

const hr_json *hr_fhir_get(const hr_json *node, hr_str name)
{
	const hr_json *member = NULL;

	hr_fhir_pick(node, &name, 1, &member);
	return member;
}

hr_fhir_list hr_fhir_open_list(hr_fhir *f, const hr_json *node)
{
	if (!node || node->kind == HR_JSON_NULL)
		return (hr_fhir_list){ NULL, 0 };
	if (node->kind != HR_JSON_ARRAY)
		return (hr_fhir_list){ node, 1 };
	if (node->count > HR_FHIR_LIST_MAX) {
		hr_fhir_fail(f, HR_E_LIMIT,
			     "fhir: a list of codes, names or references is over 1000 long");
		return (hr_fhir_list){ NULL, 0 };
	}
	return (hr_fhir_list){ node->first, node->count };
}

const hr_json *hr_fhir_first(const hr_json *node)
{
	return node && node->kind == HR_JSON_ARRAY ? node->first : node;
}

const hr_json *hr_fhir_elements(const hr_json *node)
{
	return node && node->kind == HR_JSON_ARRAY ? node->first : NULL;
}

/* No blank stands at an end that is an ASCII letter: nearly all texts are done here. */
static hr_str trim(hr_str text)
{
	if (text.len && text.data[0] > ' ' && text.data[text.len - 1] > ' ')
		return text;
	return hr_str_trim(text);
}

hr_str hr_fhir_text(const hr_json *node)
{
	if (!node)
		return HR_STR_NONE;
	switch (node->kind) {
	case HR_JSON_STRING:
		return trim(node->text);
	case HR_JSON_NUMBER:
		return node->text;
	case HR_JSON_TRUE:
		return HR_STR("true");
	case HR_JSON_FALSE:
		return HR_STR("false");
	default:
		return HR_STR_NONE;
	}
}

hr_str hr_fhir_join(hr_fhir *f, const hr_str *parts, size_t count)
{
	size_t len = 0;
	char *text;
	char *at;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	text = at = hr_arena_alloc_text(f->arena, len + 1);
	if (!text)
		return HR_STR_NONE;
	for (size_t i = 0; i < count; i++)
		if (parts[i].len)
			at = mempcpy(at, parts[i].data, parts[i].len);
	return (hr_str){ text, len };
}

/* --- codes --- */

enum { CODING_SYSTEM, CODING_VERSION, CODING_CODE, CODING_DISPLAY, CODING_FIELDS };

static const hr_str coding_names[CODING_FIELDS] = {
	[CODING_SYSTEM] = HR_STR_INIT("system"),
	[CODING_VERSION] = HR_STR_INIT("version"),
	[CODING_CODE] = HR_STR_INIT("code"),
	[CODING_DISPLAY] = HR_STR_INIT("display"),
};

void hr_fhir_read_coding(const hr_json *node, hr_code *out)
{
	const hr_json *c[CODING_FIELDS] = { NULL };

	hr_fhir_pick(node, coding_names, CODING_FIELDS, c);
	out->system = hr_fhir_text(c[CODING_SYSTEM]);
	out->code = hr_fhir_text(c[CODING_CODE]);
	out->display = hr_fhir_text(c[CODING_DISPLAY]);
	out->place = hr_fhir_place(out->code.len ? c[CODING_CODE] : c[CODING_DISPLAY]);
}

/* The first coding that has `field`, as its node. */
static const hr_json *find_in_codings(hr_fhir_list codings, int field)
{
	const hr_json *coding = codings.first;

	for (uint32_t i = 0; coding && i < codings.count; i++, coding = coding->next) {
		const hr_json *c[CODING_FIELDS] = { NULL };

		hr_fhir_pick(coding, coding_names, CODING_FIELDS, c);
		if (hr_fhir_text(c[field]).len)
			return c[field];
	}
	return NULL;
}

/* CodeableConcept, and what makes the two others known: CodeableReference and a bare Coding. */
enum { CC_CODING, CC_TEXT, CC_CONCEPT, CC_CODE, CC_DISPLAY, CC_FIELDS };

static const hr_str concept_names[CC_FIELDS] = {
	[CC_CODING] = HR_STR_INIT("coding"),   [CC_TEXT] = HR_STR_INIT("text"),
	[CC_CONCEPT] = HR_STR_INIT("concept"), [CC_CODE] = HR_STR_INIT("code"),
	[CC_DISPLAY] = HR_STR_INIT("display"),
};

struct coded {
	hr_fhir_list codings;
	const hr_json *text; /* NULL when empty */
};

static struct coded open_coded(hr_fhir *f, const hr_json *node)
{
	const hr_json *c[CC_FIELDS] = { NULL };
	struct coded coded = { .text = NULL };

	node = hr_fhir_first(node);
	hr_fhir_pick(node, concept_names, CC_FIELDS, c);
	if (c[CC_CONCEPT])
		hr_fhir_pick(c[CC_CONCEPT], concept_names, CC_CONCEPT, c);
	if (hr_fhir_text(c[CC_TEXT]).len)
		coded.text = c[CC_TEXT];
	if (c[CC_CODING])
		coded.codings = hr_fhir_open_list(f, c[CC_CODING]);
	else if (c[CC_CODE] || c[CC_DISPLAY])
		coded.codings = (hr_fhir_list){ node, 1 };
	return coded;
}

hr_fhir_list hr_fhir_open_codings(hr_fhir *f, const hr_json *node)
{
	return open_coded(f, node).codings;
}

const hr_json *hr_fhir_code(hr_fhir *f, const hr_json *node)
{
	struct coded coded;
	const hr_json *code;

	if (!node)
		return NULL;
	coded = open_coded(f, node);
	code = find_in_codings(coded.codings, CODING_CODE);
	return code ? code : coded.text;
}

static const hr_json *word_of(const struct coded *coded)
{
	const hr_json *display;

	if (coded->text)
		return coded->text;
	display = find_in_codings(coded->codings, CODING_DISPLAY);
	return display ? display : find_in_codings(coded->codings, CODING_CODE);
}

const hr_json *hr_fhir_word(hr_fhir *f, const hr_json *node)
{
	struct coded coded;

	if (!node)
		return NULL;
	coded = open_coded(f, node);
	return word_of(&coded);
}

const hr_json *hr_fhir_add_codes(hr_fhir *f, const hr_json *node, const hr_code **list,
				 uint32_t *count)
{
	struct coded coded = open_coded(f, node);
	const hr_json *coding = coded.codings.first;
	hr_code *grown;

	if (coded.codings.count == 0)
		return coded.text;
	grown = HR_NEW_N(f->arena, hr_code, *count + coded.codings.count);
	if (!grown)
		return NULL;
	if (*count)
		memcpy(grown, *list, *count * sizeof(*grown));
	for (uint32_t i = 0; coding && i < coded.codings.count; i++, coding = coding->next) {
		hr_fhir_read_coding(coding, &grown[*count]);
		if (grown[*count].place.node)
			++*count;
	}
	*list = grown;
	return word_of(&coded);
}

/* --- identifiers --- */

enum { IDENTIFIER_USE, IDENTIFIER_TYPE, IDENTIFIER_SYSTEM, IDENTIFIER_VALUE, IDENTIFIER_FIELDS };

static const hr_str identifier_names[IDENTIFIER_FIELDS] = {
	[IDENTIFIER_USE] = HR_STR_INIT("use"),
	[IDENTIFIER_TYPE] = HR_STR_INIT("type"),
	[IDENTIFIER_SYSTEM] = HR_STR_INIT("system"),
	[IDENTIFIER_VALUE] = HR_STR_INIT("value"),
};

hr_code hr_fhir_identifier(const hr_json *node)
{
	const hr_json *i[IDENTIFIER_FIELDS] = { NULL };
	hr_str value;

	hr_fhir_pick(hr_fhir_first(node), identifier_names, IDENTIFIER_FIELDS, i);
	value = hr_fhir_text(i[IDENTIFIER_VALUE]);
	return (hr_code){
		.system = hr_fhir_text(i[IDENTIFIER_SYSTEM]),
		.code = value,
		.place = hr_fhir_place(value.len ? i[IDENTIFIER_VALUE] : NULL),
	};
}

void hr_fhir_read_identifiers(hr_fhir *f, const hr_json *node, const hr_code **list,
			      uint32_t *count)
{
	hr_fhir_list in = hr_fhir_open_list(f, node);
	const hr_json *identifier = in.first;
	hr_code *out;

	if (in.count == 0)
		return;
	out = HR_NEW_N(f->arena, hr_code, in.count);
	if (!out)
		return;
	*list = out;
	for (uint32_t i = 0; i < in.count; i++, identifier = identifier->next) {
		out[*count] = hr_fhir_identifier(identifier);
		if (out[*count].code.len)
			++*count;
	}
}

/* --- times --- */

/* The time read last of a kind mostly comes again: all items of a panel were tested at once. */
static bool parse_time(hr_fhir *f, hr_str text, hr_event_kind kind, hr_span *out)
{
	hr_time *last = &f->last[kind];

	if (!hr_str_equal(last->text, text)) {
		hr_span span;

		if (!hr_span_parse(text, &span))
			return false;
		last->text = text;
		last->span = span;
	}
	*out = last->span;
	return last->text.len > 0;
}

enum { PERIOD_START, PERIOD_END, PERIOD_FIELDS };

static const hr_str period_names[PERIOD_FIELDS] = {
	[PERIOD_START] = HR_STR_INIT("start"),
	[PERIOD_END] = HR_STR_INIT("end"),
};

/* From the start to the end, as exact as the coarser of them. Without a start nothing is known. */
static bool read_period(hr_fhir *f, const hr_json *node, hr_event_kind kind, hr_time *out)
{
	const hr_json *p[PERIOD_FIELDS] = { NULL };
	hr_str start;
	hr_str end;
	hr_span last;

	hr_fhir_pick(node, period_names, PERIOD_FIELDS, p);
	start = hr_fhir_text(p[PERIOD_START]);
	end = hr_fhir_text(p[PERIOD_END]);
	out->text = start.len ? start : end;
	if (!parse_time(f, start, kind, &out->span))
		return false;
	if (end.len == 0)
		return true;
	if (!hr_span_parse(end, &last) || last.to.second < out->span.to.second)
		return false;
	out->span.to = last.to;
	if (last.precision < out->span.precision)
		out->span.precision = last.precision;
	return true;
}

void hr_fhir_read_time(hr_fhir *f, const hr_json *node, hr_event_kind kind, hr_time *out)
{
	bool readable;

	if (!node)
		return;
	out->place = hr_fhir_place(node);
	if (node->kind == HR_JSON_OBJECT) {
		readable = read_period(f, node, kind, out);
	} else {
		out->text = hr_fhir_text(node);
		readable = parse_time(f, out->text, kind, &out->span);
	}
	if (readable)
		return;
	out->span = (hr_span){ .precision = HR_PRECISION_NONE };
	hr_fhir_deviate(f, HR_FHIR_TIME_UNREADABLE, node);
}
