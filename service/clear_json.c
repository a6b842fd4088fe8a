#include "service/clear.h"

hr_str hr_clear_fault_word(hr_clear_fault_kind kind)
{
	static const hr_str words[] = {
		[HR_CLEAR_BAD] = HR_STR_INIT("malformed"),
		[HR_CLEAR_UNSOUND] = HR_STR_INIT("identity"),
		[HR_CLEAR_REPEATED] = HR_STR_INIT("repeated"),
		[HR_CLEAR_DISPUTED] = HR_STR_INIT("disputed"),
		[HR_CLEAR_REVERSAL] = HR_STR_INIT("reversal"),
		[HR_CLEAR_OTHER_SIDE] = HR_STR_INIT("one-side"),
		[HR_CLEAR_DIFFERENT] = HR_STR_INIT("different"),
	};

	return words[kind];
}

static void add_count(hr_json_writer *w, hr_str name, uint64_t count)
{
	hr_json_name(w, name);
	hr_json_int(w, (int64_t)count);
}

static void add_money(hr_json_writer *w, hr_str name, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_json_member(w, name, hr_money_format((hr_money){ fen }, text));
}

/* Ten-thousandths. */
static void add_share(hr_json_writer *w, hr_str name, int64_t share)
{
	char text[HR_MONEY_TEXT];

	hr_json_member(w, name, hr_decimal_format(share, 4, text));
}

static void add_part(hr_json_writer *w, hr_str name, int64_t part, int64_t whole)
{
	if (whole > 0 && part >= 0)
		add_share(w, name, (int64_t)(((__int128)part * 10000 + whole / 2) / whole));
}

/* In an object that is open. */
static void add_sum(hr_json_writer *w, const hr_clear_sum *sum, bool persons)
{
	add_count(w, HR_STR("settlements"), sum->settlements);
	add_count(w, HR_STR("reversals"), sum->reversals);
	if (persons)
		add_count(w, HR_STR("persons"), sum->persons);
	hr_json_name(w, HR_STR("amounts"));
	hr_json_open_object(w);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (i != HR_BALC)
			add_money(w, hr_amount_word(i), sum->fen[i]);
	hr_json_close_object(w);
}

static void add_period(hr_json_writer *w, const hr_clear_options *options)
{
	char text[HR_INSTANT_TEXT];

	hr_json_name(w, HR_STR("period"));
	hr_json_open_object(w);
	hr_json_member(w, HR_STR("from"), hr_instant_format(options->from, text));
	hr_json_member(w, HR_STR("before"), hr_instant_format(options->to, text));
	hr_json_close_object(w);
}

