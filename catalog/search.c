#include "catalog/search.h"

#include "base/text.h"
#include "catalog/snapshot.h"

#include <assert.h>

/* How well it fits; the lower the better. */
enum rank { RANK_WHOLE, RANK_START, RANK_INSIDE, RANK_NONE };

/* The best found so far, each once, in order. */
struct found {
	uint32_t *ids;
	enum rank ranks[HR_SEARCH_MAX];
	size_t count;
	size_t room;
};

static enum rank rank_of(hr_str name, hr_str part)
{
	size_t at = hr_str_find(name, part);

	if (at == name.len)
		return RANK_NONE;
	if (at > 0)
		return RANK_INSIDE;
	return name.len == part.len ? RANK_WHOLE : RANK_START;
}

static bool stands_before(const struct found *found, size_t at, enum rank rank, uint32_t id)
{
	return found->ranks[at] < rank || (found->ranks[at] == rank && found->ids[at] <= id);
}

static void take_out(struct found *found, size_t at)
{
	found->count--;
	for (; at < found->count; at++) {
		found->ids[at] = found->ids[at + 1];
		found->ranks[at] = found->ranks[at + 1];
	}
}

/* Behind what fits better; the last falls out when there is no room. */
static void put_in(struct found *found, enum rank rank, uint32_t id)
{
	size_t at = found->count;

	if (at == found->room) {
		if (at == 0 || stands_before(found, at - 1, rank, id))
			return;
		at--;
	} else {
		found->count++;
	}
	for (; at > 0 && !stands_before(found, at - 1, rank, id); at--) {
		found->ids[at] = found->ids[at - 1];
		found->ranks[at] = found->ranks[at - 1];
	}
	found->ids[at] = id;
	found->ranks[at] = rank;
}

/* What bears several names stands where its best one puts it. */
static void add(struct found *found, enum rank rank, uint32_t id)
{
	if (rank == RANK_NONE || id == HR_ID_NONE)
		return;
	for (size_t i = 0; i < found->count; i++) {
		if (found->ids[i] != id)
			continue;
		if (found->ranks[i] <= rank)
			return;
		take_out(found, i);
		break;
	}
	put_in(found, rank, id);
}

/* False when there is nothing to look for. */
static bool open_search(hr_str *part, char *text, uint32_t *out, size_t room, struct found *found)
{
	assert(room <= HR_SEARCH_MAX);
	*found = (struct found){ .ids = out, .room = room };
	if (part->len > HR_SEARCH_PART_MAX)
		return false;
	*part = (hr_str){ text, hr_text_fold(*part, text) };
	return part->len > 0;
}

size_t hr_catalog_search_items(const hr_catalog *catalog, hr_str part, hr_kind kind,
			       hr_item_id *out, size_t room)
{
	const hr_names *names = &catalog->item_names;
	hr_code_relation relation;
	char text[HR_SEARCH_PART_MAX];
	hr_item_id id = hr_catalog_find_item_by_loinc(catalog, hr_str_trim(part), &relation);
	struct found found;

	if (!open_search(&part, text, out, room, &found))
		return 0;
	if (id != HR_ID_NONE && relation == HR_CODE_SAME &&
	    (kind == HR_KIND_UNKNOWN || catalog->items[id].kind == kind))
		add(&found, RANK_WHOLE, id);
	for (size_t i = 0; i < names->count; i++) {
		const hr_named *row = &names->rows[i];

		if (kind == HR_KIND_UNKNOWN || catalog->items[row->id].kind == kind)
			add(&found, rank_of(row->folded, part), row->id);
	}
	return found.count;
}

size_t hr_catalog_search_institutions(const hr_catalog *catalog, hr_str part,
				      hr_institution_id *out, size_t room)
{
	const hr_names *names = &catalog->institution_names;
	char text[HR_SEARCH_PART_MAX];
	hr_str code = hr_str_trim(part);
	struct found found;

	if (!open_search(&part, text, out, room, &found))
		return 0;
	add(&found, RANK_WHOLE, hr_catalog_find_institution(catalog, code));
	for (size_t i = 0; i < names->count; i++)
		add(&found, rank_of(names->rows[i].folded, part), names->rows[i].id);
	for (size_t i = 0; i < catalog->institution_count; i++)
		if (hr_str_starts_with(catalog->institutions[i].key, code))
			add(&found, RANK_START, (uint32_t)i);
	return found.count;
}
