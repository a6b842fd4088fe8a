/* Filings: how long they hold, what they do for a visit, and what may be applied for. */
#include "settlement/filing_ask.h"

#include "catalog_fixture.h"

#define SETTLEMENT  "tests/data/catalog/settlement"
#define TWO_PERIODS "tests/data/catalog/filings"

static hr_catalog *open_folder(const char *folder)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_open_folder(folder, NULL, &catalog, &err), err);
	return catalog;
}

static hr_catalog *open_catalog(void)
{
	return open_folder(SETTLEMENT);
}

static bool ask(const hr_catalog *catalog, const char *text, hr_arena *arena,
		hr_filing_answer *answer, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	hr_filing_ask asked;
	const hr_json *node;
	bool ok = hr_json_read(parser, hr_str_of(text), arena, &node, err) &&
		  hr_filing_ask_read(node, catalog, arena, &asked, err) &&
		  hr_filing_answer_make(catalog, &asked, answer, err);

	hr_json_parser_close(parser);
	return ok;
}

static hr_str outcome_of(const hr_filing_answer *answer)
{
	static const hr_str outcomes[] = { HR_STR_INIT("undecided"), HR_STR_INIT("holds"),
					   HR_STR_INIT("fails") };

	return answer->is_ruling ? outcomes[answer->ruling.outcome]
				 : hr_filing_verdict_word(answer->decision.verdict);
}

/* "refused: filing-overlap": the outcome, and what is against it or open. */
static void assert_answer(const char *folder, const char *person, const char *asked,
			  const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_folder(folder);
	hr_filing_answer answer = { .area = NULL };
	const hr_filing_findings *findings;
	hr_error err = { 0 };
	hr_buf text;
	hr_buf got;

	hr_buf_init(&text, arena, 1 << 16);
	hr_buf_addf(&text, "{%s,%s}", person, asked);
	HR_ASSERT_OK(
		ask(catalog, hr_str_terminated(arena, hr_buf_str(&text)), arena, &answer, &err),
		err);
	findings = answer.is_ruling ? &answer.ruling.findings : &answer.decision.findings;
	hr_buf_init(&got, arena, 1 << 16);
	hr_buf_add(&got, outcome_of(&answer));
	if (answer.is_ruling && answer.ruling.outcome == HR_FILING_HOLDS)
		hr_buf_addf(&got, " %.*s", HR_STR_ARG(hr_filing_word(answer.ruling.gives)));
	for (uint32_t i = 0; i < findings->count; i++) {
		hr_filing_reason reason = findings->rows[i].reason;

		if (hr_filing_reason_effect(reason) <= HR_FILING_OPEN)
			hr_buf_addf(&got, ": %.*s", HR_STR_ARG(hr_filing_reason_code(reason)));
	}
	HR_ASSERT_TEXT(hr_buf_str(&got), want);
	hr_catalog_unref(catalog);
}

#define WORKER	"'insuplc_admdvs':'910101','insutype':'310','psn_type':'1101','age':40"
#define RETIRED "'insuplc_admdvs':'910101','insutype':'310','psn_type':'1201','age':66"

/* JSON with ' for ". */
static void assert_json_in(const char *folder, const char *person, const char *asked,
			   const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char *texts[2] = { (char *)hr_str_terminated(arena, hr_str_of(person)),
			   (char *)hr_str_terminated(arena, hr_str_of(asked)) };

	for (size_t i = 0; i < 2; i++)
		for (char *at = texts[i]; *at; at++)
			if (*at == '\'')
				*at = '"';
	assert_answer(folder, texts[0], texts[1], want);
}

static void assert_json(const char *person, const char *asked, const char *want)
{
	assert_json_in(SETTLEMENT, person, asked, want);
}

/* --- how long --- */

