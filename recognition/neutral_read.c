/*
 * Our own JSON, report.schema.json: for a system that gives rows of a database
 * and no document. What an object may hold is a table of members; each is read
 * to its place in the struct. The tables and the schema say the same, and
 * tests/integration/report_schema.py holds them against each other.
 *
 * CDA and FHIR are the writing of others, and what they say beside the point
 * is passed over. This is written for us: what we do not know is refused by
 * name, so that a slip of the pen never loses a fact.
 */
#include "recognition/reader.h"

enum {
	LIST_MAX = 64,	      /* of codes, identifiers, marks */
	RESULTS_MAX = 100000, /* of all reports of one input */
	NAME_SHOWN_MAX = 40,
	PLACE_MAX = 128,
};

struct neutral {
	hr_arena *arena;
	hr_error *err;
	bool failed;		   /* and `err` says why */
	const hr_json *unreadable; /* the first time of the report that is none */
	uint32_t results;	   /* of all reports */
};

struct member;

/* Reads `node` into `object`, to the offset that the member's row says. */
typedef void read_fn(struct neutral *n, const hr_json *node, const struct member *member,
		     char *object);

struct list {
	size_t size; /* of one element */
	uint32_t max;
	void (*read)(struct neutral *n, const hr_json *node, char *element);
};

struct member {
	hr_str name;
	read_fn *read;
	size_t at;
	size_t beside; /* of a list: its count; of a status: its text */
	const struct list *list;
};

struct shape {
	const struct member *members;
	size_t count;
	size_t needed; /* the first so many must be there */
};

/* A member of a struct, and one that goes with another: a list with its count. */
#define ROW(type, name_, read_, field)                                                             \
	{                                                                                          \
		.name = HR_STR_INIT(name_), .read = (read_), .at = offsetof(type, field)           \
	}
#define PAIR(type, name_, read_, field, other, list_)                                              \
	{                                                                                          \
		.name = HR_STR_INIT(name_), .read = (read_), .at = offsetof(type, field),          \
		.beside = offsetof(type, other), .list = (list_)                                   \
	}
#define SHAPE(table, needed_)                                                                      \
	{                                                                                          \
		.members = (table), .count = sizeof(table) / sizeof((table)[0]),                   \
		.needed = (needed_)                                                                \
	}

/* --- refusals --- */

static const char *place_of(const hr_json *node, char memory[PLACE_MAX])
{
	hr_buf buf;

	hr_buf_init_over(&buf, memory, PLACE_MAX);
	hr_json_format_path(node, HR_STR("$"), &buf);
	return memory;
}

static void refuse(struct neutral *n, const hr_json *node, const char *wanted)
{
	static const char *const kinds[] = {
		[HR_JSON_NULL] = "null",	[HR_JSON_FALSE] = "false",
		[HR_JSON_TRUE] = "true",	[HR_JSON_NUMBER] = "a number",
		[HR_JSON_STRING] = "a text",	[HR_JSON_ARRAY] = "an array",
		[HR_JSON_OBJECT] = "an object",
	};
	char place[PLACE_MAX];

	n->failed = true;
	if (node->kind == HR_JSON_NULL)
		hr_fail(n->err, HR_E_SYNTAX, "report: %s is null; leave out what is not known",
			place_of(node, place));
	else
		hr_fail(n->err, HR_E_SYNTAX, "report: %s is %s and should be %s",
			place_of(node, place), kinds[node->kind], wanted);
}

/* A name is shown only when it looks like one: it may be anything, a patient's as well. */
static bool is_plain(hr_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char low = (char)(name.data[i] | 32);

		if (!(low >= 'a' && low <= 'z') && name.data[i] != '_')
			return false;
	}
	return name.len > 0 && name.len <= NAME_SHOWN_MAX;
}

static void refuse_member(struct neutral *n, const hr_json *node)
{
	hr_str name = is_plain(node->name) ? node->name : HR_STR("...");
	char place[PLACE_MAX];

	n->failed = true;
	hr_fail(n->err, HR_E_SYNTAX,
		"report: %s has no member '%.*s'; 'huren help report-schema' lists them",
		place_of(node->parent, place), HR_STR_ARG(name));
}

