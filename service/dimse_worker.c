/*
 * The process of an association: what DCMTK receives is written to a draft
 * that the service has opened, looked into here, and handed over with what was
 * found. Whatever a hostile object makes of this process ends with it.
 */
#include "service/dimse_parts.h"

#include "base/file.h"
#include "dicom/dcmtk.h"
#include "dicom/dicom.h"
#include "dicom/encode.h"
#include "dicom/facts.h"
#include "service/file_digest.h"
#include "service/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORDS_BYTES = 1 << 16, LIFE_BYTES = 1 << 20, COMMIT_BYTES = 64 << 20, HOST_BYTES = 256 };

struct receiver {
	int service; /* the socket to it */
	hr_dimse_settings settings;
	hr_arena *arena; /* of one object, or of one question */
	hr_error err;	 /* of the object; HR_E_NONE: none so far */
	int draft;
	int next;		/* a draft that has come ahead; -1: none */
	hr_file_digest *digest; /* of the draft */
	uint64_t size;
	bool is_dropped; /* the service knows no draft of it any more */
	hr_str sop_class;
	hr_str instance_uid;
	char host[HOST_BYTES]; /* where this association's reports go */
};

/* --- asking the service --- */

/*
 * That it is to end may come in front of an answer. Then nothing more will be
 * heard behind the answer, which ends the association before its next message.
 */
static bool ask(struct receiver *r, const hr_wire_message *question, hr_wire_message *out,
		hr_error *err)
{
	bool ends = false;

	if (!hr_wire_send(r->service, question, err))
		return false;
	do {
		if (!hr_wire_receive(r->service, HR_WIRE_WAITS, r->arena, out, err))
			return false;
		ends |= out->kind == HR_DIMSE_END;
	} while (out->kind == HR_DIMSE_END);
	if (ends)
		shutdown(r->service, SHUT_RD);
	if (!out->why)
		return true;
	*err = *out->why;
	return false;
}

/* "host:port", of our own settings. */
static void read_peer(struct receiver *r, hr_str text, hr_association_peer *out)
{
	size_t colon = text.len;
	hr_buf host;

	while (colon > 0 && text.data[colon - 1] != ':')
		colon--;
	if (!colon)
		return;
	for (size_t i = colon; i < text.len; i++)
		out->port = out->port * 10 + (unsigned)(text.data[i] - '0');
	hr_buf_init_over(&host, r->host, sizeof(r->host));
	hr_buf_add(&host, hr_str_slice(text, 0, colon - 1));
	if (!host.failed)
		out->host = r->host;
}

static hr_association_verdict admit(void *context, hr_str calling, hr_str called,
				    hr_association_peer *peer)
{
	struct receiver *r = context;
	hr_wire_message question = { .kind = HR_DIMSE_ADMIT, .fd = -1 };
	hr_wire_message answer;
	hr_error err;
	char text[2 * HR_AE_MAX + 2];
	hr_buf buf;

	hr_buf_init_over(&buf, text, sizeof(text));
	hr_buf_add(&buf, calling);
	hr_buf_add_char(&buf, '\0');
	hr_buf_add(&buf, called);
	question.bytes = hr_buf_str(&buf);
	if (!ask(r, &question, &answer, &err) || answer.number > HR_ASSOCIATION_BUSY)
		return HR_ASSOCIATION_BUSY;
	if (answer.bytes.len)
		read_peer(r, answer.bytes, peer);
	return (hr_association_verdict)answer.number;
}

/* --- one object --- */

static void write_bytes(struct receiver *r, hr_str bytes)
{
	if (r->err.code)
		return;
	if (r->size + bytes.len > r->settings.object_bytes_max)
		hr_fail(&r->err, HR_E_LIMIT, "an object has more than %llu bytes",
			(unsigned long long)r->settings.object_bytes_max);
	else if (!hr_write_early(r->draft, r->size, bytes))
		hr_fail_errno(&r->err, errno, "write", "objects");
	r->size += bytes.len;
	if (!r->err.code)
		hr_file_digest_grow(r->digest, r->size);
}

