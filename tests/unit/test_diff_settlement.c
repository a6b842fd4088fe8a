/* What the comparison says of the records of settlement; that it says all: test_diff_unsaid.c. */
#include "registry/diff.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOT(name, more, body)                                                                     \
	"<" name " xmlns=\"urn:huren:catalogue:1\" source=\"甲\" grade=\"official\" " more         \
	">" body "</" name ">"
#define HOSPITAL "12120000400000002B"

static const char institutions[] = ROOT(
	"institutions", "", "<institution uscc=\"" HOSPITAL "\" name=\"五院\" region=\"120000\"/>");
static const char regions[] = ROOT("regions", "", "<region code=\"120000\" name=\"天津市\"/>");

static hr_catalog *build(const char *text)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_file files[] = {
		{ HR_STR("a.xml"), hr_str_of(institutions) },
		{ HR_STR("b.xml"), hr_str_of(regions) },
		{ HR_STR("c.xml"), hr_str_of(text) },
	};
	hr_catalog *catalog;
	hr_error err;

	if (!hr_catalog_build(&(hr_fileset){ files, 3 }, NULL, HR_STR("test"), (hr_instant){ 0 },
			      &catalog, &err)) {
		fprintf(stderr, "%s\n", err.message);
		abort();
	}
	return catalog;
}

struct fixture {
	hr_arena *arena;
	const hr_change *changes;
	size_t count;
};

static struct fixture compare(const char *before, const char *after)
{
	struct fixture f = { .arena = hr_test_arena() };
	hr_catalog *old = build(before);
	hr_catalog *new = build(after);
	hr_error err;

	HR_ASSERT_OK(hr_catalog_diff(old, new, f.arena, &f.changes, &f.count, &err), err);
	hr_catalog_unref(old);
	hr_catalog_unref(new);
	return f;
}

/* --- what is said --- */

#define AREA(body) ROOT("settlement", "region=\"12\"", body)
#define ROUND	   "<rounding mode=\"half-up\" place=\"fund\"/>"
#define POLICY(attributes, parts)                                                                  \
	AREA(ROUND "<policy id=\"p\" fund=\"hifp\" base=\"scope\" " attributes ">" parts           \
		   "</policy>")
#define NO_DEDUCTIBLE "<deductible mode=\"none\"/>"
#define PARTS	      NO_DEDUCTIBLE "<segment share=\"85%\"/>"
#define FILING(attributes, parts)                                                                  \
	AREA(ROUND "<filing from=\"2025-01-01\" " attributes ">" parts "</filing>")
#define KIND(attributes)                                                                           \
	FILING("", "<kind name=\"k\" title=\"异地转诊\" class=\"temporary\" "                  \
		   "gives=\"referral\" " attributes "/>")
#define OFFICE(rest)                                                                               \
	ROOT("offices", "", "<office name=\"中心\" kind=\"insurance\" region=\"12\" " rest "/>")
#define NETWORK(rest)  ROOT("network", "", rest)
#define OPENED(rest)   "<opened institution=\"" HOSPITAL "\" service=\"inpatient\" " rest "/>"
#define DIRECT(rest)   ROOT("direct", "region=\"12\"", rest)
#define MANUAL(rest)   ROOT("manual", "region=\"12\"", rest)
#define TEXTS(rest)    ROOT("platform-texts", "", rest)
#define CALENDAR(rest) ROOT("calendar", "", rest)
#define PROOF	       "依据 甲 (官方)"
#define PROOF_EN       "source 甲 (official)"

