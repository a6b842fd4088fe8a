/* What came of an act on a person's year, for people. */
#include "settlement/ledger_answer.h"

#include "settlement/ledger_parts.h"
#include "settlement/plural.h"

#define PICK(english, zh, en) ((english) ? HR_STR(en) : HR_STR(zh))

static hr_str amount_name(hr_amount amount, bool english)
{
	return hr_amount_name(amount, english ? HR_QUOTE_EN : HR_QUOTE_ZH);
}

/* A fund; or what else of an area decides. */
static hr_str what_name(hr_str what, bool english)
{
	static const struct {
		hr_str word;
		hr_str names[2];
	} rows[] = {
		{ HR_STR_INIT("rounding"), { HR_STR_INIT("舍入"), HR_STR_INIT("rounding") } },
		{ HR_STR_INIT("accounts"), { HR_STR_INIT("账户"), HR_STR_INIT("accounts") } },
		{ HR_STR_INIT("filing"),
		  { HR_STR_INIT("就医区域与备案"), HR_STR_INIT("where, and filed") } },
	};

	for (hr_fund i = 0; i < HR_FUND_COUNT; i++)
		if (hr_str_equal(hr_fund_word(i), what))
			return hr_fund_name(i, english ? HR_QUOTE_EN : HR_QUOTE_ZH);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_equal(rows[i].word, what))
			return rows[i].names[english];
	return what;
}

static void add_money(hr_buf *out, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format((hr_money){ fen }, text));
}

static void add_difference(hr_buf *out, int64_t fen)
{
	if (fen > 0)
		hr_buf_add_char(out, '+');
	add_money(out, fen);
}

/* --- changes --- */

static void add_basis(const hr_ledger_basis *basis, const hr_ledger_basis *other, bool english,
		      hr_buf *out)
{
	if (!basis) {
		hr_buf_add(out, PICK(english, "没有\n", "none\n"));
		return;
	}
	if (basis->id.len)
		hr_buf_addf(out, "%.*s ", HR_STR_ARG(basis->id));
	hr_buf_addf(out, "(%.*s:%u; %.*s)\n", HR_STR_ARG(basis->file), basis->line,
		    HR_STR_ARG(basis->source));
	hr_ledger_clauses_add(basis, other, english, out);
}

static void add_record(const hr_ledger_cause *cause, bool english, hr_buf *out)
{
	const hr_str what = cause->from ? cause->from->what : cause->to->what;

	hr_buf_addf(out,
		    english ? "  because another record holds (%.*s):\n"
			    : "  原因: 所依据的记录变了 (%.*s):\n",
		    HR_STR_ARG(what_name(what, english)));
	hr_buf_add(out, PICK(english, "    原: ", "    was "));
	add_basis(cause->from, cause->to, english, out);
	hr_buf_add(out, PICK(english, "    新: ", "    now "));
	add_basis(cause->to, cause->from, english, out);
}

static void add_earlier(const hr_ledger_cause *cause, const char *why, bool english, hr_buf *out)
{
	hr_buf_addf(out,
		    english ? "  because %s (%zu, the nearest is %.*s)\n"
			    : "  原因: %s (%zu 笔, 最近一笔 %.*s)\n",
		    why, cause->count, HR_STR_ARG(cause->row->id));
}

static void add_cause(const hr_ledger_cause *cause, bool english, hr_buf *out)
{
	switch (cause->kind) {
	case HR_LEDGER_BY_RECORD:
		add_record(cause, english, out);
		return;
	case HR_LEDGER_BY_EARLIER:
		add_earlier(cause,
			    english ? hr_plural(cause->count,
						"an earlier settlement of the year changes",
						"earlier settlements of the year change")
				    : "本年在前的结算变了",
			    english, out);
		return;
	case HR_LEDGER_BY_REVERSAL:
		add_earlier(cause,
			    english ? hr_plural(cause->count,
						"an earlier settlement of the year was reversed",
						"earlier settlements of the year were reversed")
				    : "本年在前的结算已冲正",
			    english, out);
		return;
	default:
		hr_buf_add(out,
			   PICK(english, "  原因: 依据与累计都未变, 原由另一版本的 huren 结算\n",
				"  because another huren had settled it: records and year "
				"are the same\n"));
	}
}

