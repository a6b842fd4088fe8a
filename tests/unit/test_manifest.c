#include "dicom/manifest.h"
#include "dicom/prescan.h"

#include "dicom_fixture.h"
#include "manifest_fixture.h"
#include "testing.h"

#include <stdio.h>

static hr_str written(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena)
{
	hr_str file = HR_STR_NONE;
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_write_kos(manifest, form, arena, &file, &err), err);
	return file;
}

static hr_manifest read_back(hr_str file, hr_arena *arena)
{
	hr_manifest manifest = { 0 };
	hr_error err = { 0 };

	HR_ASSERT_OK(hr_manifest_read_kos(file, arena, &manifest, &err), err);
	return manifest;
}

static hr_error_code code_of_writing(const hr_manifest *manifest, hr_manifest_form form)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str file;
	hr_error err = { 0 };

	if (hr_manifest_write_kos(manifest, form, arena, &file, &err))
		return HR_E_NONE;
	CU_ASSERT_TRUE(err.message[0] != '\0');
	return err.code;
}

static void test_manifest__described__says_all_of_it_when_read(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest read =
		read_back(written(manifest_of_hand(), HR_MANIFEST_DESCRIBED, arena), arena);

	hr_test_equal(manifest_words(&read, arena), manifest_words(manifest_of_hand(), arena),
		      __FILE__, __LINE__);
	CU_ASSERT_TRUE(hr_str_starts_with(read.uid, HR_STR("2.25.")));
}

/* What only an image library can say is missing, and nothing else. */
static void test_manifest__plain__says_where_all_of_it_is(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_manifest *m = manifest_of_hand();
	hr_manifest read = read_back(written(m, HR_MANIFEST_PLAIN, arena), arena);

	CU_ASSERT_EQUAL_FATAL(read.series_count, m->series_count);
	CU_ASSERT_EQUAL(read.instance_count, m->instance_count);
	CU_ASSERT_EQUAL(read.request_count, 1);
	CU_ASSERT_TRUE(hr_str_equal(read.patient_name, m->patient_name));
	for (uint32_t i = 0; i < read.series_count; i++) {
		CU_ASSERT_TRUE(hr_str_equal(read.series[i].uid, m->series[i].uid));
		CU_ASSERT_TRUE(
			hr_str_equal(read.series[i].retrieve_url, m->series[i].retrieve_url));
		CU_ASSERT_EQUAL_FATAL(read.series[i].instance_count, m->series[i].instance_count);
		CU_ASSERT_TRUE(hr_str_equal(read.series[i].instances[0].sop_instance,
					    m->series[i].instances[0].sop_instance));
		HR_ASSERT_TEXT(read.series[i].modality, "");
	}
}

static void test_manifest__same_study__gives_the_same_bytes(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_str file = written(manifest_of_hand(), HR_MANIFEST_PLAIN, arena);
	hr_manifest renamed = *manifest_of_hand();

	CU_ASSERT_TRUE(hr_str_equal(file, written(manifest_of_hand(), HR_MANIFEST_PLAIN, arena)));
	renamed.uid = HR_STR("1.2.3.4");
	CU_ASSERT_TRUE(hr_str_equal(file, written(&renamed, HR_MANIFEST_PLAIN, arena)));
}

static void test_manifest__other_content__has_another_uid(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest other = *manifest_of_hand();
	char uid[3][HR_MANIFEST_UID];
	hr_error err = { 0 };
	hr_manifest read;

	HR_ASSERT_OK(hr_manifest_uid(&other, HR_MANIFEST_PLAIN, arena, uid[0], &err), err);
	HR_ASSERT_OK(hr_manifest_uid(&other, HR_MANIFEST_DESCRIBED, arena, uid[1], &err), err);
	read = read_back(written(&other, HR_MANIFEST_PLAIN, arena), arena);
	HR_ASSERT_TEXT(read.uid, uid[0]);
	other.series_count = 1;
	HR_ASSERT_OK(hr_manifest_uid(&other, HR_MANIFEST_PLAIN, arena, uid[2], &err), err);
	CU_ASSERT_STRING_NOT_EQUAL(uid[0], uid[1]);
	CU_ASSERT_STRING_NOT_EQUAL(uid[0], uid[2]);
	CU_ASSERT_TRUE(hr_manifest_is_uid(hr_str_of(uid[0])));
}

