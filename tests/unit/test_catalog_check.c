#include "catalog/check.h"

#include "testing.h"

#define ROOT(kind) "<" kind " xmlns='urn:huren:catalogue:1' source='s' grade='official'"

/* A catalogue without an issue; each case puts one file in the place of one of these. */
static const struct {
	const char *name;
	const char *text;
} sound[] = {
	{ "documents.xml",
	  "<documents xmlns='urn:huren:catalogue:1'><document id='d' title='t'/></documents>" },
	{ "grants.xml",
	  ROOT("grants") " regime='r'>\n"
			 "  <grant institution='121100004000000014' items='all'/>\n"
			 "  <grant institution='x-other' items='TSH K' from='2025-01-01'/>\n"
			 "</grants>" },
	{ "institutions.xml",
	  ROOT("institutions") ">\n"
			       "  <institution uscc='121100004000000014' name='甲' region='110000'>"
			       "<campus id='east' name='东'/></institution>\n"
			       "  <institution key='x-other' name='乙' region='110000'/>\n"
			       "</institutions>" },
	{ "items.xml",
	  ROOT("items") ">\n"
			"  <lab code='K' name='钾' class='chemistry' unit-class='substance'"
			" unit='mmol/L' loinc='2823-3'/>\n"
			"  <lab code='TSH' name='促甲状腺激素' unit-class='arbitrary'"
			" loinc='3016-3'/>\n"
			"</items>" },
	{ "regimes.xml",
	  ROOT("regimes") ">\n"
			  "  <regime id='r' name='互认' from='2024-01-01' to='2026-12-31'>\n"
			  "    <members regions='11'/>\n"
			  "    <item-list status='complete' items='K TSH'/>\n"
			  "  </regime>\n"
			  "</regimes>" },
	{ "regions.xml", ROOT("regions") "><region code='110000' name='北京市'/></regions>" },
	{ "units.xml", ROOT("units") "><unit ucum='mmol/L' class='substance'/></units>" },
	{ "windows.xml", ROOT("windows") " regime='r'>\n"
					 "  <window items='all' days='7' event='collected'/>\n"
					 "</windows>" },
};

enum { SOUND = sizeof(sound) / sizeof(sound[0]) };

static hr_issues check_with(hr_arena *arena, const char *name, const char *text, bool local)
{
	hr_file *files = HR_NEW_N(arena, hr_file, SOUND + 1);
	hr_fileset set = { files, 0 };
	hr_error err = { 0 };
	hr_issues issues = { 0 };
	bool placed = false;

	for (size_t i = 0; !local && i < SOUND; i++) {
		bool replaced = name && strcmp(name, sound[i].name) == 0;

		placed |= replaced;
		files[set.count++] = (hr_file){ hr_str_of(sound[i].name),
						hr_str_of(replaced ? text : sound[i].text) };
	}
	if (name && !placed)
		files[set.count++] = (hr_file){ hr_str_of(name), hr_str_of(text) };
	HR_ASSERT_OK(hr_fileset_sort(files, set.count, &err), err);
	HR_ASSERT_OK(hr_catalog_check(&set, local, arena, &issues, &err), err);
	return issues;
}

static void test_check__sound_catalogue__has_no_issue(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_issues issues = check_with(arena, NULL, NULL, false);

	CU_ASSERT_EQUAL(issues.count, 0);
	CU_ASSERT_EQUAL(issues.errors, 0);
	CU_ASSERT_FALSE(issues.cut);
}

/* "grants.xml:3:3 warning grant-unlisted", parted by commas. */
static hr_str tell(hr_arena *arena, const hr_issues *issues)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	for (size_t i = 0; i < issues->count; i++) {
		const hr_issue *issue = &issues->issues[i];

		hr_buf_addf(&buf, "%s%.*s:%u:%u %s %.*s", i ? ", " : "", HR_STR_ARG(issue->file),
			    issue->line, issue->column,
			    issue->severity == HR_SEVERITY_ERROR ? "error" : "warning",
			    HR_STR_ARG(issue->code));
	}
	return hr_buf_str(&buf);
}

