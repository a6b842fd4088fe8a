#include "dicom/image_index.h"

#include "testing.h"

#define PUBLISHED                                                                                  \
	"10000000000000000708463177-202411221430-000000000-0000000000000-123502004266007916"

static bool is_read(const char *text)
{
	hr_image_index index;
	hr_error err = { 0 };
	bool read = hr_image_index_parse(hr_str_of(text), &index, &err);

	CU_ASSERT_TRUE(read || (err.code == HR_E_SYNTAX && err.message[0]));
	return read;
}

static void test_image_index__as_published__is_read_part_by_part(void)
{
	hr_image_index index;
	hr_error err = { 0 };
	hr_instant examined;

	HR_ASSERT_OK(hr_image_index_parse(HR_STR(PUBLISHED), &index, &err), err);
	HR_ASSERT_TEXT(index.person, "10000000000000000708463177");
	HR_ASSERT_TEXT(index.body_part, "");
	HR_ASSERT_TEXT(index.equipment, "");
	HR_ASSERT_TEXT(index.uscc, "123502004266007916");
	CU_ASSERT_TRUE(hr_instant_parse(HR_STR("2024-11-22T14:30:00+08:00"), &examined));
	CU_ASSERT_EQUAL(index.examined.second, examined.second);
}

static const char *const texts[] = {
	PUBLISHED,
	"1000000000000000070846317A-000101010000-A1B2C3D4Z-ABCDEFGHIJ012-121100004000000014",
	"00000000000000000000000001-999912312359-000000001-0000000000001-12120000400000002B",
};

static void test_image_index__what_is_written__is_what_was_read(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		hr_image_index index;
		char again[HR_IMAGE_INDEX_TEXT];
		hr_error err = { 0 };

		HR_ASSERT_OK(hr_image_index_parse(hr_str_of(texts[i]), &index, &err), err);
		HR_ASSERT_OK(hr_image_index_format(&index, again, &err), err);
		HR_ASSERT_TEXT(hr_str_of(again), texts[i]);
	}
}

static const char *const damaged[] = {
	"",
	"10000000000000000708463177-202411221430-000000000-0000000000000-12350200426600791",
	PUBLISHED "0",
	/* lower case, a blank, another hyphen */
	"1000000000000000070846317a-202411221430-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-202411221430-00000000a-0000000000000-123502004266007916",
	"10000000000000000708463177-202411221430-000000000-000000000000 -123502004266007916",
	"10000000000000000708463177_202411221430-000000000-0000000000000-123502004266007916",
	/* parts of other lengths, 82 characters all the same */
	"1000000000000000070846317-7202411221430-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-202411221430-0000000000-000000000000-123502004266007916",
	/* nobody */
	"00000000000000000000000000-202411221430-000000000-0000000000000-123502004266007916",
	/* times that are none */
	"10000000000000000708463177-202413221430-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-202402301430-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-202411222400-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-202411221460-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-2024112214Z0-000000000-0000000000000-123502004266007916",
	"10000000000000000708463177-000011221430-000000000-0000000000000-123502004266007916",
	/* the check character of the institution */
	"10000000000000000708463177-202411221430-000000000-0000000000000-123502004266007917",
};

static void test_image_index__each_part_damaged__is_refused(void)
{
	CU_ASSERT_TRUE(is_read(PUBLISHED));
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		CU_ASSERT_FALSE(is_read(damaged[i]));
}

/* Any byte but the one that stands there: an index of another, or none. */
static void test_image_index__one_byte_changed__is_never_the_same(void)
{
	char text[] = PUBLISHED;

	for (size_t i = 0; i < HR_IMAGE_INDEX_CHARACTERS; i++) {
		for (int c = 0; c < 256; c++) {
			hr_image_index index;
			hr_error err = { 0 };
			char again[HR_IMAGE_INDEX_TEXT];

			text[i] = (char)c;
			if (!hr_image_index_parse((hr_str){ text, sizeof(text) - 1 }, &index, &err))
				continue;
			HR_ASSERT_OK(hr_image_index_format(&index, again, &err), err);
			CU_ASSERT_EQUAL(memcmp(again, text, sizeof(text)), 0);
		}
		text[i] = PUBLISHED[i];
	}
}

static void test_image_index__error__does_not_repeat_the_person(void)
{
	hr_image_index index;
	hr_error err = { 0 };

	CU_ASSERT_FALSE(hr_image_index_parse(
		HR_STR("10000000000000000708463177-202413221430-000000000-0000000000000-"
		       "123502004266007916"),
		&index, &err));
	HR_ASSERT_TEXT(hr_str_of(err.message), "image index: its time is none");
}

static void test_image_index__parts_of_ours_that_do_not_fit__are_refused(void)
{
	const hr_image_index good = {
		.person = HR_STR("10000000000000000708463177"),
		.examined = { 1732257000 },
		.uscc = HR_STR("123502004266007916"),
	};
	hr_image_index bad[] = { good, good, good, good, good, good };
	char out[HR_IMAGE_INDEX_TEXT];
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_image_index_format(&good, out, &err), err);
	HR_ASSERT_TEXT(hr_str_of(out), PUBLISHED);
	bad[0].examined.second++;
	bad[1].person = HR_STR("1000000000000000070846317");
	bad[2].body_part = HR_STR("0000000000");
	bad[3].equipment = HR_STR("ABCDEFGHIJ01");
	bad[4].uscc = HR_STR_NONE;
	/* one part shorter, the other longer */
	bad[5].body_part = HR_STR("12345678");
	bad[5].equipment = HR_STR("12345678901234");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(hr_image_index_format(&bad[i], out, &err));
}

static const hr_test tests[] = {
	HR_TEST(test_image_index__as_published__is_read_part_by_part),
	HR_TEST(test_image_index__what_is_written__is_what_was_read),
	HR_TEST(test_image_index__each_part_damaged__is_refused),
	HR_TEST(test_image_index__one_byte_changed__is_never_the_same),
	HR_TEST(test_image_index__error__does_not_repeat_the_person),
	HR_TEST(test_image_index__parts_of_ours_that_do_not_fit__are_refused),
};

HR_TEST_MAIN("image_index", tests)
