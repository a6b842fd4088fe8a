/*
 * CDA: the header, which all profiles share, and the choice of the profile
 * that reads the body. Never gated on the schema: the documents of WS/T 500
 * fail HL7's own CDA.xsd by construction, so each value stands for itself.
 */
#include "recognition/cda_parts.h"

enum {
	PLACEHOLDERS_MAX = 3, /* more of them, and the document is a template */
	TYPE_MAX = 12,
	MEDIA_MAX = 40,
};

/* --- which profile --- */

enum clue {
	CLUE_TEMPLATE,	       /* ClinicalDocument/templateId/@root */
	CLUE_TYPE,	       /* ClinicalDocument/code/@code */
	CLUE_TYPE_SYSTEM,      /* ClinicalDocument/code/@codeSystem */
	CLUE_SECTION_TEMPLATE, /* section/templateId/@root */
	CLUE_SECTION,	       /* section/code/@code */
};

/* The first row that fits decides. A `text` that ends with '.' fits by its start. */
static const struct {
	enum clue clue;
	hr_str text;
	const hr_cda_profile *profile;
} clues[] = {
	{ CLUE_TEMPLATE, HR_STR_INIT("2.16.156.10011.2.1.1.27"), &hr_cda_wst500_lab },
	{ CLUE_TEMPLATE, HR_STR_INIT("2.16.156.10011.2.1.1.26"), &hr_cda_wst500_exam },
	/* The other 51 parts of the standard: discharge notes and such, which may quote results. */
	{ CLUE_TEMPLATE, HR_STR_INIT("2.16.156.10011.2.1.1."), NULL },
	{ CLUE_TYPE, HR_STR_INIT("C0007"), &hr_cda_wst500_lab },
	{ CLUE_TYPE, HR_STR_INIT("C0006"), &hr_cda_wst500_exam },
	/* 1.2.156 is China's arc for organizations: a hospital's own tree of OIDs. */
	{ CLUE_TYPE_SYSTEM, HR_STR_INIT("1.2.156."), &hr_cda_local },
	{ CLUE_TEMPLATE, HR_STR_INIT("2.16.840.1.113883.10.20.22.1.5"), &hr_cda_imaging },
	/* LOINC's study reports: of images, CT, MR, ultrasound, nuclear medicine, PET. */
	{ CLUE_TYPE, HR_STR_INIT("18748-4"), &hr_cda_imaging },
	{ CLUE_TYPE, HR_STR_INIT("18747-6"), &hr_cda_imaging },
	{ CLUE_TYPE, HR_STR_INIT("18755-9"), &hr_cda_imaging },
	{ CLUE_TYPE, HR_STR_INIT("18760-9"), &hr_cda_imaging },
	{ CLUE_TYPE, HR_STR_INIT("18757-7"), &hr_cda_imaging },
	{ CLUE_TYPE, HR_STR_INIT("18758-5"), &hr_cda_imaging },
	{ CLUE_SECTION_TEMPLATE, HR_STR_INIT("2.16.840.1.113883.10.20.22.2.3"), &hr_cda_ccda },
	{ CLUE_SECTION_TEMPLATE, HR_STR_INIT("2.16.840.1.113883.10.20.22.2.3.1"), &hr_cda_ccda },
	{ CLUE_SECTION, HR_STR_INIT("11502-2"), &hr_cda_local },
	{ CLUE_SECTION, HR_STR_INIT("30954-2"), &hr_cda_ccda },
	{ CLUE_SECTION_TEMPLATE, HR_STR_INIT("2.16.840.1.113883.10.20.6.1.1"), &hr_cda_imaging },
};

static bool fits(hr_str text, hr_str clue_text)
{
	if (hr_str_ends_with(clue_text, HR_STR(".")))
		return hr_str_starts_with(text, clue_text);
	return hr_str_equal(text, clue_text);
}

