/*
 * Where the frames of an object lie in its file: found once, when the object
 * comes in, and kept as a few bytes beside it, so that a frame can be sent
 * later without the object being read again. A map of native frames has 40
 * bytes; of compressed ones a byte or three a fragment more.
 *
 * Source: DICOM PS3.5 8.1, 8.2 and A.4 (fragments and their offset tables),
 * PS3.3 C.7.6.3 and C.7.6.24 (float pixels).
 */
#pragma once

#include "dicom/prescan.h"

typedef enum hr_frames_kind {
	HR_FRAMES_NONE,	      /* the object has no pixels */
	HR_FRAMES_NATIVE,     /* little endian: as explicit and implicit little endian have them */
	HR_FRAMES_BIG_ENDIAN, /* native, of a big endian object */
	HR_FRAMES_ENCAPSULATED, /* each in the codec of the transfer syntax */
	HR_FRAMES_STREAM,   /* a video: one frame that is all of it, whatever NumberOfFrames says */
	HR_FRAMES_DEFLATED, /* the whole data set is: no frame lies in the file as it is */
	HR_FRAMES_DAMAGED,  /* there are pixels, and no telling which are whose */
	HR_FRAMES_KIND_COUNT
} hr_frames_kind;

typedef struct hr_frames_about {
	hr_frames_kind kind;
	uint32_t frames; /* NumberOfFrames, at least 1; of a video 1; without pixels 0 */
	bool cut;	 /* fewer are there than the object says */
	bool floats;	 /* FloatPixelData, DoubleFloatPixelData */
	uint64_t offset; /* of the first native frame */
	uint64_t length; /* of all native frames that are there */
} hr_frames_about;

/* Bytes of the file. */
typedef struct hr_frame_part {
	uint64_t offset;
	uint64_t length;
} hr_frame_part;

typedef struct hr_frame {
	/* False: its bytes do not stand in the file by themselves (deflated, or bits that begin
	 * within a byte); hr_pixels_decode gives them. There are no parts then. */
	bool in_file;
	const hr_frame_part *parts; /* sent one after the other they are the frame */
	size_t count;
	uint64_t length; /* of all parts */
} hr_frame;

/*
 * Of a file that prescan.h has passed; `map` is in the arena. What is cut or
 * damaged is said by the map, and is no failure: HR_E_LIMIT for too many
 * fragments, HR_E_MEMORY.
 */
bool hr_frame_map_make(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_str *map,
		       hr_error *err);

/* HR_E_SYNTAX for what is no map. "" is the map of an object without pixels. */
bool hr_frame_map_about(hr_str map, hr_frames_about *out, hr_error *err);

/*
 * Frame 1 is the first. No part ends behind `file_size`, whatever the map
 * says. HR_E_NOT_FOUND past the last, HR_E_SYNTAX for a frame that is cut or
 * damaged, or a map that is none.
 */
bool hr_frame_map_find(hr_str map, uint64_t file_size, uint32_t frame, hr_arena *arena,
		       hr_frame *out, hr_error *err);
