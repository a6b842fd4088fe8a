#include "service/page_form.h"

#include "base/text.h"
#include "catalog/search.h"

/* --- boxes --- */

hr_str hr_page_form_text(const hr_form *form, hr_str box)
{
	const hr_form_part *part = hr_http_form_find(form, box);

	return part ? hr_str_trim(part->bytes) : HR_STR_NONE;
}

hr_str hr_page_form_box(hr_arena *arena, const char *name, unsigned row)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, 64);
	hr_buf_addf(&buf, "%s-%u", name, row);
	return buf.failed ? HR_STR_NONE : hr_buf_str(&buf);
}

static bool check_texts(const hr_form *form, hr_error *err)
{
	for (size_t i = 0; i < form->count; i++) {
		const hr_form_part *part = &form->parts[i];
		const bool has_lines = hr_str_equal(part->name, HR_STR("orders"));
		const size_t max = has_lines ? HR_PAGE_LINES_MAX : HR_PAGE_TEXT_MAX;

		if (hr_str_equal(part->name, HR_STR("report")))
			continue;
		if (part->bytes.len > max)
			return hr_fail(err, HR_E_LIMIT, "box %zu of the form has over %zu bytes",
				       i + 1, max);
		if (!hr_text_is_utf8(part->bytes))
			return hr_fail(err, HR_E_ENCODING, "box %zu of the form is not UTF-8",
				       i + 1);
	}
	return true;
}

/* --- names --- */

/* What receivers, issuers and items differ in. */
struct shelf {
	uint32_t (*by_code)(const hr_catalog *catalog, hr_str code);
	uint32_t (*by_name)(const hr_catalog *catalog, hr_str text, hr_kind kind);
	size_t (*search)(const hr_catalog *catalog, hr_str part, hr_kind kind, uint32_t *out,
			 size_t room);
};

static uint32_t institution_by_name(const hr_catalog *catalog, hr_str text, hr_kind kind)
{
	(void)kind;
	return hr_paper_find_institution(catalog, text);
}

static size_t search_institutions(const hr_catalog *catalog, hr_str part, hr_kind kind,
				  uint32_t *out, size_t room)
{
	(void)kind;
	return hr_catalog_search_institutions(catalog, part, out, room);
}

static const struct shelf institutions = { hr_catalog_find_institution, institution_by_name,
					   search_institutions };
static const struct shelf items = { hr_catalog_find_item, hr_paper_find_item,
				    hr_catalog_search_items };

struct reading {
	const hr_form *form;
	const hr_catalog *catalog;
	hr_arena *arena;
	hr_kind kind;
	bool failed; /* memory was short */
};

static hr_str text_of(struct reading *r, hr_str box, const char *suffix)
{
	hr_buf name;

	hr_buf_init(&name, r->arena, 64);
	hr_buf_add(&name, box);
	hr_buf_add(&name, hr_str_of(suffix));
	r->failed |= name.failed;
	return hr_page_form_text(r->form, hr_buf_str(&name));
}

/* A choice counts as long as the text for which it was made still stands in the box. */
static bool take_choice(struct reading *r, const struct shelf *shelf, hr_pick *pick)
{
	hr_str id = text_of(r, pick->box, "-id");

	if (id.len == 0 || !hr_str_equal(text_of(r, pick->box, "-for"), pick->text))
		return false;
	pick->chosen = true;
	if (hr_str_equal(id, HR_STR("as-typed")))
		return true;
	pick->id = shelf->by_code(r->catalog, id);
	return pick->id != HR_ID_NONE;
}

static hr_pick pick(struct reading *r, const struct shelf *shelf, hr_str box)
{
	hr_pick pick = { .box = box, .text = hr_page_form_text(r->form, box), .id = HR_ID_NONE };

	r->failed |= box.len == 0;
	if (pick.text.len == 0 || take_choice(r, shelf, &pick))
		return pick;
	pick.chosen = false;
	pick.id = shelf->by_name(r->catalog, pick.text, r->kind);
	if (pick.id != HR_ID_NONE)
		return pick;
	pick.count =
		shelf->search(r->catalog, pick.text, r->kind, pick.ids, HR_PAPER_SHOWN_MAX + 1);
	pick.open = pick.count > 0;
	return pick;
}

/* --- the paper --- */

