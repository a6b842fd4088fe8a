/* Which films belong to a report: the rule, as a table of cases. */
#include "recognition/report_films.h"

#include "catalog_fixture.h"
#include "testing.h"

#include <stdio.h>

#define CARD	   "11010519491231002X"
#define OTHER_CARD "120116195603150021"
#define HOSPITAL   "121100004000000014"
#define OTHER	   "12120000400000002B"

/* One film beside one report; what a case does not name is as `whole` has it. */
struct given {
	const char *uid; /* that the report names */
	const char *number;
	const char *issuer_name;
	const char *issuer_id;
	const char *name;
	const char *card;
	const char *birth;
	const char *sex;
	bool ambiguous;
	hr_film_study film;
	hr_answer person;
	bool is_spelled;
};

#define FILM                                                                                       \
	.film = { .uid = HR_STR_INIT("1.2.3"),                                                     \
		  .state = HR_FILM_PUBLISHED,                                                      \
		  .institution = HR_STR_INIT(HOSPITAL),                                            \
		  .institution_name = HR_STR_INIT("示范医院"),                                     \
		  .patient_id = HR_STR_INIT("P100"),                                               \
		  .patient_name = HR_STR_INIT("Zhang^Jianguo=张^建国"),                            \
		  .birth_date = HR_STR_INIT("19491231"),                                           \
		  .sex = HR_STR_INIT("M"),                                                         \
		  .accession_number = HR_STR_INIT("A1"),                                           \
		  .study_date = HR_STR_INIT("20260103"),                                           \
		  .instance_count = 3 }
#define REPORT                                                                                     \
	.number = "A1", .issuer_name = "示范医院", .issuer_id = HOSPITAL, .name = "张建国",        \
	.card = CARD, .birth = "1949-12-31", .sex = "1", FILM

enum { FILMS_MAX = 4 };

struct fixture {
	hr_arena *arena;
	hr_code number;
	hr_code issuer;
	hr_code card;
	hr_result exam;
	hr_report report;
	hr_film_candidate films[FILMS_MAX];
	hr_film_candidates candidates;
	hr_report_films got;
	hr_error err;
};

static hr_field field_of(const char *text)
{
	return (hr_field){ .text = hr_str_of(text) };
}

static void open_fixture(struct fixture *f, const struct given *g)
{
	*f = (struct fixture){ .arena = hr_test_arena() };
	f->number.code = hr_str_of(g->number);
	f->issuer.code = hr_str_of(g->issuer_id);
	f->card = (hr_code){ .system = HR_STR(HR_ID_CARD_OID), .code = hr_str_of(g->card) };
	f->exam = (hr_result){ .kind = HR_KIND_EXAM, .study_uid = field_of(g->uid) };
	f->report = (hr_report){
		.kind = HR_KIND_EXAM,
		.image_numbers = &f->number,
		.image_number_count = g->number != NULL,
		.issuer = { .name = field_of(g->issuer_name),
			    .ids = &f->issuer,
			    .id_count = g->issuer_id != NULL },
		.patient = { .ids = &f->card,
			     .id_count = g->card != NULL,
			     .name = field_of(g->name),
			     .birth = field_of(g->birth),
			     .sex = field_of(g->sex) },
		.patient_ambiguous = g->ambiguous,
		.results = &f->exam,
		.result_count = 1,
	};
	f->films[0] = (hr_film_candidate){ g->film, g->person, g->is_spelled };
	f->candidates = (hr_film_candidates){ f->films, g->film.uid.len > 0, false };
}

static void add_film(struct fixture *f, hr_film_study study)
{
	f->films[f->candidates.count++] = (hr_film_candidate){ .study = study };
}

static hr_str codes_of(hr_arena *arena, hr_reasons reasons)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 1000);
	for (uint32_t i = 0; i < reasons.count; i++) {
		if (i)
			HR_BUF_ADD(&buf, " ");
		hr_buf_add(&buf, hr_reason_row_get(reasons.list[i].id)->code);
	}
	return hr_buf_str(&buf);
}

