/*
 * What is agreed on of a presentation context (PS3.8 annex D): which class, in
 * which transfer syntax. Objects are taken as their sender would have them:
 * nothing is ever transcoded on its way in.
 */
#pragma once

#include "base/str.h"

typedef enum hr_presentation {
	HR_PRESENTATION_TAKEN,
	HR_PRESENTATION_NO_CLASS,
	HR_PRESENTATION_NO_SYNTAX,
} hr_presentation;

/*
 * `*chosen`: which of the syntaxes. Of DICOM's own classes those that store what
 * belongs to a study, Verification and Storage Commitment; of anybody else's
 * all, for nobody has a list of them.
 */
hr_presentation hr_presentation_choose(hr_str sop_class, const hr_str *syntaxes, size_t count,
				       size_t *chosen);
