/*
 * What an import changes in the files. Never a file as a whole: rows are
 * replaced, removed and put in where they stand, so comments stay and a
 * difference shows only what changed.
 */
#include "catalog/sheet_parts.h"

#include <stdlib.h>

/* --- rows as text --- */

static void write_attributes(hr_sheet *sheet, hr_xml_writer *w, const hr_sheet_file *file,
			     const hr_str *values)
{
	for (size_t i = 0; i < sheet->table->column_count; i++) {
		const hr_column *column = &sheet->table->columns[i];

		if (column->flags & (HR_COLUMN_CHILD | HR_COLUMN_SHOWN))
			continue;
		if (column->flags & HR_COLUMN_PROVENANCE && file &&
		    hr_str_equal(values[i], file->values[i]))
			continue;
		if (column->type->write)
			column->type->write(w, column, values[i]);
		else
			hr_xml_write_attr(w, column->attr, values[i]);
	}
}

static bool has_attribute(const hr_column *column, hr_str name)
{
	if (column->flags & HR_COLUMN_CHILD)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (hr_str_equal(column->type->attrs[i], name))
			return true;
	return hr_str_equal(column->attr, name);
}

/* Those of the old row for which there is no column. */
static void copy_attributes(const hr_sheet *sheet, hr_xml_writer *w, const hr_xml *old)
{
	const hr_sheet_table *table = sheet->table;

	for (uint32_t i = 0; old && i < old->attr_count; i++) {
		size_t k = 0;

		while (k < table->column_count &&
		       !has_attribute(&table->columns[k], old->attrs[i].name))
			k++;
		if (k == table->column_count)
			hr_xml_write_attr(w, old->attrs[i].name, old->attrs[i].value);
	}
}

static void copy_element(hr_xml_writer *w, const hr_xml *node)
{
	hr_xml_write_open(w, node->name);
	for (uint32_t i = 0; i < node->attr_count; i++)
		hr_xml_write_attr(w, node->attrs[i].name, node->attrs[i].value);
	if (node->text.len)
		hr_xml_write_text(w, node->text);
	hr_xml_write_close(w, node->name);
}

static const hr_column *child_column(const hr_sheet *sheet, hr_str name)
{
	for (size_t i = 0; i < sheet->table->column_count; i++)
		if (sheet->table->columns[i].flags & HR_COLUMN_CHILD &&
		    hr_str_equal(sheet->table->columns[i].attr, name))
			return &sheet->table->columns[i];
	return NULL;
}

static void write_cell_children(hr_xml_writer *w, const hr_column *column, hr_str value)
{
	hr_str piece;

	while ((piece = hr_sheet_next(&value, HR_PART_NAMES)).len) {
		hr_xml_write_open(w, column->attr);
		if (column->child_attr.len)
			hr_xml_write_attr(w, column->child_attr, piece);
		else
			hr_xml_write_text(w, piece);
		hr_xml_write_close(w, column->attr);
	}
}

/* Those of the cell first, then those of the old row that no cell can hold. */
static void write_children(hr_sheet *sheet, hr_xml_writer *w, const hr_str *values,
			   const hr_xml *old)
{
	for (size_t i = 0; i < HR_SHEET_CHILDREN && sheet->table->children[i].len; i++) {
		hr_str name = sheet->table->children[i];
		const hr_column *column = child_column(sheet, name);
		const hr_xml *child = old ? hr_xml_child(old, name) : NULL;

		if (column)
			write_cell_children(w, column, values[column - sheet->table->columns]);
		for (; child; child = hr_xml_next_same(child))
			if (!column || hr_sheet_child_text(column, child).len == 0)
				copy_element(w, child);
	}
}

hr_str hr_sheet_row_text(hr_sheet *sheet, const hr_sheet_file *file, const hr_str *values,
			 const hr_xml *old)
{
	hr_fact fact = { .values = (hr_str *)(uintptr_t)values };
	hr_str element = sheet->table->element;
	hr_xml_writer w;
	hr_buf buf;

	if (element.len == 0)
		element = *hr_sheet_value(sheet, &fact, "kind");
	hr_buf_init(&buf, sheet->work, HR_XML_DOCUMENT_MAX);
	hr_xml_writer_init(&w, &buf, 1);
	hr_xml_write_open(&w, element);
	write_attributes(sheet, &w, file, values);
	copy_attributes(sheet, &w, old);
	write_children(sheet, &w, values, old);
	hr_xml_write_close(&w, element);
	/* Without the tab before it and the line end behind it. */
	return hr_str_slice(hr_sheet_str(sheet, &buf), 1, buf.len ? buf.len - 1 : 0);
}

/* --- where rows stand --- */

