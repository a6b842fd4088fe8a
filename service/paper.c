#include "service/paper.h"

#include "catalog/search.h"

/* --- boxes --- */

hr_str hr_paper_box_name(hr_paper_box box, bool english)
{
	static const struct {
		const char *zh;
		const char *en;
	} names[] = {
		[HR_PAPER_BOX_ISSUER] = { HR_PAPER_ISSUER },
		[HR_PAPER_BOX_CAMPUS] = { HR_PAPER_CAMPUS },
		[HR_PAPER_BOX_COLLECTED] = { HR_PAPER_COLLECTED },
		[HR_PAPER_BOX_EXAMINED] = { HR_PAPER_EXAMINED },
		[HR_PAPER_BOX_REPORTED] = { HR_PAPER_REPORTED },
		[HR_PAPER_BOX_ITEM] = { HR_PAPER_ITEM },
		[HR_PAPER_BOX_VALUE] = { HR_PAPER_VALUE },
		[HR_PAPER_BOX_UNIT] = { HR_PAPER_UNIT },
		[HR_PAPER_BOX_SPECIMEN] = { HR_PAPER_SPECIMEN },
		[HR_PAPER_BOX_PATIENT] = { HR_PAPER_PATIENT },
		[HR_PAPER_BOX_BIRTH] = { HR_PAPER_BIRTH },
	};

	return hr_str_of(english ? names[box].en : names[box].zh);
}

static hr_paper_box made_box(const hr_paper_answers *a)
{
	return a->kind == HR_KIND_EXAM ? HR_PAPER_BOX_EXAMINED : HR_PAPER_BOX_COLLECTED;
}

static bool is_no_time(hr_str text)
{
	hr_span span;

	return text.len && !hr_span_parse(text, &span);
}

/* An examination has no value; a laboratory's result without one would be no result. */
static bool find_item_fault(const hr_paper_answers *a, hr_paper_fault *out)
{
	if (a->item_count == 0) {
		*out = (hr_paper_fault){ HR_PAPER_BOX_ITEM, 1 };
		return true;
	}
	for (size_t i = 0; i < a->item_count; i++) {
		const hr_paper_item *item = &a->items[i];

		*out = (hr_paper_fault){ HR_PAPER_BOX_ITEM, (unsigned)i + 1 };
		if (item->text.len == 0)
			return true;
		out->box = HR_PAPER_BOX_VALUE;
		if (a->kind != HR_KIND_EXAM && item->value.len == 0)
			return true;
	}
	return false;
}

bool hr_paper_find_fault(const hr_paper_answers *a, hr_paper_fault *out)
{
	const struct {
		hr_paper_box box;
		bool is_at_fault;
	} checks[] = {
		{ HR_PAPER_BOX_ISSUER, a->issuer.len == 0 },
		{ made_box(a), is_no_time(a->collected) },
		{ HR_PAPER_BOX_REPORTED, is_no_time(a->reported) },
		{ HR_PAPER_BOX_BIRTH, is_no_time(a->birth) },
	};
	hr_paper_fault fault;

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (!checks[i].is_at_fault)
			continue;
		*out = (hr_paper_fault){ checks[i].box, 0 };
		return true;
	}
	if (!find_item_fault(a, &fault))
		return false;
	*out = fault;
	return true;
}

/* --- the report --- */

struct paper {
	const hr_catalog *catalog;
	const hr_paper_answers *answers;
	hr_arena *arena;
	hr_report report;
	bool failed; /* memory was short */
};

/* `index` 0: the box stands alone. Absent when nothing was written. */
static hr_field keep(struct paper *p, hr_str text, hr_paper_box box, unsigned index)
{
	hr_buf buf;

	if (text.len == 0)
		return (hr_field){ .text = HR_STR_NONE };
	hr_buf_init(&buf, p->arena, 64);
	HR_BUF_ADD(&buf, "paper: ");
	hr_buf_add(&buf, hr_paper_box_name(box, true));
	if (index)
		hr_buf_addf(&buf, " %u", index);
	p->failed |= buf.failed;
	return (hr_field){ text, { .kind = HR_PLACE_ASKED, .attr = hr_buf_str(&buf) } };
}

