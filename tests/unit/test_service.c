/* A question as text, a patient, the configuration, and a document of several reports. */
#include "service/question.h"
#include "service/verify.h"

#include "testing.h"

#include <stdlib.h>

/* --- question --- */

static bool set(hr_question *question, const char *name, const char *value)
{
	hr_error err;

	return hr_question_set(question, hr_str_of(name), hr_str_of(value), &err);
}

static void check_refused(const char *name, const char *value, const char *message)
{
	hr_question question = { .intervened = HR_ANSWER_UNKNOWN };
	hr_error err;

	CU_ASSERT_FALSE(hr_question_set(&question, hr_str_of(name), hr_str_of(value), &err));
	CU_ASSERT_EQUAL(err.code, HR_E_USAGE);
	HR_ASSERT_TEXT(hr_str_of(err.message), message);
}

static void test_question__every_setting__is_set(void)
{
	static const struct {
		const char *word;
		hr_setting setting;
	} words[] = {
		{ "outpatient", HR_SETTING_OUTPATIENT },
		{ "inpatient", HR_SETTING_INPATIENT },
		{ "emergency", HR_SETTING_EMERGENCY },
		{ "online", HR_SETTING_ONLINE },
		{ "any", HR_SETTING_ANY },
	};
	hr_question question = { .setting = HR_SETTING_ANY };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		CU_ASSERT_TRUE(set(&question, "setting", words[i].word));
		CU_ASSERT_EQUAL(question.setting, words[i].setting);
	}
}

static void test_question__every_answer__is_set(void)
{
	hr_question question = { .intervened = HR_ANSWER_UNKNOWN };

	CU_ASSERT_TRUE(set(&question, "intervened", "yes"));
	CU_ASSERT_EQUAL(question.intervened, HR_ANSWER_YES);
	CU_ASSERT_TRUE(set(&question, "intervened", "no"));
	CU_ASSERT_EQUAL(question.intervened, HR_ANSWER_NO);
	CU_ASSERT_TRUE(set(&question, "intervened", "unknown"));
	CU_ASSERT_EQUAL(question.intervened, HR_ANSWER_UNKNOWN);
}

static void test_question__time__is_an_instant_or_a_day(void)
{
	hr_question question = { .at = { 0 } };

	CU_ASSERT_TRUE(set(&question, "at", "2026-11-20T08:12:00+08:00"));
	CU_ASSERT_EQUAL(question.at.second, 1795133520);
	CU_ASSERT_TRUE(set(&question, "at", "2026-11-20"));
	CU_ASSERT_EQUAL(question.at.second, 1795104000);
}

static void test_question__receiver_and_mark__are_1_to_64_bytes(void)
{
	char text[66];
	hr_question question = { .receiver = HR_STR_NONE };

	memset(text, 'x', sizeof(text));
	text[65] = '\0';
	CU_ASSERT_TRUE(set(&question, "receiver", "121100004000000014"));
	HR_ASSERT_TEXT(question.receiver, "121100004000000014");
	CU_ASSERT_TRUE(set(&question, "mark-seen", "none"));
	HR_ASSERT_TEXT(question.mark_seen, "none");
	CU_ASSERT_TRUE(set(&question, "receiver", text + 1));
	CU_ASSERT_TRUE(set(&question, "mark-seen", text + 1));
	CU_ASSERT_FALSE(set(&question, "receiver", text));
	CU_ASSERT_FALSE(set(&question, "mark-seen", text));
}

static void test_question__wrong_values__are_told_what_is_wanted(void)
{
	check_refused("receiver", "",
		      "'receiver' wants a 统一社会信用代码 or a key of the catalogue");
	check_refused("at", "2026-02-29",
		      "'at' wants a time like 2026-11-20T08:12:00+08:00, or a day");
	check_refused("at", "", "'at' wants a time like 2026-11-20T08:12:00+08:00, or a day");
	check_refused("setting", "Outpatient",
		      "'setting' wants outpatient, inpatient, emergency, online or any");
	check_refused("intervened", "", "'intervened' wants yes, no or unknown");
	check_refused("mark-seen", "", "'mark-seen' wants a mark like 京津冀HR, or none");
}

static void test_question__other_names__are_refused(void)
{
	check_refused("", "x", "a question has no field ''");
	check_refused("Receiver", "x", "a question has no field 'Receiver'");
	check_refused("patient", "x", "a question has no field 'patient'");
}

/* --- patient --- */

struct reading {
	hr_arena *arena;
	hr_patient patient;
	hr_error err;
	bool ok;
};

static struct reading read_patient(const char *json)
{
	struct reading r = { .arena = hr_test_arena() };

	r.ok = hr_patient_read(hr_str_of(json), r.arena, &r.patient, &r.err);
	return r;
}

