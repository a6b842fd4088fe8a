/* Long work that may be told to end, by SIGTERM or Ctrl-C, between two of its steps. */
#pragma once

#include "base/error.h"

enum { HR_CLI_STOPPED = 75 }; /* the exit code then; of sysexits.h: try again */

/* Before any thread starts, so that all have the signals blocked. To be closed; -1: `err`. */
int hr_cli_stop_open(hr_error *err);

/* Was it told to? */
bool hr_cli_stop_asked(int stop_fd);