/* The better (earlier) of `best` and the row that this clue fits. */
static size_t look_up(enum clue clue, hr_str text, size_t best)
{
	for (size_t i = 0; i < best; i++)
		if (clues[i].clue == clue && fits(text, clues[i].text))
			return i;
	return best;
}

static size_t look_at(const hr_xml *node, enum clue template_clue, enum clue code_clue, size_t best)
{
	for (const hr_xml *child = node->first; child; child = child->next) {
		if (HR_CDA_IS(child, "templateId")) {
			best = look_up(template_clue, hr_cda_raw(child, HR_STR("root")), best);
		} else if (HR_CDA_IS(child, "code")) {
			best = look_up(code_clue, hr_cda_raw(child, HR_STR("code")), best);
			if (code_clue == CLUE_TYPE)
				best = look_up(CLUE_TYPE_SYSTEM,
					       hr_cda_raw(child, HR_STR("codeSystem")), best);
		}
	}
	return best;
}

static const hr_cda_profile *choose(const hr_xml *root)
{
	const size_t none = sizeof(clues) / sizeof(clues[0]);
	size_t best = look_at(root, CLUE_TEMPLATE, CLUE_TYPE, none);

	if (best == none)
		for (const hr_xml *node = root; node; node = hr_xml_walk(node, root))
			if (HR_CDA_IS(node, "section"))
				best = look_at(node, CLUE_SECTION_TEMPLATE, CLUE_SECTION, best);
	return best == none ? NULL : clues[best].profile;
}

/* --- the header --- */

static void read_id(hr_cda *cda, const hr_xml *node)
{
	cda->report.id = hr_cda_id(cda, node);
}

static void read_title(hr_cda *cda, const hr_xml *node)
{
	cda->report.title = hr_cda_text(cda, node);
}

static void read_status(hr_cda *cda, const hr_xml *node)
{
	hr_cda_set_status(cda, node, &cda->report.status, &cda->report.status_text);
}

static void read_set_id(hr_cda *cda, const hr_xml *node)
{
	hr_code id = hr_cda_id(cda, node);

	cda->report.set_id = (hr_field){ id.code, id.place };
}

static void read_version(hr_cda *cda, const hr_xml *node)
{
	cda->report.version = hr_cda_value(cda, node);
}

static hr_cda_id_role role_of(const hr_cda_profile *profile, hr_str root)
{
	for (size_t i = 0; i < profile->id_rule_count; i++)
		if (hr_str_ends_with(root, profile->id_rules[i].root_end))
			return profile->id_rules[i].role;
	return profile->other_ids;
}

/* Of an order or a report: what a laboratory makes has no images. */
static void add_image_number(hr_cda *cda, hr_code id)
{
	if (cda->profile->kind != HR_KIND_LAB)
		hr_cda_add_code(cda, &cda->report.image_numbers, &cda->report.image_number_count,
				id);
}

static void read_role_id(hr_cda *cda, const hr_xml *node)
{
	hr_patient *patient = &cda->report.patient;
	hr_code id = hr_cda_id(cda, node);

	switch (role_of(cda->profile, id.system)) {
	case HR_CDA_ID_OTHER:
		break;
	case HR_CDA_ID_ORDER:
		add_image_number(cda, id);
		break;
	case HR_CDA_ID_PATIENT:
		hr_cda_add_code(cda, &patient->ids, &patient->id_count, id);
		break;
	case HR_CDA_ID_REPORT:
		if (!cda->report.report_no.code.len)
			cda->report.report_no = id;
		add_image_number(cda, id);
		break;
	}
}

static hr_field sex_of(hr_cda *cda, const hr_xml *node)
{
	hr_field written = hr_cda_attr(cda, node, HR_STR("code"));

	if (!written.text.len)
		written = hr_cda_attr(cda, node, HR_STR("displayName"));
	written.text = hr_sex_of_word(written.text);
	return written.text.len ? written : (hr_field){ 0 };
}

static bool ends_in_ascii(const hr_buf *buf)
{
	return buf->len && (unsigned char)buf->data[buf->len - 1] < 0x80;
}