static void test_patient__all_fields__are_read(void)
{
	struct reading r = read_patient(
		"{\"resourceType\":\"Patient\","
		"\"identifier\":[{\"system\":\"urn:a\",\"value\":\"1\"},{\"value\":\"2\"},"
		"{\"system\":\"urn:no-value\"}],\"name\":[{\"text\":\"示范患者\"}],"
		"\"birthDate\":\"1956-03-15\",\"gender\":\"female\"}");

	HR_ASSERT_OK(r.ok, r.err);
	CU_ASSERT_EQUAL_FATAL(r.patient.id_count, 2);
	HR_ASSERT_TEXT(r.patient.ids[0].system, "urn:a");
	HR_ASSERT_TEXT(r.patient.ids[0].code, "1");
	HR_ASSERT_TEXT(r.patient.ids[1].system, "");
	HR_ASSERT_TEXT(r.patient.ids[1].code, "2");
	HR_ASSERT_TEXT(r.patient.name.text, "示范患者");
	HR_ASSERT_TEXT(r.patient.birth.text, "1956-03-15");
	HR_ASSERT_TEXT(r.patient.sex.text, "2");
	hr_arena_close(r.arena);
}

static void check_name(const char *name, const char *want)
{
	hr_arena *arena = hr_test_arena();
	struct reading r;
	hr_buf buf;

	hr_buf_init(&buf, arena, 1024);
	hr_buf_addf(&buf, "{\"resourceType\":\"Patient\",\"birthDate\":\"1956\",\"name\":%s}",
		    name);
	r = read_patient(buf.data);
	HR_ASSERT_OK(r.ok, r.err);
	HR_ASSERT_TEXT(r.patient.name.text, want);
	hr_arena_close(r.arena);
	hr_arena_close(arena);
}

static void test_patient__name_in_parts__is_put_together(void)
{
	check_name("[{\"family\":\"欧阳\",\"given\":[\"示范\"]}]", "欧阳示范");
	check_name("{\"family\":\"欧阳\",\"given\":\"示范\"}", "欧阳示范");
	check_name("[{\"family\":\"Ouyang\",\"given\":[\"Shifan\",\"B\"]}]", "Ouyang Shifan");
	check_name("[{\"family\":\"欧阳\",\"given\":[]}]", "欧阳");
	check_name("[{\"given\":[\"Shifan\"]}]", "Shifan");
	check_name("[{\"text\":\"欧阳示范\",\"family\":\"欧\"}]", "欧阳示范");
	check_name("[]", "");
}

static void test_patient__several_names__the_official_one_is_taken(void)
{
#define OLD	 "{\"use\":\"old\",\"text\":\"示范旧\"}"
#define NICKNAME "{\"use\":\"nickname\",\"text\":\"示范小名\"}"
#define USUAL	 "{\"use\":\"usual\",\"text\":\"示范常用\"}"
#define OFFICIAL "{\"use\":\"official\",\"text\":\"示范正式\"}"
	check_name("[" OLD "," NICKNAME "," USUAL "," OFFICIAL "]", "示范正式");
	check_name("[" OFFICIAL "," USUAL "]", "示范正式");
	check_name("[" OLD "," NICKNAME "," USUAL "]", "示范常用");
	check_name("[" OLD "," NICKNAME "]", "示范小名");
	check_name("[" OLD ",{\"text\":\"示范无用途\"}," NICKNAME "]", "示范无用途");
	check_name("[" OLD "]", "示范旧");
}

static void test_patient__one_field__suffices(void)
{
	static const char *const some[] = {
		"{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"甲\"}]}",
		"{\"resourceType\":\"Patient\",\"birthDate\":\"1956\"}",
		"{\"resourceType\":\"Patient\",\"identifier\":[{\"value\":\"1\"}]}",
	};

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct reading r = read_patient(some[i]);

		HR_ASSERT_OK(r.ok, r.err);
		HR_ASSERT_TEXT(r.patient.sex.text, "");
		hr_arena_close(r.arena);
	}
}

static void test_patient__nothing_to_compare__is_incomplete(void)
{
	static const char *const none[] = {
		"{\"resourceType\":\"Patient\"}",
		"{\"resourceType\":\"Patient\",\"gender\":\"male\"}",
		"{\"resourceType\":\"Patient\",\"identifier\":[],\"name\":[]}",
		"{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:a\"}]}",
		"{\"resourceType\":\"Patient\",\"name\":[{}]}",
		"{\"resourceType\":\"Patient\",\"name\":\"甲\",\"birthDate\":{}}",
	};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct reading r = read_patient(none[i]);

		CU_ASSERT_FALSE(r.ok);
		CU_ASSERT_EQUAL(r.err.code, HR_E_INCOMPLETE);
		hr_arena_close(r.arena);
	}
}

static void check_patient_fails(const char *json, hr_error_code code)
{
	struct reading r = read_patient(json);

	CU_ASSERT_FALSE(r.ok);
	CU_ASSERT_EQUAL(r.err.code, code);
	hr_arena_close(r.arena);
}

