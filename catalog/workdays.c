#include "catalog/workdays.h"

#include "catalog/snapshot.h"

#include <assert.h>

size_t hr_catalog_work_year_count(const hr_catalog *catalog)
{
	return catalog->work_year_count;
}

const hr_work_year *hr_catalog_get_work_year(const hr_catalog *catalog, size_t index)
{
	assert(index < catalog->work_year_count);
	return &catalog->work_years[index];
}

const hr_work_year *hr_catalog_find_work_year(const hr_catalog *catalog, hr_date day)
{
	int year = hr_date_year(day);

	for (size_t i = 0; i < catalog->work_year_count; i++)
		if (catalog->work_years[i].year == year)
			return &catalog->work_years[i];
	return NULL;
}

static bool has(const hr_date *days, uint16_t count, hr_date day)
{
	for (uint16_t i = 0; i < count; i++)
		if (days[i].day == day.day)
			return true;
	return false;
}

/* 1970-01-01 was a Thursday. */
static bool is_weekend(hr_date day)
{
	int weekday = (day.day % 7 + 7 + 3) % 7;

	return weekday >= 5;
}

bool hr_is_work_day(const hr_work_year *year, hr_date day)
{
	if (is_weekend(day))
		return has(year->work, year->work_count, day);
	return !has(year->off, year->off_count, day);
}

bool hr_catalog_next_work_day(const hr_catalog *catalog, hr_date day, hr_date *out)
{
	for (;; day = hr_date_add_days(day, 1)) {
		const hr_work_year *year = hr_catalog_find_work_year(catalog, day);

		if (!year)
			return false;
		if (hr_is_work_day(year, day)) {
			*out = day;
			return true;
		}
	}
}

bool hr_catalog_add_work_days(const hr_catalog *catalog, hr_date day, uint32_t count, hr_date *out)
{
	for (uint32_t i = 0; i < count; i++)
		if (!hr_catalog_next_work_day(catalog, hr_date_add_days(day, 1), &day))
			return false;
	*out = day;
	return true;
}