/* One file that is put in, and the one issue that comes of it. */
struct issue_case {
	const char *want;
	const char *name;
	const char *text;
};

static const struct issue_case cases[] = {
	{ "regions.xml:2:10 error malformed", "regions.xml", "<regions>\n</region>" },
	{ "more.xml:1:1 error unknown-root", "more.xml",
	  "<people xmlns='urn:huren:catalogue:1'/>" },
	{ "map.xml:1:1 error wrong-set", "map.xml",
	  ROOT("code-map") " institution='x-other'><map code='1' item='K'/></code-map>" },
	{ "marks.xml:2:1 error unknown-attribute", "marks.xml",
	  ROOT("marks") ">\n<mark text='HR' where='report' "
			"regime='r' form='2025-01-01'/></marks>" },
	{ "marks.xml:2:2 error unknown-reference", "marks.xml",
	  ROOT("marks") ">\n <mark text='HR' where='report' regime='none'/></marks>" },
	{ "windows.xml:3:3 error unknown-reference", "windows.xml",
	  ROOT("windows") " regime='r'>\n  <window items='all' days='7' event='collected'/>\n"
			  "  <window class='none' days='7' event='collected'/></windows>" },
	{ "grants.xml:2:1 error unknown-reference", "grants.xml",
	  ROOT("grants") " regime='r'>\n"
			 "<grant institution='x-other' items='K' campus='east'/></grants>" },
	{ "grants.xml:2:1 error unknown-reference", "grants.xml",
	  ROOT("grants") " regime='r'>\n"
			 "<grant institution='x-other' items='K' document='none'/></grants>" },
	{ "institutions.xml:3:1 warning unknown-region", "institutions.xml",
	  ROOT("institutions") "><institution uscc='121100004000000014' name='甲' region='110000'/>"
			       "\n\n<institution key='x-other' name='乙' region='999999'/>"
			       "</institutions>" },
	{ "windows.xml:3:1 error missing", "windows.xml",
	  ROOT("windows") " regime='r'>\n<window items='all' days='7' event='collected'/>\n"
			  "<window items='K' days='7' hours='6' event='collected'/></windows>" },
	{ "windows.xml:3:1 error missing", "windows.xml",
	  ROOT("windows") " regime='r'>\n<window items='all' days='7' event='collected'/>\n"
			  "<window items='K' class='chemistry' days='7' event='collected'/>"
			  "</windows>" },
	{ "more.xml:2:1 error missing", "more.xml",
	  ROOT("institutions") ">\n<institution uscc='12120000400000002B' key='x-c' name='丙'"
			       " region='110000'/></institutions>" },
	{ "grants.xml:2:1 error bad-period", "grants.xml",
	  ROOT("grants") " regime='r'>\n<grant institution='x-other' items='K' from='2025-01-02'"
			 " to='2025-01-01'/></grants>" },
	{ "grants.xml:2:1 error bad-day", "grants.xml",
	  ROOT("grants") " regime='r'>\n"
			 "<grant institution='x-other' items='K' from='2025-02-31'/></grants>" },
	{ "more.xml:3:1 error duplicate", "more.xml",
	  ROOT("institutions") ">\n\n<institution key='x-other' name='丙' region='110000'/>"
			       "</institutions>" },
	{ "more.xml:1:66 error duplicate", "more.xml",
	  ROOT("items") "><lab code='Na' name='钠' unit-class='substance' "
			"loinc='2823-3'/></items>" },
	{ "more.xml:4:1 error schema", "more.xml",
	  ROOT("institutions") ">\n<institution key='x-c' name='丙' region='110000'>\n"
			       "<campus id='c' name='丁'/>\n"
			       "<name>戊</name></institution></institutions>" },
	{ "more.xml:2:3 error bad-check-digit", "more.xml",
	  ROOT("institutions") ">\n  <institution uscc='121200004000000029' name='丙'"
			       " region='110000'/></institutions>" },
	{ "more.xml:2:3 error bad-check-digit", "more.xml",
	  ROOT("institutions") ">\n  <institution key='x-c' name='丙' region='110000'"
			       " org-code='42660079-2'/></institutions>" },
	{ "more.xml:2:1 error bad-check-digit", "more.xml",
	  ROOT("items") ">\n<lab code='Na' name='钠' unit-class='substance'>\n"
			"<loinc code='2951-3'/></lab></items>" },
	{ "more.xml:2:1 error unit-class-mismatch", "more.xml",
	  ROOT("items") ">\n<lab code='Na' name='钠' unit-class='mass' unit='mmol/L'/></items>" },
	{ "more.xml:2:1 warning unit-not-in-table", "more.xml",
	  ROOT("items") ">\n<lab code='Na' name='钠' unit-class='mass' unit='mg/L'/></items>" },
	{ "more.xml:2:1 error own-sibling", "more.xml",
	  ROOT("items") ">\n<lab code='Na' name='钠' unit-class='mass' loinc='2951-2'>"
			"<sibling loinc='2951-2' differs='unit'/></lab></items>" },
	{ "more.xml:2:1 warning shared-name", "more.xml",
	  ROOT("items") ">\n<lab code='Na' name='钠' unit-class='mass'><name>tsh</name></lab>"
			"</items>" },
	{ "more.xml:2:1 warning shared-name", "more.xml",
	  ROOT("institutions") ">\n<institution key='x-c' name='丙' region='110000'>"
			       "<name from='2020-01-01'>甲</name></institution></institutions>" },
	{ "grants.xml:3:1 error overlapping-grants", "grants.xml",
	  ROOT("grants") " regime='r'>\n"
			 "<grant institution='x-other' items='K' to='2025-06-30'/>\n"
			 "<grant institution='x-other' items='TSH K' "
			 "from='2025-06-30'/></grants>" },
	{ "windows.xml:3:1 error conflicting-windows", "windows.xml",
	  ROOT("windows") " regime='r'>\n"
			  "<window items='K TSH' days='7' event='collected' to='2025-06-30'/>\n"
			  "<window items='K' days='8' event='collected' from='2025-06-01'/>"
			  "</windows>" },
	{ "more.xml:3:1 error overlapping-lists", "more.xml",
	  ROOT("regimes") "><regime id='q' name='q'><members nationwide='true'/>\n"
			  "<item-list status='partial' to='2024-12-31'/>\n"
			  "<item-list status='partial' from='2026-01-01'/>\n"
			  "<item-list status='partial' from='2025-01-01' to='2026-01-01'/>"
			  "</regime></regimes>" },
	{ "grants.xml:2:1 warning grant-outside-regime", "grants.xml",
	  ROOT("grants") " regime='r'>\n<grant institution='x-other' items='K' from='2023-12-31'/>"
			 "</grants>" },
	{ "grants.xml:3:3 warning grant-unlisted", "regimes.xml",
	  ROOT("regimes") "><regime id='r' name='r'><members regions='11'/>"
			  "<item-list status='complete' items='K'/></regime></regimes>" },
	{ "grants.xml:2:1 error withdrawn-outside-period", "grants.xml",
	  ROOT("grants") " regime='r'>\n<grant institution='x-other' items='K' to='2025-12-31'"
			 " withdrawn='2026-01-01'/></grants>" },
	{ "more.xml:2:1 warning no-item-list", "more.xml",
	  ROOT("regimes") ">\n<regime id='q' name='q'><members nationwide='true'/></regime>"
			  "</regimes>" },
	{ "regimes.xml:2:3 warning items-without-window", "windows.xml",
	  ROOT("windows") " regime='r'>\n<window items='K' days='7' "
			  "event='collected'/></windows>" },
	{ "grants.xml:2:1 warning synthetic-rows", "grants.xml",
	  ROOT("grants") " regime='r'>\n<grant institution='x-other' items='K' grade='synthetic'/>"
			 "\n<grant institution='121100004000000014' items='K' grade='synthetic'/>"
			 "</grants>" },
};

