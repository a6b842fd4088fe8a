/* What each kind of record of a catalogue is called, and says, in Chinese and in English. */
#include "registry/diff_kinds.h"

void hr_diff_put(hr_buf *out, hr_diff_lang lang, const char *zh, const char *en)
{
	hr_buf_add(out, hr_str_of(lang == HR_DIFF_ZH ? zh : en));
}

static void put_date(hr_buf *out, hr_date date)
{
	char text[HR_DATE_TEXT];

	hr_buf_add(out, hr_date_format(date, text));
}

/* "2025-01-01 至 2025-12-31"; nothing for a period that is open at both ends. */
static void put_period(hr_buf *out, hr_diff_lang lang, hr_period period)
{
	bool from = period.from.day != HR_DATE_MIN.day;
	bool to = period.to.day != HR_DATE_MAX.day;

	if (!from && !to)
		return;
	HR_BUF_ADD(out, " (");
	if (from)
		put_date(out, period.from);
	hr_diff_put(out, lang, from && !to ? " 起" : " 至 ", from && !to ? " on" : " to ");
	if (to)
		put_date(out, hr_date_add_days(period.to, -1));
	HR_BUF_ADD(out, ")");
}

static void put_words(hr_buf *out, const hr_str *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			HR_BUF_ADD(out, " ");
		hr_buf_add(out, words[i]);
	}
}

static void put_items(const hr_catalog *catalog, const uint64_t *items, hr_buf *out)
{
	bool any = false;

	for (hr_item_id id = 0; items && id < hr_catalog_item_count(catalog); id++) {
		if (!hr_item_in(items, id))
			continue;
		if (any)
			HR_BUF_ADD(out, " ");
		hr_buf_add(out, hr_catalog_get_item(catalog, id)->code);
		any = true;
	}
}

static hr_str two_words(hr_arena *arena, hr_str a, hr_str b)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_DIFF_TEXT_MAX);
	hr_buf_add(&buf, a);
	HR_BUF_ADD(&buf, " ");
	hr_buf_add(&buf, b);
	return hr_buf_str(&buf);
}

/* --- regimes --- */

static void fill_regimes(const hr_catalog *catalog, hr_arena *arena, hr_diff_row *rows)
{
	(void)arena;
	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(catalog, i);

		rows[i] = (hr_diff_row){ .key = regime->id, .record = regime };
	}
}

static hr_str regime_subject(const hr_catalog *catalog, const hr_diff_row *row, hr_arena *arena)
{
	const hr_regime *regime = row->record;

	(void)catalog;
	return two_words(arena, regime->id, regime->name);
}

static void put_list(const hr_catalog *catalog, const hr_list *list, hr_diff_lang lang, hr_buf *out)
{
	static const char *const kinds[][2] = {
		[HR_LIST_ITEMS] = { "; 项目名单", "; items" },
		[HR_LIST_GRANTS] = { "; 机构名单", "; institutions" },
		[HR_LIST_WINDOWS] = { "; 有效期表", "; windows" },
	};

	hr_diff_put(out, lang, kinds[list->kind][0], kinds[list->kind][1]);
	hr_diff_put(out, lang, list->complete ? " 完整" : " 部分",
		    list->complete ? " complete" : " partial");
	put_period(out, lang, list->period);
	if (list->all)
		hr_diff_put(out, lang, " 全部", " all");
	if (list->items && !list->all) {
		HR_BUF_ADD(out, " ");
		put_items(catalog, list->items, out);
	}
}

static void describe_regime(const hr_catalog *catalog, const hr_diff_row *row, hr_diff_lang lang,
			    hr_buf *out)
{
	const hr_regime *r = row->record;

	hr_buf_add(out, r->mark.len ? r->mark : r->id);
	put_period(out, lang, r->period);
	hr_diff_put(out, lang, "; 成员 ", "; members ");
	if (r->nationwide)
		hr_diff_put(out, lang, "全国", "nationwide");
	put_words(out, r->member_regions, r->member_region_count);
	put_words(out, r->member_institutions, r->member_institution_count);
	put_words(out, r->member_alliances, r->member_alliance_count);
	if (r->grant_obliges)
		hr_diff_put(out, lang, "; 有资格即应当互认", "; a grant obliges");
	if (r->withdrawal == HR_WITHDRAWAL_ENDS_ALL)
		hr_diff_put(out, lang, "; 撤销及于此前报告",
			    "; a withdrawal ends earlier reports too");
	for (uint32_t i = 0; i < r->list_count; i++)
		put_list(catalog, &r->lists[i], lang, out);
}

