/* Where visits away from home are settled directly (network), and which (direct). */
#include "catalog/load_policy.h"

#include "catalog/directory.h"

#include <stdlib.h>

enum {
	OPENED_MAX = 2000000,
	PARTS_MAX = 100000, /* of each of the other elements */
	DIRECT_DIMENSIONS = 1u << HR_DIMENSION_INSURANCE | 1u << HR_DIMENSION_PERSON |
			    1u << HR_DIMENSION_VISIT | 1u << HR_DIMENSION_CONDITION,
};

enum { LISTS, OPENINGS, COVERAGES };
enum { CONDITIONS, CONDITION_LISTS };

/* Before the first file of a kind. */
static void begin_parts(hr_load *load, const size_t *sizes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!load->parts[i].arena)
			hr_rows_init(&load->parts[i], load->build, sizes[i]);
}

static void keep_part(hr_record *r, size_t part, const void *row)
{
	hr_load *load = r->load;
	hr_rows *rows = &load->parts[part];
	void *kept;

	hr_record_end(r);
	if (load->stopped || load->faults != r->faults)
		return;
	if (rows->count == PARTS_MAX) {
		hr_record_fault(r, HR_FAULT_LIMIT, "there are over %d of these records", PARTS_MAX);
		return;
	}
	kept = hr_load_add(load, rows);
	if (kept)
		memcpy(kept, row, rows->size);
}

static hr_service read_service(hr_record *r)
{
	unsigned service = hr_record_word(r, HR_STR("service"), hr_service_words, HR_SERVICE_COUNT,
					  HR_SERVICE_COUNT);

	if (service == HR_SERVICE_COUNT)
		hr_record_fault(r, HR_FAULT_MISSING, "a record needs 'service'");
	return (hr_service)service;
}

static bool read_complete(hr_record *r)
{
	static const hr_str words[] = { HR_STR_INIT("partial"), HR_STR_INIT("complete") };
	unsigned status = HR_RECORD_WORD(r, "status", words, 2);

	if (status == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "a list needs 'status': complete or partial");
	return status == 1;
}

static void begin_network(hr_record *root)
{
	static const size_t sizes[] = { sizeof(hr_opened_list), sizeof(hr_opening),
					sizeof(hr_coverage) };

	begin_parts(root->load, sizes, 3);
}

