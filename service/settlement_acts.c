#include "service/settlement_acts.h"

#include "service/film_acts_parts.h"

#include <string.h>

enum { NUMBER_MAX = 32 };

/* --- words --- */

static hr_str number_word(int64_t number, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, NUMBER_MAX);
	hr_buf_add_int(&buf, number);
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

static hr_str key_word(const hr_patient_key *key, hr_arena *arena)
{
	char text[HR_SHA256_TEXT];

	return hr_str_copy(arena, hr_digest_format(&key->digest, text));
}

/* Whose and which year: what looks and acts begin with. */
static bool put_places(const hr_settlement_look *look, const hr_ledger_scope *scope,
		       hr_arena *arena, hr_str *words, hr_error *err)
{
	words[0] = look->whose.type;
	words[1] = look->whose.issuer;
	words[2] = look->whose.id;
	words[3] = look->key ? key_word(look->key, arena) : HR_STR_NONE;
	words[4] = scope->insured;
	words[5] = scope->insurance;
	words[6] = number_word(scope->year, arena);
	return (words[6].len && (!look->key || words[3].len)) || hr_fail_memory(err);
}

bool hr_settlements_words(const hr_settlement_look *look, hr_str reason, hr_arena *arena,
			  hr_str words[HR_SETTLEMENTS_WORDS], hr_error *err)
{
	words[7] = look->id;
	words[8] = reason;
	return put_places(look, &look->scope, arena, words, err);
}

bool hr_settle_words(const hr_settlement_look *whose, hr_str reason, const hr_settlement_put *put,
		     hr_arena *arena, hr_str words[HR_SETTLE_WORDS], hr_error *err)
{
	words[7] = hr_settlement_deed_word(put->deed);
	words[8] = number_word(put->turn, arena);
	words[9] = reason;
	return put_places(whose, &put->scope, arena, words, err) &&
	       (words[8].len || hr_fail_memory(err));
}

bool hr_settlement_years_words(const hr_ledger_scope *scope, const hr_settlement_person *after,
			       hr_str reason, hr_arena *arena,
			       hr_str words[HR_SETTLEMENT_YEARS_WORDS], hr_error *err)
{
	words[0] = scope->insured;
	words[1] = scope->insurance;
	words[2] = number_word(scope->year, arena);
	words[3] = after ? hr_str_of(after->insured) : HR_STR_NONE;
	words[4] = after ? key_word(&after->key, arena) : HR_STR_NONE;
	words[5] = reason;
	return (words[2].len && (!after || words[4].len)) || hr_fail_memory(err);
}

static bool read_number(hr_str word, int64_t *out)
{
	return word.len < NUMBER_MAX && hr_decimal_parse(word, 0, out) && *out >= 0;
}

static bool read_scope(const hr_str *words, hr_ledger_scope *out)
{
	int64_t year;

	if (!read_number(words[2], &year) || year > INT32_MAX)
		return false;
	*out = (hr_ledger_scope){ words[0], words[1], (int32_t)year };
	return true;
}

static bool read_places(const hr_str *words, hr_settlement_look *look, hr_patient_key *key,
			hr_error *err)
{
	*look = (hr_settlement_look){ .whose = { words[0], words[1], words[2] } };
	if (words[3].len)
		look->key = key;
	if ((words[3].len && !hr_digest_parse(words[3], &key->digest)) ||
	    !read_scope(words + 4, &look->scope))
		return hr_fail(err, HR_E_USAGE, "the words of the act are not those of a year");
	return true;
}

bool hr_settle_words_read(const hr_str words[HR_SETTLE_WORDS], hr_settlement_look *look,
			  hr_patient_key *key, hr_settlement_put *put, hr_error *err)
{
	if (!read_places(words, look, key, err))
		return false;
	*put = (hr_settlement_put){ .deed = HR_SETTLEMENT_DEEDS, .scope = look->scope };
	for (hr_settlement_deed i = 0; i < HR_SETTLEMENT_DEEDS; i++)
		if (hr_str_equal(hr_settlement_deed_word(i), words[7]))
			put->deed = i;
	if (put->deed == HR_SETTLEMENT_DEEDS || !read_number(words[8], &put->turn))
		return hr_fail(err, HR_E_USAGE,
			       "the words of the act are not those of a "
			       "settlement");
	return true;
}

