/*
 * What is done about a filing: applied for, changed, cancelled. Pure, as
 * filing.h: the book (service/filing_book.h) keeps what comes out of it. Every
 * reason is told, not the first.
 */
#pragma once

#include "settlement/filing.h"

typedef enum hr_filing_verdict {
	HR_FILING_APPROVED, /* at once */
	HR_FILING_QUEUED,   /* an officer decides, until `due` where that is known */
	HR_FILING_REFUSED,
	HR_FILING_UNKNOWN, /* what the area says does not decide it; the OPEN findings tell */
	HR_FILING_VERDICTS
} hr_filing_verdict;

/* An application (2501). Days that are not told are HR_DATE_MIN, texts empty. */
typedef struct hr_filing_application {
	hr_scope_key key; /* insurance, person, age */
	hr_str insured;	  /* insuplc_admdvs */
	hr_str region;	  /* rloc_admdvs */
	hr_str kind;	  /* a name of the area's, or a code of rloc_rea */
	hr_str channel;	  /* out_onln_way: a name of the area's */
	hr_date from;	  /* begndate */
	hr_date until;	  /* enddate */
	hr_date admitted; /* of the stay for which it is filed afterwards */
	hr_date settled;  /* the day of its settlement at discharge */
	bool again;	  /* for the same disease at the same hospital as before */
	bool promised;	  /* what may be promised is */
	bool materials_told;
	const hr_str *materials; /* that are there */
	uint32_t material_count;
	hr_str proxy; /* for whom another does it: "elderly"; empty: the person himself */
	/* Of the person, against slips of the pen; never told in an answer. */
	hr_str id_card;
	hr_date born;
	const hr_str *enrolled; /* insuplc_admdvs of his enrolments (1101) */
	uint32_t enrolled_count;
	uint32_t replaces; /* the filing, of those given, that it changes; HR_ID_NONE */
	bool objective;	   /* that one is changed for an objective reason */
} hr_filing_application;

typedef struct hr_filing_decision {
	hr_filing_verdict verdict;
	const hr_filing_kind *kind;	  /* NULL: the area does not know it */
	const hr_filing_channel *channel; /* NULL: the same */
	hr_filed filed;			  /* as the book is to have it */
	hr_filing_validity validity;
	hr_date due;	     /* HR_DATE_MIN: not promised */
	hr_date change_from; /* the first day on which it may be changed; HR_DATE_MIN: not known */
	hr_filing_findings findings;
} hr_filing_decision;

void hr_filing_apply(const hr_catalog *catalog, const hr_area *area, const hr_filed *filings,
		     size_t count, const hr_filing_application *application, hr_date today,
		     hr_filing_decision *out);

/* May it be cancelled? `out->filed` is as it is then. */
void hr_filing_cancel(const hr_area *area, const hr_filed *filed, hr_date today, bool objective,
		      hr_filing_decision *out);

hr_str hr_filing_verdict_word(hr_filing_verdict verdict);
