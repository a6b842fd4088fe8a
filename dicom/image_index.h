/*
 * The national index of a person's images (医保影像云索引), 82 characters:
 *
 *	10000000000000000708463177-202411221430-000000000-0000000000000-123502004266007916
 *	personnel code             time         body part equipment     USCC
 *
 * The personnel code means a person, so the index is patient data: never in a
 * URL, a log or an error. Source: the insurance administration's rules of the
 * image index (2025-02); body parts, WS/T 364.8-2023; USCC, GB 32100.
 */
#pragma once

#include "base/calendar.h"

enum {
	HR_IMAGE_INDEX_CHARACTERS = 82,
	HR_IMAGE_INDEX_TEXT = HR_IMAGE_INDEX_CHARACTERS + 1,
	HR_IMAGE_INDEX_PERSON = 26,
	HR_IMAGE_INDEX_PART = 9,
	HR_IMAGE_INDEX_DEVICE = 13,
	HR_IMAGE_INDEX_USCC = 18,
};

typedef struct hr_image_index {
	hr_str person;	     /* 26 digits: the insurance's personnel code */
	hr_instant examined; /* to the minute, China's time */
	hr_str body_part;    /* 9 of [0-9A-Z]; empty: not known, nine zeros in the index */
	hr_str equipment;    /* 13 of [0-9A-Z]; empty: not known */
	hr_str uscc;	     /* of the institution that stores the images */
} hr_image_index;

/* Borrows `text`. HR_E_SYNTAX with the part that is wrong, and never with its value. */
bool hr_image_index_parse(hr_str text, hr_image_index *out, hr_error *err);

/* And back. HR_E_SYNTAX as above, also for an instant that is no whole minute. */
bool hr_image_index_format(const hr_image_index *index, char out[HR_IMAGE_INDEX_TEXT],
			   hr_error *err);