static void assert_validity(const char *kind, const char *from, const char *sure,
			    const char *possible)
{
	hr_catalog *catalog = open_catalog();
	const hr_filed filed = { .kind = hr_str_of(kind),
				 .applied = HR_DATE_MIN,
				 .from = fixture_day(from),
				 .until = HR_DATE_MIN };
	hr_filing_validity v =
		hr_filing_validity_of(hr_catalog_find_area(catalog, HR_STR("910101")), &filed);
	char text[HR_DATE_TEXT];

	HR_ASSERT_TEXT(hr_date_format(v.sure, text), sure);
	HR_ASSERT_TEXT(hr_date_format(v.possible, text), possible);
	hr_catalog_unref(catalog);
}

/* Civil Code 201, 202: the first day is not counted; no such day: the last of the month. */
static void test_validity__months__end_as_the_civil_code_says(void)
{
	assert_validity("travel", "2023-03-01", "2024-03-01", "2024-03-01");
	assert_validity("travel", "2024-02-29", "2025-02-28", "2025-02-28");
	assert_validity("travel", "2023-02-28", "2024-02-28", "2024-02-28");
	assert_validity("referral", "2023-08-31", "2024-02-29", "9999-12-31");
	assert_validity("referral", "2022-08-31", "2023-02-28", "9999-12-31");
	assert_validity("resident", "2022-08-31", "9999-12-31", "9999-12-31");
	assert_validity("unsaid", "2023-03-01", "2023-02-28", "9999-12-31");
	/* Of a day of which the area says nothing. */
	assert_validity("travel", "2019-03-01", "2019-02-28", "9999-12-31");
}

static void test_covers__region__is_a_city_or_a_whole_municipality(void)
{
	CU_ASSERT_TRUE(hr_filing_covers(HR_STR("440100"), HR_STR("440103")));
	CU_ASSERT_TRUE(hr_filing_covers(HR_STR("440103"), HR_STR("440106")));
	CU_ASSERT_FALSE(hr_filing_covers(HR_STR("440100"), HR_STR("440300")));
	CU_ASSERT_TRUE(hr_filing_covers(HR_STR("110000"), HR_STR("110105")));
	CU_ASSERT_TRUE(hr_filing_covers(HR_STR("110105"), HR_STR("110229")));
	CU_ASSERT_TRUE(hr_filing_covers(HR_STR("460000"), HR_STR("460100")));
	CU_ASSERT_TRUE(hr_filing_covers(HR_STR("429004"), HR_STR("429004")));
	CU_ASSERT_FALSE(hr_filing_covers(HR_STR("429004"), HR_STR("429005")));
	CU_ASSERT_FALSE(hr_filing_covers(HR_STR(""), HR_STR("440103")));
}

/* --- a visit --- */

#define VISIT(care, from, to, more)                                                                \
	"'visit':{'mdtrtarea_admvs':'" care "','med_type':'21','begndate':'" from                  \
	"','enddate':'" to "'" more "}"
#define FILED(more) "'filings':[{'id':'1','rloc_admdvs':'440100'," more "}],"

static void test_rule__nothing_filed__need_decides(void)
{
	assert_json(WORKER, VISIT("910202", "2023-01-01", "2023-01-02", ""), "holds exempt");
	assert_json(WORKER, VISIT("920101", "2024-01-01", "2024-01-02", ""), "holds exempt");
	assert_json(WORKER, VISIT("920101", "2023-12-31", "2023-12-31", ""), "fails: not-filed");
	assert_json(WORKER, VISIT("440103", "2023-01-01", "2023-01-02", ""), "fails: not-filed");
	assert_json(WORKER, VISIT("440103", "2021-01-01", "2021-01-02", ""),
		    "undecided: need-missing");
	assert_json(WORKER, VISIT("440103", "2019-01-01", "2019-01-02", ""),
		    "undecided: rules-missing");
	assert_json(WORKER, VISIT("440103", "2023-01-01", "2023-01-02", ",'er_flag':'1'"),
		    "holds emergency");
	assert_json("'insuplc_admdvs':'920101'",
		    VISIT("440103", "2023-01-01", "2023-01-02", ",'er_flag':true"),
		    "undecided: emergency-missing: not-filed");
}

