/*
 * OBX to results. In a laboratory's order each is one; in an order for an
 * examination they are what was found, and the examination is the result.
 */
#include "recognition/hl7_parts.h"

enum { OBX_FIELDS = 24 };

struct observation {
	const hr_hl7_segment *obx;
	hr_str f[OBX_FIELDS];
};

static void open_observation(const hr_hl7 *h, const hr_hl7_segment *obx, struct observation *x)
{
	x->obx = obx;
	hr_hl7_split(obx->text, h->message->head.delimiters.field, x->f, OBX_FIELDS);
}

/* --- values: OBX-5 by the type in OBX-2 --- */

typedef void read_value_fn(hr_hl7 *h, const struct observation *x, hr_field *out);

/*
 * The field as it stands: a type without components has none, and 0~3/HP or
 * 3.5^5.5 are written without escapes.
 */
static void read_plain(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	*out = hr_hl7_field(h, x->obx, x->f[5]);
}

/* Each repeat is a line. */
static void read_lines(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	char repetition = h->message->head.delimiters.repetition;
	hr_buf buf;

	*out = hr_hl7_field(h, x->obx, x->f[5]);
	if (hr_hl7_part(x->f[5], repetition, 2).len == 0)
		return;
	hr_buf_init(&buf, h->arena, HR_HL7_BYTES_MAX);
	for (hr_str rest = x->f[5]; rest.len;) {
		hr_str line = hr_hl7_part(rest, repetition, 1);

		if (buf.len)
			hr_buf_add_char(&buf, '\n');
		hr_buf_add(&buf, hr_hl7_text(h, line));
		rest = hr_str_slice(rest, line.len + 1, rest.len);
	}
	out->text = hr_buf_str(&buf);
}

/* comparator^number^separator^number: "<0.10", "1:128", "10-20". */
static void read_structured(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str parts[4];

	*out = hr_hl7_field(h, x->obx, x->f[5]);
	hr_hl7_split(hr_hl7_part(x->f[5], d->repetition, 1), d->component, parts, 4);
	for (size_t i = 0; i < 4; i++)
		parts[i] = hr_hl7_text(h, parts[i]);
	out->text = hr_hl7_join(h, parts, 4);
}

static void read_coded(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	*out = hr_hl7_word(h, x->obx, x->f[5]);
}

static void read_number(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	*out = hr_hl7_component(h, x->obx, x->f[5], 1);
}

/* A document or a picture inside the message, or a pointer to one. */
static void read_nothing(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	*out = (hr_field){ .text = HR_STR_NONE };
	hr_hl7_deviate(h, HR_HL7_VALUE_NOT_READ, x->obx, HR_STR_NONE);
}

static const struct {
	hr_str type;
	read_value_fn *read;
} value_types[] = {
	{ HR_STR_INIT("NM"), read_plain },	{ HR_STR_INIT("ST"), read_plain },
	{ HR_STR_INIT("TX"), read_lines },	{ HR_STR_INIT("FT"), read_lines },
	{ HR_STR_INIT("SN"), read_structured }, { HR_STR_INIT("CE"), read_coded },
	{ HR_STR_INIT("CWE"), read_coded },	{ HR_STR_INIT("CNE"), read_coded },
	{ HR_STR_INIT("CF"), read_coded },	{ HR_STR_INIT("CX"), read_number },
	{ HR_STR_INIT("EI"), read_number },	{ HR_STR_INIT("HD"), read_number },
	{ HR_STR_INIT("ED"), read_nothing },	{ HR_STR_INIT("RP"), read_nothing },
};

static void read_value(hr_hl7 *h, const struct observation *x, hr_field *out)
{
	read_value_fn *read = read_plain;

	for (size_t i = 0; i < sizeof(value_types) / sizeof(value_types[0]); i++)
		if (hr_str_equal(x->f[2], value_types[i].type)) {
			read = value_types[i].read;
			break;
		}
	read(h, x, out);
	if (hr_hl7_is_not_available(out->text))
		*out = (hr_field){ .text = HR_STR_NONE };
}

/* --- what stands beside a value --- */

/* 10^9/L, whose ^ should have been \S\, and was taken for a delimiter. */
static bool is_power(const hr_hl7 *h, const hr_str parts[2])
{
	return h->message->head.delimiters.component == '^' &&
	       hr_str_ends_with(parts[0], HR_STR("10")) && parts[1].len &&
	       ((parts[1].data[0] >= '0' && parts[1].data[0] <= '9') || parts[1].data[0] == '-');
}

static void read_unit(hr_hl7 *h, const struct observation *x, hr_result *out)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str raw = x->f[6];
	hr_str parts[2];
	hr_field code;

	if (raw.len == 0)
		return;
	hr_hl7_split(hr_hl7_part(raw, d->repetition, 1), d->component, parts, 2);
	if (is_power(h, parts)) {
		hr_hl7_deviate(h, HR_HL7_UNIT_UNESCAPED, x->obx, raw);
		out->unit = hr_hl7_field(h, x->obx, raw);
		return;
	}
	code = hr_hl7_field(h, x->obx, parts[0]);
	out->unit = hr_hl7_field(h, x->obx, parts[1]);
	if (out->unit.text.len)
		out->unit_code = code;
	else
		out->unit = code;
}

