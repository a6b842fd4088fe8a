/*
 * The first page: a report's file or the boxes of a paper, and the verdict
 * above them. Without a script: what is to be chosen comes back as a page on
 * which everything entered still stands, but the file.
 */
#include "recognition/sentence.h"
#include "service/page.h"
#include "service/page_form.h"

extern const unsigned char hr_web_verify[];
extern const size_t hr_web_verify_len;

#define VALUE HR_HTML_VALUE

/* The boxes of a page on which nothing was entered yet. */
static const hr_form blank = { NULL, 0 };

struct view {
	hr_page page;
	hr_page_form form;
	hr_str fault;	  /* the box that is missing or not readable; empty: none */
	hr_str fault_why; /* in the page's language */
	bool focused;	  /* one box alone may ask for the cursor */
	bool is_paper;	  /* the paper's boxes are in use */
	bool had_file;	  /* which a page cannot give back */
	hr_error err;	  /* code NONE: none */
	hr_verdicts verdicts;
};

/* --- the boxes --- */

static hr_str say(const struct view *v, const char *zh, const char *en)
{
	return hr_page_say(&v->page, zh, en);
}

/* " autofocus" for the first that wants it. */
static hr_str take_focus(struct view *v, bool wanted)
{
	if (!wanted || v->focused)
		return HR_STR("");
	v->focused = true;
	return HR_STR(" autofocus");
}

static void open_field(struct view *v, hr_str box, hr_str label, hr_str hint)
{
	bool at_fault = v->fault.len && hr_str_equal(v->fault, box);

	HR_HTML_PUT(&v->page.html, "field", VALUE("name", box), VALUE("label", label),
		    VALUE("hint", hint), VALUE("value", hr_page_form_text(v->form.form, box)),
		    VALUE("invalid", at_fault ? HR_STR("true") : HR_STR("false")),
		    VALUE("focus", take_focus(v, at_fault)));
}

static void add_field(struct view *v, hr_str box, hr_str label, hr_str hint)
{
	open_field(v, box, label, hint);
	hr_html_add(&v->page.html, HR_STR("field-end"));
}

struct option {
	hr_str value;
	hr_str label;
};

static void open_select(const struct view *v, hr_str box, hr_str label)
{
	HR_HTML_PUT(&v->page.html, "select", VALUE("name", box), VALUE("label", label));
}

static void add_option(const struct view *v, hr_str box, struct option option)
{
	bool selected = hr_str_equal(hr_page_form_text(v->form.form, box), option.value);

	HR_HTML_PUT(&v->page.html, "option", VALUE("value", option.value),
		    VALUE("label", option.label),
		    VALUE("selected", selected ? HR_STR(" selected") : HR_STR("")));
}

static void close_select(const struct view *v)
{
	hr_html_add(&v->page.html, HR_STR("select-end"));
}

static void add_select(const struct view *v, hr_str box, hr_str label, const struct option *options,
		       size_t count)
{
	open_select(v, box, label);
	for (size_t i = 0; i < count; i++)
		add_option(v, box, options[i]);
	close_select(v);
}

/* --- names to choose from --- */

struct shelf {
	hr_str (*key)(const hr_catalog *catalog, uint32_t id);
	void (*label)(const hr_catalog *catalog, uint32_t id, hr_buf *out);
};

static hr_str key_of_institution(const hr_catalog *catalog, uint32_t id)
{
	return hr_catalog_get_institution(catalog, id)->key;
}

static hr_str code_of_item(const hr_catalog *catalog, uint32_t id)
{
	return hr_catalog_get_item(catalog, id)->code;
}

static const struct shelf institutions = { key_of_institution, hr_paper_label_institution };
static const struct shelf items = { code_of_item, hr_paper_label_item };

static hr_str label_of(const struct view *v, const struct shelf *shelf, uint32_t id)
{
	hr_buf label;

	hr_buf_init(&label, v->page.call->request->arena, 4096);
	shelf->label(v->page.catalog, id, &label);
	return hr_buf_str(&label);
}

