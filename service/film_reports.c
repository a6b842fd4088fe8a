#include "service/film_reports.h"

#include "base/id_card.h"
#include "base/json.h"
#include "service/film_acts.h"

_Static_assert((2 * HR_FILM_LEADS_MAX + 2 * HR_FILM_IDS_MAX + 1) * 2 <= HR_FILM_WANTED_WORDS_MAX,
	       "a word each");
_Static_assert((int)HR_FILM_WANTED_WORDS_MAX <= (int)HR_ACT_WORDS_MAX, "all fit into an act");

/* --- what is wanted --- */

/* A word of an act has no NUL in it, and a number that has one is none. */
static bool is_word(hr_str text)
{
	return text.len && !memchr(text.data, 0, text.len);
}

static void add_ids(const hr_patient *patient, bool cards, hr_film_wanted *out)
{
	for (uint32_t i = 0; i < patient->id_count; i++) {
		const hr_code *id = &patient->ids[i];

		if (out->id_count == HR_FILM_IDS_MAX || hr_is_id_card(id->code) != cards ||
		    !is_word(id->code))
			continue;
		out->issuers[out->id_count] = is_word(id->system) ? id->system : HR_STR_NONE;
		out->ids[out->id_count++] = id->code;
	}
}

void hr_film_wanted_of(const hr_report *report, hr_film_wanted *out)
{
	*out = (hr_film_wanted){ .name = HR_STR_NONE };
	hr_report_leads(report, &out->leads);
	if (is_word(report->patient.name.text))
		out->name = report->patient.name.text;
	add_ids(&report->patient, true, out);
	add_ids(&report->patient, false, out);
}

/* --- as words: a name and a value, again and again --- */

static const hr_str word_study = HR_STR_INIT("study");
static const hr_str word_number = HR_STR_INIT("number");
static const hr_str word_name = HR_STR_INIT("name");
static const hr_str word_issuer = HR_STR_INIT("issuer");
static const hr_str word_id = HR_STR_INIT("id");

static void add_pair(hr_str *words, size_t *count, hr_str name, hr_str value)
{
	words[(*count)++] = name;
	words[(*count)++] = value;
}

size_t hr_film_wanted_words(const hr_film_wanted *wanted, hr_str words[HR_FILM_WANTED_WORDS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < wanted->leads.study_count; i++)
		add_pair(words, &count, word_study, wanted->leads.study_uids[i]);
	for (size_t i = 0; i < wanted->leads.number_count; i++)
		add_pair(words, &count, word_number, wanted->leads.numbers[i]);
	for (size_t i = 0; i < wanted->id_count; i++) {
		add_pair(words, &count, word_issuer, wanted->issuers[i]);
		add_pair(words, &count, word_id, wanted->ids[i]);
	}
	add_pair(words, &count, word_name, wanted->name);
	return count;
}

static bool add_to(hr_str *list, size_t *count, size_t max, hr_str value)
{
	if (*count == max || !value.len)
		return false;
	list[(*count)++] = value;
	return true;
}

static bool take_pair(hr_str name, hr_str value, hr_film_wanted *out)
{
	hr_film_leads *leads = &out->leads;

	if (hr_str_equal(name, word_study))
		return add_to(leads->study_uids, &leads->study_count, HR_FILM_LEADS_MAX, value);
	if (hr_str_equal(name, word_number))
		return add_to(leads->numbers, &leads->number_count, HR_FILM_LEADS_MAX, value);
	if (hr_str_equal(name, word_id))
		return add_to(out->ids, &out->id_count, HR_FILM_IDS_MAX, value);
	if (hr_str_equal(name, word_issuer) && out->id_count < HR_FILM_IDS_MAX)
		out->issuers[out->id_count] = value;
	else if (hr_str_equal(name, word_name))
		out->name = value;
	else
		return false;
	return true;
}

bool hr_film_wanted_read(const hr_str *words, size_t count, hr_film_wanted *out, hr_error *err)
{
	hr_film_wanted wanted = { .name = HR_STR_NONE };
	bool ok = count % 2 == 0;

	for (size_t i = 0; ok && i < count; i += 2)
		ok = take_pair(words[i], words[i + 1], &wanted);
	if (!ok)
		return hr_fail(err, HR_E_USAGE,
			       "a search for a report's films wants names and values");
	*out = wanted;
	return true;
}

/* --- candidates as JSON --- */

static const hr_str answer_words[] = {
	[HR_ANSWER_UNKNOWN] = HR_STR_INIT("unknown"),
	[HR_ANSWER_YES] = HR_STR_INIT("yes"),
	[HR_ANSWER_NO] = HR_STR_INIT("no"),
};

