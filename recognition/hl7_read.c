/*
 * ORU^R01 to reports. An order belongs to the report of its number (OBR-3, the
 * laboratory's): one report for each number of each patient of a message.
 * Orders without a number are reports by themselves.
 *
 * Mapping: HL7 v2.3.1 to v2.8, chapter 7. A time without an offset is one at
 * +08:00. HL7 has no place for a recognition mark: one may stand before a name
 * (★), or be the whole of a note (京津冀HR).
 */
#include "recognition/hl7_parts.h"

enum {
	TYPE_MAX = 20,	/* of MSH-9 in an error */
	MARK_MAX = 64,	/* bytes of a note that is a mark */
	MARKS_MAX = 16, /* of a report */
};

/* --- which messages --- */

/* Unsolicited observations. R30 to R32 come from the bedside, built alike. */
static bool is_report(hr_str code, hr_str trigger)
{
	static const struct {
		hr_str code, trigger;
	} types[] = {
		{ HR_STR_INIT("ORU"), HR_STR_INIT("R01") },
		{ HR_STR_INIT("ORU"), HR_STR_INIT("R30") },
		{ HR_STR_INIT("ORU"), HR_STR_INIT("R31") },
		{ HR_STR_INIT("ORU"), HR_STR_INIT("R32") },
		{ HR_STR_INIT("ORU"), HR_STR_INIT("") },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (hr_str_equal(code, types[i].code) && hr_str_equal(trigger, types[i].trigger))
			return true;
	return false;
}

/* Of a damaged message it may be anything: shown only when it looks like a type. */
static bool is_type(hr_str word)
{
	for (size_t i = 0; i < word.len; i++) {
		char c = word.data[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
			return false;
	}
	return word.len <= 3;
}

static bool check_type(const hr_hl7_message *message, hr_error *err)
{
	char component = message->head.delimiters.component;
	hr_str code = hr_str_trim(hr_hl7_part(message->head.fields[9], component, 1));
	hr_str trigger = hr_str_trim(hr_hl7_part(message->head.fields[9], component, 2));
	uint32_t line = message->segments[0].line;

	if (is_report(code, trigger))
		return true;
	if (code.len == 0)
		return hr_fail_at(err, HR_E_UNSUPPORTED, line, 1,
				  "hl7: MSH-9 does not say what the message is; "
				  "reports are ORU^R01");
	if (!is_type(code) || !is_type(trigger))
		return hr_fail_at(err, HR_E_UNSUPPORTED, line, 1,
				  "hl7: MSH-9 is no type of a message; reports are ORU^R01");
	return hr_fail_at(err, HR_E_UNSUPPORTED, line, 1,
			  "hl7: the message is %.*s%s%.*s; reports are ORU^R01", HR_STR_ARG(code),
			  trigger.len ? "^" : "", HR_STR_ARG(trigger));
}

/* --- orders --- */

static uint32_t count_orders(const hr_hl7_message *message)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < message->count; i++)
		count += hr_hl7_is(&message->segments[i], "OBR");
	return count;
}

/* Does the segment end what stands below an OBR? */
static bool ends_order(const hr_hl7_segment *segment)
{
	return hr_hl7_is(segment, "OBR") || hr_hl7_is(segment, "ORC") ||
	       hr_hl7_is(segment, "PID") || hr_hl7_is(segment, "DSC");
}

static void find_orders(hr_hl7 *h, hr_hl7_order *orders)
{
	const hr_hl7_segment *end = h->message->segments + h->message->count;
	const hr_hl7_segment *patient = NULL;
	const hr_hl7_segment *common = NULL;

	for (const hr_hl7_segment *s = h->message->segments; s < end; s++) {
		if (hr_hl7_is(s, "PID")) {
			patient = s;
			common = NULL;
		} else if (hr_hl7_is(s, "ORC")) {
			common = s;
		} else if (hr_hl7_is(s, "OBR")) {
			orders->obr = s;
			orders->common = common;
			orders->patient = patient;
			orders->end = s + 1;
			while (orders->end < end && !ends_order(orders->end))
				orders->end++;
			hr_hl7_read_order(h, orders++);
			common = NULL;
		}
	}
}

static bool same_report(const hr_hl7_order *a, const hr_hl7_order *b)
{
	return a->patient == b->patient && a->number.code.len &&
	       hr_str_equal(a->number.code, b->number.code) &&
	       hr_str_equal(a->number.system, b->number.system);
}

/*
 * Each to the end of its report's list, the lists' heads in front. Returns how
 * many there are; over HR_REPORTS_MAX it has stopped looking.
 */
static uint32_t group_orders(hr_hl7_order *orders, uint32_t count, hr_hl7_order **heads,
			     hr_hl7_order **tails)
{
	uint32_t reports = 0;

	for (uint32_t i = 0; i < count && reports <= HR_REPORTS_MAX; i++) {
		uint32_t at = 0;

		while (at < reports && !same_report(heads[at], &orders[i]))
			at++;
		if (at == reports)
			heads[reports++] = &orders[i];
		else
			tails[at]->next = &orders[i];
		tails[at] = &orders[i];
	}
	return reports;
}

