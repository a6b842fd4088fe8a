/*
 * What holds of every settlement, over random areas and random years of
 * visits. Areas are written as XML and come through the loader, so that they
 * are such as a catalogue can have; what is expected of them is known from the
 * draw, not from the records.
 *
 * 200,000 visits; with HUREN_LONG=1 ten million. When a property fails the
 * smallest case that still fails is printed, with the seed of its area.
 */
#include "settlement/identities.h"

#include "catalog_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SEED = 20230210,
	YEAR_MAX = 6,	  /* visits of a year */
	AREA_YEARS = 300, /* years in one area */
	SEGMENTS_MAX = 4,
	STANDARDS_MAX = 3,
	EDGES_MAX = 64,
	XML_MAX = 1 << 14,
};

/* No year of six visits comes near to 16 digits. */
#define AMOUNT_MAX (HR_FEN_MAX / 64)

/* --- the draw --- */

static uint64_t state;

/* splitmix64 */
static uint64_t draw(uint64_t below)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

static bool chance(unsigned percent)
{
	return draw(100) < percent;
}

static int64_t draw_wide(void)
{
	return (int64_t)draw(UINT64_C(1) << (1 + draw(40)));
}

/* A fund's rule, as it was drawn. */
struct plan {
	bool is_there;
	hr_base base;
	hr_deductible_mode mode;
	int64_t standards[STANDARDS_MAX];
	unsigned standard_count;
	int64_t uptos[SEGMENTS_MAX];
	int32_t shares[SEGMENTS_MAX];
	unsigned segment_count;
	bool of_year;
	bool above;
	hr_cap_of cap_of;
	bool cap_per_year;
	int64_t cap;
	int32_t points[HR_FILING_COUNT];
};

struct world {
	uint64_t seed;
	hr_catalog *catalog;
	const hr_area *area;
	struct plan plans[HR_FUND_COUNT];
	int64_t unit_fen;
	hr_mutual_aid aid;
	bool each_segment;
	int64_t edges[EDGES_MAX];
	unsigned edge_count;
	char xml[XML_MAX];
};

struct visit {
	hr_charges charges;
	hr_filing filing;
	unsigned hospital;
};

static int64_t keep_edge(struct world *w, int64_t fen)
{
	if (w->edge_count < EDGES_MAX)
		w->edges[w->edge_count++] = fen;
	return fen;
}

static int32_t draw_share(void)
{
	static const int32_t round[] = { 0, 500000, 850000, 900000, 1000000 };

	return chance(50) ? round[draw(5)] : (int32_t)draw(HR_SHARE_ONE + 1);
}

static void draw_deductible(struct world *w, struct plan *p, bool is_basic)
{
	p->mode = (hr_deductible_mode)draw(HR_DEDUCTIBLE_ONCE + 1);
	if (!is_basic && chance(50))
		p->mode = HR_DEDUCTIBLE_NONE;
	if (p->mode == HR_DEDUCTIBLE_NONE)
		return;
	p->standard_count = p->mode == HR_DEDUCTIBLE_VISIT ? 1 + (unsigned)draw(STANDARDS_MAX) : 1;
	for (unsigned i = 0; i < p->standard_count; i++)
		p->standards[i] = keep_edge(w, (int64_t)draw(200000));
}

/* Half of them as 医保发〔2022〕22号 wants it: whoever has not filed loses most, an emergency
 * nothing. */
static void draw_points(struct plan *p)
{
	if (chance(30))
		return;
	if (chance(40)) {
		for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
			p->points[i] = chance(50) ? (int32_t)draw(400000) : 0;
		return;
	}
	p->points[HR_FILING_REFERRAL] = (int32_t)draw(100001);
	p->points[HR_FILING_OTHER] = p->points[HR_FILING_REFERRAL] + (int32_t)draw(100001);
	p->points[HR_FILING_NONE] = p->points[HR_FILING_OTHER] + (int32_t)draw(300000);
}

static void draw_plan(struct world *w, hr_fund fund)
{
	struct plan *p = &w->plans[fund];
	const bool is_basic = fund == HR_FUND_HIFP;
	int64_t upto = 0;

	*p = (struct plan){ .is_there = is_basic || chance(25) };
	if (!p->is_there)
		return;
	p->base = is_basic ? HR_BASE_SCOPE : chance(50) ? HR_BASE_OWN : HR_BASE_OVER_CAP;
	draw_deductible(w, p, is_basic);
	p->segment_count = 1 + (unsigned)draw(SEGMENTS_MAX);
	for (unsigned i = 0; i < p->segment_count; i++) {
		upto += 1 + draw_wide() % 10000000;
		p->uptos[i] = keep_edge(w, upto);
		p->shares[i] = draw_share();
	}
	p->of_year = chance(50);
	p->above = chance(40);
	p->cap_of = (hr_cap_of)draw(3);
	p->cap_per_year = chance(60);
	p->cap = keep_edge(w, draw_wide() % 30000000);
	draw_points(p);
}

