#include "service/share_json.h"

/* --- words --- */

static const hr_str states[] = {
	[HR_SHARE_WAITS] = HR_STR_INIT("waits"),     [HR_SHARE_LIVES] = HR_STR_INIT("lives"),
	[HR_SHARE_EXPIRED] = HR_STR_INIT("expired"), [HR_SHARE_SPENT] = HR_STR_INIT("spent"),
	[HR_SHARE_LOCKED] = HR_STR_INIT("locked"),   [HR_SHARE_REVOKED] = HR_STR_INIT("revoked"),
	[HR_SHARE_ENDED] = HR_STR_INIT("ended"),
};

static const hr_str kinds[] = {
	[HR_RECIPIENT_INSTITUTION] = HR_STR_INIT("institution"),
	[HR_RECIPIENT_DOCTOR] = HR_STR_INIT("doctor"),
	[HR_RECIPIENT_FAMILY] = HR_STR_INIT("family"),
};

static const hr_str makers[] = {
	[HR_BY_PATIENT] = HR_STR_INIT("patient"),
	[HR_BY_GUARDIAN] = HR_STR_INIT("guardian"),
	[HR_BY_HELPER] = HR_STR_INIT("helper"),
	[HR_BY_INSTITUTION] = HR_STR_INIT("institution"),
};

static const struct {
	unsigned right;
	hr_str word;
} rights[] = {
	{ HR_SHARE_VIEW, HR_STR_INIT("view") },
	{ HR_SHARE_DOWNLOAD, HR_STR_INIT("download") },
	{ HR_SHARE_REPORT, HR_STR_INIT("report") },
};

enum {
	KINDS = sizeof(kinds) / sizeof(kinds[0]),
	MAKERS = sizeof(makers) / sizeof(makers[0]),
	RIGHTS = sizeof(rights) / sizeof(rights[0]),
	HOURS_MAX = HR_SHARE_DAYS_MAX * 24,
};

hr_str hr_share_state_word(hr_share_state state)
{
	return states[state];
}

/* The number of a word that is not empty; `count` when there is none. */
static size_t find_word(const hr_str *words, size_t count, hr_str word)
{
	size_t i = 0;

	while (i < count && (word.len == 0 || !hr_str_equal(words[i], word)))
		i++;
	return i;
}

bool hr_recipient_kind_of(hr_str word, hr_recipient_kind *out)
{
	size_t i = find_word(kinds, KINDS, word);

	if (i < KINDS)
		*out = (hr_recipient_kind)i;
	return i < KINDS;
}

bool hr_share_maker_of(hr_str word, hr_share_maker *out)
{
	size_t i = find_word(makers, MAKERS, word);

	if (i < MAKERS)
		*out = (hr_share_maker)i;
	return i < MAKERS;
}

unsigned hr_share_right_of(hr_str word)
{
	for (size_t i = 0; i < RIGHTS; i++)
		if (hr_str_equal(word, rights[i].word))
			return rights[i].right;
	return 0;
}

/* --- a share --- */

static void write_time(hr_json_writer *w, hr_str name, hr_instant at)
{
	char text[HR_INSTANT_TEXT];

	hr_json_member(w, name, hr_instant_format(at, text));
}

static void write_number(hr_json_writer *w, hr_str name, int64_t number)
{
	hr_json_name(w, name);
	hr_json_int(w, number);
}

static void write_scope(hr_json_writer *w, const hr_share *share)
{
	hr_json_name(w, HR_STR("studies"));
	hr_json_open_array(w);
	for (size_t i = 0; i < share->study_count; i++)
		hr_json_string(w, share->study_uids[i]);
	hr_json_close_array(w);
	hr_json_name(w, HR_STR("rights"));
	hr_json_open_array(w);
	for (size_t i = 0; i < RIGHTS; i++)
		if (share->rights & rights[i].right)
			hr_json_string(w, rights[i].word);
	hr_json_close_array(w);
}

