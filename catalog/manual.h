/*
 * What the catalogue knows of reimbursement by hand (手工报销): a person pays
 * the bill himself and brings it to the place of insurance. Whether he may, by
 * what, and what drugs of 双通道 bought elsewhere count for there.
 *
 * What no record says is not known: it is never taken to be as direct
 * settlement is. Borrowed from the snapshot.
 */
#pragma once

#include "catalog/filing_rules.h"

/* Whose catalogue sorts a bill that is brought home. */
typedef enum hr_sorted_by {
	HR_SORTED_BY_UNKNOWN,
	HR_SORTED_BY_INSURED,
	HR_SORTED_BY_CARE
} hr_sorted_by;

/* What a rule of reimbursement may say; each is asked by itself. */
enum {
	HR_MANUAL_SAYS_OPEN = 1 << 0,
	HR_MANUAL_SAYS_FILES_AFTER = 1 << 1,
	HR_MANUAL_SAYS_POLICIES = 1 << 2,
	HR_MANUAL_SAYS_SORTED_BY = 1 << 3,
};

typedef struct hr_manual {
	hr_str region;	     /* of insurance, a prefix; empty: everywhere */
	uint32_t says;	     /* HR_MANUAL_SAYS_ */
	bool open;	     /* may be reimbursed so */
	bool files_after;    /* and be filed when the stay is over */
	hr_sorted_by sorted; /* its amounts are in scope by that catalogue */
	bool across;	     /* of treatment in other provinces only */
	hr_scope scope;
	hr_period period; /* of the day on which the visit ended */
	hr_origin origin;
} hr_manual;

/* Which payment standard a drug of 双通道 has. */
typedef enum hr_standard_of {
	HR_STANDARD_OWN,    /* that of the place of insurance */
	HR_STANDARD_LOWEST, /* the lowest of the same generic name and strength */
	HR_STANDARD_OF_COUNT
} hr_standard_of;

/* How drugs of 双通道 that were bought elsewhere are reimbursed: by hand. */
typedef struct hr_dual_channel {
	hr_str region;
	hr_said filing;					/* is one needed first? */
	hr_standard_of standards[HR_STANDARD_OF_COUNT]; /* the first that is known */
	uint8_t standard_count;
	hr_period period;
	hr_origin origin;
} hr_dual_channel;

/* A payment standard (医保支付标准) of one pack. */
typedef struct hr_drug_standard {
	hr_str region;
	hr_str code;	  /* hilist_code, or empty: of the name and strength, whoever makes it */
	hr_str name;	  /* drug_genname */
	hr_str spec;	  /* drug_spec */
	hr_str folded[2]; /* name and strength, as they are compared */
	hr_money amount;
	hr_period period;
	hr_origin origin;
} hr_drug_standard;

/*
 * The rule that says `says` of such a visit, by the longest prefix of the place of
 * insurance; NULL: nobody says. The key has filing and zone as the settlement has them.
 */
const hr_manual *hr_catalog_find_manual(const hr_catalog *catalog, hr_str insured, bool across,
					const hr_scope_key *key, hr_date on, uint32_t says);

const hr_dual_channel *hr_catalog_find_dual_channel(const hr_catalog *catalog, hr_str insured,
						    hr_date on);

/*
 * The standards of a generic name and strength, of whatever region, period and code:
 * those found first in the files first. Both are folded here: a name over
 * HR_DRUG_NAME_MAX bytes is none that a catalogue has.
 */
enum { HR_DRUG_NAME_MAX = 1000 };
size_t hr_catalog_find_standards(const hr_catalog *catalog, hr_str name, hr_str spec,
				 const hr_drug_standard **out);

/* As the files have them: at one prefix the first that fits decides. */
size_t hr_catalog_manual_count(const hr_catalog *catalog);
const hr_manual *hr_catalog_get_manual(const hr_catalog *catalog, size_t index);
size_t hr_catalog_dual_channel_count(const hr_catalog *catalog);
const hr_dual_channel *hr_catalog_get_dual_channel(const hr_catalog *catalog, size_t index);
size_t hr_catalog_drug_standard_count(const hr_catalog *catalog);
const hr_drug_standard *hr_catalog_get_drug_standard(const hr_catalog *catalog, size_t index);
