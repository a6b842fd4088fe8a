#include "store/s3_answer.h"

#include "base/xml.h"

#include <stdio.h>

enum { SIZE_DIGITS_MAX = 18 };

static bool read_xml(hr_str body, hr_arena *arena, const hr_xml **root, hr_error *err)
{
	HR_AUTO(hr_xml_parser) parser = hr_xml_parser_open();
	hr_xml_document document;

	if (!parser)
		return hr_fail_memory(err);
	if (!hr_xml_read(parser, body, arena, &document, err))
		return false;
	*root = document.root;
	return true;
}

static bool is_code(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!((text.data[i] >= 'A' && text.data[i] <= 'Z') ||
		      (text.data[i] >= 'a' && text.data[i] <= 'z') ||
		      (text.data[i] >= '0' && text.data[i] <= '9') || text.data[i] == '.'))
			return false;
	return text.len < HR_S3_CODE;
}

bool hr_s3_read_code(hr_str body, hr_arena *arena, char out[HR_S3_CODE], hr_error *err)
{
	const hr_xml *root = NULL;
	const hr_xml *code = NULL;

	if (!read_xml(body, arena, &root, err) && err->code == HR_E_MEMORY)
		return false;
	if (root && hr_xml_is(root, HR_STR("Error")))
		code = hr_xml_child(root, HR_STR("Code"));
	if (code && is_code(code->text))
		snprintf(out, HR_S3_CODE, "%.*s", HR_STR_ARG(code->text));
	else
		out[0] = '\0';
	return true;
}

static bool fail_page(hr_error *err, const char *what)
{
	return hr_fail(err, HR_E_IO, "the S3 server sends a list %s", what);
}

static hr_str text_of(const hr_xml *node, hr_str name)
{
	const hr_xml *child = hr_xml_child(node, name);

	return child ? child->text : HR_STR_NONE;
}

static bool read_size(hr_str text, uint64_t *out)
{
	uint64_t size = 0;

	if (text.len == 0 || text.len > SIZE_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		size = size * 10 + (uint64_t)(text.data[i] - '0');
	}
	*out = size;
	return true;
}

static size_t count_entries(const hr_xml *root)
{
	size_t count = 0;

	for (const hr_xml *c = hr_xml_child(root, HR_STR("Contents")); c; c = hr_xml_next_same(c))
		count++;
	return count;
}

static bool read_entries(const hr_xml *root, hr_arena *arena, hr_s3_page *page, hr_error *err)
{
	hr_s3_entry *entries = HR_NEW_N(arena, hr_s3_entry, count_entries(root) + 1);

	if (!entries)
		return hr_fail_memory(err);
	for (const hr_xml *c = hr_xml_child(root, HR_STR("Contents")); c; c = hr_xml_next_same(c)) {
		hr_s3_entry *entry = &entries[page->count++];

		entry->key = text_of(c, HR_STR("Key"));
		if (entry->key.len == 0 || !read_size(text_of(c, HR_STR("Size")), &entry->size))
			return fail_page(err, "of which an entry has no key or no size");
	}
	page->entries = entries;
	return true;
}

bool hr_s3_read_page(hr_str body, hr_arena *arena, hr_s3_page *out, hr_error *err)
{
	hr_s3_page page = { .count = 0 };
	const hr_xml *root = NULL;

	if (!read_xml(body, arena, &root, err))
		return err->code == HR_E_MEMORY ? false : fail_page(err, "that is no XML");
	if (!hr_xml_is(root, HR_STR("ListBucketResult")))
		return fail_page(err, "that is none");
	if (!read_entries(root, arena, &page, err))
		return false;
	if (hr_str_equal(text_of(root, HR_STR("IsTruncated")), HR_STR("true"))) {
		page.next = text_of(root, HR_STR("NextContinuationToken"));
		if (page.next.len == 0 || page.next.len > HR_S3_TOKEN_MAX)
			return fail_page(err, "that does not say how it goes on");
	}
	*out = page;
	return true;
}