/* --- the area as XML --- */

static void add_yuan(hr_buf *out, const char *before, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_buf_addf(out, "%s%.*s", before, HR_STR_ARG(hr_money_format((hr_money){ fen }, text)));
}

static void add_percent(hr_buf *out, const char *before, int32_t millionths, const char *after)
{
	char text[HR_MONEY_TEXT];

	hr_buf_addf(out, "%s%.*s%s", before, HR_STR_ARG(hr_decimal_format(millionths, 4, text)),
		    after);
}

static void write_parts(const struct plan *p, hr_buf *out)
{
	static const char *const modes[] = { "none", "visit", "year", "hospital-year", "once" };

	hr_buf_addf(out, "<deductible mode='%s'", modes[p->mode]);
	for (unsigned i = 0; i < p->standard_count; i++)
		add_yuan(out, i ? " " : " amounts='", p->standards[i]);
	hr_buf_addf(out, "%s/>\n", p->standard_count ? "'" : "");
	for (unsigned i = 0; i < p->segment_count; i++) {
		HR_BUF_ADD(out, "<segment");
		if (i + 1 < p->segment_count)
			add_yuan(out, " upto='", p->uptos[i]);
		add_percent(out, i + 1 < p->segment_count ? "' share='" : " share='", p->shares[i],
			    "%'/>\n");
	}
	if (p->cap_of) {
		hr_buf_addf(out, "<cap of='%s' per='%s'",
			    p->cap_of == HR_CAP_PAYMENTS ? "payments" : "amounts",
			    p->cap_per_year ? "year" : "visit");
		add_yuan(out, " amount='", p->cap);
		HR_BUF_ADD(out, "'/>\n");
	}
	for (hr_filing i = 0; i < HR_FILING_COUNT; i++) {
		if (!p->points[i])
			continue;
		hr_buf_addf(out, "<reduction filings='%.*s'", HR_STR_ARG(hr_filing_word(i)));
		add_percent(out, " points='", p->points[i], "'/>\n");
	}
}

static void write_policy(const struct plan *p, hr_fund fund, hr_buf *out)
{
	static const char *const bases[] = { "scope", "own", "over-cap" };
	const int word = (int)hr_fund_word(fund).len;

	hr_buf_addf(out, "<policy id='p%d' fund='%.*s' base='%s' counter='c%d'%s%s>\n", fund, word,
		    hr_fund_word(fund).data, bases[p->base], fund,
		    p->of_year ? " segments-of='year'" : "",
		    p->above ? " segments-from='deductible'" : "");
	write_parts(p, out);
	HR_BUF_ADD(out, "</policy>\n");
}

static void write_area(struct world *w)
{
	static const char *const modes[] = { "half-up", "half-even", "down", "up" };
	static const char *const units[] = { "0.01", "0.1", "1" };
	static const int64_t fen[] = { 1, 10, 100 };
	static const char *const places[] = { "", "<accounts mutual-aid='apart'/>\n",
					      "<accounts mutual-aid='account'/>\n" };
	const unsigned unit = (unsigned)draw(3);
	hr_buf out;

	w->unit_fen = fen[unit];
	w->each_segment = chance(50);
	w->aid = (hr_mutual_aid)draw(3);
	hr_buf_init_over(&out, w->xml, sizeof(w->xml));
	hr_buf_addf(&out,
		    "<settlement xmlns='urn:huren:catalogue:1' source='s' grade='synthetic' "
		    "region='91'>\n<rounding mode='%s' place='%s' unit='%s'/>\n%s",
		    modes[draw(4)], w->each_segment ? "segment" : "fund", units[unit],
		    places[w->aid]);
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
		if (w->plans[i].is_there)
			write_policy(&w->plans[i], i, &out);
	HR_BUF_ADD(&out, "</settlement>\n");
	if (out.failed)
		abort();
}

static void open_world(struct world *w, uint64_t seed)
{
	hr_arena *arena = hr_test_arena();
	hr_fileset files;
	hr_error err;

	state = seed;
	*w = (struct world){ .seed = seed };
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
		draw_plan(w, i);
	write_area(w);
	files = fixture_files(arena, NULL, "s.xml", w->xml);
	if (!hr_catalog_build(&files, NULL, HR_STR("t"), (hr_instant){ 0 }, &w->catalog, &err)) {
		fprintf(stderr, "%s\n%s", err.message, w->xml);
		abort();
	}
	w->area = hr_catalog_find_area(w->catalog, HR_STR("910000"));
	hr_arena_close(arena);
}

/* --- visits --- */

