/*
 * The recognition catalogue, read: what is recognised between whom, from when
 * to when, for how long, and who says so.
 *
 * A snapshot is built once from a set of XML files, in an arena of its own,
 * and never changes; any number of threads may read it. What it gives out is
 * borrowed from it. Absent is NULL or an empty slice: that is an answer.
 *
 * `from` and `to` in the files are days, both included; a period here is
 * half-open.
 */
#pragma once

#include "base/calendar.h"
#include "base/file.h"

typedef struct hr_catalog hr_catalog;

typedef uint32_t hr_item_id;	    /* index into the items */
typedef uint32_t hr_institution_id; /* index into the institutions */
enum { HR_ID_NONE = 0xffffffffu };

/* How far a fact may be trusted. The words stand in the files and in verdicts. */
#define HR_GRADES(X)                                                                               \
	X(OFFICIAL, "official", "官方")	  /* the issuing body's own text */                        \
	X(SECONDARY, "secondary", "转引") /* a page that tells it */                               \
	X(UNVERIFIED, "unverified", "未核实")                                                      \
	X(LOCAL, "local", "本院")	  /* a receiving hospital's own rule */                    \
	X(SYNTHETIC, "synthetic", "示范") /* made up, for demonstration and tests */

typedef enum hr_grade {
#define X(name, word, zh) HR_GRADE_##name,
	HR_GRADES(X)
#undef X
} hr_grade;

typedef struct hr_document {
	hr_str id;
	hr_str number; /* 文号 */
	hr_str title;
	hr_str issuers;
	hr_period period; /* issued (or effective) to repealed */
	hr_str attachment;
	hr_str url;
	hr_str digest; /* sha256 of the document's bytes, hexadecimal */
} hr_document;

/* Where a fact stands and who says so. Every record has one. */
typedef struct hr_origin {
	hr_str file;
	uint32_t line;
	uint32_t column;
	hr_grade grade;
	hr_str source;
	const hr_document *document; /* NULL when there is none */
	hr_str row;		     /* of the document: "附件 2 第 17 行", or empty */
	/* Of rules of settlement: no source tells their first day, so they decide for any. */
	bool undated;
} hr_origin;

typedef struct hr_region {
	hr_str code; /* six digits, GB/T 2260 */
	hr_str name;
	hr_origin origin;
} hr_region;

/* A name that an institution has or had. */
typedef struct hr_institution_name {
	hr_str name;
	hr_period period;
} hr_institution_name;

typedef struct hr_campus {
	hr_str id;
	hr_str name;
} hr_campus;

typedef struct hr_institution {
	hr_str key;  /* its USCC; or "x-..." where the USCC is not known */
	hr_str uscc; /* 统一社会信用代码 (GB 32100), or empty: not known */
	hr_str name;
	hr_str region;	       /* six digits */
	hr_str level;	       /* 三级甲等 ..., or empty */
	hr_str org_code;       /* 组织机构代码 (GB 11714), or empty */
	hr_str insurance_code; /* 医保 fixmedins_code, or empty */
	hr_period period;      /* opened to closed */
	const hr_str *alliances;
	const hr_campus *campuses;
	const hr_institution_name *names; /* the others, and former ones */
	const hr_str *oids;		  /* roots of its own OID tree */
	uint16_t alliance_count;
	uint16_t campus_count;
	uint16_t name_count;
	uint16_t oid_count;
	hr_origin origin;
} hr_institution;

typedef enum hr_kind { HR_KIND_UNKNOWN, HR_KIND_LAB, HR_KIND_EXAM } hr_kind;

