/*
 * Which version a word means. Only what was published counts: the commits of
 * main along first parents, and what a tag points to. A commit that a killed
 * publisher left in the objects is not a version.
 */
#include "registry/git.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>

enum { REV_MAX = 200, REV_DIGITS_MIN = 7, TAG_DEPTH_MAX = 8 };

/* Steps from the newest version to the first. */
struct walk {
	const hr_registry *registry;
	hr_arena *arena;
	bool more; /* `commit` is where it stands */
	hr_commit commit;
};

static bool walk_to(struct walk *w, const git_oid *id, bool exists, hr_error *err)
{
	w->more = exists;
	return exists ? hr_commit_read(w->registry, id, w->arena, &w->commit, err) : true;
}

static bool walk_start(struct walk *w, const hr_registry *registry, hr_arena *arena, hr_error *err)
{
	git_oid newest;
	bool found;

	*w = (struct walk){ .registry = registry, .arena = arena };
	return hr_git_newest(registry, &newest, &found, err) && walk_to(w, &newest, found, err);
}

static bool walk_step(struct walk *w, hr_error *err)
{
	git_oid parent = w->commit.parent;

	return walk_to(w, &parent, w->commit.has_parent, err);
}

static bool find_newest(const hr_registry *registry, git_oid *out, hr_error *err)
{
	bool found;

	if (!hr_git_newest(registry, out, &found, err))
		return false;
	return found ? true : hr_fail(err, HR_E_NOT_FOUND, "the registry holds no version yet");
}

/* Along first parents, the first that is not later. */
static bool find_at(const hr_registry *registry, hr_str word, hr_arena *arena, git_oid *out,
		    hr_error *err)
{
	struct walk w;
	hr_instant at;

	if (!hr_instant_parse(word, &at))
		return hr_fail(err, HR_E_USAGE, "'@%.*s' is not a time like @2026-11-20T08:00:00",
			       HR_STR_ARG(word));
	if (!walk_start(&w, registry, arena, err))
		return false;
	while (w.more && w.commit.time.second > at.second)
		if (!walk_step(&w, err))
			return false;
	if (!w.more)
		return hr_fail(err, HR_E_NOT_FOUND, "no version was published by that time");
	*out = w.commit.id;
	return true;
}

/* An annotated tag begins with the id of what it stands for. */
static bool parse_tag_target(hr_str tag, git_oid *out)
{
	hr_str label = HR_STR("object ");

	return hr_str_starts_with(tag, label) && tag.len > label.len + HR_HEX &&
	       git_oid_fromstrn(out, tag.data + label.len, HR_HEX) == 0;
}

/* By hand: git_reference_peel would read an object of any size. */
static bool peel_tag(const hr_registry *registry, const char *name, hr_arena *arena, git_oid *out,
		     hr_error *err)
{
	git_object_t type;
	git_oid id;
	size_t size;
	hr_str tag;
	int code = git_reference_name_to_id(&id, registry->repo, name);

	if (code < 0)
		return hr_fail_git(err, code, "read the tag");
	for (int depth = 0; depth < TAG_DEPTH_MAX; depth++) {
		if (!hr_git_look(registry, &id, &type, &size, err))
			return false;
		if (type == GIT_OBJECT_COMMIT) {
			*out = id;
			return true;
		}
		if (type != GIT_OBJECT_TAG)
			break;
		if (!hr_git_read(registry, &id, type, HR_COMMIT_BYTES_MAX, arena, &tag, err))
			return false;
		if (!parse_tag_target(tag, &id))
			break;
	}
	return hr_fail(err, HR_E_REGISTRY, "'%s' does not lead to a version", name);
}

/* Reads nothing: is there a tag of that name? */
static bool find_tag(const hr_registry *registry, hr_str rev, char *name, size_t room)
{
	HR_AUTO(git_reference) ref = NULL;
	int valid = 0;

	snprintf(name, room, "refs/tags/%.*s", HR_STR_ARG(rev));
	return git_reference_name_is_valid(&valid, name) == 0 && valid &&
	       git_reference_lookup(&ref, registry->repo, name) == 0;
}

struct match {
	git_oid wanted; /* its first `digits` digits count */
	size_t digits;
	git_oid id;
	size_t count;
};