static bool ask_for_draft(struct receiver *r, hr_error *err)
{
	const hr_wire_message question = { .kind = HR_DIMSE_DRAFT, .fd = -1 };
	hr_wire_message answer;

	if (!ask(r, &question, &answer, err))
		return false;
	r->next = answer.fd;
	return true;
}

static bool open_draft(struct receiver *r, hr_error *err)
{
	r->is_dropped = true;
	if (r->next < 0 && !ask_for_draft(r, err))
		return false;
	r->is_dropped = false;
	r->draft = r->next;
	r->next = -1;
	return r->draft < 0 ? hr_fail(err, HR_E_INTERNAL, "the service has given no file")
			    : hr_file_digest_begin(r->digest, r->draft, err);
}

/* Who has sent it is not in it: the same object from another is the same bytes. The audit knows. */
static void write_head(struct receiver *r, const hr_store_request *request)
{
	const hr_dicom_meta meta = {
		.sop_class = request->sop_class,
		.sop_instance = request->instance_uid,
		.transfer_syntax = request->transfer_syntax,
	};
	hr_buf head;

	hr_buf_init(&head, r->arena, WORDS_BYTES);
	hr_dicom_put_meta(&head, &meta);
	if (head.failed)
		hr_fail(&r->err, HR_E_LIMIT, "a UID has more than 64 characters");
	else
		write_bytes(r, hr_buf_str(&head));
}

static void begin(void *context, const hr_store_request *request)
{
	struct receiver *r = context;

	hr_arena_reset(r->arena);
	r->err.code = HR_E_NONE;
	r->draft = -1;
	r->size = 0;
	r->sop_class = hr_str_copy(r->arena, request->sop_class);
	r->instance_uid = hr_str_copy(r->arena, request->instance_uid);
	if (!r->sop_class.data || !r->instance_uid.data)
		hr_fail_memory(&r->err);
	else if (open_draft(r, &r->err))
		write_head(r, request);
}

static void add(void *context, hr_str bytes)
{
	write_bytes(context, bytes);
}

static bool check_request(const struct receiver *r, const hr_film_facts *facts, hr_error *err)
{
	if (hr_str_equal(r->sop_class, facts->sop_class) &&
	    hr_str_equal(r->instance_uid, facts->instance_uid))
		return true;
	return hr_fail(err, HR_E_CONFLICT, "the data set has another UID than the command");
}

/* The clock of the wall runs: a process that is held by an object ends. */
static bool look(struct receiver *r, hr_buf *out, hr_error *err)
{
	hr_film_facts facts;
	hr_str file;
	bool ok;

	alarm(r->settings.look_seconds);
	ok = hr_wire_map(r->draft, r->arena, &file, err) &&
	     hr_facts_find(file, r->arena, &facts, err) && check_request(r, &facts, err);
	if (ok)
		hr_facts_write(&facts, out);
	alarm(0);
	return ok && (!out->failed || hr_fail_memory(err));
}

/* The disk takes the rest of it, and its digest is made, while it is looked into. */
static bool hand_over(struct receiver *r, hr_error *err)
{
	hr_wire_message question = { .kind = HR_DIMSE_STORE, .fd = -1 };
	hr_wire_message answer = { .fd = -1 };
	hr_dimse_stored stored = { .size = r->size };
	hr_digest digest;
	hr_buf buf;
	bool ok;

	hr_flush_begin(r->draft);
	hr_buf_init(&buf, r->arena, sizeof(stored) + HR_FACTS_BYTES_MAX);
	hr_buf_add(&buf, (hr_str){ (const char *)&stored, sizeof(stored) });
	if (!look(r, &buf, err) || !hr_file_digest_end(r->digest, &digest, err))
		return false;
	memcpy(stored.digest, digest.bytes, sizeof(stored.digest));
	memcpy(buf.data, &stored, sizeof(stored)); /* in its place, now that it is known */
	question.bytes = hr_buf_str(&buf);
	r->is_dropped = true;
	ok = ask(r, &question, &answer, err);
	r->next = answer.fd;
	return ok;
}

