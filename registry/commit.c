#include "registry/git.h"

#include "base/text.h"

/* One line off `*rest`, without its end. False at the end. */
static bool next_line(hr_str *rest, hr_str *line)
{
	const char *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;

	if (!end)
		return false;
	*line = hr_str_slice(*rest, 0, (size_t)(end - rest->data));
	*rest = hr_str_slice(*rest, line->len + 1, rest->len);
	return true;
}

/* The value of a line "<label> <value>". */
static bool next_value(hr_str *rest, hr_str label, hr_str *value)
{
	hr_str behind = *rest;

	if (!next_line(&behind, value) || !hr_str_starts_with(*value, label))
		return false;
	*value = hr_str_slice(*value, label.len, value->len);
	*rest = behind;
	return true;
}

static bool parse_id(hr_str hex, git_oid *out)
{
	return hex.len == HR_HEX && git_oid_fromstrn(out, hex.data, HR_HEX) == 0;
}

static bool parse_parents(hr_str *rest, hr_commit *out)
{
	hr_str value;
	git_oid id;

	out->has_parent = false;
	while (next_value(rest, HR_STR("parent "), &value)) {
		if (!parse_id(value, &id))
			return false;
		if (!out->has_parent)
			git_oid_cpy(&out->parent, &id);
		out->has_parent = true;
	}
	return true;
}

/* "Name <mail> 1767196800 +0800": seconds of 1 to 12 digits; the zone says nothing more. */
static bool parse_person(hr_str line, hr_str *person, hr_instant *time)
{
	size_t end = line.len;
	int64_t second = 0;
	hr_str rest;
	hr_str digits;

	while (end > 0 && line.data[end - 1] != '>')
		end--;
	*person = hr_str_slice(line, 0, end);
	rest = hr_str_slice(line, end, line.len);
	digits = hr_str_next_word(&rest);
	if (end == 0 || digits.len == 0 || digits.len > 12)
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return false;
		second = second * 10 + (digits.data[i] - '0');
	}
	time->second = second;
	return true;
}

bool hr_commit_parse(hr_str bytes, hr_commit *out)
{
	hr_str rest = bytes;
	hr_instant authored;
	hr_str committer;
	hr_str value;

	if (!next_value(&rest, HR_STR("tree "), &value) || !parse_id(value, &out->tree) ||
	    !parse_parents(&rest, out))
		return false;
	if (!next_value(&rest, HR_STR("author "), &value) ||
	    !parse_person(value, &out->author, &authored))
		return false;
	if (!next_value(&rest, HR_STR("committer "), &value) ||
	    !parse_person(value, &committer, &out->time))
		return false;
	/* Other headers (a signature, an encoding), up to the empty line. */
	while (next_line(&rest, &value) && value.len)
		;
	out->message = rest;
	return true;
}

bool hr_commit_read(const hr_registry *registry, const git_oid *id, hr_arena *arena, hr_commit *out,
		    hr_error *err)
{
	char hex[HR_COMMIT_TEXT];
	hr_commit commit;
	hr_str bytes;

	if (!hr_git_read(registry, id, GIT_OBJECT_COMMIT, HR_COMMIT_BYTES_MAX, arena, &bytes, err))
		return false;
	if (!hr_commit_parse(bytes, &commit))
		return hr_fail(err, HR_E_REGISTRY, "object %s is not a commit as git makes them",
			       git_oid_tostr(hex, sizeof(hex), id));
	git_oid_cpy(&commit.id, id);
	*out = commit;
	return true;
}

/* Text that others may have written: control characters, and what is not UTF-8, go. */
static hr_str clean_text(hr_str s, hr_arena *arena)
{
	bool utf8 = hr_text_is_utf8(s);
	char *copy = hr_str_terminated(arena, s);

	if (!copy)
		return HR_STR_NONE;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)copy[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || (c >= 0x80 && !utf8))
			copy[i] = '?';
	}
	return (hr_str){ copy, s.len };
}

bool hr_commit_version(const hr_commit *commit, hr_arena *arena, hr_version *out, hr_error *err)
{
	hr_version version = { .time = commit->time };
	hr_str body;
	hr_str seal;

	hr_seal_find(commit->message, &body, &seal);
	git_oid_tostr(version.id, sizeof(version.id), &commit->id);
	version.author = clean_text(commit->author, arena);
	version.message = clean_text(body, arena);
	if (!version.author.data || !version.message.data)
		return hr_fail_memory(err);
	*out = version;
	return true;
}
