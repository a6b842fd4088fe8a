#include "recognition/dicom_parts.h"

#include "base/id_card.h"
#include "base/utf8.h"

enum { RESULTS_AT_FIRST = 32, WORDS_MAX = 1024, TIME_MAX = 64, FIRST_IDEOGRAM = 0x2E80 };

void hr_dcm_deviate(hr_dcm *dcm, hr_dcm_deviation deviation, hr_place place)
{
	if (dcm->seen[deviation])
		return;
	dcm->seen[deviation] = true;
	dcm->places[deviation] = place;
}

/* --- values --- */

static hr_field field_of(const hr_dicom_element *element, hr_str text)
{
	text = hr_str_trim(text);
	if (text.len == 0)
		return (hr_field){ .text = HR_STR_NONE };
	return (hr_field){ text, { .kind = HR_PLACE_DICOM, .node = element } };
}

hr_field hr_dcm_text(const hr_dicom_item *item, uint32_t tag)
{
	const hr_dicom_element *element = hr_dicom_find(item, tag);

	return field_of(element, element ? element->text : HR_STR_NONE);
}

hr_field hr_dcm_field(const hr_dicom_item *item, uint32_t tag)
{
	const hr_dicom_element *element = hr_dicom_find(item, tag);
	hr_str text = element ? element->text : HR_STR_NONE;

	return field_of(element, hr_str_slice(text, 0, hr_str_find(text, HR_STR("\\"))));
}

/* The UID of a private designator, where the object tells it (PS3.3 C.12.1.1.1). */
static hr_str scheme_uid(const hr_dcm *dcm, hr_str designator)
{
	const hr_dicom_element *schemes = hr_dicom_find(dcm->root, 0x00080110);

	for (uint32_t i = 0; schemes && i < schemes->item_count; i++)
		if (hr_str_equal(hr_dicom_text_of(&schemes->items[i], 0x00080102), designator))
			return hr_dicom_text_of(&schemes->items[i], 0x0008010C);
	return HR_STR_NONE;
}

/*
 * Coding Scheme Designators (PS3.16 chapter 8) that others write as OIDs. "L"
 * and those that begin with "99" are local (PS3.3 8.2): without a UID they say
 * no more than none.
 */
static hr_str system_of(const hr_dcm *dcm, hr_str designator)
{
	static const struct {
		hr_str designator, system;
	} rows[] = {
		{ HR_STR_INIT("LN"), HR_STR_INIT("2.16.840.1.113883.6.1") },
		{ HR_STR_INIT("SCT"), HR_STR_INIT("2.16.840.1.113883.6.96") },
		{ HR_STR_INIT("DCM"), HR_STR_INIT("1.2.840.10008.2.16.4") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (hr_str_equal(designator, rows[i].designator))
			return rows[i].system;
	if (hr_str_equal(designator, HR_STR("L")) || hr_str_starts_with(designator, HR_STR("99")))
		return scheme_uid(dcm, designator);
	return designator;
}

hr_code hr_dcm_code(const hr_dcm *dcm, const hr_dicom_item *item)
{
	static const uint32_t values[] = { 0x00080100, 0x00080119, 0x00080120 };
	hr_code code = { .display = hr_dcm_text(item, 0x00080104).text };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) && !code.code.len; i++) {
		hr_field value = hr_dcm_text(item, values[i]);

		code.code = value.text;
		code.place = value.place;
	}
	if (!code.code.len)
		code.place = hr_dcm_text(item, 0x00080104).place;
	else
		code.system = system_of(dcm, hr_dicom_text_of(item, 0x00080102));
	return code;
}

/* A list grows when its count is 0 or a power of two, so its room need not be kept. */
static hr_code *make_room(hr_dcm *dcm, const hr_code *list, uint32_t count)
{
	hr_code *bigger;

	if (count & (count - 1))
		return (hr_code *)(uintptr_t)list; /* made by the lines below */
	bigger = HR_NEW_N(dcm->arena, hr_code, count ? (size_t)count * 2 : 1);
	if (bigger && count)
		memcpy(bigger, list, count * sizeof(*bigger));
	return bigger;
}

