/* What a worker hands back of a manifest, and what the index keeps of it. */
#include "dicom/dicom_json.h"
#include "dicom/film_work.h"
#include "dicom/manifest_facts.h"
#include "dicom/manifest_packed.h"

#include "manifest_fixture.h"
#include "testing.h"

static hr_str packed(hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_MANIFEST_PACKED_MAX);
	hr_manifest_pack(manifest_of_hand(), &buf);
	CU_ASSERT_FALSE(buf.failed);
	return hr_buf_str(&buf);
}

static void test_manifest_packed__unpacked__says_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest read = { 0 };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_unpack(packed(arena), arena, &read, &err), err);
	hr_test_equal(manifest_words(&read, arena), manifest_words(manifest_of_hand(), arena),
		      __FILE__, __LINE__);
}

static void test_manifest_packed__cut_or_longer__is_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str bytes = packed(arena);
	hr_manifest read;
	hr_error err;
	hr_buf longer;

	for (size_t len = 0; len < bytes.len; len++) {
		err.code = HR_E_NONE;
		CU_ASSERT_FALSE(
			hr_manifest_unpack(hr_str_slice(bytes, 0, len), arena, &read, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
	}
	hr_buf_init(&longer, arena, bytes.len + 2);
	hr_buf_add(&longer, bytes);
	hr_buf_add_char(&longer, '\0');
	CU_ASSERT_FALSE(hr_manifest_unpack(hr_buf_str(&longer), arena, &read, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
}

static void test_film_work__manifest__is_handed_back(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str answer = HR_STR_NONE;
	hr_manifest read = { 0 };
	hr_error err = { 0 };
	hr_str file;

	HR_ASSERT_OK(hr_manifest_write_kos(manifest_of_hand(), HR_MANIFEST_DESCRIBED, arena, &file,
					   &err),
		     err);
	HR_ASSERT_OK(hr_film_work(HR_WORK_MANIFEST, file, HR_STR_NONE, arena, &answer, &err), err);
	HR_ASSERT_OK(hr_manifest_unpack(answer, arena, &read, &err), err);
	CU_ASSERT_EQUAL(read.instance_count, 4);
	CU_ASSERT_FALSE(hr_film_work(HR_WORK_MANIFEST, hr_str_slice(file, 0, file.len / 2),
				     HR_STR_NONE, arena, &answer, &err));
}

static void test_manifest_facts__of_a_series__are_as_objects_have_them(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_manifest *m = manifest_of_hand();
	hr_film_facts *facts = NULL;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_facts(m, &m->series[0], arena, &facts, &err), err);
	HR_ASSERT_TEXT(facts[2].instance_uid, "1.2.3.1.30");
	HR_ASSERT_TEXT(facts[2].patient_id_issuer, "HHHIS");
	HR_ASSERT_TEXT(facts[2].series_date, "20260103");
	CU_ASSERT_EQUAL(facts[2].frame_count, 40);
	HR_ASSERT_TEXT(facts[2].instance_json.shown,
		       "\"00080016\":{\"vr\":\"UI\",\"Value\":[\"1.2.840.10008.5.1.4.1.1.2\"]},"
		       "\"00080018\":{\"vr\":\"UI\",\"Value\":[\"1.2.3.1.30\"]},"
		       "\"00200013\":{\"vr\":\"IS\",\"Value\":[3]},"
		       "\"00280008\":{\"vr\":\"IS\",\"Value\":[40]},"
		       "\"00280010\":{\"vr\":\"US\",\"Value\":[512]},"
		       "\"00280011\":{\"vr\":\"US\",\"Value\":[512]}");
	CU_ASSERT_TRUE(hr_dicom_json_check(facts[0].study_json.shown));
	CU_ASSERT_TRUE(hr_dicom_json_check(facts[0].study_json.more));
	CU_ASSERT_TRUE(hr_dicom_json_check(facts[0].series_json.shown));
	CU_ASSERT_TRUE(hr_str_find(facts[0].study_json.shown, HR_STR("\"Ideographic\":\"张^建国")) <
		       facts[0].study_json.shown.len);
}

static void test_manifest_facts__what_is_not_said__is_left_out(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_manifest_instance instance = { .sop_class = HR_STR("1.2"),
						.sop_instance = HR_STR("1.3") };
	const hr_manifest_series series = { .uid = HR_STR("1.4"),
					    .date = HR_STR("yesterday"),
					    .instances = &instance,
					    .instance_count = 1 };
	const hr_manifest m = { .study_uid = HR_STR("1.5"),
				.study_date = HR_STR("20260230"),
				.series = &series,
				.series_count = 1 };
	hr_film_facts *facts = NULL;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_facts(&m, &series, arena, &facts, &err), err);
	HR_ASSERT_TEXT(facts->study_json.shown, "\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.5\"]}");
	CU_ASSERT_EQUAL(facts->study_date.len, 0);
	CU_ASSERT_EQUAL(facts->series_date.len, 0);
	CU_ASSERT_EQUAL(facts->study_json.more.len, 0);
}

static const hr_test tests[] = {
	HR_TEST(test_manifest_packed__unpacked__says_the_same),
	HR_TEST(test_manifest_packed__cut_or_longer__is_refused),
	HR_TEST(test_film_work__manifest__is_handed_back),
	HR_TEST(test_manifest_facts__of_a_series__are_as_objects_have_them),
	HR_TEST(test_manifest_facts__what_is_not_said__is_left_out),
};

HR_TEST_MAIN("manifest_packed", tests)
