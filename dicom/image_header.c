#include "dicom/image_header.h"

enum {
	GROUP_IMAGE = 0x0028,
	GROUP_OVERLAYS = 0x6000, /* to 601E, the even ones */
	OVERLAYS = 16,
	COLOURS = 3,

	TAG_SHARED_GROUPS = 0x52009229,
	TAG_FRAME_GROUPS = 0x52009230,
	TAG_FRAME_VOI = 0x00289132,
	TAG_FRAME_VALUES = 0x00289145,
	TAG_MODALITY_LUT = 0x00283000,
	TAG_VOI_LUT = 0x00283010,
	TAG_LUT_DESCRIPTOR = 0x00283002,
	TAG_LUT_DATA = 0x00283006,
	TAG_PALETTE_DESCRIPTOR = 0x00281101,
	TAG_PALETTE_DATA = 0x00281201,
	TAG_WINDOW_CENTER = 0x00281050,
	TAG_RESCALE_INTERCEPT = 0x00281052,
};

struct table {
	uint32_t entries;
	uint32_t bits;
	size_t bytes;
};

struct overlay {
	uint32_t rows;
	uint32_t columns;
	uint32_t frames;
	uint32_t bits_allocated;
	uint32_t bit;
	size_t bytes;
};

/* What was found on the first walk, and decides on the second. */
struct found {
	struct overlay overlays[OVERLAYS];
	struct table palette[COLOURS];
	struct table table; /* of the item that is open */
	bool bad_tables;
	bool has_window;
	bool has_rescale;
	uint32_t open[4]; /* the sequence at each level, and its items so far */
	uint32_t items[4];
};

static uint32_t number(const hr_walk_step *e, size_t i)
{
	return e->value.len < 2 * i + 2
		       ? 0
		       : hr_dicom_u16(e->value.data + 2 * i, e->encoding == HR_DICOM_EXPLICIT_BE);
}

/* --- tables --- */

static void describe_table(const hr_walk_step *e, struct table *table)
{
	table->entries = number(e, 0) ? number(e, 0) : 65536;
	table->bits = number(e, 2);
}

/* Entries of eight bits may be packed two a word. */
static bool is_whole(const struct table *table)
{
	size_t width = table->bits > 8 ? 2 : 1;

	return table->entries && table->bits && table->bits <= 16 &&
	       table->bytes >= table->entries * width;
}

static void look_at_palette(struct found *found, const hr_walk_step *e)
{
	uint32_t colour;

	if (e->tag >= TAG_PALETTE_DESCRIPTOR && e->tag < TAG_PALETTE_DESCRIPTOR + COLOURS) {
		colour = e->tag - TAG_PALETTE_DESCRIPTOR;
		describe_table(e, &found->palette[colour]);
	} else if (e->tag >= TAG_PALETTE_DATA && e->tag < TAG_PALETTE_DATA + COLOURS) {
		found->palette[e->tag - TAG_PALETTE_DATA].bytes = e->value.len;
	}
}

static void look_at_table(struct found *found, const hr_walk *walk, const hr_walk_step *step)
{
	bool table = found->open[0] == TAG_MODALITY_LUT || found->open[0] == TAG_VOI_LUT;

	if (!table)
		return;
	if (step->kind == HR_WALK_ITEM && walk->depth == 2)
		found->table = (struct table){ 0 };
	else if (step->kind == HR_WALK_ELEMENT && walk->depth == 2 &&
		 step->tag == TAG_LUT_DESCRIPTOR)
		describe_table(step, &found->table);
	else if (step->kind == HR_WALK_ELEMENT && walk->depth == 2 && step->tag == TAG_LUT_DATA)
		found->table.bytes = step->value.len;
	else if (step->kind == HR_WALK_END && walk->depth == 1 && !is_whole(&found->table))
		found->bad_tables = true;
}

/* --- overlays --- */

static struct overlay *overlay_of(struct found *found, uint32_t tag)
{
	uint32_t group = (tag >> 16) - GROUP_OVERLAYS;

