/*
 * A manifest as bytes: what a worker process hands back of a KOS. It is read
 * as what a stranger says.
 */
#pragma once

#include "dicom/manifest.h"

enum { HR_MANIFEST_PACKED_MAX = 64 * 1024 * 1024 };

void hr_manifest_pack(const hr_manifest *manifest, hr_buf *out);

/* Borrows `bytes`. HR_E_SYNTAX, HR_E_LIMIT, and the codes of hr_manifest_check. */
bool hr_manifest_unpack(hr_str bytes, hr_arena *arena, hr_manifest *out, hr_error *err);
