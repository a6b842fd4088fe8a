#include "power_cut.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES_MAX = 600, CHANGES_MAX = 600 };

/* A file or a folder, whatever its names. */
struct node {
	bool folder;
	/* file */
	hr_str now;
	hr_str safe;
	/* folder */
	struct entry *entries; /* as of the last sync */
	size_t entry_count;
	struct change *changes; /* since then, in their order */
	size_t change_count;
};

struct entry {
	hr_str name;
	struct node *node;
};

/* One step of a folder: a name goes, another comes; either may be empty. */
struct change {
	hr_str gone;
	hr_str come;
	struct node *node;
};

struct hr_power_cut {
	hr_arena *arena;
	hr_arena *scratch; /* while a folder is written */
	struct node *root;
	unsigned seed;
};

static void *must(void *piece)
{
	if (!piece)
		abort();
	return piece;
}

static struct node *new_node(hr_power_cut *cut, bool folder)
{
	struct node *node = must(HR_NEW(cut->arena, struct node));

	node->folder = folder;
	if (folder) {
		node->entries = must(HR_NEW_N(cut->arena, struct entry, ENTRIES_MAX));
		node->changes = must(HR_NEW_N(cut->arena, struct change, CHANGES_MAX));
	}
	return node;
}

static void remove_entry(struct node *folder, hr_str name)
{
	for (size_t i = 0; i < folder->entry_count; i++)
		if (hr_str_equal(folder->entries[i].name, name)) {
			folder->entries[i] = folder->entries[--folder->entry_count];
			return;
		}
}

static void apply(struct node *folder, const struct change *change)
{
	if (change->gone.len)
		remove_entry(folder, change->gone);
	if (!change->come.len)
		return;
	remove_entry(folder, change->come);
	if (folder->entry_count == ENTRIES_MAX)
		abort();
	folder->entries[folder->entry_count++] = (struct entry){ change->come, change->node };
}

static void add_change(struct node *folder, hr_str gone, hr_str come, struct node *node)
{
	if (folder->change_count == CHANGES_MAX)
		abort();
	folder->changes[folder->change_count++] = (struct change){ gone, come, node };
}

static void sync_node(struct node *node)
{
	node->safe = node->now;
	for (size_t i = 0; i < node->change_count; i++)
		apply(node, &node->changes[i]);
	node->change_count = 0;
}

static void sync_all(struct node *node)
{
	sync_node(node);
	for (size_t i = 0; i < node->entry_count; i++)
		sync_all(node->entries[i].node);
}

/* As the program sees it now. */
static struct node *find_entry(const struct node *folder, hr_str name)
{
	for (size_t i = folder->change_count; i-- > 0;) {
		if (hr_str_equal(folder->changes[i].come, name))
			return folder->changes[i].node;
		if (hr_str_equal(folder->changes[i].gone, name))
			return NULL;
	}
	for (size_t i = 0; i < folder->entry_count; i++)
		if (hr_str_equal(folder->entries[i].name, name))
			return folder->entries[i].node;
	return NULL;
}

/* The folder that a path lies in, and its last name. */
static struct node *find_folder(const hr_power_cut *cut, const char *path, hr_str *name)
{
	struct node *folder = cut->root;
	hr_str rest = hr_str_of(path);
	size_t slash;

	while ((slash = hr_str_find(rest, HR_STR("/"))) < rest.len) {
		folder = must(find_entry(folder, hr_str_slice(rest, 0, slash)));
		rest = hr_str_slice(rest, slash + 1, rest.len);
	}
	*name = hr_str_copy(cut->arena, rest);
	return folder;
}

static struct node *find_node(const hr_power_cut *cut, const char *path)
{
	hr_str name;
	struct node *folder = find_folder(cut, path, &name);

	return name.len ? must(find_entry(folder, name)) : folder;
}

static void write_bytes(const hr_power_cut *cut, struct node *file, uint64_t offset, hr_str bytes)
{
	size_t len = offset + bytes.len > file->now.len ? offset + bytes.len : file->now.len;
	char *now = must(hr_arena_alloc(cut->arena, len + 1));

	if (file->now.len)
		memcpy(now, file->now.data, file->now.len);
	if (bytes.len)
		memcpy(now + offset, bytes.data, bytes.len);
	file->now = (hr_str){ now, len };
}

/* Within one folder a rename is one step; between two the name may be lost, or stand in both. */
static void rename_entry(const hr_power_cut *cut, const hr_disk_record *r)
{
	hr_str from;
	hr_str to;
	struct node *source = find_folder(cut, r->path, &from);
	struct node *target = find_folder(cut, r->other, &to);
	struct node *node = must(find_entry(source, from));

	if (source == target) {
		add_change(source, from, to, node);
		return;
	}
	add_change(target, HR_STR_NONE, to, node);
	add_change(source, from, HR_STR_NONE, NULL);
}

