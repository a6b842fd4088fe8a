#include "service/batch_answer.h"

#include "base/base64.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

/*
 * Who holds more than this when memory is short has asked for too much; with
 * less, it is the machine that is short.
 */
enum { LARGE_BYTES = HR_REQUEST_BYTES_MAX / 4, LINE_ROOM = HR_REQUEST_BYTES_MAX / 2 };

bool hr_batch_worker_open(hr_batch_worker *worker, hr_error *err)
{
	worker->reader = hr_reader_open();
	worker->json = hr_json_parser_open();
	worker->arena = hr_arena_open(HR_REQUEST_BYTES_MAX);
	if (!worker->reader || !worker->json || !worker->arena)
		return hr_fail_memory(err);
	return true;
}

void hr_batch_worker_close(hr_batch_worker *worker)
{
	hr_reader_close(worker->reader);
	hr_json_parser_close(worker->json);
	hr_arena_close(worker->arena);
}

/* --- what is to be verified --- */

struct document {
	hr_str id; /* as the envelope says; empty: none */
	hr_str bytes;
};

/* A document of FHIR or of our own says what it is in its first member, as a rule. */
static bool may_be_envelope(hr_str line)
{
	hr_str name = hr_str_trim(hr_str_slice(line, 1, line.len));

	return hr_str_starts_with(line, HR_STR("{")) &&
	       !hr_str_starts_with(name, HR_STR("\"resourceType\"")) &&
	       !hr_str_starts_with(name, HR_STR("\"schema\""));
}

static bool is_text(const hr_json *value)
{
	return value && value->kind == HR_JSON_STRING;
}

/* A line that is no JSON, or no envelope, is left to its reader, which says what is wrong. */
static bool open_envelope(hr_batch_worker *worker, hr_str line, struct document *out, hr_error *err)
{
	struct document document = { .bytes = line };
	const hr_json *root = NULL;
	hr_error fault;

	if (may_be_envelope(line) &&
	    !hr_json_read(worker->json, line, worker->arena, &root, &fault) &&
	    fault.code == HR_E_MEMORY)
		return hr_fail_memory(err);
	document.id = hr_json_path_text(root, HR_STR("id"));
	if (is_text(hr_json_get(root, HR_STR("base64")))) {
		out->id = document.id;
		if (!hr_base64_decode(hr_json_path_text(root, HR_STR("base64")), worker->arena,
				      &document.bytes, err))
			return false;
	} else if (is_text(hr_json_get(root, HR_STR("document")))) {
		document.bytes = hr_json_path_text(root, HR_STR("document"));
	} else {
		document.id = HR_STR_NONE;
	}
	*out = document;
	return true;
}

static bool find_document(hr_batch_worker *worker, const hr_batch_item *item, struct document *out,
			  hr_error *err)
{
	bool cut;

	if (item->fault) {
		*err = *item->fault;
		return false;
	}
	if (item->path.len)
		return hr_file_read_front_at(worker->folder, item->path.data, HR_DOCUMENT_MAX,
					     worker->arena, &out->bytes, &cut, err) &&
		       hr_document_check(out->bytes, cut, item->path.data, err);
	if (!open_envelope(worker, item->bytes, out, err))
		return false;
	return out->bytes.len <= HR_DOCUMENT_MAX ||
	       hr_fail(err, HR_E_LIMIT, "the document is over %d bytes", HR_DOCUMENT_MAX);
}

/* --- the line --- */

static void open_line(hr_json_writer *w, const hr_batch_item *item, hr_str id)
{
	hr_json_open_object(w);
	if (item->path.len) {
		MEMBER(w, "input", item->path);
		return;
	}
	NAME(w, "line");
	hr_json_int(w, (int64_t)item->line);
	MEMBER(w, "id", id);
}

