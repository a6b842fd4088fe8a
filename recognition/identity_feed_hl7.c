#include "recognition/hl7_parts.h"
#include "recognition/identity_feed_parts.h"

#include "base/id_card.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	PID_FIELDS = 20,
	ORDER_FIELDS = 20, /* of OBR, of which 18 is read */
	CX_COMPONENTS = 5,
	NUMBERS_MAX = 16, /* of one field */
};

/* --- which messages --- */

enum message_kind { KIND_OTHER, KIND_PATIENT, KIND_ORDER, KIND_CORRECTION };

static enum message_kind kind_of(const hr_hl7_message *message)
{
	static const struct {
		hr_str code, trigger;
		enum message_kind kind;
	} kinds[] = {
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A01"), KIND_PATIENT },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A04"), KIND_PATIENT },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A05"), KIND_PATIENT },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A08"), KIND_PATIENT },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A28"), KIND_PATIENT },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A31"), KIND_PATIENT },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A34"), KIND_CORRECTION },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A40"), KIND_CORRECTION },
		{ HR_STR_INIT("ADT"), HR_STR_INIT("A47"), KIND_CORRECTION },
		{ HR_STR_INIT("ORM"), HR_STR_INIT("O01"), KIND_ORDER },
		{ HR_STR_INIT("OMG"), HR_STR_INIT("O19"), KIND_ORDER },
		{ HR_STR_INIT("OMI"), HR_STR_INIT("O23"), KIND_ORDER },
	};
	char component = message->head.delimiters.component;
	hr_str code = hr_str_trim(hr_hl7_part(message->head.fields[9], component, 1));
	hr_str trigger = hr_str_trim(hr_hl7_part(message->head.fields[9], component, 2));

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (hr_str_equal(code, kinds[i].code) && hr_str_equal(trigger, kinds[i].trigger))
			return kinds[i].kind;
	return KIND_OTHER;
}

/* MSH-11: T for training, D for debugging. */
static bool is_production(const hr_hl7_message *message)
{
	hr_str mode = hr_hl7_part(message->head.fields[11], message->head.delimiters.component, 1);

	return !hr_str_equal(mode, HR_STR("T")) && !hr_str_equal(mode, HR_STR("D"));
}

/* --- numbers --- */

enum number_kind {
	NUMBER_NONE,
	NUMBER_PATIENT,
	NUMBER_PERSON, /* known beyond the hospital */
	NUMBER_VISIT,
};

struct number {
	enum number_kind kind;
	hr_str type; /* of NUMBER_PERSON */
	hr_str issuer;
	hr_str id;
};

/* HD: its name, by which DICOM's IssuerOfPatientID calls it, else its OID. */
static hr_str read_authority(hr_hl7 *h, hr_str raw)
{
	char sub = h->message->head.delimiters.subcomponent;
	hr_str name = hr_hl7_text(h, hr_hl7_part(raw, sub, 1));

	return name.len ? name : hr_hl7_text(h, hr_hl7_part(raw, sub, 2));
}

/* HL7 table 0203: a visit and an account. */
static bool is_visit(hr_str type)
{
	return hr_str_equal(type, HR_STR("VN")) || hr_str_equal(type, HR_STR("AN"));
}

/* CX: number^^^authority^type. */
static struct number read_number(hr_hl7 *h, hr_str repeat)
{
	hr_str c[CX_COMPONENTS];
	struct number out = { .kind = NUMBER_NONE };
	hr_str type;

	hr_hl7_split(repeat, h->message->head.delimiters.component, c, CX_COMPONENTS);
	out.id = hr_hl7_text(h, c[0]);
	if (out.id.len == 0)
		return out;
	out.kind = NUMBER_PATIENT;
	out.issuer = read_authority(h, c[3]);
	type = hr_hl7_text(h, c[4]);
	if (hr_hl7_is_card(type, out.id) || hr_hl7_is_card(out.issuer, out.id))
		out.type = HR_IDENTITY_CARD;
	else if (is_visit(type))
		out.kind = NUMBER_VISIT;
	else
		out.type = hr_identity_type_of(type);
	if (out.type.len)
		out.kind = NUMBER_PERSON;
	return out;
}

/* --- a patient --- */

struct patient {
	struct number numbers[NUMBERS_MAX]; /* of NUMBER_PATIENT */
	size_t count;
	struct number person; /* NUMBER_NONE: nobody tells */
	const hr_hl7_segment *pid;
	hr_patient told; /* the rest of PID */
	bool has_row;	 /* or a problem */
	bool too_many;	 /* numbers */
};

/* The rows of one message. */
struct message {
	hr_hl7 h;
	hr_identity_build *build;
	enum message_kind kind;
	uint32_t number;
	hr_str issuer; /* MSH-4 */
	struct patient patient;
};

