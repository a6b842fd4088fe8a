/* Objects in S3, where the server refuses, lies, stalls and hangs up. */
#include "store/objects.h"
#include "store/s3.h"

#include "testing.h"
#include "told_server.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EMPTY_LIST                                                                                 \
	"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount>"                 \
	"</ListBucketResult>"
#define ERROR(code) "<Error><Code>" code "</Code><Message>secret</Message></Error>"

static const hr_told_answer empty_list = { .status = "200 OK", .body = EMPTY_LIST };

struct fixture {
	hr_arena *arena;
	hr_told_server *server;
	const char *spool;
	hr_s3_settings settings;
	hr_objects *objects;
	hr_error err;
};

static struct fixture new_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.server = hr_told_server_open(f.arena, &empty_list, 1);
	f.spool = hr_test_folder(f.arena);
	f.settings = (hr_s3_settings){ .endpoint = hr_told_server_url(f.server),
				       .region = "us-east-1",
				       .key_id = "test:tester",
				       .secret = "sesame",
				       .retry_ms = 300,
				       .stall_seconds = 1 };
	return f;
}

static bool open_objects(struct fixture *f, const char *url)
{
	const hr_objects_options options = { .url = url, .spool = f->spool, .s3 = &f->settings };

	return hr_objects_open(&options, &f->objects, &f->err);
}

static struct fixture open_fixture(void)
{
	struct fixture f = new_fixture();

	HR_ASSERT_OK(open_objects(&f, "s3://bucket/room"), f.err);
	return f;
}

static unsigned count_spooled(const struct fixture *f)
{
	DIR *folder = opendir(f->spool);
	unsigned count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2;
}

static void close_fixture(struct fixture *f)
{
	CU_ASSERT_EQUAL(count_spooled(f), 0);
	hr_objects_close(f->objects);
	hr_arena_close(f->arena);
}

static bool keep(struct fixture *f, hr_str bytes, hr_object *out)
{
	hr_draft draft;

	if (!hr_objects_draft(f->objects, &draft, &f->err))
		return false;
	if (!hr_draft_add(&draft, bytes, &f->err))
		return hr_draft_drop(&draft);
	return hr_draft_keep(&draft, out, &f->err);
}

static hr_object object_of(uint64_t size)
{
	return (hr_object){ .digest = { .bytes = { 1 } }, .shelf = 1, .size = size };
}

static bool asked_for(struct fixture *f, const char *words)
{
	hr_str last = hr_told_server_last(f->server);

	return hr_str_find(last, hr_str_of(words)) != last.len;
}

static void test_open__key_or_bucket_refused__is_told_without_secrets(void)
{
	static const struct {
		hr_told_answer answer;
		const char *message;
	} rows[] = {
		{ { .status = "403 Forbidden", .body = ERROR("InvalidAccessKeyId") },
		  "the S3 server does not know the access key (403 InvalidAccessKeyId)" },
		{ { .status = "403 Forbidden", .body = ERROR("SignatureDoesNotMatch") },
		  "the S3 server does not take the access key (403 SignatureDoesNotMatch)" },
		{ { .status = "403 Forbidden", .body = ERROR("RequestTimeTooSkewed") },
		  "our clock differs from the S3 server's (403 RequestTimeTooSkewed)" },
		{ { .status = "404 Not Found", .body = ERROR("NoSuchBucket") },
		  "the S3 server has no such bucket (404 NoSuchBucket)" },
		{ { .status = "301 Moved",
		    .fields = "Location: http://127.0.0.1:1/\r\n",
		    .body = ERROR("PermanentRedirect") },
		  "the bucket is at another endpoint (301 PermanentRedirect)" },
		{ { .status = "403 Forbidden", .body = "<html>secret" },
		  "the S3 server answers 403 " },
	};
	struct fixture f = new_fixture();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_told_server_tell(f.server, &rows[i].answer, 1);
		CU_ASSERT_FALSE(open_objects(&f, "s3://bucket"));
		HR_ASSERT_TEXT(hr_str_of(f.err.message), rows[i].message);
		CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
		CU_ASSERT_EQUAL(hr_told_server_count(f.server), 1);
	}
	f.objects = NULL;
	close_fixture(&f);
}

