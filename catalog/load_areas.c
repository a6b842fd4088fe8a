/*
 * Settlement files: a pooling area each, with its rounding, its zones, and its
 * policies (load_policies.c), and what it says of filings (load_filings.c). Zones stand before the
 * policies that name them.
 */
#include "catalog/filing_rules.h"
#include "catalog/load_policy.h"

#include <stdlib.h>

enum {
	POLICIES_MAX = 100000,
	AREAS_MAX = 1000,
	ZONES_MAX = 10000,
	ZONE_DIMENSIONS = 1u << HR_DIMENSION_INSURANCE | 1u << HR_DIMENSION_PERSON |
			  1u << HR_DIMENSION_VISIT | 1u << HR_DIMENSION_CONDITION,
};

static hr_area *area_of(const hr_load *load)
{
	return (hr_area *)(void *)load->areas.data + (load->areas.count - 1);
}

static const struct hr_zone *zones_of(const hr_load *load)
{
	return (const hr_zone *)(const void *)load->zones.data;
}

void hr_load_begin_words(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	if (catalog->counter_names.arena)
		return;
	for (size_t i = 0; i < HR_DIMENSION_COUNT; i++)
		hr_load_map(load, &catalog->scope_words[i], catalog->arena, 0);
	hr_load_map(load, &catalog->counter_names, catalog->arena, 0);
	for (uint32_t i = 0; i < HR_FILING_COUNT; i++)
		hr_load_put(load, &catalog->scope_words[HR_DIMENSION_FILING], hr_filing_words[i],
			    i);
	for (uint32_t i = 0; i < HR_ROUTE_COUNT; i++)
		hr_load_put(load, &catalog->scope_words[HR_DIMENSION_ROUTE], hr_route_words[i], i);
	hr_load_put(load, &catalog->scope_words[HR_DIMENSION_ZONE], HR_STR("home"), HR_ZONE_HOME);
	hr_load_put(load, &catalog->scope_words[HR_DIMENSION_ZONE], HR_STR("outside"),
		    HR_ZONE_OUTSIDE);
}

static void begin_area(hr_record *root)
{
	hr_load *load = root->load;
	hr_str region = hr_record_need(root, HR_STR("region"));
	hr_area *area;

	if (!load->areas.arena) {
		hr_rows_init(&load->areas, load->build, sizeof(hr_area));
		hr_rows_init(&load->zones, load->build, sizeof(hr_zone));
		hr_rows_init(&load->filings, load->build, sizeof(hr_filing_rules));
		hr_rows_init(&load->counters, load->build, sizeof(hr_str));
		hr_load_begin_words(load);
	}
	if (region.len && !hr_region_prefix_is_valid(region))
		hr_record_fault(root, HR_FAULT_BAD_VALUE,
				"'region' is not two, four or six digits");
	if (load->areas.count == AREAS_MAX)
		hr_record_fault(root, HR_FAULT_LIMIT, "there are over %d areas", AREAS_MAX);
	hr_record_check_free(root, &load->more_claims, "area", region);
	if (load->stopped || load->faults != root->faults)
		return;
	area = hr_load_add(load, &load->areas);
	if (!area)
		return;
	*area = (hr_area){ .region = hr_load_common(load, region), .origin = load->file.origin };
	hr_load_put(load, &load->more_claims, area->region, (uint32_t)(load->areas.count - 1));
	load->file.first_zone = load->zones.count;
	load->file.first_filing = load->filings.count;
}

