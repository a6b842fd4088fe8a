/*
 * A frame as huren draws it, as a raw PNM on standard output, for a test to
 * compare with what DCMTK's dcmj2pnm writes.
 *
 *	draw FILE [FRAME [WINDOW [VIEWPORT]]]
 *	draw FILE native                        the whole object, made native
 *
 * WINDOW is "object", or "CENTER,WIDTH,linear|linear-exact|sigmoid"; VIEWPORT
 * is "WIDTH,HEIGHT[,X,Y,WIDTH,HEIGHT]".
 */
#include "base/file.h"
#include "dicom/render.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>

static int refuse(const hr_error *err)
{
	fprintf(stderr, "draw: %s: %s\n", hr_error_word(err->code), err->message);
	return 1;
}

static void read_window(char *text, hr_render_options *options)
{
	static const char *const names[] = { "object", "linear", "linear-exact", "sigmoid" };

	options->center = strtod(text, &text);
	options->width = *text ? strtod(text + 1, &text) : 0;
	for (unsigned i = 0; *text && i < HR_RENDER_WINDOW_COUNT; i++)
		if (strcmp(names[i], text + 1) == 0)
			options->window = (hr_render_window)i;
}

static void read_viewport(char *text, hr_render_options *options)
{
	int32_t n[6] = { 0 };

	for (int i = 0; i < 6 && *text; i++) {
		n[i] = (int32_t)strtol(text, &text, 10);
		text += *text == ',';
	}
	options->viewport_width = (uint32_t)n[0];
	options->viewport_height = (uint32_t)n[1];
	options->crop_x = n[2];
	options->crop_y = n[3];
	options->crop_width = n[4];
	options->crop_height = n[5];
}

static int write_pnm(hr_str png, hr_arena *arena)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	bool colour;
	char *samples;

	if (!png_image_begin_read_from_memory(&image, png.data, png.len))
		return 1;
	colour = image.format & PNG_FORMAT_FLAG_COLOR;
	samples = hr_arena_alloc(arena, PNG_IMAGE_SIZE(image));
	if (!samples || !png_image_finish_read(&image, NULL, samples, 0, NULL))
		return 1;
	printf("P%c\n%u %u\n255\n", colour ? '6' : '5', image.width, image.height);
	return fwrite(samples, PNG_IMAGE_SIZE(image), 1, stdout) == 1 ? 0 : 1;
}

static int transcode(hr_str file, const hr_dicom_scan *scan, hr_arena *arena)
{
	hr_error err;
	hr_str out;

	if (!hr_pixels_transcode(file, scan, arena, &out, &err))
		return refuse(&err);
	return fwrite(out.data, out.len, 1, stdout) == 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
	HR_AUTO(hr_arena) arena = hr_arena_open((size_t)2 << 30);
	hr_render_options options = { .frame = 1, .format = HR_RENDER_PNG };
	hr_dicom_scan scan;
	hr_error err;
	hr_str file;
	hr_str png;

	if (!arena || argc < 2)
		return 2;
	if (argc > 2)
		options.frame = (uint32_t)strtoul(argv[2], NULL, 10);
	if (argc > 3)
		read_window(argv[3], &options);
	if (argc > 4)
		read_viewport(argv[4], &options);
	if (!hr_file_read(argv[1], (size_t)1 << 30, arena, &file, &err) ||
	    !hr_dicom_prescan(file, arena, &scan, &err))
		return refuse(&err);
	if (argc > 2 && strcmp(argv[2], "native") == 0)
		return transcode(file, &scan, arena);
	if (!hr_render(file, &scan, &options, arena, &png, &err))
		return refuse(&err);
	return write_pnm(png, arena);
}
