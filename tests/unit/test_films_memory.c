/*
 * Films when memory is short: of each act of the command, of each route of
 * DICOMweb and of what is said to a worker the n-th allocation fails, for every
 * n. No file stays open. The workers are this very program, called as one.
 */
#include "asked.h"
#include "failing_malloc.h"
#include "film_object.h"
#include "service/film_acts.h"
#include "service/film_backup.h"
#include "service/worker_process.h"
#include "service/worker_wire.h"
#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STUDY	 "/dicom-web/studies/1.2"
#define SERIES	 STUDY "/series/1.2.3"
#define INSTANCE SERIES "/instances/1.000001"
#define CARD	 "11010519491231002X" /* the example of GB 11643 */
#define USCC	 "121200004000000106"
#define JSON	 "application/dicom+json"
#define OCTETS	 "multipart/related; type=\"application/octet-stream\""

enum { ARENA_BYTES = 64 << 20 };

/* The disk is not what is tested here. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

struct fixture {
	hr_arena *arena;
	hr_films *films;
	hr_str object;
	char *uid; /* in it */
	unsigned number;
	hr_error err;
};

/* Another SOP Instance UID each time, in the place of the one that it is written with. */
static hr_str next_object(struct fixture *f)
{
	static const char first[] = "1.2.3.4"; /* with its padding */
	char *bytes = (char *)(uintptr_t)f->object.data;
	char uid[sizeof(first) + 1];

	if (!f->uid)
		f->uid = bytes + hr_str_find(f->object, (hr_str){ first, sizeof(first) });
	snprintf(uid, sizeof(uid), "1.%06u", ++f->number);
	memcpy(f->uid, uid, sizeof(first));
	return f->object;
}

static hr_str make_object(hr_arena *arena)
{
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	film_add_identity(&d);
	film_add_image(&d);
	return dcm_file(&d);
}

static struct fixture open_fixture(void)
{
	struct fixture f = { .arena = hr_test_arena() };
	const hr_films_options options = {
		.data = hr_test_folder(f.arena),
		.who = "test",
		.workers = 1,
		.retrieve_seconds = 1,
	};

	HR_ASSERT_OK(hr_films_open(&options, &f.films, &f.err), f.err);
	if (!f.films)
		abort();
	f.object = make_object(f.arena);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_films_close(f->films);
	hr_arena_close(f->arena);
}

static unsigned count_open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	if (!folder)
		abort();
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* Once with memory enough: what is set up once is set up then. */
static void fail_each(bool (*attempt)(void *context, hr_error *err), void *context,
		      const char *what)
{
	hr_error err = { 0 };
	bool ok = attempt(context, &err);
	unsigned before = count_open_files();

	if (!ok)
		fprintf(stderr, "%s: %s\n", what, err.message);
	CU_ASSERT_TRUE(ok);
	CU_ASSERT_TRUE(hr_failing_malloc_each(attempt, context) > 1);
	CU_ASSERT_EQUAL(count_open_files(), before);
}

/* --- acts --- */

/* In an order in which each can be done again and again. */
static const struct act {
	hr_film_act kind;
	const char *words[6];
	const char *file; /* NULL: none, or for ADD the object */
} acts[] = {
	{ HR_ACT_ADD, { USCC }, NULL },
	{ HR_ACT_SEARCH, { "study", "PatientName", "zhang*", "includefield", "all" }, NULL },
	{ HR_ACT_SEARCH, { "instance", "StudyInstanceUID", "1.2" }, NULL },
	{ HR_ACT_OBJECTS, { "1.2", "", "" }, NULL },
	{ HR_ACT_OBJECT, { "1.2", "1.2.3", "1.000001" }, NULL },
	{ HR_ACT_SHOW, { "1.2" }, NULL },
	{ HR_ACT_UNMATCHED, { NULL }, NULL },
	{ HR_ACT_STATE, { "1.2", "published", "because" }, NULL },
	{ HR_ACT_MATCH, { USCC, "because" }, "patient_id,id_number\nP1," CARD "\nP2,123\n" },
	{ HR_ACT_CORRECT,
	  { "1.2", "because" },
	  "patient_id,id_type,id_issuer,id_number\nX,passport,CHN,E1\n" },
	{ HR_ACT_MANIFEST, { "1.2", "dicom", "https://h/dicom-web" }, NULL },
	{ HR_ACT_MANIFEST, { "1.2", "fhir", "https://h/dicom-web" }, NULL },
	{ HR_ACT_CHECK, { "deep", "repair" }, NULL },
	{ HR_ACT_PUBLISH,
	  { USCC, "csv" },
	  "study_instance_uid,patient_id,study_date,modality,state\n1.9,P9,2026-01-03,CT,\n"
	  "1.9,P9,2026/1/3,MR,published\n1.x,P9,,,\n" },
	{ HR_ACT_PUBLISH,
	  { USCC, "ndjson" },
	  "{\"study_instance_uid\":\"1.9\",\"patient_id\":\"P9\",\"study_date\":\"20260103\"}\n{" },
};

