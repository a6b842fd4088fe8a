/*
 * The records of a catalogue in words, field by field. A member of a record in
 * catalog.h that has no row here is a change that nobody is told of.
 */
#include "registry/diff_words.h"

/* --- values --- */

void hr_diff_write_text(const void *value, int lang, hr_buf *out)
{
	(void)lang;
	hr_buf_add(out, *(const hr_str *)value);
}

void hr_diff_write_flag(const void *value, int lang, hr_buf *out)
{
	static const hr_str yes[] = { HR_STR_INIT("是"), HR_STR_INIT("yes") };

	if (*(const bool *)value)
		hr_buf_add(out, yes[lang]);
}

void hr_diff_write_number(const void *value, int lang, hr_buf *out)
{
	(void)lang;
	if (*(const uint32_t *)value)
		hr_buf_add_int(out, *(const uint32_t *)value);
}

void hr_diff_write_day(hr_date day, hr_buf *out)
{
	char text[HR_DATE_TEXT];

	hr_buf_add(out, hr_date_format(day, text));
}

void hr_diff_write_period(const void *value, int lang, hr_buf *out)
{
	const hr_period *period = value;
	bool starts = period->from.day != HR_DATE_MIN.day;
	bool ends = period->to.day != HR_DATE_MAX.day;

	if (starts && lang == HR_DIFF_EN)
		HR_BUF_ADD(out, "from ");
	if (starts)
		hr_diff_write_day(period->from, out);
	if (starts && !ends && lang == HR_DIFF_ZH)
		HR_BUF_ADD(out, " 起");
	if (starts && ends)
		hr_buf_add_char(out, ' ');
	if (ends)
		hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR("至 ") : HR_STR("to "));
	if (ends)
		hr_diff_write_day(hr_date_add_days(period->to, -1), out);
	if (!starts && !ends)
		hr_buf_add(out, lang == HR_DIFF_ZH ? HR_STR("长期") : HR_STR("always"));
}

void hr_diff_write_bounds(const void *value, int lang, hr_buf *out)
{
	const hr_period *period = value;

	if (period->from.day != HR_DATE_MIN.day || period->to.day != HR_DATE_MAX.day)
		hr_diff_write_period(period, lang, out);
}

static void write_withdrawn(const void *value, int lang, hr_buf *out)
{
	const hr_date *on = value;

	(void)lang;
	if (on->day != HR_DATE_MAX.day)
		hr_diff_write_day(*on, out);
}

void hr_diff_end_part(hr_buf *out)
{
	hr_buf_add_char(out, '\0');
}

void hr_diff_write_parts(const hr_str *texts, size_t count, hr_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		hr_buf_add(out, texts[i]);
		hr_diff_end_part(out);
	}
}

void hr_diff_write_word(unsigned number, const hr_str (*words)[HR_DIFF_LANGS], size_t count,
			int lang, hr_buf *out)
{
	if (number < count)
		hr_buf_add(out, words[number][lang]);
}

static void write_kind(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_KIND_UNKNOWN] = WORD("检查检验", "both"),
		[HR_KIND_LAB] = WORD("检验", "lab"),
		[HR_KIND_EXAM] = WORD("检查", "exam"),
	};

	WRITE_WORD(*(const hr_kind *)value, words, lang, out);
}

static void write_withdrawal(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_WITHDRAWAL_KEEPS_EARLIER] = WORD("此前结果仍认", "keeps earlier results"),
		[HR_WITHDRAWAL_ENDS_ALL] = WORD("一律不认", "ends all"),
	};

	WRITE_WORD(*(const hr_withdrawal *)value, words, lang, out);
}

static void write_event(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_EVENT_COLLECTED] = WORD("采样", "collected"),
		[HR_EVENT_RECEIVED] = WORD("接收", "received"),
		[HR_EVENT_TESTED] = WORD("检测", "tested"),
		[HR_EVENT_REPORTED] = WORD("报告", "reported"),
		[HR_EVENT_UNSTATED] = WORD("未载明", "unstated"),
	};

	WRITE_WORD(*(const hr_event_kind *)value, words, lang, out);
}

