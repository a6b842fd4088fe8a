#include "catalog/sheet.h"

#include "catalog/template.h"
#include "testing.h"

/* The template's catalogue, a sheet, and what came of it. */
struct fixture {
	hr_arena *arena;
	hr_fileset set;
	hr_sheet_options options;
	hr_sheet_import_result result;
	hr_error err;
};

static struct fixture open_fixture(void)
{
	struct fixture f = {
		.arena = hr_test_arena(),
		.options = { .regime = HR_STR("demo-hr"),
			     .source = HR_STR("通知"),
			     .grade = HR_STR("官方") },
	};

	HR_ASSERT_OK(hr_catalog_template(f.arena, &f.set, &f.err), f.err);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_arena_close(f->arena);
}

/* One file more, or another in the place of one of that name. */
static void put_file(struct fixture *f, const char *name, hr_str bytes)
{
	hr_file *files = HR_NEW_N(f->arena, hr_file, f->set.count + 1);
	size_t count = 0;

	for (size_t i = 0; i < f->set.count; i++)
		if (!hr_str_equal(f->set.files[i].name, hr_str_of(name)))
			files[count++] = f->set.files[i];
	if (bytes.len)
		files[count++] = (hr_file){ hr_str_of(name), bytes };
	HR_ASSERT_OK(hr_fileset_sort(files, count, &f->err), f->err);
	f->set = (hr_fileset){ files, count };
}

static bool import(struct fixture *f, hr_sheet_kind kind, const char *csv)
{
	f->result = (hr_sheet_import_result){ 0 };
	return hr_sheet_import(kind, &f->set, hr_str_of(csv), &f->options, f->arena, &f->result,
			       &f->err);
}

static hr_str find_file(const hr_fileset *set, hr_str name)
{
	for (size_t i = 0; i < set->count; i++)
		if (hr_str_equal(set->files[i].name, name))
			return set->files[i].bytes;
	return HR_STR_NONE;
}

static hr_str next_line(hr_str *rest)
{
	size_t end = hr_str_find(*rest, HR_STR("\n"));
	hr_str line = hr_str_slice(*rest, 0, end);

	*rest = hr_str_slice(*rest, end + 1, rest->len);
	return line;
}

static bool has_line(hr_str text, hr_str line)
{
	while (text.len)
		if (hr_str_equal(next_line(&text), line))
			return true;
	return false;
}

static void add_missing(hr_buf *buf, hr_str text, hr_str other, char sign)
{
	while (text.len) {
		hr_str line = next_line(&text);

		if (line.len && !has_line(other, line))
			hr_buf_addf(buf, "%c%.*s\n", sign, HR_STR_ARG(hr_str_trim(line)));
	}
}

/* The lines that the files lost and won. */
static hr_str difference(struct fixture *f)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 20);
	for (size_t i = 0; i < f->result.files.count; i++) {
		const hr_file *file = &f->result.files.files[i];
		hr_str old = find_file(&f->set, file->name);

		add_missing(&buf, old, file->bytes, '-');
		add_missing(&buf, file->bytes, old, '+');
	}
	return hr_buf_str(&buf);
}

/* "3 unknown-item 项目 K; ..." with the row, the code, the column, the candidates. */
static hr_str problems(struct fixture *f)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 20);
	for (size_t i = 0; i < f->result.problem_count; i++) {
		const hr_sheet_problem *p = &f->result.problems[i];

		hr_buf_addf(&buf, "%s%u %.*s", i ? "; " : "", p->row, HR_STR_ARG(p->code));
		if (p->column.len)
			hr_buf_addf(&buf, " %.*s", HR_STR_ARG(p->column));
		if (p->candidates.len)
			hr_buf_addf(&buf, " (%.*s)", HR_STR_ARG(p->candidates));
	}
	return hr_buf_str(&buf);
}

/* "+2 subject | text; ..." with + added, ~ changed, - withdrawn. */
static hr_str changes(struct fixture *f)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 20);
	for (size_t i = 0; i < f->result.change_count; i++) {
		const hr_sheet_change *c = &f->result.changes[i];

		hr_buf_addf(&buf, "%s%c%u %.*s | %.*s", i ? "\n" : "", "+~-"[c->kind], c -> row,
			    HR_STR_ARG(c->subject), HR_STR_ARG(c->text));
	}
	return hr_buf_str(&buf);
}

static void expect_import(struct fixture *f, hr_sheet_kind kind, const char *csv, const char *want)
{
	HR_ASSERT_OK(import(f, kind, csv), f->err);
	HR_ASSERT_TEXT(problems(f), "");
	HR_ASSERT_TEXT(difference(f), want);
}

/* --- both ways --- */

static void test_sheet__what_is_exported__imports_without_a_change(void)
{
	for (int kind = 0; kind < HR_SHEET_KINDS; kind++) {
		struct fixture f = open_fixture();
		hr_str csv;

		HR_ASSERT_OK(hr_sheet_export((hr_sheet_kind)kind, &f.set, HR_STR_NONE, f.arena,
					     &csv, &f.err),
			     f.err);
		f.options = (hr_sheet_options){ .replace_period = kind >= HR_SHEET_GRANTS };
		expect_import(&f, (hr_sheet_kind)kind, csv.data, "");
		CU_ASSERT_EQUAL(f.result.change_count, 0);
		CU_ASSERT_TRUE(f.result.unchanged >= 3);
		CU_ASSERT_EQUAL(f.result.files.count, f.set.count);
		close_fixture(&f);
	}
}

