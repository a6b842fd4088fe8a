/*
 * What a worker, or who asks at the control socket, says: received whole or
 * refused, and what is received can be said again. The input is packets, each
 * behind its length (two bytes, little-endian; the upper bit: with a file).
 */
#include "service/worker_wire.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ARENA_BYTES = 4 << 20, PACKETS_MAX = 8, LEN_MASK = 0x7FFF };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void send_packet(int socket, const uint8_t *data, size_t len, int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec piece = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr packet = { .msg_iov = &piece, .msg_iovlen = 1 };

	if (fd >= 0) {
		packet.msg_control = control.bytes;
		packet.msg_controllen = sizeof(control.bytes);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	/* When there is no room for more: that is how it ends. */
	(void)!sendmsg(socket, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void send_all(int socket, const uint8_t *data, size_t size)
{
	const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);

	for (int i = 0; i < PACKETS_MAX && size >= 2; i++) {
		const unsigned word = data[0] | (unsigned)data[1] << 8;
		size_t len = word & LEN_MASK;

		len = len < size - 2 ? len : size - 2;
		send_packet(socket, data + 2, len, word > LEN_MASK ? file : -1);
		data += 2 + len;
		size -= 2 + len;
	}
	close(file);
}

static void receive_all(int socket, hr_arena *arena)
{
	hr_wire_message message;
	hr_error err = { 0 };

	while (hr_wire_receive(socket, HR_WIRE_WAITS, arena, &message, &err)) {
		assert(!message.why || message.why->message[sizeof(message.why->message) - 1] == 0);
		if (message.fd >= 0)
			close(message.fd);
		hr_arena_reset(arena);
	}
	assert(err.code != HR_E_NONE && err.message[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	hr_error err;
	int theirs;
	int ours;

	if (!arena || !hr_wire_pair(&ours, &theirs, &err))
		abort();
	send_all(theirs, data, size);
	close(theirs);
	receive_all(ours, arena);
	close(ours);
	hr_arena_close(arena);
	return 0;
}
