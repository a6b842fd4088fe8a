/* JSON to what is known of a person and a visit, each member to its place. */
#include "settlement/eligibility_read.h"

struct word {
	hr_str word;
	uint32_t value;
};

static uint32_t read_word(hr_members *r, const hr_json *node, const struct word *words,
			  size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(words[i].word, hr_json_text(node)))
			return words[i].value;
	hr_members_refuse(r, node, wanted);
	return 0;
}

#define READ_WORD(r, node, table, wanted)                                                          \
	read_word((r), (node), (table), sizeof(table) / sizeof((table)[0]), (wanted))

static void read_status(hr_members *r, const hr_json *node, char *at)
{
	static const struct word words[] = {
		{ HR_STR_INIT("0"), HR_INSURED_NEVER },
		{ HR_STR_INIT("1"), HR_INSURED_NORMAL },
		{ HR_STR_INIT("2"), HR_INSURED_SUSPENDED },
		{ HR_STR_INIT("3"), HR_INSURED_ENDED },
	};

	*(hr_insured_status *)(void *)at =
		(hr_insured_status)READ_WORD(r, node, words, "0, 1, 2 or 3, as a text");
}

void hr_eligibility_status(hr_members *r, const hr_json *node, char *object)
{
	read_status(r, node, (char *)&((hr_eligibility *)(void *)object)->status);
}

void hr_eligibility_card(hr_members *r, const hr_json *node, char *object)
{
	static const struct word words[] = {
		{ HR_STR_INIT("active"), HR_CARD_ACTIVE },
		{ HR_STR_INIT("inactive"), HR_CARD_INACTIVE },
		{ HR_STR_INIT("damaged"), HR_CARD_DAMAGED },
	};

	((hr_eligibility *)(void *)object)->card =
		(hr_card)READ_WORD(r, node, words, "active, inactive or damaged");
}

/* "none", or the last day of it. */
void hr_eligibility_waiting(hr_members *r, const hr_json *node, char *object)
{
	hr_eligibility *facts = (void *)object;

	facts->waiting_given = true;
	facts->waiting_to = HR_DATE_MIN;
	if (!hr_str_equal(hr_json_text(node), HR_STR("none")))
		hr_member_day(r, node, (char *)&facts->waiting_to);
}

void hr_eligibility_maintenance(hr_members *r, const hr_json *node, char *object)
{
	hr_eligibility *facts = (void *)object;

	if (node->kind != HR_JSON_TRUE && node->kind != HR_JSON_FALSE)
		hr_members_refuse(r, node, "true or false");
	facts->maintenance_given = true;
	facts->maintenance = node->kind == HR_JSON_TRUE;
}

/* An array of words, each a bit. */
static uint32_t read_bits(hr_members *r, const hr_json *node, const struct word *words,
			  size_t count, const char *wanted)
{
	uint32_t bits = 0;

	if (node->kind != HR_JSON_ARRAY || node->count > 16)
		hr_members_refuse(r, node, "an array of at most 16 words");
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		bits |= read_word(r, child, words, count, wanted);
	return bits;
}

void hr_eligibility_excluded(hr_members *r, const hr_json *node, char *object)
{
	static const struct word words[] = {
		{ HR_STR_INIT("maternity"), HR_EXCLUDED_MATERNITY },
		{ HR_STR_INIT("work-injury"), HR_EXCLUDED_WORK_INJURY },
		{ HR_STR_INIT("third-party"), HR_EXCLUDED_THIRD_PARTY },
		{ HR_STR_INIT("abroad"), HR_EXCLUDED_ABROAD },
	};
	hr_eligibility *facts = (void *)object;

	facts->excluded_given = true;
	facts->excluded =
		read_bits(r, node, words, 4, "maternity, work-injury, third-party or abroad");
}

