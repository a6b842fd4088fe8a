#include "film_fixture.h"

#include "base/json.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>

hr_str hr_test_film_uid(hr_arena *arena, int study, int series, int instance)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 65);
	hr_buf_addf(&buf, "1.2.3.%d", study);
	if (series)
		hr_buf_addf(&buf, ".%d", series);
	if (instance)
		hr_buf_addf(&buf, ".%d", instance);
	return hr_buf_str(&buf);
}

static void add_member(hr_buf *buf, const char *tag, const char *vr, hr_str value)
{
	hr_json_writer w;

	hr_buf_addf(buf, "%s\"%s\":", buf->len ? "," : "", tag);
	hr_json_writer_init(&w, buf, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("vr"), hr_str_of(vr));
	if (value.len) {
		hr_json_name(&w, HR_STR("Value"));
		hr_json_open_array(&w);
		hr_json_string(&w, value);
		hr_json_close_array(&w);
	}
	hr_json_close_object(&w);
}

static hr_buf members(hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 4000);
	return buf;
}

static void add_study_json(hr_arena *arena, hr_film_facts *f)
{
	hr_buf shown = members(arena);
	hr_buf more = members(arena);

	add_member(&shown, "00080020", "DA", f->study_date);
	add_member(&shown, "00080050", "SH", f->accession_number);
	add_member(&shown, "00100020", "LO", f->patient_id);
	add_member(&shown, "0020000D", "UI", f->study_uid);
	add_member(&more, "00081030", "LO", f->study_description);
	f->study_json = (hr_facts_level){ hr_buf_str(&shown), hr_buf_str(&more) };
}

static void add_series_json(hr_arena *arena, hr_film_facts *f)
{
	hr_buf shown = members(arena);
	hr_buf more = members(arena);

	add_member(&shown, "00080060", "CS", f->modality);
	add_member(&shown, "0020000E", "UI", f->series_uid);
	add_member(&more, "00180015", "CS", f->body_part);
	f->series_json = (hr_facts_level){ hr_buf_str(&shown), hr_buf_str(&more) };
}

static void add_instance_json(hr_arena *arena, hr_film_facts *f)
{
	hr_buf shown = members(arena);

	add_member(&shown, "00080016", "UI", f->sop_class);
	add_member(&shown, "00080018", "UI", f->instance_uid);
	f->instance_json = (hr_facts_level){ hr_buf_str(&shown), HR_STR_NONE };
}

static hr_str number_of(hr_arena *arena, int number)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 16);
	hr_buf_add_int(&buf, number);
	return hr_buf_str(&buf);
}

hr_film_facts hr_test_film_facts(hr_arena *arena, const hr_test_film *film)
{
	hr_film_facts f = {
		.study_uid = hr_test_film_uid(arena, film->study, 0, 0),
		.series_uid = hr_test_film_uid(arena, film->study, film->series, 0),
		.instance_uid = hr_test_film_uid(arena, film->study, film->series, film->instance),
		.sop_class = HR_STR("1.2.840.10008.5.1.4.1.1.2"),
		.transfer_syntax = HR_STR("1.2.840.10008.1.2.1"),
		.patient_id = hr_str_of(film->patient_id),
		.patient_id_issuer = hr_str_of(film->issuer),
		.patient_name = hr_str_of(film->name),
		.study_date = hr_str_of(film->date),
		.study_time = hr_str_of(film->time),
		.study_description = hr_str_of(film->description),
		.accession_number = hr_str_of(film->accession),
		.patient_birth_date = hr_str_of(film->birth_date),
		.patient_sex = hr_str_of(film->sex),
		.institution = hr_str_of(film->institution),
		.modality = film->modality ? hr_str_of(film->modality) : HR_STR("CT"),
		.body_part = HR_STR("CHEST"),
		.series_number = number_of(arena, film->series),
		.instance_number = number_of(arena, film->instance),
		.rows = 512,
		.columns = 512,
		.frame_count = 1,
		.metadata = HR_STR("metadata"),
		.frames = HR_STR("frames"),
	};

	add_study_json(arena, &f);
	add_series_json(arena, &f);
	add_instance_json(arena, &f);
	return f;
}

hr_object hr_test_film_object(unsigned number)
{
	hr_object object = { .shelf = 1 + number / 10000, .size = 1000 };

	memcpy(object.digest.bytes, &number, sizeof(number));
	return object;
}

const char *hr_test_film_url(hr_arena *arena)
{
	hr_buf url;

	hr_buf_init(&url, arena, 4000);
	hr_buf_addf(&url, "sqlite:%s/huren.db", hr_test_folder(arena));
	return url.data;
}

hr_store *hr_test_film_store(const char *url, hr_node_key *node)
{
	const hr_room rooms[] = { hr_node_key_room, hr_audit_room, hr_film_room };
	const hr_store_options options = {
		.url = url, .who = "test", .rooms = rooms, .room_count = 3
	};
	hr_store *store;
	hr_error err;

	if (!hr_store_open(&options, &store, &err)) {
		fprintf(stderr, "cannot open the store: %s\n", err.message);
		exit(EXIT_FAILURE);
	}
	memset(node, 7, sizeof(*node));
	return store;
}