static void test_sheet__rows_of_another_catalogue__are_the_same_when_exported_again(void)
{
	static const char *const names[] = { "grants-demo-hr.xml", "windows-demo-hr.xml" };

	for (int i = 0; i < 2; i++) {
		hr_sheet_kind kind = i ? HR_SHEET_WINDOWS : HR_SHEET_GRANTS;
		struct fixture f = open_fixture();
		hr_str csv;
		hr_str again;

		HR_ASSERT_OK(hr_sheet_export(kind, &f.set, HR_STR_NONE, f.arena, &csv, &f.err),
			     f.err);
		put_file(&f, names[i], HR_STR_NONE);
		HR_ASSERT_OK(import(&f, kind, csv.data), f.err);
		HR_ASSERT_TEXT(problems(&f), "");
		HR_ASSERT_OK(hr_sheet_export(kind, &f.result.files, HR_STR_NONE, f.arena, &again,
					     &f.err),
			     f.err);
		CU_ASSERT_EQUAL(again.len, csv.len);
		close_fixture(&f);
	}
}

static void test_export__grants__are_as_a_clerk_reads_them(void)
{
	struct fixture f = open_fixture();
	hr_str csv;

	HR_ASSERT_OK(
		hr_sheet_export(HR_SHEET_GRANTS, &f.set, HR_STR("demo-hr"), f.arena, &csv, &f.err),
		f.err);
	HR_ASSERT_TEXT(
		csv,
		"\xef\xbb\xbf互认体系,机构代码,机构名称,项目,起,止,撤销日期,撤销原因,设备,院区,"
		"批次,质控机构,评价起,评价止,出处,可信程度,文件,位置,备注\r\n"
		"demo-hr,121100004000000014\t,北京示范医院,全部,2025-01-01,2026-12-31,,,,,"
		"第一批,,,,\"示例, 非官方\",示范,,,\r\n"
		"demo-hr,12120000400000002B\t,天津示范医院,全部 除 CT-CHEST 外,2025-01-01,,,,,,"
		",,,,\"示例, 非官方\",示范,,,\r\n"
		"demo-hr,x-qinhuangdao-demo,秦皇岛示范医院,TSH,2025-01-01,,2025-09-01,"
		"室间质评不合格,,,,,,,\"示例, 非官方\",示范,,,\r\n");
	close_fixture(&f);
}

