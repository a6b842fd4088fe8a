/* A verdict on a page: the sentences of recognition/verdict_lines.h, with a colour and a sign. */
#include "recognition/verdict_lines.h"
#include "service/page.h"

extern const unsigned char hr_web_verdict[];
extern const size_t hr_web_verdict_len;

#define VALUE HR_HTML_VALUE

struct section {
	hr_teller t; /* writes into `words` */
	hr_html html;
	hr_buf words;
};

static const struct {
	hr_str class;
	hr_str sign;
} looks[] = {
	[HR_OUTCOME_NOT_RECOGNISED] = { HR_STR_INIT("no"), HR_STR_INIT("✗") },
	[HR_OUTCOME_UNDECIDED] = { HR_STR_INIT("open"), HR_STR_INIT("?") },
	[HR_OUTCOME_RECOGNISED] = { HR_STR_INIT("yes"), HR_STR_INIT("✓") },
};

/* What was told; good until the next sentence is. */
static hr_str told(struct section *s)
{
	hr_str words = hr_buf_str(&s->words);

	s->words.len = 0;
	return words;
}

static void add_tally(const struct section *s)
{
	hr_html_add(&s->html, HR_STR("tally"));
	for (int outcome = HR_OUTCOME_RECOGNISED; outcome >= 0; outcome--) {
		char text[16];
		hr_buf number;
		uint32_t count = 0;

		for (uint32_t i = 0; i < s->t.v->decision_count; i++)
			count += s->t.v->decisions[i].outcome == (hr_outcome)outcome;
		if (count == 0)
			continue;
		hr_buf_init_over(&number, text, sizeof(text));
		hr_buf_add_int(&number, count);
		HR_HTML_PUT(&s->html, "count", VALUE("class", looks[outcome].class),
			    VALUE("sign", looks[outcome].sign),
			    VALUE("outcome", hr_tell_outcome((hr_outcome)outcome, s->t.lang)),
			    VALUE("count", hr_buf_str(&number)));
	}
	hr_html_add(&s->html, HR_STR("tally-end"));
}

static const hr_outcome cover_looks[] = {
	[HR_COVER_NOT] = HR_OUTCOME_NOT_RECOGNISED,
	[HR_COVER_UNDECIDED] = HR_OUTCOME_UNDECIDED,
	[HR_COVER_WIDER] = HR_OUTCOME_RECOGNISED,
	[HR_COVER_SAME] = HR_OUTCOME_RECOGNISED,
};

static void add_orders(struct section *s, hr_str n)
{
	if (s->t.v->order_count == 0)
		return;
	HR_HTML_PUT(&s->html, "orders", VALUE("n", n));
	for (size_t i = 0; i < s->t.v->order_count; i++) {
		const hr_order_answer *answer = &s->t.v->orders[i];
		const hr_outcome look = cover_looks[answer->cover];

		hr_tell_order(&s->t, answer);
		HR_HTML_PUT(&s->html, "order", VALUE("class", looks[look].class),
			    VALUE("sign", looks[look].sign), VALUE("text", told(s)));
	}
	hr_html_add(&s->html, HR_STR("orders-end"));
}

static void add_report_reasons(struct section *s)
{
	for (uint32_t i = 0; i < s->t.v->reasons.count; i++) {
		hr_tell_report_reason(&s->t, &s->t.v->reasons.list[i]);
		HR_HTML_PUT(&s->html, "reason", VALUE("text", told(s)));
	}
}

/* Indented by four blanks, six or eight: what blanks are to a terminal, a class is to a page. */
static void add_evidence_line(const struct section *s, hr_str line)
{
	static const hr_str levels[] = { HR_STR_INIT("0"), HR_STR_INIT("1"), HR_STR_INIT("2") };
	hr_str text = hr_str_trim(line);
	size_t blanks = (size_t)(text.len ? text.data - line.data : 0);
	size_t level = blanks < 6 ? 0 : blanks < 8 ? 1 : 2;

	HR_HTML_PUT(&s->html, "evidence-line", VALUE("level", levels[level]), VALUE("text", text));
}