static void add_choices(struct view *v, const struct shelf *shelf, const hr_pick *pick,
			bool may_stay)
{
	const hr_html *html = &v->page.html;

	HR_HTML_PUT(html, "choices", VALUE("name", pick->box), VALUE("text", pick->text));
	for (size_t i = 0; i < pick->count && i < HR_PAPER_SHOWN_MAX; i++)
		HR_HTML_PUT(html, "choice", VALUE("name", pick->box),
			    VALUE("id", shelf->key(v->page.catalog, pick->ids[i])),
			    VALUE("label", label_of(v, shelf, pick->ids[i])),
			    VALUE("focus", take_focus(v, i == 0)));
	if (may_stay)
		HR_HTML_PUT(html, "choice-typed", VALUE("name", pick->box));
	if (pick->count > HR_PAPER_SHOWN_MAX)
		hr_html_add(html, HR_STR("choices-more"));
	hr_html_add(html, HR_STR("choices-end"));
}

/* What was chosen stays chosen while the text beside it stays. */
static void add_settled(const struct view *v, const struct shelf *shelf, const hr_pick *pick)
{
	bool known = pick->id != HR_ID_NONE;

	if (!known && !pick->chosen)
		return;
	HR_HTML_PUT(&v->page.html, "settled", VALUE("name", pick->box),
		    VALUE("text", pick->chosen ? pick->text : HR_STR("")),
		    VALUE("id", !pick->chosen ? HR_STR("")
				: known	      ? shelf->key(v->page.catalog, pick->id)
					      : HR_STR("as-typed")),
		    VALUE("label",
			  known ? label_of(v, shelf, pick->id) : say(v, "照录所输", "as typed")));
}

static void add_pick(struct view *v, const struct shelf *shelf, const hr_pick *pick, hr_str label,
		     hr_str hint)
{
	bool is_receiver = pick == &v->form.receiver;

	open_field(v, pick->box, label, hint);
	if (pick->open)
		add_choices(v, shelf, pick, !is_receiver);
	else
		add_settled(v, shelf, pick);
	hr_html_add(&v->page.html, HR_STR("field-end"));
}

/* --- the form --- */

static void add_receiver(struct view *v)
{
	const hr_lang lang = v->page.html.lang;
	const struct option settings[] = {
		{ HR_STR("any"), say(v, "不限", "any") },
		{ HR_STR("outpatient"), hr_setting_word(HR_SETTING_OUTPATIENT, lang) },
		{ HR_STR("inpatient"), hr_setting_word(HR_SETTING_INPATIENT, lang) },
		{ HR_STR("emergency"), hr_setting_word(HR_SETTING_EMERGENCY, lang) },
		{ HR_STR("online"), hr_setting_word(HR_SETTING_ONLINE, lang) },
	};
	const struct option answers[] = {
		{ HR_STR("unknown"), say(v, "不清楚", "not known") },
		{ HR_STR("no"), say(v, "没有", "no") },
		{ HR_STR("yes"), say(v, "做过", "yes") },
	};

	hr_html_add(&v->page.html, HR_STR("receiver"));
	add_pick(v, &institutions, &v->form.receiver, say(v, "接诊机构", "receiving institution"),
		 say(v, "名称或代码, 一部分即可", "name or code, a part will do"));
	add_select(v, HR_STR("setting"), say(v, "就诊类型", "visit"), settings, 5);
	hr_html_add(&v->page.html, HR_STR("more"));
	add_field(v, HR_STR("at"), say(v, "按哪个时间核验", "as of"),
		  say(v, "如 2025-02-20 09:30; 空着为现在", "like 2025-02-20 09:30; empty: now"));
	add_select(v, HR_STR("intervened"),
		   say(v, "报告之后做过治疗或手术", "treated since the report"), answers, 3);
	hr_html_add(&v->page.html, HR_STR("receiver-end"));
}

