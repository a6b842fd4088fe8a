/*
 * Observations to results. A panel is an Observation with components or
 * members; each of these is a result, and the panel itself is one only when it
 * has a value of its own. What a component or member does not say (specimen,
 * time, who tested) is what its panel says.
 */
#include "recognition/fhir_parts.h"

/* In the order of the specification; those of R5 where R5 puts them. */
enum {
	O_TYPE,
	O_ID,
	O_META,
	O_TEXT,
	O_CONTAINED,
	O_EXTENSION,
	O_MODIFIER,
	O_IDENTIFIER,
	O_STATUS,
	O_CATEGORY,
	O_CODE,
	O_SUBJECT,
	O_FOCUS,
	O_ENCOUNTER,
	O_EFFECTIVE_TIME,
	O_EFFECTIVE_PERIOD,
	O_EFFECTIVE_INSTANT,
	O_ISSUED,
	O_PERFORMER,
	O_QUANTITY,
	O_CONCEPT,
	O_STRING,
	O_BOOLEAN,
	O_INTEGER,
	O_RANGE,
	O_RATIO,
	O_TIME,
	O_DATE_TIME,
	O_PERIOD,
	O_SAMPLED_DATA,
	O_ATTACHMENT,
	O_ABSENT_REASON,
	O_INTERPRETATION,
	O_NOTE,
	O_BODY_SITE,
	O_METHOD,
	O_SPECIMEN,
	O_DEVICE,
	O_REFERENCE_RANGE,
	O_HAS_MEMBER,
	O_COMPONENT,
	O_FIELDS,

	O_VALUE_FIRST = O_QUANTITY,
	O_VALUE_LAST = O_ATTACHMENT,
};

static const hr_str observation_names[O_FIELDS] = {
	[O_TYPE] = HR_STR_INIT("resourceType"),
	[O_ID] = HR_STR_INIT("id"),
	[O_META] = HR_STR_INIT("meta"),
	[O_TEXT] = HR_STR_INIT("text"),
	[O_CONTAINED] = HR_STR_INIT("contained"),
	[O_EXTENSION] = HR_STR_INIT("extension"),
	[O_MODIFIER] = HR_STR_INIT("modifierExtension"),
	[O_IDENTIFIER] = HR_STR_INIT("identifier"),
	[O_STATUS] = HR_STR_INIT("status"),
	[O_CATEGORY] = HR_STR_INIT("category"),
	[O_CODE] = HR_STR_INIT("code"),
	[O_SUBJECT] = HR_STR_INIT("subject"),
	[O_FOCUS] = HR_STR_INIT("focus"),
	[O_ENCOUNTER] = HR_STR_INIT("encounter"),
	[O_EFFECTIVE_TIME] = HR_STR_INIT("effectiveDateTime"),
	[O_EFFECTIVE_PERIOD] = HR_STR_INIT("effectivePeriod"),
	[O_EFFECTIVE_INSTANT] = HR_STR_INIT("effectiveInstant"),
	[O_ISSUED] = HR_STR_INIT("issued"),
	[O_PERFORMER] = HR_STR_INIT("performer"),
	[O_QUANTITY] = HR_STR_INIT("valueQuantity"),
	[O_CONCEPT] = HR_STR_INIT("valueCodeableConcept"),
	[O_STRING] = HR_STR_INIT("valueString"),
	[O_BOOLEAN] = HR_STR_INIT("valueBoolean"),
	[O_INTEGER] = HR_STR_INIT("valueInteger"),
	[O_RANGE] = HR_STR_INIT("valueRange"),
	[O_RATIO] = HR_STR_INIT("valueRatio"),
	[O_TIME] = HR_STR_INIT("valueTime"),
	[O_DATE_TIME] = HR_STR_INIT("valueDateTime"),
	[O_PERIOD] = HR_STR_INIT("valuePeriod"),
	[O_SAMPLED_DATA] = HR_STR_INIT("valueSampledData"),
	[O_ATTACHMENT] = HR_STR_INIT("valueAttachment"),
	[O_ABSENT_REASON] = HR_STR_INIT("dataAbsentReason"),
	[O_INTERPRETATION] = HR_STR_INIT("interpretation"),
	[O_NOTE] = HR_STR_INIT("note"),
	[O_BODY_SITE] = HR_STR_INIT("bodySite"),
	[O_METHOD] = HR_STR_INIT("method"),
	[O_SPECIMEN] = HR_STR_INIT("specimen"),
	[O_DEVICE] = HR_STR_INIT("device"),
	[O_REFERENCE_RANGE] = HR_STR_INIT("referenceRange"),
	[O_HAS_MEMBER] = HR_STR_INIT("hasMember"),
	[O_COMPONENT] = HR_STR_INIT("component"),
};

