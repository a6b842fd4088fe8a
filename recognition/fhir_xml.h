/*
 * FHIR in XML as the tree that the same resource has in JSON, so that one
 * reader reads both and a place is the same FHIRPath. Source: FHIR R4 xml.html,
 * json.html.
 *
 * Every value is a string, numbers and truth values as well. Narrative is left
 * out, and so is what hangs on a primitive value (`_birthDate` in JSON): the
 * reader looks at neither.
 */
#pragma once

#include "base/json.h"
#include "base/xml.h"

#define HR_FHIR_NAMESPACE HR_STR("http://hl7.org/fhir")

/*
 * HR_E_SYNTAX, with the place, for what is in another namespace or is no FHIR;
 * HR_E_LIMIT for what JSON would be too deep for. The tree borrows from that of `root`.
 */
bool hr_fhir_from_xml(const hr_xml *root, hr_arena *arena, const hr_json **out, hr_error *err);

/* What a node of such a tree was made of; NULL when its tree was read from JSON. */
const hr_xml *hr_fhir_element(const hr_json *node);
