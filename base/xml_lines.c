#include "base/xml_lines.h"

#include <assert.h>

/* Bytes between two marks: what is walked for an answer. */
enum { STEP = 256 };

/* The line that a byte is in, and where that line starts. */
struct mark {
	uint32_t line;
	uint32_t start;
};

struct hr_xml_lines {
	hr_str text;
	bool counted;
	struct mark marks[]; /* of every STEP-th byte */
};

hr_xml_lines *hr_xml_lines_new(hr_str text, hr_arena *arena)
{
	size_t marks = text.len / STEP + 1;
	hr_xml_lines *lines = hr_arena_alloc(arena, sizeof(*lines) + marks * sizeof(struct mark));

	if (lines)
		lines->text = text;
	return lines;
}

/* The mark of the byte at `to`, from that of an earlier one. */
static struct mark walk(hr_str text, struct mark mark, size_t from, size_t to)
{
	const char *at = text.data + from;
	const char *end = text.data + to;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		mark.line++;
		mark.start = (uint32_t)(at - text.data);
	}
	return mark;
}

static void count(hr_xml_lines *lines)
{
	lines->marks[0] = (struct mark){ 1, 0 };
	for (size_t i = 1; i <= lines->text.len / STEP; i++)
		lines->marks[i] = walk(lines->text, lines->marks[i - 1], (i - 1) * STEP, i * STEP);
	lines->counted = true;
}

void hr_xml_lines_find(hr_xml_lines *lines, size_t tag_end, uint32_t *line, uint32_t *column)
{
	const char *text = lines->text.data;
	/* No attribute of a well-formed tag holds a '<', so this one is the tag's own. */
	const char *tag = memrchr(text, '<', tag_end);
	struct mark mark;
	size_t at;

	assert(tag);
	at = (size_t)(tag - text);
	if (!lines->counted)
		count(lines);
	mark = walk(lines->text, lines->marks[at / STEP], at / STEP * STEP, at);
	*line = mark.line;
	*column = (uint32_t)(at - mark.start) + 1;
}