/* A name in parts (family, given ...) is joined in their order: "Ada Lovelace", 王小明. */
static hr_field name_of(hr_cda *cda, const hr_xml *node)
{
	hr_field name = hr_cda_text(cda, node);
	hr_buf joined;

	if (name.text.len || !node->first)
		return name;
	hr_buf_init(&joined, cda->arena, HR_XML_DOCUMENT_MAX);
	for (const hr_xml *part = node->first; part; part = part->next) {
		hr_str word = hr_cda_text(cda, part).text;

		if (word.len && ends_in_ascii(&joined))
			hr_buf_add_char(&joined, ' ');
		hr_buf_add(&joined, word);
	}
	return (hr_field){ hr_buf_str(&joined), hr_cda_place(node, HR_STR_NONE) };
}

static void read_person(hr_cda *cda, const hr_xml *node)
{
	hr_patient *patient = &cda->report.patient;

	for (const hr_xml *child = node->first; child; child = child->next) {
		if (HR_CDA_IS(child, "id"))
			hr_cda_add_code(cda, &patient->ids, &patient->id_count,
					hr_cda_id(cda, child));
		else if (HR_CDA_IS(child, "name") && !patient->name.text.len)
			patient->name = name_of(cda, child);
		else if (HR_CDA_IS(child, "administrativeGenderCode"))
			patient->sex = sex_of(cda, child);
		else if (HR_CDA_IS(child, "birthTime"))
			patient->birth = hr_cda_value(cda, child);
	}
}

static void read_record_target(hr_cda *cda, const hr_xml *node)
{
	const hr_xml *role = hr_xml_child(node, HR_STR("patientRole"));

	/* CDA allows several, a mother and her child: then no result says whose it is. */
	if (cda->report.patient.id_count || cda->report.patient.name.text.len) {
		cda->report.patient_ambiguous = true;
		return;
	}
	for (const hr_xml *child = role ? role->first : NULL; child; child = child->next) {
		if (HR_CDA_IS(child, "id"))
			read_role_id(cda, child);
		else if (HR_CDA_IS(child, "patient"))
			read_person(cda, child);
	}
}

/*
 * When the report was made: not effectiveTime, which is when a machine wrote
 * this file. In a summary it is not even the author's time: results of years
 * ago are in it.
 */
static void read_author(hr_cda *cda, const hr_xml *node)
{
	if (cda->profile->is_report)
		hr_cda_set_time(cda, hr_cda_value(cda, hr_xml_child(node, HR_STR("time"))),
				HR_EVENT_REPORTED, &cda->report.times[HR_EVENT_REPORTED]);
}

static void read_custodian(hr_cda *cda, const hr_xml *node)
{
	hr_cda_party(
		cda,
		hr_xml_path(node, HR_STR("assignedCustodian/representedCustodianOrganization")),
		&cda->report.issuer);
}

/* Exporters write the element into every document, and leave it empty. */
static void read_related(hr_cda *cda, const hr_xml *node)
{
	const hr_xml *id;

	if (!hr_str_equal(hr_cda_raw(node, HR_STR("typeCode")), HR_STR("RPLC")))
		return;
	for (id = hr_xml_path(node, HR_STR("parentDocument/id")); id; id = hr_xml_next_same(id))
		hr_cda_add_code(cda, &cda->report.replaces, &cda->report.replace_count,
				hr_cda_id(cda, id));
}

/* The order, and the accession number that DICOM has written beside it (PS3.20 9.8.5). */
static void read_order(hr_cda *cda, const hr_xml *node)
{
	const hr_xml *order = hr_xml_child(node, HR_STR("order"));

	for (const hr_xml *child = order ? order->first : NULL; child; child = child->next)
		if (HR_CDA_IS(child, "id") || HR_CDA_IS(child, "accessionNumber"))
			add_image_number(cda, hr_cda_id(cda, child));
}

