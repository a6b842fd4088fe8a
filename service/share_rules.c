#include "service/share_rules.h"

#include "base/uscc.h"
#include "base/utf8.h"

enum {
	PASSCODE_MIN = 4,
	PASSCODE_MAX = 64,
	RECIPIENT_BYTES_MAX = 200,
	TEXT_BYTES_MAX = 200,
	GUARDED_YEARS = 14,
};

const char *const hr_share_purposes[] = {
	"outpatient",	"emergency",	  "inpatient", "referral",
	"consultation", "second-opinion", "family",    NULL,
};

/* --- words --- */

/* Nothing in it moves a terminal's cursor, or is cut in the middle of a character. */
static bool is_plain(hr_str text, size_t max)
{
	bool ok = text.len <= max && hr_utf8_prefix(text) == text.len &&
		  hr_str_trim(text).len == text.len;

	for (size_t i = 0; ok && i < text.len; i++)
		ok = (unsigned char)text.data[i] >= ' ' && text.data[i] != 0x7f;
	return ok;
}

static size_t count_characters(hr_str text)
{
	size_t count = 0;

	while (text.len) {
		text = hr_str_slice(text, hr_utf8_front(text), text.len);
		count++;
	}
	return count;
}

static bool is_purpose(hr_str word)
{
	for (size_t i = 0; hr_share_purposes[i]; i++)
		if (hr_str_equal(word, hr_str_of(hr_share_purposes[i])))
			return true;
	return false;
}

/* --- rules, each of a wish --- */

static bool check_studies(const hr_share_wish *wish, hr_error *err)
{
	if (wish->study_count < 1 || wish->study_count > HR_SHARE_STUDIES_MAX)
		return hr_fail(err, HR_E_USAGE, "a share is of 1 to %d studies",
			       HR_SHARE_STUDIES_MAX);
	for (size_t i = 0; i < wish->study_count; i++)
		for (size_t k = 0; k < i; k++)
			if (hr_str_equal(wish->study_uids[i], wish->study_uids[k]))
				return hr_fail(err, HR_E_USAGE, "study %zu is named twice", k + 1);
	return true;
}

static bool check_rights(const hr_share_wish *wish, hr_error *err)
{
	const unsigned all = HR_SHARE_VIEW | HR_SHARE_DOWNLOAD | HR_SHARE_REPORT;

	if (!wish->rights || (wish->rights & ~all))
		return hr_fail(err, HR_E_USAGE, "a share is to view, download, report, or several");
	if (wish->recipient_kind == HR_RECIPIENT_FAMILY && wish->rights != HR_SHARE_VIEW)
		return hr_fail(err, HR_E_RULE, "a share with family is to view alone");
	return true;
}

/* 个人信息保护法 23: who gets it, and what for, must be told to whom it is about. */
static bool check_recipient(const hr_share_wish *wish, hr_error *err)
{
	const bool is_family = wish->recipient_kind == HR_RECIPIENT_FAMILY;

	if (wish->recipient_kind < HR_RECIPIENT_INSTITUTION ||
	    wish->recipient_kind > HR_RECIPIENT_FAMILY)
		return hr_fail(err, HR_E_USAGE,
			       "a share is for an institution, a doctor or family");
	if (wish->recipient.len == 0)
		return hr_fail(err, HR_E_RULE, "a share must name who it is for");
	if (!is_plain(wish->recipient, RECIPIENT_BYTES_MAX))
		return hr_fail(err, HR_E_USAGE,
			       "who a share is for has up to %d bytes of plain text",
			       RECIPIENT_BYTES_MAX);
	if (is_family && wish->relation.len == 0)
		return hr_fail(err, HR_E_RULE, "of family the relation is wanted");
	if (!is_family && wish->relation.len)
		return hr_fail(err, HR_E_USAGE, "a relation is of family alone");
	return is_plain(wish->relation, TEXT_BYTES_MAX) ||
	       hr_fail(err, HR_E_USAGE, "a relation has up to %d bytes of plain text",
		       TEXT_BYTES_MAX);
}

static bool check_purpose(const hr_share_wish *wish, hr_error *err)
{
	if (wish->purpose.len == 0)
		return hr_fail(err, HR_E_RULE, "a share must say what it is for");
	return is_purpose(wish->purpose) ||
	       hr_fail(err, HR_E_USAGE, "that purpose is not one of the list");
}

