/*
 * film_manifest_book.h, the same tests for both engines: `test_film_manifest`
 * for SQLite, `test_film_manifest postgresql` for a server that is started here.
 */
#include "dicom/film_manifest_book.h"

#include "film_fixture.h"
#include "pg_server.h"
#include "testing.h"

#include <stdio.h>
#include <unistd.h>

/* The disk is not what is tested here. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

static hr_test_postgres *server; /* NULL: SQLite */

static const hr_str base = HR_STR_INIT("https://film.example.cn/dicom-web");

struct fixture {
	hr_arena *arena;
	hr_store *store;
	hr_node_key node;
	unsigned objects;
	hr_error err;
};

static struct fixture fixture_open(void)
{
	struct fixture f = { .arena = hr_test_arena() };

	f.store = hr_test_film_store(server ? hr_test_postgres_url(server, f.arena)
					    : hr_test_film_url(f.arena),
				     &f.node);
	return f;
}

static void close_fixture(struct fixture *f)
{
	hr_store_close(f->store);
	hr_arena_close(f->arena);
}

static void put_facts(struct fixture *f, const hr_film_facts *facts)
{
	const hr_film_source source = { HR_STR("AE:CT01"), HR_STR("121200004013592640"), { 1 } };
	const hr_object object = hr_test_film_object(++f->objects);
	hr_film_put done = HR_FILM_DIFFERENT;

	HR_ASSERT_OK(
		hr_film_put_instance(f->store, &f->node, &source, facts, &object, &done, &f->err),
		f->err);
	CU_ASSERT_EQUAL(done, HR_FILM_NEW);
}

static hr_film_facts facts_of(struct fixture *f, int series, int instance)
{
	const hr_test_film film = { 1,
				    series,
				    instance,
				    .patient_id = "0012345",
				    .name = "Zhang^Jianguo=张^建国",
				    .date = "20260103",
				    .time = "080910.123",
				    .accession = "CT20260103001",
				    .modality = series == 2 ? "SR" : "CT",
				    .description = "头颅 CT" };

	return hr_test_film_facts(f->arena, &film);
}

static void put(struct fixture *f, int series, int instance)
{
	const hr_film_facts facts = facts_of(f, series, instance);

	put_facts(f, &facts);
}

static bool make(struct fixture *f, hr_manifest *out)
{
	return hr_film_manifest(f->store, HR_STR("1.2.3.1"), NULL, base, f->arena, out, &f->err);
}

static void test_film_manifest__is_in_the_order_of_numbers(void)
{
	struct fixture f = fixture_open();
	hr_manifest m = { .series_count = 0 };

	put(&f, 2, 1);
	put(&f, 1, 10);
	put(&f, 1, 9);
	HR_ASSERT_OK(make(&f, &m), f.err);
	CU_ASSERT_EQUAL_FATAL(m.series_count, 2);
	CU_ASSERT_EQUAL_FATAL(m.series[0].instance_count, 2);
	CU_ASSERT_EQUAL_FATAL(m.series[1].instance_count, 1);
	CU_ASSERT_EQUAL(m.instance_count, 3);
	HR_ASSERT_TEXT(m.series[0].uid, "1.2.3.1.1");
	HR_ASSERT_TEXT(m.series[0].number, "1");
	HR_ASSERT_TEXT(m.series[0].instances[0].number, "9");
	HR_ASSERT_TEXT(m.series[0].instances[1].sop_instance, "1.2.3.1.1.10");
	HR_ASSERT_TEXT(m.series[1].modality, "SR");
	HR_ASSERT_TEXT(m.series[1].instances[0].sop_instance, "1.2.3.1.2.1");
	HR_ASSERT_TEXT(m.series[1].retrieve_url,
		       "https://film.example.cn/dicom-web/studies/1.2.3.1/series/1.2.3.1.2");
	CU_ASSERT_EQUAL(m.series[0].instances[0].rows, 512);
	CU_ASSERT_EQUAL(m.series[0].instances[0].frames, 0);
	close_fixture(&f);
}

static void test_film_manifest__says_whose_numbers_they_are(void)
{
	struct fixture f = fixture_open();
	hr_film_facts facts = facts_of(&f, 1, 1);
	hr_manifest m = { .series_count = 0 };

	facts.study_json.more = HR_STR(
		"\"00080051\":{\"vr\":\"SQ\",\"Value\":[{\"00400031\":{\"vr\":\"UT\",\"Value\":["
		"\"HHRIS\"]},\"00400032\":{\"vr\":\"UT\",\"Value\":[\"1.2.156.1.2\"]},"
		"\"00400033\":{\"vr\":\"CS\",\"Value\":[\"ISO\"]}}]},\"00080201\":{\"vr\":\"SH\","
		"\"Value\":[\"+0800\"]}");
	facts.series_json.shown = HR_STR(
		"\"00400275\":{\"vr\":\"SQ\",\"Value\":[{\"00401001\":{\"vr\":\"SH\",\"Value\":["
		"\"RP1\"]},\"00402016\":{\"vr\":\"LO\",\"Value\":[\"P7788\"]}},{\"00080050\":{"
		"\"vr\":\"SH\",\"Value\":[\"OTHER\"]}}]}");
	put_facts(&f, &facts);
	HR_ASSERT_OK(make(&f, &m), f.err);
	HR_ASSERT_TEXT(m.patient.value, "0012345");
	HR_ASSERT_TEXT(m.patient.issuer.local, "121200004013592640");
	HR_ASSERT_TEXT(m.accession.issuer.local, "HHRIS");
	HR_ASSERT_TEXT(m.accession.issuer.universal, "1.2.156.1.2");
	HR_ASSERT_TEXT(m.timezone, "+0800");
	CU_ASSERT_EQUAL_FATAL(m.request_count, 2);
	HR_ASSERT_TEXT(m.requests[0].accession.value, "CT20260103001");
	HR_ASSERT_TEXT(m.requests[0].accession.issuer.local, "HHRIS");
	HR_ASSERT_TEXT(m.requests[0].procedure_id, "RP1");
	HR_ASSERT_TEXT(m.requests[0].placer.value, "P7788");
	HR_ASSERT_TEXT(m.requests[1].accession.value, "OTHER");
	close_fixture(&f);
}

