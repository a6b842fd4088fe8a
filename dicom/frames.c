#include "dicom/frames.h"

/*
 * A map: 40 bytes, little endian, and behind them for each compressed frame
 * how many fragments it has and how long each is, as numbers of seven bits a
 * byte. Fragments stand one behind the other, so where they lie follows.
 */
enum {
	MAP_HEAD = 40,
	ITEM_HEAD = 8,
	LOOK_MAX = 1000, /* elements between the header and the pixels */

	GROUP_DELIMITERS = 0xFFFE,
	TAG_EXTENDED_OFFSETS = 0x7FE00001,
	TAG_FLOAT = 0x7FE00008,
	TAG_DOUBLE = 0x7FE00009,
	TAG_PIXELS = 0x7FE00010,
};

#define TAG_ITEM   0xFFFEE000u
#define UNDEFINED  UINT32_MAX
#define NUMBER_MAX 10 /* bytes of seven bits */

static const char magic[4] = { 'H', 'R', 'F', '1' };

struct map {
	hr_frames_kind kind;
	bool cut;
	bool floats;
	uint32_t frames; /* as the object says */
	uint32_t there;
	uint64_t offset; /* of the first frame; of the head of the first fragment */
	uint64_t bits;	 /* of a native frame */
	uint64_t bytes;	 /* of all native frames that are there */
};

/* --- the pixels in the file --- */

/* The head of an element, whose value may be longer than what is left. */
struct head {
	uint32_t tag;
	uint32_t size;	 /* bytes of the head */
	uint32_t length; /* of the value; or UNDEFINED */
};

static bool read_head(hr_str bytes, hr_dicom_encoding encoding, struct head *out)
{
	bool big = encoding == HR_DICOM_EXPLICIT_BE;
	struct head head = { .size = 8 };

	if (bytes.len < 8)
		return false;
	head.tag = hr_dicom_tag(bytes.data, big);
	head.length = hr_dicom_u32(bytes.data + 4, big);
	/* Items and delimiters have no representation. */
	if (encoding != HR_DICOM_IMPLICIT_LE && head.tag >> 16 != GROUP_DELIMITERS) {
		if (!hr_dicom_has_vr(bytes))
			return false;
		if (hr_dicom_vr_is_short(bytes.data + 4)) {
			head.length = hr_dicom_u16(bytes.data + 6, big);
		} else {
			if (bytes.len < 12)
				return false;
			head.size = 12;
			head.length = hr_dicom_u32(bytes.data + 8, big);
		}
	}
	*out = head;
	return true;
}

struct pixels {
	struct head head;
	size_t value;	/* where it begins */
	hr_str offsets; /* the extended table */
};

static bool is_pixels(uint32_t tag)
{
	return tag == TAG_PIXELS || tag == TAG_FLOAT || tag == TAG_DOUBLE;
}

static bool find_pixels(hr_str file, size_t at, hr_dicom_encoding encoding, struct pixels *out)
{
	struct pixels found = { .offsets = HR_STR_NONE };

	for (int i = 0; i < LOOK_MAX; i++) {
		hr_str rest = hr_str_slice(file, at, file.len);

		if (!read_head(rest, encoding, &found.head))
			return false;
		found.value = at + found.head.size;
		if (is_pixels(found.head.tag)) {
			*out = found;
			return found.head.length != 0;
		}
		if (found.head.length > rest.len - found.head.size)
			return false;
		if (found.head.tag == TAG_EXTENDED_OFFSETS)
			found.offsets =
				hr_str_slice(file, found.value, found.value + found.head.length);
		at = found.value + found.head.length;
	}
	return false;
}

/* --- native frames --- */

/* Twice the luminance's bits for both colours of two pixels; some writers keep all three. */
static bool is_halved(const hr_dicom_image *image, uint64_t length)
{
	uint64_t pixels = (uint64_t)image->rows * image->columns * image->frames;

	return (strcmp(image->photometric, "YBR_FULL_422") == 0 ||
		strcmp(image->photometric, "YBR_PARTIAL_422") == 0) &&
	       image->samples == 3 && image->bits_allocated &&
	       length * 8 / ((uint64_t)3 * image->bits_allocated) < pixels;
}

