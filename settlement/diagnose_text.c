/* A diagnosis for a patient: first what is wrong and who can cure it, then what nobody knows. */
#include "settlement/diagnose.h"
#include "settlement/origin.h"
#include "settlement/plural.h"

#define PICK(lang, zh, en)     ((lang) == HR_QUOTE_EN ? HR_STR(en) : HR_STR(zh))
#define WORDS(lang, words)     ((lang) == HR_QUOTE_EN ? (words).en : (words).zh)
#define COLON(lang)	       ((lang) == HR_QUOTE_EN ? ": " : "：")
#define ARG(lang, words)       HR_STR_ARG(WORDS(lang, words))
#define PICK_ARG(lang, zh, en) HR_STR_ARG(PICK(lang, zh, en))

static size_t count_of(const hr_diagnosis *d, hr_cause_state state)
{
	size_t count = 0;

	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		count += d->causes[i].state == state;
	return count;
}

static void add_head(const hr_diagnosis *d, hr_quote_lang lang, hr_buf *out)
{
	size_t causes = count_of(d, HR_CAUSE_PRESENT);

	if (hr_diagnosis_is_synthetic(d))
		hr_buf_add(out,
			   PICK(lang, "含示范数据, 非官方\n", "Uses made-up data, not official\n"));
	switch (d->outcome) {
	case HR_DIAGNOSIS_DIRECT:
		hr_buf_add(out, PICK(lang, "可以直接结算\n", "Can be settled directly\n"));
		break;
	case HR_DIAGNOSIS_NOT_DIRECT:
		hr_buf_addf(out,
			    lang == HR_QUOTE_EN ? "Cannot be settled directly: %zu %s\n"
						: "不能直接结算, 原因 %zu %s\n",
			    causes,
			    lang == HR_QUOTE_EN ? hr_plural(causes, "cause", "causes") : "个");
		break;
	case HR_DIAGNOSIS_NOT_KNOWN:
		hr_buf_add(out,
			   PICK(lang, "不能断定能否直接结算: 没有发现原因, 但有些情况不知道\n",
				"Undecided: no cause was found, and not everything is known\n"));
		break;
	}
}

static void add_origin(const hr_origin *origin, hr_quote_lang lang, hr_buf *out)
{
	hr_buf_addf(out, " (%.*s:%u; %.*s: %.*s%.*s)", HR_STR_ARG(origin->file), origin->line,
		    HR_STR_ARG(lang == HR_QUOTE_EN ? hr_grade_word(origin->grade)
						   : hr_grade_zh(origin->grade)),
		    HR_STR_ARG(origin->source),
		    HR_STR_ARG(hr_origin_undated(origin, lang == HR_QUOTE_EN)));
}

static void add_office(const hr_office *office, hr_quote_lang lang, hr_buf *out)
{
	hr_buf_addf(out, "     %.*s", HR_STR_ARG(office->name));
	if (office->phone.len)
		hr_buf_addf(out, " %.*s", HR_STR_ARG(office->phone));
	if (office->hours.len)
		hr_buf_addf(out, ", %.*s", HR_STR_ARG(office->hours));
	if (office->purpose.len)
		hr_buf_addf(out, ", %.*s", HR_STR_ARG(office->purpose));
	add_origin(&office->origin, lang, out);
	hr_buf_add_char(out, '\n');
}

static void add_offices(hr_cure_by by, const hr_cause_ruling *ruling, hr_quote_lang lang,
			hr_buf *out)
{
	hr_buf_addf(out, "   %.*s%s%.*s\n", PICK_ARG(lang, "找谁", "who"), COLON(lang),
		    ARG(lang, hr_cure_by_words(by)));
	if (ruling->institution)
		hr_buf_addf(out, "     %.*s\n", HR_STR_ARG(ruling->institution->name));
	for (size_t i = 0; i < ruling->office_count; i++)
		add_office(ruling->offices[i], lang, out);
	if (!ruling->office_count && by != HR_CURE_HOSPITAL && by != HR_CURE_STAY)
		hr_buf_add(out, PICK(lang, "     目录中没有它的电话\n",
				     "     the catalogue has no telephone of it\n"));
}

