#include "service/share_rules.h"

#include "service/share_json.h"
#include "testing.h"

#include <stdio.h>

enum { NOW = 1790000000 };

/* The words of a wish as JSON: a member of the good one in another's place, or added. */
static hr_error_code check(const char *json, bool is_pickup)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_json_parser *parser = hr_json_parser_open();
	hr_error err = { .code = HR_E_NONE };
	const hr_json *root = NULL;
	hr_share_wish wish = { .rights = 0 };
	const hr_instant now = { NOW };
	bool ok = hr_json_read(parser, hr_str_of(json), arena, &root, &err) &&
		  hr_share_wish_read(root, now, arena, &wish, &err);

	wish.actor = HR_STR("patient");
	ok = ok && hr_share_wish_check(&wish, is_pickup, now, &err);
	hr_json_parser_close(parser);
	return ok ? HR_E_NONE : err.code;
}

#define STUDIES "\"studies\":[\"1.2.3\"],"
#define RIGHTS	"\"rights\":[\"view\"],"
#define TO	"\"recipient\":{\"kind\":\"institution\",\"name\":\"121100004000000014\"},"
#define FOR	"\"purpose\":\"outpatient\","
#define HOURS	"\"hours\":24"

static const struct {
	const char *json;
	hr_error_code code;
} wishes[] = {
	{ "{" STUDIES RIGHTS TO FOR HOURS "}", HR_E_NONE },
	{ "{" STUDIES "\"rights\":[\"view\",\"download\",\"report\"]," TO FOR HOURS "}",
	  HR_E_NONE },
	{ "{" STUDIES "\"rights\":[]," TO FOR HOURS "}", HR_E_USAGE },
	{ "{" STUDIES "\"rights\":[\"print\"]," TO FOR HOURS "}", HR_E_USAGE },
	{ "{\"studies\":[]," RIGHTS TO FOR HOURS "}", HR_E_USAGE },
	{ "{\"studies\":[1]," RIGHTS TO FOR HOURS "}", HR_E_USAGE },
	{ "{\"studies\":[\"1\",\"1\"]," RIGHTS TO FOR HOURS "}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS FOR HOURS "}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS "\"recipient\":{\"kind\":\"institution\"}," FOR HOURS "}", HR_E_RULE },
	{ "{" STUDIES RIGHTS "\"recipient\":{\"kind\":\"stranger\",\"name\":\"x\"}," FOR HOURS "}",
	  HR_E_USAGE },
	{ "{" STUDIES RIGHTS "\"recipient\":{\"kind\":\"doctor\",\"name\":\"x\\ny\"}," FOR HOURS
	  "}",
	  HR_E_USAGE },
	{ "{" STUDIES RIGHTS
	  "\"recipient\":{\"kind\":\"doctor\",\"name\":\"x\",\"relation\":\"y\"}," FOR HOURS "}",
	  HR_E_USAGE },
	{ "{" STUDIES RIGHTS "\"recipient\":{\"kind\":\"family\",\"name\":\"x\"}," FOR HOURS "}",
	  HR_E_RULE },
	{ "{" STUDIES RIGHTS
	  "\"recipient\":{\"kind\":\"family\",\"name\":\"x\",\"relation\":\"女儿\"}," FOR HOURS "}",
	  HR_E_NONE },
	{ "{" STUDIES
	  "\"rights\":[\"view\",\"report\"],\"recipient\":{\"kind\":\"family\",\"name\":"
	  "\"x\",\"relation\":\"y\"}," FOR HOURS "}",
	  HR_E_RULE },
	{ "{" STUDIES RIGHTS TO HOURS "}", HR_E_RULE },
	{ "{" STUDIES RIGHTS TO "\"purpose\":\"curiosity\"," HOURS "}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"hours\":0}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"hours\":8760}", HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR "\"hours\":8761}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"hours\":99999999999999999999}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"hours\":1.5}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"hours\":\"1\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"expiresAt\":\"2027-01-01T00:00:00+08:00\"}", HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR "\"expiresAt\":\"2026-01-01T00:00:00+08:00\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"expiresAt\":\"tomorrow\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"expiresAt\":\"2027-01-01T00:00:00+08:00\"," HOURS "}",
	  HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR "\"notBefore\":\"2026-09-22T00:00:00+08:00\"," HOURS "}",
	  HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR "\"notBefore\":\"2027-01-01T00:00:00+08:00\"," HOURS "}",
	  HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"opensMax\":0}", HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"opensMax\":1000}", HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"opensMax\":1001}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"opensMax\":-1}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"passcode\":\"123\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"passcode\":\"口令一\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"passcode\":\"口令一二\"}", HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"passcode\":\" 1234\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"passcode\":1234}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"maker\":\"guardian\"}", HR_E_RULE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"maker\":\"helper\"}", HR_E_RULE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"maker\":\"helper\",\"consent\":\"卷 7\"}",
	  HR_E_NONE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"maker\":\"thief\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"actor\":\"me\"}", HR_E_USAGE },
	{ "{" STUDIES RIGHTS TO FOR HOURS ",\"rights\":null}", HR_E_USAGE },
	{ "[]", HR_E_USAGE },
	{ "{}", HR_E_USAGE },
};

