/*
 * The verdict for a person at a desk: one line on the report, one on each
 * item, one on who decides. What is made up says so in the first line.
 */
#include "base/text.h"
#include "recognition/verdict_lines.h"

struct page {
	hr_teller t;
	bool explain;
	size_t outcome_columns;
	size_t item_columns;
};

static void put(const struct page *p, const char *zh, const char *en)
{
	hr_buf_add(p->t.out, hr_str_of(p->t.lang == HR_LANG_ZH ? zh : en));
}

static void pad(hr_buf *out, hr_str written, size_t columns)
{
	for (size_t at = hr_text_columns(written); at < columns; at++)
		hr_buf_add_char(out, ' ');
}

static void put_header(const struct page *p)
{
	hr_str where = p->t.v->report->enclosed_in;

	hr_tell_head(&p->t);
	HR_BUF_ADD(p->t.out, "\n");
	if (!p->explain || where.len == 0)
		return;
	put(p, " 文档取自 ", " the document stands in ");
	hr_buf_add(p->t.out, where);
	HR_BUF_ADD(p->t.out, "\n");
}

static void put_report_reasons(const struct page *p)
{
	const hr_reasons *reasons = &p->t.v->reasons;

	for (uint32_t i = 0; i < reasons->count; i++) {
		HR_BUF_ADD(p->t.out, " ");
		hr_tell_report_reason(&p->t, &reasons->list[i]);
		HR_BUF_ADD(p->t.out, "\n");
		if (p->explain)
			hr_tell_place(&p->t, &reasons->list[i]);
	}
}

static void put_decision(const struct page *p, const hr_decision *d)
{
	hr_buf *out = p->t.out;
	hr_str outcome = hr_tell_outcome(d->outcome, p->t.lang);
	hr_str item = hr_tell_item(&p->t, d);

	HR_BUF_ADD(out, " ");
	hr_buf_add(out, outcome);
	pad(out, outcome, p->outcome_columns + 2);
	hr_buf_add(out, item);
	pad(out, item, p->item_columns + 2);
	hr_tell_why(&p->t, d);
	HR_BUF_ADD(out, "\n");
	if (p->explain)
		hr_tell_evidence(&p->t, d);
}

static void put_orders(const struct page *p)
{
	for (size_t i = 0; i < p->t.v->order_count; i++) {
		HR_BUF_ADD(p->t.out, " ");
		hr_tell_order(&p->t, &p->t.v->orders[i]);
		HR_BUF_ADD(p->t.out, "\n");
	}
}

static void put_situations(const struct page *p)
{
	const hr_catalog *catalog = p->t.v->catalog;

	if (!hr_tell_has_situations(p->t.v))
		return;
	if (!p->explain) {
		hr_tell_situations(&p->t);
		put(p, " (--explain 列出)。\n", " (--explain lists them).\n");
		return;
	}
	put(p, "仍可复查的情形:\n", "May be examined again when:\n");
	for (size_t i = 0; i < hr_catalog_situation_count(catalog); i++) {
		HR_BUF_ADD(p->t.out, "  ");
		hr_tell_situation(&p->t, hr_catalog_get_situation(catalog, i));
		HR_BUF_ADD(p->t.out, "\n");
	}
}

static void put_footer(const struct page *p)
{
	hr_tell_who_decides(&p->t);
	put(p, "", " ");
	hr_tell_catalogue(&p->t);
	if (!p->explain)
		put(p, "   --explain 看依据", "   --explain shows the evidence");
	HR_BUF_ADD(p->t.out, "\n");
}

static void measure(struct page *p)
{
	enum { WIDEST_ITEM = 48 };

	for (uint32_t i = 0; i < p->t.v->decision_count; i++) {
		const hr_decision *d = &p->t.v->decisions[i];
		size_t outcome = hr_text_columns(hr_tell_outcome(d->outcome, p->t.lang));
		size_t item = hr_text_columns(hr_tell_item(&p->t, d));

		if (outcome > p->outcome_columns)
			p->outcome_columns = outcome;
		if (item > p->item_columns && item <= WIDEST_ITEM)
			p->item_columns = item;
	}
}

void hr_verdict_format_text(const hr_verdict *verdict, hr_verdict_style style, hr_buf *out)
{
	struct page p = { .t = { verdict, style.lang, out }, .explain = style.explain };

	measure(&p);
	put_header(&p);
	put_report_reasons(&p);
	for (uint32_t i = 0; i < verdict->decision_count; i++)
		put_decision(&p, &verdict->decisions[i]);
	put_orders(&p);
	put_situations(&p);
	put_footer(&p);
	hr_tell_films(&p.t, p.explain);
}
