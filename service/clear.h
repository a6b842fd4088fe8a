/*
 * Clearing (清算): what the regions owe each other for a period, from the
 * settlements of its days; and whether two sides have the same ones. Any number
 * of settlements in the same memory: what must meet comes into one part of a
 * spill, and the parts are looked at one after the other.
 *
 * Input is a settlement (settlement/settled.h) in each line. A period is
 * half-open, by setl_time at +08:00. The same settlement twice counts once; two
 * that differ under one id count not at all, because nobody here knows which
 * holds; what breaks an identity is refused. Each of these is told with its
 * line, and never with an id or a number of a person.
 */
#pragma once

#include "base/money.h"
#include "service/spill.h"
#include "settlement/settled.h"

enum { HR_CLEAR_FILES_MAX = 1000, HR_CLEAR_CELLS_MAX = 1000000, HR_CLEAR_FAULTS_MAX = 1000 };

typedef struct hr_clear_sum {
	uint64_t settlements;
	uint64_t reversals;	      /* taken back, of this period's or of an earlier one's */
	uint64_t persons;	      /* with one that was not taken back */
	int64_t fen[HR_AMOUNT_COUNT]; /* less what was taken back; of the balance nothing */
} hr_clear_sum;

/* Of one institution and insurance, between two regions. */
typedef struct hr_clear_cell {
	hr_str insured;
	hr_str care;
	hr_str hospital;
	hr_str insurance;
	hr_clear_sum sum;
	uint32_t pair;
} hr_clear_cell;

/* All institutions between two regions. */
typedef struct hr_clear_pair {
	hr_str insured;
	hr_str care;
	hr_clear_sum sum;
	uint32_t region;
} hr_clear_pair;

/* All that persons insured in a region had outside of it. */
typedef struct hr_clear_region {
	hr_str insured;
	hr_clear_sum sum;
} hr_clear_region;

typedef enum hr_clear_fault_kind {
	HR_CLEAR_BAD,	     /* cannot be read: `message` */
	HR_CLEAR_UNSOUND,    /* breaks an identity: `message` names it */
	HR_CLEAR_REPEATED,   /* the same as an earlier line; counted once */
	HR_CLEAR_DISPUTED,   /* another settlement under the same id; none of them counts */
	HR_CLEAR_REVERSAL,   /* takes back other amounts than were settled, or twice; not counted */
	HR_CLEAR_OTHER_SIDE, /* the other side has none of that id */
	HR_CLEAR_DIFFERENT,  /* the other side has other amounts: `message` names the first */
	HR_CLEAR_KINDS
} hr_clear_fault_kind;

typedef struct hr_clear_fault {
	hr_clear_fault_kind kind;
	uint32_t file;
	uint32_t line;
	hr_str message;
} hr_clear_fault;

typedef struct hr_clear_options {
	const char *const *files;
	size_t file_count;
	size_t ours; /* for a reconciliation: so many files are ours, the others theirs */
	hr_instant from;
	hr_instant to;	     /* not in it */
	bool by_area;	     /* regions of six digits; else provinces, as they clear */
	int64_t stay_fen;    /* a stay that costs more is told (费用协查); 0: none is */
	const char *scratch; /* folder of the spill */
	const hr_spill_limits *spill; /* NULL: as usual */
	/* At most some times a second; NULL. */
	void (*progress)(void *context, uint64_t lines, uint64_t bytes, uint64_t bytes_all);
	void *context;
} hr_clear_options;

typedef struct hr_clear {
	uint64_t lines;
	uint64_t outside; /* of another period */
	uint64_t faults[HR_CLEAR_KINDS];
	const hr_clear_fault *told; /* the first of them, by file and line */
	size_t told_count;
	uint64_t stays; /* that cost more than stay_fen */
	const hr_clear_fault *stays_told;
	size_t stays_told_count;
	hr_clear_sum sum;
	hr_clear_region *regions; /* by insured */
	size_t region_count;
	hr_clear_pair *pairs; /* by insured, care */
	size_t pair_count;
	hr_clear_cell *cells; /* by insured, care, hospital, insurance */
	size_t cell_count;
	uint64_t agreed; /* of a reconciliation: on both sides, the same */
	hr_clear_sum sides[2];
} hr_clear;

/* HR_E_IO, HR_E_NO_SPACE, HR_E_LIMIT, HR_E_MEMORY; what one line is guilty of is in the answer. */
bool hr_clear_run(const hr_clear_options *options, hr_arena *arena, hr_clear *out, hr_error *err);
bool hr_clear_reconcile(const hr_clear_options *options, hr_arena *arena, hr_clear *out,
			hr_error *err);

/* "malformed", "identity", "repeated", ... */
hr_str hr_clear_fault_word(hr_clear_fault_kind kind);

/* --- the prepayment (预付金) --- */

typedef struct hr_prepaid {
	hr_str insured;
	hr_str care;
	int64_t fen;
} hr_prepaid;

/* What was paid before, and from which part of it on who clears is warned: in ten-thousandths. */
typedef struct hr_prepayment {
	hr_str source; /* whose figures these are: told with every answer */
	int64_t yellow;
	int64_t red;
	const hr_prepaid *rows;
	size_t count;
} hr_prepayment;

/*
 * {"source":TEXT,"yellow":"0.70","red":"0.90","prepaid":[{"insuplc_admdvs",
 * "mdtrtarea_admvs","amount"}]}: nothing of it is known to us. Borrowed from the tree.
 */
bool hr_prepayment_read(const hr_json *node, hr_arena *arena, hr_prepayment *out, hr_error *err);

typedef enum hr_prepaid_level {
	HR_PREPAID_UNKNOWN, /* nobody has said what was paid before */
	HR_PREPAID_ENOUGH,
	HR_PREPAID_YELLOW,
	HR_PREPAID_RED,
	HR_PREPAID_OVER, /* all of it is used, and more */
} hr_prepaid_level;

/* `*used` in ten-thousandths, cut off; of the fund's payments between two regions. */
hr_prepaid_level hr_prepayment_level(const hr_prepayment *prepayment, const hr_clear_pair *pair,
				     int64_t *used);

/* --- words --- */

typedef struct hr_clear_telling {
	const hr_clear_options *options;
	const hr_clear *clear;
	const hr_prepayment *prepayment; /* NULL: none was given */
	bool english;
} hr_clear_telling;

/* One object; amounts are texts. */
void hr_clear_format_json(const hr_clear_telling *telling, hr_buf *out);
void hr_clear_format_text(const hr_clear_telling *telling, hr_buf *out);
void hr_reconcile_format_json(const hr_clear_telling *telling, hr_buf *out);
void hr_reconcile_format_text(const hr_clear_telling *telling, hr_buf *out);
