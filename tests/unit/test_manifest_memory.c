/* Manifests where any allocation fails. */
#include "dicom/manifest_facts.h"
#include "dicom/manifest_packed.h"
#include "recognition/manifest_fhir.h"

#include "failing_malloc.h"
#include "manifest_fixture.h"
#include "testing.h"

static bool write_it(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	const hr_manifest_form *form = context;
	hr_str file;

	return arena ? hr_manifest_write_kos(manifest_of_hand(), *form, arena, &file, err)
		     : hr_fail_memory(err);
}

static bool read_it(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	const hr_str *file = context;
	hr_manifest manifest;

	return arena ? hr_manifest_read_kos(*file, arena, &manifest, err) : hr_fail_memory(err);
}

static void test_manifest__any_allocation_fails_in_writing__says_so(void)
{
	hr_manifest_form forms[] = { HR_MANIFEST_PLAIN, HR_MANIFEST_DESCRIBED };
	hr_error err = { 0 };

	/* libcrypto finds its digest once, and crashes when it cannot. */
	HR_ASSERT_OK(write_it(&forms[0], &err), err);
	for (int i = 0; i < 2; i++)
		CU_ASSERT_TRUE(hr_failing_malloc_each(write_it, &forms[i]) >= 1);
}

static void test_manifest__any_allocation_fails_in_reading__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str file;

	HR_ASSERT_OK(hr_manifest_write_kos(manifest_of_hand(), HR_MANIFEST_DESCRIBED, arena, &file,
					   &err),
		     err);
	/* DCMTK reads its dictionary once, and libc its encodings. */
	HR_ASSERT_OK(read_it(&file, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_it, &file) >= 10);
}

static bool write_fhir(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	const hr_manifest *m = manifest_of_hand();
	hr_str text;

	(void)context;
	if (!arena)
		return hr_fail_memory(err);
	return hr_manifest_write_fhir(m, HR_MANIFEST_PLAIN, arena, &text, err) &&
	       hr_manifest_write_reference(m, HR_MANIFEST_PLAIN, HR_MANIFEST_FHIR, HR_STR("a"),
					   HR_STR_NONE, arena, &text, err);
}

static bool read_fhir(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	hr_json_parser *parser = hr_json_parser_open();
	const hr_str *text = context;
	const hr_json *root;
	hr_manifest manifest;
	bool ok = false;

	if (!arena || !parser)
		hr_fail_memory(err);
	else
		ok = hr_json_read(parser, *text, arena, &root, err) &&
		     hr_manifest_read_fhir(root, arena, &manifest, err);
	hr_json_parser_close(parser);
	return ok;
}

static void test_manifest__any_allocation_fails_in_fhir__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_error err = { 0 };
	hr_str text;

	HR_ASSERT_OK(write_fhir(NULL, &err), err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(write_fhir, NULL) >= 1);
	HR_ASSERT_OK(
		hr_manifest_write_fhir(manifest_of_hand(), HR_MANIFEST_PLAIN, arena, &text, &err),
		err);
	CU_ASSERT_TRUE(hr_failing_malloc_each(read_fhir, &text) >= 2);
}

static bool hand_back(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)16 << 20);
	const hr_str *bytes = context;
	hr_film_facts *facts;
	hr_manifest manifest;

	return arena ? hr_manifest_unpack(*bytes, arena, &manifest, err) &&
			       hr_manifest_facts(&manifest, manifest.series, arena, &facts, err)
		     : hr_fail_memory(err);
}

static void test_manifest__any_allocation_fails_in_handing_back__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_buf packed;
	hr_str bytes;

	hr_buf_init(&packed, arena, HR_MANIFEST_PACKED_MAX);
	hr_manifest_pack(manifest_of_hand(), &packed);
	bytes = hr_buf_str(&packed);
	CU_ASSERT_TRUE(hr_failing_malloc_each(hand_back, &bytes) >= 1);
}

static const hr_test tests[] = {
	HR_TEST(test_manifest__any_allocation_fails_in_writing__says_so),
	HR_TEST(test_manifest__any_allocation_fails_in_reading__says_so),
	HR_TEST(test_manifest__any_allocation_fails_in_fhir__says_so),
	HR_TEST(test_manifest__any_allocation_fails_in_handing_back__says_so),
};

HR_TEST_MAIN("manifest_memory", tests)
