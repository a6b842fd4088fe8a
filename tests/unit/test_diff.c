#include "registry/diff.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

/* A small catalogue; a test gives the files that differ another text. */
enum { REGIMES, ITEMS, INSTITUTIONS, GRANTS, WINDOWS, OTHERS, FILES };

#define ROOT(name, more, body)                                                                     \
	"<" name " xmlns=\"urn:huren:catalogue:1\" source=\"s\" grade=\"official\"" more ">" body  \
	"</" name ">"

#define REGIME(attributes, lists)                                                                  \
	ROOT("regimes", "",                                                                        \
	     "<regime id=\"r\" name=\"互认\" " attributes "><members regions=\"12\"/>" lists       \
	     "</regime>")
#define COMPLETE                                                                                   \
	"<item-list status=\"complete\" items=\"TSH FT3\"/><grant-list status=\"complete\"/>"      \
	"<window-table status=\"partial\"/>"
#define LAB(code, unit)                                                                            \
	"<lab code=\"" code "\" name=\"" code "名\" class=\"thyroid\" unit-class=\"arbitrary\" "  \
	"unit=\"" unit "\"/>"
#define HOSPITAL	       "12120000400000002B"
#define SECOND		       "12130000400000003J"
#define INSTITUTION(key, name) "<institution uscc=\"" key "\" name=\"" name "\" region=\"120000\"/>"
#define GRANT(key, rest)       "<grant institution=\"" key "\" " rest "/>"
#define GRANTS_OF(rows)	       ROOT("grants", " regime=\"r\"", rows)
#define WINDOWS_OF(rows)       ROOT("windows", " regime=\"r\"", rows)
#define TWO_ITEMS	       LAB("TSH", "mIU/L") LAB("FT3", "pmol/L")

static const char *const base[FILES] = {
	[REGIMES] = REGIME("", COMPLETE),
	[ITEMS] = ROOT("items", "", TWO_ITEMS),
	[INSTITUTIONS] = ROOT("institutions", "", INSTITUTION(HOSPITAL, "第五中心医院")),
	[GRANTS] = GRANTS_OF(GRANT(HOSPITAL, "items=\"TSH\" from=\"2025-01-01\"")),
	[WINDOWS] = WINDOWS_OF("<window items=\"TSH\" days=\"30\" event=\"collected\"/>"),
	[OTHERS] = ROOT("marks", "", "<mark text=\"HR\" where=\"report\" nationwide=\"true\"/>"),
};

static hr_catalog *build(const char *const texts[FILES])
{
	static const char *const names[FILES] = { "1.xml", "2.xml", "3.xml",
						  "4.xml", "5.xml", "6.xml" };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_file *files = HR_NEW_N(arena, hr_file, FILES + 1);
	hr_catalog *catalog;
	hr_error err;

	for (int i = 0; i < FILES; i++)
		files[i] = (hr_file){ hr_str_of(names[i]), hr_str_of(texts[i]) };
	files[FILES] = (hr_file){ HR_STR("regions.xml"),
				  HR_STR(ROOT("regions", "",
					      "<region code=\"120000\" name=\"天津市\"/>")) };
	if (!hr_catalog_build(&(hr_fileset){ files, FILES + 1 }, NULL, HR_STR("test"),
			      (hr_instant){ 0 }, &catalog, &err)) {
		fprintf(stderr, "%s\n", err.message);
		abort();
	}
	return catalog;
}

struct fixture {
	hr_arena *arena;
	const hr_change *changes;
	size_t count;
	hr_error err;
};

/* `file` as it was and as it is; the rest is the same. */
static struct fixture compare(int file, const char *before, const char *after)
{
	struct fixture f = { .arena = hr_test_arena() };
	const char *texts[FILES];
	hr_catalog *old;
	hr_catalog *new;

	memcpy(texts, base, sizeof(texts));
	texts[file] = before ? before : base[file];
	old = build(texts);
	texts[file] = after ? after : base[file];
	new = build(texts);
	HR_ASSERT_OK(hr_catalog_diff(old, new, f.arena, &f.changes, &f.count, &f.err), f.err);
	hr_catalog_unref(old);
	hr_catalog_unref(new);
	return f;
}

/* What stands behind the subject. */
static void assert_says(hr_str line, const char *text)
{
	size_t at = hr_str_find(line, HR_STR(": "));

	HR_ASSERT_TEXT(hr_str_slice(line, at + 2, line.len), text);
}

static void assert_change(const struct fixture *f, size_t i, hr_change_kind kind, const char *what,
			  const char *subject, const char *text, const char *text_en)
{
	CU_ASSERT_TRUE_FATAL(i < f->count);
	CU_ASSERT_EQUAL(f->changes[i].kind, kind);
	HR_ASSERT_TEXT(f->changes[i].what, what);
	HR_ASSERT_TEXT(f->changes[i].subject, subject);
	assert_says(f->changes[i].text, text);
	assert_says(f->changes[i].text_en, text_en);
}