/* --- a report of its orders --- */

/* A time that all orders have in common is the report's; others are their results'. */
static void settle_times(const hr_hl7_order *first, hr_report *out)
{
	for (int kind = 0; kind < HR_EVENT_KINDS; kind++) {
		const hr_hl7_order *order = first;

		while (order && hr_str_equal(order->times[kind].text, first->times[kind].text))
			order = order->next;
		if (!order)
			out->times[kind] = first->times[kind];
	}
}

/* As far as the order that has come the least; a correction of one corrects the report. */
static void settle_status(const hr_hl7_order *first, hr_report *out)
{
	out->status = first->status;
	out->status_text = first->status_text;
	for (const hr_hl7_order *order = first->next; order; order = order->next) {
		bool corrects =
			order->status == HR_STATUS_CORRECTED && out->status == HR_STATUS_FINAL;
		bool corrected =
			order->status == HR_STATUS_FINAL && out->status == HR_STATUS_CORRECTED;

		if (corrected || (order->status >= out->status && !corrects))
			continue;
		out->status = order->status;
		out->status_text = order->status_text;
	}
}

/* Those of all its orders. */
static void settle_image_numbers(hr_hl7 *h, const hr_hl7_order *first, hr_report *out)
{
	hr_code *list;
	size_t room = 0;

	for (const hr_hl7_order *order = first; order; order = order->next)
		room += order->image_number_count;
	if (room == first->image_number_count) {
		out->image_numbers = first->image_numbers;
		out->image_number_count = first->image_number_count;
		return;
	}
	list = HR_NEW_N(h->arena, hr_code, room);
	if (!list)
		return;
	out->image_numbers = list;
	for (const hr_hl7_order *order = first; order; order = order->next)
		for (uint32_t i = 0; i < order->image_number_count; i++)
			list[out->image_number_count++] = order->image_numbers[i];
}

static uint32_t count_rows(const hr_hl7_order *order)
{
	uint32_t count = 0;

	for (; order; order = order->next) {
		count++;
		for (const hr_hl7_segment *s = order->obr + 1; s < order->end; s++)
			count += hr_hl7_is(s, "OBX");
	}
	return count < HR_RESULTS_MAX ? count : HR_RESULTS_MAX;
}

/* 京津冀HR: the name of a region, and HR, and nothing else. Source: 国卫医发〔2022〕6号. */
static bool is_mark(hr_str text)
{
	if (!hr_str_ends_with(text, HR_STR("HR")) || text.len > MARK_MAX || text.len < 5)
		return false;
	for (size_t i = 0; i + 2 < text.len; i++)
		if ((unsigned char)text.data[i] < 0x80)
			return false;
	return true;
}

static void read_marks(hr_hl7 *h, const hr_hl7_order *order)
{
	char separator = h->message->head.delimiters.field;
	hr_field *marks = NULL;

	for (; order; order = order->next)
		for (const hr_hl7_segment *s = order->obr + 1; s < order->end; s++) {
			hr_field note;

			if (!hr_hl7_is(s, "NTE") || h->out->mark_count == MARKS_MAX)
				continue;
			note = hr_hl7_field(h, s, hr_hl7_part(s->text, separator, 4));
			if (!is_mark(note.text))
				continue;
			if (!marks)
				marks = HR_NEW_N(h->arena, hr_field, MARKS_MAX);
			if (!marks)
				return;
			marks[h->out->mark_count++] = note;
			h->out->marks = marks;
		}
}

static bool is_one_of(hr_str word, const char *letters)
{
	return word.len == 1 && strchr(letters, word.data[0]);
}

/*
 * The field that says that the message is for training or debugging, or has an
 * analyser's calibration or controls: those look like any other, but for Q in
 * MSH-11, or 1 or 2 in MSH-16. 0: none says so.
 */
static int not_production(const hr_hl7_message *message)
{
	const hr_str *f = message->head.fields;

	if (is_one_of(hr_hl7_part(f[11], message->head.delimiters.component, 1), "TDQ"))
		return 11;
	return is_one_of(f[16], "12") ? 16 : 0;
}

static void check_message(hr_hl7 *h)
{
	const hr_hl7_segment *msh = h->message->segments;
	const hr_str *f = h->message->head.fields;

	if (h->message->charset_lied)
		hr_hl7_deviate(h, HR_HL7_CHARSET_LIED, msh, f[18]);
	if (h->message->charset_unknown)
		hr_hl7_deviate(h, HR_HL7_CHARSET_UNKNOWN, msh, f[18]);
	if (h->message->broken_lines)
		hr_hl7_deviate(h, HR_HL7_BROKEN_LINES, msh, HR_STR_NONE);
	if (not_production(h->message))
		hr_hl7_deviate(h, HR_HL7_NOT_PRODUCTION, msh, f[not_production(h->message)]);
}

