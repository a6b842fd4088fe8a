/*
 * A verdict as FHIR R4: Parameters with decision, asOf, catalogue, reasons, and
 * an item with code, decision, reasons and evidence for each result, a film for
 * each that was looked for and found; a Bundle of
 * them (collection) when there is not one report alone.
 */
#pragma once

#include "service/verify.h"

void hr_fhir_answer_format(const hr_verdicts *verdicts, hr_lang lang, hr_buf *out);
