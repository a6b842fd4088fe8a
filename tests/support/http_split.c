#include "http_split.h"

#include <stdlib.h>

/* The line at `*at`, its end written over; false when there is no whole one. */
static bool take_line(char *bytes, size_t len, size_t *at, char **line)
{
	char *end = memchr(bytes + *at, '\n', len - *at);
	char *from = bytes + *at;

	if (!end)
		return false;
	*at = (size_t)(end - bytes) + 1;
	*end = '\0';
	if (end > from && end[-1] == '\r')
		end[-1] = '\0';
	*line = from;
	return true;
}

static bool split_first_line(char *line, hr_arena *arena, hr_http_head *head)
{
	char *blank = strchr(line, ' ');
	char *last = strrchr(line, ' ');

	if (!blank || blank == last)
		return false;
	*blank = '\0';
	*last = '\0';
	head->method = hr_str_of(line);
	head->target_place = blank + 1;
	head->target = hr_str_copy(arena, hr_str_of(blank + 1));
	head->version = hr_str_of(last + 1);
	return head->target.data && hr_str_starts_with(head->version, HR_STR("HTTP/1."));
}

/* A line that goes on is joined elsewhere, as there. */
static bool fold(hr_http_field *field, const char *line, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1 << 20);
	hr_buf_add(&buf, field->value);
	hr_buf_add(&buf, hr_str_trim(hr_str_of(line)));
	field->value = hr_buf_str(&buf);
	return !buf.failed;
}

static bool split_field(char *line, http_split *out)
{
	char *colon = strchr(line, ':');
	hr_http_field *field = &out->fields[out->head.field_count];
	hr_str value;

	if (!colon || out->head.field_count == HTTP_SPLIT_FIELDS)
		return false;
	*colon = '\0';
	value = hr_str_of(colon + 1);
	while (value.len && (*value.data == ' ' || *value.data == '\t'))
		value = hr_str_slice(value, 1, value.len);
	/* The server cuts these off (http_mhd.c). */
	while (value.len && (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t'))
		value.len--;
	*field = (hr_http_field){ hr_str_of(line), value };
	out->head.field_count += field->name.len > 0;
	return true;
}

bool http_split_head(char *bytes, size_t len, hr_arena *arena, http_split *out)
{
	size_t at = 0;
	char *line;

	*out = (http_split){ .head = { .fields = out->fields } };
	if (!take_line(bytes, len, &at, &line) || !split_first_line(line, arena, &out->head))
		return false;
	for (;;) {
		hr_http_head *head = &out->head;

		if (!take_line(bytes, len, &at, &line))
			return false;
		if (!*line)
			break;
		if ((*line == ' ' || *line == '\t') && head->field_count) {
			if (!fold(&out->fields[head->field_count - 1], line, arena))
				return false;
		} else if (!split_field(line, out)) {
			return false;
		}
	}
	out->len = at;
	out->head.raw = (hr_str){ bytes, at };
	return true;
}
