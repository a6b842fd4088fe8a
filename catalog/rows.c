/*
 * What the loaders share below the record: rows that grow, texts kept once,
 * indexes, and where faults go.
 */
#include "catalog/record.h"

#include "base/text.h"
#include "base/word.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	hr_str code;
	hr_severity severity;
	hr_str action;
} faults[] = {
#define X(name, code, severity, action)                                                            \
	[HR_FAULT_##name] = { HR_STR_INIT(code), HR_SEVERITY_##severity, HR_STR_INIT(action) },
	HR_FAULTS(X)
#undef X
};

void hr_load_stop_memory(hr_load *load)
{
	if (!load->stopped)
		hr_fail_memory(load->err);
	load->stopped = true;
}

void hr_load_fault(hr_load *load, hr_fault fault, const hr_origin *at, const char *message)
{
	hr_issue issue = {
		.severity = faults[fault].severity,
		.code = faults[fault].code,
		.file = at->file,
		.line = at->line,
		.column = at->column,
		.message = hr_text_cut(hr_str_of(message), HR_FAULT_MESSAGE_MAX),
		.action = faults[fault].action,
	};

	if (load->stopped)
		return;
	if (issue.severity == HR_SEVERITY_ERROR)
		load->faults++;
	load->stopped = !load->sink.report(load->sink.context, &issue, load->err);
}

void hr_rows_init(hr_rows *rows, hr_arena *arena, size_t size)
{
	*rows = (hr_rows){ .arena = arena, .size = size };
}

static bool grow(hr_rows *rows)
{
	size_t room = rows->room ? rows->room * 2 : 16;
	char *data = hr_arena_alloc_array(rows->arena, room, rows->size);

	if (!data)
		return false;
	if (rows->count)
		memcpy(data, rows->data, rows->count * rows->size);
	rows->data = data;
	rows->room = room;
	return true;
}

void *hr_load_add(hr_load *load, hr_rows *rows)
{
	if (rows->count == rows->room && !grow(rows)) {
		hr_load_stop_memory(load);
		return NULL;
	}
	return rows->data + rows->count++ * rows->size;
}

void *hr_load_alloc(hr_load *load, size_t count, size_t size)
{
	void *data = hr_arena_alloc_array(load->catalog->arena, count, size);

	if (!data)
		hr_load_stop_memory(load);
	return data;
}

void *hr_load_pack(hr_load *load, const hr_rows *rows)
{
	void *packed = hr_load_alloc(load, rows->count, rows->size);

	if (packed && rows->count)
		memcpy(packed, rows->data, rows->count * rows->size);
	return packed;
}

/* Room for a text in the snapshot; NULL when it is empty or memory is short. */
static char *text_room(hr_load *load, size_t len)
{
	char *room = len ? hr_arena_alloc_text(load->catalog->arena, len) : NULL;

	if (len && !room)
		hr_load_stop_memory(load);
	return room;
}

hr_str hr_load_text(hr_load *load, hr_str s)
{
	char *copy = text_room(load, s.len);

	return copy ? (hr_str){ memcpy(copy, s.data, s.len), s.len } : HR_STR_NONE;
}

hr_str hr_load_folded(hr_load *load, hr_str s)
{
	char *folded = text_room(load, s.len);

	return folded ? (hr_str){ folded, hr_text_fold(s, folded) } : HR_STR_NONE;
}

/* The bytes as the snapshot keeps them, aligned for words; NULL when memory is short. */
static const char *pool_bytes(hr_load *load, hr_pool *pool, hr_str s)
{
	uint32_t index;
	hr_str *row;
	char *copy;

	if (hr_map_find(&pool->map, s, &index))
		return ((const hr_str *)(const void *)pool->kept.data)[index].data;
	copy = hr_load_alloc(load, s.len, 1);
	row = copy ? hr_load_add(load, &pool->kept) : NULL;
	if (!row)
		return NULL;
	memcpy(copy, s.data, s.len);
	*row = (hr_str){ copy, s.len };
	hr_load_put(load, &pool->map, *row, (uint32_t)(pool->kept.count - 1));
	return copy;
}

hr_str hr_load_common(hr_load *load, hr_str s)
{
	const char *kept = s.len ? pool_bytes(load, &load->texts, s) : NULL;

	return kept ? (hr_str){ kept, s.len } : HR_STR_NONE;
}

const uint64_t *hr_load_bits(hr_load *load, const uint64_t *bits)
{
	size_t size = load->catalog->item_words * sizeof(*bits);

	return (const void *)pool_bytes(load, &load->bits, (hr_str){ (const void *)bits, size });
}

void hr_load_map(hr_load *load, hr_map *map, hr_arena *arena, size_t expected)
{
	if (!load->stopped && !hr_map_init(map, arena, expected, load->err))
		load->stopped = true;
}

void hr_load_put(hr_load *load, hr_map *map, hr_str code, uint32_t id)
{
	uint32_t there;

	if (load->stopped || id == HR_ID_NONE || code.len == 0 || hr_map_find(map, code, &there))
		return;
	if (!hr_map_put(map, code, id, load->err))
		load->stopped = true;
}

const void *hr_load_finish(hr_load *load, size_t *count)
{
	const void *packed = hr_load_pack(load, &load->rows);

	if (packed)
		*count = load->rows.count;
	return packed;
}

void hr_load_index(hr_load *load, hr_map *map, const void *rows, size_t code_offset)
{
	const char *code = (const char *)rows + code_offset;

	hr_load_map(load, map, load->catalog->arena, load->rows.count);
	for (size_t i = 0; !load->stopped && i < load->rows.count; i++)
		hr_load_put(load, map, *(const hr_str *)(const void *)(code + i * load->rows.size),
			    (uint32_t)i);
}

static int compare_named(const void *left, const void *right)
{
	const hr_named *a = left;
	const hr_named *b = right;
	int order = hr_named_order(a, b);

	if (order == 0)
		order = (a->id > b->id) - (a->id < b->id);
	if (order == 0)
		order = (a->period.from.day > b->period.from.day) -
			(a->period.from.day < b->period.from.day);
	if (order == 0)
		order = (a->period.to.day > b->period.to.day) -
			(a->period.to.day < b->period.to.day);
	return order;
}

void hr_load_name(hr_load *load, hr_str name, uint32_t id, hr_period period)
{
	hr_named *row = hr_load_add(load, &load->names);

	if (!row)
		return;
	*row = (hr_named){ .folded = hr_load_folded(load, name), .id = id, .period = period };
	row->front = hr_word_front(row->folded);
}

void hr_load_finish_names(hr_load *load, hr_names *out)
{
	hr_rows *rows = &load->names;
	hr_named *named = (void *)rows->data;
	size_t kept = 0;

	if (rows->count)
		qsort(named, rows->count, sizeof(*named), compare_named);
	for (size_t i = 0; i < rows->count; i++)
		if (i == 0 || compare_named(&named[kept - 1], &named[i]) != 0)
			named[kept++] = named[i];
	rows->count = kept;
	out->rows = hr_load_pack(load, rows);
	out->count = out->rows ? kept : 0;
}
