#include "catalog/xml_write.h"

void hr_xml_writer_init(hr_xml_writer *w, hr_buf *buf, uint32_t depth)
{
	*w = (hr_xml_writer){ .buf = buf, .depth = depth };
}

void hr_xml_write_prolog(hr_xml_writer *w)
{
	HR_BUF_ADD(w->buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

/* Line ends and tabs as references: bare, an attribute's are read back as blanks (XML 1.0, 3.3.3).
 */
static hr_str escape(char c)
{
	switch (c) {
	case '&':
		return HR_STR("&amp;");
	case '<':
		return HR_STR("&lt;");
	case '>':
		return HR_STR("&gt;");
	case '"':
		return HR_STR("&quot;");
	case '\t':
		return HR_STR("&#9;");
	case '\n':
		return HR_STR("&#10;");
	case '\r':
		return HR_STR("&#13;");
	default:
		return HR_STR_NONE;
	}
}

static void add_escaped(hr_buf *buf, hr_str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		hr_str reference = escape(s.data[i]);

		if (hr_str_is_empty(reference))
			continue;
		hr_buf_add(buf, hr_str_slice(s, from, i));
		hr_buf_add(buf, reference);
		from = i + 1;
	}
	hr_buf_add(buf, hr_str_slice(s, from, s.len));
}

static void indent(hr_xml_writer *w)
{
	for (uint32_t i = 0; i < w->depth; i++)
		hr_buf_add_char(w->buf, '\t');
}

static void end_start_tag(hr_xml_writer *w)
{
	if (w->in_tag)
		hr_buf_add_char(w->buf, '>');
	w->in_tag = false;
}

void hr_xml_write_open(hr_xml_writer *w, hr_str name)
{
	if (w->in_tag) {
		end_start_tag(w);
		hr_buf_add_char(w->buf, '\n');
	}
	indent(w);
	hr_buf_add_char(w->buf, '<');
	hr_buf_add(w->buf, name);
	w->in_tag = true;
	w->has_text = false;
	w->depth++;
}

void hr_xml_write_attr(hr_xml_writer *w, hr_str name, hr_str value)
{
	if (hr_str_is_empty(value))
		return;
	hr_buf_add_char(w->buf, ' ');
	hr_buf_add(w->buf, name);
	HR_BUF_ADD(w->buf, "=\"");
	add_escaped(w->buf, value);
	hr_buf_add_char(w->buf, '"');
}

void hr_xml_write_text(hr_xml_writer *w, hr_str text)
{
	end_start_tag(w);
	add_escaped(w->buf, text);
	w->has_text = true;
}

void hr_xml_write_close(hr_xml_writer *w, hr_str name)
{
	w->depth--;
	if (w->in_tag) {
		HR_BUF_ADD(w->buf, "/>\n");
		w->in_tag = false;
		return;
	}
	if (!w->has_text)
		indent(w);
	HR_BUF_ADD(w->buf, "</");
	hr_buf_add(w->buf, name);
	HR_BUF_ADD(w->buf, ">\n");
	w->has_text = false;
}
