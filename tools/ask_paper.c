#include "tools/ask_paper.h"

#include "catalog/search.h"
#include "service/paper.h"

enum { MARK_TEXT_MAX = 64 /* as in a question */, LABEL_MAX = 400 };

static const hr_prompt issuer_prompt = {
	.name = { HR_PAPER_ISSUER },
	.hint = { "名称或代码, 一部分即可", "name or code, a part will do" },
};
static const hr_prompt campus_prompt = {
	.name = { HR_PAPER_CAMPUS },
	.hint = { "编号, 或照报告所印; 没有则回车", "a number, or as printed; Enter: not said" },
};
static const hr_prompt kind_prompt = {
	.name = { HR_PAPER_KIND },
	.hint = { "1 检验, 2 检查; 回车为检验", "1 laboratory, 2 imaging; Enter: laboratory" },
};
static const hr_prompt collected_prompt = {
	.name = { HR_PAPER_COLLECTED },
	.hint = { "如 2025-02-18 08:12 或 2025-02-18; 没有则回车",
		  "like 2025-02-18 08:12 or 2025-02-18; Enter: not printed" },
};
static const hr_prompt examined_prompt = {
	.name = { HR_PAPER_EXAMINED },
	.hint = { "如 2025-02-18 08:12 或 2025-02-18; 没有则回车",
		  "like 2025-02-18 08:12 or 2025-02-18; Enter: not printed" },
};
static const hr_prompt reported_prompt = {
	.name = { HR_PAPER_REPORTED },
	.hint = { "没有则回车", "Enter: not printed" },
};
static const hr_prompt item_prompt = {
	.name = { HR_PAPER_ITEM },
	.hint = { "名称、缩写或代码, 一部分即可; 没有更多则回车",
		  "name, abbreviation or code, a part will do; Enter: no more" },
};
static const hr_prompt patient_prompt = {
	.name = { HR_PAPER_PATIENT },
	.hint = { "照报告所印; 没有则回车", "as printed; Enter: not printed" },
	.personal = true,
};
static const hr_prompt birth_prompt = {
	.name = { HR_PAPER_BIRTH },
	.hint = { "如 1956-03-15; 没有则回车", "like 1956-03-15; Enter: not printed" },
	.personal = true,
};
static const hr_prompt value_prompt = {
	.name = { HR_PAPER_VALUE },
	.hint = { "照报告所印", "as printed" },
};
static const hr_prompt unit_prompt = {
	.name = { HR_PAPER_UNIT },
	.hint = { "照报告所印; 没有则回车", "as printed; Enter: none" },
};
static const hr_prompt specimen_prompt = {
	.name = { HR_PAPER_SPECIMEN },
	.hint = { "编号, 或照报告所印; 没有则回车", "a number, or as printed; Enter: not said" },
};
static const hr_prompt choice_prompt = {
	.name = { "编号", "number" },
	.hint = { "0 照录所输; 回车重新输入; 也可直接改输",
		  "0: as typed; Enter: once more; or another part" },
};
static const hr_prompt mark_prompt = {
	.name = { HR_PAPER_MARK },
	.hint = { "编号, 或照报告所印; 0 看过, 没有; 没看则回车",
		  "a number, or as printed; 0: looked, there is none; Enter: not looked" },
};

struct paper {
	hr_ask *ask;
	const hr_catalog *catalog;
	hr_arena *arena;
	hr_error *err;
	hr_paper_answers answers;
};

/* The next question overwrites the line; empty stays empty. */
static bool keep(struct paper *p, hr_str answer, hr_str *out)
{
	*out = answer.len ? hr_str_copy(p->arena, answer) : HR_STR_NONE;
	return answer.len == 0 || out->data || hr_fail_memory(p->err);
}

static bool ask_text(struct paper *p, const hr_prompt *prompt, unsigned index, hr_str *out)
{
	hr_str answer;

	return hr_ask_line(p->ask, prompt, index, &answer, p->err) && keep(p, answer, out);
}

