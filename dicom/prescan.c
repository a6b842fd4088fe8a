#include "dicom/prescan.h"
#include "dicom/dicom.h"
#include "dicom/inflate.h"

enum {
	PREAMBLE = 128,
	TAG_ITEM = 0xFFFEE000,
	GROUP_DELIMITERS = 0xFFFE,
	FIRST_OF_PIXELS = 0x7FE00000, /* the pixels' group and all behind it */
	TAG_PIXELS = 0x7FE00010,
	TAG_ITEM_END = 0xFFFEE00D,
	TAG_SEQUENCE_END = 0xFFFEE0DD,
	TAG_META_SOP_CLASS = 0x00020002,
	TAG_TRANSFER_SYNTAX = 0x00020010,
	TAG_SOP_CLASS = 0x00080016,
	/* A sequence and its item are a level each. */
	LEVELS = 2 * HR_DICOM_NESTING_MAX + 1,
};

#define UNDEFINED UINT32_MAX

/* The data set, a sequence in it, or an item. */
struct level {
	size_t end;   /* where it ends, or must have ended */
	bool defined; /* its length is given; else a delimiter ends it */
	bool sequence;
	bool fragments; /* of compressed pixels, in an icon: items without elements */
	hr_dicom_encoding encoding;
};

struct scan {
	hr_str bytes;  /* the data set, or the file for its meta information */
	size_t before; /* bytes of the file in front of them */
	const char *where;
	size_t at;
	struct level levels[LEVELS];
	size_t depth; /* levels[depth] is the innermost */
	hr_dicom_scan found;
	hr_error *err;
};

struct element {
	uint32_t tag;
	char vr[2]; /* zeros where it is implicit */
	size_t head;
	uint32_t length;
};

/* --- refusals --- */

static bool refuse(struct scan *s, uint32_t tag, const char *what)
{
	return hr_fail(s->err, HR_E_SYNTAX, "dicom: element (%04X,%04X) at byte %zu%s %s",
		       tag >> 16, tag & 0xFFFF, s->at + s->before, s->where, what);
}

static bool refuse_length(struct scan *s, uint32_t tag, size_t length, size_t left)
{
	return hr_fail(s->err, HR_E_SYNTAX,
		       "dicom: element (%04X,%04X) at byte %zu%s says %zu bytes and has %zu; the "
		       "file is cut or damaged: send it again",
		       tag >> 16, tag & 0xFFFF, s->at + s->before, s->where, length, left);
}

static bool refuse_end(struct scan *s)
{
	return hr_fail(s->err, HR_E_SYNTAX,
		       "dicom: the file ends at byte %zu%s in the middle of its header; send it "
		       "again",
		       s->bytes.len + s->before, s->where);
}

static bool refuse_count(struct scan *s)
{
	return hr_fail(s->err, HR_E_LIMIT, "dicom: the header holds over %d elements",
		       HR_DICOM_ELEMENTS_MAX);
}

/* --- elements --- */

static uint32_t read_u16(const char *at, bool big)
{
	const unsigned char *b = (const unsigned char *)at;

	return big ? (uint32_t)b[0] << 8 | b[1] : (uint32_t)b[1] << 8 | b[0];
}

static uint32_t read_u32(const char *at, bool big)
{
	uint32_t first = read_u16(at, big);
	uint32_t second = read_u16(at + 2, big);

	return big ? first << 16 | second : second << 16 | first;
}

