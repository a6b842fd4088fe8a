#include "service/dicom_model.h"

static void open_attribute(hr_model_writer *w, const hr_model_attribute *attribute)
{
	if (w->is_xml) {
		hr_buf_addf(w->out, "<DicomAttribute tag=\"%.*s\" vr=\"%.*s\" keyword=\"%.*s\">",
			    HR_STR_ARG(attribute->tag), HR_STR_ARG(attribute->vr),
			    HR_STR_ARG(attribute->keyword));
		return;
	}
	hr_json_name(&w->json, attribute->tag);
	hr_json_open_object(&w->json);
	hr_json_member(&w->json, HR_STR("vr"), attribute->vr);
	hr_json_name(&w->json, HR_STR("Value"));
	hr_json_open_array(&w->json);
}

static void close_attribute(hr_model_writer *w)
{
	if (w->is_xml) {
		HR_BUF_ADD(w->out, "</DicomAttribute>");
		return;
	}
	hr_json_close_array(&w->json);
	hr_json_close_object(&w->json);
}

static void add_escaped(hr_buf *out, hr_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.data[i]) {
		case '&':
			HR_BUF_ADD(out, "&amp;");
			break;
		case '<':
			HR_BUF_ADD(out, "&lt;");
			break;
		case '>':
			HR_BUF_ADD(out, "&gt;");
			break;
		default:
			hr_buf_add_char(out, text.data[i]);
		}
	}
}

void hr_model_begin(hr_model_writer *w, bool is_xml, hr_buf *out)
{
	*w = (hr_model_writer){ .is_xml = is_xml, .out = out };
	if (is_xml) {
		HR_BUF_ADD(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NativeDicomModel "
				"xmlns=\"http://dicom.nema.org/PS3.19/models/NativeDICOM\" "
				"xml:space=\"preserve\">");
		return;
	}
	hr_json_writer_init(&w->json, out, false);
	hr_json_open_object(&w->json);
}

void hr_model_end(hr_model_writer *w)
{
	if (w->is_xml)
		HR_BUF_ADD(w->out, "</NativeDicomModel>\n");
	else
		hr_json_close_object(&w->json);
}

void hr_model_text(hr_model_writer *w, const hr_model_attribute *attribute, hr_str text)
{
	open_attribute(w, attribute);
	if (w->is_xml) {
		HR_BUF_ADD(w->out, "<Value number=\"1\">");
		add_escaped(w->out, text);
		HR_BUF_ADD(w->out, "</Value>");
	} else {
		hr_json_string(&w->json, text);
	}
	close_attribute(w);
}

void hr_model_int(hr_model_writer *w, const hr_model_attribute *attribute, int64_t number)
{
	open_attribute(w, attribute);
	if (w->is_xml) {
		HR_BUF_ADD(w->out, "<Value number=\"1\">");
		hr_buf_add_int(w->out, number);
		HR_BUF_ADD(w->out, "</Value>");
	} else {
		hr_json_int(&w->json, number);
	}
	close_attribute(w);
}

void hr_model_open_sequence(hr_model_writer *w, const hr_model_attribute *attribute)
{
	w->items = 0;
	open_attribute(w, attribute);
}

void hr_model_open_item(hr_model_writer *w)
{
	if (w->is_xml)
		hr_buf_addf(w->out, "<Item number=\"%u\">", ++w->items);
	else
		hr_json_open_object(&w->json);
}

void hr_model_close_item(hr_model_writer *w)
{
	if (w->is_xml)
		HR_BUF_ADD(w->out, "</Item>");
	else
		hr_json_close_object(&w->json);
}

void hr_model_close_sequence(hr_model_writer *w)
{
	close_attribute(w);
}