static void test_open__server_that_is_not_ready__is_for_later(void)
{
	static const hr_told_answer answers[] = { { .status = "503 Slow Down" } };
	struct fixture f = new_fixture();

	hr_told_server_tell(f.server, answers, 1);
	HR_ASSERT_OK(open_objects(&f, "s3://bucket"), f.err);
	CU_ASSERT_EQUAL(hr_told_server_count(f.server), 1);
	close_fixture(&f);
}

static void test_keep__puts_the_bytes_under_their_digest(void)
{
	static const hr_told_answer ok = { .status = "200 OK", .fields = "ETag: \"0\"\r\n" };
	struct fixture f = open_fixture();
	hr_object object;
	char digest[HR_SHA256_TEXT];
	char line[200];

	hr_told_server_tell(f.server, &ok, 1);
	CU_ASSERT_TRUE(keep(&f, HR_STR("张建国"), &object));
	CU_ASSERT_TRUE(object.shelf >= 50000000 && object.shelf < 90000000);
	hr_digest_format(&object.digest, digest);
	snprintf(line, sizeof(line), "PUT /bucket/room/%08u/%s HTTP/1.1\r\n", object.shelf, digest);
	CU_ASSERT_TRUE(asked_for(&f, line));
	snprintf(line, sizeof(line), "\r\nx-amz-content-sha256: %s\r\n", digest);
	CU_ASSERT_TRUE(asked_for(&f, line));
	CU_ASSERT_TRUE(asked_for(&f, "\r\n\r\n张建国"));
	CU_ASSERT_FALSE(asked_for(&f, "sesame"));
	CU_ASSERT_FALSE(asked_for(&f, "Expect"));

	/* The same bytes once more are another object. */
	CU_ASSERT_TRUE(keep(&f, HR_STR("张建国"), &object));
	CU_ASSERT_EQUAL(object.copy, 1);
	close_fixture(&f);
}

static void test_keep__fault_that_passes__is_tried_again(void)
{
	static const hr_told_answer faults[][2] = {
		{ { .status = "500 Internal Server Error", .body = ERROR("InternalError") },
		  { .status = "200 OK" } },
		{ { .status = "503 Service Unavailable", .body = ERROR("SlowDown") },
		  { .status = "200 OK" } },
		{ { .status = "400 Bad Request", .body = ERROR("RequestTimeout") },
		  { .status = "200 OK" } },
		{ { .status = NULL }, { .status = "200 OK" } },
		{ { .status = NULL, .enough = 1 }, { .status = "200 OK" } },
	};
	struct fixture f = open_fixture();
	hr_object object;

	f.settings.retry_ms = 2000;
	hr_objects_close(f.objects);
	HR_ASSERT_OK(open_objects(&f, "s3://bucket/room"), f.err);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		hr_told_server_tell(f.server, faults[i], 2);
		CU_ASSERT_TRUE(keep(&f, HR_STR("bytes"), &object));
		CU_ASSERT_EQUAL(hr_told_server_count(f.server), 2);
		CU_ASSERT_TRUE(asked_for(&f, "\r\n\r\nbytes"));
	}
	close_fixture(&f);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_keep__fault_that_stays__is_told_in_time(void)
{
	static const struct {
		hr_told_answer answer;
		hr_error_code code;
		bool again;
	} rows[] = {
		{ { .status = "503 Slow Down" }, HR_E_UNAVAILABLE, true },
		{ { .status = NULL }, HR_E_UNAVAILABLE, true },
		{ { .status = "507 Insufficient Storage" }, HR_E_NO_SPACE, false },
		{ { .status = "403 Forbidden", .body = ERROR("QuotaExceeded") },
		  HR_E_NO_SPACE,
		  false },
		{ { .status = "403 Forbidden", .body = ERROR("AccessDenied"), .enough = 1 },
		  HR_E_UNAVAILABLE,
		  false },
		{ { .status = "400 Bad Request", .body = ERROR("BadDigest") }, HR_E_IO, false },
		{ { .status = "400 Bad Request", .body = ERROR("EntityTooLarge") },
		  HR_E_LIMIT,
		  false },
		{ { .status = "501 Not Implemented" }, HR_E_IO, false },
		{ { .status = "302 Found", .fields = "Location: http://127.0.0.1:1/\r\n" },
		  HR_E_IO,
		  false },
	};
	struct fixture f = open_fixture();
	hr_object object;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t from = now_ms();

		hr_told_server_tell(f.server, &rows[i].answer, 1);
		CU_ASSERT_FALSE(keep(&f, HR_STR("bytes"), &object));
		CU_ASSERT_EQUAL(f.err.code, rows[i].code);
		CU_ASSERT_EQUAL(hr_told_server_count(f.server) > 1, rows[i].again);
		CU_ASSERT_TRUE(now_ms() - from < 5000);
		CU_ASSERT_PTR_NULL(strstr(f.err.message, "secret"));
	}
	close_fixture(&f);
}

