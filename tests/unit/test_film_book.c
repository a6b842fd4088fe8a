/*
 * film_book.h, the same tests for both engines: `test_film_book` for SQLite,
 * `test_film_book postgresql` for a server that is started here.
 */
#include "dicom/film_manifest_book.h"
#include "dicom/film_patient_book.h"
#include "dicom/film_state_book.h"
#include "dicom/film_walk_book.h"

#include "base/json.h"
#include "film_fixture.h"
#include "pg_server.h"
#include "testing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
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

static const hr_str hospital = HR_STR_INIT("121200004013592640");

struct fixture {
	hr_arena *arena;
	hr_store *store;
	hr_node_key node;
	hr_film_source source;
	unsigned objects; /* made so far: each new one has other bytes */
	hr_error err;
};

static struct fixture fixture_open(void)
{
	struct fixture f = { .arena = hr_test_arena(),
			     .source = { .actor = HR_STR("AE:CT01"),
					 .institution = hospital,
					 .at = { 1790000000 } } };

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

static bool put_object(struct fixture *f, const hr_film_facts *facts, unsigned bytes,
		       hr_film_put *out)
{
	hr_object object = hr_test_film_object(bytes);

	return hr_film_put_instance(f->store, &f->node, &f->source, facts, &object, out, &f->err);
}

static void put(struct fixture *f, hr_test_film film)
{
	hr_film_facts facts = hr_test_film_facts(f->arena, &film);
	hr_film_put done = HR_FILM_DIFFERENT;

	HR_ASSERT_OK(put_object(f, &facts, ++f->objects, &done), f->err);
	CU_ASSERT_EQUAL(done, HR_FILM_NEW);
}

/* --- a search, and what it found --- */

/* "PatientID=1&limit=2", not encoded. */
static bool read_query(struct fixture *f, hr_film_level level, const char *text, hr_film_query *out)
{
	hr_film_field fields[40];
	hr_str rest = hr_str_of(text);
	size_t count = 0;

	while (rest.len && count < 40) {
		size_t end = hr_str_find(rest, HR_STR("&"));
		hr_str field = hr_str_slice(rest, 0, end);
		size_t equals = hr_str_find(field, HR_STR("="));

		fields[count++] = (hr_film_field){ hr_str_slice(field, 0, equals),
						   hr_str_slice(field, equals + 1, field.len) };
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	return hr_film_query_read(level, fields, count, f->arena, out, &f->err);
}

struct asked {
	const char *study; /* of the path */
	const char *series;
	const hr_film_scope *scope;
	hr_film_page page;
};

static const hr_json *search(struct fixture *f, hr_film_level level, const char *text,
			     struct asked *asked)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root = NULL;
	hr_film_query query;
	hr_buf out;

	hr_buf_init(&out, f->arena, 64 << 20);
	HR_ASSERT_OK(read_query(f, level, text, &query), f->err);
	query.study_uid = hr_str_of(asked->study);
	query.series_uid = hr_str_of(asked->series);
	HR_ASSERT_OK(hr_film_search(f->store, &query, asked->scope, HR_STR("https://h/dicom-web"),
				    &out, &asked->page, &f->err),
		     f->err);
	HR_ASSERT_OK(hr_json_read(parser, hr_buf_str(&out), f->arena, &root, &f->err), f->err);
	hr_json_parser_close(parser);
	return root;
}

/* The first value of a member. */
static hr_str value_of(const hr_json *object, const char *tag)
{
	const hr_json *member = hr_json_get(object, hr_str_of(tag));
	const hr_json *values = hr_json_get(member, HR_STR("Value"));

	return values && values->first ? values->first->text : HR_STR_NONE;
}

/* The UIDs of the level without their front, parted by blanks: "1 2 4.1". */
static hr_str found(struct fixture *f, hr_film_level level, const char *text, struct asked *asked)
{
	static const char *const tags[] = { "0020000D", "0020000E", "00080018" };
	const hr_json *root = search(f, level, text, asked);
	size_t count = 0;
	hr_buf list;

	hr_buf_init(&list, f->arena, 1 << 20);
	for (const hr_json *o = root ? root->first : NULL; o; o = o->next, count++) {
		hr_str uid = value_of(o, tags[level]);

		if (count)
			HR_BUF_ADD(&list, " ");
		hr_buf_add(&list, hr_str_slice(uid, 6, uid.len));
	}
	CU_ASSERT_EQUAL(asked->page.count, count);
	return hr_buf_str(&list);
}

static void assert_found(struct fixture *f, hr_film_level level, const char *text, const char *want)
{
	struct asked asked = { .scope = NULL };
	hr_str got = found(f, level, text, &asked);

	if (!hr_str_equal(got, hr_str_of(want)))
		fprintf(stderr, "the search '%s':\n", text);
	HR_ASSERT_TEXT(got, want);
}

/* --- putting --- */

static void test_film_put__same_object_again__is_had(void)
{
	struct fixture f = fixture_open();
	hr_test_film film = { 1, 1, 1, .patient_id = "100" };
	hr_film_facts facts = hr_test_film_facts(f.arena, &film);
	hr_film_put done = HR_FILM_DIFFERENT;

	HR_ASSERT_OK(put_object(&f, &facts, 1, &done), f.err);
	CU_ASSERT_EQUAL(done, HR_FILM_NEW);
	HR_ASSERT_OK(put_object(&f, &facts, 1, &done), f.err);
	CU_ASSERT_EQUAL(done, HR_FILM_HAD);
	HR_ASSERT_OK(put_object(&f, &facts, 2, &done), f.err);
	CU_ASSERT_EQUAL(done, HR_FILM_DIFFERENT);
	facts.sop_class = HR_STR("1.2.840.10008.5.1.4.1.1.4");
	HR_ASSERT_OK(put_object(&f, &facts, 1, &done), f.err);
	CU_ASSERT_EQUAL(done, HR_FILM_DIFFERENT);
	/* Its UID in another study is no other object. */
	facts.study_uid = HR_STR("1.2.3.2");
	HR_ASSERT_OK(put_object(&f, &facts, 3, &done), f.err);
	CU_ASSERT_EQUAL(done, HR_FILM_DIFFERENT);
	assert_found(&f, HR_FILM_INSTANCE, "", "1.1.1");
	assert_found(&f, HR_FILM_STUDY, "", "1");
	close_fixture(&f);
}

static void test_film_put__study_of_another_patient__is_refused(void)
{
	static const struct {
		const char *first[2]; /* PatientID, and who gave it */
		const char *second[2];
		bool same;
	} cases[] = {
		{ { "100", NULL }, { "100", NULL }, true },
		{ { "100", NULL }, { " 100 ", NULL }, true },
		{ { "100", NULL }, { "101", NULL }, false },
		{ { "100", NULL }, { NULL, NULL }, false },
		{ { NULL, NULL }, { NULL, NULL }, true },
		{ { NULL, NULL }, { "100", NULL }, false },
		{ { "100", "A" }, { "100", "B" }, false },
		/* The one machine says who gave the number, the other not. */
		{ { "100", "A" }, { "100", NULL }, true },
		{ { "100", NULL }, { "100", "A" }, true },
		{ { "11010519491231002X", "A" }, { "11010519491231002x", "B" }, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f = fixture_open();
		hr_test_film second = { 1, 1, 2, .patient_id = cases[i].second[0],
					.issuer = cases[i].second[1] };
		hr_film_facts facts = hr_test_film_facts(f.arena, &second);
		hr_film_put done;
		bool ok;

		put(&f, (hr_test_film){ 1, 1, 1, .patient_id = cases[i].first[0],
					.issuer = cases[i].first[1] });
		ok = put_object(&f, &facts, 2, &done);
		CU_ASSERT_EQUAL(ok, cases[i].same);
		if (!ok)
			CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
		assert_found(&f, HR_FILM_INSTANCE, "", cases[i].same ? "1.1.1 1.1.2" : "1.1.1");
		close_fixture(&f);
	}
}

/* A number of a hospital that nobody names is nobody's. */
static void test_film_put__same_number_without_issuer__is_not_the_same_patient(void)
{
	struct fixture f = fixture_open();

	f.source.institution = HR_STR_NONE;
	put(&f, (hr_test_film){ 1, 1, 1, .patient_id = "100" });
	put(&f, (hr_test_film){ 2, 1, 1, .patient_id = "100" });
	put(&f, (hr_test_film){ 3, 1, 1, .patient_id = "11010519491231002X" });
	assert_found(&f, HR_FILM_STUDY, "PatientID=100", "1 2");
	close_fixture(&f);
}

static void test_film_put__members_that_are_no_json__are_refused(void)
{
	static const char *const bad[] = {
		"\"00080018\":{}}",
		"\"00080018\":{},",
		"\"00080018\":{}\n",
		"\"00080018\" :{}",
		"\"00080018\":1",
		"\"0008001g\":{}",
		"\"00080018\":{},\"00080016\":{}",
		"\"00080018\":{},\"00080018\":{}",
		"\"00080018\":{\"a\":}",
		"x",
	};
	struct fixture f = fixture_open();
	hr_test_film film = { 1, 1, 1, .patient_id = "100" };
	hr_film_facts facts = hr_test_film_facts(f.arena, &film);
	hr_film_put done;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		facts.instance_json.shown = hr_str_of(bad[i]);
		CU_ASSERT_FALSE(put_object(&f, &facts, 1, &done));
		CU_ASSERT_EQUAL(f.err.code, HR_E_SYNTAX);
	}
	assert_found(&f, HR_FILM_STUDY, "", "");
	close_fixture(&f);
}

/* --- searching --- */

static const hr_test_film archive[] = {
	{ 1, 1, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国", .date = "20260101",
	  .time = "080000", .accession = "A1", .modality = "CT", .description = "CHEST" },
	{ 1, 2, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国", .date = "20260101",
	  .time = "080000", .accession = "A1", .modality = "SR", .description = "CHEST" },
	{ 2, 1, 1, .patient_id = "200", .name = "Wang^XiaoDong=王^小东", .date = "20260102",
	  .time = "093000", .accession = "A2", .modality = "MR", .description = "头颅 MRI" },
	{ 3, 1, 1, .patient_id = "300", .name = "Li^Na=李^娜", .date = "20260102", .time = "101500",
	  .accession = "A3", .modality = "CT", .description = "chest" },
	{ 4, 1, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国", .date = "20251231",
	  .time = "235959", .accession = "A10", .modality = "DX" },
	{ 5, 1, 1, .modality = "US" },
};

static struct fixture fixture_archive(void)
{
	struct fixture f = fixture_open();

