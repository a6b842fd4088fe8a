/*
 * Base64; read strictly: the alphabet of RFC 4648 section 4, groups of four,
 * '=' only at the end, and no bits behind the last byte. White space may part
 * groups, as lines of a letter do. Source: FHIR R4 datatypes.html#base64Binary.
 */
#pragma once

#include "base/str.h"

/* Into the arena. HR_E_SYNTAX with what is wrong, never with the text itself. */
bool hr_base64_decode(hr_str text, hr_arena *arena, hr_str *out, hr_error *err);

/* `bytes` as text, with its padding and without a line's end. */
void hr_base64_add(hr_str bytes, hr_buf *out);
