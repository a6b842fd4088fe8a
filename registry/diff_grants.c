/*
 * Grants are rows of a file, and two ways to part the same grants into rows
 * are no change. So the rows of an institution are gathered by their terms
 * (period, withdrawal, device ...), each with the set of its items on both
 * sides; what moved is what is in one set and not in the other.
 */
#include "registry/diff_parts.h"

/* More rows of one institution under one regime are not told apart. */
enum { TERMS_MAX = 64 };

struct term {
	const hr_grant *grant;		/* the first that has them */
	uint64_t *items[HR_DIFF_SIDES]; /* then: the items that went, and that came */
	bool all[HR_DIFF_SIDES];
};

static const hr_diff_word grant_word = { { HR_STR_INIT("互认资格"), HR_STR_INIT("grant") } };

struct comparison {
	hr_diff *diff;
	hr_str subject;
	struct term terms[TERMS_MAX];
	size_t count;
	uint64_t *work[HR_DIFF_SIDES];
};

/* The rows of one institution under one regime. */
struct grants {
	const hr_grant *rows;
	size_t count;
};

static struct grants find_grants(const hr_diff *diff, int side, const hr_diff_row *regime,
				 const hr_diff_row *institution)
{
	struct grants found = { 0 };

	if (regime && institution)
		found.rows = hr_catalog_find_grants(diff->catalogs[side], regime->record,
						    institution->id, &found.count);
	return found;
}

static struct term *find_term(struct comparison *c, const hr_grant *grant)
{
	struct term *term;

	for (size_t i = 0; i < c->count; i++)
		if (hr_diff_same(c->diff, &hr_diff_grant_fields, c->terms[i].grant, grant))
			return &c->terms[i];
	term = &c->terms[c->count++];
	*term = (struct term){ .grant = grant };
	for (int side = 0; side < HR_DIFF_SIDES; side++)
		term->items[side] = hr_diff_new_set(c->diff);
	return term;
}

/*
 * What "all" on both sides gained and lost because the catalogue has items
 * that the other version has not is said of the items, not of each hospital.
 */
static void subtract(const hr_diff *diff, struct term *term)
{
	bool all = term->all[HR_DIFF_BEFORE] && term->all[HR_DIFF_AFTER];
	uint64_t *went = term->items[HR_DIFF_BEFORE];
	uint64_t *came = term->items[HR_DIFF_AFTER];

	for (size_t word = 0; word < diff->words; word++) {
		uint64_t kept = went[word] & came[word];
		uint64_t mask = all ? diff->common[word] : UINT64_MAX;

		went[word] &= ~kept & mask;
		came[word] &= ~kept & mask;
	}
}

static bool gather(struct comparison *c, const struct grants grants[HR_DIFF_SIDES])
{
	for (int side = 0; side < HR_DIFF_SIDES; side++)
		for (size_t i = 0; i < grants[side].count; i++) {
			const hr_grant *grant = &grants[side].rows[i];
			struct term *term = find_term(c, grant);

			if (c->diff->failed)
				return false;
			hr_diff_add_items(c->diff, side, grant->items, term->items[side]);
			term->all[side] |= grant->all;
		}
	for (size_t i = 0; i < c->count; i++)
		subtract(c->diff, &c->terms[i]);
	return true;
}

/* "TSH FT3 (期间 2025-01-01 起)" */
static void add_single(struct comparison *c, const struct term *term, int side)
{
	hr_diff *diff = c->diff;

	if (hr_diff_set_is_empty(diff, term->items[side]))
		return;
	hr_diff_start(diff);
	hr_diff_say_items(diff, term->items[side]);
	hr_diff_say(diff, HR_STR(" ("), HR_STR(" ("));
	hr_diff_describe(diff, &hr_diff_grant_fields, term->grant);
	hr_diff_say(diff, HR_STR(")"), HR_STR(")"));
	hr_diff_add(diff, side == HR_DIFF_AFTER ? HR_CHANGE_ADDED : HR_CHANGE_REMOVED, &grant_word,
		    c->subject);
}

/* Items that went under one term and came under another: "撤销 原 无, 现 2025-06-01 (项目 TSH)" */
static void add_moved(struct comparison *c, struct term *from, struct term *to)
{
	hr_diff *diff = c->diff;
	uint64_t *both = hr_diff_new_set(diff);

	if (!both)
		return;
	for (size_t word = 0; word < diff->words; word++) {
		both[word] = from->items[HR_DIFF_BEFORE][word] & to->items[HR_DIFF_AFTER][word];
		from->items[HR_DIFF_BEFORE][word] &= ~both[word];
		to->items[HR_DIFF_AFTER][word] &= ~both[word];
	}
	if (hr_diff_set_is_empty(diff, both))
		return;
	hr_diff_start(diff);
	hr_diff_compare(diff, &hr_diff_grant_fields, from->grant, to->grant);
	hr_diff_say(diff, HR_STR(" (项目 "), HR_STR(" (items "));
	hr_diff_say_items(diff, both);
	hr_diff_say(diff, HR_STR(")"), HR_STR(")"));
	hr_diff_add(diff, HR_CHANGE_ALTERED, &grant_word, c->subject);
}

