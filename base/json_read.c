/*
 * The grammar of JSON over the offsets that json_index.h finds, one step of a
 * loop for a value, without recursion. The tree borrows from one copy of the
 * document: most strings and all numbers are slices of it as they stand, and
 * escapes are undone in place, because they only shrink.
 *
 * The copy ends in a NUL, where the offsets end too: no rule wants a NUL, so
 * nothing here has to ask whether the input is over.
 */
#include "base/json_index.h"
#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"

enum { NODES_MAX = 4096, FEW_MEMBERS = 32 };

/* An array or object that is still open, and where its next child is to be linked. */
struct level {
	hr_json *node;
	const hr_json **tail;
};

struct reader {
	hr_str input;	    /* as the caller gave it, for line and column */
	char *text;	    /* the copy */
	size_t len;	    /* of what is read of it */
	char *backslash;    /* the next one at or after what has been read; at the end when none */
	const uint32_t *at; /* the offset that is next */
	const uint32_t *end;
	hr_json *nodes; /* taken from the arena in bulk, not yet used */
	size_t nodes_left;
	size_t depth;
	struct level levels[HR_JSON_DEPTH_MAX];
	bool indexed; /* stage 1 has passed */
	size_t fault; /* offset, once the grammar has failed */
	hr_arena *arena;
	hr_error *err;
};

/* Always false. The place is worked out only now: counting lines costs as much as reading. */
static bool fail(struct reader *r, hr_error_code code, size_t offset, const char *why)
{
	uint32_t line;
	uint32_t column;

	hr_text_place(r->input, offset, &line, &column);
	r->fault = offset;
	return hr_fail_at(r->err, code, line, column, "json: %s", why);
}

/* What stands at the next offset is not what the grammar wants there. */
static bool fail_next(struct reader *r, const char *why)
{
	if (r->at == r->end)
		why = "the input ends too early";
	return fail(r, HR_E_SYNTAX, *r->at, why);
}

