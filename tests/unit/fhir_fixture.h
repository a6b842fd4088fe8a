/* A document of tests/data/fhir or of bytes, read, and asserts on what came of it. */
#pragma once

#include "recognition/reader.h"

#include "testing.h"

struct fhir_fixture {
	hr_arena *arena;
	hr_json_parser *parser;
	hr_reports reports;
	hr_error err;
	bool ok;
};

struct fhir_fixture fhir_read(hr_str bytes);

/* A document of tests/data/fhir. */
struct fhir_fixture fhir_read_file(const char *name);
void fhir_close(struct fhir_fixture *f);

/* An empty one, and a failed assert, when there is none at `index`. */
const hr_report *fhir_report(const struct fhir_fixture *f, size_t index);
const hr_result *fhir_result(const hr_report *report, uint32_t index);

bool fhir_deviates(const hr_report *report, const char *code);
/* `from` as hr_instant_format writes it. */
void fhir_assert_time(const hr_time *time, const char *from, const char *text);
void fhir_assert_code(const hr_code *code, const char *system, const char *value);

/* The hospital and the patient that nearly all documents have. */
void fhir_assert_issuer(const hr_report *report);
void fhir_assert_patient(const hr_report *report);

void fhir_assert_result(const hr_result *result, const char *name, const char *value,
			const char *unit);
void fhir_assert_place(hr_place place, const char *path);
