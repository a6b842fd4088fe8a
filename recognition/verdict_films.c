/* The films of a report, behind its verdict. */
#include "recognition/report_films.h"
#include "recognition/sentence.h"
#include "recognition/verdict_lines.h"

#include <inttypes.h>

static void put(const hr_teller *t, const char *zh, const char *en)
{
	hr_buf_add(t->out, hr_str_of(t->lang == HR_LANG_ZH ? zh : en));
}

static void put_state(const hr_teller *t, hr_film_state state)
{
	static const char *const words[HR_FILM_STATES][2] = {
		[HR_FILM_HELD] = { "未发布", "held" },
		[HR_FILM_PUBLISHED] = { "已发布", "published" },
		[HR_FILM_WITHDRAWN] = { "已撤回", "withdrawn" },
	};

	put(t, words[state][0], words[state][1]);
}

static void put_day(const hr_teller *t, hr_str study_date)
{
	char text[HR_INSTANT_TEXT];
	hr_span span;

	if (hr_span_parse(study_date, &span))
		hr_buf_add(t->out, hr_span_format(span, text));
	else
		put(t, "日期不详", "date not known");
}

/* What leaves it open; what is only noted is shown by its state, or explained. */
static void put_why(const hr_teller *t, hr_reasons reasons)
{
	for (uint32_t i = 0; i < reasons.count; i++) {
		if (hr_reason_row_get(reasons.list[i].id)->effect == HR_EFFECT_NOTE)
			continue;
		HR_BUF_ADD(t->out, "; ");
		hr_reason_format(&reasons.list[i], t->lang, t->out);
	}
}

/* " 影像  2026-01-03  3 个对象  已发布  (按检查 UID)  huren film show 1.2.3" */
static void put_film(const hr_teller *t, const hr_report_film *film)
{
	const hr_film_study *study = film->study;

	if (film->is_certain)
		put(t, " 影像  ", " film  ");
	else
		put(t, " 影像待核对  ", " film, to be checked  ");
	put_day(t, study->study_date);
	hr_buf_addf(t->out,
		    t->lang == HR_LANG_ZH ? "  %" PRId64 " 个对象  " : "  objects: %" PRId64 "  ",
		    study->instance_count);
	put_state(t, study->state);
	if (film->is_by_uid)
		put(t, "  (按检查 UID", "  (by the study UID");
	else
		put(t, "  (按检查号", "  (by the accession number");
	put_why(t, film->reasons);
	HR_BUF_ADD(t->out, ")  huren film show ");
	hr_buf_add(t->out, study->uid);
	HR_BUF_ADD(t->out, "\n");
}

static void put_none(const hr_teller *t, hr_reasons reasons)
{
	put(t, " 没有找到影像: ", " no film was found: ");
	for (uint32_t i = 0; i < reasons.count; i++) {
		if (i)
			HR_BUF_ADD(t->out, "; ");
		hr_reason_format(&reasons.list[i], t->lang, t->out);
	}
	HR_BUF_ADD(t->out, "\n");
}

static void explain(const hr_teller *t, hr_reasons reasons)
{
	for (uint32_t i = 0; i < reasons.count; i++)
		hr_tell_reason_evidence(t, &reasons.list[i]);
}

void hr_tell_films(const hr_teller *t, bool explained)
{
	const hr_report_films *films = t->v->films;

	for (uint32_t i = 0; films && i < films->count; i++) {
		put_film(t, &films->list[i]);
		if (explained)
			explain(t, films->list[i].reasons);
	}
	if (!films || films->count)
		return;
	put_none(t, films->reasons);
	if (explained)
		explain(t, films->reasons);
}
