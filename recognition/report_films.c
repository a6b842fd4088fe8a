#include "recognition/report_films.h"

#include "base/id_card.h"
#include "base/text.h"
#include "base/uscc.h"
#include "base/utf8.h"
#include "recognition/decide.h"
#include "recognition/dicom_parts.h"

enum {
	LEAD_BYTES_MAX = 64,
	NAME_BYTES_MAX = 256,
	FIRST_IDEOGRAM = 0x2E80,
	PERFORMERS_MAX = 16, /* that are looked at */
};

/* --- what a report names --- */

struct leads {
	hr_field uids[HR_FILM_LEADS_MAX];
	size_t uid_count;
	hr_field numbers[HR_FILM_LEADS_MAX];
	size_t number_count;
};

static bool is_uid(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != '.' && (text.data[i] < '0' || text.data[i] > '9'))
			return false;
	return text.len >= 1 && text.len <= LEAD_BYTES_MAX;
}

static bool is_number(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
			return false;
	return text.len >= 1 && text.len <= LEAD_BYTES_MAX;
}

static const hr_field *find_lead(const hr_field *list, size_t count, hr_str text)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(list[i].text, text))
			return &list[i];
	return NULL;
}

static void add_uid(struct leads *leads, hr_str text, hr_place place)
{
	if (hr_str_starts_with(text, HR_STR("urn:oid:")))
		text = hr_str_slice(text, 8, text.len);
	if (is_uid(text) && leads->uid_count < HR_FILM_LEADS_MAX &&
	    !find_lead(leads->uids, leads->uid_count, text))
		leads->uids[leads->uid_count++] = (hr_field){ text, place };
}

static void add_number(struct leads *leads, const hr_code *code)
{
	hr_str text = hr_str_trim(code->code);

	if (is_number(text) && leads->number_count < HR_FILM_LEADS_MAX &&
	    !find_lead(leads->numbers, leads->number_count, text))
		leads->numbers[leads->number_count++] = (hr_field){ text, code->place };
}

/* A report of which nobody knows what it is may have images. */
static bool has_images(const hr_report *report)
{
	for (uint32_t i = 0; i < report->result_count; i++)
		if (report->results[i].kind == HR_KIND_EXAM)
			return true;
	return report->kind != HR_KIND_LAB;
}

static void find_leads(const hr_report *report, struct leads *out)
{
	*out = (struct leads){ .uid_count = 0 };
	if (!has_images(report))
		return;
	for (uint32_t i = 0; i < report->result_count; i++)
		add_uid(out, report->results[i].study_uid.text, report->results[i].study_uid.place);
	for (uint32_t i = 0; i < report->image_study_count; i++)
		add_uid(out, report->image_studies[i].code, report->image_studies[i].place);
	for (uint32_t i = 0; i < report->image_number_count; i++)
		add_number(out, &report->image_numbers[i]);
}

void hr_report_leads(const hr_report *report, hr_film_leads *out)
{
	struct leads leads;

	find_leads(report, &leads);
	out->study_count = leads.uid_count;
	out->number_count = leads.number_count;
	for (size_t i = 0; i < leads.uid_count; i++)
		out->study_uids[i] = leads.uids[i].text;
	for (size_t i = 0; i < leads.number_count; i++)
		out->numbers[i] = leads.numbers[i].text;
}

/* --- institutions --- */

struct matching {
	hr_case c; /* of which finding an institution looks at catalogue and arena */
	const hr_report *report;
	const hr_film_candidates *candidates;
	struct leads leads;
	hr_answer *institutions; /* is each candidate of the report's? */
	hr_report_film *films;
	uint32_t count;
	bool others_are_elsewhere; /* films under its numbers are other institutions' */
};

/* Both were made about then. */
static hr_date day_of(const hr_film_study *study)
{
	hr_span span;

	return hr_span_parse(study->study_date, &span) ? hr_instant_date(span.from) : HR_DATE_MAX;
}

static hr_institution_id find_institution(const struct matching *m, const hr_party *party,
					  const hr_film_study *study)
{
	hr_party_found found;

	if (!m->c.catalog)
		return HR_ID_NONE;
	hr_decide_institution(&m->c, party, day_of(study), &found);
	return found.id;
}

