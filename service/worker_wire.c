/*
 * A message is a packet with its head and its file, and a second one with its
 * bytes when these are few. Many bytes are the file: sealed, so that a hostile
 * writer cannot cut it below a reader who has mapped it.
 */
#include "service/worker_wire.h"

#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	MAGIC = 0x52574831,
	FEW_BYTES = 48 << 10,
	SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
};

struct head {
	uint32_t magic;
	uint32_t kind;
	uint64_t number;
	uint64_t bytes;
	uint32_t has_file;
	uint32_t code; /* of an error, with the place in the input */
	uint32_t line;
	uint32_t column;
	char message[240];
	char detail[240];
};

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static bool fail_gone(hr_error *err)
{
	return hr_fail(err, HR_E_UNAVAILABLE, "a worker process has gone");
}

static bool fail_nonsense(hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "a worker process has said what it cannot mean");
}

int64_t hr_wire_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool hr_wire_pair(int *ours, int *theirs, hr_error *err)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return hr_fail_errno(err, errno, "open", "a pair of sockets");
	*ours = pair[0];
	*theirs = pair[1];
	return true;
}

/* --- sending --- */

static bool send_packet(int socket, const void *data, size_t len, int fd, int flags, hr_error *err)
{
	/* sendmsg reads it, whatever its type says. */
	struct iovec piece = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	union control control = { .bytes = { 0 } };
	struct msghdr packet = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t sent;

	if (fd >= 0) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = sizeof(control.bytes);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	do
		sent = sendmsg(socket, &packet, MSG_NOSIGNAL | flags);
	while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)len)
		return true;
	return errno == EPIPE || errno == ECONNRESET
		       ? fail_gone(err)
		       : hr_fail_errno(err, errno, "tell", "a worker");
}

