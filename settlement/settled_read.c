#include "settlement/settled.h"

struct member {
	hr_str name;
	size_t at;
	size_t max; /* bytes */
	bool needed;
	bool digits; /* exactly `max` of them */
};

#define ROW(name_, field, ...)                                                                     \
	{                                                                                          \
		.name = HR_STR_INIT(name_), .at = offsetof(hr_settled, field), __VA_ARGS__         \
	}

static const struct member members[] = {
	ROW("medins_setl_id", id, .max = HR_SETTLED_ID_MAX, .needed = true),
	ROW("omsgid", reverses, .max = HR_SETTLED_ID_MAX),
	ROW("insuplc_admdvs", insured, .max = 6, .needed = true, .digits = true),
	ROW("mdtrtarea_admvs", care, .max = 6, .needed = true, .digits = true),
	ROW("insutype", insurance, .max = HR_SETTLED_CODE_MAX, .needed = true),
	ROW("fixmedins_code", hospital, .max = HR_SETTLED_CODE_MAX, .needed = true),
	ROW("psn_no", person, .max = HR_SETTLED_CODE_MAX, .needed = true),
	ROW("med_type", type, .max = HR_SETTLED_CODE_MAX),
};

static bool refuse(hr_str name, const char *wanted, hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "settlement: %.*s is not %s", HR_STR_ARG(name), wanted);
}

static bool is_code(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] <= ' ' || (unsigned char)text.data[i] > '~')
			return false;
	return true;
}

static bool is_digits(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	return true;
}

/* Many systems send what they do not have as null or as an empty text. */
static bool is_empty(const hr_json *node)
{
	return !node || node->kind == HR_JSON_NULL ||
	       (node->kind == HR_JSON_STRING && !node->text.len);
}

static bool fail_missing(hr_str name, hr_error *err)
{
	return hr_fail(err, HR_E_INCOMPLETE, "settlement: '%.*s' is missing", HR_STR_ARG(name));
}

static bool read_member(const hr_json *info, const struct member *m, hr_settled *out, hr_error *err)
{
	const hr_json *node = hr_json_get(info, m->name);
	hr_str text = hr_json_text(node);

	if (is_empty(node))
		return !m->needed || fail_missing(m->name, err);
	/* A number is no code; passed over, an omsgid would make a settlement of a reversal. */
	if (node->kind != HR_JSON_STRING)
		return refuse(m->name, "a text", err);
	if (m->digits && (text.len != m->max || !is_digits(text)))
		return refuse(m->name, "a region of six digits", err);
	if (text.len > m->max || !is_code(text))
		return refuse(m->name, "a code of at most 30 characters", err);
	*(hr_str *)(void *)((char *)out + m->at) = text;
	return true;
}

static bool read_time(const hr_json *info, hr_instant *out, hr_error *err)
{
	const hr_str name = HR_STR("setl_time");
	const hr_json *node = hr_json_get(info, name);
	const hr_str text = hr_json_text(node);
	hr_span span;

	if (is_empty(node))
		return fail_missing(name, err);
	/* A day alone might be of either month. */
	if (!hr_span_parse(text, &span) || span.precision < HR_PRECISION_MINUTE)
		return refuse(name, "a time as 2026-10-31 23:59:59", err);
	*out = span.from;
	return true;
}

bool hr_settled_read(const hr_json *node, hr_settled *out, hr_error *err)
{
	const hr_json *output = hr_json_get(node, HR_STR("output"));
	const hr_json *info = hr_json_get(output ? output : node, HR_STR("setlinfo"));
	hr_settled settled = { 0 };

	if (!info)
		info = output ? output : node;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!read_member(info, &members[i], &settled, err))
			return false;
	if (!read_time(info, &settled.at, err) || !hr_result_read(node, &settled.result, err))
		return false;
	settled.is_stay = hr_str_starts_with(settled.type, HR_STR("2"));
	*out = settled;
	return true;
}