	for (size_t i = 0; i < sizeof(archive) / sizeof(archive[0]); i++)
		put(&f, archive[i]);
	return f;
}

static void test_film_search__studies__by_every_condition(void)
{
	static const struct {
		const char *query;
		const char *want;
	} cases[] = {
		{ "", "2 3 1 4 5" },
		{ "PatientID=100", "1 4" },
		{ "00100020=100", "1 4" },
		{ "PatientID= 100 ", "1 4" },
		{ "PatientID=1*", "1 4" },
		{ "PatientID=?00", "2 3 1 4" },
		{ "PatientID=10", "" },
		{ "PatientID=", "2 3 1 4 5" },
		{ "PatientID=*", "2 3 1 4 5" },
		{ "AccessionNumber=A1", "1" },
		{ "AccessionNumber=a1", "" },
		{ "AccessionNumber=A1*", "1 4" },
		{ "StudyDate=20260102", "2 3" },
		{ "StudyDate=20260101-20260102", "2 3 1" },
		{ "StudyDate=-20260101", "1 4" },
		{ "StudyDate=20260101-", "2 3 1" },
		{ "StudyDate=20260103-20260104", "" },
		{ "StudyTime=08", "1" },
		{ "StudyTime=0930-1015", "2 3" },
		{ "StudyDate=20251231-20260102&StudyTime=235959-0930", "2 1 4" },
		{ "StudyDate=20260102&StudyTime=1000-", "3" },
		{ "ModalitiesInStudy=CT", "3 1" },
		{ "ModalitiesInStudy=SR", "1" },
		{ "ModalitiesInStudy=CT\\MR", "2 3 1" },
		{ "ModalitiesInStudy=CT,US", "3 1 5" },
		{ "ModalitiesInStudy=?R", "2 1" },
		{ "ModalitiesInStudy=CT&StudyDate=20260101", "1" },
		{ "ModalitiesInStudy=CT&PatientID=300", "3" },
		{ "StudyDescription=CHEST", "1" },
		{ "StudyDescription=*头*", "2" },
		{ "StudyDescription=?hest", "3" },
		{ "StudyInstanceUID=1.2.3.4", "4" },
		{ "StudyInstanceUID=1.2.3.4,1.2.3.2", "2 4" },
		{ "StudyInstanceUID=1.2.3.4\\1.2.3.2\\1.2.3.4", "2 4" },
		{ "StudyInstanceUID=1.2.3.4&StudyInstanceUID=1.2.3.1", "1 4" },
		{ "StudyInstanceUID=1.2.3.4&PatientID=200", "" },
		{ "StudyInstanceUID=1.2.3", "" },
		{ "limit=2", "2 3" },
		{ "limit=2&offset=2", "1 4" },
		{ "limit=2&offset=4", "5" },
		{ "offset=5", "" },
		{ "limit=0", "" },
		{ "PatientID=?00&limit=1&offset=2", "1" },
		{ "PatientID=100&limit=1&offset=1", "4" },
		{ "ModalitiesInStudy=CT&offset=1", "1" },
	};
	struct fixture f = fixture_archive();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_found(&f, HR_FILM_STUDY, cases[i].query, cases[i].want);
	close_fixture(&f);
}

static void test_film_search__names(void)
{
	static const struct {
		const char *query;
		const char *want;
	} cases[] = {
		{ "PatientName=Zhang^Jianguo", "1 4" },
		{ "PatientName=ZHANG^JIANGUO", "1 4" },
		{ "PatientName=张^建国", "1 4" },
		{ "PatientName=张建国", "1 4" },
		{ "PatientName=王*", "2" },
		{ "PatientName==王*", "2" },
		{ "PatientName=Wang*", "2" },
		{ "PatientName=*建国", "1 4" },
		{ "PatientName=*jianguo", "1 4" },
		{ "PatientName=Wang", "" },
		{ "PatientName=wangx&fuzzymatching=true", "2" },
		{ "PatientName=建国&fuzzymatching=true", "1 4" },
		{ "PatientName=zhangjianguo&fuzzymatching=true", "1 4" },
		{ "PatientName=zjg&fuzzymatching=true", "1 4" },
		{ "PatientName=jianguo zhang&fuzzymatching=true", "1 4" },
		{ "PatientName=zjg", "" },
		{ "PatientName=Zhang*&StudyDate=20260101", "1" },
		{ "PatientName=Zhang*&PatientID=200", "" },
	};
	struct fixture f = fixture_archive();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_found(&f, HR_FILM_STUDY, cases[i].query, cases[i].want);
	close_fixture(&f);
}

static void test_film_search__series_and_instances(void)
{
	static const struct {
		hr_film_level level;
		const char *study;
		const char *series;
		const char *query;
		const char *want;
	} cases[] = {
		{ HR_FILM_SERIES, NULL, NULL, "", "2.1 3.1 1.1 1.2 4.1 5.1" },
		{ HR_FILM_SERIES, NULL, NULL, "limit=2&offset=2", "1.1 1.2" },
		{ HR_FILM_SERIES, NULL, NULL, "limit=2&offset=3", "1.2 4.1" },
		{ HR_FILM_SERIES, "1.2.3.1", NULL, "", "1.1 1.2" },
		{ HR_FILM_SERIES, "1.2.3.1", NULL, "Modality=SR", "1.2" },
		{ HR_FILM_SERIES, "1.2.3.9", NULL, "", "" },
		{ HR_FILM_SERIES, NULL, NULL, "Modality=CT", "3.1 1.1" },
		{ HR_FILM_SERIES, NULL, NULL, "Modality=CT&offset=1", "1.1" },
		{ HR_FILM_SERIES, NULL, NULL, "SeriesInstanceUID=1.2.3.1.2", "1.2" },
		{ HR_FILM_SERIES, NULL, NULL, "SeriesInstanceUID=1.2.3.1.2,1.2.3.1.1", "1.1 1.2" },
		{ HR_FILM_SERIES, NULL, NULL, "PatientID=100", "1.1 1.2 4.1" },
		{ HR_FILM_SERIES, NULL, NULL, "SeriesNumber=2", "1.2" },
		{ HR_FILM_INSTANCE, NULL, NULL, "", "2.1.1 3.1.1 1.1.1 1.2.1 4.1.1 5.1.1" },
		{ HR_FILM_INSTANCE, NULL, NULL, "limit=1&offset=3", "1.2.1" },
		{ HR_FILM_INSTANCE, "1.2.3.1", NULL, "", "1.1.1 1.2.1" },
		{ HR_FILM_INSTANCE, "1.2.3.1", "1.2.3.1.2", "", "1.2.1" },
		{ HR_FILM_INSTANCE, "1.2.3.2", "1.2.3.1.2", "", "" },
		{ HR_FILM_INSTANCE, NULL, NULL, "SOPInstanceUID=1.2.3.4.1.1", "4.1.1" },
		{ HR_FILM_INSTANCE, NULL, NULL, "InstanceNumber=2", "" },
		{ HR_FILM_INSTANCE, NULL, NULL, "Modality=SR&Rows=512", "1.2.1" },
	};
	struct fixture f = fixture_archive();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asked asked = { .study = cases[i].study, .series = cases[i].series };
		hr_str got = found(&f, cases[i].level, cases[i].query, &asked);

		HR_ASSERT_TEXT(got, cases[i].want);
	}
	close_fixture(&f);
}

