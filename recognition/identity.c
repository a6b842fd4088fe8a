/*
 * Is the report the patient's? Compared by identity number, name, birth and
 * sex. A verdict names the fields that differ and never their values.
 *
 * People change their names, clerks mistype them and write variant characters:
 * with the same valid number that is no proof of another person. Nor is it one
 * of the same: cards are borrowed. The doctor, who has the patient before him,
 * is told which field it is.
 */
#include "recognition/decide.h"

#include "base/id_card.h"
#include "base/text.h"

static const hr_str id_card_systems[] = {
	HR_STR_INIT(HR_ID_CARD_OID),
	HR_STR_INIT("urn:oid:" HR_ID_CARD_OID),
	HR_STR_INIT("http://www.mps.gov.cn/id-card"),
};

static hr_str id_card_of(const hr_patient *patient)
{
	for (uint32_t i = 0; i < patient->id_count; i++)
		for (size_t k = 0; k < sizeof(id_card_systems) / sizeof(id_card_systems[0]); k++)
			if (hr_str_equal(patient->ids[i].system, id_card_systems[k]) &&
			    hr_is_id_card(patient->ids[i].code))
				return patient->ids[i].code;
	return HR_STR_NONE;
}

/* Equal, different, or not to be compared because one side is absent. */
static hr_answer compare(hr_str a, hr_str b)
{
	if (a.len == 0 || b.len == 0)
		return HR_ANSWER_UNKNOWN;
	return hr_str_equal_nocase(a, b) ? HR_ANSWER_YES : HR_ANSWER_NO;
}

static hr_answer compare_names(hr_str a, hr_str b)
{
	char fold_a[256];
	char fold_b[256];
	hr_str cut_a = hr_text_cut(a, sizeof(fold_a));
	hr_str cut_b = hr_text_cut(b, sizeof(fold_b));

	return compare((hr_str){ fold_a, hr_text_fold(cut_a, fold_a) },
		       (hr_str){ fold_b, hr_text_fold(cut_b, fold_b) });
}

static hr_answer compare_days(hr_str a, hr_str b)
{
	hr_span span_a;
	hr_span span_b;

	if (!hr_span_parse(a, &span_a) || !hr_span_parse(b, &span_b))
		return HR_ANSWER_UNKNOWN;
	return span_a.from.second < span_b.to.second && span_b.from.second < span_a.to.second
		       ? HR_ANSWER_YES
		       : HR_ANSWER_NO;
}

enum { CARD, NAME, BIRTH, SEX, FIELDS };

/* Which of them differ, and how many. `number`: what is known of theirs beside their cards. */
static size_t compare_patients(const hr_patient *a, const hr_patient *b, hr_answer number,
			       hr_answer answers[FIELDS])
{
	size_t count = 0;

	answers[CARD] = number ? number : compare(id_card_of(a), id_card_of(b));
	answers[NAME] = compare_names(a->name.text, b->name.text);
	answers[BIRTH] = compare_days(a->birth.text, b->birth.text);
	answers[SEX] = compare(a->sex.text, b->sex.text);
	for (int i = 0; i < FIELDS; i++)
		count += answers[i] == HR_ANSWER_NO;
	return count;
}

/* One slip beside an equal number is for the doctor; two are another person. */
static bool is_slip(size_t count, const hr_answer answers[FIELDS])
{
	return count == 1 && answers[CARD] == HR_ANSWER_YES;
}

bool hr_patients_conflict(const hr_patient *a, const hr_patient *b)
{
	hr_answer answers[FIELDS];
	size_t count = compare_patients(a, b, HR_ANSWER_UNKNOWN, answers);

	return count && !is_slip(count, answers);
}

static bool is_verified(const hr_answer answers[FIELDS])
{
	return answers[CARD] == HR_ANSWER_YES ||
	       (answers[NAME] == HR_ANSWER_YES && answers[BIRTH] == HR_ANSWER_YES);
}

/* The fields that differ, and never their values. */
static void tell_fields(const hr_answer answers[FIELDS], hr_arena *arena, hr_reason *reason)
{
	static const hr_str words_zh[FIELDS] = { HR_STR_INIT("身份证号"), HR_STR_INIT("姓名"),
						 HR_STR_INIT("出生日期"), HR_STR_INIT("性别") };
	static const hr_str words_en[FIELDS] = { HR_STR_INIT("identity number"),
						 HR_STR_INIT("name"), HR_STR_INIT("birth date"),
						 HR_STR_INIT("sex") };
	hr_str differ_zh[FIELDS];
	hr_str differ_en[FIELDS];
	size_t count = 0;

	for (int i = 0; i < FIELDS; i++) {
		if (answers[i] != HR_ANSWER_NO)
			continue;
		differ_zh[count] = words_zh[i];
		differ_en[count++] = words_en[i];
	}
	reason->arg = hr_join(arena, differ_zh, count);
	reason->arg_en = hr_join(arena, differ_en, count);
}

hr_answer hr_patients_are_one(const hr_patient *a, const hr_patient *b, hr_answer number,
			      hr_arena *arena, hr_reason *differ)
{
	hr_answer answers[FIELDS];
	size_t count = compare_patients(a, b, number, answers);

	if (count && !is_slip(count, answers)) {
		tell_fields(answers, arena, differ);
		return HR_ANSWER_NO;
	}
	return is_verified(answers) ? HR_ANSWER_YES : HR_ANSWER_UNKNOWN;
}

void hr_decide_identity(const hr_case *c, hr_collector *out)
{
	const hr_patient *asked = c->question->patient;
	hr_answer answers[FIELDS];
	size_t count;

	if (c->report->patient_ambiguous)
		hr_collector_add(out, HR_REASON_PATIENT_AMBIGUOUS);
	if (!asked)
		return;
	count = compare_patients(asked, &c->report->patient, HR_ANSWER_UNKNOWN, answers);
	if (count)
		tell_fields(answers, c->arena,
			    hr_collector_add(out, is_slip(count, answers)
							  ? HR_REASON_PATIENT_DIFFERS
							  : HR_REASON_PATIENT_CONFLICT));
	else if (!is_verified(answers))
		hr_collector_add(out, HR_REASON_PATIENT_UNVERIFIED);
}
