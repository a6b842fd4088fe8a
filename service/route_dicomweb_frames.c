/*
 * WADO-RS: frames and bulk data (PS3.18 10.4.1.1.5 and .6). What the file has
 * goes out of the file; a worker decodes what the client cannot.
 */
#include "service/accept.h"
#include "service/dicomweb.h"
#include "service/http_select.h"

#include "dicom/metadata.h"
#include "dicom/pixels.h"

#define DECODED_BYTES_MAX ((uint64_t)512 << 20)

static const hr_str octets = HR_STR_INIT("application/octet-stream");

/* PS3.18 tables 8.7.3-2 to -5: the type that frames of a transfer syntax have by themselves. */
static const struct {
	hr_str syntax; /* the front of it */
	hr_str type;
} types[] = {
	{ HR_STR_INIT("1.2.840.10008.1.2.4.5"), HR_STR_INIT("image/jpeg") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.70"), HR_STR_INIT("image/jpeg") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.8"), HR_STR_INIT("image/jls") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.9"), HR_STR_INIT("image/jp2") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.20"), HR_STR_INIT("image/jphc") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.11"), HR_STR_INIT("image/jxl") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.102"), HR_STR_INIT("video/mp4") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.103"), HR_STR_INIT("video/mp4") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.104"), HR_STR_INIT("video/mp4") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.105"), HR_STR_INIT("video/mp4") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.106"), HR_STR_INIT("video/mp4") },
	{ HR_STR_INIT("1.2.840.10008.1.2.4.10"), HR_STR_INIT("video/mpeg") },
	{ HR_STR_INIT("1.2.840.10008.1.2.5"), HR_STR_INIT("image/dicom-rle") },
};

static hr_str type_of(hr_str syntax)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (hr_str_starts_with(syntax, types[i].syntax))
			return types[i].type;
	return octets;
}

struct answer {
	hr_dicomweb w;
	hr_film_instance *instance;
	hr_frames_about about;
	uint32_t *numbers;
	size_t count;
	hr_offer offer; /* that was chosen */
	bool decodes;
	hr_parts parts;
};

/* --- negotiation --- */

enum { OFFERS_MAX = 6 };

static size_t add_offers(const struct answer *a, bool multipart, hr_offer *out)
{
	const hr_str syntax = a->instance->transfer_syntax;
	const bool is_encoded =
		a->about.kind == HR_FRAMES_ENCAPSULATED || a->about.kind == HR_FRAMES_STREAM;
	const hr_str plain = HR_STR(HR_EXPLICIT_LE);
	size_t count = 0;

	if (is_encoded) {
		out[count++] = (hr_offer){ type_of(syntax), syntax, multipart, true, true };
		out[count++] = (hr_offer){ octets, syntax, multipart, false, true };
	}
	if (!is_encoded || hr_pixels_can_decode(syntax))
		out[count++] = (hr_offer){ octets, plain, multipart, true, !is_encoded };
	return count;
}

static bool negotiate(struct answer *a, hr_error *err)
{
	hr_offer offers[OFFERS_MAX];
	size_t count = add_offers(a, true, offers);
	size_t chosen;

	if (a->count == 1)
		count += add_offers(a, false, offers + count);
	chosen = hr_accept_choose(a->w.call->request, offers, count);
	if (chosen == count)
		return hr_accept_fail(offers, count, err);
	a->offer = offers[chosen];
	a->decodes =
		(a->about.kind == HR_FRAMES_ENCAPSULATED || a->about.kind == HR_FRAMES_STREAM) &&
		!hr_str_equal(a->offer.transfer_syntax, a->instance->transfer_syntax);
	return true;
}

/* --- bytes --- */

