/*
 * 统一社会信用代码, the number of every organisation of China (GB 32100): 17
 * characters and a check character over an alphabet of 31, without I, O, S, V, Z.
 */
#pragma once

#include "base/str.h"

/* True when the 18 characters are a USCC with the right check character. */
bool hr_uscc_is_valid(hr_str uscc);
