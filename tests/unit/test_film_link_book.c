/*
 * film_link_book.h, the same tests for both engines: `test_film_link_book` for
 * SQLite, `test_film_link_book postgresql` for a server that is started here.
 */
#include "dicom/film_link_book.h"

#include "dicom/film_publish_book.h"
#include "dicom/film_state_book.h"
#include "dicom/film_walk_book.h"
#include "dicom/image_index.h"
#include "film_fixture.h"
#include "pg_server.h"
#include "testing.h"

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

#define ADDRESS HR_STR("https://pacs.example.cn/dicom-web/studies/1.2.3.1/series/1.2.3.1.1")

static hr_test_postgres *server; /* NULL: SQLite */

struct fixture {
	hr_arena *arena;
	hr_store *store;
	hr_node_key node;
	hr_film_source source;
	hr_error err;
};

static struct fixture fixture_open(void)
{
	struct fixture f = { .arena = hr_test_arena(),
			     .source = { .actor = HR_STR("HOSPITAL-A"),
					 .institution = HR_STR("121200004013592640"),
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

static hr_film_facts facts_of(struct fixture *f, int study, int series, int instance,
			      const char *patient)
{
	const hr_test_film film = { study, series, instance, .patient_id = patient };

	return hr_test_film_facts(f->arena, &film);
}

/* Instances 1 to `count` of a series. */
static bool link_series(struct fixture *f, int study, int series, int count, const char *patient,
			hr_str address, hr_film_availability availability, int64_t *fresh)
{
	hr_film_facts facts[10];
	const hr_film_link link = { facts, (size_t)count, address, availability };
	hr_film_linked linked = { -1 };
	bool ok;

	for (int i = 0; i < count; i++)
		facts[i] = facts_of(f, study, series, i + 1, patient);
	ok = hr_film_put_links(f->store, &f->node, &f->source, &link, 1, &linked, &f->err);
	*fresh = linked.fresh;
	return ok;
}

static void link_first(struct fixture *f)
{
	int64_t fresh;

	HR_ASSERT_OK(link_series(f, 1, 1, 3, "100", ADDRESS, HR_FILM_NEARLINE, &fresh), f->err);
	CU_ASSERT_EQUAL(fresh, 3);
}

static hr_film_put bring(struct fixture *f, hr_film_facts facts, unsigned bytes)
{
	hr_object object = hr_test_film_object(bytes);
	hr_film_put put = HR_FILM_DIFFERENT;

	HR_ASSERT_OK(hr_film_put_instance(f->store, &f->node, &f->source, &facts, &object, &put,
					  &f->err),
		     f->err);
	return put;
}

static hr_str search(struct fixture *f, hr_film_level level)
{
	const hr_film_query query = { .level = level, .limit = 100 };
	hr_film_page page;
	hr_buf out;

	hr_buf_init(&out, f->arena, 1 << 20);
	HR_ASSERT_OK(hr_film_search(f->store, &query, NULL, HR_STR("https://h/dicom-web"), &out,
				    &page, &f->err),
		     f->err);
	return hr_buf_str(&out);
}

static size_t count_of(hr_str text, hr_str word)
{
	size_t count = 0;
	size_t at;

	while ((at = hr_str_find(text, word)) < text.len) {
		text = hr_str_slice(text, at + word.len, text.len);
		count++;
	}
	return count;
}

/* "ON NEAR NEAR": of each instance, in the order of a search. */
static hr_str availability_of(struct fixture *f, hr_str study)
{
	static const char *const words[] = { "on", "near", "off", "un" };
	hr_film_instance *list = NULL;
	size_t count = 0;
	hr_buf out;

	hr_buf_init(&out, f->arena, 1000);
	HR_ASSERT_OK(hr_film_instances(f->store, study, HR_STR_NONE, HR_STR_NONE, NULL,
				       HR_FILM_WITH_METADATA, f->arena, &list, &count, &f->err),
		     f->err);
	for (size_t i = 0; i < count; i++)
		hr_buf_addf(&out, "%s%s", i ? " " : "", words[list[i].availability]);
	return hr_buf_str(&out);
}

static hr_film_study study_of(struct fixture *f, hr_str uid)
{
	hr_film_study study = { .instance_count = -1 };

	HR_ASSERT_OK(hr_film_study_get(f->store, uid, f->arena, &study, &f->err), f->err);
	return study;
}

static bool have(struct fixture *f, hr_str uid)
{
	const hr_str ct = HR_STR("1.2.840.10008.5.1.4.1.1.2");
	bool present = false;

	HR_ASSERT_OK(hr_film_have(f->store, &uid, &ct, 1, &present, &f->err), f->err);
	return present;
}

/* --- what a manifest tells --- */

static void test_film_links__of_a_manifest__are_found_and_fetched(void)
{
	struct fixture f = fixture_open();
	hr_film_instance *one = NULL;
	size_t count = 0;
	hr_str found;

	link_first(&f);
	found = search(&f, HR_FILM_STUDY);
	CU_ASSERT_EQUAL(count_of(found, HR_STR("\"NEARLINE\"")), 1);
	CU_ASSERT_EQUAL(count_of(found, HR_STR("\"https://h/dicom-web/studies/1.2.3.1\"")), 1);
	found = search(&f, HR_FILM_INSTANCE);
	CU_ASSERT_EQUAL(
		count_of(found, HR_STR("\"00080056\":{\"vr\":\"CS\",\"Value\":[\"NEARLINE\"]}")),
		3);
	CU_ASSERT_EQUAL(count_of(found, HR_STR("pacs.example.cn")), 0);
	CU_ASSERT_EQUAL(study_of(&f, HR_STR("1.2.3.1")).instance_count, 3);
	HR_ASSERT_OK(hr_film_instances(f.store, HR_STR("1.2.3.1"), HR_STR("1.2.3.1.1"),
				       HR_STR("1.2.3.1.1.2"), NULL, HR_FILM_WITH_FRAMES, f.arena,
				       &one, &count, &f.err),
		     f.err);
	hr_test_equal(one->address, ADDRESS, __FILE__, __LINE__);
	CU_ASSERT_EQUAL(one->availability, HR_FILM_NEARLINE);
	CU_ASSERT_EQUAL(one->frames.len, 0);
	/* Nobody may delete his film because we know where it is. */
	CU_ASSERT_FALSE(have(&f, HR_STR("1.2.3.1.1.2")));
	close_fixture(&f);
}

static void test_film_links__told_again__are_not_counted_twice(void)
{
	struct fixture f = fixture_open();
	int64_t fresh;

	link_first(&f);
	HR_ASSERT_OK(link_series(&f, 1, 1, 4, "100", ADDRESS, HR_FILM_NEARLINE, &fresh), f.err);
	CU_ASSERT_EQUAL(fresh, 1);
	HR_ASSERT_OK(link_series(&f, 1, 2, 1, "100", HR_STR_NONE, HR_FILM_OFFLINE, &fresh), f.err);
	CU_ASSERT_EQUAL(fresh, 1);
	CU_ASSERT_EQUAL(study_of(&f, HR_STR("1.2.3.1")).instance_count, 5);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.1")), "near near near near off");
	/* Of a study the worst is told. */
	CU_ASSERT_EQUAL(count_of(search(&f, HR_FILM_STUDY), HR_STR("\"OFFLINE\"")), 1);
	close_fixture(&f);
}

static void test_film_links__of_another_patient__are_refused(void)
{
	struct fixture f = fixture_open();
	int64_t fresh;

	link_first(&f);
	CU_ASSERT_FALSE(link_series(&f, 1, 2, 1, "200", ADDRESS, HR_FILM_NEARLINE, &fresh));
	CU_ASSERT_EQUAL(f.err.code, HR_E_CONFLICT);
	CU_ASSERT_EQUAL(study_of(&f, HR_STR("1.2.3.1")).instance_count, 3);
	close_fixture(&f);
}

/* --- bytes --- */

static void test_film_put__of_what_a_manifest_told__becomes_ours(void)
{
	struct fixture f = fixture_open();
	int64_t fresh;

	link_first(&f);
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 2, "100"), 2), HR_FILM_NEW);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.1")), "near on near");
	CU_ASSERT_TRUE(have(&f, HR_STR("1.2.3.1.1.2")));
	CU_ASSERT_EQUAL(study_of(&f, HR_STR("1.2.3.1")).instance_count, 3);
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 1, "100"), 1), HR_FILM_NEW);
	CU_ASSERT_EQUAL(count_of(search(&f, HR_FILM_STUDY), HR_STR("\"NEARLINE\"")), 1);
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 3, "100"), 3), HR_FILM_NEW);
	CU_ASSERT_EQUAL(count_of(search(&f, HR_FILM_STUDY), HR_STR("\"ONLINE\"")), 1);
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 3, "100"), 3), HR_FILM_HAD);
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 3, "100"), 4), HR_FILM_DIFFERENT);
	/* A manifest never takes the place of what is here. */
	HR_ASSERT_OK(link_series(&f, 1, 1, 4, "100", ADDRESS, HR_FILM_NEARLINE, &fresh), f.err);
	CU_ASSERT_EQUAL(fresh, 1);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.1")), "on on on near");
	close_fixture(&f);
}

