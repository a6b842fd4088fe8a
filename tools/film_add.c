#include "tools/film_add.h"

#include "dicom/dicom.h"
#include "service/batch_folder.h"
#include "tools/progress_line.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	ADDERS = 4,
	ADDER_BYTES = 512 << 20,
	WALK_BYTES = 64 << 20,
	SNIFF_BYTES = 4096,
	PROGRESS_MS = 500,
};

struct adding {
	hr_cli *cli;
	const hr_cli_films *films;
	hr_str institution;
	hr_film_told *told;
	void *context;
	hr_progress_line line;
	bool shows;
	int64_t started_ms;
	int64_t shown_ms;

	pthread_mutex_t lock; /* of what follows, of the line and of `told` */
	size_t word;	      /* the path that is next */
	hr_batch_folder *folder;
	hr_arena *walk; /* of the folder's entries, reset with each */
	hr_film_added added;
	bool failed;
	hr_error err;
};

struct one {
	char path[PATH_MAX];
	bool named; /* on the command line, not found in a folder */
};

/* --- which is next --- */

static bool give(struct one *out, const char *folder, const char *name, hr_error *err)
{
	const int n = folder ? snprintf(out->path, sizeof(out->path), "%s/%s", folder, name)
			     : snprintf(out->path, sizeof(out->path), "%s", name);

	out->named = !folder;
	return n < (int)sizeof(out->path) ||
	       hr_fail(err, HR_E_LIMIT, "a path has more than %d bytes", PATH_MAX - 1);
}