static const struct act add = { HR_ACT_ADD, { USCC }, NULL };
static const struct act removal = { HR_ACT_REMOVE, { "1.2", "because", "ground", "" }, NULL };

struct acting {
	struct fixture *f;
	const struct act *act;
};

static int make_file(hr_str bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes.data, bytes.len) != (ssize_t)bytes.len)
		abort();
	return fd;
}

static int file_of(struct fixture *f, const struct act *act)
{
	if (act->kind == HR_ACT_ADD)
		return make_file(next_object(f));
	return act->file ? make_file(hr_str_of(act->file)) : -1;
}

static bool ask_act(struct fixture *f, const struct act *act, hr_arena *arena, hr_error *err)
{
	hr_control_act control = { .kind = act->kind, .who = HR_STR("uid 0") };
	hr_control_answer answer = { .fd = -1 };
	char text[256];
	hr_buf words;
	bool ok;

	hr_buf_init_over(&words, text, sizeof(text));
	for (size_t i = 0; i < 6 && act->words[i]; i++)
		hr_film_act_pack(&(hr_str){ act->words[i], strlen(act->words[i]) }, 1, &words);
	control.bytes = hr_buf_str(&words);
	control.fd = file_of(f, act);
	ok = hr_film_act_run(f->films, &control, arena, &answer, err);
	if (control.fd >= 0)
		close(control.fd);
	if (answer.fd >= 0)
		close(answer.fd);
	CU_ASSERT_EQUAL(answer.fd >= 0, ok && act->kind == HR_ACT_OBJECT);
	return ok;
}

static bool run_act(void *context, hr_error *err)
{
	const struct acting *a = context;
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)128 << 20);

	return arena ? ask_act(a->f, a->act, arena, err) : hr_fail_memory(err);
}

/* What is removed must be there. */
static bool add_and_remove(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)128 << 20);

	if (!arena)
		return hr_fail_memory(err);
	return ask_act(context, &add, arena, err) && ask_act(context, &removal, arena, err);
}

static void test_memory__film_acts__every_allocation_may_fail(void)
{
	struct fixture f = open_fixture();

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		struct acting a = { &f, &acts[i] };

		fail_each(run_act, &a, acts[i].words[0] ? acts[i].words[0] : "unmatched");
	}
	fail_each(add_and_remove, &f, "remove");
	close_fixture(&f);
}

/* --- routes --- */

static const struct question {
	const char *path;
	const char *accept;
	bool stores;
} questions[] = {
	{ "/dicom-web/studies", JSON, true },
	{ "/dicom-web/studies", JSON, false },
	{ "/dicom-web/instances", JSON, false },
	{ STUDY "/series", JSON, false },
	{ STUDY, "multipart/related; type=\"application/dicom\"", false },
	{ INSTANCE, "application/dicom", false },
	{ STUDY "/metadata", JSON, false },
	{ INSTANCE "/metadata", JSON, false },
	{ STUDY "/manifest", "application/dicom", false },
	{ STUDY "/manifest", "application/fhir+json", false },
	{ INSTANCE "/frames/1", OCTETS, false },
	{ INSTANCE "/bulkdata/7FE00010", OCTETS, false },
	{ INSTANCE "/rendered", "image/png", false },
	{ STUDY "/thumbnail", "image/jpeg", false },
};

struct asking {
	struct fixture *f;
	hr_asked *asked;
	const struct question *question;
};

static int ask(const struct asking *a, hr_arena *arena)
{
	const struct question *q = a->question;

	a->asked->arena = arena;
	hr_asked_start(a->asked, q->stores ? HR_HTTP_POST : HR_HTTP_GET, q->path);
	hr_asked_add_header(a->asked, "Accept", q->accept);
	hr_asked_add_header(a->asked, "Host", "h");
	if (q->stores) {
		hr_asked_add_header(a->asked, "Content-Type", "application/dicom");
		hr_asked_set_body(a->asked, next_object(a->f));
	}
	return hr_asked_run(a->asked);
}

/* An answer is whole, or 503. */
static bool run_question(void *context, hr_error *err)
{
	const struct asking *a = context;
	hr_arena *arena = hr_arena_open(ARENA_BYTES);
	int status = arena ? ask(a, arena) : 503;

	hr_arena_close(arena);
	if (status != 200 && status != 503)
		return hr_fail(err, HR_E_INTERNAL, "%s: status %d", a->question->path, status);
	return status == 200 || hr_fail_memory(err);
}

