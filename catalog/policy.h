/*
 * The settlement policies of the catalogue: of each pooling area (统筹区) what
 * its funds pay, for whom, for which visit, where; from when to when, and who
 * says so. The arithmetic over them is settlement/'s.
 *
 * A policy is the rule of one fund: a scope (whom and what it is for), a
 * deductible, segments, a cap. When it is loaded it has been proved that its
 * segments cover every amount from zero up exactly once and that every share
 * lies between nothing and all. What an area does not say is absent, never
 * filled in. Borrowed from the snapshot, as all that catalog.h gives.
 */
#pragma once

#include "base/money.h"
#include "catalog/scope.h"

/* A share of an amount in millionths: "85%" is 850000, and a percent has four exact decimals. */
enum { HR_SHARE_ONE = 1000000 };

/* The longest amount of the national fields (16 digits, two of them decimals). */
#define HR_FEN_MAX INT64_C(9999999999999999)

/*
 * The funds, in the order in which they pay: each from what those before it
 * left (基本医保, 大额, 大病, 公务员, 企业, 救助). The words are the national
 * fields without "_pay".
 */
#define HR_FUNDS(X)                                                                                \
	X(HIFP, "hifp", "基本统筹", "basic fund")                                                  \
	X(HIFOB, "hifob", "职工大额", "large amounts")                                             \
	X(HIFMI, "hifmi", "居民大病保险", "critical illness")                                      \
	X(CVLSERV, "cvlserv", "公务员补助", "civil servants")                                      \
	X(HIFES, "hifes", "企业补充", "enterprise supplement")                                     \
	X(HIFDM, "hifdm", "伤残人员", "disabled persons")                                          \
	X(MAF, "maf", "医疗救助", "medical assistance")                                            \
	X(OTH, "oth", "其他支出", "other")

typedef enum hr_fund {
#define X(name, word, zh, en) HR_FUND_##name,
	HR_FUNDS(X)
#undef X
		HR_FUND_COUNT
} hr_fund;

/* How the deductible of a policy is due (起付线). */
typedef enum hr_deductible_mode {
	HR_DEDUCTIBLE_NONE,
	HR_DEDUCTIBLE_VISIT, /* each visit anew; of repeats each may have its own standard */
	HR_DEDUCTIBLE_YEAR,  /* what the year's visits have not yet borne */
	HR_DEDUCTIBLE_HOSPITAL_YEAR, /* the same, at each hospital by itself */
	HR_DEDUCTIBLE_ONCE, /* once a year; on a move to a higher standard the difference */
} hr_deductible_mode;

typedef struct hr_deductible {
	hr_deductible_mode mode;
	const hr_money *standards; /* of the first visit of the year, the second, ...; the last
				      one holds on */
	uint32_t standard_count;
} hr_deductible;

/* Amounts above the end of the segment before, up to this one; `upto` of the last is HR_FEN_MAX. */
typedef struct hr_segment {
	hr_money upto;
	int32_t share;
} hr_segment;

/* Percentage points off every segment: 85 % less 10 is 75 %, never 76.5 %. */
typedef struct hr_reduction {
	uint64_t filings; /* bits by hr_filing */
	int32_t points;	  /* in millionths */
} hr_reduction;

/* What of a visit a fund's segments are for. */
typedef enum hr_base {
	HR_BASE_SCOPE,	  /* all that is in the policy's scope (inscp_scp_amt) */
	HR_BASE_OWN,	  /* of it, what the funds before have left to the person */
	HR_BASE_OVER_CAP, /* of it, what lies above the basic fund's cap of amounts */
} hr_base;

typedef enum hr_cap_of { HR_CAP_NONE, HR_CAP_PAYMENTS, HR_CAP_AMOUNTS } hr_cap_of;

typedef struct hr_cap {
	hr_cap_of of; /* of what the fund pays, or of the amounts that it looks at */
	bool per_year;
	hr_money most;
} hr_cap;

