/*
 * One pass of libxml2 over a document that base/xml_scan.h has let through.
 * For base/xml*.c only.
 *
 * Who makes a pass gives a SAX handler whose functions get an hr_xml_pass, or
 * what begins with one, as `user`. The pass adds what must hold in every one:
 * errors in our words, and no DOCTYPE.
 */
#pragma once

#include "base/xml_scan.h"

struct _xmlParserCtxt;
struct _xmlSAXHandler;
struct _xmlError;

typedef struct hr_xml_pass {
	struct _xmlParserCtxt *ctxt;
	hr_str text;
	hr_error *err;
	bool failed;
	bool prefix_undeclared;
} hr_xml_pass;

/*
 * A libxml2 context with our options. `handler` is copied; its `serror` and
 * `internalSubset` become the pass's own. NULL when memory is short.
 */
struct _xmlParserCtxt *hr_xml_context_new(const struct _xmlSAXHandler *handler, void *user);

/*
 * Reads `pass->text` with `pass->ctxt`. A context may be used for the next
 * pass when this one succeeded; after a failure it is only fit to be freed.
 */
bool hr_xml_pass_run(hr_xml_pass *pass);

/* From inside a callback: how far the text is read; at a start tag, to its end. */
size_t hr_xml_pass_offset(const hr_xml_pass *pass);

/* From inside a callback: the pass fails with this, at the byte where libxml2 stands. */
void hr_xml_pass_refuse(hr_xml_pass *pass, hr_error_code code, const char *what);

/* As hr_xml_pass_refuse, for an allocation that failed. */
void hr_xml_pass_refuse_memory(hr_xml_pass *pass);

/*
 * Who hears, in this thread, of errors that libxml2 has no context for. It
 * prints them when nobody does, and some of its code prints beside that:
 * without a `print` it is silent. Gives back who heard before, to be set again.
 */
typedef struct hr_xml_listener {
	void (*hear)(void *user, struct _xmlError *error);
	void *user;
	void (*print)(void *printer, const char *format, ...);
	void *printer;
} hr_xml_listener;

hr_xml_listener hr_xml_listen(hr_xml_listener listener);