/* The server takes a part of the bytes and is gone: nothing is kept, and the same once more is. */
static void test_keep__cut_in_the_middle__is_nothing_and_then_all(void)
{
	enum { SIZE = 2 << 20 };
	static const hr_told_answer gone = { .status = NULL, .enough = SIZE / 2 };
	static const hr_told_answer later[] = { { .status = NULL, .enough = SIZE / 2 },
						{ .status = "200 OK" } };
	struct fixture f = open_fixture();
	char *bytes = hr_arena_alloc(f.arena, SIZE);
	hr_object object = { .shelf = 7 };
	hr_str last;

	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	memset(bytes, 'x', SIZE);
	hr_told_server_tell(f.server, &gone, 1);
	CU_ASSERT_FALSE(keep(&f, (hr_str){ bytes, SIZE }, &object));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_EQUAL(object.shelf, 7);
	hr_told_server_tell(f.server, later, 2);
	CU_ASSERT_TRUE(keep(&f, (hr_str){ bytes, SIZE }, &object));
	CU_ASSERT_EQUAL(hr_told_server_count(f.server), 2);
	last = hr_told_server_last(f.server);
	CU_ASSERT_TRUE(last.len > SIZE && memcmp(last.data + last.len - SIZE, bytes, SIZE) == 0);
	close_fixture(&f);
}

/* --- TLS, by openssl's own server, which answers each request with a page of its own --- */

static pid_t start_openssl(const char *const *args, int output)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(output, 1) < 0 || dup2(open("/dev/null", O_RDWR), 2) < 0)
		_exit(126);
	execvp("openssl", (char *const *)(uintptr_t)args);
	_exit(127);
}

static void make_certificate(const char *key, const char *certificate)
{
	const char *args[] = { "openssl",
			       "req",
			       "-x509",
			       "-newkey",
			       "ec",
			       "-pkeyopt",
			       "ec_paramgen_curve:P-256",
			       "-nodes",
			       "-subj",
			       "/CN=huren",
			       "-addext",
			       "subjectAltName=IP:127.0.0.1",
			       "-keyout",
			       key,
			       "-out",
			       certificate,
			       NULL };
	int status = -1;

	waitpid(start_openssl(args, STDERR_FILENO), &status, 0);
	CU_ASSERT_EQUAL_FATAL(status, 0);
}