static void test_diff__same_catalogue__has_no_change(void)
{
	struct fixture f = compare(ITEMS, NULL, NULL);

	CU_ASSERT_EQUAL(f.count, 0);
	hr_arena_close(f.arena);
}

static void test_diff__rows_and_items_in_another_order__are_no_change(void)
{
	struct fixture f =
		compare(ITEMS, NULL, ROOT("items", "", LAB("FT3", "pmol/L") LAB("TSH", "mIU/L")));

	CU_ASSERT_EQUAL(f.count, 0);
	hr_arena_close(f.arena);
}

static void test_diff__regime__says_what_was_and_what_is(void)
{
	struct fixture f = compare(
		REGIMES, NULL,
		REGIME("mark=\"京津冀HR\" from=\"2025-01-01\" grant-obliges=\"true\"", COMPLETE));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "regime", "r 互认",
		      "标识 原 无, 现 京津冀HR; 施行 原 无, 现 2025-01-01 起; "
		      "授权即应认 原 无, 现 是",
		      "mark was none, is 京津冀HR; in force was none, is from 2025-01-01; "
		      "a grant obliges was none, is yes");
	hr_arena_close(f.arena);
}

static void test_diff__list__says_status_and_items(void)
{
	struct fixture f = compare(REGIMES, NULL,
				   REGIME("", "<item-list status=\"partial\" expected=\"9\" "
					      "items=\"TSH\"/><grant-list status=\"complete\"/>"
					      "<window-table status=\"partial\"/>"));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "list", "r items",
		      "清单 原 完整, 现 不完整; 应有 原 无, 现 9; 去掉 FT3",
		      "list was complete, is partial; expected was none, is 9; removed FT3");
	hr_arena_close(f.arena);
}

static void test_diff__item_added__is_described_and_ids_that_moved_do_no_harm(void)
{
	struct fixture f = compare(ITEMS, NULL, ROOT("items", "", LAB("ALT", "U/L") TWO_ITEMS));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ADDED, "item", "ALT ALT名",
		      "种类 检验, 分类 thyroid, 单位类别 arbitrary, 单位 U/L",
		      "kind lab, class thyroid, unit classes arbitrary, unit U/L");
	hr_arena_close(f.arena);
}

static void test_diff__item_altered_and_its_origin__are_said(void)
{
	struct fixture f = compare(
		ITEMS, NULL,
		"<items xmlns=\"urn:huren:catalogue:1\" source=\"t\" grade=\"secondary\">" LAB(
			"TSH", "mU/L") LAB("FT3", "pmol/L") "</items>");

	CU_ASSERT_EQUAL(f.count, 2);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "item", "FT3 FT3名",
		      "依据级别 原 官方, 现 转引; 依据 原 s, 现 t",
		      "grade was official, is secondary; source was s, is t");
	assert_change(&f, 1, HR_CHANGE_ALTERED, "item", "TSH TSH名",
		      "单位 原 mIU/L, 现 mU/L; 依据级别 原 官方, 现 转引; 依据 原 s, 现 t",
		      "unit was mIU/L, is mU/L; grade was official, is secondary; "
		      "source was s, is t");
	hr_arena_close(f.arena);
}

static void test_diff__a_line__stands_alone(void)
{
	struct fixture f = compare(ITEMS, ROOT("items", "", LAB("ALT", "U/L") TWO_ITEMS),
				   ROOT("items", "", LAB("AST", "U/L") TWO_ITEMS));

	CU_ASSERT_EQUAL_FATAL(f.count, 2);
	HR_ASSERT_TEXT(f.changes[0].text,
		       "删除项目 ALT ALT名: 种类 检验, 分类 thyroid, 单位类别 arbitrary, 单位 U/L");
	HR_ASSERT_TEXT(
		f.changes[1].text_en,
		"added item AST AST名: kind lab, class thyroid, unit classes arbitrary, unit U/L");
	hr_arena_close(f.arena);
	f = compare(WINDOWS, NULL,
		    WINDOWS_OF("<window items=\"TSH\" days=\"7\" event=\"collected\"/>"));
	CU_ASSERT_EQUAL_FATAL(f.count, 1);
	HR_ASSERT_TEXT(f.changes[0].text, "有效期 r TSH: 期限 原 30 天, 现 7 天");
	HR_ASSERT_TEXT(f.changes[0].text_en, "window r TSH: length was 30 days, is 7 days");
	hr_arena_close(f.arena);
}

