#include "registry/diff.h"

#include "base/json.h"

#define MEMBER(w, literal, value) hr_json_member((w), HR_STR(literal), (value))

static void add_members(hr_json_writer *w, const hr_change *change)
{
	hr_json_name(w, HR_STR("members"));
	hr_json_open_array(w);
	for (size_t i = 0; i < change->member_count; i++) {
		const hr_change_member *member = &change->members[i];

		hr_json_open_object(w);
		MEMBER(w, "name", member->name);
		MEMBER(w, "name_en", member->name_en);
		MEMBER(w, "before", member->before);
		MEMBER(w, "before_en", member->before_en);
		MEMBER(w, "after", member->after);
		MEMBER(w, "after_en", member->after_en);
		hr_json_close_object(w);
	}
	hr_json_close_array(w);
}

void hr_changes_format_json(const hr_catalog *before, const hr_catalog *after,
			    const hr_change *changes, size_t count, hr_buf *out)
{
	static const hr_str kinds[] = {
		[HR_CHANGE_ADDED] = HR_STR_INIT("added"),
		[HR_CHANGE_REMOVED] = HR_STR_INIT("removed"),
		[HR_CHANGE_ALTERED] = HR_STR_INIT("altered"),
	};
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	MEMBER(&w, "before", hr_catalog_id(before));
	MEMBER(&w, "after", hr_catalog_id(after));
	hr_json_name(&w, HR_STR("changes"));
	hr_json_open_array(&w);
	for (size_t i = 0; i < count; i++) {
		hr_json_open_object(&w);
		MEMBER(&w, "change", kinds[changes[i].kind]);
		MEMBER(&w, "what", changes[i].what);
		MEMBER(&w, "subject", changes[i].subject);
		MEMBER(&w, "text", changes[i].text);
		MEMBER(&w, "text_en", changes[i].text_en);
		add_members(&w, &changes[i]);
		hr_json_close_object(&w);
	}
	hr_json_close_array(&w);
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