/* The texts of a study, under the names that `huren film show` has for them. */
static const struct {
	hr_str name;
	size_t at;
} texts[] = {
	{ HR_STR_INIT("study"), offsetof(hr_film_study, uid) },
	{ HR_STR_INIT("patientName"), offsetof(hr_film_study, patient_name) },
	{ HR_STR_INIT("patientId"), offsetof(hr_film_study, patient_id) },
	{ HR_STR_INIT("issuer"), offsetof(hr_film_study, patient_id_issuer) },
	{ HR_STR_INIT("birthDate"), offsetof(hr_film_study, birth_date) },
	{ HR_STR_INIT("sex"), offsetof(hr_film_study, sex) },
	{ HR_STR_INIT("institution"), offsetof(hr_film_study, institution) },
	{ HR_STR_INIT("institutionName"), offsetof(hr_film_study, institution_name) },
	{ HR_STR_INIT("accessionNumber"), offsetof(hr_film_study, accession_number) },
	{ HR_STR_INIT("studyDate"), offsetof(hr_film_study, study_date) },
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static void add_bool(hr_json_writer *w, const char *name, bool value)
{
	hr_json_name(w, hr_str_of(name));
	hr_json_bool(w, value);
}

static void add_candidate(hr_json_writer *w, const hr_film_candidate *candidate)
{
	const hr_film_study *study = &candidate->study;

	hr_json_open_object(w);
	for (size_t i = 0; i < TEXTS; i++) {
		hr_str value;

		memcpy(&value, (const char *)study + texts[i].at, sizeof(value));
		hr_json_member(w, texts[i].name, value);
	}
	hr_json_member(w, HR_STR("state"), hr_film_state_word(study->state));
	add_bool(w, "matched", study->matched);
	add_bool(w, "elsewhere", study->is_elsewhere);
	hr_json_name(w, HR_STR("instances"));
	hr_json_int(w, study->instance_count);
	hr_json_member(w, HR_STR("person"), answer_words[candidate->person]);
	add_bool(w, "spelled", candidate->is_spelled);
	hr_json_close_object(w);
}

void hr_film_candidates_format(const hr_film_candidates *candidates, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	add_bool(&w, "more", candidates->more);
	hr_json_name(&w, HR_STR("studies"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < candidates->count; i++)
		add_candidate(&w, &candidates->list[i]);
	hr_json_close_array(&w);
	hr_json_close_object(&w);
}

static bool is_true(const hr_json *node, hr_str name)
{
	const hr_json *member = hr_json_get(node, name);

	return member && member->kind == HR_JSON_TRUE;
}

static bool read_count(const hr_json *node, int64_t *out)
{
	const hr_str text = node ? node->text : HR_STR_NONE;
	int64_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9' || count > INT32_MAX)
			return false;
		count = count * 10 + (text.data[i] - '0');
	}
	*out = count;
	return text.len > 0;
}

static bool read_answer(hr_str word, hr_answer *out)
{
	for (int i = 0; i <= HR_ANSWER_NO; i++)
		if (hr_str_equal(word, answer_words[i])) {
			*out = (hr_answer)i;
			return true;
		}
	return false;
}

static bool read_candidate(const hr_json *node, hr_film_candidate *out)
{
	hr_film_study *study = &out->study;

	for (size_t i = 0; i < TEXTS; i++) {
		const hr_str value = hr_json_text(hr_json_get(node, texts[i].name));

		memcpy((char *)study + texts[i].at, &value, sizeof(value));
	}
	study->matched = is_true(node, HR_STR("matched"));
	study->is_elsewhere = is_true(node, HR_STR("elsewhere"));
	out->is_spelled = is_true(node, HR_STR("spelled"));
	return study->uid.len &&
	       hr_film_state_of(hr_json_path_text(node, HR_STR("state")), &study->state) &&
	       read_count(hr_json_get(node, HR_STR("instances")), &study->instance_count) &&
	       read_answer(hr_json_path_text(node, HR_STR("person")), &out->person);
}

static bool read_candidates(const hr_json *root, hr_arena *arena, hr_film_candidates *out,
			    hr_error *err)
{
	const hr_json *studies = hr_json_get(root, HR_STR("studies"));
	const bool is_list = studies && studies->kind == HR_JSON_ARRAY;
	hr_film_candidate *list;
	size_t count = 0;

	list = HR_NEW_N(arena, hr_film_candidate, is_list ? studies->count + 1 : 1);
	if (!list)
		return hr_fail_memory(err);
	for (const hr_json *node = is_list ? studies->first : NULL; node; node = node->next)
		if (!read_candidate(node, &list[count++]))
			return hr_fail(err, HR_E_SYNTAX, "the answer of the index is none");
	if (!is_list)
		return hr_fail(err, HR_E_SYNTAX, "the answer of the index is none");
	*out = (hr_film_candidates){ list, count, is_true(root, HR_STR("more")) };
	return true;
}

bool hr_film_candidates_read(hr_str json, hr_arena *arena, hr_film_candidates *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *root;
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, json, arena, &root, err);
	hr_json_parser_close(parser);
	return ok && read_candidates(root, arena, out, err);
}

/* --- the films of reports --- */

bool hr_report_find_films(const hr_catalog *catalog, const hr_report *report, hr_film_seek *seek,
			  void *context, hr_arena *arena, hr_report_films *out, hr_error *err)
{
	hr_film_candidates candidates = { .count = 0 };
	hr_film_wanted wanted;

	hr_film_wanted_of(report, &wanted);
	if (wanted.leads.study_count + wanted.leads.number_count > 0 &&
	    !seek(context, &wanted, arena, &candidates, err))
		return false;
	return hr_report_match_films(catalog, report, &candidates, arena, out, err);
}

bool hr_verdicts_find_films(hr_verdicts *verdicts, hr_film_seek *seek, void *context,
			    hr_arena *arena, hr_error *err)
{
	hr_report_films *films = HR_NEW_N(arena, hr_report_films, verdicts->count);
	hr_verdict *told = HR_NEW_N(arena, hr_verdict, verdicts->count);

	if (!films || !told)
		return hr_fail_memory(err);
	for (size_t i = 0; i < verdicts->count; i++) {
		told[i] = verdicts->verdicts[i];
		if (!hr_report_find_films(told[i].catalog, told[i].report, seek, context, arena,
					  &films[i], err))
			return false;
		told[i].films = &films[i];
	}
	verdicts->verdicts = told;
	return true;
}
