/* 居民身份证号, the number of every resident of China (GB 11643). */
#pragma once

#include "base/str.h"

/* 17 digits and a check character (ISO 7064 mod 11-2), an x of either case. */
bool hr_is_id_card(hr_str text);