static void test_check__each_issue__is_told_with_its_place(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_issues issues = check_with(arena, cases[i].name, cases[i].text, false);

		HR_ASSERT_TEXT(tell(arena, &issues), cases[i].want);
		CU_ASSERT_EQUAL(issues.errors, strstr(cases[i].want, " error ") != NULL);
	}
}

static void test_check__every_issue__says_what_to_do(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_issues issues = check_with(arena, cases[i].name, cases[i].text, false);

		for (size_t k = 0; k < issues.count; k++) {
			CU_ASSERT_TRUE(issues.issues[k].message.len > 10);
			CU_ASSERT_TRUE(issues.issues[k].action.len > 10);
		}
	}
}

static void test_check__what_is_allowed__is_no_issue(void)
{
	static const struct {
		const char *name;
		const char *text;
	} allowed[] = {
		/* days that touch, another device, another campus, given again after a withdrawal
		 */
		{ "grants.xml",
		  ROOT("grants") " regime='r'>"
				 "<grant institution='x-other' items='K' to='2025-06-30'/>"
				 "<grant institution='x-other' items='K' from='2025-07-01'/>"
				 "<grant institution='x-other' items='K' device='d'/>"
				 "<grant institution='121100004000000014' items='K' campus='east'/>"
				 "<grant institution='121100004000000014' items='K'"
				 " withdrawn='2025-03-01'/>"
				 "<grant institution='121100004000000014' items='K'"
				 " from='2025-03-01'/></grants>" },
		/* the same twice, another setting, a closer rule, days that touch */
		{ "windows.xml",
		  ROOT("windows") " regime='r'>"
				  "<window items='all' days='7' event='collected'/>"
				  "<window items='all' days='7' event='collected'/>"
				  "<window items='all' days='1' event='collected'"
				  " setting='emergency'/>"
				  "<window class='chemistry' days='8' event='collected'/>"
				  "<window items='K' days='9' event='collected' to='2025-01-01'/>"
				  "<window items='K' days='6' event='collected' from='2025-01-02'/>"
				  "</windows>" },
		/* a name that one had before the other */
		{ "more.xml",
		  ROOT("institutions") "><institution key='x-c' name='丙' region='110000'>"
				       "<name to='2019-12-31'>丁</name></institution>"
				       "<institution key='x-d' name='戊' region='110000'>"
				       "<name from='2020-01-01'>丁</name></institution>"
				       "</institutions>" },
	};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		hr_issues issues = check_with(arena, allowed[i].name, allowed[i].text, false);

		HR_ASSERT_TEXT(tell(arena, &issues), "");
	}
}

