#include "recognition/fhir_enclosed.h"

#include "base/base64.h"

enum { PATH_MAX_BYTES = 512, PATHS_MAX_BYTES = 1024 };

/* --- where they stand --- */

struct finder {
	hr_fhir_enclosure *list; /* NULL: only counted */
	uint32_t count;
	uint32_t reports; /* DiagnosticReports so far: their reports come first, in their order */
};

static void note(struct finder *f, const hr_json *resource, const hr_json *data, uint32_t of_report)
{
	if (hr_json_text(data).len == 0)
		return;
	if (f->list)
		f->list[f->count] = (hr_fhir_enclosure){ resource, data, of_report, 0, 0 };
	f->count++;
}

static void look_at_list(struct finder *f, const hr_json *resource, const char *member, hr_str data,
			 uint32_t of_report)
{
	const hr_json *list = hr_json_get(resource, hr_str_of(member));

	if (!list || list->kind != HR_JSON_ARRAY)
		return;
	for (const hr_json *node = list->first; node; node = node->next)
		note(f, resource, hr_json_path(node, data), of_report);
}

/* Its results are the report; a form beside them is the same once more. */
static bool names_results(const hr_json *report)
{
	static const hr_str members[] = { HR_STR_INIT("result"), HR_STR_INIT("imagingStudy"),
					  HR_STR_INIT("study") };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (hr_json_get(report, members[i]))
			return true;
	return false;
}

static void look_into(struct finder *f, const hr_json *resource)
{
	hr_str type = hr_json_text(hr_json_get(resource, HR_STR("resourceType")));

	if (hr_str_equal(type, HR_STR("Binary"))) {
		note(f, resource, hr_json_get(resource, HR_STR("data")), HR_FHIR_NO_REPORT);
	} else if (hr_str_equal(type, HR_STR("DocumentReference"))) {
		look_at_list(f, resource, "content", HR_STR("attachment.data"), HR_FHIR_NO_REPORT);
	} else if (hr_str_equal(type, HR_STR("DiagnosticReport"))) {
		if (!names_results(resource))
			look_at_list(f, resource, "presentedForm", HR_STR("data"), f->reports);
		f->reports++;
	}
}

static void look_everywhere(struct finder *f, const hr_json *root)
{
	const hr_json *entry = hr_json_get(root, HR_STR("entry"));

	look_into(f, root);
	if (!entry || entry->kind != HR_JSON_ARRAY)
		return;
	for (entry = entry->first; entry; entry = entry->next)
		look_into(f, hr_json_get(entry, HR_STR("resource")));
}

bool hr_fhir_find_enclosures(const hr_json *root, hr_arena *arena, hr_fhir_enclosures *out,
			     hr_error *err)
{
	struct finder f = { .list = NULL };

	look_everywhere(&f, root);
	if (f.count > HR_REPORTS_MAX)
		return hr_fail(err, HR_E_LIMIT, "fhir: over %d documents stand in the input",
			       HR_REPORTS_MAX);
	if (f.count) {
		f.list = HR_NEW_N(arena, hr_fhir_enclosure, f.count);
		if (!f.list)
			return hr_fail_memory(err);
		f.count = 0;
		f.reports = 0;
		look_everywhere(&f, root);
	}
	*out = (hr_fhir_enclosures){ f.list, f.count };
	return true;
}

/* --- reading them --- */

struct gathering {
	hr_reader *reader;
	hr_arena *arena;
	hr_error *err;
	hr_report *reports;
	size_t count;
	size_t room;
	size_t own;		    /* of the resources themselves */
	const hr_json *passed_over; /* the first that is no report, or not read here */
	hr_error why;		    /* of it, or else why the resources are no report */
};

