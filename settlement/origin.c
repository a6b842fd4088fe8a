#include "settlement/origin.h"

void hr_origin_write(hr_json_writer *w, const hr_origin *origin)
{
	hr_json_member(w, HR_STR("file"), origin->file);
	hr_json_name(w, HR_STR("line"));
	hr_json_int(w, origin->line);
	hr_json_member(w, HR_STR("grade"), hr_grade_word(origin->grade));
	hr_json_member(w, HR_STR("source"), origin->source);
	if (!origin->undated)
		return;
	hr_json_name(w, HR_STR("undated"));
	hr_json_bool(w, true);
}

hr_str hr_origin_undated(const hr_origin *origin, bool english)
{
	if (!origin->undated)
		return HR_STR_NONE;
	return english ? HR_STR("; its first day is not known") : HR_STR("；起始日期不详");
}
