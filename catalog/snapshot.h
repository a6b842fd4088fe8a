/*
 * What a snapshot holds. Internal to catalog/: others ask through catalog.h.
 *
 * Every array is exact and lives in the snapshot's own arena. A text that is
 * unique (a code) leads to its row through a map; one that several rows may
 * bear (a name) through a sorted list, where equal texts stand together.
 */
#pragma once

#include "base/map.h"
#include "catalog/catalog.h"
#include "catalog/directory.h"
#include "catalog/manual.h"
#include "catalog/workdays.h"

#include <stdatomic.h>

/* A name that leads to a row, and when it does. */
typedef struct hr_named {
	uint64_t front; /* of the text, hr_word_front: enough for most comparisons */
	hr_str folded;
	uint32_t id;
	hr_period period;
} hr_named;

/* By the text alone. */
static inline int hr_named_order(const hr_named *a, const hr_named *b)
{
	if (a->front != b->front)
		return a->front < b->front ? -1 : 1;
	return hr_str_compare(a->folded, b->folded);
}

typedef struct hr_names {
	const hr_named *rows; /* by folded text, then id; no row twice */
	size_t count;
} hr_names;

/* An institution's own code for an item. */
typedef struct hr_local_code {
	hr_institution_id institution;
	hr_item_id item;
	hr_str code;
	hr_str system; /* that the map gives for it, or empty */
	hr_origin origin;
} hr_local_code;

/* The rows of one institution under one regime. */
typedef struct hr_grant_run {
	uint32_t regime;
	uint32_t first; /* of the grants */
	uint32_t count;
} hr_grant_run;

typedef struct hr_range {
	uint32_t first;
	uint32_t count;
} hr_range;

/* What of the flat arrays belongs to a regime. */
typedef struct hr_regime_rows {
	hr_range grants;
	hr_range windows; /* its own; a local one that names it is not among them */
} hr_regime_rows;

struct hr_catalog {
	hr_arena *arena; /* holds all below and this struct */
	atomic_uint references;
	hr_str id;
	hr_instant known_at;
	bool synthetic;

	const hr_document *documents;
	const hr_region *regions;
	const hr_unit *units;
	const hr_item *items;
	const hr_institution *institutions;
	const hr_regime *regimes;
	const hr_grant *grants;	  /* by regime, institution, start */
	const hr_window *windows; /* by regime, the local ones last; the closest fit first */
	const hr_mark *marks;
	const hr_situation *situations;
	const hr_local_code *local_codes; /* by institution, code */
	size_t document_count;
	size_t region_count;
	size_t unit_count;
	size_t item_count;
	size_t institution_count;
	size_t regime_count;
	size_t grant_count;
	size_t window_count;
	size_t mark_count;
	size_t situation_count;
	size_t local_code_count;
	size_t item_loinc_count;

	hr_map document_ids;
	hr_map region_codes;
	hr_map item_codes;
	hr_map loincs;		  /* to item_loincs */
	hr_map unit_spellings;	  /* to hr_unit_class */
	hr_map institution_codes; /* keys, organisation and insurance codes */
	hr_map oids;
	hr_map regime_ids;
	const hr_item_code *item_loincs; /* every code of every item, by item */
	hr_names region_names;
	hr_names item_names;
	hr_names institution_names;

	size_t item_words;	      /* of 64 bits, in every row of bits; at least 1 */
	const uint64_t *all_items[3]; /* by hr_kind; HR_KIND_UNKNOWN: of both */
	hr_regime_rows *regime_rows;  /* by the regime's index */
	hr_range local_windows;

	const hr_area *areas; /* of settlement */
	const hr_str *counters;
	size_t area_count;
	size_t counter_count;
	const struct hr_work_year *work_years; /* of calendars */
	size_t work_year_count;
	hr_map area_regions;
	hr_map counter_names;
	hr_map scope_words[HR_DIMENSION_COUNT];	    /* to bits */
	uint64_t scope_lengths[HR_DIMENSION_COUNT]; /* bits: how long words of the dimension are */

	const hr_office *offices;
	const hr_opened *opened; /* by institution, service, start */
	const hr_opened_list *opened_lists;
	const hr_opening *openings;
	const hr_coverage *coverages;
	const hr_direct *directs;
	const hr_condition *conditions;
	const hr_condition_list *condition_lists;
	const hr_platform_text *platform_texts;
	size_t office_count;
	size_t opened_count;
	size_t opened_list_count;
	size_t opening_count;
	size_t coverage_count;
	size_t direct_count;
	size_t condition_count;
	size_t condition_list_count;
	size_t platform_text_count;

	const hr_manual *manuals;
	const hr_dual_channel *dual_channels;
	const hr_drug_standard *drug_standards; /* by name and strength */
	size_t manual_count;
	size_t dual_channel_count;
	size_t drug_standard_count;

	const hr_grant_run *grant_runs;	 /* by institution, regime */
	const uint32_t *institution_run; /* its first run; of the next one: its end */
};

/* The words of the files, by value. */
extern const hr_str hr_grade_words[HR_GRADE_SYNTHETIC + 1];
extern const hr_str hr_unit_class_words[HR_UNIT_CONTENT + 1];
extern const hr_str hr_event_words[HR_EVENT_UNSTATED + 1];
extern const hr_str hr_filing_words[HR_FILING_COUNT];
extern const hr_str hr_route_words[HR_ROUTE_COUNT];
extern const hr_str hr_fund_words[HR_FUND_COUNT];
extern const hr_str hr_service_words[HR_SERVICE_COUNT];

/* Zones that no record declares, and the bits of their words. */
enum { HR_ZONE_HOME, HR_ZONE_OUTSIDE };

struct hr_dimension_row {
	hr_str attribute;
	bool prefix;
};
extern const struct hr_dimension_row hr_dimensions[HR_DIMENSION_COUNT];

#define HR_CATALOG_NS HR_STR("urn:huren:catalogue:1")

/* Names without days hold always. */
#define HR_ALWAYS ((hr_period){ HR_DATE_MIN, HR_DATE_MAX })

/* By name and strength, as they are compared. */
int hr_drug_standard_order(const hr_drug_standard *a, const hr_drug_standard *b);

/* Longest text that the files may hold in one place, in bytes; no name is longer. */
enum { HR_CATALOG_TEXT_MAX = 4000 };

/* Empty, with one reference; NULL when memory is short. */
hr_catalog *hr_catalog_open(hr_str id, hr_instant known_at);

/* The rows under `name`, folded here; none when it is too long to be one. */
hr_names hr_names_find(const hr_names *names, hr_str name);

/*
 * The form under which units are compared, into `out` (at least unit.len
 * bytes): trimmed, full-width forms to ASCII, U+00B5 to U+03BC. Case is kept:
 * mmol and Mmol are not the same.
 */
hr_str hr_unit_fold(hr_str unit, char *out);
