/* Persons, each once: of an institution, between two regions, of a region, in all. */
#include "service/clear_parts.h"

#include <stdlib.h>

#define PART_ARENA_BYTES ((size_t)4 << 30)

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

static int compare(const void *left, const void *right)
{
	const struct person *a = left;
	const struct person *b = right;
	const int name = hr_str_compare(a->name, b->name);

	return name ? name : a->cell < b->cell ? -1 : a->cell > b->cell;
}

static bool take(hr_str *rest, struct person *out)
{
	size_t length;

	if (rest->len <= sizeof(out->cell))
		return false;
	memcpy(&out->cell, rest->data, sizeof(out->cell));
	length = (unsigned char)rest->data[sizeof(out->cell)];
	out->name = hr_str_slice(*rest, sizeof(out->cell) + 1, sizeof(out->cell) + 1 + length);
	*rest = hr_str_slice(*rest, sizeof(out->cell) + 1 + length, rest->len);
	return true;
}

static bool take_all(hr_str bytes, hr_arena *arena, struct person **out, size_t *count,
		     hr_error *err)
{
	struct person one;
	hr_str rest = bytes;
	size_t n = 0;

	while (take(&rest, &one))
		n++;
	*out = HR_NEW_N(arena, struct person, n + 1);
	if (!*out)
		return hr_fail_memory(err);
	rest = bytes;
	for (size_t i = 0; i < n; i++)
		take(&rest, &(*out)[i]);
	*count = n;
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

static void count_part(hr_clearing *c, const struct person *rows, size_t count, struct seen *seen)
{
	for (size_t i = 0; i < count; i++) {
		const bool is_new = i == 0 || !hr_str_equal(rows[i].name, rows[i - 1].name);

		seen->person += is_new;
		c->out.sum.persons += is_new;
		if (is_new || rows[i].cell != rows[i - 1].cell)
			count_at(c, rows[i].cell, seen);
	}
}

bool hr_clear_count_persons(hr_clearing *c, hr_error *err)
{
	hr_arena *arena = hr_arena_open(PART_ARENA_BYTES);
	struct seen seen = { .pairs = HR_NEW_N(c->arena, uint64_t, c->out.pair_count + 1),
			     .regions = HR_NEW_N(c->arena, uint64_t, c->out.region_count + 1) };
	bool ok = (arena && seen.pairs && seen.regions) || hr_fail_memory(err);

	for (unsigned part = 0; ok && part < HR_SPILL_PARTS; part++) {
		struct person *rows = NULL;
		size_t count = 0;
		hr_str bytes;

		hr_arena_reset(arena);
		ok = hr_spill_read(c->persons, part, arena, &bytes, err) &&
		     take_all(bytes, arena, &rows, &count, err);
		if (!ok)
			break;
		qsort(rows, count, sizeof(*rows), compare);
		count_part(c, rows, count, &seen);
	}
	hr_arena_close(arena);
	return ok;
}
