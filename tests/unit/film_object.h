/* A film written by hand: who, which study, series and image. */
#pragma once

#include "dicom_fixture.h"

#define FILM_BULK "/studies/1.2/series/1.2.3/instances/1.2.3.4/bulkdata/"

/* As far as SOPInstanceUID. */
dcm film_begin(hr_arena *arena, const char *transfer_syntax, hr_dicom_encoding encoding);

/* Patient, study and series. */
void film_add_identity(dcm *d);

/* Two rows of two pixels, of 16 bits each. */
void film_add_image(dcm *d);

/* A number of two bytes. */
void film_add_us(dcm *d, uint32_t tag, unsigned n);