static hr_str box_name(const struct view *v, hr_paper_box box)
{
	return hr_paper_box_name(box, v->page.html.lang == HR_LANG_EN);
}

static void add_marks(struct view *v)
{
	const hr_str box = HR_STR("mark");
	hr_str marks[HR_PAPER_MARKS_MAX];
	size_t count = hr_paper_list_marks(v->page.catalog, marks);

	open_select(v, box, say(v, HR_PAPER_MARK));
	add_option(v, box, (struct option){ HR_STR(""), say(v, "没看", "not looked for") });
	for (size_t i = 0; i < count; i++)
		add_option(v, box, (struct option){ marks[i], marks[i] });
	add_option(
		v, box,
		(struct option){ HR_STR("none"), say(v, "看过, 没有", "looked, there is none") });
	close_select(v);
}

static void add_row(struct view *v, unsigned row)
{
	static const struct {
		const char *name;
		hr_paper_box box;
	} boxes[] = {
		{ "value", HR_PAPER_BOX_VALUE },
		{ "unit", HR_PAPER_BOX_UNIT },
		{ "specimen", HR_PAPER_BOX_SPECIMEN },
	};
	hr_arena *arena = v->page.call->request->arena;

	HR_HTML_PUT(&v->page.html, "row", VALUE("n", hr_page_text(&v->page, "%u", row)));
	add_pick(v, &items, &v->form.items[row - 1], box_name(v, HR_PAPER_BOX_ITEM), HR_STR(""));
	for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++)
		add_field(v, hr_page_form_box(arena, boxes[i].name, row), box_name(v, boxes[i].box),
			  HR_STR(""));
	hr_html_add(&v->page.html, HR_STR("row-end"));
}

static void add_rows(struct view *v)
{
	enum { SHOWN = 3 };
	const size_t count = v->form.answers.item_count;
	bool more = count && v->form.row_of[count - 1] > SHOWN;

	for (unsigned row = 1; row <= SHOWN; row++)
		add_row(v, row);
	HR_HTML_PUT(&v->page.html, "rows-more", VALUE("open", more ? HR_STR(" open") : HR_STR("")));
	for (unsigned row = SHOWN + 1; row <= HR_PAGE_ROWS; row++)
		add_row(v, row);
}

static void add_paper(struct view *v)
{
	const struct option kinds[] = {
		{ HR_STR("lab"), say(v, "检验", "laboratory") },
		{ HR_STR("exam"), say(v, "检查 (影像等)", "imaging and other examinations") },
	};

	HR_HTML_PUT(&v->page.html, "paper",
		    VALUE("open", v->is_paper ? HR_STR(" open") : HR_STR("")));
	add_pick(v, &institutions, &v->form.issuer, box_name(v, HR_PAPER_BOX_ISSUER),
		 say(v, "名称或代码, 一部分即可", "name or code, a part will do"));
	add_field(v, HR_STR("campus"), box_name(v, HR_PAPER_BOX_CAMPUS),
		  say(v, "报告上印有才填", "only if it is printed"));
	add_select(v, HR_STR("kind"), say(v, HR_PAPER_KIND), kinds, 2);
	add_marks(v);
	add_field(
		v, HR_STR("collected"), say(v, "采样时间, 或检查时间", "collected, or examined"),
		say(v, "如 2025-02-18 08:12 或 2025-02-18", "like 2025-02-18 08:12 or 2025-02-18"));
	add_field(v, HR_STR("reported"), box_name(v, HR_PAPER_BOX_REPORTED), HR_STR(""));
	hr_html_add(&v->page.html, HR_STR("paper-end"));
	add_rows(v);
	hr_html_add(&v->page.html, HR_STR("form-end"));
}

/* --- the page --- */