static bool has_code(const hr_party *party, hr_str code)
{
	for (uint32_t i = 0; code.len && i < party->id_count; i++)
		if (hr_str_equal(party->ids[i].code, code))
			return true;
	return false;
}

static bool has_uscc(const hr_party *party)
{
	for (uint32_t i = 0; i < party->id_count; i++)
		if (hr_uscc_is_valid(party->ids[i].code))
			return true;
	return false;
}

static bool is_same_text(hr_str a, hr_str b)
{
	char fold_a[NAME_BYTES_MAX];
	char fold_b[NAME_BYTES_MAX];
	size_t len;

	if (!a.len || !b.len || a.len > NAME_BYTES_MAX || b.len > NAME_BYTES_MAX)
		return false;
	len = hr_text_fold(a, fold_a);
	return len == hr_text_fold(b, fold_b) && memcmp(fold_a, fold_b, len) == 0;
}

static hr_answer is_of_party(const struct matching *m, const hr_film_study *study,
			     const hr_party *party)
{
	const hr_code code = { .code = study->institution };
	const hr_party maker = { .name = { .text = study->institution_name },
				 .ids = &code,
				 .id_count = code.code.len > 0 };
	hr_institution_id ours;
	hr_institution_id theirs;

	if (has_code(party, study->institution))
		return HR_ANSWER_YES;
	ours = find_institution(m, party, study);
	theirs = find_institution(m, &maker, study);
	if (ours != HR_ID_NONE && theirs != HR_ID_NONE)
		return ours == theirs ? HR_ANSWER_YES : HR_ANSWER_NO;
	if (is_same_text(party->name.text, study->institution_name))
		return HR_ANSWER_YES;
	return has_uscc(party) && hr_uscc_is_valid(study->institution) ? HR_ANSWER_NO
								       : HR_ANSWER_UNKNOWN;
}

/* Who wrote the report, or who made the images: one of them is enough. */
static hr_answer is_of_institution(const struct matching *m, const hr_film_study *study)
{
	hr_answer answer = is_of_party(m, study, &m->report->issuer);
	const hr_party *last = NULL;

	if (m->report->performer && answer != HR_ANSWER_YES)
		answer = is_of_party(m, study, m->report->performer);
	for (uint32_t i = 0, seen = 0; i < m->report->result_count && seen < PERFORMERS_MAX; i++) {
		const hr_party *performer = m->report->results[i].performer;

		if (answer == HR_ANSWER_YES || !performer || performer == last)
			continue;
		answer = is_of_party(m, study, performer);
		last = performer;
		seen++;
	}
	return answer;
}

/* --- patients --- */

static bool is_ideographic(hr_str text)
{
	uint32_t first = 0;

	return hr_utf8_read(text, &first) > 0 && first >= FIRST_IDEOGRAM;
}

static bool has_word(hr_str text, hr_str word)
{
	hr_str each;

	for (each = hr_str_next_word(&text); each.len; each = hr_str_next_word(&text))
		if (hr_str_equal_nocase(each, word))
			return true;
	return false;
}

/* Letters stand in any order, and a second given name in one of two: "Ada Lovelace". */
static bool has_all_words(hr_str text, hr_str words)
{
	hr_str word;

	for (word = hr_str_next_word(&words); word.len; word = hr_str_next_word(&words))
		if (!has_word(text, word))
			return false;
	return true;
}

/*
 * The film's name as it can be compared: the report's own where they are one;
 * nothing where the one is in characters and the other in letters that do not
 * spell it, because a reading of a name is no other name.
 */
static hr_str name_to_compare(const struct matching *m, const hr_film_candidate *candidate)
{
	hr_str told = m->report->patient.name.text;
	hr_str pn = candidate->study.patient_name;
	hr_str name = hr_dcm_person_text(m->c.arena, pn);
	hr_str letters =
		hr_dcm_person_text(m->c.arena, hr_str_slice(pn, 0, hr_str_find(pn, HR_STR("="))));

	if (!told.len || !name.len)
		return HR_STR_NONE;
	if (candidate->is_spelled)
		return told;
	if (is_ideographic(told))
		return is_ideographic(name) ? name : HR_STR_NONE;
	if (is_ideographic(letters))
		return HR_STR_NONE;
	return has_all_words(told, letters) || has_all_words(letters, told) ? told : letters;
}