/* XDS-I.b wants an order where one is known, if only by its number. */
static void test_manifest__accession_without_orders__becomes_one(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest manifest = *manifest_of_hand();
	hr_manifest read;

	manifest.requests = NULL;
	manifest.request_count = 0;
	read = read_back(written(&manifest, HR_MANIFEST_PLAIN, arena), arena);
	CU_ASSERT_EQUAL_FATAL(read.request_count, 1);
	HR_ASSERT_TEXT(read.requests[0].accession.value, "CT20260103001");
	HR_ASSERT_TEXT(read.requests[0].accession.issuer.universal, "1.2.156.1.2");
	manifest.accession = (hr_manifest_id){ 0 };
	read = read_back(written(&manifest, HR_MANIFEST_PLAIN, arena), arena);
	CU_ASSERT_EQUAL(read.request_count, 0);
}

static void test_manifest__not_made_on_a_day__has_the_study_s(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest manifest = *manifest_of_hand();
	hr_manifest read;

	manifest.made_date = HR_STR_NONE;
	manifest.made_time = HR_STR_NONE;
	read = read_back(written(&manifest, HR_MANIFEST_PLAIN, arena), arena);
	HR_ASSERT_TEXT(read.made_date, "20260103");
	HR_ASSERT_TEXT(read.made_time, "080910.123");
	manifest.study_time = HR_STR_NONE;
	read = read_back(written(&manifest, HR_MANIFEST_PLAIN, arena), arena);
	HR_ASSERT_TEXT(read.made_time, "000000");
	manifest.study_date = HR_STR_NONE;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_INCOMPLETE);
}

static void test_manifest__little_is_known__is_written_all_the_same(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_manifest_instance instance = { .sop_class = HR_STR("1.2"),
						.sop_instance = HR_STR("1.3") };
	const hr_manifest_series series = { .uid = HR_STR("1.4"),
					    .instances = &instance,
					    .instance_count = 1 };
	const hr_manifest manifest = { .study_uid = HR_STR("1.5"),
				       .made_date = HR_STR("20260105"),
				       .made_time = HR_STR("000000"),
				       .series = &series,
				       .series_count = 1,
				       .instance_count = 1 };

	for (int form = 0; form < 2; form++) {
		hr_manifest read =
			read_back(written(&manifest, (hr_manifest_form)form, arena), arena);

		hr_test_equal(manifest_words(&read, arena), manifest_words(&manifest, arena),
			      __FILE__, __LINE__);
	}
}

static void test_manifest__texts_that_do_not_fit__are_cut_or_cleaned(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest manifest = *manifest_of_hand();
	hr_manifest read;
	hr_buf name;

	hr_buf_init(&name, arena, 1000);
	for (int i = 0; i < 65; i++)
		HR_BUF_ADD(&name, "头");
	manifest.study_description = hr_buf_str(&name);
	manifest.institution = HR_STR("a\nb\tc\x7f"
				      "d");
	read = read_back(written(&manifest, HR_MANIFEST_PLAIN, arena), arena);
	CU_ASSERT_EQUAL(read.study_description.len, 64 * 3);
	HR_ASSERT_TEXT(read.institution, "a b c d");
}

static void test_manifest__what_is_no_study__is_refused(void)
{
	hr_manifest_instance instance = { HR_STR("1.2"), HR_STR("1.3"), HR_STR_NONE, 0, 0, 0 };
	hr_manifest_series series = { .uid = HR_STR("1.4"),
				      .instances = &instance,
				      .instance_count = 1 };
	hr_manifest manifest = *manifest_of_hand();

	manifest.series = &series;
	manifest.series_count = 1;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_NONE);
	instance.sop_instance = HR_STR("1.a");
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_SYNTAX);
	instance.sop_instance = HR_STR_NONE;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_INCOMPLETE);
	instance.sop_instance = HR_STR("1.3");
	series.instance_count = 0;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_INCOMPLETE);
	manifest.series_count = 0;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_INCOMPLETE);
	manifest = *manifest_of_hand();
	manifest.study_uid = HR_STR("../etc");
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_SYNTAX);
}

static void test_manifest__a_text_and_an_address_at_their_limits__and_past_them(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest_series series = manifest_of_hand()->series[0];
	hr_manifest manifest = *manifest_of_hand();
	char *text = hr_arena_alloc_text(arena, HR_MANIFEST_TEXT_MAX + 1);

	memset(text, 'a', HR_MANIFEST_TEXT_MAX + 1);
	manifest.series = &series;
	manifest.series_count = 1;
	series.retrieve_url = (hr_str){ text, HR_MANIFEST_URL_MAX };
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_NONE);
	series.retrieve_url.len++;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_LIMIT);
	series.retrieve_url = HR_STR_NONE;
	manifest.patient_name = (hr_str){ text, HR_MANIFEST_TEXT_MAX };
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_NONE);
	manifest.patient_name.len++;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_LIMIT);
}

