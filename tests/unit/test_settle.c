/* The arithmetic of a settlement, at the edges of its policies. */
#include "settlement/identities.h"

#include "catalog_fixture.h"

#include <stdio.h>

/* A visit against one area of a file that a test writes. */
struct fixture {
	hr_arena *arena;
	hr_catalog *catalog;
	const hr_area *area;
	hr_filing filing;
	hr_str hospital;
	hr_charges charges;
	hr_year year;
	hr_settlement got;
	hr_trace trace;
};

#define ROOT  "<settlement xmlns='urn:huren:catalogue:1' source='s' grade='synthetic' region='91'>"
#define FUND  ROOT "<rounding mode='half-up' place='fund'/>"
#define BASIC "<policy id='p' fund='hifp' base='scope' counter='c' "

static struct fixture open_area(const char *text)
{
	struct fixture f = { .arena = hr_test_arena(),
			     .filing = HR_FILING_EXEMPT,
			     .hospital = HR_STR("H1") };
	hr_fileset files = fixture_files(f.arena, NULL, "s.xml", text);
	hr_error err;

	HR_ASSERT_OK(
		hr_catalog_build(&files, NULL, HR_STR("t"), (hr_instant){ 0 }, &f.catalog, &err),
		err);
	f.area = hr_catalog_find_area(f.catalog, HR_STR("910000"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.area);
	return f;
}

static void close_area(struct fixture *f)
{
	hr_catalog_unref(f->catalog);
	hr_arena_close(f->arena);
}

static bool settle(struct fixture *f, hr_error *err)
{
	hr_scope_key key = hr_scope_key_init();
	hr_rules rules;

	hr_scope_key_set_filing(f->filing, &key);
	CU_ASSERT_EQUAL_FATAL(
		hr_rules_find(f->area, &key, f->filing, fixture_day("2024-01-01"), 0, &rules), 1);
	rules.hospital = f->hospital;
	return hr_settle(&rules, &f->charges, &f->year, &f->got, &f->year, &f->trace, err);
}

/* One more visit of the year with this in scope: what the basic fund pays. */
static int64_t pays(struct fixture *f, int64_t scope_fen)
{
	hr_breaches breaches;
	hr_error err;

	f->charges.scope_fen = scope_fen;
	HR_ASSERT_OK(settle(f, &err), err);
	breaches =
		hr_identities_check(&f->got, f->area->mutual_aid, f->got.fen[HR_FUND_PAY_SUMAMT]);
	CU_ASSERT_EQUAL(breaches.count, breaches.notes);
	return f->got.fen[HR_HIFP_PAY];
}

/* Of a year of its own. */
static int64_t pays_alone(struct fixture *f, int64_t scope_fen)
{
	f->year.count = 0;
	return pays(f, scope_fen);
}

static void test_settle__nanchang_at_the_deductible__pays_from_the_first_fen_above(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='visit' amounts='800'/>"
						"<segment share='85%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 0), 0);
	CU_ASSERT_EQUAL(pays_alone(&f, 50000), 0);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACT_PAY_DEDC], 50000);
	CU_ASSERT_EQUAL(pays_alone(&f, 80000), 0);
	/* 0.85 of a fen is a fen. */
	CU_ASSERT_EQUAL(pays_alone(&f, 80001), 1);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACT_PAY_DEDC], 80000);
	CU_ASSERT_EQUAL(pays_alone(&f, 1000000), 782000);
	CU_ASSERT_EQUAL(f.got.pool_prop, 8500);
	CU_ASSERT_EQUAL(pays_alone(&f, 2000000), 1632000);
	close_area(&f);
}

static void test_settle__tianjin_640_of_720__and_the_stored_share_is_no_way_back(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='visit' amounts='8.89'/>"
						"<segment share='90%'/></policy></settlement>");

	f.charges.own_fen = 13000;
	CU_ASSERT_EQUAL(pays_alone(&f, 72000), 64000);
	CU_ASSERT_EQUAL(f.got.fen[HR_MEDFEE_SUMAMT], 85000);
	CU_ASSERT_EQUAL(f.got.fen[HR_PSN_PART_AMT], 21000);
	close_area(&f);
	f = open_area(FUND BASIC "><deductible mode='none'/><segment share='88.8889%'/></policy>"
				 "</settlement>");
	CU_ASSERT_EQUAL(pays_alone(&f, 72000), 64000);
	CU_ASSERT_EQUAL(f.got.pool_prop, 8889);
	/* 0.8889 of 720 would be 640.01: I8 is a note. */
	CU_ASSERT_EQUAL(hr_identities_check(&f.got, HR_MUTUAL_AID_UNKNOWN, -1).notes, 1);
	close_area(&f);
}

