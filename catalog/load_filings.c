/* <filing> of a settlement file: what an area says of filings in one period. */
#include "catalog/filing_rules.h"
#include "catalog/load_policy.h"

#include <assert.h>

enum {
	PARTS_MAX = 64,
	DAYS_MAX = 366,
	WHO_DIMENSIONS = 1u << HR_DIMENSION_INSURANCE | 1u << HR_DIMENSION_PERSON |
			 1u << HR_DIMENSION_VISIT | 1u << HR_DIMENSION_CONDITION,
};

struct parts {
	hr_filing_rules *rules;
	hr_filing_place *places;
	hr_filing_kind *kinds;
	hr_filing_channel *channels;
	hr_filing_material *materials;
	uint32_t singles; /* bits of what may stand once */
};

/* "yes" and "no" of an attribute; left out, nothing is said. */
static hr_said read_said(hr_record *r, hr_str name, hr_str yes, hr_str no)
{
	const hr_str words[] = { yes, no };
	unsigned said = hr_record_word(r, name, words, 2, 2);

	return said == 2 ? HR_SAID_NOTHING : said == 0 ? HR_SAID_YES : HR_SAID_NO;
}

/* A number of months, 0 among them. */
static int32_t read_months(hr_record *r, hr_str name)
{
	hr_str text = hr_record_raw(r, name);

	if (text.len == 0)
		return HR_FILING_MONTHS_UNKNOWN;
	if (hr_str_equal(text, HR_STR("0")))
		return 0;
	return (int32_t)hr_record_number(r, name, HR_FILING_MONTHS_MAX);
}

static void read_place(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_filing_place row = {
		.scope = hr_record_scope(r, WHO_DIMENSIONS),
		.origin = hr_record_origin(r),
	};
	hr_said exempt = read_said(r, HR_STR("filing"), HR_STR("exempt"), HR_STR("needed"));

	if (exempt == HR_SAID_NOTHING)
		hr_record_fault(r, HR_FAULT_MISSING, "<outside> needs 'filing': needed or exempt");
	row.exempt = exempt == HR_SAID_YES;
	parts->places[parts->rules->place_count++] = row;
}

static void check_kind(hr_record *r, const hr_filing_kind *row)
{
	if (row->open && row->months != HR_FILING_MONTHS_UNKNOWN)
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "a filing lasts 'months' or is 'open'");
	if (row->at_least && row->months <= 0)
		hr_record_fault(r, HR_FAULT_MISSING, "'at-least' needs 'months'");
	if (row->months == 0)
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "months '0' is no time");
	if (row->early_at_office && row->change_months <= 0 && row->cancel_months <= 0)
		hr_record_fault(r, HR_FAULT_MISSING,
				"'early' needs 'change-after' or 'cancel-after'");
}

static void read_kind(hr_record *r, void *context)
{
	static const hr_str classes[] = { HR_STR_INIT("long"), HR_STR_INIT("temporary") };
	struct parts *parts = context;
	unsigned class = HR_RECORD_WORD(r, "class", classes, 2);
	unsigned gives = hr_record_word(r, HR_STR("gives"), hr_filing_words, HR_FILING_COUNT,
					HR_FILING_COUNT);
	hr_filing_kind row = {
		.name = hr_record_code(r, HR_STR("name")),
		.title = hr_record_common(r, HR_STR("title")),
		.class = (hr_filing_class) class,
		.gives = (hr_filing)gives,
		.scope = hr_record_scope(r, WHO_DIMENSIONS),
		.open = hr_record_flag(r, HR_STR("open")),
		.months = read_months(r, HR_STR("months")),
		.at_least = hr_record_flag(r, HR_STR("at-least")),
		.change_months = read_months(r, HR_STR("change-after")),
		.cancel_months = read_months(r, HR_STR("cancel-after")),
		.early_at_office = hr_record_flag(r, HR_STR("early-at-office")),
		.flagged = hr_record_flag(r, HR_STR("flagged")),
		.no_materials = hr_record_flag(r, HR_STR("no-materials")),
		.origin = hr_record_origin(r),
	};

	row.codes = hr_record_words(r, HR_STR("codes"), &row.code_count);
	if (class == 2 || gives < HR_FILING_LONG || gives == HR_FILING_COUNT)
		hr_record_fault(
			r, HR_FAULT_MISSING,
			"<kind> needs 'class', and 'gives': long, referral, emergency or other");
	check_kind(r, &row);
	for (uint32_t i = 0; i < parts->rules->kind_count; i++)
		if (hr_str_equal(parts->kinds[i].name, row.name))
			hr_record_fault(r, HR_FAULT_DUPLICATE, "a kind of filing is told twice");
	parts->kinds[parts->rules->kind_count++] = row;
}

