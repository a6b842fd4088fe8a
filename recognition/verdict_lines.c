/*
 * The sentences of a verdict. Who shows it puts them into lines, or a page.
 */
#include "recognition/verdict_lines.h"

#include "base/text.h"
#include "recognition/sentence.h"

static hr_str say(const hr_teller *t, const char *zh, const char *en)
{
	return hr_str_of(t->lang == HR_LANG_ZH ? zh : en);
}

static void put(const hr_teller *t, const char *zh, const char *en)
{
	hr_buf_add(t->out, say(t, zh, en));
}

hr_str hr_tell_outcome(hr_outcome outcome, hr_lang lang)
{
	static const hr_str english[] = {
		[HR_OUTCOME_NOT_RECOGNISED] = HR_STR_INIT("not recognised"),
		[HR_OUTCOME_UNDECIDED] = HR_STR_INIT("undecided"),
		[HR_OUTCOME_RECOGNISED] = HR_STR_INIT("recognised"),
	};

	return lang == HR_LANG_ZH ? hr_outcome_zh(outcome) : english[outcome];
}

static hr_kind kind_of(const hr_teller *t, const hr_decision *d)
{
	return d->item == HR_ID_NONE ? d->result->kind
				     : hr_catalog_get_item(t->v->catalog, d->item)->kind;
}

/* --- the first line --- */

/* The time that people ask for first: when the specimen was taken, the film made. */
static const hr_time *first_time(const hr_report *report, hr_event_kind *event)
{
	for (int k = 0; k < HR_EVENT_KINDS; k++) {
		const hr_time *time = &report->times[k];

		if (!hr_time_is_known(time) && report->result_count)
			time = &report->results[0].times[k];
		if (hr_time_is_known(time)) {
			*event = (hr_event_kind)k;
			return time;
		}
	}
	return NULL;
}

static void put_institution(const hr_teller *t, hr_institution_id id, hr_str printed)
{
	if (id != HR_ID_NONE)
		hr_buf_add(t->out, hr_catalog_get_institution(t->v->catalog, id)->name);
	else if (printed.len)
		hr_buf_add(t->out, printed);
	else
		put(t, "未写明机构", "institution not said");
}

static void put_title(const hr_teller *t)
{
	const hr_report *report = t->v->report;

	if (report->title.text.len)
		hr_buf_add(t->out, hr_str_trim(report->title.text));
	else if (report->kind == HR_KIND_EXAM)
		put(t, "检查报告", "imaging report");
	else
		put(t, "检验报告", "laboratory report");
	if (report->format == HR_FORMAT_PAPER)
		put(t, " (纸质)", " (paper)");
}

static hr_kind kind_of_report(const hr_teller *t)
{
	hr_kind kind = t->v->report->kind;

	return kind == HR_KIND_UNKNOWN && t->v->decision_count ? kind_of(t, t->v->decisions) : kind;
}

void hr_tell_head(const hr_teller *t)
{
	const hr_question *q = t->v->question;
	hr_event_kind event;
	const hr_time *time = first_time(t->v->report, &event);
	char text[HR_INSTANT_TEXT];

	put_title(t);
	HR_BUF_ADD(t->out, "  ");
	if (time) {
		hr_str written = hr_span_format(time->span, text);

		hr_buf_add(t->out, hr_event_word(event, kind_of_report(t), t->lang));
		HR_BUF_ADD(t->out, " ");
		hr_buf_add(t->out, hr_str_slice(written, 0, 16));
		HR_BUF_ADD(t->out, "  ");
	}
	put_institution(t, t->v->issuer, t->v->report->issuer.name.text);
	if (q->receiver.len) {
		HR_BUF_ADD(t->out, " → ");
		put_institution(t, t->v->receiver, q->receiver);
	}
	if (q->setting) {
		HR_BUF_ADD(t->out, " ");
		hr_buf_add(t->out, hr_setting_word(q->setting, t->lang));
	}
	if (t->v->synthetic)
		put(t, "  [含示范数据, 非官方]", "  [contains demonstration data, not official]");
}

/* --- an item's line --- */

static void add_if(hr_buf *out, const char *before, hr_str text, const char *after)
{
	if (text.len == 0)
		return;
	hr_buf_add(out, hr_str_of(before));
	hr_buf_add(out, text);
	hr_buf_add(out, hr_str_of(after));
}

/* A line that shows only a hospital's own code gets the item's name beside it. */
static hr_str name_beside(const hr_teller *t, const hr_decision *d)
{
	hr_item_id named[1];
	hr_str name;

	if (d->item == HR_ID_NONE)
		return HR_STR_NONE;
	name = hr_catalog_get_item(t->v->catalog, d->item)->name;
	if (hr_catalog_find_items_by_name(t->v->catalog, d->name, named, 1) ||
	    hr_str_find(d->name, name) < d->name.len)
		return HR_STR_NONE;
	return name;
}

