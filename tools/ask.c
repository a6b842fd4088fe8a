#include "tools/ask.h"

#include "base/text.h"

#include <unistd.h>

void hr_ask_open(hr_ask *ask, hr_lang lang)
{
	*ask = (hr_ask){ .in = stdin, .out = stderr, .lang = lang };
	ask->repeats = !isatty(STDIN_FILENO);
}

static const char *word_of(const hr_ask *ask, hr_words words)
{
	return ask->lang == HR_LANG_EN ? words.en : words.zh;
}

void hr_ask_say(const hr_ask *ask, hr_words words)
{
	fprintf(ask->out, "%s\n", word_of(ask, words));
}

void hr_ask_offer(const hr_ask *ask, size_t number, hr_str label)
{
	if (number)
		fprintf(ask->out, "  %2zu  %.*s\n", number, HR_STR_ARG(label));
	else
		fprintf(ask->out, "   =  %.*s\n", HR_STR_ARG(label));
}

static void print_prompt(const hr_ask *ask, const hr_prompt *prompt, unsigned index)
{
	const char *hint = word_of(ask, prompt->hint);

	fputs(word_of(ask, prompt->name), ask->out);
	if (index)
		fprintf(ask->out, " %u", index);
	if (*hint)
		fprintf(ask->out, " (%s)", hint);
	fputs(": ", ask->out);
	fflush(ask->out);
}

static void drop_rest_of_line(FILE *in)
{
	int c;

	do
		c = getc(in);
	while (c != '\n' && c != EOF);
}

/* False at the end. One that is too long, or no text, is empty and told. */
static bool read_line(hr_ask *ask, bool personal, hr_str *out)
{
	static const hr_words too_long = { "太长了, 请重新输入", "too long; once more" };
	static const hr_words no_text = { "不是 UTF-8 文字, 请重新输入",
					  "this is not UTF-8; once more" };
	hr_str line;

	if (!fgets(ask->line, sizeof(ask->line), ask->in))
		return false;
	line = hr_str_of(ask->line);
	*out = hr_str_trim(line);
	if (line.len > HR_ASK_LINE_MAX && !hr_str_ends_with(line, HR_STR("\n"))) {
		drop_rest_of_line(ask->in);
		hr_ask_say(ask, too_long);
		out->len = 0;
		out->data = NULL;
	} else if (!hr_text_is_utf8(*out)) {
		hr_ask_say(ask, no_text);
		out->data = NULL;
	} else if (ask->repeats) {
		fprintf(ask->out, "%.*s\n", HR_STR_ARG(personal ? HR_STR("***") : *out));
	}
	return true;
}

bool hr_ask_line(hr_ask *ask, const hr_prompt *prompt, unsigned index, hr_str *out, hr_error *err)
{
	char name[HR_ASK_NAME_MAX];
	hr_str line = HR_STR_NONE;

	while (!line.data) {
		print_prompt(ask, prompt, index);
		if (!read_line(ask, prompt->personal, &line)) {
			fputs("\n", ask->out);
			return hr_fail(err, HR_E_INCOMPLETE, "the answers end at '%.*s'",
				       HR_STR_ARG(hr_ask_name(prompt, index, name)));
		}
	}
	*out = line;
	return true;
}

hr_str hr_ask_name(const hr_prompt *prompt, unsigned index, char out[HR_ASK_NAME_MAX])
{
	hr_buf buf;

	hr_buf_init_over(&buf, out, HR_ASK_NAME_MAX);
	hr_buf_add(&buf, hr_str_of(prompt->name.en));
	if (index)
		hr_buf_addf(&buf, " %u", index);
	return hr_buf_str(&buf);
}

bool hr_ask_is_number(hr_str answer, unsigned *out)
{
	unsigned number = 0;

	if (answer.len == 0 || answer.len > 2)
		return false;
	for (size_t i = 0; i < answer.len; i++) {
		if (answer.data[i] < '0' || answer.data[i] > '9')
			return false;
		number = number * 10 + (unsigned)(answer.data[i] - '0');
	}
	*out = number;
	return true;
}
