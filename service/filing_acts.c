#include "service/filing_acts.h"

#include "service/film_acts_parts.h"
#include "settlement/filing_ask.h"

#include <string.h>

enum { NUMBER_MAX = 32 };

/* --- words --- */

void hr_filings_words(const hr_filing_whose *whose, hr_str reason, hr_str words[HR_FILINGS_WORDS])
{
	words[0] = whose->type;
	words[1] = whose->issuer;
	words[2] = whose->number;
	words[3] = reason;
}

static hr_str day_word(hr_date day, hr_arena *arena)
{
	char text[HR_DATE_TEXT];

	return day.day == HR_DATE_MIN.day ? HR_STR_NONE
					  : hr_str_copy(arena, hr_date_format(day, text));
}

static hr_str number_word(int64_t number, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, NUMBER_MAX);
	hr_buf_add_int(&buf, number);
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

bool hr_file_words(const hr_filing_whose *whose, hr_str reason, const hr_filing_put *put,
		   hr_arena *arena, hr_str words[HR_FILE_WORDS], hr_error *err)
{
	const hr_filed *f = &put->row.filed;
	const hr_date days[] = { f->applied, f->from, f->until, f->ended };
	const hr_str turn = number_word(put->turn, arena);
	const hr_str rest[] = { hr_filing_deed_word(put->deed),
				turn,
				f->id,
				f->kind,
				f->insured,
				f->region,
				hr_filing_state_word(f->state),
				put->row.replaces,
				put->row.reasons,
				put->row.catalogue };

	hr_filings_words(whose, reason, words);
	memcpy(words + HR_FILINGS_WORDS, rest, sizeof(rest));
	for (size_t i = 0; i < 4; i++) {
		words[14 + i] = day_word(days[i], arena);
		if (days[i].day != HR_DATE_MIN.day && words[14 + i].len == 0)
			return hr_fail_memory(err);
	}
	return turn.len > 0 || hr_fail_memory(err);
}

static bool read_word(hr_str word, hr_str (*name)(unsigned), unsigned count, unsigned *out)
{
	for (unsigned i = 0; i < count; i++)
		if (hr_str_equal(name(i), word)) {
			*out = i;
			return true;
		}
	return false;
}

static hr_str deed_name(unsigned i)
{
	return hr_filing_deed_word((hr_filing_deed)i);
}

static hr_str state_name(unsigned i)
{
	return hr_filing_state_word((hr_filing_state)i);
}

static bool read_day(hr_str word, hr_date *out)
{
	*out = HR_DATE_MIN;
	return word.len == 0 || hr_date_parse(word, out);
}

static bool read_turn(hr_str word, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < word.len; i++) {
		if (word.data[i] < '0' || word.data[i] > '9' || word.len > 18)
			return false;
		*out = *out * 10 + (word.data[i] - '0');
	}
	return word.len > 0;
}

bool hr_file_words_read(const hr_str words[HR_FILE_WORDS], hr_filing_put *out, hr_error *err)
{
	hr_filing_put put = {
		.row = { .replaces = words[11], .reasons = words[12], .catalogue = words[13] }
	};
	hr_filed *f = &put.row.filed;
	unsigned deed;
	unsigned state;

	if (!read_word(words[4], deed_name, HR_FILING_DEEDS, &deed) ||
	    !read_word(words[10], state_name, HR_FILING_STATES, &state) ||
	    !read_turn(words[5], &put.turn) || !read_day(words[14], &f->applied) ||
	    !read_day(words[15], &f->from) || !read_day(words[16], &f->until) ||
	    !read_day(words[17], &f->ended))
		return hr_fail(err, HR_E_USAGE, "the words of the act are not those of a filing");
	put.deed = (hr_filing_deed)deed;
	f->state = (hr_filing_state)state;
	f->id = words[6];
	f->kind = words[7];
	f->insured = words[8];
	f->region = words[9];
	*out = put;
	return true;
}

static hr_filing_whose whose_of(const hr_film_asked *asked)
{
	return (hr_filing_whose){ asked->words[0], asked->words[1], asked->words[2] };
}

static hr_filing_by by_of(const hr_film_asked *asked)
{
	return (hr_filing_by){ asked->act->who, asked->words[3], asked->at };
}

