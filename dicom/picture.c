/* By TurboJPEG and libpng's simple interface: both report faults by value, neither by longjmp. */
#include "dicom/picture.h"

#include <png.h>
#include <turbojpeg.h>

enum {
	JPEG_SIDE_MAX = 65500, /* of the library, a little less than of the format */
};

bool hr_picture_to_jpeg(const hr_picture *picture, int quality, hr_arena *arena, hr_str *out,
			hr_error *err)
{
	int format = picture->colour ? TJPF_RGB : TJPF_GRAY;
	int sampling = picture->colour ? TJSAMP_444 : TJSAMP_GRAY;
	unsigned long size;
	unsigned char *bytes;
	tjhandle compressor;
	int code;

	if (picture->width > JPEG_SIDE_MAX || picture->height > JPEG_SIDE_MAX)
		return hr_fail(err, HR_E_LIMIT, "dicom: a picture of %u x %u cannot be JPEG",
			       picture->width, picture->height);
	size = tjBufSize((int)picture->width, (int)picture->height, sampling);
	bytes = hr_arena_alloc_raw(arena, size);
	compressor = bytes ? tjInitCompress() : NULL;
	if (!compressor)
		return hr_fail_memory(err);
	code = tjCompress2(compressor, (const unsigned char *)picture->samples, (int)picture->width,
			   0, (int)picture->height, format, &bytes, &size, sampling, quality,
			   TJFLAG_NOREALLOC);
	tjDestroy(compressor);
	/* The room is enough for any picture of this size: nothing else can be wrong. */
	if (code != 0)
		return hr_fail_memory(err);
	*out = (hr_str){ (const char *)bytes, size };
	return true;
}

bool hr_picture_to_png(const hr_picture *picture, hr_arena *arena, hr_str *out, hr_error *err)
{
	png_image image = { .version = PNG_IMAGE_VERSION,
			    .width = picture->width,
			    .height = picture->height,
			    .format = picture->colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY,
			    .flags = PNG_IMAGE_FLAG_FAST };
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	char *bytes = hr_arena_alloc_raw(arena, size);

	if (!bytes)
		return hr_fail_memory(err);
	if (!png_image_write_to_memory(&image, bytes, &size, 0, picture->samples, 0, NULL))
		return hr_fail_memory(err);
	*out = (hr_str){ bytes, size };
	return true;
}
