#include "tools/progress_line.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Of a terminal that does not say; and no line is longer. */
enum { COLUMNS_DEFAULT = 80, LINE_ROOM = 256 };

/* What the line before has more is taken away after the new one: taken away before, it flickers. */
#define BEGIN	 "\r"
#define END_LINE "\033[K"

bool hr_progress_line_open(hr_progress_line *line, const hr_progress_words *words, hr_lang lang,
			   bool answers_to_stdout)
{
	hr_str terminal = hr_str_of(getenv("TERM"));

	*line = (hr_progress_line){ .fd = STDERR_FILENO, .words = *words, .lang = lang };
	if (terminal.len == 0 || hr_str_equal(terminal, HR_STR("dumb")))
		return false;
	return isatty(line->fd) && !(answers_to_stdout && isatty(STDOUT_FILENO));
}

static size_t terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS_DEFAULT;
	return size.ws_col;
}

/* In one piece: what comes in two is seen in two. A terminal that is gone is nobody's loss. */
static void put(const hr_progress_line *line, const hr_buf *text)
{
	ssize_t written = write(line->fd, text->data, text->len);

	(void)written;
}

static void add_count(const hr_progress_line *line, const hr_batch_progress *p, hr_buf *out)
{
	const hr_progress_words *words = &line->words;

	if (line->lang == HR_LANG_EN)
		hr_buf_addf(out, "%" PRIu64 "%s", p->inputs, words->en_after);
	else
		hr_buf_addf(out, "%s%" PRIu64 "%s", words->zh_before, p->inputs, words->zh_after);
}

/* Of this run, all of it: what lies behind a pause of the disk or of the machine counts little. */
static void add_rate(const hr_progress_line *line, const hr_batch_progress *p, hr_buf *out)
{
	const double rate = p->seconds > 0 ? (double)p->answered / p->seconds : 0;

	if (line->lang == HR_LANG_EN)
		hr_buf_addf(out, ", %.*f a second", rate < 10, rate);
	else
		hr_buf_addf(out, ", 每秒 %.*f%s", rate < 10, rate, line->words.zh_after);
}

static void add_left(const hr_progress_line *line, const hr_batch_progress *p, hr_buf *out)
{
	const bool english = line->lang == HR_LANG_EN;
	const double seconds = p->units ? (double)p->left * p->seconds / (double)p->units : 0;
	const uint64_t left = (uint64_t)seconds + 1;

	if (p->left == 0 || p->units == 0)
		return;
	hr_buf_addf(out, english ? ", %" PRIu64 ":%02d:%02d left" : ", 还需 %" PRIu64 ":%02d:%02d",
		    left / 3600, (int)(left / 60 % 60), (int)(left % 60));
}

/* The first ones, of which there is room for all, with the last column free: a full line wraps. */
static void add_parts(const hr_progress_line *line, const hr_batch_progress *p, size_t columns,
		      hr_buf *out)
{
	static void (*const parts[])(const hr_progress_line *, const hr_batch_progress *,
				     hr_buf *) = { add_count, add_rate, add_left };
	char memory[LINE_ROOM];
	size_t used = 0;
	hr_buf part;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		hr_buf_init_over(&part, memory, sizeof(memory));
		parts[i](line, p, &part);
		used += hr_text_columns(hr_buf_str(&part));
		if (used >= columns)
			return;
		hr_buf_add(out, hr_buf_str(&part));
	}
}

void hr_progress_line_show(void *context, const hr_batch_progress *p)
{
	hr_progress_line *line = context;
	char memory[LINE_ROOM];
	hr_buf text;

	hr_buf_init_over(&text, memory, sizeof(memory));
	HR_BUF_ADD(&text, BEGIN);
	add_parts(line, p, terminal_columns(line->fd), &text);
	HR_BUF_ADD(&text, END_LINE);
	line->shown = true;
	put(line, &text);
}

void hr_progress_line_clear(hr_progress_line *line)
{
	char memory[sizeof(BEGIN END_LINE)];
	hr_buf text;

	if (!line->shown)
		return;
	hr_buf_init_over(&text, memory, sizeof(memory));
	HR_BUF_ADD(&text, BEGIN END_LINE);
	line->shown = false;
	put(line, &text);
}
