#include "fhir_fixture.h"

#include <dirent.h>
#include <stdio.h>

/* --- what is refused --- */

static void assert_refused(hr_str bytes, hr_error_code code, const char *message)
{
	struct fhir_fixture f = fhir_read(bytes);

	CU_ASSERT_FALSE(f.ok);
	CU_ASSERT_EQUAL(f.err.code, code);
	HR_ASSERT_TEXT(hr_str_of(f.err.message), message);
	fhir_close(&f);
}

static void test_fhir__what_holds_no_report__is_refused_with_its_name(void)
{
	assert_refused(HR_STR("{\"resourceType\":\"Patient\"}"), HR_E_INCOMPLETE,
		       "a FHIR Patient holds no report");
	assert_refused(HR_STR("{\"resourceType\":\"张三 made this up\"}"), HR_E_INCOMPLETE,
		       "a FHIR resource of no known type holds no report");
	assert_refused(HR_STR("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":"
			      "{\"resourceType\":\"Observation\"}}]}"),
		       HR_E_INCOMPLETE,
		       "a FHIR Bundle of 1 resources holds no report: no DiagnosticReport, "
		       "ImagingStudy or laboratory Observation");
}

static void test_fhir__other_json__is_unsupported(void)
{
	static const char *const texts[] = { "[]", "\"x\"", "{}", "{\"resourceType\":1}", "null" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_refused(hr_str_of(texts[i]), HR_E_UNSUPPORTED,
			       "json, but not FHIR: the top is no object with a resourceType");
}

/* --- limits --- */

/* A Bundle of `head` and `count` times `entry`; %u in it is the number of the entry, %v the next.
 */
static hr_str repeat(hr_arena *arena, const char *head, const char *entry, unsigned count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, (size_t)64 << 20);
	HR_BUF_ADD(&buf, "{\"resourceType\":\"Bundle\",\"entry\":[");
	hr_buf_add(&buf, hr_str_of(head));
	for (unsigned i = 0; i < count; i++) {
		if (i || *head)
			hr_buf_add_char(&buf, ',');
		for (const char *at = entry; *at; at++) {
			if (at[0] == '%')
				hr_buf_add_int(&buf, *++at == 'u' ? i : i + 1);
			else
				hr_buf_add_char(&buf, *at);
		}
	}
	HR_BUF_ADD(&buf, "]}");
	CU_ASSERT_FALSE(buf.failed);
	return hr_buf_str(&buf);
}

static void test_fhir__1000_reports_are_read_and_1001_are_not(void)
{
	const char *entry =
		"{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\"}}";
	hr_arena *arena = hr_test_arena();
	struct fhir_fixture f = fhir_read(repeat(arena, "", entry, HR_REPORTS_MAX));

	CU_ASSERT_TRUE(f.ok);
	CU_ASSERT_EQUAL(f.reports.count, HR_REPORTS_MAX);
	fhir_close(&f);
	assert_refused(repeat(arena, "", entry, HR_REPORTS_MAX + 1), HR_E_LIMIT,
		       "fhir: the input holds over 1000 reports");
	hr_arena_close(arena);
}

/* A report of one panel with so many components. */
static hr_str panel(hr_arena *arena, unsigned count)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, (size_t)8 << 20);
	HR_BUF_ADD(&buf,
		   "{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\",\"contained\":["
		   "{\"resourceType\":\"Observation\",\"id\":\"o\",\"component\":[");
	for (unsigned i = 0; i < count; i++)
		hr_buf_add(&buf, i ? HR_STR(",{\"valueString\":\"x\"}")
				   : HR_STR("{\"valueString\":\"x\"}"));
	HR_BUF_ADD(&buf, "]}],\"result\":[{\"reference\":\"#o\"}]}");
	return hr_buf_str(&buf);
}

static void test_fhir__5000_results_are_read_and_5001_are_not(void)
{
	hr_arena *arena = hr_test_arena();
	struct fhir_fixture f = fhir_read(panel(arena, HR_RESULTS_MAX));

	CU_ASSERT_EQUAL(fhir_report(&f, 0)->result_count, HR_RESULTS_MAX);
	fhir_close(&f);
	assert_refused(panel(arena, HR_RESULTS_MAX + 1), HR_E_LIMIT,
		       "fhir: a report holds over 5000 results");
	hr_arena_close(arena);
}

