/*
 * A settlement as it is cleared: the result (result.h) with whom, where and
 * when, in the names of the national interface. One that takes another back
 * names it in `omsgid`, as transaction 2601 does, and repeats its amounts.
 */
#pragma once

#include "settlement/result.h"

#include "base/calendar.h"

enum { HR_SETTLED_ID_MAX = 30, HR_SETTLED_CODE_MAX = 30 };

typedef struct hr_settled {
	hr_str id;	  /* medins_setl_id: the key by which the same one is known again */
	hr_str reverses;  /* omsgid: medins_setl_id of the one that is taken back; else empty */
	hr_instant at;	  /* setl_time */
	hr_str insured;	  /* insuplc_admdvs */
	hr_str care;	  /* mdtrtarea_admvs */
	hr_str insurance; /* insutype */
	hr_str hospital;  /* fixmedins_code */
	hr_str person;	  /* psn_no */
	hr_str type;	  /* med_type; may be empty */
	bool is_stay;	  /* of type 2x */
	hr_settle_result result;
} hr_settled;

/* Texts are borrowed from the tree. HR_E_SYNTAX, HR_E_INCOMPLETE with the member's name. */
bool hr_settled_read(const hr_json *node, hr_settled *out, hr_error *err);