/* Its port; it says "ACCEPT 127.0.0.1:PORT". */
static unsigned start_tls(const char *key, const char *certificate, pid_t *child)
{
	const char *args[] = { "openssl", "s_server", "-accept",   "127.0.0.1:0", "-key",
			       key,	  "-cert",    certificate, "-www",	  NULL };
	unsigned port = 0;
	char line[100];
	int output[2];
	FILE *said;

	CU_ASSERT_EQUAL_FATAL(pipe(output), 0);
	*child = start_openssl(args, output[1]);
	close(output[1]);
	said = fdopen(output[0], "r");
	while (said && port == 0 && fgets(line, sizeof(line), said))
		if (strncmp(line, "ACCEPT 127.0.0.1:", 17) == 0)
			port = (unsigned)strtoul(line + 17, NULL, 10);
	CU_ASSERT_TRUE(port != 0);
	return port;
}

static void test_tls__certificate__decides(void)
{
	struct fixture f = new_fixture();
	const char *folder = hr_test_folder(f.arena);
	char key[4000];
	char certificate[4000];
	char endpoint[60];
	pid_t child;

	snprintf(key, sizeof(key), "%s/key", folder);
	snprintf(certificate, sizeof(certificate), "%s/certificate", folder);
	make_certificate(key, certificate);
	snprintf(endpoint, sizeof(endpoint), "https://127.0.0.1:%u",
		 start_tls(key, certificate, &child));
	f.settings.endpoint = endpoint;
	CU_ASSERT_FALSE(open_objects(&f, "s3://bucket"));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err.message, "cannot speak with the S3 server"));

	/* It is spoken with, and what it says is no list. */
	f.settings.ca_file = certificate;
	CU_ASSERT_FALSE(open_objects(&f, "s3://bucket"));
	HR_ASSERT_TEXT(hr_str_of(f.err.message), "the S3 server sends a list that is none");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	f.objects = NULL;
	close_fixture(&f);
}

static void test_keep__server_that_hangs__is_given_up(void)
{
	static const hr_told_answer hangs = { .status = "200 OK",
					      .length_said = 100,
					      .hangs = true };
	struct fixture f = open_fixture();
	hr_object object;

	hr_told_server_tell(f.server, &hangs, 1);
	CU_ASSERT_FALSE(keep(&f, HR_STR("bytes"), &object));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	close_fixture(&f);
}

static void check_part(struct fixture *f, const hr_object *object, uint64_t offset, uint64_t length,
		       const char *want)
{
	char bytes[100] = "";
	uint64_t at = 7;
	int fd = -1;

	HR_ASSERT_OK(hr_objects_get_part(f->objects, object, offset, length, &fd, &at, &f->err),
		     f->err);
	CU_ASSERT_TRUE(pread(fd, bytes, length, (off_t)at) == (ssize_t)length);
	HR_ASSERT_TEXT(hr_str_of(bytes), want);
	close(fd);
}

static void test_get__whole_and_part__are_what_was_asked_for(void)
{
	static const hr_told_answer whole = { .status = "200 OK", .body = "0123456789" };
	static const hr_told_answer part = { .status = "206 Partial Content",
					     .fields = "Content-Range: bytes 3-6/10\r\n",
					     .body = "3456" };
	static const hr_told_answer none = { .status = "200 OK" };
	struct fixture f = open_fixture();
	hr_object object = object_of(10);
	hr_object empty = object_of(0);

	hr_told_server_tell(f.server, &whole, 1);
	check_part(&f, &object, 0, 10, "0123456789");
	CU_ASSERT_FALSE(asked_for(&f, "range:"));
	CU_ASSERT_TRUE(asked_for(&f, "GET /bucket/room/00000001/0100"));
	hr_told_server_tell(f.server, &part, 1);
	check_part(&f, &object, 3, 4, "3456");
	CU_ASSERT_TRUE(asked_for(&f, "\r\nrange: bytes=3-6\r\n"));
	CU_ASSERT_TRUE(asked_for(&f, "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date"));
	check_part(&f, &object, 10, 0, "");
	hr_told_server_tell(f.server, &none, 1);
	check_part(&f, &empty, 0, 0, "");
	CU_ASSERT_EQUAL(hr_told_server_count(f.server), 1);
	close_fixture(&f);
}

