/*
 * A QR code, as a picture and for a terminal: of a link or a pickup code, so
 * its text is a secret. Error correction M, and the quiet zone of four modules
 * that ISO/IEC 18004 wants.
 */
#pragma once

#include "base/str.h"

enum { HR_QR_BYTES_MAX = 1024, HR_QR_SCALE_MAX = 32 };

/* `scale` pixels a module, 1 to 32. HR_E_USAGE for an empty or a longer text. */
bool hr_qr_png(hr_str text, unsigned scale, hr_arena *arena, hr_str *out, hr_error *err);

/* Lines of UTF-8: half blocks, black on white whatever the terminal's own colours are. */
bool hr_qr_terminal(hr_str text, hr_buf *out, hr_error *err);
