/*
 * The types of cells that need no catalogue: texts, days, words, lists. Clerks
 * write them in many ways; each type takes those and gives the one form that
 * the files use.
 */
#include "base/text.h"
#include "catalog/sheet_parts.h"

enum { TEXT_CHARACTERS_MAX = 1000 };

void hr_sheet_buf(hr_sheet *sheet, hr_buf *buf)
{
	hr_buf_init(buf, sheet->work, HR_XML_TAG_MAX);
}

hr_str hr_sheet_str(hr_sheet *sheet, const hr_buf *buf)
{
	sheet->overflow |= buf->failed;
	return hr_buf_str(buf);
}

bool hr_sheet_same_name(hr_str a, hr_str b)
{
	char left[128];
	char right[128];
	size_t len;

	if (a.len > sizeof(left) || b.len > sizeof(right))
		return false;
	len = hr_text_fold(a, left);
	return len == hr_text_fold(b, right) && memcmp(left, right, len) == 0;
}

/* --- lists --- */

/* Codes are parted by any of these, items by all but blanks, names by the first six. */
static const hr_str separators[HR_PART_CODES] = {
	HR_STR_INIT("、"), HR_STR_INIT("；"), HR_STR_INIT(";"),	 HR_STR_INIT("|"),
	HR_STR_INIT("\n"), HR_STR_INIT("\r"), HR_STR_INIT("，"), HR_STR_INIT(","),
	HR_STR_INIT(" "),  HR_STR_INIT("\t"), HR_STR_INIT("　"),
};

static size_t separator_at(hr_str s, size_t at, hr_sheet_part part)
{
	hr_str rest = hr_str_slice(s, at, s.len);

	/* Most bytes are of codes. */
	if (rest.data[0] >= '-' && rest.data[0] <= 'z' && rest.data[0] != ';')
		return 0;
	for (unsigned i = 0; i < part; i++)
		if (hr_str_starts_with(rest, separators[i]))
			return separators[i].len;
	return 0;
}

hr_str hr_sheet_next(hr_str *rest, hr_sheet_part part)
{
	hr_str piece = HR_STR_NONE;

	while (piece.len == 0 && rest->len) {
		size_t at = 0;
		size_t parted = 0;

		while (at < rest->len && (parted = separator_at(*rest, at, part)) == 0)
			at++;
		piece = hr_str_trim(hr_str_slice(*rest, 0, at));
		*rest = hr_str_slice(*rest, at + parted, rest->len);
	}
	return piece;
}

void hr_sheet_join(hr_buf *buf, hr_str separator, hr_str piece)
{
	if (buf->len)
		hr_buf_add(buf, separator);
	hr_buf_add(buf, piece);
}

static hr_str rejoin(hr_sheet *sheet, hr_str list, hr_sheet_part part, hr_str separator)
{
	hr_str piece;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	while ((piece = hr_sheet_next(&list, part)).len)
		hr_sheet_join(&buf, separator, piece);
	return hr_sheet_str(sheet, &buf);
}

/* --- texts --- */

/* 1.211E+17: what Excel leaves of a code of 18 digits. */
static bool is_mangled(hr_str cell)
{
	size_t exponent = hr_str_find(cell, HR_STR("E+"));

	return exponent + 2 < cell.len && hr_str_find(cell, HR_STR(".")) < exponent;
}

static size_t count_characters(hr_str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.data[i] & 0xc0) != 0x80;
	return count;
}

static bool has_controls(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] < 0x20 || s.data[i] == 0x7f)
			return true;
	return false;
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r' || c == '\t';
}

/* Cells are wrapped by hand to fit a page: behind a Chinese character that is nothing. */
static hr_str unwrap(hr_sheet *sheet, hr_str cell)
{
	bool after_word = false;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < cell.len; i++) {
		char c = cell.data[i];

		if (!is_break(c))
			hr_buf_add_char(&buf, c);
		else if (after_word)
			hr_buf_add_char(&buf, ' ');
		after_word = !is_break(c) && c != ' ' && (unsigned char)c < 0x80;
	}
	return hr_sheet_str(sheet, &buf);
}

static bool parse_text(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	hr_str text = has_controls(cell) ? unwrap(sheet, cell) : cell;

	if (has_controls(text) || count_characters(text) > TEXT_CHARACTERS_MAX)
		return hr_sheet_bad_cell(sheet, column, "at most 1000 characters");
	if (column->flags & HR_COLUMN_DIGITS && is_mangled(text))
		return hr_sheet_bad_cell(sheet, column,
					 "the code itself: the spreadsheet made a number of it; "
					 "format the column as text");
	*out = text;
	return true;
}

const hr_cell_type hr_cell_text = { .parse = parse_text };

/* --- codes parted by blanks --- */

static hr_str read_codes(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	return rejoin(sheet, hr_xml_attr_value(node, column->attr), HR_PART_CODES, HR_STR(" "));
}

