/* What is known of reimbursement by hand (manual): rules, drugs of 双通道 and their standards. */
#include "catalog/load_policy.h"

#include "catalog/manual.h"

#include <stdlib.h>

enum {
	RULES_MAX = 10000,
	STANDARDS_MAX = 200000,
	RULE_DIMENSIONS = 1u << HR_DIMENSION_INSURANCE | 1u << HR_DIMENSION_PERSON |
			  1u << HR_DIMENSION_VISIT | 1u << HR_DIMENSION_CONDITION |
			  1u << HR_DIMENSION_FILING,
};

enum { DUAL_CHANNELS, STANDARDS };

static void begin_manual(hr_record *root)
{
	hr_load *load = root->load;

	hr_load_begin_words(load);
	if (!load->parts[DUAL_CHANNELS].arena) {
		hr_rows_init(&load->parts[DUAL_CHANNELS], load->build, sizeof(hr_dual_channel));
		hr_rows_init(&load->parts[STANDARDS], load->build, sizeof(hr_drug_standard));
	}
	load->file.region = hr_record_prefix(root, HR_STR("region"));
}

static void keep_part(hr_record *r, size_t part, size_t most, const void *row)
{
	hr_rows *rows = &r->load->parts[part];
	void *kept;

	if (rows->count == most)
		hr_record_fault(r, HR_FAULT_LIMIT, "there are over %zu of these records", most);
	hr_record_end(r);
	if (r->load->stopped || r->load->faults != r->faults)
		return;
	kept = hr_load_add(r->load, rows);
	if (kept)
		memcpy(kept, row, rows->size);
}