static int64_t draw_amount(const struct world *w)
{
	const unsigned kind = (unsigned)draw(100);
	int64_t fen = draw_wide();

	if (kind < 10)
		return 0;
	if (kind < 60 && w->edge_count) {
		fen = w->edges[draw(w->edge_count)] + (int64_t)draw(3) - 1;
		return fen < 0 ? 0 : fen;
	}
	return kind < 61 ? AMOUNT_MAX : fen;
}

static struct visit draw_visit(const struct world *w)
{
	struct visit v = {
		.filing = (hr_filing)draw(HR_FILING_COUNT),
		.hospital = (unsigned)draw(3),
		.charges = { .scope_fen = draw_amount(w) },
	};
	hr_charges *c = &v.charges;

	if (chance(30))
		c->own_fen = draw_wide();
	if (chance(20))
		c->over_fen = draw_wide();
	if (chance(20))
		c->first_fen = draw_wide();
	if (chance(20))
		c->account_fen = draw_amount(w);
	if (w->aid && chance(20))
		c->relative_fen = draw_amount(w);
	if (chance(10))
		c->hospital_fen = (int64_t)draw((uint64_t)(c->own_fen + c->over_fen) + 1);
	return v;
}

/* A year under way; after a refusal, which none of these visits should meet, nothing counts. */
struct year {
	hr_year year;
	hr_settlement got;
	hr_trace trace;
	bool refused;
};

static void settle(const struct world *w, const struct visit *v, struct year *y)
{
	static const char *const hospitals[] = { "H0", "H1", "H2" };
	hr_scope_key key = hr_scope_key_init();
	hr_rules rules;
	hr_error err;

	if (hr_rules_find(w->area, &key, v->filing, HR_DATE_MIN, 0, &rules) != 1)
		abort();
	rules.hospital = hr_str_of(hospitals[v->hospital]);
	if (!hr_settle(&rules, &v->charges, &y->year, &y->got, &y->year, &y->trace, &err))
		y->refused = true;
}

/* --- properties: NULL, or what does not hold --- */

/* The year's visits in their order, and room to work in. */
struct case_ {
	const struct world *world;
	const struct visit *visits;
	size_t count;
	struct year *year;
	struct year *other;
};

#define HOLDS(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return #condition;                                                         \
	} while (0)

static void begin(struct year *y)
{
	y->year.count = 0;
	y->refused = false;
}

static const char *identities_hold(const struct case_ *c)
{
	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		const hr_charges *charges = &c->visits[i].charges;
		const hr_settlement *s = &c->year->got;
		hr_breaches breaches;

		settle(c->world, &c->visits[i], c->year);
		HOLDS(!c->year->refused);
		breaches = hr_identities_check(s, c->world->aid, s->fen[HR_FUND_PAY_SUMAMT]);
		HOLDS(breaches.count == breaches.notes);
		for (hr_amount a = 0; a < HR_AMOUNT_COUNT; a++)
			HOLDS(s->fen[a] >= 0);
		HOLDS(s->fen[HR_INSCP_SCP_AMT] == charges->scope_fen);
		HOLDS(s->fen[HR_FUND_PAY_SUMAMT] <= charges->scope_fen);
		HOLDS(s->fen[HR_MEDFEE_SUMAMT] == charges->own_fen + charges->over_fen +
							  charges->first_fen + charges->scope_fen);
		HOLDS(s->pool_prop >= 0 && s->pool_prop <= 10000);
	}
	return NULL;
}

/* Accounts pay before cash, and no more than they have. */
static const char *accounts_come_first(const struct case_ *c)
{
	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		const hr_charges *charges = &c->visits[i].charges;
		const int64_t *fen = c->year->got.fen;
		int64_t own;

		settle(c->world, &c->visits[i], c->year);
		own = fen[HR_ACCT_PAY];
		if (c->world->aid == HR_MUTUAL_AID_ACCOUNT)
			own -= fen[HR_ACCT_MULAID_PAY];
		HOLDS(own + fen[HR_BALC] == charges->account_fen);
		HOLDS(fen[HR_ACCT_MULAID_PAY] <= charges->relative_fen);
		HOLDS(!fen[HR_ACCT_MULAID_PAY] || fen[HR_BALC] == 0);
		HOLDS(!fen[HR_PSN_CASH_PAY] ||
		      (fen[HR_BALC] == 0 && fen[HR_ACCT_MULAID_PAY] == charges->relative_fen));
		HOLDS(own + fen[HR_ACCT_MULAID_PAY] + fen[HR_PSN_CASH_PAY] == fen[HR_PSN_PART_AMT]);
	}
	return NULL;
}

/* What of the basic fund's standard is due, by the draw: borne so far, at whose hospital, or how
 * often. */
