#include "base/map.h"

#include <errno.h>
#include <sys/random.h>

enum { SMALLEST = 16 };

/* Full at three quarters: longer chains cost more than the memory saved. */
static size_t room_of(size_t capacity)
{
	return capacity - capacity / 4;
}

/* So that nobody who writes names can choose ones that all collide. */
static bool draw_seed(uint64_t *seed, hr_error *err)
{
	ssize_t got;

	do
		got = getrandom(seed, sizeof(*seed), 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(*seed))
		return hr_fail_errno(err, got < 0 ? errno : EIO, "draw", "random numbers");
	return true;
}

bool hr_map_init(hr_map *map, hr_arena *arena, size_t expected, hr_error *err)
{
	hr_map fresh = { .arena = arena, .capacity = expected ? SMALLEST : 0 };

	if (expected > SIZE_MAX / 4 / sizeof(hr_map_slot))
		return hr_fail_memory(err);
	if (!draw_seed(&fresh.seed, err))
		return false;
	while (room_of(fresh.capacity) < expected)
		fresh.capacity *= 2;
	if (fresh.capacity) {
		fresh.slots = HR_NEW_N(arena, hr_map_slot, fresh.capacity);
		if (!fresh.slots)
			return hr_fail_memory(err);
	}
	*map = fresh;
	return true;
}

static void place(hr_map_slot *slots, size_t capacity, const hr_map_slot *entry)
{
	size_t i = entry->hash & (capacity - 1);

	while (slots[i].used)
		i = (i + 1) & (capacity - 1);
	slots[i] = *entry;
}

/*
 * Moves the entries in the order of their chains, so that of equal keys the
 * oldest stays first. A chain may run over the end of the table: start behind
 * a free slot, where no chain is cut in two.
 */
static bool grow(hr_map *map)
{
	size_t capacity = map->capacity ? map->capacity * 2 : SMALLEST;
	hr_map_slot *slots = HR_NEW_N(map->arena, hr_map_slot, capacity);
	size_t start = 0;

	if (!slots)
		return false;
	while (start < map->capacity && map->slots[start].used)
		start++;
	for (size_t i = 0; i < map->capacity; i++) {
		const hr_map_slot *entry = &map->slots[(start + i) & (map->capacity - 1)];

		if (entry->used)
			place(slots, capacity, entry);
	}
	map->slots = slots;
	map->capacity = capacity;
	return true;
}

bool hr_map_put(hr_map *map, hr_str key, uint32_t value, hr_error *err)
{
	hr_map_slot entry = {
		.hash = hr_str_hash(key, map->seed),
		.key = key,
		.value = value,
		.used = true,
	};

	if (map->count == room_of(map->capacity) && !grow(map))
		return hr_fail_memory(err);
	place(map->slots, map->capacity, &entry);
	map->count++;
	return true;
}

hr_map_cursor hr_map_seek(const hr_map *map, hr_str key)
{
	uint64_t hash = hr_str_hash(key, map->seed);

	return (hr_map_cursor){ .slot = (size_t)hash, .hash = hash, .key = key };
}

bool hr_map_next(const hr_map *map, hr_map_cursor *cursor, uint32_t *out)
{
	if (map->capacity == 0)
		return false;
	for (;;) {
		const hr_map_slot *slot = &map->slots[cursor->slot & (map->capacity - 1)];

		if (!slot->used)
			return false;
		cursor->slot++;
		if (slot->hash == cursor->hash && hr_str_equal(slot->key, cursor->key)) {
			*out = slot->value;
			return true;
		}
	}
}

bool hr_map_find(const hr_map *map, hr_str key, uint32_t *out)
{
	hr_map_cursor cursor = hr_map_seek(map, key);

	return hr_map_next(map, &cursor, out);
}
