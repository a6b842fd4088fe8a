/*
 * How a worker is held in: limits of the system, and a filter that refuses the
 * calls by which a process that a hostile object has taken over would reach
 * out. It names what is refused, not what is let through: DCMTK, iconv and the
 * C library may then change what they call, and nothing breaks.
 */
#include "service/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

enum { FILES_MAX = 64 };

static bool limit(int what, uint64_t value, hr_error *err)
{
	const struct rlimit both = { .rlim_cur = value, .rlim_max = value };

	return setrlimit((__rlimit_resource_t)what, &both) == 0 ||
	       hr_fail_errno(err, errno, "set", "the limits of a worker");
}

/*
 * Its data, not its addresses: an object is mapped, however large it is. A
 * sanitizer takes terabytes of addresses for its shadow.
 */
static bool set_limits(const hr_worker_limits *limits, hr_error *err)
{
	signal(SIGXFSZ, SIG_IGN);
	return limit(RLIMIT_CORE, 0, err) && limit(RLIMIT_NOFILE, FILES_MAX, err) &&
	       limit(RLIMIT_FSIZE, limits->file_bytes, err) &&
	       (IS_SANITIZED || limit(RLIMIT_DATA, limits->memory_bytes, err));
}

/* --- calls --- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOW	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define NO(call)    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), REFUSE

/* The low half of an argument comes first where numbers begin with it. */
#define OPEN_FLAGS (offsetof(struct seccomp_data, args) + 2 * sizeof(uint64_t))

static const struct sock_filter network[] = {
	LOAD(nr),
	NO(socket),
	NO(connect),
	ALLOW,
};

static const struct sock_filter others[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
	REFUSE,
	LOAD(nr),
#ifdef __x86_64__
	/* The calls of x32 have numbers of their own. */
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
	REFUSE,
	NO(fork),
	NO(vfork),
	NO(open),
	NO(creat),
	NO(unlink),
	NO(rename),
	NO(mkdir),
	NO(rmdir),
	NO(link),
	NO(symlink),
	NO(chmod),
	NO(chown),
	NO(truncate),
#endif
	NO(bind),
	NO(listen),
	NO(execve),
	NO(execveat),
	NO(clone),
	NO(ptrace),
	NO(process_vm_readv),
	NO(process_vm_writev),
	NO(kill),
	NO(tkill),
	NO(pidfd_open),
	NO(pidfd_getfd),
	NO(unlinkat),
	NO(renameat),
	NO(renameat2),
	NO(mkdirat),
	NO(linkat),
	NO(symlinkat),
	NO(fchmodat),
	NO(fchownat),
	NO(openat2),
	NO(mount),
	NO(umount2),
	NO(chroot),
	NO(unshare),
	NO(setns),
	NO(bpf),
	NO(io_uring_setup),
	NO(userfaultfd),
	NO(perf_event_open),
	NO(keyctl),
	NO(add_key),
	/* clone3 hides its flags from a filter: as on a kernel that does not have it. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	/* To be read alone: the dictionary, the tables of character sets. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, OPEN_FLAGS),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
	REFUSE,
	ALLOW,
};

static bool filter(const struct sock_filter *code, size_t count, hr_error *err)
{
	const struct sock_fprog program = {
		.len = (unsigned short)count,
		.filter = (struct sock_filter *)(uintptr_t)code,
	};

	/* Of every thread: who has one of them has the memory of all. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
		       0 ||
	       hr_fail_errno(err, errno, "filter", "the calls of a worker");
}

static bool filter_calls(const hr_worker_limits *limits, hr_error *err)
{
	return filter(others, sizeof(others) / sizeof(others[0]), err) &&
	       (limits->connects || filter(network, sizeof(network) / sizeof(network[0]), err));
}

#else

static bool filter_calls(const hr_worker_limits *limits, hr_error *err)
{
	(void)limits;
	(void)err;
	return true;
}

#endif

bool hr_worker_confine(const hr_worker_limits *limits, hr_error *err)
{
	if (limits->dies_with_parent)
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return hr_fail_errno(err, errno, "give up", "privileges");
	return set_limits(limits, err) && (IS_SANITIZED || filter_calls(limits, err));
}