static const struct said {
	const char *before;
	const char *after;
	const char *line; /* the only one */
	const char *line_en;
} said[] = {
	/* areas and zones */
	{ AREA(ROUND), AREA("<rounding mode=\"down\" place=\"segment\" unit=\"0.1\"/>"),
	  "统筹区 12: 舍入 原 四舍五入到 0.01 元 (基金合计一次), 现 舍去到 0.10 元 (逐段); "
	  "舍入依据 甲 (官方)",
	  "area 12: rounding was half up to 0.01 (the fund's sum), is down to 0.10 (each segment); "
	  "source of the rounding 甲 (official)" },
	{ AREA(ROUND), AREA(ROUND "<cross-year mode=\"split\"/><accounts mutual-aid=\"apart\"/>"),
	  "统筹区 12: 跨年住院 原 无, 现 年末分开结算; 共济支付 原 无, 现 另列; " PROOF,
	  "area 12: stay over the year's end was none, is two settlements; "
	  "mutual aid was none, is beside the account's payment; " PROOF_EN },
	{ AREA(ROUND),
	  AREA(ROUND "<zone name=\"near\" title=\"近邻\" care=\"13 11\" filing=\"exempt\" "
		     "visits=\"21 11\" from=\"2025-01-01\"/>"),
	  "新增就医区域 12 near 近邻: 就医地 13、11, 要求 免备案, 医疗类别 11、21, "
	  "施行 2025-01-01 起, " PROOF,
	  "added zone 12 near 近邻: places of treatment 13 / 11, demand no filing needed, "
	  "visits 11 / 21, in force from 2025-01-01, " PROOF_EN },
	/* policies */
	{ POLICY("insurances=\"310\" visits=\"21\"", PARTS),
	  POLICY("insurances=\"310\" visits=\"21\"", NO_DEDUCTIBLE "<segment share=\"82.5%\"/>"),
	  "结算政策 p: 分段比例 原 85%, 现 82.5%; " PROOF,
	  "policy p: segments was 85%, is 82.5%; " PROOF_EN },
	{ POLICY("counter=\"c\"", PARTS),
	  POLICY("counter=\"c\"",
		 "<deductible mode=\"visit\" amounts=\"800 400\"/>"
		 "<segment upto=\"30000\" share=\"85%\"/><segment share=\"90%\"/>"),
	  "结算政策 p: 起付线 原 无, 现 每次 800.00 元、400.00 元; "
	  "分段比例 原 85%, 现 至 30000.00 元 85%, 以上 90%; " PROOF,
	  "policy p: deductible was none, is each visit 800.00 / 400.00; "
	  "segments was 85%, is to 30000.00 85%, above 90%; " PROOF_EN },
	{ POLICY("counter=\"c\"", PARTS "<reduction filings=\"none\" points=\"10\"/>"),
	  POLICY("counter=\"c\"", PARTS "<cap of=\"payments\" per=\"year\" amount=\"200000\"/>"
					"<reduction filings=\"none\" points=\"20\"/>"),
	  "结算政策 p: 降低比例 增加 未备案 减 20 个百分点; 去掉 未备案 减 10 个百分点; "
	  "封顶线 原 无, 现 每年支付 200000.00 元; " PROOF,
	  "policy p: reductions added not filed less 20 points; removed not filed less 10 points; "
	  "cap was none, is each year pays 200000.00; " PROOF_EN },
	{ POLICY("persons=\"11\" age-to=\"69\"", PARTS),
	  POLICY("persons=\"11 12\" filings=\"long\" age-from=\"70\"", PARTS),
	  "结算政策 p: 人员类别 增加 12; 备案 增加 长期备案; "
	  "年龄 原 0 至 69 岁, 现 70 岁以上; " PROOF,
	  "policy p: persons added 12; filings added filed for long; "
	  "ages was 0 to 69, is 70 and over; " PROOF_EN },
	{ POLICY("", PARTS), POLICY("source=\"乙\" grade=\"secondary\"", PARTS),
	  "结算政策 p: 依据 原 甲 (官方), 现 乙 (转引)",
	  "policy p: source was 甲 (official), is 乙 (secondary)" },
	{ POLICY("to=\"2025-12-31\"", PARTS), AREA(ROUND),
	  "删除结算政策 p: 统筹区 12, 基金 基本统筹, 计算基数 政策范围内费用, 分段比例 85%, "
	  "分段 按次, 分段起点 从零起, 施行 至 2025-12-31, " PROOF,
	  "removed policy p: area 12, fund basic fund, base all in scope, segments 85%, "
	  "segments are of each visit, segments begin at zero, in force to 2025-12-31, " PROOF_EN },
	/* filings */
	{ FILING("", "<back-filing within=\"discharge\"/>"),
	  FILING("to=\"2025-12-31\"", "<back-filing within=\"days\" days=\"10\" source=\"乙\"/>"
				      "<stay counts=\"admission\"/>"),
	  "备案规定 12 2025-01-01: 补办 原 出院结算前, 现 入院后 10 日内; "
	  "补办依据 原 甲 (官方), 现 乙 (官方); 住院适用 原 无, 现 按入院日; "
	  "住院适用依据 原 无, 现 甲 (官方); 施行 原 2025-01-01 起, "
	  "现 2025-01-01 至 2025-12-31; " PROOF,
	  "filing rules 12 2025-01-01: back-filing was before the settlement at discharge, is "
	  "within 10 days of the admission; source of the back-filing was 甲 (official), is 乙 "
	  "(official); a stay was none, is by the admission; source of the stays was none, is 甲 "
	  "(official); in force was from 2025-01-01, is from 2025-01-01 to 2025-12-31; " PROOF_EN },
	{ KIND("months=\"6\""), KIND("months=\"12\" at-least=\"true\" change-after=\"0\""),
	  "备案类型 12 2025-01-01 k 异地转诊: 有效 原 6 个月, 现 至少 12 个月; "
	  "可变更 原 无, 现 随时; " PROOF,
	  "kind of filing 12 2025-01-01 k 异地转诊: lasts was 6 months, is at least 12 months; "
	  "may be changed was none, is at any time; " PROOF_EN },
	{ FILING("", "<outside filing=\"needed\" visits=\"21\"/>"),
	  FILING("", "<outside filing=\"exempt\" visits=\"21\"/>"),
	  "外地就医备案 12 2025-01-01 visits 21: 要求 原 须备案, 现 免备案; " PROOF,
	  "filing outside 12 2025-01-01 visits 21: demand was filing needed, "
	  "is no filing needed; " PROOF_EN },
	{ FILING("", "<channel name=\"app\" title=\"网上\" approval=\"automatic\"/>"),
	  FILING("", "<channel name=\"app\" title=\"网上\" approval=\"manual\" days=\"3\"/>"),
	  "备案渠道 12 2025-01-01 app 网上: 审核 原 自动, 现 人工; 承诺工作日 原 无, 现 3; " PROOF,
	  "filing channel 12 2025-01-01 app 网上: approval was automatic, is manual; "
	  "working days was none, is 3; " PROOF_EN },
	{ FILING("", "<material name=\"居住证\"/>"),
	  FILING("", "<material name=\"居住证\" care=\"13\" promise=\"true\"/>"),
	  "备案材料 12 2025-01-01 居住证: 就医地 增加 13; 可承诺 原 无, 现 是; " PROOF,
	  "filing material 12 2025-01-01 居住证: places of treatment added 13; "
	  "a promise will do was none, is yes; " PROOF_EN },
	/* the directory */
	{ OFFICE("phone=\"1\" insurances=\"310\""), OFFICE("phone=\"2\" insurances=\"310\""),
	  "经办机构 12 中心: 电话 原 1, 现 2; " PROOF,
	  "office 12 中心: telephone was 1, is 2; " PROOF_EN },
	{ NETWORK(""), NETWORK(OPENED("reach=\"nation\" from=\"2025-01-01\"")),
	  "新增机构开通 " HOSPITAL " inpatient 五院: 面向 全国, 期间 2025-01-01 起, " PROOF,
	  "added opened " HOSPITAL " inpatient 五院: for people of the nation, "
	  "period from 2025-01-01, " PROOF_EN },
	{ NETWORK("<list region=\"12\" service=\"chronic\" status=\"partial\" expected=\"196\"/>"),
	  NETWORK("<list region=\"12\" service=\"chronic\" status=\"complete\" expected=\"200\"/>"),
	  "联网名单 12 chronic: 清单 原 不完整, 现 完整; 应有 原 196, 现 200; " PROOF,
	  "network list 12 chronic: list was partial, is complete; "
	  "expected was 196, is 200; " PROOF_EN },
	{ NETWORK("<region service=\"pharmacy\" state=\"closed\"/>"),
	  NETWORK("<region service=\"pharmacy\" state=\"open\" side=\"care\"/>"),
	  "地区开通 all pharmacy: 状态 原 未开通, 现 已开通; "
	  "作为 原 参保地和就医地, 现 就医地; " PROOF,
	  "opening all pharmacy: state was closed, is open; as was both sides, "
	  "is place of treatment; " PROOF_EN },
	{ NETWORK("<coverage service=\"inpatient\" group=\"county\" title=\"县\" least=\"1\"/>"),
	  NETWORK("<coverage service=\"inpatient\" group=\"county\" title=\"县\" share=\"90%\"/>"),
	  "联网覆盖 all inpatient county: 至少 原 1, 现 无; 比例 原 无, 现 90%; " PROOF,
	  "coverage all inpatient county: at least was 1, is none; "
	  "share was none, is 90%; " PROOF_EN },
	{ DIRECT("<open visits=\"11\" from=\"2025-01-01\"/>"),
	  DIRECT("<closed visits=\"11\" cause=\"NOT_COVERED\" from=\"2025-01-01\"/>"),
	  "直接结算范围 12 visits 11: 结论 原 可直接结算, 现 不予支付; " PROOF,
	  "direct rule 12 visits 11: ruling was settled directly, is not covered; " PROOF_EN },
	{ DIRECT("<condition code=\"M039\" name=\"高血压\"/>"),
	  DIRECT("<condition code=\"M039\" name=\"高血压\" to=\"2025-12-31\"/>"),
	  "门慢特病种 M039 高血压: 施行 原 无, 现 至 2025-12-31; " PROOF,
	  "condition M039 高血压: in force was none, is to 2025-12-31; " PROOF_EN },
	{ DIRECT("<condition-list status=\"partial\"/>"),
	  DIRECT("<condition-list status=\"complete\"/>"),
	  "门慢特病种表 all: 清单 原 不完整, 现 完整; " PROOF,
	  "condition list all: list was partial, is complete; " PROOF_EN },
	{ TEXTS("<text cause=\"UNPAID\" has=\"状态异常\"/>"),
	  TEXTS("<text cause=\"CARD_INACTIVE\" has=\"状态异常\"/>"),
	  "平台报错 状态异常: 原因 原 UNPAID, 现 CARD_INACTIVE; " PROOF,
	  "platform text 状态异常: cause was UNPAID, is CARD_INACTIVE; " PROOF_EN },
	{ MANUAL("<reimbursement open=\"no\" visits=\"21\"/>"),
	  MANUAL("<reimbursement open=\"yes\" visits=\"21\" files-after=\"no\"/>"),
	  "手工报销 12 visits 21: 可否报销 原 不可以, 现 可以; "
	  "出院后补备案 原 无, 现 不可以; " PROOF,
	  "manual reimbursement 12 visits 21: open was no, is yes; "
	  "filed after the stay was none, is no; " PROOF_EN },
	{ MANUAL("<dual-channel standards=\"own\"/>"),
	  MANUAL("<dual-channel standards=\"own lowest\" filing=\"needed\"/>"),
	  "双通道药品 12: 备案 原 无, 现 须备案; "
	  "支付标准 原 参保地标准, 现 参保地标准, 其次 同通用名同规格最低; " PROOF,
	  "dual channel 12: filing was none, is filing needed; "
	  "standards was own, is own, then lowest of its name and strength; " PROOF_EN },
	{ MANUAL("<drug name=\"药\" spec=\"10mg\" amount=\"100\"/>"),
	  MANUAL("<drug name=\"药\" spec=\"10mg\" amount=\"90.5\"/>"),
	  "药品支付标准 12 药 10mg: 标准 原 100.00 元, 现 90.50 元; " PROOF,
	  "drug standard 12 药 10mg: standard was 100.00, is 90.50; " PROOF_EN },
	{ CALENDAR("<year of=\"2025\" off=\"2025-01-01 2025-01-28\"/>"),
	  CALENDAR("<year of=\"2025\" off=\"2025-01-01 2025-01-29\" work=\"2025-01-26\"/>"),
	  "工作日历 2025: 休 增加 2025-01-29; 去掉 2025-01-28; 班 增加 2025-01-26; " PROOF,
	  "working days 2025: off added 2025-01-29; removed 2025-01-28; "
	  "working added 2025-01-26; " PROOF_EN },
};

