#include "service/clear_parts.h"

/* As it lies there; what follows has the lengths named here. Never leaves the process. */
struct head {
	uint32_t line;
	uint16_t file;
	uint8_t key_len;
	uint8_t own_len;
	uint8_t person_len;
	uint8_t flags;
	uint16_t unused[3]; /* or a gap, and what lies there would be compared */
	uint32_t cell;
	uint32_t present; /* amounts that are not 0 */
	int64_t at;
};

enum { VARINT_MAX = 10 };

static void add_varint(hr_buf *out, uint64_t value)
{
	char bytes[VARINT_MAX];
	size_t n = 0;

	for (; value > 127; value >>= 7)
		bytes[n++] = (char)(value | 128);
	bytes[n++] = (char)value;
	hr_buf_add(out, (hr_str){ bytes, n });
}

static bool take_varint(hr_str *rest, int64_t *out)
{
	uint64_t value = 0;

	for (size_t i = 0; i < rest->len && i < VARINT_MAX; i++) {
		const unsigned char byte = (unsigned char)rest->data[i];

		value |= (uint64_t)(byte & 127) << (7 * i);
		if (byte & 128)
			continue;
		*out = (int64_t)value;
		*rest = hr_str_slice(*rest, i + 1, rest->len);
		return true;
	}
	return false;
}

void hr_clear_row_write(const hr_clear_row *row, hr_buf *out)
{
	struct head head = {
		.line = row->line,
		.file = row->file,
		.key_len = (uint8_t)row->key.len,
		.own_len = (uint8_t)row->own.len,
		.person_len = (uint8_t)row->person.len,
		.flags = row->flags,
		.cell = row->cell,
		.at = row->at,
	};

	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		head.present |= (uint32_t)(row->fen[i] != 0) << i;
	hr_buf_add(out, (hr_str){ (const char *)&head, sizeof(head) });
	hr_buf_add(out, row->key);
	hr_buf_add(out, row->own);
	hr_buf_add(out, row->person);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (row->fen[i])
			add_varint(out, (uint64_t)row->fen[i]);
}

static hr_str take(hr_str *rest, size_t length)
{
	const hr_str front = hr_str_slice(*rest, 0, length);

	*rest = hr_str_slice(*rest, length, rest->len);
	return front;
}

bool hr_clear_row_read(hr_str bytes, hr_clear_row *out)
{
	hr_clear_row row = { 0 };
	struct head head;
	hr_str rest = bytes;

	if (bytes.len < sizeof(head))
		return false;
	memcpy(&head, take(&rest, sizeof(head)).data, sizeof(head));
	row.content = hr_str_slice(bytes, offsetof(struct head, key_len), bytes.len);
	row.line = head.line;
	row.file = head.file;
	row.flags = head.flags;
	row.cell = head.cell;
	row.at = head.at;
	row.key = take(&rest, head.key_len);
	row.own = take(&rest, head.own_len);
	row.person = take(&rest, head.person_len);
	for (hr_amount i = 0; i < HR_AMOUNT_COUNT; i++)
		if (head.present >> i & 1 && !take_varint(&rest, &row.fen[i]))
			return false;
	*out = row;
	return true;
}