static int64_t due_of(const struct case_ *c, size_t visit, const int64_t *borne)
{
	const struct plan *p = &c->world->plans[HR_FUND_HIFP];
	const unsigned last = p->standard_count - 1;
	int64_t used = 0;

	switch (p->mode) {
	case HR_DEDUCTIBLE_NONE:
		return 0;
	case HR_DEDUCTIBLE_VISIT:
		return p->standards[visit < last ? visit : last];
	case HR_DEDUCTIBLE_ONCE:
		return visit ? 0 : p->standards[0];
	default:
		for (size_t i = 0; i < visit; i++)
			if (p->mode == HR_DEDUCTIBLE_YEAR ||
			    c->visits[i].hospital == c->visits[visit].hospital)
				used += borne[i];
		return p->standards[0] - used;
	}
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Below the deductible nothing; the year's deductible never passes its standard. */
static const char *deductible_comes_first(const struct case_ *c)
{
	const struct plan *p = &c->world->plans[HR_FUND_HIFP];
	int64_t borne[YEAR_MAX];
	int64_t base = 0;

	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		const int64_t scope = c->visits[i].charges.scope_fen;
		const int64_t due = due_of(c, i, borne);
		const int64_t *fen = c->year->got.fen;
		int64_t counted = scope;

		if (p->cap_of == HR_CAP_AMOUNTS)
			counted = least(scope, p->cap_per_year && base > p->cap ? 0
					       : p->cap_per_year		? p->cap - base
										: p->cap);
		settle(c->world, &c->visits[i], c->year);
		borne[i] = fen[HR_ACT_PAY_DEDC];
		base += scope;
		HOLDS(due >= 0);
		HOLDS(borne[i] == least(due, counted));
		HOLDS(counted > due || fen[HR_HIFP_PAY] == 0);
	}
	return NULL;
}

/* Of each fund the year's pay, and the amounts that a cap of them may let in. */
static const char *check_caps(const struct case_ *c, const int64_t paid[HR_FUND_COUNT])
{
	for (hr_fund i = 0; i < HR_FUND_COUNT; i++) {
		const struct plan *p = &c->world->plans[i];

		HOLDS(p->is_there || c->year->got.fen[HR_PAY_OF(i)] == 0);
		HOLDS(!p->cap_of || c->year->got.fen[HR_PAY_OF(i)] <= p->cap);
		HOLDS(!p->cap_of || !p->cap_per_year || paid[i] <= p->cap);
	}
	return NULL;
}

/* In any order: as they come, and in two others. */
static const char *caps_hold(const struct case_ *c)
{
	for (size_t step = 1; step <= YEAR_MAX; step += 2) {
		int64_t paid[HR_FUND_COUNT] = { 0 };
		uint64_t taken = 0;

		begin(c->year);
		for (size_t n = 0, at = 0; n < c->count; n++, at += step) {
			const char *broken;

			at %= c->count;
			while (taken >> at & 1)
				at = (at + 1) % c->count;
			taken |= UINT64_C(1) << at;
			settle(c->world, &c->visits[at], c->year);
			HOLDS(!c->year->refused);
			for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
				paid[i] += c->year->got.fen[HR_PAY_OF(i)];
			broken = check_caps(c, paid);
			if (broken)
				return broken;
		}
	}
	return NULL;
}

/* The year up to the last visit; that one is then settled in two ways. */
static void run_up(const struct case_ *c)
{
	begin(c->year);
	for (size_t i = 0; i + 1 < c->count; i++)
		settle(c->world, &c->visits[i], c->year);
	c->other->year = c->year->year;
	c->other->refused = c->year->refused;
}

/* So unfiled never beats filed where it is reduced by more, nor another filing an emergency. */
static const char *more_points_never_pay_more(const struct case_ *c)
{
	const struct plan *p = &c->world->plans[HR_FUND_HIFP];
	struct visit v = c->visits[c->count - 1];
	const hr_filing filing = v.filing;

	for (hr_filing i = 0; i < HR_FILING_COUNT; i++) {
		run_up(c);
		v.filing = filing;
		settle(c->world, &v, c->year);
		v.filing = i;
		settle(c->world, &v, c->other);
		HOLDS(p->points[i] < p->points[filing] ||
		      c->other->got.fen[HR_HIFP_PAY] <= c->year->got.fen[HR_HIFP_PAY]);
		HOLDS(p->points[i] != p->points[filing] ||
		      c->other->got.fen[HR_HIFP_PAY] == c->year->got.fen[HR_HIFP_PAY]);
		HOLDS(c->other->got.fen[HR_ACT_PAY_DEDC] == c->year->got.fen[HR_ACT_PAY_DEDC]);
	}
	return NULL;
}

static const char *more_in_scope_never_pays_less(const struct case_ *c)
{
	struct visit v = c->visits[c->count - 1];

	run_up(c);
	settle(c->world, &v, c->year);
	v.charges.scope_fen += 1 + v.charges.own_fen;
	settle(c->world, &v, c->other);
	HOLDS(c->other->got.fen[HR_HIFP_PAY] >= c->year->got.fen[HR_HIFP_PAY]);
	HOLDS(c->other->got.fen[HR_ACT_PAY_DEDC] >= c->year->got.fen[HR_ACT_PAY_DEDC]);
	return NULL;
}

