/*
 * The records of recognition: under which key each is the same in another
 * version, and what it is called there.
 */
#include "registry/diff_parts.h"

void hr_diff_collect_regime(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_regime_count(diff->catalogs[side]); i++) {
		const hr_regime *regime = hr_catalog_get_regime(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, regime->id, regime->name, regime);
	}
}

void hr_diff_collect_list(hr_diff *diff, int side, hr_diff_rows *rows)
{
	static const char *const kinds[HR_LIST_KINDS] = {
		[HR_LIST_ITEMS] = " items",
		[HR_LIST_GRANTS] = " grants",
		[HR_LIST_WINDOWS] = " windows",
	};

	for (size_t i = 0; i < hr_catalog_regime_count(diff->catalogs[side]); i++) {
		const hr_regime *regime = hr_catalog_get_regime(diff->catalogs[side], i);

		for (size_t k = 0; k < regime->list_count; k++) {
			const hr_list *list = &regime->lists[k];
			char from[HR_DATE_TEXT];
			hr_str subject =
				hr_diff_join(diff, regime->id, kinds[list->kind], HR_STR_NONE);

			hr_diff_add_row(
				diff, rows,
				(hr_diff_row){
					.key = hr_diff_join(
						diff, subject, " ",
						hr_date_format(list->period.from, from)),
					.subject = subject,
					.record = list,
					.items = list->kind == HR_LIST_ITEMS ? list->items : NULL,
				});
		}
	}
}

void hr_diff_collect_item(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (hr_item_id i = 0; i < hr_catalog_item_count(diff->catalogs[side]); i++) {
		const hr_item *item = hr_catalog_get_item(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, item->code, item->name, item);
	}
}

void hr_diff_collect_unit(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_unit_count(diff->catalogs[side]); i++) {
		const hr_unit *unit = hr_catalog_get_unit(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, unit->spelling, HR_STR_NONE, unit);
	}
}

void hr_diff_collect_region(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_region_count(diff->catalogs[side]); i++) {
		const hr_region *region = hr_catalog_get_region(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, region->code, region->name, region);
	}
}

void hr_diff_collect_institution(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (hr_institution_id i = 0; i < hr_catalog_institution_count(diff->catalogs[side]); i++) {
		const hr_institution *row = hr_catalog_get_institution(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, row->key, row->name, row);
	}
}

/* The classes of its items, as the file named them: each once, sorted. */
static void write_classes(hr_diff *diff, int side, const uint64_t *items, hr_buf *out)
{
	hr_diff_set classes;

	for (hr_item_id i = 0; i < hr_catalog_item_count(diff->catalogs[side]); i++)
		if (hr_item_in(items, i)) {
			hr_buf_add(out, hr_catalog_get_item(diff->catalogs[side], i)->class_name);
			hr_buf_add_char(out, '\0');
		}
	classes = hr_diff_split(diff, hr_str_copy(diff->scratch, hr_buf_str(out)));
	out->len = 0;
	HR_BUF_ADD(out, "class");
	for (size_t i = 0; i < classes.count; i++)
		if (i == 0 || !hr_str_equal(classes.parts[i], classes.parts[i - 1]))
			hr_buf_addf(out, " %.*s", HR_STR_ARG(classes.parts[i]));
}

/* What a window is for: "all", "class ct", or its items' codes. */
static hr_str window_scope(hr_diff *diff, int side, const hr_window *window)
{
	hr_buf *out = &diff->spare.text[0];
	uint64_t *set;

	out->len = 0;
	if (window->rank == 0)
		return HR_STR("all");
	if (window->rank == 1) {
		write_classes(diff, side, window->items, out);
		return hr_buf_str(out);
	}
	set = hr_diff_new_set(diff);
	if (set) {
		hr_diff_add_items(diff, side, window->items, set);
		hr_diff_write_items(diff, set, out);
	}
	return hr_buf_str(out);
}

void hr_diff_collect_window(hr_diff *diff, int side, hr_diff_rows *rows)
{
	static const char *const settings[] = {
		[HR_SETTING_ANY] = "",
		[HR_SETTING_OUTPATIENT] = " outpatient",
		[HR_SETTING_INPATIENT] = " inpatient",
		[HR_SETTING_EMERGENCY] = " emergency",
		[HR_SETTING_ONLINE] = " online",
	};

	for (size_t i = 0; i < hr_catalog_window_count(diff->catalogs[side]); i++) {
		const hr_window *window = hr_catalog_get_window(diff->catalogs[side], i);
		hr_str regime = window->regime ? window->regime->id : HR_STR("local");
		char from[HR_DATE_TEXT];
		hr_str subject = hr_diff_join(diff, regime, " ", window_scope(diff, side, window));

		subject = hr_diff_join(diff, subject, settings[window->setting], HR_STR_NONE);
		hr_diff_add_row(diff, rows,
				(hr_diff_row){ .key = hr_diff_join(
						       diff, subject, " ",
						       hr_date_format(window->period.from, from)),
					       .subject = subject,
					       .record = window });
	}
}

void hr_diff_collect_mark(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_mark_count(diff->catalogs[side]); i++) {
		const hr_mark *mark = hr_catalog_get_mark(diff->catalogs[side], i);
		hr_str scope = mark->regime ? mark->regime->id : mark->region;
		/* Many regimes have the same mark. */
		hr_str key = hr_diff_join(diff, mark->text, scope.len ? " " : "", scope);

		hr_diff_add_row(diff, rows,
				(hr_diff_row){ .key = key, .subject = key, .record = mark });
	}
}

void hr_diff_collect_situation(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_situation_count(diff->catalogs[side]); i++) {
		const hr_situation *situation = hr_catalog_get_situation(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, situation->code, HR_STR_NONE, situation);
	}
}

void hr_diff_collect_document(hr_diff *diff, int side, hr_diff_rows *rows)
{
	for (size_t i = 0; i < hr_catalog_document_count(diff->catalogs[side]); i++) {
		const hr_document *document = hr_catalog_get_document(diff->catalogs[side], i);

		hr_diff_add_named(diff, rows, document->id, document->title, document);
	}
}
