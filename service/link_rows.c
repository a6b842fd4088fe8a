/* Rows of a sheet, or lines of JSON: found and counted at once, read one at a time. */
#include "service/link_rows_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "dicom/manifest.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	COLUMN_NAMES = 6,
	TITLES_MAX = 10, /* rows above the header */
	NAME_MAX = 120,	 /* bytes of a column's name */
	CELL_BYTES = HR_MANIFEST_URL_MAX + 8,
};

/* The first is written, the second is for people; all are found folded (base/text.h). */
static const char *const names[HR_LINK_UNKNOWN][COLUMN_NAMES] = {
	[HR_LINK_IMAGE_INDEX] = { "image_index", "影像云索引", "医保影像云索引", "影像索引" },
	[HR_LINK_STUDY_UID] = { "study_instance_uid", "检查UID", "检查实例号", "study",
				"study_uid" },
	[HR_LINK_ACCESSION] = { "accession_number", "检查号", "检查编号", "accession" },
	[HR_LINK_INSTITUTION] = { "institution", "机构代码", "统一社会信用代码", "uscc" },
	[HR_LINK_INSTITUTION_NAME] = { "institution_name", "机构名称" },
	[HR_LINK_ISSUER] = { "issuer", "发号机构", "patient_id_issuer", "issuer_of_patient_id" },
	[HR_LINK_PATIENT_ID] = { "patient_id", "患者编号", "患者id", "病人编号", "病历号" },
	[HR_LINK_PATIENT_ID_TYPE] = { "id_type", "证件类型", "证件种类", "patient_id_type" },
	[HR_LINK_NAME] = { "name", "姓名", "患者姓名", "patient_name" },
	[HR_LINK_BIRTH_DATE] = { "birth_date", "出生日期", "patient_birth_date" },
	[HR_LINK_PATIENT_SEX] = { "sex", "性别", "patient_sex" },
	[HR_LINK_STUDY_DATE] = { "study_date", "检查日期" },
	[HR_LINK_STUDY_TIME] = { "study_time", "检查时间" },
	[HR_LINK_MODALITIES] = { "modality", "设备类型", "modalities_in_study", "modalities" },
	[HR_LINK_DESCRIPTION] = { "study_description", "检查描述", "检查项目", "description" },
	[HR_LINK_RETRIEVE_URL] = { "retrieve_url", "取片地址", "调取地址", "影像地址" },
	[HR_LINK_IS_AVAILABLE] = { "availability", "影像状态", "可用性", "instance_availability" },
	[HR_LINK_FILM_STATE] = { "state", "发布状态" },
	[HR_LINK_PASSED_OVER] = { "note", "备注", "序号", "no" },
	[HR_LINK_SAID_BEFORE] = { "problem", "问题" },
};

struct line {
	hr_str text;	 /* of JSON */
	uint32_t record; /* of a sheet, from 0 */
	uint32_t number;
};

struct hr_link_rows {
	hr_json_parser *parser; /* NULL: a sheet */
	hr_csv csv;
	uint32_t header;		     /* its record */
	uint8_t columns[HR_CSV_COLUMNS_MAX]; /* what each cell is */
	uint32_t column_count;
	struct line *lines;
	size_t count;
};

/* --- names --- */

const char *hr_link_column_name(size_t column, bool english)
{
	return column < HR_LINK_COLUMNS ? names[column][!english] : NULL;
}

static hr_str fold(hr_str name, char folded[NAME_MAX])
{
	return (hr_str){ folded, name.len <= NAME_MAX ? hr_text_fold(name, folded) : 0 };
}

static hr_link_column column_of(hr_str cell)
{
	char folded_cell[NAME_MAX];
	char folded_name[NAME_MAX];
	hr_str name;

	for (int i = 0; i < HR_LINK_UNKNOWN; i++)
		if (hr_str_equal(cell, hr_str_of(names[i][0])))
			return (hr_link_column)i;
	name = fold(hr_str_trim(cell), folded_cell);
	for (int i = 0; i < HR_LINK_UNKNOWN && name.len; i++)
		for (int k = 0; k < COLUMN_NAMES && names[i][k]; k++)
			if (hr_str_equal(name, fold(hr_str_of(names[i][k]), folded_name)))
				return (hr_link_column)i;
	return HR_LINK_UNKNOWN;
}