static uint64_t bits_of_frame(const hr_dicom_image *image, const struct pixels *pixels)
{
	uint64_t size = (uint64_t)image->rows * image->columns;
	uint64_t samples = image->samples ? image->samples : 1;

	if (pixels->head.tag == TAG_FLOAT)
		return size * 32;
	if (pixels->head.tag == TAG_DOUBLE)
		return size * 64;
	if (is_halved(image, pixels->head.length))
		samples = 2;
	/* 16 bits each: no product passes 64. */
	return size * samples * image->bits_allocated;
}

static struct map map_native(hr_str file, const hr_dicom_scan *scan, const struct pixels *pixels)
{
	bool big = scan->encoding == HR_DICOM_EXPLICIT_BE;
	uint64_t left = file.len - pixels->value;
	struct map map = { .kind = big ? HR_FRAMES_BIG_ENDIAN : HR_FRAMES_NATIVE,
			   .floats = pixels->head.tag != TAG_PIXELS,
			   .frames = scan->image.frames,
			   .offset = pixels->value,
			   .bits = bits_of_frame(&scan->image, pixels),
			   .bytes = pixels->head.length };

	if (map.bits == 0 && map.frames == 1)
		map.bits = map.bytes * 8;
	if (map.bits == 0) {
		map.kind = HR_FRAMES_DAMAGED;
		return map;
	}
	if (map.bytes > left)
		map.bytes = left;
	map.there = map.frames;
	if (map.bytes * 8 / map.bits < map.frames) {
		map.there = (uint32_t)(map.bytes * 8 / map.bits);
		map.cut = true;
	}
	return map;
}

/* --- fragments --- */

struct fragments {
	hr_str file;
	size_t first;  /* the head of the first, behind the offset table */
	hr_str table;  /* the basic one */
	bool one_each; /* RLE: a frame is one fragment (PS3.5 A.4.2) */
	uint32_t count;
	bool cut;
	uint32_t *lengths;
	bool *begins; /* whether a frame does, with it */
};

/* The item at `at`. False at the end: a delimiter, or anything else, or nothing at all. */
static bool read_item(hr_str file, size_t at, uint32_t *length, bool *cut)
{
	struct head head;

	if (!read_head(hr_str_slice(file, at, file.len), HR_DICOM_EXPLICIT_LE, &head)) {
		*cut = *cut || at < file.len;
		return false;
	}
	if (head.tag != TAG_ITEM)
		return false;
	if (head.length > file.len - at - ITEM_HEAD) {
		*cut = true;
		return false;
	}
	*length = head.length;
	return true;
}

static bool count_fragments(struct fragments *f, hr_error *err)
{
	uint32_t length;

	for (size_t at = f->first; read_item(f->file, at, &length, &f->cut);
	     at += ITEM_HEAD + (size_t)length)
		if (f->count++ == HR_DICOM_FRAGMENTS_MAX)
			return hr_fail(err, HR_E_LIMIT, "dicom: the pixels are in over %d pieces",
				       HR_DICOM_FRAGMENTS_MAX);
	return true;
}

static bool read_fragments(hr_str file, size_t at, hr_arena *arena, struct fragments *out,
			   hr_error *err)
{
	struct fragments f = { .file = file };
	uint32_t length = 0;

	if (!read_item(file, at, &length, &f.cut)) {
		*out = f;
		return true;
	}
	f.table = hr_str_slice(file, at + ITEM_HEAD, at + ITEM_HEAD + length);
	f.first = at + ITEM_HEAD + length;
	if (!count_fragments(&f, err))
		return false;
	f.lengths = HR_NEW_N(arena, uint32_t, f.count + 1);
	f.begins = HR_NEW_N(arena, bool, f.count + 1);
	if (!f.lengths || !f.begins)
		return hr_fail_memory(err);
	at = f.first;
	for (uint32_t i = 0; i < f.count; i++) {
		(void)read_item(file, at, &f.lengths[i], &f.cut);
		at += ITEM_HEAD + (size_t)f.lengths[i];
	}
	*out = f;
	return true;
}

static uint64_t read_offset(hr_str table, size_t i, size_t width)
{
	const char *at = table.data + i * width;
	uint64_t low = hr_dicom_u32(at, false);

	return width == 8 ? (uint64_t)hr_dicom_u32(at + 4, false) << 32 | low : low;
}