static void read_rounding(hr_record *r, void *unused)
{
	static const hr_str modes[] = { HR_STR_INIT("half-up"), HR_STR_INIT("half-even"),
					HR_STR_INIT("down"), HR_STR_INIT("up") };
	static const hr_str places[] = { HR_STR_INIT("fund"), HR_STR_INIT("segment") };
	static const hr_str units[] = { HR_STR_INIT("0.01"), HR_STR_INIT("0.1"), HR_STR_INIT("1") };
	static const int64_t fen[] = { 1, 10, 100, 0 };
	hr_area *area = area_of(r->load);
	unsigned mode = HR_RECORD_WORD(r, "mode", modes, 4);
	unsigned place = HR_RECORD_WORD(r, "place", places, 2);

	(void)unused;
	if (mode == 4 || place == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<rounding> needs 'mode' and 'place'");
	if (area->rounding.unit_fen)
		hr_record_fault(r, HR_FAULT_DUPLICATE, "an area rounds in one way");
	area->rounding = (hr_rounding){
		.mode = (hr_rounding_mode)mode,
		.each_segment = place == 1,
		.unit_fen = fen[HR_RECORD_WORD(r, "unit", units, 0)],
		.origin = hr_record_origin(r),
	};
}

static void read_cross_year(hr_record *r, void *unused)
{
	static const hr_str modes[] = { HR_STR_INIT(""), HR_STR_INIT("split"),
					HR_STR_INIT("discharge-year") };

	(void)unused;
	area_of(r->load)->cross_year =
		(hr_cross_year)HR_RECORD_WORD(r, "mode", modes, HR_CROSS_YEAR_UNKNOWN);
	hr_record_origin(r);
}

static void read_accounts(hr_record *r, void *unused)
{
	static const hr_str places[] = { HR_STR_INIT(""), HR_STR_INIT("apart"),
					 HR_STR_INIT("account") };

	(void)unused;
	area_of(r->load)->mutual_aid =
		(hr_mutual_aid)HR_RECORD_WORD(r, "mutual-aid", places, HR_MUTUAL_AID_UNKNOWN);
	hr_record_origin(r);
}

static void read_filing(hr_record *r, void *unused)
{
	(void)unused;
	if (hr_load_filing(r))
		area_of(r->load)->filing_count++;
}

static bool is_declared(const hr_load *load, hr_str zone)
{
	for (size_t i = load->file.first_zone; i < load->zones.count; i++)
		if (hr_str_equal(zones_of(load)[i].name, zone))
			return true;
	return false;
}

static void check_care(hr_record *r, const hr_zone *row)
{
	for (size_t i = 0; i < row->care_count; i++)
		if (!hr_region_prefix_is_valid(row->care[i]))
			hr_record_fault(r, HR_FAULT_BAD_VALUE,
					"region '%.*s' is not two, four or six digits",
					HR_STR_ARG(hr_str_slice(row->care[i], 0, 12)));
	if (row->care_count == 0)
		hr_record_fault(r, HR_FAULT_MISSING, "<zone> needs 'care'");
}

/* None of a word that has none: its record is at fault. */
static uint64_t bit_of(uint32_t word)
{
	return word < HR_SCOPE_WORDS_MAX ? UINT64_C(1) << word : 0;
}

static void read_zone(hr_record *r, void *unused)
{
	static const hr_str filings[] = { HR_STR_INIT("needed"), HR_STR_INIT("exempt") };
	hr_load *load = r->load;
	unsigned filing = HR_RECORD_WORD(r, "filing", filings, 2);
	hr_zone row = {
		.name = hr_record_code(r, HR_STR("name")),
		.title = hr_record_common(r, HR_STR("title")),
		.scope = hr_record_scope(r, ZONE_DIMENSIONS),
		.exempt = filing == 1,
	};
	hr_zone *kept;

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	row.care = hr_record_words(r, HR_STR("care"), &row.care_count);
	check_care(r, &row);
	if (filing == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<zone> needs 'filing': needed or exempt");
	if (load->zones.count == ZONES_MAX)
		hr_record_fault(r, HR_FAULT_LIMIT, "there are over %d zones", ZONES_MAX);
	if (hr_str_equal(row.name, HR_STR("home")) || hr_str_equal(row.name, HR_STR("outside")))
		hr_record_fault(r, HR_FAULT_BAD_VALUE,
				"home and outside are what no zone declares");
	else if (row.name.len)
		row.bit = bit_of(hr_load_scope_word(r, HR_DIMENSION_ZONE, row.name));
	hr_record_end(r);
	if (load->stopped || load->faults != r->faults)
		return;
	kept = hr_load_add(load, &load->zones);
	if (!kept)
		return;
	*kept = row;
	area_of(load)->zone_count++;
}

static void check_zones(hr_record *r)
{
	hr_str rest = hr_record_list(r, HR_STR("zones"));
	hr_str word;

	while ((word = hr_str_next_word(&rest)).len)
		if (!hr_str_equal(word, HR_STR("home")) && !hr_str_equal(word, HR_STR("outside")) &&
		    !is_declared(r->load, word))
			hr_record_unknown(r, "zone", word);
}

static void read_policy(hr_record *r, void *unused)
{
	check_zones(r);
	hr_load_policy(r, unused);
}

/* --- to the snapshot --- */

static int compare_policies(const void *left, const void *right)
{
	const hr_policy_row *a = left;
	const hr_policy_row *b = right;

	if (a->area != b->area)
		return a->area < b->area ? -1 : 1;
	if (a->policy.fund != b->policy.fund)
		return a->policy.fund < b->policy.fund ? -1 : 1;
	if (a->policy.origin.grade != b->policy.origin.grade)
		return a->policy.origin.grade < b->policy.origin.grade ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/* Each area's part of the sorted policies, and where in it each fund begins. */
static void share_out(hr_load *load, const hr_policy *policies, hr_area *areas)
{
	const hr_policy_row *rows = (const void *)load->rows.data;
	const hr_zone *zones = hr_load_pack(load, &load->zones);
	const hr_filing_rules *filings = hr_load_pack(load, &load->filings);
	size_t at = 0;

	for (size_t i = 0; zones && filings && i < load->areas.count; i++) {
		size_t begin = at;

		areas[i].zones = zones;
		zones += areas[i].zone_count;
		areas[i].filings = filings;
		filings += areas[i].filing_count;
		areas[i].policies = policies + begin;
		for (uint32_t fund = 0; fund < HR_FUND_COUNT; fund++) {
			areas[i].first[fund] = (uint32_t)(at - begin);
			while (at < load->rows.count && rows[at].area == i &&
			       rows[at].policy.fund == fund)
				at++;
		}
		areas[i].first[HR_FUND_COUNT] = (uint32_t)(at - begin);
	}
}

/* An area without a rounding would leave every answer open by a fen. */
static void check_roundings(hr_load *load)
{
	const hr_area *areas = (const void *)load->areas.data;

	for (size_t i = 0; i < load->areas.count; i++)
		if (areas[i].rounding.unit_fen == 0)
			hr_load_fault(load, HR_FAULT_MISSING, &areas[i].origin,
				      "<settlement> needs a <rounding>");
}

static void areas_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;
	hr_policy_row *rows = (void *)load->rows.data;
	hr_policy *policies;
	hr_area *areas;

	if (!load->areas.arena)
		return;
	check_roundings(load);
	if (load->rows.count)
		qsort(rows, load->rows.count, sizeof(*rows), compare_policies);
	policies = HR_LOAD_NEW_N(load, hr_policy, load->rows.count);
	areas = hr_load_pack(load, &load->areas);
	catalog->counters = hr_load_pack(load, &load->counters);
	hr_load_map(load, &catalog->area_regions, catalog->arena, load->areas.count);
	if (load->stopped)
		return;
	for (size_t i = 0; i < load->rows.count; i++)
		policies[i] = rows[i].policy;
	share_out(load, policies, areas);
	for (size_t i = 0; !load->stopped && i < load->areas.count; i++)
		hr_load_put(load, &catalog->area_regions, areas[i].region, (uint32_t)i);
	catalog->areas = areas;
	catalog->area_count = load->areas.count;
	catalog->counter_count = load->counters.count;
}

static const hr_element elements[] = {
	{ HR_STR_INIT("rounding"), read_rounding }, { HR_STR_INIT("cross-year"), read_cross_year },
	{ HR_STR_INIT("accounts"), read_accounts }, { HR_STR_INIT("zone"), read_zone },
	{ HR_STR_INIT("filing"), read_filing },	    { HR_STR_INIT("policy"), read_policy },
};

const hr_load_kind hr_load_settlement = {
	.root = HR_STR_INIT("settlement"),
	.shared = true,
	.row_size = sizeof(hr_policy_row),
	.limit = POLICIES_MAX,
	.elements = elements,
	.element_count = sizeof(elements) / sizeof(elements[0]),
	.begin = begin_area,
	.done = areas_done,
};
