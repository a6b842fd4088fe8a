#include "dicom/dicom_json.h"
#include "dicom/charset.h"
#include "dicom/dicom_json_value.h"

enum {
	TAG_CHARSETS = 0x00080005,
	TAG_AVAILABLE_SYNTAX = 0x00083002,
	TAG_PIXELS = 0x7FE00010,
	PATH_MAX_BYTES = 32 * (HR_DICOM_NESTING_MAX + 1),
};

/* Where an item is, from the inside. */
struct place {
	const struct place *outer; /* NULL: the data set */
	uint32_t tag;
	uint32_t index;
};

struct writer {
	hr_buf out;
	hr_arena *arena;
	hr_error *err;
	hr_str bulk;
	hr_dicom_cut *cuts;
	size_t cut_room;
	size_t text_bytes;
	hr_dicom_json found;
};

/* --- texts --- */

/* What stands between the object's padding and ours. */
static hr_str strip_padding(hr_str text)
{
	while (text.len && (text.data[text.len - 1] == '\0' || text.data[text.len - 1] == ' '))
		text.len--;
	return text;
}

static bool is_text(const hr_dicom_vr *vr)
{
	return vr->kind <= HR_DICOM_DECIMALS;
}

/* What may hold ASCII alone may lie too: "Ã" in a code string is not UTF-8 by itself. */
static hr_str charsets_of(const hr_dicom_vr *vr, hr_str charsets)
{
	return vr->worded ? charsets : HR_STR_NONE;
}

/* An item may have character sets of its own; else those around it hold. */
static hr_str charsets_in(const hr_raw_item *item, hr_str around)
{
	const hr_raw_element *own = hr_raw_find(item, TAG_CHARSETS);

	return own ? strip_padding(own->value) : around;
}

static bool decode(const hr_raw_element *e, const hr_dicom_vr *vr, hr_str charsets, bool gb,
		   hr_arena *arena, hr_str *out, hr_dicom_text *is, hr_error *err)
{
	return hr_dicom_decode(strip_padding(e->value), charsets_of(vr, charsets),
			       vr->kind == HR_DICOM_NAMES, gb, arena, out, is, err);
}

/* Not over 64 deep. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool speaks_gb(const hr_raw_item *item, hr_str charsets, hr_arena *arena)
{
	charsets = charsets_in(item, charsets);
	for (const hr_raw_element *e = item->first; e; e = e->next) {
		const hr_dicom_vr *vr = hr_dicom_vr_of(e->vr);

		if (is_text(vr) && e->value.len <= HR_DICOM_HEADER_MAX &&
		    hr_dicom_speaks_gb(strip_padding(e->value), charsets_of(vr, charsets), arena))
			return true;
		for (const hr_raw_item *inner = e->items; inner; inner = inner->next)
			if (speaks_gb(inner, charsets, arena))
				return true;
	}
	return false;
}

/* --- bulk values --- */