/* --- items --- */

static void fill_items(const hr_catalog *catalog, hr_arena *arena, hr_diff_row *rows)
{
	(void)arena;
	for (size_t i = 0; i < hr_catalog_item_count(catalog); i++) {
		const hr_item *item = hr_catalog_get_item(catalog, (hr_item_id)i);

		rows[i] = (hr_diff_row){ .key = item->code, .record = item };
	}
}

static hr_str item_subject(const hr_catalog *catalog, const hr_diff_row *row, hr_arena *arena)
{
	const hr_item *item = row->record;

	(void)catalog;
	return two_words(arena, item->code, item->name);
}

static void describe_item(const hr_catalog *catalog, const hr_diff_row *row, hr_diff_lang lang,
			  hr_buf *out)
{
	const hr_item *item = row->record;
	const hr_str parts[] = { item->class_name, item->unit,	    item->loinc,
				 item->modality,   item->body_part, item->laterality,
				 item->method,	   item->position,  item->contrast };

	(void)catalog;
	hr_diff_put(out, lang, item->kind == HR_KIND_LAB ? "检验" : "检查",
		    item->kind == HR_KIND_LAB ? "lab" : "exam");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len == 0)
			continue;
		HR_BUF_ADD(out, " ");
		hr_buf_add(out, parts[i]);
	}
	if (item->specimen_count) {
		hr_diff_put(out, lang, "; 标本 ", "; specimens ");
		put_words(out, item->specimens, item->specimen_count);
	}
}

/* --- institutions --- */

static void fill_institutions(const hr_catalog *catalog, hr_arena *arena, hr_diff_row *rows)
{
	(void)arena;
	for (size_t i = 0; i < hr_catalog_institution_count(catalog); i++) {
		const hr_institution *institution =
			hr_catalog_get_institution(catalog, (hr_institution_id)i);

		rows[i] = (hr_diff_row){ .key = institution->key, .record = institution };
	}
}

static hr_str institution_subject(const hr_catalog *catalog, const hr_diff_row *row,
				  hr_arena *arena)
{
	const hr_institution *institution = row->record;

	(void)catalog;
	return two_words(arena, institution->key, institution->name);
}

static void describe_institution(const hr_catalog *catalog, const hr_diff_row *row,
				 hr_diff_lang lang, hr_buf *out)
{
	const hr_institution *institution = row->record;

	(void)catalog;
	hr_buf_add(out, institution->region);
	if (institution->level.len) {
		HR_BUF_ADD(out, " ");
		hr_buf_add(out, institution->level);
	}
	put_period(out, lang, institution->period);
	if (institution->alliance_count) {
		hr_diff_put(out, lang, "; 医联体 ", "; alliances ");
		put_words(out, institution->alliances, institution->alliance_count);
	}
	for (uint16_t i = 0; i < institution->name_count; i++) {
		hr_diff_put(out, lang, "; 又名 ", "; also ");
		hr_buf_add(out, institution->names[i].name);
		put_period(out, lang, institution->names[i].period);
	}
}

/* --- grants --- */

static size_t count_grants(const hr_catalog *catalog)
{
	size_t count = 0;

	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		count += hr_catalog_grant_count(catalog, hr_catalog_get_regime(catalog, i));
	return count;
}

/* A row is the same row while regime, institution, first day and what narrows it are. */
static hr_str grant_key(const hr_catalog *catalog, const hr_regime *regime, const hr_grant *grant,
			hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_DIFF_TEXT_MAX);
	hr_buf_add(&buf, regime->id);
	HR_BUF_ADD(&buf, " ");
	hr_buf_add(&buf, hr_catalog_get_institution(catalog, grant->institution)->key);
	HR_BUF_ADD(&buf, " ");
	put_date(&buf, grant->period.from);
	HR_BUF_ADD(&buf, " ");
	hr_buf_add(&buf, grant->device);
	HR_BUF_ADD(&buf, " ");
	hr_buf_add(&buf, grant->campus);
	return hr_buf_str(&buf);
}

