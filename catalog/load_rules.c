/* Grants and windows: what decides about one item of one institution. */
#include "catalog/record.h"

#include <stdlib.h>

enum {
	GRANTS_MAX = 5000000,
	WINDOWS_MAX = 20000,
	HOURS_MAX = 24 * 366 * 10,
	DAYS_MAX = 366 * 10,
	MONTHS_MAX = 12 * 10,
};

struct grant_row {
	hr_grant grant;
	uint32_t regime;
};

static uint32_t regime_index(const hr_load *load, const hr_regime *regime)
{
	return (uint32_t)(regime - load->catalog->regimes);
}

static void begin_grants(hr_record *root)
{
	root->load->file.regime = hr_record_regime(root, hr_record_need(root, HR_STR("regime")));
}

static void check_campus(hr_record *r, const hr_grant *row)
{
	const hr_institution *institution;

	if (row->campus.len == 0 || row->institution == HR_ID_NONE)
		return;
	institution = &r->load->catalog->institutions[row->institution];
	for (size_t i = 0; i < institution->campus_count; i++)
		if (hr_str_equal(institution->campuses[i].id, row->campus))
			return;
	hr_record_unknown(r, "campus", row->campus);
}

/* `items` without `except`. */
static const uint64_t *read_grant_items(hr_record *r, bool *all)
{
	hr_load *load = r->load;
	hr_kind kind = load->file.regime->kind;
	const uint64_t *items = hr_record_items(r, HR_STR("items"), kind);
	const uint64_t *except = hr_record_items(r, HR_STR("except"), kind);

	*all = items == load->catalog->all_items[kind];
	if (hr_str_is_empty(hr_record_list(r, HR_STR("items"))))
		hr_record_fault(r, HR_FAULT_MISSING, "<grant> needs 'items'");
	if (load->stopped || hr_str_is_empty(hr_record_list(r, HR_STR("except"))))
		return items;
	for (size_t i = 0; i < load->catalog->item_words; i++)
		load->bit_row[i] = items[i] & ~except[i];
	return hr_load_bits(load, load->bit_row);
}

static void read_grant(hr_record *r, void *unused)
{
	struct grant_row row = {
		.grant = {
			.institution = hr_record_institution(
				r, hr_record_need(r, HR_STR("institution"))),
			.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
			.withdrawn_on = hr_record_day(r, HR_STR("withdrawn"), HR_DATE_MAX),
			.withdrawn_why = hr_record_common(r, HR_STR("reason")),
			.device = hr_record_common(r, HR_STR("device")),
			.campus = hr_record_common(r, HR_STR("campus")),
			.batch = hr_record_common(r, HR_STR("batch")),
			.qc_body = hr_record_common(r, HR_STR("qc-body")),
			.evaluated = hr_record_period(r, HR_STR("evaluated-from"),
						      HR_STR("evaluated-to")),
			.origin = hr_record_origin(r),
		},
		.regime = regime_index(r->load, r->load->file.regime),
	};

	(void)unused;
	row.grant.items = read_grant_items(r, &row.grant.all);
	check_campus(r, &row.grant);
	hr_record_keep(r, &row);
}

/* Where a grant comes in the order of the snapshot. */
struct grant_key {
	uint32_t regime;
	uint32_t institution;
	int32_t from;
	uint32_t index;
};

