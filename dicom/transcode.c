/* A whole object made explicit little endian: PS3.5 A.2, PS3.10 chapter 7. */
#include "dicom/dcmtk_pixels.h"
#include "dicom/encode.h"

enum {
	META_ROOM = 1024, /* and the preamble */
	PIXELS_HEAD = 12,
	FORM_ROOM = 256, /* of elements that may be added */
	SCRATCH_MORE = 64 << 20,

	TAG_INSTANCE = 0x00080018,
	TAG_PIXELS = 0x7FE00010,
	TAG_FLOAT = 0x7FE00008,
	TAG_DOUBLE = 0x7FE00009,
};

/* --- elements --- */

static void add_u16(hr_buf *out, uint32_t n)
{
	hr_buf_add_char(out, (char)(n & 0xFF));
	hr_buf_add_char(out, (char)(n >> 8 & 0xFF));
}

static void add_number(hr_buf *out, uint32_t tag, uint32_t n)
{
	char bytes[2] = { (char)(n & 0xFF), (char)(n >> 8 & 0xFF) };

	hr_dicom_put(out, tag, "US", (hr_str){ bytes, sizeof(bytes) });
}

/* --- the header --- */

struct heading {
	const hr_dicom_image *form; /* of the decoded frames; NULL: nothing changes */
	unsigned next;		    /* of its elements */
	hr_buf *out;
};

/* The elements that a decoder may have made untrue, in the order of their tags. */
static void add_form_until(struct heading *h, uint32_t tag)
{
	static const uint32_t tags[] = { 0x00280004, 0x00280006, 0x00280100, 0x00280101,
					 0x00280102 };
	const hr_dicom_image *form = h->form;

	while (form && h->next < sizeof(tags) / sizeof(tags[0]) && tags[h->next] <= tag) {
		uint32_t mine = tags[h->next++];

		if (mine == 0x00280004)
			hr_dicom_put(h->out, mine, "CS", hr_str_of(form->photometric));
		else if (mine != 0x00280006)
			add_number(h->out, mine,
				   mine == 0x00280100	? form->bits_allocated
				   : mine == 0x00280101 ? form->bits_stored
							: form->high_bit);
		else if (form->samples > 1)
			add_number(h->out, mine, form->planar);
	}
}

static bool is_of_form(const struct heading *h, uint32_t tag)
{
	return h->form && (tag == 0x00280004 || tag == 0x00280006 || tag == 0x00280100 ||
			   tag == 0x00280101 || tag == 0x00280102);
}

/* Group lengths are retired and would be wrong (PS3.5 7.2). An icon that is compressed may not
 * stand in a native object: it is left out whole. */
static bool add_header(hr_str header, bool encapsulated, struct heading *h, hr_error *err)
{
	size_t sequence_at = 0;
	bool fragments = false;
	hr_walk_step step;
	hr_walk walk;

	hr_walk_init(&walk, header, HR_DICOM_EXPLICIT_LE, err);
	walk.encapsulated = encapsulated;
	while (hr_walk_next(&walk, &step) < HR_WALK_DONE) {
		if (step.kind == HR_WALK_SEQUENCE && walk.depth == 1) {
			add_form_until(h, step.tag);
			sequence_at = step.at;
			fragments = false;
		}
		fragments = fragments || step.kind == HR_WALK_FRAGMENT;
		if (step.kind == HR_WALK_END && walk.depth == 0 && !fragments)
			hr_buf_add(h->out, hr_str_slice(header, sequence_at, walk.at));
		if (step.kind != HR_WALK_ELEMENT || walk.depth > 0 || step.tag % 0x10000 == 0)
			continue;
		add_form_until(h, step.tag);
		if (!is_of_form(h, step.tag))
			hr_buf_add(h->out, hr_str_slice(header, step.at, walk.at));
	}
	add_form_until(h, UINT32_MAX);
	return step.kind == HR_WALK_DONE;
}

static hr_str find_instance(hr_str header, hr_error *err)
{
	hr_walk_step step;
	hr_walk walk;

	hr_walk_init(&walk, header, HR_DICOM_EXPLICIT_LE, err);
	walk.encapsulated = true;
	while (hr_walk_next(&walk, &step) < HR_WALK_DONE)
		if (step.kind == HR_WALK_ELEMENT && walk.depth == 0 && step.tag == TAG_INSTANCE) {
			while (step.value.len && (step.value.data[step.value.len - 1] == '\0' ||
						  step.value.data[step.value.len - 1] == ' '))
				step.value.len--;
			return hr_str_slice(step.value, 0, HR_DICOM_UID_MAX);
		}
	return HR_STR("");
}

/* --- pixels --- */