static hr_time keep_time(struct paper *p, hr_str text, hr_paper_box box)
{
	hr_field field = keep(p, text, box, 0);
	hr_time time = { .text = field.text, .place = field.place };

	if (text.len)
		hr_span_parse(text, &time.span);
	return time;
}

static const hr_code *keep_code(struct paper *p, hr_code code)
{
	hr_code *copy = HR_NEW(p->arena, hr_code);

	p->failed |= !copy;
	if (copy)
		*copy = code;
	return copy;
}

/* A grant may hold for one campus alone, which it names by its id. */
static hr_str campus_id(const hr_institution *institution, hr_str text)
{
	for (uint16_t i = 0; i < institution->campus_count; i++)
		if (hr_str_equal(text, institution->campuses[i].name))
			return institution->campuses[i].id;
	return text;
}

/* A known one is named by its key too, so that nobody has to guess from its name. */
static void add_issuer(struct paper *p)
{
	const hr_paper_answers *a = p->answers;
	hr_party *issuer = &p->report.issuer;
	const hr_institution *institution;

	if (a->issuer_id == HR_ID_NONE) {
		issuer->name = keep(p, a->issuer, HR_PAPER_BOX_ISSUER, 0);
		issuer->campus = keep(p, a->campus, HR_PAPER_BOX_CAMPUS, 0);
		return;
	}
	institution = hr_catalog_get_institution(p->catalog, a->issuer_id);
	issuer->name = keep(p, institution->name, HR_PAPER_BOX_ISSUER, 0);
	issuer->campus = keep(p, campus_id(institution, a->campus), HR_PAPER_BOX_CAMPUS, 0);
	issuer->ids =
		keep_code(p, (hr_code){ .code = institution->key, .place = issuer->name.place });
	issuer->id_count = 1;
}

/* As typed; of one that was chosen, a name that no other item bears. */
static hr_str name_of(const struct paper *p, const hr_paper_item *answer)
{
	const hr_item *item;
	hr_item_id id;

	if (answer->chosen == HR_ID_NONE)
		return answer->text;
	item = hr_catalog_get_item(p->catalog, answer->chosen);
	return hr_catalog_find_items_by_name(p->catalog, item->name, &id, 1) == 1 ? item->name
										  : item->code;
}

static hr_result make_result(struct paper *p, const hr_paper_item *item, unsigned index)
{
	hr_kind kind = p->answers->kind;
	hr_result result = { .kind = kind };
	hr_field specimen;

	result.name = keep(p, name_of(p, item), HR_PAPER_BOX_ITEM, index);
	if (kind == HR_KIND_EXAM)
		return result;
	result.value = keep(p, item->value, HR_PAPER_BOX_VALUE, index);
	result.unit = keep(p, item->unit, HR_PAPER_BOX_UNIT, index);
	if (item->specimen.len == 0)
		return result;
	specimen = keep(p, item->specimen, HR_PAPER_BOX_SPECIMEN, index);
	result.specimens =
		keep_code(p, (hr_code){ .display = specimen.text, .place = specimen.place });
	result.specimen_count = 1;
	return result;
}

static void add_results(struct paper *p)
{
	size_t count = p->answers->item_count;
	hr_result *results = HR_NEW_N(p->arena, hr_result, count);

	p->failed |= !results;
	if (!results)
		return;
	for (size_t i = 0; i < count; i++)
		results[i] = make_result(p, &p->answers->items[i], (unsigned)i + 1);
	p->report.results = results;
	p->report.result_count = (uint32_t)count;
}

static void add_times(struct paper *p)
{
	const hr_paper_answers *a = p->answers;
	hr_time *times = p->report.times;

	times[HR_EVENT_COLLECTED] = keep_time(p, a->collected, made_box(a));
	if (a->kind == HR_KIND_EXAM)
		times[HR_EVENT_TESTED] = times[HR_EVENT_COLLECTED];
	times[HR_EVENT_REPORTED] = keep_time(p, a->reported, HR_PAPER_BOX_REPORTED);
}

