/*
 * 领片凭证, the code that a hospital prints on the slip of an examination: nine
 * characters drawn, 45 bits, and one that checks them. Digits and capitals
 * without I, L, O and U, so that no two look alike and no word comes out
 * (Crockford's base 32). Pure but for the drawing.
 */
#pragma once

#include "base/str.h"

enum { HR_CLAIM_CODE_TEXT = 12 }; /* "7K3PF-M2QXA", NUL */

bool hr_claim_code_draw(char out[HR_CLAIM_CODE_TEXT], hr_error *err);

/*
 * As it was printed, from what somebody typed: small letters, blanks and dashes
 * anywhere, I and L for 1, O for 0. False, and `out` untouched, when it can be no
 * code: one character mistyped, or any two exchanged, is always noticed.
 */
bool hr_claim_code_read(hr_str typed, char out[HR_CLAIM_CODE_TEXT]);
