#include "recognition/hl7_parts.h"

enum {
	CODED_COMPONENTS = 12, /* of a CWE; a CE has 6 */
	OID_MIN = 5,
};

void hr_hl7_deviate(hr_hl7 *h, hr_hl7_deviation deviation, const hr_hl7_segment *segment,
		    hr_str slice)
{
	if (h->deviations[deviation].kind == HR_PLACE_NONE)
		h->deviations[deviation] = (hr_place){ HR_PLACE_HL7, segment, hr_str_trim(slice) };
}

static bool is_plain(char c)
{
	return c > ' ' && c < 0x7f;
}

/* hr_str_trim, with a short way for what nearly every value is: nothing to trim. */
static hr_str trim(hr_str s)
{
	if (s.len == 0 || (is_plain(s.data[0]) && is_plain(s.data[s.len - 1])))
		return s;
	return hr_str_trim(s);
}

/* "" says so; null is what is joined into a message where a program has nothing. */
static inline bool says_nothing(hr_str text)
{
	return (text.len == 2 && text.data[0] == '"' && text.data[1] == '"') ||
	       (text.len == 4 && hr_str_equal_nocase(text, HR_STR("null")));
}

static hr_str unescape(hr_hl7 *h, hr_str text)
{
	if (says_nothing(text))
		return HR_STR_NONE;
	if (!h->message->has_escapes)
		return text;
	return hr_hl7_unescape(&h->message->head.delimiters, text, h->arena);
}

hr_str hr_hl7_text(hr_hl7 *h, hr_str raw)
{
	return unescape(h, trim(raw));
}

hr_field hr_hl7_field(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw)
{
	hr_str slice = trim(raw);
	hr_str text = unescape(h, slice);

	if (text.len == 0)
		return (hr_field){ .text = HR_STR_NONE };
	return (hr_field){ text, { HR_PLACE_HL7, segment, slice } };
}

static hr_str first_repeat(const hr_hl7 *h, hr_str raw)
{
	return hr_hl7_part(raw, h->message->head.delimiters.repetition, 1);
}

static uint32_t split_components(const hr_hl7 *h, hr_str raw, hr_str *out, uint32_t max)
{
	return hr_hl7_split(raw, h->message->head.delimiters.component, out, max);
}

hr_field hr_hl7_component(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw, uint32_t n)
{
	if (raw.len == 0)
		return (hr_field){ .text = HR_STR_NONE };
	return hr_hl7_field(
		h, segment,
		hr_hl7_part(first_repeat(h, raw), h->message->head.delimiters.component, n));
}

/* --- codes --- */

/* HL7 table 0396, as it is written. A local system says no more than none. */
static hr_str system_of(hr_str word)
{
	static const struct {
		hr_str word;
		hr_str system;
	} systems[] = {
		{ HR_STR_INIT("LN"), HR_STR_INIT("http://loinc.org") },
		{ HR_STR_INIT("LOINC"), HR_STR_INIT("http://loinc.org") },
		{ HR_STR_INIT("SCT"), HR_STR_INIT("http://snomed.info/sct") },
		{ HR_STR_INIT("L"), HR_STR_INIT("") },
		{ HR_STR_INIT("LOCAL"), HR_STR_INIT("") },
	};

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++)
		if (hr_str_equal_nocase(word, systems[i].word))
			return systems[i].system;
	return hr_str_starts_with(word, HR_STR("99")) ? HR_STR_NONE : word;
}

/* Code, text and system at `triple`; false when there is nothing. */
static bool read_triple(hr_hl7 *h, const hr_hl7_segment *segment, const hr_str *triple,
			hr_code *out)
{
	hr_field code = hr_hl7_field(h, segment, triple[0]);

	if (code.text.len == 0)
		return false;
	out->code = code.text;
	out->place = code.place;
	out->display = hr_hl7_text(h, triple[1]);
	out->system = system_of(hr_hl7_text(h, triple[2]));
	return true;
}

hr_field hr_hl7_add_codes(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw,
			  const hr_code **list, uint32_t *count)
{
	static const uint32_t triples[] = { 0, 3, 9 };
	static const uint32_t texts[] = { 1, 4, 8 };
	hr_str c[CODED_COMPONENTS];
	hr_code *grown;

	if (split_components(h, first_repeat(h, raw), c, CODED_COMPONENTS) == 0)
		return (hr_field){ .text = HR_STR_NONE };
	grown = HR_NEW_N(h->arena, hr_code, *count + 3);
	if (!grown)
		return (hr_field){ .text = HR_STR_NONE };
	if (*count)
		memcpy(grown, *list, *count * sizeof(*grown));
	for (size_t i = 0; i < 3; i++)
		*count += read_triple(h, segment, &c[triples[i]], &grown[*count]);
	*list = grown;
	for (size_t i = 0; i < 3; i++) {
		hr_field text = hr_hl7_field(h, segment, c[texts[i]]);

		if (text.text.len)
			return text;
	}
	return (hr_field){ .text = HR_STR_NONE };
}

