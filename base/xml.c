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

static uint32_t count_to(const hr_xml *node, const hr_xml *from, uint32_t n)
{
	for (; from && from != node; from = hr_xml_next_same(from))
		n++;
	return from ? n : 0;
}

/* 1, 2, ... among siblings of the same name; 0 when there is no other. Counts on from `before`. */
static uint32_t position(const hr_xml *node, const hr_xml_step *before)
{
	uint32_t n = 0;

	if (!node->parent)
		return 0;
	if (before->node && before->node->parent == node->parent &&
	    hr_str_equal(before->node->name, node->name))
		n = count_to(node, before->node, before->position);
	if (n == 0)
		n = count_to(node, hr_xml_child(node->parent, node->name), 1);
	return n > 1 || hr_xml_next_same(node) ? n : 0;
}

static void add_step(hr_xml_step *step, const hr_xml *node, hr_buf *text)
{
	step->position = position(node, step);
	step->node = node;
	hr_buf_add_char(text, '/');
	hr_buf_add(text, node->name);
	if (step->position) {
		hr_buf_add_char(text, '[');
		hr_buf_add_int(text, step->position);
		hr_buf_add_char(text, ']');
	}
	step->end = text->len;
}

void hr_xml_trail_init(hr_xml_trail *trail, hr_arena *arena, size_t limit)
{
	memset(trail->steps, 0, sizeof(trail->steps));
	hr_buf_init(&trail->text, arena, limit);
}

hr_str hr_xml_trail_xpath(hr_xml_trail *trail, const hr_xml *node, hr_str attr)
{
	const hr_xml *way[HR_XML_DEPTH_MAX];
	size_t depth = 0;
	size_t at = 0;

	for (; node; node = node->parent)
		way[depth++] = node;
	while (at < depth && trail->steps[at].node == way[depth - 1 - at])
		at++;
	trail->text.len = at ? trail->steps[at - 1].end : 0;
	for (; at < depth; at++)
		add_step(&trail->steps[at], way[depth - 1 - at], &trail->text);
	if (attr.len) {
		HR_BUF_ADD(&trail->text, "/@");
		hr_buf_add(&trail->text, attr);
	}
	return hr_buf_str(&trail->text);
}

void hr_xml_format_xpath(const hr_xml *node, hr_str attr, hr_buf *out)
{
	hr_xml_trail trail;

	hr_xml_trail_init(&trail, out->arena, out->limit);
	hr_buf_add(out, hr_xml_trail_xpath(&trail, node, attr));
	out->failed |= trail.text.failed;
}
