/*
 * What the files of the FHIR reader share: one input with its resources and
 * references, and the report that is being made of it.
 *
 * Whatever an input asks for is bounded: references are found by hashing, a
 * resource is taken once a report, and lists, depth and results have limits.
 */
#pragma once

#include "base/map.h"
#include "recognition/fhir_types.h"

enum {
	HR_FHIR_PANEL_DEPTH_MAX = 8, /* members within members */
	HR_FHIR_STEPS_MAX = 20000,   /* references to results, in one report */
	HR_FHIR_TAKEN_MAX = 100000,  /* results of all reports of one input */
	HR_FHIR_RECENT = 4,	     /* entries that are asked first */
};

/* Types of resource that the reader looks into. */
#define HR_FHIR_TYPES(X)                                                                           \
	X(OBSERVATION, "Observation")                                                              \
	X(PATIENT, "Patient")                                                                      \
	X(SPECIMEN, "Specimen")                                                                    \
	X(ORGANIZATION, "Organization")                                                            \
	X(PRACTITIONER_ROLE, "PractitionerRole")                                                   \
	X(DEVICE, "Device")                                                                        \
	X(DIAGNOSTIC_REPORT, "DiagnosticReport")                                                   \
	X(IMAGING_STUDY, "ImagingStudy")                                                           \
	X(COMPOSITION, "Composition")                                                              \
	X(BUNDLE, "Bundle")

typedef enum hr_fhir_type {
	HR_FHIR_OTHER,
#define X(name, word) HR_FHIR_##name,
	HR_FHIR_TYPES(X)
#undef X
		HR_FHIR_TYPE_COUNT
} hr_fhir_type;

typedef struct hr_fhir_resource hr_fhir_resource;

/* The resources that a resource contains: "#id" in it means one of these. */
typedef struct hr_fhir_scope {
	hr_fhir_resource *list;
	uint32_t count;
	bool hashed;
	hr_map ids;
} hr_fhir_scope;

struct hr_fhir_resource {
	const hr_json *node;
	hr_str word; /* its type, as written */
	hr_fhir_type type;
	uint32_t report; /* the last one that took it, from 1; 0: none */
	hr_str id;
	hr_str url;  /* fullUrl; empty when contained */
	hr_str base; /* `url` without "/Type/id", its server; its container's when contained */
	hr_fhir_resource *container;
	hr_fhir_scope *contained; /* NULL: not looked for yet */
	const void *facts;	  /* what was read of it, by its type; NULL: not read yet */
	bool is_member;		  /* of a panel */
	bool replaced;
};

/* A Reference, followed. */
typedef struct hr_fhir_reference {
	const hr_json *node; /* NULL: there is none */
	hr_str text;
	hr_str type;		  /* of the target; else as the reference says it, or empty */
	hr_fhir_resource *target; /* NULL: not in the input */
	const hr_json *identifier;
	const hr_json *display;
} hr_fhir_reference;

typedef struct hr_fhir_specimen {
	const hr_code *codes;
	uint32_t code_count;
	hr_time collected;
	hr_time received;
} hr_fhir_specimen;

typedef struct hr_fhir_loose hr_fhir_loose;

struct hr_fhir {
	hr_arena *arena;
	hr_error *err;
	bool failed; /* and `err` says why */

	/* the input */
	const hr_json *bundle; /* NULL: a resource alone */
	hr_fhir_resource *resources;
	uint32_t resource_count;
	hr_map urls;  /* by fullUrl, made at the first absolute reference */
	hr_map names; /* by "Type/id", made at the first relative one */
	uint32_t counts[HR_FHIR_TYPE_COUNT];
	hr_fhir_resource *first[HR_FHIR_TYPE_COUNT];
	uint32_t recent[HR_FHIR_RECENT]; /* entries that were meant lately */
	uint32_t oldest;		 /* of `recent`, to be replaced */
	uint32_t taken;			 /* results, of all reports */
	hr_time last[HR_EVENT_KINDS];	 /* read last */

	/* the report that is being made */
	uint32_t report; /* its number, from 1 */
	hr_report *out;
	hr_result *results;
	uint32_t result_count;
	uint32_t result_room;
	uint32_t steps; /* references to results that were followed */
	hr_field *marks;
	hr_code *replaces;
	hr_code *image_numbers;
	const hr_party *issuer;
	hr_fhir_reference subject;
	const hr_fhir_resource *subject_from;
	hr_fhir_list specimens;
	const hr_fhir_specimen *specimen;		    /* when it is the only one */
	const hr_json *deviations[HR_FHIR_DEVIATION_COUNT]; /* NULL: none */
};