static void test_diff__institution_renamed_and_another_gone__are_said(void)
{
	struct fixture f =
		compare(INSTITUTIONS,
			ROOT("institutions", "",
			     INSTITUTION(HOSPITAL, "第五中心医院") INSTITUTION(SECOND, "乙")),
			ROOT("institutions", "", INSTITUTION(HOSPITAL, "滨海医院")));

	CU_ASSERT_EQUAL(f.count, 2);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "institution", HOSPITAL " 滨海医院",
		      "名称 原 第五中心医院, 现 滨海医院", "name was 第五中心医院, is 滨海医院");
	assert_change(&f, 1, HR_CHANGE_REMOVED, "institution", SECOND " 乙", "区划 120000",
		      "region 120000");
	hr_arena_close(f.arena);
}

static void test_diff__grants__items_that_came_stand_in_one_line(void)
{
	struct fixture f =
		compare(GRANTS, GRANTS_OF(""),
			GRANTS_OF(GRANT(HOSPITAL, "items=\"TSH FT3\" from=\"2025-01-01\"")));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ADDED, "grant", "r " HOSPITAL " 第五中心医院",
		      "FT3 TSH (期间 2025-01-01 起)", "FT3 TSH (period from 2025-01-01)");
	hr_arena_close(f.arena);
}

static void test_diff__grants_parted_into_other_rows__are_no_change(void)
{
	struct fixture f =
		compare(GRANTS, GRANTS_OF(GRANT(HOSPITAL, "items=\"TSH FT3\" from=\"2025-01-01\"")),
			GRANTS_OF(GRANT(HOSPITAL, "items=\"FT3\" from=\"2025-01-01\"")
					  GRANT(HOSPITAL, "items=\"TSH\" from=\"2025-01-01\"")));

	CU_ASSERT_EQUAL(f.count, 0);
	hr_arena_close(f.arena);
}

static void test_diff__grant_withdrawn__is_altered_not_lost(void)
{
	struct fixture f =
		compare(GRANTS, GRANTS_OF(GRANT(HOSPITAL, "items=\"TSH FT3\" from=\"2025-01-01\"")),
			GRANTS_OF(GRANT(HOSPITAL, "items=\"FT3\" from=\"2025-01-01\"") GRANT(
				HOSPITAL, "items=\"TSH\" from=\"2025-01-01\" "
					  "withdrawn=\"2025-06-01\" reason=\"室间质评\"")));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(
		&f, 0, HR_CHANGE_ALTERED, "grant", "r " HOSPITAL " 第五中心医院",
		"撤销 原 无, 现 2025-06-01; 撤销原因 原 无, 现 室间质评 (项目 TSH)",
		"withdrawn was none, is 2025-06-01; reason was none, is 室间质评 (items TSH)");
	hr_arena_close(f.arena);
}

static void test_diff__grant_moved_and_another_gone__are_two_lines(void)
{
	struct fixture f = compare(
		GRANTS,
		GRANTS_OF(
			GRANT(HOSPITAL, "items=\"TSH FT3\" from=\"2024-01-01\" to=\"2024-12-31\"")),
		GRANTS_OF(GRANT(HOSPITAL, "items=\"TSH\" from=\"2024-01-01\" to=\"2025-12-31\"")));

	CU_ASSERT_EQUAL(f.count, 2);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "grant", "r " HOSPITAL " 第五中心医院",
		      "期间 原 2024-01-01 至 2024-12-31, 现 2024-01-01 至 2025-12-31 (项目 TSH)",
		      "period was from 2024-01-01 to 2024-12-31, is from 2024-01-01 to 2025-12-31 "
		      "(items TSH)");
	assert_change(&f, 1, HR_CHANGE_REMOVED, "grant", "r " HOSPITAL " 第五中心医院",
		      "FT3 (期间 2024-01-01 至 2024-12-31)",
		      "FT3 (period from 2024-01-01 to 2024-12-31)");
	hr_arena_close(f.arena);
}

/* "all" stays "all": that there is one item more is said once, of the item and its list. */
static void test_diff__new_item_under_all__is_not_said_of_each_hospital(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	const char *texts[FILES];
	hr_catalog *old;
	hr_catalog *new;

	memcpy(texts, base, sizeof(texts));
	texts[REGIMES] = REGIME("", "<item-list status=\"complete\" items=\"all\"/>"
				    "<grant-list status=\"complete\"/>");
	texts[GRANTS] = GRANTS_OF(GRANT(HOSPITAL, "items=\"all\" except=\"TSH\""));
	old = build(texts);
	texts[ITEMS] = ROOT("items", "", LAB("ALT", "U/L") TWO_ITEMS);
	new = build(texts);
	HR_ASSERT_OK(hr_catalog_diff(old, new, f.arena, &f.changes, &f.count, &f.err), f.err);
	CU_ASSERT_EQUAL(f.count, 2);
	HR_ASSERT_TEXT(f.changes[0].what, "list");
	assert_says(f.changes[0].text, "增加 ALT");
	HR_ASSERT_TEXT(f.changes[1].what, "item");
	hr_catalog_unref(old);
	hr_catalog_unref(new);
	hr_arena_close(f.arena);
}