static void test_export__regime_that_there_is_not__is_refused_and_the_others_named(void)
{
	struct fixture f = open_fixture();
	hr_str csv = HR_STR_NONE;

	CU_ASSERT_FALSE(
		hr_sheet_export(HR_SHEET_GRANTS, &f.set, HR_STR("other"), f.arena, &csv, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "there is no regime 'other'; there are: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "demo-hr"));
	CU_ASSERT_FALSE(
		hr_sheet_export(HR_SHEET_ITEMS, &f.set, HR_STR("demo-hr"), f.arena, &csv, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	CU_ASSERT_PTR_NULL(csv.data);
	close_fixture(&f);
}

/* --- what an import does --- */

static void test_import__a_list_as_commissions_write_it__is_read(void)
{
	struct fixture f = open_fixture();

	expect_import(
		&f, HR_SHEET_GRANTS,
		"京津冀互认机构名单（2025年）,,,,\n"
		",,,,\n"
		"序号,医疗机构名称,互认项目,起始日期,截止日期\n"
		"1,天津示范医院,\"TSH、\n游离甲状腺素\",2025/1/1,长期\n"
		"2,秦皇岛示范医院,全部（除 K 以外）,2025年10月1日,2026-12-31\n"
		",,,,\n"
		"3,北京示范医院,全部,20250101,2026.12.31\n",
		"-<grant institution=\"12120000400000002B\" items=\"all\" except=\"CT-CHEST\" "
		"from=\"2025-01-01\"/>\n"
		"+<grant institution=\"12120000400000002B\" items=\"TSH FT4\" "
		"from=\"2025-01-01\" source=\"通知\" grade=\"official\"/>\n"
		"+<grant institution=\"x-qinhuangdao-demo\" items=\"all\" except=\"K\" "
		"from=\"2025-10-01\" to=\"2026-12-31\" source=\"通知\" grade=\"official\"/>\n");
	HR_ASSERT_TEXT(changes(&f),
		       "~4 demo-hr 12120000400000002B 天津示范医院 2025-01-01 | "
		       "项目: 全部 除 CT-CHEST 外 -> TSH、FT4; 出处: 示例, 非官方 -> 通知; "
		       "可信程度: 示范 -> 官方\n"
		       "+5 demo-hr x-qinhuangdao-demo 秦皇岛示范医院 2025-10-01 | "
		       "项目: 全部 除 K 外; 止: 2026-12-31");
	CU_ASSERT_EQUAL(f.result.unchanged, 1);
	close_fixture(&f);
}

static void test_import__institutions__change_in_place_and_keep_what_has_no_column(void)
{
	struct fixture f = open_fixture();

	expect_import(&f, HR_SHEET_INSTITUTIONS,
		      "机构名称,区划,等级,其他名称\n"
		      "北京示范医院,北京市,三级甲等,北京市示范医院；示范总院\n"
		      "新医院,130300,,新院；新一院\n",
		      "-<institution uscc=\"121100004000000014\" name=\"北京示范医院\" "
		      "region=\"110000\" level=\"三级甲等\" alliances=\"demo-alliance\">\n"
		      "+<institution uscc=\"121100004000000014\" name=\"北京示范医院\" "
		      "region=\"110000\" level=\"三级甲等\" alliances=\"demo-alliance\" "
		      "source=\"通知\" grade=\"official\">\n"
		      "+<name>示范总院</name>\n"
		      "+<institution key=\"x-130300-7331e525\" name=\"新医院\" region=\"130300\" "
		      "source=\"通知\" grade=\"official\">\n"
		      "+<name>新院</name>\n"
		      "+<name>新一院</name>\n");
	close_fixture(&f);
}

static void test_import__an_institution_without_a_code__is_found_again_by_its_name(void)
{
	struct fixture f = open_fixture();
	const char *csv = "机构名称,区划\n新医院,130300\n";

	HR_ASSERT_OK(import(&f, HR_SHEET_INSTITUTIONS, csv), f.err);
	CU_ASSERT_EQUAL(f.result.change_count, 1);
	f.set = f.result.files;
	HR_ASSERT_OK(import(&f, HR_SHEET_INSTITUTIONS, csv), f.err);
	CU_ASSERT_EQUAL(f.result.unchanged, 1);
	CU_ASSERT_EQUAL(f.result.change_count, 0);
	close_fixture(&f);
}

static void test_import__items__keep_siblings_and_precision(void)
{
	struct fixture f = open_fixture();

	expect_import(&f, HR_SHEET_ITEMS,
		      "code,kind,name,unit-class,unit,loinc,modality,names\n"
		      "TSH,检验,促甲状腺激素,国际单位,m[IU]/L,3016-3\t,,TSH;促甲状腺素\n"
		      "Na,lab,钠,substance,mmol/L,2951-2,,\n"
		      "CT-HEAD,exam,头颅CT,,,,CT,\n",
		      "+<exam code=\"CT-HEAD\" name=\"头颅CT\" modality=\"CT\" source=\"通知\" "
		      "grade=\"official\"/>\n"
		      "-<lab code=\"TSH\" name=\"促甲状腺激素\" name-en=\"Thyrotropin\" "
		      "class=\"endocrine\" unit-class=\"arbitrary\" unit=\"m[IU]/L\" "
		      "loinc=\"3016-3\">\n"
		      "+<lab code=\"TSH\" name=\"促甲状腺激素\" name-en=\"Thyrotropin\" "
		      "class=\"endocrine\" unit-class=\"arbitrary\" unit=\"m[IU]/L\" "
		      "loinc=\"3016-3\" source=\"通知\" grade=\"official\">\n"
		      "+<name>促甲状腺素</name>\n"
		      "+<lab code=\"Na\" name=\"钠\" unit-class=\"substance\" unit=\"mmol/L\" "
		      "loinc=\"2951-2\" source=\"通知\" grade=\"official\"/>\n");
	close_fixture(&f);
}

static void test_import__windows__take_lengths_and_words(void)
{
	struct fixture f = open_fixture();

	expect_import(&f, HR_SHEET_WINDOWS,
		      "项目,类别,有效期,起算,就诊类型,无干预为限,起\n"
		      "FT4、TSH,,60 days,collected,不限,否,2025-01-01\n"
		      ",chemistry,12小时,采样,急诊,是,2025-01-01\n",
		      "-<window items=\"TSH FT4\" days=\"30\" event=\"collected\" "
		      "from=\"2025-01-01\"/>\n"
		      "+<window items=\"TSH FT4\" days=\"60\" event=\"collected\" "
		      "from=\"2025-01-01\" source=\"通知\" grade=\"official\"/>\n"
		      "+<window class=\"chemistry\" hours=\"12\" event=\"collected\" "
		      "setting=\"emergency\" unless-intervened=\"true\" from=\"2025-01-01\" "
		      "source=\"通知\" grade=\"official\"/>\n");
	close_fixture(&f);
}

static void test_import__an_empty_cell__removes_and_an_absent_column_keeps(void)
{
	struct fixture f = open_fixture();

	expect_import(
		&f, HR_SHEET_GRANTS,
		"机构代码,项目,起,止,出处\n"
		"121100004000000014,全部,2025-01-01,,\n",
		"-<grant institution=\"121100004000000014\" items=\"all\" from=\"2025-01-01\" "
		"to=\"2026-12-31\" batch=\"第一批\"/>\n"
		"+<grant institution=\"121100004000000014\" items=\"all\" from=\"2025-01-01\" "
		"batch=\"第一批\" source=\"通知\" grade=\"official\"/>\n");
	close_fixture(&f);
}

/* Whatever a row of a file may say: a change of one cell leaves all else. */
static void test_import__a_row_with_every_attribute__keeps_them(void)
{
	static const struct {
		hr_sheet_kind kind;
		const char *file;
		const char *head;
		const char *before; /* the row, up to the value that changes */
		const char *old;
		const char *now;
		const char *behind;
		const char *csv;
	} rows[] = {
		{ HR_SHEET_GRANTS, "grants-demo-hr.xml", "<grants regime=\"demo-hr\"",
		  "<grant institution=\"121100004000000014\" items=\"all\" except=\"K\" "
		  "from=\"2025-01-01\" to=\"2026-12-31\" withdrawn=\"2026-01-01\" reason=\"r\" "
		  "device=\"d\" campus=\"east\" batch=\"",
		  "1", "2",
		  "\" qc-body=\"q\" evaluated-from=\"2024-01-01\" evaluated-to=\"2024-12-31\" "
		  "source=\"t\" grade=\"secondary\" document=\"nhc-2022-6\" row=\"9\" note=\"n\"/>",
		  "机构代码,起,设备,院区,批次\n121100004000000014,2025-01-01,d,东院区,2\n" },
		{ HR_SHEET_WINDOWS, "windows-demo-hr.xml", "<windows regime=\"demo-hr\"",
		  "<window items=\"K\" days=\"", "7", "9",
		  "\" event=\"tested\" setting=\"inpatient\" unless-intervened=\"true\" "
		  "from=\"2025-01-01\" to=\"2026-12-31\" source=\"t\" grade=\"secondary\" "
		  "document=\"nhc-2022-6\" row=\"9\" note=\"n\"/>",
		  "项目,就诊类型,起,有效期\nK,住院,2025-01-01,9天\n" },
		{ HR_SHEET_INSTITUTIONS, "more.xml", "<institutions",
		  "<institution key=\"x-all\" name=\"甲\" region=\"110000\" level=\"", "一级",
		  "二级",
		  "\" org-code=\"40000000X\" insurance-code=\"H1\" alliances=\"a b\" "
		  "from=\"2001-01-01\" to=\"2026-12-31\" source=\"t\" grade=\"secondary\" "
		  "document=\"nhc-2022-6\" row=\"9\" note=\"n\"/>",
		  "机构代码,等级\nx-all,二级\n" },
		{ HR_SHEET_ITEMS, "more.xml", "<items",
		  "<lab code=\"Na\" name=\"钠\" name-en=\"Sodium\" class=\"", "a", "b",
		  "\" unit-class=\"substance mass\" unit=\"mmol/L\" loinc=\"2951-2\" source=\"t\" "
		  "grade=\"secondary\" document=\"nhc-2022-6\" row=\"9\" note=\"n\"/>",
		  "code,class\nNa,b\n" },
		{ HR_SHEET_ITEMS, "more.xml", "<items", "<exam code=\"US\" name=\"超声\" class=\"",
		  "a", "b",
		  "\" modality=\"US\" body-part=\"NECK\" laterality=\"L\" method=\"m\" "
		  "position=\"p\" contrast=\"both\" row=\"9\"/>",
		  "code,class\nUS,b\n" },
	};
	static const char *const words[] = { "items", "institutions", "grants", "windows" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = open_fixture();
		hr_buf file;
		hr_buf want;

		hr_buf_init(&file, f.arena, 4096);
		hr_buf_init(&want, f.arena, 4096);
		hr_buf_addf(&file,
			    "%s xmlns=\"urn:huren:catalogue:1\" source=\"s\" grade=\"official\">\n"
			    "%s%s%s\n</%s>",
			    rows[i].head, rows[i].before, rows[i].old, rows[i].behind,
			    words[rows[i].kind]);
		hr_buf_addf(&want, "-%s%s%s\n+%s%s%s\n", rows[i].before, rows[i].old,
			    rows[i].behind, rows[i].before, rows[i].now, rows[i].behind);
		put_file(&f, rows[i].file, hr_buf_str(&file));
		f.options = (hr_sheet_options){ .regime = HR_STR("demo-hr") };
		expect_import(&f, rows[i].kind, rows[i].csv, want.data);
		close_fixture(&f);
	}
}

static void test_import__a_withdrawal__is_a_changed_row(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS,
			    "机构代码,项目,起,撤销日期,撤销原因\n"
			    "121100004000000014,全部,2025-01-01,2026-03-01,质控不合格\n"),
		     f.err);
	HR_ASSERT_TEXT(changes(&f), "~2 demo-hr 121100004000000014 北京示范医院 2025-01-01 | "
				    "撤销日期: - -> 2026-03-01; 撤销原因: - -> 质控不合格; "
				    "出处: 示例, 非官方 -> 通知; 可信程度: 示范 -> 官方");
	close_fixture(&f);
}

static void test_import__items_in_words__mean_what_a_clerk_means(void)
{
	static const struct {
		const char *cell;
		const char *want;
	} rows[] = {
		{ "TSH", "items=\"TSH\"" },
		{ "\"tsh, 血清钾\"", "items=\"TSH K\"" },
		{ "K FT4", "items=\"K FT4\"" },
		{ "钾；促甲状腺激素", "items=\"TSH K\"" },
		{ "胸部CT平扫", "items=\"CT-CHEST\"" },
		{ "全部", "items=\"all\"" },
		{ "全部互认项目", "items=\"all\"" },
		{ "all", "items=\"all\"" },
		{ "全部 除 K、FT4 外", "items=\"all\" except=\"K FT4\"" },
		{ "全部（除钾外）", "items=\"all\" except=\"K\"" },
		{ "除了钾以外", "items=\"all\" except=\"K\"" },
		{ "\"全部，除 K 之外\"", "items=\"all\" except=\"K\"" },
		{ "\"all except K, TSH\"", "items=\"all\" except=\"TSH K\"" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = open_fixture();
		hr_str text;
		hr_buf csv;

		hr_buf_init(&csv, f.arena, 4096);
		hr_buf_addf(&csv, "机构代码,项目,起\nx-qinhuangdao-demo,%s,2030-01-01\n",
			    rows[i].cell);
		/* Else it would overlap the row that is there. */
		f.options.replace_period = true;
		HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, csv.data), f.err);
		text = difference(&f);
		if (hr_str_find(text, hr_str_of(rows[i].want)) == text.len)
			HR_ASSERT_TEXT(text, rows[i].want);
		close_fixture(&f);
	}
}

static void test_import__days__are_read_in_every_form(void)
{
	static const struct {
		const char *cell;
		const char *want; /* NULL: refused */
	} rows[] = {
		{ "2030-02-03", "from=\"2030-02-03\"" },
		{ "2030-2-3", "from=\"2030-02-03\"" },
		{ "2030/2/3", "from=\"2030-02-03\"" },
		{ "2030.02.03", "from=\"2030-02-03\"" },
		{ "2030年2月3日", "from=\"2030-02-03\"" },
		{ "20300203", "from=\"2030-02-03\"" },
		{ "2030-02-29", NULL },
		{ "2030-13-01", NULL },
		{ "203023", NULL },
		{ "2030/2-3", NULL },
		{ "47517", NULL },
		{ "2030-02-03x", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = open_fixture();
		hr_str text;
		hr_buf csv;

		hr_buf_init(&csv, f.arena, 4096);
		hr_buf_addf(&csv, "机构代码,项目,起\nx-qinhuangdao-demo,K,%s\n", rows[i].cell);
		HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, csv.data), f.err);
		HR_ASSERT_TEXT(problems(&f), rows[i].want ? "" : "2 bad-value 起");
		text = difference(&f);
		if (rows[i].want && hr_str_find(text, hr_str_of(rows[i].want)) == text.len)
			HR_ASSERT_TEXT(text, rows[i].want);
		close_fixture(&f);
	}
}

