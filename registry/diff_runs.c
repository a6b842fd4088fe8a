/*
 * Records that a key alone does not tell apart: an office of one name with two
 * telephones, a service that an institution has opened twice. Those that are
 * just so on both sides are no change, wherever they stand; of what is left
 * the first is held against the first.
 */
#include "registry/diff_parts.h"

#include <stdlib.h>

bool hr_diff_next_runs(const hr_diff_rows rows[HR_DIFF_SIDES], hr_diff_run runs[HR_DIFF_SIDES])
{
	const hr_diff_row *pair[HR_DIFF_SIDES];
	size_t at[HR_DIFF_SIDES] = { runs[HR_DIFF_BEFORE].end, runs[HR_DIFF_AFTER].end };

	if (!hr_diff_next_pair(rows, at, pair))
		return false;
	for (int side = 0; side < HR_DIFF_SIDES; side++) {
		size_t first = runs[side].end;
		size_t end = first;

		while (pair[side] && end < rows[side].count &&
		       hr_str_equal(rows[side].rows[end].key, pair[side]->key))
			end++;
		runs[side] = (hr_diff_run){ rows[side].rows + first, end - first, end };
	}
	return true;
}

static void fill_content(hr_diff *diff, const hr_diff_fields *fields, int side, hr_diff_run *run)
{
	hr_buf *out = &diff->moved;

	for (size_t i = 0; i < run->count && !diff->failed; i++) {
		hr_diff_row *row = &run->rows[i];
		uint64_t *items = row->items ? hr_diff_new_set(diff) : NULL;

		out->len = 0;
		hr_diff_write_content(diff, fields, row->record, out);
		if (items) {
			hr_diff_add_items(diff, side, row->items, items);
			hr_diff_write_items(diff, items, out);
		}
		row->content = hr_str_copy(diff->scratch, hr_buf_str(out));
		diff->failed |= !row->content.data;
	}
}

static int compare_contents(const void *left, const void *right)
{
	const hr_diff_row *a = left;
	const hr_diff_row *b = right;
	int order = hr_str_compare(a->content, b->content);

	return order ? order : (a->id > b->id) - (a->id < b->id);
}

static void leave(hr_diff_run *run, size_t *kept, size_t i)
{
	run->rows[(*kept)++] = run->rows[i];
}

void hr_diff_match_runs(hr_diff *diff, const hr_diff_fields *fields,
			hr_diff_run runs[HR_DIFF_SIDES])
{
	hr_diff_run *before = &runs[HR_DIFF_BEFORE];
	hr_diff_run *after = &runs[HR_DIFF_AFTER];
	size_t kept[HR_DIFF_SIDES] = { 0 };
	size_t a = 0;
	size_t b = 0;

	if (before->count <= 1 && after->count <= 1)
		return;
	for (int side = 0; side < HR_DIFF_SIDES; side++) {
		fill_content(diff, fields, side, &runs[side]);
		if (runs[side].count > 1)
			qsort(runs[side].rows, runs[side].count, sizeof(*runs[side].rows),
			      compare_contents);
	}
	while (a < before->count || b < after->count) {
		int order = a == before->count	? 1
			    : b == after->count ? -1
						: hr_str_compare(before->rows[a].content,
								 after->rows[b].content);

		if (order < 0)
			leave(before, &kept[HR_DIFF_BEFORE], a);
		if (order > 0)
			leave(after, &kept[HR_DIFF_AFTER], b);
		a += order <= 0;
		b += order >= 0;
	}
	before->count = kept[HR_DIFF_BEFORE];
	after->count = kept[HR_DIFF_AFTER];
}
