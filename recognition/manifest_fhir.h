/*
 * A manifest in FHIR R4: an ImagingStudy alone, or a Bundle that holds one with
 * its Patient, Endpoints and ServiceRequests, as MADO writes it. In JSON or XML.
 *
 * An address is that of the series' Endpoint, else of the study's. Source: FHIR
 * R4 imagingstudy.html; IHE RAD MADO, FHIR Imaging Study Manifest.
 */
#pragma once

#include "base/json.h"
#include "dicom/manifest.h"

/*
 * `root` of JSON, or of hr_fhir_from_xml. The manifest borrows it. HR_E_UNSUPPORTED
 * for what is neither, or is of several studies; HR_E_INCOMPLETE without a
 * study, series or instance; HR_E_SYNTAX for UIDs that are none; HR_E_LIMIT.
 */
bool hr_manifest_read_fhir(const hr_json *root, hr_arena *arena, hr_manifest *out, hr_error *err);

/*
 * MADO's document Bundle in JSON, of the same identifier as the KOS of `form`.
 * HR_E_INCOMPLETE and HR_E_LIMIT as hr_manifest_write_kos.
 */
bool hr_manifest_write_fhir(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena,
			    hr_str *out, hr_error *err);

typedef enum hr_manifest_format {
	HR_MANIFEST_KOS,
	HR_MANIFEST_FHIR,
} hr_manifest_format;

/*
 * The envelope by which a manifest is found (IHE MHD): a DocumentReference in
 * JSON, `url` being where the manifest itself is to be had. `other_url` is that
 * of the other format's DocumentReference, or empty.
 */
bool hr_manifest_write_reference(const hr_manifest *manifest, hr_manifest_form form,
				 hr_manifest_format format, hr_str url, hr_str other_url,
				 hr_arena *arena, hr_str *out, hr_error *err);
