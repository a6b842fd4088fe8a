/*
 * A manifest says what a study holds and where it is to be had: links instead
 * of bytes. Each form of it is read into this, and written from it: DICOM's
 * key object selection (KOS) of IHE XDS-I.b and MADO here, FHIR's ImagingStudy
 * in recognition/manifest_fhir.h.
 *
 * Text is UTF-8 and borrows the arena; empty where the manifest does not say.
 * Nothing of it is believed: an address is one to fetch only after
 * retrieve_url.h has agreed. Safe from any thread.
 *
 * Source: DICOM PS3.3 A.35.4 and C.17.6, PS3.16 TID 2010; IHE RAD XDS-I.b and
 * MADO.
 */
#pragma once

#include "base/str.h"

enum {
	HR_MANIFEST_BYTES_MAX = 8 * 1024 * 1024, /* a KOS */
	HR_MANIFEST_SERIES_MAX = 4000,
	HR_MANIFEST_INSTANCES_MAX = 14000, /* of all series: what HR_DICOM_ELEMENTS_MAX lets be */
	HR_MANIFEST_REQUESTS_MAX = 64,
	HR_MANIFEST_TEXT_MAX = 4096, /* bytes of one text; a URL has 2048 */
	HR_MANIFEST_URL_MAX = 2048,
};

/* Who gave out a number (PS3.3 table 10-17): a name of its own, and one for all the world. */
typedef struct hr_manifest_issuer {
	hr_str local;	       /* "TIANJIN_HUANHU" */
	hr_str universal;      /* "2.16.840.1.113883...", or a URI */
	hr_str universal_type; /* ISO (an OID), URI, UUID, DNS... */
} hr_manifest_issuer;

typedef struct hr_manifest_id {
	hr_str value;
	hr_manifest_issuer issuer;
} hr_manifest_id;

/* An order that the study answers (ReferencedRequestSequence). */
typedef struct hr_manifest_request {
	hr_manifest_id accession;
	hr_manifest_id placer; /* the number of who ordered */
	hr_manifest_id filler; /* the number of who filled the order */
	hr_str procedure_id;   /* RequestedProcedureID */
	hr_str description;    /* RequestedProcedureDescription */
} hr_manifest_request;

typedef struct hr_manifest_instance {
	hr_str sop_class; /* each 1 to 64 of [0-9.] */
	hr_str sop_instance;
	hr_str number;	 /* InstanceNumber, as written */
	uint32_t frames; /* these 0: not said */
	uint32_t rows;
	uint32_t columns;
} hr_manifest_instance;

typedef struct hr_manifest_series {
	hr_str uid;
	hr_str modality;
	hr_str description;
	hr_str number;		      /* SeriesNumber, as written */
	hr_str date;		      /* DA: "20260103" */
	hr_str time;		      /* TM: "080910.123" */
	hr_str retrieve_url;	      /* (0008,1190): WADO-RS, its root or the series itself */
	hr_str retrieve_location_uid; /* (0040,E011) */
	hr_str retrieve_ae;	      /* (0008,0054) */
	const hr_manifest_instance *instances;
	uint32_t instance_count; /* at least 1 */
} hr_manifest_series;

typedef struct hr_manifest {
	hr_str uid;	  /* of the manifest itself: SOPInstanceUID, Bundle.identifier */
	hr_str made_date; /* ContentDate and ContentTime */
	hr_str made_time;
	hr_str timezone; /* TimezoneOffsetFromUTC of its times, "+0800" */
	hr_str manufacturer;
	hr_str institution; /* InstitutionName of who made it */

	hr_manifest_id patient;
	hr_str patient_name;	   /* PN: groups parted by '=', components by '^' */
	hr_str patient_birth_date; /* DA */
	hr_str patient_sex;	   /* M, F, O */

	hr_str study_uid;
	hr_manifest_id accession;
	hr_str study_id;
	hr_str study_date; /* DA and TM */
	hr_str study_time;
	hr_str study_description;
	hr_str referring_physician; /* PN */
	const hr_manifest_request *requests;
	uint32_t request_count;

	const hr_manifest_series *series;
	uint32_t series_count; /* at least 1 */
	uint32_t instance_count;
} hr_manifest;

/*
 * A KOS that is titled as a manifest. HR_E_UNSUPPORTED for one that is not (key
 * images are none), and for one of several studies; HR_E_SYNTAX, HR_E_LIMIT and
 * the other codes of hr_dicom_read; HR_E_INCOMPLETE where it names no study,
 * series or instance.
 */
bool hr_manifest_read_kos(hr_str file, hr_arena *arena, hr_manifest *out, hr_error *err);

typedef enum hr_manifest_form {
	/* XDS-I.b: title "Manifest", a flat list of instances. Every reader of KOS reads it. */
	HR_MANIFEST_PLAIN,
	/*
	 * MADO: "Manifest with Description", with an image library: modality, texts, numbers.
	 * Of some 5000 instances at most; HR_E_LIMIT says that the plain form is the one.
	 */
	HR_MANIFEST_DESCRIBED,
} hr_manifest_form;

/*
 * Is it one? HR_E_INCOMPLETE without study, series or instance, HR_E_SYNTAX for
 * a UID that is none, HR_E_LIMIT past one of the limits.
 */
bool hr_manifest_check(const hr_manifest *manifest, hr_error *err);

/*
 * The bytes of a file, explicit little endian, UTF-8. `manifest->uid` is not
 * looked at: the file's UIDs follow from its content, so the same study gives
 * the same bytes, and another content another UID. Where it does not say when
 * it was made, the study's day stands. The codes of hr_manifest_check;
 * HR_E_INCOMPLETE also without any day.
 */
bool hr_manifest_write_kos(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena,
			   hr_str *out, hr_error *err);

enum { HR_MANIFEST_UID = 45 };

/*
 * The SOPInstanceUID that hr_manifest_write_kos gives, and that the manifest's
 * other format is known by: "2.25." and a number of 128 bits (PS3.5 B.2).
 */
bool hr_manifest_uid(const hr_manifest *manifest, hr_manifest_form form, hr_arena *arena,
		     char out[HR_MANIFEST_UID], hr_error *err);

/* Is it 1 to 64 of [0-9.]? A needless zero is let be: the study is known by that name. */
bool hr_manifest_is_uid(hr_str text);
