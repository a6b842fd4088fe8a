/*
 * What a pooling area says of filings (备案): which kinds there are and for
 * whom, how long each lasts, when it may be changed, how and with what papers
 * one applies. Dated: an area has one row of rules for each period. What is
 * not said is a value of its own, never filled in.
 */
#pragma once

#include "catalog/policy.h"

enum { HR_FILING_MONTHS_MAX = 1200, HR_FILING_MONTHS_UNKNOWN = -1 };

typedef enum hr_filing_class { HR_FILING_FOR_LONG, HR_FILING_FOR_A_WHILE } hr_filing_class;

typedef enum hr_said { HR_SAID_NOTHING, HR_SAID_YES, HR_SAID_NO } hr_said;

typedef struct hr_filing_kind {
	hr_str name;
	hr_str title;	     /* for people, or empty */
	const hr_str *codes; /* rloc_rea */
	uint16_t code_count;
	hr_filing_class class;
	hr_filing gives; /* what the settlement takes it for */
	hr_scope scope;	 /* who may have it, and for which visits */
	bool open;	 /* without an end */
	int32_t months;	 /* how long; HR_FILING_MONTHS_UNKNOWN */
	bool at_least;	 /* and perhaps longer */
	/* So long it may be neither; 0: at any time; HR_FILING_MONTHS_UNKNOWN. */
	int32_t change_months;
	int32_t cancel_months;
	bool early_at_office; /* before that, for an objective reason, the office decides */
	bool flagged;	      /* the emergency flag of a visit counts as it */
	bool no_materials;
	hr_origin origin;
} hr_filing_kind;

/* A way to apply. */
typedef struct hr_filing_channel {
	hr_str name;
	hr_str title;
	const hr_str *kinds; /* none: all */
	uint16_t kind_count;
	bool automatic; /* approved at once */
	uint32_t days;	/* else promised within so many working days; 0: not said */
	hr_origin origin;
} hr_filing_channel;

/* A paper that is wanted. */
typedef struct hr_filing_material {
	hr_str name;
	const hr_str *kinds; /* none: all */
	uint16_t kind_count;
	const hr_str *care; /* regions where it is wanted; none: all */
	uint16_t care_count;
	bool first_only;       /* not again for the same disease at the same hospital */
	bool promise;	       /* a promise will do (承诺制) */
	const hr_str *proxies; /* who may have another get it; none: everybody */
	uint16_t proxy_count;
	hr_origin origin;
} hr_filing_material;

/* Outside of the area and its zones: is one needed? The first that fits. */
typedef struct hr_filing_place {
	hr_scope scope;
	bool exempt;
	hr_origin origin;
} hr_filing_place;

typedef enum hr_back_mode {
	HR_BACK_UNKNOWN,
	HR_BACK_DAYS,	   /* within so many days of the admission */
	HR_BACK_DISCHARGE, /* before the settlement at discharge */
} hr_back_mode;

/* Filing after the admission (补办). */
typedef struct hr_filing_back {
	hr_back_mode mode;
	uint32_t days;
	bool admission_counts; /* as the first of the days; the Civil Code (201) leaves it out */
	hr_said holidays;      /* does a last day off move to the next working day (203)? */
	hr_origin origin;
} hr_filing_back;

/* May a person have two at once? */
typedef struct hr_filing_overlap {
	hr_said both_long;
	hr_said mixed;
	hr_said both_short;
	hr_origin origin;
} hr_filing_overlap;

typedef struct hr_filing_rules {
	hr_period period; /* of the day on which is applied, or is asked */
	bool complete;	  /* there are no other kinds */
	const hr_filing_place *places;
	const hr_filing_kind *kinds;
	const hr_filing_channel *channels;
	const hr_filing_material *materials;
	uint32_t place_count;
	uint32_t kind_count;
	uint32_t channel_count;
	uint32_t material_count;
	hr_filing_back back;
	hr_filing_overlap overlap;
	hr_said stay_by_admission; /* admitted within its time is settled by it */
	hr_origin stay_origin;
	hr_said qualification; /* an outpatient chronic disease (门慢特) is qualified first */
	hr_origin qualification_origin;
	hr_origin origin;
} hr_filing_rules;

/* NULL: the area says nothing of that day. */
const hr_filing_rules *hr_area_find_filing(const hr_area *area, hr_date on);

/* By its name, or by a code of rloc_rea that one kind alone has. NULL: there is none. */
const hr_filing_kind *hr_filing_find_kind(const hr_filing_rules *rules, hr_str word);

/*
 * What a record's word is for `key`: by its name; of several kinds with that code the one that is
 * for it. NULL: there is none, or there are several that do not come to the same.
 */
const hr_filing_kind *hr_filing_find_kind_for(const hr_filing_rules *rules, hr_str word,
					      const hr_scope_key *key);
/* As what those with that code that are for `key` settle: bits by hr_filing. */
uint32_t hr_filing_code_gives(const hr_filing_rules *rules, hr_str code, const hr_scope_key *key);

const hr_filing_channel *hr_filing_find_channel(const hr_filing_rules *rules, hr_str name);

/* Is `name` among them? Of none: yes. */
bool hr_filing_lists(const hr_str *names, uint16_t count, hr_str name);
