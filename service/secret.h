/*
 * A secret that is told once and kept as its SHA-256: a mark of four characters
 * that says what it opens, so that who finds one knows what it is, and 256
 * random bits as base64url (RFC 4648, section 5) without padding.
 */
#pragma once

#include "base/str.h"

enum { HR_SECRET_TEXT = 48 }; /* "hrf_", 43 characters, NUL */

bool hr_secret_draw(hr_str mark, char out[HR_SECRET_TEXT], hr_error *err);
