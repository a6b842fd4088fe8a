/*
 * The folder in which the service keeps its own things, and room on its disk.
 * Nothing here is needed to decide: a lost folder loses tokens, no verdict.
 */
#pragma once

#include "base/str.h"

/* "STATE/NAME"; NULL when memory is short. */
const char *hr_state_path(const char *state, const char *name, hr_arena *arena);

/* Makes the folder, for its owner alone, when there is none. */
bool hr_state_make(const char *state, hr_error *err);

/* For whoever changes or copies what is kept; waits its turn. Close `*out` to let go. */
bool hr_state_lock(const char *state, int *out, hr_error *err);

/*
 * HR_E_NO_SPACE when fewer than `min_free` bytes are left where `path` is or
 * would be; true when that cannot be told. For the state folder and the log:
 * who fills a disk to its end loses what others write there, too.
 */
bool hr_state_check_space(const char *path, int64_t min_free, hr_error *err);
