/*
 * Civil days and instants, never mixed. A day is a day of the proleptic
 * Gregorian calendar as China counts it; an instant is a second of Unix time;
 * between them stands +08:00, always. China's summer time of 1986 to 1991 is
 * not applied: no report of those years can be within a window.
 *
 * An event of a report is a span, because documents often carry only a day:
 * half-open [from, to), in seconds. A time given to the second has
 * to = from + 1.
 */
#pragma once

#include "base/str.h"

typedef struct hr_date {
	int32_t day; /* days since 1970-01-01 */
} hr_date;

typedef struct hr_instant {
	int64_t second; /* seconds since 1970-01-01T00:00:00Z */
} hr_instant;

typedef enum hr_precision {
	HR_PRECISION_NONE, /* nothing is known; the span is empty */
	HR_PRECISION_YEAR,
	HR_PRECISION_MONTH,
	HR_PRECISION_DAY,
	HR_PRECISION_HOUR,
	HR_PRECISION_MINUTE,
	HR_PRECISION_SECOND,
} hr_precision;

typedef struct hr_span {
	hr_instant from;
	hr_instant to;
	hr_precision precision;
} hr_span;

/* Days [from, to): a period of validity. An open end is HR_DATE_MAX, an open start HR_DATE_MIN. */
typedef struct hr_period {
	hr_date from;
	hr_date to;
} hr_period;

/* 0001-01-01 and 9999-12-31: the days this calendar holds. */
#define HR_DATE_MIN ((hr_date){ -719162 })
#define HR_DATE_MAX ((hr_date){ 2932896 })

enum { HR_HOUR_S = 3600, HR_DAY_S = 24 * HR_HOUR_S, HR_CHINA_OFFSET_S = 8 * HR_HOUR_S };

/* False when there is no such day (31 February). */
bool hr_date_from_civil(int year, int month, int day, hr_date *out);
void hr_date_to_civil(hr_date date, int *year, int *month, int *day);
int hr_date_year(hr_date date);

/* Saturates at HR_DATE_MIN and HR_DATE_MAX. */
hr_date hr_date_add_days(hr_date date, int32_t days);

/* The same-numbered day, or the last day of a month without one (民法典 202). */
hr_date hr_date_add_months(hr_date date, int32_t months);

/* 00:00 of the day at +08:00, and the civil day in China that holds an instant. */
hr_instant hr_date_start(hr_date date);
hr_date hr_instant_date(hr_instant instant);

bool hr_period_contains(hr_period period, hr_date date);
bool hr_period_overlaps(hr_period a, hr_period b);

/*
 * Reads every form seen in reports: yyyy, yyyyMM, yyyyMMdd, yyyyMMddHH,
 * yyyyMMddHHmm, yyyyMMddHHmmss, the same with T, with -, : and a blank between,
 * a fraction (cut off), and a zone +hhmm, +hh:mm or Z. No zone is +08:00; Z is
 * UTC. False, and `*out` untouched, when it is none of these or no such time
 * exists. Sources: HL7 v2 TS and DTM, HL7 v3 TS, FHIR dateTime, DICOM DT,
 * WS/T 500 D8 and DT15.
 */
bool hr_span_parse(hr_str text, hr_span *out);

/* "2026-11-20" only: what the catalogue and the command line take as a day. */
bool hr_date_parse(hr_str text, hr_date *out);

/* RFC 3339, or the local forms above, to the second; a bare day is its start. */
bool hr_instant_parse(hr_str text, hr_instant *out);

enum { HR_DATE_TEXT = 11, HR_INSTANT_TEXT = 26 };

/* "2026-11-20", and "2026-11-20T08:12:00+08:00". */
hr_str hr_date_format(hr_date date, char out[HR_DATE_TEXT]);
hr_str hr_instant_format(hr_instant instant, char out[HR_INSTANT_TEXT]);

/* As much as is known: "2026-11-20", "2026-11-20 08", "2026-11-20 08:12". For people. */
hr_str hr_span_format(hr_span span, char out[HR_INSTANT_TEXT]);
