/*
 * The verdict in short: what was decided of each item, and the code of every
 * reason, without its sentence and its evidence. Who wants those asks for that
 * one report again. A member whose value is not known, or an empty list, is
 * left out.
 *
 * Most lines of a report hear the same of a regime. What each says is written
 * once, at the end, and meant by its number before.
 */
#include "recognition/sentence.h"

#include "base/json.h"
#include "base/numbering.h"

struct page {
	hr_json_writer w;
	const hr_verdict *verdict;
	hr_numbering rulings;
};

#define NAME(p, literal)	  hr_json_name(&(p)->w, HR_STR(literal))
#define MEMBER(p, literal, value) hr_json_member(&(p)->w, HR_STR(literal), (value))

/* From `at` on the first whose code did not stand before, whatever its evidence. */
static uint32_t next_code(hr_reasons reasons, uint32_t at)
{
	for (; at < reasons.count; at++) {
		uint32_t first = 0;

		while (reasons.list[first].id != reasons.list[at].id)
			first++;
		if (first == at)
			break;
	}
	return at;
}

static bool same_codes(hr_reasons a, hr_reasons b)
{
	uint32_t i = next_code(a, 0);
	uint32_t k = next_code(b, 0);

	if (a.list == b.list)
		return true;
	while (i < a.count && k < b.count && a.list[i].id == b.list[k].id) {
		i = next_code(a, i + 1);
		k = next_code(b, k + 1);
	}
	return i == a.count && k == b.count;
}

static uint64_t hash_ruling(const void *thing)
{
	const hr_ruling *r = thing;
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t mixed = (uintptr_t)r->regime >> 3;

	for (uint32_t i = 0; i < r->reasons.count; i = next_code(r->reasons, i + 1))
		mixed = mixed * odd + r->reasons.list[i].id;
	return mixed * odd >> 32;
}

static bool same_ruling(const void *left, const void *right)
{
	const hr_ruling *a = left;
	const hr_ruling *b = right;

	return a->regime == b->regime && a->outcome == b->outcome &&
	       same_codes(a->reasons, b->reasons);
}

static void add_codes(struct page *p, hr_reasons reasons)
{
	if (reasons.count == 0)
		return;
	NAME(p, "reasons");
	hr_json_open_array(&p->w);
	for (uint32_t i = 0; i < reasons.count; i = next_code(reasons, i + 1))
		hr_json_string(&p->w, hr_reason_row_get(reasons.list[i].id)->code);
	hr_json_close_array(&p->w);
}

/* The number in the document, where another one has none. */
static void add_identity(struct page *p)
{
	const hr_verdict *v = p->verdict;
	const hr_report *report = v->report;

	MEMBER(p, "format", hr_format_word(report->format));
	MEMBER(p, "enclosedIn", report->enclosed_in);
	MEMBER(p, "reportNo", report->report_no.code);
	if (report->report_no.code.len == 0)
		MEMBER(p, "id", report->id.code);
	if (v->issuer == HR_ID_NONE)
		MEMBER(p, "issuerPrinted", report->issuer.name.text);
	else
		MEMBER(p, "issuer", hr_catalog_get_institution(v->catalog, v->issuer)->key);
}

static void add_rulings(struct page *p, const hr_decision *d)
{
	if (d->ruling_count == 0)
		return;
	NAME(p, "rulings");
	hr_json_open_array(&p->w);
	for (uint32_t i = 0; i < d->ruling_count; i++) {
		uint32_t number = 0;

		if (!hr_numbering_get(&p->rulings, &d->rulings[i], &number))
			p->w.buf->failed = true;
		hr_json_int(&p->w, number);
	}
	hr_json_close_array(&p->w);
}

static void add_decision(struct page *p, const hr_decision *d)
{
	hr_json_open_object(&p->w);
	if (d->item == HR_ID_NONE)
		MEMBER(p, "printed", d->result->name.text);
	else
		MEMBER(p, "item", hr_catalog_get_item(p->verdict->catalog, d->item)->code);
	MEMBER(p, "outcome", hr_outcome_word(d->outcome));
	if (d->obligation != HR_OBLIGATION_NONE)
		MEMBER(p, "obligation", hr_obligation_word(d->obligation, HR_LANG_EN));
	if (d->outcome == HR_OUTCOME_RECOGNISED)
		MEMBER(p, "regime", d->rulings[0].regime->id);
	add_codes(p, d->reasons);
	add_rulings(p, d);
	hr_json_close_object(&p->w);
}

static void add_order(struct page *p, const hr_order_answer *answer)
{
	hr_json_open_object(&p->w);
	MEMBER(p, "order", answer->order);
	MEMBER(p, "cover", hr_cover_code(answer->cover));
	if (answer->by) {
		NAME(p, "by");
		hr_json_int(&p->w, answer->by - p->verdict->decisions);
	}
	hr_json_close_object(&p->w);
}

static void add_ruling(struct page *p, const hr_ruling *r)
{
	hr_json_open_object(&p->w);
	MEMBER(p, "regime", r->regime->id);
	MEMBER(p, "outcome", hr_outcome_word(r->outcome));
	add_codes(p, r->reasons);
	hr_json_close_object(&p->w);
}

static void add_lists(struct page *p)
{
	const hr_verdict *v = p->verdict;

	NAME(p, "items");
	hr_json_open_array(&p->w);
	for (uint32_t i = 0; i < v->decision_count; i++)
		add_decision(p, &v->decisions[i]);
	hr_json_close_array(&p->w);
	if (v->order_count) {
		NAME(p, "orders");
		hr_json_open_array(&p->w);
		for (size_t i = 0; i < v->order_count; i++)
			add_order(p, &v->orders[i]);
		hr_json_close_array(&p->w);
	}
	NAME(p, "rulings");
	hr_json_open_array(&p->w);
	for (uint32_t i = 0; i < p->rulings.count; i++)
		add_ruling(p, p->rulings.things[i]);
	hr_json_close_array(&p->w);
}

void hr_verdict_format_brief(const hr_verdict *v, hr_buf *out)
{
	static const hr_numbering_kind rulings = { hash_ruling, same_ruling };
	struct page p = { .verdict = v };

	hr_json_writer_init(&p.w, out, false);
	hr_numbering_init(&p.rulings, &rulings, out->arena);
	hr_json_open_object(&p.w);
	MEMBER(&p, "outcome", hr_outcome_word(v->outcome));
	add_identity(&p);
	if (v->synthetic) {
		NAME(&p, "syntheticDataCounted");
		hr_json_bool(&p.w, true);
	}
	add_codes(&p, v->reasons);
	add_lists(&p);
	hr_json_close_object(&p.w);
}
