/* A picture of eight bits a sample, as JPEG or PNG. */
#pragma once

#include "base/str.h"

typedef struct hr_picture {
	uint32_t width;
	uint32_t height;
	bool colour;	     /* red, green, blue; else grey */
	const char *samples; /* row by row, without gaps */
} hr_picture;

/* Baseline JPEG, colours not subsampled; `quality` 1 to 100. */
bool hr_picture_to_jpeg(const hr_picture *picture, int quality, hr_arena *arena, hr_str *out,
			hr_error *err);

/* Quick rather than small. */
bool hr_picture_to_png(const hr_picture *picture, hr_arena *arena, hr_str *out, hr_error *err);
