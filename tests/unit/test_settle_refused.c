/*
 * What a visit, a question about filings, a result or a settled line cannot
 * say: every member with every kind of wrong value, each refused with its
 * place, none of them quoted.
 */
#include "settlement/filing_ask.h"
#include "settlement/settled.h"
#include "settlement/visit.h"

#include "catalog_fixture.h"

#include <stdio.h>

enum kind {
	AMOUNT,
	CODE,
	REGION,
	DAY,
	TEXT,
	SHARE,
	COUNT,
	WHOLE,
	AGE,
	FLAG,
	WORD,
	LIST,
	MESSAGE,
	/* Of a settled line, which may leave out by null or an empty text. */
	SENT_CODE,
	SENT_REGION,
	SENT_TIME
};

struct member {
	const char *name;
	const char *good;
	enum kind kind;
	bool needed;
};

#define MANY_DIGITS "100000000000000"
#define LONG_CODE   "\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg\""

/* What is none of its kind, NULL at the end. No name of a member holds one of these. */
static const char *const wrong[][12] = {
	[AMOUNT] = { "-0.01", "1.001", "1e3", "\"1e3\"", MANY_DIGITS, "\"\"", "\" 7\"", "\"七\"",
		     "true", "[]", "{}", NULL },
	[CODE] = { "\"\"", LONG_CODE, "\"Q Q\"", "\"七\"", "\"Q\\u0000\"", "7", "[]", "{}", "false",
		   NULL },
	[REGION] = { "\"77777\"", "\"7777777\"", "\"77777x\"", "777777", "\"\"", "[]", "null",
		     NULL },
	[DAY] = { "\"2025-02-29\"", "\"2025-13-01\"", "\"2025-3-1\"", "\"0000-00-00\"", "20250301",
		  "\"\"", "\"2025-03-01x\"", "[]", "null", NULL },
	[TEXT] = { "\"\"", "7", "[]", "{}", "null", NULL },
	[SHARE] = { "1.0001", "-0.1", "0.00001", "\"1e0\"", "\"\"", "null", "[]", NULL },
	[COUNT] = { "-1", "0.00001", "1e3", "\"\"", "\"七\"", "null", "[]", NULL },
	[WHOLE] = { "-1", "1.5", "100001", "\"\"", "null", "[]", NULL },
	[AGE] = { "-1", "1.5", "300", "\"\"", "null", "[]", NULL },
	[FLAG] = { "\"yes\"", "2", "null", "[]", NULL },
	[WORD] = { "\"Q\"", "7", "\"\"", "null", "[]", NULL },
	[LIST] = { "7", "\"Q\"", "{}", "null", "true", NULL },
	[MESSAGE] = { "7", "[]", "null", "true", NULL },
	[SENT_CODE] = { LONG_CODE, "\"Q Q\"", "\"七\"", "7", "[]", "{}", "false", NULL },
	[SENT_REGION] = { "\"77777\"", "\"7777777\"", "\"77777x\"", "777777", "[]", NULL },
	[SENT_TIME] = { "\"2025-03-01\"", "\"2025-02-29 08:00:00\"", "\"2025-03-01 25:00:00\"",
			"\"Q\"", "20250301080000", "[]", NULL },
};

/* --- what is read --- */

static bool read_visit(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
		       hr_error *err)
{
	hr_visit visit;

	return hr_visit_read(node, catalog, arena, &visit, err);
}

static bool read_ask(const hr_json *node, const hr_catalog *catalog, hr_arena *arena, hr_error *err)
{
	hr_filing_ask *ask = HR_NEW(arena, hr_filing_ask);

	return hr_filing_ask_read(node, catalog, arena, ask, err);
}

static bool read_result(const hr_json *node, const hr_catalog *unused, hr_arena *arena,
			hr_error *err)
{
	hr_settle_result result;

	(void)unused;
	(void)arena;
	return hr_result_read(node, &result, err);
}

static bool read_settled(const hr_json *node, const hr_catalog *unused, hr_arena *arena,
			 hr_error *err)
{
	hr_settled settled;

	(void)unused;
	(void)arena;
	return hr_settled_read(node, &settled, err);
}

