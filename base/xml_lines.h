/*
 * Where in a document a start tag is. Nobody asks in most documents, so
 * nothing is counted until somebody does; then all lines are, once. For
 * base/xml*.c only.
 */
#pragma once

#include "base/str.h"

typedef struct hr_xml_lines hr_xml_lines;

/* `text` has at most 4 GiB and must live as long. NULL when memory is short. */
hr_xml_lines *hr_xml_lines_new(hr_str text, hr_arena *arena);

/* Of the '<' of the well-formed start tag that ends before the offset `tag_end`, as in hr_xml_line.
 */
void hr_xml_lines_find(hr_xml_lines *lines, size_t tag_end, uint32_t *line, uint32_t *column);
