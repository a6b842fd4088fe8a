/*
 * What a filing (备案) does for a visit: is one needed there, is one valid, and
 * so what the settlement takes it for. By the rules of the place of insurance
 * on the day. Pure: no clock, no I/O, no allocation.
 *
 * Three answers, never two: what an area does not say is undecided, with what
 * is missing. A validity is counted by the Civil Code (民法典 201, 202): its
 * first day is not counted, its last is the day of that number, or the last of
 * a month that has none, and it is within.
 */
#pragma once

#include "catalog/filing_rules.h"

/* Why a direct settlement fails, as far as a filing is to blame. */
#define HR_FILING_CAUSES(X)                                                                        \
	X(NONE, "")                                                                                \
	X(NOT_FILED, "NOT_FILED")                                                                  \
	X(FILING_WRONG_REGION, "FILING_WRONG_REGION")                                              \
	X(FILING_WRONG_TYPE, "FILING_WRONG_TYPE")                                                  \
	X(FILING_EXPIRED, "FILING_EXPIRED")                                                        \
	X(FILING_OVERLAP, "FILING_OVERLAP")                                                        \
	X(FILING_BAD_DATA, "FILING_BAD_DATA")                                                      \
	X(NO_QUALIFICATION, "NO_QUALIFICATION")

typedef enum hr_filing_cause {
#define X(name, word) HR_FILING_CAUSE_##name,
	HR_FILING_CAUSES(X)
#undef X
} hr_filing_cause;

typedef enum hr_filing_effect {
	HR_FILING_NO,	/* against it */
	HR_FILING_OPEN, /* cannot be told */
	HR_FILING_YES,	/* carries the answer */
	HR_FILING_NOTE, /* said, changes nothing */
} hr_filing_effect;

typedef enum hr_filing_reason {
#define R(name, code, cause, effect, zh, en) HR_FILING_REASON_##name,
#include "settlement/filing_reasons.def"
#undef R
	HR_FILING_REASON_COUNT
} hr_filing_reason;

enum { HR_FILINGS_MAX = 64, HR_FILING_FINDINGS_MAX = 2 * HR_FILINGS_MAX + 32 };

/* One reason, with what fills its sentence and the record that says so. */
typedef struct hr_filing_finding {
	hr_filing_reason reason;
	hr_str word;		 /* or */
	hr_date day;		 /* HR_DATE_MIN: none */
	uint32_t filing;	 /* of those given; HR_ID_NONE: of none */
	const hr_origin *origin; /* NULL: no record says it */
} hr_filing_finding;

typedef struct hr_filing_findings {
	uint32_t count;
	hr_filing_finding rows[HR_FILING_FINDINGS_MAX];
} hr_filing_findings;

typedef enum hr_filing_state {
	HR_FILING_STATE_APPROVED,
	HR_FILING_STATE_QUEUED,
	HR_FILING_STATE_REFUSED,
	HR_FILING_STATE_CHANGED, /* another stands in its place */
	HR_FILING_STATE_CANCELLED,
	HR_FILING_STATES
} hr_filing_state;

/* What a person has filed, as the book or another system has it. Texts are borrowed. */
typedef struct hr_filed {
	hr_str id;	/* may be empty */
	hr_str kind;	/* a name of the area's */
	hr_str insured; /* insuplc_admdvs; empty: not told */
	hr_str region;	/* rloc_admdvs: a region, never a hospital */
	hr_date applied;
	hr_date from;  /* begndate */
	hr_date until; /* enddate, the last day; HR_DATE_MIN: not told, so as long as the kind lasts
			*/
	hr_filing_state state;
	hr_date ended; /* changed or cancelled: the first day on which it no longer holds */
} hr_filed;

typedef enum hr_qualified { HR_QUALIFIED_UNKNOWN, HR_QUALIFIED_NO, HR_QUALIFIED_YES } hr_qualified;

/* A visit, as filings see it. `key` has its words (hr_visit_key); zone and filing are added here.
 */
typedef struct hr_filing_visit {
	hr_scope_key key;
	hr_str care; /* mdtrtarea_admvs */
	hr_date begun;
	hr_date ended;
	bool emergency; /* er_flag */
	bool chronic;	/* med_type 14, 门慢特 */
	bool untold;	/* nobody said whether there are filings: not the same as none */
	bool stated;	/* whoever asks says what it is taken for: `filing` */
	hr_filing filing;
	hr_qualified qualified; /* for its condition, at home */
} hr_filing_visit;