static void test_settle__segments__each_amount_at_its_own_share(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='visit' amounts='100'/>"
						"<segment upto='1000' share='50%'/>"
						"<segment upto='2000' share='60%'/>"
						"<segment share='70%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 100000), 45000);
	CU_ASSERT_EQUAL(pays_alone(&f, 100001), 45001);
	CU_ASSERT_EQUAL(pays_alone(&f, 200000), 45000 + 60000);
	CU_ASSERT_EQUAL(pays_alone(&f, 300000), 45000 + 60000 + 70000);
	/* 1750 of 2900 came out. */
	CU_ASSERT_EQUAL(f.got.pool_prop, 6034);
	close_area(&f);
}

static void test_settle__segments_above_the_deductible__begin_there(void)
{
	struct fixture f = open_area(FUND BASIC " segments-from='deductible'>"
						"<deductible mode='visit' amounts='100'/>"
						"<segment upto='1000' share='50%'/>"
						"<segment share='70%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 110000), 50000);
	CU_ASSERT_EQUAL(pays_alone(&f, 120000), 57000);
	close_area(&f);
}

static void test_settle__segments_of_the_year__go_on_where_they_ended(void)
{
	struct fixture f = open_area(FUND BASIC " segments-of='year'><deductible mode='none'/>"
						"<segment upto='1000' share='50%'/>"
						"<segment share='70%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays(&f, 60000), 30000);
	CU_ASSERT_EQUAL(pays(&f, 60000), 20000 + 14000);
	CU_ASSERT_EQUAL(pays(&f, 60000), 42000);
	CU_ASSERT_EQUAL(f.year.counted[0].base_fen, 180000);
	CU_ASSERT_EQUAL(f.year.counted[0].visits, 3);
	close_area(&f);
}

static void test_settle__deductible_of_the_year__is_borne_once(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='year' amounts='500'/>"
						"<segment share='100%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays(&f, 20000), 0);
	CU_ASSERT_EQUAL(pays(&f, 20000), 0);
	CU_ASSERT_EQUAL(pays(&f, 20000), 10000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACT_PAY_DEDC], 10000);
	CU_ASSERT_EQUAL(pays(&f, 20000), 20000);
	CU_ASSERT_EQUAL(f.year.counted[0].deductible_fen, 50000);
	close_area(&f);
}

static void test_settle__deductible_of_repeats__each_visit_has_its_own(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='visit' amounts='800 400 0'/>"
						"<segment share='100%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays(&f, 100000), 20000);
	CU_ASSERT_EQUAL(pays(&f, 100000), 60000);
	CU_ASSERT_EQUAL(pays(&f, 100000), 100000);
	CU_ASSERT_EQUAL(pays(&f, 100000), 100000);
	close_area(&f);
}

static void test_settle__deductible_of_each_hospital__is_counted_by_hospital(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='hospital-year' amounts='500'/>"
						"<segment share='100%'/></policy></settlement>");
	hr_error err;

	CU_ASSERT_EQUAL(pays(&f, 60000), 10000);
	CU_ASSERT_EQUAL(pays(&f, 60000), 60000);
	f.hospital = HR_STR("H2");
	CU_ASSERT_EQUAL(pays(&f, 60000), 10000);
	CU_ASSERT_EQUAL(f.year.count, 3);
	f.hospital = HR_STR_NONE;
	CU_ASSERT_FALSE(settle(&f, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_INCOMPLETE);
	close_area(&f);
}

static void test_settle__deductible_once_a_year__a_higher_standard_costs_the_difference(void)
{
	static const char text[] =
		FUND "<policy id='p1' fund='hifp' base='scope' counter='c' filings='long'>"
		     "<deductible mode='once' amounts='200'/><segment share='100%'/></policy>"
		     "<policy id='p3' fund='hifp' base='scope' counter='c' filings='exempt'>"
		     "<deductible mode='once' amounts='900'/><segment share='100%'/></policy>"
		     "</settlement>";
	struct fixture f = open_area(text);

	f.filing = HR_FILING_LONG;
	/* Not even the standard was reached; it is done all the same. */
	CU_ASSERT_EQUAL(pays(&f, 15000), 0);
	CU_ASSERT_EQUAL(pays(&f, 15000), 15000);
	f.filing = HR_FILING_EXEMPT;
	CU_ASSERT_EQUAL(pays(&f, 100000), 30000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACT_PAY_DEDC], 70000);
	CU_ASSERT_EQUAL(pays(&f, 100000), 100000);
	f.filing = HR_FILING_LONG;
	CU_ASSERT_EQUAL(pays(&f, 100000), 100000);
	/* The higher one stays borne, whatever came between. */
	f.filing = HR_FILING_EXEMPT;
	CU_ASSERT_EQUAL(pays(&f, 100000), 100000);
	close_area(&f);
}

