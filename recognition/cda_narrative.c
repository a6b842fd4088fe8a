/*
 * The narrative of a section: what its `text` shows to people, found by ID. An
 * index is made when the first reference asks for it, because most documents
 * have none.
 */
#include "recognition/cda_parts.h"

#include <stdlib.h>

enum { WORDS_WITHIN = 16 };

struct hr_cda_narrative {
	const hr_xml *section;
	const hr_xml **nodes; /* those with an ID, in the order of their IDs */
	size_t count;
};

static hr_str id_of(const hr_xml *node)
{
	return hr_cda_raw(node, HR_STR("ID"));
}

static int by_id(const void *a, const void *b)
{
	return hr_str_compare(id_of(*(const hr_xml *const *)a), id_of(*(const hr_xml *const *)b));
}

static size_t count_ids(const hr_xml *top)
{
	size_t count = 0;

	for (const hr_xml *node = top; node; node = hr_xml_walk(node, top))
		count += id_of(node).len != 0;
	return count;
}

static struct hr_cda_narrative *open_narrative(hr_cda *cda)
{
	const hr_xml *top = hr_xml_child(cda->section, HR_STR("text"));
	struct hr_cda_narrative *narrative = HR_NEW(cda->arena, struct hr_cda_narrative);
	size_t count = count_ids(top);
	const hr_xml **nodes = HR_NEW_N(cda->arena, const hr_xml *, count);

	if (!narrative || !nodes) {
		hr_cda_fail_memory(cda);
		return NULL;
	}
	*narrative = (struct hr_cda_narrative){ cda->section, nodes, count };
	for (const hr_xml *node = top; node; node = hr_xml_walk(node, top))
		if (id_of(node).len)
			*nodes++ = node;
	qsort(narrative->nodes, count, sizeof(*narrative->nodes), by_id);
	return narrative;
}

static const hr_xml *find(const struct hr_cda_narrative *narrative, hr_str id)
{
	size_t from = 0;
	size_t to = narrative->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = hr_str_compare(id_of(narrative->nodes[middle]), id);

		if (order == 0)
			return narrative->nodes[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/*
 * The first words in the subtree: of a table's row, those of its first cell.
 * Not far into it, or many references to one large subtree cost their product.
 */
static hr_field first_words(hr_cda *cda, const hr_xml *top)
{
	const hr_xml *node = top;

	for (int i = 0; node && i < WORDS_WITHIN; i++, node = hr_xml_walk(node, top)) {
		hr_field words = hr_cda_text(cda, node);

		if (words.text.len)
			return words;
	}
	return (hr_field){ 0 };
}

hr_field hr_cda_narrated(hr_cda *cda, const hr_xml *node)
{
	hr_field text = hr_cda_text(cda, node);
	const hr_xml *reference = node ? hr_xml_child(node, HR_STR("reference")) : NULL;
	hr_str target = hr_cda_raw(reference, HR_STR("value"));

	if (text.text.len || target.len < 2 || target.data[0] != '#' || !cda->section)
		return text;
	if (!cda->narrative || cda->narrative->section != cda->section)
		cda->narrative = open_narrative(cda);
	if (!cda->narrative)
		return text;
	return first_words(cda, find(cda->narrative, hr_str_slice(target, 1, target.len)));
}