static bool is_same_year(const hr_year *a, const hr_year *b)
{
	for (uint32_t i = 0; i < a->count && i < b->count; i++) {
		const hr_counted *x = &a->counted[i];
		const hr_counted *y = &b->counted[i];

		if (x->counter != y->counter || x->visits != y->visits ||
		    !hr_str_equal(x->hospital, y->hospital) ||
		    x->deductible_fen != y->deductible_fen || x->standard_fen != y->standard_fen ||
		    x->base_fen != y->base_fen || x->paid_fen != y->paid_fen)
			return false;
	}
	return a->count == b->count;
}

/* Adding a line that is out of scope changes no fund; the person bears all of it. */
static const char *out_of_scope_is_the_persons(const struct case_ *c)
{
	struct visit v = c->visits[c->count - 1];
	const int64_t more = 1 + v.charges.first_fen;

	run_up(c);
	settle(c->world, &v, c->year);
	v.charges.own_fen += more;
	settle(c->world, &v, c->other);
	for (hr_amount i = HR_ACT_PAY_DEDC; i <= HR_FUND_PAY_SUMAMT; i++)
		HOLDS(c->year->got.fen[i] == c->other->got.fen[i]);
	HOLDS(c->other->got.fen[HR_PSN_PART_AMT] == c->year->got.fen[HR_PSN_PART_AMT] + more);
	HOLDS(is_same_year(&c->year->year, &c->other->year));
	return NULL;
}

/* The same again is the same, with and without its steps, into another state or into its own. */
static const char *again_is_the_same(const struct case_ *c)
{
	hr_settlement first[YEAR_MAX];

	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		settle(c->world, &c->visits[i], c->year);
		first[i] = c->year->got;
	}
	begin(c->other);
	for (size_t i = 0; i < c->count; i++) {
		settle(c->world, &c->visits[i], c->other);
		HOLDS(memcmp(first[i].fen, c->other->got.fen, sizeof(first[i].fen)) == 0);
		HOLDS(first[i].pool_prop == c->other->got.pool_prop);
	}
	HOLDS(is_same_year(&c->year->year, &c->other->year));
	return NULL;
}

/* A year without a visit, and then with it again: as it was, to every counter. */
static const char *taken_away_and_put_back_is_as_it_was(const struct case_ *c)
{
	const size_t away = c->count / 2;
	hr_year before;

	begin(c->other);
	for (size_t i = 0; i < c->count; i++)
		settle(c->world, &c->visits[i], c->other);
	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		if (i == away)
			before = c->year->year;
		settle(c->world, &c->visits[i], c->year);
	}
	/* Away with it and all behind it, those behind settled anew, away again, and all put back.
	 */
	for (int with = 0; with < 2; with++) {
		c->year->year = before;
		for (size_t i = with ? away : away + 1; i < c->count; i++)
			settle(c->world, &c->visits[i], c->year);
	}
	HOLDS(is_same_year(&c->year->year, &c->other->year));
	return NULL;
}

/* The year counts what was paid, fund by fund, and nothing else. */
static const char *year_counts_what_was_paid(const struct case_ *c)
{
	int64_t paid[HR_FUND_COUNT] = { 0 };
	int64_t borne = 0;
	int64_t scope = 0;

	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		settle(c->world, &c->visits[i], c->year);
		scope += c->visits[i].charges.scope_fen;
		borne += c->year->got.fen[HR_ACT_PAY_DEDC];
		for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++)
			paid[fund] += c->year->got.fen[HR_PAY_OF(fund)];
	}
	for (uint32_t i = 0; i < c->year->year.count; i++) {
		const hr_counted *row = &c->year->year.counted[i];
		const hr_str name = hr_catalog_get_counter(c->world->catalog, row->counter);

		if (row->hospital.len)
			continue;
		HOLDS(row->visits == c->count);
		HOLDS(row->paid_fen == paid[name.data[1] - '0']);
		HOLDS(row->paid_fen + row->deductible_fen <= row->base_fen);
		HOLDS(name.data[1] != '0' || row->deductible_fen == borne);
		HOLDS(name.data[1] != '0' || row->base_fen == scope);
	}
	return NULL;
}

/* Does the basic fund look at nothing but the year's sums? */
static bool is_of_year(const struct plan *p)
{
	return p->of_year && (p->mode == HR_DEDUCTIBLE_NONE || p->mode == HR_DEDUCTIBLE_YEAR) &&
	       (!p->cap_of || p->cap_per_year);
}

/* Of a fund that counts by the year it is all one whether a visit comes whole or in two; but for
 * rounding. */
