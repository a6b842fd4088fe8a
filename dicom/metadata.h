/*
 * The metadata of an object as DICOM JSON (PS3.18 annex F), compressed once,
 * when it comes, in pieces that are joined later without compressing again:
 * those of a series to one answer, with the address of this server (which only
 * a request tells) in front of every BulkDataURI.
 */
#pragma once

#include "dicom/dicom.h"
#include "dicom/prescan.h"

/* Where the bytes of one bulk value lie in the file, by the path of its URI. */
typedef struct hr_bulk {
	uint64_t offset;
	uint64_t length;
	bool in_file; /* false: the file is deflated; a worker must read it */
} hr_bulk;

/*
 * `file` is the whole of it. Texts UTF-8, SpecificCharacterSet ISO_IR 192;
 * private elements kept; bytes to 1,024 inline, else by URI
 * "/studies/{}/series/{}/instances/{}/bulkdata/{path}"; pixels always by URI.
 */
bool hr_metadata_make(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_str *out,
		      hr_error *err);

/*
 * An array of them, in their order. `base` is "https://host/dicom-web".
 * `gzip`: as a gzip stream (no compression is done), else as text.
 */
bool hr_metadata_join(const hr_str *metadata, size_t count, hr_str base, bool gzip, hr_buf *out,
		      hr_error *err);

/* HR_E_NOT_FOUND when the path is none of its bulk values. */
bool hr_metadata_bulk(hr_str metadata, hr_str path, hr_bulk *out, hr_error *err);
