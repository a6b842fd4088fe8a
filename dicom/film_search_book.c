/*
 * A search: the plan's studies in the order of the answer, what does not meet
 * the conditions left out, the page cut from the rest. Below studies, the
 * series of each and the instances of each of these, in the same way.
 */
#include "dicom/film_answer.h"
#include "dicom/film_narrow_book.h"
#include "dicom/film_plan_book.h"
#include "dicom/film_search_sql_book.h"

#include "store/store.h"

#include <assert.h>
#include <stdlib.h>

enum {
	ARENA_BYTES = 64 << 20,
	SCRATCH_BYTES = 4 << 20,
	FIRST_ROWS = 64,
	ROWS_MAX = 512, /* of a part: SQLite sorts it, and beyond its cache in a file */
	HITS_MAX = 256, /* studies looked into at once */
	INSTANCES_MAX = 100000,
	UID_ROOM = 65,
};

struct study {
	hr_film_found_study found;
	hr_str patient;
	int64_t study;
	int64_t age;
};

struct series {
	hr_film_found_series found;
	int64_t series;
};

struct search {
	hr_tx *tx;
	const hr_film_query *query;
	const hr_film_scope *scope;
	hr_str base;
	hr_buf *out;
	hr_arena *plan_arena;
	hr_arena *arena; /* of what is being looked into */
	hr_arena *scratch;
	hr_film_filters filters;
	hr_film_plan plan;
	size_t skip;
	size_t left;
	size_t told;
	bool more;
	size_t examined;
	hr_film_found found; /* what is told next */
	struct study *hits;
	size_t hit_count;
	size_t hit_room;
};

/* --- telling --- */

/* False in `*told` when the page was full. */
static bool tell(struct search *s, hr_error *err)
{
	if (s->left == 0) {
		s->more = true;
		return true;
	}
	if (s->told)
		HR_BUF_ADD(s->out, ",");
	s->left--;
	s->told++;
	return hr_film_answer(s->query, s->base, &s->found, s->scratch, s->out, err);
}

static bool fail_wide(hr_error *err)
{
	return hr_fail(err, HR_E_LIMIT,
		       "the search is too wide: after %d studies too little was found; a day, a "
		       "patient or a number would narrow it",
		       HR_FILM_EXAMINED_MAX);
}

static bool examine(struct search *s, hr_error *err)
{
	return ++s->examined <= HR_FILM_EXAMINED_MAX || fail_wide(err);
}

/* --- instances --- */

static bool tell_instance(struct search *s, hr_rows *rows, hr_error *err)
{
	bool pass;

	if (!examine(s, err) ||
	    !hr_film_filters_pass(&s->filters, HR_FILM_INSTANCE, rows, s->scratch, &pass, err))
		return false;
	if (!pass)
		return true;
	if (s->skip) {
		s->skip--;
		return true;
	}
	s->found.instance.uid = hr_rows_text(rows, INSTANCE_FIRST + INSTANCE_UID);
	s->found.instance.availability =
		hr_film_availability_of(hr_rows_int(rows, INSTANCE_FIRST + INSTANCE_AVAILABILITY));
	s->found.instance.shown = hr_rows_text(rows, INSTANCE_FIRST + INSTANCE_SHOWN);
	s->found.instance.more = hr_rows_text(rows, INSTANCE_FIRST + INSTANCE_MORE);
	return tell(s, err);
}

static bool search_instances(struct search *s, const struct study *study,
			     const struct series *series, hr_error *err)
{
	bool exact = s->filters.of_level[HR_FILM_INSTANCE] == 0;
	size_t skip = exact ? s->skip : 0;
	const int64_t parts = hr_film_scope_parts(s->scope);
	const hr_sql_value values[] = { hr_sql_bytes(study->patient),
					hr_sql_int(study->study),
					hr_sql_int(series->series),
					hr_sql_int(exact ? (int64_t)s->left + 1 : INSTANCES_MAX),
					hr_sql_int((int64_t)skip),
					hr_sql_int(parts) };
	hr_rows rows;

	if (exact && s->skip >= (size_t)series->found.instance_count) {
		s->skip -= (size_t)series->found.instance_count;
		return true;
	}
	s->found.series = series->found;
	s->skip -= skip;
	if (!hr_tx_select(s->tx, parts ? &hr_film_sql_list_parts : &hr_film_sql_list_instances,
			  (hr_sql_values){ values, parts ? 6 : 5 }, SIZE_MAX, &rows, err))
		return false;
	while (!s->more && hr_rows_next(&rows))
		if (!tell_instance(s, &rows, err))
			return false;
	return hr_rows_end(&rows, err);
}

/* --- series --- */

static hr_str keep(struct search *s, hr_str text)
{
	return hr_str_copy(s->arena, text);
}