	return tag >> 16 < GROUP_OVERLAYS || group >= 2 * OVERLAYS || group % 2
		       ? NULL
		       : &found->overlays[group / 2];
}

static void look_at_overlay(struct overlay *overlay, const hr_walk_step *e)
{
	switch (e->tag & 0xFFFF) {
	case 0x0010:
		overlay->rows = number(e, 0);
		break;
	case 0x0011:
		overlay->columns = number(e, 0);
		break;
	case 0x0015:
		overlay->frames = e->value.len && e->value.data[0] != '1' ? 2 : 1;
		break;
	case 0x0100:
		overlay->bits_allocated = number(e, 0);
		break;
	case 0x0102:
		overlay->bit = number(e, 0);
		break;
	case 0x3000:
		overlay->bytes = e->value.len;
		break;
	default:
		break;
	}
}

/* A plane of its own, or one in bits of the pixels that they do not use (retired). */
static bool overlay_is_sound(const struct overlay *overlay, const hr_dicom_image *image)
{
	uint64_t bits = (uint64_t)overlay->rows * overlay->columns;

	if (bits == 0 || overlay->frames > 1)
		return false;
	if (overlay->bytes)
		return overlay->bits_allocated == 1 && overlay->bit == 0 &&
		       overlay->bytes * 8 >= bits;
	return overlay->bits_allocated == image->bits_allocated &&
	       overlay->bit < image->bits_allocated && overlay->bit > image->high_bit &&
	       overlay->rows == image->rows && overlay->columns == image->columns;
}

/* --- what is kept --- */

