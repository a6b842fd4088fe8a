#include "dicom/facts.h"
#include "dicom/facts_attributes.h"
#include "dicom/frames.h"
#include "dicom/metadata.h"

#include "base/calendar.h"
#include "base/text.h"

#include <stddef.h>

enum {
	TAG_INSTANCE_UID = 0x00080018,
	TAG_STUDY_UID = 0x0020000D,
	TAG_SERIES_UID = 0x0020000E,
	TAG_ROWS = 0x00280010,
	TAG_COLUMNS = 0x00280011,
	DATE_DIGITS = 8,
	TIME_MAX = 13, /* "080910.123456" */
};

/* --- days and times --- */

static unsigned two_digits(hr_str text, size_t at)
{
	return (unsigned)(text.data[at] - '0') * 10 + (unsigned)(text.data[at + 1] - '0');
}

static bool are_digits(hr_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	return true;
}

bool hr_facts_is_date(hr_str text)
{
	hr_date date;

	return text.len == DATE_DIGITS && are_digits(text) &&
	       hr_date_from_civil((int)(two_digits(text, 0) * 100 + two_digits(text, 2)),
				  (int)two_digits(text, 4), (int)two_digits(text, 6), &date);
}

/* TM of PS3.5 6.2; a second 60 is a leap second. */
bool hr_facts_is_time(hr_str text)
{
	static const unsigned limits[] = { 23, 59, 60 };
	hr_str whole = hr_str_slice(text, 0, hr_str_find(text, HR_STR(".")));

	if (whole.len % 2 || whole.len == 0 || whole.len > 6 || !are_digits(whole) ||
	    text.len > TIME_MAX)
		return false;
	for (size_t i = 0; i < 3 && 2 * i < whole.len; i++)
		if (two_digits(whole, 2 * i) > limits[i])
			return false;
	if (whole.len == text.len)
		return true;
	text = hr_str_slice(text, whole.len + 1, text.len);
	return whole.len == 6 && text.len > 0 && are_digits(text);
}

/* As ACR-NEMA wrote them, and as many a Chinese system does: "2026.01.03", "2026-01-03", "08:09".
 */
static hr_str without(hr_str text, const char *marks, hr_arena *arena)
{
	char *kept = hr_arena_alloc_text(arena, text.len + 1);
	size_t len = 0;

	if (!kept)
		return HR_STR_NONE;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\0' || !strchr(marks, text.data[i]))
			kept[len++] = text.data[i];
	return (hr_str){ kept, len };
}

static hr_str date_of(hr_str text, hr_arena *arena)
{
	text = without(text, ".-", arena);
	return hr_facts_is_date(text) ? text : HR_STR_NONE;
}

static hr_str time_of(hr_str text, hr_arena *arena)
{
	text = without(text, ":", arena);
	return hr_facts_is_time(text) ? text : HR_STR_NONE;
}

/* --- texts --- */

static hr_str text_of(hr_str text, hr_arena *arena)
{
	(void)arena;
	return hr_text_cut(text, HR_FACTS_TEXT_MAX);
}

/* A person has one name; of several the first. */
static hr_str name_of(hr_str text, hr_arena *arena)
{
	return text_of(hr_str_slice(text, 0, hr_str_find(text, HR_STR("\\"))), arena);
}

struct field {
	uint32_t tag;
	size_t offset;
	hr_str (*take)(hr_str text, hr_arena *arena);
};

#define FIELD(tag, name, take)                                                                     \
	{                                                                                          \
		(tag), offsetof(hr_film_facts, name), (take)                                       \
	}

/* Of two that fill the same, the later one counts where it is not empty. */
static const struct field fields[] = {
	FIELD(0x00080020, study_date, date_of),
	FIELD(0x00080021, series_date, date_of),
	FIELD(0x00080030, study_time, time_of),
	FIELD(0x00080031, series_time, time_of),
	FIELD(0x00080050, accession_number, text_of),
	FIELD(0x00080060, modality, text_of),
	FIELD(0x00080080, institution, text_of),
	FIELD(0x00080090, referring_physician, name_of),
	FIELD(0x00081030, study_description, text_of),
	FIELD(0x0008103E, series_description, text_of),
	FIELD(0x00100010, patient_name, name_of),
	FIELD(0x00100020, patient_id, text_of),
	FIELD(0x00100021, patient_id_issuer, text_of),
	FIELD(0x00100030, patient_birth_date, date_of),
	FIELD(0x00100040, patient_sex, text_of),
	FIELD(0x00180015, body_part, text_of),
	FIELD(0x00200010, study_id, text_of),
	FIELD(0x00200011, series_number, text_of),
	FIELD(0x00200013, instance_number, text_of),
	FIELD(0x00400244, series_date, date_of),
	FIELD(0x00400245, series_time, time_of),
};

