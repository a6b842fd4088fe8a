/*
 * What the index keeps of objects of which it has a manifest alone: as facts.h
 * finds it in an object, as far as the manifest says it.
 */
#pragma once

#include "dicom/facts.h"
#include "dicom/manifest.h"

/* One for each instance of the series, in its order. */
bool hr_manifest_facts(const hr_manifest *manifest, const hr_manifest_series *series,
		       hr_arena *arena, hr_film_facts **out, hr_error *err);

/* Of the study alone, as of one of which nobody has told a series. */
bool hr_manifest_study_facts(const hr_manifest *manifest, hr_arena *arena, hr_film_facts *out,
			     hr_error *err);
