/* Two files of one object. */
#pragma once

#include "service/films.h"

/*
 * `object` has come with the UID of one that is kept, and other bytes: is it
 * the same in the same transfer syntax, under another file meta header (PS3.10
 * 7.1)? Who wrote a file, and who sent it, stands there and says nothing of the
 * object. Reads both; a fault of the bytes themselves is a no.
 */
bool hr_film_is_same(hr_films *films, const hr_film_facts *facts, const hr_object *object,
		     bool *out, hr_error *err);
