/*
 * The JSON of a level is pasted into answers, beside others'. So what a worker
 * hands back is looked at once: members alone, their names the tags, in their
 * order; nothing that would close the object around them. Stricter than RFC
 * 8259: no white space, as nobody writes any.
 */
#include "dicom/dicom_json.h"

#include "base/text.h"

/* A sequence makes three of each item: element, array, object. */
enum { DEPTH_MAX = 3 * (HR_DICOM_NESTING_MAX + 1) + 1, TAG_DIGITS = 8 };

struct check {
	const char *at;
	const char *end;
	char closers[DEPTH_MAX]; /* of the objects and arrays that are open */
	size_t depth;
};

static bool take(struct check *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool take_word(struct check *c, hr_str word)
{
	if (!hr_str_starts_with((hr_str){ c->at, (size_t)(c->end - c->at) }, word))
		return false;
	c->at += word.len;
	return true;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* Not \u0000: no database takes it. */
static bool take_escape(struct check *c)
{
	static const char zero[] = "0000";

	if (c->at == c->end)
		return false;
	if (*c->at != 'u')
		return *c->at != '\0' && strchr("\"\\/bfnrt", *c->at++) != NULL;
	if (c->end - c->at < 5 || memcmp(c->at + 1, zero, 4) == 0)
		return false;
	for (int i = 1; i < 5; i++)
		if (!is_hex(c->at[i]))
			return false;
	c->at += 5;
	return true;
}

/* Its encoding is looked at for the whole. */
static bool take_string(struct check *c)
{
	if (!take(c, '"'))
		return false;
	while (c->at < c->end && *c->at != '"') {
		unsigned char byte = (unsigned char)*c->at++;

		if (byte < ' ' || (byte == '\\' && !take_escape(c)))
			return false;
	}
	return take(c, '"');
}

static bool take_digits(struct check *c)
{
	const char *first = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return c->at > first;
}

static bool take_number(struct check *c)
{
	(void)take(c, '-');
	if (!take(c, '0') && !take_digits(c))
		return false;
	if (take(c, '.') && !take_digits(c))
		return false;
	if (!take(c, 'e') && !take(c, 'E'))
		return true;
	if (!take(c, '+'))
		(void)take(c, '-');
	return take_digits(c);
}

static bool take_name(struct check *c)
{
	return take_string(c) && take(c, ':');
}

static bool open(struct check *c, char closer)
{
	if (c->depth == DEPTH_MAX)
		return false;
	c->closers[c->depth++] = closer;
	return true;
}

/* A value, or the front of one: `*opened` when its first member or element follows. */
static bool take_value(struct check *c, bool *opened)
{
	*opened = false;
	if (c->at == c->end)
		return false;
	switch (*c->at) {
	case '"':
		return take_string(c);
	case '{':
		c->at++;
		*opened = !take(c, '}');
		return !*opened || (open(c, '}') && take_name(c));
	case '[':
		c->at++;
		*opened = !take(c, ']');
		return !*opened || open(c, ']');
	case 'n':
		return take_word(c, HR_STR("null"));
	case 't':
		return take_word(c, HR_STR("true"));
	case 'f':
		return take_word(c, HR_STR("false"));
	default:
		return take_number(c);
	}
}

/* All of one value, to where its last bracket closes. */
static bool take_whole(struct check *c)
{
	bool opened;

	do {
		if (!take_value(c, &opened))
			return false;
		while (!opened && c->depth && take(c, c->closers[c->depth - 1]))
			c->depth--;
		if (opened || c->depth == 0)
			continue;
		if (!take(c, ',') || (c->closers[c->depth - 1] == '}' && !take_name(c)))
			return false;
	} while (c->depth);
	return true;
}

/* "\"00080020\":{", of a tag behind the one before. */
static bool take_tag(struct check *c, const char **before)
{
	const char *tag = c->at + 1;

	if (c->end - c->at < TAG_DIGITS + 4 || !take_name(c) || c->at != tag + TAG_DIGITS + 2)
		return false;
	for (int i = 0; i < TAG_DIGITS; i++)
		if (!is_hex(tag[i]) || tag[i] >= 'a')
			return false;
	if (*before && memcmp(*before, tag, TAG_DIGITS) >= 0)
		return false;
	*before = tag;
	return *c->at == '{';
}

bool hr_dicom_json_check(hr_str members)
{
	struct check c = { .at = members.data, .end = members.data + members.len };
	const char *before = NULL;

	if (members.len == 0)
		return true;
	if (!hr_text_is_utf8(members))
		return false;
	do {
		if (!take_tag(&c, &before) || !take_whole(&c))
			return false;
	} while (take(&c, ','));
	return c.at == c.end;
}
