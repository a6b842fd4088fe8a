/* huren film: what a data folder keeps of films, and what comes into it. */
#include "tools/cli_documents.h"
#include "tools/film_add.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_BYTES_MAX = 256 << 20, SEARCH_WORDS = 32, COPY_BYTES = 256 << 10 };

struct values {
	const char *institution;
	const char *name;
	const char *patient_id;
	const char *date;
	const char *modality;
	const char *accession;
	const char *limit;
	const char *offset;
	bool json;
};

/* --- add --- */

static const hr_cli_option add_options[] = {
	HR_CLI_OPTION("institution", HR_CLI_TEXT, institution, "USCC",
		      "whose patient numbers stand in the files, where these do not say"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL, "a line of JSON for each file"),
};

struct telling {
	hr_cli *cli;
	bool json;
};

static void add_error(hr_json_writer *w, const hr_error *why)
{
	hr_json_member(w, HR_STR("result"), HR_STR("refused"));
	hr_json_member(w, HR_STR("error"), hr_str_of(hr_error_word(why->code)));
	hr_json_member(w, HR_STR("message"), hr_str_of(why->message));
}

/* {"file":PATH, and then the members of the act's answer. */
static void print_json(FILE *out, const char *path, hr_str answer, const hr_error *why)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_json_writer w;
	hr_buf buf;

	if (!arena)
		return;
	hr_buf_init(&buf, arena, (size_t)1 << 20);
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("file"), hr_str_of(path));
	if (why)
		add_error(&w, why);
	hr_json_close_object(&w);
	if (!why) {
		buf.len--;
		HR_BUF_ADD(&buf, ",");
		hr_buf_add(&buf, hr_str_slice(answer, 1, answer.len));
	}
	HR_BUF_ADD(&buf, "\n");
	fwrite(buf.data, 1, buf.len, out);
}

static void tell_added(void *context, const char *path, hr_str answer, const hr_error *why)
{
	const struct telling *telling = context;

	if (telling->json)
		print_json(telling->cli->out, path, answer, why);
	else if (why)
		fprintf(stderr, "huren: %s: %s\n", path, why->message);
}

static void sum_up(const hr_cli *cli, const hr_film_added *added)
{
	const bool english = hr_cli_is_english(cli);

	fprintf(stderr,
		english ? "huren: %" PRIu64 " taken in, %" PRIu64 " were there already, %" PRIu64
			  " refused, %" PRIu64 " are no DICOM\n"
			: "huren: 收入 %" PRIu64 " 个, 已有 %" PRIu64 " 个, 拒收 %" PRIu64
			  " 个, 非 DICOM %" PRIu64 " 个\n",
		added->fresh, added->had, added->refused, added->passed);
	if (added->unlisted)
		fprintf(stderr,
			english ? "huren: %" PRIu64 " manifests name addresses from which nothing "
				  "is fetched: add their origins to 'retrieve-origin', and the "
				  "manifests again\n"
				: "huren: %" PRIu64 " 份清单中的地址不在 'retrieve-origin' 之列, "
				  "不会从那里调取; 请补入该设置后重新收入清单\n",
			added->unlisted);
}

static int run_add(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct telling telling = { cli, v->json };
	hr_film_added added;
	hr_cli_films films;
	bool ok;

	if (!hr_cli_films_open(cli, &films))
		return HR_CLI_FAILED;
	ok = hr_film_add(cli, &films, hr_str_of(v->institution), tell_added, &telling, &added);
	hr_cli_films_close(&films);
	sum_up(cli, &added);
	if (!ok)
		return HR_CLI_FAILED;
	return added.refused ? hr_error_exit(added.worst) : 0;
}

const hr_cli_command hr_cli_film_add = {
	.name = "film add",
	.usage = "PATH...",
	.summary = "Take DICOM files, folders of them, and links to films into a data folder.",
	.notes = "Links are manifests, as DICOM (KOS, MADO) or FHIR (ImagingStudy), of films that\n"
		 "others keep; and files of the 82 characters of the national image index, one a\n"
		 "line. Films are fetched from the origins of 'retrieve-origin' alone.\n"
		 "What it reports as taken in is on the disk. It may be run again: what is there\n"
		 "is not taken twice. Beside a running service the service does the work.\n"
		 "Exit 0 when nothing was refused, else as the last refusal says.\n",
	HR_CLI_OPTIONS(add_options),
	.words_min = 1,
	.words_max = SIZE_MAX,
	.takes_settings = true,
	.run = run_add,
};

/* --- list --- */

