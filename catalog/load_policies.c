/* One policy: its scope, its counter, and whether its parts fit each other. */
#include "catalog/load_policy.h"

enum { COUNTERS_MAX = 10000, PERCENT_DECIMALS = 4, ALL_DIMENSIONS = (1 << HR_DIMENSION_COUNT) - 1 };

/* "85", "52.5", "0.0001" in millionths of the whole: a percent with four decimals, to 100. */
static bool parse_percent(hr_str text, int32_t *out)
{
	int64_t share;

	if (!hr_decimal_parse(text, PERCENT_DECIMALS, &share) || share < 0 || share > HR_SHARE_ONE)
		return false;
	*out = (int32_t)share;
	return true;
}

int32_t hr_record_share(hr_record *r, hr_str name)
{
	hr_str text = hr_record_need(r, name);
	int32_t share = 0;

	if (text.len && (!hr_str_ends_with(text, HR_STR("%")) ||
			 !parse_percent(hr_str_slice(text, 0, text.len - 1), &share)))
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "%.*s '%.*s' is not a share of 0%% to 100%%",
				HR_STR_ARG(name), HR_STR_ARG(hr_str_slice(text, 0, 16)));
	return share;
}

int32_t hr_record_points(hr_record *r, hr_str name)
{
	hr_str text = hr_record_need(r, name);
	int32_t points = 0;

	if (text.len && !parse_percent(text, &points))
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "%.*s '%.*s' is not 0 to 100 points",
				HR_STR_ARG(name), HR_STR_ARG(hr_str_slice(text, 0, 16)));
	return points;
}

bool hr_record_amount(hr_record *r, hr_str name, hr_str text, hr_money *out)
{
	hr_money amount;

	if (hr_money_parse(text, &amount) && amount.fen >= 0 && amount.fen <= HR_FEN_MAX) {
		*out = amount;
		return true;
	}
	hr_record_fault(r, HR_FAULT_BAD_VALUE, "%.*s '%.*s' is not an amount of yuan",
			HR_STR_ARG(name), HR_STR_ARG(hr_str_slice(text, 0, 24)));
	return false;
}

hr_money hr_record_money(hr_record *r, hr_str name, hr_money absent)
{
	hr_str text = hr_record_raw(r, name);
	hr_money amount = absent;

	if (text.len)
		hr_record_amount(r, name, text, &amount);
	return amount;
}

uint32_t hr_load_scope_word(hr_record *r, hr_dimension dimension, hr_str word)
{
	hr_load *load = r->load;
	hr_map *words = &load->catalog->scope_words[dimension];
	uint32_t bit;

	if (hr_map_find(words, word, &bit))
		return bit;
	if (word.len > HR_SCOPE_WORD_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "a word of '%.*s' has over %d bytes",
				HR_STR_ARG(hr_dimensions[dimension].attribute), HR_SCOPE_WORD_MAX);
		return HR_SCOPE_WORDS_MAX;
	}
	if (words->count == HR_SCOPE_WORDS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "all policies name over %d %.*s",
				HR_SCOPE_WORDS_MAX, HR_STR_ARG(hr_dimensions[dimension].attribute));
		return HR_SCOPE_WORDS_MAX;
	}
	bit = (uint32_t)words->count;
	load->catalog->scope_lengths[dimension] |= UINT64_C(1) << word.len;
	hr_load_put(load, words, hr_load_common(load, word), bit);
	return bit;
}

/* What a word of a list that is closed is; elsewhere a new word is one more. */
static const char *const closed[HR_DIMENSION_COUNT] = {
	[HR_DIMENSION_FILING] = "filing",
	[HR_DIMENSION_ROUTE] = "route",
};

static uint64_t read_words(hr_record *r, hr_dimension dimension)
{
	hr_str rest = hr_record_list(r, hr_dimensions[dimension].attribute);
	uint64_t bits = 0;
	uint32_t bit;
	hr_str word;

	while ((word = hr_str_next_word(&rest)).len && !r->load->stopped) {
		if (closed[dimension] &&
		    !hr_map_find(&r->load->catalog->scope_words[dimension], word, &bit)) {
			hr_record_unknown(r, closed[dimension], word);
			continue;
		}
		bit = hr_load_scope_word(r, dimension, word);
		if (bit < HR_SCOPE_WORDS_MAX)
			bits |= UINT64_C(1) << bit;
	}
	return bits;
}

