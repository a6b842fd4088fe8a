#include "store/shelf.h"

#include "base/file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHELF_NUMBER_MAX = 99999999 };

/* --- names and folders --- */

void hr_shelf_name(uint32_t number, char out[HR_SHELF_NAME])
{
	snprintf(out, HR_SHELF_NAME, "%08" PRIu32, number % (SHELF_NUMBER_MAX + 1));
}

uint32_t hr_shelf_number(const char *name)
{
	uint32_t number = 0;

	for (size_t i = 0; i < 8; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		number = number * 10 + (uint32_t)(name[i] - '0');
	}
	return name[8] ? 0 : number;
}

bool hr_names_visit(int parent, const char *path, hr_name_visit *visit, void *context,
		    hr_error *err)
{
	int fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool ok = true;

	if (!folder) {
		hr_fail_errno(err, errno, "look for", "objects");
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (ok && (errno = 0, entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = visit(context, fd, entry->d_name, err);
	if (ok && errno)
		ok = hr_fail_errno(err, errno, "look for", "objects");
	closedir(folder);
	return ok;
}

static bool find_newest(void *context, int folder, const char *name, hr_error *err)
{
	uint32_t *newest = context;
	uint32_t number = hr_shelf_number(name);

	(void)folder;
	(void)err;
	if (number > *newest)
		*newest = number;
	return true;
}

static bool count_name(void *context, int folder, const char *name, hr_error *err)
{
	unsigned *count = context;

	(void)folder;
	(void)name;
	(void)err;
	++*count;
	return true;
}

/* --- one shelf; under the lock --- */

static hr_shelf *take_shelf(hr_shelves *shelves)
{
	hr_shelf *shelf = shelves->free;

	if (!shelf)
		return HR_NEW(shelves->arena, hr_shelf);
	shelves->free = shelf->next_free;
	*shelf = (hr_shelf){ 0 };
	return shelf;
}

/* Always false. */
static bool give_shelf(hr_shelves *shelves, hr_shelf *shelf)
{
	shelf->next_free = shelves->free;
	shelves->free = shelf;
	return false;
}

static void leave_shelf(hr_shelves *shelves, hr_shelf *shelf)
{
	if (--shelf->users)
		return;
	close(shelf->fd);
	give_shelf(shelves, shelf);
}

static int open_shelf_folder(hr_shelves *shelves, uint32_t number, hr_error *err)
{
	char name[HR_SHELF_NAME];
	int fd;

	hr_shelf_name(number, name);
	if (mkdirat(shelves->fd, name, 0700) != 0 && errno != EEXIST)
		fd = -1;
	else
		fd = openat(shelves->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	/* Else a power cut could take the shelf with all that is on it. */
	if (fd >= 0 && fsync(shelves->fd) != 0) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		hr_fail_errno(err, errno, "make room for", "objects");
	return fd;
}

/* Makes it the newest. */
static bool open_shelf(hr_shelves *shelves, uint32_t number, hr_error *err)
{
	hr_shelf *shelf;
	unsigned files = 0;
	int fd;

	if (number > SHELF_NUMBER_MAX)
		return hr_fail(err, HR_E_LIMIT, "there are %d shelves of objects, no more can be",
			       SHELF_NUMBER_MAX);
	fd = open_shelf_folder(shelves, number, err);
	if (fd < 0)
		return false;
	shelf = take_shelf(shelves);
	if (!shelf || !hr_names_visit(fd, ".", count_name, &files, err)) {
		close(fd);
		return shelf ? give_shelf(shelves, shelf) : hr_fail_memory(err);
	}
	shelf->number = number;
	shelf->fd = fd;
	shelf->users = 1;
	shelf->files = files;
	if (shelves->newest)
		leave_shelf(shelves, shelves->newest);
	shelves->newest = shelf;
	return true;
}

/* --- all of them --- */

static bool init_locks(hr_shelves *shelves)
{
	if (pthread_mutex_init(&shelves->lock, NULL) != 0)
		return false;
	if (pthread_cond_init(&shelves->flushed, NULL) == 0)
		return true;
	pthread_mutex_destroy(&shelves->lock);
	return false;
}

bool hr_shelves_open(hr_shelves *shelves, const char *path, hr_arena *arena, hr_error *err)
{
	uint32_t newest = 0;

	*shelves = (hr_shelves){ .arena = arena, .fd = -1 };
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return hr_fail_errno(err, errno, "create folder", path);
	shelves->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (shelves->fd < 0)
		return hr_fail_errno(err, errno, "open folder", path);
	if (!hr_folder_sync(shelves->fd, "..", err) ||
	    !hr_names_visit(shelves->fd, ".", find_newest, &newest, err) ||
	    !open_shelf(shelves, newest ? newest : 1, err))
		return false;
	if (init_locks(shelves))
		return true;
	leave_shelf(shelves, shelves->newest);
	shelves->newest = NULL;
	return hr_fail_memory(err);
}

void hr_shelves_close(hr_shelves *shelves)
{
	if (shelves->newest) {
		assert(shelves->newest->users == 1);
		leave_shelf(shelves, shelves->newest);
		pthread_cond_destroy(&shelves->flushed);
		pthread_mutex_destroy(&shelves->lock);
	}
	if (shelves->fd >= 0)
		close(shelves->fd);
}

hr_shelf *hr_shelves_take(hr_shelves *shelves, hr_error *err)
{
	hr_shelf *shelf = NULL;

	pthread_mutex_lock(&shelves->lock);
	if (shelves->newest->files < HR_SHELF_FILES ||
	    open_shelf(shelves, shelves->newest->number + 1, err)) {
		shelf = shelves->newest;
		shelf->users++;
		shelf->files++;
	}
	pthread_mutex_unlock(&shelves->lock);
	return shelf;
}

void hr_shelves_leave(hr_shelves *shelves, hr_shelf *shelf)
{
	pthread_mutex_lock(&shelves->lock);
	leave_shelf(shelves, shelf);
	pthread_mutex_unlock(&shelves->lock);
}

/* Under the lock, which is let go meanwhile. */
static void flush_for_all(hr_shelves *shelves, hr_shelf *shelf)
{
	uint64_t asked = shelf->asked;
	int errnum = 0;

	shelf->flushing = true;
	pthread_mutex_unlock(&shelves->lock);
	if (fsync(shelf->fd) != 0)
		errnum = errno;
	pthread_mutex_lock(&shelves->lock);
	shelf->flushing = false;
	shelf->flushed = asked;
	if (errnum) {
		shelf->failed = asked;
		shelf->errnum = errnum;
	}
	pthread_cond_broadcast(&shelves->flushed);
}

bool hr_shelf_flush(hr_shelves *shelves, hr_shelf *shelf, hr_error *err)
{
	uint64_t mine;
	int errnum = 0;

	pthread_mutex_lock(&shelves->lock);
	mine = ++shelf->asked;
	while (shelf->flushed < mine)
		if (shelf->flushing)
			pthread_cond_wait(&shelves->flushed, &shelves->lock);
		else
			flush_for_all(shelves, shelf);
	/* Nobody asks again: the system tells a fault once, and then that all is well. */
	if (mine <= shelf->failed)
		errnum = shelf->errnum;
	pthread_mutex_unlock(&shelves->lock);
	errno = errnum;
	return errnum == 0 || hr_fail_errno(err, errno, "flush", "objects");
}