/* An Observation or a component of one. */
struct observation {
	hr_fhir_resource *from;
	const struct observation *above; /* its panel, or NULL */
	uint64_t inherited;		 /* bits of `o` that are its panel's */
	const hr_json *o[O_FIELDS];
};

#define BIT(slot) (UINT64_C(1) << (slot))

/* Results come zeroed, so a field is written once, where it belongs: copying one stalls. */
static void set(hr_field *out, const hr_json *node)
{
	hr_str text = hr_fhir_text(node);

	if (text.len == 0)
		return;
	out->text = text;
	out->place.kind = HR_PLACE_JSON;
	out->place.node = node;
}

/* --- values --- */

enum { Q_VALUE, Q_COMPARATOR, Q_UNIT, Q_SYSTEM, Q_CODE, Q_FIELDS };

static const hr_str quantity_names[Q_FIELDS] = {
	[Q_VALUE] = HR_STR_INIT("value"), [Q_COMPARATOR] = HR_STR_INIT("comparator"),
	[Q_UNIT] = HR_STR_INIT("unit"),	  [Q_SYSTEM] = HR_STR_INIT("system"),
	[Q_CODE] = HR_STR_INIT("code"),
};

/* The number with its comparator: "<0.10". */
static hr_str number_text(hr_fhir *f, const hr_json *const *q)
{
	hr_str parts[] = { hr_fhir_text(q[Q_COMPARATOR]), hr_fhir_text(q[Q_VALUE]) };

	return parts[0].len && parts[1].len ? hr_fhir_join(f, parts, 2) : parts[1];
}

/* The printed unit, mIU/L; its code where nothing is printed. */
static const hr_json *unit_of(const hr_json *const *q)
{
	return q[Q_UNIT] ? q[Q_UNIT] : q[Q_CODE];
}

static bool is_ucum(const hr_json *const *q)
{
	return hr_str_equal(hr_json_text(q[Q_SYSTEM]), HR_STR("http://unitsofmeasure.org"));
}

typedef void read_value_fn(hr_fhir *f, const hr_json *node, hr_result *out);

static void read_quantity(hr_fhir *f, const hr_json *node, hr_result *out)
{
	const hr_json *q[Q_FIELDS] = { NULL };

	hr_fhir_pick(node, quantity_names, Q_FIELDS, q);
	set(&out->value, q[Q_VALUE]);
	out->value.text = number_text(f, q);
	set(&out->unit, unit_of(q));
	if (is_ucum(q))
		set(&out->unit_code, q[Q_CODE]);
}

static void read_concept(hr_fhir *f, const hr_json *node, hr_result *out)
{
	set(&out->value, hr_fhir_word(f, node));
}

static void read_scalar(hr_fhir *f, const hr_json *node, hr_result *out)
{
	(void)f;
	set(&out->value, node);
}

static hr_str quantity_text(hr_fhir *f, const hr_json *node, const hr_json **unit)
{
	const hr_json *q[Q_FIELDS] = { NULL };

	hr_fhir_pick(node, quantity_names, Q_FIELDS, q);
	if (unit && !*unit)
		*unit = unit_of(q);
	return number_text(f, q);
}

