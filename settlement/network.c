#include "settlement/network.h"

#include "settlement/origin.h"
#include "settlement/plural.h"

#define NAME(w, literal)	  hr_json_name((w), HR_STR(literal))
#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

bool hr_network_region_is_valid(hr_str region)
{
	for (size_t i = 0; i < region.len; i++)
		if (region.data[i] < '0' || region.data[i] > '9')
			return false;
	return region.len == 2 || region.len == 4 || region.len == 6;
}

static bool set_region(hr_network_query *query, hr_str value)
{
	query->region = value;
	return hr_network_region_is_valid(value);
}

static bool set_opened(hr_network_query *query, hr_str value)
{
	query->service = 0;
	while (query->service < HR_SERVICE_COUNT &&
	       !hr_str_equal(hr_service_word(query->service), value))
		query->service++;
	return query->service < HR_SERVICE_COUNT;
}

static bool set_at(hr_network_query *query, hr_str value)
{
	return hr_date_parse(value, &query->on);
}

bool hr_network_query_set(hr_network_query *query, hr_str name, hr_str value, hr_error *err)
{
	static const struct {
		hr_str name;
		bool (*set)(hr_network_query *query, hr_str value);
		const char *expects;
	} fields[] = {
		{ HR_STR_INIT("region"), set_region, "two, four or six digits" },
		{ HR_STR_INIT("opened"), set_opened, "inpatient, outpatient, chronic or pharmacy" },
		{ HR_STR_INIT("at"), set_at, "a day, as 2026-11-20" },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!hr_str_equal(fields[i].name, name))
			continue;
		if (fields[i].set(query, value))
			return true;
		return hr_fail(err, HR_E_USAGE, "'%.*s' wants %s", HR_STR_ARG(name),
			       fields[i].expects);
	}
	return hr_fail(err, HR_E_USAGE, "a query of the network has region, opened and at");
}

static bool is_wanted(const hr_network_query *query, hr_service service)
{
	return query->service == HR_SERVICE_COUNT || query->service == service;
}

static bool has_opened(const hr_catalog *catalog, const hr_network_query *query,
		       const hr_opened *row)
{
	const hr_institution *at = hr_catalog_get_institution(catalog, row->institution);

	return is_wanted(query, row->service) && hr_period_contains(row->period, query->on) &&
	       hr_region_within(at->region, query->region);
}

/* A list or coverage says something of a region that it contains, or that contains it. */
static bool concerns(const hr_network_query *query, hr_service service, hr_str region)
{
	return is_wanted(query, service) &&
	       (hr_region_within(query->region, region) || hr_region_within(region, query->region));
}

static bool list_concerns(const hr_network_query *query, const hr_opened_list *list)
{
	return concerns(query, list->service, list->region) &&
	       hr_period_contains(list->period, query->on);
}

/* --- JSON --- */

static void add_period(hr_json_writer *w, hr_period period)
{
	char text[HR_DATE_TEXT];

	if (period.from.day != HR_DATE_MIN.day)
		MEMBER(w, "from", hr_date_format(period.from, text));
	if (period.to.day < HR_DATE_MAX.day)
		MEMBER(w, "to", hr_date_format(hr_date_add_days(period.to, -1), text));
}

static void add_opened(hr_json_writer *w, const hr_catalog *catalog, const hr_opened *row)
{
	const hr_institution *at = hr_catalog_get_institution(catalog, row->institution);

	hr_json_open_object(w);
	MEMBER(w, "institution", at->key);
	MEMBER(w, "name", at->name);
	MEMBER(w, "region", at->region);
	MEMBER(w, "fixmedins_code", at->insurance_code);
	MEMBER(w, "level", at->level);
	MEMBER(w, "service", hr_service_word(row->service));
	MEMBER(w, "reach", row->nation ? HR_STR("nation") : HR_STR("province"));
	if (row->condition_count) {
		NAME(w, "conditions");
		hr_json_open_array(w);
		for (size_t i = 0; i < row->condition_count; i++)
			hr_json_string(w, row->conditions[i]);
		hr_json_close_array(w);
	}
	add_period(w, row->period);
	hr_origin_write(w, &row->origin);
	hr_json_close_object(w);
}