static void test_import__what_is_wrong__is_told_by_row(void)
{
	static const struct {
		hr_sheet_kind kind;
		const char *csv;
		const char *want;
	} rows[] = {
		{ HR_SHEET_GRANTS, "机构代码,项目,颜色\nx-qinhuangdao-demo,K,红\n",
		  "1 unknown-column" },
		{ HR_SHEET_GRANTS, "机构代码,项目,items\nx-qinhuangdao-demo,K,K\n",
		  "1 repeated-column 项目" },
		{ HR_SHEET_GRANTS, "机构代码,项目\nx-nobody,K\n",
		  "2 unknown-institution 机构代码" },
		{ HR_SHEET_GRANTS, "机构名称,项目\n某医院,K\n", "2 unknown-institution 机构名称" },
		{ HR_SHEET_GRANTS, "机构代码,机构名称,项目\nx-qinhuangdao-demo,北京示范医院,K\n",
		  "2 institution-conflict 机构名称 (x-qinhuangdao-demo 秦皇岛示范医院)" },
		{ HR_SHEET_GRANTS, "机构代码,项目\n1.211E+17,K\n", "2 bad-value 机构代码" },
		{ HR_SHEET_GRANTS, "机构代码,项目\nx-qinhuangdao-demo,\"K、氯、氟\"\n",
		  "2 unknown-item 项目; 2 unknown-item 项目" },
		{ HR_SHEET_GRANTS, "机构代码,项目,互认体系\nx-qinhuangdao-demo,K,none\n",
		  "2 unknown-regime 互认体系" },
		{ HR_SHEET_GRANTS, "机构代码,项目,院区\n121100004000000014,K,南院\n",
		  "2 unknown-campus 院区" },
		{ HR_SHEET_GRANTS, "机构代码,项目\n,K\nx-qinhuangdao-demo,\n",
		  "2 missing-value 机构代码; 3 missing-value 项目" },
		{ HR_SHEET_GRANTS,
		  "机构代码,项目,起\nx-qinhuangdao-demo,K,2024-01-01\n"
		  "x-qinhuangdao-demo,K,2024-06-01\n",
		  "3 overlapping-grants" },
		{ HR_SHEET_GRANTS,
		  "机构代码,项目,起,止\nx-qinhuangdao-demo,K,2025-01-02,2025-01-01\n",
		  "2 bad-period" },
		{ HR_SHEET_WINDOWS, "项目,有效期,起算\nK,7周,采样\n", "2 bad-value 有效期" },
		{ HR_SHEET_WINDOWS, "项目,有效期,起算\nK,0天,采样\n", "2 bad-value 有效期" },
		{ HR_SHEET_WINDOWS, "项目,有效期,起算\nK,7天,出院\n", "2 bad-value 起算" },
		{ HR_SHEET_WINDOWS, "项目,类别,有效期,起算\nK,chemistry,7天,采样\n", "2 missing" },
		{ HR_SHEET_INSTITUTIONS, "机构代码,机构名称,区划\n121100004000000015,甲,110000\n",
		  "2 bad-value 机构代码" },
		{ HR_SHEET_INSTITUTIONS, "机构名称,区划\n甲,火星\n", "2 unknown-region 区划" },
		{ HR_SHEET_INSTITUTIONS, "机构名称,区划\n甲,110000\n甲,110000\n", "3 duplicate" },
		{ HR_SHEET_ITEMS, "code,kind,name,unit-class\nNa,lab,钠,salty\n",
		  "2 bad-value 单位种类" },
		{ HR_SHEET_ITEMS, "code,kind,name,unit-class,loinc\nNa,lab,钠,substance,2951-3\n",
		  "2 bad-check-digit" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = open_fixture();

		HR_ASSERT_OK(import(&f, rows[i].kind, rows[i].csv), f.err);
		HR_ASSERT_TEXT(problems(&f), rows[i].want);
		CU_ASSERT_EQUAL(f.result.files.count, 0);
		close_fixture(&f);
	}
}

static void test_import__an_ambiguous_name__shows_the_candidates(void)
{
	struct fixture f = open_fixture();

	put_file(&f, "more.xml",
		 HR_STR("<institutions xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'>"
			"<institution key='x-one' name='同名医院' region='110000'/>"
			"<institution key='x-two' name='同名医院' region='120000'/>"
			"<institution key='x-three' name='今名医院' region='120000'>"
			"<name to='2024-12-31'>北京示范医院</name></institution></institutions>"));
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, "机构名称,项目,起\n同名医院,K,2025-01-01\n"),
		     f.err);
	HR_ASSERT_TEXT(problems(&f),
		       "2 ambiguous-institution 机构名称 (x-one 同名医院; x-two 同名医院)");
	/* On that day only one of the two bore the name. */
	HR_ASSERT_OK(
		import(&f, HR_SHEET_GRANTS, "机构名称,项目,起\n北京示范医院,全部,2025-01-01\n"),
		f.err);
	HR_ASSERT_TEXT(problems(&f), "");
	/* A region tells institutions of one name apart. */
	HR_ASSERT_OK(import(&f, HR_SHEET_INSTITUTIONS, "机构名称,区划\n同名医院,天津市\n"), f.err);
	HR_ASSERT_TEXT(problems(&f), "");
	CU_ASSERT_EQUAL(f.result.unchanged, 1);
	close_fixture(&f);
}

