/*
 * The full check. Each file against the schema; then the loader, which tells
 * all that is wrong with a file and each record of it; then the parts, which
 * compare the facts of what could be loaded. Everything goes into one list,
 * sorted at the end.
 */
#include "catalog/check.h"

#include "base/text.h"
#include "base/xml.h"
#include "catalog/check_parts.h"
#include "catalog/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 1000, CODES_SHOWN = 20 };

/* Trees of one file, rows to sort: not counted against the caller's arena. */
#define SCRATCH_MAX ((size_t)1 << 30)

extern const unsigned char hr_catalog_xsd[];
extern const size_t hr_catalog_xsd_len;

static const struct {
	hr_str code;
	hr_severity severity;
	hr_str action;
} findings[] = {
#define X(name, code, severity, action)                                                            \
	[HR_FINDING_##name] = { HR_STR_INIT(code), HR_SEVERITY_##severity, HR_STR_INIT(action) },
	HR_FINDINGS(X)
#undef X
};

void *hr_check_alloc(hr_check *check, size_t count, size_t size)
{
	void *piece = hr_arena_alloc_array(check->scratch, count, size);

	check->out_of_memory |= !piece;
	return piece;
}

static bool is_reference(const hr_issue *issue)
{
	return hr_str_equal(issue->code, HR_STR("unknown-reference")) ||
	       hr_str_equal(issue->code, HR_STR("unknown-region"));
}

static bool make_room(hr_check *check)
{
	size_t room = check->room ? check->room * 2 : 256;
	hr_issue *found;

	if (check->count < check->room)
		return true;
	found = HR_CHECK_NEW_N(check, hr_issue, room);
	if (!found)
		return false;
	if (check->count)
		memcpy(found, check->found, check->count * sizeof(*found));
	check->found = found;
	check->room = room;
	return true;
}

/* Up to the limit of each severity, so that warnings never hide an error. */
static void keep(hr_check *check, const hr_issue *issue)
{
	check->errors += issue->severity == HR_SEVERITY_ERROR;
	if (check->kept[issue->severity] == HR_ISSUES_MAX) {
		check->cut = true;
		return;
	}
	if (!make_room(check))
		return;
	check->found[check->count] = *issue;
	check->found[check->count].message = hr_str_copy(check->arena, issue->message);
	if (!check->found[check->count].message.data)
		check->out_of_memory = true;
	check->count++;
	check->kept[issue->severity]++;
}

/* What the loader tells. */
static bool collect(void *context, const hr_issue *issue, hr_error *err)
{
	hr_check *check = context;

	check->unreadable |= hr_str_equal(issue->code, HR_STR("malformed")) ||
			     hr_str_equal(issue->code, HR_STR("unknown-root"));
	check->references += is_reference(issue) && issue->severity == HR_SEVERITY_ERROR;
	keep(check, issue);
	return check->out_of_memory ? hr_fail_memory(err) : true;
}

void hr_check_add(hr_check *check, hr_finding finding, const hr_origin *at, const char *format, ...)
{
	char message[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	keep(check, &(hr_issue){ .severity = findings[finding].severity,
				 .code = findings[finding].code,
				 .file = at->file,
				 .line = at->line,
				 .column = at->column,
				 .message = hr_text_cut(hr_str_of(message), MESSAGE_MAX - 4),
				 .action = findings[finding].action });
}

hr_str hr_check_item_codes(hr_check *check, const uint64_t *bits)
{
	size_t shown = 0;
	hr_buf buf;

	hr_buf_init(&buf, check->scratch, MESSAGE_MAX);
	for (hr_item_id item = 0; item < check->catalog->item_count; item++) {
		if (!hr_item_in(bits, item))
			continue;
		if (shown++ == CODES_SHOWN) {
			HR_BUF_ADD(&buf, ", ...");
			break;
		}
		if (shown > 1)
			HR_BUF_ADD(&buf, ", ");
		hr_buf_add(&buf, check->catalog->items[item].code);
	}
	return hr_buf_str(&buf);
}

/* The file that is checked against the schema. */
struct schema_run {
	hr_check *check;
	hr_origin at;
};

static void collect_schema(void *context, uint32_t line, uint32_t column, const char *message)
{
	struct schema_run *run = context;

	run->at.line = line;
	run->at.column = column;
	hr_check_add(run->check, HR_FINDING_SCHEMA, &run->at, "%s", message);
}

/* What cannot be read is told by the loader. */
static bool check_schema_of(hr_check *check, const hr_file *file, hr_xml_parser *parser,
			    const hr_xml_schema *schema, hr_arena *tree, hr_error *err)
{
	struct schema_run run = { .check = check, .at.file = file->name };
	hr_xml_document document;

	hr_arena_reset(tree);
	if (!hr_xml_read(parser, file->bytes, tree, &document, err))
		return err->code != HR_E_MEMORY;
	return hr_xml_schema_check(schema, file->bytes, collect_schema, &run, err);
}

static bool check_schema(hr_check *check, const hr_fileset *files, hr_error *err)
{
	HR_AUTO(hr_xml_schema) schema = NULL;
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	HR_AUTO(hr_arena) tree = hr_arena_open(SCRATCH_MAX);
	hr_str xsd = { (const char *)hr_catalog_xsd, hr_catalog_xsd_len };

	if (!parser || !tree)
		return hr_fail_memory(err);
	if (!hr_xml_schema_open(xsd, &schema, err))
		return false;
	for (size_t i = 0; i < files->count; i++)
		if (!check_schema_of(check, &files->files[i], parser, schema, tree, err))
			return false;
	return true;
}

static int compare_file(const void *name, const void *file)
{
	return hr_str_compare(*(const hr_str *)name, ((const hr_file *)file)->name);
}

/* The snapshot goes, the files stay: let names of files be borrowed from these. */
static void borrow_file_names(hr_check *check, const hr_fileset *files)
{
	for (size_t i = 0; i < check->count; i++) {
		const hr_file *file = bsearch(&check->found[i].file, files->files, files->count,
					      sizeof(*file), compare_file);

		check->found[i].file = file ? file->name : HR_STR_NONE;
	}
}

bool hr_check_facts(hr_check *check, const hr_fileset *files, bool local, hr_error *err)
{
	static void (*const parts[])(hr_check *) = {
		hr_check_items,	   hr_check_institutions, hr_check_names,   hr_check_regimes,
		hr_check_overlaps, hr_check_policies,	  hr_check_network,
	};
	hr_load_input input = {
		.shared = local ? NULL : files,
		.local = local ? files : NULL,
		.sink = { collect, check },
	};
	hr_catalog *catalog;

	if (!hr_catalog_load(&input, &catalog, err))
		return false;
	check->catalog = catalog;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !check->out_of_memory; i++)
		parts[i](check);
	borrow_file_names(check, files);
	hr_catalog_unref(catalog);
	return check->out_of_memory ? hr_fail_memory(err) : true;
}

static int compare_place(const void *left, const void *right)
{
	const hr_issue *a = left;
	const hr_issue *b = right;
	int order = hr_str_compare(a->file, b->file);

	if (order == 0)
		order = (a->line > b->line) - (a->line < b->line);
	if (order == 0)
		order = (a->column > b->column) - (a->column < b->column);
	if (order == 0)
		order = hr_str_compare(a->code, b->code);
	return order ? order : hr_str_compare(a->message, b->message);
}

static int compare_severity(const void *left, const void *right)
{
	const hr_issue *a = left;
	const hr_issue *b = right;

	return a->severity != b->severity ? (int)a->severity - (int)b->severity
					  : compare_place(left, right);
}

static bool same_place(const hr_issue *a, const hr_issue *b)
{
	return a->line == b->line && a->column == b->column && hr_str_equal(a->file, b->file);
}

static bool is_from_loader(const hr_issue *issue)
{
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++)
		if (hr_str_equal(issue->code, findings[i].code))
			return false;
	return true;
}

