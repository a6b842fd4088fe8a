#include "dicom/walk.h"

enum {
	TAG_ITEM = 0xFFFEE000,
	TAG_ITEM_END = 0xFFFEE00D,
	TAG_SEQUENCE_END = 0xFFFEE0DD,
	TAG_PIXELS = 0x7FE00010,
	GROUP_DELIMITERS = 0xFFFE,
};

#define UNDEFINED UINT32_MAX

struct head {
	uint32_t tag;
	char vr[2];
	size_t size;
	uint32_t length;
};

/* --- refusals --- */

static bool refuse(const hr_walk *w, uint32_t tag, size_t at, const char *what)
{
	return hr_fail(w->err, HR_E_SYNTAX, "dicom: element (%04X,%04X) at byte %zu%s %s",
		       tag >> 16, tag & 0xFFFF, at + w->before, w->where, what);
}

bool hr_walk_refuse(const hr_walk *walk, const hr_walk_step *step, const char *what)
{
	return refuse(walk, step->tag, step->at, what);
}

static bool refuse_length(const hr_walk *w, const struct head *e, size_t left)
{
	return hr_fail(w->err, HR_E_SYNTAX,
		       "dicom: element (%04X,%04X) at byte %zu%s says %u bytes and has %zu; the "
		       "file is cut or damaged: send it again",
		       e->tag >> 16, e->tag & 0xFFFF, w->at + w->before, w->where, e->length, left);
}

static bool refuse_end(const hr_walk *w)
{
	return hr_fail(w->err, HR_E_SYNTAX,
		       "dicom: the file ends at byte %zu%s in the middle of its header; send it "
		       "again",
		       w->bytes.len + w->before, w->where);
}

static bool refuse_count(const hr_walk *w, const char *of, int limit)
{
	return hr_fail(w->err, HR_E_LIMIT, "dicom: the object holds over %d %s", limit, of);
}

/* --- heads --- */

uint32_t hr_dicom_u16(const char *at, bool big)
{
	const unsigned char *b = (const unsigned char *)at;

	return big ? (uint32_t)b[0] << 8 | b[1] : (uint32_t)b[1] << 8 | b[0];
}

uint32_t hr_dicom_u32(const char *at, bool big)
{
	uint32_t first = hr_dicom_u16(at, big);
	uint32_t second = hr_dicom_u16(at + 2, big);

	return big ? first << 16 | second : second << 16 | first;
}

