#include "service/spill.h"

#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	HASH_BITS = 32,
	PART_BITS = 6,	/* 64 parts */
	FINER_BITS = 4, /* of one that is parted again: fewer, because files cost */
	PARTS_MAX = 1 << PART_BITS,
	BUFFER_BYTES = 64 << 10,
};

/* A part held whole, and what who looks at it makes of it. */
#define LOOK_ARENA_BYTES ((size_t)4 << 30)

const hr_spill_limits hr_spill_limits_usual = { .part_bytes = 2 << 20, .held_bytes = 512 << 20 };

struct head {
	uint32_t hash;
	uint32_t size;
};

struct part {
	int fd;
	size_t held; /* in the buffer */
	size_t written;
	size_t count;
	char *buffer;
};

struct hr_spill {
	hr_arena *arena;
	const char *folder;
	const hr_spill_limits *limits;
	unsigned shift; /* which bits of the hash tell the part */
	unsigned bits;
	unsigned count;
	struct part parts[PARTS_MAX];
};

struct looking {
	hr_spill_look *look;
	void *context;
	hr_arena *arena;
};

static bool fail_io(hr_error *err)
{
	return hr_fail(err, errno == ENOSPC ? HR_E_NO_SPACE : HR_E_IO,
		       "the folder for what memory does not hold: %s", strerror(errno));
}

