/* Any bytes are checked against a schema without harm; each issue has a place and UTF-8 text. */
#include "base/text.h"
#include "base/xml.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const hr_str xsd = HR_STR_INIT(
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t'"
	" xmlns='urn:t' xmlns:t='urn:t' elementFormDefault='qualified'>"
	"<xs:simpleType name='code'><xs:restriction base='xs:string'>"
	"<xs:pattern value='[a-z]{1,3}'/></xs:restriction></xs:simpleType>"
	"<xs:element name='r'><xs:complexType><xs:sequence>"
	"<xs:element name='a' minOccurs='0' maxOccurs='unbounded'><xs:complexType mixed='true'>"
	"<xs:attribute name='c' type='code' use='required'/>"
	"<xs:attribute name='d' type='xs:date'/></xs:complexType></xs:element>"
	"<xs:element name='n' type='xs:int' minOccurs='0'/></xs:sequence></xs:complexType>"
	"<xs:unique name='k'><xs:selector xpath='t:a'/><xs:field xpath='@c'/></xs:unique>"
	"</xs:element></xs:schema>");

static void look_at_issue(void *context, uint32_t line, uint32_t column, const char *message)
{
	(void)context;
	assert(line >= 1 && column >= 1);
	assert(message[0] && hr_text_is_utf8(hr_str_of(message)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static hr_xml_schema *schema;
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)64 << 20);
	hr_str bytes = { (const char *)data, size };
	hr_xml_document document;
	hr_error err = { 0 };
	bool read;

	if (!parser || !arena || (!schema && !hr_xml_schema_open(xsd, &schema, &err)))
		abort();
	read = hr_xml_read(parser, bytes, arena, &document, &err);
	if (!hr_xml_schema_check(schema, bytes, look_at_issue, NULL, &err) && read)
		abort();
	return 0;
}