static void add_list(hr_json_writer *w, const hr_opened_list *list)
{
	hr_json_open_object(w);
	MEMBER(w, "region", list->region);
	MEMBER(w, "service", hr_service_word(list->service));
	MEMBER(w, "status", list->complete ? HR_STR("complete") : HR_STR("partial"));
	if (list->expected) {
		NAME(w, "expected");
		hr_json_int(w, list->expected);
	}
	add_period(w, list->period);
	hr_origin_write(w, &list->origin);
	hr_json_close_object(w);
}

/* "90%", in as many decimals as it has. */
static hr_str format_share(int32_t share, char *room, size_t size)
{
	hr_buf buf;

	hr_buf_init_over(&buf, room, size);
	hr_buf_addf(&buf, "%d", share / (HR_SHARE_ONE / 100));
	if (share % (HR_SHARE_ONE / 100)) {
		hr_buf_addf(&buf, ".%04d", share % (HR_SHARE_ONE / 100));
		while (buf.data[buf.len - 1] == '0')
			buf.len--;
	}
	hr_buf_add_char(&buf, '%');
	return hr_buf_str(&buf);
}

static void add_coverage(hr_json_writer *w, const hr_coverage *row)
{
	char day[HR_DATE_TEXT];
	char share[16];

	hr_json_open_object(w);
	MEMBER(w, "region", row->region);
	MEMBER(w, "service", hr_service_word(row->service));
	MEMBER(w, "group", row->group);
	MEMBER(w, "title", row->title);
	if (row->least) {
		NAME(w, "least");
		hr_json_int(w, row->least);
	}
	if (row->share)
		MEMBER(w, "share", format_share(row->share, share, sizeof(share)));
	if (row->on.day != HR_DATE_MIN.day)
		MEMBER(w, "on", hr_date_format(row->on, day));
	hr_origin_write(w, &row->origin);
	hr_json_close_object(w);
}

size_t hr_network_format_json(const hr_catalog *catalog, const hr_network_query *query, hr_buf *out)
{
	char day[HR_DATE_TEXT];
	size_t found = 0;
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "catalogue", hr_catalog_id(catalog));
	MEMBER(&w, "on", hr_date_format(query->on, day));
	NAME(&w, "opened");
	hr_json_open_array(&w);
	for (size_t i = 0; i < hr_catalog_opened_count(catalog); i++) {
		const hr_opened *row = hr_catalog_get_opened(catalog, i);

		if (has_opened(catalog, query, row)) {
			add_opened(&w, catalog, row);
			found++;
		}
	}
	hr_json_close_array(&w);
	NAME(&w, "lists");
	hr_json_open_array(&w);
	for (size_t i = 0; i < hr_catalog_opened_list_count(catalog); i++)
		if (list_concerns(query, hr_catalog_get_opened_list(catalog, i)))
			add_list(&w, hr_catalog_get_opened_list(catalog, i));
	hr_json_close_array(&w);
	NAME(&w, "coverage");
	hr_json_open_array(&w);
	for (size_t i = 0; i < hr_catalog_coverage_count(catalog); i++) {
		const hr_coverage *row = hr_catalog_get_coverage(catalog, i);

		if (concerns(query, row->service, row->region))
			add_coverage(&w, row);
	}
	hr_json_close_array(&w);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
	return found;
}

/* --- text --- */

#define PICK(lang, zh, en) ((lang) == HR_QUOTE_EN ? HR_STR(en) : HR_STR(zh))

static hr_str service_name(hr_service service, hr_quote_lang lang)
{
	static const hr_str names[][2] = {
#define X(name, word, zh, en) [HR_SERVICE_##name] = { HR_STR_INIT(zh), HR_STR_INIT(en) },
		HR_SERVICES(X)
#undef X
	};

	return names[service][lang];
}

static void put_origin(hr_quote_lang lang, const hr_origin *origin, hr_buf *out)
{
	hr_buf_addf(out, " (%.*s: %.*s%.*s)\n",
		    HR_STR_ARG(lang == HR_QUOTE_EN ? hr_grade_word(origin->grade)
						   : hr_grade_zh(origin->grade)),
		    HR_STR_ARG(origin->source),
		    HR_STR_ARG(hr_origin_undated(origin, lang == HR_QUOTE_EN)));
}

