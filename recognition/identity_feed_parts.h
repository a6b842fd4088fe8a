/*
 * What the readers of an identity feed have in common: the rows and problems
 * that grow. What finds no memory is left out, and hr_identity_feed_read asks
 * the arena once, at the end.
 */
#pragma once

#include "recognition/identity_feed.h"

#define HR_IDENTITY_CARD HR_STR("identity-card")

typedef struct hr_identity_build {
	hr_arena *arena;
	hr_str issuer; /* where the input names none */
	hr_identity_row *rows;
	size_t count;
	size_t room;
	hr_identity_problem *problems;
	size_t problem_count;
	size_t problem_room;
	size_t sources;
	bool too_many;
} hr_identity_build;

/* A row as it was read, or the problem that it is. `message` is HL7's number, or 0. */
void hr_identity_add(hr_identity_build *build, const hr_identity_row *row, uint32_t message);
void hr_identity_refuse(hr_identity_build *build, hr_identity_problem_kind kind, uint32_t line,
			uint32_t message);

bool hr_identity_read_hl7(hr_identity_build *build, hr_str bytes, hr_error *err);
bool hr_identity_read_csv(hr_identity_build *build, hr_str bytes, hr_error *err);