static void test_memory__dicomweb__every_allocation_may_fail(void)
{
	struct fixture f = open_fixture();
	hr_asked asked;
	hr_arena *own;

	hr_asked_open(&asked, NULL);
	own = asked.arena;
	asked.app->films = f.films;
	asked.app->options.open_films = true;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct asking a = { &f, &asked, &questions[i] };

		fail_each(run_question, &a, questions[i].path);
	}
	asked.arena = own;
	hr_asked_close(&asked);
	close_fixture(&f);
}

/* --- the wire --- */

struct saying {
	hr_str bytes;
	bool with_file;
	bool with_error;
};

/* One message there and back again. */
static bool say_and_hear(void *context, hr_error *err)
{
	const struct saying *s = context;
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	const hr_error why = { .code = HR_E_LIMIT, .message = "too much" };
	const int file = s->with_file ? dup(STDERR_FILENO) : -1;
	const hr_wire_message said = { 7, 8, s->with_error ? &why : NULL, s->bytes, file };
	hr_wire_message heard = { .fd = -1 };
	int ours = -1;
	int theirs = -1;
	bool ok = arena && hr_wire_pair(&ours, &theirs, err) && hr_wire_send(ours, &said, err) &&
		  hr_wire_receive(theirs, HR_WIRE_WAITS, arena, &heard, err);

	if (ok)
		CU_ASSERT_TRUE(hr_str_equal(heard.bytes, s->bytes) && heard.number == 8);
	if (ok && s->with_error)
		CU_ASSERT_STRING_EQUAL(heard.why->message, why.message);
	for (size_t i = 0; i < 4; i++) {
		const int fds[] = { file, heard.fd, ours, theirs };

		if (fds[i] >= 0)
			close(fds[i]);
	}
	return ok || (!arena && hr_fail_memory(err));
}

static void test_memory__wire__every_allocation_may_fail(void)
{
	enum { MANY = (48 << 10) + 1 };
	static char many[MANY];
	const struct saying all[] = {
		{ HR_STR("few"), false, false },
		{ HR_STR("few"), true, true },
		{ { many, MANY }, false, false },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct saying s = all[i];

		fail_each(say_and_hear, &s, "wire");
	}
}

/* A worker is begun, asked, answers, and ends. */
static bool run_worker(void *context, hr_error *err)
{
	const struct fixture *f = context;
	const hr_workers_options options = {
		.count = 1, .memory_bytes = 1 << 30, .seconds = 60, .recycle = 1
	};
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	const int fd = make_file(f->object);
	hr_workers *workers = NULL;
	hr_str answer;
	bool ok = arena && hr_workers_open(&options, &workers, err) &&
		  hr_workers_run(workers, HR_WORK_FACTS, fd, HR_STR_NONE, arena, &answer, err);

	hr_workers_close(workers);
	close(fd);
	return ok || (!arena && hr_fail_memory(err));
}

static void test_memory__workers__every_allocation_may_fail(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.object = make_object(f.arena);
	fail_each(run_worker, &f, "workers");
	hr_arena_close(f.arena);
}

/* --- backup and restore --- */

struct copies {
	struct fixture *f;
	unsigned number; /* of folders that were tried */
};

static const char *next_folder(struct copies *copies, char out[256])
{
	snprintf(out, 256, "%s/copy-%u", copies->f->films->options.data, ++copies->number);
	return out;
}

static bool back_up_and_restore(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 20);
	struct copies *copies = context;
	const hr_film_backup_options from = { .films = &copies->f->films->options };
	char backup[256];
	char data[256];
	hr_films_options films = { .data = next_folder(copies, data) };
	const hr_film_backup_options to = { .films = &films };
	hr_film_backup_counts counts;

	if (!arena)
		return hr_fail_memory(err);
	next_folder(copies, backup);
	if (!hr_film_backup_make(&from, backup, (hr_instant){ 0 }, arena, &counts, err))
		return false;
	CU_ASSERT_EQUAL(counts.objects, 1);
	CU_ASSERT_EQUAL(counts.faulty, 0);
	return hr_film_backup_restore(&to, backup, arena, &counts, err);
}

static void test_memory__backup__every_allocation_may_fail(void)
{
	struct fixture f = open_fixture();
	struct copies copies = { .f = &f };
	hr_error err;

	HR_ASSERT_OK(ask_act(&f, &add, f.arena, &err), err);
	fail_each(back_up_and_restore, &copies, "backup");
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_memory__film_acts__every_allocation_may_fail),
	HR_TEST(test_memory__dicomweb__every_allocation_may_fail),
	HR_TEST(test_memory__backup__every_allocation_may_fail),
	HR_TEST(test_memory__wire__every_allocation_may_fail),
	HR_TEST(test_memory__workers__every_allocation_may_fail),
};

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "worker") == 0)
		return hr_worker_main(HR_WORKER_SOCKET);
	return hr_test_run("films_memory", tests, sizeof(tests) / sizeof(tests[0]));
}