static void fill_grants(const hr_catalog *catalog, hr_arena *arena, hr_diff_row *rows)
{
	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(catalog, i);
		size_t count = hr_catalog_grant_count(catalog, regime);

		for (size_t k = 0; k < count; k++, rows++) {
			const hr_grant *grant = hr_catalog_get_grant(catalog, regime, k);

			rows->key = grant_key(catalog, regime, grant, arena);
			rows->record = grant;
			rows->regime = regime;
		}
	}
}

static hr_str grant_subject(const hr_catalog *catalog, const hr_diff_row *row, hr_arena *arena)
{
	const hr_grant *grant = row->record;

	return two_words(arena, row->regime->id,
			 hr_catalog_get_institution(catalog, grant->institution)->name);
}

static void put_grant_terms(const hr_grant *grant, hr_diff_lang lang, hr_buf *out)
{
	put_period(out, lang, grant->period);
	if (grant->device.len) {
		hr_diff_put(out, lang, "; 限设备 ", "; device ");
		hr_buf_add(out, grant->device);
	}
	if (grant->campus.len) {
		hr_diff_put(out, lang, "; 限院区 ", "; campus ");
		hr_buf_add(out, grant->campus);
	}
	if (grant->withdrawn_on.day != HR_DATE_MAX.day) {
		hr_diff_put(out, lang, "; 撤销 ", "; withdrawn ");
		put_date(out, grant->withdrawn_on);
	}
}

static void describe_grant(const hr_catalog *catalog, const hr_diff_row *row, hr_diff_lang lang,
			   hr_buf *out)
{
	const hr_grant *grant = row->record;

	put_items(catalog, grant->items, out);
	put_grant_terms(grant, lang, out);
}

/* The items of `a` that `b` does not grant, by their codes. */
static void put_items_only_in(const hr_catalog *catalog_a, const hr_grant *a,
			      const hr_catalog *catalog_b, const hr_grant *b, const char *sign,
			      hr_buf *out)
{
	for (hr_item_id id = 0; id < hr_catalog_item_count(catalog_a); id++) {
		hr_str code = hr_catalog_get_item(catalog_a, id)->code;
		hr_item_id other = hr_catalog_find_item(catalog_b, code);

		if (!hr_item_in(a->items, id) ||
		    (other != HR_ID_NONE && hr_item_in(b->items, other)))
			continue;
		hr_buf_addf(out, " %s", sign);
		hr_buf_add(out, code);
	}
}

static void compare_grants(const hr_diff_rows *before, const hr_diff_row *a,
			   const hr_diff_rows *after, const hr_diff_row *b, hr_diff_lang lang,
			   hr_buf *out)
{
	const hr_grant *was = a->record;
	const hr_grant *is = b->record;

	size_t start = out->len;

	put_items_only_in(after->catalog, is, before->catalog, was, "+", out);
	put_items_only_in(before->catalog, was, after->catalog, is, "-", out);
	if (was->period.to.day == is->period.to.day &&
	    was->withdrawn_on.day == is->withdrawn_on.day)
		return;
	if (out->len > start)
		HR_BUF_ADD(out, ";");
	hr_diff_put(out, lang, " 原", " was");
	put_grant_terms(was, lang, out);
	hr_diff_put(out, lang, ", 现", ", is");
	put_grant_terms(is, lang, out);
}

/* --- windows --- */

static void put_window_items(const hr_catalog *catalog, const hr_window *window, hr_diff_lang lang,
			     hr_buf *out)
{
	if (window->rank == 0)
		hr_diff_put(out, lang, "全部项目", "all items");
	else
		put_items(catalog, window->items, out);
}