#define WITH(more) FILED(more) VISIT("440103", "2024-02-29", "2024-03-01", "")
/* Elsewhere than the zones of the area of two periods. */
#define WITH_ON(day, more)                                                                         \
	"'filings':[{'id':'1','rloc_admdvs':'440300'," more "}]," VISIT("440300", day, day, "")
#define PERSON_97(type) "'insuplc_admdvs':'970100','insutype':'310','psn_type':'" type "','age':20"

static void test_rule__filed__each_reason_against_it_is_told(void)
{
	assert_json(WORKER, WITH("'rloc_rea':'travel','begndate':'2023-03-01'"), "holds other");
	assert_json(WORKER, WITH("'rloc_rea':'07','begndate':'2022-03-01'"), "holds long");
	assert_json(WORKER, WITH("'rloc_rea':'travel','begndate':'2024-03-01'"),
		    "fails: not-begun");
	assert_json(WORKER, WITH("'rloc_rea':'travel','begndate':'2023-02-27'"), "fails: expired");
	assert_json(WORKER, WITH("'rloc_rea':'06','begndate':'2023-08-28'"),
		    "undecided: length-at-least");
	assert_json(WORKER, WITH("'rloc_rea':'unsaid','begndate':'2023-08-28'"),
		    "undecided: length-missing");
	assert_json(WORKER, WITH("'rloc_rea':'02','begndate':'2023-08-28'"), "fails: wrong-type");
	assert_json(WORKER, WITH("'rloc_rea':'travel','begndate':'2024-01-01','stas':'queued'"),
		    "fails: pending");
	assert_json(WORKER, WITH("'rloc_rea':'travel','begndate':'2024-01-01','stas':'refused'"),
		    "fails: refused-before");
	assert_json(WORKER,
		    WITH("'rloc_rea':'travel','begndate':'2024-01-01','stas':'cancelled',"
			 "'ended':'2024-02-29'"),
		    "fails: withdrawn");
	assert_json(WORKER,
		    WITH("'rloc_rea':'travel','begndate':'2024-01-01','insuplc_admdvs':'920101'"),
		    "fails: other-area");
}

/* A list that is complete has no other kinds; and for whom one is not, its length is no matter. */
static void test_rule__filed__no_kind_for_the_visit_is_no_open_question(void)
{
	assert_json(WORKER, WITH("'rloc_rea':'05','begndate':'2024-01-01'"), "fails: kind-unknown");
	assert_json(WORKER, WITH("'rloc_rea':'05','begndate':'2024-01-01','enddate':'2024-12-31'"),
		    "fails: kind-unknown");
	assert_json("'insuplc_admdvs':'920101'", WITH("'rloc_rea':'05','begndate':'2024-01-01'"),
		    "undecided: length-missing");
	assert_json_in(TWO_PERIODS, PERSON_97("1101"),
		       WITH_ON("2023-03-01", "'rloc_rea':'study','begndate':'2022-08-01'"),
		       "fails: wrong-type");
}

/* A code of several kinds is that of the one for the person; 07 is three in the first period. */
static void test_rule__filed__a_code_of_several_kinds_is_that_for_the_person(void)
{
#define CODE_07 WITH_ON("2023-03-01", "'rloc_rea':'07','begndate':'2022-08-01'")
	assert_json_in(TWO_PERIODS, PERSON_97("1101"), CODE_07, "holds long");
	assert_json_in(TWO_PERIODS, PERSON_97("1201"), CODE_07, "holds long");
	assert_json_in(TWO_PERIODS, PERSON_97("1402"), CODE_07, "undecided: length-at-least");
	assert_json_in(TWO_PERIODS, PERSON_97("1501"), CODE_07, "fails: wrong-type");
	/* Of that day two are for this one, and one of them has a longer time. */
	assert_json_in(TWO_PERIODS, PERSON_97("1101"),
		       "'filings':[{'rloc_admdvs':'440300','rloc_rea':'06','begndate':"
		       "'2024-01-01'}],'visit':{'mdtrtarea_admvs':'440300','med_type':'14',"
		       "'opsp_dise_code':'M04600','enddate':'2024-03-01','qualified':true}",
		       "undecided: kind-ambiguous");
}

