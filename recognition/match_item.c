/*
 * Which listed item a result is: by the institution's own code, else by LOINC,
 * else by its name. Code, unit, specimen and all words must agree; what does
 * not is said. Names are compared whole after folding, never by a part of them:
 * 钙 is not 降钙素原, and TG is 甘油三酯 or 甲状腺球蛋白.
 *
 * The doctor reads the printed name, not the words beside a code: those may
 * contradict it, and never speak in its place.
 */
#include "recognition/decide.h"

#include "base/text.h"

/* Items that one source of the input speaks for. */
struct candidates {
	hr_item_id ids[HR_CANDIDATES_MAX];
	size_t count;
	bool cut; /* there are more */
};

struct match {
	const hr_case *c;
	const hr_matter *m;
	struct candidates by_code;
	struct candidates by_words;   /* what code and words have in common so far */
	struct candidates contradict; /* the first words that have nothing in common with it */
	struct candidates crowd;      /* words that mean more items than can be compared */
	bool words_known;	      /* the catalogue knows those that the doctor reads */
	bool display_known;	      /* or only those beside a code */
	const hr_code *code;	      /* that by_code came from */
	hr_code_relation relation;
	const hr_code *sibling;	 /* a code that only looks like the item's */
	const hr_code *stranger; /* a LOINC code that the catalogue does not know */
	bool loinc;		 /* a LOINC code is the item's own */
	bool mapped;		 /* the institution's map says which item its code is */
	hr_unit_class printed;	 /* what the unit measures, as it is printed */
	hr_unit_class coded;	 /* and as it is coded; UNKNOWN when it is not */
};

static bool holds(const struct candidates *set, hr_item_id id)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->ids[i] == id)
			return true;
	return false;
}

/* What words mean leaves of the items only those that they share. */
static void keep_common(struct match *x, const struct candidates *words)
{
	struct candidates *set = &x->by_words;
	size_t kept = 0;

	if (words->count == 0 || x->contradict.count)
		return;
	if (words->cut) {
		x->crowd = *words;
		return;
	}
	if (set->count == 0) {
		*set = *words;
		return;
	}
	for (size_t i = 0; i < set->count; i++)
		if (holds(words, set->ids[i]))
			set->ids[kept++] = set->ids[i];
	if (kept)
		set->count = kept;
	else
		x->contradict = *words;
}

static bool look_at_name(struct match *x, hr_str name)
{
	struct candidates set = { .cut = false };

	set.count = hr_catalog_find_items_by_name(x->c->catalog, name, set.ids, HR_CANDIDATES_MAX);
	if (set.count > HR_CANDIDATES_MAX) {
		set.count = HR_CANDIDATES_MAX;
		set.cut = true;
	}
	keep_common(x, &set);
	return set.count > 0;
}

/* "甲状腺球蛋白(Tg)" to its outer and inner part; false when it has no such form. */
static bool split_brackets(hr_str name, hr_str *outer, hr_str *inner)
{
	static const struct {
		hr_str open, close;
	} pairs[] = {
		{ HR_STR_INIT("("), HR_STR_INIT(")") },
		{ HR_STR_INIT("（"), HR_STR_INIT("）") },
		{ HR_STR_INIT("["), HR_STR_INIT("]") },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t at;

		if (!hr_str_ends_with(name, pairs[i].close))
			continue;
		at = hr_str_find(name, pairs[i].open);
		if (at == 0 || at == name.len)
			continue;
		*outer = hr_str_trim(hr_str_slice(name, 0, at));
		*inner = hr_str_trim(
			hr_str_slice(name, at + pairs[i].open.len, name.len - pairs[i].close.len));
		return true;
	}
	return false;
}

/* "促甲状腺激素 TSH": the last word apart, when it is ASCII and what is before it is not. */
static bool split_abbreviation(hr_str name, hr_str *outer, hr_str *inner)
{
	size_t at = name.len;

	while (at > 0 && name.data[at - 1] > ' ' && (unsigned char)name.data[at - 1] < 0x80)
		at--;
	if (at == 0 || at == name.len)
		return false;
	*outer = hr_str_trim(hr_str_slice(name, 0, at));
	*inner = hr_str_slice(name, at, name.len);
	return outer->len > 0 && (unsigned char)outer->data[outer->len - 1] >= 0x80;
}

