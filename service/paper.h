/*
 * A paper report: what a person reads off it becomes a report like any other,
 * whoever asks, a terminal or a page. Its places name the boxes. And what the
 * catalogue offers for a box that is half filled in.
 */
#pragma once

#include "recognition/report.h"

enum {
	HR_PAPER_ITEMS_MAX = 100,
	HR_PAPER_MARKS_MAX = 30,
	HR_PAPER_SHOWN_MAX = 12, /* candidates; who wants others types more */
};

/* What each box is called, in Chinese and in English; places have the English name. */
#define HR_PAPER_ISSUER	   "出具机构", "issuing institution"
#define HR_PAPER_CAMPUS	   "院区", "campus"
#define HR_PAPER_KIND	   "类别", "kind"
#define HR_PAPER_COLLECTED "采样时间", "collected"
#define HR_PAPER_EXAMINED  "检查时间", "examined"
#define HR_PAPER_REPORTED  "报告时间", "reported"
#define HR_PAPER_ITEM	   "项目", "item"
#define HR_PAPER_VALUE	   "结果", "value"
#define HR_PAPER_UNIT	   "单位", "unit"
#define HR_PAPER_SPECIMEN  "标本", "specimen"
#define HR_PAPER_PATIENT   "患者姓名", "patient"
#define HR_PAPER_BIRTH	   "出生日期", "born"
#define HR_PAPER_MARK	   "互认标识", "mark seen"

typedef enum hr_paper_box {
	HR_PAPER_BOX_ISSUER,
	HR_PAPER_BOX_CAMPUS,
	HR_PAPER_BOX_COLLECTED,
	HR_PAPER_BOX_EXAMINED,
	HR_PAPER_BOX_REPORTED,
	HR_PAPER_BOX_ITEM,
	HR_PAPER_BOX_VALUE,
	HR_PAPER_BOX_UNIT,
	HR_PAPER_BOX_SPECIMEN,
	HR_PAPER_BOX_PATIENT,
	HR_PAPER_BOX_BIRTH,
} hr_paper_box;

typedef struct hr_paper_item {
	hr_str text;
	hr_item_id chosen; /* from a list, when `text` is but a part; else HR_ID_NONE */
	hr_str value;
	hr_str unit;
	hr_str specimen;
} hr_paper_item;

/* As printed; what is not there is empty. */
typedef struct hr_paper_answers {
	hr_str issuer;
	hr_institution_id issuer_id; /* HR_ID_NONE: only the text is known */
	hr_str campus;
	hr_kind kind;
	hr_str collected; /* of an examination: when it was made */
	hr_str reported;
	const hr_paper_item *items;
	size_t item_count;
	hr_str patient;
	hr_str birth;
} hr_paper_answers;

/* A box that must be filled in, or a time that is none. */
typedef struct hr_paper_fault {
	hr_paper_box box;
	unsigned index; /* of the item, from 1; 0: the box has none */
} hr_paper_fault;

hr_str hr_paper_box_name(hr_paper_box box, bool english);

/* False when there is none. */
bool hr_paper_find_fault(const hr_paper_answers *answers, hr_paper_fault *out);

/* Borrows from the catalogue and the answers. HR_E_INCOMPLETE with the box at fault. */
bool hr_paper_report(const hr_catalog *catalog, const hr_paper_answers *answers, hr_arena *arena,
		     hr_report *out, hr_error *err);

/* Named as a whole, so that nobody has to choose; else HR_ID_NONE. */
hr_institution_id hr_paper_find_institution(const hr_catalog *catalog, hr_str text);
hr_item_id hr_paper_find_item(const hr_catalog *catalog, hr_str text, hr_kind kind);

/* A line of a list to choose from. */
void hr_paper_label_institution(const hr_catalog *catalog, hr_institution_id id, hr_buf *out);
void hr_paper_label_item(const hr_catalog *catalog, hr_item_id id, hr_buf *out);

/* The marks of regimes, and the others that stand on a report as a whole; how many. */
size_t hr_paper_list_marks(const hr_catalog *catalog, hr_str out[HR_PAPER_MARKS_MAX]);
