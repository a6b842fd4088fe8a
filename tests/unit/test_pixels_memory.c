/* Frames and pictures when memory is short: the n-th allocation fails, for every n. */
#include "dicom/picture.h"
#include "dicom/pixels.h"

#include "dicom_fixture.h"
#include "failing_malloc.h"
#include "testing.h"

static void number(dcm *d, uint32_t tag, char n)
{
	char bytes[2] = { n, 0 };

	dcm_bytes(d, tag, "US", (hr_str){ bytes, 2 });
}

static hr_str object(hr_arena *arena, const char *syntax, char bits)
{
	bool compressed = strcmp(syntax, DCM_EXPLICIT) != 0;
	dcm d = dcm_open(arena, syntax, HR_DICOM_EXPLICIT_LE);

	dcm_text(&d, 0x00080016, "UI", DCM_CT);
	number(&d, 0x00280002, 1);
	dcm_text(&d, 0x00280008, "IS", "2");
	number(&d, 0x00280010, 3);
	number(&d, 0x00280011, 3);
	number(&d, 0x00280100, bits);
	dcm_head(&d, 0x7FE00010, "OB", compressed ? UINT32_MAX : 18);
	for (uint32_t i = 0; compressed && i < 3; i++) {
		dcm_head(&d, 0xFFFEE000, "", i ? 2 : 0);
		hr_buf_add(&d.buf, (hr_str){ "ab", i ? 2 : 0 });
	}
	if (!compressed)
		HR_BUF_ADD(&d.buf, "abcdefghijklmnopqr");
	return dcm_file(&d);
}

static bool find_frame(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	const hr_str *file = context;
	hr_dicom_scan scan;
	hr_frame frame;
	hr_str map;

	if (!arena)
		return hr_fail_memory(err);
	return hr_dicom_prescan(*file, arena, &scan, err) &&
	       hr_frame_map_make(*file, &scan, arena, &map, err) &&
	       hr_frame_map_find(map, file->len, 2, arena, &frame, err);
}

static bool decode_frame(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	const hr_str *file = context;
	hr_dicom_scan scan;
	hr_pixels pixels;

	if (!arena)
		return hr_fail_memory(err);
	return hr_dicom_prescan(*file, arena, &scan, err) &&
	       hr_pixels_decode(*file, &scan, 2, arena, &pixels, err);
}

static bool write_png(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_str out;

	if (!arena)
		return hr_fail_memory(err);
	return hr_picture_to_png(context, arena, &out, err);
}

static bool write_jpeg(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)1 << 20);
	hr_str out;

	if (!arena)
		return hr_fail_memory(err);
	return hr_picture_to_jpeg(context, 80, arena, &out, err);
}

static void test_frames__nth_allocation_fails__is_said(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str native = object(arena, DCM_EXPLICIT, 8);
	hr_str bits = object(arena, DCM_EXPLICIT, 1);
	hr_str compressed = object(arena, "1.2.840.10008.1.2.5", 8);

	CU_ASSERT_TRUE(hr_failing_malloc_each(find_frame, &native) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(find_frame, &compressed) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(decode_frame, &native) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(decode_frame, &bits) > 0);
}

static void test_picture__nth_allocation_fails__is_said(void)
{
	hr_picture picture = { 2, 2, false, "abcd" };

	CU_ASSERT_TRUE(hr_failing_malloc_each(write_png, &picture) > 0);
	CU_ASSERT_TRUE(hr_failing_malloc_each(write_jpeg, &picture) > 0);
}

static const hr_test tests[] = {
	HR_TEST(test_frames__nth_allocation_fails__is_said),
	HR_TEST(test_picture__nth_allocation_fails__is_said),
};
HR_TEST_MAIN("pixels_memory", tests)