static void test_diff__each_kind_of_settlement__is_said_in_a_line(void)
{
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct fixture f = compare(said[i].before, said[i].after);

		CU_ASSERT_EQUAL(f.count, 1);
		if (f.count) {
			HR_ASSERT_TEXT(f.changes[0].text, said[i].line);
			HR_ASSERT_TEXT(f.changes[0].text_en, said[i].line_en);
		}
		hr_arena_close(f.arena);
	}
}

/* --- order --- */

#define ZONE(name, care) "<zone name=\"" name "\" care=\"" care "\" filing=\"needed\"/>"
#define PHONE(insurance, phone)                                                                    \
	"<office name=\"中心\" kind=\"insurance\" region=\"12\" insurances=\"" insurance           \
	"\" phone=\"" phone "\"/>"

#define BOUND(id, visits)                                                                          \
	"<policy id=\"" id "\" fund=\"hifp\" base=\"scope\" visits=\"" visits "\">" PARTS          \
	"</policy>"

/* Which stands first is no fact of these. */
static const struct {
	const char *before;
	const char *after;
} unmoved[] = {
	{ ROOT("offices", "", PHONE("310", "1") PHONE("390", "2")),
	  ROOT("offices", "", PHONE("390", "2") PHONE("310", "1")) },
	{ NETWORK(OPENED("reach=\"province\"") OPENED("reach=\"nation\" from=\"2025-01-01\"")),
	  NETWORK(OPENED("reach=\"nation\" from=\"2025-01-01\"") OPENED("reach=\"province\"")) },
	{ POLICY("persons=\"12 11\" visits=\"21 11\"", PARTS),
	  POLICY("visits=\"11 21\" persons=\"11 12\"", PARTS) },
	{ POLICY("counter=\"c\"", PARTS "<reduction filings=\"none other\" points=\"10\"/>"),
	  POLICY("counter=\"c\"", PARTS "<reduction filings=\"other\" points=\"10\"/>"
					"<reduction filings=\"none\" points=\"10\"/>") },
	{ DIRECT("<condition code=\"M039\" name=\"a\"/><condition code=\"M016\" name=\"b\"/>"),
	  DIRECT("<condition code=\"M016\" name=\"b\"/><condition code=\"M039\" name=\"a\"/>") },
	/* words of scopes get other bits */
	{ AREA(ROUND BOUND("p", "11") BOUND("q", "21 31")),
	  AREA(ROUND BOUND("q", "31 21") BOUND("p", "11")) },
};

