/*
 * Whom and what a settlement policy is for. A scope names words of the
 * national tables, in several dimensions; a visit has a key. Both are bits, so
 * that asking whether one has the other is a few ands.
 */
#pragma once

#include "catalog/catalog.h"

/* What a person has done about filing (备案) for this visit. */
#define HR_FILINGS(X)                                                                              \
	X(NONE, "none", "未备案", "not filed")                                                     \
	X(EXEMPT, "exempt", "无需备案", "no filing needed")                                        \
	X(LONG, "long", "长期备案", "filed for long")                                              \
	X(REFERRAL, "referral", "转诊备案", "filed for a referral")                                \
	X(EMERGENCY, "emergency", "异地急诊抢救", "an emergency, which counts as filed")           \
	X(OTHER, "other", "其他临时备案", "filed for a while, without a referral")

typedef enum hr_filing {
#define X(name, word, zh, en) HR_FILING_##name,
	HR_FILINGS(X)
#undef X
		HR_FILING_COUNT
} hr_filing;

/* Where the bill is settled: where it is made, or at home, from receipts (手工报销). */
#define HR_ROUTES(X)                                                                               \
	X(DIRECT, "direct")                                                                        \
	X(MANUAL, "manual")

typedef enum hr_bill_route {
#define X(name, word) HR_ROUTE_##name,
	HR_ROUTES(X)
#undef X
		HR_ROUTE_COUNT
} hr_bill_route;

/*
 * What a scope may name. A word also stands for the codes that begin with it,
 * where it says `prefix`: persons="11" is for 1101 and 1103.
 *
 * dimension, attribute, prefix
 */
#define HR_DIMENSIONS(X)                                                                           \
	X(INSURANCE, "insurances", true) /* insutype: 310, 390 */                                  \
	X(PERSON, "persons", true)	 /* psn_type: 11, 12, 1102 */                              \
	X(IDENTITY, "identities", false) /* psn_idet_type: who has medical assistance */           \
	X(VISIT, "visits", true)	 /* med_type: 11, 14, 21 */                                \
	X(CONDITION, "conditions", true) /* opsp_dise_code of 门慢特: M04600 */                 \
	X(LEVEL, "levels", true)	 /* of the institution: 1, 2, 3, 3-city */                 \
	X(ZONE, "zones", false)		 /* home, outside, and those that the area declares */     \
	X(FILING, "filings", false)	 /* as HR_FILINGS */                                       \
	X(ROUTE, "routes", false)	 /* as HR_ROUTES */

typedef enum hr_dimension {
#define X(name, word, prefix) HR_DIMENSION_##name,
	HR_DIMENSIONS(X)
#undef X
		HR_DIMENSION_COUNT
} hr_dimension;

/* Words of a dimension in all policies of a catalogue: each is a bit. */
enum { HR_SCOPE_WORDS_MAX = 64, HR_SCOPE_WORD_MAX = 63, HR_AGE_MAX = 200, HR_AGE_UNKNOWN = 255 };

/* Whom and what a rule is for: bits of the words that it names; none: all. */
typedef struct hr_scope {
	uint64_t words[HR_DIMENSION_COUNT];
	uint8_t age_from; /* in whole years, both included */
	uint8_t age_to;
} hr_scope;

/* A visit as scopes see it: the bits of its words and of all that stand for them. */
typedef struct hr_scope_key {
	uint64_t words[HR_DIMENSION_COUNT];
	uint8_t age;
} hr_scope_key;

/* Nothing is known of the visit yet; it is settled directly. */
hr_scope_key hr_scope_key_init(void);

/* `word` is one of the visit's; one that no policy names only meets rules for all. */
void hr_scope_key_add(const hr_catalog *catalog, hr_dimension dimension, hr_str word,
		      hr_scope_key *key);
void hr_scope_key_set_filing(hr_filing filing, hr_scope_key *key);
void hr_scope_key_set_route(hr_bill_route route, hr_scope_key *key);

/* The words of a dimension by their bits; empty where no record names one. */
void hr_catalog_list_scope_words(const hr_catalog *catalog, hr_dimension dimension,
				 hr_str out[HR_SCOPE_WORDS_MAX]);

bool hr_scope_has(const hr_scope *scope, const hr_scope_key *key);

/* A set of them is one bit each. */
#define HR_FILING_BIT(filing) (UINT32_C(1) << (filing))

hr_str hr_filing_word(hr_filing filing);
