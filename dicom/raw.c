#include "dicom/raw.h"
#include "dicom/dcmtk.h"
#include "dicom/inflate.h"

#include <stdlib.h>

enum {
	TAG_PIXELS = 0x7FE00010,
	TAG_PIXEL_REPRESENTATION = 0x00280103,
	TAG_PADDING = 0xFFFCFFFC,
	GROUP_META = 0x0002,
	CREATOR_FIRST = 0x10,
	CREATOR_LAST = 0xFF,
	LEVELS = HR_DICOM_NESTING_MAX + 2,
};

/* An item that is being read, and the sequence in it that is. */
struct level {
	hr_raw_item *item;
	hr_raw_element *last;
	hr_raw_element *sequence;
	hr_raw_item *last_item;
	bool unsorted;
	uint32_t count;
};

struct build {
	hr_walk walk;
	hr_arena *arena;
	hr_error *err;
	struct level levels[LEVELS];
	size_t depth;
	bool wants_vr; /* some element does not say what it is */
};

/* --- the order of elements --- */

/* By tag; of the same as they stand in the file. */
static int compare(const void *a, const void *b)
{
	const hr_raw_element *left = *(hr_raw_element *const *)a;
	const hr_raw_element *right = *(hr_raw_element *const *)b;

	if (left->tag != right->tag)
		return left->tag < right->tag ? -1 : 1;
	return left->value.data < right->value.data ? -1 : 1;
}

/* Few objects need it: PS3.5 7.1 wants them sorted, and each once. */
static bool sort_elements(struct build *b, const struct level *level)
{
	hr_raw_element **sorted = HR_NEW_N(b->arena, hr_raw_element *, level->count);
	hr_raw_element *last;
	size_t n = 0;

	if (!sorted)
		return hr_fail_memory(b->err);
	for (hr_raw_element *e = level->item->first; e; e = e->next)
		sorted[n++] = e;
	qsort(sorted, n, sizeof(hr_raw_element *), compare);
	last = level->item->first = sorted[0];
	for (size_t i = 1; i < n; i++) {
		if (sorted[i]->tag == last->tag)
			continue;
		last->next = sorted[i];
		last = sorted[i];
	}
	last->next = NULL;
	return true;
}

/* --- from steps to a tree --- */

static bool is_kept(uint32_t tag)
{
	return (tag & 0xFFFF) != 0 && tag >> 16 > GROUP_META && tag != (uint32_t)TAG_PADDING;
}

static hr_raw_element *add_element(struct build *b, const hr_walk_step *step)
{
	struct level *level = &b->levels[b->depth];
	hr_raw_element *e = HR_NEW(b->arena, hr_raw_element);

	if (!e) {
		hr_fail_memory(b->err);
		return NULL;
	}
	e->tag = step->tag;
	memcpy(e->vr, step->vr, 2);
	e->big = step->encoding == HR_DICOM_EXPLICIT_BE;
	e->value = step->value;
	b->wants_vr |= step->vr[0] == '\0' || memcmp(step->vr, "UN", 2) == 0;
	if (!is_kept(e->tag))
		return e;
	if (!level->last) {
		level->item->first = e;
	} else {
		level->unsorted |= e->tag <= level->last->tag;
		level->last->next = e;
	}
	level->last = e;
	level->count++;
	return e;
}

static bool begin_sequence(struct build *b, const hr_walk_step *step)
{
	struct level *level = &b->levels[b->depth];

	level->sequence = add_element(b, step);
	level->last_item = NULL;
	if (!level->sequence)
		return false;
	level->sequence->fragments = b->walk.levels[b->walk.depth].fragments;
	return true;
}

static bool begin_item(struct build *b)
{
	struct level *level = &b->levels[b->depth];
	hr_raw_item *item = HR_NEW(b->arena, hr_raw_item);

	if (!item)
		return hr_fail_memory(b->err);
	if (level->last_item)
		level->last_item->next = item;
	else
		level->sequence->items = item;
	level->last_item = item;
	b->levels[++b->depth] = (struct level){ .item = item };
	return true;
}