static void drop(struct receiver *r)
{
	const hr_wire_message message = { .kind = HR_DIMSE_DROP, .why = &r->err, .fd = -1 };
	hr_error err;

	if (!r->is_dropped)
		hr_wire_send(r->service, &message, &err);
	r->is_dropped = true;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void leave_draft(struct receiver *r)
{
	hr_file_digest_give_up(r->digest);
	close_file(&r->draft);
}

static void end(void *context, bool is_whole, hr_dimse_status *out)
{
	struct receiver *r = context;

	if (!is_whole && !r->err.code)
		hr_fail(&r->err, HR_E_INCOMPLETE, "the connection ended within an object");
	if (!r->err.code)
		hand_over(r, &r->err);
	if (r->err.code)
		drop(r);
	leave_draft(r);
	hr_dimse_status_of(&r->err, out);
}

/* --- Storage Commitment --- */

enum {
	TRANSACTION_UID = 0x00081195,
	REFERENCED_SEQUENCE = 0x00081199,
	REFERENCED_CLASS = 0x00081150,
	REFERENCED_INSTANCE = 0x00081155,
};

/* The data set as a file, for the readers take files. */
static bool read_data_set(hr_str transfer_syntax, hr_str data_set, hr_arena *arena,
			  hr_dicom_object *out, hr_error *err)
{
	const hr_dicom_meta meta = {
		.sop_class = HR_STR("1.2.840.10008.1.20.1"),
		.sop_instance = HR_STR("1.2.840.10008.1.20.1.1"),
		.transfer_syntax = transfer_syntax,
	};
	hr_buf file;

	hr_buf_init(&file, arena, COMMIT_BYTES);
	hr_dicom_put_meta(&file, &meta);
	hr_buf_add(&file, data_set);
	return (!file.failed || hr_fail_memory(err)) &&
	       hr_dicom_read(hr_buf_str(&file), arena, out, err);
}

static bool read_commit(const hr_dicom_item *root, hr_arena *arena, hr_commit *out, hr_error *err)
{
	const hr_dicom_element *sequence = hr_dicom_find(root, REFERENCED_SEQUENCE);
	hr_commit commit = { .transaction_uid = hr_dicom_text_of(root, TRANSACTION_UID) };

	if (!commit.transaction_uid.len || !sequence || !sequence->item_count)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "a commitment names no transaction or objects");
	if (sequence->item_count > HR_COMMIT_MAX)
		return hr_fail(err, HR_E_LIMIT, "a commitment names more than %d objects",
			       HR_COMMIT_MAX);
	commit.items = HR_NEW_N(arena, hr_commit_item, sequence->item_count);
	if (!commit.items)
		return hr_fail_memory(err);
	for (size_t i = 0; i < sequence->item_count; i++, commit.count++) {
		commit.items[i].sop_class = hr_dicom_text_of(&sequence->items[i], REFERENCED_CLASS);
		commit.items[i].instance_uid =
			hr_dicom_text_of(&sequence->items[i], REFERENCED_INSTANCE);
	}
	*out = commit;
	return true;
}

static bool ask_presence(struct receiver *r, hr_commit *commit, hr_error *err)
{
	hr_wire_message question = { .kind = HR_DIMSE_HAVE, .fd = -1 };
	hr_wire_message answer;
	hr_buf buf;

	hr_buf_init(&buf, r->arena, COMMIT_BYTES);
	for (size_t i = 0; i < commit->count; i++) {
		hr_buf_add(&buf, commit->items[i].sop_class);
		hr_buf_add_char(&buf, '\0');
		hr_buf_add(&buf, commit->items[i].instance_uid);
		hr_buf_add_char(&buf, '\0');
	}
	if (buf.failed)
		return hr_fail_memory(err);
	question.bytes = hr_buf_str(&buf);
	if (!ask(r, &question, &answer, err))
		return false;
	if (answer.bytes.len != commit->count)
		return hr_fail(err, HR_E_INTERNAL, "the service has answered something else");
	for (size_t i = 0; i < commit->count; i++)
		commit->items[i].present = answer.bytes.data[i] == 1;
	return true;
}

