#include "settlement/filing_tally.h"

#include "settlement/plural.h"

#include <inttypes.h>

static const struct load_row {
	hr_str word;
	hr_str lang[2];
} loads[] = {
#define X(name, word, zh, en)                                                                      \
	[HR_FILING_LOAD_##name] = { HR_STR_INIT(word), { HR_STR_INIT(zh), HR_STR_INIT(en) } },
	HR_FILING_LOADS(X)
#undef X
};

hr_filing_load hr_filing_load_of(const hr_filing_decision *decision)
{
	if (decision->verdict == HR_FILING_REFUSED)
		return HR_FILING_LOAD_REFUSED;
	if (!decision->channel)
		return HR_FILING_LOAD_NOT_TOLD;
	/* Some go to an officer though the channel is automatic: an early change. */
	return decision->channel->automatic && decision->verdict != HR_FILING_QUEUED
		       ? HR_FILING_LOAD_AT_ONCE
		       : HR_FILING_LOAD_BY_OFFICER;
}

void hr_filing_tally_add(hr_filing_tally *tally, const hr_filing_decision *decision)
{
	tally->applications++;
	tally->count[hr_filing_load_of(decision)]++;
}

uint64_t hr_filing_tally_each(const hr_filing_tally *tally, uint32_t reviewers)
{
	uint64_t waiting = tally->count[HR_FILING_LOAD_BY_OFFICER];

	return waiting / reviewers + (waiting % reviewers != 0);
}

void hr_filing_tally_format_json(const hr_filing_tally *tally, uint32_t reviewers, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_json_name(&w, HR_STR("applications"));
	hr_json_int(&w, (int64_t)tally->applications);
	for (hr_filing_load i = 0; i < HR_FILING_LOADS_COUNT; i++) {
		hr_json_name(&w, loads[i].word);
		hr_json_int(&w, (int64_t)tally->count[i]);
	}
	if (reviewers) {
		hr_json_name(&w, HR_STR("reviewers"));
		hr_json_int(&w, reviewers);
		hr_json_name(&w, HR_STR("each_at_most"));
		hr_json_int(&w, (int64_t)hr_filing_tally_each(tally, reviewers));
	}
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}

void hr_filing_tally_format_text(const hr_filing_tally *tally, uint32_t reviewers, bool english,
				 hr_buf *out)
{
	hr_buf_addf(out, english ? "applications: %" PRIu64 "\n" : "申请: %" PRIu64 " 件\n",
		    tally->applications);
	for (hr_filing_load i = 0; i < HR_FILING_LOADS_COUNT; i++)
		if (tally->count[i])
			hr_buf_addf(out,
				    english ? "- %.*s: %" PRIu64 "\n" : "- %.*s: %" PRIu64 " 件\n",
				    HR_STR_ARG(loads[i].lang[english]), tally->count[i]);
	if (reviewers)
		hr_buf_addf(out,
			    english ? "- %u %s: %" PRIu64 " each at most\n"
				    : "- %u %s: 每人至多 %" PRIu64 " 件\n",
			    reviewers,
			    english ? hr_plural(reviewers, "reviewer", "reviewers") : "名审核人员",
			    hr_filing_tally_each(tally, reviewers));
}
