/*
 * What the catalogue knows beside policies of settling directly away from
 * home: who can be asked (offices), where it works (the network), for what
 * (direct rules), and what the platform's own error texts mean.
 *
 * As everywhere, what is absent is not known: a list says whether it is
 * complete, and only then is absent a no. Borrowed from the snapshot.
 */
#pragma once

#include "catalog/scope.h"

/* What an institution or a region can have opened. */
#define HR_SERVICES(X)                                                                             \
	X(INPATIENT, "inpatient", "住院", "inpatient treatment")                                   \
	X(OUTPATIENT, "outpatient", "普通门诊", "ordinary outpatient treatment")                   \
	X(CHRONIC, "chronic", "门诊慢特病",                                                        \
	  "outpatient treatment of chronic and special diseases")                                  \
	X(PHARMACY, "pharmacy", "药店购药", "pharmacies")

typedef enum hr_service {
#define X(name, word, zh, en) HR_SERVICE_##name,
	HR_SERVICES(X)
#undef X
		HR_SERVICE_COUNT /* of a visit: none of them */
} hr_service;

typedef enum hr_office_kind {
	HR_OFFICE_INSURANCE, /* 医保经办机构 */
	HR_OFFICE_CARD,	     /* 社会保障卡, 医保电子凭证 */
} hr_office_kind;

/* Who can be asked, of people insured or treated in a region. */
typedef struct hr_office {
	hr_str name;
	hr_str region; /* prefix of GB/T 2260; empty: everywhere */
	hr_office_kind kind;
	const hr_str *insurances; /* prefixes of insutype; none: all */
	uint16_t insurance_count;
	uint64_t filings; /* bits by hr_filing; none: all */
	hr_str phone;
	hr_str hours;
	hr_str purpose; /* what for, in its own words */
	hr_period period;
	hr_origin origin;
} hr_office;

/* An institution has opened a service. */
typedef struct hr_opened {
	hr_institution_id institution;
	hr_service service;
	bool nation;		  /* for people of other provinces; else of its own alone */
	const hr_str *conditions; /* of 门慢特: prefixes of opsp_dise_code */
	uint16_t condition_count;
	hr_period period;
	hr_origin origin;
} hr_opened;

/* How much of what institutions of a region have opened stands in this catalogue. */
typedef struct hr_opened_list {
	hr_str region;
	hr_service service;
	bool complete;
	uint32_t expected; /* how many the issuing body says there are; 0: not said */
	hr_period period;
	hr_origin origin;
} hr_opened_list;

enum { HR_SIDE_INSURED = 1, HR_SIDE_CARE = 2 };

/* A region takes part in a service, for its own people, as a place of treatment, or both. */
typedef struct hr_opening {
	hr_str region; /* empty: everywhere */
	hr_service service;
	bool open;
	uint8_t sides; /* HR_SIDE_ */
	hr_period period;
	hr_origin origin;
} hr_opening;

/* How far the network reaches: of a group of places or institutions at least so many, or such a
 * share. */
typedef struct hr_coverage {
	hr_str region;
	hr_service service;
	hr_str group;	/* "county", "secondary-public-general", "township" */
	hr_str title;	/* for people */
	uint32_t least; /* in each; 0: not said */
	int32_t share;	/* of them, in millionths; 0: not said */
	hr_date on;
	hr_origin origin;
} hr_coverage;

/* What people of a region can settle directly elsewhere, or cannot. */
typedef struct hr_direct {
	hr_str region; /* of insurance; empty: everywhere */
	bool open;
	bool not_covered; /* closed because this insurance does not pay for it */
	bool across;	  /* in other provinces only */
	hr_scope scope;
	hr_period period;
	hr_origin origin;
} hr_direct;

/* A disease of 门慢特 that is settled directly across provinces, and how much of that list this is.
 */
