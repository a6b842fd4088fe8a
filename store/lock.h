/*
 * One writer: who holds the lock on a file may change what it stands for. The
 * kernel lets go of it when its process ends, however that ends. The file
 * stays; it says who holds it.
 */
#pragma once

#include "base/error.h"

/*
 * Does not wait: HR_E_BUSY names who holds it, by process and by the `who`
 * that it gave. Close `*out` to let go.
 */
bool hr_lock_take(const char *path, const char *who, int *out, hr_error *err);
