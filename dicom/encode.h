/*
 * A data set written by hand: explicit VR, little endian (PS3.5 chapter 7,
 * annex A.2), the elements in the order of the calls, which is that of their
 * tags. What does not fit fails in `buf`.
 */
#pragma once

#include "base/str.h"

/* Who wrote a file (0002,0012), (0002,0013). */
#define HR_DICOM_IMPLEMENTATION	     "2.25.217856819723804738879787088335962173587"
#define HR_DICOM_IMPLEMENTATION_NAME "HUREN"

/*
 * A text, padded to an even length; of UI with a zero. One that is too long
 * for its VR's length field fails in `buf`.
 */
void hr_dicom_put(hr_buf *buf, uint32_t tag, const char *vr, hr_str value);

/* As hr_dicom_put; nothing at all when the value is empty. */
void hr_dicom_put_known(hr_buf *buf, uint32_t tag, const char *vr, hr_str value);

/* Of undefined length: an item is closed before its sequence. */
void hr_dicom_open_sequence(hr_buf *buf, uint32_t tag);
void hr_dicom_close_sequence(hr_buf *buf);
void hr_dicom_open_item(hr_buf *buf);
void hr_dicom_close_item(hr_buf *buf);

/* A sequence of one item, and both at its end. */
void hr_dicom_open_single(hr_buf *buf, uint32_t tag);
void hr_dicom_close_single(hr_buf *buf);

typedef struct hr_dicom_meta {
	hr_str sop_class;
	hr_str sop_instance;
	hr_str transfer_syntax; /* empty: of a data set written by these functions */
	hr_str sender;		/* its AE title; may be empty */
} hr_dicom_meta;

/* Preamble and file meta information (PS3.10 7.1). A value longer than its VR fails in `buf`. */
void hr_dicom_put_meta(hr_buf *buf, const hr_dicom_meta *meta);
