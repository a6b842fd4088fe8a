/*
 * The catalogue for everybody: which version is served, what it holds, who
 * granted what to whom. Answers stay the same while version and day do, so they
 * carry an ETag and need not be sent twice.
 */
#include "base/json.h"
#include "service/lookup.h"
#include "service/routes.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

enum { CATALOG_BYTES = 8 << 20, VERSIONS_MAX = 100, VERSIONS_USUAL = 20 };

/* --- what is asked --- */

struct ask {
	hr_lookup lookup;
	hr_date on;
};

static bool set_text(struct ask *ask, hr_str value)
{
	ask->lookup.text = value;
	return value.len <= 256;
}

static bool set_after(struct ask *ask, hr_str value)
{
	ask->lookup.after = value;
	return value.len > 0;
}

static bool set_limit(struct ask *ask, hr_str value)
{
	size_t limit = 0;

	if (value.len == 0 || value.len > 3)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return false;
		limit = 10 * limit + (size_t)(value.data[i] - '0');
	}
	ask->lookup.limit = limit;
	return limit >= 1 && limit <= HR_LOOKUP_MAX;
}

static bool set_on(struct ask *ask, hr_str value)
{
	return hr_date_parse(value, &ask->on);
}

enum field { FIELD_Q = 1, FIELD_AFTER = 2, FIELD_LIMIT = 4, FIELD_ON = 8 };

static const struct {
	enum field field;
	hr_str name;
	bool (*set)(struct ask *ask, hr_str value);
	const char *expects;
} fields[] = {
	{ FIELD_Q, HR_STR_INIT("q"), set_text, "at most 256 bytes" },
	{ FIELD_AFTER, HR_STR_INIT("after"), set_after, "the last code of the page before" },
	{ FIELD_LIMIT, HR_STR_INIT("limit"), set_limit, "1 to 100" },
	{ FIELD_ON, HR_STR_INIT("on"), set_on, "a day like 2026-11-20" },
};

static bool set_field(struct ask *ask, unsigned allowed, const hr_http_field *field, hr_error *err)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!(allowed & fields[i].field) || !hr_str_equal(fields[i].name, field->name))
			continue;
		if (fields[i].set(ask, field->value))
			return true;
		return hr_fail(err, HR_E_USAGE, "'%.*s' wants %s", HR_STR_ARG(fields[i].name),
			       fields[i].expects);
	}
	return hr_fail(err, HR_E_USAGE, "this path has no query field '%.*s'",
		       HR_STR_ARG(field->name));
}

/* `allowed`: of enum field. Without a day it is today's. */
static bool read_ask(const hr_call *call, unsigned allowed, struct ask *out, hr_error *err)
{
	struct ask ask = { .lookup = { .limit = HR_LOOKUP_USUAL },
			   .on = hr_instant_date(hr_app_now()) };

	for (size_t i = 0; i < call->request->query_count; i++)
		if (!set_field(&ask, allowed, &call->request->query[i], err))
			return false;
	*out = ask;
	return true;
}

/* --- an answer --- */

struct page {
	const hr_catalog *catalog;
	hr_date on;
	hr_buf buf;
	hr_json_writer w;
};

/* Another version of the program may write the same catalogue in other words. */
#define TAG_END "." HUREN_VERSION "\""

/* True when the client has it already: then `out` says so and there is nothing to write. */
static bool is_known(const hr_call *call, const hr_buf *tag, hr_http_response *out)
{
	hr_str etag = hr_buf_str(tag);
	hr_str held = hr_http_header(call->request, HR_STR("If-None-Match"));

	if (tag->failed)
		return false;
	hr_http_add_field(out, HR_STR("ETag"), etag);
	hr_http_add_field(out, HR_STR("Cache-Control"), HR_STR("no-cache"));
	if (!hr_str_equal(held, HR_STR("*")) && hr_str_find(held, etag) == held.len)
		return false;
	out->status = 304;
	return true;
}

