/*
 * The tables. A study has a number among its patient's, a series one in its
 * study; so all rows of a patient can be kept in one place of many, and what
 * hangs on a study is told by two numbers and not by two UIDs.
 *
 * What is counted or filtered is apart from what is only told (film_text,
 * film_content): the one is short, and read by the thousand.
 */
#include "dicom/film_rows_book.h"

#include "base/utf8.h"
#include "dicom/film_study.h"
#include "store/patient_key.h"
#include "store/store.h"

enum { KEY_BYTES_MAX = 200 };

static const char *const steps[] = {
	"CREATE TABLE film_study (patient BYTEA NOT NULL, study BIGINT NOT NULL, uid TEXT NOT "
	"NULL, age BIGINT NOT NULL, stated BYTEA NOT NULL, source TEXT NOT NULL, patient_id TEXT "
	"NOT NULL, patient_id_issuer TEXT NOT NULL, patient_name TEXT NOT NULL, birth_date TEXT "
	"NOT NULL, sex TEXT NOT NULL, study_date TEXT NOT NULL, study_time TEXT NOT NULL, "
	"accession_number TEXT NOT NULL, study_id TEXT NOT NULL, description TEXT NOT NULL, "
	"referring_physician TEXT NOT NULL, institution TEXT NOT NULL, modalities TEXT NOT NULL, "
	"series_count BIGINT NOT NULL, instance_count BIGINT NOT NULL, begun BIGINT NOT NULL, "
	"changed BIGINT NOT NULL, PRIMARY KEY (patient, study));"
	"CREATE INDEX film_study_uid ON film_study (uid);"
	"CREATE INDEX film_study_age ON film_study (age, uid, patient, study);"

	"CREATE TABLE film_series (patient BYTEA NOT NULL, study BIGINT NOT NULL, series BIGINT "
	"NOT NULL, uid TEXT NOT NULL, place BIGINT NOT NULL, modality TEXT NOT NULL, description "
	"TEXT NOT NULL, body_part TEXT NOT NULL, begun_date TEXT NOT NULL, begun_time TEXT NOT "
	"NULL, instance_count BIGINT NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (patient, study, "
	"series));"
	"CREATE INDEX film_series_uid ON film_series (uid);"

	/* Ready members of JSON, of a study where `series` is 0. */
	"CREATE TABLE film_text (patient BYTEA NOT NULL, study BIGINT NOT NULL, series BIGINT NOT "
	"NULL, shown TEXT NOT NULL, more TEXT NOT NULL, PRIMARY KEY (patient, study, series));"

	"CREATE TABLE film_instance (patient BYTEA NOT NULL, study BIGINT NOT NULL, series BIGINT "
	"NOT NULL, place BIGINT NOT NULL, uid TEXT NOT NULL, sop_class TEXT NOT NULL, "
	"transfer_syntax TEXT NOT NULL, height BIGINT NOT NULL, width BIGINT NOT NULL, "
	"frame_count BIGINT NOT NULL, text_is BIGINT NOT NULL, digest BYTEA NOT NULL, shelf BIGINT "
	"NOT NULL, copy_number BIGINT NOT NULL, size BIGINT NOT NULL, added BIGINT NOT NULL, "
	"PRIMARY KEY (patient, study, series, place, uid));"
	"CREATE INDEX film_instance_uid ON film_instance (uid);"

	"CREATE TABLE film_content (patient BYTEA NOT NULL, study BIGINT NOT NULL, series BIGINT "
	"NOT NULL, place BIGINT NOT NULL, uid TEXT NOT NULL, shown TEXT NOT NULL, more TEXT NOT "
	"NULL, frames BYTEA NOT NULL, metadata BYTEA NOT NULL, PRIMARY KEY (patient, study, "
	"series, place, uid));"

	"CREATE TABLE film_key (patient BYTEA NOT NULL, study BIGINT NOT NULL, kind BIGINT NOT "
	"NULL, key TEXT NOT NULL, age BIGINT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY (patient, "
	"study, kind, key));"
	"CREATE INDEX film_key_find ON film_key (kind, key, age, uid, patient, study);"

	/*
	 * How many studies a day (`unit` 1) and a month (100) has, by age / unit: what a page
	 * far behind skips without reading it.
	 */
	"CREATE TABLE film_count (unit BIGINT NOT NULL, age BIGINT NOT NULL, studies BIGINT NOT "
	"NULL, PRIMARY KEY (unit, age))",

	/* What is done to a study after it came (film_state_book.h). */
	"ALTER TABLE film_study ADD COLUMN state BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE film_study ADD COLUMN matched BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE film_study ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;"
	"CREATE INDEX film_study_stated ON film_study (stated, matched);"
	"CREATE INDEX film_study_unmatched ON film_study (matched, age, uid);"
	"CREATE INDEX film_instance_object ON film_instance (shelf, digest);"
	"CREATE TABLE film_identity (stated BYTEA NOT NULL, accession_number TEXT NOT NULL, person "
	"BYTEA NOT NULL, PRIMARY KEY (stated, accession_number))",

	/*
	 * What is kept elsewhere (film_link_book.h): instances of which a manifest alone is known
	 * stand among those whose bytes are here. A series says where, and who told it.
	 */
	"ALTER TABLE film_study ADD COLUMN availability BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE film_series ADD COLUMN availability BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE film_series ADD COLUMN address TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE film_series ADD COLUMN linked_by TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE film_instance ADD COLUMN availability BIGINT NOT NULL DEFAULT 0;"
	"CREATE TABLE film_image_index (person BYTEA NOT NULL, examined BIGINT NOT NULL, uscc "
	"TEXT NOT NULL, equipment TEXT NOT NULL, body_part TEXT NOT NULL, person_code TEXT NOT "
	"NULL, actor TEXT NOT NULL, added BIGINT NOT NULL, PRIMARY KEY (person, examined, uscc, "
	"equipment, body_part))",

	/* What a hospital has published of a study, without a word of its instances. */
	"CREATE TABLE film_link (patient BYTEA NOT NULL, study BIGINT NOT NULL, address TEXT NOT "
	"NULL, availability BIGINT NOT NULL, linked_by TEXT NOT NULL, told BYTEA NOT NULL, changed "
	"BIGINT NOT NULL, PRIMARY KEY (patient, study))",
};
const hr_room hr_film_room = { .name = "film",
			       .steps = steps,
			       .step_count = sizeof(steps) / sizeof(steps[0]) };

