#include "service/film_acts_parts.h"

#include "dicom/dicom.h"
#include "service/filing_acts.h"
#include "service/film_links.h"
#include "service/film_publish.h"
#include "service/film_reports.h"
#include "service/manifest_out.h"
#include "service/settlement_acts.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 256 << 10, SNIFF_BYTES = 4096 };

/* --- words --- */

bool hr_film_act_pack(const hr_str *words, size_t count, hr_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		hr_buf_add(out, words[i]);
		hr_buf_add(out, (hr_str){ "", 1 });
	}
	return !out->failed;
}

bool hr_film_act_unpack(hr_str bytes, hr_str words[HR_ACT_WORDS_MAX], size_t *count, hr_error *err)
{
	size_t n = 0;

	while (bytes.len) {
		size_t end = hr_str_find(bytes, (hr_str){ "", 1 });

		if (end >= bytes.len || n == HR_ACT_WORDS_MAX)
			return hr_fail(err, HR_E_USAGE, "the words of the act are no words");
		words[n++] = hr_str_slice(bytes, 0, end);
		bytes = hr_str_slice(bytes, end + 1, bytes.len);
	}
	*count = n;
	return true;
}

void hr_act_text(hr_json_writer *w, const char *name, hr_str value)
{
	hr_json_name(w, hr_str_of(name));
	hr_json_string(w, value);
}

void hr_act_number(hr_json_writer *w, const char *name, uint64_t value)
{
	hr_json_name(w, hr_str_of(name));
	hr_json_int(w, (int64_t)value);
}

/* Read, not mapped: whoever asks may cut his file while it is read here. */
bool hr_act_read_file(hr_film_asked *asked, size_t max, hr_str *out, hr_error *err)
{
	struct stat st;
	char *bytes;
	size_t len = 0;
	ssize_t n = 1;

	if (asked->act->fd < 0)
		return hr_fail(err, HR_E_USAGE, "there is no file");
	if (fstat(asked->act->fd, &st) != 0)
		return hr_fail_errno(err, errno, "look at", "the file");
	if (st.st_size < 0 || (size_t)st.st_size > max)
		return hr_fail(err, HR_E_LIMIT, "such a file has at most %zu bytes", max);
	bytes = hr_arena_alloc_text(asked->arena, (size_t)st.st_size + 1);
	if (!bytes)
		return hr_fail_memory(err);
	while (n > 0 && len < (size_t)st.st_size) {
		n = pread(asked->act->fd, bytes + len, (size_t)st.st_size - len, (off_t)len);
		len += n > 0 ? (size_t)n : 0;
	}
	*out = (hr_str){ bytes, len };
	return n >= 0 || hr_fail_errno(err, errno, "read", "the file");
}

/* --- add --- */

static bool copy_file(int fd, hr_draft *draft, hr_arena *arena, hr_error *err)
{
	char *piece = hr_arena_alloc_text(arena, PIECE_BYTES);
	off_t at = 0;
	ssize_t n;

	if (!piece)
		return hr_fail_memory(err);
	while ((n = pread(fd, piece, PIECE_BYTES, at)) > 0) {
		if (!hr_draft_add(draft, (hr_str){ piece, (size_t)n }, err))
			return false;
		at += n;
	}
	return n == 0 || hr_fail_errno(err, errno, "read", "the file");
}

static bool take_file(hr_film_asked *asked, hr_film_facts *facts, hr_films_taken *taken,
		      hr_error *err)
{
	const hr_film_source source = { asked->act->who, asked->words[0], asked->at };
	hr_draft draft;

	if (!hr_objects_draft(asked->films->objects, &draft, err))
		return false;
	if (!copy_file(asked->act->fd, &draft, asked->arena, err))
		return hr_draft_drop(&draft);
	return hr_films_take_draft(asked->films, &draft, &source, asked->arena, facts, taken, err);
}

static void add_linked(hr_json_writer *w, const hr_films_linked *linked)
{
	if (linked->instances == 0)
		return;
	hr_act_number(w, "links", linked->instances);
	hr_act_number(w, "newLinks", linked->fresh);
	hr_act_number(w, "refusedSeries", linked->refused);
}

static bool add_object(hr_film_asked *asked, hr_error *err)
{
	hr_json_writer w;
	hr_film_facts facts = { .rows = 0 };
	hr_films_taken taken = { .put = HR_FILM_NEW };

	if (!take_file(asked, &facts, &taken, err))
		return false;
	if (taken.put == HR_FILM_DIFFERENT)
		return hr_fail(err, HR_E_CONFLICT,
			       "an object of the same SOP Instance UID is there, with other bytes");
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_act_text(&w, "result", taken.put == HR_FILM_NEW ? HR_STR("new") : HR_STR("had"));
	hr_act_text(&w, "study", facts.study_uid);
	hr_act_text(&w, "series", facts.series_uid);
	hr_act_text(&w, "instance", facts.instance_uid);
	add_linked(&w, &taken.linked);
	hr_json_close_object(&w);
	return true;
}

