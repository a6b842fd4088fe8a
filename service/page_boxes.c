/* The boxes of the first page, with what stands in them. */
#include "recognition/sentence.h"
#include "service/page_view.h"

#define VALUE HR_HTML_VALUE

/* --- the boxes --- */

static hr_str say(const hr_page_view *v, const char *zh, const char *en)
{
	return hr_page_say(&v->page, zh, en);
}

static bool is_at_fault(const hr_page_view *v, hr_str box)
{
	return v->fault.len && hr_str_equal(v->fault, box);
}

/* " autofocus" for the first that wants it. */
static hr_str take_focus(hr_page_view *v, bool wanted)
{
	if (!wanted || v->focused)
		return HR_STR("");
	v->focused = true;
	return HR_STR(" autofocus");
}

static void open_field(hr_page_view *v, hr_str box, hr_str label, hr_str hint)
{
	bool at_fault = is_at_fault(v, box);

	HR_HTML_PUT(&v->page.html, "field", VALUE("name", box), VALUE("label", label),
		    VALUE("hint", hint), VALUE("value", hr_page_form_text(v->form.form, box)),
		    VALUE("invalid", at_fault ? HR_STR("true") : HR_STR("false")),
		    VALUE("focus", take_focus(v, at_fault)));
}

static void add_field(hr_page_view *v, hr_str box, hr_str label, hr_str hint)
{
	open_field(v, box, label, hint);
	hr_html_add(&v->page.html, HR_STR("field-end"));
}

/* Several lines, one answer each. */
static void add_lines(const hr_page_view *v, hr_str box, hr_str text, hr_str label, hr_str hint)
{
	HR_HTML_PUT(&v->page.html, "lines", VALUE("name", box), VALUE("label", label),
		    VALUE("hint", hint), VALUE("text", text));
}

struct option {
	hr_str value;
	hr_str label;
};

static void open_select(const hr_page_view *v, hr_str box, hr_str label)
{
	HR_HTML_PUT(&v->page.html, "select", VALUE("name", box), VALUE("label", label));
}

static void add_option(const hr_page_view *v, hr_str box, struct option option)
{
	bool selected = hr_str_equal(hr_page_form_text(v->form.form, box), option.value);

	HR_HTML_PUT(&v->page.html, "option", VALUE("value", option.value),
		    VALUE("label", option.label),
		    VALUE("selected", selected ? HR_STR(" selected") : HR_STR("")));
}

static void close_select(const hr_page_view *v)
{
	hr_html_add(&v->page.html, HR_STR("select-end"));
}

static void add_select(const hr_page_view *v, hr_str box, hr_str label,
		       const struct option *options, size_t count)
{
	open_select(v, box, label);
	for (size_t i = 0; i < count; i++)
		add_option(v, box, options[i]);
	close_select(v);
}

/* --- what is folded away --- */

/* Open as soon as one of its boxes is in use, so that nothing counts unseen. */
static void open_fold(const hr_page_view *v, const hr_str *names, size_t count, hr_str summary,
		      hr_str hint)
{
	bool open = false;

	for (size_t i = 0; i < count; i++) {
		hr_str text = hr_page_form_text(v->form.form, names[i]);

		open |= is_at_fault(v, names[i]) ||
			(text.len && !hr_str_equal(text, HR_STR("unknown")));
	}
	HR_HTML_PUT(&v->page.html, "fold", VALUE("open", open ? HR_STR(" open") : HR_STR("")),
		    VALUE("summary", summary), VALUE("hint", hint));
}