static void refuse_length(struct neutral *n, const hr_json *node, uint32_t max)
{
	char place[PLACE_MAX];

	n->failed = true;
	hr_fail(n->err, HR_E_LIMIT, "report: %s has over %u elements", place_of(node, place), max);
}

static void *take(struct neutral *n, size_t count, size_t size)
{
	void *memory = n->failed ? NULL : hr_arena_alloc_array(n->arena, count, size);

	if (!memory && !n->failed) {
		n->failed = true;
		hr_fail_memory(n->err);
	}
	return memory;
}

/* --- objects and lists --- */

static const struct member *find_member(const struct shape *shape, hr_str name, size_t expected)
{
	/* Nearly all writers keep to one order: the search goes on where the last one ended. */
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[(expected + i) % shape->count];

		if (hr_str_equal(member->name, name))
			return member;
	}
	return NULL;
}

static void check_needed(struct neutral *n, const hr_json *node, const struct shape *shape)
{
	char place[PLACE_MAX];

	for (size_t i = 0; i < shape->needed && !n->failed; i++) {
		const struct member *member = &shape->members[i];

		if (hr_json_get(node, member->name))
			continue;
		n->failed = true;
		hr_fail(n->err, HR_E_SYNTAX, "report: %s has no '%.*s'", place_of(node, place),
			HR_STR_ARG(member->name));
	}
}

static void read_object(struct neutral *n, const hr_json *node, const struct shape *shape,
			char *object)
{
	size_t expected = 0;

	if (node->kind != HR_JSON_OBJECT) {
		refuse(n, node, "an object");
		return;
	}
	for (const hr_json *child = node->first; child && !n->failed; child = child->next) {
		const struct member *member = find_member(shape, child->name, expected);

		if (!member) {
			refuse_member(n, child);
			return;
		}
		member->read(n, child, member, object);
		expected = (size_t)(member - shape->members) + 1;
	}
	check_needed(n, node, shape);
}

/* A pointer of whatever type: its bytes, because C lets no `void **` stand for it. */
static void set_pointer(char *object, size_t at, const void *pointer)
{
	memcpy(object + at, &pointer, sizeof(pointer));
}

static void read_list(struct neutral *n, const hr_json *node, const struct member *member,
		      char *object)
{
	const struct list *list = member->list;
	uint32_t count = 0;
	char *elements;

	if (node->kind != HR_JSON_ARRAY) {
		refuse(n, node, "an array");
		return;
	}
	if (node->count > list->max) {
		refuse_length(n, node, list->max);
		return;
	}
	if (node->count == 0)
		return;
	elements = take(n, node->count, list->size);
	for (const hr_json *child = node->first; child && !n->failed; child = child->next)
		list->read(n, child, elements + count++ * list->size);
	set_pointer(object, member->at, elements);
	memcpy(object + member->beside, &count, sizeof(count));
}

/* --- values --- */

static hr_field field_of(const hr_json *node)
{
	hr_str text = hr_str_trim(node->text);
	hr_place place = { .kind = text.len ? HR_PLACE_JSON : HR_PLACE_NONE, .node = node };

	return (hr_field){ text, place };
}

static void read_text(struct neutral *n, const hr_json *node, const struct member *member,
		      char *object)
{
	hr_field *out = (void *)(object + member->at);

	if (node->kind != HR_JSON_STRING)
		refuse(n, node, "a text");
	else
		*out = field_of(node);
}

/* A number as it is written: 0.10 is not 0.1. */
static void read_value(struct neutral *n, const hr_json *node, const struct member *member,
		       char *object)
{
	hr_field *out = (void *)(object + member->at);

	if (node->kind != HR_JSON_STRING && node->kind != HR_JSON_NUMBER)
		refuse(n, node, "a text or a number");
	else
		*out = field_of(node);
}

/* Of a code or an identifier, whose place is the object around it. */
static void read_word(struct neutral *n, const hr_json *node, const struct member *member,
		      char *object)
{
	hr_str *out = (void *)(object + member->at);

	if (node->kind != HR_JSON_STRING)
		refuse(n, node, "a text");
	else
		*out = hr_str_trim(node->text);
}

