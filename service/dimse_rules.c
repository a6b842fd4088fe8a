#include "service/dimse_rules.h"

#include "dicom/association.h"

#include <stdio.h>

enum { RULES_MAX = 1000 };

typedef bool check_fn(const hr_dimse_rule *rule);

/* PS3.5 6.2: of the default character set, without a backslash; blanks around it say nothing. */
static bool is_ae(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < ' ' || text.data[i] > '~' || text.data[i] == '\\')
			return false;
	return text.len > 0 && text.len <= HR_AE_MAX;
}

static bool is_allowed(const hr_dimse_rule *rule)
{
	return is_ae(rule->ae);
}

static bool is_peer(const hr_dimse_rule *rule)
{
	const hr_str value = rule->value;
	size_t colon = value.len;
	unsigned long port = 0;

	while (colon > 0 && value.data[colon - 1] != ':')
		colon--;
	for (size_t i = colon; i < value.len && port <= UINT16_MAX; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return false;
		port = port * 10 + (unsigned long)(value.data[i] - '0');
	}
	return is_ae(rule->ae) && colon > 1 && port > 0 && port <= UINT16_MAX;
}

static bool is_institution(const hr_dimse_rule *rule)
{
	return (!rule->ae.len || is_ae(rule->ae)) && rule->value.len > 0;
}

/* `alone`: what an item without the mark is, a name or a value. */
static hr_dimse_rule split(hr_str item, char mark, bool alone_is_value)
{
	const hr_str marks = { &mark, 1 };
	const size_t at = hr_str_find(item, marks);
	hr_dimse_rule rule = { hr_str_trim(hr_str_slice(item, 0, at)),
			       hr_str_trim(hr_str_slice(item, at + 1, item.len)) };

	if (at == item.len && alone_is_value)
		rule = (hr_dimse_rule){ HR_STR_NONE, rule.ae };
	return rule;
}

struct form {
	char mark;
	bool alone_is_value;
	check_fn *check;
	const char *looks;
};

static bool read(const char *setting, const char *text, const struct form *form, hr_arena *arena,
		 hr_dimse_rules *out, hr_error *err)
{
	hr_str rest = hr_str_of(text);
	hr_dimse_rule *items = text ? HR_NEW_N(arena, hr_dimse_rule, RULES_MAX) : NULL;
	size_t count = 0;

	if (text && !items)
		return hr_fail_memory(err);
	while (rest.len) {
		const size_t end = hr_str_find(rest, HR_STR(","));
		const hr_str item = hr_str_trim(hr_str_slice(rest, 0, end));

		rest = hr_str_slice(rest, end + 1, rest.len);
		if (count >= RULES_MAX)
			return hr_fail(err, HR_E_USAGE, "%s: more than %d", setting, RULES_MAX);
		items[count] = split(item, form->mark, form->alone_is_value);
		if (!form->check(&items[count++]))
			return hr_fail(err, HR_E_USAGE, "%s: '%.*s' is not of the form %s", setting,
				       HR_STR_ARG(item), form->looks);
	}
	*out = (hr_dimse_rules){ items, count };
	return true;
}

bool hr_dimse_read_allowed(const char *setting, const char *text, hr_arena *arena,
			   hr_dimse_rules *out, hr_error *err)
{
	static const struct form form = { '@', false, is_allowed, "AE or AE@ADDRESS" };

	return read(setting, text, &form, arena, out, err);
}

bool hr_dimse_read_peers(const char *setting, const char *text, hr_arena *arena,
			 hr_dimse_rules *out, hr_error *err)
{
	static const struct form form = { '=', false, is_peer, "AE=HOST:PORT" };

	return read(setting, text, &form, arena, out, err);
}

bool hr_dimse_read_institutions(const char *setting, const char *text, hr_arena *arena,
				hr_dimse_rules *out, hr_error *err)
{
	static const struct form form = { '=', true, is_institution, "USCC or AE=USCC" };

	return read(setting, text, &form, arena, out, err);
}

bool hr_dimse_may_call(const hr_dimse_rules *allowed, hr_str ae, hr_str address)
{
	for (size_t i = 0; i < allowed->count; i++) {
		const hr_dimse_rule *rule = &allowed->items[i];

		if (hr_str_equal(rule->ae, ae) &&
		    (!rule->value.len || hr_str_equal(rule->value, address)))
			return true;
	}
	return allowed->count == 0;
}

hr_str hr_dimse_value(const hr_dimse_rules *rules, hr_str ae)
{
	hr_str value = HR_STR_NONE;

	for (size_t i = 0; i < rules->count; i++) {
		if (hr_str_equal(rules->items[i].ae, ae))
			return rules->items[i].value;
		if (!rules->items[i].ae.len)
			value = rules->items[i].value;
	}
	return value;
}