/* The two quantities of a Range or Ratio, as one text with `between` between them. */
static void read_pair(hr_fhir *f, const hr_json *node, const hr_str *names, hr_str between,
		      hr_result *out)
{
	const hr_json *ends[2] = { NULL };
	const hr_json *unit = NULL;
	hr_str parts[3];

	hr_fhir_pick(node, names, 2, ends);
	parts[0] = quantity_text(f, ends[0], &unit);
	parts[1] = between;
	parts[2] = quantity_text(f, ends[1], &unit);
	if (parts[0].len && parts[2].len)
		out->value = (hr_field){ hr_fhir_join(f, parts, 3), hr_fhir_place(node) };
	set(&out->unit, unit);
}

static const hr_str range_ends[2] = { HR_STR_INIT("low"), HR_STR_INIT("high") };
static const hr_str ratio_ends[2] = { HR_STR_INIT("numerator"), HR_STR_INIT("denominator") };

static void read_range(hr_fhir *f, const hr_json *node, hr_result *out)
{
	read_pair(f, node, range_ends, HR_STR("-"), out);
}

/* 1:128 of a titre. */
static void read_ratio(hr_fhir *f, const hr_json *node, hr_result *out)
{
	read_pair(f, node, ratio_ends, HR_STR(":"), out);
}

static void read_nothing(hr_fhir *f, const hr_json *node, hr_result *out)
{
	(void)out;
	hr_fhir_deviate(f, HR_FHIR_VALUE_NOT_READ, node);
}

static read_value_fn *const value_readers[O_VALUE_LAST - O_VALUE_FIRST + 1] = {
	[O_QUANTITY - O_VALUE_FIRST] = read_quantity,
	[O_CONCEPT - O_VALUE_FIRST] = read_concept,
	[O_STRING - O_VALUE_FIRST] = read_scalar,
	[O_BOOLEAN - O_VALUE_FIRST] = read_scalar,
	[O_INTEGER - O_VALUE_FIRST] = read_scalar,
	[O_RANGE - O_VALUE_FIRST] = read_range,
	[O_RATIO - O_VALUE_FIRST] = read_ratio,
	[O_TIME - O_VALUE_FIRST] = read_scalar,
	[O_DATE_TIME - O_VALUE_FIRST] = read_scalar,
	[O_PERIOD - O_VALUE_FIRST] = read_nothing,
	[O_SAMPLED_DATA - O_VALUE_FIRST] = read_nothing,
	[O_ATTACHMENT - O_VALUE_FIRST] = read_nothing,
};

/* The slot of the value, or O_FIELDS when there is none: FHIR allows one. */
static int value_slot(const struct observation *x)
{
	for (int slot = O_VALUE_FIRST; slot <= O_VALUE_LAST; slot++)
		if (x->o[slot])
			return slot;
	return O_FIELDS;
}

static void read_value(hr_fhir *f, const struct observation *x, hr_result *out)
{
	int slot = value_slot(x);

	if (slot != O_FIELDS)
		value_readers[slot - O_VALUE_FIRST](f, x->o[slot], out);
}

/* --- what stands beside a value --- */

enum { RR_LOW, RR_HIGH, RR_TYPE, RR_APPLIES, RR_AGE, RR_TEXT, RR_FIELDS };

static const hr_str reference_range_names[RR_FIELDS] = {
	[RR_LOW] = HR_STR_INIT("low"),	 [RR_HIGH] = HR_STR_INIT("high"),
	[RR_TYPE] = HR_STR_INIT("type"), [RR_APPLIES] = HR_STR_INIT("appliesTo"),
	[RR_AGE] = HR_STR_INIT("age"),	 [RR_TEXT] = HR_STR_INIT("text"),
};