static void refuse(struct message *m, hr_identity_problem_kind kind, const hr_hl7_segment *segment)
{
	hr_identity_refuse(m->build, kind, segment->line, m->number);
}

/* An identity card before all others, one that proves true before one that does not. */
static int rank_of(const struct number *n)
{
	if (n->kind != NUMBER_PERSON)
		return 0;
	if (hr_is_id_card(n->id))
		return 3;
	return hr_str_equal(n->type, HR_IDENTITY_CARD) ? 2 : 1;
}

static void take_person(struct patient *patient, const struct number *n)
{
	if (rank_of(n) > rank_of(&patient->person))
		patient->person = *n;
}

/* One too many is seen, so that none is left out in silence. */
static uint32_t split_repeats(const struct message *m, hr_str field, hr_str *out)
{
	return hr_hl7_split(field, m->h.message->head.delimiters.repetition, out, NUMBERS_MAX + 1);
}

static void take_numbers(struct message *m, hr_str field, bool patients)
{
	struct patient *patient = &m->patient;
	hr_str repeats[NUMBERS_MAX + 1];
	uint32_t count = split_repeats(m, field, repeats);

	if (count > NUMBERS_MAX)
		patient->too_many = true;
	for (uint32_t i = 0; i < count && !patient->too_many; i++) {
		struct number n = read_number(&m->h, repeats[i]);

		take_person(patient, &n);
		if (n.kind == NUMBER_PATIENT && patients)
			patient->numbers[patient->count++] = n;
	}
}

/* PID-2 and PID-4 are of old; PID-19 is by its name a number of social insurance. */
static void read_patient(struct message *m, const hr_hl7_segment *pid)
{
	struct patient *patient = &m->patient;
	hr_str f[PID_FIELDS];
	struct number card;

	*patient = (struct patient){ .pid = pid };
	hr_hl7_split(pid->text, m->h.message->head.delimiters.field, f, PID_FIELDS);
	take_numbers(m, f[3], true);
	take_numbers(m, f[2], patient->count == 0);
	take_numbers(m, f[4], patient->count == 0);
	card = (struct number){ NUMBER_PERSON, HR_IDENTITY_CARD, HR_STR_NONE,
				hr_hl7_text(&m->h, f[19]) };
	if (card.id.len)
		take_person(patient, &card);
	/* Some hospitals have no number of their own. */
	if (patient->count == 0 && rank_of(&patient->person) == 3)
		patient->numbers[patient->count++] = (struct number){ .id = patient->person.id };
	hr_hl7_read_patient(&m->h, pid, &patient->told);
	if (!patient->too_many)
		return;
	refuse(m, HR_IDENTITY_NUMBERS, pid);
	patient->has_row = true;
}

/* --- rows --- */

static hr_identity_row row_of(const struct message *m, const struct number *n)
{
	const struct patient *patient = &m->patient;

	return (hr_identity_row){
		.issuer = n && n->issuer.len ? n->issuer : m->issuer,
		.patient_id = n ? n->id : HR_STR_NONE,
		.id_type = patient->person.type,
		.id_issuer = patient->person.issuer,
		.id = patient->person.id,
		.name = patient->told.name.text,
		.birth_date = patient->told.birth.text,
		.sex = patient->told.sex.text,
		.line = patient->pid->line,
	};
}

/* A row for each number of the patient; one without a number may have that of the order. */
static void add_tie(struct message *m, hr_str accession)
{
	struct patient *patient = &m->patient;
	hr_identity_row row;

	for (size_t i = 0; i < patient->count; i++) {
		row = row_of(m, &patient->numbers[i]);
		row.accession_number = accession;
		hr_identity_add(m->build, &row, m->number);
	}
	if (patient->count == 0) {
		row = row_of(m, NULL);
		row.accession_number = accession;
		hr_identity_add(m->build, &row, m->number);
	}
	patient->has_row = true;
}

/* The patient's number at that authority; else the first. */
static const struct number *number_at(const struct patient *patient, hr_str issuer)
{
	for (size_t i = 0; i < patient->count; i++)
		if (hr_str_equal(patient->numbers[i].issuer, issuer))
			return &patient->numbers[i];
	return patient->count ? &patient->numbers[0] : NULL;
}

/* MRG-1: what the numbers of PID-3 were before. */
static void add_corrections(struct message *m, const hr_hl7_segment *mrg)
{
	char separator = m->h.message->head.delimiters.field;
	hr_str repeats[NUMBERS_MAX + 1];
	uint32_t count = split_repeats(m, hr_hl7_part(mrg->text, separator, 2), repeats);
	bool has_earlier = false;

	m->patient.has_row = true;
	if (count > NUMBERS_MAX) {
		refuse(m, HR_IDENTITY_NUMBERS, mrg);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct number earlier = read_number(&m->h, repeats[i]);
		hr_identity_row row;

		if (earlier.kind != NUMBER_PATIENT)
			continue;
		row = row_of(m, number_at(&m->patient, earlier.issuer));
		row.kind = HR_IDENTITY_CORRECT;
		row.earlier_issuer = earlier.issuer;
		row.earlier_patient_id = earlier.id;
		row.line = mrg->line;
		hr_identity_add(m->build, &row, m->number);
		has_earlier = true;
	}
	if (!has_earlier)
		refuse(m, HR_IDENTITY_NO_EARLIER, mrg);
}