static hr_str text_in_row(struct reading *r, const char *name, unsigned row)
{
	hr_str box = hr_page_form_box(r->arena, name, row);

	r->failed |= box.len == 0;
	return hr_page_form_text(r->form, box);
}

static void read_row(struct reading *r, unsigned row, hr_page_form *out)
{
	hr_pick *item = &out->items[row - 1];
	hr_paper_item answer;

	*item = pick(r, &items, hr_page_form_box(r->arena, "item", row));
	answer = (hr_paper_item){
		.text = item->text,
		.chosen = item->chosen ? item->id : HR_ID_NONE,
		.value = text_in_row(r, "value", row),
		.unit = text_in_row(r, "unit", row),
		.specimen = text_in_row(r, "specimen", row),
	};
	if (answer.text.len + answer.value.len + answer.unit.len + answer.specimen.len == 0)
		return;
	out->row_of[out->answers.item_count] = row;
	out->rows[out->answers.item_count++] = answer;
}

/* --- the patient at hand, and what is about to be ordered --- */

static hr_str read_sex(const hr_form *form)
{
	hr_str sex = hr_page_form_text(form, HR_STR("patient-sex"));

	return hr_str_equal(sex, HR_STR("1")) || hr_str_equal(sex, HR_STR("2")) ? sex : HR_STR_NONE;
}

static hr_patient_answers read_patient(const hr_form *form)
{
	return (hr_patient_answers){
		.name = hr_page_form_text(form, HR_STR("patient-name")),
		.id_card = hr_page_form_text(form, HR_STR("patient-id")),
		.birth = hr_page_form_text(form, HR_STR("patient-birth")),
		.sex = read_sex(form),
	};
}

/* A browser ends lines with CR LF, a person leaves some empty. */
static hr_str read_lines(struct reading *r, hr_str box)
{
	hr_str rest = hr_page_form_text(r->form, box);
	hr_buf lines;

	if (rest.len == 0)
		return HR_STR_NONE;
	hr_buf_init(&lines, r->arena, HR_PAGE_LINES_MAX + 1);
	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\n"));
		hr_str line = hr_str_trim(hr_str_slice(rest, 0, end));

		rest = hr_str_slice(rest, end + 1, rest.len);
		if (line.len && lines.len)
			HR_BUF_ADD(&lines, "\n");
		hr_buf_add(&lines, line);
	}
	r->failed |= lines.failed;
	return hr_buf_str(&lines);
}

/* --- the form --- */

static bool is_open(const hr_page_form *form)
{
	bool open = form->receiver.open || form->issuer.open;

	for (unsigned i = 0; i < HR_PAGE_ROWS; i++)
		open |= form->items[i].open;
	return open;
}

bool hr_page_form_read(const hr_form *form, const hr_catalog *catalog, hr_arena *arena,
		       hr_page_form *out, hr_error *err)
{
	bool exam = hr_str_equal(hr_page_form_text(form, HR_STR("kind")), HR_STR("exam"));
	struct reading r = { form, catalog, arena, exam ? HR_KIND_EXAM : HR_KIND_LAB, false };

	if (!check_texts(form, err))
		return false;
	*out = (hr_page_form){ .form = form };
	out->receiver = pick(&r, &institutions, HR_STR("receiver"));
	out->issuer = pick(&r, &institutions, HR_STR("issuer"));
	out->answers = (hr_paper_answers){
		.issuer = out->issuer.text,
		.issuer_id = out->issuer.id,
		.campus = hr_page_form_text(form, HR_STR("campus")),
		.kind = r.kind,
		.collected = hr_page_form_text(form, HR_STR("collected")),
		.reported = hr_page_form_text(form, HR_STR("reported")),
		.items = out->rows,
		.patient = hr_page_form_text(form, HR_STR("printed-name")),
		.birth = hr_page_form_text(form, HR_STR("printed-birth")),
	};
	out->patient = read_patient(form);
	out->orders = read_lines(&r, HR_STR("orders"));
	for (unsigned row = 1; row <= HR_PAGE_ROWS; row++)
		read_row(&r, row, out);
	out->is_open = is_open(out);
	return !r.failed || hr_fail_memory(err);
}

bool hr_page_form_has_paper(const hr_page_form *form)
{
	const hr_paper_answers *a = &form->answers;

	return a->issuer.len + a->campus.len + a->collected.len + a->reported.len + a->patient.len +
		       a->birth.len + a->item_count >
	       0;
}
