/*
 * The first page: a report's file or the boxes of a paper, and the verdict
 * above them. Without a script: what is to be chosen comes back as a page on
 * which everything entered still stands, but the file.
 */
#include "service/page_view.h"

#include "base/id_card.h"

extern const unsigned char hr_web_verify[];
extern const size_t hr_web_verify_len;

#define VALUE HR_HTML_VALUE

/* The boxes of a page on which nothing was entered yet. */
static const hr_form blank = { NULL, 0 };

static hr_str say(const hr_page_view *v, const char *zh, const char *en)
{
	return hr_page_say(&v->page, zh, en);
}

/* --- the page --- */

static void add_answer(hr_page_view *v)
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

static bool write_page(hr_page_view *v, hr_http_response *out, hr_error *err)
{
	hr_page_start(&v->page, HR_PAGE_VERIFY,
		      say(v, "这份报告认不认", "Is this report recognised"));
	if (v->verdicts.count == 0 && !v->fault_why.len && v->err.code == HR_E_NONE)
		hr_html_add(&v->page.html, HR_STR("intro"));
	add_answer(v);
	hr_page_add_form(v);
	return hr_page_close(&v->page, out, err);
}

static bool open_view(hr_app *app, const hr_call *call, hr_page_view *v, hr_error *err)
{
	hr_str file = { (const char *)hr_web_verify, hr_web_verify_len };

	*v = (hr_page_view){ .err = { .code = HR_E_NONE } };
	return hr_page_open(app, call, file, &v->page, err);
}

/* The service's own receiver stands in its box from the start. */
static bool read_default(hr_page_view *v, hr_error *err)
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
	hr_page_view v;

	return open_view(app, call, &v, err) && read_default(&v, err) && write_page(&v, out, err);
}

/* --- what was entered --- */

static bool want(hr_page_view *v, hr_str box, hr_str why)
{
	v->fault = box;
	v->fault_why = why;
	return false;
}

static bool take_conditions(hr_page_view *v)
{
	static const hr_str boxes[] = { HR_STR_INIT("setting"), HR_STR_INIT("at"),
					HR_STR_INIT("intervened") };
	hr_instant at;
	hr_str text = hr_page_form_text(v->form.form, HR_STR("at"));

	if (text.len && !hr_instant_parse(text, &at))
		return want(v, HR_STR("at"),
			    say(v, "没有这样的时间, 请照 2025-02-20 09:30 的样子写。",
				"There is no such time; write it like 2025-02-20 09:30."));
	for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++) {
		text = hr_page_form_text(v->form.form, boxes[i]);
		if (text.len && !hr_inquiry_set(&v->page.inquiry, boxes[i], text, &v->err))
			return false;
	}
	return true;
}

static bool take_receiver(hr_page_view *v)
{
	const hr_pick *receiver = &v->form.receiver;
	hr_question *question = &v->page.inquiry.question;

	question->receiver = HR_STR_NONE;
	if (receiver->id != HR_ID_NONE) {
		question->receiver = hr_catalog_get_institution(v->page.catalog, receiver->id)->key;
		return true;
	}
	if (receiver->text.len == 0)
		return true;
	return want(v, receiver->box,
		    receiver->open
			    ? say(v, "请选定接诊机构。", "Choose the receiving institution.")
			    : say(v, "目录中没有这家接诊机构; 不知道就空着。",
				  "The catalogue has no such receiving institution; if it is not "
				  "known, leave it empty."));
}

static bool take_orders(hr_page_view *v)
{
	hr_str rest = v->form.orders;

	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\n"));

		if (!hr_inquiry_set(&v->page.inquiry, HR_STR("order"), hr_str_slice(rest, 0, end),
				    &v->err))
			return false;
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
	return true;
}

/* A number that is mistyped, or of another document, would be passed over without a word. */
static bool take_patient(hr_page_view *v)
{
	const hr_patient_answers *typed = &v->form.patient;
	hr_arena *arena = v->page.call->request->arena;
	hr_patient *patient;
	hr_span birth;

	if (typed->name.len + typed->id_card.len + typed->birth.len + typed->sex.len == 0)
		return true;
	if (typed->id_card.len && !hr_is_id_card(typed->id_card))
		return want(v, HR_STR("patient-id"),
			    say(v, "这不是有效的 18 位居民身份证号, 请核对; 其他证件请空着。",
				"This is not a valid number of an identity card of 18 characters; "
				"leave it empty for other documents."));
	if (typed->birth.len && !hr_span_parse(typed->birth, &birth))
		return want(v, HR_STR("patient-birth"),
			    say(v, "没有这样的出生日期, 请照 1968-03-02 的样子写。",
				"There is no such birth date; write it like 1968-03-02."));
	if (typed->name.len + typed->id_card.len + typed->birth.len == 0)
		return want(v, HR_STR("patient-name"),
			    say(v, "只有性别不能比对, 请再填姓名、证件号码或出生日期。",
				"Sex alone cannot be compared; give name, number or birth date."));
	patient = HR_NEW(arena, hr_patient);
	if (!patient)
		return hr_fail_memory(&v->err);
	v->page.inquiry.question.patient = patient;
	return hr_patient_make(typed, arena, patient, &v->err);
}

/* False: the page tells what is missing. */
static bool take_question(hr_page_view *v)
{
	return take_conditions(v) && take_receiver(v) && take_orders(v) && take_patient(v);
}

static bool tell_fault(hr_page_view *v, hr_paper_fault fault)
{
	static const char *const boxes[] = {
		[HR_PAPER_BOX_ISSUER] = "issuer",	[HR_PAPER_BOX_COLLECTED] = "collected",
		[HR_PAPER_BOX_EXAMINED] = "collected",	[HR_PAPER_BOX_REPORTED] = "reported",
		[HR_PAPER_BOX_ITEM] = "item",		[HR_PAPER_BOX_VALUE] = "value",
		[HR_PAPER_BOX_BIRTH] = "printed-birth",
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
	hr_buf_add(&why, hr_paper_box_name(fault.box, v->page.html.lang == HR_LANG_EN));
	if (row)
		hr_buf_addf(&why, " %u", row);
	return want(v, box, hr_buf_str(&why));
}

static bool verify_paper(hr_app *app, hr_page_view *v)
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

static void verify(hr_app *app, hr_page_view *v)
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
	hr_page_view v;

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