static size_t skip_past(hr_str bytes, size_t at, hr_str mark)
{
	hr_str rest = hr_str_slice(bytes, at, bytes.len);

	return at + hr_str_find(rest, mark) + mark.len;
}

/* Behind the '>' of the tag that begins at `at`. */
static size_t tag_end(hr_str bytes, size_t at)
{
	char quote = '\0';

	for (; at < bytes.len; at++) {
		char c = bytes.data[at];

		if (c == quote)
			quote = '\0';
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (!quote && c == '>')
			return at + 1;
	}
	return bytes.len;
}

/* Behind the element that begins at `at`. The document has been read: it is well formed. */
static size_t element_end(hr_str bytes, size_t at)
{
	static const hr_str skipped[][2] = {
		{ HR_STR_INIT("<!--"), HR_STR_INIT("-->") },
		{ HR_STR_INIT("<![CDATA["), HR_STR_INIT("]]>") },
		{ HR_STR_INIT("<?"), HR_STR_INIT("?>") },
	};
	size_t depth = 0;

	while (at < bytes.len) {
		hr_str rest = hr_str_slice(bytes, at, bytes.len);
		size_t kind = 0;

		if (rest.data[0] != '<') {
			at += hr_str_find(rest, HR_STR("<"));
			continue;
		}
		while (kind < 3 && !hr_str_starts_with(rest, skipped[kind][0]))
			kind++;
		if (kind < 3) {
			at = skip_past(bytes, at, skipped[kind][1]);
			continue;
		}
		at = tag_end(bytes, at);
		if (hr_str_starts_with(rest, HR_STR("</")))
			depth--;
		else if (bytes.data[at - 2] != '/')
			depth++;
		if (depth == 0)
			return at;
	}
	return bytes.len;
}

/* Back over the blanks before `at`, and the line end before them. */
static size_t line_before(hr_str bytes, size_t at)
{
	size_t from = at;

	while (from > 0 && (bytes.data[from - 1] == ' ' || bytes.data[from - 1] == '\t'))
		from--;
	if (from == 0 || bytes.data[from - 1] != '\n')
		return at;
	from--;
	return from > 0 && bytes.data[from - 1] == '\r' ? from - 1 : from;
}

/* --- edits --- */

static void add_edit(hr_sheet *sheet, hr_sheet_file *file, size_t from, size_t to, hr_str text,
		     uint32_t row)
{
	hr_edit *edit = hr_sheet_add(sheet, &sheet->edits, sizeof(*edit));

	if (!edit)
		return;
	*edit = (hr_edit){ .file = file,
			   .from = from,
			   .to = to,
			   .text = text,
			   .row = row,
			   .order = sheet->edits.count };
	file->growth += text.len;
}

void hr_sheet_replace(hr_sheet *sheet, const hr_fact *fact, hr_str text, uint32_t row)
{
	add_edit(sheet, fact->file, fact->start, element_end(fact->file->file.bytes, fact->start),
		 text, row);
}

void hr_sheet_remove(hr_sheet *sheet, const hr_fact *fact)
{
	hr_str bytes = fact->file->file.bytes;

	add_edit(sheet, fact->file, line_before(bytes, fact->start),
		 element_end(bytes, fact->start), HR_STR_NONE, 0);
}

static void put_row(hr_sheet *sheet, hr_sheet_file *file, size_t at, const hr_fact *row)
{
	hr_str text = hr_sheet_row_text(sheet, file, row->values, NULL);

	add_edit(sheet, file, at, at, hr_sheet_text(sheet, "\n\t%.*s", HR_STR_ARG(text)), row->row);
}

