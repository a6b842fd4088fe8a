/* The columns of each kind of sheet, as sheet.h lists them. */
#include "catalog/sheet_parts.h"

#define S(literal)   HR_STR_INIT(literal)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROW(value_, ...)                                                                           \
	{                                                                                          \
		.value = S(value_), .written = { __VA_ARGS__ }                                     \
	}

static const hr_sheet_word yes_no[] = {
	ROW("true", S("是"), S("true"), S("yes"), S("1")),
	ROW("", S("否"), S("false"), S("no"), S("0")),
};

static const hr_sheet_word grades[] = {
	ROW("official", S("官方"), S("official")),
	ROW("secondary", S("转引"), S("secondary")),
	ROW("unverified", S("未核实"), S("unverified")),
	ROW("local", S("本院"), S("local")),
	ROW("synthetic", S("示范"), S("synthetic")),
};

static const hr_sheet_word events[] = {
	ROW("collected", S("采样"), S("采集"), S("collected")),
	ROW("received", S("接收"), S("received")),
	ROW("tested", S("检验"), S("检查"), S("检测"), S("tested")),
	ROW("reported", S("报告"), S("reported")),
	ROW("unstated", S("未写明"), S("未说明"), S("unstated")),
};

/* `any` is what holds when nothing is written. */
static const hr_sheet_word settings[] = {
	ROW("", S("不限"), S("any")),
	ROW("outpatient", S("门诊"), S("outpatient")),
	ROW("inpatient", S("住院"), S("inpatient")),
	ROW("emergency", S("急诊"), S("emergency")),
	ROW("online", S("互联网"), S("online")),
};

/* The words are the attributes. */
static const hr_sheet_word lengths[] = {
	ROW("hours", S("小时"), S("hours"), S("hour"), S("h")),
	ROW("days", S("天"), S("days"), S("day"), S("d"), S("日")),
	ROW("months", S("个月"), S("months"), S("month"), S("月")),
};

static const hr_sheet_word kinds[] = {
	ROW("lab", S("检验"), S("lab")),
	ROW("exam", S("检查"), S("exam")),
};

static const hr_sheet_word sides[] = {
	ROW("L", S("左"), S("左侧"), S("L")),
	ROW("R", S("右"), S("右侧"), S("R")),
	ROW("B", S("双侧"), S("B")),
};

static const hr_sheet_word contrasts[] = {
	ROW("without", S("平扫"), S("without")),
	ROW("with", S("增强"), S("with")),
	ROW("both", S("平扫加增强"), S("平扫+增强"), S("both")),
};

static const hr_sheet_word unit_classes[] = {
	ROW("none", S("无单位"), S("none")),
	ROW("substance", S("摩尔浓度"), S("substance")),
	ROW("mass", S("质量浓度"), S("mass")),
	ROW("activity", S("酶活性"), S("activity")),
	ROW("arbitrary", S("国际单位"), S("arbitrary")),
	ROW("count", S("计数"), S("count")),
	ROW("fraction", S("比例"), S("fraction")),
	ROW("time", S("时间"), S("time")),
	ROW("rate", S("速率"), S("rate")),
	ROW("volume", S("体积"), S("volume")),
	ROW("content", S("每细胞含量"), S("content")),
};

enum {
	KEY = HR_COLUMN_KEY,
	NEEDED = HR_COLUMN_NEEDED,
	DEFAULT = HR_COLUMN_DEFAULT,
	PROVENANCE = HR_COLUMN_PROVENANCE,
	SHOWN = HR_COLUMN_SHOWN,
	CHILD = HR_COLUMN_CHILD,
	DIGITS = HR_COLUMN_DIGITS,
};

#define COLUMN(type_, attr_, flags_, ...)                                                          \
	{                                                                                          \
		.type = &hr_cell_##type_, .attr = S(attr_), .names = { __VA_ARGS__ },              \
		.flags = (flags_)                                                                  \
	}
#define WORD_COLUMN(type_, attr_, flags_, words_, ...)                                             \
	{                                                                                          \
		.type = &hr_cell_##type_, .attr = S(attr_), .names = { __VA_ARGS__ },              \
		.words = (words_), .word_count = COUNT(words_), .flags = (flags_)                  \
	}
