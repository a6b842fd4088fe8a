/*
 * The catalogue for anybody: what is looked for goes into the address, so that
 * it can be sent to somebody; it is a name of the catalogue, never a patient's.
 */
#include "recognition/sentence.h"
#include "service/lookup.h"
#include "service/page.h"

extern const unsigned char hr_web_catalogue[];
extern const size_t hr_web_catalogue_len;

#define VALUE HR_HTML_VALUE

enum { TEXT_MAX = 256 };

struct view {
	hr_page page;
	hr_str q;
	hr_date on;
	char on_text[HR_DATE_TEXT];
	hr_str on_str; /* `on`, in on_text */
};

static hr_str say(const struct view *v, const char *zh, const char *en)
{
	return hr_page_say(&v->page, zh, en);
}

/* --- opening --- */

static bool read_query(struct view *v, hr_error *err)
{
	const hr_http_request *request = v->page.call->request;
	hr_str on = hr_http_query(request, HR_STR("on"));

	v->q = hr_str_trim(hr_http_query(request, HR_STR("q")));
	v->on = hr_instant_date(hr_app_now());
	if (v->q.len > TEXT_MAX)
		return hr_fail(err, HR_E_USAGE, "'q' wants at most %d bytes", TEXT_MAX);
	if (on.len && !hr_date_parse(on, &v->on))
		return hr_fail(err, HR_E_USAGE, "'on' wants a day like 2026-11-20");
	v->on_str = hr_date_format(v->on, v->on_text);
	return true;
}

static bool open_view(hr_app *app, const hr_call *call, struct view *v, hr_error *err)
{
	hr_str file = { (const char *)hr_web_catalogue, hr_web_catalogue_len };

	*v = (struct view){ .q = HR_STR_NONE };
	return hr_page_open(app, call, file, &v->page, err) && read_query(v, err);
}

/* --- pieces --- */

static void add_line(const struct view *v, hr_str text)
{
	if (text.len)
		HR_HTML_PUT(&v->page.html, "line", VALUE("text", text));
}

static void add_fact(const struct view *v, const char *zh, const char *en, hr_str text)
{
	if (text.len)
		HR_HTML_PUT(&v->page.html, "fact", VALUE("name", say(v, zh, en)),
			    VALUE("text", text));
}

/* Both days included, as people and the files write them. */
static hr_str period_text(const struct view *v, hr_period period)
{
	char from[HR_DATE_TEXT];
	char to[HR_DATE_TEXT];
	const bool starts = period.from.day != HR_DATE_MIN.day;
	const bool ends = period.to.day != HR_DATE_MAX.day;
	hr_str first = starts ? hr_date_format(period.from, from) : HR_STR("…");
	hr_str last = ends ? hr_date_format(hr_date_add_days(period.to, -1), to) : HR_STR("…");

	if (!starts && !ends)
		return say(v, "未写明起止", "no dates are given");
	return hr_page_text(&v->page, "%.*s – %.*s", HR_STR_ARG(first), HR_STR_ARG(last));
}

static void add_period(const struct view *v, const char *zh, const char *en, hr_period period)
{
	hr_str text = period_text(v, period);

	add_line(v, hr_page_text(&v->page, "%.*s: %.*s", HR_STR_ARG(say(v, zh, en)),
				 HR_STR_ARG(text)));
}

static bool is_web_address(hr_str url)
{
	return hr_str_starts_with(url, HR_STR("https://")) ||
	       hr_str_starts_with(url, HR_STR("http://"));
}

static void add_source(const struct view *v, const hr_origin *origin)
{
	static const hr_document none = { .url = HR_STR_INIT("") };
	const hr_document *document;

	if (!origin)
		return;
	document = origin->document ? origin->document : &none;
	HR_HTML_PUT(&v->page.html, "source", VALUE("source", origin->source),
		    VALUE("document", document->number), VALUE("title", document->title),
		    VALUE("row", origin->row),
		    VALUE("grade", v->page.html.lang == HR_LANG_ZH ? hr_grade_zh(origin->grade)
								   : hr_grade_word(origin->grade)));
	if (is_web_address(document->url))
		HR_HTML_PUT(&v->page.html, "source-link", VALUE("url", document->url));
	hr_html_add(&v->page.html, HR_STR("source-end"));
}