static void close_fold(const hr_page_view *v)
{
	hr_html_add(&v->page.html, HR_STR("fold-end"));
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

static hr_str label_of(const hr_page_view *v, const struct shelf *shelf, uint32_t id)
{
	hr_buf label;

	hr_buf_init(&label, v->page.call->request->arena, 4096);
	shelf->label(v->page.catalog, id, &label);
	return hr_buf_str(&label);
}

static void add_choices(hr_page_view *v, const struct shelf *shelf, const hr_pick *pick,
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
static void add_settled(const hr_page_view *v, const struct shelf *shelf, const hr_pick *pick)
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

static void add_pick(hr_page_view *v, const struct shelf *shelf, const hr_pick *pick, hr_str label,
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

static void add_settings(const hr_page_view *v)
{
	const hr_lang lang = v->page.html.lang;
	const struct option settings[] = {
		{ HR_STR("any"), say(v, "不限", "any") },
		{ HR_STR("outpatient"), hr_setting_word(HR_SETTING_OUTPATIENT, lang) },
		{ HR_STR("inpatient"), hr_setting_word(HR_SETTING_INPATIENT, lang) },
		{ HR_STR("emergency"), hr_setting_word(HR_SETTING_EMERGENCY, lang) },
		{ HR_STR("online"), hr_setting_word(HR_SETTING_ONLINE, lang) },
	};

	add_select(v, HR_STR("setting"), say(v, "就诊类型", "visit"), settings, 5);
}

static void add_patient(hr_page_view *v)
{
	static const hr_str names[] = { HR_STR_INIT("patient-name"), HR_STR_INIT("patient-id"),
					HR_STR_INIT("patient-birth"), HR_STR_INIT("patient-sex") };
	const struct option sexes[] = {
		{ HR_STR(""), say(v, "不比对", "not compared") },
		{ HR_STR("1"), say(v, "男", "male") },
		{ HR_STR("2"), say(v, "女", "female") },
	};

	open_fold(v, names, 4, say(v, "核对就诊患者 (可不填)", "Compare the patient (optional)"),
		  say(v, "与报告上的患者比对: 填证件号码, 或姓名和出生日期。",
		      "Compared with the patient of the report: give the identity number, or name "
		      "and birth date."));
	add_field(v, names[0], say(v, "姓名", "name"), HR_STR(""));
	add_field(v, names[1], say(v, "证件号码", "identity number"),
		  say(v, "18 位居民身份证号", "18 characters, of the Chinese identity card"));
	add_field(v, names[2], say(v, "出生日期", "birth date"),
		  say(v, "如 1968-03-02", "like 1968-03-02"));
	add_select(v, names[3], say(v, "性别", "sex"), sexes, 3);
	close_fold(v);
}

static void add_conditions(hr_page_view *v)
{
	static const hr_str names[] = { HR_STR_INIT("at"), HR_STR_INIT("intervened") };
	const struct option answers[] = {
		{ HR_STR("unknown"), say(v, "不清楚", "not known") },
		{ HR_STR("no"), say(v, "没有", "no") },
		{ HR_STR("yes"), say(v, "做过", "yes") },
	};

	open_fold(v, names, 2, say(v, "其他条件", "Other conditions"), HR_STR(""));
	add_field(v, names[0], say(v, "按哪个时间核验", "as of"),
		  say(v, "如 2025-02-20 09:30; 空着为现在", "like 2025-02-20 09:30; empty: now"));
	add_select(v, names[1], say(v, "报告之后做过治疗或手术", "treated since the report"),
		   answers, 3);
	close_fold(v);
}

static void add_receiver(hr_page_view *v)
{
	hr_html_add(&v->page.html, HR_STR("receiver"));
	add_pick(v, &institutions, &v->form.receiver, say(v, "接诊机构", "receiving institution"),
		 say(v, "名称或代码, 一部分即可", "name or code, a part will do"));
	add_settings(v);
	add_lines(v, HR_STR("orders"), v->form.orders, say(v, "拟开项目", "about to be ordered"),
		  say(v, "一行一个, 可不填; 逐项回答报告里有没有可用的结果",
		      "one a line, optional; answered one by one whether the report has it"));
	hr_html_add(&v->page.html, HR_STR("grid-end"));
	add_patient(v);
	add_conditions(v);
	hr_html_add(&v->page.html, HR_STR("receiver-end"));
}

static hr_str box_name(const hr_page_view *v, hr_paper_box box)
{
	return hr_paper_box_name(box, v->page.html.lang == HR_LANG_EN);
}

static void add_marks(hr_page_view *v)
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

static void add_row(hr_page_view *v, unsigned row)
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

static void add_rows(hr_page_view *v)
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

static void add_paper(hr_page_view *v)
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
	add_field(v, HR_STR("printed-name"), say(v, "报告上的姓名", "name on the report"),
		  say(v, "核对就诊患者时才填", "only to compare the patient"));
	add_field(v, HR_STR("printed-birth"),
		  say(v, "报告上的出生日期", "birth date on the report"), HR_STR(""));
	hr_html_add(&v->page.html, HR_STR("paper-end"));
	add_rows(v);
	hr_html_add(&v->page.html, HR_STR("form-end"));
}

void hr_page_add_form(hr_page_view *v)
{
	hr_html_add(&v->page.html, HR_STR("form"));
	add_receiver(v);
	add_paper(v);
}