static bool is_name(const struct match *x, hr_str text)
{
	hr_item_id any;

	return hr_catalog_find_items_by_name(x->c->catalog, text, &any, 1) > 0;
}

static bool is_specimen(const hr_item *item, hr_str word);

/* What brackets may say beside a name and leave the item as it is: the method, or its specimen. */
static bool is_qualifier(const struct match *x, hr_str name, hr_str word)
{
	struct candidates set;

	if (hr_str_ends_with(word, HR_STR("法")))
		return true;
	set.count = hr_catalog_find_items_by_name(x->c->catalog, name, set.ids, HR_CANDIDATES_MAX);
	for (size_t i = 0; i < set.count && i < HR_CANDIDATES_MAX; i++)
		if (is_specimen(hr_catalog_get_item(x->c->catalog, set.ids[i]), word))
			return true;
	return false;
}

/*
 * The whole name, else both of its parts; false when the catalogue does not
 * know it. An abbreviation alone says nothing: 游离T3 is not T3. Nor does a name
 * with an unknown word behind it: 甲状腺球蛋白(抗体) is not 甲状腺球蛋白.
 */
static bool look_at_words(struct match *x, hr_str name)
{
	hr_str outer;
	hr_str inner;
	bool bracketed;

	if (name.len == 0)
		return false;
	if (look_at_name(x, name))
		return true;
	bracketed = split_brackets(name, &outer, &inner);
	if (!bracketed && !split_abbreviation(name, &outer, &inner))
		return false;
	if (!is_name(x, outer) ||
	    !(is_name(x, inner) || (bracketed && is_qualifier(x, outer, inner))))
		return false;
	look_at_name(x, outer);
	look_at_name(x, inner);
	return true;
}

static bool is_loinc(const hr_code *code)
{
	return hr_str_equal(code->system, HR_LOINC_SYSTEM_FHIR) ||
	       hr_str_equal(code->system, HR_LOINC_SYSTEM_OID) ||
	       hr_str_equal(code->system, HR_LOINC_SYSTEM_URN);
}

static void add_code(struct match *x, hr_item_id id, const hr_code *code)
{
	if (holds(&x->by_code, id) || x->by_code.count == HR_CANDIDATES_MAX)
		return;
	x->by_code.ids[x->by_code.count++] = id;
	x->code = code;
}

static void look_at_code(struct match *x, const hr_code *code)
{
	const hr_catalog *catalog = x->c->catalog;
	const hr_origin *origin;
	hr_item_id id;

	if (is_loinc(code)) {
		hr_code_relation relation;

		id = hr_catalog_find_item_by_loinc(catalog, code->code, &relation);
		if (id == HR_ID_NONE) {
			x->stranger = code;
			return;
		}
		add_code(x, id, code);
		if (relation == HR_CODE_SAME) {
			x->loinc = true;
		} else {
			x->sibling = code;
			x->relation = relation;
		}
		return;
	}
	if (!x->m->institution)
		return;
	id = hr_catalog_find_item_by_local_code(catalog, x->m->performer->id, code->system,
						code->code, &origin);
	if (id == HR_ID_NONE)
		return;
	add_code(x, id, code);
	x->mapped = true;
}

/* The words beside the codes; where there are none, a local code that is a name. */
static bool look_at_displays(struct match *x)
{
	const hr_result *result = x->m->result;
	bool known = false;

	for (uint32_t i = 0; i < result->code_count; i++)
		if (!hr_str_equal(result->codes[i].display, x->m->name))
			known |= look_at_words(x, result->codes[i].display);
	for (uint32_t i = 0; i < result->code_count && !known && !x->words_known; i++)
		if (result->codes[i].system.len == 0 && x->by_code.count == 0)
			known = look_at_words(x, result->codes[i].code);
	return known;
}

