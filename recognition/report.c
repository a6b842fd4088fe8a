#include "recognition/report.h"

#include "recognition/fhir_xml.h"
#include "recognition/hl7_message.h"

enum { IDS_COMPARED_MAX = 16 };

static void format_json_place(const hr_json *node, hr_buf *out)
{
	const hr_json *root = node;
	hr_str word;

	while (root->parent)
		root = root->parent;
	word = hr_json_path_text(root, HR_STR("resourceType"));
	hr_json_format_path(node, word.len ? word : HR_STR("$"), out);
}

void hr_place_format(hr_place place, hr_buf *out)
{
	switch (place.kind) {
	case HR_PLACE_NONE:
		break;
	case HR_PLACE_XML:
		hr_xml_format_xpath(place.node, place.attr, out);
		break;
	case HR_PLACE_JSON:
		format_json_place(place.node, out);
		break;
	case HR_PLACE_DICOM:
		hr_dicom_format_path(place.node, out);
		break;
	case HR_PLACE_HL7:
		hr_hl7_format_place(place.node, place.attr, out);
		break;
	case HR_PLACE_ASKED:
		hr_buf_add(out, place.attr);
		break;
	}
}

uint32_t hr_place_line(hr_place place)
{
	const hr_xml *element = NULL;

	if (place.kind == HR_PLACE_HL7)
		return ((const hr_hl7_segment *)place.node)->line;
	if (place.kind == HR_PLACE_XML)
		element = place.node;
	else if (place.kind == HR_PLACE_JSON)
		element = hr_fhir_element(place.node);
	return element ? hr_xml_line(element) : 0;
}

hr_str hr_sex_of_word(hr_str written)
{
	static const struct {
		hr_str written;
		hr_str sex;
	} sexes[] = {
		{ HR_STR_INIT("1"), HR_STR_INIT("1") },	 { HR_STR_INIT("2"), HR_STR_INIT("2") },
		{ HR_STR_INIT("M"), HR_STR_INIT("1") },	 { HR_STR_INIT("F"), HR_STR_INIT("2") },
		{ HR_STR_INIT("男"), HR_STR_INIT("1") }, { HR_STR_INIT("女"), HR_STR_INIT("2") },
	};

	for (size_t i = 0; i < sizeof(sexes) / sizeof(sexes[0]); i++)
		if (hr_str_equal(written, sexes[i].written))
			return sexes[i].sex;
	return HR_STR_NONE;
}

const hr_time *hr_result_time(const hr_report *report, const hr_result *result, hr_event_kind kind)
{
	/* A time of its own that cannot be read is still its own: the report's would hide it. */
	if (result->times[kind].text.len)
		return &result->times[kind];
	return &report->times[kind];
}

const hr_party *hr_result_performer(const hr_report *report, const hr_result *result)
{
	const hr_party *performer = result->performer ? result->performer : report->performer;

	/* The letterhead's own name again, and its codes stand in the letterhead. */
	if (!performer || (!performer->id_count && !performer->campus.text.len &&
			   hr_party_is_same(performer, &report->issuer)))
		return &report->issuer;
	return performer;
}

/* --- which of several stands --- */

static bool same_code(const hr_code *a, const hr_code *b)
{
	return a->code.len && hr_str_equal(a->code, b->code) && hr_str_equal(a->system, b->system);
}

hr_str hr_format_word(hr_format format)
{
	static const hr_str words[] = {
		[HR_FORMAT_UNKNOWN] = HR_STR_INIT("unknown"),
		[HR_FORMAT_CDA] = HR_STR_INIT("cda"),
		[HR_FORMAT_FHIR] = HR_STR_INIT("fhir"),
		[HR_FORMAT_DICOM] = HR_STR_INIT("dicom"),
		[HR_FORMAT_NEUTRAL] = HR_STR_INIT("neutral"),
		[HR_FORMAT_HL7V2] = HR_STR_INIT("hl7v2"),
		[HR_FORMAT_PAPER] = HR_STR_INIT("paper"),
	};

	return words[format];
}

bool hr_codes_overlap(const hr_code *a, uint32_t a_count, const hr_code *b, uint32_t b_count)
{
	for (uint32_t i = 0; i < a_count && i < IDS_COMPARED_MAX; i++)
		for (uint32_t k = 0; k < b_count && k < IDS_COMPARED_MAX; k++)
			if (same_code(&a[i], &b[k]))
				return true;
	return false;
}

bool hr_party_is_same(const hr_party *a, const hr_party *b)
{
	if (a == b)
		return true;
	if (!a || !b)
		return false;
	if (a->id_count && b->id_count)
		return hr_codes_overlap(a->ids, a->id_count, b->ids, b->id_count);
	return a->name.text.len && hr_str_equal(a->name.text, b->name.text);
}

/* A correction under the number of the one that it corrects. */
static bool corrects(const hr_report *a, const hr_report *b)
{
	const hr_span *newer = &a->times[HR_EVENT_REPORTED].span;
	const hr_span *older = &b->times[HR_EVENT_REPORTED].span;

	if (a->status != HR_STATUS_CORRECTED || !same_code(&a->report_no, &b->report_no))
		return false;
	/* A number without a system is its issuer's own. */
	if (a->report_no.system.len == 0 && !hr_party_is_same(&a->issuer, &b->issuer))
		return false;
	if (newer->precision == HR_PRECISION_NONE || older->precision == HR_PRECISION_NONE)
		return b->status != HR_STATUS_CORRECTED;
	return older->from.second < newer->from.second;
}

static bool replaces(const hr_report *a, const hr_report *b)
{
	for (uint32_t i = 0; i < a->replace_count; i++) {
		const hr_code *code = &a->replaces[i];

		if (same_code(code, &b->id) || same_code(code, &b->report_no) ||
		    (code->code.len && hr_str_equal(code->code, b->set_id.text)))
			return true;
	}
	return corrects(a, b);
}

void hr_reports_find_replaced(hr_report *reports, uint32_t count)
{
	for (uint32_t a = 0; a < count; a++) {
		if (reports[a].replace_count == 0 && reports[a].status != HR_STATUS_CORRECTED)
			continue;
		for (uint32_t b = 0; b < count; b++)
			if (a != b && replaces(&reports[a], &reports[b]))
				reports[b].replaced = true;
	}
}
