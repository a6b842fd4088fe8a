/*
 * simdjson's DOM parser, which brings its own grammar, as the judge of ours.
 * We refuse more: names twice, U+0000, depth over 64. We accept more: numbers
 * that no double holds, and a byte order mark.
 */
#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

extern "C" {
#include "json_oracle.h"
}

using simdjson::dom::element;
using simdjson::dom::element_type;

static void demand(bool holds)
{
	if (!holds)
		std::abort();
}

static std::string_view view(hr_str s)
{
	return { s.data ? s.data : "", s.len };
}

static simdjson::dom::array items_of(element e)
{
	simdjson::dom::array items;

	demand(e.get_array().get(items) == simdjson::SUCCESS);
	return items;
}

static simdjson::dom::object members_of(element e)
{
	simdjson::dom::object members;

	demand(e.get_object().get(members) == simdjson::SUCCESS);
	return members;
}

static bool is_refused_text(std::string_view s)
{
	return s.find('\0') != s.npos;
}

/* Whether something in `e` is refused by us, and only by us. */
static bool is_refused(element e, int depth)
{
	std::set<std::string_view> names;

	switch (e.type()) {
	case element_type::ARRAY:
		for (element child : items_of(e))
			if (is_refused(child, depth + 1))
				return true;
		return depth == HR_JSON_DEPTH_MAX;
	case element_type::OBJECT:
		for (auto member : members_of(e))
			if (is_refused_text(member.key) || !names.insert(member.key).second ||
			    is_refused(member.value, depth + 1))
				return true;
		return depth == HR_JSON_DEPTH_MAX;
	case element_type::STRING:
		return is_refused_text(e.get_string().value_unsafe());
	default:
		return false;
	}
}

/* RFC 8259 section 6 as an automaton: the state after each kind of byte, 0 for none. */
static bool is_number(std::string_view s)
{
	enum { START = 1, MINUS, ZERO, WHOLE, POINT, FRACTION, E, SIGN, EXPONENT };
	/*                                      -  0  1-9  .  e  + */
	static const char next[10][6] = { {},
					  { MINUS, ZERO, WHOLE },
					  { 0, ZERO, WHOLE },
					  { 0, 0, 0, POINT, E },
					  { 0, WHOLE, WHOLE, POINT, E },
					  { 0, FRACTION, FRACTION },
					  { 0, FRACTION, FRACTION, 0, E },
					  { SIGN, EXPONENT, EXPONENT, 0, 0, SIGN },
					  { 0, EXPONENT, EXPONENT },
					  { 0, EXPONENT, EXPONENT } };
	static const char kinds[] = "-0123456789.eE+";
	static const unsigned char columns[] = { 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 4, 5 };
	int state = START;

	for (char c : s) {
		const char *kind = c ? std::strchr(kinds, c) : nullptr;

		state = kind ? next[state][columns[kind - kinds]] : 0;
	}
	return state == ZERO || state == WHOLE || state == FRACTION || state == EXPONENT;
}

static void check_number(element e, hr_str text)
{
	std::string number(view(text));
	double value = 0;

	demand(is_number(number));
	demand(e.get_double().get(value) == simdjson::SUCCESS);
	demand(value == std::strtod(number.c_str(), nullptr));
}

static void check_same(element e, const hr_json *node)
{
	const hr_json *child = node->first;

	switch (e.type()) {
	case element_type::ARRAY:
		demand(node->kind == HR_JSON_ARRAY);
		for (element item : items_of(e)) {
			demand(child && hr_str_is_empty(child->name));
			check_same(item, child);
			child = child->next;
		}
		break;
	case element_type::OBJECT:
		demand(node->kind == HR_JSON_OBJECT);
		for (auto member : members_of(e)) {
			demand(child && view(child->name) == member.key);
			check_same(member.value, child);
			child = child->next;
		}
		break;
	case element_type::STRING:
		demand(node->kind == HR_JSON_STRING);
		demand(view(node->text) == e.get_string().value_unsafe());
		break;
	case element_type::BOOL:
		demand(node->kind == (e.get_bool().value_unsafe() ? HR_JSON_TRUE : HR_JSON_FALSE));
		break;
	case element_type::NULL_VALUE:
		demand(node->kind == HR_JSON_NULL);
		break;
	default:
		demand(node->kind == HR_JSON_NUMBER);
		check_number(e, node->text);
	}
	demand(!child);
}

static void check_numbers(const hr_json *node)
{
	demand(node->kind != HR_JSON_NUMBER || is_number(view(node->text)));
	for (const hr_json *child = node->first; child; child = child->next)
		check_numbers(child);
}

void hr_json_oracle_check(hr_str text, const hr_json *root)
{
	static simdjson::dom::parser parser;
	std::string_view bytes = view(text);
	element e;
	simdjson::error_code code;

	if (bytes.substr(0, 3) == "\xef\xbb\xbf")
		bytes.remove_prefix(3);
	code = parser.parse(bytes.data(), bytes.size()).get(e);
	if (code == simdjson::SUCCESS && root)
		check_same(e, root);
	else if (code == simdjson::SUCCESS)
		demand(is_refused(e, 0));
	else if (root) {
		demand(code == simdjson::NUMBER_ERROR);
		check_numbers(root);
	}
}