static bool check_maker(const hr_share_wish *wish, hr_error *err)
{
	const bool speaks_for_him = wish->maker == HR_BY_GUARDIAN || wish->maker == HR_BY_HELPER;

	if (wish->maker < HR_BY_PATIENT || wish->maker > HR_BY_INSTITUTION)
		return hr_fail(err, HR_E_USAGE,
			       "a share is made by the patient, a guardian, a helper or an "
			       "institution");
	if (speaks_for_him && wish->consent.len == 0)
		return hr_fail(err, HR_E_RULE,
			       "who acts for a patient must say where the consent is recorded");
	if (!is_plain(wish->consent, TEXT_BYTES_MAX))
		return hr_fail(err, HR_E_USAGE, "a consent has up to %d bytes of plain text",
			       TEXT_BYTES_MAX);
	return (wish->actor.len && is_plain(wish->actor, TEXT_BYTES_MAX)) ||
	       hr_fail(err, HR_E_USAGE, "a share wants its actor, up to %d bytes of plain text",
		       TEXT_BYTES_MAX);
}

/* 个人信息保护法 19, 47: no longer than the purpose wants; a year is more than any of them. */
static bool check_times(const hr_share_wish *wish, hr_instant now, hr_error *err)
{
	const int64_t last = now.second + (int64_t)HR_SHARE_DAYS_MAX * HR_DAY_S;

	if (wish->expires_at.second <= now.second || wish->expires_at.second > last)
		return hr_fail(err, HR_E_USAGE,
			       "a share expires within %d days, and not before now",
			       HR_SHARE_DAYS_MAX);
	return (wish->not_before.second >= 0 &&
		wish->not_before.second < wish->expires_at.second) ||
	       hr_fail(err, HR_E_USAGE, "a share would expire before it begins");
}

static bool check_opening(const hr_share_wish *wish, hr_error *err)
{
	size_t characters;

	if (wish->opens_max < 0 || wish->opens_max > HR_SHARE_OPENS_MAX)
		return hr_fail(err, HR_E_USAGE, "a share opens up to %d times, or 0: without limit",
			       HR_SHARE_OPENS_MAX);
	if (wish->passcode.len == 0)
		return true;
	if (!is_plain(wish->passcode, (size_t)PASSCODE_MAX * HR_UTF8_MAX))
		return hr_fail(err, HR_E_USAGE,
			       "a passcode is plain text without blanks around it");
	characters = count_characters(wish->passcode);
	return (characters >= PASSCODE_MIN && characters <= PASSCODE_MAX) ||
	       hr_fail(err, HR_E_USAGE, "a passcode has %d to %d characters", PASSCODE_MIN,
		       PASSCODE_MAX);
}

static bool check_desk(const hr_share_wish *wish, hr_error *err)
{
	return (wish->recipient_kind == HR_RECIPIENT_INSTITUTION &&
		hr_uscc_is_valid(wish->recipient)) ||
	       hr_fail(err, HR_E_USAGE, "a pickup code is for an institution, by its USCC");
}

bool hr_share_wish_check(const hr_share_wish *wish, bool is_pickup, hr_instant now, hr_error *err)
{
	if (!check_studies(wish, err) || !check_rights(wish, err) || !check_recipient(wish, err) ||
	    !check_purpose(wish, err) || !check_maker(wish, err))
		return false;
	return is_pickup ? check_desk(wish, err)
			 : check_times(wish, now, err) && check_opening(wish, err);
}

/* --- age --- */

static bool read_birth(hr_str text, hr_date *out)
{
	hr_span span;

	if (text.len != 8 || !hr_span_parse(text, &span) || span.precision != HR_PRECISION_DAY)
		return false;
	*out = hr_instant_date(span.from);
	return true;
}

bool hr_share_check_age(hr_share_maker maker, hr_str birth_date, hr_instant now, hr_error *err)
{
	hr_date birth;

	if (maker == HR_BY_GUARDIAN || maker == HR_BY_INSTITUTION ||
	    !read_birth(birth_date, &birth))
		return true;
	/* A year of life is full when the birthday is over, not when it begins. */
	return hr_instant_date(now).day > hr_date_add_months(birth, GUARDED_YEARS * 12).day ||
	       hr_fail(err, HR_E_RULE, "of a patient under %d a guardian shares", GUARDED_YEARS);
}
