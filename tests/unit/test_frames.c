/* Where the frames of an object lie in its file. */
#include "dicom/frames.h"

#include "dicom_deflate.h"
#include "dicom_fixture.h"
#include "testing.h"

#include <stdlib.h>

#define DCM_JPEG "1.2.840.10008.1.2.4.50"
#define DCM_RLE	 "1.2.840.10008.1.2.5"
#define DCM_MPEG "1.2.840.10008.1.2.4.102"
#define SOI	 "\xFF\xD8\xFF\xE0"

enum { PIXELS = 0x7FE00010, ITEM = 0xFFFEE000 };

static void number(dcm *d, uint32_t tag, uint16_t n)
{
	bool big = d->encoding == HR_DICOM_EXPLICIT_BE;
	char bytes[2] = { (char)(big ? n >> 8 : n & 0xFF), (char)(big ? n & 0xFF : n >> 8) };

	dcm_bytes(d, tag, "US", (hr_str){ bytes, 2 });
}

static void describe(dcm *d, uint16_t rows, uint16_t columns, uint16_t bits, const char *frames)
{
	dcm_text(d, 0x00080016, "UI", DCM_CT);
	number(d, 0x00280002, 1);
	dcm_text(d, 0x00280004, "CS", "MONOCHROME2");
	dcm_text(d, 0x00280008, "IS", frames);
	number(d, 0x00280010, rows);
	number(d, 0x00280011, columns);
	number(d, 0x00280100, bits);
}

static dcm begin(hr_arena *arena, const char *syntax, uint16_t bits, const char *frames)
{
	dcm d = dcm_open(arena, syntax,
			 strcmp(syntax, DCM_IMPLICIT) == 0 ? HR_DICOM_IMPLICIT_LE
			 : strcmp(syntax, DCM_BIG) == 0	   ? HR_DICOM_EXPLICIT_BE
							   : HR_DICOM_EXPLICIT_LE);

	describe(&d, 2, 3, bits, frames);
	return d;
}

static void item(dcm *d, hr_str bytes)
{
	dcm_head(d, ITEM, "", (uint32_t)bytes.len);
	hr_buf_add(&d->buf, bytes);
}

static dcm begin_fragments(hr_arena *arena, const char *syntax, const char *frames, hr_str table)
{
	dcm d = begin(arena, syntax, 8, frames);

	dcm_head(&d, PIXELS, "OB", UINT32_MAX);
	item(&d, table);
	return d;
}

static hr_str map_of(hr_str file, hr_arena *arena)
{
	hr_dicom_scan scan;
	hr_error err;
	hr_str map = HR_STR_NONE;

	HR_ASSERT_OK(hr_dicom_prescan(file, arena, &scan, &err), err);
	HR_ASSERT_OK(hr_frame_map_make(file, &scan, arena, &map, &err), err);
	return map;
}

static hr_frames_about about(hr_str map)
{
	hr_frames_about out = { 0 };
	hr_error err;

	HR_ASSERT_OK(hr_frame_map_about(map, &out, &err), err);
	return out;
}

/* The bytes of a frame, put together; "?" with the error when there are none. */
static hr_str frame_of(hr_str file, hr_str map, uint32_t frame, hr_arena *arena, hr_error *err)
{
	hr_frame found;
	hr_buf bytes;

	hr_buf_init(&bytes, arena, 1 << 20);
	if (!hr_frame_map_find(map, file.len, frame, arena, &found, err))
		return HR_STR("?");
	if (!found.in_file)
		return HR_STR("elsewhere");
	for (size_t i = 0; i < found.count; i++)
		hr_buf_add(&bytes, hr_str_slice(file, found.parts[i].offset,
						found.parts[i].offset + found.parts[i].length));
	CU_ASSERT_EQUAL(bytes.len, found.length);
	return bytes.len ? hr_buf_str(&bytes) : HR_STR("");
}

static void check_frames(hr_str file, hr_arena *arena, hr_frames_kind kind, const char *const *want,
			 uint32_t count)
{
	hr_str map = map_of(file, arena);
	hr_error err;

	CU_ASSERT_EQUAL(about(map).kind, kind);
	CU_ASSERT_EQUAL(about(map).frames, count);
	CU_ASSERT_FALSE(about(map).cut);
	for (uint32_t i = 0; i < count; i++)
		HR_ASSERT_TEXT(frame_of(file, map, i + 1, arena, &err), want[i]);
	HR_ASSERT_TEXT(frame_of(file, map, 0, arena, &err), "?");
	CU_ASSERT_EQUAL(err.code, HR_E_NOT_FOUND);
	HR_ASSERT_TEXT(frame_of(file, map, count + 1, arena, &err), "?");
	CU_ASSERT_EQUAL(err.code, HR_E_NOT_FOUND);
}

