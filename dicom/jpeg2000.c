#include "dicom/jpeg2000.h"
#include "dicom/codestream.h"

#include <openjpeg.h>

/* --- bytes as OpenJPEG's stream --- */

struct reading {
	hr_str bytes;
	size_t at;
};

static OPJ_SIZE_T read_bytes(void *to, OPJ_SIZE_T count, void *from)
{
	struct reading *r = from;
	size_t left = r->bytes.len - r->at;

	if (left == 0)
		return (OPJ_SIZE_T)-1;
	if (count > left)
		count = left;
	memcpy(to, r->bytes.data + r->at, count);
	r->at += count;
	return count;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T count, void *from)
{
	struct reading *r = from;
	size_t left = r->bytes.len - r->at;

	if (count < 0)
		return -1;
	if ((size_t)count > left)
		count = (OPJ_OFF_T)left;
	r->at += (size_t)count;
	return count;
}

static OPJ_BOOL seek_bytes(OPJ_OFF_T to, void *from)
{
	struct reading *r = from;

	if (to < 0 || (size_t)to > r->bytes.len)
		return OPJ_FALSE;
	r->at = (size_t)to;
	return OPJ_TRUE;
}

static opj_stream_t *open_stream(struct reading *reading)
{
	opj_stream_t *stream = opj_stream_create(64 * (OPJ_SIZE_T)1024, OPJ_TRUE);

	if (!stream)
		return NULL;
	opj_stream_set_read_function(stream, read_bytes);
	opj_stream_set_skip_function(stream, skip_bytes);
	opj_stream_set_seek_function(stream, seek_bytes);
	opj_stream_set_user_data(stream, reading, NULL);
	opj_stream_set_user_data_length(stream, reading->bytes.len);
	return stream;
}

static bool run_decoder(opj_codec_t *codec, opj_stream_t *stream, opj_image_t **image)
{
	opj_dparameters_t parameters;

	opj_set_default_decoder_parameters(&parameters);
	return opj_setup_decoder(codec, &parameters) && opj_read_header(stream, codec, image) &&
	       opj_decode(codec, stream, *image) && opj_end_decompress(codec, stream);
}

static opj_image_t *decode(hr_str bytes)
{
	struct reading reading = { bytes, 0 };
	opj_stream_t *stream = open_stream(&reading);
	opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
	opj_image_t *image = NULL;

	if (stream && codec && !run_decoder(codec, stream, &image)) {
		opj_image_destroy(image);
		image = NULL;
	}
	if (codec)
		opj_destroy_codec(codec);
	if (stream)
		opj_stream_destroy(stream);
	return image;
}

/* --- samples --- */

static bool fits(const opj_image_t *image, const hr_dicom_image *form)
{
	if (image->numcomps != form->samples)
		return false;
	for (uint32_t i = 0; i < image->numcomps; i++)
		if (!image->comps[i].data || image->comps[i].w != form->columns ||
		    image->comps[i].h != form->rows)
			return false;
	return true;
}

/*
 * A component's samples, interleaved with the others'. Its own sign may differ
 * from what the object says (some writers): the bits stay, and are widened as
 * the object's are.
 */
static void write_samples(const opj_image_comp_t *comp, const hr_dicom_image *form, char *to)
{
	size_t count = (size_t)form->rows * form->columns;
	size_t width = form->bits_allocated / 8;
	uint32_t unused = comp->prec < 32 ? 32 - comp->prec : 0;

	for (size_t i = 0; i < count; i++, to += width * form->samples) {
		uint32_t bits = (uint32_t)comp->data[i] << unused;
		uint32_t sample =
			form->is_signed ? (uint32_t)((int32_t)bits >> unused) : bits >> unused;

		for (size_t k = 0; k < width; k++)
			to[k] = (char)(sample >> 8 * k & 0xFF);
	}
}

static bool check_size(const hr_codestream *head, const hr_dicom_image *form, hr_error *err)
{
	uint64_t samples = (uint64_t)form->rows * form->columns * form->samples;

	if (head->width != form->columns || head->height != form->rows ||
	    head->components != form->samples || head->bits > form->bits_allocated)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: the JPEG 2000 frame is %u x %u x %u of %u bits, the object "
			       "says %u x %u x %u of %u",
			       head->width, head->height, head->components, head->bits,
			       form->columns, form->rows, form->samples, form->bits_allocated);
	if (samples > HR_PIXELS_SAMPLES_2000_MAX)
		return hr_fail(err, HR_E_LIMIT,
			       "dicom: a JPEG 2000 frame of over %d samples is not decoded",
			       HR_PIXELS_SAMPLES_2000_MAX);
	return true;
}

/* OpenJPEG has undone the transform of the codestream (PS3.3 C.7.6.3.1.2). */
static void name_colours(hr_dicom_image *form)
{
	if (strcmp(form->photometric, "YBR_ICT") == 0 || strcmp(form->photometric, "YBR_RCT") == 0)
		memcpy(form->photometric, "RGB", sizeof("RGB"));
	form->planar = false;
}

bool hr_jpeg2000_decode(hr_str bytes, hr_dicom_image *form, hr_arena *arena, hr_str *out,
			hr_error *err)
{
	size_t width = form->bits_allocated / 8;
	size_t size = (size_t)form->rows * form->columns * form->samples * width;
	hr_codestream head;
	opj_image_t *image;
	char *samples;
	bool ok;

	if (!hr_codestream_read_2000(&bytes, &head, err) || !check_size(&head, form, err))
		return false;
	samples = hr_arena_alloc_raw(arena, size);
	if (!samples)
		return hr_fail_memory(err);
	image = decode(bytes);
	ok = image && fits(image, form);
	for (uint32_t i = 0; ok && i < form->samples; i++)
		write_samples(&image->comps[i], form, samples + i * width);
	opj_image_destroy(image);
	if (!ok)
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: the JPEG 2000 frame cannot be decoded: it is damaged, or "
			       "memory is short");
	name_colours(form);
	*out = (hr_str){ samples, size };
	return true;
}
