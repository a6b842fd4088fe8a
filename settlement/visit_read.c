/* JSON to a visit, by a table of members: each is read to its place in the struct. */
#include "settlement/visit.h"

enum { PLACE_MAX = 96, NAME_SHOWN_MAX = 40, DECIMALS_MAX = 4 };

struct read {
	const hr_catalog *catalog;
	hr_arena *arena;
	hr_error *err;
	bool failed;
};

typedef void read_fn(struct read *r, const hr_json *node, char *at);

struct member {
	hr_str name;
	read_fn *read;
	size_t at;
	bool needed;
};

#define ROW(type, name_, read_, field, needed_)                                                    \
	{                                                                                          \
		.name = HR_STR_INIT(name_), .read = (read_), .at = offsetof(type, field),          \
		.needed = (needed_)                                                                \
	}

static void refuse(struct read *r, const hr_json *node, const char *wanted)
{
	char place[PLACE_MAX];
	hr_buf buf;

	if (r->failed)
		return;
	r->failed = true;
	hr_buf_init_over(&buf, place, PLACE_MAX);
	hr_json_format_path(node, HR_STR("$"), &buf);
	hr_fail(r->err, HR_E_SYNTAX, "visit: %.*s is not %s", HR_STR_ARG(hr_buf_str(&buf)), wanted);
}

/* A name is shown only when it looks like one: it may be anything, a patient's as well. */
static bool is_plain(hr_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(name.data[i] >= 'a' && name.data[i] <= 'z') && name.data[i] != '_')
			return false;
	return name.len > 0 && name.len <= NAME_SHOWN_MAX;
}

static void read_object(struct read *r, const hr_json *node, const struct member *members,
			size_t count, void *object)
{
	if (node->kind != HR_JSON_OBJECT) {
		refuse(r, node, "an object");
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		size_t i = 0;

		while (i < count && !hr_str_equal(members[i].name, child->name))
			i++;
		if (i < count) {
			members[i].read(r, child, (char *)object + members[i].at);
			continue;
		}
		r->failed = true;
		hr_fail(r->err, HR_E_SYNTAX, "visit: there is no member '%.*s'",
			HR_STR_ARG(is_plain(child->name) ? child->name : HR_STR("...")));
	}
	for (size_t i = 0; i < count && !r->failed; i++) {
		if (!members[i].needed || hr_json_get(node, members[i].name))
			continue;
		r->failed = true;
		hr_fail(r->err, HR_E_SYNTAX, "visit: '%.*s' is missing",
			HR_STR_ARG(members[i].name));
	}
}

#define READ_OBJECT(r, node, table, object)                                                        \
	read_object((r), (node), (table), sizeof(table) / sizeof((table)[0]), (object))