void hr_dcm_add_code(hr_dcm *dcm, const hr_code **list, uint32_t *count, hr_code code)
{
	hr_code *codes;

	if (!code.code.len && !code.display.len)
		return;
	codes = make_room(dcm, *list, *count);
	if (!codes)
		return;
	codes[(*count)++] = code;
	*list = codes;
}

hr_field hr_dcm_add_codes(hr_dcm *dcm, const hr_dicom_item *item, uint32_t tag,
			  const hr_code **list, uint32_t *count)
{
	const hr_dicom_element *sequence = hr_dicom_find(item, tag);
	hr_field word = { .text = HR_STR_NONE };

	for (uint32_t i = 0; sequence && i < sequence->item_count; i++) {
		hr_dcm_add_code(dcm, list, count, hr_dcm_code(dcm, &sequence->items[i]));
		if (!word.text.len)
			word = hr_dcm_text(&sequence->items[i], 0x00080104);
	}
	return word;
}

/* --- times --- */

/* Digits alone: the forms of before 1993 are "2025.02.18" and "08:12:00". */
static void add_digits(hr_buf *buf, hr_str text, char skipped)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != skipped)
			hr_buf_add_char(buf, text.data[i]);
}

static void set_time(hr_dcm *dcm, hr_str text, hr_place place, hr_time *out)
{
	hr_time time = { .text = text, .place = place };

	if (out->text.len || !text.len)
		return;
	if (!hr_span_parse(text, &time.span))
		hr_dcm_deviate(dcm, HR_DCM_TIME_UNREADABLE, place);
	*out = time;
}

void hr_dcm_set_date(hr_dcm *dcm, const hr_dicom_item *item, uint32_t date, uint32_t time,
		     hr_time *out)
{
	hr_field day = hr_dcm_field(item, date);
	hr_field clock = hr_dcm_field(item, time);
	hr_buf buf;

	if (!day.text.len || day.text.len > TIME_MAX || clock.text.len > TIME_MAX)
		return;
	hr_buf_init(&buf, dcm->arena, (size_t)3 * TIME_MAX);
	add_digits(&buf, day.text, '.');
	/* An hour alone is no time that a window could be counted from. */
	if (clock.text.len >= 4) {
		add_digits(&buf, clock.text, ':');
		hr_buf_add(&buf, dcm->zone);
	}
	if (!buf.failed)
		set_time(dcm, hr_buf_str(&buf), day.place, out);
}

static bool has_zone(hr_str text)
{
	return text.len > 5 && (text.data[text.len - 5] == '+' || text.data[text.len - 5] == '-');
}

void hr_dcm_set_datetime(hr_dcm *dcm, hr_field text, hr_time *out)
{
	hr_buf buf;

	if (!text.text.len || text.text.len > TIME_MAX)
		return;
	hr_buf_init(&buf, dcm->arena, (size_t)2 * TIME_MAX);
	hr_buf_add(&buf, text.text);
	if (text.text.len >= 12 && !has_zone(text.text))
		hr_buf_add(&buf, dcm->zone);
	if (!buf.failed)
		set_time(dcm, hr_buf_str(&buf), text.place, out);
}

/* "+0800", else nothing: then the clock is China's. */
static hr_str zone_of(const hr_dicom_item *root)
{
	hr_str zone = hr_dicom_text_of(root, 0x00080201);

	if (zone.len != 5 || (zone.data[0] != '+' && zone.data[0] != '-'))
		return HR_STR_NONE;
	for (int i = 1; i < 5; i++)
		if (zone.data[i] < '0' || zone.data[i] > '9')
			return HR_STR_NONE;
	return zone;
}

/* --- people and places --- */

static hr_str next_part(hr_str *rest, hr_str mark)
{
	size_t at = hr_str_find(*rest, mark);
	hr_str part = hr_str_slice(*rest, 0, at);

	*rest = hr_str_slice(*rest, at + mark.len, rest->len);
	return part;
}