/* An object of members, and what stands around it in the document. */
struct object {
	const char *before;
	const char *after;
	const char *place; /* of a member, as an error names it */
	const char *lacks; /* who lacks a member that is needed */
	const struct member *members;
	size_t count;
	bool (*read)(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
		     hr_error *err);
};

static const struct member visit[] = {
	{ "medins_setl_id", "\"S1\"", CODE, false },
	{ "insuplc_admdvs", "\"910101\"", REGION, true },
	{ "mdtrtarea_admvs", "\"920101\"", REGION, true },
	{ "insutype", "\"310\"", CODE, true },
	{ "psn_type", "\"1101\"", CODE, true },
	{ "psn_idet_type", "[\"poor\"]", LIST, false },
	{ "age", "70", AGE, false },
	{ "med_type", "\"21\"", CODE, true },
	{ "opsp_dise_code", "\"M04600\"", CODE, false },
	{ "hosp_lv", "\"3\"", CODE, false },
	{ "fixmedins_code", "\"H1\"", CODE, false },
	{ "begndate", "\"2025-02-01\"", DAY, false },
	{ "enddate", "\"2025-03-01\"", DAY, true },
	{ "filing", "\"long\"", WORD, false },
	{ "medfee_sumamt", "\"10.04\"", AMOUNT, false },
	{ "fulamt_ownpay_amt", "1.00", AMOUNT, false },
	{ "overlmt_selfpay", "2.01", AMOUNT, false },
	{ "preselfpay_amt", "\"3.02\"", AMOUNT, false },
	{ "inscp_scp_amt", "4.01", AMOUNT, false },
	{ "hosp_part_amt", "0", AMOUNT, false },
	{ "acct_balc", "0", AMOUNT, false },
	{ "acct_mulaid_balc", "0", AMOUNT, false },
	{ "year", "[]", LIST, false },
	{ "psn_insu_stas", "\"1\"", WORD, false },
	{ "insuinfo", "[]", LIST, false },
	{ "waiting_until", "\"none\"", DAY, false },
	{ "cert_stas", "\"active\"", WORD, false },
	{ "filing_faults", "[\"expired\"]", LIST, false },
	{ "excluded", "[]", LIST, false },
	{ "qualifications", "[]", LIST, false },
	{ "open_stays", "[{}]", LIST, false },
	{ "platform_maintenance", "false", FLAG, false },
	{ "err_msg", "\"\"", MESSAGE, false },
};
static const struct member line[] = {
	{ "det_item_fee_sumamt", "100", AMOUNT, true },
	{ "chrgitm_lv", "\"02\"", WORD, true },
	{ "selfpay_prop", "0.1", SHARE, false },
	{ "pric_uplmt_amt", "90", AMOUNT, false },
	{ "cnt", "1.5", COUNT, false },
};
static const struct member counted[] = {
	{ "counter", "\"a-inpatient\"", WORD, true },
	{ "hospital", "\"H1\"", CODE, false },
	{ "visits", "2", WHOLE, false },
	{ "deductible", "\"1.00\"", AMOUNT, false },
	{ "standard", "2", AMOUNT, false },
	{ "base", "3", AMOUNT, false },
	{ "paid", "4", AMOUNT, false },
};
static const struct member insured[] = {
	{ "insuplc_admdvs", "\"910101\"", REGION, true },
	{ "insutype", "\"310\"", CODE, true },
	{ "psn_insu_stas", "\"1\"", WORD, true },
};
static const struct member qualified[] = {
	{ "opsp_dise_code", "\"M04600\"", CODE, true },
	{ "begndate", "\"2025-01-01\"", DAY, false },
	{ "enddate", "\"2025-12-31\"", DAY, false },
};
static const struct member stay[] = { { "fixmedins_code", "\"H1\"", CODE, false } };