static void test_frames__native__are_cut_by_their_size(void)
{
	static const char *const want[] = { "abcdef", "ghijkl" };
	static const struct {
		const char *syntax;
		hr_frames_kind kind;
	} rows[] = { { DCM_EXPLICIT, HR_FRAMES_NATIVE },
		     { DCM_IMPLICIT, HR_FRAMES_NATIVE },
		     { DCM_BIG, HR_FRAMES_BIG_ENDIAN } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin(arena, rows[i].syntax, 8, "2");

		dcm_text(&d, PIXELS, "OW", "abcdefghijkl");
		check_frames(dcm_file(&d), arena, rows[i].kind, want, 2);
		hr_arena_close(arena);
	}
}

static void test_frames__odd_length__goes_without_its_padding(void)
{
	static const char *const want[] = { "abcdefghi" };
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	describe(&d, 3, 3, 8, "1");
	dcm_text(&d, PIXELS, "OB", "abcdefghi");
	check_frames(dcm_file(&d), arena, HR_FRAMES_NATIVE, want, 1);
	hr_arena_close(arena);
}

static void test_frames__none_said__is_one(void)
{
	static const char *const said[] = { "", "0", "x" };
	static const char *const want[] = { "abcdef" };

	for (size_t i = 0; i < 3; i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin(arena, DCM_EXPLICIT, 8, said[i]);

		dcm_text(&d, PIXELS, "OB", "abcdef");
		check_frames(dcm_file(&d), arena, HR_FRAMES_NATIVE, want, 1);
		hr_arena_close(arena);
	}
}

static void test_frames__pixels_are_short__the_whole_ones_are_found(void)
{
	/* "abcdef" is frame 1; of frame 2 a byte is missing. */
	for (int cut = 0; cut < 2; cut++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin(arena, DCM_EXPLICIT, 8, "3");
		hr_str map;
		hr_error err;

		dcm_head(&d, PIXELS, "OW", cut ? 18 : 11);
		HR_BUF_ADD(&d.buf, "abcdefghijk");
		map = map_of(dcm_file(&d), arena);
		CU_ASSERT_TRUE(about(map).cut);
		CU_ASSERT_EQUAL(about(map).frames, 3);
		HR_ASSERT_TEXT(frame_of(dcm_file(&d), map, 1, arena, &err), "abcdef");
		HR_ASSERT_TEXT(frame_of(dcm_file(&d), map, 2, arena, &err), "?");
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
		hr_arena_close(arena);
	}
}

static void test_frames__bits_within_a_byte__are_elsewhere(void)
{
	hr_arena *arena = hr_test_arena();
	dcm one = begin(arena, DCM_EXPLICIT, 1, "1");
	dcm two = begin(arena, DCM_EXPLICIT, 1, "2");
	hr_error err;

	dcm_text(&one, PIXELS, "OB", "ab");
	dcm_text(&two, PIXELS, "OB", "ab");
	HR_ASSERT_TEXT(frame_of(dcm_file(&one), map_of(dcm_file(&one), arena), 1, arena, &err),
		       "a");
	HR_ASSERT_TEXT(frame_of(dcm_file(&two), map_of(dcm_file(&two), arena), 1, arena, &err),
		       "elsewhere");
	HR_ASSERT_TEXT(frame_of(dcm_file(&two), map_of(dcm_file(&two), arena), 2, arena, &err),
		       "elsewhere");
	hr_arena_close(arena);
}

static void test_frames__halved_colours__have_two_bytes_a_pixel(void)
{
	static const char *const want[] = { "abcdefghijkl", "mnopqrstuvwx" };
	hr_arena *arena = hr_test_arena();
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	number(&d, 0x00280002, 3);
	dcm_text(&d, 0x00280004, "CS", "YBR_FULL_422");
	dcm_text(&d, 0x00280008, "IS", "2");
	number(&d, 0x00280010, 2);
	number(&d, 0x00280011, 3);
	number(&d, 0x00280100, 8);
	dcm_text(&d, PIXELS, "OB", "abcdefghijklmnopqrstuvwx");
	check_frames(dcm_file(&d), arena, HR_FRAMES_NATIVE, want, 2);
	hr_arena_close(arena);
}