static const char *in_two_parts_is_as_whole(const struct case_ *c)
{
	const struct plan *p = &c->world->plans[HR_FUND_HIFP];
	const int64_t rounded = c->world->unit_fen * (int64_t)p->segment_count * 3;
	struct visit v = c->visits[c->count - 1];
	struct visit rest = v;
	int64_t whole;
	int64_t parts;

	if (!is_of_year(p))
		return NULL;
	run_up(c);
	settle(c->world, &v, c->year);
	whole = c->year->got.fen[HR_HIFP_PAY];
	v.charges.scope_fen = v.charges.scope_fen / 3;
	rest.charges.scope_fen -= v.charges.scope_fen;
	settle(c->world, &v, c->other);
	parts = c->other->got.fen[HR_HIFP_PAY];
	settle(c->world, &rest, c->other);
	parts += c->other->got.fen[HR_HIFP_PAY];
	HOLDS(parts - whole <= rounded && whole - parts <= rounded);
	HOLDS(c->year->year.counted[0].deductible_fen == c->other->year.counted[0].deductible_fen);
	HOLDS(c->year->year.counted[0].base_fen == c->other->year.counted[0].base_fen);
	return NULL;
}

/* Of one fund: its steps, from *at on. What is over the deductible is in the segments, each fen
 * once. */
static const char *check_steps(const struct case_ *c, hr_fund fund, uint32_t *at)
{
	const hr_trace *trace = &c->year->trace;
	int64_t counted = 0;
	int64_t segments = 0;
	__int128 exact = 0;

	for (; *at < trace->count && trace->steps[*at].kind < HR_STEP_PAYS; (*at)++) {
		const hr_settle_step *step = &trace->steps[*at];

		HOLDS(step->fund == fund);
		if (step->kind == HR_STEP_BASE || step->kind == HR_STEP_CAP_AMOUNTS)
			counted = step->fen;
		if (step->kind == HR_STEP_DEDUCTIBLE)
			counted -= step->fen;
		if (step->kind != HR_STEP_SEGMENT)
			continue;
		HOLDS(step->fen > 0);
		segments += step->fen;
		exact += (__int128)step->fen * step->share;
	}
	HOLDS(segments == counted);
	HOLDS(*at < trace->count && trace->steps[*at].kind == HR_STEP_PAYS);
	HOLDS(trace->steps[*at].fen == c->year->got.fen[HR_PAY_OF(fund)]);
	/* Never more than the shares give, but for one rounding of each segment. */
	HOLDS((__int128)trace->steps[*at].fen * HR_SHARE_ONE <=
	      exact + (__int128)c->world->unit_fen * HR_SHARE_ONE * SEGMENTS_MAX);
	++*at;
	return NULL;
}

static const char *steps_tell_all(const struct case_ *c)
{
	begin(c->year);
	for (size_t i = 0; i < c->count; i++) {
		uint32_t at = 0;

		settle(c->world, &c->visits[i], c->year);
		for (hr_fund fund = 0; fund < HR_FUND_COUNT; fund++) {
			const char *broken =
				c->world->plans[fund].is_there ? check_steps(c, fund, &at) : NULL;

			if (broken)
				return broken;
		}
		HOLDS(c->year->trace.steps[c->year->trace.count - 1].kind == HR_STEP_CASH);
	}
	return NULL;
}

static const struct property {
	const char *name;
	const char *(*check)(const struct case_ *c);
} properties[] = {
	{ "identities hold, and no amount is negative", identities_hold },
	{ "accounts pay before cash", accounts_come_first },
	{ "the deductible is borne first, and not more than its standard", deductible_comes_first },
	{ "caps hold, of a visit and of a year in any order", caps_hold },
	{ "a filing with more points off never pays more", more_points_never_pay_more },
	{ "more in scope never pays less", more_in_scope_never_pays_less },
	{ "what is out of scope is the person's, all of it", out_of_scope_is_the_persons },
	{ "the year counts what was paid", year_counts_what_was_paid },
	{ "the same again is the same", again_is_the_same },
	{ "a visit taken away and put back leaves the year as it was",
	  taken_away_and_put_back_is_as_it_was },
	{ "of a fund of the year, two parts are as the whole", in_two_parts_is_as_whole },
	{ "the steps tell all", steps_tell_all },
};

enum { PROPERTY_COUNT = sizeof(properties) / sizeof(properties[0]) };

/* --- the smallest case --- */

static bool still_fails(const struct case_ *c, const struct visit *visits, size_t count,
			const struct property *property)
{
	struct case_ smaller = *c;

	smaller.visits = visits;
	smaller.count = count;
	return count && property->check(&smaller);
}

