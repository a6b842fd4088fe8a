/* Rows of links (service/link_rows.h): what is read, and what is wrong with what is not. */
#include "service/link_rows.h"

#include "base/json.h"
#include "base/text.h"
#include "testing.h"

#define USCC	"121200004000000106"
#define INDEX82 "10000000000000000708463177-202411221430-000000000-0000000000000-123502004266007916"
#define HEAD	"study_instance_uid,patient_id,study_date"

struct fixture {
	hr_arena *arena;
	hr_link_rows *rows;
	hr_link_row row;
	hr_link_problem problem;
	hr_error err;
};

static struct fixture fixture_of(const char *text)
{
	struct fixture f = { .arena = hr_test_arena() };

	HR_ASSERT_OK(hr_link_rows_open(hr_str_of(text), HR_LINK_ANY, f.arena, &f.rows, &f.err),
		     f.err);
	return f;
}

static bool get(struct fixture *f, size_t row)
{
	f->problem = (hr_link_problem){ HR_LINK_PROBLEM_KINDS, HR_STR_NONE };
	return hr_link_rows_get(f->rows, row, f->arena, &f->row, &f->problem);
}

static void close_fixture(struct fixture *f)
{
	hr_arena_close(f->arena);
}

static void test_link_rows__chinese_header_below_a_title__is_read(void)
{
	struct fixture f = fixture_of("\xef\xbb\xbf某医院影像链接\r\n\r\n"
				      "备注,检查UID,患者编号,检查日期,检查时间,性别,设备类型,"
				      "机构代码,取片地址,发布状态\r\n"
				      "甲,1.2.3,P1,2026/1/3,8:09,女,CT、SR," USCC
				      ",https://a.example/dicom-web,已发布\r\n"
				      "\r\n"
				      "乙, 1.2.4 ,P2,20260104,080910.5,,,,,\r\n");

	CU_ASSERT_EQUAL(hr_link_rows_count(f.rows), 2);
	CU_ASSERT_EQUAL(hr_link_rows_number(f.rows, 0), 4);
	CU_ASSERT_EQUAL(hr_link_rows_number(f.rows, 1), 6);
	CU_ASSERT_TRUE_FATAL(get(&f, 0));
	CU_ASSERT_TRUE(f.row.has_study && !f.row.has_index && f.row.releases && !f.row.is_offline);
	HR_ASSERT_TEXT(f.row.study_uid, "1.2.3");
	HR_ASSERT_TEXT(f.row.study_date, "20260103");
	HR_ASSERT_TEXT(f.row.study_time, "0809");
	HR_ASSERT_TEXT(f.row.sex, "F");
	HR_ASSERT_TEXT(f.row.modalities, "CT\\SR");
	HR_ASSERT_TEXT(f.row.institution, USCC);
	HR_ASSERT_TEXT(f.row.retrieve_url, "https://a.example/dicom-web");
	CU_ASSERT_TRUE_FATAL(get(&f, 1));
	CU_ASSERT_TRUE(f.row.is_offline && !f.row.releases);
	HR_ASSERT_TEXT(f.row.study_uid, "1.2.4");
	HR_ASSERT_TEXT(f.row.study_time, "080910.5");
	close_fixture(&f);
}

static void test_link_rows__gb18030__is_the_same(void)
{
	const hr_str utf8 = HR_STR("检查实例号,患者编号,检查日期,姓名\n1.2,P1,2026-01-03,张三\n");
	struct fixture f = { .arena = hr_test_arena() };
	hr_str gb;

	HR_ASSERT_OK(hr_text_to_gb18030(utf8, f.arena, &gb, &f.err), f.err);
	HR_ASSERT_OK(hr_link_rows_open(gb, HR_LINK_SHEET, f.arena, &f.rows, &f.err), f.err);
	CU_ASSERT_TRUE_FATAL(get(&f, 0));
	HR_ASSERT_TEXT(f.row.name, "张三");
	close_fixture(&f);
}