int64_t hr_film_age(hr_str study_date)
{
	int64_t day = 0;

	for (size_t i = 0; i < study_date.len; i++) {
		if (study_date.data[i] < '0' || study_date.data[i] > '9')
			return HR_FILM_AGE_NONE;
		day = day * 10 + (study_date.data[i] - '0');
	}
	return study_date.len == 8 ? HR_FILM_AGE_NONE - day : HR_FILM_AGE_NONE;
}

hr_str hr_film_key_of(hr_str text)
{
	text = hr_str_trim(text);
	if (text.len > KEY_BYTES_MAX)
		text.len = hr_utf8_prefix(hr_str_slice(text, 0, KEY_BYTES_MAX));
	return text;
}

bool hr_film_digest_of(hr_str bytes, hr_digest *out)
{
	if (bytes.len != sizeof(out->bytes))
		return false;
	memcpy(out->bytes, bytes.data, bytes.len);
	return true;
}

bool hr_film_read_object(hr_rows *rows, hr_object *out, hr_error *err)
{
	*out = (hr_object){ .shelf = (uint32_t)hr_rows_int(rows, 1),
			    .copy = (uint32_t)hr_rows_int(rows, 2),
			    .size = (uint64_t)hr_rows_int(rows, 3) };
	return hr_film_digest_of(hr_rows_bytes(rows, 0), &out->digest) ||
	       hr_fail(err, HR_E_IO, "the index has an object without its digest");
}

bool hr_film_is_in(const hr_film_scope *scope, hr_str study_uid)
{
	if (!scope || scope->patient)
		return true;
	for (size_t i = 0; i < scope->count; i++)
		if (hr_str_equal(scope->study_uids[i], study_uid))
			return true;
	return false;
}

_Static_assert(HR_FILM_PUBLISHED == 1, "HR_FILM_IN_SCOPE says it as a number");
_Static_assert(HR_FILM_ALL_PARTS == 0 && HR_FILM_DOCUMENTS_ALONE == 2,
	       "HR_FILM_IN_PARTS says them as numbers");

hr_str hr_film_scope_patient(const hr_film_scope *scope)
{
	return scope && scope->patient ? hr_film_bytes_of(&scope->patient->digest) : HR_STR_NONE;
}
