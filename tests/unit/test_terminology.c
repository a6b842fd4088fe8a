/*
 * Which item a line is: the sample catalogue against mappings that public code
 * gets wrong, codes of an institution's own, and names of too many items.
 */
#include "catalog_fixture.h"
#include "recognition/recognition.h"

#include <stdio.h>

#define HOSPITAL "12120000400000002B"
#define DECISION "tests/data/catalog/decision"

struct line {
	const char *name, *system, *code, *value, *unit; /* without a value: an examination */
};

struct answer {
	hr_arena *arena;
	const hr_decision *decision;
};

static struct answer ask(const hr_catalog *catalog, const struct line *line)
{
	struct answer a = { .arena = hr_test_arena() };
	hr_verdict *verdict = HR_NEW(a.arena, hr_verdict);
	hr_report *report = HR_NEW(a.arena, hr_report);
	hr_result *result = HR_NEW(a.arena, hr_result);
	hr_code *codes = HR_NEW_N(a.arena, hr_code, 4);
	hr_question *question = HR_NEW(a.arena, hr_question);
	hr_error err;

	codes[0] = (hr_code){ .system = hr_str_of(line->system), .code = hr_str_of(line->code) };
	codes[1] = (hr_code){ .display = HR_STR("血清") };
	codes[2] = (hr_code){ .display = HR_STR("血浆") };
	codes[3] = (hr_code){ .code = HR_STR(HOSPITAL) };
	*result = (hr_result){ .kind = line->value ? HR_KIND_LAB : HR_KIND_EXAM,
			       .codes = &codes[0],
			       .code_count = line->code != NULL,
			       .name = { .text = hr_str_of(line->name) },
			       .value = { .text = hr_str_of(line->value) },
			       .unit = { .text = hr_str_of(line->unit) },
			       .specimens = &codes[1],
			       .specimen_count = 2 };
	*report = (hr_report){ .kind = result->kind,
			       .issuer = { .ids = &codes[3], .id_count = 1 },
			       .results = result,
			       .result_count = 1 };
	question->receiver = HR_STR("121100004000000014");
	CU_ASSERT_TRUE(hr_instant_parse(HR_STR("2025-02-20T09:00:00"), &question->at));
	HR_ASSERT_OK(hr_recognise(catalog, report, question, a.arena, verdict, &err), err);
	CU_ASSERT_EQUAL_FATAL(verdict->decision_count, 1);
	a.decision = verdict->decisions;
	return a;
}

/* Codes of the reasons that stand against the item itself, whatever is listed and granted. */
static hr_str doubts(const struct answer *a)
{
	const hr_reasons *reasons = &a->decision->reasons;
	hr_buf buf;

	hr_buf_init(&buf, a->arena, 1024);
	for (uint32_t i = 0; i < reasons->count; i++) {
		const hr_reason_row *row = hr_reason_row_get(reasons->list[i].id);

		if (row->step != HR_STEP_ITEM || row->effect > HR_EFFECT_OPEN)
			continue;
		if (buf.len)
			HR_BUF_ADD(&buf, " ");
		hr_buf_add(&buf, row->code);
	}
	return hr_buf_str(&buf);
}

/* `item` empty: none was found. */
static void check(const hr_catalog *catalog, const struct line *line, const char *item,
		  const char *reasons)
{
	struct answer a = ask(catalog, line);
	hr_item_id id = a.decision->item;

	HR_ASSERT_TEXT(id == HR_ID_NONE ? HR_STR_NONE : hr_catalog_get_item(catalog, id)->code,
		       item);
	HR_ASSERT_TEXT(doubts(&a), reasons);
	if (*reasons)
		CU_ASSERT_NOT_EQUAL(a.decision->outcome, HR_OUTCOME_RECOGNISED);
	hr_arena_close(a.arena);
}

#define LOINC "http://loinc.org"

static hr_catalog *sample(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder("catalog/sample", NULL, &catalog, &err), err);
	return catalog;
}

struct row {
	struct line line;
	const char *item;
	const char *reasons;
};

static void check_rows(const struct row *rows, size_t count)
{
	hr_catalog *catalog = sample();

	for (size_t i = 0; catalog && i < count; i++)
		check(catalog, &rows[i].line, rows[i].item, rows[i].reasons);
	hr_catalog_unref(catalog);
}