static int compare_grants(const void *left, const void *right)
{
	const struct grant_key *a = left;
	const struct grant_key *b = right;

	if (a->regime != b->regime)
		return a->regime < b->regime ? -1 : 1;
	if (a->institution != b->institution)
		return a->institution < b->institution ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static struct grant_key *order_grants(hr_load *load)
{
	const struct grant_row *rows = (const void *)load->rows.data;
	struct grant_key *keys = HR_NEW_N(load->build, struct grant_key, load->rows.count);

	if (!keys) {
		hr_load_stop_memory(load);
		return NULL;
	}
	for (size_t i = 0; i < load->rows.count; i++)
		keys[i] = (struct grant_key){ rows[i].regime, rows[i].grant.institution,
					      rows[i].grant.period.from.day, (uint32_t)i };
	qsort(keys, load->rows.count, sizeof(*keys), compare_grants);
	return keys;
}

static bool starts_run(const struct grant_key *keys, size_t i)
{
	return i == 0 || keys[i].regime != keys[i - 1].regime ||
	       keys[i].institution != keys[i - 1].institution;
}

/*
 * The runs of each institution stand together, by regime. A counting sort:
 * `first` is filled two places on, so that after the sums and the placing it
 * tells where an institution's runs begin.
 */
static void index_grants(hr_load *load, const struct grant_key *keys)
{
	hr_catalog *catalog = load->catalog;
	size_t count = load->rows.count;
	uint32_t *first = HR_LOAD_NEW_N(load, uint32_t, catalog->institution_count + 2);
	hr_grant_run *runs;
	hr_grant_run *run = NULL;
	size_t total = 0;

	for (size_t i = 0; first && i < count; i++) {
		if (!starts_run(keys, i))
			continue;
		first[keys[i].institution + 2]++;
		total++;
	}
	runs = HR_LOAD_NEW_N(load, hr_grant_run, total);
	if (!first || !runs)
		return;
	for (size_t i = 1; i < catalog->institution_count + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < count; i++) {
		if (starts_run(keys, i)) {
			run = &runs[first[keys[i].institution + 1]++];
			*run = (hr_grant_run){ keys[i].regime, (uint32_t)i, 0 };
		}
		run->count++;
	}
	catalog->grant_runs = runs;
	catalog->institution_run = first;
}

static void grants_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;
	const struct grant_row *rows = (const void *)load->rows.data;
	struct grant_key *keys = order_grants(load);
	hr_grant *grants = HR_LOAD_NEW_N(load, hr_grant, load->rows.count);

	if (!keys || !grants)
		return;
	for (size_t i = 0; i < load->rows.count; i++) {
		hr_range *range = &catalog->regime_rows[keys[i].regime].grants;

		grants[i] = rows[keys[i].index].grant;
		if (range->count++ == 0)
			range->first = (uint32_t)i;
	}
	catalog->grants = grants;
	catalog->grant_count = load->rows.count;
	index_grants(load, keys);
}

static const hr_element grant_elements[] = {
	{ HR_STR_INIT("grant"), read_grant },
};

const hr_load_kind hr_load_grants = {
	.root = HR_STR_INIT("grants"),
	.shared = true,
	.row_size = sizeof(struct grant_row),
	.limit = GRANTS_MAX,
	.elements = grant_elements,
	.element_count = 1,
	.begin = begin_grants,
	.done = grants_done,
};

struct window_row {
	hr_window window;
	uint32_t owner; /* the regime's index; behind all of them: local */
	uint32_t index;
};

static void begin_windows(hr_record *root)
{
	hr_load_file *file = &root->load->file;
	hr_str regime = file->local ? hr_record_raw(root, HR_STR("regime"))
				    : hr_record_need(root, HR_STR("regime"));

	file->regime = hr_record_regime(root, regime);
}

/* The items of the classes, as far as they are of the kind. */
static const uint64_t *read_classes(hr_record *r, hr_str classes, hr_kind kind)
{
	hr_load *load = r->load;
	size_t words = load->catalog->item_words;
	const uint64_t *of_kind = load->catalog->all_items[kind];
	const uint64_t *const *rows = (const void *)load->class_bits.data;
	hr_str class;

	memset(load->bit_row, 0, words * sizeof(*load->bit_row));
	while ((class = hr_str_next_word(&classes)).len) {
		uint64_t any = 0;
		uint32_t index;
		const uint64_t *row =
			hr_map_find(&load->classes, class, &index) ? rows[index] : NULL;

		for (size_t i = 0; row && i < words; i++) {
			any |= row[i] & of_kind[i];
			load->bit_row[i] |= row[i] & of_kind[i];
		}
		if (!any)
			hr_record_unknown(r, "class", class);
	}
	return hr_load_bits(load, load->bit_row);
}

/* `rank` by how closely the items are named. */
static void read_window_items(hr_record *r, hr_window *row)
{
	hr_kind kind = row->regime ? row->regime->kind : HR_KIND_UNKNOWN;
	hr_str classes = hr_record_list(r, HR_STR("class"));
	bool named = !hr_str_is_empty(hr_record_list(r, HR_STR("items")));

	if (named == (classes.len > 0))
		hr_record_fault(r, HR_FAULT_MISSING, "<window> needs one of 'items' and 'class'");
	if (named)
		row->items = hr_record_items(r, HR_STR("items"), kind);
	else
		row->items = read_classes(r, classes, kind);
	if (row->items == r->load->catalog->all_items[kind])
		row->rank = 0;
	else
		row->rank = named ? 2 : 1;
}