static void write_mark_place(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_MARK_REPORT] = WORD("报告上", "on the report"),
		[HR_MARK_ITEM_PREFIX] = WORD("项目前", "before the item"),
		[HR_MARK_ITEM_SUFFIX] = WORD("项目后", "behind the item"),
		[HR_MARK_INSTITUTION_SUFFIX] = WORD("机构名后", "behind the institution"),
	};

	WRITE_WORD(*(const hr_mark_place *)value, words, lang, out);
}

void hr_diff_write_complete(const void *value, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = { WORD("不完整", "partial"),
						       WORD("完整", "complete") };

	WRITE_WORD(*(const bool *)value, words, lang, out);
}

static void write_grade(const void *value, int lang, hr_buf *out)
{
	hr_grade grade = ((const hr_origin *)value)->grade;

	hr_buf_add(out, lang == HR_DIFF_ZH ? hr_grade_zh(grade) : hr_grade_word(grade));
}

static void write_source(const void *value, int lang, hr_buf *out)
{
	const hr_origin *origin = value;

	(void)lang;
	hr_buf_add(out, origin->source);
	if (origin->document)
		hr_buf_addf(out, " [%.*s]", HR_STR_ARG(origin->document->id));
}

void hr_diff_write_origin(const void *value, int lang, hr_buf *out)
{
	const hr_origin *origin = value;

	if (origin->file.len == 0)
		return;
	write_source(origin, lang, out);
	if (origin->row.len)
		hr_buf_addf(out, " %.*s", HR_STR_ARG(origin->row));
	HR_BUF_ADD(out, " (");
	write_grade(origin, lang, out);
	hr_buf_add_char(out, ')');
}

/* --- values that are made of several members of a record --- */

static void write_length(const void *record, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_WINDOW_HOURS] = WORD(" 小时", " hours"),
		[HR_WINDOW_DAYS] = WORD(" 天", " days"),
		[HR_WINDOW_MONTHS] = WORD(" 个月", " months"),
	};
	const hr_window *window = record;

	hr_buf_add_int(out, window->length);
	WRITE_WORD(window->unit, words, lang, out);
}

static const hr_str unit_classes[] = {
#define X(name, word) HR_STR_INIT(word),
	HR_UNIT_CLASSES(X)
#undef X
};

static void write_unit_class(const void *value, int lang, hr_buf *out)
{
	(void)lang;
	hr_buf_add(out, unit_classes[*(const hr_unit_class *)value]);
}

static void write_unit_classes(const void *value, int lang, hr_buf *out)
{
	uint32_t classes = *(const uint32_t *)value;
	const char *between = "";

	(void)lang;
	for (size_t i = 0; i < sizeof(unit_classes) / sizeof(unit_classes[0]); i++)
		if (classes >> i & 1) {
			hr_buf_addf(out, "%s%.*s", between, HR_STR_ARG(unit_classes[i]));
			between = " ";
		}
}

WRITE_PARTS(specimens, hr_item, specimens, specimen_count)
WRITE_PARTS(item_names, hr_item, names, name_count)
WRITE_PARTS(alliances, hr_institution, alliances, alliance_count)
WRITE_PARTS(oids, hr_institution, oids, oid_count)
WRITE_PARTS(member_regions, hr_regime, member_regions, member_region_count)
WRITE_PARTS(member_institutions, hr_regime, member_institutions, member_institution_count)
WRITE_PARTS(member_alliances, hr_regime, member_alliances, member_alliance_count)

/* "24348-5", "11580-8 (单位不同)": all but the preferred one, which has a field of its own. */
static void write_codes(const void *record, int lang, hr_buf *out)
{
	static const hr_str words[][HR_DIFF_LANGS] = {
		[HR_CODE_SAME] = WORD("", ""),
		[HR_CODE_UNIT] = WORD(" (单位不同)", " (another unit)"),
		[HR_CODE_SPECIMEN] = WORD(" (标本不同)", " (another specimen)"),
	};
	const hr_item *item = record;

	for (size_t i = 0; i < item->code_count; i++) {
		const hr_item_code *code = &item->codes[i];

		if (code->relation == HR_CODE_SAME && hr_str_equal(code->code, item->loinc))
			continue;
		hr_buf_add(out, code->code);
		WRITE_WORD(code->relation, words, lang, out);
		hr_diff_end_part(out);
	}
}

