/*
 * The metadata of an object as DICOM JSON (dicom_json.h), compressed once,
 * when it comes, in pieces that are joined later without compressing again:
 * those of a series to one answer, with the address of this server (which only
 * a request tells) in front of every BulkDataURI.
 */
#pragma once

#include "dicom/dicom_json.h"

enum { HR_METADATA_BASE_MAX = 2048 };

/* Where the bytes of one bulk value lie in the file, by the path of its URI. */
typedef struct hr_bulk {
	uint64_t offset;
	uint64_t length;
	/* False: they do not stand there as they are to be sent (the file is deflated, or big
	 * endian); hr_metadata_bulk_read gives them, in a worker. */
	bool in_file;
} hr_bulk;

/* HR_E_MEMORY. */
bool hr_metadata_make(const hr_raw_object *object, const hr_dicom_json *json, hr_arena *arena,
		      hr_str *out, hr_error *err);

/* Is it what hr_metadata_make may have made? HR_E_SYNTAX; inflates all of it, once. */
bool hr_metadata_check(hr_str metadata, hr_arena *arena, hr_error *err);

/*
 * An array of them, in their order. `base` is "https://host/dicom-web".
 * `gzip`: as a gzip stream (no compression is done), else as text, for which
 * `out` must have an arena. HR_E_LIMIT when `out` is full.
 */
bool hr_metadata_join(const hr_str *metadata, size_t count, hr_str base, bool gzip, hr_buf *out,
		      hr_error *err);

/* HR_E_NOT_FOUND when the path is none of its bulk values. */
bool hr_metadata_bulk(hr_str metadata, hr_str path, hr_bulk *out, hr_error *err);

/* The bytes themselves, little endian. As hr_raw_read; HR_E_NOT_FOUND. */
bool hr_metadata_bulk_read(hr_str file, hr_str path, hr_arena *arena, hr_str *out, hr_error *err);