static void test_diff__exception_to_all_lifted__is_said(void)
{
	struct fixture f =
		compare(GRANTS, GRANTS_OF(GRANT(HOSPITAL, "items=\"all\" except=\"TSH\"")),
			GRANTS_OF(GRANT(HOSPITAL, "items=\"all\"")));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ADDED, "grant", "r " HOSPITAL " 第五中心医院",
		      "TSH (期间 长期)", "TSH (period always)");
	hr_arena_close(f.arena);
}

static void grant_rows(hr_buf *out, int count, const char *item)
{
	HR_BUF_ADD(out, "<grants xmlns=\"urn:huren:catalogue:1\" source=\"s\" grade=\"official\" "
			"regime=\"r\">");
	for (int i = 0; i < count; i++)
		hr_buf_addf(out,
			    "<grant institution=\"" HOSPITAL
			    "\" items=\"%s\" from=\"20%02d-01-01\" "
			    "to=\"20%02d-06-30\"/>",
			    item, i, i);
	HR_BUF_ADD(out, "</grants>");
}

static void test_diff__64_rows_of_a_hospital__are_told_apart_66_are_counted(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (int rows = 32; rows <= 33; rows++) {
		struct fixture f;
		hr_buf before;
		hr_buf after;

		hr_buf_init(&before, arena, 1 << 20);
		hr_buf_init(&after, arena, 1 << 20);
		grant_rows(&before, rows, "TSH");
		grant_rows(&after, rows, "FT3");
		f = compare(GRANTS, before.data, after.data);
		CU_ASSERT_EQUAL(f.count, rows == 32 ? 64 : 1);
		assert_says(f.changes[0].text,
			    rows == 32 ? "TSH (期间 2000-01-01 至 2000-06-30)"
				       : "授权行过多, 不逐项比较: 原 33 行, 现 33 行");
		hr_arena_close(f.arena);
		f = compare(GRANTS, before.data, before.data);
		CU_ASSERT_EQUAL(f.count, 0);
		hr_arena_close(f.arena);
	}
}

static void test_diff__window__length_and_event(void)
{
	struct fixture f = compare(
		WINDOWS, NULL, WINDOWS_OF("<window items=\"TSH\" days=\"7\" event=\"reported\"/>"));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "window", "r TSH",
		      "期限 原 30 天, 现 7 天; 起算 原 采样, 现 报告",
		      "length was 30 days, is 7 days; counted from was collected, is reported");
	hr_arena_close(f.arena);
}

static void test_diff__windows_by_class_setting_and_all__have_their_own_subjects(void)
{
	struct fixture f = compare(
		WINDOWS, NULL,
		WINDOWS_OF(
			"<window items=\"TSH\" days=\"30\" event=\"collected\"/>"
			"<window class=\"thyroid\" months=\"1\" event=\"unstated\"/>"
			"<window items=\"all\" hours=\"6\" event=\"tested\" setting=\"inpatient\" "
			"unless-intervened=\"true\" from=\"2026-01-01\"/>"));

	CU_ASSERT_EQUAL(f.count, 2);
	assert_change(&f, 0, HR_CHANGE_ADDED, "window", "r all inpatient",
		      "期限 6 小时, 起算 检测, 其间无干预 是, 施行 2026-01-01 起",
		      "length 6 hours, counted from tested, unless intervened yes, "
		      "in force from 2026-01-01");
	assert_change(&f, 1, HR_CHANGE_ADDED, "window", "r class thyroid",
		      "期限 1 个月, 起算 未载明", "length 1 months, counted from unstated");
	hr_arena_close(f.arena);
}

static void test_diff__marks_situations_documents__are_compared_too(void)
{
	struct fixture marks = compare(
		OTHERS, NULL,
		ROOT("marks", "", "<mark text=\"HR\" where=\"item-prefix\" nationwide=\"true\"/>"));
	struct fixture situations = compare(
		OTHERS, ROOT("situations", "", "<situation code=\"change\" text=\"病情变化\"/>"),
		ROOT("situations", "",
		     "<situation code=\"change\" text=\"病情变化\" needs-text=\"true\"/>"));
	struct fixture documents =
		compare(OTHERS, "<documents xmlns=\"urn:huren:catalogue:1\"/>",
			"<documents xmlns=\"urn:huren:catalogue:1\">"
			"<document id=\"d\" title=\"办法\" number=\"国卫办 6 号\"/></documents>");

	CU_ASSERT_EQUAL(marks.count, 1);
	assert_says(marks.changes[0].text, "位置 原 报告上, 现 项目前");
	CU_ASSERT_EQUAL(situations.count, 1);
	assert_says(situations.changes[0].text, "须说明 原 无, 现 是");
	CU_ASSERT_EQUAL(documents.count, 1);
	assert_says(documents.changes[0].text, "文号 国卫办 6 号");
	hr_arena_close(marks.arena);
	hr_arena_close(situations.arena);
	hr_arena_close(documents.arena);
}