static bool parse_codes(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	(void)column;
	*out = rejoin(sheet, cell, HR_PART_CODES, HR_STR(" "));
	return true;
}

static hr_str format_codes(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	(void)column;
	return rejoin(sheet, value, HR_PART_CODES, HR_STR("、"));
}

const hr_cell_type hr_cell_codes = {
	.read = read_codes,
	.parse = parse_codes,
	.format = format_codes,
};

/* --- child elements --- */

hr_str hr_sheet_child_text(const hr_column *column, const hr_xml *child)
{
	hr_str text = column->child_attr.len ? hr_xml_attr_value(child, column->child_attr)
					     : hr_str_trim(child->text);
	hr_str rest = text;

	/* One with days, or with a separator in it, does not fit a cell: it stays as it is. */
	if (child->attr_count != (column->child_attr.len > 0) ||
	    !hr_str_equal(hr_sheet_next(&rest, HR_PART_NAMES), text))
		return HR_STR_NONE;
	return text;
}

static hr_str read_children(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	const hr_xml *child = hr_xml_child(node, column->attr);
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (; child; child = hr_xml_next_same(child)) {
		hr_str text = hr_sheet_child_text(column, child);

		if (text.len)
			hr_sheet_join(&buf, HR_STR("；"), text);
	}
	return hr_sheet_str(sheet, &buf);
}

static bool parse_children(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	hr_str piece;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	while ((piece = hr_sheet_next(&cell, HR_PART_NAMES)).len) {
		if (!parse_text(sheet, column, piece, &piece))
			return false;
		hr_sheet_join(&buf, HR_STR("；"), piece);
	}
	*out = hr_sheet_str(sheet, &buf);
	return true;
}

const hr_cell_type hr_cell_children = { .read = read_children, .parse = parse_children };

/* --- days --- */

static bool read_number(hr_str *rest, size_t digits_max, int *out)
{
	size_t digits = 0;
	int number = 0;

	while (digits < rest->len && digits < digits_max && rest->data[digits] >= '0' &&
	       rest->data[digits] <= '9')
		number = number * 10 + (rest->data[digits++] - '0');
	*rest = hr_str_slice(*rest, digits, rest->len);
	*out = number;
	return digits > 0;
}

static bool skip(hr_str *rest, hr_str mark)
{
	if (!hr_str_starts_with(*rest, mark))
		return false;
	*rest = hr_str_slice(*rest, mark.len, rest->len);
	return true;
}

/* 2025-01-01, 2025/1/1, 2025.1.1, 2025年1月1日, 20250101. */
static bool read_day(hr_str rest, hr_date *out)
{
	static const hr_str forms[][3] = {
		{ HR_STR_INIT("-"), HR_STR_INIT("-"), HR_STR_INIT("") },
		{ HR_STR_INIT("/"), HR_STR_INIT("/"), HR_STR_INIT("") },
		{ HR_STR_INIT("."), HR_STR_INIT("."), HR_STR_INIT("") },
		{ HR_STR_INIT("年"), HR_STR_INIT("月"), HR_STR_INIT("日") },
		{ HR_STR_INIT(""), HR_STR_INIT(""), HR_STR_INIT("") },
	};
	int year;
	int month;
	int day;

	/* Shorter ones without marks could be read in two ways. */
	if (rest.len < 8 || !read_number(&rest, 4, &year))
		return false;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		hr_str s = rest;

		if (skip(&s, forms[i][0]) && read_number(&s, 2, &month) && skip(&s, forms[i][1]) &&
		    read_number(&s, 2, &day) && skip(&s, forms[i][2]) && s.len == 0)
			return hr_date_from_civil(year, month, day, out);
	}
	return false;
}

static bool is_open(hr_str cell)
{
	static const hr_str words[] = { HR_STR_INIT("长期"), HR_STR_INIT("不限"), HR_STR_INIT("无"),
					HR_STR_INIT("open") };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_sheet_same_name(cell, words[i]))
			return true;
	return false;
}

static bool parse_day(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	hr_date day;

	if (is_open(cell)) {
		*out = HR_STR_NONE;
		return true;
	}
	if (!read_day(cell, &day))
		return hr_sheet_bad_cell(sheet, column, "a day that exists, as 2025-01-01");
	*out = hr_sheet_day(sheet, day);
	return true;
}

hr_str hr_sheet_day(hr_sheet *sheet, hr_date day)
{
	char text[HR_DATE_TEXT];

	return hr_str_copy(sheet->work, hr_date_format(day, text));
}

const hr_cell_type hr_cell_day = { .parse = parse_day };

/* --- words --- */

static const hr_sheet_word *find_word(const hr_column *column, hr_str text)
{
	for (size_t i = 0; i < column->word_count; i++)
		for (size_t k = 0; k < HR_SHEET_NAMES && column->words[i].written[k].len; k++)
			if (hr_sheet_same_name(text, column->words[i].written[k]))
				return &column->words[i];
	return NULL;
}

