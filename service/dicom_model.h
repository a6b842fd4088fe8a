/*
 * A data set as an answer says it: in the JSON model (PS3.18 annex F) or in the
 * Native DICOM Model (XML, PS3.19 A.1). The attributes come in the order of
 * their tags; a sequence is not within another.
 */
#pragma once

#include "base/json.h"

typedef struct hr_model_attribute {
	hr_str tag; /* "00081190" */
	hr_str vr;
	hr_str keyword;
} hr_model_attribute;

typedef struct hr_model_writer {
	bool is_xml;
	hr_json_writer json;
	hr_buf *out;
	unsigned items; /* of the open sequence */
} hr_model_writer;

void hr_model_begin(hr_model_writer *w, bool is_xml, hr_buf *out);
void hr_model_end(hr_model_writer *w);

/* One value: any VR of text; a number. */
void hr_model_text(hr_model_writer *w, const hr_model_attribute *attribute, hr_str text);
void hr_model_int(hr_model_writer *w, const hr_model_attribute *attribute, int64_t number);

void hr_model_open_sequence(hr_model_writer *w, const hr_model_attribute *attribute);
void hr_model_open_item(hr_model_writer *w);
void hr_model_close_item(hr_model_writer *w);
void hr_model_close_sequence(hr_model_writer *w);