static void read_documentation(hr_cda *cda, const hr_xml *node)
{
	const hr_xml *service = hr_xml_child(node, HR_STR("serviceEvent"));

	if (service && cda->profile->read_service)
		cda->profile->read_service(cda, service);
}

/*
 * `participant typeCode="PRF"` is not here: in WS/T 500 it is the hospital that
 * asked for the test, whatever HL7 calls it.
 */
static const struct {
	hr_str name;
	void (*read)(hr_cda *cda, const hr_xml *node);
} header[] = {
	{ HR_STR_INIT("id"), read_id },
	{ HR_STR_INIT("title"), read_title },
	{ HR_STR_INIT("statusCode"), read_status },
	{ HR_STR_INIT("setId"), read_set_id },
	{ HR_STR_INIT("versionNumber"), read_version },
	{ HR_STR_INIT("recordTarget"), read_record_target },
	{ HR_STR_INIT("author"), read_author },
	{ HR_STR_INIT("custodian"), read_custodian },
	{ HR_STR_INIT("relatedDocument"), read_related },
	{ HR_STR_INIT("inFulfillmentOf"), read_order },
	{ HR_STR_INIT("documentationOf"), read_documentation },
};

static void read_header(hr_cda *cda, const hr_xml *root)
{
	for (const hr_xml *node = root->first; node; node = node->next)
		for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
			if (hr_str_equal(node->name, header[i].name))
				header[i].read(cda, node);
}

/* --- the body --- */

static void read_sections(hr_cda *cda, const hr_xml *component)
{
	for (const hr_xml *node = component->first; node; node = node->next) {
		if (!HR_CDA_IS(node, "section"))
			continue;
		cda->section = node;
		cda->profile->read_section(cda, node);
		for (const hr_xml *inner = node->first; inner; inner = inner->next)
			if (HR_CDA_IS(inner, "component"))
				read_sections(cda, inner);
	}
}

static void read_body(hr_cda *cda, const hr_xml *root)
{
	for (const hr_xml *node = root->first; node; node = node->next) {
		const hr_xml *body;

		if (!HR_CDA_IS(node, "component"))
			continue;
		body = hr_xml_child(node, HR_STR("structuredBody"));
		if (!body && hr_xml_child(node, HR_STR("section")))
			hr_cda_deviate(cda, HR_CDA_LAYOUT_C, hr_cda_place(node, HR_STR_NONE));
		read_sections(cda, node);
		for (body = body ? body->first : NULL; body; body = body->next)
			if (HR_CDA_IS(body, "component"))
				read_sections(cda, body);
	}
	if (cda->profile->finish)
		cda->profile->finish(cda);
}

/* --- the report as a whole --- */

static void settle_status(hr_cda *cda)
{
	hr_report *report = &cda->report;
	bool later = report->version.text.len &&
		     !hr_str_equal(report->version.text, cda->profile->first_version);
	bool replaces = report->replace_count && (later || !report->version.text.len);

	if (report->status == HR_STATUS_FINAL &&
	    (replaces || (later && cda->profile->version_tells)))
		report->status = HR_STATUS_CORRECTED;
}

static const char *const deviation_codes[] = {
#define X(name, code) code,
	HR_CDA_DEVIATIONS(X)
#undef X
};

static void settle_deviations(hr_cda *cda)
{
	hr_deviation *list = HR_NEW_N(cda->arena, hr_deviation, HR_CDA_DEVIATION_COUNT);
	uint32_t count = 0;

	if (!list)
		return;
	for (size_t i = 0; i < HR_CDA_DEVIATION_COUNT; i++)
		if (cda->seen[i])
			list[count++] = (hr_deviation){ deviation_codes[i], cda->places[i] };
	cda->report.deviations = list;
	cda->report.deviation_count = count;
}