/*
 * OBX-14 is when it was tested as it is used here; by the standard it is when
 * the specimen was taken, which it is where OBX-19 says when it was tested.
 */
static void read_times(hr_hl7 *h, const struct observation *x, const hr_hl7_order *order,
		       hr_result *out)
{
	hr_time *times = out->times;

	hr_hl7_set_time(h, x->obx, x->f[19], HR_EVENT_TESTED, &times[HR_EVENT_TESTED]);
	if (times[HR_EVENT_TESTED].text.len && order->times[HR_EVENT_COLLECTED].text.len == 0)
		hr_hl7_set_time(h, x->obx, x->f[14], HR_EVENT_COLLECTED,
				&times[HR_EVENT_COLLECTED]);
	hr_hl7_set_time(h, x->obx, x->f[14], HR_EVENT_TESTED, &times[HR_EVENT_TESTED]);
}

/* What is not known to be final is not final, unless OBR-25 says it of all. */
static void read_status(hr_hl7 *h, const struct observation *x, const hr_hl7_order *order,
			hr_result *out)
{
	hr_field text = hr_hl7_component(h, x->obx, x->f[11], 1);

	if (text.text.len == 0 && order->status_text.text.len == 0) {
		hr_hl7_deviate(h, HR_HL7_STATUS_MISSING, x->obx, HR_STR_NONE);
		out->status = HR_STATUS_PRELIMINARY;
		return;
	}
	if (text.text.len && !hr_hl7_result_status(text.text, &out->status)) {
		hr_hl7_deviate(h, HR_HL7_STATUS_UNKNOWN, x->obx, x->f[11]);
		out->status = HR_STATUS_PRELIMINARY;
	}
	out->status_text = text;
	if (order->status > out->status) {
		out->status = order->status;
		out->status_text = order->status_text;
	}
}

/* The order's times where the report, of several orders, has no one time. */
static void inherit_times(const hr_hl7 *h, const hr_hl7_order *order, hr_result *out)
{
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++)
		if (out->times[kind].text.len == 0 && h->out->times[kind].text.len == 0)
			out->times[kind] = order->times[kind];
}

static hr_result *take_result(hr_hl7 *h)
{
	h->too_many |= h->result_count == HR_RESULTS_MAX;
	return h->too_many ? NULL : &h->results[h->result_count++];
}

static void add_result(hr_hl7 *h, const struct observation *x, const hr_hl7_order *order)
{
	hr_result *out = take_result(h);

	if (!out)
		return;
	out->kind = order->kind;
	out->name = hr_hl7_add_codes(h, x->obx, x->f[3], &out->codes, &out->code_count);
	if (out->name.text.len == 0 && out->code_count == 0)
		hr_hl7_deviate(h, HR_HL7_RESULT_WITHOUT_ITEM, x->obx, HR_STR_NONE);
	read_value(h, x, &out->value);
	read_unit(h, x, out);
	out->range = hr_hl7_field(h, x->obx, x->f[7]);
	out->flag = hr_hl7_component(h, x->obx, x->f[8], 1);
	out->method = hr_hl7_word(h, x->obx, x->f[17]);
	out->device = hr_hl7_component(h, x->obx, x->f[18], 1);
	out->specimens = order->specimens;
	out->specimen_count = order->specimen_count;
	read_times(h, x, order, out);
	inherit_times(h, order, out);
	read_status(h, x, order, out);
	out->performer = hr_hl7_read_performer(h, x->obx, x->f);
}

/* --- examinations --- */

/* By OBX-3: HL7's suffixes, LOINC, and words. What is none of these is a finding. */
static const hr_str conclusions[] = {
	HR_STR_INIT("IMP"),	   HR_STR_INIT("REC"),
	HR_STR_INIT("19005-8"),	   HR_STR_INIT("结论"),
	HR_STR_INIT("诊断"),	   HR_STR_INIT("印象"),
	HR_STR_INIT("诊断结论"),   HR_STR_INIT("检查结论"),
	HR_STR_INIT("影像诊断"),   HR_STR_INIT("诊断意见"),
	HR_STR_INIT("检查提示"),   HR_STR_INIT("超声提示"),
	HR_STR_INIT("诊断印象"),   HR_STR_INIT("建议"),
	HR_STR_INIT("IMPRESSION"), HR_STR_INIT("DE04.50.132.00"),
};

static bool is_conclusion_word(hr_str word)
{
	for (size_t i = 0; i < sizeof(conclusions) / sizeof(conclusions[0]); i++)
		if (hr_str_equal_nocase(word, conclusions[i]))
			return true;
	return false;
}

/* "1234&IMP^胸部CT": the suffix is a subcomponent. */
static bool is_conclusion(hr_hl7 *h, const struct observation *x)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str c[2];

	hr_hl7_split(x->f[3], d->component, c, 2);
	return is_conclusion_word(hr_hl7_text(h, c[0])) ||
	       is_conclusion_word(hr_hl7_text(h, c[1])) ||
	       is_conclusion_word(hr_hl7_text(h, hr_hl7_part(c[0], d->subcomponent, 2)));
}