/* --- nothing that a decision could turn on goes unsaid --- */

#define REGIME_WITH(attributes, members, lists)                                                    \
	ROOT("regimes", "",                                                                        \
	     "<regime id=\"r\" name=\"互认\" " attributes "><members " members "/>" lists          \
	     "</regime>" OTHER_REGIME)
#define OTHER_REGIME	"<regime id=\"q\" name=\"另\"><members nationwide=\"true\"/></regime>"
#define ITEMS_WITH(lab) ROOT("items", "", lab LAB("FT3", "pmol/L") EXAM(""))
#define TSH(attributes, children)                                                                  \
	"<lab code=\"TSH\" name=\"TSH名\" unit-class=\"arbitrary\" " attributes ">" children       \
	"</lab>"
#define EXAM(attributes)  "<exam code=\"CT\" name=\"胸部\" modality=\"CT\" " attributes "/>"
#define EXAMS(attributes) ROOT("items", "", TWO_ITEMS EXAM(attributes))
#define HOSPITALS(attributes, children)                                                            \
	ROOT("institutions", "",                                                                   \
	     "<institution uscc=\"" HOSPITAL "\" name=\"甲\" region=\"120000\" " attributes ">"    \
	     "<campus id=\"a\" name=\"南\"/>" children "</institution>")
#define WINDOW(attributes) WINDOWS_OF("<window event=\"collected\" " attributes "/>")
#define MARK(attributes)   ROOT("marks", "", "<mark text=\"HR\" " attributes "/>")
#define UNIT(ucum, class, name)                                                                    \
	ROOT("units", "",                                                                          \
	     "<unit ucum=\"" ucum "\" class=\"" class "\"><name>" name "</name></unit>")
#define REGION(code, name) ROOT("regions", "", "<region code=\"" code "\" name=\"" name "\"/>")
#define DOCUMENT(attributes)                                                                       \
	"<documents xmlns=\"urn:huren:catalogue:1\"><document id=\"d\" " attributes "/></documents>"
#define SITUATION(attributes) ROOT("situations", "", "<situation code=\"c\" " attributes "/>")
#define G(rest)		      GRANTS_OF(GRANT(HOSPITAL, rest))
#define NAME(name)	      "<name>" name "</name>"
#define L(rest)		      REGIME("", rest)