static void test_frames__floats__are_found_by_their_width(void)
{
	static const char *const one[] = { "abcdefghijklabcdefghijkl" };
	static const char *const two[] = { "abcdefghijklabcdefghijklabcdefghijklabcdefghijkl" };
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_EXPLICIT, 32, "1");
	dcm e = begin(arena, DCM_EXPLICIT, 64, "1");

	dcm_text(&d, 0x7FE00008, "OF", one[0]);
	dcm_text(&e, 0x7FE00009, "OD", two[0]);
	check_frames(dcm_file(&d), arena, HR_FRAMES_NATIVE, one, 1);
	check_frames(dcm_file(&e), arena, HR_FRAMES_NATIVE, two, 1);
	hr_arena_close(arena);
}

static void test_frames__no_pixels__is_an_empty_map(void)
{
	hr_arena *arena = hr_test_arena();
	dcm none = begin(arena, DCM_EXPLICIT, 8, "1");
	dcm empty = begin(arena, DCM_EXPLICIT, 8, "1");
	hr_error err;

	dcm_text(&empty, PIXELS, "OW", "");
	HR_ASSERT_TEXT(map_of(dcm_file(&none), arena), "");
	HR_ASSERT_TEXT(map_of(dcm_file(&empty), arena), "");
	CU_ASSERT_EQUAL(about(HR_STR("")).kind, HR_FRAMES_NONE);
	HR_ASSERT_TEXT(frame_of(dcm_file(&none), HR_STR(""), 1, arena, &err), "?");
	CU_ASSERT_EQUAL(err.code, HR_E_NOT_FOUND);
	hr_arena_close(arena);
}

static void test_frames__fragments__are_told_apart(void)
{
	static const char offsets[] = "\0\0\0\0\x1E\0\0\0"; /* the third begins at 30 */
	static const char *const one[] = { SOI "abcd" SOI "efxx"
					       "gh" };
	static const char *const plain[] = { "ab", "cd" };
	static const char *const two[] = { SOI "abcd"
					       "efxxgh",
					   SOI "ij" };
	static const struct {
		const char *frames;
		const char *const *want;
		const char *items[4];
		uint32_t count;
		bool table;
	} rows[] = {
		{ "1", one, { SOI "abcd", SOI "efxx", "gh" }, 1, false },
		{ "2", two, { SOI "abcd", "efxxgh", SOI "ij" }, 2, false },
		{ "2", two, { SOI "abcd", "efxxgh", SOI "ij" }, 2, true },
		{ "2", plain, { "ab", "cd" }, 2, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int ended = 0; ended < 2; ended++) {
			hr_arena *arena = hr_test_arena();
			dcm d = begin_fragments(arena, DCM_JPEG, rows[i].frames,
						(hr_str){ offsets, rows[i].table ? 8 : 0 });

			for (size_t k = 0; rows[i].items[k]; k++)
				item(&d, hr_str_of(rows[i].items[k]));
			if (ended) /* the delimiter is missing in files of some makers */
				dcm_sequence_end(&d);
			check_frames(dcm_file(&d), arena, HR_FRAMES_ENCAPSULATED, rows[i].want,
				     rows[i].count);
			hr_arena_close(arena);
		}
}

static void test_frames__extended_table__is_believed_before_the_codec(void)
{
	/* The second frame's first fragment does not look like one. */
	static const char *const want[] = { SOI "ab", "cdef" };
	static const char offsets[] = "\0\0\0\0\0\0\0\0\x0E\0\0\0\0\0\0\0";
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_JPEG, 8, "2");

	dcm_bytes(&d, 0x7FE00001, "OV", (hr_str){ offsets, 16 });
	dcm_bytes(&d, 0x7FE00002, "OV", (hr_str){ offsets, 16 });
	dcm_head(&d, PIXELS, "OB", UINT32_MAX);
	item(&d, HR_STR(""));
	item(&d, HR_STR(SOI "ab"));
	item(&d, HR_STR("cd"));
	item(&d, HR_STR("ef"));
	dcm_sequence_end(&d);
	check_frames(dcm_file(&d), arena, HR_FRAMES_ENCAPSULATED, want, 2);
	hr_arena_close(arena);
}