static void read_time(struct neutral *n, const hr_json *node, const struct member *member,
		      char *object)
{
	hr_time *out = (void *)(object + member->at);
	hr_field field;

	if (node->kind != HR_JSON_STRING) {
		refuse(n, node, "a text");
		return;
	}
	field = field_of(node);
	out->text = field.text;
	out->place = field.place;
	if (field.text.len && !hr_span_parse(field.text, &out->span) && !n->unreadable)
		n->unreadable = node;
}

/* The index of the word; refused, and 0, when it is none of them. */
static size_t read_choice(struct neutral *n, const hr_json *node, const hr_str *words, size_t count,
			  const char *wanted)
{
	for (size_t i = 0; i < count && node->kind == HR_JSON_STRING; i++)
		if (hr_str_equal(words[i], node->text))
			return i;
	if (node->kind == HR_JSON_STRING) {
		char place[PLACE_MAX];

		n->failed = true;
		hr_fail(n->err, HR_E_SYNTAX, "report: %s is not %s", place_of(node, place), wanted);
	} else {
		refuse(n, node, wanted);
	}
	return 0;
}

static void read_kind(struct neutral *n, const hr_json *node, const struct member *member,
		      char *object)
{
	static const hr_str words[] = { HR_STR_INIT("lab"), HR_STR_INIT("exam") };
	hr_kind *out = (void *)(object + member->at);

	*out = read_choice(n, node, words, 2, "lab or exam") ? HR_KIND_EXAM : HR_KIND_LAB;
}

static void read_status(struct neutral *n, const hr_json *node, const struct member *member,
			char *object)
{
	static const hr_str words[] = {
		[HR_STATUS_FINAL] = HR_STR_INIT("final"),
		[HR_STATUS_CORRECTED] = HR_STR_INIT("corrected"),
		[HR_STATUS_PRELIMINARY] = HR_STR_INIT("preliminary"),
		[HR_STATUS_CANCELLED] = HR_STR_INIT("cancelled"),
	};
	hr_status *out = (void *)(object + member->at);
	hr_field *text = (void *)(object + member->beside);

	*out = (hr_status)read_choice(n, node, words, sizeof(words) / sizeof(words[0]),
				      "final, corrected, preliminary or cancelled");
	*text = field_of(node);
}

static void read_sex(struct neutral *n, const hr_json *node, const struct member *member,
		     char *object)
{
	static const hr_str words[] = { HR_STR_INIT("0"), HR_STR_INIT("1"), HR_STR_INIT("2"),
					HR_STR_INIT("9") };
	hr_field *out = (void *)(object + member->at);
	size_t word = read_choice(n, node, words, 4, "0, 1, 2 or 9 of GB/T 2261.1");

	if (!n->failed && (word == 1 || word == 2))
		*out = field_of(node);
}

/* --- the tables --- */

static void read_code_object(struct neutral *n, const hr_json *node, char *element)
{
	static const struct member members[] = {
		ROW(hr_code, "system", read_word, system),
		ROW(hr_code, "code", read_word, code),
		ROW(hr_code, "display", read_word, display),
	};
	static const struct shape shape = SHAPE(members, 0);
	hr_code *code = (void *)element;

	code->place = (hr_place){ .kind = HR_PLACE_JSON, .node = node };
	read_object(n, node, &shape, element);
}

static void read_identifier_object(struct neutral *n, const hr_json *node, char *element)
{
	static const struct member members[] = {
		ROW(hr_code, "value", read_word, code),
		ROW(hr_code, "system", read_word, system),
	};
	static const struct shape shape = SHAPE(members, 1);
	hr_code *code = (void *)element;

	code->place = (hr_place){ .kind = HR_PLACE_JSON, .node = node };
	read_object(n, node, &shape, element);
}

static void read_mark_text(struct neutral *n, const hr_json *node, char *element)
{
	static const struct member itself;

	read_text(n, node, &itself, element);
}

