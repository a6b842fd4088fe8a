/*
 * What goes out of this node instead of bytes: of any study that it holds, a
 * manifest that says where it is to be had, or the national index of images.
 * The command and the route call the same functions.
 *
 * The same study gives the same bytes.
 */
#pragma once

#include "dicom/image_index.h"
#include "recognition/manifest_fhir.h"
#include "service/films.h"

/*
 * Under which address others reach DICOMweb: of the setting public-url, an
 * origin ("https://film.example.cn"), with "/dicom-web" behind it; empty for an
 * empty one. HR_E_USAGE.
 */
bool hr_manifest_base(hr_str public_url, hr_arena *arena, hr_str *out, hr_error *err);

typedef struct hr_manifest_ask {
	hr_str study_uid;
	const hr_film_scope *scope;
	hr_str base; /* "https://film.example.cn/dicom-web"; HR_E_USAGE when it is empty */
	hr_manifest_format format;
} hr_manifest_ask;

/*
 * MADO's, with descriptions; as a KOS a plain one where the study is too large
 * for them. HR_E_NOT_FOUND, HR_E_LIMIT.
 */
bool hr_manifest_make(hr_films *films, const hr_manifest_ask *ask, hr_arena *arena, hr_str *out,
		      hr_error *err);

/* Of the index of images what no film says. */
typedef struct hr_image_index_ask {
	hr_str study_uid;
	hr_str person;	    /* the insurance's personnel code */
	hr_str institution; /* USCC of who stores the images */
} hr_image_index_ask;

/*
 * HR_E_INCOMPLETE names every part that is not known; body part and equipment
 * may be unknown. What comes out means a person: never in a URL or a log.
 */
bool hr_image_index_make(hr_films *films, const hr_image_index_ask *ask, hr_arena *arena,
			 char out[HR_IMAGE_INDEX_TEXT], hr_error *err);