static void write_names(const void *record, int lang, hr_buf *out)
{
	const hr_institution *institution = record;

	for (size_t i = 0; i < institution->name_count; i++) {
		const hr_institution_name *name = &institution->names[i];

		hr_buf_addf(out, "%.*s (", HR_STR_ARG(name->name));
		hr_diff_write_period(&name->period, lang, out);
		hr_buf_add_char(out, ')');
		hr_diff_end_part(out);
	}
}

static void write_campuses(const void *record, int lang, hr_buf *out)
{
	const hr_institution *institution = record;

	(void)lang;
	for (size_t i = 0; i < institution->campus_count; i++) {
		hr_buf_addf(out, "%.*s %.*s", HR_STR_ARG(institution->campuses[i].id),
			    HR_STR_ARG(institution->campuses[i].name));
		hr_diff_end_part(out);
	}
}

/* --- the fields --- */

#define ORIGIN(type)                                                                               \
	QUIET(type, origin, "依据级别", "grade", write_grade),                                     \
		QUIET(type, origin, "依据", "source", write_source),                               \
		QUIET(type, origin.row, "所在行", "row of the document", hr_diff_write_text)
static const hr_diff_field regime_fields[] = {
	QUIET(hr_regime, name, "名称", "name", hr_diff_write_text),
	F(hr_regime, name_en, "英文名", "English name", hr_diff_write_text),
	F(hr_regime, mark, "标识", "mark", hr_diff_write_text),
	F(hr_regime, kind, "范围", "kind", write_kind),
	F(hr_regime, period, "施行", "in force", hr_diff_write_bounds),
	F(hr_regime, grant_obliges, "授权即应认", "a grant obliges", hr_diff_write_flag),
	F(hr_regime, withdrawal, "撤销后", "after withdrawal", write_withdrawal),
	F(hr_regime, legal_basis, "政策依据", "legal basis", hr_diff_write_text),
	F(hr_regime, nationwide, "全国", "nationwide", hr_diff_write_flag),
	SET("成员地区", "member regions", write_member_regions),
	SET("成员机构", "member institutions", write_member_institutions),
	SET("成员医联体", "member alliances", write_member_alliances),
	ORIGIN(hr_regime),
};
FIELDS(regime);

static const hr_diff_field list_fields[] = {
	F(hr_list, complete, "清单", "list", hr_diff_write_complete),
	F(hr_list, period, "期间", "period", hr_diff_write_period),
	F(hr_list, all, "全部", "all", hr_diff_write_flag),
	F(hr_list, expected, "应有", "expected", hr_diff_write_number),
	ORIGIN(hr_list),
};
FIELDS(list);

static const hr_diff_field item_fields[] = {
	F(hr_item, kind, "种类", "kind", write_kind),
	QUIET(hr_item, name, "名称", "name", hr_diff_write_text),
	F(hr_item, name_en, "英文名", "English name", hr_diff_write_text),
	F(hr_item, class_name, "分类", "class", hr_diff_write_text),
	SET("其他名称", "other names", write_item_names),
	SET("标本", "specimens", write_specimens),
	F(hr_item, unit_classes, "单位类别", "unit classes", write_unit_classes),
	F(hr_item, unit, "单位", "unit", hr_diff_write_text),
	F(hr_item, loinc, "LOINC", "LOINC", hr_diff_write_text),
	SET("其他 LOINC", "other LOINC", write_codes),
	F(hr_item, modality, "设备", "modality", hr_diff_write_text),
	F(hr_item, body_part, "部位", "body part", hr_diff_write_text),
	F(hr_item, laterality, "侧别", "laterality", hr_diff_write_text),
	F(hr_item, method, "方法", "method", hr_diff_write_text),
	F(hr_item, position, "体位", "position", hr_diff_write_text),
	F(hr_item, contrast, "增强", "contrast", hr_diff_write_text),
	ORIGIN(hr_item),
};
FIELDS(item);

