/*
 * A visit as a system gives it: JSON in the names of the national interface
 * ('huren help settle-schema'). What we do not know is refused by name, so that
 * a slip of the pen never loses a fact; nothing of a visit is ever quoted in an
 * error.
 */
#pragma once

#include "base/json.h"
#include "settlement/eligibility.h"
#include "settlement/filing.h"
#include "settlement/settlement.h"

enum {
	HR_VISIT_BYTES_MAX = 16 << 20,
	HR_VISIT_LINES_MAX = 100000,
	HR_VISIT_IDENTITIES_MAX = 16,
};

/* How a catalogue sorts a line. */
typedef struct hr_line_sort {
	char class;	   /* chrgitm_lv: 1 甲, 2 乙, 3 丙; 0: not told */
	int32_t first;	   /* selfpay_prop, a share */
	int64_t limit_fen; /* pric_uplmt_amt, of one; -1: none */
} hr_line_sort;

/* Of the bill: what the place of treatment says of it. */
typedef struct hr_line {
	int64_t fen; /* det_item_fee_sumamt */
	hr_line_sort by;
	int64_t count;	      /* cnt, in ten-thousandths */
	hr_line_sort insured; /* insuplc: the same by the catalogue of the place of insurance */
	hr_str code;	      /* hilist_code */
	hr_str name;	      /* drug_genname */
	hr_str spec;	      /* drug_spec */
	bool dual_channel;    /* 双通道 */
} hr_line;

typedef struct hr_visit {
	hr_str id;				    /* medins_setl_id, given back */
	hr_str insured;				    /* insuplc_admdvs */
	hr_str care;				    /* mdtrtarea_admvs */
	hr_str insurance;			    /* insutype */
	hr_str person;				    /* psn_type */
	hr_str type;				    /* med_type */
	hr_str condition;			    /* opsp_dise_code */
	hr_str level;				    /* hosp_lv */
	hr_str hospital;			    /* fixmedins_code */
	hr_str identities[HR_VISIT_IDENTITIES_MAX]; /* psn_idet_type */
	uint32_t identity_count;
	uint8_t age; /* HR_AGE_UNKNOWN when it is not given */
	hr_date begun;
	hr_date ended;	  /* the day whose policies hold */
	hr_filing filing; /* as whoever asks states it: wins over `filings` */
	bool filing_given;
	bool emergency; /* er_flag */
	bool filings_given;
	hr_filed *filings; /* what the person has filed, as far as it is known */
	size_t filing_count;
	hr_bill_route route; /* how the bill is settled; never part of the input */
	int64_t total_fen;   /* medfee_sumamt; -1: not given */
	hr_charges charges;  /* those of `lines` are made by hr_visit_sort_lines */
	const hr_line *lines;
	uint32_t line_count;
	hr_year year;
	hr_eligibility facts; /* of whether it can be settled directly */
} hr_visit;

/* Texts are borrowed from the tree; counters are those of `catalog`. */
bool hr_visit_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena, hr_visit *out,
		   hr_error *err);

/* The same of a visit that has no bill yet. */
bool hr_visit_read_unbilled(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
			    hr_visit *out, hr_error *err);

/*
 * Lines to charges, where there are lines: class C is wholly own; of the rest
 * what passes the limit, then the share of class B, rounded as the area says.
 * Then the total, where it is given, must be the charges' sum (I1).
 */
bool hr_visit_sort_lines(hr_visit *visit, const hr_rounding *rounding, hr_error *err);

/* Has the person qualified for the disease of the visit, on its day? */
hr_qualified hr_visit_find_qualification(const hr_visit *visit);

/* What filings do for it, by the rules of its area and what it says of filings. `key`:
 * hr_visit_key.
 */
void hr_visit_rule_filing(const hr_area *area, const hr_visit *visit, const hr_scope_key *key,
			  hr_filing_ruling *out);

/*
 * What a ruling about the person's filings says of the visit: before hr_diagnose, over whatever
 * the visit itself said of filing.
 */
void hr_visit_take_filing(const hr_filing_ruling *ruling, hr_visit *visit);

/* How scopes see it; its zone is not in it yet. */
hr_scope_key hr_visit_key(const hr_visit *visit, const hr_catalog *catalog);

/* The same at an institution of another level; empty: at its own. */
hr_scope_key hr_visit_key_at(const hr_visit *visit, hr_str level, const hr_catalog *catalog);
