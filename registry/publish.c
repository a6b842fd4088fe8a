/*
 * A new version, whole or not at all: objects written and synced first, the
 * reference moved last. Publishers of ours take turns by a lock on the
 * repository's folder; against a plain git that pushes at the same time the
 * compare-and-swap of the reference decides.
 */
#include "registry/git.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIMITS hr_fileset_catalogue_limits

enum {
	MESSAGE_MAX = 64 * 1024,
	AUTHOR_MAX = 256,
	LOCK_WAIT_MS = 30 * 1000,
	STALE_AFTER_MS = 2 * 1000,
	POLL_MS = 50,
	FAN_OUT = 256,
};

typedef struct draft {
	const hr_registry *registry;
	const hr_publication *publication;
	hr_arena *arena;
	int folder; /* the repository's; holds the lock */
	bool has_parent;
	hr_commit parent;
	git_oid tree;
	git_oid commit;
	bool fan_out[FAN_OUT]; /* folders of the objects that this version needs */
} draft;

/* --- what may be published --- */

static bool path_is_safe(hr_str path)
{
	hr_str rest = path;
	size_t folders = 0;
	size_t slash;

	while ((slash = hr_str_find(rest, HR_STR("/"))) < rest.len) {
		hr_str step = hr_str_slice(rest, 0, slash);

		if (!hr_file_name_is_safe(step) || hr_str_ends_with(step, HR_STR(".xml")))
			return false;
		if (++folders > LIMITS.depth)
			return false;
		rest = hr_str_slice(rest, slash + 1, rest.len);
	}
	return hr_file_name_is_safe(rest) && hr_str_ends_with(rest, HR_STR(".xml"));
}

/* What hr_registry_read would refuse must not get in. */
static bool check_files(const hr_fileset *set, hr_error *err)
{
	size_t total = 0;

	if (set->count == 0)
		return hr_fail(err, HR_E_CATALOG, "there is no .xml file to publish");
	if (set->count > LIMITS.files)
		return hr_fail(err, HR_E_LIMIT, "%zu files are more than the %zu of a catalogue",
			       set->count, LIMITS.files);
	for (size_t i = 0; i < set->count; i++) {
		const hr_file *file = &set->files[i];

		if (!path_is_safe(file->name) ||
		    (i && hr_str_compare(file[-1].name, file->name) >= 0))
			return hr_fail(err, HR_E_CATALOG,
				       "'%.*s' is no name for a catalogue's file",
				       HR_STR_ARG(file->name));
		total += file->bytes.len;
		if (file->bytes.len > LIMITS.file_bytes || total > LIMITS.total_bytes)
			return hr_fail(err, HR_E_LIMIT, "'%.*s' makes the catalogue too large",
				       HR_STR_ARG(file->name));
	}
	return true;
}

static bool check_catalog(const hr_publication *p, hr_arena *arena, hr_issues *issues,
			  hr_error *err)
{
	if (!hr_catalog_check(p->files, false, arena, issues, err))
		return false;
	if (issues->errors)
		return hr_fail(err, HR_E_CATALOG, "errors in the catalogue: %zu", issues->errors);
	return true;
}

/* One line, or several where `lines` allows it; nothing that a terminal would obey. */
static bool is_plain_text(hr_str s, bool lines)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if ((c < ' ' && !(lines && (c == '\n' || c == '\t'))) || c == 0x7f)
			return false;
	}
	return hr_text_is_utf8(s);
}

static bool check_message(hr_str message, hr_error *err)
{
	hr_str body;
	hr_str seal;

	if (hr_str_is_empty(hr_str_trim(message)))
		return hr_fail(err, HR_E_USAGE, "a version needs a message that says what changed");
	if (message.len > MESSAGE_MAX)
		return hr_fail(err, HR_E_LIMIT, "the message is longer than %d bytes", MESSAGE_MAX);
	if (!is_plain_text(message, true))
		return hr_fail(err, HR_E_USAGE, "the message is not plain UTF-8 text");
	if (hr_seal_find(message, &body, &seal))
		return hr_fail(err, HR_E_USAGE, "the message ends in a seal of its own");
	return true;
}

