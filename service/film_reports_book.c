/* What a report leads to in the index, and what only who holds the node's key can tell of it. */
#include "service/film_reports.h"

#include "base/id_card.h"
#include "base/utf8.h"
#include "dicom/film_match.h"
#include "dicom/film_study_book.h"
#include "dicom/person_name.h"
#include "store/patient_key.h"

struct person {
	hr_patient_key keys[HR_FILM_IDS_MAX];
	size_t key_count;
	bool has_card;
	hr_str names[HR_NAME_KEYS_MAX]; /* by which his name is found (dicom/person_name.h) */
	size_t name_count;
	hr_str parts[HR_NAME_KEYS_MAX]; /* and the name without its first character */
	size_t part_count;
	size_t characters; /* in his name */
};

static size_t count_characters(hr_str text)
{
	size_t count = 0;

	for (size_t at = 0; at < text.len; count++) {
		size_t n = hr_utf8_front(hr_str_slice(text, at, text.len));

		at += n ? n : 1;
	}
	return count;
}

static bool open_name(hr_str name, hr_arena *arena, struct person *out, hr_error *err)
{
	hr_str rest = hr_str_slice(name, hr_utf8_front(name), name.len);

	out->characters = count_characters(name);
	return hr_name_keys(name, arena, out->names, &out->name_count, err) &&
	       hr_name_keys(rest, arena, out->parts, &out->part_count, err);
}

/* A number that makes no key (nobody says whose it is) is passed over: it proves nothing. */
static bool open_person(const hr_films *films, const hr_film_wanted *wanted, hr_arena *arena,
			struct person *out, hr_error *err)
{
	*out = (struct person){ .key_count = 0 };
	for (size_t i = 0; i < wanted->id_count; i++) {
		const hr_patient_id id = { .issuer = wanted->issuers[i], .id = wanted->ids[i] };

		if (!hr_patient_key_make(films->node, &id, &out->keys[out->key_count], err)) {
			if (err->code == HR_E_INCOMPLETE || err->code == HR_E_LIMIT)
				continue;
			return false;
		}
		out->key_count++;
		out->has_card |= hr_is_id_card(hr_str_trim(wanted->ids[i]));
	}
	return open_name(wanted->name, arena, out, err);
}

/* The person of a film is known by one key; with a card the report's is known by another. */
static hr_answer is_person(const struct person *person, const hr_film_found *found)
{
	for (size_t i = 0; i < person->key_count; i++)
		if (hr_digest_equal(&person->keys[i].digest, &found->patient))
			return HR_ANSWER_YES;
	return found->study.matched && person->has_card ? HR_ANSWER_NO : HR_ANSWER_UNKNOWN;
}

static bool is_among(const hr_str *keys, size_t count, hr_str key)
{
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(keys[i], key))
			return true;
	return false;
}

/*
 * Does the film's name say the report's in other letters? In pinyin where it has
 * no characters: the whole of it, so neither a part nor its initials, by which
 * a search finds it, too.
 */
static bool is_spelled(const struct person *person, hr_str person_name, hr_arena *arena, bool *out,
		       hr_error *err)
{
	const hr_name_groups groups = hr_name_split(person_name);
	const hr_str shown = groups.ideographic.len ? groups.ideographic : groups.alphabetic;
	hr_name_query query;
	hr_str key;

	*out = false;
	/* Wildcards are a search's, and here they are somebody's name. */
	if (shown.len > HR_NAME_BYTES_MAX || hr_film_has_wildcard(shown))
		return true;
	if (!hr_name_query_make(shown, false, arena, &query, err))
		return false;
	if (query.count != 1)
		return true;
	key = hr_str_slice(query.terms[0].key, 1, query.terms[0].key.len); /* '=' */
	*out = key.len > person->characters && is_among(person->names, person->name_count, key) &&
	       !is_among(person->parts, person->part_count, key);
	return true;
}

bool hr_film_candidates_find(hr_films *films, const hr_film_wanted *wanted,
			     const hr_film_scope *scope, hr_arena *arena, hr_film_candidates *out,
			     hr_error *err)
{
	hr_film_candidate *list;
	struct person person;
	hr_film_found *found;
	size_t count;
	bool more;

	if (!open_person(films, wanted, arena, &person, err) ||
	    !hr_film_find_leads(films->store, &wanted->leads, scope, arena, &found, &count, &more,
				err))
		return false;
	list = HR_NEW_N(arena, hr_film_candidate, count + 1);
	if (!list)
		return hr_fail_memory(err);
	for (size_t i = 0; i < count; i++) {
		list[i].study = found[i].study;
		list[i].person = is_person(&person, &found[i]);
		if (!is_spelled(&person, found[i].study.patient_name, arena, &list[i].is_spelled,
				err))
			return false;
	}
	*out = (hr_film_candidates){ list, count, more };
	return true;
}