static void read_reference_range(hr_fhir *f, const hr_json *node, hr_field *out)
{
	const hr_json *r[RR_FIELDS] = { NULL };
	hr_str low;
	hr_str high;
	hr_str parts[3];

	node = hr_fhir_first(node);
	if (!node)
		return;
	hr_fhir_pick(node, reference_range_names, RR_FIELDS, r);
	set(out, r[RR_TEXT]);
	low = quantity_text(f, r[RR_LOW], NULL);
	high = quantity_text(f, r[RR_HIGH], NULL);
	if (out->text.len || (low.len == 0 && high.len == 0))
		return;
	parts[0] = low.len && high.len ? low : low.len ? HR_STR(">=") : HR_STR("<=");
	parts[1] = low.len && high.len ? HR_STR("-") : HR_STR_NONE;
	parts[2] = high.len ? high : low;
	out->text = hr_fhir_join(f, parts, 3);
	out->place = hr_fhir_place(node);
}

/* When the specimen was taken; without one, the time that the result is of. */
static void read_times(hr_fhir *f, const struct observation *x, const hr_fhir_specimen *specimen,
		       hr_result *out)
{
	if (specimen) {
		out->times[HR_EVENT_COLLECTED] = specimen->collected;
		out->times[HR_EVENT_RECEIVED] = specimen->received;
	}
	if (out->times[HR_EVENT_COLLECTED].text.len == 0)
		for (int slot = O_EFFECTIVE_TIME; slot <= O_EFFECTIVE_INSTANT; slot++)
			hr_fhir_read_time(f, x->o[slot], HR_EVENT_COLLECTED,
					  &out->times[HR_EVENT_COLLECTED]);
	hr_fhir_read_time(f, x->o[O_ISSUED], HR_EVENT_REPORTED, &out->times[HR_EVENT_REPORTED]);
}

/* The resource that a reference stands in, which decides what "#id" means. */
static hr_fhir_resource *from_of(const struct observation *x, int slot)
{
	while (x->inherited & BIT(slot))
		x = x->above;
	return x->from;
}

/* The result's specimen; the report's when the report is of one only. */
static const hr_fhir_specimen *specimen_of(hr_fhir *f, const struct observation *x)
{
	if (x->o[O_SPECIMEN])
		return hr_fhir_read_specimen(f, from_of(x, O_SPECIMEN), x->o[O_SPECIMEN]);
	if (f->specimens.count > 1)
		hr_fhir_deviate(f, HR_FHIR_SPECIMEN_SEVERAL, f->specimens.first);
	return f->specimen;
}

static const hr_party *performer_of(hr_fhir *f, const struct observation *x)
{
	const hr_party *performer =
		hr_fhir_read_performer(f, from_of(x, O_PERFORMER), x->o[O_PERFORMER]);

	return hr_party_is_same(performer, f->issuer) ? NULL : performer;
}

/* What its report is; else what its category says; a specimen is a laboratory's. */
static hr_kind kind_of(hr_fhir *f, const struct observation *x, const hr_fhir_specimen *specimen)
{
	hr_kind kind = f->out->kind;

	if (kind == HR_KIND_UNKNOWN)
		kind = hr_fhir_kind(f, x->o[O_CATEGORY]);
	return kind == HR_KIND_UNKNOWN && specimen ? HR_KIND_LAB : kind;
}

void hr_fhir_expect_results(hr_fhir *f, uint32_t count)
{
	if (count == 0)
		return;
	if (count > HR_RESULTS_MAX)
		count = HR_RESULTS_MAX;
	f->results = HR_NEW_N(f->arena, hr_result, count);
	f->result_room = f->results ? count : 0;
}

hr_result *hr_fhir_new_result(hr_fhir *f)
{
	uint32_t room = f->result_room ? f->result_room * 2 : 1;
	hr_result *grown;

	if (f->result_count == HR_RESULTS_MAX) {
		hr_fhir_fail(f, HR_E_LIMIT, "fhir: a report holds over 5000 results");
		return NULL;
	}
	if (f->result_count == f->result_room) {
		grown = HR_NEW_N(f->arena, hr_result, room);
		if (!grown)
			return NULL;
		if (f->result_count)
			memcpy(grown, f->results, f->result_count * sizeof(*grown));
		f->results = grown;
		f->result_room = room;
	}
	return &f->results[f->result_count++];
}

