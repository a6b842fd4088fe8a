#include "service/mllp_ack.h"

#include "base/text.h"
#include "recognition/hl7_charset.h"

/* Of one field that is given back: HD and the like are shorter in every version. */
enum { ECHO_MAX = 227, ECHO_ID_MAX = 199 };

enum { APPLICATION = 3, FACILITY, RECEIVER, RECEIVER_FACILITY, TYPE = 9, ID, PROCESSING, VERSION };
enum { CHARSET = 18 };

static const hr_hl7_head no_head = { .delimiters = { '|', '^', '~', '\\', '&' } };

hr_str hr_ack_word(hr_ack_code code)
{
	static const hr_str words[] = { HR_STR_INIT("AA"), HR_STR_INIT("AE"), HR_STR_INIT("AR") };

	return words[code];
}

hr_ack_code hr_ack_code_of(const hr_error *err)
{
	return err->code == HR_E_UNSUPPORTED ? HR_ACK_AR : HR_ACK_AE;
}

/* --- what is refused by its MSH --- */

static bool is_known_version(hr_str version)
{
	return version.len == 0 || (hr_str_starts_with(version, HR_STR("2.")) && version.len > 2 &&
				    version.data[2] >= '1' && version.data[2] <= '9');
}

bool hr_ack_check_head(const hr_hl7_head *head, hr_error *err)
{
	const char component = head->delimiters.component;

	if (!hr_str_equal(hr_hl7_part(head->fields[TYPE], component, 1), HR_STR("ORU")))
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "the message is no ORU: results are taken, nothing else");
	if (!is_known_version(hr_hl7_part(head->fields[VERSION], component, 1)))
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "the message's version is none of HL7 v2 (2.1 to 2.9)");
	return true;
}

/* --- what every ACK has --- */

static void add_cut(hr_buf *out, hr_str s, size_t max)
{
	hr_buf_add(out, hr_str_slice(s, 0, max));
}

static void add_field(hr_buf *out, char field, hr_str s)
{
	hr_buf_add_char(out, field);
	add_cut(out, s, ECHO_MAX);
}

static hr_str or_else(hr_str s, hr_str other)
{
	return s.len ? s : other;
}

/* A trigger is letters and digits; of whatever else comes, nothing is given back. */
static bool is_trigger(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.data[i] >= 'A' && s.data[i] <= 'Z') ||
		      (s.data[i] >= '0' && s.data[i] <= '9')))
			return false;
	return s.len == 3;
}

/* ACK^R01^ACK; ACK alone where no trigger was said. */
static void add_type(hr_buf *out, const hr_hl7_head *head)
{
	const char component = head->delimiters.component;
	hr_str trigger = hr_hl7_part(head->fields[TYPE], component, 2);

	HR_BUF_ADD(out, "ACK");
	if (!is_trigger(trigger) || !component)
		return;
	hr_buf_add_char(out, component);
	hr_buf_add(out, trigger);
	hr_buf_add_char(out, component);
	HR_BUF_ADD(out, "ACK");
}

/* 20250220093000+0800 */
static void add_time(hr_buf *out, hr_instant now)
{
	char text[HR_INSTANT_TEXT];
	hr_str s = hr_instant_format(now, text);

	for (size_t i = 0; i < s.len; i++)
		if ((s.data[i] >= '0' && s.data[i] <= '9') || s.data[i] == '+')
			hr_buf_add_char(out, s.data[i]);
}

static void add_delimiters(hr_buf *out, const hr_hl7_delimiters *d)
{
	const char all[] = { d->component, d->repetition, d->escape, d->subcomponent };

	HR_BUF_ADD(out, "MSH");
	hr_buf_add_char(out, d->field);
	for (size_t i = 0; i < sizeof(all) && all[i]; i++)
		hr_buf_add_char(out, all[i]);
}