void hr_power_cut_play(hr_power_cut *cut, const hr_disk_record *r)
{
	struct node *folder;
	hr_str name;

	switch (r->kind) {
	case HR_DISK_MKDIR:
	case HR_DISK_CREATE:
		folder = find_folder(cut, r->path, &name);
		add_change(folder, HR_STR_NONE, name, new_node(cut, r->kind == HR_DISK_MKDIR));
		break;
	case HR_DISK_RMDIR:
	case HR_DISK_UNLINK:
		folder = find_folder(cut, r->path, &name);
		add_change(folder, name, HR_STR_NONE, NULL);
		break;
	case HR_DISK_TRUNCATE:
		find_node(cut, r->path)->now = HR_STR("");
		break;
	case HR_DISK_WRITE:
		write_bytes(cut, find_node(cut, r->path), r->offset, r->bytes);
		break;
	case HR_DISK_SYNC:
		sync_node(find_node(cut, r->path));
		break;
	case HR_DISK_SYNC_ALL:
		sync_all(cut->root);
		break;
	case HR_DISK_LINK:
		folder = find_folder(cut, r->other, &name);
		add_change(folder, HR_STR_NONE, name, find_node(cut, r->path));
		break;
	case HR_DISK_RENAME:
		rename_entry(cut, r);
		break;
	case HR_DISK_READ:
	case HR_DISK_NOTE:
		break;
	}
}

/* --- from and to a real folder --- */

static const char *join(hr_arena *arena, const char *folder, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return must(hr_str_terminated(arena, hr_str_of(path)));
}

static hr_str read_whole(const hr_power_cut *cut, const char *path, size_t size)
{
	char *bytes = must(hr_arena_alloc(cut->arena, size + 1));
	FILE *file = fopen(path, "rb");

	if (!file || fread(bytes, 1, size, file) != size)
		abort();
	fclose(file);
	return (hr_str){ bytes, size };
}

static void load_folder(hr_power_cut *cut, struct node *folder, const char *path)
{
	DIR *dir = must(opendir(path));
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		const char *whole = join(cut->arena, path, entry->d_name);
		hr_str name = hr_str_copy(cut->arena, hr_str_of(entry->d_name));
		struct node *node;
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (lstat(whole, &st) != 0)
			abort();
		node = new_node(cut, S_ISDIR(st.st_mode));
		apply(folder, &(struct change){ .come = name, .node = node });
		if (node->folder)
			load_folder(cut, node, whole);
		else
			node->safe = node->now = read_whole(cut, whole, (size_t)st.st_size);
	}
	closedir(dir);
}

hr_power_cut *hr_power_cut_open(const char *path, hr_arena *arena)
{
	hr_power_cut *cut = must(HR_NEW(arena, hr_power_cut));

	cut->arena = arena;
	cut->root = new_node(cut, true);
	if (path)
		load_folder(cut, cut->root, path);
	return cut;
}

/* How many of `n` steps reached the disk. */
static size_t draw(hr_power_cut *cut, hr_power_cut_kind kind, size_t n)
{
	if (kind == HR_POWER_CUT_RANDOM)
		return (size_t)rand_r(&cut->seed) % (n + 1);
	return kind == HR_POWER_CUT_NAMES_KEPT ? n : 0;
}

static void write_file(hr_power_cut *cut, const struct node *file, hr_power_cut_kind kind,
		       const char *path)
{
	hr_str left = file->safe;
	FILE *out = must(fopen(path, "wb"));

	if (kind == HR_POWER_CUT_RANDOM && file->now.data != file->safe.data)
		left = hr_str_slice(file->now, 0, draw(cut, kind, file->now.len));
	if (fwrite(left.data ? left.data : "", 1, left.len, out) != left.len || fclose(out) != 0)
		abort();
}

static void write_folder(hr_power_cut *cut, const struct node *folder, hr_power_cut_kind kind,
			 const char *path)
{
	struct entry *entries = must(HR_NEW_N(cut->scratch, struct entry, ENTRIES_MAX));
	struct node left = { .folder = true, .entries = entries };
	size_t reached = draw(cut, kind, folder->change_count);

	memcpy(entries, folder->entries, folder->entry_count * sizeof(*entries));
	left.entry_count = folder->entry_count;
	for (size_t i = 0; i < reached; i++)
		apply(&left, &folder->changes[i]);
	if (mkdir(path, 0777) != 0)
		abort();
	for (size_t i = 0; i < left.entry_count; i++) {
		const char *whole = join(cut->scratch, path, left.entries[i].name.data);

		(left.entries[i].node->folder ? write_folder
					      : write_file)(cut, left.entries[i].node, kind, whole);
	}
}

void hr_power_cut_write(hr_power_cut *cut, hr_power_cut_kind kind, unsigned seed, const char *path)
{
	HR_AUTO(hr_arena) scratch = must(hr_arena_open((size_t)256 << 20));

	cut->scratch = scratch;
	cut->seed = seed;
	write_folder(cut, cut->root, kind, path);
}
