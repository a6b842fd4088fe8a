#include "service/film_backup.h"

#include "base/file.h"
#include "dicom/film_walk_book.h"
#include "service/backup_seal.h"
#include "service/data_book.h"
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, PIECE_BYTES = 64 * 1024 };

static const hr_str format_word = HR_STR_INIT("huren-film-backup-1");

/* "FOLDER/NAME"; NULL when memory is short. */
static const char *path_in(const char *folder, const char *name, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, PATH_BYTES);
	hr_buf_addf(&buf, "%s%s", folder, name);
	return buf.failed ? NULL : hr_str_terminated(arena, hr_buf_str(&buf));
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool make_folder(const char *path, hr_error *err)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST || hr_fail_errno(err, errno, "make", path);
}

/* --- a file's bytes and digest --- */

typedef struct file_sum {
	uint64_t size;
	hr_digest digest;
} file_sum;

/* Into `to`, unless it is -1. */
static bool read_on(int from, int to, const char *path, hr_sha256_run *run, uint64_t *size,
		    hr_error *err)
{
	char piece[PIECE_BYTES];
	ssize_t got;

	while ((got = read(from, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return hr_fail_errno(err, errno, "read", path);
		if (!hr_sha256_add(run, (hr_str){ piece, (size_t)got }, err))
			return false;
		if (to >= 0 && !hr_write_all(to, (hr_str){ piece, (size_t)got }))
			return hr_fail_errno(err, errno, "write a copy of", path);
		*size += (uint64_t)got;
	}
	return to < 0 || fsync(to) == 0 || hr_fail_errno(err, errno, "flush a copy of", path);
}

static bool sum_file(const char *path, int to, file_sum *out, hr_error *err)
{
	file_sum sum = { .size = 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	hr_sha256_run *run;
	bool ok;

	if (fd < 0)
		return hr_fail_errno(err, errno, "open", path);
	run = hr_sha256_begin(err);
	ok = run && read_on(fd, to, path, run, &sum.size, err);
	if (run && !hr_sha256_end(run, ok ? &sum.digest : NULL, err))
		ok = false;
	close(fd);
	if (ok)
		*out = sum;
	return ok;
}

/* --- objects --- */

struct copying {
	const hr_film_backup_options *options;
	hr_objects *from;
	hr_objects *alike; /* NULL: nothing is linked */
	hr_objects *to;
	bool proves; /* into a folder that others may have altered: what is there is read */
	hr_film_backup_counts counts;
};

/* What was there already is believed by its name in a copy of our own, and nowhere else. */
static bool copy_proved(struct copying *c, const hr_object *object, hr_object_copy *how,
			hr_error *err)
{
	hr_error why;

	if (!hr_objects_copy(c->from, c->alike, c->to, object, how, err))
		return false;
	if (*how != HR_OBJECT_HAD || !c->proves || hr_objects_check(c->to, object, &why))
		return true;
	return hr_objects_remove(c->to, object, err) &&
	       hr_objects_copy(c->from, c->alike, c->to, object, how, err);
}

static bool copy_object(void *context, const hr_object *object, hr_error *err)
{
	struct copying *c = context;
	uint64_t *const counters[] = {
		[HR_OBJECT_LINKED] = &c->counts.linked,
		[HR_OBJECT_HAD] = &c->counts.had,
		[HR_OBJECT_FAULTY] = &c->counts.faulty,
	};
	hr_object_copy how;

	if (!copy_proved(c, object, &how, err))
		return false;
	c->counts.objects++;
	c->counts.bytes += object->size;
	if (how != HR_OBJECT_COPIED)
		++*counters[how];
	if (c->options->progress)
		c->options->progress(c->options->context, &c->counts);
	return true;
}

static bool open_objects(const char *folder, hr_arena *arena, hr_objects **out, hr_error *err)
{
	const hr_objects_options options = { .url = path_in(folder, "/objects", arena) };

	return options.url ? hr_objects_open(&options, out, err) : hr_fail_memory(err);
}

/* A folder that is only read must not be made by looking into it. */
static bool open_there(const char *folder, hr_arena *arena, hr_objects **out, hr_error *err)
{
	const char *path = path_in(folder, "/objects", arena);

	if (!path)
		return hr_fail_memory(err);
	return is_there(path) ? open_objects(folder, arena, out, err)
			      : hr_fail_errno(err, ENOENT, "open", path);
}

static bool walk(struct copying *c, const char *index, hr_error *err)
{
	hr_store *store;
	bool ok;

	if (!hr_data_open_copy(index, &store, err))
		return false;
	ok = hr_film_walk(store, copy_object, c, err) && hr_objects_flush(c->to, err);
	hr_data_close(store);
	return ok;
}

/* What `index` knows, from the folder `from` to the folder `to`; of objects elsewhere nothing. */
static bool copy_objects(const hr_film_backup_options *options, const char *index, const char *from,
			 const char *to, bool proves, hr_arena *arena, hr_film_backup_counts *out,
			 hr_error *err)
{
	struct copying c = { .options = options, .proves = proves };
	bool ok;

	*out = c.counts;
	if (options->films->objects)
		return true;
	ok = open_there(from, arena, &c.from, err) &&
	     (!options->since || open_there(options->since, arena, &c.alike, err)) &&
	     open_objects(to, arena, &c.to, err) && walk(&c, index, err);
	hr_objects_close(c.to);
	hr_objects_close(c.alike);
	hr_objects_close(c.from);
	*out = c.counts;
	return ok;
}

/* --- making --- */

static bool format_manifest(const file_sum *index, const hr_film_backup_counts *counts,
			    hr_instant now, hr_buf *out, hr_error *err)
{
	const struct {
		const char *name;
		uint64_t number;
	} numbers[] = {
		{ "index_bytes", index->size },
		{ "objects", counts->objects },
		{ "object_bytes", counts->bytes },
		{ "faulty", counts->faulty },
	};
	char made[HR_INSTANT_TEXT];
	char digest[HR_SHA256_TEXT];
	hr_json_writer w;

	hr_json_writer_init(&w, out, true);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("format"), format_word);
	hr_json_member(&w, HR_STR("made"), hr_instant_format(now, made));
	hr_json_member(&w, HR_STR("index_sha256"), hr_digest_format(&index->digest, digest));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		hr_json_name(&w, hr_str_of(numbers[i].name));
		hr_json_int(&w, (int64_t)numbers[i].number);
	}
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
	return !out->failed || hr_fail_memory(err);
}

static bool write_in(const char *folder, hr_str name, hr_str bytes, hr_arena *arena, hr_error *err)
{
	const char *path;
	hr_buf buf;

	hr_buf_init(&buf, arena, PATH_BYTES);
	hr_buf_addf(&buf, "/%.*s", HR_STR_ARG(name));
	path = buf.failed ? NULL
			  : path_in(folder, hr_str_terminated(arena, hr_buf_str(&buf)), arena);
	return path ? hr_file_write(path, bytes, err) : hr_fail_memory(err);
}

static bool write_manifest(const char *part, const char *index, const hr_film_backup_counts *counts,
			   hr_instant now, hr_arena *arena, hr_error *err)
{
	file_sum sum;
	hr_buf manifest;
	hr_buf seal;

	hr_buf_init(&manifest, arena, HR_MANIFEST_BYTES_MAX);
	hr_buf_init(&seal, arena, HR_MANIFEST_BYTES_MAX);
	return sum_file(index, -1, &sum, err) &&
	       format_manifest(&sum, counts, now, &manifest, err) &&
	       hr_seal_format(hr_buf_str(&manifest), &seal, err) &&
	       write_in(part, HR_MANIFEST_NAME, hr_buf_str(&manifest), arena, err) &&
	       write_in(part, HR_SEAL_NAME, hr_buf_str(&seal), arena, err);
}

/* The bytes are looked for after the index was copied: all that it knows is there then. */
static bool fill(const hr_film_backup_options *options, const char *part, hr_instant now,
		 hr_arena *arena, hr_film_backup_counts *out, hr_error *err)
{
	const char *data = options->films->data;
	const char *own = path_in(data, "/huren.db", arena);
	const char *index = path_in(part, "/index.db", arena);

	if (!own || !index)
		return hr_fail_memory(err);
	if (unlink(index) != 0 && errno != ENOENT)
		return hr_fail_errno(err, errno, "remove", index);
	return hr_data_copy(options->films->store ? options->films->store : own, index, err) &&
	       copy_objects(options, index, data, part, false, arena, out, err) &&
	       write_manifest(part, index, out, now, arena, err);
}

static bool check_since(const char *since, hr_arena *arena, hr_error *err)
{
	const char *seal = path_in(since, "/MANIFEST.sha256", arena);

	if (!seal)
		return hr_fail_memory(err);
	return is_there(seal) ||
	       hr_fail(err, HR_E_USAGE, "'%s' is no whole backup of films", since);
}

static bool check_ends(const hr_film_backup_options *options, const char *to, hr_arena *arena,
		       hr_error *err)
{
	if (is_there(to))
		return hr_fail_errno(err, EEXIST, "make", to);
	return !options->since || check_since(options->since, arena, err);
}

bool hr_film_backup_make(const hr_film_backup_options *options, const char *to, hr_instant now,
			 hr_arena *arena, hr_film_backup_counts *out, hr_error *err)
{
	const char *part = path_in(to, ".part", arena);
	hr_film_backup_counts counts;

	if (!part)
		return hr_fail_memory(err);
	if (!check_ends(options, to, arena, err) || !make_folder(part, err) ||
	    !fill(options, part, now, arena, &counts, err))
		return false;
	if (rename(part, to) != 0)
		return hr_fail_errno(err, errno, "name", to);
	*out = counts;
	return hr_folder_sync_of(to, err);
}

/* --- putting back --- */

static bool read_manifest(const char *from, hr_arena *arena, const hr_json **out, hr_error *err)
{
	const char *manifest = path_in(from, "/MANIFEST.json", arena);
	const char *seal = path_in(from, "/MANIFEST.sha256", arena);
	hr_str words;
	hr_str digest;

	if (!manifest || !seal)
		return hr_fail_memory(err);
	return hr_file_read(manifest, HR_MANIFEST_BYTES_MAX, arena, &words, err) &&
	       hr_file_read(seal, HR_MANIFEST_BYTES_MAX, arena, &digest, err) &&
	       hr_seal_check(from, words, digest, arena, err) &&
	       hr_manifest_read(from, words, format_word, arena, out, err);
}

static bool check_index(const char *from, const hr_json *manifest, const file_sum *sum,
			hr_error *err)
{
	hr_str text = hr_json_text(hr_json_get(manifest, HR_STR("index_sha256")));
	hr_digest want;

	return (hr_digest_parse(text, &want) && hr_digest_equal(&want, &sum->digest)) ||
	       hr_backup_fail(from, HR_STR("index.db"), "is damaged", err);
}

/* Last, for what has an index is taken for whole. */
static bool put_index(const char *from, const hr_json *manifest, const char *index,
		      const char *part, const char *own, hr_error *err)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	file_sum sum;
	bool ok;

	if (fd < 0)
		return hr_fail_errno(err, errno, "create", part);
	ok = sum_file(index, fd, &sum, err) && check_index(from, manifest, &sum, err);
	close(fd);
	if (ok && rename(part, own) != 0)
		ok = hr_fail_errno(err, errno, "name", own);
	return ok && hr_folder_sync_of(own, err);
}

