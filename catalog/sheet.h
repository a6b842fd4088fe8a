/*
 * Spreadsheets in and out, as CSV (catalog/csv.h): commissions keep their lists
 * there. A header names the columns, in Chinese or English, in any order; each
 * row below it is one fact. Titles above it are passed over. What is exported
 * can be imported again and changes nothing.
 *
 * Columns: + tells rows apart, * is needed for a new row. Every kind also has
 * *出处 source, *可信程度 grade, 文件 document, 位置 row (of it), 备注 note; 序号 no is
 * passed over.
 *
 * items         +*项目代码 code, *类型 kind (检验, 检查), *项目名称 name, 英文名称 name-en,
 *               别名 names, 类别 class, 单位种类 unit-class (a lab item's is needed), 单位 unit,
 *               LOINC loinc, 其他LOINC loincs, 标本 specimens, 设备类型 modality (an exam's is
 *               needed), 部位 body-part, 侧别 laterality, 方法 method, 体位 position, 增强 contrast
 * institutions  +*机构代码 institution, *机构名称 name, 其他名称 names, *区划 region (code or
 *               name), 等级 level, 组织机构代码 org-code, 医保编码 insurance-code,
 *               医联体 alliances, OID oids, 起 from, 止 to
 * grants        +*互认体系 regime (id, name or mark), +*机构代码 institution, 机构名称
 *               institution-name, *项目 items, +起 from, 止 to, 撤销日期 withdrawn,
 *               撤销原因 reason, +设备 device, +院区 campus (id or name), 批次 batch,
 *               质控机构 qc-body, 评价起 evaluated-from, 评价止 evaluated-to
 * windows       +*互认体系 regime, +项目 items or +类别 class, *有效期 validity, *起算 event,
 *               +就诊类型 setting, 无干预为限 unless-intervened, +起 from, 止 to
 *
 * Cells. Lists are parted by 、 ； ; | or a line end; items by commas, too, codes also by
 * blanks. Items: codes or exact names; 全部; 全部 除 A、B 外; all except A, B. Days:
 * 2025-01-01, 2025/1/1, 2025.1.1, 2025年1月1日, 20250101; 长期 is open. Validity: 6小时, 7天,
 * 3个月, 6 hours. Flags: 是, 否. A grant's institution: its code (any that it has), or its name
 * on the first day, or else on any. A new institution without a code gets a key made of its
 * region and name.
 *
 * An empty cell removes what was there, but not who says so; a column that the sheet does not
 * have stays as it is, and so does what has no column (campuses, names with days, siblings,
 * precision). Codes that begin with a digit are exported with a tab behind them, else Excel
 * rounds them or makes days of them; an import drops it.
 */
#pragma once

#include "base/file.h"
#include "catalog/check.h"

typedef enum hr_sheet_kind {
	HR_SHEET_ITEMS,
	HR_SHEET_INSTITUTIONS,
	HR_SHEET_GRANTS,
	HR_SHEET_WINDOWS,
	HR_SHEET_KINDS
} hr_sheet_kind;

/* "items", ...: HR_SHEET_KINDS for any other word. */
hr_sheet_kind hr_sheet_kind_of(hr_str word);

/* For cells that are empty and columns that are not there; written as in a cell. */
typedef struct hr_sheet_options {
	hr_str regime;
	hr_str from;
	hr_str to;
	/* Who says so, for rows that are new or changed. A new row needs a source and a grade. */
	hr_str source;
	hr_str grade;
	hr_str document;
	/*
	 * Grants and windows: the sheet is the whole truth about its regimes from its first day to
	 * its last. Rows of those days that it does not have end the day before, or go when they
	 * began no earlier. Without it, rows that the sheet does not have stay.
	 */
	bool replace_period;
} hr_sheet_options;

typedef enum hr_sheet_change_kind {
	HR_SHEET_ADDED,
	HR_SHEET_CHANGED,
	HR_SHEET_WITHDRAWN, /* goes or ends, and the sheet does not go on with it */
} hr_sheet_change_kind;

typedef struct hr_sheet_change {
	hr_sheet_change_kind kind;
	uint32_t row; /* of the sheet, the header being 1; 0: a row that the sheet does not have */
	hr_str subject; /* what the row is about: code and name */
	hr_str text; /* its cells; of a changed one those that change: "项目: TSH -> TSH、FT4" */
} hr_sheet_change;

typedef struct hr_sheet_problem {
	uint32_t row;  /* 0: none */
	hr_str column; /* as the header names it, or empty */
	hr_str code;   /* "unknown-institution", stable; or that of an issue of the check */
	hr_str message;
	hr_str candidates; /* "code name; code name", where a name is ambiguous */
} hr_sheet_problem;

typedef struct hr_sheet_import_result {
	const hr_sheet_problem *problems; /* by row; at most HR_ISSUES_MAX */
	size_t problem_count;
	const hr_sheet_change *changes; /* by row, those without one last */
	size_t change_count;
	size_t unchanged; /* rows */
	hr_fileset files; /* the whole new set, checked; empty while there is a problem */
} hr_sheet_import_result;

/*
 * Lays a sheet over the files of a catalogue. Rows that change are rewritten
 * where they stand, new ones join their kind's file (grants-REGIME.xml; one a
 * region when it would pass 8 MiB); every other byte stays. `set` is not
 * touched and must be sound (HR_E_CATALOG otherwise). Bad rows are problems,
 * not an error; an error is a sheet that cannot be read at all.
 */
bool hr_sheet_import(hr_sheet_kind kind, const hr_fileset *set, hr_str csv,
		     const hr_sheet_options *options, hr_arena *arena, hr_sheet_import_result *out,
		     hr_error *err);

/*
 * All rows of a kind, in the order of the files; grants and windows of one regime when `regime`
 * is not empty. HR_E_USAGE for a regime that there is not.
 */
bool hr_sheet_export(hr_sheet_kind kind, const hr_fileset *set, hr_str regime, hr_arena *arena,
		     hr_str *out, hr_error *err);
