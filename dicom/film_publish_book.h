/*
 * What a hospital publishes of its films in bulk: links to whole studies, of
 * which nobody has told the series. A study that is known by its link alone
 * stands in the index among all others; once a manifest or an object tells of
 * its instances, these say where it is.
 */
#pragma once

#include "dicom/film_book.h"
#include "dicom/image_index.h"

typedef struct hr_film_publication {
	const hr_film_facts *facts; /* of the study: manifest_facts.h; NULL: an image index alone */
	hr_str institution; /* scope of PatientID where no issuer is named; empty: the source's */
	hr_str modalities;  /* "CT\SR", or empty */
	hr_str address;	    /* where it is fetched from; empty unless NEARLINE */
	hr_film_availability availability;
	bool releases;		     /* its patient may see it from now on */
	bool overrides;		     /* by the node's operator: whoever linked it first */
	const hr_image_index *index; /* NULL: none */
} hr_film_publication;

/* What became of one; from REFUSED on nothing of it was written. */
typedef enum hr_film_published {
	HR_FILM_PUBLISHED_NEW,
	HR_FILM_PUBLISHED_CHANGED, /* address, availability, or that its patient may see it */
	HR_FILM_PUBLISHED_HAD,
	HR_FILM_PUBLISHED_REFUSED,
	HR_FILM_OF_OTHER_PATIENT = HR_FILM_PUBLISHED_REFUSED,
	HR_FILM_OF_OTHER_PUBLISHER, /* who linked it first; two would send its readers to and fro */
	HR_FILM_TOLD_OTHERWISE,	    /* by the same publisher: another name, number or day */
	HR_FILM_IS_WITHDRAWN,	    /* and a link does not take that back */
} hr_film_published;

enum { HR_FILM_PUBLICATIONS_MAX = 500 };

/*
 * All of them in one transaction, each with its audit row; `results` has one
 * for each. False: nothing of any was written.
 */
bool hr_film_publish(hr_store *store, const hr_node_key *node, const hr_film_source *source,
		     const hr_film_publication *list, size_t count, hr_film_published *results,
		     hr_error *err);
