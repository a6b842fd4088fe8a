/*
 * Inside the decision: what its parts share. One file a step; each says what
 * it finds through a collector and knows nothing of the others.
 */
#pragma once

#include "recognition/recognition.h"

enum {
	HR_REASONS_MAX = 32, /* of one result under one regime; more are a bug */
	HR_MARKS_MAX = 8,    /* marks looked at on one report, and on one line */
	HR_CANDIDATES_MAX = 8,
};

typedef struct hr_collector {
	hr_reason list[HR_REASONS_MAX];
	uint32_t count;
	uint32_t against; /* of them: how many refuse or leave open */
	hr_effect worst;
} hr_collector;

/* A mark read off the report, off a name, or seen on paper. */
typedef struct hr_mark_found {
	hr_field field;
	const hr_regime *regime; /* whose it is; or: */
	hr_str region;		 /* prefix of GB/T 2260 */
	bool nationwide;
	bool known;
	bool outdated;
	const hr_origin *origin;
} hr_mark_found;

typedef struct hr_marks_found {
	hr_mark_found list[HR_MARKS_MAX];
	uint32_t count;
} hr_marks_found;

/* An institution as the report names it, looked up once. */
typedef struct hr_party_found {
	const hr_party *party;
	hr_institution_id id;
	hr_collector reasons;
} hr_party_found;

/* What of a line its rulings look at, beside the item: lines that share it are a family. */
typedef struct hr_kin {
	const hr_party *performer; /* NULL: bears a mark, and stands alone */
	const hr_time *times[HR_EVENT_KINDS];
	hr_kind kind;
	hr_event_kind event; /* by which lists and grants are asked */
	bool matched;
} hr_kin;

/* What of the catalogue the ruling of a regime on an item rests on. */
typedef struct hr_grounds {
	bool listed_first; /* on the first and the last day that the event may fall on */
	bool listed_last;
	const hr_grant *grant;	 /* or NULL */
	const hr_window *window; /* or NULL */
} hr_grounds;

/*
 * What one regime says whatever the result, looked up once a report: most
 * reports have one laboratory and one day.
 */
typedef struct hr_regime_case {
	const hr_regime *regime;
	hr_reasons standing; /* of the regime itself: in force, receiver a member */
	bool asked;	     /* the rest holds for the days and the laboratory below */
	hr_date first;
	hr_date last;
	hr_institution_id institution;
	const hr_list *items_first; /* the list of items on the first and the last day */
	const hr_list *items_last;
	const hr_list *grants;
	bool lists_synthetic;	/* one of these is */
	const hr_list *windows; /* for today */
	const hr_grant *rows;	/* the laboratory's */
	size_t row_count;
	uint32_t family; /* of the line that `ruling` was made for; 0: none was */
	bool own;	 /* it points at that line: no other may have it */
	hr_grounds grounds;
	hr_ruling ruling;
} hr_regime_case;

typedef struct hr_case {
	const hr_catalog *catalog;
	const hr_report *report;
	const hr_question *question;
	hr_arena *arena;
	hr_date today;			/* the civil day of question->at */
	hr_date report_day;		/* on which the institution's name and marks are read */
	const hr_institution *receiver; /* NULL: not given or not known */
	hr_institution_id receiver_id;
	hr_party_found issuer;
	hr_party_found performer; /* the last one looked up, when it is not the issuer */
	hr_marks_found marks;	  /* on the report and on the issuer's name */
	bool lines_marked;	  /* some line bears a mark: a line without one was left out */
	hr_kin kin;		  /* of the line at hand */
	uint32_t family;	  /* how many times it was another than that of the line before */
	hr_regime_case *regimes;  /* one for each of the catalogue, in its order */
	hr_ruling *scratch;	  /* room for one ruling of each regime */
} hr_case;

