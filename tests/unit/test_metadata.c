/* The DICOM JSON of an object, and how pieces of it are joined. */
#include "dicom/metadata.h"

#include "base/json.h"

#include "dicom_deflate.h"
#include "film_object.h"
#include "testing.h"

#include <stdio.h>

static dcm begin(hr_arena *arena, hr_dicom_encoding encoding)
{
	static const char *const syntaxes[] = { DCM_IMPLICIT, DCM_EXPLICIT, DCM_BIG };

	return dcm_open(arena, syntaxes[encoding], encoding);
}

static hr_str make(const dcm *d, hr_arena *arena, hr_dicom_json *json)
{
	hr_str metadata = HR_STR_NONE;
	hr_raw_object object;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_raw_read(dcm_file(d), arena, &object, &err), err);
	HR_ASSERT_OK(hr_dicom_json_make(&object, HR_STR(FILM_BULK), arena, json, &err), err);
	HR_ASSERT_OK(hr_metadata_make(&object, json, arena, &metadata, &err), err);
	HR_ASSERT_OK(hr_metadata_check(metadata, arena, &err), err);
	CU_ASSERT_TRUE(hr_dicom_json_check(json->text));
	return metadata;
}

/* The members of `d`, without the two that every object gets. */
static hr_str text_of(const dcm *d, hr_arena *arena)
{
	hr_dicom_json json = { 0 };
	hr_str text;

	(void)make(d, arena, &json);
	text = json.text;
	for (size_t i = json.member_count; i-- > 0;) {
		const hr_dicom_member *m = &json.members[i];

		if (m->tag == 0x00083002)
			text = hr_str_slice(json.text, m->to + 1, json.text.len);
	}
	return text;
}

static void test_json__every_kind_of_value(void)
{
	static const struct {
		uint32_t tag;
		const char *vr;
		hr_str value;
		const char *json;
	} rows[] = {
		{ 0x00090010, "LO", HR_STR_INIT("ACME"), "\"Value\":[\"ACME\"]" },
		{ 0x00100010, "PN", HR_STR_INIT("A^B=I^J=P^"),
		  "\"Value\":[{\"Alphabetic\":\"A^B\",\"Ideographic\":\"I^J\",\"Phonetic\":\"P^"
		  "\"}]" },
		{ 0x00100010, "PN", HR_STR_INIT("=I\\\\B"),
		  "\"Value\":[{\"Ideographic\":\"I\"},null,{\"Alphabetic\":\"B\"}]" },
		{ 0x00101000, "LO", HR_STR_INIT(" a \\\\b"), "\"Value\":[\"a\",null,\"b\"]" },
		{ 0x00101000, "LO", HR_STR_INIT("a\0junk"), "\"Value\":[\"a\"]" },
		{ 0x00101000, "LO", HR_STR_INIT("   "), "" },
		{ 0x00104000, "LT", HR_STR_INIT(" a\\b\r\n\"  "),
		  "\"Value\":[\" a\\\\b\\u000d\\u000a\\\"\"]" },
		{ 0x00280030, "DS", HR_STR_INIT("+0.5\\.25\\-05\\1E+2\\1.50"),
		  "\"Value\":[0.5,0.25,-5,1e+2,1.50]" },
		{ 0x00280030, "DS", HR_STR_INIT("0.1234567890123456\\x\\123456789012345"),
		  "\"Value\":[\"0.1234567890123456\",\"x\",123456789012345]" },
		{ 0x00280030, "DS", HR_STR_INIT("0\\-0\\.\\1e"), "\"Value\":[0,-0,\".\",\"1e\"]" },
		{ 0x00280009, "AT", HR_STR_INIT("\x18\0\x63\x10"), "\"Value\":[\"00181063\"]" },
		{ 0x00280010, "US", HR_STR_INIT("\xff\xff\1\0"), "\"Value\":[65535,1]" },
		{ 0x00280106, "SS", HR_STR_INIT("\xff\xff"), "\"Value\":[-1]" },
		{ 0x00187000, "UL", HR_STR_INIT("\xff\xff\xff\xff"), "\"Value\":[4294967295]" },
		{ 0x00187000, "SL", HR_STR_INIT("\xff\xff\xff\xff"), "\"Value\":[-1]" },
		{ 0x00187000, "FL", HR_STR_INIT("\xcd\xcc\xcc\x3d"), "\"Value\":[0.1]" },
		{ 0x00187000, "FL", HR_STR_INIT("\0\0\xc0\x7f\0\0\x80\xff"),
		  "\"Value\":[\"NaN\",\"-inf\"]" },
		{ 0x00187000, "FD", HR_STR_INIT("\x33\x33\x33\x33\x33\x33\xd3\x3f"),
		  "\"Value\":[0.3]" },
		{ 0x00187000, "SV", HR_STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff"),
		  "\"Value\":[-1]" },
		{ 0x00187000, "UV", HR_STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff"),
		  "\"Value\":[\"18446744073709551615\"]" },
		{ 0x00187000, "OB", HR_STR_INIT("\0\1"), "\"InlineBinary\":\"AAE=\"" },
		{ 0x00187000, "OW", HR_STR_INIT(""), "" },
		{ 0x0020000D, "UI", HR_STR_INIT("1.2\0"), "\"Value\":[\"1.2\"]" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		HR_AUTO(hr_arena) arena = hr_test_arena();
		dcm d = begin(arena, HR_DICOM_EXPLICIT_LE);
		char want[256];

		dcm_bytes(&d, rows[i].tag, rows[i].vr, rows[i].value);
		snprintf(want, sizeof(want), "\"%08X\":{\"vr\":\"%s\"%s%s}", rows[i].tag,
			 rows[i].vr, rows[i].json[0] ? "," : "", rows[i].json);
		HR_ASSERT_TEXT(text_of(&d, arena), want);
	}
}

static void test_json__big_endian__is_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = begin(arena, HR_DICOM_EXPLICIT_BE);

	dcm_bytes(&d, 0x00280009, "AT", HR_STR("\0\x18\x10\x63"));
	dcm_bytes(&d, 0x00280010, "US", HR_STR("\1\2"));
	dcm_bytes(&d, 0x00281201, "OW", HR_STR("\1\2\3\4"));
	HR_ASSERT_TEXT(text_of(&d, arena), "\"00280009\":{\"vr\":\"AT\",\"Value\":[\"00181063\"]},"
					   "\"00280010\":{\"vr\":\"US\",\"Value\":[258]},"
					   "\"00281201\":{\"vr\":\"OW\",\"InlineBinary\":"
					   "\"AgEEAw==\"}");
}

