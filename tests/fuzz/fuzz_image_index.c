/* An index that is read is written the same; none is ever repeated in an error. */
#include "dicom/image_index.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hr_str text = { (const char *)data, size };
	hr_image_index index;
	char again[HR_IMAGE_INDEX_TEXT];
	hr_error err = { 0 };

	if (hr_image_index_parse(text, &index, &err)) {
		assert(hr_image_index_format(&index, again, &err));
		assert(hr_str_equal(hr_str_of(again), text));
	} else {
		assert(err.code == HR_E_SYNTAX && err.message[0]);
		assert(size < 20 || !strstr(err.message, "0000"));
	}
	return 0;
}
