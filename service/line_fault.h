/* What is told of one of many documents, in its place among the answers, when it cannot be
 * answered. */
#pragma once

#include "base/error.h"
#include "base/str.h"

/* {"outcome":"error","line":3,"code":"malformed","message":"..."} and a line end. */
void hr_line_fault_write(const hr_error *err, uint64_t line, hr_buf *out);
