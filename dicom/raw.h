/*
 * An object whole, as its bytes stand: public and private elements, in front
 * of the pixels and behind them, by their tags. Nothing is copied and no text
 * is decoded; the pixels are not read.
 *
 * Left out: group lengths, the file meta information, the padding of a data
 * set; of an element that stands twice all but the first.
 */
#pragma once

#include "dicom/prescan.h"

enum {
	HR_RAW_INFLATED_MAX = 256 * 1024 * 1024, /* of a deflated data set, pixels and all */
};

typedef struct hr_raw_item hr_raw_item;
typedef struct hr_raw_element hr_raw_element;

/* A data set, or an item of a sequence. */
struct hr_raw_item {
	hr_raw_element *first;
	hr_raw_item *next; /* of its sequence */
};

struct hr_raw_element {
	uint32_t tag;
	/* The file's, else the dictionary's; "UN" when neither tells. A sequence: "SQ". */
	char vr[2];
	bool big;	/* its numbers are big endian */
	bool fragments; /* compressed pixels: `value` is their items, heads and all */
	hr_str value;	/* with its padding */
	hr_raw_item *items;
	hr_raw_element *next;
};

typedef struct hr_raw_object {
	hr_dicom_scan scan;
	hr_str file;
	hr_str data_set; /* all of it: in the file, unless it is deflated */
	hr_raw_item root;
} hr_raw_object;

/*
 * Of a whole file. The codes of hr_dicom_prescan, also for pixels that are cut;
 * HR_E_IO when DCMTK's dictionary is wanted and not installed.
 */
bool hr_raw_read(hr_str file, hr_arena *arena, hr_raw_object *out, hr_error *err);

/* The file's; else what its bytes are. */
hr_str hr_raw_transfer_syntax(const hr_dicom_scan *scan);

/* NULL when there is none. */
const hr_raw_element *hr_raw_find(const hr_raw_item *item, uint32_t tag);