void hr_filings_write(const hr_filing_list *list, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_act_number(&w, "turn", (uint64_t)list->turn);
	hr_json_name(&w, HR_STR("filings"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < list->count; i++) {
		hr_json_open_object(&w);
		hr_filed_write_members(&list->rows[i].filed, &w);
		hr_json_member(&w, HR_STR("replaces"), list->rows[i].replaces);
		hr_json_member(&w, HR_STR("reasons"), list->rows[i].reasons);
		hr_json_member(&w, HR_STR("catalogue"), list->rows[i].catalogue);
		hr_json_close_object(&w);
	}
	hr_json_close_array(&w);
	hr_json_close_object(&w);
}

/* --- acts --- */

bool hr_act_filings(hr_film_asked *asked, hr_error *err)
{
	const hr_filing_whose whose = whose_of(asked);
	const hr_filing_by by = by_of(asked);
	hr_filing_list list;

	if (!hr_filing_book_list(asked->films->store, asked->films->node, &whose, &by, asked->arena,
				 &list, err))
		return false;
	hr_filings_write(&list, &asked->out);
	return true;
}

bool hr_act_file(hr_film_asked *asked, hr_error *err)
{
	const hr_filing_whose whose = whose_of(asked);
	const hr_filing_by by = by_of(asked);
	hr_filing_put put;
	hr_json_writer w;
	hr_str id;

	if (!hr_file_words_read(asked->words, &put, err) ||
	    !hr_filing_book_put(asked->films->store, asked->films->node, &whose, &by, &put,
				asked->arena, &id, err))
		return false;
	hr_json_writer_init(&w, &asked->out, false);
	hr_json_open_object(&w);
	hr_act_text(&w, "id", id);
	hr_json_close_object(&w);
	return true;
}

/* --- an answer --- */

static bool read_row(const hr_json *node, hr_filing_row *out)
{
	hr_filed *f = &out->filed;
	unsigned state;

	*out = (hr_filing_row){ .replaces = hr_json_path_text(node, HR_STR("replaces")),
				.reasons = hr_json_path_text(node, HR_STR("reasons")),
				.catalogue = hr_json_path_text(node, HR_STR("catalogue")) };
	f->id = hr_json_path_text(node, HR_STR("id"));
	f->kind = hr_json_path_text(node, HR_STR("rloc_rea"));
	f->insured = hr_json_path_text(node, HR_STR("insuplc_admdvs"));
	f->region = hr_json_path_text(node, HR_STR("rloc_admdvs"));
	if (!read_word(hr_json_path_text(node, HR_STR("stas")), state_name, HR_FILING_STATES,
		       &state))
		return false;
	f->state = (hr_filing_state)state;
	return read_day(hr_json_path_text(node, HR_STR("appy_date")), &f->applied) &&
	       read_day(hr_json_path_text(node, HR_STR("begndate")), &f->from) &&
	       read_day(hr_json_path_text(node, HR_STR("enddate")), &f->until) &&
	       read_day(hr_json_path_text(node, HR_STR("ended")), &f->ended);
}

static bool read_list(const hr_json *node, hr_arena *arena, hr_filing_list *out, hr_error *err)
{
	const hr_json *turn = hr_json_get(node, HR_STR("turn"));
	const hr_json *rows = hr_json_get(node, HR_STR("filings"));
	hr_filing_list list = { .count = 0 };

	if (!turn || !rows || !read_turn(turn->text, &list.turn))
		return hr_fail(err, HR_E_SYNTAX, "the answer is no list of filings");
	list.rows = HR_NEW_N(arena, hr_filing_row, rows->count);
	if (!list.rows)
		return hr_fail_memory(err);
	for (const hr_json *row = rows->first; row; row = row->next)
		if (!read_row(row, &list.rows[list.count++]))
			return hr_fail(err, HR_E_SYNTAX, "the answer is no list of filings");
	*out = list;
	return true;
}

static void close_parser(void *parser)
{
	hr_json_parser_close(parser);
}

bool hr_filings_read(hr_str answer, hr_arena *arena, hr_filing_list *out, hr_error *err)
{
	hr_json_parser *parser = hr_json_parser_open();
	const hr_json *node;

	if (!parser)
		return hr_fail_memory(err);
	return hr_arena_on_reset(arena, close_parser, parser, err) &&
	       hr_json_read(parser, answer, arena, &node, err) && read_list(node, arena, out, err);
}