/* Every attribute and element of catalog.xsd that a snapshot keeps, and one change of it. */
static const struct {
	int file;
	const char *before;
	const char *after;
	const char *says; /* of the change: somewhere in one line */
} every[] = {
	{ REGIMES, REGIME_WITH("", "regions=\"12\"", ""),
	  REGIME_WITH("name-en=\"R\"", "regions=\"12\"", ""), "英文名 原 无, 现 R" },
	{ REGIMES, REGIME_WITH("", "regions=\"12\"", ""),
	  REGIME_WITH("kind=\"lab\"", "regions=\"12\"", ""), "范围 原 检查检验, 现 检验" },
	{ REGIMES, REGIME_WITH("", "regions=\"12\"", ""),
	  REGIME_WITH("withdrawal=\"ends-all\"", "regions=\"12\"", ""), "撤销后" },
	{ REGIMES, REGIME_WITH("", "regions=\"12\"", ""),
	  REGIME_WITH("legal-basis=\"x\"", "regions=\"12\"", ""), "政策依据 原 无, 现 x" },
	{ REGIMES, REGIME_WITH("", "regions=\"12\"", ""), REGIME_WITH("", "regions=\"12 13\"", ""),
	  "成员地区 增加 13" },
	{ REGIMES, REGIME_WITH("", "alliances=\"x-a\"", ""),
	  REGIME_WITH("", "institutions=\"" HOSPITAL "\"", ""),
	  "成员机构 增加 " HOSPITAL "; 成员医联体 去掉 x-a" },
	{ REGIMES, REGIME_WITH("", "regions=\"12\"", ""),
	  REGIME_WITH("", "nationwide=\"true\"", ""), "全国 原 无, 现 是; 成员地区 去掉 12" },
	{ REGIMES, L("<grant-list status=\"complete\"/>"), L(""),
	  "删除名单 r grants: 清单 完整, 期间 长期" },
	{ REGIMES, L("<item-list status=\"complete\" items=\"TSH FT3\"/>"), L(""),
	  "删除名单 r items: 清单 完整, 期间 长期, 项目 FT3 TSH" },
	{ REGIMES, L("<grant-list status=\"complete\"/>"),
	  L("<grant-list status=\"complete\" grants=\"all\"/>"), "全部 原 无, 现 是" },
	{ REGIMES, L("<grant-list status=\"complete\" from=\"2025-01-01\"/>"),
	  L("<grant-list status=\"complete\" from=\"2025-01-01\" to=\"2025-12-31\"/>"), "期间 原" },
	{ ITEMS, ITEMS_WITH(TSH("", "")), ITEMS_WITH(TSH("name-en=\"T\"", "")), "英文名" },
	{ ITEMS, ITEMS_WITH(TSH("", "")), ITEMS_WITH(TSH("class=\"t\"", "")), "分类" },
	{ ITEMS, ITEMS_WITH(TSH("", "")), ITEMS_WITH(TSH("loinc=\"3016-3\"", "")), "LOINC 原 无" },
	{ ITEMS, ITEMS_WITH(TSH("", NAME("甲") NAME("乙"))),
	  ITEMS_WITH(TSH("", NAME("丙") NAME("甲"))), "项目 TSH TSH名: 其他名称 增加 丙; 去掉 乙" },
	{ ITEMS, ITEMS_WITH(TSH("", "")), ITEMS_WITH(TSH("", "<specimen>血清</specimen>")),
	  "标本 增加 血清" },
	{ ITEMS, ITEMS_WITH(TSH("", "")), ITEMS_WITH(TSH("", "<loinc code=\"11580-8\"/>")),
	  "其他 LOINC 增加 11580-8" },
	{ ITEMS, ITEMS_WITH(TSH("", "<sibling loinc=\"11580-8\" differs=\"unit\"/>")),
	  ITEMS_WITH(TSH("", "<sibling loinc=\"11580-8\" differs=\"specimen\"/>")),
	  "其他 LOINC 增加 11580-8 (标本不同); 去掉 11580-8 (单位不同)" },
	{ ITEMS, EXAMS(""), EXAMS("body-part=\"CHEST\""), "部位" },
	{ ITEMS, EXAMS(""), EXAMS("laterality=\"L\""), "侧别" },
	{ ITEMS, EXAMS(""), EXAMS("method=\"HR\""), "方法" },
	{ ITEMS, EXAMS(""), EXAMS("position=\"P\""), "体位" },
	{ ITEMS, EXAMS(""), EXAMS("contrast=\"with\""), "增强" },
	{ OTHERS, UNIT("mU/L", "arbitrary", "单位"), UNIT("mU/L", "count", "单位"),
	  "单位 mU/L: 类别 原 arbitrary, 现 count" },
	{ OTHERS, UNIT("mU/L", "arbitrary", "单位"), UNIT("mU/L", "arbitrary", "个"),
	  "新增单位 个: 类别 arbitrary" },
	{ OTHERS, REGION("110000", "北京"), REGION("110000", "北京市"),
	  "区划 110000 北京市: 名称 原 北京, 现 北京市" },
	{ OTHERS, REGION("110000", "北京市"), REGION("130000", "河北省"),
	  "新增区划 130000 河北省" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("level=\"三级\"", ""), "等级" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("org-code=\"1\"", ""), "组织机构代码" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("insurance-code=\"H1\"", ""), "医保代码" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("alliances=\"u v\"", ""), "医联体 增加 u、v" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("to=\"2025-12-31\"", ""), "存续" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("", "<campus id=\"b\" name=\"北\"/>"),
	  "院区 增加 b 北" },
	{ INSTITUTIONS, HOSPITALS("", ""), HOSPITALS("", "<oid root=\"2.16.1\"/>"),
	  "OID 增加 2.16.1" },
	{ GRANTS, G("items=\"TSH\""), G("items=\"TSH\" device=\"D\""), "限设备 原 无, 现 D" },
	{ GRANTS, G("items=\"TSH\""), G("items=\"TSH\" batch=\"二\""), "批次" },
	{ GRANTS, G("items=\"TSH\""), G("items=\"TSH\" qc-body=\"q\""), "质控机构" },
	{ GRANTS, G("items=\"TSH\""), G("items=\"TSH\" evaluated-from=\"2025-01-01\""), "评价" },
	{ GRANTS, G("items=\"TSH\""), G("items=\"TSH\" row=\"第 2 行\""),
	  "所在行 原 无, 现 第 2 行" },
	{ WINDOWS, WINDOW("items=\"TSH\" days=\"7\""), WINDOW("items=\"TSH\" hours=\"7\""),
	  "期限 原 7 天, 现 7 小时" },
	{ WINDOWS, WINDOW("items=\"TSH\" days=\"7\""),
	  WINDOW("items=\"TSH\" days=\"7\" unless-intervened=\"true\""), "其间无干预" },
	{ WINDOWS, WINDOW("items=\"TSH\" days=\"7\""),
	  WINDOW("items=\"TSH\" days=\"7\" to=\"2025-12-31\""), "施行" },
	{ WINDOWS, WINDOW("items=\"TSH\" days=\"7\""), WINDOW("items=\"TSH FT3\" days=\"7\""),
	  "新增有效期 r FT3 TSH" },
	{ WINDOWS, WINDOW("items=\"TSH\" days=\"7\""),
	  WINDOW("items=\"TSH\" days=\"7\" setting=\"online\""), "新增有效期 r TSH online" },
	{ OTHERS, MARK("where=\"report\" region=\"12\""), MARK("where=\"report\" region=\"13\""),
	  "新增标识 HR 13" },
	{ OTHERS, MARK("where=\"report\" regime=\"r\""),
	  MARK("where=\"report\" nationwide=\"true\""), "删除标识 HR r" },
	{ OTHERS, MARK("where=\"report\" regime=\"r\""),
	  MARK("where=\"report\" regime=\"r\" to=\"2025-12-31\""), "期间 原 无" },
	{ OTHERS, SITUATION("text=\"甲\""), SITUATION("text=\"乙\""), "内容 原 甲, 现 乙" },
	{ OTHERS, SITUATION("text=\"甲\""), SITUATION("text=\"甲\" text-en=\"A\""), "英文" },
	{ OTHERS, DOCUMENT("title=\"t\""), DOCUMENT("title=\"u\""), "标题" },
	{ OTHERS, DOCUMENT("title=\"t\""), DOCUMENT("title=\"t\" issuers=\"委\""), "发文" },
	{ OTHERS, DOCUMENT("title=\"t\""), DOCUMENT("title=\"t\" url=\"u\""), "网址" },
};