static bool find_texts(const hr_raw_object *object, const hr_dicom_json *json, hr_arena *arena,
		       hr_film_facts *facts, hr_error *err)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const hr_raw_element *e = hr_raw_find(&object->root, fields[i].tag);
		hr_str text;

		if (!e)
			continue;
		if (!hr_dicom_json_text(e, json->charsets, json->gb, arena, &text, err))
			return false;
		text = fields[i].take(text, arena);
		if (text.len)
			*(hr_str *)((char *)facts + fields[i].offset) = text;
	}
	return hr_arena_is_short(arena) ? hr_fail_memory(err) : true;
}

/* --- the image --- */

static uint32_t number_of(const hr_raw_object *object, uint32_t tag)
{
	const hr_raw_element *e = hr_raw_find(&object->root, tag);

	return e && e->value.len >= 2 ? hr_dicom_u16(e->value.data, e->big) : 0;
}

/* --- identity --- */

static bool find_uid(const hr_raw_object *object, uint32_t tag, const char *name, hr_str *out,
		     hr_error *err)
{
	const hr_raw_element *e = hr_raw_find(&object->root, tag);
	hr_str uid = e ? hr_dicom_trim_uid(e->value) : HR_STR_NONE;

	if (uid.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "dicom: the object has no %s", name);
	if (!hr_dicom_is_uid(uid))
		return hr_fail(err, HR_E_SYNTAX,
			       "dicom: the object's %s is no UID: 1 to 64 digits and dots", name);
	*out = uid;
	return true;
}

static bool find_identity(const hr_raw_object *object, hr_film_facts *facts, hr_error *err)
{
	if (!find_uid(object, TAG_STUDY_UID, "StudyInstanceUID", &facts->study_uid, err) ||
	    !find_uid(object, TAG_SERIES_UID, "SeriesInstanceUID", &facts->series_uid, err) ||
	    !find_uid(object, TAG_INSTANCE_UID, "SOPInstanceUID", &facts->instance_uid, err))
		return false;
	facts->sop_class = object->scan.sop_class;
	facts->transfer_syntax = hr_raw_transfer_syntax(&object->scan);
	if (facts->sop_class.len == 0)
		return hr_fail(err, HR_E_INCOMPLETE, "dicom: the object has no SOPClassUID");
	return true;
}

/* In front of the path of each bulk value. */
static hr_str bulk_address(const hr_film_facts *facts, hr_arena *arena)
{
	hr_buf buf;

	hr_buf_init(&buf, arena, (size_t)4 * HR_DICOM_UID_MAX);
	HR_BUF_ADD(&buf, "/studies/");
	hr_buf_add(&buf, facts->study_uid);
	HR_BUF_ADD(&buf, "/series/");
	hr_buf_add(&buf, facts->series_uid);
	HR_BUF_ADD(&buf, "/instances/");
	hr_buf_add(&buf, facts->instance_uid);
	HR_BUF_ADD(&buf, "/bulkdata/");
	return hr_buf_str(&buf);
}

bool hr_facts_find(hr_str file, hr_arena *arena, hr_film_facts *out, hr_error *err)
{
	hr_film_facts facts = { 0 };
	hr_raw_object object;
	hr_dicom_json json;
	hr_frames_about frames;

	if (!hr_dicom_sniff(file))
		return hr_fail(err, HR_E_UNSUPPORTED, "dicom: the file is no DICOM object");
	if (!hr_raw_read(file, arena, &object, err) || !find_identity(&object, &facts, err))
		return false;
	facts.rows = number_of(&object, TAG_ROWS);
	facts.columns = number_of(&object, TAG_COLUMNS);
	if (!hr_frame_map_make(file, &object.scan, arena, &facts.frames, err) ||
	    !hr_frame_map_about(facts.frames, &frames, err))
		return false;
	facts.frame_count = frames.frames;
	if (!hr_dicom_json_make(&object, bulk_address(&facts, arena), arena, &json, err) ||
	    !hr_metadata_make(&object, &json, arena, &facts.metadata, err) ||
	    !find_texts(&object, &json, arena, &facts, err) ||
	    !hr_facts_find_levels(&json, arena, &facts, err))
		return false;
	facts.text_is = json.text_is;
	*out = facts;
	return true;
}
