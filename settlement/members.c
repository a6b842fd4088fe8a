#include "settlement/members.h"

#include "base/money.h"
#include "catalog/policy.h"
#include "catalog/scope.h"

enum { PLACE_MAX = 96, NAME_SHOWN_MAX = 40, DECIMALS = 4, CODE_MAX = 64, TEXT_MAX = 1000 };

static const int64_t one = 10000;

void hr_members_refuse(hr_members *r, const hr_json *node, const char *wanted)
{
	char place[PLACE_MAX];
	hr_buf buf;

	if (r->failed)
		return;
	r->failed = true;
	hr_buf_init_over(&buf, place, PLACE_MAX);
	hr_json_format_path(node, HR_STR("$"), &buf);
	hr_fail(r->err, HR_E_SYNTAX, "%.*s: %.*s is not %s", HR_STR_ARG(r->what),
		HR_STR_ARG(hr_buf_str(&buf)), wanted);
}

/* A name is shown only when it looks like one: it may be anything, a patient's as well. */
static bool is_plain(hr_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(name.data[i] >= 'a' && name.data[i] <= 'z') && name.data[i] != '_')
			return false;
	return name.len > 0 && name.len <= NAME_SHOWN_MAX;
}

/* From row `from` on and round: most write the members in the order of the table. */
static size_t find_member(const hr_member *members, size_t count, size_t from, hr_str name)
{
	for (size_t i = from; i < count; i++)
		if (hr_str_equal(members[i].name, name))
			return i;
	for (size_t i = 0; i < from; i++)
		if (hr_str_equal(members[i].name, name))
			return i;
	return count;
}

static void read_member(hr_members *r, const hr_json *child, const hr_member *members, size_t count,
			size_t *row, void *object)
{
	const size_t i = find_member(members, count, *row, child->name);

	if (i < count) {
		*row = i + 1;
		members[i].read(r, child, (char *)object + members[i].at);
		return;
	}
	r->failed = true;
	hr_fail(r->err, HR_E_SYNTAX, "%.*s: there is no member '%.*s'", HR_STR_ARG(r->what),
		HR_STR_ARG(is_plain(child->name) ? child->name : HR_STR("...")));
}

void hr_members_object(hr_members *r, const hr_json *node, const hr_member *members, size_t count,
		       void *object)
{
	size_t row = 0;

	if (node->kind != HR_JSON_OBJECT) {
		hr_members_refuse(r, node, "an object");
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		read_member(r, child, members, count, &row, object);
	for (size_t i = 0; i < count && !r->failed; i++) {
		if (!members[i].needed || hr_json_get(node, members[i].name))
			continue;
		r->failed = true;
		hr_fail(r->err, HR_E_SYNTAX, "%.*s: '%.*s' is missing", HR_STR_ARG(r->what),
			HR_STR_ARG(members[i].name));
	}
}

/* A code of a national table: letters, digits, '-' and '_'. */
void hr_member_code(hr_members *r, const hr_json *node, char *at)
{
	hr_str text = hr_json_text(node);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		char low = (char)(c | 32);

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			hr_members_refuse(r, node, "a code");
	}
	if (text.len == 0 || text.len > CODE_MAX)
		hr_members_refuse(r, node, "a code of 1 to 64 characters");
	*(hr_str *)(void *)at = text;
}

void hr_member_region(hr_members *r, const hr_json *node, char *at)
{
	hr_str text = hr_json_text(node);

	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			hr_members_refuse(r, node, "a region of six digits");
	if (text.len != 6)
		hr_members_refuse(r, node, "a region of six digits");
	*(hr_str *)(void *)at = text;
}

void hr_member_text(hr_members *r, const hr_json *node, char *at)
{
	hr_str text = hr_str_trim(hr_json_text(node));

	if (text.len == 0 || text.len > TEXT_MAX)
		hr_members_refuse(r, node, "a text of 1 to 1000 bytes");
	*(hr_str *)(void *)at = text;
}

void hr_member_day(hr_members *r, const hr_json *node, char *at)
{
	if (!hr_date_parse(hr_json_text(node), (hr_date *)(void *)at))
		hr_members_refuse(r, node, "a day as 2026-11-20");
}

bool hr_members_decimal(const hr_json *node, int64_t *out)
{
	int64_t value;

	if ((node->kind != HR_JSON_NUMBER && node->kind != HR_JSON_STRING) ||
	    !hr_decimal_parse(node->text, DECIMALS, &value) || value < 0)
		return false;
	*out = value;
	return true;
}

bool hr_members_whole(hr_members *r, const hr_json *node, uint32_t max, uint32_t *out)
{
	int64_t parts = 0;

	if (!hr_members_decimal(node, &parts) || parts % one || parts / one > max) {
		hr_members_refuse(r, node, "a whole number within its limit");
		return false;
	}
	*out = (uint32_t)(parts / one);
	return true;
}

void hr_member_age(hr_members *r, const hr_json *node, char *at)
{
	uint32_t age;

	if (hr_members_whole(r, node, HR_AGE_MAX, &age))
		*(uint8_t *)at = (uint8_t)age;
}

void hr_member_amount(hr_members *r, const hr_json *node, char *at)
{
	hr_money amount;

	if ((node->kind != HR_JSON_NUMBER && node->kind != HR_JSON_STRING) ||
	    !hr_money_parse(node->text, &amount) || amount.fen < 0 || amount.fen > HR_FEN_MAX)
		hr_members_refuse(r, node, "an amount of yuan: 0 or more, at most two decimals");
	else
		*(int64_t *)(void *)at = amount.fen;
}

void hr_member_flag(hr_members *r, const hr_json *node, char *at)
{
	bool yes = node->kind == HR_JSON_TRUE || hr_str_equal(hr_json_text(node), HR_STR("1"));
	bool no = node->kind == HR_JSON_FALSE || hr_str_equal(hr_json_text(node), HR_STR("0"));

	if (!yes && !no)
		hr_members_refuse(r, node, "true or false, \"1\" or \"0\"");
	*(bool *)(void *)at = yes;
}
