/* Pictures of frames, and what is refused before DCMTK sees it. */
#include "dicom/film_work.h"
#include "dicom/render.h"

#include "dicom_fixture.h"
#include "testing.h"

#include <math.h>

enum { PIXELS = 0x7FE00010 };

struct image {
	uint16_t samples, rows, columns, allocated, stored, high_bit, sign;
	const char *photometric;
	const char *pixels;
	size_t bytes;
};

static const char grey[] = "\0\x10\x20\x30\x40\x50\x60\x70\x80\x90\xA0\xB0";

static const struct image sound = { 1, 3, 4, 8, 8, 7, 0, "MONOCHROME2", grey, 12 };

static void number(dcm *d, uint32_t tag, uint16_t n)
{
	char bytes[2] = { (char)(n & 0xFF), (char)(n >> 8) };

	dcm_bytes(d, tag, "US", (hr_str){ bytes, 2 });
}

static dcm begin(hr_arena *arena, const struct image *image)
{
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	dcm_text(&d, 0x00080016, "UI", DCM_CT);
	number(&d, 0x00280002, image->samples);
	dcm_text(&d, 0x00280004, "CS", image->photometric);
	number(&d, 0x00280006, 0);
	number(&d, 0x00280010, image->rows);
	number(&d, 0x00280011, image->columns);
	number(&d, 0x00280100, image->allocated);
	number(&d, 0x00280101, image->stored);
	number(&d, 0x00280102, image->high_bit);
	number(&d, 0x00280103, image->sign);
	return d;
}

static hr_str end(dcm *d, const struct image *image)
{
	dcm_bytes(d, PIXELS, image->allocated > 8 ? "OW" : "OB",
		  (hr_str){ image->pixels, image->bytes });
	return dcm_file(d);
}

static hr_str whole(hr_arena *arena, const struct image *image)
{
	dcm d = begin(arena, image);

	return end(&d, image);
}

static bool render(hr_str file, const hr_render_options *options, hr_arena *arena, hr_str *out,
		   hr_error *err)
{
	hr_dicom_scan scan;

	return hr_dicom_prescan(file, arena, &scan, err) &&
	       hr_render(file, &scan, options, arena, out, err);
}

static void check_refused(hr_str file, const hr_render_options *options, hr_error_code code)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str picture = HR_STR("untouched");

	CU_ASSERT_FALSE(render(file, options, arena, &picture, &err));
	if (err.code != code)
		HR_ASSERT_TEXT(hr_str_of(err.message), hr_error_word(code));
	HR_ASSERT_TEXT(picture, "untouched");
}

static uint32_t big_u32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Of a PNG: its width and height. */
static void check_size(hr_str file, const hr_render_options *options, uint32_t width,
		       uint32_t height)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str png = HR_STR_NONE;

	HR_ASSERT_OK(render(file, options, arena, &png, &err), err);
	CU_ASSERT_TRUE_FATAL(hr_str_starts_with(png, HR_STR("\x89PNG\r\n\x1a\n")));
	CU_ASSERT_EQUAL(big_u32(png.data + 16), width);
	CU_ASSERT_EQUAL(big_u32(png.data + 20), height);
}

static void test_render__formats__begin_as_they_should(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_render_options jpeg = { .frame = 1 };
	hr_render_options png = { .frame = 1, .format = HR_RENDER_PNG };
	hr_error err = { 0 };
	hr_str out = HR_STR("");

	HR_ASSERT_OK(render(whole(arena, &sound), &jpeg, arena, &out, &err), err);
	CU_ASSERT_TRUE(hr_str_starts_with(out, HR_STR("\xFF\xD8\xFF")));
	CU_ASSERT_TRUE(hr_str_ends_with(out, HR_STR("\xFF\xD9")));
	check_size(whole(arena, &sound), &png, 4, 3);
}

static void test_render__quality__makes_the_picture_larger(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_render_options options = { .frame = 1, .quality = 1 };
	hr_error err = { 0 };
	hr_str low = HR_STR("");
	hr_str high = HR_STR("");

	HR_ASSERT_OK(render(whole(arena, &sound), &options, arena, &low, &err), err);
	options.quality = 100;
	HR_ASSERT_OK(render(whole(arena, &sound), &options, arena, &high, &err), err);
	CU_ASSERT_TRUE(low.len < high.len);
	options.quality = 101;
	check_refused(whole(arena, &sound), &options, HR_E_USAGE);
}

