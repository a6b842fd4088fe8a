/* Fetching, from a server of a few lines that says what it is told to. */
#include "service/fetch.h"
#include "service/fetch_address.h"

#include "testing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BODY_MAX = 1000, WAIT_MS = 5000, STALL_MS = 1000 };

struct server {
	int listener;
	uint16_t port;
	pthread_t thread;
	const char *answer; /* NULL: none, the connection stays open until the other goes */
	int connections;
	char request[2048];
};

static void answer_one(struct server *s, int connection)
{
	ssize_t got = 0;
	size_t len = 0;

	while (len + 1 < sizeof(s->request) && !strstr(s->request, "\r\n\r\n")) {
		got = read(connection, s->request + len, sizeof(s->request) - 1 - len);
		if (got <= 0)
			return;
		len += (size_t)got;
	}
	if (s->answer)
		(void)!write(connection, s->answer, strlen(s->answer));
	else
		(void)!read(connection, s->request, 1);
}

static void *serve(void *context)
{
	struct server *s = context;
	int connection;

	while ((connection = accept(s->listener, NULL, NULL)) >= 0) {
		s->connections++;
		answer_one(s, connection);
		close(connection);
	}
	return NULL;
}

static void server_open(struct server *s, const char *answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	*s = (struct server){ .answer = answer };
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(s->listener, 8) != 0 ||
	    getsockname(s->listener, (struct sockaddr *)&address, &size) != 0 ||
	    pthread_create(&s->thread, NULL, serve, s) != 0)
		abort();
	s->port = ntohs(address.sin_port);
}

static void server_close(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
}

struct got {
	int heads;
	hr_fetch_head head;
	char type[64];
	hr_buf body;
	bool refuses_head;
	bool refuses_body;
};

static bool take_head(void *to, const hr_fetch_head *head, hr_error *err)
{
	struct got *got = to;

	got->heads++;
	got->head = *head;
	snprintf(got->type, sizeof(got->type), "%.*s", HR_STR_ARG(head->content_type));
	return got->refuses_head ? hr_fail(err, HR_E_UNSUPPORTED, "not this head") : true;
}

static bool take_body(void *to, hr_str piece, hr_error *err)
{
	struct got *got = to;

	CU_ASSERT_EQUAL(got->heads, 1);
	hr_buf_add(&got->body, piece);
	return got->refuses_body ? hr_fail(err, HR_E_RULE, "not this body") : true;
}

struct asked {
	hr_web_origin origin;
	hr_retrieve_url url;
	hr_fetch_request request;
	hr_fetch_rules rules;
	char listed[100];
	char text[200];
	struct got got;
};

static void ask_for(struct asked *a, const char *origin, uint16_t port, const char *path)
{
	hr_error err = { 0 };
	hr_web_origins allowed = { &a->origin, 1 };

	memset(a, 0, sizeof(*a));
	snprintf(a->listed, sizeof(a->listed), "%s:%u", origin, (unsigned)port);
	snprintf(a->text, sizeof(a->text), "%s:%u%s", origin, (unsigned)port, path);
	HR_ASSERT_OK(hr_web_origin_parse(hr_str_of(a->listed), &a->origin, &err), err);
	HR_ASSERT_OK(hr_retrieve_url_check(hr_str_of(a->text), allowed, &a->url, &err), err);
	a->request.url = &a->url;
	a->rules.limits = (hr_fetch_limits){ .body_bytes = BODY_MAX,
					     .connect_ms = WAIT_MS,
					     .total_ms = WAIT_MS,
					     .stall_ms = WAIT_MS };
	a->rules.user_agent = HR_STR("huren");
}

static hr_error_code fetch(struct asked *a, hr_arena *arena)
{
	const hr_fetch_sink sink = { take_head, take_body, &a->got };
	hr_error err = { 0 };

	hr_buf_init(&a->got.body, arena, (size_t)10 * BODY_MAX);
	if (hr_fetch(&a->request, &a->rules, &sink, arena, &err))
		return HR_E_NONE;
	CU_ASSERT_TRUE(err.message[0] != '\0');
	CU_ASSERT_PTR_NULL(strstr(err.message, "127.0.0.1"));
	CU_ASSERT_PTR_NULL(strstr(err.message, "secret"));
	return err.code;
}

/* Of one answer, with the body limit of BODY_MAX. */
static hr_error_code fetch_once(const char *answer, struct asked *a, hr_arena *arena)
{
	struct server server;
	hr_error_code code;

	server_open(&server, answer);
	ask_for(a, "http://127.0.0.1", server.port, "/rs/studies/1.2?secret=1");
	code = fetch(a, arena);
	server_close(&server);
	return code;
}

