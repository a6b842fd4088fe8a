/* What clients of DICOMweb send as Accept, and what they are given. */
#include "service/accept.h"

#include "service/media.h"

#include "testing.h"

#define PLAIN	    "1.2.840.10008.1.2.1"
#define JPEG_LS	    "1.2.840.10008.1.2.4.80"
#define OCTETS	    HR_STR_INIT("application/octet-stream")
#define DICOM	    HR_STR_INIT("application/dicom")
#define SYNTAX(uid) HR_STR_INIT(uid)

static const hr_offer json[] = {
	{ .type = HR_STR_INIT("application/dicom+json") },
	{ .type = HR_STR_INIT("application/json") },
};

/* An object in JPEG-LS. */
static const hr_offer object[] = {
	{ DICOM, SYNTAX(PLAIN), true, true, false },
	{ DICOM, SYNTAX(JPEG_LS), true, false, true },
	{ DICOM, SYNTAX(PLAIN), false, true, false },
	{ DICOM, SYNTAX(JPEG_LS), false, false, true },
};

/* A frame of it. */
static const hr_offer frame[] = {
	{ HR_STR_INIT("image/jls"), SYNTAX(JPEG_LS), true, true, true },
	{ OCTETS, SYNTAX(JPEG_LS), true, false, true },
	{ OCTETS, SYNTAX(PLAIN), true, true, false },
	{ HR_STR_INIT("image/jls"), SYNTAX(JPEG_LS), false, true, true },
	{ OCTETS, SYNTAX(JPEG_LS), false, false, true },
	{ OCTETS, SYNTAX(PLAIN), false, true, false },
};

static const hr_offer picture[] = {
	{ .type = HR_STR_INIT("image/jpeg") },
	{ .type = HR_STR_INIT("image/png") },
};

enum { NONE = -1 };

static int choose_of(const char *query, const char *accept, const char *also,
		     const hr_offer *offers, size_t count)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_http_field field = { HR_STR("accept"), hr_str_of(query) };
	const hr_http_field headers[] = {
		{ HR_STR("Accept"), hr_str_of(accept) },
		{ HR_STR("ACCEPT"), hr_str_of(also) },
	};
	const hr_http_request request = {
		.query = &field,
		.query_count = query != NULL,
		.headers = headers,
		.header_count = (accept != NULL) + (size_t)(also != NULL),
		.arena = arena,
	};
	size_t chosen = hr_accept_choose(&request, offers, count);

	return chosen == count ? NONE : (int)chosen;
}

struct row {
	const char *accept;
	int want;
};

static void check(const struct row *rows, size_t row_count, const hr_offer *offers, size_t count)
{
	for (size_t i = 0; i < row_count; i++)
		if (choose_of(NULL, rows[i].accept, NULL, offers, count) != rows[i].want)
			CU_FAIL_FATAL(rows[i].accept ? rows[i].accept : "nothing");
}
#define CHECK(rows, offers)                                                                        \
	check(rows, sizeof(rows) / sizeof((rows)[0]), offers, sizeof(offers) / sizeof((offers)[0]))

static void test_json__as_viewers_ask_for_it__is_given(void)
{
	static const struct row rows[] = {
		{ NULL, 0 },
		{ "", 0 },
		{ "*/*", 0 },
		{ "application/dicom+json", 0 },
		{ "application/json", 1 },
		{ "application/json, application/dicom+json;q=0.9", 1 },
		{ "application/dicom+json, multipart/related; type=application/octet-stream", 0 },
		{ "multipart/related; type=\"application/dicom+xml\", application/dicom+json;q=0.1",
		  0 },
		{ "text/html,application/xhtml+xml,*/*;q=0.8", 0 },
		{ "APPLICATION/*", 0 },
		{ "multipart/related; type=\"application/dicom+xml\"", NONE },
		{ "text/html", NONE },
		{ "application/dicom+json;q=0", NONE },
	};

	CHECK(rows, json);
}

static void test_object__transfer_syntax__is_the_one_asked_for(void)
{
	static const struct row rows[] = {
		{ NULL, 0 },
		{ "*/*", 0 },
		{ "multipart/related", 0 },
		{ "multipart/related; type=\"application/dicom\"", 0 },
		{ "multipart/related;type=application/dicom", 0 },
		{ "multipart/related; type=\"application/dicom\"; transfer-syntax=*", 1 },
		{ "multipart/related; type=application/dicom; transfer-syntax=\"*\"", 1 },
		{ "multipart/related; type=\"application/dicom\"; transfer-syntax=" JPEG_LS, 1 },
		{ "multipart/related; type=\"application/dicom\"; transfer-syntax=" PLAIN, 0 },
		{ "multipart/related; transfer-syntax=*; type=\"application/dicom\"", 1 },
		{ "application/dicom", 2 },
		{ "application/dicom; transfer-syntax=*", 3 },
		{ "application/dicom;transfer-syntax=" JPEG_LS, 3 },
		{ "*/*; transfer-syntax=*", 1 },
		{ "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50, "
		  "application/dicom; transfer-syntax=*; q=0.5",
		  3 },
		{ "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50", NONE },
		{ "multipart/related; type=\"application/octet-stream\"", NONE },
		{ "application/zip", NONE },
	};

	CHECK(rows, object);
}