static char next(const struct reader *r)
{
	return r->text[*r->at];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The string or scalar at the next offset, without the blanks behind it. */
static hr_str token(const struct reader *r)
{
	const char *from = r->text + r->at[0];
	const char *to = r->text + r->at[1];

	while (is_blank(to[-1]))
		to--;
	return (hr_str){ from, (size_t)(to - from) };
}

static const char *skip_digits(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/* RFC 8259 section 6. What follows a token is never a digit, so the end need not be looked for. */
static bool is_number(hr_str s)
{
	const char *at = s.data + (*s.data == '-');
	const char *digits = at;

	at = skip_digits(at);
	if (at == digits || (*digits == '0' && at > digits + 1))
		return false;
	if (*at == '.') {
		digits = ++at;
		at = skip_digits(at);
		if (at == digits)
			return false;
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		digits = at += *at == '+' || *at == '-';
		at = skip_digits(at);
		if (at == digits)
			return false;
	}
	return at == s.data + s.len;
}

static bool read_number(struct reader *r, hr_json *node)
{
	node->kind = HR_JSON_NUMBER;
	node->text = token(r);
	if (!is_number(node->text))
		return fail_next(r, "a number is malformed");
	r->at++;
	return true;
}

static bool read_word(struct reader *r, hr_json *node, hr_str word, hr_json_kind kind)
{
	node->kind = kind;
	if (!hr_str_equal(token(r), word))
		return fail_next(r, "a value is none of the kinds that JSON has");
	r->at++;
	return true;
}

/* Four hexadecimal digits at `at`; -1 when there are not. */
static int32_t read_hex4(const char *at, const char *end)
{
	int32_t n = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];

		if (c >= '0' && c <= '9')
			n = n * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			n = n * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return n;
}

/* The character of \uXXXX or of a pair of them at `*at`, and past it; 0 when it is not to be had:
 * a NUL and half a pair are refused with the malformed ones. */
static int32_t read_unicode_escape(const char **at, const char *end)
{
	int32_t c = read_hex4(*at + 2, end);
	int32_t low;

	*at += 6;
	if (c < 0xd800 || c > 0xdfff)
		return c > 0 ? c : 0;
	if (c > 0xdbff || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
		return 0;
	low = read_hex4(*at + 2, end);
	*at += 6;
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static const unsigned char plain_escapes[256] = {
	['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
	['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The escape at `*at` to `*out`, and both moved on. False when there is no such escape. */
static bool undo_escape(const char **at, const char *end, char **out)
{
	int32_t c;

	if ((*at)[1] == 'u') {
		c = read_unicode_escape(at, end);
	} else {
		c = plain_escapes[(unsigned char)(*at)[1]];
		*at += 2;
	}
	if (c == 0)
		return false;
	*out += hr_utf8_write((uint32_t)c, *out);
	return true;
}

static void find_backslash(struct reader *r, char *from)
{
	char *end = r->text + r->len;
	char *found = memchr(from, '\\', (size_t)(end - from));

	r->backslash = found ? found : end;
}

/* All escapes from the next backslash to `end`, in place. NULL after a failure. */
static char *undo_escapes(struct reader *r, char *end)
{
	char *out = r->backslash;

	while (r->backslash < end) {
		const char *at = r->backslash;
		size_t run;

		if (!undo_escape(&at, end, &out)) {
			fail(r, HR_E_SYNTAX, (size_t)(r->backslash - r->text),
			     "an escape is malformed, U+0000, or half of a surrogate pair");
			return NULL;
		}
		find_backslash(r, r->text + (at - r->text));
		run = (size_t)((r->backslash < end ? r->backslash : end) - at);
		memmove(out, at, run);
		out += run;
	}
	return out;
}

/* Stage 1 answers for the closing quote, for UTF-8 and for control characters. */
static bool read_string(struct reader *r, hr_str *out)
{
	hr_str quoted = token(r);
	char *from = r->text + *r->at + 1;
	char *end = from + quoted.len - 2;

	if (quoted.len < 2 || *end != '"')
		return fail_next(r, "a string has no end");
	if (r->backslash < end && !(end = undo_escapes(r, end)))
		return false;
	*out = (hr_str){ from, (size_t)(end - from) };
	r->at++;
	return true;
}

static bool read_name(struct reader *r, hr_str *out)
{
	if (next(r) != '"')
		return fail_next(r, "the name of a member is expected");
	if (!read_string(r, out))
		return false;
	if (next(r) != ':')
		return fail_next(r, "a colon is expected after the name of a member");
	r->at++;
	return true;
}

/*
 * A member takes four offsets, an element two: a quarter of those left, again
 * and again, is seldom too much and needs few calls. Bounded, so that a small
 * fault in a large input does not cost the memory of the whole.
 */
static bool take_nodes(struct reader *r)
{
	size_t count = (size_t)(r->end - r->at) / 4 + 16;

	if (count > NODES_MAX)
		count = NODES_MAX;
	r->nodes = HR_NEW_N(r->arena, hr_json, count);
	r->nodes_left = count;
	return r->nodes || hr_fail_memory(r->err);
}

static hr_json *add_node(struct reader *r, hr_str name)
{
	hr_json *node;

	if (r->nodes_left == 0 && !take_nodes(r))
		return NULL;
	r->nodes_left--;
	node = r->nodes++;
	node->name = name;
	node->offset = *r->at;
	if (r->depth) {
		struct level *level = &r->levels[r->depth - 1];

		node->parent = level->node;
		node->index = level->node->count++;
		*level->tail = node;
		level->tail = &node->next;
	}
	return node;
}

static bool open_level(struct reader *r, hr_json *node, hr_json_kind kind)
{
	if (r->depth == HR_JSON_DEPTH_MAX)
		return fail(r, HR_E_LIMIT, *r->at, "arrays and objects are over 64 deep");
	node->kind = kind;
	r->levels[r->depth++] = (struct level){ node, &node->first };
	r->at++;
	return true;
}

/* A scalar whole; of an array or object, the bracket that opens it. */
static bool read_value(struct reader *r, hr_str name)
{
	hr_json *node = add_node(r, name);

	if (!node)
		return false;
	switch (next(r)) {
	case '{':
		return open_level(r, node, HR_JSON_OBJECT);
	case '[':
		return open_level(r, node, HR_JSON_ARRAY);
	case '"':
		node->kind = HR_JSON_STRING;
		return read_string(r, &node->text);
	case 't':
		return read_word(r, node, HR_STR("true"), HR_JSON_TRUE);
	case 'f':
		return read_word(r, node, HR_STR("false"), HR_JSON_FALSE);
	case 'n':
		return read_word(r, node, HR_STR("null"), HR_JSON_NULL);
	case '-':
	case '0' ... '9':
		return read_number(r, node);
	default:
		return fail_next(r, "a value is expected");
	}
}

static bool fail_twice(struct reader *r, const hr_json *node)
{
	return fail(r, HR_E_SYNTAX, node->offset, "a name stands twice in one object");
}

static bool check_few_names(struct reader *r, const hr_json *object)
{
	for (const hr_json *a = object->first; a; a = a->next)
		for (const hr_json *b = object->first; b != a; b = b->next)
			if (hr_str_equal(a->name, b->name))
				return fail_twice(r, a);
	return true;
}

/* Linear, also for a million names that somebody chose. */
static bool check_many_names(struct reader *r, const hr_json *object)
{
	hr_map seen;
	uint32_t other;

	if (!hr_map_init(&seen, r->arena, object->count, r->err))
		return false;
	for (const hr_json *node = object->first; node; node = node->next) {
		if (hr_map_find(&seen, node->name, &other))
			return fail_twice(r, node);
		if (!hr_map_put(&seen, node->name, node->index, r->err))
			return false;
	}
	return true;
}

static bool close_level(struct reader *r)
{
	const hr_json *node = r->levels[--r->depth].node;

	r->at++;
	if (node->kind != HR_JSON_OBJECT)
		return true;
	return node->count <= FEW_MEMBERS ? check_few_names(r, node) : check_many_names(r, node);
}

/* Up to where the next value begins, or to the end of the document at depth 0. */
static bool read_between(struct reader *r, hr_str *name)
{
	while (r->depth) {
		const hr_json *node = r->levels[r->depth - 1].node;
		bool in_object = node->kind == HR_JSON_OBJECT;

		*name = HR_STR_NONE;
		if (next(r) == (in_object ? '}' : ']')) {
			if (!close_level(r))
				return false;
			continue;
		}
		if (node->count > 0) {
			if (next(r) != ',')
				return fail_next(r, "a comma or the end of the array or object "
						    "is expected");
			r->at++;
		}
		return !in_object || read_name(r, name);
	}
	return true;
}

/* The first node that is made is the root. */
static bool read_tree(struct reader *r, const hr_json **root)
{
	hr_str name = HR_STR_NONE;

	if (!take_nodes(r))
		return false;
	*root = r->nodes;
	do {
		if (!read_value(r, name) || !read_between(r, &name))
			return false;
	} while (r->depth);
	if (r->at != r->end)
		return fail_next(r, "bytes stand after the value");
	return true;
}

/* Stage 1 over the first `len` bytes of the copy, then the tree. */
static bool read_bytes(struct reader *r, size_t len, hr_json_parser *parser, const hr_json **root)
{
	hr_json_index index;

	r->text[len] = '\0';
	r->len = len;
	if (!hr_json_index_text(parser, (hr_str){ r->text, len }, &index, r->err))
		return false;
	r->at = index.offsets;
	r->end = index.offsets + index.count;
	find_backslash(r, r->text);
	r->indexed = true;
	return read_tree(r, root);
}

/* The quote that begins the first string with a control character or without its end, and the
 * offset of that character; both are the end when there is no such string. */
static size_t find_bad_string(hr_str s, size_t *quote)
{
	bool inside = false;

	*quote = s.len;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (inside && (unsigned char)c < 0x20)
			return i;
		if (c == '\\' && i + 1 < s.len && (unsigned char)s.data[i + 1] >= 0x20) {
			i++;
		} else if (c == '"') {
			inside = !inside;
			*quote = inside ? i : s.len;
		}
	}
	return s.len;
}

/*
 * Stage 1 has refused the document, but does not say where. Bytes that are not
 * UTF-8 come first; then what stands before the bad string is read, because a
 * quote that is missed there moves all later ones.
 */
static bool explain(struct reader *r, hr_json_parser *parser)
{
	size_t good = hr_utf8_prefix(r->input);
	const hr_json *root;
	size_t quote;
	size_t fault;

	if (good < r->input.len)
		return fail(r, HR_E_ENCODING, good, "the bytes are not UTF-8");
	fault = find_bad_string(r->input, &quote);
	if (!read_bytes(r, quote, parser, &root) &&
	    (r->err->code != HR_E_SYNTAX || (r->indexed && r->fault < quote)))
		return false;
	if (fault == r->input.len)
		return fail(r, HR_E_SYNTAX, quote, "a string has no end");
	return fail(r, HR_E_SYNTAX, fault, "a control character stands in a string");
}

bool hr_json_read(hr_json_parser *parser, hr_str bytes, hr_arena *arena, const hr_json **out,
		  hr_error *err)
{
	struct reader r = { .input = bytes, .arena = arena, .err = err };
	const hr_json *root;

	if (bytes.len > HR_JSON_DOCUMENT_MAX)
		return hr_fail(err, HR_E_LIMIT, "json: the document is over 32 MiB");
	r.text = hr_arena_alloc_text(arena, bytes.len + 1);
	if (!r.text)
		return hr_fail_memory(err);
	if (bytes.len)
		memcpy(r.text, bytes.data, bytes.len);
	/* RFC 8259 section 8.1 lets a reader pass over a byte order mark. Blanks keep the offsets.
	 */
	if (hr_str_starts_with(bytes, HR_STR("\xef\xbb\xbf")))
		memset(r.text, ' ', 3);
	if (!read_bytes(&r, bytes.len, parser, &root))
		return !r.indexed && err->code == HR_E_SYNTAX ? explain(&r, parser) : false;
	*out = root;
	return true;
}
