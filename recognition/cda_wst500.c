/*
 * WS/T 500-2016 part 7 (laboratory report) and part 6 (examination report).
 *
 * The body is a heap of observations that are told apart by the data element
 * in code/@code, and real files arrange them in three ways:
 *
 *	A	one organizer for each item
 *	B	entries side by side, one item for each section
 *	C	sections directly under ClinicalDocument (cda_read.c)
 *
 * So an organizer and a section are both a group. What is said in a group
 * before its first item (a method) holds for all its items; the rest belongs
 * to the item that stands open; a second item code, or a second result, opens
 * the next.
 *
 * Traps, as they are known in this house:
 *	T1	the specimen is coded as an item (019), under or beside the item
 *	T2	131 stands for findings and conclusion: displayName decides
 *	T3	element codes like DE08_10_026_00_JYBGKS
 *	T4	"", NA, ${...}: absent (cda_parts.c)
 *	T5	results like "<0.01", ">1000", 阴性(-), in a REAL without a value
 */
#include "recognition/cda_observation.h"

#include "base/text.h"

enum { FOLDED_NAME_MAX = 512 };

struct group {
	const hr_result *outer; /* what the group around it says of all items */
	const hr_result *base;	/* that, or `own`: with what was said before the first item */
	hr_result own;
	hr_result draft;   /* the item that stands open */
	hr_field doubtful; /* its name, if nothing better comes (T1; and "NA" is also sodium) */
	bool named;	   /* by DE04.30.020.00, which is only a name */
};

/* An observation, and the parts of it that elements look at. */
struct observation {
	const hr_xml *node;
	const hr_xml *code;
	const hr_xml *value;
	const hr_xml *time;
	const hr_xml *site;
	const hr_xml *related; /* the first entryRelationship */
	bool nested;	       /* under another observation */
};

/* --- a group --- */

static bool is_item(const hr_result *draft)
{
	return draft->name.text.len || draft->code_count;
}

static bool has_begun(const hr_result *draft)
{
	return is_item(draft) || draft->value.text.len || draft->flag.text.len;
}

static void take_doubtful_name(hr_cda *cda, struct group *group)
{
	hr_result *draft = &group->draft;
	hr_field name = group->doubtful;

	draft->name = name;
	hr_cda_add_code(cda, &draft->codes, &draft->code_count,
			(hr_code){ .code = name.text, .place = name.place });
	/* Then it was no specimen. */
	if (draft->specimen_count && draft->specimens[0].place.node == name.place.node)
		draft->specimen_count = 0;
}

static void end_item(hr_cda *cda, struct group *group)
{
	hr_result *draft = &group->draft;

	if (!is_item(draft) && draft->value.text.len)
		take_doubtful_name(cda, group);
	if (!is_item(draft) && !draft->value.text.len)
		return;
	if (!is_item(draft))
		hr_cda_deviate(cda, HR_CDA_RESULT_WITHOUT_ITEM, draft->value.place);
	/* For an examination nothing is collected: it is made, and that is the day that counts. */
	if (draft->kind == HR_KIND_EXAM && !draft->times[HR_EVENT_COLLECTED].text.len)
		draft->times[HR_EVENT_COLLECTED] = draft->times[HR_EVENT_TESTED];
	hr_cda_add_result(cda, draft);
}

static void open_item(struct group *group)
{
	group->draft = *group->base;
	group->doubtful = (hr_field){ 0 };
	group->named = false;
}

static void open_next_item(hr_cda *cda, struct group *group)
{
	end_item(cda, group);
	open_item(group);
}

/* What has just been said holds for all items of the group, when none has begun. */
static void hold_for_all(struct group *group)
{
	if (has_begun(&group->draft))
		return;
	group->own = group->draft;
	group->base = &group->own;
}

/* Is a field said again that this group, not the one around it, has said? Then the next begins. */
static void make_room(hr_cda *cda, struct group *group, const hr_field *field,
		      const hr_field *of_outer)
{
	bool is_said = field->text.len && field->place.node != of_outer->place.node;

	if (is_said && has_begun(&group->draft))
		open_next_item(cda, group);
}

