/* What systemd is told, over a socket like its own; and what it hands over. */
#include "service/notify.h"

#include "testing.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { HANDED_OVER = 3 };

/* --- telling --- */

/* Listens as systemd does; `name` with '@' is in no folder. */
static int open_manager(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	CU_ASSERT_TRUE_FATAL(fd >= 0 && strlen(name) < sizeof(address.sun_path));
	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(
		bind(fd, (const struct sockaddr *)&address,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
		0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

/* The next datagram; empty when there is none. */
static const char *heard(int fd, char text[200])
{
	ssize_t len = recv(fd, text, 199, 0);

	text[len < 0 ? 0 : len] = '\0';
	return text;
}

static void check_told(const char *name)
{
	int fd = open_manager(name);
	char text[200];

	hr_notify("READY=1");
	hr_notify("STOPPING=1");
	CU_ASSERT_STRING_EQUAL(heard(fd, text), "READY=1");
	CU_ASSERT_STRING_EQUAL(heard(fd, text), "STOPPING=1");
	CU_ASSERT_STRING_EQUAL(heard(fd, text), "");
	close(fd);
	/* Nobody listens any more. */
	hr_notify("READY=1");
}

static void test_notify__socket_in_a_folder_or_in_none__is_told(void)
{
	hr_arena *arena = hr_test_arena();
	char name[100];

	snprintf(name, sizeof(name), "%s/notify", hr_test_folder(arena));
	check_told(name);
	snprintf(name, sizeof(name), "@huren-test-notify-%d", (int)getpid());
	check_told(name);
	hr_arena_close(arena);
}

/* Of a name that is none, nothing is sent: least of all to a name that is cut. */
static void test_notify__no_name_or_a_wrong_one__tells_nobody(void)
{
	char name[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	char cut[sizeof(name)];
	char text[200];
	int fd;

	memset(name, 'x', sizeof(name));
	snprintf(name, 40, "@huren-test-notify-%d-", (int)getpid());
	name[strlen(name)] = 'x';
	name[sizeof(name) - 1] = '\0';
	memcpy(cut, name, sizeof(name));
	cut[sizeof(cut) - 2] = '\0';
	fd = open_manager(cut);
	hr_notify("READY=1");
	CU_ASSERT_STRING_EQUAL(heard(fd, text), "READY=1");
	setenv("NOTIFY_SOCKET", name, 1);
	hr_notify("READY=1");
	setenv("NOTIFY_SOCKET", "relative", 1);
	hr_notify("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	hr_notify("READY=1");
	unsetenv("NOTIFY_SOCKET");
	hr_notify("READY=1");
	CU_ASSERT_STRING_EQUAL(heard(fd, text), "");
	close(fd);
}

static int64_t microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void test_reloading__tells_the_time_of_the_same_clock(void)
{
	static const char front[] = "RELOADING=1\nMONOTONIC_USEC=";
	char name[60];
	char text[200];
	int64_t before;
	int64_t told;
	int fd;

	snprintf(name, sizeof(name), "@huren-test-reloading-%d", (int)getpid());
	fd = open_manager(name);
	before = microseconds();
	hr_notify_reloading();
	heard(fd, text);
	CU_ASSERT_EQUAL(strncmp(text, front, strlen(front)), 0);
	told = strtoll(text + strlen(front), NULL, 10);
	CU_ASSERT_TRUE(told >= before && told <= microseconds());
	close(fd);
	unsetenv("NOTIFY_SOCKET");
}

/* --- the watchdog --- */

static void test_watchdog__half_of_what_systemd_waits(void)
{
	static const struct {
		const char *us;
		int64_t ms;
	} rows[] = {
		{ "", 0 },
		{ "0", 0 },
		{ "many", 0 },
		{ "2000x", 0 },
		{ "1", 1 },
		{ "1999", 1 },
		{ "2000", 1 },
		{ "4000", 2 },
		{ "30000000", 15000 },
		{ "18446744073709551615", INT32_MAX },
	};
	char pid[24];

	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	CU_ASSERT_EQUAL(hr_notify_watchdog_ms(), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setenv("WATCHDOG_USEC", rows[i].us, 1);
		CU_ASSERT_EQUAL(hr_notify_watchdog_ms(), rows[i].ms);
	}
	setenv("WATCHDOG_USEC", "4000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	CU_ASSERT_EQUAL(hr_notify_watchdog_ms(), 0);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	CU_ASSERT_EQUAL(hr_notify_watchdog_ms(), 2);
}

/* --- the socket that is handed over --- */

/* `fd` becomes the first that is handed over; what was there is kept aside. */
static int hand_over(int fd, const char *count, int64_t pid)
{
	int aside = fcntl(HANDED_OVER, F_DUPFD_CLOEXEC, 20);
	char text[24];

	CU_ASSERT_EQUAL(dup2(fd, HANDED_OVER), HANDED_OVER);
	snprintf(text, sizeof(text), "%lld", (long long)pid);
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", count, 1);
	setenv("LISTEN_FDNAMES", "huren.socket", 1);
	return aside;
}

static void take_back(int aside)
{
	if (aside >= 0) {
		dup2(aside, HANDED_OVER);
		close(aside);
	} else {
		close(HANDED_OVER);
	}
}

/* The descriptor that is taken; -2 when it is refused, and then `code` says how. */
static int take(int fd, const char *count, int64_t pid, hr_error_code code)
{
	int aside = hand_over(fd, count, pid);
	hr_error err = { .code = HR_E_NONE };
	int taken = -2;

	CU_ASSERT_EQUAL(hr_notify_take_socket(&taken, &err), code == HR_E_NONE);
	CU_ASSERT_EQUAL(err.code, code);
	CU_ASSERT_PTR_NULL(getenv("LISTEN_PID"));
	CU_ASSERT_PTR_NULL(getenv("LISTEN_FDS"));
	CU_ASSERT_PTR_NULL(getenv("LISTEN_FDNAMES"));
	if (taken >= 0) {
		CU_ASSERT_TRUE(fcntl(taken, F_GETFD) & FD_CLOEXEC);
		CU_ASSERT_TRUE(fcntl(taken, F_GETFL) & O_NONBLOCK);
	}
	take_back(aside);
	return taken;
}

static void test_take_socket__listening_one__is_taken_once(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = fcntl(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), F_DUPFD_CLOEXEC, 30);
	hr_error err;
	int taken;

	CU_ASSERT_EQUAL(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	CU_ASSERT_EQUAL(take(fd, "1", getpid(), HR_E_USAGE), -2);
	CU_ASSERT_EQUAL(listen(fd, 1), 0);
	CU_ASSERT_EQUAL(take(fd, "1", getpid(), HR_E_NONE), HANDED_OVER);
	CU_ASSERT_TRUE(hr_notify_take_socket(&taken, &err));
	CU_ASSERT_EQUAL(taken, -1);
	CU_ASSERT_EQUAL(take(fd, "2", getpid(), HR_E_USAGE), -2);
	CU_ASSERT_EQUAL(take(fd, "0", getpid(), HR_E_NONE), -1);
	CU_ASSERT_EQUAL(take(fd, "one", getpid(), HR_E_NONE), -1);
	CU_ASSERT_EQUAL(take(fd, "1", (int64_t)getpid() + 1, HR_E_NONE), -1);
	close(fd);
}

static void test_take_socket__what_is_no_socket__is_refused(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	CU_ASSERT_EQUAL(take(fd, "1", getpid(), HR_E_IO), -2);
	close(fd);
}

static const hr_test tests[] = {
	HR_TEST(test_notify__socket_in_a_folder_or_in_none__is_told),
	HR_TEST(test_notify__no_name_or_a_wrong_one__tells_nobody),
	HR_TEST(test_reloading__tells_the_time_of_the_same_clock),
	HR_TEST(test_watchdog__half_of_what_systemd_waits),
	HR_TEST(test_take_socket__listening_one__is_taken_once),
	HR_TEST(test_take_socket__what_is_no_socket__is_refused),
};
HR_TEST_MAIN("notify", tests)
