/*
 * What areas say of filings. The rules of a period are told apart by its first
 * day, and so is what stands in them: that they end is one change, not one of
 * each kind.
 */
#include "registry/diff_scope.h"

hr_str hr_diff_rules_key(hr_diff *diff, const hr_area *area, const hr_filing_rules *rules)
{
	char from[HR_DATE_TEXT];

	if (rules->period.from.day == HR_DATE_MIN.day)
		return area->region;
	return hr_diff_join(diff, area->region, " ", hr_date_format(rules->period.from, from));
}

typedef void collector(hr_diff *diff, int side, hr_str key, const hr_filing_rules *rules,
		       hr_diff_rows *rows);

static void collect_each(hr_diff *diff, int side, collector *collect, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_area_count(diff->catalogs[side]); i++) {
		const hr_area *area = hr_catalog_get_area(diff->catalogs[side], i);

		for (uint32_t k = 0; k < area->filing_count && !diff->failed; k++)
			collect(diff, side, hr_diff_rules_key(diff, area, &area->filings[k]),
				&area->filings[k], rows);
	}
}

#define COLLECT(record, collect)                                                                   \
	void hr_diff_collect_##record(hr_diff *diff, int side, hr_diff_rows *rows)                 \
	{                                                                                          \
		collect_each(diff, side, collect, rows);                                           \
	}

/* --- the rules --- */

static void collect_rules(hr_diff *diff, int side, hr_str key, const hr_filing_rules *rules,
			  hr_diff_rows *rows)
{
	(void)side;
	hr_diff_add_named(diff, rows, key, HR_STR_NONE, rules);
}

COLLECT(filing_rules, collect_rules)

static void write_back(const void *value, int lang, hr_buf *out)
{
	const hr_filing_back *back = value;
	bool english = lang == HR_DIFF_EN;

	if (back->mode == HR_BACK_DISCHARGE)
		hr_buf_add(out, english ? HR_STR("before the settlement at discharge")
					: HR_STR("出院结算前"));
	if (back->mode == HR_BACK_DAYS)
		hr_buf_addf(out, english ? "within %u days of the admission" : "入院后 %u 日内",
			    back->days);
	if (back->admission_counts)
		hr_buf_add(out, english ? HR_STR(", the day of admission counted")
					: HR_STR(" (入院当日计入)"));
}

#define WRITE_SAID(name, yes_zh, yes_en, no_zh, no_en)                                             \
	static void write_##name(const void *value, int lang, hr_buf *out)                         \
	{                                                                                          \
		static const hr_str words[][HR_DIFF_LANGS] = {                                     \
			[HR_SAID_NOTHING] = WORD("", ""),                                          \
			[HR_SAID_YES] = WORD(yes_zh, yes_en),                                      \
			[HR_SAID_NO] = WORD(no_zh, no_en),                                         \
		};                                                                                 \
		WRITE_WORD(*(const hr_said *)value, words, lang, out);                             \
	}

WRITE_SAID(holidays, "顺延", "moves", "不顺延", "stays")
WRITE_SAID(overlap, "允许", "allowed", "不允许", "refused")
WRITE_SAID(stay, "按入院日", "by the admission", "按出院日", "by the discharge")
WRITE_SAID(needed, "须先认定", "needed first", "不须", "not needed")

static const hr_diff_field filing_rules_fields[] = {
	F(hr_filing_rules, back, "补办", "back-filing", write_back),
	F(hr_filing_rules, back.holidays, "补办末日遇休假", "a last day off", write_holidays),
	PROOF(hr_filing_rules, back.origin, "补办依据", "source of the back-filing"),
	F(hr_filing_rules, overlap.both_long, "两个长期", "two for long", write_overlap),
	F(hr_filing_rules, overlap.mixed, "长期并临时", "long and for a while", write_overlap),
	F(hr_filing_rules, overlap.both_short, "两个临时", "two for a while", write_overlap),
	PROOF(hr_filing_rules, overlap.origin, "并存依据", "source of the overlaps"),
	F(hr_filing_rules, stay_by_admission, "住院适用", "a stay", write_stay),
	PROOF(hr_filing_rules, stay_origin, "住院适用依据", "source of the stays"),
	F(hr_filing_rules, qualification, "门慢特资格", "qualification", write_needed),
	PROOF(hr_filing_rules, qualification_origin, "资格依据", "source of the qualification"),
	F(hr_filing_rules, complete, "类型清单", "list of kinds", hr_diff_write_complete),
	F(hr_filing_rules, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_filing_rules, origin, "依据", "source"),
};
FIELDS(filing_rules);

/* --- where one is needed --- */

struct place_view {
	hr_filing_place place;
	hr_diff_scope scope;
};

static void collect_places(hr_diff *diff, int side, hr_str key, const hr_filing_rules *rules,
			   hr_diff_rows *rows)
{
	for (uint32_t i = 0; i < rules->place_count; i++) {
		struct place_view *view = hr_diff_new_view(diff, sizeof(*view));
		const hr_filing_place *place = &rules->places[i];

		if (!view)
			return;
		*view = (struct place_view){ *place,
					     hr_diff_spell_scope(diff, side, &place->scope) };
		hr_diff_add_named(
			diff, rows,
			hr_diff_join(diff, key, " ", hr_diff_scope_text(diff, &view->scope)),
			HR_STR_NONE, view);
	}
}

COLLECT(filing_place, collect_places)

static const hr_diff_field filing_place_fields[] = {
	F(struct place_view, place.exempt, "要求", "demand", hr_diff_write_exempt),
	PROOF(struct place_view, place.origin, "依据", "source"),
};
FIELDS(filing_place);

/* --- kinds --- */

