#include "base/xml.h"

#include "base/xml_lines.h"

uint32_t hr_xml_line(const hr_xml *node)
{
	uint32_t line;
	uint32_t column;

	hr_xml_lines_find(node->lines, node->tag_end, &line, &column);
	return line;
}

uint32_t hr_xml_column(const hr_xml *node)
{
	uint32_t line;
	uint32_t column;

	hr_xml_lines_find(node->lines, node->tag_end, &line, &column);
	return column;
}

bool hr_xml_is(const hr_xml *node, hr_str local_name)
{
	return node && hr_str_equal(node->name, local_name);
}

static const hr_xml *first_named(const hr_xml *node, hr_str local_name)
{
	while (node && !hr_str_equal(node->name, local_name))
		node = node->next;
	return node;
}

const hr_xml *hr_xml_child(const hr_xml *node, hr_str local_name)
{
	return node ? first_named(node->first, local_name) : NULL;
}

const hr_xml *hr_xml_next_same(const hr_xml *node)
{
	return node ? first_named(node->next, node->name) : NULL;
}

const hr_xml *hr_xml_path(const hr_xml *node, hr_str path)
{
	size_t slash = hr_str_find(path, HR_STR("/"));
	hr_str step = hr_str_slice(path, 0, slash);
	hr_str rest = hr_str_slice(path, slash + 1, path.len);

	for (node = hr_xml_child(node, step); node && rest.len; node = hr_xml_next_same(node)) {
		const hr_xml *found = hr_xml_path(node, rest);

		if (found)
			return found;
	}
	return node;
}

const hr_xml *hr_xml_walk(const hr_xml *node, const hr_xml *top)
{
	if (node->first)
		return node->first;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

const hr_xml_attr *hr_xml_find_attr(const hr_xml *node, hr_str name)
{
	const hr_xml_attr *prefixed = NULL;

	for (uint32_t i = 0; node && i < node->attr_count; i++) {
		const hr_xml_attr *attr = &node->attrs[i];

		if (!hr_str_equal(attr->name, name))
			continue;
		if (!attr->prefixed)
			return attr;
		if (!prefixed)
			prefixed = attr;
	}
	return prefixed;
}

hr_str hr_xml_attr_value(const hr_xml *node, hr_str name)
{
	const hr_xml_attr *attr = hr_xml_find_attr(node, name);

	return attr ? attr->value : HR_STR_NONE;
}

/* 1, 2, ... among siblings of the same name; 0 when there is no other. */
static int64_t position(const hr_xml *node)
{
	int64_t before = 0;

	if (!node->parent)
		return 0;
	for (const hr_xml *at = hr_xml_child(node->parent, node->name); at != node;
	     at = hr_xml_next_same(at))
		before++;
	return before || hr_xml_next_same(node) ? before + 1 : 0;
}

void hr_xml_format_xpath(const hr_xml *node, hr_str attr, hr_buf *out)
{
	const hr_xml *way[HR_XML_DEPTH_MAX];
	size_t depth = 0;

	for (; node; node = node->parent)
		way[depth++] = node;
	while (depth-- > 0) {
		int64_t n = position(way[depth]);

		hr_buf_add_char(out, '/');
		hr_buf_add(out, way[depth]->name);
		if (n)
			hr_buf_addf(out, "[%lld]", (long long)n);
	}
	if (attr.len) {
		HR_BUF_ADD(out, "/@");
		hr_buf_add(out, attr);
	}
}