static void test_fetch__an_answer__comes_with_its_head_first(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct asked a;

	CU_ASSERT_EQUAL(fetch_once("HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\n"
				   "Content-Length: 5\r\n\r\nhello",
				   &a, arena),
			HR_E_NONE);
	CU_ASSERT_EQUAL(a.got.head.status, 200);
	CU_ASSERT_EQUAL(a.got.head.content_length, 5);
	CU_ASSERT_STRING_EQUAL(a.got.type, "application/dicom");
	HR_ASSERT_TEXT(hr_buf_str(&a.got.body), "hello");
}

static void test_fetch__request__says_what_was_asked_and_no_more(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct server server;
	struct asked a;

	server_open(&server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	ask_for(&a, "http://127.0.0.1", server.port, "/a%20b/c?x=1");
	a.request.accept = HR_STR("multipart/related; type=\"application/dicom\"");
	a.request.authorization = HR_STR("Bearer secret");
	CU_ASSERT_EQUAL(fetch(&a, arena), HR_E_NONE);
	server_close(&server);
	CU_ASSERT_PTR_EQUAL(strstr(server.request, "GET /a%20b/c?x=1 HTTP/1.1\r\n"),
			    server.request);
	CU_ASSERT_PTR_NOT_NULL(strstr(server.request, "\r\nAuthorization: Bearer secret\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		server.request, "\r\nAccept: multipart/related; type=\"application/dicom\"\r\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(server.request, "\r\nUser-Agent: huren\r\n"));
	CU_ASSERT_PTR_NULL(strstr(server.request, "Accept-Encoding"));
	CU_ASSERT_PTR_NULL(strstr(server.request, "Cookie"));
	/* An empty answer has a head. */
	CU_ASSERT_EQUAL(a.got.heads, 1);
	a.request.authorization = HR_STR("Bearer secret\r\nX: y");
	CU_ASSERT_EQUAL(fetch(&a, arena), HR_E_SYNTAX);
}

static void test_fetch__a_redirect__is_an_answer_and_not_followed(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct server other;
	struct asked a;
	char answer[200];

	server_open(&other, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad");
	snprintf(
		answer, sizeof(answer),
		"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n",
		(unsigned)other.port);
	CU_ASSERT_EQUAL(fetch_once(answer, &a, arena), HR_E_NONE);
	CU_ASSERT_EQUAL(a.got.head.status, 302);
	CU_ASSERT_EQUAL(other.connections, 0);
	server_close(&other);
}

static void test_fetch__a_proxy_in_the_environment__is_not_asked(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct server proxy;
	struct asked a;
	char address[64];

	server_open(&proxy, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	snprintf(address, sizeof(address), "http://127.0.0.1:%u", (unsigned)proxy.port);
	setenv("http_proxy", address, 1);
	setenv("ALL_PROXY", address, 1);
	CU_ASSERT_EQUAL(fetch_once("HTTP/1.1 204 No\r\n\r\n", &a, arena), HR_E_NONE);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	CU_ASSERT_EQUAL(a.got.head.status, 204);
	CU_ASSERT_EQUAL(proxy.connections, 0);
	server_close(&proxy);
}

/* As long as may be, and a byte more; told in the head, or not told. */
static void test_fetch__a_body_at_its_limit__and_past_it(void)
{
	static const struct {
		const char *length; /* "": until the connection ends */
		size_t bytes;
		hr_error_code code;
	} cases[] = {
		{ "Content-Length: 1000\r\n", BODY_MAX, HR_E_NONE },
		{ "Content-Length: 1001\r\n", BODY_MAX + 1, HR_E_LIMIT },
		{ "", BODY_MAX, HR_E_NONE },
		{ "", BODY_MAX + 1, HR_E_LIMIT },
		{ "Content-Length: 1000\r\n", BODY_MAX - 1, HR_E_UPSTREAM },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		struct asked a;
		hr_buf answer;

		hr_buf_init(&answer, arena, 4000);
		hr_buf_addf(&answer, "HTTP/1.1 200 OK\r\n%s\r\n", cases[i].length);
		for (size_t k = 0; k < cases[i].bytes; k++)
			hr_buf_add_char(&answer, 'x');
		hr_buf_add_char(&answer, '\0');
		CU_ASSERT_EQUAL(fetch_once(answer.data, &a, arena), cases[i].code);
		if (cases[i].code == HR_E_NONE)
			CU_ASSERT_EQUAL(a.got.body.len, BODY_MAX);
	}
}

static void test_fetch__the_sink_says_no__ends_it_with_its_words(void)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";

	for (int i = 0; i < 2; i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		struct server server;
		struct asked a;

		server_open(&server, answer);
		ask_for(&a, "http://127.0.0.1", server.port, "/");
		a.got.refuses_head = i == 0;
		a.got.refuses_body = i == 1;
		CU_ASSERT_EQUAL(fetch(&a, arena), i == 0 ? HR_E_UNSUPPORTED : HR_E_RULE);
		server_close(&server);
	}
}

static void test_fetch__no_answer_or_none_of_http__is_told(void)
{
	static const char *const answers[] = {
		"",
		"SSH-2.0-x\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct server server;
	struct asked a;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		CU_ASSERT_EQUAL(fetch_once(answers[i], &a, arena), HR_E_UPSTREAM);
	/* Nobody listens there any more. */
	server_open(&server, "");
	server_close(&server);
	ask_for(&a, "http://127.0.0.1", server.port, "/");
	CU_ASSERT_EQUAL(fetch(&a, arena), HR_E_UPSTREAM);
}

static void test_fetch__a_server_that_is_silent__is_given_up(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct server server;
	struct asked a;

	server_open(&server, NULL);
	ask_for(&a, "http://127.0.0.1", server.port, "/");
	a.rules.limits.total_ms = STALL_MS / 4;
	CU_ASSERT_EQUAL(fetch(&a, arena), HR_E_UPSTREAM_SLOW);
	server_close(&server);
}

/* The name is listed, but leads into this machine: no connection is made. */
static void test_fetch__a_listed_name_that_leads_to_loopback__is_forbidden(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct server server;
	struct asked a;

	server_open(&server, "");
	ask_for(&a, "https://localhost", server.port, "/");
	a.rules.private_allowed = true;
	CU_ASSERT_EQUAL(fetch(&a, arena), HR_E_FORBIDDEN);
	server_close(&server);
	CU_ASSERT_EQUAL(server.connections, 0);
}

/* --- TLS: the machine's openssl makes the certificate, and serves with it --- */

static pid_t start(const char *const *arguments)
{
	posix_spawn_file_actions_t quiet;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, arguments[0], &quiet, NULL, (char *const *)(uintptr_t)arguments,
			 environ) != 0)
		abort();
	posix_spawn_file_actions_destroy(&quiet);
	return pid;
}

static void make_certificate(const char *folder, const char *name)
{
	const char *const arguments[] = {
		"openssl",
		"req",
		"-x509",
		"-newkey",
		"ec",
		"-pkeyopt",
		"ec_paramgen_curve:P-256",
		"-nodes",
		"-days",
		"2",
		"-subj",
		"/CN=test",
		"-addext",
		name,
		"-keyout",
		"key.pem",
		"-out",
		"cert.pem",
		NULL,
	};
	int status = 0;
	pid_t pid;

	if (chdir(folder) != 0)
		abort();
	pid = start(arguments);
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
}

static bool is_listening(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int probe = socket(AF_INET, SOCK_STREAM, 0);
	bool connected;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connected = connect(probe, (struct sockaddr *)&address, sizeof(address)) == 0;
	close(probe);
	return connected;
}

static pid_t start_tls(uint16_t *port)
{
	struct server unused;
	char accept_at[32];
	const char *const arguments[] = { "openssl", "s_server", "-www", "-accept", accept_at,
					  "-cert",   "cert.pem", "-key", "key.pem", NULL };
	pid_t pid;

	server_open(&unused, "");
	server_close(&unused);
	*port = unused.port;
	snprintf(accept_at, sizeof(accept_at), "127.0.0.1:%u", (unsigned)*port);
	pid = start(arguments);
	for (int i = 0; i < WAIT_MS / 20 && !is_listening(*port); i++)
		poll(NULL, 0, 20);
	return pid;
}

static hr_error_code fetch_tls(uint16_t port, const char *ca_file)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct asked a;

	ask_for(&a, "https://127.0.0.1", port, "/");
	a.rules.ca_file = hr_str_of(ca_file);
	a.rules.limits.body_bytes = 1 << 20;
	return fetch(&a, arena);
}

static void check_tls(const char *name, hr_error_code with_certificate)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const char *folder = hr_test_folder(arena);
	uint16_t port;
	pid_t pid;

	make_certificate(folder, name);
	pid = start_tls(&port);
	CU_ASSERT_EQUAL(fetch_tls(port, NULL), HR_E_UPSTREAM);
	CU_ASSERT_EQUAL(fetch_tls(port, "cert.pem"), with_certificate);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	if (chdir("/") != 0)
		abort();
}

static void test_fetch__a_certificate__is_known_and_of_that_host_or_refused(void)
{
	check_tls("subjectAltName=IP:127.0.0.1", HR_E_NONE);
	check_tls("subjectAltName=IP:127.0.0.2", HR_E_UPSTREAM);
}

static bool may(const char *host, bool is_plain, bool private_allowed, const char *address)
{
	const hr_web_origin origin = { .host = hr_str_of(host), .port = 443, .is_plain = is_plain };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		return hr_fetch_may_connect(&origin, private_allowed, (struct sockaddr *)&v4,
					    sizeof(v4));
	if (inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
		abort();
	return hr_fetch_may_connect(&origin, private_allowed, (struct sockaddr *)&v6, sizeof(v6));
}

static void test_address__of_a_listed_name__is_public_or_private_as_allowed(void)
{
	static const char *const good[] = {
		"1.1.1.1",	   "9.255.255.255",  "11.0.0.0",   "100.63.255.255",  "100.128.0.0",
		"128.0.0.1",	   "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
		"223.255.255.255", "2400:3200::1",   "240e::1",	   "2001:200::1",
	};
	static const char *const private[] = {
		"10.0.0.0",   "10.255.255.255", "100.64.0.0",	   "100.127.255.255",
		"172.16.0.0", "172.31.255.255", "192.168.0.0",	   "192.168.255.255",
		"fc00::1",    "fdff::1",	"::ffff:10.0.0.1",
	};
	static const char *const never[] = {
		"0.0.0.0",
		"127.0.0.1",
		"127.255.255.255",
		"169.254.169.254",
		"192.0.0.8",
		"192.0.2.1",
		"198.18.0.1",
		"198.19.255.255",
		"198.51.100.1",
		"203.0.113.1",
		"224.0.0.1",
		"239.1.1.1",
		"240.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"::127.0.0.1",
		"::ffff:127.0.0.1",
		"::ffff:169.254.169.254",
		"64:ff9b::7f00:1",
		"2002:7f00:1::",
		"2001:0:1::",
		"2001:db8::1",
		"fe80::1",
		"fec0::1",
		"ff02::1",
		"3fff::1",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(may("pacs.cn", false, false, good[i]));
	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
		CU_ASSERT_FALSE(may("pacs.cn", false, false, private[i]));
		CU_ASSERT_TRUE(may("pacs.cn", false, true, private[i]));
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		CU_ASSERT_FALSE(may("pacs.cn", false, true, never[i]));
}

static void test_address__of_numbers__is_meant_as_it_is_listed(void)
{
	CU_ASSERT_TRUE(may("10.0.0.5", false, false, "10.0.0.5"));
	CU_ASSERT_TRUE(may("[fd00::5]", false, false, "fd00::5"));
	CU_ASSERT_FALSE(may("10a.cn", false, false, "10.0.0.5"));
	/* http leads to loopback alone, whatever its name. */
	CU_ASSERT_TRUE(may("127.0.0.1", true, false, "127.0.0.1"));
	CU_ASSERT_TRUE(may("localhost", true, false, "::1"));
	CU_ASSERT_FALSE(may("localhost", true, true, "10.0.0.5"));
	CU_ASSERT_FALSE(may("localhost", true, true, "1.1.1.1"));
}

static const hr_test tests[] = {
	HR_TEST(test_fetch__an_answer__comes_with_its_head_first),
	HR_TEST(test_fetch__request__says_what_was_asked_and_no_more),
	HR_TEST(test_fetch__a_redirect__is_an_answer_and_not_followed),
	HR_TEST(test_fetch__a_proxy_in_the_environment__is_not_asked),
	HR_TEST(test_fetch__a_body_at_its_limit__and_past_it),
	HR_TEST(test_fetch__the_sink_says_no__ends_it_with_its_words),
	HR_TEST(test_fetch__no_answer_or_none_of_http__is_told),
	HR_TEST(test_fetch__a_server_that_is_silent__is_given_up),
	HR_TEST(test_fetch__a_listed_name_that_leads_to_loopback__is_forbidden),
	HR_TEST(test_fetch__a_certificate__is_known_and_of_that_host_or_refused),
	HR_TEST(test_address__of_a_listed_name__is_public_or_private_as_allowed),
	HR_TEST(test_address__of_numbers__is_meant_as_it_is_listed),
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	return hr_test_run("fetch", tests, sizeof(tests) / sizeof(tests[0]));
}
