/*
 * Compared when it is asked, and byte by byte: a second digest of every object
 * that comes would cost as much as the first, for what is rare.
 */
#include "service/film_same.h"

#include <errno.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 20, STEP_BYTES = 128 << 10 };

/* A data set in its file. */
struct data_set {
	int fd;
	uint64_t at;
	uint64_t length;
};

/* Where it begins a worker says: no byte of it is understood here. */
static bool find_data_set(hr_films *films, const hr_object *object, hr_arena *arena,
			  struct data_set *out, hr_error *err)
{
	hr_str answer;

	if (!hr_workers_run(films->workers, HR_WORK_DATA_SET, out->fd, HR_STR_NONE, arena, &answer,
			    err))
		return false;
	if (answer.len != sizeof(out->at))
		return hr_fail(err, HR_E_SYNTAX, "a worker process has said what it cannot mean");
	memcpy(&out->at, answer.data, sizeof(out->at));
	if (out->at > object->size)
		return hr_fail(err, HR_E_SYNTAX, "an object ends before its data set");
	out->length = object->size - out->at;
	return true;
}

static bool open_data_set(hr_films *films, const hr_object *object, hr_arena *arena,
			  struct data_set *out, hr_error *err)
{
	if (!hr_objects_get(films->objects, object, &out->fd, err))
		return false;
	if (find_data_set(films, object, arena, out, err))
		return true;
	close(out->fd);
	return false;
}

static bool read_step(const struct data_set *from, uint64_t done, char *out, size_t len,
		      hr_error *err)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got =
			pread(from->fd, out + have, len - have, (off_t)(from->at + done + have));

		if (got < 0 && errno != EINTR)
			return hr_fail_errno(err, errno, "read", "an object");
		if (got == 0)
			return hr_fail(err, HR_E_IO, "an object has become shorter");
		have += got > 0 ? (size_t)got : 0;
	}
	return true;
}

static bool compare(const struct data_set *a, const struct data_set *b, hr_arena *arena, bool *out,
		    hr_error *err)
{
	char *of_a = hr_arena_alloc_text(arena, STEP_BYTES);
	char *of_b = hr_arena_alloc_text(arena, STEP_BYTES);
	bool same = a->length == b->length;

	if (!of_a || !of_b)
		return hr_fail_memory(err);
	for (uint64_t done = 0; same && done < a->length; done += STEP_BYTES) {
		const uint64_t left = a->length - done;
		const size_t len = left < STEP_BYTES ? (size_t)left : STEP_BYTES;

		if (!read_step(a, done, of_a, len, err) || !read_step(b, done, of_b, len, err))
			return false;
		same = memcmp(of_a, of_b, len) == 0;
	}
	*out = same;
	return true;
}

static bool compare_objects(hr_films *films, const hr_object *kept, const hr_object *came,
			    hr_arena *arena, bool *out, hr_error *err)
{
	struct data_set a;
	struct data_set b;
	bool ok = false;

	if (!open_data_set(films, kept, arena, &a, err))
		return false;
	if (open_data_set(films, came, arena, &b, err)) {
		ok = compare(&a, &b, arena, out, err);
		close(b.fd);
	}
	close(a.fd);
	return ok;
}

/* It will be the same the next time, too. */
static bool is_fault_of_bytes(hr_error_code code)
{
	return code == HR_E_SYNTAX || code == HR_E_UNSUPPORTED || code == HR_E_INCOMPLETE ||
	       code == HR_E_LIMIT || code == HR_E_ENCODING || code == HR_E_NOT_FOUND ||
	       code == HR_E_IO;
}

bool hr_film_is_same(hr_films *films, const hr_film_facts *facts, const hr_object *object,
		     bool *out, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	hr_film_instance *kept;
	size_t count;

	if (!arena)
		return hr_fail_memory(err);
	*out = false;
	/* In this series; of another it is another object, whatever its bytes. */
	if (!hr_film_instances(films->store, facts->study_uid, facts->series_uid,
			       facts->instance_uid, NULL, 0, arena, &kept, &count, err))
		return err->code == HR_E_NOT_FOUND;
	if (kept->availability != HR_FILM_ONLINE ||
	    !hr_str_equal(kept->sop_class, facts->sop_class) ||
	    !hr_str_equal(kept->transfer_syntax, facts->transfer_syntax))
		return true;
	return compare_objects(films, &kept->object, object, arena, out, err) ||
	       is_fault_of_bytes(err->code);
}