/* Only when there is something for it: of a small month most parts stay empty. */
static bool open_file(const hr_spill *spill, struct part *part, hr_error *err)
{
	if (part->fd < 0)
		part->fd = open(spill->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return part->fd >= 0 || fail_io(err);
}

static void close_part(struct part *part)
{
	if (part->fd >= 0)
		close(part->fd);
	*part = (struct part){ .fd = -1 };
}

static bool open_parts(const struct hr_spill *wanted, hr_spill **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open((size_t)(PARTS_MAX + 1) * BUFFER_BYTES);
	hr_spill *spill = arena ? HR_NEW(arena, hr_spill) : NULL;

	if (!spill) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	*spill = *wanted;
	spill->arena = arena;
	while (spill->count < 1u << spill->bits) {
		struct part *part = &spill->parts[spill->count++];

		part->fd = -1;
		part->buffer = hr_arena_alloc_raw(arena, BUFFER_BYTES);
		if (part->buffer)
			continue;
		hr_spill_close(spill);
		return hr_fail_memory(err);
	}
	*out = spill;
	return true;
}

bool hr_spill_open(const char *folder, const hr_spill_limits *limits, hr_spill **out, hr_error *err)
{
	const hr_spill wanted = { .folder = folder, .limits = limits, .bits = PART_BITS };
	hr_spill *spill;

	if (!open_parts(&wanted, &spill, err))
		return false;
	/* A folder that does not serve is told before all is read. */
	if (!open_file(spill, &spill->parts[0], err)) {
		hr_spill_close(spill);
		return false;
	}
	*out = spill;
	return true;
}

void hr_spill_close(hr_spill *spill)
{
	if (!spill)
		return;
	for (size_t i = 0; i < spill->count; i++)
		close_part(&spill->parts[i]);
	hr_arena_close(spill->arena);
}

/* --- to a part --- */

static bool flush(const hr_spill *spill, struct part *part, hr_error *err)
{
	if (!open_file(spill, part, err))
		return false;
	if (!hr_write_all(part->fd, (hr_str){ part->buffer, part->held }))
		return fail_io(err);
	part->written += part->held;
	part->held = 0;
	return true;
}

static void append(struct part *part, const void *bytes, size_t size)
{
	memcpy(part->buffer + part->held, bytes, size);
	part->held += size;
}

bool hr_spill_add(hr_spill *spill, uint64_t hash, hr_str thing, hr_error *err)
{
	const struct head head = { .hash = (uint32_t)hash, .size = (uint32_t)thing.len };
	struct part *part = &spill->parts[(head.hash >> spill->shift) % spill->count];

	assert(thing.len <= HR_SPILL_THING_MAX);
	if (part->held + sizeof(head) + thing.len > BUFFER_BYTES && !flush(spill, part, err))
		return false;
	append(part, &head, sizeof(head));
	append(part, thing.data, thing.len);
	part->count++;
	return true;
}

/* --- from a part --- */

static bool read_at(const struct part *part, size_t at, char *out, size_t size, hr_error *err)
{
	for (size_t done = 0; done < size;) {
		const ssize_t n = pread(part->fd, out + done, size - done, (off_t)(at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO; /* shorter than it was written */
		if (n <= 0)
			return fail_io(err);
		done += (size_t)n;
	}
	return true;
}

/* False: no more, or its end is not there yet. */
static bool take(hr_str *rest, uint32_t *hash, hr_str *thing)
{
	struct head head;

	if (rest->len < sizeof(head))
		return false;
	memcpy(&head, rest->data, sizeof(head));
	if (rest->len - sizeof(head) < head.size)
		return false;
	*hash = head.hash;
	*thing = hr_str_slice(*rest, sizeof(head), sizeof(head) + head.size);
	*rest = hr_str_slice(*rest, sizeof(head) + head.size, rest->len);
	return true;
}

static bool look_at(hr_spill *spill, struct part *part, const struct looking *l, hr_error *err)
{
	const size_t size = part->written;
	hr_str rest;
	hr_str *things;
	uint32_t hash;
	size_t count = 0;
	char *bytes;

	if (size > spill->limits->held_bytes)
		return hr_fail(err, HR_E_LIMIT,
			       "too many settlements of one id or one person: over %zu MB",
			       spill->limits->held_bytes >> 20);
	hr_arena_reset(l->arena);
	bytes = hr_arena_alloc_text(l->arena, size);
	things = HR_NEW_N(l->arena, hr_str, part->count);
	if (!bytes || !things)
		return hr_fail_memory(err);
	if (!read_at(part, 0, bytes, size, err))
		return false;
	for (rest = (hr_str){ bytes, size }; count < part->count; count++)
		if (!take(&rest, &hash, &things[count]))
			return hr_fail(err, HR_E_IO, "what was spilt did not come back");
	return l->look(l->context, things, count, l->arena, err);
}

/* Its own buffer serves: a thing fits into it, so each turn takes one. */
static bool move(struct part *part, hr_spill *to, hr_error *err)
{
	for (size_t done = 0; done < part->written;) {
		const size_t left = part->written - done;
		const size_t size = left < BUFFER_BYTES ? left : BUFFER_BYTES;
		hr_str rest = { part->buffer, size };
		hr_str thing;
		uint32_t hash;

		if (!read_at(part, done, part->buffer, size, err))
			return false;
		while (take(&rest, &hash, &thing))
			if (!hr_spill_add(to, hash, thing, err))
				return false;
		if (rest.len == size)
			return hr_fail(err, HR_E_IO, "what was spilt did not come back");
		done += size - rest.len;
	}
	return true;
}

static bool each(hr_spill *spill, const struct looking *l, hr_error *err);

static bool part_again(hr_spill *spill, struct part *part, const struct looking *l, hr_error *err)
{
	const hr_spill wanted = { .folder = spill->folder,
				  .limits = spill->limits,
				  .shift = spill->shift + spill->bits,
				  .bits = FINER_BITS };
	hr_spill *finer;
	bool ok;

	if (!open_parts(&wanted, &finer, err))
		return false;
	ok = move(part, finer, err);
	close_part(part); /* its room on the disk is wanted back */
	ok = ok && each(finer, l, err);
	hr_spill_close(finer);
	return ok;
}

static bool each(hr_spill *spill, const struct looking *l, hr_error *err)
{
	for (size_t i = 0; i < spill->count; i++) {
		struct part *part = &spill->parts[i];
		const bool whole = part->written + part->held <= spill->limits->part_bytes ||
				   spill->shift + spill->bits + FINER_BITS > HASH_BITS;

		if (part->count && (!flush(spill, part, err) ||
				    !(whole ? look_at : part_again)(spill, part, l, err)))
			return false;
		close_part(part);
	}
	return true;
}

bool hr_spill_each(hr_spill *spill, hr_spill_look *look, void *context, hr_error *err)
{
	const struct looking looking = { look, context, hr_arena_open(LOOK_ARENA_BYTES) };
	const bool ok = looking.arena ? each(spill, &looking, err) : hr_fail_memory(err);

	hr_arena_close(looking.arena);
	return ok;
}
