/* Offices, the network, what is settled directly, platform texts and working days. */
#include "catalog/directory.h"
#include "catalog/workdays.h"
#include "registry/diff_scope.h"

/* "13 inpatient": of everywhere "all inpatient". */
static hr_str region_key(hr_diff *diff, hr_str region, hr_str word)
{
	return hr_diff_join(diff, region.len ? region : HR_STR("all"), " ", word);
}

/* Records whose key is made of their own members. */
#define COLLECT(record, type, key)                                                                 \
	void hr_diff_collect_##record(hr_diff *diff, int side, hr_diff_rows *rows)                 \
	{                                                                                          \
		const hr_catalog *catalog = diff->catalogs[side];                                  \
		for (size_t i = 0; i < hr_catalog_##record##_count(catalog); i++) {                \
			const type *row = hr_catalog_get_##record(catalog, i);                     \
			hr_diff_add_named(diff, rows, key, HR_STR_NONE, row);                      \
		}                                                                                  \
	}

/* --- offices --- */

COLLECT(office, hr_office, region_key(diff, row->region, row->name))

static void write_office_kind(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_OFFICE_INSURANCE] = WORD("医保", "insurance"),
		[HR_OFFICE_CARD] = WORD("社保卡", "card"),
	};

	WRITE_WORD(*(const hr_office_kind *)value, words, lang, out);
}

WRITE_PARTS(insurances, hr_office, insurances, insurance_count)

static const hr_diff_field office_fields[] = {
	F(hr_office, kind, "种类", "kind", write_office_kind),
	SET("险种", "insurances", write_insurances),
	SET_OF(hr_office, filings, "备案", "filings", hr_diff_write_filings),
	F(hr_office, purpose, "事项", "for", hr_diff_write_text),
	F(hr_office, phone, "电话", "telephone", hr_diff_write_text),
	F(hr_office, hours, "时间", "hours", hr_diff_write_text),
	F(hr_office, period, "期间", "period", hr_diff_write_bounds),
	PROOF(hr_office, origin, "依据", "source"),
};
FIELDS(office);

/* --- the network --- */

void hr_diff_collect_opened(hr_diff *diff, int side, hr_diff_rows *rows)
{
	const hr_catalog *catalog = diff->catalogs[side];

	for (size_t i = 0; i < hr_catalog_opened_count(catalog) && !diff->failed; i++) {
		const hr_opened *row = hr_catalog_get_opened(catalog, i);
		const hr_institution *institution =
			hr_catalog_get_institution(catalog, row->institution);
		hr_str key =
			hr_diff_join(diff, institution->key, " ", hr_service_word(row->service));

		hr_diff_add_named(diff, rows, key, institution->name, row);
	}
}

static void write_reach(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("省内", "the province"),
						       WORD("全国", "the nation") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

WRITE_PARTS(opened_conditions, hr_opened, conditions, condition_count)

static const hr_diff_field opened_fields[] = {
	F(hr_opened, nation, "面向", "for people of", write_reach),
	SET("病种", "conditions", write_opened_conditions),
	F(hr_opened, period, "期间", "period", hr_diff_write_bounds),
	PROOF(hr_opened, origin, "依据", "source"),
};
FIELDS(opened);

COLLECT(opened_list, hr_opened_list, region_key(diff, row->region, hr_service_word(row->service)))

static const hr_diff_field opened_list_fields[] = {
	F(hr_opened_list, complete, "清单", "list", hr_diff_write_complete),
	F(hr_opened_list, expected, "应有", "expected", hr_diff_write_number),
	F(hr_opened_list, period, "期间", "period", hr_diff_write_bounds),
	PROOF(hr_opened_list, origin, "依据", "source"),
};
FIELDS(opened_list);

COLLECT(opening, hr_opening, region_key(diff, row->region, hr_service_word(row->service)))

static void write_open(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("未开通", "closed"),
						       WORD("已开通", "open") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

static void write_sides(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_SIDE_INSURED] = WORD("参保地", "place of insurance"),
		[HR_SIDE_CARE] = WORD("就医地", "place of treatment"),
		[HR_SIDE_INSURED | HR_SIDE_CARE] = WORD("参保地和就医地", "both sides"),
	};

	WRITE_WORD(*(const uint8_t *)value, words, lang, out);
}

static const hr_diff_field opening_fields[] = {
	F(hr_opening, open, "状态", "state", write_open),
	F(hr_opening, sides, "作为", "as", write_sides),
	F(hr_opening, period, "期间", "period", hr_diff_write_bounds),
	PROOF(hr_opening, origin, "依据", "source"),
};
FIELDS(opening);

