#include "settlement/origin.h"

void hr_origin_write(hr_json_writer *w, const hr_origin *origin)
{
	hr_json_member(w, HR_STR("file"), origin->file);
	hr_json_name(w, HR_STR("line"));
	hr_json_int(w, origin->line);
	hr_json_member(w, HR_STR("grade"), hr_grade_word(origin->grade));
	hr_json_member(w, HR_STR("source"), origin->source);
}