static void add_instant(hr_json_writer *w, hr_str name, hr_instant instant)
{
	char text[HR_INSTANT_TEXT];

	hr_json_member(w, name, hr_instant_format(instant, text));
}

static void add_date(hr_json_writer *w, hr_str name, hr_date date)
{
	char text[HR_DATE_TEXT];

	hr_json_member(w, name, hr_date_format(date, text));
}

/* Both days included, as in the files; an open end is left out. */
static void add_period(hr_json_writer *w, hr_period period)
{
	if (period.from.day != HR_DATE_MIN.day)
		add_date(w, HR_STR("from"), period.from);
	if (period.to.day != HR_DATE_MAX.day)
		add_date(w, HR_STR("to"), hr_date_add_days(period.to, -1));
}

static void add_strings(hr_json_writer *w, hr_str name, const hr_str *list, size_t count)
{
	if (count == 0)
		return;
	hr_json_name(w, name);
	hr_json_open_array(w);
	for (size_t i = 0; i < count; i++)
		hr_json_string(w, list[i]);
	hr_json_close_array(w);
}

static void add_bool(hr_json_writer *w, hr_str name, bool value)
{
	hr_json_name(w, name);
	hr_json_bool(w, value);
}

static void add_record(hr_json_writer *w, const hr_origin *origin)
{
	if (!origin)
		return;
	NAME(w, "record");
	hr_json_open_object(w);
	MEMBER(w, "file", origin->file);
	NAME(w, "line");
	hr_json_int(w, origin->line);
	MEMBER(w, "grade", hr_grade_word(origin->grade));
	MEMBER(w, "source", origin->source);
	if (origin->document) {
		MEMBER(w, "documentNumber", origin->document->number);
		MEMBER(w, "documentTitle", origin->document->title);
		MEMBER(w, "documentRow", origin->row);
	}
	hr_json_close_object(w);
}

static void add_number(hr_json_writer *w, hr_str name, size_t value)
{
	hr_json_name(w, name);
	hr_json_int(w, (int64_t)value);
}

/* What all of them begin with. */
static void start_page(const hr_call *call, struct page *page)
{
	hr_buf_init(&page->buf, call->request->arena, CATALOG_BYTES);
	hr_json_writer_init(&page->w, &page->buf, false);
	hr_json_open_object(&page->w);
	MEMBER(&page->w, "catalogue", hr_catalog_id(page->catalog));
}

/* A page about a day. `*known`: it need not be written. */
static bool open_page(hr_app *app, const hr_call *call, hr_date on, struct page *page, bool *known,
		      hr_http_response *out, hr_error *err)
{
	char day[HR_DATE_TEXT];
	hr_str date = hr_date_format(on, day);
	hr_buf tag;

	if (!hr_app_catalog(app, call->request->arena, &page->catalog, err))
		return false;
	page->on = on;
	hr_buf_init(&tag, call->request->arena, 128);
	hr_buf_addf(&tag, "\"%.*s.%.*s" TAG_END, HR_STR_ARG(hr_catalog_id(page->catalog)),
		    HR_STR_ARG(date));
	*known = is_known(call, &tag, out);
	start_page(call, page);
	MEMBER(&page->w, "on", date);
	return true;
}

static bool close_page(struct page *page, hr_http_response *out, hr_error *err)
{
	hr_json_close_object(&page->w);
	hr_buf_add_char(&page->buf, '\n');
	return hr_answer_set_body(out, HR_STR("application/json"), &page->buf, err);
}

/* --- the version --- */

static size_t count_grants(const hr_catalog *catalog)
{
	size_t count = 0;

	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		count += hr_catalog_grant_count(catalog, hr_catalog_get_regime(catalog, i));
	return count;
}

static void add_counts(hr_json_writer *w, const hr_catalog *catalog)
{
	NAME(w, "counts");
	hr_json_open_object(w);
	add_number(w, HR_STR("items"), hr_catalog_item_count(catalog));
	add_number(w, HR_STR("institutions"), hr_catalog_institution_count(catalog));
	add_number(w, HR_STR("regimes"), hr_catalog_regime_count(catalog));
	add_number(w, HR_STR("grants"), count_grants(catalog));
	add_number(w, HR_STR("windows"), hr_catalog_window_count(catalog));
	add_number(w, HR_STR("documents"), hr_catalog_document_count(catalog));
	hr_json_close_object(w);
}

