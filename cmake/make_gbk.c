/*
 * Run by the build: prints base/gbk.c's table, as the system's iconv has it.
 * A row for each lead byte, a code point for each trail byte; 0 where iconv is
 * to be asked at the time, because there is no one character, or one outside
 * of the first plane.
 */
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned code_point(iconv_t handle, int lead, int trail)
{
	char pair[2] = { (char)lead, (char)trail };
	unsigned char wide[8];
	char *in = pair;
	char *out = (char *)wide;
	size_t in_left = sizeof(pair);
	size_t out_left = sizeof(wide);

	iconv(handle, NULL, NULL, NULL, NULL);
	if (iconv(handle, &in, &in_left, &out, &out_left) != 0 || out_left != sizeof(wide) - 2)
		return 0;
	return (unsigned)wide[0] << 8 | wide[1];
}

int main(void)
{
	iconv_t handle = iconv_open("UTF-16BE", "GB18030");

	if (handle == (iconv_t)-1) {
		perror("make_gbk: iconv cannot read GB18030");
		return EXIT_FAILURE;
	}
	puts("#include <stdint.h>\n"
	     "extern const uint16_t hr_gbk_table[];\n"
	     "const uint16_t hr_gbk_table[] = {");
	for (int lead = 0x81; lead <= 0xfe; lead++) {
		for (int trail = 0x40; trail <= 0xfe; trail++)
			printf("0x%x,", code_point(handle, lead, trail));
		putchar('\n');
	}
	puts("};");
	iconv_close(handle);
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
