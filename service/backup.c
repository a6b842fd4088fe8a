#include "service/backup.h"

#include "base/crypto.h"
#include "base/file.h"
#include "service/backup_seal.h"
#include "service/state.h"
#include "service/tokens.h"

#include <errno.h>
#include <unistd.h>

/* All that is kept. What comes to be kept becomes a row. */
static const char *const kept[] = { HR_TOKENS_FILE };
enum { KEPT = sizeof(kept) / sizeof(kept[0]) };

enum { FILE_BYTES_MAX = 16 << 20, MANIFEST_FILES = 2 };

static const hr_str format_word = HR_STR_INIT("huren-backup-1");

static const hr_file *find_file(const hr_fileset *set, hr_str name)
{
	for (size_t i = 0; i < set->count; i++)
		if (hr_str_equal(set->files[i].name, name))
			return &set->files[i];
	return NULL;
}

/* --- making --- */

static bool add_entry(hr_json_writer *w, const hr_file *file, hr_error *err)
{
	char text[HR_SHA256_TEXT];
	hr_digest digest;

	if (!hr_sha256(file->bytes, &digest, err))
		return false;
	hr_json_open_object(w);
	hr_json_member(w, HR_STR("name"), file->name);
	hr_json_name(w, HR_STR("bytes"));
	hr_json_int(w, (int64_t)file->bytes.len);
	hr_json_member(w, HR_STR("sha256"), hr_digest_format(&digest, text));
	hr_json_close_object(w);
	return true;
}

static bool format_manifest(const hr_fileset *set, hr_instant now, hr_buf *out, hr_error *err)
{
	char text[HR_INSTANT_TEXT];
	hr_json_writer w;

	hr_json_writer_init(&w, out, true);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("format"), format_word);
	hr_json_member(&w, HR_STR("made"), hr_instant_format(now, text));
	hr_json_name(&w, HR_STR("files"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < set->count; i++)
		if (!add_entry(&w, &set->files[i], err))
			return false;
	hr_json_close_array(&w);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
	return !out->failed || hr_fail_memory(err);
}

static bool read_kept(const char *state, hr_arena *arena, hr_file *files, size_t *count,
		      hr_error *err)
{
	for (size_t i = 0; i < KEPT; i++) {
		const char *path = hr_state_path(state, kept[i], arena);
		hr_file *file = &files[*count];

		if (!path)
			return hr_fail_memory(err);
		if (access(path, F_OK) != 0 && errno == ENOENT)
			continue;
		if (!hr_file_read(path, FILE_BYTES_MAX, arena, &file->bytes, err))
			return false;
		file->name = hr_str_of(kept[i]);
		++*count;
	}
	return *count > 0 ||
	       hr_fail(err, HR_E_NOT_FOUND, "'%s' holds nothing that huren keeps", state);
}

static bool read_locked(const char *state, hr_arena *arena, hr_file *files, size_t *count,
			hr_error *err)
{
	bool ok;
	int lock;

	if (!hr_state_lock(state, &lock, err))
		return false;
	ok = read_kept(state, arena, files, count, err);
	close(lock);
	return ok;
}

bool hr_backup_make(const char *state, const char *to, hr_instant now, hr_arena *arena,
		    size_t *files, hr_error *err)
{
	hr_file copied[KEPT + MANIFEST_FILES];
	hr_fileset set = { .files = copied };
	hr_buf manifest;
	hr_buf seal;
	size_t count = 0;

	hr_buf_init(&manifest, arena, HR_MANIFEST_BYTES_MAX);
	hr_buf_init(&seal, arena, HR_MANIFEST_BYTES_MAX);
	if (!read_locked(state, arena, copied, &count, err))
		return false;
	set.count = count;
	if (!format_manifest(&set, now, &manifest, err) ||
	    !hr_seal_format(hr_buf_str(&manifest), &seal, err))
		return false;
	copied[set.count++] = (hr_file){ HR_MANIFEST_NAME, hr_buf_str(&manifest) };
	copied[set.count++] = (hr_file){ HR_SEAL_NAME, hr_buf_str(&seal) };
	if (!hr_fileset_sort(copied, set.count, err) || !hr_fileset_write(to, &set, err))
		return false;
	*files = count;
	return true;
}

/* --- putting back --- */

struct backup {
	const char *path;
	hr_fileset set;
	const hr_json *entries; /* of the manifest */
};

static bool fail_damaged(const struct backup *backup, hr_str name, const char *why, hr_error *err)
{
	return hr_backup_fail(backup->path, name, why, err);
}

