#include "tools/paper.h"

#include "catalog/search.h"

enum {
	ITEMS_MAX = 100,
	SHOWN_MAX = 12, /* candidates; who wants more types more */
	MARKS_MAX = 30,
	MARK_TEXT_MAX = 64, /* as in a question */
	LABEL_MAX = 400,
};

static const hr_prompt issuer_prompt = {
	.name = { "出具机构", "issuing institution" },
	.hint = { "名称或代码, 一部分即可", "name or code, a part will do" },
};
static const hr_prompt campus_prompt = {
	.name = { "院区", "campus" },
	.hint = { "编号, 或照报告所印; 没有则回车", "a number, or as printed; Enter: not said" },
};
static const hr_prompt kind_prompt = {
	.name = { "类别", "kind" },
	.hint = { "1 检验, 2 检查; 回车为检验", "1 laboratory, 2 imaging; Enter: laboratory" },
};
static const hr_prompt collected_prompt = {
	.name = { "采样时间", "collected" },
	.hint = { "如 2025-02-18 08:12 或 2025-02-18; 没有则回车",
		  "like 2025-02-18 08:12 or 2025-02-18; Enter: not printed" },
};
static const hr_prompt examined_prompt = {
	.name = { "检查时间", "examined" },
	.hint = { "如 2025-02-18 08:12 或 2025-02-18; 没有则回车",
		  "like 2025-02-18 08:12 or 2025-02-18; Enter: not printed" },
};
static const hr_prompt reported_prompt = {
	.name = { "报告时间", "reported" },
	.hint = { "没有则回车", "Enter: not printed" },
};
static const hr_prompt item_prompt = {
	.name = { "项目", "item" },
	.hint = { "名称、缩写或代码, 一部分即可; 没有更多则回车",
		  "name, abbreviation or code, a part will do; Enter: no more" },
};
static const hr_prompt patient_prompt = {
	.name = { "患者姓名", "patient" },
	.hint = { "照报告所印; 没有则回车", "as printed; Enter: not printed" },
	.personal = true,
};
static const hr_prompt birth_prompt = {
	.name = { "出生日期", "born" },
	.hint = { "如 1956-03-15; 没有则回车", "like 1956-03-15; Enter: not printed" },
	.personal = true,
};
static const hr_prompt value_prompt = {
	.name = { "结果", "value" },
	.hint = { "照报告所印", "as printed" },
};
static const hr_prompt unit_prompt = {
	.name = { "单位", "unit" },
	.hint = { "照报告所印; 没有则回车", "as printed; Enter: none" },
};
static const hr_prompt specimen_prompt = {
	.name = { "标本", "specimen" },
	.hint = { "编号, 或照报告所印; 没有则回车", "a number, or as printed; Enter: not said" },
};
static const hr_prompt choice_prompt = {
	.name = { "编号", "number" },
	.hint = { "0 照录所输; 回车重新输入; 也可直接改输",
		  "0: as typed; Enter: once more; or another part" },
};
static const hr_prompt mark_prompt = {
	.name = { "互认标识", "mark seen" },
	.hint = { "编号, 或照报告所印; 0 看过, 没有; 没看则回车",
		  "a number, or as printed; 0: looked, there is none; Enter: not looked" },
};

struct paper {
	hr_ask *ask;
	const hr_catalog *catalog;
	hr_arena *arena;
	hr_error *err;
	hr_paper *out;
};

/* --- an answer and its place --- */

static bool keep(struct paper *p, hr_str text, const hr_prompt *prompt, unsigned index,
		 hr_field *out)
{
	hr_field field = { .text = hr_str_copy(p->arena, text) };
	char name[HR_ASK_NAME_MAX];
	hr_buf buf;

	hr_buf_init(&buf, p->arena, LABEL_MAX);
	HR_BUF_ADD(&buf, "paper: ");
	hr_buf_add(&buf, hr_ask_name(prompt, index, name));
	if (!field.text.data || buf.failed)
		return hr_fail_memory(p->err);
	field.place = (hr_place){ .kind = HR_PLACE_ASKED, .attr = hr_buf_str(&buf) };
	*out = field;
	return true;
}