static hr_manifest with_instances(uint32_t count, hr_arena *arena)
{
	hr_manifest_instance *instances = HR_NEW_N(arena, hr_manifest_instance, count);
	hr_manifest_series *series = HR_NEW(arena, hr_manifest_series);
	hr_manifest manifest = *manifest_of_hand();

	for (uint32_t i = 0; i < count; i++) {
		char uid[80];
		int len = snprintf(uid, sizeof(uid), "2.25.%045d", (int)i);

		instances[i] = manifest.series[0].instances[0];
		instances[i].sop_instance = hr_str_copy(arena, (hr_str){ uid, (size_t)len });
	}
	*series = manifest.series[0];
	series->instances = instances;
	series->instance_count = count;
	manifest.series = series;
	manifest.series_count = 1;
	manifest.instance_count = count;
	return manifest;
}

/* As many as may be written can be read again. */
static void test_manifest__as_many_instances_as_may_be__and_one_more(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_manifest manifest = with_instances(HR_MANIFEST_INSTANCES_MAX + 1, arena);
	hr_manifest_series series = manifest.series[0];
	hr_manifest read;

	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_PLAIN), HR_E_LIMIT);
	series.instance_count = HR_MANIFEST_INSTANCES_MAX;
	manifest.series = &series;
	read = read_back(written(&manifest, HR_MANIFEST_PLAIN, arena), arena);
	CU_ASSERT_EQUAL(read.instance_count, HR_MANIFEST_INSTANCES_MAX);
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_DESCRIBED), HR_E_LIMIT);
	series.instance_count = 5000;
	CU_ASSERT_EQUAL(code_of_writing(&manifest, HR_MANIFEST_DESCRIBED), HR_E_NONE);
}

static hr_error_code code_of_reading(hr_str file, hr_arena *arena)
{
	hr_manifest manifest;
	hr_error err = { 0 };

	return hr_manifest_read_kos(file, arena, &manifest, &err) ? HR_E_NONE : err.code;
}

/* A KOS by hand: a title, and evidence of one study each. */
static hr_str kos(hr_arena *arena, const char *sop_class, const char *title, const char *scheme,
		  const char *const *studies, size_t study_count)
{
	dcm d = dcm_open(arena, DCM_EXPLICIT, HR_DICOM_EXPLICIT_LE);

	dcm_text(&d, 0x00080016, "UI", sop_class);
	dcm_sequence(&d, 0x0040A043);
	dcm_item(&d);
	dcm_text(&d, 0x00080100, "SH", title);
	dcm_text(&d, 0x00080102, "SH", scheme);
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	dcm_sequence(&d, 0x0040A375);
	for (size_t i = 0; i < study_count; i++) {
		dcm_item(&d);
		dcm_sequence(&d, 0x00081115);
		dcm_item(&d);
		dcm_sequence(&d, 0x00081199);
		dcm_item(&d);
		dcm_text(&d, 0x00081150, "UI", DCM_CT);
		dcm_text(&d, 0x00081155, "UI", "1.2.3.4");
		dcm_item_end(&d);
		dcm_sequence_end(&d);
		dcm_text(&d, 0x0020000E, "UI", "1.2.3");
		dcm_item_end(&d);
		dcm_sequence_end(&d);
		dcm_text(&d, 0x0020000D, "UI", studies[i]);
		dcm_item_end(&d);
	}
	dcm_sequence_end(&d);
	return dcm_file(&d);
}

#define KOS "1.2.840.10008.5.1.4.1.1.88.59"

static void test_manifest__what_is_none__is_told_from_what_is_damaged(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	static const char *const same[] = { "1.2", "1.2" };
	static const char *const several[] = { "1.2", "1.3" };
	static const char *const nameless[] = { "" };

	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113030", "DCM", same, 1), arena),
			HR_E_NONE);
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113030", "DCM", same, 2), arena),
			HR_E_NONE);
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113030", "DCM", several, 2), arena),
			HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113030", "DCM", nameless, 1), arena),
			HR_E_INCOMPLETE);
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113030", "DCM", same, 0), arena),
			HR_E_INCOMPLETE);
	/* Key images are no manifest, nor is a report. */
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113000", "DCM", same, 1), arena),
			HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, KOS, "113030", "99HH", same, 1), arena),
			HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(code_of_reading(kos(arena, DCM_CT, "113030", "DCM", same, 1), arena),
			HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(code_of_reading(HR_STR("DICM"), arena), HR_E_SYNTAX);
}

