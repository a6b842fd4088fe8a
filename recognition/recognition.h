/*
 * The decision: is this report recognised, item by item, and why. Pure: no
 * clock, no I/O. The same catalogue, report and question give the same
 * verdict, so any past decision can be replayed.
 *
 * Every regime that may apply is tried, every step of each is evaluated, and
 * every failing rule is reported. Any regime that grants suffices. What the
 * catalogue does not know makes the answer undecided, never a no. The doctor
 * decides; the six situations in which he may examine again go with every
 * recognised item.
 * Source: 国卫医发〔2022〕6号; the order of steps follows it.
 */
#pragma once

#include "recognition/report.h"

typedef enum hr_outcome {
	HR_OUTCOME_NOT_RECOGNISED,
	HR_OUTCOME_UNDECIDED,
	HR_OUTCOME_RECOGNISED, /* in rising order: the best regime wins */
} hr_outcome;

typedef enum hr_obligation {
	HR_OBLIGATION_NONE,
	HR_OBLIGATION_ENCOURAGED, /* 鼓励互认 */
	HR_OBLIGATION_MUST,	  /* 应当互认 */
} hr_obligation;

typedef enum hr_answer { HR_ANSWER_UNKNOWN, HR_ANSWER_YES, HR_ANSWER_NO } hr_answer;

typedef struct hr_question {
	hr_str receiver; /* USCC or key; empty: not given */
	hr_instant at;	 /* the time of the decision */
	hr_setting setting;
	const hr_patient *patient; /* NULL: identity is not compared */
	const hr_str *orders;	   /* names or codes of items about to be ordered; none empty */
	size_t order_count;
	hr_answer intervened;
	hr_str mark_seen; /* on paper: "京津冀HR"; "none": looked, and there is none; empty: not
			     looked */
} hr_question;

typedef enum hr_step {
	HR_STEP_IDENTITY,
	HR_STEP_KIND,
	HR_STEP_ITEM,
	HR_STEP_REGIME,
	HR_STEP_LIST,
	HR_STEP_GRANT,
	HR_STEP_MARK,
	HR_STEP_WINDOW,
	HR_STEP_STATUS,
	HR_STEP_SITUATION,
	HR_STEP_FILM, /* beside the decision: report_films.h */
} hr_step;

typedef enum hr_effect { HR_EFFECT_NO, HR_EFFECT_OPEN, HR_EFFECT_WEAK, HR_EFFECT_NOTE } hr_effect;

typedef enum hr_reason_id {
#define R(name, code, step, effect, zh, en) HR_REASON_##name,
#include "recognition/reasons.def"
#undef R
	HR_REASON_COUNT
} hr_reason_id;

typedef struct hr_reason_row {
	hr_str code;
	hr_step step;
	hr_effect effect;
	hr_str zh;
	hr_str en;
} hr_reason_row;

const hr_reason_row *hr_reason_row_get(hr_reason_id id);

typedef struct hr_reason {
	hr_reason_id id;
	hr_str arg;		 /* fills %s of the Chinese sentence */
	hr_str arg_en;		 /* and of the English one; empty: the same */
	hr_str value;		 /* in the input, as written; empty when it is not there */
	hr_place place;		 /* of that value */
	const hr_origin *origin; /* the record of the catalogue; NULL when there is none */
} hr_reason;

typedef struct hr_reasons {
	const hr_reason *list;
	uint32_t count;
} hr_reasons;

/* What one regime says of one result. */
typedef struct hr_ruling {
	const hr_regime *regime;
	hr_outcome outcome;
	hr_obligation obligation;
	hr_reasons reasons;	 /* of this regime alone */
	uint32_t against;	 /* of them: how many refuse or leave open */
	const hr_grant *grant;	 /* that was found, or NULL */
	const hr_window *window; /* that was applied, or NULL */
	bool lists_synthetic;	 /* a list that was asked is made up */
	hr_event_kind event;	 /* that the window was counted from: which */
	hr_span used;		 /* and its span; precision NONE: no window was counted */
	hr_instant from;	 /* the window's run, for the earliest reading of the event */
	hr_instant until;	 /* half-open */
} hr_ruling;

typedef struct hr_decision {
	const hr_result *result;
	hr_item_id item;	       /* HR_ID_NONE: not matched */
	hr_institution_id institution; /* of the laboratory that tested */
	hr_str name;		       /* as printed, marks taken off */
	hr_event_kind event;	       /* by whose day lists and grants were asked */
	const hr_time *asked;
	hr_outcome outcome;
	hr_obligation obligation;
	hr_reasons reasons;	  /* of the result itself, whatever the regime */
	const hr_ruling *rulings; /* best first */
	uint32_t ruling_count;
} hr_decision;

typedef enum hr_cover {
	HR_COVER_NOT, /* must be done */
	HR_COVER_UNDECIDED,
	HR_COVER_WIDER, /* by a wider examination */
	HR_COVER_SAME,
} hr_cover;

typedef struct hr_order_answer {
	hr_str order;
	hr_item_id item;   /* HR_ID_NONE: the catalogue does not know it, or it may be several */
	hr_str candidates; /* then: their names; empty: none */
	hr_cover cover;
	const hr_decision *by; /* NULL when not covered */
} hr_order_answer;

typedef struct hr_report_films hr_report_films;

typedef struct hr_verdict {
	const hr_catalog *catalog;
	const hr_report *report;
	const hr_question *question;
	hr_institution_id receiver;
	hr_institution_id issuer;
	hr_outcome outcome; /* worst of its items; undecided when there is none */
	hr_reasons reasons; /* of the report as a whole */
	const hr_decision *decisions;
	uint32_t decision_count;
	const hr_order_answer *orders;
	size_t order_count;
	bool synthetic;		      /* a record that counted is made up */
	const hr_report_films *films; /* NULL: not looked for */
} hr_verdict;

/* `*out` borrows from all four. Fails only when memory is short. */
bool hr_recognise(const hr_catalog *catalog, const hr_report *report, const hr_question *question,
		  hr_arena *arena, hr_verdict *out, hr_error *err);

hr_str hr_outcome_word(hr_outcome outcome); /* "recognised" ... */
hr_str hr_outcome_zh(hr_outcome outcome);