/* What the loader tells of a start tag says it better: the schema's word on it is dropped. */
static void drop_repeats(hr_check *check)
{
	hr_str schema = findings[HR_FINDING_SCHEMA].code;
	size_t kept = 0;

	for (size_t from = 0, to; from < check->count; from = to) {
		bool told = false;

		for (to = from;
		     to < check->count && same_place(&check->found[from], &check->found[to]); to++)
			told |= check->found[to].severity == HR_SEVERITY_ERROR &&
				is_from_loader(&check->found[to]);
		for (size_t i = from; i < to; i++) {
			if (told && hr_str_equal(check->found[i].code, schema))
				check->errors--;
			else
				check->found[kept++] = check->found[i];
		}
	}
	check->count = kept;
}

static void sort(hr_check *check, int (*compare)(const void *, const void *))
{
	if (check->count)
		qsort(check->found, check->count, sizeof(*check->found), compare);
}

/* A file that could not be read may hold what they refer to. */
static void drop_references(hr_check *check)
{
	size_t kept = 0;

	for (size_t i = 0; i < check->count; i++)
		if (!is_reference(&check->found[i]))
			check->found[kept++] = check->found[i];
	check->count = kept;
	check->errors -= check->references;
}

static bool finish(hr_check *check, hr_issues *out, hr_error *err)
{
	hr_issue *issues;

	if (check->unreadable)
		drop_references(check);
	sort(check, compare_place);
	drop_repeats(check);
	if (check->count > HR_ISSUES_MAX) {
		sort(check, compare_severity);
		check->count = HR_ISSUES_MAX;
		check->cut = true;
		sort(check, compare_place);
	}
	issues = HR_NEW_N(check->arena, hr_issue, check->count);
	if (!issues)
		return hr_fail_memory(err);
	if (check->count)
		memcpy(issues, check->found, check->count * sizeof(*issues));
	*out = (hr_issues){ issues, check->count, check->errors, check->cut };
	return true;
}

bool hr_catalog_check(const hr_fileset *files, bool local, hr_arena *arena, hr_issues *out,
		      hr_error *err)
{
	HR_AUTO(hr_arena) scratch = hr_arena_open(SCRATCH_MAX);
	hr_check check = { .arena = arena, .scratch = scratch };

	if (!scratch)
		return hr_fail_memory(err);
	return check_schema(&check, files, err) && hr_check_facts(&check, files, local, err) &&
	       finish(&check, out, err);
}
