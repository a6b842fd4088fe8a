#include "catalog/record.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { QUOTE_MAX = 48, ATTRIBUTES_MAX = 64, CODE_MAX = 64, UNGRADED = 99 };

/* A value as a message quotes it: cut, never inside a character. */
#define QUOTE(value) HR_STR_ARG(hr_text_cut((value), QUOTE_MAX))

hr_record hr_record_begin(hr_load *load, const hr_xml *node)
{
	return (hr_record){ .load = load, .node = node, .faults = load->faults };
}

void hr_record_fault(hr_record *r, hr_fault fault, const char *format, ...)
{
	hr_origin at = r->load->file.origin;
	char message[HR_FAULT_MESSAGE_MAX + 4]; /* so that a cut is seen as one */
	va_list args;

	at.line = hr_xml_line(r->node);
	at.column = hr_xml_column(r->node);
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	hr_load_fault(r->load, fault, &at, message);
}

static bool is_ours(const hr_xml *node)
{
	return hr_str_equal(node->ns, HR_CATALOG_NS);
}

static const hr_element *find_element(const hr_xml *node, const hr_element *table, size_t count)
{
	for (size_t i = 0; is_ours(node) && i < count; i++)
		if (hr_xml_is(node, table[i].name))
			return &table[i];
	return NULL;
}

void hr_record_children(hr_record *r, const hr_element *table, size_t count, void *row)
{
	r->parent = true;
	for (const hr_xml *node = r->node->first; node && !r->load->stopped; node = node->next) {
		const hr_element *element = find_element(node, table, count);
		hr_record child = hr_record_begin(r->load, node);

		if (element) {
			element->read(&child, row);
			hr_record_end(&child);
		} else {
			hr_record_fault(&child, HR_FAULT_UNKNOWN_ELEMENT,
					"<%.*s> does not belong into <%.*s>", QUOTE(node->name),
					QUOTE(r->node->name));
		}
	}
}

size_t hr_record_count(const hr_record *r, hr_str child_name)
{
	size_t count = 0;

	for (const hr_xml *node = hr_xml_child(r->node, child_name); node;
	     node = hr_xml_next_same(node))
		count++;
	return count;
}

void hr_record_end(hr_record *r)
{
	if (r->ended)
		return;
	r->ended = true;
	for (uint32_t i = 0; i < r->node->attr_count; i++) {
		const hr_xml_attr *attr = &r->node->attrs[i];
		bool seen = i < ATTRIBUTES_MAX && (r->seen >> i & 1);

		if (!seen && !attr->prefixed)
			hr_record_fault(r, HR_FAULT_UNKNOWN_ATTRIBUTE,
					"<%.*s> has no attribute '%.*s'", QUOTE(r->node->name),
					QUOTE(attr->name));
	}
	if (!r->parent)
		hr_record_children(r, NULL, 0, NULL);
}

uint32_t hr_record_keep(hr_record *r, const void *row)
{
	hr_load *load = r->load;
	void *kept;

	hr_record_end(r);
	if (load->stopped || load->full || load->faults != r->faults)
		return HR_ID_NONE;
	if (load->rows.count == load->kind->limit) {
		load->full = true;
		hr_record_fault(r, HR_FAULT_LIMIT, "there are over %zu records in all <%.*s>",
				load->kind->limit, HR_STR_ARG(load->kind->root));
		return HR_ID_NONE;
	}
	kept = hr_load_add(load, &load->rows);
	if (!kept)
		return HR_ID_NONE;
	memcpy(kept, row, load->rows.size);
	return (uint32_t)(load->rows.count - 1);
}

void hr_record_check_free(hr_record *r, const hr_map *claims, const char *what, hr_str code)
{
	uint32_t id;

	if (code.len && hr_map_find(claims, code, &id))
		hr_record_fault(r, HR_FAULT_DUPLICATE, "%s '%.*s' is declared twice", what,
				QUOTE(code));
}

static const hr_xml_attr *find_attr(hr_record *r, hr_str name)
{
	for (uint32_t i = 0; i < r->node->attr_count && i < ATTRIBUTES_MAX; i++) {
		const hr_xml_attr *attr = &r->node->attrs[i];

		if (!attr->prefixed && hr_str_equal(attr->name, name)) {
			r->seen |= UINT64_C(1) << i;
			return attr;
		}
	}
	return NULL;
}

/* A text of a file, trimmed; empty, and a fault, when nothing is left or it is too long. */
static hr_str bounded(hr_record *r, hr_str name, hr_str text, size_t limit)
{
	text = hr_str_trim(text);
	if (text.len > 0 && text.len <= limit)
		return text;
	if (text.len)
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'%.*s' is longer than %zu bytes",
				QUOTE(name), limit);
	else
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'%.*s' is empty", QUOTE(name));
	return HR_STR_NONE;
}

hr_str hr_record_raw(hr_record *r, hr_str name)
{
	const hr_xml_attr *attr = find_attr(r, name);

	return attr ? bounded(r, name, attr->value, HR_CATALOG_TEXT_MAX) : HR_STR_NONE;
}