static bool ask_time(struct paper *p, const hr_prompt *prompt, hr_str *out)
{
	static const hr_words unreadable = { "没有这样的时间, 请照 2025-02-18 08:12 的样子写",
					     "there is no such time; write it like "
					     "2025-02-18 08:12" };
	hr_str answer;
	hr_span span;

	for (;;) {
		if (!hr_ask_line(p->ask, prompt, 0, &answer, p->err))
			return false;
		if (answer.len == 0 || hr_span_parse(answer, &span))
			return keep(p, answer, out);
		hr_ask_say(p->ask, unreadable);
	}
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
	for (size_t i = 0; i < count && i < HR_PAPER_SHOWN_MAX; i++)
		offer(p, finder, i + 1, ids[i]);
	if (count > HR_PAPER_SHOWN_MAX)
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
		if (number <= count && number <= HR_PAPER_SHOWN_MAX) {
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
	uint32_t ids[HR_PAPER_SHOWN_MAX + 1];
	size_t count;

	found->id = finder->find_whole(p, found->typed);
	if (found->id != HR_ID_NONE) {
		offer(p, finder, 0, found->id);
		return CHOICE_MADE;
	}
	count = finder->search(p, found->typed, ids, HR_PAPER_SHOWN_MAX + 1);
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
	return hr_paper_find_institution(p->catalog, text);
}

static void label_institution(const struct paper *p, uint32_t id, hr_buf *out)
{
	hr_paper_label_institution(p->catalog, id, out);
}

static bool ask_campus(struct paper *p, const hr_institution *institution)
{
	hr_str *campus = &p->answers.campus;
	unsigned number = 0;

	if (institution->campus_count == 0)
		return true;
	for (unsigned i = 0; i < institution->campus_count; i++)
		hr_ask_offer(p->ask, i + 1, institution->campuses[i].name);
	if (!ask_text(p, &campus_prompt, 0, campus))
		return false;
	if (hr_ask_is_number(*campus, &number) && number >= 1 &&
	    number <= institution->campus_count)
		*campus = institution->campuses[number - 1].name;
	return true;
}

static bool ask_issuer(struct paper *p)
{
	static const struct finder finder = { &issuer_prompt, search_institutions, find_institution,
					      label_institution };
	static const hr_words needed = { "没有出具机构就无从判定",
					 "without it nothing can be told" };
	struct found found = { .id = HR_ID_NONE };

	while (found.typed.len == 0) {
		if (!ask_named(p, &finder, 0, &found))
			return false;
		if (found.typed.len == 0)
			hr_ask_say(p->ask, needed);
	}
	p->answers.issuer = found.typed;
	p->answers.issuer_id = found.id;
	return found.id == HR_ID_NONE ||
	       ask_campus(p, hr_catalog_get_institution(p->catalog, found.id));
}

/* --- items --- */

static size_t search_items(const struct paper *p, hr_str part, uint32_t *out, size_t room)
{
	return hr_catalog_search_items(p->catalog, part, p->answers.kind, out, room);
}

static uint32_t find_item(const struct paper *p, hr_str text)
{
	return hr_paper_find_item(p->catalog, text, p->answers.kind);
}

static void label_item(const struct paper *p, uint32_t id, hr_buf *out)
{
	hr_paper_label_item(p->catalog, id, out);
}

static bool ask_specimen(struct paper *p, const hr_item *item, unsigned index, hr_str *out)
{
	uint32_t count = item ? item->specimen_count : 0;
	unsigned number;

	for (uint32_t i = 0; i < count; i++)
		hr_ask_offer(p->ask, i + 1, item->specimens[i]);
	if (!ask_text(p, &specimen_prompt, index, out))
		return false;
	if (hr_ask_is_number(*out, &number) && number >= 1 && number <= count)
		*out = item->specimens[number - 1];
	return true;
}

/* An examination has no value; a laboratory's result without one would be no result. */
static bool ask_details(struct paper *p, const hr_item *item, unsigned index, hr_paper_item *out)
{
	if (p->answers.kind == HR_KIND_EXAM)
		return true;
	while (out->value.len == 0)
		if (!ask_text(p, &value_prompt, index, &out->value))
			return false;
	if (!ask_text(p, &unit_prompt, index, &out->unit))
		return false;
	return (item && item->specimen_count == 0) || ask_specimen(p, item, index, &out->specimen);
}

/* False in `*more`: the answer was empty, and there is no result. */
static bool ask_item(struct paper *p, unsigned index, hr_paper_item *out, bool *more)
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
	*out = (hr_paper_item){ .text = found.typed,
				.chosen = found.by_list ? found.id : HR_ID_NONE };
	return ask_details(p, item, index, out);
}

static bool ask_items(struct paper *p)
{
	static const hr_words needed = { "至少要有一个项目", "one item at least" };
	static const hr_words enough = { "项目已满", "no more items fit" };
	hr_paper_item *items = HR_NEW_N(p->arena, hr_paper_item, HR_PAPER_ITEMS_MAX);
	unsigned count = 0;

	if (!items)
		return hr_fail_memory(p->err);
	while (count < HR_PAPER_ITEMS_MAX) {
		bool more;

		if (!ask_item(p, count + 1, &items[count], &more))
			return false;
		if (more)
			count++;
		else if (count)
			break;
		else
			hr_ask_say(p->ask, needed);
	}
	if (count == HR_PAPER_ITEMS_MAX)
		hr_ask_say(p->ask, enough);
	p->answers.items = items;
	p->answers.item_count = count;
	return true;
}

/* --- the mark --- */

static bool ask_mark_seen(struct paper *p, hr_str *out)
{
	static const hr_words no_such = { "没有这样的标识", "there is no such mark" };
	hr_str marks[HR_PAPER_MARKS_MAX];
	size_t count = hr_paper_list_marks(p->catalog, marks);
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

static bool ask_times(struct paper *p)
{
	bool exam = p->answers.kind == HR_KIND_EXAM;

	return ask_time(p, exam ? &examined_prompt : &collected_prompt, &p->answers.collected) &&
	       ask_time(p, &reported_prompt, &p->answers.reported);
}

static bool ask_patient(struct paper *p)
{
	return ask_text(p, &patient_prompt, 0, &p->answers.patient) &&
	       ask_time(p, &birth_prompt, &p->answers.birth);
}

bool hr_paper_ask(hr_ask *ask, const hr_catalog *catalog, const hr_question *question,
		  hr_arena *arena, hr_paper *out, hr_error *err)
{
	static const hr_words start = { "请照纸质报告回答。", "Answer as the paper says." };
	struct paper p = { ask, catalog, arena, err, { .issuer_id = HR_ID_NONE } };
	hr_paper paper = { .mark_seen = question->mark_seen };

	hr_ask_say(ask, start);
	if (!ask_issuer(&p) || !ask_kind(&p, &p.answers.kind) ||
	    (question->patient && !ask_patient(&p)) || !ask_times(&p) || !ask_items(&p) ||
	    (!paper.mark_seen.len && !ask_mark_seen(&p, &paper.mark_seen)) ||
	    !hr_paper_report(catalog, &p.answers, arena, &paper.report, err))
		return false;
	*out = paper;
	return true;
}
