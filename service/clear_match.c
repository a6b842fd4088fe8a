/* What has the same id stands together now: each settlement is counted once, or told why not. */
#include "service/clear_parts.h"

#include <stdio.h>
#include <stdlib.h>

typedef bool match_fn(hr_clearing *c, const hr_clear_row *rows, size_t count, hr_error *err);

static int compare_place(const hr_clear_row *a, const hr_clear_row *b)
{
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* By id; the settlement before what takes it back; ours before theirs; as they came. */
static int compare(const void *left, const void *right)
{
	const hr_clear_row *a = left;
	const hr_clear_row *b = right;
	const int key = hr_str_compare(a->key, b->key);
	int own;

	if (key)
		return key;
	if ((a->flags ^ b->flags) & HR_CLEAR_REVERSES)
		return a->flags & HR_CLEAR_REVERSES ? 1 : -1;
	own = hr_str_compare(a->own, b->own);
	return own ? own : compare_place(a, b);
}

struct matching {
	hr_clearing *c;
	match_fn *match;
};

static bool match_part(void *context, const hr_str *things, size_t count, hr_arena *arena,
		       hr_error *err)
{
	const struct matching *m = context;
	hr_clear_row *rows = HR_NEW_N(arena, hr_clear_row, count);

	if (!rows)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++)
		if (!hr_clear_row_read(things[i], &rows[i]))
			return hr_fail(err, HR_E_IO, "what was spilt did not come back");
	qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && hr_str_equal(rows[i].key, rows[end].key); end++)
			;
		if (!m->match(m->c, &rows[i], end - i, err))
			return false;
	}
	return true;
}

static bool match_all(hr_clearing *c, match_fn *match, hr_error *err)
{
	struct matching m = { c, match };

	return hr_spill_each(c->rows, match_part, &m, err);
}

static bool tell(hr_clearing *c, hr_clear_fault_kind kind, const hr_clear_row *row,
		 const char *message, hr_error *err)
{
	return hr_clear_tell(c, kind, row->file, row->line, message, err);
}

/* --- sums --- */

bool hr_clear_sum_add(hr_clear_sum *sum, const hr_clear_row *row, hr_error *err)
{
	const bool back = row->flags & HR_CLEAR_REVERSES;

	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (__builtin_add_overflow(sum->fen[i], back ? -row->fen[i] : row->fen[i],
					   &sum->fen[i]))
			return hr_fail(err, HR_E_LIMIT, "a sum of '%.*s' does not fit",
				       HR_STR_ARG(hr_amount_word(i)));
	sum->reversals += back;
	sum->settlements += !back;
	return true;
}

static bool count_row(hr_clearing *c, const hr_clear_row *row, hr_error *err)
{
	return hr_clear_sum_add(&c->cells[row->cell].sum, row, err) &&
	       hr_clear_sum_add(&c->out.sum, row, err);
}

static bool count_person(hr_clearing *c, const hr_clear_row *row, hr_error *err)
{
	char memory[sizeof(row->cell) + HR_SETTLED_CODE_MAX + 1];
	hr_buf buf;

	hr_buf_init_over(&buf, memory, sizeof(memory));
	hr_buf_add(&buf, (hr_str){ (const char *)&row->cell, sizeof(row->cell) });
	hr_buf_add(&buf, row->person);
	return hr_spill_add(c->persons, hr_str_hash(row->person, 0), hr_buf_str(&buf), err);
}

/* --- one side --- */

/*
 * Of rows that should be one and the same: the first, or NULL where they differ
 * (`kind` is told of each) or there is none. Those that repeat it are told.
 */
static bool agree(hr_clearing *c, const hr_clear_row *rows, size_t count, hr_clear_fault_kind kind,
		  const hr_clear_row **out, hr_error *err)
{
	bool same = true;

	for (size_t i = 1; i < count; i++)
		same &= hr_str_equal(rows[0].content, rows[i].content);
	*out = count && same ? rows : NULL;
	for (size_t i = same ? 1 : 0; i < count; i++)
		if (!tell(c, same ? HR_CLEAR_REPEATED : kind, &rows[i], "", err))
			return false;
	return true;
}

