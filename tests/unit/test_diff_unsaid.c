/*
 * Nothing goes unsaid: in the template, which has an example of every kind of
 * record, each element is given the attributes and the values that it has
 * anywhere in our catalogues. Where the result is a catalogue still, a change
 * must be told; so a member that somebody adds to a record, with its example,
 * and forgets in the comparison is found here.
 */
#include "registry/diff.h"

#include "catalog_fixture.h"

#include <stdio.h>

#define TEMPLATE "catalog/template"

static const char *const others[] = {
	"catalog/sample/official",	 "catalog/sample/demonstration",
	"tests/data/small-catalog",	 "tests/data/catalog/decision",
	"tests/data/catalog/settlement", "tests/data/catalog/diagnose",
	"tests/data/catalog/compare",
};

/* What no snapshot holds. */
static const struct unheld {
	const char *element;   /* NULL: any */
	const char *attribute; /* NULL: any */
} unheld[] = {
	{ NULL, "xmlns" },	  { NULL, "note" }, /* words of those who keep the files */
	{ "missing", NULL },	  { "fact", NULL },
	{ "precision", NULL },	  /* the quality limits of an item */
	{ "units", NULL },	  /* the source of a spelling */
	{ "document", "issued" }, /* beside 'from', which the template's documents have */
};

/* What the same means as to be left out. */
static const struct same {
	const char *attribute; /* NULL: any */
	const char *value;
} same[] = {
	{ NULL, "false" },    { "unit", "0.01" },	{ "side", "both" }, { "across", "any" },
	{ "setting", "any" }, { "except", "CT-CHEST" }, /* of grants of the other kind */
};

/* Values that no catalogue of ours has beside what the template says. */
static const struct more {
	const char *element;
	const char *attribute;
	const char *value;
} more[] = {
	{ "channel", "days", "4" },
	{ "channel", "kinds", "resident" },
	{ "chronic", "qualification", "not-needed" },
	{ "closed", "across", "any" },
	{ "closed", "from", "2026-01-01" },
	{ "condition-list", "to", "2030-12-31" },
	{ "coverage", "least", "2" },
	{ "document", "from", "2026-01-01" },
	{ "filing", "to", "2030-12-31" },
	{ "item-list", "document", "nhc-2022-6" },
	{ "kind", "at-least", "false" },
	{ "kind", "early-at-office", "false" },
	{ "list", "to", "2030-12-31" },
	{ "mark", "to", "2030-12-31" },
	{ "office", "hours", "全天" },
	{ "office", "kind", "card" },
	{ "overlap", "long", "allowed" },
	{ "overlap", "mixed", "refused" },
	{ "overlap", "temporary", "refused" },
	{ "policy", "to", "2030-12-31" },
	{ "regime", "document", "nhc-2022-6" },
	{ "regime", "to", "2030-12-31" },
	{ "window", "from", "2026-01-01" },
	{ "window", "to", "2030-12-31" },
	{ "window-table", "status", "complete" },
	{ "windows", "document", "nhc-2022-6" },
	{ "dual-channel", "filing", "exempt" },
	{ "dual-channel", "standards", "lowest" },
	{ "drug", "name", "另一种药" },
	{ "drug", "spec", "20mg*7片" },
	{ "drug", "amount", "90" },
	{ "drug", "from", "2026-01-01" },
	{ "drug", "to", "2030-12-31" },
	{ "reimbursement", "to", "2030-12-31" },
	{ "zone", "filing", "needed" },
};

/* What names a record, so that another value is another record; and what never stands alone. */
static const struct unheld untried[] = {
	{ NULL, "code" },
	{ NULL, "id" },
	{ "institution", "key" },
	{ "institution", "uscc" },
	{ "zone", "name" },
	{ "year", "of" },
	{ "oid", "root" },
	{ "sibling", "loinc" },
	{ NULL, "regime" },
	{ "situations", "document" },
	{ "members", "institutions" },
	{ "window", "hours" },
	{ "opened", "conditions" },
	{ "coverage", "share" },
	{ "sibling", "differs" },
	{ "grant", "except" },
	{ "mark", "nationwide" },
	{ "back-filing", "days" },
	{ "back-filing", "within" },
	{ "mark", "region" },
};

enum { VALUES_MAX = 20000 };

/* An attribute of an element with a value, each once. */
struct value {
	hr_str element;
	hr_str attribute;
	hr_str value;
	bool tried; /* a catalogue that has it was built */
};

struct values {
	struct value *rows;
	size_t count;
};