/* Numbers in their order as numbers, those without one last. */
static void test_film_search__instances__are_in_the_order_of_their_numbers(void)
{
	static const int numbers[] = { 10, 9, 100, 1, 2 };
	struct fixture f = fixture_open();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		put(&f, (hr_test_film){ 1, 1, numbers[i], .patient_id = "1" });
	assert_found(&f, HR_FILM_INSTANCE, "", "1.1.1 1.1.2 1.1.9 1.1.10 1.1.100");
	assert_found(&f, HR_FILM_INSTANCE, "limit=2&offset=2", "1.1.9 1.1.10");
	close_fixture(&f);
}

static hr_str members_of(struct fixture *f, const hr_json *object)
{
	hr_buf list;

	hr_buf_init(&list, f->arena, 4000);
	for (const hr_json *m = object->first; m; m = m->next) {
		if (list.len)
			HR_BUF_ADD(&list, " ");
		hr_buf_add(&list, m->name);
	}
	return hr_buf_str(&list);
}

static void test_film_search__answer__has_what_its_level_tells(void)
{
	static const struct {
		hr_film_level level;
		const char *study;
		const char *query;
		const char *members;
	} cases[] = {
		{ HR_FILM_STUDY, NULL, "PatientID=100&limit=1",
		  "00080020 00080050 00080056 00080061 00081190 00100020 0020000D 00201206 "
		  "00201208" },
		{ HR_FILM_STUDY, NULL, "PatientID=100&limit=1&includefield=00081030,00080005",
		  "00080020 00080050 00080056 00080061 00081030 00081190 00100020 0020000D "
		  "00201206 00201208" },
		{ HR_FILM_STUDY, NULL, "PatientID=100&limit=1&includefield=all",
		  "00080020 00080050 00080056 00080061 00081030 00081190 00100020 0020000D "
		  "00201206 00201208" },
		{ HR_FILM_SERIES, "1.2.3.1", "limit=1", "00080060 00081190 0020000E 00201209" },
		{ HR_FILM_SERIES, "1.2.3.1", "limit=1&includefield=PatientID",
		  "00080060 00081190 00100020 0020000E 00201209" },
		{ HR_FILM_SERIES, "1.2.3.1", "limit=1&includefield=all",
		  "00080060 00081190 00180015 0020000E 00201209" },
		{ HR_FILM_SERIES, NULL, "PatientID=100&limit=1",
		  "00080020 00080050 00080056 00080060 00080061 00081190 00100020 0020000D "
		  "0020000E 00201206 00201208 00201209" },
		{ HR_FILM_INSTANCE, "1.2.3.1", "limit=1&includefield=BodyPartExamined",
		  "00080016 00080018 00080056 00080060 00081190 00180015 0020000E 00201209" },
	};
	struct fixture f = fixture_archive();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct asked asked = { .study = cases[i].study };
		const hr_json *root = search(&f, cases[i].level, cases[i].query, &asked);

		CU_ASSERT_PTR_NOT_NULL_FATAL(root->first);
		HR_ASSERT_TEXT(members_of(&f, root->first), cases[i].members);
	}
	close_fixture(&f);
}

static void test_film_search__answer__counts_and_addresses(void)
{
	struct fixture f = fixture_archive();
	struct asked asked = { .scope = NULL };
	const hr_json *study = search(&f, HR_FILM_STUDY, "AccessionNumber=A1", &asked)->first;
	const hr_json *series;

	CU_ASSERT_PTR_NOT_NULL_FATAL(study);
	HR_ASSERT_TEXT(value_of(study, "00201206"), "2");
	HR_ASSERT_TEXT(value_of(study, "00201208"), "2");
	HR_ASSERT_TEXT(value_of(study, "00081190"), "https://h/dicom-web/studies/1.2.3.1");
	HR_ASSERT_TEXT(value_of(study, "00080061"), "CT");
	HR_ASSERT_TEXT(value_of(study, "00080056"), "ONLINE");
	series = search(&f, HR_FILM_SERIES, "Modality=SR", &asked)->first;
	CU_ASSERT_PTR_NOT_NULL_FATAL(series);
	HR_ASSERT_TEXT(value_of(series, "00081190"),
		       "https://h/dicom-web/studies/1.2.3.1/series/1.2.3.1.2");
	HR_ASSERT_TEXT(value_of(series, "00201209"), "1");
	close_fixture(&f);
}

/* Pages put together are the whole, none is there twice: studies of one day and of many. */
static void test_film_search__pages__are_the_whole(void)
{
	enum { STUDIES = 600, PAGE = 70 };
	struct fixture f = fixture_open();
	bool seen[STUDIES + 1] = { false };
	struct asked asked = { .page = { .more = true } };
	size_t count = 0;
	char day[9];

	for (int i = 1; i <= STUDIES; i++) {
		snprintf(day, sizeof(day), "202601%02d", i < 300 ? 1 : 1 + i % 28);
		put(&f, (hr_test_film){ i, 1, 1, .patient_id = "1", .date = day });
	}
	while (asked.page.more) {
		char text[64];
		const hr_json *root;

		snprintf(text, sizeof(text), "limit=%d&offset=%zu", PAGE, count);
		root = search(&f, HR_FILM_STUDY, text, &asked);
		for (const hr_json *o = root->first; o; o = o->next, count++) {
			hr_str uid = value_of(o, "0020000D");
			long number = strtol(uid.data + 6, NULL, 10);

			CU_ASSERT_FALSE(seen[number]);
			seen[number] = true;
		}
	}
	CU_ASSERT_EQUAL(count, STUDIES);
	close_fixture(&f);
}

/* --- scope --- */

