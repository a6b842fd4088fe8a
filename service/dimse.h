/*
 * Films over DIMSE: a socket that listens, a process for each association, a
 * thread that answers what that process asks. The process knows DICOM and the
 * network, the thread the store and the objects; between them go files and
 * plain words (dimse_parts.h).
 */
#pragma once

#include "dicom/association.h"
#include "service/films.h"

#include <stdatomic.h>

enum { HR_DIMSE_ASSOCIATIONS_MAX = 256 };

hr_str hr_association_word(hr_association_verdict verdict);

/* What the listener counts: to be read at any time, from any thread. */
typedef struct hr_dimse_counts {
	atomic_uint associations; /* open now */
	atomic_uint_fast64_t verdicts[HR_ASSOCIATION_BUSY + 1];
	atomic_uint_fast64_t broken; /* their process died, or said nonsense */
	atomic_uint_fast64_t puts[HR_FILM_DIFFERENT + 1];
	atomic_uint_fast64_t refused[HR_E_COUNT]; /* objects */
	atomic_uint_fast64_t commitments;
} hr_dimse_counts;

/* Prometheus' text format (metrics.h). */
void hr_dimse_add_metrics(hr_buf *out, const hr_dimse_counts *counts);

typedef struct hr_dimse_options {
	const char *program;	  /* NULL: this one */
	const char *listen;	  /* "127.0.0.1:11112"; port 0: any free one */
	const char *aet;	  /* whom one calls */
	const char *allow;	  /* who may call: "CT01,MR02@10.1.2.3"; NULL: anybody */
	const char *peers;	  /* where reports go: "CT01=10.1.2.3:104"; or NULL */
	const char *institutions; /* who gives their PatientIDs: "CT01=USCC,USCC"; or NULL */
	unsigned associations_max;
	unsigned idle_seconds;
	unsigned message_seconds;
	hr_films *films;
	const hr_log *log;
	hr_dimse_counts *counts; /* all zero before; not NULL */
} hr_dimse_options;

typedef struct hr_dimse hr_dimse;

/*
 * HR_E_USAGE names the setting that is wrong. What the options point to lives
 * until the close.
 */
bool hr_dimse_open(const hr_dimse_options *options, hr_dimse **out, hr_error *err);

uint16_t hr_dimse_port(const hr_dimse *dimse);

/* Lets nobody new in, and has each association end behind the object that is under way. */
void hr_dimse_stop(hr_dimse *dimse, unsigned seconds);

/* After hr_dimse_stop; waits until they have ended. NULL is fine. */
void hr_dimse_close(hr_dimse *dimse);