static void add_result(hr_fhir *f, const struct observation *x)
{
	const hr_json *const *o = x->o;
	const hr_fhir_specimen *specimen = specimen_of(f, x);
	hr_result *result = hr_fhir_new_result(f);

	if (!result)
		return;
	result->kind = kind_of(f, x, specimen);
	set(&result->name, hr_fhir_add_codes(f, o[O_CODE], &result->codes, &result->code_count));
	read_value(f, x, result);
	read_reference_range(f, o[O_REFERENCE_RANGE], &result->range);
	set(&result->flag, hr_fhir_code(f, o[O_INTERPRETATION]));
	set(&result->method, hr_fhir_word(f, o[O_METHOD]));
	set(&result->body_part, hr_fhir_word(f, o[O_BODY_SITE]));
	set(&result->device, hr_fhir_device(f, from_of(x, O_DEVICE), o[O_DEVICE]));
	set(&result->status_text, o[O_STATUS]);
	result->status = hr_fhir_read_status(f, o[O_STATUS], x->from);
	result->performer = performer_of(f, x);
	read_times(f, x, specimen, result);
	if (specimen) {
		result->specimens = specimen->codes;
		result->specimen_count = specimen->code_count;
	}
}

/* --- panels --- */

static const uint64_t effective_slots =
	BIT(O_EFFECTIVE_TIME) | BIT(O_EFFECTIVE_PERIOD) | BIT(O_EFFECTIVE_INSTANT);
static const uint64_t of_a_member =
	BIT(O_CATEGORY) | BIT(O_SUBJECT) | BIT(O_PERFORMER) | BIT(O_SPECIMEN) | BIT(O_DEVICE);
static const uint64_t of_a_component = BIT(O_STATUS) | BIT(O_CATEGORY) | BIT(O_ISSUED) |
				       BIT(O_PERFORMER) | BIT(O_BODY_SITE) | BIT(O_METHOD) |
				       BIT(O_SPECIMEN) | BIT(O_DEVICE);

static void open_observation(struct observation *x, const hr_json *node, uint64_t slots)
{
	hr_fhir_pick(node, observation_names, O_FIELDS, x->o);
	if (!x->above)
		return;
	if (!x->o[O_EFFECTIVE_TIME] && !x->o[O_EFFECTIVE_PERIOD] && !x->o[O_EFFECTIVE_INSTANT])
		slots |= effective_slots;
	for (int slot = 0; slot < O_FIELDS; slot++) {
		if (!(slots & BIT(slot)) || x->o[slot])
			continue;
		x->o[slot] = x->above->o[slot];
		x->inherited |= BIT(slot);
	}
}

static void add_components(hr_fhir *f, const struct observation *panel)
{
	const hr_json *node = hr_fhir_elements(panel->o[O_COMPONENT]);

	for (; node && !f->failed; node = node->next) {
		struct observation x = { .from = panel->from, .above = panel };

		open_observation(&x, node, of_a_component);
		add_result(f, &x);
	}
}

/* Once a report: members in a ring, or by many ways, come to an end. */
static bool take(hr_fhir *f, hr_fhir_resource *r)
{
	if (r->report == f->report || f->failed)
		return false;
	r->report = f->report;
	if (++f->taken > HR_FHIR_TAKEN_MAX)
		hr_fhir_fail(f, HR_E_LIMIT,
			     "fhir: the reports of the input hold over 100000 observations");
	return !f->failed;
}

/* The Observation that a reference leads to, when it is taken for the first time. */
static hr_fhir_resource *take_at(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_resource *target;

	if (++f->steps > HR_FHIR_STEPS_MAX) {
		hr_fhir_fail(f, HR_E_LIMIT, "fhir: a report refers to over 20000 results");
		return NULL;
	}
	target = hr_fhir_target(f, from, node);
	if (!target || target->type != HR_FHIR_OBSERVATION) {
		hr_fhir_deviate(f, HR_FHIR_REFERENCE_UNRESOLVED, node);
		return NULL;
	}
	return take(f, target) ? target : NULL;
}