/* "certain study-uid", "open accession-number: film-several"; "none: film-not-here". */
static hr_str answer(struct fixture *f, const hr_catalog *catalog)
{
	hr_buf buf;

	hr_buf_init(&buf, f->arena, 4000);
	HR_ASSERT_OK(hr_report_match_films(catalog, &f->report, &f->candidates, f->arena, &f->got,
					   &f->err),
		     f->err);
	if (!f->got.count)
		hr_buf_addf(&buf, "none: %.*s", HR_STR_ARG(codes_of(f->arena, f->got.reasons)));
	for (uint32_t i = 0; i < f->got.count; i++) {
		const hr_report_film *film = &f->got.list[i];

		hr_buf_addf(&buf, "%s%s %.*s", i ? "; " : "", film->is_certain ? "certain" : "open",
			    HR_STR_ARG(hr_report_film_by(film)));
		if (film->reasons.count)
			hr_buf_addf(&buf, ": %.*s", HR_STR_ARG(codes_of(f->arena, film->reasons)));
	}
	return hr_buf_str(&buf);
}

static void check(const char *what, struct given given, const char *want)
{
	struct fixture f;
	hr_str got;

	open_fixture(&f, &given);
	got = answer(&f, NULL);
	if (!hr_str_equal(got, hr_str_of(want)))
		fprintf(stderr, "%s:\n", what);
	HR_ASSERT_TEXT(got, want);
	hr_arena_close(f.arena);
}

/* `change` of what agrees in all. */
#define CHECK(what, want, change)                                                                  \
	do {                                                                                       \
		struct given g = { REPORT };                                                       \
		change;                                                                            \
		check(what, g, want);                                                              \
	} while (0)

static void test_report_films__uid__is_certain_unless_the_patient_differs(void)
{
	CHECK("all agrees", "certain study-uid", g.uid = "1.2.3");
	CHECK("as FHIR writes it", "certain study-uid", g.uid = "urn:oid:1.2.3");
	CHECK("no number, another hospital", "certain study-uid", g.uid = "1.2.3"; g.number = NULL;
	      g.issuer_id = OTHER);
	CHECK("nobody tells whose it is", "certain study-uid", g.uid = "1.2.3"; g.name = NULL;
	      g.card = NULL; g.birth = NULL; g.sex = NULL);
	CHECK("another name and birth", "open study-uid: film-patient-differs", g.uid = "1.2.3";
	      g.name = "李建国"; g.birth = "19500101");
	CHECK("another name alone", "open study-uid: film-patient-differs", g.uid = "1.2.3";
	      g.name = "李建国");
	CHECK("a slip beside the same number", "certain study-uid", g.uid = "1.2.3";
	      g.name = "章建国"; g.person = HR_ANSWER_YES);
	CHECK("the index knows another person", "open study-uid: film-patient-differs",
	      g.uid = "1.2.3";
	      g.person = HR_ANSWER_NO);
	CHECK("mother and child", "open study-uid: film-patient-unverified", g.uid = "1.2.3";
	      g.ambiguous = true);
	CHECK("no such study", "none: film-not-here", g.uid = "1.2.9"; g.number = "A9");
}

static void test_report_films__number__wants_institution_patient_and_one_film(void)
{
	CHECK("all agrees", "certain accession-number", g.card = NULL);
	CHECK("blanks around it", "certain accession-number", g.number = " A1 ");
	CHECK("its hospital by name alone", "certain accession-number", g.issuer_id = NULL);
	CHECK("its hospital by code alone", "certain accession-number", g.issuer_name = NULL);
	CHECK("another hospital", "none: film-institution-differs", g.issuer_id = OTHER;
	      g.issuer_name = "别的医院");
	CHECK("no hospital is said", "open accession-number: film-institution-unknown",
	      g.issuer_id = NULL;
	      g.issuer_name = NULL);
	CHECK("a hospital that may be the same", "open accession-number: film-institution-unknown",
	      g.issuer_id = NULL;
	      g.issuer_name = "示范医院东院");
	CHECK("name without birth", "open accession-number: film-patient-unverified",
	      g.birth = NULL);
	CHECK("the number of the person", "certain accession-number", g.name = NULL; g.birth = NULL;
	      g.person = HR_ANSWER_YES);
	CHECK("the hospital's own number of him", "certain accession-number", g.name = NULL;
	      g.birth = NULL; g.card = "P100");
	CHECK("another sex", "open accession-number: film-patient-differs", g.sex = "2");
	CHECK("mother and child", "open accession-number: film-patient-unverified",
	      g.ambiguous = true);
	CHECK("the report names another study", "open accession-number: film-study-differs",
	      g.uid = "1.2.9");
	CHECK("all at once",
	      "open accession-number: film-study-differs film-institution-unknown "
	      "film-patient-differs",
	      g.uid = "1.2.9";
	      g.issuer_id = NULL; g.issuer_name = NULL; g.name = "李四");
	CHECK("another number", "none: film-not-here", g.number = "A2");
	CHECK("a number in another case", "none: film-not-here", g.number = "a1");
}