/* "C0006" or "34133-9": what the document says it is, when it is a code and not data. */
static hr_str type_of(const hr_xml *root)
{
	hr_str code = hr_cda_raw(hr_xml_child(root, HR_STR("code")), HR_STR("code"));

	if (!code.len || code.len > TYPE_MAX)
		return HR_STR("unknown");
	for (size_t i = 0; i < code.len; i++)
		if (code.data[i] <= ' ' || code.data[i] >= 0x7f)
			return HR_STR("unknown");
	return code;
}

/* "application/pdf". */
static hr_str media_of(const hr_xml *body)
{
	hr_str media = hr_cda_raw(hr_xml_path(body, HR_STR("text")), HR_STR("mediaType"));

	if (!media.len || media.len > MEDIA_MAX)
		return HR_STR("of unknown type");
	for (size_t i = 0; i < media.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz/.+-", media.data[i]) || !media.data[i])
			return HR_STR("of unknown type");
	return media;
}

static bool fail_without_results(const hr_xml *root, const char *why, hr_error *err)
{
	const hr_xml *body = hr_xml_path(root, HR_STR("component/nonXMLBody"));
	hr_str media = media_of(body);
	hr_str type = type_of(root);

	if (body)
		return hr_fail_at(err, HR_E_INCOMPLETE, hr_xml_line(body), hr_xml_column(body),
				  "a CDA document of type %.*s without results: its body is no XML "
				  "(%.*s); of a report on paper 'huren verify --paper' asks",
				  HR_STR_ARG(type), HR_STR_ARG(media));
	return hr_fail_at(err, HR_E_INCOMPLETE, hr_xml_line(root), hr_xml_column(root),
			  "a CDA document of type %.*s without results: %s", HR_STR_ARG(type), why);
}

static bool settle(hr_cda *cda, const hr_xml *root, hr_error *err)
{
	hr_report *report = &cda->report;

	settle_status(cda);
	settle_deviations(cda);
	if (hr_arena_is_short(cda->arena))
		return hr_fail_memory(err);
	if (cda->too_many)
		return hr_fail(err, HR_E_LIMIT, "the report has more than %d results",
			       HR_RESULTS_MAX);
	if (cda->placeholders > PLACEHOLDERS_MAX)
		return hr_fail_at(err, HR_E_INCOMPLETE, hr_xml_line(root), hr_xml_column(root),
				  "the document is an unfilled template");
	if (!cda->result_count)
		return fail_without_results(root,
					    cda->profile->nothing
						    ? cda->profile->nothing
						    : "no section of it holds an item",
					    err);
	report->results = cda->results;
	report->result_count = cda->result_count;
	return true;
}

static bool read_document(hr_cda *cda, const hr_xml_document *document, hr_error *err)
{
	const hr_xml *root = document->root;
	hr_place place = hr_cda_place(root, HR_STR_NONE);

	cda->profile = choose(root);
	if (!cda->profile)
		return fail_without_results(root, "it is no report of a laboratory or of images",
					    err);
	if (document->prolog_lied)
		hr_cda_deviate(cda, HR_CDA_PROLOG_LIED, place);
	if (!root->ns.len)
		hr_cda_deviate(cda, HR_CDA_NO_NAMESPACE, place);
	cda->report.format = HR_FORMAT_CDA;
	cda->report.kind = cda->profile->kind;
	read_header(cda, root);
	read_body(cda, root);
	return settle(cda, root, err);
}

bool hr_cda_read(const hr_xml_document *document, hr_arena *arena, hr_reports *out, hr_error *err)
{
	hr_cda cda = { .arena = arena };
	hr_report *report;

	if (!HR_CDA_IS(document->root, "ClinicalDocument"))
		return hr_fail_at(err, HR_E_UNSUPPORTED, hr_xml_line(document->root),
				  hr_xml_column(document->root), "not a CDA document");
	if (!read_document(&cda, document, err))
		return false;
	report = HR_NEW(arena, hr_report);
	if (!report)
		return hr_fail_memory(err);
	*report = cda.report;
	*out = (hr_reports){ report, 1 };
	return true;
}
