/*
 * DICOM: what kind of object it is, and what the header of an image says of
 * an examination. An image is no report: it tells that something was imaged,
 * when, how and where, and nothing of what was seen. Its pixels are not read.
 *
 * Source: DICOM PS3.3, general study, series, equipment and image modules.
 */
#include "recognition/dicom_parts.h"
#include "recognition/imaging_terms.h"

/* --- what it is --- */

typedef enum hr_dcm_sort {
	SORT_IMAGE, /* and all that has a modality and no row below */
	SORT_SR,
	SORT_OTHER,
} hr_dcm_sort;

struct sort {
	hr_str uid; /* of the SOP class, or the front of several */
	hr_dcm_sort sort;
	const char *name; /* of what is not read */
};

/* The first row that fits. SOP classes: PS3.4 annex B. */
static const struct sort sorts[] = {
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.11"), SORT_SR, NULL },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.22"), SORT_SR, NULL },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.33"), SORT_SR, NULL },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.34"), SORT_SR, NULL },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.35"), SORT_SR, NULL },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.40"), SORT_OTHER, "a procedure log" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.59"), SORT_OTHER,
	  "a Key Object Selection: a list of images; give the images or the report" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.6"), SORT_OTHER,
	  "a CAD or radiation dose report: a machine's, not a physician's" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.7"), SORT_OTHER,
	  "a machine's measurements, without a report" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88.50"), SORT_OTHER,
	  "a CAD report: a machine's, not a physician's" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88"), SORT_SR, NULL },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.104.1"), SORT_OTHER,
	  "an encapsulated PDF; of a report on paper 'huren verify --paper' asks" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.104.2"), SORT_OTHER,
	  "an encapsulated CDA document; give the document itself" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.104"), SORT_OTHER, "an encapsulated model" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.9."), SORT_OTHER, "a waveform (ECG, sound)" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.481."), SORT_OTHER, "a radiotherapy object" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.34."), SORT_OTHER, "a radiotherapy object" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.11."), SORT_OTHER, "a presentation state" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.66"), SORT_OTHER,
	  "raw data, a segmentation or a registration: made of images, none itself" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.67"), SORT_OTHER, "a real world value map" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.30"), SORT_OTHER, "a parametric map" },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1."), SORT_IMAGE, NULL },
	{ HR_STR_INIT("1.2.840.10008.1.3.10"), SORT_OTHER,
	  "a DICOMDIR: a list of files; give the files" },
	{ HR_STR_INIT("1.2.840.10008."), SORT_OTHER,
	  "of a class that is neither image nor report" },
};

static const struct sort *sort_of(hr_str sop_class)
{
	static const struct sort unknown = { HR_STR_INIT(""), SORT_IMAGE, NULL };

	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (hr_str_starts_with(sop_class, sorts[i].uid))
			return &sorts[i];
	return &unknown;
}

/* --- an image --- */

/* 'U' is a part that has no sides: nothing is said. */
static hr_field read_laterality(const hr_dicom_item *root)
{
	hr_field side = hr_dcm_field(root, 0x00200060);

	if (!side.text.len)
		side = hr_dcm_field(root, 0x00200062);
	if (hr_str_equal(side.text, HR_STR("U")))
		return (hr_field){ .text = HR_STR_NONE };
	return side;
}

static hr_field read_body_part(const hr_dcm *dcm)
{
	const hr_dicom_item *root = dcm->root;
	hr_field part = hr_dcm_field(root, 0x00180015);
	hr_code region;

	if (part.text.len)
		return part;
	region = hr_dcm_code(dcm, hr_dicom_first(root, 0x00082218));
	return (hr_field){ hr_imaging_body_part(region.code), region.place };
}

/* An agent that is named was given. Where none is, nothing is known: many leave it out. */
static hr_field read_contrast(const hr_dcm *dcm)
{
	const hr_dicom_item *root = dcm->root;
	hr_field agent = hr_dcm_field(root, 0x00180010);
	hr_code coded = hr_dcm_code(dcm, hr_dicom_first(root, 0x00180012));

	if (!agent.text.len)
		agent = (hr_field){ coded.code, coded.place };
	if (agent.text.len)
		agent.text = HR_STR("with");
	return agent;
}

/* A clock of the day that is known: a scanner may tell an image's day and its series' time. */
static void set_finer(const hr_time *finer, hr_time *out)
{
	const hr_span *day = &out->span;

	if (!out->text.len || (hr_time_is_known(out) && finer->span.precision > day->precision &&
			       finer->span.from.second >= day->from.second &&
			       finer->span.to.second <= day->to.second))
		*out = *finer;
}

/* Most exact first. */
static void read_tested(hr_dcm *dcm, hr_time *out)
{
	static const uint32_t rows[][2] = {
		{ 0x00080022, 0x00080032 },
		{ 0x00080021, 0x00080031 },
		{ HR_DCM_STUDY_DATE, HR_DCM_STUDY_TIME },
	};

	hr_dcm_set_datetime(dcm, hr_dcm_field(dcm->root, 0x0008002A), out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hr_time time = { .text = HR_STR_NONE };

		hr_dcm_set_date(dcm, dcm->root, rows[i][0], rows[i][1], &time);
		if (time.text.len)
			set_finer(&time, out);
	}
}