static void test_get__server_that_lies__is_found_out(void)
{
	static const struct {
		hr_told_answer answer;
		uint64_t length;
		hr_error_code code;
	} rows[] = {
		{ { .status = "200 OK", .body = "012345678" }, 10, HR_E_IO },
		{ { .status = "200 OK", .body = "0123456789a" }, 10, HR_E_IO },
		{ { .status = "200 OK", .body = "01234", .length_said = 10 },
		  10,
		  HR_E_UNAVAILABLE },
		{ { .status = "204 No Content" }, 10, HR_E_IO },
		{ { .status = "200 OK", .body = "0123" }, 4, HR_E_IO },
		{ { .status = "206 Partial Content", .body = "0123" }, 4, HR_E_IO },
		{ { .status = "206 Partial Content",
		    .fields = "Content-Range: bytes 0-3/11\r\n",
		    .body = "0123" },
		  4,
		  HR_E_IO },
		{ { .status = "206 Partial Content",
		    .fields = "Content-Range: bytes 4-7/10\r\n",
		    .body = "4567" },
		  4,
		  HR_E_IO },
		{ { .status = "416 Range Not Satisfiable", .body = ERROR("InvalidRange") },
		  4,
		  HR_E_IO },
		{ { .status = "404 Not Found", .body = ERROR("NoSuchKey") }, 10, HR_E_NOT_FOUND },
		{ { .status = "404 Not Found", .body = ERROR("NoSuchBucket") },
		  10,
		  HR_E_UNAVAILABLE },
		{ { .status = "404 Not Found" }, 10, HR_E_IO },
	};
	struct fixture f = open_fixture();
	hr_object object = object_of(10);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t at = 7;
		int fd = -7;

		hr_told_server_tell(f.server, &rows[i].answer, 1);
		CU_ASSERT_FALSE(hr_objects_get_part(f.objects, &object, 0, rows[i].length, &fd, &at,
						    &f.err));
		CU_ASSERT_EQUAL(f.err.code, rows[i].code);
		CU_ASSERT_EQUAL(fd, -7);
	}
	close_fixture(&f);
}