static size_t drop_visits(const struct case_ *c, struct visit *visits, size_t count,
			  const struct property *property)
{
	for (size_t i = 0; i < count;) {
		struct visit fewer[YEAR_MAX];

		memcpy(fewer, visits, i * sizeof(*visits));
		memcpy(fewer + i, visits + i + 1, (count - i - 1) * sizeof(*visits));
		if (!still_fails(c, fewer, count - 1, property)) {
			i++;
			continue;
		}
		memcpy(visits, fewer, (count - 1) * sizeof(*visits));
		count--;
	}
	return count;
}

/* Nothing, a half, a fen less: as far down as it still fails. */
static void lower(const struct case_ *c, struct visit *visits, size_t count, int64_t *fen,
		  const struct property *property)
{
	for (;;) {
		const int64_t was = *fen;
		const int64_t tries[] = { 0, was / 2, was - was / 8, was - 1 };
		size_t i = 0;

		for (; was && i < 4; i++) {
			*fen = tries[i];
			if (*fen < was && still_fails(c, visits, count, property))
				break;
		}
		if (was && i < 4)
			continue;
		*fen = was;
		return;
	}
}

static size_t shrink(const struct case_ *c, struct visit *visits, const struct property *property)
{
	size_t count = drop_visits(c, visits, c->count, property);

	for (size_t i = 0; i < count; i++) {
		hr_charges *charges = &visits[i].charges;
		int64_t *const amounts[] = { &charges->hospital_fen, &charges->own_fen,
					     &charges->over_fen,     &charges->first_fen,
					     &charges->account_fen,  &charges->relative_fen,
					     &charges->scope_fen };

		for (size_t j = 0; j < sizeof(amounts) / sizeof(amounts[0]); j++)
			lower(c, visits, count, amounts[j], property);
	}
	return count;
}

static void tell(const struct case_ *c, const struct property *property)
{
	struct visit visits[YEAR_MAX];
	struct case_ smallest = *c;

	memcpy(visits, c->visits, c->count * sizeof(*visits));
	smallest.visits = visits;
	smallest.count = shrink(c, visits, property);
	fprintf(stderr, "does not hold: %s\n  %s\nseed of the area: %" PRIu64 "\n%s",
		property->name, property->check(&smallest), c->world->seed, c->world->xml);
	for (size_t i = 0; i < smallest.count; i++) {
		const hr_charges *v = &visits[i].charges;

		fprintf(stderr,
			"visit %zu in fen: own %" PRId64 ", over %" PRId64 ", first %" PRId64
			", scope %" PRId64 ", hospital's part %" PRId64 ", account %" PRId64
			", relative %" PRId64 "; filing %.*s, at H%u\n",
			i, v->own_fen, v->over_fen, v->first_fen, v->scope_fen, v->hospital_fen,
			v->account_fen, v->relative_fen,
			HR_STR_ARG(hr_filing_word(visits[i].filing)), visits[i].hospital);
	}
}

/* --- the run --- */

static bool try_year(const struct world *w, struct year *room, size_t *visits)
{
	struct visit year[YEAR_MAX];
	struct case_ c = { .world = w, .visits = year, .year = &room[0], .other = &room[1] };

	c.count = 1 + draw(YEAR_MAX);
	for (size_t i = 0; i < c.count; i++)
		year[i] = draw_visit(w);
	*visits += c.count;
	for (size_t i = 0; i < PROPERTY_COUNT; i++)
		if (properties[i].check(&c)) {
			tell(&c, &properties[i]);
			return false;
		}
	return true;
}

static void test_settle__random_years_in_random_areas__all_properties_hold(void)
{
	const size_t wanted = getenv("HUREN_LONG") ? 10000000 : 200000;
	hr_arena *arena = hr_test_arena();
	struct world *w = HR_NEW(arena, struct world);
	struct year *room = HR_NEW_N(arena, struct year, 2);
	size_t visits = 0;
	size_t areas = 0;
	bool ok = w && room;

	while (ok && visits < wanted) {
		open_world(w, SEED + areas++);
		for (size_t i = 0; ok && i < AREA_YEARS; i++)
			ok = try_year(w, room, &visits);
		hr_catalog_unref(w->catalog);
	}
	fprintf(stderr, "seed %d: %zu visits in %zu areas, %d properties\n", SEED, visits, areas,
		PROPERTY_COUNT);
	CU_ASSERT_TRUE(ok);
	hr_arena_close(arena);
}

/* --- what the policies themselves say --- */

/* A visit to an area, in words that scopes know. */
struct words {
	const char *insurance, *person, *type, *level, *care;
	hr_filing filing;
	uint8_t age;
	int64_t scope_fen;
	const char *on;
};

static const char *pick(const char *const *words, size_t count)
{
	return words[draw(count)];
}

static struct words draw_words(void)
{
	static const char *const insurances[] = { "310", "390" };
	static const char *const types[] = { "11", "14", "21", "24" };
	static const char *const levels[] = { "1", "2", "3" };
	static const char *const places[] = { "110105", "120101", "130302", "360102",
					      "440300", "220102", "140105" };

