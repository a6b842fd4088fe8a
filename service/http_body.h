/*
 * A body on its way into memory: straight into the request's arena, within
 * what the request may have and what all requests together may have. One that
 * goes elsewhere is counted only.
 */
#pragma once

#include "base/str.h"

#include <stdatomic.h>

typedef struct hr_http_budget {
	_Atomic uint64_t used;
	uint64_t max;
} hr_http_budget;

typedef struct hr_http_body {
	hr_arena *arena; /* NULL: it is counted only */
	hr_http_budget *budget;
	char *data;
	size_t len;
	size_t room;
	size_t max;
	size_t taken; /* of the budget */
} hr_http_body;

/*
 * `announced` bytes, for which there is room in one piece; SIZE_MAX when nobody
 * knows. HR_E_LIMIT over `max`, HR_E_MEMORY when the budget has not as much.
 * Taken of it is only what comes (hr_http_body_add): who announces much and
 * sends nothing keeps nobody out.
 */
bool hr_http_body_begin(hr_http_body *body, hr_arena *arena, hr_http_budget *budget,
			size_t announced, size_t max, hr_error *err);
bool hr_http_body_add(hr_http_body *body, hr_str bytes, hr_error *err);

/* Gives back what was taken. */
void hr_http_body_end(hr_http_body *body);

/*
 * What a request holds of the budget of all answers until its own was sent, as
 * long as its client takes to read it: a small body may have a large answer.
 * Those of 1 MiB are not counted; they have their bound in the number of
 * connections. HR_E_MEMORY over the budget.
 */
typedef struct hr_http_share {
	hr_http_budget *budget;
	size_t held;
} hr_http_share;

/* `bytes`: all that it holds by now. Again and again, while an answer grows. */
bool hr_http_hold(hr_http_share *share, size_t bytes, hr_error *err);
void hr_http_let_go(hr_http_share *share);