static void test_check__several_issues__are_all_told_in_order(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_issues issues =
		check_with(arena, "more.xml",
			   ROOT("institutions") ">\n"
						"<institution uscc='121200004000000029' name='甲' "
						"region='99'/>\n"
						"<institution key='x-c' name='甲' region='110000'\n"
						" org-code='42660079-2' form='1'/>\n"
						"<institution key='x-d' name='甲' region='110000'\n"
						" org-code='42660079-2'/>\n"
						"</institutions>",
			   false);

	HR_ASSERT_TEXT(tell(arena, &issues), "more.xml:2:1 error bad-value, "
					     "more.xml:3:1 error unknown-attribute, "
					     "more.xml:5:1 error bad-check-digit, "
					     "more.xml:5:1 warning shared-name");
	CU_ASSERT_EQUAL(issues.errors, 3);
}

static void test_check__past_line_65535__the_place_is_right(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_issues issues;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	HR_BUF_ADD(&buf, ROOT("institutions") ">");
	for (int i = 0; i < 70000; i++)
		hr_buf_add_char(&buf, '\n');
	HR_BUF_ADD(&buf, "  <institution key='x-c' name='丙' region='110000' org-code='426600792'/>"
			 "</institutions>");
	issues = check_with(arena, "more.xml", buf.data, false);
	HR_ASSERT_TEXT(tell(arena, &issues), "more.xml:70001:3 error bad-check-digit");
}

