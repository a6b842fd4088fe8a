/*
 * The first page while it is made: what was entered, what is missing, what is
 * answered.
 */
#pragma once

#include "service/page.h"
#include "service/page_form.h"

typedef struct hr_page_view {
	hr_page page;
	hr_page_form form;
	hr_str fault;	  /* the box that is missing or not readable; empty: none */
	hr_str fault_why; /* in the page's language */
	bool focused;	  /* one box alone may ask for the cursor */
	bool is_paper;	  /* the paper's boxes are in use */
	bool had_file;	  /* which a page cannot give back */
	hr_error err;	  /* code NONE: none */
	hr_verdicts verdicts;
} hr_page_view;

/* All boxes, as they were sent. */
void hr_page_add_form(hr_page_view *view);