static void test_diff__records_in_another_order__are_no_change(void)
{
	for (size_t i = 0; i < sizeof(unmoved) / sizeof(unmoved[0]); i++) {
		struct fixture f = compare(unmoved[i].before, unmoved[i].after);

		CU_ASSERT_EQUAL(f.count, 0);
		for (size_t k = 0; k < f.count; k++)
			fprintf(stderr, "%zu: %.*s\n", i, HR_STR_ARG(f.changes[k].text));
		hr_arena_close(f.arena);
	}
}

/* Where the first that fits decides, it is. */
static void test_diff__rules_whose_first_decides__are_told_in_another_order(void)
{
	static const struct {
		const char *before;
		const char *after;
		const char *line;
	} moved[] = {
		{ AREA(ROUND ZONE("a", "11") ZONE("b", "1101") ZONE("c", "13")),
		  AREA(ROUND ZONE("b", "1101") ZONE("a", "11") ZONE("c", "13")),
		  "先后 12 zones: 次序 原 a、b、c, 现 b、a、c" },
		{ FILING("",
			 "<outside filing=\"exempt\" visits=\"11\"/><outside filing=\"needed\"/>"),
		  FILING("",
			 "<outside filing=\"needed\"/><outside filing=\"exempt\" visits=\"11\"/>"),
		  "先后 12 2025-01-01 outside: 次序 原 visits 11 exempt、all needed, "
		  "现 all needed、visits 11 exempt" },
		{ DIRECT("<open visits=\"11\"/>"
			 "<closed cause=\"PERSON_SCOPE\" insurances=\"390\"/>"),
		  DIRECT("<closed cause=\"PERSON_SCOPE\" insurances=\"390\"/>"
			 "<open visits=\"11\"/>"),
		  "先后 12 direct: 次序 原 visits 11 open、insurances 390 closed, "
		  "现 insurances 390 closed、visits 11 open" },
	};

	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++) {
		struct fixture f = compare(moved[i].before, moved[i].after);

		CU_ASSERT_EQUAL_FATAL(f.count, 1);
		HR_ASSERT_TEXT(f.changes[0].text, moved[i].line);
		hr_arena_close(f.arena);
	}
}

