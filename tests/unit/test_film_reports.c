/* What of a report goes to the index, and what of the index comes back. */
#include "service/film_reports.h"

#include "film_fixture.h"
#include "testing.h"

#include <stdio.h>

#define CARD	   "11010519491231002X"
#define OTHER_CARD "120116195603150021"

static const hr_str hospital = HR_STR_INIT("121200004013592640");

/* --- words --- */

static void test_film_wanted__as_words_and_back__is_the_same(void)
{
	hr_code ids[] = { { .system = HR_STR("A"), .code = HR_STR("100") },
			  { .code = HR_STR(CARD) } };
	hr_code numbers[] = { { .code = HR_STR("A1") }, { .code = HR_STR("A2") } };
	const hr_report report = {
		.kind = HR_KIND_EXAM,
		.image_numbers = numbers,
		.image_number_count = 2,
		.image_studies = &(hr_code){ .code = HR_STR("1.2.3") },
		.image_study_count = 1,
		.patient = { .ids = ids, .id_count = 2, .name = { .text = HR_STR("张建国") } },
	};
	hr_str words[HR_FILM_WANTED_WORDS_MAX];
	hr_film_wanted wanted;
	hr_film_wanted again;
	hr_error err;

	hr_film_wanted_of(&report, &wanted);
	HR_ASSERT_OK(hr_film_wanted_read(words, hr_film_wanted_words(&wanted, words), &again, &err),
		     err);
	CU_ASSERT_EQUAL(again.leads.study_count, 1);
	CU_ASSERT_EQUAL_FATAL(again.leads.number_count, 2);
	HR_ASSERT_TEXT(again.leads.numbers[1], "A2");
	HR_ASSERT_TEXT(again.name, "张建国");
	CU_ASSERT_EQUAL_FATAL(again.id_count, 2);
	/* Cards first. */
	HR_ASSERT_TEXT(again.ids[0], CARD);
	HR_ASSERT_TEXT(again.ids[1], "100");
	HR_ASSERT_TEXT(again.issuers[1], "A");
}

/* As many as there may be, and what would not be a word. */
static void test_film_wanted__of_a_report_with_many__is_bounded(void)
{
	enum { MANY = 20 };
	hr_arena *arena = hr_test_arena();
	hr_str words[HR_FILM_WANTED_WORDS_MAX];
	hr_code codes[MANY];
	hr_report report = { .kind = HR_KIND_EXAM,
			     .image_numbers = codes,
			     .image_number_count = MANY,
			     .image_studies = codes,
			     .image_study_count = MANY,
			     .patient = { .ids = codes, .id_count = MANY } };
	hr_film_wanted wanted;

	for (int i = 0; i < MANY; i++) {
		hr_buf buf;

		hr_buf_init(&buf, arena, 20);
		hr_buf_addf(&buf, "1.%d", i);
		codes[i] = (hr_code){ .code = hr_buf_str(&buf) };
	}
	codes[0].code = (hr_str){ "1\0", 2 };
	report.patient.name.text = (hr_str){ "a\0b", 3 };
	hr_film_wanted_of(&report, &wanted);
	CU_ASSERT_EQUAL(wanted.leads.study_count, HR_FILM_LEADS_MAX);
	CU_ASSERT_EQUAL(wanted.id_count, HR_FILM_IDS_MAX);
	HR_ASSERT_TEXT(wanted.ids[0], "1.1");
	HR_ASSERT_TEXT(wanted.leads.numbers[0], "1.1");
	CU_ASSERT_EQUAL(wanted.name.len, 0);
	CU_ASSERT_EQUAL(hr_film_wanted_words(&wanted, words), HR_FILM_WANTED_WORDS_MAX);
	hr_arena_close(arena);
}

static void test_film_wanted__words_that_are_none__are_refused(void)
{
	static const struct {
		const char *words[4];
		size_t count;
	} cases[] = {
		{ { "study" }, 1 },
		{ { "study", "" }, 2 },
		{ { "series", "1.2" }, 2 },
		{ { "id", "1", "id", "" }, 4 },
	};
	hr_str many[2 * HR_FILM_LEADS_MAX + 2];
	hr_film_wanted wanted;
	hr_error err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_str words[4];

		for (size_t k = 0; k < cases[i].count; k++)
			words[k] = hr_str_of(cases[i].words[k]);
		CU_ASSERT_FALSE(hr_film_wanted_read(words, cases[i].count, &wanted, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	}
	for (size_t i = 0; i < 2 * HR_FILM_LEADS_MAX + 2; i++)
		many[i] = i % 2 ? HR_STR("1.2") : HR_STR("study");
	CU_ASSERT_TRUE(hr_film_wanted_read(many, (size_t)2 * HR_FILM_LEADS_MAX, &wanted, &err));
	CU_ASSERT_FALSE(
		hr_film_wanted_read(many, (size_t)2 * HR_FILM_LEADS_MAX + 2, &wanted, &err));
}

/* --- candidates --- */

struct fixture {
	hr_arena *arena;
	hr_node_key node;
	hr_films films; /* of which store and key are looked at alone */
	unsigned objects;
	hr_error err;
};

static void open_fixture(struct fixture *f)
{
	*f = (struct fixture){ .arena = hr_test_arena() };
	f->films.store = hr_test_film_store(hr_test_film_url(f->arena), &f->node);
	f->films.node = &f->node;
}

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->films.store);
	hr_arena_close(f->arena);
}