static void test_frames__table_of_lies__is_not_believed(void)
{
	static const char *const want[] = { SOI "ab", SOI "cd" };
	static const hr_str tables[] = { HR_STR_INIT("\0\0\0\0\x02\0\0\0"),
					 HR_STR_INIT("\x02\0\0\0\x0E\0\0\0"),
					 HR_STR_INIT("\0\0\0\0\xF0\xFF\xFF\xFF"),
					 HR_STR_INIT("\0\0\0\0\0\0\0\0"), HR_STR_INIT("\0\0") };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin_fragments(arena, DCM_JPEG, "2", tables[i]);

		item(&d, HR_STR(SOI "ab"));
		item(&d, HR_STR(SOI "cd"));
		dcm_sequence_end(&d);
		check_frames(dcm_file(&d), arena, HR_FRAMES_ENCAPSULATED, want, 2);
		hr_arena_close(arena);
	}
}

static void test_frames__too_many_fragments__are_damaged(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin_fragments(arena, DCM_JPEG, "2", HR_STR(""));
	hr_str map;
	hr_error err;

	for (int i = 0; i < 3; i++)
		item(&d, HR_STR("ab"));
	dcm_sequence_end(&d);
	map = map_of(dcm_file(&d), arena);
	CU_ASSERT_EQUAL(about(map).kind, HR_FRAMES_DAMAGED);
	HR_ASSERT_TEXT(frame_of(dcm_file(&d), map, 1, arena, &err), "?");
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	hr_arena_close(arena);
}