/* A zone behind all others is told by itself; one before them, that it is before them, too. */
static void test_diff__a_new_rule__is_an_order_where_it_is_not_the_last(void)
{
	struct fixture last =
		compare(AREA(ROUND ZONE("a", "11")), AREA(ROUND ZONE("a", "11") ZONE("b", "1101")));
	struct fixture first =
		compare(AREA(ROUND ZONE("a", "11")), AREA(ROUND ZONE("b", "1101") ZONE("a", "11")));

	CU_ASSERT_EQUAL(last.count, 1);
	CU_ASSERT_EQUAL_FATAL(first.count, 2);
	HR_ASSERT_TEXT(first.changes[1].text, "先后 12 zones: 次序 原 a, 现 b、a");
	HR_ASSERT_TEXT(first.changes[1].text_en, "order 12 zones: order was a, is b / a");
	hr_arena_close(last.arena);
	hr_arena_close(first.arena);
}

/* One of two telephones of one office: the other one is left in peace. */
static void test_diff__one_of_two_offices_of_a_name__is_the_one_that_changed(void)
{
	struct fixture f = compare(ROOT("offices", "", PHONE("310", "1") PHONE("390", "2")),
				   ROOT("offices", "", PHONE("310", "1") PHONE("390", "3")));

	CU_ASSERT_EQUAL_FATAL(f.count, 1);
	HR_ASSERT_TEXT(f.changes[0].text, "经办机构 12 中心: 电话 原 2, 现 3; " PROOF);
	hr_arena_close(f.arena);
}

