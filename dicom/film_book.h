/*
 * The index of films: studies, series, instances; whose they are, where their
 * bytes are, and what a search answers, ready as JSON. SQLite or PostgreSQL
 * behind it (store/store.h).
 *
 * A study belongs to one patient. An object that names its study with another
 * patient's id is refused (HR_E_CONFLICT): a mixed study would show a stranger.
 */
#pragma once

#include "base/calendar.h"
#include "dicom/facts.h"
#include "dicom/film_query.h"
#include "store/objects.h"

typedef struct hr_store hr_store;
typedef struct hr_room hr_room;
typedef struct hr_node_key hr_node_key;
typedef struct hr_patient_key hr_patient_key;

/* For the list of rooms. */
extern const hr_room hr_film_room;

/* Who did it, for the audit; and by whom the ids of his patients are given. */
typedef struct hr_film_source {
	hr_str actor;	    /* a token's id, "AE:CT01", "command" */
	hr_str institution; /* scope of PatientID where the object names no issuer */
	hr_instant at;
} hr_film_source;

typedef enum hr_film_put {
	HR_FILM_NEW,	   /* indexed; `object` is in use now */
	HR_FILM_HAD,	   /* the same bytes were there; `object` may be removed */
	HR_FILM_DIFFERENT, /* that SOP Instance UID was there with other bytes: refused, `object`
			      may be removed */
} hr_film_put;

/*
 * In one transaction with its audit row: the instance, its series, its study, their
 * counts. One that was known by a manifest alone (film_link_book.h) is ours from
 * then on.
 */
bool hr_film_put_instance(hr_store *store, const hr_node_key *node, const hr_film_source *source,
			  const hr_film_facts *facts, const hr_object *object, hr_film_put *out,
			  hr_error *err);

/*
 * `object` in the place of the bytes that are no longer there: it has the same
 * ones. With its audit row.
 */
bool hr_film_restore(hr_store *store, const hr_node_key *node, const hr_film_source *source,
		     hr_str instance_uid, const hr_object *object, hr_error *err);

/* Of a study: documents are SR, KOS, encapsulated PDF and CDA, images all else. */
typedef enum hr_film_parts {
	HR_FILM_ALL_PARTS,
	HR_FILM_IMAGES_ALONE,
	HR_FILM_DOCUMENTS_ALONE,
} hr_film_parts;

/*
 * What a request may see; NULL where one is asked for: everything. A list of
 * studies: of a share. A patient: all that stands under his key and is
 * published; what is held or withdrawn is not there for him.
 */
typedef struct hr_film_scope {
	const hr_str *study_uids;
	size_t count;
	const hr_patient_key *patient; /* not NULL: the list is not looked at */
	hr_film_parts parts; /* of those of the list; what is left out is in no count, either */
} hr_film_scope;

typedef struct hr_film_page {
	size_t count;
	bool more; /* there were more than the limit */
} hr_film_page;

/*
 * A JSON array to `out`; `base` is "https://host/dicom-web", for RetrieveURL.
 * Studies by date, newest first, then by UID; series and instances by number,
 * then by UID: the same order at every time.
 */
bool hr_film_search(hr_store *store, const hr_film_query *query, const hr_film_scope *scope,
		    hr_str base, hr_buf *out, hr_film_page *page, hr_error *err);

typedef struct hr_film_instance {
	hr_str study_uid;
	hr_str series_uid;
	hr_str instance_uid;
	hr_str sop_class;
	hr_str transfer_syntax;
	uint32_t rows;
	uint32_t columns;
	uint32_t frame_count;
	hr_film_availability availability;
	hr_str address;	  /* of its series, where the bytes are not here; may be empty */
	hr_object object; /* ONLINE alone */
	hr_str frames;	  /* when asked for */
	hr_str metadata;  /* when asked for */
} hr_film_instance;

enum { HR_FILM_WITH_FRAMES = 1, HR_FILM_WITH_METADATA = 2 };

/*
 * The instances of a study (series_uid and instance_uid empty), of a series, or
 * one, in the order of a search, copied to `arena`. HR_E_NOT_FOUND for none;
 * HR_E_LIMIT for more than 100,000.
 */
bool hr_film_instances(hr_store *store, hr_str study_uid, hr_str series_uid, hr_str instance_uid,
		       const hr_film_scope *scope, unsigned with, hr_arena *arena,
		       hr_film_instance **out, size_t *count, hr_error *err);

/* Are their bytes all here? For Storage Commitment: `present[i]` for each pair. */
bool hr_film_have(hr_store *store, const hr_str *instance_uids, const hr_str *sop_classes,
		  size_t count, bool *present, hr_error *err);