static void put_opened(const hr_catalog *catalog, const hr_opened *row, hr_quote_lang lang,
		       hr_buf *out)
{
	const hr_institution *at = hr_catalog_get_institution(catalog, row->institution);
	char day[HR_DATE_TEXT];

	hr_buf_addf(out, "%.*s %.*s %.*s %.*s", HR_STR_ARG(at->region), HR_STR_ARG(at->name),
		    HR_STR_ARG(service_name(row->service, lang)),
		    HR_STR_ARG(row->nation ? PICK(lang, "跨省", "nationwide")
					   : PICK(lang, "仅省内", "within the province")));
	for (size_t i = 0; i < row->condition_count; i++) {
		const hr_condition *condition =
			hr_catalog_find_condition(catalog, row->conditions[i], row->period.from);

		hr_buf_addf(out, " %.*s",
			    HR_STR_ARG(condition ? condition->name : row->conditions[i]));
	}
	if (row->period.from.day != HR_DATE_MIN.day)
		hr_buf_addf(out, lang == HR_QUOTE_EN ? " since %.*s" : " 自 %.*s",
			    HR_STR_ARG(hr_date_format(row->period.from, day)));
	put_origin(lang, &row->origin, out);
}

/* The nation has no code. */
static hr_str region_name(hr_str region, hr_quote_lang lang)
{
	return region.len ? region : PICK(lang, "全国", "everywhere");
}

static void put_list(const hr_opened_list *list, hr_quote_lang lang, hr_buf *out)
{
	hr_buf_addf(out, "%.*s %.*s %.*s", HR_STR_ARG(PICK(lang, "名单", "list")),
		    HR_STR_ARG(region_name(list->region, lang)),
		    HR_STR_ARG(service_name(list->service, lang)));
	hr_buf_add(out, list->complete ? PICK(lang, " 完整", " complete")
				       : PICK(lang, " 不完整: 不在其中不等于没有开通",
					      " partial: absent from it is not known"));
	if (list->expected)
		hr_buf_addf(out, lang == HR_QUOTE_EN ? ", %u %s" : ", 公布 %u %s", list->expected,
			    lang == HR_QUOTE_EN
				    ? hr_plural(list->expected, "is said to be", "are said to be")
				    : "家");
	put_origin(lang, &list->origin, out);
}

static void put_coverage(const hr_coverage *row, hr_quote_lang lang, hr_buf *out)
{
	char day[HR_DATE_TEXT];
	char share[16];

	hr_buf_addf(out, "%.*s %.*s %.*s %.*s ", HR_STR_ARG(PICK(lang, "覆盖", "coverage")),
		    HR_STR_ARG(region_name(row->region, lang)),
		    HR_STR_ARG(service_name(row->service, lang)),
		    HR_STR_ARG(row->title.len && lang == HR_QUOTE_ZH ? row->title : row->group));
	if (row->least)
		hr_buf_addf(out, lang == HR_QUOTE_EN ? "at least %u each" : "至少 %u 家",
			    row->least);
	else
		hr_buf_addf(out, lang == HR_QUOTE_EN ? "over %.*s" : "%.*s 以上",
			    HR_STR_ARG(format_share(row->share, share, sizeof(share))));
	if (row->on.day != HR_DATE_MIN.day)
		hr_buf_addf(out, lang == HR_QUOTE_EN ? " on %.*s" : ", 截至 %.*s",
			    HR_STR_ARG(hr_date_format(row->on, day)));
	put_origin(lang, &row->origin, out);
}

size_t hr_network_format_text(const hr_catalog *catalog, const hr_network_query *query,
			      hr_quote_lang lang, hr_buf *out)
{
	size_t found = 0;

	for (size_t i = 0; i < hr_catalog_opened_count(catalog); i++) {
		const hr_opened *row = hr_catalog_get_opened(catalog, i);

		if (has_opened(catalog, query, row)) {
			put_opened(catalog, row, lang, out);
			found++;
		}
	}
	if (found == 0)
		hr_buf_add(out, PICK(lang, "目录中没有已开通的机构\n",
				     "The catalogue knows no institution that has opened it\n"));
	for (size_t i = 0; i < hr_catalog_opened_list_count(catalog); i++)
		if (list_concerns(query, hr_catalog_get_opened_list(catalog, i)))
			put_list(hr_catalog_get_opened_list(catalog, i), lang, out);
	for (size_t i = 0; i < hr_catalog_coverage_count(catalog); i++) {
		const hr_coverage *row = hr_catalog_get_coverage(catalog, i);

		if (concerns(query, row->service, row->region))
			put_coverage(row, lang, out);
	}
	return found;
}