/* --- the data elements --- */

static bool says(const struct observation *seen, hr_str word)
{
	hr_str name = hr_cda_raw(seen->code, HR_STR("displayName"));

	return hr_str_find(name, word) < name.len;
}

/* DE04.50.134.00, with collection (137) in low and receipt (141) in high. */
static void read_specimen(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	const hr_xml *low = hr_xml_child(seen->time, HR_STR("low"));
	const hr_xml *high = hr_xml_child(seen->time, HR_STR("high"));
	hr_field text = hr_cda_text(cda, seen->value);
	hr_code code = { .display = text.text, .place = text.place };

	if (!text.text.len)
		code = hr_cda_coded(cda, seen->value);
	if (!seen->nested && draft->specimens != group->outer->specimens && has_begun(draft))
		open_next_item(cda, group);
	if (draft->specimens == group->base->specimens)
		draft->specimen_count = 0;
	hr_cda_add_code(cda, &draft->specimens, &draft->specimen_count, code);
	hr_cda_set_time(cda, hr_cda_attr(cda, low ? low : seen->time, HR_STR("value")),
			HR_EVENT_COLLECTED, &draft->times[HR_EVENT_COLLECTED]);
	hr_cda_set_time(cda, hr_cda_attr(cda, high, HR_STR("value")), HR_EVENT_RECEIVED,
			&draft->times[HR_EVENT_RECEIVED]);
	if (!seen->nested)
		hold_for_all(group);
}

/* 134's own name, on an element that is coded as another. */
static bool is_specimen_name(const struct observation *seen)
{
	return hr_str_ends_with(hr_cda_raw(seen->code, HR_STR("displayName")), HR_STR("标本类别"));
}

/* The code and the name of an item are one text in WS/T 500: "TSH", or 促甲状腺激素. */
static void add_item_code(hr_cda *cda, hr_result *draft, const struct observation *seen,
			  hr_field text)
{
	if (text.text.len)
		hr_cda_add_code(cda, &draft->codes, &draft->code_count,
				(hr_code){ .code = text.text, .place = text.place });
	else if (seen->value)
		hr_cda_add_coded(cda, seen->value, &draft->codes, &draft->code_count);
	for (const hr_xml *t = hr_xml_child(seen->code, HR_STR("translation")); t;
	     t = hr_xml_next_same(t))
		hr_cda_add_code(cda, &draft->codes, &draft->code_count, hr_cda_coded(cda, t));
}

static void read_item(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	hr_field text = hr_cda_text(cda, seen->value);
	hr_field name = text.text.len ? text : hr_cda_attr(cda, seen->value, HR_STR("displayName"));

	if (seen->nested || is_specimen_name(seen)) {
		hr_cda_deviate(cda, HR_CDA_SPECIMEN_AS_ITEM,
			       hr_cda_place(seen->code, HR_STR("code")));
		read_specimen(cda, group, seen);
		if (!seen->nested)
			group->doubtful = text;
		return;
	}
	if (draft->code_count)
		open_next_item(cda, group);
	if (!name.text.len && seen->value &&
	    hr_str_equal(hr_str_trim(seen->value->text), HR_STR("NA")))
		group->doubtful =
			(hr_field){ HR_STR("NA"), hr_cda_place(seen->value, HR_STR_NONE) };
	if (!draft->name.text.len)
		draft->name = name;
	add_item_code(cda, draft, seen, text);
	if (seen->site)
		draft->body_part = hr_cda_attr(cda, seen->site, HR_STR("displayName"));
	hr_cda_set_time(cda, hr_cda_attr(cda, seen->time, HR_STR("value")), HR_EVENT_TESTED,
			&draft->times[HR_EVENT_TESTED]);
}

static void read_item_name(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_field name = hr_cda_text(cda, seen->value);

	if (!name.text.len)
		return;
	if (group->named)
		open_next_item(cda, group);
	group->draft.name = name;
	group->named = true;
}