static void read_channel(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_said automatic = read_said(r, HR_STR("approval"), HR_STR("automatic"), HR_STR("manual"));
	hr_filing_channel row = {
		.name = hr_record_code(r, HR_STR("name")),
		.title = hr_record_common(r, HR_STR("title")),
		.automatic = automatic == HR_SAID_YES,
		.days = hr_record_number(r, HR_STR("days"), DAYS_MAX),
		.origin = hr_record_origin(r),
	};

	row.kinds = hr_record_words(r, HR_STR("kinds"), &row.kind_count);
	if (automatic == HR_SAID_NOTHING)
		hr_record_fault(r, HR_FAULT_MISSING,
				"<channel> needs 'approval': automatic or manual");
	if (row.automatic && row.days)
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "what is approved at once has no 'days'");
	parts->channels[parts->rules->channel_count++] = row;
}

static void read_material(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_filing_material row = {
		.name = hr_load_common(r->load, hr_record_need(r, HR_STR("name"))),
		.first_only = hr_record_flag(r, HR_STR("first-only")),
		.promise = hr_record_flag(r, HR_STR("promise")),
		.origin = hr_record_origin(r),
	};

	row.kinds = hr_record_words(r, HR_STR("kinds"), &row.kind_count);
	row.care = hr_record_words(r, HR_STR("care"), &row.care_count);
	row.proxies = hr_record_words(r, HR_STR("proxies"), &row.proxy_count);
	for (uint16_t i = 0; i < row.care_count; i++)
		if (!hr_region_prefix_is_valid(row.care[i]))
			hr_record_fault(r, HR_FAULT_BAD_VALUE,
					"region '%.*s' is not two, four or six digits",
					HR_STR_ARG(hr_str_slice(row.care[i], 0, 12)));
	parts->materials[parts->rules->material_count++] = row;
}

/* What may stand once in <filing>, by its bit. */
static void take_single(hr_record *r, struct parts *parts, unsigned bit)
{
	if (parts->singles >> bit & 1)
		hr_record_fault(r, HR_FAULT_DUPLICATE, "<filing> has one <%.*s>",
				HR_STR_ARG(r->node->name));
	parts->singles |= 1u << bit;
}

static void read_back(hr_record *r, void *context)
{
	static const hr_str modes[] = { HR_STR_INIT(""), HR_STR_INIT("days"),
					HR_STR_INIT("discharge") };
	struct parts *parts = context;
	hr_filing_back *back = &parts->rules->back;

	take_single(r, parts, 0);
	*back = (hr_filing_back){
		.mode = (hr_back_mode)HR_RECORD_WORD(r, "within", modes, HR_BACK_UNKNOWN),
		.days = hr_record_number(r, HR_STR("days"), DAYS_MAX),
		.admission_counts = hr_record_flag(r, HR_STR("admission-counts")),
		.holidays = read_said(r, HR_STR("holidays"), HR_STR("move"), HR_STR("stay")),
		.origin = hr_record_origin(r),
	};
	if (back->mode == HR_BACK_UNKNOWN || (back->mode == HR_BACK_DAYS) != (back->days > 0))
		hr_record_fault(r, HR_FAULT_MISSING,
				"<back-filing> needs 'within': discharge, or days with 'days'");
}

static void read_overlap(hr_record *r, void *context)
{
	const hr_str yes = HR_STR("allowed");
	const hr_str no = HR_STR("refused");
	struct parts *parts = context;

	take_single(r, parts, 1);
	parts->rules->overlap = (hr_filing_overlap){
		.both_long = read_said(r, HR_STR("long"), yes, no),
		.mixed = read_said(r, HR_STR("mixed"), yes, no),
		.both_short = read_said(r, HR_STR("temporary"), yes, no),
		.origin = hr_record_origin(r),
	};
}