static void test_wish__each_member__within_its_bounds_and_the_law(void)
{
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		hr_error_code got = check(wishes[i].json, false);

		/* A name that stands twice is the reader's, and no JSON. */
		if (got == HR_E_SYNTAX)
			got = HR_E_USAGE;
		if (got != wishes[i].code)
			fprintf(stderr, "%s: %s\n", wishes[i].json, hr_error_word(got));
		CU_ASSERT_EQUAL(got, wishes[i].code);
	}
}

static void test_wish__of_a_code__wants_the_desks_uscc(void)
{
	CU_ASSERT_EQUAL(check("{" STUDIES RIGHTS TO "\"purpose\":\"outpatient\"}", true),
			HR_E_NONE);
	CU_ASSERT_EQUAL(check("{" STUDIES RIGHTS "\"recipient\":{\"kind\":\"institution\",\"name\":"
			      "\"121100004000000015\"},\"purpose\":\"outpatient\"}",
			      true),
			HR_E_USAGE);
	CU_ASSERT_EQUAL(check("{" STUDIES RIGHTS "\"recipient\":{\"kind\":\"doctor\",\"name\":"
			      "\"121100004000000014\"},\"purpose\":\"outpatient\"}",
			      true),
			HR_E_USAGE);
}

static void test_wish__studies__one_to_a_hundred(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (int count = 99; count <= 101; count++) {
		hr_buf json;

		hr_buf_init(&json, arena, 1 << 16);
		HR_BUF_ADD(&json, "{" RIGHTS TO FOR HOURS ",\"studies\":[");
		for (int i = 0; i < count; i++)
			hr_buf_addf(&json, "%s\"1.%d\"", i ? "," : "", i + 1);
		HR_BUF_ADD(&json, "]}");
		hr_buf_add_char(&json, '\0');
		CU_ASSERT_EQUAL(check(json.data, false), count <= 100 ? HR_E_NONE : HR_E_USAGE);
	}
}

/* 2026-09-21 in China. */
static void test_age__under_fourteen__a_guardian_shares(void)
{
	static const struct {
		const char *birth;
		hr_share_maker maker;
		bool ok;
	} cases[] = {
		{ "20120920", HR_BY_PATIENT, true },  { "20120921", HR_BY_PATIENT, false },
		{ "20120922", HR_BY_PATIENT, false }, { "20200101", HR_BY_HELPER, false },
		{ "20200101", HR_BY_GUARDIAN, true }, { "20200101", HR_BY_INSTITUTION, true },
		{ "", HR_BY_PATIENT, true },	      { "2020", HR_BY_PATIENT, true },
		{ "20201301", HR_BY_PATIENT, true },  { "19570102", HR_BY_PATIENT, true },
		{ "20120229", HR_BY_PATIENT, true },  { "30000101", HR_BY_PATIENT, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_error err = { .code = HR_E_NONE };

		CU_ASSERT_EQUAL(hr_share_check_age(cases[i].maker, hr_str_of(cases[i].birth),
						   (hr_instant){ NOW }, &err),
				cases[i].ok);
		CU_ASSERT_EQUAL(err.code, cases[i].ok ? HR_E_NONE : HR_E_RULE);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_wish__each_member__within_its_bounds_and_the_law),
	HR_TEST(test_wish__of_a_code__wants_the_desks_uscc),
	HR_TEST(test_wish__studies__one_to_a_hundred),
	HR_TEST(test_age__under_fourteen__a_guardian_shares),
};
HR_TEST_MAIN("share rules", tests)
