/*
 * Counts of what a narrowed request sees: those of the index tell how many
 * documents a study has, to who must not know that there are any.
 */
#pragma once

#include "dicom/film_answer.h"
#include "dicom/film_filter_book.h"
#include "dicom/film_rows_book.h"

typedef struct hr_tx hr_tx;

/* Rows of studies pass whatever their modalities: these are of all parts. */
void hr_film_narrow_filters(hr_film_filters *filters);

/* Its counts, modalities and availability are those of the parts. No instance: it is not there. */
bool hr_film_narrow_study(hr_tx *tx, hr_film_parts parts, hr_str patient, int64_t study,
			  hr_arena *arena, hr_film_found_study *found, hr_error *err);
