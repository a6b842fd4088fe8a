/* JSON to a visit, by a table of members: each is read to its place in the struct. */
#include "settlement/visit.h"

#include "settlement/eligibility_read.h"
#include "settlement/filing_ask.h"

static void read_count(hr_members *r, const hr_json *node, char *at)
{
	if (!hr_members_decimal(node, (int64_t *)(void *)at))
		hr_members_refuse(r, node, "a count with at most four decimals");
}

/* 0 to 1 with four decimals, as selfpay_prop is. */
static void read_share(hr_members *r, const hr_json *node, char *at)
{
	int64_t parts = 0;

	if (!hr_members_decimal(node, &parts) || parts > 10000)
		hr_members_refuse(r, node, "a share of 0 to 1 with at most four decimals");
	*(int32_t *)(void *)at = (int32_t)(parts * (HR_SHARE_ONE / 10000));
}

static void read_visits(hr_members *r, const hr_json *node, char *at)
{
	hr_members_whole(r, node, 100000, (uint32_t *)(void *)at);
}

static void read_filing(hr_members *r, const hr_json *node, char *at)
{
	for (hr_filing i = 0; i < HR_FILING_COUNT; i++)
		if (hr_str_equal(hr_filing_word(i), hr_json_text(node))) {
			*(hr_filing *)(void *)at = i;
			return;
		}
	hr_members_refuse(r, node, "none, exempt, long, referral, emergency or other");
}

static void read_filings(hr_members *r, const hr_json *node, char *object)
{
	hr_visit *visit = (void *)object;

	visit->filings_given = true;
	hr_filed_read_list(r, node, &visit->filings, &visit->filing_count);
}

static void read_identities(hr_members *r, const hr_json *node, char *object)
{
	hr_visit *visit = (void *)object;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_VISIT_IDENTITIES_MAX) {
		hr_members_refuse(r, node, "an array of at most 16 codes");
		return;
	}
	for (const hr_json *child = node->first; child; child = child->next)
		hr_member_code(r, child, (char *)&visit->identities[visit->identity_count++]);
}

static void read_class(hr_members *r, const hr_json *node, char *at)
{
	static const hr_str words[] = { HR_STR_INIT("01"), HR_STR_INIT("02"), HR_STR_INIT("03") };

	for (size_t i = 0; i < 3; i++)
		if (hr_str_equal(words[i], hr_json_text(node)))
			*at = (char)(i + 1);
	if (*at == 0)
		hr_members_refuse(r, node, "01, 02 or 03");
}

static const hr_member sort_members[] = {
	HR_MEMBER(hr_line_sort, "chrgitm_lv", read_class, class, true),
	HR_MEMBER(hr_line_sort, "selfpay_prop", read_share, first, false),
	HR_MEMBER(hr_line_sort, "pric_uplmt_amt", hr_member_amount, limit_fen, false),
};

static void read_sort(hr_members *r, const hr_json *node, char *at)
{
	hr_line_sort *sort = (void *)at;

	sort->limit_fen = -1;
	HR_MEMBERS_OBJECT(r, node, sort_members, sort);
}

static const hr_member line_members[] = {
	HR_MEMBER(hr_line, "det_item_fee_sumamt", hr_member_amount, fen, true),
	HR_MEMBER(hr_line, "chrgitm_lv", read_class, by.class, true),
	HR_MEMBER(hr_line, "selfpay_prop", read_share, by.first, false),
	HR_MEMBER(hr_line, "pric_uplmt_amt", hr_member_amount, by.limit_fen, false),
	HR_MEMBER(hr_line, "cnt", read_count, count, false),
	HR_MEMBER(hr_line, "insuplc", read_sort, insured, false),
	HR_MEMBER(hr_line, "hilist_code", hr_member_code, code, false),
	HR_MEMBER(hr_line, "drug_genname", hr_member_text, name, false),
	HR_MEMBER(hr_line, "drug_spec", hr_member_text, spec, false),
	HR_MEMBER(hr_line, "dual_channel", hr_member_flag, dual_channel, false),
};