typedef enum hr_filing_need {
	HR_FILING_UNDECIDED,
	HR_FILING_NOT_NEEDED,
	HR_FILING_NEEDED,
} hr_filing_need;

typedef enum hr_filing_outcome {
	HR_FILING_OPEN_STILL, /* undecided: the OPEN findings say what is missing */
	HR_FILING_HOLDS,      /* none is needed, or one is valid: `gives` goes to the settlement */
	HR_FILING_FAILS,      /* one is needed and none is valid, or the visit is not qualified */
} hr_filing_outcome;

/* The answer about a visit. Findings stand in the order in which they were found. */
typedef struct hr_filing_ruling {
	hr_filing_outcome outcome;
	hr_filing_need need;
	hr_filing gives; /* EXEMPT, LONG, ...; NONE when it fails or is undecided */
	/*
	 * Bits by hr_filing: as what the settlement may have to take the visit. One bit where
	 * that is decided; it says nothing of a qualification, which is not filed.
	 */
	uint32_t possible;
	uint32_t by;	     /* the filing that counts, of those given; HR_ID_NONE: none */
	const hr_zone *zone; /* NULL: home, or outside */
	bool home;
	hr_filing_findings findings;
} hr_filing_ruling;

/* For how long a filing holds: from its first day to its last, as far as that is known. */
typedef struct hr_filing_validity {
	const hr_filing_kind *kind; /* NULL: the area does not know it */
	hr_date from;
	hr_date sure;	  /* the last day on which it surely holds; before `from`: none */
	hr_date possible; /* after it, it surely does not */
} hr_filing_validity;

hr_filing_validity hr_filing_validity_of(const hr_area *area, const hr_filed *filed);

/* Is it a filing for that place? One names a city, or a province (直辖市) whole. */
bool hr_filing_covers(hr_str region, hr_str care);

/*
 * As what a visit could be filed: bits by hr_filing of the area's kinds that are for it; where the
 * area does not list them, all but an emergency. `key` has the zone.
 */
uint32_t hr_filing_could_give(const hr_area *area, const hr_scope_key *key, hr_date on);

/* One more finding; those past the limit are dropped. */
void hr_filing_add(hr_filing_findings *findings, hr_filing_finding finding);

/* Was a record made up that one of them is by? */
bool hr_filing_findings_are_synthetic(const hr_filing_findings *findings);

/* Is there one of that effect, of that reason? */
bool hr_filing_has(const hr_filing_findings *findings, hr_filing_effect effect);
bool hr_filing_says(const hr_filing_findings *findings, hr_filing_reason reason);

/* Is a filing needed there on that day? Findings say by which record. `key` gets the zone. */
hr_filing_need hr_filing_find_need(const hr_area *area, hr_str care, hr_date on, hr_scope_key *key,
				   hr_filing_ruling *out);

/* The record by which the need was found, which a ruling says first; NULL: none does. */
const hr_origin *hr_filing_need_by(const hr_filing_ruling *ruling);

/*
 * And does one of these (at most HR_FILINGS_MAX; further ones are not looked at) fulfil it?
 * What is stated wins; that rules or records say otherwise is told.
 */
void hr_filing_rule(const hr_area *area, const hr_filing_visit *visit, const hr_filed *filings,
		    size_t count, hr_filing_ruling *out);

/* The words of a reason, of a need. */
hr_str hr_filing_reason_code(hr_filing_reason reason);
hr_filing_cause hr_filing_reason_cause(hr_filing_reason reason);
hr_filing_effect hr_filing_reason_effect(hr_filing_reason reason);
hr_str hr_filing_cause_word(hr_filing_cause cause);
hr_str hr_filing_state_word(hr_filing_state state);
/* Of a set that is not empty. */
hr_filing hr_filing_first(uint32_t filings);

hr_str hr_filing_need_word(hr_filing_need need);
hr_str hr_filing_outcome_word(hr_filing_outcome outcome);

/* Its sentence, filled. */
void hr_filing_finding_format(const hr_filing_finding *finding, bool english, hr_buf *out);