static void test_settle__cap_of_payments__holds_over_the_year(void)
{
	struct fixture f =
		open_area(FUND BASIC "><deductible mode='none'/><segment share='50%'/>"
				     "<cap of='payments' per='year' amount='1000'/></policy>"
				     "</settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 200000), 100000);
	CU_ASSERT_EQUAL(f.got.pool_prop, 5000);
	CU_ASSERT_EQUAL(pays_alone(&f, 200002), 100000);
	CU_ASSERT_EQUAL(pays_alone(&f, 199998), 99999);
	CU_ASSERT_EQUAL(pays(&f, 4), 1);
	CU_ASSERT_EQUAL(pays(&f, 4), 0);
	CU_ASSERT_EQUAL(f.year.counted[0].paid_fen, 100000);
	close_area(&f);
}

static void test_settle__cap_of_amounts__leaves_the_rest_to_the_large_amounts(void)
{
	struct fixture f = open_area(
		FUND BASIC "><deductible mode='visit' amounts='100'/><segment share='50%'/>"
			   "<cap of='amounts' per='visit' amount='1000'/></policy>"
			   "<policy id='l' fund='hifob' base='over-cap'><segment share='80%'/>"
			   "</policy></settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 100000), 45000);
	CU_ASSERT_EQUAL(f.got.fen[HR_HIFOB_PAY], 0);
	CU_ASSERT_EQUAL(pays_alone(&f, 100001), 45000);
	/* 0.8 of a fen. */
	CU_ASSERT_EQUAL(f.got.fen[HR_HIFOB_PAY], 1);
	CU_ASSERT_EQUAL(pays_alone(&f, 200000), 45000);
	CU_ASSERT_EQUAL(f.got.fen[HR_HIFOB_PAY], 80000);
	close_area(&f);
}

static void test_settle__cap_of_amounts_below_the_deductible__lets_no_more_be_borne(void)
{
	struct fixture f = open_area(
		FUND BASIC "><deductible mode='visit' amounts='1000'/><segment share='50%'/>"
			   "<cap of='amounts' per='visit' amount='600'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 200000), 0);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACT_PAY_DEDC], 60000);
	close_area(&f);
}

static void test_settle__two_funds_above_the_cap__the_second_pays_of_what_is_left(void)
{
	struct fixture f = open_area(
		FUND BASIC "><deductible mode='none'/><segment share='100%'/>"
			   "<cap of='amounts' per='visit' amount='1000'/></policy>"
			   "<policy id='l' fund='hifob' base='over-cap'><segment share='80%'/>"
			   "</policy><policy id='e' fund='hifes' base='over-cap'>"
			   "<segment share='50%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 200000), 100000);
	CU_ASSERT_EQUAL(f.got.fen[HR_HIFOB_PAY], 80000);
	CU_ASSERT_EQUAL(f.got.fen[HR_HIFES_PAY], 10000);
	close_area(&f);
}

static void test_settle__segments_of_the_year_above_the_deductible__leave_out_what_was_borne(void)
{
	struct fixture f = open_area(FUND BASIC " segments-of='year' segments-from='deductible'>"
						"<deductible mode='year' amounts='100'/>"
						"<segment upto='100' share='50%'/>"
						"<segment share='100%'/></policy></settlement>");

	CU_ASSERT_EQUAL(pays(&f, 6000), 0);
	CU_ASSERT_EQUAL(pays(&f, 6000), 1000);
	CU_ASSERT_EQUAL(pays(&f, 10000), 4000 + 2000);
	close_area(&f);
}

static void test_settle__reduction__is_in_percentage_points(void)
{
	struct fixture f =
		open_area(FUND BASIC "><deductible mode='none'/><segment upto='10' share='5%'/>"
				     "<segment share='85%'/>"
				     "<reduction filings='referral' points='10'/>"
				     "<reduction filings='other none' points='20'/></policy>"
				     "</settlement>");

	/* The first segment, of 5 %, pays nothing rather than less. */
	CU_ASSERT_EQUAL(pays_alone(&f, 1001000), 50 + 850000 - 0);
	f.filing = HR_FILING_REFERRAL;
	CU_ASSERT_EQUAL(pays_alone(&f, 1001000), 750000);
	f.filing = HR_FILING_OTHER;
	CU_ASSERT_EQUAL(pays_alone(&f, 1001000), 650000);
	f.filing = HR_FILING_NONE;
	CU_ASSERT_EQUAL(pays_alone(&f, 1001000), 650000);
	close_area(&f);
}

static void test_settle__three_guarantees_in_one__each_pays_of_what_is_left(void)
{
	struct fixture f = open_area(
		FUND BASIC
		"><deductible mode='visit' amounts='1000'/><segment share='60%'/></policy>"
		"<policy id='m' fund='hifmi' base='own' counter='m' "
		"segments-of='year' segments-from='deductible'>"
		"<deductible mode='year' amounts='10000'/><segment share='60%'/></policy>"
		"<policy id='a' fund='maf' base='own'><segment share='70%'/></policy>"
		"</settlement>");

	f.charges.own_fen = 50000;
	/* 61,000: 36,000; of 25,000 over 10,000 9,000; of 16,000 11,200. */
	CU_ASSERT_EQUAL(pays_alone(&f, 6100000), 3600000);
	CU_ASSERT_EQUAL(f.got.fen[HR_HIFMI_PAY], 900000);
	CU_ASSERT_EQUAL(f.got.fen[HR_MAF_PAY], 1120000);
	CU_ASSERT_EQUAL(f.got.fen[HR_FUND_PAY_SUMAMT], 5620000);
	CU_ASSERT_EQUAL(f.got.fen[HR_PSN_PART_AMT], 480000 + 50000);
	close_area(&f);
}

static void test_settle__rounding__is_where_and_as_the_area_says(void)
{
	static const struct {
		const char *how;
		int64_t pay; /* of 0.05 at 50 % and 0.05 at 50 % */
	} rows[] = {
		{ "mode='half-up' place='fund'", 5 },
		{ "mode='half-up' place='segment'", 6 },
		{ "mode='half-even' place='segment'", 4 },
		{ "mode='down' place='segment'", 4 },
		{ "mode='up' place='segment'", 6 },
		{ "mode='up' place='fund' unit='0.1'", 10 },
		{ "mode='half-up' place='fund' unit='0.1'", 10 },
		{ "mode='half-even' place='fund' unit='0.1'", 0 },
		{ "mode='down' place='fund' unit='1'", 0 },
		/* Never more than there was. */
		{ "mode='up' place='fund' unit='1'", 10 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[800];
		struct fixture f;

		snprintf(text, sizeof(text),
			 ROOT "<rounding %s/>" BASIC
			      "><deductible mode='none'/><segment upto='0.05' share='50%%'/>"
			      "<segment share='50%%'/></policy></settlement>",
			 rows[i].how);
		f = open_area(text);
		CU_ASSERT_EQUAL(pays_alone(&f, 10), rows[i].pay);
		close_area(&f);
	}
}

#define FREE "<policy id='p' fund='hifp' base='scope'><deductible mode='none'/>"
#define HALF FREE "<segment share='50%'/></policy></settlement>"

static void test_settle__accounts__pay_before_cash(void)
{
	struct fixture f = open_area(FUND "<accounts mutual-aid='apart'/>" HALF);

	f.charges.account_fen = 3000;
	f.charges.relative_fen = 4000;
	CU_ASSERT_EQUAL(pays_alone(&f, 20000), 10000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACCT_PAY], 3000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACCT_MULAID_PAY], 4000);
	CU_ASSERT_EQUAL(f.got.fen[HR_PSN_CASH_PAY], 3000);
	CU_ASSERT_EQUAL(f.got.fen[HR_BALC], 0);
	CU_ASSERT_EQUAL(pays_alone(&f, 4000), 2000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACCT_PAY], 2000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACCT_MULAID_PAY], 0);
	CU_ASSERT_EQUAL(f.got.fen[HR_BALC], 1000);
	close_area(&f);
	f = open_area(FUND "<accounts mutual-aid='account'/>" HALF);
	f.charges.account_fen = 3000;
	f.charges.relative_fen = 4000;
	CU_ASSERT_EQUAL(pays_alone(&f, 20000), 10000);
	CU_ASSERT_EQUAL(f.got.fen[HR_ACCT_PAY], 7000);
	CU_ASSERT_EQUAL(f.got.fen[HR_PSN_CASH_PAY], 3000);
	close_area(&f);
}

static void test_settle__hospitals_part__is_not_the_persons(void)
{
	struct fixture f = open_area(FUND HALF);

	f.charges.own_fen = 700;
	f.charges.hospital_fen = 500;
	CU_ASSERT_EQUAL(pays_alone(&f, 10000), 5000);
	CU_ASSERT_EQUAL(f.got.fen[HR_HOSP_PART_AMT], 500);
	CU_ASSERT_EQUAL(f.got.fen[HR_PSN_PART_AMT], 5200);
	CU_ASSERT_EQUAL(f.got.fen[HR_PSN_CASH_PAY], 5200);
	close_area(&f);
}

static bool is_same_year(const hr_year *a, const hr_year *b)
{
	for (uint32_t i = 0; i < a->count && i < HR_COUNTED_MAX; i++)
		if (a->counted[i].counter != b->counted[i].counter ||
		    a->counted[i].visits != b->counted[i].visits ||
		    a->counted[i].base_fen != b->counted[i].base_fen ||
		    a->counted[i].paid_fen != b->counted[i].paid_fen)
			return false;
	return a->count == b->count;
}

static void assert_refused(struct fixture *f, hr_error_code code)
{
	const hr_year before = f->year;
	hr_error err = { 0 };

	f->got.fen[HR_BALC] = -77;
	CU_ASSERT_FALSE(settle(f, &err));
	CU_ASSERT_EQUAL(err.code, code);
	CU_ASSERT_EQUAL(f->got.fen[HR_BALC], -77);
	CU_ASSERT_TRUE(is_same_year(&before, &f->year));
}

static void test_settle__what_cannot_be__is_refused_and_leaves_all_as_it_was(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='none'/><segment share='50%'/>"
						"</policy></settlement>");

	f.charges.scope_fen = -1;
	assert_refused(&f, HR_E_LIMIT);
	f.charges.scope_fen = HR_FEN_MAX + 1;
	assert_refused(&f, HR_E_LIMIT);
	f.charges.scope_fen = HR_FEN_MAX;
	f.charges.own_fen = 1;
	assert_refused(&f, HR_E_LIMIT);
	f.charges.own_fen = 0;
	f.charges.hospital_fen = HR_FEN_MAX;
	assert_refused(&f, HR_E_SYNTAX);
	f.charges.hospital_fen = 0;
	f.charges.relative_fen = 1;
	assert_refused(&f, HR_E_INCOMPLETE);
	f.charges.relative_fen = 0;
	CU_ASSERT_EQUAL(pays(&f, HR_FEN_MAX), HR_FEN_MAX / 2 + 1);
	/* One fen more in the year would be too many. */
	f.charges.scope_fen = 1;
	assert_refused(&f, HR_E_LIMIT);
	f.year.counted[0].base_fen = -1;
	assert_refused(&f, HR_E_LIMIT);
	f.year.count = HR_COUNTED_MAX + 1;
	assert_refused(&f, HR_E_LIMIT);
	close_area(&f);
}