/* Twelve Observations, each the panel of the next. */
static void test_fhir__panels_in_panels__end_at_a_depth(void)
{
	hr_arena *arena = hr_test_arena();
	struct fhir_fixture f = fhir_read(repeat(
		arena,
		"{\"fullUrl\":\"urn:x:12\",\"resource\":{\"resourceType\":\"DiagnosticReport\","
		"\"status\":\"final\",\"result\":[{\"reference\":\"urn:x:0\"}]}}",
		"{\"fullUrl\":\"urn:x:%u\",\"resource\":{\"resourceType\":\"Observation\","
		"\"valueString\":\"x\",\"hasMember\":[{\"reference\":\"urn:x:%v\"}]}}",
		12));

	CU_ASSERT_EQUAL(fhir_report(&f, 0)->result_count, 9);
	CU_ASSERT_TRUE(fhir_deviates(fhir_report(&f, 0), "panel-too-deep"));
	fhir_close(&f);
	hr_arena_close(arena);
}

/* Resources that differ in their server only, asked for with and without it. */
static void test_fhir__40000_namesakes__do_not_take_forever(void)
{
	hr_arena *arena = hr_test_arena();
	struct fhir_fixture f = fhir_read(repeat(
		arena,
		"{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"status\":\"final\","
		"\"subject\":{\"reference\":\"Patient/1\"},\"result\":"
		"[{\"reference\":\"http://h19999/Observation/1\"}]}}",
		"{\"fullUrl\":\"http://h%u/Patient/1\",\"resource\":{\"resourceType\":\"Patient\","
		"\"id\":\"1\"}},{\"fullUrl\":\"http://h%u/Observation/1\",\"resource\":"
		"{\"resourceType\":\"Observation\",\"id\":\"1\",\"valueString\":\"x\","
		"\"hasMember\":[{\"reference\":\"Observation/1\"}]}}",
		20000));

	CU_ASSERT_EQUAL(fhir_report(&f, 0)->result_count, 1);
	CU_ASSERT_TRUE(fhir_deviates(fhir_report(&f, 0), "reference-ambiguous"));
	fhir_close(&f);
	hr_arena_close(arena);
}

static void test_fhir__loose_results_of_1000_patients_are_read_and_of_1001_are_not(void)
{
	const char *entry =
		"{\"resource\":{\"resourceType\":\"Observation\",\"category\":{\"coding\":"
		"{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\","
		"\"code\":\"laboratory\"}},\"subject\":{\"reference\":\"Patient/%u\"}}}";
	hr_arena *arena = hr_test_arena();
	struct fhir_fixture f = fhir_read(repeat(arena, "", entry, HR_REPORTS_MAX));

	CU_ASSERT_EQUAL(f.reports.count, HR_REPORTS_MAX);
	fhir_close(&f);
	assert_refused(repeat(arena, "", entry, HR_REPORTS_MAX + 1), HR_E_LIMIT,
		       "fhir: the input holds over 1000 reports");
	hr_arena_close(arena);
}

/* The same 5000 results in 21 reports. */
static void test_fhir__results_shared_by_many_reports__are_bounded(void)
{
	hr_arena *arena = hr_test_arena();
	hr_buf refs;
	hr_buf entry;

	hr_buf_init(&refs, arena, (size_t)1 << 20);
	for (unsigned i = 0; i < HR_RESULTS_MAX; i++)
		hr_buf_addf(&refs, "%s{\"reference\":\"Observation/%u\"}", i ? "," : "", i);
	hr_buf_init(&entry, arena, (size_t)8 << 20);
	for (unsigned i = 0; i < 21; i++) {
		HR_BUF_ADD(&entry, "{\"resource\":{\"resourceType\":\"DiagnosticReport\","
				   "\"status\":\"final\",\"result\":[");
		hr_buf_add(&entry, hr_buf_str(&refs));
		hr_buf_add(&entry, i < 20 ? HR_STR("]}},") : HR_STR("]}}"));
	}
	assert_refused(repeat(arena, hr_buf_str(&entry).data,
			      "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%u\","
			      "\"valueString\":\"x\"}}",
			      HR_RESULTS_MAX),
		       HR_E_LIMIT, "fhir: the reports of the input hold over 100000 observations");
	hr_arena_close(arena);
}