/* An element of a file, and where its attributes stand. */
struct tag {
	hr_str element;
	size_t from;
	size_t to;
};

static bool is_name(char c)
{
	return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static hr_str take_name(hr_str text, size_t *at)
{
	size_t from = *at;

	while (*at < text.len && is_name(text.data[*at]))
		(*at)++;
	return hr_str_slice(text, from, *at);
}

static bool next_tag(hr_str text, size_t *at, struct tag *tag)
{
	while (*at + 1 < text.len) {
		hr_str rest = hr_str_slice(text, *at, text.len);

		if (hr_str_starts_with(rest, HR_STR("<!--"))) {
			*at += hr_str_find(rest, HR_STR("-->"));
		} else if (rest.data[0] == '<' && is_name(rest.data[1])) {
			(*at)++;
			tag->element = take_name(text, at);
			tag->from = *at;
			*at += hr_str_find(hr_str_slice(text, *at, text.len), HR_STR(">"));
			tag->to = *at;
			return true;
		} else {
			(*at)++;
		}
	}
	return false;
}

/* The next attribute of a tag behind `at`: where its value stands. */
static bool next_attribute(hr_str text, const struct tag *tag, size_t *at, hr_str *name,
			   struct tag *value)
{
	while (*at < tag->to && !is_name(text.data[*at]))
		(*at)++;
	*name = take_name(text, at);
	*at += 2; /* =" */
	if (name->len == 0 || *at > tag->to)
		return false;
	value->from = *at;
	*at += hr_str_find(hr_str_slice(text, *at, tag->to), HR_STR("\"")) + 1;
	value->to = *at - 1;
	return true;
}

static bool is_word(const char *word, hr_str text)
{
	return !word || hr_str_equal(hr_str_of(word), text);
}

#define IS_ONE_OF(rows, element, attribute)                                                        \
	is_one_of((rows), sizeof(rows) / sizeof((rows)[0]), (element), (attribute))

static bool is_one_of(const struct unheld *rows, size_t count, hr_str element, hr_str attribute)
{
	for (size_t i = 0; i < count; i++)
		if (is_word(rows[i].element, element) && is_word(rows[i].attribute, attribute))
			return true;
	return false;
}

static bool is_same(const struct value *value)
{
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (is_word(same[i].attribute, value->attribute) &&
		    is_word(same[i].value, value->value))
			return true;
	return false;
}

static void learn_value(struct values *values, struct value value)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct value *row = &values->rows[i];

		if (hr_str_equal(row->element, value.element) &&
		    hr_str_equal(row->attribute, value.attribute) &&
		    hr_str_equal(row->value, value.value))
			return;
	}
	CU_ASSERT_TRUE_FATAL(values->count < VALUES_MAX);
	values->rows[values->count++] = value;
}

static void learn(struct values *values, const hr_fileset *files)
{
	for (size_t i = 0; i < files->count; i++) {
		hr_str text = files->files[i].bytes;
		struct tag tag;
		size_t at = 0;

		while (next_tag(text, &at, &tag)) {
			size_t within = tag.from;
			struct tag value;
			hr_str name;

			while (next_attribute(text, &tag, &within, &name, &value))
				if (!IS_ONE_OF(unheld, tag.element, name))
					learn_value(values,
						    (struct value){
							    .element = tag.element,
							    .attribute = name,
							    .value = hr_str_slice(text, value.from,
										  value.to),
						    });
		}
	}
}

/* Is every word of it in the other, too? "none other" and "other none" are one set. */
static bool is_turned(hr_str value, hr_str other)
{
	size_t len = value.len;
	hr_str word;

	while ((word = hr_str_next_word(&value)).len)
		if (hr_str_find(other, word) == other.len)
			return false;
	return len == other.len;
}