static void test_settle__year_is_full__is_refused(void)
{
	struct fixture f = open_area(FUND BASIC "><deductible mode='none'/><segment share='50%'/>"
						"</policy></settlement>");

	f.year.count = HR_COUNTED_MAX;
	for (uint32_t i = 0; i < HR_COUNTED_MAX; i++)
		f.year.counted[i].counter = i + 1;
	f.charges.scope_fen = 100;
	assert_refused(&f, HR_E_LIMIT);
	f.year.counted[7].counter = 0;
	CU_ASSERT_EQUAL(pays(&f, 100), 50);
	close_area(&f);
}

/* base, deductible, reduction, segment, segment, rounded, cap, pays; cash */
static void test_settle__trace__has_every_step_with_its_policy(void)
{
	static const hr_step_kind want[] = { HR_STEP_BASE,	   HR_STEP_DEDUCTIBLE,
					     HR_STEP_REDUCTION,	   HR_STEP_SEGMENT,
					     HR_STEP_SEGMENT,	   HR_STEP_ROUNDED,
					     HR_STEP_CAP_PAYMENTS, HR_STEP_PAYS,
					     HR_STEP_CASH };
	struct fixture f =
		open_area(FUND BASIC "><deductible mode='visit' amounts='100'/>"
				     "<segment upto='1000' share='50%'/><segment share='60%'/>"
				     "<cap of='payments' per='visit' amount='500'/>"
				     "<reduction filings='exempt' points='10'/></policy>"
				     "</settlement>");

	CU_ASSERT_EQUAL(pays_alone(&f, 200000), 50000);
	CU_ASSERT_EQUAL_FATAL(f.trace.count, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < f.trace.count; i++)
		CU_ASSERT_EQUAL(f.trace.steps[i].kind, want[i]);
	HR_ASSERT_TEXT(f.trace.steps[3].policy->id, "p");
	CU_ASSERT_EQUAL(f.trace.steps[3].fen, 90000);
	CU_ASSERT_EQUAL(f.trace.steps[3].share, 400000);
	CU_ASSERT_EQUAL(f.trace.steps[4].segment, 1);
	CU_ASSERT_EQUAL(f.trace.steps[5].fen, 86000);
	CU_ASSERT_EQUAL(f.trace.steps[6].fen, 50000);
	close_area(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_settle__nanchang_at_the_deductible__pays_from_the_first_fen_above),
	HR_TEST(test_settle__tianjin_640_of_720__and_the_stored_share_is_no_way_back),
	HR_TEST(test_settle__segments__each_amount_at_its_own_share),
	HR_TEST(test_settle__segments_above_the_deductible__begin_there),
	HR_TEST(test_settle__segments_of_the_year__go_on_where_they_ended),
	HR_TEST(test_settle__deductible_of_the_year__is_borne_once),
	HR_TEST(test_settle__deductible_of_repeats__each_visit_has_its_own),
	HR_TEST(test_settle__deductible_of_each_hospital__is_counted_by_hospital),
	HR_TEST(test_settle__deductible_once_a_year__a_higher_standard_costs_the_difference),
	HR_TEST(test_settle__cap_of_payments__holds_over_the_year),
	HR_TEST(test_settle__cap_of_amounts__leaves_the_rest_to_the_large_amounts),
	HR_TEST(test_settle__cap_of_amounts_below_the_deductible__lets_no_more_be_borne),
	HR_TEST(test_settle__two_funds_above_the_cap__the_second_pays_of_what_is_left),
	HR_TEST(test_settle__segments_of_the_year_above_the_deductible__leave_out_what_was_borne),
	HR_TEST(test_settle__reduction__is_in_percentage_points),
	HR_TEST(test_settle__three_guarantees_in_one__each_pays_of_what_is_left),
	HR_TEST(test_settle__rounding__is_where_and_as_the_area_says),
	HR_TEST(test_settle__accounts__pay_before_cash),
	HR_TEST(test_settle__hospitals_part__is_not_the_persons),
	HR_TEST(test_settle__what_cannot_be__is_refused_and_leaves_all_as_it_was),
	HR_TEST(test_settle__year_is_full__is_refused),
	HR_TEST(test_settle__trace__has_every_step_with_its_policy),
};

HR_TEST_MAIN("settle", tests)