/* --- files and answers --- */

static void add_rows(hr_json_writer *w, const hr_ledger_row *rows, size_t count)
{
	hr_json_name(w, HR_STR("settlements"));
	hr_json_open_array(w);
	for (size_t i = 0; i < count; i++) {
		hr_json_open_object(w);
		hr_ledger_row_write(&rows[i], true, w);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

bool hr_settle_file(const hr_settlement_put *put, hr_buf *out, hr_error *err)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	add_rows(&w, put->rows, put->count);
	hr_json_close_object(&w);
	return !out->failed || hr_fail_memory(err);
}

static bool parse(hr_str text, hr_arena *arena, const hr_json **out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	bool ok;

	if (!parser)
		return hr_fail_memory(err);
	ok = hr_json_read(parser, text, arena, out, err);
	hr_json_parser_close(parser);
	return ok;
}

static bool read_rows(const hr_json *node, hr_arena *arena, hr_ledger_row **out, size_t *count,
		      hr_error *err)
{
	const hr_json *rows = hr_json_get(node, HR_STR("settlements"));
	size_t n = 0;

	if (!rows || rows->kind != HR_JSON_ARRAY || rows->count > HR_LEDGER_ROWS_MAX)
		return hr_fail(err, HR_E_SYNTAX, "this is no list of settlements");
	*out = HR_NEW_N(arena, hr_ledger_row, rows->count);
	if (!*out)
		return hr_fail_memory(err);
	for (const hr_json *row = rows->first; row; row = row->next)
		if (!hr_ledger_row_read(row, arena, &(*out)[n++], err))
			return false;
	*count = n;
	return true;
}

bool hr_settle_file_read(hr_str file, hr_arena *arena, hr_settlement_put *put, hr_error *err)
{
	hr_ledger_row *rows;
	const hr_json *node;

	if (!parse(file, arena, &node, err) || !read_rows(node, arena, &rows, &put->count, err))
		return false;
	put->rows = rows;
	return true;
}

static bool get_number(const hr_json *node, hr_str name, int64_t *out)
{
	const hr_json *member = hr_json_get(node, name);

	return member && read_number(member->text, out);
}

static bool read_year(const hr_json *node, hr_arena *arena, hr_settlement_year *out, hr_error *err)
{
	hr_settlement_year year = { .of_another = false };
	hr_ledger *ledger = &year.ledger;
	const hr_json *of;
	int64_t number;

	if (!get_number(node, HR_STR("turn"), &ledger->turn) ||
	    !get_number(node, HR_STR("last"), &year.last) ||
	    !get_number(node, HR_STR("year"), &number) || number > INT32_MAX)
		return hr_fail(err, HR_E_SYNTAX, "the answer is no list of settlements");
	ledger->scope.year = (int32_t)number;
	ledger->scope.insured = hr_json_path_text(node, HR_STR("insuplc_admdvs"));
	ledger->scope.insurance = hr_json_path_text(node, HR_STR("insutype"));
	of = hr_json_get(node, HR_STR("of_another"));
	year.of_another = of && of->kind == HR_JSON_TRUE;
	if (!read_rows(node, arena, &ledger->rows, &ledger->count, err))
		return false;
	*out = year;
	return true;
}

bool hr_settlements_read(hr_str answer, hr_arena *arena, hr_settlement_year *out, hr_error *err)
{
	const hr_json *node;

	return parse(answer, arena, &node, err) && read_year(node, arena, out, err);
}

/* An array of at most so many. */
static bool check_many(const hr_json *node, size_t max, hr_error *err)
{
	return (node && node->kind == HR_JSON_ARRAY && node->count <= max) ||
	       hr_fail(err, HR_E_SYNTAX, "this is no list of persons");
}

static bool read_one(const hr_json *node, hr_arena *arena, hr_settlement_one *out, hr_error *err)
{
	const hr_str insured = hr_json_path_text(node, HR_STR("insuplc_admdvs"));

	if (insured.len >= sizeof(out->person.insured) ||
	    !hr_digest_parse(hr_json_path_text(node, HR_STR("key")), &out->person.key.digest))
		return hr_fail(err, HR_E_SYNTAX, "the answer is no list of persons");
	memcpy(out->person.insured, insured.data, insured.len);
	out->person.insured[insured.len] = '\0';
	return read_year(node, arena, &out->year, err);
}

bool hr_settlement_years_read(hr_str answer, hr_arena *arena, hr_settlement_batch *out,
			      hr_error *err)
{
	hr_settlement_batch batch = { .count = 0 };
	const hr_json *node;

	if (!parse(answer, arena, &node, err) || !check_many(node, HR_SETTLEMENT_BATCH_MAX, err))
		return false;
	batch.rows = HR_NEW_N(arena, hr_settlement_one, node->count);
	if (!batch.rows)
		return hr_fail_memory(err);
	for (const hr_json *row = node->first; row; row = row->next)
		if (!read_one(row, arena, &batch.rows[batch.count++], err))
			return false;
	*out = batch;
	return true;
}

/* --- many put at once --- */

static void add_scope(hr_json_writer *w, const hr_ledger_scope *scope)
{
	hr_act_text(w, "insuplc_admdvs", scope->insured);
	hr_act_text(w, "insutype", scope->insurance);
	hr_act_number(w, "year", (uint64_t)scope->year);
}

static void add_key(hr_json_writer *w, const hr_patient_key *key)
{
	char text[HR_SHA256_TEXT];

	hr_act_text(w, "key", hr_digest_format(&key->digest, text));
}

bool hr_resettle_file(const hr_settlement_one_put *all, size_t count, hr_buf *out, hr_error *err)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_json_name(&w, HR_STR("persons"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++) {
		hr_json_open_object(&w);
		add_key(&w, &all[i].key);
		add_scope(&w, &all[i].put.scope);
		hr_act_number(&w, "turn", (uint64_t)all[i].put.turn);
		add_rows(&w, all[i].put.rows, all[i].put.count);
		hr_json_close_object(&w);
	}
	hr_json_close_array(&w);
	hr_json_close_object(&w);
	return !out->failed || hr_fail_memory(err);
}

static bool read_one_put(const hr_json *node, hr_arena *arena, hr_settlement_one_put *out,
			 hr_error *err)
{
	hr_settlement_put *put = &out->put;
	hr_ledger_row *rows;
	int64_t year;

	if (!hr_digest_parse(hr_json_path_text(node, HR_STR("key")), &out->key.digest) ||
	    !get_number(node, HR_STR("turn"), &put->turn) ||
	    !get_number(node, HR_STR("year"), &year) || year > INT32_MAX)
		return hr_fail(err, HR_E_SYNTAX, "this is no list of persons");
	put->deed = HR_SETTLEMENT_RESETTLE;
	put->scope =
		(hr_ledger_scope){ hr_json_path_text(node, HR_STR("insuplc_admdvs")),
				   hr_json_path_text(node, HR_STR("insutype")), (int32_t)year };
	if (!read_rows(node, arena, &rows, &put->count, err))
		return false;
	put->rows = rows;
	return true;
}

bool hr_resettle_file_read(hr_str file, hr_arena *arena, hr_settlement_one_put **all, size_t *count,
			   hr_error *err)
{
	const hr_json *node;
	const hr_json *persons;
	size_t n = 0;

	if (!parse(file, arena, &node, err))
		return false;
	persons = hr_json_get(node, HR_STR("persons"));
	if (!check_many(persons, HR_SETTLEMENT_BATCH_MAX, err))
		return false;
	*all = HR_NEW_N(arena, hr_settlement_one_put, persons->count);
	if (!*all)
		return hr_fail_memory(err);
	for (const hr_json *row = persons->first; row; row = row->next)
		if (!read_one_put(row, arena, &(*all)[n++], err))
			return false;
	*count = n;
	return true;
}

bool hr_resettle_read(hr_str answer, hr_arena *arena, size_t count, size_t *done, bool *kept,
		      hr_error *err)
{
	const hr_json *node;
	size_t n = 0;

	if (!parse(answer, arena, &node, err) || !check_many(node, count, err))
		return false;
	/* Of none at all there would be no end. */
	if (node->count == 0)
		return hr_fail(err, HR_E_SYNTAX, "this is no list of persons");
	for (const hr_json *row = node->first; row; row = row->next)
		kept[n++] = row->kind == HR_JSON_TRUE;
	*done = n;
	return true;
}

/* --- acts --- */

static hr_settlement_by by_of(const hr_film_asked *asked, hr_str reason)
{
	return (hr_settlement_by){ asked->act->who, reason, asked->at };
}

static void add_year(hr_json_writer *w, const hr_settlement_year *year)
{
	const hr_ledger *ledger = &year->ledger;

	hr_act_number(w, "turn", (uint64_t)ledger->turn);
	hr_act_number(w, "last", (uint64_t)year->last);
	hr_json_name(w, HR_STR("of_another"));
	hr_json_bool(w, year->of_another);
	add_scope(w, &ledger->scope);
	add_rows(w, ledger->rows, ledger->count);
}

bool hr_act_settlements(hr_film_asked *asked, hr_error *err)
{
	const hr_settlement_by by = by_of(asked, asked->words[8]);
	hr_settlement_year year;
	hr_settlement_look look;
	hr_patient_key key;
	hr_json_writer w;

	if (!read_places(asked->words, &look, &key, err))
		return false;
	look.id = asked->words[7];
	if (!hr_settlement_book_look(asked->films->store, asked->films->node, &look, &by,
				     asked->arena, &year, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	add_year(&w, &year);
	hr_json_close_object(&w);
	return true;
}

bool hr_act_settle(hr_film_asked *asked, hr_error *err)
{
	const hr_settlement_by by = by_of(asked, asked->words[9]);
	hr_settlement_look look;
	hr_settlement_put put;
	hr_patient_key key;
	hr_str file;

	if (!hr_settle_words_read(asked->words, &look, &key, &put, err) ||
	    !hr_act_read_file(asked, HR_SETTLE_FILE_MAX, &file, err) ||
	    !hr_settle_file_read(file, asked->arena, &put, err) ||
	    !hr_settlement_book_put(asked->films->store, asked->films->node, &look, &by, &put,
				    asked->arena, err))
		return false;
	HR_BUF_ADD(&asked->out, "{}");
	return true;
}

static void add_batch(hr_json_writer *w, const hr_settlement_batch *batch)
{
	hr_json_open_array(w);
	for (size_t i = 0; i < batch->count; i++) {
		hr_json_open_object(w);
		add_key(w, &batch->rows[i].person.key);
		add_year(w, &batch->rows[i].year);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

bool hr_act_settlement_years(hr_film_asked *asked, hr_error *err)
{
	const hr_settlement_by by = by_of(asked, asked->words[5]);
	const hr_str insured = asked->words[3];
	hr_settlement_person after = { .insured = "" };
	hr_settlement_batch batch;
	hr_ledger_scope scope;
	hr_json_writer w;

	if (!read_scope(asked->words, &scope) || insured.len >= sizeof(after.insured) ||
	    (insured.len && !hr_digest_parse(asked->words[4], &after.key.digest)))
		return hr_fail(err, HR_E_USAGE, "the words of the act are not those of a year");
	memcpy(after.insured, insured.data, insured.len);
	if (!hr_settlement_book_look_next(asked->films->store, asked->films->node, &scope,
					  insured.len ? &after : NULL, &by, asked->arena, &batch,
					  err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	add_batch(&w, &batch);
	return true;
}

bool hr_act_resettle(hr_film_asked *asked, hr_error *err)
{
	const hr_settlement_by by = by_of(asked, asked->words[0]);
	bool kept[HR_SETTLEMENT_BATCH_MAX];
	hr_settlement_one_put *all;
	hr_json_writer w;
	size_t count;
	size_t done;
	hr_str file;

	if (!hr_act_read_file(asked, HR_SETTLE_FILE_MAX, &file, err) ||
	    !hr_resettle_file_read(file, asked->arena, &all, &count, err) ||
	    !hr_settlement_book_put_many(asked->films->store, asked->films->node, &by, all, count,
					 asked->arena, &done, kept, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_array(&w);
	for (size_t i = 0; i < done; i++)
		hr_json_bool(&w, kept[i]);
	hr_json_close_array(&w);
	return true;
}