static hr_str regime_name(const struct view *v, const hr_regime *regime)
{
	hr_str name = v->page.html.lang == HR_LANG_EN && regime->name_en.len ? regime->name_en
									     : regime->name;

	if (regime->mark.len == 0)
		return name;
	return hr_page_text(&v->page, "%.*s · %.*s", HR_STR_ARG(name), HR_STR_ARG(regime->mark));
}

static hr_str item_name(const struct view *v, const hr_item *item)
{
	return v->page.html.lang == HR_LANG_EN && item->name_en.len ? item->name_en : item->name;
}

/* A state in words, with a sign and a colour. */
static void add_state(const struct view *v, hr_listed state, hr_str text)
{
	static const struct {
		hr_str class;
		hr_str sign;
	} looks[] = {
		[HR_LISTED_NO] = { HR_STR_INIT("no"), HR_STR_INIT("✗") },
		[HR_LISTED_UNKNOWN] = { HR_STR_INIT("open"), HR_STR_INIT("?") },
		[HR_LISTED_YES] = { HR_STR_INIT("yes"), HR_STR_INIT("✓") },
	};

	HR_HTML_PUT(&v->page.html, "state", VALUE("class", looks[state].class),
		    VALUE("sign", looks[state].sign), VALUE("text", text));
}

/* --- searching --- */

static hr_str href_of(const struct view *v, const char *shelf, hr_str key)
{
	hr_str part = hr_html_url_part(v->page.call->request->arena, key);

	return hr_page_text(&v->page, "/catalogue/%s/%.*s?lang=%s&on=%.*s", shelf, HR_STR_ARG(part),
			    v->page.html.lang == HR_LANG_ZH ? "zh" : "en", HR_STR_ARG(v->on_str));
}

static void add_found_item(const struct view *v, uint32_t id)
{
	const hr_item *item = hr_catalog_get_item(v->page.catalog, id);

	HR_HTML_PUT(&v->page.html, "result", VALUE("href", href_of(v, "items", item->code)),
		    VALUE("name", item_name(v, item)), VALUE("beside", item->code));
}

static void add_found_institution(const struct view *v, uint32_t id)
{
	const hr_institution *institution = hr_catalog_get_institution(v->page.catalog, id);
	const hr_region *region = hr_catalog_find_region(v->page.catalog, institution->region);
	hr_str key = institution->key;

	HR_HTML_PUT(&v->page.html, "result", VALUE("href", href_of(v, "institutions", key)),
		    VALUE("name", institution->name),
		    VALUE("beside", hr_page_text(&v->page, "%.*s %.*s",
						 HR_STR_ARG(region ? region->name : HR_STR("")),
						 HR_STR_ARG(key))));
}

static void add_found(const struct view *v, hr_str title, const hr_found *found,
		      void (*add)(const struct view *v, uint32_t id))
{
	const hr_html *html = &v->page.html;

	HR_HTML_PUT(html, "section", VALUE("title", title));
	if (found->count == 0) {
		hr_html_add(html, HR_STR("none"));
	} else {
		hr_html_add(html, HR_STR("results"));
		for (size_t i = 0; i < found->count; i++)
			add(v, found->ids[i]);
		hr_html_add(html, HR_STR("results-end"));
	}
	if (found->more)
		hr_html_add(html, HR_STR("results-more"));
	hr_html_add(html, HR_STR("section-end"));
}

static bool add_results(const struct view *v, hr_error *err)
{
	const hr_lookup lookup = { .text = v->q, .limit = HR_LOOKUP_USUAL };
	hr_found items;
	hr_found institutions;

	if (!hr_lookup_items(v->page.catalog, &lookup, &items, err) ||
	    !hr_lookup_institutions(v->page.catalog, &lookup, &institutions, err))
		return false;
	add_found(v, say(v, "项目", "Items"), &items, add_found_item);
	add_found(v, say(v, "医疗机构", "Institutions"), &institutions, add_found_institution);
	return true;
}

