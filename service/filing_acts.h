/*
 * The book of filings by the acts of a data folder (film_acts.h): what goes in
 * are words, because a command line is seen by others and this is not; what
 * comes out is JSON.
 *
 *	HR_ACT_FILINGS  {"turn":N,"filings":[{"id",...,"stas","replaces","reasons","catalogue"}]}
 *	HR_ACT_FILE     {"id":ID}
 */
#pragma once

#include "service/filing_book.h"

enum { HR_FILINGS_WORDS = 4, HR_FILE_WORDS = 18 };

/* The words of HR_ACT_FILINGS. */
void hr_filings_words(const hr_filing_whose *whose, hr_str reason, hr_str words[HR_FILINGS_WORDS]);

/* And of HR_ACT_FILE; in the arena. */
bool hr_file_words(const hr_filing_whose *whose, hr_str reason, const hr_filing_put *put,
		   hr_arena *arena, hr_str words[HR_FILE_WORDS], hr_error *err);

/* What they say. HR_E_USAGE: they are not such words. */
bool hr_file_words_read(const hr_str words[HR_FILE_WORDS], hr_filing_put *out, hr_error *err);

/* An answer of HR_ACT_FILINGS, without a line end; and read again, in the arena. */
void hr_filings_write(const hr_filing_list *list, hr_buf *out);
bool hr_filings_read(hr_str answer, hr_arena *arena, hr_filing_list *out, hr_error *err);
