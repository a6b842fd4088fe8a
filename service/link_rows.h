/*
 * What a hospital publishes of its films, a link a row: CSV (catalog/csv.h)
 * with a header in Chinese or English, its columns in any order, or NDJSON, an
 * object a line. Pure. `huren help publish-schema` has the columns; a test
 * holds it against the table here.
 *
 * A row that cannot be taken is a problem with its column, and the others are
 * read. A column or a member that is not known is refused, because it may be
 * one that is meant and written otherwise; no value of a row is ever repeated.
 */
#pragma once

#include "catalog/csv.h"
#include "dicom/image_index.h"

enum {
	HR_LINK_ROWS_BYTES_MAX = HR_CSV_BYTES_MAX,
	HR_LINK_ROWS_MAX = HR_CSV_ROWS_MAX,
	HR_LINK_LINE_MAX = 8 << 20, /* bytes of a line of NDJSON: a manifest may stand there */
	HR_LINK_TEXT_MAX = 256,	    /* bytes of a value; but an address has 2048 */
	HR_LINK_MODALITIES_MAX = 16,
};

typedef struct hr_link_row {
	hr_str manifest; /* a FHIR resource, all of the line (film_links.h); then nothing else */
	hr_image_index index;
	bool has_index;
	bool has_study; /* else the image index is all */
	hr_str study_uid;
	hr_str accession_number;
	hr_str institution; /* USCC */
	hr_str institution_name;
	hr_str issuer; /* of patient_id; empty: the institution */
	hr_str patient_id;
	hr_str name;	   /* PN */
	hr_str birth_date; /* "19570102" */
	hr_str sex;	   /* M, F, O */
	hr_str study_date;
	hr_str study_time;
	hr_str modalities; /* "CT\SR" */
	hr_str description;
	hr_str retrieve_url; /* as it was given */
	bool is_offline;     /* there is no address, or none that holds at present */
	bool releases;
} hr_link_row;

/* Word; then what is wrong and what to do, in Chinese and in English. */
#define HR_LINK_PROBLEMS(X)                                                                        \
	X(JSON, "no-object", "不是一个 JSON 对象", "is no JSON object of text members")            \
	X(MEMBER, "unknown-member", "有不认识的成员; 见 huren help publish-schema",                \
	  "has a member that is not known: see 'huren help publish-schema'")                       \
	X(CELLS, "too-many-cells", "单元格多于表头的列", "has more cells than the header")         \
	X(TOO_LONG, "too-long", "太长", "is too long")                                             \
	X(TEXT, "control-character", "含有控制字符或反斜杠",                                       \
	  "holds a control character or a backslash")                                              \
	X(MISSING, "missing", "必填, 请补上", "is wanted")                                         \
	X(INDEX, "image-index", "不是 82 位影像云索引", "is no image index of 82 characters")      \
	X(UID, "uid", "不是 DICOM UID: 1 至 64 位数字和点",                                        \
	  "is no DICOM UID: 1 to 64 digits and dots")                                              \
	X(USCC, "uscc", "不是统一社会信用代码, 或校验位不符",                                      \
	  "is no USCC, or its check character is wrong")                                           \
	X(CARD, "id-card", "不是身份证号, 或校验位不符",                                           \
	  "is no identity card's number, or its check character is wrong")                         \
	X(ID_TYPE, "id-type",                                                                      \
	  "只收身份证号或本院患者编号 (MR); 其他证件请用 huren film match 另行关联",               \
	  "is neither an identity card nor the hospital's own number (MR): tie other papers by "   \
	  "'huren film match'")                                                                    \
	X(DATE, "date", "不是有效日期, 如 2026-01-03 或 20260103",                                 \
	  "is no day: 2026-01-03 or 20260103")                                                     \
	X(TIME, "time", "不是时间, 如 08:09 或 080910", "is no time: 08:09, 08:09:10 or 080910")   \
	X(SEX, "sex", "应为 男、女 或 M、F、O", "is none of M, F, O, 男, 女")                      \
	X(MODALITY, "modality", "不是设备类型, 如 CT、MR",                                         \
	  "is no list of modalities such as CT, MR")                                               \
	X(URL, "retrieve-url", "不是可用的取片地址", "is no address to fetch from")                \
	X(ORIGIN, "retrieve-origin", "地址不在设置 retrieve-origin 之列; 请运维人员补入",          \
	  "is not among this service's retrieve-origin: have its operator add it")                 \
	X(AVAILABILITY, "availability", "应为 ONLINE、NEARLINE、OFFLINE 或 UNAVAILABLE",           \
	  "is none of ONLINE, NEARLINE, OFFLINE, UNAVAILABLE")                                     \
	X(NO_ADDRESS, "no-address", "写明可取, 却没有取片地址",                                    \
	  "is said, but there is no retrieve_url")                                                 \
	X(STATE, "state", "应为 held (待发布) 或 published (已发布)",                              \
	  "is neither held nor published")                                                         \
	X(PATIENT, "other-patient", "该检查已属于另一患者; 请核对患者编号",                        \
	  "is known to be another patient's study: look at patient_id")                            \
	X(PUBLISHER, "other-publisher", "该检查的链接由另一方发布; 请运维人员处理",                \
	  "was linked by another publisher: ask the operator")                                     \
	X(OTHERWISE, "told-otherwise", "与先前发布的内容不符; 请照先前填写, 或先删除再发布",       \
	  "was published with other texts: give the same, or have it removed first")               \
	X(WITHDRAWN, "withdrawn", "该检查已撤回; 请运维人员重新发布",                              \
	  "was withdrawn: the operator releases it")                                               \
	X(MANIFEST, "manifest", "影像清单有误", "is no manifest that can be taken")

