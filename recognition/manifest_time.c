/*
 * Days and times of DICOM (PS3.5 DA, TM; one offset for all of an object) and
 * of FHIR (each with its own).
 */
#include "base/calendar.h"
#include "recognition/manifest_fhir_parts.h"

enum {
	HOUR_MINUTES = 60,
	DAY_MINUTES = 24 * HOUR_MINUTES,
	FRACTION_MAX = 6, /* digits of TM */
	TEXT = 40,
};

struct moment {
	hr_date day;
	bool has_time;
	int minute; /* of the day */
	int second;
	hr_str fraction;
	bool has_zone;
	int zone; /* minutes east */
};

/* `count` digits at `at`; -1 when they are not there. */
static int number_at(hr_str text, size_t at, size_t count)
{
	int n = 0;

	if (text.len < at + count)
		return -1;
	for (size_t i = at; i < at + count; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		n = n * 10 + (text.data[i] - '0');
	}
	return n;
}

static bool has_at(hr_str text, size_t at, char c)
{
	return at < text.len && text.data[at] == c;
}

/* "+08:00", "+0800" or "Z", all of `text`. */
static bool read_zone(hr_str text, int *out)
{
	size_t colon = has_at(text, 3, ':') ? 1 : 0;
	int hour = number_at(text, 1, 2);
	int minute = number_at(text, 3 + colon, 2);

	if (hr_str_equal(text, HR_STR("Z"))) {
		*out = 0;
		return true;
	}
	if (text.len != 5 + colon || (text.data[0] != '+' && text.data[0] != '-') || hour < 0 ||
	    hour > 14 || minute < 0 || minute > 59)
		return false;
	*out = (hour * HOUR_MINUTES + minute) * (text.data[0] == '-' ? -1 : 1);
	return true;
}

/* Behind the day: "T08:09:10.5+08:00". */
static bool read_clock(hr_str text, struct moment *m)
{
	int hour = number_at(text, 1, 2);
	int minute = number_at(text, 4, 2);
	size_t at = 9;

	m->second = number_at(text, 7, 2);
	if (!has_at(text, 0, 'T') || !has_at(text, 3, ':') || !has_at(text, 6, ':') || hour < 0 ||
	    hour > 23 || minute < 0 || minute > 59 || m->second < 0 || m->second > 60)
		return false;
	m->has_time = true;
	m->minute = hour * HOUR_MINUTES + minute;
	if (has_at(text, at, '.')) {
		while (number_at(text, at + 1, 1) >= 0)
			at++;
		m->fraction = hr_str_slice(text, 10, at + 1);
		at++;
	}
	text = hr_str_slice(text, at, text.len);
	m->has_zone = text.len > 0;
	return text.len == 0 || read_zone(text, &m->zone);
}

static bool read_moment(hr_str text, struct moment *m)
{
	*m = (struct moment){ 0 };
	if (!has_at(text, 4, '-') || !has_at(text, 7, '-') ||
	    !hr_date_from_civil(number_at(text, 0, 4), number_at(text, 5, 2), number_at(text, 8, 2),
				&m->day))
		return false;
	return text.len == 10 || read_clock(hr_str_slice(text, 10, text.len), m);
}

static void move_to_zone(struct moment *m, int zone)
{
	int minute = m->minute + zone - m->zone;

	/* Not over a day and a half either way. */
	while (minute < 0) {
		minute += DAY_MINUTES;
		m->day = hr_date_add_days(m->day, -1);
	}
	while (minute >= DAY_MINUTES) {
		minute -= DAY_MINUTES;
		m->day = hr_date_add_days(m->day, 1);
	}
	m->minute = minute;
}

static void write_zone(int zone, hr_buf *out, const char *colon)
{
	int minutes = zone < 0 ? -zone : zone;

	hr_buf_addf(out, "%c%02d%s%02d", zone < 0 ? '-' : '+', minutes / HOUR_MINUTES, colon,
		    minutes % HOUR_MINUTES);
}

static hr_str keep(hr_buf *buf, hr_arena *arena)
{
	hr_str kept = hr_str_copy(arena, hr_buf_str(buf));

	buf->len = 0;
	return kept;
}

bool hr_manifest_split_time(hr_str text, hr_arena *arena, hr_str *zone, hr_str *date, hr_str *time)
{
	char memory[TEXT];
	struct moment m;
	hr_buf buf;
	int year;
	int month;
	int day;
	int to;

	if (!read_moment(text, &m))
		return false;
	hr_buf_init_over(&buf, memory, sizeof(memory));
	if (m.has_zone && zone->len == 0) {
		write_zone(m.zone, &buf, "");
		*zone = keep(&buf, arena);
	} else if (m.has_zone && read_zone(*zone, &to)) {
		move_to_zone(&m, to);
	}
	hr_date_to_civil(m.day, &year, &month, &day);
	hr_buf_addf(&buf, "%04d%02d%02d", year, month, day);
	*date = keep(&buf, arena);
	if (!m.has_time)
		return true;
	hr_buf_addf(&buf, "%02d%02d%02d", m.minute / HOUR_MINUTES, m.minute % HOUR_MINUTES,
		    m.second);
	if (m.fraction.len)
		hr_buf_addf(&buf, ".%.*s", HR_STR_ARG(hr_str_slice(m.fraction, 0, FRACTION_MAX)));
	*time = keep(&buf, arena);
	return true;
}

/* TM: "08", "0809", "080910", "080910.123456". */
static bool read_tm(hr_str time, struct moment *m)
{
	int hour = number_at(time, 0, 2);
	int minute = time.len > 2 ? number_at(time, 2, 2) : 0;
	int second = time.len > 4 ? number_at(time, 4, 2) : 0;

	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	m->has_time = true;
	m->minute = hour * HOUR_MINUTES + minute;
	m->second = second;
	if (has_at(time, 6, '.') && number_at(time, 7, 1) >= 0)
		m->fraction = hr_str_slice(time, 7, 7 + FRACTION_MAX);
	for (size_t i = 0; i < m->fraction.len; i++)
		if (number_at(m->fraction, i, 1) < 0)
			m->fraction.len = i;
	return true;
}

hr_str hr_manifest_join_time(hr_str zone, hr_str date, hr_str time, bool whole, hr_arena *arena)
{
	struct moment m = { .zone = HR_CHINA_OFFSET_S / 60 };
	char memory[TEXT];
	hr_buf buf;

	if (date.len != 8 || !hr_date_from_civil(number_at(date, 0, 4), number_at(date, 4, 2),
						 number_at(date, 6, 2), &m.day))
		return HR_STR_NONE;
	(void)read_zone(zone, &m.zone);
	hr_buf_init_over(&buf, memory, sizeof(memory));
	hr_buf_addf(&buf, "%.4s-%.2s-%.2s", date.data, date.data + 4, date.data + 6);
	if (read_tm(time, &m) || whole) {
		hr_buf_addf(&buf, "T%02d:%02d:%02d", m.minute / HOUR_MINUTES,
			    m.minute % HOUR_MINUTES, m.second);
		if (m.fraction.len)
			hr_buf_addf(&buf, ".%.*s", HR_STR_ARG(m.fraction));
		write_zone(m.zone, &buf, ":");
	}
	return keep(&buf, arena);
}