static void test_film_scope__of_one_study__shows_no_other(void)
{
	static const char *const queries[] = {
		"",
		"limit=1&offset=1",
		"PatientID=*",
		"PatientID=200",
		"StudyInstanceUID=1.2.3.2",
		"AccessionNumber=A2",
		"ModalitiesInStudy=MR",
		"StudyDate=20260102",
		"PatientName=王*",
		"PatientName=wang&fuzzymatching=true",
		"includefield=all",
		"SOPInstanceUID=1.2.3.2.1.1",
		"SeriesInstanceUID=1.2.3.2.1",
	};
	static const hr_film_level levels[] = { HR_FILM_STUDY, HR_FILM_SERIES, HR_FILM_INSTANCE };
	static const char *const paths[] = { NULL, "1.2.3.2" };
	struct fixture f = fixture_archive();
	const hr_str uid = HR_STR("1.2.3.1");
	const hr_film_scope one = { .study_uids = &uid, .count = 1 };
	const hr_film_scope none = { .count = 0 };
	hr_film_instance *list;
	size_t count;

	for (size_t q = 0; q < sizeof(queries) / sizeof(queries[0]); q++)
		for (size_t l = 0; l < 3; l++)
			for (size_t p = 0; p < 2; p++) {
				struct asked asked = { .study = paths[p], .scope = &one };
				hr_str got = found(&f, levels[l], queries[q], &asked);

				CU_ASSERT_TRUE(got.len == 0 || got.data[0] == '1');
				CU_ASSERT_TRUE(asked.page.count <= 2);
				asked = (struct asked){ .study = paths[p], .scope = &none };
				HR_ASSERT_TEXT(found(&f, levels[l], queries[q], &asked), "");
				CU_ASSERT_FALSE(asked.page.more);
			}
	CU_ASSERT_FALSE(hr_film_instances(f.store, HR_STR("1.2.3.2"), HR_STR_NONE, HR_STR_NONE,
					  &one, 0, f.arena, &list, &count, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_FALSE(hr_film_instances(f.store, uid, HR_STR_NONE, HR_STR("1.2.3.2.1.1"), &one, 0,
					  f.arena, &list, &count, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	close_fixture(&f);
}

/* What a patient's scope shows of a level, by every way; and that a page of one goes on. */
static void assert_shown(struct fixture *f, const hr_film_scope *scope, hr_film_level level,
			 const char *want)
{
	struct asked asked = { .scope = scope };

	HR_ASSERT_TEXT(found(f, level, "", &asked), want);
	CU_ASSERT_FALSE(asked.page.more);
}

static bool has_instances(struct fixture *f, const hr_film_scope *scope, const char *study)
{
	hr_film_leads leads = { .study_uids = { hr_str_of(study) }, .study_count = 1 };
	hr_film_instance *list;
	hr_film_found *leading;
	size_t found_count = 0;
	hr_manifest manifest;
	size_t count = 0;
	bool more;
	bool has = hr_film_instances(f->store, hr_str_of(study), HR_STR_NONE, HR_STR_NONE, scope, 0,
				     f->arena, &list, &count, &f->err);

	CU_ASSERT_TRUE(has || f->err.code == HR_E_NOT_FOUND);
	HR_ASSERT_OK(hr_film_find_leads(f->store, &leads, scope, f->arena, &leading, &found_count,
					&more, &f->err),
		     f->err);
	CU_ASSERT_EQUAL(found_count == 1, has);
	CU_ASSERT_EQUAL(hr_film_manifest(f->store, hr_str_of(study), scope, HR_STR("https://h"),
					 f->arena, &manifest, &f->err),
			has);
	return has;
}

static void set_state(struct fixture *f, const char *study, hr_film_state state)
{
	hr_film_act_of act = { HR_STR("command"), HR_STR("released"), { 1790000000 } };

	HR_ASSERT_OK(hr_film_set_state(f->store, &f->node, &act, hr_str_of(study), state, &f->err),
		     f->err);
}

static void test_film_scope__of_a_patient__shows_what_is_published_of_him(void)
{
	struct fixture f = fixture_archive();
	hr_patient_id person = { .issuer = hospital, .id = HR_STR("100") };
	hr_film_act_of act = { HR_STR("command"), HR_STR("it is hers"), { 1790000000 } };
	hr_patient_key key;
	const hr_film_scope scope = { .patient = &key };
	struct asked page = { .scope = &scope };

	HR_ASSERT_OK(hr_patient_key_make(&f.node, &person, &key, &f.err), f.err);
	assert_shown(&f, &scope, HR_FILM_STUDY, "");
	CU_ASSERT_FALSE(has_instances(&f, &scope, "1.2.3.1"));
	set_state(&f, "1.2.3.1", HR_FILM_PUBLISHED);
	set_state(&f, "1.2.3.2", HR_FILM_PUBLISHED);
	set_state(&f, "1.2.3.4", HR_FILM_PUBLISHED);
	assert_shown(&f, &scope, HR_FILM_STUDY, "1 4");
	assert_shown(&f, &scope, HR_FILM_SERIES, "1.1 1.2 4.1");
	assert_shown(&f, &scope, HR_FILM_INSTANCE, "1.1.1 1.2.1 4.1.1");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "limit=1", &page), "1");
	CU_ASSERT_TRUE(page.page.more);
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "limit=1&offset=1", &page), "4");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "ModalitiesInStudy=DX", &page), "4");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "StudyDate=20260101-", &page), "1");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "StudyInstanceUID=1.2.3.2", &page), "");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "PatientID=200", &page), "");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "AccessionNumber=A2", &page), "");
	HR_ASSERT_TEXT(found(&f, HR_FILM_INSTANCE, "SOPInstanceUID=1.2.3.2.1.1", &page), "");
	CU_ASSERT_TRUE(has_instances(&f, &scope, "1.2.3.1"));
	CU_ASSERT_FALSE(has_instances(&f, &scope, "1.2.3.2"));
	set_state(&f, "1.2.3.1", HR_FILM_WITHDRAWN);
	assert_shown(&f, &scope, HR_FILM_STUDY, "4");
	CU_ASSERT_FALSE(has_instances(&f, &scope, "1.2.3.1"));
	/* Another's from the moment on at which somebody has said so. */
	person.id = HR_STR("200");
	HR_ASSERT_OK(hr_film_move(f.store, &f.node, &act, HR_STR("1.2.3.4"), &person, &f.err),
		     f.err);
	assert_shown(&f, &scope, HR_FILM_STUDY, "");
	CU_ASSERT_FALSE(has_instances(&f, &scope, "1.2.3.4"));
	close_fixture(&f);
}

/* A CT with three images, its SR, and a series of which one instance is a PDF. */
static void put_parts(struct fixture *f)
{
	static const struct {
		hr_test_film film;
		const char *sop_class;
	} parts[] = {
		{ { 7, 1, 1, .patient_id = "700", .modality = "CT" }, "1.2.840.10008.5.1.4.1.1.2" },
		{ { 7, 1, 2, .patient_id = "700", .modality = "CT" }, "1.2.840.10008.5.1.4.1.1.2" },
		{ { 7, 2, 1, .patient_id = "700", .modality = "SR" },
		  "1.2.840.10008.5.1.4.1.1.88.33" },
		{ { 7, 3, 1, .patient_id = "700", .modality = "OT" }, "1.2.840.10008.5.1.4.1.1.7" },
		{ { 7, 3, 2, .patient_id = "700", .modality = "OT" },
		  "1.2.840.10008.5.1.4.1.1.104.1" },
		{ { 8, 1, 1, .patient_id = "700", .modality = "KO" },
		  "1.2.840.10008.5.1.4.1.1.88.59" },
	};
	hr_film_put done;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		hr_film_facts facts = hr_test_film_facts(f->arena, &parts[i].film);

		facts.sop_class = hr_str_of(parts[i].sop_class);
		HR_ASSERT_OK(put_object(f, &facts, (unsigned)i + 900, &done), f->err);
	}
}

