/* What reading and matching share: a settlement as it lies in the spill. */
#pragma once

#include "service/clear.h"

#include "base/map.h"

enum { HR_CLEAR_REVERSES = 1, HR_CLEAR_THEIRS = 2 };

typedef struct hr_clear_row {
	hr_str key; /* the id of the settlement that it is about */
	hr_str own; /* of a reversal: its own id */
	hr_str person;
	int64_t at;
	uint32_t cell;
	uint32_t line;
	uint16_t file;
	uint8_t flags;
	int64_t fen[HR_AMOUNT_COUNT];
	hr_str content; /* its bytes from `at` on, but for the place: equal for the same settlement
			 */
} hr_clear_row;

void hr_clear_row_write(const hr_clear_row *row, hr_buf *out);

/* Borrows from `bytes`. False: they are none. */
bool hr_clear_row_read(hr_str bytes, hr_clear_row *out);

typedef struct hr_clearing {
	const hr_clear_options *options;
	hr_arena *arena; /* of the answer */
	hr_map cell_of;
	hr_clear_cell *cells;
	size_t cell_room;
	hr_spill *rows;	   /* by id */
	hr_spill *persons; /* by person */
	hr_clear_fault *told;
	const hr_clear_fault *last_told; /* none behind it is of the first; NULL: there is room */
	hr_clear_fault *stays;
	hr_clear out;
} hr_clearing;

/* Counts a fault and keeps it, if it is one of the first. False: memory is short. */
bool hr_clear_tell(hr_clearing *c, hr_clear_fault_kind kind, uint32_t file, uint32_t line,
		   const char *message, hr_error *err);

/* The number of an institution's cell, a new one if need be. */
bool hr_clear_cell_get(hr_clearing *c, const hr_settled *settled, uint32_t *out, hr_error *err);

/* All lines of all files to the spill. */
bool hr_clear_read(hr_clearing *c, hr_error *err);

/* False when the sum would not fit: HR_E_LIMIT. */
bool hr_clear_sum_add(hr_clear_sum *sum, const hr_clear_row *row, hr_error *err);

/* The parts of the spill, one after the other. */
bool hr_clear_match(hr_clearing *c, hr_error *err);
bool hr_clear_match_sides(hr_clearing *c, hr_error *err);

/* Distinct persons of cells, pairs, regions; after the pairs are known. */
bool hr_clear_count_persons(hr_clearing *c, hr_error *err);
