/* Calendar files: what the State Council has said of a year's working days. */
#include "catalog/record.h"
#include "catalog/workdays.h"

enum { YEARS_MAX = 200, DAYS_MAX = 366 };

/* Days of the year, each of the kind that the week alone would not make it. */
static const hr_date *read_days(hr_record *r, hr_str name, const hr_work_year *year,
				uint16_t *count)
{
	hr_str list = hr_record_list(r, name);
	hr_str rest = list;
	size_t total = 0;
	hr_date *days;
	hr_str word;

	while (hr_str_next_word(&rest).len)
		total++;
	if (total > DAYS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "over %d days in a year", DAYS_MAX);
		return NULL;
	}
	days = HR_LOAD_NEW_N(r->load, hr_date, total);
	for (rest = list; days && (word = hr_str_next_word(&rest)).len;) {
		int y = 0;
		int month;
		int day;

		if (hr_date_parse(word, &days[*count])) {
			hr_date_to_civil(days[*count], &y, &month, &day);
			(*count)++;
		}
		if (y == 0 || y != year->year)
			hr_record_fault(r, HR_FAULT_BAD_DAY, "'%.*s' is not a day of the year",
					HR_STR_ARG(hr_str_slice(word, 0, 16)));
	}
	return days;
}

static void check_days(hr_record *r, const hr_work_year *year)
{
	const hr_work_year plain = { .year = year->year };

	for (uint16_t i = 0; i < year->off_count; i++)
		if (!hr_is_work_day(&plain, year->off[i]))
			hr_record_fault(r, HR_FAULT_BAD_DAY,
					"'off' names a Saturday or Sunday, which is off by itself");
	for (uint16_t i = 0; i < year->work_count; i++)
		if (hr_is_work_day(&plain, year->work[i]))
			hr_record_fault(r, HR_FAULT_BAD_DAY,
					"'work' names a day that is a working day by itself");
}

static void read_year(hr_record *r, void *unused)
{
	hr_load *load = r->load;
	hr_str name = hr_record_need(r, HR_STR("of"));
	hr_work_year row = {
		.year = (int32_t)hr_record_number(r, HR_STR("of"), 9999),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	row.off = read_days(r, HR_STR("off"), &row, &row.off_count);
	row.work = read_days(r, HR_STR("work"), &row, &row.work_count);
	if (row.off && row.work)
		check_days(r, &row);
	hr_record_check_free(r, &load->claims, "year", name);
	hr_load_put(load, &load->claims, hr_load_common(load, name), hr_record_keep(r, &row));
}

static void calendar_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	catalog->work_years = hr_load_finish(load, &catalog->work_year_count);
}

static const hr_element elements[] = { { HR_STR_INIT("year"), read_year } };

const hr_load_kind hr_load_calendar = {
	.root = HR_STR_INIT("calendar"),
	.shared = true,
	.row_size = sizeof(hr_work_year),
	.limit = YEARS_MAX,
	.elements = elements,
	.element_count = sizeof(elements) / sizeof(elements[0]),
	.done = calendar_done,
};
