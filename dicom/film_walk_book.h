/* For who compares the index of films and their bytes. */
#pragma once

#include "dicom/film_book.h"

/* Every object that the index knows; `visit` may end it. */
bool hr_film_walk(hr_store *store, hr_object_visit *visit, void *context, hr_error *err);

/* Does the index know this object? */
bool hr_film_knows(hr_store *store, const hr_object *object, bool *out, hr_error *err);
