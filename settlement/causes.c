/* The words of causes, out of their table. */
#include "settlement/diagnose.h"

static const struct {
	hr_str code;
	hr_cure_by by;
	hr_words words;
	hr_words cure;
} rows[HR_CAUSE_COUNT] = {
#define C(name, office, zh, en, cure_zh, cure_en)                                                  \
	[HR_CAUSE_##name] = { HR_STR_INIT(#name),                                                  \
			      HR_CURE_##office,                                                    \
			      { HR_STR_INIT(zh), HR_STR_INIT(en) },                                \
			      { HR_STR_INIT(cure_zh), HR_STR_INIT(cure_en) } },
#include "settlement/causes.def"
#undef C
};

static const struct {
	hr_str word;
	hr_words words;
} offices[] = {
	[HR_CURE_INSURED] = { HR_STR_INIT("insured"),
			      { HR_STR_INIT("参保地医保经办机构"),
				HR_STR_INIT("the insurance office of the place of insurance") } },
	[HR_CURE_CARD] = { HR_STR_INIT("card"),
			   { HR_STR_INIT("社会保障卡或医保电子凭证的服务机构"),
			     HR_STR_INIT("who serves the card or the electronic certificate") } },
	[HR_CURE_HOSPITAL] = { HR_STR_INIT("hospital"),
			       { HR_STR_INIT("就医的定点医药机构"),
				 HR_STR_INIT("the institution of this visit") } },
	[HR_CURE_STAY] = { HR_STR_INIT("stay"),
			   { HR_STR_INIT("尚未结算的那家医院"),
			     HR_STR_INIT("the hospital of the open stay") } },
	[HR_CURE_NOBODY] = { HR_STR_INIT("nobody"),
			     { HR_STR_INIT("只能等待; 可问参保地医保经办机构"),
			       HR_STR_INIT("nobody; the insurance office of the place of insurance "
					   "can tell") } },
};

hr_str hr_cause_code(hr_cause cause)
{
	return rows[cause].code;
}

hr_words hr_cause_words(hr_cause cause)
{
	return rows[cause].words;
}

hr_words hr_cause_cure(hr_cause cause)
{
	return rows[cause].cure;
}

hr_cure_by hr_cause_cure_by(hr_cause cause)
{
	return rows[cause].by;
}

hr_str hr_cure_by_word(hr_cure_by by)
{
	return offices[by].word;
}

hr_words hr_cure_by_words(hr_cure_by by)
{
	return offices[by].words;
}
