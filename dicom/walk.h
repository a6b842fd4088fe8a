/*
 * The steps of a walk through a data set, as its bytes stand: elements,
 * sequences, items, and their ends. Every length lies within the bytes and
 * within what is around it; nesting and number have limits. Values are not
 * looked at, so the pixels of a file that is mapped are never read.
 *
 * Source: DICOM PS3.5 chapter 7 and annex A.
 */
#pragma once

#include "base/str.h"

enum {
	HR_DICOM_ELEMENTS_MAX = 200000, /* and items, all levels together */
	HR_DICOM_NESTING_MAX = 64,	/* sequences in sequences */
	HR_DICOM_FRAGMENTS_MAX = 1000000,
	/* A sequence and its item are a level each. */
	HR_WALK_LEVELS = 2 * HR_DICOM_NESTING_MAX + 1,
};

typedef enum hr_dicom_encoding {
	HR_DICOM_IMPLICIT_LE,
	HR_DICOM_EXPLICIT_LE,
	HR_DICOM_EXPLICIT_BE,
} hr_dicom_encoding;

typedef enum hr_walk_kind {
	HR_WALK_ELEMENT,
	HR_WALK_SEQUENCE, /* its items follow, or its fragments */
	HR_WALK_ITEM,
	HR_WALK_FRAGMENT, /* of compressed pixels */
	HR_WALK_END,	  /* of the item or sequence that was begun last */
	HR_WALK_DONE,	  /* no more bytes, or zeros alone */
	HR_WALK_FAILED,	  /* `err` says why */
} hr_walk_kind;

typedef struct hr_walk_step {
	hr_walk_kind kind;
	uint32_t tag;
	char vr[2]; /* zeros where it is implicit */
	hr_dicom_encoding encoding;
	size_t at;	 /* its first byte */
	bool has_length; /* `value` is known: of all but a sequence or item that a delimiter ends */
	hr_str value;
} hr_walk_step;

/* The data set, a sequence in it, or an item. */
typedef struct hr_walk_level {
	size_t end;   /* where it ends, or must have ended */
	bool defined; /* its length is given; else a delimiter ends it */
	bool sequence;
	bool fragments; /* items without elements */
	hr_dicom_encoding encoding;
} hr_walk_level;

typedef struct hr_walk {
	hr_str bytes;
	size_t before;	   /* bytes of the file in front of them; for the words of an error */
	const char *where; /* "", " of the inflated data set" */
	bool encapsulated; /* pixels in sequences may be fragments */
	size_t at;	   /* the next step's first byte */
	hr_walk_level levels[HR_WALK_LEVELS];
	size_t depth; /* levels[depth] is the innermost */
	uint32_t elements;
	uint32_t fragments;
	uint32_t nesting;
	hr_error *err;
} hr_walk;

void hr_walk_init(hr_walk *walk, hr_str bytes, hr_dicom_encoding encoding, hr_error *err);

/* HR_E_SYNTAX with the byte for what is cut or does not fit together, HR_E_LIMIT. */
hr_walk_kind hr_walk_next(hr_walk *walk, hr_walk_step *out);

/* What was walked over is wrong. Always false. */
bool hr_walk_refuse(const hr_walk *walk, const hr_walk_step *step, const char *what);

/* Of bytes as they stand. */
uint32_t hr_dicom_u16(const char *at, bool big);
uint32_t hr_dicom_u32(const char *at, bool big);
uint32_t hr_dicom_tag(const char *at, bool big);

/* One whose length has two bytes (PS3.5 7.1.2); all that is new has four. */
bool hr_dicom_vr_is_short(const char vr[2]);

/* Do two capitals follow the tag at the front? */
bool hr_dicom_has_vr(hr_str element);