static void test_import__one_bad_row__changes_nothing(void)
{
	struct fixture f = open_fixture();

	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS,
			    "机构代码,项目,起\n"
			    "x-qinhuangdao-demo,K,2025-01-01\n"
			    "x-nobody,K,2025-01-01\n"),
		     f.err);
	CU_ASSERT_EQUAL(f.result.problem_count, 1);
	CU_ASSERT_EQUAL(f.result.files.count, 0);
	close_fixture(&f);
}

static void test_import__a_new_row_without_a_source__is_refused(void)
{
	struct fixture f = open_fixture();
	const char *csv = "机构代码,项目,起\nx-qinhuangdao-demo,K,2026-01-01\n";

	f.options.source = HR_STR_NONE;
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, csv), f.err);
	HR_ASSERT_TEXT(problems(&f), "2 missing-value 出处");
	f.options.source = HR_STR("s");
	f.options.grade = HR_STR_NONE;
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, csv), f.err);
	HR_ASSERT_TEXT(problems(&f), "2 missing-value 可信程度");
	close_fixture(&f);
}

static void test_import__options__stand_for_empty_cells(void)
{
	struct fixture f = open_fixture();

	f.options.from = HR_STR("2026/1/1");
	f.options.to = HR_STR("2026-12-31");
	f.options.document = HR_STR("nhc-2022-6");
	expect_import(&f, HR_SHEET_GRANTS,
		      "机构代码,项目,起,止\n"
		      "x-qinhuangdao-demo,K,,\n"
		      "x-qinhuangdao-demo,FT4,2027-01-01,长期\n",
		      "+<grant institution=\"x-qinhuangdao-demo\" items=\"K\" from=\"2026-01-01\" "
		      "to=\"2026-12-31\" source=\"通知\" grade=\"official\" "
		      "document=\"nhc-2022-6\"/>\n"
		      "+<grant institution=\"x-qinhuangdao-demo\" items=\"FT4\" "
		      "from=\"2027-01-01\" source=\"通知\" grade=\"official\" "
		      "document=\"nhc-2022-6\"/>\n");
	close_fixture(&f);
}