hr_str hr_tell_item(const hr_teller *t, const hr_decision *d)
{
	const hr_result *r = d->result;
	hr_buf buf;

	hr_buf_init(&buf, t->out->arena, 4096);
	hr_buf_add(&buf, d->name.len ? d->name : say(t, "(无名称)", "(no name)"));
	if (!d->name.len) {
		/* An image that nobody named: what the scanner says of it. */
		add_if(&buf, " ", r->modality.text, "");
		add_if(&buf, " ", r->body_part.text, "");
		add_if(&buf, " ", r->laterality.text, "");
	}
	add_if(&buf, " ", name_beside(t, d), "");
	add_if(&buf, " ", hr_text_cut(r->value.text, 60), "");
	add_if(&buf, " ", r->unit.text, "");
	add_if(&buf, " (", r->range.text, ")");
	add_if(&buf, " [", r->method.text, "]");
	return hr_buf_str(&buf);
}

/* "; " between what is said of one item. */
static void part(hr_buf *out, size_t *start)
{
	if (out->len > *start)
		HR_BUF_ADD(out, "; ");
}

static void put_grade(const hr_teller *t, const hr_origin *origin)
{
	if (origin->grade == HR_GRADE_OFFICIAL)
		return;
	put(t, "(", " (");
	hr_buf_add(t->out, t->lang == HR_LANG_ZH ? hr_grade_zh(origin->grade)
						 : hr_grade_word(origin->grade));
	HR_BUF_ADD(t->out, ")");
}

static hr_str regime_word(const hr_regime *regime)
{
	return regime->mark.len ? regime->mark : regime->name;
}

/* "示范HR 应当互认 · 采样起 30 天(示范), 至 12-20 24:00, 还有 28 天" */
static void put_recognised(const hr_teller *t, const hr_decision *d)
{
	const hr_ruling *r = &d->rulings[0];
	hr_str event = hr_event_word(r->event, kind_of(t, d), t->lang);
	int64_t at = t->v->question->at.second;

	hr_buf_add(t->out, regime_word(r->regime));
	HR_BUF_ADD(t->out, " ");
	hr_buf_add(t->out, hr_obligation_word(d->obligation, t->lang));
	HR_BUF_ADD(t->out, " · ");
	if (t->lang == HR_LANG_ZH) {
		hr_buf_add(t->out, event);
		HR_BUF_ADD(t->out, "起 ");
	}
	hr_window_format_length(r->window, t->lang, t->out);
	put_grade(t, &r->window->origin);
	if (t->lang == HR_LANG_EN)
		hr_buf_addf(t->out, " from being %.*s", HR_STR_ARG(event));
	put(t, ", 至 ", ", until ");
	hr_end_format(r->until, t->v->question->at, t->out);
	put(t, ", 还有 ", ", ");
	hr_duration_format(r->until.second - at, t->lang, t->out);
	put(t, "", " left");
}

static bool has_step(hr_reasons reasons, hr_step step)
{
	for (uint32_t i = 0; i < reasons.count; i++) {
		const hr_reason_row *row = hr_reason_row_get(reasons.list[i].id);

		if (row->step == step && row->effect <= HR_EFFECT_OPEN)
			return true;
	}
	return false;
}

static bool is_settled(const hr_decision *d, hr_step step)
{
	return d->ruling_count && !has_step(d->reasons, step) &&
	       !has_step(d->rulings[0].reasons, step);
}

static void put_settled(const hr_teller *t, const hr_decision *d, size_t *start)
{
	bool item = is_settled(d, HR_STEP_ITEM) && is_settled(d, HR_STEP_LIST);
	bool institution = is_settled(d, HR_STEP_GRANT) && is_settled(d, HR_STEP_LIST);

	/* What is not matched was asked of no list. */
	if (d->item == HR_ID_NONE || (!item && !institution))
		return;
	part(t->out, start);
	if (item && institution)
		put(t, "项目、机构均在名单", "item and institution are listed");
	else if (item)
		put(t, "项目在名单", "the item is listed");
	else
		put(t, "机构在名单", "the institution is listed");
}

static void put_sentence(const hr_teller *t, const hr_reason *reason, const hr_regime *regime,
			 size_t *start)
{
	part(t->out, start);
	if (regime) {
		hr_buf_add(t->out, regime_word(regime));
		HR_BUF_ADD(t->out, ": ");
	}
	hr_reason_format(reason, t->lang, t->out);
}

