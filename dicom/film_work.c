#include "dicom/film_work.h"

typedef bool work_fn(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err);

static work_fn *const works[HR_WORK_COUNT] = {
	[HR_WORK_FACTS] = NULL,	    [HR_WORK_FRAME] = NULL, [HR_WORK_RENDER] = NULL,
	[HR_WORK_TRANSCODE] = NULL, [HR_WORK_BULK] = NULL,
};

bool hr_film_work(unsigned work, hr_str file, hr_str args, hr_arena *arena, hr_str *answer,
		  hr_error *err)
{
	if (work >= HR_WORK_COUNT || !works[work])
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: no work has the number %u", work);
	return works[work](file, args, arena, answer, err);
}
