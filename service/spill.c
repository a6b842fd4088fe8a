#include "service/spill.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 << 10 };

struct part {
	int fd;
	size_t held; /* in the buffer */
	size_t written;
	char *buffer;
};

struct hr_spill {
	hr_arena *arena;
	struct part parts[HR_SPILL_PARTS];
};

static bool fail_io(hr_error *err)
{
	return hr_fail(err, errno == ENOSPC ? HR_E_NO_SPACE : HR_E_IO,
		       "the folder for what memory does not hold: %s", strerror(errno));
}

bool hr_spill_open(const char *folder, hr_spill **out, hr_error *err)
{
	hr_arena *arena = hr_arena_open((size_t)(HR_SPILL_PARTS + 1) * BUFFER_BYTES);
	hr_spill *spill = arena ? HR_NEW(arena, hr_spill) : NULL;

	if (!spill) {
		hr_arena_close(arena);
		return hr_fail_memory(err);
	}
	spill->arena = arena;
	for (size_t i = 0; i < HR_SPILL_PARTS; i++)
		spill->parts[i].fd = -1;
	for (size_t i = 0; i < HR_SPILL_PARTS; i++) {
		struct part *part = &spill->parts[i];

		part->buffer = hr_arena_alloc_raw(arena, BUFFER_BYTES);
		part->fd = part->buffer ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
		if (part->fd >= 0)
			continue;
		if (part->buffer)
			fail_io(err);
		else
			hr_fail_memory(err);
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
	for (size_t i = 0; i < HR_SPILL_PARTS; i++)
		if (spill->parts[i].fd >= 0)
			close(spill->parts[i].fd);
	hr_arena_close(spill->arena);
}

static bool flush(struct part *part, hr_error *err)
{
	if (!hr_write_all(part->fd, (hr_str){ part->buffer, part->held }))
		return fail_io(err);
	part->written += part->held;
	part->held = 0;
	return true;
}

bool hr_spill_add(hr_spill *spill, uint64_t hash, hr_str bytes, hr_error *err)
{
	struct part *part = &spill->parts[hash % HR_SPILL_PARTS];

	if (bytes.len > BUFFER_BYTES || part->written + part->held + bytes.len > HR_SPILL_PART_MAX)
		return hr_fail(err, HR_E_LIMIT, "too many settlements at once: over %d MB a part",
			       HR_SPILL_PART_MAX >> 20);
	if (part->held + bytes.len > BUFFER_BYTES && !flush(part, err))
		return false;
	memcpy(part->buffer + part->held, bytes.data, bytes.len);
	part->held += bytes.len;
	return true;
}

bool hr_spill_read(hr_spill *spill, unsigned number, hr_arena *arena, hr_str *out, hr_error *err)
{
	struct part *part = &spill->parts[number];
	size_t done = 0;
	char *bytes;

	if (!flush(part, err))
		return false;
	bytes = hr_arena_alloc_text(arena, part->written + 1);
	if (!bytes)
		return hr_fail_memory(err);
	while (done < part->written) {
		ssize_t n = pread(part->fd, bytes + done, part->written - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_io(err);
		done += (size_t)n;
	}
	*out = (hr_str){ bytes, done };
	return true;
}
