#include "service/line_fault.h"

#include "base/json.h"

void hr_line_fault_write(const hr_error *err, uint64_t line, hr_buf *out)
{
	hr_json_writer w;

	hr_json_writer_init(&w, out, false);
	hr_json_open_object(&w);
	hr_json_member(&w, HR_STR("outcome"), HR_STR("error"));
	hr_json_name(&w, HR_STR("line"));
	hr_json_int(&w, (int64_t)line);
	hr_json_member(&w, HR_STR("code"), hr_str_of(hr_error_word(err->code)));
	hr_json_member(&w, HR_STR("message"), hr_str_of(err->message));
	hr_json_close_object(&w);
	hr_buf_add_char(out, '\n');
}