/* Explained they stand in it byte for byte as they do alone. */
static void add_verdicts(hr_json_writer *w, const hr_verdicts *verdicts, bool explain)
{
	MEMBER(w, "outcome", hr_outcome_word(verdicts->outcome));
	hr_json_name(w, explain ? HR_STR("verdicts") : HR_STR("reports"));
	hr_json_open_array(w);
	for (size_t i = 0; i < verdicts->count; i++) {
		if (i)
			HR_BUF_ADD(w->buf, ",");
		if (explain)
			hr_verdict_format_json(&verdicts->verdicts[i], w->buf);
		else
			hr_verdict_format_brief(&verdicts->verdicts[i], w->buf);
	}
	hr_json_close_array(w);
}

static void add_fault(hr_json_writer *w, const hr_error *fault)
{
	NAME(w, "error");
	hr_json_open_object(w);
	MEMBER(w, "code", hr_str_of(hr_error_word(fault->code)));
	MEMBER(w, "title", hr_str_of(hr_error_title(fault->code)));
	MEMBER(w, "titleZh", hr_str_of(hr_error_title_zh(fault->code)));
	MEMBER(w, "detail", hr_str_of(fault->message));
	if (fault->line) {
		NAME(w, "line");
		hr_json_int(w, fault->line);
		NAME(w, "column");
		hr_json_int(w, fault->column);
	}
	hr_json_close_object(w);
}

/* `fault`: there are no verdicts. False when the line does not fit. */
static bool format(hr_batch_worker *worker, const hr_batch_item *item, hr_str id,
		   const hr_verdicts *verdicts, const hr_error *fault, hr_str *out)
{
	hr_json_writer w;
	hr_buf line;

	hr_buf_init(&line, worker->arena, LINE_ROOM);
	hr_json_writer_init(&w, &line, false);
	open_line(&w, item, id);
	if (fault)
		add_fault(&w, fault);
	else
		add_verdicts(&w, verdicts, worker->explain);
	hr_json_close_object(&w);
	HR_BUF_ADD(&line, "\n");
	*out = hr_buf_str(&line);
	return !line.failed;
}

static bool is_ours(const hr_error *fault, size_t used)
{
	return (fault->code == HR_E_MEMORY && used < LARGE_BYTES) || fault->code == HR_E_INTERNAL;
}

static bool answer_fault(hr_batch_worker *worker, const hr_batch_item *item, hr_str id,
			 const hr_error *fault, hr_str *line, hr_buf *notes, hr_error *err)
{
	hr_error shown = *fault;

	if (is_ours(fault, hr_arena_used(worker->arena))) {
		*err = *fault;
		return false;
	}
	/* Its words are of a request; and how many bytes it had is nothing that stays. */
	if (fault->code == HR_E_MEMORY) {
		hr_fail(&shown, HR_E_LIMIT, "the document takes more memory than one may have");
		hr_arena_reset(worker->arena);
		id = HR_STR_NONE;
	}
	if (!format(worker, item, id, NULL, &shown, line))
		return hr_fail_memory(err);
	hr_tally_note_fault(worker->tally, shown.code, notes);
	return true;
}

bool hr_batch_answer(hr_batch_worker *worker, const hr_batch_item *item, hr_str *line,
		     hr_buf *notes, hr_error *err)
{
	struct document document = { .id = HR_STR_NONE };
	hr_verdicts verdicts;
	hr_error fault;

	hr_arena_reset(worker->arena);
	if (!find_document(worker, item, &document, &fault) ||
	    !hr_verify(worker->catalog, worker->reader, worker->question, document.bytes,
		       worker->arena, &verdicts, &fault))
		return answer_fault(worker, item, document.id, &fault, line, notes, err);
	if (!format(worker, item, document.id, &verdicts, NULL, line)) {
		hr_fail_memory(&fault);
		return answer_fault(worker, item, document.id, &fault, line, notes, err);
	}
	hr_tally_note_verdicts(worker->tally, &verdicts, notes);
	return true;
}
