/* A data set as a deflated transfer syntax has it. */
#pragma once

#include "base/str.h"

hr_str dcm_deflate(hr_arena *arena, hr_str bytes);
