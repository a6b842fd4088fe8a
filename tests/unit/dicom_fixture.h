/* Writes DICOM by hand, so that the tests do not lean on what they test. */
#pragma once

#include "base/str.h"
#include "dicom/prescan.h"

typedef struct dcm {
	hr_buf buf;
	hr_dicom_encoding encoding;
} dcm;

#define DCM_IMPLICIT "1.2.840.10008.1.2"
#define DCM_EXPLICIT "1.2.840.10008.1.2.1"
#define DCM_DEFLATED "1.2.840.10008.1.2.1.99"
#define DCM_BIG	     "1.2.840.10008.1.2.2"
#define DCM_CT	     "1.2.840.10008.5.1.4.1.1.2"

/* Preamble and file meta information; with NULL neither. */
dcm dcm_open(hr_arena *arena, const char *transfer_syntax, hr_dicom_encoding encoding);
hr_str dcm_file(const dcm *d); /* aborts when it did not fit */

void dcm_text(dcm *d, uint32_t tag, const char *vr, const char *value);
void dcm_bytes(dcm *d, uint32_t tag, const char *vr, hr_str value);

/* A head that says `length`, whatever follows; UINT32_MAX: undefined. */
void dcm_head(dcm *d, uint32_t tag, const char *vr, uint32_t length);

/* Of undefined length, and their ends. */
void dcm_sequence(dcm *d, uint32_t tag);
void dcm_item(dcm *d);
void dcm_item_end(dcm *d);
void dcm_sequence_end(dcm *d);