static void read_lines(hr_members *r, const hr_json *node, char *object)
{
	hr_visit *visit = (void *)object;
	hr_line *lines;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_VISIT_LINES_MAX || node->count == 0) {
		hr_members_refuse(r, node, "an array of 1 to 100000 lines");
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

		*line = (hr_line){ .by.limit_fen = -1, .count = 10000 };
		HR_MEMBERS_OBJECT(r, child, line_members, line);
	}
}

static void read_counter(hr_members *r, const hr_json *node, char *at)
{
	uint32_t counter = hr_catalog_find_counter(r->catalog, hr_json_text(node));

	if (counter == HR_ID_NONE)
		hr_members_refuse(r, node, "a counter of this catalogue");
	*(uint32_t *)(void *)at = counter;
}

static const hr_member counted_members[] = {
	HR_MEMBER(hr_counted, "counter", read_counter, counter, true),
	HR_MEMBER(hr_counted, "hospital", hr_member_code, hospital, false),
	HR_MEMBER(hr_counted, "visits", read_visits, visits, false),
	HR_MEMBER(hr_counted, "deductible", hr_member_amount, deductible_fen, false),
	HR_MEMBER(hr_counted, "standard", hr_member_amount, standard_fen, false),
	HR_MEMBER(hr_counted, "base", hr_member_amount, base_fen, false),
	HR_MEMBER(hr_counted, "paid", hr_member_amount, paid_fen, false),
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

static void read_year(hr_members *r, const hr_json *node, char *at)
{
	hr_year *year = (void *)at;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_COUNTED_MAX) {
		hr_members_refuse(r, node, "an array of at most 32 counters");
		return;
	}
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		hr_counted *row = &year->counted[year->count++];

		*row = (hr_counted){ 0 };
		HR_MEMBERS_OBJECT(r, child, counted_members, row);
		if (!r->failed && is_counted_twice(year))
			hr_members_refuse(r, child, "the only one of its counter and hospital");
	}
}

static const hr_member members[] = {
	HR_MEMBER(hr_visit, "medins_setl_id", hr_member_code, id, false),
	HR_MEMBER(hr_visit, "insuplc_admdvs", hr_member_region, insured, true),
	HR_MEMBER(hr_visit, "mdtrtarea_admvs", hr_member_region, care, true),
	HR_MEMBER(hr_visit, "insutype", hr_member_code, insurance, true),
	HR_MEMBER(hr_visit, "psn_type", hr_member_code, person, true),
	HR_MEMBER(hr_visit, "psn_idet_type", read_identities, id, false),
	HR_MEMBER(hr_visit, "age", hr_member_age, age, false),
	HR_MEMBER(hr_visit, "med_type", hr_member_code, type, true),
	HR_MEMBER(hr_visit, "opsp_dise_code", hr_member_code, condition, false),
	HR_MEMBER(hr_visit, "hosp_lv", hr_member_code, level, false),
	HR_MEMBER(hr_visit, "fixmedins_code", hr_member_code, hospital, false),
	HR_MEMBER(hr_visit, "begndate", hr_member_day, begun, false),
	HR_MEMBER(hr_visit, "enddate", hr_member_day, ended, true),
	HR_MEMBER(hr_visit, "filing", read_filing, filing, false),
	HR_MEMBER(hr_visit, "filings", read_filings, id, false),
	HR_MEMBER(hr_visit, "er_flag", hr_member_flag, emergency, false),
	HR_MEMBER(hr_visit, "medfee_sumamt", hr_member_amount, total_fen, false),
	HR_MEMBER(hr_visit, "fulamt_ownpay_amt", hr_member_amount, charges.own_fen, false),
	HR_MEMBER(hr_visit, "overlmt_selfpay", hr_member_amount, charges.over_fen, false),
	HR_MEMBER(hr_visit, "preselfpay_amt", hr_member_amount, charges.first_fen, false),
	HR_MEMBER(hr_visit, "inscp_scp_amt", hr_member_amount, charges.scope_fen, false),
	HR_MEMBER(hr_visit, "lines", read_lines, id, false),
	HR_MEMBER(hr_visit, "hosp_part_amt", hr_member_amount, charges.hospital_fen, false),
	HR_MEMBER(hr_visit, "acct_balc", hr_member_amount, charges.account_fen, false),
	HR_MEMBER(hr_visit, "acct_mulaid_balc", hr_member_amount, charges.relative_fen, false),
	HR_MEMBER(hr_visit, "year", read_year, year, false),
	HR_MEMBER(hr_visit, "psn_insu_stas", hr_eligibility_status, facts, false),
	HR_MEMBER(hr_visit, "insuinfo", hr_eligibility_insured, facts, false),
	HR_MEMBER(hr_visit, "waiting_until", hr_eligibility_waiting, facts, false),
	HR_MEMBER(hr_visit, "cert_stas", hr_eligibility_card, facts, false),
	HR_MEMBER(hr_visit, "filing_faults", hr_eligibility_filed, facts, false),
	HR_MEMBER(hr_visit, "excluded", hr_eligibility_excluded, facts, false),
	HR_MEMBER(hr_visit, "qualifications", hr_eligibility_qualified, facts, false),
	HR_MEMBER(hr_visit, "open_stays", hr_eligibility_stays, facts, false),
	HR_MEMBER(hr_visit, "platform_maintenance", hr_eligibility_maintenance, facts, false),
	HR_MEMBER(hr_visit, "err_msg", hr_eligibility_message, facts, false),
};
_Static_assert(offsetof(hr_visit, id) == 0, "lists are read into the whole visit");