static void look_at_names(struct match *x)
{
	if (x->by_code.count == 1)
		x->by_words = x->by_code;
	x->words_known = look_at_words(x, x->m->name);
	x->display_known = look_at_displays(x);
	if (x->m->name.len == 0)
		x->words_known = x->display_known;
}

static void look_at_unit(struct match *x)
{
	const hr_catalog *catalog = x->c->catalog;
	const hr_result *result = x->m->result;

	x->printed = hr_catalog_find_unit(catalog, result->unit.text);
	x->coded = HR_UNIT_UNKNOWN;
	if (result->unit_code.text.len)
		x->coded = hr_catalog_find_unit(catalog, result->unit_code.text);
}

/* The unit as it is printed; where the catalogue does not know that, as it is coded. */
static hr_unit_class unit_class_of(const struct match *x)
{
	return x->printed == HR_UNIT_UNKNOWN ? x->coded : x->printed;
}

/* The doctor reads the printed unit, a machine its code: they must measure the same. */
static bool units_disagree(const struct match *x)
{
	return x->m->result->unit.text.len && x->printed != HR_UNIT_UNKNOWN &&
	       x->coded != HR_UNIT_UNKNOWN && x->printed != x->coded;
}

static bool has_unit_class(const hr_item *item, hr_unit_class unit_class)
{
	return item->unit_classes & (1u << unit_class);
}

static bool specimen_fits(const hr_item *item, const hr_result *result);

/* Several items of one name: the unit and the specimen may tell them apart. No unit tells nothing.
 */
static void narrow(struct match *x, struct candidates *set)
{
	const hr_result *result = x->m->result;
	hr_unit_class unit_class = unit_class_of(x);
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		const hr_item *item = hr_catalog_get_item(x->c->catalog, set->ids[i]);

		if (result->kind != HR_KIND_UNKNOWN && item->kind != result->kind)
			continue;
		if (unit_class > HR_UNIT_NONE && item->kind == HR_KIND_LAB &&
		    !has_unit_class(item, unit_class))
			continue;
		if (result->specimen_count && !specimen_fits(item, result))
			continue;
		set->ids[kept++] = set->ids[i];
	}
	if (kept)
		set->count = kept;
}

static hr_str names_of(const struct match *x, const struct candidates *set)
{
	hr_str names[HR_CANDIDATES_MAX];

	for (size_t i = 0; i < set->count; i++)
		names[i] = hr_catalog_get_item(x->c->catalog, set->ids[i])->name;
	return hr_join(x->c->arena, names, set->count);
}

/* Of words that contradict each other, or the code: of both. */
static hr_str names_of_both(const struct match *x)
{
	hr_str parts[2] = { names_of(x, &x->by_words), names_of(x, &x->contradict) };

	return hr_join(x->c->arena, parts, 2);
}

/* Two items where there can be one. */
static void add_conflict(const struct match *x, hr_str names, hr_collector *out)
{
	hr_reason *reason =
		hr_collector_add(out, x->code ? HR_REASON_CODE_CONFLICT : HR_REASON_NAME_CONFLICT);

	reason->arg = names;
	reason->value = x->code ? x->code->code : x->m->name;
	reason->place = x->code ? x->code->place : x->m->result->name.place;
}

/* Not one item: which words, and what they may mean. */
static void add_unsettled(const struct match *x, hr_collector *out)
{
	const struct candidates *set = x->crowd.count ? &x->crowd : &x->by_words;
	hr_reason *reason;

	if (x->words_known || x->crowd.count)
		reason = hr_collector_add(out, HR_REASON_ITEM_AMBIGUOUS);
	else if (x->display_known)
		reason = hr_collector_add(out, HR_REASON_NAME_UNKNOWN);
	else
		reason = hr_collector_add(out, HR_REASON_ITEM_UNKNOWN);
	reason->value = x->m->name;
	reason->place = x->m->result->name.place;
	if (x->words_known || x->display_known || x->crowd.count)
		reason->arg = names_of(x, set);
}

