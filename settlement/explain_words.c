/* Short sentences for patients: of a part of what they pay, of a cause that may be. */
#include "settlement/explain.h"

#define PICK(lang, zh, en) ((lang) == HR_QUOTE_EN ? HR_STR(en) : HR_STR(zh))

struct words {
	hr_str lang[2];
};

#define WORDS(zh, en)                                                                              \
	{                                                                                          \
		{                                                                                  \
			HR_STR_INIT(zh), HR_STR_INIT(en)                                           \
		}                                                                                  \
	}

hr_str hr_borne_kind_word(hr_borne_kind kind)
{
	static const hr_str words[HR_BORNE_KINDS] = {
		[HR_BORNE_OWN] = HR_STR_INIT("outside-catalogue"),
		[HR_BORNE_OVER] = HR_STR_INIT("over-limit"),
		[HR_BORNE_FIRST] = HR_STR_INIT("paid-first"),
		[HR_BORNE_DEDUCTIBLE] = HR_STR_INIT("deductible"),
		[HR_BORNE_ABOVE] = HR_STR_INIT("above-cap-of-amounts"),
		[HR_BORNE_SHARE] = HR_STR_INIT("own-share"),
		[HR_BORNE_CUT] = HR_STR_INIT("above-cap-of-payments"),
		[HR_BORNE_UNSEEN] = HR_STR_INIT("not-counted"),
		[HR_BORNE_FUND] = HR_STR_INIT("other-fund"),
		[HR_BORNE_HOSPITAL] = HR_STR_INIT("hospital"),
	};

	return words[kind];
}

static void add_money(hr_buf *out, int64_t fen)
{
	char text[HR_MONEY_TEXT];

	hr_buf_add(out, hr_money_format((hr_money){ fen }, text));
}

/* `%1`, `%2`, `%3` are amounts. */
static void add_filled(hr_buf *out, hr_str text, const int64_t amounts[3])
{
	for (size_t i = 0; i < text.len; i++) {
		char next = '\0';

		if (i + 1 < text.len)
			next = text.data[i + 1];
		if (text.data[i] == '%' && next >= '1' && next <= '3') {
			add_money(out, amounts[next - '1']);
			i++;
		} else {
			hr_buf_add_char(out, text.data[i]);
		}
	}
}

/* --- of each kind --- */

/* %1 is the standard, %2 what is borne now, %3 what was borne before. */
static void add_deductible(const hr_borne *part, hr_quote_lang lang, hr_buf *out)
{
	static const struct words modes[] = {
		[HR_DEDUCTIBLE_NONE] = WORDS("起付线。", "The deductible."),
		[HR_DEDUCTIBLE_VISIT] =
			WORDS("起付线。这次看病先自己付 %1 元，以上的医保才开始付。",
			      "The deductible. Of this visit the first %1 are yours; the fund pays "
			      "of what is above."),
		[HR_DEDUCTIBLE_YEAR] =
			WORDS("起付线。一年里先自己付满 %1 元，医保才开始付；这次付 %2 元。",
			      "The deductible. In a year the first %1 are yours; %2 of them now."),
		[HR_DEDUCTIBLE_HOSPITAL_YEAR] =
			WORDS("起付线。在这家医院，一年里先自己付满 %1 元，医保才开始付；这次付 "
			      "%2 元。",
			      "The deductible. At this hospital the first %1 of a year are yours; "
			      "%2 of them now."),
		[HR_DEDUCTIBLE_ONCE] =
			WORDS("起付线。一年只算一次，标准是 %1 元；这次付 %2 元。",
			      "The deductible. It is due once a year, %1; %2 of it now."),
	};
	static const struct words before =
		WORDS("今年此前已经付了 %3 元。", " Earlier this year you paid %3.");
	const hr_settle_step *step = NULL;
	hr_deductible_mode mode = part->policy ? part->policy->deductible.mode : HR_DEDUCTIBLE_NONE;
	int64_t amounts[3] = { 0, part->fen, part->before_fen };

	for (uint32_t i = 0; i < part->step_count; i++)
		if (part->steps[i].kind == HR_STEP_DEDUCTIBLE)
			step = &part->steps[i];
	amounts[0] = step ? step->base_fen : 0;
	add_filled(out, modes[mode].lang[lang], amounts);
	if (part->before_fen)
		add_filled(out, before.lang[lang], amounts);
}

static void add_segment(const hr_settle_step *step, bool more, hr_quote_lang lang, hr_buf *out)
{
	if (more)
		hr_buf_add(out, PICK(lang, "，", ", "));
	hr_buf_add(out, PICK(lang, "", "of "));
	add_money(out, step->fen);
	hr_buf_add(out, PICK(lang, " 元医保付 ", " the fund pays "));
	hr_share_format(step->share, out);
	HR_BUF_ADD(out, "%");
}