/* Sender and receiver change places; what is given back stands as it came, byte by byte. */
static void add_msh(hr_buf *out, const hr_ack *ack, const hr_hl7_head *head)
{
	static const uint8_t swapped[] = { RECEIVER, RECEIVER_FACILITY, APPLICATION, FACILITY };
	const char field = head->delimiters.field;

	add_delimiters(out, &head->delimiters);
	for (size_t i = 0; i < sizeof(swapped); i++)
		add_field(out, field, head->fields[swapped[i]]);
	hr_buf_add_char(out, field);
	add_time(out, ack->now);
	hr_buf_add_char(out, field);
	hr_buf_add_char(out, field);
	add_type(out, head);
	add_field(out, field, ack->id);
	add_field(out, field, or_else(head->fields[PROCESSING], HR_STR("P")));
	add_field(out, field, or_else(head->fields[VERSION], HR_STR("2.4")));
	if (head->fields[CHARSET].len) {
		for (int i = VERSION + 1; i < CHARSET; i++)
			hr_buf_add_char(out, field);
		add_field(out, field, head->fields[CHARSET]);
	}
	HR_BUF_ADD(out, "\r");
}

static void add_msa(hr_buf *out, const hr_ack *ack, const hr_hl7_head *head)
{
	const char field = head->delimiters.field;

	HR_BUF_ADD(out, "MSA");
	add_field(out, field, hr_ack_word(ack->code));
	hr_buf_add_char(out, field);
	add_cut(out, head->fields[ID], ECHO_ID_MAX);
	add_field(out, field, ack->why ? hr_str_of(hr_error_word(ack->why->code)) : ack->outcome);
	HR_BUF_ADD(out, "\r");
}

/* --- the fault: ERR --- */

/* Table 0357. */
struct condition {
	const char *code;
	const char *text;
};

static bool is_ours(const hr_error *why)
{
	return hr_error_http(why->code) >= 500;
}

static struct condition condition_of(const hr_ack *ack, const hr_hl7_head *head)
{
	static const struct condition no_msh = { "100", "Segment sequence error" };
	static const struct condition type = { "200", "Unsupported message type" };
	static const struct condition version = { "203", "Unsupported version id" };
	static const struct condition data = { "102", "Data type error" };
	static const struct condition internal = { "207", "Application internal error" };
	const char component = head->delimiters.component;

	if (is_ours(ack->why))
		return internal;
	if (!ack->head)
		return no_msh;
	if (ack->why->code == HR_E_UNSUPPORTED)
		return is_known_version(hr_hl7_part(head->fields[VERSION], component, 1)) ? type
											  : version;
	return data;
}

struct fault_place {
	char segment[4];
	uint32_t sequence; /* among those of its name */
	uint32_t field;	   /* 0: the whole segment */
};

static bool is_same_name(const char a[4], hr_str line)
{
	return line.len >= 3 && memcmp(a, line.data, 3) == 0;
}

/* The segment in the line of the error, and which of its name it is. */
static void find_segment(hr_str message, uint32_t line, struct fault_place *out)
{
	hr_str rest = message;
	hr_str text = HR_STR_NONE;
	uint32_t at = 0;

	while (at < line && rest.len)
		text = hr_hl7_next_line(&rest, &at);
	if (at != line || text.len < 3)
		return;
	memcpy(out->segment, text.data, 3);
	for (at = 0, rest = message; at < line;)
		out->sequence += is_same_name(out->segment, hr_hl7_next_line(&rest, &at));
}

static struct fault_place place_of(const hr_ack *ack, const hr_hl7_head *head)
{
	struct fault_place place = { .sequence = 0 };
	const char component = head->delimiters.component;

	if (is_ours(ack->why))
		return place;
	if (!ack->head || ack->why->code == HR_E_UNSUPPORTED) {
		memcpy(place.segment, "MSH", 3);
		place.sequence = 1;
		place.field = !ack->head ? 0
			      : is_known_version(hr_hl7_part(head->fields[VERSION], component, 1))
				      ? TYPE
				      : VERSION;
	} else if (ack->why->line) {
		find_segment(ack->message, ack->why->line, &place);
	}
	return place;
}

static void add_place(hr_buf *out, const struct fault_place *place, char component)
{
	if (!place->sequence)
		return;
	hr_buf_addf(out, "%.3s%c%u", place->segment, component, place->sequence);
	if (place->field)
		hr_buf_addf(out, "%c%u", component, place->field);
}

