/*
 * What may be left of a folder when the power goes, worked out from a journal
 * of calls (disk.h). The rules are POSIX's promises and no more:
 *
 * - the bytes of a file are there as of when its last fsync began;
 * - a name in a folder is there, or gone, as of the folder's last fsync;
 * - syncfs does both for all.
 *
 * What came later may have reached the disk or not. Three answers are tried:
 * nothing of it did; all names did but no bytes (a file is there and empty or
 * short); or, drawn at random, a part: of each folder's changes the first few
 * in their order; of each file's writes any, whole or a first part, with
 * zeros where one between them is missing.
 *
 * Not modelled: sectors filled with rubbish, what is written through a mapping
 * (SQLite's index of its WAL, which it makes anew), and a disk that lies about
 * fsync.
 */
#pragma once

#include "disk.h"

typedef enum hr_power_cut_kind {
	HR_POWER_CUT_ALL_LOST,
	HR_POWER_CUT_NAMES_KEPT,
	HR_POWER_CUT_RANDOM,
	HR_POWER_CUT_KINDS,
} hr_power_cut_kind;

typedef struct hr_power_cut hr_power_cut;

/* What is in `path` now counts as safely on disk; NULL: an empty folder. */
hr_power_cut *hr_power_cut_open(const char *path, hr_arena *arena);

/* Plays one more record, of which the bytes stay where they are. */
void hr_power_cut_play(hr_power_cut *cut, const hr_disk_record *record);

/* Makes the folder `path` anew as the cut would leave it. */
void hr_power_cut_write(hr_power_cut *cut, hr_power_cut_kind kind, unsigned seed, const char *path);
