/*
 * Laid out: the mark, the bulk values, the sizes of the pieces, the pieces.
 * Between two pieces is the place of a base.
 */
#include "dicom/metadata.h"
#include "dicom/dicom_json_value.h"
#include "dicom/gzip_pieces.h"
#include "dicom/packed.h"

#include "base/json.h"

enum {
	MARK = 0x314D5248, /* "HRM1" */
	PATH_BYTES_MAX = 32 * (HR_DICOM_NESTING_MAX + 1),
	TAG_DIGITS = 8,
};

/* --- making --- */

static bool is_as_sent(const hr_raw_object *object, const hr_raw_element *e)
{
	return !object->scan.deflated && !(e->big && hr_dicom_vr_of(e->vr)->size > 1);
}

static void add_bulks(const hr_raw_object *object, const hr_dicom_json *json, hr_buf *out)
{
	hr_packed_add_u32(out, MARK);
	hr_packed_add_u32(out, (uint32_t)json->cut_count);
	for (size_t i = 0; i < json->cut_count; i++) {
		const hr_raw_element *e = json->cuts[i].element;
		bool in_file = is_as_sent(object, e);

		hr_packed_add_str(out, json->cuts[i].path);
		hr_packed_add_u32(out, in_file);
		hr_packed_add_u64(out, in_file ? (uint64_t)(e->value.data - object->file.data) : 0);
		hr_packed_add_u64(out, e->value.len);
	}
}

/* With its braces, which `text` has room for. */
static void cut_text(hr_str text, const hr_dicom_json *json, hr_str *pieces)
{
	size_t from = 0;

	for (size_t i = 0; i < json->cut_count; i++) {
		pieces[i] = hr_str_slice(text, from, json->cuts[i].at + 1);
		from = json->cuts[i].at + 1;
	}
	pieces[json->cut_count] = hr_str_slice(text, from, text.len);
}

static bool in_braces(hr_str members, hr_arena *arena, hr_str *out)
{
	char *text = hr_arena_alloc_text(arena, members.len + 2);

	if (!text)
		return false;
	text[0] = '{';
	if (members.len)
		memcpy(text + 1, members.data, members.len);
	text[members.len + 1] = '}';
	*out = (hr_str){ text, members.len + 2 };
	return true;
}

bool hr_metadata_make(const hr_raw_object *object, const hr_dicom_json *json, hr_arena *arena,
		      hr_str *out, hr_error *err)
{
	size_t count = json->cut_count + 1;
	hr_str *plain = HR_NEW_N(arena, hr_str, count);
	hr_gzip_piece *pieces = HR_NEW_N(arena, hr_gzip_piece, count);
	hr_str text;
	hr_buf buf;

	if (!plain || !pieces || !in_braces(json->text, arena, &text))
		return hr_fail_memory(err);
	cut_text(text, json, plain);
	if (!hr_gzip_deflate(plain, count, arena, pieces, err))
		return false;
	hr_buf_init(&buf, arena, SIZE_MAX);
	add_bulks(object, json, &buf);
	for (size_t i = 0; i < count; i++) {
		hr_packed_add_u32(&buf, pieces[i].plain_len);
		hr_packed_add_u32(&buf, pieces[i].crc);
		hr_packed_add_u32(&buf, (uint32_t)pieces[i].deflated.len);
	}
	for (size_t i = 0; i < count; i++)
		hr_buf_add(&buf, pieces[i].deflated);
	if (buf.failed)
		return hr_fail_memory(err);
	*out = hr_buf_str(&buf);
	return true;
}

/* --- reading --- */

static bool refuse(hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX, "dicom: the metadata are not as they were made");
}

/* In front of the bulk values; how many there are. */
static uint32_t read_mark(hr_packed *from)
{
	uint32_t mark = hr_packed_u32(from);
	uint32_t count = hr_packed_u32(from);

	from->failed |= mark != MARK || count > HR_DICOM_CUTS_MAX;
	return from->failed ? 0 : count;
}

static hr_str read_bulk(hr_packed *from, hr_bulk *out)
{
	hr_str path = hr_packed_str(from, PATH_BYTES_MAX);

	out->in_file = hr_packed_u32(from) == 1;
	out->offset = hr_packed_u64(from);
	out->length = hr_packed_u64(from);
	return path;
}

