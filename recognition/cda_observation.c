#include "recognition/cda_observation.h"

#define SNOMED_UNITS HR_STR("246514001")

static bool is_empty(hr_field field)
{
	return field.text.len == 0;
}

static void set(hr_field *field, hr_field value)
{
	if (is_empty(*field))
		*field = value;
}

/* --- values --- */

/*
 * A quantity whose unit is not UCUM stands in a translation, under a
 * nullFlavor; there the unit is words.
 */
static void read_quantity(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	const hr_xml *translation = hr_xml_child(node, HR_STR("translation"));

	*value = hr_cda_attr(cda, node, HR_STR("value"));
	set(unit, hr_cda_attr(cda, node, HR_STR("unit")));
	if (!is_empty(*value) || !translation) {
		set(value, hr_cda_text(cda, node));
		return;
	}
	*value = hr_cda_attr(cda, translation, HR_STR("value"));
	set(unit, hr_cda_attr(cda, translation, HR_STR("unit")));
	set(unit, hr_cda_text(cda, hr_xml_child(translation, HR_STR("originalText"))));
}

static void read_plain(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	(void)unit;
	*value = hr_cda_value(cda, node);
}

static void read_words(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	(void)unit;
	*value = hr_cda_narrated(cda, node);
	set(value, hr_cda_attr(cda, node, HR_STR("value")));
}

static void read_coded(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	(void)unit;
	*value = hr_cda_attr(cda, node, HR_STR("displayName"));
	set(value, hr_cda_narrated(cda, hr_xml_child(node, HR_STR("originalText"))));
	set(value, hr_cda_text(cda, node));
	set(value, hr_cda_attr(cda, node, HR_STR("code")));
}

static bool is_inclusive(const hr_xml *bound)
{
	return !hr_str_equal(hr_cda_raw(bound, HR_STR("inclusive")), HR_STR("false"));
}

static hr_field joined(hr_cda *cda, const hr_xml *node, hr_str a, hr_str between, hr_str b)
{
	hr_buf text;

	hr_buf_init(&text, cda->arena, a.len + between.len + b.len + 1);
	hr_buf_add(&text, a);
	hr_buf_add(&text, between);
	hr_buf_add(&text, b);
	return (hr_field){ hr_buf_str(&text), hr_cda_place(node, HR_STR_NONE) };
}

/* "3.5-5.3", or with one bound "<0.01", ">=500"; HL7 includes a bound unless it says no. */
static void read_interval(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	const hr_xml *low_node = hr_xml_child(node, HR_STR("low"));
	const hr_xml *high_node = hr_xml_child(node, HR_STR("high"));
	hr_field low = { 0 };
	hr_field high = { 0 };

	if (low_node)
		read_quantity(cda, low_node, &low, unit);
	if (high_node)
		read_quantity(cda, high_node, &high, unit);
	if (!is_empty(low) && !is_empty(high))
		*value = joined(cda, node, low.text, HR_STR("-"), high.text);
	else if (!is_empty(low))
		*value = joined(cda, node, is_inclusive(low_node) ? HR_STR(">=") : HR_STR(">"),
				HR_STR_NONE, low.text);
	else if (!is_empty(high))
		*value = joined(cda, node, is_inclusive(high_node) ? HR_STR("<=") : HR_STR("<"),
				HR_STR_NONE, high.text);
	else
		read_quantity(cda, node, value, unit);
}

/* A titre: "1:80". */
static void read_ratio(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	hr_field above = hr_cda_value(cda, hr_xml_child(node, HR_STR("numerator")));
	hr_field below = hr_cda_value(cda, hr_xml_child(node, HR_STR("denominator")));

	(void)unit;
	if (!is_empty(above) && !is_empty(below))
		*value = joined(cda, node, above.text, HR_STR(":"), below.text);
}

typedef void value_fn(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit);