/* The dictionary's representation; where it has a choice the object's. */
static void test_json__implicit__takes_the_dictionary(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = begin(arena, HR_DICOM_IMPLICIT_LE);

	dcm_bytes(&d, 0x00091001, "", HR_STR("ab"));
	dcm_bytes(&d, 0x00280103, "", HR_STR("\1\0"));
	dcm_bytes(&d, 0x00280106, "", HR_STR("\xff\xff"));
	dcm_bytes(&d, 0x00281201, "", HR_STR("\1\2"));
	HR_ASSERT_TEXT(text_of(&d, arena),
		       "\"00091001\":{\"vr\":\"UN\",\"InlineBinary\":\"YWI=\"},"
		       "\"00280103\":{\"vr\":\"US\",\"Value\":[1]},"
		       "\"00280106\":{\"vr\":\"SS\",\"Value\":[-1]},"
		       "\"00281201\":{\"vr\":\"OW\",\"InlineBinary\":\"AQI=\"}");
}

static void test_json__unknown_public_element__is_known_by_the_dictionary(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = begin(arena, HR_DICOM_EXPLICIT_LE);

	dcm_bytes(&d, 0x00091001, "UN", HR_STR("ab"));
	dcm_bytes(&d, 0x00100020, "UN", HR_STR("P1"));
	HR_ASSERT_TEXT(text_of(&d, arena), "\"00091001\":{\"vr\":\"UN\",\"InlineBinary\":\"YWI=\"},"
					   "\"00100020\":{\"vr\":\"LO\",\"Value\":[\"P1\"]}");
}

static void test_json__sequences__with_their_items(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = begin(arena, HR_DICOM_EXPLICIT_LE);

	dcm_head(&d, 0x00321064, "SQ", 0);
	dcm_sequence(&d, 0x00400275);
	dcm_item(&d);
	dcm_item_end(&d);
	dcm_item(&d);
	dcm_text(&d, 0x00080005, "CS", "GB18030");
	dcm_text(&d, 0x00400007, "LO", "\xcd\xb7");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	HR_ASSERT_TEXT(text_of(&d, arena),
		       "\"00321064\":{\"vr\":\"SQ\"},\"00400275\":{\"vr\":\"SQ\",\"Value\":[{},{"
		       "\"00080005\":{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]},"
		       "\"00400007\":{\"vr\":\"LO\",\"Value\":[\"头\"]}}]}");
}

