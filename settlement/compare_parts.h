/* What the pieces of a comparison share. Internal to compare*.c. */
#pragma once

#include "settlement/compare.h"

typedef enum hr_remark_effect {
	HR_REMARK_EFFECT_NO,
	HR_REMARK_EFFECT_OPEN,
	HR_REMARK_EFFECT_IF,
	HR_REMARK_EFFECT_NOTE,
} hr_remark_effect;

hr_remark_effect hr_remark_effect_of(hr_remark_kind kind);
hr_str hr_remark_effect_word(hr_remark_effect effect);

/* From the ways, once they are made: against the first that is computed. */
bool hr_compare_differences(hr_comparison *all, hr_arena *arena, hr_error *err);