static const struct {
	hr_str type;
	value_fn *read;
} types[] = {
	{ HR_STR_INIT("PQ"), read_quantity },	   { HR_STR_INIT("REAL"), read_plain },
	{ HR_STR_INIT("ST"), read_words },	   { HR_STR_INIT("CD"), read_coded },
	{ HR_STR_INIT("IVL_PQ"), read_interval },  { HR_STR_INIT("INT"), read_plain },
	{ HR_STR_INIT("CE"), read_coded },	   { HR_STR_INIT("CV"), read_coded },
	{ HR_STR_INIT("CO"), read_coded },	   { HR_STR_INIT("CS"), read_coded },
	{ HR_STR_INIT("ED"), read_words },	   { HR_STR_INIT("IVL_REAL"), read_interval },
	{ HR_STR_INIT("IVL_INT"), read_interval }, { HR_STR_INIT("RTO"), read_ratio },
	{ HR_STR_INIT("RTO_PQ_PQ"), read_ratio },  { HR_STR_INIT("RTO_QTY_QTY"), read_ratio },
};

static value_fn *reader_of(hr_str type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (hr_str_equal(type, types[i].type))
			return types[i].read;
	return NULL;
}

/* By xsi:type, also with the prefix that some exporters give it; without one by what is there. */
static value_fn *choose_reader(const hr_xml *node)
{
	hr_str type = hr_xml_attr_value(node, HR_STR("type"));
	value_fn *reader = reader_of(type);

	if (!reader)
		reader =
			reader_of(hr_str_slice(type, hr_str_find(type, HR_STR(":")) + 1, type.len));
	if (reader)
		return reader;
	return hr_xml_find_attr(node, HR_STR("code")) ? read_coded : read_quantity;
}

void hr_cda_read_value(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit)
{
	choose_reader(node)(cda, node, value, unit);
}

/* --- the parts of an act --- */

static void read_code(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	hr_cda_add_coded(cda, node, &result->codes, &result->code_count);
	/* What the laboratory printed, before the name that the code system gives it. */
	result->name = hr_cda_narrated(cda, hr_xml_child(node, HR_STR("originalText")));
	set(&result->name, hr_cda_attr(cda, node, HR_STR("displayName")));
	set(&result->name,
	    hr_cda_attr(cda, hr_xml_child(node, HR_STR("translation")), HR_STR("displayName")));
}

static void read_result_value(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	if (is_empty(result->value))
		hr_cda_read_value(cda, node, &result->value, &result->unit);
}

static void read_flag(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	set(&result->flag, hr_cda_attr(cda, node, HR_STR("code")));
	set(&result->flag, hr_cda_attr(cda, node, HR_STR("displayName")));
}

static void read_status(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	hr_cda_set_status(cda, node, &result->status, &result->status_text);
}

static void read_method(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	hr_field unit = { 0 };
	hr_field method = { 0 };

	read_coded(cda, node, &method, &unit);
	if (!is_empty(method))
		result->method = method;
}

static void read_site(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	hr_field unit = { 0 };
	hr_field site = { 0 };

	read_coded(cda, node, &site, &unit);
	if (!is_empty(site))
		result->body_part = site;
}

/* Of an interval the start; of a single time itself. */
static hr_field time_of(hr_cda *cda, const hr_xml *node)
{
	hr_field time = hr_cda_attr(cda, node, HR_STR("value"));

	set(&time, hr_cda_attr(cda, hr_xml_path(node, HR_STR("low")), HR_STR("value")));
	return time;
}

/* An own time replaces the one that the acts around it gave. */
static void own_time(hr_cda *cda, hr_field text, hr_event_kind kind, hr_result *result)
{
	hr_time time = { 0 };

	hr_cda_set_time(cda, text, kind, &time);
	if (time.text.len)
		result->times[kind] = time;
}

/* Clinically relevant time: of a test, when the material was taken (C-CDA, CONF:1198-7140). */
static void read_time(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	own_time(cda, time_of(cda, node), HR_EVENT_COLLECTED, result);
}

static void read_author(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	own_time(cda, time_of(cda, hr_xml_child(node, HR_STR("time"))), HR_EVENT_REPORTED, result);
}