static const char *const deviation_codes[] = {
#define X(name, code) [HR_HL7_##name] = code,
	HR_HL7_DEVIATIONS(X)
#undef X
};

static void settle_deviations(hr_hl7 *h)
{
	hr_deviation *list = HR_NEW_N(h->arena, hr_deviation, HR_HL7_DEVIATION_COUNT);

	if (!list)
		return;
	h->out->deviations = list;
	for (size_t i = 0; i < HR_HL7_DEVIATION_COUNT; i++)
		if (h->deviations[i].kind != HR_PLACE_NONE)
			list[h->out->deviation_count++] =
				(hr_deviation){ deviation_codes[i], h->deviations[i] };
}

static void make_report(hr_hl7 *h, const hr_hl7_order *first, hr_report *out)
{
	h->out = out;
	h->result_count = 0;
	h->results = HR_NEW_N(h->arena, hr_result, count_rows(first));
	if (!h->results)
		return;
	out->format = HR_FORMAT_HL7V2;
	out->kind = first->kind;
	out->title = first->name;
	out->id = hr_hl7_entity(h, h->message->segments, h->message->head.fields[10]);
	out->report_no = first->number;
	out->issuer = h->issuer;
	out->patient_ambiguous = !first->patient;
	if (first->patient)
		hr_hl7_read_patient(h, first->patient, &out->patient);
	settle_image_numbers(h, first, out);
	settle_times(first, out);
	settle_status(first, out);
	for (const hr_hl7_order *order = first; order; order = order->next)
		hr_hl7_add_results(h, order);
	read_marks(h, first);
	out->results = h->results;
	out->result_count = h->result_count;
	settle_deviations(h);
}

/* --- messages --- */

struct reports {
	hr_arena *arena;
	hr_report *list;
	uint32_t room;
	uint32_t count;
	uint32_t results;
	bool too_many_results; /* of one report */
	bool too_many;
};

static void make_reports(hr_hl7 *h, hr_hl7_order **heads, uint32_t count, struct reports *out)
{
	hr_place met[HR_HL7_DEVIATION_COUNT]; /* in the message, and in what all orders say */

	memcpy(met, h->deviations, sizeof(met));
	for (uint32_t i = 0; i < count; i++) {
		hr_report *report = &out->list[out->count++];

		memcpy(h->deviations, met, sizeof(met));
		make_report(h, heads[i], report);
		out->results += report->result_count;
	}
	out->too_many_results |= h->too_many;
}

static void read_message(const hr_hl7_message *message, struct reports *out)
{
	uint32_t count = count_orders(message);
	hr_hl7_order *orders = HR_NEW_N(out->arena, hr_hl7_order, count + 1);
	hr_hl7_order **heads = HR_NEW_N(out->arena, hr_hl7_order *, 2 * (size_t)count + 1);
	hr_hl7 h = { .arena = out->arena, .message = message };
	uint32_t reports;

	if (!orders || !heads)
		return;
	check_message(&h);
	hr_hl7_read_issuer(&h, &h.issuer);
	find_orders(&h, orders);
	reports = group_orders(orders, count, heads, heads + count);
	if (reports > out->room - out->count)
		out->too_many = true;
	else
		make_reports(&h, heads, reports, out);
}

static bool check_messages(const hr_hl7_messages *messages, uint32_t *orders, hr_error *err)
{
	*orders = 0;
	for (uint32_t i = 0; i < messages->count; i++) {
		if (!check_type(&messages->list[i], err))
			return false;
		*orders += count_orders(&messages->list[i]);
	}
	return *orders || hr_fail(err, HR_E_INCOMPLETE, "hl7: ORU^R01 without an order (OBR)");
}

static bool check_reports(const struct reports *reports, hr_error *err)
{
	if (hr_arena_is_short(reports->arena))
		return hr_fail_memory(err);
	if (reports->too_many)
		return hr_fail(err, HR_E_LIMIT, "hl7: over %d reports", HR_REPORTS_MAX);
	if (reports->too_many_results)
		return hr_fail(err, HR_E_LIMIT, "hl7: a report has more than %d results",
			       HR_RESULTS_MAX);
	if (reports->results == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "hl7: ORU^R01 without results");
	return true;
}

bool hr_hl7_read_reports(const hr_hl7_messages *messages, hr_arena *arena, hr_reports *out,
			 hr_error *err)
{
	struct reports reports = { .arena = arena };
	uint32_t orders;

	if (!check_messages(messages, &orders, err))
		return false;
	reports.room = orders < HR_REPORTS_MAX ? orders : HR_REPORTS_MAX;
	reports.list = HR_NEW_N(arena, hr_report, reports.room);
	if (!reports.list)
		return hr_fail_memory(err);
	for (uint32_t i = 0; i < messages->count && !reports.too_many; i++)
		read_message(&messages->list[i], &reports);
	if (!check_reports(&reports, err))
		return false;
	hr_reports_find_replaced(reports.list, reports.count);
	*out = (hr_reports){ reports.list, reports.count };
	return true;
}