bool hr_answer_catalog(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_follower_state state = hr_follower_get(app->follower);
	struct page page;
	struct ask ask;
	hr_buf tag;

	if (!read_ask(call, 0, &ask, err) ||
	    !hr_app_catalog(app, call->request->arena, &page.catalog, err))
		return false;
	hr_buf_init(&tag, call->request->arena, 256);
	hr_buf_addf(&tag, "\"%.*s.%lld.%s" TAG_END, HR_STR_ARG(hr_catalog_id(page.catalog)),
		    (long long)state.loaded_at.second, state.refused);
	/* A registry that cannot be read has no version to name in the tag. */
	if ((state.why.code == HR_E_NONE || state.refused[0]) && is_known(call, &tag, out))
		return true;
	start_page(call, &page);
	add_instant(&page.w, HR_STR("knownAt"), hr_catalog_known_at(page.catalog));
	add_instant(&page.w, HR_STR("loadedAt"), state.loaded_at);
	add_bool(&page.w, HR_STR("holdsSyntheticData"), hr_catalog_has_synthetic(page.catalog));
	add_counts(&page.w, page.catalog);
	hr_follower_format_refusal(&state, &page.w);
	return close_page(&page, out, err);
}

/* --- versions --- */

static bool read_versions(const hr_app *app, size_t limit, hr_arena *arena, hr_version *out,
			  size_t *count, hr_error *err)
{
	hr_registry *registry;
	bool ok;

	if (!hr_registry_open(app->options.registry, &registry, err))
		return false;
	ok = hr_registry_log(registry, arena, out, limit, count, err);
	hr_registry_close(registry);
	return ok;
}

