#include "store/dialect.h"

static const struct {
	hr_str word;
	hr_str said[2]; /* by dialect */
} words[] = {
	{ HR_STR_INIT("BIGINT"), { HR_STR_INIT("INTEGER"), HR_STR_INIT("BIGINT") } },
	{ HR_STR_INIT("BYTEA"), { HR_STR_INIT("BLOB"), HR_STR_INIT("BYTEA") } },
	{ HR_STR_INIT("TEXT"), { HR_STR_INIT("TEXT"), HR_STR_INIT("TEXT COLLATE \"C\"") } },
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* A word, a quoted text with its quotes, or one other character. */
static hr_str next_piece(hr_str rest)
{
	size_t len = 1;

	if (rest.data[0] == '\'' || rest.data[0] == '"') {
		while (len < rest.len && rest.data[len] != rest.data[0])
			len++;
		return hr_str_slice(rest, 0, len + 1);
	}
	if (is_word(rest.data[0]))
		while (len < rest.len && is_word(rest.data[len]))
			len++;
	return hr_str_slice(rest, 0, len);
}

static void write_piece(hr_dialect dialect, hr_str piece, hr_buf *out)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (hr_str_equal(piece, words[i].word)) {
			hr_buf_add(out, words[i].said[dialect]);
			return;
		}
	hr_buf_add(out, piece);
}

static void end_statement(hr_dialect dialect, hr_str statement, hr_buf *out)
{
	if (dialect == HR_DIALECT_SQLITE &&
	    hr_str_starts_with(hr_str_trim(statement), HR_STR("CREATE TABLE")))
		HR_BUF_ADD(out, " STRICT");
}

void hr_dialect_write(hr_dialect dialect, hr_str text, hr_buf *out)
{
	hr_str statement = { text.data, 0 };

	while (text.len) {
		hr_str piece = next_piece(text);

		text = hr_str_slice(text, piece.len, text.len);
		if (hr_str_equal(piece, HR_STR(";"))) {
			end_statement(dialect, statement, out);
			statement = (hr_str){ text.data, 0 };
		} else {
			statement.len += piece.len;
		}
		write_piece(dialect, piece, out);
	}
	end_statement(dialect, statement, out);
}
