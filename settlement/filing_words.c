#include "settlement/filing.h"

struct reason_row {
	hr_str code;
	hr_filing_cause cause;
	hr_filing_effect effect;
	hr_str zh;
	hr_str en;
};

static const struct reason_row reasons[] = {
#define R(name, code_, cause_, effect_, zh_, en_)                                                  \
	[HR_FILING_REASON_##name] = { .code = HR_STR_INIT(code_),                                  \
				      .cause = HR_FILING_CAUSE_##cause_,                           \
				      .effect = HR_FILING_##effect_,                               \
				      .zh = HR_STR_INIT(zh_),                                      \
				      .en = HR_STR_INIT(en_) },
#include "settlement/filing_reasons.def"
#undef R
};

hr_str hr_filing_reason_code(hr_filing_reason reason)
{
	return reasons[reason].code;
}

hr_filing_cause hr_filing_reason_cause(hr_filing_reason reason)
{
	return reasons[reason].cause;
}

hr_filing_effect hr_filing_reason_effect(hr_filing_reason reason)
{
	return reasons[reason].effect;
}

hr_str hr_filing_cause_word(hr_filing_cause cause)
{
	static const hr_str words[] = {
#define X(name, word) [HR_FILING_CAUSE_##name] = HR_STR_INIT(word),
		HR_FILING_CAUSES(X)
#undef X
	};

	return words[cause];
}

hr_str hr_filing_state_word(hr_filing_state state)
{
	static const hr_str words[HR_FILING_STATES] = {
		[HR_FILING_STATE_APPROVED] = HR_STR_INIT("approved"),
		[HR_FILING_STATE_QUEUED] = HR_STR_INIT("queued"),
		[HR_FILING_STATE_REFUSED] = HR_STR_INIT("refused"),
		[HR_FILING_STATE_CHANGED] = HR_STR_INIT("changed"),
		[HR_FILING_STATE_CANCELLED] = HR_STR_INIT("cancelled"),
	};

	return words[state];
}

hr_filing hr_filing_first(uint32_t filings)
{
	hr_filing filing = 0;

	while (filing + 1 < HR_FILING_COUNT && !(filings & HR_FILING_BIT(filing)))
		filing++;
	return filing;
}

hr_str hr_filing_need_word(hr_filing_need need)
{
	static const hr_str words[] = {
		[HR_FILING_UNDECIDED] = HR_STR_INIT("undecided"),
		[HR_FILING_NOT_NEEDED] = HR_STR_INIT("not-needed"),
		[HR_FILING_NEEDED] = HR_STR_INIT("needed"),
	};

	return words[need];
}

hr_str hr_filing_outcome_word(hr_filing_outcome outcome)
{
	static const hr_str words[] = {
		[HR_FILING_OPEN_STILL] = HR_STR_INIT("undecided"),
		[HR_FILING_HOLDS] = HR_STR_INIT("holds"),
		[HR_FILING_FAILS] = HR_STR_INIT("fails"),
	};

	return words[outcome];
}

void hr_filing_finding_format(const hr_filing_finding *finding, bool english, hr_buf *out)
{
	const struct reason_row *row = &reasons[finding->reason];
	hr_str sentence = english ? row->en : row->zh;
	size_t at = hr_str_find(sentence, HR_STR("%s"));
	char day[HR_DATE_TEXT];

	hr_buf_add(out, hr_str_slice(sentence, 0, at));
	if (at >= sentence.len)
		return;
	if (finding->word.len || finding->day.day == HR_DATE_MIN.day)
		hr_buf_add(out, finding->word);
	else
		hr_buf_add(out, hr_date_format(finding->day, day));
	hr_buf_add(out, hr_str_slice(sentence, at + 2, sentence.len));
}
