/* Which reasons and rulings of a verdict are told once, because they say the same. */
#pragma once

#include "recognition/recognition.h"

#include "base/numbering.h"

extern const hr_numbering_kind hr_numbering_of_reasons;
extern const hr_numbering_kind hr_numbering_of_rulings;