static void test_remove__what_is_not_there__is_removed(void)
{
	static const hr_told_answer answers[] = {
		{ .status = "204 No Content" },
		{ .status = "404 Not Found", .body = ERROR("NoSuchKey") },
		{ .status = "404 Not Found", .body = ERROR("NoSuchBucket") },
	};
	struct fixture f = open_fixture();
	hr_object object = object_of(1);

	hr_told_server_tell(f.server, answers, 3);
	HR_ASSERT_OK(hr_objects_remove(f.objects, &object, &f.err), f.err);
	CU_ASSERT_TRUE(asked_for(&f, "DELETE /bucket/room/00000001/0100"));
	HR_ASSERT_OK(hr_objects_remove(f.objects, &object, &f.err), f.err);
	CU_ASSERT_FALSE(hr_objects_remove(f.objects, &object, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_UNAVAILABLE);
	close_fixture(&f);
}

#define HEX		 "0100000000000000000000000000000000000000000000000000000000000000"
#define ENTRY(key, size) "<Contents><Key>" key "</Key><Size>" size "</Size></Contents>"
#define LIST(more, inner)                                                                          \
	"<ListBucketResult><IsTruncated>" more "</IsTruncated>" inner "</ListBucketResult>"
#define NEXT(token) "<NextContinuationToken>" token "</NextContinuationToken>"

struct told {
	unsigned count;
	hr_object last;
};

static bool note_object(void *context, const hr_object *object, hr_error *err)
{
	struct told *told = context;

	(void)err;
	told->count++;
	told->last = *object;
	return true;
}

static void test_sweep__pages__are_followed_and_what_is_not_ours_is_left(void)
{
	static const hr_told_answer pages[] = {
		{ .status = "200 OK",
		  .body = LIST("true", NEXT("a+b/=") ENTRY("room/00000001/" HEX, "3")
					       ENTRY("room/00000001/" HEX "-0", "3")
						       ENTRY("room/0000000x/" HEX, "3")) },
		{ .status = "200 OK",
		  .body = LIST("false", ENTRY("room/57000000/" HEX "-4294967295", "70")
						ENTRY("room/57000000/" HEX "-4294967296", "70")
							ENTRY("room/README", "9")) },
	};
	struct fixture f = open_fixture();
	struct told told = { .count = 0 };

	hr_test_write(f.spool, ".draft-0123456789abcdef-1", "left by a crash");
	hr_told_server_tell(f.server, pages, 2);
	HR_ASSERT_OK(hr_objects_sweep(f.objects, note_object, &told, &f.err), f.err);
	CU_ASSERT_EQUAL(told.count, 2);
	CU_ASSERT_EQUAL(told.last.shelf, 57000000);
	CU_ASSERT_EQUAL(told.last.copy, 4294967295);
	CU_ASSERT_EQUAL(told.last.size, 70);
	CU_ASSERT_TRUE(asked_for(&f, "GET /bucket?continuation-token=a%2Bb%2F%3D&list-type=2&"
				     "max-keys=1000&prefix=room%2F HTTP/1.1\r\n"));
	close_fixture(&f);
}

static void test_sweep__list_that_goes_round__ends(void)
{
	static const hr_told_answer lists[] = {
		{ .status = "200 OK",
		  .body = LIST("true", NEXT("a") ENTRY("room/00000001/" HEX, "3")) },
		{ .status = "200 OK", .body = LIST("true", NEXT("a")) },
		{ .status = "200 OK", .body = LIST("false", ENTRY("elsewhere", "3")) },
		{ .status = "200 OK", .body = "<Error><Code>x</Code></Error>" },
	};
	struct fixture f = open_fixture();

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct told told = { .count = 0 };

		hr_told_server_tell(f.server, &lists[i], 1);
		CU_ASSERT_FALSE(hr_objects_sweep(f.objects, note_object, &told, &f.err));
		CU_ASSERT_EQUAL(f.err.code, HR_E_IO);
		CU_ASSERT_TRUE(told.count <= 1);
	}
	close_fixture(&f);
}

static void test_open__without_a_spool__is_refused(void)
{
	struct fixture f = open_fixture();
	const hr_objects_options options = { .url = "s3://bucket", .s3 = &f.settings };
	hr_objects *objects;

	CU_ASSERT_FALSE(hr_objects_open(&options, &objects, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_open__key_or_bucket_refused__is_told_without_secrets),
	HR_TEST(test_open__server_that_is_not_ready__is_for_later),
	HR_TEST(test_open__without_a_spool__is_refused),
	HR_TEST(test_keep__puts_the_bytes_under_their_digest),
	HR_TEST(test_keep__fault_that_passes__is_tried_again),
	HR_TEST(test_keep__fault_that_stays__is_told_in_time),
	HR_TEST(test_keep__cut_in_the_middle__is_nothing_and_then_all),
	HR_TEST(test_keep__server_that_hangs__is_given_up),
	HR_TEST(test_tls__certificate__decides),
	HR_TEST(test_get__whole_and_part__are_what_was_asked_for),
	HR_TEST(test_get__server_that_lies__is_found_out),
	HR_TEST(test_remove__what_is_not_there__is_removed),
	HR_TEST(test_sweep__pages__are_followed_and_what_is_not_ours_is_left),
	HR_TEST(test_sweep__list_that_goes_round__ends),
};
HR_TEST_MAIN("objects in S3", tests)