/* Nothing is looked for yet: which regimes there are. */
static void add_overview(const struct view *v)
{
	const hr_catalog *catalog = v->page.catalog;

	HR_HTML_PUT(&v->page.html, "section",
		    VALUE("title", say(v, "互认体系", "Regimes of mutual recognition")));
	HR_HTML_PUT(&v->page.html, "counts",
		    VALUE("items", hr_page_text(&v->page, "%zu", hr_catalog_item_count(catalog))),
		    VALUE("institutions",
			  hr_page_text(&v->page, "%zu", hr_catalog_institution_count(catalog))));
	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(catalog, i);
		bool in_force = hr_period_contains(regime->period, v->on);

		HR_HTML_PUT(&v->page.html, "regime", VALUE("name", regime_name(v, regime)));
		add_state(v, in_force ? HR_LISTED_YES : HR_LISTED_NO,
			  in_force ? say(v, "当日有效", "in force on that day")
				   : say(v, "当日无效", "not in force on that day"));
		add_period(v, "期间", "Period", regime->period);
		add_line(v, regime->legal_basis);
		add_source(v, &regime->origin);
		hr_html_add(&v->page.html, HR_STR("regime-end"));
	}
	hr_html_add(&v->page.html, HR_STR("section-end"));
}

bool hr_answer_page_search(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct view v;

	if (!open_view(app, call, &v, err))
		return false;
	hr_page_start(&v.page, HR_PAGE_CATALOGUE, say(&v, "查互认目录", "Look up the catalogue"));
	HR_HTML_PUT(&v.page.html, "search", VALUE("q", v.q), VALUE("on", v.on_str));
	if (v.q.len && !add_results(&v, err))
		return false;
	if (v.q.len == 0)
		add_overview(&v);
	return hr_page_close(&v.page, out, err);
}

/* --- an item --- */

static void add_window(const struct view *v, const hr_window *window)
{
	const hr_lang lang = v->page.html.lang;
	char memory[512];
	hr_buf text;

	hr_buf_init_over(&text, memory, sizeof(memory));
	hr_buf_add(&text, say(v, "有效期: ", "Valid: "));
	hr_window_format_length(window, lang, &text);
	if (window->event != HR_EVENT_UNSTATED) {
		hr_buf_add(&text, say(v, ", 从", ", from being "));
		hr_buf_add(&text, hr_event_word(window->event, HR_KIND_LAB, lang));
		hr_buf_add(&text, say(v, "起算", ""));
	}
	if (window->setting != HR_SETTING_ANY) {
		HR_BUF_ADD(&text, " · ");
		hr_buf_add(&text, hr_setting_word(window->setting, lang));
	}
	if (window->unless_intervened)
		hr_buf_add(&text, say(v, " · 其间未做过治疗或手术", " · unless treated since"));
	hr_html_add(&v->page.html, HR_STR("grant"));
	add_line(v, hr_buf_str(&text));
	add_source(v, &window->origin);
	hr_html_add(&v->page.html, HR_STR("grant-end"));
}

static void add_windows(const struct view *v, const hr_regime *regime, hr_item_id id)
{
	const hr_catalog *catalog = v->page.catalog;

	for (size_t i = 0; i < hr_catalog_window_count(catalog); i++) {
		const hr_window *window = hr_catalog_get_window(catalog, i);

		if ((window->regime == regime || !window->regime) &&
		    hr_item_in(window->items, id) && hr_period_contains(window->period, v->on))
			add_window(v, window);
	}
}

static void add_listing(const struct view *v, const hr_regime *regime, hr_item_id id)
{
	const hr_list *list;
	hr_listed listed = hr_lookup_listed(v->page.catalog, regime, id, v->on, &list);
	const hr_str words[] = {
		[HR_LISTED_NO] = say(v, "不在名单", "not listed"),
		[HR_LISTED_UNKNOWN] = say(v, "名单不全或未知", "the list is not known, or in part"),
		[HR_LISTED_YES] = say(v, "在名单", "listed"),
	};

	HR_HTML_PUT(&v->page.html, "regime", VALUE("name", regime_name(v, regime)));
	add_state(v, listed, words[listed]);
	if (list) {
		add_period(v, "名单期间", "The list's period", list->period);
		add_source(v, &list->origin);
	}
	if (listed != HR_LISTED_NO)
		add_windows(v, regime, id);
	hr_html_add(&v->page.html, HR_STR("regime-end"));
}