static void begin_part(struct answer *a, uint32_t number, uint64_t length)
{
	hr_buf location;

	if (!a->offer.multipart)
		return;
	hr_buf_init(&location, a->w.arena, 1024);
	hr_buf_addf(&location, "%.*s/studies/%.*s/series/%.*s/instances/%.*s/frames/%u",
		    HR_STR_ARG(a->w.base), HR_STR_ARG(a->w.study), HR_STR_ARG(a->w.series),
		    HR_STR_ARG(a->w.instance), number);
	hr_parts_begin(&a->parts, a->offer.type, a->offer.transfer_syntax, hr_buf_str(&location),
		       length);
}

static bool decode(struct answer *a, uint32_t number, uint64_t *decoded, hr_error *err)
{
	const hr_frame_args told = { .frame = number };
	hr_str bytes;

	if (!hr_dicomweb_work(&a->w, a->instance, HR_WORK_FRAME,
			      (hr_str){ (const char *)&told, sizeof(told) }, &bytes, err))
		return false;
	*decoded += bytes.len;
	if (*decoded > DECODED_BYTES_MAX)
		return hr_fail(err, HR_E_NOT_ACCEPTABLE,
			       "these frames are too many to be decoded at once");
	begin_part(a, number, bytes.len);
	hr_parts_add_bytes(&a->parts, bytes);
	return true;
}

static bool add_frame(struct answer *a, uint32_t number, uint64_t *decoded, hr_error *err)
{
	hr_frame frame;

	if (!hr_frame_map_find(a->instance->frames, a->instance->object.size, number, a->w.arena,
			       &frame, err)) {
		if (err->code == HR_E_SYNTAX)
			err->code = HR_E_NOT_ACCEPTABLE;
		return false;
	}
	if (a->decodes || !frame.in_file || a->about.kind == HR_FRAMES_BIG_ENDIAN)
		return decode(a, number, decoded, err);
	begin_part(a, number, frame.length);
	for (size_t i = 0; i < frame.count; i++)
		hr_parts_add_file(&a->parts, 0, frame.parts[i].offset, frame.parts[i].length);
	return true;
}

/* Of the object, what is asked of it, and in which form. */
static bool etag_of(const struct answer *a, hr_str *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);
	const hr_str pieces[] = {
		a->w.base,     { (const char *)a->instance->object.digest.bytes, HR_SHA256_BYTES },
		a->w.last,     a->offer.multipart ? HR_STR(" parts ") : HR_STR(" one "),
		a->offer.type, a->offer.transfer_syntax,
	};
	bool ok = run != NULL;

	for (size_t i = 0; ok && i < sizeof(pieces) / sizeof(pieces[0]); i++)
		ok = hr_sha256_add(run, pieces[i], err);
	if (!ok && run)
		hr_sha256_end(run, NULL, err);
	return ok && hr_dicomweb_etag(run, a->w.arena, out, err);
}

static bool send(struct answer *a, hr_str etag, hr_http_response *out, hr_error *err)
{
	if (!hr_dicomweb_set_files(&a->w, a->instance, out, err) ||
	    !(a->offer.multipart ? hr_parts_end(&a->parts, a->offer.type, out, err)
				 : hr_parts_end_single(&a->parts, a->offer.type,
						       a->offer.transfer_syntax, out, err)))
		return false;
	hr_dicomweb_keep_for_ever(out);
	return hr_http_select(a->w.call->request, etag, out, err);
}

static bool answer(struct answer *a, hr_http_response *out, hr_error *err)
{
	uint64_t decoded = 0;
	hr_str etag;

	if (!hr_frame_map_about(a->instance->frames, &a->about, err))
		return false;
	if (a->about.kind == HR_FRAMES_NONE)
		return hr_fail(err, HR_E_NOT_FOUND, "this object has no frames");
	if (!negotiate(a, err) || !etag_of(a, &etag, err))
		return false;
	hr_parts_init(&a->parts, etag, a->w.arena);
	for (size_t i = 0; i < a->count; i++)
		if (!add_frame(a, a->numbers[i], &decoded, err))
			return false;
	return send(a, etag, out, err);
}

