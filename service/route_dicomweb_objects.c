/*
 * WADO-RS: whole objects (PS3.18 10.4.1.1.1), as they are stored where the
 * client takes that, else made explicit little endian by a worker.
 */
#include "service/accept.h"
#include "service/dicomweb.h"
#include "service/http_select.h"

#include "dicom/pixels.h"

/* What workers make of objects lies in memory until it is sent. */
#define MADE_BYTES_MAX ((uint64_t)512 << 20)

static const hr_str dicom = HR_STR_INIT("application/dicom");

/* How one object is given. */
struct given {
	bool is_possible;
	bool as_stored;
	bool multipart;
	hr_str syntax;
	hr_str made; /* by a worker */
};

struct answer {
	hr_dicomweb w;
	hr_film_instance *instances;
	size_t count;
	struct given *given;
	uint64_t made_bytes;
	size_t possible;
};

/* --- negotiation --- */

static size_t offers_of(const hr_film_instance *instance, bool single, hr_offer out[4])
{
	const bool is_plain = hr_str_equal(instance->transfer_syntax, HR_STR(HR_EXPLICIT_LE));
	size_t count = 0;

	for (int multipart = 1; multipart >= !single; multipart--) {
		if (!is_plain && hr_pixels_can_decode(instance->transfer_syntax))
			out[count++] =
				(hr_offer){ dicom, HR_STR(HR_EXPLICIT_LE), multipart, true, false };
		out[count++] =
			(hr_offer){ dicom, instance->transfer_syntax, multipart, is_plain, true };
	}
	return count;
}

static void negotiate_one(struct answer *a, size_t i)
{
	const hr_film_instance *instance = &a->instances[i];
	hr_offer offers[4];
	size_t count = offers_of(instance, a->w.instance.len > 0, offers);
	size_t chosen = hr_accept_choose(a->w.call->request, offers, count);

	if (chosen == count)
		return;
	a->given[i] = (struct given){
		.is_possible = true,
		.as_stored =
			hr_str_equal(offers[chosen].transfer_syntax, instance->transfer_syntax),
		.multipart = offers[chosen].multipart,
		.syntax = offers[chosen].transfer_syntax,
	};
	a->possible++;
}

static bool negotiate(struct answer *a, hr_error *err)
{
	hr_offer offers[4];

	a->given = HR_NEW_N(a->w.arena, struct given, a->count);
	if (!a->given)
		return hr_fail_memory(err);
	for (size_t i = 0; i < a->count; i++)
		negotiate_one(a, i);
	return a->possible ||
	       hr_accept_fail(offers, offers_of(&a->instances[0], a->w.instance.len > 0, offers),
			      err);
}

/* --- bytes --- */

static bool make_one(struct answer *a, size_t i, hr_error *err)
{
	struct given *given = &a->given[i];

	if (!given->is_possible || given->as_stored)
		return true;
	if (!hr_dicomweb_work(&a->w, &a->instances[i], HR_WORK_TRANSCODE, HR_STR_NONE, &given->made,
			      err))
		return false;
	a->made_bytes += given->made.len;
	return a->made_bytes <= MADE_BYTES_MAX ||
	       hr_fail(err, HR_E_NOT_ACCEPTABLE,
		       "these objects are too many to be made uncompressed at once: take them as "
		       "they are, with transfer-syntax=*");
}

static hr_str address_of(const struct answer *a, const hr_film_instance *instance)
{
	hr_buf buf;

	hr_buf_init(&buf, a->w.arena, 1024);
	hr_buf_addf(&buf, "%.*s/studies/%.*s/series/%.*s/instances/%.*s", HR_STR_ARG(a->w.base),
		    HR_STR_ARG(instance->study_uid), HR_STR_ARG(instance->series_uid),
		    HR_STR_ARG(instance->instance_uid));
	return hr_buf_str(&buf);
}

static void add_one(const struct answer *a, size_t i, hr_parts *parts)
{
	const hr_film_instance *instance = &a->instances[i];
	const struct given *given = &a->given[i];
	uint64_t length = given->as_stored ? instance->object.size : given->made.len;

	if (!given->is_possible)
		return;
	if (given->multipart)
		hr_parts_begin(parts, dicom, given->syntax, address_of(a, instance), length);
	if (given->as_stored)
		hr_parts_add_file(parts, (uint32_t)i, 0, length);
	else
		hr_parts_add_bytes(parts, given->made);
}

static bool etag_of(const struct answer *a, hr_str *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);
	bool ok = run && hr_sha256_add(run, a->w.base, err);

	for (size_t i = 0; ok && i < a->count; i++) {
		const struct given *given = &a->given[i];

		ok = hr_sha256_add(run,
				   (hr_str){ (const char *)a->instances[i].object.digest.bytes,
					     HR_SHA256_BYTES },
				   err) &&
		     hr_sha256_add(run, given->multipart ? HR_STR("parts") : HR_STR("one"), err) &&
		     hr_sha256_add(run, given->is_possible ? given->syntax : HR_STR("none"), err);
	}
	if (!ok && run)
		hr_sha256_end(run, NULL, err);
	return ok && hr_dicomweb_etag(run, a->w.arena, out, err);
}

static bool answer(struct answer *a, hr_http_response *out, hr_error *err)
{
	hr_parts parts;
	hr_str etag;

	if (!etag_of(a, &etag, err))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!make_one(a, i, err))
			return false;
	hr_parts_init(&parts, etag, a->w.arena);
	for (size_t i = 0; i < a->count; i++)
		add_one(a, i, &parts);
	if (!hr_dicomweb_set_files(&a->w, a->instances, out, err) ||
	    !(a->count > 1 || a->given[0].multipart
		      ? hr_parts_end(&parts, dicom, out, err)
		      : hr_parts_end_single(&parts, dicom, a->given[0].syntax, out, err)))
		return false;
	if (a->w.instance.len)
		hr_dicomweb_keep_for_ever(out);
	else
		hr_dicomweb_keep_and_ask(out);
	if (a->possible == a->count)
		return hr_http_select(a->w.call->request, etag, out, err);
	out->status = 206;
	HR_DICOMWEB_WARN(out, "some of the objects cannot be given in this transfer syntax");
	return true;
}

bool hr_answer_dicomweb_objects(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err)
{
	struct answer *a = HR_NEW(call->request->arena, struct answer);

	if (!a)
		return hr_fail_memory(err);
	return hr_dicomweb_init(app, call, &a->w, err) &&
	       hr_dicomweb_instances(&a->w, 0, &a->instances, &a->count, err) &&
	       hr_dicomweb_bring(&a->w, a->instances, a->count, 0, err) && negotiate(a, err) &&
	       answer(a, out, err);
}
