#include "base/log.h"

#include "base/json.h"

#include <errno.h>
#include <unistd.h>

/* No line is longer than PIPE_BUF, so that also a pipe takes it in one piece. */
enum { LINE_BYTES = 4096 };

/* Kept free for the end of a line that was cut. */
enum { END_BYTES = sizeof(",\"cut\":true}\n") };

static const hr_str level_words[] = {
	[HR_LOG_ERROR] = HR_STR_INIT("error"),
	[HR_LOG_WARNING] = HR_STR_INIT("warning"),
	[HR_LOG_INFO] = HR_STR_INIT("info"),
	[HR_LOG_DEBUG] = HR_STR_INIT("debug"),
};

/* The whole field or, when it does not fit, nothing of it: a cut line is JSON too. */
static bool add_field(hr_json_writer *w, const hr_log_field *field)
{
	hr_buf buf = *w->buf;
	hr_json_writer writer = *w;

	hr_json_name(w, hr_str_of(field->name));
	if (field->text.data)
		hr_json_string(w, field->text);
	else
		hr_json_int(w, field->number);
	if (!w->buf->failed)
		return true;
	*w->buf = buf;
	*w = writer;
	return false;
}

static bool add_fields(hr_json_writer *w, const hr_log_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!add_field(w, &fields[i]))
			return false;
	return true;
}

static void write_line(int fd, hr_str line)
{
	ssize_t put;

	/* What else can fail has nowhere to be told. */
	do
		put = write(fd, line.data, line.len);
	while (put < 0 && errno == EINTR);
}

void hr_log_write(const hr_log *log, hr_log_level level, hr_instant now, const char *event,
		  const hr_log_field *fields, size_t count)
{
	char time[HR_INSTANT_TEXT];
	const hr_log_field head[] = {
		{ .name = "time", .text = hr_instant_format(now, time) },
		{ .name = "level", .text = level_words[level] },
		{ .name = "event", .text = hr_str_of(event) },
	};
	char line[LINE_BYTES + 1];
	hr_buf buf;
	hr_json_writer w;

	if (level > log->level)
		return;
	hr_buf_init_over(&buf, line, sizeof(line));
	buf.limit = LINE_BYTES - END_BYTES;
	hr_json_writer_init(&w, &buf, false);
	hr_json_open_object(&w);
	if (!add_fields(&w, head, 3) || !add_fields(&w, fields, count)) {
		buf.limit = LINE_BYTES;
		hr_json_name(&w, HR_STR("cut"));
		hr_json_bool(&w, true);
	}
	buf.limit = LINE_BYTES;
	hr_json_close_object(&w);
	hr_buf_add_char(&buf, '\n');
	write_line(log->fd, hr_buf_str(&buf));
}
