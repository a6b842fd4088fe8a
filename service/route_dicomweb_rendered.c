/*
 * WADO-RS: pictures (PS3.18 10.4.1.1.3 and .4). Of a series or a study that
 * one which stands in the middle.
 */
#include "service/accept.h"
#include "service/dicomweb.h"
#include "service/http_select.h"

#include "dicom/render.h"

#include <math.h>
#include <stdlib.h>

static const hr_offer pictures[] = {
	[HR_RENDER_JPEG] = { .type = HR_STR_INIT("image/jpeg") },
	[HR_RENDER_PNG] = { .type = HR_STR_INIT("image/png") },
};
enum { PICTURES = sizeof(pictures) / sizeof(pictures[0]) };

/* --- what is asked --- */

enum { NUMBER_TEXT = 32, VALUES_MAX = 6 };

/* "-600.5". Plain decimal only: not what else strtod reads. */
static bool read_double(hr_str text, double *out)
{
	char copy[NUMBER_TEXT];
	char *end;

	text = hr_str_trim(text);
	if (!text.len || text.len >= sizeof(copy))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!text.data[i] || !strchr("0123456789.+-eE", text.data[i]))
			return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	*out = strtod(copy, &end);
	return *end == '\0' && isfinite(*out);
}

/* Numbers parted by commas; what is empty is 0. */
static bool read_doubles(hr_str text, double *out, size_t min, size_t max, size_t *count)
{
	size_t n = 0;

	while (n < max && (n == 0 || text.len)) {
		size_t end = hr_str_find(text, HR_STR(","));
		hr_str value = hr_str_slice(text, 0, end);

		out[n] = 0;
		if (value.len && !read_double(value, &out[n]))
			return false;
		n++;
		text = hr_str_slice(text, end + 1, text.len);
	}
	*count = n;
	return n >= min && text.len == 0;
}

typedef bool read_fn(hr_str value, hr_render_options *out);

/* "center,width,function" */
static bool read_window(hr_str value, hr_render_options *out)
{
	static const hr_str functions[] = {
		[HR_RENDER_WINDOW_LINEAR] = HR_STR_INIT("linear"),
		[HR_RENDER_WINDOW_LINEAR_EXACT] = HR_STR_INIT("linear-exact"),
		[HR_RENDER_WINDOW_SIGMOID] = HR_STR_INIT("sigmoid"),
	};
	size_t first = hr_str_find(value, HR_STR(","));
	hr_str rest = hr_str_slice(value, first + 1, value.len);
	size_t second = hr_str_find(rest, HR_STR(","));
	hr_str function = hr_str_slice(rest, second + 1, rest.len);

	if (!read_double(hr_str_slice(value, 0, first), &out->center) ||
	    !read_double(hr_str_slice(rest, 0, second), &out->width))
		return false;
	out->window = HR_RENDER_WINDOW_LINEAR;
	for (size_t i = 0; function.len && i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].len && hr_str_equal_nocase(functions[i], function)) {
			out->window = (hr_render_window)i;
			return true;
		}
	return function.len == 0;
}

/* "width,height[,x,y,width,height]": the picture's, then the part of the frame. */
static bool read_viewport(hr_str value, hr_render_options *out)
{
	double v[VALUES_MAX] = { 0 };
	size_t count;

	if (!read_doubles(value, v, 2, VALUES_MAX, &count) || v[0] < 1 || v[1] < 1)
		return false;
	for (size_t i = 0; i < count; i++)
		if (fabs(v[i]) > (i < 2 ? HR_RENDER_VIEWPORT_MAX : 1e6))
			return false;
	out->viewport_width = (uint32_t)v[0];
	out->viewport_height = (uint32_t)v[1];
	out->crop_x = (int32_t)v[2];
	out->crop_y = (int32_t)v[3];
	out->crop_width = (int32_t)v[4];
	out->crop_height = (int32_t)v[5];
	return true;
}

static bool read_quality(hr_str value, hr_render_options *out)
{
	double quality;

	if (!read_double(value, &quality) || quality < 1 || quality > 100)
		return false;
	out->quality = (uint32_t)quality;
	return true;
}

static const struct {
	hr_str name;
	read_fn *read;
} params[] = {
	{ HR_STR_INIT("window"), read_window },
	{ HR_STR_INIT("viewport"), read_viewport },
	{ HR_STR_INIT("quality"), read_quality },
	{ HR_STR_INIT("accept"), NULL },
};
enum { PARAMS = sizeof(params) / sizeof(params[0]) };

static bool read_params(const hr_http_request *request, hr_render_options *options, bool *ignored,
			hr_error *err)
{
	for (size_t i = 0; i < request->query_count; i++) {
		const hr_http_field *field = &request->query[i];
		size_t k = 0;

		while (k < PARAMS && !hr_str_equal(params[k].name, field->name))
			k++;
		*ignored |= k == PARAMS;
		if (k < PARAMS && params[k].read && !params[k].read(field->value, options))
			return hr_fail(err, HR_E_USAGE, "the value of '%.*s' is none that it has",
				       HR_STR_ARG(params[k].name));
	}
	return true;
}

/* --- of what --- */