static void test_film_manifest__order_of_two_series__is_told_once(void)
{
	struct fixture f = fixture_open();
	hr_manifest m = { .series_count = 0 };

	for (int series = 1; series <= 2; series++) {
		hr_film_facts facts = facts_of(&f, series, 1);

		facts.series_json.shown =
			HR_STR("\"00400275\":{\"vr\":\"SQ\",\"Value\":[{\"00401001\":{\"vr\":"
			       "\"SH\",\"Value\":[\"RP1\"]}}]}");
		put_facts(&f, &facts);
	}
	HR_ASSERT_OK(make(&f, &m), f.err);
	CU_ASSERT_EQUAL(m.request_count, 1);
	close_fixture(&f);
}

static void test_film_manifest__study_without_a_day__was_made_when_it_came(void)
{
	struct fixture f = fixture_open();
	hr_film_facts facts = facts_of(&f, 1, 1);
	hr_manifest m = { .series_count = 0 };
	hr_str file;

	facts.study_date = HR_STR_NONE;
	put_facts(&f, &facts);
	HR_ASSERT_OK(make(&f, &m), f.err);
	HR_ASSERT_TEXT(m.made_date, "19700101");
	HR_ASSERT_OK(hr_manifest_write_kos(&m, HR_MANIFEST_DESCRIBED, f.arena, &file, &f.err),
		     f.err);
	close_fixture(&f);
}

/* What is written is what is read: by our own reader, twice the same bytes. */
static void test_film_manifest__kos__comes_back(void)
{
	struct fixture f = fixture_open();
	hr_manifest m = { .series_count = 0 };
	hr_manifest again = { .series_count = 0 };
	hr_str file = HR_STR_NONE;
	hr_str other = HR_STR_NONE;

	put(&f, 1, 1);
	put(&f, 2, 1);
	HR_ASSERT_OK(make(&f, &m), f.err);
	HR_ASSERT_OK(hr_manifest_write_kos(&m, HR_MANIFEST_DESCRIBED, f.arena, &file, &f.err),
		     f.err);
	HR_ASSERT_OK(make(&f, &m), f.err);
	HR_ASSERT_OK(hr_manifest_write_kos(&m, HR_MANIFEST_DESCRIBED, f.arena, &other, &f.err),
		     f.err);
	CU_ASSERT_TRUE(hr_str_equal(file, other));
	HR_ASSERT_OK(hr_manifest_read_kos(file, f.arena, &again, &f.err), f.err);
	CU_ASSERT_EQUAL(again.instance_count, 2);
	HR_ASSERT_TEXT(again.study_uid, "1.2.3.1");
	HR_ASSERT_TEXT(again.patient_name, "Zhang^Jianguo=张^建国");
	HR_ASSERT_TEXT(again.accession.value, "CT20260103001");
	HR_ASSERT_TEXT(again.series[1].retrieve_url,
		       "https://film.example.cn/dicom-web/studies/1.2.3.1/series/1.2.3.1.2");
	close_fixture(&f);
}

static void test_film_manifest__study_that_is_not_to_be_seen__is_not_there(void)
{
	const hr_str other = HR_STR("1.2.3.2");
	const hr_film_scope scope = { .study_uids = &other, .count = 1 };
	struct fixture f = fixture_open();
	hr_manifest m;

	put(&f, 1, 1);
	CU_ASSERT_FALSE(
		hr_film_manifest(f.store, HR_STR("1.2.3.1"), &scope, base, f.arena, &m, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_FALSE(hr_film_manifest(f.store, other, NULL, base, f.arena, &m, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_film_manifest__is_in_the_order_of_numbers),
	HR_TEST(test_film_manifest__says_whose_numbers_they_are),
	HR_TEST(test_film_manifest__order_of_two_series__is_told_once),
	HR_TEST(test_film_manifest__study_without_a_day__was_made_when_it_came),
	HR_TEST(test_film_manifest__kos__comes_back),
	HR_TEST(test_film_manifest__study_that_is_not_to_be_seen__is_not_there),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("film manifest", tests, sizeof(tests) / sizeof(tests[0]));
}