static void test_link_rows__lines_of_json__are_read_one_by_one(void)
{
	struct fixture f = fixture_of("{\"studyInstanceUid\":\"1.2.3\",\"patient_id\":\"P1\","
				      "\"study_date\":\"2026-01-03\",\"name\":null}\n\n"
				      "{\"image_index\":\"" INDEX82 "\"}\r\n"
				      "{\"resourceType\":\"ImagingStudy\"}\n"
				      "{\"study_instance_uid\":\"1.2.3\"\n"
				      "{\"study_instance_uid\":[1]}\n"
				      "{\"study_instance_uid\":\"1\",\"study\":\"2\"}\n"
				      "{\"what\":\"1\"}");

	CU_ASSERT_EQUAL(hr_link_rows_count(f.rows), 7);
	CU_ASSERT_EQUAL(hr_link_rows_number(f.rows, 1), 3);
	CU_ASSERT_TRUE(get(&f, 0) && f.row.has_study);
	CU_ASSERT_TRUE(get(&f, 1) && !f.row.has_study && f.row.has_index);
	HR_ASSERT_TEXT(f.row.index.uscc, "123502004266007916");
	CU_ASSERT_TRUE(get(&f, 2) && f.row.manifest.len > 0);
	CU_ASSERT_TRUE(!get(&f, 3) && f.problem.kind == HR_LINK_JSON);
	CU_ASSERT_TRUE(!get(&f, 4) && f.problem.kind == HR_LINK_JSON);
	HR_ASSERT_TEXT(f.problem.column, "study_instance_uid");
	CU_ASSERT_TRUE(!get(&f, 5) && f.problem.kind == HR_LINK_MEMBER);
	CU_ASSERT_TRUE(!get(&f, 6) && f.problem.kind == HR_LINK_MEMBER);
	close_fixture(&f);
}

static void test_link_rows__a_bad_value__is_told_with_its_column(void)
{
	static const struct {
		const char *column; /* beside a study, patient and day that are right */
		const char *value;
		hr_link_problem_kind kind; /* HR_LINK_PROBLEM_KINDS: it is fine */
	} cases[] = {
		{ "institution", USCC, HR_LINK_PROBLEM_KINDS },
		{ "institution", "121200004000000107", HR_LINK_USCC },
		{ "birth_date", "1957.1.2", HR_LINK_PROBLEM_KINDS },
		{ "birth_date", "1957-02-30", HR_LINK_DATE },
		{ "birth_date", "57-2-3", HR_LINK_DATE },
		{ "birth_date", "195702031", HR_LINK_DATE },
		{ "study_time", "25:00", HR_LINK_TIME },
		{ "study_time", "8", HR_LINK_TIME },
		{ "sex", "O", HR_LINK_PROBLEM_KINDS },
		{ "sex", "x", HR_LINK_SEX },
		{ "modality", "CT;MR|US", HR_LINK_PROBLEM_KINDS },
		{ "modality", "ct", HR_LINK_MODALITY },
		{ "modality", "ABCDEFGHIJKLMNOP", HR_LINK_PROBLEM_KINDS },
		{ "modality", "ABCDEFGHIJKLMNOPQ", HR_LINK_MODALITY },
		{ "modality", ";", HR_LINK_MODALITY },
		{ "availability", "offline", HR_LINK_PROBLEM_KINDS },
		{ "availability", "perhaps", HR_LINK_AVAILABILITY },
		{ "state", "held", HR_LINK_PROBLEM_KINDS },
		{ "state", "withdrawn", HR_LINK_STATE },
		{ "id_type", "MR", HR_LINK_PROBLEM_KINDS },
		{ "id_type", "护照", HR_LINK_ID_TYPE },
		{ "name", "a\\b", HR_LINK_TEXT },
		{ "name", "a\tb", HR_LINK_TEXT },
		{ "image_index", "123", HR_LINK_INDEX },
		{ "image_index", INDEX82, HR_LINK_PROBLEM_KINDS },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[512];
		struct fixture f;
		bool ok;

		snprintf(text, sizeof(text), HEAD ",%s\n1.2.3,P1,2026-01-03,%s\n", cases[i].column,
			 cases[i].value);
		f = fixture_of(text);
		ok = get(&f, 0);
		CU_ASSERT_EQUAL(ok, cases[i].kind == HR_LINK_PROBLEM_KINDS);
		CU_ASSERT_EQUAL(f.problem.kind, cases[i].kind);
		if (!ok)
			HR_ASSERT_TEXT(f.problem.column, cases[i].column);
		close_fixture(&f);
	}
}