static void read_times(hr_dcm *dcm, hr_time times[HR_EVENT_KINDS])
{
	hr_time *tested = &times[HR_EVENT_TESTED];
	hr_time *began = &times[HR_EVENT_COLLECTED];

	read_tested(dcm, tested);
	hr_dcm_set_date(dcm, dcm->root, HR_DCM_STUDY_DATE, HR_DCM_STUDY_TIME, began);
	/* Two clocks, the register's and the scanner's: a study began with its first image. */
	if (hr_time_is_known(tested) && hr_time_is_known(began) &&
	    began->span.from.second >= tested->span.to.second) {
		hr_dcm_deviate(dcm, HR_DCM_STUDY_AFTER_IMAGE, began->place);
		*began = *tested;
	}
}

static void read_exam(hr_dcm *dcm, hr_result *exam)
{
	const hr_dicom_item *root = dcm->root;

	exam->kind = HR_KIND_EXAM;
	hr_dcm_read_procedure(dcm, root, exam);
	hr_dcm_read_procedure(dcm, hr_dicom_first(root, 0x00400275), exam);
	if (!exam->name.text.len)
		exam->name = hr_dcm_text(root, HR_DCM_STUDY_DESCRIPTION);
	if (!exam->name.text.len)
		exam->name = hr_dcm_text(root, 0x00400254);
	exam->modality = hr_dcm_field(root, 0x00080060);
	exam->body_part = read_body_part(dcm);
	exam->laterality = read_laterality(root);
	exam->contrast = read_contrast(dcm);
	exam->position = hr_dcm_field(root, 0x00185101);
	exam->study_uid = hr_dcm_field(root, HR_DCM_STUDY_UID);
	read_times(dcm, exam->times);
}

static bool read_image(hr_dcm *dcm, hr_error *err)
{
	hr_result exam = { .kind = HR_KIND_EXAM };

	dcm->report.kind = HR_KIND_EXAM;
	dcm->report.title = hr_dcm_text(dcm->root, HR_DCM_STUDY_DESCRIPTION);
	read_exam(dcm, &exam);
	if (!exam.modality.text.len)
		return hr_fail(err, HR_E_INCOMPLETE,
			       "dicom: the object names no modality: nobody can say what was "
			       "examined");
	hr_dcm_deviate(dcm, HR_DCM_NO_REPORT, exam.modality.place);
	hr_dcm_add_result(dcm, &exam);
	return true;
}

/* --- any --- */

static const char *const deviation_codes[HR_DCM_DEVIATION_COUNT] = {
#define X(name, code) [HR_DCM_##name] = (code),
	HR_DCM_DEVIATIONS(X)
#undef X
};

static void settle_deviations(hr_dcm *dcm)
{
	hr_deviation *list = HR_NEW_N(dcm->arena, hr_deviation, HR_DCM_DEVIATION_COUNT);
	uint32_t count = 0;

	if (!list)
		return;
	for (size_t i = 0; i < HR_DCM_DEVIATION_COUNT; i++)
		if (dcm->seen[i])
			list[count++] = (hr_deviation){ deviation_codes[i], dcm->places[i] };
	dcm->report.deviations = list;
	dcm->report.deviation_count = count;
}

static bool settle(hr_dcm *dcm, hr_reports *out, hr_error *err)
{
	hr_report *report;

	settle_deviations(dcm);
	dcm->report.results = dcm->results;
	dcm->report.result_count = dcm->result_count;
	report = hr_arena_copy(dcm->arena, &dcm->report, sizeof(*report));
	if (hr_arena_is_short(dcm->arena))
		return hr_fail_memory(err);
	if (dcm->too_many)
		return hr_fail(err, HR_E_LIMIT, "the report has more than %d results",
			       HR_RESULTS_MAX);
	if (!dcm->result_count)
		return hr_fail(err, HR_E_INCOMPLETE, "dicom: a structured report without results");
	*out = (hr_reports){ report, 1 };
	return true;
}

bool hr_dicom_read_report(hr_str bytes, hr_arena *arena, hr_reports *out, hr_error *err)
{
	hr_dcm dcm = { .arena = arena };
	hr_dicom_object object;
	const struct sort *sort;

	if (!hr_dicom_read(bytes, arena, &object, err))
		return false;
	sort = sort_of(object.sop_class);
	if (sort->sort == SORT_OTHER)
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: the object is %s", sort->name);
	hr_dcm_read_head(&dcm, &object);
	if (!(sort->sort == SORT_SR ? hr_dcm_read_sr(&dcm, err) : read_image(&dcm, err)))
		return false;
	return settle(&dcm, out, err);
}
