/*
 * The verdict for a person at a desk: one line on the report, one on each
 * item, one on who decides. What is made up says so in the first line.
 */
#include "recognition/sentence.h"

#include "base/text.h"

struct page {
	const hr_verdict *v;
	hr_verdict_style style;
	hr_buf *out;
	size_t outcome_columns;
	size_t item_columns;
};

static hr_str say(const struct page *p, const char *zh, const char *en)
{
	return hr_str_of(p->style.lang == HR_LANG_ZH ? zh : en);
}

static void put(const struct page *p, const char *zh, const char *en)
{
	hr_buf_add(p->out, say(p, zh, en));
}

static void pad(hr_buf *out, hr_str written, size_t columns)
{
	for (size_t at = hr_text_columns(written); at < columns; at++)
		hr_buf_add_char(out, ' ');
}

static hr_str outcome_text(hr_outcome outcome, hr_lang lang)
{
	static const hr_str english[] = {
		[HR_OUTCOME_NOT_RECOGNISED] = HR_STR_INIT("not recognised"),
		[HR_OUTCOME_UNDECIDED] = HR_STR_INIT("undecided"),
		[HR_OUTCOME_RECOGNISED] = HR_STR_INIT("recognised"),
	};

	return lang == HR_LANG_ZH ? hr_outcome_zh(outcome) : english[outcome];
}