/* The rules of the day on which it was applied for say what it is. */
static void test_rule__filed__by_the_rules_of_the_day_it_was_applied_for(void)
{
#define APPLIED(day)                                                                               \
	WITH_ON("2023-09-01", "'rloc_rea':'referral','begndate':'2023-07-01','appy_date':'" day "'")
	assert_json_in(TWO_PERIODS, PERSON_97("1101"), APPLIED("2023-06-30"), "holds referral");
	assert_json_in(TWO_PERIODS, PERSON_97("1101"), APPLIED("2023-07-01"),
		       "undecided: length-at-least");
}

/* Admitted within the time, discharged after it: by the area. */
static void test_rule__stay_over_the_end__is_as_the_area_says(void)
{
#define STAY(to)                                                                                   \
	FILED("'rloc_rea':'travel','begndate':'2023-03-01'")                                       \
	VISIT("440103", "2024-03-01", to, "")
	assert_json(WORKER, STAY("2024-03-01"), "holds other");
	assert_json(WORKER, STAY("2024-03-02"), "holds other");
	assert_json("'insuplc_admdvs':'920101'",
		    FILED("'rloc_rea':'travel','begndate':'2023-03-01'")
			    VISIT("440103", "2023-04-01", "2023-04-01", ""),
		    "holds other");
	assert_json("'insuplc_admdvs':'920101'",
		    FILED("'rloc_rea':'travel','begndate':'2023-03-01'")
			    VISIT("440103", "2023-04-01", "2023-04-02", ""),
		    "fails: expired");
}

static void test_rule__chronic_disease__wants_the_qualification(void)
{
#define CHRONIC(more)                                                                              \
	FILED("'rloc_rea':'07','begndate':'2022-03-01'")                                           \
	"'visit':{'mdtrtarea_admvs':'440103','med_type':'14','enddate':'2024-03-01'" more "}"
	assert_json(WORKER, CHRONIC(",'qualified':true"), "holds long");
	assert_json(WORKER, CHRONIC(",'qualified':false"), "fails: qualification-needed");
	assert_json(WORKER, CHRONIC(""), "undecided: qualification-untold");
	/* Without a filing it fails, qualified or not. */
	assert_json(WORKER,
		    "'filings':[],'visit':{'mdtrtarea_admvs':'440103','med_type':'14',"
		    "'enddate':'2024-03-01'}",
		    "fails: qualification-untold: not-filed");
}

/* --- an application --- */

#define TODAY(day) "'today':'" day "',"
#define APPLY(kind, region, from, more)                                                            \
	"'application':{'rloc_rea':'" kind "','rloc_admdvs':'" region "','begndate':'" from        \
	"','out_onln_way':'self'" more "}"
#define PAPER ",'materials':['居住证','转诊证明']"

static void test_apply__kind_and_person__decide(void)
{
	assert_json(WORKER, TODAY("2023-01-01") APPLY("travel", "440100", "2023-01-01", ""),
		    "approved");
	assert_json(WORKER, TODAY("2023-01-01") APPLY("99", "440100", "2023-01-01", ""),
		    "refused: kind-unknown");
	assert_json(WORKER, TODAY("2023-01-01") APPLY("02", "440100", "2023-01-01", PAPER),
		    "refused: not-for-person");
	assert_json(RETIRED, TODAY("2023-01-01") APPLY("02", "440100", "2023-01-01", PAPER),
		    "approved");
	assert_json(WORKER, TODAY("2021-01-01") APPLY("travel", "440100", "2021-01-01", ""),
		    "undecided: kind-missing");
	assert_json(WORKER, TODAY("2019-01-01") APPLY("travel", "440100", "2019-01-01", ""),
		    "undecided: rules-missing");
}

