/*
 * The resources of an input, and what a reference in one of them means:
 * another entry by its fullUrl, by "Type/id", or a resource that the referring
 * one contains ("#id"). Source: FHIR R4 bundle.html#references.
 *
 * Two servers may both know a Patient/1. A relative reference means the one of
 * the same server; where that cannot be told, it is not resolved.
 */
#include "recognition/fhir_parts.h"

enum { FEW_CONTAINED = 8, FEW_ENTRIES = 64, NAMESAKES_MAX = 8 };

static const hr_str type_words[HR_FHIR_TYPE_COUNT] = {
#define X(name, word) [HR_FHIR_##name] = HR_STR_INIT(word),
	HR_FHIR_TYPES(X)
#undef X
};

hr_fhir_type hr_fhir_type_of(hr_str word)
{
	for (int type = HR_FHIR_OTHER + 1; type < HR_FHIR_TYPE_COUNT; type++)
		if (hr_str_equal(type_words[type], word))
			return (hr_fhir_type)type;
	return HR_FHIR_OTHER;
}

/* The two members that are wanted stand in front, so this seldom looks at a third. */
static void open_resource(const hr_json *node, hr_str url, hr_fhir_resource *out)
{
	const hr_json *member = node->first;

	*out = (hr_fhir_resource){ .node = node, .url = url };
	for (int i = 0; member && i < HR_FHIR_MEMBERS_MAX; i++, member = member->next) {
		if (hr_str_equal(member->name, HR_STR("resourceType")))
			out->word = hr_json_text(member);
		else if (hr_str_equal(member->name, HR_STR("id")))
			out->id = hr_json_text(member);
		if (out->word.len && out->id.len)
			break;
	}
	out->type = hr_fhir_type_of(out->word);
}

/* "http://host/fhir" of ".../Patient/1"; empty when a URL does not end in the type and an id. */
static void split_url(hr_fhir_resource *r)
{
	const char *slash = memrchr(r->url.data, '/', r->url.len);
	hr_str before;

	if (!slash || !hr_str_starts_with(r->url, HR_STR("http")))
		return;
	before = (hr_str){ r->url.data, (size_t)(slash - r->url.data) };
	if (before.len <= r->word.len || !hr_str_ends_with(before, r->word) ||
	    before.data[before.len - r->word.len - 1] != '/')
		return;
	if (r->id.len == 0)
		r->id = hr_str_slice(r->url, before.len + 1, r->url.len);
	r->base = (hr_str){ before.data, before.len - r->word.len - 1 };
}

static void note_type(hr_fhir *f, hr_fhir_resource *r)
{
	f->counts[r->type]++;
	if (!f->first[r->type])
		f->first[r->type] = r;
}

enum { ENTRY_URL, ENTRY_RESOURCE, ENTRY_FIELDS };

static const hr_str entry_names[ENTRY_FIELDS] = {
	[ENTRY_URL] = HR_STR_INIT("fullUrl"),
	[ENTRY_RESOURCE] = HR_STR_INIT("resource"),
};

static void open_entries(hr_fhir *f, const hr_json *entries)
{
	f->resources = HR_NEW_N(f->arena, hr_fhir_resource, entries->count);
	if (!f->resources)
		return;
	for (const hr_json *entry = entries->first; entry; entry = entry->next) {
		const hr_json *e[ENTRY_FIELDS] = { NULL };
		hr_fhir_resource *r = &f->resources[f->resource_count];

		hr_fhir_pick(entry, entry_names, ENTRY_FIELDS, e);
		if (!e[ENTRY_RESOURCE] || e[ENTRY_RESOURCE]->kind != HR_JSON_OBJECT)
			continue;
		open_resource(e[ENTRY_RESOURCE], hr_json_text(e[ENTRY_URL]), r);
		if (r->url.len)
			split_url(r);
		note_type(f, r);
		f->resource_count++;
	}
}