static void put(struct fixture *f, hr_test_film film)
{
	const hr_film_source source = { HR_STR("command"), hospital, { 1790000000 } };
	hr_film_facts facts = hr_test_film_facts(f->arena, &film);
	hr_object object = hr_test_film_object(++f->objects);
	hr_film_put done;

	HR_ASSERT_OK(hr_film_put_instance(f->films.store, &f->node, &source, &facts, &object, &done,
					  &f->err),
		     f->err);
}

/* "yes spelled", "unknown": of the one study under A1. */
static hr_str found(struct fixture *f, const char *name, const char *issuer, const char *id)
{
	static const char *const answers[] = { "unknown", "yes", "no" };
	hr_film_wanted wanted = { .leads = { .numbers = { HR_STR("A1") }, .number_count = 1 },
				  .name = hr_str_of(name),
				  .issuers = { hr_str_of(issuer) },
				  .ids = { hr_str_of(id) },
				  .id_count = id != NULL };
	hr_film_candidates got = { .count = 0 };
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 100);
	HR_ASSERT_OK(hr_film_candidates_find(&f->films, &wanted, NULL, f->arena, &got, &f->err),
		     f->err);
	CU_ASSERT_EQUAL_FATAL(got.count, 1);
	hr_buf_addf(&buf, "%s%s", answers[got.list[0].person],
		    got.list[0].is_spelled ? " spelled" : "");
	return hr_buf_str(&buf);
}

static void test_film_candidates__person__is_told_by_keys(void)
{
	struct fixture f;

	open_fixture(&f);
	put(&f, (hr_test_film){ 1, 1, 1, .patient_id = "100", .issuer = "A", .accession = "A1" });
	HR_ASSERT_TEXT(found(&f, NULL, "A", "100"), "yes");
	HR_ASSERT_TEXT(found(&f, NULL, "B", "100"), "unknown");
	HR_ASSERT_TEXT(found(&f, NULL, "", "100"), "unknown");
	HR_ASSERT_TEXT(found(&f, NULL, "A", CARD), "unknown");
	HR_ASSERT_TEXT(found(&f, NULL, "A", NULL), "unknown");
	close_fixture(&f);
	open_fixture(&f);
	put(&f, (hr_test_film){ 1, 1, 1, .patient_id = CARD, .accession = "A1" });
	HR_ASSERT_TEXT(found(&f, NULL, "", CARD), "yes");
	HR_ASSERT_TEXT(found(&f, NULL, "", OTHER_CARD), "no");
	HR_ASSERT_TEXT(found(&f, NULL, "A", "100"), "unknown");
	close_fixture(&f);
}