/* The one item that all sources agree on, or HR_ID_NONE with the reason. */
static hr_item_id settle(struct match *x, hr_collector *out)
{
	if (x->by_code.count > 1) {
		add_conflict(x, names_of(x, &x->by_code), out);
		return HR_ID_NONE;
	}
	if (x->contradict.count) {
		add_conflict(x, names_of_both(x), out);
		return HR_ID_NONE;
	}
	if (x->crowd.count) {
		add_unsettled(x, out);
		return HR_ID_NONE;
	}
	if (x->by_code.count)
		return x->by_code.ids[0];
	if (x->by_words.count > 1)
		narrow(x, &x->by_words);
	if (x->words_known && x->by_words.count == 1)
		return x->by_words.ids[0];
	add_unsettled(x, out);
	return HR_ID_NONE;
}

static void add_value(hr_collector *out, hr_reason_id id, hr_str value, hr_place place,
		      const hr_item *item)
{
	hr_reason *reason = hr_collector_add(out, id);

	reason->arg = value;
	reason->value = value;
	reason->place = place;
	reason->origin = item ? &item->origin : NULL;
}

static void check_unit(const struct match *x, const hr_item *item, hr_collector *out)
{
	const hr_result *result = x->m->result;
	hr_unit_class unit_class = unit_class_of(x);

	if (x->sibling && x->relation == HR_CODE_UNIT) {
		add_value(out, HR_REASON_CODE_UNIT_CONFLICT, x->sibling->code, x->sibling->place,
			  item);
		if (unit_class <= HR_UNIT_NONE)
			return;
	}
	if (has_unit_class(item, unit_class) && !units_disagree(x))
		return;
	if (unit_class == HR_UNIT_NONE)
		add_value(out, HR_REASON_UNIT_MISSING, HR_STR_NONE, result->value.place, item);
	else if (unit_class == HR_UNIT_UNKNOWN)
		add_value(out, HR_REASON_UNIT_UNKNOWN, result->unit.text, result->unit.place, item);
	else
		add_value(out, HR_REASON_UNIT_MISMATCH, result->unit.text, result->unit.place,
			  item);
}

static bool is_specimen(const hr_item *item, hr_str word)
{
	char folded[128];
	hr_str f = { folded, 0 };

	if (word.len == 0 || word.len > sizeof(folded))
		return false;
	f.len = hr_text_fold(word, folded);
	for (uint32_t i = 0; i < item->specimen_count; i++)
		if (hr_str_equal(item->specimens[i], f))
			return true;
	return false;
}

static bool specimen_fits(const hr_item *item, const hr_result *result)
{
	if (item->specimen_count == 0)
		return true;
	for (uint32_t i = 0; i < result->specimen_count; i++)
		if (is_specimen(item, result->specimens[i].code) ||
		    is_specimen(item, result->specimens[i].display))
			return true;
	return false;
}

static void check_specimen(const struct match *x, const hr_item *item, hr_collector *out)
{
	const hr_result *result = x->m->result;
	const hr_code *first = result->specimens;

	if (x->sibling && x->relation == HR_CODE_SPECIMEN) {
		add_value(out, HR_REASON_SPECIMEN_MISMATCH, x->sibling->code, x->sibling->place,
			  item);
		return;
	}
	if (item->specimen_count == 0 || specimen_fits(item, result))
		return;
	/* A LOINC code says the specimen itself. */
	if (result->specimen_count == 0 && !x->loinc)
		add_value(out, HR_REASON_SPECIMEN_MISSING, HR_STR_NONE, result->name.place, item);
	else if (result->specimen_count)
		add_value(out, HR_REASON_SPECIMEN_MISMATCH,
			  first->display.len ? first->display : first->code, first->place, item);
}

/* An attribute of an examination: free when the item does not name it. */
static bool attribute_fits(hr_str wanted, hr_str written)
{
	return wanted.len == 0 || hr_str_equal_nocase(wanted, written);
}

static bool attributes_fit(const hr_item *item, const hr_result *r)
{
	return item->kind == HR_KIND_EXAM && item->body_part.len &&
	       attribute_fits(item->modality, r->modality.text) &&
	       attribute_fits(item->body_part, r->body_part.text) &&
	       attribute_fits(item->laterality, r->laterality.text) &&
	       attribute_fits(item->position, r->position.text) &&
	       attribute_fits(item->method, r->method.text) &&
	       attribute_fits(item->contrast, r->contrast.text);
}