/* What a unit measures; `none` for results that have no unit (阴性, ratios, 1). */
#define HR_UNIT_CLASSES(X)                                                                         \
	X(UNKNOWN, "unknown")                                                                      \
	X(NONE, "none")                                                                            \
	X(SUBSTANCE, "substance") /* moles per volume */                                           \
	X(MASS, "mass")		  /* mass per volume */                                            \
	X(ACTIVITY, "activity")	  /* enzyme units per volume */                                    \
	X(ARBITRARY, "arbitrary") /* international and arbitrary units per volume */               \
	X(COUNT, "count")	  /* number per volume */                                          \
	X(FRACTION, "fraction")	  /* %, mmol/mol, ratios with a unit */                            \
	X(TIME, "time")                                                                            \
	X(RATE, "rate")	      /* mm/h */                                                           \
	X(VOLUME, "volume")   /* fL */                                                             \
	X(CONTENT, "content") /* pg per cell */

typedef enum hr_unit_class {
#define X(name, word) HR_UNIT_##name,
	HR_UNIT_CLASSES(X)
#undef X
} hr_unit_class;

/* One spelling of a unit, as hr_catalog_find_unit compares it. */
typedef struct hr_unit {
	hr_str spelling;
	hr_unit_class class;
} hr_unit;

/* Why a LOINC code led to an item. */
typedef enum hr_code_relation {
	HR_CODE_SAME,	  /* the item, or a method's own code for it */
	HR_CODE_UNIT,	  /* the same component in another unit class: not this item */
	HR_CODE_SPECIMEN, /* the same component in another specimen: not this item */
} hr_code_relation;

typedef struct hr_item_code {
	hr_str code; /* LOINC */
	hr_item_id item;
	hr_code_relation relation;
} hr_item_code;

typedef struct hr_item {
	hr_str code; /* ours, stable: "TSH", "CT-CHEST" */
	hr_kind kind;
	hr_str name; /* Chinese */
	hr_str name_en;
	hr_str class_name;	   /* "chemistry", "blood-count", "ct": what windows may name */
	const hr_str *names;	   /* other names and abbreviations, as in the file */
	const hr_item_code *codes; /* every LOINC code of it and its siblings' */
	uint32_t name_count;
	uint32_t code_count;
	/* lab */
	const hr_str *specimens; /* folded words that a report may use; none: not checked */
	uint32_t specimen_count;
	uint32_t unit_classes; /* bit (1 << hr_unit_class); an item may have a count and `none` */
	hr_str unit;	       /* the usual one, UCUM */
	hr_str loinc;	       /* the preferred code */
	/* exam: DICOM keywords' values, upper case; empty: not part of the item */
	hr_str modality;
	hr_str body_part;
	hr_str laterality;
	hr_str method;
	hr_str position;
	hr_str contrast; /* "without", "with", "both" or empty */
	hr_origin origin;
} hr_item;

/* One row of a list that says for a period which items (or institutions, or windows) there are. */
typedef enum hr_list_kind {
	HR_LIST_ITEMS,
	HR_LIST_GRANTS,
	HR_LIST_WINDOWS,
	HR_LIST_KINDS
} hr_list_kind;

typedef struct hr_list {
	hr_list_kind kind;
	hr_period period;
	bool complete;	       /* absent from it is a no; else absent is "not known" */
	bool all;	       /* items: every item; grants: every member, every item */
	uint32_t expected;     /* how many the issuing body says there are; 0: not said */
	const uint64_t *items; /* HR_LIST_ITEMS: bits by hr_item_id */
	hr_origin origin;
} hr_list;

/* What becomes of reports made before an institution was withdrawn (policy: not published). */
typedef enum hr_withdrawal {
	HR_WITHDRAWAL_KEEPS_EARLIER, /* made while granted stays recognised, with a notice */
	HR_WITHDRAWAL_ENDS_ALL,
} hr_withdrawal;

