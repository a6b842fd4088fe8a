#include "dicom/pixels.h"
#include "dicom/codestream.h"
#include "dicom/dcmtk_pixels.h"
#include "dicom/inflate.h"
#include "dicom/jpeg2000.h"

enum {
	INFLATED_MORE = 1024, /* the head of the pixels, and an offset table */
};

/* --- codecs --- */

enum codec {
	CODEC_NONE,
	CODEC_JPEG,
	CODEC_RLE,
	CODEC_2000,
};

static const struct {
	hr_str transfer_syntax;
	enum codec codec;
} codecs[] = {
	{ HR_STR_INIT("1.2.840.10008.1.2.5"), CODEC_RLE },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.50"), CODEC_JPEG }, /* baseline */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.51"), CODEC_JPEG }, /* extended */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.53"), CODEC_JPEG }, /* spectral selection */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.55"), CODEC_JPEG }, /* progression */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.57"), CODEC_JPEG }, /* lossless */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.70"), CODEC_JPEG }, /* lossless, selection value 1 */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.80"), CODEC_JPEG }, /* JPEG-LS lossless */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.81"), CODEC_JPEG }, /* JPEG-LS */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.90"), CODEC_2000 }, /* lossless */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.91"), CODEC_2000 },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.92"), CODEC_2000 }, /* part 2, lossless */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.93"), CODEC_2000 },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.201"), CODEC_2000 }, /* HTJ2K lossless */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.202"), CODEC_2000 }, /* by resolution */
	{ HR_STR_INIT("1.2.840.10008.1.2.4.203"), CODEC_2000 },
};

static enum codec codec_of(hr_str transfer_syntax)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (hr_str_equal(codecs[i].transfer_syntax, transfer_syntax))
			return codecs[i].codec;
	return CODEC_NONE;
}

bool hr_pixels_can_decode(hr_str transfer_syntax)
{
	static const hr_str native[] = { HR_STR_INIT("1.2.840.10008.1.2"),
					 HR_STR_INIT("1.2.840.10008.1.2.1"),
					 HR_STR_INIT("1.2.840.10008.1.2.2"),
					 HR_STR_INIT("1.2.840.10008.1.2.1.99") };

	for (size_t i = 0; i < sizeof(native) / sizeof(native[0]); i++)
		if (hr_str_equal(native[i], transfer_syntax))
			return true;
	return codec_of(transfer_syntax) != CODEC_NONE;
}

/* --- sizes --- */

static uint64_t bytes_of_frame(const hr_dicom_image *image)
{
	uint64_t bits = (uint64_t)image->rows * image->columns *
			(image->samples ? image->samples : 1) * image->bits_allocated;

	return bits / 8 + (bits % 8 != 0);
}

static bool check_bytes(uint64_t bytes, uint64_t limit, hr_error *err)
{
	return bytes <= limit ||
	       hr_fail(err, HR_E_LIMIT, "dicom: %llu MiB of pixels are over the limit of %llu MiB",
		       (unsigned long long)(bytes >> 20), (unsigned long long)(limit >> 20));
}

/* What a decoder is given, so that it cannot be asked for what does not fit together. */
static bool check_form(const hr_dicom_image *image, hr_error *err)
{
	uint32_t allocated = image->bits_allocated;

	if (image->rows == 0 || image->columns == 0)
		return hr_fail(err, HR_E_SYNTAX, "dicom: the image has no rows or no columns");
	if (image->samples != 1 && image->samples != 3)
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: pixels of %u samples are not decoded",
			       image->samples);
	if (allocated != 8 && allocated != 16 && allocated != 32)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "dicom: compressed samples of %u bits are not decoded", allocated);
	if (image->bits_stored == 0 || image->bits_stored > allocated ||
	    image->high_bit >= allocated || image->high_bit + 1 < image->bits_stored)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: %u stored bits of %u below bit %u do not fit together",
			       image->bits_stored, allocated, image->high_bit);
	return check_bytes(bytes_of_frame(image), HR_PIXELS_FRAME_MAX, err);
}

/* --- opening --- */