static const hr_cli_option list_options[] = {
	HR_CLI_OPTION("name", HR_CLI_TEXT, name, "NAME",
		      "of the patient, or its beginning: 张建国, 建国, zhangjianguo, zjg"),
	HR_CLI_OPTION("patient-id", HR_CLI_TEXT, patient_id, "ID", "PatientID"),
	HR_CLI_OPTION("date", HR_CLI_TEXT, date, "DATES",
		      "of the study: 20260103, 20260101-20260131"),
	HR_CLI_OPTION("modality", HR_CLI_TEXT, modality, "MODALITY", "CT, MR, DX"),
	HR_CLI_OPTION("accession", HR_CLI_TEXT, accession, "NUMBER", "AccessionNumber"),
	HR_CLI_OPTION("limit", HR_CLI_TEXT, limit, "N", "studies at most; default 100"),
	HR_CLI_OPTION("offset", HR_CLI_TEXT, offset, "N", "studies to pass over before"),
	HR_CLI_OPTION("json", HR_CLI_FLAG, json, NULL, "the answer as DICOM JSON"),
};

struct search {
	hr_str words[SEARCH_WORDS];
	size_t count;
};

static void add_word(struct search *search, const char *name, const char *value)
{
	if (!value)
		return;
	search->words[search->count++] = hr_str_of(name);
	search->words[search->count++] = hr_str_of(value);
}

/* The first value of an attribute; of a name the characters, else the letters. */
static hr_str value_of(const hr_json *set, const char *tag)
{
	const hr_json *attribute = hr_json_get(set, hr_str_of(tag));
	const hr_json *values = hr_json_get(attribute, HR_STR("Value"));
	const hr_json *first = values ? values->first : NULL;
	hr_str ideographic = hr_json_text(hr_json_get(first, HR_STR("Ideographic")));

	if (!first || first->kind != HR_JSON_OBJECT)
		return first ? first->text : HR_STR_NONE;
	return ideographic.len ? ideographic
			       : hr_json_text(hr_json_get(first, HR_STR("Alphabetic")));
}

/* What would break the line, or the terminal, becomes a blank. */
static void add_cell(hr_buf *out, hr_str text, const char *end)
{
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.data[i];

		hr_buf_add(out, c < 0x20 || c == 0x7f ? HR_STR(" ") : hr_str_slice(text, i, i + 1));
	}
	hr_buf_add(out, hr_str_of(end));
}

static void add_modalities(hr_buf *out, const hr_json *study)
{
	const hr_json *values =
		hr_json_get(hr_json_get(study, HR_STR("00080061")), HR_STR("Value"));

	for (const hr_json *v = values ? values->first : NULL; v; v = v->next)
		add_cell(out, v->text, v->next ? "," : "");
	HR_BUF_ADD(out, "\t");
}

static void add_study(hr_buf *out, const hr_json *study)
{
	add_cell(out, value_of(study, "00080020"), "\t");
	add_modalities(out, study);
	add_cell(out, value_of(study, "00100010"), "\t");
	add_cell(out, value_of(study, "00100020"), "\t");
	add_cell(out, value_of(study, "00081030"), "\t");
	add_cell(out, value_of(study, "00201206"), "\t");
	add_cell(out, value_of(study, "00201208"), "\t");
	add_cell(out, value_of(study, "0020000D"), "\n");
}

static int print_studies(hr_cli *cli, hr_str answer)
{
	const hr_json *studies;
	hr_buf buf;

	if (!hr_cli_parse_json(cli, answer, &studies))
		return HR_CLI_FAILED;
	hr_buf_init(&buf, cli->arena, LIST_BYTES_MAX);
	for (const hr_json *study = studies->first; study; study = study->next)
		add_study(&buf, study);
	return hr_cli_print_buf(cli, &buf, 0);
}

static int run_list(hr_cli *cli)
{
	const struct values *v = cli->values;
	struct search search = { .words = { HR_STR("study") }, .count = 1 };
	hr_str answer;

	add_word(&search, "PatientName", v->name);
	add_word(&search, "fuzzymatching", v->name ? "true" : NULL);
	add_word(&search, "PatientID", v->patient_id);
	add_word(&search, "StudyDate", v->date);
	add_word(&search, "ModalitiesInStudy", v->modality);
	add_word(&search, "AccessionNumber", v->accession);
	add_word(&search, "limit", v->limit);
	add_word(&search, "offset", v->offset);
	add_word(&search, "includefield", "StudyDescription");
	if (!hr_cli_films_ask_once(cli, HR_ACT_SEARCH, search.words, search.count, -1, &answer))
		return HR_CLI_FAILED;
	return v->json ? hr_cli_films_print(cli, answer) : print_studies(cli, answer);
}

const hr_cli_command hr_cli_film_list = {
	.name = "film list",
	.usage = "",
	.summary = "The studies, newest first: date, modalities, patient, PatientID, description,\n"
		   "series, instances, StudyInstanceUID; parted by tabs.",
	HR_CLI_OPTIONS(list_options),
	.takes_settings = true,
	.run = run_list,
};

/* --- export --- */

struct exporting {
	hr_cli *cli;
	hr_cli_films films;
	int socket;
	const char *folder;
	char *piece; /* COPY_BYTES */
	uint64_t files;
	uint64_t bytes;
};