static void test_film_put__told_of_another_study__stands_where_it_belongs(void)
{
	struct fixture f = fixture_open();
	hr_film_facts facts = facts_of(&f, 2, 1, 1, "200");
	hr_film_facts told = facts_of(&f, 1, 1, 1, "100");
	const hr_film_link link = { &told, 1, ADDRESS, HR_FILM_NEARLINE };
	hr_film_linked linked;

	told.instance_uid = facts.instance_uid;
	HR_ASSERT_OK(hr_film_put_links(f.store, &f.node, &f.source, &link, 1, &linked, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(bring(&f, facts, 1), HR_FILM_NEW);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.2")), "on");
	CU_ASSERT_EQUAL(study_of(&f, HR_STR("1.2.3.1")).instance_count, 0);
	CU_ASSERT_EQUAL(study_of(&f, HR_STR("1.2.3.2")).instance_count, 1);
	close_fixture(&f);
}

/* --- addresses --- */

static void test_film_links__another_actor__does_not_move_the_address(void)
{
	struct fixture f = fixture_open();
	const hr_str other = HR_STR("https://else.example.cn/studies/1.2.3.1/series/1.2.3.1.1");
	hr_film_instance *list = NULL;
	size_t count = 0;
	int64_t fresh;

	link_first(&f);
	f.source.actor = HR_STR("HOSPITAL-B");
	HR_ASSERT_OK(link_series(&f, 1, 1, 3, "100", other, HR_FILM_NEARLINE, &fresh), f.err);
	HR_ASSERT_OK(hr_film_instances(f.store, HR_STR("1.2.3.1"), HR_STR_NONE, HR_STR_NONE, NULL,
				       0, f.arena, &list, &count, &f.err),
		     f.err);
	hr_test_equal(list->address, ADDRESS, __FILE__, __LINE__);
	/* Who told it may take it back; then it is free. */
	f.source.actor = HR_STR("HOSPITAL-A");
	HR_ASSERT_OK(link_series(&f, 1, 1, 3, "100", HR_STR_NONE, HR_FILM_UNAVAILABLE, &fresh),
		     f.err);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.1")), "un un un");
	f.source.actor = HR_STR("HOSPITAL-B");
	HR_ASSERT_OK(link_series(&f, 1, 1, 3, "100", other, HR_FILM_NEARLINE, &fresh), f.err);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.1")), "near near near");
	close_fixture(&f);
}

/* --- what holds for all studies --- */

static bool count_object(void *context, const hr_object *object, hr_error *err)
{
	(void)object;
	(void)err;
	++*(size_t *)context;
	return true;
}

static bool check_audit(hr_tx *tx, void *context, hr_error *err)
{
	struct fixture *f = context;
	int64_t count;

	if (!hr_audit_check(tx, &f->node, &count, err))
		return false;
	f->source.at.second = count;
	return true;
}

static void test_film_links__are_published_matched_and_removed(void)
{
	const hr_patient_id person = { .id = HR_STR("11010519491231002X") };
	struct fixture f = fixture_open();
	const hr_film_act_of act = { HR_STR("command"), HR_STR("why"), { 1790000000 } };
	const hr_film_identity row = { f.source.institution, HR_STR("100"), HR_STR_NONE, &person };
	const hr_film_removal removal = { HR_STR("1.2.3.1"), HR_STR("a ground"), 0 };
	size_t count = 0;

	link_first(&f);
	HR_ASSERT_OK(hr_film_set_state(f.store, &f.node, &act, HR_STR("1.2.3.1"), HR_FILM_PUBLISHED,
				       &f.err),
		     f.err);
	HR_ASSERT_OK(hr_film_tie(f.store, &f.node, &act, &row, &count, &f.err), f.err);
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_TRUE(study_of(&f, HR_STR("1.2.3.1")).matched);
	HR_ASSERT_TEXT(availability_of(&f, HR_STR("1.2.3.1")), "near near near");
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 2, "100"), 2), HR_FILM_NEW);
	count = 0;
	HR_ASSERT_OK(hr_film_walk(f.store, count_object, &count, &f.err), f.err);
	CU_ASSERT_EQUAL(count, 1);
	count = 0;
	HR_ASSERT_OK(hr_film_remove(f.store, &f.node, &act, &removal, count_object, &count, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(count, 1);
	HR_ASSERT_TEXT(search(&f, HR_FILM_STUDY), "[]");
	/* Told, published, the number's person, matched, brought, removed. */
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &f, &f.err), f.err);
	CU_ASSERT_EQUAL(f.source.at.second, 6);
	close_fixture(&f);
}