/* One result on its way through the steps. */
typedef struct hr_matter {
	const hr_result *result;
	hr_item_id item_id;
	const hr_item *item; /* NULL: not in the catalogue */
	const hr_party_found *performer;
	const hr_institution *institution;    /* NULL: not in the catalogue */
	hr_str name;			      /* marks taken off */
	hr_marks_found marks;		      /* on the line itself */
	const hr_time *times[HR_EVENT_KINDS]; /* its own, else the report's */
	hr_event_kind event;		      /* by which lists and grants are asked */
	const hr_time *time;
	hr_date first; /* the civil days that the event may fall on */
	hr_date last;
} hr_matter;

void hr_collector_init(hr_collector *c);
void hr_collector_append(hr_collector *c, hr_reasons reasons);
hr_reason *hr_collector_add(hr_collector *c, hr_reason_id id);
hr_reasons hr_collector_keep(const hr_collector *c, hr_arena *arena);

/* Recognised when nothing stands against it: by the worst effect collected. */
hr_outcome hr_collector_outcome(const hr_collector *c);

/* "、" between texts, in the arena; empty when memory is short. */
hr_str hr_join(hr_arena *arena, const hr_str *texts, size_t count);

static inline bool hr_is_synthetic(const hr_origin *origin)
{
	return origin->grade == HR_GRADE_SYNTHETIC;
}

/* The item's; while there is none, what the report says of the result. */
static inline hr_kind hr_matter_kind(const hr_matter *m)
{
	return m->item ? m->item->kind : m->result->kind;
}

/* That time is not in the report, or cannot be read. */
hr_reason *hr_add_event_missing(const hr_matter *m, hr_event_kind event, hr_collector *out);

/*
 * Are they one person? NO: what both tell differs, by more than a slip beside an
 * equal number; `*differ` gets the fields as its argument. YES: their number is
 * the same, or name and birth are. `number`: what is known of it otherwise.
 */
hr_answer hr_patients_are_one(const hr_patient *a, const hr_patient *b, hr_answer number,
			      hr_arena *arena, hr_reason *differ);

/* The steps. */
void hr_decide_identity(const hr_case *c, hr_collector *out);
void hr_decide_institution(const hr_case *c, const hr_party *party, hr_date on,
			   hr_party_found *out);
void hr_decide_item(const hr_case *c, hr_matter *m, hr_collector *out);
void hr_decide_times(const hr_case *c, hr_matter *m, hr_collector *out);
void hr_decide_regime(const hr_case *c, const hr_regime *regime, hr_collector *out);
void hr_ask_lists(const hr_case *c, const hr_matter *m, hr_regime_case *rc);
hr_grounds hr_find_grounds(const hr_case *c, const hr_matter *m, const hr_regime_case *rc);
void hr_decide_list(const hr_matter *m, const hr_regime_case *rc, const hr_grounds *grounds,
		    hr_collector *out);
void hr_decide_grant(const hr_case *c, const hr_matter *m, const hr_regime_case *rc,
		     const hr_grant *grant, hr_collector *out);
hr_obligation hr_decide_mark(const hr_case *c, const hr_matter *m, const hr_regime *regime,
			     hr_collector *out);
void hr_decide_window(const hr_case *c, const hr_matter *m, const hr_regime_case *rc,
		      hr_ruling *ruling, hr_collector *out);

/*
 * The item that an order means, found as a result's name is; an item's code is
 * one of its names. HR_ID_NONE when the catalogue does not know it, or when it
 * may mean several: then `*candidates` names them.
 */
hr_item_id hr_match_order(const hr_case *c, hr_str order, hr_str *candidates);
bool hr_decide_orders(const hr_case *c, hr_verdict *verdict, hr_error *err);

/* Marks on the report: what the input and the question say of them. */
void hr_marks_of_report(const hr_case *c, hr_marks_found *out);

/* Takes the marks off a printed name, and keeps them; returns what is left. */
hr_str hr_marks_take_off(const hr_catalog *catalog, hr_field name, bool institution, hr_date on,
			 hr_marks_found *out);