static void add_undecided(const hr_ledger_change *change, bool english, hr_buf *out)
{
	static const char *const words[HR_LEDGER_OUTCOMES][2] = {
		[HR_LEDGER_NO_AREA] = { "此版本没有参保地的结算政策", "this version has no "
								      "policies of the place" },
		[HR_LEDGER_NO_POLICY] = { "此版本没有适用的结算政策",
					  "this version has no policy for it" },
		[HR_LEDGER_NOT_QUALIFIED] = { "未取得门慢特资格", "its disease is not qualified" },
		[HR_LEDGER_FILING_OPEN] = { "结果因备案而不同, 备案情况不能断定",
					    "what was filed decides, and is not known" },
		[HR_LEDGER_CONFLICTING] = { "来源互相矛盾", "sources conflict" },
		[HR_LEDGER_REFUSED] = { "此版本不能结算", "this version cannot settle it" },
		[HR_LEDGER_FULL] = { "结果会变化, 但本年度的结算记录已满",
				     "it would change, and the year has no room for it" },
	};

	hr_buf_addf(out,
		    english ? "  not settled again, left as it is: %s"
			    : "  不能重新结算, 保持原结果: %s",
		    words[change->outcome][english]);
	if (change->why.len)
		hr_buf_addf(out, " (%.*s)", HR_STR_ARG(change->why));
	hr_buf_add_char(out, '\n');
}

static void add_change(const hr_ledger_change *change, bool english, hr_buf *out)
{
	hr_buf_addf(out, "%.*s\n", HR_STR_ARG(change->row->id));
	if (change->outcome != HR_LEDGER_SETTLED) {
		add_undecided(change, english, out);
		return;
	}
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++) {
		const int64_t was = change->row->settlement.fen[i];
		const int64_t now = change->again.settlement.fen[i];

		if (was == now)
			continue;
		hr_buf_addf(out, "  %.*s ", HR_STR_ARG(amount_name(i, english)));
		add_money(out, was);
		HR_BUF_ADD(out, " -> ");
		add_money(out, now);
		HR_BUF_ADD(out, " (");
		add_difference(out, now - was);
		HR_BUF_ADD(out, ")\n");
	}
	for (size_t i = 0; i < change->cause_count; i++)
		add_cause(&change->causes[i], english, out);
}

static void add_changes(const hr_ledger_changes *changes, bool english, hr_buf *out)
{
	for (size_t i = 0; i < changes->count; i++)
		add_change(&changes->rows[i], english, out);
	hr_buf_add(out, PICK(english, "基金合计差额: ", "all funds, difference: "));
	add_difference(out, hr_ledger_changes_fund_fen(changes));
	hr_buf_add_char(out, '\n');
}

void hr_ledger_changes_format_text(const hr_ledger_told *told, bool english, hr_buf *out)
{
	hr_buf_addf(out,
		    english ? "== person %.*s, insured at %.*s under %.*s, %d: %s\n"
			    : "== 参保人 %.*s, 参保地 %.*s, 险种 %.*s, %d 年: %s\n",
		    HR_STR_ARG(told->person), HR_STR_ARG(told->scope.insured),
		    HR_STR_ARG(told->scope.insurance), told->scope.year,
		    told->applied ? (english ? "settled again" : "已重新结算")
				  : (english ? "would change" : "将会变化"));
	add_changes(told->changes, english, out);
}

static void add_sums_en(const hr_ledger_sums *sums, hr_buf *out)
{
	hr_buf_addf(
		out, "%lld %s looked at, %lld %s; %lld %s %s, %lld not settled again; all funds: ",
		(long long)sums->persons, hr_plural((uint64_t)sums->persons, "person", "persons"),
		(long long)sums->changed, hr_plural((uint64_t)sums->changed, "changes", "change"),
		(long long)sums->settlements,
		hr_plural((uint64_t)sums->settlements, "settlement", "settlements"),
		sums->applied ? "settled again" : "would change (kept with --apply)",
		(long long)sums->unsettled);
}