static void add_evidence(struct section *s, const hr_decision *d, hr_str item)
{
	hr_str rest;

	hr_tell_evidence(&s->t, d);
	rest = told(s);
	if (rest.len == 0)
		return;
	HR_HTML_PUT(&s->html, "evidence", VALUE("item", item));
	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\n"));

		add_evidence_line(s, hr_str_slice(rest, 0, end));
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	hr_html_add(&s->html, HR_STR("evidence-end"));
}

static void add_item(struct section *s, const hr_decision *d)
{
	hr_str item = hr_tell_item(&s->t, d);

	hr_tell_why(&s->t, d);
	HR_HTML_PUT(&s->html, "item", VALUE("class", looks[d->outcome].class),
		    VALUE("sign", looks[d->outcome].sign),
		    VALUE("outcome", hr_tell_outcome(d->outcome, s->t.lang)), VALUE("item", item),
		    VALUE("why", told(s)));
	add_evidence(s, d, item);
	hr_html_add(&s->html, HR_STR("item-end"));
}

static void add_items(struct section *s)
{
	hr_html_add(&s->html, HR_STR("items"));
	for (uint32_t i = 0; i < s->t.v->decision_count; i++)
		add_item(s, &s->t.v->decisions[i]);
	hr_html_add(&s->html, HR_STR("items-end"));
}

static void add_situations(struct section *s)
{
	const hr_catalog *catalog = s->t.v->catalog;

	if (!hr_tell_has_situations(s->t.v))
		return;
	hr_tell_situations(&s->t);
	HR_HTML_PUT(&s->html, "situations", VALUE("text", told(s)));
	for (size_t i = 0; i < hr_catalog_situation_count(catalog); i++) {
		hr_tell_situation(&s->t, hr_catalog_get_situation(catalog, i));
		HR_HTML_PUT(&s->html, "situation", VALUE("text", told(s)));
	}
	hr_html_add(&s->html, HR_STR("situations-end"));
}

static void add_foot(struct section *s)
{
	char at[HR_INSTANT_TEXT];
	hr_str time = hr_instant_format(s->t.v->question->at, at);
	hr_buf who;

	at[10] = ' ';
	hr_buf_init(&who, s->words.arena, 256);
	hr_tell_who_decides(&(hr_teller){ s->t.v, s->t.lang, &who });
	hr_tell_catalogue(&s->t);
	HR_HTML_PUT(&s->html, "foot", VALUE("who", hr_buf_str(&who)), VALUE("catalogue", told(s)),
		    VALUE("at", hr_str_slice(time, 0, 16)));
}

static void add_verdict(struct section *s, size_t n)
{
	char text[24];
	hr_buf number;

	hr_buf_init_over(&number, text, sizeof(text));
	hr_buf_add_int(&number, (int64_t)n);
	hr_tell_head(&s->t);
	HR_HTML_PUT(&s->html, "head", VALUE("n", hr_buf_str(&number)), VALUE("head", told(s)));
	add_tally(s);
	add_orders(s, hr_buf_str(&number));
	add_report_reasons(s);
	add_items(s);
	add_situations(s);
	add_foot(s);
}

void hr_page_add_verdicts(const hr_page *page, const hr_verdicts *verdicts)
{
	struct section s = { .html = page->html };

	s.html.file = (hr_str){ (const char *)hr_web_verdict, hr_web_verdict_len };
	hr_buf_init(&s.words, page->call->request->arena, HR_REQUEST_BYTES_MAX);
	for (size_t i = 0; i < verdicts->count; i++) {
		s.t = (hr_teller){ &verdicts->verdicts[i], page->html.lang, &s.words };
		add_verdict(&s, i + 1);
	}
	/* What the words could not hold is missing on the page: better none. */
	page->html.out->failed |= s.words.failed;
}
