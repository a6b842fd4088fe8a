#include "catalog/template.h"

/* The files of catalog/template/, embedded by CMake; in the order of names. */
#define FILES(X)                                                                                   \
	X(calendar, "calendar.xml")                                                                \
	X(direct, "direct.xml")                                                                    \
	X(documents, "documents.xml")                                                              \
	X(grants_demo_hr, "grants-demo-hr.xml")                                                    \
	X(institutions, "institutions.xml")                                                        \
	X(items_exam, "items-exam.xml")                                                            \
	X(items_lab, "items-lab.xml")                                                              \
	X(manual_demo, "manual-demo.xml")                                                          \
	X(marks, "marks.xml")                                                                      \
	X(missing, "missing.xml")                                                                  \
	X(network_demo, "network-demo.xml")                                                        \
	X(offices, "offices.xml")                                                                  \
	X(platform_texts, "platform-texts.xml")                                                    \
	X(regimes, "regimes.xml")                                                                  \
	X(regions, "regions.xml")                                                                  \
	X(settlement_demo, "settlement-demo.xml")                                                  \
	X(situations, "situations.xml")                                                            \
	X(units, "units.xml")                                                                      \
	X(windows_demo_hr, "windows-demo-hr.xml")

#define X(symbol, name)                                                                            \
	extern const unsigned char hr_template_##symbol[];                                         \
	extern const size_t hr_template_##symbol##_len;
FILES(X)
#undef X

bool hr_catalog_template(hr_arena *arena, hr_fileset *out, hr_error *err)
{
	const hr_file files[] = {
#define X(symbol, name)                                                                            \
	{ HR_STR_INIT(name), { (const char *)hr_template_##symbol, hr_template_##symbol##_len } },
		FILES(X)
#undef X
	};
	hr_file *copy = HR_NEW_N(arena, hr_file, sizeof(files) / sizeof(files[0]));

	if (!copy)
		return hr_fail_memory(err);
	memcpy(copy, files, sizeof(files));
	*out = (hr_fileset){ copy, sizeof(files) / sizeof(files[0]) };
	return true;
}