static void write_recipient(hr_json_writer *w, const hr_share *share)
{
	hr_json_name(w, HR_STR("recipient"));
	hr_json_open_object(w);
	if ((size_t)share->recipient_kind < KINDS)
		hr_json_member(w, HR_STR("kind"), kinds[share->recipient_kind]);
	hr_json_member(w, HR_STR("name"), share->recipient);
	hr_json_member(w, HR_STR("relation"), share->relation);
	hr_json_close_object(w);
}

void hr_share_write(hr_json_writer *w, const hr_share *share)
{
	hr_json_open_object(w);
	hr_json_member(w, HR_STR("id"), hr_str_of(share->id));
	hr_json_member(w, HR_STR("state"), hr_share_state_word(share->state));
	write_scope(w, share);
	write_time(w, HR_STR("madeAt"), share->made_at);
	write_time(w, HR_STR("notBefore"), share->not_before);
	write_time(w, HR_STR("expiresAt"), share->expires_at);
	if (share->revoked_at.second)
		write_time(w, HR_STR("revokedAt"), share->revoked_at);
	write_number(w, HR_STR("opens"), share->opens);
	if (share->opens_max)
		write_number(w, HR_STR("opensMax"), share->opens_max);
	hr_json_name(w, HR_STR("hasPasscode"));
	hr_json_bool(w, share->has_passcode);
	if (share->has_passcode || share->is_pickup)
		write_number(w, HR_STR("triesLeft"), share->tries_left);
	hr_json_name(w, HR_STR("isPickup"));
	hr_json_bool(w, share->is_pickup);
	write_recipient(w, share);
	hr_json_member(w, HR_STR("purpose"), share->purpose);
	if ((size_t)share->maker < MAKERS)
		hr_json_member(w, HR_STR("maker"), makers[share->maker]);
	hr_json_close_object(w);
}

void hr_share_event_write(hr_json_writer *w, const hr_share_event *event)
{
	hr_json_open_object(w);
	write_time(w, HR_STR("at"), event->at);
	hr_json_member(w, HR_STR("action"), event->action);
	hr_json_member(w, HR_STR("actor"), event->actor);
	hr_json_member(w, HR_STR("reason"), event->reason);
	hr_json_member(w, HR_STR("share"), hr_str_of(event->id));
	hr_json_member(w, HR_STR("recipient"), event->recipient);
	hr_json_close_object(w);
}

/* --- a wish --- */

struct reading {
	hr_instant now;
	hr_arena *arena;
	hr_share_wish *wish;
	hr_error *err;
};

static bool read_studies(struct reading *r, const hr_json *node)
{
	hr_str *uids;

	if (node->kind != HR_JSON_ARRAY || node->count > HR_SHARE_STUDIES_MAX)
		return false;
	uids = HR_NEW_N(r->arena, hr_str, node->count + 1);
	if (!uids)
		return hr_fail_memory(r->err);
	for (const hr_json *uid = node->first; uid; uid = uid->next) {
		if (uid->kind != HR_JSON_STRING)
			return false;
		uids[uid->index] = uid->text;
	}
	r->wish->study_uids = uids;
	r->wish->study_count = node->count;
	return true;
}

static bool read_rights(struct reading *r, const hr_json *node)
{
	bool ok = node->kind == HR_JSON_ARRAY;

	for (const hr_json *word = node->first; ok && word; word = word->next) {
		unsigned right = hr_share_right_of(hr_json_text(word));

		r->wish->rights |= right;
		ok = right != 0;
	}
	return ok;
}

static bool read_number(const hr_json *node, int64_t max, int64_t *out)
{
	int64_t number = 0;

	if (node->kind != HR_JSON_NUMBER)
		return false;
	for (size_t i = 0; i < node->text.len; i++) {
		if (node->text.data[i] < '0' || node->text.data[i] > '9' || number > max)
			return false;
		number = number * 10 + (node->text.data[i] - '0');
	}
	*out = number;
	return number <= max;
}