static void add_answer(struct view *v)
{
	const hr_html *html = &v->page.html;

	if (v->err.code != HR_E_NONE)
		hr_page_add_problem(&v->page, &v->err);
	if (v->fault_why.len)
		HR_HTML_PUT(html, "fault", VALUE("text", v->fault_why),
			    VALUE("again",
				  v->had_file ? say(v, "文件请重新选择。", "Choose the file again.")
					      : HR_STR("")));
	hr_page_add_verdicts(&v->page, &v->verdicts);
}

static bool write_page(struct view *v, hr_http_response *out, hr_error *err)
{
	hr_page_start(&v->page, HR_PAGE_VERIFY,
		      say(v, "这份报告认不认", "Is this report recognised"));
	if (v->verdicts.count == 0 && !v->fault_why.len && v->err.code == HR_E_NONE)
		hr_html_add(&v->page.html, HR_STR("intro"));
	add_answer(v);
	hr_html_add(&v->page.html, HR_STR("form"));
	add_receiver(v);
	add_paper(v);
	return hr_page_close(&v->page, out, err);
}

static bool open_view(hr_app *app, const hr_call *call, struct view *v, hr_error *err)
{
	hr_str file = { (const char *)hr_web_verify, hr_web_verify_len };

	*v = (struct view){ .err = { .code = HR_E_NONE } };
	return hr_page_open(app, call, file, &v->page, err);
}

/* The service's own receiver stands in its box from the start. */
static bool read_default(struct view *v, hr_error *err)
{
	hr_form_part *part = HR_NEW(v->page.call->request->arena, hr_form_part);
	hr_form *form = HR_NEW(v->page.call->request->arena, hr_form);

	if (!part || !form)
		return hr_fail_memory(err);
	*part = (hr_form_part){ .name = HR_STR("receiver"),
				.bytes = v->page.inquiry.question.receiver };
	*form = part->bytes.len ? (hr_form){ part, 1 } : blank;
	return hr_page_form_read(form, v->page.catalog, v->page.call->request->arena, &v->form,
				 err);
}

bool hr_answer_page(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct view v;

	return open_view(app, call, &v, err) && read_default(&v, err) && write_page(&v, out, err);
}

/* --- what was entered --- */

static bool want(struct view *v, hr_str box, hr_str why)
{
	v->fault = box;
	v->fault_why = why;
	return false;
}

/* False: the page tells what is missing. */
static bool take_question(struct view *v)
{
	static const struct {
		hr_str box;
		hr_str field;
	} fields[] = {
		{ HR_STR_INIT("setting"), HR_STR_INIT("setting") },
		{ HR_STR_INIT("at"), HR_STR_INIT("at") },
		{ HR_STR_INIT("intervened"), HR_STR_INIT("intervened") },
	};
	hr_inquiry *inquiry = &v->page.inquiry;
	const hr_pick *receiver = &v->form.receiver;
	hr_instant at;
	hr_str text = hr_page_form_text(v->form.form, HR_STR("at"));

	if (text.len && !hr_instant_parse(text, &at))
		return want(v, HR_STR("at"),
			    say(v, "没有这样的时间, 请照 2025-02-20 09:30 的样子写。",
				"There is no such time; write it like 2025-02-20 09:30."));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		text = hr_page_form_text(v->form.form, fields[i].box);
		if (text.len && !hr_inquiry_set(inquiry, fields[i].field, text, &v->err))
			return false;
	}
	inquiry->question.receiver = HR_STR_NONE;
	if (receiver->text.len && receiver->id == HR_ID_NONE)
		return want(
			v, receiver->box,
			receiver->open
				? say(v, "请选定接诊机构。", "Choose the receiving institution.")
				: say(v, "目录中没有这家接诊机构; 不知道就空着。",
				      "The catalogue has no such receiving institution; if it is "
				      "not known, leave it empty."));
	if (receiver->id != HR_ID_NONE)
		inquiry->question.receiver = key_of_institution(v->page.catalog, receiver->id);
	return true;
}