static const struct member ask[] = {
	{ "today", "\"2025-03-01\"", DAY, false },
	{ "insuplc_admdvs", "\"910101\"", REGION, true },
	{ "insutype", "\"310\"", CODE, false },
	{ "psn_type", "\"1101\"", CODE, false },
	{ "age", "70", AGE, false },
	{ "psn_cert_type", "\"01\"", CODE, false },
	{ "certno", "\"X\"", TEXT, false },
	{ "brdy", "\"1955-01-01\"", DAY, false },
	{ "insuinfo", "[]", LIST, false },
	{ "filings", "[]", LIST, false },
};
static const struct member filed[] = {
	{ "id", "\"F1\"", CODE, false },
	{ "rloc_rea", "\"travel\"", CODE, true },
	{ "insuplc_admdvs", "\"910101\"", REGION, false },
	{ "rloc_admdvs", "\"920101\"", REGION, true },
	{ "appy_date", "\"2025-01-01\"", DAY, false },
	{ "begndate", "\"2025-01-01\"", DAY, true },
	{ "enddate", "\"2025-12-31\"", DAY, false },
	{ "stas", "\"cancelled\"", WORD, false },
	{ "ended", "\"2025-02-01\"", DAY, false },
};
static const struct member enrolled[] = {
	{ "insuplc_admdvs", "\"910101\"", REGION, true },
	{ "insutype", "\"310\"", CODE, false },
	{ "psn_insu_stas", "\"1\"", CODE, false },
};
static const struct member application[] = {
	{ "rloc_rea", "\"travel\"", CODE, true },
	{ "rloc_admdvs", "\"920101\"", REGION, true },
	{ "begndate", "\"2025-01-01\"", DAY, true },
	{ "enddate", "\"2025-12-31\"", DAY, false },
	{ "out_onln_way", "\"self\"", CODE, false },
	{ "adm_date", "\"2025-01-01\"", DAY, false },
	{ "setl_date", "\"2025-01-09\"", DAY, false },
	{ "again", "true", FLAG, false },
	{ "promise", "\"1\"", FLAG, false },
	{ "materials", "[\"X\"]", LIST, false },
	{ "proxy_for", "\"elder\"", CODE, false },
};
static const struct member cancel[] = {
	{ "id", "\"F1\"", CODE, true },
	{ "objective", "false", FLAG, false },
};
static const struct member filed_visit[] = {
	{ "mdtrtarea_admvs", "\"920101\"", REGION, true },
	{ "med_type", "\"21\"", CODE, true },
	{ "opsp_dise_code", "\"M04600\"", CODE, false },
	{ "hosp_lv", "\"3\"", CODE, false },
	{ "begndate", "\"2025-02-01\"", DAY, false },
	{ "enddate", "\"2025-03-01\"", DAY, true },
	{ "er_flag", "\"0\"", FLAG, false },
	{ "qualified", "true", FLAG, false },
};

static const struct member result[] = {
	{ "medfee_sumamt", "4", AMOUNT, true },
	{ "fulamt_ownpay_amt", "\"1\"", AMOUNT, true },
	{ "overlmt_selfpay", "1", AMOUNT, true },
	{ "preselfpay_amt", "1.00", AMOUNT, true },
	{ "inscp_scp_amt", "1", AMOUNT, true },
	{ "act_pay_dedc", "1", AMOUNT, false },
	{ "hifp_pay", "1", AMOUNT, true },
	{ "hifob_pay", "1", AMOUNT, true },
	{ "hifmi_pay", "1", AMOUNT, true },
	{ "cvlserv_pay", "1", AMOUNT, true },
	{ "hifes_pay", "1", AMOUNT, true },
	{ "hifdm_pay", "null", AMOUNT, false },
	{ "maf_pay", "1", AMOUNT, true },
	{ "oth_pay", "1", AMOUNT, true },
	{ "fund_pay_sumamt", "1", AMOUNT, true },
	{ "hosp_part_amt", "1", AMOUNT, false },
	{ "psn_part_amt", "1", AMOUNT, true },
	{ "acct_pay", "1", AMOUNT, true },
	{ "acct_mulaid_pay", "1", AMOUNT, false },
	{ "psn_cash_pay", "1", AMOUNT, true },
	{ "balc", "1", AMOUNT, false },
};
static const struct member payment[] = { { "fund_payamt", "1.00", AMOUNT, false } };