/* Absent when the answer is empty. */
static bool ask_text(struct paper *p, const hr_prompt *prompt, unsigned index, hr_field *out)
{
	hr_str answer;

	if (!hr_ask_line(p->ask, prompt, index, &answer, p->err))
		return false;
	return answer.len == 0 || keep(p, answer, prompt, index, out);
}

static bool ask_time(struct paper *p, const hr_prompt *prompt, hr_time *out)
{
	static const hr_words unreadable = { "没有这样的时间, 请照 2025-02-18 08:12 的样子写",
					     "there is no such time; write it like "
					     "2025-02-18 08:12" };
	hr_field field;
	hr_str answer;

	for (;;) {
		if (!hr_ask_line(p->ask, prompt, 0, &answer, p->err))
			return false;
		if (answer.len == 0)
			return true;
		if (hr_span_parse(answer, &out->span))
			break;
		hr_ask_say(p->ask, unreadable);
	}
	if (!keep(p, answer, prompt, 0, &field))
		return false;
	out->text = field.text;
	out->place = field.place;
	return true;
}

/* --- what the catalogue knows: a part typed, candidates shown, one chosen --- */

struct finder {
	const hr_prompt *prompt;
	size_t (*search)(const struct paper *p, hr_str part, uint32_t *out, size_t room);
	uint32_t (*find_whole)(const struct paper *p, hr_str text); /* HR_ID_NONE: not one */
	void (*label)(const struct paper *p, uint32_t id, hr_buf *out);
};

struct found {
	uint32_t id;  /* HR_ID_NONE: as typed */
	hr_str typed; /* in the arena; empty: nothing was */
	bool by_list; /* chosen, so what was typed is a part only */
};

static void offer(const struct paper *p, const struct finder *finder, size_t number, uint32_t id)
{
	char text[LABEL_MAX];
	hr_buf label;

	hr_buf_init_over(&label, text, sizeof(text));
	finder->label(p, id, &label);
	hr_ask_offer(p->ask, number, hr_buf_str(&label));
}

static void show(const struct paper *p, const struct finder *finder, const uint32_t *ids,
		 size_t count)
{
	static const hr_words none = { "目录中没有这样的名称", "the catalogue has no such name" };
	static const hr_words more = { "      还有更多, 请多输入几个字",
				       "      there are more; type more of the name" };

	if (count == 0)
		hr_ask_say(p->ask, none);
	for (size_t i = 0; i < count && i < SHOWN_MAX; i++)
		offer(p, finder, i + 1, ids[i]);
	if (count > SHOWN_MAX)
		hr_ask_say(p->ask, more);
}

enum choice { CHOICE_MADE, CHOICE_AGAIN, CHOICE_OTHER_PART, CHOICE_FAILED };

/* One of the candidates, or `found->typed` as it is. */
static enum choice choose(struct paper *p, const uint32_t *ids, size_t count, struct found *found)
{
	static const hr_words no_such = { "没有这个编号", "there is no such number" };
	unsigned number;
	hr_str answer;

	for (;;) {
		if (!hr_ask_line(p->ask, &choice_prompt, 0, &answer, p->err))
			return CHOICE_FAILED;
		if (answer.len == 0)
			return CHOICE_AGAIN;
		if (!hr_ask_is_number(answer, &number))
			break;
		if (number <= count && number <= SHOWN_MAX) {
			found->id = number ? ids[number - 1] : HR_ID_NONE;
			found->by_list = number > 0;
			return CHOICE_MADE;
		}
		hr_ask_say(p->ask, no_such);
	}
	found->typed = hr_str_copy(p->arena, answer);
	if (found->typed.data)
		return CHOICE_OTHER_PART;
	hr_fail_memory(p->err);
	return CHOICE_FAILED;
}

/* What was typed is a name as a whole, or leads to a choice. */
static enum choice settle(struct paper *p, const struct finder *finder, struct found *found)
{
	uint32_t ids[SHOWN_MAX + 1];
	size_t count;