/* What holds of every Observation, whatever it is read for. */
static void look_around(hr_fhir *f, const struct observation *x)
{
	if (x->o[O_MODIFIER])
		hr_fhir_deviate(f, HR_FHIR_MODIFIER, x->o[O_MODIFIER]);
	hr_fhir_check_subject(f, from_of(x, O_SUBJECT), x->o[O_SUBJECT]);
	hr_fhir_read_marks(f, x->o[O_EXTENSION]);
}

static void add_observation(hr_fhir *f, hr_fhir_resource *r, const struct observation *panel,
			    int depth)
{
	struct observation x = { .from = r, .above = panel };
	const hr_json *member;

	open_observation(&x, r->node, of_a_member);
	look_around(f, &x);
	if (value_slot(&x) != O_FIELDS || !(x.o[O_COMPONENT] || x.o[O_HAS_MEMBER]))
		add_result(f, &x);
	add_components(f, &x);
	member = hr_fhir_elements(x.o[O_HAS_MEMBER]);
	if (member && depth == HR_FHIR_PANEL_DEPTH_MAX) {
		hr_fhir_deviate(f, HR_FHIR_PANEL_TOO_DEEP, member);
		return;
	}
	for (; member && !f->failed; member = member->next) {
		hr_fhir_resource *next = take_at(f, r, member);

		if (next)
			add_observation(f, next, &x, depth + 1);
	}
}

void hr_fhir_add_observation(hr_fhir *f, hr_fhir_resource *r)
{
	if (take(f, r))
		add_observation(f, r, NULL, 0);
}

void hr_fhir_add_results(hr_fhir *f, hr_fhir_resource *from, const hr_json *list)
{
	const hr_json *node = hr_fhir_elements(list);

	hr_fhir_expect_results(f, node ? list->count : 0);
	for (; node && !f->failed; node = node->next) {
		hr_fhir_resource *r = take_at(f, from, node);

		if (r)
			add_observation(f, r, NULL, 0);
	}
}

/* --- the findings of an examination --- */

/* LOINC "Radiology Impression": what the physician concludes. */
static bool is_impression(const hr_result *result)
{
	for (uint32_t i = 0; i < result->code_count; i++)
		if (hr_str_equal(result->codes[i].code, HR_STR("19005-8")) &&
		    hr_str_equal(result->codes[i].system, HR_LOINC_SYSTEM_FHIR))
			return true;
	return false;
}

static void add_finding(hr_fhir *f, hr_fhir_resource *r)
{
	struct observation x = { .from = r };
	hr_result result = { .kind = HR_KIND_EXAM };

	open_observation(&x, r->node, 0);
	look_around(f, &x);
	hr_fhir_add_codes(f, x.o[O_CODE], &result.codes, &result.code_count);
	read_value(f, &x, &result);
	if (result.value.text.len == 0 ||
	    hr_fhir_read_status(f, x.o[O_STATUS], r) == HR_STATUS_CANCELLED)
		return;
	if (is_impression(&result)) {
		if (f->out->conclusion.text.len == 0)
			f->out->conclusion = result.value;
	} else if (f->out->findings.text.len == 0) {
		f->out->findings = result.value;
	} else {
		hr_str parts[] = { f->out->findings.text, HR_STR("\n"), result.value.text };

		f->out->findings.text = hr_fhir_join(f, parts, 3);
	}
}

void hr_fhir_add_findings(hr_fhir *f, hr_fhir_resource *from, const hr_json *list)
{
	const hr_json *node = hr_fhir_elements(list);

	for (; node && !f->failed; node = node->next) {
		hr_fhir_resource *r = take_at(f, from, node);

		if (r)
			add_finding(f, r);
	}
}
