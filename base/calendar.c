#include "base/calendar.h"

static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static int days_in_month(int year, int month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month_days[month - 1] + (month == 2 && leap);
}

bool hr_date_from_civil(int year, int month, int day, hr_date *out)
{
	int era_year;
	int shifted_month;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	/* Years that start in March, so that the leap day is the last of its year. */
	era_year = year - (month <= 2);
	shifted_month = (month + 9) % 12;
	out->day = era_year * 365 + era_year / 4 - era_year / 100 + era_year / 400 +
		   (153 * shifted_month + 2) / 5 + day - 1 - 719468;
	return true;
}

void hr_date_to_civil(hr_date date, int *year, int *month, int *day)
{
	int z = date.day + 719468;
	int era = z / 146097;
	int day_of_era = z % 146097;
	int year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted_month = (5 * day_of_year + 2) / 153;

	*day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
	*month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
	*year = era * 400 + year_of_era + (*month <= 2);
}

int hr_date_year(hr_date date)
{
	int year;
	int month;
	int day;

	hr_date_to_civil(date, &year, &month, &day);
	return year;
}

hr_date hr_date_add_days(hr_date date, int32_t days)
{
	int64_t day = (int64_t)date.day + days;

	if (day < HR_DATE_MIN.day)
		return HR_DATE_MIN;
	if (day > HR_DATE_MAX.day)
		return HR_DATE_MAX;
	return (hr_date){ (int32_t)day };
}

hr_date hr_date_add_months(hr_date date, int32_t months)
{
	int year;
	int month;
	int day;
	int64_t total;

	hr_date_to_civil(date, &year, &month, &day);
	total = (int64_t)year * 12 + (month - 1) + months;
	if (total < 12)
		return HR_DATE_MIN;
	if (total >= (int64_t)10000 * 12)
		return HR_DATE_MAX;
	year = (int)(total / 12);
	month = (int)(total % 12) + 1;
	if (day > days_in_month(year, month))
		day = days_in_month(year, month);
	hr_date_from_civil(year, month, day, &date);
	return date;
}

hr_instant hr_date_start(hr_date date)
{
	return (hr_instant){ (int64_t)date.day * HR_DAY_S - HR_CHINA_OFFSET_S };
}

hr_date hr_instant_date(hr_instant instant)
{
	int64_t local = instant.second + HR_CHINA_OFFSET_S;
	int64_t day = local / HR_DAY_S - (local % HR_DAY_S < 0);

	if (day < HR_DATE_MIN.day)
		return HR_DATE_MIN;
	if (day > HR_DATE_MAX.day)
		return HR_DATE_MAX;
	return (hr_date){ (int32_t)day };
}

bool hr_period_contains(hr_period period, hr_date date)
{
	return period.from.day <= date.day && date.day < period.to.day;
}

bool hr_period_overlaps(hr_period a, hr_period b)
{
	return a.from.day < b.to.day && b.from.day < a.to.day;
}

/* A cursor over the text of a time. */
struct reader {
	const char *at;
	const char *end;
};

/* Not text.data + text.len: on NULL even adding 0 is undefined. */
static struct reader reader_of(hr_str text)
{
	const char *at = text.data ? text.data : "";

	return (struct reader){ at, at + text.len };
}

static bool read_digits(struct reader *r, int count, int *out)
{
	int n = 0;

	if (r->end - r->at < count)
		return false;
	for (int i = 0; i < count; i++) {
		if (r->at[i] < '0' || r->at[i] > '9')
			return false;
		n = n * 10 + (r->at[i] - '0');
	}
	r->at += count;
	*out = n;
	return true;
}

