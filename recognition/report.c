#include "recognition/report.h"

static void format_json_place(const hr_json *node, hr_buf *out)
{
	const hr_json *root = node;
	hr_str word;

	while (root->parent)
		root = root->parent;
	word = hr_json_path_text(root, HR_STR("resourceType"));
	hr_json_format_path(node, word.len ? word : HR_STR("Resource"), out);
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
	case HR_PLACE_ASKED:
		hr_buf_add(out, place.attr);
		break;
	}
}

uint32_t hr_place_line(hr_place place)
{
	return place.kind == HR_PLACE_XML ? hr_xml_line(place.node) : 0;
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
	if (result->performer)
		return result->performer;
	return report->performer ? report->performer : &report->issuer;
}