static bool tell_fault(struct view *v, hr_paper_fault fault)
{
	static const char *const boxes[] = {
		[HR_PAPER_BOX_ISSUER] = "issuer",      [HR_PAPER_BOX_COLLECTED] = "collected",
		[HR_PAPER_BOX_EXAMINED] = "collected", [HR_PAPER_BOX_REPORTED] = "reported",
		[HR_PAPER_BOX_ITEM] = "item",	       [HR_PAPER_BOX_VALUE] = "value",
	};
	hr_arena *arena = v->page.call->request->arena;
	const size_t count = v->form.answers.item_count;
	unsigned row = fault.index && count ? v->form.row_of[fault.index - 1] : fault.index;
	hr_str box = hr_str_of(boxes[fault.box]);
	hr_buf why;

	if (row)
		box = hr_page_form_box(arena, boxes[fault.box], row);
	hr_buf_init(&why, arena, 400);
	if (row || fault.box == HR_PAPER_BOX_ISSUER)
		hr_buf_add(&why, say(v, "请填写: ", "Fill in: "));
	else
		hr_buf_add(&why, say(v, "没有这样的时间, 请照 2025-02-18 08:12 的样子写: ",
				     "There is no such time; write it like 2025-02-18 08:12: "));
	hr_buf_add(&why, box_name(v, fault.box));
	if (row)
		hr_buf_addf(&why, " %u", row);
	return want(v, box, hr_buf_str(&why));
}

static bool verify_paper(hr_app *app, struct view *v)
{
	hr_str mark = hr_page_form_text(v->form.form, HR_STR("mark"));
	hr_arena *arena = v->page.call->request->arena;
	hr_report *report = HR_NEW(arena, hr_report);
	hr_paper_fault fault;

	if (!report)
		return hr_fail_memory(&v->err);
	if (hr_paper_find_fault(&v->form.answers, &fault))
		return tell_fault(v, fault);
	if (v->form.is_open)
		return want(v, HR_STR_NONE,
			    say(v, "有的名称对应几种可能, 请选定。",
				"Some names may mean several things: choose."));
	if (mark.len && !hr_inquiry_set(&v->page.inquiry, HR_STR("mark-seen"), mark, &v->err))
		return false;
	return hr_paper_report(v->page.catalog, &v->form.answers, arena, report, &v->err) &&
	       hr_app_verify_report(app, v->page.catalog, &v->page.inquiry, report, arena,
				    &v->verdicts, &v->err);
}

static void verify(hr_app *app, struct view *v)
{
	const hr_form_part *part = hr_http_form_find(v->form.form, HR_STR("report"));
	const hr_str file = part ? part->bytes : HR_STR_NONE;
	bool asks_paper =
		hr_str_equal(hr_page_form_text(v->form.form, HR_STR("ask")), HR_STR("paper"));

	v->had_file = file.len > 0;
	v->is_paper = asks_paper || (!v->had_file && hr_page_form_has_paper(&v->form));
	if (!v->is_paper && !v->had_file) {
		want(v, HR_STR("report"),
		     say(v, "请选择报告文件, 或照纸质报告填写。",
			 "Choose the report's file, or fill in what stands on the paper."));
		return;
	}
	if (!take_question(v))
		return;
	if (v->is_paper)
		verify_paper(app, v);
	else
		hr_app_verify(app, &v->page.inquiry, file, v->page.call->request->arena,
			      &v->verdicts, &v->err);
}

bool hr_answer_page_verify(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_http_request *request = call->request;
	hr_form form;
	struct view v;

	if (!open_view(app, call, &v, err) ||
	    !hr_http_form_read(hr_http_header(request, HR_STR("Content-Type")), request->body,
			       request->arena, &form, err) ||
	    !hr_page_form_read(&form, v.page.catalog, request->arena, &v.form, err))
		return false;
	verify(app, &v);
	if (v.err.code != HR_E_NONE)
		out->status = hr_error_http(v.err.code);
	else if (v.fault_why.len)
		out->status = hr_error_http(HR_E_INCOMPLETE);
	*err = v.err;
	return write_page(&v, out, err);
}