#define CHILD_COLUMN(attr_, child_attr_, flags_, ...)                                              \
	{                                                                                          \
		.type = &hr_cell_children, .attr = S(attr_), .child_attr = S(child_attr_),         \
		.names = { __VA_ARGS__ }, .flags = CHILD | (flags_)                                \
	}

#define PERIOD_COLUMNS                                                                             \
	COLUMN(day, "from", KEY | DEFAULT, S("起"), S("from"), S("起始日期"), S("开始日期")),      \
		COLUMN(day, "to", DEFAULT, S("止"), S("to"), S("截止日期"), S("结束日期"))

#define PROVENANCE_COLUMNS                                                                         \
	COLUMN(text, "source", PROVENANCE | NEEDED, S("出处"), S("source"), S("来源")),            \
		WORD_COLUMN(word, "grade", PROVENANCE | NEEDED, grades, S("可信程度"),             \
			    S("grade")),                                                           \
		COLUMN(text, "document", PROVENANCE, S("文件"), S("document")),                    \
		COLUMN(text, "row", PROVENANCE, S("位置"), S("row")),                              \
		COLUMN(text, "note", PROVENANCE, S("备注"), S("note"))

static const hr_column item_columns[] = {
	COLUMN(text, "code", KEY | NEEDED | DIGITS, S("项目代码"), S("code")),
	WORD_COLUMN(item_kind, "kind", NEEDED, kinds, S("类型"), S("kind")),
	COLUMN(text, "name", NEEDED, S("项目名称"), S("name"), S("名称")),
	COLUMN(text, "name-en", 0, S("英文名称"), S("name-en")),
	CHILD_COLUMN("name", "", 0, S("别名"), S("names"), S("缩写")),
	COLUMN(text, "class", 0, S("类别"), S("class")),
	WORD_COLUMN(words, "unit-class", 0, unit_classes, S("单位种类"), S("unit-class")),
	COLUMN(text, "unit", 0, S("单位"), S("unit")),
	COLUMN(text, "loinc", DIGITS, S("LOINC"), S("loinc"), S("LOINC代码")),
	CHILD_COLUMN("loinc", "code", DIGITS, S("其他LOINC"), S("loincs")),
	CHILD_COLUMN("specimen", "", 0, S("标本"), S("specimens"), S("specimen")),
	COLUMN(text, "modality", 0, S("设备类型"), S("modality")),
	COLUMN(text, "body-part", 0, S("部位"), S("body-part")),
	WORD_COLUMN(word, "laterality", 0, sides, S("侧别"), S("laterality")),
	COLUMN(text, "method", 0, S("方法"), S("method")),
	COLUMN(text, "position", 0, S("体位"), S("position")),
	WORD_COLUMN(word, "contrast", 0, contrasts, S("增强"), S("contrast")),
	PROVENANCE_COLUMNS,
};

static const hr_column institution_columns[] = {
	COLUMN(institution_key, "institution", KEY | NEEDED | DIGITS, S("机构代码"),
	       S("institution"), S("uscc"), S("统一社会信用代码")),
	COLUMN(text, "name", NEEDED, S("机构名称"), S("name"), S("institution-name"),
	       S("医疗机构名称"), S("医院名称")),
	CHILD_COLUMN("name", "", 0, S("其他名称"), S("names"), S("别名")),
	COLUMN(region, "region", NEEDED, S("区划"), S("region"), S("行政区划"), S("地区")),
	COLUMN(text, "level", 0, S("等级"), S("level"), S("医院等级")),
	COLUMN(text, "org-code", DIGITS, S("组织机构代码"), S("org-code")),
	COLUMN(text, "insurance-code", DIGITS, S("医保编码"), S("insurance-code")),
	COLUMN(codes, "alliances", 0, S("医联体"), S("alliances")),
	CHILD_COLUMN("oid", "root", DIGITS, S("OID"), S("oids"), S("oid")),
	COLUMN(day, "from", 0, S("起"), S("from"), S("开业日期")),
	COLUMN(day, "to", 0, S("止"), S("to"), S("停业日期")),
	PROVENANCE_COLUMNS,
};