/* --- the national image index --- */

static void test_film_image_indexes__are_kept_once(void)
{
	struct fixture f = fixture_open();
	hr_image_index indexes[2];
	int64_t fresh = -1;

	HR_ASSERT_OK(
		hr_image_index_parse(HR_STR("10000000000000000708463177-202411221430-000000000-"
					    "0000000000000-123502004266007916"),
				     &indexes[0], &f.err),
		f.err);
	indexes[1] = indexes[0];
	indexes[1].examined.second += 60;
	HR_ASSERT_OK(
		hr_film_put_image_indexes(f.store, &f.node, &f.source, indexes, 1, &fresh, &f.err),
		f.err);
	CU_ASSERT_EQUAL(fresh, 1);
	HR_ASSERT_OK(
		hr_film_put_image_indexes(f.store, &f.node, &f.source, indexes, 2, &fresh, &f.err),
		f.err);
	CU_ASSERT_EQUAL(fresh, 1);
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &f, &f.err), f.err);
	CU_ASSERT_EQUAL(f.source.at.second, 2);
	close_fixture(&f);
}

/* --- whole studies --- */

#define ROOT HR_STR("https://pacs.example.cn/dicom-web/studies/1.2.3.1")

static hr_film_published publish(struct fixture *f, hr_film_publication publication)
{
	hr_film_published result = HR_FILM_TOLD_OTHERWISE;

	HR_ASSERT_OK(
		hr_film_publish(f->store, &f->node, &f->source, &publication, 1, &result, &f->err),
		f->err);
	return result;
}