void hr_fhir_open(hr_fhir *f, const hr_json *root)
{
	f->resources = HR_NEW_N(f->arena, hr_fhir_resource, 1);
	if (!f->resources)
		return;
	open_resource(root, HR_STR_NONE, f->resources);
	if (f->resources->type == HR_FHIR_BUNDLE) {
		const hr_json *entries = hr_fhir_get(root, HR_STR("entry"));

		f->bundle = root;
		if (entries && entries->kind == HR_JSON_ARRAY)
			open_entries(f, entries);
	} else {
		f->resource_count = 1;
		note_type(f, f->resources);
	}
}

/* --- "#id" --- */

static hr_fhir_scope *open_scope(hr_fhir *f, hr_fhir_resource *container)
{
	const hr_json *contained = hr_fhir_get(container->node, HR_STR("contained"));
	hr_fhir_scope *scope = HR_NEW_N(f->arena, hr_fhir_scope, 1);

	if (!scope || !contained || contained->kind != HR_JSON_ARRAY)
		return scope;
	scope->list = HR_NEW_N(f->arena, hr_fhir_resource, contained->count);
	if (!scope->list)
		return NULL;
	for (const hr_json *node = contained->first; node; node = node->next) {
		hr_fhir_resource *r = &scope->list[scope->count++];

		open_resource(node, HR_STR_NONE, r);
		r->container = container;
		r->base = container->base;
	}
	return scope;
}

static bool hash_scope(hr_fhir *f, hr_fhir_scope *scope)
{
	if (!hr_map_init(&scope->ids, f->arena, scope->count, f->err)) {
		f->failed = true;
		return false;
	}
	for (uint32_t i = 0; i < scope->count; i++) {
		if (!hr_map_put(&scope->ids, scope->list[i].id, i, f->err)) {
			f->failed = true;
			return false;
		}
	}
	scope->hashed = true;
	return true;
}

static hr_fhir_resource *find_contained(hr_fhir *f, hr_fhir_resource *from, hr_str id)
{
	hr_fhir_resource *container = from->container ? from->container : from;
	hr_fhir_scope *scope = container->contained;
	uint32_t i;

	if (id.len == 0)
		return container;
	if (!scope)
		scope = container->contained = open_scope(f, container);
	if (!scope)
		return NULL;
	if (scope->count <= FEW_CONTAINED) {
		for (i = 0; i < scope->count; i++)
			if (hr_str_equal(scope->list[i].id, id))
				return &scope->list[i];
		return NULL;
	}
	if (!scope->hashed && !hash_scope(f, scope))
		return NULL;
	return hr_map_find(&scope->ids, id, &i) ? &scope->list[i] : NULL;
}

/* --- entries --- */

static bool is_absolute(hr_str reference)
{
	return hr_str_starts_with(reference, HR_STR("urn:")) ||
	       hr_str_starts_with(reference, HR_STR("http://")) ||
	       hr_str_starts_with(reference, HR_STR("https://"));
}

/* Names made by a machine differ at their end, if at all: a look there saves most comparisons. */
static bool same_url(hr_str a, hr_str b)
{
	return a.len == b.len && a.len >= 4 &&
	       memcmp(a.data + a.len - 4, b.data + a.len - 4, 4) == 0 && hr_str_equal(a, b);
}

/* "Patient/1" */
static bool is_called(const hr_fhir_resource *r, hr_str name)
{
	return name.len == r->word.len + 1 + r->id.len && hr_str_starts_with(name, r->word) &&
	       name.data[r->word.len] == '/' && hr_str_ends_with(name, r->id);
}

/* The same: out of the URL where it ends so, else put together. */
static hr_str name_of(hr_fhir *f, const hr_fhir_resource *r)
{
	hr_str parts[] = { r->word, HR_STR("/"), r->id };

	if (r->base.len)
		return hr_str_slice(r->url, r->base.len + 1, r->url.len);
	return r->id.len ? hr_fhir_join(f, parts, 3) : HR_STR_NONE;
}

