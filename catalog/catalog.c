/* The life of a snapshot, and its rows by number. */
#include "catalog/catalog.h"

#include "catalog/snapshot.h"

#include <assert.h>
#include <pthread.h>

static const size_t snapshot_cap = (size_t)1 << 30;

hr_catalog *hr_catalog_open(hr_str id, hr_instant known_at)
{
	hr_arena *arena = hr_arena_open(snapshot_cap);
	hr_catalog *catalog = arena ? HR_NEW(arena, hr_catalog) : NULL;
	hr_str copy = catalog ? hr_str_copy(arena, id) : HR_STR_NONE;

	if (!copy.data) {
		hr_arena_close(arena);
		return NULL;
	}
	catalog->arena = arena;
	catalog->id = copy;
	catalog->known_at = known_at;
	atomic_init(&catalog->references, 1);
	return catalog;
}

hr_catalog *hr_catalog_ref(hr_catalog *catalog)
{
	atomic_fetch_add_explicit(&catalog->references, 1, memory_order_relaxed);
	return catalog;
}

void hr_catalog_unref(hr_catalog *catalog)
{
	/* Who gives the last reference back has seen all that others did with theirs. */
	if (catalog &&
	    atomic_fetch_sub_explicit(&catalog->references, 1, memory_order_acq_rel) == 1)
		hr_arena_close(catalog->arena);
}

static void give_back(void *catalog)
{
	hr_catalog_unref(catalog);
}

bool hr_catalog_hang(hr_catalog *catalog, hr_arena *arena, hr_error *err)
{
	return hr_arena_on_reset(arena, give_back, catalog, err);
}

hr_str hr_catalog_id(const hr_catalog *catalog)
{
	return catalog->id;
}

hr_instant hr_catalog_known_at(const hr_catalog *catalog)
{
	return catalog->known_at;
}

size_t hr_catalog_bytes(const hr_catalog *catalog)
{
	return hr_arena_used(catalog->arena);
}

struct hr_catalog_slot {
	hr_arena *arena; /* holds this struct */
	pthread_mutex_t lock;
	hr_catalog *catalog;
};

hr_catalog_slot *hr_catalog_slot_open(void)
{
	hr_arena *arena = hr_arena_open(sizeof(hr_catalog_slot));
	hr_catalog_slot *slot = arena ? HR_NEW(arena, hr_catalog_slot) : NULL;

	if (!slot || pthread_mutex_init(&slot->lock, NULL) != 0) {
		hr_arena_close(arena);
		return NULL;
	}
	slot->arena = arena;
	return slot;
}

void hr_catalog_slot_close(hr_catalog_slot *slot)
{
	if (!slot)
		return;
	hr_catalog_unref(slot->catalog);
	pthread_mutex_destroy(&slot->lock);
	hr_arena_close(slot->arena);
}

void hr_catalog_slot_set(hr_catalog_slot *slot, hr_catalog *catalog)
{
	hr_catalog *before;

	pthread_mutex_lock(&slot->lock);
	before = slot->catalog;
	slot->catalog = catalog;
	pthread_mutex_unlock(&slot->lock);
	/* Outside the lock: the last reference to a large snapshot takes a while to free. */
	hr_catalog_unref(before);
}

hr_catalog *hr_catalog_slot_get(hr_catalog_slot *slot, hr_arena *arena, hr_error *err)
{
	hr_catalog *catalog;

	pthread_mutex_lock(&slot->lock);
	catalog = slot->catalog ? hr_catalog_ref(slot->catalog) : NULL;
	pthread_mutex_unlock(&slot->lock);
	if (!catalog) {
		hr_fail(err, HR_E_REGISTRY, "no catalogue is loaded yet");
		return NULL;
	}
	return hr_catalog_hang(catalog, arena, err) ? catalog : NULL;
}

#define ROWS(name, type, array, index_type)                                                        \
	size_t hr_catalog_##name##_count(const hr_catalog *catalog)                                \
	{                                                                                          \
		return catalog->name##_count;                                                      \
	}                                                                                          \
	const type *hr_catalog_get_##name(const hr_catalog *catalog, index_type index)             \
	{                                                                                          \
		assert(index < catalog->name##_count);                                             \
		return &catalog->array[index];                                                     \
	}

ROWS(region, hr_region, regions, size_t)
ROWS(unit, hr_unit, units, size_t)
ROWS(item, hr_item, items, hr_item_id)
ROWS(institution, hr_institution, institutions, hr_institution_id)
ROWS(regime, hr_regime, regimes, size_t)
ROWS(situation, hr_situation, situations, size_t)
ROWS(mark, hr_mark, marks, size_t)
ROWS(document, hr_document, documents, size_t)
ROWS(window, hr_window, windows, size_t)

static const hr_range *grants_of(const hr_catalog *catalog, const hr_regime *regime)
{
	return &catalog->regime_rows[regime - catalog->regimes].grants;
}

size_t hr_catalog_grant_count(const hr_catalog *catalog, const hr_regime *regime)
{
	return grants_of(catalog, regime)->count;
}

const hr_grant *hr_catalog_get_grant(const hr_catalog *catalog, const hr_regime *regime,
				     size_t index)
{
	const hr_range *range = grants_of(catalog, regime);

	assert(index < range->count);
	return &catalog->grants[range->first + index];
}

bool hr_catalog_has_synthetic(const hr_catalog *catalog)
{
	return catalog->synthetic;
}

const hr_str hr_grade_words[] = {
#define X(name, word, zh) [HR_GRADE_##name] = HR_STR_INIT(word),
	HR_GRADES(X)
#undef X
};

const hr_str hr_unit_class_words[] = {
#define X(name, word) [HR_UNIT_##name] = HR_STR_INIT(word),
	HR_UNIT_CLASSES(X)
#undef X
};

const hr_str hr_event_words[] = {
	[HR_EVENT_COLLECTED] = HR_STR_INIT("collected"),
	[HR_EVENT_RECEIVED] = HR_STR_INIT("received"),
	[HR_EVENT_TESTED] = HR_STR_INIT("tested"),
	[HR_EVENT_REPORTED] = HR_STR_INIT("reported"),
	[HR_EVENT_UNSTATED] = HR_STR_INIT("unstated"),
};

static const hr_str grades_zh[] = {
#define X(name, word, zh) [HR_GRADE_##name] = HR_STR_INIT(zh),
	HR_GRADES(X)
#undef X
};

hr_str hr_grade_word(hr_grade grade)
{
	return hr_grade_words[grade];
}

hr_str hr_grade_zh(hr_grade grade)
{
	return grades_zh[grade];
}

hr_str hr_event_kind_word(hr_event_kind kind)
{
	return hr_event_words[kind];
}