bool hr_link_refuse(hr_link_problem *problem, hr_link_problem_kind kind, hr_link_column column)
{
	*problem = (hr_link_problem){ kind, hr_str_of(hr_link_column_name(column, true)) };
	return false;
}

hr_str hr_link_problem_word(hr_link_problem_kind kind)
{
	static const hr_str words[] = {
#define X(name, word, zh, en) [HR_LINK_##name] = HR_STR_INIT(word),
		HR_LINK_PROBLEMS(X)
#undef X
	};

	return words[kind];
}

hr_link_problem_kind hr_link_problem_of(hr_str word)
{
	int i = 0;

	while (i < HR_LINK_PROBLEM_KINDS &&
	       !hr_str_equal(word, hr_link_problem_word((hr_link_problem_kind)i)))
		i++;
	return (hr_link_problem_kind)i;
}

hr_str hr_link_problem_text(hr_link_problem_kind kind, bool english)
{
	static const hr_str texts[][2] = {
#define X(name, word, zh, en) [HR_LINK_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_LINK_PROBLEMS(X)
#undef X
	};

	return texts[kind][english];
}

/* --- a sheet --- */

static bool is_header(const hr_csv_row *row)
{
	for (uint32_t i = 0; i < row->count; i++) {
		hr_link_column is = column_of(row->cells[i]);

		if (is == HR_LINK_STUDY_UID || is == HR_LINK_IMAGE_INDEX)
			return true;
	}
	return false;
}

static bool read_header(hr_link_rows *rows, const hr_csv_row *row, hr_error *err)
{
	bool met[HR_LINK_COLUMNS] = { false };

	rows->column_count = row->count;
	for (uint32_t i = 0; i < row->count; i++) {
		hr_link_column is = column_of(row->cells[i]);

		if (is == HR_LINK_UNKNOWN && hr_str_trim(row->cells[i]).len)
			return hr_fail_at(err, HR_E_USAGE, row->line, 0,
					  "column %u of the header is not known: rename it, or "
					  "leave it out; 'huren help publish-schema' has the names",
					  i + 1);
		if (is < HR_LINK_COLUMNS && met[is])
			return hr_fail_at(err, HR_E_USAGE, row->line, 0, "two columns are '%s'",
					  names[is][0]);
		if (is < HR_LINK_COLUMNS)
			met[is] = true;
		rows->columns[i] = (uint8_t)is;
	}
	return true;
}

static bool find_header(hr_link_rows *rows, hr_error *err)
{
	for (uint32_t i = 0; i < rows->csv.count && i <= TITLES_MAX; i++)
		if (is_header(&rows->csv.rows[i])) {
			rows->header = i;
			return read_header(rows, &rows->csv.rows[i], err);
		}
	return hr_fail(err, HR_E_INCOMPLETE,
		       "no header has a column study_instance_uid (检查UID) or image_index "
		       "(影像云索引)");
}

static bool is_blank(const hr_csv_row *row)
{
	for (uint32_t i = 0; i < row->count; i++)
		if (hr_str_trim(row->cells[i]).len)
			return false;
	return true;
}

static bool open_sheet(hr_link_rows *rows, hr_str bytes, hr_arena *arena, hr_error *err)
{
	if (!hr_csv_read(bytes, arena, &rows->csv, err) || !find_header(rows, err))
		return false;
	rows->lines = HR_NEW_N(arena, struct line, rows->csv.count);
	if (!rows->lines)
		return hr_fail_memory(err);
	for (uint32_t i = rows->header + 1; i < rows->csv.count; i++)
		if (!is_blank(&rows->csv.rows[i]))
			rows->lines[rows->count++] = (struct line){ .record = i, .number = i + 1 };
	return true;
}

