/* Japanese text of DICOM, for a converter that knows no escapes. */
#pragma once

#include "base/str.h"

/* Does SpecificCharacterSet name ISO-IR 13, 87 or 159, and no letters of others beside them? */
bool hr_japanese_is_declared(hr_str charsets);

/*
 * To EUC-JP, which iconv reads: the escapes of PS3.3 C.12.1.1.2 become high
 * bits. A backslash stays one: it parts values, whatever ISO-IR 14 draws for
 * it. Appends to `out`; false for what is no such text, and for katakana that
 * neither `charsets` nor an escape tell of: GBK would pass for them.
 */
bool hr_japanese_to_euc(hr_str raw, hr_str charsets, hr_buf *out);