static struct series read_series(hr_rows *rows)
{
	return (struct series){
		.series = hr_rows_int(rows, SERIES_FIRST + SERIES_NUMBER),
		.found = { .uid = hr_rows_text(rows, SERIES_FIRST + SERIES_UID),
			   .instance_count = hr_rows_int(rows, SERIES_FIRST + SERIES_COUNT),
			   .shown = hr_rows_text(rows, SERIES_FIRST + SERIES_SHOWN),
			   .more = hr_rows_text(rows, SERIES_FIRST + SERIES_MORE) },
	};
}

static bool keep_series(struct search *s, const struct series *from, struct series *to,
			hr_error *err)
{
	*to = *from;
	to->found.uid = keep(s, from->found.uid);
	to->found.shown = keep(s, from->found.shown);
	to->found.more = keep(s, from->found.more);
	return !hr_arena_is_short(s->arena) || hr_fail_memory(err);
}

/* Told, or kept to be looked into when all are known: `*list` has room for them. */
static bool take_series(struct search *s, hr_rows *rows, struct series *list, size_t *count,
			hr_error *err)
{
	struct series series;
	bool pass;

	if (!examine(s, err) ||
	    !hr_film_filters_pass(&s->filters, HR_FILM_SERIES, rows, s->scratch, &pass, err))
		return false;
	if (!pass)
		return true;
	series = read_series(rows);
	if (s->query->level != HR_FILM_SERIES)
		return keep_series(s, &series, &list[(*count)++], err);
	if (s->skip) {
		s->skip--;
		return true;
	}
	s->found.series = series.found;
	return tell(s, err);
}

static bool search_series(struct search *s, const struct study *study, hr_error *err)
{
	size_t room = (size_t)study->found.series_count;
	struct series *list = HR_NEW_N(s->arena, struct series, room + 1);
	const int64_t parts = hr_film_scope_parts(s->scope);
	const hr_sql_value values[] = { hr_sql_bytes(study->patient), hr_sql_int(study->study),
					hr_sql_int(parts) };
	size_t count = 0;
	hr_rows rows;

	if (!list)
		return hr_fail_memory(err);
	if (!hr_tx_select(s->tx,
			  parts ? &hr_film_sql_list_series_of_parts : &hr_film_sql_list_series,
			  (hr_sql_values){ values, parts ? 3 : 2 }, room, &rows, err))
		return false;
	while (!s->more && hr_rows_next(&rows))
		if (!take_series(s, &rows, list, &count, err))
			return false;
	if (!hr_rows_end(&rows, err))
		return false;
	for (size_t i = 0; !s->more && i < count; i++)
		if (!search_instances(s, study, &list[i], err))
			return false;
	return true;
}

/* --- studies --- */

/* All of its series and instances would be told: it can be skipped by its count. */
static bool skip_study(struct search *s, const struct study *study)
{
	bool series = s->filters.of_level[HR_FILM_SERIES] == 0;
	bool instances = s->filters.of_level[HR_FILM_INSTANCE] == 0;
	size_t count = (size_t)(s->query->level == HR_FILM_SERIES ? study->found.series_count
								  : study->found.instance_count);

	if (!series || !instances || s->skip < count)
		return false;
	s->skip -= count;
	return true;
}

static bool search_study(struct search *s, const struct study *study, hr_error *err)
{
	s->found.study = study->found;
	if (s->query->level != HR_FILM_STUDY)
		return skip_study(s, study) || search_series(s, study, err);
	if (s->skip == 0)
		return tell(s, err);
	s->skip--;
	return true;
}

static bool keep_study(struct search *s, hr_rows *rows, hr_error *err)
{
	struct study *hit;

	if (s->hit_count == s->hit_room)
		return hr_fail(err, HR_E_LIMIT, "over %zu studies are named", s->hit_room);
	hit = &s->hits[s->hit_count++];
	*hit = (struct study){
		.patient = keep(s, hr_rows_bytes(rows, STUDY_FIRST + STUDY_PATIENT)),
		.study = hr_rows_int(rows, STUDY_FIRST + STUDY_NUMBER),
		.age = hr_rows_int(rows, STUDY_FIRST + STUDY_AGE),
		.found = { .uid = keep(s, hr_rows_text(rows, STUDY_FIRST + STUDY_UID)),
			   .modalities =
				   keep(s, hr_rows_text(rows, STUDY_FIRST + STUDY_MODALITIES)),
			   .series_count = hr_rows_int(rows, STUDY_FIRST + STUDY_SERIES),
			   .instance_count = hr_rows_int(rows, STUDY_FIRST + STUDY_INSTANCES),
			   .availability = hr_film_availability_of(
				   hr_rows_int(rows, STUDY_FIRST + STUDY_AVAILABILITY)),
			   .shown = keep(s, hr_rows_text(rows, STUDY_FIRST + STUDY_SHOWN)),
			   .more = keep(s, hr_rows_text(rows, STUDY_FIRST + STUDY_MORE)) },
	};
	return !hr_arena_is_short(s->arena) || hr_fail_memory(err);
}

