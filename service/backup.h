/*
 * A copy of what the service keeps, and back. A backup is a folder:
 *
 *	MANIFEST.json	what is in it: names, sizes, SHA-256
 *	MANIFEST.sha256	the manifest's own digest, as sha256sum reads it
 *	access.json ...	the files
 *
 * It is made whole or not at all, while the service runs. It is put back into
 * an empty folder alone, and only after every byte of it was checked: what is
 * damaged, lacks or is too much is refused by its name.
 */
#pragma once

#include "base/calendar.h"

/* How many files were copied. HR_E_NOT_FOUND when `state` holds nothing that is kept. */
bool hr_backup_make(const char *state, const char *to, hr_instant now, hr_arena *arena,
		    size_t *files, hr_error *err);

/* HR_E_SYNTAX for what is no backup or not an intact one, HR_E_EXISTS when `state` is not empty. */
bool hr_backup_restore(const char *from, const char *state, hr_arena *arena, size_t *files,
		       hr_error *err);