static bool read_text(const hr_json *node, hr_str *out)
{
	*out = hr_json_text(node);
	return node->kind == HR_JSON_STRING;
}

static bool read_recipient(struct reading *r, const hr_json *node)
{
	hr_share_wish *wish = r->wish;
	bool ok = node->kind == HR_JSON_OBJECT;

	for (const hr_json *m = node->first; ok && m; m = m->next) {
		if (hr_str_equal(m->name, HR_STR("kind")))
			ok = hr_recipient_kind_of(hr_json_text(m), &wish->recipient_kind);
		else if (hr_str_equal(m->name, HR_STR("name")))
			ok = read_text(m, &wish->recipient);
		else
			ok = hr_str_equal(m->name, HR_STR("relation")) &&
			     read_text(m, &wish->relation);
	}
	return ok;
}

static bool read_from(struct reading *r, const hr_json *node)
{
	return hr_instant_parse(hr_json_text(node), &r->wish->not_before);
}

static bool read_to(struct reading *r, const hr_json *node)
{
	return !r->wish->expires_at.second &&
	       hr_instant_parse(hr_json_text(node), &r->wish->expires_at);
}

static bool read_hours(struct reading *r, const hr_json *node)
{
	int64_t hours;

	if (r->wish->expires_at.second || !read_number(node, HOURS_MAX, &hours))
		return false;
	r->wish->expires_at.second = r->now.second + hours * HR_HOUR_S;
	return true;
}

static bool read_opens(struct reading *r, const hr_json *node)
{
	return read_number(node, HR_SHARE_OPENS_MAX, &r->wish->opens_max);
}

static bool read_passcode(struct reading *r, const hr_json *node)
{
	return read_text(node, &r->wish->passcode);
}

static bool read_purpose(struct reading *r, const hr_json *node)
{
	return read_text(node, &r->wish->purpose);
}

static bool read_maker(struct reading *r, const hr_json *node)
{
	return hr_share_maker_of(hr_json_text(node), &r->wish->maker);
}

static bool read_consent(struct reading *r, const hr_json *node)
{
	return read_text(node, &r->wish->consent);
}

static const struct {
	hr_str name;
	bool (*read)(struct reading *r, const hr_json *node);
} members[] = {
	{ HR_STR_INIT("studies"), read_studies },   { HR_STR_INIT("rights"), read_rights },
	{ HR_STR_INIT("notBefore"), read_from },    { HR_STR_INIT("expiresAt"), read_to },
	{ HR_STR_INIT("hours"), read_hours },	    { HR_STR_INIT("opensMax"), read_opens },
	{ HR_STR_INIT("passcode"), read_passcode }, { HR_STR_INIT("recipient"), read_recipient },
	{ HR_STR_INIT("purpose"), read_purpose },   { HR_STR_INIT("maker"), read_maker },
	{ HR_STR_INIT("consent"), read_consent },
};
enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static bool read_member(struct reading *r, const hr_json *node)
{
	size_t i = 0;

	while (i < MEMBERS && !hr_str_equal(node->name, members[i].name))
		i++;
	if (i == MEMBERS)
		return hr_fail(r->err, HR_E_USAGE,
			       "a share has no such member as the one at byte %u", node->offset);
	r->err->code = HR_E_NONE;
	if (members[i].read(r, node))
		return true;
	return r->err->code == HR_E_NONE
		       ? hr_fail(r->err, HR_E_USAGE, "the member '%s' of a share cannot be read",
				 members[i].name.data)
		       : false;
}

bool hr_share_wish_read(const hr_json *root, hr_instant now, hr_arena *arena, hr_share_wish *out,
			hr_error *err)
{
	hr_share_wish wish = { .rights = 0 };
	struct reading r = { now, arena, &wish, err };

	if (root->kind != HR_JSON_OBJECT)
		return hr_fail(err, HR_E_USAGE, "a share is a JSON object");
	for (const hr_json *node = root->first; node; node = node->next)
		if (!read_member(&r, node))
			return false;
	*out = wish;
	return true;
}