/* Who published is not told: that is a person's name and mail. */
static void add_versions(hr_json_writer *w, const hr_version *versions, size_t count)
{
	NAME(w, "versions");
	hr_json_open_array(w);
	for (size_t i = 0; i < count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "id", hr_str_of(versions[i].id));
		add_instant(w, HR_STR("time"), versions[i].time);
		MEMBER(w, "message", hr_str_trim(versions[i].message));
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

bool hr_answer_versions(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	hr_arena *arena = call->request->arena;
	hr_version *versions = HR_NEW_N(arena, hr_version, HR_LOOKUP_MAX);
	struct page page;
	struct ask ask;
	size_t count;
	hr_buf tag;

	if (!versions)
		return hr_fail_memory(err);
	if (!read_ask(call, FIELD_LIMIT, &ask, err) ||
	    !hr_app_catalog(app, arena, &page.catalog, err) ||
	    !read_versions(app, ask.lookup.limit, arena, versions, &count, err))
		return false;
	hr_buf_init(&tag, arena, 128);
	hr_buf_addf(&tag, "\"%.*s.%s" TAG_END, HR_STR_ARG(hr_catalog_id(page.catalog)),
		    count ? versions[0].id : "");
	if (is_known(call, &tag, out))
		return true;
	start_page(call, &page);
	add_versions(&page.w, versions, count);
	return close_page(&page, out, err);
}

/* --- items --- */

static hr_str kind_word(hr_kind kind)
{
	static const hr_str words[] = { HR_STR_INIT("unknown"), HR_STR_INIT("lab"),
					HR_STR_INIT("exam") };

	return words[kind];
}

static void add_regime_head(hr_json_writer *w, const hr_regime *regime)
{
	MEMBER(w, "regime", regime->id);
	MEMBER(w, "name", regime->name);
	MEMBER(w, "mark", regime->mark);
}

static void add_listed(struct page *p, hr_item_id id)
{
	hr_json_writer *w = &p->w;

	NAME(w, "regimes");
	hr_json_open_array(w);
	for (size_t i = 0; i < hr_catalog_regime_count(p->catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(p->catalog, i);
		const hr_list *list;
		hr_listed listed = hr_lookup_listed(p->catalog, regime, id, p->on, &list);

		hr_json_open_object(w);
		add_regime_head(w, regime);
		MEMBER(w, "listed", hr_listed_word(listed));
		add_record(w, list ? &list->origin : NULL);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_item(struct page *p, hr_item_id id)
{
	const hr_item *item = hr_catalog_get_item(p->catalog, id);
	hr_json_writer *w = &p->w;

	hr_json_open_object(w);
	MEMBER(w, "code", item->code);
	MEMBER(w, "name", item->name);
	MEMBER(w, "nameEn", item->name_en);
	MEMBER(w, "kind", kind_word(item->kind));
	MEMBER(w, "class", item->class_name);
	MEMBER(w, "loinc", item->loinc);
	MEMBER(w, "unit", item->unit);
	MEMBER(w, "modality", item->modality);
	MEMBER(w, "bodyPart", item->body_part);
	add_listed(p, id);
	add_record(w, &item->origin);
	hr_json_close_object(w);
}

bool hr_answer_items(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct page page;
	struct ask ask;
	hr_found found;
	bool known;

	if (!read_ask(call, FIELD_Q | FIELD_AFTER | FIELD_LIMIT | FIELD_ON, &ask, err) ||
	    !open_page(app, call, ask.on, &page, &known, out, err) ||
	    !hr_lookup_items(page.catalog, &ask.lookup, &found, err))
		return false;
	if (known)
		return true;
	NAME(&page.w, "items");
	hr_json_open_array(&page.w);
	for (size_t i = 0; i < found.count; i++)
		add_item(&page, found.ids[i]);
	hr_json_close_array(&page.w);
	add_bool(&page.w, HR_STR("more"), found.more);
	return close_page(&page, out, err);
}

/* --- institutions --- */

static void add_institution_head(struct page *p, const hr_institution *institution)
{
	const hr_region *region = hr_catalog_find_region(p->catalog, institution->region);
	hr_json_writer *w = &p->w;

	MEMBER(w, "key", institution->key);
	MEMBER(w, "uscc", institution->uscc);
	MEMBER(w, "name", institution->name);
	MEMBER(w, "region", institution->region);
	MEMBER(w, "regionName", region ? region->name : HR_STR_NONE);
	MEMBER(w, "level", institution->level);
	add_period(w, institution->period);
}

bool hr_answer_institutions(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	struct page page;
	struct ask ask;
	hr_found found;
	bool known;

	if (!read_ask(call, FIELD_Q | FIELD_AFTER | FIELD_LIMIT, &ask, err) ||
	    !open_page(app, call, ask.on, &page, &known, out, err) ||
	    !hr_lookup_institutions(page.catalog, &ask.lookup, &found, err))
		return false;
	if (known)
		return true;
	NAME(&page.w, "institutions");
	hr_json_open_array(&page.w);
	for (size_t i = 0; i < found.count; i++) {
		hr_json_open_object(&page.w);
		add_institution_head(&page, hr_catalog_get_institution(page.catalog, found.ids[i]));
		hr_json_close_object(&page.w);
	}
	hr_json_close_array(&page.w);
	add_bool(&page.w, HR_STR("more"), found.more);
	return close_page(&page, out, err);
}

/* --- one institution --- */

static void add_names(hr_json_writer *w, const hr_institution *institution)
{
	if (institution->name_count == 0)
		return;
	NAME(w, "names");
	hr_json_open_array(w);
	for (uint16_t i = 0; i < institution->name_count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "name", institution->names[i].name);
		add_period(w, institution->names[i].period);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_campuses(hr_json_writer *w, const hr_institution *institution)
{
	if (institution->campus_count == 0)
		return;
	NAME(w, "campuses");
	hr_json_open_array(w);
	for (uint16_t i = 0; i < institution->campus_count; i++) {
		hr_json_open_object(w);
		MEMBER(w, "id", institution->campuses[i].id);
		MEMBER(w, "name", institution->campuses[i].name);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

static void add_granted_items(struct page *p, const hr_grant *grant)
{
	NAME(&p->w, "items");
	hr_json_open_array(&p->w);
	for (hr_item_id id = 0; id < hr_catalog_item_count(p->catalog); id++)
		if (hr_item_in(grant->items, id))
			hr_json_string(&p->w, hr_catalog_get_item(p->catalog, id)->code);
	hr_json_close_array(&p->w);
}

static void add_grant(struct page *p, const hr_grant *grant)
{
	hr_json_writer *w = &p->w;

	hr_json_open_object(w);
	add_bool(w, HR_STR("holds"), hr_lookup_grant_holds(grant, p->on));
	add_period(w, grant->period);
	if (grant->withdrawn_on.day != HR_DATE_MAX.day)
		add_date(w, HR_STR("withdrawnOn"), grant->withdrawn_on);
	MEMBER(w, "withdrawnWhy", grant->withdrawn_why);
	add_bool(w, HR_STR("allItems"), grant->all);
	add_granted_items(p, grant);
	MEMBER(w, "device", grant->device);
	MEMBER(w, "campus", grant->campus);
	MEMBER(w, "batch", grant->batch);
	MEMBER(w, "qcBody", grant->qc_body);
	add_record(w, &grant->origin);
	hr_json_close_object(w);
}

/* How much is known of who is granted what: absent from what is only partly known is no "no". */
static hr_str grants_known(const hr_regime *regime, hr_date on)
{
	const hr_list *list = hr_regime_find_list(regime, HR_LIST_GRANTS, on);

	if (!list)
		return HR_STR("unknown");
	return list->complete ? HR_STR("complete") : HR_STR("partial");
}

/* A regime that has nothing to do with the institution is passed over. */
static void add_regime(struct page *p, const hr_regime *regime, hr_institution_id id)
{
	const hr_institution *institution = hr_catalog_get_institution(p->catalog, id);
	bool member = regime->nationwide || hr_regime_has_member(regime, institution);
	size_t count;
	const hr_grant *grants = hr_catalog_find_grants(p->catalog, regime, id, &count);
	hr_json_writer *w = &p->w;

	if (!member && count == 0)
		return;
	hr_json_open_object(w);
	add_regime_head(w, regime);
	add_bool(w, HR_STR("inForce"), hr_period_contains(regime->period, p->on));
	add_bool(w, HR_STR("member"), member);
	MEMBER(w, "grantsKnown", grants_known(regime, p->on));
	NAME(w, "grants");
	hr_json_open_array(w);
	for (size_t i = 0; i < count; i++)
		add_grant(p, &grants[i]);
	hr_json_close_array(w);
	hr_json_close_object(w);
}

bool hr_answer_institution(hr_app *app, const hr_call *call, hr_http_response *out, hr_error *err)
{
	const hr_institution *institution;
	hr_institution_id id;
	struct page page;
	struct ask ask;
	bool known;

	if (!read_ask(call, FIELD_ON, &ask, err) ||
	    !open_page(app, call, ask.on, &page, &known, out, err) ||
	    !hr_lookup_institution(page.catalog, call->params[0], &id, err))
		return false;
	if (known)
		return true;
	institution = hr_catalog_get_institution(page.catalog, id);
	add_institution_head(&page, institution);
	add_strings(&page.w, HR_STR("alliances"), institution->alliances,
		    institution->alliance_count);
	add_names(&page.w, institution);
	add_campuses(&page.w, institution);
	add_record(&page.w, &institution->origin);
	NAME(&page.w, "regimes");
	hr_json_open_array(&page.w);
	for (size_t i = 0; i < hr_catalog_regime_count(page.catalog); i++)
		add_regime(&page, hr_catalog_get_regime(page.catalog, i), id);
	hr_json_close_array(&page.w);
	return close_page(&page, out, err);
}