static const struct member settled[] = {
	{ "medins_setl_id", "\"S1\"", SENT_CODE, true },
	{ "omsgid", "\"S0\"", SENT_CODE, false },
	{ "insuplc_admdvs", "\"910101\"", SENT_REGION, true },
	{ "mdtrtarea_admvs", "\"920101\"", SENT_REGION, true },
	{ "insutype", "\"310\"", SENT_CODE, true },
	{ "fixmedins_code", "\"H1\"", SENT_CODE, true },
	{ "psn_no", "\"P1\"", SENT_CODE, true },
	{ "setl_time", "\"2025-03-01 08:00:00\"", SENT_TIME, true },
	{ "med_type", "\"21\"", SENT_CODE, false },
};

#define VISIT                                                                                      \
	"\"insuplc_admdvs\":\"910101\",\"mdtrtarea_admvs\":\"920101\",\"insutype\":\"310\","       \
	"\"psn_type\":\"1101\",\"med_type\":\"21\",\"enddate\":\"2025-03-01\""
#define ASK "\"insuplc_admdvs\":\"910101\""
#define AMOUNTS                                                                                    \
	"\"medfee_sumamt\":0,\"fulamt_ownpay_amt\":0,\"overlmt_selfpay\":0,\"preselfpay_amt\":0,"  \
	"\"inscp_scp_amt\":0,\"hifp_pay\":0,\"hifob_pay\":0,\"hifmi_pay\":0,\"cvlserv_pay\":0,"    \
	"\"hifes_pay\":0,\"maf_pay\":0,\"oth_pay\":0,\"fund_pay_sumamt\":0,\"psn_part_amt\":0,"    \
	"\"acct_pay\":0,\"psn_cash_pay\":0"
#define ROW(before, after, place, lacks, members, read)                                            \
	{                                                                                          \
		before, after, place, lacks, members, sizeof(members) / sizeof((members)[0]), read \
	}

static const struct object objects[] = {
	ROW("{", "}", "visit: $.", "visit", visit, read_visit),
	ROW("{" VISIT ",\"lines\":[{\"det_item_fee_sumamt\":1,\"chrgitm_lv\":\"01\"},{", "}]}",
	    "visit: $.lines[1].", "visit", line, read_visit),
	ROW("{" VISIT ",\"inscp_scp_amt\":1,\"year\":[{", "}]}", "visit: $.year[0].", "visit",
	    counted, read_visit),
	ROW("{" VISIT ",\"inscp_scp_amt\":1,\"insuinfo\":[{", "}]}", "visit: $.insuinfo[0].",
	    "visit", insured, read_visit),
	ROW("{" VISIT ",\"inscp_scp_amt\":1,\"qualifications\":[{", "}]}",
	    "visit: $.qualifications[0].", "visit", qualified, read_visit),
	ROW("{" VISIT ",\"inscp_scp_amt\":1,\"open_stays\":[{", "}]}", "visit: $.open_stays[0].",
	    "visit", stay, read_visit),
	ROW("{", "}", "filing: $.", "filing", ask, read_ask),
	ROW("{" ASK ",\"filings\":[{", "}]}", "filing: $.filings[0].", "filing", filed, read_ask),
	ROW("{" ASK ",\"insuinfo\":[{", "}]}", "filing: $.insuinfo[0].", "filing", enrolled,
	    read_ask),
	ROW("{" ASK ",\"application\":{", "}}", "filing: $.application.", "filing", application,
	    read_ask),
	ROW("{" ASK ",\"cancel\":{", "}}", "filing: $.cancel.", "filing", cancel, read_ask),
	ROW("{" ASK ",\"visit\":{", "}}", "filing: $.visit.", "filing", filed_visit, read_ask),
	ROW("{", "}", "result: $.", "result", result, read_result),
	ROW("{\"output\":{\"setlinfo\":{", "}}}", "result: $.output.setlinfo.", "result", result,
	    read_result),
	ROW("{\"setlinfo\":{" AMOUNTS "},\"setldetail\":[{", "}]}", "result: $.setldetail[0].",
	    "result", payment, read_result),
	ROW("{\"setlinfo\":{" AMOUNTS ",", "}}", "settlement: ", "settlement", settled,
	    read_settled),
};

