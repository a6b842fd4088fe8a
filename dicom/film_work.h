/*
 * What looks into an object, by its number: a worker process is told one and
 * is handed the file. Each is a pure function over bytes, so the same call
 * serves a test and a process that may be killed.
 */
#pragma once

#include "base/str.h"

typedef enum hr_work {
	HR_WORK_FACTS,	   /* -> facts.h */
	HR_WORK_FRAME,	   /* hr_frame_args -> native explicit little endian */
	HR_WORK_RENDER,	   /* hr_render_options -> JPEG or PNG */
	HR_WORK_TRANSCODE, /* -> the object in explicit VR little endian */
	HR_WORK_BULK,	   /* path -> the bytes of one bulk value of a deflated file */
	HR_WORK_DATA_SET,  /* -> where its data set begins: a uint64_t, as it lies in memory */
	HR_WORK_MANIFEST,  /* -> manifest_packed.h, of a KOS */
	HR_WORK_COUNT
} hr_work;

typedef struct hr_frame_args {
	uint32_t frame; /* from 1 */
} hr_frame_args;

/*
 * `file` is the whole object, `args` what that work is told; both come from a
 * stranger. `*answer` is in the arena, or in the file. HR_E_UNSUPPORTED for a
 * number that is none.
 */
bool hr_film_work(unsigned work, hr_str file, hr_str args, hr_arena *arena, hr_str *answer,
		  hr_error *err);