/* Any byte of it may be another: it is read or refused, and what is read can be written. */
static void test_manifest__each_byte_damaged__is_read_or_refused(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_arena) scratch = hr_test_arena();
	hr_str file = written(manifest_of_hand(), HR_MANIFEST_DESCRIBED, arena);
	char *copy = hr_arena_copy(arena, file.data, file.len);
	size_t read = 0;

	for (size_t i = 128; i < file.len; i += 7) {
		hr_manifest manifest;
		hr_error err = { 0 };

		copy[i] = (char)(copy[i] ^ (i % 2 ? 0x01 : 0x40));
		hr_arena_reset(scratch);
		if (hr_manifest_read_kos((hr_str){ copy, file.len }, scratch, &manifest, &err)) {
			CU_ASSERT_TRUE(manifest_words(&manifest, scratch).len > 0);
			read++;
		} else {
			CU_ASSERT_TRUE(err.code != HR_E_NONE && err.message[0]);
		}
		copy[i] = file.data[i];
	}
	CU_ASSERT_TRUE(read > 0 && read < (file.len - 128) / 7);
}

/* Behind its evidence nothing is missed. */
static void test_manifest__cut_anywhere__is_never_read_in_part(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	HR_AUTO(hr_arena) scratch = hr_test_arena();
	hr_str file = written(manifest_of_hand(), HR_MANIFEST_PLAIN, arena);
	hr_manifest whole = read_back(file, arena);

	for (size_t len = 0; len < file.len; len += 3) {
		hr_manifest cut;
		hr_error err = { 0 };

		hr_arena_reset(scratch);
		if (hr_manifest_read_kos((hr_str){ file.data, len }, scratch, &cut, &err))
			hr_test_equal(manifest_words(&cut, scratch), manifest_words(&whole, arena),
				      __FILE__, __LINE__);
	}
}

/* MADO's examples: what they say, and that a manifest of ours says the same. */
static void test_manifest__examples_of_mado__are_read_and_written_again(void)
{
	static const struct example {
		const char *path;
		uint32_t series;
		uint32_t instances;
		uint32_t requests;
		const char *url;
		const char *first_text;
	} examples[] = {
		{ "dicom/mado/MADO_KOS_A.dcm", 2, 86, 1, "https://dicomserver.com/AET/rs/", "" },
		{ "dicom/mado/MADO_KOS_B.dcm", 2, 21, 2, "https://dicomserver.com/AET/rs/",
		  "Series B1" },
	};
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const char *corpora = hr_test_corpora();

	for (size_t i = 0; corpora && i < sizeof(examples) / sizeof(examples[0]); i++) {
		char path[512];
		hr_manifest read;
		hr_manifest again;

		snprintf(path, sizeof(path), "%s/%s", corpora, examples[i].path);
		read = read_back(hr_test_read(arena, path), arena);
		CU_ASSERT_EQUAL_FATAL(read.series_count, examples[i].series);
		CU_ASSERT_EQUAL(read.instance_count, examples[i].instances);
		CU_ASSERT_EQUAL(read.request_count, examples[i].requests);
		HR_ASSERT_TEXT(read.series[0].retrieve_url, examples[i].url);
		HR_ASSERT_TEXT(read.series[0].modality, "CT");
		HR_ASSERT_TEXT(read.series[0].instances[0].number, "2");
		HR_ASSERT_TEXT(read.patient.issuer.local, "ACME_HOSPITAL");
		if (examples[i].first_text[0])
			HR_ASSERT_TEXT(read.series[0].description, examples[i].first_text);
		again = read_back(written(&read, HR_MANIFEST_DESCRIBED, arena), arena);
		hr_test_equal(manifest_words(&again, arena), manifest_words(&read, arena), __FILE__,
			      __LINE__);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_manifest__described__says_all_of_it_when_read),
	HR_TEST(test_manifest__plain__says_where_all_of_it_is),
	HR_TEST(test_manifest__same_study__gives_the_same_bytes),
	HR_TEST(test_manifest__other_content__has_another_uid),
	HR_TEST(test_manifest__accession_without_orders__becomes_one),
	HR_TEST(test_manifest__not_made_on_a_day__has_the_study_s),
	HR_TEST(test_manifest__little_is_known__is_written_all_the_same),
	HR_TEST(test_manifest__texts_that_do_not_fit__are_cut_or_cleaned),
	HR_TEST(test_manifest__what_is_no_study__is_refused),
	HR_TEST(test_manifest__a_text_and_an_address_at_their_limits__and_past_them),
	HR_TEST(test_manifest__as_many_instances_as_may_be__and_one_more),
	HR_TEST(test_manifest__what_is_none__is_told_from_what_is_damaged),
	HR_TEST(test_manifest__each_byte_damaged__is_read_or_refused),
	HR_TEST(test_manifest__cut_anywhere__is_never_read_in_part),
	HR_TEST(test_manifest__examples_of_mado__are_read_and_written_again),
};

HR_TEST_MAIN("manifest", tests)
