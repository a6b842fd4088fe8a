/* What is asked of a person's year; and how two requests of one id are told apart. */
#include "settlement/ledger_parts.h"

enum { PLACE_MAX = 96, YEAR_MIN = 1990, YEAR_MAX = 2100 };

static void read_year(hr_members *r, const hr_json *node, char *at)
{
	uint32_t year = 0;

	if (!hr_members_whole(r, node, YEAR_MAX, &year))
		return;
	if (year < YEAR_MIN)
		hr_members_refuse(r, node, "a year from 1990 to 2100");
	*(int32_t *)(void *)at = (int32_t)year;
}

static void read_id(hr_members *r, const hr_json *node, char *at)
{
	hr_member_code(r, node, at);
	if (hr_json_text(node).len > HR_LEDGER_ID_MAX)
		hr_members_refuse(r, node, "an id of 1 to 30 characters");
}

static const hr_member ask_members[] = {
	HR_MEMBER(hr_ledger_ask, "psn_cert_type", hr_member_code, certificate, false),
	HR_MEMBER(hr_ledger_ask, "certno", hr_member_text, number, true),
	HR_MEMBER(hr_ledger_ask, "insuplc_admdvs", hr_member_region, scope.insured, false),
	HR_MEMBER(hr_ledger_ask, "insutype", hr_member_code, scope.insurance, false),
	HR_MEMBER(hr_ledger_ask, "year", read_year, scope.year, false),
	HR_MEMBER(hr_ledger_ask, "setl_time", hr_ledger_member_time, at, false),
	HR_MEMBER(hr_ledger_ask, "visit", hr_ledger_member_object, visit, false),
	HR_MEMBER(hr_ledger_ask, "omsgid", read_id, reverses, false),
	HR_MEMBER(hr_ledger_ask, "reason", hr_member_text, reason, false),
};

/* Of a diagnosis alone, or (err_msg) free text, in which anything may stand. */
static bool is_of_diagnosis(hr_str name)
{
	static const hr_str names[] = {
		HR_STR_INIT("psn_insu_stas"), HR_STR_INIT("insuinfo"),
		HR_STR_INIT("waiting_until"), HR_STR_INIT("cert_stas"),
		HR_STR_INIT("filing_faults"), HR_STR_INIT("excluded"),
		HR_STR_INIT("open_stays"),    HR_STR_INIT("platform_maintenance"),
		HR_STR_INIT("err_msg"),
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hr_str_equal(names[i], name))
			return true;
	return false;
}

/* The same object, with less in it. */
static const hr_json *keep_visit(const hr_json *visit, hr_arena *arena)
{
	hr_json *kept = hr_arena_copy(arena, visit, sizeof(*visit));
	const hr_json **next;

	if (!kept)
		return NULL;
	kept->first = NULL;
	kept->count = 0;
	next = &kept->first;
	for (const hr_json *child = visit->first; child; child = child->next) {
		hr_json *copy;

		if (is_of_diagnosis(child->name))
			continue;
		copy = hr_arena_copy(arena, child, sizeof(*child));
		if (!copy)
			return NULL;
		copy->next = NULL;
		copy->index = kept->count++;
		*next = copy;
		next = &copy->next;
	}
	return kept;
}

static bool check_size(const hr_json *visit, hr_arena *arena, hr_error *err)
{
	hr_json_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_LEDGER_VISIT_BYTES_MAX);
	hr_json_writer_init(&w, &buf, false);
	hr_ledger_copy_json(visit, &w);
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	return !buf.failed || hr_fail(err, HR_E_LIMIT, "settlement: 'visit' has over %d bytes",
				      HR_LEDGER_VISIT_BYTES_MAX);
}

static bool check_visit(const hr_ledger_ask *ask, const hr_visit *visit, hr_error *err)
{
	if (visit->id.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "settlement: 'visit.medins_setl_id' is missing");
	if (visit->id.len > HR_LEDGER_ID_MAX)
		return hr_fail(err, HR_E_SYNTAX,
			       "settlement: $.visit.medins_setl_id is not an id of 1 to 30 "
			       "characters");
	if (visit->facts.year_given)
		return hr_fail(err, HR_E_SYNTAX,
			       "settlement: 'visit.year' is for 'settle quote': the book knows "
			       "the year");
	if ((ask->scope.insured.len && !hr_str_equal(ask->scope.insured, visit->insured)) ||
	    (ask->scope.insurance.len && !hr_str_equal(ask->scope.insurance, visit->insurance)) ||
	    (ask->scope.year && ask->scope.year != hr_date_year(visit->ended)))
		return hr_fail(
			err, HR_E_SYNTAX,
			"settlement: insuplc_admdvs, insutype or year contradicts the visit");
	if (hr_instant_date(ask->at).day < visit->ended.day)
		return hr_fail(err, HR_E_SYNTAX,
			       "settlement: setl_time is before the visit's enddate");
	return true;
}

static bool take_visit(const hr_catalog *catalog, hr_arena *arena, hr_ledger_ask *ask,
		       hr_error *err)
{
	hr_visit visit;

	if (!hr_visit_read(ask->visit, catalog, arena, &visit, err) ||
	    !check_visit(ask, &visit, err))
		return false;
	ask->scope = (hr_ledger_scope){ visit.insured, visit.insurance, hr_date_year(visit.ended) };
	ask->id = visit.id;
	ask->visit = keep_visit(ask->visit, arena);
	if (!ask->visit)
		return hr_fail_memory(err);
	return check_size(ask->visit, arena, err);
}

