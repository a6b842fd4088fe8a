/*
 * The content tree of a manifest (PS3.16 TID 2010): each instance by reference.
 * MADO's form has an image library before them (TID 1600): what a person is
 * shown of a series before any image of it has been fetched.
 */
#include "dicom/manifest_parts.h"

/* Classes whose instances are no images (PS3.3 C.17.6.2.1: a waveform, or any composite). */
static const struct class_kind {
	hr_str prefix;
	hr_str value_type;
} class_kinds[] = {
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.9."), HR_STR_INIT("WAVEFORM") },
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.66.4"), HR_STR_INIT("IMAGE") },	  /* segmentation */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.66"), HR_STR_INIT("COMPOSITE") },  /* raw, spatial */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.11."), HR_STR_INIT("COMPOSITE") }, /* presentation */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.67"), HR_STR_INIT("COMPOSITE") },  /* real world */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.88."), HR_STR_INIT("COMPOSITE") }, /* reports, KOS */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.104."), HR_STR_INIT("COMPOSITE") }, /* PDF, CDA */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.481.1"), HR_STR_INIT("IMAGE") },	   /* RT image */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.481.2"), HR_STR_INIT("IMAGE") },	   /* RT dose */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1.481."), HR_STR_INIT("COMPOSITE") }, /* RT others */
	{ HR_STR_INIT("1.2.840.10008.5.1.4.1.1."), HR_STR_INIT("IMAGE") },
};

static hr_str value_type_of(const hr_manifest_instance *instance)
{
	for (size_t i = 0; i < sizeof(class_kinds) / sizeof(class_kinds[0]); i++)
		if (hr_str_starts_with(instance->sop_class, class_kinds[i].prefix))
			return class_kinds[i].value_type;
	return instance->rows ? HR_STR("IMAGE") : HR_STR("COMPOSITE");
}

/* Those of 99IHE are MADO's own until DICOM has numbered them. */
const hr_concept hr_manifest_concepts[HR_CONCEPT_COUNT] = {
	[HR_CONCEPT_IMAGE_LIBRARY] = { HR_STR_INIT("111028"), HR_STR_INIT("DCM"),
				       HR_STR_INIT("Image Library") },
	[HR_CONCEPT_LIBRARY_GROUP] = { HR_STR_INIT("126200"), HR_STR_INIT("DCM"),
				       HR_STR_INIT("Image Library Group") },
	[HR_CONCEPT_MODALITY] = { HR_STR_INIT("121139"), HR_STR_INIT("DCM"),
				  HR_STR_INIT("Modality") },
	[HR_CONCEPT_SERIES_OF_STUDY] = { HR_STR_INIT("MADOTEMP009"), HR_STR_INIT("99IHE"),
					 HR_STR_INIT("Number of Study Related Series") },
	[HR_CONCEPT_SERIES_UID] = { HR_STR_INIT("112002"), HR_STR_INIT("DCM"),
				    HR_STR_INIT("Series Instance UID") },
	[HR_CONCEPT_SERIES_NUMBER] = { HR_STR_INIT("113607"), HR_STR_INIT("DCM"),
				       HR_STR_INIT("Series Number") },
	[HR_CONCEPT_SERIES_TEXT] = { HR_STR_INIT("MADOTEMP002"), HR_STR_INIT("99IHE"),
				     HR_STR_INIT("Series Description") },
	[HR_CONCEPT_SERIES_DATE] = { HR_STR_INIT("MADOTEMP003"), HR_STR_INIT("99IHE"),
				     HR_STR_INIT("Series Date") },
	[HR_CONCEPT_SERIES_TIME] = { HR_STR_INIT("MADOTEMP004"), HR_STR_INIT("99IHE"),
				     HR_STR_INIT("Series Time") },
	[HR_CONCEPT_INSTANCES_OF_SERIES] = { HR_STR_INIT("MADOTEMP007"), HR_STR_INIT("99IHE"),
					     HR_STR_INIT("Number of Series Related Instances") },
	[HR_CONCEPT_INSTANCE_NUMBER] = { HR_STR_INIT("113609"), HR_STR_INIT("DCM"),
					 HR_STR_INIT("Instance Number") },
	[HR_CONCEPT_FRAMES] = { HR_STR_INIT("121140"), HR_STR_INIT("DCM"),
				HR_STR_INIT("Number of Frames") },
	[HR_CONCEPT_ROWS] = { HR_STR_INIT("110910"), HR_STR_INIT("DCM"),
			      HR_STR_INIT("Pixel Data Rows") },
	[HR_CONCEPT_COLUMNS] = { HR_STR_INIT("110911"), HR_STR_INIT("DCM"),
				 HR_STR_INIT("Pixel Data Columns") },
	[HR_CONCEPT_UNIT_SERIES] = { HR_STR_INIT("{series}"), HR_STR_INIT("UCUM"),
				     HR_STR_INIT("{series}") },
	[HR_CONCEPT_UNIT_NONE] = { HR_STR_INIT("1"), HR_STR_INIT("UCUM"), HR_STR_INIT("no units") },
	[HR_CONCEPT_UNIT_PIXELS] = { HR_STR_INIT("{pixels}"), HR_STR_INIT("UCUM"),
				     HR_STR_INIT("pixels") },
};

