#include "fhir_fixture.h"

#include <stdio.h>

struct fhir_fixture fhir_read(hr_str bytes)
{
	struct fhir_fixture f = { .arena = hr_test_arena(), .parser = hr_json_parser_open() };
	const hr_json *root;

	f.ok = hr_json_read(f.parser, bytes, f.arena, &root, &f.err) &&
	       hr_fhir_read(root, f.arena, &f.reports, &f.err);
	return f;
}

struct fhir_fixture fhir_read_file(const char *name)
{
	hr_arena *arena = hr_test_arena();
	char path[128];
	struct fhir_fixture f;

	snprintf(path, sizeof(path), "tests/data/fhir/%s.json", name);
	f = fhir_read(hr_test_read(arena, path));
	if (!f.ok)
		fprintf(stderr, "%s: %s\n", path, f.err.message);
	hr_arena_close(arena);
	return f;
}

void fhir_close(struct fhir_fixture *f)
{
	hr_json_parser_close(f->parser);
	hr_arena_close(f->arena);
}

const hr_report *fhir_report(const struct fhir_fixture *f, size_t index)
{
	static const hr_report none;

	CU_ASSERT_TRUE(f->ok && index < f->reports.count);
	return f->ok && index < f->reports.count ? &f->reports.reports[index] : &none;
}

const hr_result *fhir_result(const hr_report *report, uint32_t index)
{
	static const hr_result none;

	CU_ASSERT_TRUE(index < report->result_count);
	return index < report->result_count ? &report->results[index] : &none;
}

bool fhir_deviates(const hr_report *report, const char *code)
{
	for (uint32_t i = 0; i < report->deviation_count; i++)
		if (strcmp(report->deviations[i].code, code) == 0)
			return true;
	return false;
}

void fhir_assert_time(const hr_time *time, const char *from, const char *text)
{
	char buf[HR_INSTANT_TEXT];

	HR_ASSERT_TEXT(time->text, text);
	CU_ASSERT_NOT_EQUAL(time->span.precision, HR_PRECISION_NONE);
	HR_ASSERT_TEXT(hr_instant_format(time->span.from, buf), from);
}

void fhir_assert_code(const hr_code *code, const char *system, const char *value)
{
	HR_ASSERT_TEXT(code->system, system);
	HR_ASSERT_TEXT(code->code, value);
}

void fhir_assert_issuer(const hr_report *report)
{
	HR_ASSERT_TEXT(report->issuer.name.text, "天津市第五中心医院");
	CU_ASSERT_EQUAL(report->issuer.id_count, 1);
	if (report->issuer.id_count)
		fhir_assert_code(report->issuer.ids, "urn:oid:2.16.156.10011.1.5",
				 "12120000400000002B");
}

void fhir_assert_patient(const hr_report *report)
{
	HR_ASSERT_TEXT(report->patient.name.text, "示范患者");
	CU_ASSERT_EQUAL(report->patient.id_count, 1);
	if (report->patient.id_count)
		fhir_assert_code(report->patient.ids, "urn:oid:2.16.156.10011.1.3",
				 "120116195603150021");
	CU_ASSERT_FALSE(report->patient_ambiguous);
}

void fhir_assert_result(const hr_result *result, const char *name, const char *value,
			const char *unit)
{
	HR_ASSERT_TEXT(result->name.text, name);
	HR_ASSERT_TEXT(result->value.text, value);
	HR_ASSERT_TEXT(result->unit.text, unit);
}

void fhir_assert_place(hr_place place, const char *path)
{
	hr_arena *arena = hr_test_arena();
	hr_buf buf;

	hr_buf_init(&buf, arena, 256);
	CU_ASSERT_EQUAL(place.kind, HR_PLACE_JSON);
	if (place.kind == HR_PLACE_JSON)
		hr_json_format_path(place.node, HR_STR("Bundle"), &buf);
	HR_ASSERT_TEXT(hr_buf_str(&buf), path);
	hr_arena_close(arena);
}