/* Members that one question needs and another has not: bits by hr_ledger_asks. */
static const struct {
	hr_str name;
	unsigned needed;
	unsigned taken;
} presence[] = {
#define RECORD	(1U << HR_LEDGER_ASKS_RECORD)
#define REVERSE (1U << HR_LEDGER_ASKS_REVERSE)
#define YEAR	(1U << HR_LEDGER_ASKS_YEAR)
	{ HR_STR_INIT("visit"), RECORD, RECORD },
	{ HR_STR_INIT("setl_time"), RECORD, RECORD },
	{ HR_STR_INIT("insuplc_admdvs"), REVERSE | YEAR, RECORD | REVERSE | YEAR },
	{ HR_STR_INIT("insutype"), YEAR, RECORD | REVERSE | YEAR },
	{ HR_STR_INIT("year"), YEAR, RECORD | REVERSE | YEAR },
	{ HR_STR_INIT("omsgid"), 0, REVERSE },
#undef RECORD
#undef REVERSE
#undef YEAR
};

static bool check_presence(const hr_json *node, hr_ledger_asks asks, hr_error *err)
{
	for (size_t i = 0; i < sizeof(presence) / sizeof(presence[0]); i++) {
		const bool given = hr_json_get(node, presence[i].name) != NULL;

		if (!given && presence[i].needed >> asks & 1)
			return hr_fail(err, HR_E_INCOMPLETE, "settlement: '%.*s' is missing",
				       HR_STR_ARG(presence[i].name));
		if (given && !(presence[i].taken >> asks & 1))
			return hr_fail(err, HR_E_SYNTAX, "settlement: '%.*s' is not asked here",
				       HR_STR_ARG(presence[i].name));
	}
	return true;
}

bool hr_ledger_ask_read(const hr_json *node, const hr_catalog *catalog, hr_ledger_asks asks,
			hr_arena *arena, hr_ledger_ask *out, hr_error *err)
{
	hr_members r = { HR_STR("settlement"), catalog, arena, err, false };
	hr_ledger_ask ask = { .id = HR_STR_NONE };

	HR_MEMBERS_OBJECT(&r, node, ask_members, &ask);
	if (r.failed || !check_presence(node, asks, err) ||
	    (asks == HR_LEDGER_ASKS_RECORD && !take_visit(catalog, arena, &ask, err)))
		return false;
	*out = ask;
	return true;
}

/* --- is it the same? --- */

static bool is_number(hr_str text, int64_t *out)
{
	return hr_decimal_parse(text, 4, out);
}

/* A code is a text to the letter; an amount may be 850, "850" or "850.00". */
static bool is_same_value(const hr_json *a, const hr_json *b)
{
	const hr_str dot = HR_STR(".");
	int64_t x;
	int64_t y;
	bool amounts_both;

	if (hr_str_equal(a->text, b->text))
		return a->kind == b->kind || a->kind == HR_JSON_NUMBER || b->kind == HR_JSON_NUMBER;
	amounts_both = a->kind == HR_JSON_NUMBER || b->kind == HR_JSON_NUMBER ||
		       hr_str_find(a->text, dot) < a->text.len ||
		       hr_str_find(b->text, dot) < b->text.len;
	return amounts_both && is_number(a->text, &x) && is_number(b->text, &y) && x == y;
}

static bool is_leaf(const hr_json *node)
{
	return node->kind == HR_JSON_NUMBER || node->kind == HR_JSON_STRING;
}

/* The first node of `a` that `b` has otherwise, or not; NULL: it has all of them. */
static const hr_json *find_other(const hr_json *a, const hr_json *b)
{
	const hr_json *theirs = b->first;

	if (is_leaf(a) && is_leaf(b))
		return is_same_value(a, b) ? NULL : a;
	if (a->kind != b->kind || (a->kind == HR_JSON_ARRAY && a->count != b->count))
		return a;
	for (const hr_json *child = a->first; child; child = child->next) {
		const hr_json *found =
			a->kind == HR_JSON_OBJECT ? hr_json_get(b, child->name) : theirs;

		if (!found)
			return child;
		found = find_other(child, found);
		if (found)
			return found;
		theirs = theirs ? theirs->next : NULL;
	}
	return NULL;
}

static bool tell_conflict(const hr_json *node, hr_error *err)
{
	char text[PLACE_MAX];
	hr_buf place;

	hr_buf_init_over(&place, text, sizeof(text));
	hr_json_format_path(node, HR_STR("$"), &place);
	return hr_fail(err, HR_E_EXISTS,
		       "the medins_setl_id is in use, by a settlement with another %.*s",
		       HR_STR_ARG(hr_buf_str(&place)));
}

bool hr_ledger_repeats(const hr_ledger *ledger, const hr_ledger_ask *ask, const hr_ledger_row **out,
		       hr_error *err)
{
	const hr_ledger_row *row = hr_ledger_find(ledger, ask->id);
	const hr_json *other;

	if (row) {
		other = find_other(ask->visit, row->visit);
		if (!other)
			other = find_other(row->visit, ask->visit);
		if (other)
			return tell_conflict(other, err);
		if (ask->at.second != row->at.second)
			return hr_fail(err, HR_E_EXISTS,
				       "the medins_setl_id is in use, by a settlement with another "
				       "setl_time");
		if (row->state == HR_LEDGER_REVERSED)
			return hr_fail(err, HR_E_EXISTS,
				       "the settlement was reversed; another one has a "
				       "medins_setl_id of its own");
	}
	*out = row;
	return true;
}