static void test_json__what_is_no_attribute__is_left_out(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = begin(arena, HR_DICOM_EXPLICIT_LE);

	dcm_bytes(&d, 0x00080000, "UL", HR_STR("\1\0\0\0"));
	dcm_text(&d, 0x00080005, "CS", "ISO_IR 100");
	dcm_text(&d, 0x00180015, "CS", "CHEST");
	dcm_bytes(&d, 0x7FE00010, "OW", HR_STR("\1\2"));
	dcm_text(&d, 0x7FE10010, "LO", "ACME");
	dcm_bytes(&d, 0xFFFCFFFC, "OB", HR_STR("\0\0"));
	HR_ASSERT_TEXT(text_of(&d, arena),
		       "\"00180015\":{\"vr\":\"CS\",\"Value\":[\"CHEST\"]},"
		       "\"7FE00010\":{\"vr\":\"OW\",\"BulkDataURI\":\"" FILM_BULK "7FE00010\"},"
		       "\"7FE10010\":{\"vr\":\"LO\",\"Value\":[\"ACME\"]}");
}

static dcm with_bulk(hr_arena *arena, hr_dicom_encoding encoding)
{
	dcm d = begin(arena, encoding);
	char bytes[1026];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	dcm_bytes(&d, 0x00091001, "OB", (hr_str){ bytes, 1024 });
	dcm_bytes(&d, 0x00091002, "OW", (hr_str){ bytes, 1026 });
	dcm_sequence(&d, 0x54000100);
	dcm_item(&d);
	dcm_item_end(&d);
	dcm_item(&d);
	dcm_bytes(&d, 0x54001010, "OB", (hr_str){ bytes, 1026 });
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	return d;
}

static hr_str join(const hr_str *metadata, size_t count, const char *base, bool gzip,
		   hr_arena *arena)
{
	hr_error err = { 0 };
	hr_buf out;

	hr_buf_init(&out, arena, 1 << 20);
	HR_ASSERT_OK(hr_metadata_join(metadata, count, hr_str_of(base), gzip, &out, &err), err);
	return hr_buf_str(&out);
}

static void test_join__gzip_and_text__are_the_same_json(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_json_parser *parser = hr_json_parser_open();
	dcm d = with_bulk(arena, HR_DICOM_EXPLICIT_LE);
	dcm e = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	const hr_json *top = NULL;
	hr_dicom_json json;
	hr_str both[2] = { make(&d, arena, &json), make(&e, arena, &json) };
	hr_error err = { 0 };

	for (size_t count = 0; count <= 2; count++) {
		hr_str text = join(both, count, "https://a\"b/dicom-web", false, arena);

		hr_test_equal(
			dcm_gunzip(arena, join(both, count, "https://a\"b/dicom-web", true, arena)),
			text, __FILE__, __LINE__);
		HR_ASSERT_OK(hr_json_read(parser, text, arena, &top, &err), err);
		CU_ASSERT_EQUAL(top->count, count);
	}
	HR_ASSERT_TEXT(hr_json_text(hr_json_get(hr_json_get(top->first, HR_STR("00091002")),
						HR_STR("BulkDataURI"))),
		       "https://a\"b/dicom-web" FILM_BULK "00091002");
	hr_json_parser_close(parser);
}

static void test_join__base_over_its_limit__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	char base[HR_METADATA_BASE_MAX + 1];
	hr_error err = { 0 };
	hr_buf out;

	memset(base, '"', sizeof(base));
	hr_buf_init(&out, arena, 1 << 20);
	CU_ASSERT_TRUE(
		hr_metadata_join(NULL, 0, (hr_str){ base, sizeof(base) - 1 }, true, &out, &err));
	CU_ASSERT_FALSE(
		hr_metadata_join(NULL, 0, (hr_str){ base, sizeof(base) }, true, &out, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_LIMIT);
}

static void check_bulk(const dcm *d, hr_str metadata, const char *path, bool in_file,
		       const char *begins, hr_arena *arena)
{
	hr_bulk bulk = { 0 };
	hr_error err = { 0 };
	hr_str bytes = HR_STR_NONE;
	hr_str file = dcm_file(d);

	HR_ASSERT_OK(hr_metadata_bulk(metadata, hr_str_of(path), &bulk, &err), err);
	CU_ASSERT_EQUAL(bulk.in_file, in_file);
	CU_ASSERT_EQUAL(bulk.length, 1026);
	HR_ASSERT_OK(hr_metadata_bulk_read(file, hr_str_of(path), arena, &bytes, &err), err);
	CU_ASSERT_EQUAL(bytes.len, 1026);
	HR_ASSERT_TEXT(hr_str_slice(bytes, 2, 6), begins);
	if (in_file)
		hr_test_equal(hr_str_slice(file, bulk.offset, bulk.offset + bulk.length), bytes,
			      __FILE__, __LINE__);
}

