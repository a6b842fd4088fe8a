/* Which searches wait in a thread that may, and which are answered where they came. */
#include "service/routes.h"

#include "testing.h"

struct row {
	const char *path;
	const char *query; /* "name=value&name=value" */
	bool waits;
};

static bool waits(const struct row *row)
{
	hr_http_field fields[8];
	hr_str rest = hr_str_of(row->query);
	hr_http_request request = { .path = hr_str_of(row->path), .query = fields };
	hr_call call = { .request = &request };
	bool known;
	hr_error err;

	while (rest.len && request.query_count < 8) {
		size_t end = hr_str_find(rest, HR_STR("&"));
		hr_str pair = hr_str_slice(rest, 0, end);
		size_t equals = hr_str_find(pair, HR_STR("="));

		fields[request.query_count++] =
			(hr_http_field){ hr_str_slice(pair, 0, equals),
					 hr_str_slice(pair, equals + 1, pair.len) };
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	call.route = hr_route_find(HR_HTTP_GET, request.path, &call, &known);
	CU_ASSERT_PTR_NOT_NULL_FATAL(call.route);
	CU_ASSERT(call.route->begin(NULL, &call, &request, &err));
	return request.waits;
}

static void test_find__what_the_index_has_at_hand__does_not_wait(void)
{
	static const struct row rows[] = {
		{ "/dicom-web/studies", "", false },
		{ "/dicom-web/studies", "limit=100&offset=11000&includefield=all", false },
		{ "/dicom-web/studies", "StudyDate=20260101-20260131&ModalitiesInStudy=CT", false },
		{ "/dicom-web/studies", "PatientID=1&PatientName=*a*", false },
		{ "/dicom-web/studies", "0020000d=1.2.3&StudyDescription=a", false },
		{ "/dicom-web/instances", "AccessionNumber=A1", false },
		{ "/dicom-web/studies/1.2.3/series", "SeriesDescription=a", false },
		{ "/dicom-web/studies/1.2.3/series/1.2.3.4/instances", "offset=7", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (waits(&rows[i]))
			HR_ASSERT_TEXT(hr_str_of(rows[i].query), rows[i].path);
}

static void test_find__what_may_go_through_all__waits(void)
{
	static const struct row rows[] = {
		{ "/dicom-web/studies", "StudyDescription=a", true },
		{ "/dicom-web/studies", "00081030=a&StudyDate=20260101", true },
		{ "/dicom-web/studies", "PatientName=a", true },
		{ "/dicom-web/studies", "PatientID=1*", true },
		{ "/dicom-web/studies", "PatientID=&StudyDescription=a", true },
		{ "/dicom-web/studies", "ModalitiesInStudy=C?", true },
		{ "/dicom-web/series", "offset=90000", true },
		{ "/dicom-web/instances", "Rows=512", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!waits(&rows[i]))
			HR_ASSERT_TEXT(hr_str_of(rows[i].query), rows[i].path);
}

static const hr_test tests[] = {
	HR_TEST(test_find__what_the_index_has_at_hand__does_not_wait),
	HR_TEST(test_find__what_may_go_through_all__waits),
};
HR_TEST_MAIN("dicomweb_find", tests)