static void test_link_rows__what_is_wanted__is_told_when_it_is_missing(void)
{
	struct fixture f = fixture_of(HEAD ",image_index,availability,id_type\n"
					   ",P1,2026-01-03,,,\n"
					   "1.2.3,,2026-01-03,,,\n"
					   "1.2.3,P1,,,,\n"
					   ",P1,,\"" INDEX82 "\",,\n"
					   "1.2.3,P1,2026-01-03,,ONLINE,\n"
					   "1.2.3,11010519491231002X,2026-01-03,,,身份证\n"
					   "1.2.3,110105194912310021,2026-01-03,,,身份证\n"
					   "1.2.3,P1,2026-01-03,,,,more\n");

	CU_ASSERT_TRUE(!get(&f, 0) && f.problem.kind == HR_LINK_MISSING);
	HR_ASSERT_TEXT(f.problem.column, "study_instance_uid");
	CU_ASSERT_TRUE(!get(&f, 1) && f.problem.kind == HR_LINK_MISSING);
	HR_ASSERT_TEXT(f.problem.column, "patient_id");
	CU_ASSERT_TRUE(!get(&f, 2) && f.problem.kind == HR_LINK_MISSING);
	HR_ASSERT_TEXT(f.problem.column, "study_date");
	CU_ASSERT_TRUE(!get(&f, 3) && f.problem.kind == HR_LINK_MISSING);
	CU_ASSERT_TRUE(!get(&f, 4) && f.problem.kind == HR_LINK_NO_ADDRESS);
	CU_ASSERT_TRUE(get(&f, 5));
	CU_ASSERT_TRUE(!get(&f, 6) && f.problem.kind == HR_LINK_CARD);
	CU_ASSERT_TRUE(!get(&f, 7) && f.problem.kind == HR_LINK_CELLS);
	CU_ASSERT_EQUAL(f.problem.column.len, 0);
	close_fixture(&f);
}

/* 256 bytes of a value; of an address 2048. */
static void test_link_rows__a_long_value__is_refused(void)
{
	static const struct {
		const char *column;
		size_t max;
	} cases[] = { { "accession_number", HR_LINK_TEXT_MAX }, { "retrieve_url", 2048 } };

	for (size_t i = 0; i < 2; i++)
		for (size_t more = 0; more < 2; more++) {
			char value[2100];
			char text[2300];
			struct fixture f;

			memset(value, 'a', cases[i].max + more);
			value[cases[i].max + more] = 0;
			snprintf(text, sizeof(text), HEAD ",%s\n1.2.3,P1,2026-01-03,%s\n",
				 cases[i].column, value);
			f = fixture_of(text);
			CU_ASSERT_EQUAL(get(&f, 0), more == 0);
			CU_ASSERT_TRUE(more == 0 || f.problem.kind == HR_LINK_TOO_LONG);
			close_fixture(&f);
		}
}

static void test_link_rows__a_header_that_is_not_known__is_refused(void)
{
	static const struct {
		const char *text;
		hr_error_code code;
	} cases[] = {
		{ "", HR_E_INCOMPLETE },
		{ "1.2.3,P1\n", HR_E_INCOMPLETE },
		{ HEAD ",accesion\n", HR_E_USAGE },
		{ HEAD ",检查号,accession_number\n", HR_E_USAGE },
		{ HEAD "\n\"1.2", HR_E_SYNTAX },
		{ "PK\x03\x04", HR_E_UNSUPPORTED },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f = { .arena = hr_test_arena() };

		CU_ASSERT_FALSE(hr_link_rows_open(hr_str_of(cases[i].text), HR_LINK_ANY, f.arena,
						  &f.rows, &f.err));
		CU_ASSERT_EQUAL(f.err.code, cases[i].code);
		/* A header that is none may be a row of values. */
		CU_ASSERT_PTR_NULL(strstr(f.err.message, "accesion"));
		close_fixture(&f);
	}
}