/* --- the whole truth about some days --- */

#define BEIJING	    "<grant institution=\"121100004000000014\" "
#define TIANJIN	    "<grant institution=\"12120000400000002B\" "
#define QINHUANGDAO "<grant institution=\"x-qinhuangdao-demo\" "
#define SAID	    "source=\"通知\" grade=\"official\""

static void test_replace_period__rows_that_are_not_in_the_sheet__end_or_go(void)
{
	struct fixture f = open_fixture();

	put_file(&f, "grants-demo-hr.xml",
		 HR_STR("<grants xmlns='urn:huren:catalogue:1' regime='demo-hr' source='s' "
			"grade='synthetic'>\n"
			"<!-- kept -->\n" BEIJING "items=\"K\" from=\"2025-01-01\"/>\n" TIANJIN
			"items=\"K\" from=\"2025-01-01\"/>\n" TIANJIN
			"items=\"FT4\" from=\"2025-01-01\" to=\"2025-12-31\"/>\n" TIANJIN
			"items=\"TSH\" from=\"2026-03-01\"/>\n" QINHUANGDAO
			"items=\"K\" from=\"2026-01-01\"/>\n" QINHUANGDAO
			"items=\"K\" to=\"2025-12-31\"/>\n" QINHUANGDAO
			"items=\"TSH\" from=\"2027-01-01\"/>\n"
			"</grants>\n"));
	f.options.replace_period = true;
	expect_import(&f, HR_SHEET_GRANTS,
		      "机构代码,项目,起,止\n"
		      "121100004000000014,K,2026-01-01,2026-12-31\n"
		      "x-qinhuangdao-demo,\"K、FT4\",2026-01-01,2026-12-31\n",
		      "-" BEIJING "items=\"K\" from=\"2025-01-01\"/>\n"
		      "-" TIANJIN "items=\"K\" from=\"2025-01-01\"/>\n"
		      "-" TIANJIN "items=\"TSH\" from=\"2026-03-01\"/>\n"
		      "-" QINHUANGDAO "items=\"K\" from=\"2026-01-01\"/>\n"
		      "+" BEIJING "items=\"K\" from=\"2025-01-01\" to=\"2025-12-31\"/>\n"
		      "+" BEIJING "items=\"K\" from=\"2026-01-01\" to=\"2026-12-31\" " SAID "/>\n"
		      "+" TIANJIN "items=\"K\" from=\"2025-01-01\" to=\"2025-12-31\"/>\n"
		      "+" QINHUANGDAO "items=\"K FT4\" from=\"2026-01-01\" to=\"2026-12-31\" " SAID
		      "/>\n");
	HR_ASSERT_TEXT(
		changes(&f),
		"+2 demo-hr 121100004000000014 北京示范医院 2026-01-01 | 项目: K; 止: 2026-12-31\n"
		"~3 demo-hr x-qinhuangdao-demo 秦皇岛示范医院 2026-01-01 | 项目: K -> K、FT4; "
		"止: - -> 2026-12-31; 出处: s -> 通知; 可信程度: 示范 -> 官方\n"
		"~0 demo-hr 121100004000000014 北京示范医院 2025-01-01 | 止: - -> 2025-12-31\n"
		"-0 demo-hr 12120000400000002B 天津示范医院 2025-01-01 | 止: - -> 2025-12-31\n"
		"-0 demo-hr 12120000400000002B 天津示范医院 2026-03-01 | 项目: TSH");
	CU_ASSERT_TRUE(has_line(find_file(&f.result.files, HR_STR("grants-demo-hr.xml")),
				HR_STR("<!-- kept -->")));
	close_fixture(&f);
}

static void test_replace_period__other_regimes__stay(void)
{
	struct fixture f = open_fixture();

	put_file(&f, "more.xml",
		 HR_STR("<regimes xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'>"
			"<regime id='other' name='另一'><members nationwide='true'/>"
			"<item-list status='complete' items='all'/></regime></regimes>"));
	put_file(&f, "grants-other.xml",
		 HR_STR("<grants xmlns='urn:huren:catalogue:1' source='s' grade='synthetic' "
			"regime='other'><grant institution='x-qinhuangdao-demo' items='K'/>"
			"</grants>"));
	f.options.replace_period = true;
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, "机构代码,项目\n121100004000000014,K\n"), f.err);
	HR_ASSERT_TEXT(problems(&f), "");
	CU_ASSERT_EQUAL(f.result.change_count, 4);
	HR_ASSERT_TEXT(find_file(&f.result.files, HR_STR("grants-other.xml")),
		       find_file(&f.set, HR_STR("grants-other.xml")).data);
	close_fixture(&f);
}