hr_str hr_record_list(hr_record *r, hr_str name)
{
	const hr_xml_attr *attr = find_attr(r, name);

	return attr ? bounded(r, name, attr->value, HR_XML_TAG_MAX) : HR_STR_NONE;
}

hr_str hr_record_content(hr_record *r)
{
	return bounded(r, r->node->name, r->node->text, HR_CATALOG_TEXT_MAX);
}

hr_str hr_record_need(hr_record *r, hr_str name)
{
	const hr_xml_attr *attr = find_attr(r, name);

	if (attr)
		return bounded(r, name, attr->value, HR_CATALOG_TEXT_MAX);
	hr_record_fault(r, HR_FAULT_MISSING, "<%.*s> needs '%.*s'", QUOTE(r->node->name),
			QUOTE(name));
	return HR_STR_NONE;
}

hr_str hr_record_text(hr_record *r, hr_str name)
{
	return hr_load_text(r->load, hr_record_raw(r, name));
}

hr_str hr_record_common(hr_record *r, hr_str name)
{
	return hr_load_common(r->load, hr_record_raw(r, name));
}

static bool is_code(hr_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];
		bool alnum =
			(c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!alnum && (i == 0 || !(c == '.' || c == '_' || c == '-')))
			return false;
	}
	return s.len > 0 && s.len <= CODE_MAX;
}

hr_str hr_record_code(hr_record *r, hr_str name)
{
	hr_str code = hr_record_need(r, name);

	if (code.len && !is_code(code)) {
		hr_record_fault(r, HR_FAULT_BAD_VALUE, "'%.*s' is not a code", QUOTE(code));
		return HR_STR_NONE;
	}
	return hr_load_text(r->load, code);
}

static bool is_digits(hr_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
	return s.len > 0;
}

bool hr_region_prefix_is_valid(hr_str prefix)
{
	return is_digits(prefix) && prefix.data[0] != '0' &&
	       (prefix.len == 2 || prefix.len == 4 || prefix.len == 6);
}

hr_str *hr_record_words(hr_record *r, hr_str name, uint16_t *count)
{
	hr_str list = hr_record_list(r, name);
	hr_str rest = list;
	size_t total = 0;
	hr_str *words;

	while (hr_str_next_word(&rest).len)
		total++;
	*count = 0;
	if (total == 0)
		return NULL;
	words = HR_LOAD_NEW_N(r->load, hr_str, total);
	if (!words)
		return NULL;
	/* A start tag holds at most 64 KiB, so at most 32,768 words. */
	for (rest = list; *count < total; (*count)++)
		words[*count] = hr_load_common(r->load, hr_str_next_word(&rest));
	return words;
}

unsigned hr_record_word(hr_record *r, hr_str name, const hr_str *words, size_t count,
			unsigned absent)
{
	hr_str value = hr_record_raw(r, name);

	if (value.len == 0)
		return absent;
	for (size_t i = 0; i < count; i++)
		if (hr_str_equal(value, words[i]))
			return (unsigned)i;
	hr_record_fault(r, HR_FAULT_BAD_VALUE, "'%.*s' cannot be '%.*s'", QUOTE(name),
			QUOTE(value));
	return absent;
}

bool hr_record_flag(hr_record *r, hr_str name)
{
	static const hr_str words[] = { HR_STR_INIT("false"), HR_STR_INIT("true"), HR_STR_INIT("0"),
					HR_STR_INIT("1") };

	return hr_record_word(r, name, words, 4, 0) % 2;
}

uint32_t hr_record_number(hr_record *r, hr_str name, uint32_t max)
{
	hr_str value = hr_record_raw(r, name);
	uint64_t number = 0;

	if (value.len == 0)
		return 0;
	for (size_t i = 0; i < value.len && is_digits(value) && number <= max; i++)
		number = number * 10 + (uint64_t)(value.data[i] - '0');
	if (number >= 1 && number <= max)
		return (uint32_t)number;
	hr_record_fault(r, HR_FAULT_BAD_VALUE, "%.*s '%.*s' is not 1 to %" PRIu32, QUOTE(name),
			QUOTE(value), max);
	return 0;
}

hr_date hr_record_day(hr_record *r, hr_str name, hr_date absent)
{
	hr_str value = hr_record_raw(r, name);
	hr_date day = absent;

	if (value.len && !hr_date_parse(value, &day))
		hr_record_fault(r, HR_FAULT_BAD_DAY, "%.*s '%.*s' is not a day", QUOTE(name),
				QUOTE(value));
	return day;
}

hr_period hr_record_period(hr_record *r, hr_str from, hr_str to)
{
	hr_period period = {
		.from = hr_record_day(r, from, HR_DATE_MIN),
		.to = hr_date_add_days(hr_record_day(r, to, HR_DATE_MAX), 1),
	};

	if (period.from.day >= period.to.day)
		hr_record_fault(r, HR_FAULT_BAD_PERIOD, "'%.*s' is before '%.*s'", QUOTE(to),
				QUOTE(from));
	return period;
}

