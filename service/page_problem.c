/*
 * What went wrong, for a person: the error's title, what may be done from a
 * page, and behind them the technical words. Those are English, for whoever
 * runs the service, and are said to be.
 */
#include "service/page.h"

#define VALUE HR_HTML_VALUE

/* A row for each code that a page can meet; what is not here is for who runs the service. */
static const struct {
	const char *zh;
	const char *en;
} actions[HR_E_COUNT] = {
	[HR_E_USAGE] = { "请回到首页, 用页面上的表单重新提交。",
			 "Go back to the first page and send its form again." },
	[HR_E_NOT_FOUND] = { "请核对名称或代码, 或从首页、查目录页重新进入。",
			     "Check the name or code, or start again from the first page or the "
			     "catalogue." },
	[HR_E_NO_TOKEN] = { "请向本系统的管理员索取访问令牌。",
			    "Ask whoever runs this service for a token." },
	[HR_E_NO_RIGHT] = { "请向本系统的管理员申请这一权限。",
			    "Ask whoever runs this service for this right." },
	[HR_E_TOO_MANY] = { "请稍等一会儿再试。", "Wait a moment and try again." },
	[HR_E_SYNTAX] = { "请从原系统重新导出文件再试; 手头有纸质报告的, 可照着填写。",
			  "Export the file again from where it comes; what is on paper can be "
			  "filled in." },
	[HR_E_ENCODING] = { "请用 UTF-8 或 GB18030 编码重新导出文件。",
			    "Export the file again in UTF-8 or GB18030." },
	[HR_E_FORBIDDEN] = { "请出具机构重新导出一份不含 DOCTYPE 的文档。",
			     "Ask the issuing institution for a document without a DOCTYPE." },
	[HR_E_LIMIT] = { "请减少内容, 或分几次核验。", "Give less at once, or check in parts." },
	[HR_E_UNSUPPORTED] = { "请选择 CDA、FHIR、HL7 v2、DICOM 或本系统的 JSON 文件; "
			       "PDF 和图片请照着填写。",
			       "Choose CDA, FHIR, HL7 v2, DICOM or our own JSON; fill in what a "
			       "PDF or a picture says." },
	[HR_E_INCOMPLETE] = { "请补全后再试。", "Add what is missing and try again." },
	[HR_E_MEMORY] = { "请稍后再试, 或换小一些的文件; 仍不行请告知本系统的管理员。",
			  "Try again later, or with a smaller file; else tell whoever runs this "
			  "service." },
};

static hr_str action_of(const hr_page *page, hr_error_code code)
{
	return actions[code].zh ? hr_page_say(page, actions[code].zh, actions[code].en)
				: hr_page_say(page, "请稍后再试; 仍不行请告知本系统的管理员。",
					      "Try again later; else tell whoever runs this "
					      "service.");
}

static hr_str place_of(const hr_page *page, const hr_error *err)
{
	if (!err->line)
		return HR_STR("");
	if (page->html.lang == HR_LANG_ZH)
		return hr_page_text(page, "第 %u 行, 第 %u 列", err->line, err->column);
	return hr_page_text(page, "line %u, column %u", err->line, err->column);
}

void hr_page_add_problem(const hr_page *page, const hr_error *err)
{
	const hr_html html = hr_page_layout(page);

	HR_HTML_PUT(&html, "problem",
		    VALUE("title", hr_page_say(page, hr_error_title_zh(err->code),
					       hr_error_title(err->code))),
		    VALUE("action", action_of(page, err->code)),
		    VALUE("place", place_of(page, err)), VALUE("message", hr_str_of(err->message)));
}

bool hr_page_problem(const hr_http_request *request, int status, const hr_error *err,
		     hr_http_response *out)
{
	hr_call call = { .request = request };
	hr_page page = { .call = &call };
	const bool is_english = hr_str_equal(hr_http_query(request, HR_STR("lang")), HR_STR("en"));
	hr_html html;
	hr_error short_of;

	hr_buf_init(&page.buf, request->arena, 1 << 16);
	page.html = (hr_html){ HR_STR_NONE, is_english ? HR_LANG_EN : HR_LANG_ZH, &page.buf };
	html = hr_page_layout(&page);
	hr_page_start(&page, HR_PAGE_VERIFY, hr_page_text(&page, "%d", status));
	hr_page_add_problem(&page, err);
	hr_html_add(&html, HR_STR("back"));
	out->status = status;
	return hr_page_close(&page, out, &short_of);
}
