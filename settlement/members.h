/*
 * JSON in the names of the national interface, read by a table of members:
 * each to its place in a struct. What the table does not have is refused by
 * name, so that a slip of the pen never loses a fact; no value is ever quoted.
 */
#pragma once

#include "base/json.h"
#include "catalog/catalog.h"

#include <stddef.h>

/* A reading under way. After a failure, told in `err`, nothing more is read. */
typedef struct hr_members {
	hr_str what; /* "visit", for errors */
	const hr_catalog *catalog;
	hr_arena *arena;
	hr_error *err;
	bool failed;
} hr_members;

typedef void hr_member_read(hr_members *r, const hr_json *node, char *at);

typedef struct hr_member {
	hr_str name;
	hr_member_read *read;
	size_t at;
	bool needed;
} hr_member;

#define HR_MEMBER(type, name_, read_, field, needed_)                                              \
	{                                                                                          \
		.name = HR_STR_INIT(name_), .read = (read_), .at = offsetof(type, field),          \
		.needed = (needed_)                                                                \
	}

void hr_members_object(hr_members *r, const hr_json *node, const hr_member *members, size_t count,
		       void *object);
#define HR_MEMBERS_OBJECT(r, node, table, object)                                                  \
	hr_members_object((r), (node), (table), sizeof(table) / sizeof((table)[0]), (object))

/* "visit: $.lines[3].cnt is not `wanted`"; the first one stays. */
void hr_members_refuse(hr_members *r, const hr_json *node, const char *wanted);

/* A number, or a text of one, of at most four decimals and not negative: in ten-thousandths. */
bool hr_members_decimal(const hr_json *node, int64_t *out);
bool hr_members_whole(hr_members *r, const hr_json *node, uint32_t max, uint32_t *out);

/*
 * Of a member: an hr_str (a code of a national table; a region; any text), a
 * day, an age, a bool; and an int64_t of fen, 0 to HR_FEN_MAX, from a number of
 * yuan or a text of one with at most two decimals.
 */
hr_member_read hr_member_code;
hr_member_read hr_member_region;
hr_member_read hr_member_text;
hr_member_read hr_member_day;
hr_member_read hr_member_age;
hr_member_read hr_member_amount;
hr_member_read hr_member_flag; /* true, false, "1", "0" */
