/* Text in columns, as wide as the narrowest terminal that people use. */
#include "tools/cli.h"

enum { COLUMNS = 80 };

void hr_cli_print_wrapped(hr_str text, size_t column, size_t indent, FILE *out)
{
	bool begins = true; /* nothing of the text stands in this line */
	hr_str word;

	while ((word = hr_str_next_word(&text)).len) {
		if (!begins && column + 1 + word.len > COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			begins = true;
		}
		fprintf(out, "%s%.*s", begins ? "" : " ", HR_STR_ARG(word));
		column += word.len + !begins;
		begins = false;
	}
	fputs("\n", out);
}

void hr_cli_print_entry(const char *name, size_t width, hr_str text, FILE *out)
{
	size_t indent = width + 3; /* two blanks before, one at least behind */

	if (strlen(name) > width)
		fprintf(out, "  %s\n%*s", name, (int)indent, "");
	else
		fprintf(out, "  %-*s ", (int)width, name);
	hr_cli_print_wrapped(text, indent, indent, out);
}