static bool end_item(struct build *b)
{
	const struct level *level = &b->levels[b->depth];

	if (level->unsorted && !sort_elements(b, level))
		return false;
	if (b->depth)
		b->depth--;
	return true;
}

/* Its bytes from the first item to the delimiter, or to the end of its length. */
static void end_sequence(struct build *b, const hr_walk_step *step)
{
	hr_raw_element *e = b->levels[b->depth].sequence;

	e->value.len = (size_t)(b->walk.bytes.data + step->at - e->value.data);
}

/* The walk's levels: the data set is 0, a sequence is odd, an item even. */
static bool take_end(struct build *b, const hr_walk_step *step)
{
	if (b->walk.depth % 2)
		return end_item(b);
	end_sequence(b, step);
	return true;
}

static bool take_steps(struct build *b)
{
	hr_walk_step step;

	for (;;)
		switch (hr_walk_next(&b->walk, &step)) {
		case HR_WALK_ELEMENT:
			if (!add_element(b, &step))
				return false;
			break;
		case HR_WALK_SEQUENCE:
			if (!begin_sequence(b, &step))
				return false;
			break;
		case HR_WALK_ITEM:
			if (!begin_item(b))
				return false;
			break;
		case HR_WALK_END:
			if (!take_end(b, &step))
				return false;
			break;
		case HR_WALK_FRAGMENT:
			break;
		case HR_WALK_DONE:
			return end_item(b);
		case HR_WALK_FAILED:
			return false;
		}
}

/* --- representations that the file does not say --- */

/* The creators of the blocks of one private group, in one item (PS3.5 7.8.1). */
struct creators {
	uint32_t group;
	hr_str names[CREATOR_LAST + 1];
};

static hr_str trim(hr_str text)
{
	while (text.len && (text.data[text.len - 1] == '\0' || text.data[text.len - 1] == ' '))
		text.len--;
	return text;
}

static hr_str creator_of(struct creators *creators, const hr_raw_element *e)
{
	uint32_t group = e->tag >> 16;
	uint32_t number = e->tag & 0xFFFF;

	if (group % 2 == 0)
		return HR_STR_NONE;
	if (group != creators->group)
		*creators = (struct creators){ .group = group };
	if (number > CREATOR_LAST)
		return creators->names[number >> 8];
	if (number >= CREATOR_FIRST)
		creators->names[number] = trim(e->value);
	return HR_STR_NONE;
}

static bool is_creator(uint32_t tag)
{
	uint32_t number = tag & 0xFFFF;

	return (tag >> 16) % 2 && number >= CREATOR_FIRST && number <= CREATOR_LAST;
}

static void set_vr(hr_raw_element *e, const char *vr)
{
	memcpy(e->vr, vr, 2);
}

/* PS3.5 A.1: what is implicit is OW, where there is a choice. */
static void choose_vr(hr_raw_element *e, char known[2], bool is_signed)
{
	if (memcmp(known, "xs", 2) == 0)
		set_vr(e, is_signed ? "SS" : "US");
	else if (memcmp(known, "ox", 2) == 0)
		set_vr(e, "OW");
	else
		memcpy(e->vr, known, 2);
}

/*
 * An unknown element is a sequence if it walks like one. One that begins with
 * an item by chance, and is known to be something else, is that.
 */