static void read_window_length(hr_record *r, hr_window *row)
{
	static const struct {
		hr_str name;
		uint32_t max;
	} units[] = {
		[HR_WINDOW_HOURS] = { HR_STR_INIT("hours"), HOURS_MAX },
		[HR_WINDOW_DAYS] = { HR_STR_INIT("days"), DAYS_MAX },
		[HR_WINDOW_MONTHS] = { HR_STR_INIT("months"), MONTHS_MAX },
	};
	size_t given = 0;

	for (size_t i = 0; i < 3; i++) {
		uint32_t length = hr_record_number(r, units[i].name, units[i].max);

		if (length == 0)
			continue;
		row->length = length;
		row->unit = (hr_window_unit)i;
		given++;
	}
	if (given != 1)
		hr_record_fault(r, HR_FAULT_MISSING,
				"<window> needs one of 'hours', 'days' and 'months'");
}

static void read_window(hr_record *r, void *unused)
{
	static const hr_str settings[] = {
		[HR_SETTING_ANY] = HR_STR_INIT("any"),
		[HR_SETTING_OUTPATIENT] = HR_STR_INIT("outpatient"),
		[HR_SETTING_INPATIENT] = HR_STR_INIT("inpatient"),
		[HR_SETTING_EMERGENCY] = HR_STR_INIT("emergency"),
		[HR_SETTING_ONLINE] = HR_STR_INIT("online"),
	};
	const hr_load *load = r->load;
	const hr_load_file *file = &load->file;
	unsigned event = HR_RECORD_WORD(r, "event", hr_event_words, HR_EVENT_UNSTATED + 1);
	struct window_row row = {
		.window = {
			.regime = file->regime,
			.event = (hr_event_kind)event,
			.setting = HR_RECORD_WORD(r, "setting", settings, HR_SETTING_ANY),
			.unless_intervened = hr_record_flag(r, HR_STR("unless-intervened")),
			.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
			.origin = hr_record_origin(r),
		},
		.owner = file->local ? (uint32_t)load->catalog->regime_count :
					     regime_index(load, file->regime),
		.index = (uint32_t)load->rows.count,
	};

	(void)unused;
	if (event > HR_EVENT_UNSTATED)
		hr_record_fault(r, HR_FAULT_MISSING, "<window> needs 'event'");
	read_window_items(r, &row.window);
	read_window_length(r, &row.window);
	hr_record_keep(r, &row);
}

/* The closest fit first: hr_catalog_find_window takes the first that fits. */
static int compare_windows(const void *left, const void *right)
{
	const struct window_row *a = left;
	const struct window_row *b = right;
	const hr_window *v = &a->window;
	const hr_window *w = &b->window;

	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (!v->regime != !w->regime)
		return v->regime ? -1 : 1;
	if (v->rank != w->rank)
		return v->rank > w->rank ? -1 : 1;
	if (!v->setting != !w->setting)
		return v->setting ? -1 : 1;
	if (v->period.from.day != w->period.from.day)
		return v->period.from.day > w->period.from.day ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static void windows_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;
	struct window_row *rows = (void *)load->rows.data;
	hr_window *windows = HR_LOAD_NEW_N(load, hr_window, load->rows.count);

	if (!windows)
		return;
	if (load->rows.count)
		qsort(rows, load->rows.count, sizeof(*rows), compare_windows);
	for (size_t i = 0; i < load->rows.count; i++) {
		bool local = rows[i].owner == catalog->regime_count;
		hr_range *range = local ? &catalog->local_windows
					: &catalog->regime_rows[rows[i].owner].windows;

		windows[i] = rows[i].window;
		if (range->count++ == 0)
			range->first = (uint32_t)i;
	}
	catalog->windows = windows;
	catalog->window_count = load->rows.count;
}

static const hr_element window_elements[] = {
	{ HR_STR_INIT("window"), read_window },
};

const hr_load_kind hr_load_windows = {
	.root = HR_STR_INIT("windows"),
	.shared = true,
	.local = true,
	.row_size = sizeof(struct window_row),
	.limit = WINDOWS_MAX,
	.elements = window_elements,
	.element_count = 1,
	.begin = begin_windows,
	.done = windows_done,
};