static void test_film_publish__a_study__is_there_until_its_instances_come(void)
{
	struct fixture f = fixture_open();
	hr_film_facts facts = facts_of(&f, 1, 0, 0, "100");
	hr_film_publication one = { .facts = &facts,
				    .modalities = HR_STR("CT\\SR"),
				    .address = ROOT,
				    .availability = HR_FILM_NEARLINE };
	hr_film_study study;

	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_NEW);
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_HAD);
	study = study_of(&f, facts.study_uid);
	CU_ASSERT_TRUE(study.is_elsewhere && study.state == HR_FILM_HELD);
	CU_ASSERT_EQUAL(study.instance_count, 0);
	CU_ASSERT_EQUAL(count_of(search(&f, HR_FILM_STUDY), HR_STR("\"CT\",\"SR\"")), 1);
	one.address = HR_STR_NONE;
	one.availability = HR_FILM_UNAVAILABLE;
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_CHANGED);
	one.releases = true;
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_CHANGED);
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_HAD);
	CU_ASSERT_EQUAL(study_of(&f, facts.study_uid).state, HR_FILM_PUBLISHED);
	CU_ASSERT_EQUAL(bring(&f, facts_of(&f, 1, 1, 1, "100"), 1), HR_FILM_NEW);
	study = study_of(&f, facts.study_uid);
	CU_ASSERT_TRUE(!study.is_elsewhere && study.instance_count == 1);
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_HAD);
	CU_ASSERT_FALSE(study_of(&f, facts.study_uid).is_elsewhere);
	HR_ASSERT_OK(hr_store_read(f.store, check_audit, &f, &f.err), f.err);
	/* New, changed, changed and published, brought. */
	CU_ASSERT_EQUAL(f.source.at.second, 5);
	close_fixture(&f);
}