static void settle_vr(hr_raw_element *e, hr_str creator, bool is_signed)
{
	bool walked = e->items != NULL;
	char known[2];

	if (e->vr[0] && memcmp(e->vr, "UN", 2) != 0)
		return;
	/* Of a public element the dictionary knows better; a private one its maker calls unknown.
	 */
	if (e->vr[0] && (e->tag >> 16) % 2 && !walked)
		return;
	/* Unknown bytes are little endian in every object (PS3.5 6.2.2). */
	e->big = false;
	if (e->fragments)
		set_vr(e, "OB");
	else if (is_creator(e->tag))
		set_vr(e, "LO");
	else if (!hr_dcmtk_find_vr(e->tag, creator, known))
		set_vr(e, walked ? "SQ" : "UN");
	else if (memcmp(known, "SQ", 2) == 0)
		set_vr(e, walked || e->value.len == 0 ? "SQ" : "UN");
	else
		choose_vr(e, known, is_signed);
	if (memcmp(e->vr, "SQ", 2) != 0)
		e->items = NULL;
}

static bool is_signed_in(const hr_raw_item *item, bool around)
{
	const hr_raw_element *e = hr_raw_find(item, TAG_PIXEL_REPRESENTATION);

	return e && e->value.len == 2 ? hr_dicom_u16(e->value.data, e->big) == 1 : around;
}

/* Not over 64 deep. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void settle_item(hr_raw_item *item, bool is_signed)
{
	struct creators creators;

	creators.group = 0;
	is_signed = is_signed_in(item, is_signed);
	for (hr_raw_element *e = item->first; e; e = e->next) {
		settle_vr(e, creator_of(&creators, e), is_signed);
		for (hr_raw_item *inner = e->items; inner; inner = inner->next)
			settle_item(inner, is_signed);
	}
}

/* --- the object --- */

/* Counted before any of it is kept: a bomb costs time alone. */
static bool inflate_data_set(hr_raw_object *object, hr_arena *arena, hr_error *err)
{
	hr_str deflated = object->data_set;
	bool whole;
	size_t size;

	if (!hr_inflate_count(deflated, HR_RAW_INFLATED_MAX, &size, err))
		return false;
	if (size > HR_RAW_INFLATED_MAX)
		return hr_fail(err, HR_E_LIMIT, "dicom: the data set inflates to over %d bytes",
			       HR_RAW_INFLATED_MAX);
	return hr_inflate(deflated, size, arena, &object->data_set, &whole, err);
}

bool hr_raw_read(hr_str file, hr_arena *arena, hr_raw_object *out, hr_error *err)
{
	hr_raw_object object = { .file = file };
	struct build *b = HR_NEW(arena, struct build);

	if (!b)
		return hr_fail_memory(err);
	if (!hr_dicom_prescan(file, arena, &object.scan, err))
		return false;
	object.data_set = hr_str_slice(file, object.scan.data_set_at, file.len);
	if (object.scan.deflated && !inflate_data_set(&object, arena, err))
		return false;
	hr_walk_init(&b->walk, object.data_set, object.scan.encoding, err);
	b->walk.encapsulated = object.scan.encapsulated;
	if (object.scan.deflated)
		b->walk.where = " of the inflated data set";
	else
		b->walk.before = object.scan.data_set_at;
	b->arena = arena;
	b->err = err;
	b->levels[0].item = &object.root;
	if (!take_steps(b))
		return false;
	if (b->wants_vr && !hr_dcmtk_has_dictionary(err))
		return false;
	if (b->wants_vr)
		settle_item(&object.root, false);
	*out = object;
	return true;
}

const hr_raw_element *hr_raw_find(const hr_raw_item *item, uint32_t tag)
{
	const hr_raw_element *e = item->first;

	while (e && e->tag < tag)
		e = e->next;
	return e && e->tag == tag ? e : NULL;
}

hr_str hr_raw_transfer_syntax(const hr_dicom_scan *scan)
{
	static const hr_str uids[] = {
		[HR_DICOM_IMPLICIT_LE] = HR_STR_INIT("1.2.840.10008.1.2"),
		[HR_DICOM_EXPLICIT_LE] = HR_STR_INIT("1.2.840.10008.1.2.1"),
		[HR_DICOM_EXPLICIT_BE] = HR_STR_INIT("1.2.840.10008.1.2.2"),
	};

	return scan->transfer_syntax.len ? scan->transfer_syntax : uids[scan->encoding];
}