static void read_performer(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	const hr_xml *organization =
		hr_xml_path(node, HR_STR("assignedEntity/representedOrganization"));
	hr_party party;
	hr_party *performer;

	own_time(cda, time_of(cda, hr_xml_child(node, HR_STR("time"))), HR_EVENT_TESTED, result);
	if (!hr_cda_party(cda, organization, &party))
		return;
	performer = HR_NEW(cda->arena, hr_party);
	if (performer)
		*performer = party;
	result->performer = performer;
}

static void read_specimen(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	const hr_xml *entity = hr_xml_path(node, HR_STR("specimenRole/specimenPlayingEntity"));
	const hr_xml *code = hr_xml_path(entity, HR_STR("code"));
	hr_field name = hr_cda_text(cda, hr_xml_path(entity, HR_STR("name")));

	if (!entity)
		return;
	result->specimens = NULL; /* an own specimen replaces that of the acts around */
	result->specimen_count = 0;
	if (code)
		hr_cda_add_coded(cda, code, &result->specimens, &result->specimen_count);
	if (code && !result->specimen_count)
		hr_cda_add_code(cda, &result->specimens, &result->specimen_count,
				hr_cda_coded(cda, code));
	hr_cda_add_code(cda, &result->specimens, &result->specimen_count,
			(hr_code){ .display = name.text, .place = name.place });
}

/* The first range, but better the one that says it is the normal one. */
static void read_range(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	const hr_xml *range = hr_xml_child(node, HR_STR("observationRange"));
	const hr_xml *value = hr_xml_path(range, HR_STR("value"));
	hr_str meaning =
		hr_cda_raw(hr_xml_path(range, HR_STR("interpretationCode")), HR_STR("code"));
	hr_field unit = { 0 };
	hr_field text;

	if (!range || (!is_empty(result->range) && !hr_str_equal(meaning, HR_STR("N"))))
		return;
	text = hr_cda_narrated(cda, hr_xml_child(range, HR_STR("text")));
	if (is_empty(text) && value)
		hr_cda_read_value(cda, value, &text, &unit);
	if (!is_empty(text))
		result->range = text;
}

/* Results of somebody else than the patient: of a fetus, of a donor. */
static void read_subject(hr_cda *cda, const hr_xml *node, hr_result *result)
{
	(void)node;
	(void)result;
	cda->report.patient_ambiguous = true;
}

static const struct {
	hr_str name;
	void (*read)(hr_cda *cda, const hr_xml *node, hr_result *result);
	bool of_act; /* also of the acts around an item */
} parts[] = {
	{ HR_STR_INIT("code"), read_code, false },
	{ HR_STR_INIT("value"), read_result_value, false },
	{ HR_STR_INIT("interpretationCode"), read_flag, false },
	{ HR_STR_INIT("referenceRange"), read_range, false },
	{ HR_STR_INIT("statusCode"), read_status, true },
	{ HR_STR_INIT("effectiveTime"), read_time, true },
	{ HR_STR_INIT("specimen"), read_specimen, true },
	{ HR_STR_INIT("performer"), read_performer, true },
	{ HR_STR_INIT("author"), read_author, true },
	{ HR_STR_INIT("methodCode"), read_method, false },
	{ HR_STR_INIT("targetSiteCode"), read_site, false },
	{ HR_STR_INIT("subject"), read_subject, true },
};

static void read_part(hr_cda *cda, const hr_xml *node, bool of_act, hr_result *result)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (hr_str_equal(node->name, parts[i].name) && (parts[i].of_act || !of_act))
			parts[i].read(cda, node, result);
}

/* C-CDA's way to give a result in words a unit. */
static void read_units_observation(hr_cda *cda, const hr_xml *relationship, hr_result *result)
{
	const hr_xml *node = hr_xml_path(relationship, HR_STR("observation"));
	const hr_xml *code = hr_xml_path(node, HR_STR("code"));
	const hr_xml *value = hr_xml_path(node, HR_STR("value"));

	if (!value || !hr_str_equal(hr_cda_raw(code, HR_STR("code")), SNOMED_UNITS) ||
	    !hr_str_equal(hr_cda_raw(code, HR_STR("codeSystem")), HR_CDA_SNOMED_OID))
		return;
	set(&result->unit, hr_cda_attr(cda, value, HR_STR("code")));
	set(&result->unit, hr_cda_text(cda, value));
}