static void test_film_candidates__name_in_letters__spells_one_in_characters(void)
{
	static const struct {
		const char *film, *told;
		bool is_spelled;
	} cases[] = {
		{ "Zhang^Jianguo", "张建国", true },
		{ "ZHANG^JIAN GUO", "张建国", true },
		{ "Zhang^Jian", "张建国", false },
		{ "Zhang^Jianguoqiang", "张建国", false },
		{ "Li^Jianguo", "张建国", false },
		{ "Z*", "张建国", false },
		{ "Jianguo^Zhang", "张建国", true },
		{ "Jianguo", "张建国", false },
		{ "Z^JG", "张建国", false },
		{ "Zhang^J", "张建国", false },
		{ "Ouyang^Jianguo", "欧阳建国", true },
		{ "Jianguo", "欧阳建国", false },
		{ "Yangjianguo", "欧阳建国", false },
		{ "Shan^Li", "单丽", true },
		{ "=張^建國", "张建国", true },
		{ "Zhang^Jianguo=章^建国", "张建国", false },
		{ "^", "张建国", false },
		{ "", "张建国", false },
		{ "Zhang^Jianguo", "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f;
		hr_str got;

		open_fixture(&f);
		put(&f, (hr_test_film){ 1, 1, 1, .patient_id = "100", .name = cases[i].film,
					.accession = "A1" });
		got = found(&f, cases[i].told, NULL, NULL);
		if (!hr_str_equal(got, cases[i].is_spelled ? HR_STR("unknown spelled")
							   : HR_STR("unknown")))
			fprintf(stderr, "%s:\n", cases[i].film);
		HR_ASSERT_TEXT(got, cases[i].is_spelled ? "unknown spelled" : "unknown");
		close_fixture(&f);
	}
}

static void test_film_candidates__as_json_and_back__are_the_same(void)
{
	const hr_film_candidate list[] = {
		{ .study = { .uid = HR_STR("1.2.3"),
			     .state = HR_FILM_WITHDRAWN,
			     .matched = true,
			     .is_elsewhere = true,
			     .patient_name = HR_STR("Zhang^Jianguo=张^建国"),
			     .accession_number = HR_STR("A1"),
			     .institution_name = HR_STR("示范医院"),
			     .study_date = HR_STR("20260103"),
			     .instance_count = 1234567 },
		  .person = HR_ANSWER_NO,
		  .is_spelled = true },
		{ .study = { .uid = HR_STR("1.2.4") } },
	};
	const hr_film_candidates given = { list, 2, true };
	hr_arena *arena = hr_test_arena();
	hr_film_candidates got = { .count = 0 };
	hr_error err;
	hr_buf buf;

	hr_buf_init(&buf, arena, 4000);
	hr_film_candidates_format(&given, &buf);
	HR_ASSERT_OK(hr_film_candidates_read(hr_buf_str(&buf), arena, &got, &err), err);
	CU_ASSERT_EQUAL_FATAL(got.count, 2);
	CU_ASSERT_TRUE(got.more);
	HR_ASSERT_TEXT(got.list[0].study.patient_name, "Zhang^Jianguo=张^建国");
	HR_ASSERT_TEXT(got.list[0].study.institution_name, "示范医院");
	HR_ASSERT_TEXT(got.list[0].study.study_date, "20260103");
	CU_ASSERT_EQUAL(got.list[0].study.state, HR_FILM_WITHDRAWN);
	CU_ASSERT_EQUAL(got.list[0].study.instance_count, 1234567);
	CU_ASSERT_EQUAL(got.list[0].person, HR_ANSWER_NO);
	CU_ASSERT_TRUE(got.list[0].is_spelled && got.list[0].study.matched &&
		       got.list[0].study.is_elsewhere);
	CU_ASSERT_EQUAL(got.list[1].person, HR_ANSWER_UNKNOWN);
	CU_ASSERT_FALSE(got.list[1].is_spelled || got.list[1].study.is_elsewhere);
	hr_arena_close(arena);
}

static void test_film_candidates__answer_that_is_none__is_refused(void)
{
	static const char *const bad[] = {
		"{}",
		"[]",
		"{\"studies\":{}}",
		"{\"studies\":[{}]}",
		"{\"studies\":[1]}",
		"{\"studies\":[{\"study\":\"1.2\",\"state\":\"kept\",\"instances\":1,"
		"\"person\":\"no\"}]}",
		"{\"studies\":[{\"study\":\"1.2\",\"state\":\"held\",\"instances\":-1,"
		"\"person\":\"no\"}]}",
		"{\"studies\":[{\"study\":\"1.2\",\"state\":\"held\",\"instances\":99999999999999,"
		"\"person\":\"no\"}]}",
		"{\"studies\":[{\"study\":\"1.2\",\"state\":\"held\",\"instances\":1,"
		"\"person\":\"maybe\"}]}",
	};
	hr_arena *arena = hr_test_arena();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hr_film_candidates got = { .count = 7 };
		hr_error err;

		CU_ASSERT_FALSE(hr_film_candidates_read(hr_str_of(bad[i]), arena, &got, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_SYNTAX);
		CU_ASSERT_EQUAL(got.count, 7);
	}
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_film_wanted__as_words_and_back__is_the_same),
	HR_TEST(test_film_wanted__of_a_report_with_many__is_bounded),
	HR_TEST(test_film_wanted__words_that_are_none__are_refused),
	HR_TEST(test_film_candidates__person__is_told_by_keys),
	HR_TEST(test_film_candidates__name_in_letters__spells_one_in_characters),
	HR_TEST(test_film_candidates__as_json_and_back__are_the_same),
	HR_TEST(test_film_candidates__answer_that_is_none__is_refused),
};
HR_TEST_MAIN("film reports", tests)
