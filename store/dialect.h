/* Where the two engines want different words in the steps of a room: the one place that knows. */
#pragma once

#include "base/str.h"

typedef enum hr_dialect { HR_DIALECT_SQLITE, HR_DIALECT_POSTGRES } hr_dialect;

/*
 * `text`, as the engine wants it: its names for the types, the types held to
 * (SQLite: STRICT), texts in byte order (PostgreSQL: COLLATE "C").
 */
void hr_dialect_write(hr_dialect dialect, hr_str text, hr_buf *out);
