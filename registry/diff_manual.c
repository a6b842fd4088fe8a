/* What is known of reimbursement by hand. */
#include "catalog/manual.h"
#include "registry/diff_scope.h"

static hr_str region_key(hr_diff *diff, hr_str region, hr_str rest)
{
	return hr_diff_join(diff, region.len ? region : HR_STR("all"), rest.len ? " " : "", rest);
}

/* --- rules --- */

void hr_diff_collect_manual(hr_diff *diff, int side, hr_diff_rows *rows)
{
	const hr_catalog *catalog = diff->catalogs[side];

	for (size_t i = 0; i < hr_catalog_manual_count(catalog) && !diff->failed; i++) {
		const hr_manual *row = hr_catalog_get_manual(catalog, i);
		hr_diff_scope scope = hr_diff_spell_scope(diff, side, &row->scope);

		hr_diff_add_named(diff, rows,
				  region_key(diff, row->region, hr_diff_scope_text(diff, &scope)),
				  HR_STR_NONE, row);
	}
}

/* What a rule does not say is absent, whatever its flag holds. */
static void write_said(const hr_manual *manual, uint32_t what, bool yes, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("不可以", "no"), WORD("可以", "yes") };

	if (manual->says & what)
		WRITE_WORD(yes, words, lang, out);
}

static void write_open(const void *record, int lang, hr_buf *out)
{
	const hr_manual *manual = record;

	write_said(manual, HR_MANUAL_SAYS_OPEN, manual->open, lang, out);
}

static void write_files_after(const void *record, int lang, hr_buf *out)
{
	const hr_manual *manual = record;

	write_said(manual, HR_MANUAL_SAYS_FILES_AFTER, manual->files_after, lang, out);
}

static void write_by(const void *record, int lang, hr_buf *out)
{
	if (((const hr_manual *)record)->says & HR_MANUAL_SAYS_POLICIES)
		hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR("按结算政策")
						   : HR_STR("by the area's policies"));
}

static void write_sorted(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_SORTED_BY_UNKNOWN] = WORD("", ""),
		[HR_SORTED_BY_INSURED] = WORD("参保地目录", "of the place of insurance"),
		[HR_SORTED_BY_CARE] = WORD("就医地目录", "of the place of treatment"),
	};

	WRITE_WORD(*(const hr_sorted_by *)value, words, lang, out);
}

static void write_across(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("", ""),
						       WORD("限跨省", "in other provinces") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

static void write_filings(const void *record, int lang, hr_buf *out)
{
	hr_diff_write_filings(&((const hr_manual *)record)->scope.words[HR_DIMENSION_FILING], lang,
			      out);
}

static const hr_diff_field manual_fields[] = {
	WHOLE("可否报销", "open", write_open),
	WHOLE("出院后补备案", "filed after the stay", write_files_after),
	WHOLE("计算", "computed", write_by),
	F(hr_manual, sorted, "目录", "catalogue", write_sorted),
	F(hr_manual, across, "范围", "where", write_across),
	SET("备案", "filings", write_filings),
	F(hr_manual, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_manual, origin, "依据", "source"),
};
FIELDS(manual);

/* --- drugs --- */

void hr_diff_collect_dual_channel(hr_diff *diff, int side, hr_diff_rows *rows)
{
	const hr_catalog *catalog = diff->catalogs[side];

	for (size_t i = 0; i < hr_catalog_dual_channel_count(catalog) && !diff->failed; i++) {
		const hr_dual_channel *row = hr_catalog_get_dual_channel(catalog, i);

		hr_diff_add_named(diff, rows, region_key(diff, row->region, HR_STR_NONE),
				  HR_STR_NONE, row);
	}
}

static void write_filing(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_SAID_NOTHING] = WORD("", ""),
		[HR_SAID_YES] = WORD("须备案", "filing needed"),
		[HR_SAID_NO] = WORD("免备案", "no filing needed"),
	};

	WRITE_WORD(*(const hr_said *)value, words, lang, out);
}

/* In their order: the first that is known counts. */
static void write_standards(const void *record, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_STANDARD_OWN] = WORD("参保地标准", "own"),
		[HR_STANDARD_LOWEST] =
			WORD("同通用名同规格最低", "lowest of its name and strength"),
	};
	const hr_dual_channel *row = record;

	for (uint8_t i = 0; i < row->standard_count; i++) {
		if (i)
			hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR(", 其次 ") : HR_STR(", then "));
		WRITE_WORD(row->standards[i], words, lang, out);
	}
}

static const hr_diff_field dual_channel_fields[] = {
	F(hr_dual_channel, filing, "备案", "filing", write_filing),
	WHOLE("支付标准", "standards", write_standards),
	F(hr_dual_channel, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_dual_channel, origin, "依据", "source"),
};
FIELDS(dual_channel);

void hr_diff_collect_drug_standard(hr_diff *diff, int side, hr_diff_rows *rows)
{
	const hr_catalog *catalog = diff->catalogs[side];

	for (size_t i = 0; i < hr_catalog_drug_standard_count(catalog) && !diff->failed; i++) {
		const hr_drug_standard *row = hr_catalog_get_drug_standard(catalog, i);
		hr_str drug = hr_diff_join(diff, row->name, " ", row->spec);

		if (row->code.len)
			drug = hr_diff_join(diff, drug, " ", row->code);
		hr_diff_add_named(diff, rows, region_key(diff, row->region, drug), HR_STR_NONE,
				  row);
	}
}

static void write_amount(const void *value, int lang, hr_buf *out)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format(*(const hr_money *)value, text));
	if (lang == HR_DIFF_ZH)
		HR_BUF_ADD(out, " 元");
}

static const hr_diff_field drug_standard_fields[] = {
	F(hr_drug_standard, amount, "标准", "standard", write_amount),
	F(hr_drug_standard, period, "施行", "in force", hr_diff_write_bounds),
	PROOF(hr_drug_standard, origin, "依据", "source"),
};
FIELDS(drug_standard);