static void assert_counts(struct fixture *f, const hr_film_scope *scope, const char *series,
			  const char *instances, const char *modality)
{
	struct asked asked = { .scope = scope, .study = "1.2.3.7" };
	const hr_json *study = search(f, HR_FILM_STUDY, "", &asked);

	study = study ? study->first : NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(study);
	HR_ASSERT_TEXT(value_of(study, "00201206"), series);
	HR_ASSERT_TEXT(value_of(study, "00201208"), instances);
	HR_ASSERT_TEXT(value_of(study, "00080061"), modality);
}

/* What the parts show of each level, and of the series with both. */
static void assert_parts(struct fixture *f, const hr_film_scope *scope, const char *const want[4])
{
	struct asked all = { .scope = scope };
	struct asked mixed = { .scope = scope, .study = "1.2.3.7", .series = "1.2.3.7.3" };
	const hr_json *series = search(f, HR_FILM_SERIES, "SeriesInstanceUID=1.2.3.7.3", &all);

	HR_ASSERT_TEXT(found(f, HR_FILM_STUDY, "", &all), want[0]);
	HR_ASSERT_TEXT(found(f, HR_FILM_SERIES, "", &all), want[1]);
	HR_ASSERT_TEXT(found(f, HR_FILM_INSTANCE, "", &all), want[2]);
	HR_ASSERT_TEXT(found(f, HR_FILM_INSTANCE, "", &mixed), want[3]);
	HR_ASSERT_TEXT(value_of(series->first, "00201209"), "1");
}

static size_t count_manifest(struct fixture *f, const hr_film_scope *scope, size_t *series)
{
	hr_manifest m = { .instance_count = 0 };

	HR_ASSERT_OK(hr_film_manifest(f->store, HR_STR("1.2.3.7"), scope, HR_STR("https://h"),
				      f->arena, &m, &f->err),
		     f->err);
	*series = m.series_count;
	return m.instance_count;
}

static void test_film_scope__of_images_or_documents__counts_no_others(void)
{
	static const char *const images[] = { "7", "7.1 7.3", "7.1.1 7.1.2 7.3.1", "7.3.1" };
	static const char *const papers[] = { "7 8", "7.2 7.3 8.1", "7.2.1 7.3.2 8.1.1", "7.3.2" };
	const hr_str uids[] = { HR_STR("1.2.3.7"), HR_STR("1.2.3.8") };
	hr_film_scope scope = { .study_uids = uids, .count = 2, .parts = HR_FILM_IMAGES_ALONE };
	struct asked asked = { .scope = &scope };
	struct fixture f = fixture_archive();
	hr_film_instance *list;
	hr_manifest manifest;
	size_t series;
	size_t count;

	put_parts(&f);
	assert_parts(&f, &scope, images);
	assert_counts(&f, &scope, "2", "3", "CT");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "ModalitiesInStudy=SR", &asked), "");
	HR_ASSERT_TEXT(found(&f, HR_FILM_STUDY, "ModalitiesInStudy=OT", &asked), "7");
	HR_ASSERT_TEXT(found(&f, HR_FILM_SERIES, "Modality=SR", &asked), "");
	HR_ASSERT_TEXT(found(&f, HR_FILM_INSTANCE, "limit=1&offset=2", &asked), "7.3.1");
	CU_ASSERT_FALSE(asked.page.more);
	HR_ASSERT_TEXT(found(&f, HR_FILM_SERIES, "limit=1&offset=1", &asked), "7.3");
	HR_ASSERT_OK(hr_film_instances(f.store, uids[0], HR_STR_NONE, HR_STR_NONE, &scope, 0,
				       f.arena, &list, &count, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(count, 3);
	CU_ASSERT_FALSE(hr_film_instances(f.store, uids[0], HR_STR("1.2.3.7.2"), HR_STR_NONE,
					  &scope, 0, f.arena, &list, &count, &f.err));
	CU_ASSERT_FALSE(hr_film_instances(f.store, uids[0], HR_STR_NONE, HR_STR("1.2.3.7.3.2"),
					  &scope, 0, f.arena, &list, &count, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	CU_ASSERT_EQUAL(count_manifest(&f, &scope, &series), 3);
	CU_ASSERT_EQUAL(series, 2);
	CU_ASSERT_FALSE(hr_film_manifest(f.store, uids[1], &scope, HR_STR("https://h"), f.arena,
					 &manifest, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	scope.parts = HR_FILM_DOCUMENTS_ALONE;
	assert_parts(&f, &scope, papers);
	assert_counts(&f, &scope, "2", "2", "OT");
	CU_ASSERT_EQUAL(count_manifest(&f, &scope, &series), 2);
	scope.parts = HR_FILM_ALL_PARTS;
	assert_counts(&f, &scope, "3", "5", "CT");
	CU_ASSERT_EQUAL(count_manifest(&f, &scope, &series), 5);
	close_fixture(&f);
}

/* --- instances --- */

static void test_film_instances__of_a_study_a_series_or_one(void)
{
	static const struct {
		const char *study;
		const char *series;
		const char *instance;
		size_t count;
	} cases[] = {
		{ "1.2.3.1", NULL, NULL, 2 },
		{ "1.2.3.1", "1.2.3.1.2", NULL, 1 },
		{ "1.2.3.1", "1.2.3.1.2", "1.2.3.1.2.1", 1 },
		{ "1.2.3.1", NULL, "1.2.3.1.2.1", 1 },
		{ "1.2.3.1", "1.2.3.1.1", "1.2.3.1.2.1", 0 },
		{ "1.2.3.2", NULL, "1.2.3.1.2.1", 0 },
		{ "1.2.3.9", NULL, NULL, 0 },
		{ "1.2.3.2", "1.2.3.1.2", NULL, 0 },
	};
	struct fixture f = fixture_archive();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		hr_film_instance *list = NULL;
		size_t count = 0;
		bool ok = hr_film_instances(
			f.store, hr_str_of(cases[i].study), hr_str_of(cases[i].series),
			hr_str_of(cases[i].instance), NULL, 0, f.arena, &list, &count, &f.err);

		CU_ASSERT_EQUAL(ok, cases[i].count > 0);
		CU_ASSERT_EQUAL(count, cases[i].count);
		if (!ok)
			CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	}
	close_fixture(&f);
}

static void test_film_instances__bring_what_was_asked_for(void)
{
	struct fixture f = fixture_archive();
	hr_object object = hr_test_film_object(2);
	hr_film_instance *list;
	size_t count;

	HR_ASSERT_OK(hr_film_instances(f.store, HR_STR("1.2.3.1"), HR_STR_NONE,
				       HR_STR("1.2.3.1.2.1"), NULL, 0, f.arena, &list, &count,
				       &f.err),
		     f.err);
	CU_ASSERT_TRUE(hr_digest_equal(&list[0].object.digest, &object.digest));
	CU_ASSERT_EQUAL(list[0].object.size, 1000);
	CU_ASSERT_EQUAL(list[0].object.shelf, 1);
	CU_ASSERT_EQUAL(list[0].rows, 512);
	HR_ASSERT_TEXT(list[0].series_uid, "1.2.3.1.2");
	HR_ASSERT_TEXT(list[0].transfer_syntax, "1.2.840.10008.1.2.1");
	CU_ASSERT_EQUAL(list[0].frames.len + list[0].metadata.len, 0);
	HR_ASSERT_OK(hr_film_instances(f.store, HR_STR("1.2.3.1"), HR_STR_NONE, HR_STR_NONE, NULL,
				       HR_FILM_WITH_FRAMES | HR_FILM_WITH_METADATA, f.arena, &list,
				       &count, &f.err),
		     f.err);
	HR_ASSERT_TEXT(list[1].frames, "frames");
	HR_ASSERT_TEXT(list[1].metadata, "metadata");
	close_fixture(&f);
}

static void test_film_have__tells_each(void)
{
	static const hr_str uids[] = { HR_STR_INIT("1.2.3.1.1.1"), HR_STR_INIT("1.2.3.1.1.2"),
				       HR_STR_INIT("1.2.3.1.2.1") };
	static const hr_str classes[] = { HR_STR_INIT("1.2.840.10008.5.1.4.1.1.2"),
					  HR_STR_INIT("1.2.840.10008.5.1.4.1.1.2"),
					  HR_STR_INIT("1.2.840.10008.5.1.4.1.1.4") };
	struct fixture f = fixture_archive();
	bool present[] = { false, true, true };

	HR_ASSERT_OK(hr_film_have(f.store, uids, classes, 3, present, &f.err), f.err);
	CU_ASSERT_TRUE(present[0]);
	CU_ASSERT_FALSE(present[1]);
	CU_ASSERT_FALSE(present[2]);
	close_fixture(&f);
}

/* --- many at once --- */

enum { WRITERS = 4, EACH = 50 };

struct writer {
	struct fixture *f;
	int number;
	size_t acknowledged;
};

/* All add to the same studies. */
static void *write_films(void *context)
{
	struct writer *w = context;
	HR_AUTO(hr_arena) arena = hr_test_arena();

	for (int i = 0; i < EACH; i++) {
		hr_test_film film = { 1 + i % 5, 1 + i % 3, 1 + w->number * EACH + i,
				      .patient_id = "100" };
		hr_film_facts facts = hr_test_film_facts(arena, &film);
		hr_object object = hr_test_film_object((unsigned)(w->number * EACH + i));
		hr_film_put done;
		hr_error err;

		w->acknowledged += hr_film_put_instance(w->f->store, &w->f->node, &w->f->source,
							&facts, &object, &done, &err) &&
				   done == HR_FILM_NEW;
	}
	return NULL;
}

static void test_film_put__four_writers__all_that_is_acknowledged_is_there(void)
{
	struct fixture f = fixture_open();
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	struct asked asked = { .scope = NULL };
	size_t acknowledged = 0;
	const hr_json *root;
	long counted = 0;

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ &f, i, 0 };
		if (pthread_create(&threads[i], NULL, write_films, &writers[i]) != 0)
			abort();
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		acknowledged += writers[i].acknowledged;
	}
	CU_ASSERT_EQUAL(acknowledged, WRITERS * EACH);
	search(&f, HR_FILM_INSTANCE, "limit=1000", &asked);
	CU_ASSERT_EQUAL(asked.page.count, WRITERS * EACH);
	root = search(&f, HR_FILM_STUDY, "", &asked);
	CU_ASSERT_EQUAL(asked.page.count, 5);
	for (const hr_json *o = root->first; o; o = o->next)
		counted += strtol(value_of(o, "00201208").data, NULL, 10);
	CU_ASSERT_EQUAL(counted, WRITERS * EACH);
	close_fixture(&f);
}

/* --- the audit --- */

static bool check_audit(hr_tx *tx, void *context, hr_error *err)
{
	struct fixture *f = context;
	int64_t count;

	if (!hr_audit_check(tx, &f->node, &count, err))
		return false;
	f->objects = (unsigned)count;
	return true;
}

static void test_film_put__audit__tells_who_began_and_who_went_on(void)
{
	struct fixture f = fixture_open();

	put(&f, (hr_test_film){ 1, 1, 1, .patient_id = "100" });
	put(&f, (hr_test_film){ 1, 1, 2, .patient_id = "100" });
	f.source.actor = HR_STR("command");
	put(&f, (hr_test_film){ 1, 1, 3, .patient_id = "100" });
	put(&f, (hr_test_film){ 1, 1, 4, .patient_id = "100" });
	put(&f, (hr_test_film){ 1, 2, 1, .patient_id = "100" });
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &f, &f.err), f.err);
	CU_ASSERT_EQUAL(f.objects, 3);
	close_fixture(&f);
}

