/*
 * The narrative of a section: what its `text` shows to people, found by ID. An
 * index is made when the first reference asks for it, because most documents
 * have none.
 */
#include "recognition/cda_parts.h"

#include <stdlib.h>

enum { WORDS_WITHIN = 16 };

struct place {
	hr_str id;
	const hr_xml *node;
};

struct hr_cda_narrative {
	const hr_xml *section;
	struct place *places; /* in the order of their ids */
	size_t count;
};

static int by_id(const void *a, const void *b)
{
	return hr_str_compare(((const struct place *)a)->id, ((const struct place *)b)->id);
}

/* Writes the places into `out`, unless it is NULL; returns how many there are. */
static size_t collect(const hr_xml *top, struct place *out)
{
	size_t count = 0;

	for (const hr_xml *node = top; node; node = hr_xml_walk(node, top)) {
		hr_str id = hr_cda_raw(node, HR_STR("ID"));

		if (id.len && out)
			out[count] = (struct place){ id, node };
		count += id.len != 0;
	}
	return count;
}

static struct hr_cda_narrative *open_narrative(hr_cda *cda)
{
	const hr_xml *top = hr_xml_child(cda->section, HR_STR("text"));
	struct hr_cda_narrative *narrative = HR_NEW(cda->arena, struct hr_cda_narrative);
	size_t count = collect(top, NULL);
	struct place *places = HR_NEW_N(cda->arena, struct place, count);

	if (!narrative || !places)
		return NULL;
	collect(top, places);
	qsort(places, count, sizeof(*places), by_id);
	*narrative = (struct hr_cda_narrative){ cda->section, places, count };
	return narrative;
}

static const hr_xml *find(const struct hr_cda_narrative *narrative, hr_str id)
{
	struct place key = { id, NULL };
	const struct place *found = bsearch(&key, narrative->places, narrative->count,
					    sizeof(*narrative->places), by_id);

	return found ? found->node : NULL;
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