static void add_present(const hr_diagnosis *d, hr_cause cause, size_t number, hr_quote_lang lang,
			hr_buf *out)
{
	const hr_cause_ruling *ruling = &d->causes[cause];

	hr_buf_addf(out, "%zu. %.*s [%.*s]\n", number, ARG(lang, hr_cause_words(cause)),
		    HR_STR_ARG(hr_cause_code(cause)));
	if (WORDS(lang, ruling->why).len || ruling->origin) {
		hr_buf_addf(out, "   %.*s%s%.*s", PICK_ARG(lang, "依据", "because"), COLON(lang),
			    ARG(lang, ruling->why));
		if (ruling->origin)
			add_origin(ruling->origin, lang, out);
		hr_buf_add_char(out, '\n');
	}
	hr_buf_addf(out, "   %.*s%s%.*s\n", PICK_ARG(lang, "办法", "cure"), COLON(lang),
		    ARG(lang, hr_cause_cure(cause)));
	add_offices(hr_cause_cure_by(cause), ruling, lang, out);
}

static void add_unknown(const hr_diagnosis *d, hr_quote_lang lang, hr_buf *out)
{
	if (!count_of(d, HR_CAUSE_NOT_KNOWN))
		return;
	hr_buf_add(out, PICK(lang, "不知道是否如此:\n", "Not known whether:\n"));
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++) {
		const hr_cause_ruling *ruling = &d->causes[i];

		if (ruling->state == HR_CAUSE_NOT_KNOWN)
			hr_buf_addf(out, " - %.*s [%.*s]%s%.*s\n", ARG(lang, hr_cause_words(i)),
				    HR_STR_ARG(hr_cause_code(i)), COLON(lang),
				    ARG(lang, ruling->why));
	}
}

static void add_said(const hr_platform_said *said, hr_quote_lang lang, hr_buf *out)
{
	if (!said->text.len)
		return;
	hr_buf_addf(out, "%.*s%s%.*s\n", PICK_ARG(lang, "平台报错", "the platform said"),
		    COLON(lang), HR_STR_ARG(said->text));
	if (said->count == 0)
		hr_buf_add(out,
			   PICK(lang, "  这个报错目录中没有; 请保留截图, 交参保地医保经办机构\n",
				"  the catalogue does not know it; keep a picture of it for the "
				"office of the place of insurance\n"));
	for (size_t i = 0; i < said->count; i++) {
		hr_buf_addf(out, "  %.*s", HR_STR_ARG(said->rows[i]->cause));
		add_origin(&said->rows[i]->origin, lang, out);
		hr_buf_add_char(out, '\n');
	}
}

void hr_diagnosis_format_text(const hr_diagnosis *diagnosis, hr_quote_lang lang, hr_buf *out)
{
	size_t number = 0;

	add_head(diagnosis, lang, out);
	add_said(&diagnosis->said, lang, out);
	for (hr_cause i = 0; i < HR_CAUSE_COUNT; i++)
		if (diagnosis->causes[i].state == HR_CAUSE_PRESENT)
			add_present(diagnosis, i, ++number, lang, out);
	add_unknown(diagnosis, lang, out);
	if (diagnosis->outcome != HR_DIAGNOSIS_DIRECT)
		hr_buf_add(out,
			   PICK(lang, "不能直接结算的, 按参保地政策手工报销。\n",
				"What is not settled directly is reimbursed by the rules of the "
				"place of insurance.\n"));
	hr_buf_add(out, PICK(lang, "仅供参考; 以参保地医保经办机构的答复为准。\n",
			     "For information; what the office of the place of insurance says "
			     "holds.\n"));
}
