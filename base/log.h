/*
 * One JSON object a line: time, level, event, then the fields. Never patient
 * data: fields are what the caller names, and only codes, counts, digests and
 * catalogue records may be named.
 */
#pragma once

#include "base/calendar.h"

typedef enum hr_log_level { HR_LOG_ERROR, HR_LOG_WARNING, HR_LOG_INFO, HR_LOG_DEBUG } hr_log_level;

typedef struct hr_log_field {
	const char *name;
	hr_str text;	/* written when its data is set */
	int64_t number; /* otherwise */
} hr_log_field;

typedef struct hr_log {
	int fd;
	hr_log_level level; /* the last that is written */
} hr_log;

/* Written with one write(2), so that lines of several threads do not mix. Cut at 4 KiB. */
void hr_log_write(const hr_log *log, hr_log_level level, hr_instant now, const char *event,
		  const hr_log_field *fields, size_t count);
