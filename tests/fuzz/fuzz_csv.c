/* Reads any bytes as CSV; what could be read must be the same after writing and reading again. */
#include "catalog/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_rows(const hr_csv *a, const hr_csv *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->rows[i].count != b->rows[i].count)
			return false;
		for (uint32_t k = 0; k < a->rows[i].count; k++)
			if (!hr_str_equal(a->rows[i].cells[k], b->rows[i].cells[k]))
				return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_error err = { 0 };
	hr_csv first;
	hr_csv again;
	hr_buf buf;

	if (!arena || !hr_csv_read((hr_str){ (const char *)data, size }, arena, &first, &err))
		return 0;
	hr_buf_init(&buf, arena, (size_t)16 << 20);
	/* Else text that begins with the mark would lose it. */
	hr_buf_add(&buf, HR_CSV_MARK);
	for (size_t i = 0; i < first.count; i++)
		hr_csv_write_row(&buf, first.rows[i].cells, first.rows[i].count);
	if (buf.failed)
		return 0;
	if (!hr_csv_read(hr_buf_str(&buf), arena, &again, &err) || !same_rows(&first, &again))
		abort();
	return 0;
}
