/* Pooling areas, their zones and policies. */
#include "registry/diff_scope.h"

/* --- areas --- */

void hr_diff_collect_area(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_area_count(diff->catalogs[side]); i++) {
		const hr_area *area = hr_catalog_get_area(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, area->region, HR_STR_NONE, area);
	}
}

static void add_yuan(hr_money amount, int lang, hr_buf *out)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format(amount, text));
	if (lang == HR_DIFF_ZH)
		HR_BUF_ADD(out, " 元");
}

static void write_rounding(const void *record, int lang, hr_buf *out)
{
	static const hr_str modes[][HR_DIFF_LANGS] = {
		[HR_ROUND_HALF_UP] = WORD("四舍五入", "half up"),
		[HR_ROUND_HALF_EVEN] = WORD("四舍六入五取偶", "half to even"),
		[HR_ROUND_DOWN] = WORD("舍去", "down"),
		[HR_ROUND_UP] = WORD("进位", "up"),
	};
	static const hr_str places[][HR_DIFF_LANGS] = {
		WORD(" (基金合计一次)", " (the fund's sum)"),
		WORD(" (逐段)", " (each segment)"),
	};
	const hr_rounding *rounding = &((const hr_area *)record)->rounding;

	WRITE_WORD(rounding->mode, modes, lang, out);
	hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR("到 ") : HR_STR(" to "));
	add_yuan((hr_money){ rounding->unit_fen }, lang, out);
	WRITE_WORD(rounding->each_segment, places, lang, out);
}

static void write_cross_year(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_CROSS_YEAR_UNKNOWN] = WORD("", ""),
		[HR_CROSS_YEAR_SPLIT] = WORD("年末分开结算", "two settlements"),
		[HR_CROSS_YEAR_DISCHARGE] = WORD("计入出院年度", "in the year of the discharge"),
	};

	WRITE_WORD(*(const hr_cross_year *)value, words, lang, out);
}

static void write_mutual_aid(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_MUTUAL_AID_UNKNOWN] = WORD("", ""),
		[HR_MUTUAL_AID_APART] = WORD("另列", "beside the account's payment"),
		[HR_MUTUAL_AID_ACCOUNT] = WORD("含于个人账户支付", "within the account's payment"),
	};

	WRITE_WORD(*(const hr_mutual_aid *)value, words, lang, out);
}

static const hr_diff_field area_fields[] = {
	WHOLE("舍入", "rounding", write_rounding),
	PROOF(hr_area, rounding.origin, "舍入依据", "source of the rounding"),
	F(hr_area, cross_year, "跨年住院", "stay over the year's end", write_cross_year),
	F(hr_area, mutual_aid, "共济支付", "mutual aid", write_mutual_aid),
	PROOF(hr_area, origin, "依据", "source"),
};
FIELDS(area);

/* --- zones --- */

struct zone_view {
	hr_zone zone;
	hr_diff_scope scope;
};

static void collect_zone(hr_diff *diff, int side, hr_str region, const hr_zone *zone,
			 hr_diff_rows *rows)
{
	struct zone_view *view = hr_diff_new_view(diff, sizeof(*view));

	if (!view)
		return;
	*view = (struct zone_view){ *zone, hr_diff_spell_scope(diff, side, &zone->scope) };
	hr_diff_add_named(diff, rows, hr_diff_join(diff, region, " ", zone->name), zone->title,
			  view);
}

void hr_diff_collect_zone(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_area_count(diff->catalogs[side]); i++) {
		const hr_area *area = hr_catalog_get_area(diff->catalogs[side], i);

		for (uint32_t k = 0; k < area->zone_count && !diff->failed; k++)
			collect_zone(diff, side, area->region, &area->zones[k], rows);
	}
}

WRITE_PARTS(care, struct zone_view, zone.care, zone.care_count)

static const hr_diff_field zone_fields[] = {
	QUIET(struct zone_view, zone.title, "名称", "title", hr_diff_write_text),
	SET("就医地", "places of treatment", write_care),
	F(struct zone_view, zone.exempt, "要求", "demand", hr_diff_write_exempt),
	SCOPE(struct zone_view),
	F(struct zone_view, zone.period, "施行", "in force", hr_diff_write_bounds),
	PROOF(struct zone_view, zone.origin, "依据", "source"),
};
FIELDS(zone);

/* --- policies --- */

struct policy_view {
	hr_policy policy;
	hr_diff_scope scope;
	hr_str area;
	hr_str counter;
};

static void collect_policy(hr_diff *diff, int side, hr_str region, const hr_policy *policy,
			   hr_diff_rows *rows)
{
	struct policy_view *view = hr_diff_new_view(diff, sizeof(*view));

	if (!view)
		return;
	*view = (struct policy_view){
		.policy = *policy,
		.scope = hr_diff_spell_scope(diff, side, &policy->scope),
		.area = region,
	};
	if (policy->counter != HR_ID_NONE)
		view->counter = hr_catalog_get_counter(diff->catalogs[side], policy->counter);
	hr_diff_add_named(diff, rows, policy->id, HR_STR_NONE, view);
}

void hr_diff_collect_policy(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_area_count(diff->catalogs[side]); i++) {
		const hr_area *area = hr_catalog_get_area(diff->catalogs[side], i);

		for (uint32_t k = 0; k < area->first[HR_FUND_COUNT] && !diff->failed; k++)
			collect_policy(diff, side, area->region, &area->policies[k], rows);
	}
}

