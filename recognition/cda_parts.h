/*
 * What the profiles of CDA have in common: the text of a node, codes, ids,
 * times, parties, and the list of results that grows.
 *
 * Nothing here returns an error: what finds no memory leaves its value out,
 * and hr_cda_read asks the arena once, at the end.
 */
#pragma once

#include "recognition/reader.h"

/* What was survived. The first place of each is told. Traps T1 to T8: see cda_wst500.c. */
#define HR_CDA_DEVIATIONS(X)                                                                       \
	X(LAYOUT_C, "layout-c")                                                                    \
	X(SPECIMEN_AS_ITEM, "specimen-coded-as-item")                                              \
	X(CONCLUSION_AS_FINDINGS, "conclusion-coded-as-findings")                                  \
	X(FINDINGS_TWICE, "findings-twice")                                                        \
	X(CODE_VARIANT, "element-code-variant")                                                    \
	X(PLACEHOLDER, "placeholder")                                                              \
	X(TIME_UNREADABLE, "time-unreadable")                                                      \
	X(PROLOG_LIED, "prolog-lied")                                                              \
	X(NO_NAMESPACE, "no-namespace")                                                            \
	X(RESULT_WITHOUT_ITEM, "result-without-item")

typedef enum hr_cda_deviation {
#define X(name, code) HR_CDA_##name,
	HR_CDA_DEVIATIONS(X)
#undef X
		HR_CDA_DEVIATION_COUNT
} hr_cda_deviation;

/* What an id of recordTarget/patientRole is. */
typedef enum hr_cda_id_role {
	HR_CDA_ID_OTHER, /* of a specimen, a visit's counter */
	HR_CDA_ID_ORDER,
	HR_CDA_ID_PATIENT,
	HR_CDA_ID_REPORT,
} hr_cda_id_role;

typedef struct hr_cda_id_rule {
	hr_str root_end;
	hr_cda_id_role role;
} hr_cda_id_rule;

typedef struct hr_cda hr_cda;

typedef struct hr_cda_profile {
	hr_kind kind; /* of the report; UNKNOWN when only its results can tell */
	const hr_cda_id_rule *id_rules;
	size_t id_rule_count;
	hr_cda_id_role other_ids; /* of a root without a rule */
	hr_str first_version;	  /* versionNumber of a document that replaces nothing */
	bool version_tells;	  /* a later one is a correction, even if it names no document */
	bool is_report;		  /* the author's time is the time of report */
	void (*read_service)(hr_cda *cda, const hr_xml *service); /* NULL: not asked */
	void (*read_section)(hr_cda *cda, const hr_xml *section);
	void (*finish)(hr_cda *cda); /* after the last section; NULL: nothing to do */
	const char *nothing;	     /* why a document is without results; NULL: it has no item */
} hr_cda_profile;

extern const hr_cda_profile hr_cda_wst500_lab;
extern const hr_cda_profile hr_cda_wst500_exam;
extern const hr_cda_profile hr_cda_local;
extern const hr_cda_profile hr_cda_ccda;
extern const hr_cda_profile hr_cda_imaging;

/* One document that is being read. */
struct hr_cda {
	hr_arena *arena;
	const hr_cda_profile *profile;
	hr_report report;
	hr_result *results;
	uint32_t result_count;
	uint32_t result_room;
	uint32_t placeholders; /* values that are "${...}" */
	bool seen[HR_CDA_DEVIATION_COUNT];
	hr_place places[HR_CDA_DEVIATION_COUNT];
	hr_time last[HR_EVENT_KINDS]; /* read last: its text mostly comes again */
	const hr_xml *section;	      /* the one being read */
	struct hr_cda_narrative *narrative;
	struct hr_cda_imaging *imaging; /* C-CDA, of an imaging report */
	hr_field institution;		/* WS/T 500: who made the report, by name */
	hr_field category;		/* WS/T 500: of an examination: "CT" */
	bool too_many;			/* results past HR_RESULTS_MAX */
};

#define HR_CDA_IS(node, literal) hr_str_equal((node)->name, HR_STR(literal))

void hr_cda_deviate(hr_cda *cda, hr_cda_deviation deviation, hr_place place);

/* `raw` trimmed; empty when there is nothing in it, or when it says so (T4). */
hr_field hr_cda_clean(hr_cda *cda, hr_str raw, const hr_xml *node, hr_str attr);

/* An attribute without prefix. Inline, because half of the time goes to comparing with literals. */
static inline hr_str hr_cda_raw(const hr_xml *node, hr_str name)
{
	for (uint32_t i = 0; node && i < node->attr_count; i++)
		if (hr_str_equal(node->attrs[i].name, name) && !node->attrs[i].prefixed)
			return node->attrs[i].value;
	return HR_STR_NONE;
}

static inline hr_field hr_cda_attr(hr_cda *cda, const hr_xml *node, hr_str name)
{
	return hr_cda_clean(cda, hr_cda_raw(node, name), node, name);
}

static inline hr_field hr_cda_text(hr_cda *cda, const hr_xml *node)
{
	return hr_cda_clean(cda, node ? node->text : HR_STR_NONE, node, HR_STR_NONE);
}

hr_field hr_cda_value(hr_cda *cda, const hr_xml *node); /* @value, else the text */

hr_place hr_cda_place(const hr_xml *node, hr_str attr);

/* HL7's CD and II. An II without extension is its root. All empty when absent. */
hr_code hr_cda_coded(hr_cda *cda, const hr_xml *node);
hr_code hr_cda_id(hr_cda *cda, const hr_xml *node);

/* Appends; nothing when the code is empty. `*list` must be this list's own: it grows in place. */
void hr_cda_add_code(hr_cda *cda, const hr_code **list, uint32_t *count, hr_code code);

/* The code of a CD and its translations. */
void hr_cda_add_coded(hr_cda *cda, const hr_xml *node, const hr_code **list, uint32_t *count);

/* Sets `*out` unless it is set already or `text` is empty. */
void hr_cda_set_time(hr_cda *cda, hr_field text, hr_event_kind kind, hr_time *out);

/* Name and ids of an organization; false when it has neither. */
bool hr_cda_party(hr_cda *cda, const hr_xml *organization, hr_party *out);

/* Takes a copy. */
void hr_cda_add_result(hr_cda *cda, const hr_result *result);

/* "active" is preliminary, "nullified" cancelled; an unknown or empty code changes nothing. */
void hr_cda_set_status(hr_cda *cda, const hr_xml *status_code, hr_status *status, hr_field *text);

/*
 * Text of a node, or what its <reference value="#id"/> names in the section's
 * narrative: a test's name as it was printed.
 */
hr_field hr_cda_narrated(hr_cda *cda, const hr_xml *node);