static void open_content(hr_kos_writer *w, const char *relation, hr_str value_type)
{
	hr_dicom_put(&w->buf, 0x0040A010, "CS", hr_str_of(relation));
	hr_dicom_put(&w->buf, 0x0040A040, "CS", value_type);
}

/* "HAS ACQ CONTEXT": what is told of the items around it. */
static void open_told(hr_kos_writer *w, const char *value_type, int concept)
{
	hr_dicom_open_item(&w->buf);
	open_content(w, "HAS ACQ CONTEXT", hr_str_of(value_type));
	hr_kos_put_concept(&w->buf, 0x0040A043, &hr_manifest_concepts[concept]);
}

static void put_told(hr_kos_writer *w, const char *value_type, int concept, uint32_t tag,
		     const char *vr, hr_str value)
{
	if (value.len == 0)
		return;
	open_told(w, value_type, concept);
	hr_kos_put_text(w, tag, vr, value, 0);
	hr_dicom_close_item(&w->buf);
}

static void put_told_text(hr_kos_writer *w, int concept, hr_str text)
{
	put_told(w, "TEXT", concept, 0x0040A160, "UT", text);
}

static hr_str decimal(uint32_t n, char out[12])
{
	hr_buf buf;

	hr_buf_init_over(&buf, out, 12);
	hr_buf_add_int(&buf, n);
	return hr_buf_str(&buf);
}

static void put_told_number(hr_kos_writer *w, int concept, uint32_t n, int unit)
{
	char digits[12];

	if (n == 0)
		return;
	open_told(w, "NUM", concept);
	hr_dicom_open_single(&w->buf, 0x0040A300);
	hr_kos_put_concept(&w->buf, 0x004008EA, &hr_manifest_concepts[unit]);
	hr_dicom_put(&w->buf, 0x0040A30A, "DS", decimal(n, digits));
	hr_dicom_close_single(&w->buf);
	hr_dicom_close_item(&w->buf);
}

static void put_told_modality(hr_kos_writer *w, hr_str modality)
{
	const hr_concept concept = { modality, HR_STR("DCM"), modality };

	if (modality.len == 0)
		return;
	open_told(w, "CODE", HR_CONCEPT_MODALITY);
	hr_kos_put_concept(&w->buf, 0x0040A168, &concept);
	hr_dicom_close_item(&w->buf);
}

static void put_reference(hr_kos_writer *w, const hr_manifest_instance *instance)
{
	hr_dicom_open_single(&w->buf, 0x00081199);
	hr_dicom_put(&w->buf, 0x00081150, "UI", instance->sop_class);
	hr_dicom_put(&w->buf, 0x00081155, "UI", instance->sop_instance);
	hr_dicom_close_single(&w->buf);
	open_content(w, "CONTAINS", value_type_of(instance));
}

static void put_size(hr_kos_writer *w, const hr_manifest_instance *instance)
{
	put_told_number(w, HR_CONCEPT_FRAMES, instance->frames, HR_CONCEPT_UNIT_NONE);
	put_told_number(w, HR_CONCEPT_ROWS, instance->rows, HR_CONCEPT_UNIT_PIXELS);
	put_told_number(w, HR_CONCEPT_COLUMNS, instance->columns, HR_CONCEPT_UNIT_PIXELS);
}