static void test_apply__papers__are_wanted_unless_said_otherwise(void)
{
#define PAPERS(kind, more) TODAY("2023-01-01") APPLY(kind, "440100", "2023-01-01", more)
	assert_json(WORKER, PAPERS("referral", ""), "undecided: material-untold");
	assert_json(WORKER, PAPERS("referral", ",'materials':[]"), "refused: material-wanted");
	assert_json(WORKER, PAPERS("referral", ",'materials':[],'again':true"), "approved");
	assert_json(WORKER, PAPERS("referral", ",'materials':[],'promise':true"),
		    "refused: material-wanted");
	assert_json(WORKER, PAPERS("resident", ",'materials':[],'promise':true"), "approved");
	assert_json(WORKER, PAPERS("emergency", ""), "approved");
}

static void test_apply__slips_of_the_pen__are_all_told(void)
{
	assert_json(WORKER ",'psn_cert_type':'01','certno':'11010519491231002X',"
			   "'brdy':'1949-12-31'",
		    TODAY("2023-01-01") APPLY("travel", "440100", "2023-01-01", ""), "approved");
	assert_json(WORKER ",'psn_cert_type':'01','certno':'11010519491231002X',"
			   "'brdy':'2015-12-31','insuinfo':[{'insuplc_admdvs':'910200'}]",
		    TODAY("2023-01-01")
			    APPLY("travel", "910300", "2023-01-01", ",'enddate':'2024-01-02'"),
		    "refused: enrolled-elsewhere: identity-differs: region-at-home: too-long");
	assert_json(WORKER ",'psn_cert_type':'01','certno':'110105194912310021'",
		    TODAY("2023-01-01")
			    APPLY("travel", "440100", "2023-01-01", ",'enddate':'2022-12-31'"),
		    "refused: bad-identity: ends-before-it-begins");
	assert_json(WORKER,
		    TODAY("2023-01-01")
			    APPLY("travel", "440100", "2023-01-01", ",'enddate':'2024-01-01'"),
		    "approved");
}

/* The admission is the first of the ten days here, and a last day off moves. */
static void test_apply__after_the_admission__within_the_days(void)
{
#define BACK(today, adm, more)                                                                     \
	TODAY(today) APPLY("travel", "440100", adm, ",'adm_date':'" adm "'" more)
	assert_json(WORKER, BACK("2023-05-10", "2023-05-01", ""), "approved");
	assert_json(WORKER, BACK("2023-05-11", "2023-05-01", ""), "refused: back-filing-too-late");
	/* The tenth day, 2023-04-29, is a Saturday; then come three days off. */
	assert_json(WORKER, BACK("2023-05-04", "2023-04-20", ""), "approved");
	assert_json(WORKER, BACK("2023-05-05", "2023-04-20", ""), "refused: back-filing-too-late");
	/* Nobody knows the holidays of 2024. */
	assert_json(WORKER, BACK("2024-05-10", "2024-05-01", ""), "approved");
	assert_json(WORKER, BACK("2024-05-11", "2024-05-01", ""), "undecided: last-day-unknown");
	assert_json(WORKER, BACK("2024-06-10", "2024-05-01", ""), "refused: back-filing-too-late");
	assert_json(WORKER, BACK("2023-05-10", "2023-05-01", ",'setl_date':'2023-05-11'"),
		    "approved");
	assert_json(WORKER, BACK("2023-05-10", "2023-05-01", ",'setl_date':'2023-05-10'"),
		    "refused: after-discharge");
	assert_json(WORKER,
		    TODAY("2023-05-02")
			    APPLY("travel", "440100", "2023-05-02", ",'adm_date':'2023-05-01'"),
		    "refused: begins-after-admission");
	assert_json(WORKER, TODAY("2023-05-02") APPLY("travel", "440100", "2023-05-01", ""),
		    "undecided: back-dated");
}

