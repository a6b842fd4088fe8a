#include "service/clear_parts.h"

#include <stdlib.h>

/* Sorted and cut when it is full, not with each that comes. */
enum { TOLD_ROOM = 2 * HR_CLEAR_FAULTS_MAX };

static bool begin(hr_clearing *c, const hr_clear_options *options, hr_arena *arena, hr_error *err)
{
	const hr_spill_limits *limits = options->spill ? options->spill : &hr_spill_limits_usual;

	*c = (hr_clearing){ .options = options, .arena = arena };
	c->told = HR_NEW_N(arena, hr_clear_fault, TOLD_ROOM);
	c->stays = HR_NEW_N(arena, hr_clear_fault, HR_CLEAR_FAULTS_MAX);
	if (!c->told || !c->stays)
		return hr_fail_memory(err);
	return hr_map_init(&c->cell_of, arena, 1024, err) &&
	       hr_spill_open(options->scratch, limits, &c->rows, err) &&
	       hr_spill_open(options->scratch, limits, &c->persons, err);
}

static void end(hr_clearing *c)
{
	hr_spill_close(c->rows);
	hr_spill_close(c->persons);
}

/* --- faults --- */

static int compare_faults(const void *left, const void *right)
{
	const hr_clear_fault *a = left;
	const hr_clear_fault *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static void keep_first(hr_clearing *c)
{
	if (c->out.told_count)
		qsort(c->told, c->out.told_count, sizeof(*c->told), compare_faults);
	if (c->out.told_count < HR_CLEAR_FAULTS_MAX)
		return;
	c->out.told_count = HR_CLEAR_FAULTS_MAX;
	c->last_told = &c->told[HR_CLEAR_FAULTS_MAX - 1];
}

bool hr_clear_tell(hr_clearing *c, hr_clear_fault_kind kind, uint32_t file, uint32_t line,
		   const char *message, hr_error *err)
{
	hr_clear_fault fault = { .kind = kind, .file = file, .line = line };

	c->out.faults[kind]++;
	if (c->last_told && compare_faults(&fault, c->last_told) > 0)
		return true;
	fault.message = hr_str_copy(c->arena, hr_str_of(message));
	if (hr_arena_is_short(c->arena))
		return hr_fail_memory(err);
	c->told[c->out.told_count++] = fault;
	if (c->out.told_count == TOLD_ROOM)
		keep_first(c);
	return true;
}

/* --- pairs and regions --- */

struct naming {
	hr_map map;
	uint32_t count;
};

static bool number_of(struct naming *naming, hr_str key, bool *is_new, uint32_t *out, hr_error *err)
{
	*is_new = !hr_map_find(&naming->map, key, out);
	if (!*is_new)
		return true;
	*out = naming->count++;
	return hr_map_put(&naming->map, key, *out, err);
}

/* The front of a cell's key: both regions, and the blank between. */
static hr_str key_of_pair(const hr_clear_cell *cell)
{
	return (hr_str){ cell->insured.data, 13 };
}

static bool name_pairs(hr_clearing *c, hr_error *err)
{
	const size_t count = c->out.cell_count;
	struct naming pairs = { .count = 0 };
	struct naming regions = { .count = 0 };

	c->out.pairs = HR_NEW_N(c->arena, hr_clear_pair, count + 1);
	c->out.regions = HR_NEW_N(c->arena, hr_clear_region, count + 1);
	if (!c->out.pairs || !c->out.regions)
		return hr_fail_memory(err);
	if (!hr_map_init(&pairs.map, c->arena, 64, err) ||
	    !hr_map_init(&regions.map, c->arena, 64, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		hr_clear_cell *cell = &c->cells[i];
		uint32_t region;
		bool fresh;

		if (!number_of(&regions, cell->insured, &fresh, &region, err))
			return false;
		if (fresh)
			c->out.regions[region] = (hr_clear_region){ .insured = cell->insured };
		if (!number_of(&pairs, key_of_pair(cell), &fresh, &cell->pair, err))
			return false;
		if (fresh)
			c->out.pairs[cell->pair] = (hr_clear_pair){ .insured = cell->insured,
								    .care = cell->care,
								    .region = region };
	}
	c->out.pair_count = pairs.count;
	c->out.region_count = regions.count;
	return true;
}

/* Persons are counted apart: one may stand in several cells. */
static void add_sum(hr_clear_sum *to, const hr_clear_sum *from)
{
	to->settlements += from->settlements;
	to->reversals += from->reversals;
	/* No sum of cells is more than that of all, which fits; wrapping on the way is no harm. */
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		to->fen[i] = (int64_t)((uint64_t)to->fen[i] + (uint64_t)from->fen[i]);
}

static void sum_up(hr_clear *out)
{
	for (size_t i = 0; i < out->cell_count; i++)
		add_sum(&out->pairs[out->cells[i].pair].sum, &out->cells[i].sum);
	for (size_t i = 0; i < out->pair_count; i++) {
		const hr_clear_pair *pair = &out->pairs[i];

		if (!hr_str_equal(pair->insured, pair->care))
			add_sum(&out->regions[pair->region].sum, &pair->sum);
	}
}

static int compare_cells(const void *left, const void *right)
{
	const hr_clear_cell *a = left;
	const hr_clear_cell *b = right;

	/* Their keys as they were made, which are four texts of one order. */
	return hr_str_compare((hr_str){ a->insured.data, 15 + a->hospital.len + a->insurance.len },
			      (hr_str){ b->insured.data, 15 + b->hospital.len + b->insurance.len });
}

static int compare_pairs(const void *left, const void *right)
{
	const hr_clear_pair *a = left;
	const hr_clear_pair *b = right;
	const int insured = hr_str_compare(a->insured, b->insured);

	return insured ? insured : hr_str_compare(a->care, b->care);
}

static int compare_regions(const void *left, const void *right)
{
	const hr_clear_region *a = left;
	const hr_clear_region *b = right;

	return hr_str_compare(a->insured, b->insured);
}

/* From here on their numbers mean nothing any more. */
static void sort_all(hr_clear *out)
{
	if (out->cell_count)
		qsort(out->cells, out->cell_count, sizeof(*out->cells), compare_cells);
	if (out->pair_count)
		qsort(out->pairs, out->pair_count, sizeof(*out->pairs), compare_pairs);
	if (out->region_count)
		qsort(out->regions, out->region_count, sizeof(*out->regions), compare_regions);
}

static void finish(hr_clearing *c, hr_clear *out)
{
	c->out.cells = c->cells;
	c->out.told = c->told;
	c->out.stays_told = c->stays;
	sort_all(&c->out);
	keep_first(c);
	*out = c->out;
}

bool hr_clear_run(const hr_clear_options *options, hr_arena *arena, hr_clear *out, hr_error *err)
{
	hr_clearing c;
	const bool ok = begin(&c, options, arena, err) && hr_clear_read(&c, err) &&
			name_pairs(&c, err) && hr_clear_match(&c, err) &&
			hr_clear_count_persons(&c, err);

	end(&c);
	if (!ok)
		return false;
	c.out.cells = c.cells;
	sum_up(&c.out);
	finish(&c, out);
	return true;
}

bool hr_clear_reconcile(const hr_clear_options *options, hr_arena *arena, hr_clear *out,
			hr_error *err)
{
	hr_clearing c;
	const bool ok = begin(&c, options, arena, err) && hr_clear_read(&c, err) &&
			name_pairs(&c, err) && hr_clear_match_sides(&c, err);

	end(&c);
	if (ok)
		finish(&c, out);
	return ok;
}