static void write_fund(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
#define X(name, word, zh, en) [HR_FUND_##name] = WORD(zh, en),
		HR_FUNDS(X)
#undef X
	};

	WRITE_WORD(*(const hr_fund *)value, words, lang, out);
}

static void write_base(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_BASE_SCOPE] = WORD("政策范围内费用", "all in scope"),
		[HR_BASE_OWN] = WORD("前序基金支付后个人负担", "what the funds before leave"),
		[HR_BASE_OVER_CAP] = WORD("封顶线以上", "above the basic fund's cap"),
	};

	WRITE_WORD(*(const hr_base *)value, words, lang, out);
}

/* "每次 800.00 元、400.00 元": of the first visit, the second, ... */
static void write_deductible(const void *value, int lang, hr_buf *out)
{
	static const hr_str modes[][HR_DIFF_LANGS] = {
		[HR_DEDUCTIBLE_NONE] = WORD("", ""),
		[HR_DEDUCTIBLE_VISIT] = WORD("每次", "each visit"),
		[HR_DEDUCTIBLE_YEAR] = WORD("每年", "a year"),
		[HR_DEDUCTIBLE_HOSPITAL_YEAR] = WORD("每院每年", "a hospital and year"),
		[HR_DEDUCTIBLE_ONCE] = WORD("每年一次, 转高等级补差",
					    "once a year, and on a move up the difference"),
	};
	const hr_deductible *deductible = value;

	WRITE_WORD(deductible->mode, modes, lang, out);
	for (uint32_t i = 0; i < deductible->standard_count; i++) {
		hr_buf_add(out, i == 0		     ? HR_STR(" ")
				: lang == HR_DIFF_ZH ? HR_STR("、")
						     : HR_STR(" / "));
		add_yuan(deductible->standards[i], lang, out);
	}
}

/* "至 30000.00 元 85%, 以上 95%": where each ends, as in the files. */
static void write_segments(const void *record, int lang, hr_buf *out)
{
	const hr_policy *policy = &((const struct policy_view *)record)->policy;

	for (uint32_t i = 0; i < policy->segment_count; i++) {
		const hr_segment *segment = &policy->segments[i];

		if (i)
			HR_BUF_ADD(out, ", ");
		if (segment->upto.fen != HR_FEN_MAX) {
			hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR("至 ") : HR_STR("to "));
			add_yuan(segment->upto, lang, out);
			hr_buf_add_char(out, ' ');
		} else if (i) {
			hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR("以上 ") : HR_STR("above "));
		}
		hr_diff_add_percent(segment->share, out);
		hr_buf_add_char(out, '%');
	}
}

static void write_measure(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("按次", "of each visit"),
						       WORD("按年累计", "of the year") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

static void write_start(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("从零起", "at zero"),
						       WORD("从起付线起", "at the deductible") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

/* A filing each: two that have the same points may be one row or two. */
static void write_reductions(const void *record, int lang, hr_buf *out)
{
	const hr_policy *policy = &((const struct policy_view *)record)->policy;

	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		for (uint32_t k = 0; k < policy->reduction_count; k++) {
			if (!(policy->reductions[k].filings >> i & 1))
				continue;
			hr_diff_write_filing(&i, lang, out);
			hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR(" 减 ") : HR_STR(" less "));
			hr_diff_add_percent(policy->reductions[k].points, out);
			hr_buf_add(out,
				   lang == HR_DIFF_ZH ? HR_STR(" 个百分点") : HR_STR(" points"));
			hr_diff_end_part(out);
		}
}

static void write_cap(const void *value, int lang, hr_buf *out)
{
	static const hr_str of[][HR_DIFF_LANGS] = {
		[HR_CAP_NONE] = WORD("", ""),
		[HR_CAP_PAYMENTS] = WORD("支付 ", "pays "),
		[HR_CAP_AMOUNTS] = WORD("费用 ", "looks at "),
	};
	static const hr_str per[][HR_DIFF_LANGS] = { WORD("每次", "each visit "),
						     WORD("每年", "each year ") };
	const hr_cap *cap = value;

	if (cap->of == HR_CAP_NONE)
		return;
	WRITE_WORD(cap->per_year, per, lang, out);
	WRITE_WORD(cap->of, of, lang, out);
	add_yuan(cap->most, lang, out);
}

static const hr_diff_field policy_fields[] = {
	F(struct policy_view, area, "统筹区", "area", hr_diff_write_text),
	F(struct policy_view, policy.fund, "基金", "fund", write_fund),
	F(struct policy_view, policy.base, "计算基数", "base", write_base),
	SCOPE(struct policy_view),
	F(struct policy_view, policy.deductible, "起付线", "deductible", write_deductible),
	WHOLE("分段比例", "segments", write_segments),
	F(struct policy_view, policy.segments_of_year, "分段", "segments are", write_measure),
	F(struct policy_view, policy.segments_above, "分段起点", "segments begin", write_start),
	SET("降低比例", "reductions", write_reductions),
	F(struct policy_view, policy.cap, "封顶线", "cap", write_cap),
	F(struct policy_view, counter, "年度累计", "counter", hr_diff_write_text),
	F(struct policy_view, policy.conflict, "来源冲突", "conflict", hr_diff_write_text),
	F(struct policy_view, policy.period, "施行", "in force", hr_diff_write_bounds),
	PROOF(struct policy_view, policy.origin, "依据", "source"),
};
FIELDS(policy);