COLLECT(coverage, hr_coverage,
	hr_diff_join(diff, region_key(diff, row->region, hr_service_word(row->service)), " ",
		     row->group))

static void write_share(const void *value, int lang, hr_buf *out)
{
	int32_t share = *(const int32_t *)value;

	(void)lang;
	if (share == 0)
		return;
	hr_diff_add_percent(share, out);
	hr_buf_add_char(out, '%');
}

static void write_on(const void *value, int lang, hr_buf *out)
{
	hr_date on = *(const hr_date *)value;

	(void)lang;
	if (on.day != HR_DATE_MIN.day)
		hr_diff_write_day(on, out);
}

static const hr_diff_field coverage_fields[] = {
	F(hr_coverage, title, "对象", "of", hr_diff_write_text),
	F(hr_coverage, least, "至少", "at least", hr_diff_write_number),
	F(hr_coverage, share, "比例", "share", write_share),
	F(hr_coverage, on, "截至", "on", write_on),
	PROOF(hr_coverage, origin, "依据", "source"),
};
FIELDS(coverage);

/* --- what is settled directly --- */

void hr_diff_collect_direct(hr_diff *diff, int side, hr_diff_rows *rows)
{
	const hr_catalog *catalog = diff->catalogs[side];

	for (size_t i = 0; i < hr_catalog_direct_count(catalog) && !diff->failed; i++) {
		const hr_direct *row = hr_catalog_get_direct(catalog, i);
		hr_diff_scope scope = hr_diff_spell_scope(diff, side, &row->scope);

		hr_diff_add_named(diff, rows,
				  region_key(diff, row->region, hr_diff_scope_text(diff, &scope)),
				  HR_STR_NONE, row);
	}
}

static void write_direct(const void *record, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		WORD("不能直接结算", "not settled directly"),
		WORD("可直接结算", "settled directly"),
		WORD("不予支付", "not covered"),
	};
	const hr_direct *direct = record;

	WRITE_WORD(direct->not_covered ? 2 : direct->open, words, lang, out);
}

static void write_across(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("", ""),
						       WORD("限跨省", "in other provinces") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

static const hr_diff_field direct_fields[] = {
	WHOLE("结论", "ruling", write_direct),
	F(hr_direct, across, "范围", "where", write_across),
	F(hr_direct, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_direct, origin, "依据", "source"),
};
FIELDS(direct);

void hr_diff_collect_condition(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_condition_count(diff->catalogs[side]); i++) {
		const hr_condition *row = hr_catalog_get_condition(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, row->code, row->name, row);
	}
}

static const hr_diff_field condition_fields[] = {
	QUIET(hr_condition, name, "名称", "name", hr_diff_write_text),
	F(hr_condition, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_condition, origin, "依据", "source"),
};
FIELDS(condition);

COLLECT(condition_list, hr_condition_list, HR_STR("all"))

static const hr_diff_field condition_list_fields[] = {
	F(hr_condition_list, complete, "清单", "list", hr_diff_write_complete),
	F(hr_condition_list, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_condition_list, origin, "依据", "source"),
};
FIELDS(condition_list);

/* --- platform texts --- */

COLLECT(platform_text, hr_platform_text, row->text)

static const hr_diff_field platform_text_fields[] = {
	F(hr_platform_text, cause, "原因", "cause", hr_diff_write_text),
	PROOF(hr_platform_text, origin, "依据", "source"),
};
FIELDS(platform_text);

/* --- working days --- */

static hr_str year_text(hr_diff *diff, const hr_work_year *year)
{
	hr_buf *out = &diff->spare.text[0];

	out->len = 0;
	hr_buf_add_int(out, year->year);
	return hr_diff_keep_spare(diff);
}

COLLECT(work_year, hr_work_year, year_text(diff, row))

static void write_days(const hr_date *days, uint16_t count, hr_buf *out)
{
	for (uint16_t i = 0; i < count; i++) {
		hr_diff_write_day(days[i], out);
		hr_diff_end_part(out);
	}
}

static void write_off(const void *record, int lang, hr_buf *out)
{
	const hr_work_year *year = record;

	(void)lang;
	write_days(year->off, year->off_count, out);
}

static void write_work(const void *record, int lang, hr_buf *out)
{
	const hr_work_year *year = record;

	(void)lang;
	write_days(year->work, year->work_count, out);
}

static const hr_diff_field work_year_fields[] = {
	SET("休", "off", write_off),
	SET("班", "working", write_work),
	PROOF(hr_work_year, origin, "依据", "source"),
};
FIELDS(work_year);
