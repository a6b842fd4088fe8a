#include "catalog_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static void must(bool ok, const hr_error *err)
{
	if (ok)
		return;
	fprintf(stderr, "fixture: %s\n", err->message);
	abort();
}

hr_fileset fixture_files(hr_arena *arena, const char *folder, const char *name, const char *text)
{
	hr_fileset set = { 0 };
	hr_file *files;
	hr_error err;

	if (folder)
		must(hr_fileset_read(folder, HR_STR(".xml"), &hr_fileset_catalogue_limits, arena,
				     &set, &err),
		     &err);
	files = HR_NEW_N(arena, hr_file, set.count + 1);
	if (!files)
		abort();
	if (set.count)
		memcpy(files, set.files, set.count * sizeof(*files));
	if (name)
		files[set.count++] = (hr_file){ hr_str_of(name), hr_str_of(text) };
	must(hr_fileset_sort(files, set.count, &err), &err);
	set.files = files;
	return set;
}

hr_catalog *fixture_catalog(const char *local_path)
{
	hr_catalog *catalog = NULL;
	hr_error err;

	must(hr_catalog_open_folder(SMALL_CATALOG, local_path, &catalog, &err), &err);
	return catalog;
}

hr_date fixture_day(const char *day)
{
	hr_date date;

	if (!hr_date_parse(hr_str_of(day), &date))
		abort();
	return date;
}

hr_item_id fixture_item(const hr_catalog *catalog, const char *code)
{
	hr_item_id id = hr_catalog_find_item(catalog, hr_str_of(code));

	if (id == HR_ID_NONE)
		abort();
	return id;
}

hr_institution_id fixture_institution(const hr_catalog *catalog, const char *key)
{
	hr_institution_id id = hr_catalog_find_institution(catalog, hr_str_of(key));

	if (id == HR_ID_NONE)
		abort();
	return id;
}

const hr_regime *fixture_regime(const hr_catalog *catalog, const char *id)
{
	for (size_t i = 0; i < hr_catalog_regime_count(catalog); i++)
		if (hr_str_equal(hr_catalog_get_regime(catalog, i)->id, hr_str_of(id)))
			return hr_catalog_get_regime(catalog, i);
	abort();
}
