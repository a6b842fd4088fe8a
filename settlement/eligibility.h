/*
 * What is known of a person and a visit beyond the bill, as far as it decides
 * whether the visit can be settled directly. Every fact may be unknown, which
 * is neither yes nor no. Names are those of the national interface where it
 * has one ('huren settle diagnose --help').
 */
#pragma once

#include "catalog/policy.h"

enum {
	HR_INSURANCES_MAX = 16,
	HR_QUALIFICATIONS_MAX = 64,
	HR_OPEN_STAYS_MAX = 16,
	HR_ERR_MSG_MAX = 64 << 10,
};

/* psn_insu_stas */
typedef enum hr_insured_status {
	HR_INSURED_UNKNOWN,
	HR_INSURED_NEVER,     /* 0 未参保 */
	HR_INSURED_NORMAL,    /* 1 正常 */
	HR_INSURED_SUSPENDED, /* 2 暂停 */
	HR_INSURED_ENDED,     /* 3 终止 */
} hr_insured_status;

typedef enum hr_card { HR_CARD_UNKNOWN, HR_CARD_ACTIVE, HR_CARD_INACTIVE, HR_CARD_DAMAGED } hr_card;

/* Why this insurance does not pay, whatever the visit is (社会保险法 30 条). */
enum {
	HR_EXCLUDED_MATERNITY = 1,
	HR_EXCLUDED_WORK_INJURY = 2,
	HR_EXCLUDED_THIRD_PARTY = 4,
	HR_EXCLUDED_ABROAD = 8,
};

/* What the place of insurance has found wrong with the filing. */
enum {
	HR_FILED_WRONG_REGION = 1 << 0,
	HR_FILED_WRONG_TYPE = 1 << 1,
	HR_FILED_EXPIRED = 1 << 2,
	HR_FILED_OVERLAP = 1 << 3,
	HR_FILED_INSURED_PLACE = 1 << 4, /* 省本级 for 南昌市 */
	HR_FILED_CARE_PLACE = 1 << 5,
	HR_FILED_NAME = 1 << 6,
	HR_FILED_CERTIFICATE = 1 << 7,
	HR_FILED_ANOTHER_PERSON = 1 << 8, /* a parent's data for a child */
	HR_FILED_DATA = 1 << 9,		  /* as a ruling says, whose findings say which */
};

/* An insurance of the person, as transaction 1101 gives them. */
typedef struct hr_insured {
	hr_str region;	  /* insuplc_admdvs */
	hr_str insurance; /* insutype */
	hr_insured_status status;
} hr_insured;

/* 门慢特, recognised at the place of insurance. */
typedef struct hr_qualification {
	hr_str condition; /* opsp_dise_code */
	hr_date from;
	hr_date to; /* included; HR_DATE_MAX: no end */
} hr_qualification;

/* A stay that is not settled, other than this visit. */
typedef struct hr_open_stay {
	hr_str hospital; /* fixmedins_code, or empty */
} hr_open_stay;

typedef struct hr_eligibility {
	hr_insured_status status;
	bool waiting_given;
	hr_date waiting_to; /* the last day of the waiting period; HR_DATE_MIN: there is none */
	bool insured_given;
	uint32_t insured_count;
	hr_insured insured[HR_INSURANCES_MAX];
	hr_card card;
	bool excluded_given;
	uint32_t excluded;
	bool ruled;	 /* a ruling about filings has been taken (hr_visit_take_filing) */
	bool need_given; /* by it: is a filing needed there? */
	bool need;
	const hr_origin *need_by; /* the record that says so; NULL: none */
	bool filed_given;
	uint32_t filed; /* bits: what is wrong; none: nothing is */
	bool maintenance_given;
	bool maintenance;
	bool stays_given;
	uint32_t stay_count;
	hr_open_stay stays[HR_OPEN_STAYS_MAX];
	bool qualified_given;
	uint32_t qualified_count;
	hr_qualification qualified[HR_QUALIFICATIONS_MAX];
	bool year_given;
	hr_str err_msg; /* what the platform said; may name the patient, so never in an error */
} hr_eligibility;