static bool check_whole(const hr_json *node, const hr_visit *visit, bool billed, hr_error *err)
{
	bool parts = visit->charges.own_fen || visit->charges.over_fen ||
		     visit->charges.first_fen || hr_json_get(node, HR_STR("inscp_scp_amt"));

	if (visit->begun.day > visit->ended.day)
		return hr_fail(err, HR_E_SYNTAX, "visit: begndate is after enddate");
	if (parts && visit->line_count)
		return hr_fail(err, HR_E_SYNTAX,
			       "visit: lines and their sums (inscp_scp_amt) contradict each other; "
			       "give one");
	if (billed && !parts && !visit->line_count)
		return hr_fail(err, HR_E_SYNTAX, "visit: 'inscp_scp_amt' or 'lines' is missing");
	return true;
}

static bool read_visit(const hr_json *node, const hr_catalog *catalog, bool billed, hr_arena *arena,
		       hr_visit *out, hr_error *err)
{
	hr_members r = { HR_STR("visit"), catalog, arena, err, false };
	hr_visit *visit = HR_NEW(arena, hr_visit);

	if (!visit)
		return hr_fail_memory(err);
	visit->age = HR_AGE_UNKNOWN;
	visit->total_fen = -1;
	visit->begun = HR_DATE_MIN;
	HR_MEMBERS_OBJECT(&r, node, members, visit);
	if (r.failed || !check_whole(node, visit, billed, err))
		return false;
	visit->filing_given = hr_json_get(node, HR_STR("filing")) != NULL;
	visit->facts.year_given = hr_json_get(node, HR_STR("year")) != NULL;
	if (!hr_json_get(node, HR_STR("begndate")))
		visit->begun = visit->ended;
	*out = *visit;
	return true;
}

bool hr_visit_read(const hr_json *node, const hr_catalog *catalog, hr_arena *arena, hr_visit *out,
		   hr_error *err)
{
	return read_visit(node, catalog, true, arena, out, err);
}

bool hr_visit_read_unbilled(const hr_json *node, const hr_catalog *catalog, hr_arena *arena,
			    hr_visit *out, hr_error *err)
{
	return read_visit(node, catalog, false, arena, out, err);
}