/* The reasons of that effect: the result's own, then those of the ruling that came closest. */
static void put_reasons(const hr_teller *t, const hr_decision *d, hr_effect effect, size_t *start)
{
	const hr_ruling *best = d->ruling_count ? d->rulings : NULL;
	bool named = false;

	for (uint32_t i = 0; i < d->reasons.count; i++)
		if (hr_reason_row_get(d->reasons.list[i].id)->effect == effect)
			put_sentence(t, &d->reasons.list[i], NULL, start);
	for (uint32_t i = 0; best && i < best->reasons.count; i++) {
		if (hr_reason_row_get(best->reasons.list[i].id)->effect != effect)
			continue;
		put_sentence(t, &best->reasons.list[i], named ? NULL : best->regime, start);
		named = true;
	}
}

static void put_age(const hr_teller *t, const hr_decision *d, size_t *start)
{
	for (int event = 0; event < HR_EVENT_KINDS; event++) {
		const hr_time *time = hr_result_time(t->v->report, d->result, (hr_event_kind)event);
		int64_t age = t->v->question->at.second - time->span.from.second;

		if (!hr_time_is_known(time) || age < 0)
			continue;
		if (time->span.precision <= HR_PRECISION_DAY)
			age -= age % HR_DAY_S;
		else if (time->span.precision == HR_PRECISION_HOUR)
			age -= age % HR_HOUR_S;
		part(t->out, start);
		hr_buf_add(t->out, hr_event_word((hr_event_kind)event, kind_of(t, d), t->lang));
		put(t, "距今 ", " ");
		hr_duration_format(age, t->lang, t->out);
		put(t, "", " ago");
		return;
	}
}

static void put_undecided(const hr_teller *t, const hr_decision *d)
{
	size_t start = t->out->len;

	put_settled(t, d, &start);
	put_reasons(t, d, HR_EFFECT_OPEN, &start);
	put_age(t, d, &start);
	part(t->out, &start);
	put(t, "由您判断", "for you to judge");
}

/* A result in doubt as such (its codes, its times, its status) is no reference either. */
static bool is_in_doubt(const hr_decision *d)
{
	for (uint32_t i = 0; i < d->reasons.count; i++)
		if (hr_reason_row_get(d->reasons.list[i].id)->effect == HR_EFFECT_NO)
			return true;
	return false;
}

static void put_not_recognised(const hr_teller *t, const hr_decision *d)
{
	size_t start = t->out->len;

	put_reasons(t, d, HR_EFFECT_NO, &start);
	if (t->out->len == start) {
		put(t, "见上", "see above");
	} else if (!is_in_doubt(d)) {
		part(t->out, &start);
		put(t, "可酌情参考", "for reference only");
	}
}

void hr_tell_why(const hr_teller *t, const hr_decision *d)
{
	static void (*const say_why[])(const hr_teller *, const hr_decision *) = {
		[HR_OUTCOME_NOT_RECOGNISED] = put_not_recognised,
		[HR_OUTCOME_UNDECIDED] = put_undecided,
		[HR_OUTCOME_RECOGNISED] = put_recognised,
	};

	say_why[d->outcome](t, d);
}

/* --- evidence --- */

void hr_tell_place(const hr_teller *t, const hr_reason *reason)
{
	uint32_t line = hr_place_line(reason->place);

	if (reason->place.kind == HR_PLACE_NONE)
		return;
	put(t, "        报告: ", "        input: ");
	if (reason->value.len)
		hr_buf_addf(t->out, "%.*s  ", HR_STR_ARG(hr_text_cut(reason->value, 60)));
	hr_place_format(reason->place, t->out);
	if (line)
		hr_buf_addf(t->out, ":%u", line);
	HR_BUF_ADD(t->out, "\n");
}

static void put_origin(const hr_teller *t, const char *zh, const char *en, const hr_origin *origin)
{
	if (!origin)
		return;
	HR_BUF_ADD(t->out, "        ");
	put(t, zh, en);
	HR_BUF_ADD(t->out, ": ");
	hr_buf_add(t->out, origin->source);
	if (origin->document)
		add_if(t->out, " ", origin->document->number, "");
	add_if(t->out, " ", origin->row, "");
	hr_buf_addf(t->out, " [%.*s] %.*s:%u\n",
		    HR_STR_ARG(t->lang == HR_LANG_ZH ? hr_grade_zh(origin->grade)
						     : hr_grade_word(origin->grade)),
		    HR_STR_ARG(origin->file), origin->line);
}

void hr_tell_reason_evidence(const hr_teller *t, const hr_reason *reason)
{
	static const char *const signs[] = { "✗", "?", "~", "·" };
	const hr_reason_row *row = hr_reason_row_get(reason->id);

	hr_buf_addf(t->out, "      %s ", signs[row->effect]);
	hr_reason_format(reason, t->lang, t->out);
	hr_buf_addf(t->out, " [%.*s]\n", HR_STR_ARG(row->code));
	hr_tell_place(t, reason);
	put_origin(t, "依据", "record", reason->origin);
}