static bool check_seal(const struct backup *backup, const hr_file *manifest, hr_arena *arena,
		       hr_error *err)
{
	const hr_file *seal = find_file(&backup->set, HR_SEAL_NAME);

	return seal ? hr_seal_check(backup->path, manifest->bytes, seal->bytes, arena, err)
		    : fail_damaged(backup, HR_SEAL_NAME, "is missing", err);
}

static bool is_kept(hr_str name)
{
	for (size_t i = 0; i < KEPT; i++)
		if (hr_str_equal(name, hr_str_of(kept[i])))
			return true;
	return false;
}

static const hr_json *find_entry(const struct backup *backup, hr_str name)
{
	for (const hr_json *entry = backup->entries->first; entry; entry = entry->next)
		if (hr_str_equal(hr_json_text(hr_json_get(entry, HR_STR("name"))), name))
			return entry;
	return NULL;
}

static bool check_file(const struct backup *backup, const hr_json *entry, hr_error *err)
{
	hr_str name = hr_json_text(hr_json_get(entry, HR_STR("name")));
	const hr_file *file = find_file(&backup->set, name);
	hr_digest want;
	hr_digest got;

	if (!is_kept(name))
		return fail_damaged(backup, name, "is nothing that this version keeps", err);
	if (!file)
		return fail_damaged(backup, name, "is missing", err);
	if (!hr_digest_parse(hr_json_text(hr_json_get(entry, HR_STR("sha256"))), &want))
		return fail_damaged(backup, name, "has no digest", err);
	if (!hr_sha256(file->bytes, &got, err))
		return false;
	return hr_digest_equal(&want, &got) || fail_damaged(backup, name, "is damaged", err);
}

static bool check_files(const struct backup *backup, hr_error *err)
{
	for (const hr_json *entry = backup->entries->first; entry; entry = entry->next)
		if (!check_file(backup, entry, err))
			return false;
	for (size_t i = 0; i < backup->set.count; i++) {
		hr_str name = backup->set.files[i].name;

		if (!hr_str_equal(name, HR_MANIFEST_NAME) && !hr_str_equal(name, HR_SEAL_NAME) &&
		    !find_entry(backup, name))
			return fail_damaged(backup, name, "is not in its manifest", err);
	}
	return true;
}

static bool read_manifest(struct backup *backup, const hr_file *manifest, hr_arena *arena,
			  hr_error *err)
{
	const hr_json *root;

	if (!hr_manifest_read(backup->path, manifest->bytes, format_word, arena, &root, err))
		return false;
	backup->entries = hr_json_get(root, HR_STR("files"));
	return (backup->entries && backup->entries->kind == HR_JSON_ARRAY) ||
	       fail_damaged(backup, HR_MANIFEST_NAME, "is not one of this version", err);
}

static bool read_backup(const char *from, hr_arena *arena, struct backup *out, hr_error *err)
{
	static const hr_fileset_limits limits = {
		.file_bytes = FILE_BYTES_MAX,
		.total_bytes = (size_t)FILE_BYTES_MAX * KEPT +
			       (size_t)HR_MANIFEST_BYTES_MAX * MANIFEST_FILES,
		.files = 64,
	};
	struct backup backup = { .path = from };
	const hr_file *manifest;

	if (!hr_fileset_read(from, HR_STR_NONE, &limits, arena, &backup.set, err)) {
		/* A link, a name that is not safe: what a catalogue may not have, either. */
		if (err->code == HR_E_CATALOG)
			err->code = HR_E_SYNTAX;
		return false;
	}
	manifest = find_file(&backup.set, HR_MANIFEST_NAME);
	if (!manifest)
		return fail_damaged(&backup, HR_MANIFEST_NAME, "is missing", err);
	if (!check_seal(&backup, manifest, arena, err) ||
	    !read_manifest(&backup, manifest, arena, err) || !check_files(&backup, err))
		return false;
	*out = backup;
	return true;
}

bool hr_backup_restore(const char *from, const char *state, hr_arena *arena, size_t *files,
		       hr_error *err)
{
	hr_file put[KEPT];
	hr_fileset set = { .files = put };
	struct backup backup = { .path = from };

	if (!read_backup(from, arena, &backup, err))
		return false;
	for (size_t i = 0; i < backup.set.count; i++)
		if (is_kept(backup.set.files[i].name))
			put[set.count++] = backup.set.files[i];
	if (!hr_fileset_write(state, &set, err))
		return false;
	*files = set.count;
	return true;
}