hr_field hr_hl7_word(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw)
{
	hr_field text = hr_hl7_component(h, segment, raw, 2);

	return text.text.len ? text : hr_hl7_component(h, segment, raw, 1);
}

hr_code hr_hl7_entity(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw)
{
	hr_str c[4];
	hr_field number;

	split_components(h, first_repeat(h, raw), c, 4);
	number = hr_hl7_field(h, segment, c[0]);
	if (number.text.len == 0)
		return (hr_code){ .code = HR_STR_NONE };
	return (hr_code){
		.system = hr_hl7_text(h, c[2].len >= OID_MIN ? c[2] : c[1]),
		.code = number.text,
		.place = number.place,
	};
}

bool hr_hl7_is_not_available(hr_str text)
{
	return hr_str_equal(text, HR_STR("NA")) || hr_str_equal(text, HR_STR("N/A"));
}

/* --- times --- */

void hr_hl7_set_time(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw, hr_event_kind kind,
		     hr_time *out)
{
	hr_time *last = &h->last[kind];
	hr_field text;

	if (out->text.len || raw.len == 0)
		return;
	if (hr_str_equal(raw, last->place.attr)) {
		*out = *last;
		out->place = (hr_place){ HR_PLACE_HL7, segment, raw };
		return;
	}
	text = hr_hl7_component(h, segment, raw, 1);
	if (text.text.len == 0 || hr_hl7_is_not_available(text.text))
		return;
	*last = (hr_time){ .text = text.text, .place = text.place };
	if (!hr_span_parse(text.text, &last->span))
		hr_hl7_deviate(h, HR_HL7_TIME_UNREADABLE, segment, text.place.attr);
	*out = *last;
}

hr_str hr_hl7_join(hr_hl7 *h, const hr_str *parts, size_t count)
{
	hr_buf buf;

	hr_buf_init(&buf, h->arena, HR_HL7_BYTES_MAX);
	for (size_t i = 0; i < count; i++)
		hr_buf_add(&buf, parts[i]);
	return hr_buf_str(&buf);
}

/* --- words --- */

struct status_row {
	char word;
	hr_status status;
};

/* Table 0123. What is not there is not final: that refuses, and a wrong "final" would recognise. */
static const struct status_row report_statuses[] = {
	{ 'F', HR_STATUS_FINAL },	{ 'C', HR_STATUS_CORRECTED },
	{ 'P', HR_STATUS_PRELIMINARY }, { 'A', HR_STATUS_PRELIMINARY },
	{ 'I', HR_STATUS_PRELIMINARY }, { 'M', HR_STATUS_PRELIMINARY },
	{ 'N', HR_STATUS_PRELIMINARY }, { 'O', HR_STATUS_PRELIMINARY },
	{ 'R', HR_STATUS_PRELIMINARY }, { 'S', HR_STATUS_PRELIMINARY },
	{ 'X', HR_STATUS_CANCELLED },	{ 'Y', HR_STATUS_CANCELLED },
	{ 'Z', HR_STATUS_CANCELLED },
};

/* Table 0085. U: the value was sent before as preliminary, and stands. */
static const struct status_row result_statuses[] = {
	{ 'F', HR_STATUS_FINAL },	{ 'U', HR_STATUS_FINAL },
	{ 'C', HR_STATUS_CORRECTED },	{ 'A', HR_STATUS_CORRECTED },
	{ 'B', HR_STATUS_CORRECTED },	{ 'P', HR_STATUS_PRELIMINARY },
	{ 'R', HR_STATUS_PRELIMINARY }, { 'S', HR_STATUS_PRELIMINARY },
	{ 'I', HR_STATUS_PRELIMINARY }, { 'D', HR_STATUS_CANCELLED },
	{ 'X', HR_STATUS_CANCELLED },	{ 'W', HR_STATUS_CANCELLED },
	{ 'N', HR_STATUS_CANCELLED },	{ 'O', HR_STATUS_CANCELLED },
};

static bool find_status(const struct status_row *rows, size_t count, hr_str word, hr_status *out)
{
	for (size_t i = 0; i < count && word.len == 1; i++)
		if (rows[i].word == word.data[0]) {
			*out = rows[i].status;
			return true;
		}
	return false;
}

bool hr_hl7_report_status(hr_str word, hr_status *out)
{
	return find_status(report_statuses, sizeof(report_statuses) / sizeof(report_statuses[0]),
			   word, out);
}

bool hr_hl7_result_status(hr_str word, hr_status *out)
{
	return find_status(result_statuses, sizeof(result_statuses) / sizeof(result_statuses[0]),
			   word, out);
}
