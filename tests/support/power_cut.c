#include "power_cut.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file or a folder, whatever its names. */
struct node {
	bool folder;
	/* file */
	struct write *writes; /* all, in their order */
	size_t write_count;
	size_t write_room;
	size_t safe_count; /* as of the last sync */
	/* folder */
	struct entry *entries; /* as of the last sync */
	size_t entry_count;
	size_t entry_room;
	struct change *changes; /* since then, in their order */
	size_t change_count;
	size_t change_room;
};

/* One step of a file: bytes come, or (`cuts`) what is behind the offset goes. */
struct write {
	uint64_t at; /* in the journal */
	uint64_t offset;
	hr_str bytes;
	bool cuts;
};

struct entry {
	hr_str name;
	struct node *node;
};

/* One step of a folder: a name goes, another comes; either may be empty. */
struct change {
	uint64_t at; /* in the journal */
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
	return node;
}

/* `items`, `count` of them, with room for one more. */
static void *grown(hr_arena *arena, void *items, size_t size, size_t count, size_t *room)
{
	void *more;

	if (count < *room)
		return items;
	*room = *room ? 2 * *room : 8;
	more = must(hr_arena_alloc(arena, *room * size));
	if (count)
		memcpy(more, items, count * size);
	return more;
}

static void remove_entry(struct node *folder, hr_str name)
{
	for (size_t i = 0; i < folder->entry_count; i++)
		if (hr_str_equal(folder->entries[i].name, name)) {
			folder->entries[i] = folder->entries[--folder->entry_count];
			return;
		}
}

static void apply(hr_arena *arena, struct node *folder, const struct change *change)
{
	if (change->gone.len)
		remove_entry(folder, change->gone);
	if (!change->come.len)
		return;
	remove_entry(folder, change->come);
	folder->entries = grown(arena, folder->entries, sizeof(*folder->entries),
				folder->entry_count, &folder->entry_room);
	folder->entries[folder->entry_count++] = (struct entry){ change->come, change->node };
}

static void add_change(const hr_power_cut *cut, struct node *folder, struct change change)
{
	folder->changes = grown(cut->arena, folder->changes, sizeof(*folder->changes),
				folder->change_count, &folder->change_room);
	folder->changes[folder->change_count++] = change;
}

static void add_write(const hr_power_cut *cut, struct node *file, struct write write)
{
	file->writes = grown(cut->arena, file->writes, sizeof(*file->writes), file->write_count,
			     &file->write_room);
	file->writes[file->write_count++] = write;
}

/* What came after the sync began is not its matter. */
static void sync_node(const hr_power_cut *cut, struct node *node, uint64_t began)
{
	size_t done = 0;

	while (node->safe_count < node->write_count && node->writes[node->safe_count].at < began)
		node->safe_count++;
	for (; done < node->change_count && node->changes[done].at < began; done++)
		apply(cut->arena, node, &node->changes[done]);
	node->change_count -= done;
	if (done)
		memmove(node->changes, node->changes + done,
			node->change_count * sizeof(*node->changes));
}