static bool open_answer(hr_app *app, const hr_call *call, unsigned with, struct answer **out,
			hr_error *err)
{
	struct answer *a = HR_NEW(call->request->arena, struct answer);
	size_t count;

	if (!a)
		return hr_fail_memory(err);
	*out = a;
	return hr_dicomweb_init(app, call, &a->w, err) &&
	       hr_dicomweb_instances(&a->w, with, &a->instance, &count, err) &&
	       hr_dicomweb_bring(&a->w, a->instance, 1, with, err);
}

bool hr_answer_dicomweb_frames(hr_app *app, const hr_call *call, hr_http_response *out,
			       hr_error *err)
{
	struct answer *a;

	return open_answer(app, call, HR_FILM_WITH_FRAMES, &a, err) &&
	       hr_dicomweb_numbers(&a->w, a->w.last, &a->numbers, &a->count, err) &&
	       answer(a, out, err);
}

/* --- bulk data --- */

static bool choose_bulk(struct answer *a, hr_error *err)
{
	static const hr_offer offers[] = {
		{ HR_STR_INIT("application/octet-stream"), HR_STR_INIT(""), true, true, true },
		{ HR_STR_INIT("application/octet-stream"), HR_STR_INIT(""), false, true, true },
	};
	size_t chosen = hr_accept_choose(a->w.call->request, offers, 2);

	if (chosen == 2)
		return hr_accept_fail(offers, 2, err);
	a->offer = offers[chosen];
	return true;
}

static bool add_bulk(struct answer *a, const hr_bulk *bulk, hr_error *err)
{
	hr_str bytes = HR_STR_NONE;

	if (!bulk->in_file &&
	    !hr_dicomweb_work(&a->w, a->instance, HR_WORK_BULK, a->w.last, &bytes, err))
		return false;
	if (bulk->in_file && (bulk->offset > a->instance->object.size ||
			      bulk->length > a->instance->object.size - bulk->offset))
		return hr_fail(err, HR_E_INTERNAL, "bulk data does not lie within its file");
	if (a->offer.multipart)
		hr_parts_begin(&a->parts, octets, HR_STR_NONE, HR_STR_NONE,
			       bulk->in_file ? bulk->length : bytes.len);
	if (bulk->in_file)
		hr_parts_add_file(&a->parts, 0, bulk->offset, bulk->length);
	else
		hr_parts_add_bytes(&a->parts, bytes);
	return true;
}

/* Compressed pixels are frames, wherever their address is from. */
static bool is_compressed(const struct answer *a)
{
	return hr_str_equal(a->w.last, HR_STR("7FE00010")) &&
	       (a->about.kind == HR_FRAMES_ENCAPSULATED || a->about.kind == HR_FRAMES_STREAM);
}

static bool answer_as_frames(struct answer *a, hr_http_response *out, hr_error *err)
{
	a->count = a->about.frames;
	a->numbers = HR_NEW_N(a->w.arena, uint32_t, a->count);
	if (!a->numbers)
		return hr_fail_memory(err);
	for (size_t i = 0; i < a->count; i++)
		a->numbers[i] = (uint32_t)i + 1;
	return answer(a, out, err);
}

bool hr_answer_dicomweb_bulk(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct answer *a;
	hr_bulk bulk;
	hr_str etag;

	if (!open_answer(app, call, HR_FILM_WITH_FRAMES | HR_FILM_WITH_METADATA, &a, err) ||
	    !hr_frame_map_about(a->instance->frames, &a->about, err))
		return false;
	if (is_compressed(a))
		return answer_as_frames(a, out, err);
	if (!hr_metadata_bulk(a->instance->metadata, a->w.last, &bulk, err) ||
	    !choose_bulk(a, err) || !etag_of(a, &etag, err))
		return false;
	hr_parts_init(&a->parts, etag, a->w.arena);
	return add_bulk(a, &bulk, err) && send(a, etag, out, err);
}