/* --- fhir_words.c --- */

hr_status hr_fhir_read_status(hr_fhir *f, const hr_json *node, const hr_fhir_resource *from);
hr_kind hr_fhir_kind(hr_fhir *f, const hr_json *node); /* of any of several concepts */

/* --- fhir_bundle.c: resources and references --- */

hr_fhir_type hr_fhir_type_of(hr_str word);
void hr_fhir_open(hr_fhir *f, const hr_json *root);
/* What "Type/id", "#id" or a URL means; NULL when it is not in the input. */
hr_fhir_resource *hr_fhir_find(hr_fhir *f, hr_fhir_resource *from, hr_str reference);
void hr_fhir_follow(hr_fhir *f, hr_fhir_resource *from, const hr_json *node,
		    hr_fhir_reference *out);
hr_fhir_resource *hr_fhir_target(hr_fhir *f, hr_fhir_resource *from, const hr_json *node);

/* Of an unresolved one: what it carries, or what its search asks for. */
hr_code hr_fhir_reference_identifier(const hr_fhir_reference *reference);
void hr_fhir_note_unresolved(hr_fhir *f, const hr_fhir_reference *reference);

/* --- fhir_parties.c --- */

void hr_fhir_set_subject(hr_fhir *f, hr_fhir_resource *from, const hr_json *node);
void hr_fhir_check_subject(hr_fhir *f, hr_fhir_resource *from, const hr_json *node);
void hr_fhir_settle_subject(hr_fhir *f);

/* The first organization of a list of references; NULL when there is none. */
const hr_party *hr_fhir_read_performer(hr_fhir *f, hr_fhir_resource *from, const hr_json *node);

const hr_fhir_specimen *hr_fhir_read_specimen(hr_fhir *f, hr_fhir_resource *from,
					      const hr_json *node);
/* The node that holds its name; NULL when there is none. */
const hr_json *hr_fhir_device(hr_fhir *f, hr_fhir_resource *from, const hr_json *node);

/* --- fhir_observation.c --- */

void hr_fhir_expect_results(hr_fhir *f, uint32_t count); /* room for as many */
hr_result *hr_fhir_new_result(hr_fhir *f);		 /* moves the others: fill it at once */
void hr_fhir_add_observation(hr_fhir *f, hr_fhir_resource *r);
void hr_fhir_add_results(hr_fhir *f, hr_fhir_resource *from, const hr_json *list);
void hr_fhir_add_findings(hr_fhir *f, hr_fhir_resource *from, const hr_json *list);

/* --- fhir_study.c --- */

/* `study` or `code` may be NULL. */
void hr_fhir_add_exam(hr_fhir *f, hr_fhir_resource *study, const hr_json *code);
void hr_fhir_make_study_report(hr_fhir *f, hr_fhir_resource *study, hr_report *out);

/* Of `from`: what its identifiers say by their types, and those of the orders that it answers. */
void hr_fhir_add_image_numbers(hr_fhir *f, hr_fhir_resource *from, const hr_json *identifiers,
			       const hr_json *based_on);

/* --- fhir_document.c --- */

void hr_fhir_read_marks(hr_fhir *f, const hr_json *extensions);
void hr_fhir_read_replaced(hr_fhir *f, hr_fhir_resource *from, const hr_json *extensions);
void hr_fhir_apply_composition(hr_fhir *f, hr_fhir_resource *from, const hr_json *node);

/* --- fhir_report.c --- */

void hr_fhir_begin(hr_fhir *f, hr_report *out);
void hr_fhir_finish(hr_fhir *f);
void hr_fhir_read_ids(hr_fhir *f, hr_fhir_resource *r, const hr_json *identifier);
void hr_fhir_add_deviation(hr_fhir *f, hr_report *report, hr_fhir_deviation deviation,
			   const hr_json *node);
void hr_fhir_make_report(hr_fhir *f, hr_fhir_resource *r, hr_report *out);

/* --- fhir_loose.c --- */

uint32_t hr_fhir_find_loose(hr_fhir *f, hr_fhir_loose **out); /* how many reports they make */
void hr_fhir_make_loose_report(hr_fhir *f, const hr_fhir_loose *loose, uint32_t index,
			       hr_report *out);