/* A code of a national table: letters, digits, '-' and '_'. */
static void read_code(struct read *r, const hr_json *node, char *at)
{
	hr_str text = hr_json_text(node);

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		char low = (char)(c | 32);

		if (!(low >= 'a' && low <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			refuse(r, node, "a code");
	}
	if (text.len == 0 || text.len > 64)
		refuse(r, node, "a code of 1 to 64 characters");
	*(hr_str *)(void *)at = text;
}

static void read_region(struct read *r, const hr_json *node, char *at)
{
	hr_str text = hr_json_text(node);

	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			refuse(r, node, "a region of six digits");
	if (text.len != 6)
		refuse(r, node, "a region of six digits");
	*(hr_str *)(void *)at = text;
}

/* A number or a text of one: 16 digits at most, two of them decimals, not negative. */
static void read_amount(struct read *r, const hr_json *node, char *at)
{
	hr_money amount;

	if ((node->kind != HR_JSON_NUMBER && node->kind != HR_JSON_STRING) ||
	    !hr_money_parse(node->text, &amount) || amount.fen < 0 || amount.fen > HR_FEN_MAX)
		refuse(r, node, "an amount of yuan: 0 or more, at most two decimals");
	else
		*(int64_t *)(void *)at = amount.fen;
}

static void read_day(struct read *r, const hr_json *node, char *at)
{
	if (!hr_date_parse(hr_json_text(node), (hr_date *)(void *)at))
		refuse(r, node, "a day as 2026-11-20");
}

/* Digits with up to four decimals, in ten-thousandths. */
static bool parse_decimal(hr_str text, int64_t *out)
{
	int64_t value;

	if (!hr_decimal_parse(text, DECIMALS_MAX, &value) || value < 0)
		return false;
	*out = value;
	return true;
}

static bool is_number(const hr_json *node)
{
	return node->kind == HR_JSON_NUMBER || node->kind == HR_JSON_STRING;
}

static void read_count(struct read *r, const hr_json *node, char *at)
{
	if (!is_number(node) || !parse_decimal(node->text, (int64_t *)(void *)at))
		refuse(r, node, "a count with at most four decimals");
}

/* 0 to 1 with four decimals, as selfpay_prop is. */
static void read_share(struct read *r, const hr_json *node, char *at)
{
	int64_t parts = 0;

	if (!is_number(node) || !parse_decimal(node->text, &parts) || parts > 10000)
		refuse(r, node, "a share of 0 to 1 with at most four decimals");
	*(int32_t *)(void *)at = (int32_t)(parts * (HR_SHARE_ONE / 10000));
}

static bool read_whole(struct read *r, const hr_json *node, uint32_t max, uint32_t *out)
{
	int64_t parts = 0;

	if (!is_number(node) || !parse_decimal(node->text, &parts) || parts % 10000 ||
	    parts / 10000 > max) {
		refuse(r, node, "a whole number within its limit");
		return false;
	}
	*out = (uint32_t)(parts / 10000);
	return true;
}

static void read_age(struct read *r, const hr_json *node, char *at)
{
	uint32_t age;

	if (read_whole(r, node, HR_AGE_MAX, &age))
		*(uint8_t *)at = (uint8_t)age;
}

static void read_visits(struct read *r, const hr_json *node, char *at)
{
	read_whole(r, node, 100000, (uint32_t *)(void *)at);
}

static void read_filing(struct read *r, const hr_json *node, char *at)
{
	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		if (hr_str_equal(hr_filing_word(i), hr_json_text(node))) {
			*(hr_filing *)(void *)at = i;
			return;
		}
	refuse(r, node, "none, exempt, long, referral, emergency or other");
}

static void read_identities(struct read *r, const hr_json *node, char *object)
{
	hr_visit *visit = (void *)object;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_VISIT_IDENTITIES_MAX) {
		refuse(r, node, "an array of at most 16 codes");
		return;
	}
	for (const hr_json *child = node->first; child; child = child->next)
		read_code(r, child, (char *)&visit->identities[visit->identity_count++]);
}

static void read_class(struct read *r, const hr_json *node, char *at)
{
	static const hr_str words[] = { HR_STR_INIT("01"), HR_STR_INIT("02"), HR_STR_INIT("03") };

	for (size_t i = 0; i < 3; i++)
		if (hr_str_equal(words[i], hr_json_text(node)))
			*at = (char)(i + 1);
	if (*at == 0)
		refuse(r, node, "01, 02 or 03");
}

static const struct member line_members[] = {
	ROW(hr_line, "det_item_fee_sumamt", read_amount, fen, true),
	ROW(hr_line, "chrgitm_lv", read_class, class, true),
	ROW(hr_line, "selfpay_prop", read_share, first, false),
	ROW(hr_line, "pric_uplmt_amt", read_amount, limit_fen, false),
	ROW(hr_line, "cnt", read_count, count, false),
};

static void read_lines(struct read *r, const hr_json *node, char *object)
{
	hr_visit *visit = (void *)object;
	hr_line *lines;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_VISIT_LINES_MAX || node->count == 0) {
		refuse(r, node, "an array of 1 to 100000 lines");
		return;
	}
	lines = HR_NEW_N(r->arena, hr_line, node->count);
	if (!lines) {
		r->failed = !hr_fail_memory(r->err);
		return;
	}
	visit->lines = lines;
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		hr_line *line = &lines[visit->line_count++];

		*line = (hr_line){ .limit_fen = -1, .count = 10000 };
		READ_OBJECT(r, child, line_members, line);
	}
}

static void read_counter(struct read *r, const hr_json *node, char *at)
{
	uint32_t counter = hr_catalog_find_counter(r->catalog, hr_json_text(node));

	if (counter == HR_ID_NONE)
		refuse(r, node, "a counter of this catalogue");
	*(uint32_t *)(void *)at = counter;
}

static const struct member counted_members[] = {
	ROW(hr_counted, "counter", read_counter, counter, true),
	ROW(hr_counted, "hospital", read_code, hospital, false),
	ROW(hr_counted, "visits", read_visits, visits, false),
	ROW(hr_counted, "deductible", read_amount, deductible_fen, false),
	ROW(hr_counted, "standard", read_amount, standard_fen, false),
	ROW(hr_counted, "base", read_amount, base_fen, false),
	ROW(hr_counted, "paid", read_amount, paid_fen, false),
};

