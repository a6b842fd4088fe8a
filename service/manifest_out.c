#include "service/manifest_out.h"

#include "dicom/film_manifest_book.h"
#include "dicom/retrieve_url.h"

enum { BASE_BYTES_MAX = 512, MINUTE_DIGITS = 4, SPAN_TEXT = 24 };

bool hr_manifest_base(hr_str public_url, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_web_origin origin;
	hr_error why;
	hr_buf buf;

	if (public_url.len == 0) {
		*out = HR_STR_NONE;
		return true;
	}
	if (!hr_web_origin_parse(public_url, &origin, &why))
		return hr_fail(err, HR_E_USAGE,
			       "public-url is the address of the service alone, of https, or of "
			       "http on its own machine: https://film.example.cn");
	hr_buf_init(&buf, arena, BASE_BYTES_MAX);
	hr_buf_add(&buf, public_url);
	HR_BUF_ADD(&buf, "/dicom-web");
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}

/* --- manifests --- */

static bool write_as(const hr_manifest *manifest, hr_manifest_form form, hr_manifest_format format,
		     hr_arena *arena, hr_str *out, hr_error *err)
{
	return format == HR_MANIFEST_FHIR ? hr_manifest_write_fhir(manifest, form, arena, out, err)
					  : hr_manifest_write_kos(manifest, form, arena, out, err);
}

bool hr_manifest_make(hr_films *films, const hr_manifest_ask *ask, hr_arena *arena, hr_str *out,
		      hr_error *err)
{
	hr_manifest manifest;

	if (ask->base.len == 0)
		return hr_fail(err, HR_E_USAGE,
			       "a manifest names the address under which others reach this "
			       "service: give --public-url URL, set HUREN_PUBLIC_URL, or write "
			       "'public-url = URL' into the configuration file");
	if (!hr_film_manifest(films->store, ask->study_uid, ask->scope, ask->base, arena, &manifest,
			      err))
		return false;
	if (write_as(&manifest, HR_MANIFEST_DESCRIBED, ask->format, arena, out, err))
		return true;
	return err->code == HR_E_LIMIT &&
	       write_as(&manifest, HR_MANIFEST_PLAIN, ask->format, arena, out, err);
}

/* --- the index of images --- */

/* What a time is worth that is not known to the minute: nothing. */
static bool read_minute(const hr_manifest *manifest, hr_instant *out)
{
	char text[SPAN_TEXT];
	hr_span span;
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	hr_buf_add(&buf, manifest->study_date);
	hr_buf_add(&buf, hr_str_slice(manifest->study_time, 0, MINUTE_DIGITS));
	hr_buf_add(&buf, manifest->timezone);
	if (manifest->study_time.len < MINUTE_DIGITS || buf.failed ||
	    !hr_span_parse(hr_buf_str(&buf), &span) || span.precision != HR_PRECISION_MINUTE)
		return false;
	*out = span.from;
	return true;
}

struct part {
	bool is_known;
	const char *name;
};

static bool check_parts(const struct part *parts, size_t count, hr_error *err)
{
	char text[sizeof(err->message)];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	for (size_t i = 0; i < count; i++)
		if (!parts[i].is_known)
			hr_buf_addf(&buf, "%s%s", buf.len ? ", " : "", parts[i].name);
	return buf.len == 0 || hr_fail(err, HR_E_INCOMPLETE, "image index: not known: %.*s",
				       HR_STR_ARG(hr_buf_str(&buf)));
}

bool hr_image_index_make(hr_films *films, const hr_image_index_ask *ask, hr_arena *arena,
			 char out[HR_IMAGE_INDEX_TEXT], hr_error *err)
{
	hr_image_index index = { .person = ask->person, .uscc = ask->institution };
	hr_manifest manifest;
	struct part parts[] = {
		{ ask->person.len > 0, "the personnel code of the insurance (--person FILE)" },
		{ false, "the minute of the study (its film does not say it)" },
		{ ask->institution.len > 0, "who stores the images (--institution USCC)" },
	};

	if (!hr_film_manifest(films->store, ask->study_uid, NULL, HR_STR_NONE, arena, &manifest,
			      err))
		return false;
	parts[1].is_known = read_minute(&manifest, &index.examined);
	return check_parts(parts, sizeof(parts) / sizeof(parts[0]), err) &&
	       hr_image_index_format(&index, out, err);
}
