/* A manifest by hand, and any manifest in words, so that two can be compared. */
#pragma once

#include "dicom/manifest.h"

/* Two series of one order, Chinese names, everything said that can be. */
const hr_manifest *manifest_of_hand(void);

/* Line by line, without its own UID, which differs between forms. */
hr_str manifest_words(const hr_manifest *manifest, hr_arena *arena);