static void add_share(const hr_borne *part, hr_quote_lang lang, hr_buf *out)
{
	bool more = false;

	if (part->step_count == 0) {
		hr_buf_add(out, PICK(lang, "能报的范围里，医保按比例付了以后，剩下归您付的。",
				     "What the fund leaves of the amount in scope."));
		return;
	}
	hr_buf_add(out, PICK(lang, "按比例分担。", "Your share: "));
	for (uint32_t i = 0; i < part->step_count; i++) {
		if (part->steps[i].kind != HR_STEP_SEGMENT)
			continue;
		add_segment(&part->steps[i], more, lang, out);
		more = true;
	}
	hr_buf_add(out, PICK(lang, "，剩下的您付。", "; the rest is yours."));
	for (uint32_t i = 0; i < part->step_count; i++) {
		if (part->steps[i].kind != HR_STEP_REDUCTION)
			continue;
		hr_buf_add(out, PICK(lang, "因为备案的情形，医保的比例已降低 ",
				     " Because of the filing the fund's share is less by "));
		hr_points_format(part->steps[i].share, lang, out);
		hr_buf_add(out, PICK(lang, "。", "."));
	}
}

/* %1 is the cap. */
static void add_cap(const hr_borne *part, hr_quote_lang lang, hr_buf *out)
{
	static const struct words words[2][2] = {
		{ WORDS("这次看病计入医保的费用有上限（%1 元），超过的基本医保不付。",
			"The fund looks at no more than %1 of a visit; this is above."),
		  WORDS("一年里计入医保的费用有上限（%1 元），超过的基本医保不付。",
			"The fund looks at no more than %1 of a year; this is above.") },
		{ WORDS("封顶线。医保一次最多付 %1 元，超过的自己付。",
			"The cap. The fund pays at most %1 of a visit; this is above."),
		  WORDS("封顶线。医保一年最多付 %1 元，超过的自己付。",
			"The cap. The fund pays at most %1 of a year; this is above.") },
	};
	const int64_t amounts[3] = { part->policy->cap.most.fen, 0, 0 };

	add_filled(out, words[part->kind == HR_BORNE_CUT][part->policy->cap.per_year].lang[lang],
		   amounts);
}

void hr_borne_format(const hr_borne *part, hr_quote_lang lang, hr_buf *out)
{
	static const struct words plain[HR_BORNE_KINDS] = {
		[HR_BORNE_OWN] = WORDS("医保目录以外的项目，全部自己付。",
				       "Outside the insurance's catalogue: wholly yours."),
		[HR_BORNE_OVER] =
			WORDS("超过医保限价的部分，自己付。", "Above a price limit: yours."),
		[HR_BORNE_FIRST] = WORDS("乙类项目，先由自己付一部分。",
					 "Of class B a part is paid by yourself first."),
		[HR_BORNE_UNSEEN] =
			WORDS("基本医保没有计入的部分。", "Not looked at by the basic fund."),
		[HR_BORNE_HOSPITAL] =
			WORDS("由医院负担，从您的里面减去。", "The hospital bears it: taken off."),
	};

	switch (part->kind) {
	case HR_BORNE_DEDUCTIBLE:
		add_deductible(part, lang, out);
		break;
	case HR_BORNE_SHARE:
		add_share(part, lang, out);
		break;
	case HR_BORNE_ABOVE:
	case HR_BORNE_CUT:
		add_cap(part, lang, out);
		break;
	case HR_BORNE_FUND:
		hr_buf_add(out, hr_fund_name(part->fund, lang));
		hr_buf_add(out,
			   PICK(lang, "又付了一部分，从您的里面减去。", " pays it: taken off."));
		break;
	default:
		hr_buf_add(out, plain[part->kind].lang[lang]);
		break;
	}
}

/* --- what was not known, what may be --- */

static const struct word_row {
	hr_str code;
	struct words words;
} word_rows[] = {
#define W(name, code_, zh, en)                                                                     \
	[HR_EXPLAIN_##name] = { .code = HR_STR_INIT(code_), .words = WORDS(zh, en) },
#include "settlement/explain_words.def"
#undef W
};

hr_str hr_explain_word_code(hr_explain_word word)
{
	return word_rows[word].code;
}

hr_str hr_explain_word_text(hr_explain_word word, hr_quote_lang lang)
{
	return word_rows[word].words.lang[lang];
}

void hr_may_be_format(const hr_may_be *cause, hr_quote_lang lang, hr_buf *out)
{
	hr_str text = hr_explain_word_text(cause->word, lang);
	size_t at = hr_str_find(text, HR_STR("%s"));

	hr_buf_add(out, hr_str_slice(text, 0, at));
	if (at >= text.len)
		return;
	hr_buf_add(out, cause->level.len ? hr_level_name(cause->level, lang)
					 : hr_filing_name(cause->filing, lang));
	hr_buf_add(out, hr_str_slice(text, at + 2, text.len));
}
