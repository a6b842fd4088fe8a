/*
 * The passes over the files. The root element of each file is looked for
 * first, without parsing; then, kind by kind, each file of the kind is parsed
 * and read, and its tree dropped before the next one.
 */
#include "catalog/load.h"

#include "base/text.h"
#include "catalog/record.h"

#include <assert.h>

/* In the order in which they refer to each other. */
static const hr_load_kind *const kinds[] = {
	&hr_load_documents,	 &hr_load_regions,    &hr_load_units,	&hr_load_items,
	&hr_load_institutions,	 &hr_load_regimes,    &hr_load_grants,	&hr_load_windows,
	&hr_load_marks,		 &hr_load_situations, &hr_load_missing, &hr_load_code_map,
	&hr_load_settlement,	 &hr_load_offices,    &hr_load_network, &hr_load_direct,
	&hr_load_platform_texts, &hr_load_calendar,   &hr_load_manual,
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const size_t arena_cap = (size_t)1 << 30;

/* Behind white space, the prolog and comments. */
static hr_str skip_prolog(hr_str bytes)
{
	static const struct {
		hr_str open;
		hr_str close;
	} skipped[] = {
		{ HR_STR_INIT("\xef\xbb\xbf"), HR_STR_INIT("") },
		{ HR_STR_INIT("<?"), HR_STR_INIT("?>") },
		{ HR_STR_INIT("<!--"), HR_STR_INIT("-->") },
	};

	for (size_t i = 0; i < 3; i++) {
		size_t end;

		bytes = hr_str_trim(bytes);
		if (!hr_str_starts_with(bytes, skipped[i].open))
			continue;
		bytes = hr_str_slice(bytes, skipped[i].open.len, bytes.len);
		end = hr_str_find(bytes, skipped[i].close);
		bytes = hr_str_slice(bytes, end + skipped[i].close.len, bytes.len);
		i = 0;
	}
	return bytes;
}

/*
 * The local name of the root element as it seems without parsing: only a hint
 * for the order of the passes, the parser has the last word.
 */
static hr_str guess_root(hr_str bytes)
{
	hr_str rest = skip_prolog(bytes);
	size_t from = 1;
	size_t to = 1;

	if (!hr_str_starts_with(rest, HR_STR("<")))
		return HR_STR_NONE;
	for (; to < rest.len && !strchr(" \t\r\n/>", rest.data[to]); to++)
		if (rest.data[to] == ':')
			from = to + 1;
	return hr_str_slice(rest, from, to);
}

static const hr_load_kind *find_kind(hr_str root)
{
	for (size_t i = 0; i < KINDS; i++)
		if (hr_str_equal(kinds[i]->root, root))
			return kinds[i];
	return NULL;
}

/* A file, and the kind that it seems to be of. */
struct entry {
	const hr_file *file;
	const hr_load_kind *kind;
	bool local;
};

/* The tree of a file; NULL after a fault. */
static const hr_xml *parse(hr_load *load, const hr_file *file)
{
	hr_xml_document document;
	hr_error err;

	hr_arena_reset(load->tree);
	if (hr_xml_read(load->parser, file->bytes, load->tree, &document, &err))
		return document.root;
	if (err.code == HR_E_MEMORY) {
		hr_load_stop_memory(load);
	} else {
		hr_origin at = load->file.origin;

		at.line = err.line ? err.line : 1;
		at.column = err.column ? err.column : 1;
		hr_load_fault(load, HR_FAULT_MALFORMED, &at, err.message);
	}
	return NULL;
}

/* Is the file what it seemed to be, and where it may be? */
static bool check_root(hr_record *r, const struct entry *entry)
{
	const hr_load_kind *kind = find_kind(r->node->name);

	if (!kind || !hr_str_equal(r->node->ns, HR_CATALOG_NS))
		hr_record_fault(r, HR_FAULT_UNKNOWN_ROOT,
				"<%.*s> in namespace '%.*s' is not a root of a catalogue's files",
				HR_STR_ARG(hr_text_cut(r->node->name, 40)),
				HR_STR_ARG(hr_text_cut(r->node->ns, 40)));
	else if (kind != entry->kind)
		hr_record_fault(r, HR_FAULT_MALFORMED, "the file is not in UTF-8");
	else if (!(entry->local ? kind->local : kind->shared))
		hr_record_fault(r, HR_FAULT_WRONG_SET, "<%.*s> cannot stand in %s",
				HR_STR_ARG(kind->root),
				entry->local ? "an overlay" : "a shared catalogue");
	else
		return true;
	return false;
}

static void read_file(hr_load *load, const struct entry *entry)
{
	const hr_load_kind *kind = entry->kind;
	const hr_xml *root;
	hr_record r;

	load->file = (hr_load_file){
		.local = entry->local,
		.origin.file = hr_load_common(load, entry->file->name),
		.institution = HR_ID_NONE,
	};
	root = parse(load, entry->file);
	if (!root)
		return;
	hr_load_map(load, &load->file.lists, load->tree, 0);
	hr_rows_init(&load->file.list_bits, load->tree, sizeof(uint64_t *));
	r = hr_record_begin(load, root);
	if (!check_root(&r, entry))
		return;
	assert(kind); /* a root of no kind is a fault */
	hr_record_root(&r);
	if (kind->begin)
		kind->begin(&r);
	/* Records under a root that is wrong would all be wrong in the same way. */
	r.parent = load->faults != r.faults;
	if (!r.parent)
		hr_record_children(&r, kind->elements, kind->element_count, NULL);
	hr_record_end(&r);
}

/* `kind` of NULL: the files that are of none. */
static void read_kind(hr_load *load, const hr_load_kind *kind, const struct entry *entries,
		      size_t count)
{
	hr_arena_reset(load->build);
	load->kind = kind;
	load->full = false;
	memset(load->parts, 0, sizeof(load->parts));
	hr_rows_init(&load->rows, load->build, kind ? kind->row_size : 0);
	hr_rows_init(&load->names, load->build, sizeof(hr_named));
	hr_rows_init(&load->codes, load->build, sizeof(hr_item_code));
	hr_load_map(load, &load->claims, load->build, 0);
	hr_load_map(load, &load->more_claims, load->build, 0);
	for (size_t i = 0; !load->stopped && i < count; i++)
		if (entries[i].kind == kind)
			read_file(load, &entries[i]);
	if (!load->stopped && kind && kind->done)
		kind->done(load);
}

static void add_entries(struct entry *entries, size_t *count, const hr_fileset *files, bool local)
{
	for (size_t i = 0; files && i < files->count; i++)
		entries[(*count)++] = (struct entry){
			.file = &files->files[i],
			.kind = find_kind(guess_root(files->files[i].bytes)),
			.local = local,
		};
}

static bool read_all(hr_load *load, const hr_load_input *input)
{
	size_t room = (input->shared ? input->shared->count : 0) +
		      (input->local ? input->local->count : 0);
	struct entry *entries = HR_NEW_N(load->work, struct entry, room);
	size_t count = 0;

	if (!entries)
		return hr_fail_memory(load->err);
	add_entries(entries, &count, input->shared, false);
	add_entries(entries, &count, input->local, true);
	hr_rows_init(&load->texts.kept, load->work, sizeof(hr_str));
	hr_rows_init(&load->bits.kept, load->work, sizeof(hr_str));
	hr_load_map(load, &load->texts.map, load->work, 0);
	hr_load_map(load, &load->bits.map, load->work, 0);
	hr_load_map(load, &load->catalog->unit_spellings, load->catalog->arena, 0);
	for (size_t i = 0; !load->stopped && i < KINDS; i++)
		read_kind(load, kinds[i], entries, count);
	if (!load->stopped)
		read_kind(load, NULL, entries, count);
	return !load->stopped;
}

bool hr_catalog_load(const hr_load_input *input, hr_catalog **out, hr_error *err)
{
	HR_AUTO(hr_arena) work = hr_arena_open(arena_cap);
	HR_AUTO(hr_arena) build = hr_arena_open(arena_cap);
	HR_AUTO(hr_arena) tree = hr_arena_open(arena_cap);
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_catalog *catalog = hr_catalog_open(input->id, input->known_at);
	bool ok = work && build && tree && parser && catalog;
	hr_load load = {
		.catalog = catalog,
		.work = work,
		.build = build,
		.tree = tree,
		.parser = parser,
		.sink = input->sink,
		.err = err,
		.alone = !input->shared,
	};

	ok = ok ? read_all(&load, input) : hr_fail_memory(err);
	hr_xml_parser_close(parser);
	if (!ok) {
		hr_catalog_unref(catalog);
		return false;
	}
	*out = catalog;
	return true;
}

/* The sink of hr_catalog_build: the first error is the answer. */
static bool refuse(void *context, const hr_issue *issue, hr_error *err)
{
	(void)context;
	if (issue->severity == HR_SEVERITY_WARNING)
		return true;
	return hr_fail_at(err, HR_E_CATALOG, issue->line, issue->column, "%.*s:%u:%u: %.*s",
			  HR_STR_ARG(issue->file), issue->line, issue->column,
			  HR_STR_ARG(issue->message));
}

bool hr_catalog_build(const hr_fileset *shared, const hr_fileset *local, hr_str id,
		      hr_instant known_at, hr_catalog **out, hr_error *err)
{
	hr_load_input input = {
		.shared = shared,
		.local = local,
		.id = id,
		.known_at = known_at,
		.sink = { .report = refuse },
	};

	return hr_catalog_load(&input, out, err);
}

bool hr_catalog_read_folder(const char *path, hr_arena *arena, hr_fileset *out, hr_error *err)
{
	hr_fileset set;

	if (!hr_fileset_read(path, HR_STR(".xml"), &hr_fileset_catalogue_limits, arena, &set, err))
		return false;
	if (set.count == 0)
		return hr_fail(err, HR_E_NOT_FOUND,
			       "there is no .xml file in folder '%s'; 'huren catalog new' makes a "
			       "catalogue to start from",
			       path);
	*out = set;
	return true;
}

bool hr_catalog_open_folder(const char *path, const char *local_path, hr_catalog **out,
			    hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(2 * hr_fileset_catalogue_limits.total_bytes);
	hr_fileset shared;
	hr_fileset local = { 0 };

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_catalog_read_folder(path, arena, &shared, err))
		return false;
	if (local_path && !hr_catalog_read_folder(local_path, arena, &local, err))
		return false;
	return hr_catalog_build(&shared, &local, HR_STR("folder"), (hr_instant){ 0 }, out, err);
}
