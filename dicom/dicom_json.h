/*
 * An object in the DICOM JSON model (PS3.18 annex F), without the braces
 * around it: its members, by their tags. Every element of raw.h is there, the
 * private ones too.
 *
 * Texts are UTF-8 (charset.h) and SpecificCharacterSet says so. A decimal (DS,
 * IS) is a number where one of 15 digits says the same, else the text that
 * stands there. A number that JSON has no form for is "NaN", "inf" or "-inf",
 * one of over 53 bits its digits as a text. Bytes are little endian, in the
 * JSON up to HR_DICOM_INLINE_MAX; the pixels and what is longer by URI.
 */
#pragma once

#include "dicom/dicom.h"
#include "dicom/raw.h"

enum {
	HR_DICOM_JSON_MAX = 32 * 1024 * 1024,
	HR_DICOM_CUTS_MAX = 100000,
};

/* A member of the data set. */
typedef struct hr_dicom_member {
	uint32_t tag;
	uint32_t from; /* its bytes in the text */
	uint32_t to;
	bool has_uri;
} hr_dicom_member;

/* Where the server's address goes, and the value that is behind the URI. */
typedef struct hr_dicom_cut {
	uint32_t at;
	hr_str path; /* "7FE00010", "54000100/0/54001010" */
	const hr_raw_element *element;
} hr_dicom_cut;

typedef struct hr_dicom_json {
	hr_str text;
	const hr_dicom_member *members;
	size_t member_count;
	const hr_dicom_cut *cuts; /* as they stand in the text */
	size_t cut_count;
	hr_str charsets; /* as the object had them; for hr_dicom_json_text */
	bool gb;	 /* some text is in GB 18030, whatever the object declares */
	hr_dicom_text text_is;
} hr_dicom_json;

/*
 * `object` gets AvailableTransferSyntaxUID, and UTF-8 as its character set.
 * `bulk` is in front of each path: "/studies/1.2/.../bulkdata/". HR_E_LIMIT
 * for texts of over HR_DICOM_HEADER_MAX bytes, or JSON of over
 * HR_DICOM_JSON_MAX.
 */
bool hr_dicom_json_make(hr_raw_object *object, hr_str bulk, hr_arena *arena, hr_dicom_json *out,
			hr_error *err);

/* The text of one element; "" for NULL. Blanks around it are cut, and all behind a NUL. */
bool hr_dicom_json_text(const hr_raw_element *element, hr_str charsets, bool gb, hr_arena *arena,
			hr_str *out, hr_error *err);

/* Are the bytes members of one object, and nothing else? Of UTF-8, nested as an object may be. */
bool hr_dicom_json_check(hr_str members);
