/* Facts of a film, of which any allocation fails. */
#include "dicom/facts.h"
#include "dicom/metadata.h"

#include "failing_malloc.h"
#include "film_object.h"
#include "testing.h"

static bool write_and_read(const hr_film_facts *facts, hr_arena *arena, hr_error *err)
{
	hr_film_facts read;
	hr_buf bytes;

	hr_buf_init(&bytes, arena, HR_FACTS_BYTES_MAX);
	hr_facts_write(facts, &bytes);
	if (bytes.failed)
		return hr_fail_memory(err);
	return hr_facts_read(hr_buf_str(&bytes), arena, &read, err);
}

static bool take_in(void *context, hr_error *err)
{
	HR_AUTO(hr_arena) arena = hr_arena_open(1 << 24);
	const hr_str *file = context;
	hr_film_facts facts;
	hr_buf joined;
	hr_str bulk;

	if (!arena)
		return hr_fail_memory(err);
	if (!hr_facts_find(*file, arena, &facts, err) || !write_and_read(&facts, arena, err) ||
	    !hr_metadata_bulk_read(*file, HR_STR("7FE00010"), arena, &bulk, err))
		return false;
	hr_buf_init(&joined, arena, 1 << 20);
	if (hr_metadata_join(&facts.metadata, 1, HR_STR("http://a"), false, &joined, err))
		return true;
	return err->code == HR_E_MEMORY || !joined.failed ? false : hr_fail_memory(err);
}

/* A deflated one is not among them: zlib's memory while it inflates is its own. */
static void test_take_in__any_allocation_fails__says_so(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_BIG, HR_DICOM_EXPLICIT_BE);
	hr_error err;
	hr_str file;

	film_add_identity(&d);
	dcm_text(&d, 0x00204000, "LT", "\xd5\xc5\xbd\xa8\xb9\xfa");
	dcm_sequence(&d, 0x00400275);
	dcm_item(&d);
	dcm_text(&d, 0x00400007, "LO", "x");
	dcm_text(&d, 0x00080100, "SH", "y");
	dcm_item_end(&d);
	dcm_sequence_end(&d);
	film_add_image(&d);
	file = dcm_file(&d);
	/* What is loaded once, is. */
	CU_ASSERT_TRUE(take_in(&file, &err));
	CU_ASSERT_TRUE(hr_failing_malloc_each(take_in, &file) > 0);
}

/* And any cap of the arena. */
static void test_find__every_cap__is_memory_or_enough(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	dcm d = film_begin(arena, DCM_IMPLICIT, HR_DICOM_IMPLICIT_LE);
	hr_film_facts facts;
	hr_error err = { 0 };
	bool ok = false;

	film_add_identity(&d);
	film_add_image(&d);
	for (size_t cap = 1024; !ok; cap += 256) {
		HR_AUTO(hr_arena) small = hr_arena_open(cap);

		ok = hr_facts_find(dcm_file(&d), small, &facts, &err);
		if (!ok)
			CU_ASSERT_EQUAL_FATAL(err.code, HR_E_MEMORY);
	}
}

static const hr_test tests[] = {
	HR_TEST(test_take_in__any_allocation_fails__says_so),
	HR_TEST(test_find__every_cap__is_memory_or_enough),
};
HR_TEST_MAIN("facts_memory", tests)