static void read_stay(hr_record *r, void *context)
{
	struct parts *parts = context;

	take_single(r, parts, 2);
	parts->rules->stay_by_admission =
		read_said(r, HR_STR("counts"), HR_STR("admission"), HR_STR("discharge"));
	parts->rules->stay_origin = hr_record_origin(r);
}

static void read_chronic(hr_record *r, void *context)
{
	struct parts *parts = context;

	take_single(r, parts, 3);
	parts->rules->qualification =
		read_said(r, HR_STR("qualification"), HR_STR("needed"), HR_STR("not-needed"));
	parts->rules->qualification_origin = hr_record_origin(r);
}

static const hr_element elements[] = {
	{ HR_STR_INIT("outside"), read_place },	   { HR_STR_INIT("kind"), read_kind },
	{ HR_STR_INIT("channel"), read_channel },  { HR_STR_INIT("material"), read_material },
	{ HR_STR_INIT("back-filing"), read_back }, { HR_STR_INIT("overlap"), read_overlap },
	{ HR_STR_INIT("stay"), read_stay },	   { HR_STR_INIT("chronic"), read_chronic },
};

static void *take(hr_record *r, hr_str name, size_t size)
{
	size_t count = hr_record_count(r, name);

	if (count > PARTS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "over %d <%.*s> in one <filing>", PARTS_MAX,
				HR_STR_ARG(name));
		return NULL;
	}
	return hr_load_alloc(r->load, count, size);
}

/* Every kind that a channel or a paper names is one of these rules. */
static void check_names(hr_record *r, const hr_filing_rules *rules, const hr_str *kinds,
			uint16_t count)
{
	for (uint16_t i = 0; i < count; i++) {
		uint32_t k = 0;

		while (k < rules->kind_count && !hr_str_equal(rules->kinds[k].name, kinds[i]))
			k++;
		if (k == rules->kind_count)
			hr_record_unknown(r, "kind of filing", kinds[i]);
	}
}

static bool read_parts(hr_record *r, hr_filing_rules *rules)
{
	struct parts parts = {
		.rules = rules,
		.places = take(r, HR_STR("outside"), sizeof(hr_filing_place)),
		.kinds = take(r, HR_STR("kind"), sizeof(hr_filing_kind)),
		.channels = take(r, HR_STR("channel"), sizeof(hr_filing_channel)),
		.materials = take(r, HR_STR("material"), sizeof(hr_filing_material)),
	};

	r->parent = true;
	if (!parts.places || !parts.kinds || !parts.channels || !parts.materials)
		return false;
	rules->places = parts.places;
	rules->kinds = parts.kinds;
	rules->channels = parts.channels;
	rules->materials = parts.materials;
	HR_RECORD_CHILDREN(r, elements, &parts);
	for (uint32_t i = 0; i < rules->channel_count; i++)
		check_names(r, rules, rules->channels[i].kinds, rules->channels[i].kind_count);
	for (uint32_t i = 0; i < rules->material_count; i++)
		check_names(r, rules, rules->materials[i].kinds, rules->materials[i].kind_count);
	return true;
}

static void check_period(hr_record *r, const hr_filing_rules *rules)
{
	const hr_load *load = r->load;
	const hr_filing_rules *rows = (const void *)load->filings.data;

	for (size_t i = load->file.first_filing; i < load->filings.count; i++)
		if (hr_period_overlaps(rows[i].period, rules->period))
			hr_record_fault(r, HR_FAULT_DUPLICATE,
					"two <filing> are both for some days");
}

bool hr_load_filing(hr_record *r)
{
	static const hr_str lists[] = { HR_STR_INIT("partial"), HR_STR_INIT("complete") };
	hr_load *load = r->load;
	hr_load_file before = load->file;
	hr_filing_rules row = {
		.complete = HR_RECORD_WORD(r, "kinds", lists, 0) == 1,
	};
	hr_filing_rules *kept;
	bool whole;

	hr_record_dated(r, &row.period, &row.origin);
	/* What stands in it is from where it is from. */
	load->file.origin = row.origin;
	load->file.graded = true;
	whole = read_parts(r, &row);
	load->file.origin = before.origin;
	load->file.graded = before.graded;
	check_period(r, &row);
	hr_record_end(r);
	if (!whole || load->stopped || load->faults != r->faults)
		return false;
	kept = hr_load_add(load, &load->filings);
	if (!kept)
		return false;
	*kept = row;
	return true;
}