void hr_ledger_sums_format_text(const hr_ledger_sums *sums, bool english, hr_buf *out)
{
	if (english)
		add_sums_en(sums, out);
	else
		hr_buf_addf(out,
			    "核对 %lld 人, 有变化 %lld 人; %lld 笔结算%s, %lld 笔不能重新结算; "
			    "基金合计: ",
			    (long long)sums->persons, (long long)sums->changed,
			    (long long)sums->settlements,
			    sums->applied ? "已重新结算" : "将会变化 (加 --apply 才记入)",
			    (long long)sums->unsettled);
	add_difference(out, sums->fund_fen);
	hr_buf_add_char(out, '\n');
}

/* --- one act --- */

static void add_amounts(const hr_settlement *s, bool english, hr_buf *out)
{
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++) {
		bool always = i == HR_MEDFEE_SUMAMT || i == HR_INSCP_SCP_AMT ||
			      i == HR_FUND_PAY_SUMAMT || i == HR_PSN_PART_AMT;

		if (!s->fen[i] && !always)
			continue;
		hr_buf_addf(out, "  %.*s%s", HR_STR_ARG(amount_name(i, english)),
			    english ? ": " : "：");
		add_money(out, s->fen[i]);
		hr_buf_add_char(out, '\n');
	}
}

/* Of a year without a counter: is it that nothing was settled, or that nothing is counted? */
static hr_str nothing_of(const hr_ledger *ledger, bool english)
{
	for (size_t i = 0; i < ledger->count; i++)
		if (ledger->rows[i].state == HR_LEDGER_STANDS)
			return PICK(
				english, "  无: 适用的政策没有按年累计的项目\n",
				"  nothing: the policies that decided count nothing over a year\n");
	return PICK(english, "  无\n", "  nothing\n");
}

static void add_year(const hr_ledger_answer *answer, bool english, hr_buf *out)
{
	hr_buf_addf(out, english ? "The year %d has come to:\n" : "%d 年度累计:\n",
		    answer->ledger.scope.year);
	if (answer->year.count == 0)
		hr_buf_add(out, nothing_of(&answer->ledger, english));
	for (uint32_t i = 0; i < answer->year.count; i++) {
		const hr_ledger_tally *row = &answer->year.rows[i];

		hr_buf_addf(out, "  %.*s", HR_STR_ARG(row->counter));
		if (row->sum.hospital.len)
			hr_buf_addf(out, " @ %.*s", HR_STR_ARG(row->sum.hospital));
		hr_buf_addf(out,
			    english ? ": visits %u, deductible borne " : ": %u 人次, 已付起付线 ",
			    row->sum.visits);
		add_money(out, row->sum.deductible_fen);
		hr_buf_add(out, PICK(english, ", 计入费用 ", ", looked at "));
		add_money(out, row->sum.base_fen);
		hr_buf_add(out, PICK(english, ", 基金已付 ", ", paid "));
		add_money(out, row->sum.paid_fen);
		hr_buf_add_char(out, '\n');
	}
}

static void add_row(const hr_ledger_row *row, bool english, hr_buf *out)
{
	static const hr_str states[HR_LEDGER_STATES][2] = {
		[HR_LEDGER_STANDS] = { HR_STR_INIT("有效"), HR_STR_INIT("stands") },
		[HR_LEDGER_REVERSED] = { HR_STR_INIT("已冲正"), HR_STR_INIT("reversed") },
		[HR_LEDGER_REPLACED] = { HR_STR_INIT("已被重新结算取代"),
					 HR_STR_INIT("replaced: settled again") },
	};
	char time[HR_INSTANT_TEXT];

	hr_buf_addf(out,
		    english ? "%.*s, %.*s, revision %lld, by %.*s: %.*s\n"
			    : "%.*s, %.*s, 第 %lld 版, 目录 %.*s: %.*s\n",
		    HR_STR_ARG(row->id), HR_STR_ARG(hr_instant_format(row->at, time)),
		    (long long)row->revision, HR_STR_ARG(row->catalogue),
		    HR_STR_ARG(states[row->state][english]));
	if (row->reason.len)
		hr_buf_addf(out, english ? "  reason: %.*s\n" : "  理由: %.*s\n",
			    HR_STR_ARG(row->reason));
	add_amounts(&row->settlement, english, out);
}