static void read_result(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	hr_field value = { 0 };
	hr_field unit = { 0 };

	if (seen->value)
		hr_cda_read_value(cda, seen->value, &value, &unit);
	if (!value.text.len)
		return;
	make_room(cda, group, &draft->value, &group->outer->value);
	draft->value = value;
	if (unit.text.len)
		draft->unit = unit;
}

static void read_unit(hr_cda *cda, struct group *group, const struct observation *seen)
{
	if (!group->draft.unit.text.len)
		group->draft.unit = hr_cda_text(cda, seen->value);
}

static void read_flag(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	hr_field flag = hr_cda_attr(cda, seen->value, HR_STR("code"));

	if (!flag.text.len)
		flag = hr_cda_text(cda, seen->value);
	if (!flag.text.len)
		return;
	make_room(cda, group, &draft->flag, &group->outer->flag);
	draft->flag = flag;
}

static void read_method(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	hr_field method = hr_cda_text(cda, seen->value);

	if (!method.text.len)
		return;
	make_room(cda, group, &draft->method, &group->outer->method);
	draft->method = method;
	hold_for_all(group);
}

/* Of an examination "CT", 超声; of a test 生化, which says nothing that a decision needs. */
static void read_category(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	hr_field category = hr_cda_text(cda, seen->value);

	if (cda->profile->kind != HR_KIND_EXAM || !category.text.len)
		return;
	make_room(cda, group, &draft->modality, &group->outer->modality);
	draft->modality = category;
	cda->category = category;
	hold_for_all(group);
}

static void read_collected(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_cda_set_time(cda, hr_cda_value(cda, seen->value), HR_EVENT_COLLECTED,
			&group->draft.times[HR_EVENT_COLLECTED]);
}

static void read_received(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_cda_set_time(cda, hr_cda_value(cda, seen->value), HR_EVENT_RECEIVED,
			&group->draft.times[HR_EVENT_RECEIVED]);
}

static void read_tested(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_cda_set_time(cda, hr_cda_value(cda, seen->value), HR_EVENT_TESTED,
			&group->draft.times[HR_EVENT_TESTED]);
}

static void read_conclusion(hr_cda *cda, struct group *group, const struct observation *seen)
{
	(void)group;
	if (!cda->report.conclusion.text.len)
		cda->report.conclusion = hr_cda_text(cda, seen->value);
}

static bool is_conclusion(const struct observation *seen)
{
	static const hr_str words[] = { HR_STR_INIT("主观"), HR_STR_INIT("提示"),
					HR_STR_INIT("结论"), HR_STR_INIT("诊断") };

	if (says(seen, HR_STR("客观")))
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (says(seen, words[i]))
			return true;
	return false;
}

static void read_findings(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_field text;

	if (is_conclusion(seen)) {
		hr_cda_deviate(cda, HR_CDA_CONCLUSION_AS_FINDINGS,
			       hr_cda_place(seen->code, HR_STR("code")));
		read_conclusion(cda, group, seen);
		return;
	}
	text = hr_cda_text(cda, seen->value);
	if (!text.text.len)
		return;
	if (cda->report.findings.text.len)
		hr_cda_deviate(cda, HR_CDA_FINDINGS_TWICE, text.place);
	else
		cda->report.findings = text;
}

/* Who made the report; not who asked for it or who made the diagnosis. */
static void read_institution(hr_cda *cda, struct group *group, const struct observation *seen)
{
	(void)group;
	if (!cda->institution.text.len && !says(seen, HR_STR("申请")) &&
	    !says(seen, HR_STR("诊断")))
		cda->institution = hr_cda_text(cda, seen->value);
}

/* DE04.30.019.00 as one number; its last part is the version of the definition. */
#define DE(chapter, part, number) ((chapter)*100000u + (part)*1000u + (number))