/* A regime that does not reach this receiver, or is over: the rest of it is beside the point. */
static bool is_beside_the_point(const hr_ruling *r)
{
	for (uint32_t i = 0; i < r->reasons.count; i++) {
		const hr_reason_row *row = hr_reason_row_get(r->reasons.list[i].id);

		if (row->step == HR_STEP_REGIME && row->effect == HR_EFFECT_NO)
			return true;
	}
	return false;
}

static void explain_ruling(const hr_teller *t, const hr_ruling *r)
{
	bool brief = is_beside_the_point(r);

	HR_BUF_ADD(t->out, "    ");
	hr_buf_add(t->out, t->lang == HR_LANG_EN && r->regime->name_en.len ? r->regime->name_en
									   : r->regime->name);
	HR_BUF_ADD(t->out, ": ");
	hr_buf_add(t->out, hr_tell_outcome(r->outcome, t->lang));
	HR_BUF_ADD(t->out, "\n");
	for (uint32_t i = 0; i < r->reasons.count; i++)
		if (!brief || hr_reason_row_get(r->reasons.list[i].id)->step == HR_STEP_REGIME)
			hr_tell_reason_evidence(t, &r->reasons.list[i]);
	if (brief)
		return;
	if (r->grant)
		put_origin(t, "互认资格", "grant", &r->grant->origin);
	if (r->window)
		put_origin(t, "有效期", "window", &r->window->origin);
}

void hr_tell_evidence(const hr_teller *t, const hr_decision *d)
{
	for (uint32_t i = 0; i < d->reasons.count; i++)
		hr_tell_reason_evidence(t, &d->reasons.list[i]);
	for (uint32_t i = 0; i < d->ruling_count; i++)
		explain_ruling(t, &d->rulings[i]);
}

/* --- around the items --- */

void hr_tell_report_reason(const hr_teller *t, const hr_reason *reason)
{
	put(t, "整份报告: ", "whole report: ");
	hr_reason_format(reason, t->lang, t->out);
}

void hr_tell_order(const hr_teller *t, const hr_order_answer *answer)
{
	put(t, "拟开 ", "order ");
	hr_buf_add(t->out, answer->order);
	HR_BUF_ADD(t->out, ": ");
	hr_buf_add(t->out, hr_cover_word(answer->cover, t->lang));
	if (answer->by)
		add_if(t->out, " (", answer->by->name, ")");
	if (answer->candidates.len) {
		put(t, " (可能是: ", " (may be: ");
		hr_buf_add(t->out, answer->candidates);
		HR_BUF_ADD(t->out, ")");
	} else if (answer->item == HR_ID_NONE) {
		put(t, " (目录中没有这个项目)", " (not in the catalogue)");
	}
}

bool hr_tell_has_situations(const hr_verdict *verdict)
{
	bool recognised = false;

	for (uint32_t i = 0; i < verdict->decision_count; i++)
		recognised |= verdict->decisions[i].outcome == HR_OUTCOME_RECOGNISED;
	return recognised && hr_catalog_situation_count(verdict->catalog);
}

void hr_tell_situations(const hr_teller *t)
{
	size_t count = hr_catalog_situation_count(t->v->catalog);

	hr_buf_addf(t->out,
		    t->lang == HR_LANG_ZH
			    ? "符合互认条件的, 遇 %zu 种情形仍可复查, 须向患者说明"
			    : "What is recognised may still be examined again in %zu situations, "
			      "told to the patient",
		    count);
}

void hr_tell_situation(const hr_teller *t, const hr_situation *situation)
{
	hr_buf_addf(t->out, "%.*s. ", HR_STR_ARG(situation->code));
	hr_buf_add(t->out, t->lang == HR_LANG_EN && situation->text_en.len ? situation->text_en
									   : situation->text);
}

void hr_tell_catalogue(const hr_teller *t)
{
	hr_instant known = hr_catalog_known_at(t->v->catalog);
	char text[HR_INSTANT_TEXT];

	if (known.second == 0) {
		put(t, "目录文件夹 (未发布)", "Catalogue folder (not published)");
		return;
	}
	put(t, "目录 ", "Catalogue ");
	hr_buf_add(t->out, hr_str_slice(hr_catalog_id(t->v->catalog), 0, 7));
	put(t, " (", " (published ");
	hr_buf_add(t->out, hr_str_slice(hr_instant_format(known, text), 0, 10));
	put(t, " 发布)", ")");
}

void hr_tell_who_decides(const hr_teller *t)
{
	put(t, "是否认可由接诊医师决定。", "The receiving doctor decides.");
}