static hr_kind kind_of(const struct page *p, const hr_decision *d)
{
	return d->item == HR_ID_NONE ? d->result->kind
				     : hr_catalog_get_item(p->v->catalog, d->item)->kind;
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

static void put_institution(const struct page *p, hr_institution_id id, hr_str printed)
{
	if (id != HR_ID_NONE)
		hr_buf_add(p->out, hr_catalog_get_institution(p->v->catalog, id)->name);
	else if (printed.len)
		hr_buf_add(p->out, printed);
	else
		put(p, "未写明机构", "institution not said");
}

static void put_title(const struct page *p)
{
	const hr_report *report = p->v->report;

	if (report->title.text.len)
		hr_buf_add(p->out, hr_str_trim(report->title.text));
	else if (report->kind == HR_KIND_EXAM)
		put(p, "检查报告", "imaging report");
	else
		put(p, "检验报告", "laboratory report");
	if (report->format == HR_FORMAT_PAPER)
		put(p, " (纸质)", " (paper)");
}

static hr_kind kind_of_report(const struct page *p)
{
	hr_kind kind = p->v->report->kind;

	return kind == HR_KIND_UNKNOWN && p->v->decision_count ? kind_of(p, p->v->decisions) : kind;
}

static void put_header(const struct page *p)
{
	const hr_question *q = p->v->question;
	hr_event_kind event;
	const hr_time *time = first_time(p->v->report, &event);
	char text[HR_INSTANT_TEXT];

	put_title(p);
	HR_BUF_ADD(p->out, "  ");
	if (time) {
		hr_str written = hr_span_format(time->span, text);

		hr_buf_add(p->out, hr_event_word(event, kind_of_report(p), p->style.lang));
		HR_BUF_ADD(p->out, " ");
		hr_buf_add(p->out, hr_str_slice(written, 0, 16));
		HR_BUF_ADD(p->out, "  ");
	}
	put_institution(p, p->v->issuer, p->v->report->issuer.name.text);
	if (q->receiver.len) {
		HR_BUF_ADD(p->out, " → ");
		put_institution(p, p->v->receiver, q->receiver);
	}
	if (q->setting) {
		HR_BUF_ADD(p->out, " ");
		hr_buf_add(p->out, hr_setting_word(q->setting, p->style.lang));
	}
	if (p->v->synthetic)
		put(p, "  [含示范数据, 非官方]", "  [contains demonstration data, not official]");
	HR_BUF_ADD(p->out, "\n");
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
static hr_str name_beside(const struct page *p, const hr_decision *d)
{
	hr_item_id named[1];
	hr_str name;

	if (d->item == HR_ID_NONE)
		return HR_STR_NONE;
	name = hr_catalog_get_item(p->v->catalog, d->item)->name;
	if (hr_catalog_find_items_by_name(p->v->catalog, d->name, named, 1) ||
	    hr_str_find(d->name, name) < d->name.len)
		return HR_STR_NONE;
	return name;
}

static hr_str item_text(const struct page *p, const hr_decision *d)
{
	const hr_result *r = d->result;
	hr_buf buf;

	hr_buf_init(&buf, p->out->arena, 4096);
	hr_buf_add(&buf, d->name.len ? d->name : say(p, "(无名称)", "(no name)"));
	add_if(&buf, " ", name_beside(p, d), "");
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

static void put_grade(const struct page *p, const hr_origin *origin)
{
	if (origin->grade == HR_GRADE_OFFICIAL)
		return;
	put(p, "(", " (");
	hr_buf_add(p->out, p->style.lang == HR_LANG_ZH ? hr_grade_zh(origin->grade)
						       : hr_grade_word(origin->grade));
	HR_BUF_ADD(p->out, ")");
}

static hr_str regime_word(const hr_regime *regime)
{
	return regime->mark.len ? regime->mark : regime->name;
}

/* "示范HR 应当互认 · 采样起 30 天(示范), 至 12-20 24:00, 还有 28 天" */
static void put_recognised(const struct page *p, const hr_decision *d)
{
	const hr_ruling *r = &d->rulings[0];
	hr_str event = hr_event_word(r->event, kind_of(p, d), p->style.lang);
	int64_t at = p->v->question->at.second;

	hr_buf_add(p->out, regime_word(r->regime));
	HR_BUF_ADD(p->out, " ");
	hr_buf_add(p->out, hr_obligation_word(d->obligation, p->style.lang));
	HR_BUF_ADD(p->out, " · ");
	if (p->style.lang == HR_LANG_ZH) {
		hr_buf_add(p->out, event);
		HR_BUF_ADD(p->out, "起 ");
	}
	hr_window_format_length(r->window, p->style.lang, p->out);
	put_grade(p, &r->window->origin);
	if (p->style.lang == HR_LANG_EN)
		hr_buf_addf(p->out, " from being %.*s", HR_STR_ARG(event));
	put(p, ", 至 ", ", until ");
	hr_end_format(r->until, p->v->question->at, p->out);
	put(p, ", 还有 ", ", ");
	hr_duration_format(r->until.second - at, p->style.lang, p->out);
	put(p, "", " left");
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

static void put_settled(const struct page *p, const hr_decision *d, size_t *start)
{
	bool item = is_settled(d, HR_STEP_ITEM) && is_settled(d, HR_STEP_LIST);
	bool institution = is_settled(d, HR_STEP_GRANT) && is_settled(d, HR_STEP_LIST);

	/* What is not matched was asked of no list. */
	if (d->item == HR_ID_NONE || (!item && !institution))
		return;
	part(p->out, start);
	if (item && institution)
		put(p, "项目、机构均在名单", "item and institution are listed");
	else if (item)
		put(p, "项目在名单", "the item is listed");
	else
		put(p, "机构在名单", "the institution is listed");
}

static void put_sentence(const struct page *p, const hr_reason *reason, const hr_regime *regime,
			 size_t *start)
{
	part(p->out, start);
	if (regime) {
		hr_buf_add(p->out, regime_word(regime));
		HR_BUF_ADD(p->out, ": ");
	}
	hr_reason_format(reason, p->style.lang, p->out);
}

/* The reasons of that effect: the result's own, then those of the ruling that came closest. */
static void put_reasons(const struct page *p, const hr_decision *d, hr_effect effect, size_t *start)
{
	const hr_ruling *best = d->ruling_count ? d->rulings : NULL;
	bool named = false;

	for (uint32_t i = 0; i < d->reasons.count; i++)
		if (hr_reason_row_get(d->reasons.list[i].id)->effect == effect)
			put_sentence(p, &d->reasons.list[i], NULL, start);
	for (uint32_t i = 0; best && i < best->reasons.count; i++) {
		if (hr_reason_row_get(best->reasons.list[i].id)->effect != effect)
			continue;
		put_sentence(p, &best->reasons.list[i], named ? NULL : best->regime, start);
		named = true;
	}
}

static void put_age(const struct page *p, const hr_decision *d, size_t *start)
{
	for (int event = 0; event < HR_EVENT_KINDS; event++) {
		const hr_time *time = hr_result_time(p->v->report, d->result, (hr_event_kind)event);
		int64_t age = p->v->question->at.second - time->span.from.second;

		if (!hr_time_is_known(time) || age < 0)
			continue;
		if (time->span.precision <= HR_PRECISION_DAY)
			age -= age % HR_DAY_S;
		part(p->out, start);
		hr_buf_add(p->out,
			   hr_event_word((hr_event_kind)event, kind_of(p, d), p->style.lang));
		put(p, "距今 ", " ");
		hr_duration_format(age, p->style.lang, p->out);
		put(p, "", " ago");
		return;
	}
}

static void put_undecided(const struct page *p, const hr_decision *d)
{
	size_t start = p->out->len;

	put_settled(p, d, &start);
	put_reasons(p, d, HR_EFFECT_OPEN, &start);
	put_age(p, d, &start);
	part(p->out, &start);
	put(p, "由您判断", "for you to judge");
}

/* A result in doubt as such (its codes, its times, its status) is no reference either. */
static bool is_in_doubt(const hr_decision *d)
{
	for (uint32_t i = 0; i < d->reasons.count; i++)
		if (hr_reason_row_get(d->reasons.list[i].id)->effect == HR_EFFECT_NO)
			return true;
	return false;
}

static void put_not_recognised(const struct page *p, const hr_decision *d)
{
	size_t start = p->out->len;

	put_reasons(p, d, HR_EFFECT_NO, &start);
	if (p->out->len == start) {
		put(p, "见上", "see above");
	} else if (!is_in_doubt(d)) {
		part(p->out, &start);
		put(p, "可酌情参考", "for reference only");
	}
}

static void put_place(const struct page *p, const hr_reason *reason)
{
	uint32_t line = hr_place_line(reason->place);

	if (reason->place.kind == HR_PLACE_NONE)
		return;
	put(p, "        报告: ", "        input: ");
	if (reason->value.len)
		hr_buf_addf(p->out, "%.*s  ", HR_STR_ARG(hr_text_cut(reason->value, 60)));
	hr_place_format(reason->place, p->out);
	if (line)
		hr_buf_addf(p->out, ":%u", line);
	HR_BUF_ADD(p->out, "\n");
}

static void put_origin(const struct page *p, const char *zh, const char *en,
		       const hr_origin *origin)
{
	if (!origin)
		return;
	HR_BUF_ADD(p->out, "        ");
	put(p, zh, en);
	HR_BUF_ADD(p->out, ": ");
	hr_buf_add(p->out, origin->source);
	if (origin->document)
		add_if(p->out, " ", origin->document->number, "");
	add_if(p->out, " ", origin->row, "");
	hr_buf_addf(p->out, " [%.*s] %.*s:%u\n",
		    HR_STR_ARG(p->style.lang == HR_LANG_ZH ? hr_grade_zh(origin->grade)
							   : hr_grade_word(origin->grade)),
		    HR_STR_ARG(origin->file), origin->line);
}

static void explain_reason(const struct page *p, const hr_reason *reason)
{
	static const char *const signs[] = { "✗", "?", "~", "·" };
	const hr_reason_row *row = hr_reason_row_get(reason->id);

	hr_buf_addf(p->out, "      %s ", signs[row->effect]);
	hr_reason_format(reason, p->style.lang, p->out);
	hr_buf_addf(p->out, " [%.*s]\n", HR_STR_ARG(row->code));
	put_place(p, reason);
	put_origin(p, "依据", "record", reason->origin);
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

static void explain_ruling(const struct page *p, const hr_ruling *r)
{
	bool brief = is_beside_the_point(r);

	HR_BUF_ADD(p->out, "    ");
	hr_buf_add(p->out, p->style.lang == HR_LANG_EN && r->regime->name_en.len
				   ? r->regime->name_en
				   : r->regime->name);
	HR_BUF_ADD(p->out, ": ");
	hr_buf_add(p->out, outcome_text(r->outcome, p->style.lang));
	HR_BUF_ADD(p->out, "\n");
	for (uint32_t i = 0; i < r->reasons.count; i++)
		if (!brief || hr_reason_row_get(r->reasons.list[i].id)->step == HR_STEP_REGIME)
			explain_reason(p, &r->reasons.list[i]);
	if (brief)
		return;
	if (r->grant)
		put_origin(p, "互认资格", "grant", &r->grant->origin);
	if (r->window)
		put_origin(p, "有效期", "window", &r->window->origin);
}

static void explain(const struct page *p, const hr_decision *d)
{
	for (uint32_t i = 0; i < d->reasons.count; i++)
		explain_reason(p, &d->reasons.list[i]);
	for (uint32_t i = 0; i < d->ruling_count; i++)
		explain_ruling(p, &d->rulings[i]);
}

static void put_decision(const struct page *p, const hr_decision *d)
{
	static void (*const say_why[])(const struct page *, const hr_decision *) = {
		[HR_OUTCOME_NOT_RECOGNISED] = put_not_recognised,
		[HR_OUTCOME_UNDECIDED] = put_undecided,
		[HR_OUTCOME_RECOGNISED] = put_recognised,
	};
	hr_str outcome = outcome_text(d->outcome, p->style.lang);
	hr_str item = item_text(p, d);

	HR_BUF_ADD(p->out, " ");
	hr_buf_add(p->out, outcome);
	pad(p->out, outcome, p->outcome_columns + 2);
	hr_buf_add(p->out, item);
	pad(p->out, item, p->item_columns + 2);
	say_why[d->outcome](p, d);
	HR_BUF_ADD(p->out, "\n");
	if (p->style.explain)
		explain(p, d);
}

/* --- around the items --- */

static void put_report_reasons(const struct page *p)
{
	for (uint32_t i = 0; i < p->v->reasons.count; i++) {
		const hr_reason *reason = &p->v->reasons.list[i];

		put(p, " 整份报告: ", " whole report: ");
		hr_reason_format(reason, p->style.lang, p->out);
		HR_BUF_ADD(p->out, "\n");
		if (p->style.explain)
			put_place(p, reason);
	}
}

static void put_orders(const struct page *p)
{
	for (size_t i = 0; i < p->v->order_count; i++) {
		const hr_order_answer *answer = &p->v->orders[i];

		put(p, " 拟开 ", " order ");
		hr_buf_add(p->out, answer->order);
		HR_BUF_ADD(p->out, ": ");
		hr_buf_add(p->out, hr_cover_word(answer->cover, p->style.lang));
		if (answer->by)
			add_if(p->out, " (", answer->by->name, ")");
		if (answer->candidates.len) {
			put(p, " (可能是: ", " (may be: ");
			hr_buf_add(p->out, answer->candidates);
			HR_BUF_ADD(p->out, ")");
		} else if (answer->item == HR_ID_NONE) {
			put(p, " (目录中没有这个项目)", " (not in the catalogue)");
		}
		HR_BUF_ADD(p->out, "\n");
	}
}

static void put_situations(const struct page *p)
{
	size_t count = hr_catalog_situation_count(p->v->catalog);
	bool recognised = false;

	for (uint32_t i = 0; i < p->v->decision_count; i++)
		recognised |= p->v->decisions[i].outcome == HR_OUTCOME_RECOGNISED;
	if (!recognised || count == 0)
		return;
	if (!p->style.explain) {
		hr_buf_addf(p->out,
			    p->style.lang == HR_LANG_ZH
				    ? "符合互认条件的, 遇 %zu 种情形仍可复查, "
				      "须向患者说明 (--explain 列出)。\n"
				    : "What is recognised may still be examined again in %zu "
				      "situations, told to the patient (--explain lists them).\n",
			    count);
		return;
	}
	put(p, "仍可复查的情形:\n", "May be examined again when:\n");
	for (size_t i = 0; i < count; i++) {
		const hr_situation *situation = hr_catalog_get_situation(p->v->catalog, i);

		hr_buf_addf(p->out, "  %.*s. ", HR_STR_ARG(situation->code));
		hr_buf_add(p->out, p->style.lang == HR_LANG_EN && situation->text_en.len
					   ? situation->text_en
					   : situation->text);
		HR_BUF_ADD(p->out, "\n");
	}
}

static void put_catalogue(const struct page *p)
{
	hr_instant known = hr_catalog_known_at(p->v->catalog);
	char text[HR_INSTANT_TEXT];

	if (known.second == 0) {
		put(p, "目录文件夹 (未发布)", "Catalogue folder (not published)");
		return;
	}
	put(p, "目录 ", "Catalogue ");
	hr_buf_add(p->out, hr_str_slice(hr_catalog_id(p->v->catalog), 0, 7));
	put(p, " (", " (published ");
	hr_buf_add(p->out, hr_str_slice(hr_instant_format(known, text), 0, 10));
	put(p, " 发布)", ")");
}

static void put_footer(const struct page *p)
{
	put(p, "是否认可由接诊医师决定。", "The receiving doctor decides. ");
	put_catalogue(p);
	if (!p->style.explain)
		put(p, "   --explain 看依据", "   --explain shows the evidence");
	HR_BUF_ADD(p->out, "\n");
}

static void measure(struct page *p)
{
	enum { WIDEST_ITEM = 48 };

	for (uint32_t i = 0; i < p->v->decision_count; i++) {
		const hr_decision *d = &p->v->decisions[i];
		size_t outcome = hr_text_columns(outcome_text(d->outcome, p->style.lang));
		size_t item = hr_text_columns(item_text(p, d));

		if (outcome > p->outcome_columns)
			p->outcome_columns = outcome;
		if (item > p->item_columns && item <= WIDEST_ITEM)
			p->item_columns = item;
	}
}

void hr_verdict_format_text(const hr_verdict *verdict, hr_verdict_style style, hr_buf *out)
{
	struct page p = { .v = verdict, .style = style, .out = out };

	measure(&p);
	put_header(&p);
	put_report_reasons(&p);
	for (uint32_t i = 0; i < verdict->decision_count; i++)
		put_decision(&p, &verdict->decisions[i]);
	put_orders(&p);
	put_situations(&p);
	put_footer(&p);
}
