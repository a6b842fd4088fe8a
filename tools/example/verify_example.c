/*
 * Is a report recognised? As small as it can be; build it against what is installed:
 *
 *	cc verify_example.c $(pkg-config --cflags --libs huren) -o verify
 *	./verify CATALOGUE-FOLDER RECEIVER REPORT
 */
#include <huren.h>
#include <stdio.h>
#include <time.h>

enum { REQUEST_BYTES = 256 << 20, REPORT_BYTES = 8 << 20, VERDICT_BYTES = 1 << 20 };

static bool verify(char **argv, hr_arena *arena, hr_reader *reader, hr_buf *out, hr_error *err)
{
	const hr_question question = { .receiver = hr_str_of(argv[2]), .at = { time(NULL) } };
	hr_catalog *catalog;
	hr_reports reports;
	hr_verdict verdict;
	hr_str bytes;

	if (!hr_catalog_open_folder(argv[1], NULL, &catalog, err) ||
	    !hr_catalog_hang(catalog, arena, err) ||
	    !hr_file_read(argv[3], REPORT_BYTES, arena, &bytes, err) ||
	    !hr_reader_read(reader, bytes, arena, &reports, err))
		return false;
	for (size_t i = 0; i < reports.count; i++) {
		if (!hr_recognise(catalog, &reports.reports[i], &question, arena, &verdict, err))
			return false;
		hr_verdict_format_json(&verdict, out);
		hr_buf_add_char(out, '\n');
	}
	return true;
}

int main(int argc, char **argv)
{
	hr_arena *arena = hr_arena_open(REQUEST_BYTES);
	hr_reader *reader = hr_reader_open();
	hr_error err = { 0 };
	hr_buf out;

	if (argc != 4 || !arena || !reader)
		return 2;
	hr_buf_init(&out, arena, VERDICT_BYTES);
	const bool ok = verify(argv, arena, reader, &out, &err) && !out.failed;
	if (ok)
		printf("%.*s", HR_STR_ARG(hr_buf_str(&out)));
	else
		fprintf(stderr, "%s\n", err.message);
	hr_reader_close(reader);
	hr_arena_close(arena);
	return ok ? 0 : 1;
}
