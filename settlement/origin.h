/* Where a record of the catalogue stands and what it rests on, as members of an answer. */
#pragma once

#include "base/json.h"
#include "catalog/catalog.h"

/* "file", "line", "grade", "source", into the object that is open. */
void hr_origin_write(hr_json_writer *w, const hr_origin *origin);
