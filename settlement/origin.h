/* Where a record of the catalogue stands and what it rests on, as members of an answer. */
#pragma once

#include "base/json.h"
#include "catalog/catalog.h"

/* "file", "line", "grade", "source"; "undated" where it is; into the object that is open. */
void hr_origin_write(hr_json_writer *w, const hr_origin *origin);

/* "；起始日期不详", behind what it rests on; empty when the first day is known. */
hr_str hr_origin_undated(const hr_origin *origin, bool english);