static bool get_of_sheet(const hr_link_rows *rows, const struct line *line,
			 hr_str values[HR_LINK_COLUMNS], hr_link_problem *problem)
{
	const hr_csv_row *row = &rows->csv.rows[line->record];

	for (uint32_t i = 0; i < row->count; i++) {
		hr_str cell = hr_str_trim(row->cells[i]);

		if (i >= rows->column_count || rows->columns[i] == HR_LINK_UNKNOWN) {
			if (cell.len)
				return hr_link_refuse(problem, HR_LINK_CELLS, HR_LINK_COLUMNS);
		} else if (rows->columns[i] < HR_LINK_COLUMNS) {
			values[rows->columns[i]] = cell;
		}
	}
	return true;
}

/* --- lines of JSON --- */

static void close_parser(void *parser)
{
	hr_json_parser_close(parser);
}

static size_t count_lines(hr_str text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == '\n';
	return count;
}

static bool note_lines(hr_link_rows *rows, hr_str text, hr_arena *arena, hr_error *err)
{
	const size_t room = count_lines(text);

	if (room > (size_t)HR_LINK_ROWS_MAX + 1)
		return hr_fail(err, HR_E_LIMIT, "the file has over %d lines", HR_LINK_ROWS_MAX);
	rows->lines = HR_NEW_N(arena, struct line, room);
	if (!rows->lines)
		return hr_fail_memory(err);
	for (uint32_t number = 1; text.len; number++) {
		size_t end = hr_str_find(text, HR_STR("\n"));
		hr_str line = hr_str_trim(hr_str_slice(text, 0, end));

		text = hr_str_slice(text, end + 1, text.len);
		/* Of files that were put one behind the other each may begin with it. */
		if (hr_str_starts_with(line, HR_CSV_MARK))
			line = hr_str_trim(hr_str_slice(line, HR_CSV_MARK.len, line.len));
		if (line.len)
			rows->lines[rows->count++] = (struct line){ line, 0, number };
	}
	return true;
}

static bool open_lines(hr_link_rows *rows, hr_str bytes, hr_arena *arena, hr_error *err)
{
	if (!hr_text_is_utf8(bytes) &&
	    !hr_text_to_utf8(bytes, HR_STR("GB18030"), (size_t)2 * HR_LINK_ROWS_BYTES_MAX, arena,
			     &bytes, err))
		return false;
	rows->parser = hr_json_parser_open();
	if (!rows->parser)
		return hr_fail_memory(err);
	return hr_arena_on_reset(arena, close_parser, rows->parser, err) &&
	       note_lines(rows, bytes, arena, err);
}

static bool get_members(const hr_json *root, hr_str values[HR_LINK_COLUMNS],
			hr_link_problem *problem)
{
	bool met[HR_LINK_UNKNOWN] = { false };

	for (const hr_json *m = root->first; m; m = m->next) {
		hr_link_column is = column_of(m->name);

		/* Of two names of one column either may be meant. */
		if (is == HR_LINK_UNKNOWN || (is < HR_LINK_COLUMNS && met[is]))
			return hr_link_refuse(problem, HR_LINK_MEMBER, HR_LINK_COLUMNS);
		if (m->kind != HR_JSON_STRING && m->kind != HR_JSON_NULL)
			return hr_link_refuse(problem, HR_LINK_JSON, is);
		met[is] = true;
		if (is < HR_LINK_COLUMNS)
			values[is] = hr_str_trim(hr_json_text(m));
	}
	return true;
}

static bool get_of_json(hr_link_rows *rows, const struct line *line, hr_arena *arena,
			hr_str values[HR_LINK_COLUMNS], hr_link_row *out, hr_link_problem *problem)
{
	const hr_json *root;
	hr_error why;

	if (line->text.len > HR_LINK_LINE_MAX)
		return hr_link_refuse(problem, HR_LINK_TOO_LONG, HR_LINK_COLUMNS);
	if (!hr_json_read(rows->parser, line->text, arena, &root, &why))
		return why.code != HR_E_MEMORY &&
		       hr_link_refuse(problem, HR_LINK_JSON, HR_LINK_COLUMNS);
	if (root->kind != HR_JSON_OBJECT)
		return hr_link_refuse(problem, HR_LINK_JSON, HR_LINK_COLUMNS);
	if (hr_json_get(root, HR_STR("resourceType"))) {
		*out = (hr_link_row){ .manifest = line->text };
		return true;
	}
	return get_members(root, values, problem);
}