/* An index, or a log that SQLite would write over the one that is put beside it. */
static bool check_place(const char *data, hr_arena *arena, hr_error *err)
{
	static const char *const names[] = { "/huren.db", "/huren.db-wal", "/huren.db-journal" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *path = path_in(data, names[i], arena);

		if (!path)
			return hr_fail_memory(err);
		if (is_there(path))
			return hr_fail(err, HR_E_EXISTS,
				       "'%s' is there: films are put back where no index is, nor "
				       "what is left of one",
				       path);
	}
	return true;
}

static bool put_back(const hr_film_backup_options *options, const char *from,
		     const hr_json *manifest, hr_arena *arena, hr_film_backup_counts *out,
		     hr_error *err)
{
	const char *data = options->films->data;
	const char *index = path_in(from, "/index.db", arena);
	const char *part = path_in(data, "/huren.db.part", arena);
	const char *own = path_in(data, "/huren.db", arena);
	file_sum sum;

	if (!index || !part || !own)
		return hr_fail_memory(err);
	return check_place(data, arena, err) && sum_file(index, -1, &sum, err) &&
	       check_index(from, manifest, &sum, err) &&
	       copy_objects(options, index, from, data, true, arena, out, err) &&
	       put_index(from, manifest, index, part, own, err);
}

bool hr_film_backup_restore(const hr_film_backup_options *options, const char *from,
			    hr_arena *arena, hr_film_backup_counts *out, hr_error *err)
{
	const char *data = options->films->data;
	const char *lock = path_in(data, "/huren.lock", arena);
	const hr_json *manifest;
	int held;
	bool ok;

	if (!lock)
		return hr_fail_memory(err);
	if (options->films->store)
		return hr_fail(err, HR_E_UNSUPPORTED,
			       "an index is put back into the data folder, without --store");
	if (!read_manifest(from, arena, &manifest, err) || !make_folder(data, err) ||
	    !hr_lock_take(lock, "huren film restore", &held, err))
		return false;
	ok = put_back(options, from, manifest, arena, out, err);
	close(held);
	return ok;
}