static const struct element {
	uint32_t key;
	void (*read)(hr_cda *cda, struct group *group, const struct observation *seen);
} elements[] = {
	{ DE(4, 30, 19), read_item },	     { DE(4, 30, 15), read_result },
	{ DE(4, 30, 16), read_unit },	     { DE(4, 30, 17), read_flag },
	{ DE(4, 50, 134), read_specimen },   { DE(2, 10, 27), read_method },
	{ DE(4, 30, 18), read_category },    { DE(4, 30, 20), read_item_name },
	{ DE(4, 50, 137), read_collected },  { DE(4, 50, 140), read_tested },
	{ DE(4, 50, 141), read_received },   { DE(4, 50, 130), read_findings },
	{ DE(4, 50, 131), read_findings },   { DE(4, 50, 132), read_conclusion },
	{ DE(8, 10, 13), read_institution },
};

static int digits(hr_str s, size_t from, size_t count)
{
	int n = 0;

	for (size_t i = from; i < from + count; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return -1;
		n = n * 10 + (s.data[i] - '0');
	}
	return n;
}

/* "DE04.30.019.00" to DE(4, 30, 19), 0 for another code; also in the spelling of T3. */
static uint32_t element_key(hr_str code)
{
	int chapter;
	int part;
	int number;

	if (code.len < 11 || !hr_str_starts_with(code, HR_STR("DE")))
		return 0;
	chapter = digits(code, 2, 2);
	part = digits(code, 5, 2);
	number = digits(code, 8, 3);
	if (chapter < 0 || part < 0 || number < 0)
		return 0;
	return DE((uint32_t)chapter, (uint32_t)part, (uint32_t)number);
}

static const struct element *find_element(hr_cda *cda, const hr_xml *code)
{
	hr_str text = hr_cda_raw(code, HR_STR("code"));
	uint32_t key = element_key(text);

	if (!key)
		return NULL;
	if (text.len > 14 || text.data[4] == '_')
		hr_cda_deviate(cda, HR_CDA_CODE_VARIANT, hr_cda_place(code, HR_STR("code")));
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (elements[i].key == key)
			return &elements[i];
	return NULL;
}

/* --- the walk --- */

static void look_at(const hr_xml *node, bool nested, struct observation *seen)
{
	*seen = (struct observation){ .node = node, .nested = nested };
	for (const hr_xml *child = node->first; child; child = child->next) {
		if (HR_CDA_IS(child, "code"))
			seen->code = child;
		else if (HR_CDA_IS(child, "value"))
			seen->value = child;
		else if (HR_CDA_IS(child, "effectiveTime"))
			seen->time = child;
		else if (HR_CDA_IS(child, "targetSiteCode"))
			seen->site = child;
		else if (HR_CDA_IS(child, "entryRelationship") && !seen->related)
			seen->related = child;
	}
}

/*
 * Some laboratories code their items in LOINC, where the standard has its
 * element. An item's own time is when it was tested, as for the element.
 */
static void read_loinc_item(hr_cda *cda, struct group *group, const struct observation *seen)
{
	hr_result *draft = &group->draft;
	hr_result outer;

	if (is_item(draft))
		open_next_item(cda, group);
	outer = *draft;
	hr_cda_read_observation(cda, seen->node, &outer, draft);
	if (draft->times[HR_EVENT_COLLECTED].place.node == seen->time) {
		draft->times[HR_EVENT_TESTED] = draft->times[HR_EVENT_COLLECTED];
		draft->times[HR_EVENT_COLLECTED] = outer.times[HR_EVENT_COLLECTED];
	}
}

static bool is_loinc_item(const struct observation *seen)
{
	hr_str system = hr_cda_raw(seen->code, HR_STR("codeSystem"));

	return seen->value && !seen->nested && hr_str_equal(system, HR_LOINC_SYSTEM_OID);
}

static void read_observation(hr_cda *cda, struct group *group, const hr_xml *node, bool nested)
{
	struct observation seen;
	const struct element *element;

	look_at(node, nested, &seen);
	element = seen.code ? find_element(cda, seen.code) : NULL;
	if (element)
		element->read(cda, group, &seen);
	else if (is_loinc_item(&seen))
		read_loinc_item(cda, group, &seen);
	for (const hr_xml *related = seen.related; related; related = hr_xml_next_same(related))
		for (const hr_xml *inner = related->first; inner; inner = inner->next)
			if (HR_CDA_IS(inner, "observation"))
				read_observation(cda, group, inner, true);
}