static bool some_line_says(const struct fixture *f, const char *text)
{
	for (size_t i = 0; i < f->count; i++)
		if (hr_str_find(f->changes[i].text, hr_str_of(text)) < f->changes[i].text.len)
			return true;
	return false;
}

static void test_diff__every_member_of_a_record__is_said_when_it_changes(void)
{
	for (size_t i = 0; i < sizeof(every) / sizeof(every[0]); i++) {
		struct fixture f = compare(every[i].file, every[i].before, every[i].after);

		if (!some_line_says(&f, every[i].says)) {
			CU_FAIL("a change goes unsaid");
			fprintf(stderr, "unsaid: %s\n", every[i].says);
		}
		hr_arena_close(f.arena);
	}
}

static void test_diff__parts_of_a_set_in_another_order__are_no_change(void)
{
	struct fixture f = compare(ITEMS, ITEMS_WITH(TSH("", NAME("甲") NAME("乙"))),
				   ITEMS_WITH(TSH("", NAME("乙") NAME("甲"))));

	CU_ASSERT_EQUAL(f.count, 0);
	hr_arena_close(f.arena);
}

/* "thyroid" is part of "thyroid-x": a window of both is not one of the longer alone. */
static void test_diff__window_gains_a_class__is_said(void)
{
	static const char items[] = ROOT(
		"items", "",
		"<lab code=\"A\" name=\"a\" class=\"thyroid-x\" unit-class=\"mass\"/>" TWO_ITEMS);
	struct fixture f = { .arena = hr_test_arena() };
	const char *texts[FILES];
	hr_catalog *old;
	hr_catalog *new;

	memcpy(texts, base, sizeof(texts));
	texts[ITEMS] = items;
	texts[WINDOWS] = WINDOW("class=\"thyroid-x\" days=\"7\"");
	old = build(texts);
	texts[WINDOWS] = WINDOW("class=\"thyroid-x thyroid\" days=\"7\"");
	new = build(texts);
	HR_ASSERT_OK(hr_catalog_diff(old, new, f.arena, &f.changes, &f.count, &f.err), f.err);
	CU_ASSERT_EQUAL_FATAL(f.count, 2);
	HR_ASSERT_TEXT(f.changes[0].subject, "r class thyroid thyroid-x");
	HR_ASSERT_TEXT(f.changes[1].subject, "r class thyroid-x");
	hr_catalog_unref(old);
	hr_catalog_unref(new);
	hr_arena_close(f.arena);
}

/* One of three regimes drops the mark that all have: one line, not three. */
static void test_diff__same_mark_of_another_scope__is_another_mark(void)
{
	struct fixture f = compare(OTHERS,
				   ROOT("marks", "",
					"<mark text=\"HR\" where=\"report\" region=\"11\"/>"
					"<mark text=\"HR\" where=\"report\" region=\"12\"/>"
					"<mark text=\"HR\" where=\"report\" region=\"13\"/>"),
				   ROOT("marks", "",
					"<mark text=\"HR\" where=\"report\" region=\"12\"/>"
					"<mark text=\"HR\" where=\"report\" region=\"13\"/>"));

	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_REMOVED, "mark", "HR 11", "位置 报告上, 区划 11",
		      "place on the report, region 11");
	hr_arena_close(f.arena);
}