/* PS3.7 annex C: what is wrong with an N-ACTION. */
static uint16_t action_status(const hr_error *err)
{
	enum { INVALID_ARGUMENT = 0x0115, PROCESSING_FAILURE = 0x0110, LIMITED = 0x0213 };

	switch (err->code) {
	case HR_E_SYNTAX:
	case HR_E_INCOMPLETE:
	case HR_E_UNSUPPORTED:
		return INVALID_ARGUMENT;
	case HR_E_LIMIT:
	case HR_E_MEMORY:
		return LIMITED;
	default:
		return PROCESSING_FAILURE;
	}
}

static void commit(void *context, hr_str transfer_syntax, hr_str data_set, hr_commit *out,
		   hr_dimse_status *status)
{
	struct receiver *r = context;
	hr_dicom_object request;
	hr_error err;

	hr_arena_reset(r->arena);
	if (!read_data_set(transfer_syntax, data_set, r->arena, &request, &err) ||
	    !read_commit(request.root, r->arena, out, &err) || !ask_presence(r, out, &err))
		*status = (hr_dimse_status){ .code = action_status(&err) };
}

/* --- the process --- */

static bool confine(const hr_dimse_settings *settings, hr_error *err)
{
	const hr_worker_limits limits = {
		.memory_bytes = settings->memory_bytes,
		.file_bytes = settings->object_bytes_max,
		.connects = true, /* to tell a peer what is kept */
	};

	return hr_worker_confine(&limits, err);
}

static bool serve_one(struct receiver *r, int socket, hr_error *err)
{
	const hr_association_options options = {
		.control = r->service,
		.associate_seconds = r->settings.associate_seconds,
		.message_seconds = r->settings.message_seconds,
		.idle_seconds = r->settings.idle_seconds,
	};
	const hr_association_handler handler = { r, admit, begin, add, end, commit };
	hr_wire_message done = { .kind = HR_DIMSE_DONE, .fd = -1 };
	hr_error told;

	if (!hr_association_serve(socket, &options, &handler, &told))
		done.why = &told;
	leave_draft(r);
	close_file(&r->next);
	return hr_wire_send(r->service, &done, err);
}

/* The first of them brings the settings by which this process is held in. */
static bool take_socket(struct receiver *r, int *socket, hr_error *err)
{
	hr_wire_message message;

	hr_arena_reset(r->arena);
	if (!hr_wire_receive(r->service, HR_WIRE_WAITS, r->arena, &message, err))
		return false;
	if (message.kind == HR_DIMSE_END)
		return hr_fail(err, HR_E_UNAVAILABLE, "the service ends");
	if (message.kind != HR_DIMSE_SERVE || message.bytes.len != sizeof(r->settings) ||
	    message.fd < 0)
		return hr_fail(err, HR_E_INTERNAL, "a worker is told what it does not know");
	memcpy(&r->settings, message.bytes.data, sizeof(r->settings));
	*socket = message.fd;
	return true;
}

/* Until `err` says why not: HR_E_UNAVAILABLE is the end. */
static void serve_all(struct receiver *r, hr_error *err)
{
	bool is_confined = false;
	int socket = -1;

	while (take_socket(r, &socket, err)) {
		if (!is_confined && !confine(&r->settings, err))
			return;
		is_confined = true;
		if (!serve_one(r, socket, err))
			return;
	}
}

int hr_dimse_worker_main(int service)
{
	struct receiver r = { .service = service, .draft = -1, .next = -1 };
	hr_arena *life = hr_arena_open(LIFE_BYTES);
	hr_error err;

	r.arena = hr_arena_open((size_t)HR_FACTS_BYTES_MAX * 4);
	if (!life || !r.arena)
		return hr_error_exit(HR_E_MEMORY);
	/* Read while it waits for a sender; that it is missing the first object will say. */
	hr_dcmtk_has_dictionary(&err);
	r.digest = hr_file_digest_open(life, &err);
	if (r.digest) {
		serve_all(&r, &err);
		hr_file_digest_close(r.digest);
	}
	hr_arena_close(r.arena);
	hr_arena_close(life);
	return err.code == HR_E_UNAVAILABLE ? 0 : hr_error_exit(err.code);
}