/* An examination without a known name: by what was imaged and how. */
static void look_at_attributes(struct match *x)
{
	const hr_result *r = x->m->result;
	size_t count = hr_catalog_item_count(x->c->catalog);
	struct candidates set = { .count = 0 };

	if (r->modality.text.len == 0 || r->body_part.text.len == 0)
		return;
	for (hr_item_id id = 0; id < count && !set.cut; id++) {
		if (!attributes_fit(hr_catalog_get_item(x->c->catalog, id), r))
			continue;
		set.cut = set.count == HR_CANDIDATES_MAX;
		if (!set.cut)
			set.ids[set.count++] = id;
	}
	keep_common(x, &set);
	x->words_known = set.count > 0;
}

/* Where nothing is printed but the code, no words stand beside it. */
static bool has_words(const struct match *x)
{
	const hr_result *result = x->m->result;

	for (uint32_t i = 0; i < result->code_count; i++)
		if (hr_str_equal(result->codes[i].code, x->m->name))
			return false;
	return x->m->name.len > 0;
}

/*
 * Public tables give AMH the code of hCG and C3 that of rheumatoid factor: of a
 * LOINC code and a printed name both must be known to be the item's. Only the
 * institution itself may say otherwise, in its map.
 */
static void check_pair(const struct match *x, const hr_item *item, hr_collector *out)
{
	hr_reason *reason;

	if (x->mapped)
		return;
	if (x->stranger && !x->loinc && !x->sibling && item->loinc.len)
		add_value(out, HR_REASON_CODE_UNKNOWN, x->stranger->code, x->stranger->place, item);
	if (x->words_known || !has_words(x))
		return;
	reason = hr_collector_add(out, HR_REASON_NAME_UNKNOWN);
	reason->arg = item->name;
	reason->value = x->m->name;
	reason->place = x->m->result->name.place;
}

/* What was imaged, and how, must be what the item's name says, where both say it. */
static void check_attributes(const struct match *x, const hr_item *item, hr_collector *out)
{
	const hr_result *r = x->m->result;
	const struct {
		hr_str wanted;
		const hr_field *written;
	} pairs[] = {
		{ item->modality, &r->modality },     { item->body_part, &r->body_part },
		{ item->laterality, &r->laterality }, { item->position, &r->position },
		{ item->contrast, &r->contrast },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i].written->text.len == 0 ||
		    attribute_fits(pairs[i].wanted, pairs[i].written->text))
			continue;
		add_value(out, HR_REASON_CODE_CONFLICT, pairs[i].written->text,
			  pairs[i].written->place, item);
		return;
	}
}

void hr_decide_item(const hr_case *c, hr_matter *m, hr_collector *out)
{
	struct match x = { .c = c, .m = m };

	for (uint32_t i = 0; i < m->result->code_count; i++)
		look_at_code(&x, &m->result->codes[i]);
	look_at_names(&x);
	look_at_unit(&x);
	if (m->result->kind == HR_KIND_EXAM && x.by_code.count == 0 && !x.words_known &&
	    !x.display_known)
		look_at_attributes(&x);
	m->item_id = settle(&x, out);
	if (m->item_id == HR_ID_NONE)
		return;
	m->item = hr_catalog_get_item(c->catalog, m->item_id);
	check_pair(&x, m->item, out);
	if (m->item->kind == HR_KIND_LAB) {
		check_unit(&x, m->item, out);
		check_specimen(&x, m->item, out);
	} else {
		check_attributes(&x, m->item, out);
	}
}

hr_item_id hr_match_order(const hr_case *c, hr_str order, hr_str *candidates)
{
	struct match x = { .c = c };

	if (!look_at_words(&x, order))
		return HR_ID_NONE;
	if (x.contradict.count)
		*candidates = names_of_both(&x);
	else if (x.crowd.count)
		*candidates = names_of(&x, &x.crowd);
	else if (x.by_words.count == 1)
		return x.by_words.ids[0];
	else
		*candidates = names_of(&x, &x.by_words);
	return HR_ID_NONE;
}