static void test_replace_period__items_and_institutions__have_none(void)
{
	struct fixture f = open_fixture();

	f.options.replace_period = true;
	CU_ASSERT_FALSE(import(&f, HR_SHEET_ITEMS, "code\nK\n"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	CU_ASSERT_FALSE(import(&f, HR_SHEET_INSTITUTIONS, "name\nK\n"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	close_fixture(&f);
}

/* --- the files --- */

#define HEAD                                                                                       \
	"<grants xmlns=\"urn:huren:catalogue:1\" regime=\"demo-hr\" source=\"s\" grade=\"official\""
#define OLD BEIJING "items=\"K\" from=\"2025-01-01\"/>"
#define NEW QINHUANGDAO "items=\"K\" from=\"2025-01-01\" source=\"通知\"/>"

static void test_import__files_of_any_layout__take_new_rows(void)
{
	static const struct {
		const char *old;
		const char *want;
	} rows[] = {
		{ HEAD "/>", HEAD ">\n\t" NEW "\n</grants>" },
		{ HEAD "></grants>", HEAD ">\n\t" NEW "</grants>" },
		{ HEAD ">\n</grants>\n", HEAD ">\n\t" NEW "\n</grants>\n" },
		{ HEAD ">" OLD "</grants>", HEAD ">" OLD "\n\t" NEW "</grants>" },
		{ HEAD ">\r\n  " OLD "\r\n</grants>",
		  HEAD ">\r\n  " OLD "\n\t" NEW "\r\n</grants>" },
		{ "\xef\xbb\xbf" HEAD ">" OLD "</grants>", HEAD ">" OLD "\n\t" NEW "</grants>" },
		{ HEAD ">\n" OLD "<!-- </grants> <grant a='/>' -->\n</grants>",
		  HEAD ">\n" OLD "\n\t" NEW "<!-- </grants> <grant a='/>' -->\n</grants>" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f = open_fixture();

		put_file(&f, "grants-demo-hr.xml", hr_str_of(rows[i].old));
		HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS,
				    "机构代码,项目,起\nx-qinhuangdao-demo,K,2025-01-01\n"),
			     f.err);
		HR_ASSERT_TEXT(problems(&f), "");
		HR_ASSERT_TEXT(find_file(&f.result.files, HR_STR("grants-demo-hr.xml")),
			       rows[i].want);
		close_fixture(&f);
	}
}

static void test_import__rows_with_comments_inside__are_replaced_whole(void)
{
	struct fixture f = open_fixture();

	put_file(&f, "grants-demo-hr.xml",
		 HR_STR(HEAD ">\n<grant institution='121100004000000014' items='K' device='>\"'>"
			     "<!-- </grant> --></grant>\n</grants>"));
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS,
			    "机构代码,项目,设备\n121100004000000014,TSH,\">\"\"\"\n"),
		     f.err);
	HR_ASSERT_TEXT(problems(&f), "");
	HR_ASSERT_TEXT(find_file(&f.result.files, HR_STR("grants-demo-hr.xml")),
		       HEAD ">\n<grant institution=\"121100004000000014\" items=\"TSH\" "
			    "device=\"&gt;&quot;\" source=\"通知\"/>\n</grants>");
	close_fixture(&f);
}

static void test_import__a_new_file__stands_beside_its_regime(void)
{
	struct fixture f = open_fixture();

	put_file(&f, "grants-demo-hr.xml", HR_STR_NONE);
	put_file(&f, "demo/regimes.xml", find_file(&f.set, HR_STR("regimes.xml")));
	put_file(&f, "regimes.xml", HR_STR_NONE);
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS,
			    "机构代码,项目,出处\n"
			    "x-qinhuangdao-demo,K,甲\n121100004000000014,全部,乙\n"),
		     f.err);
	HR_ASSERT_TEXT(find_file(&f.result.files, HR_STR("demo/grants-demo-hr.xml")),
		       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<grants xmlns=\"urn:huren:catalogue:1\" regime=\"demo-hr\" source=\"乙\" "
		       "grade=\"official\">\n"
		       "\t<grant institution=\"121100004000000014\" items=\"all\"/>\n"
		       "\t<grant institution=\"x-qinhuangdao-demo\" items=\"K\" source=\"甲\"/>\n"
		       "</grants>\n");
	close_fixture(&f);
}

/* Rows of two provinces, of over 8 MiB together. */
static const char *large_sheet(hr_arena *arena, int rows)
{
	hr_buf csv;

	hr_buf_init(&csv, arena, 16 << 20);
	HR_BUF_ADD(&csv, "机构代码,项目,起,止,质控机构\n");
	for (int i = 0; i < rows; i++) {
		hr_buf_addf(&csv, "%s,K,%d-01-01,%d-12-31,",
			    i % 2 ? "121100004000000014" : "x-qinhuangdao-demo", 3000 + i,
			    3000 + i);
		for (int k = 0; k < 1000; k++)
			HR_BUF_ADD(&csv, "质");
		HR_BUF_ADD(&csv, "\n");
	}
	return csv.data;
}

static void test_import__past_8_mib__there_is_a_file_for_each_province(void)
{
	struct fixture f = open_fixture();
	hr_str first;

	put_file(&f, "grants-demo-hr.xml", HR_STR_NONE);
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, large_sheet(f.arena, 3000)), f.err);
	HR_ASSERT_TEXT(problems(&f), "");
	CU_ASSERT_EQUAL(find_file(&f.result.files, HR_STR("grants-demo-hr.xml")).len, 0);
	first = find_file(&f.result.files, HR_STR("grants-demo-hr-11.xml"));
	CU_ASSERT_TRUE(first.len > 4 << 20);
	CU_ASSERT_TRUE(find_file(&f.result.files, HR_STR("grants-demo-hr-13.xml")).len > 4 << 20);
	/* And the next rows join their province's. */
	f.set = f.result.files;
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS,
			    "机构代码,项目,起,止\n121100004000000014,K,2999-01-01,2999-12-31\n"),
		     f.err);
	HR_ASSERT_TEXT(problems(&f), "");
	CU_ASSERT_TRUE(find_file(&f.result.files, HR_STR("grants-demo-hr-11.xml")).len > first.len);
	close_fixture(&f);
}