bool hr_metadata_bulk(hr_str metadata, hr_str path, hr_bulk *out, hr_error *err)
{
	hr_packed from = { .rest = metadata };
	uint32_t count = read_mark(&from);

	for (uint32_t i = 0; i < count && !from.failed; i++) {
		hr_bulk bulk;
		hr_str one = read_bulk(&from, &bulk);

		if (!from.failed && hr_str_equal(one, path)) {
			*out = bulk;
			return true;
		}
	}
	if (from.failed)
		return refuse(err);
	return hr_fail(err, HR_E_NOT_FOUND, "dicom: the object has no bulk value there");
}

/* The pieces one after the other: the sizes in `sizes`, the bytes in `bytes`. */
struct pieces {
	hr_packed sizes;
	hr_packed bytes;
	size_t count;
};

static bool find_pieces(hr_str metadata, struct pieces *out)
{
	enum { SIZES = 3 * sizeof(uint32_t) };
	hr_packed from = { .rest = metadata };
	uint32_t count = read_mark(&from);
	hr_bulk bulk;

	for (uint32_t i = 0; i < count && !from.failed; i++)
		(void)read_bulk(&from, &bulk);
	out->count = (size_t)count + 1;
	out->sizes = (hr_packed){ .rest = hr_packed_bytes(&from, out->count * SIZES) };
	out->bytes = (hr_packed){ .rest = from.rest };
	return !from.failed;
}

static bool next_piece(struct pieces *from, hr_gzip_piece *out)
{
	out->plain_len = hr_packed_u32(&from->sizes);
	out->crc = hr_packed_u32(&from->sizes);
	out->deflated = hr_packed_bytes(&from->bytes, hr_packed_u32(&from->sizes));
	return !from->sizes.failed && !from->bytes.failed &&
	       out->plain_len <= HR_DICOM_JSON_MAX + 2;
}

/* --- joining --- */

struct join {
	hr_str base; /* as it stands in a JSON string */
	bool gzip;
	hr_gzip stream;
	hr_buf *out;
	hr_gzip_inflater *inflater; /* when it is not for gzip */
};

static void add_plain(struct join *j, hr_str plain)
{
	if (j->gzip)
		hr_gzip_add_plain(&j->stream, plain);
	else
		hr_buf_add(j->out, plain);
}

static bool add_piece(struct join *j, const hr_gzip_piece *piece)
{
	if (!j->gzip)
		return hr_gzip_inflate(j->inflater, piece, j->out) || j->out->failed;
	hr_gzip_add(&j->stream, piece);
	return true;
}

static bool add_metadata(struct join *j, hr_str metadata)
{
	struct pieces pieces;
	hr_gzip_piece piece;

	if (!find_pieces(metadata, &pieces))
		return false;
	for (size_t i = 0; i < pieces.count; i++) {
		if (i)
			add_plain(j, j->base);
		if (!next_piece(&pieces, &piece) || !add_piece(j, &piece))
			return false;
	}
	return pieces.bytes.rest.len == 0;
}

static hr_str escape(hr_str base, hr_buf *memory)
{
	hr_json_writer w;

	hr_json_writer_init(&w, memory, false);
	hr_json_string(&w, base);
	return memory->failed ? HR_STR_NONE : hr_str_slice(hr_buf_str(memory), 1, memory->len - 1);
}

static bool join_all(struct join *j, const hr_str *metadata, size_t count)
{
	if (j->gzip)
		hr_gzip_begin(&j->stream, j->out);
	add_plain(j, HR_STR("["));
	for (size_t i = 0; i < count; i++) {
		if (i)
			add_plain(j, HR_STR(","));
		if (!add_metadata(j, metadata[i]))
			return false;
	}
	add_plain(j, HR_STR("]"));
	if (j->gzip)
		hr_gzip_end(&j->stream);
	return true;
}

bool hr_metadata_join(const hr_str *metadata, size_t count, hr_str base, bool gzip, hr_buf *out,
		      hr_error *err)
{
	/* Each of its bytes may become six. */
	char memory[6 * HR_METADATA_BASE_MAX + 3];
	struct join j = { .gzip = gzip, .out = out };
	hr_buf escaped;

	if (base.len > HR_METADATA_BASE_MAX)
		return hr_fail(err, HR_E_LIMIT, "dicom: the server's address has over %d bytes",
			       HR_METADATA_BASE_MAX);
	if (!gzip && !(j.inflater = hr_gzip_inflater_new(out->arena)))
		return hr_fail_memory(err);
	hr_buf_init_over(&escaped, memory, sizeof(memory));
	j.base = escape(base, &escaped);
	if (!join_all(&j, metadata, count))
		return refuse(err);
	if (out->failed)
		return hr_fail(err, HR_E_LIMIT, "dicom: the metadata have over %zu bytes",
			       out->limit);
	return true;
}