/* An arena of every size up to what the document needs. */
static void assert_said_when_short(hr_json_parser *parser, hr_str bytes, hr_arena *big)
{
	hr_error err = { .code = HR_E_NONE };
	const hr_json *root = NULL;
	hr_reports reports;
	size_t cap = 0;
	bool ok = false;

	HR_ASSERT_OK(hr_json_read(parser, bytes, big, &root, &err), err);
	while (!ok && cap < 1 << 20) {
		hr_arena *arena = hr_arena_open(cap);

		ok = hr_fhir_read(root, arena, &reports, &err);
		if (!ok && err.code != HR_E_MEMORY)
			CU_FAIL("another error than of memory");
		hr_arena_close(arena);
		cap += 48;
	}
	CU_ASSERT_TRUE(ok);
	CU_ASSERT_TRUE(cap > 1000);
}

static void test_fhir__memory_short_at_any_point__is_said(void)
{
	static const char *const names[] = { "values",	     "loose",	    "imaging_study",
					     "corrected",    "r4_document", "department",
					     "panel_members" };
	hr_arena *big = hr_test_arena();
	hr_json_parser *parser = hr_json_parser_open();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[128];

		snprintf(path, sizeof(path), "tests/data/fhir/%s.json", names[i]);
		assert_said_when_short(parser, hr_test_read(big, path), big);
	}
	/* So many entries that they are hashed. */
	assert_said_when_short(
		parser,
		repeat(big,
		       "{\"resource\":{\"resourceType\":\"DiagnosticReport\",\"result\":"
		       "[{\"reference\":\"Observation/69\"},{\"reference\":\"urn:x\"}]}}",
		       "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%u\"}}", 70),
		big);
	hr_json_parser_close(parser);
	hr_arena_close(big);
}

/* --- corpora --- */

struct tally {
	int read;
	int refused[HR_E_COUNT];
	int reports;
	int results;
};

static void count_file(const char *path, struct tally *tally)
{
	hr_arena *arena = hr_test_arena();
	struct fhir_fixture f = fhir_read(hr_test_read(arena, path));

	if (!f.ok) {
		tally->refused[f.err.code]++;
		CU_ASSERT_TRUE(f.err.message[0] != '\0');
	} else {
		tally->read++;
		tally->reports += (int)f.reports.count;
	}
	for (size_t i = 0; f.ok && i < f.reports.count; i++)
		tally->results += (int)f.reports.reports[i].result_count;
	fhir_close(&f);
	hr_arena_close(arena);
}

static struct tally count_folder(const char *corpora, const char *name)
{
	struct tally tally = { .read = 0 };
	char folder[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/%s", corpora, name);
	dir = opendir(folder);
	CU_ASSERT_PTR_NOT_NULL(dir);
	while (dir && (entry = readdir(dir))) {
		char path[1024];

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (hr_str_ends_with(hr_str_of(path), HR_STR(".json")))
			count_file(path, &tally);
	}
	if (dir)
		closedir(dir);
	return tally;
}

static void test_fhir__corpora__are_read_or_refused_with_a_reason(void)
{
	const char *corpora = hr_test_corpora();
	struct tally synthea;
	struct tally cases;

	if (!corpora)
		return;
	synthea = count_folder(corpora, "fhir/synthea-apache");
	CU_ASSERT_EQUAL(synthea.read, 8);
	CU_ASSERT_EQUAL(synthea.reports, 25);
	CU_ASSERT_EQUAL(synthea.results, 191);
	cases = count_folder(corpora, "fhir/fhir-test-cases-apache");
	CU_ASSERT_EQUAL(cases.read, 2);
	CU_ASSERT_EQUAL(cases.reports, 2);
	CU_ASSERT_EQUAL(cases.results, 7);
	CU_ASSERT_EQUAL(cases.refused[HR_E_INCOMPLETE], 35);
}

static const hr_test tests[] = {
	HR_TEST(test_fhir__what_holds_no_report__is_refused_with_its_name),
	HR_TEST(test_fhir__other_json__is_unsupported),
	HR_TEST(test_fhir__1000_reports_are_read_and_1001_are_not),
	HR_TEST(test_fhir__5000_results_are_read_and_5001_are_not),
	HR_TEST(test_fhir__panels_in_panels__end_at_a_depth),
	HR_TEST(test_fhir__40000_namesakes__do_not_take_forever),
	HR_TEST(test_fhir__loose_results_of_1000_patients_are_read_and_of_1001_are_not),
	HR_TEST(test_fhir__results_shared_by_many_reports__are_bounded),
	HR_TEST(test_fhir__memory_short_at_any_point__is_said),
	HR_TEST(test_fhir__corpora__are_read_or_refused_with_a_reason),
};
HR_TEST_MAIN("fhir_limits", tests)