/* Two of one key: the one that changed is told, and neither when they change places. */
static void test_diff__two_of_one_key__are_told_apart_by_what_they_hold(void)
{
	static const char one[] = "<mark text=\"HR\" where=\"report\" region=\"11\"/>";
	static const char two[] =
		"<mark text=\"HR\" where=\"item-prefix\" region=\"11\" to=\"2025-12-31\"/>";
	static const char other[] =
		"<mark text=\"HR\" where=\"item-suffix\" region=\"11\" to=\"2025-12-31\"/>";
	char texts[3][400];
	struct fixture f;

	snprintf(texts[0], sizeof(texts[0]), ROOT("marks", "", "%s%s"), one, two);
	snprintf(texts[1], sizeof(texts[1]), ROOT("marks", "", "%s%s"), two, one);
	snprintf(texts[2], sizeof(texts[2]), ROOT("marks", "", "%s%s"), other, one);
	f = compare(OTHERS, texts[0], texts[1]);
	CU_ASSERT_EQUAL(f.count, 0);
	hr_arena_close(f.arena);
	f = compare(OTHERS, texts[0], texts[2]);
	CU_ASSERT_EQUAL(f.count, 1);
	assert_change(&f, 0, HR_CHANGE_ALTERED, "mark", "HR 11", "位置 原 项目前, 现 项目后",
		      "place was before the item, is behind the item");
	hr_arena_close(f.arena);
}

/* The cap of the arena in steps: each of its allocations is the one that fails. */
static void test_diff__short_of_memory__says_so(void)
{
	const char *texts[FILES];
	const hr_change *changes;
	hr_error err = { 0 };
	hr_catalog *old = build(base);
	hr_catalog *new;
	size_t count = 0;
	bool ok = false;

	memcpy(texts, base, sizeof(texts));
	texts[ITEMS] = ROOT("items", "", LAB("ALT", "U/L") TWO_ITEMS);
	new = build(texts);
	for (size_t cap = 0; !ok && cap < 1 << 20; cap += 16) {
		HR_AUTO(hr_arena) arena = hr_arena_open(cap);

		ok = hr_catalog_diff(old, new, arena, &changes, &count, &err);
		if (!ok && err.code != HR_E_MEMORY)
			break;
	}
	HR_ASSERT_OK(ok, err);
	CU_ASSERT_EQUAL(count, 1);
	hr_catalog_unref(old);
	hr_catalog_unref(new);
}

static const hr_test tests[] = {
	HR_TEST(test_diff__same_catalogue__has_no_change),
	HR_TEST(test_diff__rows_and_items_in_another_order__are_no_change),
	HR_TEST(test_diff__regime__says_what_was_and_what_is),
	HR_TEST(test_diff__list__says_status_and_items),
	HR_TEST(test_diff__item_added__is_described_and_ids_that_moved_do_no_harm),
	HR_TEST(test_diff__item_altered_and_its_origin__are_said),
	HR_TEST(test_diff__a_line__stands_alone),
	HR_TEST(test_diff__institution_renamed_and_another_gone__are_said),
	HR_TEST(test_diff__grants__items_that_came_stand_in_one_line),
	HR_TEST(test_diff__grants_parted_into_other_rows__are_no_change),
	HR_TEST(test_diff__grant_withdrawn__is_altered_not_lost),
	HR_TEST(test_diff__grant_moved_and_another_gone__are_two_lines),
	HR_TEST(test_diff__new_item_under_all__is_not_said_of_each_hospital),
	HR_TEST(test_diff__exception_to_all_lifted__is_said),
	HR_TEST(test_diff__64_rows_of_a_hospital__are_told_apart_66_are_counted),
	HR_TEST(test_diff__window__length_and_event),
	HR_TEST(test_diff__windows_by_class_setting_and_all__have_their_own_subjects),
	HR_TEST(test_diff__marks_situations_documents__are_compared_too),
	HR_TEST(test_diff__every_member_of_a_record__is_said_when_it_changes),
	HR_TEST(test_diff__parts_of_a_set_in_another_order__are_no_change),
	HR_TEST(test_diff__window_gains_a_class__is_said),
	HR_TEST(test_diff__same_mark_of_another_scope__is_another_mark),
	HR_TEST(test_diff__two_of_one_key__are_told_apart_by_what_they_hold),
	HR_TEST(test_diff__short_of_memory__says_so),
};
HR_TEST_MAIN("diff", tests)