	found->id = finder->find_whole(p, found->typed);
	if (found->id != HR_ID_NONE) {
		offer(p, finder, 0, found->id);
		return CHOICE_MADE;
	}
	count = finder->search(p, found->typed, ids, SHOWN_MAX + 1);
	show(p, finder, ids, count);
	return choose(p, ids, count, found);
}

static bool ask_named(struct paper *p, const struct finder *finder, unsigned index,
		      struct found *out)
{
	struct found found = { .id = HR_ID_NONE };
	enum choice choice = CHOICE_AGAIN;
	hr_str answer;

	while (choice != CHOICE_MADE) {
		if (choice == CHOICE_AGAIN) {
			if (!hr_ask_line(p->ask, finder->prompt, index, &answer, p->err))
				return false;
			found.typed = hr_str_copy(p->arena, answer);
			if (answer.len == 0)
				break;
			if (!found.typed.data)
				return hr_fail_memory(p->err);
		}
		choice = settle(p, finder, &found);
		if (choice == CHOICE_FAILED)
			return false;
	}
	*out = found;
	return true;
}

/* --- the issuer --- */

static size_t search_institutions(const struct paper *p, hr_str part, uint32_t *out, size_t room)
{
	return hr_catalog_search_institutions(p->catalog, part, out, room);
}