/* Its text with a base of one byte; 0 when it is none, or too long. */
static size_t measure(hr_str metadata)
{
	struct pieces pieces;
	hr_gzip_piece piece;
	size_t size = 0;

	if (!find_pieces(metadata, &pieces))
		return 0;
	for (size_t i = 0; i < pieces.count && size <= HR_DICOM_JSON_MAX + 2; i++) {
		if (!next_piece(&pieces, &piece))
			return 0;
		size += piece.plain_len;
	}
	return size <= HR_DICOM_JSON_MAX + 2 ? size + pieces.count - 1 : 0;
}

/* A base within a string changes nothing of the JSON's form; elsewhere it would end it. */
bool hr_metadata_check(hr_str metadata, hr_arena *arena, hr_error *err)
{
	struct join j = { .base = HR_STR_INIT("x"), .inflater = hr_gzip_inflater_new(arena) };
	size_t size = measure(metadata);
	char *memory = hr_arena_alloc_text(arena, size + 1);
	hr_str text;
	hr_buf buf;

	if (!j.inflater || !memory)
		return hr_fail_memory(err);
	hr_buf_init_over(&buf, memory, size + 1);
	j.out = &buf;
	if (size < 2 || !add_metadata(&j, metadata) || buf.failed || buf.len != size)
		return hr_arena_is_short(arena) ? hr_fail_memory(err) : refuse(err);
	text = hr_buf_str(&buf);
	if (text.data[0] != '{' || text.data[size - 1] != '}' ||
	    !hr_dicom_json_check(hr_str_slice(text, 1, size - 1)))
		return refuse(err);
	return true;
}

/* --- one bulk value --- */

/* A number of `base`; false when there is none, or it is too long. */
static bool take_number(hr_str *path, unsigned base, size_t max, uint32_t *out)
{
	static const char digits[] = "0123456789ABCDEF";
	uint64_t n = 0;
	size_t i = 0;

	for (; i < path->len && path->data[i] != '/'; i++) {
		const char *digit = memchr(digits, path->data[i], base);

		if (!digit || i == max)
			return false;
		n = n * base + (uint64_t)(digit - digits);
	}
	*path = hr_str_slice(*path, i + 1, path->len);
	*out = (uint32_t)n;
	return i > 0;
}

static const hr_raw_element *find_element(const hr_raw_item *item, hr_str path)
{
	const hr_raw_element *e = NULL;
	uint32_t tag;
	uint32_t index;

	if (hr_str_ends_with(path, HR_STR("/")))
		return NULL;
	for (;;) {
		if (!take_number(&path, 16, TAG_DIGITS, &tag))
			return NULL;
		e = hr_raw_find(item, tag);
		if (!e || path.len == 0)
			return e;
		if (!take_number(&path, 10, TAG_DIGITS, &index))
			return NULL;
		for (item = e->items; item && index; item = item->next)
			index--;
		if (!item)
			return NULL;
	}
}

bool hr_metadata_bulk_read(hr_str file, hr_str path, hr_arena *arena, hr_str *out, hr_error *err)
{
	const hr_raw_element *e;
	const hr_dicom_vr *vr;
	hr_raw_object object;
	char *bytes;

	if (!hr_raw_read(file, arena, &object, err))
		return false;
	e = find_element(&object.root, path);
	vr = e ? hr_dicom_vr_of(e->vr) : NULL;
	if (!e || vr->kind != HR_DICOM_BYTES)
		return hr_fail(err, HR_E_NOT_FOUND, "dicom: the object has no bulk value there");
	*out = e->value;
	if (is_as_sent(&object, e) || !e->big || vr->size < 2)
		return true;
	bytes = hr_arena_alloc_text(arena, e->value.len);
	if (!bytes)
		return hr_fail_memory(err);
	memcpy(bytes, e->value.data, e->value.len);
	hr_dicom_swap(bytes, e->value.len, vr->size);
	*out = (hr_str){ bytes, e->value.len };
	return true;
}
