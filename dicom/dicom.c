#include "dicom/dicom.h"
#include "dicom/charset.h"
#include "dicom/dcmtk.h"

enum { TAG_CHARSETS = 0x00080005 };

/* The representations that a character set concerns (PS3.5 6.1.2.2). */
static bool is_worded(const char vr[2])
{
	static const char names[] = "LOLTPNSHSTUCUT";

	for (size_t i = 0; i + 1 < sizeof(names); i += 2)
		if (memcmp(names + i, vr, 2) == 0)
			return true;
	return false;
}

static void keep_first(hr_dicom_object *object, const hr_dicom_element *element)
{
	if (element->text_is == HR_DICOM_TEXT_REPAIRED && !object->repaired)
		object->repaired = element;
	if (element->text_is == HR_DICOM_TEXT_GUESSED && !object->guessed)
		object->guessed = element;
}

/* What may hold ASCII alone may lie too: "Ã" in a code string is not UTF-8 by itself. */
static hr_str charsets_of(const hr_dicom_element *element, hr_str charsets)
{
	return is_worded(element->vr) ? charsets : HR_STR_NONE;
}

/* An item may have character sets of its own; else those around it hold. */
static hr_str charsets_in(const hr_dicom_item *item, hr_str around)
{
	const hr_dicom_element *own = hr_dicom_find(item, TAG_CHARSETS);

	return own ? own->text : around;
}

/* Not over 64 deep. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool speaks_gb(const hr_dicom_item *item, hr_str charsets, hr_arena *arena)
{
	charsets = charsets_in(item, charsets);
	for (uint32_t i = 0; i < item->count; i++) {
		const hr_dicom_element *element = &item->elements[i];

		if (hr_dicom_speaks_gb(element->text, charsets_of(element, charsets), arena))
			return true;
		for (uint32_t k = 0; k < element->item_count; k++)
			if (speaks_gb(&element->items[k], charsets, arena))
				return true;
	}
	return false;
}

struct decoding {
	hr_dicom_object *object;
	bool gb;
	hr_arena *arena;
	hr_error *err;
};

static bool decode_element(struct decoding *d, hr_dicom_element *element, hr_str charsets)
{
	bool person_name = memcmp(element->vr, "PN", 2) == 0;
	hr_dicom_text is;

	if (element->text.len == 0)
		return true;
	if (!hr_dicom_decode(element->text, charsets_of(element, charsets), person_name, d->gb,
			     d->arena, &element->text, &is, d->err))
		return false;
	element->text_is = (uint16_t)is;
	keep_first(d->object, element);
	return true;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static bool decode_item(struct decoding *d, const hr_dicom_item *item, hr_str charsets)
{
	charsets = charsets_in(item, charsets);
	for (uint32_t i = 0; i < item->count; i++) {
		/* Made by hr_dcmtk_read for us alone. */
		hr_dicom_element *element = (hr_dicom_element *)(uintptr_t)&item->elements[i];

		if (!decode_element(d, element, charsets))
			return false;
		for (uint32_t k = 0; k < element->item_count; k++)
			if (!decode_item(d, &element->items[k], charsets))
				return false;
	}
	return true;
}

bool hr_dicom_read(hr_str file, hr_arena *arena, hr_dicom_object *out, hr_error *err)
{
	hr_dicom_object object = { 0 };
	struct decoding decoding = { .object = &object, .arena = arena, .err = err };
	hr_dicom_scan scan;
	hr_dicom_item *root;

	if (!hr_dicom_prescan(file, arena, &scan, err))
		return false;
	/* DCMTK copies all of it. */
	if (scan.header.len > HR_DICOM_HEADER_MAX)
		return hr_fail(err, HR_E_LIMIT, "dicom: the header has %zu bytes, over %d",
			       scan.header.len, HR_DICOM_HEADER_MAX);
	if (!hr_dcmtk_read(&scan, arena, &root, err))
		return false;
	object.root = root;
	object.sop_class = scan.sop_class;
	object.syntax_lied = scan.syntax_lied;
	decoding.gb = speaks_gb(root, HR_STR_NONE, arena);
	if (!decode_item(&decoding, root, HR_STR_NONE))
		return false;
	*out = object;
	return true;
}

const hr_dicom_element *hr_dicom_find(const hr_dicom_item *item, uint32_t tag)
{
	size_t low = 0;
	size_t high = item ? item->count : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (item->elements[middle].tag == tag)
			return &item->elements[middle];
		if (item->elements[middle].tag < tag)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

hr_str hr_dicom_text_of(const hr_dicom_item *item, uint32_t tag)
{
	const hr_dicom_element *element = hr_dicom_find(item, tag);

	return element ? hr_str_trim(element->text) : HR_STR_NONE;
}

const hr_dicom_item *hr_dicom_first(const hr_dicom_item *item, uint32_t tag)
{
	const hr_dicom_element *element = hr_dicom_find(item, tag);

	return element && element->item_count ? element->items : NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
void hr_dicom_format_path(const hr_dicom_element *element, hr_buf *out)
{
	const hr_dicom_item *in = element->in;

	if (in->of) {
		hr_dicom_format_path(in->of, out);
		hr_buf_addf(out, "[%u].", in->index);
	}
	hr_dcmtk_format_keyword(element->tag, out);
}