static void test_patient__something_else__is_refused(void)
{
	check_patient_fails("{\"resourceType\":\"Person\",\"birthDate\":\"1956\"}",
			    HR_E_UNSUPPORTED);
	check_patient_fails("{\"birthDate\":\"1956\"}", HR_E_UNSUPPORTED);
	check_patient_fails("[]", HR_E_UNSUPPORTED);
	check_patient_fails("", HR_E_SYNTAX);
	check_patient_fails("<Patient/>", HR_E_SYNTAX);
}

/* --- verify --- */

struct session {
	hr_arena *arena;
	hr_catalog *catalog;
	hr_reader *reader;
	hr_question question;
};

static struct session open_session(void)
{
	struct session s = { .arena = hr_test_arena(), .reader = hr_reader_open() };
	hr_error err;

	if (!s.reader ||
	    !hr_catalog_open_folder("tests/data/catalog/decision", NULL, &s.catalog, &err))
		abort();
	s.question.at.second = 1740000000;
	return s;
}

static void close_session(struct session *s)
{
	hr_reader_close(s->reader);
	hr_catalog_unref(s->catalog);
	hr_arena_close(s->arena);
}

static bool verify(struct session *s, const char *path, hr_verdicts *out, hr_error *err)
{
	return hr_verify(s->catalog, s->reader, &s->question, hr_test_read(s->arena, path),
			 s->arena, out, err);
}

static void test_verify__several_reports__have_a_verdict_each(void)
{
	struct session s = open_session();
	hr_outcome worst = HR_OUTCOME_RECOGNISED;
	hr_verdicts verdicts;
	hr_error err;

	HR_ASSERT_OK(verify(&s, "tests/data/fhir/searchset.json", &verdicts, &err), err);
	CU_ASSERT_EQUAL_FATAL(verdicts.count, 2);
	for (size_t i = 0; i < verdicts.count; i++) {
		const hr_verdict *v = &verdicts.verdicts[i];

		CU_ASSERT_PTR_EQUAL(v->question, &s.question);
		CU_ASSERT_EQUAL(v->decision_count, v->report->result_count);
		worst = v->outcome < worst ? v->outcome : worst;
	}
	CU_ASSERT_PTR_NOT_EQUAL(verdicts.verdicts[0].report, verdicts.verdicts[1].report);
	CU_ASSERT_EQUAL(verdicts.outcome, worst);
	close_session(&s);
}

static void test_verify__unreadable__leaves_the_reader_fit_for_the_next(void)
{
	struct session s = open_session();
	hr_verdicts verdicts = { .count = 99 };
	hr_error err;

	CU_ASSERT_FALSE(verify(&s, "tests/data/cda/README.md", &verdicts, &err));
	CU_ASSERT_EQUAL(err.code, HR_E_UNSUPPORTED);
	CU_ASSERT_EQUAL(verdicts.count, 99);
	HR_ASSERT_OK(verify(&s, "tests/data/cda/thyroid.xml", &verdicts, &err), err);
	CU_ASSERT_EQUAL(verdicts.count, 1);
	close_session(&s);
}

static void test_verify__arena_too_small__says_memory(void)
{
	struct session s = open_session();
	hr_str document = hr_test_read(s.arena, "tests/data/cda/thyroid.xml");
	hr_verdicts verdicts;
	hr_error err;

	for (size_t cap = 1; cap <= 1 << 15; cap *= 2) {
		hr_arena *arena = hr_arena_open(cap);

		CU_ASSERT_FALSE(hr_verify(s.catalog, s.reader, &s.question, document, arena,
					  &verdicts, &err));
		CU_ASSERT_EQUAL(err.code, HR_E_MEMORY);
		hr_arena_close(arena);
	}
	close_session(&s);
}

static const hr_test tests[] = {
	HR_TEST(test_question__every_setting__is_set),
	HR_TEST(test_question__every_answer__is_set),
	HR_TEST(test_question__time__is_an_instant_or_a_day),
	HR_TEST(test_question__receiver_and_mark__are_1_to_64_bytes),
	HR_TEST(test_question__wrong_values__are_told_what_is_wanted),
	HR_TEST(test_question__other_names__are_refused),
	HR_TEST(test_patient__all_fields__are_read),
	HR_TEST(test_patient__name_in_parts__is_put_together),
	HR_TEST(test_patient__several_names__the_official_one_is_taken),
	HR_TEST(test_patient__one_field__suffices),
	HR_TEST(test_patient__nothing_to_compare__is_incomplete),
	HR_TEST(test_patient__something_else__is_refused),
	HR_TEST(test_verify__several_reports__have_a_verdict_each),
	HR_TEST(test_verify__unreadable__leaves_the_reader_fit_for_the_next),
	HR_TEST(test_verify__arena_too_small__says_memory),
};
HR_TEST_MAIN("service", tests)