/* "Name <mail>", with no other bracket and no blank in the mail. */
static bool author_is_whole(hr_str author)
{
	size_t at = hr_str_find(author, HR_STR(" <"));
	hr_str name = hr_str_trim(hr_str_slice(author, 0, at));
	hr_str mail = hr_str_slice(author, at + 2, author.len - 1);

	return author.len <= AUTHOR_MAX && is_plain_text(author, false) &&
	       hr_str_ends_with(author, HR_STR(">")) && name.len && mail.len &&
	       !memchr(name.data, '<', name.len) && !memchr(name.data, '>', name.len) &&
	       !memchr(mail.data, '<', mail.len) && !memchr(mail.data, '>', mail.len) &&
	       !memchr(mail.data, ' ', mail.len);
}

static bool check_words(const hr_publication *p, hr_error *err)
{
	if (!check_message(p->message, err))
		return false;
	if (!author_is_whole(hr_str_trim(p->author)))
		return hr_fail(err, HR_E_USAGE, "the author is not written \"Name <mail>\"");
	if (p->now.second < 0)
		return hr_fail(err, HR_E_USAGE, "the time of publication is before 1970");
	return true;
}

/* --- turns --- */

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

/* The lock goes with the descriptor, also when the process is killed. */
static void draft_auto_close(draft **d)
{
	if ((*d)->folder >= 0)
		close((*d)->folder);
}

static bool take_turn(draft *d, hr_error *err)
{
	const char *path = git_repository_path(d->registry->repo);
	int waited = 0;

	d->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->folder < 0)
		return hr_fail_errno(err, errno, "open registry", path);
	while (flock(d->folder, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return hr_fail_errno(err, errno, "lock registry", path);
		if (waited >= LOCK_WAIT_MS)
			return hr_fail(err, HR_E_CONFLICT,
				       "not published: another publisher has "
				       "been at work for %d s",
				       LOCK_WAIT_MS / 1000);
		sleep_ms(POLL_MS);
		waited += POLL_MS;
	}
	return true;
}

/*
 * A publisher that was killed leaves this file, and libgit2 would refuse every
 * later one. It is our turn, so it is none of ours; git holds it for
 * milliseconds. One that stands still for two seconds is dead.
 */
