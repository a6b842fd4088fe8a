/*
 * HL7's Observation, as C-CDA and hospitals' own profiles use it: the item in
 * `code`, the result in `value`, what it was made from in `specimen`. Acts
 * (organizers, batteries, wrappers) hand what they say down to what is in them.
 */
#pragma once

#include "recognition/cda_parts.h"

#define HR_CDA_SNOMED_OID HR_STR("2.16.840.1.113883.6.96")

/* HL7's ANY by its xsi:type, into the text of a result and its unit; a unit that is set stays. */
void hr_cda_read_value(hr_cda *cda, const hr_xml *node, hr_field *value, hr_field *unit);

/* One item. `outer` is what the acts around it say. */
void hr_cda_read_observation(hr_cda *cda, const hr_xml *node, const hr_result *outer,
			     hr_result *out);

/*
 * All items in an entry, a component or an entryRelationship. `settle` sees
 * each before it is added, and may refuse it (false): a comment or a critical
 * flag is not an item.
 */
typedef bool hr_cda_settle_fn(hr_cda *cda, const hr_xml *observation, hr_result *result);

void hr_cda_read_entry(hr_cda *cda, const hr_xml *entry, const hr_result *outer,
		       hr_cda_settle_fn *settle);