static void test_render__viewport__keeps_the_shape(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str file = whole(arena, &sound);
	static const struct {
		hr_render_options options;
		uint32_t width;
		uint32_t height;
	} rows[] = {
		{ { .viewport_width = 8, .viewport_height = 8 }, 8, 6 },
		{ { .viewport_width = 80, .viewport_height = 6 }, 8, 6 },
		{ { .viewport_width = 2, .viewport_height = 2 }, 2, 1 },
		{ { .viewport_height = 9 }, 12, 9 },
		{ { .viewport_width = 80, .viewport_height = 80, .shrink_only = 1 }, 4, 3 },
		{ { .crop_x = 1, .crop_y = 1 }, 3, 2 },
		{ { .crop_x = 1, .crop_y = 1, .crop_width = -2, .crop_height = -1 }, 2, 1 },
		{ { .crop_width = 2, .crop_height = 1, .viewport_width = 4 }, 4, 2 },
		{ { .crop_width = INT32_MIN, .crop_height = INT32_MAX }, 4, 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_render_options options = rows[i].options;

		options.frame = 1;
		options.format = HR_RENDER_PNG;
		check_size(file, &options, rows[i].width, rows[i].height);
	}
}

static void test_render__thumbnail__is_never_larger(void)
{
	hr_render_options options = hr_render_thumbnail(3);

	CU_ASSERT_EQUAL(options.frame, 3);
	CU_ASSERT_EQUAL(options.format, HR_RENDER_JPEG);
	CU_ASSERT_EQUAL(options.viewport_width, HR_RENDER_THUMBNAIL);
	CU_ASSERT_TRUE(options.shrink_only);
}

static void test_render__options_that_cannot_be__are_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const hr_render_options rows[] = {
		{ .frame = 1, .format = HR_RENDER_FORMAT_COUNT },
		{ .frame = 1, .window = HR_RENDER_WINDOW_COUNT },
		{ .frame = 1, .preset = 1 },
		{ .frame = 1, .window = HR_RENDER_WINDOW_LINEAR, .width = 0.5 },
		{ .frame = 1, .window = HR_RENDER_WINDOW_SIGMOID, .width = 0 },
		{ .frame = 1, .window = HR_RENDER_WINDOW_LINEAR, .width = NAN },
		{ .frame = 1, .window = HR_RENDER_WINDOW_LINEAR, .width = 1, .center = INFINITY },
		{ .frame = 1, .viewport_width = HR_RENDER_VIEWPORT_MAX + 1 },
		{ .frame = 1, .crop_x = 4 },
		{ .frame = 1, .crop_y = -1 },
	};
	hr_render_options none = { .frame = 0 };
	hr_render_options past = { .frame = 2 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_refused(whole(arena, &sound), &rows[i], HR_E_USAGE);
	check_refused(whole(arena, &sound), &none, HR_E_NOT_FOUND);
	check_refused(whole(arena, &sound), &past, HR_E_NOT_FOUND);
}

/* Each of these has made a program read where it should not. */
static void test_render__attributes_that_do_not_fit__are_refused(void)
{
	static const struct {
		struct image image;
		hr_error_code code;
	} rows[] = {
		{ { 1, 3, 4, 8, 9, 8, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 8, 8, 8, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 8, 8, 3, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 8, 0, 0, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 12, 12, 11, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 2, 4, 12, 12, 11, 0, "MONOCHROME2", grey, 12 }, HR_E_UNSUPPORTED },
		{ { 1, 3, 4, 16, 12, 11, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 65535, 65535, 8, 8, 7, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 0, 4, 8, 8, 7, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 3, 1, 4, 8, 8, 7, 0, "MONOCHROME2", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 8, 8, 7, 0, "RGB", grey, 12 }, HR_E_SYNTAX },
		{ { 3, 2, 3, 8, 8, 7, 0, "YBR_FULL_422", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 8, 8, 7, 0, "PALETTE COLOR", grey, 12 }, HR_E_SYNTAX },
		{ { 1, 3, 4, 8, 8, 7, 0, "HSV", grey, 12 }, HR_E_UNSUPPORTED },
		{ { 1, 3, 4, 8, 8, 7, 0, "", grey, 12 }, HR_E_UNSUPPORTED },
	};
	hr_render_options options = { .frame = 1 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();

		check_refused(whole(arena, &rows[i].image), &options, rows[i].code);
	}
}

static void add_palette(dcm *d, uint16_t entries, size_t bytes)
{
	static const char data[512];
	char descriptor[6] = { (char)(entries & 0xFF), (char)(entries >> 8), 0, 0, 16, 0 };

	for (uint32_t i = 0; i < 3; i++)
		dcm_bytes(d, 0x00281101 + i, "US", (hr_str){ descriptor, 6 });
	for (uint32_t i = 0; i < 3; i++)
		dcm_bytes(d, 0x00281201 + i, "OW", (hr_str){ data, bytes });
}

static void test_render__palette__must_be_whole(void)
{
	static const struct image image = { 1, 3, 4, 8, 8, 7, 0, "PALETTE COLOR", grey, 12 };
	hr_render_options options = { .frame = 1, .format = HR_RENDER_PNG };
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm good = begin(arena, &image);
	dcm cut = begin(arena, &image);
	dcm none = begin(arena, &image);

	add_palette(&good, 256, 512);
	add_palette(&cut, 256, 510);
	add_palette(&none, 0, 512); /* 0 says 65536 */
	check_size(end(&good, &image), &options, 4, 3);
	check_refused(end(&cut, &image), &options, HR_E_SYNTAX);
	check_refused(end(&none, &image), &options, HR_E_SYNTAX);
}

/* Left out, not refused: the image can be seen without them. */
static void test_render__overlay_and_table_that_are_not_whole__are_left_out(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_render_options options = { .frame = 1, .format = HR_RENDER_PNG };
	dcm d = begin(arena, &sound);

	dcm_sequence(&d, 0x00283010);
	dcm_item(&d);
	dcm_bytes(&d, 0x00283002, "US", (hr_str){ "\0\0\0\0\x10\0", 6 });
	dcm_bytes(&d, 0x00283006, "OW", (hr_str){ grey, 12 });
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	number(&d, 0x60000010, 65535);
	number(&d, 0x60000011, 65535);
	dcm_bytes(&d, 0x60000050, "SS", (hr_str){ "\1\0\1\0", 4 });
	number(&d, 0x60000100, 1);
	number(&d, 0x60000102, 0);
	dcm_bytes(&d, 0x60003000, "OW", (hr_str){ grey, 2 });
	check_size(end(&d, &sound), &options, 4, 3);
}

static void test_render__no_pixels_and_floats__are_refused_with_a_reason(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_render_options options = { .frame = 1 };
	static const struct image wide = { 1, 1, 3, 32, 32, 31, 0, "MONOCHROME2", grey, 12 };
	dcm none = begin(arena, &sound);
	dcm floats = begin(arena, &wide);

	dcm_bytes(&floats, 0x7FE00008, "OF", (hr_str){ grey, 12 });
	check_refused(dcm_file(&none), &options, HR_E_UNSUPPORTED);
	check_refused(dcm_file(&floats), &options, HR_E_UNSUPPORTED);
}

static void test_render__widths_and_signs__are_drawn(void)
{
	static const struct image rows[] = {
		{ 1, 3, 4, 1, 1, 0, 0, "MONOCHROME1", grey, 2 },
		{ 1, 3, 4, 8, 7, 6, 1, "MONOCHROME2", grey, 12 },
		{ 1, 2, 3, 16, 12, 11, 1, "MONOCHROME2", grey, 12 },
		{ 1, 1, 3, 32, 32, 31, 0, "MONOCHROME2", grey, 12 },
		{ 3, 2, 2, 8, 8, 7, 0, "RGB", grey, 12 },
		{ 3, 1, 4, 8, 8, 7, 0, "YBR_FULL", grey, 12 },
		{ 3, 3, 2, 8, 8, 7, 0, "YBR_FULL_422", grey, 12 },
		{ 3, 1, 4, 8, 8, 7, 0, "YBR_FULL_422", grey, 12 },
		/* All the same. */
		{ 1, 3, 4, 8, 8, 7, 0, "MONOCHROME2", "aaaaaaaaaaaa", 12 },
	};
	hr_render_options options = { .frame = 1, .format = HR_RENDER_PNG };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();

		check_size(whole(arena, &rows[i]), &options, rows[i].columns, rows[i].rows);
	}
}

