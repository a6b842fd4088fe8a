/* One file of a catalogue, alone, beside files that it may refer to, and as an overlay. */
#include "catalog/catalog.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NS "xmlns='urn:huren:catalogue:1' source='s' grade='synthetic'"

static const hr_file base[] = {
	{ HR_STR_INIT("d.xml"),
	  HR_STR_INIT("<documents xmlns='urn:huren:catalogue:1'><document id='d' title='t'/>"
		      "</documents>") },
	{ HR_STR_INIT("i.xml"),
	  HR_STR_INIT("<items " NS "><lab code='A' name='a' class='c' unit-class='mass'/>"
		      "<exam code='B' name='b' modality='CT'/></items>") },
	{ HR_STR_INIT("o.xml"),
	  HR_STR_INIT("<institutions " NS "><institution key='x-1' name='n' region='110000'>"
		      "<campus id='e' name='e'/></institution></institutions>") },
	{ HR_STR_INIT("r.xml"),
	  HR_STR_INIT("<regimes " NS "><regime id='r' name='n' kind='lab'><members regions='11'/>"
		      "</regime></regimes>") },
};

/* Every row is asked for, so that a sanitizer sees one that is not whole. */
static void ask(const hr_catalog *catalog)
{
	hr_date on = { 20000 };
	hr_item_id item;
	size_t count;

	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++) {
		const hr_regime *regime = hr_catalog_get_regime(catalog, i);

		hr_regime_find_list(regime, HR_LIST_ITEMS, on);
		for (hr_item_id n = 0; n < hr_catalog_item_count(catalog); n++)
			hr_catalog_find_window(catalog, regime, n, HR_SETTING_EMERGENCY, on);
		for (hr_institution_id n = 0; n < hr_catalog_institution_count(catalog); n++) {
			hr_catalog_find_grants(catalog, regime, n, &count);
			hr_regime_has_member(regime, hr_catalog_get_institution(catalog, n));
		}
	}
	for (hr_item_id n = 0; n < hr_catalog_item_count(catalog); n++)
		hr_catalog_find_items_by_name(catalog, hr_catalog_get_item(catalog, n)->name, &item,
					      1);
}

static void build(const hr_fileset *shared, const hr_fileset *local)
{
	hr_catalog *catalog;
	hr_error err;

	if (!hr_catalog_build(shared, local, HR_STR("fuzz"), (hr_instant){ 0 }, &catalog, &err))
		return;
	ask(catalog);
	hr_catalog_unref(catalog);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_file files[] = { base[0],
			    base[1],
			    base[2],
			    base[3],
			    { HR_STR("z.xml"), { (const char *)data, size } } };
	hr_fileset all = { files, 5 };
	hr_fileset without = { files, 4 };
	hr_fileset alone = { files + 4, 1 };

	build(&alone, NULL);
	build(&all, NULL);
	build(&without, &alone);
	return 0;
}
