/* Documents, regions, institutions. */
#include "catalog/record.h"

enum {
	DOCUMENTS_MAX = 10000,
	REGIONS_MAX = 10000,
	INSTITUTIONS_MAX = 500000,
	PARTS_MAX = 1000, /* of one kind in an institution */
	USCC_LEN = 18,
};

static void read_document(hr_record *r, void *unused)
{
	hr_load *load = r->load;
	hr_document row = {
		.id = hr_record_code(r, HR_STR("id")),
		.number = hr_record_text(r, HR_STR("number")),
		.title = hr_load_text(load, hr_record_need(r, HR_STR("title"))),
		.issuers = hr_record_common(r, HR_STR("issuers")),
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
		.attachment = hr_record_text(r, HR_STR("attachment")),
		.url = hr_record_text(r, HR_STR("url")),
		.digest = hr_record_text(r, HR_STR("sha256")),
	};
	hr_date issued = hr_record_day(r, HR_STR("issued"), HR_DATE_MIN);

	(void)unused;
	if (row.period.from.day == HR_DATE_MIN.day)
		row.period.from = issued;
	hr_record_check_free(r, &load->claims, "document", row.id);
	hr_load_put(load, &load->claims, row.id, hr_record_keep(r, &row));
}

static void documents_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	catalog->documents = hr_load_finish(load, &catalog->document_count);
	hr_load_index(load, &catalog->document_ids, catalog->documents, offsetof(hr_document, id));
}

static const hr_element document_elements[] = {
	{ HR_STR_INIT("document"), read_document },
};

const hr_load_kind hr_load_documents = {
	.root = HR_STR_INIT("documents"),
	.shared = true,
	.row_size = sizeof(hr_document),
	.limit = DOCUMENTS_MAX,
	.elements = document_elements,
	.element_count = 1,
	.done = documents_done,
};

/* Six digits, as GB/T 2260 has them for a county. */
static hr_str read_region_code(hr_record *r, hr_str name)
{
	hr_str code = hr_record_need(r, name);

	if (code.len && (code.len != 6 || !hr_region_prefix_is_valid(code))) {
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "region '%.*s' is not six digits",
				HR_STR_ARG(hr_str_slice(code, 0, 12)));
		return HR_STR_NONE;
	}
	return hr_load_common(r->load, code);
}

static void read_region(hr_record *r, void *unused)
{
	hr_load *load = r->load;
	hr_region row = {
		.code = read_region_code(r, HR_STR("code")),
		.name = hr_load_text(load, hr_record_need(r, HR_STR("name"))),
		.origin = hr_record_origin(r),
	};

	(void)unused;
	hr_record_check_free(r, &load->claims, "region", row.code);
	hr_load_put(load, &load->claims, row.code, hr_record_keep(r, &row));
}

static void regions_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	catalog->regions = hr_load_finish(load, &catalog->region_count);
	hr_load_index(load, &catalog->region_codes, catalog->regions, offsetof(hr_region, code));
	for (size_t i = 0; !load->stopped && i < catalog->region_count; i++)
		hr_load_name(load, catalog->regions[i].name, (uint32_t)i, HR_ALWAYS);
	hr_load_finish_names(load, &catalog->region_names);
}

static const hr_element region_elements[] = {
	{ HR_STR_INIT("region"), read_region },
};

const hr_load_kind hr_load_regions = {
	.root = HR_STR_INIT("regions"),
	.shared = true,
	.row_size = sizeof(hr_region),
	.limit = REGIONS_MAX,
	.elements = region_elements,
	.element_count = 1,
	.done = regions_done,
};

/* The lists of an institution while its children are read. */
struct parts {
	hr_institution *row;
	hr_institution_name *names;
	hr_campus *campuses;
	hr_str *oids;
};

static void read_name(hr_record *r, void *context)
{
	struct parts *parts = context;

	parts->names[parts->row->name_count++] = (hr_institution_name){
		.name = hr_load_text(r->load, hr_record_content(r)),
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
	};
}

static void read_campus(hr_record *r, void *context)
{
	struct parts *parts = context;

	parts->campuses[parts->row->campus_count++] = (hr_campus){
		.id = hr_record_code(r, HR_STR("id")),
		.name = hr_load_text(r->load, hr_record_need(r, HR_STR("name"))),
	};
}

static void read_oid(hr_record *r, void *context)
{
	struct parts *parts = context;
	hr_str root = hr_load_text(r->load, hr_record_need(r, HR_STR("root")));

	hr_record_check_free(r, &r->load->more_claims, "OID root", root);
	parts->oids[parts->row->oid_count++] = root;
}

static const hr_element institution_parts[] = {
	{ HR_STR_INIT("name"), read_name },
	{ HR_STR_INIT("campus"), read_campus },
	{ HR_STR_INIT("oid"), read_oid },
};