/* DICOM's code for "Study Instance UID", and the words. */
static bool is_study_uid(hr_hl7 *h, const struct observation *x)
{
	hr_str code = hr_hl7_component(h, x->obx, x->f[3], 1).text;

	return hr_str_equal(code, HR_STR("113014")) || hr_str_equal(code, HR_STR("110180")) ||
	       hr_str_equal_nocase(code, HR_STR("StudyInstanceUID"));
}

static void append(hr_hl7 *h, hr_field *to, hr_field text)
{
	hr_str parts[] = { to->text, HR_STR("\n"), text.text };

	if (to->text.len == 0)
		*to = text;
	else if (text.text.len)
		to->text = hr_hl7_join(h, parts, 3);
}

static void add_finding(hr_hl7 *h, const struct observation *x, hr_result *exam)
{
	hr_status status = HR_STATUS_FINAL;
	hr_field value;

	hr_hl7_result_status(hr_hl7_text(h, x->f[11]), &status);
	read_value(h, x, &value);
	if (status == HR_STATUS_CANCELLED)
		return;
	if (is_study_uid(h, x))
		exam->study_uid = value;
	else
		append(h, is_conclusion(h, x) ? &h->out->conclusion : &h->out->findings, value);
}

static hr_result *add_exam(hr_hl7 *h, const hr_hl7_order *order)
{
	hr_result *out = take_result(h);

	if (!out)
		return NULL;
	out->kind = HR_KIND_EXAM;
	out->name = order->name;
	out->codes = order->codes;
	out->code_count = order->code_count;
	out->modality = (hr_field){ order->modality, { .kind = HR_PLACE_NONE } };
	if (order->modality.len)
		out->modality.place =
			(hr_place){ HR_PLACE_HL7, order->obr,
				    hr_hl7_part(order->obr->text, h->message->head.delimiters.field,
						25) };
	inherit_times(h, order, out);
	out->status = order->status;
	out->status_text = order->status_text;
	return out;
}

/* Where OBR-25 says nothing: as far as the finding that has come the least. */
static void settle_status(hr_hl7 *h, const hr_hl7_order *order, const hr_hl7_segment *end,
			  hr_result *exam)
{
	bool said = false;

	if (order->status_text.text.len)
		return;
	for (const hr_hl7_segment *s = order->obr + 1; s < end; s++) {
		struct observation x;
		hr_result own = { .status = HR_STATUS_FINAL };

		if (!hr_hl7_is(s, "OBX"))
			continue;
		open_observation(h, s, &x);
		read_status(h, &x, order, &own);
		if (!said || own.status > exam->status) {
			exam->status = own.status;
			exam->status_text = own.status_text;
		}
		said = true;
	}
	if (said)
		return;
	hr_hl7_deviate(h, HR_HL7_STATUS_MISSING, order->obr, HR_STR_NONE);
	exam->status = HR_STATUS_PRELIMINARY;
}

/* --- the order's --- */

static uint32_t count_results(const hr_hl7_order *order, const hr_hl7_segment *end)
{
	uint32_t count = 0;

	for (const hr_hl7_segment *s = order->obr + 1; s < end; s++)
		count += hr_hl7_is(s, "OBX");
	return count;
}

/*
 * Where the results end: what stands behind SPM is said of the specimen. But
 * where nothing stands before it, the specimen came first, and they follow.
 */
static const hr_hl7_segment *end_of_results(hr_hl7 *h, const hr_hl7_order *order)
{
	for (const hr_hl7_segment *s = order->obr + 1; s < order->end; s++) {
		if (!hr_hl7_is(s, "SPM"))
			continue;
		if (count_results(order, s))
			return s;
		if (count_results(order, order->end))
			hr_hl7_deviate(h, HR_HL7_SPECIMEN_FIRST, s, HR_STR_NONE);
		break;
	}
	return order->end;
}

/* ZDS-1, which IHE has beside an order: UID^application^DICOM^Application (RAD TF-2 4.4). */
static void read_study_segment(hr_hl7 *h, const hr_hl7_segment *zds, hr_result *exam)
{
	if (!exam->study_uid.text.len)
		exam->study_uid = hr_hl7_component(
			h, zds, hr_hl7_part(zds->text, h->message->head.delimiters.field, 2), 1);
}

void hr_hl7_add_results(hr_hl7 *h, const hr_hl7_order *order)
{
	const hr_hl7_segment *end = end_of_results(h, order);
	hr_result *exam = order->kind == HR_KIND_EXAM ? add_exam(h, order) : NULL;

	for (const hr_hl7_segment *s = order->obr + 1; s < end && !h->too_many; s++) {
		struct observation x;

		if (exam && hr_hl7_is(s, "ZDS"))
			read_study_segment(h, s, exam);
		if (!hr_hl7_is(s, "OBX"))
			continue;
		open_observation(h, s, &x);
		if (exam)
			add_finding(h, &x, exam);
		else
			add_result(h, &x, order);
	}
	if (exam)
		settle_status(h, order, end, exam);
}