static bool add_links(hr_film_asked *asked, hr_error *err)
{
	const hr_film_source source = { asked->act->who, asked->words[0], asked->at };
	hr_films_linked linked = { .instances = 0 };
	hr_json_writer w;
	hr_str text;

	if (!hr_act_read_file(asked, HR_FILM_LINKS_BYTES_MAX, &text, err) ||
	    !hr_film_link_text(asked->films, text, &source, asked->arena, &linked, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_act_text(&w, "result", linked.fresh ? HR_STR("new") : HR_STR("had"));
	add_linked(&w, &linked);
	hr_json_close_object(&w);
	return true;
}

static bool act_add(hr_film_asked *asked, hr_error *err)
{
	char front[SNIFF_BYTES];
	hr_str text;
	ssize_t n;

	if (asked->act->fd < 0)
		return hr_fail(err, HR_E_USAGE, "there is no file to add");
	n = pread(asked->act->fd, front, sizeof(front), 0);
	if (n < 0)
		return hr_fail_errno(err, errno, "read", "the file");
	text = (hr_str){ front, (size_t)n };
	return !hr_dicom_sniff(text) && hr_film_links_sniff(text) ? add_links(asked, err)
								  : add_object(asked, err);
}

/* --- search --- */

static bool find_level(hr_str word, hr_film_level *out)
{
	static const hr_str words[] = { [HR_FILM_STUDY] = HR_STR_INIT("study"),
					[HR_FILM_SERIES] = HR_STR_INIT("series"),
					[HR_FILM_INSTANCE] = HR_STR_INIT("instance") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_str_equal(word, words[i])) {
			*out = (hr_film_level)i;
			return true;
		}
	return false;
}

static bool act_search(hr_film_asked *asked, hr_error *err)
{
	hr_film_field fields[HR_ACT_WORDS_MAX / 2];
	hr_film_level level;
	hr_film_query query;
	hr_film_page page;
	size_t count = 0;

	if (!find_level(asked->words[0], &level) || asked->count % 2 == 0)
		return hr_fail(err, HR_E_USAGE, "a search wants a level, names and values");
	for (size_t i = 1; i + 1 < asked->count; i += 2)
		fields[count++] = (hr_film_field){ asked->words[i], asked->words[i + 1] };
	return hr_film_query_read(level, fields, count, asked->arena, &query, err) &&
	       hr_film_search(asked->films->store, &query, NULL, HR_STR_NONE, &asked->out, &page,
			      err);
}

/* --- objects --- */

static void tell_object(hr_json_writer *w, const hr_film_instance *instance)
{
	char digest[HR_SHA256_TEXT];

	hr_json_open_object(w);
	hr_act_text(w, "series", instance->series_uid);
	hr_act_text(w, "instance", instance->instance_uid);
	hr_act_text(w, "digest", hr_digest_format(&instance->object.digest, digest));
	hr_act_number(w, "size", instance->object.size);
	hr_json_close_object(w);
}

static bool act_objects(hr_film_asked *asked, hr_error *err)
{
	hr_film_instance *instances;
	hr_json_writer w;
	size_t count;

	if (!hr_film_instances(asked->films->store, asked->words[0], asked->words[1],
			       asked->words[2], NULL, 0, asked->arena, &instances, &count, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_array(&w);
	/* What is kept elsewhere is there to be exported. */
	for (size_t i = 0; i < count; i++)
		if (instances[i].availability == HR_FILM_ONLINE)
			tell_object(&w, &instances[i]);
	hr_json_close_array(&w);
	return true;
}

static bool act_object(hr_film_asked *asked, hr_error *err)
{
	hr_film_instance *instance;
	size_t count;

	return hr_film_instances(asked->films->store, asked->words[0], asked->words[1],
				 asked->words[2], NULL, 0, asked->arena, &instance, &count, err) &&
	       hr_films_open_instance(asked->films, instance, &asked->fd, err);
}

/* --- manifests --- */

static bool act_manifest(hr_film_asked *asked, hr_error *err)
{
	const hr_manifest_ask ask = {
		.study_uid = asked->words[0],
		.base = asked->words[2],
		.format = hr_str_equal(asked->words[1], HR_STR("fhir")) ? HR_MANIFEST_FHIR
									: HR_MANIFEST_KOS,
	};
	hr_str manifest;

	if (!hr_manifest_make(asked->films, &ask, asked->arena, &manifest, err))
		return false;
	hr_buf_add(&asked->out, manifest);
	return true;
}

static bool act_index(hr_film_asked *asked, hr_error *err)
{
	const hr_image_index_ask ask = { asked->words[0], asked->words[1], asked->words[2] };
	char index[HR_IMAGE_INDEX_TEXT];

	if (!hr_image_index_make(asked->films, &ask, asked->arena, index, err))
		return false;
	hr_buf_add(&asked->out, hr_str_of(index));
	return true;
}

/* --- reports --- */

static bool act_leads(hr_film_asked *asked, hr_error *err)
{
	hr_film_candidates candidates;
	hr_film_wanted wanted;

	if (!hr_film_wanted_read(asked->words, asked->count, &wanted, err) ||
	    !hr_film_candidates_find(asked->films, &wanted, NULL, asked->arena, &candidates, err))
		return false;
	hr_film_candidates_format(&candidates, &asked->out);
	return true;
}

/* --- links in bulk --- */

static bool act_publish(hr_film_asked *asked, hr_error *err)
{
	const hr_film_publish_options options = {
		.source = { asked->act->who, asked->words[0], asked->at },
		.overrides = true, /* only its operator asks for acts (control.h) */
	};
	const hr_link_form form =
		hr_str_equal(asked->words[1], HR_STR("csv")) ? HR_LINK_SHEET : HR_LINK_LINES;
	hr_publish_row *told = HR_NEW_N(asked->arena, hr_publish_row, HR_PUBLISH_ROWS_MAX);
	hr_link_rows *rows;
	hr_str text;
	size_t count;

	if (!told)
		return hr_fail_memory(err);
	if (!hr_act_read_file(asked, HR_ACT_PUBLISH_BYTES_MAX, &text, err) ||
	    !hr_link_rows_open(text, form, asked->arena, &rows, err) ||
	    !hr_film_publish_rows(asked->films, rows, 0, &options, told, &count, err))
		return false;
	HR_BUF_ADD(&asked->out, "[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			HR_BUF_ADD(&asked->out, ",");
		hr_publish_format_row(&told[i], hr_link_rows_number(rows, i), true, &asked->out);
	}
	HR_BUF_ADD(&asked->out, "]");
	return true;
}

/* --- the table --- */

static const struct {
	hr_film_act act;
	bool takes; /* it may take a study from somebody who sees it */
	size_t words_min;
	bool (*run)(hr_film_asked *asked, hr_error *err);
} acts[] = {
	{ HR_ACT_ADD, false, 1, act_add },
	{ HR_ACT_SEARCH, false, 1, act_search },
	{ HR_ACT_OBJECTS, false, 3, act_objects },
	{ HR_ACT_OBJECT, false, 3, act_object },
	{ HR_ACT_SHOW, false, 1, hr_act_show },
	{ HR_ACT_UNMATCHED, false, 0, hr_act_unmatched },
	{ HR_ACT_STATE, true, 3, hr_act_state },
	{ HR_ACT_MATCH, true, 2, hr_act_match },
	{ HR_ACT_CORRECT, true, 2, hr_act_correct },
	{ HR_ACT_REMOVE, true, 4, hr_act_remove },
	{ HR_ACT_CHECK, false, 2, hr_act_check },
	{ HR_ACT_MANIFEST, false, 3, act_manifest },
	{ HR_ACT_INDEX, false, 3, act_index },
	{ HR_ACT_LEADS, false, 0, act_leads },
	{ HR_ACT_PUBLISH, false, 2, act_publish },
	{ HR_ACT_SHARE, false, 1, hr_act_share },
	{ HR_ACT_PICKUP, false, 1, hr_act_pickup },
	{ HR_ACT_SHARES, false, 1, hr_act_shares },
	{ HR_ACT_REVOKE, true, 2, hr_act_share_revoke },
	{ HR_ACT_HISTORY, false, 1, hr_act_share_log },
	{ HR_ACT_FILINGS, false, HR_FILINGS_WORDS, hr_act_filings },
	{ HR_ACT_FILE, false, HR_FILE_WORDS, hr_act_file },
	{ HR_ACT_CLAIM, false, 2, hr_act_claim },
	{ HR_ACT_YEAR, false, HR_SETTLEMENTS_WORDS, hr_act_settlements },
	{ HR_ACT_SETTLE, false, HR_SETTLE_WORDS, hr_act_settle },
	{ HR_ACT_YEARS, false, HR_SETTLEMENT_YEARS_WORDS, hr_act_settlement_years },
	{ HR_ACT_RESETTLE, false, HR_RESETTLE_WORDS, hr_act_resettle },
};

static bool run(hr_film_asked *asked, hr_error *err)
{
	bool ok;

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (acts[i].act == asked->act->kind && asked->count >= acts[i].words_min) {
			ok = acts[i].run(asked, err);
			/* Also when it failed: what went before the fault is done. */
			if (acts[i].takes)
				hr_films_note_change(asked->films);
			return ok;
		}
	return hr_fail(err, HR_E_USAGE, "this huren knows no such act: is the service as new?");
}

bool hr_film_act_run(void *films, const hr_control_act *act, hr_arena *arena,
		     hr_control_answer *out, hr_error *err)
{
	hr_film_asked asked = {
		.films = films,
		.act = act,
		.at = { time(NULL) },
		.arena = arena,
		.fd = -1,
	};

	hr_buf_init(&asked.out, arena, HR_ACT_ANSWER_MAX);
	if (!hr_film_act_unpack(act->bytes, asked.words, &asked.count, err) || !run(&asked, err))
		return false;
	if (asked.out.failed)
		return hr_fail_memory(err);
	*out = (hr_control_answer){ hr_buf_str(&asked.out), asked.fd };
	return true;
}