/* --- orders --- */

/* From an ORC, or an OBR without one, as far as the next. */
struct order {
	hr_str accession;
	int rank; /* of where it was found */
	bool is_open;
	bool has_obr;
	bool is_cancelled;
};

static bool is_cancel(hr_str control)
{
	static const hr_str words[] = { HR_STR_INIT("CA"), HR_STR_INIT("CR"), HR_STR_INIT("DC"),
					HR_STR_INIT("DR"), HR_STR_INIT("OC"), HR_STR_INIT("OD") };

	for (size_t i = 0; i < COUNT(words); i++)
		if (hr_str_equal(control, words[i]))
			return true;
	return false;
}

static void take_accession(struct message *m, struct order *order, hr_str raw, int rank)
{
	hr_field id = hr_hl7_component(&m->h, NULL, raw, 1);

	if (id.text.len && rank > order->rank) {
		order->accession = id.text;
		order->rank = rank;
	}
}

static void end_order(struct message *m, struct order *order)
{
	if (order->is_open && order->accession.len && !order->is_cancelled)
		add_tie(m, order->accession);
	*order = (struct order){ .rank = 0 };
}

static void read_order(struct message *m, const hr_hl7_segment *s, struct order *order)
{
	hr_str f[ORDER_FIELDS];
	bool is_orc = hr_hl7_is(s, "ORC");
	bool is_obr = hr_hl7_is(s, "OBR");

	if (is_orc || (is_obr && order->has_obr))
		end_order(m, order);
	hr_hl7_split(s->text, m->h.message->head.delimiters.field, f, ORDER_FIELDS);
	order->is_open = true;
	order->has_obr |= is_obr;
	if (is_orc) {
		order->is_cancelled = is_cancel(hr_hl7_text(&m->h, f[1]));
		take_accession(m, order, f[3], 1);
	} else if (is_obr) {
		take_accession(m, order, f[3], 2);
		take_accession(m, order, f[18], 3);
	} else {
		take_accession(m, order, f[1], 4);
	}
}

/* --- messages --- */

static void end_patient(struct message *m)
{
	const hr_hl7_segment *pid = m->patient.pid;

	if (!pid || m->patient.has_row)
		return;
	if (m->kind == KIND_CORRECTION)
		refuse(m, HR_IDENTITY_NO_EARLIER, pid);
	else
		add_tie(m, HR_STR_NONE);
}

static void read_segments(struct message *m)
{
	const hr_hl7_message *message = m->h.message;
	struct order order = { .rank = 0 };

	for (uint32_t i = 0; i < message->count; i++) {
		const hr_hl7_segment *s = &message->segments[i];

		if (hr_hl7_is(s, "PID")) {
			end_order(m, &order);
			end_patient(m);
			read_patient(m, s);
		} else if (!m->patient.pid || m->patient.too_many) {
			continue;
		} else if (m->kind == KIND_CORRECTION && hr_hl7_is(s, "MRG")) {
			add_corrections(m, s);
		} else if (m->kind == KIND_ORDER &&
			   (hr_hl7_is(s, "ORC") || hr_hl7_is(s, "OBR") || hr_hl7_is(s, "IPC"))) {
			read_order(m, s, &order);
		}
	}
	end_order(m, &order);
	end_patient(m);
}

static void read_message(hr_identity_build *build, const hr_hl7_message *message)
{
	const hr_hl7_segment *msh = &message->segments[0];
	struct message m = { .h = { .arena = build->arena, .message = message },
			     .build = build,
			     .kind = kind_of(message),
			     .number = msh->message };

	m.issuer = hr_hl7_component(&m.h, msh, message->head.fields[4], 1).text;
	if (m.kind == KIND_OTHER) {
		refuse(&m, HR_IDENTITY_TYPE, msh);
	} else if (!is_production(message)) {
		refuse(&m, HR_IDENTITY_NOT_PRODUCTION, msh);
	} else {
		read_segments(&m);
		if (!m.patient.pid)
			refuse(&m, HR_IDENTITY_NO_PATIENT, msh);
	}
}

bool hr_identity_read_hl7(hr_identity_build *build, hr_str bytes, hr_error *err)
{
	hr_hl7_messages messages;

	if (!hr_hl7_read(bytes, build->arena, &messages, err))
		return false;
	for (uint32_t i = 0; i < messages.count; i++)
		read_message(build, &messages.list[i]);
	build->sources = messages.count;
	return true;
}