static void test_apply__beside_another__is_as_the_area_says(void)
{
#define BESIDE(kind, has, more)                                                                    \
	"'filings':[{'rloc_rea':'" has "','rloc_admdvs':'110000','begndate':'2023-01-01'" more     \
	"}]," TODAY("2023-06-01") APPLY(kind, "310000", "2023-06-01", PAPER)
	assert_json(WORKER, BESIDE("resident", "resident", ""), "refused: filing-overlap");
	assert_json(WORKER, BESIDE("travel", "resident", ""), "approved");
	assert_json(WORKER, BESIDE("travel", "travel", ""), "approved");
	assert_json(WORKER, BESIDE("resident", "resident", ",'enddate':'2023-05-31'"), "approved");
	assert_json(WORKER, BESIDE("resident", "resident", ",'enddate':'2023-06-01'"),
		    "refused: filing-overlap");
	assert_json(WORKER, BESIDE("resident", "resident", ",'stas':'refused'"), "approved");
	assert_json(WORKER, BESIDE("resident", "unheard", ""), "undecided: overlap-missing");
}

static void test_apply__by_an_officer__is_promised_in_working_days(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_filing_answer answer;
	hr_error err = { 0 };
	char day[HR_DATE_TEXT];

	HR_ASSERT_OK(ask(catalog,
			 "{\"insuplc_admdvs\":\"910101\",\"today\":\"2022-01-06\",\"application\":"
			 "{\"rloc_rea\":\"travel\",\"rloc_admdvs\":\"130100\",\"begndate\":"
			 "\"2022-01-06\",\"out_onln_way\":\"quick\"}}",
			 arena, &answer, &err),
		     err);
	CU_ASSERT_EQUAL(answer.decision.verdict, HR_FILING_QUEUED);
	HR_ASSERT_TEXT(hr_date_format(answer.decision.due, day), "2022-01-11");
	hr_catalog_unref(catalog);
}

/* --- change and cancel --- */

#define HAS(kind, more)                                                                            \
	"'filings':[{'id':'a','rloc_rea':'" kind "','rloc_admdvs':'110000','begndate':"            \
	"'2023-08-31','appy_date':'2023-08-31'" more "}],"
#define CANCEL(more) "'cancel':{'id':'a'" more "}"

static void test_cancel__day__decides_at_its_edges(void)
{
	assert_json(RETIRED, HAS("resident", "") TODAY("2024-02-29") CANCEL(""),
		    "refused: too-early");
	assert_json(RETIRED, HAS("resident", "") TODAY("2024-03-01") CANCEL(""), "approved");
	assert_json(RETIRED, HAS("resident", "") TODAY("2024-02-29") CANCEL(",'objective':true"),
		    "undecided: early-missing");
	assert_json(RETIRED, HAS("retired", "") TODAY("2024-02-29") CANCEL(",'objective':true"),
		    "queued");
	assert_json(WORKER, HAS("travel", "") TODAY("2023-08-31") CANCEL(""), "approved");
	assert_json(WORKER, HAS("travel", "") TODAY("2024-08-31") CANCEL(""), "approved");
	assert_json(WORKER, HAS("travel", "") TODAY("2024-09-01") CANCEL(""),
		    "refused: not-in-force");
	assert_json(WORKER, HAS("unsaid", "") TODAY("2023-09-01") CANCEL(""),
		    "undecided: change-missing");
	assert_json(WORKER, HAS("travel", ",'stas':'queued'") TODAY("2023-09-01") CANCEL(""),
		    "refused: not-in-force");
}

static void test_change__the_old_one__is_no_obstacle(void)
{
#define CHANGE                                                                                     \
	"'change':{'id':'a','rloc_rea':'resident','rloc_admdvs':'310000','begndate':'2024-03-01'," \
	"'out_onln_way':'self','materials':['居住证']}"
	assert_json(WORKER, HAS("resident", "") TODAY("2024-03-01") CHANGE, "approved");
	assert_json(WORKER, HAS("resident", "") TODAY("2024-02-29") CHANGE, "refused: too-early");
}