static void add_hex(hr_buf *out, uint32_t tag)
{
	static const char digits[] = "0123456789ABCDEF";
	char *at = hr_buf_extend(out, 8);

	for (int i = 0; at && i < 8; i++)
		at[i] = digits[tag >> (28 - 4 * i) & 0xF];
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void add_path(hr_buf *out, const struct place *place)
{
	if (!place)
		return;
	add_path(out, place->outer);
	add_hex(out, place->tag);
	hr_buf_addf(out, "/%u/", place->index);
}

static bool make_room(struct writer *w)
{
	size_t room = w->cut_room ? 2 * w->cut_room : 8;
	hr_dicom_cut *wider;

	if (w->found.cut_count < w->cut_room)
		return true;
	if (w->found.cut_count >= HR_DICOM_CUTS_MAX)
		return hr_fail(w->err, HR_E_LIMIT, "dicom: the object has over %d big values",
			       HR_DICOM_CUTS_MAX);
	wider = HR_NEW_N(w->arena, hr_dicom_cut, room);
	if (!wider)
		return hr_fail_memory(w->err);
	if (w->cut_room)
		memcpy(wider, w->cuts, w->cut_room * sizeof(*wider));
	w->cuts = wider;
	w->cut_room = room;
	return true;
}

static bool add_uri(struct writer *w, const hr_raw_element *e, const struct place *place)
{
	char memory[PATH_MAX_BYTES];
	hr_dicom_cut *cut;
	hr_buf path;

	if (!make_room(w))
		return false;
	hr_buf_init_over(&path, memory, sizeof(memory));
	add_path(&path, place);
	add_hex(&path, e->tag);
	HR_BUF_ADD(&w->out, ",\"BulkDataURI\":\"");
	cut = &w->cuts[w->found.cut_count++];
	cut->at = (uint32_t)w->out.len;
	cut->element = e;
	cut->path = hr_str_copy(w->arena, hr_buf_str(&path));
	if (!cut->path.data)
		return hr_fail_memory(w->err);
	hr_buf_add(&w->out, w->bulk);
	hr_buf_add(&w->out, cut->path);
	hr_buf_add_char(&w->out, '"');
	return true;
}

static bool is_bulk(const hr_raw_element *e)
{
	return e->tag == TAG_PIXELS || e->fragments || e->value.len > HR_DICOM_INLINE_MAX;
}

static bool write_bytes(struct writer *w, const hr_raw_element *e, const hr_dicom_vr *vr,
			const struct place *place)
{
	if (e->value.len && is_bulk(e))
		return add_uri(w, e, place);
	hr_dicom_add_bytes(&w->out, vr, e->value, e->big);
	return true;
}

/* --- elements --- */

static bool write_text(struct writer *w, const hr_raw_element *e, const hr_dicom_vr *vr,
		       hr_str charsets)
{
	static void (*const adds[])(hr_buf *, hr_str) = {
		[HR_DICOM_TEXTS] = hr_dicom_add_texts,
		[HR_DICOM_TEXT] = hr_dicom_add_text,
		[HR_DICOM_NAMES] = hr_dicom_add_names,
		[HR_DICOM_DECIMALS] = hr_dicom_add_decimals,
	};
	hr_dicom_text is;
	hr_str text;

	if (e->tag == TAG_CHARSETS) {
		HR_BUF_ADD(&w->out, ",\"Value\":[\"ISO_IR 192\"]");
		return true;
	}
	if (!decode(e, vr, charsets, w->found.gb, w->arena, &text, &is, w->err))
		return false;
	if (is > w->found.text_is)
		w->found.text_is = is;
	adds[vr->kind](&w->out, text);
	return true;
}

/* What is not left in the file counts. */
static bool count_bytes(struct writer *w, const hr_raw_element *e)
{
	w->text_bytes += e->value.len;
	return w->text_bytes <= HR_DICOM_HEADER_MAX
		       ? true
		       : hr_fail(w->err, HR_E_LIMIT,
				 "dicom: texts and numbers of the object have over %d bytes",
				 HR_DICOM_HEADER_MAX);
}

static bool write_members(struct writer *w, const hr_raw_item *item, hr_str charsets,
			  const struct place *place);

/* NOLINTNEXTLINE(misc-no-recursion) */
static bool write_items(struct writer *w, const hr_raw_element *e, hr_str charsets,
			const struct place *outer)
{
	struct place place = { outer, e->tag, 0 };

	for (const hr_raw_item *item = e->items; item; item = item->next, place.index++) {
		hr_buf_add(&w->out, place.index ? HR_STR(",{") : HR_STR(",\"Value\":[{"));
		if (!write_members(w, item, charsets, &place))
			return false;
		hr_buf_add_char(&w->out, '}');
	}
	if (e->items)
		hr_buf_add_char(&w->out, ']');
	return true;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static bool write_value(struct writer *w, const hr_raw_element *e, const hr_dicom_vr *vr,
			hr_str charsets, const struct place *place)
{
	switch (vr->kind) {
	case HR_DICOM_ITEMS:
		return write_items(w, e, charsets, place);
	case HR_DICOM_BYTES:
		return write_bytes(w, e, vr, place);
	case HR_DICOM_NUMBERS:
		if (!count_bytes(w, e))
			return false;
		hr_dicom_add_numbers(&w->out, vr, e->value, e->big);
		return true;
	default:
		return count_bytes(w, e) && write_text(w, e, vr, charsets);
	}
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static bool write_element(struct writer *w, const hr_raw_element *e, hr_str charsets,
			  const struct place *place)
{
	const hr_dicom_vr *vr = hr_dicom_vr_of(e->vr);

	hr_buf_add_char(&w->out, '"');
	add_hex(&w->out, e->tag);
	HR_BUF_ADD(&w->out, "\":{\"vr\":\"");
	hr_buf_add(&w->out, (hr_str){ vr->name, 2 });
	hr_buf_add_char(&w->out, '"');
	if (!write_value(w, e, vr, charsets, place))
		return false;
	hr_buf_add_char(&w->out, '}');
	return true;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static bool write_members(struct writer *w, const hr_raw_item *item, hr_str charsets,
			  const struct place *place)
{
	charsets = charsets_in(item, charsets);
	for (const hr_raw_element *e = item->first; e; e = e->next) {
		if (e != item->first)
			hr_buf_add_char(&w->out, ',');
		if (!write_element(w, e, charsets, place))
			return false;
	}
	return true;
}

/* --- the data set --- */

static bool write_data_set(struct writer *w, const hr_raw_item *root, hr_str charsets)
{
	hr_dicom_member *members;
	size_t count = 0;

	for (const hr_raw_element *e = root->first; e; e = e->next)
		count++;
	members = HR_NEW_N(w->arena, hr_dicom_member, count);
	if (!members)
		return hr_fail_memory(w->err);
	count = 0;
	for (const hr_raw_element *e = root->first; e; e = e->next, count++) {
		size_t cuts = w->found.cut_count;

		if (count)
			hr_buf_add_char(&w->out, ',');
		members[count].tag = e->tag;
		members[count].from = (uint32_t)w->out.len;
		if (!write_element(w, e, charsets, NULL))
			return false;
		members[count].to = (uint32_t)w->out.len;
		members[count].has_uri = w->found.cut_count > cuts;
	}
	w->found.members = members;
	w->found.member_count = count;
	return true;
}

/* What the service says of the object takes the place of what the object says. */
static bool put_text(hr_raw_item *item, uint32_t tag, const char *vr, hr_str text, hr_arena *arena)
{
	hr_raw_element **at = &item->first;
	hr_raw_element *e = HR_NEW(arena, hr_raw_element);

	if (!e)
		return false;
	while (*at && (*at)->tag < tag)
		at = &(*at)->next;
	e->tag = tag;
	memcpy(e->vr, vr, 2);
	e->value = text;
	e->next = *at && (*at)->tag == tag ? (*at)->next : *at;
	*at = e;
	return true;
}

bool hr_dicom_json_make(hr_raw_object *object, hr_str bulk, hr_arena *arena, hr_dicom_json *out,
			hr_error *err)
{
	hr_str charsets = charsets_in(&object->root, HR_STR_NONE);
	struct writer w = { .arena = arena, .err = err, .bulk = bulk };

	w.found.charsets = charsets;
	hr_buf_init(&w.out, arena, HR_DICOM_JSON_MAX);
	w.found.gb = speaks_gb(&object->root, HR_STR_NONE, arena);
	if (!put_text(&object->root, TAG_CHARSETS, "CS", HR_STR("ISO_IR 192"), arena) ||
	    !put_text(&object->root, TAG_AVAILABLE_SYNTAX, "UI",
		      hr_raw_transfer_syntax(&object->scan), arena))
		return hr_fail_memory(err);
	if (!write_data_set(&w, &object->root, charsets))
		return false;
	if (w.out.failed && !hr_arena_is_short(arena))
		return hr_fail(err, HR_E_LIMIT, "dicom: the metadata have over %d bytes",
			       HR_DICOM_JSON_MAX);
	if (w.out.failed)
		return hr_fail_memory(err);
	w.found.text = hr_buf_str(&w.out);
	w.found.cuts = w.cuts;
	*out = w.found;
	return true;
}

bool hr_dicom_json_text(const hr_raw_element *element, hr_str charsets, bool gb, hr_arena *arena,
			hr_str *out, hr_error *err)
{
	hr_str text = HR_STR_NONE;
	hr_dicom_text is;

	if (element && is_text(hr_dicom_vr_of(element->vr)) &&
	    !decode(element, hr_dicom_vr_of(element->vr), charsets, gb, arena, &text, &is, err))
		return false;
	*out = hr_str_trim(hr_dicom_unpad(text));
	return true;
}
