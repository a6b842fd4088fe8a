#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Default visibility: libgit2 must find these and not libc's. */
#define VISIBLE __attribute__((visibility("default")))

enum { JOURNAL_MAX = 256 << 20, FDS_MAX = 4096 };

struct journal {
	_Atomic int error;
	unsigned long calls;
	size_t len;
	char bytes[];
};

struct head {
	hr_disk_kind kind;
	uint32_t path_len;
	uint32_t other_len;
	uint32_t bytes_len;
	uint64_t offset;
};

static struct journal *journal;
static char root[PATH_MAX];
static bool running;
static hr_disk_plan plan;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Files that this process writes itself. Of another's the bytes are seen when they are flushed. */
static bool is_ours[FDS_MAX];

static void map_journal(int fd)
{
	journal = mmap(NULL, sizeof(*journal) + JOURNAL_MAX, PROT_READ | PROT_WRITE,
		       fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	if (journal == MAP_FAILED)
		abort();
}

void hr_disk_open(const char *path)
{
	if (!realpath(path, root))
		abort();
	map_journal(-1);
}

void hr_disk_open_file(const char *path, const char *file)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0600);

	if (fd < 0 || syscall(SYS_ftruncate, fd, sizeof(*journal) + JOURNAL_MAX) != 0 ||
	    !realpath(path, root))
		abort();
	map_journal(fd);
	close(fd);
}

void hr_disk_open_left(const char *file)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		abort();
	map_journal(fd);
	close(fd);
}

void hr_disk_close(void)
{
	munmap(journal, sizeof(*journal) + JOURNAL_MAX);
	journal = NULL;
	running = false;
}

void hr_disk_start(const hr_disk_plan *wanted)
{
	plan = *wanted;
	journal->calls = 0;
	running = true;
}

void hr_disk_stop(void)
{
	running = false;
}

unsigned long hr_disk_calls(void)
{
	return journal->calls;
}

/* --- the journal --- */

static size_t append(size_t at, const void *bytes, size_t len)
{
	if (at > JOURNAL_MAX || len > JOURNAL_MAX - at)
		abort();
	if (len)
		memcpy(journal->bytes + at, bytes, len);
	return at + len;
}

/* Whole or not at all, for who is killed meanwhile. */
static void record(const hr_disk_record *r)
{
	size_t at = journal->len;
	struct head head = {
		.kind = r->kind,
		.path_len = (uint32_t)strlen(r->path) + 1,
		.other_len = (uint32_t)strlen(r->other ? r->other : "") + 1,
		.bytes_len = (uint32_t)r->bytes.len,
		.offset = r->offset,
	};

	at = append(at, &head, sizeof(head));
	at = append(at, r->path, head.path_len);
	at = append(at, r->other ? r->other : "", head.other_len);
	at = append(at, r->bytes.data, head.bytes_len);
	journal->len = at;
}

void hr_disk_note(const char *text)
{
	record(&(hr_disk_record){ .kind = HR_DISK_NOTE, .path = "", .other = text });
}

bool hr_disk_next(size_t *at, hr_disk_record *out)
{
	struct head head;
	const char *from = journal->bytes + *at + sizeof(head);

	if (*at >= journal->len)
		return false;
	memcpy(&head, journal->bytes + *at, sizeof(head));
	*out = (hr_disk_record){
		.kind = head.kind,
		.path = from,
		.other = from + head.path_len,
		.offset = head.offset,
		.at = *at,
		.bytes = { from + head.path_len + head.other_len, head.bytes_len },
	};
	*at += sizeof(head) + head.path_len + head.other_len + head.bytes_len;
	return true;
}

/* --- between the program and the kernel --- */

/*
 * The kernel knows an open file by the name that it was opened by; when that is
 * gone, as "NAME (deleted)". Then it is known by what it was linked to.
 */
static void follow_link(char whole[PATH_MAX])
{
	static const hr_str gone = HR_STR_INIT(" (deleted)");
	const size_t top = strlen(root) + 1;
	hr_disk_record record;
	size_t at = 0;

	if (!hr_str_ends_with(hr_str_of(whole), gone) || strlen(whole) < top + gone.len)
		return;
	whole[strlen(whole) - gone.len] = '\0';
	while (hr_disk_next(&at, &record))
		if (record.kind == HR_DISK_LINK && strcmp(record.path, whole + top) == 0) {
			snprintf(whole + top, PATH_MAX - top, "%s", record.other);
			return;
		}
}

/* `path`, seen from `fd`, as it lies below the root; NULL when it lies elsewhere. */
static const char *below_root(int fd, const char *path, char whole[PATH_MAX])
{
	size_t len = strlen(root);
	char link[64];
	ssize_t n = 0;

	if (!running)
		return NULL;
	if (path[0] != '/') {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = fd == AT_FDCWD ? syscall(SYS_getcwd, whole, PATH_MAX) - 1
				   : syscall(SYS_readlink, link, whole, PATH_MAX - 1);
		if (n < 0)
			return NULL;
		whole[n] = '\0';
		follow_link(whole);
		n = (ssize_t)strlen(whole);
		whole[n++] = '/';
	}
	snprintf(whole + n, PATH_MAX - (size_t)n, "%s", path);
	for (n = (ssize_t)strlen(whole); n > 1 && whole[n - 1] == '/'; n--)
		whole[n - 1] = '\0';
	if (strncmp(whole, root, len) != 0 || (whole[len] && whole[len] != '/'))
		return NULL;
	return whole[len] ? whole + len + 1 : whole + len;
}