/* Families and given names of China stand together, others apart. */
static void join_name(hr_str group, hr_buf *out)
{
	uint32_t first = 0;
	bool chinese = hr_utf8_read(group, &first) > 0 && first >= FIRST_IDEOGRAM;

	while (group.len) {
		hr_str part = hr_str_trim(next_part(&group, HR_STR("^")));

		if (part.len && out->len && !chinese)
			HR_BUF_ADD(out, " ");
		hr_buf_add(out, part);
	}
}

hr_str hr_dcm_person_text(hr_arena *arena, hr_str person_name)
{
	hr_str letters = next_part(&person_name, HR_STR("="));
	hr_str ideograms = hr_str_trim(next_part(&person_name, HR_STR("=")));
	hr_buf name;

	hr_buf_init(&name, arena, WORDS_MAX);
	join_name(ideograms, &name);
	if (!name.len)
		join_name(letters, &name);
	return name.failed ? HR_STR_NONE : hr_buf_str(&name);
}

hr_field hr_dcm_person(hr_dcm *dcm, const hr_dicom_item *item, uint32_t tag)
{
	hr_field field = hr_dcm_field(item, tag);

	field.text = hr_dcm_person_text(dcm->arena, field.text);
	return field.text.len ? field : (hr_field){ .text = HR_STR_NONE };
}

/* Who gave a number: an OID where there is one, else a word. */
static hr_str issuer_of(const hr_dicom_item *item, uint32_t qualifiers, uint32_t word)
{
	const hr_dicom_item *qualifier = hr_dicom_first(item, qualifiers);
	hr_str oid = hr_dicom_text_of(qualifier, 0x00400032);

	if (oid.len)
		return oid;
	return word ? hr_dicom_text_of(item, word) : hr_dicom_text_of(qualifier, 0x00400031);
}

/*
 * Many archives keep the 居民身份证号 as the number of the patient and do not say
 * so: taken for one when its check character is right and its birth date is
 * the patient's.
 */
static bool is_id_card(const hr_dicom_item *item, hr_str id)
{
	hr_str birth = hr_str_trim(hr_dicom_text_of(item, 0x00100030));

	return hr_is_id_card(id) && hr_str_equal(hr_str_slice(id, 6, 14), birth);
}

static void add_patient_id(hr_dcm *dcm, const hr_dicom_item *item, hr_patient *out)
{
	hr_field id = hr_dcm_field(item, 0x00100020);
	hr_code code = { issuer_of(item, 0x00100024, 0x00100021), id.text, HR_STR_NONE, id.place };

	if (!code.system.len && is_id_card(dcm->root, id.text))
		code.system = HR_STR(HR_ID_CARD_OID);
	hr_dcm_add_code(dcm, &out->ids, &out->id_count, code);
}

/* M and F are 1 and 2 of GB/T 2261.1; O says nothing. */
static hr_field read_sex(const hr_dicom_item *root)
{
	hr_field sex = hr_dcm_field(root, 0x00100040);

	if (hr_str_equal(sex.text, HR_STR("M")))
		sex.text = HR_STR("1");
	else if (hr_str_equal(sex.text, HR_STR("F")))
		sex.text = HR_STR("2");
	else
		return (hr_field){ .text = HR_STR_NONE };
	return sex;
}

static void read_patient(hr_dcm *dcm, hr_patient *out)
{
	const hr_dicom_element *others = hr_dicom_find(dcm->root, 0x00101002);

	add_patient_id(dcm, dcm->root, out);
	for (uint32_t i = 0; others && i < others->item_count; i++)
		add_patient_id(dcm, &others->items[i], out);
	out->name = hr_dcm_person(dcm, dcm->root, 0x00100010);
	out->birth = hr_dcm_field(dcm->root, 0x00100030);
	out->sex = read_sex(dcm->root);
}