/*
 * How many frames the table finds: every one must begin where a fragment does,
 * in their order. 0 when it is no table of theirs.
 */
static uint32_t begin_by_table(struct fragments *f, hr_str table, size_t width, uint32_t frames)
{
	uint64_t at = 0;
	uint32_t found = 0;

	if (table.len != (uint64_t)frames * width)
		return 0;
	for (uint32_t i = 0; i < f->count; i++) {
		f->begins[i] = found < frames && read_offset(table, found, width) == at;
		found += f->begins[i];
		at += ITEM_HEAD + (uint64_t)f->lengths[i];
	}
	/* An offset that no fragment has is the fault of the table, unless it lies behind them. */
	if (found < frames && read_offset(table, found, width) < at)
		return 0;
	return f->begins[0] ? found : 0;
}

/* The same by how a stream begins: JPEG and JPEG-LS with SOI, JPEG 2000 with SOC and SIZ. */
static uint32_t begin_by_codec(struct fragments *f)
{
	size_t at = f->first;
	uint32_t found = 0;

	for (uint32_t i = 0; i < f->count; i++) {
		hr_str bytes = hr_str_slice(f->file, at + ITEM_HEAD,
					    at + ITEM_HEAD + (size_t)f->lengths[i]);

		f->begins[i] = f->one_each || hr_str_starts_with(bytes, HR_STR("\xFF\xD8\xFF")) ||
			       hr_str_starts_with(bytes, HR_STR("\xFF\x4F\xFF\x51"));
		found += f->begins[i];
		at += ITEM_HEAD + (size_t)f->lengths[i];
	}
	return f->begins[0] ? found : 0;
}

static void begin_each(struct fragments *f, bool whether)
{
	for (uint32_t i = 0; i < f->count; i++)
		f->begins[i] = whether;
}

/* Of a file that is cut, or says too many frames: those that are whole. */
static uint32_t tell_rest_apart(struct fragments *f, hr_str extended, uint32_t frames)
{
	uint32_t found = begin_by_table(f, extended, 8, frames);

	if (!found)
		found = begin_by_table(f, f->table, 4, frames);
	/* How many fragments the last of them has cannot be seen. */
	if (found)
		return found - 1;
	found = begin_by_codec(f);
	return found == f->count && found < frames ? found : 0;
}

/* Which fragment is whose: how many frames are there, 0 when it cannot be told. */
static uint32_t tell_frames_apart(struct fragments *f, hr_str extended, uint32_t frames)
{
	if (f->count == 0 || (f->cut && frames == 1))
		return 0;
	if (f->cut || f->count < frames)
		return tell_rest_apart(f, extended, frames);
	begin_each(f, frames > 1);
	f->begins[0] = true;
	if (frames == 1 || begin_by_table(f, extended, 8, frames) == frames ||
	    begin_by_table(f, f->table, 4, frames) == frames)
		return frames;
	if (f->count > frames)
		return begin_by_codec(f) == frames ? frames : 0;
	begin_each(f, true);
	return frames;
}

/* --- a map as bytes --- */

static void add_little(hr_buf *out, uint64_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		hr_buf_add_char(out, (char)(n >> 8 * i & 0xFF));
}

static void add_number(hr_buf *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		hr_buf_add_char(out, (char)((n & 0x7F) | 0x80));
	hr_buf_add_char(out, (char)n);
}

static void write_head(const struct map *map, hr_buf *out)
{
	hr_buf_add(out, (hr_str){ magic, sizeof(magic) });
	add_little(out, map->kind, 1);
	add_little(out, map->cut, 1);
	add_little(out, map->floats, 2);
	add_little(out, map->frames, 4);
	add_little(out, map->there, 4);
	add_little(out, map->offset, 8);
	add_little(out, map->bits, 8);
	add_little(out, map->bytes, 8);
}

static void write_frames(const struct fragments *f, hr_buf *out)
{
	for (uint32_t i = 0; i < f->count;) {
		uint32_t end = i + 1;

		while (end < f->count && !f->begins[end])
			end++;
		add_number(out, end - i);
		for (; i < end; i++)
			add_number(out, f->lengths[i]);
	}
}