static void remove_stale_lock(const draft *d)
{
	static const char lock[] = HR_MAIN ".lock";
	struct stat first;
	struct stat now;

	if (fstatat(d->folder, lock, &first, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	for (int waited = 0; waited < STALE_AFTER_MS; waited += POLL_MS) {
		sleep_ms(POLL_MS);
		if (fstatat(d->folder, lock, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
		    now.st_ino != first.st_ino || now.st_mtim.tv_sec != first.st_mtim.tv_sec ||
		    now.st_mtim.tv_nsec != first.st_mtim.tv_nsec)
			return;
	}
	unlinkat(d->folder, lock, 0);
}

/* What is not there needs no sync: its objects, or references, are in a pack. */
static bool sync_folder(const draft *d, const char *name, hr_error *err)
{
	int fd = openat(d->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 ? fsync(fd) == 0 : errno == ENOENT;

	if (!ok)
		hr_fail_errno(err, errno, "sync", name);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* --- the version --- */

static bool check_time(const draft *d, hr_error *err)
{
	char was[HR_INSTANT_TEXT];

	if (!d->has_parent || d->publication->now.second >= d->parent.time.second)
		return true;
	hr_instant_format(d->parent.time, was);
	return hr_fail(err, HR_E_CONFLICT,
		       "not published: the newest version is of %s, which is later; is the clock "
		       "right?",
		       was);
}

static bool find_parent(draft *d, hr_error *err)
{
	hr_str expect = d->publication->expect;
	char newest[HR_COMMIT_TEXT] = "";
	git_oid id;

	if (!hr_git_newest(d->registry, &id, &d->has_parent, err))
		return false;
	if (d->has_parent)
		git_oid_tostr(newest, sizeof(newest), &id);
	if (expect.len && !hr_str_equal(expect, hr_str_of(newest)))
		return hr_fail(err, HR_E_CONFLICT, "not published: the newest version is %s",
			       *newest ? newest : "none yet");
	/* Who moved it here may have been killed before its sync. */
	if (!sync_folder(d, "refs/heads", err))
		return false;
	if (d->has_parent && !hr_commit_read(d->registry, &id, d->arena, &d->parent, err))
		return false;
	return check_time(d, err);
}

static bool write_object(draft *d, git_object_t type, hr_str bytes, git_oid *out, hr_error *err)
{
	if (!hr_git_write(d->registry, type, bytes, out, err))
		return false;
	d->fan_out[out->id[0]] = true;
	return true;
}

static void add_entry(hr_buf *tree, const char *mode, hr_str name, const git_oid *id)
{
	hr_buf_addf(tree, "%s %.*s", mode, HR_STR_ARG(name));
	hr_buf_add_char(tree, '\0');
	hr_buf_add(tree, (hr_str){ (const char *)id->id, GIT_OID_RAWSZ });
}

/* How many files from the first on lie in the folder `name`, which begins at `skip`. */
static size_t count_in_folder(const hr_file *files, size_t count, size_t skip, hr_str name)
{
	size_t n = 0;

	while (n < count) {
		hr_str rest = hr_str_slice(files[n].name, skip, files[n].name.len);

		if (!hr_str_starts_with(rest, name) || rest.data[name.len] != '/')
			break;
		n++;
	}
	return n;
}

/*
 * The tree of `count` files whose names begin alike for `skip` bytes. Paths in
 * byte order are git's order of a tree, because there a folder ends in '/'.
 */
static bool write_tree(draft *d, const hr_file *files, size_t count, size_t skip, git_oid *out,
		       hr_error *err)
{
	hr_buf tree;

	hr_buf_init(&tree, d->arena, HR_TREE_BYTES_MAX);
	for (size_t i = 0, n; i < count; i += n) {
		hr_str rest = hr_str_slice(files[i].name, skip, files[i].name.len);
		hr_str name = hr_str_slice(rest, 0, hr_str_find(rest, HR_STR("/")));
		bool folder = name.len < rest.len;
		git_oid id;

		n = folder ? count_in_folder(files + i, count - i, skip, name) : 1;
		if (!(folder ? write_tree(d, files + i, n, skip + name.len + 1, &id, err)
			     : write_object(d, GIT_OBJECT_BLOB, files[i].bytes, &id, err)))
			return false;
		add_entry(&tree, folder ? "40000" : "100644", name, &id);
	}
	if (tree.failed)
		return hr_fail_memory(err);
	return write_object(d, GIT_OBJECT_TREE, hr_buf_str(&tree), out, err);
}

/*
 * Not git_commit_create: it reports success when the object could not be
 * written. The bytes are those of git-commit-tree(1); the zone is China's.
 */
static bool write_commit(draft *d, hr_error *err)
{
	const hr_publication *p = d->publication;
	hr_str author = hr_str_trim(p->author);
	long long second = p->now.second;
	char seal[HR_SHA256_TEXT];
	char hex[HR_COMMIT_TEXT];
	hr_buf text;

	if (!hr_seal_compute(p->files, d->arena, seal, err))
		return false;
	hr_buf_init(&text, d->arena, HR_COMMIT_BYTES_MAX);
	hr_buf_addf(&text, "tree %s\n", git_oid_tostr(hex, sizeof(hex), &d->tree));
	if (d->has_parent)
		hr_buf_addf(&text, "parent %s\n", git_oid_tostr(hex, sizeof(hex), &d->parent.id));
	hr_buf_addf(&text, "author %.*s %lld +0800\n", HR_STR_ARG(author), second);
	hr_buf_addf(&text, "committer %.*s %lld +0800\n\n", HR_STR_ARG(author), second);
	hr_seal_add(p->message, seal, &text);
	if (text.failed)
		return hr_fail_memory(err);
	return write_object(d, GIT_OBJECT_COMMIT, hr_buf_str(&text), &d->commit, err);
}

static bool write_version(draft *d, hr_error *err)
{
	const hr_fileset *set = d->publication->files;

	if (!find_parent(d, err) || !write_tree(d, set->files, set->count, 0, &d->tree, err))
		return false;
	if (d->has_parent && git_oid_equal(&d->tree, &d->parent.tree))
		return hr_fail(err, HR_E_EXISTS,
			       "not published: nothing changed since the newest version");
	return write_commit(d, err);
}

/* --- the last steps --- */

/*
 * libgit2 syncs the folder of each object that it writes, but not objects/,
 * where that folder may be new, and nothing of an object that was there
 * already: a publisher that was killed may have left it unsynced.
 */
static bool sync_objects(const draft *d, hr_error *err)
{
	for (size_t i = 0; i < FAN_OUT; i++) {
		char name[sizeof("objects/00")];

		snprintf(name, sizeof(name), "objects/%02x", (unsigned)i);
		if (d->fan_out[i] && !sync_folder(d, name, err))
			return false;
	}
	return sync_folder(d, "objects/pack", err) && sync_folder(d, "objects", err);
}

/* Whether it moved in spite of the error, which may have come from the sync after it. */
static bool fail_move(const draft *d, int code, hr_error *err)
{
	const char *state = "not published";
	hr_error cause;
	hr_error ignored;
	git_oid newest;
	bool found;

	hr_fail_git(&cause, code, "move " HR_MAIN);
	if (!hr_git_newest(d->registry, &newest, &found, &ignored))
		state = "it cannot be read whether this is published";
	else if (found && git_oid_equal(&newest, &d->commit))
		state = "published, but a power cut may undo it";
	return hr_fail(err, cause.code, "%s: %s", state, cause.message);
}

static bool move_main(const draft *d, hr_error *err)
{
	HR_AUTO(git_reference) main = NULL;
	int code;

	remove_stale_lock(d);
	if (d->has_parent)
		code = git_reference_create_matching(&main, d->registry->repo, HR_MAIN, &d->commit,
						     1, &d->parent.id, "publish");
	else
		code = git_reference_create(&main, d->registry->repo, HR_MAIN, &d->commit, 0,
					    "publish");
	return code < 0 ? fail_move(d, code, err) : true;
}

/*
 * All of it, before it counts: an object that was there already is not written
 * again, and it may be damaged.
 */
static bool read_back(const draft *d, hr_registry *registry, hr_version *out, hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_git_open_scratch();
	hr_fileset files;
	hr_commit commit;

	if (!scratch)
		return hr_fail_memory(err);
	return hr_commit_read(registry, &d->commit, d->arena, &commit, err) &&
	       hr_commit_version(&commit, d->arena, out, err) &&
	       hr_registry_read(registry, out, scratch, &files, err);
}

bool hr_registry_publish(hr_registry *registry, const hr_publication *publication, hr_arena *arena,
			 hr_issues *issues, hr_version *out, hr_error *err)
{
	draft state = { registry, publication, arena, .folder = -1 };
	HR_AUTO(draft) d = &state;
	hr_version version;

	*issues = (hr_issues){ 0 };
	if (!check_words(publication, err) || !check_files(publication->files, err) ||
	    !check_catalog(publication, arena, issues, err))
		return false;
	if (!take_turn(d, err) || !write_version(d, err) || !read_back(d, registry, &version, err))
		return false;
	if (!sync_objects(d, err) || !move_main(d, err))
		return false;
	*out = version;
	return true;
}
