#include "dicom/film_work.h"
#include "dicom/facts.h"
#include "dicom/metadata.h"

typedef bool work_fn(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err);

static bool find_facts(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_film_facts facts;
	hr_buf buf;

	(void)args;
	if (!hr_facts_find(file, arena, &facts, err))
		return false;
	hr_buf_init(&buf, arena, HR_FACTS_BYTES_MAX);
	hr_facts_write(&facts, &buf);
	if (buf.failed && !hr_arena_is_short(arena))
		return hr_fail(err, HR_E_LIMIT, "dicom: the facts of the object have over %d bytes",
			       HR_FACTS_BYTES_MAX);
	if (buf.failed)
		return hr_fail_memory(err);
	*answer = hr_buf_str(&buf);
	return true;
}

static work_fn *const works[HR_WORK_COUNT] = {
	[HR_WORK_FACTS] = find_facts,
	[HR_WORK_FRAME] = NULL,
	[HR_WORK_RENDER] = NULL,
	[HR_WORK_TRANSCODE] = NULL,
	[HR_WORK_BULK] = hr_metadata_bulk_read,
};

bool hr_film_work(unsigned work, hr_str file, hr_str args, hr_arena *arena, hr_str *answer,
		  hr_error *err)
{
	if (work >= HR_WORK_COUNT || !works[work])
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: no work has the number %u", work);
	return works[work](file, args, arena, answer, err);
}