static void test_check__an_overlay__holds_windows_and_code_maps(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_issues issues = check_with(arena, "map.xml",
				      ROOT("code-map") " institution='x-a'><map code='1' item='K'/>"
						       "</code-map>",
				      true);

	HR_ASSERT_TEXT(tell(arena, &issues), "");
	issues = check_with(arena, "windows.xml",
			    ROOT("windows") "><window items='K' days='7' event='collected'/>"
					    "</windows>",
			    true);
	HR_ASSERT_TEXT(tell(arena, &issues), "");
	issues = check_with(arena, "regions.xml", ROOT("regions") "/>", true);
	HR_ASSERT_TEXT(tell(arena, &issues), "regions.xml:1:1 error wrong-set");
}

/* `count` institutions whose name is shared, and one at the end whose code is wrong. */
static const char *many(hr_arena *arena, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 8 << 20);
	HR_BUF_ADD(&buf, ROOT("institutions") ">");
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&buf, "\n<institution key='x-%zu' name='众' region='110000'/>", i);
	HR_BUF_ADD(&buf, "\n<institution key='x-z' name='末' region='110000' org-code='426600792'/>"
			 "</institutions>");
	return buf.data;
}

static void test_check__past_its_limit__errors_are_listed_before_warnings(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_issues issues = check_with(arena, "more.xml", many(arena, HR_ISSUES_MAX), false);

	CU_ASSERT_EQUAL(issues.count, HR_ISSUES_MAX);
	CU_ASSERT_FALSE(issues.cut);
	issues = check_with(arena, "more.xml", many(arena, HR_ISSUES_MAX + 1), false);
	CU_ASSERT_EQUAL(issues.count, HR_ISSUES_MAX);
	CU_ASSERT_EQUAL(issues.errors, 1);
	CU_ASSERT_TRUE(issues.cut);
	HR_ASSERT_TEXT(issues.issues[HR_ISSUES_MAX - 1].code, "bad-check-digit");
}

static void test_check__when_memory_is_short__it_says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_arena) small = hr_arena_open(64);
	hr_file file = { HR_STR("more.xml"), hr_str_of(many(arena, 10)) };
	hr_fileset set = { &file, 1 };
	hr_error err = { 0 };
	hr_issues issues = { 0 };

	CU_ASSERT_FALSE(hr_catalog_check(&set, false, small, &issues, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
	CU_ASSERT_PTR_NULL(issues.issues);
}

static void test_loinc__check_digit__is_mod_10(void)
{
	static const char *const good[] = { "3016-3", "2823-3", "14749-6", "2345-7", "4-2" };
	static const char *const bad[] = { "3016-4", "3061-3",	   "3016",   "-3",   "",
					   "30163",  "12345678-9", "3a16-3", "3016-" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(hr_loinc_is_valid(hr_str_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(hr_loinc_is_valid(hr_str_of(bad[i])));
}

/* The first two are characters 9 to 17 of published USCCs. */
static void test_org_code__check_character__is_that_of_gb_11714(void)
{
	static const char *const good[] = { "426600791", "MB1932248", "42660079-1", "40000000X" };
	static const char *const bad[] = { "426600792", "4266007-91", "42660079", "42660079--1",
					   "40000000x", "4266 0791",  "" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(hr_org_code_is_valid(hr_str_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(hr_org_code_is_valid(hr_str_of(bad[i])));
}

static const hr_test tests[] = {
	HR_TEST(test_check__sound_catalogue__has_no_issue),
	HR_TEST(test_check__each_issue__is_told_with_its_place),
	HR_TEST(test_check__every_issue__says_what_to_do),
	HR_TEST(test_check__what_is_allowed__is_no_issue),
	HR_TEST(test_check__several_issues__are_all_told_in_order),
	HR_TEST(test_check__past_line_65535__the_place_is_right),
	HR_TEST(test_check__an_overlay__holds_windows_and_code_maps),
	HR_TEST(test_check__past_its_limit__errors_are_listed_before_warnings),
	HR_TEST(test_check__when_memory_is_short__it_says_so),
	HR_TEST(test_loinc__check_digit__is_mod_10),
	HR_TEST(test_org_code__check_character__is_that_of_gb_11714),
};
HR_TEST_MAIN("catalog_check", tests)
