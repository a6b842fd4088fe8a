/*
 * Which attributes the index tells at which level, unasked or when asked for
 * (PS3.18 tables 10.6.3-3 to -5, without those that the index counts or makes
 * itself). Each at one level alone, so that levels can be merged.
 */
#pragma once

#include "dicom/dicom_json.h"
#include "dicom/facts.h"

enum {
	HR_FACTS_MEMBER_MAX = 16 * 1024, /* bytes of one; what is longer is left out */
	HR_FACTS_LEVEL_MAX = 128 * 1024, /* of all that are told when asked for */
};

/* The three levels of `facts`. HR_E_MEMORY. */
bool hr_facts_find_levels(const hr_dicom_json *json, hr_arena *arena, hr_film_facts *facts,
			  hr_error *err);
