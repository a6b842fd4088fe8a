/* A data set as an answer says it, in both of its forms. */
#include "service/dicom_model.h"

#include "testing.h"

static const hr_model_attribute url = { HR_STR_INIT("00081190"), HR_STR_INIT("UR"),
					HR_STR_INIT("RetrieveURL") };
static const hr_model_attribute reason = { HR_STR_INIT("00081197"), HR_STR_INIT("US"),
					   HR_STR_INIT("FailureReason") };
static const hr_model_attribute failed = { HR_STR_INIT("00081198"), HR_STR_INIT("SQ"),
					   HR_STR_INIT("FailedSOPSequence") };

#define XML_HEAD                                                                                   \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel "                           \
	"xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" xml:space=\"preserve\">"

static hr_str write_model(hr_arena *arena, bool is_xml, hr_str text, int items)
{
	hr_model_writer w;
	hr_buf buf;

	hr_buf_init(&buf, arena, 4096);
	hr_model_begin(&w, is_xml, &buf);
	if (text.data)
		hr_model_text(&w, &url, text);
	if (items)
		hr_model_open_sequence(&w, &failed);
	for (int i = 0; i < items; i++) {
		hr_model_open_item(&w);
		hr_model_int(&w, &reason, 272 + i);
		hr_model_close_item(&w);
	}
	if (items)
		hr_model_close_sequence(&w);
	hr_model_end(&w);
	return hr_buf_str(&buf);
}

static void test_model__nothing__is_an_empty_data_set(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(write_model(arena, false, HR_STR_NONE, 0), "{}");
	HR_ASSERT_TEXT(write_model(arena, true, HR_STR_NONE, 0), XML_HEAD "</NativeDicomModel>\n");
}

static void test_model__values_and_items__are_the_same_in_both(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(write_model(arena, false, HR_STR("http://a"), 2),
		       "{\"00081190\":{\"vr\":\"UR\",\"Value\":[\"http://a\"]},"
		       "\"00081198\":{\"vr\":\"SQ\",\"Value\":["
		       "{\"00081197\":{\"vr\":\"US\",\"Value\":[272]}},"
		       "{\"00081197\":{\"vr\":\"US\",\"Value\":[273]}}]}}");
	HR_ASSERT_TEXT(
		write_model(arena, true, HR_STR("http://a"), 2), XML_HEAD
		"<DicomAttribute tag=\"00081190\" vr=\"UR\" keyword=\"RetrieveURL\">"
		"<Value number=\"1\">http://a</Value></DicomAttribute>"
		"<DicomAttribute tag=\"00081198\" vr=\"SQ\" keyword=\"FailedSOPSequence\">"
		"<Item number=\"1\"><DicomAttribute tag=\"00081197\" vr=\"US\" "
		"keyword=\"FailureReason\"><Value number=\"1\">272</Value></DicomAttribute></Item>"
		"<Item number=\"2\"><DicomAttribute tag=\"00081197\" vr=\"US\" "
		"keyword=\"FailureReason\"><Value number=\"1\">273</Value></DicomAttribute></Item>"
		"</DicomAttribute></NativeDicomModel>\n");
}

static void test_model__marks_of_xml__are_no_markup(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	HR_ASSERT_TEXT(write_model(arena, true, HR_STR("<a>&\""), 0),
		       XML_HEAD "<DicomAttribute tag=\"00081190\" vr=\"UR\" keyword="
				"\"RetrieveURL\"><Value number=\"1\">&lt;a&gt;&amp;\"</Value>"
				"</DicomAttribute></NativeDicomModel>\n");
}

static const hr_test tests[] = {
	HR_TEST(test_model__nothing__is_an_empty_data_set),
	HR_TEST(test_model__values_and_items__are_the_same_in_both),
	HR_TEST(test_model__marks_of_xml__are_no_markup),
};
HR_TEST_MAIN("dicom_model", tests)