/* A full disk lets go of what is there; one that cannot be written does not. */
static bool is_refused(hr_disk_kind kind)
{
	const bool removes = kind == HR_DISK_UNLINK || kind == HR_DISK_RMDIR;
	const bool flushes = kind == HR_DISK_SYNC || kind == HR_DISK_SYNC_ALL;

	if (!journal->error || kind == HR_DISK_READ || flushes ||
	    (removes && journal->error != EROFS))
		return false;
	errno = journal->error;
	return true;
}

/* Numbers a call; false, with errno, when it is to fail. */
static bool let_pass(hr_disk_kind kind, const char *path)
{
	unsigned long n = ++journal->calls;

	if (plan.kill_at == n)
		raise(SIGKILL);
	if (plan.act && hr_str_ends_with(hr_str_of(path), hr_str_of(plan.act_before))) {
		void (*act)(void) = plan.act;

		plan.act = NULL;
		running = false;
		act();
		running = true;
	}
	if (plan.fail_from == 0 || n < plan.fail_from || n > plan.fail_to)
		return !is_refused(kind);
	errno = plan.error;
	return false;
}

/* Until leave() no other thread's call is made: the journal has them as the disk had them. */
static bool enter(hr_disk_kind kind, const char *path)
{
	pthread_mutex_lock(&lock);
	if (let_pass(kind, path))
		return true;
	pthread_mutex_unlock(&lock);
	return false;
}

static void leave(void)
{
	pthread_mutex_unlock(&lock);
}

/* A call on one path: numbered, made, and written down when it succeeded. */
static long on_path(hr_disk_kind kind, const char *path, long number, long a, long b, long c)
{
	long result;

	if (!path)
		return syscall(number, a, b, c);
	if (!enter(kind, path))
		return -1;
	result = syscall(number, a, b, c);
	if (result == 0)
		record(&(hr_disk_record){ .kind = kind, .path = path });
	leave();
	return result;
}

static hr_disk_kind kind_of_open(int folder, const char *path, int flags)
{
	struct stat st;

	if ((flags & O_CREAT) && fstatat(folder, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return HR_DISK_CREATE;
	if (flags & O_TRUNC)
		return HR_DISK_TRUNCATE;
	return (flags & O_ACCMODE) != O_RDONLY && journal->error == EROFS ? HR_DISK_WRITE
									  : HR_DISK_READ;
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
	char whole[PATH_MAX];
	const char *name = below_root(folder, path, whole);
	hr_disk_kind kind;
	int fd;

	if (!name)
		return (int)syscall(SYS_openat, folder, path, flags, mode);
	kind = kind_of_open(folder, path, flags);
	if (!enter(kind, name))
		return -1;
	fd = (int)syscall(SYS_openat, folder, path, flags, mode);
	if (fd >= 0 && (kind == HR_DISK_CREATE || kind == HR_DISK_TRUNCATE))
		record(&(hr_disk_record){ .kind = kind, .path = name });
	if (fd >= 0 && fd < FDS_MAX)
		is_ours[fd] = false;
	leave();
	return fd;
}

static mode_t mode_of(int flags, va_list args)
{
	return (flags & O_CREAT) ? va_arg(args, mode_t) : 0;
}

VISIBLE int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_at(AT_FDCWD, path, flags, mode);
}

VISIBLE int open64(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_at(AT_FDCWD, path, flags, mode);
}

VISIBLE int openat(int folder, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	return open_at(folder, path, flags, mode);
}

static ssize_t write_at(int fd, const void *bytes, size_t len, off_t offset)
{
	char whole[PATH_MAX];
	const char *name = below_root(fd, "", whole);
	off_t at = offset;
	ssize_t n;

	if (name && !enter(HR_DISK_WRITE, name))
		return -1;
	if (name && offset < 0)
		at = lseek(fd, 0, SEEK_CUR);
	n = offset >= 0 ? syscall(SYS_pwrite64, fd, bytes, len, offset)
			: syscall(SYS_write, fd, bytes, len);
	if (!name)
		return n;
	if (n > 0)
		record(&(hr_disk_record){ .kind = HR_DISK_WRITE,
					  .path = name,
					  .offset = (uint64_t)at,
					  .bytes = { bytes, (size_t)n } });
	if (fd < FDS_MAX)
		is_ours[fd] = true;
	leave();
	return n;
}

VISIBLE ssize_t write(int fd, const void *bytes, size_t len)
{
	return write_at(fd, bytes, len, -1);
}

VISIBLE ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	return write_at(fd, bytes, len, offset);
}

