/* The values of one element in the DICOM JSON model (PS3.18 F.2). */
#pragma once

#include "dicom/raw.h"

enum { HR_DICOM_INLINE_MAX = 1024 };

typedef enum hr_dicom_kind {
	HR_DICOM_TEXTS, /* several values, parted by '\' */
	HR_DICOM_TEXT,	/* one, whatever stands in it */
	HR_DICOM_NAMES, /* of persons */
	HR_DICOM_DECIMALS,
	HR_DICOM_NUMBERS, /* binary */
	HR_DICOM_BYTES,
	HR_DICOM_ITEMS,
} hr_dicom_kind;

typedef struct hr_dicom_vr {
	char name[3];
	hr_dicom_kind kind;
	uint8_t size; /* of a number; of a word whose bytes have an order */
	bool worded;  /* a character set concerns it (PS3.5 6.1.2.2) */
	void (*add)(hr_buf *out, uint64_t bits);
} hr_dicom_vr;

/* Bytes, for a name that is none. */
const hr_dicom_vr *hr_dicom_vr_of(const char name[2]);

/* `,"Value":[...]`; nothing where there is none. `text` is UTF-8, with its padding. */
void hr_dicom_add_texts(hr_buf *out, hr_str text);
void hr_dicom_add_text(hr_buf *out, hr_str text);
void hr_dicom_add_names(hr_buf *out, hr_str text);
void hr_dicom_add_decimals(hr_buf *out, hr_str text);
void hr_dicom_add_numbers(hr_buf *out, const hr_dicom_vr *vr, hr_str value, bool big);

/* `,"InlineBinary":"..."` */
void hr_dicom_add_bytes(hr_buf *out, const hr_dicom_vr *vr, hr_str value, bool big);

/* Little endian, in words of `size`. */
void hr_dicom_swap(char *bytes, size_t len, size_t size);

/* Without the padding at its end: blanks, and all from a NUL on. */
hr_str hr_dicom_unpad(hr_str text);