static uint32_t read_tag(const char *at, bool big)
{
	return read_u16(at, big) << 16 | read_u16(at + 2, big);
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool has_vr(hr_str element)
{
	return element.len >= 6 && is_upper(element.data[4]) && is_upper(element.data[5]);
}

/* The representations of PS3.5 7.1.2 whose length has two bytes; all that is new has four. */
static bool is_short(const char vr[2])
{
	static const char names[] = "AEASATCSDADSDTFLFDISLOLTPNSHSLSSSTTMUIULUS";

	for (size_t i = 0; i + 1 < sizeof(names); i += 2)
		if (memcmp(names + i, vr, 2) == 0)
			return true;
	return false;
}

static bool vr_is(const struct element *e, const char *vr)
{
	return memcmp(e->vr, vr, 2) == 0;
}

/* The head of an element of an explicit representation. */
static bool read_explicit(struct scan *s, size_t left, bool big, struct element *e)
{
	const char *at = s->bytes.data + s->at;

	if (!has_vr((hr_str){ at, left }))
		return refuse(s, e->tag,
			      "has no value representation; the transfer syntax may be wrong");
	memcpy(e->vr, at + 4, 2);
	e->head = is_short(e->vr) ? 8 : 12;
	if (left < e->head)
		return refuse_end(s);
	e->length = e->head == 8 ? read_u16(at + 6, big) : read_u32(at + 8, big);
	return true;
}

static bool read_head(struct scan *s, struct element *out)
{
	const struct level *level = &s->levels[s->depth];
	bool big = level->encoding == HR_DICOM_EXPLICIT_BE;
	const char *at = s->bytes.data + s->at;
	size_t left = level->end - s->at;
	struct element e = { .head = 8 };

	if (left < 8)
		return refuse_end(s);
	e.tag = read_tag(at, big);
	if (level->encoding == HR_DICOM_IMPLICIT_LE || e.tag >> 16 == GROUP_DELIMITERS)
		e.length = read_u32(at + 4, big);
	else if (!read_explicit(s, left, big, &e))
		return false;
	if (e.length != UNDEFINED && e.length > left - e.head)
		return refuse_length(s, e.tag, e.length, left - e.head);
	*out = e;
	return true;
}

/* --- identifiers --- */

static hr_str trim_uid(hr_str uid)
{
	while (uid.len && (uid.data[uid.len - 1] == '\0' || uid.data[uid.len - 1] == ' '))
		uid.len--;
	return uid;
}

static bool is_uid(hr_str uid)
{
	for (size_t i = 0; i < uid.len; i++)
		if (uid.data[i] != '.' && !(uid.data[i] >= '0' && uid.data[i] <= '9'))
			return false;
	return uid.len <= HR_DICOM_UID_MAX;
}

/* Those that name the object, and what becomes of them. */
static bool names_object(uint32_t tag)
{
	static const uint32_t tags[] = { TAG_META_SOP_CLASS, 0x00020003, TAG_TRANSFER_SYNTAX,
					 TAG_SOP_CLASS,	     0x00080018, 0x0020000D,
					 0x0020000E };

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static bool look_at_uid(struct scan *s, const struct element *e)
{
	hr_str uid = { s->bytes.data + s->at + e->head, e->length };

	if (s->depth > 0 || !names_object(e->tag))
		return true;
	uid = trim_uid(uid);
	if (!is_uid(uid))
		return refuse(s, e->tag, "is no UID: 1 to 64 digits and dots");
	if (e->tag == TAG_TRANSFER_SYNTAX)
		s->found.transfer_syntax = uid;
	else if (uid.len && (e->tag == TAG_SOP_CLASS || e->tag == TAG_META_SOP_CLASS))
		s->found.sop_class = uid;
	return true;
}

/* --- levels --- */

static bool enter(struct scan *s, const struct element *e, bool sequence)
{
	const struct level *outer = &s->levels[s->depth];
	struct level inner = *outer;
	uint32_t nesting = (uint32_t)(s->depth / 2 + 1);

	if (sequence && nesting > HR_DICOM_NESTING_MAX)
		return hr_fail(s->err, HR_E_LIMIT,
			       "dicom: sequences nest over %d deep at byte %zu%s",
			       HR_DICOM_NESTING_MAX, s->at + s->before, s->where);
	if (nesting > s->found.nesting)
		s->found.nesting = nesting;
	inner.sequence = sequence;
	inner.defined = e->length != UNDEFINED;
	if (inner.defined)
		inner.end = s->at + e->head + e->length;
	/* CP-246: of unknown representation and undefined length is an implicit sequence. */
	if (sequence && vr_is(e, "UN"))
		inner.encoding = HR_DICOM_IMPLICIT_LE;
	inner.fragments = sequence ? e->tag == TAG_PIXELS : outer->fragments;
	s->at += e->head;
	s->levels[++s->depth] = inner;
	return true;
}

static bool leave(struct scan *s, const struct element *e)
{
	if (s->levels[s->depth].defined || e->length)
		return refuse(s, e->tag, "is a delimiter where none belongs");
	s->at += e->head;
	s->depth--;
	return true;
}

/* In a sequence: its next item, or its end. */
static bool take_item(struct scan *s, const struct element *e)
{
	if (e->tag == TAG_SEQUENCE_END)
		return leave(s, e);
	if (e->tag != TAG_ITEM)
		return refuse(s, e->tag, "stands in a sequence outside its items");
	if (!s->levels[s->depth].fragments)
		return enter(s, e, false);
	if (e->length == UNDEFINED)
		return refuse(s, e->tag, "is a fragment of pixels without a length");
	s->at += e->head + e->length;
	return true;
}

static bool starts_with_item(const struct scan *s, const struct element *e)
{
	return e->length >= 8 &&
	       read_tag(s->bytes.data + s->at + e->head, false) == (uint32_t)TAG_ITEM;
}

/*
 * Whether DCMTK would look inside. Where representations are implicit its
 * dictionary says what a sequence is; we take all that begins like one, so
 * that none is missed.
 */
static bool is_sequence(const struct scan *s, const struct element *e)
{
	bool implicit = s->levels[s->depth].encoding == HR_DICOM_IMPLICIT_LE;

	if (e->length == UNDEFINED)
		return implicit || vr_is(e, "SQ") || vr_is(e, "UN") ||
		       (e->tag == TAG_PIXELS && s->found.encapsulated);
	return implicit ? starts_with_item(s, e) : vr_is(e, "SQ");
}

static bool take_element(struct scan *s, const struct element *e)
{
	if (e->tag == TAG_ITEM_END && s->depth > 0)
		return leave(s, e);
	if (e->tag >> 16 == GROUP_DELIMITERS)
		return refuse(s, e->tag, "stands outside a sequence");
	if (is_sequence(s, e))
		return enter(s, e, true);
	if (e->length == UNDEFINED)
		return refuse(s, e->tag, "has no length and is no sequence");
	if (!look_at_uid(s, e))
		return false;
	s->at += e->head + e->length;
	return true;
}

static void leave_full(struct scan *s)
{
	while (s->depth > 0 && s->levels[s->depth].defined && s->at == s->levels[s->depth].end)
		s->depth--;
}

static bool reached_pixels(const struct scan *s)
{
	bool big = s->levels[0].encoding == HR_DICOM_EXPLICIT_BE;
	size_t left = s->bytes.len - s->at;

	return s->depth == 0 && left >= 4 &&
	       (read_tag(s->bytes.data + s->at, big) & 0xFFFF0000) >= FIRST_OF_PIXELS &&
	       read_u16(s->bytes.data + s->at, big) != GROUP_DELIMITERS;
}

static bool scan_elements(struct scan *s)
{
	struct element e;

	for (leave_full(s); !(s->depth == 0 && s->at == s->bytes.len); leave_full(s)) {
		if (reached_pixels(s))
			break;
		if (!read_head(s, &e))
			return false;
		if (s->found.elements++ == HR_DICOM_ELEMENTS_MAX)
			return refuse_count(s);
		if (!(s->levels[s->depth].sequence ? take_item(s, &e) : take_element(s, &e)))
			return false;
	}
	return true;
}

/* --- the file --- */

static bool has_preamble(hr_str file)
{
	return hr_str_starts_with(hr_str_slice(file, PREAMBLE, file.len), HR_STR("DICM"));
}

static bool is_early_group(uint32_t group)
{
	return group == 0x0002 || group == 0x0008;
}

bool hr_dicom_sniff(hr_str file)
{
	if (has_preamble(file))
		return true;
	if (file.len < 8)
		return false;
	/* Without a preamble: the file meta information, or a data set from its first group on. */
	if (has_vr(file))
		return is_early_group(read_u16(file.data, false)) ||
		       read_u16(file.data, true) == 0x0008;
	return read_u16(file.data, false) == 0x0008 && file.data[3] == 0 &&
	       read_u32(file.data + 4, false) <= file.len - 8;
}

/* The beginnings of what a preamble must not be: CVE-2019-11687. TIFF's is in use. */
static bool check_preamble(hr_str file, hr_error *err)
{
	static const hr_str starts[] = { HR_STR_INIT("MZ"),
					 HR_STR_INIT("\x7f"
						     "ELF"),
					 HR_STR_INIT("PK"),
					 HR_STR_INIT("#!"),
					 HR_STR_INIT("%PDF"),
					 HR_STR_INIT("<") };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (hr_str_starts_with(file, starts[i]))
			return hr_fail(err, HR_E_UNSUPPORTED,
				       "dicom: the preamble makes the file a program or a page as "
				       "well; write zeros over its first 128 bytes");
	return true;
}

/* As the data set itself looks at byte `at`. */
static hr_dicom_encoding guess_encoding(hr_str bytes)
{
	bool big = bytes.len >= 2 && read_u16(bytes.data, true) < read_u16(bytes.data, false);

	if (!has_vr(bytes))
		return HR_DICOM_IMPLICIT_LE;
	return big ? HR_DICOM_EXPLICIT_BE : HR_DICOM_EXPLICIT_LE;
}

static void choose_encoding(struct scan *s)
{
	hr_str uid = s->found.transfer_syntax;
	hr_dicom_encoding looks = guess_encoding(s->bytes);

	s->found.encoding = HR_DICOM_EXPLICIT_LE;
	if (uid.len == 0)
		s->found.encoding = looks;
	else if (hr_str_equal(uid, HR_STR("1.2.840.10008.1.2")))
		s->found.encoding = HR_DICOM_IMPLICIT_LE;
	else if (hr_str_equal(uid, HR_STR("1.2.840.10008.1.2.2")))
		s->found.encoding = HR_DICOM_EXPLICIT_BE;
	else
		s->found.encapsulated = !hr_str_starts_with(uid, HR_STR("1.2.840.10008.1.2.1")) ||
					uid.len > sizeof("1.2.840.10008.1.2.1.99") - 1;
	if (s->bytes.len < 8 || s->found.encoding == looks)
		return;
	s->found.encoding = looks;
	s->found.syntax_lied = true;
}

/* The elements of group 2, always explicit and little endian; then `at` is the data set's. */
static bool scan_meta(struct scan *s)
{
	struct element e;

	s->levels[0] = (struct level){ s->bytes.len, true, false, false, HR_DICOM_EXPLICIT_LE };
	while (s->bytes.len - s->at >= 8 && read_u16(s->bytes.data + s->at, false) == 0x0002) {
		if (!read_head(s, &e))
			return false;
		if (e.length == UNDEFINED)
			return refuse(s, e.tag, "has no length");
		if (!look_at_uid(s, &e))
			return false;
		s->at += e.head + e.length;
	}
	return true;
}

static bool scan_data_set(struct scan *s, bool whole)
{
	choose_encoding(s);
	s->at = 0;
	s->levels[0] = (struct level){ s->bytes.len, true, false, false, s->found.encoding };
	if (scan_elements(s)) {
		s->found.header = hr_str_slice(s->bytes, 0, s->at);
		return s->at ? true : refuse_end(s);
	}
	if (!whole && s->err->code == HR_E_SYNTAX)
		return hr_fail(s->err, HR_E_LIMIT,
			       "dicom: the header does not end within %d bytes, or is damaged",
			       HR_DICOM_HEADER_MAX);
	return false;
}

static bool take_data_set(struct scan *s, hr_arena *arena)
{
	hr_str rest = hr_str_slice(s->bytes, s->at, s->bytes.len);
	bool whole = true;

	s->before = s->at;
	s->bytes = rest;
	if (hr_str_equal(s->found.transfer_syntax, HR_STR("1.2.840.10008.1.2.1.99"))) {
		s->before = 0;
		s->where = " of the inflated data set";
		if (!hr_inflate(rest, HR_DICOM_HEADER_MAX, arena, &s->bytes, &whole, s->err))
			return false;
	} else if (rest.len > HR_DICOM_HEADER_MAX) {
		s->bytes.len = HR_DICOM_HEADER_MAX;
		whole = false;
	}
	return scan_data_set(s, whole);
}

bool hr_dicom_prescan(hr_str file, hr_arena *arena, hr_dicom_scan *out, hr_error *err)
{
	struct scan s = { .bytes = file, .where = "", .err = err };

	if (has_preamble(file)) {
		if (!check_preamble(file, err))
			return false;
		s.at = PREAMBLE + 4;
	}
	if (!scan_meta(&s) || !take_data_set(&s, arena))
		return false;
	*out = s.found;
	return true;
}