/* --- each with each --- */

struct fixture {
	hr_arena *arena; /* of one document */
	hr_json_parser *parser;
	hr_catalog *catalog;
};

/* The document with member `which` as `value`, or without it where that is NULL. */
static hr_str write_document(const struct fixture *f, const struct object *o, size_t which,
			     const char *value)
{
	bool first = true;
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 1 << 16);
	hr_buf_addf(&buf, "%s", o->before);
	for (size_t i = 0; i < o->count; i++) {
		const char *text = i == which ? value : o->members[i].good;

		if (!text)
			continue;
		hr_buf_addf(&buf, "%s\"%s\":%s", first ? "" : ",", o->members[i].name, text);
		first = false;
	}
	hr_buf_addf(&buf, "%s", o->after);
	return hr_buf_str(&buf);
}

static bool read_document(const struct fixture *f, const struct object *o, hr_str text,
			  hr_error *err)
{
	const hr_json *node;

	return hr_json_read(f->parser, text, f->arena, &node, err) &&
	       o->read(node, f->catalog, f->arena, err);
}

/* Its message begins with `want`, and quotes nothing of the value. */
static void assert_refused(const struct fixture *f, const struct object *o, size_t which,
			   const char *value, const char *want)
{
	hr_str text = write_document(f, o, which, value);
	hr_error err = { 0 };
	hr_str message;

	if (read_document(f, o, text, &err)) {
		fprintf(stderr, "%s%s = %s is taken\n", o->place, o->members[which].name, value);
		CU_FAIL("what cannot be is taken");
		return;
	}
	message = hr_str_of(err.message);
	HR_ASSERT_TEXT(hr_str_slice(message, 0, strlen(want)), want);
	for (const char *secret = value ? value : ""; *secret; secret++)
		if (*secret == 'Q' || *secret == '7')
			CU_ASSERT_EQUAL(hr_str_find(message, (hr_str){ secret, 1 }), message.len);
}

static void check_member(const struct fixture *f, const struct object *o, size_t which)
{
	const struct member *m = &o->members[which];
	char want[128];

	for (const char *const *value = wrong[m->kind]; *value; value++) {
		hr_arena_reset(f->arena);
		/* A NUL stands in no text that is read. */
		if (strstr(*value, "u0000"))
			snprintf(want, sizeof(want), "json: ");
		else
			snprintf(want, sizeof(want), "%s%s is not ", o->place, m->name);
		assert_refused(f, o, which, *value, want);
	}
	hr_arena_reset(f->arena);
	snprintf(want, sizeof(want), "%s: '%s' is missing", o->lacks, m->name);
	if (m->needed)
		assert_refused(f, o, which, NULL, want);
}

static void test_read__every_member_with_every_wrong_value__is_refused_with_its_place(void)
{
	struct fixture f = { .arena = hr_test_arena(), .parser = hr_json_parser_open() };
	hr_error err;

	HR_ASSERT_OK(
		hr_catalog_open_folder("tests/data/catalog/settlement", NULL, &f.catalog, &err),
		err);
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		const struct object *o = &objects[i];

		HR_ASSERT_OK(read_document(&f, o, write_document(&f, o, o->count, NULL), &err),
			     err);
		for (size_t j = 0; j < o->count; j++)
			check_member(&f, o, j);
	}
	hr_catalog_unref(f.catalog);
	hr_json_parser_close(f.parser);
	hr_arena_close(f.arena);
}

static const hr_test tests[] = {
	HR_TEST(test_read__every_member_with_every_wrong_value__is_refused_with_its_place),
};
HR_TEST_MAIN("settle_refused", tests)
