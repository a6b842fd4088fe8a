#include "service/film_cache.h"

#include "base/file.h"
#include "dicom/facts.h"
#include "service/worker_wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20, CACHED_MAX = 4096, CACHED_MS = 10 * 60 * 1000 };

#define CACHED_BYTES_MAX ((uint64_t)8 << 30)

struct hr_film_cached {
	hr_film_cache *cache;
	hr_digest key; /* of where it is from: its name */
	hr_digest digest;
	uint64_t size;
	int64_t used_ms;
	unsigned users;
	bool is_there;
};

struct hr_film_cache {
	hr_arena *arena; /* holds this struct */
	int folder;
	pthread_mutex_t lock; /* of all that follows */
	uint64_t number;      /* of files on their way */
	uint64_t bytes;
	hr_film_cached all[CACHED_MAX];
};

static const char *name_of(const hr_digest *key, const char *suffix, char name[HR_FILM_CACHE_NAME])
{
	char text[HR_SHA256_TEXT];

	snprintf(name, HR_FILM_CACHE_NAME, "%s%s", hr_digest_format(key, text).data, suffix);
	return name;
}

/* --- places; under the lock --- */

static hr_film_cached *find(hr_film_cache *cache, const hr_digest *key)
{
	for (size_t i = 0; i < CACHED_MAX; i++)
		if (cache->all[i].is_there && hr_digest_equal(&cache->all[i].key, key))
			return &cache->all[i];
	return NULL;
}

static void drop(hr_film_cache *cache, hr_film_cached *cached)
{
	char name[HR_FILM_CACHE_NAME];

	unlinkat(cache->folder, name_of(&cached->key, "", name), 0);
	unlinkat(cache->folder, name_of(&cached->key, ".facts", name), 0);
	cache->bytes -= cached->size;
	cached->is_there = false;
}

/* The one that nobody has used for the longest; NULL when all are in use. */
static hr_film_cached *oldest(hr_film_cache *cache)
{
	hr_film_cached *found = NULL;

	for (size_t i = 0; i < CACHED_MAX; i++) {
		hr_film_cached *cached = &cache->all[i];

		if (cached->is_there && cached->users == 0 &&
		    (!found || cached->used_ms < found->used_ms))
			found = cached;
	}
	return found;
}

static hr_film_cached *free_place(hr_film_cache *cache)
{
	for (size_t i = 0; i < CACHED_MAX; i++)
		if (!cache->all[i].is_there)
			return &cache->all[i];
	return NULL;
}

/* Room for one more of that size; what is old goes first. */
static hr_film_cached *make_room(hr_film_cache *cache, uint64_t size)
{
	const int64_t before_ms = hr_wire_now_ms() - CACHED_MS;
	hr_film_cached *old;

	while ((old = oldest(cache)) != NULL &&
	       (old->used_ms < before_ms || cache->bytes + size > CACHED_BYTES_MAX ||
		!free_place(cache)))
		drop(cache, old);
	return cache->bytes + size <= CACHED_BYTES_MAX ? free_place(cache) : NULL;
}

/* --- what is here --- */

hr_film_cached *hr_film_cache_take(hr_film_cache *cache, const hr_digest *key)
{
	hr_film_cached *cached;

	pthread_mutex_lock(&cache->lock);
	cached = find(cache, key);
	if (cached)
		cached->users++;
	pthread_mutex_unlock(&cache->lock);
	return cached;
}

void hr_film_cache_leave(void *resource)
{
	hr_film_cached *cached = resource;

	pthread_mutex_lock(&cached->cache->lock);
	cached->users--;
	cached->used_ms = hr_wire_now_ms();
	pthread_mutex_unlock(&cached->cache->lock);
}

const hr_digest *hr_film_cached_digest(const hr_film_cached *cached)
{
	return &cached->digest;
}

uint64_t hr_film_cached_size(const hr_film_cached *cached)
{
	return cached->size;
}

bool hr_film_cached_facts(const hr_film_cached *cached, hr_arena *arena, hr_str *out, hr_error *err)
{
	char name[HR_FILM_CACHE_NAME];
	bool cut;

	return hr_file_read_front_at(cached->cache->folder, name_of(&cached->key, ".facts", name),
				     HR_FACTS_BYTES_MAX, arena, out, &cut, err);
}

