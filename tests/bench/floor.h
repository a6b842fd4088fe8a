/* What the libraries themselves take for the same bytes: the floors that our figures are held
 * against. */
#pragma once

#include "base/str.h"

/* One libxml2 SAX2 pass with empty callbacks. Returns the elements seen; 0 is a failure. */
size_t floor_sax2_fresh(hr_str xml);

/* The same in a context that is kept, as our reader keeps its own. */
typedef struct floor_sax2 floor_sax2;
floor_sax2 *floor_sax2_open(void);
void floor_sax2_close(floor_sax2 *floor);
size_t floor_sax2_reused(floor_sax2 *floor, hr_str xml);

/* One simdjson DOM pass: parser kept, input padded before. Returns the size of the top; 0 is a
 * failure. */
#ifdef __cplusplus
extern "C" {
#endif
typedef struct floor_dom floor_dom;
floor_dom *floor_dom_open(const char *data, size_t len);
void floor_dom_close(floor_dom *floor);
size_t floor_dom_run(floor_dom *floor);

/* One DCMTK pass as far as the pixels. Returns the elements of the data set; 0 is a failure. */
void floor_dcmtk_open(void);
size_t floor_dcmtk_run(const char *data, size_t len);
#ifdef __cplusplus
}
#endif
