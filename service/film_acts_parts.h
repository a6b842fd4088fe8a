/* What the acts of films share: one that is on its way. */
#pragma once

#include "service/film_acts.h"

#include "base/json.h"

typedef struct hr_film_asked {
	hr_films *films;
	const hr_control_act *act;
	hr_str words[HR_ACT_WORDS_MAX];
	size_t count;
	hr_instant at;
	hr_arena *arena;
	hr_buf out;
	int fd; /* of the answer */
} hr_film_asked;

/* A member whose value may be empty. */
void hr_act_text(hr_json_writer *w, const char *name, hr_str value);
void hr_act_number(hr_json_writer *w, const char *name, uint64_t value);

/* The file that came with it, to the arena; one of more than `max` bytes is HR_E_LIMIT. */
bool hr_act_read_file(hr_film_asked *asked, size_t max, hr_str *out, hr_error *err);

/* film_acts_book.c: what is done to a film after it came. */
bool hr_act_show(hr_film_asked *asked, hr_error *err);
bool hr_act_unmatched(hr_film_asked *asked, hr_error *err);
bool hr_act_state(hr_film_asked *asked, hr_error *err);
bool hr_act_match(hr_film_asked *asked, hr_error *err);
bool hr_act_correct(hr_film_asked *asked, hr_error *err);
bool hr_act_remove(hr_film_asked *asked, hr_error *err);
bool hr_act_claim(hr_film_asked *asked, hr_error *err);

/* filing_acts.c */
bool hr_act_filings(hr_film_asked *asked, hr_error *err);
bool hr_act_file(hr_film_asked *asked, hr_error *err);

/* settlement_acts.c */
bool hr_act_settlements(hr_film_asked *asked, hr_error *err);
bool hr_act_settle(hr_film_asked *asked, hr_error *err);
bool hr_act_settlement_years(hr_film_asked *asked, hr_error *err);
bool hr_act_resettle(hr_film_asked *asked, hr_error *err);

/* film_acts_check.c: index and bytes against each other. */
bool hr_act_check(hr_film_asked *asked, hr_error *err);

/* share_acts.c */
bool hr_act_share(hr_film_asked *asked, hr_error *err);
bool hr_act_pickup(hr_film_asked *asked, hr_error *err);
bool hr_act_shares(hr_film_asked *asked, hr_error *err);
bool hr_act_share_revoke(hr_film_asked *asked, hr_error *err);
bool hr_act_share_log(hr_film_asked *asked, hr_error *err);