void hr_cda_read_observation(hr_cda *cda, const hr_xml *node, const hr_result *outer,
			     hr_result *out)
{
	hr_field negation = hr_cda_attr(cda, node, HR_STR("negationInd"));

	*out = *outer;
	for (const hr_xml *child = node->first; child; child = child->next) {
		if (HR_CDA_IS(child, "entryRelationship"))
			read_units_observation(cda, child, out);
		else
			read_part(cda, child, false, out);
	}
	/* "Not this result" is none. */
	if (hr_str_equal(negation.text, HR_STR("true"))) {
		out->status = HR_STATUS_CANCELLED;
		out->status_text = negation;
	}
}

/* --- acts --- */

/* The taking of the material: when, what, and when it was received. */
static void read_collection(hr_cda *cda, const hr_xml *procedure, hr_result *result)
{
	for (const hr_xml *child = procedure->first; child; child = child->next) {
		if (HR_CDA_IS(child, "effectiveTime"))
			read_time(cda, child, result);
		else if (HR_CDA_IS(child, "specimen"))
			read_specimen(cda, child, result);
		else if (HR_CDA_IS(child, "participant") &&
			 hr_str_equal(hr_cda_raw(child, HR_STR("typeCode")), HR_STR("RCV")))
			own_time(cda, time_of(cda, hr_xml_child(child, HR_STR("time"))),
				 HR_EVENT_RECEIVED, result);
	}
}

static bool holds_acts(const hr_xml *node)
{
	return HR_CDA_IS(node, "component") || HR_CDA_IS(node, "entryRelationship");
}

/* What an act says of all that is in it; the specimen may stand behind the items. */
static void read_common(hr_cda *cda, const hr_xml *act, hr_result *common)
{
	for (const hr_xml *child = act->first; child; child = child->next) {
		const hr_xml *inner = holds_acts(child) ? child->first : NULL;

		read_part(cda, child, true, common);
		for (; inner; inner = inner->next)
			if (HR_CDA_IS(inner, "procedure"))
				read_collection(cda, inner, common);
	}
}

/* An observation without a code is a wrapper around what it relates to. */
static bool is_item(const hr_xml *node)
{
	const hr_xml *code = hr_xml_child(node, HR_STR("code"));

	return code && (code->attr_count || code->first);
}

/*
 * It happened: it is not asked for, promised or a goal. And it is not one of
 * the data elements of WS/T 500, whose name would be taken for a test's.
 */
static bool may_be_item(const hr_xml *node)
{
	hr_str mood = hr_cda_raw(node, HR_STR("moodCode"));
	hr_str code = hr_cda_raw(hr_xml_child(node, HR_STR("code")), HR_STR("code"));

	return (!mood.len || hr_str_equal(mood, HR_STR("EVN"))) &&
	       !hr_str_starts_with(code, HR_STR("DE0"));
}

static void read_act(hr_cda *cda, const hr_xml *act, const hr_result *outer,
		     hr_cda_settle_fn *settle)
{
	hr_result common = *outer;

	read_common(cda, act, &common);
	for (const hr_xml *child = act->first; child; child = child->next)
		if (holds_acts(child))
			hr_cda_read_entry(cda, child, &common, settle);
}

void hr_cda_read_entry(hr_cda *cda, const hr_xml *entry, const hr_result *outer,
		       hr_cda_settle_fn *settle)
{
	for (const hr_xml *node = entry->first; node; node = node->next) {
		bool is_observation = HR_CDA_IS(node, "observation");
		hr_result result;

		if (!may_be_item(node))
			continue;
		if (is_observation && is_item(node)) {
			hr_cda_read_observation(cda, node, outer, &result);
			if (settle(cda, node, &result))
				hr_cda_add_result(cda, &result);
		} else if (is_observation || HR_CDA_IS(node, "organizer") ||
			   HR_CDA_IS(node, "act")) {
			read_act(cda, node, outer, settle);
		}
	}
}
