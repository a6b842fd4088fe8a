#include "dicom/prescan.h"
#include "dicom/dicom.h"
#include "dicom/inflate.h"

enum {
	PREAMBLE = 128,
	GROUP_META = 0x0002,
	GROUP_IMAGE = 0x0028,
	GROUP_DELIMITERS = 0xFFFE,
	FIRST_OF_PIXELS = 0x7FE00000, /* the pixels' group and all behind it */
	TAG_PIXELS = 0x7FE00010,
	TAG_META_SOP_CLASS = 0x00020002,
	TAG_TRANSFER_SYNTAX = 0x00020010,
	TAG_SOP_CLASS = 0x00080016,
};

struct scan {
	hr_walk walk;
	hr_dicom_scan found;
};

/* --- identifiers --- */

hr_str hr_dicom_trim_uid(hr_str uid)
{
	while (uid.len && (uid.data[uid.len - 1] == '\0' || uid.data[uid.len - 1] == ' '))
		uid.len--;
	return uid;
}

bool hr_dicom_is_uid(hr_str uid)
{
	for (size_t i = 0; i < uid.len; i++)
		if (uid.data[i] != '.' && !(uid.data[i] >= '0' && uid.data[i] <= '9'))
			return false;
	return uid.len > 0 && uid.len <= HR_DICOM_UID_MAX;
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

static bool look_at_uid(struct scan *s, const hr_walk_step *e)
{
	hr_str uid;

	if (!names_object(e->tag))
		return true;
	uid = hr_dicom_trim_uid(e->value);
	if (uid.len && !hr_dicom_is_uid(uid))
		return hr_walk_refuse(&s->walk, e, "is no UID: 1 to 64 digits and dots");
	if (e->tag == TAG_TRANSFER_SYNTAX)
		s->found.transfer_syntax = uid;
	else if (uid.len && (e->tag == TAG_SOP_CLASS || e->tag == TAG_META_SOP_CLASS))
		s->found.sop_class = uid;
	return true;
}

/* --- the image --- */

/* The first of the numbers that an IS holds; 0 for what is none. */
static uint32_t read_decimal(hr_str text)
{
	uint64_t n = 0;

	text = hr_str_trim(text);
	for (size_t i = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
		if ((n = n * 10 + (uint64_t)(text.data[i] - '0')) > INT32_MAX)
			return INT32_MAX;
	return (uint32_t)n;
}

static void copy_photometric(hr_str text, char out[17])
{
	while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\0'))
		text.len--;
	if (text.len > 16)
		text.len = 16;
	memset(out, 0, 17);
	if (text.len)
		memcpy(out, text.data, text.len);
}

static void look_at_image(hr_dicom_image *image, const hr_walk_step *e)
{
	bool big = e->encoding == HR_DICOM_EXPLICIT_BE;
	uint32_t n = e->value.len >= 2 ? hr_dicom_u16(e->value.data, big) : 0;

	switch (e->tag) {
	case 0x00280002:
		image->samples = n;
		break;
	case 0x00280004:
		copy_photometric(e->value, image->photometric);
		break;
	case 0x00280006:
		image->planar = n == 1;
		break;
	case 0x00280008:
		image->frames = read_decimal(e->value);
		break;
	case 0x00280010:
		image->rows = n;
		break;
	case 0x00280011:
		image->columns = n;
		break;
	case 0x00280100:
		image->bits_allocated = n;
		break;
	case 0x00280101:
		image->bits_stored = n;
		break;
	case 0x00280102:
		image->high_bit = n;
		break;
	case 0x00280103:
		image->is_signed = n == 1;
		break;
	default:
		break;
	}
}

/* --- elements --- */

static bool look_at_value(struct scan *s, const hr_walk_step *e)
{
	if (s->walk.depth > 0)
		return true;
	if (e->tag >> 16 == GROUP_IMAGE)
		look_at_image(&s->found.image, e);
	return look_at_uid(s, e);
}

static bool reached_pixels(const hr_walk *w)
{
	bool big = w->levels[0].encoding == HR_DICOM_EXPLICIT_BE;
	const char *at = w->bytes.data + w->at;

	return w->depth == 0 && w->bytes.len - w->at >= 4 &&
	       (hr_dicom_tag(at, big) & 0xFFFF0000) >= FIRST_OF_PIXELS &&
	       hr_dicom_u16(at, big) != GROUP_DELIMITERS;
}

/* Or the group's length, or an offset table; floats as well. */
static bool is_pixels(const hr_walk *w)
{
	uint32_t tag =
		hr_dicom_tag(w->bytes.data + w->at, w->levels[0].encoding == HR_DICOM_EXPLICIT_BE);

	return tag >= FIRST_OF_PIXELS && tag <= TAG_PIXELS;
}

static bool scan_elements(struct scan *s)
{
	hr_walk_kind kind = HR_WALK_ELEMENT;
	hr_walk_step step;

	while (kind != HR_WALK_DONE && !reached_pixels(&s->walk)) {
		kind = hr_walk_next(&s->walk, &step);
		if (kind == HR_WALK_FAILED)
			return false;
		if (kind == HR_WALK_ELEMENT && !look_at_value(s, &step))
			return false;
	}
	s->found.has_pixels = reached_pixels(&s->walk) && is_pixels(&s->walk);
	s->found.elements = s->walk.elements;
	s->found.nesting = s->walk.nesting;
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
	if (hr_dicom_has_vr(file))
		return is_early_group(hr_dicom_u16(file.data, false)) ||
		       hr_dicom_u16(file.data, true) == 0x0008;
	return hr_dicom_u16(file.data, false) == 0x0008 && file.data[3] == 0 &&
	       hr_dicom_u32(file.data + 4, false) <= file.len - 8;
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
	bool big =
		bytes.len >= 2 && hr_dicom_u16(bytes.data, true) < hr_dicom_u16(bytes.data, false);

	if (!hr_dicom_has_vr(bytes))
		return HR_DICOM_IMPLICIT_LE;
	return big ? HR_DICOM_EXPLICIT_BE : HR_DICOM_EXPLICIT_LE;
}

static void choose_encoding(hr_dicom_scan *found, hr_str bytes)
{
	hr_str uid = found->transfer_syntax;
	hr_dicom_encoding looks = guess_encoding(bytes);

	found->encoding = HR_DICOM_EXPLICIT_LE;
	if (uid.len == 0)
		found->encoding = looks;
	else if (hr_str_equal(uid, HR_STR("1.2.840.10008.1.2")))
		found->encoding = HR_DICOM_IMPLICIT_LE;
	else if (hr_str_equal(uid, HR_STR("1.2.840.10008.1.2.2")))
		found->encoding = HR_DICOM_EXPLICIT_BE;
	else
		found->encapsulated = !hr_str_starts_with(uid, HR_STR("1.2.840.10008.1.2.1")) ||
				      uid.len > sizeof("1.2.840.10008.1.2.1.99") - 1;
	if (bytes.len < 8 || found->encoding == looks)
		return;
	found->encoding = looks;
	found->syntax_lied = true;
}

/* The elements of group 2, always explicit and little endian; then `at` is the data set's. */
static bool scan_meta(struct scan *s)
{
	hr_walk *w = &s->walk;
	hr_walk_step step;

	while (w->bytes.len - w->at >= 8 &&
	       hr_dicom_u16(w->bytes.data + w->at, false) == GROUP_META) {
		if (hr_walk_next(w, &step) == HR_WALK_FAILED)
			return false;
		if (step.kind != HR_WALK_ELEMENT)
			return hr_walk_refuse(w, &step, "is a sequence where none belongs");
		if (!look_at_uid(s, &step))
			return false;
	}
	return true;
}

static bool scan_data_set(struct scan *s, bool whole)
{
	hr_error *err = s->walk.err;

	if (scan_elements(s)) {
		s->found.header = hr_str_slice(s->walk.bytes, 0, s->walk.at);
		if (s->walk.at)
			return true;
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: the file ends at byte %zu, in front of its data set; send "
			       "it again",
			       s->walk.bytes.len + s->walk.before);
	}
	if (!whole && err->code == HR_E_SYNTAX)
		return hr_fail(err, HR_E_LIMIT,
			       "dicom: the header does not end within %d bytes, or is damaged",
			       HR_DICOM_HEADER_MAX);
	return false;
}

static bool take_data_set(struct scan *s, hr_arena *arena)
{
	hr_str rest = hr_str_slice(s->walk.bytes, s->walk.at, s->walk.bytes.len);
	hr_error *err = s->walk.err;
	size_t before = s->walk.at;
	const char *where = "";
	bool whole = true;

	s->found.data_set_at = before;
	s->found.deflated =
		hr_str_equal(s->found.transfer_syntax, HR_STR("1.2.840.10008.1.2.1.99"));
	if (s->found.deflated) {
		before = 0;
		where = " of the inflated data set";
		if (!hr_inflate(rest, HR_DICOM_HEADER_MAX, arena, &rest, &whole, err))
			return false;
	}
	choose_encoding(&s->found, rest);
	hr_walk_init(&s->walk, rest, s->found.encoding, err);
	s->walk.before = before;
	s->walk.where = where;
	s->walk.encapsulated = s->found.encapsulated;
	return scan_data_set(s, whole);
}

bool hr_dicom_prescan(hr_str file, hr_arena *arena, hr_dicom_scan *out, hr_error *err)
{
	struct scan s = { .found.deflated = false };

	hr_walk_init(&s.walk, file, HR_DICOM_EXPLICIT_LE, err);
	if (has_preamble(file)) {
		if (!check_preamble(file, err))
			return false;
		s.walk.at = PREAMBLE + 4;
	}
	if (!scan_meta(&s) || !take_data_set(&s, arena))
		return false;
	if (s.found.image.frames == 0)
		s.found.image.frames = 1;
	*out = s.found;
	return true;
}
