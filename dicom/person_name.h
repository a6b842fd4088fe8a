/*
 * Names of persons (VR PN), and how one finds them: 张建国 by 张建国, 建国, 张,
 * zhangjianguo, jianguo, zjg, "Jianguo Zhang", whichever of these the object
 * has.
 *
 * A name becomes keys: short texts, one row of the index each. A search becomes
 * terms, which are held against keys. Both are folded in the same way: width,
 * case and diacritics; traditional to simplified characters; blanks,
 * punctuation, carets and dots dropped; v and ü to u. So a key holds letters
 * and digits alone, and '=' as its first byte where the name is whole.
 *
 * Text is UTF-8 (dicom/charset.h); bytes that are not are dropped. Pure; any thread.
 * Source: DICOM PS3.5 6.2.1, PS3.4 C.2.2.2, PS3.18 8.3.4.2.
 */
#pragma once

#include "base/str.h"

enum {
	HR_NAME_KEYS_MAX = 32,
	HR_NAME_KEY_BYTES_MAX = 96, /* what is longer is cut, of names and searches alike */
	HR_NAME_BYTES_MAX = 1024,   /* of a name; what stands behind is not looked at */
	HR_NAME_READINGS_MAX = 8,   /* of one name, of all its characters together */
	HR_NAME_TERMS_MAX = 3,
};

/* Component groups as they stand, without blanks around them; empty where there is none. */
typedef struct hr_name_groups {
	hr_str alphabetic;
	hr_str ideographic;
	hr_str phonetic;
} hr_name_groups;

hr_name_groups hr_name_split(hr_str person_name);

/*
 * The keys by which a name is found, the best ones first, none twice: each
 * group whole, its parts (from every character, word, syllable to the end),
 * pinyin in up to HR_NAME_READINGS_MAX readings, and initials. None when
 * nothing of the name is a letter or digit. `keys` has room for HR_NAME_KEYS_MAX.
 * False only when memory is short.
 */
bool hr_name_keys(hr_str person_name, hr_arena *arena, hr_str *keys, size_t *count, hr_error *err);

typedef enum hr_name_match {
	HR_NAME_IS,	/* a key that is `key` */
	HR_NAME_BEGINS, /* one that begins with it, byte by byte */
	HR_NAME_LIKE,	/* one that begins with it, and is LIKE `like`; `key` may be empty */
} hr_name_match;

typedef struct hr_name_term {
	hr_name_match how;
	hr_str key;
	hr_str like; /* of SQL: '%' and '_' are wildcards, nothing needs an escape */
} hr_name_term;

/* The keys of a name that is found meet every term. No term: every name is found. */
typedef struct hr_name_query {
	hr_name_term terms[HR_NAME_TERMS_MAX];
	size_t count;
} hr_name_query;

/*
 * What somebody typed, or a DICOMweb client sends, with '*' and '?'. Fuzzy
 * (fuzzymatching=true, and what people type): it begins any part of the name.
 * Else it is a whole group of it: "王*" and "=王*" both find
 * "Wang^XiaoDong=王^小東", because which group a name stands in is chance. A '*'
 * in front stands for whole characters, words or syllables: '*建国' and '*jianguo'
 * are quick, and '*ianguo' finds nothing.
 *
 * HR_E_LIMIT for more than HR_NAME_BYTES_MAX bytes or HR_NAME_TERMS_MAX groups.
 */
bool hr_name_query_make(hr_str text, bool fuzzy, hr_arena *arena, hr_name_query *out,
			hr_error *err);
