#include "hl7_fixture.h"

#include <stdio.h>
#include <stdlib.h>

struct hl7_fixture hl7_read(hr_str bytes)
{
	struct hl7_fixture f = { .arena = hr_test_arena() };
	hr_hl7_messages messages;

	bytes = hr_str_copy(f.arena, bytes);
	if (hr_hl7_read(bytes, f.arena, &messages, &f.err) &&
	    !hr_hl7_read_reports(&messages, f.arena, &f.reports, &f.err))
		f.reports.count = 0;
	return f;
}

static struct hl7_fixture read_after(const char *before, const char *segments)
{
	hr_arena *arena = hr_test_arena();
	struct hl7_fixture f;
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_HL7_BYTES_MAX);
	HR_BUF_ADD(&buf, "MSH|^~\\&|LIS|示范医院^12120000400000002B^USCC|||20250219||ORU^R01|"
			 "MSG1|P|2.5.1\n"
			 "PID|1||7^^^LIS^PI~120116195603150021^^^^NNCHN||示范患者||19560315|F\n");
	hr_buf_add(&buf, hr_str_of(before));
	hr_buf_add(&buf, hr_str_of(segments));
	f = hl7_read(hr_buf_str(&buf));
	hr_arena_close(arena);
	return f;
}

struct hl7_fixture hl7_read_segments(const char *segments)
{
	return read_after("", segments);
}

struct hl7_fixture hl7_read_results(const char *segments)
{
	return read_after("OBR|1||R1|P^生化^L|||20250218081200|||||||20250218084000||||||||"
			  "20250218153000||LAB|F\n",
			  segments);
}

void hl7_close(struct hl7_fixture *f)
{
	hr_arena_close(f->arena);
}

const hr_report *hl7_report(const struct hl7_fixture *f, size_t n)
{
	if (n < f->reports.count)
		return &f->reports.reports[n];
	fprintf(stderr, "no report %zu: %s\n", n, f->reports.count ? "too few" : f->err.message);
	abort();
}

const hr_result *hl7_result(const struct hl7_fixture *f, uint32_t n)
{
	const hr_report *report = hl7_report(f, 0);

	if (n < report->result_count)
		return &report->results[n];
	fprintf(stderr, "no result %u\n", n);
	abort();
}

bool hl7_deviates(const hr_report *report, const char *code)
{
	for (uint32_t i = 0; i < report->deviation_count; i++)
		if (strcmp(report->deviations[i].code, code) == 0)
			return true;
	return false;
}

hr_str hl7_place(const struct hl7_fixture *f, hr_place place)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 256);
	hr_place_format(place, &buf);
	return hr_buf_str(&buf);
}
