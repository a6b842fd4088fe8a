/*
 * The ways in of links instead of bytes: a manifest, as a KOS that was kept or
 * as FHIR, and the national image index. What a manifest says of addresses is
 * held against the operator's list before any of it is kept. Any thread.
 */
#pragma once

#include "dicom/manifest.h"
#include "service/films.h"

/* A KOS that is titled as a manifest; of any other object nothing is done. */
bool hr_film_link_object(hr_films *films, const hr_film_facts *facts, const hr_object *object,
			 const hr_film_source *source, hr_films_linked *out, hr_error *err);

enum { HR_FILM_LINKS_BYTES_MAX = 32 << 20 };

/* Does it begin as FHIR in JSON or XML, or as an image index, does? */
bool hr_film_links_sniff(hr_str front);

/*
 * A FHIR manifest, or a file of image indexes, one a line: all of it or nothing.
 * Errors name the line and never its text. The codes of hr_manifest_read_fhir,
 * hr_image_index_parse and hr_film_put_links.
 */
bool hr_film_link_text(hr_films *films, hr_str text, const hr_film_source *source, hr_arena *arena,
		       hr_films_linked *out, hr_error *err);