/* A delimiter in a text of ours is written as its escape. */
static void add_escaped(hr_buf *out, const hr_hl7_delimiters *d, const char *text)
{
	const struct {
		char delimiter;
		char letter;
	} escapes[] = { { d->field, 'F' },
			{ d->component, 'S' },
			{ d->repetition, 'R' },
			{ d->subcomponent, 'T' },
			{ d->escape, 'E' } };

	for (; *text; text++) {
		char letter = '\0';

		for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
			if (escapes[i].delimiter == *text)
				letter = escapes[i].letter;
		if (!letter)
			hr_buf_add_char(out, *text);
		else if (d->escape)
			hr_buf_addf(out, "%c%c%c", d->escape, letter, d->escape);
		else
			HR_BUF_ADD(out, " ");
	}
}

/* Chinese where the sender reads it, in his bytes; English where he said nothing of his. */
static void add_title(hr_buf *out, const hr_ack *ack, const hr_hl7_head *head, hr_arena *arena)
{
	const hr_hl7_charset charset = hr_hl7_declared_charset(head);
	const char *zh = hr_error_title_zh(ack->why->code);
	hr_str in_gb;
	hr_error err;

	if (charset == HR_HL7_CHARSET_UTF8)
		hr_buf_add(out, hr_str_of(zh));
	else if (charset == HR_HL7_CHARSET_GB &&
		 hr_text_to_gb18030(hr_str_of(zh), arena, &in_gb, &err))
		hr_buf_add(out, in_gb);
	else
		add_escaped(out, &head->delimiters, hr_error_title(ack->why->code));
}

/* From 2.5 on: ERR-2 place, 3 condition, 4 severity, 5 our word, 7 what is wrong, 8 for a person.
 */
static void add_err(hr_buf *out, const hr_ack *ack, const hr_hl7_head *head, hr_arena *arena)
{
	const hr_hl7_delimiters *d = &head->delimiters;
	const struct condition condition = condition_of(ack, head);
	const struct fault_place place = place_of(ack, head);
	const char f = d->field;
	const char c = d->component;

	hr_buf_addf(out, "ERR%c%c", f, f);
	add_place(out, &place, c);
	hr_buf_addf(out, "%c%s%c%s%cHL70357%cE%c%s%c%c", f, condition.code, c, condition.text, c, f,
		    f, hr_error_word(ack->why->code), f, f);
	add_escaped(out, d, ack->why->message);
	hr_buf_add_char(out, f);
	add_title(out, ack, head, arena);
	HR_BUF_ADD(out, "\r");
}

/* Before 2.5: ERR-1 is place and condition, and there is no room for words. */
static void add_old_err(hr_buf *out, const hr_ack *ack, const hr_hl7_head *head)
{
	const hr_hl7_delimiters *d = &head->delimiters;
	const struct condition condition = condition_of(ack, head);
	const struct fault_place place = place_of(ack, head);
	const char c = d->component;

	hr_buf_addf(out, "ERR%c", d->field);
	add_place(out, &place, c);
	for (int left = !place.sequence ? 3 : !place.field ? 2 : 1; left; left--)
		hr_buf_add_char(out, c);
	hr_buf_addf(out, "%s", condition.code);
	if (d->subcomponent)
		hr_buf_addf(out, "%c%s%cHL70357", d->subcomponent, condition.text, d->subcomponent);
	HR_BUF_ADD(out, "\r");
}

static bool is_since_2_5(hr_str version)
{
	return version.len >= 3 && hr_str_starts_with(version, HR_STR("2.")) &&
	       version.data[2] >= '5' && version.data[2] <= '9';
}

void hr_ack_format(const hr_ack *ack, hr_arena *arena, hr_buf *out)
{
	const hr_hl7_head *head = ack->head ? ack->head : &no_head;

	add_msh(out, ack, head);
	add_msa(out, ack, head);
	if (ack->why && is_since_2_5(head->fields[VERSION]))
		add_err(out, ack, head, arena);
	else if (ack->why && head->delimiters.component)
		add_old_err(out, ack, head);
}
