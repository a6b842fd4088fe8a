/*
 * Working days: Saturdays and Sundays are off, but for the days that the State
 * Council (国务院办公厅, each November) makes off or working. A year of which
 * that is not known has no working days here: nothing is counted over it.
 */
#pragma once

#include "catalog/catalog.h"

typedef struct hr_work_year {
	int32_t year;
	const hr_date *off;  /* that would be working days */
	const hr_date *work; /* that would be off */
	uint16_t off_count;
	uint16_t work_count;
	hr_origin origin;
} hr_work_year;

size_t hr_catalog_work_year_count(const hr_catalog *catalog);
const hr_work_year *hr_catalog_get_work_year(const hr_catalog *catalog, size_t index);

/* NULL: not known. */
const hr_work_year *hr_catalog_find_work_year(const hr_catalog *catalog, hr_date day);

/* Of a day of that year. */
bool hr_is_work_day(const hr_work_year *year, hr_date day);

/* `count` working days after `day`, which is not counted. False: a year is not known. */
bool hr_catalog_add_work_days(const hr_catalog *catalog, hr_date day, uint32_t count, hr_date *out);

/* `day`, or the first working day after it. False: a year is not known. */
bool hr_catalog_next_work_day(const hr_catalog *catalog, hr_date day, hr_date *out);