/* --- making one --- */

static bool is_stream(hr_str transfer_syntax)
{
	/* MPEG-2, H.264, HEVC: 1.2.840.10008.1.2.4.100 to .108. */
	return transfer_syntax.len == sizeof("1.2.840.10008.1.2.4.100") - 1 &&
	       hr_str_starts_with(transfer_syntax, HR_STR("1.2.840.10008.1.2.4.10"));
}

static bool add_encapsulated(hr_str file, const hr_dicom_scan *scan, const struct pixels *pixels,
			     hr_arena *arena, hr_buf *out, hr_error *err)
{
	bool stream = is_stream(scan->transfer_syntax);
	struct map map = { .kind = stream ? HR_FRAMES_STREAM : HR_FRAMES_ENCAPSULATED,
			   .frames = stream ? 1 : scan->image.frames };
	struct fragments f;

	if (!read_fragments(file, pixels->value, arena, &f, err))
		return false;
	map.offset = f.first;
	f.one_each = hr_str_equal(scan->transfer_syntax, HR_STR("1.2.840.10008.1.2.5"));
	map.there = tell_frames_apart(&f, pixels->offsets, map.frames);
	map.cut = map.there < map.frames;
	if (f.count && map.there == 0 && !f.cut)
		map.kind = HR_FRAMES_DAMAGED;
	write_head(&map, out);
	if (map.there)
		write_frames(&f, out);
	return true;
}

static bool add_map(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_buf *out,
		    hr_error *err)
{
	struct map map = { .frames = scan->image.frames, .kind = HR_FRAMES_DEFLATED };
	struct pixels pixels = { .value = 0 };

	if (scan->deflated) {
		if (scan->has_pixels)
			write_head(&map, out);
		return true;
	}
	if (!find_pixels(file, (size_t)(scan->header.data - file.data) + scan->header.len,
			 scan->encoding, &pixels))
		return true;
	if (pixels.head.length == UNDEFINED && scan->encapsulated)
		return add_encapsulated(file, scan, &pixels, arena, out, err);
	if (pixels.head.length == UNDEFINED || scan->encapsulated)
		map.kind = HR_FRAMES_DAMAGED;
	else
		map = map_native(file, scan, &pixels);
	write_head(&map, out);
	return true;
}

bool hr_frame_map_make(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_str *map,
		       hr_error *err)
{
	hr_buf out;

	hr_buf_init(&out, arena, MAP_HEAD + (size_t)2 * NUMBER_MAX * HR_DICOM_FRAGMENTS_MAX);
	if (!add_map(file, scan, arena, &out, err))
		return false;
	if (out.failed)
		return hr_fail_memory(err);
	*map = out.len ? hr_buf_str(&out) : HR_STR("");
	return true;
}

/* --- reading one, as what a stranger says --- */

static uint64_t read_little(const char *at, int bytes)
{
	uint64_t n = 0;

	for (int i = 0; i < bytes; i++)
		n |= (uint64_t)(unsigned char)at[i] << 8 * i;
	return n;
}

static bool read_number(hr_str map, size_t *at, uint64_t *out)
{
	uint64_t n = 0;

	for (int i = 0; i < NUMBER_MAX && *at < map.len; i++) {
		unsigned char byte = (unsigned char)map.data[(*at)++];

		n |= (uint64_t)(byte & 0x7F) << 7 * i;
		if (byte < 0x80) {
			*out = n;
			return n <= UINT32_MAX;
		}
	}
	return false;
}

static bool refuse_map(hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "dicom: the map of the frames is damaged");
}

static bool read_map(hr_str map, struct map *out, hr_error *err)
{
	struct map head;

	if (map.len < MAP_HEAD || memcmp(map.data, magic, sizeof(magic)) != 0 ||
	    (unsigned char)map.data[4] >= HR_FRAMES_KIND_COUNT)
		return refuse_map(err);
	head.kind = (hr_frames_kind)map.data[4];
	head.cut = map.data[5] != 0;
	head.floats = map.data[6] != 0;
	head.frames = (uint32_t)read_little(map.data + 8, 4);
	head.there = (uint32_t)read_little(map.data + 12, 4);
	head.offset = read_little(map.data + 16, 8);
	head.bits = read_little(map.data + 24, 8);
	head.bytes = read_little(map.data + 32, 8);
	*out = head;
	return true;
}