static void test_terminology__right_mappings__are_found_without_a_doubt(void)
{
	static const struct row rows[] = {
		{ { "ALT", LOINC, "1742-6", "21", "U/L" }, "ALT", "" },
		{ { "钠", LOINC, "2951-2", "140", "mmol/L" }, "Na", "" },
		{ { "★补体C3", LOINC, "4485-9", "1.1", "g/L" }, "C3", "" },
		{ { "ＴＧ", LOINC, "14927-8", "1.2", "mmol/L" }, "TG", "" },
		{ { "抗-HBs", LOINC, "16935-9", "12", "mIU/mL" }, "HBsAb", "" },
		{ { "抗-HCV", LOINC, "13955-0", "阴性", NULL }, "HCV-Ab", "" },
		{ { "β-HCG", LOINC, "21198-7", "3", "mIU/mL" }, "b-HCG", "" },
		{ { "APTT", LOINC, "14979-9", "31", "s" }, "APTT", "" },
		{ { "CA15-3", LOINC, "6875-9", "11", "U/mL" }, "CA15-3", "" },
		{ { "AFP", LOINC, "1834-1", "2.1", "ng/mL" }, "AFP", "" },
		{ { "游离甲状腺素", LOINC, "14920-3", "15", "pmol/L" }, "FT4", "" },
		{ { "乙肝表面抗原", LOINC, "5196-1", "阴性", NULL }, "HBsAg", "" },
		{ { "INR", LOINC, "6301-6", "1.02", NULL }, "INR", "" },
		{ { "INR", NULL, NULL, "1.02", NULL }, "INR", "" },
	};

	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Met in public code and value sets. */
static void test_terminology__wrong_mappings__are_never_recognised(void)
{
	static const struct row rows[] = {
		{ { "ALT", LOINC, "2823-3", "21", "U/L" }, "", "code-conflict" },
		{ { "钠", LOINC, "14682-9", "140", "mmol/L" }, "", "code-conflict" },
		{ { "C3", LOINC, "11572-5", "1.1", "g/L" }, "C3", "code-unknown" },
		{ { "Dengue NS1", LOINC, "14927-8", "阴性", NULL },
		  "TG",
		  "name-unknown unit-missing" },
		{ { "HCV Ab", LOINC, "16935-9", "阴性", NULL }, "", "code-conflict" },
		{ { "抗-HCV", LOINC, "16935-9", "阴性", NULL }, "", "code-conflict" },
		{ { "Anti-HBc", LOINC, "16935-9", "12", "IU/mL" }, "HBsAb", "name-unknown" },
		{ { "HBsAg", LOINC, "16935-9", "阴性", NULL }, "", "code-conflict" },
		{ { "Anti-HBe", LOINC, "13955-0", "阴性", NULL }, "HCV-Ab", "name-unknown" },
		{ { "AMH", LOINC, "21198-7", "2.1", "ng/mL" },
		  "b-HCG",
		  "name-unknown unit-mismatch" },
		{ { "Carbamazepine", LOINC, "14979-9", "6", "ug/mL" },
		  "APTT",
		  "name-unknown unit-mismatch" },
		{ { "CA15-3", LOINC, "85319-2", "11", "U/mL" }, "CA15-3", "code-unknown" },
		{ { "AFP", LOINC, "19176-7", "2.1", "ng/mL" }, "AFP", "code-unit-conflict" },
		{ { "FT4", LOINC, "3024-7", "15", "pmol/L" }, "FT4", "code-unit-conflict" },
		{ { "β-HCG", LOINC, "21198-7", "3", "mg/dL" }, "b-HCG", "unit-mismatch" },
		{ { "HBsAg", LOINC, "22322-2", "阴性", NULL }, "", "code-conflict" },
		{ { "APTT", LOINC, "14979-9", "1.02", NULL }, "APTT", "unit-missing" },
		{ { "APTT", LOINC, "63561-5", "31", "s" }, "APTT", "code-unit-conflict" },
		{ { "CT abdomen", LOINC, "79103-8", NULL, NULL }, "", "item-unknown" },
		{ { "MG bilateral", LOINC, "24604-1", NULL, NULL }, "", "item-unknown" },
	};

	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

/* --- an institution's own codes --- */

#define NS "xmlns='urn:huren:catalogue:1' source='s' grade='local'"

static hr_catalog *decision_with(const char *shared, const char *local)
{
	hr_arena *arena = hr_test_arena();
	hr_fileset files = fixture_files(arena, DECISION, shared ? "more.xml" : NULL, shared);
	hr_fileset overlay = fixture_files(arena, NULL, local ? "codes.xml" : NULL, local);
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_build(&files, &overlay, HR_STR("test"), (hr_instant){ 0 }, &catalog,
				      &err),
		     err);
	hr_arena_close(arena);
	return catalog;
}

static void check_system(const char *attributes, const char *system, bool means_it)
{
	char map[512];
	hr_catalog *catalog;
	struct line line = { "某院项目", system, "2823-3", "3.2", "mIU/L" };

	snprintf(map, sizeof(map),
		 "<code-map " NS " institution='" HOSPITAL "'%s><map code='2823-3' item='TSH'/>"
		 "</code-map>",
		 attributes);
	catalog = decision_with(NULL, map);
	if (!catalog)
		return;
	check(catalog, &line, means_it ? "TSH" : "", means_it ? "" : "item-unknown");
	hr_catalog_unref(catalog);
}

static void test_terminology__own_code_under_no_system_or_its_own__is_found(void)
{
	check_system("", NULL, true);
	check_system(" system='urn:lis'", NULL, true);
	check_system(" system='urn:lis'", "urn:lis", true);
	check_system(" system='1.2.3'", "urn:oid:1.2.3", true);
	check_system(" system='urn:oid:1.2.3'", "1.2.3", true);
}

static void test_terminology__own_code_under_a_standard_system__is_another_code(void)
{
	check_system("", "http://snomed.info/sct", false);
	check_system(" system='urn:lis'", "http://snomed.info/sct", false);
	check_system("", "2.16.840.1.113883.6.96", false);
	check_system("", "DCM", false);
}

/* 2823-3 is potassium's wherever its system is LOINC. */
static void test_terminology__own_code_that_looks_like_loinc__does_not_hide_loinc(void)
{
	hr_catalog *catalog = decision_with(NULL, "<code-map " NS " institution='" HOSPITAL
						  "'><map code='2823-3' item='TSH'/></code-map>");
	static const char *const systems[] = { LOINC, "2.16.840.1.113883.6.1",
					       "urn:oid:2.16.840.1.113883.6.1" };

	for (size_t i = 0; catalog && i < 3; i++) {
		struct line line = { "钾", systems[i], "2823-3", "4.1", "mmol/L" };

		check(catalog, &line, "K", "");
	}
	hr_catalog_unref(catalog);
}

static void test_terminology__own_code_in_the_institutions_oid_tree__is_found(void)
{
	hr_catalog *catalog = decision_with(
		"<institutions " NS "><institution key='x-own' name='自有院' region='110101'>"
		"<oid root='1.2.156.9'/></institution></institutions>",
		"<code-map " NS " institution='x-own'><map code='7' item='TSH'/></code-map>");
	const hr_origin *origin;
	hr_institution_id own;

	if (!catalog)
		return;
	own = hr_catalog_find_institution(catalog, HR_STR("x-own"));
	CU_ASSERT_NOT_EQUAL(hr_catalog_find_item_by_local_code(catalog, own,
							       HR_STR("urn:oid:1.2.156.9.4"),
							       HR_STR("7"), &origin),
			    HR_ID_NONE);
	CU_ASSERT_EQUAL(hr_catalog_find_item_by_local_code(catalog, own, HR_STR("1.2.156.10"),
							   HR_STR("7"), &origin),
			HR_ID_NONE);
	hr_catalog_unref(catalog);
}

/* --- names of many items --- */

static hr_catalog *crowd_of(int count)
{
	char text[4096];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	HR_BUF_ADD(&buf, "<items " NS ">");
	for (int i = 0; i < count; i++)
		hr_buf_addf(&buf,
			    "<lab code='C%d' name='抗体%d' class='immunology' unit-class='mass'>"
			    "<name>抗体</name></lab>",
			    i, i);
	HR_BUF_ADD(&buf, "</items>");
	CU_ASSERT_FALSE(buf.failed);
	return decision_with(text, NULL);
}

static void test_terminology__name_of_eight_items_is_compared_and_of_nine_is_open(void)
{
	const struct line alone = { "抗体", NULL, NULL, "1", "g/L" };
	const struct line coded = { "抗体", LOINC, "3016-3", "1", "mIU/L" };
	hr_catalog *catalog = crowd_of(8);

	check(catalog, &alone, "", "item-ambiguous");
	check(catalog, &coded, "", "code-conflict");
	hr_catalog_unref(catalog);
	catalog = crowd_of(9);
	check(catalog, &alone, "", "item-ambiguous");
	check(catalog, &coded, "", "item-ambiguous");
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_terminology__right_mappings__are_found_without_a_doubt),
	HR_TEST(test_terminology__wrong_mappings__are_never_recognised),
	HR_TEST(test_terminology__own_code_under_no_system_or_its_own__is_found),
	HR_TEST(test_terminology__own_code_under_a_standard_system__is_another_code),
	HR_TEST(test_terminology__own_code_that_looks_like_loinc__does_not_hide_loinc),
	HR_TEST(test_terminology__own_code_in_the_institutions_oid_tree__is_found),
	HR_TEST(test_terminology__name_of_eight_items_is_compared_and_of_nine_is_open),
};
HR_TEST_MAIN("terminology", tests)