/* --- what is done to a study --- */

static hr_film_act_of act_of(const char *reason)
{
	return (hr_film_act_of){ HR_STR("command"), hr_str_of(reason), { 1790000000 } };
}

static hr_film_study study_of(struct fixture *f, const char *uid)
{
	hr_film_study study = { .generation = -1 };

	HR_ASSERT_OK(hr_film_study_get(f->store, hr_str_of(uid), f->arena, &study, &f->err),
		     f->err);
	return study;
}

static void test_film_state__publish_and_withdraw(void)
{
	struct fixture f = fixture_archive();
	hr_film_act_of act = act_of("released by the doctor");
	hr_film_act_of none = act_of(" ");

	CU_ASSERT_EQUAL(study_of(&f, "1.2.3.1").state, HR_FILM_HELD);
	CU_ASSERT_FALSE(hr_film_set_state(f.store, &f.node, &none, HR_STR("1.2.3.1"),
					  HR_FILM_PUBLISHED, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_USAGE);
	CU_ASSERT_FALSE(hr_film_set_state(f.store, &f.node, &act, HR_STR("1.2.3.9"),
					  HR_FILM_PUBLISHED, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_NOT_FOUND);
	HR_ASSERT_OK(hr_film_set_state(f.store, &f.node, &act, HR_STR("1.2.3.1"), HR_FILM_PUBLISHED,
				       &f.err),
		     f.err);
	CU_ASSERT_EQUAL(study_of(&f, "1.2.3.1").state, HR_FILM_PUBLISHED);
	CU_ASSERT_EQUAL(study_of(&f, "1.2.3.1").generation, 0);
	HR_ASSERT_OK(hr_film_set_state(f.store, &f.node, &act, HR_STR("1.2.3.1"), HR_FILM_WITHDRAWN,
				       &f.err),
		     f.err);
	CU_ASSERT_EQUAL(study_of(&f, "1.2.3.1").state, HR_FILM_WITHDRAWN);
	CU_ASSERT_EQUAL(study_of(&f, "1.2.3.1").generation, 1);
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &f, &f.err), f.err);
	/* Six series came, two acts were done. */
	CU_ASSERT_EQUAL(f.objects, 8);
	close_fixture(&f);
}

static hr_str unmatched_of(struct fixture *f)
{
	hr_film_study *list = NULL;
	size_t count = 0;
	hr_buf uids;

	hr_buf_init(&uids, f->arena, 1000);
	HR_ASSERT_OK(hr_film_list_unmatched(f->store, 100, f->arena, &list, &count, &f->err),
		     f->err);
	for (size_t i = 0; i < count; i++) {
		if (i)
			HR_BUF_ADD(&uids, " ");
		hr_buf_add(&uids, hr_str_slice(list[i].uid, 6, list[i].uid.len));
	}
	return hr_buf_str(&uids);
}

static void test_film_match__ties_what_is_here_and_what_comes(void)
{
	const hr_patient_id person = { .id = HR_STR("11010519491231002X") };
	const hr_patient_id other = { .id = HR_STR("P1"), .issuer = HR_STR("X") };
	struct fixture f = fixture_archive();
	hr_film_act_of act = act_of("feed");
	hr_film_identity row = { .issuer = hospital, .id = HR_STR("100"), .person = &person };
	size_t moved = 9;

	HR_ASSERT_TEXT(unmatched_of(&f), "2 3 1 4 5");
	HR_ASSERT_OK(hr_film_tie(f.store, &f.node, &act, &row, &moved, &f.err), f.err);
	CU_ASSERT_EQUAL(moved, 2);
	HR_ASSERT_TEXT(unmatched_of(&f), "2 3 5");
	HR_ASSERT_OK(hr_film_tie(f.store, &f.node, &act, &row, &moved, &f.err), f.err);
	CU_ASSERT_EQUAL(moved, 0);
	/* The object that comes names the number of the hospital, still. */
	put(&f, (hr_test_film){ 1, 1, 2, .patient_id = "100", .date = "20260101" });
	put(&f, (hr_test_film){ 6, 1, 1, .patient_id = "100", .date = "20260105" });
	HR_ASSERT_TEXT(unmatched_of(&f), "2 3 5");
	assert_found(&f, HR_FILM_STUDY, "PatientID=100", "6 1 4");
	assert_found(&f, HR_FILM_INSTANCE, "PatientID=100", "6.1.1 1.1.1 1.1.2 1.2.1 4.1.1");
	row.person = &other;
	CU_ASSERT_FALSE(hr_film_tie(f.store, &f.node, &act, &row, &moved, &f.err));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	/* Of one order of a number that stands for two. */
	row = (hr_film_identity){ hospital, HR_STR("200"), HR_STR("A2"), &other };
	HR_ASSERT_OK(hr_film_tie(f.store, &f.node, &act, &row, &moved, &f.err), f.err);
	CU_ASSERT_EQUAL(moved, 1);
	HR_ASSERT_TEXT(unmatched_of(&f), "3 5");
	close_fixture(&f);
}