static const hr_document *find_document(hr_record *r, hr_str id)
{
	const hr_catalog *catalog = r->load->catalog;
	uint32_t index;

	if (hr_map_find(&catalog->document_ids, id, &index))
		return &catalog->documents[index];
	hr_record_unknown(r, "document", id);
	return NULL;
}

/* What the element itself says of where its fact comes from, over what it inherits. */
static void read_provenance(hr_record *r, hr_origin *origin, bool *graded)
{
	hr_str source = hr_record_common(r, HR_STR("source"));
	hr_str document = hr_record_raw(r, HR_STR("document"));
	hr_str row = hr_record_text(r, HR_STR("row"));
	unsigned grade = HR_RECORD_WORD(r, "grade", hr_grade_words, UNGRADED);

	hr_record_raw(r, HR_STR("note")); /* for people */
	origin->line = hr_xml_line(r->node);
	origin->column = hr_xml_column(r->node);
	if (source.len)
		origin->source = source;
	if (document.len)
		origin->document = find_document(r, document);
	/* A row is of the record's own document: another document's row is not inherited. */
	if (document.len || row.len)
		origin->row = row;
	if (grade != UNGRADED)
		origin->grade = (hr_grade)grade;
	*graded |= grade != UNGRADED;
	if (r->load->file.local)
		origin->grade = HR_GRADE_LOCAL;
}

void hr_record_root(hr_record *r)
{
	read_provenance(r, &r->load->file.origin, &r->load->file.graded);
}

hr_origin hr_record_origin(hr_record *r)
{
	hr_origin origin = r->load->file.origin;
	bool graded = r->load->file.graded || r->load->file.local;

	read_provenance(r, &origin, &graded);
	if (origin.source.len == 0 || !graded)
		hr_record_fault(r, HR_FAULT_MISSING, "neither <%.*s> nor its root has a %s",
				QUOTE(r->node->name), graded ? "source" : "grade");
	if (origin.grade == HR_GRADE_SYNTHETIC)
		r->load->catalog->synthetic = true;
	return origin;
}

void hr_record_dated(hr_record *r, hr_period *period, hr_origin *origin)
{
	*period = hr_record_period(r, HR_STR("from"), HR_STR("to"));
	*origin = hr_record_origin(r);
	origin->undated = period->from.day == HR_DATE_MIN.day;
}

void hr_record_unknown(hr_record *r, const char *what, hr_str code)
{
	if (!r->load->alone)
		hr_record_fault(r, HR_FAULT_UNKNOWN_REFERENCE, "%s '%.*s' is not known", what,
				QUOTE(code));
}

hr_item_id hr_record_item(hr_record *r, hr_str code)
{
	hr_item_id id = hr_catalog_find_item(r->load->catalog, code);

	if (id == HR_ID_NONE && code.len)
		hr_record_unknown(r, "item", code);
	return id;
}

hr_institution_id hr_record_institution(hr_record *r, hr_str key)
{
	const hr_catalog *catalog = r->load->catalog;
	hr_institution_id id = hr_catalog_find_institution(catalog, key);

	if (id != HR_ID_NONE && hr_str_equal(catalog->institutions[id].key, key))
		return id;
	if (key.len)
		hr_record_unknown(r, "institution", key);
	return HR_ID_NONE;
}

const hr_regime *hr_record_regime(hr_record *r, hr_str id)
{
	const hr_catalog *catalog = r->load->catalog;
	uint32_t index;

	if (id.len == 0)
		return NULL;
	if (hr_map_find(&catalog->regime_ids, id, &index))
		return &catalog->regimes[index];
	hr_record_unknown(r, "regime", id);
	return NULL;
}

/* The items of a list of codes, kept; remembered for the file, because lists repeat. */
static const uint64_t *read_items(hr_record *r, hr_str list)
{
	hr_load *load = r->load;
	size_t faults = load->faults;
	uint64_t *bits = load->bit_row;
	hr_str rest = list;
	hr_str code;
	const uint64_t **kept;

	memset(bits, 0, load->catalog->item_words * sizeof(*bits));
	while ((code = hr_str_next_word(&rest)).len) {
		hr_item_id item = hr_record_item(r, code);

		if (item != HR_ID_NONE)
			bits[item / 64] |= UINT64_C(1) << item % 64;
	}
	kept = hr_load_add(load, &load->file.list_bits);
	if (!kept)
		return NULL;
	*kept = hr_load_bits(load, bits);
	if (load->faults == faults)
		hr_load_put(load, &load->file.lists, list,
			    (uint32_t)(load->file.list_bits.count - 1));
	return *kept;
}

const uint64_t *hr_record_items(hr_record *r, hr_str name, hr_kind kind)
{
	const hr_load_file *file = &r->load->file;
	hr_str list = hr_record_list(r, name);
	uint32_t index;

	if (hr_str_equal(list, HR_STR("all")))
		return r->load->catalog->all_items[kind];
	if (hr_map_find(&file->lists, list, &index))
		return ((const uint64_t *const *)(const void *)file->list_bits.data)[index];
	return read_items(r, list);
}