/* The catalogue with that value in that tag; NULL when it is none, or is the same. */
static hr_catalog *build_with(const hr_fileset *files, size_t file, const struct tag *tag,
			      const struct value *row)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	hr_file *copy = hr_arena_copy(arena, files->files, files->count * sizeof(*copy));
	hr_str text = files->files[file].bytes;
	struct tag place = { 0 };
	hr_catalog *catalog = NULL;
	size_t at = tag->from;
	bool found = false;
	hr_error err;
	hr_str name;
	hr_buf buf;

	while (!found && next_attribute(text, tag, &at, &name, &place))
		found = hr_str_equal(name, row->attribute);
	if (found ? is_turned(hr_str_slice(text, place.from, place.to), row->value) : is_same(row))
		return NULL;
	if (!found)
		place = (struct tag){ .from = tag->from, .to = tag->from };
	hr_buf_init(&buf, arena, 1 << 20);
	hr_buf_add(&buf, hr_str_slice(text, 0, place.from));
	hr_buf_addf(&buf, found ? "%.*s%.*s" : " %.*s=\"%.*s\"",
		    HR_STR_ARG(found ? HR_STR_NONE : row->attribute), HR_STR_ARG(row->value));
	hr_buf_add(&buf, hr_str_slice(text, place.to, text.len));
	copy[file].bytes = hr_buf_str(&buf);
	if (!hr_catalog_build(&(hr_fileset){ copy, files->count }, NULL, HR_STR("test"),
			      (hr_instant){ 0 }, &catalog, &err))
		return NULL;
	return catalog;
}

static size_t count_changes(const hr_catalog *before, const hr_catalog *after)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	const hr_change *changes;
	size_t count = 0;
	hr_error err;

	HR_ASSERT_OK(hr_catalog_diff(before, after, arena, &changes, &count, &err), err);
	return count;
}

struct run {
	hr_fileset files;
	hr_catalog *before;
	struct values values;
	size_t built;
	size_t unsaid;
};

static void try_value(struct run *run, size_t file, const struct tag *tag, struct value *row)
{
	hr_catalog *after = build_with(&run->files, file, tag, row);

	if (!after)
		return;
	row->tried = true;
	run->built++;
	if (count_changes(run->before, after) == 0) {
		run->unsaid++;
		fprintf(stderr, "unsaid: <%.*s %.*s=\"%.*s\"> in %.*s\n", HR_STR_ARG(row->element),
			HR_STR_ARG(row->attribute), HR_STR_ARG(row->value),
			HR_STR_ARG(run->files.files[file].name));
	}
	hr_catalog_unref(after);
}

static void try_tag(struct run *run, size_t file, const struct tag *tag)
{
	for (size_t i = 0; i < run->values.count; i++)
		if (hr_str_equal(run->values.rows[i].element, tag->element))
			try_value(run, file, tag, &run->values.rows[i]);
}

static struct run start(hr_arena *arena)
{
	struct run run = {
		.files = fixture_files(arena, TEMPLATE, NULL, NULL),
		.values = { HR_NEW_N(arena, struct value, VALUES_MAX), 0 },
	};
	hr_error err;

	learn(&run.values, &run.files);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		hr_fileset other = fixture_files(arena, others[i], NULL, NULL);

		learn(&run.values, &other);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		learn_value(&run.values, (struct value){ hr_str_of(more[i].element),
							 hr_str_of(more[i].attribute),
							 hr_str_of(more[i].value), false });
	HR_ASSERT_OK(hr_catalog_build(&run.files, NULL, HR_STR("test"), (hr_instant){ 0 },
				      &run.before, &err),
		     err);
	return run;
}

/* A value of this attribute made a catalogue, or it is one of those that cannot. */
static void assert_tried(const struct values *values, const struct value *value)
{
	if (IS_ONE_OF(untried, value->element, value->attribute))
		return;
	for (size_t i = 0; i < values->count; i++)
		if (values->rows[i].tried &&
		    hr_str_equal(values->rows[i].element, value->element) &&
		    hr_str_equal(values->rows[i].attribute, value->attribute))
			return;
	CU_FAIL("an attribute has one value only: another one is wanted in `more`");
	fprintf(stderr, "untried: <%.*s %.*s>\n", HR_STR_ARG(value->element),
		HR_STR_ARG(value->attribute));
}

static void test_diff__no_attribute_of_the_template__changes_unsaid(void)
{
	HR_AUTO(hr_arena) arena = hr_test_arena();
	struct run run = start(arena);

	for (size_t i = 0; i < run.files.count; i++) {
		struct tag tag;
		size_t at = 0;

		while (next_tag(run.files.files[i].bytes, &at, &tag))
			try_tag(&run, i, &tag);
	}
	CU_ASSERT_EQUAL(run.unsaid, 0);
	CU_ASSERT_TRUE(run.built > 1000);
	for (size_t i = 0; i < run.values.count; i++)
		assert_tried(&run.values, &run.values.rows[i]);
	hr_catalog_unref(run.before);
}

static const hr_test tests[] = {
	HR_TEST(test_diff__no_attribute_of_the_template__changes_unsaid),
};
HR_TEST_MAIN("diff_unsaid", tests)