static void test_bulk__is_where_its_path_says(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm little = with_bulk(arena, HR_DICOM_EXPLICIT_LE);
	dcm big = with_bulk(arena, HR_DICOM_EXPLICIT_BE);
	hr_dicom_json json;
	hr_str metadata = make(&little, arena, &json);

	check_bulk(&little, metadata, "00091002", true, "\2\3\4\5", arena);
	check_bulk(&little, metadata, "54000100/1/54001010", true, "\2\3\4\5", arena);
	metadata = make(&big, arena, &json);
	check_bulk(&big, metadata, "00091002", false, "\3\2\5\4", arena);
	check_bulk(&big, metadata, "54000100/1/54001010", true, "\2\3\4\5", arena);
}

static void test_bulk__no_such_path__is_not_found(void)
{
	static const char *const paths[] = {
		"",
		"00091001/",
		"00091001/0",
		"0009100",
		"00091003",
		"54000100",
		"54000100/0/54001010",
		"54000100/2/54001010",
		"5400010G",
		"000910020",
		"54000100/1/54001010/",
		"54000100//54001010",
		"54000100/-1/54001010",
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = with_bulk(arena, HR_DICOM_EXPLICIT_LE);
	hr_dicom_json json;
	hr_str metadata = make(&d, arena, &json);
	hr_error err;
	hr_bulk bulk;
	hr_str out;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		err.code = HR_E_NONE;
		CU_ASSERT_FALSE(hr_metadata_bulk(metadata, hr_str_of(paths[i]), &bulk, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_NOT_FOUND);
		if (hr_metadata_bulk_read(dcm_file(&d), hr_str_of(paths[i]), arena, &out, &err))
			HR_ASSERT_TEXT(hr_str_of(paths[i]), "(is not found)");
		CU_ASSERT_EQUAL(err.code, HR_E_NOT_FOUND);
	}
}

static void test_bulk__fragments__are_all_of_them(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = dcm_open(arena, "1.2.840.10008.1.2.4.50", HR_DICOM_EXPLICIT_LE);
	hr_error err = { 0 };
	hr_dicom_json json;
	hr_bulk bulk;

	dcm_text(&d, 0x00080060, "CS", "CT");
	dcm_head(&d, 0x7FE00010, "OB", UINT32_MAX);
	dcm_head(&d, 0xFFFEE000, "", 0);
	dcm_head(&d, 0xFFFEE000, "", 4);
	HR_BUF_ADD(&d.buf, "jpeg");
	dcm_sequence_end(&d);
	HR_ASSERT_OK(hr_metadata_bulk(make(&d, arena, &json), HR_STR("7FE00010"), &bulk, &err),
		     err);
	CU_ASSERT_EQUAL(bulk.length, 20);
	CU_ASSERT_EQUAL(bulk.offset + bulk.length + 8, dcm_file(&d).len);
}

static void test_check__every_byte_changed__is_refused_or_harmless(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_arena) scratch = hr_test_arena();
	dcm d = film_begin(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);
	hr_dicom_json json;
	hr_str metadata = make(&d, arena, &json);
	char *bytes = (char *)(uintptr_t)metadata.data;
	size_t passed = 0;
	hr_error err;

	for (size_t i = 0; i < metadata.len; i++) {
		bytes[i] ^= 1;
		passed += hr_metadata_check(metadata, scratch, &err);
		bytes[i] ^= 1;
		hr_arena_reset(scratch);
	}
	/* No byte of a deflated piece may change; and here are no bulk values. */
	CU_ASSERT_EQUAL(passed, 0);
	CU_ASSERT_TRUE(hr_metadata_check(metadata, scratch, &err));
}

static const hr_test tests[] = {
	HR_TEST(test_json__every_kind_of_value),
	HR_TEST(test_json__big_endian__is_the_same),
	HR_TEST(test_json__implicit__takes_the_dictionary),
	HR_TEST(test_json__unknown_public_element__is_known_by_the_dictionary),
	HR_TEST(test_json__sequences__with_their_items),
	HR_TEST(test_json__what_is_no_attribute__is_left_out),
	HR_TEST(test_join__gzip_and_text__are_the_same_json),
	HR_TEST(test_join__base_over_its_limit__is_refused),
	HR_TEST(test_bulk__is_where_its_path_says),
	HR_TEST(test_bulk__no_such_path__is_not_found),
	HR_TEST(test_bulk__fragments__are_all_of_them),
	HR_TEST(test_check__every_byte_changed__is_refused_or_harmless),
};
HR_TEST_MAIN("metadata", tests)