typedef struct hr_regime {
	hr_str id;
	hr_str name;
	hr_str name_en;
	hr_str mark;  /* "京津冀HR" */
	hr_kind kind; /* HR_KIND_UNKNOWN: both */
	hr_period period;
	bool grant_obliges; /* a grant alone obliges, though the report carries no mark */
	hr_withdrawal withdrawal;
	hr_str legal_basis;
	const hr_str *member_regions;	   /* prefixes of GB/T 2260: 2, 4 or 6 digits */
	const hr_str *member_institutions; /* keys, in byte order */
	const hr_str *member_alliances;
	uint16_t member_region_count;
	uint16_t member_institution_count;
	uint16_t member_alliance_count;
	bool nationwide;      /* 全国: everyone is a member */
	const hr_list *lists; /* of all three kinds, as in the file */
	uint32_t list_count;
	hr_origin origin;
} hr_regime;

/* institution x items x period. Rows that are equal are stored once. */
typedef struct hr_grant {
	hr_institution_id institution;
	hr_period period;
	hr_date withdrawn_on; /* HR_DATE_MAX: never */
	hr_str withdrawn_why;
	const uint64_t *items; /* bits by hr_item_id */
	bool all;	       /* the file says `all`, perhaps with exceptions */
	hr_str device;	       /* narrowed to it; empty: any */
	hr_str campus;	       /* id of a campus; empty: any */
	hr_str batch;
	hr_str qc_body;
	hr_period evaluated;
	hr_origin origin;
} hr_grant;

typedef enum hr_event_kind {
	HR_EVENT_COLLECTED, /* 采样; for an exam, when it was made */
	HR_EVENT_RECEIVED,  /* 接收 */
	HR_EVENT_TESTED,    /* 检验, 检查 */
	HR_EVENT_REPORTED,  /* 报告 */
	HR_EVENT_KINDS,
	HR_EVENT_UNSTATED = HR_EVENT_KINDS, /* the source does not say which */
} hr_event_kind;

typedef enum hr_window_unit { HR_WINDOW_HOURS, HR_WINDOW_DAYS, HR_WINDOW_MONTHS } hr_window_unit;

typedef enum hr_setting {
	HR_SETTING_ANY,
	HR_SETTING_OUTPATIENT,
	HR_SETTING_INPATIENT,
	HR_SETTING_EMERGENCY,
	HR_SETTING_ONLINE,
} hr_setting;

typedef struct hr_window {
	const hr_regime *regime; /* NULL: a receiving hospital's own, for any regime */
	uint32_t length;
	hr_window_unit unit;
	hr_event_kind event;
	hr_setting setting;
	bool unless_intervened;
	hr_period period;      /* of the rule */
	uint8_t rank;	       /* 2: names the item, 1: names its class, 0: all items */
	const uint64_t *items; /* bits by hr_item_id, classes spelled out */
	hr_origin origin;
} hr_window;

typedef enum hr_mark_place {
	HR_MARK_REPORT,	     /* anywhere on it: 鄂HR */
	HR_MARK_ITEM_PREFIX, /* ★TSH */
	HR_MARK_ITEM_SUFFIX,
	HR_MARK_INSTITUTION_SUFFIX, /* 某医院-GX */
} hr_mark_place;

/* A mark on old or present reports: "★" before an item, "-GX" after an institution, "鄂HR". */
typedef struct hr_mark {
	hr_str text;
	hr_mark_place where;
	const hr_regime *regime; /* NULL: its region decides */
	hr_str region;		 /* prefix of GB/T 2260, "" for nationwide, when `regime` is NULL */
	hr_period period;	 /* of the report's date */
	hr_origin origin;
} hr_mark;

/* The situations in which a doctor may examine again (6号办法, six of them). */
typedef struct hr_situation {
	hr_str code;
	hr_str text;
	hr_str text_en;
	bool needs_text;
	hr_origin origin;
} hr_situation;

/*
 * Build a snapshot from the shared files and, where `local` is not NULL, a
 * receiving hospital's overlay (its own windows and code map, graded "local").
 * The files must be well formed and refer to each other rightly; the full
 * check is hr_catalog_check. `id` and `known_at` name
 * the version (a commit and its time); copied. The new snapshot has one reference.
 */