/* --- what is refused --- */

static void assert_fault(const char *text, hr_error_code code, const char *want)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_catalog *catalog = open_catalog();
	hr_filing_answer answer;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(ask(catalog, text, arena, &answer, &err));
	CU_ASSERT_EQUAL(err.code, code);
	HR_ASSERT_TEXT(hr_str_of(err.message), want);
	hr_catalog_unref(catalog);
}

static void test_read__what_cannot_be__is_refused_with_its_place(void)
{
	assert_fault("{}", HR_E_SYNTAX, "filing: 'insuplc_admdvs' is missing");
	assert_fault("{\"insuplc_admdvs\":\"910101\"}", HR_E_INCOMPLETE,
		     "filing: 'application', 'change', 'cancel' or 'visit' is missing");
	assert_fault("{\"insuplc_admdvs\":\"910101\",\"cancel\":{\"id\":\"x\"}}", HR_E_INCOMPLETE,
		     "filing: 'today' is missing");
	assert_fault("{\"insuplc_admdvs\":\"910101\",\"today\":\"2023-01-01\","
		     "\"cancel\":{\"id\":\"x\"}}",
		     HR_E_NOT_FOUND, "filing: the person has none of that id");
	assert_fault(
		"{\"insuplc_admdvs\":\"910101\",\"filings\":[{\"rloc_rea\":\"06\","
		"\"rloc_admdvs\":\"440100\",\"begndate\":\"2023-01-01\",\"stas\":\"changed\"}]}",
		HR_E_SYNTAX,
		"filing: $.filings[0] is not whole: it was changed or cancelled, and needs "
		"'ended'");
	/* A filing names a region, never a hospital. */
	assert_fault("{\"insuplc_admdvs\":\"910101\",\"application\":{\"fixmedins_code\":\"H1\"}}",
		     HR_E_SYNTAX, "filing: there is no member 'fixmedins_code'");
	assert_fault("{\"insuplc_admdvs\":\"910101\",\"cancel\":{\"id\":\"x\"},\"visit\":"
		     "{\"mdtrtarea_admvs\":\"440100\",\"med_type\":\"21\",\"enddate\":"
		     "\"2023-01-01\"}}",
		     HR_E_SYNTAX, "filing: $.visit is not the only thing that is asked");
}

static const hr_test tests[] = {
	HR_TEST(test_validity__months__end_as_the_civil_code_says),
	HR_TEST(test_covers__region__is_a_city_or_a_whole_municipality),
	HR_TEST(test_rule__nothing_filed__need_decides),
	HR_TEST(test_rule__filed__each_reason_against_it_is_told),
	HR_TEST(test_rule__filed__no_kind_for_the_visit_is_no_open_question),
	HR_TEST(test_rule__filed__a_code_of_several_kinds_is_that_for_the_person),
	HR_TEST(test_rule__filed__by_the_rules_of_the_day_it_was_applied_for),
	HR_TEST(test_rule__stay_over_the_end__is_as_the_area_says),
	HR_TEST(test_rule__chronic_disease__wants_the_qualification),
	HR_TEST(test_apply__kind_and_person__decide),
	HR_TEST(test_apply__papers__are_wanted_unless_said_otherwise),
	HR_TEST(test_apply__slips_of_the_pen__are_all_told),
	HR_TEST(test_apply__after_the_admission__within_the_days),
	HR_TEST(test_apply__beside_another__is_as_the_area_says),
	HR_TEST(test_apply__by_an_officer__is_promised_in_working_days),
	HR_TEST(test_cancel__day__decides_at_its_edges),
	HR_TEST(test_change__the_old_one__is_no_obstacle),
	HR_TEST(test_read__what_cannot_be__is_refused_with_its_place),
};

HR_TEST_MAIN("filing", tests)
