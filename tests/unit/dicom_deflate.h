/* A data set as a deflated transfer syntax has it. */
#pragma once

#include "base/str.h"

hr_str dcm_deflate(hr_arena *arena, hr_str bytes);

/* What gunzip makes of them; all of them one stream, or the test is aborted. */
hr_str dcm_gunzip(hr_arena *arena, hr_str bytes);