static const hr_column grant_columns[] = {
	COLUMN(regime, "regime", KEY | NEEDED | DEFAULT, S("互认体系"), S("regime")),
	COLUMN(institution, "institution", KEY | NEEDED | DIGITS, S("机构代码"), S("institution"),
	       S("uscc"), S("统一社会信用代码")),
	COLUMN(institution_name, "institution-name", SHOWN, S("机构名称"), S("institution-name"),
	       S("医疗机构名称"), S("医院名称"), S("医院")),
	COLUMN(items, "items", NEEDED, S("项目"), S("items"), S("互认项目"), S("项目名称")),
	PERIOD_COLUMNS,
	COLUMN(day, "withdrawn", 0, S("撤销日期"), S("withdrawn")),
	COLUMN(text, "reason", 0, S("撤销原因"), S("reason")),
	COLUMN(text, "device", KEY, S("设备"), S("device")),
	COLUMN(text, "campus", KEY, S("院区"), S("campus")),
	COLUMN(text, "batch", 0, S("批次"), S("batch")),
	COLUMN(text, "qc-body", 0, S("质控机构"), S("qc-body")),
	COLUMN(day, "evaluated-from", 0, S("评价起"), S("evaluated-from")),
	COLUMN(day, "evaluated-to", 0, S("评价止"), S("evaluated-to")),
	PROVENANCE_COLUMNS,
};

static const hr_column window_columns[] = {
	COLUMN(regime, "regime", KEY | NEEDED | DEFAULT, S("互认体系"), S("regime")),
	COLUMN(items, "items", KEY, S("项目"), S("items"), S("项目名称")),
	COLUMN(codes, "class", KEY, S("类别"), S("class")),
	WORD_COLUMN(validity, "validity", NEEDED, lengths, S("有效期"), S("validity")),
	WORD_COLUMN(word, "event", NEEDED, events, S("起算"), S("event")),
	WORD_COLUMN(word, "setting", KEY, settings, S("就诊类型"), S("setting")),
	WORD_COLUMN(word, "unless-intervened", 0, yes_no, S("无干预为限"), S("unless-intervened")),
	PERIOD_COLUMNS,
	PROVENANCE_COLUMNS,
};

_Static_assert(COUNT(item_columns) <= HR_SHEET_COLUMNS_MAX, "a bit of hr_fact.given each");

const hr_sheet_table hr_sheet_tables[HR_SHEET_KINDS] = {
	[HR_SHEET_ITEMS] = {
		.root = S("items"),
		.children = { S("name"), S("specimen"), S("loinc"), S("sibling"), S("precision") },
		.columns = item_columns,
		.column_count = COUNT(item_columns),
	},
	[HR_SHEET_INSTITUTIONS] = {
		.root = S("institutions"),
		.element = S("institution"),
		.children = { S("name"), S("campus"), S("oid") },
		.columns = institution_columns,
		.column_count = COUNT(institution_columns),
		.resolve = hr_sheet_resolve_institution,
	},
	[HR_SHEET_GRANTS] = {
		.root = S("grants"),
		.element = S("grant"),
		.columns = grant_columns,
		.column_count = COUNT(grant_columns),
		.resolve = hr_sheet_resolve_grant,
	},
	[HR_SHEET_WINDOWS] = {
		.root = S("windows"),
		.element = S("window"),
		.columns = window_columns,
		.column_count = COUNT(window_columns),
	},
};

/* Clerks number their rows. */
const hr_column hr_sheet_ignored = { .names = { S("序号"), S("no"), S("编号") } };

hr_sheet_kind hr_sheet_kind_of(hr_str word)
{
	unsigned kind = 0;

	while (kind < HR_SHEET_KINDS && !hr_str_equal(word, hr_sheet_tables[kind].root))
		kind++;
	return (hr_sheet_kind)kind;
}

const hr_column *hr_sheet_column(const hr_sheet *sheet, const char *name)
{
	const hr_column *column = sheet->table->columns;

	while (!hr_str_equal(column->names[1], hr_str_of(name)))
		column++;
	return column;
}

hr_str *hr_sheet_value(const hr_sheet *sheet, const hr_fact *fact, const char *name)
{
	return &fact->values[hr_sheet_column(sheet, name) - sheet->table->columns];
}

bool hr_sheet_is_called(const hr_column *column, hr_str header)
{
	for (size_t i = 0; i < HR_SHEET_NAMES && column->names[i].len; i++)
		if (hr_sheet_same_name(header, column->names[i]))
			return true;
	return false;
}
