/*
 * Scopes in words. The bits of a scope are those of its version, so a record
 * that has one is compared as a copy in which they are spelled out.
 */
#pragma once

#include "catalog/filing_rules.h"
#include "registry/diff_words.h"

typedef struct hr_diff_scope {
	hr_str words[HR_DIMENSION_COUNT]; /* sets: sorted, a NUL behind each */
	uint64_t filings;		  /* bits by hr_filing; its words stay empty */
	uint8_t age_from;
	uint8_t age_to;
} hr_diff_scope;

/* Before the records are gathered; the words are in the scratch. */
void hr_diff_load_scope_words(hr_diff *diff);

/* In the scratch. */
hr_diff_scope hr_diff_spell_scope(hr_diff *diff, int side, const hr_scope *scope);

/* "visits 11 21 insurances 310", "all": as in the files, for keys and subjects. In the scratch. */
hr_str hr_diff_scope_text(hr_diff *diff, const hr_diff_scope *scope);

/* "1303 2023-01-01"; "1303" of rules without a first day. In the scratch. */
hr_str hr_diff_rules_key(hr_diff *diff, const hr_area *area, const hr_filing_rules *rules);

/* The text of `spare.text[0]`, which the caller has filled, in the scratch. */
hr_str hr_diff_keep_spare(hr_diff *diff);

/* A copy of the record for the comparison, in the scratch; NULL when memory is short. */
void *hr_diff_new_view(hr_diff *diff, size_t size);

/* Writers of members: what they get is in brackets. */
void hr_diff_write_set(const void *value, int lang, hr_buf *out);     /* hr_str of parts */
void hr_diff_write_filings(const void *value, int lang, hr_buf *out); /* uint64_t; a set */
void hr_diff_write_filing(const void *value, int lang, hr_buf *out);  /* hr_filing */
void hr_diff_write_ages(const void *scope, int lang, hr_buf *out);    /* hr_diff_scope */
void hr_diff_write_exempt(const void *value, int lang, hr_buf *out);  /* bool */

void hr_diff_add_percent(int32_t share, hr_buf *out);

#define SET_OF(type, member, zh, en, write)                                                        \
	{                                                                                          \
		WORD(zh, en), offsetof(type, member), write, HR_DIFF_SET                           \
	}
#define SCOPE_WORDS(type, dimension, zh, en)                                                       \
	SET_OF(type, scope.words[HR_DIMENSION_##dimension], zh, en, hr_diff_write_set)
/* Of a view whose member `scope` is an hr_diff_scope. */
#define SCOPE(type)                                                                                \
	SCOPE_WORDS(type, INSURANCE, "险种", "insurances"),                                        \
		SCOPE_WORDS(type, PERSON, "人员类别", "persons"),                                  \
		SCOPE_WORDS(type, IDENTITY, "身份", "identities"),                                 \
		SCOPE_WORDS(type, VISIT, "医疗类别", "visits"),                                    \
		SCOPE_WORDS(type, CONDITION, "病种", "conditions"),                                \
		SCOPE_WORDS(type, LEVEL, "机构等级", "levels"),                                    \
		SCOPE_WORDS(type, ZONE, "就医区域", "zones"),                                      \
		SCOPE_WORDS(type, ROUTE, "结算途径", "routes"),                                    \
		SET_OF(type, scope.filings, "备案", "filings", hr_diff_write_filings),             \
		F(type, scope, "年龄", "ages", hr_diff_write_ages)