static bool is_kept_beside(uint32_t tag)
{
	static const uint32_t tags[] = {
		0x00080060, /* Modality */
		0x00181164, /* ImagerPixelSpacing */
		0x00182010, /* NominalScannedPixelSpacing */
		0x20500020, /* PresentationLUTShape */
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static bool is_kept_of_image(uint32_t tag, bool has_palette)
{
	static const uint32_t tags[] = {
		0x00280030, /* PixelSpacing */
		0x00280034, /* PixelAspectRatio */
		0x00281040, /* PixelIntensityRelationship */
		0x00281050, /* WindowCenter */
		0x00281051, /* WindowWidth */
		0x00281052, /* RescaleIntercept */
		0x00281053, /* RescaleSlope */
		0x00281054, /* RescaleType */
		0x00281055, /* WindowCenterWidthExplanation */
		0x00281056, /* VOILUTFunction */
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i] == tag)
			return true;
	return has_palette &&
	       ((tag >= TAG_PALETTE_DESCRIPTOR && tag < TAG_PALETTE_DESCRIPTOR + COLOURS) ||
		(tag >= TAG_PALETTE_DATA && tag < TAG_PALETTE_DATA + COLOURS));
}

static bool is_kept(struct found *found, const hr_dicom_image *image, uint32_t tag)
{
	const struct overlay *overlay = overlay_of(found, tag);

	if (overlay)
		return overlay_is_sound(overlay, image);
	return is_kept_beside(tag) ||
	       is_kept_of_image(tag, strcmp(image->photometric, "PALETTE COLOR") == 0);
}

/* Of an enhanced object: the window and the rescaling of this frame, or of all. */
static bool is_kept_of_frame(const struct found *found, const hr_walk *walk, uint32_t frame,
			     uint32_t tag)
{
	bool mine = found->open[0] == TAG_SHARED_GROUPS ||
		    (found->open[0] == TAG_FRAME_GROUPS && found->items[0] == frame);
	bool window = found->open[2] == TAG_FRAME_VOI && !found->has_window;
	bool values = found->open[2] == TAG_FRAME_VALUES && !found->has_rescale;

	return walk->depth == 4 && mine && (window || values) && is_kept_of_image(tag, false);
}

/* --- the walks --- */

static bool is_open_table(const struct found *found)
{
	return !found->bad_tables &&
	       (found->open[0] == TAG_MODALITY_LUT || found->open[0] == TAG_VOI_LUT);
}

static void follow(struct found *found, const hr_walk *walk, const hr_walk_step *step)
{
	if (step->kind == HR_WALK_SEQUENCE && walk->depth <= 4) {
		found->open[walk->depth - 1] = step->tag;
		found->items[walk->depth - 1] = 0;
	} else if (step->kind == HR_WALK_ITEM && walk->depth <= 4) {
		found->items[walk->depth - 2]++;
	}
}

static void look(struct found *found, const hr_walk *walk, const hr_walk_step *step)
{
	struct overlay *overlay;

	follow(found, walk, step);
	look_at_table(found, walk, step);
	if (step->kind != HR_WALK_ELEMENT || walk->depth > 0)
		return;
	overlay = overlay_of(found, step->tag);
	if (overlay)
		look_at_overlay(overlay, step);
	look_at_palette(found, step);
	found->has_window =
		found->has_window || (step->tag == TAG_WINDOW_CENTER && step->value.len);
	found->has_rescale =
		found->has_rescale || (step->tag == TAG_RESCALE_INTERCEPT && step->value.len);
}

/* Elements one by one; a sequence of tables from its first byte to its last. */
static void keep(struct found *found, const hr_dicom_scan *scan, uint32_t frame,
		 const hr_walk *walk, const hr_walk_step *step, size_t *sequence_at, hr_buf *out)
{
	follow(found, walk, step);
	if (step->kind == HR_WALK_SEQUENCE && walk->depth == 1)
		*sequence_at = step->at;
	if (step->kind == HR_WALK_END && walk->depth == 0 && is_open_table(found))
		hr_buf_add(out, hr_str_slice(walk->bytes, *sequence_at, walk->at));
	if (step->kind != HR_WALK_ELEMENT || step->encoding != scan->encoding)
		return;
	if (walk->depth == 0 ? is_kept(found, &scan->image, step->tag)
			     : is_kept_of_frame(found, walk, frame, step->tag))
		hr_buf_add(out, hr_str_slice(walk->bytes, step->at, walk->at));
}

static bool check_palette(const struct found *found, const hr_dicom_image *image, hr_error *err)
{
	if (strcmp(image->photometric, "PALETTE COLOR") != 0)
		return true;
	for (size_t i = 0; i < COLOURS; i++)
		if (!is_whole(&found->palette[i]))
			return hr_fail(err, HR_E_SYNTAX,
				       "dicom: the palette of the image is not whole, or in a form "
				       "that is not read");
	return true;
}

bool hr_image_header(const hr_dicom_scan *scan, uint32_t frame, hr_arena *arena, hr_str *out,
		     hr_error *err)
{
	struct found *found = HR_NEW(arena, struct found);
	size_t sequence_at = 0;
	hr_walk_step step;
	hr_walk walk;
	hr_buf buf;

	if (!found)
		return hr_fail_memory(err);
	hr_walk_init(&walk, scan->header, scan->encoding, err);
	walk.encapsulated = scan->encapsulated;
	while (hr_walk_next(&walk, &step) < HR_WALK_DONE)
		look(found, &walk, &step);
	if (step.kind == HR_WALK_FAILED || !check_palette(found, &scan->image, err))
		return false;
	hr_buf_init(&buf, arena, HR_DICOM_HEADER_MAX);
	hr_walk_init(&walk, scan->header, scan->encoding, err);
	walk.encapsulated = scan->encapsulated;
	while (hr_walk_next(&walk, &step) < HR_WALK_DONE)
		keep(found, scan, frame, &walk, &step, &sequence_at, &buf);
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	if (buf.failed)
		return hr_fail(err, HR_E_LIMIT, "dicom: the tables of the image are over %d bytes",
			       HR_DICOM_HEADER_MAX);
	*out = buf.len ? hr_buf_str(&buf) : HR_STR("");
	return true;
}