static void test_film_move__study_is_whole_at_the_other_patient(void)
{
	const hr_patient_id person = { .id = HR_STR("300"), .issuer = hospital };
	struct fixture f = fixture_archive();
	hr_film_act_of act = act_of("wrong patient");
	struct asked asked = { .scope = NULL };
	hr_film_instance *list;
	size_t count;

	HR_ASSERT_OK(hr_film_move(f.store, &f.node, &act, HR_STR("1.2.3.1"), &person, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(study_of(&f, "1.2.3.1").generation, 1);
	CU_ASSERT_TRUE(study_of(&f, "1.2.3.1").matched);
	assert_found(&f, HR_FILM_STUDY, "", "2 3 1 4 5");
	assert_found(&f, HR_FILM_STUDY, "PatientName=张建国", "1 4");
	HR_ASSERT_TEXT(found(&f, HR_FILM_INSTANCE, "StudyInstanceUID=1.2.3.1", &asked),
		       "1.1.1 1.2.1");
	HR_ASSERT_OK(hr_film_instances(f.store, HR_STR("1.2.3.1"), HR_STR_NONE, HR_STR_NONE, NULL,
				       HR_FILM_WITH_METADATA, f.arena, &list, &count, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(count, 2);
	/* What still comes of it goes where it is. */
	put(&f, (hr_test_film){ 1, 1, 2, .patient_id = "100", .date = "20260101" });
	assert_found(&f, HR_FILM_INSTANCE, "StudyInstanceUID=1.2.3.1", "1.1.1 1.1.2 1.2.1");
	close_fixture(&f);
}

static bool count_object(void *context, const hr_object *object, hr_error *err)
{
	(void)object;
	(void)err;
	++*(size_t *)context;
	return true;
}

static size_t objects_of(struct fixture *f)
{
	size_t count = 0;

	HR_ASSERT_OK(hr_film_walk(f->store, count_object, &count, &f->err), f->err);
	return count;
}

static void test_film_remove__only_when_it_may_be(void)
{
	static const struct {
		int64_t keep_s;
		int64_t later_s;
		const char *ground;
		bool removed;
	} cases[] = {
		{ 0, 1000000000, "", false }, { 100, 99, "", false },
		{ 100, 100, "", true },	      { 100, 0, "个人信息保护法 47", true },
		{ 0, 0, " ", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture f = fixture_archive();
		hr_film_act_of act = act_of("asked for");
		hr_film_removal removal = { HR_STR("1.2.3.1"), hr_str_of(cases[i].ground),
					    cases[i].keep_s };
		hr_object first = hr_test_film_object(1);
		size_t told = 0;
		bool known = false;
		bool ok;

		act.at.second += cases[i].later_s;
		ok = hr_film_remove(f.store, &f.node, &act, &removal, count_object, &told, &f.err);
		CU_ASSERT_EQUAL(ok, cases[i].removed);
		if (!ok)
			CU_ASSERT_EQUAL(f.err.code, HR_E_RULE);
		CU_ASSERT_EQUAL(told, ok ? 2 : 0);
		CU_ASSERT_EQUAL(objects_of(&f), ok ? 4 : 6);
		HR_ASSERT_OK(hr_film_knows(f.store, &first, &known, &f.err), f.err);
		CU_ASSERT_EQUAL(known, !ok);
		assert_found(&f, HR_FILM_STUDY, "", ok ? "2 3 4 5" : "2 3 1 4 5");
		assert_found(&f, HR_FILM_STUDY, "ModalitiesInStudy=SR", ok ? "" : "1");
		close_fixture(&f);
	}
}

/* --- earlier versions --- */

static bool add_old_study(hr_tx *tx, void *context, hr_error *err)
{
	static const hr_sql study =
		HR_SQL("INSERT INTO film_study VALUES ($1, 1, '1.2.3.7', 99999999, $1, '', '', '', "
		       "'', '', '', '', '', '', '', '', '', '', '', 0, 0, 0, 0)",
		       "b");
	static const hr_sql text = HR_SQL("INSERT INTO film_text VALUES ($1, 1, 0, '', '')", "b");
	const hr_sql_value key = hr_sql_bytes(HR_STR("0123456789abcdef0123456789abcdef"));

	(void)context;
	return hr_tx_run(tx, &study, HR_VALUES(key), err) &&
	       hr_tx_run(tx, &text, HR_VALUES(key), err);
}

static void test_film_room__every_earlier_version__is_brought_to_the_newest(void)
{
	for (size_t version = 1; version <= hr_film_room.step_count; version++) {
		struct fixture f = { .arena = hr_test_arena() };
		hr_room room = hr_film_room;
		hr_store_options options = { .who = "test", .rooms = &room, .room_count = 1 };

		options.url =
			server ? hr_test_postgres_url(server, f.arena) : hr_test_film_url(f.arena);
		room.step_count = version;
		HR_ASSERT_OK(hr_store_open(&options, &f.store, &f.err), f.err);
		if (version == 1)
			HR_ASSERT_OK(hr_store_write(f.store, add_old_study, NULL, &f.err), f.err);
		hr_store_close(f.store);
		f.store = hr_test_film_store(options.url, &f.node);
		if (version == 1) {
			CU_ASSERT_EQUAL(study_of(&f, "1.2.3.7").state, HR_FILM_HELD);
			HR_ASSERT_TEXT(unmatched_of(&f), "7");
		}
		put(&f, archive[0]);
		assert_found(&f, HR_FILM_STUDY, "PatientID=100", "1");
		close_fixture(&f);
	}
}

/* --- what a report may be of --- */

/* The studies found, without the front of their UIDs. */
static hr_str leads_to(struct fixture *f, const hr_film_leads *leads, const hr_film_scope *scope,
		       bool *more)
{
	hr_film_found *list = NULL;
	size_t count = 0;
	hr_buf out;

	hr_buf_init(&out, f->arena, 1000);
	HR_ASSERT_OK(
		hr_film_find_leads(f->store, leads, scope, f->arena, &list, &count, more, &f->err),
		f->err);
	for (size_t i = 0; i < count; i++) {
		if (i)
			HR_BUF_ADD(&out, " ");
		hr_buf_add(&out, hr_str_slice(list[i].study.uid, 6, list[i].study.uid.len));
	}
	return hr_buf_str(&out);
}

static void test_film_leads__by_uid_and_by_number__the_newest_first(void)
{
	struct fixture f = fixture_open();
	const hr_str seen[] = { HR_STR("1.2.3.2") };
	const hr_film_scope scope = { .study_uids = seen, .count = 1 };
	const hr_film_leads none = { .study_count = 0 };
	const hr_film_leads leads = {
		.study_uids = { HR_STR("1.2.3.1"), HR_STR("1.2.3.9") },
		.study_count = 2,
		.numbers = { HR_STR("A1"), HR_STR("A9"), HR_STR(" A2 ") },
		.number_count = 3,
	};
	bool more = true;

	put(&f,
	    (hr_test_film){ 1, 1, 1, .patient_id = "1", .date = "20260101", .accession = "A1" });
	put(&f,
	    (hr_test_film){ 2, 1, 1, .patient_id = "2", .date = "20260105", .accession = "A1" });
	put(&f,
	    (hr_test_film){ 3, 1, 1, .patient_id = "3", .date = "20260103", .accession = "A2" });
	HR_ASSERT_TEXT(leads_to(&f, &none, NULL, &more), "");
	CU_ASSERT_FALSE(more);
	HR_ASSERT_TEXT(leads_to(&f, &leads, NULL, &more), "1 2 3");
	CU_ASSERT_FALSE(more);
	HR_ASSERT_TEXT(leads_to(&f, &leads, &scope, &more), "2");
	close_fixture(&f);
}

static void test_film_leads__number_of_many__is_cut_and_said(void)
{
	struct fixture f = fixture_open();
	const hr_film_leads leads = { .numbers = { HR_STR("A1") }, .number_count = 1 };
	bool more = true;

	for (int i = 1; i <= HR_FILM_FOUND_MAX; i++)
		put(&f, (hr_test_film){ i, 1, 1, .patient_id = "1", .accession = "A1" });
	HR_ASSERT_TEXT(leads_to(&f, &leads, NULL, &more), "1 2 3 4 5 6 7 8");
	CU_ASSERT_FALSE(more);
	put(&f, (hr_test_film){ 9, 1, 1, .patient_id = "1", .accession = "A1" });
	HR_ASSERT_TEXT(leads_to(&f, &leads, NULL, &more), "1 2 3 4 5 6 7 8");
	CU_ASSERT_TRUE(more);
	close_fixture(&f);
}

static void test_film_leads__tell_whose_the_study_is(void)
{
	struct fixture f = fixture_open();
	const hr_film_leads leads = { .study_uids = { HR_STR("1.2.3.1") }, .study_count = 1 };
	const hr_patient_id stated = { .issuer = hospital, .id = HR_STR("100") };
	hr_film_found *list = NULL;
	hr_patient_key key;
	size_t count = 0;
	bool more;

	put(&f, (hr_test_film){ 1, 1, 1, .patient_id = "100", .name = "Zhang^Jianguo=张^建国",
				.birth_date = "19570102", .sex = "M", .institution = "示范医院" });
	HR_ASSERT_OK(
		hr_film_find_leads(f.store, &leads, NULL, f.arena, &list, &count, &more, &f.err),
		f.err);
	HR_ASSERT_OK(hr_patient_key_make(&f.node, &stated, &key, &f.err), f.err);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_TRUE(hr_digest_equal(&key.digest, &list[0].patient));
	HR_ASSERT_TEXT(list[0].study.patient_name, "Zhang^Jianguo=张^建国");
	HR_ASSERT_TEXT(list[0].study.birth_date, "19570102");
	HR_ASSERT_TEXT(list[0].study.sex, "M");
	HR_ASSERT_TEXT(list[0].study.institution_name, "示范医院");
	HR_ASSERT_TEXT(list[0].study.institution, "121200004013592640");
	CU_ASSERT_FALSE(list[0].study.is_elsewhere);
	CU_ASSERT_EQUAL(list[0].study.instance_count, 1);
	close_fixture(&f);
}

/* --- what a patient lists --- */

/* The studies without the front of their UIDs. */
static hr_str mine(struct fixture *f, const hr_patient_key *key, size_t skip, size_t limit,
		   bool *more)
{
	hr_film_mine *list = NULL;
	size_t count = 0;
	hr_buf out;

	hr_buf_init(&out, f->arena, 1000);
	HR_ASSERT_OK(hr_film_list_mine(f->store, key, skip, limit, f->arena, &list, &count, more,
				       &f->err),
		     f->err);
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&out, "%s%.*s %.*s %.*s %.*s %.*s %d %d", i ? ", " : "",
			    HR_STR_ARG(hr_str_slice(list[i].uid, 6, list[i].uid.len)),
			    HR_STR_ARG(list[i].study_date), HR_STR_ARG(list[i].modalities),
			    HR_STR_ARG(list[i].institution), HR_STR_ARG(list[i].accession_number),
			    (int)list[i].series_count, (int)list[i].instance_count);
	return hr_buf_str(&out);
}

static void test_film_mine__what_is_published__newest_first_by_pages(void)
{
	struct fixture f = fixture_archive();
	hr_patient_id person = { .issuer = hospital, .id = HR_STR("100") };
	hr_patient_key key;
	bool more = true;

	HR_ASSERT_OK(hr_patient_key_make(&f.node, &person, &key, &f.err), f.err);
	HR_ASSERT_TEXT(mine(&f, &key, 0, 10, &more), "");
	CU_ASSERT_FALSE(more);
	set_state(&f, "1.2.3.1", HR_FILM_PUBLISHED);
	set_state(&f, "1.2.3.2", HR_FILM_PUBLISHED);
	set_state(&f, "1.2.3.4", HR_FILM_PUBLISHED);
	HR_ASSERT_TEXT(mine(&f, &key, 0, 1, &more), "1 20260101 CT\\SR 121200004013592640 A1 2 2");
	CU_ASSERT_TRUE(more);
	HR_ASSERT_TEXT(mine(&f, &key, 1, 1, &more), "4 20251231 DX 121200004013592640 A10 1 1");
	CU_ASSERT_FALSE(more);
	set_state(&f, "1.2.3.1", HR_FILM_WITHDRAWN);
	HR_ASSERT_TEXT(mine(&f, &key, 0, 10, &more), "4 20251231 DX 121200004013592640 A10 1 1");
	CU_ASSERT_FALSE(more);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_film_put__same_object_again__is_had),
	HR_TEST(test_film_put__study_of_another_patient__is_refused),
	HR_TEST(test_film_put__same_number_without_issuer__is_not_the_same_patient),
	HR_TEST(test_film_put__members_that_are_no_json__are_refused),
	HR_TEST(test_film_put__four_writers__all_that_is_acknowledged_is_there),
	HR_TEST(test_film_put__audit__tells_who_began_and_who_went_on),
	HR_TEST(test_film_search__studies__by_every_condition),
	HR_TEST(test_film_search__names),
	HR_TEST(test_film_search__series_and_instances),
	HR_TEST(test_film_search__instances__are_in_the_order_of_their_numbers),
	HR_TEST(test_film_search__answer__has_what_its_level_tells),
	HR_TEST(test_film_search__answer__counts_and_addresses),
	HR_TEST(test_film_search__pages__are_the_whole),
	HR_TEST(test_film_scope__of_one_study__shows_no_other),
	HR_TEST(test_film_scope__of_images_or_documents__counts_no_others),
	HR_TEST(test_film_scope__of_a_patient__shows_what_is_published_of_him),
	HR_TEST(test_film_instances__of_a_study_a_series_or_one),
	HR_TEST(test_film_instances__bring_what_was_asked_for),
	HR_TEST(test_film_have__tells_each),
	HR_TEST(test_film_state__publish_and_withdraw),
	HR_TEST(test_film_match__ties_what_is_here_and_what_comes),
	HR_TEST(test_film_move__study_is_whole_at_the_other_patient),
	HR_TEST(test_film_remove__only_when_it_may_be),
	HR_TEST(test_film_leads__by_uid_and_by_number__the_newest_first),
	HR_TEST(test_film_leads__number_of_many__is_cut_and_said),
	HR_TEST(test_film_leads__tell_whose_the_study_is),
	HR_TEST(test_film_room__every_earlier_version__is_brought_to_the_newest),
	HR_TEST(test_film_mine__what_is_published__newest_first_by_pages),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("film book", tests, sizeof(tests) / sizeof(tests[0]));
}