static void read_group(hr_cda *cda, const hr_result *outer, const hr_xml *node);

/* What is in an entry, or in a component of an organizer. */
static void read_entry(hr_cda *cda, struct group *group, const hr_xml *entry)
{
	for (const hr_xml *node = entry->first; node; node = node->next) {
		if (HR_CDA_IS(node, "observation"))
			read_observation(cda, group, node, false);
		else if (HR_CDA_IS(node, "organizer"))
			read_group(cda, group->base, node);
	}
}

/* A section or an organizer. A section's components are sections, which are groups of their own. */
static void read_group(hr_cda *cda, const hr_result *outer, const hr_xml *node)
{
	struct group group;

	group.outer = outer;
	group.base = outer;
	open_item(&group);
	for (const hr_xml *child = node->first; child; child = child->next)
		if (HR_CDA_IS(child, "entry") || HR_CDA_IS(child, "component"))
			read_entry(cda, &group, child);
	end_item(cda, &group);
}

static void read_section(hr_cda *cda, const hr_xml *section)
{
	hr_result nothing = { .kind = cda->profile->kind };

	read_group(cda, &nothing, section);
}

/* --- the end of the document --- */

static bool is_same_name(hr_str a, hr_str b)
{
	char folded_a[FOLDED_NAME_MAX];
	char folded_b[FOLDED_NAME_MAX];
	size_t len;

	if (hr_str_equal(a, b))
		return true;
	if (a.len > FOLDED_NAME_MAX || b.len > FOLDED_NAME_MAX)
		return false;
	len = hr_text_fold(a, folded_a);
	return len == hr_text_fold(b, folded_b) && memcmp(folded_a, folded_b, len) == 0;
}

/* A laboratory other than the letterhead's made the report. */
static void settle_performer(hr_cda *cda)
{
	hr_report *report = &cda->report;
	hr_party *performer;

	if (!cda->institution.text.len ||
	    is_same_name(cda->institution.text, report->issuer.name.text))
		return;
	performer = HR_NEW(cda->arena, hr_party);
	if (performer)
		performer->name = cda->institution;
	report->performer = performer;
}

/* The findings are an examination's result; its category names it when no item does. */
static void settle_exam(hr_cda *cda)
{
	hr_result exam = { .kind = HR_KIND_EXAM, .name = cda->category, .modality = cda->category };

	if (!cda->result_count && (cda->category.text.len || cda->report.findings.text.len))
		hr_cda_add_result(cda, &exam);
	for (uint32_t i = 0; i < cda->result_count; i++)
		if (!cda->results[i].value.text.len)
			cda->results[i].value = cda->report.findings;
}

static void finish_exam(hr_cda *cda)
{
	settle_performer(cda);
	settle_exam(cda);
}

/* N = 2.16.156.10011. The rest are the patient's: N.1.11 outpatient, N.1.12 inpatient ... */
static const hr_cda_id_rule id_rules[] = {
	{ HR_STR_INIT("2.16.156.10011.1.33"), HR_CDA_ID_REPORT }, /* laboratory report */
	{ HR_STR_INIT("2.16.156.10011.1.32"), HR_CDA_ID_REPORT }, /* examination report */
	{ HR_STR_INIT("2.16.156.10011.1.24"), HR_CDA_ID_ORDER },  /* order */
	{ HR_STR_INIT("2.16.156.10011.1.14"), HR_CDA_ID_OTHER },  /* specimen */
};

#define WST500(kind_, finish_)                                                                     \
	{                                                                                          \
		.kind = (kind_), .id_rules = id_rules,                                             \
		.id_rule_count = sizeof(id_rules) / sizeof(id_rules[0]),                           \
		.other_ids = HR_CDA_ID_PATIENT, .first_version = HR_STR_INIT("1"),                 \
		.is_report = true, .read_section = read_section, .finish = (finish_),              \
	}

const hr_cda_profile hr_cda_wst500_lab = WST500(HR_KIND_LAB, settle_performer);
const hr_cda_profile hr_cda_wst500_exam = WST500(HR_KIND_EXAM, finish_exam);