static void test_import__rows_of_one_place_past_8_mib__do_not_fit(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_FALSE(import(&f, HR_SHEET_GRANTS, large_sheet(f.arena, 5800)));
	CU_ASSERT_EQUAL(f.err.code, HR_E_LIMIT);
	close_fixture(&f);
}

/* --- what cannot be read --- */

static void test_import__what_is_no_sheet__is_an_error(void)
{
	struct fixture f = open_fixture();

	CU_ASSERT_FALSE(import(&f, HR_SHEET_GRANTS, ""));
	CU_ASSERT_EQUAL(f.err.code, HR_E_INCOMPLETE);
	CU_ASSERT_FALSE(import(&f, HR_SHEET_GRANTS, "a\"b"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	put_file(&f, "regions.xml", HR_STR("<regions>"));
	CU_ASSERT_FALSE(import(&f, HR_SHEET_GRANTS, "机构代码,项目\n"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CATALOG);
	close_fixture(&f);
}

static void test_import__a_header_alone__changes_nothing(void)
{
	struct fixture f = open_fixture();

	f.options.replace_period = true;
	expect_import(&f, HR_SHEET_GRANTS, "机构代码,项目\n", "");
	CU_ASSERT_EQUAL(f.result.change_count, 0);
	close_fixture(&f);
}

static void test_import__more_problems_than_are_listed__are_cut(void)
{
	struct fixture f = open_fixture();
	hr_buf csv;

	hr_buf_init(&csv, f.arena, 1 << 20);
	HR_BUF_ADD(&csv, "机构代码,项目\n");
	for (int i = 0; i <= HR_ISSUES_MAX; i++)
		HR_BUF_ADD(&csv, "x-nobody,K\n");
	HR_ASSERT_OK(import(&f, HR_SHEET_GRANTS, csv.data), f.err);
	CU_ASSERT_EQUAL(f.result.problem_count, HR_ISSUES_MAX);
	close_fixture(&f);
}

static void test_import__when_memory_is_short__it_says_so(void)
{
	struct fixture f = open_fixture();
	HR_AUTO(hr_arena) small = hr_arena_open(200);
	hr_sheet_import_result result = { 0 };

	CU_ASSERT_FALSE(
		hr_sheet_import(HR_SHEET_GRANTS, &f.set,
				HR_STR("机构代码,项目,起\nx-qinhuangdao-demo,K,2026-01-01\n"),
				&f.options, small, &result, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_MEMORY);
	CU_ASSERT_EQUAL(result.files.count, 0);
	close_fixture(&f);
}

static void test_kind__words__are_those_of_the_command(void)
{
	CU_ASSERT_EQUAL(hr_sheet_kind_of(HR_STR("items")), HR_SHEET_ITEMS);
	CU_ASSERT_EQUAL(hr_sheet_kind_of(HR_STR("windows")), HR_SHEET_WINDOWS);
	CU_ASSERT_EQUAL(hr_sheet_kind_of(HR_STR("regimes")), HR_SHEET_KINDS);
}

static const hr_test tests[] = {
	HR_TEST(test_sheet__what_is_exported__imports_without_a_change),
	HR_TEST(test_sheet__rows_of_another_catalogue__are_the_same_when_exported_again),
	HR_TEST(test_export__grants__are_as_a_clerk_reads_them),
	HR_TEST(test_export__regime_that_there_is_not__is_refused_and_the_others_named),
	HR_TEST(test_import__a_list_as_commissions_write_it__is_read),
	HR_TEST(test_import__institutions__change_in_place_and_keep_what_has_no_column),
	HR_TEST(test_import__an_institution_without_a_code__is_found_again_by_its_name),
	HR_TEST(test_import__items__keep_siblings_and_precision),
	HR_TEST(test_import__windows__take_lengths_and_words),
	HR_TEST(test_import__an_empty_cell__removes_and_an_absent_column_keeps),
	HR_TEST(test_import__a_row_with_every_attribute__keeps_them),
	HR_TEST(test_import__a_withdrawal__is_a_changed_row),
	HR_TEST(test_import__items_in_words__mean_what_a_clerk_means),
	HR_TEST(test_import__days__are_read_in_every_form),
	HR_TEST(test_import__what_is_wrong__is_told_by_row),
	HR_TEST(test_import__an_ambiguous_name__shows_the_candidates),
	HR_TEST(test_import__one_bad_row__changes_nothing),
	HR_TEST(test_import__a_new_row_without_a_source__is_refused),
	HR_TEST(test_import__options__stand_for_empty_cells),
	HR_TEST(test_replace_period__rows_that_are_not_in_the_sheet__end_or_go),
	HR_TEST(test_replace_period__other_regimes__stay),
	HR_TEST(test_replace_period__items_and_institutions__have_none),
	HR_TEST(test_import__files_of_any_layout__take_new_rows),
	HR_TEST(test_import__rows_with_comments_inside__are_replaced_whole),
	HR_TEST(test_import__a_new_file__stands_beside_its_regime),
	HR_TEST(test_import__past_8_mib__there_is_a_file_for_each_province),
	HR_TEST(test_import__rows_of_one_place_past_8_mib__do_not_fit),
	HR_TEST(test_import__what_is_no_sheet__is_an_error),
	HR_TEST(test_import__a_header_alone__changes_nothing),
	HR_TEST(test_import__more_problems_than_are_listed__are_cut),
	HR_TEST(test_import__when_memory_is_short__it_says_so),
	HR_TEST(test_kind__words__are_those_of_the_command),
};
HR_TEST_MAIN("sheet", tests)
