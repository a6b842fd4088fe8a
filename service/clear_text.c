#include "service/clear.h"

#include "settlement/plural.h"

#include <inttypes.h>

static hr_str money(int64_t fen, char text[HR_MONEY_TEXT])
{
	return hr_money_format((hr_money){ fen }, text);
}

static void add_period(const hr_clear_telling *t, hr_buf *out)
{
	char from[HR_INSTANT_TEXT];
	char to[HR_INSTANT_TEXT];

	hr_instant_format(t->options->from, from);
	hr_instant_format(t->options->to, to);
	hr_buf_addf(out, t->english ? "Period: from %s, before %s\n" : "期间: 自 %s 起, 至 %s 前\n",
		    from, to);
}

static void add_sum(const hr_clear_telling *t, const hr_clear_sum *sum, bool persons, hr_buf *out)
{
	char cost[HR_MONEY_TEXT];
	char fund[HR_MONEY_TEXT];
	char own[HR_MONEY_TEXT];

	if (t->english)
		hr_buf_addf(out, "%" PRIu64 " %s, %" PRIu64 " taken back", sum->settlements,
			    hr_plural(sum->settlements, "settlement", "settlements"),
			    sum->reversals);
	else
		hr_buf_addf(out, "结算 %" PRIu64 " 笔, 冲正 %" PRIu64 " 笔", sum->settlements,
			    sum->reversals);
	if (persons)
		hr_buf_addf(out, ", %" PRIu64 " %s", sum->persons,
			    t->english ? hr_plural(sum->persons, "person", "persons") : "人");
	hr_buf_addf(out,
		    t->english ? "; total %.*s, funds %.*s, persons' part %.*s\n"
			       : "; 总费用 %.*s, 基金支付 %.*s, 个人负担 %.*s\n",
		    HR_STR_ARG(money(sum->fen[HR_MEDFEE_SUMAMT], cost)),
		    HR_STR_ARG(money(sum->fen[HR_FUND_PAY_SUMAMT], fund)),
		    HR_STR_ARG(money(sum->fen[HR_PSN_PART_AMT], own)));
}

static void add_funds(const hr_clear_telling *t, const hr_clear_sum *sum, hr_buf *out)
{
#define X(name, word, zh, en) { HR_PAY_OF(HR_FUND_##name), zh, en },
	static const struct {
		hr_amount amount;
		const char *zh, *en;
	} funds[] = { HR_FUNDS(X) };
#undef X
	char text[HR_MONEY_TEXT];

	for (size_t i = 0; i < sizeof(funds) / sizeof(funds[0]); i++)
		if (sum->fen[funds[i].amount])
			hr_buf_addf(out, "    %s %.*s\n", t->english ? funds[i].en : funds[i].zh,
				    HR_STR_ARG(money(sum->fen[funds[i].amount], text)));
}

static void add_level(const hr_clear_telling *t, const hr_clear_pair *pair, hr_buf *out)
{
	static const char *const zh[] = { "未提供预付金", "充足", "黄色预警", "红色预警",
					  "已超出" };
	static const char *const en[] = { "no prepayment was given", "enough", "yellow warning",
					  "red warning", "used up, and more" };
	int64_t used = 0;
	hr_prepaid_level level;

	if (!t->prepayment)
		return;
	level = hr_prepayment_level(t->prepayment, pair, &used);
	hr_buf_addf(out, "    %s", t->english ? "prepayment: " : "预付金: ");
	if (level != HR_PREPAID_UNKNOWN)
		hr_buf_addf(out,
			    t->english ? "%" PRId64 ".%02d %% used, " : "已用 %" PRId64 ".%02d%%, ",
			    used / 100, (int)(used % 100));
	hr_buf_addf(out, "%s\n", t->english ? en[level] : zh[level]);
}