hr_scope hr_record_scope(hr_record *r, uint32_t which)
{
	hr_scope scope = {
		.age_from = (uint8_t)hr_record_number(r, HR_STR("age-from"), HR_AGE_MAX),
		.age_to = (uint8_t)hr_record_number(r, HR_STR("age-to"), HR_AGE_MAX),
	};

	if (scope.age_to == 0)
		scope.age_to = HR_AGE_UNKNOWN;
	if (scope.age_from > scope.age_to)
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'age-to' is less than 'age-from'");
	for (hr_dimension i = 0; i < HR_DIMENSION_COUNT; i++)
		if (which >> i & 1)
			scope.words[i] = read_words(r, i);
	return scope;
}

static uint32_t read_counter(hr_record *r)
{
	hr_load *load = r->load;
	hr_map *names = &load->catalog->counter_names;
	hr_str name = hr_record_common(r, HR_STR("counter"));
	uint32_t index;
	hr_str *row;

	if (name.len == 0)
		return HR_ID_NONE;
	if (hr_map_find(names, name, &index))
		return index;
	if (load->counters.count == COUNTERS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "there are over %d counters", COUNTERS_MAX);
		return HR_ID_NONE;
	}
	row = hr_load_add(load, &load->counters);
	if (!row)
		return HR_ID_NONE;
	*row = name;
	hr_load_put(load, names, name, (uint32_t)(load->counters.count - 1));
	return (uint32_t)(load->counters.count - 1);
}

/* Does anything of it look at the year's other visits? */
static bool counts(const hr_policy *policy)
{
	return policy->deductible.mode > HR_DEDUCTIBLE_VISIT ||
	       policy->deductible.standard_count > 1 || policy->segments_of_year ||
	       policy->cap.per_year;
}

static void check_parts(hr_record *r, const hr_policy *policy)
{
	if ((policy->fund == HR_FUND_HIFP) != (policy->base == HR_BASE_SCOPE))
		hr_record_fault(r, HR_FAULT_BAD_VALUE,
				"base 'scope' is the basic fund's (hifp), and its only one");
	if (counts(policy) && policy->counter == HR_ID_NONE)
		hr_record_fault(r, HR_FAULT_MISSING,
				"<policy> looks at the year's other visits and needs 'counter'");
	if (policy->segment_count == 0)
		hr_record_fault(r, HR_FAULT_BAD_SEGMENTS,
				"<policy> has no segment: no amount is covered");
}

void hr_load_policy(hr_record *r, void *unused)
{
	static const hr_str bases[] = { HR_STR_INIT("scope"), HR_STR_INIT("own"),
					HR_STR_INIT("over-cap") };
	static const hr_str measures[] = { HR_STR_INIT("visit"), HR_STR_INIT("year") };
	static const hr_str starts[] = { HR_STR_INIT("zero"), HR_STR_INIT("deductible") };
	hr_load *load = r->load;
	unsigned fund =
		hr_record_word(r, HR_STR("fund"), hr_fund_words, HR_FUND_COUNT, HR_FUND_COUNT);
	unsigned base = HR_RECORD_WORD(r, "base", bases, 3);
	hr_policy_row row = {
		.policy = {
			.id = hr_record_code(r, HR_STR("id")),
			.fund = (hr_fund)fund,
			.scope = hr_record_scope(r, ALL_DIMENSIONS),
			.base = (hr_base)base,
			.segments_of_year = HR_RECORD_WORD(r, "segments-of", measures, 0),
			.segments_above = HR_RECORD_WORD(r, "segments-from", starts, 0),
			.counter = read_counter(r),
			.conflict = hr_record_common(r, HR_STR("conflict")),
		},
		.area = (uint32_t)(load->areas.count - 1),
		.index = (uint32_t)load->rows.count,
	};

	(void)unused;
	hr_record_dated(r, &row.policy.period, &row.policy.origin);
	if (fund == HR_FUND_COUNT || base == 3)
		hr_record_fault(r, HR_FAULT_MISSING, "<policy> needs 'fund' and 'base'");
	hr_load_policy_parts(r, &row.policy);
	check_parts(r, &row.policy);
	hr_record_check_free(r, &load->claims, "policy", row.policy.id);
	hr_load_put(load, &load->claims, row.policy.id, hr_record_keep(r, &row));
}