static void add_pixels_head(const hr_dicom_image *form, bool floats, uint64_t length, hr_buf *out)
{
	uint32_t even = (uint32_t)(length + length % 2);
	uint32_t tag = TAG_PIXELS;
	const char *vr = form->bits_allocated > 8 ? "OW" : "OB";

	if (floats) {
		tag = form->bits_allocated == 64 ? TAG_DOUBLE : TAG_FLOAT;
		vr = form->bits_allocated == 64 ? "OD" : "OF";
	}
	add_u16(out, tag >> 16);
	add_u16(out, tag & 0xFFFF);
	hr_buf_add(out, (hr_str){ vr, 2 });
	add_u16(out, 0);
	add_u16(out, even & 0xFFFF);
	add_u16(out, even >> 16);
}

static bool same_form(const hr_dicom_image *a, const hr_dicom_image *b)
{
	return a->bits_allocated == b->bits_allocated && a->planar == b->planar &&
	       strcmp(a->photometric, b->photometric) == 0;
}

/* All but the first, which is there already; one at a time in memory. */
static bool add_frames(const hr_pixels_source *source, const hr_pixels *first, hr_buf *out,
		       hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_arena_open(4 * first->bytes.len + SCRATCH_MORE);
	hr_pixels next;

	if (!scratch)
		return hr_fail_memory(err);
	hr_buf_add(out, first->bytes);
	for (uint32_t i = 2; i <= source->about.frames; i++) {
		hr_arena_reset(scratch);
		if (!hr_pixels_frame(source, i, scratch, &next, err))
			return false;
		if (next.bytes.len != first->bytes.len || !same_form(&next.form, &first->form))
			return hr_fail(err, HR_E_SYNTAX,
				       "dicom: frame %u is not coded as the first is", i);
		hr_buf_add(out, next.bytes);
	}
	return true;
}

/* --- the object --- */

struct object {
	hr_pixels_source source;
	hr_pixels pixels; /* the first frame, or all native ones */
	bool decoded;
	uint64_t length;
};

static bool open_pixels(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, struct object *out,
			hr_error *err)
{
	out->source.scan = *scan;
	if (!scan->has_pixels)
		return true;
	if (!hr_pixels_open(file, scan, arena, &out->source, err))
		return false;
	out->decoded = out->source.about.kind == HR_FRAMES_ENCAPSULATED;
	if (!(out->decoded ? hr_pixels_frame(&out->source, 1, arena, &out->pixels, err)
			   : hr_pixels_native(&out->source, arena, &out->pixels, err)))
		return false;
	out->length =
		out->pixels.bytes.len * (out->decoded ? (uint64_t)out->source.about.frames : 1);
	if (out->length > HR_PIXELS_OBJECT_MAX)
		return hr_fail(err, HR_E_LIMIT,
			       "dicom: over %llu MiB of pixels are not made native",
			       (unsigned long long)(HR_PIXELS_OBJECT_MAX >> 20));
	return true;
}

static bool write_object(const struct object *object, hr_str header, hr_buf *out, hr_error *err)
{
	struct heading heading = { object->decoded ? &object->pixels.form : NULL, 0, out };
	const hr_dicom_scan *scan = &object->source.scan;
	hr_dicom_meta meta = { .sop_class = scan->sop_class,
			       .sop_instance = find_instance(header, err) };

	hr_dicom_put_meta(out, &meta);
	if (!add_header(header, scan->encapsulated, &heading, err))
		return false;
	if (!scan->has_pixels)
		return true;
	add_pixels_head(&object->pixels.form, object->source.about.floats, object->length, out);
	if (!object->decoded)
		hr_buf_add(out, object->pixels.bytes);
	else if (!add_frames(&object->source, &object->pixels, out, err))
		return false;
	if (object->length % 2)
		hr_buf_add_char(out, '\0');
	return true;
}

bool hr_pixels_transcode(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_str *out,
			 hr_error *err)
{
	struct object object = { .decoded = false };
	hr_str header;
	hr_buf buf;

	if (!open_pixels(file, scan, arena, &object, err))
		return false;
	header = object.source.scan.header;
	if (scan->encoding != HR_DICOM_EXPLICIT_LE &&
	    !hr_dcmtk_to_explicit(&object.source.scan, arena, &header, err))
		return false;
	hr_buf_init(&buf, arena, SIZE_MAX / 2);
	/* All at once: a buffer that grows would hold it twice. */
	if (!hr_buf_extend(&buf,
			   META_ROOM + header.len + FORM_ROOM + PIXELS_HEAD + object.length + 2))
		return hr_fail_memory(err);
	buf.len = 0;
	if (!write_object(&object, header, &buf, err))
		return false;
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}
