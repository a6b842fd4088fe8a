/* Media types: what a body is said to be, and what answer is wanted. */
#pragma once

#include "base/str.h"

/* The type alone, without parameters and blanks: "application/json". */
hr_str hr_media_type(hr_str content_type);

/* Compared without case. */
bool hr_media_equal(hr_str type, hr_str other);

/*
 * Of the types offered, the one that an Accept header wants most; the first
 * among equals, and when it wants none of them: an answer that can be read is
 * better than a refusal (RFC 9110, 12.4.1).
 */
size_t hr_media_choose(hr_str accept, const hr_str *offered, size_t count);