static void add_item_facts(const struct view *v, const hr_item *item)
{
	const hr_str kinds[] = { HR_STR_NONE, say(v, "检验", "laboratory"),
				 say(v, "检查", "imaging") };
	hr_buf names;

	hr_buf_init(&names, v->page.call->request->arena, 1 << 16);
	for (uint32_t i = 0; i < item->name_count; i++) {
		if (i)
			hr_buf_add(&names, say(v, "、", ", "));
		hr_buf_add(&names, item->names[i]);
	}
	hr_html_add(&v->page.html, HR_STR("facts"));
	add_fact(v, "代码", "Code", item->code);
	add_fact(v, "类别", "Kind", kinds[item->kind]);
	add_fact(v, "英文名", "Chinese name",
		 v->page.html.lang == HR_LANG_ZH ? item->name_en : item->name);
	add_fact(v, "别名", "Other names", hr_buf_str(&names));
	add_fact(v, "LOINC", "LOINC", item->loinc);
	add_fact(v, "单位", "Unit", item->unit);
	add_fact(v, "设备类型", "Modality", item->modality);
	hr_html_add(&v->page.html, HR_STR("facts-end"));
	add_source(v, &item->origin);
}

/* The day's form leads back to this very page. */
static void add_day(const struct view *v)
{
	HR_HTML_PUT(&v->page.html, "day", VALUE("path", v->page.call->request->path),
		    VALUE("on", v->on_str));
}

bool hr_answer_page_item(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_catalog *catalog;
	hr_item_id id;
	struct view v;

	if (!open_view(app, call, &v, err))
		return false;
	catalog = v.page.catalog;
	id = hr_catalog_find_item(catalog, call->params[0]);
	if (id == HR_ID_NONE)
		return hr_fail(err, HR_E_NOT_FOUND, "the catalogue holds no item of that code");
	hr_page_start(&v.page, HR_PAGE_CATALOGUE, item_name(&v, hr_catalog_get_item(catalog, id)));
	add_item_facts(&v, hr_catalog_get_item(catalog, id));
	add_day(&v);
	HR_HTML_PUT(&v.page.html, "section",
		    VALUE("title", hr_page_text(&v.page, "%.*s %.*s", HR_STR_ARG(v.on_str),
						HR_STR_ARG(say(&v, "的互认", "by regime")))));
	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		add_listing(&v, hr_catalog_get_regime(catalog, i), id);
	hr_html_add(&v.page.html, HR_STR("section-end"));
	return hr_page_close(&v.page, out, err);
}

/* --- an institution --- */

static void add_granted_items(const struct view *v, const hr_grant *grant)
{
	hr_str between = say(v, "、", ", ");
	size_t count = 0;
	hr_buf names;

	hr_buf_init(&names, v->page.call->request->arena, 1 << 22);
	for (hr_item_id id = 0; id < hr_catalog_item_count(v->page.catalog); id++) {
		if (!hr_item_in(grant->items, id))
			continue;
		if (count++)
			hr_buf_add(&names, between);
		hr_buf_add(&names, item_name(v, hr_catalog_get_item(v->page.catalog, id)));
	}
	HR_HTML_PUT(&v->page.html, "grant-items",
		    VALUE("summary",
			  hr_page_text(&v->page, "%.*s %zu",
				       HR_STR_ARG(grant->all ? say(v, "全部项目:", "all items:")
							     : say(v, "项目:", "items:")),
				       count)),
		    VALUE("items", hr_buf_str(&names)));
}

static void add_if(const struct view *v, const char *zh, const char *en, hr_str text)
{
	if (text.len)
		add_line(v, hr_page_text(&v->page, "%.*s: %.*s", HR_STR_ARG(say(v, zh, en)),
					 HR_STR_ARG(text)));
}

static void add_grant(const struct view *v, const hr_grant *grant)
{
	bool holds = hr_lookup_grant_holds(grant, v->on);
	char day[HR_DATE_TEXT];

	hr_html_add(&v->page.html, HR_STR("grant"));
	add_state(v, holds ? HR_LISTED_YES : HR_LISTED_NO,
		  holds ? say(v, "当日有互认资格", "granted on that day")
			: say(v, "当日无互认资格", "not granted on that day"));
	add_period(v, "期间", "Period", grant->period);
	if (grant->withdrawn_on.day != HR_DATE_MAX.day) {
		add_if(v, "撤销", "Withdrawn", hr_date_format(grant->withdrawn_on, day));
		add_if(v, "原因", "Why", grant->withdrawn_why);
	}
	add_if(v, "限设备", "Device", grant->device);
	add_if(v, "限院区", "Campus", grant->campus);
	add_if(v, "批次", "Batch", grant->batch);
	add_if(v, "质控机构", "Quality control by", grant->qc_body);
	add_granted_items(v, grant);
	add_source(v, &grant->origin);
	hr_html_add(&v->page.html, HR_STR("grant-end"));
}

