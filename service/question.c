#include "service/question.h"

struct choice {
	hr_str word;
	int value;
};

static const struct choice settings[] = {
	{ HR_STR_INIT("any"), HR_SETTING_ANY },
	{ HR_STR_INIT("outpatient"), HR_SETTING_OUTPATIENT },
	{ HR_STR_INIT("inpatient"), HR_SETTING_INPATIENT },
	{ HR_STR_INIT("emergency"), HR_SETTING_EMERGENCY },
	{ HR_STR_INIT("online"), HR_SETTING_ONLINE },
};

static const struct choice answers[] = {
	{ HR_STR_INIT("unknown"), HR_ANSWER_UNKNOWN },
	{ HR_STR_INIT("yes"), HR_ANSWER_YES },
	{ HR_STR_INIT("no"), HR_ANSWER_NO },
};

static bool choose(const struct choice *choices, size_t count, hr_str value, int *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!hr_str_equal(choices[i].word, value))
			continue;
		*out = choices[i].value;
		return true;
	}
	return false;
}

static bool set_receiver(hr_question *q, hr_str value)
{
	q->receiver = value;
	return value.len > 0 && value.len <= 64;
}

static bool set_at(hr_question *q, hr_str value)
{
	return hr_instant_parse(value, &q->at);
}

static bool set_setting(hr_question *q, hr_str value)
{
	int setting;

	if (!choose(settings, sizeof(settings) / sizeof(settings[0]), value, &setting))
		return false;
	q->setting = (hr_setting)setting;
	return true;
}

static bool set_intervened(hr_question *q, hr_str value)
{
	int answer;

	if (!choose(answers, sizeof(answers) / sizeof(answers[0]), value, &answer))
		return false;
	q->intervened = (hr_answer)answer;
	return true;
}

static bool set_mark_seen(hr_question *q, hr_str value)
{
	q->mark_seen = value;
	return value.len > 0 && value.len <= 64;
}

static const struct {
	hr_str name;
	bool (*set)(hr_question *q, hr_str value);
	const char *expects;
} fields[] = {
	{ HR_STR_INIT("receiver"), set_receiver, "a 统一社会信用代码 or a key of the catalogue" },
	{ HR_STR_INIT("at"), set_at, "a time like 2026-11-20T08:12:00+08:00, or a day" },
	{ HR_STR_INIT("setting"), set_setting, "outpatient, inpatient, emergency, online or any" },
	{ HR_STR_INIT("intervened"), set_intervened, "yes, no or unknown" },
	{ HR_STR_INIT("mark-seen"), set_mark_seen, "a mark like 京津冀HR, or none" },
};

bool hr_question_set(hr_question *question, hr_str name, hr_str value, hr_error *err)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!hr_str_equal(fields[i].name, name))
			continue;
		if (fields[i].set(question, value))
			return true;
		return hr_fail(err, HR_E_USAGE, "'%.*s' wants %s", HR_STR_ARG(name),
			       fields[i].expects);
	}
	return hr_fail(err, HR_E_USAGE, "a question has no field '%.*s'", HR_STR_ARG(name));
}
