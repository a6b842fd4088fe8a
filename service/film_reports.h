/*
 * The films of reports. What a report leads to is found in the index by whoever
 * has it open: the service itself, or, for a command, who writes the folder
 * (film_acts.h). The rule that decides is recognition/report_films.h.
 */
#pragma once

#include "recognition/report_films.h"
#include "service/films.h"
#include "service/verify.h"

enum { HR_FILM_IDS_MAX = 6, HR_FILM_WANTED_WORDS_MAX = 58 };

/* What of a report goes to the index; all of it is borrowed. */
typedef struct hr_film_wanted {
	hr_film_leads leads;
	hr_str name; /* of its patient */
	hr_str issuers[HR_FILM_IDS_MAX];
	hr_str ids[HR_FILM_IDS_MAX]; /* of its patient; numbers of identity cards first */
	size_t id_count;
} hr_film_wanted;

void hr_film_wanted_of(const hr_report *report, hr_film_wanted *out);

/* As the words of an act, and back; HR_E_USAGE for what are none. */
size_t hr_film_wanted_words(const hr_film_wanted *wanted, hr_str words[HR_FILM_WANTED_WORDS_MAX]);
bool hr_film_wanted_read(const hr_str *words, size_t count, hr_film_wanted *out, hr_error *err);

/* In this process' index: film_reports_book.c. */
bool hr_film_candidates_find(hr_films *films, const hr_film_wanted *wanted,
			     const hr_film_scope *scope, hr_arena *arena, hr_film_candidates *out,
			     hr_error *err);

/* As the answer of an act, and back: HR_E_SYNTAX. */
void hr_film_candidates_format(const hr_film_candidates *candidates, hr_buf *out);
bool hr_film_candidates_read(hr_str json, hr_arena *arena, hr_film_candidates *out, hr_error *err);

/* Whoever has the index. Not asked for a report that leads nowhere. */
typedef bool hr_film_seek(void *context, const hr_film_wanted *wanted, hr_arena *arena,
			  hr_film_candidates *out, hr_error *err);

bool hr_report_find_films(const hr_catalog *catalog, const hr_report *report, hr_film_seek *seek,
			  void *context, hr_arena *arena, hr_report_films *out, hr_error *err);

/* Of each report; the verdicts tell them from then on. */
bool hr_verdicts_find_films(hr_verdicts *verdicts, hr_film_seek *seek, void *context,
			    hr_arena *arena, hr_error *err);