/* Absent from what is only partly known is no "no". */
static void add_absence(const struct view *v, const hr_regime *regime)
{
	const hr_list *list = hr_regime_find_list(regime, HR_LIST_GRANTS, v->on);

	if (list && list->complete)
		add_state(v, HR_LISTED_NO,
			  say(v, "不在机构名单", "not on the list of institutions"));
	else
		add_state(v, HR_LISTED_UNKNOWN,
			  say(v, "机构名单不全或未知",
			      "the list of institutions is not known, or in part"));
	add_source(v, list ? &list->origin : NULL);
}

/* A list may grant to every member, without a row of its own for each. */
static bool is_granted_to_all(const struct view *v, const hr_regime *regime)
{
	const hr_list *list = hr_regime_find_list(regime, HR_LIST_GRANTS, v->on);

	return list && list->all;
}

static void add_membership(const struct view *v, const hr_regime *regime, hr_institution_id id)
{
	const hr_catalog *catalog = v->page.catalog;
	bool member = regime->nationwide ||
		      hr_regime_has_member(regime, hr_catalog_get_institution(catalog, id));
	size_t count;
	const hr_grant *grants = hr_catalog_find_grants(catalog, regime, id, &count);

	if (!member && count == 0)
		return;
	HR_HTML_PUT(&v->page.html, "regime", VALUE("name", regime_name(v, regime)));
	if (!hr_period_contains(regime->period, v->on))
		add_state(v, HR_LISTED_NO, say(v, "体系当日无效", "not in force on that day"));
	if (is_granted_to_all(v, regime) && member)
		add_state(v, HR_LISTED_YES,
			  say(v, "成员机构全部项目互认", "every member is granted every item"));
	else if (count == 0)
		add_absence(v, regime);
	for (size_t i = 0; i < count; i++)
		add_grant(v, &grants[i]);
	hr_html_add(&v->page.html, HR_STR("regime-end"));
}

static void add_institution_facts(const struct view *v, const hr_institution *institution)
{
	const hr_region *region = hr_catalog_find_region(v->page.catalog, institution->region);

	hr_html_add(&v->page.html, HR_STR("facts"));
	add_fact(v, "统一社会信用代码", "USCC", institution->uscc);
	if (institution->uscc.len == 0)
		add_fact(v, "目录内编号", "Key", institution->key);
	add_fact(v, "地区", "Region", region ? region->name : institution->region);
	add_fact(v, "等级", "Level", institution->level);
	for (uint16_t i = 0; i < institution->name_count; i++)
		add_fact(v, "又名、曾用名", "Other or former name", institution->names[i].name);
	for (uint16_t i = 0; i < institution->campus_count; i++)
		add_fact(v, "院区", "Campus", institution->campuses[i].name);
	hr_html_add(&v->page.html, HR_STR("facts-end"));
	add_source(v, &institution->origin);
}

bool hr_answer_page_institution(hr_app *app, const hr_call *call, hr_http_response *out,
				hr_error *err)
{
	const hr_institution *institution;
	hr_institution_id id;
	struct view v;

	if (!open_view(app, call, &v, err) ||
	    !hr_lookup_institution(v.page.catalog, call->params[0], &id, err))
		return false;
	institution = hr_catalog_get_institution(v.page.catalog, id);
	hr_page_start(&v.page, HR_PAGE_CATALOGUE, institution->name);
	add_institution_facts(&v, institution);
	add_day(&v);
	HR_HTML_PUT(&v.page.html, "section",
		    VALUE("title",
			  hr_page_text(&v.page, "%.*s %.*s", HR_STR_ARG(v.on_str),
				       HR_STR_ARG(say(&v, "的互认资格", "grants by regime")))));
	for (size_t i = 0; i < hr_catalog_regime_count(v.page.catalog); i++)
		add_membership(&v, hr_catalog_get_regime(v.page.catalog, i), id);
	hr_html_add(&v.page.html, HR_STR("section-end"));
	return hr_page_close(&v.page, out, err);
}