typedef enum hr_link_problem_kind {
#define X(name, word, zh, en) HR_LINK_##name,
	HR_LINK_PROBLEMS(X)
#undef X
		HR_LINK_PROBLEM_KINDS
} hr_link_problem_kind;

typedef struct hr_link_problem {
	hr_link_problem_kind kind;
	hr_str column; /* its English name; empty: the row as a whole */
} hr_link_problem;

/* "uscc"; and back, HR_LINK_PROBLEM_KINDS for none. */
hr_str hr_link_problem_word(hr_link_problem_kind kind);
hr_link_problem_kind hr_link_problem_of(hr_str word);
hr_str hr_link_problem_text(hr_link_problem_kind kind, bool english);

typedef struct hr_link_rows hr_link_rows;

typedef enum hr_link_form {
	HR_LINK_ANY, /* lines of JSON, when it begins so, else a sheet */
	HR_LINK_SHEET,
	HR_LINK_LINES,
} hr_link_form;

/*
 * Borrows `bytes`. HR_E_SYNTAX, HR_E_ENCODING, HR_E_LIMIT and HR_E_UNSUPPORTED for
 * what cannot be read at all; HR_E_INCOMPLETE for CSV without a header that is
 * known; HR_E_USAGE for one with a column that is not.
 */
bool hr_link_rows_open(hr_str bytes, hr_link_form form, hr_arena *arena, hr_link_rows **out,
		       hr_error *err);

/* Not ANY. */
hr_link_form hr_link_rows_form(const hr_link_rows *rows);

size_t hr_link_rows_count(const hr_link_rows *rows);

/*
 * The number by which a person finds it: of a sheet's row, the header being
 * counted; of a line of NDJSON.
 */
uint32_t hr_link_rows_number(const hr_link_rows *rows, size_t row);

/*
 * Row 0 and on. False: a problem, or memory is short, and its kind is
 * HR_LINK_PROBLEM_KINDS.
 */
bool hr_link_rows_get(hr_link_rows *rows, size_t row, hr_arena *arena, hr_link_row *out,
		      hr_link_problem *problem);

/*
 * A header, then rows one by one, are a file that is read as this one. With a
 * problem, a column that is passed over when it is read again says it; only CSV
 * has it. Without one, values that are too long are cut, and still too long.
 */
void hr_link_rows_write_header(const hr_link_rows *rows, bool with_problem, hr_buf *out);
void hr_link_rows_write(const hr_link_rows *rows, size_t row, const hr_str *problem, hr_buf *out);

/* The columns, for the test of the schema: English name, first Chinese name; NULL at the end. */
const char *hr_link_column_name(size_t column, bool english);
