#include "store_faults.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Default visibility: the shared libraries must find these and not libc's. */
#define VISIBLE __attribute__((visibility("default")))

atomic_int hr_fault_write;
atomic_int hr_fault_sync;
_Atomic hr_fault_wire hr_fault_commit;

static atomic_bool is_cut;

static bool is_wal(int fd)
{
	char proc[40];
	char name[400];
	ssize_t len;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	len = readlink(proc, name, sizeof(name));
	return len > 4 && memcmp(name + len - 4, "-wal", 4) == 0;
}

static bool fails(int fault, int fd)
{
	if (!fault || !is_wal(fd))
		return false;
	errno = fault;
	return true;
}

VISIBLE ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	if (fails(atomic_load(&hr_fault_write), fd))
		return -1;
	return syscall(SYS_pwrite64, fd, bytes, len, offset);
}

VISIBLE int fdatasync(int fd)
{
	if (fails(atomic_load(&hr_fault_sync), fd))
		return -1;
	return (int)syscall(SYS_fdatasync, fd);
}

VISIBLE ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	hr_fault_wire fault = atomic_load(&hr_fault_commit);

	if (fault == HR_FAULT_NONE || !memmem(bytes, len, "COMMIT", 6))
		return syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
	atomic_store(&hr_fault_commit, HR_FAULT_NONE);
	if (fault == HR_FAULT_BEFORE) {
		shutdown(fd, SHUT_RDWR);
		return (ssize_t)len;
	}
	atomic_store(&is_cut, true);
	return syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
}

VISIBLE ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
	if (atomic_exchange(&is_cut, false)) {
		/* So that the server has done what it was told. */
		usleep(100000);
		errno = ECONNRESET;
		return -1;
	}
	return syscall(SYS_recvfrom, fd, bytes, len, flags, NULL, NULL);
}