/* Of the folder that is open; `*found` false at its end. */
static bool next_of_folder(struct adding *adding, struct one *out, bool *found, hr_error *err)
{
	const char *folder = adding->cli->words.items[adding->word - 1];
	hr_batch_entry entry;

	hr_arena_reset(adding->walk);
	if (!hr_batch_folder_next(adding->folder, adding->walk, &entry, err))
		return false;
	if (entry.fault) {
		*err = *entry.fault;
		return false;
	}
	*found = entry.path.len > 0;
	if (*found)
		return give(out, folder, entry.path.data, err);
	hr_batch_folder_close(adding->folder);
	adding->folder = NULL;
	return true;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool find_next(struct adding *adding, struct one *out, bool *found, hr_error *err)
{
	const hr_cli_list *words = &adding->cli->words;
	const char *word;

	*found = false;
	for (;;) {
		if (adding->folder && !next_of_folder(adding, out, found, err))
			return false;
		if (*found || (!adding->folder && adding->word == words->count))
			return true;
		if (adding->folder)
			continue;
		word = words->items[adding->word++];
		if (!is_folder(word)) {
			*found = true;
			return give(out, NULL, word, err);
		}
		if (!hr_batch_folder_open(word, HR_BATCH_NAMES, &adding->folder, err))
			return false;
	}
}

static bool take_next(struct adding *adding, struct one *out)
{
	bool found = false;

	pthread_mutex_lock(&adding->lock);
	if (!adding->failed && !find_next(adding, out, &found, &adding->err)) {
		adding->failed = true;
		found = false;
	}
	pthread_mutex_unlock(&adding->lock);
	return found;
}

/* --- what became of it --- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show(struct adding *adding)
{
	const int64_t now = now_ms();
	const hr_batch_progress progress = {
		.inputs = adding->added.files,
		.answered = adding->added.files,
		.seconds = (double)(now - adding->started_ms) / 1000,
	};

	if (!adding->shows || now - adding->shown_ms < PROGRESS_MS)
		return;
	adding->shown_ms = now;
	hr_progress_line_show(&adding->line, &progress);
}

/* `"refusedSeries":N`, of the act's own answer: N is not 0. */
static bool has_unlisted(hr_str answer)
{
	const hr_str name = HR_STR("\"refusedSeries\":");
	const size_t at = hr_str_find(answer, name) + name.len;

	return at < answer.len && answer.data[at] != '0';
}

static void count(hr_film_added *added, hr_str answer, const hr_error *why)
{
	added->files++;
	if (why) {
		added->refused++;
		added->worst = why->code;
	} else if (hr_str_starts_with(answer, HR_STR("{\"result\":\"new\""))) {
		added->fresh++;
	} else {
		added->had++;
	}
	added->unlisted += !why && has_unlisted(answer);
}

/* The folder is gone, or the service: then the next ones need not be tried. */
static bool ends_all(hr_error_code code)
{
	return code == HR_E_UNAVAILABLE || code == HR_E_NO_SPACE || code == HR_E_READ_ONLY;
}

static void tell(struct adding *adding, const struct one *one, hr_str answer, const hr_error *why)
{
	pthread_mutex_lock(&adding->lock);
	if (why && ends_all(why->code) && !adding->failed) {
		adding->failed = true;
		adding->err = *why;
	}
	count(&adding->added, answer, why);
	hr_progress_line_clear(&adding->line);
	adding->told(adding->context, one->path, answer, why);
	show(adding);
	pthread_mutex_unlock(&adding->lock);
}

static void pass(struct adding *adding)
{
	pthread_mutex_lock(&adding->lock);
	adding->added.files++;
	adding->added.passed++;
	show(adding);
	pthread_mutex_unlock(&adding->lock);
}

/* --- one after the other --- */

static bool looks_like_dicom(int fd)
{
	char front[SNIFF_BYTES];
	ssize_t n = pread(fd, front, sizeof(front), 0);

	return n > 0 && hr_dicom_sniff((hr_str){ front, (size_t)n });
}

static void add_one(struct adding *adding, const struct one *one, int *socket, hr_arena *arena)
{
	const int fd = open(one->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	hr_control_answer answer = { .fd = -1 };
	hr_error err;
	bool ok = false;

	if (fd < 0) {
		hr_fail_errno(&err, errno, "open", one->path);
	} else if (!one->named && !looks_like_dicom(fd)) {
		pass(adding);
		close(fd);
		return;
	} else {
		ok = hr_cli_films_ask(adding->films, socket, HR_ACT_ADD, &adding->institution, 1,
				      fd, arena, &answer, &err);
	}
	tell(adding, one, answer.bytes, ok ? NULL : &err);
	if (fd >= 0)
		close(fd);
}

static void *run_adder(void *context)
{
	struct adding *adding = context;
	HR_AUTO(hr_arena) arena = hr_arena_open(ADDER_BYTES);
	struct one one;
	int socket = -1;

	while (arena && take_next(adding, &one)) {
		add_one(adding, &one, &socket, arena);
		hr_arena_reset(arena);
	}
	if (socket >= 0)
		close(socket);
	return NULL;
}

static void run_adders(struct adding *adding)
{
	pthread_t threads[ADDERS - 1];
	size_t started = 0;

	while (started < ADDERS - 1 &&
	       pthread_create(&threads[started], NULL, run_adder, adding) == 0)
		started++;
	run_adder(adding);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

bool hr_film_add(hr_cli *cli, const hr_cli_films *films, hr_str institution, hr_film_told *told,
		 void *context, hr_film_added *out)
{
	static const hr_progress_words words = { "已处理 ", " 个文件", " files" };
	HR_AUTO(hr_arena) walk = hr_arena_open(WALK_BYTES);
	struct adding adding = {
		.cli = cli,
		.films = films,
		.institution = institution,
		.told = told,
		.context = context,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.walk = walk,
		.started_ms = now_ms(),
	};

	if (!walk)
		return hr_fail_memory(&cli->err);
	adding.shows = hr_progress_line_open(
		&adding.line, &words, hr_cli_is_english(cli) ? HR_LANG_EN : HR_LANG_ZH, false);
	run_adders(&adding);
	hr_progress_line_clear(&adding.line);
	hr_batch_folder_close(adding.folder);
	*out = adding.added;
	cli->err = adding.err;
	return !adding.failed;
}
