/*
 * The files of a version. git lets every tree in that a stranger sends: "..",
 * links, names twice, a folder that holds itself ten times ten times. So the
 * walk is ours: every step has a bound, and what a catalogue does not hold is
 * refused with its path.
 */
#include "registry/git.h"

#include <stdio.h>

#define LIMITS hr_fileset_catalogue_limits

static const struct {
	hr_str mode;
	const char *what;
} refused_modes[] = {
	{ HR_STR_INIT("100755"), "is an executable file" },
	{ HR_STR_INIT("120000"), "is a symbolic link" },
	{ HR_STR_INIT("160000"), "is a submodule" },
};

struct reading {
	const hr_registry *registry;
	hr_arena *arena;
	bool sealed;
	hr_file *files; /* room for LIMITS.files */
	size_t count;
	size_t folders;
	size_t bytes;
};

/* A path from a stranger, fit for a message. */
static bool fail_path(hr_error *err, hr_str path, const char *why)
{
	char shown[100];
	size_t len = path.len < sizeof(shown) - 1 ? path.len : sizeof(shown) - 1;

	for (size_t i = 0; i < len; i++)
		shown[i] = (char)(path.data[i] > ' ' && path.data[i] < 0x7f ? path.data[i] : '?');
	shown[len] = '\0';
	return hr_fail(err, HR_E_REGISTRY, "'%s' in the version %s", shown, why);
}

bool hr_tree_next(hr_str *rest, hr_tree_entry *out)
{
	const char *blank = memchr(rest->data, ' ', rest->len);
	size_t mode = blank ? (size_t)(blank - rest->data) : rest->len;
	hr_str behind = hr_str_slice(*rest, mode + 1, rest->len);
	const char *nul = behind.len ? memchr(behind.data, '\0', behind.len) : NULL;
	size_t name = nul ? (size_t)(nul - behind.data) : behind.len;

	if (behind.len < name + 1 + GIT_OID_RAWSZ)
		return false;
	out->mode = hr_str_slice(*rest, 0, mode);
	out->name = hr_str_slice(behind, 0, name);
	out->folder = hr_str_equal(out->mode, HR_STR("40000"));
	git_oid_fromraw(&out->id, (const unsigned char *)nul + 1);
	*rest = hr_str_slice(behind, name + 1 + GIT_OID_RAWSZ, behind.len);
	return true;
}

static unsigned char byte_at(const hr_tree_entry *entry, size_t i)
{
	if (i < entry->name.len)
		return (unsigned char)entry->name.data[i];
	return entry->folder && i == entry->name.len ? '/' : '\0';
}

bool hr_tree_in_order(const hr_tree_entry *a, const hr_tree_entry *b)
{
	size_t shorter = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order = shorter ? memcmp(a->name.data, b->name.data, shorter) : 0;

	return order ? order < 0 : byte_at(a, shorter) < byte_at(b, shorter);
}

/* A file and a folder never share a name: what ends in .xml is a file. */
static const char *find_fault(const hr_tree_entry *entry)
{
	for (size_t i = 0; i < sizeof(refused_modes) / sizeof(refused_modes[0]); i++)
		if (hr_str_equal(entry->mode, refused_modes[i].mode))
			return refused_modes[i].what;
	if (!entry->folder && !hr_str_equal(entry->mode, HR_STR("100644")))
		return "is neither a plain file nor a folder";
	if (!hr_file_name_is_safe(entry->name))
		return "is not a safe name";
	if (hr_str_ends_with(entry->name, HR_STR(".xml")) == entry->folder)
		return entry->folder ? "is a folder named like a file" : "is not an .xml file";
	return NULL;
}

static hr_str join(hr_str folder, hr_str name, hr_arena *arena)
{
	hr_buf path;

	hr_buf_init(&path, arena, SIZE_MAX);
	hr_buf_add(&path, folder);
	if (folder.len)
		hr_buf_add_char(&path, '/');
	hr_buf_add(&path, name);
	return path.failed ? HR_STR_NONE : hr_buf_str(&path);
}

