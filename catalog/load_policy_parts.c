/*
 * What stands in a policy. Segments name only where they end, so there can be
 * no gap between two; that they rise and that the last one is open is the
 * proof that each amount is covered once.
 */
#include "catalog/load_policy.h"

#include <assert.h>

enum { SEGMENTS_MAX = 16, STANDARDS_MAX = 16, REDUCTIONS_MAX = HR_FILING_COUNT };

struct parts {
	hr_policy *policy;
	hr_segment *segments;
	hr_reduction *reductions;
	uint32_t deductibles;
	uint32_t caps;
};

static void read_standards(hr_record *r, hr_deductible *out)
{
	hr_str list = hr_record_list(r, HR_STR("amounts"));
	hr_str rest = list;
	uint32_t count = 0;
	hr_money *standards;
	hr_str word;

	while (hr_str_next_word(&rest).len)
		count++;
	if (count > STANDARDS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "over %d standards", STANDARDS_MAX);
		return;
	}
	standards = HR_LOAD_NEW_N(r->load, hr_money, count);
	if (!standards)
		return;
	for (rest = list; (word = hr_str_next_word(&rest)).len;)
		if (hr_record_amount(r, HR_STR("amounts"), word, &standards[out->standard_count]))
			out->standard_count++;
	out->standards = standards;
}

static void read_deductible(hr_record *r, void *context)
{
	static const hr_str modes[] = {
		[HR_DEDUCTIBLE_NONE] = HR_STR_INIT("none"),
		[HR_DEDUCTIBLE_VISIT] = HR_STR_INIT("visit"),
		[HR_DEDUCTIBLE_YEAR] = HR_STR_INIT("year"),
		[HR_DEDUCTIBLE_HOSPITAL_YEAR] = HR_STR_INIT("hospital-year"),
		[HR_DEDUCTIBLE_ONCE] = HR_STR_INIT("once"),
	};
	struct parts *parts = context;
	hr_deductible *out = &parts->policy->deductible;
	unsigned mode = HR_RECORD_WORD(r, "mode", modes, HR_DEDUCTIBLE_ONCE + 1);

	if (parts->deductibles++)
		hr_record_fault(r, HR_FAULT_DUPLICATE, "a policy has one <deductible>");
	if (mode > HR_DEDUCTIBLE_ONCE) {
		hr_record_fault(r, HR_FAULT_MISSING, "<deductible> needs 'mode'");
		return;
	}
	*out = (hr_deductible){ .mode = (hr_deductible_mode)mode };
	read_standards(r, out);
	if ((mode == HR_DEDUCTIBLE_NONE) != (out->standard_count == 0))
		hr_record_fault(r, HR_FAULT_MISSING, "<deductible> needs 'amounts', unless none");
	else if (out->standard_count > 1 && mode != HR_DEDUCTIBLE_VISIT)
		hr_record_fault(r, HR_FAULT_BAD_VALUE,
				"several standards are for repeated visits: mode 'visit'");
}

static void read_segment(hr_record *r, void *context)
{
	struct parts *parts = context;
	uint32_t count = parts->policy->segment_count;
	const hr_segment *before = count ? &parts->segments[count - 1] : NULL;
	hr_segment row = {
		.upto = hr_record_money(r, HR_STR("upto"), (hr_money){ HR_FEN_MAX }),
		.share = hr_record_share(r, HR_STR("share")),
	};

	assert(parts->segments); /* as many as there are elements of the name */
	if (before && before->upto.fen == HR_FEN_MAX)
		hr_record_fault(r, HR_FAULT_BAD_SEGMENTS,
				"the segment before has no 'upto': amounts are covered twice");
	else if (row.upto.fen <= (before ? before->upto.fen : 0))
		hr_record_fault(r, HR_FAULT_BAD_SEGMENTS,
				"the segment does not end above where the one before does: amounts "
				"are covered twice");
	parts->segments[parts->policy->segment_count++] = row;
}

static void read_cap(hr_record *r, void *context)
{
	static const hr_str kinds[] = { HR_STR_INIT(""), HR_STR_INIT("payments"),
					HR_STR_INIT("amounts") };
	static const hr_str pers[] = { HR_STR_INIT("visit"), HR_STR_INIT("year") };
	struct parts *parts = context;
	unsigned of = HR_RECORD_WORD(r, "of", kinds, 3);
	unsigned per = HR_RECORD_WORD(r, "per", pers, 2);

	if (of == 3 || per == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<cap> needs 'of' and 'per'");
	if (parts->caps++)
		hr_record_fault(r, HR_FAULT_DUPLICATE, "a policy has one <cap>");
	parts->policy->cap = (hr_cap){
		.of = (hr_cap_of)of,
		.per_year = per == 1,
		.most = hr_record_money(r, HR_STR("amount"), (hr_money){ -1 }),
	};
	if (parts->policy->cap.most.fen < 0)
		hr_record_fault(r, HR_FAULT_MISSING, "<cap> needs 'amount'");
}

static void read_reduction(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_reduction row = {
		.filings = hr_record_scope(r, 1u << HR_DIMENSION_FILING).words[HR_DIMENSION_FILING],
		.points = hr_record_points(r, HR_STR("points")),
	};

	assert(parts->reductions);
	if (row.filings == 0)
		hr_record_fault(r, HR_FAULT_MISSING, "<reduction> needs 'filings'");
	for (uint32_t i = 0; i < parts->policy->reduction_count; i++)
		if (parts->reductions[i].filings & row.filings)
			hr_record_fault(r, HR_FAULT_DUPLICATE, "a filing is reduced twice");
	parts->reductions[parts->policy->reduction_count++] = row;
}

static const hr_element elements[] = {
	{ HR_STR_INIT("deductible"), read_deductible },
	{ HR_STR_INIT("segment"), read_segment },
	{ HR_STR_INIT("cap"), read_cap },
	{ HR_STR_INIT("reduction"), read_reduction },
};

/* A list whose elements are as many as the policy has children of that name. */
static void *take(hr_record *r, hr_str name, size_t most, size_t size)
{
	size_t count = hr_record_count(r, name);

	if (count > most) {
		hr_record_fault(r, HR_FAULT_LIMIT, "over %zu <%.*s> in one policy", most,
				HR_STR_ARG(name));
		return NULL;
	}
	return hr_load_alloc(r->load, count, size);
}

void hr_load_policy_parts(hr_record *r, hr_policy *policy)
{
	struct parts parts = {
		.policy = policy,
		.segments = take(r, HR_STR("segment"), SEGMENTS_MAX, sizeof(hr_segment)),
		.reductions = take(r, HR_STR("reduction"), REDUCTIONS_MAX, sizeof(hr_reduction)),
	};
	const hr_segment *last;

	policy->segments = parts.segments;
	policy->reductions = parts.reductions;
	r->parent = true;
	if (!parts.segments || !parts.reductions)
		return;
	HR_RECORD_CHILDREN(r, elements, &parts);
	if (policy->fund == HR_FUND_HIFP && parts.deductibles == 0)
		hr_record_fault(r, HR_FAULT_MISSING,
				"a policy of the basic fund needs <deductible>, be it 'none'");
	last = policy->segment_count ? &parts.segments[policy->segment_count - 1] : NULL;
	if (last && last->upto.fen != HR_FEN_MAX)
		hr_record_fault(r, HR_FAULT_BAD_SEGMENTS,
				"the last segment has an 'upto': amounts above it are not covered");
}
