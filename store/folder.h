/* What a file needs of the folder that it stands in. */
#pragma once

#include "base/error.h"

/* Until this is done a power cut can take back that `path` was made. */
bool hr_folder_sync_of(const char *path, hr_error *err);