bool hr_catalog_build(const hr_fileset *shared, const hr_fileset *local, hr_str id,
		      hr_instant known_at, hr_catalog **out, hr_error *err);

/*
 * The XML files of a catalogue's folder, within the limits of one. HR_E_NOT_FOUND
 * when there is none: a folder named by mistake is no catalogue that knows nothing.
 */
bool hr_catalog_read_folder(const char *path, hr_arena *arena, hr_fileset *out, hr_error *err);

/* As hr_catalog_build, from a folder; id is "folder", known at 0: a folder has no history. */
bool hr_catalog_open_folder(const char *path, const char *local_path, hr_catalog **out,
			    hr_error *err);

/* One more reference, and one less; the last one frees the snapshot. Safe from any thread. */
hr_catalog *hr_catalog_ref(hr_catalog *catalog);
void hr_catalog_unref(hr_catalog *catalog);

/* Hands a reference to `arena`, which gives it back when it is reset; at once when this fails. */
bool hr_catalog_hang(hr_catalog *catalog, hr_arena *arena, hr_error *err);

hr_str hr_catalog_id(const hr_catalog *catalog);
hr_instant hr_catalog_known_at(const hr_catalog *catalog);

/* Bytes taken by the snapshot. */
size_t hr_catalog_bytes(const hr_catalog *catalog);

/*
 * Where the running version hangs. A reader takes one reference at its start
 * (lock, copy, add a reference, unlock) and sees one version to its end.
 */
typedef struct hr_catalog_slot hr_catalog_slot;

hr_catalog_slot *hr_catalog_slot_open(void);
void hr_catalog_slot_close(hr_catalog_slot *slot);
void hr_catalog_slot_set(hr_catalog_slot *slot, hr_catalog *catalog); /* takes the reference over */
/* NULL, `err` filled, before the first set; the reference is given back when `arena` is reset. */
hr_catalog *hr_catalog_slot_get(hr_catalog_slot *slot, hr_arena *arena, hr_error *err);

/* --- what it holds --- */

size_t hr_catalog_item_count(const hr_catalog *catalog);
const hr_item *hr_catalog_get_item(const hr_catalog *catalog, hr_item_id id);
size_t hr_catalog_unit_count(const hr_catalog *catalog);
const hr_unit *hr_catalog_get_unit(const hr_catalog *catalog, size_t index);
size_t hr_catalog_region_count(const hr_catalog *catalog);
const hr_region *hr_catalog_get_region(const hr_catalog *catalog, size_t index);
size_t hr_catalog_institution_count(const hr_catalog *catalog);
const hr_institution *hr_catalog_get_institution(const hr_catalog *catalog, hr_institution_id id);
size_t hr_catalog_regime_count(const hr_catalog *catalog);
const hr_regime *hr_catalog_get_regime(const hr_catalog *catalog, size_t index);
size_t hr_catalog_situation_count(const hr_catalog *catalog);
const hr_situation *hr_catalog_get_situation(const hr_catalog *catalog, size_t index);
size_t hr_catalog_mark_count(const hr_catalog *catalog);
const hr_mark *hr_catalog_get_mark(const hr_catalog *catalog, size_t index);
size_t hr_catalog_document_count(const hr_catalog *catalog);
const hr_document *hr_catalog_get_document(const hr_catalog *catalog, size_t index);
size_t hr_catalog_window_count(const hr_catalog *catalog);
const hr_window *hr_catalog_get_window(const hr_catalog *catalog, size_t index);
size_t hr_catalog_grant_count(const hr_catalog *catalog, const hr_regime *regime);
const hr_grant *hr_catalog_get_grant(const hr_catalog *catalog, const hr_regime *regime,
				     size_t index);

/* Is any record of it made up, of grade synthetic? */
bool hr_catalog_has_synthetic(const hr_catalog *catalog);