static bool is_counted_twice(const hr_year *year)
{
	const hr_counted *last = &year->counted[year->count - 1];

	for (uint32_t i = 0; i + 1 < year->count; i++)
		if (year->counted[i].counter == last->counter &&
		    hr_str_equal(year->counted[i].hospital, last->hospital))
			return true;
	return false;
}

static void read_year(struct read *r, const hr_json *node, char *at)
{
	hr_year *year = (void *)at;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_COUNTED_MAX) {
		refuse(r, node, "an array of at most 32 counters");
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		hr_counted *row = &year->counted[year->count++];

		*row = (hr_counted){ 0 };
		READ_OBJECT(r, child, counted_members, row);
		if (!r->failed && is_counted_twice(year))
			refuse(r, child, "the only one of its counter and hospital");
	}
}

static const struct member members[] = {
	ROW(hr_visit, "medins_setl_id", read_code, id, false),
	ROW(hr_visit, "insuplc_admdvs", read_region, insured, true),
	ROW(hr_visit, "mdtrtarea_admvs", read_region, care, true),
	ROW(hr_visit, "insutype", read_code, insurance, true),
	ROW(hr_visit, "psn_type", read_code, person, true),
	ROW(hr_visit, "psn_idet_type", read_identities, id, false),
	ROW(hr_visit, "age", read_age, age, false),
	ROW(hr_visit, "med_type", read_code, type, true),
	ROW(hr_visit, "opsp_dise_code", read_code, condition, false),
	ROW(hr_visit, "hosp_lv", read_code, level, false),
	ROW(hr_visit, "fixmedins_code", read_code, hospital, false),
	ROW(hr_visit, "begndate", read_day, begun, false),
	ROW(hr_visit, "enddate", read_day, ended, true),
	ROW(hr_visit, "filing", read_filing, filing, false),
	ROW(hr_visit, "medfee_sumamt", read_amount, total_fen, false),
	ROW(hr_visit, "fulamt_ownpay_amt", read_amount, charges.own_fen, false),
	ROW(hr_visit, "overlmt_selfpay", read_amount, charges.over_fen, false),
	ROW(hr_visit, "preselfpay_amt", read_amount, charges.first_fen, false),
	ROW(hr_visit, "inscp_scp_amt", read_amount, charges.scope_fen, false),
	ROW(hr_visit, "lines", read_lines, id, false),
	ROW(hr_visit, "hosp_part_amt", read_amount, charges.hospital_fen, false),
	ROW(hr_visit, "acct_balc", read_amount, charges.account_fen, false),
	ROW(hr_visit, "acct_mulaid_balc", read_amount, charges.relative_fen, false),
	ROW(hr_visit, "year", read_year, year, false),
};
_Static_assert(offsetof(hr_visit, id) == 0, "lists are read into the whole visit");

static bool check_whole(const hr_json *node, const hr_visit *visit, hr_error *err)
{
	bool parts = visit->charges.own_fen || visit->charges.over_fen ||
		     visit->charges.first_fen || hr_json_get(node, HR_STR("inscp_scp_amt"));

	if (visit->begun.day > visit->ended.day)
		return hr_fail(err, HR_E_SYNTAX, "visit: begndate is after enddate");
	if (parts && visit->line_count)
		return hr_fail(err, HR_E_SYNTAX,
			       "visit: lines and their sums (inscp_scp_amt) contradict each other; "
			       "give one");
	if (!parts && !visit->line_count)
		return hr_fail(err, HR_E_SYNTAX, "visit: 'inscp_scp_amt' or 'lines' is missing");
	return true;
}

bool hr_visit_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena, hr_visit *out,
		   hr_error *err)
{
	struct read r = { .catalog = catalog, .arena = arena, .err = err };
	hr_visit *visit = HR_NEW(arena, hr_visit);

	if (!visit)
		return hr_fail_memory(err);
	visit->age = HR_AGE_UNKNOWN;
	visit->total_fen = -1;
	visit->begun = HR_DATE_MIN;
	READ_OBJECT(&r, node, members, visit);
	if (r.failed || !check_whole(node, visit, err))
		return false;
	visit->filing_given = hr_json_get(node, HR_STR("filing")) != NULL;
	if (!hr_json_get(node, HR_STR("begndate")))
		visit->begun = visit->ended;
	*out = *visit;
	return true;
}
