#include "share_fixture.h"

#include "dicom/film_state_book.h"
#include "service/data_book.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

static const hr_str hospital = HR_STR_INIT("121200004013592640");

static void fail(const char *what, const hr_error *err)
{
	fprintf(stderr, "cannot %s: %s\n", what, err->message);
	exit(EXIT_FAILURE);
}

static const char *key_path(hr_arena *arena)
{
	hr_buf path;

	hr_buf_init(&path, arena, 4000);
	hr_buf_addf(&path, "%s/node.key", hr_test_folder(arena));
	return path.data;
}

static void put(hr_test_shares *t, const hr_test_film *film)
{
	const hr_film_source source = { HR_STR("AE:CT01"), hospital, t->now };
	const hr_film_facts facts = hr_test_film_facts(t->arena, film);
	const hr_object object = hr_test_film_object((unsigned)film->study);
	hr_film_put done;

	if (!hr_film_put_instance(t->films->store, t->films->node, &source, &facts, &object, &done,
				  &t->err))
		fail("put a film", &t->err);
}

void hr_test_shares_set_state(hr_test_shares *t, int study, hr_film_state state)
{
	const hr_film_act_of act = { HR_STR("test"), HR_STR("because"), t->now };

	if (!hr_film_set_state(t->films->store, t->films->node, &act,
			       hr_test_film_uid(t->arena, study, 0, 0), state, &t->err))
		fail("publish a film", &t->err);
}

hr_test_shares hr_test_shares_open(hr_test_postgres *server)
{
	static const hr_test_film films[] = {
		{ 1, 1, 1, .patient_id = "100", .birth_date = "19570102", .date = "20260101" },
		{ 2, 1, 1, .patient_id = "100", .birth_date = "19570102", .date = "20260102" },
		{ 3, 1, 1, .patient_id = "200", .birth_date = "20200102", .date = "20260103" },
		{ 4, 1, 1, .patient_id = "100", .birth_date = "19570102", .date = "20260104" },
	};
	hr_test_shares t = { .arena = hr_test_arena(), .now = { TEST_SHARE_NOW } };
	const hr_data_options options = {
		.url = server ? hr_test_postgres_url(server, t.arena) : hr_test_film_url(t.arena),
		.key = key_path(t.arena),
		.who = "test",
	};

	t.films = HR_NEW(t.arena, hr_films);
	if (!hr_kdf_gate_init(&t.films->passcodes))
		exit(EXIT_FAILURE);
	t.films->passcodes.log2_n = 4; /* not what is tested here */
	if (!hr_data_open(&options, t.arena, &t.films->store, &t.films->node, &t.err))
		fail("open the store", &t.err);
	for (size_t i = 0; i < sizeof(films) / sizeof(films[0]); i++)
		put(&t, &films[i]);
	for (int study = 1; study <= 3; study++)
		hr_test_shares_set_state(&t, study, HR_FILM_PUBLISHED);
	return t;
}

void hr_test_shares_close(hr_test_shares *t)
{
	hr_data_close(t->films->store);
	hr_kdf_gate_dispose(&t->films->passcodes);
	hr_arena_close(t->arena);
}

hr_share_wish hr_test_shares_wish(hr_test_shares *t)
{
	hr_str *uids = HR_NEW_N(t->arena, hr_str, 1);

	uids[0] = hr_test_film_uid(t->arena, 1, 0, 0);
	return (hr_share_wish){
		.study_uids = uids,
		.study_count = 1,
		.rights = HR_SHARE_VIEW,
		.expires_at = { t->now.second + HR_DAY_S },
		.recipient_kind = HR_RECIPIENT_INSTITUTION,
		.recipient = HR_STR("121100004000000014"),
		.purpose = HR_STR("outpatient"),
		.actor = HR_STR("patient"),
	};
}

hr_patient_key hr_test_shares_patient(hr_test_shares *t, const char *number)
{
	const hr_patient_id id = { HR_STR_NONE, hospital, hr_str_of(number) };
	hr_patient_key key = { 0 };

	if (!hr_patient_key_make(t->films->node, &id, &key, &t->err))
		fail("make a patient's key", &t->err);
	return key;
}