uint32_t hr_dicom_tag(const char *at, bool big)
{
	return hr_dicom_u16(at, big) << 16 | hr_dicom_u16(at + 2, big);
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

bool hr_dicom_has_vr(hr_str element)
{
	return element.len >= 6 && is_upper(element.data[4]) && is_upper(element.data[5]);
}

/* The representations of PS3.5 7.1.2 whose length has two bytes; all that is new has four. */
bool hr_dicom_vr_is_short(const char vr[2])
{
	static const char names[] = "AEASATCSDADSDTFLFDISLOLTPNSHSLSSSTTMUIULUS";

	for (size_t i = 0; i + 1 < sizeof(names); i += 2)
		if (memcmp(names + i, vr, 2) == 0)
			return true;
	return false;
}

static bool vr_is(const struct head *e, const char *vr)
{
	return memcmp(e->vr, vr, 2) == 0;
}

/* Of an explicit representation. */
static bool read_explicit(const hr_walk *w, size_t left, bool big, struct head *e)
{
	const char *at = w->bytes.data + w->at;

	if (!hr_dicom_has_vr((hr_str){ at, left }))
		return refuse(w, e->tag, w->at,
			      "has no value representation; the transfer syntax may be wrong");
	memcpy(e->vr, at + 4, 2);
	e->size = hr_dicom_vr_is_short(e->vr) ? 8 : 12;
	if (left < e->size)
		return refuse_end(w);
	e->length = e->size == 8 ? hr_dicom_u16(at + 6, big) : hr_dicom_u32(at + 8, big);
	return true;
}

static bool read_head(const hr_walk *w, struct head *out)
{
	const hr_walk_level *level = &w->levels[w->depth];
	bool big = level->encoding == HR_DICOM_EXPLICIT_BE;
	const char *at = w->bytes.data + w->at;
	size_t left = level->end - w->at;
	struct head e = { .size = 8 };

	if (left < 8)
		return refuse_end(w);
	e.tag = hr_dicom_tag(at, big);
	if (level->encoding == HR_DICOM_IMPLICIT_LE || e.tag >> 16 == GROUP_DELIMITERS)
		e.length = hr_dicom_u32(at + 4, big);
	else if (!read_explicit(w, left, big, &e))
		return false;
	if (e.length != UNDEFINED && e.length > left - e.size)
		return refuse_length(w, &e, left - e.size);
	*out = e;
	return true;
}

/* --- levels --- */

static bool enter(hr_walk *w, const struct head *e, hr_walk_kind kind, hr_walk_step *step)
{
	const hr_walk_level *outer = &w->levels[w->depth];
	hr_walk_level inner = *outer;
	uint32_t nesting = (uint32_t)(w->depth / 2 + 1);
	bool sequence = kind == HR_WALK_SEQUENCE;

	if (sequence && nesting > HR_DICOM_NESTING_MAX)
		return hr_fail(w->err, HR_E_LIMIT,
			       "dicom: sequences nest over %d deep at byte %zu%s",
			       HR_DICOM_NESTING_MAX, w->at + w->before, w->where);
	if (nesting > w->nesting)
		w->nesting = nesting;
	inner.sequence = sequence;
	inner.defined = e->length != UNDEFINED;
	if (inner.defined)
		inner.end = w->at + e->size + e->length;
	/* CP-246: of unknown representation and undefined length is an implicit sequence. */
	if (sequence && vr_is(e, "UN"))
		inner.encoding = HR_DICOM_IMPLICIT_LE;
	inner.fragments = sequence ? e->tag == TAG_PIXELS : outer->fragments;
	w->at += e->size;
	w->levels[++w->depth] = inner;
	step->kind = kind;
	return true;
}

static bool leave(hr_walk *w, const struct head *e, hr_walk_step *step)
{
	if (w->levels[w->depth].defined || e->length)
		return refuse(w, e->tag, w->at, "is a delimiter where none belongs");
	w->at += e->size;
	w->depth--;
	step->kind = HR_WALK_END;
	return true;
}

static void pass(hr_walk *w, const struct head *e, hr_walk_kind kind, hr_walk_step *step)
{
	w->at += e->size + e->length;
	step->kind = kind;
}

/* In a sequence: its next item, or its end. */
static bool take_item(hr_walk *w, const struct head *e, hr_walk_step *step)
{
	if (e->tag == TAG_SEQUENCE_END)
		return leave(w, e, step);
	if (e->tag != TAG_ITEM)
		return refuse(w, e->tag, w->at, "stands in a sequence outside its items");
	if (!w->levels[w->depth].fragments)
		return enter(w, e, HR_WALK_ITEM, step);
	if (e->length == UNDEFINED)
		return refuse(w, e->tag, w->at, "is a fragment of pixels without a length");
	if (w->fragments++ == HR_DICOM_FRAGMENTS_MAX)
		return refuse_count(w, "fragments of pixels", HR_DICOM_FRAGMENTS_MAX);
	pass(w, e, HR_WALK_FRAGMENT, step);
	return true;
}

static bool starts_with_item(const hr_walk *w, const struct head *e)
{
	return e->length >= 8 &&
	       hr_dicom_tag(w->bytes.data + w->at + e->size, false) == (uint32_t)TAG_ITEM;
}

/*
 * Whether DCMTK would look inside. Where representations are implicit its
 * dictionary says what a sequence is; we take all that begins like one, so
 * that none is missed.
 */
static bool is_sequence(const hr_walk *w, const struct head *e)
{
	bool implicit = w->levels[w->depth].encoding == HR_DICOM_IMPLICIT_LE;
	bool compressed = e->tag == TAG_PIXELS && (w->encapsulated || w->depth == 0);

	if (e->length == UNDEFINED)
		return implicit || vr_is(e, "SQ") || vr_is(e, "UN") || compressed;
	/* Pixels may begin with any bytes. */
	return implicit ? e->tag != TAG_PIXELS && starts_with_item(w, e) : vr_is(e, "SQ");
}

static bool take_element(hr_walk *w, const struct head *e, hr_walk_step *step)
{
	if (e->tag == TAG_ITEM_END && w->depth > 0)
		return leave(w, e, step);
	if (e->tag >> 16 == GROUP_DELIMITERS)
		return refuse(w, e->tag, w->at, "stands outside a sequence");
	if (is_sequence(w, e))
		return enter(w, e, HR_WALK_SEQUENCE, step);
	if (e->length == UNDEFINED)
		return refuse(w, e->tag, w->at, "has no length and is no sequence");
	pass(w, e, HR_WALK_ELEMENT, step);
	return true;
}

static bool take_step(hr_walk *w, hr_walk_step *out)
{
	const hr_walk_level *level = &w->levels[w->depth];
	hr_walk_step step = { .encoding = level->encoding, .at = w->at };
	struct head e;

	if (!read_head(w, &e))
		return false;
	if (!level->fragments && w->elements++ == HR_DICOM_ELEMENTS_MAX)
		return refuse_count(w, "elements", HR_DICOM_ELEMENTS_MAX);
	step.tag = e.tag;
	memcpy(step.vr, e.vr, 2);
	step.has_length = e.length != UNDEFINED;
	step.value.data = w->bytes.data + w->at + e.size;
	step.value.len = step.has_length ? e.length : 0;
	if (!(level->sequence ? take_item(w, &e, &step) : take_element(w, &e, &step)))
		return false;
	*out = step;
	return true;
}

void hr_walk_init(hr_walk *walk, hr_str bytes, hr_dicom_encoding encoding, hr_error *err)
{
	walk->bytes = bytes;
	walk->before = 0;
	walk->where = "";
	walk->encapsulated = false;
	walk->at = 0;
	walk->levels[0] = (hr_walk_level){ bytes.len, true, false, false, encoding };
	walk->depth = 0;
	walk->elements = walk->fragments = walk->nesting = 0;
	walk->err = err;
}

/* Zeros to the end, as media fill their last block with them. No attribute has the tag 0. */
static bool is_padding(const hr_walk *w)
{
	const char *at = w->bytes.data + w->at;
	size_t left = w->bytes.len - w->at;

	return w->depth == 0 && w->at && at[0] == '\0' && memcmp(at, at + 1, left - 1) == 0;
}

hr_walk_kind hr_walk_next(hr_walk *walk, hr_walk_step *out)
{
	const hr_walk_level *level = &walk->levels[walk->depth];

	if (level->defined && walk->at == level->end) {
		if (walk->depth == 0)
			return out->kind = HR_WALK_DONE;
		out->at = walk->at;
		walk->depth--;
		return out->kind = HR_WALK_END;
	}
	if (is_padding(walk))
		return out->kind = HR_WALK_DONE;
	if (!take_step(walk, out))
		return out->kind = HR_WALK_FAILED;
	return out->kind;
}
