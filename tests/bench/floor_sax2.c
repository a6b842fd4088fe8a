#include "floor.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		  int namespaces, const xmlChar **ns, int attributes, int defaulted,
		  const xmlChar **attrs)
{
	(void)name, (void)prefix, (void)uri, (void)namespaces, (void)ns, (void)attributes;
	(void)defaulted, (void)attrs;
	++*(size_t *)context;
}

static void end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	(void)context, (void)name, (void)prefix, (void)uri;
}

static void characters(void *context, const xmlChar *text, int len)
{
	(void)context, (void)text, (void)len;
}

static xmlSAXHandler handler(void)
{
	return (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = start,
		.endElementNs = end,
		.characters = characters,
	};
}

size_t floor_sax2_fresh(hr_str xml)
{
	xmlSAXHandler sax = handler();
	size_t elements = 0;

	return xmlSAXUserParseMemory(&sax, &elements, xml.data, (int)xml.len) == 0 ? elements : 0;
}

struct floor_sax2 {
	xmlParserCtxtPtr context;
	size_t elements;
};

floor_sax2 *floor_sax2_open(void)
{
	floor_sax2 *floor = calloc(1, sizeof(*floor));

	if (floor)
		floor->context = xmlNewParserCtxt();
	return floor;
}

void floor_sax2_close(floor_sax2 *floor)
{
	xmlFreeParserCtxt(floor->context);
	free(floor);
}

size_t floor_sax2_reused(floor_sax2 *floor, hr_str xml)
{
	xmlParserCtxtPtr context = floor->context;

	floor->elements = 0;
	xmlCtxtReset(context);
	*context->sax = handler();
	context->userData = &floor->elements;
	xmlCtxtUseOptions(context, XML_PARSE_NONET);
	xmlPushInput(context,
		     xmlNewIOInputStream(context,
					 xmlParserInputBufferCreateMem(xml.data, (int)xml.len,
								       XML_CHAR_ENCODING_UTF8),
					 XML_CHAR_ENCODING_NONE));
	xmlParseDocument(context);
	return context->wellFormed ? floor->elements : 0;
}
