/* Frames made native. */
#include "dicom/pixels.h"

#include "dicom_fixture.h"
#include "testing.h"

#include <stdlib.h>

static hr_str corpus(const char *name, hr_arena *arena)
{
	const char *root = hr_test_corpora();
	hr_buf path;

	if (!root)
		return HR_STR_NONE;
	hr_buf_init(&path, arena, 4096);
	hr_buf_addf(&path, "%s/dicom/%s", root, name);
	hr_buf_add_char(&path, '\0');
	return hr_test_read(arena, path.data);
}

static bool decode(hr_str file, uint32_t frame, hr_arena *arena, hr_pixels *out, hr_error *err)
{
	hr_dicom_scan scan;

	return hr_dicom_prescan(file, arena, &scan, err) &&
	       hr_pixels_decode(file, &scan, frame, arena, out, err);
}

static hr_pixels decode_well(hr_str file, hr_arena *arena)
{
	hr_pixels pixels = { .bytes = HR_STR_NONE };
	hr_error err = { 0 };

	HR_ASSERT_OK(decode(file, 1, arena, &pixels, &err), err);
	CU_ASSERT_TRUE(pixels.bytes.len > 0);
	return pixels;
}

/* All of one image in lossless codings: the first is native, or decoded by RLE. */
static void check_same(const char *const *names)
{
	hr_arena *arena = hr_test_arena();
	hr_pixels first = { .bytes = HR_STR_NONE };

	for (size_t i = 0; names[i]; i++) {
		hr_str file = corpus(names[i], arena);
		hr_pixels pixels = { .bytes = HR_STR_NONE };
		hr_error err = { 0 };

		if (!file.data)
			break;
		HR_ASSERT_OK(decode(file, 1, arena, &pixels, &err), err);
		if (i == 0)
			first = pixels;
		CU_ASSERT_TRUE(pixels.bytes.len > 0);
		if (!hr_str_equal(pixels.bytes, first.bytes))
			HR_ASSERT_TEXT(hr_str_of(names[i]), names[0]);
		HR_ASSERT_TEXT(hr_str_of(pixels.form.photometric), first.form.photometric);
	}
	hr_arena_close(arena);
}

/* Each made native has the pixels that it had before, and says truly how they lie. */
static void check_native(const char *const *names)
{
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; names[i]; i++) {
		hr_str file = corpus(names[i], arena);
		hr_pixels before;
		hr_pixels after;
		hr_dicom_scan scan;
		hr_error err = { 0 };
		hr_str native = HR_STR_NONE;

		if (!file.data)
			break;
		before = decode_well(file, arena);
		HR_ASSERT_OK(hr_dicom_prescan(file, arena, &scan, &err) &&
				     hr_pixels_transcode(file, &scan, arena, &native, &err),
			     err);
		HR_ASSERT_OK(hr_dicom_prescan(native, arena, &scan, &err), err);
		HR_ASSERT_TEXT(scan.transfer_syntax, DCM_EXPLICIT);
		after = decode_well(native, arena);
		if (!hr_str_equal(before.bytes, after.bytes))
			HR_ASSERT_TEXT(hr_str_of(names[i]), "the same pixels");
		HR_ASSERT_TEXT(hr_str_of(after.form.photometric), before.form.photometric);
		CU_ASSERT_EQUAL(after.form.bits_stored, before.form.bits_stored);
		CU_ASSERT_EQUAL(after.form.frames, before.form.frames);
	}
	hr_arena_close(arena);
}

#define CT(syntax) "cs3d/CTImage.dcm_" syntax ".dcm"

/* Those of them that lose nothing. */
static const char *const lossless[] = {
	CT("LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1"),
	CT("LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2"),
	CT("BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2"),
	CT("DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99"),
	CT("JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57"),
	CT("JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70"),
	CT("JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80"),
	CT("JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90"),
	CT("RLELosslessTransferSyntax_1.2.840.10008.1.2.5"),
	NULL
};

static void test_decode__one_image_in_every_lossless_syntax__is_one_image(void)
{
	check_same(lossless);
}

static void test_transcode__every_syntax__keeps_its_pixels(void)
{
	static const char *const lossy[] = {
		CT("JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50"),
		CT("JPEGProcess2_4TransferSyntax_1.2.840.10008.1.2.4.51"),
		CT("JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53"),
		CT("JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55"),
		CT("JPEGLSLossyTransferSyntax_1.2.840.10008.1.2.4.81"),
		CT("JPEG2000TransferSyntax_1.2.840.10008.1.2.4.91"),
		"cs3d/TestPattern_JPEG-Baseline_YBR422.dcm",
		"cs3d/US-YBR_FULL_422-EVRLE.dcm",
		NULL
	};

	check_native(lossless);
	check_native(lossy);
}

static void test_decode__wg04__lossless_codecs_agree(void)
{
	static const char *const sets[][6] = {
		{ "wg04/CT2_RLE", "wg04/CT2_J2KR", "wg04/CT2_JLSL", "wg04/CT2_JPLL" },
		{ "wg04/MR3_RLE", "wg04/MR3_J2KR", "wg04/MR3_JLSL", "wg04/MR3_JPLL" },
		{ "wg04/NM1_RLE", "wg04/NM1_J2KR", "wg04/NM1_JLSL", "wg04/NM1_JPLL" },
		{ "wg04/US1_RLE", "wg04/US1_J2KR" },
		{ "pydicom/MR_small.dcm", "pydicom/MR_small_RLE.dcm",
		  "pydicom/MR_small_bigendian.dcm", "pydicom/MR_small_implicit.dcm",
		  "pydicom/MR_small_jpeg_ls_lossless.dcm" },
		{ "pydicom/liver_1frame.dcm", "pydicom/liver_expb_1frame.dcm" },
		{ "pydicom/rtdose_1frame.dcm", "pydicom/rtdose_expb_1frame.dcm",
		  "pydicom/rtdose_rle_1frame.dcm" },
		{ "pydicom/SC_rgb_small_odd.dcm", "pydicom/SC_rgb_small_odd_big_endian.dcm" },
	};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		check_same(sets[i]);
}

static const hr_test tests[] = {
	HR_TEST(test_decode__one_image_in_every_lossless_syntax__is_one_image),
	HR_TEST(test_decode__wg04__lossless_codecs_agree),
	HR_TEST(test_transcode__every_syntax__keeps_its_pixels),
};
HR_TEST_MAIN("pixels", tests)
