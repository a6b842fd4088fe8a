/*
 * An order: OBR, the ORC before it and the specimens below it. What is the
 * same for all of its results.
 */
#include "recognition/hl7_parts.h"
#include "recognition/service_section.h"

enum {
	OBR_FIELDS = 26,
	SPM_FIELDS = 19,
	IMAGE_NUMBERS = 5,
};

static hr_str field_of(const hr_hl7 *h, const hr_hl7_segment *segment, uint32_t n)
{
	return segment ? hr_hl7_part(segment->text, h->message->head.delimiters.field, n + 1)
		       : HR_STR_NONE;
}

/* The laboratory's number, else the one of who asked. */
static void read_number(hr_hl7 *h, hr_hl7_order *order, const hr_str *f)
{
	order->number = hr_hl7_entity(h, order->obr, f[3]);
	if (order->number.code.len == 0)
		order->number = hr_hl7_entity(h, order->common, field_of(h, order->common, 3));
	if (order->number.code.len == 0)
		order->number = hr_hl7_entity(h, order->obr, f[2]);
	if (order->number.code.len == 0)
		order->number = hr_hl7_entity(h, order->common, field_of(h, order->common, 2));
}

static void add_image_number(hr_hl7_order *order, hr_code *list, hr_code number)
{
	if (number.code.len && !hr_codes_overlap(&number, 1, list, order->image_number_count))
		list[order->image_number_count++] = number;
}

/*
 * Under which its images may stand: OBR-18, where IHE has the accession number
 * (RAD TF-2 4.4), then what the filler and the placer call the order.
 */
static void read_image_numbers(hr_hl7 *h, hr_hl7_order *order, const hr_str *f)
{
	const hr_hl7_segment *obr = order->obr;
	const hr_hl7_segment *orc = order->common;
	hr_code *list;

	if (order->kind != HR_KIND_EXAM)
		return;
	list = HR_NEW_N(h->arena, hr_code, IMAGE_NUMBERS);
	if (!list)
		return;
	order->image_numbers = list;
	add_image_number(order, list, hr_hl7_entity(h, obr, f[18]));
	add_image_number(order, list, hr_hl7_entity(h, obr, f[3]));
	add_image_number(order, list, hr_hl7_entity(h, orc, field_of(h, orc, 3)));
	add_image_number(order, list, hr_hl7_entity(h, obr, f[2]));
	add_image_number(order, list, hr_hl7_entity(h, orc, field_of(h, orc, 2)));
}

/* Where OBR-25 is empty, each result says its own. */
static void read_status(hr_hl7 *h, hr_hl7_order *order, hr_str raw)
{
	order->status_text = hr_hl7_component(h, order->obr, raw, 1);
	if (order->status_text.text.len == 0 ||
	    hr_hl7_report_status(order->status_text.text, &order->status))
		return;
	hr_hl7_deviate(h, HR_HL7_STATUS_UNKNOWN, order->obr, raw);
	order->status = HR_STATUS_PRELIMINARY;
}

static void add_specimen(hr_hl7 *h, const hr_hl7_segment *segment, hr_str raw, hr_hl7_order *order)
{
	hr_field text =
		hr_hl7_add_codes(h, segment, raw, &order->specimens, &order->specimen_count);
	hr_code *only;

	if (order->specimen_count || text.text.len == 0)
		return;
	only = HR_NEW(h->arena, hr_code);
	if (!only)
		return;
	*only = (hr_code){ .display = text.text, .place = text.place };
	order->specimens = only;
	order->specimen_count = 1;
}

/* Which of several a result is of, nothing says. */
static void read_specimens(hr_hl7 *h, hr_hl7_order *order)
{
	const hr_hl7_segment *first = NULL;
	hr_str f[SPM_FIELDS];

	for (const hr_hl7_segment *s = order->obr + 1; s < order->end; s++) {
		if (!hr_hl7_is(s, "SPM"))
			continue;
		if (first) {
			hr_hl7_deviate(h, HR_HL7_SPECIMEN_SEVERAL, s, HR_STR_NONE);
			return;
		}
		first = s;
	}
	if (!first)
		return;
	hr_hl7_split(first->text, h->message->head.delimiters.field, f, SPM_FIELDS);
	add_specimen(h, first, f[4], order);
	hr_hl7_set_time(h, first, f[17], HR_EVENT_COLLECTED, &order->times[HR_EVENT_COLLECTED]);
	hr_hl7_set_time(h, first, f[18], HR_EVENT_RECEIVED, &order->times[HR_EVENT_RECEIVED]);
}

static bool has_specimen_segment(const hr_hl7_order *order)
{
	for (const hr_hl7_segment *s = order->obr + 1; s < order->end; s++)
		if (hr_hl7_is(s, "SPM"))
			return true;
	return false;
}

/* Before 2.5: the first component of OBR-15, code&text&system in subcomponents. */
static void read_old_specimen(hr_hl7 *h, hr_hl7_order *order, hr_str raw)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str source = hr_hl7_part(raw, d->component, 1);
	hr_field code = hr_hl7_field(h, order->obr, hr_hl7_part(source, d->subcomponent, 1));
	hr_field text = hr_hl7_field(h, order->obr, hr_hl7_part(source, d->subcomponent, 2));
	hr_code *only;

	if (code.text.len == 0 && text.text.len == 0)
		return;
	only = HR_NEW(h->arena, hr_code);
	if (!only)
		return;
	*only = (hr_code){ .code = code.text,
			   .display = text.text,
			   .place = code.text.len ? code.place : text.place };
	order->specimens = only;
	order->specimen_count = 1;
}

static void read_kind(hr_hl7 *h, hr_hl7_order *order, hr_str raw)
{
	const hr_service_section *section = hr_service_section_find(hr_hl7_text(h, raw));

	if (section) {
		order->kind = section->kind;
		order->modality = section->modality;
	}
	if (order->kind == HR_KIND_UNKNOWN &&
	    (order->specimen_count || has_specimen_segment(order)))
		order->kind = HR_KIND_LAB;
}

void hr_hl7_read_order(hr_hl7 *h, hr_hl7_order *order)
{
	const hr_hl7_segment *obr = order->obr;
	hr_str f[OBR_FIELDS];

	hr_hl7_split(obr->text, h->message->head.delimiters.field, f, OBR_FIELDS);
	read_number(h, order, f);
	order->name = hr_hl7_add_codes(h, obr, f[4], &order->codes, &order->code_count);
	if (order->name.text.len == 0 && order->code_count)
		order->name = (hr_field){ order->codes[0].code, order->codes[0].place };
	read_status(h, order, f[25]);
	if (has_specimen_segment(order))
		read_specimens(h, order);
	else
		read_old_specimen(h, order, f[15]);
	read_kind(h, order, f[24]);
	read_image_numbers(h, order, f);
	hr_hl7_set_time(h, obr, f[7], HR_EVENT_COLLECTED, &order->times[HR_EVENT_COLLECTED]);
	hr_hl7_set_time(h, obr, f[14], HR_EVENT_RECEIVED, &order->times[HR_EVENT_RECEIVED]);
	hr_hl7_set_time(h, obr, f[22], HR_EVENT_REPORTED, &order->times[HR_EVENT_REPORTED]);
	if (order->kind == HR_KIND_EXAM)
		order->times[HR_EVENT_TESTED] = order->times[HR_EVENT_COLLECTED];
}