static void test_work__is_told_by_bytes__does_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_render_options options = { .frame = 1, .format = HR_RENDER_PNG };
	hr_frame_args frame = { 1 };
	hr_str file = whole(arena, &sound);
	hr_str told = { (const char *)&options, sizeof(options) };
	hr_str want = HR_STR("");
	hr_str got = HR_STR("?");
	hr_error err = { 0 };

	HR_ASSERT_OK(render(file, &options, arena, &want, &err), err);
	HR_ASSERT_OK(hr_film_work(HR_WORK_RENDER, file, told, arena, &got, &err), err);
	CU_ASSERT_TRUE(hr_str_equal(got, want));
	told = (hr_str){ (const char *)&frame, sizeof(frame) };
	HR_ASSERT_OK(hr_film_work(HR_WORK_FRAME, file, told, arena, &got, &err), err);
	CU_ASSERT_TRUE(hr_str_equal(got, (hr_str){ grey, 12 }));
	CU_ASSERT_FALSE(hr_film_work(HR_WORK_RENDER, file, told, arena, &got, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
}

static const hr_test tests[] = {
	HR_TEST(test_render__formats__begin_as_they_should),
	HR_TEST(test_render__quality__makes_the_picture_larger),
	HR_TEST(test_render__viewport__keeps_the_shape),
	HR_TEST(test_render__thumbnail__is_never_larger),
	HR_TEST(test_render__options_that_cannot_be__are_refused),
	HR_TEST(test_render__attributes_that_do_not_fit__are_refused),
	HR_TEST(test_render__palette__must_be_whole),
	HR_TEST(test_render__overlay_and_table_that_are_not_whole__are_left_out),
	HR_TEST(test_render__no_pixels_and_floats__are_refused_with_a_reason),
	HR_TEST(test_render__widths_and_signs__are_drawn),
	HR_TEST(test_work__is_told_by_bytes__does_the_same),
};
HR_TEST_MAIN("render", tests)