VISIBLE ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	return write_at(fd, bytes, len, offset);
}

static int truncate_at(int fd, off_t length)
{
	char whole[PATH_MAX];
	const char *name = below_root(fd, "", whole);
	int result;

	if (!name)
		return (int)syscall(SYS_ftruncate, fd, length);
	if (!enter(HR_DISK_TRUNCATE, name))
		return -1;
	result = (int)syscall(SYS_ftruncate, fd, length);
	if (result == 0)
		record(&(hr_disk_record){
			.kind = HR_DISK_TRUNCATE, .path = name, .offset = (uint64_t)length });
	leave();
	return result;
}

VISIBLE int ftruncate(int fd, off_t length)
{
	return truncate_at(fd, length);
}

VISIBLE int ftruncate64(int fd, off64_t length)
{
	return truncate_at(fd, length);
}

/* What another process has written to a file that it was handed. */
static void record_bytes(int fd, const char *name)
{
	struct stat st;
	void *bytes;

	if ((fd < FDS_MAX && is_ours[fd]) || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size == 0)
		return;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return;
	record(&(hr_disk_record){
		.kind = HR_DISK_WRITE, .path = name, .bytes = { bytes, (size_t)st.st_size } });
	munmap(bytes, (size_t)st.st_size);
}

/* It covers what stands in the journal before it; others write on while it lasts. */
static int sync_at(int fd, long number)
{
	char whole[PATH_MAX];
	const char *name = below_root(fd, "", whole);
	uint64_t began;
	int result;

	if (!name)
		return (int)syscall(number, fd);
	if (!enter(HR_DISK_SYNC, name))
		return -1;
	record_bytes(fd, name);
	began = journal->len;
	leave();
	if (plan.sync_us)
		usleep(plan.sync_us);
	result = (int)syscall(number, fd);
	pthread_mutex_lock(&lock);
	if (result == 0)
		record(&(hr_disk_record){ .kind = HR_DISK_SYNC, .path = name, .offset = began });
	leave();
	return result;
}

VISIBLE int fsync(int fd)
{
	return sync_at(fd, SYS_fsync);
}

VISIBLE int fdatasync(int fd)
{
	return sync_at(fd, SYS_fdatasync);
}

VISIBLE int syncfs(int fd)
{
	char whole[PATH_MAX];
	const char *name = below_root(fd, "", whole);

	/* Not passed on: it would wait for all that others write to this disk. */
	if (!name)
		return (int)syscall(SYS_syncfs, fd);
	if (!enter(HR_DISK_SYNC_ALL, name))
		return -1;
	record(&(hr_disk_record){ .kind = HR_DISK_SYNC_ALL, .path = name });
	leave();
	return 0;
}

VISIBLE int mkdirat(int folder, const char *path, mode_t mode)
{
	char whole[PATH_MAX];

	return (int)on_path(HR_DISK_MKDIR, below_root(folder, path, whole), SYS_mkdirat, folder,
			    (long)path, mode);
}

VISIBLE int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

VISIBLE int rmdir(const char *path)
{
	char whole[PATH_MAX];

	return (int)on_path(HR_DISK_RMDIR, below_root(AT_FDCWD, path, whole), SYS_rmdir, (long)path,
			    0, 0);
}

VISIBLE int unlinkat(int folder, const char *path, int flags)
{
	char whole[PATH_MAX];

	return (int)on_path(flags & AT_REMOVEDIR ? HR_DISK_RMDIR : HR_DISK_UNLINK,
			    below_root(folder, path, whole), SYS_unlinkat, folder, (long)path,
			    flags);
}

VISIBLE int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

/* libgit2 only tries whether it can make one; the journal has no word for it. */
VISIBLE int symlink(const char *target, const char *path)
{
	char whole[PATH_MAX];

	if (!below_root(AT_FDCWD, path, whole))
		return (int)syscall(SYS_symlink, target, path);
	errno = EPERM;
	return -1;
}

static int on_two_paths(hr_disk_kind kind, long number, int from_folder, const char *from,
			int to_folder, const char *to)
{
	char whole[PATH_MAX];
	char other[PATH_MAX];
	const char *a = below_root(from_folder, from, whole);
	const char *b = below_root(to_folder, to, other);
	int result;

	if (!a || !b)
		return (int)syscall(number, from_folder, from, to_folder, to, 0);
	if (!enter(kind, b))
		return -1;
	result = (int)syscall(number, from_folder, from, to_folder, to, 0);
	if (result == 0)
		record(&(hr_disk_record){ .kind = kind, .path = a, .other = b });
	leave();
	return result;
}

VISIBLE int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	if (flags)
		abort(); /* the journal has no word for them */
	return on_two_paths(HR_DISK_LINK, SYS_linkat, from_folder, from, to_folder, to);
}

VISIBLE int link(const char *from, const char *to)
{
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

VISIBLE int rename(const char *from, const char *to)
{
	return on_two_paths(HR_DISK_RENAME, SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to);
}