/* The rules of a new period are new; of the period before it only the end is. */
static void test_diff__rules_of_a_new_period__leave_the_kinds_before_alone(void)
{
#define OLD_KIND "<kind name=\"k\" class=\"long\" gives=\"long\" open=\"true\"/>"
	struct fixture f = compare(
		AREA(ROUND "<filing from=\"2022-01-01\">" OLD_KIND "</filing>"),
		AREA(ROUND "<filing from=\"2022-01-01\" to=\"2025-12-31\">" OLD_KIND "</filing>"
			   "<filing from=\"2026-01-01\">" OLD_KIND "</filing>"));

	CU_ASSERT_EQUAL_FATAL(f.count, 3);
	HR_ASSERT_TEXT(f.changes[0].text, "备案规定 12 2022-01-01: 施行 原 2022-01-01 起, "
					  "现 2022-01-01 至 2025-12-31; " PROOF);
	HR_ASSERT_TEXT(f.changes[1].subject, "12 2026-01-01");
	HR_ASSERT_TEXT(f.changes[2].text,
		       "新增备案类型 12 2026-01-01 k: 长短 长期, 结算按 长期备案, "
		       "有效 长期有效, " PROOF);
	hr_arena_close(f.arena);
}

static const hr_change_member *find_member(const hr_change *change, const char *name_en)
{
	for (size_t i = 0; i < change->member_count; i++)
		if (hr_str_equal(change->members[i].name_en, hr_str_of(name_en)))
			return &change->members[i];
	return NULL;
}