bool hr_film_cache_read(const hr_film_cache *cache, const hr_digest *key, int *fd, hr_error *err)
{
	char name[HR_FILM_CACHE_NAME];

	*fd = openat(cache->folder, name_of(key, "", name), O_RDONLY | O_CLOEXEC);
	return *fd >= 0 || hr_fail_errno(err, errno, "open", "what was fetched");
}

/* --- what comes --- */

bool hr_film_cache_begin(hr_film_cache *cache, hr_film_coming *out, hr_error *err)
{
	uint64_t number;

	pthread_mutex_lock(&cache->lock);
	number = ++cache->number;
	pthread_mutex_unlock(&cache->lock);
	snprintf(out->name, sizeof(out->name), "%llu.part", (unsigned long long)number);
	out->fd = openat(cache->folder, out->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return out->fd >= 0 || hr_fail_errno(err, errno, "make", "a file for what is fetched");
}

void hr_film_cache_end(hr_film_cache *cache, hr_film_coming *coming)
{
	if (coming->fd < 0)
		return;
	close(coming->fd);
	coming->fd = -1;
	/* Gone by then, when it was kept. */
	unlinkat(cache->folder, coming->name, 0);
}

static bool write_facts(const hr_film_cache *cache, const char *name, hr_str facts, hr_error *err)
{
	int fd = openat(cache->folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && hr_write_all(fd, facts);

	if (!ok)
		hr_fail_errno(err, errno, "write", "what is fetched");
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Both files or neither: one alone would lie there, known to nobody, until the cache ends. */
static bool name_for_good(const hr_film_cache *cache, const hr_film_coming *coming,
			  const hr_digest *key, hr_str facts, hr_error *err)
{
	char facts_name[HR_FILM_CACHE_NAME];
	char name[HR_FILM_CACHE_NAME];

	name_of(key, ".facts", facts_name);
	if (write_facts(cache, facts_name, facts, err)) {
		if (renameat(cache->folder, coming->name, cache->folder, name_of(key, "", name)) ==
		    0)
			return true;
		hr_fail_errno(err, errno, "name", "what is fetched");
	}
	unlinkat(cache->folder, facts_name, 0);
	return false;
}

hr_film_cached *hr_film_cache_keep(hr_film_cache *cache, const hr_film_coming *coming,
				   const hr_digest *key, const hr_digest *digest, uint64_t size,
				   hr_str facts, hr_error *err)
{
	hr_film_cached *cached;

	pthread_mutex_lock(&cache->lock);
	cached = find(cache, key);
	if (cached) {
		cached->users++;
	} else if ((cached = make_room(cache, size)) == NULL) {
		hr_fail(err, HR_E_BUSY, "too much of what is kept elsewhere is in use");
	} else if (!name_for_good(cache, coming, key, facts, err)) {
		cached = NULL;
	} else {
		*cached = (hr_film_cached){ cache, *key, *digest, size, hr_wire_now_ms(), 1, true };
		cache->bytes += size;
	}
	pthread_mutex_unlock(&cache->lock);
	return cached;
}

/* --- the folder --- */

static void empty(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlinkat(folder, entry->d_name, 0);
	if (dir)
		closedir(dir);
}

static bool open_folder(hr_film_cache *cache, const char *path, hr_error *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return hr_fail_errno(err, errno, "make", path);
	cache->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cache->folder < 0)
		return hr_fail_errno(err, errno, "open", path);
	empty(cache->folder);
	return true;
}

bool hr_film_cache_open(const char *folder, hr_film_cache **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_film_cache *cache = arena ? HR_NEW(arena, hr_film_cache) : NULL;

	if (!cache || pthread_mutex_init(&cache->lock, NULL) != 0) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	cache->arena = arena;
	cache->folder = -1;
	if (!open_folder(cache, folder, err)) {
		hr_film_cache_close(cache);
		return false;
	}
	*out = cache;
	return true;
}

void hr_film_cache_close(hr_film_cache *cache)
{
	if (!cache)
		return;
	if (cache->folder >= 0) {
		empty(cache->folder);
		close(cache->folder);
	}
	pthread_mutex_destroy(&cache->lock);
	hr_arena_close(cache->arena);
}
