/*
 * The SHA-256 of a file while it is written: a thread of its own reads what
 * stands in the file already, so who writes does not wait for it. One file
 * after another; every call by one thread.
 */
#pragma once

#include "base/crypto.h"

typedef struct hr_file_digest hr_file_digest;

/* Starts the thread. NULL: it cannot. To be closed before the arena is. */
hr_file_digest *hr_file_digest_open(hr_arena *arena, hr_error *err);

/* What is begun is given up. */
void hr_file_digest_close(hr_file_digest *digest);

/* Of what will stand in `fd`, which stays open until the end. Nothing else is begun. */
bool hr_file_digest_begin(hr_file_digest *digest, int fd, hr_error *err);

/* The first `size` bytes stand in the file, and will not change. */
void hr_file_digest_grow(hr_file_digest *digest, uint64_t size);

/* Waits for the rest. HR_E_IO: the file is shorter, or cannot be read. */
bool hr_file_digest_end(hr_file_digest *digest, hr_digest *out, hr_error *err);

/* The end without a digest, soon, however much is not read yet; nothing where nothing is begun. */
void hr_file_digest_give_up(hr_file_digest *digest);
