/* The table of reasons as data, and the collector that the steps write into. */
#include "recognition/decide.h"

#include <assert.h>

static const hr_reason_row rows[HR_REASON_COUNT] = {
#define R(name, code, step, effect, zh, en)                                                        \
	[HR_REASON_##name] = { HR_STR_INIT(code), HR_STEP_##step, HR_EFFECT_##effect,              \
			       HR_STR_INIT(zh), HR_STR_INIT(en) },
#include "recognition/reasons.def"
#undef R
};

const hr_reason_row *hr_reason_row_get(hr_reason_id id)
{
	return &rows[id];
}

void hr_collector_init(hr_collector *c)
{
	c->count = 0;
	c->against = 0;
	c->worst = HR_EFFECT_NOTE;
}

hr_reason *hr_collector_add(hr_collector *c, hr_reason_id id)
{
	hr_reason *reason = &c->list[c->count];

	assert(c->count < HR_REASONS_MAX);
	c->count++;
	*reason = (hr_reason){ .id = id };
	c->against += rows[id].effect <= HR_EFFECT_OPEN;
	if (rows[id].effect < c->worst)
		c->worst = rows[id].effect;
	return reason;
}

void hr_collector_append(hr_collector *c, hr_reasons reasons)
{
	for (uint32_t i = 0; i < reasons.count; i++)
		*hr_collector_add(c, reasons.list[i].id) = reasons.list[i];
}

hr_reasons hr_collector_keep(const hr_collector *c, hr_arena *arena)
{
	hr_reason *list;

	if (c->count == 0)
		return (hr_reasons){ NULL, 0 };
	list = hr_arena_copy(arena, c->list, c->count * sizeof(*list));
	return list ? (hr_reasons){ list, c->count } : (hr_reasons){ NULL, 0 };
}

hr_outcome hr_collector_outcome(const hr_collector *c)
{
	static const hr_outcome outcomes[] = {
		[HR_EFFECT_NO] = HR_OUTCOME_NOT_RECOGNISED,
		[HR_EFFECT_OPEN] = HR_OUTCOME_UNDECIDED,
		[HR_EFFECT_WEAK] = HR_OUTCOME_RECOGNISED,
		[HR_EFFECT_NOTE] = HR_OUTCOME_RECOGNISED,
	};

	return outcomes[c->worst];
}

hr_str hr_join(hr_arena *arena, const hr_str *texts, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 4096);
	for (size_t i = 0; i < count; i++) {
		if (i)
			HR_BUF_ADD(&buf, "、");
		hr_buf_add(&buf, texts[i]);
	}
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

hr_str hr_outcome_word(hr_outcome outcome)
{
	static const hr_str words[] = {
		[HR_OUTCOME_NOT_RECOGNISED] = HR_STR_INIT("not-recognised"),
		[HR_OUTCOME_UNDECIDED] = HR_STR_INIT("undecided"),
		[HR_OUTCOME_RECOGNISED] = HR_STR_INIT("recognised"),
	};

	return words[outcome];
}

hr_str hr_outcome_zh(hr_outcome outcome)
{
	static const hr_str words[] = {
		[HR_OUTCOME_NOT_RECOGNISED] = HR_STR_INIT("不在互认范围"),
		[HR_OUTCOME_UNDECIDED] = HR_STR_INIT("无法判定"),
		[HR_OUTCOME_RECOGNISED] = HR_STR_INIT("符合互认条件"),
	};

	return words[outcome];
}
