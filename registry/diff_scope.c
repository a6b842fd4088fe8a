#include "registry/diff_scope.h"

struct hr_diff_scope_words {
	hr_str of[HR_DIMENSION_COUNT][HR_SCOPE_WORDS_MAX];
};

void hr_diff_load_scope_words(hr_diff *diff)
{
	for (int side = 0; side < HR_DIFF_SIDES; side++) {
		diff->scope_words[side] = HR_NEW(diff->scratch, struct hr_diff_scope_words);
		if (!diff->scope_words[side]) {
			diff->failed = true;
			return;
		}
		for (hr_dimension i = 0; i < HR_DIMENSION_COUNT; i++)
			hr_catalog_list_scope_words(diff->catalogs[side], i,
						    diff->scope_words[side]->of[i]);
	}
}

hr_str hr_diff_keep_spare(hr_diff *diff)
{
	hr_str text = hr_str_copy(diff->scratch, hr_buf_str(&diff->spare.text[0]));

	diff->failed |= !text.data;
	return text;
}

void *hr_diff_new_view(hr_diff *diff, size_t size)
{
	void *view = hr_arena_alloc(diff->scratch, size);

	diff->failed |= !view;
	return view;
}

static hr_str spell_words(hr_diff *diff, const hr_str *words, uint64_t bits)
{
	hr_buf *out = &diff->spare.text[0];
	hr_diff_set set;

	out->len = 0;
	for (uint64_t left = bits; left; left &= left - 1) {
		hr_buf_add(out, words[__builtin_ctzll(left)]);
		hr_diff_end_part(out);
	}
	/* Two words stand in the order of their bits, which another version may have turned. */
	set = hr_diff_split(diff, hr_diff_keep_spare(diff));
	out->len = 0;
	hr_diff_write_parts(set.parts, set.count, out);
	return hr_diff_keep_spare(diff);
}

hr_diff_scope hr_diff_spell_scope(hr_diff *diff, int side, const hr_scope *scope)
{
	hr_diff_scope spelled = {
		.filings = scope->words[HR_DIMENSION_FILING],
		.age_from = scope->age_from,
		.age_to = scope->age_to,
	};

	for (size_t i = 0; i < HR_DIMENSION_COUNT; i++)
		if (i != HR_DIMENSION_FILING && scope->words[i])
			spelled.words[i] =
				spell_words(diff, diff->scope_words[side]->of[i], scope->words[i]);
	return spelled;
}

static void add_words(hr_buf *out, hr_str attribute, hr_str words)
{
	hr_buf_addf(out, "%s%.*s", out->len ? " " : "", HR_STR_ARG(attribute));
	while (words.len) {
		size_t end = hr_str_find(words, (hr_str){ "", 1 });

		hr_buf_add_char(out, ' ');
		hr_buf_add(out, hr_str_slice(words, 0, end));
		words = hr_str_slice(words, end + 1, words.len);
	}
}

hr_str hr_diff_scope_text(hr_diff *diff, const hr_diff_scope *scope)
{
	static const hr_str attributes[] = {
#define X(name, word, prefix) [HR_DIMENSION_##name] = HR_STR_INIT(word),
		HR_DIMENSIONS(X)
#undef X
	};
	hr_buf *out = &diff->spare.text[0];

	out->len = 0;
	for (size_t i = 0; i < HR_DIMENSION_COUNT; i++)
		if (scope->words[i].len)
			add_words(out, attributes[i], scope->words[i]);
	if (scope->age_from > 0 || scope->age_to != HR_AGE_UNKNOWN)
		hr_buf_addf(out, "%sage %u-", out->len ? " " : "", scope->age_from);
	if (scope->age_to != HR_AGE_UNKNOWN)
		hr_buf_add_int(out, scope->age_to);
	if (out->len == 0)
		HR_BUF_ADD(out, "all");
	return hr_diff_keep_spare(diff);
}

void hr_diff_write_set(const void *value, int lang, hr_buf *out)
{
	(void)lang;
	hr_buf_add(out, *(const hr_str *)value);
}

void hr_diff_write_filing(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
#define X(name, word, zh, en) [HR_FILING_##name] = WORD(zh, en),
		HR_FILINGS(X)
#undef X
	};

	WRITE_WORD(*(const hr_filing *)value, words, lang, out);
}

void hr_diff_write_filings(const void *value, int lang, hr_buf *out)
{
	uint64_t bits = *(const uint64_t *)value;

	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		if (bits >> i & 1) {
			hr_diff_write_filing(&i, lang, out);
			hr_diff_end_part(out);
		}
}

/* "18 至 69 岁", "70 岁以上". */
void hr_diff_write_ages(const void *value, int lang, hr_buf *out)
{
	const hr_diff_scope *scope = value;
	bool english = lang == HR_DIFF_EN;

	if (scope->age_to != HR_AGE_UNKNOWN)
		hr_buf_addf(out, english ? "%u to %u" : "%u 至 %u 岁", scope->age_from,
			    scope->age_to);
	else if (scope->age_from)
		hr_buf_addf(out, english ? "%u and over" : "%u 岁以上", scope->age_from);
}

void hr_diff_write_exempt(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("须备案", "filing needed"),
						       WORD("免备案", "no filing needed") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

/* A percent has four decimals; those that are 0 at its end are left out. */
void hr_diff_add_percent(int32_t share, hr_buf *out)
{
	enum { PERCENT = HR_SHARE_ONE / 100 };
	int32_t rest = share % PERCENT;
	int digits = 4;

	hr_buf_add_int(out, share / PERCENT);
	for (; digits && rest % 10 == 0; digits--)
		rest /= 10;
	if (digits)
		hr_buf_addf(out, ".%0*d", digits, rest);
}
