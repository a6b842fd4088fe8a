#include "service/qr.h"

#include "dicom/picture.h"

#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 };

typedef struct code {
	QRcode *qr;
	unsigned modules; /* a side, with the quiet zone */
} code;

static bool make_code(hr_str text, code *out, hr_error *err)
{
	if (text.len == 0 || text.len > HR_QR_BYTES_MAX)
		return hr_fail(err, HR_E_USAGE, "a QR code holds 1 to %d bytes", HR_QR_BYTES_MAX);
	errno = 0;
	out->qr =
		QRcode_encodeData((int)text.len, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
	if (!out->qr)
		return errno == ENOMEM ? hr_fail_memory(err)
				       : hr_fail(err, HR_E_INTERNAL, "cannot make a QR code");
	out->modules = (unsigned)out->qr->width + 2 * QUIET;
	return true;
}

static bool is_dark(const code *c, unsigned x, unsigned y)
{
	const unsigned width = (unsigned)c->qr->width;

	return x >= QUIET && y >= QUIET && x < width + QUIET && y < width + QUIET &&
	       (c->qr->data[(y - QUIET) * width + (x - QUIET)] & 1);
}

static void draw(const code *c, unsigned scale, char *samples)
{
	const unsigned width = c->modules * scale;

	for (unsigned y = 0; y < width; y++)
		for (unsigned x = 0; x < width; x++)
			samples[y * width + x] = is_dark(c, x / scale, y / scale) ? 0 : (char)0xff;
}

bool hr_qr_png(hr_str text, unsigned scale, hr_arena *arena, hr_str *out, hr_error *err)
{
	hr_picture picture = { .colour = false };
	char *samples;
	code c;

	if (scale < 1 || scale > HR_QR_SCALE_MAX)
		return hr_fail(err, HR_E_USAGE, "a module has 1 to %d pixels", HR_QR_SCALE_MAX);
	if (!make_code(text, &c, err))
		return false;
	picture.width = picture.height = c.modules * scale;
	samples = hr_arena_alloc_text(arena, (size_t)picture.width * picture.height);
	if (samples)
		draw(&c, scale, samples);
	QRcode_free(c.qr);
	picture.samples = samples;
	return samples ? hr_picture_to_png(&picture, arena, out, err) : hr_fail_memory(err);
}

/* A character is two modules high: its upper half is of the foreground or not, and its lower. */
bool hr_qr_terminal(hr_str text, hr_buf *out, hr_error *err)
{
	static const hr_str halves[] = { HR_STR_INIT(" "), HR_STR_INIT("▀"), HR_STR_INIT("▄"),
					 HR_STR_INIT("█") };
	code c;

	if (!make_code(text, &c, err))
		return false;
	for (unsigned y = 0; y < c.modules; y += 2) {
		HR_BUF_ADD(out, "\033[30;107m");
		for (unsigned x = 0; x < c.modules; x++)
			hr_buf_add(out, halves[is_dark(&c, x, y) + 2 * is_dark(&c, x, y + 1)]);
		HR_BUF_ADD(out, "\033[0m\n");
	}
	QRcode_free(c.qr);
	return !out->failed || hr_fail_memory(err);
}