typedef struct hr_policy {
	hr_str id; /* unique in the catalogue; traces name it */
	hr_fund fund;
	hr_scope scope;
	hr_period period; /* of the day of settlement */
	hr_base base;
	hr_deductible deductible;
	const hr_segment *segments;
	uint32_t segment_count;
	bool segments_of_year; /* counted over the year's visits, not over each */
	bool segments_above;   /* counted from the deductible up, not from zero */
	const hr_reduction *reductions;
	uint32_t reduction_count;
	hr_cap cap;
	uint32_t counter; /* what it counts over the year; HR_ID_NONE: nothing */
	/* Sources conflict: policies of one word are readings of one rule, and all are told. */
	hr_str conflict;
	hr_origin origin;
} hr_policy;

/* Regions of treatment that are neither home nor just outside, and whether filing is needed there.
 */
typedef struct hr_zone {
	hr_str name;
	hr_str title;	    /* for people, or empty */
	uint64_t bit;	    /* of its name among the zones of scopes */
	const hr_str *care; /* prefixes of GB/T 2260 */
	uint16_t care_count;
	hr_scope scope;
	bool exempt; /* no filing is needed */
	hr_period period;
	hr_origin origin;
} hr_zone;

typedef enum hr_rounding_mode {
	HR_ROUND_HALF_UP,
	HR_ROUND_HALF_EVEN,
	HR_ROUND_DOWN,
	HR_ROUND_UP,
} hr_rounding_mode;

typedef struct hr_rounding {
	hr_rounding_mode mode;
	bool each_segment; /* the pay of each segment; else once, the fund's sum */
	int64_t unit_fen;  /* 1, 10, 100 */
	hr_origin origin;
} hr_rounding;

/* A stay from one year into the next. */
typedef enum hr_cross_year {
	HR_CROSS_YEAR_UNKNOWN,
	HR_CROSS_YEAR_SPLIT,	 /* two settlements, parted at the end of the year */
	HR_CROSS_YEAR_DISCHARGE, /* one, in the year of the discharge */
} hr_cross_year;

/* Where what a relative's account pays (acct_mulaid_pay) is counted. */
typedef enum hr_mutual_aid {
	HR_MUTUAL_AID_UNKNOWN,
	HR_MUTUAL_AID_APART,   /* beside acct_pay */
	HR_MUTUAL_AID_ACCOUNT, /* within acct_pay */
} hr_mutual_aid;

/* A pooling area: whose policies these are. */
typedef struct hr_area {
	hr_str region; /* prefix of GB/T 2260: all of it is home */
	hr_rounding rounding;
	hr_cross_year cross_year;
	hr_mutual_aid mutual_aid;
	const hr_zone *zones; /* as in the file; the first that fits */
	uint32_t zone_count;
	const struct hr_filing_rules *filings; /* of several periods (catalog/filing_rules.h) */
	uint32_t filing_count;
	const hr_policy *policies;	   /* by fund, grade, place in the file */
	uint32_t first[HR_FUND_COUNT + 1]; /* of each fund, and of none: the end */
	hr_origin origin;
} hr_area;

/* The area that `region` (six digits) lies in: the longest prefix wins. NULL: not known. */
const hr_area *hr_catalog_find_area(const hr_catalog *catalog, hr_str region);

size_t hr_catalog_area_count(const hr_catalog *catalog);
const hr_area *hr_catalog_get_area(const hr_catalog *catalog, size_t index);

/* "tianjin-outpatient": the counter of that index, and back; HR_ID_NONE when there is none. */
size_t hr_catalog_counter_count(const hr_catalog *catalog);
hr_str hr_catalog_get_counter(const hr_catalog *catalog, uint32_t counter);
uint32_t hr_catalog_find_counter(const hr_catalog *catalog, hr_str name);

/*
 * Where a visit is, as its area sees it, added to `key`. The zone that says so;
 * NULL at home and outside, which no record declares: `*home` tells which.
 */
const hr_zone *hr_area_find_zone(const hr_area *area, hr_str care_region, hr_date on,
				 hr_scope_key *key, bool *home);

/*
 * The policies of a fund for a visit on a day, best grade first: the first
 * `room` into `out`; returns how many. More than one are readings of one rule.
 */
size_t hr_area_find_policies(const hr_area *area, hr_fund fund, const hr_scope_key *key, hr_date on,
			     const hr_policy **out, size_t room);

hr_str hr_fund_word(hr_fund fund);