static bool skip_char(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool at_digit(const struct reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

struct civil {
	int year, month, day;
	int hour, minute, second;
	int offset_s;
	hr_precision precision;
};

/* yyyy[-]MM[-]dd: the dashes all or none. */
static bool read_day(struct reader *r, struct civil *c)
{
	bool dashes;

	if (!read_digits(r, 4, &c->year))
		return false;
	c->precision = HR_PRECISION_YEAR;
	dashes = skip_char(r, '-');
	if (!dashes && !at_digit(r))
		return true;
	if (!read_digits(r, 2, &c->month))
		return false;
	c->precision = HR_PRECISION_MONTH;
	if (dashes ? !skip_char(r, '-') : !at_digit(r))
		return true;
	if (!read_digits(r, 2, &c->day))
		return false;
	c->precision = HR_PRECISION_DAY;
	return true;
}

/* HH[[:]mm[[:]ss[.f]]]: a fraction of a second is cut off. */
static bool read_clock(struct reader *r, struct civil *c)
{
	bool colons;

	if (!read_digits(r, 2, &c->hour))
		return false;
	c->precision = HR_PRECISION_HOUR;
	colons = skip_char(r, ':');
	if (!colons && !at_digit(r))
		return true;
	if (!read_digits(r, 2, &c->minute))
		return false;
	c->precision = HR_PRECISION_MINUTE;
	if (colons ? !skip_char(r, ':') : !at_digit(r))
		return true;
	if (!read_digits(r, 2, &c->second))
		return false;
	c->precision = HR_PRECISION_SECOND;
	if (!skip_char(r, '.'))
		return true;
	if (!at_digit(r))
		return false;
	while (at_digit(r))
		r->at++;
	return true;
}

static bool read_zone(struct reader *r, struct civil *c)
{
	int hours;
	int minutes;
	int sign;

	if (r->at == r->end)
		return true;
	if (skip_char(r, 'Z')) {
		c->offset_s = 0;
		return true;
	}
	if (*r->at != '+' && *r->at != '-')
		return false;
	sign = *r->at++ == '-' ? -1 : 1;
	if (!read_digits(r, 2, &hours))
		return false;
	skip_char(r, ':');
	/* +hh alone is refused: in 202311-08 it would be a day for a person, a zone for us. */
	if (!read_digits(r, 2, &minutes))
		return false;
	if (hours > 14 || minutes > 59)
		return false;
	c->offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool read_civil(hr_str text, struct civil *c)
{
	struct reader r = reader_of(text);

	*c = (struct civil){ .month = 1, .day = 1, .offset_s = HR_CHINA_OFFSET_S };
	if (!read_day(&r, c))
		return false;
	if (c->precision == HR_PRECISION_DAY && r.at < r.end) {
		bool parted = skip_char(&r, 'T') || skip_char(&r, ' ');

		if ((parted || at_digit(&r)) && !read_clock(&r, c))
			return false;
	}
	return read_zone(&r, c) && r.at == r.end;
}

static int64_t span_seconds(const struct civil *c)
{
	switch (c->precision) {
	case HR_PRECISION_YEAR:
		return (int64_t)(337 + days_in_month(c->year, 2)) * HR_DAY_S;
	case HR_PRECISION_MONTH:
		return (int64_t)days_in_month(c->year, c->month) * HR_DAY_S;
	case HR_PRECISION_DAY:
		return HR_DAY_S;
	case HR_PRECISION_HOUR:
		return HR_HOUR_S;
	case HR_PRECISION_MINUTE:
		return 60;
	default:
		return 1;
	}
}

/*
 * Ten digits may also be seconds since 1970: until 2033 those would be years
 * before 1900. And an hour of a zone at half past is no hour in China.
 */
static bool is_hour(const struct civil *c)
{
	return c->year >= 1900 && c->offset_s % HR_HOUR_S == 0;
}

bool hr_span_parse(hr_str text, hr_span *out)
{
	struct civil c;
	hr_date date;
	int64_t from;

	if (!read_civil(hr_str_trim(text), &c))
		return false;
	/* 60 is a leap second, which ends with the minute. */
	if (c.hour > 23 || c.minute > 59 || c.second > 60 ||
	    !hr_date_from_civil(c.year, c.month, c.day, &date))
		return false;
	if (c.precision == HR_PRECISION_HOUR && !is_hour(&c))
		return false;
	if (c.second == 60)
		c.second = 59;
	/* A day without a clock is a day in China, whatever zone stands behind it. */
	if (c.precision <= HR_PRECISION_DAY)
		c.offset_s = HR_CHINA_OFFSET_S;
	from = (((int64_t)date.day * 24 + c.hour) * 60 + c.minute) * 60 + c.second - c.offset_s;
	out->from.second = from;
	out->to.second = from + span_seconds(&c);
	out->precision = c.precision;
	return true;
}

bool hr_date_parse(hr_str text, hr_date *out)
{
	struct reader r = reader_of(text);
	int year;
	int month;
	int day;

	return read_digits(&r, 4, &year) && skip_char(&r, '-') && read_digits(&r, 2, &month) &&
	       skip_char(&r, '-') && read_digits(&r, 2, &day) && r.at == r.end &&
	       hr_date_from_civil(year, month, day, out);
}

bool hr_instant_parse(hr_str text, hr_instant *out)
{
	hr_span span;

	if (!hr_span_parse(text, &span) || span.precision < HR_PRECISION_DAY)
		return false;
	*out = span.from;
	return true;
}

/* `n` in `width` digits, its higher ones cut off; returns where they end. */
static char *write_digits(char *out, int width, unsigned n)
{
	for (int i = width - 1; i >= 0; i--, n /= 10)
		out[i] = (char)('0' + n % 10);
	return out + width;
}

static char *write_date(char *out, hr_date date)
{
	int year;
	int month;
	int day;

	hr_date_to_civil(date, &year, &month, &day);
	out = write_digits(out, 4, (unsigned)year);
	*out++ = '-';
	out = write_digits(out, 2, (unsigned)month);
	*out++ = '-';
	return write_digits(out, 2, (unsigned)day);
}

hr_str hr_date_format(hr_date date, char out[HR_DATE_TEXT])
{
	*write_date(out, date) = '\0';
	return (hr_str){ out, HR_DATE_TEXT - 1 };
}

static unsigned second_of_day(hr_instant instant)
{
	int64_t local = (instant.second + HR_CHINA_OFFSET_S) % HR_DAY_S;

	return (unsigned)(local < 0 ? local + HR_DAY_S : local);
}

hr_str hr_instant_format(hr_instant instant, char out[HR_INSTANT_TEXT])
{
	static const char zone[] = "+08:00";
	unsigned s = second_of_day(instant);
	char *at = write_date(out, hr_instant_date(instant));

	*at++ = 'T';
	at = write_digits(at, 2, s / 3600);
	*at++ = ':';
	at = write_digits(at, 2, s / 60 % 60);
	*at++ = ':';
	at = write_digits(at, 2, s % 60);
	memcpy(at, zone, sizeof(zone));
	return (hr_str){ out, HR_INSTANT_TEXT - 1 };
}

hr_str hr_span_format(hr_span span, char out[HR_INSTANT_TEXT])
{
	static const size_t lengths[] = { 0, 4, 7, 10, 13, 16, 19 };
	size_t len = lengths[span.precision];

	hr_instant_format(span.from, out);
	if (len > 10)
		out[10] = ' ';
	out[len] = '\0';
	return (hr_str){ out, len };
}
