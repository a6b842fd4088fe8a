/* Any bytes are read, or refused, without harm; what is read hangs together. */
#include "base/xml.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_well_linked(const hr_xml *node)
{
	return node->name.len > 0 && hr_xml_line(node) >= 1 && hr_xml_column(node) >= 1 &&
	       (!node->first || node->first->parent == node) &&
	       (!node->next || node->next->parent == node->parent) &&
	       (!node->parent || hr_xml_line(node) > hr_xml_line(node->parent) ||
		(hr_xml_line(node) == hr_xml_line(node->parent) &&
		 hr_xml_column(node) > hr_xml_column(node->parent)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_xml_parser *parser = hr_xml_parser_open();
	hr_arena *arena = hr_arena_open((size_t)64 << 20);
	hr_str bytes = { (const char *)data, size };
	hr_xml_document document;
	hr_error err = { 0 };

	if (!parser || !arena)
		abort();
	/* Twice: a parser that was used must give the same. */
	for (int i = 0; i < 2; i++) {
		if (!hr_xml_read(parser, bytes, arena, &document, &err)) {
			assert(err.code != HR_E_NONE && err.message[0]);
			continue;
		}
		for (const hr_xml *n = document.root; n; n = hr_xml_walk(n, document.root))
			assert(is_well_linked(n));
	}
	hr_arena_close(arena);
	hr_xml_parser_close(parser);
	return 0;
}