static void read_party(hr_dcm *dcm, const hr_dicom_item *item, hr_party *out)
{
	hr_field word = hr_dcm_add_codes(dcm, item, 0x00080082, &out->ids, &out->id_count);

	out->name = hr_dcm_text(item, 0x00080080);
	if (!out->name.text.len)
		out->name = word;
	out->campus = hr_dcm_text(item, 0x00080081);
}

/* The equipment's institution; of a report without one, who keeps it. */
static void read_issuer(hr_dcm *dcm, hr_party *out)
{
	read_party(dcm, dcm->root, out);
	if (!out->name.text.len && !out->id_count)
		read_party(dcm, hr_dicom_first(dcm->root, 0x0040A07C), out);
}

/* --- results and what is around them --- */

static bool grow_results(hr_dcm *dcm)
{
	uint32_t room = dcm->result_room ? dcm->result_room * 2 : RESULTS_AT_FIRST;
	hr_result *bigger = hr_arena_alloc_raw(dcm->arena, room * sizeof(*bigger));

	if (!bigger)
		return false;
	if (dcm->result_count)
		memcpy(bigger, dcm->results, dcm->result_count * sizeof(*bigger));
	dcm->results = bigger;
	dcm->result_room = room;
	return true;
}

hr_result *hr_dcm_add_result(hr_dcm *dcm, const hr_result *result)
{
	dcm->too_many = dcm->result_count == HR_RESULTS_MAX;
	if (dcm->too_many || (dcm->result_count == dcm->result_room && !grow_results(dcm)))
		return NULL;
	dcm->results[dcm->result_count] = *result;
	return &dcm->results[dcm->result_count++];
}

void hr_dcm_read_procedure(hr_dcm *dcm, const hr_dicom_item *item, hr_result *exam)
{
	static const uint32_t sequences[] = { HR_DCM_PROCEDURE_CODES, HR_DCM_REQUESTED_CODES };

	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		hr_field word =
			hr_dcm_add_codes(dcm, item, sequences[i], &exam->codes, &exam->code_count);

		if (!exam->name.text.len)
			exam->name = word;
	}
	if (!exam->name.text.len)
		exam->name = hr_dcm_text(item, HR_DCM_REQUESTED_WORDS);
}

static void read_numbers(hr_dcm *dcm, hr_report *report)
{
	hr_field uid = hr_dcm_field(dcm->root, HR_DCM_INSTANCE_UID);
	hr_field number = hr_dcm_field(dcm->root, HR_DCM_ACCESSION_NUMBER);

	if (uid.text.len)
		report->id = (hr_code){ HR_DCM_UID_SYSTEM, uid.text, HR_STR_NONE, uid.place };
	if (!number.text.len)
		return;
	report->report_no = (hr_code){ issuer_of(dcm->root, 0x00080051, 0), number.text,
				       HR_STR_NONE, number.place };
	hr_dcm_add_code(dcm, &report->image_numbers, &report->image_number_count,
			report->report_no);
}

static void note_texts(hr_dcm *dcm, const hr_dicom_object *object)
{
	const struct {
		const hr_dicom_element *element;
		hr_dcm_deviation deviation;
	} rows[] = {
		{ object->repaired, HR_DCM_CHARSET_REPAIRED },
		{ object->guessed, HR_DCM_CHARSET_GUESSED },
		{ object->syntax_lied && dcm->root->count ? dcm->root->elements : NULL,
		  HR_DCM_SYNTAX_LIED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].element)
			hr_dcm_deviate(
				dcm, rows[i].deviation,
				(hr_place){ .kind = HR_PLACE_DICOM, .node = rows[i].element });
}

void hr_dcm_read_head(hr_dcm *dcm, const hr_dicom_object *object)
{
	dcm->root = object->root;
	dcm->zone = zone_of(object->root);
	dcm->report.format = HR_FORMAT_DICOM;
	note_texts(dcm, object);
	read_numbers(dcm, &dcm->report);
	read_patient(dcm, &dcm->report.patient);
	read_issuer(dcm, &dcm->report.issuer);
}