/* What a system reads: each member by itself, and of a set all that it was and is. */
static void test_diff__members__are_had_one_by_one(void)
{
	struct fixture f =
		compare(POLICY("visits=\"21 11\"", PARTS),
			POLICY("visits=\"11\"", NO_DEDUCTIBLE "<segment share=\"80%\"/>"));
	const hr_change_member *segments;
	const hr_change_member *visits;

	CU_ASSERT_EQUAL_FATAL(f.count, 1);
	CU_ASSERT_EQUAL(f.changes[0].member_count, 3);
	segments = find_member(&f.changes[0], "segments");
	visits = find_member(&f.changes[0], "visits");
	CU_ASSERT_PTR_NOT_NULL_FATAL(segments);
	CU_ASSERT_PTR_NOT_NULL_FATAL(visits);
	HR_ASSERT_TEXT(segments->name, "分段比例");
	HR_ASSERT_TEXT(segments->before, "85%");
	HR_ASSERT_TEXT(segments->after_en, "80%");
	HR_ASSERT_TEXT(visits->before, "11、21");
	HR_ASSERT_TEXT(visits->before_en, "11 / 21");
	HR_ASSERT_TEXT(visits->after, "11");
	CU_ASSERT_PTR_NOT_NULL(find_member(&f.changes[0], "source"));
	hr_arena_close(f.arena);
}

/* What came has no before, and what went no after. */
static void test_diff__members_of_a_record_that_is_alone__have_one_side(void)
{
	struct fixture came = compare(AREA(ROUND), POLICY("", PARTS));
	struct fixture went = compare(POLICY("", PARTS), AREA(ROUND));
	const hr_change_member *is;
	const hr_change_member *was;

	CU_ASSERT_EQUAL_FATAL(came.count, 1);
	CU_ASSERT_EQUAL_FATAL(went.count, 1);
	is = find_member(&came.changes[0], "segments");
	was = find_member(&went.changes[0], "segments");
	CU_ASSERT_PTR_NOT_NULL_FATAL(is);
	CU_ASSERT_PTR_NOT_NULL_FATAL(was);
	HR_ASSERT_TEXT(is->before, "");
	HR_ASSERT_TEXT(is->after, "85%");
	HR_ASSERT_TEXT(was->before_en, "85%");
	HR_ASSERT_TEXT(was->after_en, "");
	hr_arena_close(came.arena);
	hr_arena_close(went.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_diff__each_kind_of_settlement__is_said_in_a_line),
	HR_TEST(test_diff__records_in_another_order__are_no_change),
	HR_TEST(test_diff__rules_whose_first_decides__are_told_in_another_order),
	HR_TEST(test_diff__a_new_rule__is_an_order_where_it_is_not_the_last),
	HR_TEST(test_diff__one_of_two_offices_of_a_name__is_the_one_that_changed),
	HR_TEST(test_diff__rules_of_a_new_period__leave_the_kinds_before_alone),
	HR_TEST(test_diff__members__are_had_one_by_one),
	HR_TEST(test_diff__members_of_a_record_that_is_alone__have_one_side),
};
HR_TEST_MAIN("diff_settlement", tests)
