#include "dicom/film_work.h"
#include "dicom/facts.h"
#include "dicom/manifest_packed.h"
#include "dicom/metadata.h"
#include "dicom/render.h"

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

/* They travelled as bytes, and need not lie where such a struct may. */
static bool take_args(hr_str args, void *to, size_t size, hr_error *err)
{
	if (args.len != size)
		return hr_fail(err, HR_E_USAGE, "dicom: the work is not told what it should be");
	memcpy(to, args.data, size);
	return true;
}

static bool decode_frame(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_frame_args told = { 0 };
	hr_dicom_scan scan;
	hr_pixels pixels;

	if (!take_args(args, &told, sizeof(told), err) ||
	    !hr_dicom_prescan(file, arena, &scan, err) ||
	    !hr_pixels_decode(file, &scan, told.frame, arena, &pixels, err))
		return false;
	*answer = pixels.bytes;
	return true;
}

static bool render(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_render_options told = { 0 };
	hr_dicom_scan scan;

	return take_args(args, &told, sizeof(told), err) &&
	       hr_dicom_prescan(file, arena, &scan, err) &&
	       hr_render(file, &scan, &told, arena, answer, err);
}

static bool transcode(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_dicom_scan scan;

	(void)args;
	return hr_dicom_prescan(file, arena, &scan, err) &&
	       hr_pixels_transcode(file, &scan, arena, answer, err);
}

static bool find_data_set(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_dicom_scan scan;
	uint64_t at;
	void *copy;

	(void)args;
	if (!hr_dicom_prescan(file, arena, &scan, err))
		return false;
	at = scan.data_set_at;
	copy = hr_arena_copy(arena, &at, sizeof(at));
	if (!copy)
		return hr_fail_memory(err);
	*answer = (hr_str){ copy, sizeof(at) };
	return true;
}

static bool read_manifest(hr_str file, hr_str args, hr_arena *arena, hr_str *answer, hr_error *err)
{
	hr_manifest manifest;
	hr_buf buf;

	(void)args;
	if (!hr_manifest_read_kos(file, arena, &manifest, err))
		return false;
	hr_buf_init(&buf, arena, HR_MANIFEST_PACKED_MAX);
	hr_manifest_pack(&manifest, &buf);
	if (buf.failed && !hr_arena_is_short(arena))
		return hr_fail(err, HR_E_LIMIT, "manifest: what it says has over %d bytes",
			       HR_MANIFEST_PACKED_MAX);
	if (buf.failed)
		return hr_fail_memory(err);
	*answer = hr_buf_str(&buf);
	return true;
}

static work_fn *const works[HR_WORK_COUNT] = {
	[HR_WORK_FACTS] = find_facts,
	[HR_WORK_FRAME] = decode_frame,
	[HR_WORK_RENDER] = render,
	[HR_WORK_TRANSCODE] = transcode,
	[HR_WORK_BULK] = hr_metadata_bulk_read,
	[HR_WORK_DATA_SET] = find_data_set,
	[HR_WORK_MANIFEST] = read_manifest,
};

bool hr_film_work(unsigned work, hr_str file, hr_str args, hr_arena *arena, hr_str *answer,
		  hr_error *err)
{
	if (work >= HR_WORK_COUNT || !works[work])
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: no work has the number %u", work);
	return works[work](file, args, arena, answer, err);
}
