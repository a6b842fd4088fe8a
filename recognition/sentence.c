#include "recognition/sentence.h"

void hr_reason_format(const hr_reason *reason, hr_lang lang, hr_buf *out)
{
	const hr_reason_row *row = hr_reason_row_get(reason->id);
	hr_str sentence = lang == HR_LANG_ZH ? row->zh : row->en;
	hr_str arg = lang == HR_LANG_EN && reason->arg_en.len ? reason->arg_en : reason->arg;
	size_t at = hr_str_find(sentence, HR_STR("%s"));

	hr_buf_add(out, hr_str_slice(sentence, 0, at));
	if (at == sentence.len)
		return;
	hr_buf_add(out, arg);
	hr_buf_add(out, hr_str_slice(sentence, at + 2, sentence.len));
}

/* Two words a row: Chinese, English. */
typedef hr_str word_pair[2];

hr_str hr_setting_word(hr_setting setting, hr_lang lang)
{
	static const word_pair words[] = {
		[HR_SETTING_ANY] = { HR_STR_INIT(""), HR_STR_INIT("") },
		[HR_SETTING_OUTPATIENT] = { HR_STR_INIT("门诊"), HR_STR_INIT("outpatient") },
		[HR_SETTING_INPATIENT] = { HR_STR_INIT("住院"), HR_STR_INIT("inpatient") },
		[HR_SETTING_EMERGENCY] = { HR_STR_INIT("急诊"), HR_STR_INIT("emergency") },
		[HR_SETTING_ONLINE] = { HR_STR_INIT("互联网诊疗"), HR_STR_INIT("online") },
	};

	return words[setting][lang];
}

hr_str hr_obligation_word(hr_obligation obligation, hr_lang lang)
{
	static const word_pair words[] = {
		[HR_OBLIGATION_NONE] = { HR_STR_INIT(""), HR_STR_INIT("none") },
		[HR_OBLIGATION_ENCOURAGED] = { HR_STR_INIT("鼓励互认"), HR_STR_INIT("encouraged") },
		[HR_OBLIGATION_MUST] = { HR_STR_INIT("应当互认"), HR_STR_INIT("must") },
	};

	return words[obligation][lang];
}

hr_str hr_cover_word(hr_cover cover, hr_lang lang)
{
	static const word_pair words[] = {
		[HR_COVER_NOT] = { HR_STR_INIT("需要做"), HR_STR_INIT("must be done") },
		[HR_COVER_UNDECIDED] = { HR_STR_INIT("由您判断"), HR_STR_INIT("for you to judge") },
		[HR_COVER_WIDER] = { HR_STR_INIT("已有范围更宽的结果"),
				     HR_STR_INIT("covered by a wider examination") },
		[HR_COVER_SAME] = { HR_STR_INIT("已有可用结果"), HR_STR_INIT("covered") },
	};

	return words[cover][lang];
}

hr_str hr_cover_code(hr_cover cover)
{
	static const hr_str codes[] = {
		[HR_COVER_NOT] = HR_STR_INIT("not-covered"),
		[HR_COVER_UNDECIDED] = HR_STR_INIT("undecided"),
		[HR_COVER_WIDER] = HR_STR_INIT("covered-wider"),
		[HR_COVER_SAME] = HR_STR_INIT("covered"),
	};

	return codes[cover];
}

hr_str hr_event_word(hr_event_kind event, hr_kind kind, hr_lang lang)
{
	static const word_pair examined = { HR_STR_INIT("检查"), HR_STR_INIT("examined") };
	static const hr_str words_zh[] = {
		[HR_EVENT_COLLECTED] = HR_STR_INIT("采样"),
		[HR_EVENT_RECEIVED] = HR_STR_INIT("接收"),
		[HR_EVENT_TESTED] = HR_STR_INIT("检测"),
		[HR_EVENT_REPORTED] = HR_STR_INIT("报告"),
		[HR_EVENT_UNSTATED] = HR_STR_INIT("未说明的"),
	};

	if (kind == HR_KIND_EXAM && (event == HR_EVENT_COLLECTED || event == HR_EVENT_TESTED))
		return examined[lang];
	return lang == HR_LANG_ZH ? words_zh[event] : hr_event_kind_word(event);
}

static void add_count(int64_t n, hr_str zh, hr_str en, hr_lang lang, hr_buf *out)
{
	hr_buf_add_int(out, n);
	HR_BUF_ADD(out, " ");
	hr_buf_add(out, lang == HR_LANG_ZH ? zh : en);
	if (lang == HR_LANG_EN && n != 1)
		HR_BUF_ADD(out, "s");
}

void hr_window_format_length(const hr_window *window, hr_lang lang, hr_buf *out)
{
	static const word_pair units[] = {
		[HR_WINDOW_HOURS] = { HR_STR_INIT("小时"), HR_STR_INIT("hour") },
		[HR_WINDOW_DAYS] = { HR_STR_INIT("天"), HR_STR_INIT("day") },
		[HR_WINDOW_MONTHS] = { HR_STR_INIT("个月"), HR_STR_INIT("month") },
	};

	add_count(window->length, units[window->unit][0], units[window->unit][1], lang, out);
}

void hr_duration_format(int64_t seconds, hr_lang lang, hr_buf *out)
{
	int64_t days = seconds / HR_DAY_S;
	int64_t hours = seconds % HR_DAY_S / 3600;
	int64_t minutes = seconds % 3600 / 60;

	if (days) {
		add_count(days, HR_STR("天"), HR_STR("day"), lang, out);
		if (hours && days < 10) {
			HR_BUF_ADD(out, " ");
			add_count(hours, HR_STR("小时"), HR_STR("hour"), lang, out);
		}
	} else if (hours) {
		add_count(hours, HR_STR("小时"), HR_STR("hour"), lang, out);
	} else {
		add_count(minutes, HR_STR("分钟"), HR_STR("minute"), lang, out);
	}
}

void hr_end_format(hr_instant until, hr_instant at, hr_buf *out)
{
	hr_date day = hr_instant_date(until);
	bool midnight = hr_date_start(day).second == until.second;
	char date[HR_DATE_TEXT];
	char now[HR_DATE_TEXT];
	char clock[HR_INSTANT_TEXT];

	if (midnight)
		day = hr_date_add_days(day, -1);
	hr_date_format(day, date);
	hr_date_format(hr_instant_date(at), now);
	hr_buf_add(out, hr_str_of(memcmp(date, now, 4) == 0 ? date + 5 : date));
	HR_BUF_ADD(out, " ");
	hr_instant_format(until, clock);
	hr_buf_add(out, midnight ? HR_STR("24:00") : (hr_str){ clock + 11, 5 });
}