/* Of what is kept elsewhere it may not be known before it is here: documents have none. */
static bool may_have_pixels(const hr_film_instance *instance)
{
	return instance->frame_count > 0 ||
	       (instance->availability == HR_FILM_NEARLINE &&
		!hr_str_starts_with(instance->sop_class, HR_STR("1.2.840.10008.5.1.4.1.1.88.")) &&
		!hr_str_starts_with(instance->sop_class, HR_STR("1.2.840.10008.5.1.4.1.1.11.")) &&
		!hr_str_starts_with(instance->sop_class, HR_STR("1.2.840.10008.5.1.4.1.1.104.")));
}

/* The middle one of the first series that has pixels; HR_E_NOT_FOUND when none has. */
static bool choose_instance(const hr_dicomweb *w, hr_film_instance **out, hr_error *err)
{
	hr_film_instance *all;
	size_t first = 0;
	size_t shown = 0;
	size_t count;

	if (!hr_dicomweb_instances(w, 0, &all, &count, err))
		return false;
	while (first < count && !may_have_pixels(&all[first]))
		first++;
	if (first == count)
		return hr_fail(err, HR_E_NOT_FOUND, "there are no pixels to be shown");
	for (size_t i = first; i < count; i++)
		shown += may_have_pixels(&all[i]) &&
			 hr_str_equal(all[i].series_uid, all[first].series_uid);
	shown /= 2;
	for (size_t i = first; i < count; i++)
		if (may_have_pixels(&all[i]) &&
		    hr_str_equal(all[i].series_uid, all[first].series_uid) && shown-- == 0) {
			*out = &all[i];
			break;
		}
	return true;
}

static bool choose_frame(const hr_dicomweb *w, const hr_film_instance *instance, uint32_t *out,
			 hr_error *err)
{
	uint32_t *numbers;
	size_t count;

	*out = w->instance.len ? 1 : instance->frame_count / 2 + 1;
	if (!w->last.len)
		return true;
	if (!hr_dicomweb_numbers(w, w->last, &numbers, &count, err))
		return false;
	if (count != 1)
		return hr_fail(err, HR_E_USAGE,
			       "one frame is shown at a time: ask for each by itself");
	*out = numbers[0];
	return *out <= instance->frame_count ||
	       hr_fail(err, HR_E_NOT_FOUND, "the object has fewer frames");
}

/* --- the picture --- */

static bool etag_of(const hr_dicomweb *w, const hr_film_instance *instance,
		    const hr_render_options *options, hr_str *out, hr_error *err)
{
	hr_sha256_run *run = hr_sha256_begin(err);
	bool ok = run &&
		  hr_sha256_add(
			  run,
			  (hr_str){ (const char *)instance->object.digest.bytes, HR_SHA256_BYTES },
			  err) &&
		  hr_sha256_add(run, (hr_str){ (const char *)options, sizeof(*options) }, err);

	if (!ok && run)
		hr_sha256_end(run, NULL, err);
	return ok && hr_dicomweb_etag(run, w->arena, out, err);
}

/* Zeros between its members, too: it travels and is digested as bytes. */
static bool make_options(const hr_dicomweb *w, bool thumbnail, const hr_film_instance *instance,
			 hr_render_options *out, bool *ignored, hr_error *err)
{
	uint32_t frame;

	if (!choose_frame(w, instance, &frame, err))
		return false;
	memset(out, 0, sizeof(*out));
	if (thumbnail)
		*out = hr_render_thumbnail(frame);
	out->frame = frame;
	return read_params(w->call->request, out, ignored, err);
}

static bool show(hr_app *app, const hr_call *call, bool thumbnail, hr_http_response *out,
		 hr_error *err)
{
	size_t format = hr_accept_choose(call->request, pictures, PICTURES);
	hr_film_instance *instance = NULL;
	hr_render_options options;
	bool ignored = false;
	hr_dicomweb w;
	hr_str etag;

	if (format == PICTURES)
		return hr_accept_fail(pictures, PICTURES, err);
	if (!hr_dicomweb_init(app, call, &w, err) || !choose_instance(&w, &instance, err) ||
	    !hr_dicomweb_bring(&w, instance, 1, 0, err) ||
	    !make_options(&w, thumbnail, instance, &options, &ignored, err))
		return false;
	options.format = (hr_render_format)format;
	if (!etag_of(&w, instance, &options, &etag, err) ||
	    !hr_dicomweb_work(&w, instance, HR_WORK_RENDER,
			      (hr_str){ (const char *)&options, sizeof(options) }, &out->body, err))
		return false;
	out->type = pictures[format].type;
	if (ignored)
		HR_DICOMWEB_WARN(out, "a parameter is not known and was ignored");
	if (w.instance.len)
		hr_dicomweb_keep_for_ever(out);
	else
		hr_dicomweb_keep_and_ask(out);
	return hr_http_select(call->request, etag, out, err);
}

bool hr_answer_dicomweb_rendered(hr_app *app, const hr_call *call, hr_http_response *out,
				 hr_error *err)
{
	return show(app, call, false, out, err);
}

bool hr_answer_dicomweb_thumbnail(hr_app *app, const hr_call *call, hr_http_response *out,
				  hr_error *err)
{
	return show(app, call, true, out, err);
}