/* Nobody can change it any more. */
static int make_file(hr_str bytes, hr_error *err)
{
	int fd = memfd_create("huren", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || !hr_write_all(fd, bytes) || fcntl(fd, F_ADD_SEALS, SEALS) != 0) {
		hr_fail_errno(err, errno, "write", "a file of memory");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static struct head make_head(const hr_wire_message *message)
{
	struct head head = {
		.magic = MAGIC,
		.kind = message->kind,
		.number = message->number,
		.bytes = message->bytes.len,
		.has_file = message->fd >= 0,
	};

	if (message->why) {
		head.code = message->why->code;
		head.line = message->why->line;
		head.column = message->why->column;
		memcpy(head.message, message->why->message, sizeof(head.message));
		memcpy(head.detail, message->why->detail, sizeof(head.detail));
	}
	return head;
}

bool hr_wire_send(int socket, const hr_wire_message *message, hr_error *err)
{
	const bool is_few = message->bytes.len <= FEW_BYTES;
	struct head head = make_head(message);
	int fd = message->fd;
	bool ok;

	assert(is_few || fd < 0);
	if (head.bytes > HR_WIRE_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "more than %d MiB are not handed on",
			       HR_WIRE_BYTES_MAX >> 20);
	if (is_few)
		return send_packet(socket, &head, sizeof(head), fd, 0, err) &&
		       (!head.bytes ||
			send_packet(socket, message->bytes.data, message->bytes.len, -1, 0, err));
	fd = make_file(message->bytes, err);
	if (fd < 0)
		return false;
	head.has_file = true;
	ok = send_packet(socket, &head, sizeof(head), fd, 0, err);
	close(fd);
	return ok;
}

void hr_wire_nudge(int socket, uint32_t kind)
{
	const hr_wire_message message = { .kind = kind, .fd = -1 };
	const struct head head = make_head(&message);
	hr_error err;

	(void)send_packet(socket, &head, sizeof(head), -1, MSG_DONTWAIT, &err);
}

/* --- receiving --- */

static bool wait_for(int socket, int64_t deadline_ms, hr_error *err)
{
	struct pollfd ready = { .fd = socket, .events = POLLIN };
	int64_t left = -1;
	int n;

	do {
		if (deadline_ms != HR_WIRE_WAITS) {
			left = deadline_ms - hr_wire_now_ms();
			left = left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : left;
		}
		n = poll(&ready, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return hr_fail_errno(err, errno, "wait for", "a worker");
	return n > 0 || hr_fail(err, HR_E_LIMIT, "a worker process took too long");
}

static int file_of(struct msghdr *packet)
{
	const struct cmsghdr *control = CMSG_FIRSTHDR(packet);
	int fd = -1;

	if (control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS &&
	    control->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(control), sizeof(fd));
	return fd;
}

/* `*fd` is set whatever it returns. */
static bool receive_packet(int socket, int64_t deadline_ms, void *data, size_t len, int *fd,
			   hr_error *err)
{
	struct iovec piece = { .iov_base = data, .iov_len = len };
	union control control = { .bytes = { 0 } };
	struct msghdr packet = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		/* Not with its padding: two files fit into that, and the second stayed open. */
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	ssize_t got;

	*fd = -1;
	if (!wait_for(socket, deadline_ms, err))
		return false;
	do
		got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		*fd = file_of(&packet);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return fail_gone(err);
	if (got < 0)
		return hr_fail_errno(err, errno, "hear", "a worker");
	return ((size_t)got == len && !(packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) ||
	       fail_nonsense(err);
}

static void unmap(void *mapping)
{
	const hr_str *bytes = mapping;

	munmap((void *)(uintptr_t)bytes->data, bytes->len);
}

static bool map(int fd, size_t len, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_str *bytes = HR_NEW(arena, hr_str);
	void *data;

	if (!bytes)
		return hr_fail_memory(err);
	data = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return hr_fail_errno(err, errno, "map", "a file");
	*bytes = (hr_str){ data, len };
	if (!hr_arena_on_reset(arena, unmap, bytes, err))
		return false;
	*out = *bytes;
	return true;
}

bool hr_wire_map(int fd, hr_arena *arena, hr_str *out, hr_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return hr_fail_errno(err, errno, "look for", "a file");
	if (st.st_size > 0)
		return map(fd, (size_t)st.st_size, arena, out, err);
	*out = HR_STR("");
	return true;
}

/* Takes the file of `*out`. */
static bool take_file(size_t len, hr_arena *arena, hr_wire_message *out, hr_error *err)
{
	const int fd = out->fd;
	struct stat st;
	bool ok;

	out->fd = -1;
	ok = (fcntl(fd, F_GET_SEALS) & SEALS) == SEALS && fstat(fd, &st) == 0 &&
	     (uint64_t)st.st_size == len;
	ok = ok ? map(fd, len, arena, &out->bytes, err) : fail_nonsense(err);
	if (ok)
		hr_arena_note(arena, len);
	close(fd);
	return ok;
}

static bool take_bytes(int socket, int64_t deadline_ms, size_t len, hr_arena *arena,
		       hr_wire_message *out, hr_error *err)
{
	char *bytes = hr_arena_alloc_text(arena, len);
	int fd;
	bool ok;

	if (!bytes)
		return hr_fail_memory(err);
	ok = receive_packet(socket, deadline_ms, bytes, len, &fd, err);
	if (fd >= 0)
		close(fd);
	out->bytes = (hr_str){ bytes, len };
	return ok;
}

static bool take_error(const struct head *head, hr_arena *arena, hr_wire_message *out,
		       hr_error *err)
{
	hr_error *why = HR_NEW(arena, hr_error);

	if (!why)
		return hr_fail_memory(err);
	why->code = (hr_error_code)head->code;
	why->line = head->line;
	why->column = head->column;
	memcpy(why->message, head->message, sizeof(why->message) - 1);
	memcpy(why->detail, head->detail, sizeof(why->detail) - 1);
	out->why = why;
	return true;
}

static bool take(int socket, int64_t deadline_ms, const struct head *head, hr_arena *arena,
		 hr_wire_message *out, hr_error *err)
{
	if (head->magic != MAGIC || head->code >= HR_E_COUNT || head->bytes > HR_WIRE_BYTES_MAX ||
	    (head->has_file != 0) != (out->fd >= 0))
		return fail_nonsense(err);
	out->kind = head->kind;
	out->number = head->number;
	if (head->code && !take_error(head, arena, out, err))
		return false;
	if (head->bytes > FEW_BYTES)
		return out->fd >= 0 ? take_file((size_t)head->bytes, arena, out, err)
				    : fail_nonsense(err);
	return !head->bytes ||
	       take_bytes(socket, deadline_ms, (size_t)head->bytes, arena, out, err);
}

bool hr_wire_receive(int socket, int64_t deadline_ms, hr_arena *arena, hr_wire_message *out,
		     hr_error *err)
{
	hr_wire_message message = { .fd = -1 };
	struct head head;

	if (receive_packet(socket, deadline_ms, &head, sizeof(head), &message.fd, err) &&
	    take(socket, deadline_ms, &head, arena, &message, err)) {
		*out = message;
		return true;
	}
	if (message.fd >= 0)
		close(message.fd);
	return false;
}
