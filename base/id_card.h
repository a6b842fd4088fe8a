/* 居民身份证号, the number of every resident of China (GB 11643). */
#pragma once

#include "base/str.h"

/*
 * A place of 6 digits, the first not 0, a day of birth, a number of 3 digits
 * and a check character (ISO 7064 mod 11-2), an x of either case. The check
 * alone would let one in eleven of a hospital's own numbers of 18 digits pass.
 */
bool hr_is_id_card(hr_str text);