static const struct list codes = { sizeof(hr_code), LIST_MAX, read_code_object };
static const struct list identifiers = { sizeof(hr_code), LIST_MAX, read_identifier_object };
static const struct list marks = { sizeof(hr_field), LIST_MAX, read_mark_text };

static void read_identifier(struct neutral *n, const hr_json *node, const struct member *member,
			    char *object)
{
	read_identifier_object(n, node, object + member->at);
}

static void read_marks(struct neutral *n, const hr_json *node, const struct member *member,
		       char *object)
{
	hr_report *report = (void *)object;

	report->carries_marks = true;
	read_list(n, node, member, object);
}

static void read_party(struct neutral *n, const hr_json *node, const struct member *member,
		       char *object)
{
	static const struct member members[] = {
		ROW(hr_party, "name", read_text, name),
		PAIR(hr_party, "identifiers", read_list, ids, id_count, &identifiers),
		ROW(hr_party, "campus", read_text, campus),
	};
	static const struct shape shape = SHAPE(members, 0);

	read_object(n, node, &shape, object + member->at);
}

/* Where the struct holds a pointer, because most have none of their own. */
static void read_performer(struct neutral *n, const hr_json *node, const struct member *member,
			   char *object)
{
	static const struct member itself;
	char *party = take(n, 1, sizeof(hr_party));

	if (!party)
		return;
	read_party(n, node, &itself, party);
	set_pointer(object, member->at, party);
}

static void read_patient(struct neutral *n, const hr_json *node, const struct member *member,
			 char *object)
{
	static const struct member members[] = {
		PAIR(hr_patient, "identifiers", read_list, ids, id_count, &identifiers),
		ROW(hr_patient, "name", read_text, name),
		ROW(hr_patient, "birthDate", read_text, birth),
		ROW(hr_patient, "sex", read_sex, sex),
	};
	static const struct shape shape = SHAPE(members, 0);

	read_object(n, node, &shape, object + member->at);
}

static const struct member result_members[] = {
	ROW(hr_result, "kind", read_kind, kind),
	PAIR(hr_result, "codes", read_list, codes, code_count, &codes),
	ROW(hr_result, "name", read_text, name),
	ROW(hr_result, "value", read_value, value),
	ROW(hr_result, "unit", read_text, unit),
	ROW(hr_result, "unitCode", read_text, unit_code),
	ROW(hr_result, "range", read_text, range),
	ROW(hr_result, "flag", read_text, flag),
	ROW(hr_result, "method", read_text, method),
	ROW(hr_result, "device", read_text, device),
	PAIR(hr_result, "specimens", read_list, specimens, specimen_count, &codes),
	ROW(hr_result, "collected", read_time, times[HR_EVENT_COLLECTED]),
	ROW(hr_result, "received", read_time, times[HR_EVENT_RECEIVED]),
	ROW(hr_result, "tested", read_time, times[HR_EVENT_TESTED]),
	ROW(hr_result, "reported", read_time, times[HR_EVENT_REPORTED]),
	PAIR(hr_result, "status", read_status, status, status_text, NULL),
	ROW(hr_result, "performer", read_performer, performer),
	ROW(hr_result, "modality", read_text, modality),
	ROW(hr_result, "bodyPart", read_text, body_part),
	ROW(hr_result, "laterality", read_text, laterality),
	ROW(hr_result, "contrast", read_text, contrast),
	ROW(hr_result, "position", read_text, position),
	ROW(hr_result, "studyInstanceUid", read_text, study_uid),
};

static void read_result(struct neutral *n, const hr_json *node, char *element)
{
	static const struct shape shape = SHAPE(result_members, 0);

	if (n->results++ == RESULTS_MAX) {
		n->failed = true;
		hr_fail(n->err, HR_E_LIMIT, "report: the input holds over %d results", RESULTS_MAX);
		return;
	}
	read_object(n, node, &shape, element);
}

static const struct list results = { sizeof(hr_result), HR_RESULTS_MAX, read_result };

