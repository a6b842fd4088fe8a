/*
 * A question about filings as a system gives it: JSON in the names of the
 * national interface (2501, out_appy), and its answer. One of an application,
 * a change, a cancellation and a visit, and what the person has filed so far.
 */
#pragma once

#include "base/json.h"
#include "settlement/filing_decide.h"
#include "settlement/members.h"

enum { HR_FILING_BYTES_MAX = 1 << 20, HR_ENROLLED_MAX = 16, HR_MATERIALS_MAX = 32 };

typedef enum hr_filing_asks {
	HR_FILING_ASKS_APPLY,
	HR_FILING_ASKS_CHANGE,
	HR_FILING_ASKS_CANCEL,
	HR_FILING_ASKS_VISIT,
	HR_FILING_ASKS_NOTHING, /* the person alone */
} hr_filing_asks;

/* Whose filings they are. Nothing of it is ever told but the codes. */
typedef struct hr_filing_person {
	hr_str insured;	    /* insuplc_admdvs */
	hr_str insurance;   /* insutype */
	hr_str type;	    /* psn_type */
	hr_str certificate; /* psn_cert_type: 01 is the identity card */
	hr_str number;	    /* certno */
	hr_date born;	    /* brdy; HR_DATE_MIN */
	uint8_t age;
	hr_str enrolled[HR_ENROLLED_MAX]; /* insuinfo[].insuplc_admdvs */
	uint32_t enrolled_count;
} hr_filing_person;

typedef struct hr_filing_ask {
	hr_date today; /* HR_DATE_MIN: not told */
	hr_filing_person person;
	hr_filed *filings;
	size_t filing_count;
	hr_filing_asks asks;
	hr_str id; /* of the filing that is changed or cancelled */
	bool objective;
	hr_filing_application application; /* a change is one, too */
	hr_filing_visit visit;
} hr_filing_ask;

/* An array of filings, as `filings` of a question and of a visit has it. */
void hr_filed_read_list(hr_members *r, const hr_json *node, hr_filed **out, size_t *count);

/* Texts are borrowed from the tree. `catalog` may be NULL where nothing is to be judged. */
bool hr_filing_ask_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
			hr_filing_ask *out, hr_error *err);

typedef struct hr_filing_answer {
	const hr_catalog *catalog;
	const hr_area *area; /* NULL: the catalogue has none for the person */
	const hr_filed *filings;
	bool is_ruling;
	hr_filing_ruling ruling;     /* of a visit */
	hr_filing_decision decision; /* of all else */
} hr_filing_answer;

/* HR_E_INCOMPLETE: there is no day to judge by; HR_E_NOT_FOUND: no filing has that id. */
bool hr_filing_answer_make(const hr_catalog *catalog, const hr_filing_ask *ask,
			   hr_filing_answer *out, hr_error *err);

/* 0 it is so, 1 it is not, 4 it cannot be told. */
int hr_filing_answer_code(const hr_filing_answer *answer);

/* Members of an open object, so that a book can add its own; and in words. */
void hr_filing_answer_write(const hr_filing_answer *answer, hr_json_writer *w);
void hr_filing_answer_format_text(const hr_filing_answer *answer, bool english, hr_buf *out);

/* `reasons`, a member of an open object; and a line of each. */
void hr_filing_findings_write(const hr_filing_findings *findings, const hr_filed *filings,
			      hr_json_writer *w);
void hr_filing_findings_format_text(const hr_filing_findings *findings, bool english, hr_buf *out);

/* A filing as 'filings' has it: members of an open object. */
void hr_filed_write_members(const hr_filed *filed, hr_json_writer *w);