/* Of many entries; few are looked at one by one. */
static void index_entries(hr_fhir *f, hr_map *map, bool by_url)
{
	bool ok = hr_map_init(map, f->arena, f->resource_count, f->err);

	for (uint32_t i = 0; ok && i < f->resource_count; i++) {
		const hr_fhir_resource *r = &f->resources[i];
		hr_str key = by_url ? r->url : name_of(f, r);

		if (key.len)
			ok = hr_map_put(map, key, i, f->err);
	}
	f->failed = f->failed || !ok;
}

static hr_fhir_resource *find_url(hr_fhir *f, hr_str url)
{
	uint32_t i;

	if (f->resource_count <= FEW_ENTRIES) {
		for (i = 0; i < f->resource_count; i++)
			if (same_url(f->resources[i].url, url))
				return &f->resources[i];
		return NULL;
	}
	if (!f->urls.arena)
		index_entries(f, &f->urls, true);
	return !f->failed && hr_map_find(&f->urls, url, &i) ? &f->resources[i] : NULL;
}

struct namesakes {
	hr_str name;
	uint32_t at;
	hr_map_cursor cursor;
};

static bool next_namesake(hr_fhir *f, struct namesakes *n, uint32_t *out)
{
	if (f->resource_count > FEW_ENTRIES)
		return hr_map_next(&f->names, &n->cursor, out);
	while (n->at < f->resource_count) {
		*out = n->at++;
		if (is_called(&f->resources[*out], n->name))
			return true;
	}
	return false;
}

/* Of the same server; else the only one, when it does not say that it is of another. */
static hr_fhir_resource *find_name(hr_fhir *f, const hr_fhir_resource *from, hr_str name)
{
	struct namesakes namesakes = { .name = name };
	hr_fhir_resource *only = NULL;
	uint32_t count = 0;
	uint32_t i;

	if (f->resource_count > FEW_ENTRIES) {
		if (!f->names.arena)
			index_entries(f, &f->names, false);
		if (f->failed)
			return NULL;
		namesakes.cursor = hr_map_seek(&f->names, name);
	}
	while (count < NAMESAKES_MAX && next_namesake(f, &namesakes, &i)) {
		only = &f->resources[i];
		if (hr_str_equal(only->base, from->base))
			return only;
		count++;
	}
	if (count > 1)
		hr_fhir_deviate(f, HR_FHIR_REFERENCE_AMBIGUOUS, from->node);
	return count == 1 && (from->base.len == 0 || only->base.len == 0) ? only : NULL;
}

static bool is_meant(const hr_fhir_resource *r, hr_str base, hr_str reference)
{
	if (is_absolute(reference))
		return same_url(r->url, reference);
	return hr_str_equal(r->base, base) && is_called(r, reference);
}

/*
 * Nearly always a reference means what one before it meant (the patient, the
 * specimen), or the entry behind that (the results, one by one).
 */
static hr_fhir_resource *find_recent(hr_fhir *f, hr_str base, hr_str reference)
{
	for (int i = 0; i < HR_FHIR_RECENT; i++) {
		uint32_t at = f->recent[i];

		for (uint32_t k = at; k < at + 2 && k < f->resource_count; k++) {
			if (!is_meant(&f->resources[k], base, reference))
				continue;
			f->recent[i] = k;
			return &f->resources[k];
		}
	}
	return NULL;
}

static hr_fhir_resource *find_entry(hr_fhir *f, const hr_fhir_resource *from, hr_str reference)
{
	hr_fhir_resource *found = find_recent(f, from->base, reference);

	if (found)
		return found;
	found = is_absolute(reference) ? find_url(f, reference) : find_name(f, from, reference);
	if (found) {
		f->recent[f->oldest] = (uint32_t)(found - f->resources);
		f->oldest = (f->oldest + 1) % HR_FHIR_RECENT;
	}
	return found;
}