static void test_frames__cut_between_fragments__the_whole_frames_are_found(void)
{
	static const char offsets[] = "\0\0\0\0\x0A\0\0\0\x14\0\0\0";
	static const struct {
		const char *syntax;
		bool table;
		uint32_t there;
	} rows[] = { { DCM_RLE, false, 2 }, { DCM_RLE, true, 1 }, { DCM_JPEG, false, 0 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_arena *arena = hr_test_arena();
		dcm d = begin_fragments(arena, rows[i].syntax, "3",
					(hr_str){ offsets, rows[i].table ? 12 : 0 });
		hr_str map;
		hr_error err;

		item(&d, HR_STR("ab"));
		item(&d, HR_STR("cd"));
		dcm_head(&d, ITEM, "", 2); /* and the file ends */
		map = map_of(dcm_file(&d), arena);
		CU_ASSERT_EQUAL(about(map).kind, HR_FRAMES_ENCAPSULATED);
		CU_ASSERT_TRUE(about(map).cut);
		for (uint32_t k = 1; k <= 3; k++)
			HR_ASSERT_TEXT(frame_of(dcm_file(&d), map, k, arena, &err),
				       k > rows[i].there ? "?"
				       : k == 1		 ? "ab"
							 : "cd");
		hr_arena_close(arena);
	}
}

static void test_frames__video__is_one(void)
{
	static const char *const want[] = { "abcd" };
	hr_arena *arena = hr_test_arena();
	dcm d = begin_fragments(arena, DCM_MPEG, "250", HR_STR(""));

	item(&d, HR_STR("ab"));
	item(&d, HR_STR("cd"));
	dcm_sequence_end(&d);
	check_frames(dcm_file(&d), arena, HR_FRAMES_STREAM, want, 1);
	hr_arena_close(arena);
}

static void test_frames__length_does_not_fit_the_syntax__is_damaged(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin_fragments(arena, DCM_EXPLICIT, "1", HR_STR(""));
	dcm e = begin(arena, DCM_JPEG, 8, "1");
	dcm f = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	item(&d, HR_STR("abcdef"));
	dcm_sequence_end(&d);
	dcm_text(&e, PIXELS, "OB", "abcdef");
	describe(&f, 0, 3, 8, "2");
	dcm_text(&f, PIXELS, "OB", "abcdef");
	CU_ASSERT_EQUAL(about(map_of(dcm_file(&d), arena)).kind, HR_FRAMES_DAMAGED);
	CU_ASSERT_EQUAL(about(map_of(dcm_file(&e), arena)).kind, HR_FRAMES_DAMAGED);
	CU_ASSERT_EQUAL(about(map_of(dcm_file(&f), arena)).kind, HR_FRAMES_DAMAGED);
	hr_arena_close(arena);
}

static void test_frames__deflated__are_elsewhere(void)
{
	hr_arena *arena = hr_test_arena();
	dcm inside = dcm_open(arena, NULL, HR_DICOM_EXPLICIT_LE);
	dcm d = dcm_open(arena, DCM_DEFLATED, HR_DICOM_EXPLICIT_LE);
	hr_str map;
	hr_error err;

	describe(&inside, 2, 3, 8, "2");
	dcm_text(&inside, PIXELS, "OB", "abcdefghijkl");
	hr_buf_add(&d.buf, dcm_deflate(arena, dcm_file(&inside)));
	map = map_of(dcm_file(&d), arena);
	CU_ASSERT_EQUAL(about(map).kind, HR_FRAMES_DEFLATED);
	CU_ASSERT_EQUAL(about(map).frames, 2);
	HR_ASSERT_TEXT(frame_of(dcm_file(&d), map, 2, arena, &err), "elsewhere");
	HR_ASSERT_TEXT(frame_of(dcm_file(&d), map, 3, arena, &err), "?");
	hr_arena_close(arena);
}

static void test_map__every_cut_and_every_other_byte__stays_in_the_file(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin_fragments(arena, DCM_JPEG, "2", HR_STR(""));
	hr_str map;
	char *bytes;

	for (int i = 0; i < 4; i++)
		item(&d, i % 2 ? HR_STR("ab") : HR_STR(SOI "ab"));
	dcm_sequence_end(&d);
	map = map_of(dcm_file(&d), arena);
	bytes = hr_str_terminated(arena, map);
	for (size_t i = 0; i < map.len; i++)
		for (int value = 0; value < 256; value += 5) {
			hr_str changed = { bytes, value ? map.len : i };
			hr_frame frame;
			hr_error err;

			bytes[i] = (char)value;
			for (uint32_t k = 1; k < 4; k++) {
				if (!hr_frame_map_find(changed, dcm_file(&d).len, k, arena, &frame,
						       &err))
					continue;
				for (size_t n = 0; n < frame.count; n++)
					CU_ASSERT_TRUE_FATAL(frame.parts[n].offset +
								     frame.parts[n].length <=
							     dcm_file(&d).len);
			}
			bytes[i] = map.data[i];
		}
	hr_arena_close(arena);
}

static void test_map__file_has_shrunk__is_refused(void)
{
	hr_arena *arena = hr_test_arena();
	dcm d = begin(arena, DCM_EXPLICIT, 8, "1");
	hr_str file;
	hr_str map;
	hr_frame frame;
	hr_error err;

	dcm_text(&d, PIXELS, "OB", "abcdef");
	file = dcm_file(&d);
	map = map_of(file, arena);
	CU_ASSERT_TRUE(hr_frame_map_find(map, file.len, 1, arena, &frame, &err));
	CU_ASSERT_FALSE(hr_frame_map_find(map, file.len - 1, 1, arena, &frame, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_frames__native__are_cut_by_their_size),
	HR_TEST(test_frames__odd_length__goes_without_its_padding),
	HR_TEST(test_frames__none_said__is_one),
	HR_TEST(test_frames__pixels_are_short__the_whole_ones_are_found),
	HR_TEST(test_frames__bits_within_a_byte__are_elsewhere),
	HR_TEST(test_frames__halved_colours__have_two_bytes_a_pixel),
	HR_TEST(test_frames__floats__are_found_by_their_width),
	HR_TEST(test_frames__no_pixels__is_an_empty_map),
	HR_TEST(test_frames__fragments__are_told_apart),
	HR_TEST(test_frames__extended_table__is_believed_before_the_codec),
	HR_TEST(test_frames__table_of_lies__is_not_believed),
	HR_TEST(test_frames__too_many_fragments__are_damaged),
	HR_TEST(test_frames__cut_between_fragments__the_whole_frames_are_found),
	HR_TEST(test_frames__video__is_one),
	HR_TEST(test_frames__length_does_not_fit_the_syntax__is_damaged),
	HR_TEST(test_frames__deflated__are_elsewhere),
	HR_TEST(test_map__every_cut_and_every_other_byte__stays_in_the_file),
	HR_TEST(test_map__file_has_shrunk__is_refused),
};
HR_TEST_MAIN("frames", tests)