/* --- both --- */

bool hr_link_rows_open(hr_str bytes, hr_link_form form, hr_arena *arena, hr_link_rows **out,
		       hr_error *err)
{
	hr_link_rows *rows = HR_NEW(arena, hr_link_rows);
	hr_str text = bytes;
	bool is_json;

	if (!rows)
		return hr_fail_memory(err);
	if (bytes.len > HR_LINK_ROWS_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "the file has over %d bytes",
			       HR_LINK_ROWS_BYTES_MAX);
	if (hr_str_starts_with(text, HR_CSV_MARK))
		text = hr_str_slice(text, HR_CSV_MARK.len, text.len);
	is_json = form == HR_LINK_LINES ||
		  (form == HR_LINK_ANY && hr_str_starts_with(hr_str_trim(text), HR_STR("{")));
	*rows = (hr_link_rows){ .parser = NULL };
	if (!(is_json ? open_lines : open_sheet)(rows, text, arena, err))
		return false;
	*out = rows;
	return true;
}

hr_link_form hr_link_rows_form(const hr_link_rows *rows)
{
	return rows->parser ? HR_LINK_LINES : HR_LINK_SHEET;
}

size_t hr_link_rows_count(const hr_link_rows *rows)
{
	return rows->count;
}

uint32_t hr_link_rows_number(const hr_link_rows *rows, size_t row)
{
	return rows->lines[row].number;
}

bool hr_link_rows_get(hr_link_rows *rows, size_t row, hr_arena *arena, hr_link_row *out,
		      hr_link_problem *problem)
{
	const struct line *line = &rows->lines[row];
	hr_str values[HR_LINK_COLUMNS] = { { NULL, 0 } };
	hr_link_row manifest = { .manifest = HR_STR_NONE };

	problem->kind = HR_LINK_PROBLEM_KINDS;
	if (rows->parser) {
		if (!get_of_json(rows, line, arena, values, &manifest, problem))
			return false;
		if (manifest.manifest.len) {
			*out = manifest;
			return true;
		}
	} else if (!get_of_sheet(rows, line, values, problem)) {
		return false;
	}
	return hr_link_row_read(values, arena, out, problem);
}

/* --- and back --- */

static hr_str cut(hr_str cell)
{
	return hr_text_cut(hr_str_trim(cell), CELL_BYTES);
}

/* With a problem in front it takes the place of the one that was said before. */
static void write_record(const hr_link_rows *rows, uint32_t record, const hr_str *problem,
			 hr_buf *out)
{
	const hr_csv_row *row = &rows->csv.rows[record];
	hr_str cells[HR_CSV_COLUMNS_MAX + 1];
	size_t count = 0;

	if (problem)
		cells[count++] = *problem;
	for (uint32_t i = 0; i < row->count; i++)
		if (!problem || i >= rows->column_count || rows->columns[i] != HR_LINK_SAID_BEFORE)
			cells[count++] = problem ? row->cells[i] : cut(row->cells[i]);
	/* One more than is read would be refused: then it is said elsewhere alone. */
	if (count > HR_CSV_COLUMNS_MAX)
		hr_csv_write_row(out, cells + 1, count - 1);
	else
		hr_csv_write_row(out, cells, count);
}

void hr_link_rows_write_header(const hr_link_rows *rows, bool with_problem, hr_buf *out)
{
	const hr_str title = HR_STR("问题");

	if (rows->parser)
		return;
	hr_buf_add(out, HR_CSV_MARK);
	write_record(rows, rows->header, with_problem ? &title : NULL, out);
}

void hr_link_rows_write(const hr_link_rows *rows, size_t row, const hr_str *problem, hr_buf *out)
{
	const struct line *line = &rows->lines[row];

	if (!rows->parser) {
		write_record(rows, line->record, problem, out);
		return;
	}
	hr_buf_add(out, problem ? line->text : hr_text_cut(line->text, HR_LINK_LINE_MAX + 8));
	HR_BUF_ADD(out, "\n");
}