bool hr_paper_report(const hr_catalog *catalog, const hr_paper_answers *answers, hr_arena *arena,
		     hr_report *out, hr_error *err)
{
	struct paper p = { catalog, answers, arena, { .format = HR_FORMAT_PAPER }, false };
	hr_paper_fault fault;

	if (hr_paper_find_fault(answers, &fault))
		return hr_fail(err, HR_E_INCOMPLETE,
			       "of the paper report, '%.*s' is missing or not readable",
			       HR_STR_ARG(hr_paper_box_name(fault.box, true)));
	if (answers->item_count > HR_PAPER_ITEMS_MAX)
		return hr_fail(err, HR_E_LIMIT, "there are over %d items", HR_PAPER_ITEMS_MAX);
	p.report.kind = answers->kind;
	add_issuer(&p);
	add_times(&p);
	add_results(&p);
	p.report.patient.name = keep(&p, answers->patient, HR_PAPER_BOX_PATIENT, 0);
	p.report.patient.birth = keep(&p, answers->birth, HR_PAPER_BOX_BIRTH, 0);
	if (p.failed)
		return hr_fail_memory(err);
	*out = p.report;
	return true;
}

/* --- what the catalogue offers --- */

hr_institution_id hr_paper_find_institution(const hr_catalog *catalog, hr_str text)
{
	hr_institution_id id = hr_catalog_find_institution(catalog, text);
	hr_institution_id ids[2];

	if (id == HR_ID_NONE && hr_catalog_search_institutions(catalog, text, ids, 2) == 1 &&
	    hr_str_equal(hr_catalog_get_institution(catalog, ids[0])->name, text))
		return ids[0];
	return id;
}

hr_item_id hr_paper_find_item(const hr_catalog *catalog, hr_str text, hr_kind kind)
{
	hr_item_id ids[2];

	if (hr_catalog_find_items_by_name(catalog, text, ids, 2) != 1 ||
	    hr_catalog_get_item(catalog, ids[0])->kind != kind)
		return HR_ID_NONE;
	return ids[0];
}

/* 河北区 alone could be anywhere. */
static const hr_region *province_of(const hr_catalog *catalog, const hr_institution *institution)
{
	char code[] = "000000";

	if (institution->region.len != 6)
		return NULL;
	memcpy(code, institution->region.data, 2);
	return hr_catalog_find_region(catalog, hr_str_of(code));
}

void hr_paper_label_institution(const hr_catalog *catalog, hr_institution_id id, hr_buf *out)
{
	const hr_institution *institution = hr_catalog_get_institution(catalog, id);
	const hr_region *region = hr_catalog_find_region(catalog, institution->region);
	const hr_region *province = province_of(catalog, institution);

	hr_buf_addf(out, "%.*s  %.*s  ", HR_STR_ARG(institution->name),
		    HR_STR_ARG(institution->key));
	if (province && province != region)
		hr_buf_add(out, province->name);
	if (region)
		hr_buf_add(out, region->name);
}

void hr_paper_label_item(const hr_catalog *catalog, hr_item_id id, hr_buf *out)
{
	const hr_item *item = hr_catalog_get_item(catalog, id);

	hr_buf_addf(out, "%.*s  %.*s", HR_STR_ARG(item->name), HR_STR_ARG(item->code));
}

static void add_mark(hr_str text, hr_str *marks, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (hr_str_equal(marks[i], text))
			return;
	if (text.len && *count < HR_PAPER_MARKS_MAX)
		marks[(*count)++] = text;
}

size_t hr_paper_list_marks(const hr_catalog *catalog, hr_str out[HR_PAPER_MARKS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		add_mark(hr_catalog_get_regime(catalog, i)->mark, out, &count);
	for (size_t i = 0; i < hr_catalog_mark_count(catalog); i++) {
		const hr_mark *mark = hr_catalog_get_mark(catalog, i);

		if (mark->where == HR_MARK_REPORT)
			add_mark(mark->text, out, &count);
	}
	return count;
}