static hr_str read_word(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	const hr_sheet_word *word = find_word(column, hr_xml_attr_value(node, column->attr));

	(void)sheet;
	return word ? word->value : HR_STR_NONE;
}

static bool parse_word(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	const hr_sheet_word *word = find_word(column, cell);
	hr_buf buf;

	if (word) {
		*out = word->value;
		return true;
	}
	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < column->word_count; i++)
		hr_sheet_join(&buf, HR_STR(", "), column->words[i].written[0]);
	return hr_sheet_bad_cell(sheet, column, "one of: %.*s",
				 HR_STR_ARG(hr_sheet_str(sheet, &buf)));
}

static hr_str format_word(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	(void)sheet;
	for (size_t i = 0; i < column->word_count; i++)
		if (hr_str_equal(value, column->words[i].value))
			return column->words[i].written[0];
	return value;
}

const hr_cell_type hr_cell_word = {
	.read = read_word,
	.parse = parse_word,
	.format = format_word,
};

/* Several, in the order of the table. */
static bool parse_words(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	uint32_t set = 0;
	hr_str piece;
	hr_buf buf;

	while ((piece = hr_sheet_next(&cell, HR_PART_CODES)).len) {
		const hr_sheet_word *word = find_word(column, piece);

		if (!word)
			return parse_word(sheet, column, piece, out);
		set |= 1u << (word - column->words);
	}
	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < column->word_count; i++)
		if (set & 1u << i)
			hr_sheet_join(&buf, HR_STR(" "), column->words[i].value);
	*out = hr_sheet_str(sheet, &buf);
	return true;
}

static hr_str read_words(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	hr_str value = HR_STR_NONE;

	parse_words(sheet, column, hr_xml_attr_value(node, column->attr), &value);
	return value;
}

static hr_str format_words(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	hr_str word;
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	while ((word = hr_str_next_word(&value)).len)
		hr_sheet_join(&buf, HR_STR("、"), format_word(sheet, column, word));
	return hr_sheet_str(sheet, &buf);
}

const hr_cell_type hr_cell_words = {
	.read = read_words,
	.parse = parse_words,
	.format = format_words,
};

/* --- the element's own name --- */

static hr_str read_item_kind(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	(void)sheet;
	(void)column;
	return node->name;
}

void hr_cell_write_nothing(hr_xml_writer *w, const hr_column *column, hr_str value)
{
	(void)w;
	(void)column;
	(void)value;
}

const hr_cell_type hr_cell_item_kind = {
	.read = read_item_kind,
	.parse = parse_word,
	.format = format_word,
	.write = hr_cell_write_nothing,
};

/* --- lengths of time: "7 days", the words being the attributes --- */

static hr_str read_validity(hr_sheet *sheet, const hr_column *column, const hr_xml *node)
{
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	for (size_t i = 0; i < column->word_count && buf.len == 0; i++) {
		hr_str number = hr_xml_attr_value(node, column->words[i].value);

		if (number.len)
			hr_buf_addf(&buf, "%.*s %.*s", HR_STR_ARG(number),
				    HR_STR_ARG(column->words[i].value));
	}
	return hr_sheet_str(sheet, &buf);
}

static bool parse_validity(hr_sheet *sheet, const hr_column *column, hr_str cell, hr_str *out)
{
	const hr_sheet_word *word = NULL;
	int number;
	hr_buf buf;

	if (read_number(&cell, 5, &number) && number > 0)
		word = find_word(column, hr_str_trim(cell));
	if (!word)
		return hr_sheet_bad_cell(sheet, column, "a length as 6小时, 7天 or 3个月");
	hr_sheet_buf(sheet, &buf);
	hr_buf_addf(&buf, "%d %.*s", number, HR_STR_ARG(word->value));
	*out = hr_sheet_str(sheet, &buf);
	return true;
}

static hr_str format_validity(hr_sheet *sheet, const hr_column *column, hr_str value)
{
	hr_str number = hr_str_next_word(&value);
	hr_str unit = hr_str_next_word(&value);
	hr_buf buf;

	hr_sheet_buf(sheet, &buf);
	hr_buf_add(&buf, number);
	hr_buf_add(&buf, format_word(sheet, column, unit));
	return hr_sheet_str(sheet, &buf);
}

static void write_validity(hr_xml_writer *w, const hr_column *column, hr_str value)
{
	hr_str number = hr_str_next_word(&value);

	(void)column;
	hr_xml_write_attr(w, hr_str_next_word(&value), number);
}

const hr_cell_type hr_cell_validity = {
	.read = read_validity,
	.parse = parse_validity,
	.format = format_validity,
	.write = write_validity,
	.attrs = { HR_STR_INIT("hours"), HR_STR_INIT("days"), HR_STR_INIT("months") },
};
