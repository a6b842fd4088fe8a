/*
 * What every backup has beside its files: MANIFEST.json says what is in it, and
 * MANIFEST.sha256 the manifest's own digest, as sha256sum reads it.
 */
#pragma once

#include "base/json.h"

enum { HR_MANIFEST_BYTES_MAX = 1 << 16 };

#define HR_MANIFEST_NAME HR_STR("MANIFEST.json")
#define HR_SEAL_NAME	 HR_STR("MANIFEST.sha256")

/* "<64 digits>  MANIFEST.json\n" */
bool hr_seal_format(hr_str manifest, hr_buf *out, hr_error *err);

/* `path` and `name` are for the error: HR_E_SYNTAX when the seal is not the manifest's. */
bool hr_seal_check(const char *path, hr_str manifest, hr_str seal, hr_arena *arena, hr_error *err);

/* HR_E_SYNTAX when it is no JSON, or its "format" is another. */
bool hr_manifest_read(const char *path, hr_str manifest, hr_str format, hr_arena *arena,
		      const hr_json **out, hr_error *err);

/* "backup 'PATH' is not put back: 'NAME' WHY". Always false. */
bool hr_backup_fail(const char *path, hr_str name, const char *why, hr_error *err);
