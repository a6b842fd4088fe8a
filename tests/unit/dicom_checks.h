/* What a test of the DICOM reader makes, reads and compares. */
#pragma once

#include "recognition/reader.h"

#include "dicom_fixture.h"

/* An object of this class, in UTF-8. */
dcm dcm_begin(hr_arena *arena, const char *sop_class);

/* Fail the test when it is refused, or when they hold more than one report. */
const hr_report *dcm_read(hr_str file, hr_arena *arena);
const hr_report *dcm_read_data(const char *path, hr_arena *arena);

void dcm_check_refused(hr_str file, hr_error_code code, const char *says);
void dcm_check_place(hr_place place, hr_arena *arena, const char *path);
void dcm_check_span(const hr_time *time, const char *text);
bool dcm_deviates(const hr_report *report, const char *code);
