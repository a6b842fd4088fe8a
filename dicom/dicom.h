/*
 * A DICOM object as a tree in the arena: the header of an image, or the
 * content of a structured report. DCMTK reads it, after prescan.h has; nothing
 * of DCMTK is seen here.
 *
 * Text is UTF-8. What an object says of its character sets is often untrue in
 * China; what was done instead is said in `text_is`. The object itself is
 * never changed.
 *
 * Safe from any thread.
 */
#pragma once

#include "base/str.h"

/* How a text became UTF-8. */
typedef enum hr_dicom_text {
	HR_DICOM_TEXT_DECLARED, /* as the object says; or all of it is ASCII */
	HR_DICOM_TEXT_REPAIRED, /* UTF-8 or GB 18030 that the object does not declare */
	HR_DICOM_TEXT_GUESSED,	/* in no encoding that is known: each byte became a letter */
} hr_dicom_text;

typedef struct hr_dicom_item hr_dicom_item;
typedef struct hr_dicom_element hr_dicom_element;

/* A data set, or an item of a sequence. */
struct hr_dicom_item {
	const hr_dicom_element *elements; /* by their tags */
	uint32_t count;
	uint32_t index;		    /* in its sequence, from 0 */
	const hr_dicom_element *of; /* the sequence; NULL: the data set */
};

/* Public ones only; of bytes (OB, OW, UN...) without their value. */
struct hr_dicom_element {
	uint32_t tag; /* 0x0040A730 */
	char vr[2];
	uint16_t text_is; /* hr_dicom_text */
	hr_str text;	  /* without padding; several values parted by '\'. Numbers too. */
	const hr_dicom_item *in;
	const hr_dicom_item *items; /* of a sequence */
	uint32_t item_count;
};

typedef struct hr_dicom_object {
	const hr_dicom_item *root;
	hr_str sop_class;		  /* UID; "" when it has none */
	bool syntax_lied;		  /* it is encoded in another way than it says */
	const hr_dicom_element *repaired; /* the first text that was; or NULL */
	const hr_dicom_element *guessed;
} hr_dicom_object;

/* Is it DICOM, with its preamble or without? */
bool hr_dicom_sniff(hr_str file);

/*
 * A file, or its front as far as the pixels. The codes of hr_dicom_prescan;
 * HR_E_SYNTAX for what DCMTK cannot read; HR_E_IO when DCMTK's dictionary is
 * not installed.
 */
bool hr_dicom_read(hr_str file, hr_arena *arena, hr_dicom_object *out, hr_error *err);

/* NULL when there is none; `item` may be NULL. */
const hr_dicom_element *hr_dicom_find(const hr_dicom_item *item, uint32_t tag);

/* Its text, without blanks around it; "" when there is none. */
hr_str hr_dicom_text_of(const hr_dicom_item *item, uint32_t tag);

/* The first item of a sequence; NULL when there is none. */
const hr_dicom_item *hr_dicom_first(const hr_dicom_item *item, uint32_t tag);

/*
 * Where it stands, as DCMTK's tools write and read it: keywords, items from 0:
 * "ContentSequence[3].MeasuredValueSequence[0].NumericValue".
 */
void hr_dicom_format_path(const hr_dicom_element *element, hr_buf *out);