static bool has_amounts_of(const hr_clear_row *a, const hr_clear_row *b)
{
	return memcmp(a->fen, b->fen, sizeof(a->fen)) == 0 && a->cell == b->cell;
}

static bool match_id(hr_clearing *c, const hr_clear_row *rows, size_t count, hr_error *err)
{
	const hr_clear_row *settled;
	const hr_clear_row *reversal;
	size_t n = 0;

	while (n < count && !(rows[n].flags & HR_CLEAR_REVERSES))
		n++;
	if (!agree(c, rows, n, HR_CLEAR_DISPUTED, &settled, err) ||
	    !agree(c, rows + n, count - n, HR_CLEAR_REVERSAL, &reversal, err))
		return false;
	/* Without its settlement among these it takes back one of an earlier period. */
	if (reversal && n && (!settled || !has_amounts_of(settled, reversal))) {
		if (!tell(c, HR_CLEAR_REVERSAL, reversal, "", err))
			return false;
		reversal = NULL;
	}
	return (!settled || count_row(c, settled, err)) &&
	       (!reversal || count_row(c, reversal, err)) &&
	       (!settled || reversal || count_person(c, settled, err));
}

bool hr_clear_match(hr_clearing *c, hr_error *err)
{
	return match_all(c, match_id, err);
}

/* --- two sides --- */

/* The first thing in which they differ; empty: none. */
static hr_str difference(const hr_clearing *c, const hr_clear_row *a, const hr_clear_row *b)
{
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (a->fen[i] != b->fen[i])
			return hr_amount_word(i);
	if (c->cells[a->cell].pair != c->cells[b->cell].pair)
		return HR_STR("region");
	if (a->cell != b->cell)
		return HR_STR("fixmedins_code, insutype");
	if (a->at != b->at)
		return HR_STR("setl_time");
	return hr_str_equal(a->person, b->person) ? HR_STR_NONE : HR_STR("psn_no");
}

static bool compare_sides(hr_clearing *c, const hr_clear_row *ours, const hr_clear_row *theirs,
			  hr_error *err)
{
	char word[32];
	hr_str differs;

	if (!ours || !theirs)
		return (!ours && !theirs) ||
		       tell(c, HR_CLEAR_OTHER_SIDE, ours ? ours : theirs, "", err);
	differs = difference(c, ours, theirs);
	c->out.agreed += !differs.len;
	snprintf(word, sizeof(word), "%.*s", HR_STR_ARG(differs));
	return !differs.len || tell(c, HR_CLEAR_DIFFERENT, ours, word, err);
}

/* Rows of one settlement, or of one reversal of it. */
static bool match_both(hr_clearing *c, const hr_clear_row *rows, size_t count, hr_error *err)
{
	const hr_clear_row *side[2];
	size_t n = 0;

	/* Our files come before theirs, so our rows do. */
	while (n < count && !(rows[n].flags & HR_CLEAR_THEIRS))
		n++;
	if (!agree(c, rows, n, HR_CLEAR_DISPUTED, &side[0], err) ||
	    !agree(c, rows + n, count - n, HR_CLEAR_DISPUTED, &side[1], err))
		return false;
	for (size_t i = 0; i < 2; i++)
		if (side[i] && !hr_clear_sum_add(&c->out.sides[i], side[i], err))
			return false;
	/* What one side disputes with itself is told already. */
	if ((n && !side[0]) || (n < count && !side[1]))
		return true;
	return compare_sides(c, side[0], side[1], err);
}

static bool match_ids(hr_clearing *c, const hr_clear_row *rows, size_t count, hr_error *err)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && hr_str_equal(rows[i].own, rows[end].own) &&
				  !((rows[i].flags ^ rows[end].flags) & HR_CLEAR_REVERSES);
		     end++)
			;
		if (!match_both(c, rows + i, end - i, err))
			return false;
	}
	return true;
}

bool hr_clear_match_sides(hr_clearing *c, hr_error *err)
{
	return match_all(c, match_ids, err);
}