struct kind_view {
	hr_filing_kind kind;
	hr_diff_scope scope;
};

static void collect_kinds(hr_diff *diff, int side, hr_str key, const hr_filing_rules *rules,
			  hr_diff_rows *rows)
{
	for (uint32_t i = 0; i < rules->kind_count; i++) {
		struct kind_view *view = hr_diff_new_view(diff, sizeof(*view));
		const hr_filing_kind *kind = &rules->kinds[i];

		if (!view)
			return;
		*view = (struct kind_view){ *kind, hr_diff_spell_scope(diff, side, &kind->scope) };
		hr_diff_add_named(diff, rows, hr_diff_join(diff, key, " ", kind->name), kind->title,
				  view);
	}
}

COLLECT(filing_kind, collect_kinds)

WRITE_PARTS(codes, hr_filing_kind, codes, code_count)

static void write_class(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_FILING_FOR_LONG] = WORD("长期", "for long"),
		[HR_FILING_FOR_A_WHILE] = WORD("临时", "for a while"),
	};

	WRITE_WORD(*(const hr_filing_class *)value, words, lang, out);
}

/* "长期有效", "12 个月", "至少 6 个月"; nothing when it is not said. */
static void write_length(const void *record, int lang, hr_buf *out)
{
	const hr_filing_kind *kind = record;
	bool english = lang == HR_DIFF_EN;

	if (kind->open)
		hr_buf_add(out, english ? HR_STR("without an end") : HR_STR("长期有效"));
	if (kind->at_least)
		hr_buf_add(out, english ? HR_STR("at least ") : HR_STR("至少 "));
	if (kind->months != HR_FILING_MONTHS_UNKNOWN)
		hr_buf_addf(out, english ? "%d months" : "%d 个月", kind->months);
}

static void write_after(const void *value, int lang, hr_buf *out)
{
	int32_t months = *(const int32_t *)value;
	bool english = lang == HR_DIFF_EN;

	if (months == 0)
		hr_buf_add(out, english ? HR_STR("at any time") : HR_STR("随时"));
	else if (months != HR_FILING_MONTHS_UNKNOWN)
		hr_buf_addf(out, english ? "after %d months" : "%d 个月后", months);
}

static const hr_diff_field filing_kind_fields[] = {
	QUIET(struct kind_view, kind.title, "名称", "title", hr_diff_write_text),
	SET("备案原因代码", "codes", write_codes),
	F(struct kind_view, kind.class, "长短", "class", write_class),
	F(struct kind_view, kind.gives, "结算按", "settled as", hr_diff_write_filing),
	SCOPE(struct kind_view),
	WHOLE("有效", "lasts", write_length),
	F(struct kind_view, kind.change_months, "可变更", "may be changed", write_after),
	F(struct kind_view, kind.cancel_months, "可取消", "may be cancelled", write_after),
	F(struct kind_view, kind.early_at_office, "提前由经办决定", "earlier by the office",
	  hr_diff_write_flag),
	F(struct kind_view, kind.flagged, "急诊标志视同", "the emergency flag counts as it",
	  hr_diff_write_flag),
	F(struct kind_view, kind.no_materials, "免材料", "no materials", hr_diff_write_flag),
	PROOF(struct kind_view, kind.origin, "依据", "source"),
};
FIELDS(filing_kind);

/* --- channels --- */

static void collect_channels(hr_diff *diff, int side, hr_str key, const hr_filing_rules *rules,
			     hr_diff_rows *rows)
{
	(void)side;
	for (uint32_t i = 0; i < rules->channel_count; i++) {
		const hr_filing_channel *channel = &rules->channels[i];

		hr_diff_add_named(diff, rows, hr_diff_join(diff, key, " ", channel->name),
				  channel->title, channel);
	}
}

COLLECT(filing_channel, collect_channels)

WRITE_PARTS(channel_kinds, hr_filing_channel, kinds, kind_count)

static void write_approval(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("人工", "manual"),
						       WORD("自动", "automatic") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

static const hr_diff_field filing_channel_fields[] = {
	QUIET(hr_filing_channel, title, "名称", "title", hr_diff_write_text),
	SET("类型", "kinds", write_channel_kinds),
	F(hr_filing_channel, automatic, "审核", "approval", write_approval),
	F(hr_filing_channel, days, "承诺工作日", "working days", hr_diff_write_number),
	PROOF(hr_filing_channel, origin, "依据", "source"),
};
FIELDS(filing_channel);

/* --- papers --- */

static void collect_materials(hr_diff *diff, int side, hr_str key, const hr_filing_rules *rules,
			      hr_diff_rows *rows)
{
	(void)side;
	for (uint32_t i = 0; i < rules->material_count; i++)
		hr_diff_add_named(diff, rows,
				  hr_diff_join(diff, key, " ", rules->materials[i].name),
				  HR_STR_NONE, &rules->materials[i]);
}

COLLECT(filing_material, collect_materials)

WRITE_PARTS(material_kinds, hr_filing_material, kinds, kind_count)
WRITE_PARTS(material_care, hr_filing_material, care, care_count)
WRITE_PARTS(proxies, hr_filing_material, proxies, proxy_count)

static const hr_diff_field filing_material_fields[] = {
	SET("类型", "kinds", write_material_kinds),
	SET("就医地", "places of treatment", write_material_care),
	F(hr_filing_material, first_only, "仅首次", "the first time only", hr_diff_write_flag),
	F(hr_filing_material, promise, "可承诺", "a promise will do", hr_diff_write_flag),
	SET("可代办", "proxies", write_proxies),
	PROOF(hr_filing_material, origin, "依据", "source"),
};
FIELDS(filing_material);