static void check_names(const char *told, const char *pn, bool is_spelled, const char *want)
{
	struct given given = { REPORT };

	given.name = told;
	given.film.patient_name = hr_str_of(pn);
	given.is_spelled = is_spelled;
	check(pn, given, want);
}

static void test_report_films__names_in_letters__are_no_other_names(void)
{
	static const char *const certain = "certain accession-number";
	static const char *const unknown = "open accession-number: film-patient-unverified";
	static const char *const differs = "open accession-number: film-patient-differs";

	check_names("张建国", "=张^建国", false, certain);
	check_names("张建国", "张^建国", false, certain);
	check_names("张建国", "Zhang^Jianguo", true, certain);
	check_names("张建国", "Zhang^Jianguo", false, unknown);
	check_names("张建国", "Li^Si=李^四", false, differs);
	check_names("Jianguo Zhang", "ZHANG^JIANGUO=张^建国", false, certain);
	check_names("Ada King Lovelace", "Lovelace^Ada", false, certain);
	check_names("Ada Lovelace", "Lovelace^Anne", false, differs);
	check_names("Ada Lovelace", "张^建国", false, unknown);
	check_names("张建国", "", false, unknown);
}

static void test_report_films__number_of_several__is_undecided(void)
{
	const struct given given = { REPORT };
	struct fixture f;
	hr_film_study other = given.film;

	open_fixture(&f, &given);
	other.uid = HR_STR("1.2.4");
	add_film(&f, other);
	HR_ASSERT_TEXT(answer(&f, NULL), "open accession-number: film-several; "
					 "open accession-number: film-several");
	/* Another institution's is no rival; one of which nobody knows is. */
	f.films[1].study.institution = HR_STR(OTHER);
	f.films[1].study.institution_name = HR_STR_NONE;
	HR_ASSERT_TEXT(answer(&f, NULL), "certain accession-number");
	f.films[1].study.institution = HR_STR_NONE;
	HR_ASSERT_TEXT(answer(&f, NULL),
		       "open accession-number: film-several; "
		       "open accession-number: film-several film-institution-unknown");
	f.candidates.count = 1;
	f.candidates.more = true;
	HR_ASSERT_TEXT(answer(&f, NULL), "open accession-number: film-several");
	hr_arena_close(f.arena);
}

static void test_report_films__certain_ones__stand_first(void)
{
	const struct given given = { REPORT, .uid = "1.2.4" };
	struct fixture f;
	hr_film_study other = given.film;

	open_fixture(&f, &given);
	other.uid = HR_STR("1.2.4");
	other.accession_number = HR_STR_NONE;
	add_film(&f, other);
	HR_ASSERT_TEXT(answer(&f, NULL),
		       "certain study-uid; open accession-number: film-study-differs");
	HR_ASSERT_TEXT(f.got.list[0].study->uid, "1.2.4");
	HR_ASSERT_TEXT(f.got.list[1].named.text, "A1");
	hr_arena_close(f.arena);
}

static void test_report_films__state_and_place__are_said(void)
{
	struct given given = { REPORT, .uid = "1.2.3" };

	given.film.state = HR_FILM_HELD;
	check("held", given, "certain study-uid: film-held");
	given.film.state = HR_FILM_WITHDRAWN;
	check("withdrawn", given, "certain study-uid: film-withdrawn");
	given.film.is_elsewhere = true;
	check("elsewhere", given, "certain study-uid: film-withdrawn film-elsewhere");
}