static bool parse_digits(hr_str rev, struct match *out)
{
	for (size_t i = 0; i < rev.len; i++)
		if (!isxdigit((unsigned char)rev.data[i]))
			return false;
	out->digits = rev.len;
	return rev.len >= REV_DIGITS_MIN && rev.len <= HR_HEX &&
	       git_oid_fromstrn(&out->wanted, rev.data, rev.len) == 0;
}

static void match_id(struct match *match, const git_oid *id)
{
	if (git_oid_ncmp(&match->wanted, id, match->digits) != 0)
		return;
	if (match->count == 0 || !git_oid_equal(&match->id, id))
		match->count++;
	match->id = *id;
}

static bool match_main(const hr_registry *registry, struct match *match, hr_arena *arena,
		       hr_error *err)
{
	struct walk w;

	if (!walk_start(&w, registry, arena, err))
		return false;
	while (w.more && !(match->count && match->digits == HR_HEX)) {
		match_id(match, &w.commit.id);
		if (!walk_step(&w, err))
			return false;
	}
	return true;
}

/* A tag that leads nowhere is passed over: nobody asked for it. */
static bool match_tags(const hr_registry *registry, struct match *match, hr_arena *arena,
		       hr_error *err)
{
	HR_AUTO(git_reference_iterator) tags = NULL;
	const char *name;
	hr_error ignored;
	git_oid id;
	int code = git_reference_iterator_glob_new(&tags, registry->repo, "refs/tags/*");

	while (code == 0 && (code = git_reference_next_name(&name, tags)) == 0)
		if (peel_tag(registry, name, arena, &id, &ignored))
			match_id(match, &id);
	return code == GIT_ITEROVER ? true : hr_fail_git(err, code, "list the tags");
}

static bool find_by_id(const hr_registry *registry, hr_str rev, hr_arena *arena, git_oid *out,
		       hr_error *err)
{
	struct match match = { 0 };

	if (!parse_digits(rev, &match))
		return hr_fail(err, HR_E_NOT_FOUND,
			       "'%.*s' is neither a tag nor the first %d digits of a version",
			       HR_STR_ARG(rev), REV_DIGITS_MIN);
	if (!match_main(registry, &match, arena, err))
		return false;
	if (match.count == 0 && !match_tags(registry, &match, arena, err))
		return false;
	if (match.count > 1)
		return hr_fail(err, HR_E_USAGE, "'%.*s' begins the ids of several versions",
			       HR_STR_ARG(rev));
	if (match.count == 0)
		return hr_fail(err, HR_E_NOT_FOUND, "no published version is '%.*s'",
			       HR_STR_ARG(rev));
	*out = match.id;
	return true;
}

static bool is_printable(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] < ' ' || s.data[i] == 0x7f)
			return false;
	return hr_text_is_utf8(s);
}

/* A tag before the digits of an id, as git does; a whole id is never a tag. */
static bool find_rev(const hr_registry *registry, hr_str rev, hr_arena *arena, git_oid *out,
		     hr_error *err)
{
	char tag[REV_MAX + sizeof("refs/tags/")];

	if (hr_str_is_empty(rev) || hr_str_equal(rev, HR_STR("HEAD")))
		return find_newest(registry, out, err);
	if (rev.len > REV_MAX || !is_printable(rev))
		return hr_fail(err, HR_E_USAGE, "the revision is not a name");
	if (rev.data[0] == '@')
		return find_at(registry, hr_str_slice(rev, 1, rev.len), arena, out, err);
	if (rev.len != HR_HEX && find_tag(registry, rev, tag, sizeof(tag)))
		return peel_tag(registry, tag, arena, out, err);
	return find_by_id(registry, rev, arena, out, err);
}

bool hr_registry_resolve(hr_registry *registry, hr_str rev, hr_arena *arena, hr_version *out,
			 hr_error *err)
{
	hr_commit commit;
	git_oid id;

	return find_rev(registry, rev, arena, &id, err) &&
	       hr_commit_read(registry, &id, arena, &commit, err) &&
	       hr_commit_version(&commit, arena, out, err);
}

bool hr_registry_log(hr_registry *registry, hr_arena *arena, hr_version *out, size_t room,
		     size_t *count, hr_error *err)
{
	struct walk w;
	size_t n = 0;

	if (!walk_start(&w, registry, arena, err))
		return false;
	while (w.more && n < room) {
		if (!hr_commit_version(&w.commit, arena, &out[n++], err) || !walk_step(&w, err))
			return false;
	}
	*count = n;
	return true;
}
