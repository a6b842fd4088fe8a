/* Persons, each once: of an institution, between two regions, of a region, in all. */
#include "service/clear_parts.h"

#include <stdlib.h>

struct person {
	hr_str name;
	uint32_t cell;
};

/* Of each pair and region the last person that was counted there. */
struct seen {
	uint64_t person; /* from 1 */
	uint64_t *pairs;
	uint64_t *regions;
};

struct counting {
	hr_clearing *c;
	struct seen seen;
};

static int compare(const void *left, const void *right)
{
	const struct person *a = left;
	const struct person *b = right;
	const int name = hr_str_compare(a->name, b->name);

	return name ? name : a->cell < b->cell ? -1 : a->cell > b->cell;
}

/* As hr_clear_match wrote it. */
static bool read_person(hr_str bytes, struct person *out)
{
	if (bytes.len < sizeof(out->cell))
		return false;
	memcpy(&out->cell, bytes.data, sizeof(out->cell));
	out->name = hr_str_slice(bytes, sizeof(out->cell), bytes.len);
	return true;
}

static void count_at(hr_clearing *c, uint32_t cell, struct seen *seen)
{
	const uint32_t pair = c->cells[cell].pair;
	const uint32_t region = c->out.pairs[pair].region;

	c->cells[cell].sum.persons++;
	if (seen->pairs[pair] != seen->person)
		c->out.pairs[pair].sum.persons++;
	seen->pairs[pair] = seen->person;
	if (hr_str_equal(c->out.pairs[pair].insured, c->out.pairs[pair].care))
		return;
	if (seen->regions[region] != seen->person)
		c->out.regions[region].sum.persons++;
	seen->regions[region] = seen->person;
}

static void count_rows(hr_clearing *c, const struct person *rows, size_t count, struct seen *seen)
{
	for (size_t i = 0; i < count; i++) {
		const bool is_new = i == 0 || !hr_str_equal(rows[i].name, rows[i - 1].name);

		seen->person += is_new;
		c->out.sum.persons += is_new;
		if (is_new || rows[i].cell != rows[i - 1].cell)
			count_at(c, rows[i].cell, seen);
	}
}

static bool count_part(void *context, const hr_str *things, size_t count, hr_arena *arena,
		       hr_error *err)
{
	struct counting *counting = context;
	struct person *rows = HR_NEW_N(arena, struct person, count);

	if (!rows)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		if (!read_person(things[i], &rows[i]))
			return hr_fail(err, HR_E_IO, "what was spilt did not come back");
	qsort(rows, count, sizeof(*rows), compare);
	count_rows(counting->c, rows, count, &counting->seen);
	return true;
}

bool hr_clear_count_persons(hr_clearing *c, hr_error *err)
{
	struct counting counting = {
		.c = c,
		.seen = { .pairs = HR_NEW_N(c->arena, uint64_t, c->out.pair_count + 1),
			  .regions = HR_NEW_N(c->arena, uint64_t, c->out.region_count + 1) },
	};

	if (!counting.seen.pairs || !counting.seen.regions)
		return hr_fail_memory(err);
	return hr_spill_each(c->persons, count_part, &counting, err);
}