static bool take_study(struct search *s, hr_rows *rows, bool in_order, hr_error *err)
{
	bool pass;

	if (!examine(s, err) ||
	    !hr_film_filters_pass(&s->filters, HR_FILM_STUDY, rows, s->scratch, &pass, err))
		return false;
	if (!pass)
		return true;
	if (in_order && s->query->level == HR_FILM_STUDY && s->skip) {
		s->skip--;
		return true;
	}
	return keep_study(s, rows, err);
}

static bool make_room(struct search *s, size_t count, hr_error *err)
{
	hr_arena_reset(s->arena);
	s->hits = HR_NEW_N(s->arena, struct study, count + 1);
	s->hit_room = count;
	s->hit_count = 0;
	return s->hits || hr_fail_memory(err);
}

static bool search_hits(struct search *s, hr_error *err)
{
	for (size_t i = 0; !s->more && i < s->hit_count; i++)
		if (!search_study(s, &s->hits[i], err))
			return false;
	return true;
}

/* --- studies that are named --- */

static int compare_studies(const void *a, const void *b)
{
	const struct study *x = a;
	const struct study *y = b;

	if (x->age != y->age)
		return x->age < y->age ? -1 : 1;
	return hr_str_compare(x->found.uid, y->found.uid);
}

static void sort_hits(struct search *s)
{
	size_t kept = 0;

	qsort(s->hits, s->hit_count, sizeof(*s->hits), compare_studies);
	for (size_t i = 0; i < s->hit_count; i++)
		if (kept == 0 || !hr_str_equal(s->hits[i].found.uid, s->hits[kept - 1].found.uid))
			s->hits[kept++] = s->hits[i];
	s->hit_count = kept;
}

/* What has no part of those is not there. */
static bool narrow_hits(struct search *s, hr_error *err)
{
	const int64_t parts = hr_film_scope_parts(s->scope);
	size_t kept = 0;

	for (size_t i = 0; parts && i < s->hit_count; i++) {
		struct study *hit = &s->hits[i];

		if (!hr_film_narrow_study(s->tx, s->scope->parts, hit->patient, hit->study,
					  s->arena, &hit->found, err))
			return false;
		if (hit->found.instance_count &&
		    hr_film_filters_pass_modalities(&s->filters, hit->found.modalities))
			s->hits[kept++] = *hit;
	}
	s->hit_count = parts ? kept : s->hit_count;
	return true;
}

static bool search_named(struct search *s, hr_error *err)
{
	hr_rows rows;

	if (!make_room(s, s->plan.uid_count + HR_FILM_UIDS_MAX, err))
		return false;
	for (size_t i = 0; i < s->plan.uid_count; i++) {
		if (!hr_tx_select(s->tx, hr_film_sql_by_uid[s->plan.uid_level],
				  HR_VALUES(hr_sql_text(s->plan.uids[i])), SIZE_MAX, &rows, err))
			return false;
		while (hr_rows_next(&rows))
			if (!take_study(s, &rows, false, err))
				return false;
		if (!hr_rows_end(&rows, err))
			return false;
	}
	sort_hits(s);
	return narrow_hits(s, err) && search_hits(s, err);
}

/* --- studies by their order --- */

/* Where the next part goes on: behind the last study that was looked at. */
struct place {
	int64_t age;
	char uid[UID_ROOM];
	size_t uid_len;
};

static void note(struct place *place, hr_rows *rows)
{
	hr_str uid = hr_rows_text(rows, STUDY_FIRST + STUDY_UID);

	place->age = hr_rows_int(rows, STUDY_FIRST + STUDY_AGE);
	place->uid_len = uid.len < UID_ROOM ? uid.len : UID_ROOM;
	if (place->uid_len)
		memcpy(place->uid, uid.data, place->uid_len);
}

