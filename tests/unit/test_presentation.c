#include "dicom/presentation.h"

#include "testing.h"

#define IMPLICIT HR_STR_INIT("1.2.840.10008.1.2")
#define EXPLICIT HR_STR_INIT("1.2.840.10008.1.2.1")
#define JPEG	 HR_STR_INIT("1.2.840.10008.1.2.4.70")
#define MAKERS	 HR_STR_INIT("1.2.840.113619.5.2")

static const hr_str ct = HR_STR_INIT("1.2.840.10008.5.1.4.1.1.2");

static void check(hr_str sop_class, const hr_str *syntaxes, size_t count, hr_presentation want,
		  size_t want_chosen)
{
	size_t chosen = 99;

	CU_ASSERT_EQUAL(hr_presentation_choose(sop_class, syntaxes, count, &chosen), want);
	CU_ASSERT_EQUAL(chosen, want == HR_PRESENTATION_TAKEN ? want_chosen : 99);
}

static void test_presentation__storage__takes_the_senders_first(void)
{
	const hr_str jpeg_first[] = { JPEG, EXPLICIT };
	const hr_str plain_first[] = { IMPLICIT, JPEG };
	const hr_str makers_first[] = { MAKERS, IMPLICIT };

	check(ct, jpeg_first, 2, HR_PRESENTATION_TAKEN, 0);
	check(ct, plain_first, 2, HR_PRESENTATION_TAKEN, 0);
	check(ct, makers_first, 2, HR_PRESENTATION_TAKEN, 1);
	check(ct, makers_first, 1, HR_PRESENTATION_TAKEN, 0);
	check(ct, makers_first, 0, HR_PRESENTATION_NO_SYNTAX, 0);
}

static void test_presentation__class__of_a_study_or_of_a_maker(void)
{
	static const struct {
		const char *uid;
		hr_presentation want;
	} rows[] = {
		{ "1.2.840.10008.1.1", HR_PRESENTATION_TAKEN },
		{ "1.2.840.10008.1.20.1", HR_PRESENTATION_TAKEN },
		{ "1.2.840.10008.5.1.4.1.1.88.22", HR_PRESENTATION_TAKEN },
		{ "1.2.840.10008.5.1.4.34.7", HR_PRESENTATION_TAKEN },
		{ "1.2.276.0.7230010.3.1.0.1", HR_PRESENTATION_TAKEN },
		{ "1.2.840.10008.5.1.4.1.2.2.1", HR_PRESENTATION_NO_CLASS },
		{ "1.2.840.10008.5.1.4.31", HR_PRESENTATION_NO_CLASS },
		{ "1.2.840.10008.5.1.4.38.1", HR_PRESENTATION_NO_CLASS },
		{ "", HR_PRESENTATION_NO_CLASS },
	};
	const hr_str syntaxes[] = { EXPLICIT };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(hr_str_of(rows[i].uid), syntaxes, 1, rows[i].want, 0);
}

static void test_presentation__service__is_plain(void)
{
	const hr_str syntaxes[] = { JPEG, EXPLICIT };

	check(HR_STR("1.2.840.10008.1.20.1"), syntaxes, 2, HR_PRESENTATION_TAKEN, 1);
	check(HR_STR("1.2.840.10008.1.20.1"), syntaxes, 1, HR_PRESENTATION_NO_SYNTAX, 0);
}

static const hr_test tests[] = {
	HR_TEST(test_presentation__storage__takes_the_senders_first),
	HR_TEST(test_presentation__class__of_a_study_or_of_a_maker),
	HR_TEST(test_presentation__service__is_plain),
};
HR_TEST_MAIN("presentation", tests)