typedef struct hr_condition {
	hr_str code; /* prefix of opsp_dise_code */
	hr_str name;
	hr_period period;
	hr_origin origin;
} hr_condition;

typedef struct hr_condition_list {
	bool complete;
	hr_period period;
	hr_origin origin;
} hr_condition_list;

/* A text of the platform means a cause when it holds all of these fragments. */
typedef struct hr_platform_text {
	hr_str cause;	      /* its code in settlement/causes.def */
	hr_str text;	      /* as the file has it */
	const hr_str *folded; /* the fragments, as hr_text_fold makes them */
	uint16_t count;
	hr_origin origin;
} hr_platform_text;

hr_str hr_service_word(hr_service service);

/*
 * The offices for a person of that insurance and region, whose filing is of
 * that kind (HR_FILING_COUNT: any): those of the longest prefix that has one,
 * the first `room` into `out`. Returns how many.
 */
size_t hr_catalog_find_offices(const hr_catalog *catalog, hr_office_kind kind, hr_str region,
			       hr_str insurance, hr_filing filing, hr_date on,
			       const hr_office **out, size_t room);

size_t hr_catalog_office_count(const hr_catalog *catalog);
const hr_office *hr_catalog_get_office(const hr_catalog *catalog, size_t index);

/* By institution, service, start. */
size_t hr_catalog_opened_count(const hr_catalog *catalog);
const hr_opened *hr_catalog_get_opened(const hr_catalog *catalog, size_t index);
size_t hr_catalog_coverage_count(const hr_catalog *catalog);
const hr_coverage *hr_catalog_get_coverage(const hr_catalog *catalog, size_t index);
size_t hr_catalog_opened_list_count(const hr_catalog *catalog);
const hr_opened_list *hr_catalog_get_opened_list(const hr_catalog *catalog, size_t index);
size_t hr_catalog_opening_count(const hr_catalog *catalog);
const hr_opening *hr_catalog_get_opening(const hr_catalog *catalog, size_t index);
/* As the files have them: at one prefix the first that fits decides. */
size_t hr_catalog_direct_count(const hr_catalog *catalog);
const hr_direct *hr_catalog_get_direct(const hr_catalog *catalog, size_t index);

/* Has the institution opened it on a day; `across`: for people of other provinces. NULL: no row. */
const hr_opened *hr_catalog_find_opened(const hr_catalog *catalog, hr_institution_id institution,
					hr_service service, hr_str condition, bool across,
					hr_date on);

/* The list that covers a region and day, of the longest prefix; NULL when none does. */
const hr_opened_list *hr_catalog_find_opened_list(const hr_catalog *catalog, hr_str region,
						  hr_service service, hr_date on);

/* What is known of a region on one side, by the longest prefix; NULL: nothing. */
const hr_opening *hr_catalog_find_opening(const hr_catalog *catalog, hr_str region, uint8_t side,
					  hr_service service, hr_date on);

/*
 * The rule of that kind for a visit, by the longest prefix of the place of
 * insurance. At one prefix the first of the files; NULL: none.
 */
const hr_direct *hr_catalog_find_direct(const hr_catalog *catalog, hr_str insured, bool across,
					bool not_covered, const hr_scope_key *key, hr_date on);

const hr_condition *hr_catalog_find_condition(const hr_catalog *catalog, hr_str code, hr_date on);
const hr_condition_list *hr_catalog_find_condition_list(const hr_catalog *catalog, hr_date on);
size_t hr_catalog_condition_count(const hr_catalog *catalog);
const hr_condition *hr_catalog_get_condition(const hr_catalog *catalog, size_t index);
size_t hr_catalog_condition_list_count(const hr_catalog *catalog);
const hr_condition_list *hr_catalog_get_condition_list(const hr_catalog *catalog, size_t index);

size_t hr_catalog_platform_text_count(const hr_catalog *catalog);
const hr_platform_text *hr_catalog_get_platform_text(const hr_catalog *catalog, size_t index);