bool hr_frame_map_about(hr_str map, hr_frames_about *out, hr_error *err)
{
	struct map head = { .kind = HR_FRAMES_NONE };

	if (map.len && !read_map(map, &head, err))
		return false;
	*out = (hr_frames_about){ head.kind,   head.frames, head.cut,
				  head.floats, head.offset, head.bytes };
	return true;
}

static bool find_native(const struct map *map, uint64_t file_size, uint32_t frame, hr_arena *arena,
			hr_frame *out, hr_error *err)
{
	hr_frame_part *part;
	uint64_t length = map->bits / 8 + (map->bits % 8 != 0);

	/* The next frame begins within this one's last byte (PS3.5 8.1.1). */
	if (map->bits % 8 && map->frames > 1) {
		*out = (hr_frame){ .in_file = false };
		return true;
	}
	if (map->bits == 0 || map->offset > file_size || map->bytes > file_size - map->offset ||
	    length > map->bytes || frame > map->bytes / length)
		return refuse_map(err);
	part = HR_NEW(arena, hr_frame_part);
	if (!part)
		return hr_fail_memory(err);
	*part = (hr_frame_part){ map->offset + (frame - 1) * length, length };
	*out = (hr_frame){ true, part, 1, length };
	return true;
}

/* The fragments of the next frame: passed over, or written to `parts`, if there is one. */
static bool read_frame(hr_str map, size_t *at, uint64_t *offset, uint64_t file_size, uint64_t count,
		       hr_frame_part *parts)
{
	uint64_t length;

	for (uint64_t i = 0; i < count; i++) {
		if (!read_number(map, at, &length) || *offset > file_size ||
		    ITEM_HEAD + length > file_size - *offset)
			return false;
		if (parts)
			parts[i] = (hr_frame_part){ *offset + ITEM_HEAD, length };
		*offset += ITEM_HEAD + length;
	}
	return true;
}

static bool find_encapsulated(hr_str map, const struct map *head, uint64_t file_size,
			      uint32_t frame, hr_arena *arena, hr_frame *out, hr_error *err)
{
	size_t at = MAP_HEAD;
	uint64_t offset = head->offset;
	uint64_t count = 0;
	hr_frame found = { .in_file = true };
	hr_frame_part *parts;

	for (uint32_t i = 1; i <= frame; i++) {
		if (!read_number(map, &at, &count) || count > map.len)
			return refuse_map(err);
		if (i < frame && !read_frame(map, &at, &offset, file_size, count, NULL))
			return refuse_map(err);
	}
	parts = HR_NEW_N(arena, hr_frame_part, count + 1);
	if (!parts)
		return hr_fail_memory(err);
	if (!read_frame(map, &at, &offset, file_size, count, parts))
		return refuse_map(err);
	for (uint64_t i = 0; i < count; i++)
		found.length += parts[i].length;
	found.parts = parts;
	found.count = count;
	*out = found;
	return true;
}

bool hr_frame_map_find(hr_str map, uint64_t file_size, uint32_t frame, hr_arena *arena,
		       hr_frame *out, hr_error *err)
{
	struct map head = { .kind = HR_FRAMES_NONE };

	if (map.len && !read_map(map, &head, err))
		return false;
	if (frame == 0 || frame > head.frames)
		return hr_fail(err, HR_E_NOT_FOUND,
			       "dicom: there is no frame %u; the object has %u", frame,
			       head.frames);
	if (head.kind == HR_FRAMES_DEFLATED) {
		*out = (hr_frame){ .in_file = false };
		return true;
	}
	if (head.kind == HR_FRAMES_DAMAGED)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: its pixels do not tell where a frame begins");
	if (frame > head.there)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: frame %u is cut: of %u frames the object has %u whole",
			       frame, head.frames, head.there);
	if (head.kind == HR_FRAMES_ENCAPSULATED || head.kind == HR_FRAMES_STREAM)
		return find_encapsulated(map, &head, file_size, frame, arena, out, err);
	return find_native(&head, file_size, frame, arena, out, err);
}