/* A patient's number at the institution that gave it; of others it says nothing. */
static bool has_patient_id(const hr_patient *patient, hr_str id)
{
	id = hr_str_trim(id);
	for (uint32_t i = 0; id.len && i < patient->id_count; i++)
		if (hr_str_equal(patient->ids[i].code, id))
			return true;
	return false;
}

static hr_answer is_of_patient(const struct matching *m, const hr_film_candidate *candidate,
			       hr_answer institution, hr_reason *differ)
{
	const hr_film_study *study = &candidate->study;
	const hr_code card = { .system = HR_STR(HR_ID_CARD_OID),
			       .code = hr_str_trim(study->patient_id) };
	const hr_patient his = {
		.ids = &card,
		.id_count = hr_is_id_card(card.code),
		.name = { .text = name_to_compare(m, candidate) },
		.birth = { .text = study->birth_date },
		.sex = { .text = hr_sex_of_word(study->sex) },
	};
	hr_answer number = candidate->person;
	hr_answer one;

	if (number == HR_ANSWER_UNKNOWN && institution == HR_ANSWER_YES &&
	    has_patient_id(&m->report->patient, study->patient_id))
		number = HR_ANSWER_YES;
	one = hr_patients_are_one(&m->report->patient, &his, number, m->c.arena, differ);
	return m->report->patient_ambiguous ? HR_ANSWER_UNKNOWN : one;
}

/* --- the rule --- */

/* How many films have its number, but for those that are surely others'. */
static size_t count_under_number(const struct matching *m, hr_str number)
{
	size_t count = m->candidates->more;

	for (size_t i = 0; i < m->candidates->count; i++) {
		const hr_film_study *study = &m->candidates->list[i].study;

		count += hr_str_equal(hr_str_trim(study->accession_number), number) &&
			 m->institutions[i] != HR_ANSWER_NO;
	}
	return count;
}

static void add_patient_reason(hr_answer patient, const hr_reason *differ, hr_collector *out)
{
	if (patient == HR_ANSWER_UNKNOWN) {
		hr_collector_add(out, HR_REASON_FILM_PATIENT_UNVERIFIED);
	} else if (patient == HR_ANSWER_NO) {
		hr_reason *reason = hr_collector_add(out, HR_REASON_FILM_PATIENT_DIFFERS);

		reason->arg = differ->arg;
		reason->arg_en = differ->arg_en;
	}
}

static void judge_by_uid(const struct matching *m, const hr_film_candidate *candidate,
			 hr_answer institution, hr_collector *out)
{
	hr_reason differ;
	hr_answer patient = is_of_patient(m, candidate, institution, &differ);

	if (patient == HR_ANSWER_NO || m->report->patient_ambiguous)
		add_patient_reason(patient, &differ, out);
}

static void judge_by_number(const struct matching *m, const hr_film_candidate *candidate,
			    hr_str number, hr_answer institution, hr_collector *out)
{
	hr_reason differ;
	hr_answer patient = is_of_patient(m, candidate, institution, &differ);

	if (m->leads.uid_count)
		hr_collector_add(out, HR_REASON_FILM_STUDY_DIFFERS);
	if (count_under_number(m, number) > 1)
		hr_collector_add(out, HR_REASON_FILM_SEVERAL);
	if (institution == HR_ANSWER_UNKNOWN)
		hr_collector_add(out, HR_REASON_FILM_INSTITUTION_UNKNOWN);
	add_patient_reason(patient, &differ, out);
}

static void add_notes(const hr_film_study *study, hr_collector *out)
{
	if (study->state == HR_FILM_HELD)
		hr_collector_add(out, HR_REASON_FILM_HELD);
	if (study->state == HR_FILM_WITHDRAWN)
		hr_collector_add(out, HR_REASON_FILM_WITHDRAWN);
	if (study->is_elsewhere)
		hr_collector_add(out, HR_REASON_FILM_ELSEWHERE);
}

