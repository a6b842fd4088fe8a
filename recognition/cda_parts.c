#include "recognition/cda_parts.h"

enum { RESULTS_AT_FIRST = 32 };

void hr_cda_deviate(hr_cda *cda, hr_cda_deviation deviation, hr_place place)
{
	if (cda->seen[deviation])
		return;
	cda->seen[deviation] = true;
	cda->places[deviation] = place;
}

hr_place hr_cda_place(const hr_xml *node, hr_str attr)
{
	return (hr_place){ HR_PLACE_XML, node, attr };
}

static bool is_plain(char c)
{
	return c > ' ' && c < 0x7f;
}

/* hr_str_trim, with a short way for what nearly every value is: nothing to trim. */
static hr_str trim(hr_str s)
{
	if (s.len && is_plain(s.data[0]) && is_plain(s.data[s.len - 1]))
		return s;
	return hr_str_trim(s);
}

/* What exporters write when they have nothing to write (T4). */
static bool says_absent(hr_str s)
{
	static const hr_str words[] = { HR_STR_INIT("NA"), HR_STR_INIT("N/A"),
					HR_STR_INIT("null") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_str_equal(s, words[i]))
			return true;
	return false;
}

hr_field hr_cda_clean(hr_cda *cda, hr_str raw, const hr_xml *node, hr_str attr)
{
	hr_str text = trim(raw);
	hr_place place = hr_cda_place(node, attr);

	if (text.len == 0 || (text.len <= 4 && says_absent(text)))
		return (hr_field){ 0 };
	if (hr_str_starts_with(text, HR_STR("${"))) {
		cda->placeholders++;
		hr_cda_deviate(cda, HR_CDA_PLACEHOLDER, place);
		return (hr_field){ 0 };
	}
	return (hr_field){ text, place };
}

hr_field hr_cda_value(hr_cda *cda, const hr_xml *node)
{
	hr_field value = hr_cda_attr(cda, node, HR_STR("value"));

	return value.text.len ? value : hr_cda_text(cda, node);
}

hr_code hr_cda_coded(hr_cda *cda, const hr_xml *node)
{
	hr_code code = { .place = hr_cda_place(node, HR_STR("code")) };
	hr_field text = hr_cda_attr(cda, node, HR_STR("code"));

	if (text.text.len) {
		code.code = text.text;
		code.system = trim(hr_cda_raw(node, HR_STR("codeSystem")));
	}
	code.display = hr_cda_attr(cda, node, HR_STR("displayName")).text;
	return code;
}

hr_code hr_cda_id(hr_cda *cda, const hr_xml *node)
{
	hr_field extension = hr_cda_attr(cda, node, HR_STR("extension"));
	hr_field root = hr_cda_attr(cda, node, HR_STR("root"));

	if (extension.text.len)
		return (hr_code){ root.text, extension.text, HR_STR_NONE, extension.place };
	/* An empty extension says that there is no number. A root alone is one: a UUID, or the
	 * OID of an institution. Some write the number as text. */
	if (hr_xml_find_attr(node, HR_STR("extension")))
		return (hr_code){ 0 };
	if (!root.text.len)
		root = hr_cda_text(cda, node);
	return (hr_code){ HR_STR_NONE, root.text, HR_STR_NONE, root.place };
}

/* A list grows when its count is 0 or a power of two, so its room need not be kept. */
static hr_code *make_room(hr_cda *cda, const hr_code *list, uint32_t count)
{
	hr_code *bigger;

	if (count & (count - 1))
		return (hr_code *)(uintptr_t)list; /* made by the lines below */
	bigger = HR_NEW_N(cda->arena, hr_code, count ? (size_t)count * 2 : 1);
	if (bigger && count)
		memcpy(bigger, list, count * sizeof(*bigger));
	return bigger;
}

void hr_cda_add_code(hr_cda *cda, const hr_code **list, uint32_t *count, hr_code code)
{
	hr_code *codes;

	if (!code.code.len && !code.display.len)
		return;
	codes = make_room(cda, *list, *count);
	if (!codes)
		return;
	codes[(*count)++] = code;
	*list = codes;
}

void hr_cda_add_coded(hr_cda *cda, const hr_xml *node, const hr_code **list, uint32_t *count)
{
	hr_code code = hr_cda_coded(cda, node);

	if (code.code.len)
		hr_cda_add_code(cda, list, count, code);
	for (const hr_xml *child = node->first; child; child = child->next) {
		if (!HR_CDA_IS(child, "translation"))
			continue;
		code = hr_cda_coded(cda, child);
		if (code.code.len)
			hr_cda_add_code(cda, list, count, code);
	}
}

void hr_cda_set_time(hr_cda *cda, hr_field text, hr_event_kind kind, hr_time *out)
{
	hr_time *last = &cda->last[kind];

	if (out->text.len || !text.text.len)
		return;
	if (!hr_str_equal(text.text, last->text)) {
		*last = (hr_time){ .text = text.text };
		if (!hr_span_parse(text.text, &last->span))
			hr_cda_deviate(cda, HR_CDA_TIME_UNREADABLE, text.place);
	}
	*out = (hr_time){ last->span, text.text, text.place };
}

bool hr_cda_party(hr_cda *cda, const hr_xml *organization, hr_party *out)
{
	hr_party party = { 0 };
	const hr_xml *child = organization ? organization->first : NULL;

	for (; child; child = child->next) {
		if (HR_CDA_IS(child, "name") && !party.name.text.len)
			party.name = hr_cda_text(cda, child);
		else if (HR_CDA_IS(child, "id"))
			hr_cda_add_code(cda, &party.ids, &party.id_count, hr_cda_id(cda, child));
	}
	if (!party.name.text.len && !party.id_count)
		return false;
	*out = party;
	return true;
}

static bool grow_results(hr_cda *cda)
{
	uint32_t room = cda->result_room ? cda->result_room * 2 : RESULTS_AT_FIRST;
	/* A result is large, and each is copied in whole. */
	hr_result *bigger = hr_arena_alloc_raw(cda->arena, room * sizeof(*bigger));

	if (!bigger)
		return false;
	if (cda->result_count)
		memcpy(bigger, cda->results, cda->result_count * sizeof(*bigger));
	cda->results = bigger;
	cda->result_room = room;
	return true;
}

void hr_cda_add_result(hr_cda *cda, const hr_result *result)
{
	cda->too_many = cda->result_count == HR_RESULTS_MAX;
	if (!cda->too_many && (cda->result_count < cda->result_room || grow_results(cda)))
		cda->results[cda->result_count++] = *result;
}

/* HL7 ActStatus. What is not here says nothing of how far the report has come. */
static const struct {
	hr_str code;
	hr_status status;
} statuses[] = {
	{ HR_STR_INIT("completed"), HR_STATUS_FINAL },
	{ HR_STR_INIT("active"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("new"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("held"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("suspended"), HR_STATUS_PRELIMINARY },
	{ HR_STR_INIT("aborted"), HR_STATUS_CANCELLED },
	{ HR_STR_INIT("cancelled"), HR_STATUS_CANCELLED },
	{ HR_STR_INIT("nullified"), HR_STATUS_CANCELLED },
	{ HR_STR_INIT("obsolete"), HR_STATUS_CANCELLED },
};

void hr_cda_set_status(hr_cda *cda, const hr_xml *status_code, hr_status *status, hr_field *text)
{
	hr_field code = hr_cda_attr(cda, status_code, HR_STR("code"));

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (!hr_str_equal(code.text, statuses[i].code))
			continue;
		*status = statuses[i].status;
		*text = code;
		return;
	}
}