static uint32_t find_institution(const struct paper *p, hr_str text)
{
	uint32_t id = hr_catalog_find_institution(p->catalog, text);
	uint32_t ids[2];

	if (id == HR_ID_NONE && search_institutions(p, text, ids, 2) == 1 &&
	    hr_str_equal(hr_catalog_get_institution(p->catalog, ids[0])->name, text))
		return ids[0];
	return id;
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

static void label_institution(const struct paper *p, uint32_t id, hr_buf *out)
{
	const hr_institution *institution = hr_catalog_get_institution(p->catalog, id);
	const hr_region *region = hr_catalog_find_region(p->catalog, institution->region);
	const hr_region *province = province_of(p->catalog, institution);

	hr_buf_addf(out, "%.*s  %.*s  ", HR_STR_ARG(institution->name),
		    HR_STR_ARG(institution->key));
	if (province && province != region)
		hr_buf_add(out, province->name);
	if (region)
		hr_buf_add(out, region->name);
}

/* A grant may hold for one campus alone, which it names by its id. */
static bool ask_campus(struct paper *p, const hr_institution *institution, hr_field *out)
{
	unsigned number = 0;

	if (institution->campus_count == 0)
		return true;
	for (unsigned i = 0; i < institution->campus_count; i++)
		hr_ask_offer(p->ask, i + 1, institution->campuses[i].name);
	if (!ask_text(p, &campus_prompt, 0, out))
		return false;
	hr_ask_is_number(out->text, &number);
	for (unsigned i = 0; i < institution->campus_count; i++)
		if (number == i + 1 || hr_str_equal(out->text, institution->campuses[i].name))
			out->text = institution->campuses[i].id;
	return true;
}

/* A chosen one is named by its key too, so that nobody has to guess from its name. */
static bool ask_issuer(struct paper *p, hr_party *out)
{
	static const struct finder finder = { &issuer_prompt, search_institutions, find_institution,
					      label_institution };
	static const hr_words needed = { "没有出具机构就无从判定",
					 "without it nothing can be told" };
	const hr_institution *institution;
	struct found found = { .id = HR_ID_NONE };
	hr_code *key;

	while (found.typed.len == 0) {
		if (!ask_named(p, &finder, 0, &found))
			return false;
		if (found.typed.len == 0)
			hr_ask_say(p->ask, needed);
	}
	if (found.id == HR_ID_NONE)
		return keep(p, found.typed, &issuer_prompt, 0, &out->name);
	institution = hr_catalog_get_institution(p->catalog, found.id);
	key = HR_NEW(p->arena, hr_code);
	if (!key)
		return hr_fail_memory(p->err);
	if (!keep(p, institution->name, &issuer_prompt, 0, &out->name))
		return false;
	*key = (hr_code){ .code = institution->key, .place = out->name.place };
	out->ids = key;
	out->id_count = 1;
	return ask_campus(p, institution, &out->campus);
}

/* --- items --- */

static size_t search_items(const struct paper *p, hr_str part, uint32_t *out, size_t room)
{
	return hr_catalog_search_items(p->catalog, part, p->out->report.kind, out, room);
}

static uint32_t find_item(const struct paper *p, hr_str text)
{
	hr_item_id ids[2];

	if (hr_catalog_find_items_by_name(p->catalog, text, ids, 2) != 1 ||
	    hr_catalog_get_item(p->catalog, ids[0])->kind != p->out->report.kind)
		return HR_ID_NONE;
	return ids[0];
}

static void label_item(const struct paper *p, uint32_t id, hr_buf *out)
{
	const hr_item *item = hr_catalog_get_item(p->catalog, id);

	hr_buf_addf(out, "%.*s  %.*s", HR_STR_ARG(item->name), HR_STR_ARG(item->code));
}

/* As typed; of one that was chosen, a name that no other item bears. */
static hr_str name_of(const struct paper *p, const struct found *found)
{
	const hr_item *item;
	hr_item_id id;

	if (!found->by_list)
		return found->typed;
	item = hr_catalog_get_item(p->catalog, found->id);
	return hr_catalog_find_items_by_name(p->catalog, item->name, &id, 1) == 1 ? item->name
										  : item->code;
}

static bool ask_specimen(struct paper *p, const hr_item *item, unsigned index, hr_result *out)
{
	uint32_t count = item ? item->specimen_count : 0;
	hr_field field = { .text = HR_STR_NONE };
	unsigned number;
	hr_code *code;

	for (uint32_t i = 0; i < count; i++)
		hr_ask_offer(p->ask, i + 1, item->specimens[i]);
	if (!ask_text(p, &specimen_prompt, index, &field))
		return false;
	if (field.text.len == 0)
		return true;
	if (hr_ask_is_number(field.text, &number) && number >= 1 && number <= count)
		field.text = item->specimens[number - 1];
	code = HR_NEW(p->arena, hr_code);
	if (!code)
		return hr_fail_memory(p->err);
	*code = (hr_code){ .display = field.text, .place = field.place };
	out->specimens = code;
	out->specimen_count = 1;
	return true;
}

/* An examination has no value; a laboratory's result without one would be no result. */
static bool ask_details(struct paper *p, const hr_item *item, unsigned index, hr_result *out)
{
	if (out->kind == HR_KIND_EXAM)
		return true;
	while (out->value.text.len == 0)
		if (!ask_text(p, &value_prompt, index, &out->value))
			return false;
	if (!ask_text(p, &unit_prompt, index, &out->unit))
		return false;
	return (item && item->specimen_count == 0) || ask_specimen(p, item, index, out);
}

/* False in `*more`: the answer was empty, and there is no result. */
static bool ask_item(struct paper *p, unsigned index, hr_result *out, bool *more)
{
	static const struct finder finder = { &item_prompt, search_items, find_item, label_item };
	const hr_item *item = NULL;
	struct found found;

	if (!ask_named(p, &finder, index, &found))
		return false;
	*more = found.typed.len > 0;
	if (!*more)
		return true;
	if (found.id != HR_ID_NONE)
		item = hr_catalog_get_item(p->catalog, found.id);
	out->kind = p->out->report.kind;
	return keep(p, name_of(p, &found), &item_prompt, index, &out->name) &&
	       ask_details(p, item, index, out);
}

static bool ask_items(struct paper *p, hr_report *out)
{
	static const hr_words needed = { "至少要有一个项目", "one item at least" };
	static const hr_words enough = { "项目已满", "no more items fit" };
	hr_result *results = HR_NEW_N(p->arena, hr_result, ITEMS_MAX);
	unsigned count = 0;

	if (!results)
		return hr_fail_memory(p->err);
	while (count < ITEMS_MAX) {
		bool more;

		if (!ask_item(p, count + 1, &results[count], &more))
			return false;
		if (more)
			count++;
		else if (count)
			break;
		else
			hr_ask_say(p->ask, needed);
	}
	if (count == ITEMS_MAX)
		hr_ask_say(p->ask, enough);
	out->results = results;
	out->result_count = count;
	return true;
}

/* --- the mark --- */

static void add_mark(hr_str text, hr_str *marks, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (hr_str_equal(marks[i], text))
			return;
	if (text.len && *count < MARKS_MAX)
		marks[(*count)++] = text;
}

/* Those of regimes, and the others that stand on a report as a whole. */
static size_t list_marks(const hr_catalog *catalog, hr_str *marks)
{
	size_t count = 0;

	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		add_mark(hr_catalog_get_regime(catalog, i)->mark, marks, &count);
	for (size_t i = 0; i < hr_catalog_mark_count(catalog); i++) {
		const hr_mark *mark = hr_catalog_get_mark(catalog, i);

		if (mark->where == HR_MARK_REPORT)
			add_mark(mark->text, marks, &count);
	}
	return count;
}

static bool ask_mark_seen(struct paper *p, hr_str *out)
{
	static const hr_words no_such = { "没有这样的标识", "there is no such mark" };
	hr_str marks[MARKS_MAX];
	size_t count = list_marks(p->catalog, marks);
	unsigned number;
	hr_str answer;

	for (size_t i = 0; i < count; i++)
		hr_ask_offer(p->ask, i + 1, marks[i]);
	for (;;) {
		if (!hr_ask_line(p->ask, &mark_prompt, 0, &answer, p->err))
			return false;
		if (answer.len == 0)
			return true;
		if (!hr_ask_is_number(answer, &number) && answer.len <= MARK_TEXT_MAX)
			break;
		if (hr_ask_is_number(answer, &number) && number <= count) {
			*out = number ? marks[number - 1] : HR_STR("none");
			return true;
		}
		hr_ask_say(p->ask, no_such);
	}
	*out = hr_str_copy(p->arena, answer);
	return out->data || hr_fail_memory(p->err);
}

/* --- the report --- */

static bool ask_kind(struct paper *p, hr_kind *out)
{
	hr_str answer;

	do {
		if (!hr_ask_line(p->ask, &kind_prompt, 0, &answer, p->err))
			return false;
	} while (answer.len && !hr_str_equal(answer, HR_STR("1")) &&
		 !hr_str_equal(answer, HR_STR("2")));
	*out = hr_str_equal(answer, HR_STR("2")) ? HR_KIND_EXAM : HR_KIND_LAB;
	return true;
}

static bool ask_times(struct paper *p, hr_report *out)
{
	bool exam = out->kind == HR_KIND_EXAM;
	hr_time *collected = &out->times[HR_EVENT_COLLECTED];

	if (!ask_time(p, exam ? &examined_prompt : &collected_prompt, collected))
		return false;
	if (exam)
		out->times[HR_EVENT_TESTED] = *collected;
	return ask_time(p, &reported_prompt, &out->times[HR_EVENT_REPORTED]);
}

static bool ask_patient(struct paper *p, hr_patient *out)
{
	hr_time born = { .text = HR_STR_NONE };

	if (!ask_text(p, &patient_prompt, 0, &out->name) || !ask_time(p, &birth_prompt, &born))
		return false;
	out->birth = (hr_field){ born.text, born.place };
	return true;
}

bool hr_paper_ask(hr_ask *ask, const hr_catalog *catalog, const hr_question *question,
		  hr_arena *arena, hr_paper *out, hr_error *err)
{
	static const hr_words start = { "请照纸质报告回答。", "Answer as the paper says." };
	hr_paper paper = { .report = { .format = HR_FORMAT_PAPER },
			   .mark_seen = question->mark_seen };
	struct paper p = { ask, catalog, arena, err, &paper };
	hr_report *report = &paper.report;

	hr_ask_say(ask, start);
	if (!ask_issuer(&p, &report->issuer) || !ask_kind(&p, &report->kind) ||
	    (question->patient && !ask_patient(&p, &report->patient)) || !ask_times(&p, report) ||
	    !ask_items(&p, report) ||
	    (!paper.mark_seen.len && !ask_mark_seen(&p, &paper.mark_seen)))
		return false;
	*out = paper;
	return true;
}