static void add_places(hr_json_writer *w, hr_str name, const hr_clear_telling *t,
		       const hr_clear_fault *items, size_t count, bool kinds)
{
	hr_json_name(w, name);
	hr_json_open_array(w);
	for (size_t i = 0; i < count; i++) {
		hr_json_open_object(w);
		if (kinds)
			hr_json_member(w, HR_STR("kind"), hr_clear_fault_word(items[i].kind));
		hr_json_member(w, HR_STR("file"), hr_str_of(t->options->files[items[i].file]));
		add_count(w, HR_STR("line"), items[i].line);
		hr_json_member(w, HR_STR("detail"), items[i].message);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_faults(hr_json_writer *w, const hr_clear_telling *t)
{
	const hr_clear *c = t->clear;

	hr_json_name(w, HR_STR("notCounted"));
	hr_json_open_object(w);
	for (hr_clear_fault_kind i = 0; i < HR_CLEAR_KINDS; i++)
		if (c->faults[i])
			add_count(w, hr_clear_fault_word(i), c->faults[i]);
	hr_json_close_object(w);
	add_places(w, HR_STR("faults"), t, c->told, c->told_count, true);
}

static void add_level(hr_json_writer *w, const hr_clear_telling *t, const hr_clear_pair *pair)
{
	static const hr_str words[] = {
		[HR_PREPAID_UNKNOWN] = HR_STR_INIT("unknown"),
		[HR_PREPAID_ENOUGH] = HR_STR_INIT("enough"),
		[HR_PREPAID_YELLOW] = HR_STR_INIT("yellow"),
		[HR_PREPAID_RED] = HR_STR_INIT("red"),
		[HR_PREPAID_OVER] = HR_STR_INIT("over"),
	};
	int64_t used = 0;
	hr_prepaid_level level;

	if (!t->prepayment)
		return;
	level = hr_prepayment_level(t->prepayment, pair, &used);
	hr_json_name(w, HR_STR("prepayment"));
	hr_json_open_object(w);
	hr_json_member(w, HR_STR("level"), words[level]);
	if (level != HR_PREPAID_UNKNOWN)
		add_share(w, HR_STR("used"), used);
	hr_json_close_object(w);
}

static void add_cells(hr_json_writer *w, const hr_clear *c, const hr_clear_pair *pair, size_t *at)
{
	hr_json_name(w, HR_STR("institutions"));
	hr_json_open_array(w);
	for (; *at < c->cell_count; ++*at) {
		const hr_clear_cell *cell = &c->cells[*at];

		if (!hr_str_equal(cell->insured, pair->insured) ||
		    !hr_str_equal(cell->care, pair->care))
			break;
		hr_json_open_object(w);
		hr_json_member(w, HR_STR("fixmedins_code"), cell->hospital);
		hr_json_member(w, HR_STR("insutype"), cell->insurance);
		add_sum(w, &cell->sum, true);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

/* What part of all that a region's people had elsewhere they had there: net of what was taken back.
 */
static void add_parts(hr_json_writer *w, const hr_clear *c, const hr_clear_pair *pair)
{
	if (hr_str_equal(pair->insured, pair->care))
		return;
	for (size_t i = 0; i < c->region_count; i++) {
		const hr_clear_sum *all = &c->regions[i].sum;

		if (!hr_str_equal(c->regions[i].insured, pair->insured))
			continue;
		add_part(w, HR_STR("partOfPersons"), (int64_t)pair->sum.persons,
			 (int64_t)all->persons);
		add_part(w, HR_STR("partOfSettlements"), (int64_t)pair->sum.settlements,
			 (int64_t)all->settlements);
		add_part(w, HR_STR("partOfCost"), pair->sum.fen[HR_MEDFEE_SUMAMT],
			 all->fen[HR_MEDFEE_SUMAMT]);
	}
}

static void add_pairs(hr_json_writer *w, const hr_clear_telling *t)
{
	const hr_clear *c = t->clear;
	size_t at = 0;

	hr_json_name(w, HR_STR("statements"));
	hr_json_open_array(w);
	for (size_t i = 0; i < c->pair_count; i++) {
		const hr_clear_pair *pair = &c->pairs[i];

		hr_json_open_object(w);
		hr_json_member(w, HR_STR("insuplc_admdvs"), pair->insured);
		hr_json_member(w, HR_STR("mdtrtarea_admvs"), pair->care);
		add_sum(w, &pair->sum, true);
		add_parts(w, c, pair);
		add_level(w, t, pair);
		add_cells(w, c, pair, &at);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_regions(hr_json_writer *w, const hr_clear *c)
{
	hr_json_name(w, HR_STR("elsewhere"));
	hr_json_open_array(w);
	for (size_t i = 0; i < c->region_count; i++) {
		hr_json_open_object(w);
		hr_json_member(w, HR_STR("insuplc_admdvs"), c->regions[i].insured);
		add_sum(w, &c->regions[i].sum, true);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void begin(hr_json_writer *w, const hr_clear_telling *t, hr_buf *out)
{
	hr_json_writer_init(w, out, false);
	hr_json_open_object(w);
	add_period(w, t->options);
	add_count(w, HR_STR("lines"), t->clear->lines);
	add_count(w, HR_STR("outsidePeriod"), t->clear->outside);
}

void hr_clear_format_json(const hr_clear_telling *t, hr_buf *out)
{
	const hr_clear *c = t->clear;
	hr_json_writer w;

	begin(&w, t, out);
	add_faults(&w, t);
	if (t->options->stay_fen) {
		add_count(&w, HR_STR("staysToCheck"), c->stays);
		add_places(&w, HR_STR("stays"), t, c->stays_told, c->stays_told_count, false);
	}
	hr_json_name(&w, HR_STR("total"));
	hr_json_open_object(&w);
	add_sum(&w, &c->sum, true);
	hr_json_close_object(&w);
	if (t->prepayment)
		hr_json_member(&w, HR_STR("prepaymentSource"), t->prepayment->source);
	add_regions(&w, c);
	add_pairs(&w, t);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}

void hr_reconcile_format_json(const hr_clear_telling *t, hr_buf *out)
{
	static const hr_str names[] = { HR_STR_INIT("ours"), HR_STR_INIT("theirs") };
	const hr_clear *c = t->clear;
	hr_json_writer w;

	begin(&w, t, out);
	add_count(&w, HR_STR("agreed"), c->agreed);
	for (size_t i = 0; i < 2; i++) {
		hr_json_name(&w, names[i]);
		hr_json_open_object(&w);
		add_sum(&w, &c->sides[i], false);
		hr_json_close_object(&w);
	}
	add_faults(&w, t);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