static hr_str path_of(const struct gathering *g, const hr_json *data)
{
	hr_buf buf;

	hr_buf_init(&buf, g->arena, PATH_MAX_BYTES);
	hr_place_format((hr_place){ .kind = HR_PLACE_JSON, .node = data }, &buf);
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

static hr_str join_paths(const struct gathering *g, hr_str outer, hr_str inner)
{
	hr_buf buf;

	if (inner.len == 0)
		return outer;
	hr_buf_init(&buf, g->arena, PATHS_MAX_BYTES);
	hr_buf_add(&buf, outer);
	HR_BUF_ADD(&buf, " > ");
	hr_buf_add(&buf, inner);
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

static bool make_room(struct gathering *g, size_t count)
{
	size_t room = 2 * g->room > g->count + count ? 2 * g->room : g->count + count;
	hr_report *grown;

	if (count > HR_REPORTS_MAX - g->count)
		return hr_fail(g->err, HR_E_LIMIT, "fhir: the input holds over %d reports",
			       HR_REPORTS_MAX);
	if (g->count + count <= g->room)
		return true;
	grown = HR_NEW_N(g->arena, hr_report, room);
	if (!grown)
		return hr_fail_memory(g->err);
	if (g->count)
		memcpy(grown, g->reports, g->count * sizeof(*grown));
	g->reports = grown;
	g->room = room;
	return true;
}

/* What is said of a report holds for its form as well. */
static void stand_for(const hr_report *outer, hr_report *report)
{
	report->replaced |= outer->replaced;
	report->patient_ambiguous |=
		outer->patient_ambiguous || hr_patients_conflict(&outer->patient, &report->patient);
	if (outer->status > report->status) {
		report->status = outer->status;
		report->status_text = outer->status_text;
	}
	if (!report->replace_count) {
		report->replaces = outer->replaces;
		report->replace_count = outer->replace_count;
	}
	if (!report->carries_marks) {
		report->marks = outer->marks;
		report->mark_count = outer->mark_count;
		report->carries_marks = outer->carries_marks;
	}
}

static bool gather(struct gathering *g, const hr_reports *reports, hr_fhir_enclosure *from)
{
	hr_str path = from ? path_of(g, from->data) : HR_STR_NONE;

	if (!make_room(g, reports->count))
		return false;
	if (from) {
		from->first_report = (uint32_t)g->count;
		from->report_count = (uint32_t)reports->count;
	}
	for (size_t i = 0; i < reports->count; i++) {
		hr_report *report = &g->reports[g->count++];

		*report = reports->reports[i];
		if (from)
			report->enclosed_in = join_paths(g, path, report->enclosed_in);
	}
	return true;
}

/* A form is its report; it may be a bundle of several. */
static bool gather_form(struct gathering *g, const hr_reports *reports, hr_fhir_enclosure *from)
{
	hr_report outer = g->reports[from->of_report];
	hr_reports others = { reports->reports + 1, reports->count - 1 };
	hr_report *first;

	if (!gather(g, &others, from))
		return false;
	first = &g->reports[from->of_report];
	*first = reports->reports[0];
	first->enclosed_in = join_paths(g, path_of(g, from->data), first->enclosed_in);
	stand_for(&outer, first);
	for (uint32_t i = 0; i < from->report_count; i++)
		stand_for(&outer, &g->reports[from->first_report + i]);
	return true;
}

static void say_where(const struct gathering *g, const hr_json *data, hr_error *err)
{
	hr_str path = path_of(g, data);
	hr_error inner = *err;

	hr_fail_at(err, inner.code, inner.line, inner.column, "%.*s: %s", HR_STR_ARG(path),
		   inner.message);
}

/* `*read` when it gave reports. */
static bool read_one(struct gathering *g, hr_fhir_enclosure *e, bool *read)
{
	bool is_form = e->of_report != HR_FHIR_NO_REPORT;
	hr_reports reports;
	hr_str bytes;

	if (is_form && (e->of_report >= g->own || g->reports[e->of_report].result_count))
		return true;
	if (hr_base64_decode(hr_json_text(e->data), g->arena, &bytes, g->err) &&
	    hr_reader_read_within(g->reader, bytes, g->arena, &reports, g->err)) {
		*read = true;
		return is_form ? gather_form(g, &reports, e) : gather(g, &reports, e);
	}
	say_where(g, e->data, g->err);
	/* A page or a text; the report says itself that its form was not read. */
	if (is_form)
		return g->err->code != HR_E_MEMORY;
	if (g->err->code != HR_E_UNSUPPORTED && g->err->code != HR_E_INCOMPLETE)
		return false;
	if (!g->passed_over) {
		g->passed_over = e->data;
		g->why = *g->err;
	}
	return true;
}

static bool read_all(struct gathering *g, hr_fhir_enclosures *enclosures)
{
	const hr_json *done = NULL;

	for (uint32_t i = 0; i < enclosures->count; i++) {
		hr_fhir_enclosure *e = &enclosures->list[i];
		bool read = false;

		if (e->resource == done)
			continue;
		if (!read_one(g, e, &read))
			return false;
		if (read)
			done = e->resource;
	}
	return true;
}

static bool read_resources(struct gathering *g, const hr_json *root)
{
	hr_reports own;

	if (!hr_fhir_read(root, g->arena, &own, g->err)) {
		g->why = *g->err;
		return g->why.code == HR_E_INCOMPLETE;
	}
	g->own = own.count;
	return gather(g, &own, NULL);
}

static bool note_passed_over(struct gathering *g)
{
	hr_report *first = g->reports;
	hr_deviation *list;

	if (!g->passed_over)
		return true;
	list = HR_NEW_N(g->arena, hr_deviation, first->deviation_count + 1);
	if (!list)
		return hr_fail_memory(g->err);
	if (first->deviation_count)
		memcpy(list, first->deviations, first->deviation_count * sizeof(*list));
	list[first->deviation_count++] = (hr_deviation){
		.code = "document-not-read",
		.place = { .kind = HR_PLACE_JSON, .node = g->passed_over },
	};
	first->deviations = list;
	return true;
}

bool hr_fhir_read_enclosed(hr_reader *reader, const hr_json *root, hr_fhir_enclosures *enclosures,
			   hr_arena *arena, hr_reports *out, hr_error *err)
{
	struct gathering g = { .reader = reader, .arena = arena, .err = err };

	if (!read_resources(&g, root) || !read_all(&g, enclosures))
		return false;
	if (g.count == 0) {
		*err = g.why;
		return false;
	}
	if (!note_passed_over(&g) ||
	    !hr_fhir_apply_wrappers(root, enclosures, g.reports, arena, err))
		return false;
	hr_reports_find_replaced(g.reports, (uint32_t)g.count);
	if (hr_arena_is_short(arena))
		return hr_fail_memory(err);
	*out = (hr_reports){ g.reports, g.count };
	return true;
}