static const hr_diff_field unit_fields[] = {
	F(hr_unit, class, "类别", "class", write_unit_class),
};
FIELDS(unit);

static const hr_diff_field region_fields[] = {
	QUIET(hr_region, name, "名称", "name", hr_diff_write_text),
	ORIGIN(hr_region),
};
FIELDS(region);

static const hr_diff_field institution_fields[] = {
	QUIET(hr_institution, uscc, "统一社会信用代码", "USCC", hr_diff_write_text),
	QUIET(hr_institution, name, "名称", "name", hr_diff_write_text),
	F(hr_institution, region, "区划", "region", hr_diff_write_text),
	F(hr_institution, level, "等级", "level", hr_diff_write_text),
	F(hr_institution, org_code, "组织机构代码", "organisation code", hr_diff_write_text),
	F(hr_institution, insurance_code, "医保代码", "insurance code", hr_diff_write_text),
	F(hr_institution, period, "存续", "period", hr_diff_write_bounds),
	SET("医联体", "alliances", write_alliances),
	SET("院区", "campuses", write_campuses),
	SET("其他名称", "other names", write_names),
	SET("OID", "OID", write_oids),
	ORIGIN(hr_institution),
};
FIELDS(institution);

static const hr_diff_field grant_fields[] = {
	F(hr_grant, period, "期间", "period", hr_diff_write_period),
	F(hr_grant, withdrawn_on, "撤销", "withdrawn", write_withdrawn),
	F(hr_grant, withdrawn_why, "撤销原因", "reason", hr_diff_write_text),
	F(hr_grant, device, "限设备", "device", hr_diff_write_text),
	F(hr_grant, campus, "限院区", "campus", hr_diff_write_text),
	QUIET(hr_grant, batch, "批次", "batch", hr_diff_write_text),
	QUIET(hr_grant, qc_body, "质控机构", "quality body", hr_diff_write_text),
	QUIET(hr_grant, evaluated, "评价", "evaluated", hr_diff_write_bounds),
	ORIGIN(hr_grant),
};
FIELDS(grant);

static const hr_diff_field window_fields[] = {
	WHOLE("期限", "length", write_length),
	F(hr_window, event, "起算", "counted from", write_event),
	F(hr_window, unless_intervened, "其间无干预", "unless intervened", hr_diff_write_flag),
	F(hr_window, period, "施行", "in force", hr_diff_write_bounds),
	ORIGIN(hr_window),
};
FIELDS(window);

static const hr_diff_field mark_fields[] = {
	F(hr_mark, where, "位置", "place", write_mark_place),
	F(hr_mark, region, "区划", "region", hr_diff_write_text),
	F(hr_mark, period, "期间", "period", hr_diff_write_bounds),
	ORIGIN(hr_mark),
};
FIELDS(mark);

static const hr_diff_field situation_fields[] = {
	F(hr_situation, text, "内容", "text", hr_diff_write_text),
	F(hr_situation, text_en, "英文", "English", hr_diff_write_text),
	F(hr_situation, needs_text, "须说明", "needs words", hr_diff_write_flag),
	ORIGIN(hr_situation),
};
FIELDS(situation);

static const hr_diff_field document_fields[] = {
	QUIET(hr_document, title, "标题", "title", hr_diff_write_text),
	F(hr_document, number, "文号", "number", hr_diff_write_text),
	F(hr_document, issuers, "发文", "issuers", hr_diff_write_text),
	F(hr_document, period, "施行", "in force", hr_diff_write_bounds),
	F(hr_document, attachment, "附件", "attachment", hr_diff_write_text),
	F(hr_document, url, "网址", "address", hr_diff_write_text),
	F(hr_document, digest, "SHA-256", "SHA-256", hr_diff_write_text),
};
FIELDS(document);
