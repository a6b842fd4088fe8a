/*
 * Whose results they are and who made them: PID, MSH-4, OBX-23 and OBX-15.
 */
#include "recognition/hl7_parts.h"

#include "base/id_card.h"

enum {
	PID_FIELDS = 20,
	NAMES_MAX = 16, /* and numbers */
};

/* --- the patient --- */

/* What makes a number one of an identity card: PID-3.5 or the authority of PID-3.4, as written. */
static const hr_str card_words[] = {
	HR_STR_INIT("NNCHN"),	 HR_STR_INIT("NI"),	    HR_STR_INIT("IdentifyNO"),
	HR_STR_INIT("SFZ"),	 HR_STR_INIT("SFZH"),	    HR_STR_INIT("身份证"),
	HR_STR_INIT("身份证号"), HR_STR_INIT("居民身份证"), HR_STR_INIT(HR_ID_CARD_OID),
};

/* Some mean the hospital's card by these: the number itself must be an identity card's. */
static const hr_str doubtful_words[] = {
	HR_STR_INIT("IDCard"),
	HR_STR_INIT("ID_CARD"),
};

#define CARD_SYSTEM HR_STR(HR_ID_CARD_OID)

static bool is_one_of(hr_str word, const hr_str *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal_nocase(word, words[i]))
			return true;
	return false;
}

bool hr_hl7_is_card(hr_str word, hr_str number)
{
	return is_one_of(word, card_words, sizeof(card_words) / sizeof(card_words[0])) ||
	       (is_one_of(word, doubtful_words,
			  sizeof(doubtful_words) / sizeof(doubtful_words[0])) &&
		hr_is_id_card(number));
}

/* CX: number^^^authority (name&oid)^type. */
static bool read_number(hr_hl7 *h, const hr_hl7_segment *pid, hr_str repeat, hr_code *out)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str c[5];
	hr_str name;
	hr_str oid;
	hr_str type;
	hr_field number;

	hr_hl7_split(repeat, d->component, c, 5);
	number = hr_hl7_field(h, pid, c[0]);
	if (number.text.len == 0)
		return false;
	name = hr_hl7_text(h, hr_hl7_part(c[3], d->subcomponent, 1));
	oid = hr_hl7_text(h, hr_hl7_part(c[3], d->subcomponent, 2));
	type = hr_hl7_text(h, c[4]);
	out->code = number.text;
	out->place = number.place;
	if (hr_hl7_is_card(type, out->code) || hr_hl7_is_card(name, out->code) ||
	    hr_hl7_is_card(oid, out->code))
		out->system = CARD_SYSTEM;
	else
		out->system = oid.len ? oid : name.len ? name : type;
	return true;
}

static void add_numbers(hr_hl7 *h, const hr_hl7_segment *pid, hr_str field, hr_code *ids,
			uint32_t *count)
{
	hr_str repeats[NAMES_MAX];
	uint32_t n =
		hr_hl7_split(field, h->message->head.delimiters.repetition, repeats, NAMES_MAX);

	for (uint32_t i = 0; i < n && *count < NAMES_MAX; i++)
		*count += read_number(h, pid, repeats[i], &ids[*count]);
}

/* PID-19 is a number of social insurance by its name; here it holds the identity card. */
static void read_numbers(hr_hl7 *h, const hr_hl7_segment *pid, const hr_str *f, hr_patient *out)
{
	hr_code *ids = HR_NEW_N(h->arena, hr_code, NAMES_MAX + 1);
	uint32_t count = 0;
	hr_field card = hr_hl7_field(h, pid, f[19]);

	if (!ids)
		return;
	add_numbers(h, pid, f[3], ids, &count);
	add_numbers(h, pid, f[2], ids, &count);
	add_numbers(h, pid, f[4], ids, &count);
	if (card.text.len)
		ids[count++] = (hr_code){ CARD_SYSTEM, card.text, HR_STR_NONE, card.place };
	out->ids = ids;
	out->id_count = count;
}

static bool is_wide(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] >= 0x80)
			return true;
	return false;
}

/* The one in Chinese characters, where another is in Latin letters; else the first. */
static hr_str choose_name(const hr_hl7 *h, hr_str field)
{
	char repetition = h->message->head.delimiters.repetition;
	hr_str names[NAMES_MAX];
	uint32_t count = hr_hl7_split(field, repetition, names, NAMES_MAX);

	for (uint32_t i = 0; i < count; i++)
		if (is_wide(names[i]))
			return names[i];
	return names[0];
}

