/*
 * disk.h for a program that is not the test's own, by LD_PRELOAD:
 *
 *	HUREN_DISK_ROOT      the folder that is looked at
 *	HUREN_DISK_JOURNAL   the file of the journal, made anew
 *	HUREN_DISK_SYNC_US   how long a flush takes at least
 *
 * A process that gets none of them, as the workers of the service, is left
 * alone: what they write to a file that they were handed is seen when the
 * service flushes it.
 */
#include "disk.h"

#include <stdlib.h>

static void __attribute__((constructor)) begin(void)
{
	const char *root = getenv("HUREN_DISK_ROOT");
	const char *file = getenv("HUREN_DISK_JOURNAL");
	const char *sync = getenv("HUREN_DISK_SYNC_US");
	const hr_disk_plan plan = { .sync_us = sync ? (unsigned)strtoul(sync, NULL, 10) : 0 };

	if (!root || !file)
		return;
	hr_disk_open_file(root, file);
	hr_disk_start(&plan);
}
