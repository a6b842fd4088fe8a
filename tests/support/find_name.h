/* A search for names as an index does it, by the keys of one name. */
#pragma once

#include "dicom/person_name.h"

/* Do the keys meet every term? */
bool find_name(const hr_name_query *query, const hr_str *keys, size_t count);