/* As far as its pixels reach by what the header says: what follows may be a bomb. */
static bool inflate_object(hr_str file, hr_pixels_source *source, hr_arena *arena, hr_error *err)
{
	const hr_dicom_image *image = &source->scan.image;
	uint64_t frame = bytes_of_frame(image);
	bool whole;

	if (!check_bytes(frame, HR_PIXELS_FRAME_MAX, err) ||
	    !check_bytes(frame * image->frames, HR_PIXELS_OBJECT_MAX, err) ||
	    !hr_inflate(hr_str_slice(file, source->scan.data_set_at, file.len),
			source->scan.header.len + frame * image->frames + INFLATED_MORE, arena,
			&source->file, &whole, err))
		return false;
	source->scan.header = hr_str_slice(source->file, 0, source->scan.header.len);
	source->scan.data_set_at = 0;
	source->scan.deflated = false;
	return true;
}

bool hr_pixels_open(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_pixels_source *out,
		    hr_error *err)
{
	hr_pixels_source source = { .file = file, .scan = *scan };

	if (scan->deflated && !inflate_object(file, &source, arena, err))
		return false;
	if (!hr_frame_map_make(source.file, &source.scan, arena, &source.map, err) ||
	    !hr_frame_map_about(source.map, &source.about, err))
		return false;
	if (source.about.kind == HR_FRAMES_NONE)
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: the object has no pixels");
	if (source.about.kind == HR_FRAMES_STREAM)
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: a video is not decoded");
	*out = source;
	return true;
}

/* --- native frames --- */

/* Their bits are packed without gaps, the lowest first (PS3.5 8.1.1). */
static bool cut_bits(const hr_pixels_source *source, uint32_t frame, hr_arena *arena, hr_str *out,
		     hr_error *err)
{
	const hr_dicom_image *image = &source->scan.image;
	uint64_t bits =
		(uint64_t)image->rows * image->columns * image->samples * image->bits_allocated;
	uint64_t at = bits * (frame - 1);
	size_t size = bits / 8 + 1;
	hr_str from = hr_str_slice(source->file, source->about.offset + at / 8, source->file.len);
	char *to;

	if (!check_bytes(size, HR_PIXELS_FRAME_MAX, err))
		return false;
	to = hr_arena_alloc(arena, size);
	if (!to)
		return hr_fail_memory(err);
	for (uint64_t i = 0; i < bits; i++) {
		uint64_t bit = at % 8 + i;

		if (bit / 8 < from.len && (unsigned char)from.data[bit / 8] >> bit % 8 & 1)
			to[i / 8] = (char)((unsigned char)to[i / 8] | 1U << i % 8);
	}
	*out = (hr_str){ to, size };
	return true;
}

/*
 * The bytes of each sample the other way round. Bytes of OW stand in words of
 * two that were turned: those of a frame may begin with a word's second.
 */
static bool turn_bytes(const hr_pixels_source *source, hr_frame_part part, hr_arena *arena,
		       hr_str *out, hr_error *err)
{
	size_t width = source->scan.image.bits_allocated / 8;
	hr_str from = hr_str_slice(source->file, part.offset, part.offset + part.length);
	const char *vr = source->file.data + source->about.offset - 8;
	size_t base = width > 1 ? part.offset : source->about.offset;
	char *to;

	if (width <= 1 && memcmp(vr, "OW", 2) != 0) {
		*out = from;
		return true;
	}
	width = width > 1 ? width : 2;
	to = hr_arena_alloc(arena, from.len + 1);
	if (!to)
		return hr_fail_memory(err);
	for (size_t i = 0; i < from.len; i++) {
		size_t k = part.offset + i - base;
		size_t at = base + k / width * width + width - 1 - k % width;

		if (at < source->file.len)
			to[i] = source->file.data[at];
	}
	*out = (hr_str){ to, from.len };
	return true;
}

static bool take_native(const hr_pixels_source *source, const hr_frame *found, uint32_t frame,
			hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_frame_part part;

	if (!found->in_file && source->about.kind == HR_FRAMES_NATIVE)
		return cut_bits(source, frame, arena, out, err);
	if (!found->in_file || found->count != 1)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "dicom: frames of bits in big endian words are not read");
	part = found->parts[0];
	if (!check_bytes(part.length, HR_PIXELS_FRAME_MAX, err))
		return false;
	if (source->about.kind == HR_FRAMES_BIG_ENDIAN)
		return turn_bytes(source, part, arena, out, err);
	*out = hr_str_slice(source->file, part.offset, part.offset + part.length);
	return true;
}