static bool select_part(struct search *s, const struct place *place, size_t count, size_t offset,
			hr_rows *rows, hr_error *err)
{
	const hr_film_plan *plan = &s->plan;
	hr_sql_value age = hr_sql_int(place->age);
	hr_sql_value uid = hr_sql_text((hr_str){ place->uid, place->uid_len });
	hr_sql_value to = hr_sql_int(plan->age_to);
	hr_sql_value limit = hr_sql_int((int64_t)count);
	hr_sql_value start = hr_sql_int((int64_t)offset);
	hr_sql_value kind = hr_sql_int(plan->key_kind);

	if (plan->kind == HR_FILM_BY_PATIENT)
		return hr_tx_select(
			s->tx, &hr_film_sql_by_patient,
			HR_VALUES(age, uid, to, limit, start, hr_sql_bytes(plan->patient)),
			SIZE_MAX, rows, err);
	if (plan->kind == HR_FILM_BY_KEY)
		return hr_tx_select(
			s->tx, &hr_film_sql_by_key,
			HR_VALUES(age, uid, to, limit, start, kind, hr_sql_text(plan->key)),
			SIZE_MAX, rows, err);
	if (plan->kind != HR_FILM_BY_AGE)
		return hr_tx_select(
			s->tx,
			plan->kind == HR_FILM_BY_SPAN ? &hr_film_sql_by_span : &hr_film_sql_by_part,
			HR_VALUES(age, uid, to, limit, start, kind, hr_sql_text(plan->span.from),
				  hr_sql_text(plan->span.to), hr_sql_text(plan->span.like)),
			SIZE_MAX, rows, err);
	return hr_tx_select(s->tx, &hr_film_sql_by_age, HR_VALUES(age, uid, to, limit, start),
			    SIZE_MAX, rows, err);
}

/* How many hits are enough for now. */
static size_t hits_wanted(const struct search *s)
{
	return s->query->level == HR_FILM_STUDY ? s->left + 1 : HITS_MAX;
}

/* The next `count` studies behind `place`. `*ended`: there are no more. */
static bool search_part(struct search *s, struct place *place, size_t count, bool *ended,
			hr_error *err)
{
	bool jump = s->plan.exact && s->query->level == HR_FILM_STUDY;
	size_t wanted = hits_wanted(s);
	size_t offset = jump ? s->skip : 0;
	size_t seen = 0;
	hr_rows rows;

	if (!make_room(s, wanted, err) || !select_part(s, place, count, offset, &rows, err))
		return false;
	s->skip -= offset;
	while (s->hit_count < wanted && hr_rows_next(&rows)) {
		seen++;
		note(place, &rows);
		if (!take_study(s, &rows, true, err))
			return false;
	}
	if (!hr_rows_end(&rows, err))
		return false;
	*ended = seen < count && s->hit_count < wanted;
	if (*ended && s->plan.wide)
		return fail_wide(err);
	return search_hits(s, err);
}

static bool search_in_order(struct search *s, hr_error *err)
{
	bool ended = false;
	struct place place;
	size_t count;

	if (s->query->level == HR_FILM_STUDY && !hr_film_plan_skip(s->tx, &s->plan, &s->skip, err))
		return false;
	place = (struct place){ .age = s->plan.age_from };
	count = s->plan.exact && s->query->level == HR_FILM_STUDY ? s->left + 1 : FIRST_ROWS;
	while (!ended && !s->more) {
		if (!search_part(s, &place, count, &ended, err))
			return false;
		count = count * 4 < ROWS_MAX ? count * 4 : ROWS_MAX;
	}
	return true;
}

/* --- all of it --- */

static bool search(hr_tx *tx, void *context, hr_error *err)
{
	struct search *s = context;

	s->tx = tx;
	if (hr_film_scope_parts(s->scope))
		hr_film_narrow_filters(&s->filters);
	if (!hr_film_plan_make(tx, s->skip + s->left, s->scope, &s->filters, s->plan_arena,
			       &s->plan, err))
		return false;
	HR_BUF_ADD(s->out, "[");
	if (s->plan.kind == HR_FILM_BY_UIDS ? !search_named(s, err) : !search_in_order(s, err))
		return false;
	HR_BUF_ADD(s->out, "]");
	return !s->out->failed || hr_fail_memory(err);
}

bool hr_film_search(hr_store *store, const hr_film_query *query, const hr_film_scope *scope,
		    hr_str base, hr_buf *out, hr_film_page *page, hr_error *err)
{
	HR_AUTO(hr_arena) plan_arena = hr_arena_open(SCRATCH_BYTES);
	HR_AUTO(hr_arena) arena = hr_arena_open(ARENA_BYTES);
	HR_AUTO(hr_arena) scratch = hr_arena_open(SCRATCH_BYTES);
	struct search s = { .query = query,
			    .scope = scope,
			    .base = base,
			    .out = out,
			    .plan_arena = plan_arena,
			    .arena = arena,
			    .scratch = scratch,
			    .skip = query->offset,
			    .left = query->limit };
	size_t start = out->len;

	/* A patient sees all parts of his own: only what is named is narrowed. */
	assert(!scope || !scope->patient || !scope->parts);
	if (!plan_arena || !arena || !scratch)
		return hr_fail_memory(err);
	if (!hr_film_filters_make(query, plan_arena, &s.filters, err) ||
	    !hr_store_read(store, search, &s, err)) {
		out->len = start;
		return false;
	}
	*page = (hr_film_page){ .count = s.told, .more = s.more };
	return true;
}