static void read_reimbursement(hr_record *r, void *unused)
{
	static const hr_str may[] = { HR_STR_INIT("no"), HR_STR_INIT("yes") };
	static const hr_str by[] = { HR_STR_INIT("policies") };
	static const hr_str sorted[] = { HR_STR_INIT(""), HR_STR_INIT("insured"),
					 HR_STR_INIT("care") };
	static const hr_str across[] = { HR_STR_INIT("any"), HR_STR_INIT("province") };
	unsigned open = HR_RECORD_WORD(r, "open", may, 2);
	unsigned files_after = HR_RECORD_WORD(r, "files-after", may, 2);
	hr_manual row = {
		.region = r->load->file.region,
		.open = open == 1,
		.files_after = files_after == 1,
		.sorted = (hr_sorted_by)HR_RECORD_WORD(r, "catalogue", sorted, 0),
		.across = HR_RECORD_WORD(r, "across", across, 0) == 1,
		.scope = hr_record_scope(r, RULE_DIMENSIONS),
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	row.says = (open < 2 ? HR_MANUAL_SAYS_OPEN : 0) |
		   (files_after < 2 ? HR_MANUAL_SAYS_FILES_AFTER : 0) |
		   (HR_RECORD_WORD(r, "by", by, 1) == 0 ? HR_MANUAL_SAYS_POLICIES : 0) |
		   (row.sorted ? HR_MANUAL_SAYS_SORTED_BY : 0);
	if (row.says == 0)
		hr_record_fault(r, HR_FAULT_MISSING,
				"<reimbursement> says nothing: 'open', 'files-after', 'by', or "
				"'catalogue'");
	if (row.says & HR_MANUAL_SAYS_OPEN && !row.open && row.says != HR_MANUAL_SAYS_OPEN)
		hr_record_fault(r, HR_FAULT_BAD_VALUE,
				"what is not open has neither policies nor a catalogue");
	hr_record_keep(r, &row);
}

static void read_standards(hr_record *r, hr_dual_channel *row)
{
	static const hr_str words[] = {
		[HR_STANDARD_OWN] = HR_STR_INIT("own"),
		[HR_STANDARD_LOWEST] = HR_STR_INIT("lowest"),
	};
	hr_str rest = hr_record_list(r, HR_STR("standards"));
	hr_str word;

	while ((word = hr_str_next_word(&rest)).len) {
		unsigned i = hr_str_equal(word, words[HR_STANDARD_LOWEST]);

		if (!hr_str_equal(word, words[i]) || row->standard_count == HR_STANDARD_OF_COUNT) {
			hr_record_fault(r, HR_FAULT_BAD_VALUE,
					"'standards' are own and lowest, in their order");
			return;
		}
		row->standards[row->standard_count++] = (hr_standard_of)i;
	}
	if (row->standard_count == 0)
		hr_record_fault(r, HR_FAULT_MISSING, "<dual-channel> needs 'standards'");
	if (row->standard_count == 2 && row->standards[0] == row->standards[1])
		hr_record_fault(r, HR_FAULT_DUPLICATE, "a standard is named twice");
}

static void read_dual_channel(hr_record *r, void *unused)
{
	static const hr_str filings[] = { HR_STR_INIT(""), HR_STR_INIT("needed"),
					  HR_STR_INIT("exempt") };
	hr_dual_channel row = {
		.region = r->load->file.region,
		.filing = (hr_said)HR_RECORD_WORD(r, "filing", filings, HR_SAID_NOTHING),
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	read_standards(r, &row);
	keep_part(r, DUAL_CHANNELS, RULES_MAX, &row);
}

static void read_drug(hr_record *r, void *unused)
{
	hr_drug_standard row = {
		.region = r->load->file.region,
		.code = hr_record_common(r, HR_STR("code")),
		.name = hr_load_common(r->load, hr_record_need(r, HR_STR("name"))),
		.spec = hr_load_common(r->load, hr_record_need(r, HR_STR("spec"))),
		.amount = hr_record_money(r, HR_STR("amount"), (hr_money){ -1 }),
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	row.folded[0] = hr_load_folded(r->load, row.name);
	row.folded[1] = hr_load_folded(r->load, row.spec);
	if (row.name.len > HR_DRUG_NAME_MAX || row.spec.len > HR_DRUG_NAME_MAX)
		hr_record_fault(r, HR_FAULT_LIMIT, "'name' or 'spec' has over %d bytes",
				HR_DRUG_NAME_MAX);
	if (row.amount.fen < 0)
		hr_record_fault(r, HR_FAULT_MISSING, "<drug> needs 'amount'");
	keep_part(r, STANDARDS, STANDARDS_MAX, &row);
}

/* By name and strength; those of one drug as in the files. */
static int compare_standards(const void *left, const void *right)
{
	const hr_drug_standard *a = left;
	const hr_drug_standard *b = right;
	int order = hr_drug_standard_order(a, b);

	if (order == 0)
		order = hr_str_compare(a->origin.file, b->origin.file);
	if (order)
		return order;
	return a->origin.line < b->origin.line ? -1 : a->origin.line > b->origin.line;
}

static void manual_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;
	hr_rows *standards = &load->parts[STANDARDS];

	if (!standards->arena)
		return;
	if (standards->count)
		qsort(standards->data, standards->count, standards->size, compare_standards);
	catalog->manuals = hr_load_finish(load, &catalog->manual_count);
	catalog->dual_channels = hr_load_pack(load, &load->parts[DUAL_CHANNELS]);
	catalog->drug_standards = hr_load_pack(load, standards);
	if (load->stopped)
		return;
	catalog->dual_channel_count = load->parts[DUAL_CHANNELS].count;
	catalog->drug_standard_count = standards->count;
}

static const hr_element elements[] = {
	{ HR_STR_INIT("reimbursement"), read_reimbursement },
	{ HR_STR_INIT("dual-channel"), read_dual_channel },
	{ HR_STR_INIT("drug"), read_drug },
};

const hr_load_kind hr_load_manual = {
	.root = HR_STR_INIT("manual"),
	.shared = true,
	.row_size = sizeof(hr_manual),
	.limit = RULES_MAX,
	.elements = elements,
	.element_count = sizeof(elements) / sizeof(elements[0]),
	.begin = begin_manual,
	.done = manual_done,
};