static void test_film_publish__of_others__is_refused(void)
{
	struct fixture f = fixture_open();
	hr_film_facts facts = facts_of(&f, 1, 0, 0, "100");
	hr_film_facts other = facts_of(&f, 1, 0, 0, "200");
	hr_film_publication one = { .facts = &facts, .availability = HR_FILM_OFFLINE };
	hr_film_publication moved = { .facts = &facts,
				      .address = ROOT,
				      .availability = HR_FILM_NEARLINE };
	hr_film_publication changed = one;

	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_NEW);
	changed.facts = &other;
	CU_ASSERT_EQUAL(publish(&f, changed), HR_FILM_OF_OTHER_PATIENT);
	changed.facts = &facts;
	changed.modalities = HR_STR("MR");
	CU_ASSERT_EQUAL(publish(&f, changed), HR_FILM_TOLD_OTHERWISE);
	f.source.actor = HR_STR("HOSPITAL-B");
	CU_ASSERT_EQUAL(publish(&f, moved), HR_FILM_OF_OTHER_PUBLISHER);
	moved.overrides = true;
	CU_ASSERT_EQUAL(publish(&f, moved), HR_FILM_PUBLISHED_CHANGED);
	moved.overrides = false;
	CU_ASSERT_EQUAL(publish(&f, moved), HR_FILM_PUBLISHED_HAD);
	close_fixture(&f);
}

static void test_film_publish__what_was_withdrawn__stays_so(void)
{
	struct fixture f = fixture_open();
	const hr_film_act_of act = { HR_STR("lead"), HR_STR("wrong image"), { 1 } };
	hr_film_facts facts = facts_of(&f, 1, 0, 0, "100");
	hr_film_publication one = { .facts = &facts, .availability = HR_FILM_OFFLINE };
	hr_film_removal removal = { facts.study_uid, HR_STR("a"), 0 };
	int count = 0;

	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_NEW);
	HR_ASSERT_OK(hr_film_set_state(f.store, &f.node, &act, facts.study_uid, HR_FILM_WITHDRAWN,
				       &f.err),
		     f.err);
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_HAD);
	one.releases = true;
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_IS_WITHDRAWN);
	HR_ASSERT_OK(hr_film_remove(f.store, &f.node, &act, &removal, count_object, &count, &f.err),
		     f.err);
	CU_ASSERT_EQUAL(count, 0);
	CU_ASSERT_EQUAL(publish(&f, one), HR_FILM_PUBLISHED_NEW);
	close_fixture(&f);
}

static const hr_test tests[] = {
	HR_TEST(test_film_links__of_a_manifest__are_found_and_fetched),
	HR_TEST(test_film_links__told_again__are_not_counted_twice),
	HR_TEST(test_film_links__of_another_patient__are_refused),
	HR_TEST(test_film_put__of_what_a_manifest_told__becomes_ours),
	HR_TEST(test_film_put__told_of_another_study__stands_where_it_belongs),
	HR_TEST(test_film_links__another_actor__does_not_move_the_address),
	HR_TEST(test_film_links__are_published_matched_and_removed),
	HR_TEST(test_film_image_indexes__are_kept_once),
	HR_TEST(test_film_publish__a_study__is_there_until_its_instances_come),
	HR_TEST(test_film_publish__of_others__is_refused),
	HR_TEST(test_film_publish__what_was_withdrawn__stays_so),
};

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();

	if (!hr_test_postgres_asked(argc, argv, arena, &server))
		return 77;
	return hr_test_run("film link book", tests, sizeof(tests) / sizeof(tests[0]));
}