const hr_region *hr_catalog_find_region(const hr_catalog *catalog, hr_str code);
/* By its whole name (folded); NULL when several bear it: 朝阳区 is in Beijing and in 长春. */
const hr_region *hr_catalog_find_region_by_name(const hr_catalog *catalog, hr_str name);

/* By key, USCC, organisation code or insurance code: whichever fits. */
hr_institution_id hr_catalog_find_institution(const hr_catalog *catalog, hr_str code);

/* The institution whose own OID tree holds `oid`; the longest root wins. */
hr_institution_id hr_catalog_find_institution_by_oid(const hr_catalog *catalog, hr_str oid);

/*
 * Institutions that bore `name` (folded, base/text.h) on a day: the first `room`
 * of them into `out`; returns how many there are. More than one is ambiguous.
 */
size_t hr_catalog_find_institutions_by_name(const hr_catalog *catalog, hr_str name, hr_date on,
					    hr_institution_id *out, size_t room);

hr_item_id hr_catalog_find_item(const hr_catalog *catalog, hr_str code);

/* By LOINC; `relation` says whether the code is the item or only a sibling of it. */
hr_item_id hr_catalog_find_item_by_loinc(const hr_catalog *catalog, hr_str loinc,
					 hr_code_relation *relation);

/*
 * Items of that name or abbreviation (folded): exact, never by substring. The
 * first `room` into `out`; returns how many. "P" may be phosphorus and progesterone.
 */
size_t hr_catalog_find_items_by_name(const hr_catalog *catalog, hr_str name, hr_item_id *out,
				     size_t room);

/*
 * By an institution's own code, from a local code map: HR_ID_NONE when it has
 * no such row. `system` is what the input names as the code's: empty, the one
 * that the map gives, or an OID of the institution's own tree; under any other
 * (LOINC, SNOMED CT) the same characters are another code.
 */
hr_item_id hr_catalog_find_item_by_local_code(const hr_catalog *catalog,
					      hr_institution_id institution, hr_str system,
					      hr_str code, const hr_origin **origin);

/*
 * By a spelling of the catalogue's table: trimmed, full-width forms and both
 * micro signs alike, else exact: mmol and Mmol differ. HR_UNIT_UNKNOWN for one
 * that the table does not hold; NONE for an empty one.
 */
hr_unit_class hr_catalog_find_unit(const hr_catalog *catalog, hr_str unit);

/* --- what a decision asks of it --- */

bool hr_item_in(const uint64_t *bits, hr_item_id item);

/* Is an institution of this region, key and alliances a member? */
bool hr_regime_has_member(const hr_regime *regime, const hr_institution *institution);

/* `prefix` has two, four or six digits; 130000 and 13 are the same, empty is everywhere. */
bool hr_region_within(hr_str code, hr_str prefix);

/* The list of that kind that covers a day, the latest if several do; NULL when none does. */
const hr_list *hr_regime_find_list(const hr_regime *regime, hr_list_kind kind, hr_date on);

/*
 * The rows of one institution under one regime, oldest first: `*count` of them.
 * The cost does not grow with the catalogue.
 */
const hr_grant *hr_catalog_find_grants(const hr_catalog *catalog, const hr_regime *regime,
				       hr_institution_id institution, size_t *count);

/*
 * The window for an item in a setting on a day, by how closely it fits: the
 * regime's own before a local one, the item before its class before all, the
 * setting before any. A local window fills what the regime leaves open and
 * never overrides it. NULL when none is known.
 */
const hr_window *hr_catalog_find_window(const hr_catalog *catalog, const hr_regime *regime,
					hr_item_id item, hr_setting setting, hr_date on);

hr_str hr_grade_word(hr_grade grade);
hr_str hr_grade_zh(hr_grade grade);
hr_str hr_event_kind_word(hr_event_kind kind); /* "collected", ... as in the files */
