/*
 * Frames made native: uncompressed, little endian, in whole bytes, as the
 * transfer syntax 1.2.840.10008.1.2.1 has them. JPEG, JPEG-LS and RLE by
 * DCMTK, JPEG 2000 and HTJ2K by OpenJPEG. Pure, and for a worker process with
 * limits: the sizes are compared with one another, and with what the codec's
 * own head says, before a decoder starts; what the decoders then do with
 * hostile bytes is theirs.
 *
 * The colours of a decoded frame may differ from what the object says of its
 * compressed ones (PS3.5 8.2): `form` says what they are now. YBR_ICT and
 * YBR_RCT have become RGB; so have YBR_FULL and YBR_FULL_422 under JPEG.
 */
#pragma once

#include "dicom/frames.h"

#define HR_PIXELS_FRAME_MAX  ((uint64_t)512 << 20) /* bytes of one native frame */
#define HR_PIXELS_OBJECT_MAX ((uint64_t)1 << 30)   /* bytes of a whole object made native */

enum {
	HR_PIXELS_SAMPLES_2000_MAX = 128
				     << 20, /* of a JPEG 2000 frame: it takes 8 bytes for each */
};

typedef struct hr_pixels {
	hr_dicom_image form; /* of these bytes; `frames` is that of the object */
	hr_str bytes;	     /* of the frame, without padding */
} hr_pixels;

/* An object whose frames are asked for one after the other; borrows the file. */
typedef struct hr_pixels_source {
	hr_str file; /* inflated, when the object is deflated */
	hr_dicom_scan scan;
	hr_str map;
	hr_frames_about about;
} hr_pixels_source;

/* HR_E_UNSUPPORTED for an object without pixels or a video; HR_E_LIMIT past a limit. */
bool hr_pixels_open(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_pixels_source *out,
		    hr_error *err);

/*
 * One frame, in the arena or borrowed from the file. HR_E_NOT_FOUND past the
 * last one; HR_E_UNSUPPORTED for a codec that is not read; HR_E_SYNTAX when
 * the bytes are damaged or the sizes do not agree; HR_E_LIMIT past
 * HR_PIXELS_FRAME_MAX.
 */
bool hr_pixels_frame(const hr_pixels_source *source, uint32_t frame, hr_arena *arena,
		     hr_pixels *out, hr_error *err);

/* Of an object that is not compressed: all frames, as one value. Of one that is cut what is there.
 */
bool hr_pixels_native(const hr_pixels_source *source, hr_arena *arena, hr_pixels *out,
		      hr_error *err);

/* A source, and one frame of it. */
bool hr_pixels_decode(hr_str file, const hr_dicom_scan *scan, uint32_t frame, hr_arena *arena,
		      hr_pixels *out, hr_error *err);

/* Can the frames of this transfer syntax be decoded? True for those that are native. */
bool hr_pixels_can_decode(hr_str transfer_syntax);

/*
 * The whole object as a file of 1.2.840.10008.1.2.1. The elements in front of
 * the pixels keep their values, but for those that say how the pixels lie; what
 * stands behind the pixels (padding, signatures of other bytes) is left out.
 * Objects without pixels as well. Errors as hr_pixels_decode; HR_E_LIMIT past
 * HR_PIXELS_OBJECT_MAX.
 */
bool hr_pixels_transcode(hr_str file, const hr_dicom_scan *scan, hr_arena *arena, hr_str *out,
			 hr_error *err);