static bool is_same_size(const hr_manifest_instance *a, const hr_manifest_instance *b)
{
	return a->frames == b->frames && a->rows == b->rows && a->columns == b->columns;
}

/* Of most series all instances have one size: it is told once, of their group. */
static bool has_one_size(const hr_manifest_series *series)
{
	for (uint32_t i = 1; i < series->instance_count; i++)
		if (!is_same_size(&series->instances[0], &series->instances[i]))
			return false;
	return true;
}

/* With what is told of it below it (TID 1601). */
static void put_described(hr_kos_writer *w, const hr_manifest_instance *instance, bool with_size)
{
	hr_dicom_open_item(&w->buf);
	put_reference(w, instance);
	if (instance->number.len || with_size) {
		hr_dicom_open_sequence(&w->buf, 0x0040A730);
		put_told_text(w, HR_CONCEPT_INSTANCE_NUMBER, instance->number);
		if (with_size)
			put_size(w, instance);
		hr_dicom_close_sequence(&w->buf);
	}
	hr_dicom_close_item(&w->buf);
}

static void open_container(hr_kos_writer *w, int concept)
{
	hr_dicom_open_item(&w->buf);
	open_content(w, "CONTAINS", HR_STR("CONTAINER"));
	hr_kos_put_concept(&w->buf, 0x0040A043, &hr_manifest_concepts[concept]);
	hr_dicom_put(&w->buf, 0x0040A050, "CS", HR_STR("SEPARATE"));
	hr_dicom_open_sequence(&w->buf, 0x0040A730);
}

static void close_container(hr_kos_writer *w)
{
	hr_dicom_close_sequence(&w->buf);
	hr_dicom_close_item(&w->buf);
}

static void put_group(hr_kos_writer *w, const hr_manifest_series *series)
{
	bool one_size = has_one_size(series);
	char digits[12];

	open_container(w, HR_CONCEPT_LIBRARY_GROUP);
	put_told_modality(w, series->modality);
	put_told(w, "DATE", HR_CONCEPT_SERIES_DATE, 0x0040A121, "DA", series->date);
	put_told(w, "TIME", HR_CONCEPT_SERIES_TIME, 0x0040A122, "TM", series->time);
	put_told_text(w, HR_CONCEPT_SERIES_TEXT, series->description);
	put_told_text(w, HR_CONCEPT_SERIES_NUMBER, series->number);
	put_told(w, "UIDREF", HR_CONCEPT_SERIES_UID, 0x0040A124, "UI", series->uid);
	put_told_text(w, HR_CONCEPT_INSTANCES_OF_SERIES, decimal(series->instance_count, digits));
	if (one_size)
		put_size(w, &series->instances[0]);
	for (uint32_t i = 0; i < series->instance_count; i++)
		put_described(w, &series->instances[i], !one_size);
	close_container(w);
}

static bool is_told_before(const hr_manifest *m, uint32_t series)
{
	for (uint32_t i = 0; i < series; i++)
		if (hr_str_equal(m->series[i].modality, m->series[series].modality))
			return true;
	return false;
}

static void put_library(hr_kos_writer *w)
{
	const hr_manifest *m = w->manifest;

	open_container(w, HR_CONCEPT_IMAGE_LIBRARY);
	for (uint32_t i = 0; i < m->series_count; i++)
		if (!is_told_before(m, i))
			put_told_modality(w, m->series[i].modality);
	put_told_number(w, HR_CONCEPT_SERIES_OF_STUDY, m->series_count, HR_CONCEPT_UNIT_SERIES);
	for (uint32_t i = 0; i < m->series_count; i++)
		put_group(w, &m->series[i]);
	close_container(w);
}

static void put_instances(hr_kos_writer *w, const hr_manifest_series *series)
{
	for (uint32_t i = 0; i < series->instance_count; i++) {
		hr_dicom_open_item(&w->buf);
		put_reference(w, &series->instances[i]);
		hr_dicom_close_item(&w->buf);
	}
}

void hr_kos_put_content(hr_kos_writer *w)
{
	hr_dicom_open_sequence(&w->buf, 0x0040A730);
	if (w->form == HR_MANIFEST_DESCRIBED)
		put_library(w);
	for (uint32_t i = 0; i < w->manifest->series_count; i++)
		put_instances(w, &w->manifest->series[i]);
	hr_dicom_close_sequence(&w->buf);
}