/* Why it is not certain stands on what the report names; what is noted stands on the film. */
static void keep(struct matching *m, const hr_film_study *study, hr_field named, bool is_by_uid,
		 hr_collector *reasons)
{
	for (uint32_t i = 0; i < reasons->count; i++) {
		reasons->list[i].value = named.text;
		reasons->list[i].place = named.place;
	}
	m->films[m->count] = (hr_report_film){
		.study = study,
		.is_certain = reasons->count == 0,
		.is_by_uid = is_by_uid,
		.named = named,
	};
	add_notes(study, reasons);
	m->films[m->count++].reasons = hr_collector_keep(reasons, m->c.arena);
}

static void judge(struct matching *m, const hr_film_candidate *candidate, hr_answer institution)
{
	const hr_film_study *study = &candidate->study;
	const hr_field *uid = find_lead(m->leads.uids, m->leads.uid_count, study->uid);
	const hr_field *number = find_lead(m->leads.numbers, m->leads.number_count,
					   hr_str_trim(study->accession_number));
	hr_collector reasons;

	hr_collector_init(&reasons);
	if (uid) {
		judge_by_uid(m, candidate, institution, &reasons);
		keep(m, study, *uid, true, &reasons);
		return;
	}
	m->others_are_elsewhere |= number && institution == HR_ANSWER_NO;
	if (!number || institution == HR_ANSWER_NO)
		return;
	judge_by_number(m, candidate, number->text, institution, &reasons);
	keep(m, study, *number, false, &reasons);
}

static void put_certain_first(struct matching *m)
{
	uint32_t certain = 0;

	for (uint32_t i = 0; i < m->count; i++) {
		hr_report_film film = m->films[i];

		if (!film.is_certain)
			continue;
		memmove(&m->films[certain + 1], &m->films[certain], (i - certain) * sizeof(film));
		m->films[certain++] = film;
	}
}

static void tell_none(const struct matching *m, hr_collector *out)
{
	const struct leads *leads = &m->leads;
	const hr_field *named = leads->number_count ? leads->numbers : leads->uids;
	hr_reason *reason;

	if (!has_images(m->report)) {
		hr_collector_add(out, HR_REASON_FILM_NOT_MADE);
		return;
	}
	if (!leads->uid_count && !leads->number_count) {
		hr_collector_add(out, HR_REASON_FILM_NOT_NAMED);
		return;
	}
	reason = hr_collector_add(out, m->others_are_elsewhere ? HR_REASON_FILM_INSTITUTION_DIFFERS
							       : HR_REASON_FILM_NOT_HERE);
	reason->value = named->text;
	reason->place = named->place;
}

bool hr_report_match_films(const hr_catalog *catalog, const hr_report *report,
			   const hr_film_candidates *candidates, hr_arena *arena,
			   hr_report_films *out, hr_error *err)
{
	struct matching m = {
		.c = { .catalog = catalog, .arena = arena },
		.report = report,
		.candidates = candidates,
		.institutions = HR_NEW_N(arena, hr_answer, candidates->count + 1),
		.films = HR_NEW_N(arena, hr_report_film, candidates->count + 1),
	};
	hr_collector none;

	if (!m.films || !m.institutions)
		return hr_fail_memory(err);
	find_leads(report, &m.leads);
	for (size_t i = 0; i < candidates->count; i++)
		m.institutions[i] = is_of_institution(&m, &candidates->list[i].study);
	for (size_t i = 0; i < candidates->count; i++)
		judge(&m, &candidates->list[i], m.institutions[i]);
	put_certain_first(&m);
	hr_collector_init(&none);
	if (!m.count)
		tell_none(&m, &none);
	*out = (hr_report_films){ m.films, m.count, hr_collector_keep(&none, arena) };
	return !hr_arena_is_short(arena) || hr_fail_memory(err);
}

hr_str hr_report_film_by(const hr_report_film *film)
{
	return film->is_by_uid ? HR_STR("study-uid") : HR_STR("accession-number");
}
