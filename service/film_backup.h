/*
 * A copy of a data folder, and back. A backup of films is a folder:
 *
 *	index.db	the index, as it was at one moment
 *	objects/	every object that the index knows, under its digest
 *	MANIFEST.json	what is in it; MANIFEST.sha256 the manifest's own digest
 *
 * It is made while the service runs: of the index one snapshot is taken, and
 * then the bytes, which were there before the index knew of them and are never
 * altered. Until it is whole it is called FOLDER.part, and is gone on with there
 * when it was cut short. Objects that an earlier backup has on the same disk are
 * not copied but linked, so each backup is whole and any of them can be deleted.
 *
 * The node's key is not in it: whoever has both knows all patients. Of films whose
 * bytes are in S3 it holds the index alone; an index in PostgreSQL is copied by
 * pg_dump.
 */
#pragma once

#include "base/calendar.h"
#include "service/films.h"

typedef struct hr_film_backup_counts {
	uint64_t objects; /* that the index knows */
	uint64_t bytes;	  /* of them */
	uint64_t linked;
	uint64_t had;	 /* from a try before */
	uint64_t faulty; /* missing or damaged in what was copied: not in the copy */
} hr_film_backup_counts;

typedef void hr_film_backup_progress(void *context, const hr_film_backup_counts *counts);

typedef struct hr_film_backup_options {
	const hr_films_options *films; /* data, store, objects */
	const char *since;	       /* an earlier backup; NULL */
	hr_film_backup_progress *progress;
	void *context;
} hr_film_backup_options;

/* HR_E_EXISTS when `to` is there, HR_E_UNSUPPORTED of PostgreSQL. */
bool hr_film_backup_make(const hr_film_backup_options *options, const char *to, hr_instant now,
			 hr_arena *arena, hr_film_backup_counts *out, hr_error *err);

/*
 * Into a folder without an index; what a try before has put back is gone on
 * with. All bytes are held to their digests. The index is put back last. HR_E_SYNTAX for what is
 * no backup, or not an intact one; `out->faulty` objects are not there any more.
 */
bool hr_film_backup_restore(const hr_film_backup_options *options, const char *from,
			    hr_arena *arena, hr_film_backup_counts *out, hr_error *err);