static void read_opened(hr_record *r, void *unused)
{
	static const hr_str reaches[] = { HR_STR_INIT("province"), HR_STR_INIT("nation") };
	unsigned reach = HR_RECORD_WORD(r, "reach", reaches, 2);
	hr_opened row = {
		.institution = hr_record_institution(r, hr_record_need(r, HR_STR("institution"))),
		.service = read_service(r),
		.nation = reach == 1,
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	row.conditions = hr_record_words(r, HR_STR("conditions"), &row.condition_count);
	if (reach == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<opened> needs 'reach': province or nation");
	if ((row.service == HR_SERVICE_CHRONIC) != (row.condition_count > 0))
		hr_record_fault(r, HR_FAULT_BAD_VALUE,
				"'conditions' are of service 'chronic', which needs them");
	hr_record_keep(r, &row);
}

static void read_list(hr_record *r, void *unused)
{
	hr_opened_list row = {
		.region = hr_record_prefix(r, HR_STR("region")),
		.service = read_service(r),
		.complete = read_complete(r),
		.expected = hr_record_number(r, HR_STR("expected"), UINT32_C(1000000)),
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	keep_part(r, LISTS, &row);
}

static void read_opening(hr_record *r, void *unused)
{
	static const hr_str states[] = { HR_STR_INIT("closed"), HR_STR_INIT("open") };
	static const hr_str sides[] = { HR_STR_INIT("both"), HR_STR_INIT("insured"),
					HR_STR_INIT("care") };
	static const uint8_t bits[] = { HR_SIDE_INSURED | HR_SIDE_CARE, HR_SIDE_INSURED,
					HR_SIDE_CARE };
	unsigned state = HR_RECORD_WORD(r, "state", states, 2);
	hr_opening row = {
		.region = hr_record_prefix(r, HR_STR("region")),
		.service = read_service(r),
		.open = state == 1,
		.sides = bits[HR_RECORD_WORD(r, "side", sides, 0)],
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	if (state == 2)
		hr_record_fault(r, HR_FAULT_MISSING, "<region> needs 'state': open or closed");
	keep_part(r, OPENINGS, &row);
}

static void read_coverage(hr_record *r, void *unused)
{
	hr_coverage row = {
		.region = hr_record_prefix(r, HR_STR("region")),
		.service = read_service(r),
		.group = hr_record_code(r, HR_STR("group")),
		.title = hr_record_text(r, HR_STR("title")),
		.least = hr_record_number(r, HR_STR("least"), UINT32_C(1000000)),
		.on = hr_record_day(r, HR_STR("on"), HR_DATE_MIN),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	if (hr_record_raw(r, HR_STR("share")).len)
		row.share = hr_record_share(r, HR_STR("share"));
	if (!row.least == !row.share)
		hr_record_fault(r, HR_FAULT_MISSING, "<coverage> needs one of 'least' and 'share'");
	keep_part(r, COVERAGES, &row);
}

static int compare_opened(const void *left, const void *right)
{
	const hr_opened *a = left;
	const hr_opened *b = right;

	if (a->institution != b->institution)
		return a->institution < b->institution ? -1 : 1;
	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	if (a->period.from.day != b->period.from.day)
		return a->period.from.day < b->period.from.day ? -1 : 1;
	return a->origin.line < b->origin.line ? -1 : a->origin.line > b->origin.line;
}

static void network_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	if (!load->parts[LISTS].arena)
		return;
	if (load->rows.count)
		qsort(load->rows.data, load->rows.count, load->rows.size, compare_opened);
	catalog->opened = hr_load_finish(load, &catalog->opened_count);
	catalog->opened_lists = hr_load_pack(load, &load->parts[LISTS]);
	catalog->openings = hr_load_pack(load, &load->parts[OPENINGS]);
	catalog->coverages = hr_load_pack(load, &load->parts[COVERAGES]);
	if (load->stopped)
		return;
	catalog->opened_list_count = load->parts[LISTS].count;
	catalog->opening_count = load->parts[OPENINGS].count;
	catalog->coverage_count = load->parts[COVERAGES].count;
}

static const hr_element network_elements[] = {
	{ HR_STR_INIT("opened"), read_opened },
	{ HR_STR_INIT("list"), read_list },
	{ HR_STR_INIT("region"), read_opening },
	{ HR_STR_INIT("coverage"), read_coverage },
};

const hr_load_kind hr_load_network = {
	.root = HR_STR_INIT("network"),
	.shared = true,
	.row_size = sizeof(hr_opened),
	.limit = OPENED_MAX,
	.elements = network_elements,
	.element_count = sizeof(network_elements) / sizeof(network_elements[0]),
	.begin = begin_network,
	.done = network_done,
};

/* --- direct --- */

static void begin_direct(hr_record *root)
{
	static const size_t sizes[] = { sizeof(hr_condition), sizeof(hr_condition_list) };

	hr_load_begin_words(root->load);
	begin_parts(root->load, sizes, 2);
	root->load->file.region = hr_record_prefix(root, HR_STR("region"));
}

static void read_direct(hr_record *r, bool open, bool not_covered)
{
	static const hr_str across[] = { HR_STR_INIT("any"), HR_STR_INIT("province") };
	hr_direct row = {
		.region = r->load->file.region,
		.open = open,
		.not_covered = not_covered,
		.across = HR_RECORD_WORD(r, "across", across, 0) == 1,
		.scope = hr_record_scope(r, DIRECT_DIMENSIONS),
	};

	hr_record_dated(r, &row.period, &row.origin);
	hr_record_keep(r, &row);
}

static void read_open(hr_record *r, void *unused)
{
	(void)unused;
	read_direct(r, true, false);
}

static void read_closed(hr_record *r, void *unused)
{
	static const hr_str causes[] = { HR_STR_INIT("PERSON_SCOPE"), HR_STR_INIT("NOT_COVERED") };
	unsigned cause = HR_RECORD_WORD(r, "cause", causes, 2);

	(void)unused;
	if (cause == 2)
		hr_record_fault(r, HR_FAULT_MISSING,
				"<closed> needs 'cause': PERSON_SCOPE or NOT_COVERED");
	read_direct(r, false, cause == 1);
}

static void read_condition(hr_record *r, void *unused)
{
	hr_condition row = {
		.code = hr_record_code(r, HR_STR("code")),
		.name = hr_load_text(r->load, hr_record_need(r, HR_STR("name"))),
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	keep_part(r, CONDITIONS, &row);
}

static void read_condition_list(hr_record *r, void *unused)
{
	hr_condition_list row = {
		.complete = read_complete(r),
	};

	(void)unused;
	hr_record_dated(r, &row.period, &row.origin);
	keep_part(r, CONDITION_LISTS, &row);
}

static void direct_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	if (!load->parts[CONDITIONS].arena)
		return;
	catalog->directs = hr_load_finish(load, &catalog->direct_count);
	catalog->conditions = hr_load_pack(load, &load->parts[CONDITIONS]);
	catalog->condition_lists = hr_load_pack(load, &load->parts[CONDITION_LISTS]);
	if (load->stopped)
		return;
	catalog->condition_count = load->parts[CONDITIONS].count;
	catalog->condition_list_count = load->parts[CONDITION_LISTS].count;
}

static const hr_element direct_elements[] = {
	{ HR_STR_INIT("open"), read_open },
	{ HR_STR_INIT("closed"), read_closed },
	{ HR_STR_INIT("condition"), read_condition },
	{ HR_STR_INIT("condition-list"), read_condition_list },
};

const hr_load_kind hr_load_direct = {
	.root = HR_STR_INIT("direct"),
	.shared = true,
	.row_size = sizeof(hr_direct),
	.limit = PARTS_MAX,
	.elements = direct_elements,
	.element_count = sizeof(direct_elements) / sizeof(direct_elements[0]),
	.begin = begin_direct,
	.done = direct_done,
};