static void add_fault(const hr_clear_telling *t, const hr_clear_fault *fault, hr_buf *out)
{
	static const char *const zh[] = {
		[HR_CLEAR_BAD] = "读不出",
		[HR_CLEAR_UNSOUND] = "恒等式不成立",
		[HR_CLEAR_REPEATED] = "重复, 只计一次",
		[HR_CLEAR_DISPUTED] = "同一结算 ID 内容不同, 均未计入",
		[HR_CLEAR_REVERSAL] = "冲正与原结算不符或重复冲正, 未计入",
		[HR_CLEAR_OTHER_SIDE] = "对方没有",
		[HR_CLEAR_DIFFERENT] = "与对方不同",
	};
	static const char *const en[] = {
		[HR_CLEAR_BAD] = "cannot be read",
		[HR_CLEAR_UNSOUND] = "breaks an identity",
		[HR_CLEAR_REPEATED] = "repeated, counted once",
		[HR_CLEAR_DISPUTED] = "another one under the same id, none counted",
		[HR_CLEAR_REVERSAL] = "takes back other amounts, or twice; not counted",
		[HR_CLEAR_OTHER_SIDE] = "the other side has none",
		[HR_CLEAR_DIFFERENT] = "the other side's is different",
	};

	hr_buf_addf(out, "%s:%u: %s", t->options->files[fault->file], fault->line,
		    t->english ? en[fault->kind] : zh[fault->kind]);
	if (fault->message.len)
		hr_buf_addf(out, ": %.*s", HR_STR_ARG(fault->message));
	hr_buf_add_char(out, '\n');
}

static void add_faults(const hr_clear_telling *t, hr_buf *out)
{
	const hr_clear *c = t->clear;
	uint64_t all = 0;

	for (hr_clear_fault_kind i = 0; i < HR_CLEAR_KINDS; i++)
		all += c->faults[i];
	if (c->outside)
		hr_buf_addf(out,
			    t->english ? "%" PRIu64 " %s of another period.\n"
				       : "另有 %" PRIu64 " %s不在本期间内。\n",
			    c->outside,
			    t->english ? hr_plural(c->outside, "line is", "lines are") : "行");
	for (size_t i = 0; i < c->told_count; i++)
		add_fault(t, &c->told[i], out);
	if (all > c->told_count)
		hr_buf_addf(out,
			    t->english ? "... and %" PRIu64 " more\n" : "……另有 %" PRIu64 " 行\n",
			    all - c->told_count);
}

static void add_stays(const hr_clear_telling *t, hr_buf *out)
{
	const hr_clear *c = t->clear;
	char text[HR_MONEY_TEXT];

	if (!t->options->stay_fen)
		return;
	hr_buf_addf(out,
		    t->english ? "Stays above %.*s, to be checked: %" PRIu64 "\n"
			       : "单次住院超过 %.*s 元, 需费用协查: %" PRIu64 " 笔\n",
		    HR_STR_ARG(money(t->options->stay_fen, text)), c->stays);
	for (size_t i = 0; i < c->stays_told_count; i++)
		hr_buf_addf(out, "    %s:%u\n", t->options->files[c->stays_told[i].file],
			    c->stays_told[i].line);
}

void hr_clear_format_text(const hr_clear_telling *t, hr_buf *out)
{
	const hr_clear *c = t->clear;

	add_period(t, out);
	hr_buf_addf(out, "%s", t->english ? "In all: " : "合计: ");
	add_sum(t, &c->sum, true, out);
	if (t->prepayment)
		hr_buf_addf(out, "%s%.*s\n",
			    t->english ? "Prepayment as told by: " : "预付金数据来源: ",
			    HR_STR_ARG(t->prepayment->source));
	for (size_t i = 0; i < c->pair_count; i++) {
		const hr_clear_pair *pair = &c->pairs[i];

		hr_buf_addf(out,
			    t->english ? "Insured in %.*s, treated in %.*s: "
				       : "参保地 %.*s, 就医地 %.*s: ",
			    HR_STR_ARG(pair->insured), HR_STR_ARG(pair->care));
		add_sum(t, &pair->sum, true, out);
		add_funds(t, &pair->sum, out);
		add_level(t, pair, out);
	}
	add_stays(t, out);
	add_faults(t, out);
}

void hr_reconcile_format_text(const hr_clear_telling *t, hr_buf *out)
{
	const hr_clear *c = t->clear;

	add_period(t, out);
	hr_buf_addf(out, "%s", t->english ? "Ours: " : "我方: ");
	add_sum(t, &c->sides[0], false, out);
	hr_buf_addf(out, "%s", t->english ? "Theirs: " : "对方: ");
	add_sum(t, &c->sides[1], false, out);
	hr_buf_addf(out,
		    t->english ? "The same on both sides: %" PRIu64 "\n"
			       : "双方一致: %" PRIu64 " 笔\n",
		    c->agreed);
	add_faults(t, out);
}
