/*
 * Films without bytes: what the index keeps of made-up objects, and a store to
 * keep it in.
 */
#pragma once

#include "dicom/film_book.h"
#include "store/audit.h"

typedef struct hr_test_film {
	int study; /* each from 1: UIDs are made of them */
	int series;
	int instance;
	const char *patient_id; /* all that follows may be NULL */
	const char *issuer;
	const char *name;
	const char *date; /* of the study */
	const char *time;
	const char *accession;
	const char *modality;
	const char *description;
	const char *birth_date;
	const char *sex;
	const char *institution;
} hr_test_film;

/* "1.2.3.STUDY[.SERIES[.INSTANCE]]"; 0 ends it. */
hr_str hr_test_film_uid(hr_arena *arena, int study, int series, int instance);

hr_film_facts hr_test_film_facts(hr_arena *arena, const hr_test_film *film);

/* Bytes that differ by `number`. */
hr_object hr_test_film_object(unsigned number);

/* "sqlite:PATH", in a folder of the test's own. */
const char *hr_test_film_url(hr_arena *arena);

/* Opened at `url`, with a key of the test's own; aborts when it cannot be. */
hr_store *hr_test_film_store(const char *url, hr_node_key *node);
