/* Items have other ids in other versions: sets of them are compared by code. */
#include "registry/diff_parts.h"

static bool make_room(hr_diff *diff, const hr_diff_rows rows[HR_DIFF_SIDES])
{
	size_t most = rows[HR_DIFF_BEFORE].count + rows[HR_DIFF_AFTER].count;

	diff->words = (most + 63) / 64;
	diff->codes = HR_NEW_N(diff->scratch, hr_str, most + 1);
	diff->places[HR_DIFF_BEFORE] =
		HR_NEW_N(diff->scratch, uint32_t, rows[HR_DIFF_BEFORE].count + 1);
	diff->places[HR_DIFF_AFTER] =
		HR_NEW_N(diff->scratch, uint32_t, rows[HR_DIFF_AFTER].count + 1);
	diff->common = hr_diff_new_set(diff);
	return diff->codes && diff->places[HR_DIFF_BEFORE] && diff->places[HR_DIFF_AFTER] &&
	       diff->common;
}

/* Two sorted lists made one. */
void hr_diff_join_items(hr_diff *diff, const hr_diff_rows rows[HR_DIFF_SIDES])
{
	const hr_diff_row *pair[HR_DIFF_SIDES];
	size_t at[HR_DIFF_SIDES] = { 0 };

	if (!make_room(diff, rows)) {
		diff->failed = true;
		return;
	}
	while (hr_diff_next_pair(rows, at, pair)) {
		uint32_t place = (uint32_t)diff->code_count++;

		for (int side = 0; side < HR_DIFF_SIDES; side++)
			if (pair[side]) {
				diff->places[side][pair[side]->id] = place;
				diff->codes[place] = pair[side]->key;
			}
		if (pair[HR_DIFF_BEFORE] && pair[HR_DIFF_AFTER])
			diff->common[place / 64] |= (uint64_t)1 << place % 64;
	}
}

uint64_t *hr_diff_new_set(hr_diff *diff)
{
	uint64_t *set = HR_NEW_N(diff->scratch, uint64_t, diff->words + 1);

	if (!set)
		diff->failed = true;
	return set;
}

void hr_diff_add_items(const hr_diff *diff, int side, const uint64_t *items, uint64_t *set)
{
	size_t count = hr_catalog_item_count(diff->catalogs[side]);

	for (size_t word = 0; items && word < (count + 63) / 64; word++)
		for (uint64_t bits = items[word]; bits; bits &= bits - 1) {
			size_t id = word * 64 + (size_t)__builtin_ctzll(bits);
			uint32_t place;

			if (id >= count)
				break;
			place = diff->places[side][id];
			set[place / 64] |= (uint64_t)1 << place % 64;
		}
}

bool hr_diff_set_is_empty(const hr_diff *diff, const uint64_t *set)
{
	for (size_t word = 0; word < diff->words; word++)
		if (set[word])
			return false;
	return true;
}

void hr_diff_write_items(const hr_diff *diff, const uint64_t *set, hr_buf *out)
{
	bool first = true;

	for (size_t word = 0; word < diff->words; word++)
		for (uint64_t bits = set[word]; bits; bits &= bits - 1) {
			if (!first)
				hr_buf_add_char(out, ' ');
			hr_buf_add(out, diff->codes[word * 64 + (size_t)__builtin_ctzll(bits)]);
			first = false;
		}
}

void hr_diff_say_items(hr_diff *diff, const uint64_t *set)
{
	hr_buf *codes = &diff->spare.text[0];

	codes->len = 0;
	hr_diff_write_items(diff, set, codes);
	hr_diff_say(diff, hr_buf_str(codes), hr_buf_str(codes));
}
