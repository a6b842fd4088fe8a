/*
 * What stands in the boxes of the first page, read: names are looked for in
 * the catalogue, and where one fits several, somebody has to choose.
 */
#pragma once

#include "service/http_form.h"
#include "service/paper.h"
#include "service/question.h"

enum {
	HR_PAGE_ROWS = 6,
	HR_PAGE_TEXT_MAX = 1000,
	HR_PAGE_LINES_MAX = 10000, /* of the one box that has many lines, in bytes */
};

/* A box with a name in it, and what the catalogue has for it. */
typedef struct hr_pick {
	hr_str box;  /* the name of its input */
	hr_str text; /* as typed */
	uint32_t id; /* HR_ID_NONE: not known */
	bool chosen; /* from a list, by a person; an item or institution, or "as typed" */
	bool open;   /* several may be meant, and nobody chose yet */
	uint32_t ids[HR_PAPER_SHOWN_MAX + 1];
	size_t count; /* of `ids`; over HR_PAPER_SHOWN_MAX: there are more */
} hr_pick;

typedef struct hr_page_form {
	const hr_form *form;
	hr_pick receiver;
	hr_pick issuer;
	hr_pick items[HR_PAGE_ROWS];
	bool is_open; /* one of them */
	hr_paper_answers answers;
	hr_paper_item rows[HR_PAGE_ROWS]; /* of `answers`: those with anything in them */
	unsigned row_of[HR_PAGE_ROWS];	  /* which row of the page it is, from 1 */
	hr_patient_answers patient;	  /* the one at hand */
	hr_str orders;			  /* about to be made, one a line, none of them empty */
} hr_page_form;

/* Trimmed; empty when there is no such box. */
hr_str hr_page_form_text(const hr_form *form, hr_str box);

/* "value-2", in the arena; empty when memory is short. */
hr_str hr_page_form_box(hr_arena *arena, const char *name, unsigned row);

/*
 * HR_E_LIMIT and HR_E_ENCODING for boxes that no page sends so. Borrows from all three.
 * `out` must not be moved: its answers point into it.
 */
bool hr_page_form_read(const hr_form *form, const hr_catalog *catalog, hr_arena *arena,
		       hr_page_form *out, hr_error *err);

/* Is anything of a paper filled in? */
bool hr_page_form_has_paper(const hr_page_form *form);
