#include "dicom/film_answer.h"

#include "base/json.h"
#include "dicom/film_json.h"
#include "dicom/film_match.h"

#include <inttypes.h>

enum { LINES_BYTES_MAX = 64 * 1024 };

/* --- what is counted or addressed, in lines --- */

static void add_number(hr_buf *lines, const char *tag, int64_t number)
{
	hr_buf_addf(lines, "\"%s\":{\"vr\":\"IS\",\"Value\":[%" PRId64 "]}\n", tag, number);
}

/* A text that is JSON's inner part of a string. */
static void add_escaped(hr_buf *lines, hr_str text)
{
	hr_json_writer writer;
	size_t at = lines->len;

	hr_json_writer_init(&writer, lines, false);
	hr_json_string(&writer, text);
	if (lines->failed)
		return;
	memmove(lines->data + at, lines->data + at + 1, lines->len - at - 2);
	lines->len -= 2;
}

static void add_address(hr_buf *lines, hr_str base, const hr_film_found *found, hr_film_level level)
{
	HR_BUF_ADD(lines, "\"00081190\":{\"vr\":\"UR\",\"Value\":[\"");
	add_escaped(lines, base);
	hr_buf_addf(lines, "/studies/%.*s", HR_STR_ARG(found->study.uid));
	if (level >= HR_FILM_SERIES)
		hr_buf_addf(lines, "/series/%.*s", HR_STR_ARG(found->series.uid));
	if (level == HR_FILM_INSTANCE)
		hr_buf_addf(lines, "/instances/%.*s", HR_STR_ARG(found->instance.uid));
	HR_BUF_ADD(lines, "\"]}\n");
}

static void add_availability(hr_buf *lines, hr_film_availability availability)
{
	static const char *const words[HR_FILM_AVAILABILITIES] = { "ONLINE", "NEARLINE", "OFFLINE",
								   "UNAVAILABLE" };

	hr_buf_addf(lines, "\"00080056\":{\"vr\":\"CS\",\"Value\":[\"%s\"]}\n",
		    words[availability]);
}

static void add_modalities(hr_buf *lines, hr_str modalities)
{
	hr_json_writer writer;
	hr_str modality;

	if (modalities.len == 0)
		return;
	HR_BUF_ADD(lines, "\"00080061\":{\"vr\":\"CS\",\"Value\":");
	hr_json_writer_init(&writer, lines, false);
	hr_json_open_array(&writer);
	while (hr_film_next_of(&modalities, &modality))
		hr_json_string(&writer, modality);
	hr_json_close_array(&writer);
	HR_BUF_ADD(lines, "}\n");
}

static void add_counted(hr_buf *lines, hr_str base, const hr_film_found *found, hr_film_level level)
{
	switch (level) {
	case HR_FILM_STUDY:
		add_availability(lines, found->study.availability);
		add_modalities(lines, found->study.modalities);
		add_address(lines, base, found, level);
		add_number(lines, "00201206", found->study.series_count);
		add_number(lines, "00201208", found->study.instance_count);
		break;
	case HR_FILM_SERIES:
		add_address(lines, base, found, level);
		add_number(lines, "00201209", found->series.instance_count);
		break;
	case HR_FILM_INSTANCE:
		add_availability(lines, found->instance.availability);
		add_address(lines, base, found, level);
		break;
	}
}

/* --- all of it --- */

/* Of the levels above, what the path has not fixed is told, too (PS3.18 table 10.6.3-4, -5). */
static bool is_told(const hr_film_query *query, hr_film_level level)
{
	if (level == query->level)
		return true;
	return level == HR_FILM_STUDY ? query->study_uid.len == 0 : query->series_uid.len == 0;
}

static hr_str shown_of(const hr_film_found *found, hr_film_level level, hr_str *more)
{
	const hr_str shown[] = { found->study.shown, found->series.shown, found->instance.shown };
	const hr_str others[] = { found->study.more, found->series.more, found->instance.more };

	*more = others[level];
	return shown[level];
}

bool hr_film_answer(const hr_film_query *query, hr_str base, const hr_film_found *found,
		    hr_arena *scratch, hr_buf *out, hr_error *err)
{
	hr_film_json_part parts[HR_FILM_JSON_PARTS_MAX];
	size_t count = 0;
	hr_buf lines[HR_FILM_INSTANCE + 1];

	hr_arena_reset(scratch);
	/* The nearest first: its address is the one that is meant. */
	for (int at = (int)query->level; at >= 0; at--) {
		hr_film_level level = (hr_film_level)at;
		bool told = is_told(query, level);
		hr_str more;
		hr_str shown = shown_of(found, level, &more);

		if (!told && query->include_count == 0)
			continue;
		hr_buf_init(&lines[at], scratch, LINES_BYTES_MAX);
		add_counted(&lines[at], base, found, level);
		if (lines[at].failed)
			return hr_fail_memory(err);
		parts[count++] = (hr_film_json_part){ hr_buf_str(&lines[at]), told };
		parts[count++] = (hr_film_json_part){ shown, told };
		if (query->include_count || query->include_all)
			parts[count++] = (hr_film_json_part){ more, told && query->include_all };
	}
	hr_film_json_merge(parts, count, query->includes, query->include_count, out);
	return !out->failed || hr_fail_memory(err);
}