static bool make_folder(const char *path, hr_error *err)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST || hr_fail_errno(err, errno, "make", path);
}

/* FOLDER/SERIES/INSTANCE.dcm. What is no name for a file is not made one. */
static const char *make_path(const struct exporting *e, hr_str series, hr_str instance,
			     hr_error *err)
{
	hr_buf buf;

	if (!hr_file_name_is_safe(series) || !hr_file_name_is_safe(instance)) {
		hr_fail(err, HR_E_UNSUPPORTED, "a UID of the study is no name for a file");
		return NULL;
	}
	hr_buf_init(&buf, e->cli->arena, PATH_MAX);
	hr_buf_addf(&buf, "%s/%.*s", e->folder, HR_STR_ARG(series));
	if (buf.failed || !make_folder(hr_str_terminated(e->cli->arena, hr_buf_str(&buf)), err))
		return NULL;
	hr_buf_addf(&buf, "/%.*s.dcm", HR_STR_ARG(instance));
	return buf.failed ? NULL : hr_str_terminated(e->cli->arena, hr_buf_str(&buf));
}

static bool copy_bytes(int from, int to, char *piece, uint64_t *copied, const char *path,
		       hr_error *err)
{
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, piece, COPY_BYTES, at)) > 0) {
		if (!hr_write_all(to, (hr_str){ piece, (size_t)n }))
			return hr_fail_errno(err, errno, "write", path);
		at += n;
	}
	*copied += (uint64_t)at;
	return n == 0 || hr_fail_errno(err, errno, "read", "the object");
}

/* Nothing is overwritten. */
static bool write_object(struct exporting *e, int from, const char *path, hr_error *err)
{
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	const int to = open(path, flags, 0666);
	bool ok;

	if (to < 0)
		return hr_fail_errno(err, errno, "make", path);
	ok = copy_bytes(from, to, e->piece, &e->bytes, path, err);
	if (close(to) != 0 && ok)
		ok = hr_fail_errno(err, errno, "write", path);
	if (!ok)
		unlink(path);
	return ok;
}

static bool export_object(struct exporting *e, hr_str series, hr_str instance, hr_error *err)
{
	const hr_str words[] = { hr_cli_word(e->cli, 0), series, instance };
	const char *path = make_path(e, series, instance, err);
	hr_control_answer got;
	bool ok;

	if (!path)
		return hr_arena_is_short(e->cli->arena) ? hr_fail_memory(err) : false;
	if (!hr_cli_films_ask(&e->films, &e->socket, HR_ACT_OBJECT, words, 3, -1, e->cli->arena,
			      &got, err))
		return false;
	ok = write_object(e, got.fd, path, err);
	close(got.fd);
	e->files += ok;
	return ok;
}

static bool export_all(struct exporting *e, const hr_json *objects, hr_error *err)
{
	e->piece = hr_arena_alloc_text(e->cli->arena, COPY_BYTES);
	if (!e->piece)
		return hr_fail_memory(err);
	if (!make_folder(e->folder, err))
		return false;
	for (const hr_json *o = objects->first; o; o = o->next)
		if (!export_object(e, hr_json_text(hr_json_get(o, HR_STR("series"))),
				   hr_json_text(hr_json_get(o, HR_STR("instance"))), err))
			return false;
	return true;
}

static bool find_objects(struct exporting *e, const hr_json **out)
{
	const hr_str words[] = { hr_cli_word(e->cli, 0), HR_STR_NONE, HR_STR_NONE };
	hr_control_answer got;

	return hr_cli_films_ask(&e->films, &e->socket, HR_ACT_OBJECTS, words, 3, -1, e->cli->arena,
				&got, &e->cli->err) &&
	       hr_cli_parse_json(e->cli, got.bytes, out);
}

static int run_export(hr_cli *cli)
{
	struct exporting e = { .cli = cli, .socket = -1, .folder = cli->words.items[1] };
	const hr_json *objects;
	bool ok;

	if (!hr_cli_films_open(cli, &e.films))
		return HR_CLI_FAILED;
	ok = find_objects(&e, &objects) && export_all(&e, objects, &cli->err);
	if (e.socket >= 0)
		close(e.socket);
	hr_cli_films_close(&e.films);
	if (!ok)
		return HR_CLI_FAILED;
	fprintf(stderr,
		hr_cli_is_english(cli) ? "huren: %" PRIu64 " files, %" PRIu64 " bytes\n"
				       : "huren: 导出 %" PRIu64 " 个文件, %" PRIu64 " 字节\n",
		e.files, e.bytes);
	return 0;
}

const hr_cli_command hr_cli_film_export = {
	.name = "film export",
	.usage = "STUDY DIR",
	.summary = "Write the files of a study, as they came: DIR/SERIES/INSTANCE.dcm.",
	.notes = "Nothing is overwritten.\n",
	.takes_settings = true,
	.words_min = 2,
	.words_max = 2,
	.run = run_export,
};