static const struct member report_members[] = {
	ROW(hr_report, "kind", read_kind, kind),
	ROW(hr_report, "title", read_text, title),
	ROW(hr_report, "id", read_identifier, id),
	ROW(hr_report, "reportNo", read_identifier, report_no),
	PAIR(hr_report, "accessionNumbers", read_list, image_numbers, image_number_count,
	     &identifiers),
	ROW(hr_report, "setId", read_text, set_id),
	ROW(hr_report, "version", read_value, version),
	PAIR(hr_report, "replaces", read_list, replaces, replace_count, &identifiers),
	PAIR(hr_report, "status", read_status, status, status_text, NULL),
	ROW(hr_report, "issuer", read_party, issuer),
	ROW(hr_report, "performer", read_performer, performer),
	ROW(hr_report, "patient", read_patient, patient),
	ROW(hr_report, "collected", read_time, times[HR_EVENT_COLLECTED]),
	ROW(hr_report, "received", read_time, times[HR_EVENT_RECEIVED]),
	ROW(hr_report, "tested", read_time, times[HR_EVENT_TESTED]),
	ROW(hr_report, "reported", read_time, times[HR_EVENT_REPORTED]),
	PAIR(hr_report, "marks", read_marks, marks, mark_count, &marks),
	PAIR(hr_report, "results", read_list, results, result_count, &results),
	ROW(hr_report, "findings", read_text, findings),
	ROW(hr_report, "conclusion", read_text, conclusion),
};

/* --- reports --- */

/* The report is of its first result's kind, the others of the report's. */
static void settle_kinds(hr_report *report, hr_result *list)
{
	if (report->kind == HR_KIND_UNKNOWN && report->result_count)
		report->kind = list[0].kind;
	for (uint32_t i = 0; i < report->result_count; i++)
		if (list[i].kind == HR_KIND_UNKNOWN)
			list[i].kind = report->kind;
}

static void tell_unreadable(struct neutral *n, hr_report *report)
{
	hr_deviation *deviation = n->unreadable ? take(n, 1, sizeof(*deviation)) : NULL;

	if (!deviation)
		return;
	deviation->code = "time-unreadable";
	deviation->place = (hr_place){ .kind = HR_PLACE_JSON, .node = n->unreadable };
	report->deviations = deviation;
	report->deviation_count = 1;
}

static void read_report(struct neutral *n, const hr_json *node, char *element)
{
	static const struct shape shape = SHAPE(report_members, 0);
	hr_report *report = (void *)element;

	report->format = HR_FORMAT_NEUTRAL;
	n->unreadable = NULL;
	read_object(n, node, &shape, element);
	if (n->failed)
		return;
	settle_kinds(report, (hr_result *)(uintptr_t)report->results);
	tell_unreadable(n, report);
}

static void check_schema(struct neutral *n, const hr_json *node, const struct member *member,
			 char *object)
{
	(void)member;
	(void)object;
	if (node->kind != HR_JSON_STRING) {
		refuse(n, node, "a text");
	} else if (!hr_str_equal(node->text, HR_NEUTRAL_SCHEMA)) {
		n->failed = true;
		hr_fail(n->err, HR_E_UNSUPPORTED,
			"report: json of another schema than %.*s, which is read here",
			HR_STR_ARG(HR_NEUTRAL_SCHEMA));
	}
}

/* Reports with their count as a list has it. */
struct input {
	hr_report *reports;
	uint32_t count;
};

bool hr_neutral_read(const hr_json *root, hr_arena *arena, hr_reports *out, hr_error *err)
{
	static const struct list reports = { sizeof(hr_report), HR_REPORTS_MAX, read_report };
	static const struct member members[] = {
		{ .name = HR_STR_INIT("schema"), .read = check_schema },
		PAIR(struct input, "reports", read_list, reports, count, &reports),
	};
	static const struct shape shape = SHAPE(members, 2);
	struct neutral n = { .arena = arena, .err = err };
	struct input input = { NULL, 0 };

	read_object(&n, root, &shape, (char *)&input);
	if (n.failed)
		return false;
	if (input.count == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "report: $.reports holds no report");
	hr_reports_find_replaced(input.reports, input.count);
	out->reports = input.reports;
	out->count = input.count;
	return true;
}
