/* A second opinion on the JSON reader. */
#pragma once

#include "base/json.h"

/* Aborts unless simdjson's DOM parser agrees with `root`, or with NULL for a text that we refuse.
 */
void hr_json_oracle_check(hr_str text, const hr_json *root);
