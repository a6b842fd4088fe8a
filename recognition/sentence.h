/* A reason as a sentence, and the words for the small enumerations. */
#pragma once

#include "recognition/verdict.h"

/* The reason's sentence, its argument filled in. */
void hr_reason_format(const hr_reason *reason, hr_lang lang, hr_buf *out);

hr_str hr_setting_word(hr_setting setting, hr_lang lang);
hr_str hr_obligation_word(hr_obligation obligation, hr_lang lang);
hr_str hr_cover_word(hr_cover cover, hr_lang lang);
hr_str hr_cover_code(hr_cover cover); /* for machines: "covered-wider" */

/* "采样", "collected": a specimen is taken and tested, an examination is made. */
hr_str hr_event_word(hr_event_kind event, hr_kind kind, hr_lang lang);

/* "30 天", "6 小时": a window's length. */
void hr_window_format_length(const hr_window *window, hr_lang lang, hr_buf *out);

/* "2 天 1 小时", at most two units, whole minutes; for a time that has passed or is left. */
void hr_duration_format(int64_t seconds, hr_lang lang, hr_buf *out);

/* An exclusive end as people say it: "12-20 24:00", with the year where it is not `at`'s. */
void hr_end_format(hr_instant until, hr_instant at, hr_buf *out);
