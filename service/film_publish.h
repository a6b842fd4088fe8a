/*
 * Links to films, published in bulk: what a hospital's file says (link_rows.h)
 * goes into the index in transactions of some hundred rows, each of which is
 * there whole or not at all. The same file again changes nothing, so whatever
 * ends it, it is sent again. Any thread.
 */
#pragma once

#include "base/json.h"
#include "service/films.h"
#include "service/link_rows.h"

#include "dicom/film_publish_book.h"

typedef enum hr_publish_is {
	HR_PUBLISH_NEW,
	HR_PUBLISH_CHANGED,
	HR_PUBLISH_HAD,
	HR_PUBLISH_REFUSED,
	HR_PUBLISH_RESULTS,
} hr_publish_is;

/* "new", "changed", "had", "refused". */
hr_str hr_publish_word(hr_publish_is is);

typedef struct hr_publish_row {
	size_t row; /* of hr_link_rows */
	hr_publish_is is;
	hr_link_problem problem; /* of one that is refused */
} hr_publish_row;

typedef struct hr_film_publish_options {
	hr_film_source source;
	bool overrides; /* hr_film_publication */
} hr_film_publish_options;

enum { HR_PUBLISH_ROWS_MAX = HR_FILM_PUBLICATIONS_MAX };

/*
 * Rows `from` and on, at most HR_PUBLISH_ROWS_MAX: what `told` has of each is
 * durable when this returns true. A manifest is a transaction of its
 * own; one of an address that is not listed is refused, and its instances are known
 * as unavailable. False: a
 * fault of the store or of memory, told of none; what was written is told as
 * "had" when the rows are sent again.
 */
bool hr_film_publish_rows(hr_films *films, hr_link_rows *rows, size_t from,
			  const hr_film_publish_options *options,
			  hr_publish_row told[HR_PUBLISH_ROWS_MAX], size_t *count, hr_error *err);

/* A row's answer: {"row":N,"result":WORD,"column":NAME,"problem":WORD,"message":TEXT}. */
void hr_publish_format_row(const hr_publish_row *told, uint32_t number, bool english, hr_buf *out);

/* And back, but for the number and the message. HR_E_USAGE for words that are not known. */
bool hr_publish_read_row(const hr_json *json, hr_publish_row *out, hr_error *err);
