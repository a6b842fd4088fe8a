/*
 * What is kept elsewhere: instances that a manifest names stand in the index
 * among those whose bytes are here, with their availability and the address of
 * their series. A manifest never takes the place of what is here; what comes
 * later with its bytes (film_book.h) takes the place of what a manifest told.
 *
 * The states of studies and the identity feed hold for them as for all others.
 */
#pragma once

#include "dicom/film_book.h"

/* A series of a manifest. */
typedef struct hr_film_link {
	const hr_film_facts *facts; /* of each of its instances: manifest_facts.h */
	size_t count;		    /* at least 1 */
	hr_str address;		    /* one that is fetched from; empty unless NEARLINE */
	hr_film_availability availability;
} hr_film_link;

typedef struct hr_film_linked {
	int64_t fresh; /* instances that nobody has told before */
} hr_film_linked;

/*
 * All series of one study, in one transaction with its audit row. An address
 * that is known is changed by whoever told it and nobody else: two actors could
 * send a film's readers to and fro. HR_E_CONFLICT: the study is another
 * patient's.
 */
bool hr_film_put_links(hr_store *store, const hr_node_key *node, const hr_film_source *source,
		       const hr_film_link *links, size_t count, hr_film_linked *out, hr_error *err);

/*
 * The 82 characters of the national image index (image_index.h): that there
 * are images of a person, at an institution, and not which. The person is the
 * insurance's, so these stand by themselves, under his key.
 */
typedef struct hr_image_index hr_image_index;

bool hr_film_put_image_indexes(hr_store *store, const hr_node_key *node,
			       const hr_film_source *source, const hr_image_index *indexes,
			       size_t count, int64_t *fresh, hr_error *err);