/* Family name first, as in Chinese; parted by a blank only where the letters are Latin. */
static hr_field read_name(hr_hl7 *h, const hr_hl7_segment *pid, hr_str field)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str chosen = choose_name(h, field);
	hr_field family;
	hr_field given;
	hr_str c[2];

	hr_hl7_split(chosen, d->component, c, 2);
	family = hr_hl7_field(h, pid, hr_hl7_part(c[0], d->subcomponent, 1));
	given = hr_hl7_field(h, pid, c[1]);
	if (family.text.len && given.text.len) {
		hr_str parts[] = { family.text, is_wide(family.text) ? HR_STR_NONE : HR_STR(" "),
				   given.text };

		family.text = hr_hl7_join(h, parts, 3);
	}
	return family.text.len ? family : given;
}

void hr_hl7_read_patient(hr_hl7 *h, const hr_hl7_segment *pid, hr_patient *out)
{
	hr_str f[PID_FIELDS];
	hr_field sex;

	hr_hl7_split(pid->text, h->message->head.delimiters.field, f, PID_FIELDS);
	read_numbers(h, pid, f, out);
	out->name = read_name(h, pid, f[5]);
	out->birth = hr_hl7_component(h, pid, f[7], 1);
	sex = hr_hl7_component(h, pid, f[8], 1);
	sex.text = hr_sex_of_word(sex.text);
	if (sex.text.len)
		out->sex = sex;
}

/* --- institutions --- */

static bool is_code(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= ' ' || (unsigned char)s.data[i] >= 0x7f)
			return false;
	return s.len > 0;
}

static void add_id(hr_party *party, hr_code *ids, hr_field id, hr_str system)
{
	if (id.text.len == 0)
		return;
	ids[party->id_count++] = (hr_code){ system, id.text, HR_STR_NONE, id.place };
	party->ids = ids;
}

/*
 * HD: name^id^type. The name may be a code. An OID is the institution's own
 * and not a number under one, so it is its system as well.
 */
void hr_hl7_read_issuer(hr_hl7 *h, hr_party *out)
{
	const hr_hl7_segment *msh = h->message->segments;
	hr_str raw = h->message->head.fields[4];
	hr_field id = hr_hl7_component(h, msh, raw, 2);
	hr_str type = hr_hl7_component(h, msh, raw, 3).text;
	hr_code *ids = HR_NEW_N(h->arena, hr_code, 2);

	*out = (hr_party){ .name = hr_hl7_component(h, msh, raw, 1) };
	if (!ids)
		return;
	add_id(out, ids, id, hr_str_equal(type, HR_STR("ISO")) ? id.text : type);
	if (is_code(out->name.text))
		add_id(out, ids, out->name, HR_STR_NONE);
}

/* XON: name^type^number^^^authority^...^identifier, the tenth. */
static void read_organization(hr_hl7 *h, const hr_hl7_segment *obx, hr_str raw, hr_code *ids,
			      hr_party *out)
{
	const hr_hl7_delimiters *d = &h->message->head.delimiters;
	hr_str c[10];
	hr_str system;

	hr_hl7_split(hr_hl7_part(raw, d->repetition, 1), d->component, c, 10);
	system = hr_hl7_text(h, hr_hl7_part(c[5], d->subcomponent, 2));
	if (system.len == 0)
		system = hr_hl7_text(h, hr_hl7_part(c[5], d->subcomponent, 1));
	out->name = hr_hl7_field(h, obx, c[0]);
	add_id(out, ids, hr_hl7_field(h, obx, c[9]), system);
	add_id(out, ids, hr_hl7_field(h, obx, c[2]), system);
}

/* CE: code^name. A single word may be either. */
static void read_producer(hr_hl7 *h, const hr_hl7_segment *obx, hr_str raw, hr_code *ids,
			  hr_party *out)
{
	hr_field code = hr_hl7_component(h, obx, raw, 1);

	out->name = hr_hl7_component(h, obx, raw, 2);
	if (out->name.text.len == 0)
		out->name = code;
	if (is_code(code.text))
		add_id(out, ids, code, HR_STR_NONE);
}

const hr_party *hr_hl7_read_performer(hr_hl7 *h, const hr_hl7_segment *obx, const hr_str *fields)
{
	hr_str raw = fields[23].len ? fields[23] : fields[15];
	hr_party *party;
	hr_code *ids;

	if (raw.len && hr_str_equal(raw, h->performer_text))
		return h->performer;
	if (hr_hl7_text(h, raw).len == 0)
		return NULL;
	party = HR_NEW(h->arena, hr_party);
	ids = HR_NEW_N(h->arena, hr_code, 2);
	if (!party || !ids)
		return NULL;
	if (fields[23].len)
		read_organization(h, obx, raw, ids, party);
	else
		read_producer(h, obx, raw, ids, party);
	h->performer_text = raw;
	h->performer = party->name.text.len == 0 && party->id_count == 0 ? NULL : party;
	if (h->performer && hr_party_is_same(party, &h->out->issuer))
		h->performer = NULL;
	return h->performer;
}