	return (struct words){
		.insurance = pick(insurances, 2),
		.person = "1101",
		.type = pick(types, 4),
		.level = pick(levels, 3),
		.care = pick(places, 7),
		.filing = (hr_filing)draw(HR_FILING_COUNT),
		.age = (uint8_t)draw(100),
		.scope_fen = draw_wide() % 100000000,
		.on = chance(50) ? "2022-06-01" : "2025-06-01",
	};
}

/* What the basic fund pays in a fresh year; -1 where no policy is for the visit. */
static int64_t paid_for(const hr_catalog *catalog, const hr_area *area, const struct words *w)
{
	const hr_charges charges = { .scope_fen = w->scope_fen };
	hr_scope_key key = hr_scope_key_init();
	hr_date on = fixture_day(w->on);
	hr_year year = { .count = 0 };
	hr_settlement got;
	hr_rules rules;
	hr_error err;
	bool home;

	hr_scope_key_add(catalog, HR_DIMENSION_INSURANCE, hr_str_of(w->insurance), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_PERSON, hr_str_of(w->person), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_VISIT, hr_str_of(w->type), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_CONDITION, HR_STR("M04600"), &key);
	hr_scope_key_add(catalog, HR_DIMENSION_LEVEL, hr_str_of(w->level), &key);
	key.age = w->age;
	hr_area_find_zone(area, hr_str_of(w->care), on, &key, &home);
	hr_scope_key_set_filing(w->filing, &key);
	if (!hr_rules_find(area, &key, w->filing, on, 0, &rules))
		return -1;
	rules.hospital = HR_STR("H1");
	HR_ASSERT_OK(hr_settle(&rules, &charges, &year, &got, &year, NULL, &err), err);
	return got.fen[HR_HIFP_PAY];
}

/* That who comes second is not paid less; how many such pairs there were is counted. */
static void compare(const hr_catalog *catalog, const hr_area *area, const struct words *first,
		    const struct words *second, size_t *pairs)
{
	const int64_t less = paid_for(catalog, area, first);
	const int64_t more = paid_for(catalog, area, second);

	if (less < 0 || more < 0)
		return;
	++*pairs;
	if (more >= less)
		return;
	CU_FAIL("the second is paid less");
	fprintf(stderr,
		"area %.*s, %s %s level %s in %s, %" PRId64 " fen: person %s filing %.*s is paid "
		"%" PRId64 ", person %s filing %.*s level %s only %" PRId64 "\n",
		HR_STR_ARG(area->region), first->insurance, first->type, first->level, first->care,
		first->scope_fen, first->person, HR_STR_ARG(hr_filing_word(first->filing)), less,
		second->person, HR_STR_ARG(hr_filing_word(second->filing)), second->level, more);
}

/* Not laws of arithmetic: an area could say otherwise. Those of the sample, which has sources, do
 * not. */
static void test_settle__sample_policies__order_people_filings_and_levels(void)
{
	const size_t tries = getenv("HUREN_LONG") ? 1000000 : 20000;
	size_t pairs[4] = { 0 };
	hr_catalog *catalog = NULL;
	hr_error err;

	state = SEED;
	HR_ASSERT_OK(hr_catalog_open_folder("catalog/sample/official", NULL, &catalog, &err), err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(catalog);
	for (size_t i = 0; i < tries; i++) {
		const hr_area *area =
			hr_catalog_get_area(catalog, draw(hr_catalog_area_count(catalog)));
		const struct words w = draw_words();
		struct words retired = w;
		struct words unfiled = w;
		struct words other = w;
		struct words emergency = w;
		struct words lower = w;

		retired.person = "1201";
		unfiled.filing = HR_FILING_NONE;
		other.filing = HR_FILING_OTHER;
		emergency.filing = HR_FILING_EMERGENCY;
		lower.level = "1";
		compare(catalog, area, &w, &retired, &pairs[0]);
		compare(catalog, area, &unfiled, &w, &pairs[1]);
		compare(catalog, area, &other, &emergency, &pairs[2]);
		compare(catalog, area, &w, &lower, &pairs[3]);
	}
	fprintf(stderr, "pairs: %zu retired, %zu unfiled, %zu emergencies, %zu of a lower level\n",
		pairs[0], pairs[1], pairs[2], pairs[3]);
	for (size_t i = 0; i < 4; i++)
		CU_ASSERT(pairs[i] > tries / 100);
	hr_catalog_unref(catalog);
}

static const hr_test tests[] = {
	HR_TEST(test_settle__random_years_in_random_areas__all_properties_hold),
	HR_TEST(test_settle__sample_policies__order_people_filings_and_levels),
};
HR_TEST_MAIN("settle_properties", tests)