void hr_eligibility_filed(hr_members *r, const hr_json *node, char *object)
{
	static const struct word words[] = {
		{ HR_STR_INIT("wrong-region"), HR_FILED_WRONG_REGION },
		{ HR_STR_INIT("wrong-type"), HR_FILED_WRONG_TYPE },
		{ HR_STR_INIT("expired"), HR_FILED_EXPIRED },
		{ HR_STR_INIT("overlap"), HR_FILED_OVERLAP },
		{ HR_STR_INIT("insured-place"), HR_FILED_INSURED_PLACE },
		{ HR_STR_INIT("care-place"), HR_FILED_CARE_PLACE },
		{ HR_STR_INIT("name"), HR_FILED_NAME },
		{ HR_STR_INIT("certificate"), HR_FILED_CERTIFICATE },
		{ HR_STR_INIT("another-person"), HR_FILED_ANOTHER_PERSON },
	};
	hr_eligibility *facts = (void *)object;

	facts->filed_given = true;
	facts->filed = read_bits(r, node, words, 9, "a fault of a filing");
}

/* The array's length, within its limit; 0 when it is refused. */
static uint32_t count_rows(hr_members *r, const hr_json *node, uint32_t most)
{
	if (node->kind == HR_JSON_ARRAY && node->count <= most)
		return node->count;
	hr_members_refuse(r, node, "an array within its limit");
	return 0;
}

static const hr_member insured_members[] = {
	HR_MEMBER(hr_insured, "insuplc_admdvs", hr_member_region, region, true),
	HR_MEMBER(hr_insured, "insutype", hr_member_code, insurance, true),
	HR_MEMBER(hr_insured, "psn_insu_stas", read_status, status, true),
};

void hr_eligibility_insured(hr_members *r, const hr_json *node, char *object)
{
	hr_eligibility *facts = (void *)object;

	facts->insured_given = true;
	if (count_rows(r, node, HR_INSURANCES_MAX) == 0)
		return;
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		HR_MEMBERS_OBJECT(r, child, insured_members,
				  &facts->insured[facts->insured_count++]);
}

static const hr_member stay_members[] = {
	HR_MEMBER(hr_open_stay, "fixmedins_code", hr_member_code, hospital, false),
};

void hr_eligibility_stays(hr_members *r, const hr_json *node, char *object)
{
	hr_eligibility *facts = (void *)object;

	facts->stays_given = true;
	if (count_rows(r, node, HR_OPEN_STAYS_MAX) == 0)
		return;
	for (const hr_json *child = node->first; child && !r->failed; child = child->next)
		HR_MEMBERS_OBJECT(r, child, stay_members, &facts->stays[facts->stay_count++]);
}

static const hr_member qualification_members[] = {
	HR_MEMBER(hr_qualification, "opsp_dise_code", hr_member_code, condition, true),
	HR_MEMBER(hr_qualification, "begndate", hr_member_day, from, false),
	HR_MEMBER(hr_qualification, "enddate", hr_member_day, to, false),
};

void hr_eligibility_qualified(hr_members *r, const hr_json *node, char *object)
{
	hr_eligibility *facts = (void *)object;

	facts->qualified_given = true;
	if (count_rows(r, node, HR_QUALIFICATIONS_MAX) == 0)
		return;
	for (const hr_json *child = node->first; child && !r->failed; child = child->next) {
		hr_qualification *row = &facts->qualified[facts->qualified_count++];

		*row = (hr_qualification){ .from = HR_DATE_MIN, .to = HR_DATE_MAX };
		HR_MEMBERS_OBJECT(r, child, qualification_members, row);
		if (!r->failed && row->from.day > row->to.day)
			hr_members_refuse(r, child, "a period that begins before it ends");
	}
}

void hr_eligibility_message(hr_members *r, const hr_json *node, char *object)
{
	if (node->kind != HR_JSON_STRING || node->text.len > HR_ERR_MSG_MAX)
		hr_members_refuse(r, node, "a text of at most 64 KiB");
	((hr_eligibility *)(void *)object)->err_msg = node->text;
}