static void test_report_films__report_that_leads_nowhere__says_why(void)
{
	struct given given = { REPORT };
	struct fixture f;

	given.number = NULL;
	check("nothing named", given, "none: film-not-named");
	given.uid = "not a UID";
	check("no UID", given, "none: film-not-named");
	given.number = "A\n1";
	check("no number", given, "none: film-not-named");
	open_fixture(&f, &given);
	f.candidates.count = 0;
	f.report.kind = HR_KIND_LAB;
	f.exam.kind = HR_KIND_LAB;
	HR_ASSERT_TEXT(answer(&f, NULL), "none: film-not-made");
	/* One of its results is an examination. */
	f.exam.kind = HR_KIND_EXAM;
	HR_ASSERT_TEXT(answer(&f, NULL), "none: film-not-named");
	hr_arena_close(f.arena);
}

static void test_report_films__catalogue__knows_names_and_codes_of_one(void)
{
	const struct given given = { REPORT };
	hr_catalog *catalog = fixture_catalog(NULL);
	struct fixture f;

	open_fixture(&f, &given);
	f.report.issuer = (hr_party){ .name = field_of("示范一院") };
	f.films[0].study.institution = HR_STR("121100004000000014");
	f.films[0].study.institution_name = HR_STR_NONE;
	HR_ASSERT_TEXT(answer(&f, NULL), "open accession-number: film-institution-unknown");
	HR_ASSERT_TEXT(answer(&f, catalog), "certain accession-number");
	f.films[0].study.institution = HR_STR("12120000400000002B");
	HR_ASSERT_TEXT(answer(&f, catalog), "none: film-institution-differs");
	hr_catalog_unref(catalog);
	hr_arena_close(f.arena);
}

/* Whatever a report has of them: each once, as many as are looked for. */
static void test_report_leads__are_bounded_and_none_stands_twice(void)
{
	enum { MANY = HR_FILM_LEADS_MAX + 2 };
	hr_arena *arena = hr_test_arena();
	hr_code codes[MANY + 1];
	hr_report report = { .kind = HR_KIND_EXAM,
			     .image_studies = codes,
			     .image_study_count = MANY + 1,
			     .image_numbers = codes,
			     .image_number_count = MANY + 1 };
	hr_film_leads leads;

	for (int i = 0; i <= MANY; i++) {
		hr_buf buf;

		hr_buf_init(&buf, arena, 20);
		hr_buf_addf(&buf, "1.2.%d", i ? i - 1 : 0);
		codes[i] = (hr_code){ .code = hr_buf_str(&buf) };
	}
	hr_report_leads(&report, &leads);
	CU_ASSERT_EQUAL(leads.study_count, HR_FILM_LEADS_MAX);
	CU_ASSERT_EQUAL(leads.number_count, HR_FILM_LEADS_MAX);
	HR_ASSERT_TEXT(leads.study_uids[1], "1.2.1");
	report.kind = HR_KIND_LAB;
	hr_report_leads(&report, &leads);
	CU_ASSERT_EQUAL(leads.study_count + leads.number_count, 0);
	hr_arena_close(arena);
}

static const hr_test tests[] = {
	HR_TEST(test_report_films__uid__is_certain_unless_the_patient_differs),
	HR_TEST(test_report_films__number__wants_institution_patient_and_one_film),
	HR_TEST(test_report_films__names_in_letters__are_no_other_names),
	HR_TEST(test_report_films__number_of_several__is_undecided),
	HR_TEST(test_report_films__certain_ones__stand_first),
	HR_TEST(test_report_films__state_and_place__are_said),
	HR_TEST(test_report_films__report_that_leads_nowhere__says_why),
	HR_TEST(test_report_films__catalogue__knows_names_and_codes_of_one),
	HR_TEST(test_report_leads__are_bounded_and_none_stands_twice),
};
HR_TEST_MAIN("report films", tests)
