/*
 * Candidates for a person who types a part of a name or a code: what a list
 * beside an input field offers. Nothing here decides anything; what he means
 * is what he then chooses.
 *
 * Names are compared folded (base/text.h), former ones too. In front stands
 * what is named so, then what begins so, then what holds it; among equals the
 * catalogue's order. The cost is one look at each name of the catalogue,
 * whoever asks for what.
 */
#pragma once

#include "catalog/catalog.h"

enum { HR_SEARCH_MAX = 101, HR_SEARCH_PART_MAX = 256 };

/*
 * The first `room` (at most HR_SEARCH_MAX) into `out`; returns how many. Ask
 * for one more than is shown to know that there are more. None for an empty
 * part, or one of over HR_SEARCH_PART_MAX bytes.
 */

/* By name, abbreviation, code, or whole LOINC code. HR_KIND_UNKNOWN: of both kinds. */
size_t hr_catalog_search_items(const hr_catalog *catalog, hr_str part, hr_kind kind,
			       hr_item_id *out, size_t room);

/* By name, whole code, or the start of a key. */
size_t hr_catalog_search_institutions(const hr_catalog *catalog, hr_str part,
				      hr_institution_id *out, size_t room);