static void test_frame__as_clients_ask_for_it__is_given(void)
{
	static const struct row rows[] = {
		{ NULL, 0 },
		{ "*/*", 0 },
		{ "multipart/related", 0 },
		/* OHIF */
		{ "multipart/related; type=application/octet-stream; transfer-syntax=*", 1 },
		/* dicomweb-client for JavaScript */
		{ "multipart/related; type=\"application/octet-stream\"", 2 },
		/* dicomweb-client for Python */
		{ "multipart/related; type=\"*/*\"", 0 },
		{ "multipart/related; type=\"image/jls\"", 0 },
		{ "multipart/related; type=image/jls; transfer-syntax=" JPEG_LS, 0 },
		{ "multipart/related; type=\"image/x-jls\"", 0 },
		{ "multipart/related; type=\"image/jp2\"", NONE },
		{ "multipart/related; type=image/jls; transfer-syntax=1.2.840.10008.1.2.4.81",
		  NONE },
		{ "multipart/related; type=image/jphc, multipart/related; "
		  "type=application/octet-stream; transfer-syntax=*",
		  1 },
		{ "multipart/related; type=\"image/*\"", 0 },
		{ "image/jls", 3 },
		{ "application/octet-stream", 5 },
		{ "application/octet-stream; transfer-syntax=*", 4 },
		{ "application/octet-stream; transfer-syntax=" PLAIN, 5 },
		{ "application/octet-stream; transfer-syntax=" JPEG_LS, 4 },
		{ "image/jpeg", NONE },
	};

	CHECK(rows, frame);
}

static void test_picture__is_jpeg_unless_png_is_wanted(void)
{
	static const struct row rows[] = {
		{ NULL, 0 },
		{ "*/*", 0 },
		{ "image/*", 0 },
		{ "image/jpeg", 0 },
		{ "image/png", 1 },
		{ "image/jpg", 0 },
		{ "image/avif,image/webp,image/apng,image/*,*/*;q=0.8", 0 },
		{ "image/jpeg;q=0.5, image/png", 1 },
		{ "image/gif", NONE },
		{ "video/mp4", NONE },
	};

	CHECK(rows, picture);
}

static void test_query__goes_before_the_header__where_it_can_be_had(void)
{
	CU_ASSERT_EQUAL(choose_of("image/png", "image/jpeg", NULL, picture, 2), 1);
	CU_ASSERT_EQUAL(choose_of("image/jhc", "image/png", NULL, picture, 2), 1);
	CU_ASSERT_EQUAL(choose_of("image/jhc", NULL, NULL, picture, 2), 0);
}

static void test_headers__two_of_them__are_one_list(void)
{
	CU_ASSERT_EQUAL(choose_of(NULL, "text/plain", "image/png", picture, 2), 1);
	CU_ASSERT_EQUAL(choose_of(NULL, "image/png;q=0.1", "image/jpeg", picture, 2), 0);
}

static void test_ranges__over_the_limit__are_not_looked_at(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_media_range ranges[HR_MEDIA_RANGES_MAX];
	hr_buf accept;

	hr_buf_init(&accept, arena, 1 << 12);
	for (int i = 0; i < HR_MEDIA_RANGES_MAX + 1; i++)
		HR_BUF_ADD(&accept, ",a/b;q=0.5,");
	CU_ASSERT_EQUAL(hr_media_ranges(hr_buf_str(&accept), ranges), HR_MEDIA_RANGES_MAX);
	CU_ASSERT_EQUAL(ranges[HR_MEDIA_RANGES_MAX - 1].weight, 500);
	CU_ASSERT_EQUAL(hr_media_ranges(HR_STR(" , ,"), ranges), 0);
}

static void test_fail__says_what_there_is(void)
{
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_accept_fail(picture, 2, &err));
	CU_ASSERT_EQUAL(hr_error_http(err.code), 406);
	HR_ASSERT_TEXT(hr_str_of(err.message),
		       "none of what is accepted can be given: there is image/jpeg, image/png");
	CU_ASSERT_FALSE(hr_accept_fail(frame, 6, &err));
	CU_ASSERT_TRUE(hr_str_find(hr_str_of(err.message),
				   HR_STR("multipart/related; type=\"image/jls\"; "
					  "transfer-syntax=" JPEG_LS)) < strlen(err.message));
}

static const hr_test tests[] = {
	HR_TEST(test_json__as_viewers_ask_for_it__is_given),
	HR_TEST(test_object__transfer_syntax__is_the_one_asked_for),
	HR_TEST(test_frame__as_clients_ask_for_it__is_given),
	HR_TEST(test_picture__is_jpeg_unless_png_is_wanted),
	HR_TEST(test_query__goes_before_the_header__where_it_can_be_had),
	HR_TEST(test_headers__two_of_them__are_one_list),
	HR_TEST(test_ranges__over_the_limit__are_not_looked_at),
	HR_TEST(test_fail__says_what_there_is),
};
HR_TEST_MAIN("accept", tests)
