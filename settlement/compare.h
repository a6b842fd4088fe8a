/*
 * The same visit settled in three ways, side by side: directly where it is
 * (直接结算); at home, as if it had been there (在参保地就医); and paid first,
 * then reimbursed at home (手工报销). Of each: is it possible, who pays what,
 * what is laid out first. And the differences, taken apart by what makes them:
 * the rules of one way are turned into those of the other one by one, and the
 * visit is settled after each, so the parts sum to the whole to the fen.
 *
 * Pure. What the catalogue does not say of a way is told as not known; one way
 * is never taken to be as another is.
 */
#pragma once

#include "settlement/diagnose.h"
#include "settlement/drugs.h"

#define HR_WAYS(X)                                                                                 \
	X(DIRECT, "direct", "直接结算", "directly")                                                \
	X(HOME, "home", "在参保地就医", "at home")                                                 \
	X(MANUAL, "manual", "手工报销", "by hand")

typedef enum hr_way {
#define X(name, word, zh, en) HR_WAY_##name,
	HR_WAYS(X)
#undef X
		HR_WAY_COUNT
} hr_way;

typedef enum hr_way_state {
	HR_WAY_COMPUTED, /* perhaps on conditions, which its remarks tell */
	HR_WAY_CLOSED,	 /* this visit is not settled so */
	HR_WAY_OPEN,	 /* what it comes to is not known */
} hr_way_state;

typedef enum hr_remark_kind {
#define R(name, code, effect, zh, en) HR_REMARK_##name,
#include "settlement/compare_remarks.def"
#undef R
} hr_remark_kind;

typedef struct hr_remark {
	hr_remark_kind kind;
	hr_cause cause;		 /* of CAUSE */
	size_t number;		 /* of CAUSES_NOT_KNOWN; of a drug: its ruling */
	const hr_origin *origin; /* the record that says so; NULL: none does */
} hr_remark;

/* As many as there are causes, and some; drugs past it are told by their rulings alone. */
enum { HR_REMARKS_MAX = HR_CAUSE_COUNT + 16 };

typedef struct hr_way_row {
	hr_way_state state; /* worst of what its remarks say */
	hr_visit visit;	    /* as this way sees it */
	hr_quote quote;	    /* whatever the state: of a way that is closed it is what it would be */
	hr_charges sorted;  /* the bill, before standards of drugs */
	uint32_t remark_count;
	hr_remark remarks[HR_REMARKS_MAX];
} hr_way_row;

#define HR_PARTS(X)                                                                                \
	X(CATALOGUE, "catalogue", "目录不同", "another catalogue")                                 \
	X(DRUGS, "drug-standards", "药品支付标准", "payment standards of drugs")                   \
	X(COUNTER, "counter", "年度累计不同", "another count of the year")                         \
	X(DEDUCTIBLE, "deductible", "起付标准不同", "another deductible")                          \
	X(SHARE, "share", "支付比例不同", "other shares")                                          \
	X(REDUCTION, "reduction", "因备案情形降低比例", "a reduction because of the filing")       \
	X(CAP, "cap", "封顶线不同", "another cap")                                                 \
	X(FUND, "fund", "其他基金不同", "another fund")

typedef enum hr_part_kind {
#define X(name, word, zh, en) HR_PART_##name,
	HR_PARTS(X)
#undef X
} hr_part_kind;

/* A part of a difference: what of it one thing makes. */
typedef struct hr_part {
	hr_part_kind kind;
	hr_fund fund;
	int64_t fen;	       /* the person bears so much more; less, when it is negative */
	const hr_policy *from; /* whose rule it was, and is; NULL: none */
	const hr_policy *to;
} hr_part;

enum { HR_PARTS_MAX = 7 + HR_FUND_COUNT };

/* What the person bears more in way `to` than in way `from`. */
typedef struct hr_difference {
	hr_way from;
	hr_way to;
	size_t reading; /* of conflicting sources, the first with the first */
	int64_t fen;
	uint32_t part_count; /* those that are not 0 */
	hr_part parts[HR_PARTS_MAX];
} hr_difference;

typedef struct hr_comparison {
	const hr_catalog *catalog;
	hr_way_row ways[HR_WAY_COUNT];
	const hr_drug_ruling *drugs; /* of lines of 双通道, by hand */
	size_t drug_count;
	const hr_difference *differences;
	size_t difference_count;
} hr_comparison;

/*
 * `visit` as hr_visit_read made it; it stays as it is, and its lines where they
 * are. Errors are those of hr_quote_make and hr_diagnose.
 */
bool hr_compare(const hr_catalog *catalog, const hr_visit *visit, hr_arena *arena,
		const hr_comparison **out, hr_error *err);

/* What is paid at the counter, and what of it comes back. */
int64_t hr_way_laid_out(hr_way way, const hr_settlement *settlement);
int64_t hr_way_paid_back(hr_way way, const hr_settlement *settlement);

/* Is every way told, be it that it is closed? */
bool hr_comparison_is_told(const hr_comparison *comparison);
bool hr_comparison_is_synthetic(const hr_comparison *comparison);

/* "compared" when every way is told, else "unknown". */
hr_str hr_comparison_outcome_word(const hr_comparison *comparison);

void hr_comparison_format_json(const hr_comparison *comparison, hr_buf *out);
void hr_comparison_format_text(const hr_comparison *comparison, hr_quote_lang lang, hr_buf *out);

/* The words of a remark and of its kind; no line end. */
hr_str hr_remark_code(hr_remark_kind kind);
void hr_remark_format(const hr_comparison *comparison, const hr_remark *remark, hr_quote_lang lang,
		      hr_buf *out);
