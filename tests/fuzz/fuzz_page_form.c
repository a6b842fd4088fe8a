/*
 * The first line is the Content-Type, the rest the body of a form. Whatever
 * stands in the boxes: rows stay in their order, what is chosen is in the
 * catalogue, and each order is a line of its own.
 */
#include "service/page_form.h"

#include "base/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROOT(name, body)                                                                           \
	"<" name " xmlns=\"urn:huren:catalogue:1\" source=\"made up\" grade=\"synthetic\">" body   \
	"</" name ">\n"

static const hr_file files[] = {
	{ HR_STR_INIT("institutions.xml"),
	  HR_STR_INIT(ROOT("institutions",
			   "<institution uscc=\"12120000400000002B\" name=\"滨海示范医院\" "
			   "region=\"120000\"><name>示范医院</name></institution>"
			   "<institution uscc=\"121200004000000119\" name=\"河北区示范医院\" "
			   "region=\"120000\"><name>示范医院</name></institution>")) },
	{ HR_STR_INIT("items.xml"),
	  HR_STR_INIT(ROOT("items", "<lab code=\"TSH\" name=\"促甲状腺激素\" "
				    "unit-class=\"arbitrary\" class=\"thyroid\"/>"
				    "<exam code=\"CT-HEAD\" name=\"头颅CT\" class=\"ct\" "
				    "modality=\"CT\" body-part=\"HEAD\"/>")) },
	{ HR_STR_INIT("regions.xml"),
	  HR_STR_INIT(ROOT("regions", "<region code=\"120000\" name=\"天津市\"/>")) },
};

static const hr_catalog *small_catalog(void)
{
	static hr_catalog *catalog;
	hr_error err;

	if (!catalog && !hr_catalog_build(&(hr_fileset){ files, 3 }, NULL, HR_STR("small"),
					  (hr_instant){ 0 }, &catalog, &err))
		abort();
	return catalog;
}

static void check_pick(const hr_pick *pick, size_t known)
{
	if (pick->count > HR_PAPER_SHOWN_MAX + 1 || (pick->id != HR_ID_NONE && pick->id >= known) ||
	    (pick->open && (pick->chosen || pick->count == 0)))
		abort();
	for (size_t i = 0; i < pick->count; i++)
		if (pick->ids[i] >= known)
			abort();
}

static void check_rows(const hr_page_form *form)
{
	size_t count = form->answers.item_count;

	if (count > HR_PAGE_ROWS)
		abort();
	for (size_t i = 0; i < count; i++)
		if (form->row_of[i] > HR_PAGE_ROWS ||
		    form->row_of[i] <= (i ? form->row_of[i - 1] : 0))
			abort();
}

static void check_orders(hr_str rest)
{
	if (!hr_text_is_utf8(rest))
		abort();
	while (rest.len) {
		size_t end = hr_str_find(rest, HR_STR("\n"));
		hr_str line = hr_str_slice(rest, 0, end);

		if (line.len == 0 || !hr_str_equal(line, hr_str_trim(line)) || end + 1 == rest.len)
			abort();
		rest = hr_str_slice(rest, end + 1, rest.len);
	}
}

static void check_form(const hr_page_form *form, const hr_catalog *catalog)
{
	const size_t institutions = hr_catalog_institution_count(catalog);
	const size_t items = hr_catalog_item_count(catalog);

	check_pick(&form->receiver, institutions);
	check_pick(&form->issuer, institutions);
	for (size_t i = 0; i < HR_PAGE_ROWS; i++)
		check_pick(&form->items[i], items);
	check_rows(form);
	check_orders(form->orders);
	if (form->patient.sex.len > 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_str all = { (const char *)data, size };
	size_t end = hr_str_find(all, HR_STR("\n"));
	hr_str body = hr_str_slice(all, end + 1, size);
	hr_page_form *page = arena ? HR_NEW(arena, hr_page_form) : NULL;
	hr_error err = { 0 };
	hr_form form;

	if (!page || !hr_http_form_read(hr_str_slice(all, 0, end), body, arena, &form, &err))
		return 0;
	if (hr_page_form_read(&form, small_catalog(), arena, page, &err))
		check_form(page, small_catalog());
	else if (err.code != HR_E_LIMIT && err.code != HR_E_ENCODING && err.code != HR_E_MEMORY)
		abort();
	return 0;
}