/* Exact arrays for the children, then the children. */
static void read_parts(hr_record *r, hr_institution *row)
{
	hr_load *load = r->load;
	size_t counts[3];
	struct parts parts = { .row = row };

	if (!r->node->first)
		return;
	for (size_t i = 0; i < 3; i++) {
		counts[i] = hr_record_count(r, institution_parts[i].name);
		if (counts[i] > PARTS_MAX) {
			r->parent = true;
			hr_record_fault(r, HR_FAULT_LIMIT, "over %d <%.*s> in one institution",
					PARTS_MAX, HR_STR_ARG(institution_parts[i].name));
			return;
		}
	}
	row->names = parts.names = HR_LOAD_NEW_N(load, hr_institution_name, counts[0]);
	row->campuses = parts.campuses = HR_LOAD_NEW_N(load, hr_campus, counts[1]);
	row->oids = parts.oids = HR_LOAD_NEW_N(load, hr_str, counts[2]);
	if (!load->stopped)
		HR_RECORD_CHILDREN(r, institution_parts, &parts);
}

static void read_key(hr_record *r, hr_institution *row)
{
	hr_str uscc = hr_record_raw(r, HR_STR("uscc"));
	hr_str key = hr_record_raw(r, HR_STR("key"));

	if (!uscc.len == !key.len)
		hr_record_fault(r, HR_FAULT_MISSING, "<institution> needs one of 'uscc' and 'key'");
	else if (uscc.len && uscc.len != USCC_LEN)
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'uscc' is not %d characters long",
				USCC_LEN);
	else if (key.len && !hr_str_starts_with(key, HR_STR("x-")))
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'key' does not begin with 'x-'");
	row->uscc = hr_load_text(r->load, uscc);
	row->key = uscc.len ? row->uscc : hr_load_text(r->load, key);
}

static void check_institution(hr_record *r, const hr_institution *row)
{
	const hr_load *load = r->load;
	uint32_t region;

	hr_record_check_free(r, &load->claims, "institution", row->key);
	hr_record_check_free(r, &load->claims, "institution code", row->org_code);
	hr_record_check_free(r, &load->claims, "institution code", row->insurance_code);
	if (row->region.len && !hr_map_find(&load->catalog->region_codes, row->region, &region))
		hr_record_fault(r, HR_FAULT_UNKNOWN_REGION, "region '%.*s' is not known",
				HR_STR_ARG(row->region));
}

static void put_codes(hr_load *load, hr_map *map, const hr_institution *row, uint32_t id)
{
	hr_load_put(load, map, row->key, id);
	hr_load_put(load, map, row->org_code, id);
	hr_load_put(load, map, row->insurance_code, id);
}

static void put_oids(hr_load *load, hr_map *map, const hr_institution *row, uint32_t id)
{
	for (size_t i = 0; i < row->oid_count; i++)
		hr_load_put(load, map, row->oids[i], id);
}

static void read_institution(hr_record *r, void *unused)
{
	hr_load *load = r->load;
	hr_institution row = {
		.name = hr_load_text(load, hr_record_need(r, HR_STR("name"))),
		.region = read_region_code(r, HR_STR("region")),
		.level = hr_record_common(r, HR_STR("level")),
		.org_code = hr_record_text(r, HR_STR("org-code")),
		.insurance_code = hr_record_text(r, HR_STR("insurance-code")),
		.period = hr_record_period(r, HR_STR("from"), HR_STR("to")),
		.origin = hr_record_origin(r),
	};
	uint32_t id;

	(void)unused;
	row.alliances = hr_record_words(r, HR_STR("alliances"), &row.alliance_count);
	read_key(r, &row);
	read_parts(r, &row);
	check_institution(r, &row);
	id = hr_record_keep(r, &row);
	put_codes(load, &load->claims, &row, id);
	put_oids(load, &load->more_claims, &row, id);
}

static hr_period common_days(hr_period a, hr_period b)
{
	return (hr_period){
		.from = a.from.day > b.from.day ? a.from : b.from,
		.to = a.to.day < b.to.day ? a.to : b.to,
	};
}

static void index_institution_names(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	for (size_t i = 0; !load->stopped && i < catalog->institution_count; i++) {
		const hr_institution *row = &catalog->institutions[i];

		hr_load_name(load, row->name, (uint32_t)i, row->period);
		for (size_t n = 0; n < row->name_count; n++)
			hr_load_name(load, row->names[n].name, (uint32_t)i,
				     common_days(row->names[n].period, row->period));
	}
	hr_load_finish_names(load, &catalog->institution_names);
}

static void institutions_done(hr_load *load)
{
	hr_catalog *catalog = load->catalog;

	catalog->institutions = hr_load_finish(load, &catalog->institution_count);
	hr_load_map(load, &catalog->institution_codes, catalog->arena, load->claims.count);
	hr_load_map(load, &catalog->oids, catalog->arena, load->more_claims.count);
	for (size_t i = 0; !load->stopped && i < catalog->institution_count; i++) {
		put_codes(load, &catalog->institution_codes, &catalog->institutions[i],
			  (uint32_t)i);
		put_oids(load, &catalog->oids, &catalog->institutions[i], (uint32_t)i);
	}
	index_institution_names(load);
}

static const hr_element institution_elements[] = {
	{ HR_STR_INIT("institution"), read_institution },
};

const hr_load_kind hr_load_institutions = {
	.root = HR_STR_INIT("institutions"),
	.shared = true,
	.row_size = sizeof(hr_institution),
	.limit = INSTITUTIONS_MAX,
	.elements = institution_elements,
	.element_count = 1,
	.done = institutions_done,
};