/* A version of a resource, which is asked for by "/_history/2", is the one that is there. */
hr_fhir_resource *hr_fhir_find(hr_fhir *f, hr_fhir_resource *from, hr_str reference)
{
	hr_fhir_resource *found;
	size_t history;

	if (!reference.len)
		return NULL;
	if (reference.data[0] == '#')
		return find_contained(f, from, hr_str_slice(reference, 1, reference.len));
	found = find_entry(f, from, reference);
	if (found || f->failed)
		return found;
	history = hr_str_find(reference, HR_STR("/_history/"));
	if (history == reference.len)
		return NULL;
	return find_entry(f, from, hr_str_slice(reference, 0, history));
}

/* --- Reference --- */

enum { REF_REFERENCE, REF_TYPE, REF_IDENTIFIER, REF_DISPLAY, REF_FIELDS };

static const hr_str reference_names[REF_FIELDS] = {
	[REF_REFERENCE] = HR_STR_INIT("reference"),
	[REF_TYPE] = HR_STR_INIT("type"),
	[REF_IDENTIFIER] = HR_STR_INIT("identifier"),
	[REF_DISPLAY] = HR_STR_INIT("display"),
};

/* The type that "http://host/fhir/Patient/1/_history/2" or "Patient?identifier=..." names. */
static hr_str type_in(hr_str reference)
{
	size_t query = hr_str_find(reference, HR_STR("?"));
	size_t history = hr_str_find(reference, HR_STR("/_history/"));
	const char *slash;

	if (hr_str_starts_with(reference, HR_STR("urn:")) || reference.data[0] == '#')
		return HR_STR_NONE;
	if (query < reference.len) {
		reference.len = query;
	} else {
		reference.len = history;
		slash = memrchr(reference.data, '/', reference.len);
		if (!slash)
			return HR_STR_NONE;
		reference.len = (size_t)(slash - reference.data);
	}
	slash = memrchr(reference.data, '/', reference.len);
	return slash ? hr_str_slice(reference, (size_t)(slash - reference.data) + 1, reference.len)
		     : reference;
}

/* A conditional reference of a transaction: "Patient?identifier=system|value". */
static hr_code searched_identifier(const hr_fhir_reference *reference)
{
	hr_str key = HR_STR("?identifier=");
	size_t at = hr_str_find(reference->text, key);
	hr_str token = hr_str_slice(reference->text, at + key.len, reference->text.len);
	size_t bar = hr_str_find(token, HR_STR("|"));

	if (at == reference->text.len)
		return (hr_code){ .code = HR_STR_NONE };
	return (hr_code){
		.system = bar < token.len ? hr_str_slice(token, 0, bar) : HR_STR_NONE,
		.code = bar < token.len ? hr_str_slice(token, bar + 1, token.len) : token,
		.place = hr_fhir_place(reference->node),
	};
}

hr_code hr_fhir_reference_identifier(const hr_fhir_reference *reference)
{
	if (reference->identifier)
		return hr_fhir_identifier(reference->identifier);
	return searched_identifier(reference);
}

void hr_fhir_follow(hr_fhir *f, hr_fhir_resource *from, const hr_json *node, hr_fhir_reference *out)
{
	const hr_json *r[REF_FIELDS] = { NULL };

	hr_fhir_pick(node, reference_names, REF_FIELDS, r);
	out->node = node;
	out->text = hr_fhir_text(r[REF_REFERENCE]);
	out->type = HR_STR_NONE;
	out->target = hr_fhir_find(f, from, out->text);
	out->identifier = r[REF_IDENTIFIER];
	out->display = r[REF_DISPLAY];
	if (out->target)
		out->type = out->target->word;
	else if (out->text.len)
		out->type = type_in(out->text);
	if (out->type.len == 0)
		out->type = hr_fhir_text(r[REF_TYPE]);
}

hr_fhir_resource *hr_fhir_target(hr_fhir *f, hr_fhir_resource *from, const hr_json *node)
{
	hr_fhir_reference reference;

	hr_fhir_follow(f, from, node, &reference);
	return reference.target;
}

void hr_fhir_note_unresolved(hr_fhir *f, const hr_fhir_reference *reference)
{
	if (reference->text.len && !reference->target)
		hr_fhir_deviate(f, HR_FHIR_REFERENCE_UNRESOLVED, reference->node);
}