static void add_not_kept(const hr_ledger_answer *answer, bool english, hr_buf *out)
{
	static const hr_str words[HR_LEDGER_OUTCOMES][2] = {
		[HR_LEDGER_NO_AREA] = { HR_STR_INIT("目录中没有参保地的结算政策, 未记入。\n"),
					HR_STR_INIT("The catalogue has no policies of the place "
						    "of insurance; nothing is kept.\n") },
		[HR_LEDGER_NO_POLICY] = { HR_STR_INIT(
						  "目录中没有适用于此次就医的结算政策, 未记入。\n"),
					  HR_STR_INIT("The catalogue has no policy for this "
						      "visit; nothing is kept.\n") },
		[HR_LEDGER_NOT_QUALIFIED] = { HR_STR_INIT("未取得门慢特资格, 不能按门慢特结算, "
							  "未记入。\n"),
					      HR_STR_INIT("The disease is not qualified, so it is "
							  "not settled as one; nothing is "
							  "kept.\n") },
		[HR_LEDGER_FILING_OPEN] = { HR_STR_INIT("结果因备案而不同, 备案情况不能断定 "
							"(可提供 filings 或 filing), 未记入。\n"),
					    HR_STR_INIT("What comes of it depends on what was "
							"filed, which is not known (filings or "
							"filing); nothing is kept.\n") },
		[HR_LEDGER_CONFLICTING] = { HR_STR_INIT("政策的来源互相矛盾, 以哪一种为准须由参保地"
							"确定, 未记入。\n"),
					    HR_STR_INIT("The sources of a policy conflict; which "
							"one holds is the place of insurance's "
							"to say. Nothing is kept.\n") },
	};

	hr_buf_add(out, words[answer->outcome][english]);
}

static void add_head(const hr_ledger_answer *answer, bool english, hr_buf *out)
{
	bool synthetic = answer->row && hr_ledger_row_is_synthetic(answer->row);

	for (size_t i = 0; i < answer->ledger.count; i++)
		synthetic |= hr_ledger_row_is_synthetic(&answer->ledger.rows[i]);
	if (synthetic)
		hr_buf_add(out, PICK(english, "含示范数据, 非官方\n",
				     "Uses made-up data, not official\n"));
	hr_buf_add(out, PICK(english, HR_TRIAL_ZH "\n", HR_TRIAL_EN "\n"));
}

void hr_ledger_answer_format_text(const hr_ledger_answer *answer, bool english, hr_buf *out)
{
	add_head(answer, english, out);
	if (answer->outcome != HR_LEDGER_SETTLED) {
		add_not_kept(answer, english, out);
		return;
	}
	if (answer->repeated)
		hr_buf_add(out, PICK(english, "此前已办, 未作改动。\n",
				     "It was done before; nothing was changed.\n"));
	if (answer->did == HR_LEDGER_DID_LOOK)
		for (size_t i = 0; i < answer->ledger.count; i++)
			add_row(&answer->ledger.rows[i], english, out);
	if (answer->row)
		add_row(answer->row, english, out);
	add_year(answer, english, out);
	if (answer->later.count == 0)
		return;
	hr_buf_add(out, PICK(english,
			     "本年在后的下列结算现在会有不同结果; 用 huren settle resettle "
			     "重新结算:\n",
			     "Later settlements of the year would come out otherwise now; "
			     "'huren settle resettle' settles them again:\n"));
	add_changes(&answer->later, english, out);
}