static int compare_keys(const void *left, const void *right)
{
	const hr_fact *a = *(hr_fact *const *)left;
	const hr_fact *b = *(hr_fact *const *)right;
	int order = hr_str_compare(a->key, b->key);

	if (order == 0)
		order = (a->start > b->start) - (a->start < b->start);
	return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* Into a root without rows: before its end tag, which an empty-element tag has to get first. */
static void put_first_rows(hr_sheet *sheet, hr_sheet_file *file, hr_fact **rows, size_t count)
{
	hr_str bytes = file->file.bytes;
	size_t end = element_end(bytes, file->start);
	bool is_empty_tag = bytes.data[end - 2] == '/';
	size_t at = end;

	if (is_empty_tag)
		add_edit(sheet, file, end - 2, end, HR_STR(">"), 0);
	while (!is_empty_tag && !hr_str_starts_with(hr_str_slice(bytes, at, end), HR_STR("</")))
		at--;
	if (!is_empty_tag)
		at = line_before(bytes, at);
	for (size_t i = 0; i < count; i++)
		put_row(sheet, file, at, rows[i]);
	if (is_empty_tag)
		add_edit(sheet, file, end, end,
			 hr_sheet_text(sheet, "\n</%.*s>", HR_STR_ARG(sheet->table->root)), 0);
}

/* Both sides by key, in one pass. */
void hr_sheet_put(hr_sheet *sheet, hr_sheet_file *file, hr_fact **rows, size_t count)
{
	hr_fact **there = HR_NEW_N(sheet->work, hr_fact *, file->fact_count);
	hr_str bytes = file->file.bytes;
	size_t at = file->fact_count ? line_before(bytes, file->facts[0].start) : 0;
	const hr_fact *last = NULL;
	size_t passed = 0;

	if (!there)
		return;
	qsort(rows, count, sizeof(hr_fact *), compare_keys);
	if (file->fact_count == 0) {
		put_first_rows(sheet, file, rows, count);
		return;
	}
	for (size_t i = 0; i < file->fact_count; i++)
		there[i] = &file->facts[i];
	qsort(there, file->fact_count, sizeof(hr_fact *), compare_keys);
	for (size_t i = 0; i < count; i++) {
		for (; passed < file->fact_count; passed++) {
			if (hr_str_compare(there[passed]->key, rows[i]->key) > 0)
				break;
			if (!last || there[passed]->start > last->start)
				last = there[passed];
		}
		put_row(sheet, file, last ? element_end(bytes, last->start) : at, rows[i]);
	}
}

/* --- the new files --- */

static int compare_edits(const void *left, const void *right)
{
	const hr_edit *a = left;
	const hr_edit *b = right;
	int order = hr_str_compare(a->file->file.name, b->file->file.name);

	if (order == 0)
		order = (a->from > b->from) - (a->from < b->from);
	if (order == 0)
		order = (a->to > b->to) - (a->to < b->to);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

static uint32_t count_lines(hr_str s)
{
	uint32_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += s.data[i] == '\n';
	return count;
}

/* What is written of a new file, and where that is. */
struct output {
	char *data;
	size_t len;
	uint32_t line;
};

static void write(struct output *output, hr_str s)
{
	if (s.len)
		memcpy(output->data + output->len, s.data, s.len);
	output->len += s.len;
	output->line += count_lines(s);
}

static void write_edit(struct output *output, hr_edit *edit)
{
	hr_str lead = hr_str_slice(edit->text, 0, hr_str_find(edit->text, HR_STR("<")));

	edit->line = output->line + count_lines(lead);
	write(output, edit->text);
	edit->last_line = output->line;
}

/* The bytes of `file` with its edits made. */
static bool edit_file(hr_sheet *sheet, hr_file *file, hr_edit *edits, size_t count, hr_error *err)
{
	size_t size = file->bytes.len;
	struct output output = { .line = 1 };
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		size = size - (edits[i].to - edits[i].from) + edits[i].text.len;
	if (size > HR_XML_DOCUMENT_MAX)
		return hr_fail(err, HR_E_LIMIT, "'%.*s' would have over %d bytes",
			       HR_STR_ARG(file->name), HR_XML_DOCUMENT_MAX);
	output.data = hr_arena_alloc_text(sheet->arena, size);
	if (!output.data)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		write(&output, hr_str_slice(file->bytes, at, edits[i].from));
		write_edit(&output, &edits[i]);
		at = edits[i].to;
	}
	write(&output, hr_str_slice(file->bytes, at, file->bytes.len));
	file->bytes = (hr_str){ output.data, output.len };
	return true;
}

static hr_file *find_file(hr_file *files, size_t count, hr_str name)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(files[i].name, name))
			return &files[i];
	return NULL;
}

bool hr_sheet_apply(hr_sheet *sheet, const hr_fileset *set, hr_fileset *out, hr_error *err)
{
	hr_edit *edits = sheet->edits.data;
	size_t count = sheet->edits.count;
	hr_file *files = HR_NEW_N(sheet->arena, hr_file, set->count + count);
	size_t file_count = set->count;

	if (!files)
		return hr_fail_memory(err);
	if (set->count)
		memcpy(files, set->files, set->count * sizeof(*files));
	if (count)
		qsort(edits, count, sizeof(*edits), compare_edits);
	for (size_t from = 0, to; from < count; from = to) {
		const hr_file *source = &edits[from].file->file;
		hr_file *file = find_file(files, set->count, source->name);

		for (to = from + 1; to < count && edits[to].file == edits[from].file; to++)
			;
		if (!file) {
			file = &files[file_count++];
			file->name = hr_str_copy(sheet->arena, source->name);
		}
		file->bytes = source->bytes;
		if (!edit_file(sheet, file, edits + from, to - from, err))
			return false;
	}
	if (!hr_fileset_sort(files, file_count, err))
		return false;
	*out = (hr_fileset){ files, file_count };
	return true;
}
