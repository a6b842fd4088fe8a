/* What a system wants beside the program, from the tables that the program itself runs by. */
#pragma once

#include "tools/cli.h"

/* roff: huren(1), every command in it. */
void hr_cli_print_manual(FILE *out);

/* roff: huren.conf(5), every setting. */
void hr_cli_print_settings_manual(FILE *out);

/* For bash: commands, options, words that an option may have, files. */
void hr_cli_print_completion(FILE *out);