static bool check_size(const struct reading *r, const git_oid *id, hr_str path, hr_error *err)
{
	git_object_t type;
	size_t size;

	if (!hr_git_look(r->registry, id, &type, &size, err))
		return false;
	if (size > LIMITS.file_bytes)
		return fail_path(err, path, "is larger than a file of a catalogue may be");
	if (size > LIMITS.total_bytes - r->bytes)
		return fail_path(err, path, "makes the catalogue larger than it may be");
	return true;
}

static bool read_file(struct reading *r, const git_oid *id, hr_str path, hr_error *err)
{
	hr_file *file = &r->files[r->count];

	if (r->count == LIMITS.files)
		return fail_path(err, path, "is one file more than a catalogue may have");
	if (!check_size(r, id, path, err))
		return false;
	if (!(r->sealed ? hr_git_fetch : hr_git_read)(r->registry, id, GIT_OBJECT_BLOB,
						      LIMITS.file_bytes, r->arena, &file->bytes,
						      err))
		return false;
	file->name = path;
	r->bytes += file->bytes.len;
	r->count++;
	return true;
}

static bool read_folder(struct reading *r, const git_oid *id, hr_str path, size_t depth,
			hr_error *err);

static bool read_entry(struct reading *r, const hr_tree_entry *entry, hr_str folder, size_t depth,
		       hr_error *err)
{
	const char *fault = find_fault(entry);
	hr_str path = join(folder, entry->name, r->arena);

	if (!path.data)
		return hr_fail_memory(err);
	if (fault)
		return fail_path(err, path, fault);
	return entry->folder ? read_folder(r, &entry->id, path, depth + 1, err)
			     : read_file(r, &entry->id, path, err);
}

static bool read_folder(struct reading *r, const git_oid *id, hr_str path, size_t depth,
			hr_error *err)
{
	hr_tree_entry last = { 0 };
	hr_tree_entry entry;
	hr_str rest;

	if (depth > LIMITS.depth)
		return fail_path(err, path, "lies deeper than a catalogue may be");
	if (r->folders++ == LIMITS.files)
		return fail_path(err, path, "is one folder more than a catalogue may have");
	if (!hr_git_read(r->registry, id, GIT_OBJECT_TREE, HR_TREE_BYTES_MAX, r->arena, &rest, err))
		return false;
	for (; rest.len; last = entry) {
		if (!hr_tree_next(&rest, &entry))
			return fail_path(err, path, "is a damaged folder");
		if (last.name.data && !hr_tree_in_order(&last, &entry))
			return fail_path(err, entry.name, "is out of order or stands twice");
		if (!read_entry(r, &entry, path, depth, err))
			return false;
	}
	return true;
}

static bool check_seal(const hr_fileset *files, hr_str seal, hr_arena *arena, hr_error *err)
{
	char is[HR_SHA256_TEXT];

	if (!hr_seal_compute(files, arena, is, err))
		return false;
	if (!hr_str_equal(hr_str_of(is), seal))
		return hr_fail(err, HR_E_REGISTRY,
			       "the files of the version do not have the SHA-256 of its seal");
	return true;
}

bool hr_registry_read(hr_registry *registry, const hr_version *version, hr_arena *arena,
		      hr_fileset *out, hr_error *err)
{
	struct reading r = { .registry = registry, .arena = arena };
	hr_commit commit;
	hr_fileset files;
	hr_str seal;
	hr_str body;
	git_oid id;

	if (git_oid_fromstr(&id, version->id) < 0)
		return hr_fail(err, HR_E_USAGE, "'%.40s' is not the id of a version", version->id);
	if (!hr_commit_read(registry, &id, arena, &commit, err))
		return false;
	r.sealed = hr_seal_find(commit.message, &body, &seal);
	r.files = HR_NEW_N(arena, hr_file, LIMITS.files);
	if (!r.files)
		return hr_fail_memory(err);
	if (!read_folder(&r, &commit.tree, HR_STR_NONE, 0, err))
		return false;
	files = (hr_fileset){ r.files, r.count };
	if (r.sealed && !check_seal(&files, seal, arena, err))
		return false;
	*out = files;
	return true;
}
