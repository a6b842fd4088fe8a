/* Facts as bytes. A worker wrote them, and a worker has read a stranger's object. */
#include "dicom/facts.h"
#include "dicom/facts_attributes.h"
#include "dicom/frames.h"
#include "dicom/metadata.h"
#include "dicom/packed.h"

#include "base/text.h"

#include <stddef.h>

enum {
	MARK = 0x31465248, /* "HRF1" */
	JSON_MAX = 64 * HR_FACTS_MEMBER_MAX,
};

static bool is_text(hr_str text)
{
	return hr_text_is_utf8(text) && !(text.len && memchr(text.data, '\0', text.len));
}

static bool is_date(hr_str text)
{
	return text.len == 0 || hr_facts_is_date(text);
}

static bool is_time(hr_str text)
{
	return text.len == 0 || hr_facts_is_time(text);
}

/* Looked at by its own module. */
static bool is_any(hr_str bytes)
{
	(void)bytes;
	return true;
}

struct field {
	size_t offset;
	size_t max;
	bool (*check)(hr_str);
};

#define UID(name)                                                                                  \
	{                                                                                          \
		offsetof(hr_film_facts, name), HR_DICOM_UID_MAX, hr_dicom_is_uid                   \
	}
#define TEXT(name)                                                                                 \
	{                                                                                          \
		offsetof(hr_film_facts, name), HR_FACTS_TEXT_MAX, is_text                          \
	}
#define DAY(name)                                                                                  \
	{                                                                                          \
		offsetof(hr_film_facts, name), HR_FACTS_TEXT_MAX, is_date                          \
	}
#define TIME(name)                                                                                 \
	{                                                                                          \
		offsetof(hr_film_facts, name), HR_FACTS_TEXT_MAX, is_time                          \
	}
#define JSON(name)                                                                                 \
	{                                                                                          \
		offsetof(hr_film_facts, name), JSON_MAX, hr_dicom_json_check                       \
	}
#define BYTES(name)                                                                                \
	{                                                                                          \
		offsetof(hr_film_facts, name), HR_FACTS_BYTES_MAX, is_any                          \
	}

static const struct field fields[] = {
	UID(study_uid),
	UID(series_uid),
	UID(instance_uid),
	UID(sop_class),
	UID(transfer_syntax),
	TEXT(patient_id),
	TEXT(patient_id_issuer),
	TEXT(patient_name),
	DAY(patient_birth_date),
	TEXT(patient_sex),
	DAY(study_date),
	TIME(study_time),
	TEXT(study_id),
	TEXT(study_description),
	TEXT(accession_number),
	TEXT(referring_physician),
	TEXT(institution),
	TEXT(modality),
	TEXT(series_number),
	TEXT(series_description),
	TEXT(body_part),
	DAY(series_date),
	TIME(series_time),
	TEXT(instance_number),
	JSON(study_json.shown),
	JSON(study_json.more),
	JSON(series_json.shown),
	JSON(series_json.more),
	JSON(instance_json.shown),
	JSON(instance_json.more),
	BYTES(metadata),
	BYTES(frames),
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

void hr_facts_write(const hr_film_facts *facts, hr_buf *out)
{
	hr_packed_add_u32(out, MARK);
	for (size_t i = 0; i < FIELDS; i++)
		hr_packed_add_str(out, *(const hr_str *)((const char *)facts + fields[i].offset));
	hr_packed_add_u32(out, facts->rows);
	hr_packed_add_u32(out, facts->columns);
	hr_packed_add_u32(out, facts->frame_count);
	hr_packed_add_u32(out, facts->text_is);
}

static bool refuse(hr_error *err)
{
	return hr_fail(err, HR_E_SYNTAX,
		       "dicom: the facts of the object are not as they are written");
}

bool hr_facts_read(hr_str bytes, hr_arena *arena, hr_film_facts *out, hr_error *err)
{
	hr_packed from = { .rest = bytes };
	hr_film_facts facts = { 0 };
	hr_frames_about frames;
	uint32_t text_is;

	if (bytes.len > HR_FACTS_BYTES_MAX)
		return hr_fail(err, HR_E_LIMIT, "dicom: the facts of the object have over %d bytes",
			       HR_FACTS_BYTES_MAX);
	if (hr_packed_u32(&from) != MARK)
		return refuse(err);
	for (size_t i = 0; i < FIELDS; i++) {
		hr_str text = hr_packed_str(&from, fields[i].max);

		if (from.failed || !fields[i].check(text))
			return refuse(err);
		*(hr_str *)((char *)&facts + fields[i].offset) = text;
	}
	facts.rows = hr_packed_u32(&from);
	facts.columns = hr_packed_u32(&from);
	facts.frame_count = hr_packed_u32(&from);
	text_is = hr_packed_u32(&from);
	if (from.failed || from.rest.len || text_is > HR_DICOM_TEXT_GUESSED)
		return refuse(err);
	facts.text_is = (hr_dicom_text)text_is;
	if (!hr_metadata_check(facts.metadata, arena, err) ||
	    !hr_frame_map_about(facts.frames, &frames, err))
		return false;
	*out = facts;
	return true;
}