static void sync_all(const hr_power_cut *cut, struct node *node, uint64_t began)
{
	sync_node(cut, node, began);
	for (size_t i = 0; i < node->entry_count; i++)
		sync_all(cut, node->entries[i].node, began);
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

/* Within one folder a rename is one step; between two the name may be lost, or stand in both. */
static void rename_entry(const hr_power_cut *cut, const hr_disk_record *r)
{
	hr_str from;
	hr_str to;
	struct node *source = find_folder(cut, r->path, &from);
	struct node *target = find_folder(cut, r->other, &to);
	struct node *node = must(find_entry(source, from));

	if (source == target) {
		add_change(cut, source, (struct change){ r->at, from, to, node });
		return;
	}
	add_change(cut, target, (struct change){ r->at, HR_STR_NONE, to, node });
	add_change(cut, source, (struct change){ r->at, from, HR_STR_NONE, NULL });
}

static void play_name(hr_power_cut *cut, const hr_disk_record *r)
{
	const bool links = r->kind == HR_DISK_LINK;
	const bool goes = r->kind == HR_DISK_RMDIR || r->kind == HR_DISK_UNLINK;
	struct change change = { .at = r->at };
	hr_str name;
	struct node *folder = find_folder(cut, links ? r->other : r->path, &name);

	if (goes)
		change.gone = name;
	else
		change.come = name;
	if (!goes)
		change.node =
			links ? find_node(cut, r->path) : new_node(cut, r->kind == HR_DISK_MKDIR);
	add_change(cut, folder, change);
}

void hr_power_cut_play(hr_power_cut *cut, const hr_disk_record *r)
{
	switch (r->kind) {
	case HR_DISK_MKDIR:
	case HR_DISK_CREATE:
	case HR_DISK_RMDIR:
	case HR_DISK_UNLINK:
	case HR_DISK_LINK:
		play_name(cut, r);
		break;
	case HR_DISK_TRUNCATE:
	case HR_DISK_WRITE:
		add_write(
			cut, find_node(cut, r->path),
			(struct write){ r->at, r->offset, r->bytes, r->kind == HR_DISK_TRUNCATE });
		break;
	case HR_DISK_SYNC:
		sync_node(cut, find_node(cut, r->path), r->offset);
		break;
	case HR_DISK_SYNC_ALL:
		sync_all(cut, cut->root, r->at);
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
		apply(cut->arena, folder, &(struct change){ .come = name, .node = node });
		if (node->folder) {
			load_folder(cut, node, whole);
			continue;
		}
		add_write(cut, node,
			  (struct write){ .bytes = read_whole(cut, whole, (size_t)st.st_size) });
		node->safe_count = 1;
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

/* Of a step that was not flushed: how many of its bytes reached the disk. */
static size_t draw_part(hr_power_cut *cut, hr_power_cut_kind kind, size_t len)
{
	switch (draw(cut, kind, kind == HR_POWER_CUT_RANDOM ? 2 : 0)) {
	case 0:
		return 0;
	case 1:
		return len;
	default:
		return draw(cut, kind, len);
	}
}

static hr_str make_bytes(hr_power_cut *cut, const struct node *file, hr_power_cut_kind kind)
{
	hr_str left = HR_STR("");
	size_t room = 1;
	char *bytes;

	for (size_t i = 0; i < file->write_count; i++)
		if (file->writes[i].offset + file->writes[i].bytes.len > room)
			room = file->writes[i].offset + file->writes[i].bytes.len;
	left.data = bytes = must(hr_arena_alloc(cut->scratch, room));
	memset(bytes, 0, room);
	for (size_t i = 0; i < file->write_count; i++) {
		const struct write *w = &file->writes[i];
		const size_t len = w->cuts ? 1 : w->bytes.len;
		const size_t reached = i < file->safe_count ? len : draw_part(cut, kind, len);
		const size_t end = w->offset + (w->cuts ? 0 : reached);

		if (!reached)
			continue;
		if (w->cuts && end < left.len)
			memset(bytes + end, 0, left.len - end);
		else if (!w->cuts)
			memcpy(bytes + w->offset, w->bytes.data, reached);
		left.len = w->cuts || end > left.len ? end : left.len;
	}
	return left;
}

static void write_file(hr_power_cut *cut, const struct node *file, hr_power_cut_kind kind,
		       const char *path)
{
	const hr_str left = make_bytes(cut, file, kind);
	FILE *out = must(fopen(path, "wb"));

	if (fwrite(left.data, 1, left.len, out) != left.len || fclose(out) != 0)
		abort();
}

static void write_folder(hr_power_cut *cut, const struct node *folder, hr_power_cut_kind kind,
			 const char *path)
{
	struct node left = { .folder = true };
	size_t reached = draw(cut, kind, folder->change_count);

	for (size_t i = 0; i < folder->entry_count; i++)
		apply(cut->scratch, &left,
		      &(struct change){ .come = folder->entries[i].name,
					.node = folder->entries[i].node });
	for (size_t i = 0; i < reached; i++)
		apply(cut->scratch, &left, &folder->changes[i]);
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
	HR_AUTO(hr_arena) scratch = must(hr_arena_open((size_t)1 << 30));

	cut->scratch = scratch;
	cut->seed = seed;
	write_folder(cut, cut->root, kind, path);
}
