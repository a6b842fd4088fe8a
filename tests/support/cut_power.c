/*
 * cut_power JOURNAL BEFORE KIND SEED OUT: makes the folder OUT as a power cut
 * at the journal's end leaves it. BEFORE is what was there when it began, all
 * of it safe; KIND is 0 to 2, of power_cut.h.
 */
#include "power_cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)2 << 30);
	hr_disk_record record;
	hr_power_cut *cut;
	unsigned long kind;
	size_t count = 0;
	size_t at = 0;

	if (argc != 6 || !arena)
		return EXIT_FAILURE;
	kind = strtoul(argv[3], NULL, 10);
	if (kind >= HR_POWER_CUT_KINDS)
		return EXIT_FAILURE;
	umask(077);
	hr_disk_open_left(argv[1]);
	cut = hr_power_cut_open(argv[2], arena);
	for (; hr_disk_next(&at, &record); count++)
		hr_power_cut_play(cut, &record);
	hr_power_cut_write(cut, (hr_power_cut_kind)kind, (unsigned)strtoul(argv[4], NULL, 10),
			   argv[5]);
	printf("%zu\n", count);
	return EXIT_SUCCESS;
}
