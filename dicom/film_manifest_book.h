/*
 * What the index knows of a study, as a manifest (manifest.h): for whoever
 * fetches the study from here.
 */
#pragma once

#include "dicom/film_book.h"
#include "dicom/manifest.h"

/*
 * In the order of a search, so that the same study gives the same manifest.
 * `base` is "https://host/dicom-web": each series is told to be below it. An
 * issuer that the objects do not name is the institution whose numbers they
 * are; of an accession number nobody is guessed. HR_E_NOT_FOUND; HR_E_LIMIT for
 * a study that is too large for a manifest.
 */
bool hr_film_manifest(hr_store *store, hr_str study_uid, const hr_film_scope *scope, hr_str base,
		      hr_arena *arena, hr_manifest *out, hr_error *err);