static void add_many(struct comparison *c, const struct grants grants[HR_DIFF_SIDES])
{
	hr_diff *diff = c->diff;

	hr_diff_start(diff);
	for (int lang = 0; lang < HR_DIFF_LANGS; lang++)
		hr_buf_addf(&diff->line.text[lang],
			    lang == HR_DIFF_ZH ? "授权行过多, 不逐项比较: 原 %zu 行, 现 %zu 行"
					       : "too many rows to compare: were %zu, are %zu",
			    grants[HR_DIFF_BEFORE].count, grants[HR_DIFF_AFTER].count);
	hr_diff_add(diff, HR_CHANGE_ALTERED, &grant_word, c->subject);
}

static bool same_items(struct comparison *c, const hr_grant *before, const hr_grant *after)
{
	const hr_diff *diff = c->diff;
	const hr_grant *grants[] = { before, after };

	for (int side = 0; side < HR_DIFF_SIDES; side++) {
		memset(c->work[side], 0, diff->words * sizeof(uint64_t));
		hr_diff_add_items(diff, side, grants[side]->items, c->work[side]);
	}
	return !memcmp(c->work[HR_DIFF_BEFORE], c->work[HR_DIFF_AFTER],
		       diff->words * sizeof(uint64_t));
}

/* Row by row: what nearly all institutions are. */
static bool same_rows(struct comparison *c, const struct grants grants[HR_DIFF_SIDES])
{
	if (grants[HR_DIFF_BEFORE].count != grants[HR_DIFF_AFTER].count)
		return false;
	for (size_t i = 0; i < grants[HR_DIFF_BEFORE].count; i++) {
		const hr_grant *before = &grants[HR_DIFF_BEFORE].rows[i];
		const hr_grant *after = &grants[HR_DIFF_AFTER].rows[i];

		if (!hr_diff_same(c->diff, &hr_diff_grant_fields, before, after) ||
		    !same_items(c, before, after))
			return false;
	}
	return true;
}

static void compare_grants(struct comparison *c, const struct grants grants[HR_DIFF_SIDES])
{
	c->count = 0;
	if (grants[HR_DIFF_BEFORE].count + grants[HR_DIFF_AFTER].count > TERMS_MAX) {
		add_many(c, grants);
		return;
	}
	if (!gather(c, grants))
		return;
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->count; k++)
			if (i != k)
				add_moved(c, &c->terms[i], &c->terms[k]);
	for (size_t i = 0; i < c->count; i++)
		for (int side = 0; side < HR_DIFF_SIDES; side++)
			add_single(c, &c->terms[i], side);
}

static void compare_regime(struct comparison *c, const hr_diff_row *regime[HR_DIFF_SIDES])
{
	hr_diff *diff = c->diff;
	const hr_diff_row *institution[HR_DIFF_SIDES];
	size_t at[HR_DIFF_SIDES] = { 0 };

	while (!diff->failed &&
	       hr_diff_next_pair(diff->rows[HR_DIFF_INSTITUTIONS], at, institution)) {
		struct grants grants[HR_DIFF_SIDES];
		int either = regime[HR_DIFF_AFTER] ? HR_DIFF_AFTER : HR_DIFF_BEFORE;
		int named = institution[HR_DIFF_AFTER] ? HR_DIFF_AFTER : HR_DIFF_BEFORE;

		for (int side = 0; side < HR_DIFF_SIDES; side++)
			grants[side] = find_grants(diff, side, regime[side], institution[side]);
		if (same_rows(c, grants))
			continue;
		c->subject =
			hr_diff_join(diff, regime[either]->key, " ", institution[named]->subject);
		compare_grants(c, grants);
	}
}

void hr_diff_grants(hr_diff *diff)
{
	struct comparison c = { .diff = diff };
	const hr_diff_row *regime[HR_DIFF_SIDES];
	size_t at[HR_DIFF_SIDES] = { 0 };

	for (int side = 0; side < HR_DIFF_SIDES; side++)
		c.work[side] = hr_diff_new_set(diff);
	while (!diff->failed && hr_diff_next_pair(diff->rows[HR_DIFF_REGIMES], at, regime))
		compare_regime(&c, regime);
}
