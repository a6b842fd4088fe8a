#include "dicom_checks.h"

#include "testing.h"

dcm dcm_begin(hr_arena *arena, const char *sop_class)
{
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	dcm_text(&d, 0x00080005, "CS", "ISO_IR 192");
	dcm_text(&d, 0x00080016, "UI", sop_class);
	return d;
}

const hr_report *dcm_read(hr_str file, hr_arena *arena)
{
	static const hr_report empty;
	hr_reader *reader = hr_reader_open();
	hr_reports reports = { &empty, 0 };
	hr_error err;

	HR_ASSERT_OK(hr_reader_read(reader, file, arena, &reports, &err), err);
	hr_reader_close(reader);
	CU_ASSERT_EQUAL(reports.count, 1);
	return reports.reports;
}

const hr_report *dcm_read_data(const char *path, hr_arena *arena)
{
	return dcm_read(hr_test_read(arena, path), arena);
}

void dcm_check_refused(hr_str file, hr_error_code code, const char *says)
{
	hr_arena *arena = hr_test_arena();
	hr_reports reports;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_dicom_read_report(file, arena, &reports, &err));
	CU_ASSERT_EQUAL(err.code, code);
	if (!strstr(err.message, says))
		HR_ASSERT_TEXT(hr_str_of(err.message), says);
	hr_arena_close(arena);
}

void dcm_check_place(hr_place place, hr_arena *arena, const char *path)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000);
	hr_place_format(place, &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), path);
}

bool dcm_deviates(const hr_report *report, const char *code)
{
	for (uint32_t i = 0; i < report->deviation_count; i++)
		if (strcmp(report->deviations[i].code, code) == 0)
			return true;
	return false;
}

void dcm_check_span(const hr_time *time, const char *text)
{
	char written[HR_INSTANT_TEXT];

	HR_ASSERT_TEXT(hr_span_format(time->span, written), text);
}
