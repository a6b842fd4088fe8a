/*
 * Writes the rows of catalogue files so that a change of one fact changes one
 * line: an element is one line with its attributes in the order of the calls;
 * only elements with child elements take more. What fails fails in `buf`.
 */
#pragma once

#include "base/str.h"

typedef struct hr_xml_writer {
	hr_buf *buf;
	uint32_t depth; /* of the next element, in tabs */
	bool in_tag;	/* the start tag still takes attributes */
	bool has_text;
} hr_xml_writer;

/* `depth`: how far the first element is indented. Nothing is written yet. */
void hr_xml_writer_init(hr_xml_writer *w, hr_buf *buf, uint32_t depth);
void hr_xml_write_prolog(hr_xml_writer *w);
void hr_xml_write_open(hr_xml_writer *w, hr_str name);

/* Nothing at all when the value is empty. */
void hr_xml_write_attr(hr_xml_writer *w, hr_str name, hr_str value);
void hr_xml_write_text(hr_xml_writer *w, hr_str text);
void hr_xml_write_close(hr_xml_writer *w, hr_str name);
