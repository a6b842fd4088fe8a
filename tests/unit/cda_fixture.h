/* CDA documents for the tests: read from tests/data/cda, or put together in the test. */
#pragma once

#include "recognition/reader.h"

#include "testing.h"

struct cda_fixture {
	hr_arena *arena;
	const hr_report *report; /* NULL when the document was refused */
	hr_error err;
};

struct cda_fixture cda_read(hr_str bytes);

/* A document of tests/data/cda. */
struct cda_fixture cda_read_file(const char *name);

/*
 * A laboratory report of WS/T 500 with one section, written short: "027=甲法
 * (019=钾 015=4.1)" is an entry with the element DE02.10.027.00, and one with
 * an organizer of two components.
 */
struct cda_fixture cda_read_short(const char *notation);

/* A laboratory report of one item, with what stands in the header of the document. */
struct cda_fixture cda_read_header(const char *header);

void cda_close(struct cda_fixture *f);

/* As cda_read_file; the test ends there when the document is refused. */
struct cda_fixture cda_read_whole(const char *name);

/* The result of that name; aborts when there is none. */
const hr_result *cda_result(const struct cda_fixture *f, const char *name);

/* XPath of the first place with that deviation; empty when it was not met. */
hr_str cda_deviation(const struct cda_fixture *f, const char *code);

hr_str cda_place(const struct cda_fixture *f, hr_place place);
