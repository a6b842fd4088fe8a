/* Messages of HL7 v2 for the tests: segments are parted by line ends, MSH and PID put before them.
 */
#pragma once

#include "recognition/hl7_message.h"
#include "recognition/reader.h"

#include "testing.h"

struct hl7_fixture {
	hr_arena *arena;
	hr_reports reports; /* none when the message was refused */
	hr_error err;
};

/* The bytes as they are. */
struct hl7_fixture hl7_read(hr_str bytes);

/* A message of these segments, after MSH and the PID of one patient. */
struct hl7_fixture hl7_read_segments(const char *segments);

/* As hl7_read_segments, of one laboratory order with these OBX and what follows them. */
struct hl7_fixture hl7_read_results(const char *segments);

void hl7_close(struct hl7_fixture *f);

/* The n-th report, and the n-th result of the first; aborts when there is none. */
const hr_report *hl7_report(const struct hl7_fixture *f, size_t n);
const hr_result *hl7_result(const struct hl7_fixture *f, uint32_t n);

bool hl7_deviates(const hr_report *report, const char *code);

hr_str hl7_place(const struct hl7_fixture *f, hr_place place);
