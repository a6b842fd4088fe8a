/* Inside the comparison of two catalogues: what each kind of record is called, and says. */
#pragma once

#include "registry/diff.h"

enum { HR_DIFF_TEXT_MAX = 1024 * 1024 };

typedef struct hr_diff_row {
	hr_str key; /* what names it in any version */
	const void *record;
	const hr_regime *regime; /* of a grant */
} hr_diff_row;

typedef struct hr_diff_rows {
	const hr_catalog *catalog;
	hr_diff_row *list;
	size_t count;
} hr_diff_rows;

typedef enum hr_diff_lang { HR_DIFF_ZH, HR_DIFF_EN } hr_diff_lang;

/* One kind of record: how many there are, which ones, what they are called and say. */
typedef struct hr_diff_kind {
	hr_str what;
	hr_str what_zh;
	size_t (*count)(const hr_catalog *catalog);
	void (*fill)(const hr_catalog *catalog, hr_arena *arena, hr_diff_row *rows);
	hr_str (*subject)(const hr_catalog *catalog, const hr_diff_row *row, hr_arena *arena);
	void (*describe)(const hr_catalog *catalog, const hr_diff_row *row, hr_diff_lang lang,
			 hr_buf *out);
	/* Says the difference itself; NULL: what it was, and what it is. */
	void (*compare)(const hr_diff_rows *before, const hr_diff_row *a, const hr_diff_rows *after,
			const hr_diff_row *b, hr_diff_lang lang, hr_buf *out);
} hr_diff_kind;

/* In the order of printing. */
extern const hr_diff_kind hr_diff_kinds[];
extern const size_t hr_diff_kind_count;

void hr_diff_put(hr_buf *out, hr_diff_lang lang, const char *zh, const char *en);