bool hr_pixels_native(const hr_pixels_source *source, hr_arena *arena, hr_pixels *out,
		      hr_error *err)
{
	hr_frame_part part = { source->about.offset, source->about.length };
	hr_pixels pixels = { .form = source->scan.image };

	if (source->about.kind != HR_FRAMES_NATIVE && source->about.kind != HR_FRAMES_BIG_ENDIAN)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: its pixels do not tell where a frame begins");
	if (!check_bytes(part.length, HR_PIXELS_OBJECT_MAX, err))
		return false;
	if (source->about.kind == HR_FRAMES_NATIVE)
		pixels.bytes = hr_str_slice(source->file, part.offset, part.offset + part.length);
	else if (!turn_bytes(source, part, arena, &pixels.bytes, err))
		return false;
	*out = pixels;
	return true;
}

/* --- compressed frames --- */

static bool join(const hr_pixels_source *source, const hr_frame *frame, hr_arena *arena,
		 hr_str *out, hr_error *err)
{
	hr_str file = source->file;
	size_t at = 0;
	char *to;

	if (frame->count == 1) {
		*out = hr_str_slice(file, frame->parts[0].offset,
				    frame->parts[0].offset + frame->parts[0].length);
		return true;
	}
	to = hr_arena_alloc_raw(arena, frame->length + 1);
	if (!to)
		return hr_fail_memory(err);
	for (size_t i = 0; i < frame->count; i++) {
		memcpy(to + at, file.data + frame->parts[i].offset, frame->parts[i].length);
		at += frame->parts[i].length;
	}
	*out = (hr_str){ to, at };
	return true;
}

static bool check_jpeg(hr_str bytes, const hr_dicom_image *form, hr_error *err)
{
	hr_codestream head;

	if (!hr_codestream_read_jpeg(bytes, &head, err))
		return false;
	if (head.width == form->columns && head.height == form->rows &&
	    head.components == form->samples && head.bits <= form->bits_allocated)
		return true;
	return hr_fail(err, HR_E_SYNTAX,
		       "dicom: the compressed frame is %u x %u x %u of %u bits, the object says "
		       "%u x %u x %u of %u",
		       head.width, head.height, head.components, head.bits, form->columns,
		       form->rows, form->samples, form->bits_allocated);
}

static bool decompress(const hr_pixels_source *source, const hr_frame *found, hr_arena *arena,
		       hr_pixels *out, hr_error *err)
{
	const hr_dicom_scan *scan = &source->scan;
	enum codec codec = codec_of(scan->transfer_syntax);
	hr_pixels pixels = { .form = scan->image };
	hr_str bytes;

	if (codec == CODEC_NONE)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "dicom: pixels of transfer syntax %.*s are not decoded",
			       HR_STR_ARG(scan->transfer_syntax));
	if (!check_form(&pixels.form, err) || !join(source, found, arena, &bytes, err) ||
	    (codec == CODEC_JPEG && !check_jpeg(bytes, &pixels.form, err)))
		return false;
	if (!(codec == CODEC_2000
		      ? hr_jpeg2000_decode(bytes, &pixels.form, arena, &pixels.bytes, err)
		      : hr_dcmtk_decode(scan->transfer_syntax, scan->sop_class, bytes, &pixels.form,
					arena, &pixels.bytes, err)))
		return false;
	*out = pixels;
	return true;
}

bool hr_pixels_frame(const hr_pixels_source *source, uint32_t frame, hr_arena *arena,
		     hr_pixels *out, hr_error *err)
{
	hr_pixels pixels = { .form = source->scan.image };
	hr_frame found;

	if (!hr_frame_map_find(source->map, source->file.len, frame, arena, &found, err))
		return false;
	if (source->about.kind == HR_FRAMES_ENCAPSULATED)
		return decompress(source, &found, arena, out, err);
	if (!take_native(source, &found, frame, arena, &pixels.bytes, err))
		return false;
	*out = pixels;
	return true;
}

bool hr_pixels_decode(hr_str file, const hr_dicom_scan *scan, uint32_t frame, hr_arena *arena,
		      hr_pixels *out, hr_error *err)
{
	hr_pixels_source source;

	return hr_pixels_open(file, scan, arena, &source, err) &&
	       hr_pixels_frame(&source, frame, arena, out, err);
}
