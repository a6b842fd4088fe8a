/*
 * What is done to a document before libxml2 sees a byte of it. For
 * base/xml*.c only.
 *
 * libxml2 2.9 takes time quadratic in the attributes of one start tag, 10 s
 * for 100,000 of them, and offers no limit. So the tags are measured first, in
 * one linear pass.
 */
#pragma once

#include "base/xml.h"

typedef struct hr_xml_source {
	hr_str text; /* UTF-8, NUL-terminated, no byte order mark, no NUL inside, no DOCTYPE */
	bool prolog_lied;
} hr_xml_source;

/* `out->text` lives in the arena. */
bool hr_xml_source_open(hr_str bytes, hr_arena *arena, hr_xml_source *out, hr_error *err);