static hr_str setting_word(hr_setting setting)
{
	static const hr_str words[] = {
		[HR_SETTING_ANY] = HR_STR_INIT(""),
		[HR_SETTING_OUTPATIENT] = HR_STR_INIT(" outpatient"),
		[HR_SETTING_INPATIENT] = HR_STR_INIT(" inpatient"),
		[HR_SETTING_EMERGENCY] = HR_STR_INIT(" emergency"),
		[HR_SETTING_ONLINE] = HR_STR_INIT(" online"),
	};

	return words[setting];
}

static void fill_windows(const hr_catalog *catalog, hr_arena *arena, hr_diff_row *rows)
{
	for (size_t i = 0; i < hr_catalog_window_count(catalog); i++) {
		const hr_window *window = hr_catalog_get_window(catalog, i);
		hr_buf buf;

		hr_buf_init(&buf, arena, HR_DIFF_TEXT_MAX);
		hr_buf_add(&buf, window->regime ? window->regime->id : HR_STR_NONE);
		HR_BUF_ADD(&buf, " ");
		put_window_items(catalog, window, HR_DIFF_EN, &buf);
		hr_buf_add(&buf, setting_word(window->setting));
		HR_BUF_ADD(&buf, " ");
		put_date(&buf, window->period.from);
		rows[i] = (hr_diff_row){ .key = hr_buf_str(&buf), .record = window };
	}
}

static hr_str window_subject(const hr_catalog *catalog, const hr_diff_row *row, hr_arena *arena)
{
	const hr_window *window = row->record;
	hr_buf buf;

	hr_buf_init(&buf, arena, HR_DIFF_TEXT_MAX);
	hr_buf_add(&buf, window->regime ? window->regime->id : HR_STR_NONE);
	HR_BUF_ADD(&buf, " ");
	put_window_items(catalog, window, HR_DIFF_ZH, &buf);
	hr_buf_add(&buf, setting_word(window->setting));
	return hr_buf_str(&buf);
}

static void describe_window(const hr_catalog *catalog, const hr_diff_row *row, hr_diff_lang lang,
			    hr_buf *out)
{
	static const char *const units[][2] = {
		[HR_WINDOW_HOURS] = { "小时", "hours" },
		[HR_WINDOW_DAYS] = { "天", "days" },
		[HR_WINDOW_MONTHS] = { "个月", "months" },
	};
	static const char *const events_zh[] = {
		[HR_EVENT_COLLECTED] = "采样起",	[HR_EVENT_RECEIVED] = "接收起",
		[HR_EVENT_TESTED] = "检测起",		[HR_EVENT_REPORTED] = "报告起",
		[HR_EVENT_UNSTATED] = "未说明的时间起",
	};
	const hr_window *window = row->record;

	(void)catalog;
	hr_buf_addf(out, "%u %s", window->length, units[window->unit][lang]);
	hr_diff_put(out, lang, ", 自", " from ");
	hr_diff_put(out, lang, events_zh[window->event], hr_event_kind_word(window->event).data);
	if (window->unless_intervened)
		hr_diff_put(out, lang, ", 其后无治疗干预", ", unless treated since");
	put_period(out, lang, window->period);
}

const hr_diff_kind hr_diff_kinds[] = {
	{ HR_STR_INIT("regime"), HR_STR_INIT("互认体系"), hr_catalog_regime_count, fill_regimes,
	  regime_subject, describe_regime, NULL },
	{ HR_STR_INIT("item"), HR_STR_INIT("项目"), hr_catalog_item_count, fill_items, item_subject,
	  describe_item, NULL },
	{ HR_STR_INIT("institution"), HR_STR_INIT("机构"), hr_catalog_institution_count,
	  fill_institutions, institution_subject, describe_institution, NULL },
	{ HR_STR_INIT("grant"), HR_STR_INIT("互认资格"), count_grants, fill_grants, grant_subject,
	  describe_grant, compare_grants },
	{ HR_STR_INIT("window"), HR_STR_INIT("有效期"), hr_catalog_window_count, fill_windows,
	  window_subject, describe_window, NULL },
};
const size_t hr_diff_kind_count = sizeof(hr_diff_kinds) / sizeof(hr_diff_kinds[0]);