/* What is refused is written, read again, and refused for the same; said once. */
static void test_link_rows__rejects__are_read_again(void)
{
	const hr_str problem = HR_STR("检查日期, 有误");
	struct fixture f =
		fixture_of("问题,备注," HEAD "\n早先,\"a \"\"b\"\"\",1.2.3,P1,2026-13-03\n");
	struct fixture again;
	hr_buf out;

	hr_buf_init(&out, f.arena, 10000);
	hr_link_rows_write_header(f.rows, true, &out);
	hr_link_rows_write(f.rows, 0, &problem, &out);
	HR_ASSERT_TEXT(hr_buf_str(&out),
		       "\xef\xbb\xbf问题,备注," HEAD "\r\n"
		       "\"检查日期, 有误\",\"a \"\"b\"\"\",1.2.3,P1,2026-13-03\r\n");
	again = fixture_of(out.data);
	CU_ASSERT_TRUE(!get(&again, 0) && again.problem.kind == HR_LINK_DATE);
	close_fixture(&again);
	close_fixture(&f);
}

static void test_link_columns__schema__has_the_same(void)
{
	hr_arena *arena = hr_test_arena();
	hr_str text = hr_test_read(arena, "service/publish.schema.json");
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	const hr_json *member;
	hr_error err;
	size_t i = 0;

	HR_ASSERT_OK(hr_json_read(parser, text, arena, &root, &err), err);
	member = hr_json_path(root, HR_STR("$defs.row.properties"))->first;
	for (; hr_link_column_name(i, true) && member; i++, member = member->next) {
		HR_ASSERT_TEXT(member->name, hr_link_column_name(i, true));
		HR_ASSERT_TEXT(hr_json_path_text(member, HR_STR("title")),
			       hr_link_column_name(i, false));
	}
	CU_ASSERT_PTR_NULL(hr_link_column_name(i, true));
	CU_ASSERT_TRUE(member && hr_str_equal(member->name, HR_STR("note")) && !member->next);
	hr_json_parser_close(parser);
	hr_arena_close(arena);
}

static void test_link_problems__words__are_found_again(void)
{
	for (int i = 0; i < HR_LINK_PROBLEM_KINDS; i++) {
		hr_link_problem_kind kind = (hr_link_problem_kind)i;

		CU_ASSERT_EQUAL(hr_link_problem_of(hr_link_problem_word(kind)), kind);
		CU_ASSERT_TRUE(hr_link_problem_text(kind, true).len > 0);
		CU_ASSERT_TRUE(hr_link_problem_text(kind, false).len > 0);
	}
	CU_ASSERT_EQUAL(hr_link_problem_of(HR_STR("")), HR_LINK_PROBLEM_KINDS);
}

static const hr_test tests[] = {
	HR_TEST(test_link_rows__chinese_header_below_a_title__is_read),
	HR_TEST(test_link_rows__gb18030__is_the_same),
	HR_TEST(test_link_rows__lines_of_json__are_read_one_by_one),
	HR_TEST(test_link_rows__a_bad_value__is_told_with_its_column),
	HR_TEST(test_link_rows__what_is_wanted__is_told_when_it_is_missing),
	HR_TEST(test_link_rows__a_long_value__is_refused),
	HR_TEST(test_link_rows__a_header_that_is_not_known__is_refused),
	HR_TEST(test_link_rows__rejects__are_read_again),
	HR_TEST(test_link_columns__schema__has_the_same),
	HR_TEST(test_link_problems__words__are_found_again),
};
HR_TEST_MAIN("link rows", tests)
