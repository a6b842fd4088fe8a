/*
 * What the service and the process of an association say to each other, in
 * messages of worker_wire.h. The process asks and waits for the answer, which
 * has the kind of its question; an error of the service is in its `why`. Who has
 * no file to write to asks for one: for the first object, and where none could be
 * made ahead.
 */
#pragma once

#include "dicom/association.h"
#include "service/worker_wire.h"

typedef enum hr_dimse_kind {
	HR_DIMSE_SERVE = 1, /* to the process: a connected socket, hr_dimse_settings */
	HR_DIMSE_END,	    /* to the process: end behind what is under way */
	HR_DIMSE_ADMIT, /* calling NUL called -> the verdict; hr_association_peer as HOST:PORT */
	HR_DIMSE_DRAFT, /* -> a file to write to */
	HR_DIMSE_STORE, /* hr_dimse_stored, then the facts -> hr_film_put, and the next file */
	HR_DIMSE_DROP,	/* the object of the draft is not wanted: why; no answer */
	HR_DIMSE_HAVE,	/* class NUL instance NUL ... -> a byte each: 1, it is there */
	HR_DIMSE_DONE,	/* the association has ended; no answer */
} hr_dimse_kind;

typedef struct hr_dimse_settings {
	uint64_t memory_bytes;
	uint64_t object_bytes_max;
	uint32_t associate_seconds;
	uint32_t message_seconds;
	uint32_t idle_seconds;
	uint32_t look_seconds; /* into one object */
} hr_dimse_settings;

typedef struct hr_dimse_stored {
	unsigned char digest[32];
	uint64_t size;
} hr_dimse_stored;

/* What the sender is told (PS3.4 B.2.3, PS3.7 C): by the code of an error. */
void hr_dimse_status_of(const hr_error *err, hr_dimse_status *out);

/* What the process of an association does: `huren worker association`. */
int hr_dimse_worker_main(int socket);
