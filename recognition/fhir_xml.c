/*
 * An element becomes a member; elements of one name that follow each other
 * become one array, and so does an element alone that FHIR lets repeat. Which
 * those are only a table can tell: without it the places of XML would not be
 * those of JSON. What no reader looks into need not be in it.
 */
#include "recognition/fhir_xml.h"

enum { MEMBERS_MAX = 256 };

struct node {
	hr_json json; /* first: a node is found by its hr_json */
	const hr_xml *element;
};

struct maker {
	hr_arena *arena;
	hr_error *err;
};

/* An array or object, and where its next child is to be linked. */
struct parent {
	hr_json *json;
	const hr_json **tail;
};

/* An object has no text of its own: that of our tops begins here. */
static const char brand[] = "";

const hr_xml *hr_fhir_element(const hr_json *node)
{
	const hr_json *top = node;

	while (top->parent)
		top = top->parent;
	return top->text.data == brand ? ((const struct node *)node)->element : NULL;
}

/* --- what FHIR says of a name --- */

/* Cardinality 0..* or 1..*. Source: FHIR R4, the definitions of the types that are read. */
static const struct {
	hr_str in; /* the resource, or the element around it; empty: any */
	hr_str name;
} lists[] = {
	{ HR_STR_INIT(""), HR_STR_INIT("coding") },
	{ HR_STR_INIT(""), HR_STR_INIT("contained") },
	{ HR_STR_INIT(""), HR_STR_INIT("extension") },
	{ HR_STR_INIT(""), HR_STR_INIT("modifierExtension") },
	{ HR_STR_INIT("Bundle"), HR_STR_INIT("entry") },
	{ HR_STR_INIT("Bundle"), HR_STR_INIT("link") },
	{ HR_STR_INIT("Composition"), HR_STR_INIT("category") },
	{ HR_STR_INIT("Composition"), HR_STR_INIT("relatesTo") },
	{ HR_STR_INIT("Composition"), HR_STR_INIT("section") },
	{ HR_STR_INIT("Device"), HR_STR_INIT("deviceName") },
	{ HR_STR_INIT("Device"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("Device"), HR_STR_INIT("name") }, /* R5 */
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("category") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("conclusionCode") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("imagingStudy") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("performer") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("result") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("specimen") },
	{ HR_STR_INIT("DiagnosticReport"), HR_STR_INIT("study") }, /* R5 */
	{ HR_STR_INIT("DocumentReference"), HR_STR_INIT("content") },
	{ HR_STR_INIT("DocumentReference"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("ImagingStudy"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("ImagingStudy"), HR_STR_INIT("modality") },
	{ HR_STR_INIT("ImagingStudy"), HR_STR_INIT("procedure") }, /* R5 */
	{ HR_STR_INIT("ImagingStudy"), HR_STR_INIT("procedureCode") },
	{ HR_STR_INIT("ImagingStudy"), HR_STR_INIT("series") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("category") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("component") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("hasMember") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("interpretation") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("performer") },
	{ HR_STR_INIT("Observation"), HR_STR_INIT("referenceRange") },
	{ HR_STR_INIT("Organization"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("Organization"), HR_STR_INIT("type") },
	{ HR_STR_INIT("Patient"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("Patient"), HR_STR_INIT("name") },
	{ HR_STR_INIT("Specimen"), HR_STR_INIT("identifier") },
	{ HR_STR_INIT("component"), HR_STR_INIT("interpretation") },
	{ HR_STR_INIT("component"), HR_STR_INIT("referenceRange") },
	{ HR_STR_INIT("name"), HR_STR_INIT("given") },
	{ HR_STR_INIT("series"), HR_STR_INIT("performer") },
};

static bool is_list(hr_str in, hr_str name)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (hr_str_equal(lists[i].name, name) &&
		    (lists[i].in.len == 0 || hr_str_equal(lists[i].in, in)))
			return true;
	return false;
}

/* Primitive types wherever they are read, whose presence alone would say something. */
static const hr_str primitives[] = {
	HR_STR_INIT("birthDate"),    HR_STR_INIT("collectedDateTime"),
	HR_STR_INIT("conclusion"),   HR_STR_INIT("date"),
	HR_STR_INIT("description"),  HR_STR_INIT("effectiveDateTime"),
	HR_STR_INIT("end"),	     HR_STR_INIT("effectiveInstant"),
	HR_STR_INIT("gender"),	     HR_STR_INIT("issued"),
	HR_STR_INIT("receivedTime"), HR_STR_INIT("start"),
	HR_STR_INIT("started"),	     HR_STR_INIT("status"),
	HR_STR_INIT("title"),	     HR_STR_INIT("unit"),
	HR_STR_INIT("valueBoolean"), HR_STR_INIT("valueDateTime"),
	HR_STR_INIT("valueDecimal"), HR_STR_INIT("valueInteger"),
	HR_STR_INIT("valueString"),  HR_STR_INIT("valueTime"),
};

/* A primitive that has no value, only a word on why (data-absent-reason): absent in JSON. */
static bool is_void(const hr_xml *element)
{
	for (const hr_xml *child = element->first; child; child = child->next)
		if (!hr_xml_is(child, HR_STR("extension")))
			return false;
	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++)
		if (hr_str_equal(primitives[i], element->name))
			return true;
	return false;
}

/* Types of resource are written with a capital, elements are not. */
static bool is_resource(const hr_xml *element)
{
	return element && element->name.data[0] >= 'A' && element->name.data[0] <= 'Z';
}

static bool is_narrative(const hr_xml *element)
{
	return hr_str_equal(element->ns, HR_STR("http://www.w3.org/1999/xhtml"));
}

static const hr_xml_attr *find_attr(const hr_xml *element, hr_str name)
{
	for (uint32_t i = 0; i < element->attr_count; i++)
		if (!element->attrs[i].prefixed && hr_str_equal(element->attrs[i].name, name))
			return &element->attrs[i];
	return NULL;
}

/* --- the tree --- */

static bool refuse(struct maker *m, hr_error_code code, const hr_xml *at, const char *why)
{
	return hr_fail_at(m->err, code, hr_xml_line(at), hr_xml_column(at), "fhir: %s", why);
}

static struct parent parent_of(struct node *node)
{
	return (struct parent){ &node->json, &node->json.first };
}

static struct node *add(struct maker *m, struct parent *to, hr_json_kind kind, hr_str name,
			const hr_xml *element)
{
	struct node *node = HR_NEW(m->arena, struct node);

	if (!node) {
		hr_fail_memory(m->err);
		return NULL;
	}
	node->element = element;
	node->json.kind = kind;
	node->json.name = name;
	node->json.parent = to->json;
	node->json.index = to->json->count++;
	*to->tail = &node->json;
	to->tail = &node->json.next;
	return node;
}

static bool add_text(struct maker *m, struct parent *to, hr_str name, hr_str text,
		     const hr_xml *element)
{
	struct node *node = add(m, to, HR_JSON_STRING, name, element);

	if (node)
		node->json.text = text;
	return node;
}

static bool fill(struct maker *m, struct node *object, const hr_xml *element, int depth);

/* One element: a primitive's value, a resource in its wrapper, or an object. */
static bool add_value(struct maker *m, struct parent *to, hr_str name, const hr_xml *element,
		      int depth)
{
	const hr_xml_attr *value = find_attr(element, HR_STR("value"));
	const hr_xml *inner = is_resource(element->first) ? element->first : element;
	struct node *object;

	if (value) {
		if (element->first && !hr_xml_is(element->first, HR_STR("extension")))
			return refuse(m, HR_E_SYNTAX, element,
				      "an element has both a value and elements in it");
		return add_text(m, to, name, value->value, element);
	}
	if (inner != element && inner->next)
		return refuse(m, HR_E_SYNTAX, inner->next,
			      "a second resource stands where there can be one");
	object = add(m, to, is_void(element) ? HR_JSON_NULL : HR_JSON_OBJECT, name, element);
	if (!object || object->json.kind == HR_JSON_NULL)
		return object;
	return fill(m, object, inner, depth + 1);
}

/* What JSON refuses as a name twice in one object; and what no list may do here. */
static bool check_name(struct maker *m, const struct parent *object, const hr_xml *element)
{
	if (!hr_str_equal(element->ns, HR_FHIR_NAMESPACE))
		return refuse(m, HR_E_SYNTAX, element,
			      "an element is not in the namespace http://hl7.org/fhir");
	if (object->json->count >= MEMBERS_MAX)
		return refuse(m, HR_E_LIMIT, element, "over 256 members stand in one element");
	for (const hr_json *member = object->json->first; member; member = member->next)
		if (hr_str_equal(member->name, element->name))
			return refuse(m, HR_E_SYNTAX, element,
				      "elements of one name stand apart from each other");
	return true;
}

/* The elements of one name from `*next` on, which is moved past them. */
static bool add_member(struct maker *m, struct parent *object, const hr_xml **next, int depth)
{
	const hr_xml *element = *next;
	const hr_xml *end = element->next;
	const hr_str name = element->name;
	struct parent to;
	struct node *list;

	while (end && hr_str_equal(end->name, name) && hr_str_equal(end->ns, element->ns))
		end = end->next;
	*next = end;
	if (!check_name(m, object, element))
		return false;
	if (end == element->next && !is_list(element->parent->name, name))
		return add_value(m, object, name, element, depth);
	list = add(m, object, HR_JSON_ARRAY, name, element);
	if (!list)
		return false;
	if (depth == HR_JSON_DEPTH_MAX)
		return refuse(m, HR_E_LIMIT, element, "elements are too deep in each other");
	to = parent_of(list);
	for (; element != end; element = element->next)
		if (!add_value(m, &to, HR_STR_NONE, element, depth + 1))
			return false;
	return true;
}

/* A resource's type, or the two attributes that JSON writes as members. */
static bool add_attributes(struct maker *m, struct parent *object, const hr_xml *element)
{
	static const hr_str names[] = { HR_STR_INIT("id"), HR_STR_INIT("url") };

	if (is_resource(element))
		return add_text(m, object, HR_STR("resourceType"), element->name, element);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const hr_xml_attr *attr = find_attr(element, names[i]);

		if (attr && !add_text(m, object, names[i], attr->value, element))
			return false;
	}
	return true;
}

static bool fill(struct maker *m, struct node *object, const hr_xml *element, int depth)
{
	struct parent to = parent_of(object);
	const hr_xml *next = element->first;

	if (depth > HR_JSON_DEPTH_MAX)
		return refuse(m, HR_E_LIMIT, element, "elements are too deep in each other");
	if (!add_attributes(m, &to, element))
		return false;
	while (next) {
		if (is_narrative(next))
			next = next->next;
		else if (!add_member(m, &to, &next, depth))
			return false;
	}
	return true;
}

bool hr_fhir_from_xml(const hr_xml *root, hr_arena *arena, const hr_json **out, hr_error *err)
{
	struct maker m = { arena, err };
	struct node *top = HR_NEW(arena, struct node);

	if (!top)
		return hr_fail_memory(err);
	if (!is_resource(root) || !hr_str_equal(root->ns, HR_FHIR_NAMESPACE))
		return refuse(&m, HR_E_SYNTAX, root, "the root element is no resource");
	top->element = root;
	top->json.kind = HR_JSON_OBJECT;
	top->json.text = (hr_str){ brand, 0 };
	if (!fill(&m, top, root, 1))
		return false;
	*out = &top->json;
	return true;
}
