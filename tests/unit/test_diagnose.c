/* Every cause at its edge, what is not known, and the platform's own words. */
#include "settlement/diagnose.h"

#include "base/text.h"
#include "catalog_fixture.h"

/* 91 and 92 are provinces; x-a has opened what there is, x-b nothing. */
static hr_catalog *open_catalog(void)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder("tests/data/catalog/diagnose", NULL, &catalog, &err),
		     err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	return catalog;
}

/* All is well with it; a test puts other members before these. */
#define WELL                                                                                       \
	"\"psn_insu_stas\":\"1\",\"insuinfo\":[],\"waiting_until\":\"none\","                      \
	"\"cert_stas\":\"active\",\"filing_faults\":[],\"excluded\":[],\"open_stays\":[],"         \
	"\"platform_maintenance\":false,\"year\":[]"
#define WHO "\"insuplc_admdvs\":\"910101\",\"insutype\":\"390\",\"psn_type\":\"15\","
#define WHERE                                                                                      \
	"\"mdtrtarea_admvs\":\"920101\",\"fixmedins_code\":\"x-a\",\"enddate\":\"2025-03-01\","
#define STAY WHO WHERE "\"med_type\":\"21\",\"filing\":\"long\","

static bool read(const hr_catalog *catalog, hr_str text, hr_arena *arena, hr_visit *out,
		 hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, text, arena, &node, err) &&
	     hr_visit_read_unbilled(node, catalog, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static void add_codes(const hr_diagnosis *d, hr_cause_state state, hr_buf *out)
{
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		if (d->causes[i].state == state)
			hr_buf_addf(out, " %.*s", HR_STR_ARG(hr_cause_code(i)));
}

/* "CAUSE CAUSE ? CAUSE": those that apply, then those that are not known. */
static void assert_causes(const char *members, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_diagnosis diagnosis;
	hr_visit visit;
	hr_error err;
	hr_buf text;
	hr_buf got;

	hr_buf_init(&text, arena, 1 << 16);
	hr_buf_addf(&text, "{%s}", members);
	HR_ASSERT_OK(read(catalog, hr_buf_str(&text), arena, &visit, &err) &&
			     hr_diagnose(catalog, &visit, arena, &diagnosis, &err),
		     err);
	hr_buf_init(&got, arena, 1 << 16);
	add_codes(&diagnosis, HR_CAUSE_PRESENT, &got);
	HR_BUF_ADD(&got, " ?");
	add_codes(&diagnosis, HR_CAUSE_NOT_KNOWN, &got);
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
	hr_catalog_unref(catalog);
}

/* A visit with which all is well, but for one member; NULL: it is not given. */

static void assert_with(const char *name, const char *value, const char *want)
{
	static const char *const well[][2] = {
		{ "insuplc_admdvs", "\"910101\"" },
		{ "insutype", "\"390\"" },
		{ "psn_type", "\"15\"" },
		{ "mdtrtarea_admvs", "\"920101\"" },
		{ "fixmedins_code", "\"x-a\"" },
		{ "enddate", "\"2025-03-01\"" },
		{ "med_type", "\"21\"" },
		{ "filing", "\"long\"" },
		{ "psn_insu_stas", "\"1\"" },
		{ "insuinfo", "[]" },
		{ "waiting_until", "\"none\"" },
		{ "cert_stas", "\"active\"" },
		{ "filing_faults", "[]" },
		{ "excluded", "[]" },
		{ "open_stays", "[]" },
		{ "platform_maintenance", "false" },
		{ "year", "[]" },
	};
	char text[4096];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	for (size_t i = 0; i < sizeof(well) / sizeof(well[0]); i++)
		if (!hr_str_equal(hr_str_of(well[i][0]), hr_str_of(name)))
			hr_buf_addf(&buf, "\"%s\":%s,", well[i][0], well[i][1]);
	hr_buf_addf(&buf, "\"%s\":%s", name, value ? value : "\"\"");
	if (!value)
		buf.len -= hr_str_of(name).len + 6;
	text[buf.len] = '\0';
	assert_causes(text, want);
}

static void test_diagnose__each_fact__is_one_cause(void)
{
	static const char *const rows[][3] = {
		{ "cert_stas", "\"inactive\"", " CARD_INACTIVE ?" },
		{ "cert_stas", "\"damaged\"", " CARD_INACTIVE ?" },
		{ "filing_faults", "[\"insured-place\"]", " FILING_BAD_DATA ?" },
		{ "filing_faults", "[\"another-person\"]", " FILING_BAD_DATA ?" },
		{ "filing_faults", "[\"name\",\"certificate\",\"care-place\"]",
		  " FILING_BAD_DATA ?" },
		{ "filing_faults", "[\"wrong-region\",\"wrong-type\",\"expired\",\"overlap\"]",
		  " FILING_WRONG_REGION FILING_WRONG_TYPE FILING_EXPIRED FILING_OVERLAP ?" },
		{ "psn_insu_stas", "\"0\"", " UNPAID ?" },
		{ "psn_insu_stas", "\"2\"", " UNPAID ?" },
		{ "psn_insu_stas", "\"3\"", " UNPAID ?" },
		{ "waiting_until", "\"2025-03-01\"", " WAITING_PERIOD ?" },
		{ "waiting_until", "\"2025-02-28\"", " ?" },
		{ "filing", "\"none\"", " NOT_FILED ?" },
		{ "filing", "\"exempt\"", " ? NOT_FILED" },
		{ "filing", "\"emergency\"", " ?" },
		{ "fixmedins_code", "\"x-b\"", " INST_NOT_LINKED ?" },
		{ "fixmedins_code", "\"x-c\"", " ? INST_NOT_LINKED" },
		{ "platform_maintenance", "true", " MAINTENANCE ?" },
		{ "excluded", "[\"work-injury\"]", " NOT_COVERED ?" },
		{ "excluded", "[\"third-party\"]", " NOT_COVERED ?" },
		{ "excluded", "[\"abroad\"]", " NOT_COVERED ?" },
		{ "excluded", "[\"maternity\"]", " NOT_COVERED ?" },
		{ "open_stays", "[{}]", " OPEN_STAY ?" },
		{ "year", "[{\"counter\":\"c\",\"paid\":100}]", " CAP_EXHAUSTED ?" },
		{ "year", "[{\"counter\":\"c\",\"paid\":99.99}]", " ?" },
		{ "insuplc_admdvs", "\"910201\"", " ? NOT_FILED CAP_EXHAUSTED" },
		{ "err_msg", "\"参保状态异常\"", " UNPAID ?" },
		{ "err_msg", "\"9999\"", " ?" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_with(rows[i][0], rows[i][1], rows[i][2]);
}

static void test_diagnose__each_fact_that_is_not_given__is_not_known(void)
{
	static const char *const rows[][2] = {
		{ "cert_stas", " ? CARD_INACTIVE" },
		{ "filing_faults", " ? FILING_BAD_DATA FILING_WRONG_REGION FILING_WRONG_TYPE "
				   "FILING_EXPIRED FILING_OVERLAP" },
		{ "insuinfo", " ? MULTI_INSURED" },
		{ "psn_insu_stas", " ? UNPAID" },
		{ "waiting_until", " ? WAITING_PERIOD" },
		{ "filing", " ? NOT_FILED" },
		{ "fixmedins_code", " ? INST_NOT_LINKED" },
		{ "platform_maintenance", " ? MAINTENANCE" },
		{ "excluded", " ? NOT_COVERED" },
		{ "open_stays", " ? OPEN_STAY" },
		{ "year", " ? CAP_EXHAUSTED" },
		{ "medins_setl_id", " ?" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_with(rows[i][0], NULL, rows[i][1]);
}

#define INSURED(region, type, status)                                                              \
	"{\"insuplc_admdvs\":\"" region "\",\"insutype\":\"" type "\",\"psn_insu_stas\":\"" status \
	"\"}"

static void test_diagnose__several_insurances__only_basic_ones_in_force_count(void)
{
	assert_with("insuinfo", "[" INSURED("910101", "390", "1") "]", " ?");
	assert_with("insuinfo",
		    "[" INSURED("910101", "390", "1") "," INSURED("910101", "390", "1") "]", " ?");
	assert_with("insuinfo",
		    "[" INSURED("910101", "390", "1") "," INSURED("920101", "310", "2") "]", " ?");
	assert_with("insuinfo",
		    "[" INSURED("910101", "390", "1") "," INSURED("910101", "330", "1") "]", " ?");
	assert_with("insuinfo",
		    "[" INSURED("910101", "390", "1") "," INSURED("920101", "310", "1") "]",
		    " MULTI_INSURED ?");
	assert_with("insuinfo",
		    "[" INSURED("910101", "390", "1") "," INSURED("910101", "310", "1") "]",
		    " MULTI_INSURED ?");
}

static void test_diagnose__at_home__asks_for_neither_filing_nor_network(void)
{
	assert_causes(WHO "\"mdtrtarea_admvs\":\"910105\",\"enddate\":\"2025-03-01\","
			  "\"med_type\":\"21\"," WELL,
		      " ?");
	/* The day before the list was whole, nothing is known of who is not on it. */
	assert_causes(WHO
		      "\"mdtrtarea_admvs\":\"920101\",\"fixmedins_code\":\"x-b\","
		      "\"med_type\":\"21\",\"filing\":\"long\",\"enddate\":\"2024-12-31\"," WELL,
		      " ? INST_NOT_LINKED");
	/* Exempt zone: no filing is looked at. */
	assert_causes(WHO "\"mdtrtarea_admvs\":\"910201\",\"fixmedins_code\":\"x-a\","
			  "\"med_type\":\"21\",\"enddate\":\"2025-03-01\",\"filing_faults\":["
			  "\"expired\"],\"psn_insu_stas\":\"1\",\"insuinfo\":[],"
			  "\"waiting_until\":\"none\",\"cert_stas\":\"active\",\"excluded\":[],"
			  "\"open_stays\":[],\"platform_maintenance\":false,\"year\":[]",
		      " ?");
}

#define CHRONIC(code)                                                                              \
	WHO WHERE "\"med_type\":\"14\",\"filing\":\"long\",\"opsp_dise_code\":\"" code "\","
#define QUALIFIED(code, more) "\"qualifications\":[{\"opsp_dise_code\":\"" code "\"" more "}],"
#define CAP_OPEN	      " ? CAP_EXHAUSTED"

static void test_diagnose__chronic__list_then_qualification_at_its_days(void)
{
	assert_causes(CHRONIC("M03900") WELL, " ? NO_QUALIFICATION CAP_EXHAUSTED");
	assert_causes(CHRONIC("M03900") "\"qualifications\":[]," WELL,
		      " NO_QUALIFICATION" CAP_OPEN);
	assert_causes(CHRONIC("M03900") QUALIFIED("M03900", "") WELL, CAP_OPEN);
	assert_causes(CHRONIC("M03900") QUALIFIED("M01600", "") WELL, " NO_QUALIFICATION" CAP_OPEN);
	assert_causes(CHRONIC("M03900") QUALIFIED("M03900", ",\"begndate\":\"2025-03-01\"") WELL,
		      CAP_OPEN);
	assert_causes(CHRONIC("M03900") QUALIFIED("M03900", ",\"begndate\":\"2025-03-02\"") WELL,
		      " NO_QUALIFICATION" CAP_OPEN);
	assert_causes(CHRONIC("M03900") QUALIFIED("M03900", ",\"enddate\":\"2025-02-28\"") WELL,
		      " NO_QUALIFICATION" CAP_OPEN);
	/* Qualified, for what nobody settles across provinces. */
	assert_causes(CHRONIC("M01600") QUALIFIED("M01600", "") WELL,
		      " NO_QUALIFICATION ? INST_NOT_LINKED CAP_EXHAUSTED");
}

static void test_diagnose__all_at_once__in_order(void)
{
	assert_causes(
		WHO WHERE
		"\"med_type\":\"21\",\"filing\":\"none\",\"cert_stas\":\"damaged\","
		"\"psn_insu_stas\":\"2\",\"waiting_until\":\"2025-12-31\","
		"\"excluded\":[\"abroad\"],"
		"\"filing_faults\":[\"overlap\",\"name\"],\"platform_maintenance\":true,"
		"\"open_stays\":[{}],\"insuinfo\":[" INSURED("910101", "390", "1") "," INSURED(
			"920101", "310", "1") "],\"year\":[{\"counter\":\"c\",\"paid\":100}]",
		" CARD_INACTIVE FILING_BAD_DATA MULTI_INSURED UNPAID WAITING_PERIOD NOT_FILED "
		"FILING_OVERLAP MAINTENANCE NOT_COVERED OPEN_STAY CAP_EXHAUSTED ?");
	assert_causes(WHO WHERE "\"med_type\":\"11\",\"filing\":\"long\"," WELL,
		      " REGION_NOT_OPEN PERSON_SCOPE ? INST_NOT_LINKED CAP_EXHAUSTED");
	assert_causes(WHO WHERE "\"med_type\":\"52\",\"filing\":\"long\"," WELL,
		      " NOT_COVERED ? REGION_NOT_OPEN INST_NOT_LINKED PERSON_SCOPE CAP_EXHAUSTED");
}

static void assert_said(hr_str bytes, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_platform_said said;
	hr_error err;
	hr_buf got;

	hr_buf_init(&got, arena, 1 << 12);
	if (hr_platform_read(catalog, bytes, arena, &said, &err)) {
		for (size_t i = 0; i < said.count; i++)
			hr_buf_addf(&got, "%.*s ", HR_STR_ARG(said.rows[i]->cause));
		hr_buf_add(&got, hr_text_cut(said.text, 60));
	} else {
		hr_buf_addf(&got, "%s", hr_error_word(err.code));
	}
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
	hr_catalog_unref(catalog);
}

static void test_platform_read__blanks_widths_and_encodings__are_one_text(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_str text = HR_STR("该人员在院状态、不能办理入院");
	hr_error err;
	hr_str gb;
	char *many;

	HR_ASSERT_OK(hr_text_to_gb18030(text, arena, &gb, &err), err);
	assert_said(text, "OPEN_STAY 该人员在院状态、不能办理入院");
	assert_said(gb, "OPEN_STAY 该人员在院状态、不能办理入院");
	assert_said(HR_STR("不能办理　入院：在院 状态"), "OPEN_STAY 不能办理　入院：在院 状态");
	assert_said(HR_STR("不能办理入院"), "不能办理入院");
	assert_said(HR_STR("在院状态"), "在院状态");
	assert_said(HR_STR("参保状态异常，在院状态不能办理入院"),
		    "OPEN_STAY UNPAID 参保状态异常，在院状态不能办理入院");
	assert_said(HR_STR(" \n"), "");
	assert_said(HR_STR("\xff\xff\xff"), hr_error_word(HR_E_ENCODING));
	many = hr_arena_alloc(arena, HR_ERR_MSG_MAX + 1);
	memset(many, 'x', HR_ERR_MSG_MAX + 1);
	assert_said((hr_str){ many, HR_ERR_MSG_MAX + 1 }, hr_error_word(HR_E_LIMIT));
}

static void test_read__what_cannot_be__is_refused_and_never_quoted(void)
{
	static const char *const rows[][2] = {
		{ "\"psn_insu_stas\":1", "$.psn_insu_stas" },
		{ "\"psn_insu_stas\":\"4\"", "$.psn_insu_stas" },
		{ "\"cert_stas\":\"秘密\"", "$.cert_stas" },
		{ "\"waiting_until\":\"秘密\"", "$.waiting_until" },
		{ "\"filing_faults\":\"秘密\"", "$.filing_faults" },
		{ "\"filing_faults\":[\"秘密\"]", "$.filing_faults[0]" },
		{ "\"excluded\":[\"abroad\",\"秘密\"]", "$.excluded[1]" },
		{ "\"open_stays\":[{\"x\":1}]", "'x'" },
		{ "\"open_stays\":{}", "$.open_stays" },
		{ "\"insuinfo\":[{}]", "'insuplc_admdvs' is missing" },
		{ "\"qualifications\":[{\"opsp_dise_code\":\"M\",\"begndate\":\"2025-01-02\","
		  "\"enddate\":\"2025-01-01\"}]",
		  "$.qualifications[0]" },
		{ "\"platform_maintenance\":\"no\"", "$.platform_maintenance" },
		{ "\"err_msg\":1", "$.err_msg" },
		{ "\"psn_name\":\"秘密\"", "'psn_name'" },
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];
		hr_visit visit;
		hr_error err;
		hr_buf buf;
		hr_str said;

		hr_buf_init_over(&buf, text, sizeof(text));
		hr_buf_addf(&buf, "{" STAY "%s}", rows[i][0]);
		CU_ASSERT_FALSE(read(catalog, hr_buf_str(&buf), arena, &visit, &err));
		said = hr_str_of(err.message);
		CU_ASSERT_TRUE(hr_str_find(said, hr_str_of(rows[i][1])) < said.len);
		CU_ASSERT_EQUAL(hr_str_find(said, HR_STR("秘密")), said.len);
	}
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_diagnose__each_fact__is_one_cause),
	HR_TEST(test_diagnose__each_fact_that_is_not_given__is_not_known),
	HR_TEST(test_diagnose__several_insurances__only_basic_ones_in_force_count),
	HR_TEST(test_diagnose__at_home__asks_for_neither_filing_nor_network),
	HR_TEST(test_diagnose__chronic__list_then_qualification_at_its_days),
	HR_TEST(test_diagnose__all_at_once__in_order),
	HR_TEST(test_platform_read__blanks_widths_and_encodings__are_one_text),
	HR_TEST(test_read__what_cannot_be__is_refused_and_never_quoted),
};

HR_TEST_MAIN("diagnose", tests)
