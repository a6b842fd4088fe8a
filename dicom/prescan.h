/*
 * A DICOM file is looked through before DCMTK sees a byte of it: every length
 * lies within the file, nothing nests deeper than it may, identifiers are
 * identifiers. Debian's DCMTK has no limit to nesting, and a small file can
 * end a process with it. What passes here is a header: all of the data set in
 * front of its pixels. The pixels may be missing, or cut. Big values in front
 * of them (a document, a waveform) pass as well: who reads the header looks at
 * its length.
 *
 * Source: DICOM PS3.5 chapter 7 and annex A, PS3.10 chapter 7.
 */
#pragma once

#include "dicom/walk.h"

enum {
	HR_DICOM_HEADER_MAX = 8 * 1024 * 1024, /* bytes of it that anyone reads; and inflated */
	HR_DICOM_UID_MAX = 64,
};

/* How the pixels lie, as the object says it (PS3.3 C.7.6.3): to be distrusted. Zeros where it says
 * nothing. */
typedef struct hr_dicom_image {
	uint32_t rows;
	uint32_t columns;
	uint32_t samples; /* of a pixel */
	uint32_t bits_allocated;
	uint32_t bits_stored;
	uint32_t high_bit;
	bool is_signed;
	bool planar;	      /* each colour by itself */
	uint32_t frames;      /* NumberOfFrames; 1 where it says nothing */
	char photometric[17]; /* "MONOCHROME2", without padding */
} hr_dicom_image;

typedef struct hr_dicom_scan {
	/* The data set as far as its pixels: of any length, since big values may stand in it.
	 * Borrows the file, unless deflated. */
	hr_str header;
	size_t data_set_at; /* in the file; of a deflated one where its stream begins */
	bool deflated;
	hr_dicom_encoding encoding;
	bool encapsulated;	/* by its transfer syntax the pixels are compressed */
	bool syntax_lied;	/* the data set is not encoded as the file says */
	hr_str transfer_syntax; /* UID; "" when the file has none */
	hr_str sop_class;	/* of the data set, else of the file meta information */
	hr_dicom_image image;
	bool has_pixels; /* they follow the header */
	uint32_t elements;
	uint32_t nesting;
} hr_dicom_scan;

/*
 * The file, or its front. HR_E_SYNTAX with the byte for what is cut or does
 * not fit together, HR_E_LIMIT past one of the limits, HR_E_UNSUPPORTED for a
 * preamble that makes the file a program or a page as well.
 */
bool hr_dicom_prescan(hr_str file, hr_arena *arena, hr_dicom_scan *out, hr_error *err);

/* Without its padding. */
hr_str hr_dicom_trim_uid(hr_str uid);

/* 1 to 64 digits and dots. */
bool hr_dicom_is_uid(hr_str uid);
